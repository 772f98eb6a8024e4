/**
 * Object code to flat code: inlines callees, numbers registers, resolves branches, and says where lanes part. What must hold: flat code
 * means what docs/machine.md says of the words it came from. An inlined callee becomes moves, a block (where it returns early) and its
 * words; `ret` becomes a brk out of that block, which has the same meaning: lanes that left rejoin after it.
 */

import { MODE } from "../isa/modes.ts";
import type { FunctionInfo } from "../isa/shapes.ts";
import type { Program } from "../verifier/token.ts";
import { BASE, type CallSite, CHARGE, Flat, G, HAS_IMM, isSync, NONE, OPCODE, ROW, V, W } from "./flat.ts";
import { JitLimit } from "./limit.ts";

/** Everything is inlined up to this many words; past it only callees that are small, or contain a barrier. */
const INLINE_ALL_WORDS = 3000;
const INLINE_SMALL_WORDS = 40;
/**
 * Callees with barriers must be inlined, so a call tree of them can grow without bound. A function's own words are no more than this in any
 * case.
 */
const MAX_INLINED_WORDS = 1 << 18;

export const MAX_FRAMES = 64;

/** What is known of each function before any is expanded. */
export interface CallGraph {
  /** 1 where the function, or a callee of it, waits at a barrier */
  readonly sync: Uint8Array;
  /** 1 where calls of it are expanded in place */
  readonly inlined: Uint8Array;
  /** operand bytes each function names: 256 flags per function */
  readonly names: Uint8Array;
  readonly hasDiscard: boolean;
}

/** @param waves of a workgroup: with one wave a barrier is nothing to wait for */
export function callGraph(program: Program, waves: number): CallGraph {
  const n = program.functions.length;
  const sync = new Uint8Array(n);
  const full = new Float64Array(n); // words with everything inlined; may be astronomic
  const names = new Uint8Array(n * 256);
  let hasDiscard = false;
  for (let f = n - 1; f >= 0; f--) {
    const info = program.functions[f]!;
    full[f] = info.count;
    for (let i = info.first; i < info.first + info.count; i++) {
      const low = program.code[i * 2]!;
      const high = program.code[i * 2 + 1]!;
      const op = BASE[low & 255]!;
      if (isSync(op) && waves > 1) sync[f] = 1;
      if (op === OPCODE.discard) hasDiscard = true;
      if (op === OPCODE.call) {
        const callee = high & 0xfff;
        sync[f]! |= sync[callee]!;
        full[f]! += full[callee]!;
      }
      markNames(names.subarray(f * 256, f * 256 + 256), low, high, program.functions);
    }
  }
  const all = n > 0 && full[0]! <= INLINE_ALL_WORDS;
  const inlined = new Uint8Array(n);
  for (let f = 0; f < n; f++) if (all || sync[f] === 1 || full[f]! <= INLINE_SMALL_WORDS) inlined[f] = 1;
  return { sync, inlined, names, hasDiscard };
}

/** Marks the operand bytes of one word. */
function markNames(names: Uint8Array, low: number, high: number, functions: readonly FunctionInfo[]): void {
  const op = low & 255;
  const base = BASE[op]!;
  const row = ROW[base]!;
  const d = (low >>> 8) & 255;
  const a = (low >>> 16) & 255;
  const b = low >>> 24;
  const range = (first: number, count: number) => {
    for (let k = 0; k < count; k++) names[first + k] = 1;
  };
  if (row.form === "mem") {
    range(d, row.regs);
    if (base !== OPCODE.slotLen && high >>> 29 !== MODE.K) range(a, 1);
  } else if (row.form === "alu") {
    range(d, 1);
    const sources = row.src.length - HAS_IMM[op]!;
    if (sources > 0) range(a, 1);
    if (sources > 1) range(b, 1);
    if (sources > 2) range(high & 255, 1);
  } else if (base === OPCODE.call) {
    const callee = functions[high & 0xfff]!;
    range(d, callee.vResults);
    range(a, callee.vArgs);
    range(b, callee.wArgs);
    range(high >>> 24, callee.gArgs);
  } else {
    if (row.dst.length > 0) range(d, 1);
    if (row.src.length > 0) range(a, 1);
  }
}

/** Expands function `f` with the callees that are to be inlined in it. @throws JitLimit */
export function expand(program: Program, graph: CallGraph, f: number): Flat {
  return new Expander(program, graph).root(f);
}

/** An inlined function while it is being expanded. */
interface Frame {
  /** register of each operand byte, NONE where none has been given */
  readonly names: Int32Array;
  /** its block, or NONE where it is the root or returns at its end only */
  readonly block: number;
  /** constructs open when it began */
  readonly openers: number;
}

class Expander {
  readonly #program: Program;
  readonly #graph: CallGraph;
  readonly #flat = new Flat();
  /** per inlining depth: frames at one depth do not live at once, so they share registers */
  readonly #frameNames: Int32Array[] = [];
  #limit = MAX_INLINED_WORDS;
  /** open constructs of all frames, innermost last */
  readonly #open: number[] = [];

  constructor(program: Program, graph: CallGraph) {
    this.#program = program;
    this.#graph = graph;
  }

  root(f: number): Flat {
    const info = this.#program.functions[f]!;
    this.#limit = Math.max(MAX_INLINED_WORDS, info.count);
    const frame = { names: this.#names(0), block: NONE, openers: 0 };
    const flat = this.#flat;
    flat.args = {
      v: this.#range(frame, 0, info.vArgs),
      w: this.#range(frame, 128, info.wArgs),
      g: this.#range(frame, 192, info.gArgs),
    };
    flat.results = this.#range(frame, 0, info.vResults);
    if (this.#graph.hasDiscard) flat.killed = flat.files.push(V) - 1;
    this.#function(info, frame, 0);
    return flat;
  }

  #names(depth: number): Int32Array {
    this.#frameNames[depth] ??= new Int32Array(256).fill(NONE);
    return this.#frameNames[depth];
  }
  #reg(frame: Frame, byte: number): number {
    const known = frame.names[byte]!;
    if (known !== NONE) return known;
    const file = byte < 128 ? V : byte < 192 ? W : G;
    const reg = this.#flat.files.push(file) - 1;
    frame.names[byte] = reg;
    return reg;
  }
  #range(frame: Frame, first: number, count: number): number[] {
    return Array.from({ length: count }, (_, k) => this.#reg(frame, first + k));
  }

  #function(info: FunctionInfo, frame: Frame, depth: number): void {
    const last = info.first + info.count - 1; // its `ret` is where control ends anyway
    for (let pc = info.first; pc < last; pc++) this.#word(pc, frame, depth);
  }

  #word(pc: number, frame: Frame, depth: number): void {
    const flat = this.#flat;
    if (flat.length >= this.#limit) throw new JitLimit("code words after inlining", flat.length + 1, this.#limit);
    const low = this.#program.code[pc * 2]!;
    const high = this.#program.code[pc * 2 + 1]!;
    const op = BASE[low & 255]!;
    const row = ROW[op]!;
    if (op === OPCODE.call) {
      this.#call(pc, low, high, frame, depth);
      return;
    }
    const i = flat.push(op, pc);
    if (row.form === "alu") this.#alu(i, low, high, frame);
    else if (row.form === "mem") this.#mem(i, low, high, frame);
    else this.#control(i, low, high, frame);
  }

  #alu(i: number, low: number, high: number, frame: Frame): void {
    const flat = this.#flat;
    const row = ROW[flat.op[i]!]!;
    const imm = HAS_IMM[low & 255]!;
    const sources = row.src.length - imm;
    flat.d[i] = this.#reg(frame, (low >>> 8) & 255);
    if (sources > 0) flat.a[i] = this.#reg(frame, (low >>> 16) & 255);
    if (sources > 1) flat.b[i] = this.#reg(frame, low >>> 24);
    if (sources > 2) flat.c[i] = this.#reg(frame, high & 255);
    flat.imm[i] = imm;
    flat.hi[i] = imm === 1 ? high : 0;
  }

  #mem(i: number, low: number, high: number, frame: Frame): void {
    const flat = this.#flat;
    const row = ROW[flat.op[i]!]!;
    const data = (low >>> 8) & 255;
    flat.d[i] = this.#reg(frame, data);
    if (row.regs > 1) flat.b[i] = this.#reg(frame, data + 1);
    if (row.regs > 2) flat.c[i] = this.#reg(frame, data + 2);
    if (row.regs > 3) flat.e[i] = this.#reg(frame, data + 3);
    if (flat.op[i] !== OPCODE.slotLen && high >>> 29 !== MODE.K) flat.a[i] = this.#reg(frame, (low >>> 16) & 255);
    flat.slot[i] = low >>> 24;
    flat.hi[i] = high;
  }

  #control(i: number, low: number, high: number, frame: Frame): void {
    const flat = this.#flat;
    const open = this.#open;
    const d = (low >>> 8) & 255;
    const a = (low >>> 16) & 255;
    switch (flat.op[i]) {
      case OPCODE.if:
        flat.a[i] = this.#reg(frame, a);
        flat.kind[i] = flat.files[flat.a[i]!]!;
        open.push(i);
        break;
      case OPCODE.block:
      case OPCODE.loop:
        flat.kind[i] = d;
        open.push(i);
        break;
      case OPCODE.else:
        this.#linkElse(i);
        break;
      case OPCODE.end:
      case OPCODE.endloop:
        this.#linkEnd(i);
        break;
      case OPCODE.brk:
      case OPCODE.brkIf:
        if (flat.op[i] === OPCODE.brkIf) flat.a[i] = this.#reg(frame, a);
        this.#leave(i, open[open.length - 1 - high]!, open.length - 1 - high);
        break;
      case OPCODE.ret:
      case OPCODE.retIf:
        if (flat.op[i] === OPCODE.retIf) flat.a[i] = this.#reg(frame, a);
        flat.op[i] = flat.op[i] === OPCODE.retIf ? OPCODE.brkIf : OPCODE.brk;
        this.#leave(i, frame.block, frame.openers - 1);
        break;
      case OPCODE.bcast:
        flat.d[i] = this.#reg(frame, d);
        flat.a[i] = this.#reg(frame, a);
        break;
      default: // barrier, discard
        flat.hi[i] = high;
    }
  }

  #linkElse(i: number): void {
    const opener = this.#open[this.#open.length - 1]!;
    this.#flat.match[opener] = i;
    this.#flat.kind[i] = this.#flat.kind[opener]!;
  }

  #linkEnd(i: number): void {
    const flat = this.#flat;
    const opener = this.#open.pop()!;
    const middle = flat.match[opener]!;
    if (middle === NONE) flat.match[opener] = i;
    else flat.match[middle] = i;
    flat.match[i] = opener;
    flat.kind[i] = flat.kind[opener]!;
  }

  /**
   * Instruction `i` leaves `target` and all that is open inside of it.
   * @param level index of the target in the open constructs; where that is the whole function, one less than its first construct's
   */
  #leave(i: number, target: number, level: number): void {
    const flat = this.#flat;
    let kind = flat.a[i] === NONE ? G : flat.files[flat.a[i]!]!;
    for (let k = level + 1; k < this.#open.length; k++) kind = Math.max(kind, flat.kind[this.#open[k]!]!);
    flat.kind[i] = kind;
    flat.match[i] = target;
    if (target !== NONE && kind === V) flat.parted[target] = 1;
    if (kind !== V) return;
    for (let k = level + 1; k < this.#open.length; k++) {
      flat.crossed[this.#open[k]!] = 1;
      flat.parted[this.#open[k]!] = 1;
    }
  }

  #call(pc: number, low: number, high: number, frame: Frame, depth: number): void {
    const flat = this.#flat;
    const callee = high & 0xfff;
    const info = this.#program.functions[callee]!;
    const site: CallSite = {
      callee,
      v: this.#range(frame, (low >>> 16) & 255, info.vArgs),
      w: this.#range(frame, low >>> 24, info.wArgs),
      g: this.#range(frame, high >>> 24, info.gArgs),
      results: this.#range(frame, (low >>> 8) & 255, info.vResults),
    };
    if (this.#graph.inlined[callee] === 0) {
      const i = flat.push(OPCODE.call, pc);
      flat.hi[i] = flat.calls.push(site) - 1;
      return;
    }
    const charge = flat.push(CHARGE, pc);
    flat.hi[charge] = info.count;
    this.#inline(pc, callee, info, site, depth + 1);
  }

  #inline(pc: number, callee: number, info: FunctionInfo, site: CallSite, depth: number): void {
    const names = this.#names(depth);
    const isEarly = this.#returnsEarly(info);
    const inner: Frame = { names, block: isEarly ? this.#flat.length : NONE, openers: this.#open.length + (isEarly ? 1 : 0) };
    const to = (first: number, count: number) => this.#range(inner, first, count);
    this.#enterFrame(pc, callee, info, inner, site, to);
    if (!isEarly) {
      this.#function(info, inner, depth);
    } else {
      const block = this.#flat.push(OPCODE.block, pc);
      this.#open.push(block);
      this.#function(info, { ...inner, block }, depth);
      this.#linkEnd(this.#flat.push(OPCODE.end, pc));
      this.#kindOfFrame(block);
    }
    to(0, info.vResults).forEach((from, k) => {
      this.#move(pc, site.results[k]!, from);
    });
  }

  /** Arguments are copied, the callee's other registers are zero. */
  #enterFrame(pc: number, callee: number, info: FunctionInfo, inner: Frame, site: CallSite, to: (f: number, n: number) => number[]): void {
    to(0, info.vArgs).forEach((d, k) => {
      this.#move(pc, d, site.v[k]!);
    });
    to(128, info.wArgs).forEach((d, k) => {
      this.#move(pc, d, site.w[k]!);
    });
    to(192, info.gArgs).forEach((d, k) => {
      this.#move(pc, d, site.g[k]!);
    });
    const named = this.#graph.names.subarray(callee * 256, callee * 256 + 256);
    for (let byte = 0; byte < 256; byte++) {
      const isArgument = byte < info.vArgs || (byte >= 128 && byte < 128 + info.wArgs) || (byte >= 192 && byte < 192 + info.gArgs);
      const isResult = byte < info.vResults;
      if ((named[byte] === 1 || isResult) && !isArgument) this.#move(pc, this.#reg(inner, byte), NONE);
    }
  }

  /** d = a, or 0 where `a` is NONE */
  #move(pc: number, d: number, a: number): void {
    const i = this.#flat.push(OPCODE.mov, pc);
    this.#flat.d[i] = d;
    this.#flat.a[i] = a;
    this.#flat.imm[i] = a === NONE ? 1 : 0;
    this.#flat.hi[i] = 0;
  }

  #returnsEarly(info: FunctionInfo): boolean {
    for (let pc = info.first; pc < info.first + info.count - 1; pc++) {
      const op = this.#program.code[pc * 2]! & 255;
      if (op === OPCODE.ret || op === OPCODE.retIf) return true;
    }
    return false;
  }

  /** A frame's block is of the greatest flow kind of the returns that leave it. */
  #kindOfFrame(block: number): void {
    const flat = this.#flat;
    const end = flat.match[block]!;
    for (let i = block; i < end; i++)
      if (flat.match[i] === block && flat.op[i] !== OPCODE.end) flat.kind[block] = Math.max(flat.kind[block]!, flat.kind[i]!);
    flat.kind[end] = flat.kind[block]!;
  }
}
