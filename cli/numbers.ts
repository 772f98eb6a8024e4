/** Numbers as people type and read them, in the three 32-bit types of buffers. */

export const SCALARS = ["u32", "i32", "f32"] as const;
export type Scalar = (typeof SCALARS)[number];

export function isScalar(text: string): text is Scalar {
  return (SCALARS as readonly string[]).includes(text);
}

/** @returns the 32 bits of `text`, or null when it is no number of that type. Any type takes 0x... bit patterns. */
export function parseBits(text: string, scalar: Scalar): number | null {
  const value = Number(text.replace(/^([+-]?)inf$/i, "$1Infinity"));
  if (text === "" || (Number.isNaN(value) && text.toLowerCase() !== "nan")) return null;
  if (/^0x/i.test(text)) return Number.isInteger(value) && value >= 0 && value <= 0xffffffff ? value >>> 0 : null;
  if (scalar === "f32") return new Uint32Array(Float32Array.of(text.toLowerCase() === "nan" ? Number.NaN : value).buffer)[0]!;
  const [low, high] = scalar === "u32" ? [0, 0xffffffff] : [-0x80000000, 0x7fffffff];
  return Number.isInteger(value) && value >= low && value <= high ? value >>> 0 : null;
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

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
