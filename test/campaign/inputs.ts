/** Launches that one program meets: regions of odd sizes that hold indices, edges or noise, other grids, and fuel that ends in the middle. */
import { type Input, MEMORY_BYTES } from "./oracle.ts";
import { below, pick, randoms } from "./random.ts";

const FUEL = 20_000;
/** Fuel of the few inputs in which a program is stopped on its way. */
const LITTLE_FUEL = [1, 17, 90, 300, 900];

/** Values that checks are wrong at. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 12, 15, 16, 20, 23, 24, 28, 31, 32, 63, 64, 96, 255, 256, 0xffff, 0x10000, 0xfffff, 0x100000];
const HIGH_EDGES = [0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffc, 0xffffffff, 0x7f800000, 0x7fc00001];

/** What words of an input are: one kind for each input, or a mixture. */
const KINDS: readonly ((next: () => number) => number)[] = [
  (next) => below(next, 8),
  (next) => below(next, 300),
  (next) => pick(next, EDGES),
  (next) => pick(next, HIGH_EDGES),
  (next) => -1 - below(next, 40),
  (next) => next(),
  (next) => next() >>> below(next, 32),
  () => 0,
  () => 0xffffffff,
  (next) => KINDS[below(next, 7)]!(next),
];

export const newInputs = (count: number): readonly Input[] => Array.from({ length: count }, (_, n) => inputOf(n));

/** The n-th input is always the same. */
function inputOf(n: number): Input {
  const next = randoms(0x1e55 + n);
  const word = KINDS[n % KINDS.length]!;
  const contents = Buffer.alloc(MEMORY_BYTES);
  for (let at = 0; at < MEMORY_BYTES; at += 4) contents.writeUInt32LE(word(next) >>> 0, at);
  const most = pick(next, [1, 4, 5, 65, 300]);
  const slacks = Array.from({ length: 16 }, () => below(next, most));
  const grid = [1 + (n % 5 === 1 ? 1 : 0), n % 9 === 4 ? 3 : 1, n % 16 === 6 ? 2 : 1] as const;
  const fuel = n % 8 === 7 ? pick(next, LITTLE_FUEL) : FUEL;
  const slack = (slot: number) => slacks[slot % slacks.length]!;
  return { contents, slack, gap: 16 * below(next, 40), grid, fuel, isOnce: n % 4 !== 0 };
}
