/**
 * The save area: what lives across a barrier, per wave. One v128 per wave and v register, one i32 per wave and w register, and a mask per
 * wave of the lanes that left a frame whose code goes on after a barrier.
 */
import type { Emitter } from "./emitter.ts";
import { V } from "./flat.ts";
import { I32 } from "./wasm.ts";
import { zeroBytes } from "./zero.ts";

export class SaveArea {
  readonly #e: Emitter;
  bytes = 0;
  readonly #registers = new Map<number, number>();
  readonly #left = new Map<number, number>();
  /** locals: 16 and 4 bytes per wave from the area's start, for the wave (the first of two) being emitted */
  readonly at16: number;
  readonly at4: number;

  constructor(e: Emitter) {
    this.#e = e;
    this.at16 = e.code.local(I32);
    this.at4 = e.code.local(I32);
  }

  #allocate(map: Map<number, number>, key: number, isV: boolean): number {
    let at = map.get(key);
    if (at === undefined) {
      const { waves } = this.#e.unit;
      at = this.bytes;
      this.bytes += isV ? waves * 16 : Math.ceil(waves / 4) * 16;
      map.set(key, at);
    }
    return at;
  }
  /** Offset of a register's values, from `at16` or `at4`. */
  slotOf(reg: number): number {
    return this.#allocate(this.#registers, reg, this.#e.flat.files[reg] === V);
  }
  /** Offset of the masks of lanes that left a frame. */
  leftSlot(frame: number): number {
    return this.#allocate(this.#left, frame, true);
  }
  zeroRegister(reg: number): void {
    this.#zero(this.slotOf(reg), this.#e.flat.files[reg] === V);
  }
  zeroLeft(frame: number): void {
    this.#zero(this.leftSlot(frame), true);
  }
  #zero(offset: number, isV: boolean): void {
    const { code, unit } = this.#e;
    const base = () => {
      code.globalGet(unit.saveBase);
      code.i32(offset);
      code.op("i32.add");
    };
    zeroBytes(this.#e, base, unit.waves * (isV ? 16 : 4));
  }

  /** Points at wave 0. */
  start(): void {
    const { code, unit } = this.#e;
    for (const at of [this.at16, this.at4]) {
      code.globalGet(unit.saveBase);
      code.set(at);
    }
  }
  /** Points at the next wave to emit. */
  step(): void {
    const { code, copies } = this.#e;
    for (const [at, bytes] of [
      [this.at16, 16],
      [this.at4, 4],
    ] as const) {
      code.get(at);
      code.i32(bytes * copies);
      code.op("i32.add");
      code.set(at);
    }
  }
}
