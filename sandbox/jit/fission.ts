/**
 * Loop fission: how a program whose waves wait for each other runs on one thread. Code between two barriers is a stretch, which each wave
 * runs to its end in turn; control around barriers is scalar, and runs once per workgroup. This file decides what is a stretch, and what
 * of one can be done once before its waves; entry.ts emits it.
 */
import { MODE } from "../isa/modes.ts";
import { type Flat, G, isOpener, isSync, NONE, OPCODE, ROW } from "./flat.ts";

/** A stretch of code of waves, or one instruction of the workgroup: a barrier, or control around barriers. */
export type Step =
  | { readonly kind: "stretch"; readonly from: number; readonly to: number }
  | { readonly kind: "control" | "sync"; readonly i: number };

export interface Plan {
  readonly steps: readonly Step[];
  /** frames (a block, NONE for the function) that lanes leave before code of theirs that comes after a barrier */
  readonly leftFrames: readonly number[];
}

/** @param waits whether there are barriers to wait at */
export function plan(flat: Flat, waits: boolean): Plan {
  if (!waits) return { steps: [{ kind: "stretch", from: 0, to: flat.length }], leftFrames: [] };
  const outer = outerConstructs(flat);
  const steps = stepsOf(flat, outer);
  return { steps, leftFrames: leftFrames(flat, steps, outer) };
}

/** Marks, by opener, constructs around barriers, and g constructs that are left from inside for one of those. */
function outerConstructs(flat: Flat): Uint8Array {
  const outer = new Uint8Array(flat.length);
  let changed = true;
  while (changed) {
    changed = false;
    const open: number[] = [];
    const mark = (opener: number) => {
      if (outer[opener] === 1) return;
      outer[opener] = 1;
      changed = true;
    };
    for (let i = 0; i < flat.length; i++) {
      const op = flat.op[i]!;
      if (isOpener(op)) open.push(i);
      else if (op === OPCODE.end || op === OPCODE.endloop) open.pop();
      else if (isSync(op)) open.forEach(mark);
      else if ((op === OPCODE.brk || op === OPCODE.brkIf) && flat.kind[i] === G) {
        const target = flat.match[i]!;
        if (target !== NONE && outer[target] === 0) continue;
        for (let k = open.length - 1; k >= 0 && open[k] !== target; k--) mark(open[k]!);
      }
    }
  }
  return outer;
}

function stepsOf(flat: Flat, outer: Uint8Array): Step[] {
  const steps: Step[] = [];
  let from = 0;
  const open: number[] = [];
  const flush = (to: number) => {
    if (to > from) steps.push({ kind: "stretch", from, to });
  };
  for (let i = 0; i < flat.length; i++) {
    const op = flat.op[i]!;
    if (isOpener(op) && outer[i] === 0) {
      i = endOf(flat, i);
      continue;
    }
    const isLeaving = (op === OPCODE.brk || op === OPCODE.brkIf) && flat.kind[i] === G;
    const isControl = isOpener(op) || op === OPCODE.else || op === OPCODE.end || op === OPCODE.endloop || isLeaving;
    if (!isControl && !isSync(op)) continue;
    flush(i);
    from = i + 1;
    steps.push({ kind: isControl ? "control" : "sync", i });
    if (isOpener(op)) open.push(i);
  }
  flush(flat.length);
  return steps;
}

/** Index of the end of the construct that i opens. */
export function endOf(flat: Flat, i: number): number {
  const middle = flat.match[i]!;
  return flat.op[middle] === OPCODE.else ? flat.match[middle]! : middle;
}

function leftFrames(flat: Flat, steps: readonly Step[], outer: Uint8Array): number[] {
  const frames = new Set<number>();
  let next = flat.length; // start of the stretch after the one looked at
  for (let k = steps.length - 1; k >= 0; k--) {
    const step = steps[k]!;
    if (step.kind !== "stretch") continue;
    for (let i = step.from; i < step.to; i++) {
      if (flat.op[i] !== OPCODE.brk && flat.op[i] !== OPCODE.brkIf) continue;
      const target = flat.match[i]!;
      if (target !== NONE && outer[target] === 0) continue;
      if (next < (target === NONE ? flat.length : endOf(flat, target))) frames.add(target);
    }
    next = step.from;
  }
  return [...frames];
}

/** What of a stretch can be done once, before its waves, and what that leaves. */
export interface Hoist {
  /** per instruction from the stretch's start: 1 where it is done before */
  readonly once: Uint8Array;
  /** of each g register that the stretch writes, where it does so last */
  readonly lastWrite: ReadonlyMap<number, number>;
  /** g registers that waves still write */
  readonly rewritten: readonly number[];
  /** whether nothing is left for waves to do */
  readonly isEmpty: boolean;
}

/** Sweeps of `hoist`; code that needs more keeps everything with its waves. */
const MAX_SWEEPS = 16;

/**
 * g instructions outside of the stretch's constructs, in their order, as far as nothing that waves write goes into them, and waves read
 * what they give only after the last of them has given it.
 */
export function hoist(flat: Flat, from: number, to: number, dead: Uint8Array): Hoist {
  const once = new Uint8Array(to - from);
  const lastWrite = new Map<number, number>();
  let depth = 0;
  for (let i = from; i < to; i++) {
    const op = flat.op[i]!;
    if (isOpener(op)) depth++;
    else if (op === OPCODE.end || op === OPCODE.endloop) depth--;
    if (dead[i] === 1 || !writesG(flat, i)) continue;
    for (const r of writtenG(flat, i)) lastWrite.set(r, i);
    if (depth === 0 && !isSync(op) && !canTrap(flat, i)) once[i - from] = 1;
  }
  const isStable = lastWrite.size === 0 || settle(flat, from, to, dead, once, lastWrite);
  if (!isStable) once.fill(0);
  const rewritten = new Set<number>();
  let left = 0;
  for (let i = from; i < to; i++) {
    if (dead[i] === 1 || once[i - from] === 1) continue;
    left++;
    for (const r of writtenG(flat, i)) rewritten.add(r);
  }
  return { once, lastWrite, rewritten: [...rewritten], isEmpty: left === 0 };
}

/** Takes out of `once` what waves have to do after all. @returns whether that came to an end */
function settle(flat: Flat, from: number, to: number, dead: Uint8Array, once: Uint8Array, lastWrite: ReadonlyMap<number, number>): boolean {
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    // g registers that waves write, or read before their last write
    const kept = new Set<number>();
    for (let i = from; i < to; i++) {
      if (dead[i] === 1 || once[i - from] === 1) continue;
      for (const r of writtenG(flat, i)) kept.add(r);
      forReads(flat, i, (r) => {
        if (flat.files[r] === G && i <= (lastWrite.get(r) ?? -1)) kept.add(r);
      });
    }
    let changed = false;
    for (let i = from; i < to; i++) {
      if (once[i - from] === 0) continue;
      let isKept = writtenG(flat, i).some((r) => kept.has(r));
      forReads(flat, i, (r) => {
        isKept ||= kept.has(r);
      });
      if (!isKept) continue;
      once[i - from] = 0;
      changed = true;
    }
    if (!changed) return true;
  }
  return false;
}

/** A trap must not come before what stands before it. */
function canTrap(flat: Flat, i: number): boolean {
  const row = ROW[flat.op[i]!];
  return row?.effect === "load" && flat.hi[i]! >>> 29 === MODE.T;
}

const NO_REGISTERS: readonly number[] = [];

function writesG(flat: Flat, i: number): boolean {
  const row = ROW[flat.op[i]!];
  const d = flat.d[i]!;
  return d !== NONE && flat.files[d] === G && row !== undefined && row.effect !== "store";
}

/** The g registers that i writes. */
function writtenG(flat: Flat, i: number): readonly number[] {
  if (!writesG(flat, i)) return NO_REGISTERS;
  return ROW[flat.op[i]!]!.form === "mem" ? dataOf(flat, i) : [flat.d[i]!];
}

/** The registers that i reads. */
function forReads(flat: Flat, i: number, see: (reg: number) => void): void {
  const op = flat.op[i]!;
  if (op === OPCODE.call) {
    const site = flat.calls[flat.hi[i]!]!;
    for (const list of [site.v, site.w, site.g]) list.forEach(see);
    return;
  }
  const row = ROW[op];
  if (flat.a[i] !== NONE) see(flat.a[i]!);
  if (row?.form === "mem") {
    if (row.effect !== "load" && op !== OPCODE.slotLen) dataOf(flat, i).forEach(see);
    return;
  }
  if (flat.b[i] !== NONE) see(flat.b[i]!);
  if (flat.c[i] !== NONE) see(flat.c[i]!);
  if (op === OPCODE.movm) see(flat.d[i]!);
}

function dataOf(flat: Flat, i: number): number[] {
  return [flat.d[i]!, flat.b[i]!, flat.c[i]!, flat.e[i]!].filter((r) => r !== NONE);
}
