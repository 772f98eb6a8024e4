/** Which operands of an instruction are values, from the table of operations, computed once: this is asked for every operand. */
import type { Module, Value } from "../ir/module.ts";
import { OP_NAMES, OPS } from "../ir/ops.ts";

/** By op: letters before the repeated ones; the repeated ones ("" if none). */
const FIXED: string[] = [];
const REPEATED: string[] = [];
for (const name of OP_NAMES) {
  const { args } = OPS[name];
  const open = args.indexOf("(");
  if (open >= 0) {
    FIXED.push(args.slice(0, open));
    REPEATED.push(args.slice(open + 1, args.indexOf(")")));
  } else if (args.endsWith("*")) {
    FIXED.push(args.slice(0, -2));
    REPEATED.push(args.slice(-2, -1));
  } else {
    FIXED.push(args);
    REPEATED.push("");
  }
}

const V = "v".charCodeAt(0);

export function isValueOperand(op: number, i: number): boolean {
  const fixed = FIXED[op]!;
  if (i < fixed.length) return fixed.charCodeAt(i) === V;
  const repeated = REPEATED[op]!;
  if (repeated.length === 0) return false;
  return repeated.charCodeAt((i - fixed.length) % repeated.length) === V;
}

/** Calls `visit` for each operand of `v` that is a value. */
export function forEachValue(m: Module, v: Value, visit: (operand: Value, index: number) => void): void {
  const op = m.op(v);
  const count = m.argCount(v);
  for (let i = 0; i < count; i++) if (isValueOperand(op, i)) visit(m.operand(v, i), i);
}
