/**
 * Memory of the reference machine: where an access lands, and what it does there. Ring 0. Regions are latched once, at enter; code names
 * only slots. Bounds are computed in exact numbers, never modulo 2^32, except that the offset register of a contiguous access counts as
 * the sum a v register would hold.
 */
import { MODE, PERM, SLOT_KIND } from "../isa/modes.ts";
import { Bytes, byteLengthOf, ceil, clz32, Doubles, fill, floor, Ints, memoryOf, min, Words } from "../memory/captured.ts";
import type { Program } from "../verifier/token.ts";
import type { Region } from "./launch.ts";
import { FIRST_SCALAR, MachineAlarm, registerAt, type Wave } from "./wave.ts";

// The machine's own decoder of accesses. A test compares it with the instruction table over all op bytes.
const FIRST_STORE = 0x66;
const FIRST_ATOMIC = 0x6c;
const AT_LD = 0x76;
const AT_ST = 0x77;
const LD_SYNC = 0x78;
/** Loads and stores in order of op byte: 8 and 16 bits, then 1 to 4 words. */
const WIDTHS: readonly number[] = [1, 2, 4, 8, 12, 16];

/** Whether an op is a load, a store or an atomic. `ld.sync` is one too, done when all waves have come to it. */
export function isAccess(op: number): boolean {
  return op >= 0x60 && op <= LD_SYNC;
}
/** Bytes per lane. */
export function widthOf(op: number): number {
  return op < FIRST_ATOMIC ? WIDTHS[(op - 0x60) % 6]! : 4;
}
/** The permission an access needs. */
export function needsOf(op: number): number {
  return op < FIRST_STORE || op === LD_SYNC ? PERM.read : op < FIRST_ATOMIC ? PERM.write : PERM.atomic;
}

/** Memory in which each lane has its own bytes, interleaved by word. */
const isPerLane = (kind: number) => kind === SLOT_KIND.scratch || kind === SLOT_KIND.input || kind === SLOT_KIND.output;

/** What an atomic leaves in memory, by op byte; `compared` is the second register of at.cas. */
export type Combine = (op: number, old: number, value: number, compared: number) => number;

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
  readonly #combine: Combine;

  // The access under way, for the outcome and for hooks. By lane: `wanted` is the offset asked for, `offset` where it lands in the region
  // (in the lane's own memory, if it has one), `address` its byte in memory.
  slot = 0;
  mode = 0;
  width = 0;
  /** lanes that access; fewer than asked where mode Z drops some */
  lanes = 0;
  asked = 0;
  readonly wanted = new Doubles(4);
  readonly offset = new Doubles(4);
  readonly address = new Words(4);
  /** the lane that trapped */
  lane = 0;
  /** lanes whose traps a handler has answered, and with what */
  answered = 0;
  readonly answers = new Ints(4);

  /** @throws MachineAlarm when a region is not what its slot declares: the kernel has checked that before */
  constructor(program: Program, memory: WebAssembly.Memory, regions: readonly Region[], waves: number, belt: boolean, combine: Combine) {
    const { slots } = program;
    this.#bytes = new Bytes(memoryOf(memory));
    this.#words = new Ints(memoryOf(memory));
    this.#base = new Doubles(slots.length);
    this.#size = new Doubles(slots.length);
    this.#perLane = new Bytes(slots.length);
    this.#permissions = new Bytes(slots.length);
    this.#belt = belt;
    this.#combine = combine;
    for (let i = 0; i < slots.length; i++) {
      const { kind, min, permissions } = slots[i]!;
      const region = regions[i];
      const least = isPerLane(kind) ? min * 4 * waves : min;
      const fits = region !== undefined && region.kind === kind && region.base % 16 === 0 && region.base >= 0 && region.size >= least;
      if (!fits || region.base + region.size > byteLengthOf(this.#bytes)) throw new MachineAlarm(`slot ${i} has no region that fits`, -1);
      this.#base[i] = region.base;
      this.#permissions[i] = region.permissions & permissions;
      this.#perLane[i] = isPerLane(kind) ? 1 : 0;
      this.#size[i] = isPerLane(kind) ? min : region.size;
    }
  }

  /** Bytes of the region bound to a slot. */
  sizeOf(slot: number): number {
    return this.#size[slot]!;
  }

  /** Zeroes a slot's region; of memory that lanes have of their own, that of `waves` waves. */
  clear(slot: number, waves: number): void {
    const lanes = this.#perLane[slot] === 1 ? 4 * waves : 1;
    fill(this.#bytes, 0, this.#base[slot], this.#base[slot]! + this.#size[slot]! * lanes);
  }

  /** Resolves the access of a word for `wave`: bounds first, for all lanes; nothing is read or written yet. */
  resolve(wave: Wave, low: number, high: number): number {
    const needs = needsOf(low & 255);
    this.slot = low >>> 24;
    this.mode = high >>> 29;
    this.width = widthOf(low & 255);
    const permissions = this.#permissions[this.slot];
    if (permissions === undefined) throw new MachineAlarm("no such slot", wave.pc);
    this.asked = needs === PERM.read ? wave.exec : wave.exec & wave.live;
    // A scalar is loaded once: by the first active lane, since all have the same offset.
    if (needs === PERM.read && ((low >>> 8) & 255) >= FIRST_SCALAR) this.asked &= -this.asked;
    this.lanes = this.asked;
    if ((permissions & needs) === 0) return NOT_PERMITTED;
    return this.#bound(wave, (low >>> 16) & 255, high);
  }

  #bound(wave: Wave, a: number, high: number): number {
    const r = wave.registers;
    const { mode, width } = this;
    const size = this.#size[this.slot]!;
    const at = registerAt(a);
    const stride = a < FIRST_SCALAR ? 1 : 0;
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
        if (mode === MODE.T && ((this.answered >> lane) & 1) === 0) {
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
    if (this.mode === MODE.N) return base + min(index, ((high >>> 14) & 0x3fff) * 4);
    if (this.mode === MODE.M) return base + ((index & ((1 << ((high >>> 22) & 31)) - powerOf2(this.width))) >>> 0);
    return this.mode === MODE.C ? min(base + index, size - this.width) : base + index;
  }

  /** Bytes from the region's base to an offset, in lane-interleaved memory too. */
  #place(wave: number, lane: number, offset: number): number {
    if (this.#perLane[this.slot] === 0) return offset;
    return wave * this.#size[this.slot]! * 4 + (floor(offset / 4) * 4 + lane) * 4 + (offset & 3);
  }

  /** After `resolve`: lanes that do not access get 0, or their answer. */
  load(wave: Wave, low: number): void {
    const d = (low >>> 8) & 255;
    const at = registerAt(d);
    const lanes = d < FIRST_SCALAR ? 4 : 1;
    const first = lanes === 4 ? 0 : 31 - clz32(this.asked);
    for (let word = 0; word < ceil(this.width / 4); word++) {
      for (let i = 0; i < lanes; i++) {
        const isLoaded = ((this.lanes >> (first + i)) & 1) !== 0;
        wave.registers[at + word * lanes + i] = isLoaded ? this.#read(first + i, word) : this.answers[first + i]!;
      }
    }
  }

  /** After `resolve`: lanes store in ascending order. */
  store(wave: Wave, low: number): void {
    const d = (low >>> 8) & 255;
    const at = registerAt(d);
    const lanes = d < FIRST_SCALAR ? 4 : 1;
    for (let lane = 0; lane < 4; lane++) {
      if (((this.lanes >> lane) & 1) === 0) continue;
      for (let word = 0; word < ceil(this.width / 4); word++) {
        this.#write(lane, word, wave.registers[at + word * lanes + (lanes === 4 ? lane : 0)]!);
      }
    }
  }

  /** Index of a 32-bit word that a lane accesses. */
  #word(lane: number, word: number): number {
    return (this.address[lane]! >>> 2) + (this.#perLane[this.slot] === 0 ? word : word * 4);
  }

  #read(lane: number, word: number): number {
    const address = this.address[lane]!;
    if (this.width >= 4) return this.#words[this.#word(lane, word)]!;
    return this.width === 1 ? this.#bytes[address]! : this.#bytes[address]! | (this.#bytes[address + 1]! << 8);
  }

  #write(lane: number, word: number, value: number): void {
    const address = this.address[lane]!;
    if (this.width >= 4) this.#words[this.#word(lane, word)] = value;
    else this.#bytes[address] = value;
    if (this.width === 2) this.#bytes[address + 1] = value >> 8;
  }

  /** After `resolve`: lanes act in ascending order; those that do not act get 0, or their answer. */
  atomic(wave: Wave, low: number): void {
    const op = low & 255;
    const r = wave.registers;
    const at = registerAt((low >>> 8) & 255);
    for (let lane = 0; lane < 4; lane++) {
      const isActing = ((this.lanes >> lane) & 1) !== 0;
      const old = isActing ? this.#words[this.#word(lane, 0)]! : this.answers[lane]!;
      if (isActing && op !== AT_LD) this.#words[this.#word(lane, 0)] = this.#combine(op, old, r[at + lane]!, r[at + 4 + lane]!);
      if (op !== AT_ST) r[at + lane] = old;
    }
  }
}

/** The least power of two that is not below the width of an access. */
function powerOf2(width: number): number {
  return width === 12 ? 16 : width;
}
