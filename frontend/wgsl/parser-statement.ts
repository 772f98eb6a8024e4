/**
 * Blocks, and the statements that have some.
 * @see https://www.w3.org/TR/WGSL/#statements
 */
import type { ListId, NodeId } from "./ast.ts";
import { EMPTY_LIST, Kind, MAX_STATEMENT_NESTING } from "./ast.ts";
import { NO_NODE } from "./parser-base.ts";
import { SimpleParser } from "./parser-simple.ts";
import { Tok } from "./token.ts";

export class StatementParser extends SimpleParser {
  /** Statements around the current one. */
  #nesting = 0;

  /** compound_statement. @param what completes "expected '{' …" */
  block(what: string): NodeId {
    if (this.panic) return this.errorNode();
    const start = this.start();
    return this.blockAfter(start, this.attributeList(), what);
  }

  blockAfter(start: number, attributes: ListId, what: string): NodeId {
    const opening = this.at;
    if (!this.expect(Tok.BRACE_LEFT, what)) return this.errorNode();
    if (this.#nesting > MAX_STATEMENT_NESTING) return this.#tooDeep(opening);
    const statements = this.#statements(Tok.END);
    this.expectClosing(Tok.BRACE_RIGHT, opening);
    return this.finish(this.ast.add(Kind.BLOCK, start, this.lastEnd(), 0, statements, 0, 0), attributes);
  }

  #tooDeep(token: number): NodeId {
    const message = `statements are nested deeper than the limit of ${MAX_STATEMENT_NESTING} here`;
    this.at = token;
    this.fail("W0150", message);
    return this.errorNode();
  }

  /**
   * statement*, up to the end of the block, or of the source, or where a '}' must have been forgotten.
   * @param last CONTINUING or BREAK, where the block may end in that statement, which is left to the caller; else END
   */
  #statements(last: Tok): ListId {
    const mark = this.mark();
    this.#nesting++;
    for (;;) {
      const kind = this.kind();
      if (this.atBraceEnd()) break;
      if (kind === Tok.SEMICOLON) {
        this.at++;
        continue;
      }
      const isLast = kind === Tok.CONTINUING || (kind === Tok.BREAK && this.next() === Tok.IF);
      if (isLast && kind === last) break;
      const from = this.at;
      if (isLast) this.#misplaced(kind);
      else {
        const node = this.#statement(kind);
        if (node !== NO_NODE) this.push(node);
      }
      if (this.panic) this.recoverStatement(from);
    }
    this.#nesting--;
    return this.list(mark);
  }

  #misplaced(kind: Tok): void {
    if (kind === Tok.CONTINUING) this.fail("W0133", "'continuing' may stand only at the end of the body of a 'loop'");
    else {
      this.fail("W0133", "'break if' may stand only at the end of a 'continuing' block");
      this.at += 2; // or recovery would stop at the 'if'
    }
  }

  /** Statements after the one that should have been the last of its block: reported, parsed and dropped. */
  #afterLast(what: string): void {
    if (this.panic || this.atBraceEnd()) return;
    this.complain(this.tokenSpan(this.at), "W0133", `${what} must be the last statement of its block`);
    this.#statements(Tok.END);
  }

  #statement(kind: Tok): NodeId {
    const start = this.start();
    let attributes: ListId = EMPTY_LIST;
    let word = kind;
    if (kind === Tok.AT) {
      attributes = this.attributeList();
      if (this.panic) return NO_NODE;
      word = this.kind();
    }
    switch (word) {
      case Tok.BRACE_LEFT:
        return this.blockAfter(start, attributes, "");
      case Tok.IF:
        return this.#if(start, attributes);
      case Tok.SWITCH:
        return this.#switch(start, attributes);
      case Tok.LOOP:
        return this.#loop(start, attributes);
      case Tok.FOR:
        return this.#for(start, attributes);
      case Tok.WHILE:
        return this.#while(start, attributes);
      default:
    }
    this.refuseAttributes(attributes, "this statement");
    return this.#simple(start, word);
  }

  /** A statement that ends in ';', with it. */
  #simple(start: number, word: Tok): NodeId {
    switch (word) {
      case Tok.RETURN:
        return this.#return(start);
      case Tok.BREAK:
        return this.#word(Kind.BREAK, start);
      case Tok.CONTINUE:
        return this.#word(Kind.CONTINUE, start);
      case Tok.DISCARD:
        return this.#word(Kind.DISCARD, start);
      case Tok.VAR:
        return this.#ended(this.variable(start, EMPTY_LIST), "the declaration");
      case Tok.LET:
        return this.#ended(this.value(Kind.LET, start), "the declaration");
      case Tok.CONST:
        return this.#ended(this.value(Kind.CONST, start), "the declaration");
      case Tok.CONST_ASSERT:
        return this.#ended(this.constAssert(start), "the assertion");
      default:
        return this.#ended(this.update(start), "the statement");
    }
  }

  #ended(node: NodeId, what: string): NodeId {
    this.semicolon(what);
    return node;
  }

  #word(kind: Kind, start: number): NodeId {
    const word = this.tokenText(this.at);
    this.at++;
    return this.#ended(this.ast.add(kind, start, this.lastEnd(), 0, 0, 0, 0), `'${word}'`);
  }

  #return(start: number): NodeId {
    this.at++;
    const kind = this.kind();
    const bare = kind === Tok.SEMICOLON || kind === Tok.BRACE_RIGHT || kind === Tok.END;
    const value = bare ? NO_NODE : this.expression();
    return this.#ended(this.ast.add(Kind.RETURN, start, this.lastEnd(), value, 0, 0, 0), "'return'");
  }

  // Control flow.

  /** An if statement with its chain of else ifs, from the last of which on the nodes are built. */
  #if(start: number, attributes: ListId): NodeId {
    const mark = this.mark();
    const outer = this.#nesting;
    let otherwise = NO_NODE;
    let from = start;
    for (;;) {
      this.at++;
      const condition = this.expression();
      this.recoverHead(false);
      const then = this.block("for the body of the 'if'");
      this.push(from);
      this.push(condition);
      this.push(then);
      if (!this.accept(Tok.ELSE)) break;
      if (this.kind() !== Tok.IF) {
        otherwise = this.block("or 'if' after 'else'");
        break;
      }
      if (++this.#nesting > MAX_STATEMENT_NESTING) {
        otherwise = this.#tooDeep(this.at);
        break;
      }
      from = this.start();
    }
    this.#nesting = outer;
    const end = this.lastEnd();
    let node = otherwise;
    while (this.mark() > mark) {
      const then = this.pop();
      const condition = this.pop();
      node = this.ast.add(Kind.IF, this.pop(), end, condition, 0, node, then);
    }
    return this.finish(node, attributes);
  }

  #while(start: number, attributes: ListId): NodeId {
    this.at++;
    const condition = this.expression();
    this.recoverHead(false);
    const body = this.block("for the body of the loop");
    return this.finish(this.ast.add(Kind.WHILE, start, this.lastEnd(), condition, 0, 0, body), attributes);
  }

  #for(start: number, attributes: ListId): NodeId {
    this.at++;
    const opening = this.at;
    let init = NO_NODE;
    let condition = NO_NODE;
    let update = NO_NODE;
    if (this.expect(Tok.PAREN_LEFT, "after 'for'")) {
      init = this.#forInit();
      this.expect(Tok.SEMICOLON, "after the first part of the 'for'");
      if (this.kind() !== Tok.SEMICOLON) condition = this.expression();
      this.expect(Tok.SEMICOLON, "after the condition of the 'for'");
      if (this.kind() !== Tok.PAREN_RIGHT && !this.panic) update = this.update(this.start());
      this.expectClosing(Tok.PAREN_RIGHT, opening);
    }
    this.recoverHead(true);
    const body = this.block("for the body of the loop");
    return this.finish(this.ast.add(Kind.FOR, start, this.lastEnd(), condition, init, update, body), attributes);
  }

  #forInit(): NodeId {
    const start = this.start();
    switch (this.kind()) {
      case Tok.SEMICOLON:
        return NO_NODE;
      case Tok.VAR:
        return this.variable(start, EMPTY_LIST);
      case Tok.LET:
        return this.value(Kind.LET, start);
      case Tok.CONST:
        return this.value(Kind.CONST, start);
      default:
        return this.update(start);
    }
  }

  #loop(start: number, attributes: ListId): NodeId {
    this.at++;
    const blockStart = this.start();
    const blockAttributes = this.attributeList();
    const opening = this.at;
    if (!this.expect(Tok.BRACE_LEFT, "for the body of the loop")) return NO_NODE;
    if (this.#nesting > MAX_STATEMENT_NESTING) return this.#tooDeep(opening);
    const statements = this.#statements(Tok.CONTINUING);
    let continuing = NO_NODE;
    if (this.kind() === Tok.CONTINUING) {
      const from = this.at;
      continuing = this.#continuing();
      if (this.panic) this.recoverStatement(from);
      this.#afterLast("'continuing'");
    }
    this.expectClosing(Tok.BRACE_RIGHT, opening);
    const end = this.lastEnd();
    const body = this.finish(this.ast.add(Kind.BLOCK, blockStart, end, 0, statements, 0, 0), blockAttributes);
    return this.finish(this.ast.add(Kind.LOOP, start, end, 0, 0, continuing, body), attributes);
  }

  #continuing(): NodeId {
    const start = this.start();
    this.at++;
    const blockStart = this.start();
    const attributes = this.attributeList();
    const opening = this.at;
    if (!this.expect(Tok.BRACE_LEFT, "after 'continuing'")) return NO_NODE;
    if (++this.#nesting > MAX_STATEMENT_NESTING) {
      this.#nesting--;
      return this.#tooDeep(opening);
    }
    const statements = this.#statements(Tok.BREAK);
    this.#nesting--;
    let breakIf = NO_NODE;
    if (this.kind() === Tok.BREAK) {
      breakIf = this.#breakIf();
      this.#afterLast("'break if'");
    }
    this.expectClosing(Tok.BRACE_RIGHT, opening);
    const end = this.lastEnd();
    const body = this.finish(this.ast.add(Kind.BLOCK, blockStart, end, 0, statements, 0, 0), attributes);
    return this.ast.add(Kind.CONTINUING, start, end, breakIf, 0, 0, body);
  }

  #breakIf(): NodeId {
    const from = this.at;
    const start = this.start();
    this.at += 2;
    const condition = this.expression();
    this.semicolon("the condition");
    const node = this.ast.add(Kind.BREAK_IF, start, this.lastEnd(), condition, 0, 0, 0);
    if (this.panic) this.recoverStatement(from);
    return node;
  }

  #switch(start: number, attributes: ListId): NodeId {
    this.at++;
    const selector = this.expression();
    this.recoverHead(false);
    const bodyStart = this.start();
    const bodyAttributes = this.panic ? EMPTY_LIST : this.attributeList();
    const opening = this.at;
    if (!this.expect(Tok.BRACE_LEFT, "for the clauses of the switch")) return NO_NODE;
    const mark = this.mark();
    while (!this.atBraceEnd()) {
      const kind = this.kind();
      if (kind === Tok.CASE || kind === Tok.DEFAULT) this.push(this.#clause(kind));
      else this.fail("W0134", `expected 'case', 'default' or '}' in the switch, but found ${this.found()}`);
      if (this.panic) this.#recoverClause();
    }
    if (this.mark() === mark) this.complain(this.tokenSpan(opening), "W0134", "a switch needs at least one 'case' or 'default'");
    const clauses = this.list(mark);
    this.expectClosing(Tok.BRACE_RIGHT, opening);
    const end = this.lastEnd();
    const body = this.finish(this.ast.add(Kind.SWITCH_BODY, bodyStart, end, 0, clauses, 0, 0), bodyAttributes);
    return this.finish(this.ast.add(Kind.SWITCH, start, end, selector, 0, 0, body), attributes);
  }

  #clause(kind: Tok): NodeId {
    const start = this.start();
    const mark = this.mark();
    if (kind === Tok.DEFAULT) this.push(this.#selector());
    else {
      this.at++;
      do this.push(this.#selector());
      while (this.accept(Tok.COMMA) && !endsSelectors(this.kind()));
    }
    const selectors = this.list(mark);
    this.accept(Tok.COLON);
    const body = this.block("for the body of the clause");
    return this.ast.add(Kind.CASE, start, this.lastEnd(), 0, selectors, 0, body);
  }

  #selector(): NodeId {
    const start = this.start();
    if (!this.accept(Tok.DEFAULT)) return this.expression();
    return this.ast.add(Kind.DEFAULT, start, this.lastEnd(), 0, 0, 0, 0);
  }

  #recoverClause(): void {
    let depth = 0;
    for (;;) {
      const kind = this.kind();
      if (kind === Tok.END || this.atFunction()) break;
      if (depth === 0 && (kind === Tok.CASE || kind === Tok.DEFAULT || kind === Tok.BRACE_RIGHT)) break;
      if (kind === Tok.BRACE_LEFT) depth++;
      else if (kind === Tok.BRACE_RIGHT) depth--;
      this.at++;
    }
    this.panic = false;
  }
}

function endsSelectors(kind: Tok): boolean {
  return kind === Tok.COLON || kind === Tok.BRACE_LEFT || kind === Tok.AT;
}
