/** The parts of a campaign: the reference tier as the oracle runs them, the objects that mutants are made of, and how a tally is told. */
import { runReference } from "../../sandbox/machine/reference.ts";
import { newChecker } from "../../sandbox/verifier/check.ts";
import { RULES } from "../../sandbox/verifier/rules.ts";
import { mint } from "../../sandbox/verifier/token.ts";
import { type Tally, wordsOf } from "./drive.ts";
import { deepObjects, escapes, objectOf, ruleFiles, twin } from "./files.ts";
import { type Execute, Oracle } from "./oracle.ts";
import type { Plant } from "./plants.ts";

export const onReference: Execute = (token, launch, watch) => runReference(token, launch, watch === undefined ? {} : { hooks: watch });

export const shipped = newChecker(RULES);

/** Valid objects to mutate, besides generated ones. */
export function corpus(): Uint8Array[] {
  return [...ruleFiles().map(({ text }) => objectOf(twin(text))), ...deepObjects().accepted];
}

/** An escape through a planted bug among programs that rules reject, for bugs that random changes do not reach. */
export function killByFile(plant: Plant, execute: Execute, rejected: readonly Uint8Array[]): string | undefined {
  const oracle = new Oracle(execute);
  for (const bytes of rejected) {
    const checked = plant.checker.check(bytes);
    const found = checked.ok ? oracle.judge(mint(checked.program), wordsOf(bytes)) : undefined;
    if (typeof found === "string") return found;
  }
  return undefined;
}

/** The programs that rules reject. */
export function rejectedObjects(): Uint8Array[] {
  return [...escapes(), ...ruleFiles()].map(({ text }) => objectOf(text)).concat(deepObjects().rejected);
}

export function report(tally: Tally): string {
  const percent = (n: number, of: number) => `${((100 * n) / Math.max(1, of)).toFixed(1)} %`;
  const ran = tally.hit === 0 ? "" : `, of those with a changed word ${percent(tally.hit, tally.aimed)} ran it`; // only watched runs say
  const rejects = [...tally.rejects].sort().map(([id, n]) => `${id} ${n}`);
  const causes = [...tally.causes].sort().map(([cause, n]) => `${cause}: ${n}`);
  return [
    `${tally.mutants} distinct mutants (${tally.duplicates} repeated), ${Math.round((1000 * tally.mutants) / tally.ms)} a second`,
    `accepted ${tally.accepted} (${percent(tally.accepted, tally.mutants)}), executed ${tally.executed}${ran}`,
    `rejected by ${rejects.join(", ")}`,
    `ended with cause ${causes.join(", ")}`,
    `escapes: ${tally.escapes.length}`,
    ...tally.escapes.slice(0, 10).map((e) => `  mutant ${e.mutant}: ${e.escape}`),
  ].join("\n");
}
