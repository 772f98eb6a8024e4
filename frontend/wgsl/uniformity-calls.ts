/** Calls in the uniformity graph. @see https://www.w3.org/TR/WGSL/#uniformity-function-calls */
import { NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";
import { type DeclId, Form, type FunctionId } from "./sema.ts";
import { ACCESS, type TypeId, TypeKind } from "./types.ts";
import { Behaves, behavesOf } from "./uniformity-builtins.ts";
import type { UniformityContext } from "./uniformity-context.ts";
import { Level, type Scope, Scope as Scopes, type Tag } from "./uniformity-demands.ts";
import { contentsOf, walkExpression } from "./uniformity-expressions.ts";
import { DIFFERS_BETWEEN_SUBGROUPS, type GraphNode, Role, Taint } from "./uniformity-graph.ts";
import type { Flow, Summary } from "./uniformity-summary.ts";

/** @param load whether what the call points to is read: of calls, bufferView and bufferArrayView give pointers */
export function walkCall(u: UniformityContext, node: NodeId, cf: GraphNode, load: boolean): GraphNode {
  switch (u.c.formOf[node]) {
    case Form.CALL:
      return userCall(u, node, cf);
    case Form.BUILTIN:
      return builtinCall(u, node, cf);
    case Form.BUFFER_VIEW: {
      const place = allArguments(u, node, cf);
      return load ? u.graph.combine(contentsOf(u, node, cf), place, cf) : place;
    }
    default:
      return allArguments(u, node, cf);
  }
}

function allArguments(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const list = u.c.ast.argumentsOf(node);
  const n = u.c.ast.listLength(list);
  let all = cf;
  for (let i = 0; i < n; i++) all = u.graph.combine(all, walkExpression(u, u.c.ast.listItem(list, i), cf), cf);
  return all;
}

// Builtin functions.

function builtinCall(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { graph, demands, levels } = u;
  const behaves = behavesOf(u.c.targetOf[node]!);
  if (behaves === Behaves.SUBGROUP_SHIFT) return subgroupShift(u, node, cf);
  const values = allArguments(u, node, cf);
  switch (behaves) {
    case Behaves.BARRIER:
      demands.add(Scopes.WORKGROUP, Level.ERROR, cf, node, NONE);
      return cf;
    case Behaves.UNIFORM_LOAD:
      demands.add(Scopes.WORKGROUP, Level.ERROR, cf, node, NONE);
      demands.add(Scopes.WORKGROUP, Level.ERROR, values, node, 0);
      return values;
    case Behaves.DERIVATIVE:
      if (levels.derivative !== Level.OFF) demands.add(Scopes.WORKGROUP, levels.derivative, cf, node, NONE);
      return graph.source(Role.RESULT, node);
    case Behaves.SUBGROUP:
    case Behaves.SUBGROUP_UNIFORM: {
      if (levels.subgroup !== Level.OFF) demands.add(u.subgroupScope, levels.subgroup, cf, node, NONE);
      if (behaves === Behaves.SUBGROUP) return graph.source(Role.RESULT, node);
      const result = graph.add(Role.RESULT, node);
      graph.edge(result, values);
      graph.edge(result, DIFFERS_BETWEEN_SUBGROUPS);
      return result;
    }
    case Behaves.ATOMIC:
      return graph.source(Role.RESULT, node);
    case Behaves.TEXTURE_LOAD:
      return loadsWritable(u, node) ? graph.source(Role.RESULT, node) : values;
    default:
      return values;
  }
}

function subgroupShift(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  const list = ast.argumentsOf(node);
  walkExpression(u, ast.listItem(list, 0), cf);
  const shift = walkExpression(u, ast.listItem(list, 1), cf);
  const { subgroup } = u.levels;
  if (subgroup !== Level.OFF) {
    u.demands.add(u.subgroupScope, subgroup, cf, node, NONE);
    u.demands.add(u.subgroupScope, subgroup, shift, node, 1);
  }
  return u.graph.source(Role.RESULT, node);
}

/** Whether a textureLoad reads a texture that the shader may write too. */
function loadsWritable(u: UniformityContext, node: NodeId): boolean {
  const { ast, types } = u.c;
  const texture = u.c.used(ast.listItem(ast.argumentsOf(node), 0));
  return types.kind(texture) === TypeKind.texture && types.access(texture) === ACCESS.read_write;
}

// User-defined functions.

/** The arguments of a call, as nodes. */
interface Arguments {
  readonly values: readonly GraphNode[];
  /** what pointers to function-scope variables point to; NONE for others */
  readonly contents: readonly GraphNode[];
}

function userCall(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const summary = u.summaries[u.c.targetOf[node] as FunctionId];
  if (summary === undefined) return allArguments(u, node, cf);
  const args = walkArguments(u, node, cf);
  for (const scope of [Scopes.WORKGROUP, Scopes.SUBGROUP]) passOn(u, node, cf, args, summary, scope);
  const result = summary.result === undefined ? cf : applyFlow(u, summary.result, Role.CALL, node, cf, args, cf);
  writePointers(u, node, cf, args, summary);
  return result;
}

function walkArguments(u: UniformityContext, node: NodeId, cf: GraphNode): Arguments {
  const { ast } = u.c;
  const list = ast.argumentsOf(node);
  const n = ast.listLength(list);
  const values: GraphNode[] = [];
  for (let i = 0; i < n; i++) values.push(walkExpression(u, ast.listItem(list, i), cf));
  const contents: GraphNode[] = values.map((value, i) => {
    const argument = ast.listItem(list, i);
    return u.isFunctionPointer(u.c.used(argument) as TypeId) ? u.graph.combine(contentsOf(u, argument, cf), value, cf) : NONE;
  });
  return { values, contents };
}

/** The demands of the called function become demands on the call and its arguments. */
function passOn(u: UniformityContext, node: NodeId, cf: GraphNode, args: Arguments, summary: Summary, scope: Scope): void {
  const add = (tag: Tag | undefined, on: GraphNode, argument: number) => {
    if (tag !== undefined) u.demands.add(scope, u.demands.level(tag.demand), on, node, argument, tag);
  };
  add(summary.callSite[scope], cf, NONE);
  for (let i = 0; i < args.values.length; i++) {
    add(summary.values[2 * i + scope], args.values[i]!, i);
    if (args.contents[i] !== NONE) add(summary.contents[2 * i + scope], args.contents[i]!, i);
  }
}

/** What a value that the called function makes depends on here. @param start what it reaches anyway */
function applyFlow(
  u: UniformityContext,
  flow: Flow,
  source: Role,
  node: NodeId,
  cf: GraphNode,
  args: Arguments,
  start: GraphNode,
): GraphNode {
  const { graph } = u;
  if (flow.taint === Taint.EVERYWHERE) return graph.source(source, node);
  let value = start;
  for (const i of flow.values) value = graph.combine(value, args.values[i]!, cf);
  for (const i of flow.contents) value = graph.combine(value, args.contents[i]!, cf);
  if (flow.taint === Taint.NOWHERE) return graph.named(Role.THROUGH, node, value, cf);
  const result = graph.add(source, node);
  graph.edge(result, value);
  graph.edge(result, DIFFERS_BETWEEN_SUBGROUPS);
  return result;
}

/** Variables that pointer arguments point to have new values after the call. */
function writePointers(u: UniformityContext, node: NodeId, cf: GraphNode, args: Arguments, summary: Summary): void {
  const list = u.c.ast.argumentsOf(node);
  for (const [i, out] of summary.outs.entries()) {
    if (out === undefined) continue;
    const argument = u.c.ast.listItem(list, i);
    const variable: DeclId = u.variableOf(argument);
    if (variable === NONE) continue;
    let value = applyFlow(u, out, Role.CALL_OUT, node, cf, args, cf);
    if (u.isPartialView(argument)) value = u.graph.combine(value, u.flow.read(variable, cf), cf);
    u.flow.assign(variable, value, cf);
  }
}
