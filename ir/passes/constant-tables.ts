/**
 * A variable of the invocation that is stored once, whole, a constant, before every load of it, is a table: the constant becomes its initialiser,
 * which the backend puts into constant memory, and no invocation writes it again. `var corners = array(...)` indexed by a built-in is one.
 */
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { Dominators } from "../analysis/dominators.ts";
import { findVariables, type VariableUse } from "../analysis/variables.ts";
import { bodies } from "../edit.ts";
import type { FunctionId, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";

export const constantTables: Pass = {
  name: "constant-tables",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (findTables(m, f)) changed = true;
    return changed;
  },
};

function findTables(m: Module, f: FunctionId): boolean {
  let dominators: Dominators | null = null;
  let changed = false;
  for (const use of findVariables(m, f).values()) {
    const store = onlyStore(m, use);
    if (store === NONE) continue;
    dominators ??= new Dominators(new Cfg(m, f));
    if (!comesFirst(m, dominators, store, use)) continue;
    m.setArgs(use.variable, [m.arg(use.variable, 0), m.arg(store, 1)]);
    m.remove(store);
    changed = true;
  }
  return changed;
}

/** The only store to the variable, if it stores a constant to all of it, and something loads it. */
function onlyStore(m: Module, use: VariableUse): Value {
  if (use.isOther || !use.isLoaded || m.argCount(use.variable) > 1) return NONE;
  const stores = use.accesses.filter((v) => m.op(v) === OP.Store);
  if (stores.length !== 1 || use.through.some((v) => m.op(v) === OP.Store)) return NONE;
  return m.op(m.operand(stores[0]!, 1)) <= OP.ConstantNull ? stores[0]! : NONE;
}

function comesFirst(m: Module, dominators: Dominators, store: Value, use: VariableUse): boolean {
  const { cfg } = dominators;
  const at = cfg.indexOf(m.blockOf(store));
  const loads = [...use.accesses.filter((v) => v !== store), ...use.through];
  const here = new Set<Value>();
  for (const v of loads) {
    const i = cfg.indexOf(m.blockOf(v));
    if (i === at) here.add(v);
    else if (!dominators.dominates(at, i)) return false;
  }
  for (let v = m.first(m.blockOf(store)); here.size > 0 && v !== store; v = m.next(v)) if (here.has(v)) return false;
  return true;
}
