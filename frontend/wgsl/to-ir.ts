/** Lowers one entry point of a checked module, and all it reaches, to IR. It derives no rule of WGSL: sema.ts says how to read what check found. */
import { type FunctionId as IrFunctionId, Module, type Value } from "../../ir/module.ts";
import type { TypeId as IrType } from "../../ir/types.ts";
import type { Budget } from "../../support/column.ts";
import type { DebugSite } from "../../support/debug-log.ts";
import { Ice } from "../../support/failure.ts";
import { IMMEDIATE_BINDING } from "../../support/hidden-bindings.ts";
import { NONE } from "../../support/id.ts";
import type { CheckedModule, FunctionId, FunctionInfo, GlobalVariable, Param } from "./sema.ts";
import { Context, type Specialization } from "./to-ir-context.ts";
import { DebugCode } from "./to-ir-debug.ts";
import { value } from "./to-ir-expr.ts";
import { finishReturn, loadInputs } from "./to-ir-io.ts";
import { type Around, StageCode } from "./to-ir-stage.ts";
import { statements } from "./to-ir-stmt.ts";
import { addSampler, addTexture, isSampler, isTexture, TextureFunctions } from "./to-ir-textures.ts";
import { TypeLowering } from "./to-ir-types.ts";
import { ACCESS, SPACE, type TypeId, VOID } from "./types.ts";

export type { Specialization } from "./to-ir-context.ts";

/**
 * @param checked without errors (`ok`)
 * @param entry an entry point of it
 * @param sites when the module is compiled for debugging: filled with what the numbers in its log stand for
 * @param around generated code that a vertex or fragment entry point becomes part of: see to-ir-stage.ts
 * @throws Limit for what is valid but cannot be run yet
 */
export function toIr(
  checked: CheckedModule,
  entry: FunctionId,
  specialization: Specialization,
  budget?: Budget,
  sites?: DebugSite[],
  around?: Around,
): Module {
  const info = checked.functions[entry];
  if (!checked.ok || info?.stage === undefined) throw new Ice("only an entry point of a valid module can be lowered");
  const module = new Module(budget);
  const c = new Context(checked, module, new TypeLowering(checked, module, specialization.counts), specialization);
  const { globals } = checked;
  const outer = around === undefined ? null : contextOf(around, module);
  if (outer !== null) c.stage = new StageCode(outer);
  const types = info.globals.map((g) => globals[g]!.storeType);
  const samples = types.some((type) => isSampler(c, type));
  if (samples || types.some((type) => isTexture(c, type))) c.textureFunctions = new TextureFunctions(c, lowerFunction, samples);
  for (const global of info.globals) addGlobal(c, globals[global]!);
  if (sites !== undefined) c.debug = new DebugCode(c, sites);
  for (const id of reached(checked, entry)) lowerFunction(c, id);
  const func = c.functions.get(entry)!;
  const { name, stage } = info;
  if (around === undefined || outer === null || c.stage === null) {
    module.entry = { name, stage, func, workgroupSize: specialization.workgroupSize };
  } else module.entry = { name, stage: "compute", ...lowerAround(outer, around, c.stage, func) };
  return module;
}

function contextOf({ checked, entry, specialization }: Around, module: Module): Context {
  const c = new Context(checked, module, new TypeLowering(checked, module, specialization.counts), specialization);
  c.isSynthetic = true;
  for (const global of checked.functions[entry]!.globals) addGlobal(c, checked.globals[global]!);
  return c;
}

function lowerAround(outer: Context, { entry, specialization }: Around, code: StageCode, entryPoint: IrFunctionId) {
  code.entryPoint = entryPoint;
  for (const id of reached(outer.checked, entry)) if (id !== code.stage) lowerFunction(outer, id);
  return { func: outer.functions.get(entry)!, workgroupSize: specialization.workgroupSize };
}

function addGlobal(c: Context, g: GlobalVariable): void {
  if (isTexture(c, g.storeType)) return addTexture(c, g);
  if (isSampler(c, g.storeType)) return addSampler(c, g);
  const pointer = c.lower.pointer(g.storeType, g.space);
  const isImmediate = g.space === SPACE.immediate;
  const writable = g.space !== SPACE.uniform && !isImmediate && g.access !== ACCESS.read;
  const place = isImmediate ? { group: 0, binding: IMMEDIATE_BINDING } : { group: g.group, binding: g.binding };
  const v = c.module.addGlobal(pointer, { name: g.name, ...place, writable, builtin: "", location: NONE });
  c.names.set(g.decl, v);
}

/** The entry point and what it calls, callees first. */
function reached(checked: CheckedModule, entry: FunctionId): FunctionId[] {
  const wanted = new Set<FunctionId>([entry]);
  for (let id = entry as number; id >= 0; id--) {
    if (wanted.has(id as FunctionId)) for (const callee of checked.functions[id]!.callees) wanted.add(callee);
  }
  return [...wanted].sort((a, b) => a - b);
}

function lowerFunction(c: Context, id: FunctionId): void {
  const { module, ast, checked } = c;
  const info = checked.functions[id]!;
  const isEntry = info.stage !== undefined;
  const params = isEntry ? [] : info.params;
  const returnType = isEntry ? VOID : info.returnType;
  const fn = module.addFunction(
    info.name,
    c.lower.type(returnType),
    params.flatMap((p) => parameterTypes(c, p.type)),
  );
  c.functions.set(id, fn);
  c.fn = info;
  c.irFunction = fn;
  c.offset = ast.start(info.node);
  c.entryBlock = module.createBlock();
  c.start(c.entryBlock);
  nameParameters(c, params, module.functions[fn]!.params);
  if (isEntry) {
    initializePrivates(c, info);
    loadInputs(c, info);
  }
  const body = module.createBlock();
  c.branch(body);
  c.start(body);
  if (isEntry) c.debug?.start();
  c.debug?.enter(info);
  statements(c, ast.statementsOf(ast.bodyOf(info.node)), null);
  if (c.block === NONE) return;
  if (returnType === VOID) c.debug?.leave(info.node);
  if (isEntry) finishReturn(c, NONE);
  else c.terminate(returnType === VOID ? "Return" : "Unreachable");
}

/** A texture is two parameters: see `callArguments`. */
function parameterTypes(c: Context, type: TypeId): IrType[] {
  if (isSampler(c, type)) return [c.textures.samplerPointer];
  if (!isTexture(c, type)) return [c.lower.type(type)];
  const { texels, info } = c.textures.pointers;
  return [texels, info];
}

function nameParameters(c: Context, params: readonly Param[], values: readonly Value[]): void {
  let at = 0;
  for (const { decl, type } of params) {
    if (isSampler(c, type)) c.samplers.set(decl, values[at++]!);
    else if (isTexture(c, type)) c.handles.set(decl, { texels: values[at++]!, info: values[at++]! });
    else c.names.set(decl, values[at++]!);
  }
}

function initializePrivates(c: Context, info: FunctionInfo): void {
  for (const id of info.globals) {
    const g = c.checked.globals[id]!;
    // a stage runs many times in one invocation of the code around it: what is zero at first is zero again
    if (g.space !== SPACE.private || (g.initializer === NONE && c.stage === null)) continue;
    const initial = g.initializer === NONE ? c.module.constantNull(c.lower.type(g.storeType)) : value(c, g.initializer);
    c.emit("Store", c.module.types.void, c.names.get(g.decl)!, initial);
  }
}
