/**
 * Atomics: one helper function per operation, which takes the lanes in ascending order. Plain operations do where only one thread can touch
 * the memory: workgroup memory always, storage where the caller says so.
 */
import { MODE, SLOT_KIND } from "../isa/modes.ts";
import {
  type Access,
  constantOf,
  isChecked,
  pushBase,
  pushBaseV,
  pushBounded,
  pushBoundedV,
  pushConstantV,
  pushInside,
  pushInsideV,
  trapOutside,
} from "./bounds.ts";
import type { Emitter } from "./emitter.ts";
import { MNEMONIC, NONE, V } from "./flat.ts";
import type { Unit } from "./unit.ts";
import { type AtomicName, type Code, I32, type OpName, V128 } from "./wasm.ts";

export function emitAtomic(e: Emitter, x: Access): void {
  e.each(() => atomic(e, x));
  if (operationOf(e, x) !== "at.st") e.learn(x.regs[0]!, 0, 0);
}

const operationOf = (e: Emitter, x: Access) => MNEMONIC[e.flat.op[x.i]!]!;

function atomic(e: Emitter, x: Access): void {
  const c = e.code;
  const isPlain = e.unit.options.plainAtomics || e.unit.program.slots[x.slot]!.kind === SLOT_KIND.workgroup;
  const operation = operationOf(e, x);
  const isVector = x.a !== NONE && e.flat.files[x.a] === V;
  const offsets = () => (x.a === NONE ? c.splat(0) : e.pushV(x.a));
  const inside = e.temp(V128, 13);
  if (isChecked(x)) {
    if (isVector) pushInsideV(e, x, offsets);
    else {
      c.i32(0);
      pushInside(e, x, () => e.push(x.a));
      c.op("i32.sub");
      c.simd("i32x4.splat");
    }
    c.set(inside);
    if (x.mode === MODE.T) trapOutside(e, x, offsets, inside, () => e.pushActing());
  }
  if (isVector) {
    pushBoundedV(e, x, offsets);
    pushBaseV(e, x);
    c.simd("i32x4.add");
  } else {
    pushBase(e, x);
    pushBounded(e, x, () => e.push(x.a));
    c.op("i32.add");
    c.simd("i32x4.splat");
  }
  const pushMask = () => {
    e.pushActing();
    if (!isChecked(x)) return;
    c.get(inside);
    c.simd("v128.and");
  };
  if (isPlain && (e.live.dead[x.i] === 2 || operation === "at.st") && operation !== "at.cas") {
    c.set(e.temp(V128, 12));
    inPlace(e, x, operation, e.actsFull && !isChecked(x) ? undefined : pushMask);
    return;
  }
  if (constantOf(x) !== 0) pushConstantV(e, x);
  pushMask();
  if (operation !== "at.ld") for (const reg of x.regs) e.push(reg);
  c.call(atomicHelper(e.unit, operation, isPlain));
  if (operation !== "at.st") e.setReg(x.regs[0]!);
}

/** A plain operation whose old value nobody looks at, at the addresses in the temporary 12: without a call, which loops would feel. */
function inPlace(e: Emitter, x: Access, operation: string, pushMask: (() => void) | undefined): void {
  const c = e.code;
  const address = e.temp(I32, 1);
  const bits = e.temp(I32, 2);
  const old = e.temp(I32, 3);
  const value = e.temp(I32, 4);
  const lane = (k: number) => {
    c.get(e.temp(V128, 12));
    c.extract(k);
    c.set(address);
    e.push(x.regs[0]!);
    c.extract(k);
    c.set(value);
    if (operation !== "at.st" && operation !== "at.xchg") {
      c.get(address);
      c.mem("i32.load", constantOf(x));
      c.set(old);
    }
    c.get(address);
    pushNew(c, operation, value, old, () => {});
    c.mem("i32.store", constantOf(x));
  };
  const all = () => {
    for (let k = 0; k < 4; k++) lane(k);
  };
  if (pushMask === undefined) {
    all();
    return;
  }
  pushMask();
  c.simd("i32x4.bitmask");
  c.tee(bits);
  c.i32(15);
  c.op("i32.eq");
  c.if();
  all();
  c.else();
  for (let k = 0; k < 4; k++) {
    c.get(bits);
    c.i32(1 << k);
    c.op("i32.and");
    c.if();
    lane(k);
    c.end();
  }
  c.end();
}

/** Helper (addresses, mask, data, data of cas) to the old values, 0 in lanes not set. */
function atomicHelper(unit: Unit, operation: string, isPlain: boolean): number {
  const data = operation === "at.ld" ? 0 : operation === "at.cas" ? 2 : 1;
  const results = operation === "at.st" ? [] : [V128];
  return unit.helper(`${operation}${isPlain ? "" : "!"}`, new Array(2 + data).fill(V128), results, (c) => {
    const bits = c.local(I32);
    const old = c.local(I32);
    const address = c.local(I32);
    const value = c.local(I32);
    const result = c.local(V128);
    c.get(1);
    c.simd("i32x4.bitmask");
    c.set(bits);
    for (let lane = 0; lane < 4; lane++) {
      c.get(bits);
      c.i32(1 << lane);
      c.op("i32.and");
      c.if();
      const fetch = (from: number, to: number) => {
        c.get(from);
        c.extract(lane);
        c.set(to);
      };
      fetch(0, address);
      if (data > 0) fetch(2, value);
      const compared = () => {
        c.get(3);
        c.extract(lane);
      };
      if (isPlain) plain(c, operation, address, value, old, compared);
      else shared(c, operation, address, value, old, compared);
      if (results.length > 0) {
        c.get(result);
        c.get(old);
        c.replace(lane);
        c.set(result);
      }
      c.end();
    }
    if (results.length > 0) c.get(result);
  });
}

const COMBINE: { readonly [K in string]?: OpName } = { "at.add": "i32.add", "at.and": "i32.and", "at.or": "i32.or", "at.xor": "i32.xor" };
/** Holds where the new value replaces the old one. */
const REPLACES: { readonly [K in string]?: OpName } = {
  "at.umin": "i32.lt_u",
  "at.umax": "i32.gt_u",
  "at.smin": "i32.lt_s",
  "at.smax": "i32.gt_s",
};

/** Pushes what the word becomes. */
function pushNew(c: Code, operation: string, value: number, old: number, compared: () => void): void {
  const combine = COMBINE[operation];
  if (combine !== undefined) {
    c.get(old);
    c.get(value);
    c.op(combine);
    return;
  }
  c.get(value);
  if (operation === "at.xchg" || operation === "at.st") return;
  c.get(old);
  if (operation === "at.cas") {
    c.get(old);
    compared();
    c.op("i32.eq");
  } else {
    c.get(value);
    c.get(old);
    c.op(REPLACES[operation]!);
  }
  c.op("select");
}

function plain(c: Code, operation: string, address: number, value: number, old: number, compared: () => void): void {
  c.get(address);
  c.mem("i32.load", 0);
  c.set(old);
  if (operation === "at.ld") return;
  c.get(address);
  pushNew(c, operation, value, old, compared);
  c.mem("i32.store", 0);
}

const RMW: { readonly [K in string]?: AtomicName } = {
  "at.add": "i32.atomic.rmw.add",
  "at.and": "i32.atomic.rmw.and",
  "at.or": "i32.atomic.rmw.or",
  "at.xor": "i32.atomic.rmw.xor",
  "at.xchg": "i32.atomic.rmw.xchg",
};

function shared(c: Code, operation: string, address: number, value: number, old: number, compared: () => void): void {
  const rmw = RMW[operation];
  c.get(address);
  if (rmw !== undefined) {
    c.get(value);
    c.atomic(rmw);
    c.set(old);
  } else if (operation === "at.st") {
    c.get(value);
    c.atomic("i32.atomic.store");
  } else if (operation === "at.cas") {
    compared();
    c.get(value);
    c.atomic("i32.atomic.rmw.cmpxchg");
    c.set(old);
  } else {
    c.atomic("i32.atomic.load");
    c.set(old);
    if (operation !== "at.ld") retry(c, operation, address, value, old);
  }
}

/** Minimum and maximum: exchanges until nobody else wrote in between. `old` is a first guess. */
function retry(c: Code, operation: string, address: number, value: number, old: number): void {
  const seen = c.local(I32);
  const top = c.loop();
  c.get(address);
  c.get(old);
  pushNew(c, operation, value, old, () => {});
  c.atomic("i32.atomic.rmw.cmpxchg");
  c.set(seen);
  c.get(seen);
  c.get(old);
  c.get(seen);
  c.set(old);
  c.op("i32.ne");
  c.brIf(top);
  c.end();
}
