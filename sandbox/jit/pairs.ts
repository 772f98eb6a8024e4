/**
 * Whether two waves of a stretch are emitted together, each instruction twice. A loop whose next turn waits for the last one's result
 * leaves a processor idle; a second wave fills that time, as long as registers last.
 *
 * Both waves follow one path: control depends on lanes or on what both waves have in common. Where one wave has no active lane and the
 * other has, both are emitted, and the first must not notice: nothing that is live where it goes on may be written there but under its
 * mask.
 */
import type { Emitter } from "./emitter.ts";
import { type Flat, G, isOpener, isSync, MNEMONIC, NONE, OPCODE, ROW, V, W } from "./flat.ts";
import { has, type RegSet } from "./liveness.ts";

/**
 * v registers that may be live in a loop, of one wave. Twice as many spill, but waiting costs more: ray marching with 25 takes 36 ms in
 * pairs, 53 wave by wave.
 */
const MAX_LIVE = 28;

/** Decides, and marks in `e.shared` the w registers that both waves share. @param before live before the stretch */
export function pairsIn(e: Emitter, from: number, to: number, before: RegSet): boolean {
  const { flat, unit } = e;
  if (unit.options.pairs === false || unit.waves % 2 !== 0 || flat.killed !== NONE) return false;
  if (!hasCarriedLoop(e, from, to)) return false;
  const shared = sharedRegisters(flat, from, to, before);
  if (!isCommon(flat, from, to, shared) || !isUnnoticed(e, from, to)) return false;
  e.shared.set(shared);
  return true;
}

/** v registers that may be live in a loop that lanes do not leave: spilling outweighs what is gained earlier. */
const MAX_LIVE_UNIFORM = 16;
/** Instructions of a wave that a processor finds time for in one cycle of waiting. */
const HIDDEN = 6;

/** A loop that waits, with few enough registers; and nothing in the stretch that is made for one wave. */
function hasCarriedLoop(e: Emitter, from: number, to: number): boolean {
  const { flat } = e;
  let found = false;
  for (let i = from; i < to; i++) {
    const op = flat.op[i]!;
    if (op === OPCODE.call || op === OPCODE.discard || isSync(op)) return false;
    if (op !== OPCODE.loop) continue;
    const isV = flat.kind[i] === V;
    // very long code has no such analysis
    const isSmall = (e.live.pressure.get(i) ?? MAX_LIVE + 1) <= (isV ? MAX_LIVE : MAX_LIVE_UNIFORM);
    if (isV && !isSmall) return false;
    if (isV || (isSmall && waits(e, i))) found = true;
  }
  return found;
}

/**
 * Whether what a turn of innermost loop i carries to the next takes longer than the turn's other instructions fill. Lanes that leave a loop
 * make it one of unknown length, which is looked at no closer.
 */
function waits(e: Emitter, i: number): boolean {
  const { flat } = e;
  const end = flat.match[i]!;
  const head = e.live.heads.get(i);
  if (head === undefined) return false;
  /** by v register: time since the turn's start until it has what depends on a carried value */
  const ready = new Map<number, number>();
  for (let reg = 0; reg < flat.registers; reg++) if (flat.files[reg] === V && has(head, reg)) ready.set(reg, 0);
  let instructions = 0;
  for (let k = i + 1; k < end; k++) {
    if (flat.op[k] === OPCODE.loop) return false;
    const row = ROW[flat.op[k]!];
    const d = flat.d[k]!;
    if (e.live.dead[k] === 1 || row === undefined || d === NONE || flat.files[d] !== V) continue;
    if (flat.op[k] !== OPCODE.mov) instructions++;
    if (row.form !== "alu") {
      for (const reg of writtenBy(flat, k)) ready.delete(reg);
      continue;
    }
    let at = -1;
    for (const reg of [flat.a[k]!, flat.b[k]!, flat.c[k]!]) if (reg !== NONE) at = Math.max(at, ready.get(reg) ?? -1);
    if (flat.op[k] === OPCODE.movm) at = Math.max(at, ready.get(d) ?? -1);
    if (at < 0) ready.delete(d);
    else ready.set(d, at + latency(flat.op[k]!));
  }
  let longest = 0;
  for (const [reg, at] of ready) if (has(head, reg)) longest = Math.max(longest, at);
  return longest * HIDDEN >= instructions && longest > 0;
}

/** Cycles, about. */
function latency(op: number): number {
  const m = MNEMONIC[op]!;
  if (m === "mov") return 0;
  return m.startsWith("f") || m === "imul" || m === "umulh" ? 3 : 2;
}

/** w registers that are computed in the stretch from constants, g registers and each other: the same in all waves that are active. */
function sharedRegisters(flat: Flat, from: number, to: number, before: RegSet): Uint8Array {
  const shared = new Uint8Array(flat.registers);
  for (let i = from; i < to; i++) for (const reg of writtenW(flat, i)) shared[reg] = has(before, reg) ? 0 : 1;
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = from; i < to; i++) {
      if (isCommonResult(flat, i, shared)) continue;
      for (const reg of writtenW(flat, i)) {
        if (shared[reg] === 1) changed = true;
        shared[reg] = 0;
      }
    }
  }
  return shared;
}

function isCommonResult(flat: Flat, i: number, shared: Uint8Array): boolean {
  const row = ROW[flat.op[i]!];
  if (row === undefined || row.effect === "atomic") return false;
  if (MNEMONIC[flat.op[i]!] === "sys") return flat.hi[i]! < 6;
  const sources = row.form === "mem" ? [flat.a[i]!] : [flat.a[i]!, flat.b[i]!, flat.c[i]!];
  return sources.every((reg) => reg === NONE || flat.files[reg] === G || (flat.files[reg] === W && shared[reg] === 1));
}

function writtenW(flat: Flat, i: number): number[] {
  const row = ROW[flat.op[i]!];
  if (row === undefined || row.dst.length === 0 || flat.d[i] === NONE || flat.files[flat.d[i]!] !== W) return [];
  return row.form === "mem" ? [flat.d[i]!, flat.b[i]!, flat.c[i]!, flat.e[i]!].filter((reg) => reg !== NONE) : [flat.d[i]!];
}

/** Control depends on lanes, or on what waves share. */
function isCommon(flat: Flat, from: number, to: number, shared: Uint8Array): boolean {
  for (let i = from; i < to; i++) {
    const isBranch = flat.op[i] === OPCODE.if || flat.op[i] === OPCODE.brkIf;
    if (isBranch && flat.files[flat.a[i]!] === W && shared[flat.a[i]!] === 0) return false;
  }
  return true;
}

/** Inside v constructs, nothing that is live where lanes rejoin is written but by mov.m. */
function isUnnoticed(e: Emitter, from: number, to: number): boolean {
  const { flat } = e;
  const open: RegSet[] = [];
  const isV: boolean[] = [];
  for (let i = from; i < to; i++) {
    const op = flat.op[i]!;
    if (isOpener(op)) {
      isV.push(flat.kind[i] === V);
      if (flat.kind[i] === V) open.push(e.live.rejoin.get(i)!);
    } else if (op === OPCODE.end || op === OPCODE.endloop) {
      if (isV.pop() === true) open.pop();
    } else if (open.length > 0 && op !== OPCODE.movm && e.live.dead[i] === 0) {
      for (const reg of writtenBy(flat, i)) if (flat.files[reg] !== G && open.some((set) => has(set, reg))) return false;
    }
  }
  return true;
}

function writtenBy(flat: Flat, i: number): number[] {
  const row = ROW[flat.op[i]!];
  if (row === undefined || row.dst.length === 0 || flat.d[i] === NONE) return [];
  if (row.form !== "mem" || row.effect === "atomic") return [flat.d[i]!];
  return [flat.d[i]!, flat.b[i]!, flat.c[i]!, flat.e[i]!].filter((reg) => reg !== NONE);
}
