/** Calls of builtin functions to IR. One row per function whose components map to one operation; the rest are small functions. */
import type { Value } from "../../ir/module.ts";
import { type OpName, REDUCTION, SWAP } from "../../ir/ops.ts";
import { TYPE_KIND } from "../../ir/types.ts";
import { Unsupported } from "../../support/failure.ts";
import type { NodeId } from "./ast.ts";
import type { Context } from "./to-ir-context.ts";
import { DERIVATIVES } from "./to-ir-derivatives.ts";
import { componentKind, value } from "./to-ir-expr.ts";
import { SAMPLING_BUILTIN } from "./to-ir-sampling.ts";
import { atomic } from "./to-ir-stage.ts";
import { TEXTURE_BUILTIN } from "./to-ir-textures.ts";

/** Operation by component kind: float, i32, u32; "" gives the argument itself. */
type Row = readonly [float: OpName | "" | null, signed: OpName | "" | null, unsigned: OpName | "" | null];
const all = (op: OpName): Row => [op, op, op];
const float = (op: OpName): Row => [op, null, null];
const int = (signed: OpName, unsigned: OpName = signed): Row => [null, signed, unsigned];

/** Arguments in order, result of the call's type. The kind is that of the first argument. */
// biome-ignore format: a table, read by rows
const DIRECT: Readonly<Record<string, Row>> = {
  abs: ["FAbs", "SAbs", ""],
  min: ["FMin", "SMin", "UMin"],
  max: ["FMax", "SMax", "UMax"],
  clamp: ["FClamp", "SClamp", "UClamp"],
  sign: ["FSign", "SSign", null],
  countLeadingZeros: int("CountLeadingZeros"),
  countTrailingZeros: int("CountTrailingZeros"),
  countOneBits: int("BitCount"),
  reverseBits: int("BitReverse"),
  firstLeadingBit: int("FindSMsb", "FindUMsb"),
  firstTrailingBit: int("FindILsb"),
  extractBits: int("BitFieldSExtract", "BitFieldUExtract"),
  insertBits: int("BitFieldInsert"),
  dot4U8Packed: all("Dot4U8Packed"),
  dot4I8Packed: all("Dot4I8Packed"),
  acos: float("Acos"), acosh: float("Acosh"), asin: float("Asin"), asinh: float("Asinh"), atan: float("Atan"), atanh: float("Atanh"), atan2: float("Atan2"),
  ceil: float("Ceil"), cos: float("Cos"), cosh: float("Cosh"), cross: float("Cross"), degrees: float("Degrees"), determinant: float("Determinant"),
  distance: float("Distance"), exp: float("Exp"), exp2: float("Exp2"), faceForward: float("FaceForward"), floor: float("Floor"), fma: float("Fma"),
  fract: float("Fract"), inverseSqrt: float("InverseSqrt"), ldexp: float("Ldexp"), length: float("Length"), log: float("Log"), log2: float("Log2"),
  normalize: float("Normalize"), pow: float("Pow"), quantizeToF16: float("QuantizeToF16"), radians: float("Radians"), reflect: float("Reflect"),
  refract: float("Refract"), round: float("RoundEven"), saturate: float("Saturate"), sin: float("Sin"), sinh: float("Sinh"), smoothstep: float("SmoothStep"),
  sqrt: float("Sqrt"), step: float("Step"), tan: float("Tan"), tanh: float("Tanh"), transpose: float("Transpose"), trunc: float("Trunc"),
  frexp: float("FrexpStruct"), modf: float("ModfStruct"),
  pack4x8snorm: float("PackSnorm4x8"), pack4x8unorm: float("PackUnorm4x8"), pack2x16snorm: float("PackSnorm2x16"), pack2x16unorm: float("PackUnorm2x16"),
  pack2x16float: float("PackHalf2x16"),
  unpack4x8snorm: all("UnpackSnorm4x8"), unpack4x8unorm: all("UnpackUnorm4x8"), unpack2x16snorm: all("UnpackSnorm2x16"), unpack2x16unorm: all("UnpackUnorm2x16"),
  unpack2x16float: all("UnpackHalf2x16"),
  atomicLoad: all("AtomicLoad"), atomicExchange: all("AtomicExchange"), atomicAdd: all("AtomicIAdd"), atomicSub: all("AtomicISub"), atomicAnd: all("AtomicAnd"),
  atomicOr: all("AtomicOr"), atomicXor: all("AtomicXor"),
  subgroupBroadcast: all("GroupNonUniformBroadcast"), subgroupBroadcastFirst: all("GroupNonUniformBroadcastFirst"), subgroupShuffle: all("GroupNonUniformShuffle"),
  subgroupShuffleXor: all("GroupNonUniformShuffleXor"), subgroupShuffleUp: all("GroupNonUniformShuffleUp"), subgroupShuffleDown: all("GroupNonUniformShuffleDown"),
  quadBroadcast: all("GroupNonUniformQuadBroadcast"),
};

/** Operations over a subgroup, and the literal that goes with them. */
const ADD: Row = ["GroupNonUniformFAdd", "GroupNonUniformIAdd", "GroupNonUniformIAdd"];
const MUL: Row = ["GroupNonUniformFMul", "GroupNonUniformIMul", "GroupNonUniformIMul"];
const { reduce, inclusive, exclusive } = REDUCTION;
const GROUP: Readonly<Record<string, readonly [Row, number]>> = {
  subgroupAdd: [ADD, reduce],
  subgroupInclusiveAdd: [ADD, inclusive],
  subgroupExclusiveAdd: [ADD, exclusive],
  subgroupMul: [MUL, reduce],
  subgroupInclusiveMul: [MUL, inclusive],
  subgroupExclusiveMul: [MUL, exclusive],
  subgroupMin: [["GroupNonUniformFMin", "GroupNonUniformSMin", "GroupNonUniformUMin"], reduce],
  subgroupMax: [["GroupNonUniformFMax", "GroupNonUniformSMax", "GroupNonUniformUMax"], reduce],
  subgroupAnd: [int("GroupNonUniformBitwiseAnd"), reduce],
  subgroupOr: [int("GroupNonUniformBitwiseOr"), reduce],
  subgroupXor: [int("GroupNonUniformBitwiseXor"), reduce],
  quadSwapX: [all("GroupNonUniformQuadSwap"), SWAP.x],
  quadSwapY: [all("GroupNonUniformQuadSwap"), SWAP.y],
  quadSwapDiagonal: [all("GroupNonUniformQuadSwap"), SWAP.diagonal],
};

const BARRIERS: Readonly<Record<string, number>> = { workgroupBarrier: 1, storageBarrier: 2, textureBarrier: 4 };

export function lowerBuiltin(c: Context, node: NodeId, name: string, args: readonly NodeId[]): Value {
  const barrier = BARRIERS[name];
  if (barrier !== undefined) return c.emit("ControlBarrier", c.module.types.void, barrier);
  const special = SPECIAL[name] ?? TEXTURE_BUILTIN[name] ?? SAMPLING_BUILTIN[name] ?? DERIVATIVES[name];
  if (special) return special(c, node, args);
  const group = GROUP[name];
  const row = group?.[0] ?? DIRECT[name];
  if (row === undefined) throw new Unsupported(`calls of '${name}'`);
  const op = row[componentKind(c, c.usedAs(args[0]!)) as 0 | 1 | 2];
  const values = args.map((a) => value(c, a));
  if (op === "") return values[0]!;
  if (!op) throw new Unsupported(`calls of '${name}'`);
  if (op.startsWith("Atomic") && op !== "AtomicLoad") return atomic(c, op, c.irType(node), values);
  return c.emitList(op, c.irType(node), group ? [...values, group[1]] : values);
}

type Lower = (c: Context, node: NodeId, args: readonly NodeId[]) => Value;

const SPECIAL: Readonly<Record<string, Lower>> = {
  all: (c, _, [e]) => reduceBool(c, "All", value(c, e!)),
  any: (c, _, [e]) => reduceBool(c, "Any", value(c, e!)),
  select: (c, node, [f, t, condition]) => {
    const onFalse = value(c, f!);
    const onTrue = value(c, t!);
    return c.emit("Select", c.irType(node), value(c, condition!), onTrue, onFalse);
  },
  mix: (c, node, [a, b, t]) => {
    const type = c.irType(node);
    const [x, y, z] = [value(c, a!), value(c, b!), value(c, t!)];
    return c.emit("FMix", type, x, y, c.module.type(z) === type ? z : c.splat(z, type));
  },
  dot: (c, node, [a, b]) => {
    const type = c.irType(node);
    const [x, y] = [value(c, a!), value(c, b!)];
    if (componentKind(c, c.usedAs(a!)) === 0) return c.emit("Dot", type, x, y);
    let sum = c.emit("IMul", type, c.extract(x, 0), c.extract(y, 0));
    for (let i = 1; i < c.module.types.length(c.module.type(x)); i++) {
      sum = c.emit("IAdd", type, sum, c.emit("IMul", type, c.extract(x, i), c.extract(y, i)));
    }
    return sum;
  },
  arrayLength: (c, node, [p]) => c.emit("ArrayLength", c.irType(node), value(c, p!)),
  atomicStore: (c, _, [p, v]) => {
    const pointer = value(c, p!);
    return atomic(c, "AtomicStore", c.module.types.void, [pointer, value(c, v!)]);
  },
  atomicMin: (c, node, args) => signedAtomic(c, node, args, "AtomicSMin", "AtomicUMin"),
  atomicMax: (c, node, args) => signedAtomic(c, node, args, "AtomicSMax", "AtomicUMax"),
  atomicCompareExchangeWeak: (c, node, [p, comparator, v]) => {
    const { types } = c.module;
    const result = c.irType(node);
    const type = types.memberType(result, 0);
    const pointer = value(c, p!);
    const expected = value(c, comparator!);
    const old = atomic(c, "AtomicCompareExchange", type, [pointer, value(c, v!), expected]);
    return c.emit("CompositeConstruct", result, old, c.emit("IEqual", types.bool, old, expected));
  },
  subgroupElect: (c) => c.emit("GroupNonUniformElect", c.module.types.bool),
  subgroupAll: (c, _, [e]) => c.emit("GroupNonUniformAll", c.module.types.bool, value(c, e!)),
  subgroupAny: (c, _, [e]) => c.emit("GroupNonUniformAny", c.module.types.bool, value(c, e!)),
  subgroupBallot: (c, node, [e]) => c.emit("GroupNonUniformBallot", c.irType(node), value(c, e!)),
  workgroupUniformLoad: (c, node, [p]) => c.emit("WorkgroupUniformLoad", c.irType(node), value(c, p!)),
  pack4xI8: (c, _, [e]) => packBytes(c, value(c, e!), null),
  pack4xU8: (c, _, [e]) => packBytes(c, value(c, e!), null),
  pack4xI8Clamp: (c, _, [e]) => packBytes(c, value(c, e!), [-128, 127]),
  pack4xU8Clamp: (c, _, [e]) => packBytes(c, value(c, e!), [0, 255]),
  unpack4xI8: (c, node, [e]) => unpackBytes(c, node, value(c, e!), "BitFieldSExtract"),
  unpack4xU8: (c, node, [e]) => unpackBytes(c, node, value(c, e!), "BitFieldUExtract"),
};

function reduceBool(c: Context, op: "All" | "Any", v: Value): Value {
  const { types } = c.module;
  return types.kind(c.module.type(v)) === TYPE_KIND.Vector ? c.emit(op, types.bool, v) : v;
}

function signedAtomic(c: Context, node: NodeId, [p, v]: readonly NodeId[], signed: OpName, unsigned: OpName): Value {
  const type = c.irType(node);
  const pointer = value(c, p!);
  return atomic(c, c.module.types.isSigned(type) ? signed : unsigned, type, [pointer, value(c, v!)]);
}

/** Low bytes of four components, the first lowest. @see https://www.w3.org/TR/WGSL/#pack4xI8-builtin */
function packBytes(c: Context, v: Value, clamp: readonly [number, number] | null): Value {
  const { types } = c.module;
  const { u32 } = types;
  const component = types.element(c.module.type(v));
  let packed = c.module.u32(0);
  for (let i = 0; i < 4; i++) {
    let part = c.extract(v, i);
    if (clamp) {
      const [low, high] = [c.module.constant(component, clamp[0]), c.module.constant(component, clamp[1])];
      part = c.emit(types.isSigned(component) ? "SClamp" : "UClamp", component, part, low, high);
    }
    if (component !== u32) part = c.emit("Bitcast", u32, part);
    const byte = c.emit("BitwiseAnd", u32, part, c.module.u32(255));
    packed = i === 0 ? byte : c.emit("BitwiseOr", u32, packed, c.emit("ShiftLeftLogical", u32, byte, c.module.u32(8 * i)));
  }
  return packed;
}

function unpackBytes(c: Context, node: NodeId, v: Value, op: OpName): Value {
  const type = c.irType(node);
  const component = c.module.types.element(type);
  const word = component === c.module.types.u32 ? v : c.emit("Bitcast", component, v);
  const parts = [0, 8, 16, 24].map((shift) => c.emit(op, component, word, c.module.u32(shift), c.module.u32(8)));
  return c.emitList("CompositeConstruct", type, parts);
}
