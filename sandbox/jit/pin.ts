/**
 * Values that a loop reads and does not change, kept from being worked out anew in each turn: an engine's scheduler does that with all that is
 * used behind an exit of the loop only, and fuel and masks are exits. A value that comes from one of two places is computed before them.
 * Mandelbrot takes half the time with this.
 */
import type { Emitter } from "./emitter.ts";
import { type Flat, NONE, OPCODE, ROW, V } from "./flat.ts";

/**
 * To be called before loop i, whose code follows.
 * @param pinned registers that loops around it have pinned; those of this one are added
 * @returns those of this one
 */
export function pin(e: Emitter, i: number, pinned: Set<number>): readonly number[] {
  const { flat, code } = e;
  const added = invariants(flat, i).filter((reg) => !pinned.has(reg) && !e.kept.has(reg));
  if (added.length === 0) return added;
  // fuel is never below zero here, which the engine does not know
  code.get(e.fuel);
  code.i64(-1);
  code.op("i64.lt_s");
  code.if();
  for (const reg of added) {
    pinned.add(reg);
    e.each(() => {
      if (flat.files[reg] === V) code.splat(0);
      else code.i32(0);
      e.setReg(reg);
    });
  }
  code.end();
  return added;
}

/** Registers that loop i reads and does not write, but for those that calls read. */
function invariants(flat: Flat, i: number): number[] {
  const end = flat.match[i]!;
  const read = new Set<number>();
  const written = new Set([NONE, flat.killed]);
  for (let k = i + 1; k < end; k++) {
    const row = ROW[flat.op[k]!];
    const isMem = row?.form === "mem";
    const data = [flat.d[k]!, ...(isMem ? [flat.b[k]!, flat.c[k]!, flat.e[k]!] : [])];
    const sources = isMem ? [flat.a[k]!] : [flat.a[k]!, flat.b[k]!, flat.c[k]!];
    for (const reg of sources) read.add(reg);
    // an atomic does both
    if (row?.effect === "store" || row?.effect === "atomic") for (const reg of data) read.add(reg);
    if (row?.effect !== "store") for (const reg of data) written.add(reg);
    const site = flat.calls[flat.hi[k]!];
    if (flat.op[k] === OPCODE.call) for (const reg of site?.results ?? []) written.add(reg);
  }
  return [...read].filter((reg) => !written.has(reg));
}
