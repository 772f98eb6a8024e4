/** Loads, stores and atomics to machine code. */
import type { Module, Value } from "../ir/module.ts";
import { ATOMIC } from "../ir/ops.ts";
import { accessK } from "../sandbox/isa/encode.ts";
import type { MemMnemonic } from "../sandbox/isa/table.ts";
import { Ice } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { type Access, accessBytes, isHalf, isUniformAccess, piecesOf, planAccess } from "./access.ts";
import { G, V } from "./affine.ts";
import type { Classes } from "./classes.ts";
import { constant, type Emitter, isConstantOperand } from "./emit.ts";
import { FILE_G, FILE_V, FILE_W, type Lir, type Reg } from "./lir.ts";
import { partOf } from "./prepare.ts";
import { fileOfClass, type Selector } from "./select.ts";

const LOADS: readonly MemMnemonic[] = ["ld.32", "ld.64", "ld.96", "ld.128"];
const STORES: readonly MemMnemonic[] = ["st.32", "st.64", "st.96", "st.128"];
const ATOMICS: Readonly<Record<number, MemMnemonic>> = {
  [ATOMIC.exchange]: "at.xchg",
  [ATOMIC.iadd]: "at.add",
  [ATOMIC.isub]: "at.add",
  [ATOMIC.smin]: "at.smin",
  [ATOMIC.umin]: "at.umin",
  [ATOMIC.smax]: "at.smax",
  [ATOMIC.umax]: "at.umax",
  [ATOMIC.and]: "at.and",
  [ATOMIC.or]: "at.or",
  [ATOMIC.xor]: "at.xor",
};

export class MemorySelector {
  readonly #s: Selector;
  readonly #classes: Classes;
  readonly #m: Module;
  readonly #lir: Lir;
  readonly #e: Emitter;
  /** registers of the parts of vector loads: as loaded, and kept past a loop that the load escapes */
  readonly #parts = new Map<Value, { readonly loaded: readonly Reg[]; readonly kept: readonly Reg[] }>();
  /** registers that stand side by side with others already: such a group, and the place in it */
  readonly #group = new Map<Reg, { readonly members: readonly Reg[]; readonly index: number }>();

  constructor(s: Selector) {
    this.#s = s;
    this.#classes = s.classes;
    this.#m = s.m;
    this.#lir = s.lir;
    this.#e = s.e;
  }

  /** First values of private variables that are not zero. */
  initialize(): void {
    const { slots } = this.#classes;
    for (const { variable, words } of slots.initialized) {
      const place = slots.places.get(variable)!;
      words.forEach((word, i) => {
        if (word === 0) return;
        const r = this.#e.constantReg(word, FILE_W);
        this.#lir.mem("st.32", [r], NONE, accessK(place.base + 4 * i), place.slot, NONE);
      });
    }
  }

  // ---- loads

  load(v: Value, item: number): void {
    const m = this.#m;
    const cls = this.#classes.cls[v]!;
    const file = fileOfClass(cls);
    const bytes = accessBytes(m, v);
    const loaded: Reg[] = [];
    for (const piece of piecesOf(m, v)) {
      const access = planAccess(this.#classes, v, bytes, piece);
      if (isHalf(m, v)) loaded.push(...this.#loadHalves(access, piece.width, file, item));
      else loaded.push(...this.#loadWords(access, piece.width, file, item, this.#isWhole(v) ? this.#s.native(v) : NONE));
    }
    if (m.types.isScalar(m.type(v))) {
      this.#s.settle(v, loaded[0]!);
      return;
    }
    this.#parts.set(v, { loaded, kept: this.#s.isEscaping(v) ? this.#keep(v, loaded) : [] });
  }
  /** A scalar in the register that it is to be in: its phis and users may know it already. */
  #isWhole(v: Value): boolean {
    return this.#m.types.isScalar(this.#m.type(v)) && !(this.#classes.cls[v] === V && this.#s.isEscaping(v));
  }
  #loadWords(access: Access, width: number, file: number, item: number, d: number): Reg[] {
    const loaded = Array.from({ length: width / 4 }, () => (d === NONE ? this.#e.temp(file) : (d as Reg)));
    this.#loadTo(LOADS[width / 4 - 1]!, loaded, access, item);
    if (loaded.length > 1) this.join(loaded);
    return loaded;
  }
  #loadHalves(access: Access, width: number, file: number, item: number): Reg[] {
    const e = this.#e;
    const raw = Array.from({ length: Math.max(1, width / 4) }, () => e.temp(file));
    this.#loadTo(width === 2 ? "ld.u16" : LOADS[width / 4 - 1]!, raw, access, item);
    if (raw.length > 1) this.join(raw);
    if (width === 2) return [e.alu("h2f", file, raw)];
    return raw.flatMap((r) => [e.alu("h2f", file, [r]), e.alu("h2f", file, [e.alu("shr", file, [r, constant(16)])])]);
  }
  #loadTo(m: MemMnemonic, data: readonly Reg[], access: Access, item: number): void {
    const file = this.#lir.file.get(data[0]!);
    const offset = this.#offset(access, item, file);
    this.#lir.mem(m, data, offset, access.word, access.place.slot, this.#e.where);
  }
  /** The parts of a load inside a loop that lanes leave at different times, for use outside. */
  #keep(v: Value, loaded: readonly Reg[]): Reg[] {
    const home = this.#classes.homeOfEscaping(v);
    return loaded.map((r) => this.#e.alu("mov.m", FILE_V, [r], this.#lir.reg(FILE_V, home)));
  }
  extract(v: Value, item: number): void {
    const load = this.#classes.resolve(this.#m.operand(v, 0));
    const parts = this.#parts.get(load);
    if (!parts) throw new Ice("a part of a vector that is not loaded");
    const left = this.#s.isEscaping(load) && this.#classes.hasLeft(load, item);
    this.#s.settle(v, (left ? parts.kept : parts.loaded)[this.#m.arg(v, 1)]!);
  }

  /** The offset's register, bounded first where the access needs it; NONE in mode K. */
  #offset(access: Access, item: number, dataFile: number): number {
    const e = this.#e;
    if (access.fixed >= 0) return e.constantReg(access.fixed, dataFile === FILE_G ? FILE_G : FILE_W);
    if (access.offset === NONE) return NONE;
    const offset = this.#s.operand(access.offset, item, !access.contiguous);
    if (access.atMost < 0) return offset;
    return e.alu("umin", this.#scalarFile([offset], item), [offset, constant(access.atMost)]);
  }

  // ---- stores

  store(v: Value, item: number): void {
    const m = this.#m;
    const value = m.operand(v, 2);
    const bytes = accessBytes(m, value);
    const isScalar = m.types.isScalar(m.type(value));
    const count = isScalar ? 1 : m.types.length(m.type(value));
    let operands = Array.from({ length: count }, (_, i) => this.#s.operand(isScalar ? value : partOf(m, value, i), item, true));
    if (isHalf(m, value)) operands = this.#packHalves(operands, item);
    let first = 0;
    for (const piece of piecesOf(m, value)) {
      const access = planAccess(this.#classes, v, bytes, piece);
      const words = operands.slice(first, first + Math.max(1, piece.width / 4));
      first += words.length;
      const data = this.#sideBySide(words, this.#dataFile(words, access, item));
      const offset = this.#offset(access, item, FILE_V);
      this.#lir.mem(piece.width === 2 ? "st.16" : STORES[data.length - 1]!, data, offset, access.word, access.place.slot, this.#e.where);
    }
  }
  /** Pairs of halves as words; the last may be a single one. */
  #packHalves(operands: readonly number[], item: number): number[] {
    const e = this.#e;
    const out: number[] = [];
    for (let i = 0; i < operands.length; i += 2) {
      const file = this.#scalarFile(operands.slice(i, i + 2), item);
      const low = e.alu("f2h", file, [operands[i]!]);
      if (i + 1 === operands.length) out.push(low);
      else out.push(e.alu("or", file, [low, e.alu("shl", file, [e.alu("f2h", file, [operands[i + 1]!]), constant(16)])]));
    }
    return out;
  }
  #dataFile(operands: readonly number[], access: Access, item: number): number {
    if (access.contiguous) return FILE_V;
    if (operands.length === 1 && !isConstantOperand(operands[0]!)) return this.#lir.file.get(operands[0]!);
    if (!isUniformAccess(this.#classes, access, item) && operands.every(isConstantOperand)) return FILE_V;
    return this.#scalarFile(operands, item);
  }
  /** The most uniform file that operands can be brought together in here. */
  #scalarFile(operands: readonly number[], item: number): number {
    const least = fileOfClass(this.#classes.scalarClass(item));
    return operands.reduce((file, r) => (isConstantOperand(r) ? file : Math.min(file, this.#lir.file.get(r))), least);
  }
  /** The operands in consecutive registers of the file: themselves where they can stand so, copies else. */
  #sideBySide(operands: readonly number[], file: number): Reg[] {
    const e = this.#e;
    if (operands.length === 1) return [e.inFile(operands[0]!, file)];
    const first = this.#group.get(operands[0]! as Reg);
    if (first && operands.every((r, i) => first.members[first.index + i] === r)) return operands as Reg[];
    const free = (r: number) => !isConstantOperand(r) && this.#lir.file.get(r) === file && !this.#group.has(r as Reg);
    const data = operands.map((r, i) => (free(r) && operands.indexOf(r) === i ? (r as Reg) : this.#copy(r, file)));
    this.join(data);
    return data;
  }
  #copy(operand: number, file: number): Reg {
    return this.#e.alu("mov", file, [operand]);
  }
  /** Notes that registers stand side by side: a register can do so in one place only. */
  join(members: readonly Reg[]): void {
    members.forEach((r, index) => {
      this.#group.set(r, { members, index });
    });
  }

  // ---- the rest

  atomic(v: Value, item: number): void {
    const m = this.#m;
    const e = this.#e;
    const access = planAccess(this.#classes, v, 4);
    const kind = m.arg(v, 4);
    const offset = this.#offset(access, item, FILE_V);
    const { slot } = access.place;
    const operand = (i: number) => this.#s.operand(m.operand(v, 5 + i), item, true);
    if (kind === ATOMIC.load) {
      const r = e.temp(FILE_V);
      this.#lir.mem("at.ld", [r], offset, access.word, slot, e.where);
      return this.#s.settle(v, r);
    }
    if (kind === ATOMIC.store) {
      this.#lir.mem("at.st", [e.inFile(operand(0), FILE_V)], offset, access.word, slot, e.where);
      return;
    }
    const r = kind === ATOMIC.isub ? e.alu("ineg", FILE_V, [operand(0)]) : this.#copy(operand(0), FILE_V);
    if (kind === ATOMIC.compareExchange) {
      const data = [r, this.#copy(operand(1), FILE_V)];
      this.join(data);
      this.#lir.mem("at.cas", data, offset, access.word, slot, e.where);
    } else {
      const row = ATOMICS[kind];
      if (row === undefined) throw new Ice(`unknown atomic operation ${kind}`);
      this.#lir.mem(row, [r], offset, access.word, slot, e.where);
    }
    this.#s.settle(v, r);
  }

  /** A load between two barriers: offset and result are workgroup-uniform. */
  uniformLoad(v: Value, item: number): void {
    const e = this.#e;
    const access = planAccess(this.#classes, v, 4);
    let offset: number = NONE;
    if (access.fixed >= 0) offset = e.constantReg(access.fixed, FILE_G);
    else if (access.offset !== NONE) {
      offset = this.#s.operand(access.offset, item, true);
      if (this.#lir.file.get(offset) !== FILE_G) {
        const g = e.temp(FILE_G);
        this.#lir.bcast(g, e.inFile(offset, FILE_V), e.where);
        offset = g;
      }
      if (access.atMost >= 0) offset = e.alu("umin", FILE_G, [offset, constant(access.atMost)]);
    }
    const isG = this.#classes.cls[v] === G;
    const r = isG ? this.#s.native(v) : e.temp(FILE_G);
    this.#lir.mem("ld.sync", [r], offset, this.#notContiguous(access), access.place.slot, e.where);
    if (!isG) e.alu("mov", FILE_W, [r], this.#s.native(v));
  }
  #notContiguous(access: Access): number {
    return access.word & ~(1 << 28);
  }

  length(v: Value, d: Reg): void {
    const place = this.#classes.slots.places.get(this.#m.operand(v, 0));
    if (!place) throw new Ice("the length of a variable without a place");
    this.#lir.mem("slot.len", [d], NONE, 0, place.slot, this.#e.where);
  }
}
