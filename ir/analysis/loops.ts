/** The loops of a function: a stretch of blocks each, by the structured order. */
import type { Module } from "../module.ts";
import type { Cfg } from "./cfg.ts";
import { CONSTRUCT, findStructure } from "./structure.ts";

export interface Loop {
  /** loop around it, or -1 */
  readonly parent: number;
  /** block numbers: header, continue target, last block (the one with the back edge), merge block */
  readonly header: number;
  readonly continueAt: number;
  readonly latch: number;
  readonly merge: number;
}

export interface Loops {
  /** outer loops before inner ones */
  readonly loops: readonly Loop[];
  /** innermost loop a block stands in, or -1 */
  readonly loopOf: Int32Array;
}

export function findLoops(m: Module, cfg: Cfg): Loops {
  const loops: Loop[] = [];
  const loopOf = new Int32Array(cfg.count).fill(-1);
  const structure = findStructure(m, cfg);
  let open = -1;
  for (let i = 0; i < cfg.count; i++) {
    while (open >= 0 && loops[open]!.merge <= i) open = loops[open]!.parent;
    const c = structure.constructs[structure.headOf[i]!];
    if (c?.kind === CONSTRUCT.loop) {
      loops.push({ parent: open, header: i, continueAt: c.continueAt, latch: c.end - 1, merge: c.end });
      open = loops.length - 1;
    }
    loopOf[i] = open;
  }
  return { loops, loopOf };
}
