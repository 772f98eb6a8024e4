import { describe, expect, test } from "vitest";
import { parseBits, parseCount, parseDecimal, printBits, printFloat, type Scalar } from "../../cli/numbers.ts";
import { randoms } from "../campaign/random.ts";

describe("parseBits", () => {
  test.each<[Scalar, string, number]>([
    ["u32", "0", 0],
    ["u32", "-0", 0],
    ["u32", "+7", 7],
    ["u32", "4294967295", 0xffffffff],
    ["u32", "0xFFFFFFFF", 0xffffffff],
    ["u32", "1e3", 1000],
    ["i32", "-1", 0xffffffff],
    ["i32", "-2147483648", 0x80000000],
    ["i32", "2147483647", 0x7fffffff],
    ["i32", "0xffffffff", 0xffffffff],
    ["f32", "1", 0x3f800000],
    ["f32", "-0", 0x80000000],
    ["f32", ".5", 0x3f000000],
    ["f32", "2.", 0x40000000],
    ["f32", "0.1", 0x3dcccccd],
    ["f32", "1e-45", 1],
    ["f32", "1e-60", 0],
    ["f32", "3.4028234663852886e38", 0x7f7fffff],
    ["f32", "inf", 0x7f800000],
    ["f32", "+Inf", 0x7f800000],
    ["f32", "-INF", 0xff800000],
    ["f32", "nan", 0x7fc00000],
    ["f32", "-NaN", 0xffc00000],
    ["f32", "0x80000000", 0x80000000],
    ["f32", "0x7f800001", 0x7f800001],
  ])("%s %s is %i", (scalar, text, bits) => expect(parseBits(text, scalar)).toBe(bits));

  test.each<[Scalar, string]>([
    ["u32", "-1"],
    ["u32", "4294967296"],
    ["u32", "1.5"],
    ["u32", "nan"],
    ["u32", "inf"],
    ["u32", ""],
    ["u32", " 1"],
    ["u32", "1u"],
    ["u32", "0x"],
    ["u32", "0x100000000"],
    ["u32", "-0x1"],
    ["u32", "0b11"],
    ["u32", "1_000"],
    ["i32", "2147483648"],
    ["i32", "-2147483649"],
    ["f32", "1e39"],
    ["f32", "1e999"],
    ["f32", "Infinity"],
    ["f32", "1.0f"],
    ["f32", "."],
    ["f32", "e5"],
    ["f32", "0x1.8p1"],
    ["f32", "1\u00a0"],
  ])("%s '%s' is none", (scalar, text) => expect(parseBits(text, scalar)).toBeNull());
});

test("parseDecimal and parseCount are strict", () => {
  expect(["1", "-1.5e2", "1e400", "NaN", "", "0x1", "1 "].map(parseDecimal)).toEqual([1, -150, null, null, null, null, null]);
  expect(["0", "10", "11", "-0", "1.0", "", " 1", "1e1", "99999999999999999999"].map((t) => parseCount(t, 10))).toEqual([
    0,
    10,
    ...[null, null, null, null, null, null, null],
  ]);
  expect(parseCount(undefined, 10)).toBeNull();
});

test("words print in their type", () => {
  expect(printBits(0xffffffff, "u32")).toBe("4294967295");
  expect(printBits(-1, "u32")).toBe("4294967295");
  expect(printBits(0xffffffff, "i32")).toBe("-1");
  const floats = [0, 0x80000000, 0x3f800000, 0x3dcccccd, 0x7f800000, 0xff800000, 0x7fc00000, 0xffffffff, 1, 0x7f7fffff, 0x4b800000];
  expect(floats.map((bits) => printBits(bits, "f32")).join(" ")).toBe("0 -0 1 0.1 inf -inf nan nan 1e-45 3.4028235e+38 16777216");
  expect(printFloat(1 / 3)).toBe("0.3333333333333333");
  expect(printFloat(Math.fround(1 / 3))).toBe("0.33333334");
});

test("what is printed reads back as the same bits", () => {
  const next = randoms(5);
  const lost: { scalar: Scalar; bits: number }[] = [];
  for (let i = 0; i < 20_000; i++) {
    const bits = next() >>> 0;
    const isNaN32 = (bits & 0x7fffffff) > 0x7f800000;
    for (const scalar of ["u32", "i32", "f32"] as const) {
      if (scalar === "f32" && isNaN32) continue;
      if (parseBits(printBits(bits, scalar), scalar) !== bits) lost.push({ scalar, bits });
    }
  }
  expect(lost).toEqual([]);
});
