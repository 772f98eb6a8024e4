/**
 * One mistake, one error: what the checker finds in the wake of a syntax error is not reported. A declaration that did not parse is a
 * declaration with a hole, and so is in a way what depends on it; a name may be missing because its declaration was lost.
 */
import { DiagnosticList, type RawDiagnostic } from "../../support/diagnostic.ts";
import type { Ast, NodeId } from "./ast.ts";
import type { Resolution } from "./resolve.ts";

export class Cascade {
  readonly #syntaxErrors: readonly number[];
  readonly #into: DiagnosticList;
  /** where the checker reports */
  readonly list: DiagnosticList;

  /** @param diagnostics with the parser's errors in it */
  constructor(diagnostics: DiagnosticList) {
    this.#into = diagnostics;
    this.#syntaxErrors = diagnostics.items.filter((d) => d.severity === "error").map((d) => d.span.offset);
    this.list = diagnostics.errorCount === 0 ? diagnostics : new DiagnosticList();
  }

  /** Hands over what the checker found, but for consequences. */
  finish(ast: Ast, resolution: Resolution | undefined): void {
    const found = this.list;
    if (found === this.#into) return;
    const declarations = resolution?.declarations ?? [];
    const marks = resolution ? this.#holes(ast, resolution) : new Uint8Array(0);
    for (const diagnostic of found.items) {
      const { offset } = diagnostic.span;
      const at = lastBefore(ast, declarations, offset);
      if (this.#syntaxErrors.includes(offset)) continue;
      if (!isConsequence(diagnostic) && (at < 0 || marks[at] === 0)) this.#into.add(diagnostic);
    }
    this.#into.dropped += found.dropped;
  }

  /** 1 for each declaration that has a syntax error, stands behind one or depends on one that has. */
  #holes(ast: Ast, { declarations, uses, order }: Resolution): Uint8Array {
    const marks = new Uint8Array(declarations.length);
    for (const offset of this.#syntaxErrors) {
      const at = lastBefore(ast, declarations, offset);
      if (at >= 0) marks[at] = 1;
      // the one before may have been cut short by a keyword in the wrong place
      if (at > 0 && offset === ast.start(declarations[at]!)) marks[at - 1] = 1;
      // the error may be in what was to be its attributes, or have hidden where it starts
      if (at + 1 < marks.length && (at < 0 || offset >= ast.end(declarations[at]!))) marks[at + 1] = 1;
    }
    const indexOf = new Map(declarations.map((node, i) => [node, i]));
    for (const node of order) {
      const i = indexOf.get(node)!;
      if (uses[i]!.some((used) => marks[used] === 1)) marks[i] = 1;
    }
    return marks;
  }
}

/** Rules about what the module has as a whole, or about names that may have been lost. */
const isConsequence = (d: RawDiagnostic): boolean => d.code === "W0200" || d.code === "W0202";

/** Index of the last declaration that starts at `offset` or before it, or -1. */
function lastBefore(ast: Ast, declarations: readonly NodeId[], offset: number): number {
  let low = 0;
  let high = declarations.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ast.start(declarations[middle]!) <= offset) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
