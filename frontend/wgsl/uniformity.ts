/**
 * Uniformity analysis: functions that invocations carry out together (barriers, derivatives, subgroup operations) must be called where control
 * flow provably is the same for all of them. One graph per function, callees first; linear in the size of the module.
 * Runs on modules without errors only.
 * @see https://www.w3.org/TR/WGSL/#uniformity
 */
import type { Budget } from "../../support/column.ts";
import { NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";
import type { CheckContext } from "./check-context.ts";
import { nodeRange } from "./node-range.ts";
import { Behavior, type DeclId, type DiagnosticFilter, Form, type FunctionId, type FunctionInfo } from "./sema.ts";
import { VOID } from "./types.ts";
import { behavesOf, inputTaint, isCollective } from "./uniformity-builtins.ts";
import { UniformityContext } from "./uniformity-context.ts";
import { type DemandId, Level, Scope } from "./uniformity-demands.ts";
import { CF_START, DIFFERS, DIFFERS_BETWEEN_SUBGROUPS, paramContents, paramOut, paramValue, Role, Taint } from "./uniformity-graph.ts";
import { reportDemand } from "./uniformity-report.ts";
import { walkBlock } from "./uniformity-statements.ts";
import { summarize } from "./uniformity-summary.ts";

/** @param hasSubgroupScope whether there is the language feature `subgroup_uniformity` */
export function checkUniformity(c: CheckContext, filters: readonly DiagnosticFilter[], hasSubgroupScope: boolean, budget: Budget): void {
  const needed = functionsToAnalyze(c);
  if (needed === undefined) return;
  const u = new UniformityContext(c, filters, hasSubgroupScope ? Scope.SUBGROUP : Scope.WORKGROUP, budget);
  for (const [id, fn] of c.functions.entries()) {
    if (needed[id] === 1) analyze(u, id as FunctionId, fn, budget);
    else u.summaries.push(undefined);
  }
}

/** Functions that demand uniformity, or whose results such a function may depend on. @returns undefined if there are none */
function functionsToAnalyze(c: CheckContext): Uint8Array | undefined {
  const needed = new Uint8Array(c.functions.length);
  let any = false;
  for (const [id, fn] of c.functions.entries()) {
    needed[id] = hasCollective(c, fn) || fn.callees.some((callee) => needed[callee] === 1) ? 1 : 0;
    if (needed[id] === 1) any = true;
  }
  if (!any) return undefined;
  // Callers come after what they call.
  for (let id = c.functions.length - 1; id >= 0; id--) {
    if (needed[id] === 1) for (const callee of c.functions[id]!.callees) needed[callee] = 1;
  }
  return needed;
}

function hasCollective(c: CheckContext, fn: FunctionInfo): boolean {
  const { formOf, targetOf } = c;
  const [first, last] = nodeRange(c.ast, fn.node);
  for (let node = first; node < last; node++) {
    if (formOf[node] === Form.BUILTIN && isCollective(behavesOf(targetOf[node]!))) return true;
  }
  return false;
}

function analyze(u: UniformityContext, id: FunctionId, fn: FunctionInfo, budget: Budget): void {
  const { graph, flow, demands } = u;
  const { ast } = u.c;
  graph.reset(fn.params.length);
  flow.beginFunction();
  u.assignments.beginFunction(fn.node);
  declareParameters(u, fn);
  const firstDemand = demands.length as DemandId;
  const outer = u.enter(fn.node);
  walkBlock(u, ast.bodyOf(fn.node), CF_START);
  u.levels = outer;
  if (u.c.behaviorOf[fn.node]! & Behavior.NEXT) flow.returnHere();
  const pointers = fn.params.map((param) => u.isFunctionPointer(param.type));
  flow.endFunction(fn.params.filter((_, i) => pointers[i]).map((param) => param.decl));
  graph.spread();
  reportBroken(u, id, firstDemand);
  // Nobody calls entry points.
  if (fn.stage !== undefined) u.summaries.push(undefined);
  else {
    budget.charge(fn.params.length * 48 + 64);
    u.summaries.push(summarize(graph, demands, firstDemand, pointers, fn.returnType !== VOID));
  }
}

/** One error for what is wrong with a call, though it may break several demands. */
function reportBroken(u: UniformityContext, id: FunctionId, first: DemandId): void {
  const { demands, graph } = u;
  let call: NodeId = NONE;
  let level: Level = Level.OFF;
  for (let d = first; d < demands.length; d++) {
    if (!demands.isBroken(d, graph.taints[demands.node(d)] as Taint)) continue;
    if (demands.call(d) === call && demands.level(d) <= level) continue;
    call = demands.call(d);
    level = demands.level(d);
    reportDemand(u, id, d);
  }
}

function declareParameters(u: UniformityContext, fn: FunctionInfo): void {
  for (const [i, param] of fn.params.entries()) {
    if (fn.stage !== undefined) declareInput(u, fn, i, param.decl);
    else if (u.isFunctionPointer(param.type)) u.flow.declare(param.decl, paramContents(i), NONE, paramOut(i));
    else u.flow.declare(param.decl, paramValue(i), NONE);
  }
}

/** A structure is as uniform as the least uniform of its members. */
function declareInput(u: UniformityContext, fn: FunctionInfo, index: number, variable: DeclId): void {
  const { graph, flow } = u;
  let taint: Taint = Taint.NOWHERE;
  for (const io of fn.inputs) {
    if (io.param === index) taint = Math.max(taint, inputTaint(io, fn.stage!)) as Taint;
  }
  if (taint === Taint.NOWHERE) {
    flow.declare(variable, CF_START, CF_START);
    return;
  }
  const input = graph.add(Role.INPUT, fn.params[index]!.node);
  graph.edge(input, taint === Taint.EVERYWHERE ? DIFFERS : DIFFERS_BETWEEN_SUBGROUPS);
  graph.edge(input, CF_START);
  flow.declare(variable, input, CF_START);
}
