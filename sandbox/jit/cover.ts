/**
 * Whether a workgroup writes all of its workgroup memory before it reads any, so that nothing of an earlier program is left to be seen though
 * nobody zeroes it: the first stretch reads none, and stores that all its waves do, with all lanes, lie side by side from end to end. Lanes that
 * have returned do not matter: where some have, no barrier follows, and with it no other stretch that reads.
 */
import { MODE } from "../isa/modes.ts";
import { accessOf } from "./bounds.ts";
import type { Emitter } from "./emitter.ts";
import { type Flat, isOpener, MNEMONIC, NONE, OPCODE, ROW, V } from "./flat.ts";

/** `slope` times the wave's number, and `start`: exact, as nothing of it wraps. */
interface Line {
  readonly slope: number;
  readonly start: number;
}

/** @param to end of the first stretch, which begins the code */
export function coversWorkgroup(e: Emitter, to: number): boolean {
  const { flat, unit } = e;
  const slot = unit.workgroupSlot;
  if (unit.lanes % 4 !== 0 || flat.killed !== NONE || flat.calls.length > 0) return false;
  const covered: (readonly [from: number, to: number])[] = [];
  let depth = 0;
  for (let i = 0; i < to; i++) {
    const op = flat.op[i]!;
    const row = ROW[op];
    if (isOpener(op)) depth++;
    else if (op === OPCODE.end || op === OPCODE.endloop) depth--;
    else if (row?.form === "mem" && op !== OPCODE.slotLen && flat.slot[i] === slot) {
      if (row.effect !== "store") return false;
      const stretch = depth === 0 ? storedBy(e, i) : undefined;
      if (stretch !== undefined) covered.push(stretch);
    }
  }
  let end = 0;
  for (const [from, next] of covered.sort((a, b) => a[0] - b[0])) if (from <= end) end = Math.max(end, next);
  return end >= unit.program.slots[slot]!.min;
}

/** The bytes that store i writes, of all waves together, if they have no gaps and no bound moves them. */
function storedBy(e: Emitter, i: number): readonly [from: number, to: number] | undefined {
  const x = accessOf(e, i);
  if (!x.contiguous || x.a === NONE || x.width < 4 || x.mode === MODE.M || x.mode === MODE.T || x.mode === MODE.Z) return undefined;
  const line = lineOf(e.flat, x.a, i, 4);
  if (line === undefined || line.slope !== 4 * x.width || line.start % 4 !== 0) return undefined;
  const end = line.start + e.unit.waves * line.slope;
  if (x.off + end > x.min || (x.mode === MODE.N && end - x.width > x.lim)) return undefined;
  return [x.off + line.start, x.off + end];
}

/** What register `reg` holds before instruction `at`, where it is written once, and before. */
function lineOf(flat: Flat, reg: number, at: number, depth: number): Line | undefined {
  const i = onlyWrite(flat, reg);
  if (i < 0 || i >= at || flat.files[reg] === V || depth === 0 || isInside(flat, i)) return undefined;
  const imm = flat.hi[i]!;
  if (MNEMONIC[flat.op[i]!] === "sys") return imm === 6 ? { slope: 1, start: 0 } : undefined;
  const a = flat.a[i] === NONE ? undefined : lineOf(flat, flat.a[i]!, i, depth - 1);
  if (a === undefined) return undefined;
  if (flat.op[i] === OPCODE.mov) return a;
  if (flat.imm[i] !== 1 || imm < 0 || imm > 0xffff) return undefined;
  switch (MNEMONIC[flat.op[i]!]) {
    case "shl":
      return imm < 16 ? { slope: a.slope * 2 ** imm, start: a.start * 2 ** imm } : undefined;
    case "imul":
      return { slope: a.slope * imm, start: a.start * imm };
    case "iadd":
      return { slope: a.slope, start: a.start + imm };
    default:
      return undefined;
  }
}

/** The one instruction that writes a register; -1 where there are more or none. */
function onlyWrite(flat: Flat, reg: number): number {
  let found = -1;
  for (let i = 0; i < flat.length; i++) {
    const row = ROW[flat.op[i]!];
    const isData = row?.form === "mem" && (flat.b[i] === reg || flat.c[i] === reg || flat.e[i] === reg);
    if (flat.d[i] !== reg && !isData) continue;
    if (found >= 0 || row?.form !== "alu") return -1;
    found = i;
  }
  return found;
}

/** Whether instruction i stands in a construct. */
function isInside(flat: Flat, i: number): boolean {
  let depth = 0;
  for (let k = 0; k < i; k++) {
    if (isOpener(flat.op[k]!)) depth++;
    else if (flat.op[k] === OPCODE.end || flat.op[k] === OPCODE.endloop) depth--;
  }
  return depth > 0;
}
