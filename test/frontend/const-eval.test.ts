/** Types and values of const-expressions, and their errors, from outside: text in, WGSL text out. */
import { describe, expect, test } from "vitest";
import { constant } from "./check-helpers.ts";

const table = (rows: readonly (readonly [string, string])[]) =>
  test.each(rows.map((row) => [...row]))("%s is %s", (expression, value) => {
    expect(constant(expression!)).toBe(value);
  });

describe("abstract numbers", () => {
  table([
    ["1 + 2.5", "3.5"],
    ["7 / 2", "3"],
    ["-7 / 2", "-3"],
    ["-7 % 2", "-1"],
    ["7.5 % 2", "1.5"],
    ["0x1ffffffff / 8", "1073741823"],
    ["9223372036854775807", "9223372036854775807"],
    ["9007199254740993 + 2", "9007199254740995"],
    ["-9223372036854775807 - 1", "-9223372036854775808"],
    ["-(-9223372036854775807 - 1)", "-9223372036854775808"],
    ["~0", "-1"],
    ["1 << 62", "4611686018427387904"],
    ["-1 >> 70", "-1"],
    ["0 << 64", "0"],
    ["3 & 5 ", "1"],
    ["1.5 + 1.5", "3.0"],
    ["0x1p-1074 / 2", "0.0"],
    ["min(3, 2.5)", "2.5"],
    ["log2(32)", "5.0"],
    ["exp2(10)", "1024.0"],
    ["pow(2.0, 10)", "1024.0"],
    ["sqrt(2)", "1.4142135623730951"],
    ["vec3(1, 2, 3) * 2", "vec3<abstract-int>(2, 4, 6)"],
    ["vec2(1, 2.5)", "vec2<abstract-float>(1.0, 2.5)"],
    ["vec3()", "vec3<abstract-int>(0, 0, 0)"],
    ["mat2x2(1, 0, 0, 1) * vec2(3, 4)", "vec2<abstract-float>(3.0, 4.0)"],
    ["array(1, 2.5)[0]", "1.0"],
  ]);
});

describe("abstract numbers become concrete", () => {
  table([
    ["1 + 2u", "3u"],
    ["1 + 2.5f", "3.5f"],
    ["1.1f", "1.100000023841858f"],
    ["0.1h", "0.0999755859375h"],
    ["f32(16777217)", "16777216f"],
    ["-1 * i32(-2147483648)", "-2147483648i"],
    ["vec2(1, 2) + vec2u(1)", "vec2<u32>(2u, 3u)"],
    ["vec3<f32>(1)", "vec3<f32>(1f, 1f, 1f)"],
    ["vec2<u32>(vec2(3000000000, 1))", "vec2<u32>(3000000000u, 1u)"],
    ["u32(4 * 1000 * 1000 * 1000)", "4000000000u"],
    ["array<u32, 2>(1, 2)", "array<u32, 2>(1u, 2u)"],
    ["array(array(1, 2u), array(3u, 4))", "array<array<u32, 2>, 2>(array<u32, 2>(1u, 2u), array<u32, 2>(3u, 4u))"],
    ["select(1, 2u, true)", "2u"],
    ["clamp(5, 0, 3.5f)", "3.5f"],
    ["bitcast<u32>(0xffffffff)", "4294967295u"],
    ["bitcast<u32>(1)", "1u"],
    ["bitcast<f32>(0x3f800000)", "1f"],
    ["firstLeadingBit(1234 + 4567)", "12i"],
  ]);
});

describe("concrete integers wrap", () => {
  table([
    ["2147483647i + 1i", "-2147483648i"],
    ["4294967295u + 1u", "0u"],
    ["0u - 1u", "4294967295u"],
    ["65536i * 65536i", "0i"],
    ["-(i32(-2147483648))", "-2147483648i"],
    ["abs(i32(-2147483648))", "-2147483648i"],
    ["-7i % 3i", "-1i"],
    ["0xfu >> 2u", "3u"],
    ["-8i >> 1u", "-4i"],
    ["u32(-1i)", "4294967295u"],
    ["i32(4294967295u)", "-1i"],
  ]);
});

describe("floats round once per operation", () => {
  table([
    ["0.1f + 0.2f", "0.30000001192092896f"],
    ["1f / 3f", "0.3333333432674408f"],
    ["16777216f + 1f", "16777216f"],
    ["2048h + 1h", "2048h"],
    ["1h / 3h", "0.333251953125h"],
    ["fma(1.1f, 1.1f, -1.21f)", "0f"],
    ["i32(3.9f)", "3i"],
    ["i32(1e20f)", "2147483520i"],
    ["i32(-1e20f)", "-2147483648i"],
    ["u32(-3.9f)", "0u"],
    ["i32(-1.5e300)", "-2147483648i"],
    ["u32(1e20)", "4294967295u"],
    ["u32(-3.9)", "0u"],
    ["u32(1e20f)", "4294967040u"],
    ["round(2.5f)", "2f"],
    ["round(-0.5f)", "-0f"],
    ["fract(-1.25f)", "0.75f"],
    ["sign(-0.0f)", "0f"],
    ["quantizeToF16(1.0009f)", "1.0009765625f"],
    ["smoothstep(0f, 1f, 0.25f)", "0.15625f"],
    ["frexp(6f)", "__frexp_result_f32(0.75f, 3i)"],
    ["frexp(0x1p-149f)", "__frexp_result_f32(0.5f, -148i)"],
    ["modf(-1.25).fract", "-0.25"],
    ["ldexp(0.75, 3)", "6.0"],
    ["ldexp(1f, -149)", "1.401298464324817e-45f"],
    ["f16(65504)", "65504h"],
    ["bool(-0.0f)", "false"],
    ["f32(true)", "1f"],
  ]);
});

describe("vectors and matrices", () => {
  table([
    ["vec4(1, 2, 3, 4).wzyx", "vec4<abstract-int>(4, 3, 2, 1)"],
    ["vec3(1u, 2, 3).b", "3u"],
    ["vec3(1, 2, 3)[1]", "2"],
    ["vec2(true, false) | vec2(false)", "vec2<bool>(true, false)"],
    ["vec2(1, 2) == vec2(1, 3)", "vec2<bool>(true, false)"],
    ["all(vec2(1, 2) == vec2(1, 2))", "true"],
    ["mat2x3(1, 2, 3, 4, 5, 6)[1]", "vec3<abstract-float>(4.0, 5.0, 6.0)"],
    ["transpose(mat2x3f(1, 2, 3, 4, 5, 6))[0]", "vec2<f32>(1f, 4f)"],
    ["mat2x2f(1, 2, 3, 4) * mat2x2f(5, 6, 7, 8)", "mat2x2<f32>(23f, 34f, 31f, 46f)"],
    ["vec2f(1, 2) * mat2x2f(1, 2, 3, 4)", "vec2<f32>(5f, 11f)"],
    ["determinant(mat3x3f(2, 0, 0, 0, 3, 0, 0, 0, 4))", "24f"],
    ["determinant(mat4x4f(1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 5, 6, 0, 0, 7, 8))", "4f"],
    ["cross(vec3f(1, 0, 0), vec3f(0, 1, 0))", "vec3<f32>(0f, 0f, 1f)"],
    ["dot(vec3(1, 2, 3), vec3(4, 5, 6))", "32"],
    ["length(vec2(3f, 4f))", "5f"],
    ["normalize(vec2(0f, 4f))", "vec2<f32>(0f, 1f)"],
    ["reflect(vec2f(1, -1), vec2f(0, 1))", "vec2<f32>(1f, 1f)"],
    ["refract(vec2f(1, 0), vec2f(0, 1), 2f)", "vec2<f32>(0f, 0f)"],
    ["mix(vec2f(0, 10), vec2f(10, 20), 0.5f)", "vec2<f32>(5f, 15f)"],
  ]);
});

describe("bits", () => {
  table([
    ["countOneBits(0xff00ff00u)", "16u"],
    ["countOneBits(0x80000000u)", "1u"],
    ["countLeadingZeros(1u)", "31u"],
    ["countTrailingZeros(0u)", "32u"],
    ["reverseBits(1u)", "2147483648u"],
    ["firstLeadingBit(-1i)", "-1i"],
    ["firstLeadingBit(0u)", "4294967295u"],
    ["firstTrailingBit(8i)", "3i"],
    ["extractBits(-8i, 1u, 3u)", "-4i"],
    ["extractBits(0xf0u, 4u, 4u)", "15u"],
    ["extractBits(7u, 32u, 0u)", "0u"],
    ["insertBits(0u, 0xffu, 4u, 8u)", "4080u"],
    ["insertBits(5u, 9u, 0u, 32u)", "9u"],
    ["pack4x8unorm(vec4(0, 0.5, 1, 2))", "4294934528u"],
    ["pack4x8snorm(vec4f(-1, 1, 0, 0))", "32641u"],
    ["pack2x16float(vec2f(1, -2))", "3221240832u"],
    ["unpack2x16float(0x3c00u)", "vec2<f32>(1f, 0f)"],
    ["unpack4x8snorm(0x80u)[0]", "-1f"],
    ["pack4xI8Clamp(vec4(-200, 200, 0, 1))", "16809856u"],
    ["unpack4xU8(0x01020304u)", "vec4<u32>(4u, 3u, 2u, 1u)"],
    ["dot4I8Packed(0xffu, 0x02u)", "-2i"],
    ["bitcast<vec2<f16>>(0x3c003c00u)", "vec2<f16>(1h, 1h)"],
    ["bitcast<vec4h>(vec2u(0, 0xbc000000))", "vec4<f16>(0h, 0h, 0h, -1h)"],
  ]);
});

describe("errors", () => {
  table([
    ["1 / 0", "W0275: division by zero"],
    ["1.0 / 0", "W0275: division by zero"],
    ["1u % 0u", "W0275: division by zero"],
    ["i32(-2147483648) / -1i", "W0275: dividing the most negative integer by -1 overflows"],
    ["9223372036854775807 + 1", "W0275: the result overflows the 64-bit range of abstract integers"],
    ["5000000000 + 1i", "W0275: value 5000000000 cannot be represented as 'i32'"],
    ["(1 - 2) + 1u", "W0275: value -1 cannot be represented as 'u32'"],
    ["u32(-1)", "W0275: value -1 cannot be represented as 'u32'"],
    ["f32(1e39)", "W0275: value 1e+39 cannot be represented as 'f32'"],
    ["65504h * 2", "W0275: the result is not a finite 'f16'"],
    ["3e38f * 10", "W0275: the result is not a finite 'f32'"],
    ["1i << 32u", "W0275: shifting a 32-bit integer by 32: the amount must be less than 32"],
    ["1i << 31u", "W0275: the shift changes the sign or loses bits of the value"],
    ["3u << 31u", "W0275: the shift loses bits of the value"],
    ["1 << 63", "W0275: the result overflows the 64-bit range of abstract integers"],
    ["vec3(1, 2, 3)[3]", "W0269: index 3 is out of bounds: the last is 2"],
    ["array(1, 2)[-1]", "W0269: index -1 is negative"],
    ["sqrt(-1)", "W0275: 'sqrt' is defined only for values of at least 0"],
    ["acos(2f)", "W0275: 'acos' is defined only for values in [-1, 1]"],
    ["log(0)", "W0275: 'log' is defined only for values greater than 0"],
    ["pow(-1f, 2f)", "W0275: 'pow' is defined only for a positive base, or 0 with a positive exponent"],
    ["normalize(vec2f())", "W0275: a vector of length 0 cannot be normalized"],
    ["clamp(1, 3, 2)", "W0275: 'clamp' needs a low bound that is not greater than the high bound"],
    ["smoothstep(1, 1, 0)", "W0275: 'smoothstep' needs two different edges"],
    ["extractBits(1u, 16u, 17u)", "W0275: 'extractBits' needs offset + count to be at most 32"],
    ["ldexp(1f, 129)", "W0275: 'ldexp' of 'f32' needs an exponent of at most 128"],
    ["bitcast<f32>(0x7f800000)", "W0275: the bits are not a finite 'f32'"],
    ["pack2x16float(vec2f(1e6, 0))", "W0275: the value is outside the finite range of 16-bit floats"],
    [
      "1u + 2.5",
      "W0261: operator '+' is not defined for 'u32' and 'abstract-float'; WGSL never converts one concrete type to another by itself: convert one operand, as in 'f32(x)'",
    ],
    ["clamp(1u, 0, 1i)", "W0262: no overload of 'clamp' takes (u32, abstract-int, i32)"],
    ["array(1u, 2i)", "W0273: array elements must be of one type: this is 'i32', those before are 'u32'"],
  ]);
});

describe("what is guarded is not evaluated", () => {
  table([
    ["false && 1 / 0 == 0", "false"],
    ["true || 5000000000 + 1i == 0", "true"],
    ["false && 10i < i32(5 * 1000 * 1000 * 1000)", "false"],
    ["false && array<u32, 1 + 2>(0, 1, 2)[0] == 0", "false"],
    ["true && 1 / 0 == 0", "W0275: division by zero"],
    ["false && 1", "W0261: operator '&&' is not defined for 'bool' and 'abstract-int'"],
    ["false && array<u32, 0 - 1>()[0] == 0", "W0214: an array element count must be greater than 0, but this is -1"],
  ]);
});

test("constants share what they are made of: values nested by doubling stay small", () => {
  const lines = ["const a0 = array(1, 2);"];
  for (let i = 1; i <= 30; i++) lines.push(`const a${i} = array(a${i - 1}, a${i - 1});`);
  // 2^31 numbers are more bytes than a type may have; half of that is not.
  expect(constant("1", lines.slice(0, 27).join("\n"))).toBe("1");
  const element = `a26${"[1]".repeat(27)}`;
  expect(constant(element, lines.slice(0, 27).join("\n"))).toBe("2");
});
