/**
 * What the callers of a function need to know of it: the tags of the specification. For each of two scopes at once: the graph is the same
 * but for what differs only between subgroups.
 * @see https://www.w3.org/TR/WGSL/#uniformity-function
 */
import { NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";
import { type DemandId, type Demands, Level, type Scope, Scope as Scopes, type Tag } from "./uniformity-demands.ts";
import {
  CF_START,
  type GraphNode,
  paramContents,
  paramOut,
  paramValue,
  type Role,
  Taint,
  type UniformityGraph,
  VALUE_RETURN,
} from "./uniformity-graph.ts";

/** Where a non-uniform value of a function comes from. */
export interface Origin {
  readonly role: Role;
  readonly node: NodeId;
}

/** What a value depends on that the callers know. */
export interface Flow {
  readonly taint: Taint;
  /** if tainted */
  readonly origin: Origin | undefined;
  /** positions of parameters whose values matter */
  readonly values: readonly number[];
  /** positions of pointer parameters where what they point to at the start matters */
  readonly contents: readonly number[];
  /** whether the control flow of the call matters */
  readonly controlled: boolean;
}

export interface Summary {
  /** by Scope */
  readonly callSite: readonly (Tag | undefined)[];
  /** by 2 * position + Scope */
  readonly values: readonly (Tag | undefined)[];
  readonly contents: readonly (Tag | undefined)[];
  /** of the result; undefined without one */
  readonly result: Flow | undefined;
  /** by position: what a pointer parameter points to in the end; undefined if it is what it was, or no pointer to a function's variable */
  readonly outs: readonly (Flow | undefined)[];
}

/** Reads the tags off a finished graph, after `spread`. @param firstDemand demands of this function start there */
export function summarize(
  graph: UniformityGraph,
  demands: Demands,
  firstDemand: number,
  pointers: readonly boolean[],
  hasResult: boolean,
): Summary {
  const count = pointers.length;
  const callSite: (Tag | undefined)[] = [undefined, undefined];
  const values: (Tag | undefined)[] = new Array(2 * count).fill(undefined);
  const contents: (Tag | undefined)[] = new Array(2 * count).fill(undefined);
  for (const scope of [Scopes.WORKGROUP, Scopes.SUBGROUP]) {
    graph.beginTraversal();
    for (const level of [Level.ERROR, Level.WARNING, Level.INFO]) traverseDemands(graph, demands, firstDemand, scope, level);
    callSite[scope] = tagAt(graph, CF_START);
    for (let i = 0; i < count; i++) {
      values[2 * i + scope] = tagAt(graph, paramValue(i));
      contents[2 * i + scope] = tagAt(graph, paramContents(i));
    }
  }
  const result = hasResult ? flowOf(graph, VALUE_RETURN, count) : undefined;
  const outs = pointers.map((isPointer, i) => (isPointer ? outOf(graph, i, count) : undefined));
  return { callSite, values, contents, result, outs };
}

/** Demands of one scope and severity that hold in this function by themselves; more severe ones have been traversed before. */
function traverseDemands(graph: UniformityGraph, demands: Demands, first: number, scope: Scope, level: Level): void {
  let end = 0;
  for (let d = first as DemandId; d < demands.length; d++) {
    if (demands.scope(d) !== scope || demands.level(d) !== level) continue;
    const node = demands.node(d);
    if (!demands.isBroken(d, graph.taints[node] as Taint)) end = graph.enqueue(node, d, end);
  }
  if (end > 0) graph.traverse(end);
}

function tagAt(graph: UniformityGraph, node: GraphNode): Tag | undefined {
  if (!graph.isReached(node)) return undefined;
  return { demand: graph.reachedFrom[node] as DemandId, control: graph.reachedThrough[node] as NodeId };
}

function flowOf(graph: UniformityGraph, node: GraphNode, paramCount: number): Flow {
  graph.reachFrom(node);
  const values: number[] = [];
  const contents: number[] = [];
  for (let i = 0; i < paramCount; i++) {
    if (graph.isReached(paramValue(i))) values.push(i);
    if (graph.isReached(paramContents(i))) contents.push(i);
  }
  const taint = graph.taints[node] as Taint;
  const origin = taint === Taint.NOWHERE ? undefined : originOf(graph, node);
  return { taint, origin, values, contents, controlled: graph.isReached(CF_START) };
}

function outOf(graph: UniformityGraph, index: number, paramCount: number): Flow | undefined {
  const flow = flowOf(graph, paramOut(index), paramCount);
  const isWhatItWas =
    flow.taint === Taint.NOWHERE && !flow.controlled && flow.values.length === 0 && flow.contents.every((from) => from === index);
  return isWhatItWas ? undefined : flow;
}

/** The last node on the way to non-uniformity. */
function originOf(graph: UniformityGraph, start: GraphNode): Origin {
  let node = start;
  for (;;) {
    const next = graph.hops[node] as GraphNode;
    if (graph.hops[next] === NONE) return { role: graph.roles[node] as Role, node: graph.origins[node] as NodeId };
    node = next;
  }
}
