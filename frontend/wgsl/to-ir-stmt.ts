/** Statements to structured control flow. Statements after one that leaves are not lowered. */
import type { BlockId, Value } from "../../ir/module.ts";
import { Ice, Unsupported } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { BinaryOp, Kind, type ListId, type NodeId } from "./ast.ts";
import { Behavior, type DeclId } from "./sema.ts";
import type { Context, Exits } from "./to-ir-context.ts";
import { address, arithmetic, call, one, value } from "./to-ir-expr.ts";
import { finishReturn } from "./to-ir-io.ts";
import { store } from "./to-ir-stage.ts";
import { isHandle } from "./to-ir-textures.ts";
import { BOOL, SPACE } from "./types.ts";

/** Statements nest at most MAX_STATEMENT_NESTING deep, so the recursion here is bounded. */
export function statements(c: Context, list: ListId, exits: Exits | null): void {
  if (exits?.parting !== undefined) return partedStatements(c, list, exits.parting, exits);
  for (let i = 0; i < c.ast.listLength(list); i++) {
    if (c.block === NONE) return;
    statement(c, c.ast.listItem(list, i), exits);
  }
}

function block(c: Context, node: NodeId, exits: Exits | null): void {
  statements(c, c.ast.statementsOf(node), exits);
}

function statement(c: Context, node: NodeId, exits: Exits | null): void {
  const { ast } = c;
  c.offset = ast.start(node);
  if (c.debug === null || ast.kind(node) === Kind.BLOCK) return lowerStatement(c, node, exits);
  c.debug.step(node);
  lowerStatement(c, node, exits);
  switch (ast.kind(node)) {
    case Kind.VAR:
    case Kind.LET:
      return c.debug.set(node);
    case Kind.ASSIGN:
    case Kind.COMPOUND_ASSIGN:
    case Kind.INCREMENT:
    case Kind.DECREMENT:
      return c.debug.set(ast.leftOf(node));
  }
}

function lowerStatement(c: Context, node: NodeId, exits: Exits | null): void {
  const { ast } = c;
  switch (ast.kind(node)) {
    case Kind.BLOCK:
      return block(c, node, exits);
    case Kind.VAR:
      return variable(c, node);
    case Kind.LET:
      c.names.set(declOf(c, node), value(c, ast.initializerOf(node)));
      return;
    case Kind.CONST:
    case Kind.CONST_ASSERT:
      return;
    case Kind.ASSIGN: {
      const pointer = address(c, ast.leftOf(node));
      store(c, pointer, value(c, ast.rightOf(node)));
      return;
    }
    case Kind.COMPOUND_ASSIGN:
      return compound(c, node, ast.binaryOp(node), ast.rightOf(node));
    case Kind.INCREMENT:
      return compound(c, node, BinaryOp.ADD, NONE);
    case Kind.DECREMENT:
      return compound(c, node, BinaryOp.SUB, NONE);
    case Kind.PHONY_ASSIGN:
      // `_ = texture;` makes it part of the interface, and does nothing
      if (!isHandle(c, c.usedAs(ast.rightOf(node)))) value(c, ast.rightOf(node));
      return;
    case Kind.CALL_STATEMENT:
      call(c, ast.callOf(node));
      return;
    case Kind.IF:
      return ifElse(c, node, exits);
    case Kind.SWITCH:
      return switchCase(c, node, exits);
    case Kind.LOOP:
      return loop(c, node);
    case Kind.WHILE:
      return whileLoop(c, node);
    case Kind.FOR:
      return forLoop(c, node, exits);
    case Kind.BREAK: {
      const { breakTo, left } = required(exits);
      if (left !== undefined) store(c, left, c.module.constant(c.module.types.bool, 1));
      return c.branch(breakTo);
    }
    case Kind.CONTINUE:
      return c.branch(required(exits).continueTo);
    case Kind.RETURN:
      return returnValue(c, node);
    case Kind.DISCARD:
      return discard(c);
    default:
      throw new Ice(`statement of kind ${ast.kind(node)}`);
  }
}

function required(exits: Exits | null): Exits {
  if (!exits) throw new Ice("a break or continue outside of a loop");
  return exits;
}

const declOf = (c: Context, node: NodeId) => c.checked.targetOf[node] as DeclId;

/** The invocation becomes a helper. @see https://www.w3.org/TR/WGSL/#discard-statement */
function discard(c: Context): void {
  const alive = c.stage?.alive;
  if (alive === undefined) throw new Unsupported("'discard' statements");
  store(c, alive, c.module.constant(c.module.types.bool, 0));
}

/** A variable is (again) zero or its initialiser each time its declaration is reached. */
function variable(c: Context, node: NodeId): void {
  const decl = declOf(c, node);
  const type = c.checked.declarations[decl]!.type;
  const initializer = c.ast.initializerOf(node);
  const initial = initializer === NONE ? c.module.constantNull(c.lower.type(type)) : value(c, initializer);
  const pointer = c.variable(c.lower.pointer(type, SPACE.function));
  c.names.set(decl, pointer);
  store(c, pointer, initial);
}

function compound(c: Context, node: NodeId, op: BinaryOp, right: NodeId): void {
  const left = c.ast.leftOf(node);
  const pointer = address(c, left);
  const type = c.wgsl.loaded(c.typeOf(left));
  const rightType = right === NONE ? type : c.usedAs(right);
  const old = c.emit("Load", c.lower.type(type), pointer);
  const by = right === NONE ? one(c, type) : value(c, right);
  store(c, pointer, arithmetic(c, op, type, type, old, rightType, by));
}

function returnValue(c: Context, node: NodeId): void {
  const result = c.ast.returnValueOf(node);
  const v = result === NONE ? NONE : value(c, result);
  c.debug?.leave(node);
  if (c.fn?.stage !== undefined) return finishReturn(c, v);
  if (v === NONE) c.terminate("Return");
  else c.terminate("ReturnValue", v);
}

// ---- selections

function ifElse(c: Context, node: NodeId, exits: Exits | null): void {
  const { ast, module } = c;
  const condition = value(c, ast.conditionOf(node));
  const then = module.createBlock();
  const merge = module.createBlock();
  const otherwise = ast.elseOf(node);
  const elseBlock = otherwise === NONE ? merge : module.createBlock();
  module.setMerge(c.block, merge);
  c.terminate("BranchConditional", condition, then, elseBlock);
  c.start(then);
  block(c, ast.bodyOf(node), exits);
  let isReached = c.block !== NONE || otherwise === NONE;
  c.branch(merge);
  if (otherwise !== NONE) {
    c.start(elseBlock);
    statement(c, otherwise, exits);
    isReached ||= c.block !== NONE;
    c.branch(merge);
  }
  c.start(merge);
  if (!isReached) c.terminate("Unreachable");
}

function switchCase(c: Context, node: NodeId, exits: Exits | null): void {
  const { ast, module } = c;
  const selector = value(c, ast.conditionOf(node));
  const cases = ast.casesOf(ast.bodyOf(node));
  const merge = module.createBlock();
  const targets: number[] = [];
  const blocks: BlockId[] = [];
  let byDefault = merge;
  for (let i = 0; i < ast.listLength(cases); i++) {
    const target = module.createBlock();
    blocks.push(target);
    const selectors = ast.selectorsOf(ast.listItem(cases, i));
    for (let k = 0; k < ast.listLength(selectors); k++) {
      const s = ast.listItem(selectors, k);
      if (ast.kind(s) === Kind.DEFAULT) byDefault = target;
      else targets.push(module.constantBits(value(c, s)) | 0, target);
    }
  }
  let parting: Value | undefined;
  if (c.waits.areIn(node)) {
    parting = c.variable(c.lower.pointer(BOOL, SPACE.function));
    store(c, parting, module.constant(module.types.bool, 0));
  }
  module.setMerge(c.block, merge);
  c.terminate("Switch", selector, byDefault, ...targets);
  const inner: Exits = { breakTo: merge, continueTo: exits ? exits.continueTo : NONE, parting };
  for (let i = 0; i < blocks.length; i++) {
    c.start(blocks[i]!);
    block(c, ast.bodyOf(ast.listItem(cases, i)), inner);
    c.branch(merge);
  }
  c.start(merge);
  if (!(c.checked.behaviorOf[node]! & Behavior.NEXT)) c.terminate("Unreachable");
}

/**
 * The statements of a list in a switch that waits at a barrier. All is uniform around a barrier, and lanes part only behind the last one; so
 * what follows it is a selection of its own, at whose end lanes that break wait for the others. `left` tells which skip the lists around it.
 */
function partedStatements(c: Context, list: ListId, left: Value, exits: Exits): void {
  const { ast, module } = c;
  const items = Array.from({ length: ast.listLength(list) }, (_, i) => ast.listItem(list, i));
  const behind = items.findLastIndex((item) => c.waits.areIn(item)) + 1;
  const { breakTo, continueTo } = exits;
  for (let i = 0; i < behind && c.block !== NONE; i++) {
    statement(c, items[i]!, i === behind - 1 ? exits : { breakTo, continueTo });
  }
  const rest = items.slice(behind);
  if (c.block === NONE || rest.length === 0) return;
  const someLeft = behind > 0 && breaks(c, items[behind - 1]!);
  const end = module.createBlock();
  const exitsOfRest = { breakTo: end, continueTo, left };
  const isParted = someLeft || rest.some((item) => ast.kind(item) !== Kind.BREAK && breaks(c, item));
  if (isParted) {
    const go = module.createBlock();
    module.setMerge(c.block, end);
    if (someLeft) c.terminate("BranchConditional", c.emit("Load", module.types.bool, left), end, go);
    else c.branch(go);
    c.start(go);
  }
  for (const item of rest) if (c.block !== NONE) statement(c, item, isParted ? exitsOfRest : { breakTo, continueTo });
  if (!isParted) return;
  c.branch(end);
  c.start(end);
}

const breaks = (c: Context, node: NodeId) => (c.checked.behaviorOf[node]! & Behavior.BREAK) !== 0;

// ---- loops: head (merge, continue) -> body -> continue target -> head

interface Loop {
  readonly head: BlockId;
  readonly body: BlockId;
  readonly exits: Exits;
}

function openLoop(c: Context): Loop {
  const { module } = c;
  const head = module.createBlock();
  const body = module.createBlock();
  const exits = { breakTo: module.createBlock(), continueTo: module.createBlock() };
  c.branch(head);
  c.start(head);
  module.setMerge(head, exits.breakTo, exits.continueTo);
  c.branch(body);
  c.start(body);
  return { head, body, exits };
}

function closeLoop(c: Context, node: NodeId, loop: Loop): void {
  c.branch(loop.head);
  c.start(loop.exits.breakTo);
  if (!(c.checked.behaviorOf[node]! & Behavior.NEXT)) c.terminate("Unreachable");
}

/** Leaves the loop unless `condition` holds. */
function exitUnless(c: Context, condition: NodeId, loop: Loop): void {
  const { module } = c;
  const v = value(c, condition);
  const go = module.createBlock();
  module.setMerge(c.block, go);
  c.terminate("BranchConditional", v, go, loop.exits.breakTo);
  c.start(go);
}

function loop(c: Context, node: NodeId): void {
  const { ast } = c;
  const opened = openLoop(c);
  block(c, ast.bodyOf(node), opened.exits);
  c.branch(opened.exits.continueTo);
  c.start(opened.exits.continueTo);
  const continuing = ast.continuingOf(node);
  if (continuing !== NONE) {
    block(c, ast.bodyOf(continuing), null);
    const breakIf = ast.breakIfOf(continuing);
    if (breakIf !== NONE) {
      const condition = value(c, ast.conditionOf(breakIf));
      c.terminate("BranchConditional", condition, opened.exits.breakTo, opened.head);
    }
  }
  closeLoop(c, node, opened);
}

function whileLoop(c: Context, node: NodeId): void {
  const { ast } = c;
  const opened = openLoop(c);
  exitUnless(c, ast.conditionOf(node), opened);
  block(c, ast.bodyOf(node), opened.exits);
  c.branch(opened.exits.continueTo);
  c.start(opened.exits.continueTo);
  closeLoop(c, node, opened);
}

function forLoop(c: Context, node: NodeId, exits: Exits | null): void {
  const { ast } = c;
  const init = ast.forInitOf(node);
  if (init !== NONE) statement(c, init, exits);
  const opened = openLoop(c);
  const condition = ast.conditionOf(node);
  if (condition !== NONE) exitUnless(c, condition, opened);
  block(c, ast.bodyOf(node), opened.exits);
  c.branch(opened.exits.continueTo);
  c.start(opened.exits.continueTo);
  const update = ast.forUpdateOf(node);
  if (update !== NONE) statement(c, update, null);
  closeLoop(c, node, opened);
}
