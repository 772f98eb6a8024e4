/** Compilers that run away, in the compile worker: each costs its pipeline an error, and the next pipeline compiles. */
import { buildSync } from "esbuild";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type CreateOptions, create } from "../../webgpu/index.ts";
import { lendScripts } from "../../webgpu/threads.ts";
import { errorOf, readBack, USAGE } from "./helpers.ts";

vi.setConfig({ testTimeout: 120_000 });

const shader = (comment: string) => `// ${comment}
@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { o[i] = i * 5u; }`;

async function deviceWith(options: CreateOptions): Promise<GPUDevice> {
  return (await create({ compile: "worker", ...options }).requestAdapter())!.requestDevice();
}

const make = (device: GPUDevice, code: string) =>
  device.createComputePipelineAsync({ layout: "auto", compute: { module: device.createShaderModule({ code }) } });

async function works(device: GPUDevice, code: string): Promise<boolean> {
  const pipeline = await make(device, code);
  const buffer = device.createBuffer({ size: 16, usage: USAGE.STORAGE | USAGE.COPY_SRC });
  const entries = [{ binding: 0, resource: { buffer } }];
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  device.queue.submit([encoder.finish()]);
  return String(new Uint32Array((await readBack(device, buffer)).buffer)) === "0,5,10,15";
}

describe("a compiler with a bug that a text sets off", () => {
  beforeAll(() => {
    const define = { "import.meta.url": '""' };
    const contents = `import "./runaway-bugs.ts"; import "../../webgpu/compile-worker.ts";`;
    const built = buildSync({
      stdin: { contents, resolveDir: import.meta.dirname },
      define,
      bundle: true,
      write: false,
      ignoreAnnotations: true,
      format: "cjs",
      platform: "node",
    });
    lendScripts({ "compile-worker": built.outputFiles[0]!.text });
  });

  test.each([
    ["spin", /compiling took longer than 3000 ms; raise the option 'compileMs' if that was meant/],
    ["objects", /the compile worker ended: .*memory.* \(it may hold 64 MiB of objects, by the option 'compileMb'\)/],
    ["recursion", /the compile worker ended: Maximum call stack size exceeded/],
    ["exit", /the compile worker ended: it exited with 3/],
    ["throw", /the compile worker ended: planted/],
  ])("%s: the pipeline fails, and says why; the next compiles", async (bug, why) => {
    // the clock may stop a bug before its memory does, on a busy machine
    const device = await deviceWith({ compileMs: bug === "spin" ? 3000 : 60_000, compileMb: 32 });
    const error: unknown = await make(device, shader(`PLANT ${bug}`)).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "GPUPipelineError", reason: "internal", message: expect.stringMatching(why) });
    expect(await works(device, shader("none"))).toBe(true);
    const created = await errorOf(
      device,
      () => {
        const module = device.createShaderModule({ code: shader(`PLANT ${bug}, again`) });
        device.createComputePipeline({ layout: "auto", compute: { module } });
      },
      "internal",
    );
    expect(created).toMatch(why);
    expect(await works(device, shader("none, again"))).toBe(true);
  });
});

describe.each(["worker", "inline"] as const)("a text that takes more typed columns than it may, %s", (compile) => {
  const long = shader("long").replace("o[i] =", `var x = i;${"x = x * 3u + (x >> 5u);\n".repeat(4000)}o[i] = x +`);

  test("is an error that names the limit; a smaller one compiles, and so does it with more", async () => {
    const small = await deviceWith({ compile, compileMb: 2 });
    const module = await errorOf(small, () => small.createShaderModule({ code: long }));
    const error: unknown = await make(small, long).catch((reason: unknown) => reason);
    expect(`${module} ${error}`).toMatch(/compiler memory in bytes is \d+, over the limit of 2097152/);
    expect(await works(small, shader("small"))).toBe(true);
    expect(await make(await deviceWith({ compile }), long)).toHaveProperty("label");
  });
});
