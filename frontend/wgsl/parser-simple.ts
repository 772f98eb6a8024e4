/**
 * Statements without blocks in them: declarations, which module scope has too, assignments, increments and calls.
 * @see https://www.w3.org/TR/WGSL/#var-and-value and #assignment
 */
import type { ListId, NodeId } from "./ast.ts";
import { EMPTY_LIST, Kind, UnaryOp } from "./ast.ts";
import { AttributeParser } from "./parser-attribute.ts";
import { NO_NODE, spelling } from "./parser-base.ts";
import { didYouMean, ELSEWHERE } from "./suggest.ts";
import { FIRST_BINARY, FIRST_COMPOUND, LAST_BINARY, LAST_COMPOUND, Tok } from "./token.ts";

const DECLARING: readonly string[] = ["let", "var", "const", "override"];

export class SimpleParser extends AttributeParser {
  // Declarations.

  /** `var<…> name: type = value`, without the ';'. */
  variable(start: number, attributes: ListId): NodeId {
    this.at++;
    const templates = this.kind() === Tok.TEMPLATE_START ? this.templateArguments() : EMPTY_LIST;
    const name = this.name("a name after 'var'");
    const type = this.accept(Tok.COLON) ? this.type() : NO_NODE;
    const value = this.accept(Tok.EQUAL) ? this.expression() : NO_NODE;
    return this.finish(this.ast.add(Kind.VAR, start, this.lastEnd(), name, templates, type, value), attributes);
  }

  /** `let` or `const`, without the ';'. */
  value(kind: typeof Kind.LET | typeof Kind.CONST, start: number): NodeId {
    const word = this.tokenText(this.at);
    this.at++;
    const name = this.name(`a name after '${word}'`);
    const type = this.accept(Tok.COLON) ? this.type() : NO_NODE;
    if (!this.accept(Tok.EQUAL)) {
      this.fail("W0124", `expected '=' and a value: a '${word}' declaration needs one`, { notes: this.templateNote() });
    }
    const value = this.expression();
    return this.ast.add(kind, start, this.lastEnd(), name, 0, type, value);
  }

  constAssert(start: number): NodeId {
    this.at++;
    const condition = this.expression();
    return this.ast.add(Kind.CONST_ASSERT, start, this.lastEnd(), condition, 0, 0, 0);
  }

  /** True at two names in a row, as in `float x`; reports them and panics. */
  foreignDeclaration(atModuleScope: boolean): boolean {
    if (this.kind() !== Tok.IDENT || this.next() !== Tok.IDENT) return false;
    const type = this.tokenText(this.at);
    const name = this.tokenText(this.at + 1);
    const offset = this.start();
    if (atModuleScope && this.kinds[this.at + 2] === Tok.PAREN_LEFT) {
      const fix = { message: "write", span: this.tokenSpan(this.at), replacement: "fn" };
      this.complain(fix.span, "W0116", "a function starts with 'fn', and the type of its result follows its parameters, after '->'", {
        fix,
      });
      this.panic = true;
      return true;
    }
    const span = { offset, length: this.ends[this.at + 1]! - offset };
    const declared = { message: "declare it as", span, replacement: `var ${name}: ${ELSEWHERE.get(type) ?? type}` };
    const fix = didYouMean(this.tokenSpan(this.at), type, DECLARING) ?? declared;
    this.complain(span, "W0116", "declarations start with 'let', 'var' or 'const', and the type follows the name", { fix });
    this.panic = true;
    return true;
  }

  // Assignments, increments and calls.

  /** variable_updating_statement or func_call_statement, without the ';'. NONE when there is none, which has been reported. */
  update(start: number): NodeId {
    const kind = this.kind();
    if (kind === Tok.UNDERSCORE) return this.#phony(start);
    const startsLeft = kind === Tok.IDENT || kind === Tok.STAR || kind === Tok.AND || kind === Tok.AND_AND || kind === Tok.PAREN_LEFT;
    if (!startsLeft || this.foreignDeclaration(false)) {
      if (!this.panic) this.#noStatement(kind);
      return NO_NODE;
    }
    const left = this.unary();
    if (this.panic) return NO_NODE;
    const op = this.kind();
    if (op === Tok.EQUAL || (op >= FIRST_COMPOUND && op <= LAST_COMPOUND)) return this.#assignment(start, left, op);
    if (op === Tok.PLUS_PLUS || op === Tok.MINUS_MINUS) {
      this.#checkLeft(left);
      this.at++;
      return this.ast.add(op === Tok.PLUS_PLUS ? Kind.INCREMENT : Kind.DECREMENT, start, this.lastEnd(), left, 0, 0, 0);
    }
    if (this.ast.kind(left) === Kind.CALL && kind === Tok.IDENT) {
      return this.ast.add(Kind.CALL_STATEMENT, start, this.lastEnd(), left, 0, 0, 0);
    }
    this.#notAStatement(left, op);
    return NO_NODE;
  }

  #phony(start: number): NodeId {
    this.at++;
    this.expect(Tok.EQUAL, "after '_'");
    const value = this.expression();
    return this.ast.add(Kind.PHONY_ASSIGN, start, this.lastEnd(), 0, 0, value, 0);
  }

  #assignment(start: number, left: NodeId, op: Tok): NodeId {
    this.#checkLeft(left);
    this.at++;
    const value = this.expression();
    if (op === Tok.EQUAL) return this.ast.add(Kind.ASSIGN, start, this.lastEnd(), left, 0, value, 0);
    return this.ast.add(Kind.COMPOUND_ASSIGN, start, this.lastEnd(), left, op - FIRST_COMPOUND, value, 0);
  }

  /** lhs_expression is a subset of unary_expression, which was parsed in its place. */
  #checkLeft(left: NodeId): void {
    const ast = this.ast;
    let node = left;
    for (;;) {
      const kind = ast.kind(node);
      if (kind === Kind.MEMBER || kind === Kind.INDEX) node = ast.objectOf(node);
      else if (kind === Kind.UNARY && ast.unaryOp(node) >= UnaryOp.DEREF) node = ast.operandOf(node);
      else break;
    }
    const kind = ast.kind(node);
    if (kind === Kind.CALL || kind === Kind.ERROR || (kind === Kind.IDENT && ast.templateArgumentsOf(node) === EMPTY_LIST)) return;
    this.complain(ast.span(node), "W0130", "this cannot be on the left side of an assignment");
  }

  #noStatement(kind: Tok): void {
    if (kind === Tok.PLUS_PLUS || kind === Tok.MINUS_MINUS) {
      const text = spelling(kind);
      const name = this.next() === Tok.IDENT ? this.tokenText(this.at + 1) : "x";
      const span = { offset: this.start(), length: this.ends[Math.min(this.at + 1, this.tokens.count - 1)]! - this.start() };
      const fix = this.next() === Tok.IDENT ? { message: "write", span, replacement: `${name}${text}` } : undefined;
      this.fail("W0131", `'${text}' comes after what it changes: '${name}${text}'`, { fix });
    } else if (kind === Tok.ELSE) {
      this.fail("W0135", "'else' does not follow the block of an 'if'");
    } else if (kind === Tok.CASE || kind === Tok.DEFAULT) {
      this.fail("W0134", `'${spelling(kind)}' stands outside the block of a switch`);
    } else if (kind === Tok.STRUCT || kind === Tok.ALIAS || kind === Tok.OVERRIDE || kind === Tok.ENABLE || kind === Tok.REQUIRES) {
      this.fail("W0125", `'${spelling(kind)}' may stand only at module scope`);
    } else this.fail("W0116", `expected a statement, but found ${this.found()}`);
  }

  #notAStatement(left: NodeId, op: Tok): void {
    if (op === Tok.COLON && this.ast.kind(left) === Kind.IDENT) {
      const span = { offset: this.ast.start(left), length: 0 };
      const fix = { message: "insert", span, replacement: "var " };
      this.fail("W0116", "a declaration starts with 'let', 'var' or 'const'", { fix });
    } else if (op === Tok.SEMICOLON || op === Tok.BRACE_RIGHT || op === Tok.END || (op >= FIRST_BINARY && op <= LAST_BINARY)) {
      this.failAt(this.ast.span(left), "W0132", "this expression is not a statement; only a call can stand alone");
    } else this.fail("W0112", `expected '=' or another assignment, but found ${this.found()}`, { notes: this.templateNote() });
  }
}
