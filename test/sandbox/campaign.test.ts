/** The quick set of the safety campaigns; `npm run prove` is the whole. */
import { expect, test } from "vitest";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { CAMPAIGNS } from "../campaign/campaigns/all.ts";
import { EDGE_MINIMUMS, exhaust } from "../campaign/exhaustive.ts";
import { deepObjects, escapes, objectOf } from "../campaign/files.ts";
import { generate } from "../campaign/generate.ts";
import { JIT_BUGS } from "../campaign/planted/jit-bugs.ts";
import { KERNEL_BUGS } from "../campaign/planted/kernel-bugs.ts";
import { mutated } from "../campaign/planted/plant.ts";
import { REFERENCE_BUGS } from "../campaign/planted/reference-bugs.ts";
import { MEMORY_PLANTS } from "../campaign/plants.ts";
import { randoms } from "../campaign/random.ts";

test("the verifier accepts all of 2,000 generated programs", () => {
  const next = randoms(99);
  const rejected = Array.from({ length: 2000 }, () => verify(encodeObject(generate(next)))).filter((verdict) => !verdict.ok);
  expect(rejected).toEqual([]);
});

test.each(CAMPAIGNS.filter((c) => !c.id.startsWith("P7")).map((c) => [c.id, c] as const))("%s holds", async (_, campaign) => {
  const { figures, broken } = await campaign.run({ level: "quick", seed: 1, shard: { index: 0, of: 1 }, count: undefined, progress() {} });
  console.log(campaign.id, figures);
  expect(broken).toEqual([]);
});

test("planted bugs still fit the sources that they change", () => {
  for (const planted of [...REFERENCE_BUGS, ...JIT_BUGS, ...KERNEL_BUGS]) expect(mutated(planted)).not.toBe("");
  for (const bugs of [REFERENCE_BUGS, JIT_BUGS, KERNEL_BUGS])
    expect(bugs.filter((b) => b.harmless === undefined).length).toBeGreaterThanOrEqual(30);
});

test("access words at the edges: what is accepted reaches nothing outside, what is rejected would", () => {
  const words = exhaust({ minimums: EDGE_MINIMUMS, step: 997 });
  expect(words.escapes).toEqual([]);
  expect(words.needless).toBe(0);
  expect(words.accepted).toBeGreaterThan(100);
  const plants = MEMORY_PLANTS.filter(
    (p) => p.ids.length === 1 && ["V19", "V20", "V21"].includes(p.ids[0]!) && !p.name.includes("next slot"),
  );
  expect(plants.length).toBeGreaterThan(12);
  for (const plant of plants)
    expect(
      exhaust({ minimums: EDGE_MINIMUMS, step: 61, rules: plant.rules, stopAtEscape: true }).escapes.length,
      plant.name,
    ).toBeGreaterThan(0);
});

test("programs made to escape are rejected, by the rule in their name", () => {
  for (const { name, text } of escapes()) expect(verify(objectOf(text)), name).toMatchObject({ ok: false, rule: name.slice(0, 3) });
  for (const bytes of deepObjects().accepted) expect(verify(bytes).ok).toBe(true);
});
