/** Devices without "core-features-and-limits": what their pipelines may not do. Each shader is valid on a core device. */
import { describe, expect, test } from "vitest";
import { InlineCompiler } from "../../webgpu/inline-compiler.ts";
import { errorOf, testGpu } from "./helpers.ts";

async function devices() {
  const gpu = testGpu(new InlineCompiler());
  const compat = (await gpu.requestAdapter({ featureLevel: "compatibility" }))!;
  const core = (await gpu.requestAdapter())!;
  return { compat: await compat.requestDevice(), core: await core.requestDevice() };
}

/** A render pipeline of the body of a fragment shader, after declarations. */
function make(device: GPUDevice, declarations: string, body: string, layout: GPUPipelineLayout | "auto" = "auto"): void {
  const code = `${declarations}
    @vertex fn v() -> @builtin(position) vec4f { return vec4f(); }
    @fragment fn f() -> @location(0) vec4f { ${body} return vec4f(); }`;
  const module = device.createShaderModule({ code });
  device.createRenderPipeline({ layout, vertex: { module }, fragment: { module, targets: [{ format: "rgba8unorm" }] } });
}

const DEPTH = `
  @group(0) @binding(0) var t: texture_depth_2d;
  @group(0) @binding(1) var s: sampler;
  @group(0) @binding(2) var c: sampler_comparison;
  fn load(d: texture_depth_2d) -> f32 { return textureLoad(d, vec2u(), 0); }
  fn sample(u: sampler) -> f32 { return textureSampleLevel(t, u, vec2f(), 0); }`;

describe("pipelines", () => {
  test.each([
    ["_ = dpdyFine(1.0);", "", /calls dpdxFine, dpdyFine or fwidthFine, which needs the feature "core-features-and-limits"/],
    ["_ = load(t);", DEPTH, /calls textureLoad with the depth texture 't'/],
  ])("%s is refused", async (body, declarations, message) => {
    const { compat, core } = await devices();
    expect(await errorOf(core, () => make(core, declarations, body))).toBe("");
    expect(await errorOf(compat, () => make(compat, declarations, body))).toMatch(message);
  });

  test("depth with a sampler that does not compare is refused", async () => {
    const { compat, core } = await devices();
    for (const [device, message] of [
      [core, /^$/],
      [compat, /uses the depth texture 't' with a sampler, not a sampler_comparison/],
    ] as const) {
      const texture: GPUBindGroupLayoutEntry = { binding: 0, visibility: 2, texture: { sampleType: "depth" } };
      const sampler: GPUBindGroupLayoutEntry = { binding: 1, visibility: 2, sampler: { type: "non-filtering" } };
      const layout = device.createPipelineLayout({ bindGroupLayouts: [device.createBindGroupLayout({ entries: [texture, sampler] })] });
      expect(await errorOf(device, () => make(device, DEPTH, "_ = sample(s);", layout))).toMatch(message);
    }
  });

  test("depth may be compared, and asked for its size", async () => {
    const { compat } = await devices();
    const body = "_ = textureSampleCompareLevel(t, c, vec2f(), 0) + f32(textureDimensions(t).x) + dpdxCoarse(1.0);";
    expect(await errorOf(compat, () => make(compat, DEPTH, body))).toBe("");
  });

  const samples = (textures: number, samplers: number) => {
    const all = Array.from({ length: textures * samplers }, (_, i) => [Math.trunc(i / samplers), i % samplers]);
    return {
      declarations: [
        ...Array.from({ length: textures }, (_, i) => `@group(0) @binding(${i}) var t${i}: texture_2d<f32>;`),
        ...Array.from({ length: samplers }, (_, i) => `@group(1) @binding(${i}) var s${i}: sampler;`),
        "@group(2) @binding(0) var e: texture_external;",
      ].join("\n"),
      body: all.map(([t, s]) => `_ = textureSampleLevel(t${t}, s${s}, vec2f(), 0);`).join("\n"),
    };
  };

  test("combinations of textures and samplers count, and external textures as their planes", async () => {
    const { compat, core } = await devices();
    const { declarations, body } = samples(4, 4);
    expect(await errorOf(compat, () => make(compat, declarations, body))).toBe("");
    // named, but no builtin is called with it
    expect(await errorOf(compat, () => make(compat, declarations, `${body} _ = e;`))).toBe("");
    const over = `${body} _ = textureSampleBaseClampToEdge(e, s0, vec2f());`;
    expect(await errorOf(core, () => make(core, declarations, over))).toBe("");
    expect(await errorOf(compat, () => make(compat, declarations, over))).toMatch(
      /uses 20 combinations of textures and samplers .* over the 16/,
    );
    const fewer = samples(3, 4);
    const right = `${fewer.body} _ = textureSampleBaseClampToEdge(e, s0, vec2f());`;
    expect(await errorOf(compat, () => make(compat, fewer.declarations, right))).toBe("");
  });
});
