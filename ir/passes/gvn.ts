/**
 * Global value numbering: an operation that computes what one on the dominator path has computed uses that one. One walk of the dominator
 * tree with one hash table; entries of subtrees that have been left are replaced when they are met. Loads count where memory is read-only.
 */
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { Dominators } from "../analysis/dominators.ts";
import { ReadOnlyMemory } from "../analysis/memory.ts";
import { bodies, Replacements } from "../edit.ts";
import type { FunctionId, Module, Value } from "../module.ts";
import { IS_COMMUTATIVE, OP, OP_NAMES, OPS } from "../ops.ts";
import type { Pass } from "../pass.ts";

export const gvn: Pass = {
  name: "gvn",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (number(m, f)) changed = true;
    return changed;
  },
};

const IS_PURE = Uint8Array.from(OP_NAMES, (name) => (OPS[name].effect === "pure" ? 1 : 0));

function number(m: Module, f: FunctionId): boolean {
  const cfg = new Cfg(m, f);
  const dominators = new Dominators(cfg);
  const memory = new ReadOnlyMemory(m, f);
  const replacements = new Replacements(m);
  const leaders = new Table(m, cfg, dominators);
  let changed = false;
  for (const i of dominators.preorder) {
    let next: Value;
    for (let v = m.first(cfg.blocks[i]!); v !== NONE; v = next) {
      next = m.next(v);
      replacements.applyTo(v);
      if (IS_PURE[m.op(v)] !== 1 && !memory.isPureLoad(m, v)) continue;
      const leader = leaders.find(v, i);
      if (leader === v) continue;
      replacements.set(v, leader);
      m.remove(v);
      changed = true;
    }
  }
  replacements.apply(f);
  return changed;
}

/** Open addressing by a hash of op, type and operands. */
class Table {
  readonly #m: Module;
  readonly #cfg: Cfg;
  readonly #dominators: Dominators;
  #slots = new Int32Array(256).fill(NONE);
  #used = 0;

  constructor(m: Module, cfg: Cfg, dominators: Dominators) {
    this.#m = m;
    this.#cfg = cfg;
    this.#dominators = dominators;
  }

  /** The value that `v`, in block number `i`, may be replaced by; `v` itself when it is the first. */
  find(v: Value, i: number): Value {
    if (this.#used * 2 > this.#slots.length) this.#grow();
    const mask = this.#slots.length - 1;
    for (let at = this.#hash(v) & mask; ; at = (at + 1) & mask) {
      const other = this.#slots[at]! as Value;
      if (other === NONE) {
        this.#slots[at] = v;
        this.#used++;
        return v;
      }
      if (!this.#same(v, other)) continue;
      const block = this.#cfg.indexOf(this.#m.blockOf(other));
      if (block >= 0 && this.#dominators.dominates(block, i)) return other;
      this.#slots[at] = v;
      return v;
    }
  }
  #hash(v: Value): number {
    const m = this.#m;
    let h = m.op(v) * 31 + m.type(v);
    const count = m.argCount(v);
    if (IS_COMMUTATIVE[m.op(v)] === 1) h = (h + m.arg(v, 0) + m.arg(v, 1)) | 0;
    else for (let i = 0; i < count; i++) h = (Math.imul(h, 0x01000193) ^ m.arg(v, i)) | 0;
    if (m.op(v) === OP.Phi) h = (h + m.blockOf(v)) | 0;
    h ^= h >>> 15;
    h = Math.imul(h, 0x2c1b3c6d);
    return h ^ (h >>> 13);
  }
  #same(v: Value, other: Value): boolean {
    const m = this.#m;
    const count = m.argCount(v);
    if (m.op(v) !== m.op(other) || m.type(v) !== m.type(other) || count !== m.argCount(other)) return false;
    if (IS_COMMUTATIVE[m.op(v)] === 1 && m.arg(v, 0) === m.arg(other, 1) && m.arg(v, 1) === m.arg(other, 0)) return true;
    for (let i = 0; i < count; i++) if (m.arg(v, i) !== m.arg(other, i)) return false;
    return m.op(v) !== OP.Phi || m.blockOf(v) === m.blockOf(other);
  }
  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2).fill(NONE);
    const mask = this.#slots.length - 1;
    for (const v of old) {
      if (v === NONE) continue;
      let at = this.#hash(v as Value) & mask;
      while (this.#slots[at] !== NONE) at = (at + 1) & mask;
      this.#slots[at] = v;
    }
  }
}
