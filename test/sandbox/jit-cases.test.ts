/** What the machine's cases say, on the fast tier: in both flavours, and with waves one by one. */
import { describe, expect, test } from "vitest";
import { compileProgram, type JitOptions } from "../../sandbox/jit/index.ts";
import { ALL_CASES } from "./cases/all.ts";
import { differences, runCase, type Tier } from "./harness.ts";
import { INSTRUCTION_CASES } from "./oracle.ts";

const tier =
  (options: JitOptions): Tier =>
  (token, launch) =>
    compileProgram(token, options).run(launch);
const plain = tier({ shared: false, plainAtomics: true });
const shared = tier({ shared: true, plainAtomics: false });
const belt = tier({ shared: false, plainAtomics: true, belt: true });
const single = tier({ shared: false, plainAtomics: true, pairs: false });

describe.each(ALL_CASES.map(({ title, cases }) => [title, cases] as const))("%s", (_, cases) => {
  // there are some two thousand cases of memory alone: every third goes through all flavours
  test.each(cases.map((c, i) => [c.name, c, cases.length < 300 || i % 3 === 0] as const))("%s", (_name, c, inAllFlavours) => {
    expect(differences(c, runCase(c, plain))).toEqual([]);
    if (!inAllFlavours) return;
    expect(differences(c, runCase(c, shared, true))).toEqual([]);
    expect(differences(c, runCase(c, single))).toEqual([]);
    expect(differences(c, runCase(c, belt))).toEqual([]);
  });
});

describe("instructions", () => {
  test.each(INSTRUCTION_CASES.map((c) => [c.name, c] as const))("%s", (_, c) => {
    expect(differences(c, runCase(c, plain))).toEqual([]);
  });
});
