/** Which columns of a node hold its children: one row per kind, for walks that treat all kinds alike. */
import type { Ast, KindName, ListId, NodeId } from "./ast.ts";
import { Kind } from "./ast.ts";

/** In source order: "a" a node, "a?" a node or NONE, "a*" a list of nodes. */
type Field = `${"a" | "b" | "c" | "d"}${"" | "?" | "*"}`;

const NO_CHILDREN: readonly Field[] = [];
export const SHAPE: { readonly [K in KindName]: readonly Field[] } = {
  ERROR: NO_CHILDREN,
  MODULE: ["b*", "d*"],
  NAME: NO_CHILDREN,
  ENABLE: ["b*"],
  REQUIRES: ["b*"],
  DIAGNOSTIC: ["b*"],
  ATTRIBUTE: ["b*"],
  VAR: ["b*", "a", "c?", "d?"],
  LET: ["a", "c?", "d"],
  CONST: ["a", "c?", "d"],
  OVERRIDE: ["a", "c?", "d?"],
  ALIAS: ["a", "c"],
  STRUCT: ["a", "b*"],
  MEMBER_DECL: ["a", "c"],
  FN: ["a", "b*", "c?", "d"],
  PARAM: ["a", "c"],
  RESULT: ["c"],
  CONST_ASSERT: ["a"],
  BLOCK: ["b*"],
  IF: ["a", "d", "c?"],
  SWITCH: ["a", "d"],
  SWITCH_BODY: ["b*"],
  CASE: ["b*", "d"],
  DEFAULT: NO_CHILDREN,
  LOOP: ["d", "c?"],
  CONTINUING: ["d", "a?"],
  BREAK_IF: ["a"],
  WHILE: ["a", "d"],
  FOR: ["b?", "a?", "c?", "d"],
  BREAK: NO_CHILDREN,
  CONTINUE: NO_CHILDREN,
  DISCARD: NO_CHILDREN,
  RETURN: ["a?"],
  ASSIGN: ["a", "c"],
  COMPOUND_ASSIGN: ["a", "c"],
  PHONY_ASSIGN: ["c"],
  INCREMENT: ["a"],
  DECREMENT: ["a"],
  CALL_STATEMENT: ["a"],
  IDENT: ["b*"],
  CALL: ["a", "b*"],
  INDEX: ["a", "c"],
  MEMBER: ["a"],
  BINARY: ["a", "c"],
  UNARY: ["a"],
  BOOL: NO_CHILDREN,
  INT: NO_CHILDREN,
  FLOAT: NO_CHILDREN,
};

/** Name of each kind, by its number. */
export const KIND_NAMES: readonly KindName[] = (Object.keys(Kind) as KindName[]).sort((x, y) => Kind[x] - Kind[y]);

const BY_KIND: readonly (readonly Field[])[] = KIND_NAMES.map((name) => SHAPE[name]);

/** Visits the attributes and then the children of `node`, in source order; absent ones are skipped. */
export function forEachChild(ast: Ast, node: NodeId, visit: (child: NodeId) => void): void {
  visitList(ast, ast.attributesOf(node), visit);
  for (const field of BY_KIND[ast.kind(node)]!) {
    const value = ast[field.charAt(0) as "a" | "b" | "c" | "d"][node]!;
    if (field.endsWith("*")) visitList(ast, value as ListId, visit);
    else if (value >= 0) visit(value as NodeId);
  }
}

function visitList(ast: Ast, list: ListId, visit: (child: NodeId) => void): void {
  const count = ast.listLength(list);
  for (let i = 0; i < count; i++) visit(ast.listItem(list, i));
}
