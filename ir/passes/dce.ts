/**
 * Removes instructions whose value nobody needs: marks from what has an effect backwards, then sweeps. Stores to a variable of the
 * invocation's own that is never read have no effect. Phis that only feed each other go too. Linear.
 */
import { NONE } from "../../support/id.ts";
import { findVariables } from "../analysis/variables.ts";
import { bodies } from "../edit.ts";
import { EFFECTS, type FunctionId, forEachOperand, type Module, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";

export const dce: Pass = {
  name: "dce",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (sweep(m, f)) changed = true;
    return changed;
  },
};

function sweep(m: Module, f: FunctionId): boolean {
  const unread = new Set<Value>();
  for (const use of findVariables(m, f).values()) if (!use.isLoaded && !use.isOther) unread.add(use.variable);
  const live = m.scratch.u8(m.valueCount);
  const work: Value[] = [];
  const mark = (_: number, v: Value) => {
    if (live[v] === 1 || m.blockOf(v) === NONE) return;
    live[v] = 1;
    work.push(v);
  };
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    for (let v = m.first(b); v !== NONE; v = m.next(v)) if (hasEffect(m, v, unread)) mark(0, v);
  }
  for (let v = work.pop(); v !== undefined; v = work.pop()) forEachOperand(m, v, mark);
  let changed = false;
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    let next: Value;
    for (let v = m.first(b); v !== NONE; v = next) {
      next = m.next(v);
      if (live[v] === 1) continue;
      m.remove(v);
      changed = true;
    }
  }
  return changed;
}

function hasEffect(m: Module, v: Value, unread: ReadonlySet<Value>): boolean {
  const effect = EFFECTS[m.op(v)];
  if (effect === "pure" || effect === "read" || effect === "const" || effect === "group") return false;
  const op = m.op(v);
  if (op !== OP.Store && op !== OP.SpanStore) return true;
  return !unread.has(rootOf(m, m.operand(v, 0)));
}
function rootOf(m: Module, pointer: Value): Value {
  let v = pointer;
  while (m.op(v) === OP.AccessChain) v = m.operand(v, 0);
  return v;
}
