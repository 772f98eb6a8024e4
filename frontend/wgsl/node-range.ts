/** Which nodes belong to a module-scope declaration. Children precede parents, so a declaration's nodes end in the declaration itself. */
import type { Ast, NodeId } from "./ast.ts";

/** First and last node of a module-scope declaration, attributes included. */
export function nodeRange(ast: Ast, declaration: NodeId): readonly [number, number] {
  const list = ast.declarationsOf(ast.root);
  let low = 0;
  let high = ast.listLength(list) - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ast.listItem(list, middle) < declaration) low = middle + 1;
    else high = middle;
  }
  return [low === 0 ? 0 : ast.listItem(list, low - 1) + 1, declaration];
}
