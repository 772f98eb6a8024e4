/**
 * Sources made to overflow a stack, hang or flood a parser. Each must give the stated errors, quickly: the time limits are far above what
 * a linear parser needs and far below what a quadratic one does.
 */
import { describe, expect, test } from "vitest";
import type { Ast } from "../../frontend/wgsl/ast.ts";
import { Kind } from "../../frontend/wgsl/ast.ts";
import { parse } from "../../frontend/wgsl/parser.ts";
import { MAX_BRACKETS } from "../../frontend/wgsl/parser-expression.ts";
import { HASH_START, hashNext, WORD_COUNT } from "../../frontend/wgsl/symbols.ts";
import { Budget } from "../../support/column.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";

const LIMIT_MS = 400;

interface Outcome {
  readonly ast: Ast;
  readonly codes: readonly string[];
  readonly count: number;
}

function run(source: string): Outcome {
  const diagnostics = new DiagnosticList();
  const before = process.cpuUsage();
  const ast = parse(source, diagnostics);
  const used = process.cpuUsage(before);
  expect((used.user + used.system) / 1000).toBeLessThan(LIMIT_MS);
  return { ast, codes: diagnostics.items.map((item) => item.code), count: diagnostics.errorCount };
}

/** A source and all its errors. */
function hostile(name: string, source: string, ...codes: readonly string[]): void {
  test(name, () => expect(run(source).codes).toEqual(codes));
}

const many = 30_000;
const body = (text: string) => `fn f() { ${text} }`;

describe("nesting", () => {
  hostile("parentheses, as deep as stated", body(`_ = ${"(".repeat(MAX_BRACKETS - 1)}a${")".repeat(MAX_BRACKETS - 1)};`));
  hostile("parentheses", body(`_ = ${"(".repeat(200_000)}a${")".repeat(200_000)};`), "W0150");
  hostile("parentheses at module scope", `const a = ${"(".repeat(many)}a${")".repeat(many)}; const b = ;`, "W0150", "W0114");
  hostile("parentheses on a left side", body(`${"(".repeat(many)}a${")".repeat(many)} = b;`), "W0150");
  hostile("open parentheses only", body(`_ = ${"(".repeat(300_000)}`), "W0150");
  hostile("open parentheses only, and nothing else", "(".repeat(many), "W0110");
  hostile("closing parentheses only", body(`_ = ${")".repeat(many)};`), "W0114");
  hostile("brackets", body(`_ = ${"a[".repeat(many)}0${"]".repeat(many)};`), "W0150");
  hostile("calls", body(`_ = ${"f(".repeat(many)}${")".repeat(many)};`), "W0150");
  hostile("calls as statements", body(`${"f(".repeat(many)}${")".repeat(many)};`), "W0150");
  hostile("calls within other expressions", body(`_ = ${"1 + (2 * f(g[-".repeat(many)}0`), "W0150");
  hostile("attributes' arguments", `@id(${"(".repeat(many)}`, "W0150");
  hostile("blocks", body(`${"{".repeat(many)}${"}".repeat(many)}`), "W0150");
  hostile("blocks, and the next function is read", `${body("{".repeat(many) + "}".repeat(many))} fn g() { _ = ; }`, "W0150", "W0114");
  hostile("open blocks only", body("{".repeat(many)), "W0150");
  hostile("ifs", body(`${"if a {".repeat(many)}${"}".repeat(many)}`), "W0150");
  hostile("loops", body(`${"loop {".repeat(many)}${"}".repeat(many)}`), "W0150");
  hostile("continuings", body(`${"loop { continuing {".repeat(many)}${"} }".repeat(many)}`), "W0150");
  hostile("whiles, fors and switches", body(`${"while a { for (;;) { switch a { default {".repeat(many / 4)}${"}".repeat(many)}`), "W0150");
  hostile("else ifs", body(`if a { } ${"else if a { }".repeat(many)}`), "W0150");
  hostile("else ifs without blocks", body("if a else ".repeat(many)), "W0112");
  hostile("ifs without blocks", body("if ".repeat(many)), "W0114");
  hostile("structures", `${"struct a {".repeat(many)}`, "W0118");
  hostile("functions", "fn f() {".repeat(many), "W0117");
});

describe("chains", () => {
  for (const op of ["+", "-", "*", "&", "|", "^", "&&", "||", "--"])
    hostile(`a ${op} a`, body(`_ = a${` ${op} a`.repeat(many)};`), "W0150");
  hostile("minus", body(`_ = ${"-".repeat(many)}a;`), "W0150");
  hostile("minus, apart", body(`_ = ${"- ".repeat(many)}a;`), "W0150");
  hostile("not", body(`_ = ${"!".repeat(many)}a;`), "W0150");
  hostile("*& on a left side", body(`${"*&".repeat(many)}a = b;`), "W0150");
  hostile("* on a left side, without end", body("*".repeat(many)), "W0150");
  hostile("members", body(`_ = a${".b".repeat(many)};`), "W0150");
  hostile("members on a left side", body(`a${".b".repeat(many)} = c;`), "W0150");
  hostile("indices", body(`_ = a${"[0]".repeat(many)};`), "W0150");
  hostile("comparisons", body(`_ = a${" == a".repeat(many)};`), "W0141");
  hostile("shifts", body(`_ = a${" << a".repeat(many)};`), "W0140");
  hostile("mixed operators", body(`_ = a${" & a | a".repeat(many)};`), "W0140");
  hostile("assignments", body(`a${" = a".repeat(many)};`), "W0143");
  hostile("increments", body(`a${"++".repeat(many)};`), "W0112");
});

describe("template lists", () => {
  hostile("nested", `alias a = ${"a<".repeat(many)}a${">".repeat(many)};`, "W0150");
  hostile("nested, glued", `var<private> a: ${"a<".repeat(many)}a${">".repeat(many)}= 1;`, "W0150");
  hostile("never closed", body(`_ = ${"a<".repeat(many)}a;`), "W0141");
  hostile("never closed, with commas", body(`_ = ${"a<b,".repeat(many)}a;`), "W0112");
  hostile("never closed, in statements", body("a<b;".repeat(many)), ...new Array(100).fill("W0132"));
  hostile("closed by others", body(`_ = ${"a<(".repeat(many)}${")>".repeat(many)};`), "W0150");
  hostile("closed in brackets", body(`_ = ${"a<b[".repeat(many)}${">]".repeat(many)};`), "W0150");
  hostile("only ends", body(`_ = a${">".repeat(many)}a;`), "W0114");
  hostile("many arguments", `const a = array<${"a,".repeat(many)}>();`);
});

describe("text", () => {
  hostile("nested comments", `${"/*".repeat(many)}${"*/".repeat(many)}`);
  hostile("nested comments, one not closed", `${"/*".repeat(many)}${"*/".repeat(many - 1)}`, "W0103");
  hostile("**/", `/${"*".repeat(many)}/ const a = ;`, "W0114");
  hostile("a comment of 1 MB without end", `/*${" * /".repeat(250_000)}`, "W0103");
  hostile("1 MB of blankspace", " \n\u2028\t".repeat(250_000));
  hostile("a name of 1 MB", `const ${"a".repeat(1e6)} = 1; const b = ${"a".repeat(1e6)};`);
  hostile("a name of 200,000 letters beyond ASCII", `const ${"é".repeat(200_000)} = 1;`);
  hostile("an unknown attribute of 1 MB", `@${"a".repeat(1e6)} fn f() { }`, "W0120");
  hostile("integers of 30,000 digits", `const a = ${"1".repeat(many)}; const b = 0x${"f".repeat(many)};`, "W0107", "W0107");
  hostile("a float of 30,000 digits", `const a = ${"1".repeat(many)}.0e-29999; const b = 0.${"1".repeat(many)}f + .${"0".repeat(many)}1h;`);
  hostile("hexadecimal floats of 30,000 digits", `const a = 0x${"1".repeat(many)}p-119999; const b = 0x.${"0".repeat(many)}1p120000;`);
  hostile(
    "huge exponents",
    "const a = 1e999999999999; const b = 1e-999999999999; const c = 0x1p999999999999; const d = 0x1p-99999999999;",
    "W0108",
    "W0108",
  );
  hostile("an exponent of 30,000 digits", `const a = 1e-${"9".repeat(many)}; const b = 0x1p${"9".repeat(many)};`, "W0108");
  hostile("a number of 30,000 letters", `const a = 1${"a".repeat(many)};`, "W0106");
  hostile("30,000 null code points are one error each", "\0".repeat(many), ...new Array(100).fill("W0101"));
  hostile("a run of what is no token is one error", "#".repeat(many), "W0102");
  hostile("tokens glued together", body("_ = x--1; _ = a[0]-1; _ = c>=vec3(1); _ = a<b>(c); _ = -1.5e-3-.5; _ = 0xe+1; _ = a&&&b;"));
  hostile("U+2028 ends a line comment", "// \u2028 const a = ;", "W0114");
  hostile("names that differ in normalisation only", "const \u00e9 = 1; const e\u0301 = 2;");
  hostile("invisible and bidirectional characters", "const a\u202e = 1;\nconst b\u200b = 2;", "W0102", "W0102");
  test("names that collide in the symbol table", () => {
    const names = colliding(6);
    expect(names.length).toBeGreaterThan(4_000);
    const { ast, codes } = run(names.map((name) => `const ${name} = ${name};`).join("\n"));
    expect(codes).toEqual([]);
    expect(new Set(names.map((name) => ast.symbols.intern(name))).size).toBe(names.length);
    expect(ast.symbols.length).toBe(WORD_COUNT + names.length);
  });
});

/**
 * Names whose hashes agree in the low 16 bits. These bits depend on nothing above them, so names can be put together from blocks: in each
 * of the `stages`, three letters that lead from one common value to another.
 */
function colliding(stages: number): string[] {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789".split("");
  let names = [""];
  let hash = HASH_START;
  for (let stage = 0; stage < stages; stage++) {
    const blocks = new Map<number, string[]>();
    for (const a of stage === 0 ? letters.slice(0, 26) : letters) {
      for (const b of letters) {
        for (const c of letters) {
          const block = a + b + c;
          let value = hash;
          for (let i = 0; i < 3; i++) value = hashNext(value, block.charCodeAt(i));
          const key = value & 0xffff;
          const same = blocks.get(key);
          if (same) same.push(block);
          else blocks.set(key, [block]);
        }
      }
    }
    const [low, best] = [...blocks].reduce((x, y) => (y[1].length > x[1].length ? y : x));
    names = names.flatMap((name) => best.slice(0, 4).map((block) => name + block));
    hash = low;
  }
  return names;
}

describe("numbers of things", () => {
  hostile("declarations", "const a = 1;\n".repeat(20_000));
  hostile("functions", Array.from({ length: 16_000 }, (_, i) => `fn f${i}() { f${i + 1}(); }`).join("\n"));
  hostile("parameters", `fn f(${"a: b, ".repeat(20_000)}) { }`);
  hostile("members", `struct s { ${"a: b, ".repeat(20_000)} }`);
  hostile("arguments", body(`f(${"a, ".repeat(many)});`));
  hostile("statements", body("a = b;".repeat(20_000)));
  hostile("empty statements", body(";".repeat(many)));
  hostile("case selectors", body(`switch a { case ${"1, ".repeat(many)}: { } }`));
  hostile("clauses", body(`switch a { ${"case 1 { }".repeat(20_000)} }`));
  hostile("attributes", `${"@size(1) ".repeat(many)} var a: b;`);
  hostile("attributes on a block", body(`${"@diagnostic(off, a) ".repeat(30_000)} { }`));
  hostile("enables", "enable f16;".repeat(20_000));
  hostile("extensions", `enable ${"f16, ".repeat(20_000)};`);
});

describe("floods of errors", () => {
  test("on one long line: the report does not grow with it", () => {
    const diagnostics = new DiagnosticList();
    parse(body("a + ; ".repeat(many)), diagnostics);
    expect(diagnostics.errorCount).toBe(many);
    const size = JSON.stringify(diagnostics.items).length;
    expect(size).toBeLessThan(100_000);
  });
  test("an error in a long token repeats only its start", () => {
    const diagnostics = new DiagnosticList();
    parse(`const a ${"b".repeat(1e6)};`, diagnostics);
    expect(JSON.stringify(diagnostics.items).length).toBeLessThan(1000);
  });
  for (const [name, piece] of [
    ["missing semicolons", "let a = 1\n"],
    ["heads", "for a; "],
    ["heads that find a far block", `if ${"a ".repeat(70)}`],
    ["stray braces", "} "],
    ["stray elses", "else { } "],
    ["clauses", "case 1: a; "],
    ["attributes", "@nothing let a = 1; "],
    ["keywords", "let if while "],
    ["half declarations", "fn ( struct { var < "],
  ] as const) {
    test(`${name}, again and again`, () => {
      const pieces = piece.repeat(Math.ceil(150_000 / piece.length));
      run(body(pieces));
      run(pieces);
    });
  }
});

test("a budget that does not suffice gives one error and an empty tree", () => {
  const diagnostics = new DiagnosticList();
  const ast = parse("const a = 1;".repeat(10_000), diagnostics, new Budget(100_000));
  expect(diagnostics.items.map((item) => item.code)).toEqual(["W0151"]);
  expect([ast.kind(ast.root), ast.length]).toEqual([Kind.MODULE, 1]);
});
