/**
 * What an entry point reaches through calls: resources, overrides, and things that only some stages may do. Each entry point walks its part
 * of the call graph once, without recursion.
 * @see https://www.w3.org/TR/WGSL/#resource-interface
 */
import { NONE } from "../../support/id.ts";
import type { CheckContext } from "./check-context.ts";
import type { FunctionId, FunctionInfo, GlobalId, OverrideId, StageName } from "./sema.ts";
import { ACCESS, ERROR, SPACE, TypeKind } from "./types.ts";

const STAGE_BITS: Readonly<Record<StageName, number>> = { compute: 1, vertex: 2, fragment: 4 };

/** Completes the entries of entry points in `c.functions` and checks what they reach. */
export function checkEntryPoints(c: CheckContext): void {
  const reported = new Set<number>();
  for (const [id, fn] of c.functions.entries()) {
    if (fn.stage === undefined) continue;
    const before = c.diagnostics.errorCount;
    const { globals, overrides } = reach(c, id as FunctionId, fn, reported);
    const complete: FunctionInfo = { ...fn, globals, overrides };
    c.functions[id] = complete;
    // What is done in the wrong stage is done to memory that is of no use there.
    if (c.diagnostics.errorCount === before) checkStageMemory(c, complete);
    checkGlobals(c, complete);
  }
}

function reach(
  c: CheckContext,
  entry: FunctionId,
  fn: FunctionInfo,
  reported: Set<number>,
): { globals: GlobalId[]; overrides: OverrideId[] } {
  const globals = new Set<GlobalId>();
  const overrides = new Set<OverrideId>();
  const seen = new Set<FunctionId>([entry]);
  const stack: FunctionId[] = [entry];
  while (stack.length > 0) {
    const uses = c.functionUses[stack.pop()!]!;
    for (const callee of uses.callees) {
      if (seen.has(callee)) continue;
      seen.add(callee);
      stack.push(callee);
    }
    for (const global of uses.globals) globals.add(global);
    for (const override of uses.overrides) overrides.add(override);
    for (const limit of uses.stageLimits) {
      if (limit.stages & STAGE_BITS[fn.stage!] || reported.has(limit.span.offset)) continue;
      reported.add(limit.span.offset);
      c.error("W0278", limit.span, `${limit.what} cannot be used here, for the ${fn.stage} entry point '${fn.name}' comes to it`);
    }
  }
  for (const global of globals) for (const override of c.globalOverrides[global]!) overrides.add(override);
  closeOverrides(c, overrides);
  return { globals: [...globals].sort((a, b) => a - b), overrides: [...overrides].sort((a, b) => a - b) };
}

/** Adds what the initialisers of overrides use. */
function closeOverrides(c: CheckContext, overrides: Set<OverrideId>): void {
  // A Set iterates over what is added meanwhile.
  for (const id of overrides) for (const used of c.overrides[id]!.overrides) overrides.add(used);
}

function checkStageMemory(c: CheckContext, fn: FunctionInfo): void {
  for (const id of fn.globals) {
    const g = c.globals[id]!;
    if (g.storeType === ERROR) continue;
    const at = c.ast.nameNode(fn.node);
    const declared = [{ message: `'${g.name}' is declared here`, span: c.ast.span(c.ast.nameNode(g.node)) }];
    if (g.space === SPACE.workgroup && fn.stage !== "compute")
      c.error("W0278", at, `the ${fn.stage} entry point '${fn.name}' cannot use the workgroup variable '${g.name}'`, declared);
    if (fn.stage === "vertex" && isWritable(c, id))
      c.error("W0278", at, `the vertex entry point '${fn.name}' cannot use '${g.name}', which can be written`, declared);
  }
}

function checkGlobals(c: CheckContext, fn: FunctionInfo): void {
  const bindings = new Map<string, GlobalId>();
  let immediates = 0;
  for (const id of fn.globals) {
    const g = c.globals[id]!;
    if (g.storeType === ERROR) continue;
    const at = c.ast.nameNode(fn.node);
    const declared = [{ message: `'${g.name}' is declared here`, span: c.ast.span(c.ast.nameNode(g.node)) }];
    if (g.space === SPACE.immediate && ++immediates === 2) {
      c.error("W0231", at, `the entry point '${fn.name}' uses more than one variable in the 'immediate' address space`, declared);
    }
    if (g.group === NONE || g.binding === NONE) continue;
    const key = `${g.group},${g.binding}`;
    const first = bindings.get(key);
    if (first === undefined) bindings.set(key, id);
    else {
      c.error(
        "W0231",
        c.ast.nameNode(g.node),
        `'${g.name}' has the same group and binding as '${c.globals[first]!.name}', and '${fn.name}' uses both`,
        [{ message: `'${c.globals[first]!.name}' is declared here`, span: c.ast.span(c.ast.nameNode(c.globals[first]!.node)) }],
      );
    }
  }
}

function isWritable(c: CheckContext, id: GlobalId): boolean {
  const g = c.globals[id]!;
  if (g.space === SPACE.storage) return g.access === ACCESS.read_write;
  return c.types.kind(g.storeType) === TypeKind.texture && c.types.access(g.storeType) !== ACCESS.read;
}
