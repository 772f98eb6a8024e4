/**
 * Gives registers that a copy joins one register, where they never live at the same time or, while they do, hold the same value: a union-find
 * over registers with the stretches that each class lives in and the places it is written at. Registers that must stand side by side keep their
 * place in their group, so two of different groups stay apart.
 */
import { NONE } from "../support/id.ts";
import type { Intervals } from "./intervals.ts";
import { DATA_BOTH, DATA_DEF, dataOf, FLAG, type Lir, MN } from "./lir.ts";

/** Stretches a class may have before it grows no more: keeps the whole linear. */
const MAX_STRETCHES = 64;

export class RegisterClasses {
  readonly #parent: Int32Array;
  readonly #stretches = new Map<number, number[]>();
  /** sorted positions of all writes, by register; `#writeStart` is where a register's begin */
  readonly #writeStart: Int32Array;
  readonly #writes: Int32Array;
  readonly #classWrites = new Map<number, readonly number[]>();
  readonly #intervals: Intervals;
  /** by class: group it stands in, or NONE, and its place there */
  readonly group: Int32Array;
  readonly place: Int32Array;
  /** by group: first register in the pool, and how many */
  readonly groups: { readonly members: readonly number[] }[] = [];

  constructor(lir: Lir, intervals: Intervals) {
    const n = lir.regCount;
    this.#intervals = intervals;
    this.#parent = new Int32Array(n);
    for (let r = 0; r < n; r++) this.#parent[r] = r;
    this.group = new Int32Array(n).fill(NONE);
    this.place = new Int32Array(n);
    [this.#writeStart, this.#writes] = findWrites(lir);
    this.#findGroups(lir);
    this.#joinCopies(lir);
  }

  find(r: number): number {
    const parent = this.#parent;
    let root = r;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = r; at !== root; ) {
      const next = parent[at]!;
      parent[at] = root;
      at = next;
    }
    return root;
  }
  /** Sorted, disjoint: start, end, start, end ... */
  stretches(root: number): readonly number[] {
    const known = this.#stretches.get(root);
    if (known) return known;
    const { start, end, holeFrom, holeTo } = this.#intervals;
    if (holeFrom[root]! < 0) return [start[root]!, end[root]!];
    return [start[root]!, holeFrom[root]!, holeTo[root]!, end[root]!];
  }

  #findGroups(lir: Lir): void {
    for (let i = 0; i < lir.length; i++) {
      const regs = lir.regs.get(i);
      if (regs < 2 || this.group[lir.data(i, 0)] !== NONE) continue;
      const members = Array.from({ length: regs }, (_, j) => lir.data(i, j) as number);
      members.forEach((r, place) => {
        this.group[r] = this.groups.length;
        this.place[r] = place;
      });
      this.groups.push({ members });
    }
  }
  #joinCopies(lir: Lir): void {
    for (let i = 0; i < lir.length; i++) {
      if (lir.op.get(i) !== MN.mov || lir.flags.get(i) !== 0) continue;
      const d = this.find(lir.d.get(i));
      const a = this.find(lir.a.get(i));
      if (lir.file.get(d) === lir.file.get(a) && (d === a || this.#join(d, a, 2 * i + 1))) lir.flags.set(i, FLAG.dead | FLAG.joined);
    }
  }
  /** @param at where x is written with y's value */
  #join(x: number, y: number, at: number): boolean {
    if (this.group[x] !== NONE && this.group[y] !== NONE) return false;
    const merged = merge(this.stretches(x), this.stretches(y)) ?? this.#mergeEqual(x, y, at);
    if (!merged || merged.length > 2 * MAX_STRETCHES) return false;
    const writes = [...this.#writesOf(x), ...this.#writesOf(y)].sort((p, q) => p - q);
    // the class of a group member keeps the member as its root
    const root = this.group[y] !== NONE ? y : x;
    this.#parent[root === x ? y : x] = root;
    this.#stretches.set(root, merged);
    this.#classWrites.set(root, writes);
    return true;
  }
  #writesOf(root: number): readonly number[] {
    return this.#classWrites.get(root) ?? Array.from(this.#writes.subarray(this.#writeStart[root]!, this.#writeStart[root + 1]!));
  }
  /** y lives on after it has been copied to x, but neither is written before it ends: until then they are the same. */
  #mergeEqual(x: number, y: number, at: number): number[] | undefined {
    const own = this.stretches(x);
    const other = this.stretches(y);
    if (own.length + other.length > 2 * MAX_STRETCHES) return undefined;
    const from = own.findIndex((p, k) => k % 2 === 0 && p === at);
    const until = other.find((p, k) => k % 2 === 1 && p > at && other[k - 1]! < at);
    if (from < 0 || until === undefined) return undefined;
    const isWritten = (p: number) => p > at && p <= until;
    if (this.#writesOf(x).some(isWritten) || this.#writesOf(y).some(isWritten)) return undefined;
    const rest = own.slice();
    if (own[from + 1]! <= until) rest.splice(from, 2);
    else rest[from] = until;
    return merge(rest, other);
  }
}

function findWrites(lir: Lir): [Int32Array, Int32Array] {
  const count = new Int32Array(lir.regCount + 2);
  const each = (visit: (r: number, at: number) => void) => {
    for (let i = 0; i < lir.length; i++) {
      const role = dataOf(lir.op.get(i));
      if ((lir.flags.get(i) & FLAG.dead) !== 0 || (role !== DATA_DEF && role !== DATA_BOTH)) continue;
      const regs = role === DATA_BOTH ? 1 : lir.regs.get(i);
      for (let j = 0; j < regs; j++) visit(lir.data(i, j), 2 * i + 1);
    }
  };
  each((r) => count[r + 2]!++);
  for (let r = 2; r < count.length; r++) count[r]! += count[r - 1]!;
  const writes = new Int32Array(count[count.length - 1]!);
  each((r, at) => {
    writes[count[r + 1]!++] = at;
  });
  return [count, writes];
}

/** Both lists in order, touching stretches joined; undefined where they overlap. */
function merge(x: readonly number[], y: readonly number[]): number[] | undefined {
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < x.length || j < y.length) {
    const fromX = j >= y.length || (i < x.length && x[i]! <= y[j]!);
    const start = fromX ? x[i]! : y[j]!;
    const end = fromX ? x[i + 1]! : y[j + 1]!;
    if (fromX) i += 2;
    else j += 2;
    const before = out.length > 0 ? out[out.length - 1]! : -1;
    if (start < before) return undefined;
    if (start <= before + 1 && out.length > 0) out[out.length - 1] = end;
    else out.push(start, end);
  }
  return out;
}
