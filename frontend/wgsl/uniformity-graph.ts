/**
 * The graph of one function that the uniformity analysis builds: an edge from X to Y says that X is uniform only if Y is.
 * Integer columns, used again for each function. Nodes that could add nothing are not made: a value that depends on nothing but the control
 * flow it is computed in is that control flow's node, and so most uniform code leaves no trace.
 * @see https://www.w3.org/TR/WGSL/#uniformity-function
 */
import type { Budget } from "../../support/column.ts";
import { type Id, NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";

export type GraphNode = Id<"uniformity node">;
const graphNode = (n: number) => n as GraphNode;

/** MayBeNonUniform: what reaches it may differ within a subgroup, or only between the subgroups of a workgroup. */
export const DIFFERS = graphNode(0);
export const DIFFERS_BETWEEN_SUBGROUPS = graphNode(1);
export const CF_START = graphNode(2);
export const VALUE_RETURN = graphNode(3);
const FIRST_PARAM = 4;
/** A parameter's value; what it points to when the function starts; what it points to when the function returns. */
export const paramValue = (index: number): GraphNode => graphNode(FIRST_PARAM + 3 * index);
export const paramContents = (index: number): GraphNode => graphNode(FIRST_PARAM + 3 * index + 1);
export const paramOut = (index: number): GraphNode => graphNode(FIRST_PARAM + 3 * index + 2);

/** What a node is to the reader of an error. */
export const Role = {
  VALUE: 0,
  /** control flow in a branch or loop. origin: the IF, SWITCH, WHILE, FOR, BREAK_IF or BINARY; `under`: control flow that it starts from */
  CONTROL: 1,
  /** value given by the LET, VAR or assignment that is the origin */
  NAMED: 2,
  /** result of the user-defined function called by origin, as far as it follows from the arguments */
  THROUGH: 3,
  // Origins of non-uniformity from here on: their one edge goes to DIFFERS or DIFFERS_BETWEEN_SUBGROUPS.
  /** IDENT or CALL that reads a variable of the module */
  READ: 4,
  /** PARAM of an entry point */
  INPUT: 5,
  /** CALL of a builtin function */
  RESULT: 6,
  /** CALL of a user-defined function: its result */
  CALL: 7,
  /** CALL of a user-defined function: what it leaves in the memory that a pointer argument gives */
  CALL_OUT: 8,
} as const;
export type Role = (typeof Role)[keyof typeof Role];

/** Where a node may be non-uniform. Ordered. */
export const Taint = { NOWHERE: 0, BETWEEN_SUBGROUPS: 1, EVERYWHERE: 2 } as const;
export type Taint = (typeof Taint)[keyof typeof Taint];

const BYTES_PER_NODE = 4 * 4 + 2;
const BYTES_PER_TRAVERSED = 5 * 4;
const BYTES_PER_EDGE = 4 * 4;

export class UniformityGraph {
  readonly #budget: Budget;
  /** number of nodes */
  length = 0;
  roles = new Uint8Array(0);
  origins = new Int32Array(0);
  under = new Int32Array(0);
  /** Taint: while the graph is built what is known so far, after `spread` all of it */
  taints = new Uint8Array(0);
  /** after `spread`: the next node on the shortest way to non-uniformity, NONE if there is none */
  hops = new Int32Array(0);
  #firstOut = new Int32Array(0);
  #firstIn = new Int32Array(0);
  #edges = 0;
  #from = new Int32Array(0);
  #to = new Int32Array(0);
  #nextOut = new Int32Array(0);
  #nextIn = new Int32Array(0);
  /** nodes of the last traversals, in the order they were reached */
  queue = new Int32Array(0);
  /** per node: whether, from which start and through which CONTROL the current traversals reached it */
  #reachedIn = new Int32Array(0);
  reachedFrom = new Int32Array(0);
  reachedThrough = new Int32Array(0);
  #traversal = 0;

  /** @param expected number of nodes to make room for */
  constructor(budget: Budget, expected: number) {
    this.#budget = budget;
    this.#growNodes(expected);
    this.#growEdges(2 * expected);
  }

  /** Empties the graph, but for the special nodes. */
  reset(paramCount: number): void {
    this.length = 0;
    this.#edges = 0;
    for (let i = 0; i < FIRST_PARAM + 3 * paramCount; i++) this.add(Role.VALUE, NONE);
    this.taints[DIFFERS] = Taint.EVERYWHERE;
  }

  add(role: Role, origin: NodeId, under: GraphNode = NONE): GraphNode {
    const node = this.length;
    if (node === this.roles.length) this.#growNodes(2 * node);
    this.roles[node] = role;
    this.origins[node] = origin;
    this.under[node] = under;
    this.taints[node] = Taint.NOWHERE;
    this.#firstOut[node] = NONE;
    this.#firstIn[node] = NONE;
    this.length = node + 1;
    return graphNode(node);
  }

  edge(from: GraphNode, to: GraphNode): void {
    if (from === to) return;
    const edge = this.#edges;
    if (edge === this.#from.length) this.#growEdges(2 * edge);
    this.#from[edge] = from;
    this.#to[edge] = to;
    this.#nextOut[edge] = this.#firstOut[from]!;
    this.#firstOut[from] = edge;
    this.#nextIn[edge] = this.#firstIn[to]!;
    this.#firstIn[to] = edge;
    this.#edges = edge + 1;
    if (this.taints[to] === Taint.EVERYWHERE) this.taints[from] = Taint.EVERYWHERE;
  }

  /** True if the node is already known to be non-uniform in every scope: no edge from it can tell more. */
  isKnown(node: GraphNode): boolean {
    return this.taints[node] === Taint.EVERYWHERE;
  }
  /** A value that may be non-uniform by itself. */
  source(role: Role, origin: NodeId): GraphNode {
    const node = this.add(role, origin);
    this.edge(node, DIFFERS);
    return node;
  }
  /** A value made from two. Both must reach `cf`, the control flow they are computed in, or be non-uniform everywhere. */
  combine(a: GraphNode, b: GraphNode, cf: GraphNode): GraphNode {
    if (a === b || b === cf) return a;
    if (a === cf) return b;
    if (this.isKnown(a)) return a;
    return this.isKnown(b) ? b : this.pair(a, b);
  }
  pair(a: GraphNode, b: GraphNode): GraphNode {
    const node = this.add(Role.VALUE, NONE);
    this.edge(node, a);
    this.edge(node, b);
    return node;
  }
  /** Control flow that `condition`, evaluated under `cf`, decides about at a statement or short-circuiting operator. */
  control(origin: NodeId, condition: GraphNode, cf: GraphNode): GraphNode {
    if (condition === cf) return cf;
    const node = this.add(Role.CONTROL, origin, cf);
    this.edge(node, condition);
    return node;
  }
  /** `value` under a name that an error can mention. */
  named(role: Role, origin: NodeId, value: GraphNode, cf: GraphNode): GraphNode {
    if (value === cf) return cf;
    const node = this.add(role, origin);
    this.edge(node, value);
    return node;
  }

  /** Marks what may be non-uniform, backwards from the two DIFFERS nodes, with the shortest ways there. */
  spread(): void {
    this.#prepare();
    this.#spreadFrom(DIFFERS, Taint.EVERYWHERE);
    this.#spreadFrom(DIFFERS_BETWEEN_SUBGROUPS, Taint.BETWEEN_SUBGROUPS);
  }
  #spreadFrom(start: GraphNode, taint: Taint): void {
    const { queue, hops, taints } = this;
    let end = 0;
    queue[end++] = start;
    taints[start] = taint;
    hops[start] = start;
    for (let at = 0; at < end; at++) {
      const node = queue[at]!;
      for (let edge = this.#firstIn[node]!; edge !== NONE; edge = this.#nextIn[edge]!) {
        const from = this.#from[edge]!;
        if (hops[from] !== NONE) continue;
        hops[from] = node;
        taints[from] = taint;
        queue[end++] = from;
      }
    }
    hops[start] = NONE;
  }

  /** Begins traversals that share what they have visited. */
  beginTraversal(): void {
    this.#traversal++;
  }
  /** Whether a traversal since beginTraversal came to the node. */
  isReached(node: GraphNode): boolean {
    return this.#reachedIn[node] === this.#traversal;
  }
  /**
   * Queues a start for `traverse`, at queue[end].
   * @param start number to be found in `reachedFrom` of whatever is reached from it
   * @returns the new end
   */
  enqueue(node: GraphNode, start: number, end: number): number {
    if (this.#reachedIn[node] === this.#traversal) return end;
    this.#reachedIn[node] = this.#traversal;
    this.reachedFrom[node] = start;
    this.reachedThrough[node] = this.roles[node] === Role.CONTROL ? this.origins[node]! : NONE;
    this.queue[end] = node;
    return end + 1;
  }
  /** Visits everything reachable from queue[0..end). */
  traverse(end: number): void {
    const { queue } = this;
    for (let at = 0; at < end; at++) {
      const node = queue[at]!;
      for (let edge = this.#firstOut[node]!; edge !== NONE; edge = this.#nextOut[edge]!) {
        const to = this.#to[edge]!;
        if (this.#reachedIn[to] === this.#traversal) continue;
        this.#reachedIn[to] = this.#traversal;
        this.reachedFrom[to] = this.reachedFrom[node]!;
        this.reachedThrough[to] = this.roles[to] === Role.CONTROL ? this.origins[to]! : this.reachedThrough[node]!;
        queue[end++] = to;
      }
    }
  }
  /** Traverses from one node alone. */
  reachFrom(node: GraphNode): void {
    this.beginTraversal();
    this.traverse(this.enqueue(node, NONE, 0));
  }

  #growNodes(capacity: number): void {
    this.#budget.charge((capacity - this.roles.length) * BYTES_PER_NODE);
    const bytes = new Uint8Array(2 * capacity);
    this.roles = moved(this.roles, bytes, 0, capacity);
    this.taints = moved(this.taints, bytes, 1, capacity);
    const block = new Int32Array(4 * capacity);
    this.origins = moved(this.origins, block, 0, capacity);
    this.under = moved(this.under, block, 1, capacity);
    this.#firstOut = moved(this.#firstOut, block, 2, capacity);
    this.#firstIn = moved(this.#firstIn, block, 3, capacity);
  }
  /** Makes room for traversals of the graph as it is. */
  #prepare(): void {
    if (this.queue.length < this.length) {
      const capacity = this.roles.length;
      this.#budget.charge((capacity - this.queue.length) * BYTES_PER_TRAVERSED);
      const block = new Int32Array(5 * capacity);
      const column = (position: number) => block.subarray(position * capacity, (position + 1) * capacity);
      this.queue = column(0);
      this.hops = column(1);
      this.#reachedIn = column(2);
      this.reachedFrom = column(3);
      this.reachedThrough = column(4);
    }
    this.hops.fill(NONE, 0, this.length);
  }
  #growEdges(capacity: number): void {
    this.#budget.charge((capacity - this.#from.length) * BYTES_PER_EDGE);
    const block = new Int32Array(4 * capacity);
    this.#from = moved(this.#from, block, 0, capacity);
    this.#to = moved(this.#to, block, 1, capacity);
    this.#nextOut = moved(this.#nextOut, block, 2, capacity);
    this.#nextIn = moved(this.#nextIn, block, 3, capacity);
  }
}

/** The column at `position` of a block of columns, with what the column held before. One allocation costs less than many. */
function moved<T extends Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>(column: T, block: T, position: number, capacity: number): T {
  const next = block.subarray(position * capacity, (position + 1) * capacity) as T;
  next.set(column);
  return next;
}
