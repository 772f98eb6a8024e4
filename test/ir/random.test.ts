/** Random programs mean the same before and after each pipeline, and every pass leaves a valid module. */
import { describe, expect, test } from "vitest";
import type { Module } from "../../ir/module.ts";
import { optimize } from "../../ir/optimize.ts";
import { parse } from "../../ir/parse.ts";
import { print } from "../../ir/print.ts";
import { formatErrors, validate } from "../../ir/validate.ts";
import { IN_WORDS, OUT_WORDS, randomModule, rng } from "./generate.ts";
import { runIr } from "./interp.ts";

const COUNT = Number(process.env.IR_RANDOM ?? 40);
const FIRST = Number(process.env.IR_SEED ?? 1);

function outputs(m: Module, seed: number): string[] {
  const random = rng(seed ^ 0x5bd1e995);
  const input = Uint8Array.from({ length: 4 * IN_WORDS }, () => random() * 256);
  const output = new Uint8Array(4 * OUT_WORDS);
  runIr(m, {
    buffers: new Map([
      ["input", input],
      ["output", output],
    ]),
    inputs: new Map(),
  });
  // all NaNs are one
  return Array.from(new Uint32Array(output.buffer), (w) => ((w & 0x7fffffff) > 0x7f800000 ? "NaN" : w.toString(16)));
}

describe("random programs", () => {
  test.each(Array.from({ length: COUNT }, (_, i) => FIRST + i))("seed %d", (seed) => {
    const m = randomModule(seed);
    expect(formatErrors(m, validate(m))).toBe("");
    const text = print(m);
    const expected = outputs(m, seed);
    const reread = parse(text);
    if (!reread.ok) throw new Error(`does not parse: ${JSON.stringify(reread.errors)}`);
    expect(print(reread.module)).toBe(text);
    expect(outputs(reread.module, seed)).toEqual(expected);
    for (const level of [0, 1, 2] as const) {
      const optimized = randomModule(seed);
      optimize(optimized, level, { validate: true });
      expect(outputs(optimized, seed), `level ${level}`).toEqual(expected);
    }
  });
});
