/**
 * Control flow of one function by block number: blocks in the function's order, successors and predecessors without duplicates, and which
 * blocks can be reached. Total on malformed functions: branches to blocks elsewhere are left out.
 */
import { NONE } from "../../support/id.ts";
import type { BlockId, FunctionId, Module } from "../module.ts";

export class Cfg {
  readonly m: Module;
  readonly f: FunctionId;
  /** in structured order; a block's place here is its number */
  readonly blocks: readonly BlockId[];
  readonly reachable: Uint8Array;
  readonly #index: Int32Array;
  readonly #succStart: Int32Array;
  readonly #succs: Int32Array;
  readonly #predStart: Int32Array;
  readonly #preds: Int32Array;

  /** @param index for whoever keeps the graphs of many functions: at least `blockCount` long, and theirs together. Without it the graph lasts as long as what `m.scratch` lends */
  constructor(m: Module, f: FunctionId, index: Int32Array = m.scratch.i32(m.blockCount)) {
    this.m = m;
    this.f = f;
    this.#index = index;
    const blocks: BlockId[] = [];
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      index[b] = blocks.length;
      blocks.push(b);
    }
    this.blocks = blocks;
    const succs: number[] = [];
    this.#succStart = new Int32Array(blocks.length + 1);
    this.#predStart = new Int32Array(blocks.length + 2);
    for (let i = 0; i < blocks.length; i++) {
      const from = succs.length;
      const targets = m.successors(blocks[i]!);
      // a switch may have thousands of targets: a set finds duplicates there
      const seen = targets.length > 8 ? new Set<number>() : null;
      for (const target of targets) {
        const s = this.indexOf(target);
        if (s < 0 || (seen ? seen.has(s) : succs.indexOf(s, from) >= 0)) continue;
        seen?.add(s);
        succs.push(s);
        this.#predStart[s + 2]!++;
      }
      this.#succStart[i + 1] = succs.length;
    }
    for (let i = 2; i < this.#predStart.length; i++) this.#predStart[i]! += this.#predStart[i - 1]!;
    this.#succs = Int32Array.from(succs);
    this.#preds = new Int32Array(succs.length);
    for (let i = 0; i < blocks.length; i++) {
      for (let k = this.#succStart[i]!; k < this.#succStart[i + 1]!; k++) this.#preds[this.#predStart[succs[k]! + 1]!++] = i;
    }
    this.reachable = new Uint8Array(blocks.length);
    this.#reach();
  }

  get count(): number {
    return this.blocks.length;
  }
  /** Number of a block of this function, or -1. */
  indexOf(b: BlockId): number {
    return b >= 0 && b < this.m.blockCount && this.m.functionOf(b) === this.f ? this.#index[b]! : -1;
  }
  succCount(i: number): number {
    return this.#succStart[i + 1]! - this.#succStart[i]!;
  }
  succ(i: number, k: number): number {
    return this.#succs[this.#succStart[i]! + k]!;
  }
  predCount(i: number): number {
    return this.#predStart[i + 1]! - this.#predStart[i]!;
  }
  pred(i: number, k: number): number {
    return this.#preds[this.#predStart[i]! + k]!;
  }

  #reach(): void {
    if (this.blocks.length === 0) return;
    const stack = [0];
    this.reachable[0] = 1;
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      for (let k = 0; k < this.succCount(i); k++) {
        const s = this.succ(i, k);
        if (this.reachable[s] === 1) continue;
        this.reachable[s] = 1;
        stack.push(s);
      }
    }
  }
}
