import { describe, expect, test } from "vitest";
import { statementErrors, statements } from "./parser-helpers.ts";

function trees(cases: readonly (readonly [string, string])[]): void {
  for (const [source, expected] of cases) test(source, () => expect(statements(source)).toBe(expected));
}

describe("declarations", () => {
  trees([
    ["var a: i32 = 1;", "(var a : i32 = 1)"],
    ["var a: i32;", "(var a : i32)"],
    ["var a = 1;", "(var a = 1)"],
    ["var a;", "(var a)"],
    ["var<function> a: i32;", "(var<function> a : i32)"],
    ["var<function, read_write,> a: i32;", "(var<function, read_write> a : i32)"],
    ["let a = 1;", "(let a = 1)"],
    ["let a: vec2<f32> = b;", "(let a : vec2<f32> = b)"],
    ["let a: vec2<f32>= b;", "(let a : vec2<f32> = b)"],
    ["const a = 1;", "(const a = 1)"],
    ["const a: array<vec2<f32>, 2>=b;", "(const a : array<vec2<f32>, 2> = b)"],
    ["const_assert a < b;", "(const_assert (< a b))"],
    ["const_assert(a);", "(const_assert a)"],
  ]);
});

describe("assignments, increments and calls", () => {
  trees([
    ["a = b;", "(= a b)"],
    ["a.b[1] = c;", "(= ([] (. a b) 1) c)"],
    ["*a = b;", "(= (* a) b)"],
    ["(*a).b = c;", "(= (. (* a) b) c)"],
    ["*&a = b;", "(= (* (& a)) b)"],
    ["&&a = b;", "(= (& (& a)) b)"],
    ["(a) = b;", "(= a b)"],
    ["f(x).y = b;", "(= (. (call f x) y) b)"],
    ["_ = a;", "(_= a)"],
    ["a += b;", "(+= a b)"],
    ["a -= b;", "(-= a b)"],
    ["a *= b;", "(*= a b)"],
    ["a /= b;", "(/= a b)"],
    ["a %= b;", "(%= a b)"],
    ["a &= b;", "(&= a b)"],
    ["a |= b;", "(|= a b)"],
    ["a ^= b;", "(^= a b)"],
    ["a <<= b;", "(<<= a b)"],
    ["a >>= b;", "(>>= a b)"],
    ["a++;", "(++ a)"],
    ["a--;", "(-- a)"],
    ["a[i].b++;", "(++ (. ([] a i) b))"],
    ["*a--;", "(-- (* a))"],
    ["f();", "(do (call f))"],
    ["f<a>(b, c,);", "(do (call f<a> b c))"],
    ["a = b--c;", "(= a (- b (- c)))"],
    ["", ""],
    [";;;", ""],
    ["a = b;;", "(= a b)"],
  ]);
});

describe("control flow", () => {
  trees([
    ["return;", "(return)"],
    ["return a + b;", "(return (+ a b))"],
    ["discard;", "(discard)"],
    ["{ }", "(block)"],
    ["{ { a = b; } }", "(block (block (= a b)))"],
    ["if a { }", "(if a (block))"],
    ["if (a) { b = c; }", "(if a (block (= b c)))"],
    ["if (a) && (b) { }", "(if (&& a b) (block))"],
    ["if a { } else { }", "(if a (block) (block))"],
    ["if a { } else if b { } else if (c) { } else { f(); }", "(if a (block) (if b (block) (if c (block) (block (do (call f))))))"],
    ["switch a { default { } }", "(switch a (body (case default (block))))"],
    ["switch (a) + 1 { case 1: { } default: { } }", "(switch (+ a 1) (body (case 1 (block)) (case default (block))))"],
    ["switch a { case 1, 2, { } case default, b<c>() { } }", "(switch a (body (case 1 2 (block)) (case default (call b<c>) (block))))"],
    ["switch a { case 1 @diagnostic(off, x) { } }", "(switch a (body (case 1 (block (@diagnostic off x)))))"],
    ["loop { }", "(loop (block))"],
    ["loop { break; continue; }", "(loop (block (break) (continue)))"],
    ["loop { a = b; continuing { } }", "(loop (block (= a b)) (continuing (block)))"],
    ["loop { continuing { a++; break if a > b; } }", "(loop (block) (continuing (block (++ a)) (break-if (> a b))))"],
    ["loop { continuing { ; break if a; } }", "(loop (block) (continuing (block) (break-if a)))"],
    ["while a < b { }", "(while (< a b) (block))"],
    ["while (a) > b { }", "(while (> a b) (block))"],
    ["for (;;) { }", "(for _ _ _ (block))"],
    ["for (var i = 0; i < 9; i++) { }", "(for (var i = 0) (< i 9) (++ i) (block))"],
    ["for (let i = 0; ; ) { }", "(for (let i = 0) _ _ (block))"],
    ["for (const i = 0; a; f()) { }", "(for (const i = 0) a (do (call f)) (block))"],
    ["for (a = b; ; a += 1) { }", "(for (= a b) _ (+= a 1) (block))"],
    ["for (f(); ; _ = a) { }", "(for (do (call f)) _ (_= a) (block))"],
    ["for (i--; ; i--) { }", "(for (-- i) _ (-- i) (block))"],
  ]);
});

describe("attributes", () => {
  const d = "@diagnostic(off, a.b)";
  const shown = "(@diagnostic off a b)";
  trees([
    [`${d} { }`, `(block ${shown})`],
    [`${d} if a { }`, `(if ${shown} a (block))`],
    [`if a ${d} { } else ${d} { }`, `(if a (block ${shown}) (block ${shown}))`],
    [`${d} switch a ${d} { default ${d} { } }`, `(switch ${shown} a (body ${shown} (case default (block ${shown}))))`],
    [`${d} loop ${d} { continuing ${d} { } }`, `(loop ${shown} (block ${shown}) (continuing (block ${shown})))`],
    [`${d} while a ${d} { }`, `(while ${shown} a (block ${shown}))`],
    [`${d} ${d} for (;;) ${d} { }`, `(for ${shown} ${shown} _ _ _ (block ${shown}))`],
  ]);
});

describe("errors", () => {
  const cases: readonly (readonly [string, ...string[]])[] = [
    // missing ';', and the next statement is still read
    ["let a = 1\nlet b = ;", "1:10 W0112", "2:9 W0114"],
    ["a = b }\nfn g() {", "1:7 W0112"],
    ["return 1 2;", "1:10 W0112"],
    ["break", "1:6 W0112"],
    ["f()", "1:4 W0112"],
    // names and values
    ["let = 1;", "1:5 W0113"],
    ["let 1 = 1;", "1:5 W0113"],
    ["let if = 1; let b = ;", "1:5 W0118", "1:21 W0114"],
    ["let fn = 1; let b = ;", "1:5 W0118", "1:21 W0114"],
    ["let\nlet b = 1;\nlet c = ;", "2:1 W0118", "3:9 W0114"],
    ["let _ = 1;", "1:5 W0113"],
    ["let a;", "1:6 W0124"],
    ["const a: i32;", "1:13 W0124"],
    ["let a: = 1;", "1:8 W0115"],
    ["let a = if b { 1 } else { 2 };", "1:9 W0114"],
    ["var<> a = 1;", "1:4 W0142"],
    ["override a = 1; let b = ;", "1:1 W0125", "1:25 W0114"],
    ["struct S { a: i32 } let b = ;", "1:1 W0125", "1:29 W0114"],
    ["alias a = b;", "1:1 W0125"],
    ["enable f16;", "1:1 W0125"],
    // declarations as in other languages
    ["float a = 1.0; let b = ;", "1:1 W0116", "1:24 W0114"],
    ["vec2 a = b;", "1:1 W0116"],
    ["a: i32 = 1;", "1:2 W0116"],
    // left sides, expressions and increments as statements
    ["5 = a;", "1:1 W0116"],
    ["a + b = c;", "1:1 W0132"],
    ["(a + b).c = d;", "1:2 W0130"],
    ["-a = b;", "1:1 W0116"],
    ["vec2<f32>.x = a;", "1:1 W0130"],
    ["a;", "1:1 W0132"],
    ["a.b", "1:1 W0132"],
    ["f().x;", "1:1 W0132"],
    ["(f());", "1:2 W0132"],
    ["a b;", "1:1 W0116"],
    ["a 1;", "1:3 W0112"],
    ["_ += 1;", "1:3 W0112"],
    ["_;", "1:2 W0112"],
    ["++a; let b = ;", "1:1 W0131", "1:14 W0114"],
    ["--a;", "1:1 W0131"],
    ["a = b++;", "1:6 W0131"],
    ["a = b = c;", "1:7 W0143"],
    // heads of compound statements, and their blocks are still read
    ["if { let b = ; }", "1:4 W0114", "1:14 W0114"],
    ["if a return b; else return c; let b = ;", "1:6 W0112", "1:39 W0114"],
    ["if a return b;\nlet b = ;", "1:6 W0112", "2:9 W0114"],
    ["if (a = b) { let b = ; }", "1:7 W0143", "1:22 W0114"],
    ["while { let b = ; }", "1:7 W0114", "1:17 W0114"],
    ["while a", "2:1 W0112"],
    ["for (a; b) { let b = ; }", "1:6 W0132", "1:22 W0114"],
    ["for (var i = 0; i < 3 i++) { let b = ; }", "1:23 W0112", "1:38 W0114"],
    ["for var i = 0; i < 3; i++ { let b = ; }", "1:5 W0112", "1:37 W0114"],
    ["for (;;)", "2:1 W0112"],
    ["else { } let b = ;", "1:1 W0135", "1:18 W0114"],
    ["if a { } else b { }", "1:15 W0112"],
    // switch
    ["switch a { }", "1:10 W0134"],
    ["switch a { b = c; case 1 { let b = ; } }", "1:12 W0134", "1:36 W0114"],
    ["switch a { case { } }", "1:17 W0114"],
    ["switch a { case 1: b = c; break; case 2 { let b = ; } }", "1:20 W0112", "1:51 W0114"],
    ["case 1: { } let b = ;", "1:1 W0134", "1:21 W0114"],
    // continuing and break if
    ["continuing { } let b = ;", "1:1 W0133", "1:24 W0114"],
    ["loop { continuing { }\nlet a; let b = ; }", "2:1 W0133", "2:16 W0114"],
    ["while a { continuing { } }", "1:11 W0133"],
    ["break if a; let b = ;", "1:1 W0133", "1:21 W0114"],
    ["loop { break if a; }", "1:8 W0133"],
    ["loop { continuing { break if a; let b = 1; let c = ; } }", "1:33 W0133", "1:52 W0114"],
    ["loop { continuing { if a { break if b; } } }", "1:28 W0133"],
    ["loop { continuing a; }", "1:19 W0112"],
    ["loop { continuing { }; }", "1:22 W0133"],
    ["loop { continuing { break if a;; } }", "1:32 W0133"],
    // attributes
    ["@diagnostic(off, a) let b = 1; let c = ;", "1:1 W0122", "1:40 W0114"],
    ["@diagnostic(off, a) ;", "1:1 W0122"],
    ["@diagnostic(off) { }", "1:16 W0112"],
    ["@diagnostic { }", "1:13 W0112"],
    ["@nothing { let b = ; }", "1:2 W0120", "1:20 W0114"],
    ["@nothing(a, b) { let b = ; }", "1:2 W0120", "1:26 W0114"],
    ["@ { }", "1:3 W0120"],
    // what the lexer has reported is no second mistake
    ["let auto = 1; auto += 1; let b = ;", "1:5 W0105", "1:34 W0114"],
    ["auto a = 1; let b = ;", "1:1 W0105", "1:21 W0114"],
    ["a = $; b = c$; let b = ;", "1:5 W0102", "1:13 W0102", "1:24 W0114"],
    ["a = 0x; a = 1x2; let b = ;", "1:5 W0106", "1:13 W0106", "1:26 W0114"],
    ["let __a = 1; __a += __a;", "1:5 W0104"],
  ];
  for (const [source, ...errors] of cases) test(source.replace("\n", "⏎"), () => expect(statementErrors(source)).toEqual(errors));
});
