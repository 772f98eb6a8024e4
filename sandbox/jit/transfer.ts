/**
 * Moving data between registers (one v128 per 32-bit component) and memory (one element per lane, its components side by side): shuffles,
 * lane loads and stores, and the helper functions that do it lane by lane under a mask. Addresses here are checked already.
 */
import type { Emitter } from "./emitter.ts";
import type { Unit } from "./unit.ts";
import { type Code, I32, V128 } from "./wasm.ts";

/** Pushes the absolute address of a lane; `address` is a local of four. */
export function pushLane(c: Code, address: number, lane: number): void {
  c.get(address);
  c.extract(lane);
}

/** Shuffles of a 4 x 4 transposition in two steps: which pairs to interleave, then which halves to join. */
function interleave(c: Code, low: readonly number[], out: readonly number[]): void {
  const pair = (a: number, b: number, to: number, isHigh: boolean) => {
    c.get(a);
    c.get(b);
    if (isHigh) c.shuffle(2, 6, 3, 7);
    else c.shuffle(0, 4, 1, 5);
    c.set(to);
  };
  pair(low[0]!, low[1]!, out[0]!, false);
  pair(low[0]!, low[1]!, out[1]!, true);
  pair(low[2]!, low[3]!, out[2]!, false);
  pair(low[2]!, low[3]!, out[3]!, true);
}

/** Pushes column k of the four rows from which `interleave` made `u`. */
function pushColumn(c: Code, u: readonly number[], k: number): void {
  const half = k >> 1;
  c.get(u[half]!);
  c.get(u[2 + half]!);
  if ((k & 1) === 0) c.shuffle(0, 1, 4, 5);
  else c.shuffle(2, 3, 6, 7);
}

/** Transposes `rows` (four locals): `set(k)` takes column k from the stack. `u`: four scratch locals. */
export function transpose(c: Code, rows: readonly number[], u: readonly number[], columns: number, set: (k: number) => void): void {
  interleave(c, rows, u);
  for (let k = 0; k < columns; k++) {
    pushColumn(c, u, k);
    set(k);
  }
}

/**
 * Loads one element per lane from four addresses.
 * @param address local of the four addresses, to which `offset` is added
 * @param local scratch locals by number, 0 to 7
 * @param set takes component k from the stack
 */
export function loadLanes(c: Code, width: number, address: number, offset: number, local: (k: number) => number, set: (k: number) => void) {
  if (width <= 4) {
    for (let lane = 3; lane >= 0; lane--) pushLane(c, address, lane);
    if (width === 4) c.vmem("v128.load32_zero", offset);
    else c.splat(0);
    for (let lane = width === 4 ? 1 : 0; lane < 4; lane++) {
      if (width === 4) c.vlane("v128.load32_lane", offset, lane);
      else if (width === 2) c.vlane("v128.load16_lane", offset, lane * 2);
      else c.vlane("v128.load8_lane", offset, lane * 4);
    }
    set(0);
    return;
  }
  if (width === 8) {
    for (const first of [0, 2]) {
      pushLane(c, address, first + 1);
      pushLane(c, address, first);
      c.vmem("v128.load64_zero", offset);
      c.vlane("v128.load64_lane", offset, 1);
      c.set(local(first));
    }
    splitPairs(c, local(0), local(2), set);
    return;
  }
  for (let lane = 0; lane < 4; lane++) {
    loadRow(c, width, () => pushLane(c, address, lane), offset);
    c.set(local(lane));
  }
  transpose(c, [0, 1, 2, 3].map(local), [4, 5, 6, 7].map(local), width / 4, set);
}

/** x0 y0 x1 y1, x2 y2 x3 y3 to x, y */
function splitPairs(c: Code, low: number, high: number, set: (k: number) => void): void {
  c.get(low);
  c.get(high);
  c.shuffle(0, 2, 4, 6);
  set(0);
  c.get(low);
  c.get(high);
  c.shuffle(1, 3, 5, 7);
  set(1);
}

/** Pushes 12 or 16 bytes as a row. */
function loadRow(c: Code, width: number, push: () => void, offset: number): void {
  push();
  if (width === 16) {
    c.vmem("v128.load", offset);
    return;
  }
  push();
  c.vmem("v128.load64_zero", offset);
  c.vlane("v128.load32_lane", offset + 8, 2);
}

/** Stores one element per lane at four addresses, lowest lane first. `data(k)` pushes component k. */
export function storeLanes(
  c: Code,
  width: number,
  address: number,
  offset: number,
  local: (k: number) => number,
  data: (k: number) => void,
): void {
  prepareStore(c, width, local, data);
  for (let lane = 0; lane < 4; lane++) storeLane(c, width, address, offset, local, lane);
}

/** The same where bit `lane` of the i32 local `bits` is set. */
export function storeSomeLanes(
  c: Code,
  width: number,
  address: number,
  offset: number,
  bits: number,
  local: (k: number) => number,
  data: (k: number) => void,
): void {
  prepareStore(c, width, local, data);
  for (let lane = 0; lane < 4; lane++) {
    c.get(bits);
    c.i32(1 << lane);
    c.op("i32.and");
    c.if();
    storeLane(c, width, address, offset, local, lane);
    c.end();
  }
}

/** Brings components to where `storeLane` takes them from. */
function prepareStore(c: Code, width: number, local: (k: number) => number, data: (k: number) => void): void {
  if (width >= 12) componentsToRows(c, width, local, data);
  else if (width === 8) joinPairs(c, local(0), local(1), data);
  else {
    data(0);
    c.set(local(0));
  }
}

/** Stores the element of one lane, from what `prepareStore` left in locals. */
function storeLane(c: Code, width: number, address: number, offset: number, local: (k: number) => number, lane: number): void {
  if (width >= 12) {
    storeRow(c, width, () => pushLane(c, address, lane), local(4 + lane), offset);
    return;
  }
  pushLane(c, address, lane);
  c.get(local(width === 8 ? lane >> 1 : 0));
  if (width === 8) c.vlane("v128.store64_lane", offset, lane & 1);
  else if (width === 4) c.vlane("v128.store32_lane", offset, lane);
  else if (width === 2) c.vlane("v128.store16_lane", offset, lane * 2);
  else c.vlane("v128.store8_lane", offset, lane * 4);
}

/** Components to rows in locals 4 to 7. */
function componentsToRows(c: Code, width: number, local: (k: number) => number, data: (k: number) => void): void {
  for (let k = 0; k < 4; k++) {
    if (k * 4 < width) data(k);
    else c.splat(0);
    c.set(local(k));
  }
  const u = [8, 9, 10, 11].map(local);
  transpose(c, [0, 1, 2, 3].map(local), u, 4, (k) => c.set(local(4 + k)));
}

/** x, y to x0 y0 x1 y1, x2 y2 x3 y3 in two locals */
function joinPairs(c: Code, low: number, high: number, data: (k: number) => void): void {
  data(0);
  data(1);
  c.shuffle(0, 4, 1, 5);
  data(0);
  data(1);
  c.shuffle(2, 6, 3, 7);
  c.set(high);
  c.set(low);
}

function storeRow(c: Code, width: number, push: () => void, row: number, offset: number): void {
  push();
  c.get(row);
  if (width === 16) {
    c.vmem("v128.store", offset);
    return;
  }
  c.vlane("v128.store64_lane", offset, 0);
  push();
  c.get(row);
  c.vlane("v128.store32_lane", offset + 8, 2);
}

const BYTES_TO_WORDS = [0, 16, 16, 16, 1, 16, 16, 16, 2, 16, 16, 16, 3, 16, 16, 16];
const HALVES_TO_WORDS = [0, 1, 16, 16, 2, 3, 16, 16, 4, 5, 16, 16, 6, 7, 16, 16];
const WORDS_TO_BYTES = [0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const WORDS_TO_HALVES = [0, 1, 4, 5, 8, 9, 12, 13, 0, 0, 0, 0, 0, 0, 0, 0];

/**
 * Loads four adjacent elements.
 * @param push pushes the address of the first, to which `offset` is added
 * @param parts a local for each 16 bytes, where elements are wider than a word
 */
export function loadAdjacent(
  e: Emitter,
  width: number,
  push: () => void,
  offset: number,
  parts: readonly number[],
  set: (k: number) => void,
): void {
  const c = e.code;
  push();
  if (width <= 4) {
    c.vmem(width === 1 ? "v128.load32_zero" : width === 2 ? "v128.load64_zero" : "v128.load", offset);
    if (width < 4) {
      c.splat(0);
      c.shuffleBytes(width === 1 ? BYTES_TO_WORDS : HALVES_TO_WORDS);
    }
    set(0);
    return;
  }
  parts.forEach((part, k) => {
    if (k > 0) push();
    c.vmem("v128.load", offset + k * 16);
    c.set(part);
  });
  const u = [4, 5, 6, 7].map((k) => e.temp(V128, k));
  if (width === 8) splitPairs(c, parts[0]!, parts[1]!, set);
  else if (width === 12) split3(c, parts, u[0]!, set);
  else transpose(c, parts, u, 4, set);
}

/** x0 y0 z0 x1, y1 z1 x2 y2, z2 x3 y3 z3 to x, y, z */
function split3(c: Code, p: readonly number[], t: number, set: (k: number) => void): void {
  const steps = [
    [0, 3, 6, 0, 0, 1, 2, 5],
    [1, 4, 7, 0, 0, 1, 2, 6],
    [2, 5, 0, 0, 0, 1, 4, 7],
  ];
  steps.forEach((s, k) => {
    c.get(p[0]!);
    c.get(p[1]!);
    c.shuffle(s[0]!, s[1]!, s[2]!, s[3]!);
    c.set(t);
    c.get(t);
    c.get(p[2]!);
    c.shuffle(s[4]!, s[5]!, s[6]!, s[7]!);
    set(k);
  });
}

/** Stores four adjacent elements. `rows`: locals that hold them as elements of 16 bytes, if there are such. */
export function storeAdjacent(
  e: Emitter,
  width: number,
  push: () => void,
  offset: number,
  data: (k: number) => void,
  rows: readonly number[] | undefined,
): void {
  const c = e.code;
  const local = (k: number) => e.temp(V128, k);
  if (width <= 4) {
    push();
    data(0);
    if (width === 4) {
      c.vmem("v128.store", offset);
      return;
    }
    c.set(local(0));
    c.get(local(0));
    c.get(local(0));
    c.shuffleBytes(width === 1 ? WORDS_TO_BYTES : WORDS_TO_HALVES);
    c.vlane(width === 1 ? "v128.store32_lane" : "v128.store64_lane", offset, 0);
    return;
  }
  let parts = rows;
  if (parts === undefined) {
    parts = Array.from({ length: width / 4 }, (_, k) => local(4 + k));
    if (width === 8) joinPairs(c, parts[0]!, parts[1]!, data);
    else if (width === 12) join3(c, parts, local, data);
    else componentsToRows(c, width, local, data);
  }
  parts.forEach((part, k) => {
    push();
    c.get(part);
    c.vmem("v128.store", offset + k * 16);
  });
}

/** x, y, z to x0 y0 z0 x1, y1 z1 x2 y2, z2 x3 y3 z3 */
function join3(c: Code, out: readonly number[], local: (k: number) => number, data: (k: number) => void): void {
  const z = local(2);
  joinPairs(c, local(0), local(1), data);
  data(2);
  c.set(z);
  const join = (a: number, b: number, to: number, x: number, y: number, v: number, w: number) => {
    c.get(a);
    c.get(b);
    c.shuffle(x, y, v, w);
    c.set(to);
  };
  join(local(0), z, out[0]!, 0, 1, 4, 2);
  join(local(0), z, out[1]!, 3, 5, 0, 0);
  join(out[1]!, local(1), out[1]!, 0, 1, 4, 5);
  join(local(1), z, out[2]!, 6, 2, 3, 7);
}

/** Runs `body` for each lane that is set in mask local 1, lowest first. */
function forLanes(c: Code, body: (lane: number) => void): void {
  const bits = c.local(I32);
  c.get(1);
  c.simd("i32x4.bitmask");
  c.set(bits);
  for (let lane = 0; lane < 4; lane++) {
    c.get(bits);
    c.i32(1 << lane);
    c.op("i32.and");
    c.if();
    body(lane);
    c.end();
  }
}

function locals(c: Code): (k: number) => number {
  const list: number[] = [];
  return (k) => {
    list[k] ??= c.local(V128);
    return list[k];
  };
}

/** Helper (addresses, mask) to the components: loads where the mask is set, 0 elsewhere. */
export function maskedLoad(unit: Unit, width: number): number {
  const regs = Math.max(1, width / 4);
  return unit.helper(`load${width}`, [V128, V128], new Array(regs).fill(V128), (c) => {
    const local = locals(c);
    forLanes(c, (lane) => {
      const push = () => pushLane(c, 0, lane);
      if (width >= 8) {
        if (width === 8) {
          push();
          c.vmem("v128.load64_zero", 0);
        } else loadRow(c, width, push, 0);
        c.set(local(lane));
        return;
      }
      push();
      c.get(local(0));
      if (width === 4) c.vlane("v128.load32_lane", 0, lane);
      else if (width === 2) c.vlane("v128.load16_lane", 0, lane * 2);
      else c.vlane("v128.load8_lane", 0, lane * 4);
      c.set(local(0));
    });
    if (width <= 4) c.get(local(0));
    else
      transpose(c, [0, 1, 2, 3].map(local), [4, 5, 6, 7].map(local), regs, () => {
        // left on the stack: the results
      });
  });
}

/** Helper (addresses, mask, components): stores where the mask is set, lowest lane first. */
export function maskedStore(unit: Unit, width: number): number {
  const regs = Math.max(1, width / 4);
  return unit.helper(`store${width}`, new Array(2 + regs).fill(V128), [], (c) => {
    const local = locals(c);
    const data = (k: number) => c.get(2 + k);
    prepareStore(c, width, local, data);
    forLanes(c, (lane) => storeLane(c, width, 0, 0, local, lane));
  });
}
