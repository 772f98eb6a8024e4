/** Rules of statements, scopes, pointers and entry points, with the place of each error. */
import { describe, expect, test } from "vitest";
import { ExprKind, Form } from "../../frontend/wgsl/sema.ts";
import { bodyErrors, checkText, valid } from "./check-helpers.ts";

const BEFORE = "struct S { a: i32, v: vec4f } var<private> g: i32; fn h(p: ptr<function, i32>) -> i32 { return *p; }";

describe("statements that are right", () => {
  test.each([
    "var x = 1; x += 2; x++; x <<= 1u; let y = x; _ = y;",
    "var v: vec3f; v.x = 1; v[1] = 2; v *= mat3x3f(); v = v.zyx * 2;",
    "var s: S; let p = &s; p.a = 1; (*p).v.x = 2; let q = &p.v; q[1] = 3; (*q) = q.wzyx;",
    "var i: i32; _ = h(&i); let p = &i; _ = h(p); _ = h(&*p);",
    "var a: array<i32, 4>; for (var i = 0u; i < 4; i++) { a[i] = i32(i); } let e = &a[2]; _ = h(e);",
    "for (var i = 0; i < 2; i++) { var i = 1; _ = i; }",
    "switch g { case 1, 2: { return; } case 3 { g = 1; break; } default: { } }",
    "switch 1u { case 2: { } default { } }",
    "loop { if g > 3 { break; } g++; continuing { let t = g; break if t == 2; } }",
    "while g < 4 { if g == 2 { continue; } g++; }",
    "loop { let x = 1; { let x = 2.5; _ = x; } if x == 1 { return; } }",
    "let min = 1; let i32 = min; _ = i32;",
    "const n = 3; var a: array<f32, n + 1>; const_assert n == 3; _ = a[n];",
    "for (;;) { return; }",
    "if true { } else if false { } else { }",
    "var f = 1.5; f = 2; f -= 1;",
  ])("%s", (source) => {
    expect(bodyErrors(source, BEFORE)).toEqual([]);
  });
});

describe("statements that are wrong", () => {
  test.each([
    ["let x = 1;\nx = 2;", ["2:1 W0291"]],
    ["const x = 1;\nx++;", ["2:1 W0291"]],
    ["var v: vec3f;\nv.xy = vec2f();", ["2:1 W0291"]],
    ["let v = vec3f();\nv.x = 1;", ["2:1 W0291"]],
    ["var i: i32;\nlet p = &i;\np = 1;", ["3:1 W0291"]],
    ["var x = 1u;\nx = 1i;", ["2:5 W0292"]],
    ["var x = 1u;\nx += 1i;", ["2:1 W0261"]],
    ["var v = vec2f();\nv *= mat3x2f();", ["2:1 W0292"]],
    ["var x = 1.0;\nx *= vec2f();", ["2:1 W0292"]],
    ["var x: i32 = true;", ["1:14 W0225"]],
    ["let x: u32 = -1;", ["1:14 W0275"]],
    ["if 1u { }", ["1:4 W0290"]],
    ["while g { }", ["1:7 W0290"]],
    ["for (var i = 0; i; i++) { }", ["1:17 W0290"]],
    ["break;", ["1:1 W0298"]],
    ["switch 1 { default { continue; } }", ["1:22 W0298"]],
    ["loop { continuing { continue; } }", ["1:21 W0301", "1:1 W0302"].sort()],
    ["loop { break; continuing { loop { break; } } }", []],
    ["loop { break; continuing { return; } }", ["1:28 W0301"]],
    ["switch 1u { case 1i: { } default { } }", ["1:18 W0296"]],
    ["switch 1u { case 0x1, 1u: { } default { } }", ["1:23 W0296"]],
    ["switch g { default { } default { } }", ["1:24 W0297"]],
    ["switch g { case g: { } default { } }", ["1:17 W0274"]],
    ["return 1;", ["1:8 W0299"]],
    ["var x: i32;\nvar x: f32;", ["2:5 W0201"]],
    ["{ let y = 1; }\n_ = y;", ["2:5 W0200"]],
    ["let z = z;", ["1:9 W0200"]],
    ["_ = S;", ["1:5 W0260"]],
    ["_ = h;", ["1:5 W0260"]],
    ["_ = read_write;", ["1:5 W0260"]],
    ["_ = h(&g);", ["1:7 W0265"]],
    ["_ = h(g);", ["1:7 W0265"]],
    ["h(1, 2);", ["1:1 W0264"]],
    ["const c = g;", ["1:11 W0274"]],
    ["var a: array<f32, g>;", ["1:19 W0214"]],
    ["var x = vec2(1, 2)[2];", ["1:20 W0269"]],
    ["var a: array<i32, 3>;\na[3] = 1;\na[-1] = 1;", ["2:3 W0269", "3:3 W0269"]],
    ["_ = g / 0;", ["1:5 W0275"]],
    ["_ = g << 32;", ["1:5 W0275"]],
    ["g %= 0;", ["1:1 W0275"]],
    ["_ = clamp(g, 2, 1);", ["1:5 W0275"]],
    ["var<workgroup> w: i32;", ["1:16 W0220"]],
    ["let t = vec2(1, 2u, 3);\nlet u = t + 1;", ["1:9 W0273"]],
    ["_ = undeclared + 1 / 0;", ["1:5 W0200", "1:18 W0275"]],
  ] as const)("%s", (source, errors) => {
    expect([...bodyErrors(source, BEFORE)].sort()).toEqual([...errors].sort());
  });
});

describe("module scope", () => {
  test.each([
    ["const a = b; const b = c; const c = 1; const_assert a == 1;", []],
    ["fn f() -> T { return T(1); } alias T = S; struct S { x: i32 }", []],
    ["const a = b;\nconst b = a;", ["1:7 W0202"]],
    ["struct A { b: B }\nstruct B { a: A }", ["1:8 W0202"]],
    ["alias a = array<a, 2>;", ["1:7 W0202"]],
    ["fn f() { f(); }", ["1:4 W0202"]],
    ["fn f() { let f = 1; _ = f; }", []],
    ["fn f() { g(); }\nfn g() { let f = 1; _ = f; }", []],
    ["const min = 1;\nconst b = min(1, 2);", ["2:11 W0263"]],
    ["const rgba8unorm = 12;\n@group(0) @binding(0) var t: texture_storage_2d<rgba8unorm, write>;", ["2:49 W0211"]],
    ["@group(0) @binding(0) var<storage> a: array<atomic<u32>>;", ["1:39 W0222"]],
    ["@group(0) @binding(0) var<uniform> a: array<f32>;", ["1:39 W0222"]],
    ["@group(0) @binding(0) var<uniform> a: array<f32, 4>;", []],
    ["@group(0) @binding(0) var<storage> a: bool;", ["1:39 W0222"]],
    ["var<private> a: array<f32>;", ["1:17 W0222"]],
    ["override n = 4; var<workgroup> a: array<f32, n>; var<workgroup> b: array<f32, n>; fn f() { a[0] = b[0]; }", []],
    ["override n = 4;\nvar<private> a: array<f32, n>;", ["2:17 W0222"]],
    ["override n = 4;\nvar<workgroup> a: array<array<f32, n>, 2>;", ["2:25 W0213"]],
    [
      "override n = 4; var<workgroup> a: array<f32, n>; var<workgroup> b: array<f32, n + 1>;\nfn f(p: ptr<workgroup, array<f32, n>>) { } fn g() { f(&a);\nf(&b); }",
      ["3:3 W0265"],
    ],
    ["override a: i32 = 0;\noverride b = a / 0;", ["2:14 W0275"]],
    ["@id(65536) override a = 1;", ["1:5 W0228"]],
    ["const a = array<u32, 1000000>();", ["1:7 W0233"]],
    ["const a = array<u32, 1000000>()[5];", []],
    ["fn f() { let a = array<u32, 1000000>(); }", ["1:14 W0232"]],
    ["@group(0) @binding(0) var<storage> s: array<u32, 1000000>;\nfn f() { _ = s; }", ["2:14 W0217"]],
    ["requires no_such_feature;", ["1:10 W0251"]],
    ["requires pointer_composite_access, packed_4x8_integer_dot_product;", []],
  ] as const)("%s", (source, errors) => {
    expect(checkText(source).errors).toEqual(errors);
  });
});

describe("entry points", () => {
  test.each([
    ["@compute @workgroup_size(8, 4u) fn f(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) n: vec3u) { }", []],
    ["override x = 8u; @compute @workgroup_size(x, x * 2) fn f() { }", []],
    ["@compute @workgroup_size(0) fn f() { }", ["1:26 W0245"]],
    ["@compute @workgroup_size(1.5) fn f() { }", ["1:26 W0245"]],
    ["@compute @workgroup_size(1u, 1i) fn f() { }", ["1:10 W0245"]],
    ["@compute @workgroup_size(1) fn f(@builtin(position) p: vec4f) { }", ["1:34 W0246"]],
    ["@compute @workgroup_size(1) fn f(@builtin(workgroup_id) p: u32) { }", ["1:34 W0246"]],
    ["@compute @workgroup_size(1) fn f(@location(0) p: u32) { }", ["1:34 W0247"]],
    ["@compute @workgroup_size(1) fn f(@builtin(workgroup_id) a: vec3u, @builtin(workgroup_id) b: vec3u) { }", ["1:67 W0246"]],
    [
      "struct I { @builtin(workgroup_id) a: vec3u, @builtin(local_invocation_index) b: u32 }\n@compute @workgroup_size(1) fn f(i: I) { }",
      [],
    ],
    ["struct I { a: vec3u }\n@compute @workgroup_size(1) fn f(i: I) { }", ["1:12 W0249"]],
    ["@vertex @fragment fn f() { }", ["1:9 W0244"]],
    ["fn f(@location(0) a: f32) { }", ["1:6 W0240"]],
    ["@fragment fn f() -> @builtin(frag_depth, less) f32 { return 1; }", []],
    ["@fragment fn f(@location(0) @interpolate(flat, center) a: f32) { }", ["1:29 W0248"]],
    ["@fragment fn f(@location(0) a: bool) { }", ["1:16 W0247"]],
    ["@fragment fn f() -> @location(0) vec4f { discard; return vec4f(); }", []],
    ["fn g() { discard; }\n@compute @workgroup_size(1) fn f() { g(); }", ["1:10 W0278"]],
    ["fn g() { workgroupBarrier(); }\n@fragment fn f() { g(); }", ["1:10 W0278"]],
    ["var<workgroup> w: i32; fn g() { w = 1; }\n@fragment fn f() { g(); }", ["2:14 W0278"]],
    [
      "@group(0) @binding(0) var<storage, read_write> s: i32;\n@vertex fn f() -> @builtin(position) vec4f { s = 1; return vec4f(); }",
      ["2:12 W0278"],
    ],
    ["enable subgroups; @compute @workgroup_size(1) fn f() { _ = subgroupAdd(1); }", []],
    ["@compute @workgroup_size(1) fn f() { _ = subgroupAdd(1); }", ["1:42 W0212"]],
  ] as const)("%s", (source, errors) => {
    expect(checkText(source).errors).toEqual(errors);
  });
});

describe("functions", () => {
  test.each([
    ["fn f() -> i32 { loop { return 1; } }", []],
    ["fn f(x: bool) -> i32 { if x { return 1; } else { return 2; } }", []],
    ["fn f(x: i32) -> i32 { switch x { case 1: { return 1; } default: { return 2; } } }", []],
    ["fn f(x: i32) -> i32 { switch x { case 1: { break; } default: { return 2; } } }", ["1:78 W0300"]],
    ["fn f(x: bool) -> i32 { while x { return 1; } }", ["1:46 W0300"]],
    ["fn f() -> i32 { loop { if true { break; } return 1; } }", ["1:55 W0300"]],
    ["fn f() -> i32 { return 1; return 2.5; }", ["1:34 W0299"]],
    ["fn f(a: i32, a: i32) { }", ["1:14 W0201"]],
    ["fn f(a: i32) { let a = 1; }", ["1:20 W0201"]],
    ["@must_use fn f() { }", ["1:1 W0240"]],
    ["@must_use fn f() -> i32 { return 1; }\nfn g() { f(); }", ["2:10 W0280"]],
    ["fn f(p: ptr<storage, i32>) { *p = 1; }", ["1:30 W0291"]],
    ["fn f(p: ptr<storage, i32, read_write>) { *p = 1; }", []],
    ["fn f(a: ptr<private, i32>, b: ptr<private, i32>) { *a = *b; } var<private> x: i32;\nfn g() { f(&x, &x); }", ["2:16 W0279"]],
    ["fn f(a: ptr<private, i32>, b: ptr<private, i32>) { _ = *a + *b; } var<private> x: i32; fn g() { f(&x, &x); }", []],
  ] as const)("%s", (source, errors) => {
    expect(checkText(source).errors).toEqual(errors);
  });
});

test("what the lowering reads: loads, conversions, forms", () => {
  const m = valid("var<private> x: f32; fn f() -> f32 { x = 1; return x + 2; }");
  const nodes = Array.from({ length: m.ast.length }, (_, i) => i).filter((i) => m.typeOf[i] !== 0 && m.ast.kinds[i]! >= 39);
  const shown = nodes.map((i) => {
    const [own, used] = [m.types.name(m.typeOf[i] as never), m.types.name(m.usedAs[i] as never)];
    const value = m.valueOf[i]! < 0 ? "" : ` = ${m.values.print(m.valueOf[i] as never)}`;
    return `${m.ast.text(i as never)}: ${own === used ? own : `${own} -> ${used}`}${value}`;
  });
  expect(shown).toEqual([
    "f32: f32",
    "f32: f32",
    "x: ref<private, f32, read_write>",
    "1: abstract-int -> f32 = 1f",
    "x: ref<private, f32, read_write> -> f32",
    "2: abstract-int -> f32 = 2f",
    "x + 2: f32",
  ]);
  const ident = nodes.find((i) => m.formOf[i] === Form.DECLARATION)!;
  expect(m.kindOf[ident]).toBe(ExprKind.RUNTIME);
  expect(m.declarations[m.targetOf[ident]!]!.name).toBe("x");
});

test("functions come after what they call, and entry points know all they reach", () => {
  const m = valid(`
    override a = 1; override b = a + 1; override unused = 3;
    var<private> x: i32; var<private> y: i32 = b; var<private> z: i32;
    @compute @workgroup_size(1) fn main() { two(); }
    fn two() { one(); x = 1; }
    fn one() { y = 2; }`);
  expect(m.functions.map((fn) => fn.name)).toEqual(["one", "two", "main"]);
  const main = m.functions[m.functionByName.get("main")!]!;
  expect(main.globals.map((g) => m.globals[g]!.name)).toEqual(["x", "y"]);
  expect(main.overrides.map((o) => m.overrides[o]!.name)).toEqual(["a", "b"]);
});
