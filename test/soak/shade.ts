/** Compute passes of a soak that read a texture, write another one, and take immediate data: what `Recording.shade` records. */
import type { Buffer, Tenant, Texture } from "./world.ts";

const STORAGE = 128;
const TEXTURE_BINDING = 4;
const STORAGE_BINDING = 8;

/** out of range, too: loads give the nearest texel, stores do nothing */
const CODE = `
  @group(0) @binding(0) var<storage, read_write> v: array<u32>;
  @group(0) @binding(1) var source: texture_2d<f32>;
  @group(0) @binding(2) var image: texture_storage_2d<rgba8unorm, write>;
  struct Data { tint: vec4f, at: vec2i }
  var<immediate> data: Data;
  @compute @workgroup_size(4) fn main(@builtin(global_invocation_id) i: vec3u) {
    let texel = textureLoad(source, data.at + vec2i(i.xy), 0) * data.tint;
    textureStore(image, vec2i(i.xy) - data.at, texel);
    v[i.x] += pack4x8unorm(texel) + textureDimensions(image).x;
  }`;
const WORDS = 6;

export interface Shading {
  readonly layout: GPUBindGroupLayout;
  readonly pipeline: GPUComputePipeline;
}

export function shading(device: GPUDevice): Shading {
  const layout = device.createBindGroupLayout({
    entries: [
      { binding: 0, visibility: 4, buffer: { type: "storage" } },
      { binding: 1, visibility: 4, texture: {} },
      { binding: 2, visibility: 4, storageTexture: { format: "rgba8unorm" } },
    ],
  });
  const module = device.createShaderModule({ code: CODE });
  const pipelineLayout = device.createPipelineLayout({ bindGroupLayouts: [layout], immediateSize: 24 + 8 });
  return { layout, pipeline: device.createComputePipeline({ layout: pipelineLayout, compute: { module } }) };
}

export interface ShadeGroup {
  readonly gpu: GPUBindGroup;
  readonly valid: boolean;
}

export function shadeGroup(t: Tenant, { layout }: Shading, buffer: Buffer, from: Texture, to: Texture): ShadeGroup {
  const texturesFit = from.valid && (from.usage & TEXTURE_BINDING) !== 0 && to.valid && (to.usage & STORAGE_BINDING) !== 0;
  const wrong = !texturesFit || !buffer.valid || (buffer.usage & STORAGE) === 0 || buffer.size < 4 || buffer.size % 4 !== 0;
  // textures stand for their default views
  const view = t.random.chance(2) && to.valid ? t.call("createView", "none", () => to.gpu.createView())! : to.gpu;
  const entries = [
    { binding: 0, resource: { buffer: buffer.gpu } },
    { binding: 1, resource: from.gpu },
    { binding: 2, resource: view },
  ];
  const gpu = t.call("createBindGroup", wrong ? "validation" : "none", () => t.device.createBindGroup({ layout, entries }))!;
  return { gpu, valid: !wrong };
}

/** @param record notes a command and whether it is wrong @returns what the pass uses */
export function shadePass(
  t: Tenant,
  { pipeline }: Shading,
  group: ShadeGroup,
  things: readonly [Buffer, Texture, Texture],
  pass: GPUComputePassEncoder,
  record: (name: string, wrong: boolean, run: () => void) => void,
): readonly (Buffer | Texture)[] {
  const { random } = t;
  record("setPipeline", false, () => pass.setPipeline(pipeline));
  record("setBindGroup", !group.valid, () => pass.setBindGroup(0, group.gpu));
  // some words come one by one, over what was set before; some runs leave the last ones out
  const words = random.pick([WORDS, WORDS, WORDS + 2, WORDS - 1]);
  const data = new Float32Array(words).fill(random.below(3));
  record("setImmediates", false, () => pass.setImmediates(0, data));
  const offset = random.pick([0, 4, 12, 2, 1024]);
  record("setImmediates", offset % 4 !== 0 || offset > 16, () => pass.setImmediates(offset, new Int32Array([random.below(99) - 50])));
  const [, from, to] = things;
  // a texture may not be read and written by one dispatch
  record("dispatchWorkgroups", words < WORDS || from === to, () => pass.dispatchWorkgroups(random.pick([0, 1, 3]), random.below(3)));
  return group.valid ? things : [];
}
