/**
 * Every builtin function, operator and value constructor of WGSL as data, in a notation close to the spec's. `builtins-notation.ts` reads a
 * row when its name is first used; `builtins-resolve.ts` picks the overload of a call.
 *
 * Notation: `name<T: class>(param: type, ...) -> type`. Parameter names may be left out.
 * - `~T` is T or vecN<T>: the row stands for its scalar and its vector form. `N C R K` are sizes 2, 3, 4. `ai`, `af` are the abstract types.
 * - `const(a,b)` before a type: the argument must be a const-expression whose components are in [a,b]; `range(a,b)`: in [a,b] if known early.
 * - `E` is any type, `F` is a texel format, `CF` the type of one of its channels, `AS` an address space, `AM` an access mode.
 * - A row for `vec3<>` and the like is used when the component type is written: then T is given.
 * Rows of one name are tried in order; no two rows accept the same argument types, so the first that accepts is the preferred one.
 * @see https://www.w3.org/TR/WGSL/#builtin-functions
 */
import { TEXTURE_BUILTINS } from "./builtins-texture.ts";

/** Sets of scalar types, in the order of preference that conversion ranks give them. @see https://www.w3.org/TR/WGSL/#conversion-rank */
export const CLASSES: Readonly<Record<string, string>> = {
  scalar: "bool ai i32 u32 af f32 f16",
  concrete: "bool i32 u32 f32 f16",
  numeric: "ai i32 u32 af f32 f16",
  signed: "ai i32 af f32 f16",
  float: "af f32 f16",
  int: "ai i32 u32",
  boolint: "bool ai i32 u32",
  iu32: "i32 u32",
  fiu32: "i32 u32 f32",
  f32: "f32",
  half: "f32 f16",
  gpu: "i32 u32 f32 f16",
  exponent: "ai i32",
};

/** Shader stages as bits. */
export const STAGE = { compute: 1, vertex: 2, fragment: 4 } as const;
export const ALL_STAGES = 7;

export interface BuiltinGroup {
  /** a call with const-expression arguments is a const-expression */
  readonly isConst?: boolean;
  /** the result must be used */
  readonly mustUse?: boolean;
  /** STAGE.* bits of the stages that may call it, directly or not; all if absent */
  readonly stages?: number;
  /** enable-extension that must be on */
  readonly extension?: "subgroups";
  readonly rows: string;
}

const OPERATORS = `
add<T: numeric>(~T, ~T) -> ~T
add<T: numeric>(vecN<T>, T) -> vecN<T>
add<T: numeric>(T, vecN<T>) -> vecN<T>
add<T: float>(matCxR<T>, matCxR<T>) -> matCxR<T>
sub<T: numeric>(~T, ~T) -> ~T
sub<T: numeric>(vecN<T>, T) -> vecN<T>
sub<T: numeric>(T, vecN<T>) -> vecN<T>
sub<T: float>(matCxR<T>, matCxR<T>) -> matCxR<T>
mul<T: numeric>(~T, ~T) -> ~T
mul<T: numeric>(vecN<T>, T) -> vecN<T>
mul<T: numeric>(T, vecN<T>) -> vecN<T>
mul<T: float>(T, matCxR<T>) -> matCxR<T>
mul<T: float>(matCxR<T>, T) -> matCxR<T>
mul<T: float>(matCxR<T>, vecC<T>) -> vecR<T>
mul<T: float>(vecR<T>, matCxR<T>) -> vecC<T>
mul<T: float>(matKxR<T>, matCxK<T>) -> matCxR<T>
div<T: numeric>(~T, ~T) -> ~T
div<T: numeric>(vecN<T>, T) -> vecN<T>
div<T: numeric>(T, vecN<T>) -> vecN<T>
mod<T: numeric>(~T, ~T) -> ~T
mod<T: numeric>(vecN<T>, T) -> vecN<T>
mod<T: numeric>(T, vecN<T>) -> vecN<T>
eq<T: scalar>(~T, ~T) -> ~bool
ne<T: scalar>(~T, ~T) -> ~bool
lt<T: numeric>(~T, ~T) -> ~bool
le<T: numeric>(~T, ~T) -> ~bool
gt<T: numeric>(~T, ~T) -> ~bool
ge<T: numeric>(~T, ~T) -> ~bool
and<T: boolint>(~T, ~T) -> ~T
or<T: boolint>(~T, ~T) -> ~T
xor<T: int>(~T, ~T) -> ~T
shl<T: int>(~T, ~u32) -> ~T
shr<T: int>(~T, ~u32) -> ~T
logicalAnd(bool, bool) -> bool
logicalOr(bool, bool) -> bool
neg<T: signed>(~T) -> ~T
not(~bool) -> ~bool
compl<T: int>(~T) -> ~T
`;

const CONSTRUCTORS = `
bool<S: scalar>(S) -> bool
i32<S: scalar>(S) -> i32
u32<S: scalar>(S) -> u32
f32<S: scalar>(S) -> f32
f16<S: scalar>(S) -> f16
vec2<T: scalar>(T) -> vec2<T>
vec2<T: scalar>(vec2<T>) -> vec2<T>
vec2<T: scalar>(T, T) -> vec2<T>
vec2() -> vec2<ai>
vec3<T: scalar>(T) -> vec3<T>
vec3<T: scalar>(vec3<T>) -> vec3<T>
vec3<T: scalar>(T, T, T) -> vec3<T>
vec3<T: scalar>(vec2<T>, T) -> vec3<T>
vec3<T: scalar>(T, vec2<T>) -> vec3<T>
vec3() -> vec3<ai>
vec4<T: scalar>(T) -> vec4<T>
vec4<T: scalar>(vec4<T>) -> vec4<T>
vec4<T: scalar>(T, T, T, T) -> vec4<T>
vec4<T: scalar>(T, vec2<T>, T) -> vec4<T>
vec4<T: scalar>(T, T, vec2<T>) -> vec4<T>
vec4<T: scalar>(vec2<T>, vec2<T>) -> vec4<T>
vec4<T: scalar>(vec2<T>, T, T) -> vec4<T>
vec4<T: scalar>(vec3<T>, T) -> vec4<T>
vec4<T: scalar>(T, vec3<T>) -> vec4<T>
vec4() -> vec4<ai>
vec2<><T: concrete>(T) -> vec2<T>
vec2<><T: concrete, S: scalar>(vec2<S>) -> vec2<T>
vec2<><T: concrete>(T, T) -> vec2<T>
vec3<><T: concrete>(T) -> vec3<T>
vec3<><T: concrete, S: scalar>(vec3<S>) -> vec3<T>
vec3<><T: concrete>(T, T, T) -> vec3<T>
vec3<><T: concrete>(vec2<T>, T) -> vec3<T>
vec3<><T: concrete>(T, vec2<T>) -> vec3<T>
vec4<><T: concrete>(T) -> vec4<T>
vec4<><T: concrete, S: scalar>(vec4<S>) -> vec4<T>
vec4<><T: concrete>(T, T, T, T) -> vec4<T>
vec4<><T: concrete>(T, vec2<T>, T) -> vec4<T>
vec4<><T: concrete>(T, T, vec2<T>) -> vec4<T>
vec4<><T: concrete>(vec2<T>, vec2<T>) -> vec4<T>
vec4<><T: concrete>(vec2<T>, T, T) -> vec4<T>
vec4<><T: concrete>(vec3<T>, T) -> vec4<T>
vec4<><T: concrete>(T, vec3<T>) -> vec4<T>
`;

/** The nine matrix constructors are alike, so their rows are made. */
function matrixConstructors(): string {
  const rows: string[] = [];
  for (let c = 2; c <= 4; c++) {
    for (let r = 2; r <= 4; r++) {
      const name = `mat${c}x${r}`;
      const columns = Array(c).fill(`vec${r}<T>`).join(", ");
      const scalars = Array(c * r)
        .fill("T")
        .join(", ");
      rows.push(`${name}<T: float>(${name}<T>) -> ${name}<T>`);
      rows.push(`${name}<><T: half, S: float>(${name}<S>) -> ${name}<T>`);
      for (const suffix of ["<T: float>", "<><T: half>"]) {
        rows.push(`${name}${suffix}(${columns}) -> ${name}<T>`);
        rows.push(`${name}${suffix}(${scalars}) -> ${name}<T>`);
      }
    }
  }
  return rows.join("\n");
}

const NUMERIC = `
all(~bool) -> bool
any(~bool) -> bool
select<T: scalar>(f: ~T, t: ~T, cond: bool) -> ~T
select<T: scalar>(f: vecN<T>, t: vecN<T>, cond: vecN<bool>) -> vecN<T>
abs<T: numeric>(e: ~T) -> ~T
acos<T: float>(e: ~T) -> ~T
acosh<T: float>(e: ~T) -> ~T
asin<T: float>(e: ~T) -> ~T
asinh<T: float>(e: ~T) -> ~T
atan<T: float>(e: ~T) -> ~T
atanh<T: float>(e: ~T) -> ~T
atan2<T: float>(y: ~T, x: ~T) -> ~T
ceil<T: float>(e: ~T) -> ~T
clamp<T: numeric>(e: ~T, low: ~T, high: ~T) -> ~T
cos<T: float>(e: ~T) -> ~T
cosh<T: float>(e: ~T) -> ~T
countLeadingZeros<T: iu32>(e: ~T) -> ~T
countOneBits<T: iu32>(e: ~T) -> ~T
countTrailingZeros<T: iu32>(e: ~T) -> ~T
cross<T: float>(a: vec3<T>, b: vec3<T>) -> vec3<T>
degrees<T: float>(e: ~T) -> ~T
determinant<T: float>(e: matCxC<T>) -> T
distance<T: float>(e1: ~T, e2: ~T) -> T
dot<T: numeric>(e1: vecN<T>, e2: vecN<T>) -> T
dot4U8Packed(e1: u32, e2: u32) -> u32
dot4I8Packed(e1: u32, e2: u32) -> i32
exp<T: float>(e: ~T) -> ~T
exp2<T: float>(e: ~T) -> ~T
extractBits<T: iu32>(e: ~T, offset: u32, count: u32) -> ~T
faceForward<T: float>(e1: vecN<T>, e2: vecN<T>, e3: vecN<T>) -> vecN<T>
firstLeadingBit<T: iu32>(e: ~T) -> ~T
firstTrailingBit<T: iu32>(e: ~T) -> ~T
floor<T: float>(e: ~T) -> ~T
fma<T: float>(e1: ~T, e2: ~T, e3: ~T) -> ~T
fract<T: float>(e: ~T) -> ~T
frexp<T: float>(e: ~T) -> __frexp_result<~T>
insertBits<T: iu32>(e: ~T, newbits: ~T, offset: u32, count: u32) -> ~T
inverseSqrt<T: float>(e: ~T) -> ~T
ldexp<T: float, I: exponent>(e1: ~T, e2: ~I) -> ~T
length<T: float>(e: ~T) -> T
log<T: float>(e: ~T) -> ~T
log2<T: float>(e: ~T) -> ~T
max<T: numeric>(e1: ~T, e2: ~T) -> ~T
min<T: numeric>(e1: ~T, e2: ~T) -> ~T
mix<T: float>(e1: ~T, e2: ~T, e3: ~T) -> ~T
mix<T: float>(e1: vecN<T>, e2: vecN<T>, e3: T) -> vecN<T>
modf<T: float>(e: ~T) -> __modf_result<~T>
normalize<T: float>(e: vecN<T>) -> vecN<T>
pow<T: float>(e1: ~T, e2: ~T) -> ~T
quantizeToF16<T: f32>(e: ~T) -> ~T
radians<T: float>(e: ~T) -> ~T
reflect<T: float>(e1: vecN<T>, e2: vecN<T>) -> vecN<T>
refract<T: float>(e1: vecN<T>, e2: vecN<T>, e3: T) -> vecN<T>
reverseBits<T: iu32>(e: ~T) -> ~T
round<T: float>(e: ~T) -> ~T
saturate<T: float>(e: ~T) -> ~T
sign<T: signed>(e: ~T) -> ~T
sin<T: float>(e: ~T) -> ~T
sinh<T: float>(e: ~T) -> ~T
smoothstep<T: float>(edge0: ~T, edge1: ~T, x: ~T) -> ~T
sqrt<T: float>(e: ~T) -> ~T
step<T: float>(edge: ~T, x: ~T) -> ~T
tan<T: float>(e: ~T) -> ~T
tanh<T: float>(e: ~T) -> ~T
transpose<T: float>(e: matRxC<T>) -> matCxR<T>
trunc<T: float>(e: ~T) -> ~T
pack4x8snorm(e: vec4<f32>) -> u32
pack4x8unorm(e: vec4<f32>) -> u32
pack4xI8(e: vec4<i32>) -> u32
pack4xU8(e: vec4<u32>) -> u32
pack4xI8Clamp(e: vec4<i32>) -> u32
pack4xU8Clamp(e: vec4<u32>) -> u32
pack2x16snorm(e: vec2<f32>) -> u32
pack2x16unorm(e: vec2<f32>) -> u32
pack2x16float(e: vec2<f32>) -> u32
unpack4x8snorm(e: u32) -> vec4<f32>
unpack4x8unorm(e: u32) -> vec4<f32>
unpack4xI8(e: u32) -> vec4<i32>
unpack4xU8(e: u32) -> vec4<u32>
unpack2x16snorm(e: u32) -> vec2<f32>
unpack2x16unorm(e: u32) -> vec2<f32>
unpack2x16float(e: u32) -> vec2<f32>
`;

const DERIVATIVES = "dpdx dpdxCoarse dpdxFine dpdy dpdyCoarse dpdyFine fwidth fwidthCoarse fwidthFine"
  .split(" ")
  .map((name) => `${name}<T: f32>(e: ~T) -> ~T`)
  .join("\n");

const ATOMICS = [
  "atomicLoad<T: iu32>(p: ptr<AS, atomic<T>, read_write>) -> T",
  "atomicStore<T: iu32>(p: ptr<AS, atomic<T>, read_write>, v: T)",
  ..."Add Sub Max Min And Or Xor Exchange".split(" ").map((op) => `atomic${op}<T: iu32>(p: ptr<AS, atomic<T>, read_write>, v: T) -> T`),
  "atomicCompareExchangeWeak<T: iu32>(p: ptr<AS, atomic<T>, read_write>, cmp: T, v: T) -> __atomic_compare_exchange_result<T>",
].join("\n");

const SUBGROUP = `
subgroupAll(e: bool) -> bool
subgroupAny(e: bool) -> bool
subgroupElect() -> bool
subgroupBallot(pred: bool) -> vec4<u32>
subgroupBroadcast<T: gpu, I: iu32>(e: ~T, id: const(0,127) I) -> ~T
subgroupBroadcastFirst<T: gpu>(e: ~T) -> ~T
subgroupShuffle<T: gpu, I: iu32>(e: ~T, id: range(0,127) I) -> ~T
subgroupShuffleDown<T: gpu>(e: ~T, delta: range(0,127) u32) -> ~T
subgroupShuffleUp<T: gpu>(e: ~T, delta: range(0,127) u32) -> ~T
subgroupShuffleXor<T: gpu>(e: ~T, mask: range(0,127) u32) -> ~T
subgroupAdd<T: gpu>(e: ~T) -> ~T
subgroupExclusiveAdd<T: gpu>(e: ~T) -> ~T
subgroupInclusiveAdd<T: gpu>(e: ~T) -> ~T
subgroupMul<T: gpu>(e: ~T) -> ~T
subgroupExclusiveMul<T: gpu>(e: ~T) -> ~T
subgroupInclusiveMul<T: gpu>(e: ~T) -> ~T
subgroupMax<T: gpu>(e: ~T) -> ~T
subgroupMin<T: gpu>(e: ~T) -> ~T
subgroupAnd<T: iu32>(e: ~T) -> ~T
subgroupOr<T: iu32>(e: ~T) -> ~T
subgroupXor<T: iu32>(e: ~T) -> ~T
quadBroadcast<T: gpu, I: iu32>(e: ~T, id: const(0,3) I) -> ~T
quadSwapDiagonal<T: gpu>(e: ~T) -> ~T
quadSwapX<T: gpu>(e: ~T) -> ~T
quadSwapY<T: gpu>(e: ~T) -> ~T
`;

/** Names of GROUPS[0] are not identifiers: the checker looks them up for operators. */
export const OPERATOR_GROUP = 0;
export const CONSTRUCTOR_GROUP = 1;

export const GROUPS: readonly BuiltinGroup[] = [
  { isConst: true, mustUse: true, rows: OPERATORS },
  { isConst: true, mustUse: true, rows: CONSTRUCTORS + matrixConstructors() },
  { isConst: true, mustUse: true, rows: NUMERIC },
  { mustUse: true, stages: STAGE.fragment, rows: DERIVATIVES },
  { mustUse: true, rows: "arrayLength(p: ptr<AS, array<E>, AM>) -> u32\nbufferLength(p: ptr<AS, buffer, AM>) -> u32" },
  { stages: STAGE.compute | STAGE.fragment, rows: ATOMICS },
  { stages: STAGE.compute, rows: "storageBarrier()\ntextureBarrier()\nworkgroupBarrier()" },
  {
    stages: STAGE.compute,
    mustUse: true,
    rows: "workgroupUniformLoad<T: iu32>(p: ptr<workgroup, atomic<T>, read_write>) -> T\nworkgroupUniformLoad(p: ptr<workgroup, E, read_write>) -> E",
  },
  { mustUse: true, stages: STAGE.compute | STAGE.fragment, extension: "subgroups", rows: SUBGROUP },
  ...TEXTURE_BUILTINS,
];

/** Builtins that take a type as template argument: the checker handles them. */
export const TEMPLATED_BUILTINS = ["bitcast", "bufferView", "bufferArrayView"] as const;
