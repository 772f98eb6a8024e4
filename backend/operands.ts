/** Which operands of an instruction are values. */
import { isValueOperand, type Module, type Value } from "../ir/module.ts";

/** Calls `visit` for each operand of `v` that is a value. */
export function forEachValue(m: Module, v: Value, visit: (operand: Value, index: number) => void): void {
  const op = m.op(v);
  const count = m.argCount(v);
  for (let i = 0; i < count; i++) if (isValueOperand(op, i)) visit(m.operand(v, i), i);
}
