/**
 * BC1 to BC5: two end points a block, and how far between them each texel is.
 * @see https://registry.khronos.org/DataFormat/specs/1.4/dataformat.1.4.html#S3TC and #RGTC
 */
import { bitsAt, type Texels } from "./bits.ts";

const TEXELS = 16;

/** r, g, b, a of the four colours of a block */
const palette = new Uint8Array(16);

const expand5 = (n: number): number => (n << 3) | (n >> 2);
const expand6 = (n: number): number => (n << 2) | (n >> 4);

function setColor(i: number, color: number): void {
  palette[i * 4] = expand5(color >> 11);
  palette[i * 4 + 1] = expand6((color >> 5) & 63);
  palette[i * 4 + 2] = expand5(color & 31);
  palette[i * 4 + 3] = 255;
}

function mix(i: number, weight0: number, weight1: number): void {
  const total = weight0 + weight1;
  for (let c = 0; c < 3; c++) palette[i * 4 + c] = Math.round((palette[c]! * weight0 + palette[4 + c]! * weight1) / total);
  palette[i * 4 + 3] = 255;
}

/** @param mayBeTransparent BC1: the order of the end points says whether there is a transparent colour */
function colors(source: Uint8Array, at: number, out: Uint8Array, mayBeTransparent: boolean): void {
  const [color0, color1] = [bitsAt(source, at, 0, 16), bitsAt(source, at, 16, 16)];
  setColor(0, color0);
  setColor(1, color1);
  if (color0 > color1 || !mayBeTransparent) {
    mix(2, 2, 1);
    mix(3, 1, 2);
  } else {
    mix(2, 1, 1);
    palette.fill(0, 12);
  }
  for (let i = 0; i < TEXELS; i++) {
    const from = bitsAt(source, at, 32 + i * 2, 2) * 4;
    for (let c = 0; c < 4; c++) out[i * 4 + c] = palette[from + c]!;
  }
}

/** How far a texel is from the first end point, in parts, by its index: the last two of six are fixed values. */
const EIGHT = [0, 7, 1, 2, 3, 4, 5, 6];
const SIX = [0, 5, 1, 2, 3, 4];

/** @returns a texel of one channel as a fraction of the end points' range; `low` and `high` are those of the range */
function channel(source: Uint8Array, at: number, i: number, end0: number, end1: number, low: number, high: number): number {
  const index = bitsAt(source, at, 16 + i * 3, 3);
  if (end0 > end1) return (end0 * (7 - EIGHT[index]!) + end1 * EIGHT[index]!) / 7;
  if (index >= 6) return index === 6 ? low : high;
  return (end0 * (5 - SIX[index]!) + end1 * SIX[index]!) / 5;
}

export function bc1(source: Uint8Array, at: number, { bytes }: Texels): void {
  colors(source, at, bytes, true);
}

export function bc2(source: Uint8Array, at: number, { bytes }: Texels): void {
  colors(source, at + 8, bytes, false);
  for (let i = 0; i < TEXELS; i++) bytes[i * 4 + 3] = bitsAt(source, at, i * 4, 4) * 17;
}

export function bc3(source: Uint8Array, at: number, { bytes }: Texels): void {
  colors(source, at + 8, bytes, false);
  for (let i = 0; i < TEXELS; i++) bytes[i * 4 + 3] = Math.round(channel(source, at, i, source[at]!, source[at + 1]!, 0, 255));
}

function unsigned(source: Uint8Array, at: number, out: Uint16Array, first: number, step: number): void {
  for (let i = 0; i < TEXELS; i++) {
    out[first + i * step] = Math.round(channel(source, at, i, source[at]!, source[at + 1]!, 0, 255) * 257);
  }
}

/** -128 means -127, too */
const signedByte = (n: number): number => Math.max(-127, (n << 24) >> 24);

function signed(source: Uint8Array, at: number, out: Uint16Array, first: number, step: number): void {
  const [end0, end1] = [signedByte(source[at]!), signedByte(source[at + 1]!)];
  for (let i = 0; i < TEXELS; i++) {
    out[first + i * step] = Math.round((channel(source, at, i, end0, end1, -127, 127) / 127) * 32_767);
  }
}

export const bc4 = (source: Uint8Array, at: number, { halfwords }: Texels): void => unsigned(source, at, halfwords, 0, 1);
export const bc4Signed = (source: Uint8Array, at: number, { halfwords }: Texels): void => signed(source, at, halfwords, 0, 1);

export function bc5(source: Uint8Array, at: number, { halfwords }: Texels): void {
  unsigned(source, at, halfwords, 0, 2);
  unsigned(source, at + 8, halfwords, 1, 2);
}

export function bc5Signed(source: Uint8Array, at: number, { halfwords }: Texels): void {
  signed(source, at, halfwords, 0, 2);
  signed(source, at + 8, halfwords, 1, 2);
}
