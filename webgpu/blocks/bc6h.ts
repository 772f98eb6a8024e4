/** BC6H, with and without signs. @see https://registry.khronos.org/DataFormat/specs/1.4/dataformat.1.4.html#BPTC */
import { bitsAt, type Texels } from "./bits.ts";
import { between, isAnchor, subsetOf } from "./bptc.ts";

interface Mode {
  /** bits of the first end point, and of the differences of the others in r, g and b; without differences of all */
  readonly bits: number;
  readonly deltas: readonly [number, number, number];
  readonly isDelta: boolean;
  readonly subsets: number;
  /** the block after the mode, bit by bit: which bit of which of the 12 numbers, as number * 16 + bit; the partition has number 12 */
  readonly fields: readonly number[];
}

/** rw is the first end point's red, rx the second's, ry and rz are those of the second subset. */
const NUMBERS = ["rw", "gw", "bw", "rx", "gx", "bx", "ry", "gy", "by", "rz", "gz", "bz", "d"];

/** "rw9:0 gy4": from the right bit to the left one, as the specification's tables have them. */
function fieldsOf(text: string): number[] {
  return text.split(" ").flatMap((field) => {
    const [, name = "", from = "0", to = from] = /^([a-z]+)(\d+)(?::(\d+))?$/.exec(field) ?? [];
    const number = NUMBERS.indexOf(name) * 16;
    const [high, low] = [Number(from), Number(to)];
    const step = high >= low ? 1 : -1;
    return Array.from({ length: Math.abs(high - low) + 1 }, (_, i) => number + low + i * step);
  });
}

const mode = (bits: number, deltas: Mode["deltas"], fields: string, isDelta = true): Mode => {
  const subsets = fields.includes("d4:0") ? 2 : 1;
  return { bits, deltas, isDelta, subsets, fields: fieldsOf(fields) };
};

const COLORS = "rw9:0 gw9:0 bw9:0";
/** by the lowest five bits of the block, or two of them */
const MODES: ReadonlyMap<number, Mode> = new Map([
  [0b00, mode(10, [5, 5, 5], `gy4 by4 bz4 ${COLORS} rx4:0 gz4 gy3:0 gx4:0 bz0 gz3:0 bx4:0 bz1 by3:0 ry4:0 bz2 rz4:0 bz3 d4:0`)],
  [
    0b01,
    mode(
      7,
      [6, 6, 6],
      "gy5 gz4 gz5 rw6:0 bz0 bz1 by4 gw6:0 by5 bz2 gy4 bw6:0 bz3 bz5 bz4 rx5:0 gy3:0 gx5:0 gz3:0 bx5:0 by3:0 ry5:0 rz5:0 d4:0",
    ),
  ],
  [0b00010, mode(11, [5, 4, 4], `${COLORS} rx4:0 rw10 gy3:0 gx3:0 gw10 bz0 gz3:0 bx3:0 bw10 bz1 by3:0 ry4:0 bz2 rz4:0 bz3 d4:0`)],
  [0b00110, mode(11, [4, 5, 4], `${COLORS} rx3:0 rw10 gz4 gy3:0 gx4:0 gw10 gz3:0 bx3:0 bw10 bz1 by3:0 ry3:0 bz0 bz2 rz3:0 gy4 bz3 d4:0`)],
  [0b01010, mode(11, [4, 4, 5], `${COLORS} rx3:0 rw10 by4 gy3:0 gx3:0 gw10 bz0 gz3:0 bx4:0 bw10 by3:0 ry3:0 bz1 bz2 rz3:0 bz4 bz3 d4:0`)],
  [0b01110, mode(9, [5, 5, 5], "rw8:0 by4 gw8:0 gy4 bw8:0 bz4 rx4:0 gz4 gy3:0 gx4:0 bz0 gz3:0 bx4:0 bz1 by3:0 ry4:0 bz2 rz4:0 bz3 d4:0")],
  [0b10010, mode(8, [6, 5, 5], "rw7:0 gz4 by4 gw7:0 bz2 gy4 bw7:0 bz3 bz4 rx5:0 gy3:0 gx4:0 bz0 gz3:0 bx4:0 bz1 by3:0 ry5:0 rz5:0 d4:0")],
  [
    0b10110,
    mode(8, [5, 6, 5], "rw7:0 bz0 by4 gw7:0 gy5 gy4 bw7:0 gz5 bz4 rx4:0 gz4 gy3:0 gx5:0 gz3:0 bx4:0 bz1 by3:0 ry4:0 bz2 rz4:0 bz3 d4:0"),
  ],
  [
    0b11010,
    mode(8, [5, 5, 6], "rw7:0 bz1 by4 gw7:0 by5 gy4 bw7:0 bz5 bz4 rx4:0 gz4 gy3:0 gx4:0 bz0 gz3:0 bx5:0 by3:0 ry4:0 bz2 rz4:0 bz3 d4:0"),
  ],
  [
    0b11110,
    mode(
      6,
      [6, 6, 6],
      "rw5:0 gz4 bz0 bz1 by4 gw5:0 gy5 by5 bz2 gy4 bw5:0 gz5 bz3 bz5 bz4 rx5:0 gy3:0 gx5:0 gz3:0 bx5:0 by3:0 ry5:0 rz5:0 d4:0",
      false,
    ),
  ],
  [0b00011, mode(10, [10, 10, 10], `${COLORS} rx9:0 gx9:0 bx9:0`, false)],
  [0b00111, mode(11, [9, 9, 9], `${COLORS} rx8:0 rw10 gx8:0 gw10 bx8:0 bw10`)],
  [0b01011, mode(12, [8, 8, 8], `${COLORS} rx7:0 rw10:11 gx7:0 gw10:11 bx7:0 bw10:11`)],
  [0b01111, mode(16, [4, 4, 4], `${COLORS} rx3:0 rw10:15 gx3:0 gw10:15 bx3:0 bw10:15`)],
]);

const numbers = new Int32Array(NUMBERS.length);
const signExtend = (n: number, bits: number): number => (n << (32 - bits)) >> (32 - bits);

/** End points of all subsets in `numbers`, as they are before they are scaled. */
function readEnds(source: Uint8Array, at: number, first: number, { bits, deltas, isDelta, subsets, fields }: Mode, signed: boolean): void {
  numbers.fill(0);
  for (const [i, field] of fields.entries()) numbers[field >> 4]! |= bitsAt(source, at, first + i, 1) << (field & 15);
  for (let n = 0; n < subsets * 6; n++) {
    const c = n % 3;
    const own = n < 3 ? bits : deltas[c]!;
    if (n >= 3 && isDelta) {
      const sum = numbers[c]! + signExtend(numbers[n]!, own);
      numbers[n] = signed ? signExtend(sum, bits) : sum & (2 ** bits - 1);
    } else if (signed) numbers[n] = signExtend(numbers[n]!, own);
  }
}

/** To 16 bits; with signs, to 16 with the sign. */
function unquantize(n: number, bits: number, signed: boolean): number {
  if (!signed) {
    if (bits >= 15 || n === 0) return n;
    return n === 2 ** bits - 1 ? 0xffff : ((n << 16) + 0x8000) >> bits;
  }
  if (bits >= 16 || n === 0) return n;
  const size = Math.abs(n);
  const scaled = size >= 2 ** (bits - 1) - 1 ? 0x7fff : ((size << 15) + 0x4000) >> (bits - 1);
  return n < 0 ? -scaled : scaled;
}

/** The bits of the half that a number between end points stands for. */
function halfOf(n: number, signed: boolean): number {
  if (!signed) return (n * 31) >> 6;
  return n < 0 ? 0x8000 | ((-n * 31) >> 5) : (n * 31) >> 5;
}

const ONE = 0x3c00;

function decode(source: Uint8Array, at: number, out: Uint16Array, signed: boolean): void {
  const low = source[at]! & 3;
  const modeBits = low < 2 ? 2 : 5;
  const mode = MODES.get(bitsAt(source, at, 0, modeBits));
  if (mode === undefined) {
    // reserved: black
    for (let i = 0; i < 16; i++) out.set([0, 0, 0, ONE], i * 4);
    return;
  }
  readEnds(source, at, modeBits, mode, signed);
  const { subsets, bits } = mode;
  const partition = numbers[12]!;
  for (let n = 0; n < subsets * 6; n++) numbers[n] = unquantize(numbers[n]!, bits, signed);
  const indexBits = subsets === 1 ? 4 : 3;
  let bit = modeBits + mode.fields.length;
  for (let i = 0; i < 16; i++) {
    const count = isAnchor(subsets, partition, i) ? indexBits - 1 : indexBits;
    const index = bitsAt(source, at, bit, count);
    bit += count;
    const from = subsetOf(subsets, partition, i) * 6;
    for (let c = 0; c < 3; c++) out[i * 4 + c] = halfOf(between(numbers[from + c]!, numbers[from + 3 + c]!, index, indexBits), signed);
    out[i * 4 + 3] = ONE;
  }
}

export const bc6h = (source: Uint8Array, at: number, { halfwords }: Texels): void => decode(source, at, halfwords, false);
export const bc6hSigned = (source: Uint8Array, at: number, { halfwords }: Texels): void => decode(source, at, halfwords, true);
