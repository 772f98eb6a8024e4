/** What the parts of the uniformity analysis share while they walk a function. */
import type { Budget } from "../../support/column.ts";
import { Attribute, Kind, type NodeId } from "./ast.ts";
import type { CheckContext } from "./check-context.ts";
import { Roots } from "./roots.ts";
import type { DeclId, DiagnosticFilter } from "./sema.ts";
import { ACCESS, SPACE, type TypeId, TypeKind } from "./types.ts";
import { Assignments, functionVariable } from "./uniformity-assignments.ts";
import { Demands, Level, levelOf, type Scope } from "./uniformity-demands.ts";
import { VariableFlow } from "./uniformity-flow.ts";
import { UniformityGraph } from "./uniformity-graph.ts";
import type { Summary } from "./uniformity-summary.ts";

const EXPECTED_NODES = 256;

/** Severities of the two triggering rules. */
export interface Levels {
  derivative: Level;
  subgroup: Level;
}

export class UniformityContext {
  readonly c: CheckContext;
  readonly graph: UniformityGraph;
  readonly flow: VariableFlow;
  readonly demands: Demands;
  readonly roots: Roots;
  readonly assignments: Assignments;
  /** by FunctionId; undefined for functions that need none */
  readonly summaries: (Summary | undefined)[] = [];
  /** by DeclId: 1 for a `let` that points to a part of a variable */
  readonly isPartial: Uint8Array;
  /** of the demands of subgroup functions: the workgroup, where there is no language feature `subgroup_uniformity` */
  readonly subgroupScope: Scope;
  /** as the nearest filters around the walk set them */
  levels: Levels = { derivative: Level.ERROR, subgroup: Level.ERROR };

  constructor(c: CheckContext, filters: readonly DiagnosticFilter[], subgroupScope: Scope, budget: Budget) {
    this.c = c;
    this.graph = new UniformityGraph(budget, EXPECTED_NODES + (c.ast.length >> 4));
    this.flow = new VariableFlow(this.graph, c.declarations.length, budget);
    this.demands = new Demands(budget);
    this.roots = new Roots(c);
    this.subgroupScope = subgroupScope;
    this.assignments = new Assignments(c, this.roots, budget);
    budget.charge(c.declarations.length);
    this.isPartial = new Uint8Array(c.declarations.length);
    for (const { rule, severity } of filters) this.#setLevel(this.levels, rule, levelOf(severity));
  }

  /** Applies the filters that stand at a node. @returns the levels before, to be put back */
  enter(node: NodeId): Levels {
    const before = this.levels;
    const { ast } = this.c;
    const attributes = ast.attributesOf(node);
    const n = ast.listLength(attributes);
    if (n === 0) return before;
    const levels = { ...before };
    // Of several for one rule, which then agree, any will do.
    for (let i = 0; i < n; i++) {
      const at = ast.listItem(attributes, i);
      if (ast.kind(at) !== Kind.ATTRIBUTE || ast.attributeCode(at) !== Attribute.DIAGNOSTIC) continue;
      const names = ast.namesOf(at);
      if (ast.listLength(names) !== 2) continue;
      const word = (index: number) => this.c.text(ast.symbolOf(ast.listItem(names, index)));
      this.#setLevel(levels, word(1), levelOf(word(0)));
    }
    this.levels = levels;
    return before;
  }
  #setLevel(levels: Levels, rule: string, level: Level | undefined): void {
    if (level === undefined) return;
    if (rule === "derivative_uniformity") levels.derivative = level;
    else if (rule === "subgroup_uniformity") levels.subgroup = level;
  }

  isPointer(type: TypeId): boolean {
    return this.c.types.kind(type) === TypeKind.ptr;
  }
  /** Whether this is a pointer to a function-scope variable. */
  isFunctionPointer(type: TypeId): boolean {
    return this.isPointer(type) && this.c.types.space(type) === SPACE.function;
  }
  /** Whether some invocation may write what a pointer or reference of this type gives. */
  isWritable(type: TypeId): boolean {
    return this.c.types.access(type) !== ACCESS.read;
  }

  /** Whether an expression gives only part of the variable that it is rooted in. */
  isPartialView(expression: NodeId): boolean {
    const { ast } = this.c;
    let node = expression;
    while (ast.kind(node) === Kind.UNARY) node = ast.operandOf(node);
    if (ast.kind(node) !== Kind.IDENT) return true;
    return this.isPartial[this.c.targetOf[node]!] === 1;
  }
  variableOf(expression: NodeId): DeclId {
    return functionVariable(this.c, this.roots, expression);
  }
}
