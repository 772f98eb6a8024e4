/**
 * The dominator tree of a function in structured order. In that order all edges but back edges go forward and a back edge comes from a block
 * that its header dominates, so one sweep finds every immediate dominator: the nearest common ancestor of the forward predecessors.
 * Ancestors are found in O(log n) by jump pointers (Myers' skew-binary ancestor lists), so that thousands of early exits to one block stay cheap.
 */
import type { Cfg } from "./cfg.ts";

export class Dominators {
  readonly cfg: Cfg;
  /** immediate dominator by block number; -1 for the entry and unreachable blocks */
  readonly idom: Int32Array;
  readonly depth: Int32Array;
  readonly #jump: Int32Array;
  /** place of each block in a preorder of the tree, and the last place in its subtree */
  readonly #enter: Int32Array;
  readonly #leave: Int32Array;
  /** reachable blocks, each after its dominators, subtrees contiguous */
  readonly preorder: Int32Array;

  constructor(cfg: Cfg) {
    const n = cfg.count;
    this.cfg = cfg;
    this.idom = new Int32Array(n).fill(-1);
    this.depth = new Int32Array(n);
    this.#jump = new Int32Array(n);
    this.#enter = new Int32Array(n).fill(-1);
    this.#leave = new Int32Array(n).fill(-1);
    for (let i = 1; i < n; i++) {
      if (cfg.reachable[i] !== 1) continue;
      let parent = -1;
      for (let k = 0; k < cfg.predCount(i); k++) {
        const p = cfg.pred(i, k);
        if (p < i && cfg.reachable[p] === 1) parent = parent < 0 ? p : this.#common(parent, p);
      }
      if (parent >= 0) this.#link(i, parent);
    }
    this.preorder = this.#walk();
  }

  /** Whether block number a dominates b (reflexive). False when either cannot be reached. */
  dominates(a: number, b: number): boolean {
    return this.#enter[a]! >= 0 && this.#enter[b]! >= this.#enter[a]! && this.#enter[b]! <= this.#leave[a]!;
  }

  #link(i: number, parent: number): void {
    this.idom[i] = parent;
    this.depth[i] = this.depth[parent]! + 1;
    const j = this.#jump[parent]!;
    const jj = this.#jump[j]!;
    const even = this.depth[parent]! - this.depth[j]! === this.depth[j]! - this.depth[jj]!;
    this.#jump[i] = even ? jj : parent;
  }
  #common(a: number, b: number): number {
    let x = a;
    let y = b;
    if (this.depth[x]! < this.depth[y]!) [x, y] = [y, x];
    while (this.depth[x]! > this.depth[y]!) x = this.depth[this.#jump[x]!]! >= this.depth[y]! ? this.#jump[x]! : this.idom[x]!;
    while (x !== y) {
      if (this.#jump[x] !== this.#jump[y]) {
        x = this.#jump[x]!;
        y = this.#jump[y]!;
      } else {
        x = this.idom[x]!;
        y = this.idom[y]!;
      }
    }
    return x;
  }
  /** Preorder by subtree sizes: a child's place follows from its parent's and the sizes of its elder siblings. */
  #walk(): Int32Array {
    const n = this.cfg.count;
    const size = new Int32Array(n).fill(1);
    for (let i = n - 1; i > 0; i--) if (this.idom[i]! >= 0) size[this.idom[i]!]! += size[i]!;
    const order = new Int32Array(n > 0 ? size[0]! : 0);
    const nextFree = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      const parent = this.idom[i]!;
      if (parent < 0 && i > 0) continue;
      const at = parent < 0 ? 0 : nextFree[parent]!;
      if (parent >= 0) nextFree[parent]! += size[i]!;
      nextFree[i] = at + 1;
      order[at] = i;
      this.#enter[i] = at;
      this.#leave[i] = at + size[i]! - 1;
    }
    return order;
  }
}
