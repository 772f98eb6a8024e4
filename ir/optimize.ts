/** The standard pipelines. Level 0 is the least that the backend needs; all end in scalars and spans. */
import type { Module } from "./module.ts";
import { type PassOptions, PassRunner } from "./pass.ts";
import type { PassName } from "./passes/index.ts";

export type Level = 0 | 1 | 2;

/** Calls inlined or brought into the machine's form, initial values made explicit. */
const START: readonly PassName[] = ["inline", "lower-calls", "zero-init", "cfg"];
/** Variables to values. */
const PROMOTE: readonly PassName[] = ["sroa", "mem2reg", "dce", "fold", "cfg"];
/** To scalars and spans. */
const LOWER: readonly PassName[] = ["lower-access", "scalarize", "lower-builtins", "lower-f16"];
const FINISH_1: readonly PassName[] = ["fold", "cfg", "gvn", "dce"];
const FINISH_2: readonly PassName[] = [
  "fold",
  "cfg",
  "if-convert",
  "fold-ranges",
  "fold-offsets",
  "fold",
  "gvn",
  "licm",
  "fold",
  "gvn",
  "reassociate",
  "cfg",
  "dce",
];

/**
 * Brings `m`, as a front end makes it, to what `backend/` takes.
 * @throws Limit when the result would be too large
 */
export function optimize(m: Module, level: Level = 2, options: PassOptions = {}): void {
  const passes = new PassRunner(m, options);
  passes.run(START);
  if (level > 0) passes.run(PROMOTE);
  // where loops went, arrays that they indexed may go
  if (level === 2 && passes.run(["unroll"])) passes.run(["fold", "cfg", ...PROMOTE]);
  if (level > 0) passes.run(["constant-tables"]);
  passes.run(LOWER);
  if (level > 0) passes.run(level === 1 ? FINISH_1 : FINISH_2);
}
