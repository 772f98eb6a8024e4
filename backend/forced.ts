/**
 * Which constructs must be of kind g because the machine has them so: those that contain a barrier, those that a jump out of such a one
 * crosses, and all around a `ret` that a barrier may follow.
 */
import { type BlockId, EFFECTS, type Module, type Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { NONE } from "../support/id.ts";
import { ITEM, type Shape } from "./structure.ts";

export class Forced {
  readonly shape: Shape;
  /** by construct: 1 where it must be g */
  readonly construct: Uint8Array;
  /** whether there is a barrier at all */
  readonly hasBarrier: boolean;
  readonly #rets: Uint8Array;

  /** @param callsSync whether a call is one of a function that waits at a barrier */
  constructor(m: Module, shape: Shape, callsSync: (call: Value) => boolean) {
    this.shape = shape;
    this.construct = new Uint8Array(shape.constructCount);
    this.#rets = new Uint8Array(shape.itemCount);
    /** by item: how many before it wait */
    const syncs = new Int32Array(shape.itemCount + 1);
    for (let i = 0; i < shape.itemCount; i++) {
      const waits = shape.kind.get(i) === ITEM.code && hasSync(m, shape.a.get(i) as BlockId, callsSync);
      syncs[i + 1] = syncs[i]! + (waits ? 1 : 0);
      if (waits) this.#up(shape.around.get(i), NONE);
    }
    this.hasBarrier = syncs[shape.itemCount]! > 0;
    if (!this.hasBarrier) return;
    for (let i = 0; i < shape.itemCount; i++) if (shape.kind.get(i) === ITEM.ret && mayWaitBehind(shape, i, syncs)) this.#ret(i);
    this.#spread();
  }

  /** Whether the condition of an if, brk or ret must be g. */
  isForced(item: number): boolean {
    if (!this.hasBarrier) return false;
    const kind = this.shape.kind.get(item);
    if (kind === ITEM.ret) return this.#rets[item] === 1;
    return this.construct[this.shape.a.get(item)] === 1;
  }

  /** Marks constructs from `c` outwards to below `top`; stops at marked ones, around which all is marked when top is NONE. */
  #up(c: number, top: number): void {
    for (let at = c; at !== top && at !== NONE; at = this.shape.parent.get(at)) this.construct[at] = 1;
  }
  #ret(item: number): void {
    this.#rets[item] = 1;
    this.#up(this.shape.around.get(item), NONE);
  }
  /** Jumps out of forced constructs force what they cross, until nothing changes. */
  #spread(): void {
    const { shape } = this;
    for (let changed = true; changed; ) {
      changed = false;
      for (let i = 0; i < shape.itemCount; i++) {
        if (shape.kind.get(i) !== ITEM.brk) continue;
        const target = shape.a.get(i);
        if (this.construct[target] === 0) continue;
        for (let c = shape.around.get(i); c !== target; c = shape.parent.get(c)) {
          if (this.construct[c] === 1) continue;
          this.construct[c] = 1;
          changed = true;
        }
      }
    }
  }
}

function mayWaitBehind(shape: Shape, item: number, syncs: Int32Array): boolean {
  for (const [, from, to] of shape.behind(item)) if (syncs[to]! > syncs[from]!) return true;
  return false;
}

function hasSync(m: Module, b: BlockId, callsSync: (call: Value) => boolean): boolean {
  for (let v = m.first(b); v !== NONE; v = m.next(v)) {
    if (m.op(v) === OP.FunctionCall ? callsSync(v) : EFFECTS[m.op(v)] === "sync") return true;
  }
  return false;
}
