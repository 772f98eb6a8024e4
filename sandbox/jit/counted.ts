/**
 * Loops whose number of turns is known when they start: a scalar rises by a constant until it is no longer below what does not change, and
 * nothing else leaves the loop. They pay for all turns at once. That rests on their ending after just so many turns: what is not certain to
 * is not counted, and pays turn by turn.
 */
import { ISA } from "../isa/table.ts";
import type { Emitter } from "./emitter.ts";
import { CHARGE, type Flat, G, isOpener, isSync, isTrapping, NONE, OPCODE, ROW, V } from "./flat.ts";

/** Turns from here: ceil((limit - counter) / 2^shift), where the counter is below the limit. */
export interface Counted {
  readonly counter: number;
  /** register, or NONE: then `constant` */
  readonly limit: number;
  readonly constant: number;
  readonly shift: number;
}

const UGE = ISA.uge.code;
const SGE = ISA.sge.code;
const ADD = ISA.iadd.code;
const MAX_SHIFT = 16;

/** @param head its only exit, a brk.if that turns repeat at their end */
export function countedLoop(e: Emitter, i: number, head: number): Counted | undefined {
  const { flat } = e;
  const end = flat.match[i]!;
  const test = e.comparison(head, flat.a[head]!);
  if (test <= i || (flat.op[test] !== UGE && flat.op[test] !== SGE)) return undefined;
  const [counter, limit] = [flat.a[test]!, flat.b[test]!];
  if (!isCommon(e, counter) || !isCommon(e, flat.a[head]!) || (limit === NONE ? flat.imm[test] !== 1 : !isCommon(e, limit)))
    return undefined;
  const step = stepOf(flat, head, end, counter);
  if (step < 0 || !isPlain(flat, i, head, end)) return undefined;
  for (let k = i + 1; k < end; k++)
    if (k !== step && (writes(flat, k, counter) || (limit !== NONE && writes(flat, k, limit)))) return undefined;
  const shift = 31 - Math.clz32(flat.hi[step]!);
  const constant = flat.hi[test]!;
  // the last step must not wrap: from one below the limit at most
  if (shift > 0 && (limit !== NONE || (flat.op[test] === UGE ? constant >>> 0 : constant + 2 ** 31) + 2 ** shift > 2 ** 32))
    return undefined;
  return { counter, limit, constant, shift };
}

/** A scalar that waves emitted together share. */
function isCommon(e: Emitter, reg: number): boolean {
  const file = e.flat.files[reg];
  return reg !== NONE && file !== V && (e.copies === 1 || file === G || e.shared[reg] === 1);
}

/** The instruction that each turn does once, and that adds a power of two to `counter`; -1 where there is none. */
function stepOf(flat: Flat, head: number, end: number, counter: number): number {
  let depth = 0;
  for (let k = head + 1; k < end; k++) {
    const op = flat.op[k]!;
    if (isOpener(op)) depth++;
    else if (op === OPCODE.end || op === OPCODE.endloop) depth--;
    else if (depth === 0 && op === ADD && flat.d[k] === counter && flat.a[k] === counter) {
      const by = flat.hi[k]!;
      return flat.imm[k] === 1 && by > 0 && by <= 1 << MAX_SHIFT && (by & (by - 1)) === 0 ? k : -1;
    }
  }
  return -1;
}

/** Nothing but `head` leaves the loop, ends the launch, or waits. */
function isPlain(flat: Flat, i: number, head: number, end: number): boolean {
  for (let k = i + 1; k < end; k++) {
    const op = flat.op[k]!;
    if (op === OPCODE.brk || op === OPCODE.brkIf) {
      if (k !== head && !(flat.match[k]! > i)) return false;
    } else if (op >= OPCODE.if && op !== CHARGE) {
      const isConstruct = isOpener(op) || op === OPCODE.else || op === OPCODE.end || op === OPCODE.endloop;
      if (!isConstruct || isSync(op)) return false;
    } else if (isSync(op) || isTrapping(flat, k)) return false;
  }
  return true;
}

function writes(flat: Flat, k: number, reg: number): boolean {
  if (flat.d[k] === reg) return true;
  return ROW[flat.op[k]!]?.form === "mem" && (flat.b[k] === reg || flat.c[k] === reg || flat.e[k] === reg);
}
