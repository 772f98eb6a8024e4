import { describe, expect, test } from "vitest";
import { Suffix } from "../../frontend/wgsl/ast.ts";
import type { FloatValue } from "../../frontend/wgsl/literal.ts";
import { floatValue, intValue } from "../../frontend/wgsl/literal.ts";

const SUFFIXES: Record<string, Suffix> = { f: Suffix.F, h: Suffix.H };

function int(text: string): bigint | "overflows" {
  const suffix = text.endsWith("i") ? Suffix.I : text.endsWith("u") ? Suffix.U : Suffix.NONE_WRITTEN;
  const value = { low: 0, high: 0, overflows: false };
  intValue(text, 0, suffix === Suffix.NONE_WRITTEN ? text.length : text.length - 1, suffix, value);
  return value.overflows ? "overflows" : (BigInt(value.high) << 32n) | BigInt(value.low >>> 0);
}

function float(text: string, suffix = ""): FloatValue {
  return floatValue(text, 0, text.length, SUFFIXES[suffix] ?? Suffix.NONE_WRITTEN);
}

/** Seeded, so that a failure repeats. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
}

describe("integers", () => {
  const good = ["0", "9", "4294967295", "4294967296", "999999999999999", "1000000000000000", "9007199254740993", "9223372036854775807"];
  for (const text of good) test(text, () => expect(int(text)).toBe(BigInt(text)));
  const hex = ["0x0", "0xF", "0xffffffff", "0x100000000", "0x123456789abcdef", "0x7fffffffffffffff", `0x${"0".repeat(30)}1`];
  for (const text of hex) test(text, () => expect(int(text)).toBe(BigInt(text)));
  const suffixed: readonly (readonly [string, bigint])[] = [
    ["2147483647i", 2147483647n],
    ["0x7fffffffi", 2147483647n],
    ["4294967295u", 4294967295n],
    ["0xffffffffu", 4294967295n],
    ["0i", 0n],
  ];
  for (const [text, value] of suffixed) test(text, () => expect(int(text)).toBe(value));
  const bad = [
    "9223372036854775808",
    "9999999999999999999",
    "10000000000000000000",
    "0x8000000000000000",
    "0xffffffffffffffff",
    "0x10000000000000000",
    "2147483648i",
    "0x80000000i",
    "4294967296i",
    "4294967296u",
    "0x100000000u",
    "18446744073709551616u",
    "1".repeat(1000),
  ];
  for (const text of bad) test(`${text.slice(0, 30)} overflows`, () => expect(int(text)).toBe("overflows"));

  test("as BigInt has it, for random digits", () => {
    const next = random(1);
    for (let i = 0; i < 2000; i++) {
      const value = BigInt.asUintN(1 + (next() % 63), (BigInt(next()) << 32n) | BigInt(next()));
      expect(int(value.toString())).toBe(value);
      expect(int(`0x${value.toString(16)}`)).toBe(value);
    }
  });
});

describe("decimal floats", () => {
  const cases: readonly (readonly [string, string, FloatValue])[] = [
    ["0.", "", 0],
    ["1e-400", "", 0],
    ["4.9e-324", "", 5e-324],
    ["1.7976931348623157e308", "", Number.MAX_VALUE],
    ["1.8e308", "", "overflows"],
    ["1e999999999999", "", "overflows"],
    ["0e999999999999", "", 0],
    [`1${"0".repeat(400)}.e-400`, "", 1],
    [`.${"0".repeat(400)}1e401`, "", 1],
    ["0.1", "f", Math.fround(0.1)],
    ["3.4028234663852886e38", "f", 3.4028234663852886e38],
    ["3.4028235e38", "f", "overflows"],
    ["1e39", "f", "overflows"],
    ["1e-50", "f", 0],
    ["1.4e-45", "f", 2 ** -149],
    ["65504", "h", 65504],
    ["65505", "h", "overflows"],
    ["65520.0", "h", "overflows"],
    ["0.1", "h", 0.0999755859375],
    ["1e-10", "h", 0],
    ["6e-8", "h", 2 ** -24],
    // ties go to the even neighbour: 2^24 + 1, 2048 + 1, 2048 + 3, half the smallest f16
    ["16777217.0", "f", 16777216],
    ["16777219.0", "f", 16777220],
    ["2049.0", "h", 2048],
    ["2051.0", "h", 2052],
    ["2.98023223876953125e-8", "h", 0],
    ["2.98023223876953126e-8", "h", 2 ** -24],
    // not quite a tie, though the nearest double is one: rounding twice would go wrong
    ["16777217.0000000001", "f", 16777218],
    ["16777216.9999999999", "f", 16777216],
    ["2049.00000000000001", "h", 2050],
    ["1.00000005960464477539062500001", "f", 1],
    ["1.0000000596046447754000001", "f", 1 + 2 ** -23],
  ];
  for (const [text, suffix, value] of cases) test(`${text.slice(0, 40)}${suffix}`, () => expect(float(text, suffix)).toBe(value));

  test("f32 as Math.fround has it, for random digits", () => {
    const next = random(2);
    for (let i = 0; i < 2000; i++) {
      const text = `${next() % 1000}.${next()}e${(next() % 80) - 45}`;
      const value = Number(text);
      expect([text, float(text, "f")]).toEqual([text, value > 3.4028234663852886e38 ? "overflows" : Math.fround(value)]);
    }
  });
});

describe("hexadecimal floats", () => {
  const cases: readonly (readonly [string, string, FloatValue])[] = [
    ["0x0p0", "", 0],
    ["0x1p0", "", 1],
    ["0x.8", "", 0.5],
    ["0xa.fp+2", "", 43.75],
    ["0x1P-4", "", 0.0625],
    ["0x1p1023", "", 2 ** 1023],
    ["0x1p1024", "", "overflows"],
    ["0x.00000001p1055", "", 2 ** 1023],
    ["0x1p-1074", "", 5e-324],
    ["0x1p-1075", "", 0],
    ["0x1.8p-1075", "", 5e-324],
    ["0x3p-1075", "", 2 * 5e-324],
    ["0x1p-99999999999999999999", "", 0],
    ["0x1p99999999999999999999", "", "overflows"],
    ["0x0p99999999999999999999", "", 0],
    ["0x1.fffffffffffffp1023", "", Number.MAX_VALUE],
    ["0x1.fffffffffffff8p1023", "", "overflows"],
    // 2^53 + 1 is a tie, 2^53 + 1 and a bit is not
    ["0x20000000000001p0", "", 2 ** 53],
    ["0x20000000000001.8p0", "", 2 ** 53 + 2],
    ["0x20000000000003p0", "", 2 ** 53 + 4],
    [`0x1${"0".repeat(100)}p-400`, "", 1],
    [`0x.${"0".repeat(100)}1p404`, "", 1],
    ["0x1p0", "f", 1],
    ["0x1.fffffep127", "f", 3.4028234663852886e38],
    ["0x1.ffffffp127", "f", "overflows"],
    ["0x1p128", "f", "overflows"],
    ["0x1.000002p0", "f", 1 + 2 ** -23],
    ["0x1.000001p0", "f", "inexact"],
    ["0x1.00000001p0", "f", "inexact"],
    ["0x1p-149", "f", 2 ** -149],
    ["0x1p-150", "f", "inexact"],
    ["0x1p-9999", "f", "inexact"],
    ["0x0p-9999", "f", 0],
    ["0x1.8p-149", "f", "inexact"],
    ["0x8000000000000001p0", "f", "inexact"],
    ["0x80000000000000000p0", "f", 2 ** 67],
    ["0x80000000000000001p0", "f", "inexact"],
    ["0x1.ffcp15", "h", 65504],
    ["0x1p16", "h", "overflows"],
    ["0x1.002p0", "h", "inexact"],
    ["0x1.004p0", "h", 1 + 2 ** -10],
    ["0x1p-24", "h", 2 ** -24],
    ["0x1p-25", "h", "inexact"],
    ["0x3.2p+2", "h", 12.5],
  ];
  for (const [text, suffix, value] of cases) test(`${text.slice(0, 40)}${suffix}`, () => expect(float(text, suffix)).toBe(value));

  test("every bit of a double survives", () => {
    const next = random(3);
    for (let i = 0; i < 2000; i++) {
      const bits = (BigInt(next()) << 32n) | BigInt(next());
      const exponent = (next() % 2000) - 1074;
      const mantissa = BigInt.asUintN(53, bits);
      const expected = Number(mantissa) * 2 ** (exponent >> 1) * 2 ** (exponent - (exponent >> 1));
      if (expected < 2 ** -1022 || expected === Number.POSITIVE_INFINITY) continue;
      expect(float(`0x${mantissa.toString(16)}p${exponent}`)).toBe(expected);
    }
  });
});
