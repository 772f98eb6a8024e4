/** Random programs: what the machine does is what the IR says, with full register files and with so few that nearly everything is spilled. */
import { describe, expect, test } from "vitest";
import type { FileSizes } from "../../backend/regalloc.ts";
import { optimize } from "../../ir/optimize.ts";
import { formatErrors, validate } from "../../ir/validate.ts";
import { IN_WORDS as PLAIN_IN, OUT_WORDS as PLAIN_OUT, randomModule, rng } from "../ir/generate.ts";
import { IN_WORDS, OUT_BYTES, randomProgram, UNIFORM_WORDS } from "./generate.ts";
import { check } from "./harness.ts";
import { spread } from "./lanes.ts";

const COUNT = Number(process.env.BACKEND_RANDOM ?? 12);
const FIRST = Number(process.env.BACKEND_SEED ?? 1);
const SEEDS = Array.from({ length: COUNT }, (_, i) => FIRST + i);

/** Whole waves and broken ones, rows that waves fit into and rows that they do not. */
const SIZES: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [3, 1, 1],
  [4, 1, 1],
  [7, 1, 1],
  [8, 2, 1],
  [6, 2, 1],
  [2, 3, 2],
  [16, 1, 1],
  [5, 5, 1],
  [1, 8, 1],
];
/** An access of four words with an offset needs five registers at once, in v and in w. */
const FEW: FileSizes = { v: 12, w: 9, g: 5 };

function shape(seed: number) {
  const size = SIZES[seed % SIZES.length]!;
  const grid = [1 + (seed % 2), 1, 1 + ((seed >> 2) % 2)] as const;
  return { size, grid, count: size[0] * size[1] * size[2] * grid[0] * grid[2] };
}

function runSsa(seed: number, files?: FileSizes): readonly string[] {
  const { size, grid, count } = shape(seed);
  const make = () => randomProgram(seed, { size, statements: 25, barriers: seed % 3 === 0 });
  expect(formatErrors(make(), validate(make()))).toBe("");
  const random = rng(seed ^ 0x5bd1e995);
  const words = (n: number) => new Uint8Array(Uint32Array.from({ length: n }, () => random() * (random() < 0.5 ? 6 : 2 ** 32)).buffer);
  const buffers = new Map([
    ["input", words(IN_WORDS * count)],
    ["fixed", words(UNIFORM_WORDS)],
    ["output", new Uint8Array(OUT_BYTES * count)],
  ]);
  return check(make, buffers, grid, files ? { files } : {}).wrong;
}

function runLowered(seed: number): readonly string[] {
  const { size, grid, count } = shape(seed);
  const make = () => {
    const m = randomModule(seed);
    optimize(m, (seed % 3) as 0 | 1 | 2);
    spread(m, size, { input: 4 * PLAIN_IN, output: 4 * PLAIN_OUT });
    return m;
  };
  const random = rng(seed ^ 0x5bd1e995);
  const input = Uint8Array.from({ length: 4 * PLAIN_IN * count }, () => random() * 256);
  const buffers = new Map([
    ["input", input],
    ["output", new Uint8Array(4 * PLAIN_OUT * count)],
  ]);
  return check(make, buffers, grid).wrong;
}

describe("random programs", () => {
  test.each(SEEDS)("in SSA, seed %d", (seed) => expect(runSsa(seed)).toEqual([]));
  test.each(SEEDS)("with few registers, seed %d", (seed) => expect(runSsa(seed, FEW)).toEqual([]));
  test.each(SEEDS.slice(0, COUNT / 2))("from the passes, seed %d", (seed) => expect(runLowered(seed)).toEqual([]));
});
