/** Runs the programs that `webgpu/draw` generates, by themselves: through the API, with a body for the entry point that the linker would put in. */
import { STAGE_BINDING } from "../../support/hidden-bindings.ts";
import type { ShaderEntryPoint, ShaderIo } from "../../webgpu/compiler.ts";
import { create } from "../../webgpu/index.ts";
import { readBack, USAGE } from "./helpers.ts";

/** Fails at the first error of any kind. */
export async function programDevice(tier: "jit" | "reference" = "jit"): Promise<GPUDevice> {
  const adapter = (await create({ tier, compile: "inline", threads: 1 }).requestAdapter())!;
  return adapter.requestDevice({
    requiredFeatures: [...adapter.features] as GPUFeatureName[],
    requiredLimits: { maxStorageBuffersPerShaderStage: adapter.limits.maxStorageBuffersPerShaderStage },
  });
}

export type IoText = readonly [type: string, at: number | string, more?: Partial<ShaderIo>];

const io = ([type, at, more]: IoText): ShaderIo => ({
  name: `io_${at}`,
  type,
  ...(typeof at === "number" ? { location: at } : { builtin: at }),
  ...more,
});

export function entryPoint(
  stage: "vertex" | "fragment",
  inputs: readonly IoText[],
  outputs: readonly IoText[],
  more: Partial<ShaderEntryPoint> = {},
): ShaderEntryPoint {
  return {
    name: "main",
    stage,
    inputs: inputs.map(io),
    outputs: outputs.map(io),
    resources: [],
    immediates: { bytes: 0, slots: [] },
    fineDerivatives: false,
    neededOverrides: [],
    ...more,
  };
}

const DECLARATION = /@binding\((\d+)\) var<(uniform|storage, read_write|storage, read)>/g;
const TYPES = { uniform: "uniform", "storage, read": "read-only-storage", "storage, read_write": "storage" } as const;

/**
 * @param data by binding number of layout.ts; what the program declares and the test leaves out is 64 zero bytes
 * @returns what was there after the dispatch
 */
export async function runProgram(
  device: GPUDevice,
  text: string,
  body: string,
  data: ReadonlyMap<number, ArrayBufferView>,
  groups: readonly [number, number?] = [1],
): Promise<(binding: number) => Promise<Uint8Array>> {
  device.pushErrorScope("validation");
  device.pushErrorScope("internal");
  const code = text
    .replace("fn stage() { }", () => `fn stage() {\n${body}\n}`)
    .replace(/@binding\((\d+)\)/g, (_, n) => `@binding(${Number(n) - STAGE_BINDING})`);
  const declared = [...text.matchAll(DECLARATION)].map(([, n, type]) => ({ binding: Number(n), type: TYPES[type as keyof typeof TYPES] }));
  const layout = device.createBindGroupLayout({
    entries: declared.map(({ binding, type }) => ({ binding: binding - STAGE_BINDING, visibility: 4, buffer: { type } })),
  });
  const buffers = new Map<number, GPUBuffer>();
  for (const { binding, type } of declared) {
    const view = data.get(binding) ?? new Uint8Array(64);
    const usage = (type === "uniform" ? USAGE.UNIFORM : USAGE.STORAGE) | USAGE.COPY_SRC | USAGE.COPY_DST;
    const buffer = device.createBuffer({ size: Math.max(4, Math.ceil(view.byteLength / 4) * 4), usage, mappedAtCreation: true });
    new Uint8Array(buffer.getMappedRange()).set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    buffer.unmap();
    buffers.set(binding, buffer);
  }
  const pipeline = device.createComputePipeline({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code }) },
  });
  const entries = [...buffers].map(([binding, buffer]) => ({ binding: binding - STAGE_BINDING, resource: { buffer } }));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroups(...groups);
  pass.end();
  device.queue.submit([encoder.finish()]);
  for (const error of [await device.popErrorScope(), await device.popErrorScope()]) {
    if (error) throw new Error(`${error.message}\n${code}`);
  }
  return (binding) => readBack(device, buffers.get(binding)!);
}

/** Numbers in [0, 2^32), the same for the same seed. */
export function randomWords(seed: number): () => number {
  let state = (seed * 0x9e37_79b9 + 1) >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}
