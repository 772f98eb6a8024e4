/** Zeroing memory: by a loop of stores where it is little, since memory.fill is a call out of the module. */
import type { Emitter } from "./emitter.ts";
import { ROW } from "./flat.ts";
import type { Unit } from "./unit.ts";
import { I32 } from "./wasm.ts";

/** Memory is zeroed by as many stores in a row at most, or by a loop of stores; beyond by memory.fill. */
const MAX_ZERO_STORES = 16;
const MAX_ZERO_BYTES = 4096;

/** Zeroes memory from the address that `base` pushes. */
export function zeroBytes(e: Emitter, base: () => void, bytes: number): void {
  if (bytes <= MAX_ZERO_BYTES && bytes % 16 === 0) {
    zeroByStores(e, base, bytes);
    return;
  }
  base();
  e.code.i32(0);
  e.code.i32(bytes);
  e.code.misc("memory.fill");
}

function zeroByStores(e: Emitter, base: () => void, bytes: number): void {
  const c = e.code;
  if (bytes <= MAX_ZERO_STORES * 16) {
    const at = e.temp(I32, 1);
    base();
    c.set(at);
    for (let k = 0; k < bytes; k += 16) {
      c.get(at);
      c.splat(0);
      c.vmem("v128.store", k);
    }
    return;
  }
  const unroll = bytes % 64 === 0 ? 4 : 1;
  const at = c.local(I32);
  const end = c.local(I32);
  base();
  c.tee(at);
  c.i32(bytes);
  c.op("i32.add");
  c.set(end);
  const top = c.loop();
  for (let k = 0; k < unroll; k++) {
    c.get(at);
    c.splat(0);
    c.vmem("v128.store", k * 16);
  }
  c.get(at);
  c.i32(unroll * 16);
  c.op("i32.add");
  c.tee(at);
  c.get(end);
  c.op("i32.ne");
  c.brIf(top);
  c.end();
}

/**
 * Zeroes workgroup memory: its region, which may be larger than what is declared.
 * @param isCovered whether what is declared needs none (cover.ts)
 */
export function zeroWorkgroup(e: Emitter, isCovered: boolean): void {
  const c = e.code;
  const slot = e.unit.workgroupSlot;
  if (slot < 0) return;
  const { min } = e.unit.program.slots[slot]!;
  const isSmall = isCovered || (min <= MAX_ZERO_BYTES && min % 16 === 0);
  if (isSmall) {
    c.get(e.size(slot));
    c.i32(min);
    c.op("i32.eq");
    c.if();
    if (!isCovered) zeroByStores(e, () => c.get(e.base(slot)), min);
    c.else();
  }
  c.get(e.base(slot));
  c.i32(0);
  c.get(e.size(slot));
  c.misc("memory.fill");
  if (isSmall) c.end();
}

/** Bytes of scratch memory of one wave. */
function scratchOfWave(unit: Unit): number {
  return unit.scratchSlot < 0 ? 0 : unit.program.slots[unit.scratchSlot]!.min * 4;
}

/** Zeroes the scratch memory of all waves. */
export function zeroScratch(e: Emitter): void {
  const bytes = scratchOfWave(e.unit) * e.unit.waves;
  if (bytes > 0) zeroBytes(e, () => e.code.get(e.base(e.unit.scratchSlot)), bytes);
}

/** Zeroes that of the wave being emitted, if the code uses any. */
export function zeroScratchOfWave(e: Emitter): void {
  const { code: c, flat } = e;
  const bytes = scratchOfWave(e.unit);
  const slot = e.unit.scratchSlot;
  const isUsed = flat.calls.length > 0 || flat.slot.subarray(0, flat.length).some((s, i) => s === slot && ROW[flat.op[i]!]?.form === "mem");
  if (bytes === 0 || !isUsed) return;
  e.each(() => {
    const pushWaveBase = () => {
      c.get(e.base(slot));
      e.pushWave();
      c.i32(bytes);
      c.op("i32.mul");
      c.op("i32.add");
    };
    zeroBytes(e, pushWaveBase, bytes);
  });
}
