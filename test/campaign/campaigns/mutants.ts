/** Mutants of valid objects: what the verifier accepts runs in either tier under the oracle's eyes. */
import { type Campaign, type Effort, type Figures, inPieces, percent, type Report, seedOfPiece } from "../campaign.ts";
import { run } from "../drive.ts";
import { onJit } from "../on-jit.ts";
import { corpus, onReference, shipped } from "../parts.ts";
import { Seen } from "../seen.ts";

/** Distinct mutants in a piece; executions, for the jit. */
const PIECE = 100_000;
const JIT_PIECE = 5000;
/** At least this share of mutants must be accepted, and of the runs of accepted ones reach a changed word. */
const LEAST_ACCEPTED = 0.1;
const LEAST_HIT = 0.5;

export const mutants: Campaign = {
  id: "P5",
  title: "mutants of valid objects, reference tier",
  run: (effort) => mutate(effort, false),
  rates: ({ mutants = 0, accepted = 0, hit = 0, aimed = 0 }) => {
    return { "accepted %": percent(accepted, mutants), "runs that reached a changed word %": percent(hit, aimed) };
  },
  vacuous: (figures) => {
    const { hit = 0, aimed = 0 } = figures;
    return [
      ...fewAccepted(figures),
      ...(hit < LEAST_HIT * aimed ? [`only ${percent(hit, aimed)} % of the runs reach a changed word`] : []),
    ];
  },
};

export const mutantsInJit: Campaign = {
  id: "P5-jit",
  title: "accepted mutants in the jit",
  run: (effort) => mutate(effort, true),
  rates: ({ mutants = 0, accepted = 0 }) => ({ "accepted %": percent(accepted, mutants) }),
  vacuous: fewAccepted,
};

const COUNTS = { quick: 20_000, full: 1_000_000, nightly: 100_000_000 };
const JIT_COUNTS = { quick: 500, full: 100_000, nightly: 1_000_000 };

/** @param isJit count executions in the jit instead of mutants in the reference tier */
function mutate(effort: Effort, isJit: boolean): Promise<Report> {
  const counts = isJit ? JIT_COUNTS : COUNTS;
  const valid = corpus();
  const perExecution = isJit ? 8 : 1; // about as many mutants are made for one that runs
  const seen = new Seen(((effort.count ?? counts[effort.level]) * perExecution) / effort.shard.of, effort.log);
  if (effort.log !== undefined) seen.load(effort.log, effort.from?.figures.mutants ?? 0);
  const piece = (number: number, size: number): Report => {
    const seed = seedOfPiece(effort, number);
    const limits = isJit ? { mutants: size * 100, executions: size } : { mutants: size };
    const { escapes, ...tally } = run({ seed, ...limits, execute: isJit ? onJit() : onReference, corpus: valid, seen }, shipped);
    const { mutants, duplicates, accepted, executed, hit, aimed, unrunnable } = tally;
    const counted = { mutants, duplicates, accepted, executed, unrunnable, escapes: escapes.length };
    return {
      figures: isJit ? counted : { ...counted, hit, aimed },
      broken: escapes.map((e) => `seed ${effort.seed}, piece ${number}, mutant ${e.mutant}: ${e.escape}`),
    };
  };
  return inPieces(effort, counts, isJit ? JIT_PIECE : PIECE, piece, () => seen.flush());
}

/** A campaign whose mutants are all rejected shows nothing. */
function fewAccepted({ mutants = 0, accepted = 0 }: Figures): string[] {
  return accepted < LEAST_ACCEPTED * mutants ? [`only ${percent(accepted, mutants)} % of the mutants are accepted`] : [];
}
