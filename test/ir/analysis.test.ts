/** Analyses against what they claim: dominators against paths, ranges against runs, frontiers against their definition. */
import { describe, expect, test } from "vitest";
import { Cfg } from "../../ir/analysis/cfg.ts";
import { Dominators } from "../../ir/analysis/dominators.ts";
import { dominanceFrontiers } from "../../ir/analysis/frontiers.ts";
import { findLoops } from "../../ir/analysis/loops.ts";
import { Ranges } from "../../ir/analysis/range.ts";
import { Module } from "../../ir/module.ts";
import { optimize } from "../../ir/optimize.ts";
import { parse } from "../../ir/parse.ts";
import { IN_WORDS, OUT_WORDS, randomModule, rng } from "./generate.ts";
import { runIr } from "./interp.ts";

const SEEDS = Array.from({ length: 15 }, (_, i) => i + 1);

/** Blocks that every path from the entry to each block passes, by removing one block at a time. */
function naiveDominators(cfg: Cfg): boolean[][] {
  const out = Array.from({ length: cfg.count }, () => new Array<boolean>(cfg.count).fill(false));
  for (let without = 0; without < cfg.count; without++) {
    const seen = new Set<number>();
    const stack = without === 0 ? [] : [0];
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      if (seen.has(i)) continue;
      seen.add(i);
      for (let k = 0; k < cfg.succCount(i); k++) if (cfg.succ(i, k) !== without) stack.push(cfg.succ(i, k));
    }
    for (let i = 0; i < cfg.count; i++) out[without]![i] = cfg.reachable[i] === 1 && !seen.has(i);
  }
  return out;
}

describe("analyses", () => {
  test.each(SEEDS)("dominators and frontiers, seed %d", (seed) => {
    const m = randomModule(seed);
    for (const optimized of [false, true]) {
      if (optimized) optimize(m, 1);
      const cfg = new Cfg(m, m.entry!.func);
      if (cfg.count > 150) return;
      const dominators = new Dominators(cfg);
      const naive = naiveDominators(cfg);
      for (let a = 0; a < cfg.count; a++) {
        for (let b = 0; b < cfg.count; b++)
          expect(dominators.dominates(a, b), `${a} dominates ${b}`).toBe(naive[a]![b] && cfg.reachable[a] === 1);
      }
      const frontiers = dominanceFrontiers(cfg, dominators);
      for (let a = 0; a < cfg.count; a++) {
        if (cfg.reachable[a] !== 1) continue;
        const wanted = [];
        for (let b = 0; b < cfg.count; b++) {
          let meets = false;
          for (let k = 0; k < cfg.predCount(b); k++) if (naive[a]![cfg.pred(b, k)]) meets = true;
          if (meets && !(naive[a]![b] && a !== b)) wanted.push(b);
        }
        // of joins only: a block with one predecessor is in no frontier but its own
        expect([...frontiers[a]!].sort((x, y) => x - y)).toEqual(wanted);
      }
    }
  });

  test.each(SEEDS)("ranges hold in a run, seed %d", (seed) => {
    const m = randomModule(seed);
    optimize(m, 2);
    const cfg = new Cfg(m, m.entry!.func);
    const ranges = new Ranges(m, cfg);
    let bounded = 0;
    const random = rng(seed);
    runIr(m, {
      buffers: new Map([
        ["input", Uint8Array.from({ length: 4 * IN_WORDS }, () => random() * 256)],
        ["output", new Uint8Array(4 * OUT_WORDS)],
      ]),
      inputs: new Map(),
      observe: (v, data) => {
        if (typeof data !== "number" || m.types.kind(m.type(v)) === 3) return;
        if (data > ranges.max(v)) throw new Error(`${m.opName(v)} is ${data}, more than ${ranges.max(v)}`);
        if (ranges.max(v) < 0xffffffff) bounded++;
      },
    });
    expect(bounded).toBeGreaterThanOrEqual(0);
  });

  test("a counter is bounded by its loop's test, and so is what is made of it", () => {
    const text = `entry compute @main workgroup_size(1, 1, 1)
fn @main(%n: u32) -> void {
block b0:
  Branch head
block head (loop merge done continue next):
  %i = Phi u32 b0: u32 2, next: %i2
  %k = Phi u32 b0: u32 0, next: %k2
  %c = ULessThan bool %i, u32 10
  BranchConditional %c, next, done
block next:
  %a = ShiftLeftLogical u32 %i, u32 4
  %i2 = IAdd u32 %i, u32 3
  %k2 = IAdd u32 %k, %n
  Branch head
block done:
  Return
}`;
    const result = parse(text);
    if (!result.ok) throw new Error("does not parse");
    const m = result.module;
    const cfg = new Cfg(m, m.entry!.func);
    const ranges = new Ranges(m, cfg);
    const bounds = new Map<string, number>();
    for (const b of cfg.blocks) for (let v = m.first(b); v !== -1; v = m.next(v)) bounds.set(`${m.opName(v)}${bounds.size}`, ranges.max(v));
    expect([...bounds.values()].slice(1, 8)).toEqual([12, 0xffffffff, 0xffffffff, 0xffffffff, 192, 15, 0xffffffff]);
    expect(findLoops(m, cfg).loops).toEqual([{ parent: -1, header: 1, continueAt: 2, latch: 2, merge: 3 }]);
  });

  test("ten thousand early exits to one block take no time to speak of", () => {
    const m = new Module();
    const f = m.addFunction("main", m.types.void, [m.types.bool]);
    const merge = m.createBlock();
    const first = m.createBlock();
    m.appendBlock(f, first);
    m.setMerge(first, merge);
    let at = first;
    for (let i = 0; i < 10_000; i++) {
      const next = m.createBlock();
      if (i === 0) m.append(at, "Branch", m.types.void, [next]);
      else m.append(at, "BranchConditional", m.types.void, [m.functions[f]!.params[0]!, merge, next]);
      m.appendBlock(f, next);
      at = next;
    }
    m.append(at, "Branch", m.types.void, [merge]);
    m.appendBlock(f, merge);
    m.append(merge, "Return", m.types.void, []);
    const start = process.cpuUsage();
    const cfg = new Cfg(m, f);
    const dominators = new Dominators(cfg);
    const frontiers = dominanceFrontiers(cfg, dominators);
    const used = process.cpuUsage(start).user / 1000;
    expect(dominators.idom[cfg.count - 1]).toBe(1);
    expect(frontiers.reduce((sum, list) => sum + list.length, 0)).toBe(9999);
    expect(used).toBeLessThan(500);
  });
});
