/** Expressions to IR. `value` gives the expression as its context uses it, `address` a pointer to the memory it names. */
import type { Value } from "../../ir/module.ts";
import type { OpName } from "../../ir/ops.ts";
import { type TypeId as IrType, STORAGE, TYPE_KIND } from "../../ir/types.ts";
import { Ice } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { BinaryOp, Kind, type NodeId, UnaryOp } from "./ast.ts";
import { DeclKind, Form, type FunctionId, swizzleAt, swizzleLength } from "./sema.ts";
import { lowerBuiltin } from "./to-ir-builtins.ts";
import type { Context } from "./to-ir-context.ts";
import { callArguments } from "./to-ir-textures.ts";
import { BOOL, F16, F32, I32, type TypeId, TypeKind, U32 } from "./types.ts";
import type { ValueId } from "./value.ts";

/** Expressions nest at most MAX_EXPRESSION_DEPTH deep, so the recursion here is bounded. */
export function value(c: Context, node: NodeId): Value {
  const constant = c.checked.valueOf[node]!;
  if (constant !== NONE) return c.lower.constant(constant as ValueId);
  const outer = c.offset;
  c.offset = c.ast.start(node);
  const result = isReference(c, c.typeOf(node)) ? valueOfReference(c, node) : plainValue(c, node);
  c.offset = outer;
  return result;
}

function valueOfReference(c: Context, node: NodeId): Value {
  const pointer = address(c, node);
  return isReference(c, c.usedAs(node)) ? pointer : c.emit("Load", c.irType(node), pointer);
}

function isReference(c: Context, type: TypeId): boolean {
  return c.wgsl.kind(type) === TypeKind.ref;
}

/** A pointer to what `node`, of reference type, names. */
export function address(c: Context, node: NodeId): Value {
  const { ast } = c;
  switch (ast.kind(node)) {
    case Kind.IDENT:
      return named(c, node);
    case Kind.UNARY: // *p
      return value(c, ast.operandOf(node));
    case Kind.INDEX:
      return c.emit("AccessChain", irPointer(c, node), base(c, ast.objectOf(node)), value(c, ast.indexOf(node)));
    case Kind.MEMBER: {
      const target = c.checked.targetOf[node]!;
      const index = c.checked.formOf[node] === Form.MEMBER ? target : swizzleAt(target, 0);
      return c.emit("AccessChain", irPointer(c, node), base(c, ast.objectOf(node)), c.module.u32(index));
    }
    default:
      throw new Ice("an expression of reference type names no memory");
  }
}

/** Object of `.` or `[]`: a reference, or a pointer by the sugar of pointer_composite_access. */
function base(c: Context, object: NodeId): Value {
  return isReference(c, c.usedAs(object)) ? address(c, object) : value(c, object);
}

function irPointer(c: Context, node: NodeId): IrType {
  const type = c.typeOf(node);
  return c.lower.pointer(c.wgsl.element(type), c.wgsl.space(type));
}

function named(c: Context, node: NodeId): Value {
  const decl = c.checked.targetOf[node]! as Parameters<typeof c.names.get>[0];
  const v = c.names.get(decl);
  if (v !== undefined) return v;
  const declaration = c.checked.declarations[decl];
  if (declaration?.kind === DeclKind.OVERRIDE) {
    const id = c.specialization.overrides.get(declaration.index as never);
    if (id !== undefined) return c.lower.constant(id);
  }
  if (declaration && declaration.value !== NONE) return c.lower.constant(declaration.value);
  throw new Ice(`'${declaration?.name}' has no value`);
}

function plainValue(c: Context, node: NodeId): Value {
  const { ast } = c;
  switch (ast.kind(node)) {
    case Kind.IDENT:
      return named(c, node);
    case Kind.UNARY:
      return unary(c, node);
    case Kind.BINARY:
      return binary(c, node);
    case Kind.INDEX:
      return indexValue(c, node);
    case Kind.MEMBER:
      return memberValue(c, node);
    case Kind.CALL:
      return call(c, node);
    default:
      throw new Ice(`expression of kind ${ast.kind(node)} has no value`);
  }
}

function unary(c: Context, node: NodeId): Value {
  const operand = c.ast.operandOf(node);
  const type = c.irType(node);
  switch (c.ast.unaryOp(node)) {
    case UnaryOp.ADDRESS_OF:
      return address(c, operand);
    case UnaryOp.NEGATE:
      return c.emit(isFloat(c, c.usedAs(node)) ? "FNegate" : "SNegate", type, value(c, operand));
    case UnaryOp.NOT:
      return c.emit("LogicalNot", type, value(c, operand));
    case UnaryOp.COMPLEMENT:
      return c.emit("Not", type, value(c, operand));
    default:
      throw new Ice("a dereference is no value");
  }
}

export function isFloat(c: Context, type: TypeId): boolean {
  const scalar = c.wgsl.scalarOf(type);
  return scalar === F32 || scalar === F16;
}

// ---- operators

type Kinds = readonly [float: OpName | null, signed: OpName | null, unsigned: OpName | null, bool: OpName | null];
const OPERATORS: { readonly [B in BinaryOp]: Kinds } = {
  [BinaryOp.ADD]: ["FAdd", "IAdd", "IAdd", null],
  [BinaryOp.SUB]: ["FSub", "ISub", "ISub", null],
  [BinaryOp.MUL]: ["FMul", "IMul", "IMul", null],
  [BinaryOp.DIV]: ["FDiv", "SDiv", "UDiv", null],
  [BinaryOp.MOD]: ["FRem", "SRem", "UMod", null],
  [BinaryOp.AND]: [null, "BitwiseAnd", "BitwiseAnd", "LogicalAnd"],
  [BinaryOp.OR]: [null, "BitwiseOr", "BitwiseOr", "LogicalOr"],
  [BinaryOp.XOR]: [null, "BitwiseXor", "BitwiseXor", "LogicalNotEqual"],
  [BinaryOp.SHL]: [null, "ShiftLeftLogical", "ShiftLeftLogical", null],
  [BinaryOp.SHR]: [null, "ShiftRightArithmetic", "ShiftRightLogical", null],
  [BinaryOp.EQ]: ["FOrdEqual", "IEqual", "IEqual", "LogicalEqual"],
  [BinaryOp.NE]: ["FUnordNotEqual", "INotEqual", "INotEqual", "LogicalNotEqual"],
  [BinaryOp.LT]: ["FOrdLessThan", "SLessThan", "ULessThan", null],
  [BinaryOp.LE]: ["FOrdLessThanEqual", "SLessThanEqual", "ULessThanEqual", null],
  [BinaryOp.GT]: ["FOrdGreaterThan", "SGreaterThan", "UGreaterThan", null],
  [BinaryOp.GE]: ["FOrdGreaterThanEqual", "SGreaterThanEqual", "UGreaterThanEqual", null],
  [BinaryOp.LOGICAL_AND]: [null, null, null, "LogicalAnd"],
  [BinaryOp.LOGICAL_OR]: [null, null, null, "LogicalOr"],
};

/** Which of the four kinds of a table row a type's components are of. */
export function componentKind(c: Context, type: TypeId): 0 | 1 | 2 | 3 {
  const scalar = c.wgsl.scalarOf(type);
  if (scalar === I32) return 1;
  if (scalar === U32) return 2;
  return scalar === BOOL ? 3 : 0;
}

function binary(c: Context, node: NodeId): Value {
  const { ast } = c;
  const op = ast.binaryOp(node);
  if (op === BinaryOp.LOGICAL_AND || op === BinaryOp.LOGICAL_OR) return shortCircuit(c, node, op === BinaryOp.LOGICAL_AND);
  const left = ast.leftOf(node);
  const right = ast.rightOf(node);
  const a = value(c, left);
  const b = value(c, right);
  return arithmetic(c, op, c.usedAs(node), c.usedAs(left), a, c.usedAs(right), b);
}

/** `a op b`, also of a compound assignment. @param result type of the whole */
export function arithmetic(c: Context, op: BinaryOp, result: TypeId, leftType: TypeId, a: Value, rightType: TypeId, b: Value): Value {
  const type = c.lower.type(result);
  const { wgsl } = c;
  if (wgsl.isMat(leftType) || wgsl.isMat(rightType)) return matrixArithmetic(c, op, type, leftType, a, rightType, b);
  const name = OPERATORS[op][componentKind(c, leftType)];
  if (name === null) throw new Ice(`operator ${op} on ${wgsl.name(leftType)}`);
  const left = wgsl.isVec(rightType) && !wgsl.isVec(leftType) ? c.splat(a, c.lower.type(rightType)) : a;
  const right = wgsl.isVec(leftType) && !wgsl.isVec(rightType) ? c.splat(b, c.lower.type(leftType)) : b;
  return c.emit(name, type, left, right);
}

function matrixArithmetic(c: Context, op: BinaryOp, type: IrType, leftType: TypeId, a: Value, rightType: TypeId, b: Value): Value {
  const { wgsl } = c;
  if (op === BinaryOp.MUL) {
    if (wgsl.isMat(leftType) && wgsl.isMat(rightType)) return c.emit("MatrixTimesMatrix", type, a, b);
    if (wgsl.isMat(leftType)) return c.emit(wgsl.isVec(rightType) ? "MatrixTimesVector" : "MatrixTimesScalar", type, a, b);
    return wgsl.isVec(leftType) ? c.emit("VectorTimesMatrix", type, a, b) : c.emit("MatrixTimesScalar", type, b, a);
  }
  const { types } = c.module;
  const columns: Value[] = [];
  for (let i = 0; i < types.length(type); i++) {
    columns.push(c.emit(op === BinaryOp.ADD ? "FAdd" : "FSub", types.element(type), c.extract(a, i), c.extract(b, i)));
  }
  return c.emitList("CompositeConstruct", type, columns);
}

/**
 * `&&` and `||`. Every operation is total and loads are bounded, so the right side is evaluated at once unless that could be seen:
 * a call of a function with effects is guarded by a branch.
 */
function shortCircuit(c: Context, node: NodeId, isAnd: boolean): Value {
  const { module } = c;
  const bool = module.types.bool;
  const left = value(c, c.ast.leftOf(node));
  const right = c.ast.rightOf(node);
  if (!hasCall(c, right)) return c.emit(isAnd ? "LogicalAnd" : "LogicalOr", bool, left, value(c, right));
  const head = c.block;
  const body = module.createBlock();
  const merge = module.createBlock();
  module.setMerge(head, merge);
  c.terminate("BranchConditional", left, isAnd ? body : merge, isAnd ? merge : body);
  c.start(body);
  const b = value(c, right);
  const end = c.block;
  c.branch(merge);
  c.start(merge);
  return c.emit("Phi", bool, module.constant(bool, isAnd ? 0 : 1), head, b, end);
}

/** Whether evaluating `node` can call a user function or touch an atomic. Bounded by MAX_EXPRESSION_DEPTH. */
function hasCall(c: Context, node: NodeId): boolean {
  const { ast, checked } = c;
  if (checked.valueOf[node] !== NONE) return false;
  switch (ast.kind(node)) {
    case Kind.UNARY:
      return hasCall(c, ast.operandOf(node));
    case Kind.BINARY:
      return hasCall(c, ast.leftOf(node)) || hasCall(c, ast.rightOf(node));
    case Kind.INDEX:
      return hasCall(c, ast.objectOf(node)) || hasCall(c, ast.indexOf(node));
    case Kind.MEMBER:
      return hasCall(c, ast.objectOf(node));
    case Kind.CALL: {
      if (checked.formOf[node] === Form.CALL) return true;
      const callee = ast.symbols.text(ast.symbolOf(ast.calleeOf(node)));
      if (checked.formOf[node] === Form.BUILTIN && (callee.startsWith("atomic") || callee.startsWith("workgroupUniform"))) return true;
      const args = ast.argumentsOf(node);
      for (let i = 0; i < ast.listLength(args); i++) if (hasCall(c, ast.listItem(args, i))) return true;
      return false;
    }
    default:
      return false;
  }
}

// ---- parts of values

function indexValue(c: Context, node: NodeId): Value {
  const object = c.ast.objectOf(node);
  const index = c.ast.indexOf(node);
  const type = c.irType(node);
  const whole = value(c, object);
  const at = value(c, index);
  const { module } = c;
  const known = module.constantBits(at);
  const wholeType = module.type(whole);
  const kind = module.types.kind(wholeType);
  if (known >= 0 && known < module.types.length(wholeType)) return c.emit("CompositeExtract", type, whole, known);
  if (kind === TYPE_KIND.Vector) return c.emit("VectorExtractDynamic", type, whole, at);
  const storage = isConstant(c, whole) ? STORAGE.Private : STORAGE.Function;
  const element = module.types.pointer(storage, type);
  return c.emit("Load", type, c.emit("AccessChain", element, inMemory(c, whole), at));
}

function isConstant(c: Context, v: Value): boolean {
  const name = c.module.opName(v);
  return name === "ConstantComposite" || name === "ConstantNull";
}

/** A pointer to memory that holds `whole`: constants share one variable, which is never stored to. */
function inMemory(c: Context, whole: Value): Value {
  const { module } = c;
  const type = module.type(whole);
  if (!isConstant(c, whole)) {
    const variable = c.variable(module.types.pointer(STORAGE.Function, type));
    c.emit("Store", module.types.void, variable, whole);
    return variable;
  }
  let table = c.tables.get(whole);
  if (table === undefined) {
    const info = { name: `const${c.tables.size}`, group: NONE, binding: NONE, writable: false, builtin: "", location: NONE };
    table = module.addGlobal(module.types.pointer(STORAGE.Private, type), info, whole);
    c.tables.set(whole, table);
  }
  return table;
}

function memberValue(c: Context, node: NodeId): Value {
  const object = loaded(c, c.ast.objectOf(node));
  const type = c.irType(node);
  const target = c.checked.targetOf[node]!;
  if (c.checked.formOf[node] === Form.MEMBER) return c.emit("CompositeExtract", type, object, target);
  const length = swizzleLength(target);
  if (length === 1) return c.emit("CompositeExtract", type, object, swizzleAt(target, 0));
  const components: number[] = [];
  for (let i = 0; i < length; i++) components.push(swizzleAt(target, i));
  return c.emit("VectorShuffle", type, object, object, ...components);
}

/** Value of the object of a swizzle, which may be a pointer to it by the sugar of pointer_composite_access. */
function loaded(c: Context, object: NodeId): Value {
  const type = c.usedAs(object);
  const v = value(c, object);
  return c.wgsl.kind(type) === TypeKind.ptr ? c.emit("Load", c.lower.type(c.wgsl.element(type)), v) : v;
}

// ---- calls

/** Value of a call; of one without a result, the call itself. */
export function call(c: Context, node: NodeId): Value {
  const { ast, checked } = c;
  const list = ast.argumentsOf(node);
  const args: NodeId[] = [];
  for (let i = 0; i < ast.listLength(list); i++) args.push(ast.listItem(list, i));
  switch (checked.formOf[node]) {
    case Form.CALL: {
      const target = checked.targetOf[node]! as FunctionId;
      const fn = c.functions.get(target);
      if (fn === undefined) throw new Ice("a function was called before it was lowered");
      const type = c.lower.type(checked.functions[target]!.returnType);
      if (c.debug?.isLog(target)) c.debug.log(node, target, args);
      return c.emit("FunctionCall", type, fn, ...callArguments(c, args));
    }
    case Form.BUILTIN:
      return lowerBuiltin(c, node, ast.symbols.text(ast.symbolOf(ast.calleeOf(node))), args);
    case Form.ZERO:
      return c.module.constantNull(c.irType(node));
    case Form.CONVERT:
      return convert(c, value(c, args[0]!), c.usedAs(args[0]!), c.usedAs(node));
    case Form.SPLAT:
      return c.splat(value(c, args[0]!), c.irType(node));
    case Form.COMPOSE:
      return compose(
        c,
        c.irType(node),
        args.map((a) => value(c, a)),
      );
    case Form.BITCAST:
      return c.emit("Bitcast", c.irType(node), value(c, args[0]!));
    default:
      throw new Ice("a call of nothing");
  }
}

/** Components of vectors are flattened, as the constructors of vectors and matrices take them. */
function compose(c: Context, type: IrType, parts: readonly Value[]): Value {
  const { types } = c.module;
  const kind = types.kind(type);
  if (kind === TYPE_KIND.Vector) return c.emitList("CompositeConstruct", type, flatten(c, parts));
  if (kind !== TYPE_KIND.Matrix || types.kind(c.module.type(parts[0]!)) === TYPE_KIND.Vector)
    return c.emitList("CompositeConstruct", type, parts);
  const rows = types.length(types.element(type));
  const columns: Value[] = [];
  for (let i = 0; i < parts.length; i += rows)
    columns.push(c.emitList("CompositeConstruct", types.element(type), parts.slice(i, i + rows)));
  return c.emitList("CompositeConstruct", type, columns);
}

function flatten(c: Context, parts: readonly Value[]): Value[] {
  const out: Value[] = [];
  for (const part of parts) {
    const type = c.module.type(part);
    if (c.module.types.kind(type) !== TYPE_KIND.Vector) out.push(part);
    else for (let i = 0; i < c.module.types.length(type); i++) out.push(c.extract(part, i));
  }
  return out;
}

/** Conversion of each component. @see https://www.w3.org/TR/WGSL/#value-constructor-builtin-function */
export function convert(c: Context, v: Value, from: TypeId, to: TypeId): Value {
  if (from === to) return v;
  const { wgsl, module } = c;
  const type = c.lower.type(to);
  if (wgsl.isMat(to)) {
    const column = module.types.element(type);
    const columns = Array.from({ length: wgsl.width(to) }, (_, i) => c.emit("FConvert", column, c.extract(v, i)));
    return c.emitList("CompositeConstruct", type, columns);
  }
  const source = componentKind(c, from);
  const target = componentKind(c, to);
  if (target === 3) return notZero(c, v, source, from);
  if (source === 3) return c.emit("Select", type, v, one(c, to), module.constantNull(type));
  if (source === 0) return c.emit(target === 0 ? "FConvert" : target === 1 ? "ConvertFToS" : "ConvertFToU", type, v);
  if (target === 0) return c.emit(source === 1 ? "ConvertSToF" : "ConvertUToF", type, v);
  return c.emit("Bitcast", type, v);
}

function notZero(c: Context, v: Value, source: 0 | 1 | 2 | 3, from: TypeId): Value {
  const type = c.module.types;
  const bools = c.wgsl.isVec(from) ? type.vector(type.bool, c.wgsl.width(from)) : type.bool;
  return c.emit(source === 0 ? "FUnordNotEqual" : "INotEqual", bools, v, c.module.constantNull(c.lower.type(from)));
}

/** 1 in every component of a numeric type. */
export function one(c: Context, type: TypeId): Value {
  const scalar = c.lower.scalarConstant(c.wgsl.scalarOf(type), 1);
  return c.wgsl.isVec(type) ? c.module.constantComposite(c.lower.type(type), Array(c.wgsl.width(type)).fill(scalar)) : scalar;
}
