/** One mistake, one error: shaders that are right, with one token deleted, replaced, added or misspelt, at random but always the same. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tokenize } from "../../frontend/wgsl/lexer.ts";
import { SymbolTable } from "../../frontend/wgsl/symbols.ts";
import { Budget } from "../../support/column.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { checkShader } from "../../webgpu/compile.ts";

const FILES = ["wgsl", "run"].flatMap((folder) => {
  const path = join(import.meta.dirname, "../files", folder);
  return readdirSync(path)
    .filter((name) => name.endsWith(".wgsl"))
    .map((name) => readFileSync(join(path, name), "utf8"));
});
const CLEAN = FILES.filter((source) => source.length < 4000 && checkShader(source).diagnostics.items.length === 0);
const POOL = [
  "(",
  ")",
  "{",
  "}",
  ";",
  ",",
  ":",
  "=",
  "+",
  "*",
  "<",
  ">",
  "&",
  ".",
  "x",
  "1.0",
  "1u",
  "let",
  "var",
  "fn",
  "if",
  "f32",
  "->",
  "[",
  "]",
  "@",
];
const PER_FILE = 16;

/** Numbers below `n`, always the same. */
function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

function mutate(source: string, below: (n: number) => number): string {
  const tokens = tokenize(source, new SymbolTable(new Budget()), new DiagnosticList(), new Budget());
  const at = below(tokens.count);
  const [start, end] = [tokens.starts[at]!, tokens.ends[at]!];
  const text = source.slice(start, end);
  const other = POOL[below(POOL.length)]!;
  const swapped = text.length > 2 ? text[0]! + text[2]! + text[1]! + text.slice(3) : "";
  const replacement = ["", ` ${other} `, `${text} ${other} `, swapped][below(4)]!;
  return source.slice(0, start) + replacement + source.slice(end);
}

test("nearly every mistake makes one error, and none makes many", { timeout: 60_000 }, () => {
  const counts: number[] = [];
  for (const [i, source] of CLEAN.entries()) {
    const below = random(i);
    for (let k = 0; k < PER_FILE; k++) {
      const { diagnostics, failure } = checkShader(mutate(source, below));
      expect(failure).toBe(null);
      if (diagnostics.errorCount > 0) counts.push(diagnostics.errorCount);
    }
  }
  const share = (most: number) => counts.filter((n) => n <= most).length / counts.length;
  expect(counts.length).toBeGreaterThan(300);
  expect(share(1)).toBeGreaterThan(0.95);
  expect(share(2)).toBeGreaterThan(0.98);
  expect(Math.max(...counts)).toBeLessThan(8);
});

const STORAGE = "@group(0) @binding(0) var<storage, read_write> s: atomic<i32>;";
const SINGLES: readonly (readonly [code: string, source: string])[] = [
  ["W0121", "@compute @workgroup_size fn f() { }"],
  ["W0120", "@kompute @workgroup_size(1) fn f() { }"],
  ["W0232", "var<workgroup> w: atomic<u32>; fn f() { let a: atomic<u32> = w; }"],
  ["W0222", "var<workgroup> w: atomic<u32>; fn f() { var a: atomic<u32> = w; }"],
  ["W0133", "fn f() { loop { let a = 1; break if a == 1; } }"],
  ["W0134", "fn f(a: i32) { switch a { } }"],
  ["W0212", "const a = 1h; const b = 2h; alias c = vec2<f16>;"],
  ["W0212", "fn f() { _ = subgroupAdd(1); _ = subgroupMax(2); }"],
  ["W0251", "enable subgroup; fn f() { _ = subgroupAdd(1); _ = subgroupFoo(2); }"],
  ["W0251", "enable f17; @fragment fn f(@builtin(seventeen) a: f17) { }"],
  ["W0105", "diagnostic(of, derivative_uniformity);"],
  ["W0278", `${STORAGE} @vertex fn f() -> @builtin(position) vec4f { atomicAdd(&s, 1); return vec4f(); }`],
  [
    "W0254",
    "enable dual_source_blending; struct s { @location(0) @blend_src(0) a: f32, @location(0) @blend_src(1) b: f32 } @fragment fn f(a: s) { }",
  ],
  ["W0242", "enable dual_source_blending; struct s { @location(0) @blend_src(2) a: f32, @location(0) @blend_src(1) b: f32 }"],
  ["W0222", "@group(0) @binding(0) var<private> a: sampler;"],
];

test("consequences of a mistake are not told", () => {
  for (const [code, source] of SINGLES) {
    const { diagnostics } = checkShader(source);
    expect([source, diagnostics.items.map((d) => d.code)]).toEqual([source, [code]]);
  }
});
