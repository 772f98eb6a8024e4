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
