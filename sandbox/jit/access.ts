/** Loads and stores of memory that lanes share: per lane, of four adjacent elements, or of one element for all. */
import { MODE } from "../isa/modes.ts";
import { ISA } from "../isa/table.ts";
import { emitAtomic } from "./atomic.ts";
import { checkProof } from "./belt.ts";
import {
  type Access,
  accessOf,
  align,
  constantOf,
  fitsMinimum,
  isChecked,
  pushBase,
  pushBaseV,
  pushBounded,
  pushBoundedV,
  pushConstantV,
  pushInsideV,
  trapOutside,
  UNBOUNDED,
  whereInside,
} from "./bounds.ts";
import { type Emitter, isPerLane } from "./emitter.ts";
import { type Flat, G, NONE, OPCODE, ROW, V } from "./flat.ts";
import { emitScratch } from "./scratch.ts";
import { loadAdjacent, loadLanes, maskedLoad, pushLane, storeAdjacent, storeLanes, storeSomeLanes, transpose } from "./transfer.ts";
import { I32, V128 } from "./wasm.ts";

/** Emits `mem` instruction i. */
export function emitAccess(e: Emitter, i: number): void {
  const { flat } = e;
  const op = flat.op[i]!;
  if (op === OPCODE.slotLen) {
    emitSlotLen(e, i);
    return;
  }
  const x = accessOf(e, i);
  if (e.unit.options.belt === true) checkProof(e, x);
  const effect = ROW[op]!.effect;
  const kind = e.unit.program.slots[x.slot]!.kind;
  if (effect === "atomic") emitAtomic(e, x);
  else if (isPerLane(kind)) emitScratch(e, x, effect === "store");
  else if (effect === "store") emitStore(e, x);
  else emitLoad(e, x);
}

function emitSlotLen(e: Emitter, i: number): void {
  const d = e.flat.d[i]!;
  e.each(() => {
    e.code.get(e.size(e.flat.slot[i]!));
    if (e.flat.files[d] === V) e.code.simd("i32x4.splat");
    e.setReg(d);
  });
  e.learn(d, 0, 0);
}

const isVector = (flat: Flat, reg: number) => reg !== NONE && flat.files[reg] === V;

// loads

function emitLoad(e: Emitter, x: Access): void {
  const { flat } = e;
  const rows: number[][] = [];
  if (flat.files[x.regs[0]!] !== V) loadScalar(e, x);
  else if (x.contiguous) {
    const keepsRows = x.width === 16 && isCopied(flat, x.i);
    e.each(() => {
      const locals = loadContiguous(e, x, keepsRows);
      if (keepsRows) rows.push(locals);
    });
  } else if (isVector(flat, x.a)) e.each(() => loadGather(e, x, () => e.pushV(x.a)));
  else loadBroadcast(e, x);
  for (const reg of x.regs) e.learn(reg, 0, 0);
  if (rows.length > 0) e.rows.set(x.regs[0]!, { regs: x.regs, locals: rows });
}

/** How far a store of what a load gave is looked for. */
const COPY_WINDOW = 24;

/** Whether the registers of load i are stored again as they are soon: a copy, which needs no transposition. */
function isCopied(flat: Flat, i: number): boolean {
  for (let j = i + 1; j < flat.length && j < i + COPY_WINDOW; j++) {
    if (flat.op[j] === STORE_128 && flat.d[j] === flat.d[i] && isContiguousWord(flat.hi[j]!)) return true;
    if (flat.op[j]! >= OPCODE.if) return false;
  }
  return false;
}
const STORE_128 = ISA["st.128"].code;
const isContiguousWord = (hi: number) => ((hi >>> 28) & 1) === 1;

/** Keeps inactive lanes at 0: sets data register k from the stack. */
function setMasked(e: Emitter, x: Access, k: number): void {
  if (!e.mask.full) {
    e.exec();
    e.code.simd("v128.and");
  }
  e.setReg(x.regs[k]!);
}

function loadScalar(e: Emitter, x: Access): void {
  const file = e.flat.files[x.regs[0]!]!;
  const copies = e.copies;
  if (file === G || e.shared[x.regs[0]!] === 1) e.copies = 1;
  e.each(() =>
    withOneOffset(
      e,
      x,
      () => e.exec(),
      loadWords,
      () => zeroScalars(e, x),
      copies / e.copies,
    ),
  );
  e.copies = copies;
}
function loadWords(e: Emitter, x: Access, push: () => void): void {
  const c = e.code;
  // the address register may be one of the data registers
  const address = e.temp(I32, 1);
  push();
  c.set(address);
  x.regs.forEach((reg, k) => {
    c.get(address);
    c.mem(x.width === 1 ? "i32.load8_u" : x.width === 2 ? "i32.load16_u" : "i32.load", constantOf(x) + k * 4);
    e.setReg(reg);
  });
}
function zeroScalars(e: Emitter, x: Access): void {
  for (const reg of x.regs) {
    e.code.i32(0);
    e.setReg(reg);
  }
}

/**
 * One offset: `act` gets what pushes the address, `otherwise` runs where mode Z finds it outside.
 * @param waves how many may trap here: both of a pair where they share what is loaded
 */
function withOneOffset(
  e: Emitter,
  x: Access,
  acting: () => void,
  act: (e: Emitter, x: Access, push: () => void) => void,
  otherwise: () => void,
  waves = 1,
): void {
  const c = e.code;
  const push = () => e.push(x.a);
  const pushAddress = () => {
    pushBase(e, x);
    if (x.mode === MODE.K) return;
    pushBounded(e, x, push);
    c.op("i32.add");
  };
  if (!isChecked(x)) act(e, x, pushAddress);
  else whereInside(e, x, push, acting, () => act(e, x, pushAddress), otherwise, waves);
}

function loadBroadcast(e: Emitter, x: Access): void {
  const c = e.code;
  const isShared = x.a === NONE || e.flat.files[x.a] === G || e.shared[x.a] === 1;
  e.each(() => {
    if (isShared && e.copy === 1 && e.mask.full) {
      copyFirst(e, x.regs);
      return;
    }
    withOneOffset(
      e,
      x,
      () => e.exec(),
      (_, __, push) => {
        const address = e.temp(I32, 1);
        push();
        c.set(address);
        x.regs.forEach((_reg, k) => {
          c.get(address);
          if (x.width >= 4) c.vmem("v128.load32_splat", constantOf(x) + k * 4);
          else {
            c.mem(x.width === 1 ? "i32.load8_u" : "i32.load16_u", constantOf(x));
            c.simd("i32x4.splat");
          }
          setMasked(e, x, k);
        });
      },
      () => zeroVectors(e, x),
    );
  });
}

/** The second wave of a pair takes what the first has loaded. */
function copyFirst(e: Emitter, regs: readonly number[]): void {
  for (const reg of regs) {
    e.copy = 0;
    e.push(reg);
    e.copy = 1;
    e.setReg(reg);
  }
}
function zeroVectors(e: Emitter, x: Access): void {
  for (const reg of x.regs) {
    e.code.splat(0);
    e.setReg(reg);
  }
}

/** Loads at an offset of its own for each lane; `offsets` pushes them. Lanes outside, and inactive ones, get 0. */
function loadGather(e: Emitter, x: Access, offsets: () => void): void {
  const c = e.code;
  if (ifRising(e, x)) {
    c.vmem("v128.load", x.off);
    setMasked(e, x, 0);
    c.else();
    gather(e, x, offsets, false);
    c.end();
  } else gather(e, x, offsets, mayBeAdjacent(e, x));
}

/**
 * Opens an if where lanes are known to be at adjacent words, all inside (affine.ts), and pushes the address of the first there.
 * @returns false where nothing is known
 */
function ifRising(e: Emitter, x: Access): boolean {
  const c = e.code;
  const rising = x.a === NONE || x.contiguous || e.copies !== 1 ? undefined : e.affine.rising(x.a);
  if (rising === undefined || x.width !== 4 || rising.step !== 4) return false;
  const push = () => c.get(rising.base);
  const inside = adjacentInside(e, x, push);
  if (inside === false) return false;
  c.get(rising.ok);
  if (inside !== true) {
    inside();
    c.op("i32.and");
  }
  c.if();
  pushAdjacent(e, x, push);
  return true;
}

function gather(e: Emitter, x: Access, offsets: () => void, isLooking: boolean): void {
  const c = e.code;
  let inside: number | undefined;
  if (isChecked(x)) {
    inside = e.temp(V128, 13);
    pushInsideV(e, x, offsets);
    c.set(inside);
    if (x.mode === MODE.T) trapOutside(e, x, offsets, inside, () => e.exec());
    if (!fitsMinimum(x, x.width)) {
      loadSlowly(e, x, offsets, inside);
      return;
    }
    // after the trap, all active lanes are inside
    if (x.mode === MODE.T) inside = undefined;
  }
  const address = e.temp(V128, 12);
  pushBoundedV(e, x, offsets, isChecked(x));
  pushBaseV(e, x);
  c.simd("i32x4.add");
  c.set(address);
  const set = (k: number) => {
    if (inside !== undefined) {
      c.get(inside);
      c.simd("v128.and");
    }
    setMasked(e, x, k);
  };
  if (isLooking) {
    ifAdjacent(e, address);
    pushLane(c, address, 0);
    c.vmem("v128.load", constantOf(x));
    set(0);
    c.else();
    loadLanes(c, 4, address, constantOf(x), (k) => e.temp(V128, k), set);
    c.end();
    return;
  }
  loadLanes(c, x.width, address, constantOf(x), (k) => e.temp(V128, k), set);
}

/** Lanes at offsets of their own that are neighbours' more often than not: words at what lane numbers are worked out to. */
const mayBeAdjacent = (e: Emitter, x: Access) => x.width === 4 && x.a !== NONE && !x.contiguous && e.indices[x.a] === 1;

/** Opens an if for addresses (local `address`) of four adjacent words. They are inside each, so all sixteen bytes are. */
function ifAdjacent(e: Emitter, address: number): void {
  const c = e.code;
  c.get(address);
  c.get(address);
  c.shuffle(0, 0, 0, 0);
  c.v128(0, 4, 8, 12);
  c.simd("i32x4.add");
  c.get(address);
  c.simd("i32x4.eq");
  c.simd("i32x4.bitmask");
  c.i32(15);
  c.op("i32.eq");
  c.if();
}

/** The region may be smaller than one element, so that there is nothing that a lane may read in any case. */
function loadSlowly(e: Emitter, x: Access, offsets: () => void, inside: number): void {
  const c = e.code;
  pushBoundedV(e, x, offsets);
  pushBaseV(e, x);
  c.simd("i32x4.add");
  pushConstantV(e, x);
  e.exec();
  c.get(inside);
  c.simd("v128.and");
  c.call(maskedLoad(e.unit, x.width));
  for (let k = x.regs.length - 1; k >= 0; k--) e.setReg(x.regs[k]!);
}

// contiguous

/** Pushes 0 or 1: all four elements are inside, so that lanes need no bounds. true: always so; false: never. `push`: the first's offset. */
function adjacentInside(e: Emitter, x: Access, push = () => e.push(x.a)): (() => void) | boolean {
  const c = e.code;
  switch (x.mode) {
    case MODE.K:
    case UNBOUNDED:
      return true;
    case MODE.N: {
      const last = x.lim - 3 * x.width;
      if (last < 0) return false;
      return () => {
        push();
        c.i32(last);
        c.op("i32.le_u");
      };
    }
    case MODE.M:
      return x.width !== 4 || x.mask < 12
        ? false
        : () => {
            push();
            c.i32(x.mask - 8);
            c.op("i32.lt_u");
          };
    default:
      return () => {
        push();
        c.get(e.limit(x.slot, x.off + 4 * x.width));
        c.op("i32.lt_u");
      };
  }
}

/** Pushes the address of the first of four elements that are all inside, without the constant part. */
function pushAdjacent(e: Emitter, x: Access, push = () => e.push(x.a)): void {
  e.code.get(e.base(x.slot));
  if (x.a === NONE) return;
  push();
  align(e, x, false);
  e.code.op("i32.add");
}

/** Sets a temporary to the offsets of the lanes: a + width * lane, as a v register would hold it. */
function adjacentOffsets(e: Emitter, x: Access): () => void {
  const c = e.code;
  if (x.a === NONE) return () => c.v128(0, x.width, 2 * x.width, 3 * x.width);
  const sum = e.temp(V128, 9);
  e.pushV(x.a);
  c.v128(0, x.width, 2 * x.width, 3 * x.width);
  c.simd("i32x4.add");
  c.set(sum);
  return () => c.get(sum);
}

/** Emits `fast` where all elements are inside (and `also`, if given, pushes 1), else `slow`. */
function eitherWay(e: Emitter, x: Access, also: (() => void) | undefined, fast: () => void, slow: () => void): void {
  const inside = adjacentInside(e, x);
  if (inside === false) {
    slow();
    return;
  }
  const conditions = [inside, also].filter((c) => typeof c === "function");
  if (conditions.length === 0) {
    fast();
    return;
  }
  conditions.forEach((push, k) => {
    push();
    if (k > 0) e.code.op("i32.and");
  });
  e.code.if();
  fast();
  e.code.else();
  slow();
  e.code.end();
}

/** @returns the locals of the rows loaded, one per lane, if `keepsRows` */
function loadContiguous(e: Emitter, x: Access, keepsRows: boolean): number[] {
  const c = e.code;
  const address = e.temp(I32, 1);
  const parts = Array.from({ length: x.width / 4 }, (_, k) => (keepsRows ? c.local(V128) : e.temp(V128, k)));
  const set = (k: number) => setMasked(e, x, k);
  const fast = () => {
    pushAdjacent(e, x);
    c.set(address);
    loadAdjacent(e, x.width, () => c.get(address), x.off, parts, set);
  };
  const slow = () => {
    loadGather(e, x, adjacentOffsets(e, x));
    if (keepsRows) rowsOf(e, x, parts);
  };
  eitherWay(e, x, undefined, fast, slow);
  return parts;
}

/** Sets `rows` to the lanes of the data registers. */
function rowsOf(e: Emitter, x: Access, rows: readonly number[]): void {
  const regs = x.regs.map((reg, k) => {
    e.push(reg);
    e.code.set(e.temp(V128, k));
    return e.temp(V128, k);
  });
  const u = [4, 5, 6, 7].map((k) => e.temp(V128, k));
  transpose(e.code, regs, u, 4, (k) => e.code.set(rows[k]!));
}

// stores

function emitStore(e: Emitter, x: Access): void {
  e.each(() => {
    if (x.contiguous) storeContiguous(e, x);
    else if (isVector(e.flat, x.a)) storeScatter(e, x, () => e.pushV(x.a));
    else storeOnce(e, x);
  });
}

/** Pushes data register k as v128. */
const data = (e: Emitter, x: Access) => (k: number) => e.pushV(x.regs[k]!);

function storeContiguous(e: Emitter, x: Access): void {
  const c = e.code;
  const loaded = x.width === 16 ? e.rows.get(x.regs[0]!) : undefined;
  const rows = loaded?.regs.every((reg, k) => reg === x.regs[k]) ? loaded : undefined;
  const address = e.temp(I32, 1);
  const all = () => {
    e.pushActing();
    c.simd("i32x4.bitmask");
    c.i32(15);
    c.op("i32.eq");
  };
  const fast = () => {
    pushAdjacent(e, x);
    c.set(address);
    storeAdjacent(e, x.width, () => c.get(address), x.off, data(e, x), rows?.locals[e.copy]);
  };
  const slow = () => storeScatter(e, x, adjacentOffsets(e, x));
  eitherWay(e, x, e.actsFull ? undefined : all, fast, slow);
}

/** Stores at an offset of its own for each lane; `offsets` pushes them. */
function storeScatter(e: Emitter, x: Access, offsets: () => void): void {
  if (e.actsFull && ifRising(e, x)) {
    data(e, x)(0);
    e.code.vmem("v128.store", x.off);
    e.code.else();
    scatter(e, x, offsets);
    e.code.end();
  } else scatter(e, x, offsets);
}

function scatter(e: Emitter, x: Access, offsets: () => void): void {
  const c = e.code;
  const address = e.temp(V128, 12);
  let inside: number | undefined;
  if (isChecked(x)) {
    inside = e.temp(V128, 13);
    pushInsideV(e, x, offsets);
    c.set(inside);
    if (x.mode === MODE.T) {
      trapOutside(e, x, offsets, inside, () => e.pushActing());
      inside = undefined;
    }
  }
  pushBoundedV(e, x, offsets);
  pushBaseV(e, x);
  c.simd("i32x4.add");
  c.set(address);
  const local = (k: number) => e.temp(V128, k);
  if (inside === undefined && e.actsFull) {
    const isChecked = mayBeAdjacent(e, x);
    if (isChecked) {
      ifAdjacent(e, address);
      pushLane(c, address, 0);
      data(e, x)(0);
      c.vmem("v128.store", constantOf(x));
      c.else();
    }
    storeLanes(c, x.width, address, constantOf(x), local, data(e, x));
    if (isChecked) c.end();
    return;
  }
  if (inside !== undefined) c.get(inside);
  if (!e.actsFull) e.pushActing();
  if (inside !== undefined && !e.actsFull) c.simd("v128.and");
  c.simd("i32x4.bitmask");
  const bits = e.temp(I32, 2);
  c.set(bits);
  storeSomeLanes(c, x.width, address, constantOf(x), bits, local, data(e, x));
}

/** One offset for all lanes: the highest active lane's value stays. */
function storeOnce(e: Emitter, x: Access): void {
  const c = e.code;
  const isV = e.flat.files[x.regs[0]!] === V;
  withOneOffset(
    e,
    x,
    () => e.pushActing(),
    (_, __, push) => {
      const address = e.temp(I32, 1);
      push();
      c.set(address);
      // of a pair, one wave may have no active lane; otherwise there is one
      if (!e.actsFull && (isV || e.killed !== NONE || e.copies > 1)) {
        storeHighest(e, x, address);
        return;
      }
      x.regs.forEach((reg, k) => {
        c.get(address);
        e.push(reg);
        if (isV) c.extract(3);
        c.mem(x.width === 1 ? "i32.store8" : x.width === 2 ? "i32.store16" : "i32.store", constantOf(x) + k * 4);
      });
    },
    () => {},
  );
}

/** Lanes store one after the other at the same address, those that act. */
function storeHighest(e: Emitter, x: Access, address: number): void {
  const c = e.code;
  const addresses = e.temp(V128, 12);
  c.get(address);
  c.simd("i32x4.splat");
  c.set(addresses);
  const bits = e.temp(I32, 2);
  e.pushActing();
  c.simd("i32x4.bitmask");
  c.set(bits);
  storeSomeLanes(c, x.width, addresses, constantOf(x), bits, (k) => e.temp(V128, k), data(e, x));
}
