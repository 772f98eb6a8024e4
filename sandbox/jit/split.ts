/**
 * Gives values names of their own. A compiler has few registers and uses each for many values; what is known of a register would then have
 * to hold for all of them. A definition starts a new name where its value is used in the construct around it only: it is live neither after
 * that construct or one further out, nor at the start of a loop around it.
 */
import { type CallSite, type Flat, isOpener, NONE, OPCODE, ROW } from "./flat.ts";
import { has, type Liveness, liveness, type RegSet } from "./liveness.ts";

/**
 * Longer code keeps its names: each is a local, and an engine's baseline compiler takes memory and time with locals times blocks. 3,000 words
 * with 1,634 locals took it 55 ms, with 38 locals 6 ms.
 */
const MAX_WORDS = 1000;

/** Renames registers of `flat` in place. @param isCallee its results, and lanes discarded, matter to its caller */
export function splitNames(flat: Flat, isCallee: boolean): void {
  if (flat.length > MAX_WORDS) return;
  const live = liveness(flat, new Uint8Array(flat.length + 1), true, isCallee);
  new Splitter(flat, live, isCallee).run();
}

interface Scope {
  readonly opener: number;
  /** names to give back at its end: register, name */
  readonly before: number[];
}

class Splitter {
  readonly #flat: Flat;
  readonly #live: Liveness;
  readonly #names: Int32Array;
  /** registers whose values must not change names: the caller looks at them */
  readonly #fixed: ReadonlySet<number>;
  #scopes: Scope[] = [{ opener: NONE, before: [] }];
  /** per open construct: what its definitions must not be */
  readonly #outside: RegSet[] = [];

  constructor(flat: Flat, live: Liveness, isCallee: boolean) {
    this.#flat = flat;
    this.#live = live;
    this.#names = Int32Array.from({ length: flat.registers }, (_, reg) => reg);
    this.#fixed = new Set([...(isCallee ? flat.results : []), ...(flat.killed === NONE ? [] : [flat.killed])]);
  }

  run(): void {
    const { op } = this.#flat;
    for (let i = 0; i < this.#flat.length; i++) {
      if (op[i] === OPCODE.end || op[i] === OPCODE.endloop) this.#close();
      else if (op[i] === OPCODE.else) this.#restore();
      else this.#instruction(i);
      if (isOpener(op[i]!)) this.#open(i);
    }
  }

  #open(i: number): void {
    this.#scopes.push({ opener: i, before: [] });
    const outside = this.#live.rejoin.get(i)!.slice();
    for (const set of [this.#live.heads.get(i), this.#outside[this.#outside.length - 1]]) {
      if (set !== undefined) for (let k = 0; k < outside.length; k++) outside[k]! |= set[k]!;
    }
    this.#outside.push(outside);
  }
  #close(): void {
    this.#restore();
    this.#scopes.pop();
    this.#outside.pop();
  }
  #restore(): void {
    const { before } = this.#scopes[this.#scopes.length - 1]!;
    while (before.length > 0) {
      const name = before.pop()!;
      this.#names[before.pop()!] = name;
    }
  }

  #instruction(i: number): void {
    const flat = this.#flat;
    const row = ROW[flat.op[i]!];
    if (flat.op[i] === OPCODE.call) {
      this.#call(i);
      return;
    }
    this.#use(flat.a, i);
    const isMem = row?.form === "mem";
    // these read what they write, by the same field
    const isKept = flat.op[i] === OPCODE.movm || (isMem && row.effect !== "load" && row.effect !== "none" && row.effect !== "sync");
    const isData = isMem && !isKept;
    for (const field of [flat.b, flat.c, flat.e]) {
      if (isData) this.#define(field, i);
      else this.#use(field, i);
    }
    if (isKept || row === undefined || row.dst.length === 0) this.#use(flat.d, i);
    else this.#define(flat.d, i);
  }

  #use(field: Int32Array, i: number): void {
    if (field[i] !== NONE) field[i] = this.#names[field[i]!]!;
  }
  #define(field: Int32Array, i: number): void {
    if (field[i] !== NONE) field[i] = this.#newName(field[i]!);
  }

  /** The name of the value that a definition of `reg` gives. */
  #newName(reg: number): number {
    const outside = this.#outside[this.#outside.length - 1];
    if (this.#fixed.has(reg) || (outside !== undefined && has(outside, reg))) return this.#names[reg]!;
    this.#scopes[this.#scopes.length - 1]!.before.push(reg, this.#names[reg]!);
    this.#names[reg] = this.#flat.files.push(this.#flat.files[reg]!) - 1;
    return this.#names[reg]!;
  }

  #call(i: number): void {
    const flat = this.#flat;
    const site = flat.calls[flat.hi[i]!]!;
    const named = (list: readonly number[]) => list.map((reg) => this.#names[reg]!);
    const arguments_ = { v: named(site.v), w: named(site.w), g: named(site.g) };
    const renamed: CallSite = { callee: site.callee, ...arguments_, results: site.results.map((reg) => this.#newName(reg)) };
    flat.calls[flat.hi[i]!] = renamed;
  }
}
