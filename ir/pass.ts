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
  let changed = false;
  for (const name of names) {
    if (PASSES[name].run(m, options)) changed = true;
    options.dump?.(name, m);
    if (!options.validate) continue;
    const errors = validate(m);
    if (errors.length > 0) throw new Ice(`invalid IR after ${name}:\n${formatErrors(m, errors)}`);
  }
  return changed;
}
