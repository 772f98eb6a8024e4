/** Charges of fuel in emitted code. @see docs/machine.md, Fuel */
import { CAUSE } from "../machine/launch.ts";
import type { Emitter } from "./emitter.ts";
import { NONE } from "./flat.ts";
import type { Label } from "./wasm.ts";

/** Ends the launch for want of fuel at word `pc`. */
export function trapFuel(e: Emitter, pc: number): void {
  const c = e.code;
  c.i32(CAUSE.fuel);
  c.i32(pc);
  if (e.wave === NONE) c.i32(-1);
  else e.pushWave();
  for (const none of [-1, -1, -1, 0]) c.i32(none);
  c.call(e.unit.trapFunction());
  c.op("unreachable");
}

/** Subtracts `words` times the number of waves here that have an active lane, and leaves 1 if there was enough. */
function charge(e: Emitter, words: number, uniform: boolean): void {
  const c = e.code;
  c.get(e.fuel);
  if (e.copies === 1 || uniform) c.i64(words * e.copies);
  else {
    c.i64(words);
    for (let k = 0; k < e.copies; k++) {
      c.get(e.mask.locals[k]!);
      c.simd("v128.any_true");
      if (k > 0) c.op("i32.add");
    }
    c.op("i64.extend_i32_u");
    c.op("i64.mul");
  }
  c.op("i64.sub");
  c.tee(e.fuel);
  c.i64(0);
  c.op("i64.ge_s");
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
