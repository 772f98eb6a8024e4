/**
 * Algebra on one instruction. A rule returns a value to use instead, the instruction itself when it rewrote it in place, or NONE. Constants of
 * commutative operations have been moved to the right before the rules look.
 */
import { NONE } from "../../support/id.ts";
import type { Module, Value } from "../module.ts";
import { IS_COMMUTATIVE, OP, OP_NAMES, type OpName } from "../ops.ts";
import { bitsOfFloat, floatOfBits } from "../print-type.ts";
import { divideUnsigned, moduloUnsigned } from "./fold-divide.ts";

type Rule = (m: Module, v: Value) => Value;

/** Rules and commutativity by op number. */
export function simplify(m: Module, v: Value, op: number): Value {
  if (IS_COMMUTATIVE[op] === 1 && m.constantBits(m.operand(v, 0)) >= 0 && m.constantBits(m.operand(v, 1)) < 0) {
    const constant = m.arg(v, 0);
    m.setArg(v, 0, m.arg(v, 1));
    m.setArg(v, 1, constant);
  }
  const rule = RULE_OF[op];
  return rule ? rule(m, v) : NONE;
}

// ---- shorthand
const a = (m: Module, v: Value) => m.operand(v, 0);
const b = (m: Module, v: Value) => m.operand(v, 1);
/** Bits of operand 1 as u32, or -1. */
const right = (m: Module, v: Value) => m.constantBits(m.operand(v, 1));
const like = (m: Module, v: Value, bits: number) => m.constant(m.type(v), bits);
function become(m: Module, v: Value, op: OpName, ...args: Value[]): Value {
  m.rewrite(v, op, m.type(v), args);
  return v;
}
function before(m: Module, v: Value, op: OpName, ...args: Value[]): Value {
  return m.insertBefore(v, op, m.type(v), args);
}
const isOp = (m: Module, v: Value, op: OpName) => m.op(v) === OP[op];
/** log2 of a power of two, or -1. */
function log2(bits: number): number {
  return bits > 0 && (bits & (bits - 1)) === 0 ? 31 - Math.clz32(bits) : -1;
}
const ALL_ONES = 0xffffffff;
const FLOAT_ONE = bitsOfFloat(1) >>> 0;
const FLOAT_MINUS_ONE = bitsOfFloat(-1) >>> 0;
const MINUS_ZERO = 0x80000000;

// ---- integers
/** (x op c) op d = x op (c op d) */
function reassociate(m: Module, v: Value, op: OpName, join: (c: number, d: number) => number): Value {
  const inner = a(m, v);
  const d = right(m, v);
  if (d < 0 || !isOp(m, inner, op)) return NONE;
  const c = right(m, inner);
  return c < 0 ? NONE : become(m, v, op, a(m, inner), like(m, v, join(c, d)));
}
const iadd: Rule = (m, v) => {
  if (right(m, v) === 0) return a(m, v);
  if (isOp(m, b(m, v), "SNegate")) return become(m, v, "ISub", a(m, v), a(m, b(m, v)));
  return reassociate(m, v, "IAdd", (c, d) => c + d);
};
const isub: Rule = (m, v) => {
  const d = right(m, v);
  if (d === 0) return a(m, v);
  if (a(m, v) === b(m, v)) return like(m, v, 0);
  if (d > 0) return become(m, v, "IAdd", a(m, v), like(m, v, -d));
  return m.constantBits(a(m, v)) === 0 ? become(m, v, "SNegate", b(m, v)) : NONE;
};
/** (x + c) * d = x * d + c * d, and so for shifts: constants come out, what is left is often there already. */
function distribute(m: Module, v: Value, times: (c: number) => number): boolean {
  const x = a(m, v);
  if (!isOp(m, x, "IAdd") || right(m, x) < 0) return false;
  const sum = times(right(m, x));
  const product = before(m, v, m.opName(v), a(m, x), b(m, v));
  become(m, v, "IAdd", product, like(m, v, sum));
  return true;
}
const imul: Rule = (m, v) => {
  const d = right(m, v);
  if (d === 0) return like(m, v, 0);
  if (d === 1) return a(m, v);
  const shift = log2(d);
  if (shift > 0) return become(m, v, "ShiftLeftLogical", a(m, v), m.u32(shift));
  return d > 0 && distribute(m, v, (c) => Math.imul(c, d)) ? v : reassociate(m, v, "IMul", Math.imul);
};
const and: Rule = (m, v) => {
  const d = right(m, v);
  if (d === 0) return like(m, v, 0);
  if (d === ALL_ONES || a(m, v) === b(m, v)) return a(m, v);
  // a mask of bits that a shift has left
  if (d > 0 && isOp(m, a(m, v), "ShiftRightLogical")) {
    const by = right(m, a(m, v));
    if (by >= 0 && ((ALL_ONES >>> (by & 31)) & ~d) === 0) return a(m, v);
  }
  return reassociate(m, v, "BitwiseAnd", (c, e) => c & e);
};
const or: Rule = (m, v) => {
  const d = right(m, v);
  if (d === ALL_ONES) return like(m, v, -1);
  if (d === 0 || a(m, v) === b(m, v)) return a(m, v);
  return reassociate(m, v, "BitwiseOr", (c, e) => c | e);
};
const xor: Rule = (m, v) => {
  const d = right(m, v);
  if (d === 0) return a(m, v);
  if (a(m, v) === b(m, v)) return like(m, v, 0);
  if (d === ALL_ONES) return become(m, v, "Not", a(m, v));
  return reassociate(m, v, "BitwiseXor", (c, e) => c ^ e);
};
/** Shifts take their amount modulo 32; two by constants add up while the sum is below 32. */
const shift: Rule = (m, v) => {
  const d = right(m, v);
  if (d >= 0 && (d & 31) === 0) return a(m, v);
  if (m.constantBits(a(m, v)) === 0) return like(m, v, 0);
  const inner = a(m, v);
  if (d > 0 && m.op(inner) === m.op(v)) {
    const c = right(m, inner);
    const sum = (c & 31) + (d & 31);
    if (c >= 0 && sum < 32) {
      m.setArgs(v, [a(m, inner), m.u32(sum)]);
      return v;
    }
  }
  if (isOp(m, v, "ShiftLeftLogical") && d > 0 && distribute(m, v, (c) => c << (d & 31))) return v;
  // an amount that has been reduced needs it not
  const amount = b(m, v);
  if (isOp(m, amount, "BitwiseAnd") && (right(m, amount) & 31) === 31 && right(m, amount) >= 0) {
    m.setArg(v, 1, a(m, amount));
    return v;
  }
  return NONE;
};
const same: Rule = (m, v) => (a(m, v) === b(m, v) ? a(m, v) : NONE);
const umin: Rule = (m, v) => {
  const d = right(m, v);
  if (d === 0) return like(m, v, 0);
  if (d === ALL_ONES || a(m, v) === b(m, v)) return a(m, v);
  return reassociate(m, v, "UMin", Math.min);
};
const umax: Rule = (m, v) => (right(m, v) === 0 ? a(m, v) : same(m, v));
const not: Rule = (m, v) => (isOp(m, a(m, v), "Not") ? a(m, a(m, v)) : NONE);
const snegate: Rule = (m, v) => {
  const x = a(m, v);
  if (isOp(m, x, "SNegate")) return a(m, x);
  return isOp(m, x, "ISub") ? become(m, v, "ISub", b(m, x), a(m, x)) : NONE;
};
const smod: Rule = (m, v) => (right(m, v) === 1 ? like(m, v, 0) : NONE);
const sdiv: Rule = (m, v) => (right(m, v) === 1 ? a(m, v) : NONE);

// ---- comparisons
const INVERSE: Partial<Record<OpName, OpName>> = {
  IEqual: "INotEqual",
  INotEqual: "IEqual",
  ULessThan: "UGreaterThanEqual",
  ULessThanEqual: "UGreaterThan",
  UGreaterThan: "ULessThanEqual",
  UGreaterThanEqual: "ULessThan",
  SLessThan: "SGreaterThanEqual",
  SLessThanEqual: "SGreaterThan",
  SGreaterThan: "SLessThanEqual",
  SGreaterThanEqual: "SLessThan",
  FOrdEqual: "FUnordNotEqual",
  FUnordNotEqual: "FOrdEqual",
  LogicalEqual: "LogicalNotEqual",
  LogicalNotEqual: "LogicalEqual",
};
const reflexive =
  (holds: boolean): Rule =>
  (m, v) =>
    a(m, v) === b(m, v) ? like(m, v, holds ? 1 : 0) : NONE;
/** A bool that went through memory: select(c, 1, 0) != 0 */
const intEquality =
  (equal: boolean): Rule =>
  (m, v) => {
    if (a(m, v) === b(m, v)) return like(m, v, equal ? 1 : 0);
    const x = a(m, v);
    const d = right(m, v);
    if (d < 0 || !isOp(m, x, "Select")) return NONE;
    const [yes, no] = [m.constantBits(m.operand(x, 1)), m.constantBits(m.operand(x, 2))];
    if (yes < 0 || no < 0 || yes === no) return NONE;
    const [onYes, onNo] = [(yes === d) === equal, (no === d) === equal];
    if (onYes === onNo) return like(m, v, onYes ? 1 : 0);
    return onYes ? a(m, x) : become(m, v, "LogicalNot", a(m, x));
  };
const ult: Rule = (m, v) => (right(m, v) === 0 ? like(m, v, 0) : reflexive(false)(m, v));
const uge: Rule = (m, v) => (right(m, v) === 0 ? like(m, v, 1) : reflexive(true)(m, v));
const logicalNot: Rule = (m, v) => {
  const x = a(m, v);
  if (isOp(m, x, "LogicalNot")) return a(m, x);
  const inverse = INVERSE[m.opName(x)];
  return inverse ? become(m, v, inverse, a(m, x), b(m, x)) : NONE;
};
const logicalAnd: Rule = (m, v) => {
  if (right(m, v) === 0) return like(m, v, 0);
  return right(m, v) === 1 ? a(m, v) : same(m, v);
};
const logicalOr: Rule = (m, v) => {
  if (right(m, v) === 1) return like(m, v, 1);
  return right(m, v) === 0 ? a(m, v) : same(m, v);
};
/** x == true, x != false: x; the others: not x */
const logicalEquality =
  (neutral: number): Rule =>
  (m, v) => {
    if (a(m, v) === b(m, v)) return like(m, v, neutral);
    const d = right(m, v);
    if (d < 0) return NONE;
    return d === neutral ? a(m, v) : become(m, v, "LogicalNot", a(m, v));
  };
/** Which extreme `x < y ? x : y` is, by comparison: [of the lesser, of the greater]; the machine's float ones are just such selects. */
const EXTREMES: Partial<Record<OpName, readonly [OpName, OpName]>> = {
  ULessThan: ["UMin", "UMax"],
  ULessThanEqual: ["UMin", "UMax"],
  SLessThan: ["SMin", "SMax"],
  SLessThanEqual: ["SMin", "SMax"],
  FOrdLessThan: ["FMin", "FMax"],
};
const TURNED: Partial<Record<OpName, OpName>> = {
  UGreaterThan: "ULessThan",
  UGreaterThanEqual: "ULessThanEqual",
  SGreaterThan: "SLessThan",
  SGreaterThanEqual: "SLessThanEqual",
  FOrdGreaterThan: "FOrdLessThan",
};
/** FMin(a, b) = b < a ? b : a; FMax(a, b) = a < b ? b : a. */
function extreme(m: Module, v: Value, c: Value, yes: Value, no: Value): Value {
  const turned = TURNED[m.opName(c)];
  const ops = EXTREMES[turned ?? m.opName(c)];
  if (!ops) return NONE;
  const [x, y] = turned ? [b(m, c), a(m, c)] : [a(m, c), b(m, c)];
  if (m.type(x) !== m.type(v)) return NONE;
  if (yes === x && no === y) return become(m, v, ops[0], y, x);
  return yes === y && no === x ? become(m, v, ops[1], x, y) : NONE;
}
const select: Rule = (m, v) => {
  const [c, yes, no] = [m.operand(v, 0), m.operand(v, 1), m.operand(v, 2)];
  const known = m.constantBits(c);
  if (known >= 0) return known !== 0 ? yes : no;
  if (yes === no) return yes;
  if (isOp(m, c, "LogicalNot")) return become(m, v, "Select", a(m, c), no, yes);
  if (m.type(v) !== m.types.bool) return extreme(m, v, c, yes, no);
  const [y, n] = [m.constantBits(yes), m.constantBits(no)];
  if (y === 1) return n === 0 ? c : become(m, v, "LogicalOr", c, no);
  if (n === 0) return become(m, v, "LogicalAnd", c, yes);
  if (y === 0 && n === 1) return become(m, v, "LogicalNot", c);
  return NONE;
};

// ---- floats
const fadd: Rule = (m, v) => {
  if (right(m, v) === MINUS_ZERO) return a(m, v);
  return isOp(m, b(m, v), "FNegate") ? become(m, v, "FSub", a(m, v), a(m, b(m, v))) : NONE;
};
const fsub: Rule = (m, v) => {
  if (right(m, v) === 0) return a(m, v);
  if (m.constantBits(a(m, v)) === MINUS_ZERO) return become(m, v, "FNegate", b(m, v));
  return isOp(m, b(m, v), "FNegate") ? become(m, v, "FAdd", a(m, v), a(m, b(m, v))) : NONE;
};
const fmul: Rule = (m, v) => {
  const d = right(m, v);
  if (d === FLOAT_ONE) return a(m, v);
  if (d === FLOAT_MINUS_ONE) return become(m, v, "FNegate", a(m, v));
  return d === bitsOfFloat(2) ? become(m, v, "FAdd", a(m, v), a(m, v)) : NONE;
};
/** By a power of two, whose reciprocal is exact. */
const fdiv: Rule = (m, v) => {
  const d = right(m, v);
  if (d === FLOAT_ONE) return a(m, v);
  const exponent = (d >>> 23) & 255;
  if (d < 0 || (d & 0x7fffff) !== 0 || exponent === 0 || exponent >= 253 || m.type(v) !== m.types.f32) return NONE;
  return become(m, v, "FMul", a(m, v), like(m, v, bitsOfFloat(1 / floatOfBits(d))));
};
const fnegate: Rule = (m, v) => (isOp(m, a(m, v), "FNegate") ? a(m, a(m, v)) : NONE);
const fabs: Rule = (m, v) => {
  const x = a(m, v);
  if (isOp(m, x, "FAbs")) return x;
  return isOp(m, x, "FNegate") ? become(m, v, "FAbs", a(m, x)) : NONE;
};

// ---- conversions and composites
const bitcast: Rule = (m, v) => {
  const x = a(m, v);
  if (m.type(x) === m.type(v)) return x;
  return isOp(m, x, "Bitcast") && m.types.isScalar(m.type(a(m, x))) ? become(m, v, "Bitcast", a(m, x)) : NONE;
};
const compositeExtract: Rule = (m, v) => {
  const x = a(m, v);
  if (m.op(x) === OP.ConstantNull) return m.constantNull(m.type(v));
  if (m.argCount(v) !== 2) return NONE;
  if (m.op(x) === OP.ConstantComposite) return m.operand(x, m.arg(v, 1));
  // parts of a vector built from scalars stand in their places
  return isOp(m, x, "CompositeConstruct") && m.argCount(x) === m.types.length(m.type(x)) ? m.operand(x, m.arg(v, 1)) : NONE;
};
/** What was packed comes out as the rounded value: halves that hold halves. */
const halfBits: Rule = (m, v) => {
  const x = a(m, v);
  return isOp(m, x, "HalfBitsToFloat") && isOp(m, a(m, x), "FloatToHalfBits") ? a(m, x) : NONE;
};

const RULES: Partial<Record<OpName, Rule>> = {
  IAdd: iadd,
  ISub: isub,
  IMul: imul,
  UDiv: (m, v) => divideUnsigned(m, v, before),
  UMod: (m, v) => moduloUnsigned(m, v, before),
  SDiv: sdiv,
  SRem: smod,
  BitwiseAnd: and,
  BitwiseOr: or,
  BitwiseXor: xor,
  Not: not,
  SNegate: snegate,
  ShiftLeftLogical: shift,
  ShiftRightLogical: shift,
  ShiftRightArithmetic: shift,
  SMin: same,
  SMax: same,
  UMin: umin,
  UMax: umax,
  IEqual: intEquality(true),
  INotEqual: intEquality(false),
  ULessThan: ult,
  UGreaterThanEqual: uge,
  ULessThanEqual: reflexive(true),
  UGreaterThan: reflexive(false),
  SLessThan: reflexive(false),
  SGreaterThan: reflexive(false),
  SLessThanEqual: reflexive(true),
  SGreaterThanEqual: reflexive(true),
  LogicalNot: logicalNot,
  LogicalAnd: logicalAnd,
  LogicalOr: logicalOr,
  LogicalEqual: logicalEquality(1),
  LogicalNotEqual: logicalEquality(0),
  Select: select,
  FAdd: fadd,
  FSub: fsub,
  FMul: fmul,
  FDiv: fdiv,
  FNegate: fnegate,
  FAbs: fabs,
  FMin: same,
  FMax: same,
  Bitcast: bitcast,
  CompositeExtract: compositeExtract,
  FloatToHalfBits: halfBits,
};
const RULE_OF: readonly (Rule | undefined)[] = OP_NAMES.map((name) => RULES[name]);
