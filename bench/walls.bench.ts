/**
 * What the walls cost: lean against a build without any checks, belt against lean, and lean against itself, which shows what such a
 * comparison is worth on the machine. One thread, one process, CPU time, repeats of all builds in turn.
 * Usage: npm run bench:walls -- [--only TEXT] [--reps N] [--size smoke|full|large] [--json FILE]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { BUILDS, loadBuilds } from "./walls/builds.ts";
import type { Opened } from "./walls/open.ts";
import { walled } from "./walls/workloads.ts";
import type { Job, Size, Workload } from "./workloads/workload.ts";

const SIZES: readonly string[] = ["smoke", "full", "large"];
/** A sample is as many frames as take this long. */
const SAMPLE_MS = 40;
const WARM_UP_MS = 250;

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.round((values.length - 1) * q)] ?? Number.NaN;
const median = (values: readonly number[]) => quantile(values, 0.5);
const geometricMean = (values: readonly number[]) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

interface Side {
  readonly name: string;
  readonly open: () => Promise<Opened>;
}
interface Measured {
  readonly name: string;
  readonly frames: number;
  /** milliseconds of CPU of a frame, by build, in the order measured */
  readonly samples: Readonly<Record<string, readonly number[]>>;
}

/** Some frames, to the end. @returns milliseconds of CPU of one */
async function sample(device: GPUDevice, job: Job, frames: number): Promise<number> {
  const start = cpuMs();
  for (let i = 0; i < frames; i++) job.frame();
  await device.queue.onSubmittedWorkDone();
  return (cpuMs() - start) / frames;
}

/** @throws where a result is wrong, or not the same in all builds */
async function measure(workload: Workload, size: Size, repeats: number, sides: readonly Side[]): Promise<Measured> {
  const opened: { name: string; device: GPUDevice; job: Job; sum: number; each: number; samples: number[] }[] = [];
  for (const { name, open } of sides) {
    const { device, digest } = await open();
    const job = workload.setup(device, workload.sizes[size]);
    const wrong = await job.check();
    if (wrong !== null) throw new Error(`${workload.name}, ${name}: ${wrong}`);
    opened.push({ name, device, job, sum: digest(), each: 0, samples: [] });
  }
  if (opened.some(({ sum }) => sum !== opened[0]!.sum)) throw new Error(`${workload.name}: builds give different results`);
  for (const side of opened) {
    // the engine's better code comes from another thread
    for (let spent = 0; spent < WARM_UP_MS; spent += Math.max(1, side.each)) {
      side.each = await sample(side.device, side.job, 1);
      await setTimeout(2);
    }
  }
  const frames = Math.max(1, Math.ceil(SAMPLE_MS / opened[0]!.each));
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (let k = 0; k < opened.length; k++) {
      const side = opened[(k + repeat) % opened.length]!;
      side.samples.push(await sample(side.device, side.job, frames));
    }
  }
  for (const { device } of opened) device.destroy();
  return { name: workload.name, frames, samples: Object.fromEntries(opened.map(({ name, samples }) => [name, samples])) };
}

/** Repeats beside each other are compared, so that what the machine does otherwise touches both alike. */
const ratios = ({ samples }: Measured, a: string, b: string) => samples[a]!.map((ms, i) => ms / samples[b]![i]!);

const COMPARED = [
  ["lean", "bare"],
  ["belt", "lean"],
  ["again", "lean"],
] as const;

const percent = (ratio: number) => `${((ratio - 1) * 100).toFixed(1)} %`;
const ms = (value: number) => (value >= 10 ? value.toFixed(1) : value.toPrecision(3));

function table(measured: readonly Measured[]): string {
  const heads = ["workload", "bare ms", "lean ms", "belt ms", ...COMPARED.flatMap(([a, b]) => [`${a} / ${b}`, "quartiles"])];
  const rows = measured.map((each) => [
    each.name,
    ...["bare", "lean", "belt"].map((name) => ms(median(each.samples[name]!))),
    ...COMPARED.flatMap(([a, b]) => {
      const all = ratios(each, a, b);
      return [percent(median(all)), `${percent(quantile(all, 0.25))} to ${percent(quantile(all, 0.75))}`];
    }),
  ]);
  return [heads, heads.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function summary(measured: readonly Measured[]): string[] {
  return COMPARED.map(([a, b]) => {
    const all = measured.map((each) => ({ name: each.name, ratio: median(ratios(each, a, b)) }));
    const worst = all.reduce((x, y) => (y.ratio > x.ratio ? y : x));
    const mean = geometricMean(all.map(({ ratio }) => ratio));
    return `${a} over ${b}: ${percent(mean)} (geometric mean), at worst ${percent(worst.ratio)} (${worst.name})`;
  });
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const { values } = parseArgs({ options: { only: text, reps: text, size: text, json: text } });
  const size = (values.size ?? "full") as Size;
  const repeats = Number(values.reps ?? 9);
  if (!SIZES.includes(size) || !Number.isInteger(repeats) || repeats < 1) {
    console.error(`--size is one of ${SIZES.join(", ")}, --reps a count`);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), "portcullis-walls-"));
  const before = loadavg();
  const measured: Measured[] = [];
  try {
    const builds = await loadBuilds(folder);
    const sides: Side[] = [...BUILDS.map((name) => ({ name, open: builds[name] })), { name: "again", open: builds.lean }];
    for (const workload of walled.filter(({ name }) => values.only === undefined || name.includes(values.only))) {
      measured.push(await measure(workload, size, repeats, sides));
      console.error(workload.name);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const machine = `${cpus()[0]?.model ?? arch()}, one thread, Node ${process.version}`;
  const loads = [before, loadavg()].map((each) => each.map((n) => n.toFixed(1)).join(" "));
  console.log(table(measured));
  console.log(`\n${summary(measured).join("\n")}\n${machine}; size ${size}, medians of ${repeats}; load ${loads.join(" before, ")} after`);
  if (values.json) {
    const report = { date: new Date().toISOString(), machine, load: loads, size, repeats, summary: summary(measured), measured };
    writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  return 0;
}

process.exitCode = await main();
