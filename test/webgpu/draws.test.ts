/** What draws draw, from outside, in both tiers: pixels, and what shaders wrote. */
import { expect, test } from "vitest";
import { create, globals } from "../../webgpu/index.ts";
import { errorOf } from "./helpers.ts";

const { GPUBufferUsage, GPUTextureUsage, GPUMapMode } = globals;
const SIZE = 16;

/** Vertices of a triangle that covers the target, by vertex_index. */
const FULL = `
@vertex fn full(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(f32(i & 1) * 4 - 1, f32(i >> 1) * 4 - 1, 0.5, 1);
}`;

async function open(tier: "jit" | "reference", features: GPUFeatureName[] = []) {
  const adapter = await create({ tier, compile: "inline", threads: 1 }).requestAdapter();
  const device = await adapter!.requestDevice({ requiredFeatures: features });
  const errors: string[] = [];
  device.addEventListener("uncapturederror", (event) => errors.push((event as GPUUncapturedErrorEvent).error.message));
  return { device, errors };
}

interface Scene {
  readonly code: string;
  readonly targets?: readonly (Partial<GPUColorTargetState> | null)[];
  readonly vertex?: Partial<GPUVertexState>;
  readonly pipeline?: Partial<GPURenderPipelineDescriptor>;
}

function pipelineOf(device: GPUDevice, { code, targets = [{}], vertex, pipeline }: Scene): GPURenderPipeline {
  const module = device.createShaderModule({ code });
  return device.createRenderPipeline({
    layout: "auto",
    vertex: { module, ...vertex },
    fragment: { module, targets: targets.map((target) => target && { format: "rgba8unorm" as const, ...target }) },
    ...pipeline,
  });
}

const targetOf = (device: GPUDevice, format: GPUTextureFormat = "rgba8unorm", sampleCount = 1): GPUTexture =>
  device.createTexture({
    size: [SIZE, SIZE],
    format,
    sampleCount,
    usage: GPUTextureUsage.RENDER_ATTACHMENT | (sampleCount === 1 ? GPUTextureUsage.COPY_SRC : 0),
  });

const buffer = (device: GPUDevice, words: readonly number[], usage: number, type: "f32" | "u32" | "u16" = "f32"): GPUBuffer => {
  const data = type === "f32" ? new Float32Array(words) : type === "u32" ? new Uint32Array(words) : new Uint16Array(words);
  const made = device.createBuffer({
    size: Math.max(4, Math.ceil(data.byteLength / 4) * 4),
    usage: usage | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
  });
  const padded = new Uint8Array(made.size);
  padded.set(new Uint8Array(data.buffer));
  device.queue.writeBuffer(made, 0, padded);
  return made;
};

async function bytesOf(device: GPUDevice, source: GPUBuffer): Promise<Uint8Array> {
  const target = device.createBuffer({ size: source.size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, target);
  device.queue.submit([encoder.finish()]);
  await target.mapAsync(GPUMapMode.READ);
  return new Uint8Array(target.getMappedRange().slice(0));
}

async function texels(device: GPUDevice, texture: GPUTexture, bytes = 4): Promise<Uint8Array> {
  const made = device.createBuffer({ size: 256 * SIZE, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture }, { buffer: made, bytesPerRow: 256 }, [SIZE, SIZE]);
  device.queue.submit([encoder.finish()]);
  const padded = await bytesOf(device, made);
  const rows = Array.from({ length: SIZE }, (_, y) => [...padded.subarray(y * 256, y * 256 + SIZE * bytes)]);
  return new Uint8Array(rows.flat());
}

function render(
  device: GPUDevice,
  view: GPUTextureView,
  steps: (pass: GPURenderPassEncoder) => void,
  rest: Partial<GPURenderPassDescriptor> = {},
) {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginRenderPass({ colorAttachments: [{ view, loadOp: "clear", storeOp: "store" }], ...rest });
  steps(pass);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** One letter a pixel: what the red channel is close to. */
function picture(data: Uint8Array): string {
  const letter = (red: number) => (red < 64 ? "." : red < 192 ? "o" : "#");
  return Array.from({ length: SIZE }, (_, y) => Array.from({ length: SIZE }, (_, x) => letter(data[(y * SIZE + x) * 4]!)).join("")).join(
    "\n",
  );
}
const all = (letter: string): string => Array(SIZE).fill(letter.repeat(SIZE)).join("\n");

const both = test.each(["jit", "reference"] as const);

both("a triangle covers the pixels whose centers it holds, and interpolates: %s", async (tier) => {
  const { device, errors } = await open(tier);
  const pipeline = pipelineOf(device, {
    code: `struct V { @builtin(position) p: vec4f, @location(0) c: vec4f, @location(1) @interpolate(flat) k: u32 }
      @vertex fn v(@builtin(vertex_index) i: u32) -> V {
        let at = array(vec2f(-1, -1), vec2f(1, -1), vec2f(-1, 1))[i];
        return V(vec4f(at * 2, 0, 2), vec4f(at * 0.5 + 0.5, 0, 1), i + 7);
      }
      @fragment fn f(v: V) -> @location(0) vec4f { return select(vec4f(0), v.c, v.k == 7); }`,
  });
  const texture = targetOf(device);
  render(device, texture.createView(), (pass) => {
    pass.setPipeline(pipeline);
    pass.draw(3);
  });
  const data = await texels(device, texture);
  expect(errors).toEqual([]);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      const at = [...data.subarray((y * SIZE + x) * 4, (y * SIZE + x) * 4 + 4)];
      // the long edge goes through centers, and is no top or left edge
      const wanted = x < y ? [Math.round(((x + 0.5) * 255) / SIZE), Math.round(((SIZE - y - 0.5) * 255) / SIZE), 0, 255] : null;
      if (x !== y && wanted === null) expect(at).toEqual([0, 0, 0, 0]);
      if (wanted !== null) for (let c = 0; c < 4; c++) expect(Math.abs(at[c]! - wanted[c]!)).toBeLessThanOrEqual(1);
    }
  }
});

both("an indexed strip restarts; instances and base vertex count: %s", async (tier) => {
  const { device, errors } = await open(tier);
  const pipeline = pipelineOf(device, {
    code: `@vertex fn v(@location(0) at: vec2f, @location(1) shift: f32) -> @builtin(position) vec4f { return vec4f(at.x + shift, at.y, 0, 1); }
      @fragment fn f() -> @location(0) vec4f { return vec4f(1); }`,
    vertex: {
      buffers: [
        { arrayStride: 8, attributes: [{ shaderLocation: 0, offset: 0, format: "float32x2" }] },
        { arrayStride: 4, stepMode: "instance", attributes: [{ shaderLocation: 1, offset: 0, format: "float32" }] },
      ],
    },
    pipeline: { primitive: { topology: "triangle-strip", stripIndexFormat: "uint16" } },
  });
  // two squares of 4 x 4 pixels, one above the other, and one vertex before them
  const square = (y: number) => [-1, y, -0.5, y, -1, y + 0.5, -0.5, y + 0.5];
  const vertices = buffer(device, [9, 9, ...square(0.5), ...square(-1)], GPUBufferUsage.VERTEX);
  const indices = buffer(device, [0, 1, 2, 3, 0xffff, 4, 5, 6, 7], GPUBufferUsage.INDEX, "u16");
  const shifts = buffer(device, [99, 0, 1], GPUBufferUsage.VERTEX);
  const texture = targetOf(device);
  render(device, texture.createView(), (pass) => {
    pass.setPipeline(pipeline);
    pass.setVertexBuffer(0, vertices);
    pass.setVertexBuffer(1, shifts);
    pass.setIndexBuffer(indices, "uint16");
    pass.drawIndexed(9, 2, 0, 1, 1);
  });
  expect(errors).toEqual([]);
  const row = "####....####....";
  expect(picture(await texels(device, texture))).toBe(
    [...Array(4).fill(row), ...Array(8).fill(".".repeat(SIZE)), ...Array(4).fill(row)].join("\n"),
  );
});

both("numbers of a draw may lie in a buffer that a shader wrote before: %s", async (tier) => {
  const { device, errors } = await open(tier);
  const module = device.createShaderModule({
    code: `@group(0) @binding(0) var<storage, read_write> n: array<u32>; @compute @workgroup_size(1) fn main() { n[0] = 3; n[1] = 1; }`,
  });
  const compute = device.createComputePipeline({ layout: "auto", compute: { module } });
  const numbers = buffer(device, [0, 0, 0, 0, 0], GPUBufferUsage.INDIRECT | GPUBufferUsage.STORAGE, "u32");
  const group = device.createBindGroup({
    layout: compute.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: numbers } }],
  });
  const pipeline = pipelineOf(device, { code: `${FULL}\n@fragment fn f() -> @location(0) vec4f { return vec4f(1); }` });
  const texture = targetOf(device);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(compute);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  const drawing = encoder.beginRenderPass({ colorAttachments: [{ view: texture.createView(), loadOp: "clear", storeOp: "store" }] });
  drawing.setPipeline(pipeline);
  drawing.setIndexBuffer(buffer(device, [0, 1, 2], GPUBufferUsage.INDEX, "u32"), "uint32");
  drawing.setScissorRect(0, 0, SIZE / 2, SIZE);
  drawing.drawIndirect(numbers, 0);
  drawing.setScissorRect(SIZE / 2, 0, SIZE / 2, SIZE);
  drawing.drawIndexedIndirect(numbers, 0);
  drawing.end();
  device.queue.submit([encoder.finish()]);
  expect(picture(await texels(device, texture))).toBe(all("#"));
  expect(errors).toEqual([]);
});

both("depth, stencil and blending decide in the order of drawing: %s", async (tier) => {
  const { device, errors } = await open(tier);
  const code = `struct U { color: vec4f, depth: f32 } @group(0) @binding(0) var<uniform> u: U;
    @vertex fn v(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(i & 1) * 4 - 1, f32(i >> 1) * 4 - 1, u.depth, 1); }
    @fragment fn f() -> @location(0) vec4f { return u.color; }`;
  const alpha = { srcFactor: "src-alpha", dstFactor: "one-minus-src-alpha" } as const;
  const pipeline = pipelineOf(device, {
    code,
    targets: [{ blend: { color: alpha, alpha } }],
    pipeline: {
      depthStencil: {
        format: "depth24plus-stencil8",
        depthWriteEnabled: true,
        depthCompare: "less",
        stencilFront: { compare: "equal", passOp: "increment-clamp" },
      },
    },
  });
  const depth = targetOf(device, "depth24plus-stencil8").createView();
  const texture = targetOf(device);
  const draw = (pass: GPURenderPassEncoder, color: readonly number[], z: number, reference: number) => {
    const uniform = buffer(device, [...color, z, 0, 0, 0], GPUBufferUsage.UNIFORM);
    pass.setBindGroup(
      0,
      device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: uniform } }] }),
    );
    pass.setStencilReference(reference);
    pass.draw(3);
  };
  render(
    device,
    texture.createView(),
    (pass) => {
      pass.setPipeline(pipeline);
      draw(pass, [1, 0, 0, 1], 0.5, 5);
      draw(pass, [0, 1, 0, 1], 0.6, 6); // farther
      draw(pass, [0, 0, 1, 1], 0.4, 5); // nearer, but the stencil is 6 by now
      draw(pass, [0, 1, 1, 0.5], 0.4, 6);
    },
    {
      depthStencilAttachment: {
        view: depth,
        depthLoadOp: "clear",
        depthStoreOp: "store",
        depthClearValue: 1,
        stencilLoadOp: "clear",
        stencilStoreOp: "store",
        stencilClearValue: 5,
      },
    },
  );
  const data = await texels(device, texture);
  expect([...data.subarray(0, 4)]).toEqual([128, 128, 128, 191]);
  expect(errors).toEqual([]);
});

both("helpers and discarded invocations change nothing, and derivatives reach over them: %s", async (tier) => {
  const { device, errors } = await open(tier);
  const pipeline = pipelineOf(device, {
    code: `${FULL}
      @group(0) @binding(0) var<storage, read_write> count: array<atomic<u32>, 2>;
      @fragment fn f(@builtin(position) p: vec4f) -> @location(0) vec4f {
        if u32(p.x) % 3 == 0 { discard; }
        let d = dpdxFine(p.x * p.x);
        atomicAdd(&count[0], 1);
        atomicAdd(&count[1], u32(d));
        return vec4f(1);
      }`,
  });
  const count = buffer(device, [0, 0], GPUBufferUsage.STORAGE, "u32");
  const texture = targetOf(device);
  render(device, texture.createView(), (pass) => {
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: count } }] }),
    );
    pass.setScissorRect(0, 0, 5, 5);
    pass.draw(3);
  });
  const [fragments, sum] = new Uint32Array((await bytesOf(device, count)).buffer);
  // of 5 x 5 pixels, columns 1, 2 and 4 go on; (x + 1.5)^2 - (x + 0.5)^2 of the quad's left column is 2 x + 2
  expect([fragments, sum]).toEqual([15, 5 * (2 + 6 + 10)]);
  const row = ".##.#...........";
  expect(picture(await texels(device, texture))).toBe([...Array(5).fill(row), ...Array(11).fill(".".repeat(SIZE))].join("\n"));
  expect(errors).toEqual([]);
});

both("four samples of a pixel are resolved; bundles draw as passes do: %s", async (tier) => {
  const { device, errors } = await open(tier);
  const pipeline = pipelineOf(device, {
    code: `@vertex fn v(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(array(vec2f(-1, -1), vec2f(1, -1), vec2f(-1, 1))[i], 0, 1); }
      @fragment fn f() -> @location(0) vec4f { return vec4f(1); }`,
    pipeline: { multisample: { count: 4 } },
  });
  const texture = targetOf(device);
  const bundle = device.createRenderBundleEncoder({ colorFormats: ["rgba8unorm"], sampleCount: 4 });
  bundle.setPipeline(pipeline);
  bundle.draw(3);
  const view = targetOf(device, "rgba8unorm", 4).createView();
  render(device, view, (pass) => pass.executeBundles([bundle.finish()]), {
    colorAttachments: [{ view, resolveTarget: texture.createView(), loadOp: "clear", storeOp: "discard" }],
  });
  const rows = picture(await texels(device, texture)).split("\n");
  for (let y = 0; y < SIZE; y++) expect(rows[y]).toBe(`${"#".repeat(y)}o${".".repeat(SIZE - y - 1)}`);
  expect(errors).toEqual([]);
});

both("occlusion queries tell whether a sample passed: %s", async (tier) => {
  const { device, errors } = await open(tier);
  const pipeline = pipelineOf(device, { code: `${FULL}\n@fragment fn f() -> @location(0) vec4f { return vec4f(1); }` });
  const occlusionQuerySet = device.createQuerySet({ type: "occlusion", count: 3 });
  const texture = targetOf(device);
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginRenderPass({
    colorAttachments: [{ view: texture.createView(), loadOp: "clear", storeOp: "store" }],
    occlusionQuerySet,
  });
  pass.setPipeline(pipeline);
  for (const [i, width] of [0, 1, 0].entries()) {
    pass.beginOcclusionQuery(i);
    pass.setScissorRect(3, 3, width, 1);
    pass.draw(3);
    pass.endOcclusionQuery();
  }
  pass.end();
  const results = device.createBuffer({ size: 24, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  encoder.resolveQuerySet(occlusionQuerySet, 0, 3, results, 0);
  device.queue.submit([encoder.finish()]);
  const seen = [...new BigUint64Array((await bytesOf(device, results)).buffer)];
  expect(seen.map((n) => n !== 0n)).toEqual([false, true, false]);
  expect(errors).toEqual([]);
});

both("immediate data, private variables and f16 reach both stages: %s", async (tier) => {
  const { device, errors } = await open(tier, ["shader-f16"]);
  const pipeline = pipelineOf(device, {
    code: `enable f16;
      var<immediate> red: f32;
      var<private> seen: f32 = 0.25;
      struct V { @builtin(position) p: vec4f, @location(0) half: vec2<f16> }
      @vertex fn v(@builtin(vertex_index) i: u32) -> V { return V(vec4f(f32(i & 1) * 4 - 1, f32(i >> 1) * 4 - 1, 0.5, 1), vec2<f16>(f16(red), 0.5h)); }
      @fragment fn f(v: V) -> @location(0) vec4f { seen += 0.25; return vec4f(f32(v.half.x), f32(v.half.y), seen, red); }`,
  });
  const texture = targetOf(device);
  render(device, texture.createView(), (pass) => {
    pass.setPipeline(pipeline);
    (pass as unknown as { setImmediates(at: number, data: Float32Array): void }).setImmediates(0, new Float32Array([1]));
    pass.draw(3);
    pass.draw(3);
  });
  expect([...(await texels(device, texture)).subarray(0, 4)]).toEqual([255, 128, 128, 255]);
  expect(errors).toEqual([]);
});

test("a draw that never would end loses the device, and says how much it was asked for", async () => {
  const { device } = await open("jit");
  const pipeline = pipelineOf(device, { code: `${FULL}\n@fragment fn f() -> @location(0) vec4f { return vec4f(1); }` });
  render(device, targetOf(device).createView(), (pass) => {
    pass.setPipeline(pipeline);
    pass.draw(0xffff_ffff, 0xffff_ffff);
  });
  const lost = await device.lost;
  expect(lost.message).toMatch(/a draw of 4294967295 vertices and 4294967295 instances with GPURenderPipeline without label is over/);
});

test("a shader that runs away in a draw loses the device at a line of its own", async () => {
  const adapter = await create({ compile: "inline", threads: 1, fuel: 1e6 }).requestAdapter();
  const device = await adapter!.requestDevice();
  const pipeline = pipelineOf(device, {
    code: `${FULL}
@fragment fn f(@builtin(position) p: vec4f) -> @location(0) vec4f {
  var x = p.x;
  while x > -1 { x = fract(x) + 1; }
  return vec4f(x);
}`,
  });
  render(device, targetOf(device).createView(), (pass) => {
    pass.setPipeline(pipeline);
    pass.draw(3);
  });
  expect((await device.lost).message).toMatch(/ran for too long.*at line 7/);
});

test("vertex buffers are read within what is bound, whatever the indices say", async () => {
  const { device, errors } = await open("jit");
  const pipeline = pipelineOf(device, {
    code: `@group(0) @binding(0) var<storage, read_write> seen: array<u32>;
      @vertex fn v(@location(0) value: u32, @builtin(vertex_index) i: u32) -> @builtin(position) vec4f { return vec4f(f32(value), 0, 0, 1); }
      @fragment fn f(@builtin(position) p: vec4f) -> @location(0) vec4f { seen[0] = 1; return vec4f(1); }`,
    vertex: { buffers: [{ arrayStride: 4, attributes: [{ shaderLocation: 0, offset: 0, format: "uint32" }] }] },
    pipeline: { primitive: { topology: "point-list" } },
  });
  const seen = buffer(device, [0], GPUBufferUsage.STORAGE, "u32");
  // bound are the two in the middle; the others would leave the screen
  const vertices = buffer(device, [7, 0, 0, 7], GPUBufferUsage.VERTEX, "u32");
  const indices = buffer(device, [2, 3, 0x7fffffff, 0xfffffffe], GPUBufferUsage.INDEX, "u32");
  const texture = targetOf(device);
  render(device, texture.createView(), (pass) => {
    pass.setPipeline(pipeline);
    pass.setBindGroup(
      0,
      device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: seen } }] }),
    );
    pass.setVertexBuffer(0, vertices, 4, 8);
    pass.setIndexBuffer(indices, "uint32");
    for (let i = 0; i < 4; i++) pass.drawIndexed(1, 1, i);
  });
  expect([...new Uint32Array((await bytesOf(device, seen)).buffer)]).toEqual([1]);
  expect(errors).toEqual([]);
});

test("a pipeline without a fragment stage draws depth", async () => {
  const { device, errors } = await open("jit");
  const module = device.createShaderModule({ code: FULL });
  const pipeline = device.createRenderPipeline({
    layout: "auto",
    vertex: { module },
    depthStencil: { format: "depth32float", depthWriteEnabled: true, depthCompare: "always" },
  });
  const texture = targetOf(device, "depth32float");
  const view = texture.createView();
  render(
    device,
    view,
    (pass) => {
      pass.setPipeline(pipeline);
      pass.draw(3);
    },
    { colorAttachments: [], depthStencilAttachment: { view, depthLoadOp: "clear", depthStoreOp: "store", depthClearValue: 1 } },
  );
  const data = new Float32Array((await texels(device, texture)).buffer);
  expect(new Set(data)).toEqual(new Set([0.5]));
  expect(await errorOf(device, () => {})).toBe("");
  expect(errors).toEqual([]);
});
