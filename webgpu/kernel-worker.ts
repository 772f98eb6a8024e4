/**
 * A device's kernel by itself, for `isolation`: in a worker, whose first message says what to make and what memory to talk over; or as a
 * process, which reads the same from its pipe. It blocks between requests, so its event loop never turns again.
 */
import type { KernelOptions } from "../sandbox/kernel/door.ts";
import { Kernel } from "../sandbox/kernel/kernel.ts";
import { nodeModule } from "./host.ts";
import { type SyncFiles, SyncPipe } from "./isolated/pipe.ts";
import { MOST_REQUEST_BYTES, serveWindow } from "./isolated/serve.ts";
import { Gather } from "./isolated/window.ts";
import { answerCall } from "./isolated/wire.ts";
import { lendScripts, type Scripts } from "./threads.ts";
import { parentPort } from "./worker-port.ts";

export interface KernelStart {
  readonly options: KernelOptions;
  readonly scripts: Scripts;
}

/** the pipe to the host, as the child has it */
export const PIPE_FD = 3;

function make({ options, scripts }: KernelStart): Kernel {
  lendScripts(scripts);
  return new Kernel(options);
}

function serveThread(): void {
  const port = parentPort();
  port.on("message", (message) => {
    const { start, shared } = message as { readonly start: KernelStart; readonly shared: SharedArrayBuffer };
    const kernel = make(start);
    port.postMessage("ready");
    serveWindow(kernel, shared);
  });
}

/** The first message is the start, and answered with an empty one. An end of the pipe is the host's end: so the process ends with it. */
function serveProcess(): void {
  const pipe = new SyncPipe(nodeModule<SyncFiles>("fs")!, PIPE_FD);
  const next = (): Uint8Array<ArrayBuffer> | undefined => {
    const message = new Gather(MOST_REQUEST_BYTES);
    return pipe.receive(message.add) ? message.whole() : undefined;
  };
  const start = next();
  if (start === undefined) return;
  const kernel = make(JSON.parse(new TextDecoder().decode(start)) as KernelStart);
  pipe.send([]);
  for (let request = next(); request !== undefined; request = next()) pipe.send(answerCall(kernel, request));
}

if (nodeModule<{ readonly isMainThread: boolean }>("worker_threads")?.isMainThread === true) serveProcess();
else serveThread();
