/**
 * frontend: `validate` of the built package. Without files, sources of one kind each (`validate-shapes.ts`) at 100 KB, 1 MB and 10 MB: time and
 * memory must follow size. With files, each set warm (in a process that has validated it before, with a peer in turns with it) and cold (once,
 * in a new process). CPU time of all threads.
 * Run: npm run build && npx tsx bench/validate.bench.ts [--only TEXT] [--largest BYTES] | [--peer PATH] [--rounds N] FOLDER|FILE...
 */
import { fork } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { loadavg, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import type { Cold, Job, Shaped, Warm } from "./validate-child.ts";
import { shapes } from "./validate-shapes.ts";

const OURS = join(import.meta.dirname, "../dist/validate.js");
const SIZES = [100_000, 1_000_000, 10_000_000];
const COLD_RUNS = 5;

const { values, positionals } = parseArgs({
  options: {
    peer: { type: "string" },
    rounds: { type: "string", default: "20" },
    only: { type: "string", default: "" },
    largest: { type: "string", default: "10000000" },
  },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
const child = join(folder, "child.mjs");

function ask<T>(job: Job): Promise<T> {
  // a peer prints what is wrong with a shader
  const process = fork(child, { execArgv: [], stdio: ["ignore", "ignore", "ignore", "ipc"] });
  return new Promise((resolve, reject) => {
    process.once("message", (answer) => resolve(answer as T));
    process.once("exit", (code, signal) => reject(new Error(`a process ended with ${code ?? signal}`)));
    process.send(job);
  });
}

const median = (all: readonly number[]) => [...all].sort((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
const speed = (bytes: number, ms: number) => (bytes / 1000 / ms).toFixed(2);
const row = (...cells: readonly (string | number)[]) => console.log(`| ${cells.join(" | ")} |`);
function head(...cells: readonly string[]): void {
  row(...cells);
  row(...cells.map(() => "---"));
}

async function sizes(): Promise<void> {
  const at = SIZES.filter((bytes) => bytes <= Number(values.largest));
  head(
    "shape",
    ...at.map((bytes) => `${bytes / 1000} KB: MB per CPU s`),
    ...at.map((bytes) => `${bytes / 1000} KB: peak MB`),
    "diagnostics",
    "characters",
  );
  for (const { name } of shapes.filter((shape) => shape.name.includes(values.only))) {
    const all: Shaped[] = [];
    for (const bytes of at) all.push(await ask<Shaped>({ ours: OURS, does: { kind: "shape", shape: name, bytes } }));
    const last = all.at(-1)!;
    row(name, ...all.map((s) => speed(s.bytes, s.run)), ...all.map((s) => s.peakMb.toFixed(0)), last.diagnostics, last.said);
  }
}

function filesOf(path: string): string[] {
  if (!statSync(path).isDirectory()) return [resolve(path)];
  return readdirSync(path)
    .filter((name) => name.endsWith(".wgsl"))
    .map((name) => resolve(path, name));
}

/** Warm is the fastest of the last half of the rounds, for both. */
async function files(): Promise<void> {
  const peer = values.peer === undefined ? undefined : createRequire(import.meta.url).resolve(resolve(values.peer));
  const warmest = (times: readonly number[]) => Math.min(...times.slice(times.length >> 1));
  head("set", "KB", "warm, MB per CPU s", "peer", "cold, MB per CPU s", "peer", "cold, ms", "peer", "load, ms", "peer");
  for (const path of positionals) {
    const set = filesOf(path);
    const warm = await ask<Warm>({ ours: OURS, peer, does: { kind: "warm", files: set, rounds: Number(values.rounds) } });
    const cold: Record<"ours" | "peer", Cold[]> = { ours: [], peer: [] };
    for (let i = 0; i < COLD_RUNS; i++) {
      for (const side of peer === undefined ? (["ours"] as const) : (["ours", "peer"] as const)) {
        cold[side].push(await ask<Cold>({ ours: OURS, peer, does: { kind: "cold", side, files: set } }));
      }
    }
    const run = { ours: median(cold.ours.map((c) => c.run)), peer: median(cold.peer.map((c) => c.run)) };
    const load = { ours: median(cold.ours.map((c) => c.load)), peer: median(cold.peer.map((c) => c.load)) };
    const pair = (of: (side: "ours" | "peer") => string) => [of("ours"), peer === undefined ? "" : of("peer")];
    row(
      basename(path),
      (warm.bytes / 1000).toFixed(0),
      ...pair((side) => speed(warm.bytes, warmest(warm[side]))),
      ...pair((side) => speed(warm.bytes, run[side])),
      ...pair((side) => run[side].toFixed(0)),
      ...pair((side) => load[side].toFixed(0)),
    );
  }
}

try {
  await build({
    entryPoints: [join(import.meta.dirname, "validate-child.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: child,
  });
  console.log(`Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`);
  if (positionals.length > 0) await files();
  else await sizes();
  console.log(`load ${loadavg()[0]!.toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true });
}
