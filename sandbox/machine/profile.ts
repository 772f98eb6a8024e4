/**
 * Counters per code word, and cycles per call path: where a launch spends its time, on the reference tier. Ring 1: it only looks, and there is
 * nothing of it in a launch that is not profiled. Costs are those of the model in counters.ts.
 */
import { BY_CODE, ISA } from "../isa/table.ts";
import type { Program } from "../verifier/token.ts";
import type { Access } from "./access.ts";
import { Counters, countLanes, countLines, doesPart, isChecked, transactionCycles } from "./counters.ts";
import type { Hooks } from "./execute.ts";
import type { Outcome } from "./launch.ts";
import type { Wave } from "./wave.ts";

/** A function as reached by one chain of calls. */
export interface CallNode {
  /** number of the caller's node; -1 for the entry function's */
  readonly parent: number;
  /** number of the function in the program */
  readonly fn: number;
  /** cycles by word of the function, from its first */
  readonly cycles: Float64Array;
}

/** Columns by code word of the program. */
export interface WordCounts {
  /** times a wave executed it */
  readonly executed: Float64Array;
  /** active lanes, summed over those times */
  readonly lanes: Float64Array;
  /** times it parted the lanes of a wave */
  readonly divergences: Float64Array;
  readonly accesses: Float64Array;
  readonly transactions: Float64Array;
  /** lane accesses checked at run time, and those that needed no check */
  readonly checksMade: Float64Array;
  readonly checksElided: Float64Array;
  readonly cycles: Float64Array;
}

const columns = (n: number): WordCounts => ({
  executed: new Float64Array(n),
  lanes: new Float64Array(n),
  divergences: new Float64Array(n),
  accesses: new Float64Array(n),
  transactions: new Float64Array(n),
  checksMade: new Float64Array(n),
  checksElided: new Float64Array(n),
  cycles: new Float64Array(n),
});

/** The profile of one program, over any number of launches. */
export class Profile {
  readonly totals = new Counters();
  words: WordCounts = columns(0);
  readonly nodes: CallNode[] = [];
  #program: Program | undefined;
  /** function by code word */
  #functionOf = new Int32Array();
  /** node by (node + 1) * functions + function, as `#child` has it */
  readonly #children = new Map<number, number>();

  /** The hooks that profile a launch of `program`, which is the same in every launch; another one is counted in `totals` only. */
  start(program: Program): Hooks {
    const totals = this.totals.start(program, false);
    this.#program ??= this.#open(program);
    if (this.#program !== program) return totals;
    /** by wave: the node it is in */
    const at: number[] = [];
    return {
      word: (wave, low, high) => {
        totals.word(wave, low, high);
        this.#word(wave, low, at);
      },
      access: (wave, low, access) => {
        totals.access(wave, low, access);
        this.#access(wave, access, at);
      },
      barrier: (pc) => totals.barrier(pc),
      workgroup: (index) => {
        totals.workgroup(index);
        at.length = 0;
      },
    };
  }
  end(outcome: Outcome): void {
    this.totals.end(outcome);
  }

  #open(program: Program): Program {
    const count = program.code.length >> 1;
    this.words = columns(count);
    this.#functionOf = new Int32Array(count);
    program.functions.forEach(({ first, count: n }, fn) => {
      this.#functionOf.fill(fn, first, first + n);
    });
    return program;
  }

  #word(wave: Wave, low: number, at: number[]): void {
    const { pc, exec } = wave;
    const { words } = this;
    const cycles = ISA_CYCLES[low & 255]!;
    words.executed[pc]!++;
    words.lanes[pc]! += countLanes(exec);
    words.cycles[pc]! += cycles;
    if (doesPart(wave, low)) words.divergences[pc]!++;
    const node = this.#nodeOf(at[wave.index] ?? -1, this.#functionOf[pc]!);
    at[wave.index] = node;
    this.#spend(node, pc, cycles);
  }
  #access(wave: Wave, access: Access, at: readonly number[]): void {
    const { pc } = wave;
    const { words } = this;
    const lanes = countLanes(access.asked);
    words.accesses[pc]!++;
    if (isChecked(access.mode, false)) words.checksMade[pc]! += lanes;
    else words.checksElided[pc]! += lanes;
    const transactions = countLines(access);
    const cycles = transactionCycles(transactions);
    words.transactions[pc]! += transactions;
    words.cycles[pc]! += cycles;
    this.#spend(at[wave.index]!, pc, cycles);
  }
  #spend(node: number, pc: number, cycles: number): void {
    const { fn, cycles: spent } = this.nodes[node]!;
    spent[pc - this.#program!.functions[fn]!.first]! += cycles;
  }

  /** Where a wave is that was in `node` and runs function `fn` now: there still, back in a caller, or in a callee. No function calls itself. */
  #nodeOf(node: number, fn: number): number {
    for (let n = node; n >= 0; n = this.nodes[n]!.parent) if (this.nodes[n]!.fn === fn) return n;
    const { functions } = this.#program!;
    const key = (node + 1) * functions.length + fn;
    let child = this.#children.get(key);
    if (child === undefined) {
      child = this.nodes.push({ parent: node, fn, cycles: new Float64Array(functions[fn]!.count) }) - 1;
      this.#children.set(key, child);
    }
    return child;
  }
}

/** By op byte. */
const ISA_CYCLES = Float64Array.from({ length: 256 }, (_, op) => {
  const m = BY_CODE[op];
  return m === undefined ? 0 : ISA[m].cycles;
});
