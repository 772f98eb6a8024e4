/** Several threads, from outside: the same results as with one, limits that hold, and nothing that stays behind. */
import { describe, expect, test, vi } from "vitest";
import { sharedPool } from "../../sandbox/kernel/pool.ts";
import { type CreateOptions, create } from "../../webgpu/index.ts";
import { readBack, USAGE } from "./helpers.ts";

const { STORAGE, COPY_SRC, COPY_DST } = USAGE;
// other threads come when the machine lets them
vi.setConfig({ testTimeout: 120_000 });

async function deviceWith(options: CreateOptions): Promise<GPUDevice> {
  const device = await (await create(options).requestAdapter())!.requestDevice();
  device.addEventListener("uncapturederror", (event) => expect.fail((event as GPUUncapturedErrorEvent).error.message));
  return device;
}

function dispatch(device: GPUDevice, code: string, buffer: GPUBuffer, groups: number): void {
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
  const entries = [{ binding: 0, resource: { buffer } }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(groups);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** Runs until other threads have taken part, which a loaded machine may put off. */
async function untilHelped(run: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const before = sharedPool()!.helped;
  for (let i = 0; i < 200; i++) {
    const result = await run();
    if (sharedPool()!.helped > before) return result;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return expect.fail("no other thread ever took part");
}

const GROUPS = 4096;
const PROGRAMS: Readonly<Record<string, string>> = {
  "arithmetic, each invocation its own word": `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  var x = id.x;
  for (var i = 0u; i < 200u + id.x % 7u; i++) { x = x * 1664525u + 1013904223u; }
  o[id.x] = x;
}`,
  "atomics on storage": `@group(0) @binding(0) var<storage, read_write> o: array<atomic<u32>>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var i = 0u; i < 64u; i++) { atomicAdd(&o[(id.x * 7u + i) % 97u], id.x ^ i); atomicMax(&o[100u + i], id.x * (i + 1u)); }
}`,
  "workgroup and private memory, barriers": `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
var<workgroup> w: array<u32, 64>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) l: u32) {
  var p: array<u32, 8>;
  for (var i = 0u; i < 40u; i++) {
    w[l] += id.x * i + p[(l + i) % 8u];
    workgroupBarrier();
    p[i % 8u] += w[63u - l];
    workgroupBarrier();
  }
  o[id.x] = p[l % 8u];
}`,
};

describe.each(Object.entries(PROGRAMS))("%s", (_name, code) => {
  test("three threads compute what one does", async () => {
    const [one, three] = await Promise.all([deviceWith({ threads: 1 }), deviceWith({ threads: 3 })]);
    const run = async (device: GPUDevice) => {
      const buffer = device.createBuffer({ size: GROUPS * 64 * 4, usage: STORAGE | COPY_SRC | COPY_DST });
      dispatch(device, code, buffer, GROUPS);
      const bytes = await readBack(device, buffer);
      buffer.destroy();
      return bytes;
    };
    const expected = await run(one);
    const got = await untilHelped(() => run(three));
    expect(Buffer.compare(Buffer.from(got), Buffer.from(expected))).toBe(0);
    one.destroy();
    three.destroy();
  });
});

test("memory that grows between dispatches grows for all threads", async () => {
  const device = await deviceWith({ threads: 3 });
  const code = PROGRAMS["arithmetic, each invocation its own word"]!;
  let first: Uint8Array | undefined;
  for (let i = 0; i < 5; i++) {
    // each is farther up in the heap than the last
    const buffer = device.createBuffer({ size: (1 << 20) * (i + 1), usage: STORAGE | COPY_SRC });
    const bytes = await untilHelped(async () => {
      dispatch(device, code, buffer, GROUPS);
      return readBack(device, buffer);
    });
    first ??= bytes;
    expect(Buffer.compare(Buffer.from(bytes.subarray(0, 1 << 20)), Buffer.from(first))).toBe(0);
  }
  device.destroy();
});

const SPIN = `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) l: u32) {
  var x = l;
  loop {
    x = x * 3u + 1u;
    if (id.x < 2000u && x % 1024u == 5u) { break; }
    if (o[3] == 77u) { break; }
  }
  o[4u + id.x * 4u + l] = x;
}`;

test.each([1, 3])("a workgroup that never ends uses up the fuel of %i threads, and the device is lost", async (threads) => {
  const device = await deviceWith({ threads, fuel: 200_000_000 });
  const buffer = device.createBuffer({ size: 65_536, usage: STORAGE });
  dispatch(device, SPIN, buffer, 4000);
  const { message } = await device.lost;
  expect(message).toMatch(/ran for too long.*at line [5678], column/);
});

test.each([1, 3])("a dispatch that takes too long for its deadline is stopped, with %i threads", async (threads) => {
  const device = await deviceWith({ threads, deadlineMs: 30, fuel: 2 ** 40 });
  const buffer = device.createBuffer({ size: 65_536, usage: STORAGE });
  const start = performance.now();
  dispatch(device, SPIN, buffer, 4000);
  const { message } = await device.lost;
  expect(message).toContain("stopped at its deadline");
  expect(performance.now() - start).toBeLessThan(15_000);
});

test("many short dispatches are no long one: the deadline is each one's own", async () => {
  const device = await deviceWith({ deadlineMs: 1500 });
  const buffer = device.createBuffer({ size: 65_536, usage: STORAGE | COPY_SRC });
  const end = performance.now() + 1600;
  while (performance.now() < end) dispatch(device, PROGRAMS["arithmetic, each invocation its own word"]!, buffer, 1);
  await expect(Promise.race([device.lost, device.queue.onSubmittedWorkDone()])).resolves.toBeUndefined();
});

test.each([1, 2])("a thousand devices in a row leave little behind, with %i threads", async (threads) => {
  const gpu = create({ threads });
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 1000; i++) {
    const device = await (await gpu.requestAdapter())!.requestDevice();
    const buffer = device.createBuffer({ size: 1 << 18, usage: STORAGE | COPY_SRC | COPY_DST });
    if (i % 100 === 0) expect((await readBack(device, buffer)).every((byte) => byte === 0)).toBe(true);
    device.queue.writeBuffer(buffer, 0, new Uint8Array(1 << 18).fill(i | 1));
    device.destroy();
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
});
