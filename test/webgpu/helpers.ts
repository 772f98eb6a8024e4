/** A GPU with the real kernel and a compiler of the test's choice. */
import { Kernel } from "../../sandbox/kernel/kernel.ts";
import type { Compiler } from "../../webgpu/compiler.ts";
import { ContentTasks } from "../../webgpu/content-tasks.ts";
import { makeGpu } from "../../webgpu/gpu.ts";
import { type CreateOptions, type Options, resolveOptions } from "../../webgpu/options.ts";

/** Takes every text for an empty module. */
export const noCompiler: Compiler = {
  languageFeatures: [],
  check: () => ({ messages: [], interface: { entryPoints: [], overrides: [] } }),
  compile: () => ({ status: "failed", message: "this test has no compiler" }),
  forget: () => {},
};

export function testGpu(compiler: Compiler = noCompiler, options: CreateOptions = {}): GPU {
  const openDoor = ({ fuel }: Options) => new Kernel({ tier: "reference", fuelPerSubmit: fuel });
  return makeGpu({ options: resolveOptions(options), compiler, tasks: new ContentTasks(), openDoor });
}

export async function testDevice(compiler?: Compiler, options?: CreateOptions, descriptor?: GPUDeviceDescriptor): Promise<GPUDevice> {
  const adapter = await testGpu(compiler, options).requestAdapter();
  return adapter!.requestDevice(descriptor);
}

/** The message of the validation error that `call` makes, or "" when it makes none. */
export async function errorOf(device: GPUDevice, call: () => unknown, filter: GPUErrorFilter = "validation"): Promise<string> {
  device.pushErrorScope(filter);
  call();
  const error = await device.popErrorScope();
  return error?.message ?? "";
}

export const USAGE = {
  MAP_READ: 1,
  MAP_WRITE: 2,
  COPY_SRC: 4,
  COPY_DST: 8,
  INDEX: 16,
  VERTEX: 32,
  UNIFORM: 64,
  STORAGE: 128,
  INDIRECT: 256,
  QUERY_RESOLVE: 512,
} as const;

/** Contents of a COPY_SRC buffer. */
export async function readBack(device: GPUDevice, source: GPUBuffer): Promise<Uint8Array> {
  const target = device.createBuffer({ size: source.size, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, target);
  device.queue.submit([encoder.finish()]);
  await target.mapAsync(1);
  const bytes = new Uint8Array(target.getMappedRange().slice(0));
  target.destroy();
  return bytes;
}
