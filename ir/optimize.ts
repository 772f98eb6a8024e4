/** The standard pipelines. Level 0 is the least that the backend needs; all end in scalars and spans. */
import type { Module } from "./module.ts";
import { type PassOptions, runPasses } from "./pass.ts";
import type { PassName } from "./passes/index.ts";

export type Level = 0 | 1 | 2;

/** One function, with its initial values in it. */
const START: readonly PassName[] = ["inline", "zero-init", "cfg"];
/** Variables to values. */
const PROMOTE: readonly PassName[] = ["sroa", "mem2reg", "dce"];
/** To scalars and spans. */
const LOWER: readonly PassName[] = ["lower-access", "scalarize", "lower-builtins", "lower-f16"];

export const PIPELINES: { readonly [L in Level]: readonly PassName[] } = {
  0: [...START, ...LOWER],
  1: [...START, ...PROMOTE, ...LOWER, "fold", "cfg", "gvn", "dce"],
  2: [
    ...START,
    ...PROMOTE,
    ...(["fold", "cfg", "unroll", "fold", "cfg"] as const),
    ...PROMOTE,
    ...LOWER,
    ...(["fold", "cfg", "if-convert", "fold-offsets", "fold", "gvn", "licm", "fold", "gvn", "cfg", "dce"] as const),
  ],
};

/**
 * Brings `m`, as a front end makes it, to what `backend/` takes.
 * @throws Limit when the result would be too large
 */
export function optimize(m: Module, level: Level = 2, options: PassOptions = {}): void {
  runPasses(m, PIPELINES[level], options);
}
