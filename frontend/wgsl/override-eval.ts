/** Values of override-expressions, once overrides have values. Expressions are bounded in depth by the parser, which bounds the recursion. */
import type { DiagnosticList } from "../../support/diagnostic.ts";
import { NONE } from "../../support/id.ts";
import { BinaryOp, Kind, type NodeId } from "./ast.ts";
import { BINARY_OPERATORS, UNARY_OPERATORS } from "./builtin-operators.ts";
import { builtinName, signaturesOf } from "./builtins-notation.ts";
import { boundsFault } from "./check-access.ts";
import { rangeFault } from "./check-call.ts";
import { rightOperandFault } from "./check-expr.ts";
import { ConstEvaluator } from "./const-eval.ts";
import { PARTIAL_ARGS, partialFault } from "./const-eval-builtins.ts";
import { type BuiltinId, type CheckedModule, DeclKind, ExprKind, Form, type OverrideId, swizzleAt, swizzleLength } from "./sema.ts";
import { COUNT, type TypeId, TypeKind } from "./types.ts";
import type { Scalar, ValueId } from "./value.ts";

export class OverrideEvaluator {
  readonly #m: CheckedModule;
  readonly #diagnostics: DiagnosticList;
  readonly #evaluator: ConstEvaluator;
  readonly #overrides = new Map<OverrideId, ValueId>();
  /** values of nodes evaluated here; NONE after a fault */
  readonly #values = new Map<NodeId, ValueId>();
  /** nodes that a short-circuit guards: never evaluated */
  readonly #guarded = new Set<NodeId>();

  constructor(module: CheckedModule, diagnostics: DiagnosticList) {
    this.#m = module;
    this.#diagnostics = diagnostics;
    this.#evaluator = new ConstEvaluator(module.types, module.values);
  }

  /** Overrides must be defined before those whose initialisers use them. */
  define(id: OverrideId, value: ValueId): void {
    this.#overrides.set(id, value);
  }
  valueOfOverride(id: OverrideId): ValueId {
    return this.#overrides.get(id) ?? NONE;
  }

  /** Evaluates an override-expression met while walking parents before children. */
  visit(node: NodeId): void {
    if (!this.#guarded.has(node)) this.valueOf(node);
    else this.#guardChildren(node);
  }

  /** Value of a const- or override-expression, converted to what its context uses; NONE after a fault, which is reported once. */
  valueOf(node: NodeId): ValueId {
    const known = this.#m.valueOf[node] as ValueId;
    if (known !== NONE) return known;
    const done = this.#values.get(node);
    if (done !== undefined) return done;
    const value = this.#m.kindOf[node] === ExprKind.OVERRIDE ? this.#evaluate(node) : NONE;
    this.#values.set(node, value);
    return value;
  }

  #evaluate(node: NodeId): ValueId {
    const { ast } = this.#m;
    switch (ast.kind(node)) {
      case Kind.IDENT:
        return this.#identifier(node);
      case Kind.UNARY:
        return this.#unary(node);
      case Kind.BINARY:
        return this.#binary(node);
      case Kind.CALL:
        return this.#call(node);
      case Kind.INDEX: {
        const [whole, at] = [this.valueOf(ast.objectOf(node)), this.valueOf(ast.indexOf(node))];
        return whole === NONE || at === NONE ? NONE : this.#finish(this.#evaluator.index(whole, this.#m.values.numberAt(at, 0)), node);
      }
      case Kind.MEMBER:
        return this.#member(node);
      default:
        return NONE;
    }
  }

  #identifier(node: NodeId): ValueId {
    const d = this.#m.declarations[this.#m.targetOf[node]!];
    return d?.kind === DeclKind.OVERRIDE ? this.valueOfOverride(d.index as OverrideId) : NONE;
  }

  #unary(node: NodeId): ValueId {
    const operand = this.valueOf(this.#m.ast.operandOf(node));
    if (operand === NONE) return NONE;
    return this.#finish(this.#evaluator.unary(UNARY_OPERATORS[this.#m.ast.unaryOp(node)]!, this.#type(node), operand), node);
  }

  #binary(node: NodeId): ValueId {
    const { ast, values } = this.#m;
    const op = ast.binaryOp(node);
    const left = this.valueOf(ast.leftOf(node));
    if (left === NONE) return NONE;
    if (op === BinaryOp.LOGICAL_AND || op === BinaryOp.LOGICAL_OR) {
      if ((values.numberAt(left, 0) !== 0) === (op === BinaryOp.LOGICAL_OR)) {
        this.#guard(ast.rightOf(node));
        return left;
      }
      return this.valueOf(ast.rightOf(node));
    }
    const right = this.valueOf(ast.rightOf(node));
    return right === NONE ? NONE : this.#finish(this.#evaluator.binary(BINARY_OPERATORS[op]!, this.#type(node), left, right), node);
  }

  #call(node: NodeId): ValueId {
    const args: ValueId[] = [];
    for (const arg of this.#argumentNodes(node)) {
      const value = this.valueOf(arg);
      if (value === NONE) return NONE;
      args.push(value);
    }
    const type = this.#type(node);
    const evaluator = this.#evaluator;
    switch (this.#m.formOf[node]) {
      case Form.BUILTIN:
        this.#checkRanges(node);
        return this.#finish(evaluator.builtin(builtinName(this.#m.targetOf[node] as BuiltinId), type, args), node);
      case Form.CONVERT:
        return this.#finish(evaluator.convert(args[0]!, type), node);
      case Form.SPLAT:
        return evaluator.splat(type, args[0]!);
      case Form.COMPOSE:
        return evaluator.compose(type, args);
      case Form.BITCAST:
        return this.#finish(evaluator.bitcast(type, args[0]!), node);
      default:
        return NONE;
    }
  }

  #member(node: NodeId): ValueId {
    const object = this.valueOf(this.#m.ast.objectOf(node));
    if (object === NONE) return NONE;
    const target = this.#m.targetOf[node]!;
    if (this.#m.formOf[node] === Form.MEMBER) return this.#evaluator.member(object, target);
    const components = Array.from({ length: swizzleLength(target) }, (_, i) => swizzleAt(target, i));
    return this.#evaluator.swizzle(this.#type(node), object, components);
  }

  /** Rules about operands known by now of an expression or statement that is computed at run time. */
  checkRuntime(node: NodeId): void {
    if (this.#guarded.has(node)) return this.#guardChildren(node);
    const { ast } = this.#m;
    switch (ast.kind(node)) {
      case Kind.BINARY:
        this.#guardRight(node);
        this.#checkRight(node);
        break;
      case Kind.COMPOUND_ASSIGN:
        this.#checkRight(node);
        break;
      case Kind.INDEX:
        this.#checkIndex(node);
        break;
      case Kind.CALL:
        if (this.#m.formOf[node] !== Form.BUILTIN) break;
        this.#checkRanges(node);
        this.#checkPartial(node);
        break;
    }
  }

  /** `left && right` whose left side decides, known by now. */
  #guardRight(node: NodeId): void {
    const { ast, values } = this.#m;
    const op = ast.binaryOp(node);
    if (op !== BinaryOp.LOGICAL_AND && op !== BinaryOp.LOGICAL_OR) return;
    const left = this.valueOf(ast.leftOf(node));
    if (left !== NONE && (values.numberAt(left, 0) !== 0) === (op === BinaryOp.LOGICAL_OR)) this.#guard(ast.rightOf(node));
  }

  /** A guarded node is met later in the walk, before its children, and then guards them. */
  #guard(node: NodeId): void {
    this.#guarded.add(node);
  }
  #guardChildren(node: NodeId): void {
    const { ast } = this.#m;
    switch (ast.kind(node)) {
      case Kind.BINARY:
        this.#guard(ast.leftOf(node));
        this.#guard(ast.rightOf(node));
        break;
      case Kind.UNARY:
        this.#guard(ast.operandOf(node));
        break;
      case Kind.INDEX:
        this.#guard(ast.objectOf(node));
        this.#guard(ast.indexOf(node));
        break;
      case Kind.MEMBER:
        this.#guard(ast.objectOf(node));
        break;
      case Kind.CALL:
        for (const arg of this.#argumentNodes(node)) this.#guard(arg);
        break;
    }
  }

  #checkRight(node: NodeId): void {
    const { ast } = this.#m;
    const right = ast.rightOf(node);
    if (this.#m.kindOf[right] !== ExprKind.OVERRIDE) return;
    const value = this.valueOf(right);
    if (value === NONE) return;
    const left = this.#m.types.loaded(this.#m.usedAs[ast.leftOf(node)] as TypeId);
    this.#report(rightOperandFault(this.#m, ast.binaryOp(node), left, value), node);
  }

  #checkIndex(node: NodeId): void {
    const { ast, types, values } = this.#m;
    const at = ast.indexOf(node);
    const object = this.#m.usedAs[ast.objectOf(node)] as TypeId;
    const kind = types.kind(object);
    const store = kind === TypeKind.ref || kind === TypeKind.ptr ? types.element(object) : object;
    const sizedByOverride = types.kind(store) === TypeKind.array && types.countKind(store) === COUNT.override;
    if (this.#m.kindOf[at] === ExprKind.RUNTIME || (this.#m.kindOf[at] === ExprKind.CONST && !sizedByOverride)) return;
    const value = this.valueOf(at);
    if (value === NONE) return;
    const position = values.numberAt(value, 0);
    const countValue = sizedByOverride ? this.valueOf(this.#m.countExpressions[types.overrideKey(store)]!) : NONE;
    const count = countValue === NONE ? 0 : values.numberAt(countValue, 0);
    const past = count > 0 && position >= count;
    this.#report(past ? `index ${position} is out of bounds` : boundsFault(this.#m, position, store), at);
  }

  /** Arguments of this kind that are known by now. @returns undefined for those that are not */
  #knownArguments(node: NodeId): (Scalar[] | undefined)[] {
    return this.#argumentNodes(node).map((arg) => {
      if (this.#m.kindOf[arg] === ExprKind.RUNTIME) return undefined;
      const value = this.valueOf(arg);
      return value === NONE ? undefined : this.#m.values.scalarsOf(value);
    });
  }

  #checkPartial(node: NodeId): void {
    const name = builtinName(this.#m.targetOf[node] as BuiltinId);
    if (PARTIAL_ARGS[name] === undefined) return;
    const first = this.#m.usedAs[this.#argumentNodes(node)[0]!] as TypeId;
    this.#report(partialFault(name, this.#m.types.scalarOf(first), this.#knownArguments(node)), node);
  }

  #checkRanges(node: NodeId): void {
    const id = this.#m.targetOf[node] as BuiltinId;
    const args = this.#argumentNodes(node);
    const params = signaturesOf(id).find((s) => s.params.length === args.length)?.params ?? [];
    for (const [i, param] of params.entries()) {
      const arg = args[i]!;
      if (param.range === undefined || this.#m.kindOf[arg] !== ExprKind.OVERRIDE) continue;
      this.#report(rangeFault(this.#m, this.valueOf(arg), param.name, builtinName(id), param.range), arg);
    }
  }

  #argumentNodes(node: NodeId): NodeId[] {
    const list = this.#m.ast.argumentsOf(node);
    return Array.from({ length: this.#m.ast.listLength(list) }, (_, i) => this.#m.ast.listItem(list, i));
  }
  #type(node: NodeId): TypeId {
    return this.#m.typeOf[node] as TypeId;
  }
  #finish(value: ValueId, node: NodeId): ValueId {
    if (value === NONE) this.#report(this.#evaluator.fault, node);
    return value;
  }
  #report(fault: string | undefined, node: NodeId): void {
    if (fault !== undefined) this.#diagnostics.error("W0321", this.#m.ast.span(node), fault);
  }
}
