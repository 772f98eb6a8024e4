/**
 * The verifier's own decoder. It is written by hand from docs/isa.md and shares nothing with `sandbox/isa/table.ts`: two decoders made
 * from one table would share its bugs. A test compares the two over all op bytes. Whatever is not claimed here is no instruction.
 */

/** What an op byte is, one bit each, so that a rule can say on which it holds. */
export const FORM = {
  none: 0,
  alu: 1 << 0,
  sys: 1 << 1,
  load: 1 << 2,
  store: 1 << 3,
  atomic: 1 << 4,
  loadSync: 1 << 5,
  slotLen: 1 << 6,
  open: 1 << 7, // if, block, loop
  else: 1 << 8,
  end: 1 << 9,
  endloop: 1 << 10,
  brk: 1 << 11,
  ret: 1 << 12,
  call: 1 << 13,
  barrier: 1 << 14,
  bcast: 1 << 15,
  discard: 1 << 16,
} as const;
export const MEMORY = FORM.load | FORM.store | FORM.atomic | FORM.loadSync;
/** Rules on this are asked at the last word of each function, whatever it is. */
export const LAST_WORD = 1 << 17;
export const FORM_BITS = 18;

/** Op bytes that rules name. */
export const OP = { if: 0xe0, else: 0xe1, block: 0xe2, loop: 0xe3, brkIf: 0xe7, ret: 0xe8, retIf: 0xe9 } as const;

/** Register files as bits: v0-v127 are operand bytes 0-127, w0-w63 are 128-191, g0-g63 are 192-255. */
export const V = 1;
export const W = 2;
export const G = 4;
const ANY = V | W | G;

/** @returns the file of an operand byte */
export function fileOf(operand: number): number {
  return operand < 128 ? V : operand < 192 ? W : G;
}

/** What an op byte alone says. */
export interface Shape {
  form: number;
  /** registers that d stands for, and bytes of memory per lane */
  regs: number;
  width: number;
  /** files that d, a, b and c may be of; 0 where the field is no register operand */
  dFiles: number;
  aFiles: number;
  bFiles: number;
  cFiles: number;
  /** the word has a 32-bit immediate */
  immediate: boolean;
}

const shapes: Shape[] = [];
for (let op = 0; op < 256; op++) {
  shapes[op] = { form: 0, regs: 0, width: 0, dFiles: 0, aFiles: 0, bFiles: 0, cFiles: 0, immediate: false };
}

function claim(op: number, form: number, d: number, a: number, b: number, c: number): void {
  const shape = shapes[op]!;
  shape.form = form;
  shape.regs = 1;
  shape.dFiles = d;
  shape.aFiles = a;
  shape.bFiles = b;
  shape.cFiles = c;
}

/** Ops `from` to `to` take `sources` sources; with `immediate`, op | 0x80 takes an immediate for the last of them. */
function arithmetic(from: number, to: number, sources: number, immediate: boolean, d = ANY, a = ANY): void {
  for (let op = from; op <= to; op++) {
    claim(op, FORM.alu, d, a, sources > 1 ? ANY : 0, sources > 2 ? ANY : 0);
    if (!immediate) continue;
    claim(op | 0x80, FORM.alu, d, sources > 1 ? a : 0, sources > 2 ? ANY : 0, 0);
    shapes[op | 0x80]!.immediate = true;
  }
}

function memory(op: number, form: number, regs: number, width: number, d: number, a: number): void {
  claim(op, form, d, a, 0, 0);
  shapes[op]!.regs = regs;
  shapes[op]!.width = width;
}

arithmetic(0x00, 0x00, 1, true); // mov
arithmetic(0x01, 0x01, 1, true, V); // mov.m
arithmetic(0x02, 0x02, 3, true); // sel
arithmetic(0x03, 0x0d, 2, true); // iadd .. xor
arithmetic(0x0e, 0x0f, 1, false); // not, ineg
arithmetic(0x10, 0x16, 2, true); // shl .. smax
arithmetic(0x17, 0x1a, 1, false); // clz .. bitrev
arithmetic(0x1b, 0x24, 2, true); // ieq .. sge
arithmetic(0x28, 0x2b, 2, true); // fadd .. fdiv
arithmetic(0x2c, 0x2c, 3, true); // ffma
arithmetic(0x2d, 0x2e, 2, true); // fmin, fmax
arithmetic(0x2f, 0x36, 1, false); // fabs .. fnear
arithmetic(0x37, 0x3c, 2, true); // feq .. fge
arithmetic(0x3d, 0x46, 1, false); // f2s .. flog2
arithmetic(0x47, 0x47, 2, false); // fatan2
arithmetic(0x48, 0x4b, 1, false, W, V); // vote.any, vote.all, ballot, first
arithmetic(0x4c, 0x4d, 2, true, V, V); // shfl, quad
claim(0xce, FORM.sys, ANY, 0, 0, 0); // sys: the immediate names a system value
shapes[0xce]!.immediate = true;

[1, 2, 4, 8, 12, 16].forEach((width, i) => {
  memory(0x60 + i, FORM.load, Math.max(1, width / 4), width, ANY, ANY);
  memory(0x66 + i, FORM.store, Math.max(1, width / 4), width, ANY, ANY);
});
for (let op = 0x6c; op <= 0x77; op++) memory(op, FORM.atomic, op === 0x75 ? 2 : 1, 4, V, ANY); // at.cas (0x75) takes two
memory(0x78, FORM.loadSync, 1, 4, G, G);
claim(0x79, FORM.slotLen, ANY, 0, 0, 0);

claim(OP.if, FORM.open, 0, ANY, 0, 0);
claim(OP.else, FORM.else, 0, 0, 0, 0);
claim(OP.block, FORM.open, 0, 0, 0, 0);
claim(OP.loop, FORM.open, 0, 0, 0, 0);
claim(0xe4, FORM.end, 0, 0, 0, 0);
claim(0xe5, FORM.endloop, 0, 0, 0, 0);
claim(0xe6, FORM.brk, 0, 0, 0, 0);
claim(OP.brkIf, FORM.brk, 0, ANY, 0, 0);
claim(OP.ret, FORM.ret, 0, 0, 0, 0);
claim(OP.retIf, FORM.ret, 0, ANY, 0, 0);
claim(0xea, FORM.call, 0, 0, 0, 0); // its operands are ranges: rule V12
claim(0xeb, FORM.barrier, 0, 0, 0, 0);
claim(0xec, FORM.bcast, G, V, 0, 0);
claim(0xed, FORM.discard, 0, 0, 0, 0);

/** One word taken apart. There is one such record per verification, filled again for each word. */
export class Word {
  /** index in the code */
  pc = 0;
  op = 0;
  is: Shape = shapes[255]!;
  form = 0;
  d = 0;
  a = 0;
  b = 0;
  /** third source operand */
  c = 0;
  /** the whole high half, unsigned: immediate, target, depth, access. Starts past 31 bits, so that engines make room for that at once */
  high = 0xffffffff;
  /** files that a may be of; 0 where this word does not use it */
  aFiles = 0;
  /** access: mode, contiguous bit and what its payload holds; the slot is b */
  mode = 0;
  contiguous = false;
  /** K, C, T, Z: bytes. N, M: words. */
  off = 0;
  /** N: words */
  lim = 0;
  /** M: log2 of bytes */
  m = 0;
}

/** Fills `w` from the two halves of code word `pc`. Total: any 64 bits give a record, `form` says whether it is an instruction. */
export function decode(w: Word, pc: number, low: number, high: number): void {
  const is = shapes[low & 255]!;
  w.pc = pc;
  w.op = low & 255;
  w.is = is;
  w.form = is.form;
  w.d = (low >>> 8) & 255;
  w.a = (low >>> 16) & 255;
  w.b = low >>> 24;
  w.c = high & 255;
  w.high = high;
  w.aFiles = is.aFiles;
  if ((is.form & MEMORY) !== 0) decodeAccess(w, high);
}

export const MODE_K = 0;
export const MODE_N = 1;
export const MODE_M = 2;
export const MODE_C = 3;
export const MODE_Z = 5;

function decodeAccess(w: Word, high: number): void {
  w.mode = high >>> 29;
  w.contiguous = ((high >>> 28) & 1) === 1;
  w.off = w.mode === MODE_N ? high & 0x3fff : w.mode === MODE_M ? high & 0x3f_ffff : high & 0xfff_ffff;
  w.lim = (high >>> 14) & 0x3fff;
  w.m = (high >>> 22) & 31;
  if (w.mode === MODE_K) w.aFiles = 0; // the offset is constant: a is unused
}

/** @returns whether the word writes a g register */
export function writesG(w: Word): boolean {
  return w.d >= 192 && (w.form & (FORM.alu | FORM.sys | FORM.load | FORM.slotLen | FORM.loadSync | FORM.bcast)) !== 0;
}

/** @returns whether the word must stand in uniform flow. @see docs/machine.md, Uniform flow */
export function needsUniform(w: Word): boolean {
  return (w.form & (FORM.barrier | FORM.bcast | FORM.loadSync)) !== 0 || writesG(w);
}
