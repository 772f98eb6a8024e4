/**
 * Evaluation of constant operations on values. It knows types and values but no syntax: the checker calls it bottom-up as it types
 * expressions, pipeline creation calls it again for override-expressions. A method that returns NONE has said why in `fault`.
 * @see https://www.w3.org/TR/WGSL/#const-expr
 */
import { NONE } from "../../support/id.ts";
import { type ConstResult, evalBitcast, evalConstBuiltin } from "./const-eval-builtins.ts";
import * as ops from "./scalar-ops.ts";
import { BOOL, type TypeId, TypeKind, type TypeTable, vecOf } from "./types.ts";
import type { Scalar, ValueId, ValueStore } from "./value.ts";

/** Operators by their names in the builtin table, applied component by component. */
const COMPONENTWISE: Readonly<Record<string, (type: TypeId, a: Scalar, b: Scalar) => ops.Outcome>> = {
  add: ops.add,
  sub: ops.sub,
  mul: ops.mul,
  div: ops.div,
  mod: ops.mod,
  eq: ops.eq,
  ne: ops.ne,
  lt: ops.lt,
  le: ops.le,
  gt: ops.gt,
  ge: ops.ge,
  and: ops.and,
  or: ops.or,
  xor: ops.xor,
  shl: ops.shl,
  shr: ops.shr,
  logicalAnd: (_type, a, b) => (a !== 0 && b !== 0 ? 1 : 0),
  logicalOr: (_type, a, b) => (a !== 0 || b !== 0 ? 1 : 0),
};

export class ConstEvaluator {
  readonly types: TypeTable;
  readonly values: ValueStore;
  /** why the last operation that returned NONE has no value */
  fault = "";
  /** arrays and structures already converted, by value and target: a constant may be used at many places */
  readonly #converted = new Map<number, ValueId>();

  constructor(types: TypeTable, values: ValueStore) {
    this.types = types;
    this.values = values;
  }

  /** Converts, automatically or by a value constructor, keeping the shape. */
  convert(v: ValueId, to: TypeId): ValueId {
    const { types, values } = this;
    const from = values.typeOf(v);
    if (from === to) return v;
    const kind = types.kind(from);
    if (kind === TypeKind.array || kind === TypeKind.struct) return this.#convertComposite(v, to);
    const [fromScalar, toScalar] = [types.scalarOf(from), types.scalarOf(to)];
    const out: Scalar[] = [];
    const n = values.scalarCount(from);
    for (let i = 0; i < n; i++) {
      const x = ops.convertScalar(fromScalar, toScalar, values.at(v, i));
      if (typeof x === "string") return this.#fail(x);
      out.push(x);
    }
    return values.scalars(to, out);
  }

  // Types nest at most MAX_NESTING_DEPTH deep, so this recursion is bounded.
  #convertComposite(v: ValueId, to: TypeId): ValueId {
    const { types, values } = this;
    if (values.isZeroComposite(v)) return values.zero(to);
    const key = v * 2 ** 24 + to;
    const known = this.#converted.get(key);
    if (known !== undefined) return known;
    const elements: ValueId[] = [];
    const n = values.elementCount(v);
    for (let i = 0; i < n; i++) {
      const elementType = types.kind(to) === TypeKind.array ? types.element(to) : types.struct(to).members[i]!.type;
      const element = this.convert(values.element(v, i), elementType);
      if (element === NONE) return NONE;
      elements.push(element);
    }
    const result = values.composite(to, elements);
    this.#converted.set(key, result);
    return result;
  }

  /** @param op "neg", "not" or "compl" */
  unary(op: string, type: TypeId, v: ValueId): ValueId {
    const { values, types } = this;
    const scalar = types.scalarOf(type);
    const apply = (x: Scalar): ops.Outcome => (op === "neg" ? ops.neg(scalar, x) : op === "not" ? (x === 0 ? 1 : 0) : ops.compl(scalar, x));
    return this.#finish(type, values.scalarsOf(v).map(apply));
  }

  /** @param op name in the builtin table @param type of the result @param a @param b converted to the parameter types */
  binary(op: string, type: TypeId, a: ValueId, b: ValueId): ValueId {
    const { values, types } = this;
    const [ta, tb] = [values.typeOf(a), values.typeOf(b)];
    if (op === "mul" && (types.isMat(ta) || types.isMat(tb)) && !types.isScalar(ta) && !types.isScalar(tb))
      return this.#matrixProduct(type, a, b);
    const f = COMPONENTWISE[op]!;
    const scalar = types.scalarOf(ta);
    const n = Math.max(values.scalarCount(ta), values.scalarCount(tb));
    const [stepA, stepB] = [types.isScalar(ta) ? 0 : 1, types.isScalar(tb) ? 0 : 1];
    const out: ops.Outcome[] = [];
    for (let i = 0; i < n; i++) out.push(f(scalar, values.at(a, i * stepA), values.at(b, i * stepB)));
    return this.#finish(type, out);
  }

  /** Vectors count as one-column matrices on the right and as one-row matrices on the left. */
  #matrixProduct(type: TypeId, a: ValueId, b: ValueId): ValueId {
    const { values, types } = this;
    const [ta, tb] = [values.typeOf(a), values.typeOf(b)];
    const scalar = types.scalarOf(ta);
    const rows = types.isMat(ta) ? types.rows(ta) : 1;
    const columns = types.isMat(tb) ? types.width(tb) : 1;
    const inner = types.width(ta);
    const out: ops.Outcome[] = [];
    for (let c = 0; c < columns; c++) {
      for (let r = 0; r < rows; r++) {
        let sum: ops.Outcome = 0;
        for (let k = 0; k < inner; k++) {
          const product = ops.mul(scalar, values.at(a, k * rows + r), values.at(b, c * inner + k));
          if (typeof product === "string" || typeof sum === "string") return this.#fail(typeof sum === "string" ? sum : String(product));
          sum = k === 0 ? product : ops.add(scalar, sum, product);
        }
        out.push(sum);
      }
    }
    return this.#finish(type, out);
  }

  /** Vectors, matrices, arrays and structures from parts already converted; vectors among the parts are flattened. */
  compose(type: TypeId, parts: readonly ValueId[]): ValueId {
    const { values, types } = this;
    if (!types.isVec(type) && !types.isMat(type)) return values.composite(type, parts);
    return values.scalars(
      type,
      parts.flatMap((part) => values.scalarsOf(part)),
    );
  }
  splat(type: TypeId, part: ValueId): ValueId {
    return this.values.scalars(type, Array(this.types.width(type)).fill(this.values.at(part, 0)));
  }

  bitcast(type: TypeId, v: ValueId): ValueId {
    const { values, types } = this;
    const from = values.typeOf(v);
    const result = evalBitcast(types.scalarOf(from), types.scalarOf(type), values.scalarsOf(v));
    return this.#finish(type, result);
  }

  /** A builtin function. @param args converted to the parameter types */
  builtin(name: string, type: TypeId, args: readonly ValueId[]): ValueId {
    const { values, types } = this;
    const first = values.typeOf(args[0]!);
    const call = {
      scalar: types.scalarOf(first),
      args: args.map((arg) => values.scalarsOf(arg)),
      rows: types.isMat(first) ? types.rows(first) : 1,
    };
    const result = evalConstBuiltin(name, call);
    if (result === undefined) return this.#fail(`'${name}' cannot be evaluated before run time`);
    if (types.kind(type) !== TypeKind.struct || typeof result === "string") return this.#finish(type, result);
    return this.#structOfHalves(type, result);
  }

  /** The results of frexp and modf: two members of equal size. */
  #structOfHalves(type: TypeId, scalars: readonly Scalar[]): ValueId {
    const { values, types } = this;
    const half = scalars.length / 2;
    const [first, second] = types.struct(type).members;
    return values.composite(type, [values.scalars(first!.type, scalars.slice(0, half)), values.scalars(second!.type, scalars.slice(half))]);
  }

  /** Component, column or element `index` of `v`. */
  index(v: ValueId, index: Scalar): ValueId {
    const n = this.values.elementCount(v);
    const fault = indexFault(index, n);
    return fault === undefined ? this.values.element(v, Number(index)) : this.#fail(fault);
  }
  member(v: ValueId, i: number): ValueId {
    return this.values.element(v, i);
  }
  swizzle(type: TypeId, v: ValueId, components: readonly number[]): ValueId {
    return this.values.scalars(
      type,
      components.map((c) => this.values.at(v, c)),
    );
  }
  bool(value: boolean): ValueId {
    return this.values.scalar(BOOL, value ? 1 : 0);
  }

  #finish(type: TypeId, outcomes: readonly ops.Outcome[] | ConstResult): ValueId {
    if (typeof outcomes === "string") return this.#fail(outcomes);
    for (const x of outcomes) if (typeof x === "string") return this.#fail(x);
    return this.values.scalars(type, outcomes as readonly Scalar[]);
  }
  #fail(why: string): ValueId {
    this.fault = why;
    return NONE;
  }
}

/** Why `index` is not allowed for `n` elements, or undefined. @see https://www.w3.org/TR/WGSL/#array-access-expr */
export function indexFault(index: Scalar, n: number): string | undefined {
  if (index >= 0 && index < n) return undefined;
  return index < 0 ? `index ${index} is negative` : `index ${index} is out of bounds: the last is ${n - 1}`;
}

/** Type of column `i` of a matrix type, component of a vector type, element of an array type. */
export function elementType(types: TypeTable, t: TypeId): TypeId {
  return types.isMat(t) ? vecOf(types.element(t), types.rows(t)) : types.element(t);
}
