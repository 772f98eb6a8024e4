/** Mutants of valid objects: what the verifier accepts runs in either tier under the oracle's eyes. */
import { type Campaign, countOf, type Effort, percent, type Report, seedOf } from "../campaign.ts";
import { run, type Tally } from "../drive.ts";
import { onJit } from "../on-jit.ts";
import type { Execute } from "../oracle.ts";
import { corpus, onReference, shipped } from "../parts.ts";

/** Mutants between two reports of progress; each piece has a seed of its own, so that a piece can be run again by itself. */
const PIECE = 50_000;

export const mutants: Campaign = {
  id: "P5",
  title: "mutants of valid objects, reference tier",
  run: (effort) => inPieces(effort, countOf(effort, { quick: 20_000, full: 1_000_000, nightly: 100_000_000 }), false),
};

export const mutantsInJit: Campaign = {
  id: "P5-jit",
  title: "accepted mutants in the jit",
  run: (effort) => inPieces(effort, countOf(effort, { quick: 500, full: 100_000, nightly: 1_000_000 }), true),
};

/** @param isJit count executions in the jit instead of mutants in the reference tier */
function inPieces(effort: Effort, count: number, isJit: boolean): Report {
  const valid = corpus();
  const sum = { mutants: 0, accepted: 0, executed: 0, hit: 0, aimed: 0, unrunnable: 0 };
  const broken: string[] = [];
  for (let piece = 0, done = 0; done < count; piece++) {
    const size = Math.min(count - done, isJit ? PIECE / 10 : PIECE);
    const seed = seedOf(effort) * 100_000 + piece;
    const execute: Execute = isJit ? onJit() : onReference;
    const limits = isJit ? { mutants: size * 100, executions: size } : { mutants: size };
    const tally = run({ seed, ...limits, execute, corpus: valid }, shipped);
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += tally[key];
    broken.push(...tally.escapes.map((e) => `seed ${seed}, mutant ${e.mutant}: ${e.escape}`));
    done += size;
    effort.progress(done, count);
  }
  return { figures: figuresOf(sum, isJit), broken: [...broken, ...vacuous(sum, isJit)] };
}

type Sum = Pick<Tally, "mutants" | "accepted" | "executed" | "hit" | "aimed" | "unrunnable">;

function figuresOf(sum: Sum, isJit: boolean): Record<string, number> {
  const { mutants, accepted, executed, unrunnable } = sum;
  const counted = { mutants, accepted, "accepted %": percent(accepted, mutants), executed, unrunnable };
  return isJit ? counted : { ...counted, "runs that reached a changed word %": percent(sum.hit, sum.aimed) };
}

/** A campaign whose mutants are all rejected, or never run what was changed, shows nothing. */
function vacuous(sum: Sum, isJit: boolean): string[] {
  if (sum.mutants < 5000) return [];
  const broken = sum.accepted < 0.1 * sum.mutants ? [`only ${percent(sum.accepted, sum.mutants)} % of the mutants are accepted`] : [];
  if (!isJit && sum.hit < 0.5 * sum.aimed) broken.push(`only ${percent(sum.hit, sum.aimed)} % of the runs reach a changed word`);
  return broken;
}
