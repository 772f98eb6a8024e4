/** Compiling in a worker: the same answers as inline, and a compiler that can be killed. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import type { ToCompiler } from "../../webgpu/compile-worker.ts";
import { create } from "../../webgpu/index.ts";
import { InlineCompiler } from "../../webgpu/inline-compiler.ts";
import type { Thread, ThreadEvents } from "../../webgpu/threads.ts";
import { WorkerCompiler } from "../../webgpu/worker-compiler.ts";
import { errorOf, readBack, testDevice, USAGE } from "./helpers.ts";

vi.setConfig({ testTimeout: 60_000 });

const DOUBLE = `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
override by = 2u;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { o[i] = (i + 1u) * by; }`;

async function deviceWith(compile: "worker" | "inline"): Promise<GPUDevice> {
  return (await create({ compile }).requestAdapter())!.requestDevice();
}

async function runDouble(device: GPUDevice, pipeline: GPUComputePipeline): Promise<number[]> {
  const buffer = device.createBuffer({ size: 16, usage: USAGE.STORAGE | USAGE.COPY_SRC });
  const entries = [{ binding: 0, resource: { buffer } }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  return [...new Uint32Array((await readBack(device, buffer)).buffer)];
}

describe("in a worker", () => {
  test("calls that follow wait for their pipelines, and run", async () => {
    const device = await deviceWith("worker");
    const module = device.createShaderModule({ code: DOUBLE });
    const pipeline = device.createComputePipeline({ layout: "auto", compute: { module, constants: { by: 3 } } });
    expect(await runDouble(device, pipeline)).toEqual([3, 6, 9, 12]);
  });

  test("errors are those of the inline compiler", async () => {
    const [inline, worker] = await Promise.all([deviceWith("inline"), deviceWith("worker")]);
    for (const code of ["fn f() { let x = ; }", "@compute @workgroup_size(1) fn main() { undefined(); }"]) {
      const messages = async (device: GPUDevice) => errorOf(device, () => device.createShaderModule({ code }));
      expect(await messages(worker)).toBe(await messages(inline));
      expect(await messages(worker)).toMatch(/W\d{4}/);
    }
  });

  test("createComputePipelineAsync leaves this thread to others", async () => {
    const device = await deviceWith("worker");
    let turns = 0;
    const count = () => {
      turns++;
      setImmediate(count);
    };
    setImmediate(count);
    const steps = Array.from({ length: 400 }, (_, i) => `x = x * ${i + 3}u + (x >> ${i % 31}u);`).join("\n");
    const code = DOUBLE.replace("o[i] =", `var x = i;\n${steps}\no[i] = x +`);
    const pipeline = device.createComputePipelineAsync({ layout: "auto", compute: { module: device.createShaderModule({ code }) } });
    expect(await pipeline).toHaveProperty("label");
    expect(turns).toBeGreaterThan(2);
  });
});

/** A thread that `answer` plays. */
function played(answer: (message: ToCompiler, events: ThreadEvents) => void) {
  const seen = { started: 0, killed: 0 };
  const start = (events: ThreadEvents): Thread => {
    seen.started++;
    queueMicrotask(() => events.onMessage?.("ready"));
    return { post: (message) => answer(message as ToCompiler, events), kill: () => seen.killed++, hold: () => {} };
  };
  return { seen, start };
}
const LIMITS = { timeMs: 30, memoryMb: 32 };
const pipelineError = async (device: GPUDevice) =>
  errorOf(
    device,
    () => device.createComputePipeline({ layout: "auto", compute: { module: device.createShaderModule({ code: DOUBLE }) } }),
    "internal",
  );

describe("a worker that", () => {
  test("never answers is killed, costs an error, and is replaced", async () => {
    const inline = new InlineCompiler();
    const { seen, start } = played((message, { onMessage }) => {
      if (seen.started === 1 || message.does === "forget") return;
      onMessage?.({
        request: message.request,
        reply: message.does === "check" ? inline.check(message.body) : inline.compile(message.body),
      });
    });
    const device = await testDevice(new WorkerCompiler(inline, LIMITS, start));
    expect(await pipelineError(device)).toContain("compiling took longer than 30 ms");
    expect(seen).toEqual({ started: 1, killed: 1 });
    const module = device.createShaderModule({ code: DOUBLE });
    const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module } });
    expect(await runDouble(device, pipeline)).toEqual([2, 4, 6, 8]);
    expect(seen).toEqual({ started: 2, killed: 1 });
  });

  test("ends by itself says why", async () => {
    const { start } = played((_, { onEnd }) => onEnd("out of memory"));
    expect(await pipelineError(await testDevice(new WorkerCompiler(new InlineCompiler(), LIMITS, start)))).toContain("out of memory");
  });

  test.each([[null], [{}], [{ messages: [], interface: 7 }], [{ messages: [5], interface: null }], ["done"]])(
    "answers %o is not believed",
    async (reply) => {
      const { start } = played((message, { onMessage }) => message.does !== "forget" && onMessage?.({ request: message.request, reply }));
      const error = await pipelineError(await testDevice(new WorkerCompiler(new InlineCompiler(), LIMITS, start)));
      expect(error).toContain("an answer that is none");
    },
  );

  test("hands over a forged object is caught by the verifier", async () => {
    const inline = new InlineCompiler();
    const { start } = played((message, { onMessage }) => {
      if (message.does === "check") onMessage?.({ request: message.request, reply: inline.check(message.body) });
      if (message.does === "compile") {
        const reply = { status: "done", object: new Uint8Array(64).fill(7), workgroupSize: [1, 1, 1] };
        onMessage?.({ request: message.request, reply });
      }
    });
    const error = await pipelineError(await testDevice(new WorkerCompiler(inline, LIMITS, start)));
    expect(error).toMatch(/was rejected \(V\d\d/);
  });

  test("cannot start is done without", async () => {
    const device = await testDevice(new WorkerCompiler(new InlineCompiler(), LIMITS, () => undefined));
    const module = device.createShaderModule({ code: DOUBLE });
    expect(await runDouble(device, device.createComputePipeline({ layout: "auto", compute: { module } }))).toEqual([2, 4, 6, 8]);
  });
});

test("neither the compile worker nor the pool keeps a process alive", () => {
  const root = join(import.meta.dirname, "../..");
  const script = `
    import { create } from ${JSON.stringify(join(root, "webgpu/index.ts"))};
    const device = await (await create({ compile: "worker", threads: 2 }).requestAdapter()).requestDevice();
    const code = "@group(0) @binding(0) var<storage, read_write> o: array<u32>; @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { var x = id.x; for (var i = 0u; i < 3000u; i++) { x = x * 5u + i; } o[id.x] = x; }";
    const pipeline = await device.createComputePipelineAsync({ layout: "auto", compute: { module: device.createShaderModule({ code }) } });
    const buffer = device.createBuffer({ size: 1 << 20, usage: 0x80 });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }));
    pass.dispatchWorkgroups(4096);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
    console.log("done");`;
  const args = ["--import", "tsx", "--input-type=module", "-e", script];
  expect(execFileSync(process.execPath, args, { cwd: root, timeout: 110_000, encoding: "utf8" })).toContain("done");
}, 120_000);
