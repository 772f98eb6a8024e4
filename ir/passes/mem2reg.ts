/**
 * Function and Private variables of scalar or vector type that are only loaded and stored whole become values: loads disappear, joins get
 * phis (on iterated dominance frontiers), in one walk of the dominator tree. A variable that is not stored yet holds zero.
 */
import { I32Column } from "../../support/column.ts";
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { Dominators } from "../analysis/dominators.ts";
import { dominanceFrontiers } from "../analysis/frontiers.ts";
import { findVariables } from "../analysis/variables.ts";
import { bodies, Replacements } from "../edit.ts";
import type { FunctionId, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { TYPE_KIND, type TypeId } from "../types.ts";

export const mem2reg: Pass = {
  name: "mem2reg",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (promote(m, f)) changed = true;
    return changed;
  },
};

function promote(m: Module, f: FunctionId): boolean {
  const variables: Value[] = [];
  for (const use of findVariables(m, f).values()) {
    const kind = m.types.kind(m.types.pointee(m.type(use.variable)));
    const isSimple = kind === TYPE_KIND.Vector || kind === TYPE_KIND.Bool || kind === TYPE_KIND.Int || kind === TYPE_KIND.Float;
    if (isSimple && !use.isOther && use.chains.length === 0 && m.argCount(use.variable) === 1) variables.push(use.variable);
  }
  if (variables.length === 0) return false;
  new Promotion(m, f, variables).run();
  return true;
}

class Promotion {
  readonly m: Module;
  readonly cfg: Cfg;
  readonly dominators: Dominators;
  readonly variables: readonly Value[];
  readonly replacements: Replacements;
  /** number of a variable, + 1 */
  readonly #numbers: Int32Array;
  /** current value of each variable; NONE: zero */
  readonly #current: Int32Array;
  /** per block: pairs of variable number and phi */
  readonly #phis: number[][];
  readonly #phiArgs = new Map<Value, number[]>();
  /** undo list: variable number and the value it had */
  readonly #log: I32Column;

  constructor(m: Module, f: FunctionId, variables: readonly Value[]) {
    this.m = m;
    this.cfg = new Cfg(m, f);
    this.dominators = new Dominators(this.cfg);
    this.variables = variables;
    this.replacements = new Replacements(m);
    this.#numbers = m.scratch.i32(m.valueCount);
    for (const [i, v] of variables.entries()) this.#numbers[v] = i + 1;
    this.#current = new Int32Array(variables.length).fill(NONE);
    this.#phis = Array.from({ length: this.cfg.count }, () => []);
    this.#log = new I32Column(m.budget);
  }

  run(): void {
    const { m, cfg } = this;
    this.#placePhis();
    const marks: number[] = [];
    const open: number[] = [];
    const gone: Value[] = [];
    for (const i of this.dominators.preorder) {
      while (open.length > 0 && !this.dominators.dominates(open.at(-1)!, i)) {
        open.pop();
        this.#undo(marks.pop()!);
      }
      open.push(i);
      marks.push(this.#log.length);
      this.#block(i, gone);
    }
    for (const v of gone) m.remove(v);
    for (const v of this.variables) if (m.blockOf(v) !== NONE) m.remove(v);
    this.#unreachable();
    for (const [phi, args] of this.#phiArgs) m.setArgs(phi, args);
    this.replacements.apply(cfg.f);
  }

  #numberOf(pointer: Value): number {
    return pointer < this.#numbers.length ? this.#numbers[pointer]! - 1 : -1;
  }
  #typeOf(variable: number): TypeId {
    return this.m.types.pointee(this.m.type(this.variables[variable]!));
  }

  /** A phi wherever two definitions may meet, for variables that are read in a block before they are written there. */
  #placePhis(): void {
    const { m, cfg } = this;
    const defs: number[][] = this.variables.map(() => []);
    const isRead = new Uint8Array(this.variables.length);
    const writtenIn = new Int32Array(this.variables.length).fill(-1);
    for (let i = 0; i < cfg.count; i++) {
      if (cfg.reachable[i] !== 1) continue;
      for (let v = m.first(cfg.blocks[i]!); v !== NONE; v = m.next(v)) {
        const op = m.op(v);
        if (op !== OP.Load && op !== OP.Store) continue;
        const n = this.#numberOf(m.operand(v, 0));
        if (n < 0) continue;
        if (op === OP.Load) {
          if (writtenIn[n] !== i) isRead[n] = 1;
        } else if (writtenIn[n] !== i) {
          writtenIn[n] = i;
          defs[n]!.push(i);
        }
      }
    }
    const frontiers = dominanceFrontiers(cfg, this.dominators);
    const has = new Int32Array(cfg.count).fill(-1);
    for (let n = 0; n < this.variables.length; n++) {
      if (isRead[n] !== 1) continue;
      const work = defs[n]!;
      for (let block = work.pop(); block !== undefined; block = work.pop()) {
        for (const join of frontiers[block]!) {
          if (has[join] === n) continue;
          has[join] = n;
          const phi = m.prepend(cfg.blocks[join]!, "Phi", this.#typeOf(n), []);
          this.#phis[join]!.push(n, phi);
          this.#phiArgs.set(phi, []);
          work.push(join);
        }
      }
    }
  }

  #set(variable: number, value: Value): void {
    this.#log.push(variable);
    this.#log.push(this.#current[variable]!);
    this.#current[variable] = value;
  }
  #undo(mark: number): void {
    for (let k = this.#log.length - 2; k >= mark; k -= 2) this.#current[this.#log.get(k)] = this.#log.get(k + 1);
    this.#log.length = mark;
  }
  #get(variable: number): Value {
    const v = this.#current[variable] as Value;
    return v === NONE ? this.m.constantNull(this.#typeOf(variable)) : v;
  }

  #block(i: number, gone: Value[]): void {
    const { m, cfg } = this;
    const phis = this.#phis[i]!;
    for (let k = 0; k < phis.length; k += 2) this.#set(phis[k]!, phis[k + 1] as Value);
    for (let v = m.first(cfg.blocks[i]!); v !== NONE; v = m.next(v)) {
      const op = m.op(v);
      if (op !== OP.Load && op !== OP.Store) continue;
      const n = this.#numberOf(m.operand(v, 0));
      if (n < 0) continue;
      if (op === OP.Load) this.replacements.set(v, this.#get(n));
      else this.#set(n, m.operand(v, 1));
      gone.push(v);
    }
    for (let k = 0; k < cfg.succCount(i); k++) this.#fill(cfg.succ(i, k), i);
  }
  /** The operand that block `from` gives to the phis of its successor. */
  #fill(join: number, from: number): void {
    const { cfg } = this;
    const phis = this.#phis[join]!;
    for (let k = 0; k < phis.length; k += 2) {
      this.#phiArgs.get(phis[k + 1] as Value)!.push(this.#get(phis[k]!), cfg.blocks[from]!);
    }
  }
  /** Code that cannot be reached: its accesses go, and what its branches give to phis is undefined. */
  #unreachable(): void {
    const { m, cfg } = this;
    for (let i = 0; i < cfg.count; i++) {
      if (cfg.reachable[i] === 1) continue;
      let next: Value;
      for (let v = m.first(cfg.blocks[i]!); v !== NONE; v = next) {
        next = m.next(v);
        const op = m.op(v);
        if ((op !== OP.Load && op !== OP.Store) || this.#numberOf(m.operand(v, 0)) < 0) continue;
        if (op === OP.Load) this.replacements.set(v, m.undef(m.type(v)));
        m.remove(v);
      }
      for (let k = 0; k < cfg.succCount(i); k++) {
        const phis = this.#phis[cfg.succ(i, k)]!;
        for (let p = 1; p < phis.length; p += 2) {
          const phi = phis[p] as Value;
          this.#phiArgs.get(phi)!.push(m.undef(m.type(phi)), cfg.blocks[i]!);
        }
      }
    }
  }
}
