/** Planted bugs: each must let something escape that the campaigns see, or they would not see a real one. */
import type { Campaign, Effort, Report } from "../campaign.ts";
import { countOf } from "../campaign.ts";
import { runPlants } from "../drive.ts";
import { corpus, killByFile, onReference, rejectedObjects, shipped } from "../parts.ts";
import { JIT_BUGS } from "../planted/jit-bugs.ts";
import { KERNEL_BUGS } from "../planted/kernel-bugs.ts";
import { type Planted, tryPlant } from "../planted/plant.ts";
import { REFERENCE_BUGS } from "../planted/reference-bugs.ts";
import { PLANTS } from "../plants.ts";

export const verifierBugs: Campaign = {
  id: "P6",
  title: "bugs planted in the verifier",
  run(effort) {
    const mutants = countOf({ ...effort, shard: { index: 0, of: 1 } }, { quick: 10_000, full: 1_000_000, nightly: 1_000_000 });
    const common = PLANTS.filter((p) => !p.rare);
    const { kills } = runPlants({ seed: effort.seed, mutants, execute: onReference, corpus: corpus() }, shipped, common);
    const rejected = rejectedObjects();
    const notes: string[] = [];
    const broken: string[] = [];
    for (const plant of PLANTS) {
      const found = kills.get(plant);
      const seen = found?.escape ?? killByFile(plant, onReference, rejected);
      if (seen === undefined) broken.push(`${plant.name}: nothing escapes`);
      else notes.push(`${found === undefined ? "rule file" : `mutant ${found.mutant}`}: ${plant.name}: ${seen}`);
    }
    return { figures: { planted: PLANTS.length, killed: notes.length, "by mutants": kills.size }, broken, notes };
  },
};

const machines = (part: string, title: string, detector: string, bugs: readonly Planted[]): Campaign => ({
  id: `P7-${part}`,
  title,
  run: (effort) => killAll(effort, detector, bugs),
});

export const referenceBugs = machines("reference", "bugs planted in the reference machine", "detect-reference.ts", REFERENCE_BUGS);
export const jitBugs = machines("jit", "bugs planted in the jit", "detect-jit.ts", JIT_BUGS);
export const kernelBugs = machines("kernel", "bugs planted in the kernel", "detect-kernel.ts", KERNEL_BUGS);

/** Of many bugs, the quick set takes a few, by seed. */
async function killAll(effort: Effort, detector: string, all: readonly Planted[]): Promise<Report> {
  const { index, of } = effort.shard;
  const wanted = effort.level === "quick" ? 3 : all.length;
  const bugs = all.filter((_, i) => i % of === index && (i * 7 + effort.seed) % all.length < wanted);
  const tries = effort.level === "nightly" ? 4 : 1;
  const start = performance.now();
  const clean = await tryPlant(detector, undefined, tries);
  const timeoutMs = Math.round(30_000 + 10 * (performance.now() - start));
  if (clean.isKilled) return { figures: {}, broken: [`without any bug: ${clean.how}`] };
  const broken: string[] = [];
  const notes: string[] = [];
  let harmless = 0;
  for (const [i, bug] of bugs.entries()) {
    const { isKilled, how } = await tryPlant(detector, bug, tries, timeoutMs);
    if (bug.harmless !== undefined) harmless++;
    if (isKilled === (bug.harmless !== undefined))
      broken.push(isKilled ? `${bug.name} is not harmless: ${how}` : `${bug.name}: nothing is seen`);
    else notes.push(`${bug.name}: ${bug.harmless ?? how}`);
    effort.progress(i + 1, bugs.length);
  }
  return { figures: { planted: bugs.length, killed: bugs.length - harmless - broken.length, harmless }, broken, notes };
}
