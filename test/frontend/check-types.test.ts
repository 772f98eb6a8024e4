/** Static types of expressions: overloads, conversions, references. */
import { describe, expect, test } from "vitest";
import { CLASSES, GROUPS } from "../../frontend/wgsl/builtins.ts";
import { builtinId, builtinName, signaturesOf } from "../../frontend/wgsl/builtins-notation.ts";
import { typeOf } from "./check-helpers.ts";

const RESOURCES = `
@group(0) @binding(0) var t1: texture_1d<f32>;
@group(0) @binding(1) var t2: texture_2d<u32>;
@group(0) @binding(2) var ta: texture_2d_array<f32>;
@group(0) @binding(3) var tc: texture_cube<f32>;
@group(0) @binding(4) var td: texture_depth_2d;
@group(0) @binding(5) var tm: texture_multisampled_2d<i32>;
@group(0) @binding(6) var ts: texture_storage_2d<rgba8uint, read>;
@group(0) @binding(7) var tw: texture_storage_3d<r32sint, write>;
@group(0) @binding(8) var te: texture_external;
@group(0) @binding(9) var s: sampler;
@group(0) @binding(10) var sc: sampler_comparison;
struct S { a: i32, b: vec3f, c: array<vec2u, 4> }
@group(1) @binding(0) var<storage, read_write> b: array<S>;
@group(1) @binding(1) var<storage, read_write> at: array<atomic<u32>, 4>;
@group(1) @binding(2) var<uniform> u: S;
var<workgroup> w: S;
var<private> p: mat3x2f;
override o = 4u;
`;

describe("types", () => {
  test.each([
    ["1", "i32"],
    ["1.0", "f32"],
    ["1 + o", "u32"],
    ["vec3(1, 2, o)", "vec3<u32>"],
    ["vec2(1)", "vec2<i32>"],
    ["vec4(vec2(1, 2), 3.5, 4)", "vec4<f32>"],
    ["mat2x3(1, 2, 3, 4, 5, 6)", "mat2x3<f32>"],
    ["array(1, 2.5, 3)", "array<f32, 3>"],
    ["frexp(1.0)", "__frexp_result_f32"],
    ["modf(vec2(1.5h))", "__modf_result_vec2_f16"],
    ["atomicCompareExchangeWeak(&at[0], 1, 2)", "__atomic_compare_exchange_result<u32>"],
    ["atomicAdd(&at[0], 1)", "u32"],
    ["b[0]", "S"],
    ["b[o].b.zyx", "vec3<f32>"],
    ["b[o].c[1].x", "u32"],
    ["&b[0].c", "ptr<storage, array<vec2<u32>, 4>, read_write>"],
    ["&w", "ptr<workgroup, S>"],
    ["&u.b", "ptr<uniform, vec3<f32>>"],
    ["(&w).b.x", "f32"],
    ["(&w).b.xy", "vec2<f32>"],
    ["(&w).c[0]", "vec2<u32>"],
    ["p[1]", "vec2<f32>"],
    ["p[o][1]", "f32"],
    ["vec3(1, 2, 3)[o]", "i32"],
    ["arrayLength(&b)", "u32"],
    ["t1", "texture_1d<f32>"],
    ["textureDimensions(t1)", "u32"],
    ["textureDimensions(ts)", "vec2<u32>"],
    ["textureDimensions(tw)", "vec3<u32>"],
    ["textureNumSamples(tm)", "u32"],
    ["textureLoad(t1, 0, 0)", "vec4<f32>"],
    ["textureLoad(t2, vec2(0u), 0)", "vec4<u32>"],
    ["textureLoad(tm, vec2(0), 0)", "vec4<i32>"],
    ["textureLoad(ts, vec2(0))", "vec4<u32>"],
    ["textureLoad(te, vec2(0))", "vec4<f32>"],
    ["textureLoad(td, vec2(0), 0)", "f32"],
    ["textureSampleLevel(ta, s, vec2(0), 1, 2)", "vec4<f32>"],
    ["textureSampleLevel(td, s, vec2(0.5), 1u)", "f32"],
    ["textureGather(1, t2, s, vec2(0.5))", "vec4<u32>"],
    ["textureGatherCompare(td, sc, vec2(0.5), 0.5)", "vec4<f32>"],
    ["textureSampleGrad(tc, s, vec3(1), vec3(0), vec3(0))", "vec4<f32>"],
    ["subgroupBallot(true)", "vec4<u32>"],
    ["subgroupBroadcast(vec2(1h), 3)", "vec2<f16>"],
    ["workgroupUniformLoad(&w)", "S"],
    ["select(vec2(1), vec2(2u), vec2(true, false))", "vec2<u32>"],
    ["bitcast<vec2<f16>>(1.0)", "vec2<f16>"],
  ])("%s is of type %s", (expression, type) => {
    expect(typeOf(expression, RESOURCES)).toBe(type);
  });

  test.each([
    ["textureLoad(tw, vec3(0))", "W0262: no overload of 'textureLoad' takes (texture_storage_3d<r32sint, write>, vec3<abstract-int>)"],
    [
      "textureSampleLevel(t2, s, vec2(0.5), 0)",
      "W0262: no overload of 'textureSampleLevel' takes (texture_2d<u32>, sampler, vec2<abstract-float>, abstract-int)",
    ],
    ["at[0]", "W0272: memory of type 'atomic<u32>' cannot be read as a value; use the atomic builtin functions"],
    ["b", "W0272: memory of type 'array<S>' cannot be read as a value; take its address, or read a part of it"],
    ["atomicAdd(at[0], 1)", "W0272: memory of type 'atomic<u32>' cannot be read as a value; use the atomic builtin functions"],
    ["&t1", "W0270: textures and samplers have no address"],
    ["p * p", "W0261: operator '*' is not defined for 'mat3x2<f32>' and 'mat3x2<f32>'"],
    ["u.d", "W0266: 'S' has no member 'd'"],
    ["u.b.xg", "W0267: 'xg' does not name components of the vector: a swizzle is 1 to 4 letters of either 'xyzw' or 'rgba'"],
  ])("%s is an error", (expression, error) => {
    expect(typeOf(expression, RESOURCES)).toBe(error);
  });
});

/** @see https://www.w3.org/TR/WGSL/#builtin-functions and #bit-expr and #constructor-builtin-function */
const SPEC_FUNCTIONS = `
all any select arrayLength abs acos acosh asin asinh atan atanh atan2 ceil clamp cos cosh countLeadingZeros countOneBits countTrailingZeros cross
degrees determinant distance dot dot4U8Packed dot4I8Packed exp exp2 extractBits faceForward firstLeadingBit firstTrailingBit floor fma fract frexp
insertBits inverseSqrt ldexp length log log2 max min mix modf normalize pow quantizeToF16 radians reflect refract reverseBits round saturate sign sin
sinh smoothstep sqrt step tan tanh transpose trunc dpdx dpdxCoarse dpdxFine dpdy dpdyCoarse dpdyFine fwidth fwidthCoarse fwidthFine
textureDimensions textureGather textureGatherCompare textureLoad textureNumLayers textureNumLevels textureNumSamples textureSample textureSampleBias
textureSampleCompare textureSampleCompareLevel textureSampleGrad textureSampleLevel textureSampleBaseClampToEdge textureStore atomicLoad atomicStore
atomicAdd atomicSub atomicMax atomicMin atomicAnd atomicOr atomicXor atomicExchange atomicCompareExchangeWeak pack4x8snorm pack4x8unorm pack4xI8
pack4xU8 pack4xI8Clamp pack4xU8Clamp pack2x16snorm pack2x16unorm pack2x16float unpack4x8snorm unpack4x8unorm unpack4xI8 unpack4xU8 unpack2x16snorm
unpack2x16unorm unpack2x16float storageBarrier textureBarrier workgroupBarrier workgroupUniformLoad subgroupAdd subgroupExclusiveAdd
subgroupInclusiveAdd subgroupAll subgroupAnd subgroupAny subgroupBallot subgroupBroadcast subgroupBroadcastFirst subgroupElect subgroupMax
subgroupMin subgroupMul subgroupExclusiveMul subgroupInclusiveMul subgroupOr subgroupShuffle subgroupShuffleDown subgroupShuffleUp
subgroupShuffleXor subgroupXor quadBroadcast quadSwapDiagonal quadSwapX quadSwapY bufferLength`
  .split(/\s+/)
  .filter((name) => name !== "");

describe("the table of builtin functions", () => {
  test.each(SPEC_FUNCTIONS)("has '%s', and its rows can be read", (name) => {
    const id = builtinId(name)!;
    expect(builtinName(id)).toBe(name);
    expect(signaturesOf(id).length).toBeGreaterThan(0);
  });
  test("has no function that WGSL has not", () => {
    const rows = GROUPS.slice(2).flatMap((group) => group.rows.split("\n").filter((row) => row !== ""));
    const names = new Set(rows.map((row) => /^\w+/.exec(row)![0]));
    expect([...names].filter((name) => !SPEC_FUNCTIONS.includes(name))).toEqual([]);
  });
  test("names only classes that exist", () => {
    for (const group of GROUPS)
      for (const [, name] of group.rows.matchAll(/[A-Z]+: (\w+)[,>]/g)) expect(Object.keys(CLASSES)).toContain(name);
  });
});
