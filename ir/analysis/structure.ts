/**
 * The structured constructs of a function, from its merge annotations: a selection is the stretch of blocks [header, merge), a loop
 * [header, merge) with its body [header, continue) and its continue part [continue, merge). They nest like brackets.
 */
import { NONE } from "../../support/id.ts";
import { type BlockId, MERGE, type Module } from "../module.ts";
import type { Cfg } from "./cfg.ts";

export const CONSTRUCT = { selection: 0, loop: 1, continuing: 2 } as const;

export interface Construct {
  readonly kind: number;
  /** construct around it, or -1 */
  readonly parent: number;
  /** block numbers: first block, and the first one past it (its merge block; for the continue part the loop's) */
  readonly first: number;
  readonly end: number;
  /** block number of the loop's continue target; -1 for selections */
  readonly continueAt: number;
  readonly depth: number;
}

export interface Structure {
  readonly constructs: readonly Construct[];
  /** innermost construct a block stands in (a header: the one it heads, and of a loop header and continue target the loop's or continue part), or -1 */
  readonly inner: Int32Array;
  /** construct of which the block is the merge, or -1 */
  readonly mergeOf: Int32Array;
  /** loop of which the block is the continue target, or -1 */
  readonly continueOf: Int32Array;
  /** construct (selection or loop) that the block heads, or -1 */
  readonly headOf: Int32Array;
  /** what is wrong: blocks and messages */
  readonly errors: readonly { readonly block: BlockId; readonly message: string }[];
}

export function findStructure(m: Module, cfg: Cfg): Structure {
  const n = cfg.count;
  const constructs: Construct[] = [];
  const inner = new Int32Array(n).fill(-1);
  const mergeOf = new Int32Array(n).fill(-1);
  const continueOf = new Int32Array(n).fill(-1);
  const headOf = new Int32Array(n).fill(-1);
  const errors: { block: BlockId; message: string }[] = [];
  let open = -1;
  for (let i = 0; i < n; i++) {
    const block = cfg.blocks[i]!;
    while (open >= 0 && constructs[open]!.end <= i) open = constructs[open]!.parent;
    const loop = continueOf[i]!;
    if (loop >= 0) {
      if (open !== loop) errors.push({ block, message: "the continue target stands inside another construct" });
      open = push(constructs, { kind: CONSTRUCT.continuing, parent: open, first: i, end: constructs[loop]!.end, continueAt: -1 });
    }
    if (m.mergeKind(block) !== MERGE.none) {
      const merge = cfg.indexOf(m.merge(block));
      const isLoop = m.mergeKind(block) === MERGE.loop;
      const target = isLoop ? cfg.indexOf(m.continueTarget(block)) : NONE;
      const end = open < 0 ? n : limitOf(constructs[open]!, i);
      const message = annotationError(i, merge, target, isLoop, end, mergeOf, continueOf);
      if (message !== "") errors.push({ block, message });
      else {
        open = push(constructs, {
          kind: isLoop ? CONSTRUCT.loop : CONSTRUCT.selection,
          parent: open,
          first: i,
          end: merge,
          continueAt: target,
        });
        mergeOf[merge] = open;
        headOf[i] = open;
        if (isLoop) continueOf[target] = open;
      }
    }
    inner[i] = open;
  }
  return { constructs, inner, mergeOf, continueOf, headOf, errors };
}

/** Block number that constructs inside `c` which begin at `i` may not reach past: for a loop's body the continue target. */
function limitOf(c: Construct, i: number): number {
  return c.continueAt > i ? c.continueAt - 1 : c.end - 1;
}

function annotationError(
  i: number,
  merge: number,
  target: number,
  loop: boolean,
  end: number,
  mergeOf: Int32Array,
  continueOf: Int32Array,
): string {
  if (merge < 0) return "its merge block is not in this function";
  if (merge <= i) return "its merge block does not stand after it";
  if (merge > end) return "its merge block stands outside the construct around it";
  if (mergeOf[merge]! >= 0) return "its merge block is that of another construct too";
  if (continueOf[merge]! >= 0) return "its merge block is a continue target";
  if (!loop) return "";
  if (target < 0) return "its continue target is not in this function";
  if (target <= i || target >= merge) return "its continue target does not stand between it and its merge block";
  return mergeOf[target]! >= 0 ? "its continue target is a merge block" : "";
}

function push(constructs: Construct[], c: Omit<Construct, "depth">): number {
  const depth = c.parent < 0 ? 0 : constructs[c.parent]!.depth + 1;
  const { kind, parent, first, end, continueAt } = c;
  return constructs.push({ kind, parent, first, end, continueAt, depth }) - 1;
}
