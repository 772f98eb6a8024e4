/**
 * Whether a program is worth sharing among threads. Atomics of several threads on the same few lines of memory can cost more than the threads
 * gain, and nothing about the code says so: it depends on the data. So it is tried: of each round of large dispatches the first few run in
 * turn on one thread and with all, and what was faster runs the others.
 */

/** Large dispatches from one trial to the next. */
const ROUND = 64;
/** Every other one of these is shared, the first is not: what threads can lose is more than what they can gain. The least time counts, as other work of the machine makes things slow only. */
const TRIALS = 6;
/** Threads that gain less than this are better used by others. */
const WORTH = 0.9;

export class Trial {
  #turn = 0;
  /** least milliseconds of one workgroup in this round */
  #alone = Number.POSITIVE_INFINITY;
  #shared = Number.POSITIVE_INFINITY;

  /** Whether the next large dispatch is to be shared. */
  get isShared(): boolean {
    return this.#turn < TRIALS ? this.#turn % 2 === 1 : this.#shared <= this.#alone * WORTH;
  }

  /** What a large dispatch took. */
  note(isShared: boolean, ms: number, workgroups: number): void {
    if (this.#turn === 0) this.#alone = this.#shared = Number.POSITIVE_INFINITY;
    if (isShared) this.#shared = Math.min(this.#shared, ms / workgroups);
    else this.#alone = Math.min(this.#alone, ms / workgroups);
    this.#turn = (this.#turn + 1) % ROUND;
  }
}
