/** What a pass is, and running some of them in order, with a check and a look after each. */
import { Ice } from "../support/failure.ts";
import type { Module } from "./module.ts";
import { PASSES, type PassName } from "./passes/index.ts";
import { formatErrors, validate } from "./validate.ts";

export interface Pass {
  /** also its file, its flag and its test folder */
  readonly name: string;
  /** Changes `m` in place. @returns whether anything changed */
  readonly run: (m: Module, options?: PassOptions) => boolean;
}

export interface PassOptions {
  /** operations that `inline` may add; 0: every call that can stay one does; undefined: the usual budget */
  readonly inlineBudget?: number | undefined;
  /** validate after every pass; an invalid module is an Ice that names the pass */
  readonly validate?: boolean;
  /** called after every pass */
  readonly dump?: (pass: PassName, m: Module) => void;
}

/** @returns whether any of them changed `m` */
export function runPasses(m: Module, names: readonly PassName[], options: PassOptions = {}): boolean {
  return new PassRunner(m, options).run(names);
}

/** Runs passes over one module, but not again what has just found nothing to do. */
export class PassRunner {
  readonly #m: Module;
  readonly #options: PassOptions;
  /** counts changes of the module */
  #version = 0;
  /** version that a pass left as it was */
  readonly #idleAt = new Map<PassName, number>();

  constructor(m: Module, options: PassOptions) {
    this.#m = m;
    this.#options = options;
  }

  /** @returns whether any of them changed the module */
  run(names: readonly PassName[]): boolean {
    const m = this.#m;
    const before = this.#version;
    for (const name of names) {
      if (this.#idleAt.get(name) !== this.#version) {
        const other = m.budget.usedBytes - m.heldBytes;
        if (PASSES[name].run(m, this.#options)) this.#version++;
        else this.#idleAt.set(name, this.#version);
        m.budget.usedBytes = other + m.heldBytes;
      }
      this.#options.dump?.(name, this.#m);
      if (this.#options.validate) this.#validate(name);
    }
    return this.#version > before;
  }
  #validate(name: PassName): void {
    const errors = validate(this.#m);
    if (errors.length > 0) throw new Ice(`invalid IR after ${name}:\n${formatErrors(this.#m, errors)}`);
  }
}
