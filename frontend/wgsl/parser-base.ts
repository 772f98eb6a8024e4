/**
 * What all parts of the parser stand on: the token cursor, lists under construction, errors and how to go on after them.
 *
 * After an error the parser is in panic: it accepts nothing and reports nothing until a list of statements, members, clauses or
 * declarations finds the next place to start from. So one mistake gives one error.
 */
import type { Budget } from "../../support/column.ts";
import type { DiagnosticList, Fix, Note, Span } from "../../support/diagnostic.ts";
import { NONE } from "../../support/id.ts";
import { isLineBreak } from "../../support/source.ts";
import type { ListId, NodeId } from "./ast.ts";
import { Ast, Kind } from "./ast.ts";
import type { Code } from "./codes.ts";
import { tokenize } from "./lexer.ts";
import type { Tokens } from "./token.ts";
import { FIRST_KEYWORD, FIRST_PUNCTUATION, TOKEN_TEXT, Tok } from "./token.ts";

/** UTF-16 units of a token that a message repeats */
const MAX_QUOTED = 40;

export interface ErrorDetails {
  readonly notes?: readonly Note[];
  readonly fix?: Fix | undefined;
}

export class ParserBase {
  readonly ast: Ast;
  readonly tokens: Tokens;
  /** columns of tokens, at hand */
  readonly kinds: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** index of the current token */
  at = 0;
  panic = false;
  readonly #diagnostics: DiagnosticList;
  readonly #budget: Budget;
  /** token of the last error; a second one there would be the same mistake */
  #lastError = -1;
  /** whether a whole declaration has been parsed since the last error: until then, brackets and places may be off because of it */
  settled = true;
  /** elements of lists under construction, those of the innermost list last */
  #stack = new Int32Array(256);
  #stackTop = 0;

  constructor(source: string, diagnostics: DiagnosticList, budget: Budget) {
    this.#diagnostics = diagnostics;
    this.#budget = budget;
    this.ast = new Ast(source, budget);
    this.tokens = tokenize(source, this.ast.symbols, diagnostics, budget);
    this.kinds = this.tokens.kinds;
    this.starts = this.tokens.starts;
    this.ends = this.tokens.ends;
  }

  // Cursor.
  kind(): Tok {
    return this.kinds[this.at] as Tok;
  }
  /** Kind of the token after the current one. */
  next(): Tok {
    return this.at + 1 < this.tokens.count ? (this.kinds[this.at + 1] as Tok) : Tok.END;
  }
  /** True where a function begins: inside a block, a '}' has been forgotten before it. */
  atFunction(): boolean {
    return this.kinds[this.at] === Tok.FN && this.kinds[this.at + 1] === Tok.IDENT;
  }
  /** True where no list in braces goes on: at its '}', or where that must have been forgotten. */
  atBraceEnd(): boolean {
    const kind = this.kinds[this.at];
    return kind === Tok.BRACE_RIGHT || kind === Tok.END || this.atFunction();
  }
  start(): number {
    return this.starts[this.at]!;
  }
  /** End of the last token taken; 0 at the start. */
  lastEnd(): number {
    return this.at > 0 ? this.ends[this.at - 1]! : 0;
  }
  advance(): void {
    if (this.kinds[this.at] !== Tok.END) this.at++;
  }
  /** Takes the current token if it is a `kind`. */
  accept(kind: Tok): boolean {
    if (this.kinds[this.at] !== kind || this.panic) return false;
    this.at++;
    return true;
  }
  /** Takes a `kind`, or fails. @param where completes "expected ';' …" */
  expect(kind: Tok, where: string): boolean {
    if (this.accept(kind)) return true;
    if (this.panic) return false;
    this.fail("W0112", `expected '${spelling(kind)}' ${where}, but found ${this.found()}`, { notes: this.templateNote() });
    return false;
  }
  /** Takes the bracket that closes the one at token `opening`, or fails and points there. */
  expectClosing(kind: Tok, opening: number, orComma = false): boolean {
    if (this.accept(kind)) return true;
    if (this.panic) return false;
    const note: Note = { message: `'${this.tokenText(opening)}' opened here`, span: this.tokenSpan(opening) };
    const notes = [...this.templateNote(), note];
    const expected = orComma ? `',' or '${spelling(kind)}'` : `'${spelling(kind)}'`;
    this.fail("W0117", `expected ${expected} to close '${this.tokenText(opening)}', but found ${this.found()}`, { notes });
    return false;
  }

  // Lists.
  mark(): number {
    return this.#stackTop;
  }
  push(node: number): void {
    if (this.#stackTop === this.#stack.length) {
      this.#budget.charge(this.#stack.byteLength);
      const next = new Int32Array(this.#stack.length * 2);
      next.set(this.#stack);
      this.#stack = next;
    }
    this.#stack[this.#stackTop++] = node;
  }
  /** Makes a list of what was pushed since `mark`. */
  list(mark: number): ListId {
    const list = this.ast.addList(this.#stack, mark, this.#stackTop);
    this.#stackTop = mark;
    return list;
  }
  /** Takes back the last element pushed. */
  pop(): number {
    return this.#stack[--this.#stackTop]!;
  }

  /** Stands for what could not be parsed. */
  errorNode(): NodeId {
    const start = Math.min(this.lastEnd(), this.start());
    return this.ast.add(Kind.ERROR, start, start, 0, 0, 0, 0);
  }

  // Errors.
  /** Reports at the current token and panics. */
  fail(code: Code, message: string, details: ErrorDetails = {}): void {
    this.failAt(this.tokenSpan(this.at), code, message, details);
  }
  failAt(span: Span, code: Code, message: string, details: ErrorDetails = {}): void {
    this.complain(span, code, message, details);
    this.panic = true;
  }
  /** Reports, unless that would be the second error about one mistake, and parses on. */
  complain(span: Span, code: Code, message: string, details: ErrorDetails = {}): void {
    const known = this.panic || this.tokens.bad.has(this.at) || this.tokens.bad.has(this.at - 1) || this.#isEcho(code);
    this.#lastError = this.at;
    if (known) return;
    this.settled = false;
    this.#diagnostics.error(code, span, message, details.notes ?? [], details.fix);
  }
  /** Whether the error before is likely to have made this one: it was a few tokens ago in this statement, or has upset the brackets. */
  #isEcho(code: Code): boolean {
    if (this.#lastError < 0) return false;
    if (!this.settled && (code === "W0110" || (code === "W0117" && (this.kind() === Tok.END || this.atFunction())))) return true;
    if (this.at > this.#lastError + ECHO_TOKENS) return false;
    for (let i = this.#lastError; i < this.at; i++) {
      const kind = this.kinds[i]!;
      if (kind === Tok.SEMICOLON || kind === Tok.BRACE_LEFT || kind === Tok.BRACE_RIGHT || this.#lineEndsBefore(i + 1)) return false;
    }
    return true;
  }
  #lineEndsBefore(token: number): boolean {
    const source = this.ast.source;
    for (let i = this.ends[token - 1]!; i < this.starts[token]!; i++) if (isLineBreak(source.charCodeAt(i))) return true;
    return false;
  }
  hasFailedSince(token: number): boolean {
    return this.#lastError >= token;
  }
  tokenSpan(token: number): Span {
    return { offset: this.starts[token]!, length: this.ends[token]! - this.starts[token]! };
  }
  tokenText(token: number): string {
    const start = this.starts[token]!;
    return this.ast.source.slice(start, Math.min(this.ends[token]!, start + MAX_QUOTED));
  }
  /** The current token, for a message. */
  found(): string {
    return this.kind() === Tok.END ? "the end of the source" : `'${this.tokenText(this.at)}'`;
  }
  /** True when a line break comes before the current token. */
  onNewLine(): boolean {
    return this.kind() === Tok.END || (this.at > 0 && this.#lineEndsBefore(this.at));
  }
  insertion(text: string): Fix {
    return { message: "insert", span: { offset: this.lastEnd(), length: 0 }, replacement: text };
  }
  /** When what comes before was read as a template list, comparisons may have been meant. */
  templateNote(): readonly Note[] {
    if (this.at === 0 || this.kinds[this.at - 1] !== Tok.TEMPLATE_END) return [];
    return [
      {
        message: "this '>' was read as the end of a template list; to compare, put parentheses around the comparison",
        span: this.tokenSpan(this.at - 1),
      },
    ];
  }

  /**
   * Takes the ';' that ends `what`. A missing one is reported; where a new statement may well begin, parsing goes on as if it were there.
   */
  semicolon(what: string): void {
    if (this.accept(Tok.SEMICOLON) || this.panic) return;
    const newLine = this.onNewLine();
    const span = newLine ? { offset: this.lastEnd(), length: 0 } : this.tokenSpan(this.at);
    const kind = this.kind();
    const goesOn = newLine || kind === Tok.BRACE_RIGHT || kind >= FIRST_KEYWORD;
    const details = { notes: this.templateNote(), fix: goesOn ? this.insertion(";") : undefined };
    const message = newLine ? `expected ';' after ${what}` : `expected ';' after ${what}, but found ${this.found()}`;
    this.complain(span, "W0112", message, details);
    // what comes next is another statement, with mistakes of its own
    if (newLine) this.#lastError = this.at - 1;
    this.panic = !goesOn;
  }

  /**
   * Ends a panic at the next statement of the block: after a ';' or a block, before a '}' or a keyword that starts a statement.
   * @param from token the failed statement started with
   */
  recoverStatement(from: number): void {
    const kinds = this.kinds;
    let depth = 0;
    // A keyword that was itself the mistake begins nothing, unless the line before it was left unfinished.
    if (startsStatement(kinds[this.at]!) && (this.at === from || !this.onNewLine())) this.at++;
    for (;;) {
      const kind = kinds[this.at]!;
      if (kind === Tok.END || this.atFunction()) break;
      const isElseIf = kind === Tok.IF && this.at > 0 && kinds[this.at - 1] === Tok.ELSE;
      if (depth === 0 && (kind === Tok.BRACE_RIGHT || (startsStatement(kind) && !isElseIf))) break;
      this.at++;
      if (kind === Tok.BRACE_LEFT) depth++;
      else if (kind === Tok.BRACE_RIGHT) {
        depth--;
        if (depth === 0 && kinds[this.at] !== Tok.ELSE) break;
      } else if (kind === Tok.SEMICOLON && depth === 0 && kinds[this.at] !== Tok.ELSE) break;
    }
    this.panic = false;
  }

  /** Ends a panic in the head of a compound statement, if its block begins soon. @param semicolons whether the head has ';' in it */
  recoverHead(semicolons: boolean): void {
    if (!this.panic) return;
    const last = Math.min(this.at + MAX_HEAD_TOKENS, this.tokens.count);
    for (let i = this.at; i < last; i++) {
      const kind = this.kinds[i]!;
      if (kind === Tok.BRACE_LEFT) {
        this.at = i;
        this.panic = false;
        return;
      }
      if (kind === Tok.BRACE_RIGHT || kind === Tok.FN || kind === Tok.END || (kind === Tok.SEMICOLON && !semicolons)) return;
    }
  }

  /** Ends a panic at the next declaration of the module. */
  recoverDeclaration(from: number): void {
    const kinds = this.kinds;
    let depth = 0;
    if (this.at === from || (startsDeclaration(kinds[this.at]!) && !this.atFunction() && !this.onNewLine())) this.advance();
    for (;;) {
      const kind = kinds[this.at]!;
      if (kind === Tok.END || this.atFunction()) break;
      if (depth === 0 && kind !== Tok.FN && startsDeclaration(kind)) break;
      this.at++;
      if (kind === Tok.BRACE_LEFT) depth++;
      else if (kind === Tok.BRACE_RIGHT) {
        depth = Math.max(0, depth - 1);
        if (depth === 0) break;
      } else if (kind === Tok.SEMICOLON && depth === 0) break;
    }
    this.panic = false;
  }
}

/** Tokens after an error in which another one in the statement, on that line, is taken for its echo. */
const ECHO_TOKENS = 8;
/** Tokens looked at to find the block of a statement whose head is wrong. */
const MAX_HEAD_TOKENS = 64;

export const NO_NODE: NodeId = NONE;

export function spelling(kind: Tok): string {
  return TOKEN_TEXT[kind - FIRST_PUNCTUATION]!;
}

/** Tables of token kinds, as recovery looks at every token it skips. */
function kindsOf(...kinds: readonly Tok[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const kind of kinds) table[kind] = 1;
  return table;
}
const STATEMENT_WORDS = kindsOf(
  Tok.LET,
  Tok.VAR,
  Tok.CONST,
  Tok.CONST_ASSERT,
  Tok.IF,
  Tok.SWITCH,
  Tok.LOOP,
  Tok.FOR,
  Tok.WHILE,
  Tok.RETURN,
  Tok.BREAK,
  Tok.CONTINUE,
  Tok.CONTINUING,
  Tok.DISCARD,
);
const DECLARATION_WORDS = kindsOf(
  Tok.FN,
  Tok.STRUCT,
  Tok.ALIAS,
  Tok.VAR,
  Tok.CONST,
  Tok.OVERRIDE,
  Tok.CONST_ASSERT,
  Tok.AT,
  Tok.ENABLE,
  Tok.REQUIRES,
  Tok.DIAGNOSTIC,
);

function startsStatement(kind: number): boolean {
  return STATEMENT_WORDS[kind] === 1;
}

export function startsDeclaration(kind: number): boolean {
  return DECLARATION_WORDS[kind] === 1;
}
