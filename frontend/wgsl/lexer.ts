/**
 * Source text to token columns in one pass over UTF-16 units, template lists included. Reports what no grammar could accept (W010x) and
 * goes on: the parser sees an ERROR token, or a usable one that is marked bad.
 * @see https://www.w3.org/TR/WGSL/#textual-structure
 */
import type { Budget } from "../../support/column.ts";
import { I32Column } from "../../support/column.ts";
import type { DiagnosticList } from "../../support/diagnostic.ts";
import { isLineBreak } from "../../support/source.ts";
import { isIdentifierContinue, isIdentifierStart } from "./identifier.ts";
import { Malformed, malformedMessage, scanEnd, scanIsFloat, scanMalformed, scanNumber, scanSuffix } from "./number.ts";
import type { SymbolTable } from "./symbols.ts";
import { HASH_START, hashNext } from "./symbols.ts";
import type { Tokens } from "./token.ts";
import { FIRST_KEYWORD, KEYWORDS, LAST_COMPOUND, RESERVED_WORDS, Tok } from "./token.ts";

/** What an ASCII code point starts. */
const Class = { NOTHING: 0, BLANK: 1, IDENT: 2, DIGIT: 3, OPERATOR: 4 } as const;
const CLASS = new Uint8Array(128);
/** 1 for ASCII letters, digits and underscore */
const CONTINUES = new Uint8Array(128);
/** Token of an operator character alone, followed by '=', and doubled; 0 when there is none. */
const ALONE = new Uint8Array(128);
const WITH_EQUAL = new Uint8Array(128);
const DOUBLED = new Uint8Array(128);

for (const c of [0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]) CLASS[c] = Class.BLANK;
for (let c = 0x30; c <= 0x39; c++) {
  CLASS[c] = Class.DIGIT;
  CONTINUES[c] = 1;
}
for (let c = 0x41; c <= 0x5a; c++) {
  CLASS[c] = CLASS[c + 0x20] = Class.IDENT;
  CONTINUES[c] = CONTINUES[c + 0x20] = 1;
}
CLASS[0x5f] = Class.IDENT;
CONTINUES[0x5f] = 1;

/** What an operator character does beside making a token. Plain numbers of this module, which the engine folds: it is looked at often. */
const PLAIN = 0;
const OPENS = 1;
const CLOSES = 2;
/** no expression contains it */
const SEPARATES = 3;
/** no effect, and it joins with nothing */
const STANDS_ALONE = 4;
const POINT = 5;
const SLASHES = 6;
const LESS = 7;
const GREATER = 8;
const EFFECT = new Uint8Array(128);

function operator(char: string, effect: number, alone: Tok, withEqual: Tok = Tok.END, doubled: Tok = Tok.END): void {
  const c = char.charCodeAt(0);
  CLASS[c] = Class.OPERATOR;
  EFFECT[c] = effect;
  ALONE[c] = alone;
  WITH_EQUAL[c] = withEqual;
  DOUBLED[c] = doubled;
}
operator("(", OPENS, Tok.PAREN_LEFT);
operator(")", CLOSES, Tok.PAREN_RIGHT);
operator("[", OPENS, Tok.BRACKET_LEFT);
operator("]", CLOSES, Tok.BRACKET_RIGHT);
operator("{", SEPARATES, Tok.BRACE_LEFT);
operator("}", STANDS_ALONE, Tok.BRACE_RIGHT);
operator(";", SEPARATES, Tok.SEMICOLON);
operator(",", STANDS_ALONE, Tok.COMMA);
operator(":", SEPARATES, Tok.COLON);
operator(".", POINT, Tok.PERIOD);
operator("@", STANDS_ALONE, Tok.AT);
operator("~", STANDS_ALONE, Tok.TILDE);
operator("!", PLAIN, Tok.BANG, Tok.NOT_EQUAL);
operator("+", PLAIN, Tok.PLUS, Tok.PLUS_EQUAL, Tok.PLUS_PLUS);
operator("-", PLAIN, Tok.MINUS, Tok.MINUS_EQUAL, Tok.MINUS_MINUS);
operator("*", PLAIN, Tok.STAR, Tok.TIMES_EQUAL);
operator("/", SLASHES, Tok.SLASH, Tok.DIVISION_EQUAL);
operator("%", PLAIN, Tok.PERCENT, Tok.MODULO_EQUAL);
operator("&", PLAIN, Tok.AND, Tok.AND_EQUAL, Tok.AND_AND);
operator("|", PLAIN, Tok.OR, Tok.OR_EQUAL, Tok.OR_OR);
operator("^", PLAIN, Tok.XOR, Tok.XOR_EQUAL);
operator("=", PLAIN, Tok.EQUAL, Tok.EQUAL_EQUAL);
operator("<", LESS, Tok.LESS);
operator(">", GREATER, Tok.GREATER);

const FIRST_RESERVED = KEYWORDS.length;
const FIRST_NAME = KEYWORDS.length + RESERVED_WORDS.length;
const BYTES_PER_TOKEN = 13;
/** UTF-16 units of a token that a message repeats */
const MAX_QUOTED = 40;

const SLASH = 0x2f;
const STAR = 0x2a;
const EQUALS = 0x3d;
const GREATER_THAN = 0x3e;
const UNDERSCORE = 0x5f;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * @param symbols gets the identifiers
 * @throws Limit when the columns do not fit the budget; nothing else, whatever the source
 */
export function tokenize(source: string, symbols: SymbolTable, diagnostics: DiagnosticList, budget: Budget): Tokens {
  const lexer = new Lexer(source, symbols, diagnostics, budget);
  lexer.run();
  return lexer;
}

class Lexer implements Tokens {
  count = 0;
  kinds: Uint8Array;
  starts: Int32Array;
  ends: Int32Array;
  values: Int32Array;
  readonly bad = new Set<number>();
  readonly #source: string;
  readonly #symbols: SymbolTable;
  readonly #diagnostics: DiagnosticList;
  readonly #budget: Budget;
  /** The candidates for '<' of a template list: token and nesting depth each, innermost last. */
  readonly #pending: I32Column;
  /** depth of the innermost candidate, or -1 */
  #pendingDepth = -1;
  #nesting = 0;
  /** 1 per reserved word that has been reported */
  readonly #reported = new Uint8Array(RESERVED_WORDS.length);

  constructor(source: string, symbols: SymbolTable, diagnostics: DiagnosticList, budget: Budget) {
    const capacity = (source.length >> 2) + 16;
    budget.charge(capacity * BYTES_PER_TOKEN);
    this.#source = source;
    this.#symbols = symbols;
    this.#diagnostics = diagnostics;
    this.#budget = budget;
    this.#pending = new I32Column(budget);
    this.kinds = new Uint8Array(capacity);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.values = new Int32Array(capacity);
  }

  run(): void {
    const source = this.#source;
    const length = source.length;
    let at = 0;
    while (at < length) {
      const c = source.charCodeAt(at);
      const kind = c < 128 ? CLASS[c]! : Class.NOTHING;
      if (kind === Class.BLANK) at++;
      else if (kind === Class.IDENT) at = this.#identifier(at);
      else if (kind === Class.DIGIT) at = this.#number(at);
      else if (kind === Class.OPERATOR) at = this.#operator(at, c);
      else at = this.#other(at, c);
    }
    this.#push(Tok.END, length, length, 0);
  }

  #push(kind: Tok, start: number, end: number, value: number): void {
    const index = this.count;
    if (index === this.kinds.length) this.#grow();
    this.kinds[index] = kind;
    this.starts[index] = start;
    this.ends[index] = end;
    this.values[index] = value;
    this.count = index + 1;
  }

  #identifier(start: number): number {
    const source = this.#source;
    const length = source.length;
    let hash = HASH_START;
    let at = start;
    while (at < length) {
      const c = source.charCodeAt(at);
      if (c < 128) {
        if (CONTINUES[c] === 0) break;
        hash = hashNext(hash, c);
        at++;
      } else {
        const point = source.codePointAt(at)!;
        if (!isIdentifierContinue(point)) break;
        hash = hashNext(hash, c);
        at++;
        if (point > 0xffff) hash = hashNext(hash, source.charCodeAt(at++));
      }
    }
    if (at === start + 1 && source.charCodeAt(start) === UNDERSCORE) {
      this.#push(Tok.UNDERSCORE, start, at, 0);
      return at;
    }
    const known = this.#symbols.length;
    const symbol = this.#symbols.internRange(source, start, at, hash);
    if (symbol < FIRST_RESERVED) {
      this.#push((FIRST_KEYWORD + symbol) as Tok, start, at, symbol);
      return at;
    }
    if (symbol < FIRST_NAME) this.#reserved(symbol - FIRST_RESERVED, start, at);
    else if (symbol === known && source.startsWith("__", start)) {
      this.#report(
        "W0104",
        start,
        at,
        `'${source.slice(start, Math.min(at, start + MAX_QUOTED))}' starts with two underscores, which no identifier may`,
      );
    }
    this.#push(Tok.IDENT, start, at, symbol);
    return at;
  }

  /** Once per word: a variable with a reserved name is one mistake, however often it is used. */
  #reserved(index: number, start: number, end: number): void {
    if (this.#reported[index] !== 0) {
      this.bad.add(this.count);
      return;
    }
    this.#reported[index] = 1;
    this.#report("W0105", start, end, `'${RESERVED_WORDS[index]}' is a reserved word; use another name`);
  }

  #number(start: number): number {
    const scan = scanNumber(this.#source, start);
    const end = scanEnd(scan);
    const problem = scanMalformed(scan);
    if (problem === Malformed.NO) this.#push(scanIsFloat(scan) ? Tok.FLOAT : Tok.INT, start, end, scanSuffix(scan));
    else {
      this.#report("W0106", start, end, malformedMessage(problem, this.#source.slice(start, Math.min(end, start + MAX_QUOTED))));
      this.#push(Tok.ERROR, start, end, 0);
    }
    return end;
  }

  #operator(start: number, c: number): number {
    const effect = EFFECT[c]!;
    const next = this.#source.charCodeAt(start + 1);
    switch (effect) {
      case LESS:
        return this.#less(start, next);
      case GREATER:
        return this.#greater(start, next);
      case SLASHES:
        if (next === SLASH) return this.#lineComment(start + 2);
        if (next === STAR) return this.#blockComment(start);
        return this.#joined(start, c, next);
      case PLAIN:
        return this.#joined(start, c, next);
      case POINT:
        if (next >= 0x30 && next <= 0x39) return this.#number(start);
        break;
      case OPENS:
        this.#nesting++;
        break;
      case CLOSES:
        this.#dropCandidates();
        if (this.#nesting > 0) this.#nesting--;
        break;
      case SEPARATES:
        this.#dropAllCandidates();
        break;
      default:
    }
    this.#push(ALONE[c]! as Tok, start, start + 1, 0);
    return start + 1;
  }

  /** An operator that a second character may lengthen. */
  #joined(start: number, c: number, next: number): number {
    let kind = ALONE[c]! as Tok;
    let end = start + 2;
    if (next === EQUALS) kind = WITH_EQUAL[c]! as Tok;
    else if (next === c && DOUBLED[c] !== 0) kind = DOUBLED[c]! as Tok;
    else if (next === GREATER_THAN && kind === Tok.MINUS) kind = Tok.ARROW;
    else end--;
    if (kind >= Tok.EQUAL && kind <= LAST_COMPOUND) this.#dropAllCandidates();
    else if (kind === Tok.AND_AND || kind === Tok.OR_OR) this.#dropCandidates();
    this.#push(kind, start, end, 0);
    return end;
  }

  // Template list discovery, step by step as in https://www.w3.org/TR/WGSL/#template-lists-sec, with one difference: there, the '=' of
  // a '<=' that follows no identifier is taken for an assignment, so that `array<i32, select(1, 2, (a) <= b)>` has no template list.
  // Like other implementations, this one sees a '<='.

  /** After an identifier or a keyword, '<' is a candidate, unless it is part of '<<' or '<='. */
  #less(start: number, next: number): number {
    if (next === EQUALS) {
      this.#push(Tok.LESS_EQUAL, start, start + 2, 0);
      return start + 2;
    }
    if (next === 0x3c) {
      const assigns = this.#source.charCodeAt(start + 2) === EQUALS;
      if (assigns) this.#dropAllCandidates();
      const end = assigns ? start + 3 : start + 2;
      this.#push(assigns ? Tok.SHIFT_LEFT_EQUAL : Tok.SHIFT_LEFT, start, end, 0);
      return end;
    }
    const before = this.count > 0 ? this.kinds[this.count - 1]! : Tok.END;
    if (before === Tok.IDENT || (before >= FIRST_KEYWORD && before < Tok.FALSE)) {
      this.#pending.push(this.count);
      this.#pending.push(this.#nesting);
      this.#pendingDepth = this.#nesting;
    }
    this.#push(Tok.LESS, start, start + 1, 0);
    return start + 1;
  }

  #greater(start: number, next: number): number {
    if (this.#pendingDepth === this.#nesting) {
      this.kinds[this.#pending.get(this.#pending.length - 2)] = Tok.TEMPLATE_START;
      this.#pop();
      this.#push(Tok.TEMPLATE_END, start, start + 1, 0);
      return start + 1;
    }
    let kind: Tok = Tok.GREATER;
    let end = start + 1;
    if (next === GREATER_THAN) {
      const assigns = this.#source.charCodeAt(start + 2) === EQUALS;
      kind = assigns ? Tok.SHIFT_RIGHT_EQUAL : Tok.SHIFT_RIGHT;
      end += assigns ? 2 : 1;
    } else if (next === EQUALS) {
      kind = Tok.GREATER_EQUAL;
      end++;
    }
    this.#push(kind, start, end, 0);
    return end;
  }

  #pop(): void {
    const pending = this.#pending;
    pending.length -= 2;
    this.#pendingDepth = pending.length > 0 ? pending.get(pending.length - 1) : -1;
  }

  /** Those of the present nesting depth: their list would end outside the bracket, or contain a '&&' or '||'. */
  #dropCandidates(): void {
    while (this.#pendingDepth >= this.#nesting) this.#pop();
  }

  /** No expression contains the present token. */
  #dropAllCandidates(): void {
    this.#pending.length = 0;
    this.#pendingDepth = -1;
    this.#nesting = 0;
  }

  #lineComment(from: number): number {
    const source = this.#source;
    const length = source.length;
    let at = from;
    while (at < length) {
      const c = source.charCodeAt(at);
      if (isLineBreak(c)) break;
      if (c === 0) this.#nul(at);
      at++;
    }
    return at;
  }

  #blockComment(start: number): number {
    const source = this.#source;
    const length = source.length;
    let depth = 1;
    let at = start + 2;
    while (at < length) {
      const c = source.charCodeAt(at++);
      if (c === STAR && source.charCodeAt(at) === SLASH) {
        at++;
        if (--depth === 0) return at;
      } else if (c === SLASH && source.charCodeAt(at) === STAR) {
        at++;
        depth++;
      } else if (c === 0) this.#nul(at - 1);
    }
    const unclosed = depth === 1 ? "" : `; ${depth} are open at the end, as block comments nest`;
    this.#report("W0103", start, start + 2, `this block comment is not closed${unclosed}`);
    return length;
  }

  #nul(at: number): void {
    this.#report("W0101", at, at + 1, "the source contains a null code point");
  }

  /** Blankspace and identifiers beyond ASCII, and what is neither. */
  #other(start: number, c: number): number {
    if (isBlankBeyondAscii(c)) return start + 1;
    const source = this.#source;
    if (c >= 128 && isIdentifierStart(source.codePointAt(start)!)) return this.#identifier(start);
    if (c === 0) {
      this.#nul(start);
      this.#push(Tok.ERROR, start, start + 1, 0);
      return start + 1;
    }
    let end = start;
    do end += source.codePointAt(end)! > 0xffff ? 2 : 1;
    while (end < source.length && !this.#startsSomething(end));
    this.#report("W0102", start, end, describe(source.codePointAt(start)!));
    this.#push(Tok.ERROR, start, end, 0);
    return end;
  }

  #startsSomething(at: number): boolean {
    const c = this.#source.charCodeAt(at);
    if (c < 128) return c === 0 || CLASS[c] !== Class.NOTHING;
    return isBlankBeyondAscii(c) || isIdentifierStart(this.#source.codePointAt(at)!);
  }

  #report(code: "W0101" | "W0102" | "W0103" | "W0104" | "W0105" | "W0106", start: number, end: number, message: string): void {
    this.bad.add(this.count);
    this.#diagnostics.error(code, { offset: start, length: end - start }, message);
  }

  #grow(): void {
    const capacity = this.kinds.length * 2;
    this.#budget.charge(this.kinds.length * BYTES_PER_TOKEN);
    const kinds = new Uint8Array(capacity);
    kinds.set(this.kinds);
    this.kinds = kinds;
    this.starts = grown(this.starts, capacity);
    this.ends = grown(this.ends, capacity);
    this.values = grown(this.values, capacity);
  }
}

function grown(column: Int32Array, capacity: number): Int32Array {
  const next = new Int32Array(capacity);
  next.set(column);
  return next;
}

/** @see https://www.w3.org/TR/WGSL/#blankspace-and-line-breaks */
function isBlankBeyondAscii(c: number): boolean {
  return c === 0x85 || c === 0x200e || c === 0x200f || c === 0x2028 || c === 0x2029;
}

function describe(point: number): string {
  const name = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  if (point === BYTE_ORDER_MARK) return `a byte order mark (${name}) does not belong to a module`;
  if (point >= 0xd800 && point <= 0xdfff) return `${name} is half of a surrogate pair, not a code point`;
  if (point === 0x3f) return "there is no operator '?' in WGSL; use select(otherwise, then, condition)";
  const shown = point > 0x20 && point < 0x7f ? `'${String.fromCharCode(point)}'` : name;
  return `${shown} does not belong to any token`;
}
