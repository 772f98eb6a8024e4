/**
 * Which registers are live where, over structured flat code: one backward sweep, repeated while a loop's head changes. May say too much,
 * never too little. A `v` write kills: it writes all four lanes of its wave, and a wave without active lanes executes nothing.
 *
 * Where lanes part, control of a wave goes on at the next point where a lane can be active: from a then part to the else part, from a
 * construct that lanes left for one further out to wherever the rest of the wave goes on.
 */

import { MODE } from "../isa/modes.ts";
import { CHARGE, type Flat, isOpener, NONE, OPCODE, ROW, V } from "./flat.ts";
import { JitLimit } from "./limit.ts";

/** Past this many sweeps, or instructions looked at, loops are taken to need every register. */
const MAX_SWEEPS = 12;
const MAX_VISITS = 1 << 21;
/** Words of sets that one function's analysis may hold, and goes through in a sweep. */
const MAX_SET_WORDS = 1 << 23;

export type RegSet = Uint32Array;

export function has(set: RegSet, reg: number): boolean {
  return ((set[reg >>> 5]! >>> (reg & 31)) & 1) === 1;
}
export function add(set: RegSet, reg: number): void {
  set[reg >>> 5]! |= 1 << (reg & 31);
}
function drop(set: RegSet, reg: number): void {
  set[reg >>> 5]! &= ~(1 << (reg & 31));
}
function unite(into: RegSet, from: RegSet): void {
  for (let k = 0; k < into.length; k++) into[k]! |= from[k]!;
}
function includes(a: RegSet, b: RegSet): boolean {
  for (let k = 0; k < a.length; k++) if ((b[k]! & ~a[k]!) !== 0) return false;
  return true;
}

function bitCount(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export interface Liveness {
  /** live before the instructions that `keep` marked, and before the end of the code */
  readonly before: ReadonlyMap<number, RegSet>;
  /** of constructs, by opener: what is live after it, and of v ones at the else, where the wave goes on from the then part */
  readonly rejoin: ReadonlyMap<number, RegSet>;
  /** of loops, by opener: the most v registers that are live at once inside, and what is live at the start */
  readonly pressure: ReadonlyMap<number, number>;
  readonly heads: ReadonlyMap<number, RegSet>;
  /** 1 where an instruction without effect gives only registers that are not live, 2 where an atomic's old value is not looked at */
  readonly dead: Uint8Array;
}

/**
 * @param keep instructions before which the live set is wanted
 * @param isDetailed whether `rejoin`, `pressure` and `heads` are wanted
 * @param isCallee its results, and which lanes are discarded, matter to its caller
 */
export function liveness(flat: Flat, keep: Uint8Array, isDetailed: boolean, isCallee: boolean): Liveness {
  return new Sweep(flat, keep, isDetailed, isCallee).run();
}

/** A construct while the sweep is inside of it. */
interface Open {
  readonly opener: number;
  /** live after it, and wherever its wave goes on if all lanes left */
  readonly exit: RegSet;
  /** live at its else, once the sweep is in the then part */
  elseStart: RegSet | undefined;
}

class Sweep {
  readonly #flat: Flat;
  readonly #keep: Uint8Array;
  readonly #isDetailed: boolean;
  readonly #words: number;
  readonly #heads = new Map<number, RegSet>();
  readonly #before = new Map<number, RegSet>();
  readonly #rejoin = new Map<number, RegSet>();
  readonly #pressure = new Map<number, number>();
  readonly #vectors: RegSet;
  /** loops that the sweep is in */
  readonly #loops: number[] = [];
  readonly #dead: Uint8Array;
  readonly #results: RegSet;
  #live: RegSet;
  /** sets to use again */
  readonly #free: RegSet[] = [];
  #open: Open[] = [];
  #changed = false;
  #sweeps = 0;

  constructor(flat: Flat, keep: Uint8Array, isDetailed: boolean, isCallee: boolean) {
    this.#flat = flat;
    this.#keep = keep;
    this.#isDetailed = isDetailed;
    this.#words = (flat.registers + 31) >>> 5;
    this.#dead = new Uint8Array(flat.length);
    this.#results = new Uint32Array(this.#words);
    this.#vectors = new Uint32Array(this.#words);
    for (let reg = 0; reg < flat.registers; reg++) if (flat.files[reg] === V) add(this.#vectors, reg);
    for (const reg of flat.results) add(this.#results, reg);
    if (isCallee && flat.killed !== NONE) add(this.#results, flat.killed);
    this.#live = this.#results.slice();
    let sets = 0;
    for (let i = 0; i < flat.length; i++) if (keep[i] === 1 || isOpener(flat.op[i]!) || flat.op[i] === OPCODE.brkIf) sets++;
    if (sets * this.#words > MAX_SET_WORDS) throw new JitLimit("words of live sets", sets * this.#words, MAX_SET_WORDS);
  }

  run(): Liveness {
    do {
      this.#changed = false;
      this.#sweep();
    } while (this.#changed);
    this.#before.set(this.#flat.length, this.#results);
    return { before: this.#before, rejoin: this.#rejoin, pressure: this.#pressure, heads: this.#heads, dead: this.#dead };
  }

  #sweep(): void {
    const { op } = this.#flat;
    this.#sweeps++;
    this.#live = this.#results.slice();
    for (let i = this.#flat.length - 1; i >= 0; i--) {
      if (op[i]! >= OPCODE.if && op[i] !== CHARGE) this.#control(i);
      else this.#plain(i);
      if (this.#loops.length > 0) this.#press();
      if (this.#keep[i] === 1) this.#before.set(i, this.#live.slice());
    }
  }

  /** Counts what is live here, for the loops around. */
  #press(): void {
    let count = 0;
    for (let k = 0; k < this.#words; k++) count += bitCount(this.#live[k]! & this.#vectors[k]!);
    const loop = this.#loops[this.#loops.length - 1]!;
    if (count > this.#pressure.get(loop)!) this.#pressure.set(loop, count);
  }

  #plain(i: number): void {
    const flat = this.#flat;
    const row = ROW[flat.op[i]!];
    if (row === undefined) return; // a charge
    const isStore = row.effect === "store" || (row.effect === "atomic" && row.dst.length === 0);
    const isPure = row.effect === "none" || (row.effect === "load" && flat.hi[i]! >>> 29 !== MODE.T);
    if (isPure) this.#dead[i] = this.#definesLive(i) ? 0 : 1;
    if (isPure && this.#dead[i] === 1) return;
    if (row.form === "alu") {
      if (flat.op[i] !== OPCODE.movm) drop(this.#live, flat.d[i]!);
      this.#use(flat.a[i]!);
      this.#use(flat.b[i]!);
      this.#use(flat.c[i]!);
      return;
    }
    const isAtomic = row.effect === "atomic" && row.src.length > 1;
    if (isAtomic) this.#dead[i] = has(this.#live, flat.d[i]!) ? 0 : 2;
    if (!isStore) this.#defineData(i, isAtomic);
    if (isStore || isAtomic) this.#useData(i);
    if (row.effect !== "load") this.#use(flat.killed);
    this.#use(flat.a[i]!);
  }

  #definesLive(i: number): boolean {
    const flat = this.#flat;
    if (has(this.#live, flat.d[i]!)) return true;
    if (ROW[flat.op[i]!]!.form === "alu") return false;
    for (const reg of [flat.b[i]!, flat.c[i]!, flat.e[i]!]) if (reg !== NONE && has(this.#live, reg)) return true;
    return false;
  }
  #defineData(i: number, onlyFirst: boolean): void {
    const flat = this.#flat;
    drop(this.#live, flat.d[i]!);
    if (onlyFirst) return;
    for (const reg of [flat.b[i]!, flat.c[i]!, flat.e[i]!]) if (reg !== NONE) drop(this.#live, reg);
  }
  #useData(i: number): void {
    const flat = this.#flat;
    this.#use(flat.d[i]!);
    this.#use(flat.b[i]!);
    this.#use(flat.c[i]!);
    this.#use(flat.e[i]!);
  }
  #use(reg: number): void {
    if (reg !== NONE) add(this.#live, reg);
  }

  #control(i: number): void {
    const flat = this.#flat;
    switch (flat.op[i]) {
      case OPCODE.end:
      case OPCODE.endloop:
        this.#enter(i);
        return;
      case OPCODE.else:
        this.#else();
        return;
      case OPCODE.if:
      case OPCODE.block:
      case OPCODE.loop:
        this.#leaveBackwards(i);
        return;
      case OPCODE.brk:
        this.#live.fill(0);
        this.#uniteTargets(i);
        return;
      case OPCODE.brkIf:
        this.#uniteTargets(i);
        this.#use(flat.a[i]!);
        return;
      case OPCODE.call:
        this.#call(i);
        return;
      case OPCODE.discard:
        this.#use(flat.killed);
        return;
      case OPCODE.bcast:
        drop(this.#live, flat.d[i]!);
        this.#use(flat.a[i]!);
        return;
      default: // barrier
    }
  }

  /** The sweep comes to the end of a construct. */
  #enter(i: number): void {
    const opener = this.#flat.match[i]!;
    const exit = this.#live;
    if (this.#flat.crossed[opener] === 1) this.#uniteRejoin(exit);
    this.#open.push({ opener, exit, elseStart: undefined });
    this.#live = this.#copy(exit);
    if (this.#flat.op[i] !== OPCODE.endloop) return;
    if (this.#isDetailed) {
      this.#loops.push(opener);
      this.#pressure.set(opener, 0);
    }
    // lanes of a v loop leave it where none is left to repeat it
    if (this.#flat.kind[opener] !== V) this.#live.fill(0);
    unite(this.#live, this.#head(opener));
  }

  /** Adds what is live where the innermost enclosing v construct lets lanes rejoin, or at the end of the function. */
  #uniteRejoin(into: RegSet): void {
    for (let k = this.#open.length - 1; k >= 0; k--) {
      const open = this.#open[k]!;
      if (this.#flat.kind[open.opener] !== V) continue;
      unite(into, open.exit);
      if (open.elseStart !== undefined) unite(into, open.elseStart);
      return;
    }
    unite(into, this.#results);
  }

  #else(): void {
    const open = this.#open[this.#open.length - 1]!;
    open.elseStart = this.#live;
    this.#live = this.#copy(open.exit);
    if (this.#flat.kind[open.opener] === V) unite(this.#live, open.elseStart);
  }

  /** The sweep comes to the start of a construct. */
  #leaveBackwards(i: number): void {
    const flat = this.#flat;
    const open = this.#open.pop()!;
    if (this.#loops[this.#loops.length - 1] === i) this.#leaveLoop();
    if (flat.op[i] === OPCODE.if) {
      if (open.elseStart === undefined || flat.kind[i] === V) unite(this.#live, open.exit);
      if (open.elseStart !== undefined) unite(this.#live, open.elseStart);
      this.#use(flat.a[i]!);
    } else if (flat.op[i] === OPCODE.loop && !includes(this.#head(i), this.#live)) {
      unite(this.#head(i), this.#live);
      if (this.#sweeps > MAX_SWEEPS || this.#sweeps * flat.length > MAX_VISITS) this.#head(i).fill(0xffffffff);
      this.#changed = true;
    }
    if (this.#isDetailed) {
      const rejoin = open.exit.slice();
      if (open.elseStart !== undefined && flat.kind[i] === V) unite(rejoin, open.elseStart);
      this.#rejoin.set(i, rejoin);
    }
    this.#free.push(open.exit);
    if (open.elseStart !== undefined) this.#free.push(open.elseStart);
  }

  /** What is live in a loop is live in the one around it. */
  #leaveLoop(): void {
    const inner = this.#pressure.get(this.#loops.pop()!)!;
    const outer = this.#loops[this.#loops.length - 1];
    if (outer !== undefined && inner > this.#pressure.get(outer)!) this.#pressure.set(outer, inner);
  }

  #copy(set: RegSet): RegSet {
    const copy = this.#free.pop() ?? new Uint32Array(this.#words);
    copy.set(set);
    return copy;
  }

  #head(loop: number): RegSet {
    let head = this.#heads.get(loop);
    if (head === undefined) {
      head = new Uint32Array(this.#words);
      this.#heads.set(loop, head);
    }
    return head;
  }

  /** Adds what is live where a brk may go on. */
  #uniteTargets(i: number): void {
    const flat = this.#flat;
    const target = flat.match[i]!;
    const set = this.#live;
    for (let k = this.#open.length - 1; k >= 0; k--) {
      const open = this.#open[k]!;
      const isTarget = open.opener === target;
      if (isTarget || (flat.kind[i] === V && flat.kind[open.opener] === V)) {
        unite(set, open.exit);
        if (open.elseStart !== undefined && flat.kind[open.opener] === V) unite(set, open.elseStart);
      }
      if (isTarget) return;
    }
    unite(set, this.#results);
  }

  #call(i: number): void {
    const site = this.#flat.calls[this.#flat.hi[i]!]!;
    for (const reg of site.results) drop(this.#live, reg);
    this.#use(this.#flat.killed);
    for (const list of [site.v, site.w, site.g]) for (const reg of list) add(this.#live, reg);
  }
}
