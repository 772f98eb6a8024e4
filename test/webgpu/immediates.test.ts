import { describe, expect, test } from "vitest";
import { create } from "../../webgpu/index.ts";
import { errorOf, readBack } from "./helpers.ts";

const CODE = `
struct Data { a: u32, b: vec3f, c: u32 }
var<immediate> data: Data;
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1) fn main() { out[data.a] = data.c + u32(data.b.y); }`;

async function deviceOf(tier: "jit" | "reference") {
  const adapter = (await create({ tier, compile: "inline", threads: 1 }).requestAdapter())!;
  return adapter.requestDevice();
}

function setup(d: GPUDevice, layout: GPUPipelineLayout | "auto" = "auto") {
  const pipeline = d.createComputePipeline({ label: "p", layout, compute: { module: d.createShaderModule({ code: CODE }) } });
  const out = d.createBuffer({ size: 8192, usage: 128 | 4 });
  const group = d.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: out } }] });
  return { pipeline, out, group };
}

/** a, b and c as the shader lays them out */
function bytesOf(a: number, b: readonly number[], c: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(8);
  words.set([a, 0, 0, 0, ...new Uint32Array(Float32Array.from(b).buffer), c]);
  return words;
}

describe.each(["reference", "jit"] as const)("immediate data, %s", (tier) => {
  test("each dispatch sees what was set before it, past the room of one stream", async () => {
    const d = await deviceOf(tier);
    const { pipeline, out, group } = setup(d);
    const encoder = d.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.setImmediates(0, bytesOf(0, [0, 5, 0], 100));
    for (let i = 0; i < 1500; i++) {
      pass.setImmediates(0, new Uint32Array([i]));
      pass.setImmediates(28, new Uint8Array([9, 9, 9, 9, i & 255, i >> 8, 0, 0]), 4, 4);
      pass.dispatchWorkgroups(1);
    }
    pass.end();
    d.queue.submit([encoder.finish()]);
    const got = [...new Uint32Array((await readBack(d, out)).buffer)].slice(0, 1500);
    expect(got).toEqual(Array.from({ length: 1500 }, (_, i) => i + 5));
  });
});

test("what is wrong with immediate data is said, padding need not be set", async () => {
  const d = await deviceOf("jit");
  const bindGroupLayout = d.createBindGroupLayout({ entries: [{ binding: 0, visibility: 4, buffer: { type: "storage" } }] });
  const layoutOf = (immediateSize: number) =>
    d.createPipelineLayout({ label: "l", bindGroupLayouts: [bindGroupLayout], immediateSize } as GPUPipelineLayoutDescriptor);
  expect(await errorOf(d, () => layoutOf(6))).toContain("immediateSize is 6, which is not a multiple of 4");
  expect(await errorOf(d, () => layoutOf(68))).toContain("over the limit maxImmediateSize of 64");
  expect(await errorOf(d, () => setup(d, layoutOf(28)))).toContain(
    '32 bytes of immediate data, but GPUPipelineLayout "l" has immediateSize 28',
  );
  const { pipeline, group } = setup(d, layoutOf(32));
  const record = (set: (pass: GPUComputePassEncoder) => void) =>
    errorOf(d, () => {
      const encoder = d.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      set(pass);
      pass.dispatchWorkgroups(1);
      pass.end();
      encoder.finish();
    });
  expect(await record((pass) => pass.setImmediates(2, new Uint32Array(1)))).toContain("rangeOffset 2 is not a multiple of 4");
  expect(await record((pass) => pass.setImmediates(60, new Uint32Array(2)))).toContain("maxImmediateSize of 64");
  expect(await record((pass) => pass.setImmediates(0, new Uint32Array(1)))).toContain("reads bytes 16 to 20 of the immediate data");
  const parts = (pass: GPUComputePassEncoder) => {
    pass.setImmediates(0, new Uint32Array(1));
    pass.setImmediates(16, new Uint32Array(4));
  };
  expect(await record(parts)).toBe("");
  expect(() => d.createCommandEncoder().beginComputePass().setImmediates(0, new Uint8Array(6))).toThrow("6 bytes are not a multiple of 4");
});
