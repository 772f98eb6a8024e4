/**
 * Special functions for constant evaluation, isolated here: for f32 (and f16, which is f32 and one rounding) the same library the tiers run,
 * so that a constant equals what the machine would compute; for AbstractFloat f64 ones.
 */
import { ABSTRACT_FLOAT, type TypeId } from "./types.ts";

export const F16_MAX = 65504;

/** Nearest binary16 value, ties to even; infinity past the range. */
export function roundF16(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const magnitude = Math.abs(x);
  // One unit in the last place: 10 fraction bits, no exponent below -14.
  const exponent = Math.max(floorLog2(magnitude), -14);
  const unit = 2 ** (exponent - 10);
  const result = roundEven(magnitude / unit) * unit;
  const bounded = result > F16_MAX ? Number.POSITIVE_INFINITY : result;
  return x < 0 ? -bounded : bounded;
}

const f64 = new Float64Array(1);
const f64Words = new Uint32Array(f64.buffer);
const f32 = new Float32Array(1);
const f32Word = new Uint32Array(f32.buffer);

/** Exponent of a positive finite number; exact for normal f64, -1023 below. */
export function floorLog2(x: number): number {
  f64[0] = x;
  return ((f64Words[1]! >>> 20) & 0x7ff) - 1023;
}

/** Nearest integer, ties to even. */
export function roundEven(x: number): number {
  if (Math.abs(x) >= 2 ** 52) return x;
  const floor = Math.floor(x);
  const rest = x - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  const result = up ? floor + 1 : floor;
  return result === 0 && (x < 0 || Object.is(x, -0)) ? -0 : result;
}

export function f32ToBits(x: number): number {
  f32[0] = x;
  return f32Word[0]!;
}
export function bitsToF32(bits: number): number {
  f32Word[0] = bits;
  return f32[0]!;
}

/** @param x exactly a binary16 value */
export function f16ToBits(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(x);
  if (magnitude === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | (magnitude * 2 ** 24);
  const exponent = floorLog2(magnitude);
  return sign | ((exponent + 15) << 10) | ((magnitude / 2 ** exponent - 1) * 1024);
}
export function bitsToF16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export type MathName =
  | "acos"
  | "acosh"
  | "asin"
  | "asinh"
  | "atan"
  | "atanh"
  | "cos"
  | "cosh"
  | "exp"
  | "exp2"
  | "log"
  | "log2"
  | "sin"
  | "sinh"
  | "tan"
  | "tanh";

const DOUBLE: Readonly<Record<MathName, (x: number) => number>> = {
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  cos: Math.cos,
  cosh: Math.cosh,
  exp: Math.exp,
  exp2: (x) => 2 ** x,
  log: Math.log,
  log2: Math.log2,
  sin: Math.sin,
  sinh: Math.sinh,
  tan: Math.tan,
  tanh: Math.tanh,
};

/** Unrounded result for AbstractFloat, result rounded to f32 for f32 and f16. */
export function special(type: TypeId, name: MathName, x: number): number {
  const y = DOUBLE[name](x);
  return type === ABSTRACT_FLOAT ? y : Math.fround(y);
}
export function atan2(type: TypeId, y: number, x: number): number {
  const angle = Math.atan2(y, x);
  return type === ABSTRACT_FLOAT ? angle : Math.fround(angle);
}
export function pow(type: TypeId, x: number, y: number): number {
  const power = x ** y;
  return type === ABSTRACT_FLOAT ? power : Math.fround(power);
}
