/** Access to parts of composite values and of memory: members, swizzles, elements. @see https://www.w3.org/TR/WGSL/#composite-value-decomposition-expr */
import type { Span } from "../../support/diagnostic.ts";
import { NONE } from "../../support/id.ts";
import type { NodeId } from "./ast.ts";
import type { CheckContext } from "./check-context.ts";
import { checkExpr, checkValue } from "./check-expr.ts";
import { elementType, indexFault } from "./const-eval.ts";
import { concretize } from "./conversion.ts";
import { ExprKind, Form, packSwizzle } from "./sema.ts";
import { HUGE_ARRAY } from "./store-types.ts";
import { type Access, COUNT, ERROR, type TypeId, TypeKind, vecOf } from "./types.ts";

/** The memory view that a reference or pointer gives, or undefined for values. */
function viewOf(c: CheckContext, type: TypeId): { space: TypeId; store: TypeId; access: Access } | undefined {
  const kind = c.types.kind(type);
  if (kind !== TypeKind.ref && kind !== TypeKind.ptr) return undefined;
  return { space: c.types.space(type) as never, store: c.types.element(type), access: c.types.access(type) };
}

function missingMember(c: CheckContext, span: Span, store: TypeId, name: string): void {
  const { name: owner, memberByName } = c.types.struct(store);
  const key = `${owner}.${name}`;
  if (c.missingMembers.has(key)) return;
  c.missingMembers.add(key);
  c.errorOfName("W0266", span, `'${owner}' has no member '${name}'`, name, memberByName.keys());
}

export function member(c: CheckContext, node: NodeId): TypeId {
  const { ast, types } = c;
  const object = ast.objectOf(node);
  const type = checkExpr(c, object);
  if (type === ERROR) return c.fail(node);
  const store = storeOf(c, type);
  const name = c.text(ast.memberSymbol(node));
  if (types.isVec(store)) return swizzle(c, node, object, type, store, name);
  if (types.kind(store) !== TypeKind.struct) {
    c.error("W0266", ast.memberSpan(node), `a value of type '${c.name(store)}' has no members`);
    return c.fail(node);
  }
  const at = types.struct(store).memberByName.get(name);
  if (at === undefined) {
    missingMember(c, ast.memberSpan(node), store, name);
    return c.fail(node);
  }
  const memberType = types.struct(store).members[at]!.type;
  if (viewOf(c, type) !== undefined) {
    return c.set(node, types.ref(memberType, types.space(type), types.access(type)), ExprKind.RUNTIME, NONE, Form.MEMBER, at);
  }
  const value = c.value(object);
  return c.set(node, memberType, c.kind(object), value === NONE ? NONE : c.evaluator.member(value, at), Form.MEMBER, at);
}

/** Store type of a view, else the type itself. */
export function storeOf(c: CheckContext, type: TypeId): TypeId {
  return viewOf(c, type)?.store ?? type;
}

function swizzle(c: CheckContext, node: NodeId, object: NodeId, type: TypeId, vec: TypeId, name: string): TypeId {
  const { types } = c;
  const components = swizzleComponents(name);
  const width = types.width(vec);
  if (components === undefined || components.some((i) => i >= width)) {
    const why =
      components === undefined ? "a swizzle is 1 to 4 letters of either 'xyzw' or 'rgba'" : `'${c.name(vec)}' has ${width} components`;
    c.error("W0267", c.ast.memberSpan(node), `'${name}' does not name components of the vector: ${why}`);
    return c.fail(node);
  }
  const target = packSwizzle(components);
  const scalar = types.element(vec);
  const result = components.length === 1 ? scalar : vecOf(scalar, components.length);
  if (viewOf(c, type) !== undefined) {
    if (components.length === 1)
      return c.set(node, types.ref(scalar, types.space(type), types.access(type)), ExprKind.RUNTIME, NONE, Form.SWIZZLE, target);
    if (types.kind(type) === TypeKind.ref) c.usedAs[object] = vec;
    return c.set(node, result, ExprKind.RUNTIME, NONE, Form.SWIZZLE, target);
  }
  const value = c.value(object);
  return c.set(node, result, c.kind(object), value === NONE ? NONE : c.evaluator.swizzle(result, value, components), Form.SWIZZLE, target);
}

function swizzleComponents(name: string): number[] | undefined {
  if (name.length > 4) return undefined;
  const letters = "xyzw".includes(name[0]!) ? "xyzw" : "rgba";
  const components = [...name].map((letter) => letters.indexOf(letter));
  return components.includes(-1) ? undefined : components;
}

export function index(c: CheckContext, node: NodeId): TypeId {
  const { ast, types } = c;
  const object = ast.objectOf(node);
  const at = ast.indexOf(node);
  const type = checkExpr(c, object);
  const indexType = checkValue(c, at);
  if (type === ERROR || indexType === ERROR) return c.fail(node);
  const store = storeOf(c, type);
  const kind = types.kind(store);
  if (!types.isVec(store) && !types.isMat(store) && kind !== TypeKind.array) {
    c.error("W0268", node, `a value of type '${c.name(store)}' cannot be indexed`);
    return c.fail(node);
  }
  if (!types.isIntegerScalar(indexType)) {
    c.error("W0268", at, `an index is an integer, not '${c.name(indexType)}'`);
    return c.fail(node);
  }
  c.concretize(at);
  if (!checkBounds(c, at, store)) return c.fail(node);
  const part = elementType(types, store);
  if (viewOf(c, type) !== undefined) return c.set(node, types.ref(part, types.space(type), types.access(type)), ExprKind.RUNTIME);
  return indexedValue(c, node, object, at, part);
}

function indexedValue(c: CheckContext, node: NodeId, object: NodeId, at: NodeId, part: TypeId): TypeId {
  const kind = Math.max(c.kind(object), c.kind(at));
  if (kind !== ExprKind.CONST) {
    if (c.types.containsHugeArray(c.used(object))) {
      c.error("W0217", object, `a value of type '${c.name(c.used(object))}' cannot be indexed at run time: ${HUGE_ARRAY}`);
      return c.fail(node);
    }
    // An abstract value cannot be indexed later than when the module is made.
    c.concretize(object);
    return c.set(node, concretize(c.types, part), kind);
  }
  const [whole, position] = [c.value(object), c.value(at)];
  if (whole === NONE || position === NONE) return c.set(node, part, kind);
  return c.set(node, part, kind, c.evaluated(c.evaluator.index(whole, c.values.numberAt(position, 0)), node));
}

/** Checks an index that is a const-expression against what is known of the size. */
function checkBounds(c: CheckContext, at: NodeId, store: TypeId): boolean {
  const value = c.value(at);
  if (value === NONE) return true;
  const fault = boundsFault(c, c.values.numberAt(value, 0), store);
  if (fault !== undefined) c.error("W0269", at, fault);
  return fault === undefined;
}
export function boundsFault(c: Pick<CheckContext, "types">, position: number, store: TypeId): string | undefined {
  const { types } = c;
  if (types.kind(store) !== TypeKind.array) return indexFault(position, types.width(store));
  return indexFault(position, types.countKind(store) === COUNT.constant ? types.count(store) : Number.POSITIVE_INFINITY);
}
