/** What each operation on composites is on their scalars. @see https://www.w3.org/TR/WGSL/#builtin-functions */
import { frexp, modf } from "../../sandbox/isa/numeric-composed.ts";
import { Ice } from "../../support/failure.ts";
import { irMath } from "../math.ts";
import type { Value } from "../module.ts";
import { OP, OP_NAMES, OPS, type OpName } from "../ops.ts";
import { bitsOfFloat } from "../print-type.ts";
import { TYPE_KIND, type TypeId } from "../types.ts";
import type { Scalarizer } from "./scalarize.ts";
import { expandBitcast, expandPacking } from "./scalarize-bits.ts";

type Expand = (s: Scalarizer, v: Value) => Value[];

/** @returns the leaves of `v`; new instructions go before it */
export function expandComposite(s: Scalarizer, v: Value): Value[] {
  const name = s.m.opName(v);
  const expand = EXPAND[name];
  if (expand) return expand(s, v);
  if (s.m.op(v) === OP.FunctionCall || s.m.op(v) === OP.Load) throw new Ice(`scalarize runs after ${name} is lowered`);
  return componentwise(s, v);
}

/** The operation on leaf i of every operand; scalar operands are used in each. */
const componentwise: Expand = (s, v) => {
  const { m } = s;
  const type = leafType(s, m.type(v));
  const out: Value[] = [];
  const count = s.count(m.type(v));
  for (let i = 0; i < count; i++) {
    const args: Value[] = [];
    for (let k = 0; k < m.argCount(v); k++) {
      const operand = m.operand(v, k);
      args.push(s.leaf(operand, s.isComposite(m.type(operand)) ? i : 0));
    }
    out.push(s.at.list(m.opName(v), type, args));
  }
  return out;
};
/** Scalar type of a vector or matrix. */
function leafType(s: Scalarizer, type: TypeId): TypeId {
  let t = type;
  while (s.isComposite(t)) t = s.m.types.element(t);
  return t;
}
function a(s: Scalarizer, v: Value, k: number): Value[] {
  return s.leavesOf(s.m.operand(v, k));
}
const isFloat = (s: Scalarizer, type: TypeId) => s.m.types.kind(type) === TYPE_KIND.Float;
function constant(s: Scalarizer, type: TypeId, value: number): Value {
  return s.m.constant(type, bitsOfFloat(value));
}

/** x0 y0 + x1 y1 + ..., in order */
export function dot(s: Scalarizer, x: readonly Value[], y: readonly Value[], type: TypeId): Value {
  const [mul, add]: [OpName, OpName] = isFloat(s, type) ? ["FMul", "FAdd"] : ["IMul", "IAdd"];
  let sum = s.at.emit(mul, type, x[0]!, y[0]!);
  for (let i = 1; i < x.length; i++) sum = s.at.emit(add, type, sum, s.at.emit(mul, type, x[i]!, y[i]!));
  return sum;
}
const scale = (s: Scalarizer, x: readonly Value[], by: Value, type: TypeId) => x.map((e) => s.at.emit("FMul", type, e, by));
const reduce =
  (op: OpName): Expand =>
  (s, v) => [a(s, v, 0).reduce((x, y) => s.at.emit(op, s.m.types.bool, x, y))];

// ---- composites
const construct: Expand = (s, v) => {
  const out: Value[] = [];
  for (let k = 0; k < s.m.argCount(v); k++) for (const l of a(s, v, k)) out.push(l);
  return out;
};
/** First leaf and type of the part that the literals from operand `first` on name. */
function partAt(s: Scalarizer, v: Value, whole: TypeId, first: number): { start: number; type: TypeId } {
  let type = whole;
  let start = 0;
  for (let k = first; k < s.m.argCount(v); k++) {
    start += s.partStart(type, s.m.arg(v, k));
    type = s.partType(type, s.m.arg(v, k));
  }
  return { start, type };
}
const extract: Expand = (s, v) => {
  const from = s.m.operand(v, 0);
  const { start, type } = partAt(s, v, s.m.type(from), 1);
  const out: Value[] = [];
  for (let i = 0; i < s.count(type); i++) out.push(s.leaf(from, start + i));
  return out;
};
const insert: Expand = (s, v) => {
  const { start, type } = partAt(s, v, s.m.type(v), 2);
  const out = a(s, v, 1);
  for (let i = 0; i < s.count(type); i++) out[start + i] = s.leaf(s.m.operand(v, 0), i);
  return out;
};
const shuffle: Expand = (s, v) => {
  const both = [...a(s, v, 0), ...a(s, v, 1)];
  const out: Value[] = [];
  for (let k = 2; k < s.m.argCount(v); k++) out.push(both[s.m.arg(v, k)]!);
  return out;
};
function isIndex(s: Scalarizer, index: Value, i: number): Value {
  return s.at.emit("IEqual", s.m.types.bool, index, s.m.constant(s.m.type(index), i));
}
const extractDynamic: Expand = (s, v) => {
  const parts = a(s, v, 0);
  const index = s.leaf(s.m.operand(v, 1), 0);
  let out = parts.at(-1)!;
  for (let i = parts.length - 2; i >= 0; i--) out = s.at.emit("Select", s.m.type(v), isIndex(s, index, i), parts[i]!, out);
  return [out];
};
const insertDynamic: Expand = (s, v) => {
  const value = s.leaf(s.m.operand(v, 1), 0);
  const index = s.leaf(s.m.operand(v, 2), 0);
  return a(s, v, 0).map((old, i) => s.at.emit("Select", s.m.type(value), isIndex(s, index, i), value, old));
};
const select: Expand = (s, v) => {
  const condition = a(s, v, 0);
  const [yes, no] = [a(s, v, 1), a(s, v, 2)];
  return yes.map((y, i) => s.at.emit("Select", s.m.type(y), condition.length > 1 ? condition[i]! : condition[0]!, y, no[i]!));
};

// ---- matrices: leaf column * rows + row
function rowsOf(s: Scalarizer, matrix: TypeId): number {
  return s.m.types.length(s.m.types.element(matrix));
}
/** Product of a matrix' row r and a vector. */
function rowTimes(s: Scalarizer, m: readonly Value[], rows: number, r: number, x: readonly Value[], type: TypeId): Value {
  return dot(
    s,
    x.map((_, c) => m[c * rows + r]!),
    x,
    type,
  );
}
const matrixTimesVector: Expand = (s, v) => {
  const rows = rowsOf(s, s.m.type(s.m.operand(v, 0)));
  const [mat, x] = [a(s, v, 0), a(s, v, 1)];
  return Array.from({ length: rows }, (_, r) => rowTimes(s, mat, rows, r, x, leafType(s, s.m.type(v))));
};
const vectorTimesMatrix: Expand = (s, v) => {
  const rows = rowsOf(s, s.m.type(s.m.operand(v, 1)));
  const [x, mat] = [a(s, v, 0), a(s, v, 1)];
  return Array.from({ length: mat.length / rows }, (_, c) => dot(s, x, mat.slice(c * rows, (c + 1) * rows), leafType(s, s.m.type(v))));
};
const matrixTimesMatrix: Expand = (s, v) => {
  const rows = rowsOf(s, s.m.type(s.m.operand(v, 0)));
  const inner = rowsOf(s, s.m.type(s.m.operand(v, 1)));
  const [l, r] = [a(s, v, 0), a(s, v, 1)];
  const out: Value[] = [];
  for (let c = 0; c < r.length / inner; c++) {
    const column = r.slice(c * inner, (c + 1) * inner);
    for (let row = 0; row < rows; row++) out.push(rowTimes(s, l, rows, row, column, leafType(s, s.m.type(v))));
  }
  return out;
};
const timesScalar: Expand = (s, v) => scale(s, a(s, v, 0), s.leaf(s.m.operand(v, 1), 0), leafType(s, s.m.type(v)));
const outerProduct: Expand = (s, v) => {
  const x = a(s, v, 0);
  return a(s, v, 1).flatMap((y) => scale(s, x, y, leafType(s, s.m.type(v))));
};
const transpose: Expand = (s, v) => {
  const mat = a(s, v, 0);
  const rows = rowsOf(s, s.m.type(s.m.operand(v, 0)));
  const columns = mat.length / rows;
  return mat.map((_, i) => mat[(i % columns) * rows + Math.floor(i / columns)]!);
};
/** By cofactors; of a 4 x 4 matrix by the 2 x 2 minors of its first two and last two columns. */
const determinant: Expand = (s, v) => {
  const type = s.m.type(v);
  const e = a(s, v, 0);
  const op = (name: OpName, x: Value, y: Value) => s.at.emit(name, type, x, y);
  const minor = (p: number, q: number, r: number, t: number) => op("FSub", op("FMul", e[p]!, e[q]!), op("FMul", e[r]!, e[t]!));
  if (e.length === 4) return [minor(0, 3, 2, 1)];
  if (e.length === 9) {
    const cofactors = [minor(4, 8, 5, 7), minor(5, 6, 3, 8), minor(3, 7, 4, 6)];
    return [dot(s, e.slice(0, 3), cofactors, type)];
  }
  const pair = (c: number, i: number, k: number) => minor(4 * c + i, 4 * c + 4 + k, 4 * c + k, 4 * c + 4 + i);
  const low = [pair(0, 0, 1), pair(0, 0, 2), pair(0, 0, 3), pair(0, 1, 2), pair(0, 1, 3), pair(0, 2, 3)];
  const high = [pair(2, 2, 3), pair(2, 1, 3), pair(2, 1, 2), pair(2, 0, 3), pair(2, 0, 2), pair(2, 0, 1)];
  const terms = low.map((x, i) => op("FMul", x, high[i]!));
  const sum = op("FAdd", op("FSub", terms[0]!, terms[1]!), op("FAdd", terms[2]!, terms[3]!));
  return [op("FAdd", op("FSub", sum, terms[4]!), terms[5]!)];
};

// ---- geometry
function lengthOf(s: Scalarizer, x: readonly Value[], type: TypeId): Value {
  if (x.length === 1) return s.at.emit("FAbs", type, x[0]!);
  return s.at.emit("Sqrt", type, dot(s, x, x, type));
}
const difference = (s: Scalarizer, v: Value, type: TypeId) => {
  const y = a(s, v, 1);
  return a(s, v, 0).map((x, i) => s.at.emit("FSub", type, x, y[i]!));
};
const cross: Expand = (s, v) => {
  const type = leafType(s, s.m.type(v));
  const [x, y] = [a(s, v, 0), a(s, v, 1)];
  const mul = (p: Value, q: Value) => s.at.emit("FMul", type, p, q);
  return [0, 1, 2].map((i) => {
    const [j, k] = [(i + 1) % 3, (i + 2) % 3];
    return s.at.emit("FSub", type, mul(x[j]!, y[k]!), mul(x[k]!, y[j]!));
  });
};
const normalize: Expand = (s, v) => {
  const type = leafType(s, s.m.type(v));
  const x = a(s, v, 0);
  return scale(s, x, s.at.emit("InverseSqrt", type, dot(s, x, x, type)), type);
};
/** e2 . e3 < 0 ? e1 : -e1 */
const faceForward: Expand = (s, v) => {
  const type = leafType(s, s.m.type(v));
  const facing = s.at.emit("FOrdLessThan", s.m.types.bool, dot(s, a(s, v, 1), a(s, v, 2), type), constant(s, type, 0));
  return a(s, v, 0).map((e) => s.at.emit("Select", type, facing, e, s.at.emit("FNegate", type, e)));
};
/** e1 - 2 (e2 . e1) e2 */
const reflect: Expand = (s, v) => {
  const type = leafType(s, s.m.type(v));
  const [e1, e2] = [a(s, v, 0), a(s, v, 1)];
  const twice = s.at.emit("FMul", type, constant(s, type, 2), dot(s, e2, e1, type));
  const by = scale(s, e2, twice, type);
  return e1.map((e, i) => s.at.emit("FSub", type, e, by[i]!));
};
/** k = 1 - e3 e3 (1 - (e2 . e1)^2); k < 0 ? 0 : e3 e1 - (e3 (e2 . e1) + sqrt(k)) e2 */
const refract: Expand = (s, v) => {
  const type = leafType(s, s.m.type(v));
  const [e1, e2, e3] = [a(s, v, 0), a(s, v, 1), s.leaf(s.m.operand(v, 2), 0)];
  const op = (name: OpName, x: Value, y: Value) => s.at.emit(name, type, x, y);
  const one = constant(s, type, 1);
  const zero = constant(s, type, 0);
  const d = dot(s, e2, e1, type);
  const k = op("FSub", one, op("FMul", op("FMul", e3, e3), op("FSub", one, op("FMul", d, d))));
  const total = s.at.emit("FOrdLessThan", s.m.types.bool, k, zero);
  const along = op("FAdd", op("FMul", e3, d), s.at.emit("Sqrt", type, k));
  return e1.map((e, i) => s.at.emit("Select", type, total, zero, op("FSub", op("FMul", e3, e), op("FMul", along, e2[i]!))));
};

// ---- subgroups
/** One u32 is all: there are four invocations. */
const ballot: Expand = (s, v) => {
  const { u32 } = s.m.types;
  const zero = s.m.u32(0);
  return [s.at.emit("GroupNonUniformBallot", u32, s.leaf(s.m.operand(v, 0), 0)), zero, zero, zero];
};
/** Component by component; the other operand is a literal. */
const group: Expand = (s, v) => a(s, v, 0).map((x) => s.at.emit(s.m.opName(v), s.m.type(x), x, s.m.arg(v, 1)));
const groups = Object.fromEntries(
  OP_NAMES.filter((name) => OPS[name].effect === "group" && OPS[name].args === "vl").map((name) => [name, group]),
);

// ---- structs of two
/** Leaves are all of the first member, then all of the second. f16 is taken apart as f32, exactly. */
const split =
  (parts: (s: Scalarizer, x: Value) => readonly [Value, Value]): Expand =>
  (s, v) => {
    const { f16, f32, i32 } = s.m.types;
    const first: Value[] = [];
    const second: Value[] = [];
    for (const x of a(s, v, 0)) {
      const isHalf = s.m.type(x) === f16;
      const [p, q] = parts(s, isHalf ? s.at.emit("FConvert", f32, x) : x);
      const narrow = (y: Value) => (isHalf && s.m.type(y) !== i32 ? s.at.emit("FConvert", f16, y) : y);
      first.push(narrow(p));
      second.push(narrow(q));
    }
    return [...first, ...second];
  };

const EXPAND: Partial<Record<OpName, Expand>> = {
  CompositeConstruct: construct,
  CompositeExtract: extract,
  CompositeInsert: insert,
  VectorShuffle: shuffle,
  VectorExtractDynamic: extractDynamic,
  VectorInsertDynamic: insertDynamic,
  Select: select,
  Any: reduce("LogicalOr"),
  All: reduce("LogicalAnd"),
  Dot: (s, v) => [dot(s, a(s, v, 0), a(s, v, 1), s.m.type(v))],
  Length: (s, v) => [lengthOf(s, a(s, v, 0), s.m.type(v))],
  Distance: (s, v) => [lengthOf(s, difference(s, v, s.m.type(v)), s.m.type(v))],
  Cross: cross,
  Normalize: normalize,
  FaceForward: faceForward,
  Reflect: reflect,
  Refract: refract,
  VectorTimesScalar: timesScalar,
  MatrixTimesScalar: timesScalar,
  MatrixTimesVector: matrixTimesVector,
  VectorTimesMatrix: vectorTimesMatrix,
  MatrixTimesMatrix: matrixTimesMatrix,
  OuterProduct: outerProduct,
  Transpose: transpose,
  Determinant: determinant,
  Bitcast: expandBitcast,
  ModfStruct: split((s, x) => {
    const { fraction, whole } = modf(irMath(s.at), x);
    return [fraction, whole];
  }),
  FrexpStruct: split((s, x) => {
    const { fraction, exponent } = frexp(irMath(s.at), x);
    return [fraction, exponent];
  }),
  PackHalf2x16: expandPacking,
  UnpackHalf2x16: expandPacking,
  PackSnorm4x8: expandPacking,
  PackUnorm4x8: expandPacking,
  PackSnorm2x16: expandPacking,
  PackUnorm2x16: expandPacking,
  UnpackSnorm4x8: expandPacking,
  UnpackUnorm4x8: expandPacking,
  UnpackSnorm2x16: expandPacking,
  UnpackUnorm2x16: expandPacking,
  GroupNonUniformBallot: ballot,
  ...groups,
};
