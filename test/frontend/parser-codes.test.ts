/** Each code of the lexer and parser: a source that gives it and nothing else, and the nearest one that is right. */
import { expect, test } from "vitest";
import type { Code } from "../../frontend/wgsl/codes.ts";
import { CODES } from "../../frontend/wgsl/codes.ts";
import { parseText } from "./parser-helpers.ts";

const body = (text: string) => `fn f() { ${text} }`;

const EXAMPLES: Partial<Record<Code, readonly [wrong: string, right: string]>> = {
  W0101: ["// \0", "// "],
  W0102: ["const a = b #;", "const a = b ;"],
  W0103: ["/* /* */", "/* /* */ */"],
  W0104: ["const __a = 1;", "const _a_ = 1;"],
  W0105: ["const auto = 1;", "const auto_ = 1;"],
  W0106: ["const a = 01;", "const a = 01.;"],
  W0107: ["const a = 2147483648i;", "const a = 2147483647i;"],
  W0108: ["const a = 0x1.000001p0f;", "const a = 0x1.000002p0f;"],
  W0110: ["a = 1;", body("a = 1;")],
  W0111: ["const a = 1; enable f16;", "enable f16; const a = 1;"],
  W0112: ["const a = 1", "const a = 1;"],
  W0113: ["const 1 = 1;", "const a = 1;"],
  W0114: ["const a = ;", "const a = b;"],
  W0115: ["alias a = 1;", "alias a = b;"],
  W0116: [body("float a;"), body("var a: float;")],
  W0117: ["const a = (b;", "const a = (b);"],
  W0118: ["const if = 1;", "const iff = 1;"],
  W0120: ["@nothing fn f() { }", "@compute fn f() { }"],
  W0121: ["@workgroup_size() fn f() { }", "@workgroup_size(1) fn f() { }"],
  W0122: ["@id(1) const a = 1;", "@id(1) override a = 1;"],
  W0123: ["let a = 1;", body("let a = 1;")],
  W0124: ["const a: i32;", "override a: i32;"],
  W0125: [body("override a = 1;"), body("const a = 1;")],
  W0126: ["struct a { }", "struct a { b: c }"],
  W0130: [body("(a + b).c = 1;"), body("(a).c = 1;")],
  W0131: [body("a = b++;"), body("b++;")],
  W0132: [body("a;"), body("a();")],
  W0133: [body("loop { break if a; }"), body("loop { continuing { break if a; } }")],
  W0134: [body("switch a { }"), body("switch a { default { } }")],
  W0135: [body("else { }"), body("if a { } else { }")],
  W0140: ["const a = b & c | d;", "const a = (b & c) | d;"],
  W0141: ["const a = b == c == d;", "const a = (b == c) == d;"],
  W0142: ["const a = b<>();", "const a = b<c>();"],
  W0143: ["const a = +b;", "const a = -b;"],
  W0150: [`const a = ${"(".repeat(257)}b${")".repeat(257)};`, `const a = ${"(".repeat(255)}b${")".repeat(255)};`],
};

for (const code of Object.keys(CODES) as Code[]) {
  // W0151, the memory of the compiler, is in hostile.test.ts.
  if (!code.startsWith("W01") || code === "W0151") continue;
  test(`${code}: ${CODES[code]}`, () => {
    const [wrong, right] = EXAMPLES[code]!;
    expect(parseText(wrong).errors.map((error) => error.split(" ")[1])).toEqual([code]);
    expect(parseText(right).errors).toEqual([]);
  });
}
