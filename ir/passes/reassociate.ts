/**
 * Bitwise algebra over several instructions, and sums in the order in which their parts are ready. A sum of five parts of which one takes
 * long is done one addition after that one, where it comes last; in a loop that carries it on, that is the time of a turn. Only integers,
 * which are associative, within a block; only where an intermediate result has no other use.
 */
import { NONE } from "../../support/id.ts";
import { bodies } from "../edit.ts";
import { type BlockId, type FunctionId, forEachOperand, type Module, type Value } from "../module.ts";
import { OP, OP_NAMES, OPS } from "../ops.ts";
import type { Pass } from "../pass.ts";

export const reassociate: Pass = {
  name: "reassociate",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (new Reassociation(m, f).run()) changed = true;
    return changed;
  },
};

const IS_PURE = Uint8Array.from(OP_NAMES, (name) => (OPS[name].effect === "pure" && name !== "Phi" ? 1 : 0));
const IS_CHAINED = Uint8Array.from(OP_NAMES, (name) => (["IAdd", "IMul", "BitwiseAnd", "BitwiseOr", "BitwiseXor"].includes(name) ? 1 : 0));

/** Parts of a sum that are looked at. */
const MAX_PARTS = 16;
/** Instructions that must go from the longest way. Less is not worth another order: later passes know the shape of addresses. */
const MIN_GAIN = 2;

class Reassociation {
  readonly #m: Module;
  readonly #f: FunctionId;
  readonly #uses: Int32Array;
  /** by value: instructions on the longest way to it from what is there at once: constants, loads, phis */
  readonly #depth: Int32Array;
  /** the same of values made here */
  readonly #newDepth = new Map<Value, number>();
  /** by value: the block in which its only use is part of a sum of its own kind */
  readonly #inner: Int32Array;
  #changed = false;

  constructor(m: Module, f: FunctionId) {
    this.#m = m;
    this.#f = f;
    m.budget.charge(m.valueCount * 12);
    this.#uses = m.scratch.i32(m.valueCount);
    this.#depth = m.scratch.i32(m.valueCount);
    this.#inner = m.scratch.i32(m.valueCount, NONE);
  }

  run(): boolean {
    const m = this.#m;
    for (let b = m.functions[this.#f]!.first; b !== NONE; b = m.nextBlock(b)) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) forEachOperand(m, v, (_, operand) => this.#uses[operand]!++);
    }
    for (let b = m.functions[this.#f]!.first; b !== NONE; b = m.nextBlock(b)) this.#block(b);
    return this.#changed;
  }

  #block(b: BlockId): void {
    const m = this.#m;
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      if (m.op(v) === OP.BitwiseXor || m.op(v) === OP.BitwiseOr) this.#choice(v);
      if (IS_CHAINED[m.op(v)] !== 1) continue;
      forEachOperand(m, v, (_, x) => {
        if (m.op(x) === m.op(v) && this.#isSingle(x) && m.blockOf(x) === b) this.#inner[x] = b;
      });
    }
    let next: Value;
    for (let v = m.first(b); v !== NONE; v = next) {
      next = m.next(v);
      if (IS_PURE[m.op(v)] !== 1) continue;
      if (IS_CHAINED[m.op(v)] === 1 && this.#inner[v] !== b && m.types.isScalar(m.type(v))) this.#order(v);
      this.#setDepth(v);
    }
  }

  #isSingle(v: Value): boolean {
    return v < this.#uses.length && this.#uses[v] === 1;
  }
  #depthOf(v: Value): number {
    return v < this.#depth.length ? this.#depth[v]! : (this.#newDepth.get(v) ?? 0);
  }
  #setDepth(v: Value): void {
    const depth = this.#depthOver(v);
    if (v < this.#depth.length) this.#depth[v] = depth;
    else this.#newDepth.set(v, depth);
  }
  #depthOver(v: Value): number {
    let depth = 0;
    forEachOperand(this.#m, v, (_, operand) => {
      depth = Math.max(depth, this.#depthOf(operand) + 1);
    });
    return depth;
  }

  /** (x & y) ^ (~x & z), which takes bits of y or z, is z ^ (x & (y ^ z)); (x & y) ^ (x & z) is x & (y ^ z). The same of |. */
  #choice(v: Value): void {
    const m = this.#m;
    const p = m.operand(v, 0);
    const q = m.operand(v, 1);
    if (m.op(p) !== OP.BitwiseAnd || m.op(q) !== OP.BitwiseAnd || !this.#isSingle(p) || !this.#isSingle(q)) return;
    for (const i of [0, 1]) {
      for (const j of [0, 1]) {
        const x = m.operand(p, i);
        const n = m.operand(q, j);
        const y = m.operand(p, 1 - i);
        const z = m.operand(q, 1 - j);
        let made: Value = NONE as Value;
        if (x === n) made = this.#become(v, OP.BitwiseAnd, x, this.#new(v, m.op(v), y, z));
        else if (m.op(n) === OP.Not && m.operand(n, 0) === x) made = this.#bits(v, x, y, z);
        else if (m.op(x) === OP.Not && m.operand(x, 0) === n) made = this.#bits(v, n, z, y);
        if (made === NONE) continue;
        m.remove(p);
        m.remove(q);
        this.#changed = true;
        return;
      }
    }
  }
  #bits(v: Value, x: Value, y: Value, z: Value): Value {
    if (z < this.#uses.length) this.#uses[z]!++; // so that no sum takes it for its own
    return this.#become(v, OP.BitwiseXor, z, this.#new(v, OP.BitwiseAnd, x, this.#new(v, OP.BitwiseXor, y, z)));
  }
  #become(v: Value, op: number, x: Value, y: Value): Value {
    this.#m.rewrite(v, OP_NAMES[op]!, this.#m.type(v), [x, y]);
    return v;
  }
  #new(at: Value, op: number, x: Value, y: Value): Value {
    return this.#m.insertBefore(at, OP_NAMES[op]!, this.#m.type(at), [x, y]);
  }

  /** Puts the parts of the sum `v` in the order of their depth, if that makes the way to it shorter. */
  #order(v: Value): void {
    const m = this.#m;
    const inner: Value[] = [];
    const parts: Value[] = [];
    const open: Value[] = [v];
    while (open.length > 0) {
      const x = open.pop()!;
      for (const i of [1, 0]) {
        const operand = m.operand(x, i);
        if (operand < this.#inner.length && operand >= 0 && this.#inner[operand] === m.blockOf(v) && m.op(operand) === m.op(v)) {
          inner.push(operand);
          open.push(operand);
        } else parts.push(operand);
      }
      if (parts.length > MAX_PARTS) return;
    }
    if (inner.length === 0) return;
    const sorted = parts.map((part, i) => ({ part, i, depth: this.#depthOf(part) })).sort((p, q) => p.depth - q.depth || q.i - p.i);
    let depth = sorted[0]!.depth;
    for (const { depth: d } of sorted.slice(1)) depth = Math.max(depth, d) + 1;
    if (this.#depthOver(v) - depth < MIN_GAIN) return;
    let sum = sorted[0]!.part;
    for (const { part } of sorted.slice(1, -1)) {
      sum = this.#new(v, m.op(v), sum, part);
      this.#setDepth(sum);
    }
    m.setArg(v, 0, sum);
    m.setArg(v, 1, sorted.at(-1)!.part);
    for (const x of inner) m.remove(x);
    this.#changed = true;
  }
}
