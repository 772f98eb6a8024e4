/**
 * Expressions in the uniformity graph: which node a value is, and what calls demand. An expression walked under control flow `cf` gives a
 * node that reaches `cf`, or one that is known to be non-uniform. Recursion is bounded by the parser's limit on the depth of expressions.
 * @see https://www.w3.org/TR/WGSL/#uniformity-expressions
 */
import { NONE } from "../../support/id.ts";
import { BinaryOp, Kind, type NodeId, UnaryOp } from "./ast.ts";
import { type DeclId, DeclKind, ExprKind, Form } from "./sema.ts";
import { ACCESS, type TypeId, TypeKind } from "./types.ts";
import { walkCall } from "./uniformity-calls.ts";
import type { UniformityContext } from "./uniformity-context.ts";
import { type GraphNode, paramValue, Role } from "./uniformity-graph.ts";

/** @param load whether what the expression refers to is read by the expression around it */
export function walkExpression(u: UniformityContext, node: NodeId, cf: GraphNode, load = false): GraphNode {
  const { c } = u;
  // A constant has no parts that could be non-uniform, nor calls that could demand anything.
  if (c.kindOf[node] === ExprKind.CONST) return cf;
  const { ast } = c;
  const loaded = load || isLoad(u, node);
  switch (ast.kind(node)) {
    case Kind.IDENT:
      return identifier(u, node, cf, loaded);
    case Kind.CALL:
      return walkCall(u, node, cf, loaded);
    case Kind.INDEX: {
      const index = walkExpression(u, ast.indexOf(node), cf);
      return u.graph.combine(walkExpression(u, ast.objectOf(node), cf, loaded), index, cf);
    }
    case Kind.MEMBER:
      return walkExpression(u, ast.objectOf(node), cf, loaded);
    case Kind.BINARY:
      return binary(u, node, cf);
    case Kind.UNARY:
      return walkExpression(u, ast.operandOf(node), cf, loaded);
    default:
      return cf;
  }
}

/** Whether the load rule is invoked here. */
function isLoad(u: UniformityContext, node: NodeId): boolean {
  const { ast, typeOf, usedAs, types } = u.c;
  const type = typeOf[node] as TypeId;
  if (type !== usedAs[node]) return types.kind(type) === TypeKind.ref;
  // Several components of a vector, through a pointer to it.
  return ast.kind(node) === Kind.MEMBER && types.kind(type) !== TypeKind.ref && u.isPointer(u.c.used(ast.objectOf(node)));
}

function binary(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  const op = ast.binaryOp(node);
  const left = walkExpression(u, ast.leftOf(node), cf);
  if (op !== BinaryOp.LOGICAL_AND && op !== BinaryOp.LOGICAL_OR) return u.graph.combine(left, walkExpression(u, ast.rightOf(node), cf), cf);
  const control = u.graph.control(node, left, cf);
  const branch = u.flow.openBranch();
  const start = u.flow.changesStart();
  const right = walkExpression(u, ast.rightOf(node), control);
  u.flow.closeBranch(branch, true);
  u.flow.join(start, u.flow.changesStart(), true, true, cf);
  return right;
}

function identifier(u: UniformityContext, node: NodeId, cf: GraphNode, load: boolean): GraphNode {
  const { c } = u;
  if (c.formOf[node] !== Form.DECLARATION) return cf;
  const id = c.targetOf[node] as DeclId;
  const declaration = c.declarations[id]!;
  switch (declaration.kind) {
    case DeclKind.GLOBAL:
      return load && c.globals[declaration.index]!.access !== ACCESS.read ? u.graph.source(Role.READ, node) : cf;
    case DeclKind.VAR:
      return load ? u.flow.read(id, cf) : cf;
    case DeclKind.LET: {
      const value = u.flow.read(id, cf);
      return load && u.isPointer(declaration.type) ? u.graph.combine(contentsOf(u, node, cf), value, cf) : value;
    }
    case DeclKind.PARAM: {
      if (!u.isPointer(declaration.type)) return u.flow.read(id, cf);
      const pointer = () => u.graph.pair(paramValue(declaration.index), cf);
      return load ? contentsOf(u, node, cf) : pointer();
    }
    default:
      return cf;
  }
}

/** What is in the memory that an expression is rooted in; where it is in there is not looked at. */
export function contentsOf(u: UniformityContext, node: NodeId, cf: GraphNode): GraphNode {
  const { c } = u;
  const root = u.roots.rootOf(node);
  if (root === NONE) return cf;
  const declaration = c.declarations[root]!;
  switch (declaration.kind) {
    case DeclKind.GLOBAL:
      return c.globals[declaration.index]!.access !== ACCESS.read ? u.graph.source(Role.READ, node) : cf;
    case DeclKind.VAR:
      return u.flow.read(root, cf);
    case DeclKind.PARAM:
      if (u.isFunctionPointer(declaration.type)) return u.flow.read(root, cf);
      if (u.isWritable(declaration.type)) return u.graph.source(Role.READ, node);
      // All invocations see the same in read-only memory, if they look at the same place.
      return u.graph.pair(paramValue(declaration.index), cf);
    default:
      return cf;
  }
}

/**
 * The left side of an assignment, with the calls in it. @returns what the place depends on; with the value and, if only part of the variable
 * is assigned, the value before, it is what the variable holds then
 * @see https://www.w3.org/TR/WGSL/#uniformity-expressions
 */
export function walkPlace(u: UniformityContext, left: NodeId, cf: GraphNode): GraphNode {
  const { ast } = u.c;
  let node = left;
  let place = cf;
  for (;;) {
    switch (ast.kind(node)) {
      case Kind.INDEX:
        place = u.graph.combine(place, walkExpression(u, ast.indexOf(node), cf), cf);
        node = ast.objectOf(node);
        continue;
      case Kind.MEMBER:
        node = ast.objectOf(node);
        continue;
      case Kind.UNARY:
        if (ast.unaryOp(node) !== UnaryOp.DEREF && ast.unaryOp(node) !== UnaryOp.ADDRESS_OF) return place;
        node = ast.operandOf(node);
        continue;
      default:
        return u.graph.combine(place, walkExpression(u, node, cf), cf);
    }
  }
}
