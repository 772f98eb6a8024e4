import { expect, test } from "vitest";
import { create } from "../../webgpu/index.ts";

const SHADER = `@group(0) @binding(0) var<storage, read_write> o: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
  var x = i;
  loop {
    x = x * 3u;
    if (o[3] == 1u) { break; }
  }
  o[i] = x;
}`;

test("an endless loop is a lost device, with the line of the shader; other devices go on", async () => {
  const gpu = create({ fuel: 1_000_000 });
  const [lost, other] = await Promise.all([0, 1].map(async () => (await gpu.requestAdapter())!.requestDevice()));
  const pipeline = lost!.createComputePipeline({
    label: "spin",
    layout: "auto",
    compute: { module: lost!.createShaderModule({ code: SHADER }) },
  });
  const buffer = lost!.createBuffer({ size: 16, usage: 0x80 });
  const entries = [{ binding: 0, resource: { buffer } }];
  const encoder = lost!.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, lost!.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(1);
  pass.end();
  lost!.queue.submit([encoder.finish()]);
  const info = await lost!.lost;
  expect(info.reason).toBe("unknown");
  expect(info.message).toMatch(/ran for too long.*"spin", at line [456], column \d+/);
  await expect(Promise.race([other!.lost, other!.queue.onSubmittedWorkDone()])).resolves.toBeUndefined();
});
