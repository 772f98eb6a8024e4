/**
 * Accesses by spans (docs/ir.md): the variable is an array of words, the byte offset is bounded as the span says, and a vector is as many
 * words. An f16 in a storage buffer has a view of its own; elsewhere it is half of a word.
 */
import { Ice, Unsupported } from "../../support/failure.ts";
import type { Value } from "../module.ts";
import { ATOMIC } from "../ops.ts";
import { STORAGE, TYPE_KIND, type TypeId } from "../types.ts";
import type { Emitter } from "./emitter.ts";
import type { SpvName } from "./grammar.ts";
import type { Memory } from "./memory.ts";
import type { Place, Variables } from "./variables.ts";

const ATOMIC_OPS: { readonly [K in keyof typeof ATOMIC]: SpvName } = {
  load: "AtomicLoad",
  store: "AtomicStore",
  exchange: "AtomicExchange",
  compareExchange: "AtomicCompareExchange",
  iadd: "AtomicIAdd",
  isub: "AtomicISub",
  smin: "AtomicSMin",
  umin: "AtomicUMin",
  smax: "AtomicSMax",
  umax: "AtomicUMax",
  and: "AtomicAnd",
  or: "AtomicOr",
  xor: "AtomicXor",
};
const ATOMIC_KEYS = Object.keys(ATOMIC) as (keyof typeof ATOMIC)[];

/** A byte address as a multiple of the unit (4 or 2 bytes): literal, plus a u32 id or 0. */
interface Address {
  readonly literal: number;
  readonly dynamic: number;
}

export class Spans {
  readonly e: Emitter;
  readonly variables: Variables;
  readonly memory: Memory;

  constructor(e: Emitter, variables: Variables, memory: Memory) {
    this.e = e;
    this.variables = variables;
    this.memory = memory;
  }

  load(v: Value): number {
    const { e } = this;
    const { types } = e.m;
    const place = this.variables.of(e.m.operand(v, 0));
    const type = e.m.type(v);
    if (place.storage === STORAGE.Input || place.storage === STORAGE.Output) return this.#loadIo(v, place, type);
    if (type === types.f16) return this.#loadHalf(v, place);
    const component = e.types.component(type);
    const count = types.kind(type) === TYPE_KIND.Vector ? types.length(type) : 1;
    const at = this.#address(v, place, 2, 4 * count, 4);
    const parts: number[] = [];
    for (let i = 0; i < count; i++) parts.push(e.bitcast(this.#loadWord(place, at, i), place.word, component));
    return count === 1 ? parts[0]! : e.opT("CompositeConstruct", type, ...parts);
  }
  store(v: Value): void {
    const { e } = this;
    const { types } = e.m;
    const place = this.variables.of(e.m.operand(v, 0));
    const type = e.operandType(v, 2);
    if (place.storage === STORAGE.Output) {
      this.#storeIo(v, place, type);
      return;
    }
    if (type === types.f16) {
      this.#storeHalf(v, place);
      return;
    }
    const component = e.types.component(type);
    const count = types.kind(type) === TYPE_KIND.Vector ? types.length(type) : 1;
    const at = this.#address(v, place, 3, 4 * count, 4);
    for (let i = 0; i < count; i++) {
      const part = count === 1 ? e.arg(v, 2) : e.extract(component, e.arg(v, 2), i);
      e.statement("Store", this.#word(place, at, i), e.bitcast(part, component, place.word));
    }
  }
  atomic(v: Value): number {
    const { e } = this;
    const { m } = e;
    const place = this.variables.of(m.operand(v, 0));
    const kind = ATOMIC_KEYS[m.arg(v, 4)];
    if (kind === undefined) throw new Ice("no such atomic operation");
    const values: number[] = [];
    for (let i = 5; i < m.argCount(v); i++) values.push(e.bitcast(e.arg(v, i), e.operandType(v, i), place.word));
    const pointer = this.#word(place, this.#address(v, place, 2, 4, 4), 0);
    const old = this.memory.atomic(ATOMIC_OPS[kind], place, pointer, place.word, values);
    return old === 0 ? 0 : e.bitcast(old, place.word, m.type(v));
  }
  /** Bytes bound. A uniform buffer has no length in SPIR-V but its type's. */
  length(v: Value): number {
    return this.#bytes(this.e.m.operand(v, 0));
  }
  #bytes(variable: Value): number {
    const { e } = this;
    const { m, types } = e;
    const place = this.variables.of(variable);
    if (place.storage !== STORAGE.StorageBuffer) return types.u32(m.types.sizeBytes(m.types.pointee(m.type(variable))));
    const words = e.opT("ArrayLength", m.types.u32, place.id, 0);
    return e.opT("IMul", m.types.u32, words, types.u32(4));
  }

  // ---- addresses
  /** @param literals operand number of `start` @param bytes size of the access @param unit of the address: 4 or 2 bytes */
  #address(v: Value, place: Place, literals: number, bytes: number, unit: 4 | 2): Address {
    const { e } = this;
    const { m, types } = e;
    const { u32 } = m.types;
    const start = m.arg(v, literals);
    let extent = m.arg(v, literals + 1);
    if (extent === 0 && place.storage !== STORAGE.StorageBuffer) extent = m.types.sizeBytes(m.types.pointee(e.operandType(v, 0))) - start;
    const known = e.constantArg(v, 1);
    if (extent > 0 && known >= 0) return { literal: Math.trunc((start + Math.min(known, Math.max(0, extent - bytes))) / unit), dynamic: 0 };
    const room =
      extent > 0 ? types.u32(Math.max(0, extent - bytes)) : e.opT("ISub", u32, this.#bytes(m.operand(v, 0)), types.u32(start + bytes));
    const offset = e.umin(u32, e.arg(v, 1), room);
    const by = types.u32(unit === 4 ? 2 : 1);
    if (start % unit === 0) return { literal: start / unit, dynamic: e.opT("ShiftRightLogical", u32, offset, by) };
    return { literal: 0, dynamic: e.opT("ShiftRightLogical", u32, e.opT("IAdd", u32, offset, types.u32(start)), by) };
  }
  #index(at: Address, plus: number): number {
    const { e } = this;
    const literal = e.types.u32(at.literal + plus);
    if (at.dynamic === 0) return literal;
    return at.literal + plus === 0 ? at.dynamic : e.opT("IAdd", e.m.types.u32, at.dynamic, literal);
  }
  /** Pointer to word `plus` past the address. */
  #word(place: Place, at: Address, plus: number): number {
    const { e } = this;
    const { u32 } = e.m.types;
    const pointer = e.types.pointer(place.storage, e.types.id(place.word));
    if (!place.isQuads) return e.op("AccessChain", pointer, place.id, ...place.prefix, this.#index(at, plus));
    if (at.dynamic === 0) {
      const word = at.literal + plus;
      return e.op("AccessChain", pointer, place.id, ...place.prefix, e.types.u32(word >> 2), e.types.u32(word & 3));
    }
    const word = this.#index(at, plus);
    const quad = e.opT("ShiftRightLogical", u32, word, e.types.u32(2));
    return e.op("AccessChain", pointer, place.id, ...place.prefix, quad, e.opT("BitwiseAnd", u32, word, e.types.u32(3)));
  }
  #loadWord(place: Place, at: Address, plus: number): number {
    return this.e.opT("Load", place.word, this.#word(place, at, plus));
  }

  // ---- halves
  #loadHalf(v: Value, place: Place): number {
    const { e } = this;
    const { u32, f16, f32 } = e.m.types;
    const at = this.#address(v, place, 2, 2, 2);
    if (place.halves !== 0) return e.opT("Load", f16, this.#half(place, at));
    const { word, shift } = this.#halfWord(place, at);
    // others may be writing the word's other half
    const shared = place.storage === STORAGE.Workgroup;
    const whole = shared ? this.memory.atomic("AtomicLoad", place, word, u32, []) : e.opT("Load", u32, word);
    const low = e.opT("ShiftRightLogical", u32, whole, shift);
    return e.opT("FConvert", f16, e.extract(f32, e.glsl("UnpackHalf2x16", e.m.types.vector(f32, 2), low), 0));
  }
  #storeHalf(v: Value, place: Place): void {
    const { e } = this;
    const { u32, f32 } = e.m.types;
    const at = this.#address(v, place, 3, 2, 2);
    if (place.halves !== 0) {
      e.statement("Store", this.#half(place, at), e.arg(v, 2));
      return;
    }
    const { word, shift } = this.#halfWord(place, at);
    const pair = e.opT("CompositeConstruct", e.m.types.vector(f32, 2), e.opT("FConvert", f32, e.arg(v, 2)), e.types.scalar(f32, 0));
    const bits = e.opT("ShiftLeftLogical", u32, e.glsl("PackHalf2x16", u32, pair), shift);
    const others = e.opT("Not", u32, e.opT("ShiftLeftLogical", u32, e.types.u32(0xffff), shift));
    if (place.storage === STORAGE.Workgroup) {
      this.memory.atomic("AtomicAnd", place, word, u32, [others]);
      this.memory.atomic("AtomicOr", place, word, u32, [bits]);
      return;
    }
    const kept = e.opT("BitwiseAnd", u32, e.opT("Load", u32, word), others);
    e.statement("Store", word, e.opT("BitwiseOr", u32, kept, bits));
  }
  #half(place: Place, at: Address): number {
    const { e } = this;
    const pointer = e.types.pointer(place.storage, e.types.id(e.m.types.f16));
    return e.op("AccessChain", pointer, place.halves, ...place.prefix, this.#index(at, 0));
  }
  /** The word that holds half number `at`, and how far up it stands in it. */
  #halfWord(place: Place, at: Address): { readonly word: number; readonly shift: number } {
    const { e } = this;
    const { u32 } = e.m.types;
    if (at.dynamic === 0) {
      const word = this.#word(place, { literal: at.literal >> 1, dynamic: 0 }, 0);
      return { word, shift: e.types.u32((at.literal & 1) * 16) };
    }
    const half = this.#index(at, 0);
    const word = this.#word(place, { literal: 0, dynamic: e.opT("ShiftRightLogical", u32, half, e.types.u32(1)) }, 0);
    const odd = e.opT("BitwiseAnd", u32, half, e.types.u32(1));
    return { word, shift: e.opT("ShiftLeftLogical", u32, odd, e.types.u32(4)) };
  }

  // ---- inputs and outputs: component by component, as literals say
  #ioPointer(v: Value, place: Place, literals: number, type: TypeId): number {
    const { e } = this;
    const { m } = e;
    const whole = m.types.pointee(e.operandType(v, 0));
    if (e.constantArg(v, 1) < 0) throw new Unsupported("SPIR-V modules that index an input or output");
    const component = e.types.component(whole);
    if (type === whole) return place.id;
    if (m.types.kind(whole) !== TYPE_KIND.Vector || m.types.kind(type) === TYPE_KIND.Vector)
      // a scalar, as bits of another type
      return place.id;
    const index = Math.trunc((m.arg(v, literals) + e.constantArg(v, 1)) / m.types.sizeBytes(component));
    const inside = Math.min(index, m.types.length(whole) - 1);
    return e.op("AccessChain", e.types.pointer(place.storage, e.types.id(component)), place.id, e.types.u32(inside));
  }
  /** What a pointer of `#ioPointer` holds. */
  #ioType(v: Value, type: TypeId): TypeId {
    const { m } = this.e;
    const whole = m.types.pointee(this.e.operandType(v, 0));
    return m.types.kind(type) === TYPE_KIND.Vector || m.types.kind(whole) !== TYPE_KIND.Vector ? whole : m.types.element(whole);
  }
  #loadIo(v: Value, place: Place, type: TypeId): number {
    const { e } = this;
    const held = this.#ioType(v, type);
    const value = e.opT("Load", held, this.#ioPointer(v, place, 2, type));
    if (held === e.m.types.bool) return e.opT("Select", type, value, e.types.splat(type, 1), e.types.splat(type, 0));
    return e.bitcast(value, held, type);
  }
  #storeIo(v: Value, place: Place, type: TypeId): void {
    const { e } = this;
    const held = this.#ioType(v, type);
    e.statement("Store", this.#ioPointer(v, place, 3, type), e.bitcast(e.arg(v, 2), type, held));
  }
}
