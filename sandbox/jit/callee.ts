/** Code of functions that are called. The other side of calls.ts. */
import { TWICE_WORDS, Walk } from "./control.ts";
import { Emitter } from "./emitter.ts";
import { expand } from "./expand.ts";
import { NONE } from "./flat.ts";
import { liveness } from "./liveness.ts";
import { splitNames } from "./split.ts";
import type { Unit } from "./unit.ts";

const [EXEC, WAVE, FIRST] = [0, 1, 2] as const;

/** Gives every function that a call named its code, and those that these call. */
export function emitCallees(unit: Unit): void {
  for (let f = unit.wanted.pop(); f !== undefined; f = unit.wanted.pop()) emitCallee(unit, f);
}

function emitCallee(unit: Unit, f: number): void {
  const flat = expand(unit.program, unit.graph, f);
  splitNames(flat, true);
  const live = liveness(flat, new Uint8Array(flat.length + 1), false, true);
  const parameters = [...(flat.killed === NONE ? [] : [flat.killed]), ...flat.args.v, ...flat.args.w, ...flat.args.g];
  const e = new Emitter(unit, flat, live, FIRST + parameters.length);
  parameters.forEach((reg, k) => {
    e.place(reg, FIRST + k);
  });
  e.mask = { full: false, locals: [EXEC] };
  e.wave = WAVE;
  e.killed = flat.killed;
  e.loadFuel();
  e.enterWave(0, flat.length);
  e.landing = e.code.block();
  new Walk(e, flat.length, TWICE_WORDS).run(0);
  e.code.end();
  e.saveFuel();
  for (const reg of flat.results) e.push(reg);
  if (flat.killed !== NONE) e.push(flat.killed);
  e.finish(unit.functions[f]!);
}
