/** WGSL in scripts: which literals are shaders, what their text is, and where in the script things are. */
import { describe, expect, test } from "vitest";
import { checkFile } from "../../cli/check/file.ts";
import { isScript, shadersIn } from "../../cli/check/host.ts";
import { scanScript } from "../../cli/check/scan-script.ts";
import { settingsOf } from "../../cli/check/settings.ts";
import { Folder } from "./harness.ts";

const SETTINGS = settingsOf({ features: undefined, limits: undefined, entryPoint: undefined, overrides: {} });
const B = "`";
const sub = (name: string) => `\${${name}}`;
const texts = (source: string) => shadersIn(source).shaders.map((s) => s.text);
const skips = (source: string) => shadersIn(source).skipped.map((s) => s.what);

/** Diagnostics with the text of the script that they are about. */
function told(source: string): string[] {
  const { diagnostics } = checkFile({ name: "x.ts", bytes: new TextEncoder().encode(source) }, SETTINGS, null);
  return diagnostics.map(({ code, span }) => `${code} ${source.slice(span.offset, span.offset + span.length)}`);
}

describe("which literals", () => {
  test.each([
    ["a comment before it", `f(/* wgsl */ ${B}A${B})`, ["A"]],
    ["in any case, without spaces", `f(/*WGSL*/${B}A${B})`, ["A"]],
    ["a tag", `const a = wgsl${B}A${B}, b = wgsl ${B}B${B};`, ["A", "B"]],
    ["none", `f(${B}A${B}, glsl${B}B${B}, /* glsl */ ${B}C${B}) // wgsl`, []],
    ["the comment belongs to what follows", `f(/* wgsl */ x, ${B}A${B})`, []],
    ["not in comments", `// wgsl${B}A${B}\n/* wgsl${B}B${B} */\n/** /* wgsl *\u002f ${B}C${B}`, []],
    ["not in strings", `const a = "wgsl${B}A${B}" + 'wgsl${B}B${B}';`, []],
    ["not in other literals", `const a = ${B}wgsl\\${B}A\\${B}${B}; wgsl${B}B${B}`, ["B"]],
    ["not in regular expressions", `const a = /wgsl${B}A/, b = x / wgsl${B}B${B} / 2, c = /[/${B}]/; wgsl${B}C${B}`, ["B", "C"]],
    ["after a division", `const a = (b) / 2; wgsl${B}A${B}; c[0] / wgsl${B}B${B}`, ["A", "B"]],
    ["in a substitution", `${B}a\${ {x: wgsl${B}A${B}}.x }b${B}; wgsl${B}B${B}`, ["A", "B"]],
    ["in JSX, whose text is no string", `const a = <p title="x">don't {wgsl${B}A${B}}</p>; wgsl${B}B${B}`, ["A", "B"]],
    ["one that does not end", `wgsl${B}A${B}; wgsl${B}B`, ["A"]],
    ["none in an empty file", "", []],
  ])("%s", (_, source, wanted) => expect(texts(source)).toEqual(wanted));

  test("names of scripts", () => {
    for (const name of ["a.ts", "a.mts", "a.cts", "a.tsx", "a.js", "a.mjs", "a.cjs", "a.jsx", "a.d.ts"]) expect(isScript(name)).toBe(true);
    for (const name of ["a.wgsl", "ts", "a.ts.wgsl", "a.json"]) expect(isScript(name)).toBe(false);
  });
});

describe("what their text is", () => {
  test("escapes are resolved, line breaks are LF", () => {
    expect(texts(`wgsl${B}a\\n\\t\\\\b\\${B}\\\${c}\\x41\\u0042\\u{43}\r\nd\re\\\r\nf${B}`)).toEqual([`a\n\t\\b${B}${sub("c")}ABC\nd\nef`]);
    expect(skips(`wgsl${B}\\u{110000}${B}`)).toEqual(["the template literal has an escape that is not valid"]);
    expect(skips(`wgsl${B}\\1${B}; wgsl${B}\\xg${B}`)).toHaveLength(2);
  });

  test.each([
    ["a number", "const N = 64;", "64"],
    ["hexadecimal", "const N = 0x10;", "16"],
    ["a string", 'const N = "f32";', "f32"],
    ["with a type", "const N: number = 1_000;", "1000"],
    ["exported, as const", "export const N = 8 as const;", "8"],
    ["a template", `const N = ${B}a;${B};`, "a;"],
    ["a shader", `const N = /* wgsl */ ${B}a;${B};`, "a;"],
    ["a tagged shader", `const N = wgsl${B}a;${B};`, "a;"],
    ["of another constant", `const M = 3; const N = ${B}<\${M}>${B};`, "<3>"],
    ["without semicolons", "const N = 5\nconst M = 6\n", "5"],
    ["declared later", "", "7"],
  ])("a constant: %s", (name, before, value) => {
    const after = name === "declared later" ? "const N = 7;" : "";
    expect(texts(`${before} f(wgsl${B}[\${N}]${B}); ${after}`)).toEqual([`[${value}]`]);
  });

  test("a literal in its place", () => expect(texts(`wgsl${B}\${ 4 } \${"x"} \${'y'}${B}`)).toEqual(["4 x y"]));

  test.each([
    ["an expression", "", sub("n * 2")],
    ["a parameter", "(N) => 1;", sub("N")],
    ["a variable", "let N = 1;", sub("N")],
    ["computed", "const N = 2 * 3;", sub("N")],
    ["goes on in the next line", "const N = 2\n* 3;", sub("N")],
    ["a member of it", "const N = 'x'.repeat(3);", sub("N")],
    ["declared twice", "{ const N = 1; } const N = 2;", sub("N")],
    ["made by a function", `const N = String.raw${B}x${B};`, sub("N")],
    ["itself", `const N = ${B}\${N}${B};`, sub("N")],
    ["an import", "import { N } from './n';", sub("N")],
  ])("not known: %s", (_, before, substitution) => {
    const source = `${before} f(wgsl${B}[${substitution}]${B});`;
    expect([texts(source), skips(source).length]).toEqual([[], 1]);
  });

  test("a literal that is put into another one is not checked by itself", () => {
    const source = `const A = wgsl${B}fn a() -> f32 { return b(); }${B}; const C = wgsl${B}\${A} fn b() -> f32 { return 1; }${B};`;
    expect(texts(source)).toEqual(["fn a() -> f32 { return b(); } fn b() -> f32 { return 1; }"]);
    expect(told(source)).toEqual([]);
  });

  test("bombs end", () => {
    const doubled = Array.from({ length: 60 }, (_, i) => `const A${i + 1} = ${B}\${A${i}}\${A${i}}${B};`).join("\n");
    const source = `const A0 = "xxxxxxxxxxxxxxxx";\n${doubled}\nf(wgsl${B}\${A60}${B}, wgsl${B}\${A14}${B});`;
    expect(shadersIn(source).skipped.length).toBeGreaterThan(0);
    const deep = `wgsl${B}${`\${${B}`.repeat(20_000)}`;
    expect(shadersIn(deep).shaders).toEqual([]);
    const long = `${"/* wgsl */ ".repeat(20_000)}${B}A${B} ${"/".repeat(20_000)} ${"'".repeat(20_000)}`;
    expect(texts(long)).toEqual(["A"]);
    expect(scanScript("a = 1 ".repeat(50_000)).templates).toEqual([]);
  });
});

describe("where things are", () => {
  test("spans are of the script", () => {
    expect(told(`const s = wgsl${B}fn f() { nope(); }${B};`)).toEqual(["W0200 nope"]);
    expect(told(`f(/* wgsl */ ${B}\\n\\u0020// \\x41\r\nfn f() { nope(); }${B})`)).toEqual(["W0200 nope"]);
    expect(told(`const T = "badtype"; f(wgsl${B}const a: \${T} = 1;${B})`)).toEqual(["W0200 badtype"]);
    // a number stands at its declaration, or where it is written
    expect(told(`const N = 0; f(wgsl${B}var<private> a: array<f32, \${N}>;${B})`)).toEqual(["W0214 0"]);
    expect(told(`f(wgsl${B}fn f() { \\u006eope(); }${B})`)).toEqual(["W0200 \\u006eope".slice(0, 16)]);
  });

  test("in lines and columns of the script, whose lines end at fewer characters", () => {
    const folder = new Folder({ "a.mjs": `// \v\f\u0085 é 😀\n\nconst s = wgsl${B}\n  fn f() {\n    nope();\n  }\n${B};\n` });
    const { out } = folder.run("check", "--format", "json", "./a.mjs");
    expect(JSON.parse(out).files[0].diagnostics).toMatchObject([{ code: "W0200", line: 5, column: 5, length: 4 }]);
  });

  test("notes and fixes too", () => {
    const source = `const s = wgsl${B}fn color() {} fn f() { colour(); }${B};`;
    const { diagnostics } = checkFile({ name: "x.ts", bytes: new TextEncoder().encode(source) }, SETTINGS, null);
    const span = diagnostics[0]!.fix!.span;
    expect(source.slice(span.offset, span.offset + span.length)).toBe("colour");
  });

  test("what several shaders share is told of once", () => {
    expect(told(`const A = ${B}fn f() { nope(); }${B}; g(wgsl${B}\${A}${B}, wgsl${B}\${A} fn h() { other(); }${B});`)).toEqual([
      "W0200 nope",
      "W0200 other",
    ]);
  });

  test("a script is not read as WGSL, and one without shaders is clean", () => {
    expect(told("const a = 1; // wgsl")).toEqual([]);
    const { diagnostics } = checkFile({ name: "x.wgsl", bytes: new TextEncoder().encode("import x;") }, SETTINGS, null);
    expect(diagnostics.length).toBeGreaterThan(0);
  });
});
