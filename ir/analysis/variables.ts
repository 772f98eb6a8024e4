/** How the variables that an invocation has to itself (Function and Private) are used in a function. */
import { NONE } from "../../support/id.ts";
import { EFFECTS, type FunctionId, forEachOperand, type Module, type Value } from "../module.ts";
import { OP, OP_NAMES } from "../ops.ts";
import { STORAGE } from "../types.ts";

/** By op: 1 where an operand may be a pointer. */
const TAKES_POINTER = Uint8Array.from(OP_NAMES, (name, op) => {
  const effect = EFFECTS[op];
  return (effect === "pure" && name !== "ArrayLength" && name !== "SpanLength") || effect === "control" || effect === "const" ? 0 : 1;
});

export interface VariableUse {
  readonly variable: Value;
  /** access chains that begin at the variable, in block order */
  readonly chains: Value[];
  /** loads and stores of the whole variable */
  readonly accesses: Value[];
  /** loads and stores through the chains */
  readonly through: Value[];
  /** read, written: through chains too */
  isLoaded: boolean;
  isStored: boolean;
  /** used in a way that is none of the above, or by a chain that is */
  isOther: boolean;
}

/**
 * Uses of each Function variable that `f` mentions, and of each Private one where `f` is the only function with a body. Chains of chains
 * count for the variable at their root.
 */
export function findVariables(m: Module, f: FunctionId): Map<Value, VariableUse> {
  const ownsPrivates = !m.functions.some((fn, i) => i !== f && fn.first !== NONE);
  const out = new Map<Value, VariableUse>();
  const roots = new Map<Value, VariableUse>();
  const useOf = (pointer: Value): VariableUse | undefined => {
    if (m.op(pointer) !== OP.Variable) return roots.get(pointer);
    const storage = m.arg(pointer, 0);
    if (storage !== STORAGE.Function && (storage !== STORAGE.Private || !ownsPrivates)) return undefined;
    let use = out.get(pointer);
    if (!use) {
      use = { variable: pointer, chains: [], accesses: [], through: [], isLoaded: false, isStored: false, isOther: false };
      out.set(pointer, use);
    }
    return use;
  };
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      const op = m.op(v);
      if (op === OP.Variable) useOf(v);
      else if (op === OP.AccessChain) {
        const use = useOf(m.operand(v, 0));
        if (!use) continue;
        roots.set(v, use);
        if (m.operand(v, 0) === use.variable) use.chains.push(v);
      } else if (TAKES_POINTER[op] === 1) note(m, v, op, useOf);
    }
  }
  return out;
}

function note(m: Module, v: Value, op: number, useOf: (pointer: Value) => VariableUse | undefined): void {
  forEachOperand(m, v, (i, operand) => {
    const use = m.op(operand) === OP.Variable || m.op(operand) === OP.AccessChain ? useOf(operand) : undefined;
    if (!use) return;
    if (i === 0 && (op === OP.Load || op === OP.SpanLoad)) use.isLoaded = true;
    else if (i === 0 && (op === OP.Store || op === OP.SpanStore)) use.isStored = true;
    else use.isOther = true;
    if (i === 0 && (op === OP.Load || op === OP.Store)) (operand === use.variable ? use.accesses : use.through).push(v);
  });
}
