/**
 * Growable typed columns. Compiler data lives in these, not in objects, and each growth is charged to a byte budget,
 * because engine memory limits do not count typed arrays.
 */
import { Limit } from "./failure.ts";

/** Bytes one compilation may hold in columns. */
export class Budget {
  readonly maxBytes: number;
  usedBytes = 0;
  constructor(maxBytes = 512 * 1024 * 1024) {
    this.maxBytes = maxBytes;
  }
  /** @throws Limit when the sum of charges exceeds maxBytes */
  charge(bytes: number): void {
    this.usedBytes += bytes;
    if (this.usedBytes > this.maxBytes) throw new Limit("compiler memory in bytes", this.usedBytes, this.maxBytes);
  }
}

/** A growable Int32Array. Read through `data` (re-read it after any push: growth replaces it). */
export class I32Column {
  data: Int32Array;
  length = 0;
  readonly #budget: Budget;
  constructor(budget: Budget, capacity = 64) {
    this.#budget = budget;
    budget.charge(capacity * 4);
    this.data = new Int32Array(capacity);
  }
  /** Appends `value` and returns its index. */
  push(value: number): number {
    if (this.length === this.data.length) this.#grow(this.length + 1);
    this.data[this.length] = value;
    return this.length++;
  }
  /** A column of its own that starts with the elements of this one. */
  copy(budget: Budget): I32Column {
    const copy = new I32Column(budget, this.data.length);
    copy.data.set(this.data);
    copy.length = this.length;
    return copy;
  }
  /** Makes indices below `length` valid; new elements are zero. */
  extend(length: number): void {
    if (length > this.data.length) this.#grow(length);
    if (length > this.length) this.length = length;
  }
  get(index: number): number {
    return this.data[index]!;
  }
  set(index: number, value: number): void {
    this.data[index] = value;
  }
  #grow(least: number): void {
    const capacity = Math.max(least, this.data.length * 2);
    this.#budget.charge((capacity - this.data.length) * 4);
    const next = new Int32Array(capacity);
    next.set(this.data);
    this.data = next;
  }
}
