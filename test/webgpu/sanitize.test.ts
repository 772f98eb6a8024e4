/** `create({ sanitize: true })`: what shaders do that is odd becomes internal errors, and the device goes on. */
import { expect, test } from "vitest";
import { create } from "../../webgpu/index.ts";
import { USAGE } from "./helpers.ts";

async function dispatch(statement: string): Promise<{ messages: string[]; words: number[] }> {
  const gpu = create({ sanitize: true });
  const device = await (await gpu.requestAdapter())!.requestDevice();
  const messages: string[] = [];
  device.onuncapturederror = (event) => {
    expect(event.error.constructor.name).toBe("GPUInternalError");
    messages.push(event.error.message);
  };
  const code = `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  ${statement}
}`;
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ label: "odd", layout: "auto", compute: { module } });
  const buffer = device.createBuffer({ size: 32, usage: USAGE.STORAGE | USAGE.COPY_SRC });
  const read = device.createBuffer({ size: 32, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  const bindGroup = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, read, 0, 32);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(1);
  const words = [...new Uint32Array(read.getMappedRange())];
  device.destroy();
  return { messages, words };
}

test("a race names the pipeline, the line and both invocations", async () => {
  const { messages, words } = await dispatch("data[i / 4u] = i;");
  expect(words).toEqual([3, 7, 0, 0, 0, 0, 0, 0]);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toContain("sanitizer[race]: two invocations access the same bytes");
  expect(messages[0]).toContain('"odd"');
  expect(messages[0]).toContain("at line 3, column 3 of its shader");
  expect(messages[0]).toContain("the other access is by invocation 0 of workgroup 0");
});

test("an access out of bounds does what WGSL says, and is reported", async () => {
  const { messages, words } = await dispatch("data[i * 2u] = 5u;");
  expect(words.slice(0, 7)).toEqual([5, 0, 5, 0, 5, 0, 5]);
  expect(messages[0]).toContain("sanitizer[out-of-bounds]");
  expect(messages[0]).toContain("invocation 4 of workgroup 0");
});

test("a shader that does nothing odd makes no error", async () => {
  expect(await dispatch("data[i] = i * i;")).toEqual({ messages: [], words: [0, 1, 4, 9, 16, 25, 36, 49] });
});
