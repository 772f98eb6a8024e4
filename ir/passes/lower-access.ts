/**
 * Pointers to spans: every access chain becomes a byte offset computed in IR, and every access names its variable, the offset, and the
 * stretch of the variable that it may touch (ops.ts, "memory, on spans"). Whole structs, arrays and matrices are accessed scalar by scalar
 * or vector by vector, without their padding.
 *
 * The stretch is the smallest object that is known to hold the access: constant indices narrow it to the part; from the first dynamic
 * index on, it ends where the indexed array, matrix or vector ends. So whatever an index is, wrapped products too, the access stays inside
 * the variable, which is all that WGSL asks of an index out of range. Behind a runtime array it ends with the buffer bound (extent 0).
 * @see https://www.w3.org/TR/WGSL/#out-of-bounds-access-sec
 */
import { Ice, Limit } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { bodies, Inserter, Replacements } from "../edit.ts";
import type { FunctionId, Module, Value } from "../module.ts";
import { ATOMIC, OP, type OpName } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { STORAGE, TYPE_KIND, type TypeId } from "../types.ts";
import { endsOpen } from "../typing.ts";

/** Accesses that one load or store of an aggregate may become. */
const MAX_PARTS = 1 << 16;
/** Constant parts of offsets stay below this, so that they fit an access word; beyond it they are added at run time. */
const MAX_START = 1 << 24;
/** Objects past this size are bounded by the buffer bound, whose size is known then. */
const MAX_EXTENT = 0x7fffffff;

export const lowerAccess: Pass = {
  name: "lower-access",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (new AccessLowering(m).run(f)) changed = true;
    return changed;
  },
};

/** Where a pointer points: `start + offset` in `variable`; the access ends before byte `end`. */
interface Place {
  readonly variable: Value;
  readonly start: number;
  /** u32 value, or NONE for zero */
  readonly offset: Value;
  /** NONE: at the end of the buffer */
  readonly end: number;
  readonly type: TypeId;
}

const ATOMICS: Partial<Record<OpName, number>> = {
  AtomicLoad: ATOMIC.load,
  AtomicStore: ATOMIC.store,
  AtomicExchange: ATOMIC.exchange,
  AtomicCompareExchange: ATOMIC.compareExchange,
  AtomicIAdd: ATOMIC.iadd,
  AtomicISub: ATOMIC.iadd,
  AtomicSMin: ATOMIC.smin,
  AtomicUMin: ATOMIC.umin,
  AtomicSMax: ATOMIC.smax,
  AtomicUMax: ATOMIC.umax,
  AtomicAnd: ATOMIC.and,
  AtomicOr: ATOMIC.or,
  AtomicXor: ATOMIC.xor,
};

class AccessLowering {
  readonly m: Module;
  readonly at: Inserter;
  readonly replacements: Replacements;
  readonly places = new Map<Value, Place>();
  parts = 0;

  constructor(m: Module) {
    this.m = m;
    this.at = new Inserter(m);
    this.replacements = new Replacements(m);
  }

  run(f: FunctionId): boolean {
    const { m } = this;
    const gone: Value[] = [];
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        this.at.at = v;
        this.parts = 0;
        if (this.lower(v)) gone.push(v);
      }
    }
    for (const v of gone) m.remove(v);
    this.replacements.apply(f);
    return gone.length > 0;
  }

  /** @returns whether `v` has been replaced by other instructions */
  lower(v: Value): boolean {
    const { m } = this;
    const name = m.opName(v);
    switch (name) {
      case "AccessChain":
        this.places.set(v, this.chain(v));
        return true;
      case "Load":
        this.replacements.set(v, this.load(this.place(m.operand(v, 0))));
        return true;
      case "Store":
        this.store(this.place(m.operand(v, 0)), m.operand(v, 1));
        return true;
      case "WorkgroupUniformLoad":
        this.replacements.set(v, this.uniformLoad(this.place(m.operand(v, 0))));
        return true;
      case "ArrayLength":
        this.replacements.set(v, this.arrayLength(v));
        return true;
      default:
        return ATOMICS[name] !== undefined && this.atomic(v, name);
    }
  }

  // ---- places
  place(pointer: Value): Place {
    const { m } = this;
    const known = this.places.get(pointer);
    if (known) return known;
    if (m.op(pointer) !== OP.Variable) throw new Ice(`a pointer that is no access chain: ${m.opName(pointer)}`);
    const type = m.types.pointee(m.type(pointer));
    return { variable: pointer, start: 0, offset: NONE, end: this.endOf(m.type(pointer)), type };
  }
  endOf(pointer: TypeId): number {
    const { types } = this.m;
    const type = types.pointee(pointer);
    if (endsOpen(this.m, type)) return NONE;
    const size = types.sizeBytes(type);
    if (size <= MAX_EXTENT) return size;
    const isBuffer = types.storage(pointer) === STORAGE.StorageBuffer || types.storage(pointer) === STORAGE.Uniform;
    if (!isBuffer) throw new Limit("bytes of a variable", size, MAX_EXTENT);
    return NONE;
  }
  chain(v: Value): Place {
    const { m } = this;
    let place = this.place(m.operand(v, 0));
    for (let i = 1; i < m.argCount(v); i++) {
      const index = m.operand(v, i);
      const constant = m.constantBits(index);
      place = constant >= 0 ? this.part(place, constant) : this.indexed(place, index);
    }
    return place;
  }
  /** Part with a known number. */
  part(p: Place, index: number): Place {
    const { types } = this.m;
    if (types.kind(p.type) === TYPE_KIND.Struct) {
      return this.moved(p, types.memberType(p.type, index), types.memberOffset(p.type, index));
    }
    const type = types.element(p.type);
    const isOpen = types.kind(p.type) === TYPE_KIND.RuntimeArray;
    const bytes = index * this.stride(p.type);
    if ((!isOpen && index >= types.length(p.type)) || bytes > MAX_START) return this.indexed(p, this.m.u32(index));
    return this.moved(p, type, bytes);
  }
  /** The part of type `type` that begins `bytes` further on; the access ends with it, if it is at a known place. */
  moved(p: Place, type: TypeId, bytes: number): Place {
    const start = p.start + bytes;
    if (start > MAX_START) {
      const far = this.m.u32(start);
      const offset = p.offset === NONE ? far : this.at.emit("IAdd", this.m.types.u32, p.offset, far);
      return { ...p, type, start: 0, offset };
    }
    const isKnown = p.offset === NONE && p.end !== NONE;
    return { ...p, type, start, end: isKnown ? start + this.m.types.sizeBytes(type) : p.end };
  }
  indexed(p: Place, index: Value): Place {
    const { m } = this;
    const { u32 } = m.types;
    const unsigned = m.type(index) === u32 ? index : this.at.emit("Bitcast", u32, index);
    const stride = this.stride(p.type);
    const bytes = stride === 1 ? unsigned : this.at.emit("IMul", u32, unsigned, m.u32(stride));
    const offset = p.offset === NONE ? bytes : this.at.emit("IAdd", u32, p.offset, bytes);
    return { ...p, type: m.types.element(p.type), offset };
  }
  stride(type: TypeId): number {
    const { types } = this.m;
    return types.kind(type) === TYPE_KIND.Vector ? types.sizeBytes(types.element(type)) : types.stride(type);
  }
  offsetOf(p: Place): Value {
    return p.offset === NONE ? this.m.u32(0) : p.offset;
  }
  extentOf(p: Place): number {
    return p.end === NONE ? 0 : p.end - p.start;
  }

  // ---- whole values
  /** Whether one access takes the whole type. */
  isAtom(p: Place): boolean {
    const { types } = this.m;
    if (types.isScalar(p.type)) return true;
    if (types.kind(p.type) !== TYPE_KIND.Vector || types.sizeBytes(types.element(p.type)) !== 4) return false;
    const isInput = types.storage(this.m.type(p.variable)) === STORAGE.Input;
    // the components of a built-in input are system values of their own
    return types.element(p.type) !== types.bool && !(isInput && this.m.globalOf(p.variable)?.builtin !== "");
  }
  count(): void {
    if (++this.parts > MAX_PARTS) throw new Limit("scalars in one load or store", this.parts, MAX_PARTS);
  }
  partCount(type: TypeId): number {
    const { types } = this.m;
    if (types.kind(type) === TYPE_KIND.RuntimeArray) throw new Ice("a runtime array has no value");
    return types.length(type);
  }
  partOf(p: Place, index: number): Place {
    const { types } = this.m;
    if (types.kind(p.type) === TYPE_KIND.Struct) return this.moved(p, types.memberType(p.type, index), types.memberOffset(p.type, index));
    return this.moved(p, types.element(p.type), index * this.stride(p.type));
  }
  /** Recursion is as deep as types nest. */
  load(p: Place): Value {
    const { m, at } = this;
    const { bool, u32 } = m.types;
    if (this.isAtom(p)) {
      this.count();
      const isBool = p.type === bool;
      const v = at.emit("SpanLoad", isBool ? u32 : p.type, p.variable, this.offsetOf(p), p.start, this.extentOf(p));
      return isBool ? at.emit("INotEqual", bool, v, m.u32(0)) : v;
    }
    const parts: Value[] = [];
    const count = this.partCount(p.type);
    for (let i = 0; i < count; ) {
      const n = this.together(p.type, count - i);
      const part = this.load(this.partsAt(p, i, n));
      if (n === 1) parts.push(part);
      else for (let k = 0; k < n; k++) parts.push(at.emit("CompositeExtract", m.types.element(p.type), part, k));
      i += n;
    }
    return at.list("CompositeConstruct", p.type, parts);
  }
  /** Elements of an array of words that one access takes, of `left` that are left. */
  together(type: TypeId, left: number): number {
    const { types } = this.m;
    if (types.kind(type) !== TYPE_KIND.Array || types.stride(type) !== 4) return 1;
    const element = types.element(type);
    return types.isScalar(element) && element !== types.bool ? Math.min(4, left) : 1;
  }
  /** Parts i to i + n - 1: one part, or a vector of elements that lie together. */
  partsAt(p: Place, i: number, n: number): Place {
    const part = this.partOf(p, i);
    if (n === 1) return part;
    const end = p.offset === NONE && p.end !== NONE ? part.start + 4 * n : p.end;
    return { ...part, type: this.m.types.vector(part.type, n), end };
  }
  store(p: Place, value: Value): void {
    const { m, at } = this;
    const { bool, u32 } = m.types;
    if (this.isAtom(p)) {
      this.count();
      const bits = p.type === bool ? at.emit("Select", u32, value, m.u32(1), m.u32(0)) : value;
      at.emit("SpanStore", m.types.void, p.variable, this.offsetOf(p), bits, p.start, this.extentOf(p));
      return;
    }
    const count = this.partCount(p.type);
    for (let i = 0; i < count; ) {
      const n = this.together(p.type, count - i);
      const part = this.partsAt(p, i, n);
      this.store(part, n === 1 ? this.extract(value, part.type, i) : this.extractRun(value, part.type, i, n));
      i += n;
    }
  }
  /** Elements i to i + n - 1 of an array's value, as a vector. */
  extractRun(value: Value, vector: TypeId, index: number, n: number): Value {
    const { m } = this;
    if (m.op(value) === OP.ConstantNull) return m.constantNull(vector);
    const element = m.types.element(vector);
    const parts = Array.from({ length: n }, (_, k) => this.extract(value, element, index + k));
    return m.op(value) === OP.ConstantComposite ? m.constantComposite(vector, parts) : this.at.list("CompositeConstruct", vector, parts);
  }
  extract(value: Value, type: TypeId, index: number): Value {
    const { m } = this;
    if (m.op(value) === OP.ConstantNull) return m.constantNull(type);
    if (m.op(value) === OP.ConstantComposite) return m.operand(value, index);
    return this.at.emit("CompositeExtract", type, value, index);
  }
  uniformLoad(p: Place): Value {
    const { m, at } = this;
    const { bool, f16, u32 } = m.types;
    if (!m.types.isScalar(p.type)) {
      const parts: Value[] = [];
      for (let i = 0; i < this.partCount(p.type); i++) parts.push(this.uniformLoad(this.partOf(p, i)));
      return at.list("CompositeConstruct", p.type, parts);
    }
    this.count();
    if (p.type === f16) return this.uniformHalf(p);
    const v = at.emit("SpanUniformLoad", p.type === bool ? u32 : p.type, p.variable, this.offsetOf(p), p.start, this.extentOf(p));
    return p.type === bool ? at.emit("INotEqual", bool, v, m.u32(0)) : v;
  }
  /** The word around a half, and the half that the address' bit 1 says. The variable's size is a multiple of 4 only if rounded up. */
  uniformHalf(p: Place): Value {
    const { m, at } = this;
    const { f16, f32, u32 } = m.types;
    const address = at.emit("IAdd", u32, this.offsetOf(p), m.u32(p.start));
    const size = Math.max(4, m.types.sizeBytes(m.types.pointee(m.type(p.variable))));
    const word = at.emit("SpanUniformLoad", u32, p.variable, address, 0, size);
    const shift = at.emit("ShiftLeftLogical", u32, at.emit("BitwiseAnd", u32, address, m.u32(2)), m.u32(3));
    const half = at.emit("HalfBitsToFloat", f32, at.emit("ShiftRightLogical", u32, word, shift));
    return at.emit("FConvert", f16, half);
  }

  // ---- the rest
  atomic(v: Value, name: OpName): boolean {
    const { m, at } = this;
    const p = this.place(m.operand(v, 0));
    const values: Value[] = [];
    for (let i = 1; i < m.argCount(v); i++) values.push(m.operand(v, i));
    if (name === "AtomicISub") values[0] = at.emit("SNegate", p.type, values[0]!);
    const type = name === "AtomicStore" ? m.types.void : p.type;
    const args = [p.variable, this.offsetOf(p), p.start, this.extentOf(p), ATOMICS[name]!, ...values];
    const made = at.list("SpanAtomic", type, args);
    if (type !== m.types.void) this.replacements.set(v, made);
    return true;
  }
  arrayLength(v: Value): Value {
    const { m, at } = this;
    const { u32 } = m.types;
    let p = this.place(m.operand(v, 0));
    for (let i = 1; i < m.argCount(v); i++) p = this.partOf(p, m.arg(v, i));
    const bytes = at.emit("SpanLength", u32, p.variable);
    const rest = p.start === 0 ? bytes : at.emit("ISub", u32, bytes, m.u32(p.start));
    return at.emit("UDiv", u32, rest, m.u32(m.types.stride(p.type)));
  }
}
