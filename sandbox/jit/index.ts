/** The fast tier: verified code to WebAssembly SIMD. The reference machine (`sandbox/machine`) says what must come out of it. */
import type { Launch, Outcome } from "../machine/launch.ts";
import { Token } from "../verifier/token.ts";
import { emitCallees } from "./callee.ts";
import { emitEntry } from "./entry.ts";
import { callGraph } from "./expand.ts";
import { engineModule, Runtime, runFacts, type WorkgroupRange } from "./runtime.ts";
import { type Options, Unit } from "./unit.ts";

export { JitLimit } from "./limit.ts";
export { JitAlarm, type RunFacts, Runtime, type WorkgroupRange } from "./runtime.ts";
export type { Options as JitOptions } from "./unit.ts";

/** A compiled program. Keep it: its module and instances are made once. */
export interface JitProgram {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** bytes of `Launch.save` it needs, a multiple of 16 */
  readonly saveBytes: number;
  /** its module and facts may be handed to other threads of the kernel */
  readonly runtime: Runtime;
  /**
   * Runs a launch, or some of its workgroups in ascending order, to the end. Changes `launch.fuel`.
   * @throws JitAlarm on what must not happen
   */
  run(launch: Launch, range?: WorkgroupRange): Outcome;
}

/** @throws JitLimit when the code is too large for an engine */
export function compileProgram(token: Token, options: Options): JitProgram {
  const program = Token.program(token);
  const [x, y, z] = program.workgroupSize;
  const graph = callGraph(program, Math.ceil((x * y * z) / 4));
  const unit = new Unit(program, graph, options);
  const saveBytes = emitEntry(unit);
  emitCallees(unit);
  unit.bindFunction();
  const wasm = unit.module.finish();
  const runtime = new Runtime(runFacts(program, saveBytes), engineModule(wasm));
  return { wasm, saveBytes, runtime, run: (launch, range) => runtime.run(launch, range) };
}
