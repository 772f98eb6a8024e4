/** What shaders get from textures through samplers, in both tiers. */
import { expect, test } from "vitest";
import { create, globals } from "../../webgpu/index.ts";

const { GPUBufferUsage, GPUTextureUsage, GPUMapMode } = globals;
const both = test.each(["jit", "reference"] as const);

/** Runs an expression of type vec4f for each of the points; `t`, `s` and `p` are the texture, the sampler and the point. */
async function sampled(
  tier: "jit" | "reference",
  what: {
    readonly type: string;
    readonly sampler?: GPUSamplerDescriptor;
    readonly texture: GPUTextureDescriptor;
    readonly view?: GPUTextureViewDescriptor;
    /** texels of each layer of each level */
    readonly levels: readonly (readonly Float32Array[])[];
    readonly expression: string;
    readonly points: readonly (readonly number[])[];
  },
): Promise<number[][]> {
  const adapter = await create({ tier, compile: "inline", threads: 1 }).requestAdapter();
  const device = await adapter!.requestDevice({ requiredFeatures: ["float32-filterable"] });
  const errors: string[] = [];
  device.addEventListener("uncapturederror", (event) => errors.push((event as GPUUncapturedErrorEvent).error.message));
  const texture = device.createTexture(what.texture);
  const size = what.texture.size as number[];
  for (const [mipLevel, layers] of what.levels.entries()) {
    const width = Math.max(1, size[0]! >> mipLevel);
    const height = Math.max(1, size[1]! >> mipLevel);
    for (const [z, data] of layers.entries()) {
      device.queue.writeTexture({ texture, mipLevel, origin: [0, 0, z] }, new Float32Array(data), { bytesPerRow: width * 4 }, [
        width,
        height,
      ]);
    }
  }
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var t: ${what.type};
      @group(0) @binding(1) var s: ${what.sampler?.compare ? "sampler_comparison" : "sampler"};
      @group(0) @binding(2) var<storage> points: array<vec4f>;
      @group(0) @binding(3) var<storage, read_write> out: array<vec4f>;
      @compute @workgroup_size(1) fn main(@builtin(workgroup_id) w: vec3u) { let p = points[w.x]; out[w.x] = ${what.expression}; }`,
  });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
  const bytes = what.points.length * 16;
  const points = device.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(points, 0, new Float32Array(what.points.flatMap((p) => [...p, ...Array(4 - p.length).fill(0)])));
  const out = device.createBuffer({ size: bytes, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const read = device.createBuffer({ size: bytes, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  const entries = [
    { binding: 0, resource: texture.createView(what.view) },
    { binding: 1, resource: device.createSampler(what.sampler) },
    { binding: 2, resource: { buffer: points } },
    { binding: 3, resource: { buffer: out } },
  ];
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(what.points.length);
  pass.end();
  encoder.copyBufferToBuffer(out, read);
  device.queue.submit([encoder.finish()]);
  await read.mapAsync(GPUMapMode.READ);
  const values = [...new Float32Array(read.getMappedRange())];
  expect(errors).toEqual([]);
  return what.points.map((_, i) => values.slice(i * 4, i * 4 + 4));
}

const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST;
const R32 = { format: "r32float", usage } as const;

both("filters between texels, and addresses outside as the sampler says: %s", async (tier) => {
  const got = await sampled(tier, {
    type: "texture_2d<f32>",
    sampler: { magFilter: "linear", minFilter: "linear", addressModeU: "repeat", addressModeV: "mirror-repeat" },
    texture: { ...R32, size: [4, 2] },
    levels: [[new Float32Array([0, 1, 2, 3, 10, 11, 12, 13])]],
    expression: "textureSampleLevel(t, s, p.xy, 0)",
    points: [
      [0.125, 0.25],
      [0.25, 0.25],
      [0.25, 0.5],
      [1, 0.25], // between the last column and the first
      [0.125, 1.25], // mirrored: the lower row again
      [-0.875, -0.25],
    ],
  });
  expect(got.map(([red]) => red)).toEqual([0, 0.5, 5.5, 1.5, 10, 0]);
  expect(got[0]!.slice(1)).toEqual([0, 0, 1]);
});

both("mixes mip levels, within the sampler's range: %s", async (tier) => {
  const of = (sampler: GPUSamplerDescriptor) =>
    sampled(tier, {
      type: "texture_2d<f32>",
      sampler,
      texture: { ...R32, size: [4, 4], mipLevelCount: 3 },
      levels: [[new Float32Array(16).fill(0)], [new Float32Array(4).fill(8)], [new Float32Array(1).fill(16)]],
      expression: "textureSampleLevel(t, s, vec2f(0.5), p.x)",
      points: [[-1], [0.25], [0.75], [1.5], [9]],
    });
  const linear = { magFilter: "linear", minFilter: "linear", mipmapFilter: "linear" } as const;
  expect((await of(linear)).map(([red]) => red)).toEqual([0, 2, 6, 12, 16]);
  expect((await of({ ...linear, lodMinClamp: 0.5, lodMaxClamp: 1 })).map(([red]) => red)).toEqual([4, 4, 6, 8, 8]);
  expect((await of({})).map(([red]) => red)).toEqual([0, 0, 8, 16, 16]);
});

both("explicit derivatives choose the level: %s", async (tier) => {
  const got = await sampled(tier, {
    type: "texture_2d<f32>",
    texture: { ...R32, size: [4, 4], mipLevelCount: 3 },
    levels: [[new Float32Array(16).fill(0)], [new Float32Array(4).fill(1)], [new Float32Array(1).fill(2)]],
    expression: "textureSampleGrad(t, s, vec2f(0.5), vec2f(p.x, 0), vec2f(0, p.y))",
    points: [
      [0.25, 0.1],
      [0.1, 0.5],
      [1, 0.25],
      [0, 0],
    ],
  });
  expect(got.map(([red]) => red)).toEqual([0, 1, 2, 0]);
});

both("compares before it filters: %s", async (tier) => {
  const got = await sampled(tier, {
    type: "texture_depth_2d",
    sampler: { compare: "less", magFilter: "linear", minFilter: "linear" },
    texture: { format: "depth32float", usage: usage | GPUTextureUsage.RENDER_ATTACHMENT, size: [2, 1] },
    levels: [],
    // no depth was drawn: all of it is 0
    expression: "vec4f(textureSampleCompareLevel(t, s, vec2f(0.5), p.x), textureGatherCompare(t, s, vec2f(0.5), p.x).xyz)",
    points: [[-0.5], [0.5]],
  });
  expect(got).toEqual([
    [1, 1, 1, 1],
    [0, 0, 0, 0],
  ]);
});

both("gathers from the lower left on, against the clock: %s", async (tier) => {
  const got = await sampled(tier, {
    type: "texture_2d<f32>",
    texture: { ...R32, size: [2, 2] },
    levels: [[new Float32Array([1, 2, 3, 4])]],
    expression: "textureGather(0, t, s, p.xy)",
    points: [[0.5, 0.5]],
  });
  expect(got).toEqual([[3, 4, 2, 1]]);
});

both("finds the faces of a cube, and filters over their edges: %s", async (tier) => {
  const got = await sampled(tier, {
    type: "texture_cube<f32>",
    sampler: { magFilter: "linear", minFilter: "linear" },
    texture: { ...R32, size: [2, 2, 6] },
    view: { dimension: "cube" },
    levels: [[0, 10, 20, 30, 40, 50].map((value) => new Float32Array(4).fill(value))],
    expression: "textureSampleLevel(t, s, p.xyz, 0)",
    points: [
      [1, 0, 0],
      [-1, 0, 0],
      [0, 1, 0],
      [0, -1, 0],
      [0, 0, 1],
      [0, 0, -1],
      [1, 0, 1], // on the edge of +x and +z
    ],
  });
  expect(got.slice(0, 6).map(([red]) => red)).toEqual([0, 10, 20, 30, 40, 50]);
  expect(got[6]![0]).toBeCloseTo(20, 3);
});
