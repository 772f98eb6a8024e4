/**
 * Moves out of loops what is the same in every iteration: pure operations, and loads from memory that nothing writes, whose operands are made
 * outside. Only from blocks that every iteration passes, so that nothing is computed that was not; nothing can trap. One sweep in block order:
 * an instruction goes outwards as far as it may at once.
 */
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { Dominators } from "../analysis/dominators.ts";
import { findLoops, type Loops } from "../analysis/loops.ts";
import { ReadOnlyMemory } from "../analysis/memory.ts";
import { bodies } from "../edit.ts";
import { type FunctionId, forEachOperand, type Module, type Value } from "../module.ts";
import { OP, OP_NAMES, OPS } from "../ops.ts";
import type { Pass } from "../pass.ts";

export const licm: Pass = {
  name: "licm",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (hoist(m, f)) changed = true;
    return changed;
  },
};

const IS_PURE = Uint8Array.from(OP_NAMES, (name) => (OPS[name].effect === "pure" && name !== "Phi" ? 1 : 0));

function hoist(m: Module, f: FunctionId): boolean {
  const cfg = new Cfg(m, f);
  const loops = findLoops(m, cfg);
  if (loops.loops.length === 0) return false;
  const dominators = new Dominators(cfg);
  const memory = new ReadOnlyMemory(m, f);
  const preheaders = loops.loops.map((_, n) => preheader(m, cfg, loops, n));
  let changed = false;
  for (let i = 0; i < cfg.count; i++) {
    if (loops.loopOf[i]! < 0 || cfg.reachable[i] !== 1) continue;
    let next: Value;
    for (let v = m.first(cfg.blocks[i]!); v !== NONE; v = next) {
      next = m.next(v);
      if (IS_PURE[m.op(v)] !== 1 && !memory.isPureLoad(m, v)) continue;
      const to = target(m, cfg, loops, dominators, preheaders, v, i);
      if (to < 0) continue;
      m.moveBefore(v, m.last(cfg.blocks[to]!));
      changed = true;
    }
  }
  return changed;
}

/** Block number before the loop that always leads into it, and only there; -1 when there is none. */
function preheader(m: Module, cfg: Cfg, { loops }: Loops, n: number): number {
  const { header } = loops[n]!;
  let only = -1;
  for (let k = 0; k < cfg.predCount(header); k++) {
    const p = cfg.pred(header, k);
    if (p >= header) continue;
    if (only >= 0) return -1;
    only = p;
  }
  return only >= 0 && m.op(m.last(cfg.blocks[only]!)) === OP.Branch ? only : -1;
}

/** Where `v` of block i may stand: the preheader of the outermost loop that it does not depend on. -1: where it is. */
function target(m: Module, cfg: Cfg, loops: Loops, dominators: Dominators, preheaders: readonly number[], v: Value, i: number): number {
  let latest = -1;
  forEachOperand(m, v, (_, operand) => {
    const b = m.blockOf(operand);
    if (b !== NONE) latest = Math.max(latest, cfg.indexOf(b));
  });
  let at = i;
  let to = -1;
  for (let n = loops.loopOf[i]!; n >= 0; n = loops.loops[n]!.parent) {
    const loop = loops.loops[n]!;
    // operands stand before the loop exactly when their blocks do: the order is structured
    if (latest >= loop.header || preheaders[n]! < 0 || !dominators.dominates(at, loop.latch)) break;
    to = preheaders[n]!;
    at = to;
  }
  return to;
}
