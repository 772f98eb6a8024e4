/**
 * `npm run prove`: the safety campaigns. Each tries something many times of which nothing may escape, or plants bugs that must be seen.
 * Exit 0 when every claim held, 1 when one did not, 2 on usage. docs/security.md says what each is for.
 */
import { parseArgs } from "node:util";
import type { Campaign, Effort, Level } from "./campaign.ts";
import { CAMPAIGNS } from "./campaigns/all.ts";
import { merge } from "./merge.ts";
import { emptyReport, type Ran, type RunReport, readReport, writeReport } from "./report.ts";

const USAGE = `npm run prove -- [options]
  --quick | --nightly   less than a minute; the counts of a nightly run. Otherwise what takes some minutes
  --only P5,P7-jit      these campaigns: ${CAMPAIGNS.map((c) => c.id).join(", ")}
  --seed N              another seed, other tries (1)
  --count N             this many tries, in each campaign that counts them
  --shard I/N           part I of N, from 1; the parts of one seed add up to the whole
  --json FILE           the report as JSON
  --resume FILE         go on where the process that wrote this report stopped, or start it; it is written every half minute
  --merge A,B,...       add up the reports of all shards, which ran before
  --verbose             notes too: what killed each planted bug`;

interface Options {
  readonly level: Level;
  readonly seed: number;
  readonly count: number | undefined;
  readonly shard: Effort["shard"];
  readonly campaigns: readonly Campaign[];
  readonly json: string | undefined;
  readonly resume: string | undefined;
  readonly merge: readonly string[] | undefined;
  readonly verbose: boolean;
}

/** @returns what is wrong with the arguments, as text */
function optionsOf(args: readonly string[]): Options | string {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = {
    quick: flag,
    nightly: flag,
    verbose: flag,
    only: text,
    seed: text,
    count: text,
    shard: text,
    json: text,
    resume: text,
    merge: text,
  };
  try {
    const { values } = parseArgs({ args: [...args], options });
    const seed = Number(values.seed ?? 1);
    const count = values.count === undefined ? undefined : Number(values.count);
    const [index, of] = (values.shard ?? "1/1").split("/").map(Number) as [number, number];
    const only = values.only?.split(",");
    const unknown = only?.find((id) => !CAMPAIGNS.some((c) => c.id === id));
    if (unknown !== undefined) return `there is no campaign ${unknown}`;
    if (![seed, count ?? 0].every((n) => Number.isSafeInteger(n) && n >= 0)) return "--seed and --count take whole numbers from 0";
    if (!(Number.isInteger(index) && Number.isInteger(of) && index >= 1 && index <= of)) return "--shard takes I/N with 1 <= I <= N";
    const level = values.quick ? "quick" : values.nightly ? "nightly" : "full";
    const campaigns = CAMPAIGNS.filter((c) => only === undefined || only.includes(c.id));
    const { json, resume, verbose } = values;
    return { level, seed, count, shard: { index: index - 1, of }, campaigns, json, resume, merge: values.merge?.split(","), verbose };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A line on a terminal that is written over. */
function progressOf(title: string): (done: number, of: number) => void {
  let last = 0;
  return (done, of) => {
    if (!process.stderr.isTTY || performance.now() - last < 200) return;
    last = performance.now();
    const filled = Math.round((30 * done) / Math.max(1, of));
    process.stderr.write(`\r[${"#".repeat(filled)}${".".repeat(30 - filled)}] ${done} of ${of} ${title}\x1b[K`);
  };
}

const SAVE_EVERY_MS = 30_000;

/** Runs one campaign from where `report` says that it is, and keeps the report up to date. */
async function runOne(campaign: Campaign, options: Options, report: RunReport): Promise<Ran> {
  const { id, title } = campaign;
  const before = report.campaigns[id];
  if (before?.isDone) return before;
  const start = performance.now();
  const cpu = process.cpuUsage();
  const { level, seed, count, shard, resume } = options;
  let lastSaved = start;
  const ranOf = (figures: Ran["figures"], broken: readonly string[], pieces: number, isDone: boolean): Ran => {
    const used = process.cpuUsage(cpu);
    const seconds = (before?.seconds ?? 0) + Math.round((performance.now() - start) / 100) / 10;
    const cpuSeconds = (before?.cpuSeconds ?? 0) + Math.round((used.user + used.system) / 1e5) / 10;
    return { title, figures, rates: campaign.rates?.(figures) ?? {}, broken, pieces, isDone, seconds, cpuSeconds };
  };
  const save: Effort["save"] = ({ figures, broken, pieces }, flush) => {
    if (resume === undefined || performance.now() - lastSaved < SAVE_EVERY_MS) return;
    lastSaved = performance.now();
    flush();
    report.campaigns[id] = ranOf(figures, broken, pieces, false);
    writeReport(resume, report);
  };
  const log = resume === undefined ? undefined : `${resume}.${id}.hashes`;
  const effort: Effort = { level, seed, count, shard, from: before, log, progress: progressOf(title), save };
  const { figures, broken, notes } = await campaign.run(effort);
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  const ran = ranOf(figures, [...broken, ...(campaign.vacuous?.(figures) ?? [])], 0, true);
  return notes === undefined ? ran : { ...ran, notes };
}

function tell(id: string, { title, figures, rates, broken, notes, seconds, cpuSeconds }: Ran, verbose: boolean): void {
  const told = Object.entries({ ...figures, ...rates }).map(([name, n]) => `${name} ${n.toLocaleString("en-US")}`);
  const time = `${seconds} s, ${cpuSeconds} of CPU`;
  console.log(`${broken.length === 0 ? "held  " : "BROKEN"} ${id.padEnd(12)} ${title}: ${told.join(", ")} (${time})`);
  for (const what of broken.slice(0, 20)) console.log(`         ${what}`);
  if (broken.length > 20) console.log(`         and ${broken.length - 20} more`);
  if (verbose) for (const note of notes ?? []) console.log(`         ${note}`);
}

async function prove(options: Options): Promise<RunReport> {
  const report = (options.resume === undefined ? undefined : readReport(options.resume, options)) ?? emptyReport(options);
  for (const campaign of options.campaigns) {
    const ran = await runOne(campaign, options, report);
    tell(campaign.id, ran, options.verbose);
    report.campaigns[campaign.id] = ran;
    if (options.resume !== undefined) writeReport(options.resume, report);
  }
  return report;
}

async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (typeof options === "string") {
    console.error(`prove: ${options}\n${USAGE}`);
    return 2;
  }
  const report = options.merge === undefined ? await prove(options) : merge(options.merge, options.campaigns);
  if (options.merge !== undefined) for (const [id, ran] of Object.entries(report.campaigns)) tell(id, ran, options.verbose);
  if (options.json !== undefined) writeReport(options.json, report);
  const all = Object.values(report.campaigns);
  const broken = all.filter((r) => r.broken.length > 0);
  console.log(`${all.length - broken.length} of ${all.length} campaigns held (${report.level}, seed ${report.seed})`);
  return broken.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
