/**
 * One implementation in a process of its own, for `calls.bench.ts`, which bundles this file so that no loader is in the way. Answers each
 * request once: batches of a call in a process that goes on, or the steps to a first result in a process that has done nothing yet.
 */
import { createRequire } from "node:module";
import { pipeline, read, run, step } from "../workloads/workload.ts";
import { calls, type Given, type Prepared } from "./list.ts";

export interface Implementation {
  readonly side: "ours" | "peer";
  /** of the entry's file */
  readonly path: string;
}

export type Request =
  | ({ readonly does: "start" } & Implementation)
  | ({ readonly does: "load" } & Implementation)
  | { readonly does: "prepare"; readonly name: string; readonly warmUp: number }
  | { readonly does: "time" };

/** Milliseconds of a batch, or of a step; CPU of all threads. */
export interface Time {
  readonly wall: number;
  readonly cpu: number;
}
export type Reply =
  | { readonly ready: true }
  | { readonly wrong: string }
  | { readonly time: Time }
  /** what came before this program is a step too */
  | { readonly steps: readonly (readonly [name: string, Time])[] };

interface Entry {
  create(options: readonly string[]): GPU;
  readonly globals: object;
}

const since = (start: number, cpu: NodeJS.CpuUsage): Time => {
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1000 };
};

async function timed(once: () => unknown): Promise<Time> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await once();
  return since(start, cpu);
}

async function load({ side, path }: Implementation): Promise<GPU> {
  const entry = (side === "ours" ? await import(path) : createRequire(path)(path)) as Entry;
  Object.assign(globalThis, entry.globals);
  const gpu = entry.create([]);
  Object.assign(globalThis, { keptGpu: gpu }); // the peer's binding does not outlive it
  return gpu;
}

const FIRST = `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) { data[at.x] = at.x * 3u + 1u; }`;

async function start(implementation: Implementation): Promise<Reply> {
  const steps: [string, Time][] = [["Node itself", since(0, { user: 0, system: 0 })]];
  const take = async <T>(name: string, once: () => T): Promise<Awaited<T>> => {
    let made: Awaited<T> | undefined;
    steps.push([name, await timed(async () => (made = await once()))]);
    return made!;
  };
  const gpu = await take("import, create", () => load(implementation));
  const adapter = await take("requestAdapter", () => gpu.requestAdapter());
  const device = await take("requestDevice", () => adapter!.requestDevice());
  const data = await take("createBuffer", () => device.createBuffer({ size: 256, usage: 128 | 8 | 4 }));
  await take("writeBuffer", () => device.queue.writeBuffer(data, 0, new Uint32Array(64)));
  const made = await take("createShaderModule, createComputePipeline", () => pipeline(device, FIRST));
  const bound = await take("createBindGroup", () => step(device, made, [data], 1));
  const bytes = await take("dispatch, read back", () => {
    run(device, [bound]);
    return read(device, data);
  });
  if (new Uint32Array(bytes)[63] !== 190) return { wrong: "the first dispatch has a wrong result" };
  const many = new Array(1000).fill(bound);
  await take("the first 1,000 tiny dispatches in one pass", () => {
    run(device, many);
    return device.queue.onSubmittedWorkDone();
  });
  const second = (await gpu.requestAdapter())!;
  await take("second requestDevice", () => second.requestDevice());
  return { steps };
}

/** V8 compiles loops in another thread, which takes its time; what takes longer than the second is no matter of compiled loops. */
const LEAST_WARM_UP_MS = 250;
const MOST_WARM_UP_MS = 1500;

let given: Given | undefined;
let prepared: Prepared = { once() {} };
const errors: string[] = [];

async function prepare(name: string, warmUp: number): Promise<Reply> {
  prepared = calls.find((each) => each.name === name)!.prepare(given!);
  const start = performance.now();
  for (let i = 0; i < 2 || performance.now() - start < (i < warmUp ? MOST_WARM_UP_MS : LEAST_WARM_UP_MS); i++) {
    await prepared.between?.();
    await prepared.once();
  }
  return errors.length > 0 ? { wrong: errors.splice(0).join("; ") } : { ready: true };
}

async function answer(request: Request): Promise<Reply> {
  switch (request.does) {
    case "start":
      return start(request);
    case "load": {
      const gpu = await load(request);
      const adapter = (await gpu.requestAdapter())!;
      const device = await adapter.requestDevice();
      device.addEventListener("uncapturederror", (event) => errors.push((event as GPUUncapturedErrorEvent).error.message));
      given = { gpu, device };
      return { ready: true };
    }
    case "prepare":
      return prepare(request.name, request.warmUp);
    case "time": {
      await prepared.between?.();
      return { time: await timed(() => prepared.once()) };
    }
  }
}

process.on("message", (request) => {
  answer(request as Request)
    .catch((error: unknown): Reply => ({ wrong: error instanceof Error ? error.message : String(error) }))
    .then((reply) => process.send!(reply));
});
