/**
 * ASTC's sequences of small integers: bits, with a trit or a quint above them, of which five or three share eight or seven bits.
 * @see https://registry.khronos.org/DataFormat/specs/1.4/dataformat.1.4.html#astc_integer_sequence_encoding
 */
import { bitsAt } from "./bits.ts";

export interface Range {
  readonly bits: number;
  /** what is above the bits: one of so many values, or 1 */
  readonly base: 1 | 3 | 5;
}
const range = (bits: number, base: Range["base"] = 1): Range => ({ bits, base });

/** by how many values they have: 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, ... 256 */
export const RANGES: readonly Range[] = [
  range(1),
  range(0, 3),
  range(2),
  range(0, 5),
  ...[1, 2, 3, 4, 5, 6].flatMap((bits) => (bits === 6 ? [range(6, 3), range(8)] : [range(bits, 3), range(bits + 2), range(bits, 5)])),
];

export function bitCount({ bits, base }: Range, count: number): number {
  const above = base === 3 ? Math.ceil((count * 8) / 5) : base === 5 ? Math.ceil((count * 7) / 3) : 0;
  return count * bits + above;
}

/** Five trits of eight bits. */
function trits(t: number): readonly number[] {
  let [c, t3, t4] = [t & 31, (t >> 5) & 3, t >> 7];
  if (((t >> 2) & 7) === 7) [c, t3, t4] = [((t >> 5) << 2) | (t & 3), 2, 2];
  else if (t3 === 3) [t3, t4] = [t4, 2];
  if ((c & 3) === 3) return [((c >> 2) & 2) | ((c >> 2) & 1 & ~(c >> 3)), c >> 4, 2, t3, t4];
  if (((c >> 2) & 3) === 3) return [c & 3, 2, 2, t3, t4];
  return [(c & 2) | (c & 1 & ~(c >> 1)), (c >> 2) & 3, c >> 4, t3, t4];
}

/** Three quints of seven bits. */
function quints(q: number): readonly number[] {
  if (((q >> 1) & 3) === 3 && q >> 5 === 0) {
    const low = q & 1;
    return [4, 4, (low << 2) | (((q >> 4) & 1 & ~low) << 1) | ((q >> 3) & 1 & ~low)];
  }
  let [c, q2] = [q & 31, q >> 5];
  if (((q >> 1) & 3) === 3) [c, q2] = [(((q >> 3) & 3) << 3) | ((~(q >> 5) & 3) << 1) | (q & 1), 4];
  return (c & 7) === 5 ? [c >> 3, 4, q2] : [c & 7, c >> 3, q2];
}

/** What above-bits of a shared group lie behind each of its members. */
const TRIT_BITS = [2, 2, 1, 2, 1];
const QUINT_BITS = [3, 2, 2];

const TRITS = Array.from({ length: 256 }, (_, t) => trits(t));
const QUINTS = Array.from({ length: 128 }, (_, q) => quints(q));

/** Fills `out` with numbers: the bits, and above them the trit or quint. @param first bit of the block; `last` is where the sequence ends */
export function readIntegers(source: Uint8Array, at: number, first: number, { bits, base }: Range, count: number, out: Int32Array): void {
  if (base === 1) {
    for (let i = 0; i < count; i++) out[i] = bitsAt(source, at, first + i * bits, bits);
    return;
  }
  const shares = base === 3 ? TRIT_BITS : QUINT_BITS;
  const end = first + bitCount({ bits, base }, count);
  let bit = first;
  for (let i = 0; i < count; i += shares.length) {
    let shared = 0;
    let have = 0;
    for (let j = 0; j < shares.length; j++) {
      // the last group ends where its last member does: what is missing is zero
      if (i + j < count) out[i + j] = bitsAt(source, at, bit, bits);
      bit += bits;
      const wanted = Math.max(0, Math.min(shares[j]!, end - bit));
      shared |= bitsAt(source, at, bit, wanted) << have;
      bit += shares[j]!;
      have += shares[j]!;
    }
    const above = (base === 3 ? TRITS[shared] : QUINTS[shared])!;
    for (let j = 0; j < shares.length && i + j < count; j++) out[i + j]! |= above[j]! << bits;
  }
}

function replicate(value: number, bits: number, to: number): number {
  let result = value;
  let have = bits;
  for (; have < to; have += bits) result = (result << bits) | value;
  return result >> (have - to);
}

/** How the bits above the lowest are spread, highest first, as their letters (b is the second lowest); and the factor of the trit or quint. */
type Spread = readonly [pattern: string, factor: number];
const COLOR_SPREADS: Readonly<Record<3 | 5, readonly Spread[]>> = {
  3: [
    ["", 0],
    ["000000000", 204],
    ["b000b0bb0", 93],
    ["cb000cbcb", 44],
    ["dcb000dcb", 22],
    ["edcb000ed", 11],
    ["fedcb000f", 5],
  ],
  5: [
    ["", 0],
    ["000000000", 113],
    ["b0000bb00", 54],
    ["cb0000cbc", 26],
    ["dcb0000dc", 13],
    ["edcb0000e", 6],
  ],
};
const WEIGHT_SPREADS: Readonly<Record<3 | 5, readonly Spread[]>> = {
  3: [
    ["", 0],
    ["0000000", 50],
    ["b000b0b", 23],
    ["cb000cb", 11],
  ],
  5: [
    ["", 0],
    ["0000000", 28],
    ["b0000b0", 13],
  ],
};

function spread(n: number, { bits }: Range, [pattern, factor]: Spread, top: number): number {
  const above = n >> bits;
  let b = 0;
  for (const letter of pattern) b = (b << 1) | (letter === "0" ? 0 : (n >> (letter.charCodeAt(0) - 97)) & 1);
  const a = (n & 1) === 1 ? 2 ** pattern.length - 1 : 0;
  return (a & top) | (((above * factor + b) ^ a) >> 2);
}

function colorOf(n: number, range: Range): number {
  const { bits, base } = range;
  return base === 1 ? replicate(n, bits, 8) : spread(n, range, COLOR_SPREADS[base][bits]!, 0x80);
}

function weightOf(n: number, range: Range): number {
  const { bits, base } = range;
  let weight: number;
  if (base === 1) weight = replicate(n, bits, 6);
  else if (bits === 0) weight = (base === 3 ? [0, 32, 63] : [0, 16, 32, 47, 63])[n]!;
  else weight = spread(n, range, WEIGHT_SPREADS[base][bits]!, 0x20);
  return weight > 32 ? weight + 1 : weight;
}

/** Tables are made when they are asked for: all of them at load would take 7 ms. @param of what a number read stands for */
function tables(of: (n: number, range: Range) => number): (index: number) => Uint8Array {
  const made: Uint8Array[] = [];
  return (index) => {
    const range = RANGES[index]!;
    made[index] ??= Uint8Array.from({ length: range.base << range.bits }, (_, n) => of(n, range));
    return made[index];
  };
}

/** By index in RANGES, from 4 on (colours have six values at least): from the number read to 0 to 255. */
export const colorTable = tables(colorOf);
/** By index in RANGES, below 12 (weights have 32 values at most): from the number read to 0 to 64. */
export const weightTable = tables(weightOf);
