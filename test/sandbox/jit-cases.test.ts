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
const single = tier({ shared: false, plainAtomics: true, pairs: false });

describe.each(ALL_CASES.map(({ title, cases }) => [title, cases] as const))("%s", (title, cases) => {
  test.each(cases.map((c) => [c.name, c] as const))("%s", (_name, c) => {
    expect(differences(c, runCase(c, plain))).toEqual([]);
    expect(differences(c, runCase(c, shared, true))).toEqual([]);
    // where waves pair is a matter of control
    if (title !== "memory") expect(differences(c, runCase(c, single))).toEqual([]);
  });
});

describe("instructions", () => {
  test.each(INSTRUCTION_CASES.map((c) => [c.name, c] as const))("%s", (_, c) => {
    expect(differences(c, runCase(c, plain))).toEqual([]);
  });
});
