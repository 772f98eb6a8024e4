/**
 * Tidies control flow: removes blocks that cannot be reached, loops that never repeat, constructs that nothing leaves early; branches past
 * empty blocks; joins a block to the only one before it. Straight-line code ends up in one block, which other passes like.
 * Every round is one sweep; rounds are few, since each works from inner constructs outwards.
 */
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { findStructure, type Structure } from "../analysis/structure.ts";
import { bodies, hasPhi, Replacements, removePredecessor, renamePredecessor } from "../edit.ts";
import { type BlockId, type FunctionId, MERGE, type Module, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";

const MAX_ROUNDS = 8;

export const cfg: Pass = {
  name: "cfg",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) {
      if (m.functions[f]!.first === m.functions[f]!.last) continue;
      for (let round = 0; round < MAX_ROUNDS && tidy(m, f); round++) changed = true;
    }
    return changed;
  },
};

function tidy(m: Module, f: FunctionId): boolean {
  const replacements = new Replacements(m);
  const graphs = new Graphs(m, f);
  let changed = false;
  const step = (did: boolean) => {
    if (!did) return;
    changed = true;
    graphs.forget();
  };
  step(foldBranches(m, f));
  step(removeUnreachable(m, graphs.graph()));
  step(removeConstructs(m, graphs.graph(), graphs.structure()));
  step(skipEmpty(m, graphs.graph(), graphs.structure()));
  step(joinBlocks(m, f, replacements));
  step(simplifyPhis(m, f, replacements));
  replacements.apply(f);
  return changed;
}

/** Made when asked for, kept until something changes. */
class Graphs {
  readonly #m: Module;
  readonly #f: FunctionId;
  #graph: Cfg | null = null;
  #structure: Structure | null = null;
  constructor(m: Module, f: FunctionId) {
    this.#m = m;
    this.#f = f;
  }
  graph(): Cfg {
    this.#graph ??= new Cfg(this.#m, this.#f);
    return this.#graph;
  }
  structure(): Structure {
    this.#structure ??= findStructure(this.#m, this.graph());
    return this.#structure;
  }
  forget(): void {
    this.#graph = null;
    this.#structure = null;
  }
}

/** Branches whose way is known, or makes no difference. A loop keeps its back edge: its continue target may be where inner constructs are left to. */
function foldBranches(m: Module, f: FunctionId): boolean {
  let changed = false;
  const passed = m.scratch.u8(m.blockCount);
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    passed[b] = 1;
    const t = m.last(b);
    const targets = m.successors(b);
    if (targets.length < 2) continue;
    const taken = takenTarget(m, t);
    if (taken === NONE || targets.some((target) => passed[target] === 1 && target !== taken)) continue;
    for (const other of new Set(targets)) if (other !== taken) removePredecessor(m, other, b);
    m.rewrite(t, "Branch", m.types.void, [taken]);
    changed = true;
  }
  return changed;
}
function takenTarget(m: Module, terminator: Value): BlockId {
  const isSwitch = m.op(terminator) === OP.Switch;
  const bits = m.constantBits(m.operand(terminator, 0));
  if (bits >= 0) {
    if (!isSwitch) return m.arg(terminator, bits !== 0 ? 1 : 2) as BlockId;
    for (let i = 2; i < m.argCount(terminator); i += 2) if (m.arg(terminator, i) === (bits | 0)) return m.arg(terminator, i + 1) as BlockId;
    return m.arg(terminator, 1) as BlockId;
  }
  const first = m.arg(terminator, 1);
  if (!isSwitch) return (m.arg(terminator, 2) === first ? first : NONE) as BlockId;
  for (let i = 3; i < m.argCount(terminator); i += 2) if (m.arg(terminator, i) !== first) return NONE;
  return first as BlockId;
}

/** A loop that never repeats becomes a selection; merge blocks of constructs stay, with nothing in them. */
function removeUnreachable(m: Module, graph: Cfg): boolean {
  const keep = new Uint8Array(graph.count);
  let changed = false;
  for (let i = 0; i < graph.count; i++) {
    const b = graph.blocks[i]!;
    if (graph.reachable[i] !== 1 || m.mergeKind(b) === MERGE.none) continue;
    const target = graph.indexOf(m.continueTarget(b));
    if (target >= 0 && graph.reachable[target] !== 1) {
      m.setMerge(b, m.merge(b));
      changed = true;
    }
    keep[graph.indexOf(m.merge(b))] = 1;
  }
  for (let i = 0; i < graph.count; i++) {
    if (graph.reachable[i] === 1) continue;
    const b = graph.blocks[i]!;
    for (let k = 0; k < graph.succCount(i); k++) removePredecessor(m, graph.blocks[graph.succ(i, k)]!, b);
    if (keep[i] === 1 && m.first(b) === m.last(b) && m.op(m.last(b)) === OP.Unreachable) continue;
    changed = true;
    for (let v = m.last(b); v !== NONE; v = m.last(b)) m.remove(v);
    m.setMerge(b, NONE);
    if (keep[i] === 1) m.append(b, "Unreachable", m.types.void, []);
    else m.removeBlock(b);
  }
  return changed;
}

/**
 * Selections headed by a plain Branch whose merge block is reached only from directly inside; and those that are a header only, whose other
 * ways all leave an outer construct: such a branch needs no construct of its own.
 */
function removeConstructs(m: Module, graph: Cfg, structure: Structure): boolean {
  let changed = false;
  for (let i = 0; i < graph.count; i++) {
    const b = graph.blocks[i]!;
    const c = structure.headOf[i]!;
    if (c < 0 || m.mergeKind(b) !== MERGE.selection) continue;
    const mergeBlock = m.merge(b);
    if (m.op(m.last(b)) !== OP.Branch) {
      if (m.op(m.last(b)) === OP.Switch) continue;
      if (graph.indexOf(mergeBlock) !== i + 1 || graph.predCount(i + 1) !== 1 || graph.pred(i + 1, 0) !== i) continue;
      m.setMerge(b, NONE);
      changed = true;
      continue;
    }
    const merge = graph.indexOf(mergeBlock);
    if (!reachedDirectly(graph, structure, c, merge)) continue;
    m.setMerge(b, NONE);
    // one way of a branch in the middle may have been the way out: then that block heads what is left
    const last = graph.predCount(merge) === 1 ? graph.blocks[graph.pred(merge, 0)]! : NONE;
    if (last !== NONE && m.op(m.last(last)) !== OP.Branch) m.setMerge(last, mergeBlock);
    changed = true;
  }
  return changed;
}
function reachedDirectly(graph: Cfg, structure: Structure, construct: number, merge: number): boolean {
  const count = graph.predCount(merge);
  // once: by the header itself, or by a block that stands in no construct inside
  return count === 0 || (count === 1 && structure.inner[graph.pred(merge, 0)] === construct);
}

/** Branches to a block that only branches on go there at once. */
function skipEmpty(m: Module, graph: Cfg, structure: Structure): boolean {
  let changed = false;
  for (let i = graph.count - 1; i > 0; i--) {
    const b = graph.blocks[i]!;
    const t = m.last(b);
    if (m.first(b) !== t || m.op(t) !== OP.Branch || m.mergeKind(b) !== MERGE.none) continue;
    if (structure.mergeOf[i]! >= 0 || structure.continueOf[i]! >= 0) continue;
    const target = m.arg(t, 0) as BlockId;
    const to = graph.indexOf(target);
    if (to <= i || graph.predCount(i) !== 1) continue;
    // the graph is that of before this sweep, but only blocks further down changed
    const p = graph.blocks[graph.pred(i, 0)]!;
    const both = m.successors(p).includes(target);
    if (hasPhi(m, target) && both) continue;
    if (m.op(m.last(p)) === OP.Branch && m.mergeKind(p) === MERGE.none && structure.mergeOf[to]! < 0 && structure.continueOf[to]! < 0)
      continue;
    retarget(m, m.last(p), b, target);
    if (both) removePredecessor(m, target, b);
    else renamePredecessor(m, target, b, p);
    m.remove(t);
    m.removeBlock(b);
    changed = true;
  }
  return changed;
}
function retarget(m: Module, terminator: Value, from: BlockId, to: BlockId): void {
  const op = m.op(terminator);
  if (op === OP.Branch) m.setArg(terminator, 0, to);
  else if (op === OP.BranchConditional) {
    for (let i = 1; i < 3; i++) if (m.arg(terminator, i) === from) m.setArg(terminator, i, to);
  } else {
    if (m.arg(terminator, 1) === from) m.setArg(terminator, 1, to);
    for (let i = 3; i < m.argCount(terminator); i += 2) if (m.arg(terminator, i) === from) m.setArg(terminator, i, to);
  }
}

/** A block whose only predecessor branches only to it is appended to that one. */
function joinBlocks(m: Module, f: FunctionId, replacements: Replacements): boolean {
  const special = m.scratch.u8(m.blockCount);
  const preds = m.scratch.i32(m.blockCount);
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    if (m.mergeKind(b) !== MERGE.none) special[m.merge(b)] = 1;
    if (m.mergeKind(b) === MERGE.loop) special[m.continueTarget(b)] = 1;
    for (const s of new Set(m.successors(b))) preds[s]!++;
  }
  let changed = false;
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    for (;;) {
      const t = m.last(b);
      if (m.op(t) !== OP.Branch) break;
      const s = m.arg(t, 0) as BlockId;
      if (special[s] === 1 || preds[s] !== 1 || s === m.functions[f]!.first || !mayJoin(m, b, s)) break;
      join(m, b, s, replacements);
      changed = true;
    }
  }
  return changed;
}
function mayJoin(m: Module, b: BlockId, s: BlockId): boolean {
  if (m.mergeKind(s) === MERGE.loop) return false;
  // a construct that moves up to b must still be a stretch of blocks
  if (m.mergeKind(s) !== MERGE.none && m.nextBlock(b) !== s) return false;
  if (m.mergeKind(b) === MERGE.none) return true;
  const op = m.op(m.last(s));
  return m.mergeKind(s) === MERGE.none && (op === OP.Branch || op === OP.BranchConditional);
}
function join(m: Module, b: BlockId, s: BlockId, replacements: Replacements): void {
  m.remove(m.last(b));
  for (const next of new Set(m.successors(s))) renamePredecessor(m, next, s, b);
  for (let v = m.first(s); v !== NONE; v = m.first(s)) {
    if (m.op(v) === OP.Phi) {
      replacements.set(v, m.operand(v, 0));
      m.remove(v);
    } else m.moveToEnd(v, b);
  }
  if (m.mergeKind(s) !== MERGE.none) m.setMerge(b, m.merge(s));
  m.setMerge(s, NONE);
  m.removeBlock(s);
}

/** Phis that always give the same value. */
function simplifyPhis(m: Module, f: FunctionId, replacements: Replacements): boolean {
  let changed = false;
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    let next: Value;
    for (let v = m.first(b); v !== NONE && m.op(v) === OP.Phi; v = next) {
      next = m.next(v);
      const only = onlyValue(m, v, replacements);
      if (only === NONE) continue;
      replacements.set(v, only);
      m.remove(v);
      changed = true;
    }
  }
  return changed;
}
function onlyValue(m: Module, phi: Value, replacements: Replacements): Value {
  let only: Value = NONE;
  for (let i = 0; i < m.argCount(phi); i += 2) {
    const v = replacements.get(m.operand(phi, i));
    if (v === phi) continue;
    if (only !== NONE && only !== v) return NONE;
    only = v;
  }
  return only === NONE ? m.undef(m.type(phi)) : only;
}
