/**
 * Threads on this engine: Node's worker threads, or web workers (web-threads.ts). The sandbox and the compiler's client take them from here;
 * nothing else knows of Node. Worker files are found beside this one, as sources (with tsx, in development) or in dist/.
 */
import { type Host, injectHost, type Link } from "../sandbox/host/host.ts";
import { nodeModule, now } from "./host.ts";
import { startWebWorker } from "./web-threads.ts";

interface NodeWorker {
  postMessage(message: unknown): void;
  on(event: "message" | "error" | "exit", listener: (value: unknown) => void): void;
  terminate(): unknown;
  ref(): void;
  unref(): void;
}
export interface ResourceLimits {
  readonly maxOldGenerationSizeMb?: number;
  readonly stackSizeMb?: number;
}
interface WorkerThreads {
  readonly Worker: new (
    file: URL | string,
    options: { readonly eval: boolean; readonly execArgv: readonly string[]; readonly resourceLimits: ResourceLimits },
  ) => NodeWorker;
}
export interface Thread extends Link {
  /** Says whether the process must live on for it. */
  hold(on: boolean): void;
}

export interface ThreadEvents {
  onMessage?(message: unknown): void;
  /** called once, when it ended by itself */
  onEnd(why: string): void;
}

interface Bundler {
  buildSync(options: object): { readonly outputFiles: readonly { readonly text: string }[] };
}
const bundles = new Map<string, string>();

/** not written where it is used: bundlers take a URL with a pattern for a folder of files */
const here = import.meta.url;

/** In development there are only sources, which workers of Node 20 cannot load: they get one script, made here. */
function bundle(name: string): string {
  let text = bundles.get(name);
  if (text === undefined) {
    const { createRequire } = nodeModule<{ createRequire(from: string): (name: string) => Bundler }>("module")!;
    const { fileURLToPath } = nodeModule<{ fileURLToPath(url: URL): string }>("url")!;
    const entryPoints = [fileURLToPath(new URL(`./${name}.ts`, here))];
    const define = { "import.meta.url": '""' };
    const built = createRequire(here)("esbuild").buildSync({ entryPoints, define, bundle: true, write: false, format: "iife" });
    text = built.outputFiles[0]!.text;
    bundles.set(name, text);
  }
  return text;
}

/** Texts of worker files, where there are only sources: a worker that starts workers cannot make them. */
export type Scripts = Readonly<Record<string, string>>;

/** @returns what `lendScripts` takes in a worker, so that it can start these */
export function scriptsOf(names: readonly string[]): Scripts {
  return here.endsWith(".ts") ? Object.fromEntries(names.map((name) => [name, bundle(name)])) : {};
}

export function lendScripts(scripts: Scripts): void {
  for (const [name, text] of Object.entries(scripts)) bundles.set(name, text);
}

/** A worker's file, or its text, for a process of its own. @returns undefined outside of Node */
export function scriptOf(name: string): { readonly path?: string; readonly text?: string } | undefined {
  const text = textOf(name);
  if (text !== undefined) return { text };
  const url = nodeModule<{ fileURLToPath(url: URL): string }>("url");
  return url && { path: url.fileURLToPath(new URL(`./${name}.js`, here)) };
}

const textOf = (name: string): string | undefined => bundles.get(name) ?? (here.endsWith(".ts") ? bundle(name) : undefined);

/** @param name of the worker's file, without extension. @returns undefined where none can start */
export function startThread(name: string, events: ThreadEvents, resourceLimits: ResourceLimits = {}): Thread | undefined {
  const threads = nodeModule<WorkerThreads>("worker_threads");
  if (threads === undefined) return startWebWorker(name, events);
  try {
    const source = textOf(name);
    const file = source ?? new URL(`./${name}.js`, here);
    // no flags of ours: a loader or a profiler of the process has nothing to do with the worker
    const worker = new threads.Worker(file, { eval: source !== undefined, execArgv: [], resourceLimits });
    worker.unref();
    let over = false;
    const end = (why: string) => {
      if (!over) events.onEnd(why);
      over = true;
    };
    if (events.onMessage) worker.on("message", (message) => events.onMessage!(message));
    worker.unref(); // listening has made it count again
    worker.on("error", (error) => end(error instanceof Error ? error.message : String(error)));
    worker.on("exit", (code) => end(`it exited with ${String(code)}`));
    return {
      post: (message) => worker.postMessage(message),
      kill() {
        over = true;
        void worker.terminate();
      },
      hold: (on) => (on ? worker.ref() : worker.unref()),
    };
  } catch {
    return undefined;
  }
}

interface Os {
  availableParallelism(): number;
}

/** Threads that can run at once; 1 where they cannot share memory: in pages that are not cross-origin isolated. */
export function coreCount(): number {
  if (typeof SharedArrayBuffer !== "function") return 1;
  const { navigator } = globalThis as { navigator?: { readonly hardwareConcurrency?: number } };
  return nodeModule<Os>("os")?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}

/** Whether this thread may block: the main thread of a page may not. */
function canWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1); // not equal, so it returns at once
    return true;
  } catch {
    return false;
  }
}

const engine: Host = {
  cores: coreCount(),
  canWait: canWait(),
  now,
  startRunner: (onEnd) => startThread("runner-worker", { onEnd }),
};
injectHost(engine);
