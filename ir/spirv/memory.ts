/** Accesses through pointers, atomics and barriers. An index that is not known to be inside is taken to the last element. */
import { Limit } from "../../support/failure.ts";
import type { Value } from "../module.ts";
import { OP } from "../ops.ts";
import { STORAGE, type StorageClass, TYPE_KIND, type TypeId } from "../types.ts";
import type { Emitter } from "./emitter.ts";
import type { SpvName } from "./grammar.ts";
import { isLaidOut } from "./types.ts";
import type { Place, Variables } from "./variables.ts";

/** Parts of one value that are taken apart and put together, because the form in a buffer is another type. */
const MAX_PARTS = 1 << 14;

const SCOPE = { device: 1, workgroup: 2 } as const;
const SEMANTICS = { relaxed: 0, acquireRelease: 8, uniformMemory: 0x40, workgroupMemory: 0x100, imageMemory: 0x800 } as const;

export class Memory {
  readonly e: Emitter;
  readonly variables: Variables;

  constructor(e: Emitter, variables: Variables) {
    this.e = e;
    this.variables = variables;
  }

  /** Id of a pointer; a buffer's whole value stands inside its block. */
  pointer(v: Value): number {
    const { m } = this.e;
    if (m.op(v) !== OP.Variable) return this.e.id(v);
    const place = this.variables.of(v);
    if (place.prefix.length === 0) return place.id;
    return this.e.op("AccessChain", this.e.typeOf(v), place.id, ...place.prefix);
  }
  accessChain(v: Value): number {
    const { e } = this;
    const { m } = e;
    const base = m.operand(v, 0);
    const isVariable = m.op(base) === OP.Variable;
    const place = isVariable ? this.variables.of(base) : null;
    const indices = place ? [...place.prefix] : [];
    let at = m.types.pointee(m.type(base));
    for (let i = 1; i < m.argCount(v); i++) {
      indices.push(this.#index(v, i, at));
      at = m.types.kind(at) === TYPE_KIND.Struct ? m.types.memberType(at, m.constantBits(m.operand(v, i))) : m.types.element(at);
    }
    return e.op("AccessChain", e.typeOf(v), place ? place.id : e.id(base), ...indices);
  }
  #index(v: Value, i: number, at: TypeId): number {
    const { e } = this;
    const { m, types } = e;
    const kind = m.types.kind(at);
    const known = e.constantArg(v, i);
    if (kind === TYPE_KIND.Struct) return types.u32(known);
    const type = e.operandType(v, i);
    if (kind === TYPE_KIND.RuntimeArray) {
      const last = e.opT("ISub", m.types.u32, this.#elements(v), types.u32(1));
      return e.umin(type, e.arg(v, i), e.bitcast(last, m.types.u32, type));
    }
    const last = Math.max(0, m.types.length(at) - 1);
    if (known >= 0) return types.u32(Math.min(known, last));
    return e.umin(type, e.arg(v, i), types.scalar(type, last));
  }
  /** Elements of the runtime array in the variable behind a pointer: a buffer has at most one, at its end. */
  #elements(pointer: Value): number {
    const { e } = this;
    const { m } = e;
    let root = pointer;
    while (m.op(root) === OP.AccessChain) root = m.operand(root, 0);
    const type = m.types.pointee(m.type(root));
    const member = m.types.kind(type) === TYPE_KIND.Struct ? m.types.length(type) - 1 : 0;
    return e.opT("ArrayLength", m.types.u32, this.variables.of(root).id, member);
  }
  arrayLength(v: Value): number {
    return this.#elements(this.e.m.operand(v, 0));
  }

  load(v: Value): number {
    const { e } = this;
    const { m } = e;
    const pointer = this.pointer(m.operand(v, 0));
    const type = m.type(v);
    const laidOut = isLaidOut(m.types.storage(e.operandType(v, 0)));
    const value = e.op("Load", e.types.id(type, laidOut), pointer);
    return this.#relayout(value, type, laidOut, false);
  }
  store(v: Value): void {
    const { e } = this;
    const { m } = e;
    const laidOut = isLaidOut(m.types.storage(e.operandType(v, 0)));
    const pointer = this.pointer(m.operand(v, 0));
    e.statement("Store", pointer, this.#relayout(e.arg(v, 1), e.operandType(v, 1), false, laidOut));
  }
  /** The same value in the other form of its type: OpCopyLogical, which SPIR-V 1.4 brought. */
  #relayout(value: number, type: TypeId, from: boolean, to: boolean, budget = { parts: 0 }): number {
    const { e } = this;
    const { types } = e.m;
    if (e.types.id(type, from) === e.types.id(type, to)) return value;
    const parts: number[] = [];
    const isStruct = types.kind(type) === TYPE_KIND.Struct;
    budget.parts += types.length(type);
    if (budget.parts > MAX_PARTS) throw new Limit("parts of one value that a SPIR-V module copies", budget.parts, MAX_PARTS);
    for (let i = 0; i < types.length(type); i++) {
      const part = isStruct ? types.memberType(type, i) : types.element(type);
      const extracted = e.op("CompositeExtract", e.types.id(part, from), value, i);
      parts.push(this.#relayout(extracted, part, from, to, budget));
    }
    return e.op("CompositeConstruct", e.types.id(type, to), ...parts);
  }

  // ---- atomics
  /** Scope and semantics: WGSL's atomics are relaxed, over all that can see the memory. */
  order(storage: StorageClass): readonly [number, number] {
    const { types } = this.e;
    return [types.u32(storage === STORAGE.Workgroup ? SCOPE.workgroup : SCOPE.device), types.u32(SEMANTICS.relaxed)];
  }
  /** @param type of the memory, an integer @returns the old value; 0 for a store */
  atomic(name: SpvName, place: Pick<Place, "storage">, pointer: number, type: TypeId, values: readonly number[]): number {
    const { e } = this;
    const order = this.order(place.storage);
    if (name === "AtomicStore") {
      e.statement("AtomicStore", pointer, ...order, ...values);
      return 0;
    }
    const unequal = name === "AtomicCompareExchange" ? [order[1]] : [];
    return e.opT(name, type, pointer, ...order, ...unequal, ...values);
  }
  atomicOn(name: SpvName, v: Value): number {
    const { e } = this;
    const { m } = e;
    const pointerType = e.operandType(v, 0);
    const values: number[] = [];
    for (let i = 1; i < m.argCount(v); i++) values.push(e.arg(v, i));
    return this.atomic(
      name,
      { storage: m.types.storage(pointerType) },
      this.pointer(m.operand(v, 0)),
      m.types.pointee(pointerType),
      values,
    );
  }

  // ---- barriers
  /** @param memory 1 workgroup | 2 storage | 4 image */
  barrier(memory: number): void {
    const { e } = this;
    let semantics = memory === 0 ? SEMANTICS.relaxed : SEMANTICS.acquireRelease;
    if (memory & 1) semantics |= SEMANTICS.workgroupMemory;
    if (memory & 2) semantics |= SEMANTICS.uniformMemory;
    if (memory & 4) semantics |= SEMANTICS.imageMemory;
    const scope = e.types.u32(SCOPE.workgroup);
    e.statement("ControlBarrier", scope, scope, e.types.u32(semantics));
  }
  /** A load between two barriers. */
  uniformLoad(load: () => number): number {
    this.barrier(1);
    const value = load();
    this.barrier(1);
    return value;
  }
}
