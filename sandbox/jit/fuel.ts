/** Charges of fuel in emitted code. @see docs/machine.md, Fuel */
import { CAUSE } from "../machine/launch.ts";
import type { Counted } from "./counted.ts";
import type { Emitter } from "./emitter.ts";
import { NONE } from "./flat.ts";
import { I64, type Label } from "./wasm.ts";

/** Ends the launch for want of fuel at word `pc`. */
export function trapFuel(e: Emitter, pc: number): void {
  const c = e.code;
  e.saveForTrap();
  c.i32(CAUSE.fuel);
  c.i32(pc);
  if (e.wave === NONE) c.i32(-1);
  else e.pushWave();
  for (const none of [-1, -1, -1, 0]) c.i32(none);
  c.call(e.unit.trapFunction());
  c.op("unreachable");
}

/** Charges the start of a workgroup. */
export function chargeWorkgroup(e: Emitter, words: number): void {
  const c = e.code;
  c.get(e.fuel);
  c.i64(words);
  c.op("i64.sub");
  c.tee(e.fuel);
  c.i64(0);
  c.op("i64.lt_s");
  c.if();
  trapFuel(e, 0);
  c.end();
}

/** Charges the start of as many workgroups as local `count` says. Where that is too much, `count` is left at those that it is too much for. */
export function chargeWorkgroups(e: Emitter, count: number, words: number): void {
  const c = e.code;
  c.get(e.fuel);
  c.get(count);
  c.op("i64.extend_i32_u");
  c.i64(words);
  c.op("i64.mul");
  c.op("i64.sub");
  c.tee(e.fuel);
  c.i64(0);
  c.op("i64.lt_s");
  c.if();
  c.i32(0);
  c.set(count);
  const top = c.loop();
  c.get(count);
  c.i32(1);
  c.op("i32.add");
  c.set(count);
  c.get(e.fuel);
  c.i64(words);
  c.op("i64.add");
  c.tee(e.fuel);
  c.i64(0);
  c.op("i64.lt_s");
  c.brIf(top);
  c.end();
  trapFuel(e, 0);
  c.end();
}

/** Subtracts `words` times the number of waves here that have an active lane, and leaves 1 if there was enough. */
function charge(e: Emitter, words: number, uniform: boolean): void {
  const c = e.code;
  c.get(e.fuel);
  c.i64(words * e.copies);
  c.op("i64.sub");
  c.set(e.fuel);
  if (!uniform && e.copies > 1) refundIdle(e, () => c.i64(words));
  pushEnough(e);
}

/** Adds `amount` for each wave of a pair that has no active lane: mostly both have one, so that a branch costs less than to count. */
function refundIdle(e: Emitter, amount: () => void): void {
  const c = e.code;
  for (const mask of e.mask.locals) {
    c.get(mask);
    c.simd("i32x4.bitmask");
    c.op("i32.eqz");
    c.if();
    c.get(e.fuel);
    amount();
    c.op("i64.add");
    c.set(e.fuel);
    c.end();
  }
}

function pushEnough(e: Emitter): void {
  e.code.get(e.fuel);
  e.code.i64(0);
  e.code.op("i64.ge_s");
}

/** Charges all turns of a loop that starts now and ends after them. */
export function chargeTurns(e: Emitter, pc: number, words: number, { counter, limit, constant, shift }: Counted, uniform: boolean): void {
  const c = e.code;
  const turns = c.local(I64);
  if (limit === NONE) c.i32(constant);
  else e.push(limit);
  e.push(counter);
  c.op("i32.sub");
  c.op("i64.extend_i32_u");
  if (shift > 0) {
    c.i64(2 ** shift - 1);
    c.op("i64.add");
    c.i64(shift);
    c.op("i64.shr_u");
  }
  c.i64(words);
  c.op("i64.mul");
  c.set(turns);
  c.get(e.fuel);
  c.get(turns);
  if (e.copies > 1) {
    c.i64(e.copies);
    c.op("i64.mul");
  }
  c.op("i64.sub");
  c.set(e.fuel);
  if (!uniform && e.copies > 1) refundIdle(e, () => c.get(turns));
  pushEnough(e);
  c.op("i32.eqz");
  c.if();
  trapFuel(e, pc);
  c.end();
}

/** Charges a repeat of a loop, and repeats it. */
export function chargeLoop(e: Emitter, pc: number, words: number, top: Label, uniform: boolean): void {
  charge(e, words, uniform);
  e.code.brIf(top);
  trapFuel(e, pc);
}

/** Charges a call. */
export function chargeWaves(e: Emitter, pc: number, words: number, uniform: boolean): void {
  charge(e, words, uniform);
  e.code.op("i32.eqz");
  e.code.if();
  trapFuel(e, pc);
  e.code.end();
}
