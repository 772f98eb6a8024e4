/**
 * What a tenant costs, with its kernel in this thread, in a worker of its own, and in a process of its own: cold start, a submit, memory.
 * Of the built package; each row in a process of its own. Usage: npx tsx bench/isolation.bench.ts [--only none|worker|process] [--most N] [--package dist/index.js]
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

type Isolation = "none" | "worker" | "process";
const text = { type: "string" } as const;
const { values } = parseArgs({ options: { only: text, most: text, package: text, child: text } });
const packaged = values.package ?? join(import.meta.dirname, "../dist/index.js");
const COUNTS: Readonly<Record<Isolation, readonly number[]>> = { none: [10, 100, 1000], worker: [10, 100], process: [10, 100] };
const SUBMITS = 500;
const TICK_MS = 10;
const SHADER = `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { o[id.x] = o[id.x] * 3u + id.x; }`;
const BYTES = 256;

interface Row {
  /** medians, in milliseconds */
  readonly device: number;
  readonly pipeline: number;
  readonly first: number;
  readonly whole: number;
  /** of the slowest twentieth, the fastest */
  readonly wholeP95: number;
  /** of all threads and processes, for each tenant */
  readonly cpu: number;
  readonly submit: number;
  readonly submitCpu: number;
  readonly megabytes: number;
}

const at = (values: readonly number[], part: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;

/** Processes of which this one is the parent. */
function children(): string[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.filter((pid) => fieldsOf(pid)[1] === String(process.pid));
}

/** of /proc/PID/stat, from the state on */
function fieldsOf(pid: string): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  const theirs = children().map((pid) => (Number(fieldsOf(pid)[11]) + Number(fieldsOf(pid)[12])) * TICK_MS);
  return (user + system) / 1000 + theirs.reduce((sum, ms) => sum + ms, 0);
}

/** Pages that several processes share count in parts. */
function megabytes(): number {
  const all = ["self", ...children()].map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
  return all.reduce((sum, text) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]), 0) / 1024;
}

interface Tenant {
  readonly device: GPUDevice;
  submit(): void;
  readonly times: readonly [device: number, pipeline: number, first: number];
}

async function start(gpu: GPU): Promise<Tenant> {
  const begin = performance.now();
  const device = await (await gpu.requestAdapter())!.requestDevice();
  const made = performance.now();
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module: device.createShaderModule({ code: SHADER }) } });
  const loaded = performance.now();
  const buffer = device.createBuffer({ size: BYTES, usage: 0x80 | 4 });
  const target = device.createBuffer({ size: BYTES, usage: 1 | 8 });
  const layout = pipeline.getBindGroupLayout(0);
  const group = device.createBindGroup({ layout, entries: [{ binding: 0, resource: { buffer } }] });
  const submit = (to?: GPUBuffer) => {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(1);
    pass.end();
    if (to) encoder.copyBufferToBuffer(buffer, to);
    device.queue.submit([encoder.finish()]);
  };
  submit(target);
  await target.mapAsync(1);
  const right = new Uint32Array(target.getMappedRange()).every((word, i) => word === i);
  target.unmap();
  if (!right) throw new Error("a tenant computed something else");
  return { device, submit, times: [made - begin, loaded - made, performance.now() - loaded] };
}

async function measure(isolation: Isolation, count: number): Promise<Row> {
  const { create } = (await import(resolve(packaged))) as typeof import("../webgpu/index.ts");
  const gpu = create({ isolation, warm: false, threads: 1 });
  // the first ones pay for what all share: compiling, the warden, this engine's own compiler
  for (let i = 0; i < 5; i++) (await start(gpu)).device.destroy();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const [cpu, memory] = [cpuMs(), megabytes()];
  const tenants: Tenant[] = [];
  for (let i = 0; i < count; i++) tenants.push(await start(gpu));
  const each = (index: number) =>
    at(
      tenants.map(({ times }) => times[index]!),
      0.5,
    );
  const wholes = tenants.map(({ times: [a, b, c] }) => a + b + c);
  const spent = (cpuMs() - cpu) / count;
  const grown = (megabytes() - memory) / count;
  const submits: number[] = [];
  const before = cpuMs();
  for (let i = 0; i < SUBMITS; i++) {
    const begin = performance.now();
    tenants[i % tenants.length]!.submit();
    submits.push(performance.now() - begin);
  }
  const submitCpu = (cpuMs() - before) / SUBMITS;
  for (const { device } of tenants) device.destroy();
  const [device, pipeline, first] = [each(0), each(1), each(2)];
  return {
    ...{ device, pipeline, first, whole: at(wholes, 0.5), wholeP95: at(wholes, 0.95), cpu: spent },
    ...{ submit: at(submits, 0.5), submitCpu, megabytes: grown },
  };
}

if (values.child !== undefined) {
  const [isolation, count] = values.child.split(":") as [Isolation, string];
  console.log(JSON.stringify(await measure(isolation, Number(count))));
  process.exit(0);
}
const ms = (value: number) => value.toFixed(2);
console.log(
  "| isolation | tenants | requestDevice | pipeline, cached | first result | whole (95 %) | CPU of it | a submit, us | CPU of it, us | MB each |",
);
console.log("|---|---|---|---|---|---|---|---|---|---|");
for (const [isolation, counts] of Object.entries(COUNTS)) {
  if (values.only !== undefined && values.only !== isolation) continue;
  for (const count of counts) {
    if (count > Number(values.most ?? Number.POSITIVE_INFINITY)) continue;
    const args = ["--import", "tsx", import.meta.filename, "--package", packaged, "--child", `${isolation}:${count}`];
    const row = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Row;
    const { device, pipeline, first, whole, wholeP95, cpu, submit, submitCpu, megabytes: mb } = row;
    const times = [ms(device), ms(pipeline), ms(first), `${ms(whole)} (${ms(wholeP95)})`, ms(cpu)];
    const rest = [(submit * 1000).toFixed(0), (submitCpu * 1000).toFixed(0), mb.toFixed(2)];
    console.log(`| ${[isolation, count, ...times, ...rest].join(" | ")} |`);
  }
}
console.log(`\nMilliseconds, medians. Load of the machine at the end: ${loadavg()[0]!.toFixed(1)}.`);
