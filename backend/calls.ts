/**
 * The functions of a module as the machine has them: in an order in which calls go to later ones, each with what its callers agree on. Arguments
 * come in v registers, one scalar result goes out in v0 (docs/machine.md, "Calls"). A function that waits at a barrier, or calls one that does, is
 * called in uniform flow; any other may be called where lanes have parted, and so writes no g register.
 */
import { Cfg } from "../ir/analysis/cfg.ts";
import { EFFECTS, type FunctionId, type Module, type Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { MAX_CALL_DEPTH } from "../sandbox/isa/table.ts";
import { Limit } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { UNSET } from "./affine.ts";

/** Functions of an object. */
const MAX_FUNCTIONS = 4096;

export interface Callable {
  readonly f: FunctionId;
  readonly name: string;
  readonly cfg: Cfg;
  /** place in the object; 0 is the entry point */
  readonly number: number;
  readonly params: readonly Value[];
  readonly hasResult: boolean;
  /** whether it, or what it calls, waits at a barrier */
  readonly sync: boolean;
  /** by parameter: greatest class of its arguments, known when all callers have been compiled */
  readonly classes: Int8Array;
}

/** Entry point first, callers before the functions they call. */
export function orderFunctions(m: Module): readonly Callable[] {
  const order = calleesFirst(m).reverse();
  if (order.length > MAX_FUNCTIONS) throw new Limit("functions in machine code", order.length, MAX_FUNCTIONS);
  checkDepth(m, order);
  const sync = new Uint8Array(m.functions.length);
  for (const f of order.slice().reverse()) {
    forEachInstruction(m, f, (v) => {
      if (isSync(m, v, sync)) sync[f] = 1;
    });
  }
  const index = new Int32Array(m.blockCount); // of blocks in their functions, so that all graphs may share it
  return order.map((f, number) => {
    const fn = m.functions[f]!;
    return {
      f,
      name: fn.name,
      cfg: new Cfg(m, f, index),
      number,
      params: fn.params,
      hasResult: fn.returnType !== m.types.void,
      sync: sync[f] === 1,
      classes: new Int8Array(fn.params.length).fill(UNSET),
    };
  });
}

function checkDepth(m: Module, order: readonly FunctionId[]): void {
  const depth = new Int32Array(m.functions.length);
  for (const f of order) {
    for (const callee of calleesOf(m, f)) depth[callee] = Math.max(depth[callee]!, depth[f]! + 1);
    if (depth[f]! > MAX_CALL_DEPTH) throw new Limit("depth of calls", depth[f]!, MAX_CALL_DEPTH);
  }
}

function isSync(m: Module, v: Value, sync: Uint8Array): boolean {
  return m.op(v) === OP.FunctionCall ? sync[m.arg(v, 0)] === 1 : EFFECTS[m.op(v)] === "sync";
}

/** Depth first without recursion. */
function calleesFirst(m: Module): FunctionId[] {
  const out: FunctionId[] = [];
  const seen = new Uint8Array(m.functions.length);
  const entry = m.entry!.func;
  const stack = [{ f: entry, callees: calleesOf(m, entry) }];
  seen[entry] = 1;
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const callee = top.callees.pop();
    if (callee === undefined) {
      out.push(top.f);
      stack.pop();
    } else if (seen[callee] === 0) {
      seen[callee] = 1;
      stack.push({ f: callee, callees: calleesOf(m, callee) });
    }
  }
  return out;
}
function calleesOf(m: Module, f: FunctionId): FunctionId[] {
  const out: FunctionId[] = [];
  forEachInstruction(m, f, (v) => {
    if (m.op(v) === OP.FunctionCall) out.push(m.arg(v, 0) as FunctionId);
  });
  return out;
}
function forEachInstruction(m: Module, f: FunctionId, visit: (v: Value) => void): void {
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) for (let v = m.first(b); v !== NONE; v = m.next(v)) visit(v);
}
