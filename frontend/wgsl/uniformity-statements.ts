/**
 * Statements in the uniformity graph: each takes the node of control flow before it and gives that of control flow after it.
 * Recursion is bounded by the parser's limit on the nesting of statements.
 * @see https://www.w3.org/TR/WGSL/#uniformity-statements
 */
import { NONE } from "../../support/id.ts";
import { Kind, type NodeId } from "./ast.ts";
import { Behavior, type DeclId } from "./sema.ts";
import type { UniformityContext } from "./uniformity-context.ts";
import { walkExpression, walkPlace } from "./uniformity-expressions.ts";
import { type GraphNode, Role, VALUE_RETURN } from "./uniformity-graph.ts";

const { NEXT, CONTINUE, RETURN } = Behavior;

const behavior = (u: UniformityContext, node: NodeId): number => u.c.behaviorOf[node]!;

/** @returns control flow after the block, or where it ends if nothing comes after it */
export function walkBlock(u: UniformityContext, block: NodeId, cf: GraphNode): GraphNode {
  const outer = u.enter(block);
  const after = statements(u, block, cf);
  u.levels = outer;
  return after;
}

function statements(u: UniformityContext, block: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  const list = ast.statementsOf(block);
  const n = ast.listLength(list);
  let at = cf;
  for (let i = 0; i < n; i++) {
    const node = ast.listItem(list, i);
    at = statement(u, node, at);
    // What follows cannot be reached and does not count.
    if ((behavior(u, node) & NEXT) === 0) break;
  }
  return at;
}

function statement(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  switch (ast.kind(node)) {
    case Kind.BLOCK:
      return walkBlock(u, node, cf);
    case Kind.IF:
      return filtered(u, node, cf, ifStatement);
    case Kind.SWITCH:
      return filtered(u, node, cf, switchStatement);
    case Kind.LOOP:
      return filtered(u, node, cf, loopStatement);
    case Kind.WHILE:
    case Kind.FOR:
      return filtered(u, node, cf, conditionLoop);
    case Kind.BREAK:
      u.flow.breakHere();
      return cf;
    case Kind.CONTINUE:
      u.flow.continueHere();
      return cf;
    case Kind.RETURN: {
      const value = ast.returnValueOf(node);
      if (value !== NONE) u.graph.edge(VALUE_RETURN, walkExpression(u, value, cf));
      u.flow.returnHere();
      return cf;
    }
    default:
      simpleStatement(u, node, cf);
      return cf;
  }
}

function filtered(
  u: UniformityContext,
  node: NodeId,
  cf: GraphNode,
  walk: (u: UniformityContext, node: NodeId, cf: GraphNode) => GraphNode,
): GraphNode {
  const outer = u.enter(node);
  const after = walk(u, node, cf);
  u.levels = outer;
  return after;
}

// Values.

function simpleStatement(u: UniformityContext, node: NodeId, cf: GraphNode): void {
  const { ast } = u.c;
  switch (ast.kind(node)) {
    case Kind.VAR: {
      const initializer = ast.initializerOf(node);
      const value = initializer === NONE ? cf : walkExpression(u, initializer, cf);
      u.flow.declare(u.c.targetOf[node] as DeclId, u.graph.named(Role.NAMED, node, value, cf), cf);
      return;
    }
    case Kind.LET: {
      const initializer = ast.initializerOf(node);
      const id = u.c.targetOf[node] as DeclId;
      const value = walkExpression(u, initializer, cf);
      if (u.isPointer(u.c.declarations[id]!.type)) u.isPartial[id] = u.isPartialView(initializer) ? 1 : 0;
      u.flow.declare(id, u.graph.named(Role.NAMED, node, value, cf), cf);
      return;
    }
    case Kind.ASSIGN:
    case Kind.COMPOUND_ASSIGN:
    case Kind.INCREMENT:
    case Kind.DECREMENT:
      return assignment(u, node, cf);
    case Kind.PHONY_ASSIGN:
      walkExpression(u, ast.rightOf(node), cf);
      return;
    case Kind.CALL_STATEMENT:
      walkExpression(u, ast.callOf(node), cf);
      return;
  }
}

/** `x += e` is `x = x + e` with the place evaluated once, and `x++` is `x += 1`. */
function assignment(u: UniformityContext, node: NodeId, cf: GraphNode): void {
  const { graph } = u;
  const { ast } = u.c;
  const kind = ast.kind(node);
  const left = ast.leftOf(node);
  const variable = u.variableOf(left);
  let value = walkPlace(u, left, cf);
  // What is read of the left side is read before the right side is evaluated, which may write it through a pointer.
  if (kind !== Kind.ASSIGN && variable !== NONE) value = graph.combine(value, u.flow.read(variable, cf), cf);
  if (kind === Kind.ASSIGN || kind === Kind.COMPOUND_ASSIGN) value = graph.combine(value, walkExpression(u, ast.rightOf(node), cf), cf);
  if (variable === NONE) return;
  if (u.isPartialView(left)) value = graph.combine(value, u.flow.read(variable, cf), cf);
  u.flow.assign(variable, graph.named(Role.NAMED, node, value, cf), cf);
}

// Control flow.

function ifStatement(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  const { flow } = u;
  const control = u.graph.control(node, walkExpression(u, ast.conditionOf(node), cf), cf);
  const first = flow.changesStart();
  const thenNext = (behavior(u, ast.bodyOf(node)) & NEXT) !== 0;
  const thenBranch = flow.openBranch();
  const thenEnd = walkBlock(u, ast.bodyOf(node), control);
  flow.closeBranch(thenBranch, thenNext);
  const second = flow.changesStart();
  const otherwise = ast.elseOf(node);
  let elseNext = true;
  let elseEnd = control;
  if (otherwise !== NONE) {
    elseNext = (behavior(u, otherwise) & NEXT) !== 0;
    const elseBranch = flow.openBranch();
    elseEnd = statement(u, otherwise, control);
    flow.closeBranch(elseBranch, elseNext);
  }
  const after = behavior(u, node) === NEXT ? cf : u.graph.combine(thenEnd, elseEnd, control);
  flow.join(first, second, thenNext, elseNext, after);
  return after;
}

function switchStatement(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  const { flow } = u;
  const control = u.graph.control(node, walkExpression(u, ast.conditionOf(node), cf), cf);
  const body = ast.bodyOf(node);
  const outer = u.enter(body);
  flow.enterSwitch(u.assignments.within(node, ast.start(node)));
  let end: GraphNode = NONE;
  const cases = ast.casesOf(body);
  const n = ast.listLength(cases);
  for (let i = 0; i < n; i++) {
    const block = ast.bodyOf(ast.listItem(cases, i));
    const branch = flow.openBranch();
    const caseEnd = walkBlock(u, block, control);
    if (behavior(u, block) & NEXT) flow.breakHere();
    flow.closeBranch(branch, false);
    end = end === NONE ? caseEnd : u.graph.combine(end, caseEnd, control);
  }
  flow.leave();
  u.levels = outer;
  return behavior(u, node) === NEXT ? cf : end;
}

function loopStatement(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  const body = ast.bodyOf(node);
  const start = loopStart(u, body, cf);
  u.flow.enterLoop(u.assignments.within(node, ast.start(node)));
  // A continuing block is within the body: filters on that are filters on both.
  const outer = u.enter(body);
  let end = statements(u, body, start);
  if (comesBack(u, body)) {
    u.flow.toContinuing((behavior(u, body) & NEXT) !== 0);
    const continuing = ast.continuingOf(node);
    if (continuing !== NONE) end = continuingBlock(u, continuing, end);
    u.flow.backEdge();
  }
  u.levels = outer;
  return loopEnd(u, body, cf, start, end);
}

function continuingBlock(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  const outer = u.enter(node);
  const body = ast.bodyOf(node);
  const bodyLevels = u.enter(body);
  let end = statements(u, body, cf);
  const breakIf = ast.breakIfOf(node);
  if (breakIf !== NONE && behavior(u, body) & NEXT) {
    end = u.graph.control(breakIf, walkExpression(u, ast.conditionOf(breakIf), end), end);
    u.flow.breakHere();
  }
  u.levels = bodyLevels;
  u.levels = outer;
  return end;
}

/** `while` and `for`, which are loops that begin with `if !(condition) { break; }`. */
function conditionLoop(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  const isFor = ast.kind(node) === Kind.FOR;
  const init = isFor ? ast.forInitOf(node) : NONE;
  if (init !== NONE) statement(u, init, cf);
  const body = ast.bodyOf(node);
  const start = loopStart(u, body, cf);
  u.flow.enterLoop(u.assignments.within(node, init === NONE ? ast.start(node) : ast.end(init)));
  const condition = ast.conditionOf(node);
  let control = start;
  if (condition !== NONE) {
    control = u.graph.control(node, walkExpression(u, condition, start), start);
    u.flow.breakHere();
  }
  let end = walkBlock(u, body, control);
  if (comesBack(u, body)) {
    u.flow.toContinuing((behavior(u, body) & NEXT) !== 0);
    const update = isFor ? ast.forUpdateOf(node) : NONE;
    if (update !== NONE) end = statement(u, update, end);
    u.flow.backEdge();
  }
  return loopEnd(u, body, cf, start, end);
}

const comesBack = (u: UniformityContext, body: NodeId): boolean => (behavior(u, body) & (NEXT | CONTINUE)) !== 0;

/** Control flow at the start of each iteration. */
function loopStart(u: UniformityContext, body: NodeId, cf: GraphNode): GraphNode {
  if (!comesBack(u, body)) return cf;
  const start = u.graph.add(Role.VALUE, NONE);
  u.graph.edge(start, cf);
  return start;
}

/** @param end control flow at the end of an iteration @returns that after the loop */
function loopEnd(u: UniformityContext, body: NodeId, cf: GraphNode, start: GraphNode, end: GraphNode): GraphNode {
  u.flow.leave();
  const returns = (behavior(u, body) & RETURN) !== 0;
  if (!comesBack(u, body)) return returns ? end : cf;
  u.graph.edge(start, end);
  return returns ? start : cf;
}
