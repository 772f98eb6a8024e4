/** Loads at known places of tables: variables with an initialiser that are never stored to. */
import { NONE } from "../../support/id.ts";
import { ReadOnlyMemory } from "../analysis/memory.ts";
import type { FunctionId, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import { TYPE_KIND, type TypeId } from "../types.ts";
import { partType } from "../typing.ts";

export class Tables {
  readonly #m: Module;
  readonly #f: FunctionId;
  #memory: ReadOnlyMemory | null = null;

  constructor(m: Module, f: FunctionId) {
    this.#m = m;
    this.#f = f;
  }

  /** The constant that span load `v` gives, or NONE. */
  load(v: Value): Value {
    const m = this.#m;
    const variable = m.operand(v, 0);
    const offset = m.constantBits(m.operand(v, 1));
    if (m.argCount(variable) < 2 || offset < 0) return NONE;
    this.#memory ??= new ReadOnlyMemory(m, this.#f);
    if (!this.#memory.has(variable)) return NONE;
    const at = m.arg(v, 2) + Math.min(offset, m.arg(v, 3) - m.types.sizeBytes(m.type(v)));
    return this.#at(m.operand(variable, 1), at, m.type(v));
  }

  /** Part of `constant` that begins at byte `at` and has type `type`, or NONE: parts that only together are the vector, a bool, are not found. */
  #at(constant: Value, at: number, type: TypeId): Value {
    const m = this.#m;
    let c = constant;
    let rest = at;
    while (m.type(c) !== type) {
      const whole = m.type(c);
      const kind = m.types.kind(whole);
      if (kind < TYPE_KIND.Vector || kind > TYPE_KIND.Struct) return NONE;
      const i = this.#partAt(whole, rest);
      if (i < 0) return NONE;
      rest -= this.#offset(whole, i);
      if (m.op(c) === OP.ConstantNull) c = m.constantNull(partType(m, whole, i));
      else if (m.op(c) === OP.ConstantComposite) c = m.operand(c, i);
      else return NONE;
    }
    return rest === 0 ? c : NONE;
  }
  #offset(type: TypeId, i: number): number {
    const { types } = this.#m;
    if (types.kind(type) === TYPE_KIND.Struct) return types.memberOffset(type, i);
    return i * (types.kind(type) === TYPE_KIND.Vector ? types.sizeBytes(types.element(type)) : types.stride(type));
  }
  /** The last part that begins at or before byte `at`, or -1. */
  #partAt(type: TypeId, at: number): number {
    const { types } = this.#m;
    const count = types.length(type);
    if (types.kind(type) !== TYPE_KIND.Struct) {
      const i = Math.floor(at / this.#offset(type, 1));
      return i < count ? i : -1;
    }
    for (let i = count - 1; i >= 0; i--) if (types.memberOffset(type, i) <= at) return i;
    return -1;
  }
}
