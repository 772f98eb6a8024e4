/**
 * A constant equals what the machine computes: each function is evaluated by the checker and, on the same bits, by a compiled shader on the
 * reference tier.
 */
import { describe, expect, test } from "vitest";
import { launch } from "../../cli/launch.ts";
import { checkShader, compileShader } from "../../webgpu/compile.ts";
import { checkText } from "./check-helpers.ts";

const BITS = new Uint32Array(1);
const FLOAT = new Float32Array(BITS.buffer);
const toBits = (x: number) => {
  FLOAT[0] = x;
  return BITS[0]!;
};

/** One expression in which `x`, `y`, `z` stand for the inputs; what may be fed to them. */
interface Case {
  readonly text: string;
  readonly inputs: readonly number[];
}
const ANY = [0, -0, 1, -1, 0.5, -0.75, 1.5, 2.5, -2.5, 3.1, 100.25, -1234.5, 1e-3, 7e-30, 1e10, 3.3e38, 1e-40, 0.1];
const SMALL = ANY.filter((x) => Math.abs(x) <= 100);
const POSITIVE = ANY.filter((x) => x > 0);
const UNIT = [-0.99, -0.5, -0.25, 0, 0.1, 0.3, 0.7, 0.95];

const F32_CASES: readonly Case[] = [
  ...["sin(x)", "cos(x)", "tan(x)", "exp(x)", "exp2(x)", "sinh(x)", "cosh(x)", "tanh(x)"].map((text) => ({ text, inputs: SMALL })),
  ...["log(x)", "log2(x)", "sqrt(x)", "inverseSqrt(x)", "pow(x, 0.7f)", "pow(2.5f, 1f / x)"].map((text) => ({ text, inputs: POSITIVE })),
  ...["acos(x)", "asin(x)", "atanh(x)"].map((text) => ({ text, inputs: UNIT })),
  { text: "acosh(x + 1f)", inputs: POSITIVE },
  ...[
    "atan(x)",
    "atan2(x, 0.3f)",
    "atan2(-1f, x)",
    "asinh(x)",
    "abs(x)",
    "ceil(x)",
    "floor(x)",
    "round(x)",
    "trunc(x)",
    "fract(x)",
    "sign(x)",
    "saturate(x)",
    "radians(x)",
    "step(0.5f, x)",
    "clamp(x, -1f, 2f)",
    "min(x, 0.5f)",
    "max(x, -0.5f)",
    "x % 0.7f",
    "x / 3f",
    "fma(x, 0.5f, 1.25f)",
    "mix(1f, 3f, x * 0.25f)",
    "smoothstep(-1f, 2f, x)",
    "frexp(x).fract",
    "f32(frexp(x).exp)",
    "modf(x).fract",
    "modf(x).whole",
    "ldexp(x * 0.5f, -20)",
    "f32(i32(x))",
    "f32(u32(x))",
  ].map((text) => ({ text, inputs: ANY })),
  ...["quantizeToF16(x)", "degrees(x)", "length(vec3f(x, 2, 3))", "distance(vec2f(x, 1), vec2f(2, x))"].map((text) => ({
    text,
    inputs: SMALL,
  })),
  ...[
    "normalize(vec3f(x, 0.5, -2)).x",
    "dot(vec4f(x, 1.1, 2.2, 3.3), vec4f(0.1, x, 0.3, 0.7))",
    "cross(vec3f(x, 2, 3), vec3f(4, x, 6)).z",
  ].map((text) => ({ text, inputs: SMALL })),
  ...[
    "determinant(mat3x3f(x, 2, 3, 4, 5.5, 6, 7, 8, 9.25))",
    "determinant(mat4x4f(x, 2, 3, 4, 5.5, 6, 7, 8, 9.25, 1, 0.1, 2, 0.3, 4, 5, 6.75))",
    "(mat2x3f(x, 2, 3, 4, 5, 6) * vec2f(0.1, 0.2)).y",
    "(vec3f(0.1, 0.2, x) * mat2x3f(1, 2, 3, 4, 5, 6)).y",
    "(mat2x2f(x, 2, 3, 4) * mat2x2f(0.1, 0.2, 0.3, 0.4))[1].x",
    "reflect(vec2f(x, -1), vec2f(0.6, 0.8)).x",
    "refract(vec2f(x, -0.6), vec2f(0.6, 0.8), 0.9f).y",
    "faceForward(vec2f(1, 2), vec2f(x, 1), vec2f(0.5, -0.25)).x",
    "bitcast<f32>(pack4x8snorm(vec4f(x, -0.5, 0.3, 0)) | 0x3f000000u)",
    "bitcast<f32>(pack2x16unorm(vec2f(x, 0.49)))",
    "unpack2x16snorm(pack2x16snorm(vec2f(x, 0.3))).x",
    "unpack2x16float(pack2x16float(vec2f(x, 0.3))).x",
    "unpack4x8unorm(bitcast<u32>(x)).z",
  ].map((text) => ({ text, inputs: SMALL })),
];

const HALF = [0, -0, 1, -1, 0.333, 2.7, -7.7, 100.5, 6e-5, 1e-6];
const F16_CASES: readonly Case[] = [
  "h * 0.7h + 1.1h",
  "h / 3h",
  "h % 0.3h",
  "sqrt(abs(h))",
  "inverseSqrt(abs(h) + 0.1h)",
  "exp2(h * 0.1h)",
  "sin(h)",
  "log2(abs(h) + 0.5h)",
  "fract(h)",
  "degrees(h)",
  "dot(vec3h(h, 0.3, 0.7), vec3h(0.1, h, 0.9))",
  "normalize(vec2h(h, 0.25)).x",
  "length(vec2h(h, 0.25))",
  "mix(1h, 3h, h * 0.01h)",
  "smoothstep(-1h, 2h, h)",
  "frexp(h).fract",
  "modf(h).fract",
].map((text) => ({ text: `f32(${text.replace(/\bh\b/g, "f16(x)")})`, inputs: HALF }));

/** Bits of each case for each input by the checker; undefined where it reports an error. */
function byChecker(c: Case): (number | undefined)[] {
  return c.inputs.map((input) => {
    const literal = `bitcast<f32>(${toBits(input)}u)`;
    const { module, errors } = checkText(`enable f16; const x = ${literal}; const result = ${c.text};`);
    if (errors.length > 0) return undefined;
    return toBits(module.values.numberAt(module.declarations.find((d) => d.name === "result")!.value, 0));
  });
}

function byMachine(c: Case): Uint32Array {
  const n = c.inputs.length;
  const source = `enable f16;
    @group(0) @binding(0) var<storage, read_write> data: array<f32, ${n}>;
    @compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) { let x = data[id.x]; data[id.x] = ${c.text}; }`;
  const reply = compileShader({ shader: checkShader(source) });
  if (reply.status !== "ok") throw new Error(reply.status === "failed" ? reply.failure.message : reply.message);
  const words = Uint32Array.from(c.inputs, toBits);
  const result = launch({
    object: reply.object,
    binds: [{ group: 0, binding: 0, scalar: "f32", words }],
    dispatch: [n, 1, 1],
    tier: "reference",
  });
  if (result.status !== "done") throw new Error(result.status);
  return result.outputs[0]!.words;
}

describe.each([
  ["f32", F32_CASES],
  ["f16", F16_CASES],
] as const)("%s", (_, cases) => {
  test.each(cases)("$text", (c) => {
    const machine = byMachine(c);
    const constant = byChecker(c);
    const known = constant.map((bits, i) => [c.inputs[i]!, bits]).filter(([, bits]) => bits !== undefined);
    expect(known.length).toBeGreaterThan(c.inputs.length / 3);
    expect(known).toEqual(
      constant.map((bits, i) => [c.inputs[i]!, bits === undefined ? undefined : machine[i]!]).filter(([, bits]) => bits !== undefined),
    );
  });
});
