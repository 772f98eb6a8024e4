/**
 * Token kinds, spellings, keywords and reserved words of WGSL.
 * @see https://www.w3.org/TR/WGSL/#tokens and #keyword-summary, #reserved-words, #syntactic-tokens
 */

/** Tokens with one spelling come in the order of TOKEN_TEXT. */
export const Tok = {
  END: 0,
  /** text that forms no token; the lexer has reported it */
  ERROR: 1,
  IDENT: 2,
  INT: 3,
  FLOAT: 4,

  PAREN_LEFT: 5,
  PAREN_RIGHT: 6,
  BRACKET_LEFT: 7,
  BRACKET_RIGHT: 8,
  BRACE_LEFT: 9,
  BRACE_RIGHT: 10,
  /** `<` and `>` that delimit a template list; elsewhere they are LESS and GREATER */
  TEMPLATE_START: 11,
  TEMPLATE_END: 12,
  SEMICOLON: 13,
  COMMA: 14,
  COLON: 15,
  PERIOD: 16,
  AT: 17,
  ARROW: 18,
  UNDERSCORE: 19,
  BANG: 20,
  TILDE: 21,
  PLUS_PLUS: 22,
  MINUS_MINUS: 23,

  // The binary operators, in the order of BinaryOp (ast.ts).
  PLUS: 24,
  MINUS: 25,
  STAR: 26,
  SLASH: 27,
  PERCENT: 28,
  AND: 29,
  OR: 30,
  XOR: 31,
  SHIFT_LEFT: 32,
  SHIFT_RIGHT: 33,
  EQUAL_EQUAL: 34,
  NOT_EQUAL: 35,
  LESS: 36,
  LESS_EQUAL: 37,
  GREATER: 38,
  GREATER_EQUAL: 39,
  AND_AND: 40,
  OR_OR: 41,

  EQUAL: 42,
  // The compound assignments, in the order of BinaryOp (ast.ts).
  PLUS_EQUAL: 43,
  MINUS_EQUAL: 44,
  TIMES_EQUAL: 45,
  DIVISION_EQUAL: 46,
  MODULO_EQUAL: 47,
  AND_EQUAL: 48,
  OR_EQUAL: 49,
  XOR_EQUAL: 50,
  SHIFT_LEFT_EQUAL: 51,
  SHIFT_RIGHT_EQUAL: 52,

  // The keywords, in the order of KEYWORDS.
  ALIAS: 53,
  BREAK: 54,
  CASE: 55,
  CONST: 56,
  CONST_ASSERT: 57,
  CONTINUE: 58,
  CONTINUING: 59,
  DEFAULT: 60,
  DIAGNOSTIC: 61,
  DISCARD: 62,
  ELSE: 63,
  ENABLE: 64,
  FN: 65,
  FOR: 66,
  IF: 67,
  LET: 68,
  LOOP: 69,
  OVERRIDE: 70,
  REQUIRES: 71,
  RETURN: 72,
  STRUCT: 73,
  SWITCH: 74,
  VAR: 75,
  WHILE: 76,
  FALSE: 77,
  TRUE: 78,
} as const;
export type Tok = (typeof Tok)[keyof typeof Tok];

export const FIRST_PUNCTUATION = Tok.PAREN_LEFT;
export const FIRST_BINARY = Tok.PLUS;
export const LAST_BINARY = Tok.OR_OR;
export const FIRST_COMPOUND = Tok.PLUS_EQUAL;
export const LAST_COMPOUND = Tok.SHIFT_RIGHT_EQUAL;
export const FIRST_KEYWORD = Tok.ALIAS;

/** Symbols of keywords are their index here. `false` and `true` come last: as literals they cannot start a template list. */
export const KEYWORDS = (
  "alias break case const const_assert continue continuing default diagnostic discard else enable fn for if let loop override " +
  "requires return struct switch var while false true"
).split(" ");

/** Symbols of reserved words follow those of the keywords, in this order. */
export const RESERVED_WORDS = (
  "NULL Self abstract active alignas alignof as asm asm_fragment async attribute auto await become cast catch class co_await " +
  "co_return co_yield coherent column_major common compile compile_fragment concept const_cast consteval constexpr constinit crate " +
  "debugger decltype delete demote demote_to_helper do dynamic_cast enum explicit export extends extern external fallthrough filter " +
  "final finally friend from fxgroup get goto groupshared highp impl implements import inline instanceof interface layout lowp macro " +
  "macro_rules match mediump meta mod module move mut mutable namespace new nil noexcept noinline nointerpolation non_coherent " +
  "noncoherent noperspective null nullptr of operator package packoffset partition pass patch pixelfragment precise precision " +
  "premerge priv protected pub public readonly ref regardless register reinterpret_cast require resource restrict self set shared " +
  "sizeof smooth snorm static static_assert static_cast std subroutine super target template this thread_local throw trait try type " +
  "typedef typeid typename typeof union unless unorm unsafe unsized use using varying virtual volatile wgsl where with writeonly yield"
).split(" ");

/** Names after `@`, in the order of Attribute (ast.ts). Symbols of those that are no keywords follow the reserved words. */
export const ATTRIBUTE_NAMES = (
  "align binding blend_src builtin compute const diagnostic fragment group id interpolate invariant location must_use size " +
  "subgroup_size vertex workgroup_size"
).split(" ");

/** Spellings of the tokens from FIRST_PUNCTUATION on. */
export const TOKEN_TEXT = (
  "( ) [ ] { } < > ; , : . @ -> _ ! ~ ++ -- + - * / % & | ^ << >> == != < <= > >= && || = += -= *= /= %= &= |= ^= <<= >>= " +
  KEYWORDS.join(" ")
).split(" ");

/** The tokens of one source, in columns. The last one is END. */
export interface Tokens {
  readonly count: number;
  readonly kinds: Uint8Array;
  /** offsets in UTF-16 units */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** IDENT and keywords: symbol. INT and FLOAT: Suffix. Else 0. */
  readonly values: Int32Array;
  /** indices of tokens the lexer has reported something about; the parser does not complain about them again */
  readonly bad: ReadonlySet<number>;
}
