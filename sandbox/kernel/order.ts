/** An order of workgroups that a seed says, for tests of programs that must not depend on any. */
import { CAUSE, type Launch, type Outcome } from "../machine/launch.ts";
import { noOutcome, type RunRange, runCapped } from "./share.ts";

/** Pieces of a dispatch; larger ones have several workgroups in a piece, which run in their own order. */
const MOST_PIECES = 4096;

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export class Order {
  #state: number;

  /** @param seed an integer from 0 to 2^32 - 1 */
  constructor(seed: number) {
    this.#state = seed;
  }

  #next(below: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * below);
  }

  /** Runs all workgroups of a launch, each once. Each dispatch gets another order. @returns how it ended; leaves the fuel that is left */
  run(run: RunRange, launch: Launch): Outcome {
    const [x, y, z] = launch.grid;
    const total = x * y * z;
    const each = Math.ceil(total / MOST_PIECES);
    const pieces = Math.ceil(total / each);
    let step = 1 + this.#next(pieces);
    while (gcd(step, pieces) !== 1) step++;
    let piece = this.#next(pieces);
    for (let i = 0; i < pieces; i++) {
      const first = piece * each;
      const outcome = runCapped(run, launch, first, Math.min(each, total - first), launch.fuel, Number.POSITIVE_INFINITY);
      if (outcome.cause !== CAUSE.end) return outcome;
      piece = (piece + step) % pieces;
    }
    return noOutcome(CAUSE.end);
  }
}
