/**
 * What must be uniform, as rows of integers: one per collective builtin call, and per call of a function that has passed such a demand on.
 * Rows stay for the whole module, so that an error can tell the way from a call down to the builtin.
 * @see https://www.w3.org/TR/WGSL/#uniformity-function-calls
 */
import { type Budget, I32Column } from "../../support/column.ts";
import type { Severity } from "../../support/diagnostic.ts";
import { type Id, NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";
import type { GraphNode, Taint } from "./uniformity-graph.ts";
import { Taint as Taints } from "./uniformity-graph.ts";

export type DemandId = Id<"demand">;

/** Within what invocations must agree. */
export const Scope = { WORKGROUP: 0, SUBGROUP: 1 } as const;
export type Scope = (typeof Scope)[keyof typeof Scope];

/** From least to most; OFF demands nothing. */
export const Level = { OFF: 0, INFO: 1, WARNING: 2, ERROR: 3 } as const;
export type Level = (typeof Level)[keyof typeof Level];
const SEVERITIES: readonly Severity[] = ["info", "info", "warning", "error"];
const LEVELS: Readonly<Record<string, Level>> = { off: Level.OFF, info: Level.INFO, warning: Level.WARNING, error: Level.ERROR };
/** @returns undefined for what is no severity */
export const levelOf = (name: string): Level | undefined => (Object.hasOwn(LEVELS, name) ? LEVELS[name] : undefined);
export const severityOf = (level: Level): Severity => SEVERITIES[level]!;

/** What of an argument is meant. */
export const Part = { VALUE: 0, CONTENTS: 1 } as const;

const packKind = (scope: Scope, level: Level) => scope | (level << 1);

/** A demand that a function passes on to its callers, and the statement in it that makes the demand depend on them, or NONE. */
export interface Tag {
  readonly demand: DemandId;
  readonly control: NodeId;
}

/** words per row: kind, node, call, argument, through, control */
const ROW = 6;

export class Demands {
  readonly #rows: I32Column;

  constructor(budget: Budget) {
    this.#rows = new I32Column(budget);
  }

  get length(): number {
    return this.#rows.length / ROW;
  }

  /**
   * @param node what must be uniform, in the graph of the function
   * @param call the CALL that wants it @param argument NONE if the call itself must be in uniform control flow
   * @param through what the called function passes on, if it is user-defined
   */
  add(scope: Scope, level: Level, node: GraphNode, call: NodeId, argument: number, through?: Tag): void {
    const rows = this.#rows;
    rows.push(packKind(scope, level));
    rows.push(node);
    rows.push(call);
    rows.push(argument);
    rows.push(through?.demand ?? NONE);
    rows.push(through?.control ?? NONE);
  }

  scope(d: DemandId): Scope {
    return (this.#rows.get(d * ROW) & 1) as Scope;
  }
  level(d: DemandId): Level {
    return (this.#rows.get(d * ROW) >> 1) as Level;
  }
  node(d: DemandId): GraphNode {
    return this.#rows.get(d * ROW + 1) as GraphNode;
  }
  call(d: DemandId): NodeId {
    return this.#rows.get(d * ROW + 2) as NodeId;
  }
  argument(d: DemandId): number {
    return this.#rows.get(d * ROW + 3);
  }
  /** In the called function; NONE if a builtin function is called. */
  through(d: DemandId): DemandId {
    return this.#rows.get(d * ROW + 4) as DemandId;
  }
  /** Statement in the called function by which its demand came to depend on what this one is about, or NONE. */
  control(d: DemandId): NodeId {
    return this.#rows.get(d * ROW + 5) as NodeId;
  }
  /** Whether something non-uniform as far as `taint` says breaks the demand. */
  isBroken(d: DemandId, taint: Taint): boolean {
    return taint === Taints.EVERYWHERE || (taint === Taints.BETWEEN_SUBGROUPS && this.scope(d) === Scope.WORKGROUP);
  }
}
