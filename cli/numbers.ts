/** Numbers as people type and read them, in the three 32-bit types of buffers. */

export const SCALARS = ["u32", "i32", "f32"] as const;
export type Scalar = (typeof SCALARS)[number];

export function isScalar(text: string): text is Scalar {
  return (SCALARS as readonly string[]).includes(text);
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The bits of a number rounded to f32. */
export function floatBits(value: number): number {
  float[0] = value;
  return bits[0]!;
}

/**
 * @returns the 32 bits of `text`, or null when it is no number of that type. f32 also takes inf and nan, and any type 0x... bit patterns;
 * a decimal number past the largest f32 is no f32
 */
export function parseBits(text: string, scalar: Scalar): number | null {
  if (/^0x/i.test(text)) {
    const value = Number(text);
    return Number.isInteger(value) && value <= 0xffffffff ? value : null;
  }
  const value = parseDecimal(text);
  if (scalar === "f32") {
    const named = /^([+-]?)(inf|nan)$/i.exec(text);
    if (named) return ((named[1] === "-" ? 0x80000000 : 0) | (named[2]!.toLowerCase() === "inf" ? 0x7f800000 : 0x7fc00000)) >>> 0;
    return value === null || !Number.isFinite(Math.fround(value)) ? null : floatBits(value);
  }
  if (value === null || !Number.isInteger(value)) return null;
  const [low, high] = scalar === "u32" ? [0, 0xffffffff] : [-0x80000000, 0x7fffffff];
  return value >= low && value <= high ? value >>> 0 : null;
}

/** A finite decimal number, or null. `Number` alone would take "", " 1" and "0b1" too. */
export function parseDecimal(text: string): number | null {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}

/** A whole number from 0 to `most`, or null. */
export function parseCount(text: string | undefined, most: number): number | null {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value <= most ? value : null;
}

export function printBits(word: number, scalar: Scalar): string {
  if (scalar === "u32") return String(word >>> 0);
  if (scalar === "i32") return String(word | 0);
  bits[0] = word;
  return printFloat(float[0]!);
}

/** The shortest decimal that reads back as the same f32. */
export function printFloat(value: number): string {
  if (Object.is(value, -0)) return "-0";
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  for (let digits = 1; digits < 10; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return String(text);
  }
  return String(value);
}
