/**
 * The door of a kernel that stands in a worker or process of its own. A call waits for its answer, as it would for the kernel's work in this
 * thread; what the answer says is checked before it is believed. A kernel that dies, gives an answer that is none, or none in time, has lost
 * its device: every later call says FAULT.lost.
 */
import {
  type Door,
  FAULT,
  type Fault,
  type FindingRecord,
  type Handle,
  type HitRecord,
  type Loaded,
  type Submitted,
  type TrapRecord,
} from "../../sandbox/kernel/door.ts";
import { readFindings, readHits, readLoaded, readNumber, readSubmitted } from "./replies.ts";
import { Gather, receive, send, type Waiter, type Window } from "./window.ts";
import { encodeCall, IS_BYTES, IS_JSON, type Method, REPLY_HEAD_BYTES } from "./wire.ts";

/** Bytes of an answer in JSON; findings and slots are the longest. */
const MOST_JSON_BYTES = 1 << 24;

export interface RemoteParts {
  readonly window: Window;
  readonly waiter: Waiter;
  /** milliseconds that one call may take */
  readonly patienceMs: number;
  /** Ends the worker or process, whatever it is doing. */
  readonly end: () => void;
}

/** An array asked for: its bytes are put into `target` as they come. */
class Answer {
  readonly #target: Uint8Array | undefined;
  readonly #json = new Gather(MOST_JSON_BYTES);
  #filled = 0;
  #kind = -1;

  constructor(target?: Uint8Array) {
    this.#target = target;
  }

  readonly add = (bytes: Uint8Array<ArrayBuffer>): boolean => {
    if (this.#kind >= 0) return this.#rest(bytes);
    if (bytes.length < REPLY_HEAD_BYTES) return false;
    this.#kind = new DataView(bytes.buffer).getUint32(0, true);
    return this.#rest(bytes.subarray(REPLY_HEAD_BYTES));
  };

  #rest(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#kind === IS_JSON) return this.#json.add(bytes);
    const target = this.#target;
    if (this.#kind !== IS_BYTES || target === undefined || bytes.length > target.length - this.#filled) return false;
    target.set(bytes, this.#filled);
    this.#filled += bytes.length;
    return true;
  }

  /** Whether the whole array came. */
  get isFilled(): boolean {
    return this.#kind === IS_BYTES && this.#filled === this.#target?.length;
  }

  /** @throws where it is no JSON */
  value(): unknown {
    return this.#kind === IS_JSON ? JSON.parse(new TextDecoder().decode(this.#json.whole())) : undefined;
  }
}

export class RemoteDoor implements Door {
  readonly #window: Window;
  readonly #waiter: Waiter;
  readonly #patienceMs: number;
  readonly #end: () => void;
  #onLost: (why: string) => void = () => {};
  #why: string | null = null;
  #trap: TrapRecord | null = null;

  constructor(parts: RemoteParts) {
    this.#window = parts.window;
    this.#waiter = parts.waiter;
    this.#patienceMs = parts.patienceMs;
    this.#end = parts.end;
  }

  get trap(): TrapRecord | null {
    return this.#trap;
  }

  /** Says who is told, once, that the kernel is gone, if not by `destroy`. */
  whenLost(onLost: (why: string) => void): void {
    this.#onLost = onLost;
    if (this.#why !== null) onLost(this.#why);
  }

  /** The kernel is gone, or not to be trusted. */
  lose(why: string): void {
    if (this.#why !== null) return;
    this.#why = why;
    this.#window.die();
    this.#end();
    this.#onLost(why);
  }

  createBuffer(sizeBytes: number): Handle | Fault {
    return this.#number("createBuffer", [sizeBytes]);
  }

  destroyBuffer(handle: Handle): number {
    return this.#number("destroyBuffer", [handle]);
  }

  writeBuffer(handle: Handle, offset: number, bytes: Uint8Array): number {
    return this.#number("writeBuffer", [handle, offset], bytes);
  }

  readBuffer(handle: Handle, offset: number, size: number): Uint8Array | Fault {
    try {
      const target = new Uint8Array(size);
      const status = this.readInto(handle, offset, target);
      return status === 0 ? target : (FAULTS.find((fault) => fault === status) ?? FAULT.lost);
    } catch {
      return FAULT.memory;
    }
  }

  readInto(handle: Handle, offset: number, target: Uint8Array): number {
    const answer = new Answer(target);
    const value = this.#call("readBuffer", [handle, offset, target.length], answer);
    if (value === LOST) return FAULT.lost;
    if (answer.isFilled) return 0;
    const fault = readNumber(value);
    return fault !== undefined && fault < 0 ? fault : this.#broken(FAULT.lost);
  }

  loadProgram(object: Uint8Array): Loaded {
    const lost: Loaded = { ok: false, rule: "FAULT", word: FAULT.lost, message: "the device is lost" };
    const value = this.#call("loadProgram", [], new Answer(), object);
    return value === LOST ? lost : (readLoaded(value) ?? this.#broken(lost));
  }

  unloadProgram(handle: Handle): number {
    return this.#number("unloadProgram", [handle]);
  }

  submit(stream: Float64Array): Submitted {
    const lost: Submitted = { status: "refused", fault: FAULT.lost, command: -1, slot: -1 };
    const bytes = new Uint8Array(stream.buffer, stream.byteOffset, stream.byteLength);
    const value = this.#call("submit", [], new Answer(), bytes);
    const submitted = value === LOST ? lost : (readSubmitted(value) ?? this.#broken(lost));
    if (submitted.status === "lost") this.#trap = submitted.trap;
    return submitted;
  }

  destroy(): void {
    if (this.#why !== null) return;
    this.#why = "it was destroyed";
    this.#window.die();
    this.#end();
  }

  watch(handle: Handle, offset: number, size: number): number {
    return this.#number("watch", [handle, offset, size]);
  }

  unwatch(watch: number): number {
    return this.#number("unwatch", [watch]);
  }

  takeHits(): readonly HitRecord[] {
    const value = this.#call("takeHits", [], new Answer());
    return value === LOST ? [] : (readHits(value) ?? this.#broken([]));
  }

  takeFindings(): readonly FindingRecord[] {
    const value = this.#call("takeFindings", [], new Answer());
    return value === LOST ? [] : (readFindings(value) ?? this.#broken([]));
  }

  #number(method: Method, numbers: readonly number[], bytes?: Uint8Array): number {
    const value = this.#call(method, numbers, new Answer(), bytes);
    return value === LOST ? FAULT.lost : (readNumber(value) ?? this.#broken(FAULT.lost));
  }

  #broken<T>(result: T): T {
    this.lose("it gave an answer that is none");
    return result;
  }

  /** @returns the answer's JSON, undefined for other answers, or LOST */
  #call(method: Method, numbers: readonly number[], answer: Answer, bytes?: Uint8Array): unknown {
    if (this.#why !== null) return LOST;
    const window = this.#window;
    const until = performance.now() + this.#patienceMs;
    try {
      const request = encodeCall(method, numbers, bytes);
      if (send(window, request, this.#waiter, until) && receive(window, answer.add, this.#waiter, until)) return answer.value();
      if (window.isDead) this.lose("it ended while it was at work");
      else this.lose(performance.now() > until ? `it gave no answer for ${this.#patienceMs} ms` : "it gave an answer that is none");
    } catch {
      this.lose("it gave an answer that is none");
    }
    return LOST;
  }
}

const LOST = Symbol("lost");
const FAULTS = Object.values(FAULT);
