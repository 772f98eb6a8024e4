/**
 * `npm run prove`: the safety campaigns. Each tries something many times of which nothing may escape, or plants bugs that must be seen.
 * Exit 0 when every claim held, 1 when one did not, 2 on usage. docs/security.md says what each is for.
 */
import { writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { Campaign, Effort, Level, Report } from "./campaign.ts";
import { CAMPAIGNS } from "./campaigns/all.ts";

const USAGE = `npm run prove -- [options]
  --quick | --nightly   less than a minute; the counts of a nightly run. Otherwise what takes some minutes
  --only P5,P7-jit      these campaigns: ${CAMPAIGNS.map((c) => c.id).join(", ")}
  --seed N              another seed, other tries (1)
  --count N             this many tries, in each campaign that counts them
  --shard I/N           part I of N, from 1; the parts of one seed add up to the whole
  --json FILE           the report as JSON
  --verbose             notes too: what killed each planted bug`;

interface Options {
  readonly level: Level;
  readonly seed: number;
  readonly count: number | undefined;
  readonly shard: Effort["shard"];
  readonly campaigns: readonly Campaign[];
  readonly json: string | undefined;
  readonly verbose: boolean;
}

/** @returns what is wrong with the arguments, as text */
function optionsOf(args: readonly string[]): Options | string {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = { quick: flag, nightly: flag, verbose: flag, only: text, seed: text, count: text, shard: text, json: text };
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
    return { level, seed, count, shard: { index: index - 1, of }, campaigns, json: values.json, verbose: values.verbose };
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

interface Ran extends Report {
  readonly id: string;
  readonly title: string;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

async function runOne(campaign: Campaign, options: Options): Promise<Ran> {
  const { id, title } = campaign;
  const start = performance.now();
  const cpu = process.cpuUsage();
  const { level, seed, count, shard } = options;
  const report = await campaign.run({ level, seed, count, shard, progress: progressOf(title) });
  const used = process.cpuUsage(cpu);
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return { id, title, ...report, seconds, cpuSeconds: Math.round((used.user + used.system) / 1e5) / 10 };
}

function tell({ id, title, figures, broken, notes, seconds }: Ran, verbose: boolean): void {
  const told = Object.entries(figures).map(([name, n]) => `${name} ${n.toLocaleString("en-US")}`);
  console.log(`${broken.length === 0 ? "held  " : "BROKEN"} ${id.padEnd(12)} ${title}: ${told.join(", ")} (${seconds} s)`);
  for (const what of broken.slice(0, 20)) console.log(`         ${what}`);
  if (broken.length > 20) console.log(`         and ${broken.length - 20} more`);
  if (verbose) for (const note of notes ?? []) console.log(`         ${note}`);
}

async function main(args: readonly string[]): Promise<number> {
  const options = optionsOf(args);
  if (typeof options === "string") {
    console.error(`prove: ${options}\n${USAGE}`);
    return 2;
  }
  const ran: Ran[] = [];
  for (const campaign of options.campaigns) {
    const result = await runOne(campaign, options);
    tell(result, options.verbose);
    ran.push(result);
  }
  const { level, seed, shard, json } = options;
  const machine = { node: process.version, cores: availableParallelism(), load: loadavg().map((n) => Math.round(n * 10) / 10) };
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ version: 1, level, seed, shard, machine, campaigns: ran }, null, 2)}\n`);
  const broken = ran.filter((r) => r.broken.length > 0);
  console.log(`${ran.length - broken.length} of ${ran.length} campaigns held (${level}, seed ${seed}, load ${machine.load[0]})`);
  return broken.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
