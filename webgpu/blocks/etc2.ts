/**
 * ETC2 and EAC. Their blocks are numbers with the highest bit first, and texels go down the columns.
 * @see https://registry.khronos.org/DataFormat/specs/1.4/dataformat.1.4.html#ETC2
 */
import type { Texels } from "./bits.ts";

const TEXELS = 16;

/** Bits `high` to `low` of a block of 64. */
function field(source: Uint8Array, at: number, high: number, low: number): number {
  let value = 0;
  for (let bit = high; bit >= low; bit--) value = (value << 1) | ((source[at + 7 - (bit >> 3)]! >> (bit & 7)) & 1);
  return value;
}

const clampByte = (n: number): number => Math.min(255, Math.max(0, n));
const expand4 = (n: number): number => n * 17;
const expand5 = (n: number): number => (n << 3) | (n >> 2);
const expand6 = (n: number): number => (n << 2) | (n >> 4);
const expand7 = (n: number): number => (n << 1) | (n >> 6);
const signed3 = (n: number): number => (n << 29) >> 29;

/** What is added to a base colour: little, or much; the other two are their negatives. */
const MODIFIERS: readonly (readonly [number, number])[] = [
  [2, 8],
  [5, 17],
  [9, 29],
  [13, 42],
  [18, 60],
  [24, 80],
  [33, 106],
  [47, 183],
];
const DISTANCES = [3, 6, 11, 16, 23, 32, 41, 64];

/** r, g, b of the four colours of a block, or of a half of one */
const paint = new Int32Array(4 * 3);

/** Where texel i of a block is in memory, and its index of two bits. */
const placeOf = (i: number): number => (i & 3) * 4 + (i >> 2);
const indexOf = (source: Uint8Array, at: number, i: number): number => (field(source, at, 16 + i, 16 + i) << 1) | field(source, at, i, i);

function put(out: Uint8Array, i: number, color: number, transparent: boolean): void {
  const to = placeOf(i) * 4;
  for (let c = 0; c < 3; c++) out[to + c] = transparent ? 0 : clampByte(paint[color * 3 + c]!);
  out[to + 3] = transparent ? 0 : 255;
}

/** Two halves, each with a base colour and a table. @param opaque false: one of the four indices is a transparent texel */
function halves(source: Uint8Array, at: number, out: Uint8Array, bases: readonly number[], opaque: boolean): void {
  const flipped = field(source, at, 32, 32) === 1;
  const tables = [field(source, at, 39, 37), field(source, at, 36, 34)];
  for (let half = 0; half < 2; half++) {
    const [little, much] = MODIFIERS[tables[half]!]!;
    const steps = opaque ? [little, much, -little, -much] : [0, much, 0, -much];
    for (const [i, step] of steps.entries()) for (let c = 0; c < 3; c++) paint[i * 3 + c] = bases[half * 3 + c]! + step;
    for (let i = 0; i < TEXELS; i++) {
      const inSecond = flipped ? (i & 3) >= 2 : i >= 8;
      if (inSecond !== (half === 1)) continue;
      const index = indexOf(source, at, i);
      put(out, i, index, !opaque && index === 2);
    }
  }
}

function painted(source: Uint8Array, at: number, out: Uint8Array, opaque: boolean): void {
  for (let i = 0; i < TEXELS; i++) {
    const index = indexOf(source, at, i);
    put(out, i, index, !opaque && index === 2);
  }
}

function setPaint(i: number, base: readonly number[], step: number): void {
  for (let c = 0; c < 3; c++) paint[i * 3 + c] = expand4(base[c]!) + step;
}

function modeT(source: Uint8Array, at: number, out: Uint8Array, opaque: boolean): void {
  const f = (high: number, low: number) => field(source, at, high, low);
  const first = [(f(60, 59) << 2) | f(57, 56), f(55, 52), f(51, 48)];
  const second = [f(47, 44), f(43, 40), f(39, 36)];
  const distance = DISTANCES[(f(35, 34) << 1) | f(32, 32)]!;
  setPaint(0, first, 0);
  setPaint(1, second, distance);
  setPaint(2, second, 0);
  setPaint(3, second, -distance);
  painted(source, at, out, opaque);
}

function modeH(source: Uint8Array, at: number, out: Uint8Array, opaque: boolean): void {
  const f = (high: number, low: number) => field(source, at, high, low);
  const first = [f(62, 59), (f(58, 56) << 1) | f(52, 52), (f(51, 51) << 3) | f(49, 47)];
  const second = [f(46, 43), f(42, 39), f(38, 35)];
  const value = ([r = 0, g = 0, b = 0]: readonly number[]) => (r << 8) | (g << 4) | b;
  const low = value(first) >= value(second) ? 1 : 0;
  const distance = DISTANCES[(f(34, 34) << 2) | (f(32, 32) << 1) | low]!;
  setPaint(0, first, distance);
  setPaint(1, first, -distance);
  setPaint(2, second, distance);
  setPaint(3, second, -distance);
  painted(source, at, out, opaque);
}

function modePlanar(source: Uint8Array, at: number, out: Uint8Array): void {
  const f = (high: number, low: number) => field(source, at, high, low);
  const origin = [expand6(f(62, 57)), expand7((f(56, 56) << 6) | f(54, 49)), expand6((f(48, 48) << 5) | (f(44, 43) << 3) | f(41, 39))];
  const right = [expand6((f(38, 34) << 1) | f(32, 32)), expand7(f(31, 25)), expand6(f(24, 19))];
  const down = [expand6(f(18, 13)), expand7(f(12, 6)), expand6(f(5, 0))];
  for (let i = 0; i < TEXELS; i++) {
    const to = placeOf(i) * 4;
    for (let c = 0; c < 3; c++) {
      const o = origin[c]!;
      out[to + c] = clampByte(((i >> 2) * (right[c]! - o) + (i & 3) * (down[c]! - o) + 4 * o + 2) >> 2);
    }
    out[to + 3] = 255;
  }
}

/** @param punchthrough the bit that says which mode it is says instead whether the block is opaque */
function color(source: Uint8Array, at: number, out: Uint8Array, punchthrough: boolean): void {
  const bit = field(source, at, 33, 33) === 1;
  const opaque = !punchthrough || bit;
  if (!punchthrough && !bit) {
    const bases = [60, 52, 44, 56, 48, 40].map((low) => expand4(field(source, at, low + 3, low)));
    return halves(source, at, out, bases, true);
  }
  const first = [59, 51, 43].map((low) => field(source, at, low + 4, low));
  const second = [56, 48, 40].map((low, c) => first[c]! + signed3(field(source, at, low + 2, low)));
  const isOutside = (n: number) => n < 0 || n > 31;
  if (isOutside(second[0]!)) return modeT(source, at, out, opaque);
  if (isOutside(second[1]!)) return modeH(source, at, out, opaque);
  if (isOutside(second[2]!)) return modePlanar(source, at, out);
  return halves(source, at, out, [...first, ...second].map(expand5), opaque);
}

/** by table: what indices add, times the block's multiplier */
const EAC: readonly (readonly number[])[] = [
  [-3, -6, -9, -15, 2, 5, 8, 14],
  [-3, -7, -10, -13, 2, 6, 9, 12],
  [-2, -5, -8, -13, 1, 4, 7, 12],
  [-2, -4, -6, -13, 1, 3, 5, 12],
  [-3, -6, -8, -12, 2, 5, 7, 11],
  [-3, -7, -9, -11, 2, 6, 8, 10],
  [-4, -7, -8, -11, 3, 6, 7, 10],
  [-3, -5, -8, -11, 2, 4, 7, 10],
  [-2, -6, -8, -10, 1, 5, 7, 9],
  [-2, -5, -8, -10, 1, 4, 7, 9],
  [-2, -4, -8, -10, 1, 3, 7, 9],
  [-2, -5, -7, -10, 1, 4, 6, 9],
  [-3, -4, -7, -10, 2, 3, 6, 9],
  [-1, -2, -3, -10, 0, 1, 2, 9],
  [-4, -6, -8, -9, 3, 5, 7, 8],
  [-3, -5, -7, -9, 2, 4, 6, 8],
];

const modifierOf = (source: Uint8Array, at: number, i: number): number =>
  EAC[source[at + 1]! & 15]![field(source, at, 47 - i * 3, 45 - i * 3)]!;

/** 11 bits of each texel; with signs, of its size. */
function eleven(source: Uint8Array, at: number, out: Uint16Array, first: number, step: number, isSigned: boolean): void {
  const multiplier = source[at + 1]! >> 4;
  const scale = multiplier === 0 ? 1 : multiplier * 8;
  const base = isSigned ? Math.max(-127, (source[at]! << 24) >> 24) * 8 : source[at]! * 8 + 4;
  for (let i = 0; i < TEXELS; i++) {
    const value = base + modifierOf(source, at, i) * scale;
    const to = first + placeOf(i) * step;
    if (isSigned) {
      const size = Math.min(1023, Math.abs(value));
      const wide = (size << 5) | (size >> 5);
      out[to] = value < 0 ? -wide : wide;
    } else {
      const inside = Math.min(2047, Math.max(0, value));
      out[to] = (inside << 5) | (inside >> 6);
    }
  }
}

export const etc2Rgb8 = (source: Uint8Array, at: number, { bytes }: Texels): void => color(source, at, bytes, false);
export const etc2Rgb8A1 = (source: Uint8Array, at: number, { bytes }: Texels): void => color(source, at, bytes, true);

export function etc2Rgba8(source: Uint8Array, at: number, { bytes }: Texels): void {
  color(source, at + 8, bytes, false);
  const multiplier = source[at + 1]! >> 4;
  for (let i = 0; i < TEXELS; i++) bytes[placeOf(i) * 4 + 3] = clampByte(source[at]! + modifierOf(source, at, i) * multiplier);
}

export const eacR11 = (source: Uint8Array, at: number, { halfwords }: Texels): void => eleven(source, at, halfwords, 0, 1, false);
export const eacR11Signed = (source: Uint8Array, at: number, { halfwords }: Texels): void => eleven(source, at, halfwords, 0, 1, true);

export function eacRg11(source: Uint8Array, at: number, { halfwords }: Texels): void {
  eleven(source, at, halfwords, 0, 2, false);
  eleven(source, at + 8, halfwords, 1, 2, false);
}

export function eacRg11Signed(source: Uint8Array, at: number, { halfwords }: Texels): void {
  eleven(source, at, halfwords, 0, 2, true);
  eleven(source, at + 8, halfwords, 1, 2, true);
}
