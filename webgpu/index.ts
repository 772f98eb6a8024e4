/** `portcullis`: WebGPU without a GPU. */
import type { KernelOptions } from "../sandbox/kernel/door.ts";
import { Kernel } from "../sandbox/kernel/kernel.ts";
import { ContentTasks } from "./content-tasks.ts";
import { makeGpu } from "./gpu.ts";
import { InlineCompiler } from "./inline-compiler.ts";
import { startIsolated } from "./isolated/isolate.ts";
import { CachingCompiler } from "./object-cache.ts";
import { type CreateOptions, type Options, resolveOptions } from "./options.ts";
import { WorkerCompiler } from "./worker-compiler.ts";

export { type Canvas, createCanvas } from "./canvas.ts";
export { type DeviceDebug, debug, type InvocationTrace, type LogEntry, type LoggedValue, type WatchHit } from "./debugger.ts";
export { globals } from "./globals.ts";
export type { CreateOptions } from "./options.ts";
export type { Picture } from "./picture.ts";
export { type PictureSource, savePNG, toPNG } from "./png.ts";
export { type ReadTextureOptions, readTexture } from "./read-texture.ts";
export { UncapturedGpuError } from "./uncaptured-error.ts";

const kernelOptions = ({ tier, sanitize, debug, fuel, threads, deadlineMs, seed }: Options): KernelOptions => ({
  ...{ tier, sanitize, watch: debug, fuelPerSubmit: fuel, threads, deadlineMs },
  ...(seed === null ? {} : { seed }),
});

/**
 * Makes a GPU object, what pages call `navigator.gpu`.
 * @param options an object, or strings such as "tier=reference"; environment variables such as PORTCULLIS_TIER are used where it says nothing
 * @throws TypeError for unknown options
 */
export function create(options?: CreateOptions | readonly string[]): GPU {
  const resolved = resolveOptions(options);
  const { compile, compileMs, compileMb, cacheDir } = resolved;
  const inline = new InlineCompiler(compileMb * 2 ** 20);
  const compiler = compile === "worker" ? new WorkerCompiler(inline, { timeMs: compileMs, memoryMb: compileMb }) : inline;
  const openDoor = () => new Kernel(kernelOptions(resolved));
  const { isolation } = resolved;
  const isolate = isolation === "none" ? undefined : () => startIsolated(isolation, kernelOptions(resolved));
  return makeGpu({ options: resolved, compiler: new CachingCompiler(compiler, cacheDir), tasks: new ContentTasks(), openDoor, isolate });
}
