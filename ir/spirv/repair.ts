/**
 * Mends a function in which some values no longer dominate their uses: such a value goes through a variable, stored where it is made and
 * loaded where it is used; an access chain, which no variable can hold, is made again at its use.
 */
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { Dominators } from "../analysis/dominators.ts";
import { type FunctionId, forEachOperand, type Module, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import { STORAGE, TYPE_KIND } from "../types.ts";

export function repairDominance(m: Module, f: FunctionId): void {
  const cfg = new Cfg(m, f);
  const repair = new Repair(m, f, cfg, new Dominators(cfg));
  for (let i = 0; i < cfg.count; i++) {
    if (cfg.reachable[i] !== 1) continue;
    for (let v = m.first(cfg.blocks[i]!); v !== NONE; v = m.next(v)) repair.instruction(v, i);
  }
}

class Repair {
  readonly m: Module;
  readonly f: FunctionId;
  readonly cfg: Cfg;
  readonly dominators: Dominators;
  readonly #variables = new Map<Value, Value>();

  constructor(m: Module, f: FunctionId, cfg: Cfg, dominators: Dominators) {
    this.m = m;
    this.f = f;
    this.cfg = cfg;
    this.dominators = dominators;
  }

  instruction(v: Value, i: number): void {
    const { m, cfg } = this;
    if (m.op(v) !== OP.Phi) {
      forEachOperand(m, v, (k, operand) => m.setArg(v, k, this.#usable(operand, i, v)));
      return;
    }
    for (let k = 0; k + 1 < m.argCount(v); k += 2) {
      const from = cfg.indexOf(m.arg(v, k + 1) as never);
      if (cfg.reachable[from] === 1) m.setArg(v, k, this.#usable(m.operand(v, k), from, m.last(cfg.blocks[from]!)));
    }
  }
  /** `v`, or a value that equals it and is made before `at`, which stands in block i. */
  #usable(v: Value, i: number, at: Value): Value {
    const { m, cfg } = this;
    const b = m.blockOf(v);
    if (b === NONE || m.op(v) === OP.Variable || this.dominators.dominates(cfg.indexOf(b), i)) return v;
    if (m.types.kind(m.type(v)) === TYPE_KIND.Pointer) {
      const args: number[] = [];
      // chains are as long as types nest
      for (let k = 0; k < m.argCount(v); k++) args.push(this.#usable(m.operand(v, k), i, at));
      return m.insertBefore(at, "AccessChain", m.type(v), args);
    }
    return m.insertBefore(at, "Load", m.type(v), [this.#variable(v)]);
  }
  #variable(v: Value): Value {
    const { m } = this;
    const known = this.#variables.get(v);
    if (known !== undefined) return known;
    const type = m.type(v);
    const variable = m.prepend(m.functions[this.f]!.first, "Variable", m.types.pointer(STORAGE.Function, type), [STORAGE.Function]);
    let at = m.next(v);
    while (m.op(at) === OP.Phi) at = m.next(at);
    m.insertBefore(at, "Store", m.types.void, [variable, v]);
    this.#variables.set(v, variable);
    return variable;
  }
}
