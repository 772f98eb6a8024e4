/** Which function-scope variables a loop or switch assigns: needed before it is walked, because its start depends on its end. */
import { type Budget, I32Column } from "../../support/column.ts";
import { NONE } from "../../support/id.ts";
import { Kind, type NodeId } from "./ast.ts";
import type { CheckContext } from "./check-context.ts";
import { nodeRange } from "./node-range.ts";
import type { Roots } from "./roots.ts";
import { type DeclId, DeclKind, Form } from "./sema.ts";
import { SPACE, TypeKind } from "./types.ts";

/** The function-scope variable, or pointer parameter to one, that memory is rooted in; NONE if it is none of these. */
export function functionVariable(c: CheckContext, roots: Roots, expression: NodeId): DeclId {
  const root = roots.rootOf(expression);
  if (root === NONE) return NONE;
  const { kind, type } = c.declarations[root]!;
  if (kind === DeclKind.VAR) return root;
  const isPointer = kind === DeclKind.PARAM && c.types.kind(type) === TypeKind.ptr && c.types.space(type) === SPACE.function;
  return isPointer ? root : NONE;
}

export class Assignments {
  readonly #c: CheckContext;
  readonly #roots: Roots;
  // Statements that assign, and calls that may through a pointer, in order of source.
  readonly #node: I32Column;
  readonly #variable: I32Column;
  /** by DeclId: the last question that has found it */
  readonly #foundBy: Int32Array;
  #questions = 0;
  /** whose list is still to be made, or NONE */
  #function: NodeId = NONE;

  constructor(c: CheckContext, roots: Roots, budget: Budget) {
    this.#c = c;
    this.#roots = roots;
    this.#node = new I32Column(budget);
    this.#variable = new I32Column(budget);
    budget.charge(c.declarations.length * 4);
    this.#foundBy = new Int32Array(c.declarations.length);
  }

  /** @param fn declaration of the function that the next questions are about */
  beginFunction(fn: NodeId): void {
    this.#function = fn;
    this.#node.length = 0;
    this.#variable.length = 0;
  }
  /** At the first question: functions without loops and switches need no list. */
  #collectAll(): void {
    const [first, last] = nodeRange(this.#c.ast, this.#function);
    for (let node = first; node < last; node++) this.#collect(node as NodeId);
    this.#function = NONE;
  }
  #collect(node: NodeId): void {
    const { ast, types } = this.#c;
    switch (ast.kind(node)) {
      case Kind.ASSIGN:
      case Kind.COMPOUND_ASSIGN:
      case Kind.INCREMENT:
      case Kind.DECREMENT:
        this.#add(node, ast.leftOf(node));
        return;
      case Kind.CALL:
        if (this.#c.formOf[node] !== Form.CALL) return;
        this.#c.forEach(ast.argumentsOf(node), (argument) => {
          if (types.kind(this.#c.used(argument)) === TypeKind.ptr) this.#add(node, argument);
        });
        return;
    }
  }
  #add(node: NodeId, target: NodeId): void {
    const variable = functionVariable(this.#c, this.#roots, target);
    if (variable === NONE) return;
    this.#node.push(node);
    this.#variable.push(variable);
  }

  /**
   * Variables and pointer parameters that a statement assigns, each once.
   * @param before offset that their declarations begin before
   */
  within(statement: NodeId, before: number): DeclId[] {
    if (this.#function !== NONE) this.#collectAll();
    const { ast, declarations } = this.#c;
    const start = ast.start(statement);
    const question = ++this.#questions;
    const found: DeclId[] = [];
    // Nodes are numbered as they end, and a statement begins after the one before it has ended.
    for (let at = this.#firstFrom(start); at < this.#node.length && this.#node.get(at) < statement; at++) {
      const variable = this.#variable.get(at) as DeclId;
      if (this.#foundBy[variable] === question) continue;
      this.#foundBy[variable] = question;
      const declaration = declarations[variable]!;
      if (declaration.kind === DeclKind.PARAM || ast.start(declaration.node) < before) found.push(variable);
    }
    return found;
  }
  #firstFrom(start: number): number {
    let low = 0;
    let high = this.#node.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#c.ast.start(this.#node.get(middle) as NodeId) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
