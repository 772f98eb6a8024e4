/** Random programs as trees: what is printed, and what the reducer takes apart. */
import type { Ty } from "./types.ts";

/** "expr" has a type and may be replaced by another of it; "stmt" may be left out; "block" is a list of statements; "item" is fixed text. */
export interface Node {
  readonly kind: "expr" | "stmt" | "block" | "item";
  readonly ty: Ty | null;
  parts: (string | Node)[];
}

export function print(node: Node): string {
  let out = "";
  const stack: (string | Node)[] = [node];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (typeof at === "string") out += at;
    else for (let i = at.parts.length - 1; i >= 0; i--) stack.push(at.parts[i]!);
  }
  return out;
}

/** All nodes, outer ones first. */
export function nodesOf(root: Node): Node[] {
  const out: Node[] = [root];
  for (let i = 0; i < out.length; i++) for (const part of out[i]!.parts) if (typeof part !== "string") out.push(part);
  return out;
}

export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 0 || 1;
    for (let i = 0; i < 8; i++) this.next();
  }
  /** 32 bits. */
  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return Math.imul(x, 0x2545f491) >>> 0;
  }
  below(n: number): number {
    return this.next() % n;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
