/**
 * `npm run prove -- [--quick] [--mutants N] [--seed S] [--plants N] [--tier reference]`: mutants of valid objects through the shipped
 * verifier, which must let no escape through, and through planted bugs, each of which must. Exit 0 when both hold.
 */
import { runReference } from "../../sandbox/machine/reference.ts";
import { newChecker } from "../../sandbox/verifier/check.ts";
import { RULES } from "../../sandbox/verifier/rules.ts";
import { mint } from "../../sandbox/verifier/token.ts";
import { run, runPlants, type Tally, wordsOf } from "./drive.ts";
import { deepObjects, escapes, objectOf, ruleFiles, twin } from "./files.ts";
import { type Execute, Oracle } from "./oracle.ts";
import { PLANTS, type Plant } from "./plants.ts";

export const onReference: Execute = (token, launch, watch) => runReference(token, launch, watch === undefined ? {} : { hooks: watch });

const shipped = newChecker(RULES);

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
  const rejects = [...tally.rejects].sort().map(([id, n]) => `${id} ${n}`);
  const causes = [...tally.causes].sort().map(([cause, n]) => `${cause}: ${n}`);
  return [
    `${tally.mutants} distinct mutants (${tally.duplicates} repeated), ${Math.round((1000 * tally.mutants) / tally.ms)} a second`,
    `accepted ${tally.accepted} (${percent(tally.accepted, tally.mutants)}), executed ${tally.executed}, of those with a changed word ${percent(tally.hit, tally.aimed)} ran it`,
    `rejected by ${rejects.join(", ")}`,
    `ended with cause ${causes.join(", ")}`,
    `escapes: ${tally.escapes.length}`,
    ...tally.escapes.slice(0, 10).map((e) => `  mutant ${e.mutant}: ${e.escape}`),
  ].join("\n");
}

function main(args: readonly string[]): number {
  const option = (name: string, otherwise: number) => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : Number(args[at + 1]);
  };
  const quick = args.includes("--quick");
  const mutants = option("--mutants", quick ? 50_000 : 1_000_000);
  const perPlant = option("--plants", quick ? 100_000 : 1_000_000);
  const seed = option("--seed", 1);
  if (![mutants, perPlant, seed].every((n) => Number.isInteger(n) && n >= 0)) {
    console.error("prove: --mutants, --plants and --seed take numbers from 0");
    return 2;
  }
  const valid = corpus();
  const tally = run({ seed, mutants, execute: onReference, corpus: valid }, shipped);
  console.log(`shipped verifier, reference tier, seed ${seed}\n${report(tally)}\n`);
  const { kills, mutants: made } = runPlants(
    { seed, mutants: perPlant, execute: onReference, corpus: valid },
    shipped,
    PLANTS.filter((p) => !p.rare),
  );
  const rejected = rejectedObjects();
  let alive = 0;
  for (const plant of PLANTS) {
    const found = kills.get(plant);
    const byFile = found === undefined ? killByFile(plant, onReference, rejected) : undefined;
    const how = found !== undefined ? `mutant ${found.mutant}` : byFile !== undefined ? "rule file" : "NOT KILLED";
    if (how === "NOT KILLED") alive++;
    console.log(`${how.padStart(16)}  ${plant.name}: ${found?.escape ?? byFile ?? `in ${made} mutants`}`);
  }
  console.log(
    `planted verifier bugs: ${PLANTS.length - alive} of ${PLANTS.length} killed; escapes through the shipped verifier: ${tally.escapes.length}`,
  );
  return alive === 0 && tally.escapes.length === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) process.exitCode = main(process.argv.slice(2));
