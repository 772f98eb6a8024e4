/** A dispatch over its budget: the device is lost and says why and where, whatever runs it, and wherever. */
import { describe, expect, test, vi } from "vitest";
import { type CreateOptions, create } from "../../webgpu/index.ts";
import { USAGE } from "./helpers.ts";

vi.setConfig({ testTimeout: 120_000 });

/** One workgroup of many never ends; the words that it would need are never written. */
const SPIN = `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) l: u32) {
  var x = l;
  loop {
    x = x * 3u + 1u;
    if (id.x != 7u) { break; }
    if (o[3] == 77u) { break; }
  }
  o[4u + id.x * 4u + l] = x;
}`;
const LOOP_LINES = "[4-8]";

async function lostBy(options: CreateOptions): Promise<string> {
  const gpu = create(options);
  const [device, other] = await Promise.all([0, 1].map(async () => (await gpu.requestAdapter())!.requestDevice()));
  const pipeline = device!.createComputePipeline({
    label: "spin",
    layout: "auto",
    compute: { module: device!.createShaderModule({ code: SPIN }) },
  });
  const buffer = device!.createBuffer({ size: 65_536, usage: USAGE.STORAGE });
  const entries = [{ binding: 0, resource: { buffer } }];
  const encoder = device!.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device!.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(3000);
  pass.end();
  device!.queue.submit([encoder.finish()]);
  const { reason, message } = await device!.lost;
  expect(reason).toBe("unknown");
  await expect(Promise.race([other!.lost, other!.queue.onSubmittedWorkDone()])).resolves.toBeUndefined();
  other!.destroy();
  return message;
}

const WHERE: readonly (readonly [string, CreateOptions])[] = [
  ["the fast tier", { tier: "jit", threads: 1 }],
  ["the reference tier", { tier: "reference" }],
  ["several threads", { tier: "jit", threads: 3 }],
  ["a worker of its own", { isolation: "worker" }],
  ["a worker of its own, on the reference tier", { isolation: "worker", tier: "reference" }],
  ["a worker of its own, with threads", { isolation: "worker", threads: 2 }],
  ["a process of its own", { isolation: "process" }],
];

describe.each(WHERE)("on %s", (_name, options) => {
  test("fuel that is used up ends it, with cause, line, word, workgroup and wave: fuel is a wave's, not a lane's", async () => {
    const message = await lostBy({ ...options, fuel: options.tier === "reference" ? 100_000 : 50_000_000 });
    expect(message).toMatch(/^a shader ran for too long; raise the option 'fuel' if that was meant, in GPUComputePipeline "spin"/);
    expect(message).toMatch(new RegExp(`at line ${LOOP_LINES}, column \\d+ of its shader \\(code word \\d+, workgroup 7, wave 0\\)$`));
  });

  test("a deadline that passes ends it, and says so", async () => {
    const start = performance.now();
    const message = await lostBy({ ...options, deadlineMs: 50, fuel: 2 ** 45 });
    expect(message).toMatch(/^a shader was stopped at its deadline.*"spin"/);
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});
