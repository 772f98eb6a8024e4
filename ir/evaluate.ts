/** The value of an operation on constant scalars: the machine's own meaning of the instruction it becomes, so that folding changes no bit. */
import { SCALAR } from "../sandbox/isa/scalar.ts";
import { MAX_I32_AS_F32, MAX_U32_AS_F32 } from "./conversion.ts";
import { OP_NAMES, type OpName } from "./ops.ts";
import { floatOfBits } from "./print-type.ts";

type Meaning = (a: number, b: number, c: number) => number;

const bool = (m: (a: number, b: number) => number) => (a: number, b: number) => m(a, b) & 1;

/** On the bits of i32, u32, f32 (bool: 0 or 1). Types are not looked at: f16 has been lowered to f32, and is not folded before. */
const MEANING: Partial<Record<OpName, Meaning>> = {
  IAdd: SCALAR.iadd,
  ISub: SCALAR.isub,
  IMul: SCALAR.imul,
  UDiv: SCALAR.udiv,
  SDiv: SCALAR.sdiv,
  UMod: SCALAR.urem,
  SRem: SCALAR.srem,
  SNegate: SCALAR.ineg,
  BitwiseAnd: SCALAR.and,
  BitwiseOr: SCALAR.or,
  BitwiseXor: SCALAR.xor,
  Not: SCALAR.not,
  ShiftLeftLogical: SCALAR.shl,
  ShiftRightLogical: SCALAR.shr,
  ShiftRightArithmetic: SCALAR.sar,
  BitCount: SCALAR.popcnt,
  BitReverse: SCALAR.bitrev,
  CountLeadingZeros: SCALAR.clz,
  CountTrailingZeros: SCALAR.ctz,
  SMin: SCALAR.smin,
  UMin: SCALAR.umin,
  SMax: SCALAR.smax,
  UMax: SCALAR.umax,
  UMulHigh: SCALAR.umulh,
  IEqual: bool(SCALAR.ieq),
  INotEqual: bool(SCALAR.ine),
  ULessThan: bool(SCALAR.ult),
  ULessThanEqual: bool(SCALAR.ule),
  UGreaterThan: bool(SCALAR.ugt),
  UGreaterThanEqual: bool(SCALAR.uge),
  SLessThan: bool(SCALAR.slt),
  SLessThanEqual: bool(SCALAR.sle),
  SGreaterThan: bool(SCALAR.sgt),
  SGreaterThanEqual: bool(SCALAR.sge),
  FOrdEqual: bool(SCALAR.feq),
  FUnordNotEqual: bool(SCALAR.fne),
  FOrdLessThan: bool(SCALAR.flt),
  FOrdLessThanEqual: bool(SCALAR.fle),
  FOrdGreaterThan: bool(SCALAR.fgt),
  FOrdGreaterThanEqual: bool(SCALAR.fge),
  LogicalAnd: (a, b) => a & b,
  LogicalOr: (a, b) => a | b,
  LogicalNot: (a) => a ^ 1,
  LogicalEqual: (a, b) => a ^ b ^ 1,
  LogicalNotEqual: (a, b) => a ^ b,
  Select: (a, b, c) => (a !== 0 ? b : c),
  FAdd: SCALAR.fadd,
  FSub: SCALAR.fsub,
  FMul: SCALAR.fmul,
  FDiv: SCALAR.fdiv,
  FNegate: SCALAR.fneg,
  FAbs: SCALAR.fabs,
  Floor: SCALAR.ffloor,
  Ceil: SCALAR.fceil,
  Trunc: SCALAR.ftrunc,
  RoundEven: SCALAR.fnear,
  FMin: SCALAR.fmin,
  FMax: SCALAR.fmax,
  Fma: SCALAR.ffma,
  Sqrt: SCALAR.fsqrt,
  InverseSqrt: SCALAR.frsq,
  Sin: SCALAR.fsin,
  Cos: SCALAR.fcos,
  Exp2: SCALAR.fexp2,
  Log2: SCALAR.flog2,
  Atan2: SCALAR.fatan2,
  ConvertFToS: (a) => (floatOfBits(a) > MAX_I32_AS_F32 ? MAX_I32_AS_F32 : SCALAR.f2s(a)),
  ConvertFToU: (a) => (floatOfBits(a) > MAX_U32_AS_F32 ? MAX_U32_AS_F32 : SCALAR.f2u(a)),
  ConvertSToF: SCALAR.s2f,
  ConvertUToF: SCALAR.u2f,
  FloatToHalfBits: SCALAR.f2h,
  HalfBitsToFloat: SCALAR.h2f,
  Bitcast: (a) => a,
};
const BY_OP: readonly (Meaning | undefined)[] = OP_NAMES.map((name) => MEANING[name]);

/** Whether `evaluate` knows the operation. */
export function canEvaluate(op: number): boolean {
  return BY_OP[op] !== undefined;
}
/** @returns the result's bits, signed or not */
export function evaluate(op: number, a: number, b: number, c: number): number {
  return BY_OP[op]!(a, b, c);
}
