/** The other end of a thread: the port to whoever started it. Nothing here can start a thread, so that bundlers see no circle of workers. */
import { nodeModule } from "./host.ts";

interface Port {
  on(event: "message", listener: (value: unknown) => void): void;
  postMessage(message: unknown): void;
}

/** What a web worker is to its own script. */
interface WorkerScope {
  addEventListener(event: "message", listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

function webWorkerPort(): Port | undefined {
  const { WorkerGlobalScope } = globalThis as { WorkerGlobalScope?: new () => object };
  if (typeof WorkerGlobalScope !== "function" || !(globalThis instanceof WorkerGlobalScope)) return undefined;
  const scope = globalThis as unknown as WorkerScope;
  return {
    on: (event, listener) => scope.addEventListener(event, ({ data }) => listener(data)),
    postMessage: (message) => scope.postMessage(message),
  };
}

export function parentPort(): Port {
  const port = nodeModule<{ readonly parentPort: Port | null }>("worker_threads")?.parentPort ?? webWorkerPort();
  if (!port) throw new Error("this file runs in a worker only");
  return port;
}
