/**
 * The exact meaning of every lane-wise `alu` row on one lane, 32 bits in and out. Values are numbers whose low 32 bits count; results are
 * i32, because those stay small integers in JS engines, where half of all u32 would be boxed. The reference tier and constant folding
 * use this. Rows that look across lanes or at the machine are in `machine/lanes.ts`.
 */
import {
  bitsToFloat,
  f32Atan2,
  f32Cos,
  f32Exp2,
  f32Log2,
  f32Sin,
  f32ToHalf,
  floatToBits,
  halfToF32,
  nearestEven,
  saturateS32,
} from "./numeric-scalar.ts";
import type { AluMnemonic, Isa } from "./table.ts";

/** Rows that are not a function of one lane's sources. */
export type CrossLane = "mov.m" | "vote.any" | "vote.all" | "ballot" | "first" | "shfl" | "quad" | "sys";
export type LaneWise = Exclude<AluMnemonic, CrossLane>;

/** As many numbers as the row has sources. */
type Sources<S extends readonly unknown[]> = { readonly [K in keyof S]: number };

const f = bitsToFloat;
const bits = floatToBits;
const mask = (condition: boolean) => (condition ? -1 : 0);

function reverseBits(a: number): number {
  let x = a;
  x = ((x >>> 1) & 0x55555555) | ((x & 0x55555555) << 1);
  x = ((x >>> 2) & 0x33333333) | ((x & 0x33333333) << 2);
  x = ((x >>> 4) & 0x0f0f0f0f) | ((x & 0x0f0f0f0f) << 4);
  x = ((x >>> 8) & 0x00ff00ff) | ((x & 0x00ff00ff) << 8);
  return (x >>> 16) | (x << 16);
}

function countBits(a: number): number {
  let x = a - ((a >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  x = (x + (x >>> 4)) & 0x0f0f0f0f;
  return Math.imul(x, 0x01010101) >>> 24;
}

/** Bits 32 to 63 of the unsigned product. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle % 0x10000) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) | 0;
}

const isDivisible = (a: number, b: number) => (b | 0) !== 0 && !((a | 0) === -0x80000000 && (b | 0) === -1);

function saturateU32(a: number): number {
  if (a >= 4294967296) return -1;
  return a > 0 ? Math.trunc(a) | 0 : 0;
}

export const SCALAR: { readonly [M in LaneWise]: (...s: Sources<Isa[M]["src"]>) => number } = {
  mov: (a) => a | 0,
  sel: (a, b, c) => (a & b) | (~a & c),
  iadd: (a, b) => (a + b) | 0,
  isub: (a, b) => (a - b) | 0,
  imul: Math.imul,
  umulh: highProduct,
  udiv: (a, b) => (b === 0 ? a | 0 : ((a >>> 0) / (b >>> 0)) | 0),
  urem: (a, b) => (b === 0 ? 0 : ((a >>> 0) % (b >>> 0)) | 0),
  sdiv: (a, b) => (isDivisible(a, b) ? ((a | 0) / (b | 0)) | 0 : a | 0),
  srem: (a, b) => (isDivisible(a, b) ? ((a | 0) % (b | 0)) | 0 : 0),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  not: (a) => ~a,
  ineg: (a) => -a | 0,
  shl: (a, b) => a << b,
  shr: (a, b) => (a >>> b) | 0,
  sar: (a, b) => a >> b,
  umin: (a, b) => (a >>> 0 < b >>> 0 ? a : b) | 0,
  umax: (a, b) => (a >>> 0 > b >>> 0 ? a : b) | 0,
  smin: (a, b) => Math.min(a | 0, b | 0),
  smax: (a, b) => Math.max(a | 0, b | 0),
  clz: Math.clz32,
  ctz: (a) => ((a | 0) === 0 ? 32 : 31 - Math.clz32(a & -a)),
  popcnt: countBits,
  bitrev: reverseBits,
  ieq: (a, b) => mask((a | 0) === (b | 0)),
  ine: (a, b) => mask((a | 0) !== (b | 0)),
  ult: (a, b) => mask(a >>> 0 < b >>> 0),
  ule: (a, b) => mask(a >>> 0 <= b >>> 0),
  ugt: (a, b) => mask(a >>> 0 > b >>> 0),
  uge: (a, b) => mask(a >>> 0 >= b >>> 0),
  slt: (a, b) => mask((a | 0) < (b | 0)),
  sle: (a, b) => mask((a | 0) <= (b | 0)),
  sgt: (a, b) => mask((a | 0) > (b | 0)),
  sge: (a, b) => mask((a | 0) >= (b | 0)),
  // Sums, products, quotients and roots of two f32 in f64 round to f32 as if rounded once.
  fadd: (a, b) => bits(f(a) + f(b)),
  fsub: (a, b) => bits(f(a) - f(b)),
  fmul: (a, b) => bits(f(a) * f(b)),
  fdiv: (a, b) => bits(f(a) / f(b)),
  ffma: (a, b, c) => bits(Math.fround(f(a) * f(b)) + f(c)),
  fmin: (a, b) => selectBits(f(b) < f(a), b, a),
  fmax: (a, b) => selectBits(f(a) < f(b), b, a),
  fabs: (a) => a & 0x7fffffff,
  fneg: (a) => a ^ 0x80000000,
  fsqrt: (a) => bits(Math.sqrt(f(a))),
  frsq: (a) => bits(1 / Math.fround(Math.sqrt(f(a)))),
  ffloor: (a) => bits(Math.floor(f(a))),
  fceil: (a) => bits(Math.ceil(f(a))),
  ftrunc: (a) => bits(Math.trunc(f(a))),
  fnear: (a) => bits(nearestEven(f(a))),
  feq: (a, b) => mask(f(a) === f(b)),
  fne: (a, b) => mask(f(a) !== f(b)),
  flt: (a, b) => mask(f(a) < f(b)),
  fle: (a, b) => mask(f(a) <= f(b)),
  fgt: (a, b) => mask(f(a) > f(b)),
  fge: (a, b) => mask(f(a) >= f(b)),
  f2s: (a) => saturateS32(f(a)),
  f2u: (a) => saturateU32(f(a)),
  s2f: (a) => bits(a | 0),
  u2f: (a) => bits(a >>> 0),
  f2h: (a) => f32ToHalf(f(a)),
  h2f: (a) => bits(halfToF32(a | 0)),
  fsin: (a) => bits(f32Sin(f(a))),
  fcos: (a) => bits(f32Cos(f(a))),
  fexp2: (a) => bits(f32Exp2(f(a))),
  flog2: (a) => bits(f32Log2(f(a))),
  fatan2: (a, b) => bits(f32Atan2(f(a), f(b))),
};

function selectBits(condition: boolean, yes: number, no: number): number {
  return (condition ? yes : no) | 0;
}
