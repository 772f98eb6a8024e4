/**
 * IR operations: one row each. Names are SPIR-V's without `Op`, and those of GLSL.std.450. Meanings differ from SPIR-V where WGSL defines
 * what SPIR-V leaves undefined: every operation here is total (integer division by zero gives the dividend and remainder 0, shifts take
 * their amount modulo 32, float to integer saturates as WGSL says), and memory scopes are implied. Arithmetic works component by component on vectors.
 *
 * `args` says what the operands are, in order: "v" value, "b" block, "l" literal (a raw 32-bit integer), "f" function; a trailing "*" repeats
 * the last letter, "(vb)*" repeats pairs.
 *
 * Effect "group": the result depends on which invocations of the subgroup are active where the operation stands, and on their operands. It changes
 * nothing, so that it may be removed where it is unused; but it is not moved, merged with another, or done where it was not done before.
 */
export type OpEffect = "pure" | "read" | "write" | "sync" | "group" | "control" | "const";

export interface OpRow {
  readonly args: string;
  /** false: no result value */
  readonly result: boolean;
  readonly effect: OpEffect;
}

const pure = (args: string) => ({ args, result: true, effect: "pure" }) as const;
const constant = (args: string) => ({ args, result: true, effect: "const" }) as const;
const read = (args: string) => ({ args, result: true, effect: "read" }) as const;
const write = (args: string, result: boolean) => ({ args, result, effect: "write" }) as const;
const sync = (args: string, result: boolean) => ({ args, result, effect: "sync" }) as const;
const group = (args: string) => ({ args, result: true, effect: "group" }) as const;
const control = (args: string) => ({ args, result: false, effect: "control" }) as const;

// biome-ignore format: a table, read by rows
export const OPS = {
  // module scope; interned: equal constants have equal ids
  /** l: bits of a Bool (0 or 1), Int or Float; an f16 holds its f32 bits */
  Constant: constant("l"),
  ConstantComposite: constant("v*"),
  /** zero of any type */
  ConstantNull: constant(""),
  Undef: constant(""),
  /** l: storage class. Module scope, or first in a function's entry block for Function storage; v: optional constant initialiser */
  Variable: constant("lv*"),
  FunctionParameter: constant(""),

  // integer
  IAdd: pure("vv"), ISub: pure("vv"), IMul: pure("vv"), UDiv: pure("vv"), SDiv: pure("vv"), UMod: pure("vv"), SRem: pure("vv"), SNegate: pure("v"),
  BitwiseAnd: pure("vv"), BitwiseOr: pure("vv"), BitwiseXor: pure("vv"), Not: pure("v"),
  ShiftLeftLogical: pure("vv"), ShiftRightLogical: pure("vv"), ShiftRightArithmetic: pure("vv"),
  BitCount: pure("v"), BitReverse: pure("v"), CountLeadingZeros: pure("v"), CountTrailingZeros: pure("v"),
  FindILsb: pure("v"), FindUMsb: pure("v"), FindSMsb: pure("v"),
  BitFieldInsert: pure("vvvv"), BitFieldSExtract: pure("vvv"), BitFieldUExtract: pure("vvv"),
  SAbs: pure("v"), SSign: pure("v"), SMin: pure("vv"), UMin: pure("vv"), SMax: pure("vv"), UMax: pure("vv"), SClamp: pure("vvv"), UClamp: pure("vvv"),
  UMulHigh: pure("vv"), Dot4I8Packed: pure("vv"), Dot4U8Packed: pure("vv"),
  // comparison and logic
  IEqual: pure("vv"), INotEqual: pure("vv"), ULessThan: pure("vv"), ULessThanEqual: pure("vv"), UGreaterThan: pure("vv"), UGreaterThanEqual: pure("vv"),
  SLessThan: pure("vv"), SLessThanEqual: pure("vv"), SGreaterThan: pure("vv"), SGreaterThanEqual: pure("vv"),
  FOrdEqual: pure("vv"), FUnordNotEqual: pure("vv"), FOrdLessThan: pure("vv"), FOrdLessThanEqual: pure("vv"), FOrdGreaterThan: pure("vv"), FOrdGreaterThanEqual: pure("vv"),
  LogicalAnd: pure("vv"), LogicalOr: pure("vv"), LogicalNot: pure("v"), LogicalEqual: pure("vv"), LogicalNotEqual: pure("vv"),
  /** condition (bool, or a bool vector for component-wise), value if true, value if false */
  Select: pure("vvv"), Any: pure("v"), All: pure("v"),
  // float
  FAdd: pure("vv"), FSub: pure("vv"), FMul: pure("vv"), FDiv: pure("vv"), FRem: pure("vv"), FNegate: pure("v"),
  FAbs: pure("v"), FSign: pure("v"), Floor: pure("v"), Ceil: pure("v"), Trunc: pure("v"), RoundEven: pure("v"), Fract: pure("v"),
  /** second operand if it is less (greater) than the first, else the first */
  FMin: pure("vv"), FMax: pure("vv"), FClamp: pure("vvv"), FMix: pure("vvv"), Step: pure("vv"), SmoothStep: pure("vvv"), Fma: pure("vvv"),
  Sqrt: pure("v"), InverseSqrt: pure("v"), Sin: pure("v"), Cos: pure("v"), Tan: pure("v"), Asin: pure("v"), Acos: pure("v"), Atan: pure("v"), Atan2: pure("vv"),
  Sinh: pure("v"), Cosh: pure("v"), Tanh: pure("v"), Asinh: pure("v"), Acosh: pure("v"), Atanh: pure("v"),
  Exp: pure("v"), Exp2: pure("v"), Log: pure("v"), Log2: pure("v"), Pow: pure("vv"), Ldexp: pure("vv"), Radians: pure("v"), Degrees: pure("v"), Saturate: pure("v"),
  /** result: struct {fraction, whole} and {fraction, exponent} */
  ModfStruct: pure("v"), FrexpStruct: pure("v"),
  QuantizeToF16: pure("v"),
  // geometric and matrix
  Dot: pure("vv"), Length: pure("v"), Distance: pure("vv"), Cross: pure("vv"), Normalize: pure("v"), FaceForward: pure("vvv"), Reflect: pure("vv"), Refract: pure("vvv"),
  VectorTimesScalar: pure("vv"), MatrixTimesScalar: pure("vv"), VectorTimesMatrix: pure("vv"), MatrixTimesVector: pure("vv"), MatrixTimesMatrix: pure("vv"),
  OuterProduct: pure("vv"), Transpose: pure("v"), Determinant: pure("v"),
  // conversion
  ConvertFToS: pure("v"), ConvertFToU: pure("v"), ConvertSToF: pure("v"), ConvertUToF: pure("v"), FConvert: pure("v"),
  /** same bits, same size; also i32 <-> u32 */
  Bitcast: pure("v"),
  /** f32 to the bits of a binary16 in the low half of a u32, and back (the high half is ignored): what all f16 becomes */
  FloatToHalfBits: pure("v"), HalfBitsToFloat: pure("v"),
  PackHalf2x16: pure("v"), UnpackHalf2x16: pure("v"), PackSnorm4x8: pure("v"), PackUnorm4x8: pure("v"), PackSnorm2x16: pure("v"), PackUnorm2x16: pure("v"),
  UnpackSnorm4x8: pure("v"), UnpackUnorm4x8: pure("v"), UnpackSnorm2x16: pure("v"), UnpackUnorm2x16: pure("v"),
  // composites
  CompositeConstruct: pure("v*"), CompositeExtract: pure("vl*"), CompositeInsert: pure("vvl*"),
  /** two vectors, then component numbers into their concatenation */
  VectorShuffle: pure("vvl*"),
  /** an index out of range gives or writes any component */
  VectorExtractDynamic: pure("vv"), VectorInsertDynamic: pure("vvv"),

  // memory, on pointers
  AccessChain: pure("vv*"),
  Load: read("v"),
  Store: write("vv", false),
  /** pointer to a struct, member number of its runtime array, or a pointer to the runtime array itself and no number: elements */
  ArrayLength: pure("vl*"),
  AtomicLoad: write("v", true), AtomicStore: write("vv", false), AtomicExchange: write("vv", true),
  /** pointer, value, comparator: old value */
  AtomicCompareExchange: write("vvv", true),
  AtomicIAdd: write("vv", true), AtomicISub: write("vv", true), AtomicSMin: write("vv", true), AtomicUMin: write("vv", true), AtomicSMax: write("vv", true), AtomicUMax: write("vv", true),
  AtomicAnd: write("vv", true), AtomicOr: write("vv", true), AtomicXor: write("vv", true),
  /** a barrier, a load of workgroup memory, a barrier; the result is the same in all invocations */
  WorkgroupUniformLoad: sync("v", true),
  /** l: memory ordered, 1 workgroup | 2 storage | 4 image */
  ControlBarrier: sync("l", false),

  // memory, on spans: what lower-access makes of the above, and all the backend takes. A span is a variable and the byte extent inside it
  // that the access may touch, whatever the offset is: literals `start` and `extent` (0: to the end of the buffer bound).
  // The access begins at start + (u32 offset), clamped so that it ends inside the extent.
  /** variable, offset, start, extent */
  SpanLoad: read("vvll"),
  /** variable, offset, value, start, extent */
  SpanStore: write("vvvll", false),
  /** variable, offset, start, extent, ATOMIC number, then operands (value; or value and comparator) */
  SpanAtomic: write("vvlllv*", true),
  /** variable: bytes of the region bound */
  SpanLength: pure("v"),
  /** variable, offset, start, extent: WorkgroupUniformLoad of one 32-bit scalar */
  SpanUniformLoad: sync("vvll", true),

  // across the active invocations of a subgroup, which is a wave of four; values of inactive or absent ones count as zero.
  // On vectors component by component. lower-builtins leaves All, Any, Ballot (as u32), BroadcastFirst and Shuffle of scalars.
  GroupNonUniformElect: group(""), GroupNonUniformAll: group("v"), GroupNonUniformAny: group("v"), GroupNonUniformBallot: group("v"),
  /** value, invocation; GroupNonUniformQuadBroadcast is the same, as a subgroup is one quad */
  GroupNonUniformBroadcast: group("vv"), GroupNonUniformBroadcastFirst: group("v"), GroupNonUniformShuffle: group("vv"),
  GroupNonUniformShuffleXor: group("vv"), GroupNonUniformShuffleUp: group("vv"), GroupNonUniformShuffleDown: group("vv"),
  GroupNonUniformQuadBroadcast: group("vv"),
  /** l: SWAP number */
  GroupNonUniformQuadSwap: group("vl"),
  /** l: REDUCTION number; in ascending order of invocations */
  GroupNonUniformIAdd: group("vl"), GroupNonUniformFAdd: group("vl"), GroupNonUniformIMul: group("vl"), GroupNonUniformFMul: group("vl"),
  GroupNonUniformSMin: group("vl"), GroupNonUniformUMin: group("vl"), GroupNonUniformFMin: group("vl"),
  GroupNonUniformSMax: group("vl"), GroupNonUniformUMax: group("vl"), GroupNonUniformFMax: group("vl"),
  GroupNonUniformBitwiseAnd: group("vl"), GroupNonUniformBitwiseOr: group("vl"), GroupNonUniformBitwiseXor: group("vl"),

  // control; a block ends in exactly one of these
  Phi: pure("(vb)*"),
  Branch: control("b"),
  /** condition, true block, false block */
  BranchConditional: control("vbb"),
  /** selector, default block, then (literal, block) pairs */
  Switch: control("vb(lb)*"),
  Return: control(""), ReturnValue: control("v"), Unreachable: control(""), Kill: control(""),
  FunctionCall: write("fv*", true),
} as const satisfies Record<string, OpRow>;

export type OpName = keyof typeof OPS;
export const OP_NAMES = Object.keys(OPS) as OpName[];
/** Number of each op, its place in the table. */
export const OP = Object.fromEntries(OP_NAMES.map((name, i) => [name, i])) as { readonly [N in OpName]: number };

const COMMUTATIVE = new Set<OpName>([
  "IAdd",
  "IMul",
  "UMulHigh",
  "BitwiseAnd",
  "BitwiseOr",
  "BitwiseXor",
  "SMin",
  "UMin",
  "SMax",
  "UMax",
  "IEqual",
  "INotEqual",
  "FOrdEqual",
  "FUnordNotEqual",
  "LogicalAnd",
  "LogicalOr",
  "LogicalEqual",
  "LogicalNotEqual",
  "FAdd",
  "FMul",
]);
/** By op number: 1 where the two operands may change places. */
export const IS_COMMUTATIVE = Uint8Array.from(OP_NAMES, (name) => (COMMUTATIVE.has(name) ? 1 : 0));

/** Which invocations a reduction takes in: all, those up to and with this one, those before this one. SPIR-V's numbers. */
export const REDUCTION = { reduce: 0, inclusive: 1, exclusive: 2 } as const;
/** Partner in a quad. SPIR-V's numbers. */
export const SWAP = { x: 0, y: 1, diagonal: 2 } as const;

export const ATOMIC = {
  load: 0,
  store: 1,
  exchange: 2,
  compareExchange: 3,
  iadd: 4,
  isub: 5,
  smin: 6,
  umin: 7,
  smax: 8,
  umax: 9,
  and: 10,
  or: 11,
  xor: 12,
} as const;
