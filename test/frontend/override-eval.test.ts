/** Pipeline constants, and override-expressions evaluated with them. */
import { describe, expect, test } from "vitest";
import { evalOverrides } from "../../frontend/wgsl/overrides.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { LineIndex } from "../../support/source.ts";
import { valid } from "./check-helpers.ts";

/** `name=value` of the overrides that `main` reaches, then its workgroup size and array counts; or its errors. */
function specialize(source: string, constants: Record<string, number> = {}): string[] {
  const module = valid(source);
  const diagnostics = new DiagnosticList();
  const result = evalOverrides(module, module.functionByName.get("main")!, constants, diagnostics);
  const lines = new LineIndex(source);
  if (result === undefined) {
    return diagnostics.items.map((d) => {
      const { line, column } = lines.position(d.span.offset);
      return `${line}:${column} ${d.code} ${d.message}`;
    });
  }
  expect(diagnostics.items).toEqual([]);
  const values = [...result.overrides].map(([id, value]) => `${module.overrides[id]!.name}=${module.values.print(value)}`);
  return [...values, `size=${result.workgroupSize.join("x")}`, ...[...result.counts.values()].map((n) => `count=${n}`)];
}

const MAIN = "\n@compute @workgroup_size(x, 2, y) fn main() { _ = z; w[0] = 1; }";
const HEAD = "override x = 4u; override y = x / 2; @id(7) override z: f32 = f32(y) * 1.5; var<workgroup> w: array<u32, x * 2>;";

describe("values", () => {
  test("defaults, in order of what they use", () => {
    expect(specialize(HEAD + MAIN)).toEqual(["x=4u", "y=2u", "z=3f", "size=4x2x2", "count=8"]);
  });
  test("given values replace defaults, also in what uses them", () => {
    expect(specialize(HEAD + MAIN, { x: 8, 7: 0.1 })).toEqual(["x=8u", "y=4u", "z=0.10000000149011612f", "size=8x2x4", "count=16"]);
  });
  test("an override with @id is known by its id only", () => {
    expect(specialize(HEAD + MAIN, { z: 1 })).toEqual(["2:38 W0320 the shader module has no override with the identifier 'z'"]);
  });
  test("a subgroup has four invocations, side by side in x", () => {
    const source = (width: number) =>
      `enable subgroup_size_control; override n = 4; @compute @workgroup_size(${width}) @subgroup_size(n) fn main() { _ = n; }`;
    expect(specialize(source(8))).toEqual(["n=4i", "size=8x1x1"]);
    expect(specialize(source(8), { n: 8 })).toEqual(["1:90 W0321 a subgroup has 4 invocations, not 8"]);
    expect(specialize(source(6))).toEqual(["1:90 W0321 the workgroup size in x, 6, must be a multiple of the subgroup size, which is 4"]);
  });
  test("only what the entry point reaches needs a value", () => {
    const source = "override a: u32; override b: u32; @compute @workgroup_size(1) fn main() { _ = b; }";
    expect(specialize(source, { b: 2 })).toEqual(["b=2u", "size=1x1x1"]);
    expect(specialize(source, { a: 1 })).toEqual(["1:27 W0320 the override 'b' has no default, so pipeline creation must give it a value"]);
  });
  test.each([
    ["bool", 0, "a=false"],
    ["bool", -0.5, "a=true"],
    ["i32", -2147483648, "a=-2147483648i"],
    ["i32", 1.9, "a=1i"],
    ["u32", 4294967295, "a=4294967295u"],
    ["f32", 0.1, "a=0.10000000149011612f"],
    ["f16", 0.1, "a=0.0999755859375h"],
  ])("%s from %d", (type, given, shown) => {
    const source = `enable f16; override a: ${type}; @compute @workgroup_size(1) fn main() { _ = a; }`;
    expect(specialize(source, { a: given })).toEqual([shown, "size=1x1x1"]);
  });
  test.each([
    ["i32", 2147483648],
    ["u32", -1],
    ["f32", 1e39],
    ["f32", Number.NaN],
    ["i32", Number.POSITIVE_INFINITY],
  ])("%s does not take %d", (type, given) => {
    const errors = specialize(`override a: ${type}; @compute @workgroup_size(1) fn main() { _ = a; }`, { a: given });
    expect(errors).toEqual([`1:10 W0320 the value ${given} given for the override 'a' is no '${type}'`]);
  });
});

describe("errors of pipeline creation", () => {
  const run = (body: string, constants: Record<string, number>, before = "") =>
    specialize(`override a: i32 = 1; ${before}\n@compute @workgroup_size(1) fn main() { ${body} }`, constants);
  test.each([
    ["_ = 1 / a;", 0, ["2:45 W0321 division by zero"]],
    ["_ = 1 / a;", 2, []],
    ["var x = 3; _ = x % a;", 0, ["2:56 W0321 division by zero"]],
    ["var x = 3; x /= a;", 0, ["2:52 W0321 division by zero"]],
    ["var x = 3; _ = x << u32(a);", 32, ["2:56 W0321 shifting a 32-bit integer by 32: the amount must be less than 32"]],
    ["var v: vec3f; _ = v[a];", 3, ["2:61 W0321 index 3 is out of bounds: the last is 2"]],
    ["var v: vec3f; _ = v[a];", 2, []],
    ["_ = vec3(1, 2, 3)[a];", -1, ["2:45 W0321 index -1 is negative"]],
    ["var x = 3; _ = clamp(x, a, 2);", 3, ["2:56 W0321 'clamp' needs a low bound that is not greater than the high bound"]],
    ["_ = sqrt(f32(a));", -1, ["2:45 W0321 'sqrt' is defined only for values of at least 0"]],
    ["_ = a == 0 || 1 / a == 1;", 0, []],
    ["_ = a == 5 || 1 / a == 1;", 0, ["2:55 W0321 division by zero"]],
    ["var x = true; _ = a == 0 || (x && 1 / a == 1);", 0, []],
  ] as const)("%s with %i", (body, a, errors) => {
    const found = run(body, { a });
    expect(found.filter((line) => line.includes("W0321"))).toEqual(errors);
    expect(found.length).toBeGreaterThan(0);
  });
  test("code that the entry point does not reach is not checked", () => {
    expect(run("", { a: 0 }, "fn other() { _ = 1 / a; }")).toEqual(["size=1x1x1"]);
  });
  test("sizes must be positive and within 32 bits", () => {
    const source = "override n = 1; var<workgroup> w: array<u32, n>; @compute @workgroup_size(n) fn main() { w[0] = 1; }";
    expect(specialize(source, { n: 0 })).toEqual([
      "1:75 W0321 a workgroup size must be at least 1, but this is 0",
      "1:46 W0321 a count must be greater than 0, but this is 0",
    ]);
    expect(specialize(source, { n: 2147483647 })).toEqual(["1:46 W0321 this variable would be 8589934588 bytes, more than 4294967295"]);
  });
});
