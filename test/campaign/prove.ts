/**
 * `npm run prove -- [--quick] [--mutants N] [--seed S] [--plants N] [--jit N]`: mutants of valid objects through the shipped
 * verifier and both tiers, which must let no escape through (N executions in the jit), and through planted verifier bugs, each of which
 * must. Exit 0 when both hold.
 */

import { compileProgram, JitLimit, type JitProgram } from "../../sandbox/jit/index.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { newChecker } from "../../sandbox/verifier/check.ts";
import { RULES } from "../../sandbox/verifier/rules.ts";
import { mint, type Token } from "../../sandbox/verifier/token.ts";
import { run, runPlants, type Tally, wordsOf } from "./drive.ts";
import { exhaust } from "./exhaustive.ts";
import { deepObjects, escapes, objectOf, ruleFiles, twin } from "./files.ts";
import { type Execute, Oracle, Unrunnable } from "./oracle.ts";
import { PLANTS, type Plant } from "./plants.ts";

export const onReference: Execute = (token, launch, watch) => runReference(token, launch, watch === undefined ? {} : { hooks: watch });

/** Compiles each program once; unshared memory and plain atomics, as a kernel of one thread has them. */
export function onJit(): Execute {
  const programs = new WeakMap<Token, JitProgram>();
  return (token, launch) => {
    let program = programs.get(token);
    if (program === undefined) {
      program = compile(token);
      programs.set(token, program);
    }
    if (program.saveBytes > launch.save.size) throw new Unrunnable("save area");
    return program.run(launch);
  };
}

function compile(token: Token): JitProgram {
  try {
    return compileProgram(token, { shared: false, plainAtomics: true });
  } catch (error) {
    if (error instanceof JitLimit) throw new Unrunnable(error.message);
    throw error;
  }
}

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
