/** What the parser's tests share. */
import type { Ast } from "../../frontend/wgsl/ast.ts";
import { printAst } from "../../frontend/wgsl/ast-print.ts";
import { parse } from "../../frontend/wgsl/parser.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";
import { LineIndex } from "../../support/source.ts";

export interface Parsed {
  readonly ast: Ast;
  /** `line:column code` per error, in order */
  readonly errors: readonly string[];
  readonly diagnostics: DiagnosticList;
}

export function parseText(source: string): Parsed {
  const diagnostics = new DiagnosticList();
  const ast = parse(source, diagnostics);
  const lines = new LineIndex(source);
  const errors = diagnostics.items.map((item) => {
    const { line, column } = lines.position(item.span.offset);
    return `${line}:${column} ${item.code}`;
  });
  return { ast, errors, diagnostics };
}

/** The tree of a source without errors, on one line, without the module around it. */
export function tree(source: string): string {
  const { ast, diagnostics } = parseText(source);
  if (diagnostics.items.length > 0) throw new Error(`'${source}' has errors: ${diagnostics.items.map((d) => d.message).join("; ")}`);
  const text = printAst(ast).replace(/\n */g, " ");
  return text === "(module)" ? "" : text.slice("(module ".length, -1);
}

/** The tree of statements in a function body. */
export function statements(source: string): string {
  const text = tree(`fn f() { ${source} }`);
  return text === "(fn f (block))" ? "" : text.slice("(fn f (block ".length, -"))".length);
}

/** The tree of one expression. */
export function expression(source: string): string {
  return statements(`_ = ${source};`).slice("(_= ".length, -1);
}

/** Errors of statements in a function body; columns count from the first of `source`, on line 1. */
export function statementErrors(source: string): readonly string[] {
  const { errors } = parseText(`fn f() {\n${source}\n}`);
  return errors.map((error) => {
    const [place, code] = error.split(" ");
    const [line, column] = place!.split(":");
    return `${Number(line) - 1}:${column} ${code}`;
  });
}

/** Errors of one expression; columns count from its first, on line 1. */
export function expressionErrors(source: string): readonly string[] {
  return statementErrors(`_ =\n${source}\n;`).map((error) => error.replace(/^\d+/, (line) => String(Number(line) - 1)));
}
