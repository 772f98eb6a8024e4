/**
 * Constant evaluation of builtin functions, by name. Each works on flattened scalars of its arguments, already converted to the parameter
 * types. Float functions round at every step, in the order the lowering emits operations.
 * @see https://www.w3.org/TR/WGSL/#numeric-builtin-functions
 */
import { bitsToFloat as bitsToF32, floatToBits as f32ToBits } from "../../sandbox/isa/numeric-scalar.ts";
import { floorLog2, powerOf2, scaleByPowerOf2 } from "./double-math.ts";
import { atan2, bitsToF16, F16_MAX, f16ToBits, type MathName, pow, roundEven, roundF16, special } from "./scalar-math.ts";
import { add, div, mul, neg, type Outcome, rounded, scalarName, sub } from "./scalar-ops.ts";
import { ABSTRACT_FLOAT, F16, F32, I32, type TypeId, U32 } from "./types.ts";
import type { Scalar } from "./value.ts";

/** Arguments of a call, flattened. */
export interface ConstArgs {
  /** component type of the first parameter */
  readonly scalar: TypeId;
  /** scalars of each argument */
  readonly args: readonly (readonly Scalar[])[];
  /** rows of a matrix argument */
  readonly rows: number;
}
/** Scalars of the result, or why there is none. */
export type ConstResult = readonly Scalar[] | string;
export type ConstBuiltin = (call: ConstArgs) => ConstResult;

/** Thrown and caught within this file only. No Error: hostile sources must not make us gather stacks. */
class Fault {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** Unwraps an outcome inside a function whose table entry catches the fault. */
function ok(outcome: Outcome): Scalar {
  if (typeof outcome === "string") throw new Fault(outcome);
  return outcome;
}
function num(outcome: Outcome): number {
  return ok(outcome) as number;
}

function each1(f: (type: TypeId, x: number) => Outcome): ConstBuiltin {
  return ({ scalar, args }) => args[0]!.map((x) => ok(f(scalar, x as number)));
}
function eachScalar(f: (type: TypeId, x: Scalar) => Outcome): ConstBuiltin {
  return ({ scalar, args }) => args[0]!.map((x) => ok(f(scalar, x)));
}
function each2(f: (type: TypeId, x: number, y: number) => Outcome): ConstBuiltin {
  return ({ scalar, args }) => args[0]!.map((x, i) => ok(f(scalar, x as number, pick(args[1]!, i) as number)));
}
function each3(f: (type: TypeId, x: number, y: number, z: number) => Outcome): ConstBuiltin {
  return ({ scalar, args }) => args[0]!.map((x, i) => ok(f(scalar, x as number, pick(args[1]!, i) as number, pick(args[2]!, i) as number)));
}
/** Component i of a vector, or the scalar itself. */
function pick(values: readonly Scalar[], i: number): Scalar {
  return values.length === 1 ? values[0]! : values[i]!;
}

const domain = (condition: boolean, what: string): void => {
  if (!condition) throw new Fault(what);
};
function specialIn(name: MathName, inside: (x: number) => boolean, says: string): ConstBuiltin {
  return each1((type, x) => {
    domain(inside(x), `'${name}' is defined only for ${says}`);
    return rounded(type, special(type, name, x));
  });
}
const anywhere = () => true;

const LOG_DOMAIN = "values greater than 0";

/** Sum of products from the left, rounded at each step. */
function dot(type: TypeId, a: readonly Scalar[], b: readonly Scalar[]): Scalar {
  let sum = ok(mul(type, a[0]!, b[0]!));
  for (let i = 1; i < a.length; i++) sum = ok(add(type, sum, ok(mul(type, a[i]!, b[i]!))));
  return sum;
}
function length(type: TypeId, a: readonly Scalar[]): number {
  return a.length === 1 ? Math.abs(a[0] as number) : num(rounded(type, Math.sqrt(dot(type, a, a) as number)));
}
const minus = (type: TypeId, a: readonly Scalar[], b: readonly Scalar[]) => a.map((x, i) => ok(sub(type, x, b[i]!)));
const scale = (type: TypeId, a: readonly Scalar[], s: Scalar) => a.map((x) => ok(mul(type, x, s)));

function cross(type: TypeId, a: readonly Scalar[], b: readonly Scalar[]): Scalar[] {
  const term = (i: number, j: number) => ok(sub(type, ok(mul(type, a[i]!, b[j]!)), ok(mul(type, a[j]!, b[i]!))));
  return [term(1, 2), term(2, 0), term(0, 1)];
}

/** Determinant of an n by n matrix by columns: by cofactors; of 4 by 4 by the 2 by 2 minors of its first two and last two columns. */
function determinant(type: TypeId, e: readonly Scalar[], n: number): Scalar {
  const op = (f: typeof add, x: Scalar, y: Scalar) => ok(f(type, x, y));
  const minor = (p: number, q: number, r: number, s: number) => op(sub, op(mul, e[p]!, e[q]!), op(mul, e[r]!, e[s]!));
  if (n === 2) return minor(0, 3, 2, 1);
  if (n === 3) return dot(type, e.slice(0, 3), [minor(4, 8, 5, 7), minor(5, 6, 3, 8), minor(3, 7, 4, 6)]);
  const pair = (c: number, i: number, k: number) => minor(4 * c + i, 4 * c + 4 + k, 4 * c + k, 4 * c + 4 + i);
  const low = [pair(0, 0, 1), pair(0, 0, 2), pair(0, 0, 3), pair(0, 1, 2), pair(0, 1, 3), pair(0, 2, 3)];
  const high = [pair(2, 2, 3), pair(2, 1, 3), pair(2, 1, 2), pair(2, 0, 3), pair(2, 0, 2), pair(2, 0, 1)];
  const terms = low.map((x, i) => op(mul, x, high[i]!));
  const sum = op(add, op(sub, terms[0]!, terms[1]!), op(add, terms[2]!, terms[3]!));
  return op(add, op(sub, sum, terms[4]!), terms[5]!);
}

function refract({ scalar: t, args }: ConstArgs): ConstResult {
  const [e1, e2] = [args[0]!, args[1]!];
  const e3 = args[2]![0]!;
  const d = dot(t, e2, e1);
  const inner = ok(sub(t, 1, ok(mul(t, d, d))));
  const k = num(sub(t, 1, ok(mul(t, ok(mul(t, e3, e3)), inner))));
  if (k < 0) return e1.map(() => 0);
  const factor = ok(add(t, ok(mul(t, e3, d)), ok(rounded(t, Math.sqrt(k)))));
  return minus(t, scale(t, e1, e3), scale(t, e2, factor));
}

function smoothstep(t: TypeId, low: number, high: number, x: number): Outcome {
  domain(low !== high, "'smoothstep' needs two different edges");
  const ratio = num(div(t, num(sub(t, x, low)), num(sub(t, high, low))));
  const u = least(greatest(ratio, 0), 1);
  return mul(t, num(mul(t, u, u)), num(sub(t, 3, num(mul(t, 2, u)))));
}

function clamp({ args }: ConstArgs): ConstResult {
  return args[0]!.map((e, i) => {
    const [low, high] = [args[1]![i]!, args[2]![i]!];
    domain(low <= high, CLAMP_FAULT);
    return least(greatest(e, low), high);
  });
}
// Not Math.min and Math.max: those treat zeros of different sign in another way than the machine, and no bigint.
function least<T extends Scalar>(a: T, b: T): T {
  return b < a ? b : a;
}
function greatest<T extends Scalar>(a: T, b: T): T {
  return a < b ? b : a;
}
const CLAMP_FAULT = "'clamp' needs a low bound that is not greater than the high bound";

function mix(t: TypeId, a: number, b: number, s: number): Outcome {
  return add(t, num(mul(t, a, num(sub(t, 1, s)))), num(mul(t, b, s)));
}

/** Largest exponent ldexp may be given. */
function maxExponent(type: TypeId): number {
  return (type === F16 ? 15 : type === F32 ? 127 : 1023) + 1;
}
function ldexpFault(type: TypeId, exponent: number): string | undefined {
  return exponent > maxExponent(type) ? `'ldexp' of '${scalarName(type)}' needs an exponent of at most ${maxExponent(type)}` : undefined;
}
function ldexp({ scalar: type, args }: ConstArgs): ConstResult {
  return args[0]!.map((x, i) => {
    const exponent = Number(args[1]![i]!);
    const fault = ldexpFault(type, exponent);
    if (fault !== undefined) throw new Fault(fault);
    return ok(rounded(type, scaleByPowerOf2(x as number, exponent)));
  });
}
/** fraction in [0.5, 1) and exponent, of each component. */
function frexp({ scalar, args }: ConstArgs): ConstResult {
  const fractions: Scalar[] = [];
  const exponents: Scalar[] = [];
  for (const component of args[0]!) {
    const x = component as number;
    // Subnormal doubles are scaled up first: floorLog2 reads normal ones.
    const lifted = Math.abs(x) < powerOf2(-1022) ? x * powerOf2(64) : x;
    const exponent = x === 0 ? 0 : floorLog2(Math.abs(lifted)) + 1 - (lifted === x ? 0 : 64);
    fractions.push(x === 0 ? x : scaleByPowerOf2(x, -exponent));
    exponents.push(scalar === ABSTRACT_FLOAT ? BigInt(exponent) : exponent);
  }
  return [...fractions, ...exponents];
}
function modf({ scalar, args }: ConstArgs): ConstResult {
  const whole = args[0]!.map((x) => Math.trunc(x as number));
  return [...args[0]!.map((x, i) => ok(sub(scalar, x, whole[i]!))), ...whole];
}

function bitRangeFault(name: string, offset: number, count: number): string | undefined {
  return offset + count > 32 ? `'${name}' needs offset + count to be at most 32` : undefined;
}
function extractBits({ scalar, args }: ConstArgs): ConstResult {
  const [offset, count] = [args[1]![0] as number, args[2]![0] as number];
  const fault = bitRangeFault("extractBits", offset, count);
  if (fault !== undefined) return fault;
  return args[0]!.map((e) => {
    if (count === 0) return 0;
    const up = ((e as number) << (32 - count - offset)) | 0;
    return scalar === I32 ? up >> (32 - count) : up >>> (32 - count);
  });
}
function insertBits({ scalar, args }: ConstArgs): ConstResult {
  const [offset, count] = [args[2]![0] as number, args[3]![0] as number];
  const fault = bitRangeFault("insertBits", offset, count);
  if (fault !== undefined) return fault;
  return args[0]!.map((e, i) => {
    if (count === 0) return e;
    const mask = (count === 32 ? -1 : (1 << count) - 1) << offset;
    return integer(scalar, ((e as number) & ~mask) | (((args[1]![i] as number) << offset) & mask));
  });
}
const integer = (type: TypeId, x: number) => (type === U32 ? x >>> 0 : x | 0);

function firstLeadingBit(type: TypeId, x: number): number {
  const bits = type === I32 && x < 0 ? ~x : x;
  return integer(type, 31 - Math.clz32(bits));
}
function countOneBits(x: number): number {
  let n = x - ((x >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
const trailingZeros = (x: number) => (x === 0 ? 32 : 31 - Math.clz32(x & -x));
function reverseBits(type: TypeId, x: number): number {
  let y = 0;
  for (let i = 0; i < 32; i++) y = (y << 1) | ((x >>> i) & 1);
  return integer(type, y);
}

/** Packs a function of each component into `bits` bits, the first lowest. */
function pack(bits: number, f: (x: number) => number): ConstBuiltin {
  const mask = bits === 8 ? 0xff : 0xffff;
  return ({ args }) => [args[0]!.reduce<number>((word, x, i) => word | ((f(x as number) & mask) << (i * bits)), 0) >>> 0];
}
function unpack(bits: number, signed: boolean, f: (x: number) => number): ConstBuiltin {
  return ({ args }) => {
    const word = args[0]![0] as number;
    const out: number[] = [];
    for (let at = 0; at < 32; at += bits) {
      const up = word << (32 - bits - at);
      out.push(f(signed ? up >> (32 - bits) : up >>> (32 - bits)));
    }
    return out;
  };
}
// Steps are rounded to f32, as at run time.
const unorm = (max: number) => (x: number) => Math.floor(Math.fround(0.5 + Math.fround(max * Math.min(1, Math.max(0, x)))));
const snorm = (max: number) => (x: number) => Math.floor(Math.fround(0.5 + Math.fround(max * Math.min(1, Math.max(-1, x)))));
const fromSnorm = (max: number) => (v: number) => Math.max(Math.fround(v / max), -1);
function quantize(x: number): number {
  domain(Math.abs(x) <= F16_MAX, "the value is outside the finite range of 16-bit floats");
  return roundF16(x);
}
function finiteF16(bits: number): number {
  const x = bitsToF16(bits);
  domain(Number.isFinite(x), "the bits are not a finite 16-bit float");
  return x;
}
const byte = (word: number, i: number, signed: boolean) => (signed ? (word << (24 - 8 * i)) >> 24 : (word >>> (8 * i)) & 255);
function dot4(signed: boolean): ConstBuiltin {
  return ({ args }) => {
    const [a, b] = [args[0]![0] as number, args[1]![0] as number];
    let sum = 0;
    for (let i = 0; i < 4; i++) sum += byte(a, i, signed) * byte(b, i, signed);
    return [signed ? sum | 0 : sum >>> 0];
  };
}

function abs(_type: TypeId, x: Scalar): Outcome {
  if (typeof x === "bigint") return x < 0n ? neg(_type, x) : x;
  return _type === I32 ? Math.abs(x) | 0 : Math.abs(x);
}
function sign(_type: TypeId, x: Scalar): Outcome {
  if (typeof x === "bigint") return x > 0n ? 1n : x < 0n ? -1n : 0n;
  return x > 0 ? 1 : x < 0 ? -1 : 0;
}
function select({ args }: ConstArgs): ConstResult {
  return args[0]!.map((f, i) => (pick(args[2]!, i) ? args[1]![i]! : f));
}

const TABLE: Readonly<Record<string, ConstBuiltin>> = {
  all: ({ args }) => [args[0]!.every((x) => x !== 0) ? 1 : 0],
  any: ({ args }) => [args[0]!.some((x) => x !== 0) ? 1 : 0],
  select,
  abs: eachScalar(abs),
  acos: specialIn("acos", (x) => Math.abs(x) <= 1, "values in [-1, 1]"),
  acosh: specialIn("acosh", (x) => x >= 1, "values of at least 1"),
  asin: specialIn("asin", (x) => Math.abs(x) <= 1, "values in [-1, 1]"),
  asinh: specialIn("asinh", anywhere, ""),
  atan: specialIn("atan", anywhere, ""),
  atanh: specialIn("atanh", (x) => Math.abs(x) < 1, "values in (-1, 1)"),
  atan2: each2((t, y, x) => rounded(t, atan2(t, y, x))),
  ceil: each1((_t, x) => Math.ceil(x)),
  clamp,
  cos: specialIn("cos", anywhere, ""),
  cosh: specialIn("cosh", anywhere, ""),
  countLeadingZeros: each1((_t, x) => Math.clz32(x)),
  countOneBits: each1((_t, x) => countOneBits(x)),
  countTrailingZeros: each1((_t, x) => trailingZeros(x)),
  cross: ({ scalar, args }) => cross(scalar, args[0]!, args[1]!),
  degrees: specialIn("degrees", anywhere, ""),
  determinant: ({ scalar, args, rows }) => [determinant(scalar, args[0]!, rows)],
  distance: ({ scalar, args }) => [length(scalar, minus(scalar, args[0]!, args[1]!))],
  dot: ({ scalar, args }) => [dot(scalar, args[0]!, args[1]!)],
  dot4U8Packed: dot4(false),
  dot4I8Packed: dot4(true),
  exp: specialIn("exp", anywhere, ""),
  exp2: specialIn("exp2", anywhere, ""),
  extractBits,
  faceForward: ({ scalar, args }) => ((dot(scalar, args[1]!, args[2]!) as number) < 0 ? args[0]! : args[0]!.map((x) => ok(neg(scalar, x)))),
  firstLeadingBit: each1((t, x) => firstLeadingBit(t, x)),
  firstTrailingBit: each1((t, x) => integer(t, x === 0 ? -1 : trailingZeros(x))),
  floor: each1((_t, x) => Math.floor(x)),
  fma: each3((t, a, b, c) => add(t, num(mul(t, a, b)), c)),
  fract: each1((t, x) => sub(t, x, Math.floor(x))),
  frexp,
  insertBits,
  inverseSqrt: specialIn("inverseSqrt", (x) => x > 0, LOG_DOMAIN),
  ldexp,
  length: ({ scalar, args }) => [length(scalar, args[0]!)],
  log: specialIn("log", (x) => x > 0, LOG_DOMAIN),
  log2: specialIn("log2", (x) => x > 0, LOG_DOMAIN),
  max: ({ args }) => args[0]!.map((a, i) => greatest(a, args[1]![i]!)),
  min: ({ args }) => args[0]!.map((a, i) => least(a, args[1]![i]!)),
  mix: each3(mix),
  modf,
  normalize: ({ scalar, args }) => {
    const square = dot(scalar, args[0]!, args[0]!) as number;
    domain(square > 0, "a vector of length 0 cannot be normalized");
    return scale(scalar, args[0]!, ok(rounded(scalar, special(scalar, "inverseSqrt", square))));
  },
  pow: each2((t, x, y) => {
    domain(x > 0 || (x === 0 && y > 0), "'pow' is defined only for a positive base, or 0 with a positive exponent");
    return rounded(t, pow(t, x, y));
  }),
  quantizeToF16: each1((_t, x) => quantize(x)),
  radians: specialIn("radians", anywhere, ""),
  reflect: ({ scalar: t, args }) => minus(t, args[0]!, scale(t, args[1]!, ok(mul(t, 2, dot(t, args[1]!, args[0]!))))),
  refract,
  reverseBits: each1(reverseBits),
  round: each1((_t, x) => roundEven(x)),
  saturate: each1((_t, x) => least(greatest(x, 0), 1)),
  sign: eachScalar(sign),
  sin: specialIn("sin", anywhere, ""),
  sinh: specialIn("sinh", anywhere, ""),
  smoothstep: each3(smoothstep),
  sqrt: each1((t, x) => {
    domain(x >= 0, "'sqrt' is defined only for values of at least 0");
    return rounded(t, Math.sqrt(x));
  }),
  step: each2((_t, edge, x) => (edge <= x ? 1 : 0)),
  tan: specialIn("tan", anywhere, ""),
  tanh: specialIn("tanh", anywhere, ""),
  transpose: ({ args, rows }) => {
    const m = args[0]!;
    const columns = m.length / rows;
    const out: Scalar[] = [];
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out.push(m[c * rows + r]!);
    return out;
  },
  trunc: each1((_t, x) => Math.trunc(x)),
  pack4x8snorm: pack(8, snorm(127)),
  pack4x8unorm: pack(8, unorm(255)),
  pack4xI8: pack(8, (x) => x),
  pack4xU8: pack(8, (x) => x),
  pack4xI8Clamp: pack(8, (x) => Math.min(Math.max(x, -128), 127)),
  pack4xU8Clamp: pack(8, (x) => Math.min(x, 255)),
  pack2x16snorm: pack(16, snorm(32767)),
  pack2x16unorm: pack(16, unorm(65535)),
  pack2x16float: pack(16, (x) => f16ToBits(quantize(x))),
  unpack4x8snorm: unpack(8, true, fromSnorm(127)),
  unpack4x8unorm: unpack(8, false, (v) => Math.fround(v / 255)),
  unpack4xI8: unpack(8, true, (v) => v),
  unpack4xU8: unpack(8, false, (v) => v),
  unpack2x16snorm: unpack(16, true, fromSnorm(32767)),
  unpack2x16unorm: unpack(16, false, (v) => Math.fround(v / 65535)),
  unpack2x16float: unpack(16, false, finiteF16),
};

/** @returns undefined if there is no such constant builtin */
export function evalConstBuiltin(name: string, call: ConstArgs): ConstResult | undefined {
  const f = TABLE[name];
  if (f === undefined) return undefined;
  try {
    return f(call);
  } catch (fault) {
    if (fault instanceof Fault) return fault.message;
    throw fault;
  }
}

/**
 * Rules about some arguments of a builtin that hold even when the others are known only at run time. `args[i]` is undefined if unknown.
 * @returns why the call is an error, or undefined
 */
export function partialFault(name: string, scalar: TypeId, args: readonly (readonly Scalar[] | undefined)[]): string | undefined {
  switch (name) {
    case "clamp":
      return anyPair(args[1], args[2], (low, high) => low > high) ? CLAMP_FAULT : undefined;
    case "smoothstep":
      return anyPair(args[0], args[1], (low, high) => low === high) ? "'smoothstep' needs two different edges" : undefined;
    case "ldexp":
      return args[1]?.map((e) => ldexpFault(scalar, Number(e))).find((fault) => fault !== undefined);
    case "extractBits":
      return args[1] && args[2] ? bitRangeFault(name, args[1][0] as number, args[2][0] as number) : undefined;
    case "insertBits":
      return args[2] && args[3] ? bitRangeFault(name, args[2][0] as number, args[3][0] as number) : undefined;
    default:
      return undefined;
  }
}
/** Indices of the arguments that partialFault looks at. */
export const PARTIAL_ARGS: Readonly<Record<string, readonly number[]>> = {
  clamp: [1, 2],
  smoothstep: [0, 1],
  ldexp: [1],
  extractBits: [1, 2],
  insertBits: [2, 3],
};

function anyPair(a: readonly Scalar[] | undefined, b: readonly Scalar[] | undefined, wrong: (x: Scalar, y: Scalar) => boolean): boolean {
  return a !== undefined && b !== undefined && a.some((x, i) => wrong(x, b[i]!));
}

// Bit reinterpretation works on bytes.
const bytes = new DataView(new ArrayBuffer(16));

/** Why a bitcast has no constant value, or the scalars of the result. @see https://www.w3.org/TR/WGSL/#bitcast-builtin */
export function evalBitcast(from: TypeId, to: TypeId, values: readonly Scalar[]): ConstResult {
  let at = 0;
  for (const value of values) {
    const x = value as number;
    if (from === F16) bytes.setUint16(at, f16ToBits(x), true);
    else bytes.setUint32(at, from === F32 ? f32ToBits(x) : x >>> 0, true);
    at += from === F16 ? 2 : 4;
  }
  const out: number[] = [];
  for (let i = 0; i < at; i += to === F16 ? 2 : 4) out.push(readAs(to, i));
  return out.every(Number.isFinite) ? out : `the bits are not a finite '${scalarName(to)}'`;
}
function readAs(to: TypeId, i: number): number {
  if (to === F16) return bitsToF16(bytes.getUint16(i, true));
  if (to === F32) return bitsToF32(bytes.getUint32(i, true));
  return to === I32 ? bytes.getInt32(i, true) : bytes.getUint32(i, true);
}
