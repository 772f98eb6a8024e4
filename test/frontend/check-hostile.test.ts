/** Sources that aim at the checker's time, memory and stack. Each must be answered, and soon. */
import { describe, expect, test } from "vitest";
import { check } from "../../frontend/wgsl/check.ts";
import { parse } from "../../frontend/wgsl/parser.ts";
import { Budget } from "../../support/column.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { checkText } from "./check-helpers.ts";

const lines = (n: number, line: (i: number) => string) => Array.from({ length: n }, (_, i) => line(i)).join("\n");

describe("chains", () => {
  const N = 10_000;
  test.each<[string, string, readonly string[]]>([
    ["constants, each using the next", `${lines(N, (i) => `const a${i} = a${i + 1} + 1;`)}\nconst a${N} = 1;`, []],
    ["aliases", `${lines(N, (i) => `alias a${i} = a${i + 1};`)}\nalias a${N} = i32;`, []],
    ["calls", `${lines(N, (i) => `fn f${i}() -> i32 { return f${i + 1}(); }`)}\nfn f${N}() -> i32 { return 1; }`, []],
    ["overrides", `${lines(N, (i) => `override a${i} = a${i + 1} + 1;`)}\noverride a${N} = 1;`, []],
    ["a cycle", lines(N, (i) => `const a${i} = a${(i + 1) % N};`), ["1:7 W0202"]],
    ["recursive calls", lines(N, (i) => `fn f${i}() { f${(i + 1) % N}(); }`), ["1:4 W0202"]],
    ["pointers by let", `fn f() { var x = 1; let p0 = &x; ${lines(N, (i) => `let p${i + 1} = p${i}; *p${i + 1} = 1;`)} }`, []],
    ["else if", `fn f(x: i32) { if x == 0 { } ${lines(100, (i) => `else if x == ${i} { }`)} }`, []],
  ])("%s", (_, source, errors) => {
    expect(checkText(source).errors).toEqual(errors);
  });
});

describe("doubling", () => {
  test("structures of structures: too large, and said so once", () => {
    const source = `struct s0 { a: vec4f }\n${lines(40, (i) => `struct s${i + 1} { a: s${i}, b: s${i} }`)}`;
    expect(checkText(source).errors).toEqual(["29:8 W0217"]);
  });
  test("nesting has a limit", () => {
    const source = `struct s0 { a: i32 }\n${lines(300, (i) => `struct s${i + 1} { a: s${i} }`)}`;
    expect(checkText(source).errors).toEqual(["256:8 W0217"]);
  });
  test("calls that fan out", () => {
    const source = `fn f0() { }\n${lines(60, (i) => `fn f${i + 1}() { f${i}(); f${i}(); }`)}\n@compute @workgroup_size(1) fn main() { f60(); }`;
    expect(checkText(source).errors).toEqual([]);
  });
});

describe("many", () => {
  test("errors are counted, not kept", () => {
    const diagnostics = new DiagnosticList();
    check(parse(`fn f() { ${"_ = 1 + true; ".repeat(20_000)} }`, diagnostics), diagnostics);
    expect([diagnostics.errorCount, diagnostics.items.length]).toEqual([20_000, 100]);
  });
  test("entry points over one graph of calls", () => {
    const source = `var<private> x: i32;\n${lines(500, (i) => `fn f${i}() { ${i > 0 ? `f${i - 1}();` : "x = 1;"} }`)}\n${lines(500, (i) => `@compute @workgroup_size(1) fn m${i}() { f499(); }`)}`;
    expect(checkText(source).errors).toEqual([]);
  });
  test("uses of one large constant array", () => {
    const source = `const a = array(${Array.from({ length: 30_000 }, (_, i) => i).join(",")});\nfn f() { ${lines(2000, (i) => `let x${i} = a;`)} }`;
    expect(checkText(source).errors).toEqual([]);
  });
  test("names in one scope", () => {
    expect(checkText(`fn f() { ${lines(20_000, (i) => `let x${i} = ${i};`)} }`).errors).toEqual([]);
  });
  test("arguments of an array constructor have a limit", () => {
    expect(checkText(`const a = array(${"1,".repeat(32_768)});`).errors).toEqual(["1:11 W0312"]);
  });
});

test("a module that does not fit the budget is an error like any other", () => {
  const diagnostics = new DiagnosticList();
  const ast = parse(`fn f() { ${lines(10_000, (i) => `let x${i} = ${i} + 1;`)} }`, diagnostics);
  check(ast, diagnostics, { budget: new Budget(200_000) });
  expect(diagnostics.items.map((d) => d.code)).toEqual(["W0151"]);
});

test("whatever is left of a broken source can be checked", () => {
  const source = `struct S { a: array<f32, 4>, @align(16) b: vec3f } const c = S(array(1f, 2, 3, 4), vec3f());
    @group(0) @binding(0) var<storage, read_write> v: array<S>; override o: u32 = 3; alias A = ptr<function, S>;
    fn f(p: A, i: u32) -> f32 { switch i { case 1: { return (*p).a[i]; } default: { } } for (var k = 0; k < 3; k++) { v[k].b.x += p.b.y; } return 1; }
    @compute @workgroup_size(o) fn main(@builtin(global_invocation_id) id: vec3u) { var s = v[id.x]; s.a[0] = f(&s, id.y) * select(1f, 2f, true && id.z > o); }`;
  let seed = 1;
  const random = (n: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  const tokens = source.match(/[A-Za-z_][A-Za-z_0-9]*|[0-9]+f?|\s+|./g)!;
  for (let round = 0; round < 800; round++) {
    const broken = [...tokens];
    for (let edits = 1 + random(3); edits > 0; edits--) {
      const at = random(broken.length);
      if (random(3) === 0) broken.splice(at, 1 + random(3));
      else broken[at] = broken[random(broken.length)]!;
    }
    // Must not throw; what it says is not the point.
    checkText(broken.join(""));
  }
});
