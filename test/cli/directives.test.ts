import { describe, expect, test } from "vitest";
import { parseBind, parseDirectives, parseDispatch, readOverride } from "../../cli/directives.ts";

describe("a file's directives", () => {
  test("are read from its //! lines", () => {
    const d = parseDirectives(`// a comment
//! test isa run
//!dispatch 4 2; entry  main
//! override SCALE=2; override on = true; override off=false; override MASK=0xff; override small=-1.5e-3
//! bind 0.0 u32 1 2 0x10
//! bind 1.2 f32 -0 inf nan .5;; bind 0.3 zero 10
//! bind 0.4 i32 range 3
//! image 0.1 64 48
fn f() {}   //! dispatch 9 9 9
  //! bogus
`);
    expect(d.errors).toEqual([]);
    expect(d).toMatchObject({ entry: "main", dispatch: [4, 2, 1], sections: ["isa", "run"] });
    expect({ ...d.overrides }).toEqual({ SCALE: 2, on: 1, off: 0, MASK: 255, small: -0.0015 });
    expect(d.image).toEqual({ group: 0, binding: 1, width: 64, height: 48 });
    expect(d.binds.map((b) => [b.group, b.binding, b.scalar, [...b.words]])).toEqual([
      [0, 0, "u32", [1, 2, 16]],
      [1, 2, "f32", [0x80000000, 0x7f800000, 0x7fc00000, 0x3f000000]],
      [0, 3, "u32", [0, 0, 0]],
      [0, 4, "i32", [0, 1, 2]],
    ]);
  });

  test("end where the sections begin, with lines as they are", () => {
    const d = parseDirectives(
      "//! test run\r\nfn f() {}\n\n//! == ir ==\n//!   two  spaces  \n//!\n//! a; b\n//! == run ==\n//! dispatch 7\r\n",
    );
    expect(d.dispatch).toEqual([1, 1, 1]);
    expect(d.errors).toEqual([]);
    expect([...d.expected]).toEqual([
      ["ir", "  two  spaces\n\na; b"],
      ["run", "dispatch 7"],
    ]);
  });

  test.each([
    ["frobnicate 1", "unknown directive 'frobnicate'"],
    ["== two words ==", "unknown directive '=='"],
    ["test", "'test' takes the sections to make"],
    ["entry", "'entry' takes one name"],
    ["entry a b", "'entry' takes one name"],
    ["dispatch", "'dispatch' takes one to three workgroup counts from 0 to 65535"],
    ["dispatch 1 2 3 4", "'dispatch' takes one to three workgroup counts from 0 to 65535"],
    ["dispatch 65536", "'dispatch' takes one to three workgroup counts from 0 to 65535"],
    ["dispatch -1", "'dispatch' takes one to three workgroup counts from 0 to 65535"],
    ["dispatch 1.5", "'dispatch' takes one to three workgroup counts from 0 to 65535"],
    ["override", "'' is not of the form name=value"],
    ["override =1", "'=1' is not of the form name=value"],
    ["override A=", "'A=' is not of the form name=value"],
    ["override A=two", "'two' is no number"],
    ["override A=1e999", "'1e999' is no number"],
    ["override A=Infinity", "'Infinity' is no number"],
    ["bind", "'' is not of the form group.binding, such as 0.1"],
    ["bind 0 u32 1", "'0' is not of the form group.binding, such as 0.1"],
    ["bind 0.0.0 u32 1", "'0.0.0' is not of the form group.binding, such as 0.1"],
    ["bind a.b u32 1", "'a.b' is not of the form group.binding, such as 0.1"],
    ["bind -1.0 u32 1", "'-1.0' is not of the form group.binding, such as 0.1"],
    ["bind 0.99999999999 u32 1", "'0.99999999999' is not of the form group.binding, such as 0.1"],
    ["bind 0.0", "'' is none of u32, i32, f32, zero"],
    ["bind 0.0 f64 1", "'f64' is none of u32, i32, f32, zero"],
    ["bind 0.0 u32 1 x", "'x' is no u32"],
    ["bind 0.0 i32 0.5", "'0.5' is no i32"],
    ["bind 0.0 zero", "'zero' takes a byte count up to 268435456"],
    ["bind 0.0 zero 268435457", "'zero' takes a byte count up to 268435456"],
    ["bind 0.0 zero 4 4", "'zero' takes a byte count up to 268435456"],
    ["bind 0.0 f32 range", "'range' takes an element count up to 67108864"],
    ["bind 0.0 f32 range 67108865", "'range' takes an element count up to 67108864"],
    ["bind 0.0 f32 range 1 2", "'range' takes an element count up to 67108864"],
    ["image 0.0 8", "'image' takes group.binding, width and height, for up to 67108864 pixels"],
    ["image 0.0 8 0", "'image' takes group.binding, width and height, for up to 67108864 pixels"],
    ["image 0.0 1.5 2", "'image' takes group.binding, width and height, for up to 67108864 pixels"],
    ["image 0.0 65536 65536", "'image' takes group.binding, width and height, for up to 67108864 pixels"],
    ["image 0 8 8", "'image' takes group.binding, width and height, for up to 67108864 pixels"],
    [`x${"y".repeat(100)}`, `unknown directive 'x${"y".repeat(38)}…'`],
  ])("'%s' is an error with its line", (text, message) => {
    expect(parseDirectives(`// first\n//! ${text}\n`).errors).toEqual([{ line: 2, message }]);
  });

  test("may bind a place once, and so much in all", () => {
    expect(parseDirectives("//! bind 0.1 u32 1; bind 0.1 f32 2").errors[0]?.message).toBe("binding 0.1 is bound twice");
    const much = parseDirectives("//! bind 0.0 zero 200000000; bind 0.1 zero 100000000");
    expect(much.errors[0]?.message).toBe("all buffers together have more than 268435456 bytes");
  });

  test("may be named like the members of objects", () => {
    const d = parseDirectives("//! override __proto__=1; override constructor=2");
    expect(Object.entries(d.overrides)).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
    ]);
  });

  test("hostile files end quickly and say little", () => {
    const d = parseDirectives("//! x\n".repeat(200_000));
    expect(d.errors.length).toBe(100);
    expect(parseDirectives(`//! override ${" ".repeat(500_000)}=${"=".repeat(500_000)}`).errors.length).toBe(1);
    expect(parseDirectives("\0//!\n//!\0\n//! \ud800").errors.length).toBe(2);
  });
});

test("parseDispatch", () => {
  expect([["3"], ["3", "0"], ["1", "2", "65535"]].map(parseDispatch)).toEqual([
    [3, 1, 1],
    [3, 0, 1],
    [1, 2, 65_535],
  ]);
  expect([[], [""], ["1", ""], ["1", "2", "3", "4"], ["0x10"], ["-0"]].map(parseDispatch)).toEqual([null, null, null, null, null, null]);
});

test("readOverride keeps what it cannot read out of the record", () => {
  const overrides: Record<string, number> = {};
  expect(readOverride(overrides, "7 = 0.5")).toBeNull();
  expect(readOverride(overrides, "A=b=c")).toBe("'b=c' is no number");
  expect(overrides).toEqual({ 7: 0.5 });
});

test("parseBind rounds bytes up to words", () => {
  const bind = parseBind("3.4", ["zero", "5"]);
  expect(bind).toEqual({ group: 3, binding: 4, scalar: "u32", words: new Uint32Array(2) });
  expect(parseBind("0.0", ["f32", "range", "3"])).toMatchObject({ words: Uint32Array.of(0, 0x3f800000, 0x40000000) });
  expect(parseBind("0.0", ["i32", "zero", "3"])).toMatchObject({ scalar: "i32", words: new Uint32Array(3) });
});
