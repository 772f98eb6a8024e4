/** Small shaders about layout, bindings and entry points, for reflect-oracle.test.ts. */
import { pick, randoms } from "../campaign/random.ts";

/** A shader that stores to a structure `S`, so that it is a host-shareable one in use. */
const storage = (declarations: string) => `${declarations}
@group(0) @binding(0) var<storage, read_write> s: S;
@compute @workgroup_size(1) fn main() { let p = &s; _ = p; }
`;
const uniform = (declarations: string) => `${declarations}
@group(0) @binding(0) var<uniform> s: S;
@compute @workgroup_size(1) fn main() { _ = &s; }
`;

export const SHADERS: Readonly<Record<string, string>> = {
  scalars: storage("enable f16; struct S { a: f16, b: u32, c: f16, d: f16, e: i32, f: f32, g: f16 }"),
  vectors: storage("struct S { a: f32, b: vec2f, c: f32, d: vec3f, e: f32, f: vec3u, g: vec4i, h: vec2<u32>, i: vec3<i32> }"),
  "vec3 padding": storage("struct S { a: vec3f, b: vec3f, c: f32, d: vec3f }"),
  "half vectors": storage("enable f16; struct S { a: f16, b: vec3h, c: f16, d: vec2h, e: vec4h, f: vec3<f16>, g: f16 }"),
  matrices: storage(`struct S {
  a: f32, m22: mat2x2f, m23: mat2x3f, m24: mat2x4f, m32: mat3x2f, m33: mat3x3f, m34: mat3x4f, m42: mat4x2f, m43: mat4x3f, m44: mat4x4f, z: f32 }`),
  "half matrices": storage(`enable f16; struct S {
  a: f16, m22: mat2x2h, m23: mat2x3<f16>, m24: mat2x4h, m32: mat3x2h, m33: mat3x3h, m34: mat3x4h, m42: mat4x2h, m43: mat4x3h, m44: mat4x4h, z: f16 }`),
  arrays: storage("struct S { a: array<f32, 3>, b: array<vec3f, 2>, c: f32, d: array<mat3x3f, 2>, e: array<array<vec2u, 3>, 2>, f: u32 }"),
  "arrays of constant size": storage(
    "const N = 3; const M = N * 2 + 1; struct S { a: array<u32, N>, b: array<vec2f, M>, c: array<u32, 2 << 2> }",
  ),
  "arrays of a size declared later": storage("struct S { a: array<f32, M + 1>, b: f32 } const M = N * 2; const N = 3;"),
  atomics: storage("struct S { a: atomic<u32>, b: atomic<i32>, c: array<atomic<u32>, 5>, d: vec2u }"),
  "nested structures": storage(`struct A { x: f32 } struct B { a: A, v: vec3f, b: array<A, 3> } struct C { b: B, f: f32 }
struct S { c: C, d: array<C, 2>, e: A }`),
  "declared after use": storage("struct S { b: array<T, 2>, c: f32 } struct T { v: vec3f, w: U } struct U { a: u32, b: u32 }"),
  aliases: storage(
    "alias V = vec3<f32>; alias L = array<V, 4>; struct T { v: V } alias U = T; struct S { a: f32, l: L, u: U, z: array<U, 2> }",
  ),
  "@size": storage("struct S { @size(16) a: f32, b: f32, @size(32) c: vec3f, @size(100) d: array<u32, 2>, e: vec4f }"),
  "@align": storage("struct S { a: f32, @align(16) b: f32, @align(32) c: vec2f, d: u32, @align(256) e: u32 }"),
  "@align and @size": storage("struct S { a: f32, @align(16) @size(16) b: f32, @size(20) @align(64) c: vec3f, d: f32 }"),
  "@size of a nested structure": storage("struct A { v: vec3f, f: f32 } struct S { a: f32, @size(64) b: A, c: f32 }"),
  "@align in a nested structure": storage("struct A { @align(32) x: f32 } struct S { a: f32, b: A, c: array<A, 2>, d: f32 }"),
  "@align two levels down": storage("struct A { @align(64) x: f32 } struct B { f: f32, a: A } struct S { a: f32, b: B }"),
  "@align of a structure in a structure": storage(`struct A { v: vec4f } struct B { f: f32, @align(64) a: A } struct C { f: f32, b: B }
struct S { f: f32, c: C, l: array<B, 2> }`),
  "@size and @align in hexadecimal": storage("struct S { @size(0x20) a: f32, @align(0x40u) b: vec2f, @size(8i) c: f32 }"),
  "@size and @align of constants": storage("const A = 32; struct S { a: f32, @align(A) b: f32, @size(A * 2) c: f32, d: f32 }"),
  "runtime-sized array alone": `@group(0) @binding(0) var<storage, read_write> a: array<vec3f>;
@compute @workgroup_size(1) fn main() { a[0] = vec3f(); }
`,
  "runtime-sized array last": storage("struct T { v: vec3f, f: u32 } struct S { count: u32, v: vec2f, items: array<T> }"),
  "runtime-sized array of vec3": storage("struct S { count: u32, items: array<vec3f> }"),
  "uniform structure": uniform("struct A { v: vec3f, f: f32 } struct S { m: mat4x4f, a: A, l: array<vec4f, 3>, n: array<A, 2>, f: f32 }"),
  "uniform with padding": uniform("struct A { f: f32 } struct S { @size(16) a: A, b: f32, @align(16) c: A, @align(16) d: u32 }"),
  "booleans and pointers stay inside": `struct Local { a: bool, b: vec3<bool>, f: f32 }
@compute @workgroup_size(1) fn main() { var l: Local; let p = &l; (*p).f = 1.0; }
`,

  "bindings of every kind": `
struct Params { a: vec4f }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage> implied: array<u32>;
@group(0) @binding(2) var<storage, read> given: array<u32>;
@group(0) @binding(3) var<storage, read_write> both: array<atomic<u32>>;
@group(1) @binding(0) var plain: sampler;
@group(1) @binding(1) var compare: sampler_comparison;
@group(1) @binding(2) var flat: texture_2d<f32>;
@group(1) @binding(3) var array_: texture_2d_array<u32>;
@group(1) @binding(4) var cube: texture_cube<f32>;
@group(1) @binding(5) var volume: texture_3d<i32>;
@group(1) @binding(6) var many: texture_multisampled_2d<f32>;
@group(1) @binding(7) var depth: texture_depth_2d;
@group(1) @binding(8) var depth_many: texture_depth_multisampled_2d;
@group(1) @binding(9) var line: texture_1d<f32>;
@group(2) @binding(0) var out: texture_storage_2d<rgba8unorm, write>;
@group(2) @binding(1) var reads: texture_storage_3d<r32uint, read>;
@group(2) @binding(2) var rw: texture_storage_2d_array<r32float, read_write>;
@group(2) @binding(3) var video: texture_external;
@compute @workgroup_size(1) fn main() {
  _ = params.a; _ = implied[0]; _ = given[0]; atomicAdd(&both[0], 1u);
  _ = textureSampleLevel(flat, plain, vec2f(), 0.0); _ = textureSampleCompareLevel(depth, compare, vec2f(), 0.5);
  _ = textureLoad(array_, vec2u(), 0, 0); _ = textureDimensions(cube); _ = textureLoad(volume, vec3u(), 0);
  _ = textureLoad(many, vec2u(), 0); _ = textureLoad(depth_many, vec2u(), 0); _ = textureLoad(line, 0, 0);
  textureStore(out, vec2u(), vec4f()); _ = textureLoad(reads, vec3u()); _ = textureLoad(rw, vec2u(), 0); _ = textureLoad(video, vec2u());
}
`,
  "bindings through functions": `
@group(0) @binding(3) var<storage, read_write> a: array<u32>;
@group(2) @binding(0) var<uniform> b: vec4u;
@group(0) @binding(0) var<storage> c: array<u32>;
@group(3) @binding(9) var<storage> unused: array<u32>;
fn deep() -> u32 { return b.x; }
fn store(i: u32) { a[i] = deep(); }
@compute @workgroup_size(1) fn main() { store(1u); }
@compute @workgroup_size(1) fn other() { _ = c[0]; }
@compute @workgroup_size(1) fn both() { store(c[0]); }
@compute @workgroup_size(1) fn none() {}
`,
  "bindings only in conditions and initialisers": `
@group(0) @binding(0) var<uniform> a: u32;
@group(0) @binding(1) var<uniform> b: u32;
@group(0) @binding(2) var<uniform> c: u32;
@group(0) @binding(3) var<uniform> d: u32;
@group(0) @binding(4) var<uniform> e: u32;
@group(0) @binding(5) var<uniform> f: u32;
@group(0) @binding(6) var<storage, read_write> g: array<u32, 4>;
@compute @workgroup_size(1) fn main() {
  if a == 0u { return; }
  for (var i = b; i < c; i += d) { continue; }
  while e > 3u { break; }
  switch f { case 1u: { g[0] += 1u; } default: {} }
}
`,
  "bindings shadowed by locals": `
@group(0) @binding(0) var<uniform> a: u32;
@group(0) @binding(1) var<storage, read_write> o: array<u32>;
fn f(a: u32) -> u32 { return a; }
@compute @workgroup_size(1) fn main() { o[0] = f(1u); { let a = 2u; o[1] = a; } }
@compute @workgroup_size(1) fn later() { { let a = 2u; o[1] = a; } o[0] = a; }
`,
  "bindings by constants": `
const G = 1; const B = 2;
@group(G) @binding(B) var<uniform> a: u32;
@group(G + 1) @binding(B * 3) var<uniform> b: u32;
@group(0x1) @binding(0x10u) var<uniform> c: u32;
@compute @workgroup_size(1) fn main() { _ = a + b + c; }
`,
  "entry points of every stage": `
struct V { @builtin(position) p: vec4f, @location(0) uv: vec2f }
@vertex fn vs(@builtin(vertex_index) i: u32, @location(1) x: f32) -> V { return V(vec4f(x), vec2f(f32(i))); }
@fragment fn fs(v: V) -> @location(0) vec4f { return vec4f(v.uv, 0, 1); }
@compute @workgroup_size(8, 4, 2) fn cs3() {}
@compute @workgroup_size(8, 4) fn cs2() {}
@workgroup_size(8) @compute fn cs1() {}
`,
  "workgroup sizes by constants": `
const X = 4; const Y: u32 = X * 2;
@compute @workgroup_size(X) fn a() {}
@compute @workgroup_size(X, Y, 1) fn b() {}
@compute @workgroup_size(0x8, 2u, 1u) fn c() {}
`,
  "workgroup sizes by expressions": `
const X = 4;
@compute @workgroup_size(X * 2) fn a() {}
@compute @workgroup_size(max(X, 3), X - 1) fn b() {}
`,
  "workgroup sizes by overrides": `
override W = 16u; @id(7) override H: u32;
@compute @workgroup_size(W) fn a() {}
@compute @workgroup_size(1, H) fn b() {}
`,
  "random structures": randomStructures(11, 80),
};

/** Structures of leaves, arrays and earlier structures, some of their members with @align and @size. */
function randomStructures(seed: number, count: number): string {
  const next = randoms(seed);
  const leaves = "f32 u32 i32 f16 vec2f vec3f vec4u vec2h vec3h vec4h mat2x2f mat3x3f mat4x3h mat2x4f".split(" ");
  const types = [...leaves];
  let text = "enable f16;\n";
  for (let k = 0; k < count; k++) {
    const members = Array.from({ length: 1 + (next() % 5) }, (_, m) => {
      const type = pick(next, next() % 3 === 0 ? types : leaves);
      const isArray = next() % 4 === 0;
      const isLeaf = !type.startsWith("R");
      // of a structure, @align might be less than it needs
      const align = next() % 6 === 0 && isLeaf ? `@align(${16 << (next() % 3)}) ` : "";
      // no four leaves are larger
      const size = next() % 8 === 0 && isLeaf ? `@size(${256 + 4 * (next() % 9)}) ` : "";
      return `${align}${size}m${m}: ${isArray ? `array<${type}, ${1 + (next() % 4)}>` : type}`;
    });
    text += `struct R${k} { ${members.join(", ")} }\n`;
    types.push(`R${k}`);
  }
  return text;
}
