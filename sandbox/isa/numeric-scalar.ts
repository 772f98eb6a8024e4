/** `Ops` on JS numbers: f32 values as numbers that are f32 exactly, integers as i32, truth values as booleans. */
import { atan2, cos, exp2, f2h, h2f, log2, type Ops, sin } from "./numeric.ts";
import type { MathOps } from "./numeric-composed.ts";

const floats = new Float32Array(1);
const ints = new Int32Array(floats.buffer);
const round = Math.fround;

/** Rounds to an integer, ties to even. */
export function nearestEven(a: number): number {
  const up = Math.round(a);
  // Math.round takes ties upwards; an odd result of a tie goes one down. Zero keeps the sign of a.
  const even = up - a === 0.5 && up % 2 !== 0 ? up - 1 : up;
  return even === 0 ? (a < 0 || Object.is(a, -0) ? -0 : 0) : even;
}

/** Towards zero as i32, saturated; NaN gives 0. */
export function saturateS32(a: number): number {
  if (a >= 2147483648) return 0x7fffffff;
  return a <= -2147483648 ? -0x80000000 : a | 0;
}

export function floatToBits(a: number): number {
  floats[0] = a;
  return ints[0]!;
}
export function bitsToFloat(bits: number): number {
  ints[0] = bits;
  return floats[0]!;
}

export const SCALAR_OPS: Ops<number, number, boolean> = {
  add: (a, b) => round(a + b),
  sub: (a, b) => round(a - b),
  mul: (a, b) => round(a * b),
  div: (a, b) => round(a / b),
  sqrt: (a) => round(Math.sqrt(a)),
  floor: Math.floor,
  trunc: Math.trunc,
  nearest: nearestEven,
  abs: Math.abs,
  neg: (a) => -a,
  // biome-ignore lint/complexity/useMathMinMax: differs for NaN and zeros
  min: (a, b) => (b < a ? b : a),
  // biome-ignore lint/complexity/useMathMinMax: differs for NaN and zeros
  max: (a, b) => (a < b ? b : a),
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  eq: (a, b) => a === b,
  iadd: (a, b) => (a + b) | 0,
  isub: (a, b) => (a - b) | 0,
  iand: (a, b) => a & b,
  ior: (a, b) => a | b,
  ixor: (a, b) => a ^ b,
  shl: (a, by) => a << by,
  shr: (a, by) => (a >>> by) | 0,
  sar: (a, by) => a >> by,
  ilt: (a, b) => a < b,
  ieq: (a, b) => a === b,
  f2s: saturateS32,
  s2f: round,
  bits: floatToBits,
  float: bitsToFloat,
  selectF: (m, yes, no) => (m ? yes : no),
  selectI: (m, yes, no) => (m ? yes : no),
  f: (value) => value,
  i: (value) => value | 0,
};

/** The special-function instructions on f32 numbers. */
export const f32Sin = (x: number) => sin(SCALAR_OPS, x);
export const f32Cos = (x: number) => cos(SCALAR_OPS, x);
export const f32Exp2 = (x: number) => exp2(SCALAR_OPS, x);
export const f32Log2 = (x: number) => log2(SCALAR_OPS, x);
export const f32Atan2 = (y: number, x: number) => atan2(SCALAR_OPS, y, x);
/** 16 bits */
export const f32ToHalf = (x: number) => f2h(SCALAR_OPS, x);
export const halfToF32 = (h: number) => h2f(SCALAR_OPS, h);

/** For the functions of `numeric-composed.ts` on numbers. */
export const SCALAR_MATH: MathOps<number, number, boolean> = {
  ...SCALAR_OPS,
  rsqrt: (x) => round(1 / round(Math.sqrt(x))),
  sin: f32Sin,
  cos: f32Cos,
  exp2: f32Exp2,
  log2: f32Log2,
  atan2: f32Atan2,
};
