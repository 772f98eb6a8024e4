/**
 * WGSL text to syntax tree. The parser is a row of classes, each standing on the one before: ParserBase (cursor, errors,
 * recovery), ExpressionParser, AttributeParser, SimpleParser (statements without blocks), StatementParser, and the module's parts here.
 * @see https://www.w3.org/TR/WGSL/#grammar
 */
import { Budget, I32Column } from "../../support/column.ts";
import type { DiagnosticList } from "../../support/diagnostic.ts";
import { Limit } from "../../support/failure.ts";
import { isLineBreak } from "../../support/source.ts";
import type { ListId, NodeId } from "./ast.ts";
import { Ast, EMPTY_LIST, Kind } from "./ast.ts";
import { NO_NODE, spelling, startsDeclaration } from "./parser-base.ts";
import { StatementParser } from "./parser-statement.ts";
import { Tok } from "./token.ts";

/**
 * Parses a module. Total: what is wrong goes to `diagnostics` (W01xx), and the tree holds what could be parsed; its root is always a MODULE.
 * @param budget for the memory of tokens and tree; exhausted, it gives W0151 and an empty tree
 */
export function parse(source: string, diagnostics: DiagnosticList, budget: Budget = new Budget()): Ast {
  const before = diagnostics.items.length;
  try {
    const ast = new Parser(source, diagnostics, budget).module(budget);
    sortFrom(diagnostics, before);
    return ast;
  } catch (error) {
    if (!(error instanceof Limit)) throw error;
    diagnostics.error("W0151", { offset: 0, length: 0 }, `the module is too large: ${error.message}`);
    const ast = new Ast(source, new Budget());
    ast.root = ast.add(Kind.MODULE, 0, source.length, 0, EMPTY_LIST, 0, EMPTY_LIST);
    return ast;
  }
}

/** The lexer reports before the parser does: puts what both found into source order. */
function sortFrom(diagnostics: DiagnosticList, first: number): void {
  const found = diagnostics.items.splice(first);
  diagnostics.items.push(...found.sort((x, y) => x.span.offset - y.span.offset));
}

class Parser extends StatementParser {
  module(budget: Budget): Ast {
    const directives = new I32Column(budget);
    const mark = this.mark();
    let seenDeclaration = false;
    while (this.kind() !== Tok.END) {
      const from = this.at;
      if (this.accept(Tok.SEMICOLON)) {
        seenDeclaration = true;
        continue;
      }
      if (isDirective(this.kind())) {
        const word = this.tokenText(this.at);
        if (seenDeclaration) this.complain(this.tokenSpan(this.at), "W0111", `'${word}' must come before all declarations`);
        const node = this.#directive();
        if (node !== NO_NODE) directives.push(node);
      } else {
        seenDeclaration = true;
        const node = this.#declaration();
        if (node !== NO_NODE) this.push(node);
      }
      if (this.panic) this.recoverDeclaration(from);
      else if (!this.hasFailedSince(from)) this.settled = true;
    }
    const ast = this.ast;
    const directiveList = ast.addList(directives.data, 0, directives.length);
    ast.root = ast.add(Kind.MODULE, 0, ast.source.length, 0, directiveList, 0, this.list(mark));
    return ast;
  }

  #directive(): NodeId {
    const start = this.start();
    const word = this.kind();
    this.at++;
    if (word === Tok.DIAGNOSTIC) {
      const names = this.diagnosticControl();
      this.semicolon("the directive");
      return this.panic ? NO_NODE : this.ast.add(Kind.DIAGNOSTIC, start, this.lastEnd(), 0, names, 0, 0);
    }
    const mark = this.mark();
    do this.push(this.name("the name of an extension"));
    while (this.accept(Tok.COMMA) && this.kind() !== Tok.SEMICOLON);
    const names = this.list(mark);
    this.semicolon("the directive");
    return this.ast.add(word === Tok.ENABLE ? Kind.ENABLE : Kind.REQUIRES, start, this.lastEnd(), 0, names, 0, 0);
  }

  #declaration(): NodeId {
    const start = this.start();
    const attributes = this.attributeList();
    if (this.panic) return NO_NODE;
    const kind = this.kind();
    switch (kind) {
      case Tok.FN:
        return this.#function(start, attributes);
      case Tok.VAR:
        return this.#ended(this.variable(start, attributes));
      case Tok.OVERRIDE:
        return this.#ended(this.#override(start, attributes));
      default:
    }
    if (startsDeclaration(kind) || kind === Tok.LET) this.refuseAttributes(attributes, `a '${spelling(kind)}' declaration`);
    switch (kind) {
      case Tok.STRUCT:
        return this.#struct(start);
      case Tok.ALIAS:
        return this.#ended(this.#alias(start));
      case Tok.CONST:
        return this.#ended(this.value(Kind.CONST, start));
      case Tok.CONST_ASSERT:
        return this.#ended(this.constAssert(start));
      case Tok.LET: {
        const fix = { message: "declare it with", span: this.tokenSpan(this.at), replacement: "const" };
        this.complain(this.tokenSpan(this.at), "W0123", "'let' cannot be used at module scope; use 'const', 'override' or 'var'", { fix });
        return this.#ended(this.value(Kind.CONST, start));
      }
      default:
        return this.#noDeclaration();
    }
  }

  #ended(node: NodeId): NodeId {
    this.semicolon("the declaration");
    return node;
  }

  #noDeclaration(): NodeId {
    if (this.foreignDeclaration(true)) return NO_NODE;
    const message = this.kind() === Tok.BRACE_RIGHT ? "this '}' closes nothing" : `expected a declaration, but found ${this.found()}`;
    this.fail("W0110", message);
    // Likely the rest of a function that was closed too early: goes on where surely none is.
    do this.advance();
    while (!this.#surelyDeclaration());
    this.panic = false;
    return NO_NODE;
  }

  #surelyDeclaration(): boolean {
    const kind = this.kind();
    if (kind === Tok.END) return true;
    if (kind !== Tok.VAR && kind !== Tok.CONST && kind !== Tok.CONST_ASSERT) return startsDeclaration(kind);
    return this.next() === Tok.TEMPLATE_START || isLineBreak(this.ast.source.charCodeAt(this.start() - 1));
  }

  #override(start: number, attributes: ListId): NodeId {
    this.at++;
    const name = this.name("a name after 'override'");
    const type = this.accept(Tok.COLON) ? this.type() : NO_NODE;
    const value = this.accept(Tok.EQUAL) ? this.expression() : NO_NODE;
    return this.finish(this.ast.add(Kind.OVERRIDE, start, this.lastEnd(), name, 0, type, value), attributes);
  }

  #alias(start: number): NodeId {
    this.at++;
    const name = this.name("a name after 'alias'");
    this.expect(Tok.EQUAL, "after the alias's name");
    const type = this.type();
    return this.ast.add(Kind.ALIAS, start, this.lastEnd(), name, 0, type, 0);
  }

  #struct(start: number): NodeId {
    this.at++;
    const name = this.name("a name after 'struct'");
    this.recoverHead(false);
    const opening = this.at;
    if (!this.expect(Tok.BRACE_LEFT, "for the members of the structure")) return NO_NODE;
    const mark = this.mark();
    while (!this.atBraceEnd()) {
      this.push(this.#member());
      if (this.panic) this.#recoverMember();
    }
    if (this.mark() === mark) this.complain(this.tokenSpan(opening), "W0126", "a structure needs at least one member");
    const members = this.list(mark);
    this.expectClosing(Tok.BRACE_RIGHT, opening);
    return this.ast.add(Kind.STRUCT, start, this.lastEnd(), name, members, 0, 0);
  }

  /** `@a name: type`, with the comma after it. */
  #member(): NodeId {
    const start = this.start();
    const attributes = this.attributeList();
    const name = this.name("the name of a member");
    this.expect(Tok.COLON, "and a type after the member's name");
    const type = this.type();
    const node = this.finish(this.ast.add(Kind.MEMBER_DECL, start, this.lastEnd(), name, 0, type, 0), attributes);
    if (this.panic || this.accept(Tok.COMMA)) return node;
    const kind = this.kind();
    if (kind === Tok.SEMICOLON) {
      const fix = { message: "write", span: this.tokenSpan(this.at), replacement: "," };
      this.complain(this.tokenSpan(this.at), "W0126", "members of a structure are separated by ',', not ';'", { fix });
      this.at++;
    } else if (kind === Tok.IDENT || kind === Tok.AT) {
      const span = { offset: this.lastEnd(), length: 0 };
      this.complain(span, "W0126", "expected ',' between the members of a structure", { fix: this.insertion(",") });
    } else if (!this.atBraceEnd()) {
      this.fail("W0126", `expected ',' or '}' after a member, but found ${this.found()}`);
    }
    return node;
  }

  /** Ends a panic at the next member, or the end of the structure. */
  #recoverMember(): void {
    while (!this.atBraceEnd()) {
      const kind = this.kind();
      this.at++;
      if (kind !== Tok.COMMA && kind !== Tok.SEMICOLON) continue;
      const after = this.kind();
      if (after === Tok.AT || after === Tok.BRACE_RIGHT || (after === Tok.IDENT && this.next() === Tok.COLON)) break;
    }
    this.panic = false;
  }

  #function(start: number, attributes: ListId): NodeId {
    this.at++;
    const name = this.name("a name after 'fn'");
    const opening = this.at;
    this.expect(Tok.PAREN_LEFT, "for the parameters of the function");
    const mark = this.mark();
    while (this.kind() !== Tok.PAREN_RIGHT && !this.panic) {
      this.push(this.#parameter());
      if (!this.accept(Tok.COMMA)) break;
    }
    this.expectClosing(Tok.PAREN_RIGHT, opening, true);
    const parameters = this.list(mark);
    const result = this.kind() === Tok.ARROW && !this.panic ? this.#result() : NO_NODE;
    this.recoverHead(false);
    const body = this.block("for the body of the function");
    return this.finish(this.ast.add(Kind.FN, start, this.lastEnd(), name, parameters, result, body), attributes);
  }

  #parameter(): NodeId {
    const start = this.start();
    const attributes = this.attributeList();
    const name = this.name("the name of a parameter");
    this.expect(Tok.COLON, "and a type after the parameter's name");
    const type = this.type();
    return this.finish(this.ast.add(Kind.PARAM, start, this.lastEnd(), name, 0, type, 0), attributes);
  }

  #result(): NodeId {
    this.at++;
    const start = this.start();
    const attributes = this.attributeList();
    const type = this.type();
    return this.finish(this.ast.add(Kind.RESULT, start, this.lastEnd(), 0, 0, type, 0), attributes);
  }
}

function isDirective(kind: Tok): boolean {
  return kind === Tok.ENABLE || kind === Tok.REQUIRES || kind === Tok.DIAGNOSTIC;
}
