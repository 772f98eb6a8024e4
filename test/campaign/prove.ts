/**
 * `npm run prove -- [--quick] [--mutants N] [--seed S] [--plants N] [--jit N]`: mutants of valid objects through the shipped
 * verifier and both tiers, which must let no escape through (N executions in the jit), and through planted verifier bugs, each of which
 * must. Exit 0 when both hold.
 */
import { run, runPlants } from "./drive.ts";
import { exhaust } from "./exhaustive.ts";
import { onJit } from "./on-jit.ts";
import { corpus, killByFile, onReference, rejectedObjects, report, shipped } from "./parts.ts";
import { PLANTS } from "./plants.ts";

function main(args: readonly string[]): number {
  const option = (name: string, otherwise: number) => {
    const at = args.indexOf(name);
    return at < 0 ? otherwise : Number(args[at + 1]);
  };
  const quick = args.includes("--quick");
  const mutants = option("--mutants", quick ? 50_000 : 1_000_000);
  const perPlant = option("--plants", quick ? 100_000 : 1_000_000);
  const executions = option("--jit", quick ? 1000 : 100_000);
  const seed = option("--seed", 1);
  if (![mutants, perPlant, executions, seed].every((n) => Number.isInteger(n) && n >= 0)) {
    console.error("prove: --mutants, --plants, --jit and --seed take numbers from 0");
    return 2;
  }
  const valid = corpus();
  const tally = run({ seed, mutants, execute: onReference, corpus: valid }, shipped);
  console.log(`shipped verifier, reference tier, seed ${seed}\n${report(tally)}\n`);
  const jit = run({ seed: seed + 1, mutants: 100 * executions, executions, execute: onJit(), corpus: valid }, shipped);
  console.log(`shipped verifier, jit, seed ${seed + 1}\n${report(jit)}\n`);
  const words = exhaust(quick ? 97 : 1);
  console.log(`access words at the edges: ${words.words} asked about, ${words.accepted} accepted, ${words.needless} rejected without need`);
  console.log(`escapes: ${words.escapes.length}\n`);
  const alive = plantAll(seed, perPlant, valid);
  const escaped = tally.escapes.length + jit.escapes.length + words.escapes.length;
  console.log(
    `planted verifier bugs: ${PLANTS.length - alive} of ${PLANTS.length} killed; escapes through the shipped verifier: ${escaped}`,
  );
  return alive === 0 && escaped === 0 ? 0 : 1;
}

/** @returns how many planted bugs nothing escaped through */
function plantAll(seed: number, mutants: number, valid: readonly Uint8Array[]): number {
  const common = PLANTS.filter((p) => !p.rare);
  const { kills, mutants: made } = runPlants({ seed, mutants, execute: onReference, corpus: valid }, shipped, common);
  const rejected = rejectedObjects();
  let alive = 0;
  for (const plant of PLANTS) {
    const found = kills.get(plant);
    const byFile = found === undefined ? killByFile(plant, onReference, rejected) : undefined;
    const how = found !== undefined ? `mutant ${found.mutant}` : byFile !== undefined ? "rule file" : "NOT KILLED";
    if (how === "NOT KILLED") alive++;
    console.log(`${how.padStart(16)}  ${plant.name}: ${found?.escape ?? byFile ?? `in ${made} mutants`}`);
  }
  return alive;
}

if (process.argv[1] === import.meta.filename) process.exitCode = main(process.argv.slice(2));
