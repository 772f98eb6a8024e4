/** Libraries that people build on, unmodified, on Portcullis. The big one, tfjs, is `npm run test:clients`. */
import tgpu, { d } from "typegpu";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createTextureFromSource, makeBindGroupLayoutDescriptors, makeShaderDataDefinitions, makeStructuredView } from "webgpu-utils";
import { mat4, vec3, vec4 } from "wgpu-matrix";
import { create, globals, readTexture } from "../../webgpu/index.ts";
import { readBack } from "../webgpu/helpers.ts";

// webgpu-utils asks for it when it is loaded; Node has it from 24 on
vi.hoisted(() => {
  if (!("Float16Array" in globalThis)) Object.defineProperty(globalThis, "Float16Array", { value: Uint16Array });
});

let device: GPUDevice;
const errors: string[] = [];
beforeAll(async () => {
  Object.assign(globalThis, globals);
  device = await (await create().requestAdapter())!.requestDevice();
  device.addEventListener("uncapturederror", (event) => errors.push((event as GPUUncapturedErrorEvent).error.message));
});
afterAll(() => {
  expect(errors).toEqual([]);
  device.destroy();
});

function dispatch(pipeline: GPUComputePipeline, group: GPUBindGroup, count: number): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(count);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

describe("TypeGPU", () => {
  test("structs, uniforms and a pipeline of typed functions", async () => {
    const root = tgpu.initFromDevice({ device });
    const Body = d.struct({ at: d.vec3f, speed: d.vec3f, mass: d.f32 });
    const layout = tgpu.bindGroupLayout({
      bodies: { storage: d.arrayOf(Body, 100), access: "mutable" },
      step: { uniform: d.f32 },
    });
    const moved = tgpu.fn([Body, d.f32], d.vec3f)`(body, t) { return body.at + body.speed * t; }`.$uses({ Body });
    const main = tgpu.computeFn({ in: { id: d.builtin.globalInvocationId }, workgroupSize: [64] })`{
      if (in.id.x >= 100) { return; }
      let at = moved(layout.$.bodies[in.id.x], layout.$.step);
      layout.$.bodies[in.id.x].at = at;
      layout.$.bodies[in.id.x].mass = length(at);
    }`.$uses({ layout, moved });
    const initial = Array.from({ length: 100 }, (_, i) => ({ at: d.vec3f(i, 0, 1), speed: d.vec3f(1, i, 0), mass: 0 }));
    const bodies = root.createBuffer(d.arrayOf(Body, 100), initial).$usage("storage");
    const step = root.createBuffer(d.f32, 0.5).$usage("uniform");
    const pipeline = root.createComputePipeline({ compute: main });
    pipeline.with(root.createBindGroup(layout, { bodies, step })).dispatchWorkgroups(2);
    for (const [i, { at, mass }] of (await bodies.read()).entries()) {
      expect([at.x, at.y, at.z]).toEqual([i + 0.5, i * 0.5, 1]);
      expect(mass).toBeCloseTo(Math.hypot(i + 0.5, i * 0.5, 1), 4);
    }
  });
});

describe("webgpu-utils", () => {
  test("views and layouts that it derives from a shader are those of the compiler", async () => {
    const code = `
      struct Light { color: vec3f, power: f32, at: array<vec4f, 3>, flags: u32 }
      struct Scene { lights: array<Light, 2>, @align(32) scale: mat3x3f, count: i32 }
      @group(0) @binding(0) var<uniform> scene: Scene;
      @group(0) @binding(1) var<storage, read_write> out: array<f32>;
      @compute @workgroup_size(1) fn main() {
        let light = scene.lights[1];
        let all = array(light.color.y, light.power, scene.scale[2].y, f32(scene.count), f32(light.flags));
        for (var i = 0; i < 5; i++) { out[i] = all[i]; }
      }`;
    const definitions = makeShaderDataDefinitions(code);
    const view = makeStructuredView(definitions.uniforms.scene!);
    const light = { color: [1, 2, 3], power: 4, at: Array.from({ length: 3 }, () => [0, 0, 0, 0]), flags: 9 };
    view.set({ lights: [{ ...light, power: 0 }, light], scale: [1, 2, 3, 0, 4, 5, 6, 0, 7, 8, 9, 0], count: -7 });
    const compute = { module: device.createShaderModule({ code }), entryPoint: "main" };
    const layouts = makeBindGroupLayoutDescriptors(definitions, { compute }).map((each) => device.createBindGroupLayout(each));
    const pipeline = device.createComputePipeline({ layout: device.createPipelineLayout({ bindGroupLayouts: layouts }), compute });
    const scene = device.createBuffer({ size: view.arrayBuffer.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    const out = device.createBuffer({ size: 20, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
    device.queue.writeBuffer(scene, 0, view.arrayBuffer);
    const entries = [scene, out].map((buffer, binding) => ({ binding, resource: { buffer } }));
    dispatch(pipeline, device.createBindGroup({ layout: layouts[0]!, entries }), 1);
    expect([...new Float32Array((await readBack(device, out)).buffer)]).toEqual([2, 4, 8, -7, 9]);
  });

  test("textures of image data", async () => {
    const source = new Uint8Array([255, 0, 0, 255, 0, 255, 0, 255]);
    const texture = createTextureFromSource(device, { data: source, width: 2, height: 1 }, { format: "rgba8unorm" });
    expect([...(await readTexture(texture)).data]).toEqual([...source]);
  });
});

describe("wgpu-matrix", () => {
  test("agrees with shaders on what a matrix is", async () => {
    const camera = mat4.multiply(mat4.perspective(1, 1.5, 0.1, 100), mat4.lookAt([3, 4, 5], [0, 1, 0], [0, 1, 0]));
    const points = Array.from({ length: 50 }, (_, i) => vec3.create(Math.sin(i), i * 0.1, Math.cos(i)));
    const code = `
      @group(0) @binding(0) var<uniform> camera: mat4x4f;
      @group(0) @binding(1) var<storage, read> points: array<vec4f>;
      @group(0) @binding(2) var<storage, read_write> out: array<vec4f>;
      @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
        if (id.x < arrayLength(&points)) { out[id.x] = camera * points[id.x]; }
      }`;
    const pipeline = device.createComputePipeline({ layout: "auto", compute: { module: device.createShaderModule({ code }) } });
    const buffer = (data: Float32Array<ArrayBuffer>, usage: number) => {
      const made = device.createBuffer({ size: data.byteLength, usage: usage | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC });
      device.queue.writeBuffer(made, 0, data);
      return made;
    };
    const data = Float32Array.from(points.flatMap((point) => [...point, 1]));
    const out = buffer(new Float32Array(data.length), GPUBufferUsage.STORAGE);
    const entries = [buffer(Float32Array.from(camera), GPUBufferUsage.UNIFORM), buffer(data, GPUBufferUsage.STORAGE), out].map(
      (made, binding) => ({ binding, resource: { buffer: made } }),
    );
    dispatch(pipeline, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }), 1);
    const got = new Float32Array((await readBack(device, out)).buffer);
    for (const [i, point] of points.entries()) {
      const wanted = vec4.transformMat4([...point, 1], camera);
      for (let c = 0; c < 4; c++) expect(got[i * 4 + c]).toBeCloseTo(wanted[c]!, 4);
    }
  });
});
