import { NONE } from "../../support/id.ts";
import { BINARY_TEXT, BinaryOp, Kind, type NodeId, Suffix, UNARY_TEXT, UnaryOp } from "./ast.ts";
import { BINARY_OPERATORS, UNARY_OPERATORS } from "./builtin-operators.ts";
import { builtinId } from "./builtins-notation.ts";
import { index, member, storeOf } from "./check-access.ts";
import { checkCall } from "./check-call.ts";
import type { CheckContext } from "./check-context.ts";
import { denotedType } from "./check-types.ts";
import { shiftFault } from "./scalar-ops.ts";
import { type BuiltinId, DeclKind, ExprKind, Form } from "./sema.ts";
import { HUGE_ARRAY } from "./store-types.ts";
import { suffixFix } from "./suffix-fix.ts";
import {
  ABSTRACT_FLOAT,
  ABSTRACT_INT,
  ACCESS,
  BOOL,
  ERROR,
  F16,
  F32,
  I32,
  NO_TYPE,
  SPACE,
  type TypeId,
  TypeKind,
  U32,
  VOID,
} from "./types.ts";
import type { ValueId } from "./value.ts";

const BINARY_IDS: readonly BuiltinId[] = BINARY_OPERATORS.map((name) => builtinId(name)!);
const UNARY_IDS: readonly BuiltinId[] = UNARY_OPERATORS.map((name) => builtinId(name)!);

/** Static type of an expression; of a variable, a reference. ERROR if anything was reported that leaves it open. */
export function checkExpr(c: CheckContext, node: NodeId): TypeId {
  const { ast } = c;
  switch (ast.kind(node)) {
    case Kind.IDENT:
      return identifier(c, node);
    case Kind.CALL:
      return checkCall(c, node);
    case Kind.INDEX:
      return index(c, node);
    case Kind.MEMBER:
      return member(c, node);
    case Kind.BINARY:
      return binary(c, node);
    case Kind.UNARY:
      return unary(c, node);
    case Kind.BOOL:
      return c.set(node, BOOL, ExprKind.CONST, c.values.scalar(BOOL, ast.boolValue(node) ? 1 : 0));
    case Kind.INT:
      return integerLiteral(c, node);
    case Kind.FLOAT:
      return floatLiteral(c, node);
    default:
      return c.fail(node);
  }
}

/** As checkExpr, then the load rule: the type of the value. Reports if there is none. @see https://www.w3.org/TR/WGSL/#load-rule */
export function checkValue(c: CheckContext, node: NodeId): TypeId {
  const type = checkExpr(c, node);
  if (type === ERROR) return ERROR;
  const { types } = c;
  if (types.kind(type) !== TypeKind.ref) {
    if (type !== VOID) return type;
    c.error("W0260", node, "this function returns no value");
    return c.fail(node);
  }
  const store = types.element(type);
  if (!types.isConstructible(store) && !types.isOpaque(store)) {
    const how = types.kind(store) === TypeKind.atomic ? "use the atomic builtin functions" : "take its address, or read a part of it";
    c.error("W0272", node, `memory of type '${c.name(store)}' cannot be read as a value; ${how}`);
    return c.fail(node);
  }
  if (types.containsHugeArray(store)) {
    c.error("W0217", node, `memory of type '${c.name(store)}' cannot be read as a whole: ${HUGE_ARRAY}`);
    return c.fail(node);
  }
  c.usedAs[node] = store;
  return store;
}

/** As checkValue, but the expression must be a const-expression. */
export function checkConst(c: CheckContext, node: NodeId, what: string): TypeId {
  const type = checkValue(c, node);
  if (type === ERROR || c.kind(node) === ExprKind.CONST) return type;
  c.error("W0274", node, `${what} must be a const-expression`);
  return c.fail(node);
}

function integerLiteral(c: CheckContext, node: NodeId): TypeId {
  const { ast } = c;
  const low = ast.intLow(node);
  switch (ast.suffix(node)) {
    case Suffix.I:
      return c.set(node, I32, ExprKind.CONST, c.values.scalar(I32, low));
    case Suffix.U:
      return c.set(node, U32, ExprKind.CONST, c.values.scalar(U32, low >>> 0));
    case Suffix.F:
      return c.set(node, F32, ExprKind.CONST, c.values.scalar(F32, Math.fround(ast.intHigh(node) * 2 ** 32 + (low >>> 0))));
    default: {
      const high = ast.intHigh(node);
      const value = high === 0 ? BigInt(low >>> 0) : (BigInt(high) << 32n) | BigInt(low >>> 0);
      return c.set(node, ABSTRACT_INT, ExprKind.CONST, c.values.scalar(ABSTRACT_INT, value));
    }
  }
}

function floatLiteral(c: CheckContext, node: NodeId): TypeId {
  const suffix = c.ast.suffix(node);
  const type = suffix === Suffix.F ? F32 : suffix === Suffix.H ? F16 : ABSTRACT_FLOAT;
  if (type === F16 && !c.requireExtension("f16", node, "a literal of type 'f16'")) return c.fail(node);
  return c.set(node, type, ExprKind.CONST, c.values.scalar(type, c.ast.floatValue(node)));
}

// Identifiers.

function identifier(c: CheckContext, node: NodeId): TypeId {
  const declaration = c.declarationOf[node] as NodeId;
  if (declaration === NONE) return notAValue(c, node);
  const id = c.targetOf[declaration]!;
  switch (c.ast.kind(declaration)) {
    case Kind.FN:
    case Kind.STRUCT:
    case Kind.ALIAS:
      return notAValue(c, node);
  }
  if (c.ast.listLength(c.ast.templateArgumentsOf(node)) > 0) {
    c.error("W0219", node, `'${c.text(c.ast.symbolOf(node))}' does not take template arguments`);
    return c.fail(node);
  }
  // Without an id the declaration is in a cycle, which was reported.
  return id === NONE ? c.fail(node) : declared(c, node, id);
}

function declared(c: CheckContext, node: NodeId, id: number): TypeId {
  const d = c.declarations[id]!;
  if (d.type === ERROR) return c.fail(node);
  switch (d.kind) {
    case DeclKind.CONST:
      return c.set(node, d.type, ExprKind.CONST, d.value, Form.DECLARATION, id);
    case DeclKind.OVERRIDE:
      c.uses.overrides.add(d.index as never);
      return c.set(node, d.type, ExprKind.OVERRIDE, NONE, Form.DECLARATION, id);
    case DeclKind.VAR:
      return c.set(node, c.types.ref(d.type, SPACE.function, ACCESS.read_write), ExprKind.RUNTIME, NONE, Form.DECLARATION, id);
    case DeclKind.GLOBAL: {
      c.uses.globals.add(d.index as never);
      const g = c.globals[d.index]!;
      return c.set(node, c.types.ref(d.type, g.space, g.access), ExprKind.RUNTIME, NONE, Form.DECLARATION, id);
    }
    default:
      return c.set(node, d.type, ExprKind.RUNTIME, NONE, Form.DECLARATION, id);
  }
}

/** Reports a type, function or enumerant that stands where a value should. */
function notAValue(c: CheckContext, node: NodeId): TypeId {
  const name = c.text(c.ast.symbolOf(node));
  const declaration = c.declarationOf[node] as NodeId;
  const found = c.predeclared(node);
  if (declaration === NONE && found === undefined) return c.fail(node);
  const isFunction =
    found?.kind === "function" || found?.kind === "templated-function" || (declaration !== NONE && c.ast.kind(declaration) === Kind.FN);
  if (isFunction) c.error("W0260", node, `'${name}' is a function; call it to get a value`);
  else if (found?.kind === "enumerant") c.error("W0260", node, `'${name}' is the name of ${articleOf(found.enumeration)}, not a value`);
  else if (denotedType(c, node) !== ERROR) c.error("W0260", node, `'${name}' is a type, but a value is required here`);
  return c.fail(node);
}
const articleOf = (noun: string) => `${noun.startsWith("a") ? "an" : "a"} ${noun}`;

// Operators.

function unary(c: CheckContext, node: NodeId): TypeId {
  const op = c.ast.unaryOp(node);
  if (op === UnaryOp.ADDRESS_OF) return addressOf(c, node);
  if (op === UnaryOp.DEREF) return indirection(c, node);
  const operand = c.ast.operandOf(node);
  const type = checkValue(c, operand);
  if (type === ERROR) return c.fail(node);
  const kind = c.kind(operand);
  const chosen = c.overloads.resolve(UNARY_IDS[op]!, [type], kind === ExprKind.CONST);
  if (chosen === undefined) {
    c.error("W0261", node, `operator '${UNARY_TEXT[op]}' is not defined for '${c.name(type)}'`);
    return c.fail(node);
  }
  c.convertTo(operand, chosen.params[0]!);
  const value = c.value(operand);
  const result = value === NONE || !c.evaluating ? NONE : c.evaluated(c.evaluator.unary(UNARY_OPERATORS[op]!, chosen.result, value), node);
  return c.set(node, chosen.result, kind, result);
}

/** @see https://www.w3.org/TR/WGSL/#address-of-expr */
function addressOf(c: CheckContext, node: NodeId): TypeId {
  const { ast, types } = c;
  const operand = ast.operandOf(node);
  const type = checkExpr(c, operand);
  if (type === ERROR) return c.fail(node);
  if (types.kind(type) !== TypeKind.ref) {
    c.error("W0270", node, `a value of type '${c.name(type)}' has no address; only variables have`);
    return c.fail(node);
  }
  if (types.space(type) === SPACE.handle) {
    c.error("W0270", node, "textures and samplers have no address");
    return c.fail(node);
  }
  if (isVectorComponent(c, operand)) {
    c.error("W0270", node, "a component of a vector has no address");
    return c.fail(node);
  }
  return c.set(node, types.ptr(types.element(type), types.space(type), types.access(type)), ExprKind.RUNTIME);
}

function isVectorComponent(c: CheckContext, node: NodeId): boolean {
  const kind = c.ast.kind(node);
  if (kind === Kind.MEMBER) return c.formOf[node] === Form.SWIZZLE;
  return kind === Kind.INDEX && c.types.isVec(storeOf(c, c.used(c.ast.objectOf(node))));
}

function indirection(c: CheckContext, node: NodeId): TypeId {
  const { ast, types } = c;
  const type = checkValue(c, ast.operandOf(node));
  if (type === ERROR) return c.fail(node);
  if (types.kind(type) !== TypeKind.ptr) {
    c.error("W0271", node, `a value of type '${c.name(type)}' cannot be dereferenced; only pointers can`);
    return c.fail(node);
  }
  return c.set(node, types.ref(types.element(type), types.space(type), types.access(type)), ExprKind.RUNTIME);
}

function binary(c: CheckContext, node: NodeId): TypeId {
  const { ast } = c;
  const op = ast.binaryOp(node);
  const [left, right] = [ast.leftOf(node), ast.rightOf(node)];
  const leftType = checkValue(c, left);
  const guarded = op === BinaryOp.LOGICAL_AND || op === BinaryOp.LOGICAL_OR ? decides(c, op, left) : NONE;
  const outer = c.evaluating;
  if (guarded !== NONE) c.evaluating = false;
  const rightType = checkValue(c, right);
  c.evaluating = outer;
  if (leftType === ERROR || rightType === ERROR) return c.fail(node);
  return binaryResult(c, node, op, left, right, guarded);
}

/** The value of `left && ...` or `left || ...` if `left` alone decides it, else NONE. */
function decides(c: CheckContext, op: BinaryOp, left: NodeId): ValueId {
  const value = c.value(left);
  if (value === NONE || c.used(left) !== BOOL) return NONE;
  return (c.values.numberAt(value, 0) !== 0) === (op === BinaryOp.LOGICAL_OR) ? value : NONE;
}

/** Type of `left op right`, whose operands have been checked as values, recorded for `node`; also for compound assignments. */
export function binaryResult(c: CheckContext, node: NodeId, op: BinaryOp, left: NodeId, right: NodeId, guarded: ValueId = NONE): TypeId {
  const [leftType, rightType] = [c.used(left), c.used(right)];
  const kind = Math.max(c.kind(left), c.kind(right));
  const chosen = c.overloads.resolve(BINARY_IDS[op]!, [leftType, rightType], kind === ExprKind.CONST);
  if (chosen === undefined) {
    c.error(
      "W0261",
      node,
      `operator '${BINARY_TEXT[op]}' is not defined for '${c.name(leftType)}' and '${c.name(rightType)}'${hint(c, leftType, rightType)}`,
      [],
      suffixFix(c, right, c.types.scalarOf(leftType)) ?? suffixFix(c, left, c.types.scalarOf(rightType)),
    );
    return c.fail(node);
  }
  c.convertTo(left, chosen.params[0]!);
  c.convertTo(right, chosen.params[1]!);
  if (guarded !== NONE) return c.set(node, BOOL, kind, guarded);
  const [a, b] = [c.value(left), c.value(right)];
  if (a !== NONE && b !== NONE && kind === ExprKind.CONST) {
    const value = c.evaluating ? c.evaluated(c.evaluator.binary(BINARY_OPERATORS[op]!, chosen.result, a, b), node) : NONE;
    return c.set(node, chosen.result, kind, value);
  }
  if (b !== NONE && c.evaluating) {
    const fault = rightOperandFault(c, op, chosen.params[0]!, b);
    if (fault !== undefined) c.error("W0275", node, fault);
  }
  return c.set(node, chosen.result, kind);
}

function hint(c: CheckContext, a: TypeId, b: TypeId): string {
  const [sa, sb] = [c.types.scalarOf(a), c.types.scalarOf(b)];
  if (sa === sb || !c.types.isNumericScalar(sa) || !c.types.isNumericScalar(sb)) return "";
  return "; WGSL never converts one concrete type to another by itself: convert one operand, as in 'f32(x)'";
}

/** Rules about a right operand known early that hold whatever the left one is: division by zero, shifts too far. */
export function rightOperandFault(
  c: Pick<CheckContext, "types" | "values">,
  op: BinaryOp,
  left: TypeId,
  right: ValueId,
): string | undefined {
  const scalar = c.types.scalarOf(left);
  const values = () => c.values.scalarsOf(right);
  switch (op) {
    case BinaryOp.DIV:
    case BinaryOp.MOD:
      return c.types.isIntegerScalar(scalar) && values().some((x) => x === 0) ? "division by zero" : undefined;
    case BinaryOp.SHL:
    case BinaryOp.SHR:
      return values()
        .map((count) => shiftFault(scalar, Number(count)))
        .find((fault) => fault !== undefined);
    default:
      return undefined;
  }
}

/** The type an IDENT denotes if it is a type, else NO_TYPE. */
export function typeOfCallee(c: CheckContext, node: NodeId): TypeId {
  return c.ast.kind(node) === Kind.IDENT ? denotedType(c, node) : NO_TYPE;
}
