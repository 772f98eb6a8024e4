/**
 * Makes a program for one invocation one for many, in backend form: every invocation reads a stretch of `input` of its own and writes one of
 * `output`, so that conditions differ from lane to lane, and no invocation sees another.
 */
import type { Module, Value } from "../../ir/module.ts";
import { OP } from "../../ir/ops.ts";
import { STORAGE } from "../../ir/types.ts";
import { NONE } from "../../support/id.ts";

/** @param strides bytes of one invocation's stretch, by variable name */
export function spread(m: Module, size: readonly [number, number, number], strides: Readonly<Record<string, number>>): void {
  const { types } = m;
  m.entry = { ...m.entry!, workgroupSize: size };
  const u32x3 = types.vector(types.u32, 3);
  const builtin = (name: string) =>
    m.addGlobal(types.pointer(STORAGE.Input, u32x3), { name, builtin: name, group: NONE, binding: NONE, writable: false, location: NONE });
  const gid = builtin("global_invocation_id");
  const groups = builtin("num_workgroups");
  const block = m.functions[m.entry.func]!.first;
  let at = m.first(block);
  while (m.op(at) === OP.Variable) at = m.next(at);
  const part = (v: Value, i: number) => m.insertBefore(at, "SpanLoad", types.u32, [v, m.u32(4 * i), 0, 12]);
  const emit = (op: "IMul" | "IAdd", a: Value, b: Value) => m.insertBefore(at, op, types.u32, [a, b]);
  const width = emit("IMul", part(groups, 0), m.u32(size[0]));
  const height = emit("IMul", part(groups, 1), m.u32(size[1]));
  const row = emit("IAdd", emit("IMul", part(gid, 2), height), part(gid, 1));
  const index = emit("IAdd", emit("IMul", row, width), part(gid, 0));
  const accesses: Value[] = [];
  for (let b = block; b !== NONE; b = m.nextBlock(b)) {
    for (let v = m.first(b); v !== NONE; v = m.next(v)) if (m.op(v) === OP.SpanLoad || m.op(v) === OP.SpanStore) accesses.push(v);
  }
  for (const g of m.globals) {
    const stride = strides[g.name];
    if (stride === undefined) continue;
    const first = emit("IMul", index, m.u32(stride));
    for (const v of accesses) {
      if (m.operand(v, 0) !== g.value) continue;
      const start = m.op(v) === OP.SpanStore ? 3 : 2;
      const inside = m.insertBefore(v, "IAdd", types.u32, [m.operand(v, 1), m.u32(m.arg(v, start))]);
      m.setArg(v, 1, m.insertBefore(v, "IAdd", types.u32, [inside, first]));
      m.setArg(v, start, 0);
      m.setArg(v, start + 1, 0);
    }
  }
}
