/**
 * What each operation that touches no memory becomes. Most are one instruction of the same name. Where SPIR-V leaves a result undefined that
 * the IR defines (ir/ops.ts), the operands are made harmless first: a divisor of zero becomes 1, a shift amount loses its high bits.
 */
import { NONE } from "../../support/id.ts";
import { MAX_I32_AS_F32, MAX_U32_AS_F32 } from "../conversion.ts";
import type { Module, Value } from "../module.ts";
import { OP, type OpName } from "../ops.ts";
import { TYPE_KIND, type TypeId } from "../types.ts";
import type { Emitter } from "./emitter.ts";
import type { GlslName, SpvName } from "./grammar.ts";

/** @returns id of the result */
export type Emit = (e: Emitter, v: Value) => number;

const direct =
  (name: SpvName): Emit =>
  (e, v) =>
    e.op(name, e.typeOf(v), ...e.args(v));
const glsl =
  (name: GlslName): Emit =>
  (e, v) =>
    e.glsl(name, e.m.type(v), ...e.args(v));

const floatBits = new DataView(new ArrayBuffer(4));
const bitsOf = (x: number) => {
  floatBits.setFloat32(0, x);
  return floatBits.getUint32(0);
};

/** Type with unsigned components: some instructions take no other. */
const unsigned = (e: Emitter, type: TypeId) => e.types.as(e.m.types.u32, type);

/** Whether `v` is a constant all of whose scalars satisfy `test`. */
function everyScalar(m: Module, v: Value, test: (bits: number) => boolean): boolean {
  const op = m.op(v);
  if (op === OP.Constant) return test(m.arg(v, 0) | 0);
  if (op === OP.ConstantNull) return test(0);
  if (op !== OP.ConstantComposite) return false;
  for (let i = 0; i < m.argCount(v); i++) if (!everyScalar(m, m.operand(v, i), test)) return false;
  return true;
}

// ---- integers
const unsignedDivision =
  (name: "UDiv" | "UMod"): Emit =>
  (e, v) => {
    const type = e.m.type(v);
    const u = unsigned(e, type);
    const [a, b] = [e.bitcast(e.arg(v, 0), type, u), e.bitcast(e.arg(v, 1), type, u)];
    let divisor = b;
    if (!everyScalar(e.m, e.m.operand(v, 1), (x) => x !== 0)) {
      const isZero = e.opT("IEqual", e.types.as(e.m.types.bool, type), b, e.types.splat(u, 0));
      divisor = e.opT("Select", u, isZero, e.types.splat(u, 1), b);
    }
    return e.bitcast(e.opT(name, u, a, divisor), u, type);
  };
/** By 1 instead of by zero, and instead of the least integer by -1: the dividend, and remainder 0. */
const signedDivision =
  (name: "SDiv" | "SRem"): Emit =>
  (e, v) => {
    const type = e.m.type(v);
    const [a, b] = [e.arg(v, 0), e.arg(v, 1)];
    if (everyScalar(e.m, e.m.operand(v, 1), (x) => x !== 0 && x !== -1)) return e.opT(name, type, a, b);
    const bool = e.types.as(e.m.types.bool, type);
    const isZero = e.opT("IEqual", bool, b, e.types.splat(type, 0));
    const isLeast = e.opT("IEqual", bool, a, e.types.splat(type, 0x80000000));
    const isMinusOne = e.opT("IEqual", bool, b, e.types.splat(type, 0xffffffff));
    const bad = e.opT("LogicalOr", bool, isZero, e.opT("LogicalAnd", bool, isLeast, isMinusOne));
    return e.opT(name, type, a, e.opT("Select", type, bad, e.types.splat(type, 1), b));
  };
const shift =
  (name: SpvName): Emit =>
  (e, v) => {
    const amountType = e.operandType(v, 1);
    let amount = e.arg(v, 1);
    if (!everyScalar(e.m, e.m.operand(v, 1), (x) => x >= 0 && x < 32))
      amount = e.opT("BitwiseAnd", amountType, amount, e.types.splat(amountType, 31));
    return e.opT(name, e.m.type(v), e.arg(v, 0), amount);
  };
/** FindUMsb and FindILsb give -1 for zero. */
const countLeadingZeros: Emit = (e, v) => {
  const type = e.m.type(v);
  return e.opT("ISub", type, e.types.splat(type, 31), e.glsl("FindUMsb", type, e.arg(v, 0)));
};
const countTrailingZeros: Emit = (e, v) => {
  const type = e.m.type(v);
  return e.umin(type, e.glsl("FindILsb", type, e.arg(v, 0)), e.types.splat(type, 32));
};
/** The field's first bit and length, the part of it that is inside the word. */
function field(e: Emitter, v: Value, first: number): readonly [number, number] {
  const { u32 } = e.m.types;
  const offset = e.umin(u32, e.arg(v, first), e.types.u32(32));
  const room = e.opT("ISub", u32, e.types.u32(32), offset);
  return [offset, e.umin(u32, e.arg(v, first + 1), room)];
}
const bitFieldExtract =
  (name: SpvName): Emit =>
  (e, v) =>
    e.op(name, e.typeOf(v), e.arg(v, 0), ...field(e, v, 1));
const bitFieldInsert: Emit = (e, v) => e.op("BitFieldInsert", e.typeOf(v), e.arg(v, 0), e.arg(v, 1), ...field(e, v, 2));
const clamp =
  (max: GlslName, min: GlslName): Emit =>
  (e, v) => {
    const type = e.m.type(v);
    return e.glsl(min, type, e.glsl(max, type, e.arg(v, 0), e.arg(v, 1)), e.arg(v, 2));
  };
const mulHigh: Emit = (e, v) => {
  const type = e.m.type(v);
  const u = unsigned(e, type);
  const pair = e.types.pair(e.types.id(u), e.types.id(u));
  const both = e.op("UMulExtended", pair, e.bitcast(e.arg(v, 0), type, u), e.bitcast(e.arg(v, 1), type, u));
  return e.bitcast(e.extract(u, both, 1), u, type);
};
const dotPacked =
  (name: "BitFieldSExtract" | "BitFieldUExtract"): Emit =>
  (e, v) => {
    const type = e.m.type(v);
    const { u32 } = e.m.types;
    const [a, b] = [e.bitcast(e.arg(v, 0), u32, type), e.bitcast(e.arg(v, 1), u32, type)];
    let sum = NONE as number;
    for (let i = 0; i < 4; i++) {
      const at = [e.types.u32(8 * i), e.types.u32(8)] as const;
      const product = e.opT("IMul", type, e.opT(name, type, a, ...at), e.opT(name, type, b, ...at));
      sum = i === 0 ? product : e.opT("IAdd", type, sum, product);
    }
    return sum;
  };
const dot: Emit = (e, v) => {
  const type = e.m.type(v);
  if (e.m.types.kind(type) === TYPE_KIND.Float) return direct("Dot")(e, v);
  const vector = e.operandType(v, 0);
  const products = e.opT("IMul", vector, e.arg(v, 0), e.arg(v, 1));
  let sum = e.extract(type, products, 0);
  for (let i = 1; i < e.m.types.length(vector); i++) sum = e.opT("IAdd", type, sum, e.extract(type, products, i));
  return sum;
};

// ---- floats
/** Operations on matrices that SPIR-V has for vectors only: column by column. */
const byColumn =
  (name: SpvName): Emit =>
  (e, v) => {
    const type = e.m.type(v);
    if (e.m.types.kind(type) !== TYPE_KIND.Matrix) return direct(name)(e, v);
    const column = e.m.types.element(type);
    const columns: number[] = [];
    for (let i = 0; i < e.m.types.length(type); i++) columns.push(e.opT(name, column, ...e.args(v).map((a) => e.extract(column, a, i))));
    return e.opT("CompositeConstruct", type, ...columns);
  };
const saturate: Emit = (e, v) => {
  const type = e.m.type(v);
  return e.glsl("FMin", type, e.glsl("FMax", type, e.arg(v, 0), e.types.splat(type, 0)), e.types.splat(type, bitsOf(1)));
};
/** Towards zero, to the nearest integer that both types hold; NaN gives 0. */
const toInteger =
  (name: "ConvertFToS" | "ConvertFToU"): Emit =>
  (e, v) => {
    const type = e.m.type(v);
    const from = e.operandType(v, 0);
    const isHalf = e.types.component(from) === e.m.types.f16;
    const isSigned = name === "ConvertFToS";
    const low = isSigned ? (isHalf ? -65504 : -2147483648) : 0;
    const high = isHalf ? 65504 : isSigned ? MAX_I32_AS_F32 : MAX_U32_AS_F32;
    const x = e.arg(v, 0);
    const above = e.glsl("FMax", from, x, e.types.splat(from, bitsOf(low)));
    const inside = e.glsl("FMin", from, above, e.types.splat(from, bitsOf(high)));
    const isNan = e.opT("FUnordNotEqual", e.types.as(e.m.types.bool, from), x, x);
    const total = e.opT("Select", from, isNan, e.types.splat(from, 0), inside);
    // ConvertFToU gives unsigned types only
    const to = isSigned ? type : unsigned(e, type);
    return e.bitcast(e.opT(name, to, total), to, type);
  };
const halfBits: Emit = (e, v) => {
  const { types } = e.m;
  const both = e.opT("CompositeConstruct", types.vector(types.f32, 2), e.arg(v, 0), e.types.scalar(types.f32, 0));
  return e.glsl("PackHalf2x16", types.u32, both);
};
const fromHalfBits: Emit = (e, v) => {
  const { types } = e.m;
  return e.extract(types.f32, e.glsl("UnpackHalf2x16", types.vector(types.f32, 2), e.arg(v, 0)), 0);
};

// ---- choices and composites
const select: Emit = (e, v) => choose(e, e.m.type(v), e.arg(v, 0), e.operandType(v, 0), e.arg(v, 1), e.arg(v, 2));
/** Before SPIR-V 1.4 a Select of vectors needs a vector of conditions, and one of other composites does not exist. */
function choose(e: Emitter, type: TypeId, condition: number, conditionType: TypeId, yes: number, no: number): number {
  const { types } = e.m;
  const kind = types.kind(type);
  if (types.isScalar(type) || types.kind(conditionType) === TYPE_KIND.Vector) return e.opT("Select", type, condition, yes, no);
  if (kind === TYPE_KIND.Vector) return e.opT("Select", type, e.splat(e.types.as(types.bool, type), condition), yes, no);
  const parts: number[] = [];
  for (let i = 0; i < types.length(type); i++) {
    const part = kind === TYPE_KIND.Struct ? types.memberType(type, i) : types.element(type);
    parts.push(choose(e, part, condition, conditionType, e.extract(part, yes, i), e.extract(part, no, i)));
  }
  return e.opT("CompositeConstruct", type, ...parts);
}
const compositeExtract: Emit = (e, v) => {
  const path: number[] = [];
  for (let i = 1; i < e.m.argCount(v); i++) path.push(e.m.arg(v, i));
  return path.length === 0 ? e.arg(v, 0) : e.op("CompositeExtract", e.typeOf(v), e.arg(v, 0), ...path);
};
const compositeInsert: Emit = (e, v) => {
  const path: number[] = [];
  for (let i = 2; i < e.m.argCount(v); i++) path.push(e.m.arg(v, i));
  return path.length === 0 ? e.arg(v, 0) : e.op("CompositeInsert", e.typeOf(v), e.arg(v, 0), e.arg(v, 1), ...path);
};
const shuffle: Emit = (e, v) => {
  const path: number[] = [];
  for (let i = 2; i < e.m.argCount(v); i++) path.push(e.m.arg(v, i));
  return e.op("VectorShuffle", e.typeOf(v), e.arg(v, 0), e.arg(v, 1), ...path);
};
/** A component's number, kept inside the vector. */
function componentIndex(e: Emitter, v: Value, vector: TypeId, i: number): number {
  const last = e.m.types.length(vector) - 1;
  const known = e.constantArg(v, i);
  if (known >= 0) return e.types.u32(Math.min(known, last));
  const type = e.operandType(v, i);
  return e.umin(type, e.arg(v, i), e.types.scalar(type, last));
}
const extractDynamic: Emit = (e, v) => e.op("VectorExtractDynamic", e.typeOf(v), e.arg(v, 0), componentIndex(e, v, e.operandType(v, 0), 1));
const insertDynamic: Emit = (e, v) =>
  e.op("VectorInsertDynamic", e.typeOf(v), e.arg(v, 0), e.arg(v, 1), componentIndex(e, v, e.m.type(v), 2));
const construct: Emit = (e, v) =>
  // a vector of one part is that part
  e.m.argCount(v) === 1 && e.operandType(v, 0) === e.m.type(v) ? e.arg(v, 0) : direct("CompositeConstruct")(e, v);
const bitcast: Emit = (e, v) => e.bitcast(e.arg(v, 0), e.operandType(v, 0), e.m.type(v));
const convertFloat: Emit = (e, v) => (e.operandType(v, 0) === e.m.type(v) ? e.arg(v, 0) : direct("FConvert")(e, v));

// biome-ignore format: a table, read by rows
export const ARITHMETIC = {
  IAdd: direct("IAdd"), ISub: direct("ISub"), IMul: direct("IMul"), UDiv: unsignedDivision("UDiv"), UMod: unsignedDivision("UMod"),
  SDiv: signedDivision("SDiv"), SRem: signedDivision("SRem"), SNegate: direct("SNegate"),
  BitwiseAnd: direct("BitwiseAnd"), BitwiseOr: direct("BitwiseOr"), BitwiseXor: direct("BitwiseXor"), Not: direct("Not"),
  ShiftLeftLogical: shift("ShiftLeftLogical"), ShiftRightLogical: shift("ShiftRightLogical"), ShiftRightArithmetic: shift("ShiftRightArithmetic"),
  BitCount: direct("BitCount"), BitReverse: direct("BitReverse"), CountLeadingZeros: countLeadingZeros, CountTrailingZeros: countTrailingZeros,
  FindILsb: glsl("FindILsb"), FindUMsb: glsl("FindUMsb"), FindSMsb: glsl("FindSMsb"),
  BitFieldInsert: bitFieldInsert, BitFieldSExtract: bitFieldExtract("BitFieldSExtract"), BitFieldUExtract: bitFieldExtract("BitFieldUExtract"),
  SAbs: glsl("SAbs"), SSign: glsl("SSign"), SMin: glsl("SMin"), UMin: glsl("UMin"), SMax: glsl("SMax"), UMax: glsl("UMax"),
  SClamp: clamp("SMax", "SMin"), UClamp: clamp("UMax", "UMin"), UMulHigh: mulHigh,
  Dot4I8Packed: dotPacked("BitFieldSExtract"), Dot4U8Packed: dotPacked("BitFieldUExtract"),
  IEqual: direct("IEqual"), INotEqual: direct("INotEqual"), ULessThan: direct("ULessThan"), ULessThanEqual: direct("ULessThanEqual"),
  UGreaterThan: direct("UGreaterThan"), UGreaterThanEqual: direct("UGreaterThanEqual"), SLessThan: direct("SLessThan"), SLessThanEqual: direct("SLessThanEqual"),
  SGreaterThan: direct("SGreaterThan"), SGreaterThanEqual: direct("SGreaterThanEqual"),
  FOrdEqual: direct("FOrdEqual"), FUnordNotEqual: direct("FUnordNotEqual"), FOrdLessThan: direct("FOrdLessThan"), FOrdLessThanEqual: direct("FOrdLessThanEqual"),
  FOrdGreaterThan: direct("FOrdGreaterThan"), FOrdGreaterThanEqual: direct("FOrdGreaterThanEqual"),
  LogicalAnd: direct("LogicalAnd"), LogicalOr: direct("LogicalOr"), LogicalNot: direct("LogicalNot"), LogicalEqual: direct("LogicalEqual"), LogicalNotEqual: direct("LogicalNotEqual"),
  Select: select, Any: direct("Any"), All: direct("All"),
  FAdd: byColumn("FAdd"), FSub: byColumn("FSub"), FMul: direct("FMul"), FDiv: direct("FDiv"), FRem: direct("FRem"), FNegate: byColumn("FNegate"),
  FAbs: glsl("FAbs"), FSign: glsl("FSign"), Floor: glsl("Floor"), Ceil: glsl("Ceil"), Trunc: glsl("Trunc"), RoundEven: glsl("RoundEven"), Fract: glsl("Fract"),
  FMin: glsl("FMin"), FMax: glsl("FMax"), FClamp: clamp("FMax", "FMin"), FMix: glsl("FMix"), Step: glsl("Step"), SmoothStep: glsl("SmoothStep"), Fma: glsl("Fma"),
  Sqrt: glsl("Sqrt"), InverseSqrt: glsl("InverseSqrt"), Sin: glsl("Sin"), Cos: glsl("Cos"), Tan: glsl("Tan"), Asin: glsl("Asin"), Acos: glsl("Acos"),
  Atan: glsl("Atan"), Atan2: glsl("Atan2"), Sinh: glsl("Sinh"), Cosh: glsl("Cosh"), Tanh: glsl("Tanh"), Asinh: glsl("Asinh"), Acosh: glsl("Acosh"), Atanh: glsl("Atanh"),
  Exp: glsl("Exp"), Exp2: glsl("Exp2"), Log: glsl("Log"), Log2: glsl("Log2"), Pow: glsl("Pow"), Ldexp: glsl("Ldexp"), Radians: glsl("Radians"), Degrees: glsl("Degrees"),
  Saturate: saturate, ModfStruct: glsl("ModfStruct"), FrexpStruct: glsl("FrexpStruct"), QuantizeToF16: direct("QuantizeToF16"),
  Dot: dot, Length: glsl("Length"), Distance: glsl("Distance"), Cross: glsl("Cross"), Normalize: glsl("Normalize"), FaceForward: glsl("FaceForward"),
  Reflect: glsl("Reflect"), Refract: glsl("Refract"),
  VectorTimesScalar: direct("VectorTimesScalar"), MatrixTimesScalar: direct("MatrixTimesScalar"), VectorTimesMatrix: direct("VectorTimesMatrix"),
  MatrixTimesVector: direct("MatrixTimesVector"), MatrixTimesMatrix: direct("MatrixTimesMatrix"), OuterProduct: direct("OuterProduct"),
  Transpose: direct("Transpose"), Determinant: glsl("Determinant"),
  ConvertFToS: toInteger("ConvertFToS"), ConvertFToU: toInteger("ConvertFToU"), ConvertSToF: direct("ConvertSToF"), ConvertUToF: direct("ConvertUToF"),
  FConvert: convertFloat, Bitcast: bitcast, FloatToHalfBits: halfBits, HalfBitsToFloat: fromHalfBits,
  PackHalf2x16: glsl("PackHalf2x16"), UnpackHalf2x16: glsl("UnpackHalf2x16"), PackSnorm4x8: glsl("PackSnorm4x8"), PackUnorm4x8: glsl("PackUnorm4x8"),
  PackSnorm2x16: glsl("PackSnorm2x16"), PackUnorm2x16: glsl("PackUnorm2x16"), UnpackSnorm4x8: glsl("UnpackSnorm4x8"), UnpackUnorm4x8: glsl("UnpackUnorm4x8"),
  UnpackSnorm2x16: glsl("UnpackSnorm2x16"), UnpackUnorm2x16: glsl("UnpackUnorm2x16"),
  CompositeConstruct: construct, CompositeExtract: compositeExtract, CompositeInsert: compositeInsert, VectorShuffle: shuffle,
  VectorExtractDynamic: extractDynamic, VectorInsertDynamic: insertDynamic,
} as const satisfies Partial<Record<OpName, Emit>>;
