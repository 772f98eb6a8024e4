/**
 * Uniformity analysis: each statement and expression rule with a uniform and a non-uniform condition, values through variables, pointers and
 * calls, scopes and filters, the specification's examples, and size. What the errors say is in test/files/wgsl/uniformity-*.wgsl.
 */
import { describe, expect, test } from "vitest";
import { check } from "../../frontend/wgsl/check.ts";
import { parse } from "../../frontend/wgsl/parser.ts";
import { Budget } from "../../support/column.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { checkText } from "./check-helpers.ts";
import { Generator, programText, Reference } from "./uniformity-reference.ts";

const PRELUDE = `enable subgroups;
@group(0) @binding(0) var<uniform> u: array<vec4i, 4>;
@group(0) @binding(1) var<storage, read_write> rw: array<i32, 4>;
@group(0) @binding(2) var<storage> ro: array<i32, 4>;
var<private> n: i32;
var<workgroup> w: array<i32, 16>;
struct S { a: i32, b: array<i32, 4> }
`;
const codes = (source: string) => checkText(source).errors.map((error) => error.split(" ")[1]);
/** Codes of a compute entry point with this body; `same` is uniform in it and `differs` is not. */
function inMain(body: string, before = ""): string[] {
  return codes(`${PRELUDE}${before}
@compute @workgroup_size(16) fn main(@builtin(local_invocation_index) differs: u32, @builtin(workgroup_id) group: vec3u) {
  let same = group.x;
  ${body}
}`) as string[];
}

/** `C` is a condition. The first are rejected if and only if it is non-uniform. */
const STATEMENTS: Readonly<Record<string, readonly [code: string, verdict: "sensitive" | "allowed"]>> = {
  "then branch": ["if C { workgroupBarrier(); }", "sensitive"],
  "else branch": ["if C { } else { workgroupBarrier(); }", "sensitive"],
  "else if": ["if same == 2 { } else if C { workgroupBarrier(); }", "sensitive"],
  "condition of else if": ["if C { } else if workgroupUniformLoad(&w[0]) == 0 { }", "sensitive"],
  "after if": ["if C { w[0] = 1; } workgroupBarrier();", "allowed"],
  "after if that returns": ["if C { return; } workgroupBarrier();", "sensitive"],
  "after if that returns in both branches": ["if C { return; } else { return; } workgroupBarrier();", "allowed"],
  switch: ["switch select(0, 1, C) { case 0: { workgroupBarrier(); } default: { } }", "sensitive"],
  "after switch": ["switch select(0, 1, C) { case 0: { break; } default: { } } workgroupBarrier();", "allowed"],
  "after switch that returns": ["switch select(0, 1, C) { case 0: { return; } default: { } } workgroupBarrier();", "sensitive"],
  "after break in switch": ["switch 0 { default: { if C { break; } workgroupBarrier(); } }", "sensitive"],
  while: ["while C { workgroupBarrier(); }", "sensitive"],
  for: ["for (; C; ) { workgroupBarrier(); }", "sensitive"],
  "update of for": ["for (; C; workgroupBarrier()) { }", "sensitive"],
  "start of for": ["for (workgroupBarrier(); C; ) { }", "allowed"],
  "after loop": ["while C { } workgroupBarrier();", "allowed"],
  "after loop that returns": ["while C { if same == 0 { return; } } workgroupBarrier();", "sensitive"],
  "before break": ["loop { workgroupBarrier(); if C { break; } }", "sensitive"],
  "before break if": ["loop { workgroupBarrier(); continuing { break if C; } }", "sensitive"],
  "before return in loop": ["loop { workgroupBarrier(); if C { return; } }", "sensitive"],
  "after continue": ["loop { if same == 1 { break; } if C { continue; } workgroupBarrier(); }", "sensitive"],
  "continuing after continue": ["loop { if same == 1 { break; } if C { continue; } continuing { workgroupBarrier(); } }", "sensitive"],
  "one iteration": ["loop { workgroupBarrier(); if C { } break; }", "allowed"],
  "after always break": ["loop { break; if C { workgroupBarrier(); } }", "allowed"],
  "outer loop after inner break": ["loop { loop { if C { break; } } workgroupBarrier(); if same == 1 { break; } }", "allowed"],
  "outer loop after inner return": [
    "loop { loop { if C { return; } if same == 0 { break; } } workgroupBarrier(); if same == 1 { break; } }",
    "sensitive",
  ],
  and: ["if C && workgroupUniformLoad(&w[0]) > 0 { }", "sensitive"],
  or: ["if C || workgroupUniformLoad(&w[0]) > 0 { }", "sensitive"],
  "left of and": ["if workgroupUniformLoad(&w[0]) > 0 && C { }", "allowed"],
  "after discarded value": ["_ = C; workgroupBarrier();", "allowed"],
};

describe("statements", () => {
  for (const [name, [code, verdict]] of Object.entries(STATEMENTS)) {
    test(name, () => {
      expect(inMain(code.replace("C", "(same == 3)"))).toEqual([]);
      const found = inMain(code.replace("C", "(differs == 3)"));
      expect(found).toEqual(verdict === "allowed" ? [] : ["W0330"]);
    });
  }
});

/** Statements that give `x` a value, a use of which as condition is uniform or not. */
const VALUES: readonly (readonly [statements: string, uniform: boolean])[] = [
  ["let x = 1;", true],
  ["let x = u[same].x;", true],
  ["let x = u[differs].x;", false],
  ["let x = ro[0];", true],
  ["let x = rw[0];", false],
  ["let x = n;", false],
  ["let x = w[0];", false],
  ["let x = workgroupUniformLoad(&w[same]);", true],
  ["let x = atomicLoad(&a);", false],
  ["let x = i32(arrayLength(&list));", true],
  ["let x = -i32(differs);", false],
  ["let x = select(0, 1, differs == 0);", false],
  ["let x = vec2i(0, n).x;", false],
  ["let x = S(n, array(0, 0, 0, 0)).b[0];", false],
  ["var x: i32;", true],
  ["var x = n; x = 1;", true],
  ["var x = 1; x = n;", false],
  ["var x = 1; x += n;", false],
  ["var x = n; x++;", false],
  ["var x = 0; if same == 1 { x = 1; }", true],
  ["var x = 0; if differs == 1 { x = 1; }", false],
  ["var x = 0; if differs == 1 { x = 1; } x = 2;", true],
  ["var x = 0; if differs == 1 { x = 1; } else { x = 2; }", false],
  ["var x = n; if same == 1 { x = 1; } else { x = 2; }", true],
  ["var x = n; if same == 1 { x = 1; }", false],
  ["var x = n; if same == 1 { return; } else { x = 2; }", true],
  ["var x = 0; { x = n; }", false],
  ["var x = 0; while same == 1 { x = n; }", false],
  ["var x = 0; while same == 1 { x = 1; }", true],
  ["var x = n; loop { x = 1; if same == 1 { break; } }", true],
  ["var x = n; loop { if same == 1 { break; } x = 1; }", false],
  ["var x = 0; loop { if same == 1 { x = n; break; } x = 1; if same == 2 { break; } }", false],
  ["var x = 0; loop { if same == 1 { x = n; continue; } if same == 2 { break; } x = 1; }", false],
  ["var x = 0; loop { if same == 1 { x = n; continue; } if same == 2 { break; } continuing { x = 1; } }", true],
  ["var x = 0; var y = 0; loop { if same == 1 { break; } x = y; y = n; }", false],
  ["var x = 0; for (var i = 0; i < 4; i++) { x += i; }", true],
  ["var x = 0; for (var i = n; i < 4; i++) { x += 1; }", false],
  ["var x = 0; for (var i = 0; i < 4; i++) { for (var j = i; j < 4; j++) { x = ro[j]; if x > 2 { break; } } }", true],
  ["var x = 0; for (var i = 0; i < 4; i++) { for (var j = i; j < 4; j++) { if x > 2 { break; } x = rw[j]; } }", false],
  ["var x = n; switch same { case 1: { x = 1; } default: { x = 2; } }", true],
  ["var x = n; switch same { case 1: { x = 1; } default: { } }", false],
  ["var x = 0; switch same { case 1: { x = n; if same == 1 { break; } x = 1; } default: { } }", false],
  ["var x = 0; switch differs { case 1: { x = 1; } default: { } }", false],
  ["var v: S; v.a = n; let x = v.b[0];", false],
  ["var v = S(n, array(0, 0, 0, 0)); v.a = 1; let x = v.b[0];", false],
  ["var v = S(n, array(0, 0, 0, 0)); v = S(); let x = v.b[0];", true],
  ["var v: S; v.b[differs] = 1; let x = v.a;", false],
  ["var v: S; let x = v.b[differs];", false],
  ["var x = 0; let p = &x; *p = n;", false],
  ["var x = n; let p = &x; *p = 1;", true],
  ["var v: S; let p = &v.b; let q = &(*p)[differs]; let x = *q;", false],
  ["var v: S; let p = &v.b; let q = &(*p)[same]; let x = *q;", true],
  ["var v: S; let q = &v.b[differs]; *q = 1; let x = v.a;", false],
  ["var v: S; var i = same; let q = &v.b[i]; i = differs; let x = *q;", true],
  ["var v = vec4i(n); let x = dot((&v).xy, vec2i());", false],
  ["var x = n; let p = &x; let q = p; *&*q = 1;", true],
  ["let p = &rw; let x = p[0];", false],
  ["let p = &ro; let x = p[same];", true],
];

test("values", () => {
  const before = "var<workgroup> a: atomic<i32>; @group(1) @binding(0) var<storage, read_write> list: array<i32>;\n";
  const wrong = VALUES.filter(([statements, uniform]) => {
    const found = inMain(`${statements} if x == 1 { workgroupBarrier(); }`, before);
    return found.join() !== (uniform ? "" : "W0330");
  });
  expect(wrong).toEqual([]);
});

/** Functions, and statements in the entry point. */
const CALLS: readonly (readonly [functions: string, statements: string, uniform: boolean])[] = [
  ["fn f() { workgroupBarrier(); }", "if same == 1 { f(); }", true],
  ["fn f() { workgroupBarrier(); }", "if differs == 1 { f(); }", false],
  ["fn f() { workgroupBarrier(); } fn g() { f(); } fn h() { if ro[0] > 1 { g(); } }", "if differs == 1 { h(); }", false],
  ["fn f(a: i32) { if a == 1 { workgroupBarrier(); } }", "f(1);", true],
  ["fn f(a: i32) { if a == 1 { workgroupBarrier(); } }", "f(n);", false],
  ["fn f(a: i32) { if a == 1 { return; } }", "f(n); workgroupBarrier();", true],
  ["fn f(a: i32, b: i32) -> i32 { return b; }", "if f(n, 1) == 1 { workgroupBarrier(); }", true],
  ["fn f(a: i32, b: i32) -> i32 { return b; }", "if f(1, n) == 1 { workgroupBarrier(); }", false],
  ["fn f(a: i32) -> i32 { if a == 1 { return 1; } return 2; }", "if f(n) == 1 { workgroupBarrier(); }", false],
  ["fn f() -> i32 { return rw[0]; }", "if f() == 1 { workgroupBarrier(); }", false],
  ["fn f() -> i32 { return rw[0]; } fn g() -> i32 { _ = f(); return 1; }", "if g() == 1 { workgroupBarrier(); }", true],
  ["fn f(p: ptr<function, i32>) { *p = 1; }", "var x = n; f(&x); if x == 1 { workgroupBarrier(); }", true],
  ["fn f(p: ptr<function, i32>) { *p = n; }", "var x = 1; f(&x); if x == 1 { workgroupBarrier(); }", false],
  ["fn f(p: ptr<function, i32>) { *p = 1; }", "var x = 1; if differs == 1 { f(&x); } if x == 1 { workgroupBarrier(); }", false],
  // Nothing is written: where it is called does not matter.
  ["fn f(p: ptr<function, i32>) { _ = *p; }", "var x = 1; if differs == 1 { f(&x); } if x == 1 { workgroupBarrier(); }", true],
  [
    "fn f(p: ptr<function, i32>, q: ptr<function, i32>) { *p = *q; }",
    "var x = 1; var y = n; f(&x, &y); if x == 1 { workgroupBarrier(); }",
    false,
  ],
  [
    "fn f(p: ptr<function, i32>, q: ptr<function, i32>) { *p = *q; }",
    "var x = n; var y = 1; f(&x, &y); if x == 1 { workgroupBarrier(); }",
    true,
  ],
  [
    "fn f(p: ptr<function, i32>, a: i32) { if a == 1 { return; } *p = 1; }",
    "var x = 1; f(&x, n); if x == 1 { workgroupBarrier(); }",
    false,
  ],
  ["fn f(p: ptr<function, i32>) { if *p == 1 { workgroupBarrier(); } }", "var x = 1; f(&x);", true],
  ["fn f(p: ptr<function, i32>) { if *p == 1 { workgroupBarrier(); } }", "var x = n; f(&x);", false],
  ["fn f(p: ptr<function, i32>) { *p = 2; if *p == 1 { workgroupBarrier(); } }", "var x = n; f(&x);", true],
  ["fn f(p: ptr<function, i32>) -> i32 { return *p; }", "var x = S(); if f(&x.b[differs]) == 1 { workgroupBarrier(); }", false],
  ["fn f(p: ptr<function, i32>) { *p = 1; }", "var x = S(); f(&x.b[differs]); if x.a == 1 { workgroupBarrier(); }", false],
  ["fn f(p: ptr<function, i32>) { *p = 1; }", "var x = S(n, array(0, 0, 0, 0)); f(&x.a); if x.a == 1 { workgroupBarrier(); }", false],
  ["fn f(p: ptr<function, i32>) { for (var i = 0; i < 3; i++) { *p += i; } }", "var x = 1; f(&x); if x == 1 { workgroupBarrier(); }", true],
  [
    "fn f(p: ptr<function, i32>) -> bool { *p = n; return true; }",
    "var x = 1; _ = same == 1 && f(&x); if x == 1 { workgroupBarrier(); }",
    false,
  ],
  [
    "fn f(p: ptr<function, i32>) -> bool { *p = 1; return true; }",
    "var x = 1; _ = same == 1 && f(&x); if x == 1 { workgroupBarrier(); }",
    true,
  ],
  ["fn f(p: ptr<storage, i32>) -> i32 { return *p; }", "if f(&ro[same]) == 1 { workgroupBarrier(); }", true],
  ["fn f(p: ptr<storage, i32>) -> i32 { return *p; }", "if f(&ro[differs]) == 1 { workgroupBarrier(); }", false],
  ["fn f(p: ptr<storage, i32, read_write>) -> i32 { return *p; }", "if f(&rw[same]) == 1 { workgroupBarrier(); }", false],
];

test("calls", () => {
  const wrong = CALLS.filter(([functions, statements, uniform]) => inMain(statements, functions).join() !== (uniform ? "" : "W0330"));
  expect(wrong).toEqual([]);
});

test("a pointer to workgroup memory must be uniform through calls too", () => {
  const f = "fn f(p: ptr<workgroup, i32>) -> i32 { return workgroupUniformLoad(p); }";
  expect(inMain("_ = f(&w[same]);", f)).toEqual([]);
  expect(inMain("_ = f(&w[differs]);", f)).toEqual(["W0333"]);
});

test("one call, one error", () => {
  expect(inMain("if differs == 0 { _ = workgroupUniformLoad(&w[differs]); }")).toEqual(["W0330"]);
  expect(inMain("if differs == 0 { f(1, 2); }", "fn f(a: i32, b: i32) { if a > b { workgroupBarrier(); } }")).toEqual(["W0330"]);
});

test("subgroups: what is uniform in a subgroup need not be in a workgroup", () => {
  const main = (body: string) =>
    codes(`${PRELUDE} @compute @workgroup_size(64) fn main(@builtin(subgroup_id) id: u32, @builtin(num_subgroups) count: u32,
      @builtin(subgroup_invocation_id) lane: u32) { ${body} }`);
  expect(main("if id == 0 { _ = subgroupAny(true); }")).toEqual([]);
  expect(main("if id == 0 { workgroupBarrier(); }")).toEqual(["W0330"]);
  expect(main("if count == 1 { workgroupBarrier(); }")).toEqual([]);
  expect(main("if lane == 0 { _ = subgroupAny(true); }")).toEqual(["W0332"]);
  expect(main("if subgroupAdd(id) == 0 { _ = quadSwapX(1); }")).toEqual([]);
  expect(main("if subgroupAdd(id) == 0 { workgroupBarrier(); }")).toEqual(["W0330"]);
  expect(main("if subgroupInclusiveAdd(1) == 0 { _ = subgroupAny(true); }")).toEqual(["W0332"]);
  expect(main("_ = subgroupShuffleXor(lane, id & 1);")).toEqual([]);
  expect(main("_ = subgroupShuffleXor(1, lane & 1);")).toEqual(["W0334"]);
});
test("subgroups: through calls", () => {
  const before = "fn one() -> u32 { return subgroupAdd(1u); } fn all(a: u32) { if a == 1 { _ = subgroupAny(true); } }";
  expect(inMain("if one() == 1 { _ = subgroupAny(true); }", before)).toEqual([]);
  expect(inMain("if one() == 1 { workgroupBarrier(); }", before)).toEqual(["W0330"]);
  expect(inMain("all(one());", before)).toEqual([]);
  expect(inMain("all(differs);", before)).toEqual(["W0332"]);
});

describe("inputs", () => {
  const fragment = (param: string, condition: string) =>
    codes(`enable subgroups; @fragment fn main(${param}) { if ${condition} { _ = dpdx(1f); } }`);
  test("of fragments are all non-uniform", () => {
    expect(fragment("@builtin(subgroup_size) x: u32", "x == 1")).toEqual(["W0331"]);
    expect(fragment("@location(0) @interpolate(flat) x: u32", "x == 1")).toEqual(["W0331"]);
    expect(fragment("@builtin(front_facing) x: bool", "x")).toEqual(["W0331"]);
  });
  test("in a structure are as uniform as the least uniform of them", () => {
    const compute = (member: string) =>
      codes(`struct In { @builtin(workgroup_id) a: vec3u, ${member} b: vec3u }
        @compute @workgroup_size(1) fn main(in: In) { if in.a.x == 1 { workgroupBarrier(); } }`);
    expect(compute("@builtin(num_workgroups)")).toEqual([]);
    expect(compute("@builtin(local_invocation_id)")).toEqual(["W0330"]);
  });
});

test("textures: only reads of one that may be written are non-uniform", () => {
  const load = (access: string) =>
    codes(`@group(0) @binding(0) var t: texture_storage_2d<r32uint, ${access}>;
      @compute @workgroup_size(1) fn main() { if textureLoad(t, vec2u()).x == 1 { workgroupBarrier(); } }`);
  expect(load("read")).toEqual([]);
  expect(load("read_write")).toEqual(["W0330"]);
});

describe("filters", () => {
  /** Severities of what is found. */
  function found(source: string): string[] {
    const list = new DiagnosticList();
    check(parse(source, list), list);
    return list.items.map((d) => `${d.severity} ${d.code}`);
  }
  const IF = "var<private> x: i32; @fragment fn main() { if x == 1 { _ = dpdx(1f); } }";
  test("the default is an error", () => expect(found(IF)).toEqual(["error W0331"]));
  test.each(["error", "warning", "info"])("global %s", (severity) => {
    expect(found(`diagnostic(${severity}, derivative_uniformity); ${IF}`)).toEqual([`${severity} W0331`]);
  });
  test("global off", () => expect(found(`diagnostic(off, derivative_uniformity); ${IF}`)).toEqual([]));
  test("another rule changes nothing", () => {
    expect(found(`diagnostic(off, subgroup_uniformity); ${IF}`)).toEqual(["error W0331"]);
  });
  test("barriers have no filter", () => {
    const source = "var<private> x: i32; @compute @workgroup_size(1) fn main() { if x == 1 { workgroupBarrier(); } }";
    expect(found(`diagnostic(off, derivative_uniformity); diagnostic(off, subgroup_uniformity); ${source}`)).toEqual(["error W0330"]);
  });
  test.each([
    ["function", "@F fn main() { if x == 1 { _ = dpdx(1f); } }"],
    ["body", "fn main() @F { if x == 1 { _ = dpdx(1f); } }"],
    ["if", "fn main() { @F if x == 1 { _ = dpdx(1f); } }"],
    ["if, around else", "fn main() { @F if x == 1 { } else { _ = dpdx(1f); } }"],
    ["then", "fn main() { if x == 1 @F { _ = dpdx(1f); } }"],
    ["else", "fn main() { if x == 1 { } else @F { _ = dpdx(1f); } }"],
    ["block", "fn main() { if x == 1 { @F { _ = dpdx(1f); } } }"],
    ["switch", "fn main() { @F switch x { default: { _ = dpdx(1f); } case 1: { } } }"],
    ["switch body", "fn main() { switch x @F { default: { _ = dpdx(1f); } case 1: { } } }"],
    ["case", "fn main() { switch x { default: @F { _ = dpdx(1f); } case 1: { } } }"],
    ["loop", "fn main() { @F loop { _ = dpdx(1f); if x == 1 { break; } } }"],
    ["loop body", "fn main() { loop @F { if x == 1 { break; } continuing { _ = dpdx(1f); } } }"],
    ["continuing", "fn main() { loop { if x == 1 { break; } continuing @F { _ = dpdx(1f); } } }"],
    ["while, around its condition", "fn main() { @F while dpdx(1f) > f32(x) { } }"],
    ["while body", "fn main() { while x == 1 @F { _ = dpdx(1f); } }"],
    ["for, around its update", "fn main() { @F for (; x == 1; x = i32(dpdx(1f))) { } }"],
  ])("at %s", (_, source) => {
    const withFilter = (filter: string) => found(`var<private> x: i32; @fragment ${source.replace("@F", filter)}`);
    expect(withFilter("")).toEqual(["error W0331"]);
    expect(withFilter("@diagnostic(info, derivative_uniformity)")).toEqual(["info W0331"]);
    expect(withFilter("@diagnostic(off, derivative_uniformity)")).toEqual([]);
  });
  test("the nearest counts, at the builtin call and not at the call of its function", () => {
    const inner = "@diagnostic(warning, derivative_uniformity) { _ = dpdx(1f); }";
    expect(found(`diagnostic(off, derivative_uniformity); var<private> x: i32; @fragment fn main() { if x == 1 { ${inner} } }`)).toEqual([
      "warning W0331",
    ]);
    const call = "@diagnostic(off, derivative_uniformity) if x == 1 { f(); }";
    expect(found(`fn f() { _ = dpdx(1f); } var<private> x: i32; @fragment fn main() { ${call} }`)).toEqual(["error W0331"]);
    expect(found(`fn f() { ${inner} } var<private> x: i32; @fragment fn main() { if x == 1 { f(); } }`)).toEqual(["warning W0331"]);
  });
  test("a warning at a call hides no error at the same call", () => {
    const both = "fn f() { @diagnostic(warning, derivative_uniformity) { _ = dpdx(1f); } _ = subgroupAny(true); }";
    expect(found(`enable subgroups; ${both} var<private> x: i32; @fragment fn main() { if x == 1 { f(); } }`)).toEqual([
      "warning W0331",
      "error W0332",
    ]);
  });
  test("of the specification", () => {
    const shader = (
      rest: string,
    ) => `${rest.includes("diagnostic(off,derivative_uniformity);") ? "diagnostic(off, derivative_uniformity);" : ""}
      @group(0) @binding(0) var t: texture_2d<f32>; @group(0) @binding(1) var s: sampler; var<private> d: f32;
      fn helper() -> vec4<f32> { ${rest.replace("diagnostic(off,derivative_uniformity);", "")} return vec4(0.0); }`;
    const sample = "return textureSample(t, s, vec2(0, 0));";
    expect(found(shader(`if (d < 0.5) @diagnostic(off,derivative_uniformity) { ${sample} }`))).toEqual([]);
    const second = `else { @diagnostic(warning,derivative_uniformity) { ${sample} } }`;
    expect(found(shader(`diagnostic(off,derivative_uniformity); if (d < 0.5) { ${sample} } ${second}`))).toEqual(["warning W0331"]);
  });
});

describe("the specification's examples", () => {
  const TEXTURE = "@group(0) @binding(0) var t: texture_2d<f32>; @group(0) @binding(1) var s: sampler;";
  test("1 and 5: textureSample under a condition, by a function", () => {
    const main = (condition: string) =>
      checkText(`${TEXTURE} fn scale(a: f32, b: f32) -> f32 { let v = a / b; return v; }
@fragment fn main(@builtin(position) pos: vec4<f32>) {
  if ${condition} {
    _ = textureSample(t, s, pos.xy); } }`).errors;
    expect(main("pos.x < 0.5")).toEqual(["4:9 W0331"]);
    expect(main("scale(pos.x, 0.5) > 1")).toEqual(["4:9 W0331"]);
    expect(main("scale(1, 0.5) > 1")).toEqual([]);
  });
  test("4: a loop whose later iterations are not uniform", () => {
    expect(inMain("for (var i = 0u; i < 10; i++) { workgroupBarrier(); if (differs + i) > 7 { break; } }")).toEqual(["W0330"]);
  });
});

test("agrees with the specification's rules, applied literally, on random programs", { timeout: 60_000 }, () => {
  let seed = 1;
  const generator = new Generator(() => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  });
  const verdicts = { accepted: 0, rejected: 0, invalid: 0 };
  const wrong: string[] = [];
  for (let i = 0; i < 3000; i++) {
    const program = generator.statements(4, "");
    const source = programText(program);
    const found = new Set(codes(source));
    if (found.size > 1 || (found.size === 1 && !found.has("W0330"))) verdicts.invalid++;
    else {
      verdicts[found.size === 0 ? "accepted" : "rejected"]++;
      if (new Reference().accepts(program) !== (found.size === 0)) wrong.push(source);
    }
  }
  expect(wrong).toEqual([]);
  // Some loops that never end are expected; too many would leave nothing to compare.
  expect(Math.min(verdicts.accepted, verdicts.rejected)).toBeGreaterThan(300);
});

describe("size", () => {
  /** Bytes charged for a module, which must have exactly these errors. */
  function bytes(body: string, expected: readonly string[]): number {
    const budget = new Budget();
    const list = new DiagnosticList();
    const source = `${PRELUDE} @compute @workgroup_size(1) fn main() { ${body} }`;
    check(parse(source, list), list, { budget });
    expect(list.items.map((d) => d.code)).toEqual(expected);
    return budget.usedBytes;
  }
  const many = (count: number, each: (i: number) => string) => Array.from({ length: count }, (_, i) => each(i)).join(" ");
  const SHAPES: Readonly<Record<string, (count: number) => string>> = {
    ifs: (k) => `var x = 0; ${many(k, (i) => `if u[0].x == ${i} { x += ${i}; }`)} workgroupBarrier();`,
    "breaks of variables": (k) =>
      `${many(k, (i) => `var v${i} = 0;`)} loop { ${many(k, (i) => `v${i} = u[1].x; if v${i} == ${i} { break; }`)} if u[0].y == 0 { break; } } workgroupBarrier();`,
    "continues of variables": (k) =>
      `${many(k, (i) => `var v${i} = 0;`)} loop { ${many(k, (i) => `v${i} = u[1].x; if v${i} == ${i} { continue; }`)} if u[0].y == 0 { break; } } workgroupBarrier();`,
    "nested loops": (k) =>
      `${many(k, (i) => `var v${i} = 0;`)} ${"while u[0].x > 0 { ".repeat(120)} ${many(k, (i) => `v${i} += v${(i * 7) % k};`)} ${"}".repeat(120)} workgroupBarrier();`,
  };
  test.each(Object.entries(SHAPES))("%s: memory grows as the source does", (_, shape) => {
    const [small, large] = [bytes(shape(250), []), bytes(shape(2000), [])];
    // Columns grow by doubling.
    expect(large / small).toBeLessThan(8 * 2.1);
  });
  test("3,000 ifs and 120 loops around a non-uniform value", () => {
    expect(
      bytes(`var x = n; ${many(3000, (i) => `if u[0].x == ${i} { x += ${i}; }`)} if x == 1 { workgroupBarrier(); }`, ["W0330"]),
    ).toBeGreaterThan(0);
    expect(
      bytes(`${"while u[0].x > 0 { ".repeat(120)} if n > 0 { break; } workgroupBarrier(); ${"}".repeat(120)}`, ["W0330"]),
    ).toBeGreaterThan(0);
  });
  test("a module over its budget is told so", () => {
    const list = new DiagnosticList();
    const source = `${PRELUDE} @compute @workgroup_size(1) fn main() { ${SHAPES["nested loops"]!(2000)} }`;
    check(parse(source, list), list, { budget: new Budget(20_000_000) });
    expect(list.items.map((d) => d.code)).toEqual(["W0151"]);
  });
});
