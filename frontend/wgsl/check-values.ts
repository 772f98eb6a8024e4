/** Declarations of variables and values, at module and function scope. @see https://www.w3.org/TR/WGSL/#var-and-value */
import { NONE } from "../../support/id.ts";
import { Attribute, Kind, type NodeId } from "./ast.ts";
import { attribute, attributeInt, checkAttributes } from "./check-attributes.ts";
import { type CheckContext, newUses, type Uses } from "./check-context.ts";
import { checkConst, checkExpr, checkValue } from "./check-expr.ts";
import { accessFor, defaultAccess, enumerant, overridesOfType, typeSpecifier } from "./check-types.ts";
import type { Code } from "./codes.ts";
import { DeclKind, ExprKind, type GlobalId, type OverrideId } from "./sema.ts";
import { HUGE_ARRAY, storeTypeFault } from "./store-types.ts";
import { suffixFix } from "./suffix-fix.ts";
import { type Access, ERROR, SPACE, SPACE_NAMES, type Space, type TypeId, TypeKind } from "./types.ts";
import type { ValueId } from "./value.ts";

const nameOf = (c: CheckContext, node: NodeId) => (c.ast.kind(c.ast.nameNode(node)) === Kind.NAME ? c.text(c.ast.nameSymbol(node)) : "");

/** The declared type, or ERROR; NONE if none is written. */
function writtenType(c: CheckContext, node: NodeId): TypeId {
  const type = c.ast.typeOf(node);
  return type === NONE ? (NONE as TypeId) : typeSpecifier(c, type);
}

/**
 * Gives the initialiser, already checked as a value, the type of the declaration.
 * @param written declared type or NONE @param keepAbstract whether an abstract type may stay
 */
function settle(c: CheckContext, node: NodeId, written: TypeId, keepAbstract: boolean): TypeId {
  const initializer = c.ast.initializerOf(node);
  if (initializer === NONE || c.used(initializer) === ERROR) return written === NONE ? ERROR : written;
  if (written === ERROR) return ERROR;
  if (written === NONE) return keepAbstract ? c.used(initializer) : c.concretize(initializer);
  if (c.convertTo(initializer, written)) return written;
  c.error(
    "W0225",
    initializer,
    `'${nameOf(c, node)}' is declared as '${c.name(written)}', but its initialiser is '${c.name(c.used(initializer))}'`,
    [],
    suffixFix(c, initializer, written),
  );
  return written;
}

/** The declared type if the declaration can be of it; reports and gives ERROR if not. */
function fitting(c: CheckContext, node: NodeId, type: TypeId, code: Code, fault: string | undefined): TypeId {
  if (type === NONE || type === ERROR || fault === undefined) return type;
  c.error(code, placeOf(c, node), fault);
  return ERROR;
}
/**
 * Checks an initialiser as `check` does. Where the declared type was refused, whether the initialiser can be read as a value of it would be
 * the same mistake again.
 */
function checkAgainst(c: CheckContext, initializer: NodeId, written: TypeId, check: (c: CheckContext, node: NodeId) => TypeId): void {
  if (written !== ERROR) check(c, initializer);
  else if (checkExpr(c, initializer) !== ERROR) c.fail(initializer);
}
/** Where to point for what is wrong with a declaration's type. */
const placeOf = (c: CheckContext, node: NodeId) => (c.ast.typeOf(node) === NONE ? c.ast.nameNode(node) : c.ast.typeOf(node));

/** @see https://www.w3.org/TR/WGSL/#const-decls */
export function constDeclaration(c: CheckContext, node: NodeId): void {
  const initializer = c.ast.initializerOf(node);
  const fault = (t: TypeId) => {
    if (!c.types.isConstructible(t)) return `a 'const' cannot be of type '${c.name(t)}': it is not constructible`;
    return c.types.containsHugeArray(t) ? `a 'const' cannot be of type '${c.name(t)}': ${HUGE_ARRAY}` : undefined;
  };
  const declared = writtenType(c, node);
  const written = declared === NONE ? declared : fitting(c, node, declared, "W0233", fault(declared));
  checkAgainst(c, initializer, written, (context, at) => checkConst(context, at, "the initialiser of a 'const'"));
  const settled = settle(c, node, written, true);
  const type = fitting(c, node, settled, "W0233", fault(settled));
  const value = type === ERROR || c.used(initializer) !== type ? (NONE as ValueId) : c.value(initializer);
  c.declare(node, { kind: DeclKind.CONST, name: nameOf(c, node), node, type, value, index: NONE });
}

/** @see https://www.w3.org/TR/WGSL/#let-decls */
export function letDeclaration(c: CheckContext, node: NodeId): void {
  const { types } = c;
  const initializer = c.ast.initializerOf(node);
  const fault = (t: TypeId) => {
    if (types.containsHugeArray(t) && types.kind(t) !== TypeKind.ptr) return `a 'let' cannot be of type '${c.name(t)}': ${HUGE_ARRAY}`;
    const fits = types.isConstructible(t) || types.kind(t) === TypeKind.ptr || types.isOpaque(t);
    return fits ? undefined : `a 'let' cannot be of type '${c.name(t)}'`;
  };
  const declared = writtenType(c, node);
  const written = declared === NONE ? declared : fitting(c, node, declared, "W0232", fault(declared));
  checkAgainst(c, initializer, written, checkValue);
  const settled = settle(c, node, written, false);
  const type = fitting(c, node, settled, "W0232", fault(settled));
  const value = c.used(initializer) === type && c.kind(initializer) === ExprKind.CONST ? c.value(initializer) : (NONE as ValueId);
  c.declare(node, { kind: DeclKind.LET, name: nameOf(c, node), node, type, value, index: NONE });
}

/** A variable in a function. */
export function localVariable(c: CheckContext, node: NodeId, index: number): void {
  checkAttributes(c, node, "a function-scope variable", []);
  const { space } = writtenSpace(c, node);
  if (space !== undefined && space !== SPACE.function) {
    c.error("W0220", c.ast.nameNode(node), `a variable in the '${SPACE_NAMES[space]}' address space must be declared at module scope`);
  }
  const fault = (t: TypeId) =>
    space === undefined || space === SPACE.function
      ? storeTypeFault(c.types, t, SPACE.function, defaultAccess(SPACE.function), false)
      : undefined;
  const declared = writtenType(c, node);
  const written = declared === NONE ? declared : fitting(c, node, declared, "W0222", fault(declared));
  const initializer = c.ast.initializerOf(node);
  if (initializer !== NONE) checkAgainst(c, initializer, written, checkValue);
  if (written === NONE && initializer === NONE)
    c.error("W0224", c.ast.nameNode(node), `'${nameOf(c, node)}' needs a type or an initialiser`);
  const settled = settle(c, node, written, false);
  const type = fitting(c, node, settled, "W0222", fault(settled));
  c.declare(node, { kind: DeclKind.VAR, name: nameOf(c, node), node, type, value: NONE, index });
}

/** Address space and access mode as written after `var`; undefined where none is, or after an error. */
function writtenSpace(c: CheckContext, node: NodeId): { space: Space | undefined; access: Access | undefined; failed: boolean } {
  const list = c.ast.templateArgumentsOf(node);
  const n = c.ast.listLength(list);
  if (n === 0) return { space: undefined, access: undefined, failed: false };
  const space = enumerant(c, c.ast.listItem(list, 0), "address space") as Space | undefined;
  if (n > 2) c.error("W0211", c.ast.listItem(list, 2), "'var' takes an address space and an access mode, no more");
  const access = space === undefined ? undefined : accessFor(c, space, n > 1 ? c.ast.listItem(list, 1) : NONE);
  return { space, access, failed: space === undefined || access === undefined || n > 2 };
}

/** A variable at module scope. @see https://www.w3.org/TR/WGSL/#var-decls */
export function globalVariable(c: CheckContext, node: NodeId): void {
  const { ast } = c;
  const uses = useNew(c);
  const name = nameOf(c, node);
  const initializer = ast.initializerOf(node);
  const written = writtenSpace(c, node);
  const declared = writtenType(c, node);
  const space = written.space ?? SPACE.handle;
  if (initializer !== NONE) checkInitializer(c, initializer, "a module-scope variable");
  if (initializer !== NONE && !written.failed && !mayInitialize(c, initializer, space)) c.fail(initializer);
  let type = settle(c, node, declared, false);
  if (declared === NONE && initializer === NONE) c.error("W0224", c.ast.nameNode(node), `'${name}' needs a type or an initialiser`);
  if (written.failed || !checkPlace(c, node, type, space, written.access)) type = ERROR;
  const { group, binding } = resourceAttributes(c, node, name, space, type === ERROR);
  const index = c.globals.length as GlobalId;
  const decl = c.declare(node, { kind: DeclKind.GLOBAL, name, node, type, value: NONE, index });
  const access = written.access ?? defaultAccess(space);
  c.globals.push({ name, node, decl, space, access, storeType: type, group, binding, initializer });
  c.globalOverrides.push([...uses.overrides, ...overridesOfType(c, type)]);
}

function useNew(c: CheckContext): Uses {
  const uses = newUses();
  c.uses = uses;
  return uses;
}

/** An initialiser at module scope: known before run time. */
function checkInitializer(c: CheckContext, initializer: NodeId, what: string): void {
  if (checkValue(c, initializer) === ERROR || c.kind(initializer) !== ExprKind.RUNTIME) return;
  c.error("W0226", initializer, `the initialiser of ${what} must be a const-expression or an override-expression`);
  c.fail(initializer);
}

function mayInitialize(c: CheckContext, initializer: NodeId, space: Space): boolean {
  if (space === SPACE.private || space === SPACE.function) return true;
  const where = space === SPACE.handle ? "without an address space" : `in the '${SPACE_NAMES[space]}' address space`;
  c.error("W0223", initializer, `a module-scope variable ${where} cannot have an initialiser`);
  return false;
}

/** Whether a module-scope variable of this type may be in this address space. */
function checkPlace(c: CheckContext, node: NodeId, type: TypeId, space: Space, access: Access | undefined): boolean {
  if (space === SPACE.function) {
    c.error("W0220", c.ast.nameNode(node), "a variable in the 'function' address space must be declared in a function");
    return false;
  }
  if (type === ERROR) return false;
  if (space === SPACE.handle && !c.types.isOpaque(type)) {
    c.error(
      "W0220",
      c.ast.nameNode(node),
      "a module-scope variable needs an address space, as in 'var<private>', unless it is a texture or sampler",
    );
    return false;
  }
  const fault = storeTypeFault(c.types, type, space, access ?? defaultAccess(space), false);
  if (fault !== undefined) c.error("W0222", placeOf(c, node), fault);
  return fault === undefined;
}

function resourceAttributes(
  c: CheckContext,
  node: NodeId,
  name: string,
  space: Space,
  silent: boolean,
): { group: number; binding: number } {
  const isResource = space === SPACE.uniform || space === SPACE.storage || space === SPACE.handle;
  // a resource in the wrong address space has its attributes all the same
  if (isResource) checkAttributes(c, node, "a resource variable", [Attribute.GROUP, Attribute.BINDING]);
  else if (!silent) checkAttributes(c, node, "this variable", []);
  if (!isResource) return { group: NONE, binding: NONE };
  const group = attribute(c, node, Attribute.GROUP);
  const binding = attribute(c, node, Attribute.BINDING);
  if ((group === NONE || binding === NONE) && !silent) {
    c.error("W0230", c.ast.nameNode(node), `'${name}' is a resource, so it needs @group and @binding`);
  }
  return {
    group: group === NONE ? NONE : (attributeInt(c, group, 0, 0xffff_ffff) ?? NONE),
    binding: binding === NONE ? NONE : (attributeInt(c, binding, 0, 0xffff_ffff) ?? NONE),
  };
}

const MAX_OVERRIDE_ID = 65535;

/** @see https://www.w3.org/TR/WGSL/#override-decls */
export function overrideDeclaration(c: CheckContext, node: NodeId, ids: Map<number, NodeId>): void {
  const { ast } = c;
  const uses = useNew(c);
  const name = nameOf(c, node);
  const initializer = ast.initializerOf(node);
  checkAttributes(c, node, "an override", [Attribute.ID]);
  const written = writtenType(c, node);
  if (initializer !== NONE) checkInitializer(c, initializer, "an 'override'");
  let type = settle(c, node, written, false);
  if (written === NONE && initializer === NONE) c.error("W0224", c.ast.nameNode(node), `'${name}' needs a type or an initialiser`);
  if (type !== ERROR && !c.types.isScalar(type)) {
    c.error("W0227", placeOf(c, node), `an 'override' is a scalar, but '${name}' is '${c.name(type)}'`);
    type = ERROR;
  }
  const id = overrideId(c, node, ids);
  const index = c.overrides.length as OverrideId;
  const decl = c.declare(node, { kind: DeclKind.OVERRIDE, name, node, type, value: NONE, index });
  c.overrides.push({ name, node, decl, type, id, key: id === NONE ? name : String(id), initializer, overrides: [...uses.overrides] });
}

function overrideId(c: CheckContext, node: NodeId, ids: Map<number, NodeId>): number {
  const at = attribute(c, node, Attribute.ID);
  if (at === NONE) return NONE;
  const id = attributeInt(c, at, 0, MAX_OVERRIDE_ID, "W0228");
  if (id === undefined) return NONE;
  const first = ids.get(id);
  if (first === undefined) ids.set(id, at);
  else c.error("W0228", at, `the override id ${id} is used twice`, [{ message: "first used here", span: c.ast.span(first) }]);
  return id;
}
