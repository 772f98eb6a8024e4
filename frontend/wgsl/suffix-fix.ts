/** What to write for a literal that is of the wrong type only because of its suffix, or for want of one. */
import type { Fix } from "../../support/diagnostic.ts";
import { Kind, type NodeId, UnaryOp } from "./ast.ts";
import type { CheckContext } from "./check-context.ts";
import { F16, F32, I32, type TypeId, U32 } from "./types.ts";

const SUFFIX_OF: ReadonlyMap<TypeId, string> = new Map([
  [I32, "i"],
  [U32, "u"],
  [F32, "f"],
  [F16, "h"],
]);

/** @param node an expression, of whatever kind @param wanted the type it should have @returns undefined if it is no such literal */
export function suffixFix(c: CheckContext, node: NodeId, wanted: TypeId): Fix | undefined {
  const { ast } = c;
  const suffix = SUFFIX_OF.get(wanted);
  const isNegated = ast.kind(node) === Kind.UNARY && ast.unaryOp(node) === UnaryOp.NEGATE;
  const literal = isNegated ? ast.operandOf(node) : node;
  if (suffix === undefined || (ast.kind(literal) !== Kind.INT && ast.kind(literal) !== Kind.FLOAT)) return undefined;
  if (isNegated && wanted === U32) return undefined;
  const span = ast.span(literal);
  const text = ast.source.slice(span.offset, span.offset + span.length);
  const number = /^(?:0|[1-9][0-9]*)(\.[0-9]*)?(?=[iufh]?$)/.exec(text);
  if (number === null) return undefined;
  const isInteger = wanted === I32 || wanted === U32;
  if (isInteger && number[1] !== undefined && !/^\.0*$/.test(number[1])) return undefined;
  const digits = isInteger ? number[0].slice(0, number[0].length - (number[1]?.length ?? 0)) : number[0];
  return { message: "write", span, replacement: digits + suffix };
}
