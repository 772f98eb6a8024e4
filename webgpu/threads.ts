/**
 * Threads on this engine: Node's worker threads. The sandbox and the compiler's client take them from here; nothing else knows of Node.
 * Worker files are found beside this one, as sources (with tsx, in development) or in dist/.
 */
import { type Host, injectHost, type Link } from "../sandbox/host/host.ts";

interface NodeWorker {
  postMessage(message: unknown): void;
  on(event: "message" | "error" | "exit", listener: (value: unknown) => void): void;
  terminate(): unknown;
  ref(): void;
  unref(): void;
}
interface NodePort {
  on(event: "message", listener: (value: unknown) => void): void;
  postMessage(message: unknown): void;
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
  readonly parentPort: NodePort | null;
}
interface NodeProcess {
  getBuiltinModule?(name: string): unknown;
}

/** A module of Node, or undefined elsewhere. Asked for at run time, so that bundles for pages need none. */
export function nodeModule<T>(name: string): T | undefined {
  const { process } = globalThis as { process?: NodeProcess };
  return process?.getBuiltinModule?.(`node:${name}`) as T | undefined;
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

/** In development there are only sources, which workers of Node 20 cannot load: they get one script, made here. */
function bundle(name: string): string {
  let text = bundles.get(name);
  if (text === undefined) {
    const { createRequire } = nodeModule<{ createRequire(from: string): (name: string) => Bundler }>("module")!;
    const { fileURLToPath } = nodeModule<{ fileURLToPath(url: URL): string }>("url")!;
    const entryPoints = [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))];
    const define = { "import.meta.url": '""' };
    const built = createRequire(import.meta.url)("esbuild").buildSync({ entryPoints, define, bundle: true, write: false, format: "iife" });
    text = built.outputFiles[0]!.text;
    bundles.set(name, text);
  }
  return text;
}

/** @param name of the worker's file, without extension. @returns undefined where none can start */
export function startThread(name: string, events: ThreadEvents, resourceLimits: ResourceLimits = {}): Thread | undefined {
  const threads = nodeModule<WorkerThreads>("worker_threads");
  if (threads === undefined) return undefined;
  try {
    const source = import.meta.url.endsWith(".ts") ? bundle(name) : undefined;
    const file = source ?? new URL(`./${name}.js`, import.meta.url);
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

/** The port to whoever started this thread. */
export function parentPort(): NodePort {
  const port = nodeModule<WorkerThreads>("worker_threads")?.parentPort;
  if (!port) throw new Error("this file runs in a worker only");
  return port;
}

interface Os {
  availableParallelism(): number;
}

/** Threads that can run at once; 1 where workers cannot be waited for. */
export function coreCount(): number {
  return nodeModule<Os>("os")?.availableParallelism() ?? 1;
}

const { performance } = globalThis;
const node: Host = {
  cores: coreCount(),
  canWait: nodeModule("worker_threads") !== undefined,
  now: () => performance.now(),
  startRunner: (onEnd) => startThread("runner-worker", { onEnd }),
};
injectHost(node);
