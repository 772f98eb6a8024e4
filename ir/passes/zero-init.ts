/**
 * Makes initial values explicit: every Private variable that is written is stored at the start of the entry point, its initialiser or zero,
 * and so is every Function variable with an initialiser. One that is never written keeps its initialiser: it is a table of constants.
 * Front ends store to a Function variable where its declaration is reached, so that it is new in each iteration of a loop; one that is never
 * stored holds zeros, as scratch memory does at entry (docs/machine.md).
 */
import { findVariables } from "../analysis/variables.ts";
import { bodies } from "../edit.ts";
import type { FunctionId, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { STORAGE } from "../types.ts";

export const zeroInit: Pass = {
  name: "zero-init",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (initialize(m, f)) changed = true;
    return changed;
  },
};

/** First instruction of `f` that is no Variable. */
function firstPlace(m: Module, f: FunctionId): Value {
  let at = m.first(m.functions[f]!.first);
  while (m.op(at) === OP.Variable) at = m.next(at);
  return at;
}

function initialize(m: Module, f: FunctionId): boolean {
  const at = firstPlace(m, f);
  let changed = false;
  for (const use of findVariables(m, f).values()) {
    const v = use.variable;
    const isPrivate = m.arg(v, 0) === STORAGE.Private;
    const hasInitializer = m.argCount(v) > 1;
    if ((!use.isStored && !use.isOther) || (isPrivate && f !== m.entry?.func) || (!isPrivate && !hasInitializer)) continue;
    const initial = hasInitializer ? m.operand(v, 1) : m.constantNull(m.types.pointee(m.type(v)));
    m.insertBefore(at, "Store", m.types.void, [v, initial]);
    m.setArgs(v, [m.arg(v, 0)]);
    changed = true;
  }
  return changed;
}
