/** Function declarations and entry points. @see https://www.w3.org/TR/WGSL/#functions */
import { NONE } from "../../support/id.ts";
import { Attribute, Kind, type ListId, type NodeId } from "./ast.ts";
import { attribute, checkAttributes, rangeFilters } from "./check-attributes.ts";
import { type CheckContext, newUses } from "./check-context.ts";
import { checkValue } from "./check-expr.ts";
import { IO_ATTRIBUTES, readIo, stageIo } from "./check-io.ts";
import { checkBlock } from "./check-stmt.ts";
import { typeSpecifier } from "./check-types.ts";
import { commonType, concretize } from "./conversion.ts";
import { Behavior, DeclKind, ExprKind, type FunctionId, type Param, type StageName } from "./sema.ts";
import { HUGE_ARRAY } from "./store-types.ts";
import { ERROR, I32, type TypeId, TypeKind, U32, VOID } from "./types.ts";

const MAX_PARAMETERS = 255;
const MAX_WORKGROUP_INVOCATIONS = 0xffff_ffff;
const FUNCTION_ATTRIBUTES: readonly Attribute[] = [
  Attribute.VERTEX,
  Attribute.FRAGMENT,
  Attribute.COMPUTE,
  Attribute.WORKGROUP_SIZE,
  Attribute.SUBGROUP_SIZE,
  Attribute.MUST_USE,
  Attribute.DIAGNOSTIC,
];

export function functionDeclaration(c: CheckContext, node: NodeId): void {
  const { ast } = c;
  c.uses = newUses();
  const name = ast.kind(ast.nameNode(node)) === Kind.NAME ? c.text(ast.nameSymbol(node)) : "";
  checkAttributes(c, node, "a function", FUNCTION_ATTRIBUTES);
  rangeFilters(c, node);
  const stage = stageOf(c, node);
  const params = parameters(c, node, stage);
  const returnType = result(c, node, stage);
  const mustUse = attribute(c, node, Attribute.MUST_USE);
  if (mustUse !== NONE && ast.resultOf(node) === NONE) c.error("W0240", mustUse, "@must_use needs a function with a return type");
  const workgroupSize = workgroupSizeOf(c, node, stage);
  const subgroupSize = subgroupSizeOf(c, node, stage);
  const state = { name, returnType, varCount: 0, enclosing: [] };
  checkBody(c, node, state);
  const inputs = stage === undefined ? [] : stageIo(c, stage, "input", params);
  const outputs =
    stage === undefined || ast.resultOf(node) === NONE
      ? []
      : stageIo(c, stage, "output", [{ node: ast.resultOf(node), name: "", type: returnType }]);
  if (stage === "vertex" && returnType !== ERROR && !outputs.some((o) => o.builtin === "position")) {
    c.error("W0250", ast.nameNode(node), `the vertex entry point '${name}' must return the builtin value 'position'`);
  }
  c.targetOf[node] = c.functions.length;
  c.functions.push({
    name,
    node,
    params,
    returnType,
    stage,
    inputs,
    outputs,
    workgroupSize,
    subgroupSize,
    mustUse: mustUse !== NONE,
    varCount: state.varCount,
    callees: [...c.uses.callees] as FunctionId[],
    globals: [...c.uses.globals].sort((a, b) => a - b),
    overrides: [...c.uses.overrides].sort((a, b) => a - b),
  });
  c.functionUses.push(c.uses);
}

function stageOf(c: CheckContext, node: NodeId): StageName | undefined {
  let found: StageName | undefined;
  for (const [code, name] of [
    [Attribute.COMPUTE, "compute"],
    [Attribute.VERTEX, "vertex"],
    [Attribute.FRAGMENT, "fragment"],
  ] as const) {
    const at = attribute(c, node, code);
    if (at === NONE) continue;
    if (found !== undefined) c.error("W0244", at, "a function can be an entry point of one stage only");
    found = name;
  }
  return found;
}

function parameters(c: CheckContext, node: NodeId, stage: StageName | undefined): Param[] {
  const { ast } = c;
  const list: ListId = ast.parametersOf(node);
  if (ast.listLength(list) > MAX_PARAMETERS)
    c.error("W0312", ast.nameNode(node), `a function may have ${MAX_PARAMETERS} parameters, but this has ${ast.listLength(list)}`);
  const params: Param[] = [];
  c.forEach(list, (param, index) => {
    if (ast.kind(param) !== Kind.PARAM) return;
    const name = ast.kind(ast.nameNode(param)) === Kind.NAME ? c.text(ast.nameSymbol(param)) : "";
    const type = parameterType(c, param, stage);
    const decl = c.declare(param, { kind: DeclKind.PARAM, name, node: param, type, value: NONE, index });
    params.push({ name, node: param, decl, type });
  });
  return params;
}

function parameterType(c: CheckContext, param: NodeId, stage: StageName | undefined): TypeId {
  const { types } = c;
  const what = stage === undefined ? "a parameter of a function that is no entry point" : "a parameter";
  checkAttributes(c, param, what, stage === undefined ? [] : IO_ATTRIBUTES);
  const type = typeSpecifier(c, c.ast.typeOf(param));
  c.typeOf[param] = type;
  if (stage !== undefined) readIo(c, param, type);
  if (type === ERROR || (types.isConstructible(type) && !types.containsHugeArray(type))) return type;
  const passable = types.kind(type) === TypeKind.ptr || types.isOpaque(type);
  if (passable && stage === undefined) return type;
  const why =
    stage !== undefined && passable ? "it is an input of an entry point" : "it is not constructible, nor a pointer, texture or sampler";
  c.error("W0311", c.ast.typeOf(param), `a parameter cannot be of type '${c.name(type)}' here: ${why}`);
  return ERROR;
}

function result(c: CheckContext, node: NodeId, stage: StageName | undefined): TypeId {
  const { ast, types } = c;
  const at = ast.resultOf(node);
  if (at === NONE || ast.kind(at) !== Kind.RESULT) return VOID;
  checkAttributes(
    c,
    at,
    stage === undefined ? "the result of a function that is no entry point" : "a result",
    stage === undefined ? [] : IO_ATTRIBUTES,
  );
  const type = typeSpecifier(c, ast.typeOf(at));
  c.typeOf[at] = type;
  if (stage !== undefined) readIo(c, at, type);
  if (type === ERROR || (types.isConstructible(type) && !types.containsHugeArray(type))) return type;
  c.error(
    "W0310",
    ast.typeOf(at),
    `a function cannot return '${c.name(type)}': ${types.isConstructible(type) ? HUGE_ARRAY : "it is not constructible"}`,
  );
  return ERROR;
}

function checkBody(c: CheckContext, node: NodeId, state: Parameters<typeof checkBlock>[1]): void {
  const behavior = checkBlock(c, state, c.ast.bodyOf(node));
  c.behaviorOf[node] = behavior;
  if (state.returnType === VOID || state.returnType === ERROR || (behavior & Behavior.NEXT) === 0) return;
  const end = c.ast.end(c.ast.bodyOf(node));
  c.error(
    "W0300",
    { offset: Math.max(0, end - 1), length: 1 },
    `'${state.name}' must return a value of type '${c.name(state.returnType)}' on every path`,
  );
}

/** @see https://www.w3.org/TR/WGSL/#workgroup-size-attr */
function workgroupSizeOf(c: CheckContext, node: NodeId, stage: StageName | undefined): readonly [NodeId, NodeId, NodeId] {
  const { ast } = c;
  const at = attribute(c, node, Attribute.WORKGROUP_SIZE);
  const sizes: [NodeId, NodeId, NodeId] = [NONE, NONE, NONE];
  if (stage !== "compute") {
    if (at !== NONE) c.error("W0244", at, "@workgroup_size applies to compute entry points only");
    return sizes;
  }
  if (at === NONE) {
    c.error("W0245", ast.nameNode(node), "a compute entry point needs @workgroup_size");
    return sizes;
  }
  const found: TypeId[] = [];
  c.forEach(ast.argumentsOf(at), (arg, i) => {
    found.push(earlyInteger(c, arg, "a workgroup size"));
    if (i < 3) sizes[i] = arg;
  });
  if (found.includes(ERROR)) return sizes;
  const common = found.reduce<TypeId | undefined>((all, type) => all && commonType(c.types, all, type), found[0]);
  if (common === undefined) {
    c.error("W0245", at, "all workgroup sizes must be of one type, 'i32' or 'u32'");
    return sizes;
  }
  checkSizes(c, at, sizes, concretize(c.types, common));
  return sizes;
}

/** Checks a size written as const- or override-expression. @returns its type, or ERROR */
function earlyInteger(c: CheckContext, arg: NodeId, what: string): TypeId {
  const type = checkValue(c, arg);
  if (type === ERROR) return ERROR;
  if (!c.types.isIntegerScalar(type)) {
    c.error("W0245", arg, `${what} is an integer, not '${c.name(type)}'`);
    return c.fail(arg);
  }
  if (c.kind(arg) !== ExprKind.RUNTIME) return type;
  c.error("W0245", arg, `${what} must be a const-expression or an override-expression`);
  return c.fail(arg);
}

function checkSizes(c: CheckContext, at: NodeId, sizes: readonly NodeId[], type: TypeId): void {
  let product = 1;
  for (const size of sizes) {
    if (size === NONE) continue;
    c.convertTo(size, type === I32 || type === U32 ? type : I32);
    if (c.value(size) === NONE) continue;
    const n = c.values.numberAt(c.value(size), 0);
    if (n <= 0) c.error("W0245", size, `a workgroup size must be at least 1, but this is ${n}`);
    product *= Math.max(n, 1);
  }
  if (product > MAX_WORKGROUP_INVOCATIONS) c.error("W0245", at, `a workgroup of ${product} invocations is too large`);
}

/** @see https://www.w3.org/TR/WGSL/#subgroup-size-attr */
function subgroupSizeOf(c: CheckContext, node: NodeId, stage: StageName | undefined): NodeId {
  const at = attribute(c, node, Attribute.SUBGROUP_SIZE);
  if (at === NONE) return NONE;
  c.requireExtension("subgroup_size_control", at, "@subgroup_size");
  if (stage !== "compute") c.error("W0244", at, "@subgroup_size applies to compute entry points only");
  const arg = c.ast.listItem(c.ast.argumentsOf(at), 0);
  if (earlyInteger(c, arg, "a subgroup size") === ERROR) return NONE;
  c.concretize(arg);
  if (c.value(arg) === NONE) return arg;
  const n = c.values.numberAt(c.value(arg), 0);
  if (n <= 0 || (n & (n - 1)) !== 0) c.error("W0242", arg, `a subgroup size must be a power of two, but this is ${n}`);
  return arg;
}
