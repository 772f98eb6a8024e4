/**
 * Kernels of isolated devices, as the host has them. On Node the warden (`warden-worker.ts`) starts them and says when they end; in pages
 * each is a web worker of the page itself.
 */
import { host } from "../../sandbox/host/host.ts";
import type { KernelOptions } from "../../sandbox/kernel/door.ts";
import { nodeModule } from "../host.ts";
import type { KernelStart } from "../kernel-worker.ts";
import { scriptsOf, startThread, type Thread } from "../threads.ts";
import type { FromWarden, ToWarden } from "../warden-worker.ts";
import { startPageKernel } from "./page-kernel.ts";
import { RemoteDoor } from "./remote-door.ts";
import { block, makeBlock, spin, TURN, Window } from "./window.ts";

export type Isolation = "worker" | "process";

/** Fuel ends every submission of a kernel that works long before. */
const PATIENCE_MS = 120_000;
const START_MS = 120_000;

/** @returns why there can be none here, or null */
export function whyNotIsolated(as: Isolation): string | null {
  if (typeof SharedArrayBuffer !== "function") return "it needs SharedArrayBuffer, which pages have when they are cross-origin isolated";
  return as === "process" && nodeModule("child_process") === undefined ? "pages cannot start processes; use isolation=worker" : null;
}

/** @returns a door; it is lost already where nothing could start */
export function startIsolated(as: Isolation, options: KernelOptions): Promise<RemoteDoor> {
  if (nodeModule("worker_threads") === undefined) return startInPage(options);
  warden ??= new Warden();
  return warden.start(as, options);
}

function partsOf(options: KernelOptions, window: Window, end: () => void) {
  const patienceMs = Math.max(PATIENCE_MS, 2 * (options.deadlineMs ?? 0));
  return { window, waiter: host().canWait ? block : spin, patienceMs, end };
}

function startInPage(options: KernelOptions): Promise<RemoteDoor> {
  return new Promise((resolve) => {
    const shared = makeBlock();
    const kernel: { link?: Thread | undefined } = {};
    const door = new RemoteDoor(partsOf(options, new Window(shared, TURN.host), () => kernel.link?.kill()));
    const lose = (why: string) => {
      door.lose(why);
      resolve(door);
    };
    const late = setTimeout(() => lose("it did not start in time"), START_MS);
    const onMessage = () => {
      clearTimeout(late);
      resolve(door);
    };
    kernel.link = startPageKernel({ onMessage, onEnd: lose });
    kernel.link?.post({ start: { options, scripts: {} } satisfies KernelStart, shared });
    if (kernel.link === undefined) lose("no worker can start here");
  });
}

interface Starting {
  readonly door: RemoteDoor;
  readonly resolve: (door: RemoteDoor) => void;
  readonly late: ReturnType<typeof setTimeout>;
}

class Warden {
  #thread: Thread | undefined;
  #next = 1;
  readonly #starting = new Map<number, Starting>();
  /** doors that nobody holds end their kernels */
  readonly #doors = new Map<number, WeakRef<RemoteDoor>>();
  readonly #dropped = new FinalizationRegistry((id: number) => this.#end(id));
  readonly #pids = new Map<number, number>();

  constructor() {
    // a child that waits sees its pipe end; one that is at work is ended here
    nodeModule<{ on(event: "exit", listener: () => void): void }>("process")?.on("exit", () => this.#killAll());
  }

  start(as: Isolation, options: KernelOptions): Promise<RemoteDoor> {
    const id = this.#next++;
    const shared = makeBlock();
    const wake = as === "process" ? () => this.#post({ does: "wake", id }) : () => {};
    const door = new RemoteDoor(partsOf(options, new Window(shared, TURN.host, wake), () => this.#end(id)));
    const thread = this.#open();
    if (thread === undefined) {
      door.lose("no worker can start here");
      return Promise.resolve(door);
    }
    this.#doors.set(id, new WeakRef(door));
    this.#dropped.register(door, id);
    thread.hold(true);
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#hear({ id, is: "ended", why: "it did not start in time" }), START_MS);
      this.#starting.set(id, { door, resolve, late });
      const start = { options, scripts: scriptsOf(["kernel-worker", "runner-worker"]) };
      this.#post({ does: "start", id, as, start, shared });
    });
  }

  #open(): Thread | undefined {
    this.#thread ??= startThread("warden-worker", {
      onMessage: (message) => this.#hear(message as FromWarden), // it is ours: no kernel's bytes are in it
      onEnd: (why) => this.#fail(why),
    });
    return this.#thread;
  }

  #post(message: ToWarden): void {
    this.#thread?.post(message);
  }

  #hear(message: FromWarden): void {
    const { id } = message;
    const door = this.#doors.get(id)?.deref();
    if (message.is === "ended") {
      door?.lose(message.why);
      this.#forget(id);
    } else if (message.pid > 0 && this.#doors.has(id)) this.#pids.set(id, message.pid);
    const starting = this.#starting.get(id);
    if (starting === undefined) return;
    this.#starting.delete(id);
    clearTimeout(starting.late);
    if (this.#starting.size === 0) this.#thread?.hold(false);
    starting.resolve(starting.door);
  }

  #end(id: number): void {
    this.#forget(id);
    this.#post({ does: "end", id });
  }

  #forget(id: number): void {
    this.#doors.delete(id);
    this.#pids.delete(id);
  }

  #fail(why: string): void {
    this.#thread = undefined;
    this.#killAll();
    for (const id of [...this.#doors.keys()]) this.#hear({ id, is: "ended", why: `its warden ended: ${why}` });
  }

  #killAll(): void {
    const processes = nodeModule<{ kill(pid: number, signal: string): void }>("process");
    for (const pid of this.#pids.values()) {
      try {
        processes?.kill(pid, "SIGKILL");
      } catch {
        // it has ended
      }
    }
  }
}

let warden: Warden | undefined;
