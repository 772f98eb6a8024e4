/**
 * Gives registers that a copy joins, and that never live at the same time, one register: a union-find over registers with the stretches
 * that each class lives in. Registers that must stand side by side keep their place in their group, so two of different groups stay apart.
 */
import { NONE } from "../support/id.ts";
import type { Intervals } from "./intervals.ts";
import { FLAG, type Lir, MN } from "./lir.ts";

/** Stretches a class may have before it grows no more: keeps the whole linear. */
const MAX_STRETCHES = 64;

export class RegisterClasses {
  readonly #parent: Int32Array;
  readonly #stretches = new Map<number, number[]>();
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
      if (lir.file.get(d) === lir.file.get(a) && (d === a || this.#join(d, a))) lir.flags.set(i, FLAG.dead | FLAG.joined);
    }
  }
  #join(x: number, y: number): boolean {
    if (this.group[x] !== NONE && this.group[y] !== NONE) return false;
    const merged = merge(this.stretches(x), this.stretches(y));
    if (!merged || merged.length > 2 * MAX_STRETCHES) return false;
    // the class of a group member keeps the member as its root
    const root = this.group[y] !== NONE ? y : x;
    this.#parent[root === x ? y : x] = root;
    this.#stretches.set(root, merged);
    return true;
  }
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
