/** Reflection as plain data. */
import { expect, test } from "vitest";
import { reflect } from "../../frontend/wgsl/reflect.ts";
import { valid } from "./check-helpers.ts";

const SOURCE = `
struct Params { scale: f32, offset: vec3f }
struct Item { id: u32, weights: array<vec2f> }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage> items: Item;
@group(0) @binding(2) var<storage, read_write> out: array<vec3f>;
@group(1) @binding(3) var colors: texture_2d_array<f32>;
@group(1) @binding(4) var depth: texture_depth_cube;
@group(1) @binding(5) var ids: texture_multisampled_2d<u32>;
@group(1) @binding(6) var linear: sampler;
@group(1) @binding(7) var compare: sampler_comparison;
@group(1) @binding(8) var canvas: texture_storage_2d<rgba8unorm, write>;
@group(1) @binding(9) var video: texture_external;
@group(1) @binding(10) var unsampled: texture_2d<f32>;
@group(9) @binding(9) var<uniform> unused: vec4f;
override size = 8u;
@id(3) override flag: bool = true;
override gain: f32;
var<workgroup> tile: array<f32, 64>;
fn shade(t: texture_2d_array<f32>, s: sampler) -> vec4f { return textureSampleLevel(t, s, vec2f(0.5), 0, 0); }
@compute @workgroup_size(size, 4) fn main() {
  tile[0] = params.scale;
  out[0] = vec3f(items.weights[0], gain) + shade(colors, linear).xyz;
}
struct Vary { @builtin(position) p: vec4f, @location(1) @interpolate(linear, centroid) uv: vec2f }
@vertex fn vs(@location(0) a: vec4f, @builtin(vertex_index) i: u32) -> Vary { return Vary(a, a.xy * f32(i)); }
@fragment fn fs(v: Vary) -> @location(0) vec4f {
  let l = linear;
  _ = textureSampleCompare(depth, compare, vec3f(), 0.5) + f32(textureLoad(ids, vec2(0), 0).x);
  textureStore(canvas, vec2(0), textureSampleBaseClampToEdge(video, l, v.uv) + textureLoad(unsampled, vec2(0), 0));
  return select(vec4f(), vec4f(1), flag);
}`;

const reflection = reflect(valid(SOURCE));
const entry = (name: string) => reflection.entryPoints.find((e) => e.name === name)!;

test("is versioned and survives JSON", () => {
  expect(reflection.version).toBe(1);
  expect(JSON.parse(JSON.stringify(reflection))).toEqual(reflection);
});

test("a compute entry point", () => {
  const main = entry("main");
  expect([main.stage, main.workgroupSize, main.workgroupBytes]).toEqual(["compute", [null, 4, 1], 256]);
  expect(main.overrides).toEqual(["size", "gain"]);
  expect(main.bindings).toEqual([
    { name: "params", group: 0, binding: 0, type: "Params", kind: "buffer", bufferType: "uniform", minBindingSize: 32 },
    { name: "items", group: 0, binding: 1, type: "Item", kind: "buffer", bufferType: "read-only-storage", minBindingSize: 16 },
    { name: "out", group: 0, binding: 2, type: "array<vec3<f32>>", kind: "buffer", bufferType: "storage", minBindingSize: 16 },
    {
      name: "colors",
      group: 1,
      binding: 3,
      type: "texture_2d_array<f32>",
      kind: "texture",
      sampleType: "float",
      viewDimension: "2d-array",
      multisampled: false,
    },
    { name: "linear", group: 1, binding: 6, type: "sampler", kind: "sampler", samplerType: "filtering" },
  ]);
  expect(main.texturePairs).toEqual([{ texture: 3, sampler: 4 }]);
  expect(main.textureCalls).toEqual([{ builtin: "textureSampleLevel", texture: 3, sampler: 4 }]);
  expect(main.fineDerivatives).toBe(false);
});

test("a fragment entry point", () => {
  const fs = entry("fs");
  const kinds = fs.bindings.map((b) =>
    `${b.name} ${b.kind} ${"sampleType" in b ? `${b.sampleType} ${b.viewDimension} ${b.multisampled}` : ""}`.trim(),
  );
  expect(kinds).toEqual([
    "depth texture depth cube false",
    "ids texture uint 2d true",
    "linear sampler",
    "compare sampler",
    "canvas storage-texture",
    "video external-texture",
    "unsampled texture unfilterable-float 2d false",
  ]);
  expect(fs.bindings.find((b) => b.name === "canvas")).toMatchObject({ access: "write-only", format: "rgba8unorm", viewDimension: "2d" });
  expect(fs.bindings.find((b) => b.name === "compare")).toMatchObject({ samplerType: "comparison" });
  expect(fs.texturePairs).toEqual([
    { texture: 0, sampler: 3 },
    { texture: 5, sampler: 2 },
  ]);
  expect(fs.textureCalls.map(({ builtin, texture, sampler }) => `${builtin} ${texture} ${sampler}`)).toEqual([
    "textureSampleCompare 0 3",
    "textureLoad 1 null",
    "textureSampleBaseClampToEdge 5 2",
    "textureLoad 6 null",
    "textureStore 4 null",
  ]);
  expect(fs.inputs).toEqual([
    { name: "p", type: "vec4<f32>", builtin: "position" },
    { name: "uv", type: "vec2<f32>", location: 1, interpolation: "linear", sampling: "centroid" },
  ]);
  expect(fs.outputs).toEqual([{ name: "", type: "vec4<f32>", location: 0, interpolation: "perspective", sampling: "center" }]);
});

test("a vertex entry point", () => {
  expect(entry("vs").inputs.map((io) => [io.name, io.location ?? io.builtin])).toEqual([
    ["a", 0],
    ["i", "vertex_index"],
  ]);
});

test("overrides", () => {
  expect(reflection.overrides).toEqual([
    { name: "size", id: null, key: "size", type: "u32", hasDefault: true, default: 8 },
    { name: "flag", id: 3, key: "3", type: "bool", hasDefault: true, default: true },
    { name: "gain", id: null, key: "gain", type: "f32", hasDefault: false, default: null },
  ]);
});

test("structures", () => {
  expect(reflection.structs.map((s) => `${s.name} ${s.align} ${s.size} ${s.runtimeSized}`)).toEqual([
    "Params 16 32 false",
    "Item 8 16 true",
    "Vary 16 32 false",
  ]);
});

test("every resource of the module, with who uses it and how its buffer is laid out", () => {
  const resource = (name: string) => reflection.resources.find((r) => r.name === name)!;
  expect(reflection.resources.map((r) => r.name)).toEqual(
    "params items out colors depth ids linear compare canvas video unsampled unused".split(" "),
  );
  expect(resource("unused")).toEqual({
    name: "unused",
    group: 9,
    binding: 9,
    type: "vec4<f32>",
    kind: "buffer",
    bufferType: "uniform",
    minBindingSize: 16,
    usedBy: [],
    layout: { kind: "vector", scalar: "f32", components: 4 },
  });
  expect(resource("linear").usedBy).toEqual(["main", "fs"]);
  expect(resource("linear")).not.toHaveProperty("layout");
  expect(resource("params").layout).toEqual({ kind: "struct", name: "Params" });
  expect(resource("out").layout).toEqual({
    kind: "array",
    count: null,
    stride: 16,
    element: { kind: "vector", scalar: "f32", components: 3 },
  });
  expect(resource("colors")).toMatchObject({ sampleType: "float", usedBy: ["main"] });
});

test("layouts of every kind of type", () => {
  const { structs, enables } = reflect(
    valid(`enable f16;
struct Inner { v: vec3h }
struct All { s: f16, m: mat4x3f, n: mat2x2h, a: array<array<Inner, 3>, 2>, i: Inner, c: atomic<u32> }
@group(0) @binding(0) var<storage, read_write> all: All;`),
  );
  expect(enables).toEqual(["f16"]);
  const inner = { kind: "struct", name: "Inner" };
  expect(Object.fromEntries(structs.find((s) => s.name === "All")!.members.map((m) => [m.name, m.layout]))).toEqual({
    s: { kind: "scalar", scalar: "f16" },
    m: { kind: "matrix", scalar: "f32", columns: 4, rows: 3, columnStride: 16 },
    n: { kind: "matrix", scalar: "f16", columns: 2, rows: 2, columnStride: 4 },
    a: { kind: "array", count: 2, stride: 24, element: { kind: "array", count: 3, stride: 8, element: inner } },
    i: inner,
    c: { kind: "atomic", scalar: "u32" },
  });
});

test("texture calls and fine derivatives are followed through parameters and calls", () => {
  const { entryPoints } = reflect(
    valid(`
    @group(0) @binding(0) var a: texture_2d<f32>;
    @group(0) @binding(1) var b: texture_depth_2d;
    @group(0) @binding(2) var s: sampler;
    fn width(t: texture_2d<f32>) -> u32 { return textureDimensions(t).x + u32(dpdxFine(1.0)); }
    fn both(t: texture_depth_2d, u: sampler) -> f32 { return textureSampleLevel(b, u, vec2f(), 0) + textureLoad(t, vec2(0), 0); }
    @fragment fn calls() -> @location(0) vec4f { return vec4f(f32(width(a)) + both(b, s)); }
    @fragment fn names() -> @location(0) vec4f { _ = a; return vec4f(dpdxCoarse(1.0)); }`),
  );
  expect(entryPoints.map((e) => e.fineDerivatives)).toEqual([true, false]);
  expect(entryPoints.map((e) => e.textureCalls.map((call) => Object.values(call).join(" ")).sort())).toEqual([
    ["textureDimensions 0 ", "textureLoad 1 ", "textureSampleLevel 1 2"],
    [],
  ]);
});
