/** Alignment, size and offsets: the tables and examples of the spec. @see https://www.w3.org/TR/WGSL/#memory-layouts */
import { describe, expect, test } from "vitest";
import { reflect } from "../../frontend/wgsl/reflect.ts";
import { checkText, declaredType, valid } from "./check-helpers.ts";

describe("alignment and size", () => {
  test.each([
    ["i32", 4, 4],
    ["f16", 2, 2],
    ["atomic<u32>", 4, 4],
    ["vec2<f32>", 8, 8],
    ["vec2<f16>", 4, 4],
    ["vec3<u32>", 16, 12],
    ["vec3<f16>", 8, 6],
    ["vec4<i32>", 16, 16],
    ["vec4<f16>", 8, 8],
    ["mat2x2<f32>", 8, 16],
    ["mat2x2<f16>", 4, 8],
    ["mat3x2<f32>", 8, 24],
    ["mat3x2<f16>", 4, 12],
    ["mat4x2<f32>", 8, 32],
    ["mat4x2<f16>", 4, 16],
    ["mat2x3<f32>", 16, 32],
    ["mat2x3<f16>", 8, 16],
    ["mat3x3<f32>", 16, 48],
    ["mat3x3<f16>", 8, 24],
    ["mat4x3<f32>", 16, 64],
    ["mat4x3<f16>", 8, 32],
    ["mat2x4<f32>", 16, 32],
    ["mat2x4<f16>", 8, 16],
    ["mat3x4<f32>", 16, 48],
    ["mat3x4<f16>", 8, 24],
    ["mat4x4<f32>", 16, 64],
    ["mat4x4<f16>", 8, 32],
    ["array<f32, 8>", 4, 32],
    ["array<vec3<f32>, 8>", 16, 128],
    ["array<mat3x3f, 2>", 16, 96],
    ["array<vec3h, 3>", 8, 24],
  ])("%s is aligned to %i and has %i bytes", (type, align, size) => {
    const module = valid(`enable f16;\n@group(0) @binding(0) var<storage, read_write> v: ${type};`);
    const t = declaredType(module, "v");
    expect([module.types.alignOf(t), module.types.sizeOf(t)]).toEqual([align, size]);
  });
  test("bool, which is not shared with the host, has 4 bytes", () => {
    const module = valid("var<private> v: array<vec3<bool>, 2>;");
    expect(module.types.sizeOf(declaredType(module, "v"))).toBe(32);
  });
});

/** `name offset align size` per member, then `name align size` of the structure. */
function layout(source: string, name: string): string[] {
  const struct = reflect(valid(source)).structs.find((s) => s.name === name)!;
  return [...struct.members.map((m) => `${m.name} ${m.offset} ${m.align} ${m.size}`), `${struct.name} ${struct.align} ${struct.size}`];
}

describe("structures", () => {
  const EXAMPLE = `
    struct A {                                     //             align(8)  size(24)
      u: f32, v: f32, w: vec2<f32>, x: f32
    }
    struct B {                                     //             align(16) size(160)
      a: vec2<f32>, b: vec3<f32>, c: f32, d: f32, e: A, f: vec3<f32>, g: array<A,3>, h: i32
    }
    @group(0) @binding(0) var<storage,read_write> storage_buffer: B;`;
  test("layout of structures using implicit member sizes and alignments", () => {
    expect(layout(EXAMPLE, "A")).toEqual(["u 0 4 4", "v 4 4 4", "w 8 8 8", "x 16 4 4", "A 8 24"]);
    expect(layout(EXAMPLE, "B")).toEqual([
      "a 0 8 8",
      "b 16 16 12",
      "c 28 4 4",
      "d 32 4 4",
      "e 40 8 24",
      "f 64 16 12",
      "g 80 8 72",
      "h 152 4 4",
      "B 16 160",
    ]);
  });
  test("layout of structures with explicit member sizes and alignments", () => {
    const source = `
      struct A { u: f32, v: f32, w: vec2<f32>, @size(16) x: f32 }
      struct B {
        a: vec2<f32>, b: vec3<f32>, c: f32, d: f32, @align(16) e: A, f: vec3<f32>, @align(16) g: array<A, 3>, @align(16) h: i32
      }
      @group(0) @binding(0) var<uniform> uniform_buffer: B;`;
    expect(layout(source, "A")).toEqual(["u 0 4 4", "v 4 4 4", "w 8 8 8", "x 16 4 16", "A 8 32"]);
    expect(layout(source, "B")).toEqual([
      "a 0 8 8",
      "b 16 16 12",
      "c 28 4 4",
      "d 32 4 4",
      "e 48 16 32",
      "f 80 16 12",
      "g 96 16 96",
      "h 192 16 4",
      "B 16 208",
    ]);
  });
  test("a runtime-sized array: offset, stride, and one element in the size", () => {
    const source = `
      struct PointLight { position: vec3f, color: vec3f }
      struct LightStorage { pointCount: u32, point: array<PointLight> }
      @group(0) @binding(1) var<storage> lights: LightStorage;`;
    expect(layout(source, "PointLight")).toEqual(["position 0 16 12", "color 16 16 12", "PointLight 16 32"]);
    expect(layout(source, "LightStorage")).toEqual(["pointCount 0 4 4", "point 16 16 0", "LightStorage 16 48"]);
  });
  test("a nested @align raises the alignment of what holds it", () => {
    expect(layout("struct I { @align(32) a: f32 } struct O { x: f32, i: I } var<private> o: O;", "O")).toEqual([
      "x 0 4 4",
      "i 32 32 32",
      "O 32 64",
    ]);
  });
});

describe("sizes past 32 bits are errors, never wrapped", () => {
  test.each([
    ["alias a = array<u32, 1073741824>;", "1:11 W0217"],
    ["alias a = array<array<vec4f, 65536>, 65536>;", "1:11 W0217"],
    ["struct s { @size(2147483647) a: u32, @size(2147483647) b: u32, c: u32 }", "1:8 W0217"],
    [
      "struct s { @align(1073741824) a: u32, @align(1073741824) b: u32, @align(1073741824) c: u32, @align(1073741824) d: u32 }",
      "1:8 W0217",
    ],
  ])("%s", (source, error) => {
    expect(checkText(source).errors).toEqual([error]);
  });
  test("4 GiB less 16 bytes is allowed in storage", () => {
    const module = valid("@group(0) @binding(0) var<storage> v: array<vec4f, 268435455>;");
    expect(module.types.sizeOf(declaredType(module, "v"))).toBe(2 ** 32 - 16);
  });
});
