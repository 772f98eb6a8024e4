/**
 * The syntax tree of one WGSL module, in integer columns: a node is an index, its fields are numbers in columns a to d.
 *
 * What later passes may rely on, whatever the source was (test/frontend/parser-shape.test.ts holds it):
 * - Children have smaller ids than their parents, so a loop from 0 up visits children first and one from the end down parents first.
 * - A node's range [start, end) encloses its children's, attributes included. Parentheses are not nodes.
 * - Expressions are at most MAX_EXPRESSION_DEPTH deep and statements at most MAX_STATEMENT_NESTING, so recursion over them is bounded.
 * - A field that must hold a node does, also after a syntax error: it is then an ERROR node. Optional ones are NONE.
 * @see https://www.w3.org/TR/WGSL/#grammar
 */
import type { Budget } from "../../support/column.ts";
import { I32Column } from "../../support/column.ts";
import type { Span } from "../../support/diagnostic.ts";
import type { Id } from "../../support/id.ts";
import { NONE } from "../../support/id.ts";
import type { SymbolId } from "./symbols.ts";
import { SymbolTable } from "./symbols.ts";

export type NodeId = Id<"node">;
/** Index into the shared list column. A list field is never NONE: without elements it is EMPTY_LIST. */
export type ListId = Id<"list">;
export const EMPTY_LIST = 0 as ListId;

/** Levels of nodes in one expression, template arguments included. Dawn's limit; WGSL states none. */
export const MAX_EXPRESSION_DEPTH = 512;
/** Levels of blocks below a function's body, each `else if` counting as one. @see https://www.w3.org/TR/WGSL/#limits */
export const MAX_STATEMENT_NESTING = 127;

/**
 * Node kinds. Per kind: what columns a to d hold (a column not named is 0), `?` after what may be NONE, `[]` after lists of nodes.
 * `@` marks kinds that may carry attributes: attributesOf(node), a list of ATTRIBUTE.
 * By custom lists are in b, types in c, initialisers and bodies in d, and names are NAME nodes in a, so that one accessor serves many kinds.
 */
export const Kind = {
  /** Placeholder where something was required and could not be parsed; an error has been reported. */
  ERROR: 0,
  /** The whole source; always the last node. b: directives[], d: declarations list (see declarationsOf). */
  MODULE: 1,
  /** A declared name or context-dependent name. a: symbol. Its range is the name itself. */
  NAME: 2,

  /** `enable b, b;` b: NAME[] */
  ENABLE: 3,
  /** `requires b, b;` b: NAME[] */
  REQUIRES: 4,
  /** `diagnostic(b, b.b);` b: NAME[], 2 or 3 of them: severity, rule, name after the period */
  DIAGNOSTIC: 5,
  /**
   * `@name(b, b)`. a: Attribute code, b: arguments[]. Arguments are expressions, but for `builtin` and `interpolate` NAMEs, and for
   * `diagnostic` 2 or 3 NAMEs: severity, rule, name after the period. Their number has been checked, their place and meaning have not.
   */
  ATTRIBUTE: 6,

  /** `var<b, b> a: c = d` at module or function scope. a: NAME, b: template arguments[], c?: type, d?: initialiser. @ */
  VAR: 7,
  /** `let a: c = d` in a function. a: NAME, c?: type, d: initialiser */
  LET: 8,
  /** `const a: c = d` at module or function scope. a: NAME, c?: type, d: initialiser */
  CONST: 9,
  /** `override a: c = d`. a: NAME, c?: type, d?: initialiser. @ */
  OVERRIDE: 10,
  /** `alias a = c`. a: NAME, c: type */
  ALIAS: 11,
  /** `struct a { b, b }`. a: NAME, b: MEMBER_DECL[] */
  STRUCT: 12,
  /** `a: c` in a struct. a: NAME, c: type. @ */
  MEMBER_DECL: 13,
  /** `fn a(b, b) -> c d`. a: NAME, b: PARAM[], c?: RESULT, d: BLOCK. @ */
  FN: 14,
  /** `a: c` in a parameter list. a: NAME, c: type. @ */
  PARAM: 15,
  /** What follows `->`. c: type. @ */
  RESULT: 16,
  /** `const_assert a` at module or function scope. a: condition */
  CONST_ASSERT: 17,

  /** `{ b b }` b: statements[] (empty statements are dropped). @ */
  BLOCK: 18,
  /** `if a d else c`. a: condition, c?: BLOCK or IF, d: BLOCK. @ */
  IF: 19,
  /** `switch a d`. a: selector, d: SWITCH_BODY. @ */
  SWITCH: 20,
  /** `{ b b }` b: CASE[], at least one unless there was an error. @ */
  SWITCH_BODY: 21,
  /** `case b, b: d` or `default: d`. b: expressions or DEFAULT[], d: BLOCK */
  CASE: 22,
  /** `default` as a selector */
  DEFAULT: 23,
  /** `loop d`, whose block may end in `continuing`. c?: CONTINUING (within d's range, in the scope of d's declarations), d: BLOCK. @ */
  LOOP: 24,
  /** `continuing d`. a?: BREAK_IF, d: BLOCK (a is in the scope of d's declarations) */
  CONTINUING: 25,
  /** `break if a;` at the end of a continuing block. a: condition */
  BREAK_IF: 26,
  /** `while a d`. a: condition, d: BLOCK. @ */
  WHILE: 27,
  /** `for (b; a; c) d`. a?: condition, b?: statement, c?: statement, d: BLOCK. Mind that b is a node here, not a list. @ */
  FOR: 28,
  BREAK: 29,
  CONTINUE: 30,
  DISCARD: 31,
  /** `return a`. a?: value */
  RETURN: 32,
  /** `a = c`. a: left side, c: value */
  ASSIGN: 33,
  /** `a += c`. a: left side, b: BinaryOp, c: value */
  COMPOUND_ASSIGN: 34,
  /** `_ = c`. c: value */
  PHONY_ASSIGN: 35,
  /** `a++`. a: left side */
  INCREMENT: 36,
  /** `a--`. a: left side */
  DECREMENT: 37,
  /** `a;` a: CALL */
  CALL_STATEMENT: 38,

  /** An identifier as an expression or type. a: symbol, b: template arguments[]. Its range includes the template list. */
  IDENT: 39,
  /** `a(b, b)`. a: IDENT, b: arguments[] */
  CALL: 40,
  /** `a[c]`. a: object, c: index */
  INDEX: 41,
  /** `a.b`. a: object, b: symbol of the member or swizzle, whose range is memberSpan(node) */
  MEMBER: 42,
  /** `a b c`. a: left, b: BinaryOp, c: right */
  BINARY: 43,
  /** `b a`. a: operand, b: UnaryOp */
  UNARY: 44,
  /** `true`, `false`. a: 1 or 0 */
  BOOL: 45,
  /** An integer literal, at most 2^63 - 1, or within the suffixed type. a: low 32 bits, b: Suffix, c: high 32 bits */
  INT: 46,
  /** A floating point literal, finite and already rounded to the suffixed type. a: index of the value (floatValue), b: Suffix */
  FLOAT: 47,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];
export type KindName = keyof typeof Kind;

export const BinaryOp = {
  ADD: 0,
  SUB: 1,
  MUL: 2,
  DIV: 3,
  MOD: 4,
  AND: 5,
  OR: 6,
  XOR: 7,
  SHL: 8,
  SHR: 9,
  EQ: 10,
  NE: 11,
  LT: 12,
  LE: 13,
  GT: 14,
  GE: 15,
  LOGICAL_AND: 16,
  LOGICAL_OR: 17,
} as const;
export type BinaryOp = (typeof BinaryOp)[keyof typeof BinaryOp];
/** Spelling by BinaryOp. */
export const BINARY_TEXT = ["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "&&", "||"] as const;

export const UnaryOp = { NEGATE: 0, NOT: 1, COMPLEMENT: 2, DEREF: 3, ADDRESS_OF: 4 } as const;
export type UnaryOp = (typeof UnaryOp)[keyof typeof UnaryOp];
/** Spelling by UnaryOp. */
export const UNARY_TEXT = ["-", "!", "~", "*", "&"] as const;

/** Suffix of a numeric literal; NONE_WRITTEN makes it abstract. */
export const Suffix = { NONE_WRITTEN: 0, I: 1, U: 2, F: 3, H: 4 } as const;
export type Suffix = (typeof Suffix)[keyof typeof Suffix];
/** Spelling by Suffix. */
export const SUFFIX_TEXT = ["", "i", "u", "f", "h"] as const;

/** Attribute codes, in the order of ATTRIBUTE_NAMES. CONST never gets into a tree. @see https://www.w3.org/TR/WGSL/#attribute-names */
export const Attribute = {
  ALIGN: 0,
  BINDING: 1,
  BLEND_SRC: 2,
  BUILTIN: 3,
  COMPUTE: 4,
  CONST: 5,
  DIAGNOSTIC: 6,
  FRAGMENT: 7,
  GROUP: 8,
  ID: 9,
  INTERPOLATE: 10,
  INVARIANT: 11,
  LOCATION: 12,
  MUST_USE: 13,
  SIZE: 14,
  SUBGROUP_SIZE: 15,
  VERTEX: 16,
  WORKGROUP_SIZE: 17,
} as const;
export type Attribute = (typeof Attribute)[keyof typeof Attribute];

/** seven columns of 32-bit integers and one byte for the kind */
const BYTES_PER_NODE = 7 * 4 + 1;
const INITIAL_FLOATS = 32;

export class Ast {
  readonly source: string;
  readonly symbols: SymbolTable;
  /** the MODULE node, once the parser is done */
  root: NodeId = NONE;
  /** number of nodes */
  length = 0;
  kinds: Uint8Array;
  a: Int32Array;
  b: Int32Array;
  c: Int32Array;
  d: Int32Array;
  /** offsets in UTF-16 units */
  starts: Int32Array;
  ends: Int32Array;
  /** ListId of the attributes of each node */
  attributes: Int32Array;
  /** [count, element, ...] per list; a ListId is the index of the count */
  readonly lists: I32Column;
  floats: Float64Array;
  floatCount = 0;
  readonly #budget: Budget;

  constructor(source: string, budget: Budget) {
    this.#budget = budget;
    this.source = source;
    this.symbols = new SymbolTable(budget);
    this.lists = new I32Column(budget);
    this.lists.push(0);
    // Real shaders have a node per 5 to 7 UTF-16 units: columns of this size seldom grow.
    const capacity = (source.length >> 2) + 16;
    budget.charge(capacity * BYTES_PER_NODE + INITIAL_FLOATS * 8);
    this.kinds = new Uint8Array(capacity);
    this.a = new Int32Array(capacity);
    this.b = new Int32Array(capacity);
    this.c = new Int32Array(capacity);
    this.d = new Int32Array(capacity);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.attributes = new Int32Array(capacity);
    this.floats = new Float64Array(INITIAL_FLOATS);
  }

  kind(node: NodeId): Kind {
    return this.kinds[node] as Kind;
  }
  start(node: NodeId): number {
    return this.starts[node]!;
  }
  end(node: NodeId): number {
    return this.ends[node]!;
  }
  span(node: NodeId): Span {
    return { offset: this.starts[node]!, length: this.ends[node]! - this.starts[node]! };
  }
  /** Source text of the node. */
  text(node: NodeId): string {
    return this.source.slice(this.starts[node]!, this.ends[node]!);
  }
  attributesOf(node: NodeId): ListId {
    return this.attributes[node] as ListId;
  }

  listLength(list: ListId): number {
    return this.lists.data[list]!;
  }
  /** Element `index` of `list`; index < listLength(list). */
  listItem(list: ListId, index: number): NodeId {
    return this.lists.data[list + 1 + index] as NodeId;
  }

  // Names. NAME, IDENT: the symbol itself. Declarations: the NAME node and its symbol.
  symbolOf(nameOrIdent: NodeId): SymbolId {
    return this.a[nameOrIdent] as SymbolId;
  }
  nameNode(declaration: NodeId): NodeId {
    return this.a[declaration] as NodeId;
  }
  nameSymbol(declaration: NodeId): SymbolId {
    return this.a[this.a[declaration]!] as SymbolId;
  }

  // Declarations.
  directivesOf(module: NodeId): ListId {
    return this.b[module] as ListId;
  }
  declarationsOf(module: NodeId): ListId {
    return this.d[module] as ListId;
  }
  /** ENABLE, REQUIRES, DIAGNOSTIC: NAMEs. */
  namesOf(directive: NodeId): ListId {
    return this.b[directive] as ListId;
  }
  attributeCode(attribute: NodeId): Attribute {
    return this.a[attribute] as Attribute;
  }
  /** ATTRIBUTE, CALL */
  argumentsOf(node: NodeId): ListId {
    return this.b[node] as ListId;
  }
  /** VAR, IDENT */
  templateArgumentsOf(node: NodeId): ListId {
    return this.b[node] as ListId;
  }
  /** VAR, LET, CONST, OVERRIDE (optional); ALIAS, MEMBER_DECL, PARAM, RESULT */
  typeOf(node: NodeId): NodeId {
    return this.c[node] as NodeId;
  }
  /** VAR, OVERRIDE (optional); LET, CONST */
  initializerOf(node: NodeId): NodeId {
    return this.d[node] as NodeId;
  }
  membersOf(struct: NodeId): ListId {
    return this.b[struct] as ListId;
  }
  parametersOf(fn: NodeId): ListId {
    return this.b[fn] as ListId;
  }
  /** RESULT or NONE */
  resultOf(fn: NodeId): NodeId {
    return this.c[fn] as NodeId;
  }

  // Statements.
  statementsOf(block: NodeId): ListId {
    return this.b[block] as ListId;
  }
  /** IF, SWITCH, WHILE, FOR (optional), BREAK_IF, CONST_ASSERT: the expression in the head */
  conditionOf(node: NodeId): NodeId {
    return this.a[node] as NodeId;
  }
  /** FN, IF (the then block), SWITCH (a SWITCH_BODY), CASE, LOOP, CONTINUING, WHILE, FOR */
  bodyOf(node: NodeId): NodeId {
    return this.d[node] as NodeId;
  }
  /** BLOCK, IF or NONE */
  elseOf(ifStatement: NodeId): NodeId {
    return this.c[ifStatement] as NodeId;
  }
  casesOf(switchBody: NodeId): ListId {
    return this.b[switchBody] as ListId;
  }
  /** expressions or DEFAULT */
  selectorsOf(caseClause: NodeId): ListId {
    return this.b[caseClause] as ListId;
  }
  /** CONTINUING or NONE */
  continuingOf(loop: NodeId): NodeId {
    return this.c[loop] as NodeId;
  }
  /** BREAK_IF or NONE */
  breakIfOf(continuing: NodeId): NodeId {
    return this.a[continuing] as NodeId;
  }
  forInitOf(forStatement: NodeId): NodeId {
    return this.b[forStatement] as NodeId;
  }
  forUpdateOf(forStatement: NodeId): NodeId {
    return this.c[forStatement] as NodeId;
  }
  /** value or NONE */
  returnValueOf(returnStatement: NodeId): NodeId {
    return this.a[returnStatement] as NodeId;
  }
  /** BINARY, ASSIGN, COMPOUND_ASSIGN, INCREMENT, DECREMENT */
  leftOf(node: NodeId): NodeId {
    return this.a[node] as NodeId;
  }
  /** BINARY, ASSIGN, COMPOUND_ASSIGN, PHONY_ASSIGN */
  rightOf(node: NodeId): NodeId {
    return this.c[node] as NodeId;
  }
  callOf(callStatement: NodeId): NodeId {
    return this.a[callStatement] as NodeId;
  }

  // Expressions.
  /** BINARY, COMPOUND_ASSIGN */
  binaryOp(node: NodeId): BinaryOp {
    return this.b[node] as BinaryOp;
  }
  unaryOp(node: NodeId): UnaryOp {
    return this.b[node] as UnaryOp;
  }
  operandOf(unary: NodeId): NodeId {
    return this.a[unary] as NodeId;
  }
  calleeOf(call: NodeId): NodeId {
    return this.a[call] as NodeId;
  }
  /** INDEX, MEMBER */
  objectOf(node: NodeId): NodeId {
    return this.a[node] as NodeId;
  }
  indexOf(index: NodeId): NodeId {
    return this.c[index] as NodeId;
  }
  memberSymbol(member: NodeId): SymbolId {
    return this.b[member] as SymbolId;
  }
  memberSpan(member: NodeId): Span {
    const length = this.symbols.text(this.memberSymbol(member)).length;
    return { offset: this.ends[member]! - length, length };
  }
  boolValue(bool: NodeId): boolean {
    return this.a[bool] === 1;
  }
  /** INT, FLOAT */
  suffix(literal: NodeId): Suffix {
    return this.b[literal] as Suffix;
  }
  /** Low 32 bits, signed. */
  intLow(int: NodeId): number {
    return this.a[int]!;
  }
  /** High 32 bits: 0 to 2^31 - 1. */
  intHigh(int: NodeId): number {
    return this.c[int]!;
  }
  floatValue(float: NodeId): number {
    return this.floats[this.a[float]!]!;
  }

  // Building: for the parser.
  /** A node for which no token was taken has start > end, as its start is that of the token after it: it gets an empty range. */
  add(kind: Kind, start: number, end: number, a: number, b: number, c: number, d: number): NodeId {
    const node = this.length;
    if (node === this.kinds.length) this.#growNodes();
    this.kinds[node] = kind;
    this.a[node] = a;
    this.b[node] = b;
    this.c[node] = c;
    this.d[node] = d;
    this.starts[node] = Math.min(start, end);
    this.ends[node] = end;
    this.length = node + 1;
    return node as NodeId;
  }
  setAttributes(node: NodeId, list: ListId): void {
    this.attributes[node] = list;
  }
  addFloat(value: number): number {
    if (this.floatCount === this.floats.length) {
      this.#budget.charge(this.floats.byteLength);
      const next = new Float64Array(this.floats.length * 2);
      next.set(this.floats);
      this.floats = next;
    }
    this.floats[this.floatCount] = value;
    return this.floatCount++;
  }
  /** Makes a list of items[from..to). */
  addList(items: Int32Array, from: number, to: number): ListId {
    const count = to - from;
    if (count === 0) return EMPTY_LIST;
    const lists = this.lists;
    const list = lists.push(count);
    lists.extend(list + 1 + count);
    const data = lists.data;
    for (let i = 0; i < count; i++) data[list + 1 + i] = items[from + i]!;
    return list as ListId;
  }

  #growNodes(): void {
    const capacity = this.kinds.length * 2;
    this.#budget.charge(this.kinds.length * BYTES_PER_NODE);
    const kinds = new Uint8Array(capacity);
    kinds.set(this.kinds);
    this.kinds = kinds;
    this.a = grown(this.a, capacity);
    this.b = grown(this.b, capacity);
    this.c = grown(this.c, capacity);
    this.d = grown(this.d, capacity);
    this.starts = grown(this.starts, capacity);
    this.ends = grown(this.ends, capacity);
    this.attributes = grown(this.attributes, capacity);
  }
}

function grown(column: Int32Array, capacity: number): Int32Array {
  const next = new Int32Array(capacity);
  next.set(column);
  return next;
}
