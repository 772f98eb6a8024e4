/** Module-scope declarations, so that what one uses comes before it. @see https://www.w3.org/TR/WGSL/#declaration-and-scope */
import type { DiagnosticList } from "../../support/diagnostic.ts";
import { type Ast, Kind, type NodeId } from "./ast.ts";

const UNSEEN = 0;
const OPEN = 1;
const DONE = 2;
const MAX_CYCLE_SHOWN = 8;

/**
 * Depth-first, users after used. A declaration met again while it is open is in a cycle: reported once, the edge ignored.
 * @param uses by declaration, the indices of those it uses
 */
export function declarationOrder(
  ast: Ast,
  declarations: readonly NodeId[],
  uses: readonly (readonly number[])[],
  diagnostics: DiagnosticList,
): NodeId[] {
  const order: NodeId[] = [];
  const state = new Uint8Array(declarations.length);
  const depth = new Int32Array(declarations.length);
  const isReported = new Uint8Array(declarations.length);
  const path: number[] = [];
  const next: number[] = [];
  const open = (i: number) => {
    state[i] = OPEN;
    depth[i] = path.length;
    path.push(i);
    next.push(0);
  };
  for (let root = 0; root < declarations.length; root++) {
    if (state[root] !== UNSEEN || ast.kind(declarations[root]!) === Kind.CONST_ASSERT) continue;
    open(root);
    while (path.length > 0) {
      const top = path[path.length - 1]!;
      const used = uses[top]![next[next.length - 1]!++];
      if (used === undefined) {
        order.push(declarations[top]!);
        state[top] = DONE;
        path.pop();
        next.pop();
      } else if (state[used] === UNSEEN) open(used);
      else if (state[used] === OPEN && isReported[used] === 0) {
        isReported[used] = 1;
        const from = depth[used]!;
        const shown = path.slice(from, from + MAX_CYCLE_SHOWN).map((i) => declarations[i]!);
        reportCycle(ast, shown, path.length - from, diagnostics);
      }
    }
  }
  for (const node of declarations) if (ast.kind(node) === Kind.CONST_ASSERT) order.push(node);
  return order;
}

/** @param members the first of the `length` that are in the cycle */
function reportCycle(ast: Ast, members: readonly NodeId[], length: number, diagnostics: DiagnosticList): void {
  const name = (node: NodeId) => `'${ast.symbols.text(ast.nameSymbol(node))}'`;
  const first = members[0]!;
  const what = ast.kind(first) === Kind.FN ? "calls" : "uses";
  const shown = members.slice(1).map(name);
  const via = length > MAX_CYCLE_SHOWN ? `${shown.join(", ")}, ...` : shown.join(", ");
  const message = length === 1 ? `${name(first)} ${what} itself` : `${name(first)} ${what} itself by way of ${via}`;
  diagnostics.error("W0202", ast.span(ast.nameNode(first)), message);
}
