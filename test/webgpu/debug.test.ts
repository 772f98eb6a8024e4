import { describe, expect, test } from "vitest";
import { create, debug } from "../../webgpu/index.ts";
import { readBack } from "./helpers.ts";

const CODE = `struct Item { count: u32, weights: vec2f }
@group(0) @binding(0) var<storage, read_write> out: array<u32, 8>;
fn printf_item(i: u32, item: Item, odd: bool) {}
fn twice(n: u32) -> u32 {
  let doubled = n * 2;
  return doubled;
}
@compute @workgroup_size(4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var item = Item(id.x, vec2f(0.5, f32(id.x)));
  var sum = 0u;
  for (var i = 0u; i < 2; i++) {
    sum += twice(id.x + i);
  }
  item.weights.y *= 3.0;
  if id.x > 5 {
    printf_item(id.x, item, (id.x & 1) == 1);
  }
  out[id.x] = sum;
}`;
const line = (text: string) => CODE.split("\n").findIndex((each) => each.includes(text)) + 1;

async function setup(compile: "inline" | "worker" = "inline") {
  const adapter = (await create({ debug: true, compile }).requestAdapter())!;
  const d = await adapter.requestDevice();
  d.addEventListener("uncapturederror", ({ error }) => expect.soft(error.message).toBe(""));
  const module = d.createShaderModule({ code: CODE });
  const pipeline = d.createComputePipeline({ label: "sums", layout: "auto", compute: { module } });
  const out = d.createBuffer({ label: "out", size: 32, usage: 128 | 4 | 8 });
  const group = d.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: out } }] });
  const run = async (times = 1) => {
    const encoder = d.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    for (let i = 0; i < times; i++) pass.dispatchWorkgroups(2);
    pass.end();
    d.queue.submit([encoder.finish()]);
    return [...new Uint32Array((await readBack(d, out)).buffer)];
  };
  return { d, out, run, dbg: debug(d) };
}

describe("debugging", () => {
  test.each(["inline", "worker"] as const)("functions printf without body log their arguments, compiled %s", async (compile) => {
    const { run, dbg } = await setup(compile);
    expect(await run()).toEqual([2, 6, 10, 14, 18, 22, 26, 30]);
    const { entries, lost } = dbg.takeLog();
    expect(lost).toBe(0);
    expect(entries.map(({ text }) => text)).toEqual([
      `${line("printf_item(id")}:5 printf_item(i = 6, item = (6, 0.5, 18), odd = false) by invocation 6, 0, 0`,
      `${line("printf_item(id")}:5 printf_item(i = 7, item = (7, 0.5, 21), odd = true) by invocation 7, 0, 0`,
    ]);
    expect(entries[0]).toMatchObject({ name: "printf_item", invocation: [6, 0, 0], pipeline: 'GPUComputePipeline "sums"' });
    expect(dbg.takeLog().entries).toEqual([]);
    expect(dbg.takeTraces()).toEqual([]);
  });

  test("one invocation is followed, forward and back, with its variables", async () => {
    const { run, dbg } = await setup();
    dbg.follow([5, 0, 0]);
    await run(2);
    dbg.follow(null);
    await run();
    const traces = dbg.takeTraces();
    expect(traces.length).toBe(2);
    const trace = traces[1]!;
    expect(trace.position).toEqual({ line: line("var item"), column: 3 });
    expect(trace.locals()).toMatchObject({ id: [5, 0, 0] });
    expect(trace.runTo(line("let doubled"))).toBe(true);
    expect(trace.locals()).toEqual({ n: 5 });
    expect(trace.stack()).toEqual([
      { fn: "twice", line: line("let doubled") },
      { fn: "main", line: line("sum += twice") },
    ]);
    expect(trace.next()).toBe(true);
    expect(trace.locals()).toEqual({ n: 5, doubled: 10 });
    expect(trace.runTo(line("let doubled"))).toBe(true);
    expect(trace.locals()).toEqual({ n: 6 });
    expect(trace.runTo(line("if id.x > 5"))).toBe(true);
    expect(trace.locals()).toMatchObject({ item: [5, 0.5, 15], sum: 22, i: 2 });
    expect(trace.back()).toBe(true);
    expect(trace.position?.line).toBe(line("item.weights.y"));
    expect(trace.locals()).toMatchObject({ item: [5, 0.5, 5] });
    expect(trace.runTo(line("printf_item(id"))).toBe(false);
    expect(trace.position).toBe(null);
    trace.restart();
    for (let statements = 0; statements < 4; statements++) trace.over();
    expect(trace.stack().length).toBe(1);
    expect(trace.isCut).toBe(false);
  });

  test("watched bytes say who touched them, until that is ended", async () => {
    const { d, out, run, dbg } = await setup();
    const end = dbg.watch(out, { offset: 20, size: 4 });
    await run();
    const hits = dbg.takeHits();
    expect(hits).toEqual([
      {
        buffer: 'GPUBuffer "out"',
        kind: "write",
        offset: 20,
        size: 4,
        before: 0,
        after: 22,
        pipeline: 'GPUComputePipeline "sums"',
        workgroup: 1,
        invocation: 1,
        line: line("out[id.x]"),
        column: expect.any(Number),
      },
    ]);
    end();
    await run();
    expect(dbg.takeHits()).toEqual([]);
    const host = d.createBuffer({ size: 4, usage: 1 | 8 });
    expect(() => dbg.watch(host)).toThrow("can be mapped");
    expect(() => dbg.watch(out, { offset: 30, size: 4 })).toThrow("cannot be watched");
  });

  test("a full log says so, and the results are the same", async () => {
    const adapter = (await create({ debug: true }).requestAdapter())!;
    const d = await adapter.requestDevice();
    const code = `
      @group(0) @binding(0) var<storage, read_write> out: u32;
      fn printf_all(v: vec4u) {}
      @compute @workgroup_size(1) fn main() { for (var i = 0u; i < 40000; i++) { printf_all(vec4u(i)); out = i; } }`;
    const pipeline = d.createComputePipeline({ layout: "auto", compute: { module: d.createShaderModule({ code }) } });
    const out = d.createBuffer({ size: 4, usage: 128 | 4 });
    const group = d.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: out } }] });
    const encoder = d.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(1);
    pass.end();
    d.queue.submit([encoder.finish()]);
    const { entries, lost } = debug(d).takeLog();
    expect(entries.length).toBe(32_768);
    expect(entries.at(-1)!.values[0]!.value).toEqual([32_767, 32_767, 32_767, 32_767]);
    expect(lost).toBe(1);
    expect(new Uint32Array((await readBack(d, out)).buffer)[0]).toBe(39_999);
  });

  test("other devices have none", async () => {
    const d = await (await create().requestAdapter())!.requestDevice();
    expect(() => debug(d)).toThrow("create({ debug: true })");
    expect(() => debug({} as GPUDevice)).toThrow(TypeError);
  });
});
