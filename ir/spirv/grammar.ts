/**
 * The part of SPIR-V's grammar that we write and print: one row per instruction with its number and operands, and the enumerations' names.
 *
 * Operands by letter: "t" result type, "r" result id, "i" id, "n" literal number, "s" string, "v" literal of the result type (OpConstant), "c" case
 * literal, "x" number of a GLSL.std.450 instruction, and the upper case letters of `ENUMS`. A trailing "*" repeats the last letter, "(ci)*" pairs;
 * "O" is a decoration or execution mode, whose own operands follow.
 * @see https://registry.khronos.org/SPIR-V/specs/unified1/SPIRV.html
 */
const row = (code: number, operands: string) => ({ code, operands }) as const;

export const MAGIC = 0x07230203;
/** SPIR-V 1.3, what Vulkan 1.1 takes. */
export const VERSION = 0x00010300;

// biome-ignore format: a table, read by rows
export const SPV = {
  Undef: row(1, "tr"), Name: row(5, "is"), MemberName: row(6, "ins"), Extension: row(10, "s"), ExtInstImport: row(11, "rs"), ExtInst: row(12, "trixi*"),
  MemoryModel: row(14, "AM"), EntryPoint: row(15, "Eisi*"), ExecutionMode: row(16, "iXn*"), Capability: row(17, "C"),
  TypeVoid: row(19, "r"), TypeBool: row(20, "r"), TypeInt: row(21, "rnn"), TypeFloat: row(22, "rn"), TypeVector: row(23, "rin"), TypeMatrix: row(24, "rin"),
  TypeArray: row(28, "rii"), TypeRuntimeArray: row(29, "ri"), TypeStruct: row(30, "ri*"), TypePointer: row(32, "rSi"), TypeFunction: row(33, "rii*"),
  ConstantTrue: row(41, "tr"), ConstantFalse: row(42, "tr"), Constant: row(43, "trv"), ConstantComposite: row(44, "tri*"), ConstantNull: row(46, "tr"),
  Function: row(54, "trFi"), FunctionParameter: row(55, "tr"), FunctionEnd: row(56, ""), FunctionCall: row(57, "trii*"),
  Variable: row(59, "trSi*"), Load: row(61, "tri"), Store: row(62, "ii"), AccessChain: row(65, "trii*"), ArrayLength: row(68, "trin"),
  Decorate: row(71, "iDn*"), MemberDecorate: row(72, "inDn*"),
  VectorExtractDynamic: row(77, "trii"), VectorInsertDynamic: row(78, "triii"), VectorShuffle: row(79, "triin*"),
  CompositeConstruct: row(80, "tri*"), CompositeExtract: row(81, "trin*"), CompositeInsert: row(82, "triin*"), CopyObject: row(83, "tri"), Transpose: row(84, "tri"),
  ConvertFToU: row(109, "tri"), ConvertFToS: row(110, "tri"), ConvertSToF: row(111, "tri"), ConvertUToF: row(112, "tri"), FConvert: row(115, "tri"),
  QuantizeToF16: row(116, "tri"), Bitcast: row(124, "tri"),
  SNegate: row(126, "tri"), FNegate: row(127, "tri"), IAdd: row(128, "trii"), FAdd: row(129, "trii"), ISub: row(130, "trii"), FSub: row(131, "trii"),
  IMul: row(132, "trii"), FMul: row(133, "trii"), UDiv: row(134, "trii"), SDiv: row(135, "trii"), FDiv: row(136, "trii"), UMod: row(137, "trii"),
  SRem: row(138, "trii"), FRem: row(140, "trii"), VectorTimesScalar: row(142, "trii"), MatrixTimesScalar: row(143, "trii"),
  VectorTimesMatrix: row(144, "trii"), MatrixTimesVector: row(145, "trii"), MatrixTimesMatrix: row(146, "trii"), OuterProduct: row(147, "trii"), Dot: row(148, "trii"),
  UMulExtended: row(151, "trii"), Any: row(154, "tri"), All: row(155, "tri"),
  LogicalEqual: row(164, "trii"), LogicalNotEqual: row(165, "trii"), LogicalOr: row(166, "trii"), LogicalAnd: row(167, "trii"), LogicalNot: row(168, "tri"),
  Select: row(169, "triii"), IEqual: row(170, "trii"), INotEqual: row(171, "trii"), UGreaterThan: row(172, "trii"), SGreaterThan: row(173, "trii"),
  UGreaterThanEqual: row(174, "trii"), SGreaterThanEqual: row(175, "trii"), ULessThan: row(176, "trii"), SLessThan: row(177, "trii"),
  ULessThanEqual: row(178, "trii"), SLessThanEqual: row(179, "trii"), FOrdEqual: row(180, "trii"), FUnordNotEqual: row(183, "trii"),
  FOrdLessThan: row(184, "trii"), FOrdGreaterThan: row(186, "trii"), FOrdLessThanEqual: row(188, "trii"), FOrdGreaterThanEqual: row(190, "trii"),
  ShiftRightLogical: row(194, "trii"), ShiftRightArithmetic: row(195, "trii"), ShiftLeftLogical: row(196, "trii"),
  BitwiseOr: row(197, "trii"), BitwiseXor: row(198, "trii"), BitwiseAnd: row(199, "trii"), Not: row(200, "tri"),
  BitFieldInsert: row(201, "triiii"), BitFieldSExtract: row(202, "triii"), BitFieldUExtract: row(203, "triii"), BitReverse: row(204, "tri"), BitCount: row(205, "tri"),
  ControlBarrier: row(224, "iii"),
  AtomicLoad: row(227, "triii"), AtomicStore: row(228, "iiii"), AtomicExchange: row(229, "triiii"), AtomicCompareExchange: row(230, "triiiiii"),
  AtomicIAdd: row(234, "triiii"), AtomicISub: row(235, "triiii"), AtomicSMin: row(236, "triiii"), AtomicUMin: row(237, "triiii"),
  AtomicSMax: row(238, "triiii"), AtomicUMax: row(239, "triiii"), AtomicAnd: row(240, "triiii"), AtomicOr: row(241, "triiii"), AtomicXor: row(242, "triiii"),
  Phi: row(245, "tri*"), LoopMerge: row(246, "iiL"), SelectionMerge: row(247, "iK"), Label: row(248, "r"), Branch: row(249, "i"),
  BranchConditional: row(250, "iii"), Switch: row(251, "ii(ci)*"), Kill: row(252, ""), Return: row(253, ""), ReturnValue: row(254, "i"), Unreachable: row(255, ""),
  GroupNonUniformElect: row(333, "tri"), GroupNonUniformAll: row(334, "trii"), GroupNonUniformAny: row(335, "trii"),
  GroupNonUniformBroadcast: row(337, "triii"), GroupNonUniformBroadcastFirst: row(338, "trii"), GroupNonUniformBallot: row(339, "trii"),
  GroupNonUniformShuffle: row(345, "triii"), GroupNonUniformShuffleXor: row(346, "triii"), GroupNonUniformShuffleUp: row(347, "triii"),
  GroupNonUniformShuffleDown: row(348, "triii"), GroupNonUniformIAdd: row(349, "trini"), GroupNonUniformFAdd: row(350, "trini"),
  GroupNonUniformIMul: row(351, "trini"), GroupNonUniformFMul: row(352, "trini"), GroupNonUniformSMin: row(353, "trini"), GroupNonUniformUMin: row(354, "trini"),
  GroupNonUniformFMin: row(355, "trini"), GroupNonUniformSMax: row(356, "trini"), GroupNonUniformUMax: row(357, "trini"), GroupNonUniformFMax: row(358, "trini"),
  GroupNonUniformBitwiseAnd: row(359, "trini"), GroupNonUniformBitwiseOr: row(360, "trini"), GroupNonUniformBitwiseXor: row(361, "trini"),
  GroupNonUniformQuadBroadcast: row(365, "triii"), GroupNonUniformQuadSwap: row(366, "triii"),
} as const satisfies Record<string, { readonly code: number; readonly operands: string }>;

export type SpvName = keyof typeof SPV;

/** Numbers of the GLSL.std.450 extended instructions. */
// biome-ignore format: a table, read by rows
export const GLSL = {
  RoundEven: 2, Trunc: 3, FAbs: 4, SAbs: 5, FSign: 6, SSign: 7, Floor: 8, Ceil: 9, Fract: 10, Radians: 11, Degrees: 12, Sin: 13, Cos: 14, Tan: 15, Asin: 16,
  Acos: 17, Atan: 18, Sinh: 19, Cosh: 20, Tanh: 21, Asinh: 22, Acosh: 23, Atanh: 24, Atan2: 25, Pow: 26, Exp: 27, Log: 28, Exp2: 29, Log2: 30, Sqrt: 31,
  InverseSqrt: 32, Determinant: 33, ModfStruct: 36, FMin: 37, UMin: 38, SMin: 39, FMax: 40, UMax: 41, SMax: 42, FMix: 46, Step: 48, SmoothStep: 49, Fma: 50,
  FrexpStruct: 52, Ldexp: 53, PackSnorm4x8: 54, PackUnorm4x8: 55, PackSnorm2x16: 56, PackUnorm2x16: 57, PackHalf2x16: 58, UnpackSnorm2x16: 60,
  UnpackUnorm2x16: 61, UnpackHalf2x16: 62, UnpackSnorm4x8: 63, UnpackUnorm4x8: 64, Length: 66, Distance: 67, Cross: 68, Normalize: 69, FaceForward: 70,
  Reflect: 71, Refract: 72, FindILsb: 73, FindSMsb: 74, FindUMsb: 75,
} as const;
export type GlslName = keyof typeof GLSL;

// biome-ignore format: tables, read by rows
export const CAPABILITY = { Shader: 1, Float16: 9, SampleRateShading: 35, GroupNonUniform: 61, GroupNonUniformVote: 62, GroupNonUniformArithmetic: 63, GroupNonUniformBallot: 64, GroupNonUniformShuffle: 65, GroupNonUniformShuffleRelative: 66, GroupNonUniformQuad: 68, StorageBuffer16BitAccess: 4433, UniformAndStorageBuffer16BitAccess: 4434, StorageInputOutput16: 4436 } as const;
export const STORAGE_CLASS = { Input: 1, Uniform: 2, Output: 3, Workgroup: 4, Private: 6, Function: 7, StorageBuffer: 12 } as const;
export const DECORATION = {
  Block: 2,
  ColMajor: 5,
  ArrayStride: 6,
  MatrixStride: 7,
  BuiltIn: 11,
  Flat: 14,
  Aliased: 20,
  NonWritable: 24,
  Location: 30,
  Binding: 33,
  DescriptorSet: 34,
  Offset: 35,
} as const;
// biome-ignore format: a table, read by rows
export const BUILT_IN = {
  Position: 0, FragCoord: 15, FrontFacing: 17, SampleId: 18, FragDepth: 22, NumWorkgroups: 24, WorkgroupId: 26, LocalInvocationId: 27, GlobalInvocationId: 28,
  LocalInvocationIndex: 29, SubgroupSize: 36, NumSubgroups: 38, SubgroupId: 40, SubgroupLocalInvocationId: 41, VertexIndex: 42, InstanceIndex: 43,
} as const;
export const EXECUTION_MODE = { OriginUpperLeft: 7, DepthReplacing: 12, LocalSize: 17 } as const;
export const EXECUTION_MODEL = { Vertex: 0, Fragment: 4, GLCompute: 5 } as const;

/** Enumerations by operand letter. */
export const ENUMS: { readonly [letter: string]: Readonly<Record<string, number>> } = {
  A: { Logical: 0 },
  M: { GLSL450: 1 },
  E: EXECUTION_MODEL,
  X: EXECUTION_MODE,
  C: CAPABILITY,
  S: STORAGE_CLASS,
  F: { None: 0 },
  D: DECORATION,
  L: { None: 0 },
  K: { None: 0 },
};
