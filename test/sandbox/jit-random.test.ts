/** Random programs of the campaign's generator, tier against tier, bit for bit. */
import { expect, test } from "vitest";
import { compileProgram } from "../../sandbox/jit/index.ts";
import { generate } from "../campaign/generate.ts";
import { randoms } from "../campaign/random.ts";
import { accessEdge } from "./access-edges.ts";
import { kernelShape } from "./kernel-shapes.ts";
import { compareTiers, withDump } from "./tiers.ts";

const PROGRAMS = 200;
const SHAPES = 200;

const FLAVOURS = [
  ["plain", { shared: false, plainAtomics: true }, 1],
  ["shared", { shared: true, plainAtomics: false }, 100_001],
  ["wave by wave", { shared: false, plainAtomics: true, pairs: false }, 200_001],
  ["belt", { shared: false, plainAtomics: true, belt: true }, 300_001],
] as const;

test.each(FLAVOURS)("random programs give the same on both tiers: %s", (_, options, firstSeed) => {
  let strict = 0;
  for (let seed = firstSeed; seed < firstSeed + PROGRAMS; seed++) {
    const next = randoms(seed);
    const parts = withDump(generate(next));
    const compared = compareTiers(parts, next, (token, launch) => compileProgram(token, options).run(launch), options);
    expect({ seed, differences: compared?.differences }).toEqual({ seed, differences: [] });
    if (compared?.isLoose === false) strict++;
  }
  // A test in which everything is allowed to differ would show nothing.
  expect(strict).toBeGreaterThan(PROGRAMS / 3);
});

test.each(FLAVOURS)("programs of the shapes that have code of their own give the same on both tiers: %s", (_, options, firstSeed) => {
  let strict = 0;
  for (let seed = firstSeed; seed < firstSeed + SHAPES; seed++) {
    const next = randoms(seed);
    const parts = kernelShape(next);
    const setting = { ...options, fuel: 200_000, extraBytes: 700 };
    const compared = compareTiers(parts, next, (token, launch) => compileProgram(token, options).run(launch), setting);
    expect({ seed, differences: compared?.differences }).toEqual({ seed, differences: [] });
    if (compared?.isLoose === false) strict++;
  }
  expect(strict).toBeGreaterThan(SHAPES / 3);
});

test("accesses about to be outside do the same on both tiers", () => {
  const causes = new Set<number>();
  for (let seed = 1; seed <= 500; seed++) {
    const next = randoms(seed);
    const { parts, bound } = accessEdge(next);
    const options = { shared: seed % 2 === 1, plainAtomics: seed % 2 === 0 };
    const setting = { shared: options.shared, bound };
    const compared = compareTiers(parts, next, (token, launch) => compileProgram(token, options).run(launch), setting);
    expect({ seed, differences: compared?.differences }).toEqual({ seed, differences: [] });
    causes.add(compared!.cause);
  }
  expect([...causes].sort()).toEqual([1, 2]);
});
