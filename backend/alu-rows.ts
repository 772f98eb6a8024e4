/** IR operations that are one machine instruction, and how the others become a few. */
import { OP, type OpName } from "../ir/ops.ts";
import type { AluMnemonic } from "../sandbox/isa/table.ts";

type Plain = Exclude<AluMnemonic, "sys">;

/** Operations of the same operands in the same order. */
const SAME: Partial<Record<OpName, Plain>> = {
  IAdd: "iadd",
  ISub: "isub",
  IMul: "imul",
  UDiv: "udiv",
  SDiv: "sdiv",
  UMod: "urem",
  SRem: "srem",
  SNegate: "ineg",
  BitwiseAnd: "and",
  BitwiseOr: "or",
  BitwiseXor: "xor",
  Not: "not",
  ShiftLeftLogical: "shl",
  ShiftRightLogical: "shr",
  ShiftRightArithmetic: "sar",
  BitCount: "popcnt",
  BitReverse: "bitrev",
  CountLeadingZeros: "clz",
  CountTrailingZeros: "ctz",
  SMin: "smin",
  UMin: "umin",
  SMax: "smax",
  UMax: "umax",
  UMulHigh: "umulh",
  IEqual: "ieq",
  INotEqual: "ine",
  ULessThan: "ult",
  ULessThanEqual: "ule",
  UGreaterThan: "ugt",
  UGreaterThanEqual: "uge",
  SLessThan: "slt",
  SLessThanEqual: "sle",
  SGreaterThan: "sgt",
  SGreaterThanEqual: "sge",
  FOrdEqual: "feq",
  FUnordNotEqual: "fne",
  FOrdLessThan: "flt",
  FOrdLessThanEqual: "fle",
  FOrdGreaterThan: "fgt",
  FOrdGreaterThanEqual: "fge",
  LogicalAnd: "and",
  LogicalOr: "or",
  LogicalNot: "not",
  LogicalEqual: "ieq",
  LogicalNotEqual: "xor",
  Select: "sel",
  FAdd: "fadd",
  FSub: "fsub",
  FMul: "fmul",
  FDiv: "fdiv",
  FNegate: "fneg",
  FAbs: "fabs",
  Floor: "ffloor",
  Ceil: "fceil",
  Trunc: "ftrunc",
  RoundEven: "fnear",
  FMin: "fmin",
  FMax: "fmax",
  Fma: "ffma",
  Sqrt: "fsqrt",
  InverseSqrt: "frsq",
  Sin: "fsin",
  Cos: "fcos",
  Exp2: "fexp2",
  Log2: "flog2",
  Atan2: "fatan2",
  ConvertFToS: "f2s",
  ConvertFToU: "f2u",
  ConvertSToF: "s2f",
  ConvertUToF: "u2f",
  FloatToHalfBits: "f2h",
  HalfBitsToFloat: "h2f",
};
/** Operations across the lanes of a wave: their first source is a v register, a vote's result a w register. */
export const ACROSS: ReadonlyMap<number, Plain> = new Map<number, Plain>([
  [OP.GroupNonUniformAll, "vote.all"],
  [OP.GroupNonUniformAny, "vote.any"],
  [OP.GroupNonUniformBallot, "ballot"],
  [OP.GroupNonUniformBroadcastFirst, "first"],
  [OP.GroupNonUniformShuffle, "shfl"],
  [OP.GroupNonUniformQuadSwap, "quad"],
]);

const ROW = new Map<number, Plain>(Object.entries(SAME).map(([name, m]) => [OP[name as OpName], m]));
export const aluOf = (op: number): Plain | undefined => ROW.get(op);

/** Instructions whose operands may change places, and what they are then. */
export const SWAPPED: Partial<Record<AluMnemonic, Plain>> = {
  iadd: "iadd",
  imul: "imul",
  umulh: "umulh",
  and: "and",
  or: "or",
  xor: "xor",
  umin: "umin",
  umax: "umax",
  smin: "smin",
  smax: "smax",
  ieq: "ieq",
  ine: "ine",
  ult: "ugt",
  ugt: "ult",
  ule: "uge",
  uge: "ule",
  slt: "sgt",
  sgt: "slt",
  sle: "sge",
  sge: "sle",
  fadd: "fadd",
  fmul: "fmul",
  feq: "feq",
  fne: "fne",
  flt: "fgt",
  fgt: "flt",
  fle: "fge",
  fge: "fle",
};

/** The comparison that holds exactly where this one does not: none for orders of floats, because of NaN. */
const INVERTED: Partial<Record<OpName, Plain>> = {
  IEqual: "ine",
  INotEqual: "ieq",
  ULessThan: "uge",
  ULessThanEqual: "ugt",
  UGreaterThan: "ule",
  UGreaterThanEqual: "ult",
  SLessThan: "sge",
  SLessThanEqual: "sgt",
  SGreaterThan: "sle",
  SGreaterThanEqual: "slt",
  FOrdEqual: "fne",
  FUnordNotEqual: "feq",
  LogicalNotEqual: "ieq",
  LogicalEqual: "xor",
};
const INVERTED_ROW = new Map<number, Plain>(Object.entries(INVERTED).map(([name, m]) => [OP[name as OpName], m]));
export const invertedCompare = (op: number): Plain | undefined => INVERTED_ROW.get(op);

/** What expansions are written in. Operands and results are registers, or constants as `bits` gives them. */
export interface Expander {
  op(m: Plain, ...operands: readonly number[]): number;
  bits(bits: number): number;
}
const ONE = 0x3f800000;

/** Operations of a few instructions. */
const SEVERAL: Partial<Record<OpName, (e: Expander, ...s: number[]) => number>> = {
  SAbs: (e, x) => e.op("smax", x!, e.op("ineg", x!)),
  SSign: (e, x) => e.op("or", e.op("sar", x!, e.bits(31)), e.op("shr", e.op("ineg", x!), e.bits(31))),
  SClamp: (e, x, low, high) => e.op("smin", e.op("smax", x!, low!), high!),
  UClamp: (e, x, low, high) => e.op("umin", e.op("umax", x!, low!), high!),
  FClamp: (e, x, low, high) => e.op("fmin", e.op("fmax", x!, low!), high!),
  Saturate: (e, x) => e.op("fmin", e.op("fmax", x!, e.bits(0)), e.bits(ONE)),
  FRem: (e, x, y) => e.op("fsub", x!, e.op("fmul", y!, e.op("ftrunc", e.op("fdiv", x!, y!)))),
  Fract: (e, x) => e.op("fsub", x!, e.op("ffloor", x!)),
  QuantizeToF16: (e, x) => e.op("h2f", e.op("f2h", x!)),
};
const SEVERAL_ROW = new Map(Object.entries(SEVERAL).map(([name, f]) => [OP[name as OpName], f]));
export const expansionOf = (op: number) => SEVERAL_ROW.get(op);
