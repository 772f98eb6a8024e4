/**
 * A dispatch that several threads run: its workgroups are handed out in chunks, in ascending order, from one counter. This file is what the
 * threads share, and the loop that each of them runs. All of it is numbers in one block of memory, which no shader can reach.
 */
import { host } from "../host/host.ts";
import { CAUSE, type Launch, type Outcome } from "../machine/launch.ts";
import { CAUSE_ALARM } from "./door.ts";

/** Words of the block. `state` is ticket * 256 + closed * 128 + threads at work. */
const STATE = 0;
const NEXT = 1;
const STOP = 2;
const TRAPPED = 3;
/** chunks done, by anybody: a sign of life */
const DONE = 4;
/** memories that threads let go of, ever */
const FORGOTTEN = 5;
/** f64 fields from byte 40 on, fuel before them as i64 */
const FUEL = 4;
const FIELDS = 5;
const BYTES = 128;
const CLOSED = 128;
const MOST_THREADS = 126;
const TICKETS = 2 ** 23;

/** How a dispatch is cut into chunks. */
export interface Cut {
  /** workgroups: the first, how many, and how many of them make a chunk */
  readonly first: number;
  readonly total: number;
  readonly each: number;
  /** fuel that one chunk may use: more takes longer than the dispatch may */
  readonly most: number;
}

export type RunRange = (launch: Launch, range: { readonly first: number; readonly count: number }) => Outcome;

export const noOutcome = (cause: number): Outcome => ({ cause, pc: -1, workgroup: -1, wave: -1, lane: -1, slot: -1, offset: -1 });

export class Share {
  readonly block: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #fuel: BigInt64Array;
  readonly #fields: Float64Array;

  constructor(block: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.block = block;
    this.#words = new Int32Array(block);
    this.#fuel = new BigInt64Array(block);
    this.#fields = new Float64Array(block);
  }

  /** Opens the block for a new dispatch. Nobody is at work on the last. @returns its ticket */
  open(fuel: number): number {
    const ticket = ((Atomics.load(this.#words, STATE) >>> 8) + 1) % TICKETS;
    for (const word of [NEXT, STOP, TRAPPED, DONE]) Atomics.store(this.#words, word, 0);
    Atomics.store(this.#fuel, FUEL, BigInt(fuel));
    Atomics.store(this.#words, STATE, ticket * 256 + 1); // this thread is at work
    return ticket;
  }

  /** @returns false when that dispatch is over: the caller comes too late */
  join(ticket: number): boolean {
    for (;;) {
      const state = Atomics.load(this.#words, STATE);
      if (state >>> 8 !== ticket || (state & CLOSED) !== 0 || (state & 127) >= MOST_THREADS) return false;
      if (Atomics.compareExchange(this.#words, STATE, state, state + 1) === state) return true;
    }
  }

  leave(): void {
    Atomics.sub(this.#words, STATE, 1);
    Atomics.notify(this.#words, STATE);
  }

  /** Takes chunks and runs them until there are none, or somebody stops. @param isLate asked after each chunk. @returns how many it ran */
  work(run: RunRange, launch: Launch, { first, total, each, most }: Cut, isLate?: () => boolean): number {
    let ran = 0;
    while (Atomics.load(this.#words, STOP) === 0) {
      const start = Atomics.add(this.#words, NEXT, 1) * each;
      if (start >= total) break;
      const fuel = Math.max(0, Number(Atomics.load(this.#fuel, FUEL)));
      const outcome = runCapped(run, launch, first + start, Math.min(each, total - start), fuel, most);
      Atomics.sub(this.#fuel, FUEL, BigInt(fuel - launch.fuel));
      Atomics.add(this.#words, DONE, 1);
      ran++;
      if (outcome.cause !== CAUSE.end) this.trap(outcome);
      else if (isLate?.() && Atomics.load(this.#words, NEXT) * each < total) this.trap(noOutcome(CAUSE.killed));
    }
    return ran;
  }

  /** Stops everybody. The first trap is the one that is told. */
  trap(outcome: Outcome): void {
    if (Atomics.compareExchange(this.#words, TRAPPED, 0, 1) === 0) {
      const { cause, pc, workgroup, wave, lane, slot, offset } = outcome;
      this.#fields.set([cause, pc, workgroup, wave, lane, slot, offset], FIELDS);
    }
    Atomics.store(this.#words, STOP, 1);
  }

  /**
   * Leaves, and waits until the others have left too.
   * @param patience milliseconds without a chunk done before it gives up
   * @returns false when it gave up: some thread may still be at work
   */
  close(patience: number, isLate?: () => boolean): boolean {
    Atomics.or(this.#words, STATE, CLOSED);
    Atomics.sub(this.#words, STATE, 1);
    const slice = 20;
    let waited = 0;
    let done = Atomics.load(this.#words, DONE);
    for (;;) {
      const state = Atomics.load(this.#words, STATE);
      if ((state & 127) === 0) return true;
      if (waitWhile(this.#words, STATE, state, slice)) continue;
      if (isLate?.()) this.trap(noOutcome(CAUSE.killed));
      const now = Atomics.load(this.#words, DONE);
      waited = now === done ? waited + slice : 0;
      done = now;
      if (waited >= patience) return false;
    }
  }

  /** chunks run so far, by all */
  get done(): number {
    return Atomics.load(this.#words, DONE);
  }

  get forgotten(): number {
    return Atomics.load(this.#words, FORGOTTEN);
  }
  forget(): void {
    Atomics.add(this.#words, FORGOTTEN, 1);
  }

  /** How the dispatch ended, and the fuel left. To be asked when all have left. */
  outcome(): { readonly outcome: Outcome; readonly fuel: number } {
    const fuel = Number(Atomics.load(this.#fuel, FUEL));
    if (Atomics.load(this.#words, TRAPPED) === 0) return { outcome: noOutcome(fuel < 0 ? CAUSE.fuel : CAUSE.end), fuel: Math.max(0, fuel) };
    const [cause, pc, workgroup, wave, lane, slot, offset] = this.#fields.subarray(FIELDS, FIELDS + 7);
    const outcome = { cause: cause!, pc: pc!, workgroup: workgroup!, wave: wave!, lane: lane!, slot: slot!, offset: offset! };
    return { outcome, fuel: Math.max(0, fuel) };
  }
}

/** Waits while a word is `value`, for some milliseconds at most. The main thread of a page may not block: it spins. @returns false after that */
function waitWhile(words: Int32Array, index: number, value: number, ms: number): boolean {
  const { canWait, now } = host();
  if (canWait) return Atomics.wait(words, index, value, ms) !== "timed-out";
  const end = now() + ms;
  do {
    for (let i = 0; i < 1000; i++) if (Atomics.load(words, index) !== value) return true;
  } while (now() < end);
  return false;
}

/**
 * Runs some workgroups with `fuel`, of which they may use `most`. Leaves what is left of `fuel` in the launch. An exception out of a tier is
 * a bug of ours: an alarm.
 */
export function runCapped(run: RunRange, launch: Launch, first: number, count: number, fuel: number, most: number): Outcome {
  const given = Math.min(fuel, most);
  launch.fuel = given;
  try {
    const outcome = run(launch, { first, count });
    launch.fuel = fuel - (given - Math.max(0, Math.min(given, launch.fuel)));
    return outcome.cause === CAUSE.fuel && given < fuel ? { ...outcome, cause: CAUSE.killed } : outcome;
  } catch {
    launch.fuel = 0;
    return noOutcome(CAUSE_ALARM);
  }
}
