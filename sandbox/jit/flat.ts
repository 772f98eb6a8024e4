/**
 * Flat code: what one wasm function is made from. A function's words with its inlined callees in place, in columns; registers of all
 * inlined frames share one numbering, and branches name the construct they leave instead of a depth.
 */
import { MODE } from "../isa/modes.ts";
import { ISA, MNEMONICS, type Mnemonic, type Row } from "../isa/table.ts";

/** Register files, as numbers. Also the kinds of constructs and of flow, in ascending order of divergence. */
export const G = 0;
export const W = 1;
export const V = 2;

/** No register, no construct. */
export const NONE = -1;

/** A charge of `hi` words of fuel for one wave (for all of them at workgroup level), made at an inlined call. No instruction of the ISA. */
export const CHARGE = 0xff;

/** Row and name of each op byte without its immediate bit. */
export const ROW: (Row | undefined)[] = new Array(256).fill(undefined);
export const MNEMONIC: (Mnemonic | undefined)[] = new Array(256).fill(undefined);
/** Of each op byte in code: the same without the immediate bit, and whether it has one. */
export const BASE = new Uint8Array(256);
export const HAS_IMM = new Uint8Array(256);
for (const m of MNEMONICS) {
  const row: Row = ISA[m];
  ROW[row.code] = row;
  MNEMONIC[row.code] = m;
  BASE[row.code] = row.code;
  if (row.imm >= 0) {
    BASE[row.imm] = row.code;
    HAS_IMM[row.imm] = 1;
  }
}

export const OPCODE = {
  mov: ISA.mov.code,
  movm: ISA["mov.m"].code,
  if: ISA.if.code,
  else: ISA.else.code,
  block: ISA.block.code,
  loop: ISA.loop.code,
  end: ISA.end.code,
  endloop: ISA.endloop.code,
  brk: ISA.brk.code,
  brkIf: ISA["brk.if"].code,
  ret: ISA.ret.code,
  retIf: ISA["ret.if"].code,
  call: ISA.call.code,
  barrier: ISA.barrier.code,
  bcast: ISA["g.bcast"].code,
  ldSync: ISA["ld.sync"].code,
  discard: ISA.discard.code,
  slotLen: ISA["slot.len"].code,
  sys: ISA.sys.code,
  cas: ISA["at.cas"].code,
} as const;

/** Initial room of the columns. */
const ROOM = 256;

/** A call that stays a call: register numbers in the caller. */
export interface CallSite {
  readonly callee: number;
  readonly v: readonly number[];
  readonly w: readonly number[];
  readonly g: readonly number[];
  readonly results: readonly number[];
}

export class Flat {
  length = 0;
  /** op byte without the immediate bit, or CHARGE */
  op = new Uint8Array(ROOM);
  /** 1 where the last source is the immediate `hi` */
  imm = new Uint8Array(ROOM);
  /** constructs: kind; brk, brk.if: flow kind */
  kind = new Uint8Array(ROOM);
  /** registers, or NONE. `alu`: destination and sources. `mem`: d, b, c, e are the data registers, a the offset. */
  d = new Int32Array(ROOM);
  a = new Int32Array(ROOM);
  b = new Int32Array(ROOM);
  c = new Int32Array(ROOM);
  e = new Int32Array(ROOM);
  /** immediate, access word, charge, or index in `calls` */
  hi = new Int32Array(ROOM);
  /** `mem` and slot.len: the slot */
  slot = new Int32Array(ROOM);
  /** word in the object's code */
  pc = new Int32Array(ROOM);
  /** if: its else or end; else, block, loop: the end; end, endloop: the if, block or loop; brk: the construct left, NONE for all */
  match = new Int32Array(ROOM);
  /** constructs: 1 where lanes part inside that leave for a construct further out */
  crossed = new Uint8Array(ROOM);
  /** constructs: 1 where some lanes leave it, or rejoin after it, while others stay */
  parted = new Uint8Array(ROOM);
  readonly calls: CallSite[];
  /** file of each register */
  readonly files: number[];
  /** registers of the arguments, where this is a callee */
  args: { readonly v: readonly number[]; readonly w: readonly number[]; readonly g: readonly number[] } = { v: [], w: [], g: [] };
  results: readonly number[] = [];
  /** v register of the lanes that were discarded, NONE where none can be */
  killed = NONE;

  constructor(calls: CallSite[] = [], files: number[] = []) {
    this.calls = calls;
    this.files = files;
  }
  get registers(): number {
    return this.files.length;
  }
  /** Appends an instruction with no operands, to be filled in. */
  push(op: number, pc: number): number {
    const i = this.length;
    if (i === this.op.length) this.#grow();
    this.op[i] = op;
    this.pc[i] = pc;
    this.d[i] = this.a[i] = this.b[i] = this.c[i] = this.e[i] = this.match[i] = NONE;
    this.length = i + 1;
    return i;
  }
  /** Flat code with the same registers and calls, and no instructions. */
  emptyCopy(): Flat {
    const copy = new Flat(this.calls, [...this.files]);
    copy.args = this.args;
    copy.results = this.results;
    copy.killed = this.killed;
    return copy;
  }
  /** Appends instruction i of other flat code, without what it matches. */
  pushFrom(from: Flat, i: number): number {
    const at = this.push(from.op[i]!, from.pc[i]!);
    this.imm[at] = from.imm[i]!;
    this.kind[at] = from.kind[i]!;
    this.d[at] = from.d[i]!;
    this.a[at] = from.a[i]!;
    this.b[at] = from.b[i]!;
    this.c[at] = from.c[i]!;
    this.e[at] = from.e[i]!;
    this.hi[at] = from.hi[i]!;
    this.slot[at] = from.slot[i]!;
    this.crossed[at] = from.crossed[i]!;
    this.parted[at] = from.parted[i]!;
    return at;
  }
  #grow(): void {
    const n = this.op.length * 2;
    const bytes = (x: Uint8Array) => {
      const next = new Uint8Array(n);
      next.set(x);
      return next;
    };
    const ints = (x: Int32Array) => {
      const next = new Int32Array(n);
      next.set(x);
      return next;
    };
    this.op = bytes(this.op);
    this.imm = bytes(this.imm);
    this.kind = bytes(this.kind);
    this.crossed = bytes(this.crossed);
    this.parted = bytes(this.parted);
    this.d = ints(this.d);
    this.a = ints(this.a);
    this.b = ints(this.b);
    this.c = ints(this.c);
    this.e = ints(this.e);
    this.hi = ints(this.hi);
    this.slot = ints(this.slot);
    this.pc = ints(this.pc);
    this.match = ints(this.match);
  }
}

/** Whether an op is a point where all waves of the workgroup wait. */
export function isSync(op: number): boolean {
  return op === OPCODE.barrier || op === OPCODE.bcast || op === OPCODE.ldSync;
}

/** Whether instruction i is an access that ends the launch where it is outside. */
export function isTrapping(flat: Flat, i: number): boolean {
  return ROW[flat.op[i]!]?.form === "mem" && flat.hi[i]! >>> 29 === MODE.T;
}

export function isOpener(op: number): boolean {
  return op === OPCODE.if || op === OPCODE.block || op === OPCODE.loop;
}
