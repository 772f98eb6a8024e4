/**
 * Every vector, matrix, array and struct value becomes its scalars ("leaves", flattened in order); operations on whole composites become
 * operations on scalars. What stays of vectors: a SpanLoad of one, read by CompositeExtract, and a CompositeConstruct that feeds a SpanStore.
 * One sweep in block order; phis are filled in when all leaves are known. Runs after lower-access.
 */
import { I32Column } from "../../support/column.ts";
import { Ice, Limit } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { bodies, Inserter } from "../edit.ts";
import { type BlockId, type FunctionId, isValueOperand, type Module, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { TYPE_KIND, type TypeId } from "../types.ts";
import { expandComposite } from "./scalarize-ops.ts";

/** Scalars in one value. */
const MAX_LEAVES = 1 << 16;

export const scalarize: Pass = {
  name: "scalarize",
  run: (m) => {
    let changed = false;
    const scalarizer = new Scalarizer(m);
    for (const f of bodies(m)) if (scalarizer.run(f)) changed = true;
    return changed;
  },
};

export class Scalarizer {
  readonly m: Module;
  readonly at: Inserter;
  /** place of a composite's first leaf in `leaves`, + 1; for a replaced scalar, that of the value to use instead */
  readonly #start: I32Column;
  readonly #leaves: I32Column;
  readonly #counts = new Map<TypeId, number>();
  readonly #offsets = new Map<TypeId, Int32Array>();

  constructor(m: Module) {
    this.m = m;
    this.at = new Inserter(m);
    this.#start = new I32Column(m.budget);
    this.#leaves = new I32Column(m.budget);
  }

  run(f: FunctionId): boolean {
    const { m } = this;
    const phis: Value[] = [];
    const gone: Value[] = [];
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      let next: Value;
      for (let v = m.first(b); v !== NONE; v = next) {
        next = m.next(v);
        this.at.at = v;
        if (m.op(v) === OP.Phi) {
          phis.push(v);
          if (this.isComposite(m.type(v))) this.splitPhi(v);
        } else if (this.instruction(v)) gone.push(v);
      }
    }
    for (const v of phis) this.fillPhi(v);
    for (const v of gone) m.remove(v);
    for (const v of phis) if (this.isComposite(m.type(v))) m.remove(v);
    return gone.length > 0;
  }

  isComposite(type: TypeId): boolean {
    const kind = this.m.types.kind(type);
    return kind >= TYPE_KIND.Vector && kind <= TYPE_KIND.Struct;
  }

  // ---- leaves
  /** Scalars in a value of this type. */
  count(type: TypeId): number {
    if (!this.isComposite(type)) return 1;
    const known = this.#counts.get(type);
    if (known !== undefined) return known;
    const { types } = this.m;
    const kind = types.kind(type);
    if (kind === TYPE_KIND.RuntimeArray) throw new Ice("a runtime array has no value");
    const count = kind === TYPE_KIND.Struct ? this.offsets(type).at(-1)! : types.length(type) * this.count(types.element(type));
    if (count > MAX_LEAVES) throw new Limit("scalars in one value", count, MAX_LEAVES);
    this.#counts.set(type, count);
    return count;
  }
  /** First leaf of each member of a struct, and the count of all. */
  offsets(struct: TypeId): Int32Array {
    let known = this.#offsets.get(struct);
    if (!known) {
      const { types } = this.m;
      known = new Int32Array(types.length(struct) + 1);
      for (let i = 0; i < types.length(struct); i++) known[i + 1] = known[i]! + this.count(types.memberType(struct, i));
      this.#offsets.set(struct, known);
    }
    return known;
  }
  partType(type: TypeId, index: number): TypeId {
    const { types } = this.m;
    return types.kind(type) === TYPE_KIND.Struct ? types.memberType(type, index) : types.element(type);
  }
  /** First leaf of part `index`. */
  partStart(type: TypeId, index: number): number {
    if (this.m.types.kind(type) === TYPE_KIND.Struct) return this.offsets(type)[index]!;
    return index * this.count(this.m.types.element(type));
  }
  /** Leaf i of `v`; a scalar is its own leaf 0. */
  leaf(v: Value, i: number): Value {
    const start = v < this.#start.length ? this.#start.get(v) : 0;
    if (start > 0) return this.#leaves.get(start - 1 + i) as Value;
    const { m } = this;
    if (!this.isComposite(m.type(v))) return v;
    this.setLeaves(v, this.sourceLeaves(v));
    return this.leaf(v, i);
  }
  leavesOf(v: Value): Value[] {
    const out: Value[] = [];
    for (let i = 0; i < this.count(this.m.type(v)); i++) out.push(this.leaf(v, i));
    return out;
  }
  setLeaves(v: Value, leaves: readonly Value[]): void {
    this.#start.extend(this.m.valueCount);
    this.#start.set(v, this.#leaves.length + 1);
    for (const l of leaves) this.#leaves.push(l);
  }
  /** Leaves of a constant; of anything else not seen yet (code that cannot be reached), Undefs. */
  sourceLeaves(v: Value): Value[] {
    const { m } = this;
    const type = m.type(v);
    if (m.op(v) === OP.ConstantComposite) {
      const out: Value[] = [];
      for (let i = 0; i < m.argCount(v); i++) for (const l of this.leavesOf(m.operand(v, i))) out.push(l);
      return out;
    }
    const zero = m.op(v) === OP.ConstantNull;
    const out: Value[] = [];
    const stack = [type];
    for (let t = stack.pop(); t !== undefined; t = stack.pop()) {
      if (!this.isComposite(t)) out.push(zero ? m.constant(t, 0) : m.undef(t));
      else for (let i = m.types.length(t) - 1; i >= 0; i--) stack.push(this.partType(t, i));
    }
    return out;
  }

  // ---- instructions
  /** @returns whether `v` is replaced by others and goes */
  instruction(v: Value): boolean {
    const { m } = this;
    const type = m.type(v);
    const op = m.op(v);
    if (op === OP.Variable) return false;
    if (op === OP.SpanLoad) return this.spanLoad(v);
    if (op === OP.SpanStore) return this.spanStore(v);
    let composite = this.isComposite(type);
    const count = m.argCount(v);
    for (let i = 0; i < count; i++) {
      if (!isValueOperand(op, i)) continue;
      const operand = m.operand(v, i);
      if (this.isComposite(m.type(operand))) composite = true;
      else m.setArg(v, i, this.leaf(operand, 0));
    }
    if (!composite) return false;
    this.setLeaves(v, expandComposite(this, v));
    return true;
  }
  spanLoad(v: Value): boolean {
    const { m } = this;
    m.setArg(v, 1, this.leaf(m.operand(v, 1), 0));
    if (!this.isComposite(m.type(v))) return false;
    const component = m.types.element(m.type(v));
    const leaves: Value[] = [];
    const next = m.next(v);
    this.at.at = next;
    for (let i = 0; i < m.types.length(m.type(v)); i++) leaves.push(this.at.emit("CompositeExtract", component, v, i));
    this.setLeaves(v, leaves);
    return false;
  }
  spanStore(v: Value): boolean {
    const { m } = this;
    m.setArg(v, 1, this.leaf(m.operand(v, 1), 0));
    const value = m.operand(v, 2);
    const type = m.type(value);
    m.setArg(v, 2, this.isComposite(type) ? this.at.list("CompositeConstruct", type, this.leavesOf(value)) : this.leaf(value, 0));
    return false;
  }

  // ---- phis
  splitPhi(v: Value): void {
    const { m } = this;
    const leaves: Value[] = [];
    for (const type of this.leafTypes(m.type(v))) leaves.push(this.at.emit("Phi", type));
    this.setLeaves(v, leaves);
  }
  leafTypes(type: TypeId): TypeId[] {
    const out: TypeId[] = [];
    const stack = [type];
    for (let t = stack.pop(); t !== undefined; t = stack.pop()) {
      if (!this.isComposite(t)) out.push(t);
      else for (let i = this.m.types.length(t) - 1; i >= 0; i--) stack.push(this.partType(t, i));
    }
    return out;
  }
  fillPhi(v: Value): void {
    const { m } = this;
    if (!this.isComposite(m.type(v))) {
      for (let i = 0; i < m.argCount(v); i += 2) m.setArg(v, i, this.leaf(m.operand(v, i), 0));
      return;
    }
    const count = this.count(m.type(v));
    for (let i = 0; i < count; i++) {
      const args: number[] = [];
      for (let k = 0; k < m.argCount(v); k += 2) args.push(this.leaf(m.operand(v, k), i), m.arg(v, k + 1) as BlockId);
      m.setArgs(this.leaf(v, i), args);
    }
  }
}
