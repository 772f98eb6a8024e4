/**
 * Statements of one function: their types, and how control leaves them. Nesting is bounded by the parser, which bounds the recursion.
 * @see https://www.w3.org/TR/WGSL/#statements
 */
import { NONE } from "../../support/id.ts";
import { BINARY_TEXT, Kind, type NodeId, UnaryOp } from "./ast.ts";
import { diagnosticAttributes } from "./check-attributes.ts";
import { mustUseResult } from "./check-call.ts";
import type { CheckContext } from "./check-context.ts";
import { binaryResult, checkConst, checkExpr, checkValue } from "./check-expr.ts";
import { constDeclaration, letDeclaration, localVariable } from "./check-values.ts";
import { commonType, concretize } from "./conversion.ts";
import { Behavior, DeclKind, Form } from "./sema.ts";
import { suffixFix } from "./suffix-fix.ts";
import { ACCESS, BOOL, ERROR, I32, type TypeId, TypeKind, U32, VOID } from "./types.ts";

const { NEXT, BREAK, CONTINUE, RETURN } = Behavior;
/** Dawn's limit. */
const MAX_CLAUSES = 16_383;

export interface FunctionState {
  readonly name: string;
  readonly returnType: TypeId;
  varCount: number;
  /** what encloses the statement, innermost last */
  readonly enclosing: ("loop" | "switch" | "continuing")[];
}

/** Checks the statements of a block. @returns its behavior */
export function checkBlock(c: CheckContext, f: FunctionState, block: NodeId): number {
  if (c.ast.kind(block) !== Kind.BLOCK) return NEXT;
  diagnosticAttributes(c, block);
  const list = c.ast.statementsOf(block);
  const n = c.ast.listLength(list);
  let behavior: number = NEXT;
  for (let i = 0; i < n; i++) {
    const b = checkStatement(c, f, c.ast.listItem(list, i));
    if (behavior & NEXT) behavior = (behavior & ~NEXT) | b;
  }
  c.behaviorOf[block] = behavior;
  return behavior;
}

function checkStatement(c: CheckContext, f: FunctionState, node: NodeId): number {
  const behavior = statement(c, f, node);
  c.behaviorOf[node] = behavior;
  return behavior;
}

function statement(c: CheckContext, f: FunctionState, node: NodeId): number {
  const { ast } = c;
  switch (ast.kind(node)) {
    case Kind.BLOCK:
      return checkBlock(c, f, node);
    case Kind.IF:
      return ifStatement(c, f, node);
    case Kind.SWITCH:
      return switchStatement(c, f, node);
    case Kind.LOOP:
      return loopStatement(c, f, node);
    case Kind.WHILE:
    case Kind.FOR:
      return conditionLoop(c, f, node);
    case Kind.BREAK:
      return breakStatement(c, f, node);
    case Kind.CONTINUE:
      return continueStatement(c, f, node);
    case Kind.RETURN:
      return returnStatement(c, f, node);
    default:
      simpleStatement(c, f, node);
      return NEXT;
  }
}

function simpleStatement(c: CheckContext, f: FunctionState, node: NodeId): void {
  const { ast } = c;
  switch (ast.kind(node)) {
    case Kind.VAR:
      return localVariable(c, node, f.varCount++);
    case Kind.LET:
      return letDeclaration(c, node);
    case Kind.CONST:
      return constDeclaration(c, node);
    case Kind.CONST_ASSERT:
      return constAssert(c, node);
    case Kind.ASSIGN:
      return assignment(c, node);
    case Kind.COMPOUND_ASSIGN:
      return compoundAssignment(c, node);
    case Kind.PHONY_ASSIGN:
      // Whatever can be read as a value may be dropped.
      checkValue(c, ast.rightOf(node));
      return;
    case Kind.INCREMENT:
    case Kind.DECREMENT:
      return increment(c, node);
    case Kind.CALL_STATEMENT:
      return callStatement(c, node);
    case Kind.DISCARD:
      c.uses.stageLimits.push({ stages: 4, what: "'discard'", span: ast.span(node) });
      return;
  }
}

/** @see https://www.w3.org/TR/WGSL/#const-assert-statement */
export function constAssert(c: CheckContext, node: NodeId): void {
  const condition = c.ast.conditionOf(node);
  const type = checkConst(c, condition, "the condition of 'const_assert'");
  if (type === ERROR) return;
  if (type !== BOOL) {
    c.error("W0290", condition, `the condition of 'const_assert' is a 'bool', not '${c.name(type)}'`);
    return;
  }
  const value = c.value(condition);
  if (value !== NONE && c.values.numberAt(value, 0) === 0) c.error("W0304", node, "this const assertion does not hold");
}

function condition(c: CheckContext, node: NodeId): void {
  if (node === NONE) return;
  const type = checkValue(c, node);
  if (type !== ERROR && type !== BOOL) c.error("W0290", node, `a condition is a 'bool', not '${c.name(type)}'`);
}

// Control flow.

function ifStatement(c: CheckContext, f: FunctionState, node: NodeId): number {
  const { ast } = c;
  diagnosticAttributes(c, node);
  condition(c, ast.conditionOf(node));
  const then = checkBlock(c, f, ast.bodyOf(node));
  const otherwise = ast.elseOf(node);
  return then | (otherwise === NONE ? NEXT : checkStatement(c, f, otherwise));
}

function switchStatement(c: CheckContext, f: FunctionState, node: NodeId): number {
  const { ast } = c;
  diagnosticAttributes(c, node);
  const selector = ast.conditionOf(node);
  const selectorType = checkValue(c, selector);
  const body = ast.bodyOf(node);
  if (ast.kind(body) !== Kind.SWITCH_BODY) return NEXT;
  diagnosticAttributes(c, body);
  const selectors: NodeId[] = [];
  const defaults: NodeId[] = [];
  let behavior = 0;
  f.enclosing.push("switch");
  c.forEach(ast.casesOf(body), (clause) => {
    if (ast.kind(clause) !== Kind.CASE) return;
    c.forEach(ast.selectorsOf(clause), (s) => (ast.kind(s) === Kind.DEFAULT ? defaults : selectors).push(s));
    behavior |= checkBlock(c, f, ast.bodyOf(clause));
  });
  f.enclosing.pop();
  checkSelectors(c, selector, selectorType, selectors);
  if (defaults.length === 0) c.error("W0297", node, "this 'switch' has no default clause");
  for (const extra of defaults.slice(1)) c.error("W0297", extra, "this 'switch' has more than one default clause");
  const clauses = ast.listLength(ast.casesOf(body));
  if (clauses > MAX_CLAUSES) c.error("W0312", node, `a 'switch' may have ${MAX_CLAUSES} clauses, but this has ${clauses}`);
  return behavior & BREAK ? (behavior | NEXT) & ~BREAK : behavior;
}

/** All selectors are of one concrete integer type and different. */
function checkSelectors(c: CheckContext, selector: NodeId, selectorType: TypeId, selectors: readonly NodeId[]): void {
  for (const s of selectors) checkConst(c, s, "a case selector");
  if (selectorType === ERROR) return;
  if (!c.types.isIntegerScalar(selectorType)) {
    c.error("W0295", selector, `a 'switch' selects by an integer, not by '${c.name(selectorType)}'`);
    return;
  }
  let common = selectorType;
  for (const s of selectors) common = commonType(c.types, common, c.used(s)) ?? common;
  common = concretize(c.types, common);
  if (common !== I32 && common !== U32) common = concretize(c.types, selectorType);
  c.convertTo(selector, common);
  const seen = new Map<number, NodeId>();
  for (const s of selectors) {
    if (c.used(s) === ERROR) continue;
    if (!c.convertTo(s, common)) {
      c.error("W0296", s, `the 'switch' is over '${c.name(common)}', but this selector is '${c.name(c.used(s))}'`);
      continue;
    }
    if (c.value(s) === NONE) continue;
    const value = c.values.numberAt(c.value(s), 0);
    const first = seen.get(value);
    if (first === undefined) seen.set(value, s);
    else
      c.error("W0296", s, `the selector ${value} is used twice in this 'switch'`, [
        { message: "first used here", span: c.ast.span(first) },
      ]);
  }
}

function loopStatement(c: CheckContext, f: FunctionState, node: NodeId): number {
  const { ast } = c;
  diagnosticAttributes(c, node);
  f.enclosing.push("loop");
  const body = checkBlock(c, f, ast.bodyOf(node));
  const continuing = ast.continuingOf(node);
  const after = continuing !== NONE && ast.kind(continuing) === Kind.CONTINUING ? continuingBlock(c, f, continuing) : NEXT;
  f.enclosing.pop();
  return loopBehavior(c, node, body, after);
}

function continuingBlock(c: CheckContext, f: FunctionState, node: NodeId): number {
  const { ast } = c;
  f.enclosing.push("continuing");
  let behavior = checkBlock(c, f, ast.bodyOf(node));
  const breakIf = ast.breakIfOf(node);
  if (breakIf !== NONE && ast.kind(breakIf) === Kind.BREAK_IF) {
    condition(c, ast.conditionOf(breakIf));
    if (behavior & NEXT) behavior |= BREAK;
  }
  f.enclosing.pop();
  c.behaviorOf[node] = behavior;
  return behavior;
}

/** @see https://www.w3.org/TR/WGSL/#behaviors-rules */
function loopBehavior(c: CheckContext, node: NodeId, body: number, continuing: number): number {
  if (body === RETURN) return RETURN;
  const all = body | continuing;
  const behavior = all & BREAK ? (all | NEXT) & ~(BREAK | CONTINUE) : all & ~(CONTINUE | NEXT);
  if (behavior !== 0) return behavior;
  c.error("W0302", { offset: c.ast.start(node), length: 4 }, "this loop can never end: it has no 'break' and no 'return'");
  return NEXT;
}

/** `while` and `for`: loops that begin with `if !(condition) { break; }`. */
function conditionLoop(c: CheckContext, f: FunctionState, node: NodeId): number {
  const { ast } = c;
  diagnosticAttributes(c, node);
  const isFor = ast.kind(node) === Kind.FOR;
  if (isFor && ast.forInitOf(node) !== NONE) checkStatement(c, f, ast.forInitOf(node));
  condition(c, ast.conditionOf(node));
  if (isFor && ast.forUpdateOf(node) !== NONE) checkStatement(c, f, ast.forUpdateOf(node));
  f.enclosing.push("loop");
  const body = checkBlock(c, f, ast.bodyOf(node));
  f.enclosing.pop();
  const leaves = ast.conditionOf(node) === NONE ? 0 : BREAK;
  return loopBehavior(c, node, body | leaves, NEXT);
}

function breakStatement(c: CheckContext, f: FunctionState, node: NodeId): number {
  const inside = f.enclosing[f.enclosing.length - 1];
  if (inside === "continuing") c.error("W0301", node, "'break' must not leave a continuing block; use 'break if' at its end");
  if (inside !== undefined) return BREAK;
  c.error("W0298", node, "'break' stands in no loop and no 'switch'");
  return NEXT;
}

function continueStatement(c: CheckContext, f: FunctionState, node: NodeId): number {
  const inside = f.enclosing.findLast((e) => e !== "switch");
  if (inside === undefined) c.error("W0298", node, "'continue' stands in no loop");
  else if (inside === "continuing") c.error("W0301", node, "'continue' must not stand in a continuing block");
  else return CONTINUE;
  return NEXT;
}

function returnStatement(c: CheckContext, f: FunctionState, node: NodeId): number {
  const value = c.ast.returnValueOf(node);
  if (f.enclosing.includes("continuing")) {
    c.error("W0301", node, "'return' must not stand in a continuing block");
    if (value !== NONE) checkValue(c, value);
    return NEXT;
  }
  if (value === NONE) {
    if (f.returnType !== VOID && f.returnType !== ERROR)
      c.error("W0299", node, `'${f.name}' must return a value of type '${c.name(f.returnType)}'`);
    return RETURN;
  }
  const type = checkExpr(c, value) === VOID ? VOID : checkAgain(c, value);
  if (type === ERROR || f.returnType === ERROR) return RETURN;
  if (f.returnType === VOID) c.error("W0299", value, `'${f.name}' has no return type, so it cannot return a value`);
  else if (type === VOID || !c.convertTo(value, f.returnType)) {
    const message = `'${f.name}' returns '${c.name(f.returnType)}', but this is '${c.name(type)}'`;
    c.error("W0299", value, message, [], suffixFix(c, value, f.returnType));
  }
  return RETURN;
}

/** Load rule for an expression already checked. */
function checkAgain(c: CheckContext, node: NodeId): TypeId {
  const type = c.used(node);
  return c.types.kind(type) === TypeKind.ref ? checkValue(c, node) : type;
}

// Assignments.

/** Checks the left side. @returns the store type, or ERROR after an error */
function target(c: CheckContext, left: NodeId, reads: boolean): TypeId {
  const { types } = c;
  const type = checkExpr(c, left);
  if (type === ERROR) return ERROR;
  if (types.kind(type) !== TypeKind.ref) return notAssignable(c, left, type);
  const store = types.element(type);
  if (types.access(type) === ACCESS.read) {
    c.error("W0291", left, `cannot assign to memory of type '${c.name(type)}': it is read-only`);
    return ERROR;
  }
  if (!types.isConstructible(store)) {
    const how = types.kind(store) === TypeKind.atomic ? ": use 'atomicStore'" : "";
    c.error("W0291", left, `memory of type '${c.name(store)}' cannot be ${reads ? "changed" : "assigned"} as a whole${how}`);
    return ERROR;
  }
  return store;
}

const DECLARED_WITH: Readonly<Record<number, string>> = {
  [DeclKind.CONST]: "declared with 'const'",
  [DeclKind.OVERRIDE]: "declared with 'override'",
  [DeclKind.LET]: "declared with 'let'",
  [DeclKind.PARAM]: "a parameter",
};

function notAssignable(c: CheckContext, left: NodeId, type: TypeId): TypeId {
  const { ast } = c;
  const isSwizzle = ast.kind(left) === Kind.MEMBER && c.formOf[left] === Form.SWIZZLE;
  if (isSwizzle && c.types.isVec(type)) {
    c.error("W0291", left, "cannot assign to several components of a vector at once");
    return ERROR;
  }
  let root = left;
  while (ast.kind(root) === Kind.MEMBER || ast.kind(root) === Kind.INDEX) root = ast.objectOf(root);
  const d = ast.kind(root) === Kind.IDENT && c.formOf[root] === Form.DECLARATION ? c.declarations[c.targetOf[root]!] : undefined;
  // the parser has said so of a left side made from anything else (W0130)
  if (d === undefined && ast.kind(root) >= Kind.BINARY && !(ast.kind(root) === Kind.UNARY && ast.unaryOp(root) >= UnaryOp.DEREF))
    return ERROR;
  if (d === undefined) {
    c.error("W0291", left, `cannot assign to a value of type '${c.name(type)}'`);
  } else if (c.types.kind(type) === TypeKind.ptr) {
    c.error("W0291", left, `cannot assign to the pointer '${d.name}'; assign to what it points to with '*${d.name}'`);
  } else {
    const note = { message: `'${d.name}' is declared here; use 'var' to make it assignable`, span: ast.span(ast.nameNode(d.node)) };
    const fix = { message: "use", span: { offset: ast.start(d.node), length: 3 }, replacement: "var" };
    c.error("W0291", left, `cannot assign to '${d.name}', ${DECLARED_WITH[d.kind]}`, [note], d.kind === DeclKind.LET ? fix : undefined);
  }
  return ERROR;
}

function assignment(c: CheckContext, node: NodeId): void {
  const { ast } = c;
  const right = ast.rightOf(node);
  const store = target(c, ast.leftOf(node), false);
  const type = checkValue(c, right);
  if (store === ERROR || type === ERROR || c.convertTo(right, store)) return;
  c.error("W0292", right, `cannot assign '${c.name(type)}' to memory of type '${c.name(store)}'`, [], suffixFix(c, right, store));
}

function compoundAssignment(c: CheckContext, node: NodeId): void {
  const { ast } = c;
  const [left, right] = [ast.leftOf(node), ast.rightOf(node)];
  const store = target(c, left, true);
  const type = checkValue(c, right);
  if (store === ERROR || type === ERROR) return;
  // The left side is read as a value by the operator, but stays an address for what follows.
  const reference = c.used(left);
  c.usedAs[left] = store;
  const result = binaryResult(c, node, ast.binaryOp(node), left, right);
  c.usedAs[left] = reference;
  if (result === ERROR || result === store) return;
  c.error(
    "W0292",
    node,
    `'${BINARY_TEXT[ast.binaryOp(node)]}=' makes '${c.name(result)}', which cannot be assigned to memory of type '${c.name(store)}'`,
  );
}

function increment(c: CheckContext, node: NodeId): void {
  const store = target(c, c.ast.leftOf(node), true);
  if (store === ERROR || store === I32 || store === U32) return;
  const what = c.ast.kind(node) === Kind.INCREMENT ? "increment" : "decrement";
  c.error("W0294", node, `cannot ${what} memory of type '${c.name(store)}'; it must be 'i32' or 'u32'`);
}

function callStatement(c: CheckContext, node: NodeId): void {
  const call = c.ast.callOf(node);
  const type = checkExpr(c, call);
  if (type === ERROR || !mustUseResult(c, call)) return;
  c.error("W0280", node, "the result of this call must be used", [{ message: "assign it to '_' to drop it on purpose" }]);
}
