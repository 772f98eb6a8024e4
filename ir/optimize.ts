/** The standard pipelines. Level 0 is the least that the backend needs; all end in scalars and spans. */
import type { Module } from "./module.ts";
import { type PassOptions, runPasses } from "./pass.ts";
import type { PassName } from "./passes/index.ts";

export type Level = 0 | 1 | 2;

/** To scalars and spans. */
const LOWER: readonly PassName[] = ["lower-access", "scalarize", "lower-builtins", "lower-f16"];

export const PIPELINES: { readonly [L in Level]: readonly PassName[] } = {
  0: ["inline", "zero-init", "cfg", ...LOWER],
  1: ["inline", "zero-init", "cfg", "sroa", "mem2reg", "dce", ...LOWER, "fold", "cfg", "gvn", "dce"],
  2: ["inline", "zero-init", "cfg", "sroa", "mem2reg", "dce", "fold", "cfg", ...LOWER, "fold", "cfg", "gvn", "fold", "dce"],
};

/**
 * Brings `m`, as a front end makes it, to what `backend/` takes.
 * @throws Limit when the result would be too large
 */
export function optimize(m: Module, level: Level = 2, options: PassOptions = {}): void {
  runPasses(m, PIPELINES[level], options);
}
