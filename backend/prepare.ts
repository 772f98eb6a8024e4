/**
 * Makes the module simpler in place before anything is decided: built-in inputs become arithmetic on workgroup ids and the invocation's
 * index (whose class the analysis knows exactly), and every vector falls into scalar parts. Gives what each value stands for (`alias`):
 * itself, or for a phi of one value and for a part of a vector that value. All later stages look at resolved values only.
 */
import type { Cfg } from "../ir/analysis/cfg.ts";
import type { Global, Module, Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { STORAGE } from "../ir/types.ts";
import { SYS, type SysName } from "../sandbox/isa/table.ts";
import type { Budget } from "../support/column.ts";
import { Ice, Limit } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { Bounds } from "./bounds.ts";

export interface Prepared {
  readonly m: Module;
  readonly workgroupSize: readonly [number, number, number];
  /** by value */
  readonly alias: Int32Array;
  /** the load of local_invocation_index that all ids come from, or NONE */
  readonly index: Value;
  /** globals by their variable */
  readonly globals: ReadonlyMap<Value, Global>;
  /** accesses whose extent is a power of two that their offset may be masked to, instead of clamped: it is within it, but for the mask */
  readonly masked: ReadonlySet<Value>;
}

/** Invocations of a workgroup that the machine runs at most. */
const MAX_INVOCATIONS = 1024;
const AXES = "xyzw";

/** @param isEntry whether the function is the entry point */
export function prepare(m: Module, cfg: Cfg, aliases: Aliases, isEntry: boolean): Prepared {
  return new Preparation(m, cfg, aliases, isEntry).run();
}

/** What values stand for, in one column for all functions: each has values of its own, and constants stand for themselves. */
export class Aliases {
  #of = new Int32Array();
  readonly #budget: Budget;
  constructor(budget: Budget) {
    this.#budget = budget;
  }
  /** The column, with at least `count` values in it. A column given out before goes on to hold what it held. */
  column(count: number): Int32Array {
    const from = this.#of.length;
    if (count > from) {
      const grown = new Int32Array(count + (count >> 3));
      this.#budget.charge((grown.length - from) * 4);
      grown.set(this.#of);
      for (let v = from; v < grown.length; v++) grown[v] = v;
      this.#of = grown;
    }
    return this.#of;
  }
}

class Preparation {
  readonly #m: Module;
  readonly #cfg: Cfg;
  readonly #aliases: Aliases;
  /** whether private memory is zero still: a call may write any of it */
  #isFresh: boolean;
  readonly #globals = new Map<Value, Global>();
  readonly #made = new Map<string, Value>();
  /** loads of inputs: what they stand for is a built-in, by component */
  readonly #inputs: Value[] = [];
  readonly #size: readonly [number, number, number];
  readonly #invocations: number;
  readonly #bounds: Bounds;
  /** where values are made: in front of the first instruction that stays */
  #at: Value = NONE;
  #index: Value = NONE;
  readonly #masked = new Set<Value>();
  readonly #shifted = new Map<string, Value>();
  /** private variables that hold something else than the zeros of entry */
  readonly #written = new Set<Value>();

  constructor(m: Module, cfg: Cfg, aliases: Aliases, isEntry: boolean) {
    this.#aliases = aliases;
    this.#m = m;
    this.#cfg = cfg;
    this.#isFresh = isEntry;
    this.#size = m.entry!.stage === "compute" ? m.entry!.workgroupSize : [4, 1, 1];
    this.#invocations = this.#size[0] * this.#size[1] * this.#size[2];
    if (this.#invocations > MAX_INVOCATIONS) throw new Limit("invocations in a workgroup", this.#invocations, MAX_INVOCATIONS);
    for (const g of m.globals) this.#globals.set(g.value, g);
    this.#bounds = new Bounds(m, this.#size, (load) => this.#inputOf(load));
  }

  run(): Prepared {
    const m = this.#m;
    for (const b of this.#cfg.blocks) {
      this.#shifted.clear();
      for (let v = m.first(b); v !== NONE; ) {
        const next = m.next(v);
        this.#access(v, b === this.#cfg.blocks[0]);
        v = next;
      }
    }
    this.#at = m.first(this.#cfg.blocks[0]!);
    while (m.op(this.#at) === OP.Variable) this.#at = m.next(this.#at);
    for (const v of this.#inputs) this.#component(v, 0);
    this.#components();
    const alias = this.#resolve();
    return { m, workgroupSize: this.#size, alias, index: this.#index, globals: this.#globals, masked: this.#masked };
  }

  #access(v: Value, isEntry: boolean): void {
    const m = this.#m;
    const op = m.op(v);
    this.#bounds.note(v);
    if (op === OP.FunctionCall) this.#isFresh = false;
    if ((op === OP.Load || op === OP.SpanLoad) && this.#inputOf(v)) {
      this.#inputs.push(v);
      return;
    }
    if (op !== OP.SpanStore && op !== OP.SpanLoad && op !== OP.SpanAtomic) return;
    if (op === OP.SpanStore) {
      if (isEntry && this.#isFresh && this.#isZeroAlready(v)) {
        m.remove(v);
        return;
      }
      this.#splitStored(v);
    }
    if (op === OP.SpanAtomic || this.#isPrivate(m.operand(v, 0))) this.#unmask(v);
    else this.#unclamp(v);
  }
  /**
   * `min(i, arrayLength - 1) << 2` as the offset of a word of that array: the access clamps `i << 2` to the same place itself, if that does
   * not wrap.
   */
  #unclamp(v: Value): void {
    const m = this.#m;
    const first = m.op(v) === OP.SpanStore ? 3 : 2;
    const shift = m.operand(v, 1);
    if (
      m.arg(v, first) !== 0 ||
      m.arg(v, first + 1) !== 0 ||
      m.op(shift) !== OP.ShiftLeftLogical ||
      m.constantBits(m.operand(shift, 1)) !== 2
    )
      return;
    const min = m.operand(shift, 0);
    const type = m.type(m.op(v) === OP.SpanStore ? m.operand(v, 2) : v);
    if (m.op(min) !== OP.UMin || m.types.sizeBytes(type) !== 4) return;
    for (const [i, last] of [
      [m.operand(min, 0), m.operand(min, 1)],
      [m.operand(min, 1), m.operand(min, 0)],
    ] as const) {
      if (this.#bounds.of(i) >= 2 ** 30 || !this.#isLastWord(last, m.operand(v, 0))) continue;
      m.setArg(v, 1, this.#shiftedBy(v, i, 2));
      return;
    }
  }
  /** Whether `v` is the number of words of the buffer bound to `variable`, less one. */
  #isLastWord(v: Value, variable: Value): boolean {
    const m = this.#m;
    const op = m.op(v);
    if (!(op === OP.ISub && m.constantBits(m.operand(v, 1)) === 1) && !(op === OP.IAdd && m.constantBits(m.operand(v, 1)) === 0xffffffff))
      return false;
    const words = m.operand(v, 0);
    const isQuarter =
      (m.op(words) === OP.ShiftRightLogical && m.constantBits(m.operand(words, 1)) === 2) ||
      (m.op(words) === OP.UDiv && m.constantBits(m.operand(words, 1)) === 4);
    if (!isQuarter) return false;
    const length = m.operand(words, 0);
    return m.op(length) === OP.SpanLength && m.operand(length, 0) === variable;
  }
  #shiftedBy(at: Value, v: Value, by: number): Value {
    const m = this.#m;
    const key = `${v} ${by}`;
    const known = this.#shifted.get(key);
    if (known !== undefined) return known;
    const made = m.insertBefore(at, "ShiftLeftLogical", m.types.u32, [v, m.u32(by)]);
    this.#shifted.set(key, made);
    return made;
  }
  #isPrivate(variable: Value): boolean {
    const storage = this.#m.types.storage(this.#m.type(variable));
    return storage === STORAGE.Private || storage === STORAGE.Function;
  }
  /** A store of zero to private memory that nothing has been written to yet: it is zero at entry. */
  #isZeroAlready(store: Value): boolean {
    const m = this.#m;
    const variable = m.operand(store, 0);
    if (!this.#isPrivate(variable) || this.#written.has(variable) || m.argCount(variable) > 1) return false;
    const value = m.operand(store, 2);
    if (m.constantBits(value) === 0 || m.op(value) === OP.ConstantNull) return true;
    this.#written.add(variable);
    return false;
  }
  /**
   * `(i & mask) << s` as the offset of an access whose extent is exactly what that reaches: the access masks `i << s` itself. Not where a
   * contiguous access is worth more than the mask, so only in private memory and for atomics.
   */
  #unmask(v: Value): void {
    const m = this.#m;
    const first = m.op(v) === OP.SpanStore ? 3 : 2;
    const extent = m.arg(v, first + 1);
    const shift = m.operand(v, 1);
    if (extent < 4 || (extent & (extent - 1)) !== 0 || m.op(shift) !== OP.ShiftLeftLogical) return;
    const by = m.constantBits(m.operand(shift, 1));
    const and = m.operand(shift, 0);
    if (by < 0 || by > 31 || m.op(and) !== OP.BitwiseAnd || m.constantBits(m.operand(and, 0)) >= 0) return;
    const mask = m.constantBits(m.operand(and, 1));
    const type = m.type(m.op(v) === OP.SpanStore ? m.operand(v, 2) : v);
    if (mask < 0 || (mask + 1) * 2 ** by !== extent || m.types.sizeBytes(type) > 2 ** by || m.types.element(type) === m.types.f16) return;
    m.setArg(v, 1, this.#shiftedBy(v, m.operand(and, 0), by));
    this.#masked.add(v);
  }

  // ---- vectors

  /** A stored vector that is loaded is stored by its parts. */
  #splitStored(store: Value): void {
    const m = this.#m;
    const value = m.operand(store, 2);
    const type = m.type(value);
    const op = m.op(value);
    if (m.types.isScalar(type) || op === OP.CompositeConstruct || op <= OP.Undef) return;
    const element = m.types.element(type);
    const parts = Array.from({ length: m.types.length(type) }, (_, i) => m.insertBefore(store, "CompositeExtract", element, [value, i]));
    m.setArg(store, 2, m.insertBefore(store, "CompositeConstruct", type, parts));
  }

  #resolve(): Int32Array {
    const m = this.#m;
    this.#makeConstants();
    const alias = this.#aliases.column(m.valueCount);
    for (const v of this.#inputs) if (m.types.isScalar(m.type(v))) alias[v] = this.#component(v, 0);
    for (const b of this.#cfg.blocks) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        const op = m.op(v);
        if (op === OP.Phi) alias[v] = this.#onlyOperand(v, alias);
        else if (op === OP.CompositeExtract) alias[v] = alias[this.#part(v)]!;
        // an f16 is held as its f32: only memory knows the difference
        else if (op === OP.Bitcast || op === OP.FConvert) alias[v] = alias[m.operand(v, 0)]!;
      }
    }
    return alias;
  }
  /** Parts of null vectors are constants that may not exist yet; make them before the column is sized. */
  #makeConstants(): void {
    const { types } = this.#m;
    for (const type of [types.bool, types.i32, types.u32, types.f32, types.f16]) {
      this.#m.constant(type, 0);
      this.#m.undef(type);
    }
  }
  /** Undefined operands count: on their way a value may not be defined. */
  #onlyOperand(phi: Value, alias: Int32Array): Value {
    const m = this.#m;
    let only: Value = NONE;
    for (let k = 0; k < m.argCount(phi); k += 2) {
      const operand = alias[m.operand(phi, k)]! as Value;
      if (operand === phi || operand === only) continue;
      if (only !== NONE) return phi;
      only = operand;
    }
    return only === NONE ? phi : only;
  }
  #part(extract: Value): Value {
    const m = this.#m;
    const from = m.operand(extract, 0);
    const i = m.arg(extract, 1);
    if (m.argCount(extract) !== 2) throw new Ice("a part of a part reached the backend");
    const part = partOf(m, from, i);
    if (part !== NONE) return part;
    const op = m.op(from);
    if ((op === OP.Load || op === OP.SpanLoad) && this.#inputOf(from)) return this.#component(from, i);
    if (op === OP.SpanLoad) return extract;
    throw new Ice(`a part of ${m.opName(from)} reached the backend`);
  }

  // ---- built-in inputs

  #inputOf(load: Value): Global | undefined {
    const m = this.#m;
    const g = this.#globals.get(m.operand(load, 0));
    return g && m.types.storage(m.type(g.value)) === STORAGE.Input ? g : undefined;
  }
  /** All components of loads that are taken apart. */
  #components(): void {
    const m = this.#m;
    for (const b of this.#cfg.blocks) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) if (m.op(v) === OP.CompositeExtract) this.#part(v);
    }
  }
  /** What component i of an input's load stands for. */
  #component(load: Value, i: number): Value {
    const m = this.#m;
    const g = this.#inputOf(load)!;
    let first = 0;
    if (m.op(load) === OP.SpanLoad) {
      const offset = m.constantBits(m.operand(load, 1));
      if (offset < 0) throw new Ice("an input loaded at an offset that is not constant");
      first = (offset + m.arg(load, 2)) >>> 2;
    }
    return this.#builtin(g.builtin, first + i);
  }
  #builtin(name: string, axis: number): Value {
    const key = `${name}.${axis}`;
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = this.#make(name, axis);
    this.#made.set(key, made);
    return made;
  }
  #make(name: string, axis: number): Value {
    const m = this.#m;
    switch (name) {
      case "local_invocation_index":
        return this.#invocationIndex();
      case "local_invocation_id":
        return this.#localId(axis);
      case "global_invocation_id": {
        const first = this.#binary("IMul", this.#builtin("workgroup_id", axis), m.u32(this.#size[axis]!));
        return this.#binary("IAdd", first, this.#builtin("local_invocation_id", axis));
      }
      case "subgroup_size":
        return m.u32(4);
      case "num_subgroups":
        return m.u32(Math.ceil(this.#invocations / 4));
      case "subgroup_invocation_id":
        return this.#binary("BitwiseAnd", this.#invocationIndex(), m.u32(3));
      case "subgroup_id":
        return this.#binary("UDiv", this.#invocationIndex(), m.u32(4));
      default:
        return this.#system(name, axis);
    }
  }
  #localId(axis: number): Value {
    const m = this.#m;
    const size = this.#size[axis]!;
    if (size === 1) return m.u32(0);
    const before = this.#size.slice(0, axis).reduce((product, n) => product * n, 1);
    let value = this.#invocationIndex();
    if (before > 1) value = this.#binary("UDiv", value, m.u32(before));
    return before * size < this.#invocations ? this.#binary("UMod", value, m.u32(size)) : value;
  }
  #invocationIndex(): Value {
    const m = this.#m;
    if (this.#invocations === 1) return m.u32(0);
    if (this.#index === NONE) {
      this.#index = m.insertBefore(this.#at, "Load", m.types.u32, [this.#global("local_invocation_index", 1)]);
    }
    return this.#index;
  }
  #system(name: string, axis: number): Value {
    const m = this.#m;
    const { offset } = systemValue(name, axis);
    const count = `${name}.y` in SYS ? 3 : 1;
    return m.insertBefore(this.#at, "SpanLoad", m.types.u32, [this.#global(name, count), m.u32(offset), 0, 4 * count]);
  }
  #global(builtin: string, components: number): Value {
    const m = this.#m;
    for (const g of m.globals) if (g.builtin === builtin && m.types.storage(m.type(g.value)) === STORAGE.Input) return g.value;
    const { types } = m;
    const pointer = types.pointer(STORAGE.Input, components === 1 ? types.u32 : types.vector(types.u32, components));
    const info = { name: builtin, group: NONE, binding: NONE, writable: false, builtin, location: NONE };
    const v = m.addGlobal(pointer, info);
    this.#globals.set(v, { value: v, ...info });
    return v;
  }
  #binary(op: "IMul" | "IAdd" | "UDiv" | "UMod" | "BitwiseAnd", a: Value, b: Value): Value {
    const m = this.#m;
    if (m.constantBits(a) === 0 && op === "IAdd") return b;
    if (m.constantBits(b) === 0 && op === "IAdd") return a;
    if (m.constantBits(b) === 1 && op === "IMul") return a;
    const x = m.constantBits(a);
    const y = m.constantBits(b);
    if (x >= 0 && y >= 0 && op === "UDiv") return m.u32(Math.floor(x / y));
    return m.insertBefore(this.#at, op, m.types.u32, [a, b]);
  }
}

/** Component i of a vector that is put together from values, or NONE. */
export function partOf(m: Module, vector: Value, i: number): Value {
  switch (m.op(vector)) {
    case OP.CompositeConstruct:
    case OP.ConstantComposite:
      return m.operand(vector, i);
    case OP.ConstantNull:
      return m.constant(m.types.element(m.type(vector)), 0);
    case OP.Undef:
      return m.undef(m.types.element(m.type(vector)));
    default:
      return NONE;
  }
}

/** The system value that component `axis` of a built-in input is. */
export function systemValue(name: string, axis: number): { readonly name: SysName; readonly offset: number } {
  for (const candidate of [name, `${name}.${AXES[axis]}`]) {
    if (candidate in SYS) return { name: candidate as SysName, offset: 4 * axis };
  }
  throw new Ice(`no system value for the built-in input ${name}`);
}
