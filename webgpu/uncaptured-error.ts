/**
 * Errors that no scope captured: an event, and if nobody takes notice of it, a warning.
 * @see https://www.w3.org/TR/webgpu/#telemetry
 */
import { callStack } from "./call-stack.ts";
import type { ContentTasks } from "./content-tasks.ts";
import type { DomError } from "./dom-types.ts";
import { type GPUError, isGpuError } from "./errors.ts";
import { microtask, warn } from "./host.ts";
import { dictionary, instance, required } from "./idl/dictionary.ts";
import { exposeInterface } from "./idl/interface.ts";

const eventInit = dictionary(null, { error: required(instance("GPUError", (value) => (isGpuError(value) ? value : undefined))) });

let wasSeen: (event: GPUUncapturedErrorEvent) => boolean;

export class GPUUncapturedErrorEvent extends Event {
  declare readonly __brand: "GPUUncapturedErrorEvent";
  readonly #error: GPUError;
  #seen = false;
  constructor(type: string, init: { error: DomError; bubbles?: boolean; cancelable?: boolean; composed?: boolean }) {
    const { error } = eventInit(init, "GPUUncapturedErrorEvent");
    super(type, init);
    this.#error = error;
  }
  get error(): GPUError {
    this.#seen = true;
    return this.#error;
  }
  static {
    wasSeen = (event) => event.#seen;
  }
}
exposeInterface("GPUUncapturedErrorEvent", GPUUncapturedErrorEvent);

/** Warnings one device may print: an error in a loop must not fill the log. */
const MAX_WARNINGS = 20;

/** Reports the uncaptured errors of one device. */
export class UncapturedErrors {
  readonly #target: EventTarget;
  readonly #throws: boolean;
  readonly #tasks: ContentTasks;
  readonly #printed = new Set<string>();

  constructor(target: EventTarget, tasks: ContentTasks, throwOnError: boolean) {
    this.#target = target;
    this.#tasks = tasks;
    this.#throws = throwOnError;
  }

  /** Called where the error arises. @param at the script's call that it arose in, where it is not the running one */
  report(error: GPUError, at?: string): void {
    const thrown = this.#throws ? new UncapturedGpuError(error, at ?? callStack()) : null;
    this.#tasks.post(() => this.#fire(error, thrown));
  }

  /** A listener that read `event.error`, or prevented the default, has dealt with the error. */
  #fire(error: GPUError, thrown: UncapturedGpuError | null): void {
    const event = new GPUUncapturedErrorEvent("uncapturederror", { error, cancelable: true });
    this.#target.dispatchEvent(event);
    if (event.defaultPrevented || wasSeen(event)) return;
    if (thrown === null) this.#warn(error);
    else {
      microtask(() => {
        throw thrown;
      });
    }
  }

  #warn(error: GPUError): void {
    const text = `${error.constructor.name}: ${error.message}`;
    if (this.#printed.has(text) || this.#printed.size > MAX_WARNINGS) return;
    this.#printed.add(text);
    warn(this.#printed.size > MAX_WARNINGS ? "WebGPU: more errors follow, which are not printed" : `Uncaptured WebGPU error. ${text}`);
  }
}

/** What is thrown with the option `throwOnError`: its stack is that of the call that was wrong, such as `setBindGroup`, not of `finish`. */
export class UncapturedGpuError extends Error {
  readonly error: GPUError;
  constructor(error: GPUError, at: string) {
    super(error.message);
    this.name = error.constructor.name;
    this.error = error;
    this.stack = `${this.name}: ${error.message}\n${at}`;
  }
}
