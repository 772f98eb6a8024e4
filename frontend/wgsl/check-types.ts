/** Type specifiers and structure declarations. @see https://www.w3.org/TR/WGSL/#types */
import { NONE } from "../../support/id.ts";
import { Kind, type NodeId } from "./ast.ts";
import { type CheckContext, newUses } from "./check-context.ts";
import { checkValue } from "./check-expr.ts";
import { MAX_BYTE_SIZE, MAX_NESTING_DEPTH } from "./layout.ts";
import type { Predeclared } from "./predeclared.ts";
import { DeclKind, ExprKind, Form, type OverrideId } from "./sema.ts";
import { storeTypeFault } from "./store-types.ts";
import {
  ACCESS,
  type Access,
  COUNT,
  ERROR,
  F16,
  F32,
  I32,
  matOf,
  NO_TYPE,
  SPACE,
  type Space,
  TEXTURES,
  type TextureKind,
  type TypeId,
  TypeKind,
  U32,
  vecOf,
} from "./types.ts";

/** The type that an expression denotes; reports if it denotes none. */
export function typeSpecifier(c: CheckContext, node: NodeId): TypeId {
  const type = c.ast.kind(node) === Kind.IDENT ? denotedType(c, node) : noType(c, node);
  return type === NO_TYPE ? notAType(c, node) : type;
}

/** As typeSpecifier, but NO_TYPE and silent if the IDENT denotes no type at all. Records it. */
export function denotedType(c: CheckContext, node: NodeId): TypeId {
  const type = findType(c, node);
  if (type !== NO_TYPE) c.set(node, type, ExprKind.CONST, NONE, Form.TYPE);
  return type;
}

function findType(c: CheckContext, node: NodeId): TypeId {
  const { ast } = c;
  const declaration = c.declarationOf[node] as NodeId;
  if (declaration !== NONE) {
    const kind = ast.kind(declaration);
    if (kind !== Kind.STRUCT && kind !== Kind.ALIAS) return NO_TYPE;
    return refuseTemplate(c, node) ? (c.typeOf[declaration] as TypeId) : ERROR;
  }
  const found = c.predeclared(node);
  if (found === undefined) return ERROR;
  switch (found.kind) {
    case "type":
      return refuseTemplate(c, node) ? requireF16(c, node, found.type) : ERROR;
    case "texture":
      return refuseTemplate(c, node) ? c.types.texture(found.texture as TextureKind) : ERROR;
    case "generator":
    case "texture-generator":
      return generated(c, node, found);
    default:
      return NO_TYPE;
  }
}

function noType(c: CheckContext, node: NodeId): TypeId {
  if (c.ast.kind(node) !== Kind.ERROR) c.error("W0210", node, "a type is required here, but this is a value");
  return ERROR;
}
function notAType(c: CheckContext, node: NodeId): TypeId {
  c.error("W0210", node, `'${c.text(c.ast.symbolOf(node))}' is not a type`);
  return c.fail(node);
}

function refuseTemplate(c: CheckContext, node: NodeId): boolean {
  if (c.ast.listLength(c.ast.templateArgumentsOf(node)) === 0) return true;
  c.error("W0219", node, `'${c.text(c.ast.symbolOf(node))}' does not take template arguments`);
  return false;
}

export function requireF16(c: CheckContext, node: NodeId, type: TypeId): TypeId {
  if (!c.types.containsF16(type)) return type;
  return c.requireExtension("f16", node, `'${c.name(type)}'`) ? type : ERROR;
}

type Generator = Predeclared & { kind: "generator" | "texture-generator" };

/** Least and most template arguments. */
function argumentBounds(found: Generator): readonly [number, number] {
  if (found.kind === "texture-generator") return TEXTURES[found.texture]!.group === "storage" ? [2, 2] : [1, 1];
  if (found.generator === "array") return [1, 2];
  if (found.generator === "ptr") return [2, 3];
  return found.generator === "buffer" ? [0, 1] : [1, 1];
}

function generated(c: CheckContext, node: NodeId, found: Generator): TypeId {
  const { ast } = c;
  const list = ast.templateArgumentsOf(node);
  const n = ast.listLength(list);
  const [least, most] = argumentBounds(found);
  if (n < least || n > most) {
    const count = least === most ? `${least}` : `${least} to ${most}`;
    c.error("W0211", node, `'${c.text(ast.symbolOf(node))}' takes ${count} template argument${most === 1 ? "" : "s"}, but has ${n}`);
    return ERROR;
  }
  const args: NodeId[] = [];
  c.forEach(list, (arg) => args.push(arg));
  if (found.kind === "texture-generator") return textureType(c, found.texture as TextureKind, args);
  switch (found.generator) {
    case "vec":
      return vectorType(c, args[0]!, found.a);
    case "mat":
      return matrixType(c, args[0]!, found.a, found.b);
    case "array":
      return arrayType(c, node, args);
    case "atomic":
      return atomicType(c, args[0]!);
    case "ptr":
      return pointerType(c, node, args);
    case "buffer":
      return bufferType(c, args[0] ?? NONE);
  }
}

function vectorType(c: CheckContext, arg: NodeId, width: number): TypeId {
  const scalar = typeSpecifier(c, arg);
  if (scalar === ERROR) return ERROR;
  if (c.types.isScalar(scalar)) return vecOf(scalar, width);
  c.error("W0211", arg, `a vector has scalar components, not '${c.name(scalar)}'`);
  return ERROR;
}
function matrixType(c: CheckContext, arg: NodeId, columns: number, rows: number): TypeId {
  const scalar = typeSpecifier(c, arg);
  if (scalar === ERROR) return ERROR;
  if (scalar === F32 || scalar === F16) return matOf(scalar, columns, rows);
  c.error("W0211", arg, `a matrix has components of type 'f32' or 'f16', not '${c.name(scalar)}'`);
  return ERROR;
}
function atomicType(c: CheckContext, arg: NodeId): TypeId {
  const scalar = typeSpecifier(c, arg);
  if (scalar === ERROR) return ERROR;
  if (scalar === I32 || scalar === U32) return c.types.atomic(scalar);
  c.error("W0211", arg, `an atomic holds 'i32' or 'u32', not '${c.name(scalar)}'`);
  return ERROR;
}

function arrayType(c: CheckContext, node: NodeId, args: readonly NodeId[]): TypeId {
  const element = typeSpecifier(c, args[0]!);
  const count = args[1] === undefined ? undefined : countOf(c, args[1], "array element count");
  if (element === ERROR || count === ERROR_COUNT) return ERROR;
  const { types } = c;
  if (!types.isPlain(element) || !types.hasCreationFixedFootprint(element)) {
    const why = types.isPlain(element) ? "its size must be known when the module is made" : "it must be made of scalars";
    c.error("W0213", args[0]!, `'${c.name(element)}' cannot be the element type of an array: ${why}`);
    return ERROR;
  }
  if (count === undefined) return types.arrayRuntime(element);
  if (count.kind === COUNT.override) return types.arrayOverride(element, count.n);
  const type = types.array(element, count.n);
  if (types.strideOf(type) * count.n > MAX_BYTE_SIZE) {
    c.error("W0217", node, `this array would be ${types.strideOf(type) * count.n} bytes, more than ${MAX_BYTE_SIZE}`);
    return ERROR;
  }
  return checkDepth(c, node, type);
}

export function checkDepth(c: CheckContext, node: NodeId, type: TypeId): TypeId {
  if (c.types.nestingDepth(type) <= MAX_NESTING_DEPTH) return type;
  c.error("W0217", node, `types must not be nested more than ${MAX_NESTING_DEPTH} levels deep`);
  return ERROR;
}

interface Count {
  readonly kind: number;
  /** elements, or an override key */
  readonly n: number;
}
const ERROR_COUNT: Count = { kind: COUNT.constant, n: 0 };

/** Element count of an array, or byte count of a buffer. */
function countOf(c: CheckContext, node: NodeId, what: string): Count {
  const outerEvaluating = c.evaluating;
  c.evaluating = true;
  const outerUses = c.uses;
  c.uses = newUses();
  const type = checkValue(c, node);
  const uses = c.uses;
  c.uses = outerUses;
  c.evaluating = outerEvaluating;
  if (type === ERROR) return ERROR_COUNT;
  if (!c.types.isIntegerScalar(type)) {
    c.error("W0214", node, `an ${what} is an integer, not '${c.name(type)}'`);
    return ERROR_COUNT;
  }
  c.concretize(node);
  if (c.kind(node) === ExprKind.RUNTIME) {
    c.error("W0214", node, `an ${what} must be a const-expression or an override-expression`);
    return ERROR_COUNT;
  }
  if (c.kind(node) === ExprKind.OVERRIDE) {
    for (const override of uses.overrides) c.uses.overrides.add(override);
    return { kind: COUNT.override, n: overrideKey(c, node, uses) };
  }
  const value = c.value(node);
  if (value === NONE) return ERROR_COUNT;
  const n = c.values.numberAt(value, 0);
  if (n > 0) return { kind: COUNT.constant, n };
  c.error("W0214", node, `an ${what} must be greater than 0, but this is ${n}`);
  return ERROR_COUNT;
}

/** An override named directly always has the same key, so that arrays sized by it are of one type. */
function overrideKey(c: CheckContext, node: NodeId, uses: ReturnType<typeof newUses>): number {
  const target = c.targetOf[node]!;
  const isName = c.ast.kind(node) === Kind.IDENT && c.declarations[target]?.kind === DeclKind.OVERRIDE && !isParenthesized(c, node);
  const known = isName ? c.overrideKeys.get(target) : undefined;
  if (known !== undefined) return known;
  c.types.overrideNames.push(isName ? c.declarations[target]!.name : "override-expression");
  c.countUses.push(uses);
  const key = c.countExpressions.push(node) - 1;
  if (isName) c.overrideKeys.set(target, key);
  return key;
}
/** Parentheses are no nodes, but `(N)` is not the name N. @see https://www.w3.org/TR/WGSL/#array-types */
function isParenthesized(c: CheckContext, node: NodeId): boolean {
  const { source } = c.ast;
  let i = c.ast.start(node) - 1;
  while (i >= 0 && (source[i] === " " || source[i] === "\n" || source[i] === "\t" || source[i] === "\r")) i--;
  return source[i] === "(";
}

function bufferType(c: CheckContext, arg: NodeId): TypeId {
  if (arg === NONE) return c.types.buffer(COUNT.runtime, 0);
  const count = countOf(c, arg, "buffer size");
  if (count === ERROR_COUNT) return ERROR;
  const unit = c.enables.has("f16") ? 2 : 4;
  if (count.kind === COUNT.constant && count.n % unit !== 0) {
    c.error("W0214", arg, `a buffer size must be a multiple of ${unit}, but this is ${count.n}`);
    return ERROR;
  }
  return c.types.buffer(count.kind, count.n);
}

/** Whether something inside the node was reported. */
function hasError(c: CheckContext, node: NodeId): boolean {
  const { offset, length } = c.ast.span(node);
  return c.diagnostics.items.some(({ span }) => span.offset >= offset && span.offset < offset + length);
}

/** The value of an enumerant written as template argument, or undefined after an error. */
export function enumerant(c: CheckContext, node: NodeId, enumeration: string): number | undefined {
  if (c.ast.kind(node) === Kind.IDENT) {
    const found = c.predeclared(node);
    if (found?.kind === "enumerant" && found.enumeration === enumeration && refuseTemplate(c, node)) {
      c.set(node, ERROR, ExprKind.CONST, NONE, Form.NAME);
      return found.value;
    }
    if (found === undefined && c.declarationOf[node] === NONE) return undefined;
  } else if (hasError(c, node)) {
    // a name with a hyphen in it looks like a difference of two that are not declared
    return undefined;
  }
  const article = enumeration[0] === "a" ? "an" : "a";
  c.error("W0211", node, `${article} ${enumeration} is required here`);
  return undefined;
}

/** Access mode of memory in `space` if none is written. */
export function defaultAccess(space: Space): Access {
  return space === SPACE.function || space === SPACE.private || space === SPACE.workgroup ? ACCESS.read_write : ACCESS.read;
}

/** The access mode written for `space`, or its default; undefined after an error. */
export function accessFor(c: CheckContext, space: Space, node: NodeId): Access | undefined {
  if (node === NONE) return defaultAccess(space);
  const access = enumerant(c, node, "access mode") as Access | undefined;
  if (access === undefined) return undefined;
  if (space !== SPACE.storage) {
    c.error("W0221", node, "an access mode may be written only for the 'storage' address space");
    return undefined;
  }
  if (access === ACCESS.write) {
    c.error("W0221", node, "memory in the 'storage' address space is 'read' or 'read_write'");
    return undefined;
  }
  return access;
}

function pointerType(c: CheckContext, node: NodeId, args: readonly NodeId[]): TypeId {
  const space = enumerant(c, args[0]!, "address space") as Space | undefined;
  const store = typeSpecifier(c, args[1]!);
  if (space === undefined) return ERROR;
  const access = accessFor(c, space, args[2] ?? NONE);
  if (store === ERROR || access === undefined) return ERROR;
  const fault = storeTypeFault(c.types, store, space, access, true);
  if (fault !== undefined) {
    c.error("W0218", node, `there can be no pointer of this type: ${fault}`);
    return ERROR;
  }
  return c.types.ptr(store, space, access);
}

function textureType(c: CheckContext, texture: TextureKind, args: readonly NodeId[]): TypeId {
  const shape = TEXTURES[texture]!;
  if (shape.group !== "storage") {
    const sampled = typeSpecifier(c, args[0]!);
    if (sampled === ERROR) return ERROR;
    if (sampled === F32 || sampled === I32 || sampled === U32) return c.types.texture(texture, sampled);
    c.error("W0211", args[0]!, `a texture is sampled as 'f32', 'i32' or 'u32', not '${c.name(sampled)}'`);
    return ERROR;
  }
  const format = enumerant(c, args[0]!, "texel format");
  const access = enumerant(c, args[1]!, "access mode") as Access | undefined;
  return format === undefined || access === undefined ? ERROR : c.types.texture(texture, format, access);
}

/** Overrides that the size of `type` depends on. */
export function overridesOfType(c: CheckContext, type: TypeId): readonly OverrideId[] {
  const kind = c.types.kind(type);
  if ((kind !== TypeKind.array && kind !== TypeKind.buffer) || c.types.countKind(type) !== COUNT.override) return [];
  return [...c.countUses[c.types.overrideKey(type)]!.overrides];
}
