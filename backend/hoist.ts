/**
 * Workgroup-uniform values that stand where lanes or waves have parted, where no g register may be written, are computed before: in the nearest
 * block in uniform flow that dominates theirs. They have no effects and cannot fail, so that it does no harm where they are not needed.
 */
import { Dominators } from "../ir/analysis/dominators.ts";
import { EFFECTS, type Module, type Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { NONE } from "../support/id.ts";
import type { Slots } from "./slots.ts";
import type { Shape } from "./structure.ts";

/** Values moved at most: each may hold a g register from there on. */
export const MAX_HOISTED = 48;

/** Whether a value that depends on workgroup-uniform ones only may be computed earlier than it stands. */
export function mayHoist(m: Module, slots: Slots, v: Value): boolean {
  const op = m.op(v);
  if (op === OP.SpanLoad) return slots.places.get(m.operand(v, 0))?.readOnly === true;
  if (op === OP.SpanLength) return true;
  return op !== OP.Phi && op !== OP.Load && EFFECTS[op] === "pure";
}

export class Hoisting {
  /** by code item: values computed at its end that stand elsewhere, in order */
  readonly at = new Map<number, Value[]>();
  /** item that a value is computed at, where that is not its own */
  readonly itemOf = new Map<Value, number>();

  /** @param values to be moved, each after those it depends on */
  constructor(m: Module, shape: Shape, parted: Uint8Array, values: readonly Value[]) {
    if (values.length === 0) return;
    const dominators = new Dominators(shape.cfg);
    const near = new Int32Array(shape.cfg.count).fill(NONE);
    for (const v of values) {
      let i = shape.cfg.indexOf(m.blockOf(v));
      const from = i;
      while (near[i] === NONE && parted[shape.codeOf[shape.cfg.blocks[i]!]!] === 1) i = dominators.idom[i]!;
      const target = near[i] === NONE ? i : near[i]!;
      near[from] = target;
      const item = shape.codeOf[shape.cfg.blocks[target]!]!;
      this.itemOf.set(v, item);
      const list = this.at.get(item);
      if (list) list.push(v);
      else this.at.set(item, [v]);
    }
  }
}
