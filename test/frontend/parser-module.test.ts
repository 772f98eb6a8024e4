import { describe, expect, test } from "vitest";
import { parseText, tree } from "./parser-helpers.ts";

function trees(cases: readonly (readonly [string, string])[]): void {
  for (const [source, expected] of cases) test(source || "nothing", () => expect(tree(source)).toBe(expected));
}

describe("directives", () => {
  trees([
    ["enable f16;", "(enable f16)"],
    ["enable f16, subgroups,;", "(enable f16 subgroups)"],
    ["requires a;", "(requires a)"],
    ["requires a, b;", "(requires a b)"],
    ["diagnostic(off, a);", "(diagnostic off a)"],
    ["diagnostic(warning, a.b,);", "(diagnostic warning a b)"],
    ["enable f16; requires a; enable b; const c = 1;", "(enable f16) (requires a) (enable b) (const c = 1)"],
  ]);
});

describe("declarations", () => {
  trees([
    ["", ""],
    [";;", ""],
    ["var<private> a: i32 = 1;", "(var<private> a : i32 = 1)"],
    ["var<storage, read_write> a: array<u32>;", "(var<storage, read_write> a : array<u32>)"],
    ["var a: sampler;", "(var a : sampler)"],
    ["@group(0) @binding(1 + 1) var<uniform> a: b;", "(var<uniform> (@group 0) (@binding (+ 1 1)) a : b)"],
    ["const a = 1;", "(const a = 1)"],
    ["const a: i32 = b;", "(const a : i32 = b)"],
    ["override a: f32;", "(override a : f32)"],
    ["override a = 1;", "(override a = 1)"],
    ["@id(3) override a: i32 = 1;", "(override (@id 3) a : i32 = 1)"],
    ["alias a = b<c>;", "(alias a b<c>)"],
    ["struct a { b: c }", "(struct a (member b : c))"],
    ["struct a { b: c, };", "(struct a (member b : c))"],
    ["struct a { @size(16) @align(8,) b: c, d: e<f> }", "(struct a (member (@size 16) (@align 8) b : c) (member d : e<f>))"],
    ["const_assert a;", "(const_assert a)"],
    ["fn a() { }", "(fn a (block))"],
    ["fn a(b: c) { }", "(fn a (param b : c) (block))"],
    ["fn a(b: c, @location(0) d: e,) -> f { }", "(fn a (param b : c) (param (@location 0) d : e) (result f) (block))"],
    ["fn a() -> @location(0) @invariant b<c> { }", "(fn a (result (@location 0) @invariant b<c>) (block))"],
    ["@compute @workgroup_size(8, 4) fn a() { }", "(fn @compute (@workgroup_size 8 4) a (block))"],
    ["@vertex fn a() { } @fragment fn b() { }", "(fn @vertex a (block)) (fn @fragment b (block))"],
    ["@diagnostic(off, x) fn a() @diagnostic(info, y) { }", "(fn (@diagnostic off x) a (block (@diagnostic info y)))"],
  ]);
});

describe("attributes", () => {
  const member = (source: string) => tree(`struct s { ${source} a: b }`).slice("(struct s (member ".length, -" a : b))".length);
  const cases: readonly (readonly [string, string])[] = [
    ["@align(a)", "(@align a)"],
    ["@binding(1)", "(@binding 1)"],
    ["@blend_src(0)", "(@blend_src 0)"],
    ["@builtin(position)", "(@builtin position)"],
    ["@builtin(frag_depth, less,)", "(@builtin frag_depth less)"],
    ["@compute", "@compute"],
    ["@diagnostic(error, a.b)", "(@diagnostic error a b)"],
    ["@fragment", "@fragment"],
    ["@group(a + b)", "(@group (+ a b))"],
    ["@id(0)", "(@id 0)"],
    ["@interpolate(flat)", "(@interpolate flat)"],
    ["@interpolate(linear, centroid)", "(@interpolate linear centroid)"],
    ["@invariant", "@invariant"],
    ["@location(0)", "(@location 0)"],
    ["@must_use", "@must_use"],
    ["@size(4)", "(@size 4)"],
    ["@subgroup_size(32)", "(@subgroup_size 32)"],
    ["@vertex", "@vertex"],
    ["@workgroup_size(1)", "(@workgroup_size 1)"],
    ["@workgroup_size(1, a, 3 * b,)", "(@workgroup_size 1 a (* 3 b))"],
    ["@ size\n(4)", "(@size 4)"],
  ];
  for (const [source, expected] of cases) test(source, () => expect(member(source)).toBe(expected));
});

describe("errors", () => {
  const cases: readonly (readonly [string, ...string[]])[] = [
    // module
    ["a;\nconst b = ;", "1:1 W0110", "2:11 W0114"],
    ["1", "1:1 W0110"],
    ["return;\nconst b = ;", "1:1 W0110", "2:11 W0114"],
    ["fn f() { } }\nfn g() { let b = ; }", "1:12 W0110", "2:18 W0114"],
    ["fn f() { if a { } } let c = d; a = b; }\nfn g() { let b = ; }", "1:21 W0123", "2:18 W0114"],
    ["let a = 1; const b = ;", "1:1 W0123", "1:22 W0114"],
    ["float a = 1.0; const b = ;", "1:1 W0116", "1:26 W0114"],
    // directives
    ["const a = 1; enable f16; const b = ;", "1:14 W0111", "1:36 W0114"],
    ["; enable f16;", "1:3 W0111"],
    ["enable;", "1:7 W0113"],
    ["enable f16", "1:11 W0112"],
    ["enable f16 subgroups;", "1:12 W0112"],
    ["enable(f16);", "1:7 W0113"],
    ["requires if;", "1:10 W0118"],
    ["diagnostic off, a;", "1:12 W0112"],
    ["diagnostic(off);", "1:15 W0112"],
    ["diagnostic(off, a.);", "1:19 W0113"],
    ["diagnostic(off, a.b.c);", "1:20 W0117"],
    ["diagnostic(off, a)\nconst b = ;", "1:19 W0112", "2:11 W0114"],
    // variables, aliases
    ["var a: b<c@1>; const b = ;", "1:11 W0117", "1:26 W0114"],
    ["var a: i32\nconst b = ;", "1:11 W0112", "2:11 W0114"],
    ["const a;", "1:8 W0124"],
    ["const a: i32;", "1:13 W0124"],
    ["override;", "1:9 W0113"],
    ["alias a = 5; const b = ;", "1:11 W0115", "1:24 W0114"],
    ["alias a b;", "1:9 W0112"],
    ["@id(1) const a = 1; const b = ;", "1:1 W0122", "1:31 W0114"],
    ["@size(4) alias a = b;", "1:1 W0122"],
    ["@size(4) struct a { b: c }", "1:1 W0122"],
    ["@size(4) const_assert a;", "1:1 W0122"],
    ["@size(4) ;\nconst b = ;", "1:10 W0110", "2:11 W0114"],
    // structures
    ["struct a { } const b = ;", "1:10 W0126", "1:24 W0114"],
    ["struct { b: c }", "1:8 W0113"],
    ["struct if { b: c }", "1:8 W0118"],
    ["struct a { b: c; d: e } const b = ;", "1:16 W0126", "1:35 W0114"],
    ["struct a { b: c d: e } const b = ;", "1:16 W0126", "1:34 W0114"],
    ["struct a { b, c: d, e: } const b = ;", "1:13 W0112", "1:36 W0114"],
    ["struct a { b: 5, c: d } const b = ;", "1:15 W0115", "1:35 W0114"],
    ["struct a { ,b: c }", "1:12 W0113"],
    ["struct a b: c;\nconst b = ;", "1:10 W0112", "2:11 W0114"],
    ["struct a { b: c\nfn g() { let b = ; }", "2:1 W0117", "2:18 W0114"],
    // functions
    ["fn () { let b = ; }", "1:4 W0113", "1:17 W0114"],
    ["fn if() { let b = ; }", "1:4 W0118", "1:19 W0114"],
    ["fn f { let b = ; }", "1:6 W0112", "1:16 W0114"],
    ["fn f(a) { let b = ; }", "1:7 W0112", "1:19 W0114"],
    ["fn f(a: 5, c) { let b = ; }", "1:9 W0115", "1:25 W0114"],
    ["fn f(a: b c: d) { let b = ; }", "1:11 W0117", "1:27 W0114"],
    ["fn f() -> { let b = ; }", "1:11 W0115", "1:21 W0114"],
    ["fn f() -> i32;\nconst b = ;", "1:14 W0112", "2:11 W0114"],
    ["fn f() {", "1:9 W0117"],
    ["fn f() { if a { let b = 1;\n}\nfn g() { let b = ; }", "3:1 W0117", "3:18 W0114"],
    ["fn f() { g(\nfn g() { let b = ; }", "2:1 W0114", "2:18 W0114"],
    ["fn f(", "1:6 W0113"],
    // attributes
    ["@nothing var a: b;", "1:2 W0120"],
    ["@const fn f() { let b = ; }", "1:2 W0120", "1:25 W0114"],
    ["@nothing(a b) var a: b;", "1:2 W0120"],
    ["@size var a: b;", "1:2 W0121"],
    ["@size() var a: b;", "1:2 W0121"],
    ["@size(1, 2) var a: b;", "1:2 W0121"],
    ["@workgroup_size(1, 2, 3, 4) fn f() { }", "1:2 W0121"],
    ["@compute() fn f() { }", "1:2 W0121"],
    ["@builtin(1) fn f() { }", "1:10 W0113"],
    ["@builtin(position, a, b) fn f() { }", "1:2 W0121"],
    ["@interpolate(if) fn f() { }", "1:14 W0118"],
    ["@", "1:2 W0120"],
  ];
  for (const [source, ...errors] of cases) test(source.replaceAll("\n", "⏎"), () => expect(parseText(source).errors).toEqual(errors));
});

test("every error is counted, and as many kept as a list of diagnostics keeps", () => {
  const { diagnostics } = parseText("const a = ;\n".repeat(1000));
  expect(diagnostics.errorCount).toBe(1000);
  expect(diagnostics.items.length).toBe(100);
});

describe("fixes", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["const a = 1\n", "const a = 1;\n"],
    ["let a = 1;", "const a = 1;"],
    ["struct s { a: i32; b: i32 }", "struct s { a: i32, b: i32 }"],
    ["struct s { a: i32\nb: i32 }", "struct s { a: i32,\nb: i32 }"],
    ["fn f() { return }", "fn f() { return; }"],
    ["fn f() { float x = 1.0; }", "fn f() { var x: f32 = 1.0; }"],
    ["fn f() { int i; }", "fn f() { var i: i32; }"],
    ["fn f() { x: i32 = 1; }", "fn f() { var x: i32 = 1; }"],
    ["fn f() { ++i; }", "fn f() { i++; }"],
    ["fn f() { --i; }", "fn f() { i--; }"],
    ["fn f() { if a = b { } }", "fn f() { if a == b { } }"],
    ["const a = +1;", "const a = 1;"],
  ];
  for (const [source, expected] of cases) {
    test(source.replaceAll("\n", "⏎"), () => {
      const fix = parseText(source).diagnostics.items[0]!.fix!;
      const fixed = source.slice(0, fix.span.offset) + fix.replacement + source.slice(fix.span.offset + fix.span.length);
      expect(fixed).toBe(expected);
      expect(parseText(fixed).errors).toEqual([]);
    });
  }
});

test("notes point at the bracket that was not closed, and at a '>' read as the end of a template list", () => {
  const { diagnostics } = parseText("const a = f(b<c, d>e);");
  expect(diagnostics.items.length).toBe(1);
  expect(diagnostics.items[0]!.notes.map((note) => note.span)).toEqual([
    { offset: 18, length: 1 },
    { offset: 11, length: 1 },
  ]);
});

test("what could be parsed is in the tree", () => {
  const { ast, errors } = parseText("const a = ; fn f( { let b = 1; c d; } const e = 2;");
  expect(errors.length).toBe(3);
  expect(ast.listLength(ast.declarationsOf(ast.root))).toBe(3);
});
