/** A kernel as a process: the warden's end of its pipe, and the relay between that and the memory that the host talks over. */
import { nodeModule } from "../host.ts";
import type { KernelStart } from "../kernel-worker.ts";
import { scriptOf } from "../threads.ts";
import type { Ward } from "../warden-worker.ts";
import { FRAME_HEAD_BYTES, frameHead, readFrameHead } from "./pipe.ts";
import { ROOM_BYTES, type Window } from "./window.ts";

interface Stream {
  write(bytes: Uint8Array, done?: () => void): boolean;
  end(text: string): void;
  on(event: "data", listener: (bytes: Uint8Array) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  pause(): void;
  resume(): void;
}
interface Child {
  readonly pid?: number;
  readonly stdio: readonly (Stream | null)[];
  kill(signal: "SIGKILL"): boolean;
  on(event: "exit", listener: (code: number | null, signal: string | null) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
}
interface ChildProcess {
  spawn(
    file: string,
    args: readonly string[],
    options: { readonly stdio: readonly string[]; readonly env: object; readonly windowsHide: boolean },
  ): Child;
}

/** Bytes that a child may send without being asked, before it has to wait. */
const MOST_WAITING_BYTES = 4 * ROOM_BYTES;

/** Carries requests to the child and answers back, a piece at a time. */
class Relay {
  readonly #window: Window;
  readonly #stream: Stream;
  readonly #onBroken: () => void;
  #waiting: Uint8Array = new Uint8Array(0);
  /** the request is not complete yet */
  #asking = true;

  constructor(window: Window, stream: Stream, onBroken: () => void) {
    this.#window = window;
    this.#stream = stream;
    this.#onBroken = onBroken;
  }

  /** The turn is the kernel's. */
  wake(): void {
    if (!this.#window.isMine) return;
    if (!this.#asking) return this.#deliver();
    const piece = this.#window.take();
    if (piece === undefined) return;
    this.#stream.write(frameHead(piece.bytes.length, piece.more));
    // the next piece is asked for when this one is on its way, so that they do not gather here
    if (piece.more) this.#stream.write(piece.bytes, () => this.#window.give());
    else {
      this.#stream.write(piece.bytes);
      this.#asking = false;
      this.#deliver();
    }
  }

  take(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#waiting.length + bytes.length);
    all.set(this.#waiting);
    all.set(bytes, this.#waiting.length);
    this.#waiting = all;
    if (all.length > MOST_WAITING_BYTES) this.#stream.pause();
    this.#deliver();
  }

  /** Hands the next piece of the answer to the host, if it is there and asked for. */
  #deliver(): void {
    const waiting = this.#waiting;
    if (this.#asking || !this.#window.isMine || waiting.length < FRAME_HEAD_BYTES) return;
    const head = readFrameHead(waiting);
    if (head === undefined) return this.#onBroken();
    const end = FRAME_HEAD_BYTES + head.length;
    if (waiting.length < end) return;
    this.#waiting = waiting.subarray(end);
    this.#asking = !head.more;
    this.#window.put(0, waiting.subarray(FRAME_HEAD_BYTES, end));
    this.#window.givePiece(head.length, head.more);
    if (this.#waiting.length <= MOST_WAITING_BYTES) this.#stream.resume();
  }
}

/** @returns undefined where there are no processes */
export function startChild(
  start: KernelStart,
  window: Window,
  ready: (pid: number) => void,
  ended: (why: string) => void,
): Ward | undefined {
  const processes = nodeModule<ChildProcess>("child_process");
  const execPath = nodeModule<{ readonly execPath: string }>("process")?.execPath;
  const script = scriptOf("kernel-worker");
  if (processes === undefined || execPath === undefined || script === undefined) return undefined;
  const stdio = [script.text === undefined ? "ignore" : "pipe", "ignore", "ignore", "pipe"];
  // nothing of the environment is its business
  const child = processes.spawn(execPath, [script.path ?? "-"], { stdio, env: {}, windowsHide: true });
  let over = false;
  const end = (why: string): void => {
    if (!over) ended(why);
    over = true;
    child.kill("SIGKILL");
  };
  child.on("error", (error) => end(error.message));
  child.on("exit", (code, signal) => end(`its process ended with ${signal ?? code}`));
  const stream = child.stdio[3];
  if (!stream) return undefined;
  for (const each of child.stdio) each?.on("error", () => {}); // its exit says so
  if (script.text !== undefined) child.stdio[0]?.end(script.text);
  const relay = new Relay(window, stream, () => end("it sent what is no message"));
  const first = new TextEncoder().encode(JSON.stringify(start));
  for (let at = 0; at < first.length; at += ROOM_BYTES) {
    const piece = first.subarray(at, at + ROOM_BYTES);
    stream.write(frameHead(piece.length, at + ROOM_BYTES < first.length));
    stream.write(piece);
  }
  // the answer to the start is an empty message
  let started = 0;
  stream.on("data", (bytes) => {
    const rest = bytes.subarray(FRAME_HEAD_BYTES - started);
    if (started < FRAME_HEAD_BYTES) {
      started += bytes.length - rest.length;
      if (started === FRAME_HEAD_BYTES) ready(child.pid ?? 0);
    }
    if (rest.length > 0) relay.take(rest);
  });
  return {
    wake: () => relay.wake(),
    kill() {
      over = true;
      child.kill("SIGKILL");
    },
  };
}
