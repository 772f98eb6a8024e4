/**
 * The value of each function-scope variable at the point that the walk has reached, as a node of the graph, and the joins where control flow
 * meets. What a pointer parameter points to is such a variable too.
 *
 * Linear by this: branches keep a log of what they assign, so that a join costs as much as the branch did; and a value gets its edge to a
 * `break`, `continue` or `return` not there but when it is replaced, once, if there was one while it was current.
 * @see https://www.w3.org/TR/WGSL/#func-var-value-analysis
 */
import { type Budget, I32Column } from "../../support/column.ts";
import { NONE } from "../../support/id.ts";
import type { DeclId } from "./sema.ts";
import { type GraphNode, Role, type UniformityGraph } from "./uniformity-graph.ts";

/** A loop or switch that the walk is in. */
interface Construct {
  readonly id: number;
  readonly isLoop: boolean;
  /** what it assigns of the variables declared before it: entries in `members` */
  readonly first: number;
  readonly count: number;
  readonly outer: Construct | undefined;
  readonly outerLoop: Construct | undefined;
  /** variables with a node in `next` */
  readonly continued: DeclId[];
  /** times of the last jumps to it */
  lastBreak: number;
  lastContinue: number;
}

/** A branch that the walk is in. */
export interface Branch {
  readonly logStart: number;
  readonly outer: number;
}

const COLUMNS = 13;
const CHANGE = 3;
const LOG = 4;
const MEMBER = 6;

export class VariableFlow {
  readonly #graph: UniformityGraph;
  // By DeclId. The current value, and the control flow it was made under if the value reaches that by itself, else NONE. Equal: the value
  // is as uniform as control flow is.
  readonly #value: Int32Array;
  readonly #under: Int32Array;
  /** time from which on the value has been current without interruption */
  readonly #since: Int32Array;
  /** innermost branch that has logged the variable */
  readonly #logged: Int32Array;
  // Nodes that join the values at breaks and continues of the constructs `…Of`.
  readonly #exit: Int32Array;
  readonly #exitOf: Int32Array;
  readonly #next: Int32Array;
  readonly #nextOf: Int32Array;
  /** node that joins the values at returns, of pointer parameters */
  readonly #out: Int32Array;
  // The last read: its node, the control flow and the value it was of.
  readonly #readNode: Int32Array;
  readonly #readUnder: Int32Array;
  readonly #readOf: Int32Array;
  readonly #slot: Int32Array;

  /** variable, value, under, logged: as they were before the current branches */
  readonly #log: I32Column;
  /** variable, value, under: what finished branches have assigned */
  readonly #changes: I32Column;
  /** variable, phi, exit, exitOf, next, nextOf: of the constructs around, with what held outside of them */
  readonly #members: I32Column;
  #construct: Construct | undefined;
  #loop: Construct | undefined;
  #branch = 0;
  #lastBranch = 0;
  #lastConstruct = 0;
  #time = 0;
  #lastReturn = -1;

  constructor(graph: UniformityGraph, declarationCount: number, budget: Budget) {
    this.#graph = graph;
    budget.charge(declarationCount * 4 * COLUMNS);
    // One block: a module is often small, and each allocation costs more than filling it.
    const block = new Int32Array(declarationCount * COLUMNS).fill(NONE);
    let next = 0;
    const column = () => {
      next += declarationCount;
      return block.subarray(next - declarationCount, next);
    };
    this.#value = column();
    this.#under = column();
    this.#since = column();
    this.#logged = column();
    this.#exit = column();
    this.#exitOf = column();
    this.#next = column();
    this.#nextOf = column();
    this.#out = column();
    this.#readNode = column();
    this.#readUnder = column();
    this.#readOf = column();
    this.#slot = column();
    this.#log = new I32Column(budget);
    this.#changes = new I32Column(budget);
    this.#members = new I32Column(budget);
  }

  beginFunction(): void {
    this.#log.length = 0;
    this.#changes.length = 0;
    this.#lastReturn = -1;
    this.#branch = ++this.#lastBranch;
  }

  /** A variable or value comes into being. @param under as it is for `assign` @param out node that joins its values at returns, or NONE */
  declare(variable: DeclId, value: GraphNode, under: GraphNode, out: GraphNode = NONE): void {
    this.#value[variable] = value;
    this.#under[variable] = under;
    this.#since[variable] = this.#time + 1;
    this.#logged[variable] = this.#branch;
    this.#out[variable] = out;
    // What continues the loop around can see it, if it is declared in the loop's own block.
    this.#next[variable] = NONE;
    this.#nextOf[variable] = this.#loop?.id ?? NONE;
  }
  /** @param under control flow that `value` was made under and reaches, or NONE */
  assign(variable: DeclId, value: GraphNode, under: GraphNode): void {
    this.#close(variable);
    this.#replace(variable, value, under);
  }
  /** The node of the current value itself. */
  valueOf(variable: DeclId): GraphNode {
    return this.#value[variable] as GraphNode;
  }
  /** The value as read under `cf`, which it reaches. */
  read(variable: DeclId, cf: GraphNode): GraphNode {
    const value = this.#value[variable] as GraphNode;
    const under = this.#under[variable];
    // Control flow reaches all control flow before it.
    if (value === under || value === cf) return cf;
    if (under === cf || this.#graph.isKnown(value)) return value;
    if (this.#readOf[variable] === value && this.#readUnder[variable] === cf) return this.#readNode[variable] as GraphNode;
    const node = this.#graph.pair(value, cf);
    this.#readOf[variable] = value;
    this.#readUnder[variable] = cf;
    this.#readNode[variable] = node;
    return node;
  }

  #replace(variable: DeclId, value: GraphNode, under: GraphNode): void {
    if (this.#logged[variable] !== this.#branch) {
      this.#log.push(variable);
      this.#log.push(this.#value[variable]!);
      this.#log.push(this.#under[variable]!);
      this.#log.push(this.#logged[variable]!);
      this.#logged[variable] = this.#branch;
    }
    this.#value[variable] = value;
    this.#under[variable] = under;
    this.#since[variable] = this.#time + 1;
  }
  /** The current value ends: gives it its edges from where jumps have taken it. */
  #close(variable: DeclId): void {
    const since = this.#since[variable]!;
    const construct = this.#construct;
    if (construct !== undefined && construct.lastBreak >= since && this.#exitOf[variable] === construct.id)
      this.#joinAt(this.#exit, variable);
    const loop = this.#loop;
    if (loop !== undefined && loop.lastContinue >= since && this.#nextOf[variable] === loop.id) {
      if (this.#next[variable] === NONE) loop.continued.push(variable);
      this.#joinAt(this.#next, variable);
    }
    const out = this.#out[variable] as GraphNode;
    if (this.#lastReturn >= since && out !== NONE) this.#graph.edge(out, this.#value[variable] as GraphNode);
    this.#since[variable] = this.#time + 1;
  }
  #joinAt(column: Int32Array, variable: DeclId): void {
    if (column[variable] === NONE) column[variable] = this.#graph.add(Role.VALUE, NONE);
    this.#graph.edge(column[variable] as GraphNode, this.#value[variable] as GraphNode);
  }

  // Branches.

  openBranch(): Branch {
    const branch = { logStart: this.#log.length, outer: this.#branch };
    this.#branch = ++this.#lastBranch;
    return branch;
  }
  /** Takes back what the branch has assigned. @param keep whether control leaves its end, and what it assigned is to be joined */
  closeBranch(branch: Branch, keep: boolean): void {
    const log = this.#log;
    this.#branch = branch.outer;
    for (let at = log.length - LOG; at >= branch.logStart; at -= LOG) {
      const variable = log.get(at) as DeclId;
      this.#close(variable);
      if (keep) {
        this.#changes.push(variable);
        this.#changes.push(this.#value[variable]!);
        this.#changes.push(this.#under[variable]!);
      }
      this.#value[variable] = log.get(at + 1);
      this.#under[variable] = log.get(at + 2);
      this.#logged[variable] = log.get(at + 3);
    }
    log.length = branch.logStart;
  }
  /** Where the changes of branches that close from now on begin: for `join`. */
  changesStart(): number {
    return this.#changes.length;
  }
  /**
   * Joins two branches whose changes are [first, second) and from `second` on.
   * @param firstNext whether control leaves the end of the first @param cf control flow after them
   */
  join(first: number, second: number, firstNext: boolean, secondNext: boolean, cf: GraphNode): void {
    const changes = this.#changes;
    const end = changes.length;
    if (end === first) return;
    if (firstNext && secondNext) this.#joinBoth(first, second, end, cf);
    else this.#takeOver(first, end);
    changes.length = first;
  }
  #takeOver(first: number, end: number): void {
    for (let at = first; at < end; at += CHANGE) {
      const variable = this.#changes.get(at) as DeclId;
      this.assign(variable, this.#changes.get(at + 1) as GraphNode, this.#changes.get(at + 2) as GraphNode);
    }
  }
  #joinBoth(first: number, second: number, end: number, cf: GraphNode): void {
    const changes = this.#changes;
    for (let at = first; at < second; at += CHANGE) this.#slot[changes.get(at)] = at;
    for (let at = second; at < end; at += CHANGE) {
      const variable = changes.get(at) as DeclId;
      const other = this.#slot[variable]!;
      this.#slot[variable] = NONE;
      this.#joinOne(variable, at, other, cf);
    }
    for (let at = first; at < second; at += CHANGE) {
      const variable = changes.get(at) as DeclId;
      if (this.#slot[variable] === NONE) continue;
      this.#slot[variable] = NONE;
      this.#joinOne(variable, at, NONE, cf);
    }
  }
  /** Joins a change with another, or with what the variable was before if `other` is NONE. */
  #joinOne(variable: DeclId, change: number, other: number, cf: GraphNode): void {
    const changes = this.#changes;
    const a = changes.get(change + 1) as GraphNode;
    const aUnder = changes.get(change + 2);
    const b = (other === NONE ? this.#value[variable] : changes.get(other + 1)) as GraphNode;
    const bUnder = other === NONE ? this.#under[variable] : changes.get(other + 2);
    // What it was before was made under control flow that `cf` reaches; what a branch gave it may not have been.
    const isAsControl = a === cf && aUnder === cf && b === bUnder && (other === NONE || bUnder === cf);
    if (isAsControl) this.assign(variable, cf, cf);
    else if (a === b) this.assign(variable, a, NONE);
    else this.assign(variable, this.#graph.pair(a, b), NONE);
  }

  // Loops and switches.

  /** @param assigned the variables declared before the loop that it assigns, each once */
  enterLoop(assigned: readonly DeclId[]): void {
    const first = this.#members.length;
    for (const variable of assigned) {
      this.#close(variable);
      const phi = this.#graph.add(Role.VALUE, NONE);
      this.#graph.edge(phi, this.#value[variable] as GraphNode);
      this.#replace(variable, phi, NONE);
      this.#pushMember(variable, phi);
    }
    this.#push(first, assigned.length, true);
  }
  enterSwitch(assigned: readonly DeclId[]): void {
    const first = this.#members.length;
    for (const variable of assigned) {
      this.#close(variable);
      this.#pushMember(variable, NONE);
    }
    this.#push(first, assigned.length, false);
  }
  #pushMember(variable: DeclId, phi: GraphNode): void {
    const members = this.#members;
    members.push(variable);
    members.push(phi);
    members.push(this.#exit[variable]!);
    members.push(this.#exitOf[variable]!);
    members.push(this.#next[variable]!);
    members.push(this.#nextOf[variable]!);
  }
  #push(first: number, count: number, isLoop: boolean): void {
    const id = ++this.#lastConstruct;
    const construct: Construct = {
      id,
      isLoop,
      first,
      count,
      outer: this.#construct,
      outerLoop: this.#loop,
      continued: [],
      lastBreak: -1,
      lastContinue: -1,
    };
    for (let i = 0, at = first; i < count; i++, at += MEMBER) {
      const variable = this.#members.get(at);
      this.#exit[variable] = NONE;
      this.#exitOf[variable] = id;
      if (!isLoop) continue;
      this.#next[variable] = NONE;
      this.#nextOf[variable] = id;
    }
    this.#construct = construct;
    if (isLoop) this.#loop = construct;
  }

  breakHere(): void {
    if (this.#construct !== undefined) this.#construct.lastBreak = ++this.#time;
  }
  continueHere(): void {
    if (this.#loop !== undefined) this.#loop.lastContinue = ++this.#time;
  }
  returnHere(): void {
    this.#lastReturn = ++this.#time;
  }

  /** The walk goes from the end of a loop's body to what continues it. @param fallsThrough whether control reaches the end of the body */
  toContinuing(fallsThrough: boolean): void {
    // Others had one value at all continues, which they still have.
    for (const variable of this.#loop!.continued) {
      this.#close(variable);
      const node = this.#next[variable] as GraphNode;
      if (fallsThrough) this.#graph.edge(node, this.#value[variable] as GraphNode);
      this.#replace(variable, node, NONE);
    }
  }
  /** Control goes back to the start of the loop. */
  backEdge(): void {
    const loop = this.#loop!;
    for (let i = 0, at = loop.first; i < loop.count; i++, at += MEMBER) {
      this.#graph.edge(this.#members.get(at + 1) as GraphNode, this.#value[this.#members.get(at)] as GraphNode);
    }
  }
  /** Leaves the innermost loop or switch: variables have the values that its breaks gave them. */
  leave(): void {
    const construct = this.#construct!;
    const members = this.#members;
    for (let i = 0, at = construct.first; i < construct.count; i++, at += MEMBER) {
      const variable = members.get(at) as DeclId;
      this.#close(variable);
      const exit = this.#exit[variable] as GraphNode;
      this.#exit[variable] = members.get(at + 2);
      this.#exitOf[variable] = members.get(at + 3);
      if (construct.isLoop) {
        this.#next[variable] = members.get(at + 4);
        this.#nextOf[variable] = members.get(at + 5);
      }
      if (exit !== NONE) this.#replace(variable, exit, NONE);
    }
    members.length = construct.first;
    this.#construct = construct.outer;
    this.#loop = construct.outerLoop;
  }

  /** The function ends: what pointer parameters point to gets its last edges. */
  endFunction(pointers: readonly DeclId[]): void {
    for (const pointer of pointers) this.#close(pointer);
  }
}
