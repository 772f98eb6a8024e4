/** Operators of the AST by their names in the builtin table. */

/** By BinaryOp. */
export const BINARY_OPERATORS: readonly string[] = "add sub mul div mod and or xor shl shr eq ne lt le gt ge logicalAnd logicalOr".split(
  " ",
);
/** By UnaryOp, for those that are functions of values. */
export const UNARY_OPERATORS: readonly string[] = ["neg", "not", "compl"];
