/**
 * A sanitizer for shaders, on the reference tier: it watches a launch and reports what WGSL leaves harmless but nobody wants. Ring 1: it only
 * looks. What it sees are machine words, so an index that stays inside its variable is inside for it, in whichever dimension it went astray.
 *
 * Races are those of WGSL's memory model: two invocations touch the same bytes, one of them writes, not both are atomic, and no barrier for
 * that memory lies between them; invocations of different workgroups are never ordered.
 */
import { MODE, SLOT_KIND } from "../isa/modes.ts";
import { BY_CODE, type Mnemonic } from "../isa/table.ts";
import type { Program } from "../verifier/token.ts";
import { type Access, needsOf } from "./access.ts";
import type { Hooks } from "./execute.ts";
import type { Launch } from "./launch.ts";
import { FIRST_SCALAR, registerAt, type Wave } from "./wave.ts";

export const FINDING_KINDS = [
  "out of bounds",
  "race",
  "uninitialised read",
  "division by zero",
  "division overflow",
  "conversion",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** What was seen first at a word; words that show it again are counted. Fields that mean nothing for the kind are -1. */
export interface Finding {
  readonly kind: FindingKind;
  readonly pc: number;
  readonly workgroup: number;
  /** local invocation index */
  readonly invocation: number;
  readonly slot: number;
  /** byte asked for, in the slot's region */
  readonly offset: number;
  /** bytes of the access, and of the region */
  readonly width: number;
  readonly size: number;
  /** dividend, or bits of the float converted */
  readonly value: number;
  /** the other side of a race */
  readonly otherPc: number;
  readonly otherWorkgroup: number;
  readonly otherInvocation: number;
  count: number;
}

const MOST_FINDINGS = 200;
/** Bytes of a region that races are looked for in; beyond them it would cost too much memory. */
const MOST_SHADOW_BYTES = 1 << 26;
/** Shadow memory is by 2 bytes: the least that WGSL accesses. */
const UNIT = 2;
const NOBODY = 0;
const MANY = -1;
const PERM_READ = 1;
const PERM_ATOMIC = 4;
const ORDERS_WORKGROUP = 1;
const ORDERS_STORAGE = 2;

/** Who touched each unit of a region last. An access is remembered as invocation + 1, its epoch, and its word. */
class Shadow {
  readonly writer: Int32Array;
  readonly writerEpoch: Int32Array;
  readonly writerPc: Int32Array;
  /** MANY: several invocations have read it in that epoch */
  readonly reader: Int32Array;
  readonly readerEpoch: Int32Array;
  readonly readerPc: Int32Array;
  /** the last write was atomic, or the last read */
  readonly atomics: Uint8Array;

  constructor(units: number) {
    const column = () => new Int32Array(units);
    [this.writer, this.writerEpoch, this.writerPc] = [column(), column(), column()];
    [this.reader, this.readerEpoch, this.readerPc] = [column(), column(), column()];
    this.atomics = new Uint8Array(units);
  }

  clear(): void {
    this.writer.fill(NOBODY);
    this.reader.fill(NOBODY);
  }
}

export class Sanitizer {
  readonly findings: Finding[] = [];
  readonly #byPlace = new Map<number, Finding>();
  #program: Program | undefined;
  #invocations = 1;
  #workgroup = 0;
  /** barriers since the launch began, of workgroup memory and of storage */
  #workgroupEpoch = 0;
  #storageEpoch = 0;
  #shadows: (Shadow | undefined)[] = [];
  #sizes: readonly number[] = [];

  /** The hooks that watch a launch. */
  start(program: Program, launch: Launch): Hooks {
    const [x, y, z] = program.workgroupSize;
    this.#program = program;
    this.#invocations = x * y * z;
    this.#byPlace.clear();
    this.#sizes = launch.regions.map((region) => region.size);
    this.#shadows = program.slots.map(({ kind }, slot) => {
      const size = Math.min(this.#sizes[slot]!, MOST_SHADOW_BYTES);
      return kind === SLOT_KIND.storage || kind === SLOT_KIND.workgroup ? new Shadow(Math.ceil(size / UNIT)) : undefined;
    });
    // storage that two slots share is the same memory
    program.slots.forEach(({ kind }, slot) => {
      const { base, size } = launch.regions[slot]!;
      const same = launch.regions.findIndex((r, i) => i < slot && program.slots[i]!.kind === kind && r.base === base && r.size === size);
      if (kind === SLOT_KIND.storage && same >= 0) this.#shadows[slot] = this.#shadows[same];
    });
    return {
      word: (wave, low, high) => this.#word(wave, low, high),
      access: (wave, low, access) => this.#access(wave, low, access),
      barrier: (pc) => this.#barrier(pc),
      workgroup: (index) => this.#enter(index),
    };
  }

  #enter(workgroup: number): void {
    this.#workgroup = workgroup;
    this.#workgroupEpoch++;
    this.#storageEpoch++;
    this.#program!.slots.forEach(({ kind }, slot) => {
      if (kind === SLOT_KIND.workgroup) this.#shadows[slot]!.clear();
    });
  }

  #barrier(pc: number): void {
    const { code } = this.#program!;
    const m = BY_CODE[code[pc * 2]! & 255];
    const orders = m === "barrier" ? code[pc * 2 + 1]! : m === "ld.sync" ? ORDERS_WORKGROUP : 0;
    if ((orders & ORDERS_WORKGROUP) !== 0) this.#workgroupEpoch++;
    if ((orders & ORDERS_STORAGE) !== 0) this.#storageEpoch++;
  }

  // arithmetic

  #word(wave: Wave, low: number, high: number): void {
    const op = low & 255;
    const isImmediate = op >= 0x80 && op < 0xe0;
    const m = BY_CODE[op];
    if (m === undefined || !WATCHED.has(m)) return;
    const d = (low >>> 8) & 255;
    const a = (low >>> 16) & 255;
    const b = low >>> 24;
    for (let lane = 0; lane < (d < FIRST_SCALAR ? 4 : 1); lane++) {
      if (d < FIRST_SCALAR && ((wave.exec >> lane) & 1) === 0) continue;
      const left = wordOf(wave, a, lane);
      const kind = judge(m, left, isImmediate ? high | 0 : wordOf(wave, b, lane), isImmediate);
      if (kind !== undefined) this.#report(kind, wave, d < FIRST_SCALAR ? lane : lowest(wave.exec), { value: left >>> 0 });
    }
  }

  // memory

  #access(wave: Wave, low: number, access: Access): void {
    const { slot, width, asked } = access;
    const size = this.#sizes[slot]!;
    const unit = Math.min(width, 4);
    const isScalarLoad = needsOf(low & 255) === PERM_READ && ((low >>> 8) & 255) >= FIRST_SCALAR;
    for (let lane = 0; lane < 4; lane++) {
      if (((asked >> lane) & 1) === 0) continue;
      const wanted = access.wanted[lane]!;
      const isDropped = access.mode >= MODE.T && wanted + width > size;
      const isMoved = !isDropped && access.offset[lane] !== wanted - (wanted % unit);
      if (isDropped || isMoved) {
        this.#report("out of bounds", wave, lane, { slot, offset: wanted, width, size });
        continue;
      }
      if (this.#shadows[slot] === undefined) continue;
      // a scalar is loaded once, for all lanes
      const isMany = isScalarLoad && (wave.exec & (wave.exec - 1)) !== 0;
      this.#touch(wave, low, lane, access, isMany);
    }
  }

  /** One lane's access to memory that invocations share. */
  #touch(wave: Wave, low: number, lane: number, access: Access, isMany: boolean): void {
    const { slot, width, size } = { slot: access.slot, width: access.width, size: this.#sizes[access.slot]! };
    const shadow = this.#shadows[slot]!;
    const isWorkgroup = this.#program!.slots[slot]!.kind === SLOT_KIND.workgroup;
    const epoch = isWorkgroup ? this.#workgroupEpoch : this.#storageEpoch;
    const needs = needsOf(low & 255);
    const isAtomic = needs === PERM_ATOMIC;
    const isWrite = needs !== PERM_READ && BY_CODE[low & 255] !== "at.ld";
    const me = this.#workgroup * this.#invocations + wave.index * 4 + lane + 1;
    const offset = access.offset[lane]!;
    const place = { slot, offset, width, size };
    const last = Math.min(shadow.writer.length, Math.ceil((offset + width) / UNIT));
    for (let u = Math.floor(offset / UNIT); u < last; u++) {
      const other = this.#clash(shadow, u, me, epoch, isWrite, isAtomic);
      if (other !== undefined) this.#report("race", wave, lane, { ...place, ...other });
      if (isWorkgroup && !isWrite && !isAtomic && shadow.writer[u] === NOBODY) this.#report("uninitialised read", wave, lane, place);
      if (isWrite) {
        shadow.writer[u] = me;
        shadow.writerEpoch[u] = epoch;
        shadow.writerPc[u] = wave.pc;
        shadow.atomics[u] = (shadow.atomics[u]! & 2) | (isAtomic ? 1 : 0);
      } else {
        const isShared = isMany || (shadow.reader[u] !== me && shadow.reader[u] !== NOBODY && shadow.readerEpoch[u] === epoch);
        shadow.reader[u] = isShared ? MANY : me;
        shadow.readerEpoch[u] = epoch;
        shadow.readerPc[u] = wave.pc;
        shadow.atomics[u] = (shadow.atomics[u]! & 1) | (isAtomic ? 2 : 0);
      }
    }
  }

  /** Another invocation's access to unit `u` that nothing orders before this one. */
  #clash(shadow: Shadow, u: number, me: number, epoch: number, isWrite: boolean, isAtomic: boolean): Partial<Finding> | undefined {
    const writer = shadow.writer[u]!;
    const isOrdered = (other: number, when: number) => this.#groupOf(other) === this.#workgroup && when !== epoch;
    const atomics = shadow.atomics[u]!;
    if (writer !== NOBODY && writer !== me && !(isAtomic && (atomics & 1) !== 0) && !isOrdered(writer, shadow.writerEpoch[u]!))
      return this.#other(writer, shadow.writerPc[u]!);
    const reader = shadow.reader[u]!;
    if (!isWrite || reader === NOBODY || reader === me || (isAtomic && (atomics & 2) !== 0)) return undefined;
    if (reader === MANY) return shadow.readerEpoch[u] === epoch ? { otherPc: shadow.readerPc[u]! } : undefined;
    return isOrdered(reader, shadow.readerEpoch[u]!) ? undefined : this.#other(reader, shadow.readerPc[u]!);
  }

  #groupOf(id: number): number {
    return Math.floor((id - 1) / this.#invocations);
  }

  #other(id: number, pc: number): Partial<Finding> {
    return { otherPc: pc, otherWorkgroup: this.#groupOf(id), otherInvocation: (id - 1) % this.#invocations };
  }

  #report(kind: FindingKind, wave: Wave, lane: number, more: Partial<Finding>): void {
    // a race is between two words, and seen from either
    const { otherPc = -1 } = more;
    const [first, second] = otherPc < 0 || wave.pc < otherPc ? [wave.pc, otherPc] : [otherPc, wave.pc];
    const key = (first * 2 ** 21 + second + 1) * FINDING_KINDS.length + FINDING_KINDS.indexOf(kind);
    const known = this.#byPlace.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    if (this.findings.length >= MOST_FINDINGS) return;
    const nothing = { slot: -1, offset: -1, width: -1, size: -1, value: -1, otherPc: -1, otherWorkgroup: -1, otherInvocation: -1 };
    const where = { pc: wave.pc, workgroup: this.#workgroup, invocation: wave.index * 4 + lane };
    const finding: Finding = { kind, ...where, ...nothing, ...more, count: 1 };
    this.#byPlace.set(key, finding);
    this.findings.push(finding);
  }
}

const WATCHED: ReadonlySet<Mnemonic> = new Set(["udiv", "urem", "sdiv", "srem", "f2s", "f2u", "fmin"] as const);
const MIN_I32 = -(2 ** 31);
/** The bounds that the compiler puts before a conversion, as bits: the greatest floats that i32 and u32 hold. */
const GREATEST: readonly number[] = [0x4eff_ffff, 0x4f7f_ffff];
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** What is odd about an operation on these values. @param isImmediate whether `b` stands in the word */
function judge(m: Mnemonic, a: number, b: number, isImmediate: boolean): FindingKind | undefined {
  bits[0] = a;
  const x = float[0]!;
  switch (m) {
    case "udiv":
    case "urem":
      return b === 0 ? "division by zero" : undefined;
    case "sdiv":
    case "srem":
      if (b === 0) return "division by zero";
      return a === MIN_I32 && b === -1 ? "division overflow" : undefined;
    case "fmin": {
      if (!isImmediate || !GREATEST.includes(b)) return undefined;
      bits[0] = b;
      return x > float[0]! ? "conversion" : undefined;
    }
    case "f2s":
      return x > MIN_I32 - 1 ? undefined : "conversion"; // a NaN compares as false
    case "f2u":
      return x > -1 ? undefined : "conversion";
    default:
      return undefined;
  }
}

function wordOf(wave: Wave, operand: number, lane: number): number {
  return wave.registers[registerAt(operand) + (operand < FIRST_SCALAR ? lane : 0)]!;
}

const lowest = (lanes: number) => (lanes === 0 ? 0 : 31 - Math.clz32(lanes & -lanes));
