/** A switch as a balanced tree of ifs over its targets, which stand in block order, so that no code moves. */
import type { BlockId } from "../ir/module.ts";
import { NONE } from "../support/id.ts";
import type { ConditionId } from "./conditions.ts";

export interface SwitchLeaf {
  readonly block: BlockId;
  readonly literals: readonly number[];
  /** all selectors that no leaf lists come here too */
  readonly isDefault: boolean;
}

export interface SwitchNode {
  /** first block inside: the if opens in front of it */
  readonly at: BlockId;
  readonly condition: ConditionId;
  /** first block of the else part, or NONE */
  readonly second: BlockId;
  /** block in front of which it closes */
  readonly close: BlockId;
}

/**
 * @param leaves in block order; the merge block, if it is one, last
 * @param conditionOf the condition that holds for these leaves and not for the others, given that it is one of both
 * @returns nodes, each after the nodes around it
 */
export function splitCases(
  leaves: readonly SwitchLeaf[],
  merge: BlockId,
  conditionOf: (leaves: readonly SwitchLeaf[], others: readonly SwitchLeaf[]) => ConditionId,
): SwitchNode[] {
  const nodes: SwitchNode[] = [];
  const stack: [number, number][] = [[0, leaves.length]];
  for (let range = stack.pop(); range; range = stack.pop()) {
    const [low, high] = range;
    if (high - low < 2) continue;
    const middle = (low + high + 1) >> 1;
    const second = leaves[middle]!.block;
    const close = high === leaves.length ? merge : leaves[high]!.block;
    nodes.push({
      at: leaves[low]!.block,
      condition: conditionOf(leaves.slice(low, middle), leaves.slice(middle, high)),
      second: second === merge ? NONE : second,
      close,
    });
    stack.push([middle, high], [low, middle]);
  }
  return nodes;
}
