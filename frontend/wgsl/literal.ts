/**
 * What numeric literals are worth: integers exactly, floats rounded once, to nearest and ties to even, in the type their suffix names.
 * Linear in the literal's length.
 * @see https://www.w3.org/TR/WGSL/#numeric-literals
 */
import { Suffix } from "./ast.ts";

const ZERO = 0x30;
const DOT = 0x2e;
const PLUS = 0x2b;
const MINUS = 0x2d;

/** What an integer literal is worth: both halves of 64 bits, or `overflows`. */
export interface IntValue {
  low: number;
  high: number;
  overflows: boolean;
}

/**
 * Writes the value of the integer literal source[start..end) into `out`: at most 2^63 - 1 without suffix, or within i32 or u32.
 * @param end without the suffix
 */
export function intValue(source: string, start: number, end: number, suffix: Suffix, out: IntValue): void {
  if (isHexLiteral(source, start)) hexInt(source, start + 2, end, out);
  else decimalInt(source, start, end, out);
  if (suffix === Suffix.I) out.overflows ||= out.high !== 0 || out.low < 0;
  else if (suffix === Suffix.U) out.overflows ||= out.high !== 0;
  else out.overflows ||= out.high < 0;
  if (out.overflows) out.low = out.high = 0;
}

function isHexLiteral(source: string, start: number): boolean {
  return (source.charCodeAt(start + 1) | 0x20) === 0x78;
}

/** 0 to 15, or -1. */
function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

function decimalInt(source: string, start: number, end: number, out: IntValue): void {
  const digits = end - start;
  out.overflows = digits > 19; // 10^19 > 2^63, and there are no leading zeros
  if (digits <= 15) {
    let value = 0; // below 10^15 < 2^53: exact
    for (let i = start; i < end; i++) value = value * 10 + (source.charCodeAt(i) - ZERO);
    out.low = value | 0;
    out.high = Math.floor(value / 0x100000000) | 0;
  } else if (!out.overflows) {
    const value = BigInt(source.slice(start, end));
    out.low = Number(BigInt.asIntN(32, value));
    out.high = Number(BigInt.asIntN(32, value >> 32n));
  }
}

function hexInt(source: string, start: number, end: number, out: IntValue): void {
  let first = start;
  while (first < end - 1 && source.charCodeAt(first) === ZERO) first++;
  out.low = 0;
  out.high = 0;
  out.overflows = end - first > 16;
  if (out.overflows) return;
  for (let i = first; i < end; i++) {
    out.high = (out.high << 4) | (out.low >>> 28);
    out.low = (out.low << 4) | hexDigit(source.charCodeAt(i));
  }
}

/** A floating point literal's value in its type, or why it has none. */
export type FloatValue = number | "overflows" | "inexact";

interface Format {
  readonly max: number;
  /** explicit bits of the significand */
  readonly bits: number;
  /** exponent of the smallest normal number */
  readonly minExponent: number;
}
const F32: Format = { max: 3.4028234663852886e38, bits: 23, minExponent: -126 };
const F16: Format = { max: 65504, bits: 10, minExponent: -14 };
const formatOf = (suffix: Suffix): Format => (suffix === Suffix.F ? F32 : F16);

/** @param end without the suffix */
export function floatValue(source: string, start: number, end: number, suffix: Suffix): FloatValue {
  return isHexLiteral(source, start) ? hexFloat(source, start + 2, end, suffix) : decimalFloat(source.slice(start, end), suffix);
}

function decimalFloat(text: string, suffix: Suffix): FloatValue {
  const value = Number(text);
  if (suffix === Suffix.NONE_WRITTEN) return value === Number.POSITIVE_INFINITY ? "overflows" : value;
  const format = formatOf(suffix);
  if (value > format.max) return "overflows";
  // The double is rounded already. That matters only where it is a tie of the narrower format, and the text is not quite that tie.
  return roundTo(value, format, () => compareDecimal(text, value));
}

/**
 * A non-negative double of at most format.max in `format`.
 * @param side sign of the exact value minus `value`, asked for ties only
 */
function roundTo(value: number, format: Format, side: () => number): number {
  const ulp = pow2(Math.max(exponentOf(value), format.minExponent) - format.bits);
  const scaled = value / ulp;
  const low = Math.floor(scaled);
  let up = scaled - low > 0.5;
  if (scaled - low === 0.5) {
    const sign = side();
    up = sign > 0 || (sign === 0 && low % 2 === 1);
  }
  return (up ? low + 1 : low) * ulp;
}

const bitsF64 = new Float64Array(1);
const bitsU32 = new Uint32Array(bitsF64.buffer);
/** index of the half with the exponent */
const HIGH_HALF = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 1 : 0;

/** floor(log2(value)) of a normal double; -1023 for zero and subnormal ones. */
function exponentOf(value: number): number {
  bitsF64[0] = value;
  return ((bitsU32[HIGH_HALF]! >>> 20) & 0x7ff) - 1023;
}

/** 2^exponent, exactly. @param exponent -1074 to 1023 */
function pow2(exponent: number): number {
  if (exponent < -1022) return pow2(exponent + 52) / 2 ** 52;
  bitsU32[HIGH_HALF] = (exponent + 1023) << 20;
  bitsU32[1 - HIGH_HALF] = 0;
  return bitsF64[0]!;
}

/** Sign of the number written as `text` minus `value`; significant digits past the 20th do not count, as the specification allows. */
function compareDecimal(text: string, value: number): number {
  const { digits, exponent } = decimalDigits(text);
  let shift = 0n; // value = mantissa / 2^shift, exactly
  let mantissa = value;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    shift++;
  }
  let left = BigInt(digits) << shift;
  let right = BigInt(mantissa);
  if (exponent > 0) left *= 10n ** BigInt(exponent);
  else right *= 10n ** BigInt(-exponent);
  return left === right ? 0 : left > right ? 1 : -1;
}

/** The first 20 significant digits as an integer, and the power of ten to multiply it with. */
function decimalDigits(text: string): { digits: string; exponent: number } {
  let digits = "";
  let exponent = 0;
  let seenPoint = false;
  let at = 0;
  for (; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === DOT) {
      seenPoint = true;
      continue;
    }
    if (c < ZERO || c > ZERO + 9) break;
    if (digits.length === 20) {
      if (!seenPoint) exponent++;
      continue;
    }
    if (digits !== "" || c !== ZERO) digits += text[at];
    if (seenPoint) exponent--;
  }
  if (at < text.length) exponent += Number(text.slice(at + 1));
  return { digits: digits === "" ? "0" : digits, exponent };
}

/** Exponents are capped here: no source is long enough for its digits to make up for more. */
const MAX_EXPONENT = 2 ** 40;

/** Significant digits past the 16th are dropped, as the specification allows. */
function hexFloat(source: string, start: number, end: number, suffix: Suffix): FloatValue {
  let high = 0;
  let low = 0;
  let digits = 0;
  let exponent = 0;
  let seenPoint = false;
  let dropped = false;
  let at = start;
  for (; at < end; at++) {
    const c = source.charCodeAt(at);
    const digit = hexDigit(c);
    if (c === DOT) {
      seenPoint = true;
    } else if (digit < 0) {
      break;
    } else if (digits < 16) {
      if (digits > 0 || digit > 0) digits++;
      high = ((high << 4) | (low >>> 28)) >>> 0;
      low = ((low << 4) | digit) >>> 0;
      if (seenPoint) exponent -= 4;
    } else {
      dropped ||= digit > 0;
      if (!seenPoint) exponent += 4;
    }
  }
  if (at < end) exponent += decimalExponent(source, at + 1, end);
  if (high === 0 && low === 0) return 0;
  const value = scale(high, low, exponent);
  if (value === Number.POSITIVE_INFINITY) return "overflows";
  if (suffix === Suffix.NONE_WRITTEN) return value;
  const format = formatOf(suffix);
  if (value > format.max) return "overflows";
  const top = high * 0x100000000;
  const exact = !dropped && value !== 0 && top + low - top === low && roundTo(value, format, () => 0) === value;
  return exact ? value : "inexact";
}

function decimalExponent(source: string, start: number, end: number): number {
  const sign = source.charCodeAt(start);
  let value = 0;
  for (let i = sign === PLUS || sign === MINUS ? start + 1 : start; i < end; i++) {
    value = Math.min(MAX_EXPONENT, value * 10 + (source.charCodeAt(i) - ZERO));
  }
  return sign === MINUS ? -value : value;
}

/** (high * 2^32 + low) * 2^exponent, rounded once. */
function scale(high: number, low: number, exponent: number): number {
  const mantissa = high * 0x100000000 + low;
  const top = exponentOf(mantissa) + exponent;
  if (top > 1023) return Number.POSITIVE_INFINITY;
  if (top < -1080) return 0;
  if (top >= -1022) {
    // Normal: the sum above is the one rounding. In two steps, as 2^exponent alone may be out of range.
    const half = exponent >> 1;
    return mantissa * pow2(half) * pow2(exponent - half);
  }
  const shift = BigInt(-1074 - exponent);
  const whole = (BigInt(high) << 32n) + BigInt(low);
  const units = whole >> shift;
  const twice = (whole - (units << shift)) * 2n;
  const up = twice > 1n << shift || (twice === 1n << shift && units % 2n === 1n);
  return Number(up ? units + 1n : units) * pow2(-1074);
}
