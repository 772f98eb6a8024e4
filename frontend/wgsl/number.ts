/**
 * Numeric literals: how far one reaches and which form it has. What it is worth is in literal.ts.
 * @see https://www.w3.org/TR/WGSL/#numeric-literals
 */
import { Suffix } from "./ast.ts";

/** Why a literal has none of WGSL's forms. */
export const Malformed = { NO: 0, LEADING_ZERO: 1, NO_HEX_DIGITS: 2, NO_EXPONENT: 3, TRAILING: 4 } as const;
export type Malformed = (typeof Malformed)[keyof typeof Malformed];

/** Packed result of scanNumber, so that a number costs no object: ((end * 5 + malformed) * 2 + isFloat) * 5 + suffix. */
export type NumberScan = number;
export const scanEnd = (scan: NumberScan): number => Math.floor(scan / 50);
export const scanMalformed = (scan: NumberScan): Malformed => (Math.floor(scan / 10) % 5) as Malformed;
export const scanIsFloat = (scan: NumberScan): boolean => Math.floor(scan / 5) % 2 === 1;
export const scanSuffix = (scan: NumberScan): Suffix => (scan % 5) as Suffix;
function pack(end: number, malformed: Malformed, isFloat: boolean, suffix: Suffix): NumberScan {
  return ((end * 5 + malformed) * 2 + (isFloat ? 1 : 0)) * 5 + suffix;
}

const isDigit = (c: number): boolean => c >= 0x30 && c <= 0x39;
const isLetter = (c: number): boolean => c === 0x5f || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);

/** 0 to 15, or -1. */
function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const DOT = 0x2e;
const ZERO = 0x30;
const PLUS = 0x2b;
const MINUS = 0x2d;

function afterDigits(source: string, from: number): number {
  let at = from;
  while (isDigit(source.charCodeAt(at))) at++;
  return at;
}
function afterHexDigits(source: string, from: number): number {
  let at = from;
  while (hexDigit(source.charCodeAt(at)) >= 0) at++;
  return at;
}
/** End of the exponent whose letter is at `letter`, or -1 when it has no digits. */
function afterExponent(source: string, letter: number): number {
  const sign = source.charCodeAt(letter + 1);
  const from = sign === PLUS || sign === MINUS ? letter + 2 : letter + 1;
  const end = afterDigits(source, from);
  return end === from ? -1 : end;
}

/** @param start where a digit is, or a point with a digit after it */
export function scanNumber(source: string, start: number): NumberScan {
  const second = source.charCodeAt(start + 1) | 0x20;
  return source.charCodeAt(start) === ZERO && second === 0x78 ? scanHex(source, start) : scanDecimal(source, start);
}

function scanDecimal(source: string, start: number): NumberScan {
  let at = afterDigits(source, start);
  const leadingZero = at > start + 1 && source.charCodeAt(start) === ZERO;
  let isFloat = false;
  if (source.charCodeAt(at) === DOT) {
    isFloat = true;
    at = afterDigits(source, at + 1);
  }
  if ((source.charCodeAt(at) | 0x20) === 0x65) {
    const end = afterExponent(source, at);
    if (end < 0) return malformed(source, at, Malformed.NO_EXPONENT, true);
    isFloat = true;
    at = end;
  }
  const bare = !isFloat;
  let suffix: Suffix = Suffix.NONE_WRITTEN;
  const c = source.charCodeAt(at);
  if (c === 0x66 || c === 0x68) {
    suffix = c === 0x66 ? Suffix.F : Suffix.H;
    isFloat = true;
    at++;
  } else if (bare && (c === 0x69 || c === 0x75)) {
    suffix = c === 0x69 ? Suffix.I : Suffix.U;
    at++;
  }
  return finish(source, at, isFloat, suffix, bare && leadingZero ? Malformed.LEADING_ZERO : Malformed.NO);
}

function scanHex(source: string, start: number): NumberScan {
  const whole = afterHexDigits(source, start + 2);
  let at = whole;
  let isFloat = false;
  let digits = whole - start - 2;
  if (source.charCodeAt(at) === DOT) {
    const end = afterHexDigits(source, at + 1);
    digits += end - at - 1;
    if (digits > 0) {
      isFloat = true;
      at = end;
    }
  }
  if (digits === 0) return malformed(source, at, Malformed.NO_HEX_DIGITS, false);
  let suffix: Suffix = Suffix.NONE_WRITTEN;
  if ((source.charCodeAt(at) | 0x20) === 0x70) {
    const end = afterExponent(source, at);
    if (end < 0) return malformed(source, at, Malformed.NO_EXPONENT, true);
    isFloat = true;
    at = end;
    const c = source.charCodeAt(at);
    if (c === 0x66 || c === 0x68) {
      suffix = c === 0x66 ? Suffix.F : Suffix.H;
      at++;
    }
  } else if (!isFloat) {
    const c = source.charCodeAt(at);
    if (c === 0x69 || c === 0x75) {
      suffix = c === 0x69 ? Suffix.I : Suffix.U;
      at++;
    }
  }
  return finish(source, at, isFloat, suffix, Malformed.NO);
}

/** No rule of the grammar lets a letter or digit follow a number, so what does is part of the mistake. */
function finish(source: string, end: number, isFloat: boolean, suffix: Suffix, problem: Malformed): NumberScan {
  const c = source.charCodeAt(end);
  if (isLetter(c) || isDigit(c)) return malformed(source, end, problem === Malformed.NO ? Malformed.TRAILING : problem, isFloat);
  return pack(end, problem, isFloat, suffix);
}

function malformed(source: string, from: number, problem: Malformed, isFloat: boolean): NumberScan {
  let at = from;
  for (let c = source.charCodeAt(at); isLetter(c) || isDigit(c); c = source.charCodeAt(at)) at++;
  return pack(at, problem, isFloat, Suffix.NONE_WRITTEN);
}

export function malformedMessage(problem: Malformed, text: string): string {
  switch (problem) {
    case Malformed.LEADING_ZERO:
      return `'${text}' starts with a zero, which an integer of more than one digit must not`;
    case Malformed.NO_HEX_DIGITS:
      return `'${text}' has no hexadecimal digits`;
    case Malformed.NO_EXPONENT:
      return `'${text}' has an exponent without digits`;
    default:
      return `'${text}' is not a number: suffixes are 'i' and 'u' for integers, 'f' and 'h' for floats`;
  }
}
