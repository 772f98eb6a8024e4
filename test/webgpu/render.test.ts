/** Render pipelines, passes and bundles from outside: what is refused, and in which words. What draws draw: draws.test.ts. */
import { describe, expect, test } from "vitest";
import { InlineCompiler } from "../../webgpu/inline-compiler.ts";
import { errorOf, testDevice, USAGE } from "./helpers.ts";

const RENDER_ATTACHMENT = 16;
const CODE = `
struct Out { @builtin(position) p: vec4f, @location(0) color: vec3f }
@group(0) @binding(0) var<uniform> scale: vec4f;
@vertex fn v(@location(0) at: vec2f) -> Out { return Out(vec4f(at, 0, 1) * scale, vec3f(1)); }
@fragment fn f(@location(0) color: vec3f) -> @location(0) vec4f { return vec4f(color, 1); }
@fragment fn other(@location(0) color: vec4f) -> @location(0) vec4f { return color; }
@fragment fn missing(@location(1) color: vec3f) -> @location(0) vec4f { return vec4f(color, 1); }
@fragment fn two() -> @location(0) vec2f { return vec2f(1); }`;

type Change = { vertex?: Partial<GPUVertexState>; fragment?: Partial<GPUFragmentState> } & Partial<
  Omit<GPURenderPipelineDescriptor, "vertex" | "fragment">
>;

async function setup(descriptor?: GPUDeviceDescriptor) {
  const device = await testDevice(new InlineCompiler(), {}, descriptor);
  const module = device.createShaderModule({ code: CODE });
  const attributes = [{ shaderLocation: 0, offset: 0, format: "float32x2" as const }];
  const pipeline = ({ vertex, fragment, ...rest }: Change = {}) =>
    device.createRenderPipeline({
      label: "p",
      layout: "auto",
      vertex: { module, buffers: [{ arrayStride: 8, attributes }], ...vertex },
      fragment: { module, entryPoint: "f", targets: [{ format: "rgba8unorm" }], ...fragment },
      ...rest,
    });
  const target = (format: GPUTextureFormat = "rgba8unorm") =>
    device.createTexture({ size: [4, 4], format, usage: RENDER_ATTACHMENT | 1 }).createView({ label: "target" });
  const pass = (encoder: GPUCommandEncoder, view = target()) =>
    encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: "clear", storeOp: "store" }] });
  const uniform = device.createBuffer({ size: 16, usage: USAGE.UNIFORM });
  const group = (p: GPURenderPipeline) =>
    device.createBindGroup({ layout: p.getBindGroupLayout(0), entries: [{ binding: 0, resource: uniform }] });
  return { device, pipeline, target, pass, group };
}

describe("createRenderPipeline", () => {
  test.each<[Change, RegExp]>([
    [{ fragment: { entryPoint: "other" } }, /'color' at @location\(0\) is vec3<f32> in the vertex shader, but vec4<f32> in the fragment/],
    [{ fragment: { entryPoint: "missing" } }, /input 'color' at @location\(1\) is not written by the vertex shader/],
    [{ fragment: { entryPoint: "two" } }, /format "rgba8unorm" has 4 components, but the shader's '.*' is vec2<f32>/],
    [{ fragment: { entryPoint: "v" } }, /has no fragment entry point 'v'; it has 'v' \(vertex\), 'f' \(fragment\)/],
    [{ fragment: { targets: [{ format: "rgba8uint" }] } }, /targets\[0\]: format "rgba8uint" needs u32 components/],
    [{ fragment: { targets: [{ format: "bgra8unorm", writeMask: 16 }] } }, /writeMask is 0x10, but has four bits/],
    [{ fragment: { targets: [null] } }, /has neither a color target nor depthStencil/],
    [{ vertex: { buffers: [] } }, /the shader's input 'at' at @location\(0\) has no vertex attribute/],
    [{ vertex: { buffers: [{ arrayStride: 6, attributes: [] }] } }, /vertex\.buffers\[0\]: arrayStride is 6, which is not a multiple of 4/],
    [{ multisample: { count: 2 } }, /multisample\.count is 2, but must be 1 or 4/],
    [{ multisample: { alphaToCoverageEnabled: true } }, /alphaToCoverageEnabled needs multisample\.count 4/],
    [{ primitive: { stripIndexFormat: "uint16" } }, /the topology "triangle-list" is no strip/],
    [{ depthStencil: { format: "r8unorm" } }, /depthStencil\.format "r8unorm" is no depth or stencil format/],
    [{ depthStencil: { format: "depth16unorm" } }, /depthWriteEnabled must be given/],
  ])("refuses %j", async (change, message) => {
    const { device, pipeline } = await setup();
    expect(await errorOf(device, () => pipeline())).toBe("");
    const error = await errorOf(device, () => pipeline(change));
    expect(error).toMatch(/createRenderPipeline: GPURenderPipeline "p": /);
    expect(error).toMatch(message);
  });

  test("factors of a feature that is not enabled are unknown names", async () => {
    const { pipeline } = await setup();
    // newer than the types
    const component = { srcFactor: "src1", dstFactor: "zero" } as unknown as GPUBlendComponent;
    const make = () => pipeline({ fragment: { targets: [{ format: "rgba8unorm", blend: { color: component, alpha: {} } }] } });
    expect(make).toThrow(/need the feature "dual-source-blending"/);
  });
});

describe("a pass", () => {
  test("checks a draw against pipeline, groups and vertex buffers", async () => {
    const { device, pipeline, pass, group } = await setup();
    const p = pipeline();
    const vertices = device.createBuffer({ size: 24, usage: USAGE.VERTEX });
    const draw = (steps: (pass: GPURenderPassEncoder) => void, count: number) => () => {
      const encoder = device.createCommandEncoder();
      const encoded = pass(encoder);
      steps(encoded);
      encoded.draw(count);
      encoded.end();
      encoder.finish();
    };
    expect(
      await errorOf(
        device,
        draw(() => {}, 3),
      ),
    ).toMatch(/draw: no pipeline is set/);
    expect(
      await errorOf(
        device,
        draw((e) => e.setPipeline(p), 3),
      ),
    ).toMatch(/draw: GPURenderPipeline "p" uses bind group 0/);
    const bind = (e: GPURenderPassEncoder) => {
      e.setPipeline(p);
      e.setBindGroup(0, group(p));
    };
    expect(await errorOf(device, draw(bind, 3))).toMatch(/"p" uses vertex buffer 0, but none is set/);
    const all = (e: GPURenderPassEncoder) => {
      bind(e);
      e.setVertexBuffer(0, vertices);
    };
    expect(await errorOf(device, draw(all, 3))).toBe("");
    expect(await errorOf(device, draw(all, 4))).toMatch(/the draw reads 32 bytes of vertex buffer 0, which has 24/);
  });

  test("takes pipelines and bundles for its attachments only", async () => {
    const { device, pipeline, pass } = await setup();
    const bundles = device.createRenderBundleEncoder({ colorFormats: ["rgba8unorm"], sampleCount: 4 });
    const bundle = bundles.finish({ label: "b" });
    const encode = (use: (pass: GPURenderPassEncoder) => void) => () => {
      const encoder = device.createCommandEncoder();
      const encoded = pass(encoder);
      use(encoded);
      encoded.end();
      encoder.finish();
    };
    const other = pipeline({ fragment: { targets: [{ format: "bgra8unorm" }] } });
    expect(
      await errorOf(
        device,
        encode((e) => e.setPipeline(other)),
      ),
    ).toMatch(/"p" renders to colors \[bgra8unorm\].* but .* has colors \[rgba8unorm\]/);
    expect(
      await errorOf(
        device,
        encode((e) => e.executeBundles([bundle])),
      ),
    ).toMatch(/bundles\[0\]: GPURenderBundle "b" renders to .*4 samples/);
  });

  test("is one usage scope", async () => {
    const { device, pass } = await setup();
    const texture = device.createTexture({ size: [4, 4, 2], format: "rgba8unorm", usage: RENDER_ATTACHMENT | 4, label: "both" });
    const layout = device.createBindGroupLayout({ entries: [{ binding: 0, visibility: 2, texture: {} }] });
    const layer = (baseArrayLayer: number) => texture.createView({ dimension: "2d", baseArrayLayer, arrayLayerCount: 1 });
    const encode = (read: number) => () => {
      const encoder = device.createCommandEncoder();
      const encoded = pass(encoder, layer(0));
      encoded.setBindGroup(0, device.createBindGroup({ layout, entries: [{ binding: 0, resource: layer(read) }] }));
      encoded.end();
      encoder.finish();
    };
    expect(await errorOf(device, encode(1))).toBe("");
    expect(await errorOf(device, encode(0))).toMatch(
      /a part of GPUTexture "both" is written as an attachment and read in the same render pass/,
    );
  });
});
