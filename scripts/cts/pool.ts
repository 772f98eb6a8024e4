/**
 * The worker processes. A case that takes too long costs its process, which is killed; one that crashes has lost its own; the cases after it
 * go on in a new one. Files of many cases are split between processes.
 */
import { type ChildProcess, fork } from "node:child_process";
import type { FromWorker, Outcome, Setup, Task, ToWorker } from "./messages.ts";

export interface PoolOptions {
  readonly worker: string;
  readonly setup: Setup;
  readonly jobs: number;
  readonly timeoutSeconds: number;
}

export interface Sink {
  outcome(outcome: Outcome): void;
  /** a file that cannot be listed, or a process that died between cases */
  broken(file: string, message: string): void;
  /** more cases are known of */
  planned(count: number): void;
}

/** Cases that a process takes at once. */
const CHUNK = 200;
/** Listing the cases of the largest file takes seconds on a busy machine. */
const LISTING_SECONDS = 120;
/** A process that holds more is replaced when it has nothing to do. */
const MAX_RSS_BYTES = 1.5 * 2 ** 30;
const STDERR_LENGTH = 2000;

/** A task, and whether the rest of its file is in the queue already. */
interface Work {
  readonly task: Task;
  readonly split: boolean;
}
interface Running {
  readonly index: number;
  readonly query: string;
  readonly expected: Outcome["expected"];
  readonly since: number;
}
interface Slot {
  readonly child: ChildProcess;
  work: Work | undefined;
  running: Running | undefined;
  /** index of the case after the last one that ended */
  next: number;
  timer: NodeJS.Timeout | undefined;
  timedOut: boolean;
  stderr: string;
}

export class Pool {
  readonly #options: PoolOptions;
  readonly #sink: Sink;
  #queue: Work[] = [];
  readonly #slots = new Set<Slot>();
  #finish: (error?: Error) => void = () => {};

  constructor(options: PoolOptions, sink: Sink) {
    this.#options = options;
    this.#sink = sink;
  }

  /** @throws Error if workers cannot load the suite or the implementation */
  run(files: readonly Omit<Task, "from" | "to">[]): Promise<void> {
    this.#queue = files.map((file) => ({ task: { ...file, from: 0, to: CHUNK }, split: false }));
    return new Promise((resolve, reject) => {
      this.#finish = (error) => {
        this.stop();
        if (error) reject(error);
        else resolve();
      };
      this.#pump();
    });
  }

  stop(): void {
    for (const slot of this.#slots) this.#dismiss(slot);
  }

  #pump(): void {
    for (const slot of this.#slots) {
      if (slot.work === undefined) this.#give(slot);
    }
    while (this.#queue.length > 0 && this.#slots.size < this.#options.jobs) this.#give(this.#spawn());
    if (this.#queue.length === 0 && [...this.#slots].every(({ work }) => work === undefined)) this.#finish();
  }

  #spawn(): Slot {
    const child = fork(this.#options.worker, [], { stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: ["--expose-gc"] });
    const slot: Slot = { child, work: undefined, running: undefined, next: 0, timer: undefined, timedOut: false, stderr: "" };
    this.#slots.add(slot);
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      slot.stderr = (slot.stderr + text).slice(-STDERR_LENGTH);
    });
    child.on("message", (message: FromWorker) => this.#hear(slot, message));
    // when it is closed all that it wrote has arrived
    child.on("close", (code, signal) => this.#lost(slot, `the process ended with ${signal ?? `exit code ${code}`}`));
    this.#tell(slot, { kind: "setup", setup: this.#options.setup });
    return slot;
  }

  #give(slot: Slot): void {
    const work = this.#queue.shift();
    if (work === undefined) return;
    slot.work = work;
    slot.next = work.task.from;
    slot.stderr = "";
    this.#limit(slot, Math.max(LISTING_SECONDS, this.#options.timeoutSeconds));
    this.#tell(slot, { kind: "task", task: work.task });
  }

  #tell(slot: Slot, message: ToWorker): void {
    // a process that has just died is heard of by its end
    slot.child.send(message, () => {});
  }

  #limit(slot: Slot, seconds: number): void {
    clearTimeout(slot.timer);
    slot.timer = setTimeout(() => {
      slot.timedOut = true;
      slot.child.kill("SIGKILL");
    }, seconds * 1000);
  }

  #hear(slot: Slot, message: FromWorker): void {
    if (!this.#slots.has(slot)) return;
    switch (message.kind) {
      case "ready":
        return;
      case "count":
        return this.#count(slot, message.count);
      case "start":
        slot.running = { index: message.index, query: message.query, expected: message.expected, since: performance.now() };
        return this.#limit(slot, this.#options.timeoutSeconds);
      case "outcome":
        slot.next = (slot.running?.index ?? slot.next) + 1;
        slot.running = undefined;
        return this.#sink.outcome(message.outcome);
      case "done":
        return this.#done(slot, message.rssBytes);
      case "unusable":
        return this.#finish(new Error(message.message));
      case "broken":
        return this.#broken(slot, message.message);
    }
  }

  #count(slot: Slot, count: number): void {
    if (slot.work === undefined || slot.work.split) return;
    const { task } = slot.work;
    slot.work = { task, split: true };
    this.#sink.planned(count);
    const rest: Work[] = [];
    for (let from = CHUNK; from < count; from += CHUNK) rest.push({ task: { ...task, from, to: from + CHUNK }, split: true });
    this.#queue.unshift(...rest);
    if (rest.length > 0) this.#pump();
  }

  #done(slot: Slot, rssBytes: number): void {
    slot.work = undefined;
    clearTimeout(slot.timer);
    if (rssBytes > MAX_RSS_BYTES) this.#dismiss(slot);
    this.#pump();
  }

  #broken(slot: Slot, message: string): void {
    if (slot.work === undefined) return;
    this.#sink.broken(slot.work.task.file.join(","), message);
    slot.work = undefined;
    this.#dismiss(slot);
    this.#pump();
  }

  #dismiss(slot: Slot): void {
    this.#slots.delete(slot);
    clearTimeout(slot.timer);
    slot.child.kill("SIGKILL");
  }

  /** A process has ended that should not have. */
  #lost(slot: Slot, how: string): void {
    if (!this.#slots.delete(slot)) return;
    clearTimeout(slot.timer);
    const { work, running } = slot;
    if (work !== undefined && running !== undefined) {
      const ms = Math.round(performance.now() - running.since);
      const { query, expected } = running;
      const status = slot.timedOut ? "hang" : "crash";
      const message = slot.timedOut ? `over ${this.#options.timeoutSeconds} s` : `${lastWords(slot.stderr)}${how}`;
      this.#sink.outcome({ query, status, expected, ms, cpuMs: ms, subcases: 0, message });
      this.#requeue(work, running.index + 1);
    } else if (work !== undefined) {
      const file = work.task.file.join(",");
      this.#sink.broken(file, `${lastWords(slot.stderr)}${how} ${slot.next > work.task.from ? "between cases" : "before the first case"}`);
      if (slot.next > work.task.from) this.#requeue(work, slot.next);
    }
    this.#pump();
  }

  #requeue(work: Work, from: number): void {
    if (from < work.task.to) this.#queue.unshift({ task: { ...work.task, from }, split: work.split });
  }
}

/** The error in what Node prints when it dies. */
function lastWords(stderr: string): string {
  const error = stderr.split("\n").find((line) => /^(FATAL ERROR|\w*(Error|Exception)\b)/.test(line));
  return error === undefined ? "" : `${error.trim()}; `;
}
