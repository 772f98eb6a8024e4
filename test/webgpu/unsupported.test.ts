import { expect, test } from "vitest";
import { InlineCompiler } from "../../webgpu/inline-compiler.ts";
import { errorOf, testDevice } from "./helpers.ts";

const SAMPLING = `
@group(0) @binding(0) var t: texture_2d<f32>;
@group(0) @binding(1) var s: sampler;
@group(0) @binding(2) var<storage, read_write> out: vec4<f32>;
@compute @workgroup_size(1) fn main() { out = textureSampleLevel(t, s, vec2(0.5), 0.0); }`;

test("a pipeline that the machine cannot run is valid, is checked like any other, and says at submit why it does not run", async () => {
  const d = await testDevice(new InlineCompiler());
  const module = d.createShaderModule({ code: SAMPLING });
  const pipeline = d.createComputePipeline({ label: "blur", layout: "auto", compute: { module } });
  const texture = d.createTexture({ size: [4, 4], format: "rgba8unorm", usage: 4 });
  const out = d.createBuffer({ size: 8, usage: 128 });
  const layout = pipeline.getBindGroupLayout(0);
  const entries = (buffer: GPUBuffer) => [
    { binding: 0, resource: texture.createView() },
    { binding: 1, resource: d.createSampler() },
    { binding: 2, resource: { buffer } },
  ];
  expect(await errorOf(d, () => d.createBindGroup({ layout, entries: entries(out) }))).toContain("16");
  const group = d.createBindGroup({ layout, entries: entries(d.createBuffer({ size: 16, usage: 128 })) });
  const encoder = d.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  const commands = encoder.finish();
  const message = await errorOf(d, () => d.queue.submit([commands]), "internal");
  expect(message).toContain('GPUComputePipeline "blur" cannot run: ');
  expect(await d.createComputePipelineAsync({ layout: "auto", compute: { module } })).toBeTruthy();
});
