/**
 * The quick set of the safety campaign (`npm run prove` is the whole): generated programs are accepted, mutants do not escape, planted
 * verifier bugs do, in the reference tier.
 */
import { expect, test } from "vitest";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { newChecker } from "../../sandbox/verifier/check.ts";
import { RULES } from "../../sandbox/verifier/rules.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { run, runPlants } from "../campaign/drive.ts";
import { exhaust } from "../campaign/exhaustive.ts";
import { deepObjects, escapes, objectOf } from "../campaign/files.ts";
import { generate } from "../campaign/generate.ts";
import { MEMORY_PLANTS, PLANTS } from "../campaign/plants.ts";
import { corpus, killByFile, onReference, rejectedObjects, report } from "../campaign/parts.ts";
import { randoms } from "../campaign/random.ts";

const shipped = newChecker(RULES);

test("the verifier accepts all of 2,000 generated programs", () => {
  const next = randoms(99);
  const rejected = Array.from({ length: 2000 }, () => verify(encodeObject(generate(next)))).filter((verdict) => !verdict.ok);
  expect(rejected).toEqual([]);
});

test("no mutant of a valid program escapes", () => {
  const tally = run({ seed: 1, mutants: 10_000, execute: onReference, corpus: corpus() }, shipped);
  console.log(report(tally));
  expect(tally.escapes).toEqual([]);
  expect(tally.accepted / tally.mutants).toBeGreaterThan(0.1);
  expect(tally.hit / tally.aimed).toBeGreaterThan(0.5);
  expect([...tally.causes.keys()].sort()).toEqual([1, 2, 6]);
});

test("access words at the edges: what is accepted reaches nothing outside, what is rejected would", () => {
  const words = exhaust(499);
  expect(words.escapes).toEqual([]);
  expect(words.needless).toBe(0);
  expect(words.accepted).toBeGreaterThan(100);
  const plants = MEMORY_PLANTS.filter(
    (p) => p.ids.length === 1 && ["V19", "V20", "V21"].includes(p.ids[0]!) && !p.name.includes("next slot"),
  );
  expect(plants.length).toBeGreaterThan(12);
  for (const plant of plants) expect(exhaust(61, plant.rules, true).escapes.length, plant.name).toBeGreaterThan(0);
});

test("programs made to escape are rejected, by the rule in their name", () => {
  for (const { name, text } of escapes()) expect(verify(objectOf(text)), name).toMatchObject({ ok: false, rule: name.slice(0, 3) });
  for (const bytes of deepObjects().accepted) expect(verify(bytes).ok).toBe(true);
});

test("every planted verifier bug lets one escape, which the oracle sees", () => {
  const { kills } = runPlants(
    { seed: 1, mutants: 10_000, execute: onReference, corpus: corpus() },
    shipped,
    PLANTS.filter((p) => !p.rare),
  );
  const rejected = rejectedObjects();
  const alive = PLANTS.filter((plant) => !kills.has(plant) && killByFile(plant, onReference, rejected) === undefined);
  console.log(
    `${PLANTS.length - alive.length} of ${PLANTS.length} planted bugs killed, ${kills.size} by 10,000 mutants, the others by rule files`,
  );
  expect(PLANTS.length).toBeGreaterThanOrEqual(50);
  expect(kills.size).toBeGreaterThan(PLANTS.length / 2);
  expect(alive.map((plant) => plant.name)).toEqual([]);
});
