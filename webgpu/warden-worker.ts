/**
 * Starts the kernels of isolated devices and sees them end, on a thread that is never blocked: who waits for a kernel that dies is woken.
 * One for the whole process. It carries bytes between a kernel's process and the host, and looks at none of them but their lengths.
 */

import { startChild } from "./isolated/child.ts";
import { TURN, Window } from "./isolated/window.ts";
import type { KernelStart } from "./kernel-worker.ts";
import { lendScripts, startThread } from "./threads.ts";
import { parentPort } from "./worker-port.ts";

export type ToWarden =
  | {
      readonly does: "start";
      readonly id: number;
      readonly as: "worker" | "process";
      readonly start: KernelStart;
      readonly shared: SharedArrayBuffer;
    }
  /** the turn is the kernel's: only a process has to be told */
  | { readonly does: "wake"; readonly id: number }
  | { readonly does: "end"; readonly id: number };
export type FromWarden =
  | { readonly id: number; readonly is: "ready"; readonly pid: number }
  | { readonly id: number; readonly is: "ended"; readonly why: string };

/** A kernel that runs. */
export interface Ward {
  wake(): void;
  kill(): void;
}

const port = parentPort();
const wards = new Map<number, Ward>();

function start({ id, as, start, shared }: Extract<ToWarden, { does: "start" }>): void {
  const tell = (message: FromWarden): void => port.postMessage(message);
  lendScripts(start.scripts);
  const window = new Window(shared, TURN.kernel);
  const ended = (why: string): void => {
    wards.delete(id);
    window.die();
    tell({ id, is: "ended", why });
  };
  const ready = (pid: number): void => tell({ id, is: "ready", pid });
  const ward = as === "worker" ? startWorker(start, shared, ready, ended) : startChild(start, window, ready, ended);
  if (ward === undefined) ended(`no ${as} can start here`);
  else wards.set(id, ward);
}

function startWorker(
  start: KernelStart,
  shared: SharedArrayBuffer,
  ready: (pid: number) => void,
  ended: (why: string) => void,
): Ward | undefined {
  const thread = startThread("kernel-worker", { onMessage: () => ready(0), onEnd: ended });
  if (thread === undefined) return undefined;
  thread.post({ start, shared });
  return { wake: () => {}, kill: () => thread.kill() };
}

port.on("message", (value) => {
  const message = value as ToWarden;
  if (message.does === "start") return start(message);
  const ward = wards.get(message.id);
  if (message.does === "wake") ward?.wake();
  else {
    wards.delete(message.id);
    ward?.kill();
  }
});
