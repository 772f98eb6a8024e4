/**
 * Memory of the reference machine: where an access lands, and what it does there. Ring 0. Regions are latched once, at enter; code names
 * only slots. Bounds are computed in exact numbers, never modulo 2^32, except that the offset register of a contiguous access counts as
 * the sum a v register would hold.
 */
import { MODE, PERM, SLOT_KIND } from "../isa/modes.ts";
import { FILE_BASE, ISA } from "../isa/table.ts";
import type { Program } from "../verifier/token.ts";
import type { Region } from "./launch.ts";
import { MachineAlarm, registerAt, type Wave } from "./wave.ts";

/** By op byte: bytes per lane, consecutive registers, permission needed; zero where the op is no access. */
const WIDTH = new Uint8Array(256);
const REGISTERS = new Uint8Array(256);
const NEEDS = new Uint8Array(256);
for (const row of Object.values(ISA)) {
  if (row.width === 0) continue;
  WIDTH[row.code] = row.width;
  REGISTERS[row.code] = row.regs;
  NEEDS[row.code] = row.effect === "store" ? PERM.write : row.effect === "atomic" ? PERM.atomic : PERM.read;
}

/** Memory in which each lane has its own bytes, interleaved by word. */
const isPerLane = (kind: number) => kind === SLOT_KIND.scratch || kind === SLOT_KIND.input || kind === SLOT_KIND.output;

/** How an access ended. */
export const DONE = 0;
export const OUT_OF_BOUNDS = 1;
export const NOT_PERMITTED = 2;

export class Access {
  readonly #bytes: Uint8Array;
  readonly #words: Int32Array;
  readonly #base: Float64Array;
  readonly #size: Float64Array;
  readonly #perLane: Uint8Array;
  readonly #permissions: Uint8Array;
  /** check what modes K, N and M have proved, too */
  readonly #belt: boolean;

  // The access under way, for the outcome and for hooks. By lane: `wanted` is the offset asked for, `offset` where it lands in the region
  // (in the lane's own memory, if it has one), `address` its byte in memory.
  slot = 0;
  mode = 0;
  width = 0;
  /** lanes that access; fewer than asked where mode Z drops some */
  lanes = 0;
  asked = 0;
  readonly wanted = new Float64Array(4);
  readonly offset = new Float64Array(4);
  readonly address = new Uint32Array(4);
  /** the lane that trapped */
  lane = 0;

  /** @throws MachineAlarm when a region is not what its slot declares: the kernel has checked that before */
  constructor(program: Program, memory: WebAssembly.Memory, regions: readonly Region[], waves: number, belt: boolean) {
    const n = program.slots.length;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Int32Array(memory.buffer);
    this.#base = new Float64Array(n);
    this.#size = new Float64Array(n);
    this.#perLane = new Uint8Array(n);
    this.#permissions = new Uint8Array(n);
    this.#belt = belt;
    for (let i = 0; i < n; i++) this.#latch(program, regions[i], waves, i);
  }

  #latch(program: Program, region: Region | undefined, waves: number, i: number): void {
    const slot = program.slots[i]!;
    if (region === undefined || region.kind !== slot.kind) throw new MachineAlarm(`slot ${i} has no region of its kind`, -1);
    const { base, size } = region;
    const least = isPerLane(slot.kind) ? slot.min * 4 * waves : slot.min;
    if (!(base % 16 === 0 && base >= 0 && size >= least && base + size <= this.#bytes.length)) {
      throw new MachineAlarm(`the region of slot ${i} is too small or outside of memory`, -1);
    }
    this.#base[i] = base;
    this.#permissions[i] = region.permissions & slot.permissions;
    this.#perLane[i] = isPerLane(slot.kind) ? 1 : 0;
    this.#size[i] = isPerLane(slot.kind) ? slot.min : size;
  }

  /** Bytes of the region bound to a slot. */
  sizeOf(slot: number): number {
    return this.#size[slot]!;
  }

  /** Zeroes a slot's region; of memory that lanes have of their own, that of `waves` waves. */
  clear(slot: number, waves: number): void {
    const lanes = this.#perLane[slot] === 1 ? 4 * waves : 1;
    this.#bytes.fill(0, this.#base[slot], this.#base[slot]! + this.#size[slot]! * lanes);
  }

  /** Resolves the access of a word for `wave`: bounds first, for all lanes; nothing is read or written yet. */
  resolve(wave: Wave, low: number, high: number): number {
    const op = low & 255;
    const d = (low >>> 8) & 255;
    this.slot = low >>> 24;
    this.mode = high >>> 29;
    this.width = WIDTH[op]!;
    if (this.slot >= this.#size.length) throw new MachineAlarm("no such slot", wave.pc);
    this.asked = (NEEDS[op]! & PERM.read) !== 0 ? wave.exec : wave.acting;
    // A scalar is loaded once: by the first active lane, since all have the same offset.
    if (d >= FILE_BASE.w && (NEEDS[op]! & PERM.read) !== 0) this.asked &= -this.asked;
    this.lanes = this.asked;
    if ((this.#permissions[this.slot]! & NEEDS[op]!) === 0) return NOT_PERMITTED;
    return this.#bound(wave, (low >>> 16) & 255, high);
  }

  #bound(wave: Wave, a: number, high: number): number {
    const r = wave.registers;
    const { mode, width } = this;
    const size = this.#size[this.slot]!;
    const at = registerAt(a);
    const stride = a < FILE_BASE.w ? 1 : 0;
    const contiguous = ((high >>> 28) & 1) * width;
    const base = mode === MODE.N ? (high & 0x3fff) * 4 : mode === MODE.M ? (high & 0x3fffff) * 4 : high & 0xfffffff;
    for (let lane = 0; lane < 4; lane++) {
      if (((this.lanes >> lane) & 1) === 0) continue;
      const index = mode === MODE.K ? contiguous * lane : (r[at + stride * lane]! + contiguous * lane) >>> 0;
      const bounded = this.#bounded(index, base, high, size);
      this.wanted[lane] = base + index;
      this.offset[lane] = bounded;
      if ((mode >= MODE.T || this.#belt) && !(bounded >= 0 && bounded + width <= size)) {
        if (mode < MODE.T) throw new MachineAlarm(`a proved access reaches ${bounded} in a region of ${size} bytes`, wave.pc);
        if (mode === MODE.T) {
          this.lane = lane;
          return OUT_OF_BOUNDS;
        }
        this.lanes &= ~(1 << lane);
        continue;
      }
      const offset = width >= 4 ? bounded - (bounded & 3) : width === 2 ? bounded - (bounded & 1) : bounded;
      this.offset[lane] = offset;
      this.address[lane] = this.#base[this.slot]! + this.#place(wave.index, lane, offset);
    }
    return DONE;
  }

  /** The offset of a lane as the mode bounds it, not yet aligned, and in modes T and Z not yet checked. `base` is the word's own offset. */
  #bounded(index: number, base: number, high: number, size: number): number {
    switch (this.mode) {
      case MODE.N:
        return base + Math.min(index, ((high >>> 14) & 0x3fff) * 4);
      case MODE.M:
        return base + ((index & ((1 << ((high >>> 22) & 31)) - powerOf2(this.width))) >>> 0);
      case MODE.C:
        return Math.min(base + index, size - this.width);
      default:
        return base + index;
    }
  }

  /** Bytes from the region's base to an offset, in lane-interleaved memory too. */
  #place(wave: number, lane: number, offset: number): number {
    if (this.#perLane[this.slot] === 0) return offset;
    return wave * this.#size[this.slot]! * 4 + (Math.floor(offset / 4) * 4 + lane) * 4 + (offset & 3);
  }

  /** 32-bit words from one register's word to the next's. */
  get #step(): number {
    return this.#perLane[this.slot] === 0 ? 1 : 4;
  }

  /** After `resolve`: lanes that do not access get 0. */
  load(wave: Wave, low: number): void {
    const d = (low >>> 8) & 255;
    const at = registerAt(d);
    const isVector = d < FILE_BASE.w;
    const step = this.#step;
    for (let k = 0; k < REGISTERS[low & 255]!; k++) {
      if (isVector) {
        for (let lane = 0; lane < 4; lane++)
          wave.registers[at + k * 4 + lane] = ((this.lanes >> lane) & 1) === 0 ? 0 : this.#read(lane, k * step);
      } else {
        const lane = 31 - Math.clz32(this.asked);
        wave.registers[at + k] = this.lanes === 0 ? 0 : this.#read(lane, k * step);
      }
    }
  }

  #read(lane: number, word: number): number {
    const address = this.address[lane]!;
    if (this.width === 1) return this.#bytes[address]!;
    if (this.width === 2) return this.#bytes[address]! | (this.#bytes[address + 1]! << 8);
    return this.#words[(address >>> 2) + word]!;
  }

  /** After `resolve`: lanes store in ascending order. */
  store(wave: Wave, low: number): void {
    const d = (low >>> 8) & 255;
    const at = registerAt(d);
    const lanes = d < FILE_BASE.w ? 1 : 0;
    const next = lanes === 1 ? 4 : 1;
    const step = this.#step;
    for (let lane = 0; lane < 4; lane++) {
      if (((this.lanes >> lane) & 1) === 0) continue;
      for (let k = 0; k < REGISTERS[low & 255]!; k++) this.#write(lane, k * step, wave.registers[at + k * next + lane * lanes]!);
    }
  }

  #write(lane: number, word: number, value: number): void {
    const address = this.address[lane]!;
    if (this.width >= 4) {
      this.#words[(address >>> 2) + word] = value;
      return;
    }
    this.#bytes[address] = value;
    if (this.width === 2) this.#bytes[address + 1] = value >> 8;
  }

  /** After `resolve`: lanes act in ascending order; those that do not act get 0. */
  atomic(wave: Wave, low: number): void {
    const op = low & 255;
    const r = wave.registers;
    const at = registerAt((low >>> 8) & 255);
    for (let lane = 0; lane < 4; lane++) {
      const value = r[at + lane]!;
      const isActing = ((this.lanes >> lane) & 1) !== 0;
      const word = this.address[lane]! >>> 2;
      const old = isActing ? this.#words[word]! : 0;
      if (isActing && op !== ISA["at.ld"].code) this.#words[word] = combine(op, old, value, r[at + 4 + lane]!);
      if (op !== ISA["at.st"].code) r[at + lane] = old;
    }
  }
}

/** The least power of two that is not below the width of an access. */
function powerOf2(width: number): number {
  return width === 12 ? 16 : width;
}

/** What an atomic leaves in memory. `compared` is at.cas's second register. */
function combine(op: number, old: number, value: number, compared: number): number {
  switch (op) {
    case ISA["at.add"].code:
      return old + value;
    case ISA["at.and"].code:
      return old & value;
    case ISA["at.or"].code:
      return old | value;
    case ISA["at.xor"].code:
      return old ^ value;
    case ISA["at.umin"].code:
      return value >>> 0 < old >>> 0 ? value : old;
    case ISA["at.umax"].code:
      return value >>> 0 > old >>> 0 ? value : old;
    case ISA["at.smin"].code:
      return Math.min(old, value);
    case ISA["at.smax"].code:
      return Math.max(old, value);
    case ISA["at.cas"].code:
      return old === compared ? value : old;
    default:
      return value; // at.xchg, at.st
  }
}
