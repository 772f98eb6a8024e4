import { describe, expect, test } from "vitest";
import { expression, expressionErrors } from "./parser-helpers.ts";

/** Sources and their trees: one test each. */
function trees(cases: readonly (readonly [string, string])[]): void {
  for (const [source, expected] of cases) test(source, () => expect(expression(source)).toBe(expected));
}

describe("primary expressions", () => {
  trees([
    ["a", "a"],
    ["true", "true"],
    ["false", "false"],
    ["0", "0"],
    ["12i", "12i"],
    ["12u", "12u"],
    ["0x1Fu", "31u"],
    ["1.", "1.0"],
    [".5f", "0.5f"],
    ["1h", "1h"],
    ["(a)", "a"],
    ["((a))", "a"],
    ["f()", "(call f)"],
    ["f(a, b)", "(call f a b)"],
    ["f(a, b,)", "(call f a b)"],
    ["vec2<f32>(a, b)", "(call vec2<f32> a b)"],
    ["array<i32, 2 + 1>()", "(call array<i32, (+ 2 1)>)"],
    ["vec2<f32>", "vec2<f32>"],
  ]);
});

describe("accesses", () => {
  trees([
    ["a.b", "(. a b)"],
    ["a.b.xyzw", "(. (. a b) xyzw)"],
    ["a[i]", "([] a i)"],
    ["a[i][j].c", "(. ([] ([] a i) j) c)"],
    ["f(x).y[0]", "([] (. (call f x) y) 0)"],
    ["(a + b).x", "(. (+ a b) x)"],
    ["a[b[c]]", "([] a ([] b c))"],
    ["vec2<f32>(1).x", "(. (call vec2<f32> 1) x)"],
    ["1.0.x", "(. 1.0 x)"],
  ]);
});

describe("unary operators", () => {
  trees([
    ["-a", "(- a)"],
    ["!a", "(! a)"],
    ["~a", "(~ a)"],
    ["*a", "(* a)"],
    ["&a", "(& a)"],
    ["--a", "(- (- a))"],
    ["---a", "(- (- (- a)))"],
    ["&&a", "(& (& a))"],
    ["&&&a", "(& (& (& a)))"],
    ["*&a", "(* (& a))"],
    ["-a.b", "(- (. a b))"],
    ["*a[i]", "(* ([] a i))"],
    ["(*a)[i]", "([] (* a) i)"],
    ["!-~a", "(! (- (~ a)))"],
  ]);
});

describe("precedence and grouping", () => {
  trees([
    ["a + b + c", "(+ (+ a b) c)"],
    ["a - b + c - d", "(- (+ (- a b) c) d)"],
    ["a * b / c % d", "(% (/ (* a b) c) d)"],
    ["a + b * c", "(+ a (* b c))"],
    ["a * b + c", "(+ (* a b) c)"],
    ["a + b * c - d / e * f + g", "(+ (- (+ a (* b c)) (* (/ d e) f)) g)"],
    ["-a * -b", "(* (- a) (- b))"],
    ["a - -b", "(- a (- b))"],
    ["a--b", "(- a (- b))"],
    ["a---b", "(- a (- (- b)))"],
    ["a * b--c", "(- (* a b) (- c))"],
    ["a[0]-1", "(- ([] a 0) 1)"],
    ["a << b", "(<< a b)"],
    ["a >> b", "(>> a b)"],
    ["a << -b", "(<< a (- b))"],
    ["(a + b) << c", "(<< (+ a b) c)"],
    ["a << (b + c)", "(<< a (+ b c))"],
    ["(a << b) < c >> d", "(< (<< a b) (>> c d))"],
    ["a < b", "(< a b)"],
    ["a <= b", "(<= a b)"],
    ["a > b", "(> a b)"],
    ["a >= b", "(>= a b)"],
    ["a == b", "(== a b)"],
    ["a != b", "(!= a b)"],
    ["a + b < c * d", "(< (+ a b) (* c d))"],
    ["a && b && c", "(&& (&& a b) c)"],
    ["a || b || c", "(|| (|| a b) c)"],
    ["a < b && c == d", "(&& (< a b) (== c d))"],
    ["a && !b", "(&& a (! b))"],
    ["a || (b && c)", "(|| a (&& b c))"],
    ["a & b & c", "(& (& a b) c)"],
    ["a | b | c", "(| (| a b) c)"],
    ["a ^ b ^ c", "(^ (^ a b) c)"],
    ["a & -b", "(& a (- b))"],
    ["a & &b", "(& a (& b))"],
    ["a & (b | c)", "(& a (| b c))"],
    ["(a & b) == c", "(== (& a b) c)"],
    ["(a < b) == (c < d)", "(== (< a b) (< c d))"],
    ["a * *b", "(* a (* b))"],
  ]);
});

describe("operators that need parentheses when mixed", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["a & b | c", "1:7 W0140"],
    ["a | b ^ c", "1:7 W0140"],
    ["a & b + c", "1:7 W0140"],
    ["a + b & c", "1:7 W0140"],
    ["a & b == c", "1:7 W0140"],
    ["a == b & c", "1:8 W0140"],
    ["a && b || c", "1:8 W0140"],
    ["a || b && c", "1:8 W0140"],
    ["a && b & c", "1:8 W0140"],
    ["a & b && c", "1:7 W0140"],
    ["a << b << c", "1:8 W0140"],
    ["a << b + c", "1:8 W0140"],
    ["a + b << c", "1:7 W0140"],
    ["a * b >> c", "1:7 W0140"],
    ["a < b < c", "1:7 W0141"],
    ["a == b != c", "1:8 W0141"],
    ["a <= b == c", "1:8 W0141"],
    ["(a < b < c)", "1:8 W0141"],
    ["f(a & b | c)", "1:9 W0140"],
  ];
  for (const [source, error] of cases) test(source, () => expect(expressionErrors(source)).toEqual([error]));
});

describe("what is no expression", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["", "2:1 W0114"],
    ["+a", "1:1 W0143"],
    ["a +", "2:1 W0114"],
    ["a * / b", "1:5 W0114"],
    ["a ! b", "1:3 W0112"],
    ["()", "1:2 W0114"],
    ["f(,)", "1:3 W0114"],
    ["f(a,,b)", "1:5 W0114"],
    ["f(a b)", "1:5 W0117"],
    ["(a", "2:1 W0117"],
    ["a[1", "2:1 W0117"],
    ["a[]", "1:3 W0114"],
    ["a.", "2:1 W0113"],
    ["a.1", "1:2 W0112"],
    ["a.if", "1:3 W0118"],
    ["a++", "1:2 W0131"],
    ["a--", "1:2 W0131"],
    ["++a", "1:1 W0131"],
    ["a = b", "1:3 W0143"],
    ["a += b", "1:3 W0143"],
    ["a ? b : c", "1:3 W0102"],
    ["array<>()", "1:6 W0142"],
    ["_", "1:1 W0114"],
  ];
  for (const [source, error] of cases) test(source || "nothing", () => expect(expressionErrors(source)).toEqual([error]));
});
