/** Drops clamps, masks and tests that the range of a value (analysis/range.ts) makes idle: `min(i, 15)` where i is a counter below 16. */
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { Ranges } from "../analysis/range.ts";
import { bodies, Replacements } from "../edit.ts";
import type { FunctionId, Module, Value } from "../module.ts";
import { OP_NAMES, type OpName } from "../ops.ts";
import type { Pass } from "../pass.ts";

export const foldRanges: Pass = {
  name: "fold-ranges",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (foldAll(m, f)) changed = true;
    return changed;
  },
};

const KEEP = 1;
const CONSTANT = 2;
const ZERO = 3;
const TRUE = 4;
const FALSE = 5;
const NOTHING = 0;

/** What x op c is for every x up to `max`. Signed operations look only at values that cannot be negative. */
type Rule = (max: number, c: number) => number;
const small = (max: number, c: number) => max <= 0x7fffffff && c <= 0x7fffffff;
const when =
  (holds: (max: number, c: number) => boolean, result: number): Rule =>
  (max, c) =>
    holds(max, c) ? result : NOTHING;

const RULES: Partial<Record<OpName, Rule>> = {
  UMin: when((max, c) => max <= c, KEEP),
  UMax: when((max, c) => max <= c, CONSTANT),
  SMin: when((max, c) => small(max, c) && max <= c, KEEP),
  SMax: (max, c) => {
    if (max > 0x7fffffff) return NOTHING;
    // a constant with its sign bit set is below every such value
    if (c > 0x7fffffff || c === 0) return KEEP;
    return max <= c ? CONSTANT : NOTHING;
  },
  UMod: when((max, c) => max < c, KEEP),
  SRem: when((max, c) => small(max, c) && max < c, KEEP),
  UDiv: when((max, c) => max < c, ZERO),
  ShiftRightLogical: when((max, c) => max < 2 ** (c & 31), ZERO),
  BitwiseAnd: when((max, c) => ((c + 1) & c) === 0 && max <= c, KEEP),
  ULessThan: when((max, c) => max < c, TRUE),
  ULessThanEqual: when((max, c) => max <= c, TRUE),
  UGreaterThan: when((max, c) => max <= c, FALSE),
  UGreaterThanEqual: when((max, c) => max < c, FALSE),
  SLessThan: (max, c) => (small(max, c) && max < c ? TRUE : small(max, 0) && (c > 0x7fffffff || c === 0) ? FALSE : NOTHING),
  SGreaterThanEqual: (max, c) => (small(max, c) && max < c ? FALSE : small(max, 0) && (c > 0x7fffffff || c === 0) ? TRUE : NOTHING),
};

/** By op number. */
const RULE_OF = OP_NAMES.map((name) => RULES[name]);

function foldAll(m: Module, f: FunctionId): boolean {
  const cfg = new Cfg(m, f);
  const ranges = new Ranges(m, cfg);
  const replacements = new Replacements(m);
  for (const b of cfg.blocks) {
    let next: Value;
    for (let v = m.first(b); v !== NONE; v = next) {
      next = m.next(v);
      const rule = RULE_OF[m.op(v)];
      const c = rule ? m.constantBits(m.operand(v, 1)) : -1;
      if (!rule || c < 0) continue;
      const to = use(m, v, rule(ranges.max(m.operand(v, 0)), c));
      if (to === NONE) continue;
      replacements.set(v, replacements.get(to));
      m.remove(v);
    }
  }
  replacements.apply(f);
  return replacements.count > 0;
}

function use(m: Module, v: Value, result: number): Value {
  switch (result) {
    case KEEP:
      return m.operand(v, 0);
    case CONSTANT:
      return m.operand(v, 1);
    case ZERO:
    case FALSE:
      return m.constant(m.type(v), 0);
    case TRUE:
      return m.constant(m.type(v), 1);
    default:
      return NONE;
  }
}
