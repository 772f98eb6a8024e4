/** What ast.ts promises later passes, held on sources that are right, wrong and random. */
import { describe, expect, test } from "vitest";
import type { Ast, NodeId } from "../../frontend/wgsl/ast.ts";
import { EMPTY_LIST, Kind, MAX_EXPRESSION_DEPTH, MAX_STATEMENT_NESTING } from "../../frontend/wgsl/ast.ts";
import { printAst } from "../../frontend/wgsl/ast-print.ts";
import { forEachChild, KIND_NAMES, SHAPE } from "../../frontend/wgsl/ast-shape.ts";
import { parseText } from "./parser-helpers.ts";

const EXAMPLE = `enable f16, subgroups; requires a; diagnostic(off, b.c);
@group(0) @binding(1 + 1) var<storage, read_write> x: array<vec4<f32>, 4u>;
@id(1) override o: i32 = -5; const c = 0x1p-3f + 1e3h * 9 - 0xffu; alias T = ptr<function, array<i32, (a >> b)>>;
struct S { @size(16) @align(4) a: i32, b: f32, }
@vertex fn main(@builtin(position) p: vec4f, q: u32,) -> @location(0) @interpolate(flat, either) vec4f {
  if a < b { x--; } else if (c) { *(&p).x += 1; } else { _ = f(1, 2,); ; }
  @diagnostic(off, x) switch (o) @diagnostic(info, y) { case 1, default, 3,: { } case 5 { break; } }
  loop { a <<= 1; continuing { a[1].b = c--d; break if true && x; } }
  for (var i = 0; i < 10; i++) { continue; } for (;;) @diagnostic(off, z) { } while (!true) { return; }
  let a = -(-b); const_assert 1 == 2; discard; f(); var<function> v: i32;
  return vec4f(a<b, c>(d)) / (e ^ ~g ^ h);
}`;

/** Kinds that may stand where an expression or type must. */
const isExpression = (kind: Kind) => kind >= Kind.IDENT || kind === Kind.ERROR;

/** Throws where `ast` breaks a promise. @returns levels of the deepest expression, and of blocks below a function's body */
function check(ast: Ast): { expressions: number; blocks: number } {
  const parents = new Int32Array(ast.length);
  const expressionDepth = new Int32Array(ast.length);
  const blockDepth = new Int32Array(ast.length);
  for (let i = 0; i < ast.length; i++) {
    const node = i as NodeId;
    const kind = ast.kind(node);
    const name = KIND_NAMES[kind]!;
    if (ast.start(node) > ast.end(node) || ast.start(node) < 0 || ast.end(node) > ast.source.length) throw new Error(`range of ${name}`);
    for (const field of SHAPE[name]) {
      const value = ast[field.charAt(0) as "a" | "b" | "c" | "d"][node]!;
      if (field.length === 1 && value < 0) throw new Error(`${name} without ${field}`);
      if (field.endsWith("*") && value < EMPTY_LIST) throw new Error(`${name} without list ${field}`);
    }
    let expressions = 0;
    let blocks = 0;
    forEachChild(ast, node, (child) => {
      if (child >= node) throw new Error(`child ${child} of ${name} ${node}`);
      if (parents[child]!++ > 0) throw new Error(`two parents of ${child}`);
      if (ast.start(child) < ast.start(node) || ast.end(child) > ast.end(node)) throw new Error(`range of a child of ${name}`);
      expressions = Math.max(expressions, expressionDepth[child]!);
      const isElseIf = kind === Kind.IF && ast.kind(child) === Kind.IF;
      blocks = Math.max(blocks, blockDepth[child]! + (isElseIf ? 1 : 0));
    });
    expressionDepth[i] = isExpression(kind) ? expressions + 1 : 0;
    blockDepth[i] = blocks + (kind === Kind.BLOCK ? 1 : 0);
  }
  if (ast.root !== ast.length - 1 || ast.kind(ast.root) !== Kind.MODULE) throw new Error("the root is not the last node");
  return { expressions: Math.max(...expressionDepth), blocks: Math.max(...blockDepth) - 1 };
}

test("an example uses every kind of node", () => {
  const { ast, errors } = parseText(EXAMPLE);
  expect(errors).toEqual([]);
  check(ast);
  const used = new Set(ast.kinds.subarray(0, ast.length));
  expect(KIND_NAMES.filter((name) => !used.has(Kind[name]))).toEqual(["ERROR"]);
});

test("ranges: parentheses belong to what surrounds them, attributes to what they stand on", () => {
  const { ast } = parseText("@id(1) override a: i32 = (b + c) * -(d)[ e ].f ;");
  const shown: string[] = [];
  for (let i = 0; i < ast.length; i++) shown.push(`${KIND_NAMES[ast.kind(i as NodeId)]} ${ast.text(i as NodeId)}`);
  expect(shown.slice(0, -1)).toEqual([
    "INT 1",
    "ATTRIBUTE @id(1)",
    "NAME a",
    "IDENT i32",
    "IDENT b",
    "IDENT c",
    "BINARY b + c",
    "IDENT d",
    "IDENT e",
    "INDEX (d)[ e ]",
    "MEMBER (d)[ e ].f",
    "UNARY -(d)[ e ].f",
    "BINARY (b + c) * -(d)[ e ].f",
    "OVERRIDE @id(1) override a: i32 = (b + c) * -(d)[ e ].f",
  ]);
});

test("the span of a member is its name", () => {
  const { ast } = parseText("const a = b /* . */ . /* x */ ccc;");
  const member = ast.kinds.indexOf(Kind.MEMBER) as NodeId;
  expect(ast.memberSpan(member)).toEqual({ offset: 30, length: 3 });
});

test("depths are as bounded as stated, and the bounds are reached", () => {
  const chain = (terms: number) => parseText(`const a = ${"b+".repeat(terms - 1)}b;`);
  expect(check(chain(MAX_EXPRESSION_DEPTH).ast).expressions).toBe(MAX_EXPRESSION_DEPTH);
  expect(chain(MAX_EXPRESSION_DEPTH).errors).toEqual([]);
  expect(chain(MAX_EXPRESSION_DEPTH + 1).errors).toEqual(["1:11 W0150"]);
  expect(check(chain(10 * MAX_EXPRESSION_DEPTH).ast).expressions).toBeLessThanOrEqual(MAX_EXPRESSION_DEPTH);
  const blocks = (depth: number) => parseText(`fn f() {${"{".repeat(depth)}${"}".repeat(depth)}}`);
  expect(check(blocks(MAX_STATEMENT_NESTING).ast).blocks).toBe(MAX_STATEMENT_NESTING);
  expect(blocks(MAX_STATEMENT_NESTING).errors).toEqual([]);
  expect(blocks(MAX_STATEMENT_NESTING + 1).errors).toEqual([`1:${9 + MAX_STATEMENT_NESTING} W0150`]);
});

describe("mutated sources", () => {
  /** Seeded, so that a failure repeats. */
  let state = 42;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  const pieces = EXAMPLE.split(/(\s+|[^\w])/).filter((piece) => piece !== "");
  const extra = [
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    ";",
    "fn",
    "if",
    "else",
    "case",
    "@",
    "=",
    "--",
    "&&",
    "/*",
    "1x",
    "$",
    "auto",
    "var",
    "for",
    "loop",
  ];

  test("keep the promises, and one change makes few errors", () => {
    let most = 0;
    for (let round = 0; round < 800; round++) {
      const changed = [...pieces];
      const changes = 1 + next(3);
      for (let i = 0; i < changes; i++) {
        const at = next(changed.length);
        const how = next(3);
        if (how === 0) changed.splice(at, 1);
        else changed.splice(at, how === 1 ? 1 : 0, next(2) === 0 ? extra[next(extra.length)]! : changed[next(changed.length)]!);
      }
      const source = changed.join("");
      const { ast, diagnostics } = parseText(source);
      const depths = check(ast);
      expect(depths.expressions).toBeLessThanOrEqual(MAX_EXPRESSION_DEPTH);
      printAst(ast);
      for (const { span } of diagnostics.items) {
        if (span.offset < 0 || span.length < 0 || span.offset + span.length > source.length) throw new Error(`span outside: ${source}`);
      }
      const offsets = diagnostics.items.map((item) => item.span.offset);
      expect(offsets).toEqual([...offsets].sort((x, y) => x - y));
      if (changes === 1) most = Math.max(most, diagnostics.errorCount);
    }
    // An extra '}' ends the function, and what is left of it stands at module scope.
    expect(most).toBeLessThanOrEqual(8);
  });

  test("prefixes of a source", () => {
    for (let length = 0; length < EXAMPLE.length; length++) {
      const { ast, diagnostics } = parseText(EXAMPLE.slice(0, length));
      check(ast);
      expect(diagnostics.errorCount).toBeLessThanOrEqual(2);
    }
  });
});
