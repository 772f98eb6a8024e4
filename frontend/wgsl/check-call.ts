/** Calls: user-defined functions, builtin functions, value constructors. @see https://www.w3.org/TR/WGSL/#function-calls */
import { MAX_DIAGNOSTICS, type Note } from "../../support/diagnostic.ts";
import { NONE } from "../../support/id.ts";
import { Kind, type NodeId } from "./ast.ts";
import { ALL_STAGES } from "./builtins.ts";
import { builtinGroup, builtinId, builtinName, builtinStages, describe, signaturesOf } from "./builtins-notation.ts";
import type { Chosen } from "./builtins-resolve.ts";
import { checkBufferView } from "./check-buffer-view.ts";
import type { CheckContext } from "./check-context.ts";
import { checkValue } from "./check-expr.ts";
import { denotedType, typeSpecifier } from "./check-types.ts";
import { PARTIAL_ARGS, partialFault } from "./const-eval-builtins.ts";
import { commonType, concretize } from "./conversion.ts";
import { MAX_ARRAY_ARGUMENTS } from "./layout.ts";
import { type BuiltinId, ExprKind, Form, type FunctionId } from "./sema.ts";
import { HUGE_ARRAY } from "./store-types.ts";
import { suffixFix } from "./suffix-fix.ts";
import { ABSTRACT_INT, BOOL, COUNT, ERROR, F16, F32, I32, NO_TYPE, type TypeId, TypeKind, U32, VOID, vecOf } from "./types.ts";
import type { Scalar, ValueId } from "./value.ts";

/** Candidates shown when no overload fits. */
const MAX_CANDIDATES = 4;

export function checkCall(c: CheckContext, node: NodeId): TypeId {
  const { ast } = c;
  const callee = ast.calleeOf(node);
  const args = checkArguments(c, node);
  if (ast.kind(callee) !== Kind.IDENT) return c.fail(node);
  const declaration = c.declarationOf[callee] as NodeId;
  if (declaration !== NONE && ast.kind(declaration) === Kind.FN)
    return userCall(c, node, callee, c.targetOf[declaration] as FunctionId, args);
  const found = c.predeclared(callee);
  switch (found?.kind) {
    case "function":
      return builtinCall(c, node, callee, found.id, args);
    case "templated-function":
      c.formOf[callee] = Form.NAME;
      return found.name === "bitcast" ? bitcast(c, node, args) : checkBufferView(c, node, found.name, args);
    case "generator": {
      const written = ast.listLength(ast.templateArgumentsOf(callee)) > 0;
      if (!written && found.generator === "array") return inferredArray(c, node, args);
      if (!written && (found.generator === "vec" || found.generator === "mat")) return inferred(c, node, callee, args);
      break;
    }
  }
  const type = denotedType(c, callee);
  if (type === ERROR) return c.fail(node);
  if (type !== NO_TYPE) return construct(c, node, type, args);
  c.error("W0263", callee, `'${c.text(ast.symbolOf(callee))}' cannot be called`);
  return c.fail(node);
}

/** The arguments, checked as values. */
interface Args {
  readonly nodes: readonly NodeId[];
  readonly types: readonly TypeId[];
  readonly kind: number;
  readonly hasError: boolean;
}

function checkArguments(c: CheckContext, node: NodeId): Args {
  const nodes: NodeId[] = [];
  const types: TypeId[] = [];
  let kind: number = ExprKind.CONST;
  let hasError = false;
  const list = c.ast.argumentsOf(node);
  const n = c.ast.listLength(list);
  for (let i = 0; i < n; i++) {
    const arg = c.ast.listItem(list, i);
    const type = checkValue(c, arg);
    nodes.push(arg);
    types.push(type);
    kind = Math.max(kind, c.kind(arg));
    if (type === ERROR) hasError = true;
  }
  return { nodes, types, kind, hasError };
}

const listTypes = (c: CheckContext, types: readonly TypeId[]) => types.map((t) => c.name(t)).join(", ");

/** Values of the arguments as converted, or undefined if the call is not to be evaluated now. */
function argumentValues(c: CheckContext, args: Args): ValueId[] | undefined {
  if (args.kind !== ExprKind.CONST || !c.evaluating) return undefined;
  const values: ValueId[] = [];
  for (const node of args.nodes) {
    const value = c.value(node);
    if (value === NONE) return undefined;
    values.push(value);
  }
  return values;
}

// User-defined functions.

function userCall(c: CheckContext, node: NodeId, callee: NodeId, id: FunctionId, args: Args): TypeId {
  const { ast } = c;
  c.formOf[callee] = Form.NAME;
  // A function without an id is in a cycle, which was reported.
  if ((id as number) === NONE) return c.fail(node);
  const fn = c.functions[id]!;
  c.set(node, fn.returnType, ExprKind.RUNTIME, NONE, Form.CALL, id);
  c.uses.callees.add(id);
  const declared: Note[] = [{ message: `'${fn.name}' is declared here`, span: ast.span(ast.nameNode(fn.node)) }];
  if (fn.stage !== undefined) c.error("W0277", callee, `'${fn.name}' is an entry point and cannot be called`, declared);
  if (ast.listLength(ast.templateArgumentsOf(callee)) > 0) c.error("W0219", callee, `'${fn.name}' does not take template arguments`);
  // A parameter without a name is a syntax error, which was reported.
  if (fn.params.some((param) => param.name === "")) return fn.returnType;
  if (args.nodes.length !== fn.params.length) {
    const what = args.nodes.length < fn.params.length ? "few" : "many";
    c.error("W0264", node, `too ${what} arguments: '${fn.name}' takes ${fn.params.length}, but was given ${args.nodes.length}`, declared);
    return fn.returnType;
  }
  for (const [i, arg] of args.nodes.entries()) {
    const param = fn.params[i]!;
    if (c.convertTo(arg, param.type) || isSmallerBuffer(c, c.used(arg), param.type)) continue;
    c.error(
      "W0265",
      arg,
      `parameter '${param.name}' of '${fn.name}' is of type '${c.name(param.type)}', but this is '${c.name(c.used(arg))}'`,
      declared,
      suffixFix(c, arg, param.type),
    );
  }
  return fn.returnType;
}

/** A pointer to a buffer may be passed as one to a smaller or runtime-sized buffer. @see https://www.w3.org/TR/WGSL/#conversion-rank */
function isSmallerBuffer(c: CheckContext, from: TypeId, to: TypeId): boolean {
  const { types } = c;
  if (types.kind(from) !== TypeKind.ptr || types.kind(to) !== TypeKind.ptr) return false;
  if (types.space(from) !== types.space(to) || types.access(from) !== types.access(to)) return false;
  const [a, b] = [types.element(from), types.element(to)];
  if (types.kind(a) !== TypeKind.buffer || types.kind(b) !== TypeKind.buffer || types.countKind(a) === COUNT.runtime) return false;
  if (types.countKind(b) === COUNT.runtime) return true;
  return types.countKind(a) === COUNT.constant && types.countKind(b) === COUNT.constant && types.count(b) < types.count(a);
}

// Builtin functions.

function builtinCall(c: CheckContext, node: NodeId, callee: NodeId, id: BuiltinId, args: Args): TypeId {
  const { ast } = c;
  const name = builtinName(id);
  const group = builtinGroup(id);
  c.formOf[callee] = Form.NAME;
  if (group.extension !== undefined && !c.requireExtension(group.extension, callee, `'${name}'`)) return c.fail(node);
  if (ast.listLength(ast.templateArgumentsOf(callee)) > 0) {
    c.error("W0219", callee, `'${name}' does not take template arguments`);
    return c.fail(node);
  }
  if (args.hasError) return c.fail(node);
  const chosen = c.overloads.resolve(id, args.types, args.kind === ExprKind.CONST);
  if (chosen === undefined) return noOverload(c, node, id, name, args);
  if (builtinStages(id) !== ALL_STAGES) c.uses.stageLimits.push({ stages: builtinStages(id), what: `'${name}'`, span: ast.span(callee) });
  convertArguments(c, args, chosen);
  checkRanges(c, name, args, chosen);
  if (name === "workgroupUniformLoad" && !checkUniformLoad(c, args.nodes[0]!, chosen)) return c.fail(node);
  const kind = group.isConst ? args.kind : ExprKind.RUNTIME;
  const values = group.isConst ? argumentValues(c, args) : undefined;
  if (values === undefined) checkPartial(c, node, name, args);
  const value = values === undefined ? NONE : c.evaluated(c.evaluator.builtin(name, chosen.result, values), node);
  return c.set(node, chosen.result, kind, value, Form.BUILTIN, id);
}

function convertArguments(c: CheckContext, args: Args, chosen: Chosen): void {
  for (const [i, arg] of args.nodes.entries()) c.convertTo(arg, chosen.params[i]!);
}

function noOverload(c: CheckContext, node: NodeId, id: BuiltinId, name: string, args: Args): TypeId {
  if (c.diagnostics.items.length >= MAX_DIAGNOSTICS) {
    // It will only be counted.
    c.error("W0262", node, name);
    return c.fail(node);
  }
  const signatures = [...signaturesOf(id)];
  signatures.sort((a, b) => c.overloads.closeness(b, args.types) - c.overloads.closeness(a, args.types));
  const texts = [...new Set(signatures.map(describe))];
  const sameCount = signatures.some((s) => s.params.length === args.nodes.length);
  const message = sameCount
    ? `no overload of '${name}' takes (${listTypes(c, args.types)})`
    : `no overload of '${name}' takes ${args.nodes.length} argument${args.nodes.length === 1 ? "" : "s"}`;
  const notes: Note[] = texts.slice(0, MAX_CANDIDATES).map((text) => ({ message: `candidate: ${text}` }));
  if (texts.length > MAX_CANDIDATES) notes.push({ message: `and ${texts.length - MAX_CANDIDATES} more` });
  c.error("W0262", node, message, notes);
  return c.fail(node);
}

/** Arguments that must be const-expressions, or whose values if known are bounded. */
function checkRanges(c: CheckContext, name: string, args: Args, chosen: Chosen): void {
  for (const [i, param] of chosen.signature.params.entries()) {
    if (param.range === undefined) continue;
    const arg = args.nodes[i]!;
    if (param.isConst && c.kind(arg) !== ExprKind.CONST) {
      c.error("W0274", arg, `argument '${param.name}' of '${name}' must be a const-expression`);
      continue;
    }
    const fault = rangeFault(c, c.value(arg), param.name, name, param.range);
    if (fault !== undefined) c.error("W0276", arg, fault);
  }
}
export function rangeFault(
  c: Pick<CheckContext, "values">,
  value: ValueId,
  param: string,
  name: string,
  [low, high]: readonly [number, number],
): string | undefined {
  if (value === NONE) return undefined;
  const bad = c.values.scalarsOf(value).find((x) => x < low || x > high);
  return bad === undefined ? undefined : `argument '${param}' of '${name}' must be between ${low} and ${high}, but this is ${bad}`;
}

/** @see https://www.w3.org/TR/WGSL/#workgroupUniformLoad-builtin */
function checkUniformLoad(c: CheckContext, arg: NodeId, chosen: Chosen): boolean {
  const store = c.types.element(c.used(arg));
  if (c.types.isConstructible(store) || chosen.result !== store) return true;
  c.error("W0262", arg, `'workgroupUniformLoad' cannot load '${c.name(store)}': it is not constructible`);
  return false;
}

/** Rules about arguments known early of a call that is not. */
function checkPartial(c: CheckContext, node: NodeId, name: string, args: Args): void {
  if (PARTIAL_ARGS[name] === undefined || !c.evaluating) return;
  const known = args.nodes.map((arg): Scalar[] | undefined => (c.value(arg) === NONE ? undefined : c.values.scalarsOf(c.value(arg))));
  const fault = partialFault(name, c.types.scalarOf(c.used(args.nodes[0]!)), known);
  if (fault !== undefined) c.error("W0275", node, fault);
}

/** @see https://www.w3.org/TR/WGSL/#bitcast-builtin */
function bitcast(c: CheckContext, node: NodeId, args: Args): TypeId {
  const { ast, types } = c;
  const templates = ast.templateArgumentsOf(ast.calleeOf(node));
  if (ast.listLength(templates) !== 1 || args.nodes.length !== 1) {
    c.error("W0262", node, "'bitcast' takes one type, as in 'bitcast<u32>(x)', and one argument");
    return c.fail(node);
  }
  const to = typeSpecifier(c, ast.listItem(templates, 0));
  if (to === ERROR || args.hasError) return c.fail(node);
  const arg = args.nodes[0]!;
  const from = bitcastSource(c, arg, to);
  const [fromScalar, toScalar] = [types.scalarOf(from), types.scalarOf(to)];
  const fits = [from, to].every((t) => types.isScalar(t) || types.isVec(t)) && isBits(fromScalar) && isBits(toScalar);
  if (!fits || bitWidth(c, from) !== bitWidth(c, to)) {
    c.error("W0262", node, `'${c.name(c.used(arg))}' cannot be reinterpreted as '${c.name(to)}'`);
    return c.fail(node);
  }
  c.convertTo(arg, from);
  const values = argumentValues(c, args);
  const value = values === undefined ? NONE : c.evaluated(c.evaluator.bitcast(to, values[0]!), node);
  return c.set(node, to, args.kind, value, Form.BITCAST);
}
/** An abstract integer may be read as u32 where that is the target, so that values above the i32 range can be written. */
function bitcastSource(c: CheckContext, arg: NodeId, to: TypeId): TypeId {
  const from = c.used(arg);
  const asU32 = c.types.scalarOf(from) === ABSTRACT_INT && c.types.scalarOf(to) === U32;
  return asU32 ? c.types.withScalar(from, U32) : concretize(c.types, from);
}
const isBits = (scalar: TypeId) => scalar === I32 || scalar === U32 || scalar === F32 || scalar === F16;
const bitWidth = (c: CheckContext, t: TypeId) => (c.types.scalarOf(t) === F16 ? 16 : 32) * (c.types.isVec(t) ? c.types.width(t) : 1);

// Value constructors.

const SCALAR_NAMES: Readonly<Record<number, string>> = { [BOOL]: "bool", [I32]: "i32", [U32]: "u32", [F32]: "f32", [F16]: "f16" };

/** `T(...)` where T is written, in whatever way. */
function construct(c: CheckContext, node: NodeId, type: TypeId, args: Args): TypeId {
  const { types } = c;
  if (!types.isConstructible(type)) {
    c.error("W0273", node, `a value of type '${c.name(type)}' cannot be constructed`);
    return c.fail(node);
  }
  // A zero value is never written out, however large.
  if (args.nodes.length === 0) return zeroValue(c, node, type);
  if (types.containsHugeArray(type)) {
    c.error("W0217", node, `a value of type '${c.name(type)}' cannot be constructed: ${HUGE_ARRAY}`);
    return c.fail(node);
  }
  if (args.hasError) return c.set(node, type, args.kind);
  const kind = types.kind(type);
  if (kind === TypeKind.array || kind === TypeKind.struct) return constructComposite(c, node, type, args);
  const name = types.isVec(type)
    ? `vec${types.width(type)}<>`
    : types.isMat(type)
      ? `mat${types.width(type)}x${types.rows(type)}<>`
      : SCALAR_NAMES[type]!;
  const explicit = types.isScalar(type) ? NO_TYPE : types.element(type);
  return constructNumeric(c, node, builtinId(name)!, c.name(type), explicit, args);
}

function zeroValue(c: CheckContext, node: NodeId, type: TypeId): TypeId {
  return c.set(node, type, ExprKind.CONST, c.values.zero(type), Form.ZERO);
}

/** `vec3(...)` or `mat2x2(...)` without component type. */
function inferred(c: CheckContext, node: NodeId, callee: NodeId, args: Args): TypeId {
  const name = c.text(c.ast.symbolOf(callee));
  c.formOf[callee] = Form.NAME;
  if (args.hasError) return c.fail(node);
  if (args.nodes.length === 0 && name.startsWith("vec")) return zeroValue(c, node, vecOf(ABSTRACT_INT, Number(name[3])));
  return constructNumeric(c, node, builtinId(name)!, name, NO_TYPE, args);
}

function constructNumeric(c: CheckContext, node: NodeId, id: BuiltinId, name: string, explicit: TypeId, args: Args): TypeId {
  const chosen = c.overloads.resolve(id, args.types, args.kind === ExprKind.CONST, explicit);
  if (chosen === undefined) {
    c.error("W0273", node, `'${name}' cannot be constructed from (${listTypes(c, args.types)})`);
    return c.fail(node);
  }
  convertArguments(c, args, chosen);
  const { types } = c;
  const [type, first] = [chosen.result, chosen.params[0]!];
  const single = args.nodes.length === 1;
  const form = !single ? Form.COMPOSE : types.isScalar(first) && !types.isScalar(type) ? Form.SPLAT : Form.CONVERT;
  const values = argumentValues(c, args);
  if (values === undefined) return c.set(node, type, args.kind, NONE, form);
  const { evaluator } = c;
  const value =
    form === Form.COMPOSE
      ? evaluator.compose(type, values)
      : form === Form.SPLAT
        ? evaluator.splat(type, values[0]!)
        : evaluator.convert(values[0]!, type);
  return c.set(node, type, args.kind, c.evaluated(value, node), form);
}

/** Arrays and structures whose type is written. */
function constructComposite(c: CheckContext, node: NodeId, type: TypeId, args: Args): TypeId {
  const { types } = c;
  const isArray = types.kind(type) === TypeKind.array;
  const count = isArray ? types.count(type) : types.struct(type).members.length;
  if (args.nodes.length !== count) {
    const what = args.nodes.length < count ? "few" : "many";
    c.error("W0273", node, `too ${what} arguments: '${c.name(type)}' takes ${count}, but was given ${args.nodes.length}`);
    return c.set(node, type, args.kind);
  }
  if (isArray && count > MAX_ARRAY_ARGUMENTS) {
    c.error("W0312", node, `an array constructor may have ${MAX_ARRAY_ARGUMENTS} arguments, but this has ${count}`);
    return c.set(node, type, args.kind);
  }
  for (const [i, arg] of args.nodes.entries()) {
    const part = isArray ? types.element(type) : types.struct(type).members[i]!.type;
    if (c.convertTo(arg, part)) continue;
    const what = isArray ? `element ${i}` : `member '${types.struct(type).members[i]!.name}'`;
    c.error("W0273", arg, `${what} of '${c.name(type)}' is of type '${c.name(part)}', but this is '${c.name(c.used(arg))}'`);
  }
  const values = argumentValues(c, args);
  return c.set(node, type, args.kind, values === undefined ? NONE : c.evaluator.compose(type, values), Form.COMPOSE);
}

/** `array(...)`: elements of the one type that all arguments convert to. */
function inferredArray(c: CheckContext, node: NodeId, args: Args): TypeId {
  const { types } = c;
  c.formOf[c.ast.calleeOf(node)] = Form.NAME;
  if (args.hasError) return c.fail(node);
  if (args.nodes.length === 0) {
    c.error("W0273", node, "'array()' needs arguments to tell its element type, or one that is written: 'array<f32, 4>()'");
    return c.fail(node);
  }
  let element = args.types[0]!;
  for (const [i, type] of args.types.entries()) {
    const common = commonType(types, element, type);
    if (common === undefined) {
      c.error(
        "W0273",
        args.nodes[i]!,
        `array elements must be of one type: this is '${c.name(type)}', those before are '${c.name(element)}'`,
      );
      return c.fail(node);
    }
    element = common;
  }
  if (args.kind !== ExprKind.CONST) element = concretize(types, element);
  if (!types.isConstructible(element)) {
    c.error("W0273", node, `'${c.name(element)}' cannot be the element type of an array value`);
    return c.fail(node);
  }
  return constructComposite(c, node, types.array(element, args.nodes.length), args);
}

/** True if the result of the call must not be dropped. */
export function mustUseResult(c: CheckContext, call: NodeId): boolean {
  switch (c.formOf[call]) {
    case Form.CALL:
      return c.functions[c.targetOf[call]!]!.mustUse;
    case Form.BUILTIN:
      return builtinGroup(c.targetOf[call] as BuiltinId).mustUse === true;
    default:
      return c.typeOf[call] !== ERROR && c.typeOf[call] !== VOID;
  }
}
