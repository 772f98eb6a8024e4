/**
 * Makes initial values explicit: every Private variable is stored at the start of the entry point, its initialiser or zero, and initialisers
 * of Function variables become stores at the start of their function. Front ends store to a Function variable where its declaration is
 * reached, so that it is new in each iteration of a loop; one that is never stored holds zeros, as scratch memory does at entry.
 */
import { NONE } from "../../support/id.ts";
import { bodies } from "../edit.ts";
import { type FunctionId, forEachOperand, type Module, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { STORAGE } from "../types.ts";

export const zeroInit: Pass = { name: "zero-init", run };

function run(m: Module): boolean {
  let changed = false;
  for (const f of bodies(m)) if (initializeLocals(m, f)) changed = true;
  if (m.entry && initializePrivates(m, m.entry.func)) changed = true;
  return changed;
}

/** First instruction of `f` that is no Variable. */
function firstPlace(m: Module, f: FunctionId): Value {
  let at = m.first(m.functions[f]!.first);
  while (m.op(at) === OP.Variable) at = m.next(at);
  return at;
}

function initializeLocals(m: Module, f: FunctionId): boolean {
  const at = firstPlace(m, f);
  let changed = false;
  for (let v = m.first(m.functions[f]!.first); v !== at; v = m.next(v)) {
    if (m.argCount(v) < 2) continue;
    m.insertBefore(at, "Store", m.types.void, [v, m.arg(v, 1)]);
    m.setArgs(v, [m.arg(v, 0)]);
    changed = true;
  }
  return changed;
}

function initializePrivates(m: Module, f: FunctionId): boolean {
  const privates = m.globals.filter((g) => m.types.storage(m.type(g.value)) === STORAGE.Private).map((g) => g.value);
  if (privates.length === 0) return false;
  const used = usedGlobals(m, f);
  const at = firstPlace(m, f);
  let changed = false;
  for (const v of privates) {
    if (!used.has(v)) continue;
    const initial = m.argCount(v) > 1 ? m.operand(v, 1) : m.constantNull(m.types.pointee(m.type(v)));
    m.insertBefore(at, "Store", m.types.void, [v, initial]);
    changed = true;
    if (m.argCount(v) > 1) m.setArgs(v, [m.arg(v, 0)]);
  }
  return changed;
}

function usedGlobals(m: Module, f: FunctionId): Set<Value> {
  const used = new Set<Value>();
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      forEachOperand(m, v, (_, operand) => {
        if (m.op(operand) === OP.Variable) used.add(operand);
      });
    }
  }
  return used;
}
