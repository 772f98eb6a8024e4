/**
 * Memory of which each lane has its own: scratch, stage inputs and outputs. Word k of lane l of a wave is at byte (k * 4 + l) * 4 of the
 * wave's part, so that a scalar offset is one v128, and offsets per lane are spread over the lanes.
 *
 * A scalar store under a mask reads the v128, merges and writes it back. Those bytes are this wave's lanes' own, so nobody else can write
 * them in between.
 */
import { MODE } from "../isa/modes.ts";
import { type Access, isChecked, pushBounded, pushBoundedV, pushInsideV, trapOutside, whereInside } from "./bounds.ts";
import type { Emitter } from "./emitter.ts";
import { NONE, V } from "./flat.ts";
import { loadLanes, maskedLoad, maskedStore, storeLanes } from "./transfer.ts";
import { I32, V128 } from "./wasm.ts";

/** Bytes from one word of a lane to its next. */
const STEP = 16;

export function emitScratch(e: Emitter, x: Access, isStore: boolean): void {
  e.each(() => {
    if (x.a !== NONE && e.flat.files[x.a] === V) perLane(e, x, isStore);
    else once(e, x, isStore);
  });
  if (!isStore) for (const reg of x.regs) e.learn(reg, 0, 0);
}

/** One offset for all lanes. */
function once(e: Emitter, x: Access, isStore: boolean): void {
  const c = e.code;
  const push = () => e.push(x.a);
  const acting = () => (isStore ? e.pushActing() : e.exec());
  const go = () => {
    const address = e.temp(I32, 1);
    const inWord = wordAddress(e, x, push, address);
    for (let k = 0; k < x.regs.length; k++) {
      if (x.width < 4) narrowOnce(e, x, address, inWord, isStore);
      else if (isStore) storeWord(e, x, address, k);
      else {
        c.get(address);
        c.vmem("v128.load", wordOffset(x, k));
        setMasked(e, x, k);
      }
    }
  };
  const zeros = () => {
    if (isStore) return;
    for (const reg of x.regs) {
      c.splat(0);
      e.setReg(reg);
    }
  };
  if (isChecked(x)) whereInside(e, x, push, acting, go, zeros);
  else go();
}

/** The constant part of the offset. The size is a constant here, and with it all of mode C's sum. */
function constantPart(x: Access): number {
  return x.mode === MODE.C && x.off + x.width > x.min ? (x.min - x.width) & ~x.align : x.off;
}
/** Byte in the wave's part of word k of the access, as far as it is constant. */
const wordOffset = (x: Access, k: number) => (constantPart(x) & ~3) * 4 + k * STEP;
/** In narrow accesses the constant can carry from the byte in the word into the word. */
const carriedPart = (x: Access) => (x.width < 4 ? constantPart(x) & 3 : 0);

/**
 * Sets `address` to that of the word's lane 0, without the constant part.
 * @returns the local of the byte in the word, for accesses that are narrower than a word
 */
function wordAddress(e: Emitter, x: Access, push: () => void, address: number): number {
  const c = e.code;
  const inWord = e.temp(I32, 2);
  const sum = e.temp(I32, 3);
  const carried = carriedPart(x);
  pushBounded(e, x, push);
  if (carried !== 0) {
    c.i32(carried);
    c.op("i32.add");
  }
  if (x.width < 4) {
    c.tee(sum);
    c.i32(~3);
    c.op("i32.and");
  }
  c.i32(2);
  c.op("i32.shl");
  c.get(e.waveBase(x.slot));
  c.op("i32.add");
  c.set(address);
  if (x.width >= 4) return inWord;
  c.get(sum);
  c.i32(3);
  c.op("i32.and");
  c.set(inWord);
  return inWord;
}

function setMasked(e: Emitter, x: Access, k: number): void {
  if (!e.mask.full) {
    e.exec();
    e.code.simd("v128.and");
  }
  e.setReg(x.regs[k]!);
}

function storeWord(e: Emitter, x: Access, address: number, k: number): void {
  const c = e.code;
  c.get(address);
  e.pushV(x.regs[k]!);
  if (!e.actsFull) {
    c.get(address);
    c.vmem("v128.load", wordOffset(x, k));
    e.pushActing();
    c.simd("v128.bitselect");
  }
  c.vmem("v128.store", wordOffset(x, k));
}

/** Bytes and halves at one offset: lane by lane, a word apart. */
function narrowOnce(e: Emitter, x: Access, address: number, inWord: number, isStore: boolean): void {
  const c = e.code;
  const lanes = e.temp(V128, 12);
  c.get(address);
  c.get(inWord);
  c.op("i32.add");
  c.simd("i32x4.splat");
  c.v128(0, 4, 8, 12);
  c.simd("i32x4.add");
  c.set(lanes);
  moveNarrow(e, x, lanes, wordOffset(x, 0), isStore, undefined);
}

function moveNarrow(e: Emitter, x: Access, lanes: number, offset: number, isStore: boolean, inside: number | undefined): void {
  const c = e.code;
  const pushLanes = () => {
    c.get(lanes);
    if (offset === 0) return;
    c.splat(offset);
    c.simd("i32x4.add");
  };
  const pushMask = (push: () => void) => {
    push();
    if (inside === undefined) return;
    c.get(inside);
    c.simd("v128.and");
  };
  pushLanes();
  if (isStore) {
    pushMask(() => e.pushActing());
    e.pushV(x.regs[0]!);
    c.call(maskedStore(e.unit, x.width));
  } else {
    pushMask(() => e.exec());
    c.call(maskedLoad(e.unit, x.width));
    e.setReg(x.regs[0]!);
  }
}

/** An offset of its own for each lane. */
function perLane(e: Emitter, x: Access, isStore: boolean): void {
  const c = e.code;
  const offsets = () => e.pushV(x.a);
  let inside: number | undefined;
  if (isChecked(x)) {
    inside = e.temp(V128, 13);
    pushInsideV(e, x, offsets);
    c.set(inside);
    if (x.mode === MODE.T) trapOutside(e, x, offsets, inside, () => (isStore ? e.pushActing() : e.exec()));
  }
  const lanes = e.temp(V128, 12);
  laneAddresses(e, x, offsets, lanes);
  if (x.width < 4) {
    moveNarrow(e, x, lanes, wordOffset(x, 0), isStore, inside);
    return;
  }
  if (inside !== undefined || (isStore && !e.actsFull)) perLaneMasked(e, x, lanes, isStore, inside);
  else perLaneDirect(e, x, lanes, isStore);
}

/** Sets `lanes` to the addresses, without the constant part. */
function laneAddresses(e: Emitter, x: Access, offsets: () => void, lanes: number): void {
  const c = e.code;
  const sum = e.temp(V128, 11);
  pushBoundedV(e, x, offsets);
  const carried = carriedPart(x);
  if (carried !== 0) {
    c.splat(carried);
    c.simd("i32x4.add");
  }
  c.set(sum);
  c.get(sum);
  if (x.width < 4) {
    c.splat(~3);
    c.simd("v128.and");
  }
  c.i32(2);
  c.simd("i32x4.shl");
  c.get(e.waveBaseV(x.slot));
  c.simd("i32x4.add");
  if (x.width < 4) {
    c.get(sum);
    c.splat(3);
    c.simd("v128.and");
    c.simd("i32x4.add");
  }
  c.set(lanes);
}

function perLaneDirect(e: Emitter, x: Access, lanes: number, isStore: boolean): void {
  const c = e.code;
  const local = (k: number) => e.temp(V128, k);
  // data first: a load may overwrite the offsets' register, but not `lanes`
  for (let k = 0; k < x.regs.length; k++) {
    if (isStore) storeLanes(c, 4, lanes, wordOffset(x, k), local, () => e.pushV(x.regs[k]!));
    else loadLanes(c, 4, lanes, wordOffset(x, k), local, () => setMasked(e, x, k));
  }
}

function perLaneMasked(e: Emitter, x: Access, lanes: number, isStore: boolean, inside: number | undefined): void {
  const c = e.code;
  for (let k = 0; k < x.regs.length; k++) {
    c.get(lanes);
    c.splat(wordOffset(x, k));
    c.simd("i32x4.add");
    if (isStore) e.pushActing();
    else e.exec();
    if (inside !== undefined) {
      c.get(inside);
      c.simd("v128.and");
    }
    if (isStore) {
      e.pushV(x.regs[k]!);
      c.call(maskedStore(e.unit, 4));
    } else {
      c.call(maskedLoad(e.unit, 4));
      e.setReg(x.regs[k]!);
    }
  }
}
