/**
 * webgpu: what each call costs, and the way from the start of a process to a first result; ours (the built package) and, with --peer, those of
 * an installed npm `webgpu`, in turns in one run. CPU of all threads beside wall, medians. What is in a batch: `calls/list.ts`.
 * Run: npm run build && npm run bench:calls -- [--peer PATH] [--only TEXT] [--reps N] [--starts N] [--ours FILE] [--json FILE] [--md FILE]
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import type { Implementation, Reply, Request, Time } from "./calls/child.ts";
import { calls } from "./calls/list.ts";

/** batches, where they do not take too long */
const WARM_UP = 30;

const text = { type: "string" } as const;
const { values } = parseArgs({ options: { peer: text, only: text, reps: text, starts: text, ours: text, json: text, md: text } });
const repeats = Number(values.reps ?? 15);
const starts = Number(values.starts ?? 7);
const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
const program = join(folder, "child.mjs");

class Child {
  readonly #process: ChildProcess;
  constructor() {
    // a peer prints what it likes
    this.#process = fork(program, { execArgv: [], stdio: ["ignore", "ignore", "ignore", "ipc"] });
  }
  ask(request: Request): Promise<Reply> {
    return new Promise((settle) => {
      const over = (code: number | null, signal: string | null) => settle({ wrong: `it exited with ${code ?? signal}` });
      this.#process.once("exit", over);
      this.#process.once("message", (reply) => {
        this.#process.off("exit", over);
        settle(reply as Reply);
      });
      if (this.#process.connected) this.#process.send(request);
      else settle({ wrong: "it has ended" });
    });
  }
  end(): void {
    this.#process.kill();
  }
}

const median = (all: readonly number[]) => [...all].sort((a, b) => a - b)[all.length >> 1] ?? Number.NaN;
const medians = (all: readonly Time[]): Time => ({ wall: median(all.map((t) => t.wall)), cpu: median(all.map((t) => t.cpu)) });

interface Row {
  readonly name: string;
  /** milliseconds of one call or step by side; or why there are none */
  readonly sides: readonly (Time | { readonly wrong: string })[];
}

async function measureCall(name: string, count: number, sides: readonly Child[]): Promise<Row> {
  const found = sides.map(() => ({ times: [] as Time[], wrong: "" }));
  for (const [i, side] of sides.entries()) {
    const reply = await side.ask({ does: "prepare", name, warmUp: WARM_UP });
    if ("wrong" in reply) found[i]!.wrong = reply.wrong;
  }
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [i, side] of sides.entries()) {
      if (found[i]!.wrong) continue;
      const reply = await side.ask({ does: "time" });
      if ("wrong" in reply) found[i]!.wrong = reply.wrong;
      else if ("time" in reply) found[i]!.times.push({ wall: reply.time.wall / count, cpu: reply.time.cpu / count });
    }
  }
  return { name, sides: found.map(({ times, wrong }) => (wrong ? { wrong } : medians(times))) };
}

async function measureStarts(implementations: readonly Implementation[]): Promise<Row[]> {
  const names: string[] = [];
  const found = implementations.map(() => ({ steps: new Map<string, Time[]>(), wrong: "" }));
  for (let i = 0; i < starts; i++) {
    for (const [side, implementation] of implementations.entries()) {
      const child = new Child();
      const reply = await child.ask({ does: "start", ...implementation });
      child.end();
      if ("wrong" in reply) found[side]!.wrong = reply.wrong;
      if (!("steps" in reply)) continue;
      const { steps } = found[side]!;
      for (const [name, time] of reply.steps) {
        if (!names.includes(name)) names.push(name);
        steps.set(name, [...(steps.get(name) ?? []), time]);
      }
    }
  }
  return names.map((name) => ({
    name,
    sides: found.map(({ steps, wrong }) => (wrong ? { wrong } : medians(steps.get(name) ?? []))),
  }));
}

const digits = (value: number) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const times = (value: number) => `${value >= 10 ? value.toFixed(0) : value.toFixed(value >= 1 ? 1 : 2)}x`;

/** @param scale of milliseconds to what the table shows */
function table(head: string, unit: string, scale: number, rows: readonly Row[]): string {
  const hasPeer = rows.some(({ sides }) => sides.length > 1);
  const peer = hasPeer ? [`peer CPU ${unit}`, `peer wall ${unit}`, "CPU ratio", "wall ratio"] : [];
  const heads = [head, `CPU ${unit}`, `wall ${unit}`, ...peer];
  const lines = [heads, heads.map(() => "---")];
  for (const { name, sides } of rows) {
    const cells = sides.flatMap((side) =>
      "wrong" in side ? ["failed", side.wrong.slice(0, 60)] : [digits(side.cpu * scale), digits(side.wall * scale)],
    );
    const [ours, theirs] = sides;
    const both = ours && theirs && !("wrong" in ours) && !("wrong" in theirs);
    lines.push([name, ...cells, ...(both ? [times(theirs.cpu / ours.cpu), times(theirs.wall / ours.wall)] : hasPeer ? ["", ""] : [])]);
  }
  return `${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}\n`;
}

async function main(): Promise<number> {
  await build({
    entryPoints: [join(import.meta.dirname, "calls/child.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: program,
  });
  const ours = resolve(values.ours ?? join(import.meta.dirname, "../dist/index.js"));
  const implementations: Implementation[] = [{ side: "ours", path: ours }];
  if (values.peer !== undefined) {
    implementations.push({ side: "peer", path: createRequire(import.meta.url).resolve(resolve(values.peer)) });
  }
  const before = loadavg();
  const first = await measureStarts(implementations);
  const sides = implementations.map(() => new Child());
  for (const [i, side] of sides.entries()) {
    const reply = await side.ask({ does: "load", ...implementations[i]! });
    if ("wrong" in reply) console.error(`an implementation does not start: ${reply.wrong}`);
  }
  const rows: Row[] = [];
  for (const { name, count } of calls.filter((each) => each.name.includes(values.only ?? ""))) {
    rows.push(await measureCall(name, count, sides));
    console.error(name);
  }
  for (const side of sides) side.end();
  const load = [before, loadavg()].map((each) => each.map((n) => n.toFixed(1)).join(" "));
  const machine = `${cpus()[0]?.model ?? arch()}, ${availableParallelism()} threads, Node ${process.version}`;
  const date = new Date().toISOString();
  const notes = `${machine}; medians of ${starts} processes and of ${repeats} batches; load ${load.join(" before, ")} after; ${date.slice(0, 10)}`;
  const md = [table("step", "ms", 1, first), table("call", "µs", 1000, rows), `${notes}\n`].join("\n");
  console.log(md);
  if (values.md) writeFileSync(values.md, md);
  if (values.json) writeFileSync(values.json, `${JSON.stringify({ date, machine, load, repeats, starts, first, rows }, null, 2)}\n`);
  return [...first, ...rows].some(({ sides: [each] }) => each && "wrong" in each) ? 1 : 0;
}

try {
  process.exitCode = await main();
} finally {
  rmSync(folder, { recursive: true });
}
