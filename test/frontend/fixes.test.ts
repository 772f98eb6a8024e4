/** What is written where the checker proposes something: for each source, the text that its one error puts in the place of another. */
import { expect, test } from "vitest";
import { checkShader } from "../../webgpu/compile.ts";

const FIXES: readonly (readonly [source: string, wrong: string, right: string])[] = [
  ["const a: u32 = 1i;", "1i", "1u"],
  ["const a: f32 = 1u;", "1u", "1f"],
  ["const a: i32 = 2.0f;", "2.0f", "2i"],
  ["fn f(a: u32) -> u32 { return a + 1i; }", "1i", "1u"],
  ["fn f() { var a = 1u; a = 2i; }", "2i", "2u"],
  ["fn f() -> f32 { return 3u; }", "3u", "3f"],
  ["fn f(a: u32) { } fn g() { f(1i); }", "1i", "1u"],
  ["fn f() { let a = 1; a = 2; }", "let", "var"],
  ["enable subgroup;", "subgroup", "subgroups"],
  ["requires buffer_views;", "buffer_views", "buffer_view"],
  ["@fragmnt fn f() { }", "fragmnt", "fragment"],
  ["@fragment fn f(@builtin(positon) a: vec4f) { }", "positon", "position"],
  ["fn f() { let a = lerp(1.0, 2.0, 0.5); }", "lerp", "mix"],
  ["alias a = float3;", "float3", "vec3f"],
  ["fn f() { vat a = 1; }", "vat", "var"],
  ["cosnt a = 1;", "cosnt", "const"],
  ["fn f() { int a; }", "int a", "var a: i32"],
  ["funtion f() { }", "funtion", "fn"],
  ["const abc = 1; const d = acb;", "acb", "abc"],
  ["struct s { abc: i32 } fn f(a: s) -> i32 { return a.acb; }", "acb", "abc"],
];

test("slips are known, and a fix leaves nothing to report", () => {
  for (const [source, wrong, right] of FIXES) {
    const [first, ...more] = checkShader(source).diagnostics.items;
    expect([source, more]).toEqual([source, []]);
    const { span, replacement } = first!.fix!;
    expect([source, source.slice(span.offset, span.offset + span.length), replacement]).toEqual([source, wrong, right]);
    const fixed = source.slice(0, span.offset) + replacement + source.slice(span.offset + span.length);
    expect([fixed, checkShader(fixed).diagnostics.items]).toEqual([fixed, []]);
  }
});

test("nothing is proposed where it would not help", () => {
  for (const source of ["const a: u32 = 1.5;", "const a: u32 = -1i;", "const a: u32 = 0x1i;", "const a: bool = 1;", "alias a = zzzzzz;"]) {
    const { items } = checkShader(source).diagnostics;
    expect([source, items.length, items[0]!.fix]).toEqual([source, 1, undefined]);
  }
});
