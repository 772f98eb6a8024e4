/**
 * Calls that are not inlined. A callee is a function (exec, wave, killed where lanes can be discarded, v.., w.., g..) to its v results and
 * killed. Fuel goes through a global, workgroup ids and slots too.
 */
import type { Emitter } from "./emitter.ts";
import { NONE } from "./flat.ts";
import { chargeWaves } from "./fuel.ts";
import type { Unit } from "./unit.ts";
import { I32, V128 } from "./wasm.ts";

/** Emits call instruction i. */
export function emitCall(e: Emitter, i: number): void {
  const { flat, code, unit } = e;
  const site = flat.calls[flat.hi[i]!]!;
  const info = unit.program.functions[site.callee]!;
  const fn = unit.callee(site.callee, () => declareCallee(unit, site.callee));
  chargeWaves(e, flat.pc[i]!, info.count, e.mask.full);
  e.saveFuel();
  e.each(() => {
    e.exec();
    e.pushWave();
    if (e.killed !== NONE) e.push(e.killed);
    for (const list of [site.v, site.w, site.g]) for (const reg of list) e.push(reg);
    code.call(fn);
    if (e.killed !== NONE) e.setReg(e.killed);
    for (let k = site.results.length - 1; k >= 0; k--) e.setReg(site.results[k]!);
  });
  e.loadFuel();
  for (const reg of site.results) e.learn(reg, 0, 0);
}

function declareCallee(unit: Unit, f: number): number {
  const { vArgs, wArgs, gArgs, vResults } = unit.program.functions[f]!;
  const killed = unit.hasDiscard ? [V128] : [];
  const vectors = (n: number) => new Array(n).fill(V128);
  return unit.module.declare(
    [V128, I32, ...killed, ...vectors(vArgs), ...new Array(wArgs + gArgs).fill(I32)],
    [...vectors(vResults), ...killed],
  );
}
