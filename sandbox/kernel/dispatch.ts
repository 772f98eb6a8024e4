/**
 * How a dispatch runs: small ones at once on the queue's own thread, large ones in chunks, shared with the pool. What is large is measured:
 * a program's first workgroups say how long the others will take.
 */
import { host } from "../host/host.ts";
import { CAUSE, type Launch, type Outcome } from "../machine/launch.ts";
import { Order } from "./order.ts";
import { type Places, type Pool, sharedPool } from "./pool.ts";
import { noOutcome, runCapped } from "./share.ts";
import type { Runner } from "./tiers.ts";
import { Trial } from "./trial.ts";

/** Less work than this is not worth waking others. */
const SHARED_MS = 0.6;
/** A chunk that threads take: short enough that they end together, long enough to cost nothing. */
const CHUNK_MS = 0.25;
/** What runs before the next look at the clock. */
const PIECE_MS = 1;
const PROBE_FUEL = 250_000;
/** A chunk has at least this much to do, whatever the clock says. */
const CHUNK_FUEL = 1_000_000;
/** A dispatch of less, by what its program used before, is not timed: looking at the clock twice takes as long as running it. */
const UNTIMED_FUEL = 10_000;
const UNKNOWN: Pace = { ms: 0, fuel: 0 };
const MOST_CHUNKS = 2 ** 30;

export interface DispatchOptions {
  readonly threads: number;
  /** milliseconds that a dispatch may take; 0: no limit */
  readonly deadlineMs: number;
  /** one thread, and this order of workgroups */
  readonly seed?: number | undefined;
}

/** How long one workgroup of a program took when last seen; 0 before. */
interface Pace {
  readonly ms: number;
  readonly fuel: number;
}

/** Of a piece of work that was just seen. Other programs of the machine make a piece slow by chance, never fast: what is slow counts less. */
function pace(before: Pace, ms: number, fuel: number, workgroups: number): Pace {
  const each = Math.max(1e-9, ms / workgroups);
  return { ms: before.ms === 0 ? each : Math.min(each, before.ms * 4), fuel: Math.max(1, fuel / workgroups) };
}

export class Dispatcher {
  readonly threads: number;
  readonly #pool: Pool | undefined;
  readonly #deadlineMs: number;
  readonly #order: Order | undefined;
  readonly #paces = new WeakMap<Runner, Pace>();
  /** of runners that contend */
  readonly #trials = new WeakMap<Runner, Trial>();

  constructor({ threads, deadlineMs, seed }: DispatchOptions) {
    this.#order = seed === undefined ? undefined : new Order(seed);
    this.#pool = threads > 1 && seed === undefined ? sharedPool() : undefined;
    this.threads = this.#pool === undefined ? 1 : threads;
    this.#deadlineMs = deadlineMs;
  }

  /**
   * @param places regions for each of the other threads; asked for only when they are to take part
   * @returns how it ended; never throws. Leaves the fuel that is left in the launch
   */
  run(runner: Runner, launch: Launch, places: () => readonly Places[]): Outcome {
    if (this.#order !== undefined && runner.inRanges) return this.#order.run(runner.run, launch);
    const { grid } = launch;
    const total = grid[0] * grid[1] * grid[2];
    let each = this.#paces.get(runner) ?? UNKNOWN;
    if (each.fuel > 0 && each.fuel * total <= UNTIMED_FUEL && this.#deadlineMs === 0) return this.#runUntimed(runner, launch, total);
    const start = host().now();
    const deadline = this.#deadlineMs > 0 ? start + this.#deadlineMs : Number.POSITIVE_INFINITY;
    const most = this.#deadlineMs > 0 ? this.#deadlineMs * runner.fuelPerMs : Number.POSITIVE_INFINITY;
    let now = start;
    let first = 0;
    const trial = this.#trialOf(runner);
    const mayShare = this.#pool !== undefined && trial?.isShared !== false;
    while (first < total) {
      const left = total - first;
      if (mayShare && left * each.ms >= SHARED_MS) {
        const outcome = this.#runShared(runner, launch, places, first, each, deadline, most);
        if (outcome !== undefined) {
          trial?.note(true, host().now() - now, left);
          return outcome;
        }
      }
      const piece = this.#pool === undefined && this.#deadlineMs === 0 ? left : pieceOf(left, each.ms, runner);
      const fuel = launch.fuel;
      const outcome = runCapped(runner.run, launch, first, piece, launch.fuel, most);
      if (outcome.cause !== CAUSE.end) return outcome;
      const then = now;
      now = host().now();
      first += piece;
      each = pace(each, now - then, fuel - launch.fuel, piece);
      if (now > deadline && first < total) return noOutcome(CAUSE.killed);
    }
    this.#paces.set(runner, each);
    if (!mayShare && now - start >= SHARED_MS) trial?.note(false, now - start, total);
    return noOutcome(CAUSE.end);
  }

  #runUntimed(runner: Runner, launch: Launch, total: number): Outcome {
    const { fuel } = launch;
    const outcome = runCapped(runner.run, launch, 0, total, fuel, Number.POSITIVE_INFINITY);
    if (fuel - launch.fuel > UNTIMED_FUEL) this.#paces.delete(runner); // it does more than it did
    return outcome;
  }

  #trialOf(runner: Runner): Trial | undefined {
    if (this.#pool === undefined || runner.contends !== true) return undefined;
    let trial = this.#trials.get(runner);
    if (trial === undefined) {
      trial = new Trial();
      this.#trials.set(runner, trial);
    }
    return trial;
  }

  /** The pool's threads let go of a device's memory. @returns what tells whether they have */
  forget(memory: WebAssembly.Memory): () => boolean {
    return this.#pool?.forget(memory) ?? (() => true);
  }

  /** @returns undefined when no other thread can take part */
  #runShared(
    runner: Runner,
    launch: Launch,
    places: () => readonly Places[],
    first: number,
    before: Pace,
    deadline: number,
    most: number,
  ): Outcome | undefined {
    const [x, y, z] = launch.grid;
    const total = x * y * z - first;
    const threads = this.#pool!.ready(this.threads, total * before.ms);
    if (threads < 2) return undefined;
    const program = runner.threaded();
    if (program === undefined) return undefined;
    const fair = Math.ceil(total / (threads * 4));
    const each = Math.max(1, Math.min(fair, Math.max(CHUNK_MS / before.ms, CHUNK_FUEL / before.fuel)), total / MOST_CHUNKS);
    const { now } = host();
    const start = now();
    const { fuel } = launch;
    const cut = { first, total, each: Math.ceil(each), most };
    const outcome = this.#pool!.run(program, launch, places(), cut, () => now() > deadline);
    this.#paces.set(runner, pace(before, (now() - start) * threads, fuel - launch.fuel, total));
    return outcome;
  }
}

/** Workgroups that run before the next look at the clock. */
function pieceOf(left: number, msEach: number, runner: Runner): number {
  if (left * msEach <= PIECE_MS && msEach > 0) return left;
  return Math.min(left, Math.ceil(msEach > 0 ? PIECE_MS / msEach : PROBE_FUEL / runner.firstFuel));
}
