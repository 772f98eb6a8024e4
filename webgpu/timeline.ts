/**
 * The device timeline: steps in the order of the calls that issued them. A step runs at once unless an earlier one waits for something, a
 * reply of the compile worker, say. Steps run no code of the script.
 * @see https://www.w3.org/TR/webgpu/#programming-model-timelines
 */

export class Timeline {
  readonly #onCrash: (error: unknown) => void;
  /** steps waiting behind a blocked one */
  readonly #queue: (() => void)[] = [];
  #blocked = false;

  /** @param onCrash told of what a step threw: always a bug of ours */
  constructor(onCrash: (error: unknown) => void) {
    this.#onCrash = onCrash;
  }

  /** Whether a step would run at once. */
  get idle(): boolean {
    return !this.#blocked;
  }

  run(step: () => void): void {
    if (this.#blocked) this.#queue.push(step);
    else this.#guarded(step);
  }

  /** Called from within a step: later steps wait until `until` is settled. Then `then` runs, as part of the step. */
  wait<T>(until: Promise<T>, then: (value: T) => void): void {
    this.#blocked = true;
    until.then(
      (value) => this.#resume(() => then(value)),
      (error) => this.#resume(() => this.#onCrash(error)),
    );
  }

  #resume(rest: () => void): void {
    this.#blocked = false;
    this.#guarded(rest);
    while (!this.#blocked) {
      const step = this.#queue.shift();
      if (step === undefined) return;
      this.#guarded(step);
    }
  }

  #guarded(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#onCrash(error);
    }
  }
}
