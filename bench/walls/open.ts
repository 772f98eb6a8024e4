/** The entry of each build: a device of it. */
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import { ContentTasks } from "../../webgpu/content-tasks.ts";
import { makeGpu } from "../../webgpu/gpu.ts";
import { InlineCompiler } from "../../webgpu/inline-compiler.ts";
import { resolveOptions } from "../../webgpu/options.ts";

export interface Opened {
  readonly device: GPUDevice;
  /** of all bytes read back from it so far */
  readonly digest: () => number;
}

export async function open(tier: "jit" | "belt"): Promise<Opened> {
  const options = resolveOptions({ warm: false, threads: 1 });
  const openDoor = () => new Kernel({ tier, threads: 1, fuelPerSubmit: options.fuel });
  const gpu = makeGpu({ options, compiler: new InlineCompiler(), tasks: new ContentTasks(), openDoor });
  const device = await (await gpu.requestAdapter())!.requestDevice();
  return { device, digest: digestOf(device) };
}

/** Listens to what is read from the device's buffers. */
function digestOf(device: GPUDevice): () => number {
  let sum = 0x811c9dc5;
  const create = device.createBuffer.bind(device);
  const createBuffer: GPUDevice["createBuffer"] = (descriptor) => {
    const buffer = create(descriptor);
    if ((descriptor.usage & 1) === 0) return buffer;
    const get = buffer.getMappedRange.bind(buffer);
    const getMappedRange: GPUBuffer["getMappedRange"] = (...range) => {
      const bytes = get(...range);
      for (const word of new Uint32Array(bytes)) sum = Math.imul(sum ^ word, 0x01000193);
      return bytes;
    };
    return Object.assign(buffer, { getMappedRange });
  };
  Object.assign(device, { createBuffer });
  return () => sum >>> 0;
}
