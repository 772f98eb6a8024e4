/**
 * What the driver says when something is wrong: which call, which object, and what would be right.
 * Usage: npx tsx examples/errors.ts
 */
import { create, globals } from "../webgpu/index.ts";

const { GPUBufferUsage: usage, GPUShaderStage } = globals;

const MISTAKES: Readonly<Record<string, (device: GPUDevice) => void>> = {
  "a buffer for two purposes that exclude each other": (device) => {
    device.createBuffer({ label: "results", size: 64, usage: usage.STORAGE | usage.MAP_READ });
  },
  "a mistake in a shader": (device) => {
    device.createShaderModule({ label: "typo", code: "@compute @workgroup_size(1) fn main() { let x = 1; x = 2; }" });
  },
  "a layout that does not fit the shader": (device) => {
    const module = device.createShaderModule({
      code: "@group(0) @binding(0) var<storage, read_write> v: array<u32>; @compute @workgroup_size(1) fn main() { v[0] = 1; }",
    });
    const group = device.createBindGroupLayout({
      entries: [{ binding: 0, visibility: GPUShaderStage.COMPUTE, buffer: { type: "uniform" } }],
    });
    device.createComputePipeline({ label: "p", layout: device.createPipelineLayout({ bindGroupLayouts: [group] }), compute: { module } });
  },
  "a submit while a buffer is mapped": (device) => {
    const from = device.createBuffer({ label: "upload", size: 4, usage: usage.COPY_SRC, mappedAtCreation: true });
    const to = device.createBuffer({ label: "target", size: 4, usage: usage.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, to);
    device.queue.submit([encoder.finish()]);
  },
};

/** The message for each mistake. */
export async function messages(device: GPUDevice): Promise<[mistake: string, message: string][]> {
  const found: [string, string][] = [];
  for (const [mistake, make] of Object.entries(MISTAKES)) {
    device.pushErrorScope("validation");
    make(device);
    found.push([mistake, (await device.popErrorScope())?.message ?? "no error"]);
  }
  return found;
}

if (process.argv[1]?.endsWith("errors.ts")) {
  const adapter = await create().requestAdapter();
  for (const [mistake, message] of await messages(await adapter!.requestDevice())) console.log(`${mistake}:\n  ${message}\n`);
}
