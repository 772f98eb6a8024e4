/** BC7. @see https://registry.khronos.org/DataFormat/specs/1.4/dataformat.1.4.html#BPTC */
import { bitsAt, type Texels } from "./bits.ts";
import { between, isAnchor, subsetOf } from "./bptc.ts";

/** Bits of each part of a block, by mode. */
interface Mode {
  readonly subsets: number;
  readonly partition: number;
  readonly rotation: number;
  readonly selection: number;
  readonly color: number;
  readonly alpha: number;
  /** lowest bits of end points: one each, or one for both of a subset */
  readonly lowest: "none" | "each" | "shared";
  readonly index: number;
  /** of a second set of indices, or 0 */
  readonly index2: number;
}
const mode = (numbers: readonly number[], lowest: Mode["lowest"] = "none"): Mode => {
  const [subsets = 0, partition = 0, rotation = 0, selection = 0, color = 0, alpha = 0, index = 0, index2 = 0] = numbers;
  return { subsets, partition, rotation, selection, color, alpha, lowest, index, index2 };
};
const MODES: readonly Mode[] = [
  mode([3, 4, 0, 0, 4, 0, 3], "each"),
  mode([2, 6, 0, 0, 6, 0, 3], "shared"),
  mode([3, 6, 0, 0, 5, 0, 2]),
  mode([2, 6, 0, 0, 7, 0, 2], "each"),
  mode([1, 0, 2, 1, 5, 6, 2, 3]),
  mode([1, 0, 2, 0, 7, 8, 2, 2]),
  mode([1, 0, 0, 0, 7, 7, 4], "each"),
  mode([2, 6, 0, 0, 5, 5, 2], "each"),
];

/** r, g, b, a of each end point of the block */
const ends = new Uint8Array(6 * 4);

/** Reads the end points, and makes them bytes. @returns the bit after them */
function readEnds(source: Uint8Array, at: number, first: number, { subsets, color, alpha, lowest }: Mode): number {
  let bit = first;
  const count = subsets * 2;
  for (let c = 0; c < 4; c++) {
    const bits = c === 3 ? alpha : color;
    for (let end = 0; end < count; end++) {
      ends[end * 4 + c] = bitsAt(source, at, bit, bits);
      bit += bits;
    }
  }
  for (let end = 0; end < count; end++) {
    const low = lowest === "none" ? 0 : bitsAt(source, at, bit + (lowest === "each" ? end : end >> 1), 1);
    for (let c = 0; c < 4; c++) {
      const bits = c === 3 ? alpha : color;
      if (bits === 0) {
        ends[end * 4 + c] = 255;
        continue;
      }
      const given = lowest === "none" ? bits : bits + 1;
      const value = lowest === "none" ? ends[end * 4 + c]! : (ends[end * 4 + c]! << 1) | low;
      ends[end * 4 + c] = (value << (8 - given)) | (value >> (given * 2 - 8));
    }
  }
  return bit + (lowest === "none" ? 0 : lowest === "each" ? count : subsets);
}

export function bc7(source: Uint8Array, at: number, { bytes }: Texels): void {
  const low = source[at]!;
  if (low === 0) {
    // no mode: reserved, and black without alpha
    bytes.fill(0, 0, 64);
    return;
  }
  const number = 31 - Math.clz32(low & -low);
  const given = MODES[number]!;
  const { subsets, index, index2 } = given;
  let bit = number + 1;
  const take = (count: number): number => {
    bit += count;
    return bitsAt(source, at, bit - count, count);
  };
  const partition = take(given.partition);
  const rotation = take(given.rotation);
  const swapped = take(given.selection) === 1;
  bit = readEnds(source, at, bit, given);
  let bit2 = bit + 16 * index - subsets;
  for (let i = 0; i < 16; i++) {
    const first = take(isAnchor(subsets, partition, i) ? index - 1 : index);
    const bits2 = index2 === 0 ? 0 : i === 0 ? index2 - 1 : index2;
    const second = bitsAt(source, at, bit2, bits2);
    bit2 += bits2;
    const [colorIndex, colorBits, alphaIndex, alphaBits] =
      index2 === 0 ? [first, index, first, index] : swapped ? [second, index2, first, index] : [first, index, second, index2];
    const from = subsetOf(subsets, partition, i) * 8;
    for (let c = 0; c < 3; c++) bytes[i * 4 + c] = between(ends[from + c]!, ends[from + 4 + c]!, colorIndex, colorBits);
    bytes[i * 4 + 3] = between(ends[from + 3]!, ends[from + 7]!, alphaIndex, alphaBits);
    if (rotation !== 0) {
      const alpha = bytes[i * 4 + 3]!;
      bytes[i * 4 + 3] = bytes[i * 4 + rotation - 1]!;
      bytes[i * 4 + rotation - 1] = alpha;
    }
  }
}
