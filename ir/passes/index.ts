/** All passes by name. */
import type { Pass } from "../pass.ts";
import { cfg } from "./cfg.ts";
import { constantTables } from "./constant-tables.ts";
import { dce } from "./dce.ts";
import { fold } from "./fold.ts";
import { foldOffsets } from "./fold-offsets.ts";
import { foldRanges } from "./fold-ranges.ts";
import { gvn } from "./gvn.ts";
import { ifConvert } from "./if-convert.ts";
import { inline } from "./inline.ts";
import { licm } from "./licm.ts";
import { lowerAccess } from "./lower-access.ts";
import { lowerBuiltins } from "./lower-builtins.ts";
import { lowerCalls } from "./lower-calls.ts";
import { lowerF16 } from "./lower-f16.ts";
import { mem2reg } from "./mem2reg.ts";
import { reassociate } from "./reassociate.ts";
import { scalarize } from "./scalarize.ts";
import { sroa } from "./sroa.ts";
import { unroll } from "./unroll.ts";
import { zeroInit } from "./zero-init.ts";

export const PASSES = {
  inline,
  "lower-calls": lowerCalls,
  "zero-init": zeroInit,
  cfg,
  "lower-access": lowerAccess,
  scalarize,
  "lower-builtins": lowerBuiltins,
  "lower-f16": lowerF16,
  sroa,
  mem2reg,
  dce,
  fold,
  gvn,
  licm,
  "if-convert": ifConvert,
  unroll,
  "fold-offsets": foldOffsets,
  "constant-tables": constantTables,
  "fold-ranges": foldRanges,
  reassociate,
} as const satisfies Record<string, Pass>;

export type PassName = keyof typeof PASSES;
