/** Where a module waits at barriers: calls of the functions that do, built in or declared. */
import { Kind, type NodeId } from "./ast.ts";
import { type CheckedModule, Form, type FunctionId } from "./sema.ts";
import { Behaves, behavesOf } from "./uniformity-builtins.ts";

export class Waits {
  readonly #checked: CheckedModule;
  /** source offsets of the calls, ascending, once they were asked for */
  #offsets: number[] | undefined;

  constructor(checked: CheckedModule) {
    this.#checked = checked;
  }

  /** Whether there are such calls in the text of `node`. */
  areIn(node: NodeId): boolean {
    this.#offsets ??= this.#find();
    const { ast } = this.#checked;
    const first = lowerBound(this.#offsets, ast.start(node));
    return first < this.#offsets.length && this.#offsets[first]! < ast.end(node);
  }

  #find(): number[] {
    const { ast, functions, formOf, targetOf } = this.#checked;
    const of = (waits: (node: NodeId) => boolean) => {
      const found: number[] = [];
      for (let node = 0 as NodeId; node < ast.length; node++) if (ast.kind(node) === Kind.CALL && waits(node)) found.push(ast.start(node));
      return found.sort((a, b) => a - b);
    };
    const own = of((node) => {
      if (formOf[node] !== Form.BUILTIN) return false;
      const behaves = behavesOf(targetOf[node]!);
      return behaves === Behaves.BARRIER || behaves === Behaves.UNIFORM_LOAD;
    });
    if (own.length === 0) return own;
    const waiting = new Set<FunctionId>();
    for (let id = 0 as FunctionId; id < functions.length; id++) {
      const { node, callees } = functions[id]!;
      const at = lowerBound(own, ast.start(node));
      if ((at < own.length && own[at]! < ast.end(node)) || callees.some((callee) => waiting.has(callee))) waiting.add(id);
    }
    const calls = of((node) => formOf[node] === Form.CALL && waiting.has(targetOf[node] as FunctionId));
    return [...own, ...calls].sort((a, b) => a - b);
  }
}

/** Index of the first that is at least `limit`. */
function lowerBound(ascending: readonly number[], limit: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
