/**
 * Linear scan, per file: units (a class of registers, or a group of classes side by side) in the order they start take the lowest free
 * registers. Where none is free, the units that live longest go to memory, the code is rewritten with loads and stores around each use, and
 * the scan starts again; what spilling adds lives for one instruction.
 *
 * Spilled v and w registers live in scratch memory, which each lane has of its own: a masked write becomes a plain store, and a w register
 * comes back through the first active lane. A g register has no such place: the caller then compiles with as few of them as can be.
 */

import { accessK } from "../sandbox/isa/encode.ts";
import { FILE_BASE, G_REGISTERS, V_REGISTERS, W_REGISTERS } from "../sandbox/isa/table.ts";
import { Ice } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { RegisterClasses } from "./coalesce.ts";
import { findIntervals, type Intervals } from "./intervals.ts";
import { DATA_BOTH, DATA_DEF, DATA_USE, dataOf, FILE_G, FILE_V, FILE_W, FILES, FLAG, type Lir, MN, type Reg } from "./lir.ts";
import type { Selected } from "./select.ts";
import type { Slots } from "./slots.ts";
import type { Shape } from "./structure.ts";

export interface FileSizes {
  readonly v: number;
  readonly w: number;
  readonly g: number;
}
export const FULL_FILES: FileSizes = { v: V_REGISTERS, w: W_REGISTERS, g: G_REGISTERS };

export interface Allocated {
  readonly lir: Lir;
  /** operand byte by register */
  readonly operand: Uint8Array;
  /** registers used */
  readonly used: { readonly v: number; readonly w: number; readonly g: number };
}

/** Each round spills all that did not fit, and what it adds is small: a few rounds do. */
const MAX_ROUNDS = 16;
/** Positions that what spilling adds lives at most: a copy may have made it one with something longer. */
const SHORT = 16;

/** @returns "g" where g registers ran out */
export function allocate(selected: Selected, shape: Shape, slots: Slots, sizes: FileSizes): Allocated | "g" {
  let { lir } = selected;
  let loopPhis = selected.loopPhis;
  const temporary = new Set<number>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const intervals = findIntervals(lir, shape, loopPhis);
    const classes = new RegisterClasses(lir, intervals);
    const scan = new Scan(lir, classes, intervals, sizes, temporary, selected.pinned);
    scan.run();
    if (scan.spilled.size === 0) return { lir, operand: scan.operands(), used: scan.used };
    for (const root of scan.spilled) if (lir.file.get(root) === FILE_G) return "g";
    const spilled = scan.spilled;
    loopPhis = loopPhis.filter((p) => !spilled.has(classes.find(p.reg)));
    lir = new Spiller(lir, shape, classes, spilled, slots, temporary).run();
  }
  throw new Ice("spilling does not come to an end");
}

interface Unit {
  readonly roots: readonly number[];
  readonly start: number;
  readonly end: number;
  /** first register, or -1 */
  at: number;
}

class Scan {
  readonly #lir: Lir;
  readonly #classes: RegisterClasses;
  readonly #intervals: Intervals;
  readonly #sizes: readonly number[];
  readonly #temporary: ReadonlySet<number>;
  readonly #pinned: ReadonlySet<number>;
  readonly #number: Int32Array;
  #readByWaves: Uint8Array | undefined;
  readonly spilled = new Set<number>();
  readonly used = { v: 0, w: 0, g: 0 };

  constructor(
    lir: Lir,
    classes: RegisterClasses,
    intervals: Intervals,
    sizes: FileSizes,
    temporary: ReadonlySet<number>,
    pinned: ReadonlySet<number>,
  ) {
    this.#pinned = pinned;
    this.#lir = lir;
    this.#classes = classes;
    this.#intervals = intervals;
    this.#sizes = [sizes.v, sizes.w, sizes.g];
    this.#temporary = temporary;
    this.#number = new Int32Array(lir.regCount).fill(-1);
  }

  run(): void {
    const units = this.#units();
    for (const file of [FILE_V, FILE_W, FILE_G]) new FileScan(this, units[file]!, this.#sizes[file]!, file === FILE_G).run();
    for (const file of [FILE_V, FILE_W, FILE_G]) {
      for (const u of units[file]!) if (u.at >= 0) this.#place(u, file);
    }
  }
  #place(u: Unit, file: number): void {
    u.roots.forEach((root, i) => {
      this.#number[root] = u.at + i;
    });
    const name = FILES[file]!;
    this.used[name] = Math.max(this.used[name], u.at + u.roots.length);
  }
  operands(): Uint8Array {
    const out = new Uint8Array(this.#lir.regCount);
    for (let r = 0; r < out.length; r++) {
      const n = this.#number[this.#classes.find(r)]!;
      if (n >= 0) out[r] = FILE_BASE[FILES[this.#lir.file.get(r)]!] + n;
    }
    return out;
  }

  endOf(root: number): number {
    const s = this.#classes.stretches(root);
    return Math.max(s[s.length - 1]!, s[0]! + 1);
  }
  /** Whether more than g instructions outside of all constructs read it. */
  isReadByWaves(root: number): boolean {
    this.#readByWaves ??= this.#findReadByWaves();
    return this.#readByWaves[root] === 1;
  }
  #findReadByWaves(): Uint8Array {
    const lir = this.#lir;
    const out = new Uint8Array(lir.regCount);
    let depth = 0;
    for (let i = 0; i < lir.length; i++) {
      const op = lir.op.get(i);
      if ((lir.flags.get(i) & FLAG.dead) !== 0) continue;
      const isG = depth === 0 && dataOf(op) === DATA_DEF && lir.file.get(lir.data(i, 0)) === FILE_G;
      if (op === MN.if || op === MN.block || op === MN.loop) depth++;
      else if (op === MN.end || op === MN.endloop) depth--;
      if (isG) continue;
      for (const column of [lir.a, lir.b, lir.c]) if (column.get(i) !== NONE) out[this.#classes.find(column.get(i))] = 1;
      if (dataOf(op) === DATA_USE) for (let j = 0; j < lir.regs.get(i); j++) out[this.#classes.find(lir.data(i, j))] = 1;
    }
    return out;
  }
  isTemporary(u: Unit): boolean {
    return this.#pinned.has(u.roots[0]!) || (u.end - u.start <= SHORT && this.#temporary.has(u.roots[0]!));
  }

  #units(): Unit[][] {
    const units: Unit[][] = [[], [], []];
    const { start } = this.#intervals;
    const unit = (roots: readonly number[]) => {
      const first = Math.min(...roots.map((r) => this.#classes.stretches(r)[0]!));
      const end = Math.max(...roots.map((r) => this.endOf(r)));
      units[this.#lir.file.get(roots[0]!)]!.push({ roots, start: first, end, at: -1 });
    };
    const isLive = (r: number) => this.#intervals.end[r]! >= 0;
    for (let r = 0; r < start.length; r++) {
      if (isLive(r) && this.#classes.find(r) === r && this.#classes.group[r] === NONE) unit([r]);
    }
    for (const g of this.#classes.groups) if (g.members.some(isLive)) unit(g.members.map((r) => this.#classes.find(r)));
    for (const list of units) list.sort((x, y) => x.start - y.start);
    return units;
  }
}

/** The scan of one file. */
class FileScan {
  readonly #scan: Scan;
  readonly #units: readonly Unit[];
  readonly #free: Uint8Array;
  /** by register: end of what holds it */
  readonly #until: Int32Array;
  readonly #holder: (Unit | undefined)[];
  readonly #ends = new Heap();
  /**
   * Whether a register that waves have read is written again only when there is no other: the fast tier moves g instructions out of its loop
   * over waves where it is not.
   */
  readonly #keepsRead: boolean;
  readonly #read: Uint8Array;
  #used = 0;

  constructor(scan: Scan, units: readonly Unit[], size: number, keepsRead: boolean) {
    this.#scan = scan;
    this.#keepsRead = keepsRead;
    this.#read = new Uint8Array(size);
    this.#units = units;
    this.#free = new Uint8Array(size).fill(1);
    this.#until = new Int32Array(size);
    this.#holder = new Array(size).fill(undefined);
  }

  run(): void {
    for (const u of this.#units) {
      this.#expire(u.start);
      let at = this.#find(u.roots.length);
      while (at < 0) {
        const victim = this.#victim(u);
        this.#spill(victim);
        if (victim === u) break;
        at = this.#find(u.roots.length);
      }
      if (at >= 0) this.#take(u, at);
    }
  }
  #expire(position: number): void {
    while (this.#ends.size > 0 && this.#ends.least <= position) {
      const r = this.#ends.pop();
      if (this.#until[r]! <= position) this.#free[r] = 1;
    }
  }
  #find(count: number): number {
    if (!this.#keepsRead) return this.#run(count, this.#free.length, false);
    const unread = this.#run(count, this.#used, true);
    if (unread >= 0) return unread;
    if (this.#used + count <= this.#free.length) return this.#used;
    return this.#run(count, this.#free.length, false);
  }
  /** The lowest run of free registers below `end`. */
  #run(count: number, end: number, unread: boolean): number {
    let run = 0;
    for (let r = 0; r < end; r++) {
      run = this.#free[r] === 1 && !(unread && this.#read[r] === 1) ? run + 1 : 0;
      if (run === count) return r - count + 1;
    }
    return -1;
  }
  #take(u: Unit, at: number): void {
    u.at = at;
    this.#used = Math.max(this.#used, at + u.roots.length);
    u.roots.forEach((root, i) => {
      const r = at + i;
      const end = this.#scan.endOf(root);
      this.#free[r] = 0;
      if (this.#keepsRead && this.#scan.isReadByWaves(root)) this.#read[r] = 1;
      this.#until[r] = end;
      this.#holder[r] = u;
      this.#ends.push(end, r);
    });
  }
  /** What lives longest of all that holds registers, and the unit itself. */
  #victim(u: Unit): Unit {
    let best: Unit | undefined = this.#scan.isTemporary(u) ? undefined : u;
    for (let r = 0; r < this.#free.length; r++) {
      const held = this.#holder[r];
      if (this.#free[r] === 1 || !held || this.#scan.isTemporary(held)) continue;
      if (!best || held.end > best.end) best = held;
    }
    if (!best) throw new Ice("one instruction needs more registers than there are");
    return best;
  }
  #spill(u: Unit): void {
    for (const root of u.roots) this.#scan.spilled.add(root);
    if (u.at < 0) return;
    for (let i = 0; i < u.roots.length; i++) {
      if (this.#holder[u.at + i] !== u) continue;
      this.#free[u.at + i] = 1;
      this.#holder[u.at + i] = undefined;
      this.#until[u.at + i] = 0;
    }
    u.at = -1;
  }
}

/** A binary heap of (key, value). */
class Heap {
  readonly #keys: number[] = [];
  readonly #values: number[] = [];
  get size(): number {
    return this.#keys.length;
  }
  get least(): number {
    return this.#keys[0]!;
  }
  push(key: number, value: number): void {
    let i = this.#keys.push(key) - 1;
    this.#values.push(value);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (this.#keys[up]! <= this.#keys[i]!) break;
      this.#swap(i, up);
      i = up;
    }
  }
  pop(): number {
    const value = this.#values[0]!;
    const key = this.#keys.pop()!;
    const last = this.#values.pop()!;
    if (this.#keys.length > 0) {
      this.#keys[0] = key;
      this.#values[0] = last;
      this.#down();
    }
    return value;
  }
  #down(): void {
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) if (child < this.#keys.length && this.#keys[child]! < this.#keys[least]!) least = child;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }
  #swap(i: number, j: number): void {
    const k = this.#keys[i]!;
    const v = this.#values[i]!;
    this.#keys[i] = this.#keys[j]!;
    this.#values[i] = this.#values[j]!;
    this.#keys[j] = k;
    this.#values[j] = v;
  }
}

/** Rewrites the code so that some classes live in scratch memory. */
class Spiller {
  readonly #old: Lir;
  readonly #new: Lir;
  readonly #shape: Shape;
  readonly #classes: RegisterClasses;
  readonly #spilled: ReadonlySet<number>;
  readonly #slots: Slots;
  readonly #temporary: Set<number>;
  readonly #words = new Map<number, number>();
  #loop: number = NONE;

  constructor(lir: Lir, shape: Shape, classes: RegisterClasses, spilled: ReadonlySet<number>, slots: Slots, temporary: Set<number>) {
    this.#old = lir;
    this.#new = lir.emptyCopy();
    this.#shape = shape;
    this.#classes = classes;
    this.#spilled = spilled;
    this.#slots = slots;
    this.#temporary = temporary;
    for (const root of spilled) this.#words.set(root, slots.spillWord());
  }

  run(): Lir {
    const old = this.#old;
    for (let i = 0; i < old.length; i++) {
      const op = old.op.get(i);
      if (op === MN.loop) this.#loop = old.hi.get(i);
      else if (op === MN.endloop) this.#loop = this.#shape.outerLoop(this.#loop);
      const flags = old.flags.get(i);
      // the next round may not join what this one did, unless it has a place in memory now
      if ((flags & FLAG.joined) !== 0 && !this.#isSpilled(old.d.get(i))) old.flags.set(i, 0);
      if ((old.flags.get(i) & FLAG.dead) === 0) this.#word(i, op);
    }
    return this.#new;
  }

  #isSpilled(r: number): boolean {
    return r !== NONE && this.#spilled.has(this.#classes.find(r));
  }
  #access(r: number): number {
    return accessK(this.#words.get(this.#classes.find(r))!);
  }
  #temp(file: number): Reg {
    const r = this.#new.reg(file, this.#loop);
    this.#temporary.add(r);
    return r;
  }
  #reload(r: number, where: number): number {
    if (!this.#isSpilled(r)) return r;
    const t = this.#temp(FILE_V);
    this.#new.mem("ld.32", [t], NONE, this.#access(r), this.#slots.scratchSlot, where);
    if (this.#old.file.get(r) !== FILE_W) return t;
    const w = this.#temp(FILE_W);
    this.#new.alu("first", w, t, NONE, NONE, where);
    return w;
  }
  #save(r: number, from: number, where: number): void {
    this.#new.mem("st.32", [from as Reg], NONE, this.#access(r), this.#slots.scratchSlot, where);
  }

  #word(i: number, op: number): void {
    const old = this.#old;
    const where = old.where.get(i);
    const a = this.#reload(old.a.get(i), where);
    const b = old.b.get(i) === old.a.get(i) ? a : this.#reload(old.b.get(i), where);
    const c = old.c.get(i) === old.a.get(i) ? a : old.c.get(i) === old.b.get(i) ? b : this.#reload(old.c.get(i), where);
    const isImmediate = (old.flags.get(i) & FLAG.immediate) !== 0;
    if ((op === MN.mov || op === MN["mov.m"]) && this.#isSpilled(old.d.get(i)) && !isImmediate) {
      this.#save(old.d.get(i), a, where);
      return;
    }
    if (op === MN["mov.m"] && this.#isSpilled(old.d.get(i))) {
      const w = this.#temp(FILE_W);
      this.#new.aluImm("mov", w, NONE, NONE, old.hi.get(i), where);
      this.#save(old.d.get(i), w, where);
      return;
    }
    this.#withData(i, op, a, b, c);
  }
  #withData(i: number, op: number, a: number, b: number, c: number): void {
    const old = this.#old;
    const where = old.where.get(i);
    const regs = old.regs.get(i);
    const role = dataOf(op);
    const data = Array.from({ length: regs }, (_, j) => old.data(i, j));
    const touched = data.some((r) => this.#isSpilled(r));
    const mine: Reg[] = data.map((r) => (touched ? this.#temp(old.file.get(r)) : r));
    if (touched && role !== DATA_DEF) for (let j = 0; j < regs; j++) this.#fill(data[j]!, mine[j]!, where);
    const d = regs === 0 ? old.d.get(i) : regs === 1 ? mine[0]! : this.#new.stretch(mine);
    this.#new.push(op, old.flags.get(i), d, regs, a, b, c, old.hi.get(i), old.slot.get(i), where);
    if (touched && role !== DATA_USE) {
      data.forEach((r, j) => {
        if (role === DATA_BOTH && j > 0) return;
        if (this.#isSpilled(r)) this.#save(r, mine[j]!, where);
        else this.#new.alu("mov", r, mine[j]!, NONE, NONE, where);
      });
    }
  }
  /** Brings register `r` into the temporary `t`. */
  #fill(r: number, t: Reg, where: number): void {
    if (!this.#isSpilled(r)) this.#new.alu("mov", t, r, NONE, NONE, where);
    else if (this.#old.file.get(r) === FILE_V) {
      this.#new.mem("ld.32", [t], NONE, this.#access(r), this.#slots.scratchSlot, where);
    } else this.#new.alu("first", t, this.#reloadLanes(r, where), NONE, NONE, where);
  }
  #reloadLanes(r: number, where: number): Reg {
    const t = this.#temp(FILE_V);
    this.#new.mem("ld.32", [t], NONE, this.#access(r), this.#slots.scratchSlot, where);
    return t;
  }
}
