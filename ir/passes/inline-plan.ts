/**
 * Which functions stay functions. All are inlined if the whole stays within the budget. Else, from the callees up: one that is small, or called
 * from one place only, is inlined, and so is one whose copies the rest of the budget pays for. What inlining makes of a function counts as its
 * size, so functions that each call the next twice grow until they stay calls, and the program stays linear in its text.
 *
 * A function that waits at a barrier and returns early stays: inlined, its returns would leave a construct around the barrier, where lanes
 * must not part; of a function, those that return behind its last barrier may.
 */
import { Ice } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { EFFECTS, type FunctionId, type Module, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import { TYPE_KIND, type TypeId } from "../types.ts";
import { isPassable } from "./lower-calls.ts";

/** Scalar operations, about 30 KB of WebAssembly: a call there costs what six small functions do. */
const BUDGET = 3000;
/** Scalar operations of a function that is no larger than the call. */
const SMALL = 24;
/** Calls that may nest, of the 64 that the machine allows. */
const MAX_HEIGHT = 60;
/** Functions that may stay: each may become several, of the 4,096 that an object may have, and each costs the size of the whole in columns. */
const MAX_KEPT = 256;

/** @returns by function: 1 where calls of it stay. @param budget 0: of all that can, undefined: as it serves best */
export function planCalls(m: Module, budget: number = BUDGET): Uint8Array {
  const graph = new Graph(m);
  for (let small = budget === 0 ? 0 : SMALL; ; small = Math.max(2 * small, SMALL)) {
    const plan = graph.plan(budget, small, budget === 0 && small === 0);
    if ((plan.height <= MAX_HEIGHT && plan.count <= MAX_KEPT) || small > 2 ** 24) return plan.kept;
  }
}

interface Plan {
  readonly kept: Uint8Array;
  readonly count: number;
  readonly height: number;
}

class Graph {
  readonly #m: Module;
  /** functions that the entry point reaches, callees before their callers; the entry point is last */
  readonly #order: FunctionId[] = [];
  /** by function: the function of each call in it */
  readonly #callees: (readonly FunctionId[])[] = [];
  readonly #size: number[] = [];
  readonly #sites: Int32Array;
  /** by function: 1 where it has a parameter that cannot be passed */
  readonly #mustInline: Uint8Array;
  /** by function: 1 where it, or a callee, waits at a barrier; 1 where it returns early */
  readonly #sync: Uint8Array;
  readonly #returnsEarly: Uint8Array;

  constructor(m: Module) {
    this.#m = m;
    this.#sites = new Int32Array(m.functions.length);
    this.#mustInline = new Uint8Array(m.functions.length);
    this.#sync = new Uint8Array(m.functions.length);
    this.#returnsEarly = new Uint8Array(m.functions.length);
    this.#reach(m.entry!.func);
  }

  /** Depth first without recursion. */
  #reach(entry: FunctionId): void {
    const OPEN = 1;
    const DONE = 2;
    const state = new Uint8Array(this.#m.functions.length);
    const stack: { readonly f: FunctionId; next: number }[] = [{ f: entry, next: 0 }];
    this.#read(entry);
    state[entry] = OPEN;
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const callee = this.#callees[top.f]![top.next++];
      if (callee === undefined) {
        state[top.f] = DONE;
        this.#order.push(top.f);
        for (const c of this.#callees[top.f]!) this.#sync[top.f]! |= this.#sync[c]!;
        stack.pop();
        continue;
      }
      this.#sites[callee]!++;
      if (state[callee] === OPEN) throw new Ice("a function calls itself");
      if (state[callee] === DONE) continue;
      this.#read(callee);
      state[callee] = OPEN;
      stack.push({ f: callee, next: 0 });
    }
  }
  #read(f: FunctionId): void {
    const m = this.#m;
    const callees: FunctionId[] = [];
    let size = 0;
    let returns = 0;
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        size += this.#weight(v);
        const op = m.op(v);
        if (op === OP.FunctionCall) callees.push(m.arg(v, 0) as FunctionId);
        else if (op === OP.Return || op === OP.ReturnValue) returns++;
        else if (EFFECTS[op] === "sync") this.#sync[f] = 1;
      }
    }
    const end = m.op(m.last(m.functions[f]!.last));
    if (returns > 1 || (end !== OP.Return && end !== OP.ReturnValue)) this.#returnsEarly[f] = 1;
    this.#callees[f] = callees;
    this.#size[f] = size;
    if (!m.functions[f]!.params.every((p) => isPassable(m, m.type(p)))) this.#mustInline[f] = 1;
  }
  /** Scalar operations that an instruction becomes, roughly. */
  #weight(v: Value): number {
    const op = this.#m.op(v);
    if (op === OP.Variable || op === OP.AccessChain || op === OP.CompositeExtract || op === OP.CompositeConstruct) return 0;
    const columns = op === OP.MatrixTimesVector || op === OP.VectorTimesMatrix || op === OP.MatrixTimesMatrix ? 3 : 1;
    return columns * this.#scalars(this.#m.type(v));
  }
  #scalars(type: TypeId): number {
    const { types } = this.#m;
    const kind = types.kind(type);
    if (kind === TYPE_KIND.Vector) return types.length(type);
    return kind === TYPE_KIND.Matrix ? types.length(type) * types.length(types.element(type)) : 1;
  }

  /** @param all whether every function stays that can */
  plan(budget: number, small: number, all: boolean): Plan {
    const n = this.#m.functions.length;
    const entry = this.#m.entry!.func;
    const kept = new Uint8Array(n);
    const mustStay = (f: FunctionId) => this.#sync[f] === 1 && this.#returnsEarly[f] === 1;
    const whole = this.#expanded(kept);
    if (!all && whole[entry]! <= budget && !this.#order.some(mustStay)) return { kept, count: 0, height: 0 };
    const expanded = new Float64Array(n);
    const height = new Int32Array(n);
    let left = budget;
    let count = 0;
    for (const f of this.#order) {
      let size = this.#size[f]!;
      for (const c of this.#callees[f]!) {
        if (kept[c] !== 1) size += expanded[c]!;
        height[f] = Math.max(height[f]!, height[c]! + kept[c]!);
      }
      expanded[f] = size;
      if (f === entry || this.#mustInline[f] === 1) continue;
      const stays = all || mustStay(f);
      if (!stays && (size <= small || this.#sites[f] === 1)) continue;
      const growth = size * (this.#sites[f]! - 1);
      if (!stays && growth <= left) left -= growth;
      else {
        kept[f] = 1;
        count++;
      }
    }
    return { kept, count, height: height[entry]! };
  }
  /** Sizes when calls of kept functions stay. */
  #expanded(kept: Uint8Array): Float64Array {
    const out = new Float64Array(this.#m.functions.length);
    for (const f of this.#order) {
      out[f] = this.#size[f]!;
      for (const c of this.#callees[f]!) if (kept[c] !== 1) out[f]! += out[c]!;
    }
    return out;
  }
}
