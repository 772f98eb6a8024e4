/** Sees bugs in the jit: stated cases, programs written against its shortcuts, random ones of several kinds against the reference machine, and mutants under the oracle. */
import { compileProgram } from "../../../sandbox/jit/index.ts";
import { newChecker } from "../../../sandbox/verifier/check.ts";
import { RULES } from "../../../sandbox/verifier/rules.ts";
import { accessEdge } from "../../sandbox/access-edges.ts";
import { ALL_CASES } from "../../sandbox/cases/all.ts";
import { countedPrograms } from "../../sandbox/counted-programs.ts";
import { coveredPrograms, leftovers } from "../../sandbox/covered-programs.ts";
import { assembleOrThrow, differences, runCase, type Tier } from "../../sandbox/harness.ts";
import { kernelShape } from "../../sandbox/kernel-shapes.ts";
import { SPECIAL_PROGRAMS } from "../../sandbox/special-programs.ts";
import { compareTiers, type Setting, withDump } from "../../sandbox/tiers.ts";
import { run } from "../drive.ts";
import { generate } from "../generate.ts";
import { onJit } from "../on-jit.ts";
import { corpus } from "../parts.ts";
import { randoms } from "../random.ts";
import { effort, seen } from "./detector.ts";

type Parts = Parameters<typeof compareTiers>[0];
const FLAVOURS = [
  { shared: false, plainAtomics: true },
  { shared: true, plainAtomics: false },
] as const;
const tierOf = (flavour: (typeof FLAVOURS)[number]): Tier => {
  return (token, launch) => compileProgram(token, flavour).run(launch);
};

function compare(where: string, parts: Parts, next: () => number, flavour: (typeof FLAVOURS)[number], setting: Setting): void {
  const compared = compareTiers(parts, next, tierOf(flavour), { shared: flavour.shared, ...setting });
  seen(where, compared?.differences ?? []);
}

for (const [name, asm] of Object.entries(SPECIAL_PROGRAMS)) {
  const words = Array.from({ length: 175 }, randoms(7));
  const bound = { 0: { words, size: 700 }, 1: { words: [], size: 4096 }, 2: { words: [1, 0, 3, 4], size: 16 } };
  for (const flavour of FLAVOURS)
    compare(`written against it: ${name}`, assembleOrThrow(asm), randoms(5), flavour, { bound, fuel: 100_000 });
}
for (const { name, asm } of coveredPrograms()) seen(`workgroup memory: ${name}`, leftovers(asm, tierOf(FLAVOURS[0])));
for (const { name, asm, bounds } of countedPrograms()) {
  for (const words of bounds) {
    const bound = { 0: { words: [], size: 64 }, 1: { words, size: 8 } };
    compare(`a counter in ${name}`, assembleOrThrow(asm), randoms(3), FLAVOURS[0], { bound, fuel: 3000 });
  }
}
for (const { title, cases } of ALL_CASES) {
  const sample = cases.filter((_, i) => title !== "memory" || i % 3 === 0);
  for (const c of sample) seen(`case ${title}, ${c.name}`, differences(c, runCase(c, tierOf(FLAVOURS[0]))));
}
for (let seed = 1; seed <= 700 * effort; seed++) {
  const flavour = FLAVOURS[seed % 2]!;
  const edge = randoms(seed + 900_000);
  const { parts, bound } = accessEdge(edge);
  compare(`access at the edge ${seed}`, parts, edge, flavour, { bound });
  const shape = randoms(seed + 500_000);
  compare(`shape ${seed}`, kernelShape(shape), shape, flavour, { fuel: 200_000, extraBytes: 700 });
  const any = randoms(seed + 700_000);
  compare(`random program ${seed}`, withDump(generate(any)), any, flavour, {});
}
const tally = run({ seed: 5, mutants: 100_000 * effort, executions: 1500 * effort, execute: onJit(), corpus: corpus() }, newChecker(RULES));
seen(
  "mutants",
  tally.escapes.map((e) => `mutant ${e.mutant}: ${e.escape}`),
);
