/**
 * What the driver has to say to the script: promises to settle, events to fire. First in, first out, never inside a call of the script.
 *
 * Tasks run in a microtask, so that `await` costs no turn of the event loop. A script that awaits in a loop would then starve timers and
 * input; so after MAX_WITHOUT_TURN batches without a turn of the event loop, the next batch waits for one.
 */
import { macrotask, microtask } from "./host.ts";

const MAX_WITHOUT_TURN = 64;

/** batches run since the event loop last turned; all devices share the loop */
let sinceTurn = 0;

export class ContentTasks {
  #waiting: (() => void)[] = [];

  post(task: () => void): void {
    this.#waiting.push(task);
    if (this.#waiting.length > 1) return;
    if (sinceTurn === 0) macrotask(() => (sinceTurn = 0));
    if (++sinceTurn > MAX_WITHOUT_TURN) macrotask(() => this.#run());
    else microtask(() => this.#run());
  }

  #run(): void {
    const tasks = this.#waiting;
    this.#waiting = [];
    for (const task of tasks) task();
  }
}
