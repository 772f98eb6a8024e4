/**
 * Special functions for constant evaluation, isolated here: for f32 (and f16, which is f32 and one rounding) the same library the tiers run,
 * so that a constant equals what the machine would compute; for AbstractFloat f64 ones.
 */
import * as composed from "../../sandbox/isa/numeric-composed.ts";
import { SCALAR_MATH } from "../../sandbox/isa/numeric-scalar.ts";
import * as double from "./double-math.ts";
import { floorLog2, powerOf2 } from "./double-math.ts";
import { ABSTRACT_FLOAT, type TypeId } from "./types.ts";

export const F16_MAX = 65504;

/** Nearest binary16 value, ties to even; infinity past the range. */
export function roundF16(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const magnitude = Math.abs(x);
  // One unit in the last place: 10 fraction bits, no exponent below -14.
  const exponent = Math.max(floorLog2(magnitude), -14);
  const unit = powerOf2(exponent - 10);
  const result = roundEven(magnitude / unit) * unit;
  const bounded = result > F16_MAX ? Number.POSITIVE_INFINITY : result;
  return x < 0 ? -bounded : bounded;
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

/** @param x exactly a binary16 value */
export function f16ToBits(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(x);
  if (magnitude === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | (magnitude * 2 ** 24);
  const exponent = floorLog2(magnitude);
  return sign | ((exponent + 15) << 10) | ((magnitude / powerOf2(exponent) - 1) * 1024);
}
export function bitsToF16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * powerOf2(exponent - 15);
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
  | "tanh"
  | "inverseSqrt"
  | "degrees"
  | "radians";

const DOUBLE: Readonly<Record<MathName, (x: number) => number>> = double;
const SINGLE: Readonly<Record<MathName, (x: number) => number>> = {
  acos: (x) => composed.acos(SCALAR_MATH, x),
  acosh: (x) => composed.acosh(SCALAR_MATH, x),
  asin: (x) => composed.asin(SCALAR_MATH, x),
  asinh: (x) => composed.asinh(SCALAR_MATH, x),
  atan: (x) => composed.atan(SCALAR_MATH, x),
  atanh: (x) => composed.atanh(SCALAR_MATH, x),
  cos: SCALAR_MATH.cos,
  cosh: (x) => composed.cosh(SCALAR_MATH, x),
  exp: (x) => composed.exp(SCALAR_MATH, x),
  exp2: SCALAR_MATH.exp2,
  log: (x) => composed.log(SCALAR_MATH, x),
  log2: SCALAR_MATH.log2,
  sin: SCALAR_MATH.sin,
  sinh: (x) => composed.sinh(SCALAR_MATH, x),
  tan: (x) => composed.tan(SCALAR_MATH, x),
  tanh: (x) => composed.tanh(SCALAR_MATH, x),
  inverseSqrt: SCALAR_MATH.rsqrt,
  degrees: (x) => composed.degrees(SCALAR_MATH, x),
  radians: (x) => composed.radians(SCALAR_MATH, x),
};

/** For AbstractFloat the f64 result; for f32 and f16 the f32 one, which f16 rounds once more. */
export function special(type: TypeId, name: MathName, x: number): number {
  return type === ABSTRACT_FLOAT ? DOUBLE[name](x) : SINGLE[name](x);
}
export function atan2(type: TypeId, y: number, x: number): number {
  return type === ABSTRACT_FLOAT ? double.atan2(y, x) : SCALAR_MATH.atan2(y, x);
}
export function pow(type: TypeId, x: number, y: number): number {
  return type === ABSTRACT_FLOAT ? double.pow(x, y) : composed.pow(SCALAR_MATH, x, y);
}
/** x - y * trunc(x / y) */
export function remainder(type: TypeId, x: number, y: number): number {
  return type === ABSTRACT_FLOAT ? x % y : composed.rem(SCALAR_MATH, x, y);
}
