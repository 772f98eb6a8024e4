/**
 * Vertex and fragment stages as parts of a compute program: the driver generates a module of WGSL around them, whose function `stage` stands for
 * the shader's entry point. Inputs and outputs are its private variables, named by `ioName`. Where it has a variable `alive`, the invocations for
 * which that is false are helpers: they run, for the sake of their quads, but change nothing. @see docs/decisions/0010-draws-are-dispatches.md
 */
import type { FunctionId as IrFunctionId, Value } from "../../ir/module.ts";
import type { OpName } from "../../ir/ops.ts";
import { type TypeId as IrType, STORAGE } from "../../ir/types.ts";
import { Ice } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { ioName, type StageIoKey } from "../../support/stage-io.ts";
import type { CheckedModule, FunctionId, StageIo } from "./sema.ts";
import type { Context, Specialization } from "./to-ir-context.ts";
import { SPACE } from "./types.ts";

/** Generated code, checked, with its entry point. */
export interface Around {
  readonly checked: CheckedModule;
  readonly entry: FunctionId;
  readonly specialization: Specialization;
}

/** What a shader's entry point shares with the code around it. */
export class StageCode {
  readonly #c: Context;
  readonly #variables = new Map<string, Value>();
  /** the function that stands for the entry point */
  readonly stage: FunctionId;

  /** @param c for lowering the generated module; its global variables are there */
  constructor(c: Context) {
    this.#c = c;
    const { checked } = c;
    const stage = checked.functions.findIndex((f) => f.name === "stage");
    if (stage < 0) throw new Ice("the code around a stage lacks the function 'stage'");
    this.stage = stage as FunctionId;
    for (const g of checked.globals) {
      const variable = c.names.get(g.decl);
      if (g.space === SPACE.private && variable !== undefined) this.#variables.set(g.name, variable);
    }
  }

  /** Whether the invocation is no helper, or undefined where none is one. */
  get alive(): Value | undefined {
    return this.#variables.get("alive");
  }

  /** What generated code and entry point exchange by. What only one of them knows is a variable all the same. */
  variable(direction: "in" | "out", type: IrType, io: StageIo): Value {
    const key: StageIoKey = { builtin: io.builtin, location: io.location, blendSrc: io.blendSrc };
    const name = ioName(direction, key);
    const known = this.#variables.get(name);
    const { module } = this.#c;
    const pointer = module.types.pointer(STORAGE.Private, type);
    if (known !== undefined) {
      if (module.type(known) !== pointer) throw new Ice(`'${name}' has one type in the shader and another in the code around it`);
      return known;
    }
    const made = module.addGlobal(pointer, { name, group: NONE, binding: NONE, writable: true, builtin: "", location: NONE });
    this.#variables.set(name, made);
    return made;
  }

  /** The shader's entry point is lowered: calls of `stage` mean it. */
  set entryPoint(func: IrFunctionId) {
    this.#c.functions.set(this.stage, func);
  }
}

/** Runs `effect`, which changes memory, in invocations that are no helpers. @returns its result, of type `type`; zero in helpers */
export function whereAlive(c: Context, type: IrType, effect: () => Value): Value {
  const alive = c.stage?.alive;
  if (alive === undefined) return effect();
  const { module } = c;
  const { types } = module;
  const hasResult = type !== types.void;
  const result = hasResult ? c.variable(types.pointer(STORAGE.Function, type)) : NONE;
  if (hasResult) c.emit("Store", types.void, result, module.constantNull(type));
  const then = module.createBlock();
  const merge = module.createBlock();
  const condition = c.emit("Load", types.bool, alive);
  module.setMerge(c.block, merge);
  c.terminate("BranchConditional", condition, then, merge);
  c.start(then);
  const value = effect();
  if (hasResult) c.emit("Store", types.void, result, value);
  c.branch(merge);
  c.start(merge);
  return hasResult ? c.emit("Load", type, result) : value;
}

/** A store, which helpers do only to what is their own. */
export function store(c: Context, pointer: Value, v: Value): void {
  const { types } = c.module;
  const emit = () => c.emit("Store", types.void, pointer, v);
  if (types.storage(c.module.type(pointer)) === STORAGE.StorageBuffer) whereAlive(c, types.void, emit);
  else emit();
}

export const atomic = (c: Context, op: OpName, type: IrType, args: readonly Value[]): Value =>
  whereAlive(c, type, () => c.emitList(op, type, args));
