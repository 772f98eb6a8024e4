/**
 * `npm run bench`: workloads and latencies, ours and (with --peer) those of an installed npm `webgpu`, interleaved in one run.
 * Usage: npm run bench -- [--peer PATH] [--only TEXT] [--reps N] [--size smoke|full|large] [--dist] [--json FILE] [--svg FILE] [--md FILE]
 */
import { type ChildProcess, fork } from "node:child_process";
import { writeFileSync } from "node:fs";
import { arch, availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { countChecks } from "./checks.ts";
import type { Reply, Request } from "./child.ts";
import { plot } from "./plot.ts";
import { type Measured, type Report, table } from "./report.ts";
import { type Latency, latencies, type Size, workloads } from "./workloads/index.ts";

const SIZES: readonly string[] = ["smoke", "full", "large"];

/** A child that answers one request at a time; an exit answers too. */
class Child {
  readonly #process: ChildProcess;
  #settle: (reply: Reply) => void = () => {};
  #over = "";
  /** settled when it has started */
  readonly ready: Promise<Reply>;

  constructor(args: readonly string[]) {
    // a peer may print a lot: that is not part of the result
    this.ready = this.#reply();
    const stderr = args[0] === "peer" ? "ignore" : "inherit";
    this.#process = fork(join(import.meta.dirname, "child.ts"), args, {
      execArgv: ["--import", "tsx"],
      stdio: ["ignore", "ignore", stderr, "ipc"],
    });
    this.#process.on("message", (reply) => this.#settle(reply as Reply));
    this.#process.on("exit", (code, signal) => {
      this.#over = `it exited with ${code ?? signal}`;
      this.#settle({ wrong: this.#over });
    });
  }
  #reply(): Promise<Reply> {
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }
  ask(request: Request): Promise<Reply> {
    if (this.#over) return Promise.resolve({ wrong: this.#over });
    const reply = this.#reply();
    this.#process.send(request);
    return reply;
  }
  end(): void {
    this.#process.kill();
  }
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function measure(name: string, size: Size, repeats: number, sides: readonly Child[]): Promise<Measured["sides"]> {
  const samples = sides.map(() => ({ wall: [] as number[], cpu: [] as number[], wrong: "" }));
  for (const [i, side] of sides.entries()) {
    const reply = await side.ask({ does: "prepare", name, size, warmUp: i === 0 ? 6 : 2 });
    if ("wrong" in reply) samples[i]!.wrong = reply.wrong;
  }
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [i, side] of sides.entries()) {
      const sample = samples[i]!;
      if (sample.wrong) continue;
      const reply = await side.ask({ does: "time" });
      if ("wrong" in reply) sample.wrong = reply.wrong;
      else if ("wall" in reply) {
        sample.wall.push(reply.wall);
        sample.cpu.push(reply.cpu);
      }
    }
  }
  return samples.map(({ wall, cpu, wrong }) => ({ wall: median(wall), cpu: median(cpu), wrong }));
}

/** Like measure, but each repeat in a process of its own. */
async function measureFresh(
  { name, freshMs }: Latency,
  repeats: number,
  sides: readonly (readonly string[])[],
): Promise<Measured["sides"]> {
  const samples = sides.map(() => ({ wall: [] as number[], cpu: [] as number[], wrong: "" }));
  for (let repeat = 0; repeat < repeats; repeat++) {
    for (const [i, args] of sides.entries()) {
      const child = new Child(args);
      let reply = await child.ready;
      if ("ready" in reply) reply = await child.ask({ does: "prepare", name, size: "full", warmUp: 0 });
      await setTimeout(freshMs);
      if ("ready" in reply) reply = await child.ask({ does: "time" });
      child.end();
      if ("wrong" in reply) samples[i]!.wrong = reply.wrong;
      else if ("wall" in reply) {
        samples[i]!.wall.push(reply.wall);
        samples[i]!.cpu.push(reply.cpu);
      }
    }
  }
  return samples.map(({ wall, cpu, wrong }) => ({ wall: median(wall), cpu: median(cpu), wrong }));
}

async function main(): Promise<number> {
  const text = { type: "string" } as const;
  const options = { peer: text, only: text, reps: text, size: text, json: text, svg: text, md: text, dist: { type: "boolean" } } as const;
  const { values } = parseArgs({ options });
  const size = (values.size ?? "full") as Size;
  const repeats = Number(values.reps ?? 7);
  if (!SIZES.includes(size) || !Number.isInteger(repeats) || repeats < 1) {
    console.error(`--size is one of ${SIZES.join(", ")}, --reps a count`);
    return 2;
  }
  const implementations = [["ours", ...(values.dist ? ["dist"] : [])]];
  if (values.peer !== undefined) implementations.push(["peer", values.peer]);
  const sides = implementations.map((args) => new Child(args));
  for (const side of sides) {
    const reply = await side.ready;
    if ("wrong" in reply) console.error(`an implementation does not start: ${reply.wrong}`);
  }
  const before = loadavg();
  const measured: Measured[] = [];
  const wanted = (name: string) => values.only === undefined || name.includes(values.only);
  for (const workload of workloads.filter((each) => wanted(each.name))) {
    const { name, kind } = workload;
    measured.push({ name, kind, checks: await countChecks(workload), sides: await measure(name, size, repeats, sides) });
    console.error(name);
  }
  for (const latency of latencies.filter((each) => wanted(each.name))) {
    const { name, freshMs } = latency;
    const count = values.reps ? Math.min(latency.repeats, repeats) : latency.repeats;
    const found = await (freshMs === undefined ? measure(name, size, count, sides) : measureFresh(latency, count, implementations));
    measured.push({ name, kind: "latency", sides: found });
    console.error(name);
  }
  for (const side of sides) side.end();
  const machine = `${cpus()[0]?.model ?? arch()}, ${availableParallelism()} threads, Node ${process.version}`;
  const report: Report = { date: new Date().toISOString(), machine, load: [before, loadavg()], size, repeats, measured };
  console.log(table(report));
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (values.md) writeFileSync(values.md, table(report));
  if (values.svg) writeFileSync(values.svg, plot(report));
  return measured.some(({ sides: [ours] }) => ours?.wrong) ? 1 : 0;
}

process.exitCode = await main();
