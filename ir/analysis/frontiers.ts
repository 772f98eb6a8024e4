/**
 * Dominance frontiers: the joins where what a block defines meets other definitions. A walk up the tree stops at a block that has been given
 * the join already, so that the cost is the size of the result.
 */
import type { Cfg } from "./cfg.ts";
import type { Dominators } from "./dominators.ts";

export function dominanceFrontiers(cfg: Cfg, dominators: Dominators): readonly (readonly number[])[] {
  const out: number[][] = Array.from({ length: cfg.count }, () => []);
  for (let join = 0; join < cfg.count; join++) {
    if (cfg.reachable[join] !== 1 || cfg.predCount(join) < 2) continue;
    for (let k = 0; k < cfg.predCount(join); k++) {
      let runner = cfg.pred(join, k);
      if (cfg.reachable[runner] !== 1) continue;
      while (runner !== dominators.idom[join] && out[runner]!.at(-1) !== join) {
        out[runner]!.push(join);
        runner = dominators.idom[runner]!;
        if (runner < 0) break;
      }
    }
  }
  return out;
}
