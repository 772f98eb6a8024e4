/**
 * One implementation in a process of its own: `child.ts ours [dist]` or `child.ts peer PATH`. Says "ready", then does what it is told and
 * answers each request once.
 */
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { latencies, type Size, workloads } from "./workloads/index.ts";

export type Request =
  | { readonly does: "prepare"; readonly name: string; readonly size: Size; readonly warmUp: number }
  | { readonly does: "time" };
export type Reply = { readonly wall: number; readonly cpu: number } | { readonly ready: true } | { readonly wrong: string };

interface Implementation {
  create(options: readonly string[]): GPU;
  readonly globals: object;
}

async function load(which: string | undefined, path: string | undefined): Promise<Implementation> {
  if (which === "ours") return path === "dist" ? import(join(import.meta.dirname, "../dist/index.js")) : import("../webgpu/index.ts");
  const full = resolve(path ?? "");
  const entry = statSync(full).isDirectory() ? join(full, "package.json") : full;
  return createRequire(entry)(statSync(full).isDirectory() ? full : entry) as Implementation;
}

async function main(): Promise<void> {
  const [which, path] = process.argv.slice(2);
  const implementation = await load(which, path);
  Object.assign(globalThis, implementation.globals);
  const gpu = implementation.create([]);
  Object.assign(globalThis, { keptGpu: gpu }); // the peer's binding does not outlive it
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new Error("there is no adapter");
  const device = await adapter.requestDevice();
  const errors: string[] = [];
  device.addEventListener("uncapturederror", (event) => errors.push((event as GPUUncapturedErrorEvent).error.message));
  let once: () => Promise<void> = async () => {};

  const prepare = async ({ name, size, warmUp }: Extract<Request, { does: "prepare" }>): Promise<string | null> => {
    const workload = workloads.find((each) => each.name === name);
    if (workload === undefined) once = latencies.find((each) => each.name === name)!.prepare(device);
    else {
      const job = workload.setup(device, workload.sizes[size]);
      const wrong = await job.check();
      if (wrong !== null) return wrong;
      once = async () => {
        job.frame();
        await device.queue.onSubmittedWorkDone();
      };
    }
    for (let i = 0; i < warmUp; i++) await once();
    return errors.length > 0 ? errors.splice(0).join("; ") : null;
  };

  const time = async () => {
    const cpu = process.cpuUsage();
    const start = performance.now();
    await once();
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    return { wall, cpu: (user + system) / 1000 };
  };

  const answer = async (request: Request): Promise<Reply> => {
    if (request.does === "time") return time();
    const wrong = await prepare(request);
    return wrong === null ? { ready: true } : { wrong };
  };
  process.on("message", (request) => {
    answer(request as Request)
      .catch((error: unknown) => ({ wrong: error instanceof Error ? error.message : String(error) }))
      .then((reply) => process.send!(reply));
  });
  process.send!({ ready: true } satisfies Reply);
}

main().catch((error: unknown) => {
  process.send?.({ wrong: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
});
