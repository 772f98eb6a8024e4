/** Control flow, lanes, calls, barriers, memory and fuel on the reference tier, lean and belt. */
import { describe, expect, test } from "vitest";
import { runReference } from "../../sandbox/machine/reference.ts";
import { ALL_CASES } from "./cases/all.ts";
import { differences, runCase, type Tier } from "./harness.ts";

const belt: Tier = (token, launch) => runReference(token, launch, { belt: true });

describe.each(ALL_CASES.map(({ title, cases }) => [title, cases] as const))("%s", (_, cases) => {
  test("case names are unique", () => {
    expect(new Set(cases.map((c) => c.name)).size).toBe(cases.length);
  });
  test.each([
    ["lean", runReference],
    ["belt", belt],
  ] as const)("%s", (_name, tier) => {
    for (const c of cases) expect(differences(c, runCase(c, tier)), c.name).toEqual([]);
  });
});
