import { describe, expect, test } from "vitest";
import { parse } from "../../ir/parse.ts";
import { print } from "../../ir/print.ts";

function roundTrip(text: string): string {
  const result = parse(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return print(result.module, { offsets: true });
}

const WHOLE = `struct Inner { vec3<f32> @0, f32 @12 } size 16
struct Outer { mat2x3<f32, stride 16> @0, array<Inner, 2, stride 16> @32 } size 64
const #0 = array<u32, 20, stride 4>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19)
var @buf: ptr<StorageBuffer, array<Outer, stride 64>> group 0 binding 1 writable
var @id: ptr<Input, vec3<u32>> builtin global_invocation_id
var @p: ptr<Private, u32> = u32 3
var @p_2: ptr<Private, bool>
var @color: ptr<Output, vec4<f16>> location 0
entry compute @main workgroup_size(8, 8, 1) named "main λ"

fn @helper(%0: f32, %1: ptr<Function, f32>) -> f32 {
block b0:
  %2 = Load f32 %1 !77
  %3 = FAdd f32 %0, f32 -0
  Store %1, f32 0x7fc00000
  ReturnValue %3
}

fn @main() -> void {
block b0:
  %0 = Variable ptr<Function, f32>
  %1 = Variable ptr<Function, i32> i32 -7
  %2 = Load vec3<u32> @id
  %3 = CompositeExtract u32 %2, 0
  Branch b1
block b1 (loop merge b4 continue b3):
  %4 = Phi u32 b0: u32 0, b3: %10
  %5 = ULessThan bool %4, %3
  BranchConditional %5, b2, b4
block b2 (selection merge b3):
  %6 = FunctionCall f32 @helper, f32 1e-45, %0
  FunctionCall void @nothing
  %7 = SpanAtomic u32 @buf, %4, 0, 0, iadd, u32 4294967295
  Switch %4, b3, 0: b3, -1: b3
block b3:
  %8 = Select vec2<f32> true, vec2<f32>(1.5, undef), null vec2<f32>
  %9 = AccessChain ptr<Private, u32> @p
  %10 = IAdd u32 %4, u32 1
  Branch b1
block b4:
  %11 = CompositeExtract u32 array<array<u32, 20, stride 4>, 1, stride 80>(#0), 0, 1
  Return
}

fn @nothing() -> void {
block b0:
  Return
}
`;

describe("text form", () => {
  test("a module with everything in it prints as it was written", () => {
    expect(roundTrip(WHOLE)).toBe(WHOLE);
  });

  test("names of values and blocks may be words, and are numbered when printed", () => {
    const text = "fn @f(%x: u32) -> u32 {\nblock start:\n  %twice = IAdd u32 %x, %x // comment\n  ReturnValue %twice\n}\n";
    expect(roundTrip(text)).toBe("fn @f(%0: u32) -> u32 {\nblock b0:\n  %1 = IAdd u32 %0, %0\n  ReturnValue %1\n}\n");
  });

  test.each([
    ["f32", "0.1"],
    ["f32", "3.4028235e+38"],
    ["f32", "1.1754944e-38"],
    ["f32", "16777216"],
    ["f32", "0x7f800000"],
    ["f32", "0xffc00001"],
    ["i32", "-2147483648"],
    ["u32", "4294967295"],
    ["f16", "65504"],
  ])("%s %s keeps its bits", (type, value) => {
    const text = `fn @f() -> ${type} {\nblock b0:\n  ReturnValue ${type} ${value}\n}\n`;
    expect(print(must(roundTrip(text)))).toBe(text);
  });

  test.each([
    ["fn @f() -> void {\nblock b0:\n  Branch b1\n}", 3, 10, "unknown block 'b1'"],
    ["fn @f() -> u32 {\nblock b0:\n  ReturnValue %a\n}", 3, 15, "unknown value '%a'"],
    ["fn @f() -> u32 {\nblock b0:\n  %1 = Foo u32\n}", 3, 8, "unknown operation 'Foo'"],
    ["fn @f() -> u32 {\nblock b0:\n  %1 = IAdd u32 u32 1\n}", 3, 22, "'IAdd' takes 2 operands, found 1"],
    ["fn @f() -> u32 {\nblock b0:\n  %1 = Not u32 u32 1, u32 2\n}", 3, 23, "too many operands for 'Not'"],
    ["fn @f() -> void {\nblock b0:\n  FunctionCall void @g\n}", 3, 21, "unknown function '@g'"],
    ["var @v: u32", 1, 9, "a variable's type is a pointer"],
    ["struct S { u32 @x } size 4", 1, 16, "'x' is not an offset"],
    ["fn @f(", 1, 7, "expected a parameter, found the end of the text"],
    ["entry tea @f", 1, 7, "'tea' is not a stage"],
    [`var @v: ${"array<".repeat(5000)}`, 1, 399, "types are nested too deep"],
    [`fn @f() -> void {\nblock b0:\n  ReturnValue array<u32, 1, stride 4>${"(".repeat(9999)}`, 3, 39, "expected a number, found '('"],
  ])("%j fails at %d:%d", (text, line, column, message) => {
    const result = parse(text);
    expect(result.ok ? "accepted" : result.errors[0]).toEqual({ line, column, message });
  });

  test("every prefix of a module gives a module or errors", () => {
    for (let i = 0; i < WHOLE.length; i++) {
      const result = parse(WHOLE.slice(0, i));
      if (result.ok) print(result.module);
      else expect(result.errors.length).toBeGreaterThan(0);
    }
  });
});

function must(text: string) {
  const result = parse(text);
  if (!result.ok) throw new Error("does not parse");
  return result.module;
}
