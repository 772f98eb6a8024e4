/**
 * Small branches without effects become selects: both sides are computed, the phis at the join choose. On a machine of four-lane waves that
 * costs what a divergent branch costs anyway, and leaves straight-line code. Inner branches first, so that nests of small ones go too.
 */
import { NONE } from "../../support/id.ts";
import { bodies, incoming, Replacements } from "../edit.ts";
import { type BlockId, type FunctionId, MERGE, type Module, type Value } from "../module.ts";
import { OP, OPS, type OpName } from "../ops.ts";
import type { Pass } from "../pass.ts";

/** Cycles of the stated cost model that may be spent on a side that is not taken. */
const MAX_COST = 20;
/** Costs of more than 1. */
const COST: Partial<Record<OpName, number>> = {
  UDiv: 12,
  SDiv: 12,
  UMod: 12,
  SRem: 12,
  FDiv: 6,
  Sqrt: 6,
  InverseSqrt: 8,
  Sin: 16,
  Cos: 16,
  Exp2: 12,
  Log2: 12,
  Atan2: 20,
  CompositeConstruct: 0,
};

export const ifConvert: Pass = {
  name: "if-convert",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (convert(m, f)) changed = true;
    return changed;
  },
};

function convert(m: Module, f: FunctionId): boolean {
  const replacements = new Replacements(m);
  const preds = countPredecessors(m, f);
  let changed = false;
  for (let b = m.functions[f]!.last; b !== NONE; ) {
    const previous = m.prevBlock(b);
    while (convertAt(m, b, preds, replacements)) changed = true;
    b = previous;
  }
  replacements.apply(f);
  return changed;
}

function countPredecessors(m: Module, f: FunctionId): Int32Array {
  const preds = m.scratch.i32(m.blockCount);
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) for (const s of new Set(m.successors(b))) preds[s]!++;
  return preds;
}

/** Turns the selection that `b` heads into straight-line code, and joins the merge block to `b` where nothing else comes to it. */
function convertAt(m: Module, b: BlockId, preds: Int32Array, replacements: Replacements): boolean {
  const t = m.last(b);
  if (m.op(t) !== OP.BranchConditional || m.mergeKind(b) !== MERGE.selection) return false;
  const merge = m.merge(b);
  const [yes, no] = [m.arg(t, 1) as BlockId, m.arg(t, 2) as BlockId];
  if (yes === no || preds[merge] !== 2) return false;
  const sides = [yes, no].filter((s) => s !== merge);
  if (!sides.every((s) => preds[s] === 1 && isSmall(m, s, merge))) return false;
  if (sides.reduce((sum, s) => sum + costOf(m, s), 0) > MAX_COST) return false;
  const condition = m.operand(t, 0);
  for (const s of sides) {
    let next: Value;
    for (let v = m.first(s); v !== m.last(s); v = next) {
      next = m.next(v);
      m.moveBefore(v, t);
    }
  }
  choose(m, t, merge, condition, yes === merge ? b : yes, no === merge ? b : no, replacements);
  for (const s of sides) {
    m.remove(m.last(s));
    m.removeBlock(s);
  }
  m.rewrite(t, "Branch", m.types.void, [merge]);
  m.setMerge(b, NONE);
  preds[merge] = 1;
  join(m, b, merge);
  return true;
}

/** Phis of the merge block become selects before `t`. */
function choose(m: Module, t: Value, merge: BlockId, c: Value, yes: BlockId, no: BlockId, replacements: Replacements): void {
  let next: Value;
  for (let phi = m.first(merge); phi !== NONE && m.op(phi) === OP.Phi; phi = next) {
    next = m.next(phi);
    const [onYes, onNo] = [incoming(m, phi, yes), incoming(m, phi, no)];
    replacements.set(phi, onYes === onNo ? onYes : m.insertBefore(t, "Select", m.type(phi), [c, onYes, onNo], m.sourceOffset(phi)));
    m.remove(phi);
  }
}

/** Appends the merge block to `b`, its only predecessor now. */
function join(m: Module, b: BlockId, merge: BlockId): void {
  if (m.mergeKind(merge) === MERGE.loop) return;
  m.remove(m.last(b));
  for (const s of new Set(m.successors(merge))) {
    for (let v = m.first(s); v !== NONE && m.op(v) === OP.Phi; v = m.next(v)) {
      for (let i = 1; i < m.argCount(v); i += 2) if (m.arg(v, i) === merge) m.setArg(v, i, b);
    }
  }
  for (let v = m.first(merge); v !== NONE; v = m.first(merge)) m.moveToEnd(v, b);
  if (m.mergeKind(merge) !== MERGE.none) m.setMerge(b, m.merge(merge));
  m.setMerge(merge, NONE);
  m.removeBlock(merge);
}

function isSmall(m: Module, side: BlockId, merge: BlockId): boolean {
  const t = m.last(side);
  if (m.op(t) !== OP.Branch || m.arg(t, 0) !== merge || m.mergeKind(side) !== MERGE.none) return false;
  for (let v = m.first(side); v !== t; v = m.next(v)) if (OPS[m.opName(v)].effect !== "pure" || m.op(v) === OP.Phi) return false;
  return true;
}
function costOf(m: Module, side: BlockId): number {
  let cost = 0;
  for (let v = m.first(side); v !== m.last(side) && cost <= MAX_COST; v = m.next(v)) cost += COST[m.opName(v)] ?? 1;
  return cost;
}
