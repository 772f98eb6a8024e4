/**
 * Runs the IR of a whole dispatch: one invocation after the other, each as far as the next barrier, with the plain arithmetic of the IR's
 * interpreter. Workgroup memory is new and zero for each workgroup. What programs race for is not defined, so tests do not race.
 */
import type { BlockId, Module, Value } from "../../ir/module.ts";
import { OP, OPS } from "../../ir/ops.ts";
import { STORAGE } from "../../ir/types.ts";
import { type Data, Interpreter } from "../ir/interp.ts";

export interface Dispatch {
  /** bytes by name of the variable */
  readonly buffers: ReadonlyMap<string, Uint8Array>;
  readonly grid: readonly [number, number, number];
}

export function runDispatch(m: Module, d: Dispatch): void {
  const [gx, gy, gz] = d.grid;
  for (let z = 0; z < gz; z++) for (let y = 0; y < gy; y++) for (let x = 0; x < gx; x++) runWorkgroup(m, d, [x, y, z]);
}

function runWorkgroup(m: Module, d: Dispatch, workgroup: readonly number[]): void {
  const [sx, sy, sz] = m.entry!.workgroupSize;
  const buffers = new Map(d.buffers);
  for (const g of m.globals) {
    if (m.types.storage(m.type(g.value)) === STORAGE.Workgroup)
      buffers.set(g.name, new Uint8Array(m.types.sizeBytes(m.types.pointee(m.type(g.value))) + 3));
  }
  const threads: Generator<void>[] = [];
  for (let i = 0; i < sx * sy * sz; i++) {
    const local = [i % sx, Math.floor(i / sx) % sy, Math.floor(i / (sx * sy))];
    const inputs = new Map<string, readonly number[]>([
      ["local_invocation_index", [i]],
      ["local_invocation_id", local],
      ["workgroup_id", workgroup],
      ["num_workgroups", d.grid],
      ["global_invocation_id", [0, 1, 2].map((a) => workgroup[a]! * [sx, sy, sz][a]! + local[a]!)],
      ["subgroup_size", [4]],
      ["subgroup_invocation_id", [i & 3]],
    ]);
    threads.push(thread(m, new Interpreter(m, { buffers, inputs, fuel: 1e6 })));
  }
  for (let running = threads; running.length > 0; ) running = running.filter((t) => t.next().done !== true);
}

/** One invocation; yields at barriers. */
function* thread(m: Module, it: Interpreter): Generator<void> {
  const values = new Map<Value, Data>();
  let block = m.functions[m.entry!.func]!.first;
  let from = -1 as BlockId;
  for (;;) {
    let v = m.first(block);
    const phis: [Value, Data][] = [];
    for (; m.op(v) === OP.Phi; v = m.next(v)) phis.push([v, it.phi(v, from, values)]);
    for (const [p, data] of phis) values.set(p, data);
    let next = -1 as BlockId;
    for (; v !== -1; v = m.next(v)) {
      if (--it.fuel < 0) throw new Error("out of fuel");
      const name = m.opName(v);
      const arg = (i: number) => it.value(m.operand(v, i), values);
      if (name === "Branch") next = m.arg(v, 0) as BlockId;
      else if (name === "BranchConditional") next = m.arg(v, arg(0) !== 0 ? 1 : 2) as BlockId;
      else if (name === "Switch") next = it.switchTo(v, arg(0) as number);
      else if (name === "Return") return;
      else if (name !== "Variable") {
        if (OPS[name].effect === "sync") yield;
        values.set(v, it.instruction(v, name, arg));
        if (name === "SpanUniformLoad") yield;
      } else if (m.argCount(v) > 1) it.write({ variable: v, offset: 0 }, m.types.pointee(m.type(v)), arg(1));
    }
    from = block;
    block = next;
  }
}
