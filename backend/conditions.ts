/** Conditions of branches: a boolean value, or "the selector is one of these literals", each maybe negated. */

import type { Value } from "../ir/module.ts";
import { type Budget, I32Column } from "../support/column.ts";
import type { Id } from "../support/id.ts";

export type ConditionId = Id<"condition">;

/** The condition that always holds: an unconditional jump. */
export const TRUE = 0 as ConditionId;

export class Conditions {
  /** by condition: the boolean or the selector */
  readonly value: I32Column;
  readonly negated: I32Column;
  /** ranges [low, high] of unsigned literals in `ranges`, from `first`, `count` pairs */
  readonly first: I32Column;
  readonly count: I32Column;
  readonly ranges: I32Column;
  readonly set: I32Column;

  constructor(budget: Budget) {
    this.value = new I32Column(budget);
    this.negated = new I32Column(budget);
    this.first = new I32Column(budget);
    this.count = new I32Column(budget);
    this.ranges = new I32Column(budget);
    this.set = new I32Column(budget);
    this.#add(-1 as Value, false, false, 0, 0); // TRUE
  }
  get length(): number {
    return this.value.length;
  }

  /** Whether testing it takes an instruction. */
  isComputed(condition: ConditionId): boolean {
    return this.negated.get(condition) === 1 || this.isSet(condition);
  }
  /** Whether it asks if the selector is in a set. */
  isSet(condition: ConditionId): boolean {
    return this.set.get(condition) === 1;
  }
  ofValue(v: Value, negated: boolean): ConditionId {
    return this.#add(v, negated, false, 0, 0);
  }

  /** @param literals distinct u32; none: never holds (or always, negated) */
  ofSet(selector: Value, literals: readonly number[], negated: boolean): ConditionId {
    const sorted = [...literals].sort((x, y) => x - y);
    const first = this.ranges.length;
    for (let i = 0; i < sorted.length; ) {
      let j = i;
      while (j + 1 < sorted.length && sorted[j + 1] === sorted[j]! + 1) j++;
      this.ranges.push(sorted[i]! | 0);
      this.ranges.push(sorted[j]! | 0);
      i = j + 1;
    }
    return this.#add(selector, negated, true, first, (this.ranges.length - first) / 2);
  }

  #add(v: Value, negated: boolean, set: boolean, first: number, count: number): ConditionId {
    this.value.push(v);
    this.set.push(set ? 1 : 0);
    this.first.push(first);
    this.count.push(count);
    return this.negated.push(negated ? 1 : 0) as ConditionId;
  }
}
