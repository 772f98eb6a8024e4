/**
 * Where each variable lives: bound buffers have a slot each, in the order of the module's globals; workgroup variables, constant tables and
 * private variables share one slot each, behind those, at offsets given here. Only what is accessed gets a place.
 */
import type { Cfg } from "../ir/analysis/cfg.ts";
import type { Module, Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { STORAGE, TYPE_KIND, type TypeId, type TypeTable } from "../ir/types.ts";
import { PERM, SLOT_KIND } from "../sandbox/isa/modes.ts";
import { bitsToFloat, f32ToHalf } from "../sandbox/isa/numeric-scalar.ts";
import type { SlotInfo } from "../sandbox/isa/shapes.ts";
import { MAX_SLOTS } from "../sandbox/isa/table.ts";
import { Ice, Limit } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import type { Prepared } from "./prepare.ts";

export interface Place {
  readonly slot: number;
  /** SLOT_KIND */
  readonly kind: number;
  /** byte of the slot at which the variable starts */
  readonly base: number;
  /** nothing of this program writes it */
  readonly readOnly: boolean;
}

/** A private variable whose first value is not zero. */
export interface Initialized {
  readonly variable: Value;
  readonly words: Uint32Array;
}

/** Bytes of scratch memory per lane, and of workgroup memory, that an object may declare. */
const MAX_BYTES = 65_536;
const WORKGROUP_ALIGN = 16;

export class Slots {
  readonly places = new Map<Value, Place>();
  /** one per slot so far; scratch is not among them, since spilling may still add to it */
  readonly infos: SlotInfo[] = [];
  readonly names: string[] = [];
  readonly scratchSlot: number;
  scratchBytes = 0;
  workgroupBytes = 0;
  constants: Uint8Array = new Uint8Array(0);
  readonly initialized: Initialized[] = [];

  /** @param cfgs of all functions: without recursion, each variable has one place */
  constructor(p: Prepared, cfgs: readonly Cfg[]) {
    const used = findUses(p.m, cfgs);
    for (const g of p.m.globals) {
      const permissions = used.get(g.value);
      const storage = p.m.types.storage(p.m.type(g.value));
      if (permissions === undefined || (storage !== STORAGE.StorageBuffer && storage !== STORAGE.Uniform)) continue;
      this.#buffer(p.m, g.value, storage, permissions, g.group, g.binding);
      this.names.push(g.name);
    }
    const variables = [...used].filter(([v]) => !this.places.has(v));
    this.#workgroup(p.m, variables);
    this.#private(p.m, variables);
    this.scratchSlot = this.infos.length;
    for (const [variable, place] of this.places) {
      if (place.kind === SLOT_KIND.scratch) this.places.set(variable, { ...place, slot: this.scratchSlot });
    }
    if (this.scratchSlot >= MAX_SLOTS) throw new Limit("resources in use", this.scratchSlot, MAX_SLOTS - 1);
  }

  /** A word of scratch memory. @returns its offset */
  spillWord(): number {
    const at = this.scratchBytes;
    this.scratchBytes += 4;
    if (this.scratchBytes > MAX_BYTES) throw new Limit("private memory of an invocation in bytes", this.scratchBytes, MAX_BYTES);
    return at;
  }
  /** All slots, in order. */
  finish(): { readonly slots: readonly SlotInfo[]; readonly names: readonly string[] } {
    if (this.scratchBytes === 0) return { slots: this.infos, names: this.names };
    return {
      slots: [...this.infos, supplied(SLOT_KIND.scratch, PERM.read | PERM.write, this.scratchBytes)],
      names: [...this.names, "scratch"],
    };
  }
  minOf(place: Place): number {
    return place.kind === SLOT_KIND.scratch ? this.scratchBytes : this.infos[place.slot]!.min;
  }

  #buffer(m: Module, variable: Value, storage: number, permissions: number, group: number, binding: number): void {
    const kind = storage === STORAGE.Uniform ? SLOT_KIND.uniform : SLOT_KIND.storage;
    const readOnly = (permissions & PERM.write) === 0;
    this.places.set(variable, { slot: this.infos.length, kind, base: 0, readOnly });
    const min = leastBytes(m.types, m.types.pointee(m.type(variable)));
    this.infos.push({ kind, permissions, min, stride: 0, group, binding });
  }

  #workgroup(m: Module, variables: readonly (readonly [Value, number])[]): void {
    let permissions = 0;
    for (const [v, uses] of variables) {
      if (m.types.storage(m.type(v)) !== STORAGE.Workgroup) continue;
      const base = alignUp(this.workgroupBytes, WORKGROUP_ALIGN);
      this.places.set(v, { slot: this.infos.length, kind: SLOT_KIND.workgroup, base, readOnly: false });
      this.workgroupBytes = alignUp(base + m.types.sizeBytes(m.types.pointee(m.type(v))), 4);
      permissions |= uses;
    }
    if (this.workgroupBytes > MAX_BYTES) throw new Limit("workgroup memory in bytes", this.workgroupBytes, MAX_BYTES);
    if (this.workgroupBytes === 0) return;
    this.infos.push(supplied(SLOT_KIND.workgroup, permissions, this.workgroupBytes));
    this.names.push("workgroup");
  }

  #private(m: Module, variables: readonly (readonly [Value, number])[]): void {
    const tables: Uint32Array[] = [];
    let tableBytes = 0;
    for (const [v, uses] of variables) {
      const storage = m.types.storage(m.type(v));
      if (storage !== STORAGE.Private && storage !== STORAGE.Function) continue;
      const type = m.types.pointee(m.type(v));
      const bytes = alignUp(m.types.sizeBytes(type), 4);
      const initializer = m.argCount(v) > 1 ? m.operand(v, 1) : NONE;
      const words = initializer === NONE ? undefined : wordsOf(m, initializer, bytes);
      if (words && (uses & PERM.write) === 0) {
        this.places.set(v, { slot: this.infos.length, kind: SLOT_KIND.constant, base: tableBytes, readOnly: true });
        tables.push(words);
        tableBytes += bytes;
        continue;
      }
      this.places.set(v, { slot: NONE, kind: SLOT_KIND.scratch, base: this.scratchBytes, readOnly: false });
      for (let i = 0; i < bytes; i += 4) this.spillWord();
      if (words?.some((word) => word !== 0)) this.initialized.push({ variable: v, words });
    }
    if (tableBytes === 0) return;
    this.constants = joinWords(tables, tableBytes);
    this.infos.push(supplied(SLOT_KIND.constant, PERM.read, tableBytes));
    this.names.push("constants");
  }
}

const alignUp = (n: number, to: number) => Math.ceil(n / to) * to;
const supplied = (kind: number, permissions: number, min: number): SlotInfo => ({
  kind,
  permissions,
  min,
  stride: 0,
  group: 0,
  binding: 0,
});

/** PERM bits that each variable's accesses need. */
function findUses(m: Module, cfgs: readonly Cfg[]): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (v: Value, permissions: number) => {
    if (m.op(v) !== OP.Variable) throw new Ice("a memory access that is not on a variable reached the backend");
    uses.set(v, (uses.get(v) ?? 0) | permissions);
  };
  for (const b of cfgs.flatMap((cfg) => cfg.blocks)) {
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      switch (m.op(v)) {
        case OP.SpanLoad:
        case OP.SpanLength:
        case OP.SpanUniformLoad:
          use(m.operand(v, 0), PERM.read);
          break;
        case OP.SpanStore:
          use(m.operand(v, 0), PERM.write);
          break;
        case OP.SpanAtomic:
          use(m.operand(v, 0), PERM.read | PERM.write | PERM.atomic);
          break;
      }
    }
  }
  return uses;
}

/** Bytes that any buffer bound to a variable of this type has: up to its runtime array and one element of that. */
function leastBytes(types: TypeTable, type: TypeId): number {
  const kind = types.kind(type);
  if (kind !== TYPE_KIND.Struct) return types.sizeBytes(type);
  const last = types.length(type) - 1;
  if (last < 0 || types.kind(types.memberType(type, last)) !== TYPE_KIND.RuntimeArray) return types.sizeBytes(type);
  return types.memberOffset(type, last) + types.stride(types.memberType(type, last));
}

/** A constant as it lies in memory. */
function wordsOf(m: Module, constant: Value, bytes: number): Uint32Array {
  const words = new Uint32Array(bytes >>> 2);
  const { types } = m;
  const stack: [Value, number][] = [[constant, 0]];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const [v, at] = top;
    const type = m.type(v);
    if (types.isScalar(type)) {
      const bits = Math.max(0, m.constantBits(v));
      if (type === types.f16) {
        words[at >>> 2]! |= f32ToHalf(bitsToFloat(bits)) << ((at & 2) * 8);
        continue;
      }
      words[at >>> 2] = types.kind(type) === TYPE_KIND.Bool && bits !== 0 ? 0xffffffff : bits;
      continue;
    }
    if (m.op(v) !== OP.ConstantComposite) continue;
    for (let i = 0; i < m.argCount(v); i++) stack.push([m.operand(v, i), at + partOffset(types, type, i)]);
  }
  return words;
}
function partOffset(types: TypeTable, type: TypeId, i: number): number {
  switch (types.kind(type)) {
    case TYPE_KIND.Struct:
      return types.memberOffset(type, i);
    case TYPE_KIND.Vector:
      return i * types.sizeBytes(types.element(type));
    default:
      return i * types.stride(type);
  }
}

function joinWords(tables: readonly Uint32Array[], bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  const view = new DataView(out.buffer);
  let at = 0;
  for (const table of tables) {
    for (const word of table) {
      view.setUint32(at, word, true);
      at += 4;
    }
  }
  return out;
}
