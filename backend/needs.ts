/**
 * Which values are computed, and in which forms, found from what has effects: everything else is dead.
 *
 * - native: in a register of the value's class; of an affine value its base, in a w register
 * - lanes: an affine value's four lanes, in a v register
 * - kept: a v register that keeps each lane's value when the lane leaves a loop before others ("escapes"); a value of class v is its own
 */
import { EFFECTS, type Value } from "../ir/module.ts";
import { ATOMIC, OP } from "../ir/ops.ts";
import { STORAGE } from "../ir/types.ts";
import { NONE } from "../support/id.ts";
import { accessBytes, piecesOf, planAccess } from "./access.ts";
import { A, V } from "./affine.ts";
import { ACROSS, invertedCompare } from "./alu-rows.ts";
import type { Classes } from "./classes.ts";
import { type ConditionId, TRUE } from "./conditions.ts";
import { forEachValue } from "./operands.ts";
import { partOf } from "./prepare.ts";
import { ITEM } from "./structure.ts";

export const NATIVE = 1;
export const LANES = 2;
export const KEPT = 4;

/** Form in which an operand is read. @param lanes whether an affine one is read lane by lane */
export function operandForm(classes: Classes, v: Value, item: number, lanes: boolean): number {
  const cls = classes.cls[v]!;
  if (cls === V) return NATIVE;
  if (classes.classAt(v, item) === V) return KEPT;
  return cls === A && lanes ? LANES : NATIVE;
}

/** Whether the lanes of an affine value come from its operands' lanes by its own operation, not from its base. */
export function lanesByOperation(classes: Classes, v: Value): boolean {
  if (classes.k[v] === 1) return false;
  switch (classes.m.op(v)) {
    case OP.IAdd:
    case OP.ISub:
    case OP.IMul:
    case OP.ShiftLeftLogical:
      return true;
    default:
      return false;
  }
}

/**
 * For an addition, the product among its operands that is computed with it by one ffma, which rounds both: or NONE. It must be used here only,
 * and by the same kind of lanes; constant factors would need a register.
 */
export function fusedProduct(classes: Classes, v: Value): Value {
  const { m } = classes;
  if (m.op(v) !== OP.FAdd) return NONE;
  for (const i of [1, 0]) {
    const x = classes.resolve(m.operand(v, i));
    if (m.op(x) !== OP.FMul || m.blockOf(x) !== m.blockOf(v) || classes.cls[x] !== classes.cls[v]) continue;
    if (classes.escapes[x] !== NONE || classes.userCount(x) !== 1) continue;
    if (classes.isConstant(classes.resolve(m.operand(x, 0))) || classes.isConstant(classes.resolve(m.operand(x, 1)))) continue;
    return x;
  }
  return NONE;
}

/**
 * The comparison that a negated condition tests instead of the value itself, or NONE: then the comparison is done again, the other way
 * round, where it branches.
 */
export function invertedAt(classes: Classes, v: Value, negated: boolean, item: number): Value {
  if (!negated || classes.isConstant(v) || invertedCompare(classes.m.op(v)) === undefined) return NONE;
  return isNear(classes, v, item) ? v : NONE;
}
/** Whether a value's operands are at `item` what they are where the value is computed. */
function isNear(classes: Classes, v: Value, item: number): boolean {
  const { shape } = classes;
  return shape.loopAt(classes.itemOf(v)) === shape.loopAt(item);
}

/** A boolean that a jump tests. */
export interface Test {
  readonly v: Value;
  readonly negated: boolean;
}
/**
 * What a jump tests, one after the other: its condition, or the two parts of "a or b" where one is the same in the wave and the other is not,
 * so that the first is a plain branch.
 */
export function testsOf(classes: Classes, condition: ConditionId, item: number): readonly Test[] {
  const { m, shape } = classes;
  const v = shape.conditions.value.get(condition) as Value;
  const negated = shape.conditions.negated.get(condition) === 1;
  const whole = [{ v, negated }];
  if (shape.kind.get(item) !== ITEM.brk || classes.isConstant(v) || classes.forced.isForced(item)) return whole;
  if (m.op(v) !== (negated ? OP.LogicalAnd : OP.LogicalOr) || classes.userCount(v) !== 1 || !isNear(classes, v, item)) return whole;
  const parts = [0, 1].map((i) => ({ v: classes.resolve(m.operand(v, i)), negated }));
  const isV = (t: Test) => classes.isConstant(t.v) || classes.classAt(t.v, item) === V;
  if (isV(parts[0]!) === isV(parts[1]!)) return whole;
  return isV(parts[0]!) ? [parts[1]!, parts[0]!] : parts;
}

/** Forms needed, by value. */
export function findNeeds(classes: Classes): Uint8Array {
  return new Finder(classes).run();
}

class Finder {
  readonly #c: Classes;
  readonly #needs: Uint8Array;
  readonly #stack: number[] = [];

  constructor(classes: Classes) {
    this.#c = classes;
    this.#needs = classes.m.scratch.u8(classes.m.valueCount);
  }

  run(): Uint8Array {
    const { m, shape } = this.#c;
    for (const b of shape.cfg.blocks) {
      const item = shape.codeOf[b]!;
      if (item === NONE) continue;
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        const op = m.op(v);
        if (op === OP.ReturnValue) this.#operand(m.operand(v, 0), item, true);
        const effect = EFFECTS[op];
        if (effect === "write" || effect === "sync") this.#effect(v, item);
      }
    }
    for (let i = 0; i < shape.itemCount; i++) {
      const kind = shape.kind.get(i);
      if (kind === ITEM.if || kind === ITEM.brk || kind === ITEM.ret) this.#condition(shape.b.get(i) as ConditionId, i);
    }
    while (this.#stack.length > 0) this.#expand(this.#stack.pop()! as Value, this.#stack.pop()!);
    return this.#needs;
  }

  #mark(v: Value, form: number): void {
    if ((this.#needs[v]! & form) !== 0) return;
    this.#needs[v]! |= form;
    this.#stack.push(form, v);
  }
  #operand(raw: Value, item: number, lanes: boolean): void {
    const v = this.#c.resolve(raw);
    if (this.#c.isConstant(v)) return;
    this.#mark(v, operandForm(this.#c, v, item, lanes));
  }

  #condition(condition: ConditionId, item: number): void {
    if (condition === TRUE) return;
    const { conditions } = this.#c.shape;
    if (conditions.isSet(condition)) return this.#operand(conditions.value.get(condition) as Value, item, true);
    for (const { v, negated } of testsOf(this.#c, condition, item)) {
      if (invertedAt(this.#c, v, negated, item) === NONE) this.#operand(v, item, true);
      else forEachValue(this.#c.m, v, (operand) => this.#operand(operand, item, true));
    }
  }

  #effect(v: Value, item: number): void {
    const { m } = this.#c;
    switch (m.op(v)) {
      case OP.SpanStore: {
        const value = m.operand(v, 2);
        this.#offset(v, value, item);
        if (m.types.isScalar(m.type(value))) return this.#operand(value, item, true);
        for (let i = 0; i < m.types.length(m.type(value)); i++) this.#operand(partOf(m, value, i), item, true);
        return;
      }
      case OP.SpanAtomic:
        this.#mark(v, NATIVE);
        return;
      case OP.SpanUniformLoad:
        this.#mark(v, NATIVE);
        return;
      case OP.FunctionCall:
        for (let i = 1; i < m.argCount(v); i++) this.#operand(m.operand(v, i), item, true);
        return;
    }
  }
  #offset(v: Value, value: Value, item: number): void {
    const { m } = this.#c;
    const access = value === NONE ? planAccess(this.#c, v, 4) : planAccess(this.#c, v, accessBytes(m, value), piecesOf(m, value)[0]!);
    if (access.offset !== NONE) this.#operand(access.offset, item, !access.contiguous);
  }

  #expand(v: Value, form: number): void {
    const c = this.#c;
    const { m } = c;
    const item = c.itemOf(v);
    const cls = c.cls[v]!;
    if (form === KEPT) {
      this.#mark(v, cls === A ? LANES : NATIVE);
      return;
    }
    if (form === LANES && !lanesByOperation(c, v)) {
      this.#mark(v, NATIVE);
      return;
    }
    const lanes = form === LANES || cls === V || ACROSS.has(m.op(v));
    switch (m.op(v)) {
      case OP.Phi:
        for (let i = 0; i < m.argCount(v); i += 2) {
          const from = c.shape.codeOf[m.arg(v, i + 1)]!;
          if (from !== NONE) this.#operand(m.operand(v, i), from, lanes);
        }
        return;
      case OP.SpanLoad:
        if (m.types.storage(m.type(m.operand(v, 0))) !== STORAGE.Input) this.#offset(v, v, item);
        return;
      case OP.SpanAtomic:
        this.#offset(v, NONE, item);
        for (let i = 5; i < m.argCount(v); i++) if (m.arg(v, 4) !== ATOMIC.load) this.#operand(m.operand(v, i), item, true);
        return;
      case OP.SpanUniformLoad:
        this.#offset(v, NONE, item);
        return;
      case OP.Load:
      case OP.SpanLength:
      case OP.FunctionCall:
        return;
      default: {
        const product = fusedProduct(c, v);
        if (product !== NONE) forEachValue(m, product, (operand) => this.#operand(operand, item, lanes));
        forEachValue(m, v, (operand) => {
          if (c.resolve(operand) !== product) this.#operand(operand, item, lanes);
        });
      }
    }
  }
}
