/** Every lane-wise instruction against the independent oracle, over edge values and in all forms. */
import { describe, expect, test } from "vitest";
import { type LaneWise, SCALAR } from "../../sandbox/isa/scalar.ts";
import { ISA } from "../../sandbox/isa/table.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { differences, runCase } from "./harness.ts";
import { INSTRUCTION_CASES, LANE_WISE, tuplesFor, vectorName } from "./oracle.ts";

const isNaNBits = (word: number) => (word & 0x7fffffff) >>> 0 > 0x7f800000;
const FLOATS = new Set("fadd fsub fmul fdiv ffma fsqrt frsq ffloor fceil ftrunc fnear h2f fsin fcos fexp2 flog2 fatan2".split(" "));

describe("scalar meaning", () => {
  test.each(LANE_WISE)("%s", (m: LaneWise) => {
    const meaning: (...s: number[]) => number = SCALAR[m];
    const expectedOf = INSTRUCTION_CASES.find((c) => c.name === vectorName(m))?.expect?.[1] ?? [];
    const tuples = tuplesFor(m);
    expect(expectedOf.length).toBe(tuples.length);
    for (const [i, [a, b, c]] of tuples.entries()) {
      const expected = expectedOf[i];
      // Values may come signed or unsigned.
      for (const result of [meaning(a, b, c), meaning(a | 0, b | 0, c | 0)]) {
        const same = result >>> 0 === expected || (FLOATS.has(m) && isNaNBits(result) && isNaNBits(expected ?? 0));
        if (!same) expect({ m, a, b, c, result: result >>> 0 }).toEqual({ m, a, b, c, result: expected });
        if (!Object.is(result, result | 0)) expect(result).toBe(result | 0);
      }
    }
  });
});

describe("on the reference tier", () => {
  test.each(INSTRUCTION_CASES.map((c) => [c.name, c] as const))("%s", (_, c) => {
    expect(differences(c, runCase(c, runReference))).toEqual([]);
  });

  test("cases cover every lane-wise row of the table", () => {
    expect(LANE_WISE.length).toBeGreaterThan(60);
    for (const m of LANE_WISE) expect(ISA[m].form).toBe("alu");
  });
});
