import { describe, expect, test } from "vitest";
import { errorOf, readBack, testDevice, USAGE } from "./helpers.ts";
import { assembling } from "./programs.ts";

const { STORAGE, UNIFORM, COPY_SRC, COPY_DST, INDIRECT } = USAGE;
const COMPUTE = 4;

const device = () => testDevice(assembling);
const storage = (d: GPUDevice, size = 64, label = "") => d.createBuffer({ label, size, usage: STORAGE | COPY_SRC | COPY_DST });
const pipelineOf = (d: GPUDevice, program: string, layout: GPUPipelineLayout | "auto" = "auto") =>
  d.createComputePipeline({ label: program, layout, compute: { module: d.createShaderModule({ code: program }) } });
const words = async (d: GPUDevice, b: GPUBuffer) => [...new Uint32Array((await readBack(d, b)).buffer)];

function run(d: GPUDevice, record: (pass: GPUComputePassEncoder) => void): void {
  const encoder = d.createCommandEncoder();
  const pass = encoder.beginComputePass();
  record(pass);
  pass.end();
  d.queue.submit([encoder.finish()]);
}

function group(d: GPUDevice, pipeline: GPUComputePipeline, resources: Record<number, GPUBindingResource>, index = 0): GPUBindGroup {
  const entries = Object.entries(resources).map(([binding, resource]) => ({ binding: Number(binding), resource }));
  return d.createBindGroup({ layout: pipeline.getBindGroupLayout(index), entries });
}

describe("dispatch", () => {
  test("runs with automatic layouts, over several groups", async () => {
    const d = await device();
    const [a, b] = [storage(d), storage(d)];
    const count = pipelineOf(d, "count");
    const double = pipelineOf(d, "double");
    run(d, (pass) => {
      pass.setPipeline(count);
      pass.setBindGroup(0, group(d, count, { 0: a }));
      pass.dispatchWorkgroups(4);
      pass.setPipeline(double);
      pass.setBindGroup(0, group(d, double, { 1: { buffer: a } }));
      pass.setBindGroup(1, group(d, double, { 0: { buffer: b } }, 1));
      pass.dispatchWorkgroups(3);
    });
    expect(await words(d, b)).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 0, 0, 0, 0]);
  });

  test("with arguments from a buffer; too many workgroups do nothing", async () => {
    const d = await device();
    const out = storage(d);
    const pipeline = pipelineOf(d, "count");
    const args = d.createBuffer({ size: 64, usage: INDIRECT | COPY_DST });
    d.queue.writeBuffer(args, 4, new Uint32Array([2, 1, 1, 65_536, 1, 1]));
    for (const offset of [16, 4]) {
      run(d, (pass) => {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, group(d, pipeline, { 0: out }));
        pass.dispatchWorkgroupsIndirect(args, offset);
      });
      expect(await words(d, out)).toEqual([...(offset === 4 ? [1, 2, 3, 4, 5, 6, 7, 8] : Array(8).fill(0)), ...Array(8).fill(0)]);
    }
  });

  test("dynamic offsets, in the order of bindings, from arrays and typed arrays", async () => {
    const d = await device();
    const values = d.createBuffer({ size: 768, usage: UNIFORM | COPY_DST });
    d.queue.writeBuffer(values, 0, new Uint32Array([11]));
    d.queue.writeBuffer(values, 256, new Uint32Array([22]));
    const out = storage(d, 512 + 16);
    const layout = d.createBindGroupLayout({
      entries: [
        { binding: 1, visibility: COMPUTE, buffer: { type: "storage", hasDynamicOffset: true } },
        { binding: 0, visibility: COMPUTE, buffer: { hasDynamicOffset: true } },
      ],
    });
    const pipeline = pipelineOf(d, "spread", d.createPipelineLayout({ bindGroupLayouts: [layout] }));
    const bind = d.createBindGroup({
      layout,
      entries: [
        { binding: 0, resource: { buffer: values, size: 16 } },
        { binding: 1, resource: { buffer: out, size: 16 } },
      ],
    });
    run(d, (pass) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bind, [256, 0]);
      pass.dispatchWorkgroups(1);
      pass.setBindGroup(0, bind, new Uint32Array([9, 9, 0, 512]), 2, 2);
      pass.dispatchWorkgroups(1);
    });
    const got = await words(d, out);
    expect([got.slice(0, 4), got.slice(4, 128), got.slice(128)]).toEqual([Array(4).fill(22), Array(124).fill(0), Array(4).fill(11)]);
  });

  test("a shader that does not end loses the device, and says which", async () => {
    const d = await testDevice(assembling, { fuel: 10_000 });
    const pipeline = pipelineOf(d, "forever");
    run(d, (pass) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group(d, pipeline, { 0: storage(d) }));
      pass.dispatchWorkgroups(1);
    });
    const info = await d.lost;
    expect([info.reason, info.message]).toEqual(["unknown", expect.stringMatching(/ran for too long.*GPUComputePipeline "forever"/)]);
  });
});

describe("a compiler that answers later", () => {
  test("keeps the order of everything: errors, writes, submits, promises", async () => {
    const d = await device();
    const out = storage(d);
    d.pushErrorScope("validation");
    const pipeline = pipelineOf(d, "slow:count");
    const broken = d.createShaderModule({ label: "broken", code: "slow:nonsense" });
    const error = d.popErrorScope();
    const data = new Uint32Array([100, 100, 100, 100, 100, 100]);
    d.queue.writeBuffer(out, 0, data);
    data.fill(0);
    run(d, (pass) => {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group(d, pipeline, { 0: out }));
      pass.dispatchWorkgroups(1);
    });
    const contents = words(d, out);
    expect((await error)?.message).toMatch(/"broken" has errors\n {2}1:1: there is no program/);
    expect((await contents).slice(0, 6)).toEqual([1, 2, 3, 4, 100, 100]);
    expect((await broken.getCompilationInfo()).messages[0]).toMatchObject({ type: "error", lineNum: 1, linePos: 1 });
  });

  test("asynchronous creation does not hold up the queue, and rejects with a reason", async () => {
    const d = await device();
    const order: string[] = [];
    const make = (code: string) => d.createComputePipelineAsync({ layout: "auto", compute: { module: d.createShaderModule({ code }) } });
    const good = d.createShaderModule({ code: "count" });
    const slow = d.createShaderModule({ code: "slow:count" });
    await d.queue.onSubmittedWorkDone();
    const pending = d.createComputePipelineAsync({ layout: "auto", compute: { module: slow } }).then(() => order.push("pipeline"));
    await d.queue.onSubmittedWorkDone();
    order.push("queue");
    await pending;
    expect(order).toEqual(["queue", "pipeline"]);
    await expect(make("rejected")).rejects.toMatchObject({ name: "GPUPipelineError", reason: "internal" });
    await expect(make("nonsense")).rejects.toMatchObject({ reason: "validation" });
    await expect(d.createComputePipelineAsync({ layout: "auto", compute: { module: good, entryPoint: "other" } })).rejects.toThrow(
      /no compute entry point 'other'; it has 'main' \(compute\)/,
    );
  });
});

describe("validation", () => {
  test("code that the verifier rejects is an internal error that names the rule", async () => {
    const d = await device();
    expect(await errorOf(d, () => pipelineOf(d, "rejected"), "internal")).toMatch(/was rejected \(V19 at word 1\)/);
  });

  test("what a dispatch lacks is told at finish", async () => {
    const d = await device();
    const count = pipelineOf(d, "count");
    const double = pipelineOf(d, "double");
    const buffer = storage(d, 64, "data");
    const failure = (record: (pass: GPUComputePassEncoder) => void) => errorOf(d, () => run(d, record));
    expect(await failure((pass) => pass.dispatchWorkgroups(1))).toMatch(/no pipeline is set/);
    expect(
      await failure((pass) => {
        pass.setPipeline(count);
        pass.dispatchWorkgroups(1);
      }),
    ).toMatch(/uses bind group 0, but none is set/);
    expect(
      await failure((pass) => {
        pass.setPipeline(double);
        pass.setBindGroup(0, group(d, count, { 0: buffer }));
        pass.dispatchWorkgroups(1);
      }),
    ).toMatch(/made with the default layout of GPUComputePipeline "count" fits that pipeline only/);
    expect(
      await failure((pass) => {
        pass.setPipeline(double);
        pass.setBindGroup(0, group(d, double, { 1: buffer }));
        pass.setBindGroup(1, group(d, double, { 0: buffer }, 1));
        pass.dispatchWorkgroups(1);
      }),
    ).toMatch(/"data" is bound at group 0, binding 1 and at group 1, binding 0, once for writing and once for reading only/);
    expect(await failure((pass) => pass.dispatchWorkgroups(65_536))).toMatch(/over the limit maxComputeWorkgroupsPerDimension/);
  });

  test("a layout must offer what the shader uses, as it uses it", async () => {
    const d = await device();
    const failure = (entries: GPUBindGroupLayoutEntry[]) =>
      errorOf(d, () => {
        const layout = d.createPipelineLayout({ bindGroupLayouts: [d.createBindGroupLayout({ entries })] });
        pipelineOf(d, "spread", layout);
      });
    const out: GPUBindGroupLayoutEntry = { binding: 1, visibility: COMPUTE, buffer: { type: "storage" } };
    expect(await failure([{ binding: 0, visibility: COMPUTE, buffer: {} }, out])).toBe("");
    expect(await failure([out])).toMatch(/'b0_0' at @group\(0\) @binding\(0\) does not fit the layout: the layout has no such entry/);
    expect(await failure([{ binding: 0, visibility: 2, buffer: {} }, out])).toMatch(/visible to FRAGMENT, but not to COMPUTE/);
    expect(await failure([{ binding: 0, visibility: COMPUTE, sampler: {} }, out])).toMatch(/its entry is no buffer/);
    expect(await failure([{ binding: 0, visibility: COMPUTE, buffer: { minBindingSize: 8 } }, out])).toMatch(/the shader needs 16 bytes/);
  });

  test("sizes that the layout leaves open are checked at the dispatch", async () => {
    const d = await device();
    const layout = d.createBindGroupLayout({
      entries: [
        { binding: 0, visibility: COMPUTE, buffer: {} },
        { binding: 1, visibility: COMPUTE, buffer: { type: "storage" } },
      ],
    });
    const pipeline = pipelineOf(d, "spread", d.createPipelineLayout({ bindGroupLayouts: [layout] }));
    const small = d.createBuffer({ label: "small", size: 12, usage: UNIFORM });
    const bind = d.createBindGroup({
      layout,
      entries: [
        { binding: 0, resource: small },
        { binding: 1, resource: { buffer: storage(d) } },
      ],
    });
    const message = await errorOf(d, () =>
      run(d, (pass) => {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bind);
        pass.dispatchWorkgroups(1);
      }),
    );
    expect(message).toMatch(/"small" bound at group 0, binding 0 is 12 bytes, but the shader's 'b0_0' needs at least 16/);
  });

  test("objects of another device are refused by name", async () => {
    const [a, b] = [await device(), await device()];
    const buffer = storage(a, 64, "foreign");
    expect(await errorOf(b, () => b.queue.writeBuffer(buffer, 0, new Uint32Array(1)))).toMatch(/"foreign" belongs to another device/);
  });

  test("an encoder is locked by its pass, and closed by finish", async () => {
    const d = await device();
    const encoder = d.createCommandEncoder({ label: "e" });
    const pass = encoder.beginComputePass();
    encoder.clearBuffer(storage(d));
    pass.end();
    expect(await errorOf(d, () => encoder.finish())).toMatch(/clearBuffer: a pass of GPUCommandEncoder "e" is open/);
    expect(await errorOf(d, () => pass.end())).toMatch(/already ended/);
    expect(await errorOf(d, () => encoder.pushDebugGroup("x"))).toMatch(/is finished and takes no more commands/);
    const other = d.createCommandEncoder();
    other.pushDebugGroup("open");
    expect(await errorOf(d, () => other.finish())).toMatch(/debug groups are still open: open/);
  });
});
