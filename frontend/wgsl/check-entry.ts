/**
 * What an entry point reaches through calls: resources, overrides, and things that only some stages may do.
 * @see https://www.w3.org/TR/WGSL/#resource-interface
 */
import type { Budget } from "../../support/column.ts";
import { NONE } from "../../support/id.ts";
import type { CheckContext } from "./check-context.ts";
import { Reach } from "./reach.ts";
import type { FunctionInfo, GlobalId, OverrideId, StageName } from "./sema.ts";
import { ACCESS, ERROR, SPACE, TypeKind } from "./types.ts";

/** In the order of the bits of `stageLimits`. */
const STAGES: readonly StageName[] = ["compute", "vertex", "fragment"];

/** Completes the entries of entry points in `c.functions` and checks what they reach. */
export function checkEntryPoints(c: CheckContext, budget: Budget): void {
  const isMisplaced = checkStages(c);
  const { functionUses } = c;
  const hasUses = (id: number) => functionUses[id]!.globals.size + functionUses[id]!.overrides.size > 0;
  const reach = new Reach(
    functionUses.map(({ callees }) => callees),
    hasUses,
  );
  for (const [id, fn] of c.functions.entries()) {
    if (fn.stage === undefined) continue;
    const complete: FunctionInfo = { ...fn, ...resourcesOf(c, reach.of(id), budget) };
    c.functions[id] = complete;
    // What is done in the wrong stage is done to memory that is of no use there.
    if (isMisplaced[id] === 0) checkStageMemory(c, complete);
    checkGlobals(c, complete);
  }
}

/**
 * Reports what some entry point comes to and its stage cannot do, each once. Two passes over the calls, down and up: callees come first.
 * @returns by function, 1 for entry points that come to such a thing
 */
function checkStages(c: CheckContext): Uint8Array {
  const n = c.functions.length;
  const first = STAGES.map(() => new Int32Array(n).fill(NONE));
  for (let id = n - 1; id >= 0; id--) {
    const { stage } = c.functions[id]!;
    for (const [s, entries] of first.entries()) {
      if (stage === STAGES[s]) entries[id] = id;
      const entry = entries[id]!;
      if (entry === NONE) continue;
      for (const callee of c.functionUses[id]!.callees) if (entries[callee] === NONE || entry < entries[callee]!) entries[callee] = entry;
    }
  }
  const refused = new Uint8Array(n);
  for (let id = 0; id < n; id++) {
    const { callees, stageLimits } = c.functionUses[id]!;
    for (const callee of callees) refused[id]! |= refused[callee]!;
    for (const { stages, what, span } of stageLimits) {
      refused[id]! |= ~stages;
      const reached = first.map((entries, s) => (stages & (1 << s) ? NONE : entries[id]!)).filter((entry) => entry !== NONE);
      if (reached.length === 0) continue;
      const { stage, name } = c.functions[Math.min(...reached)]!;
      c.error("W0278", span, `${what} cannot be used here, for the ${stage} entry point '${name}' comes to it`);
    }
  }
  return refused.map((bits, id) => (first.some((entries, s) => entries[id] === id && bits & (1 << s)) ? 1 : 0));
}

function resourcesOf(c: CheckContext, reached: readonly number[], budget: Budget): { globals: GlobalId[]; overrides: OverrideId[] } {
  const globals = new Set<GlobalId>();
  const overrides = new Set<OverrideId>();
  for (const id of reached) {
    for (const global of c.functionUses[id]!.globals) globals.add(global);
    for (const override of c.functionUses[id]!.overrides) overrides.add(override);
  }
  for (const global of globals) for (const override of c.globalOverrides[global]!) overrides.add(override);
  closeOverrides(c, overrides);
  budget.charge(8 * (globals.size + overrides.size));
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
