/**
 * How long registers live. Every register lives in one stretch of the code as it lies, from its first definition to its last use, with these
 * additions: what is used in a loop that does not make it anew lives to the loop's end; what a masked write keeps there, from its start; a
 * loop header's phi to the end of its loop. Lying code order is what lanes need that wait: while one part of an if runs, the registers
 * of the other part's lanes are not touched, because their stretch covers both.
 *
 * Only a loop header's phi has a hole, from its last use in the loop to the copy at the back edge; there its next value may share the register.
 */
import { NONE } from "../support/id.ts";
import { DATA_BOTH, DATA_DEF, DATA_USE, dataOf, FLAG, type Lir, MN, type Reg } from "./lir.ts";
import type { Shape } from "./structure.ts";

/** Positions: word i reads at 2i and writes at 2i + 1. */
export interface Intervals {
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** hole of a loop phi: (from, to), or -1 */
  readonly holeFrom: Int32Array;
  readonly holeTo: Int32Array;
}

export const NEVER = 0x7fffffff;

export function findIntervals(lir: Lir, shape: Shape, loopPhis: readonly { readonly reg: Reg; readonly loop: number }[]): Intervals {
  return new Finder(lir, shape).run(loopPhis);
}

class Finder {
  readonly #lir: Lir;
  readonly #shape: Shape;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #lastUse: Int32Array;
  readonly #backDef: Int32Array;
  readonly #phiLoop: Int32Array;
  /** by construct: first and last word */
  readonly #loopStart: Int32Array;
  readonly #loopEnd: Int32Array;
  /** by loop: last word that leaves it */
  readonly #lastExit: Int32Array;

  constructor(lir: Lir, shape: Shape) {
    const n = lir.regCount;
    this.#lir = lir;
    this.#shape = shape;
    this.#start = new Int32Array(n).fill(NEVER);
    this.#end = new Int32Array(n).fill(-1);
    this.#lastUse = new Int32Array(n).fill(-1);
    this.#backDef = new Int32Array(n).fill(-1);
    this.#phiLoop = new Int32Array(n).fill(NONE);
    this.#loopStart = new Int32Array(shape.constructCount);
    this.#loopEnd = new Int32Array(shape.constructCount);
    this.#lastExit = new Int32Array(shape.constructCount).fill(-1);
  }

  run(loopPhis: readonly { readonly reg: Reg; readonly loop: number }[]): Intervals {
    const lir = this.#lir;
    for (let i = 0; i < lir.length; i++) {
      if (lir.op.get(i) === MN.loop) this.#loopStart[lir.hi.get(i)] = i;
      else if (lir.op.get(i) === MN.endloop) this.#loopEnd[lir.hi.get(i)] = i;
    }
    for (const { reg, loop } of loopPhis) this.#phiLoop[reg] = loop;
    let loop: number = NONE;
    for (let i = 0; i < lir.length; i++) {
      const op = lir.op.get(i);
      if (op === MN.loop) loop = lir.hi.get(i);
      else if (op === MN.endloop) loop = this.#shape.outerLoop(loop);
      if ((lir.flags.get(i) & FLAG.dead) !== 0) continue;
      this.#word(i, op, loop);
      if (op === MN.brk || op === MN["brk.if"]) this.#leave(i, loop, lir.hi.get(i));
      else if (op === MN.ret || op === MN["ret.if"]) this.#leave(i, loop, NONE);
    }
    const holeFrom = new Int32Array(lir.regCount).fill(-1);
    const holeTo = new Int32Array(lir.regCount).fill(-1);
    for (const phi of loopPhis) this.#phi(phi.reg, phi.loop, holeFrom, holeTo);
    return { start: this.#start, end: this.#end, holeFrom, holeTo };
  }

  #leave(i: number, loop: number, target: number): void {
    for (let l = loop; l !== NONE && l >= target; l = this.#shape.outerLoop(l)) this.#lastExit[l] = i;
  }
  #word(i: number, op: number, loop: number): void {
    const lir = this.#lir;
    const data = dataOf(op);
    for (const column of [lir.a, lir.b, lir.c]) {
      const r = column.get(i);
      if (r !== NONE) this.#use(r, i, loop);
    }
    const regs = lir.regs.get(i);
    for (let j = 0; j < regs; j++) {
      const r = lir.data(i, j);
      if (data === DATA_USE || data === DATA_BOTH) this.#use(r, i, loop);
      if (data === DATA_DEF || (data === DATA_BOTH && j === 0)) this.#define(r, i);
    }
    // the offset of a load of several words is read before any is written: keep it apart all the same
    if (regs > 1 && data === DATA_DEF && lir.a.get(i) !== NONE) this.#reach(lir.a.get(i), 2 * i + 2);
  }
  #use(r: number, i: number, loop: number): void {
    this.#reach(r, 2 * i);
    const around = this.#foreignLoop(this.#lir.home.get(r), loop);
    const phiLoop = this.#phiLoop[r]!;
    const inside = phiLoop !== NONE && i <= this.#loopEnd[phiLoop]!;
    if (around === NONE) {
      if (inside) this.#lastUse[r] = Math.max(this.#lastUse[r]!, 2 * i);
      return;
    }
    const end = 2 * this.#loopEnd[around]! + 1;
    this.#reach(r, end);
    this.#start[r] = Math.min(this.#start[r]!, 2 * this.#loopStart[around]!);
    if (inside) this.#lastUse[r] = Math.max(this.#lastUse[r]!, end);
  }
  #define(r: number, i: number): void {
    const at = 2 * i + 1;
    this.#start[r] = Math.min(this.#start[r]!, at);
    this.#reach(r, at);
    const loop = this.#phiLoop[r]!;
    if (loop !== NONE && this.#backDef[r] === -1 && i > this.#loopStart[loop]!) this.#backDef[r] = at;
  }
  #reach(r: number, at: number): void {
    if (this.#end[r]! < at) this.#end[r] = at;
  }
  /** The outermost loop here that does not make the register anew, or NONE. */
  #foreignLoop(home: number, loop: number): number {
    const shape = this.#shape;
    let outermost: number = NONE;
    for (let l = loop; l !== NONE && l !== home; l = shape.outerLoop(l)) {
      if (home !== NONE && shape.contains(l, shape.start.get(home))) break;
      outermost = l;
    }
    return outermost;
  }
  #phi(r: Reg, loop: number, holeFrom: Int32Array, holeTo: Int32Array): void {
    if (this.#end[r]! < 0) return;
    const end = 2 * this.#loopEnd[loop]! + 1;
    const isUsedOutside = this.#end[r]! > end;
    this.#reach(r, end);
    this.#start[r] = Math.min(this.#start[r]!, 2 * this.#loopStart[loop]!);
    // what is used behind the loop is needed up to the last jump out of it: one that all lanes take together, or its home would not be this loop
    const exit = isUsedOutside ? 2 * this.#lastExit[loop]! : -1;
    const last = Math.max(this.#lastUse[r]!, 2 * this.#loopStart[loop]!, exit);
    if (this.#lir.home.get(r) !== loop || this.#backDef[r]! <= last) return;
    holeFrom[r] = last;
    holeTo[r] = this.#backDef[r]!;
  }
}
