/**
 * Expressions, template lists and types. Chains of operators of one kind are parsed in loops; recursion is by brackets only and bounded.
 * @see https://www.w3.org/TR/WGSL/#expression-grammar
 */
import type { Note } from "../../support/diagnostic.ts";
import type { ListId, NodeId } from "./ast.ts";
import { EMPTY_LIST, Kind, MAX_EXPRESSION_DEPTH, Suffix, UnaryOp } from "./ast.ts";
import type { IntValue } from "./literal.ts";
import { floatValue, intValue } from "./literal.ts";
import { NO_NODE, ParserBase, spelling } from "./parser-base.ts";
import { FIRST_BINARY, FIRST_KEYWORD, LAST_BINARY, LAST_COMPOUND, Tok } from "./token.ts";

/**
 * Levels of parentheses, indices, calls and template lists: what bounds the recursion of the parser itself. Twice what Dawn takes.
 */
export const MAX_BRACKETS = 256;

const NO_INCREMENT = "'++' and '--' are statements, not operators of expressions";

/** Spellings of the types that suffixes stand for. */
const SUFFIX_TYPE = ["AbstractInt", "i32", "u32", "f32", "f16"] as const;

export class ExpressionParser extends ParserBase {
  /** Depth in nodes of the expression parsed last. */
  depth = 0;
  /** Brackets around the current expression. */
  #brackets = 0;
  readonly #int: IntValue = { low: 0, high: 0, overflows: false };

  /** An expression, or an ERROR node and panic. */
  expression(): NodeId {
    if (this.panic) return this.errorNode();
    if (this.#brackets >= MAX_BRACKETS) return this.#tooManyBrackets();
    this.#brackets++;
    const first = this.at;
    const left = this.unary();
    const kind = this.kind();
    let node: NodeId;
    if (kind >= Tok.AND && kind <= Tok.XOR) node = this.#chain(first, left, kind, false);
    else {
      node = this.#relational(first, left);
      const logical = this.kind();
      if (logical === Tok.AND_AND || logical === Tok.OR_OR) node = this.#chain(first, node, logical, true);
    }
    this.#brackets--;
    const after = this.kind();
    if (after >= Tok.PLUS_PLUS && after <= LAST_COMPOUND && !this.panic) this.#unfinished(node, after);
    return node;
  }

  /** `left op b op c`, for an operator that mixes with no other. */
  #chain(first: number, left: NodeId, kind: Tok, ofRelational: boolean): NodeId {
    let node = left;
    while (this.kind() === kind && !this.panic) {
      const depth = this.depth;
      this.at++;
      const start = this.at;
      const operand = this.unary();
      const right = ofRelational ? this.#relational(start, operand) : operand;
      node = this.#binary(first, kind, node, depth, right);
    }
    return node;
  }

  /** Rest of a relational_expression that starts with the unary_expression `left`. */
  #relational(first: number, left: NodeId): NodeId {
    const shifted = this.#shift(first, left);
    const kind = this.kind();
    if (kind < Tok.EQUAL_EQUAL || kind > Tok.GREATER_EQUAL || this.panic) return shifted;
    const depth = this.depth;
    this.at++;
    const start = this.at;
    const right = this.#shift(start, this.unary());
    return this.#binary(first, kind, shifted, depth, right);
  }

  /** Rest of a shift_expression: one shift of unary_expressions, or an additive_expression, whose two levels share a loop. */
  #shift(first: number, left: NodeId): NodeId {
    let kind = this.kind();
    let depth = this.depth;
    if (kind === Tok.SHIFT_LEFT || kind === Tok.SHIFT_RIGHT) {
      if (this.panic) return left;
      this.at++;
      return this.#binary(first, kind, left, depth, this.unary());
    }
    let sum = NO_NODE;
    let sumDepth = 0;
    let sumKind: Tok = Tok.PLUS;
    let termFirst = first;
    let term = left;
    for (;;) {
      kind = this.kind();
      depth = this.depth;
      if (kind >= Tok.STAR && kind <= Tok.PERCENT && !this.panic) {
        this.at++;
        term = this.#binary(termFirst, kind, term, depth, this.unary());
        continue;
      }
      if (sum !== NO_NODE) term = this.#binary(first, sumKind, sum, sumDepth, term);
      if (this.panic) return term;
      if (kind === Tok.PLUS || kind === Tok.MINUS) this.at++;
      else if (kind === Tok.MINUS_MINUS && startsOperand(this.next())) kind = this.#splitToken(Tok.MINUS);
      else return term;
      sum = term;
      sumDepth = this.depth;
      sumKind = kind;
      termFirst = this.at;
      term = this.unary();
    }
  }

  #binary(first: number, kind: Tok, left: NodeId, leftDepth: number, right: NodeId): NodeId {
    this.depth = Math.max(leftDepth, this.depth) + 1;
    if (this.depth > MAX_EXPRESSION_DEPTH) return this.#tooDeep(first);
    return this.ast.add(Kind.BINARY, this.starts[first]!, this.lastEnd(), left, kind - FIRST_BINARY, right, 0);
  }

  /**
   * Tokens are the longest that the grammar allows at a place: in an expression, '--' is two minus signs and '&&' before an operand two
   * address-of signs. Takes the first half. @returns its kind
   */
  #splitToken(kind: Tok): Tok {
    this.kinds[this.at] = kind;
    this.starts[this.at]!++;
    return kind;
  }

  unary(): NodeId {
    const first = this.at;
    const mark = this.mark();
    for (;;) {
      const start = this.start();
      let kind = this.kind();
      if (kind === Tok.MINUS_MINUS) kind = this.#splitToken(Tok.MINUS);
      else if (kind === Tok.AND_AND) kind = this.#splitToken(Tok.AND);
      else if (kind === Tok.MINUS || kind === Tok.BANG || kind === Tok.TILDE || kind === Tok.STAR || kind === Tok.AND) this.at++;
      else break;
      this.push(kind);
      this.push(start);
    }
    if (this.mark() === mark) return this.#singular();
    const count = (this.mark() - mark) >> 1;
    let node = count > MAX_EXPRESSION_DEPTH ? this.#tooDeep(first) : this.#singular();
    for (let i = 0; i < count; i++) {
      const operatorStart = this.pop();
      const op = unaryOp(this.pop());
      if (this.panic) continue;
      if (++this.depth > MAX_EXPRESSION_DEPTH) node = this.#tooDeep(first);
      else node = this.ast.add(Kind.UNARY, operatorStart, this.lastEnd(), node, op, 0, 0);
    }
    return node;
  }

  /** singular_expression: a primary_expression and the member and index accesses on it. */
  #singular(): NodeId {
    const first = this.at;
    const start = this.start();
    this.depth = 1;
    let node: NodeId;
    const word = this.kind();
    if (word === Tok.IDENT) {
      node = this.identifier();
      if (this.kind() === Tok.PAREN_LEFT && !this.panic) node = this.#call(start, node);
    } else if (word === Tok.PAREN_LEFT) {
      this.at++;
      node = this.expression();
      this.expectClosing(Tok.PAREN_RIGHT, first);
    } else node = this.#literal(word, start);
    for (;;) {
      const kind = this.kind();
      if ((kind !== Tok.PERIOD && kind !== Tok.BRACKET_LEFT) || this.panic) return node;
      if (this.depth >= MAX_EXPRESSION_DEPTH) return this.#tooDeep(first);
      node = kind === Tok.PERIOD ? this.#member(start, node) : this.#index(start, node);
    }
  }

  #member(start: number, object: NodeId): NodeId {
    this.at++;
    if (this.kind() !== Tok.IDENT && !this.#isMisnamed("a member or swizzle after '.'")) return object;
    const symbol = this.tokens.values[this.at]!;
    this.at++;
    this.depth++;
    return this.ast.add(Kind.MEMBER, start, this.lastEnd(), object, symbol, 0, 0);
  }

  #index(start: number, object: NodeId): NodeId {
    const opening = this.at;
    const depth = this.depth;
    this.at++;
    const index = this.expression();
    this.expectClosing(Tok.BRACKET_RIGHT, opening);
    this.depth = Math.max(depth, this.depth) + 1;
    if (this.depth > MAX_EXPRESSION_DEPTH) return this.#tooDeep(opening);
    return this.ast.add(Kind.INDEX, start, this.lastEnd(), object, 0, index, 0);
  }

  #literal(word: Tok, start: number): NodeId {
    switch (word) {
      case Tok.INT:
        return this.#integer();
      case Tok.FLOAT:
        return this.#float();
      case Tok.TRUE:
      case Tok.FALSE:
        this.at++;
        return this.ast.add(Kind.BOOL, start, this.lastEnd(), word === Tok.TRUE ? 1 : 0, 0, 0, 0);
      case Tok.ERROR:
        // The lexer has reported it; as an operand it does no further harm.
        this.at++;
        return this.ast.add(Kind.ERROR, start, this.lastEnd(), 0, 0, 0, 0);
      default:
        return this.#noExpression();
    }
  }

  #call(start: number, callee: NodeId): NodeId {
    const opening = this.at;
    let depth = this.depth;
    this.at++;
    const mark = this.mark();
    while (this.kind() !== Tok.PAREN_RIGHT && !this.panic) {
      this.push(this.expression());
      depth = Math.max(depth, this.depth);
      if (!this.accept(Tok.COMMA)) break;
    }
    this.expectClosing(Tok.PAREN_RIGHT, opening, true);
    const args = this.list(mark);
    this.depth = depth + 1;
    if (this.depth > MAX_EXPRESSION_DEPTH) return this.#tooDeep(opening);
    return this.ast.add(Kind.CALL, start, this.lastEnd(), callee, args, 0, 0);
  }

  /** template_elaborated_ident; the current token is an IDENT. Sets depth. */
  identifier(): NodeId {
    const start = this.start();
    const symbol = this.tokens.values[this.at]!;
    this.at++;
    this.depth = 1;
    const args = this.kind() === Tok.TEMPLATE_START ? this.templateArguments() : EMPTY_LIST;
    if (this.depth > MAX_EXPRESSION_DEPTH) return this.#tooDeep(this.at);
    return this.ast.add(Kind.IDENT, start, this.lastEnd(), symbol, args, 0, 0);
  }

  /** `<a, b>`; the current token is its '<'. Sets depth to one more than the arguments'. */
  templateArguments(): ListId {
    const opening = this.at;
    let depth = 0;
    this.at++;
    const mark = this.mark();
    if (this.kind() === Tok.TEMPLATE_END) {
      const span = { offset: this.starts[opening]!, length: this.ends[this.at]! - this.starts[opening]! };
      this.complain(span, "W0142", "this template list is empty; it needs at least one argument");
    }
    while (this.kind() !== Tok.TEMPLATE_END && !this.panic) {
      this.push(this.expression());
      depth = Math.max(depth, this.depth);
      if (!this.accept(Tok.COMMA)) break;
    }
    this.expectClosing(Tok.TEMPLATE_END, opening, true);
    this.depth = depth + 1;
    return this.list(mark);
  }

  /** type_specifier, or an ERROR node and panic. */
  type(): NodeId {
    if (this.panic) return this.errorNode();
    if (this.kind() === Tok.IDENT) return this.identifier();
    this.fail("W0115", `expected a type, but found ${this.found()}`);
    return this.errorNode();
  }

  /** A NAME, or an ERROR node and panic. @param what completes "expected …" */
  name(what: string): NodeId {
    if (this.panic) return this.errorNode();
    if (this.kind() !== Tok.IDENT && !this.#isMisnamed(what)) return this.errorNode();
    this.at++;
    return this.ast.add(Kind.NAME, this.starts[this.at - 1]!, this.lastEnd(), this.tokens.values[this.at - 1]!, 0, 0, 0);
  }

  /** Reports that the current token is no name. True, and no panic, when it is a keyword in the place of one. */
  #isMisnamed(what: string): boolean {
    const kind = this.kind();
    if (kind < FIRST_KEYWORD) {
      this.fail("W0113", `expected ${what}, but found ${this.found()}`);
      return false;
    }
    this.complain(this.tokenSpan(this.at), "W0118", `expected ${what}, but '${spelling(kind)}' is a keyword and cannot be a name`);
    const next = this.next();
    // Where a declaration, statement or expression ends or goes on next, the keyword was meant as a name; else the name is missing.
    this.panic = next === Tok.IDENT || next === Tok.TEMPLATE_START || next >= FIRST_KEYWORD || next === Tok.END;
    return !this.panic;
  }

  #integer(): NodeId {
    const start = this.start();
    const suffix = this.tokens.values[this.at] as Suffix;
    const end = this.ends[this.at]!;
    const value = this.#int;
    intValue(this.ast.source, start, suffix === Suffix.NONE_WRITTEN ? end : end - 1, suffix, value);
    if (value.overflows) {
      const range = suffix === Suffix.NONE_WRITTEN ? "64-bit integers, the largest of which is 9223372036854775807" : SUFFIX_TYPE[suffix];
      this.complain(this.tokenSpan(this.at), "W0107", `'${this.tokenText(this.at)}' is outside the range of ${range}`);
    }
    this.at++;
    return this.ast.add(Kind.INT, start, end, value.low, suffix, value.high, 0);
  }

  #float(): NodeId {
    const start = this.start();
    const suffix = this.tokens.values[this.at] as Suffix;
    const end = this.ends[this.at]!;
    let value = floatValue(this.ast.source, start, suffix === Suffix.NONE_WRITTEN ? end : end - 1, suffix);
    if (typeof value !== "number") {
      const type = suffix === Suffix.NONE_WRITTEN ? "AbstractFloat" : SUFFIX_TYPE[suffix];
      const why = value === "overflows" ? `is outside the range of ${type}` : `cannot be represented exactly in ${type}`;
      this.complain(this.tokenSpan(this.at), "W0108", `'${this.tokenText(this.at)}' ${why}`);
      value = 0;
    }
    this.at++;
    return this.ast.add(Kind.FLOAT, start, end, this.ast.addFloat(value), suffix, 0, 0);
  }

  #noExpression(): NodeId {
    const kind = this.kind();
    if (kind === Tok.PLUS_PLUS) this.fail("W0131", NO_INCREMENT);
    else if (kind === Tok.PLUS) {
      this.fail("W0143", "there is no unary '+'", { fix: { message: "remove it", span: this.tokenSpan(this.at), replacement: "" } });
    } else this.fail("W0114", `expected an expression, but found ${this.found()}`, { notes: this.templateNote() });
    return this.errorNode();
  }

  /** An operator follows a complete expression, and cannot go on from it. */
  #unfinished(left: NodeId, after: Tok): void {
    const notes = this.templateNote();
    const text = spelling(after);
    if (after <= Tok.MINUS_MINUS) this.fail("W0131", NO_INCREMENT);
    else if (after > LAST_BINARY) {
      const fix = after === Tok.EQUAL ? { message: "compare", span: this.tokenSpan(this.at), replacement: "==" } : undefined;
      this.fail("W0143", `'${text}' assigns, and assignments are statements, not expressions`, { notes, fix });
    } else this.#mixed((this.ast.b[left]! + FIRST_BINARY) as Tok, after, notes);
  }

  #mixed(before: Tok, after: Tok, notes: readonly Note[]): void {
    const text = spelling(after);
    if (isComparison(before) && isComparison(after)) {
      this.fail("W0141", "comparisons cannot be chained; make two and join them with '&&', or put one in parentheses", { notes });
    } else if (before === after) {
      this.fail("W0140", `'${text}' cannot be chained without parentheses`, { notes });
    } else {
      this.fail("W0140", `mixing '${spelling(before)}' and '${text}' needs parentheses to show which comes first`, { notes });
    }
  }

  #tooDeep(first: number): NodeId {
    const start = this.starts[first]!;
    const message = `this expression has more than ${MAX_EXPRESSION_DEPTH} levels; compute parts of it in declarations of their own`;
    this.failAt({ offset: start, length: Math.max(0, this.ends[this.at]! - start) }, "W0150", message);
    this.depth = 1;
    return this.errorNode();
  }

  #tooManyBrackets(): NodeId {
    this.fail("W0150", `brackets are nested deeper than the limit of ${MAX_BRACKETS} here`);
    this.depth = 1;
    return this.errorNode();
  }
}

/** False for what may follow `x--` where that is meant as a decrement. */
function startsOperand(kind: Tok): boolean {
  return kind !== Tok.SEMICOLON && kind !== Tok.PAREN_RIGHT && kind !== Tok.BRACKET_RIGHT && kind !== Tok.COMMA;
}

function isComparison(kind: Tok): boolean {
  return kind >= Tok.EQUAL_EQUAL && kind <= Tok.GREATER_EQUAL;
}

function unaryOp(kind: number): UnaryOp {
  switch (kind) {
    case Tok.MINUS:
      return UnaryOp.NEGATE;
    case Tok.BANG:
      return UnaryOp.NOT;
    case Tok.TILDE:
      return UnaryOp.COMPLEMENT;
    case Tok.STAR:
      return UnaryOp.DEREF;
    default:
      return UnaryOp.ADDRESS_OF;
  }
}
