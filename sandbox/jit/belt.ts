/**
 * The belt build: what an access word or the jit itself has shown is checked all the same, in front of the access. A proof that does not
 * hold is an alarm, as in the reference machine. Results are equal to the lean build's, which is what ships.
 */
import { MODE, PERM } from "../isa/modes.ts";
import { type Access, pushBoundedV } from "./bounds.ts";
import type { Emitter } from "./emitter.ts";
import { NONE, ROW } from "./flat.ts";
import { CAUSE_PROOF } from "./unit.ts";

export function checkProof(e: Emitter, x: Access): void {
  const effect = ROW[e.flat.op[x.i]!]!.effect;
  const need = effect === "atomic" ? PERM.atomic : effect === "store" ? PERM.write : PERM.read;
  if ((e.unit.program.slots[x.slot]!.permissions & need) === 0) alarm(e, x);
  else if (x.mode === MODE.K) check(e, x, x.off + x.width * (x.contiguous ? 4 : 1));
  else if (x.mode === MODE.C) check(e, x, x.width);
  else if (x.mode === MODE.N || x.mode === MODE.M) e.each(() => checkLanes(e, x));
}

/** The slot has at least so many bytes. */
function check(e: Emitter, x: Access, bytes: number): void {
  e.code.get(e.limit(x.slot, bytes));
  e.code.op("i32.eqz");
  e.code.if();
  alarm(e, x);
  e.code.end();
}

/** Bounded offsets of all lanes, active or not, end inside the region. */
function checkLanes(e: Emitter, x: Access): void {
  const c = e.code;
  const offsets = () => {
    if (x.a === NONE) c.splat(0);
    else e.pushV(x.a);
    if (!x.contiguous) return;
    c.v128(0, x.width, 2 * x.width, 3 * x.width);
    c.simd("i32x4.add");
  };
  pushBoundedV(e, x, offsets);
  c.get(e.limitV(x.slot, x.off + x.width));
  c.simd("i32x4.lt_u");
  c.simd("i32x4.bitmask");
  c.i32(15);
  c.op("i32.ne");
  c.if();
  alarm(e, x);
  c.end();
}

function alarm(e: Emitter, x: Access): void {
  const c = e.code;
  e.saveForTrap();
  c.i32(CAUSE_PROOF);
  c.i32(e.flat.pc[x.i]!);
  e.pushWave();
  for (const n of [-1, x.slot, x.off, 0]) c.i32(n);
  c.call(e.unit.trapFunction());
  c.op("unreachable");
}
