/**
 * Which v registers of a stretch are kept in the save area instead of in locals. An engine's register allocator does badly where a loop has
 * many more live vectors than the processor has registers: it spills in the middle of expressions, and V8's scheduler, which moves all of a
 * block's arithmetic to its end, makes that worse. Values that a turn of the loop reads and writes once, sums mostly, are better off in
 * memory.
 */
import { type Flat, NONE, OPCODE, ROW, V } from "./flat.ts";
import { has, type Liveness } from "./liveness.ts";

/** More v registers live at once than this are too many; so many fit. */
const MAX_LIVE = 24;
const FIT = 18;
/** Accesses in a turn of the loop at which memory still is no worse. */
const MAX_ACCESSES = 2;

/** @returns the registers to keep in memory */
export function keptIn(flat: Flat, live: Liveness, from: number, to: number): Set<number> {
  const kept = new Set<number>();
  for (let i = from; i < to; i++) {
    if (flat.op[i] !== OPCODE.loop) continue;
    const pressure = live.pressure.get(i) ?? 0;
    const end = flat.match[i]!;
    if (pressure <= MAX_LIVE || hasLoop(flat, i + 1, end)) continue;
    const accesses = countAccesses(flat, i, end);
    const head = live.heads.get(i)!;
    const candidates: number[] = [];
    for (let reg = 0; reg < flat.registers; reg++) {
      if (flat.files[reg] === V && reg !== flat.killed && has(head, reg) && accesses[reg]! <= MAX_ACCESSES) candidates.push(reg);
    }
    candidates.sort((a, b) => accesses[a]! - accesses[b]!);
    for (const reg of candidates.slice(0, pressure - FIT)) kept.add(reg);
  }
  return kept;
}

function hasLoop(flat: Flat, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (flat.op[i] === OPCODE.loop) return true;
  return false;
}

/** How often each register is named in [from, to). */
function countAccesses(flat: Flat, from: number, to: number): Uint32Array {
  const counts = new Uint32Array(flat.registers);
  const count = (reg: number) => {
    if (reg !== NONE) counts[reg]!++;
  };
  for (let i = from; i < to; i++) {
    if (ROW[flat.op[i]!]?.form === "mem") count(flat.e[i]!);
    for (const reg of [flat.d[i]!, flat.a[i]!, flat.b[i]!, flat.c[i]!]) count(reg);
  }
  return counts;
}
