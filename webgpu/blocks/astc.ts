/**
 * ASTC of two dimensions, without colours outside of 0 to 1: to the eight highest bits of what the specification interpolates.
 * @see https://registry.khronos.org/DataFormat/specs/1.4/dataformat.1.4.html#ASTC
 */
import { countOf, isHdr, readEnds } from "./astc-endpoints.ts";
import { bitCount, colorTable, RANGES, readIntegers, weightTable } from "./astc-integers.ts";
import { type BlockDecoder, bitsAt } from "./bits.ts";

const BLOCK_BITS = 128;
const MOST_WEIGHTS = 64;
const MOST_COLORS = 18;

/** The grid of weights, and how a weight is written. */
interface Grid {
  readonly width: number;
  readonly height: number;
  readonly range: number;
  /** one channel has weights of its own */
  readonly dual: boolean;
}

const gridOf = (width: number, height: number, r: number, high: boolean, dual: boolean): Grid | null =>
  r < 2 ? null : { width, height, range: r - 2 + (high ? 6 : 0), dual };

/** @param mode the lowest eleven bits @returns null for reserved modes */
function decodeGrid(mode: number): Grid | null {
  const [a, b] = [(mode >> 5) & 3, (mode >> 7) & 3];
  const [high, dual] = [((mode >> 9) & 1) === 1, mode >> 10 === 1];
  if ((mode & 3) !== 0) {
    const r = ((mode >> 4) & 1) | ((mode & 3) << 1);
    switch ((mode >> 2) & 3) {
      case 0:
        return gridOf(b + 4, a + 2, r, high, dual);
      case 1:
        return gridOf(b + 8, a + 2, r, high, dual);
      case 2:
        return gridOf(a + 2, b + 8, r, high, dual);
      default:
        return b < 2 ? gridOf(a + 2, b + 6, r, high, dual) : gridOf((b & 1) + 2, a + 2, r, high, dual);
    }
  }
  const r = ((mode >> 4) & 1) | (((mode >> 2) & 3) << 1);
  switch (b) {
    case 0:
      return gridOf(12, a + 2, r, high, dual);
    case 1:
      return gridOf(a + 2, 12, r, high, dual);
    case 2:
      return gridOf(a + 6, ((mode >> 9) & 3) + 6, r, false, false);
    default:
      return a === 0 ? gridOf(6, 10, r, high, dual) : a === 1 ? gridOf(10, 6, r, high, dual) : null;
  }
}

function hash(seed: number): number {
  let p = seed;
  p ^= p >>> 15;
  p = (p - (p << 17)) | 0;
  p = (p + (p << 7)) | 0;
  p = (p + (p << 4)) | 0;
  p ^= p >>> 5;
  p = (p + (p << 16)) | 0;
  p ^= p >>> 7;
  p ^= p >>> 3;
  p ^= p << 6;
  p ^= p >>> 17;
  return p >>> 0;
}

/** Which partition a texel of a block is in. Small blocks are spread. */
function partitionOf(index: number, count: number, texelX: number, texelY: number, isSmall: boolean): number {
  if (count === 1) return 0;
  const [x, y] = isSmall ? [texelX << 1, texelY << 1] : [texelX, texelY];
  const seed = index + (count - 1) * 1024;
  const random = hash(seed);
  const [byCount, bySeed] = [count === 3 ? 6 : 5, (seed & 2) !== 0 ? 4 : 5];
  const [shift1, shift2] = (seed & 1) !== 0 ? [bySeed, byCount] : [byCount, bySeed];
  // slopes in x and y, by partition; the third dimension is not used
  const slope = (i: number): number => {
    const n = (random >>> (i * 4)) & 15;
    return (n * n) >> (i % 2 === 0 ? shift1 : shift2);
  };
  const value = (i: number): number => (i >= count ? 0 : (slope(i * 2) * x + slope(i * 2 + 1) * y + (random >>> (14 - i * 4))) & 63);
  const [a, b, c, d] = [value(0), value(1), value(2), value(3)];
  if (a >= b && a >= c && a >= d) return 0;
  if (b >= c && b >= d) return 1;
  return c >= d ? 2 : 3;
}

function fill(out: Uint8Array, texels: number, r: number, g: number, b: number, a: number): void {
  for (let i = 0; i < texels; i++) {
    out[i * 4] = r;
    out[i * 4 + 1] = g;
    out[i * 4 + 2] = b;
    out[i * 4 + 3] = a;
  }
}

/** Both colours of a partition whose colours these formats do not have. */
const ERROR = [255, 0, 255, 255, 255, 0, 255, 255];

/** What blocks are that break a rule. */
const fillError = (out: Uint8Array, texels: number): void => fill(out, texels, 255, 0, 255, 255);

/** A block of one colour. @see #_void_extent_blocks */
function voidExtent(source: Uint8Array, at: number, out: Uint8Array, texels: number): void {
  const [s0, s1, t0, t1] = [12, 25, 38, 51].map((first) => bitsAt(source, at, first, 13)) as [number, number, number, number];
  const everywhere = [s0, s1, t0, t1].every((n) => n === 0x1fff);
  const isHalf = bitsAt(source, at, 9, 1) === 1;
  const reserved = bitsAt(source, at, 10, 2);
  if (isHalf || reserved !== 3 || !(everywhere || (s0 < s1 && t0 < t1))) return fillError(out, texels);
  // the higher bytes of four numbers of 16 bits
  fill(out, texels, source[at + 9]!, source[at + 11]!, source[at + 13]!, source[at + 15]!);
}

/** Colour modes of the partitions in `modes`. @returns how many bits below the weights they take */
function readModes(source: Uint8Array, at: number, partitions: number, weightBits: number): number {
  if (partitions === 1) {
    modes[0] = bitsAt(source, at, 13, 4);
    return 0;
  }
  const low = bitsAt(source, at, 23, 6);
  if ((low & 3) === 0) {
    modes.fill(low >> 2);
    return 0;
  }
  const more = partitions * 3 - 4;
  const all = low | (bitsAt(source, at, BLOCK_BITS - weightBits - more, more) << 6);
  for (let i = 0; i < partitions; i++) {
    const group = (low & 3) - 1 + ((all >> (2 + i)) & 1);
    modes[i] = (group << 2) | ((all >> (2 + partitions + i * 2)) & 3);
  }
  return more;
}

/** The finest range in which so many numbers take so many bits, or -1. */
function colorRange(count: number, bits: number): number {
  for (let i = RANGES.length - 1; i >= 4; i--) if (bitCount(RANGES[i]!, count) <= bits) return i;
  return -1;
}

const modes = new Uint8Array(4);
const numbers = new Int32Array(MOST_WEIGHTS);
const weights = new Uint8Array(MOST_WEIGHTS * 2);
const reversed = new Uint8Array(16);
const ends = [0, 1, 2, 3].map(() => new Int32Array(8));

function readWeights(source: Uint8Array, at: number, { range }: Grid, count: number): void {
  // they are written from the end of the block on, highest bit first
  for (let i = 0; i < 16; i++) {
    const byte = source[at + 15 - i]!;
    let turned = 0;
    for (let bit = 0; bit < 8; bit++) turned |= ((byte >> bit) & 1) << (7 - bit);
    reversed[i] = turned;
  }
  readIntegers(reversed, 0, 0, RANGES[range]!, count, numbers);
  const values = weightTable(range);
  for (let i = 0; i < count; i++) weights[i] = values[numbers[i]!]!;
}

/** The weight of a texel: between those of four points of the grid. */
function weightAt(x: number, y: number, blockWidth: number, blockHeight: number, { width, height, dual }: Grid, plane: number): number {
  const scale = (n: number, size: number, points: number): number => {
    const step = Math.floor((1024 + (size >> 1)) / (size - 1));
    return (step * n * (points - 1) + 32) >> 6;
  };
  const [gx, gy] = [scale(x, blockWidth, width), scale(y, blockHeight, height)];
  const [fx, fy] = [gx & 15, gy & 15];
  const first = (gx >> 4) + (gy >> 4) * width;
  const planes = dual ? 2 : 1;
  const at = (i: number): number => weights[i * planes + plane] ?? 0;
  const both = (fx * fy + 8) >> 4;
  // what is past the grid has the weight 0
  const sum =
    at(first) * (16 - fx - fy + both) + at(first + 1) * (fx - both) + at(first + width) * (fy - both) + at(first + width + 1) * both;
  return (sum + 8) >> 4;
}

/** @returns whether the block is a right one */
function block(source: Uint8Array, at: number, out: Uint8Array, blockWidth: number, blockHeight: number, isSrgb: boolean): boolean {
  const grid = decodeGrid(bitsAt(source, at, 0, 11));
  if (grid === null || grid.width > blockWidth || grid.height > blockHeight) return false;
  const count = grid.width * grid.height * (grid.dual ? 2 : 1);
  const weightBits = bitCount(RANGES[grid.range]!, count);
  const partitions = bitsAt(source, at, 11, 2) + 1;
  if (count > MOST_WEIGHTS || weightBits < 24 || weightBits > 96 || (grid.dual && partitions === 4)) return false;
  const modeBits = readModes(source, at, partitions, weightBits);
  const end = BLOCK_BITS - weightBits - modeBits - (grid.dual ? 2 : 0);
  const second = grid.dual ? bitsAt(source, at, end, 2) : -1;
  const first = partitions === 1 ? 17 : 29;
  let colors = 0;
  for (let i = 0; i < partitions; i++) colors += countOf(modes[i]!);
  const range = colors > MOST_COLORS ? -1 : colorRange(colors, end - first);
  if (range < 0) return false;
  readIntegers(source, at, first, RANGES[range]!, colors, numbers);
  const values = colorTable(range);
  for (let i = 0; i < colors; i++) numbers[i] = values[numbers[i]!]!;
  for (let i = 0, from = 0; i < partitions; i++) {
    if (isHdr(modes[i]!)) ends[i]!.set(ERROR);
    else readEnds(modes[i]!, numbers, from, ends[i]!);
    from += countOf(modes[i]!);
  }
  readWeights(source, at, grid, count);
  const index = partitions === 1 ? 0 : bitsAt(source, at, 13, 10);
  const isSmall = blockWidth * blockHeight < 31;
  for (let y = 0; y < blockHeight; y++) {
    for (let x = 0; x < blockWidth; x++) {
      const colors = ends[partitionOf(index, partitions, x, y, isSmall)]!;
      const weight = weightAt(x, y, blockWidth, blockHeight, grid, 0);
      const other = grid.dual ? weightAt(x, y, blockWidth, blockHeight, grid, 1) : weight;
      const to = (y * blockWidth + x) * 4;
      for (let c = 0; c < 4; c++) {
        const [low, high] = [colors[c]!, colors[4 + c]!];
        const w = c === second ? other : weight;
        const [a, b] = isSrgb ? [(low << 8) | 0x80, (high << 8) | 0x80] : [low * 257, high * 257];
        out[to + c] = ((a * (64 - w) + b * w + 32) >> 6) >> 8;
      }
    }
  }
  return true;
}

export function astc(blockWidth: number, blockHeight: number, isSrgb: boolean): BlockDecoder {
  const texels = blockWidth * blockHeight;
  return (source, at, { bytes }) => {
    if (bitsAt(source, at, 0, 9) === 0x1fc) voidExtent(source, at, bytes, texels);
    else if (!block(source, at, bytes, blockWidth, blockHeight, isSrgb)) fillError(bytes, texels);
  };
}
