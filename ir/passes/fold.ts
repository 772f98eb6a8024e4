/**
 * Constant folding and algebra on scalars, in one sweep in block order, so that each instruction sees operands already simplified. Floats
 * are only simplified where IEEE 754 makes both sides equal for every operand (all NaNs are one). `fold-rules.ts` has the rules.
 */
import { NONE } from "../../support/id.ts";
import { bodies, Replacements } from "../edit.ts";
import { canEvaluate, evaluate } from "../evaluate.ts";
import { type FunctionId, isValueOperand, type Module, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { simplify } from "./fold-rules.ts";
import { Tables } from "./fold-tables.ts";

/** Rewrites of one instruction in a row. */
const MAX_STEPS = 8;

export const fold: Pass = {
  name: "fold",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (foldFunction(m, f)) changed = true;
    return changed;
  },
};

function foldFunction(m: Module, f: FunctionId): boolean {
  const replacements = new Replacements(m);
  const tables = new Tables(m, f);
  let changed = false;
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    let next: Value;
    for (let v = m.first(b); v !== NONE; v = next) {
      next = m.next(v);
      replacements.applyTo(v);
      const entry = m.op(v) === OP.SpanLoad ? tables.load(v) : NONE;
      if (entry !== NONE) {
        replacements.set(v, entry);
        m.remove(v);
        changed = true;
        continue;
      }
      for (let step = 0; step < MAX_STEPS; step++) {
        const to = foldOnce(m, v);
        if (to === NONE) break;
        changed = true;
        if (to === v) continue;
        const end = replacements.get(to);
        if (end === v) break;
        replacements.set(v, end);
        m.remove(v);
        break;
      }
    }
  }
  // phis saw only what came before them
  replacements.apply(f);
  return changed;
}

/** @returns a value to use instead, `v` when it was rewritten in place, NONE when nothing applies */
function foldOnce(m: Module, v: Value): Value {
  const op = m.op(v);
  if (op === OP.Phi) return samePhi(m, v);
  if (!m.types.isScalar(m.type(v))) return NONE;
  const constant = evaluateConstant(m, v, op);
  return constant !== NONE ? constant : simplify(m, v, op);
}

function evaluateConstant(m: Module, v: Value, op: number): Value {
  if (!canEvaluate(op) || m.argCount(v) > 3 || m.type(v) === m.types.f16) return NONE;
  const count = m.argCount(v);
  for (let i = 0; i < count; i++) {
    if (!isValueOperand(op, i)) continue;
    const operand = m.operand(v, i);
    if (m.op(operand) !== OP.Constant || m.type(operand) === m.types.f16) return NONE;
  }
  const bits = (i: number) => (i < count && isValueOperand(op, i) ? m.constantBits(m.operand(v, i)) : 0);
  return m.constant(m.type(v), evaluate(op, bits(0), bits(1), bits(2)));
}

/** A phi whose operands are one value (or itself). */
function samePhi(m: Module, v: Value): Value {
  let only: Value = NONE;
  for (let i = 0; i < m.argCount(v); i += 2) {
    const operand = m.operand(v, i);
    if (operand === v || operand === only) continue;
    if (only !== NONE) return NONE;
    only = operand;
  }
  return only;
}
