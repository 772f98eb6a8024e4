/** A few random programs of every kind; `npm run fuzz` tries as many as one likes. */
import { expect, test } from "vitest";
import { flowProgram, judgeFlow } from "./barriers.ts";
import { type Tally, trySeed } from "./differential.ts";

test("random programs compute the same on both tiers, optimised or not, with calls kept, and as constants", () => {
  const tally: Tally = { same: 0, invalid: 0, finds: [] };
  for (let seed = 1; seed <= 20; seed++) trySeed(seed, tally);
  expect(tally.finds.map(({ seed, message }) => `seed ${seed}: ${message}`)).toEqual([]);
  expect(tally.same).toBeGreaterThan(30);
  expect(tally.invalid).toBeLessThan(4);
});

test("lanes that part and meet around barriers do as invocations do one by one in JavaScript", () => {
  const verdicts = Array.from({ length: 40 }, (_, seed) => ({ seed, ...judgeFlow(flowProgram(seed)) }));
  expect(verdicts.filter((v) => v.kind === "differs")).toEqual([]);
  expect(verdicts.filter((v) => v.kind === "same").length).toBeGreaterThan(25);
});
