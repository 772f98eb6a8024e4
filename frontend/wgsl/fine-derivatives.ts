/** Which functions take derivatives with the accuracy of single invocations: compatibility mode has none. @see https://www.w3.org/TR/WGSL/#derivative-builtin-functions */
import { builtinName } from "./builtins-notation.ts";
import { nodeRange } from "./node-range.ts";
import { type BuiltinId, type CheckedModule, Form } from "./sema.ts";

const FINE: readonly string[] = ["dpdxFine", "dpdyFine", "fwidthFine"];

/** By function, whether it or anything it calls calls one of them. */
export function fineDerivatives({ ast, formOf, targetOf, functions }: CheckedModule): boolean[] {
  const found: boolean[] = [];
  for (const { node, callees } of functions) {
    // callees precede callers
    let fine = callees.some((id) => found[id]);
    const [first, last] = nodeRange(ast, node);
    for (let i = first; i < last && !fine; i++) fine = formOf[i] === Form.BUILTIN && FINE.includes(builtinName(targetOf[i] as BuiltinId));
    found.push(fine);
  }
  return found;
}
