/** Small edits that passes share: replacing values, incoming edges of phis, blocks of all functions. */
import { NONE } from "../support/id.ts";
import { type BlockId, type FunctionId, isValueOperand, type Module, type Value } from "./module.ts";
import { OP, type OpName } from "./ops.ts";
import type { TypeId } from "./types.ts";

/** Functions that have a body, one after the other: what `m.scratch` lent for one is taken back before the next. */
export function* bodies(m: Module): Generator<FunctionId> {
  for (let f = 0; f < m.functions.length; f++) {
    if (m.functions[f]!.first === NONE) continue;
    m.scratch.reuse();
    yield f as FunctionId;
  }
  m.scratch.reuse();
}

const EMPTY = new Int32Array(0);

/** "Use this value instead": collected while a pass looks at one function, applied in one sweep. Chains are followed and shortened. */
export class Replacements {
  readonly #m: Module;
  /** + 1; made when the first is set: most passes find nothing to replace */
  #to: Int32Array = EMPTY;
  count = 0;
  constructor(m: Module) {
    this.#m = m;
  }
  set(from: Value, to: Value): void {
    if (from >= this.#to.length) {
      const grown = this.#m.scratch.i32(Math.max(this.#m.valueCount, this.#to.length * 2));
      grown.set(this.#to);
      this.#to = grown;
    }
    this.#to[from] = to + 1;
    this.count++;
  }
  get(v: Value): Value {
    if (this.count === 0) return v;
    let end = v;
    for (let next = this.#next(end); next !== NONE; next = this.#next(end)) end = next;
    for (let at = v; at !== end; ) {
      const next = this.#next(at);
      this.#to[at] = end + 1;
      at = next;
    }
    return end;
  }
  #next(v: Value): Value {
    return (v >= 0 && v < this.#to.length ? this.#to[v]! - 1 : NONE) as Value;
  }
  /** Rewrites all operands in function `f`. */
  apply(f: FunctionId): void {
    const m = this.#m;
    if (this.count === 0) return;
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) this.applyTo(v);
    }
  }
  applyTo(v: Value): void {
    if (this.count === 0) return;
    const m = this.#m;
    const op = m.op(v);
    const count = m.argCount(v);
    for (let i = 0; i < count; i++) {
      if (!isValueOperand(op, i)) continue;
      const operand = m.operand(v, i);
      const to = this.get(operand);
      if (to !== operand) m.setArg(v, i, to);
    }
  }
}

// ---- phis

/** The phis of `b` use `to` where they said predecessor `from`. */
export function renamePredecessor(m: Module, b: BlockId, from: BlockId, to: BlockId): void {
  for (let v = m.first(b); v !== NONE && m.op(v) === OP.Phi; v = m.next(v)) {
    for (let i = 1; i < m.argCount(v); i += 2) if (m.arg(v, i) === from) m.setArg(v, i, to);
  }
}
/** The phis of `b` forget predecessor `from`. */
export function removePredecessor(m: Module, b: BlockId, from: BlockId): void {
  for (let v = m.first(b); v !== NONE && m.op(v) === OP.Phi; v = m.next(v)) {
    const args: number[] = [];
    for (let i = 0; i + 1 < m.argCount(v); i += 2) if (m.arg(v, i + 1) !== from) args.push(m.arg(v, i), m.arg(v, i + 1));
    if (args.length < m.argCount(v)) m.setArgs(v, args);
  }
}
export function hasPhi(m: Module, b: BlockId): boolean {
  const first = m.first(b);
  return first !== NONE && m.op(first) === OP.Phi;
}
/** Value that phi `v` takes from predecessor `from`, or NONE. */
export function incoming(m: Module, v: Value, from: BlockId): Value {
  for (let i = 1; i < m.argCount(v); i += 2) if (m.arg(v, i) === from) return m.operand(v, i - 1);
  return NONE;
}

/** Places new instructions before one instruction, with its source offset. */
export class Inserter {
  readonly m: Module;
  at: Value;
  constructor(m: Module, at: Value = NONE) {
    this.m = m;
    this.at = at;
  }
  emit(op: OpName, type: TypeId, ...args: number[]): Value {
    return this.m.insertBefore(this.at, op, type, args);
  }
  list(op: OpName, type: TypeId, args: readonly number[]): Value {
    return this.m.insertBefore(this.at, op, type, args);
  }
}
