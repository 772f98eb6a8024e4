/**
 * Every diagnostic code of the WGSL front end, with the rule it stands for. Codes never change their meaning and are never used again.
 * W01xx lexer and parser; the checker's follow.
 */
export const CODES = {
  // W010x: text and tokens
  W0101: "a module must not contain a null code point",
  W0102: "a code point outside comments must belong to a token or be blankspace",
  W0103: "a block comment must be closed by '*/'",
  W0104: "an identifier must not start with two underscores",
  W0105: "a reserved word must not be used",
  W0106: "a numeric literal must have one of the forms WGSL defines",
  W0107: "an integer literal must be representable in its type",
  W0108: "a floating point literal must be representable in its type",

  // W011x: structure of a module
  W0110: "a module consists of directives, then declarations",
  W0111: "directives must come before all declarations",
  W0112: "a token the grammar requires is missing",
  W0113: "a name is required here",
  W0114: "an expression is required here",
  W0115: "a type is required here",
  W0116: "a statement is required here",
  W0117: "every bracket must be closed",
  W0118: "a keyword must not be used as a name",

  // W012x: declarations and attributes
  W0120: "an attribute name must be one that WGSL defines",
  W0121: "an attribute must have as many arguments as it takes",
  W0122: "attributes may stand only where the grammar has them",
  W0123: "module scope has 'const', 'override' and 'var', but no 'let'",
  W0124: "a 'const' or 'let' declaration needs an initialiser",
  W0125: "a declaration of this kind may stand only at module scope",
  W0126: "a structure must have members, separated by commas",

  // W013x: statements
  W0130: "the left side of an assignment must be built from an identifier by '.', '[]', '*', '&' and parentheses",
  W0131: "increment and decrement are statements of the form 'x++' and 'x--'",
  W0132: "only a call can be a statement by itself",
  W0133: "'continuing' must be the last statement of a loop body, and 'break if' the last of a continuing block",
  W0134: "a switch must consist of case and default clauses, at least one",
  W0135: "'else' must follow the block of an 'if'",

  // W014x: expressions
  W0140: "operators of different groups must be parenthesised when mixed",
  W0141: "a comparison must not be chained",
  W0142: "a template list needs an argument",
  W0143: "this operator does not exist in WGSL",

  // W015x: limits of this implementation
  W0150: "expressions and statements must not be nested deeper than the stated limits",
  W0151: "the module must fit the memory given to the compiler",
} as const;
export type Code = keyof typeof CODES;
