/** Common mistakes: each message names the call, the object by its label, and what would be right. */
import { expect, test } from "vitest";
import { create } from "../../webgpu/index.ts";

const gpu = create({ threads: 1 });
const adapter = (await gpu.requestAdapter())!;
const d = await adapter.requestDevice({ label: "dev" });

const buffer = (label: string, usage: number, size = 64, mappedAtCreation = false) =>
  d.createBuffer({ label, size, usage, mappedAtCreation });
const CODE = `@group(0) @binding(0) var<storage, read_write> v: array<u32>; @group(0) @binding(1) var<uniform> u: vec4f;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) i: vec3u) { v[i.x] = u32(u.x); }`;
const shader = (code: string) => d.createShaderModule({ label: "shader", code });
const module = shader(CODE);
const pipe = (label: string, code?: string, more: Partial<GPUProgrammableStage> = {}, layout: GPUPipelineLayout | "auto" = "auto") =>
  d.createComputePipeline({ label, layout, compute: { module: code === undefined ? module : shader(code), ...more } });
const pipeline = pipe("pipe");
const data = buffer("data", 128 | 4 | 8);
const params = buffer("params", 64 | 8);
const readback = buffer("readback", 1 | 8);
const bind = (...resources: GPUBindingResource[]) =>
  d.createBindGroup({
    label: "group",
    layout: pipeline.getBindGroupLayout(0),
    entries: resources.map((resource, binding) => ({ binding, resource })),
  });
const group = bind({ buffer: data }, { buffer: params });
const commands = (record: (encoder: GPUCommandEncoder) => void) => {
  const encoder = d.createCommandEncoder({ label: "encoder" });
  record(encoder);
  return encoder.finish({ label: "commands" });
};
const pass = (record: (pass: GPUComputePassEncoder) => void) =>
  commands((encoder) => {
    const each = encoder.beginComputePass({ label: "pass" });
    record(each);
    each.end();
  });
const dispatch = (of: GPUComputePipeline, bound: GPUBindGroup | undefined, workgroups: number) =>
  pass((each) => {
    each.setPipeline(of);
    if (bound) each.setBindGroup(0, bound);
    each.dispatchWorkgroups(workgroups);
  });
const texture = (usage: number) => d.createTexture({ label: "tex", size: [10, 10], format: "rgba8unorm", usage });
const layoutOf = (type: GPUBufferBindingType, visibility: number) => {
  const entries = [
    { binding: 0, visibility, buffer: { type } },
    { binding: 1, visibility: 4, buffer: {} },
  ];
  return d.createPipelineLayout({ bindGroupLayouts: [d.createBindGroupLayout({ entries })] });
};

const MISTAKES: Readonly<Record<string, readonly [() => unknown, ...parts: string[]]>> = {
  "write without COPY_DST": [
    () => d.queue.writeBuffer(buffer("b", 32), 0, new Uint8Array(4)),
    "writeBuffer",
    '"b"',
    "add it to the usage in createBuffer",
  ],
  "MAP_READ with STORAGE": [() => buffer("b", 1 | 128), "createBuffer", '"b"', "use a second buffer with MAP_READ | COPY_DST"],
  "no usage": [() => buffer("b", 0), "createBuffer", '"b"', "say what the buffer is for"],
  "map without MAP_READ": [() => buffer("b", 128).mapAsync(1), "mapAsync", '"b"', "needs MAP_READ; add it"],
  "range without map": [() => readback.getMappedRange(), "getMappedRange", '"readback"', "await mapAsync() first"],
  "copy without COPY_SRC": [
    () => commands((e) => e.copyBufferToBuffer(buffer("b", 128), readback)),
    "finish",
    "copyBufferToBuffer",
    '"b"',
    "needs COPY_SRC; add it",
  ],
  "copy of 6 bytes": [
    () => commands((e) => e.copyBufferToBuffer(data, 0, readback, 0, 6)),
    "copyBufferToBuffer",
    "6 is not a multiple of 4",
  ],
  "copy past the end": [() => commands((e) => e.copyBufferToBuffer(data, 0, readback, 0, 128)), "copyBufferToBuffer", '"data" at 64'],
  "write of 3 bytes": [() => d.queue.writeBuffer(data, 0, new Uint8Array(3)), "writeBuffer", '"data"', "pad the data"],
  "write past the end": [() => d.queue.writeBuffer(data, 32, new Uint8Array(64)), "writeBuffer", '"data" at 64'],
  "missing binding": [() => bind({ buffer: data }), "createBindGroup", '"group"', "binding 1 missing"],
  "binding too much": [
    () => bind({ buffer: data }, { buffer: params }, { buffer: params }),
    "binding 2 not in the layout",
    'the shader of GPUComputePipeline "pipe" uses',
  ],
  "binding without UNIFORM": [() => bind({ buffer: data }, { buffer: data }), '"group"', "binding 1", '"data"', "needs UNIFORM"],
  "sampler for a buffer": [
    () => bind({ buffer: data }, d.createSampler({ label: "s" })),
    "the layout has a buffer there",
    'GPUSampler "s"',
  ],
  "unaligned binding": [
    () => bind({ buffer: data, offset: 16 }, { buffer: params }),
    "16 is not a multiple of minStorageBufferOffsetAlignment, 256",
  ],
  "binding too small": [() => bind({ buffer: data }, { buffer: buffer("b", 64, 8) }), "8 bytes", "minBindingSize of 16"],
  "texture binding without usage": [
    () => {
      const layout = d.createBindGroupLayout({ entries: [{ binding: 0, visibility: 4, texture: {} }] });
      d.createBindGroup({ layout, entries: [{ binding: 0, resource: texture(1).createView() }] });
    },
    'GPUTexture "tex"',
    "needs TEXTURE_BINDING; add it to the usage in createTexture",
  ],
  "dispatch without pipeline": [() => pass((p) => p.dispatchWorkgroups(1)), '"encoder"', "dispatchWorkgroups", "call setPipeline() first"],
  "dispatch without group": [
    () => dispatch(pipeline, undefined, 1),
    "dispatchWorkgroups",
    '"pipe" uses bind group 0',
    "call setBindGroup(0, …) first",
  ],
  "group of another pipeline's layout": [
    () => dispatch(pipe("other"), group, 1),
    'GPUBindGroup "group"',
    'default layout of GPUComputePipeline "pipe" fits that pipeline only',
  ],
  "too many workgroups": [() => dispatch(pipeline, group, 1e5), "100000", "65535"],
  "offset where none is": [
    () => pass((p) => p.setBindGroup(0, group, [0])),
    "setBindGroup",
    "0 bindings with dynamic offset, but 1 offset is given",
  ],
  "pass left open": [
    () => commands((e) => e.beginComputePass({ label: "pass" })),
    "finish",
    'GPUComputePassEncoder "pass" is still open; call end()',
  ],
  "submit twice": [
    () => {
      const once = pass(() => {});
      d.queue.submit([once]);
      d.queue.submit([once]);
    },
    "submit",
    '"commands"',
    "record a new one for each submit",
  ],
  "encoder used on": [
    () => {
      const encoder = d.createCommandEncoder({ label: "encoder" });
      encoder.finish();
      encoder.clearBuffer(data);
    },
    "clearBuffer",
    '"encoder" is finished',
  ],
  "destroyed at submit": [
    () => {
      const gone = buffer("gone", 8);
      const recorded = commands((e) => e.clearBuffer(gone));
      gone.destroy();
      d.queue.submit([recorded]);
    },
    "submit",
    '"gone" is destroyed',
  ],
  "mapped at submit": [
    () => d.queue.submit([commands((e) => e.copyBufferToBuffer(buffer("staging", 6, 64, true), data))]),
    "submit",
    '"staging" is mapped; call unmap() first',
  ],
  "range taken twice": [
    () => {
      const staging = buffer("staging", 6, 64, true);
      staging.getMappedRange();
      staging.getMappedRange();
    },
    "getMappedRange",
    "keep what the earlier call returned",
  ],
  "wrong WGSL": [
    () => shader("@compute @workgroup_size(1) fn main() { let x: u32 = 1.5; }"),
    '"shader" has errors',
    "1:",
    "'x' is declared as 'u32'",
  ],
  "extension without feature": [() => shader("enable f16;"), "'f16'", 'list "shader-f16" in requiredFeatures'],
  "wrong entry point": [() => pipe("p", undefined, { entryPoint: "Main" }), 'GPUComputePipeline "p"', "'Main'; it has 'main' (compute)"],
  "unknown constant": [() => pipe("p", undefined, { constants: { n: 1 } }), '"shader" has no override "n"'],
  "missing constant": [
    () => pipe("p", "override n: u32; @compute @workgroup_size(n) fn main() {}"),
    '"n" has no default value and is not given',
  ],
  "workgroup too large": [() => pipe("p", "@compute @workgroup_size(512) fn main() {}"), '"p"', "512 x 1 x 1", "256"],
  "layout of another type": [
    () => pipe("p", undefined, {}, layoutOf("read-only-storage", 4)),
    "'v' at @group(0) @binding(0)",
    '"read-only-storage", but the shader has "storage"',
  ],
  "layout not visible": [() => pipe("p", undefined, {}, layoutOf("storage", 2)), "visible to FRAGMENT, but not to COMPUTE"],
  "rows of 40 bytes": [
    () => commands((e) => e.copyTextureToBuffer({ texture: texture(1) }, { buffer: buffer("b", 8, 4096), bytesPerRow: 40 }, [10, 10])),
    "copyTextureToBuffer",
    "bytesPerRow is 40, but must be a multiple of 256",
  ],
  "format without feature": [
    () => d.createTexture({ size: [4, 4], format: "bc1-rgba-unorm", usage: 4 }),
    "createTexture",
    "list it in requiredFeatures",
  ],
  "format that is none": [
    () => d.createTexture({ size: [4], format: "rgba8" as GPUTextureFormat, usage: 1 }),
    "createTexture",
    'use one of "rgba8unorm"',
  ],
  "query without feature": [() => d.createQuerySet({ type: "timestamp", count: 2 }), "createQuerySet", "list it in requiredFeatures"],
  "buffer too large": [() => buffer("b", 128, 2 ** 29), '"b"', "maxBufferSize", "can be asked for in requestDevice"],
  "adapter used twice": [() => adapter.requestDevice(), "requestDevice", "call requestAdapter() for another"],
};

test.each(Object.entries(MISTAKES))("%s", async (_, [act, ...parts]) => {
  d.pushErrorScope("validation");
  const seen: string[] = [];
  const note = (error: unknown) => seen.push(error instanceof Error || error instanceof DOMException ? error.message : String(error));
  try {
    const result = act();
    if (result instanceof Promise) await result.catch(note);
  } catch (error) {
    note(error);
  }
  const error = await d.popErrorScope();
  const message = [...seen, error?.message ?? ""].join("\n");
  for (const part of parts) expect(message).toContain(part);
});
