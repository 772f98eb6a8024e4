/**
 * The typing rule of each operation, as a table: a rule looks at one instruction and says what is wrong, or nothing. Rules about control
 * flow and dominance are in `validate.ts`. Signedness: operands agree with each other and with the result; that it is what the op's name
 * says is not asked, since bits are bits (`UDiv` on i32 is how passes divide bit patterns).
 */
import { NONE } from "../support/id.ts";
import type { FunctionId, Module, Value } from "./module.ts";
import { ATOMIC, OP, type OpName, REDUCTION, SWAP } from "./ops.ts";
import { typeText } from "./print-type.ts";
import { STORAGE, TYPE_KIND, type TypeId } from "./types.ts";

/** @returns what is wrong with instruction `v` of function `f`, or "" */
export type Rule = (m: Module, v: Value, f: FunctionId) => string;

type Class = "int" | "float" | "bool" | "numeric" | "scalar";

const CLASS_KINDS: { readonly [C in Class]: readonly number[] } = {
  int: [TYPE_KIND.Int],
  float: [TYPE_KIND.Float],
  bool: [TYPE_KIND.Bool],
  numeric: [TYPE_KIND.Int, TYPE_KIND.Float],
  scalar: [TYPE_KIND.Bool, TYPE_KIND.Int, TYPE_KIND.Float],
};

/** Component type of a scalar or vector; NONE for others. */
function component(m: Module, type: TypeId): TypeId {
  if (m.types.isScalar(type)) return type;
  return m.types.kind(type) === TYPE_KIND.Vector ? m.types.element(type) : NONE;
}
/** Components of a scalar (0, to tell it from vectors) or vector; -1 for others. */
function width(m: Module, type: TypeId): number {
  if (m.types.isScalar(type)) return 0;
  return m.types.kind(type) === TYPE_KIND.Vector ? m.types.length(type) : -1;
}
function isOf(m: Module, type: TypeId, cls: Class): boolean {
  const c = component(m, type);
  return c !== NONE && CLASS_KINDS[cls].includes(m.types.kind(c));
}
function operandType(m: Module, v: Value, i: number): TypeId {
  return m.type(m.operand(v, i));
}
function is32(m: Module, type: TypeId): boolean {
  const c = component(m, type);
  return c !== NONE && m.types.kind(c) !== TYPE_KIND.Bool && m.types.bits(c) === 32;
}

// ---- rules by shape

/** Result and all operands of one type of the class, scalar or vector. */
const same =
  (cls: Class): Rule =>
  (m, v) => {
    const type = m.type(v);
    if (!isOf(m, type, cls)) return `the result is ${typeText(m, type)}, not ${cls}`;
    for (let i = 0; i < m.argCount(v); i++) if (operandType(m, v, i) !== type) return mismatch(m, v, i, type);
    return "";
  };
const mismatch = (m: Module, v: Value, i: number, want: TypeId) =>
  `operand ${i} is ${typeText(m, operandType(m, v, i))}, not ${typeText(m, want)}`;

/** Operands of one type of the class, result bool of the same width. */
const compare =
  (cls: Class): Rule =>
  (m, v) => {
    const type = operandType(m, v, 0);
    if (!isOf(m, type, cls)) return `operand 0 is ${typeText(m, type)}, not ${cls}`;
    if (operandType(m, v, 1) !== type) return mismatch(m, v, 1, type);
    return isOf(m, m.type(v), "bool") && width(m, m.type(v)) === width(m, type) ? "" : `the result is ${typeText(m, m.type(v))}`;
  };
/** First operand and result of one int type, second an int of the same width. */
const shift: Rule = (m, v) => {
  const type = m.type(v);
  if (!isOf(m, type, "int")) return `the result is ${typeText(m, type)}, not int`;
  if (operandType(m, v, 0) !== type) return mismatch(m, v, 0, type);
  const amount = operandType(m, v, 1);
  return isOf(m, amount, "int") && width(m, amount) === width(m, type) ? "" : `the amount is ${typeText(m, amount)}`;
};
/** Operand of one class, result of another, widths equal. */
const convert =
  (from: Class, to: Class): Rule =>
  (m, v) => {
    const type = operandType(m, v, 0);
    if (!isOf(m, type, from)) return `operand 0 is ${typeText(m, type)}, not ${from}`;
    if (!isOf(m, m.type(v), to) || width(m, m.type(v)) !== width(m, type)) return `the result is ${typeText(m, m.type(v))}`;
    return "";
  };
/** Fixed types by notation; "f32" "u32" "i32" "vec2f32" ... */
const exact =
  (result: string, ...operands: string[]): Rule =>
  (m, v) => {
    if (m.type(v) !== named(m, result)) return `the result is ${typeText(m, m.type(v))}, not ${result}`;
    for (let i = 0; i < operands.length; i++)
      if (operandType(m, v, i) !== named(m, operands[i]!)) return mismatch(m, v, i, named(m, operands[i]!));
    return "";
  };
function named(m: Module, name: string): TypeId {
  const scalar = name.endsWith("f32") ? m.types.f32 : name.endsWith("i32") ? m.types.i32 : m.types.u32;
  return name.startsWith("vec") ? m.types.vector(scalar, Number(name[3])) : scalar;
}
/** Bit fields: value(s) and result alike, then offset and count, u32 scalars or vectors of the same width (scalarized later). */
const bitField =
  (values: number): Rule =>
  (m, v) => {
    const type = m.type(v);
    if (!isOf(m, type, "int")) return `the result is ${typeText(m, type)}, not int`;
    for (let i = 0; i < values; i++) if (operandType(m, v, i) !== type) return mismatch(m, v, i, type);
    for (let i = values; i < values + 2; i++) if (operandType(m, v, i) !== m.types.u32) return mismatch(m, v, i, m.types.u32);
    return "";
  };
const vectorsToScalar =
  (n: number, cls: Class, scalarToo: boolean): Rule =>
  (m, v) => {
    const type = operandType(m, v, 0);
    if (!isOf(m, type, cls) || (!scalarToo && width(m, type) === 0)) return `operand 0 is ${typeText(m, type)}`;
    if (n > 1 && operandType(m, v, 1) !== type) return mismatch(m, v, 1, type);
    return m.type(v) === component(m, type) ? "" : `the result is ${typeText(m, m.type(v))}`;
  };
/** A struct of two members: the operand's type, and `second`. */
const splitFloat =
  (second: "same" | "i32"): Rule =>
  (m, v) => {
    const type = operandType(m, v, 0);
    const t = m.types;
    const s = m.type(v);
    if (!isOf(m, type, "float")) return `operand 0 is ${typeText(m, type)}, not float`;
    const other = second === "same" ? type : width(m, type) === 0 ? t.i32 : t.vector(t.i32, width(m, type));
    const good = t.kind(s) === TYPE_KIND.Struct && t.length(s) === 2 && t.memberType(s, 0) === type && t.memberType(s, 1) === other;
    return good ? "" : `the result is ${typeText(m, s)}`;
  };

// ---- composites

/** Type of part `index` of a composite, or NONE. */
export function partType(m: Module, type: TypeId, index: number): TypeId {
  const kind = m.types.kind(type);
  if (kind < TYPE_KIND.Vector || kind > TYPE_KIND.Struct || kind === TYPE_KIND.RuntimeArray) return NONE;
  if (index < 0 || index >= m.types.length(type)) return NONE;
  return kind === TYPE_KIND.Struct ? m.types.memberType(type, index) : m.types.element(type);
}
const walk = (m: Module, v: Value, type: TypeId, first: number): TypeId | string => {
  let at = type;
  for (let i = first; i < m.argCount(v); i++) {
    at = partType(m, at, m.arg(v, i));
    if (at === NONE) return `no part ${m.arg(v, i)}`;
  }
  return at;
};
const compositeConstruct: Rule = (m, v) => {
  const type = m.type(v);
  const kind = m.types.kind(type);
  if (kind < TYPE_KIND.Vector || kind > TYPE_KIND.Struct || kind === TYPE_KIND.RuntimeArray) return `${typeText(m, type)} is no composite`;
  const count = m.argCount(v);
  if (kind === TYPE_KIND.Vector) {
    let components = 0;
    for (let i = 0; i < count; i++) {
      if (component(m, operandType(m, v, i)) !== m.types.element(type)) return mismatch(m, v, i, m.types.element(type));
      components += Math.max(1, width(m, operandType(m, v, i)));
    }
    return components === m.types.length(type) ? "" : `${components} components for ${typeText(m, type)}`;
  }
  if (count !== m.types.length(type)) return `${count} parts for ${typeText(m, type)}`;
  for (let i = 0; i < count; i++) if (operandType(m, v, i) !== partType(m, type, i)) return mismatch(m, v, i, partType(m, type, i));
  return "";
};
const compositeExtract: Rule = (m, v) => {
  const at = walk(m, v, operandType(m, v, 0), 1);
  if (typeof at === "string") return at;
  return at === m.type(v) ? "" : `the part is ${typeText(m, at)}, the result ${typeText(m, m.type(v))}`;
};
const compositeInsert: Rule = (m, v) => {
  if (operandType(m, v, 1) !== m.type(v)) return mismatch(m, v, 1, m.type(v));
  const at = walk(m, v, m.type(v), 2);
  if (typeof at === "string") return at;
  return at === operandType(m, v, 0) ? "" : `the part is ${typeText(m, at)}, the new one ${typeText(m, operandType(m, v, 0))}`;
};
const vectorShuffle: Rule = (m, v) => {
  const [a, b] = [operandType(m, v, 0), operandType(m, v, 1)];
  const c = component(m, a);
  if (width(m, a) < 2 || width(m, b) < 2 || c !== component(m, b)) return `operands are ${typeText(m, a)} and ${typeText(m, b)}`;
  const count = m.argCount(v) - 2;
  if (count < 2 || count > 4 || m.type(v) !== m.types.vector(c, count)) return `the result is ${typeText(m, m.type(v))}`;
  for (let i = 0; i < count; i++) if (m.arg(v, i + 2) >>> 0 >= width(m, a) + width(m, b)) return `no component ${m.arg(v, i + 2)}`;
  return "";
};
const extractDynamic: Rule = (m, v) => {
  const type = operandType(m, v, 0);
  if (width(m, type) < 2) return `operand 0 is ${typeText(m, type)}, not a vector`;
  if (!isIndex(m, operandType(m, v, 1))) return `the index is ${typeText(m, operandType(m, v, 1))}`;
  return m.type(v) === component(m, type) ? "" : `the result is ${typeText(m, m.type(v))}`;
};
const insertDynamic: Rule = (m, v) => {
  const type = m.type(v);
  if (width(m, type) < 2 || operandType(m, v, 0) !== type) return mismatch(m, v, 0, type);
  if (operandType(m, v, 1) !== component(m, type)) return mismatch(m, v, 1, component(m, type));
  return isIndex(m, operandType(m, v, 2)) ? "" : `the index is ${typeText(m, operandType(m, v, 2))}`;
};
const isIndex = (m: Module, type: TypeId) => type === m.types.u32 || type === m.types.i32;
const select: Rule = (m, v) => {
  const type = m.type(v);
  for (let i = 1; i < 3; i++) if (operandType(m, v, i) !== type) return mismatch(m, v, i, type);
  const condition = operandType(m, v, 0);
  if (!isOf(m, condition, "bool")) return `the condition is ${typeText(m, condition)}`;
  return width(m, condition) === 0 || width(m, condition) === width(m, type) ? "" : "the condition has another width";
};
const bitcast: Rule = (m, v) => {
  const size = (type: TypeId) => (isOf(m, type, "numeric") ? m.types.sizeBytes(type) : -1);
  const bytes = size(operandType(m, v, 0));
  return bytes >= 0 && bytes === size(m.type(v)) ? "" : `from ${typeText(m, operandType(m, v, 0))} to ${typeText(m, m.type(v))}`;
};

// ---- matrices: `shape` gives [columns, rows] of a matrix, [0, n] of a vector, [0, 0] of a scalar
const shape = (m: Module, type: TypeId): readonly [number, number] =>
  m.types.kind(type) === TYPE_KIND.Matrix
    ? [m.types.length(type), m.types.length(m.types.element(type))]
    : [0, Math.max(0, width(m, type))];
const isMatrix = (m: Module, type: TypeId) => m.types.kind(type) === TYPE_KIND.Matrix;
const product: Rule = (m, v) => {
  const name = m.opName(v);
  const [a, b, r] = [operandType(m, v, 0), operandType(m, v, 1), m.type(v)];
  const wants: Partial<Record<OpName, readonly [boolean, boolean]>> = {
    VectorTimesMatrix: [false, true],
    MatrixTimesVector: [true, false],
    MatrixTimesMatrix: [true, true],
    OuterProduct: [false, false],
  };
  const want = wants[name];
  if (!want || isMatrix(m, a) !== want[0] || isMatrix(m, b) !== want[1]) return `operands are ${typeText(m, a)} and ${typeText(m, b)}`;
  const [ac, ar] = shape(m, a);
  const [bc, br] = shape(m, b);
  const fits = name === "OuterProduct" || (name === "VectorTimesMatrix" ? ar === br : ac === br);
  if (!fits) return `operands are ${typeText(m, a)} and ${typeText(m, b)}`;
  const [rc, rr] = shape(m, r);
  const [wc, wr] =
    name === "VectorTimesMatrix" ? [0, bc] : name === "MatrixTimesVector" ? [0, ar] : name === "OuterProduct" ? [br, ar] : [bc, ar];
  return rc === wc && rr === wr ? "" : `the result is ${typeText(m, r)}`;
};
const timesScalar: Rule = (m, v) => {
  const type = m.type(v);
  if (operandType(m, v, 0) !== type) return mismatch(m, v, 0, type);
  const scalar = isMatrix(m, type) ? component(m, m.types.element(type)) : width(m, type) > 0 ? component(m, type) : NONE;
  if (scalar === NONE) return `the result is ${typeText(m, type)}`;
  return operandType(m, v, 1) === scalar ? "" : mismatch(m, v, 1, scalar);
};
const transpose: Rule = (m, v) => {
  const [c, r] = shape(m, operandType(m, v, 0));
  const [tc, tr] = shape(m, m.type(v));
  return c > 0 && c === tr && r === tc ? "" : `from ${typeText(m, operandType(m, v, 0))} to ${typeText(m, m.type(v))}`;
};
const determinant: Rule = (m, v) => {
  const [c, r] = shape(m, operandType(m, v, 0));
  return c > 0 && c === r && m.type(v) === component(m, m.types.element(operandType(m, v, 0)))
    ? ""
    : `of ${typeText(m, operandType(m, v, 0))}`;
};
/** Arithmetic that also takes whole matrices. */
const sameOrMatrix: Rule = (m, v) => {
  const type = m.type(v);
  if (!isMatrix(m, type)) return same("float")(m, v, NONE);
  for (let i = 0; i < m.argCount(v); i++) if (operandType(m, v, i) !== type) return mismatch(m, v, i, type);
  return "";
};
/** Refract: two vectors and a scalar. */
const refract: Rule = (m, v) => {
  const type = m.type(v);
  if (!isOf(m, type, "float") || width(m, type) < 2) return `the result is ${typeText(m, type)}`;
  for (let i = 0; i < 2; i++) if (operandType(m, v, i) !== type) return mismatch(m, v, i, type);
  return operandType(m, v, 2) === component(m, type) ? "" : mismatch(m, v, 2, component(m, type));
};
const ldexp: Rule = (m, v) => {
  const type = m.type(v);
  if (!isOf(m, type, "float") || operandType(m, v, 0) !== type) return mismatch(m, v, 0, type);
  const e = operandType(m, v, 1);
  return isOf(m, e, "int") && width(m, e) === width(m, type) ? "" : `the exponent is ${typeText(m, e)}`;
};

// ---- memory
function isPointer(m: Module, type: TypeId): boolean {
  return m.types.kind(type) === TYPE_KIND.Pointer;
}
const accessChain: Rule = (m, v) => {
  const base = operandType(m, v, 0);
  if (!isPointer(m, base) || !isPointer(m, m.type(v))) return "base and result are pointers";
  if (m.types.storage(base) !== m.types.storage(m.type(v))) return "base and result have different storage";
  let at = m.types.pointee(base);
  for (let i = 1; i < m.argCount(v); i++) {
    const index = m.operand(v, i);
    if (!isIndex(m, m.type(index))) return `index ${i - 1} is ${typeText(m, m.type(index))}`;
    const kind = m.types.kind(at);
    if (kind === TYPE_KIND.Struct) {
      const member = m.constantBits(index);
      if (member < 0 || member >= m.types.length(at)) return `index ${i - 1} names no member of ${typeText(m, at)}`;
      at = m.types.memberType(at, member);
    } else if (kind >= TYPE_KIND.Vector && kind <= TYPE_KIND.RuntimeArray) at = m.types.element(at);
    else return `${typeText(m, at)} has no parts`;
  }
  return at === m.types.pointee(m.type(v)) ? "" : `leads to ${typeText(m, at)}, the result is ${typeText(m, m.type(v))}`;
};
const load: Rule = (m, v) => {
  const p = operandType(m, v, 0);
  if (!isPointer(m, p)) return `operand 0 is ${typeText(m, p)}, not a pointer`;
  return m.types.pointee(p) === m.type(v) ? "" : `${typeText(m, m.type(v))} from ${typeText(m, p)}`;
};
const store: Rule = (m, v) => {
  const p = operandType(m, v, 0);
  if (!isPointer(m, p)) return `operand 0 is ${typeText(m, p)}, not a pointer`;
  return m.types.pointee(p) === operandType(m, v, 1) ? "" : `${typeText(m, operandType(m, v, 1))} into ${typeText(m, p)}`;
};
/** Pointer to i32 or u32; result (if any) and values of that type. */
const atomic =
  (hasResult: boolean): Rule =>
  (m, v) => {
    const p = operandType(m, v, 0);
    if (!isPointer(m, p) || !isIndex(m, m.types.pointee(p))) return `operand 0 is ${typeText(m, p)}, not a pointer to i32 or u32`;
    const type = m.types.pointee(p);
    if (hasResult && m.type(v) !== type) return `the result is ${typeText(m, m.type(v))}, not ${typeText(m, type)}`;
    for (let i = 1; i < m.argCount(v); i++) if (operandType(m, v, i) !== type) return mismatch(m, v, i, type);
    return "";
  };
const arrayLength: Rule = (m, v) => {
  const p = operandType(m, v, 0);
  if (m.type(v) !== m.types.u32) return `the result is ${typeText(m, m.type(v))}, not u32`;
  if (!isPointer(m, p)) return `operand 0 is ${typeText(m, p)}, not a pointer`;
  let at: TypeId = m.types.pointee(p);
  for (let i = 1; i < m.argCount(v); i++) {
    at = partType(m, at, m.arg(v, i));
    if (at === NONE) return `no member ${m.arg(v, i)}`;
  }
  return m.types.kind(at) === TYPE_KIND.RuntimeArray ? "" : `${typeText(m, at)} is not a runtime array`;
};

// ---- spans
const MEMORY_SCALARS = "memory holds i32, u32, f32, f16, and vectors of the 32-bit ones";
/**
 * Variable, offset, and the literals start and extent at `literals`.
 * @param bytes what one access takes
 */
function span(m: Module, v: Value, literals: number, bytes: number): string {
  const variable = m.operand(v, 0);
  if (m.op(variable) !== OP.Variable) return "operand 0 is not a variable";
  if (operandType(m, v, 1) !== m.types.u32) return `the offset is ${typeText(m, operandType(m, v, 1))}, not u32`;
  const start = m.arg(v, literals);
  const extent = m.arg(v, literals + 1);
  if (start < 0 || extent < 0) return "start and extent are not negative";
  const pointer = m.type(variable);
  if (extent === 0) {
    const storage = m.types.storage(pointer);
    return storage === STORAGE.StorageBuffer || storage === STORAGE.Uniform ? "" : "extent 0 is for buffers";
  }
  if (extent < bytes) return `extent ${extent} is less than the access of ${bytes} bytes`;
  // a variable of halves takes whole words
  const size = Math.ceil(m.types.sizeBytes(m.types.pointee(pointer)) / 4) * 4;
  if (!endsOpen(m, m.types.pointee(pointer)) && start + extent > size) return `[${start}, ${start + extent}) is not inside ${size} bytes`;
  return "";
}
/** Whether the type's size is known only when bound. */
export function endsOpen(m: Module, type: TypeId): boolean {
  const { types } = m;
  if (types.kind(type) === TYPE_KIND.Struct && types.length(type) > 0) return endsOpen(m, types.memberType(type, types.length(type) - 1));
  return types.kind(type) === TYPE_KIND.RuntimeArray;
}
/** A type that one span access takes: a 32-bit or 16-bit scalar, or a vector of 32-bit ones. */
function inMemory(m: Module, type: TypeId): boolean {
  return isOf(m, type, "numeric") && (width(m, type) === 0 || is32(m, type));
}
const spanLoad: Rule = (m, v) => (inMemory(m, m.type(v)) ? span(m, v, 2, m.types.sizeBytes(m.type(v))) : MEMORY_SCALARS);
const spanStore: Rule = (m, v) =>
  inMemory(m, operandType(m, v, 2)) ? span(m, v, 3, m.types.sizeBytes(operandType(m, v, 2))) : MEMORY_SCALARS;
const spanAtomic: Rule = (m, v) => {
  const kind = m.arg(v, 4);
  const values = m.argCount(v) - 5;
  if (kind < 0 || kind > ATOMIC.xor) return `no atomic operation ${kind}`;
  if (values !== (kind === ATOMIC.load ? 0 : kind === ATOMIC.compareExchange ? 2 : 1)) return `${values} values`;
  const type = values > 0 ? operandType(m, v, 5) : m.type(v);
  if (!isIndex(m, type)) return `atomics are on i32 and u32, not ${typeText(m, type)}`;
  if (values > 1 && operandType(m, v, 6) !== type) return mismatch(m, v, 6, type);
  if (m.type(v) !== (kind === ATOMIC.store ? m.types.void : type)) return `the result is ${typeText(m, m.type(v))}`;
  return span(m, v, 2, 4);
};
const spanLength: Rule = (m, v) => {
  if (m.op(m.operand(v, 0)) !== OP.Variable) return "operand 0 is not a variable";
  return m.type(v) === m.types.u32 ? "" : `the result is ${typeText(m, m.type(v))}, not u32`;
};
const spanUniformLoad: Rule = (m, v) => {
  if (!is32(m, m.type(v)) || width(m, m.type(v)) !== 0) return `the result is ${typeText(m, m.type(v))}, not a 32-bit scalar`;
  return span(m, v, 2, 4);
};

// ---- subgroups
const vote: Rule = (m, v) => {
  for (let i = 0; i < m.argCount(v); i++) if (operandType(m, v, i) !== m.types.bool) return mismatch(m, v, i, m.types.bool);
  return m.type(v) === m.types.bool ? "" : `the result is ${typeText(m, m.type(v))}, not bool`;
};
/** vec4<u32>, or u32 where it is lowered */
const ballot: Rule = (m, v) => {
  const { bool, u32 } = m.types;
  if (operandType(m, v, 0) !== bool) return mismatch(m, v, 0, bool);
  return m.type(v) === u32 || m.type(v) === m.types.vector(u32, 4) ? "" : `the result is ${typeText(m, m.type(v))}`;
};
const moved: Rule = (m, v) => {
  const type = m.type(v);
  if (!isOf(m, type, "numeric")) return `the result is ${typeText(m, type)}, not numeric`;
  if (operandType(m, v, 0) !== type) return mismatch(m, v, 0, type);
  return m.argCount(v) < 2 || isIndex(m, operandType(m, v, 1)) ? "" : `the invocation is ${typeText(m, operandType(m, v, 1))}`;
};
/** @param last greatest value of the literal */
const acrossGroup =
  (cls: Class, last: number): Rule =>
  (m, v) => {
    const type = m.type(v);
    if (!isOf(m, type, cls)) return `the result is ${typeText(m, type)}, not ${cls}`;
    if (operandType(m, v, 0) !== type) return mismatch(m, v, 0, type);
    return m.arg(v, 1) >= 0 && m.arg(v, 1) <= last ? "" : `the literal ${m.arg(v, 1)} names nothing`;
  };

// ---- control
const phi: Rule = (m, v) => {
  if (m.argCount(v) % 2 !== 0) return "an odd number of operands";
  for (let i = 0; i < m.argCount(v); i += 2) if (operandType(m, v, i) !== m.type(v)) return mismatch(m, v, i, m.type(v));
  return "";
};
const branchConditional: Rule = (m, v) =>
  operandType(m, v, 0) === m.types.bool ? "" : `the condition is ${typeText(m, operandType(m, v, 0))}, not bool`;
const switchOn: Rule = (m, v) => {
  if (!isIndex(m, operandType(m, v, 0))) return `the selector is ${typeText(m, operandType(m, v, 0))}`;
  if (m.argCount(v) % 2 !== 0) return "a case without a block";
  const seen = new Set<number>();
  for (let i = 2; i < m.argCount(v); i += 2) {
    if (seen.has(m.arg(v, i))) return `two cases for ${m.arg(v, i)}`;
    seen.add(m.arg(v, i));
  }
  return "";
};
const call: Rule = (m, v) => {
  const fn = m.functions[m.arg(v, 0)];
  if (!fn) return "no such function";
  if (m.type(v) !== fn.returnType) return `the result is ${typeText(m, m.type(v))}, not ${typeText(m, fn.returnType)}`;
  if (m.argCount(v) - 1 !== fn.params.length) return `${m.argCount(v) - 1} arguments for ${fn.params.length} parameters`;
  for (let i = 0; i < fn.params.length; i++)
    if (operandType(m, v, i + 1) !== m.type(fn.params[i]!)) return mismatch(m, v, i + 1, m.type(fn.params[i]!));
  return "";
};
const returnValue: Rule = (m, v, f) =>
  operandType(m, v, 0) === m.functions[f]!.returnType
    ? ""
    : `${typeText(m, operandType(m, v, 0))} from a function that returns ${typeText(m, m.functions[f]!.returnType)}`;
const returnVoid: Rule = (m, _v, f) => (m.functions[f]!.returnType === m.types.void ? "" : "without the function's result");
const variable: Rule = (m, v) => {
  const type = m.type(v);
  if (!isPointer(m, type)) return `${typeText(m, type)} is not a pointer`;
  if (m.types.storage(type) !== m.arg(v, 0)) return "its storage class is not its pointer's";
  if (m.argCount(v) > 1 && operandType(m, v, 1) !== m.types.pointee(type)) return mismatch(m, v, 1, m.types.pointee(type));
  return "";
};
const constantComposite: Rule = (m, v) => {
  const type = m.type(v);
  if (m.argCount(v) !== m.types.length(type)) return `${m.argCount(v)} parts for ${typeText(m, type)}`;
  for (let i = 0; i < m.argCount(v); i++) if (operandType(m, v, i) !== partType(m, type, i)) return mismatch(m, v, i, partType(m, type, i));
  return "";
};
const scalarConstant: Rule = (m, v) => (m.types.isScalar(m.type(v)) ? "" : `of type ${typeText(m, m.type(v))}`);
const any: Rule = () => "";

const int = same("int");
const float = same("float");
const bool = same("bool");
const reduceInt = acrossGroup("int", REDUCTION.exclusive);
const reduceFloat = acrossGroup("float", REDUCTION.exclusive);
const intCompare = compare("int");
const floatCompare = compare("float");

// biome-ignore format: a table, read by rows
export const TYPING: { readonly [N in OpName]: Rule } = {
  Constant: scalarConstant, ConstantComposite: constantComposite, ConstantNull: any, Undef: any, Variable: variable, FunctionParameter: any,
  IAdd: int, ISub: int, IMul: int, UDiv: int, SDiv: int, UMod: int, SRem: int, SNegate: int,
  BitwiseAnd: int, BitwiseOr: int, BitwiseXor: int, Not: int,
  ShiftLeftLogical: shift, ShiftRightLogical: shift, ShiftRightArithmetic: shift,
  BitCount: int, BitReverse: int, CountLeadingZeros: int, CountTrailingZeros: int, FindILsb: int, FindUMsb: int, FindSMsb: int,
  BitFieldInsert: bitField(2), BitFieldSExtract: bitField(1), BitFieldUExtract: bitField(1),
  SAbs: int, SSign: int, SMin: int, UMin: int, SMax: int, UMax: int, SClamp: int, UClamp: int, UMulHigh: int,
  Dot4I8Packed: exact("i32", "u32", "u32"), Dot4U8Packed: exact("u32", "u32", "u32"),
  IEqual: intCompare, INotEqual: intCompare, ULessThan: intCompare, ULessThanEqual: intCompare, UGreaterThan: intCompare, UGreaterThanEqual: intCompare,
  SLessThan: intCompare, SLessThanEqual: intCompare, SGreaterThan: intCompare, SGreaterThanEqual: intCompare,
  FOrdEqual: floatCompare, FUnordNotEqual: floatCompare, FOrdLessThan: floatCompare, FOrdLessThanEqual: floatCompare, FOrdGreaterThan: floatCompare, FOrdGreaterThanEqual: floatCompare,
  LogicalAnd: bool, LogicalOr: bool, LogicalNot: bool, LogicalEqual: bool, LogicalNotEqual: bool,
  Select: select, Any: vectorsToScalar(1, "bool", false), All: vectorsToScalar(1, "bool", false),
  FAdd: sameOrMatrix, FSub: sameOrMatrix, FMul: float, FDiv: float, FRem: float, FNegate: sameOrMatrix,
  FAbs: float, FSign: float, Floor: float, Ceil: float, Trunc: float, RoundEven: float, Fract: float,
  FMin: float, FMax: float, FClamp: float, FMix: float, Step: float, SmoothStep: float, Fma: float,
  Sqrt: float, InverseSqrt: float, Sin: float, Cos: float, Tan: float, Asin: float, Acos: float, Atan: float, Atan2: float,
  Sinh: float, Cosh: float, Tanh: float, Asinh: float, Acosh: float, Atanh: float,
  Exp: float, Exp2: float, Log: float, Log2: float, Pow: float, Ldexp: ldexp, Radians: float, Degrees: float, Saturate: float,
  ModfStruct: splitFloat("same"), FrexpStruct: splitFloat("i32"), QuantizeToF16: float,
  Dot: vectorsToScalar(2, "numeric", false), Length: vectorsToScalar(1, "float", true), Distance: vectorsToScalar(2, "float", true),
  Cross: float, Normalize: float, FaceForward: float, Reflect: float, Refract: refract,
  VectorTimesScalar: timesScalar, MatrixTimesScalar: timesScalar, VectorTimesMatrix: product, MatrixTimesVector: product, MatrixTimesMatrix: product,
  OuterProduct: product, Transpose: transpose, Determinant: determinant,
  ConvertFToS: convert("float", "int"), ConvertFToU: convert("float", "int"), ConvertSToF: convert("int", "float"), ConvertUToF: convert("int", "float"), FConvert: convert("float", "float"),
  Bitcast: bitcast,
  FloatToHalfBits: exact("u32", "f32"), HalfBitsToFloat: exact("f32", "u32"),
  PackHalf2x16: exact("u32", "vec2f32"), UnpackHalf2x16: exact("vec2f32", "u32"),
  PackSnorm4x8: exact("u32", "vec4f32"), PackUnorm4x8: exact("u32", "vec4f32"), PackSnorm2x16: exact("u32", "vec2f32"), PackUnorm2x16: exact("u32", "vec2f32"),
  UnpackSnorm4x8: exact("vec4f32", "u32"), UnpackUnorm4x8: exact("vec4f32", "u32"), UnpackSnorm2x16: exact("vec2f32", "u32"), UnpackUnorm2x16: exact("vec2f32", "u32"),
  CompositeConstruct: compositeConstruct, CompositeExtract: compositeExtract, CompositeInsert: compositeInsert,
  VectorShuffle: vectorShuffle, VectorExtractDynamic: extractDynamic, VectorInsertDynamic: insertDynamic,
  AccessChain: accessChain, Load: load, Store: store, ArrayLength: arrayLength,
  AtomicLoad: atomic(true), AtomicStore: atomic(false), AtomicExchange: atomic(true), AtomicCompareExchange: atomic(true),
  AtomicIAdd: atomic(true), AtomicISub: atomic(true), AtomicSMin: atomic(true), AtomicUMin: atomic(true), AtomicSMax: atomic(true), AtomicUMax: atomic(true),
  AtomicAnd: atomic(true), AtomicOr: atomic(true), AtomicXor: atomic(true),
  WorkgroupUniformLoad: load, ControlBarrier: any,
  SpanLoad: spanLoad, SpanStore: spanStore, SpanAtomic: spanAtomic, SpanLength: spanLength, SpanUniformLoad: spanUniformLoad,
  GroupNonUniformElect: vote, GroupNonUniformAll: vote, GroupNonUniformAny: vote, GroupNonUniformBallot: ballot,
  GroupNonUniformBroadcast: moved, GroupNonUniformBroadcastFirst: moved, GroupNonUniformShuffle: moved, GroupNonUniformShuffleXor: moved,
  GroupNonUniformShuffleUp: moved, GroupNonUniformShuffleDown: moved, GroupNonUniformQuadBroadcast: moved,
  GroupNonUniformQuadSwap: acrossGroup("numeric", SWAP.diagonal),
  GroupNonUniformIAdd: reduceInt, GroupNonUniformFAdd: reduceFloat, GroupNonUniformIMul: reduceInt, GroupNonUniformFMul: reduceFloat,
  GroupNonUniformSMin: reduceInt, GroupNonUniformUMin: reduceInt, GroupNonUniformFMin: reduceFloat,
  GroupNonUniformSMax: reduceInt, GroupNonUniformUMax: reduceInt, GroupNonUniformFMax: reduceFloat,
  GroupNonUniformBitwiseAnd: reduceInt, GroupNonUniformBitwiseOr: reduceInt, GroupNonUniformBitwiseXor: reduceInt,
  Phi: phi, Branch: any, BranchConditional: branchConditional, Switch: switchOn, Return: returnVoid, ReturnValue: returnValue, Unreachable: any, Kill: any,
  FunctionCall: call,
};
