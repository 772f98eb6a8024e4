/** Code on chosen registers to words: drops what has become empty, turns construct numbers into depths and targets, and keeps source places. */
import type { CodeWriter } from "../sandbox/isa/encode.ts";
import { ISA, MAX_NESTING, MAX_WORDS, MNEMONICS } from "../sandbox/isa/table.ts";
import { Limit } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import type { Callable } from "./calls.ts";
import { FLAG, type Lir, MN, PARAMETERS } from "./lir.ts";
import type { Allocated } from "./regalloc.ts";

/** Code of all functions so far. */
export interface Output {
  readonly code: CodeWriter;
  /** by word: source offset, or NONE */
  readonly places: number[];
}

/** Appends one function. */
export function encode(allocated: Allocated, functions: readonly Callable[], output: Output): void {
  simplify(allocated.lir);
  new Encoder(allocated, functions, output).run();
}

/** `if c; brk n; end` is `brk.if c`, and an if without anything in it nothing at all. */
function simplify(lir: Lir): void {
  const live: number[] = [];
  const kill = (i: number) => lir.flags.set(i, lir.flags.get(i) | FLAG.dead);
  for (let i = 0; i < lir.length; i++) {
    if ((lir.flags.get(i) & FLAG.dead) !== 0) continue;
    live.push(i);
    if (lir.op.get(i) !== MN.end) continue;
    for (let again = true; again; ) {
      again = false;
      const before = live[live.length - 2];
      const opener = live[live.length - 3];
      if (before === undefined) break;
      const op = lir.op.get(before);
      const isSame = lir.hi.get(before) === lir.hi.get(i);
      if (op === MN.else && isSame) {
        kill(before);
        live.splice(-2, 1);
        again = true;
      } else if (op === MN.if && isSame) {
        kill(before);
        kill(i);
        live.length -= 2;
      } else if (
        opener !== undefined &&
        lir.op.get(opener) === MN.if &&
        lir.hi.get(opener) === lir.hi.get(i) &&
        (op === MN.brk || op === MN.ret)
      ) {
        kill(opener);
        kill(i);
        live.length -= 3;
        // a jump out of this very if does nothing
        if (op === MN.brk && lir.hi.get(before) === lir.hi.get(i)) kill(before);
        else {
          lir.op.set(before, op === MN.brk ? MN["brk.if"] : MN["ret.if"]);
          lir.a.set(before, lir.a.get(opener));
          live.push(before);
        }
      }
    }
  }
}

class Encoder {
  readonly #lir: Lir;
  readonly #operand: Uint8Array;
  readonly #functions: readonly Callable[];
  readonly #out: CodeWriter;
  readonly #places: number[];
  /** by construct: depth it stands at, word to patch */
  readonly #depth = new Map<number, number>();
  readonly #opener = new Map<number, number>();
  #nesting = 0;

  constructor({ lir, operand }: Allocated, functions: readonly Callable[], output: Output) {
    this.#functions = functions;
    this.#out = output.code;
    this.#places = output.places;
    this.#lir = lir;
    this.#operand = operand;
  }

  run(): void {
    const lir = this.#lir;
    for (let i = 0; i < lir.length; i++) {
      if ((lir.flags.get(i) & FLAG.dead) !== 0 || lir.op.get(i) >= PARAMETERS) continue;
      if (this.#out.length >= MAX_WORDS) throw new Limit("words of machine code", this.#out.length + lir.length, MAX_WORDS);
      this.#places.push(lir.where.get(i));
      this.#word(i);
    }
  }

  #byte(r: number): number {
    return r === NONE ? 0 : this.#operand[r]!;
  }
  #word(i: number): void {
    const lir = this.#lir;
    const op = lir.op.get(i);
    const row = ISA[MNEMONICS[op]!];
    if (row.form === "ctl") return this.#control(i, op);
    const d = lir.regs.get(i) === 0 ? 0 : this.#byte(lir.data(i, 0));
    const a = this.#byte(lir.a.get(i));
    const isImmediate = (lir.flags.get(i) & FLAG.immediate) !== 0;
    const b = row.form === "mem" ? lir.slot.get(i) : this.#byte(lir.b.get(i));
    const high = row.form === "mem" || isImmediate ? lir.hi.get(i) >>> 0 : this.#byte(lir.c.get(i));
    this.#out.raw(word(isImmediate ? row.imm : row.code, d, a, b), high);
  }

  #control(i: number, op: number): void {
    const lir = this.#lir;
    const a = this.#byte(lir.a.get(i));
    const c = lir.hi.get(i);
    const code = ISA[MNEMONICS[op]!].code;
    switch (op) {
      case MN.if:
        this.#open(c, this.#out.raw(word(code, 0, a, 0), 0));
        return;
      case MN.block:
      case MN.loop:
        this.#open(c, this.#out.raw(word(code, lir.slot.get(i), 0, 0), 0));
        return;
      case MN.else:
        this.#out.patch(this.#opener.get(c)!, this.#out.length);
        this.#opener.set(c, this.#out.raw(word(code, 0, 0, 0), 0));
        return;
      case MN.end:
        this.#close(c, op, 0);
        return;
      case MN.endloop:
        this.#close(c, op, this.#opener.get(c)!);
        return;
      case MN.brk:
      case MN["brk.if"]:
        this.#out.raw(word(code, 0, a, 0), this.#nesting - this.#depth.get(c)!);
        return;
      case MN.call: {
        const { params, hasResult } = this.#functions[c]!;
        const first = lir.regs.get(i) === 0 ? 0 : this.#byte(lir.data(i, 0));
        this.#out.raw(word(code, hasResult ? first : 0, params.length > 0 ? first : 0, 0), c);
        return;
      }
      case MN["g.bcast"]:
        this.#out.raw(word(code, this.#byte(lir.d.get(i)), a, 0), 0);
        return;
      default:
        this.#out.raw(word(code, 0, a, 0), c >>> 0);
    }
  }
  #open(c: number, at: number): void {
    this.#nesting++;
    if (this.#nesting > MAX_NESTING) throw new Limit("nesting of control flow", this.#nesting, MAX_NESTING);
    this.#depth.set(c, this.#nesting);
    this.#opener.set(c, at);
  }
  #close(c: number, op: number, high: number): void {
    this.#out.patch(this.#opener.get(c)!, this.#out.length);
    this.#out.raw(word(ISA[MNEMONICS[op]!].code, 0, 0, 0), high);
    this.#nesting--;
  }
}

const word = (op: number, d: number, a: number, b: number) => (op | (d << 8) | (a << 16) | (b << 24)) >>> 0;
