/**
 * The threads that help the queue's own: one pool, started once and lazily, for all devices. A dispatch is offered to them all; who comes
 * while it is open takes part, who comes late finds it closed. So a thread that is still starting delays nothing.
 */
import { host, type Link } from "../host/host.ts";
import type { JitProgram } from "../jit/index.ts";
import type { Launch, Outcome, Region } from "../machine/launch.ts";
import { CAUSE_ALARM } from "./door.ts";
import type { ToRunner } from "./runner.ts";
import { type Cut, noOutcome, Share } from "./share.ts";

/** Modules that the threads keep. */
const MOST_PROGRAMS = 128;
/** Without a sign of life for so long, a thread is taken for dead. Fuel ends every chunk long before. */
const PATIENCE_MS = 120_000;
/** Starting a thread costs about as much as this work. */
const WORTH_STARTING_MS = 5;

/** What one thread runs on: regions of its own where the kernel supplies them. */
export interface Places {
  readonly regions: readonly Region[];
  readonly save: Region;
}

interface Helper {
  readonly link: Link;
  readonly memories: Set<number>;
  readonly programs: Set<number>;
}

export class Pool {
  #share = new Share();
  readonly #helpers: Helper[] = [];
  readonly #memoryIds = new WeakMap<WebAssembly.Memory, number>();
  /** in order of use: the first was used longest ago */
  readonly #programIds = new Map<JitProgram, number>();
  /** chunks that other threads ran, ever: for tests and benchmarks */
  helped = 0;
  /** a thread may still run on memory that it was given */
  #killed = false;
  #forgets = 0;
  #nextId = 1;
  #wantedMs = 0;

  /**
   * Says that a dispatch of about `milliseconds` could be shared among `threads`. Starts threads when that was worth it.
   * @returns how many can take part, the caller's own included
   */
  ready(threads: number, milliseconds: number): number {
    this.#wantedMs += milliseconds;
    if (this.#wantedMs >= WORTH_STARTING_MS) while (this.#helpers.length < threads - 1 && this.#start());
    return Math.min(threads, this.#helpers.length + 1);
  }

  #start(): boolean {
    const helper: { link?: Link } = {};
    const link = host().startRunner(() => {
      const at = this.#helpers.findIndex((each) => each.link === helper.link);
      if (at >= 0) this.#helpers.splice(at, 1);
    });
    if (link === undefined) return false;
    helper.link = link;
    link.post(this.#share.block);
    this.#helpers.push({ link, memories: new Set(), programs: new Set() });
    return true;
  }

  /**
   * Runs workgroups of a launch on this thread and on those of the pool, to the end.
   * @param places one for each helper
   * @param isLate asked between chunks: true stops the dispatch
   */
  run(program: JitProgram, launch: Launch, places: readonly Places[], cut: Cut, isLate: () => boolean): Outcome {
    const share = this.#share;
    const ticket = share.open(launch.fuel);
    const memory = this.#memoryId(launch.memory);
    const id = this.#programId(program);
    for (const [i, helper] of this.#helpers.entries()) {
      const place = places[i];
      if (place === undefined) break;
      this.#send(helper, memory, launch.memory, id, program);
      const { regions, save } = place;
      post(helper, { does: "run", ticket, memory, program: id, regions, save, grid: launch.grid, ...cut });
    }
    const ran = share.work((own, range) => program.run(own, range), launch, cut, isLate);
    if (!share.close(PATIENCE_MS, isLate)) {
      this.#killAll();
      launch.fuel = 0;
      return noOutcome(CAUSE_ALARM);
    }
    this.helped += share.done - ran;
    const { outcome, fuel } = share.outcome();
    launch.fuel = fuel;
    return outcome;
  }

  /** Lets go of a device's memory. @returns what tells whether every thread has. One that had to be killed never says so */
  forget(memory: WebAssembly.Memory): () => boolean {
    const id = this.#memoryIds.get(memory);
    if (id === undefined || this.#killed) return () => id === undefined;
    const share = this.#share;
    for (const helper of this.#helpers) {
      if (!helper.memories.delete(id)) continue;
      post(helper, { does: "forget", memory: id });
      this.#forgets++;
    }
    const wanted = this.#forgets;
    return () => share.forgotten - wanted >= 0;
  }

  #memoryId(memory: WebAssembly.Memory): number {
    const id = this.#memoryIds.get(memory) ?? this.#nextId++;
    this.#memoryIds.set(memory, id);
    return id;
  }

  #programId(program: JitProgram): number {
    const id = this.#programIds.get(program) ?? this.#nextId++;
    this.#programIds.delete(program);
    this.#programIds.set(program, id);
    if (this.#programIds.size > MOST_PROGRAMS) {
      const [oldest, oldId] = this.#programIds.entries().next().value!;
      this.#programIds.delete(oldest);
      for (const helper of this.#helpers) if (helper.programs.delete(oldId)) post(helper, { does: "forget", program: oldId });
    }
    return id;
  }

  #send(helper: Helper, memoryId: number, memory: WebAssembly.Memory, id: number, program: JitProgram): void {
    if (!helper.memories.has(memoryId)) {
      helper.memories.add(memoryId);
      post(helper, { does: "memory", id: memoryId, memory });
    }
    if (helper.programs.has(id)) return;
    helper.programs.add(id);
    const { module, facts } = program.runtime;
    post(helper, { does: "program", id, module, facts });
  }

  /** A thread that may still run may still write to the block: the next dispatch gets another. */
  #killAll(): void {
    this.#share = new Share();
    this.#killed = true;
    for (const { link } of this.#helpers.splice(0)) link.kill();
  }
}

function post(helper: Helper, message: ToRunner): void {
  helper.link.post(message);
}

let pool: Pool | undefined;

/** The pool of this process, or undefined where threads cannot share memory. */
export function sharedPool(): Pool | undefined {
  if (typeof SharedArrayBuffer !== "function") return undefined;
  pool ??= new Pool();
  return pool;
}
