/** Each code of the checker: a source that gives it and nothing else, and the nearest one that is right. */
import { expect, test } from "vitest";
import type { Code } from "../../frontend/wgsl/codes.ts";
import { CODES } from "../../frontend/wgsl/codes.ts";
import { checkText } from "./check-helpers.ts";

const body = (text: string) => `fn f() { ${text} }`;
const compute = (text: string, before = "") => `${before} @compute @workgroup_size(1) fn main() { ${text} }`;
const fragment = (text: string, before = "") => `${before} @fragment fn main() { ${text} }`;
const BUFFER = "@group(0) @binding(0) var<storage, read_write> b: array<u32>;";

const EXAMPLES: Partial<Record<Code, readonly [wrong: string, right: string]>> = {
  W0200: ["const a = b;", "const b = 1; const a = b;"],
  W0201: ["const a = 1; const a = 2;", "const a = 1; const b = 2;"],
  W0202: ["fn f() { g(); } fn g() { f(); }", "fn f() { g(); } fn g() { }"],
  W0203: [
    body("loop { if true { continue; } let a = 1; if a == 2 { break; } continuing { _ = a; } }"),
    body("loop { let a = 1; if a == 2 { break; } if true { continue; } continuing { _ = a; } }"),
  ],
  W0210: ["const a: min = 1;", "const a: i32 = 1;"],
  W0211: ["alias a = vec3<i32, i32>;", "alias a = vec3<i32>;"],
  W0212: ["const a = 1h;", "enable f16; const a = 1h;"],
  W0213: ["alias a = array<sampler, 2>;", "alias a = array<f32, 2>;"],
  W0214: ["alias a = array<f32, 0>;", "alias a = array<f32, 1>;"],
  W0215: ["struct a { b: array<f32>, c: f32 }", "struct a { c: f32, b: array<f32> }"],
  W0216: ["struct a { b: f32, b: i32 }", "struct a { b: f32, c: i32 }"],
  W0217: ["alias a = array<vec4f, 268435456>;", "alias a = array<vec4f, 268435455>;"],
  W0218: ["fn f(p: ptr<function, atomic<i32>>) { }", "fn f(p: ptr<workgroup, atomic<i32>>) { }"],
  W0219: ["alias a = i32<f32>;", "alias a = vec2<f32>;"],
  W0220: ["var a: i32;", "var<private> a: i32;"],
  W0221: ["var<private, read> a: i32;", "var<private> a: i32;"],
  W0222: ["var<private> a: atomic<i32>;", "var<workgroup> a: atomic<i32>;"],
  W0223: ["var<workgroup> a: i32 = 1;", "var<private> a: i32 = 1;"],
  W0224: [body("var a;"), body("var a = 1;")],
  W0225: [body("let a: i32 = 1.5;"), body("let a: f32 = 1.5;")],
  W0226: ["var<private> a = 1; var<private> b = a;", "const a = 1; var<private> b = a;"],
  W0227: ["override a = vec2(1, 2);", "override a = 1;"],
  W0228: ["@id(1) override a = 1; @id(1) override b = 1;", "@id(1) override a = 1; @id(2) override b = 1;"],
  W0230: ["@group(0) var a: sampler;", "@group(0) @binding(0) var a: sampler;"],
  W0231: [
    compute("_ = a; _ = c;", "@group(0) @binding(0) var a: sampler; @group(0) @binding(0) var c: sampler;"),
    compute("_ = a;", "@group(0) @binding(0) var a: sampler; @group(0) @binding(0) var c: sampler;"),
  ],
  W0232: ["var<workgroup> w: i32; fn g() { let a: atomic<i32> = w; }", "var<workgroup> w: i32; fn g() { let a: i32 = w; }"],
  W0233: ["const a: sampler = 1;", "const a: i32 = 1;"],
  W0240: ["@group(0) override a = 1;", "@id(0) override a = 1;"],
  W0241: ["@id(0) @id(0) override a = 1;", "@id(0) override a = 1;"],
  W0242: ["@group(-1) @binding(0) var a: sampler;", "@group(1) @binding(0) var a: sampler;"],
  W0243: ["struct a { @align(3) b: f32 }", "struct a { @align(8) b: f32 }"],
  W0244: ["@workgroup_size(1) fn f() { }", "@compute @workgroup_size(1) fn f() { }"],
  W0245: ["@compute fn f() { }", "@compute @workgroup_size(1) fn f() { }"],
  W0246: ["@fragment fn f(@builtin(vertex_index) a: u32) { }", "@fragment fn f(@builtin(sample_index) a: u32) { }"],
  W0247: ["@fragment fn f(@location(0) a: f32, @location(0) b: f32) { }", "@fragment fn f(@location(0) a: f32, @location(1) b: f32) { }"],
  W0248: ["@fragment fn f(@location(0) a: u32) { }", "@fragment fn f(@location(0) @interpolate(flat) a: u32) { }"],
  W0249: ["@fragment fn f(a: f32) { }", "@fragment fn f(@location(0) a: f32) { }"],
  W0250: ["@vertex fn f() -> @location(0) f32 { return 1; }", "@vertex fn f() -> @builtin(position) vec4f { return vec4f(); }"],
  W0251: ["enable f17;", "enable f16;"],
  W0252: [
    "diagnostic(off, derivative_uniformity); diagnostic(info, derivative_uniformity);",
    "diagnostic(off, derivative_uniformity); diagnostic(info, subgroup_uniformity);",
  ],
  W0253: ["struct a { @invariant @location(0) b: vec4f }", "struct a { @invariant @builtin(position) b: vec4f }"],
  W0254: [
    "enable dual_source_blending; struct a { @location(0) @blend_src(0) b: vec4f }",
    "enable dual_source_blending; struct a { @location(0) @blend_src(0) b: vec4f, @location(0) @blend_src(1) c: vec4f }",
  ],
  W0260: ["const a = i32;", "const a = i32();"],
  W0261: [body("_ = 1u + 1i;"), body("_ = 1u + 1;")],
  W0262: [body("_ = min(1u, 1i);"), body("_ = min(1u, 1);")],
  W0263: ["const b = 1; const a = b();", "const a = i32();"],
  W0264: ["fn g(a: i32) { } fn f() { g(); }", "fn g(a: i32) { } fn f() { g(1); }"],
  W0265: ["fn g(a: i32) { } fn f() { g(1.5); }", "fn g(a: f32) { } fn f() { g(1.5); }"],
  W0266: ["struct s { a: i32 } const a = s(1).b;", "struct s { a: i32 } const a = s(1).a;"],
  W0267: ["const a = vec2(1, 2).z;", "const a = vec3(1, 2, 3).z;"],
  W0268: ["const a = 1[0];", "const a = vec2(1, 2)[0];"],
  W0269: ["const a = vec2(1, 2)[2];", "const a = vec2(1, 2)[1];"],
  W0270: [body("var a: vec2f; let p = &a.x;"), body("var a: vec2f; let p = &a;")],
  W0271: [body("let a = 1; _ = *a;"), body("var a = 1; _ = *&a;")],
  W0272: [`${BUFFER} ${body("_ = b;")}`, `${BUFFER} ${body("_ = b[0];")}`],
  W0273: ["const a = vec2(1, 2, 3);", "const a = vec3(1, 2, 3);"],
  W0274: ["override a = 1; const b = a;", "const a = 1; const b = a;"],
  W0275: ["const a = 1 / 0;", "const a = 0 / 1;"],
  W0276: [
    fragment("_ = textureGather(4, t, s, vec2f());", "@group(0) @binding(0) var t: texture_2d<f32>; @group(0) @binding(1) var s: sampler;"),
    fragment("_ = textureGather(3, t, s, vec2f());", "@group(0) @binding(0) var t: texture_2d<f32>; @group(0) @binding(1) var s: sampler;"),
  ],
  W0277: [`${compute("")} fn f() { main(); }`, `${compute("")} fn f() { }`],
  W0278: [compute("_ = dpdx(1f);"), fragment("_ = dpdx(1f);")],
  W0279: [
    "var<private> x: i32; fn g(p: ptr<private, i32>) { *p = x; } fn f() { g(&x); }",
    "var<private> x: i32; fn g(p: ptr<private, i32>) { _ = *p + x; } fn f() { g(&x); }",
  ],
  W0280: [body("min(1, 2);"), body("_ = min(1, 2);")],
  W0290: [body("if 1 { }"), body("if true { }")],
  W0291: [body("let a = 1; a = 2;"), body("var a = 1; a = 2;")],
  W0292: [body("var a = 1; a = 2.5;"), body("var a = 1f; a = 2.5;")],
  W0294: [body("var a = 1.5; a++;"), body("var a = 1; a++;")],
  W0295: [body("switch 1.5 { default { } }"), body("switch 1 { default { } }")],
  W0296: [body("switch 1 { case 1, 1: { } default { } }"), body("switch 1 { case 1, 2: { } default { } }")],
  W0297: [body("switch 1 { case 1: { } }"), body("switch 1 { case 1, default: { } }")],
  W0298: [body("continue;"), body("while true { continue; }")],
  W0299: ["fn f() -> i32 { return 1.5; }", "fn f() -> f32 { return 1.5; }"],
  W0300: ["fn f() -> i32 { if true { return 1; } }", "fn f() -> i32 { if true { return 1; } else { return 2; } }"],
  W0301: [body("loop { continuing { break; } }"), body("loop { continuing { break if true; } }")],
  W0302: [body("loop { }"), body("loop { break; }")],
  W0304: ["const_assert 1 == 2;", "const_assert 1 == 1;"],
  W0310: ["fn f() -> sampler { }", "fn f() { }"],
  W0311: ["fn f(a: atomic<i32>) { }", "fn f(a: i32) { }"],
  W0312: [
    `fn f(${Array.from({ length: 256 }, (_, i) => `a${i}: i32`).join(", ")}) { }`,
    `fn f(${Array.from({ length: 255 }, (_, i) => `a${i}: i32`).join(", ")}) { }`,
  ],
  W0330: [`${BUFFER} ${compute("if b[0] == 0 { workgroupBarrier(); }")}`, `${BUFFER} ${compute("if b[0] == 0 { } workgroupBarrier();")}`],
  W0331: [fragment("if x == 0 { _ = dpdx(1f); }", "var<private> x: i32;"), fragment("if x == 0 { _ = dpdx(1f); }", "override x: i32;")],
  W0332: [
    compute("if x == 0 { _ = subgroupAll(true); }", "enable subgroups; var<private> x: i32;"),
    compute("if x == 0 { _ = subgroupAll(true); }", "enable subgroups; override x: i32;"),
  ],
  W0333: [
    compute("_ = workgroupUniformLoad(&w[x]);", "var<private> x: i32; var<workgroup> w: array<i32, 4>;"),
    compute("_ = workgroupUniformLoad(&w[x]);", "override x: i32; var<workgroup> w: array<i32, 4>;"),
  ],
  W0334: [
    compute("_ = subgroupShuffleUp(1, x);", "enable subgroups; var<private> x: u32;"),
    compute("_ = subgroupShuffle(1, x);", "enable subgroups; var<private> x: u32;"),
  ],
};

for (const code of Object.keys(CODES) as Code[]) {
  // W032x are errors of pipeline creation: check-overrides.test.ts.
  if (code < "W0200" || code.startsWith("W032")) continue;
  test(`${code}: ${CODES[code]}`, () => {
    const [wrong, right] = EXAMPLES[code]!;
    const found = checkText(wrong);
    expect(
      found.errors.map((error) => error.split(" ")[1]),
      found.messages.join("; "),
    ).toEqual([code]);
    expect(checkText(right).messages).toEqual([]);
  });
}
