/**
 * What a launch did, counted on the reference tier. Ring 1: it only looks. Transactions and cycles are those of a stated model: an access
 * takes one transaction for each line of 64 bytes its lanes touch; workgroup memory has 32 banks of 4 bytes; a word costs its row's cycles,
 * and 4 more for each transaction after the first.
 */
import { MODE, type ModeName, SLOT_KIND } from "../isa/modes.ts";
import { BY_CODE, ISA, type Mnemonic } from "../isa/table.ts";
import { MODE_NAMES } from "../isa/word-fields.ts";
import type { Program } from "../verifier/token.ts";
import type { Access } from "./access.ts";
import type { Hooks } from "./execute.ts";
import { CAUSE, type Outcome } from "./launch.ts";
import type { Wave } from "./wave.ts";

const LINE_BYTES = 64;
const BANKS = 32;
const CYCLES_PER_TRANSACTION = 4;

export type InstructionClass = "integer" | "float" | "special" | "lanes" | "move" | "load" | "store" | "atomic" | "sync" | "control";

/** The class a mnemonic is counted under. */
export function classOf(m: Mnemonic): InstructionClass {
  const row = ISA[m];
  if (row.effect !== "none") return row.effect;
  if (m === "mov" || m === "mov.m" || m === "sel" || m === "sys" || m === "slot.len") return "move";
  if (m === "shfl" || m === "quad" || m === "first" || m === "ballot" || m.startsWith("vote.")) return "lanes";
  if (row.cycles >= 8) return "special";
  return m.startsWith("f") || m.endsWith("2f") ? "float" : "integer";
}

export class Counters {
  workgroups = 0;
  /** words executed, by op byte; immediate forms apart */
  readonly words = new Float64Array(256);
  /** words executed with 0 to 4 lanes active; entry 0 is words of structure that empty waves pass */
  readonly activeLanes = new Float64Array(5);
  /** conditions that parted the lanes of a wave */
  divergences = 0;
  barriers = 0;
  accesses = 0;
  transactions = 0;
  bankConflicts = 0;
  /** lane accesses by mode, checked against the region at run time or not */
  readonly checksMade = new Float64Array(MODE_NAMES.length);
  readonly checksElided = new Float64Array(MODE_NAMES.length);
  /** lane accesses whose offset the mode changed (N, M, C), or dropped (Z) */
  clamped = 0;
  dropped = 0;
  /** launches by how they ended */
  readonly outcomes: Record<keyof typeof CAUSE, number> = { end: 0, bounds: 0, permission: 0, fuel: 0, killed: 0 };
  cycles = 0;

  /** The hooks that count a launch of `program`. */
  start(program: Program, belt: boolean): Hooks {
    return {
      word: (wave, low) => this.#word(wave, low),
      access: (_wave, _low, access) => this.#access(access, program, belt),
      barrier: () => {
        this.barriers++;
      },
      workgroup: () => {
        this.workgroups++;
      },
    };
  }

  end(outcome: Outcome): void {
    for (const [name, cause] of Object.entries(CAUSE)) if (cause === outcome.cause && isCause(name)) this.outcomes[name]++;
  }

  #word(wave: Wave, low: number): void {
    const op = low & 255;
    this.words[op]!++;
    const { exec } = wave;
    this.activeLanes[countLanes(exec)]!++;
    const m = BY_CODE[op];
    if (m === undefined) return;
    this.cycles += ISA[m].cycles;
    if (doesPart(wave, low)) this.divergences++;
  }

  #access(access: Access, program: Program, belt: boolean): void {
    const { mode, asked, lanes } = access;
    const n = countLanes(asked);
    this.accesses++;
    if (isChecked(mode, belt)) this.checksMade[mode]! += n;
    else this.checksElided[mode]! += n;
    this.dropped += countLanes(asked & ~lanes);
    if (mode === MODE.N || mode === MODE.M || mode === MODE.C) this.clamped += countClamped(access);
    const transactions = countLines(access);
    this.transactions += transactions;
    this.cycles += transactionCycles(transactions);
    if (program.slots[access.slot]!.kind === SLOT_KIND.workgroup) this.bankConflicts += countConflicts(access);
  }

  /** Words executed, by class. */
  byClass(): Record<InstructionClass, number> {
    const sums: Record<InstructionClass, number> = {
      integer: 0,
      float: 0,
      special: 0,
      lanes: 0,
      move: 0,
      load: 0,
      store: 0,
      atomic: 0,
      sync: 0,
      control: 0,
    };
    for (let op = 0; op < 256; op++) {
      const m = BY_CODE[op];
      if (m !== undefined) sums[classOf(m)] += this.words[op]!;
    }
    return sums;
  }

  /** Lane checks by mode name. */
  byMode(): { mode: ModeName; made: number; elided: number }[] {
    return MODE_NAMES.map((mode, i) => ({ mode, made: this.checksMade[i]!, elided: this.checksElided[i]! }));
  }
}

const isCause = (name: string): name is keyof typeof CAUSE => Object.hasOwn(CAUSE, name);

/** Whether a word is a condition that holds in some of the active lanes only. */
export function doesPart(wave: Wave, low: number): boolean {
  const m = BY_CODE[low & 255];
  if (m !== "if" && m !== "brk.if" && m !== "ret.if") return false;
  const taken = wave.lanesWhere((low >>> 16) & 255) & wave.exec;
  return taken !== 0 && taken !== wave.exec;
}

/** Whether an access of the mode is compared with its region at run time. */
export const isChecked = (mode: number, belt: boolean) => belt || mode === MODE.C || mode === MODE.T || mode === MODE.Z;

/** What an access costs beside its row's cycles. */
export const transactionCycles = (transactions: number) => Math.max(0, transactions - 1) * CYCLES_PER_TRANSACTION;

export function countLanes(lanes: number): number {
  return (lanes & 1) + ((lanes >> 1) & 1) + ((lanes >> 2) & 1) + ((lanes >> 3) & 1);
}

const isIn = (lanes: number, lane: number) => ((lanes >> lane) & 1) !== 0;

/** Lanes for which the mode changed more than the alignment of the offset. */
function countClamped({ lanes, wanted, offset }: Access): number {
  let count = 0;
  for (let lane = 0; lane < 4; lane++) if (isIn(lanes, lane) && Math.abs(wanted[lane]! - offset[lane]!) >= 4) count++;
  return count;
}

/** Distinct lines that the lanes' first and last bytes lie in. */
export function countLines({ lanes, address, width }: Access): number {
  const lines: number[] = [];
  for (let lane = 0; lane < 4; lane++) {
    if (!isIn(lanes, lane)) continue;
    for (const byte of [address[lane]!, address[lane]! + width - 1]) {
      const line = Math.floor(byte / LINE_BYTES);
      if (!lines.includes(line)) lines.push(line);
    }
  }
  return lines.length;
}

/** Lanes that must wait because another lane uses a different word of the same bank. */
function countConflicts({ lanes, address }: Access): number {
  let conflicts = 0;
  for (let lane = 1; lane < 4; lane++) {
    if (!isIn(lanes, lane)) continue;
    const word = address[lane]! >>> 2;
    for (let other = 0; other < lane; other++) {
      const otherWord = address[other]! >>> 2;
      if (isIn(lanes, other) && otherWord !== word && otherWord % BANKS === word % BANKS) {
        conflicts++;
        break;
      }
    }
  }
  return conflicts;
}
