/**
 * How an access is bounded (isa/modes.ts), per lane or once, and how mode T ends a launch. What must hold (SAFETY.md section 0, "Addresses
 * in wasm"): i32.add wraps, so only an offset that was checked or clamped meets a base; checks compare a lane's offset with a limit worked
 * out without wrap; constant parts of an address are added by the engine, which does not wrap.
 */
import { MODE } from "../isa/modes.ts";
import { CAUSE } from "../machine/launch.ts";
import type { Emitter } from "./emitter.ts";
import { NONE, ROW } from "./flat.ts";
import { I32, V128 } from "./wasm.ts";

/** In place of a mode: ranges.ts or most.ts has shown that the access is inside. */
export const UNBOUNDED = -1;

/** An access word taken apart. */
export interface Access {
  readonly i: number;
  readonly mode: number;
  readonly contiguous: boolean;
  /** constant offset in bytes, added after bounding */
  readonly off: number;
  /** N: the greatest offset before `off` is added */
  readonly lim: number;
  /** M: low bits that pass */
  readonly mask: number;
  readonly width: number;
  /** data registers */
  readonly regs: readonly number[];
  readonly slot: number;
  /** offset register, NONE in mode K */
  readonly a: number;
  /** low bits of an offset that are cleared */
  readonly align: number;
  readonly min: number;
}

export function accessOf(e: Emitter, i: number): Access {
  const { flat } = e;
  const row = ROW[flat.op[i]!]!;
  const hi = flat.hi[i]!;
  const mode = hi >>> 29;
  const { belt = false } = e.unit.options;
  const isFree = !belt && e.free !== undefined && e.free.flags[i - e.free.from] === 1;
  const isWords = mode === MODE.N || mode === MODE.M;
  const raw = mode === MODE.N ? hi & 0x3fff : mode === MODE.M ? hi & 0x3fffff : hi & 0xfffffff;
  const m = (hi >>> 22) & 31;
  const unit = row.width === 12 ? 16 : row.width;
  const x = {
    i,
    mode: isFree ? UNBOUNDED : mode,
    contiguous: ((hi >>> 28) & 1) === 1,
    off: isWords ? raw * 4 : raw,
    lim: ((hi >>> 14) & 0x3fff) * 4,
    mask: (2 ** m - unit) | 0,
    width: row.width,
    regs: [flat.d[i]!, flat.b[i]!, flat.c[i]!, flat.e[i]!].slice(0, row.regs),
    slot: flat.slot[i]!,
    a: flat.a[i]!,
    align: row.width >= 4 ? 3 : row.width - 1,
    min: e.unit.program.slots[flat.slot[i]!]!.min,
  };
  return !isFree && !belt && isInside(e, x, unit, m) ? { ...x, mode: UNBOUNDED } : x;
}

/** Whether what is known of the offset shows that bounding it changes nothing, of any lane. */
function isInside(e: Emitter, x: Access, unit: number, m: number): boolean {
  if (x.a === NONE || x.mode === MODE.K) return false;
  const last = e.most[x.a]! + (x.contiguous ? 3 * x.width : 0);
  if (x.mode === MODE.N) return last <= x.lim;
  // mode M clears more low bits of wide accesses than alignment does
  if (x.mode === MODE.M) return last < 2 ** m && (unit <= 4 || 1 << e.zeros[x.a]! >= unit);
  return last + x.off + x.width <= x.min;
}

/** Whether the whole access, from `off`, is inside the declared minimum: then its limit is not below zero. */
export const fitsMinimum = (x: Access, bytes: number) => x.off + bytes <= x.min;

/** Mode C: where the slot may be smaller than `off + width`, both parts of the clamped sum depend on the size. */
export function isClampedBase(x: Access): boolean {
  return x.mode === MODE.C && !fitsMinimum(x, x.width);
}

/** The constant part of the address. */
export function constantOf(x: Access): number {
  return isClampedBase(x) ? 0 : x.off;
}

/** Key of the local of the address that bounded offsets are added to. */
function baseKey(e: Emitter, x: Access): readonly [string, number] {
  const base = e.base(x.slot);
  if (!isClampedBase(x)) return [`base${x.slot}`, base];
  const size = e.size(x.slot);
  const key = `clampBase${x.slot}:${x.off}:${x.width}`;
  // base + min(off, size - width), aligned
  const local = e.derive(key, I32, (c) => {
    const room = () => {
      c.get(size);
      c.i32(x.width);
      c.op("i32.sub");
    };
    c.i32(x.off);
    room();
    c.i32(x.off);
    room();
    c.op("i32.lt_u");
    c.op("select");
    c.i32(~x.align);
    c.op("i32.and");
    c.get(base);
    c.op("i32.add");
  });
  return [key, local];
}

export function pushBase(e: Emitter, x: Access): void {
  e.code.get(baseKey(e, x)[1]);
}
export function pushBaseV(e: Emitter, x: Access): void {
  const [key, local] = baseKey(e, x);
  e.code.get(e.splatted(key, local));
}

/** Mode C: the greatest offset before the base of `baseKey` is added, aligned: size - width - off, or 0. Local and key. */
function clampKey(e: Emitter, x: Access): readonly [string, number] {
  const size = e.size(x.slot);
  const key = `clamp${x.slot}:${x.off}:${x.width}`;
  const local = e.derive(key, I32, (c) => {
    const room = () => {
      c.get(size);
      c.i32(x.width);
      c.op("i32.sub");
    };
    c.i32(0);
    room();
    c.i32(x.off);
    c.op("i32.sub");
    room();
    c.i32(x.off);
    c.op("i32.lt_u");
    c.op("select");
    c.i32(~x.align);
    c.op("i32.and");
  });
  return [key, local];
}

/** Clears the low bits of the v128 or i32 on the stack, if they are not known to be clear. */
export function align(e: Emitter, x: Access, isV: boolean): void {
  if (x.align === 0 || (x.a !== NONE && 1 << e.zeros[x.a]! > x.align)) return;
  if (isV) {
    e.code.splat(~x.align);
    e.code.simd("v128.and");
  } else {
    e.code.i32(~x.align);
    e.code.op("i32.and");
  }
}

/**
 * Pushes the bounded offsets of the offsets that `push` pushes, aligned, without the constant part. In modes T and Z they are the offsets
 * themselves, unless `safe` asks for what any lane may read: clamped as in mode C (the minimum must hold the access).
 */
export function pushBoundedV(e: Emitter, x: Access, push: () => void, safe = false): void {
  const c = e.code;
  push();
  switch (safe ? MODE.C : x.mode) {
    case MODE.M:
      c.splat(x.mask);
      c.simd("v128.and");
      return;
    case MODE.N:
      c.splat(x.lim);
      c.simd("i32x4.min_u");
      break;
    case MODE.C: {
      const [key, local] = clampKey(e, x);
      c.get(e.splatted(key, local));
      c.simd("i32x4.min_u");
      break;
    }
    default:
  }
  align(e, x, true);
}

/** The same for one scalar offset. */
export function pushBounded(e: Emitter, x: Access, push: () => void): void {
  const c = e.code;
  const atMost = (limit: () => void) => {
    push();
    limit();
    push();
    limit();
    c.op("i32.lt_u");
    c.op("select");
  };
  switch (x.mode) {
    case MODE.K:
      c.i32(0);
      return;
    case MODE.M:
      push();
      c.i32(x.mask);
      c.op("i32.and");
      return;
    case MODE.N:
      atMost(() => c.i32(x.lim));
      break;
    case MODE.C:
      atMost(() => c.get(clampKey(e, x)[1]));
      break;
    default:
      push();
  }
  align(e, x, false);
}

export const isChecked = (x: Access) => x.mode === MODE.T || x.mode === MODE.Z;

/** Modes T and Z: pushes the mask of offsets whose access ends inside the region. */
export function pushInsideV(e: Emitter, x: Access, push: () => void): void {
  push();
  e.code.get(e.limitV(x.slot, x.off + x.width));
  e.code.simd("i32x4.lt_u");
}
/** The same of one offset, as 0 or 1. */
export function pushInside(e: Emitter, x: Access, push: () => void): void {
  push();
  e.code.get(e.limit(x.slot, x.off + x.width));
  e.code.op("i32.lt_u");
}

// traps

/** Calls the trap of the lowest lane that is set in mask local `bad`; `push` pushes the offsets. */
export function trapLanes(e: Emitter, x: Access, push: () => void, bad: number): void {
  const c = e.code;
  const { unit } = e;
  const trap = unit.trapFunction();
  const fn = unit.helper("trapLanes", [I32, I32, I32, I32, V128, V128], [], (h) => {
    const lane = h.local(I32);
    h.i32(CAUSE.bounds);
    h.get(0);
    h.get(1);
    h.get(5);
    h.simd("i32x4.bitmask");
    h.op("i32.ctz");
    h.tee(lane);
    h.get(2);
    h.get(4);
    h.get(lane);
    h.simd("i32x4.splat");
    h.splat(0x04040404);
    h.simd("i32x4.mul");
    h.splat(0x03020100);
    h.simd("i32x4.add");
    h.simd("i8x16.swizzle");
    h.extract(0);
    h.get(3);
    h.call(trap);
  });
  e.saveForTrap();
  c.i32(e.flat.pc[x.i]!);
  e.pushWave();
  c.i32(x.slot);
  c.i32(x.off);
  push();
  c.get(bad);
  c.call(fn);
  c.op("unreachable");
}

/** Mode T: traps if a lane of `acting` (pushed) is outside. `inside` is a mask local. */
export function trapOutside(e: Emitter, x: Access, push: () => void, inside: number, acting: () => void): void {
  const c = e.code;
  const bad = e.temp(V128, 14);
  acting();
  c.get(inside);
  c.simd("v128.andnot");
  c.tee(bad);
  c.simd("i32x4.bitmask");
  c.if();
  trapLanes(e, x, push, bad);
  c.end();
}

/**
 * Modes T and Z, one offset for all lanes: `act` runs where it is inside. Outside, mode T traps for the lowest lane of `acting` (pushed). There
 * may be none, in one wave of a pair or where lanes were discarded: then nothing happens, and nothing may be accessed.
 */
export function whereInside(
  e: Emitter,
  x: Access,
  push: () => void,
  acting: () => void,
  act: () => void,
  otherwise: () => void,
  waves = 1,
): void {
  const c = e.code;
  pushInside(e, x, push);
  c.if();
  act();
  c.else();
  if (x.mode !== MODE.T) otherwise();
  else if (waves === 1) trapActing(e, x, push, acting);
  else {
    e.copies = waves;
    e.each(() => trapActing(e, x, push, acting));
    e.copies = 1;
  }
  c.end();
}
function trapActing(e: Emitter, x: Access, push: () => void, acting: () => void): void {
  const c = e.code;
  const bad = e.temp(V128, 14);
  acting();
  c.tee(bad);
  c.simd("i32x4.bitmask");
  c.if();
  const offsets = () => {
    push();
    c.simd("i32x4.splat");
  };
  trapLanes(e, x, offsets, bad);
  c.end();
}

export function pushConstantV(e: Emitter, x: Access): void {
  const constant = constantOf(x);
  if (constant === 0) return;
  e.code.splat(constant);
  e.code.simd("i32x4.add");
}
