/** Stage inputs and outputs of an entry point. @see https://www.w3.org/TR/WGSL/#stage-inputs-outputs */
import type { Value } from "../../ir/module.ts";
import { type TypeId as IrType, STORAGE } from "../../ir/types.ts";
import { NONE } from "../../support/id.ts";
import type { FunctionInfo, StageIo } from "./sema.ts";
import type { Context } from "./to-ir-context.ts";
import { TypeKind } from "./types.ts";

/** Loads every input and gives the entry point's parameters their values. */
export function loadInputs(c: Context, fn: FunctionInfo): void {
  const parts = new Map<number, Value[]>();
  for (const input of fn.inputs) {
    const type = c.lower.type(input.type);
    const variable = ioVariable(c, STORAGE.Input, type, input);
    const list = parts.get(input.param) ?? [];
    list.push(c.emit("Load", type, variable));
    parts.set(input.param, list);
  }
  fn.params.forEach((param, i) => {
    const values = parts.get(i) ?? [];
    const isStruct = c.wgsl.kind(param.type) === TypeKind.struct;
    c.names.set(param.decl, isStruct ? c.emitList("CompositeConstruct", c.lower.type(param.type), values) : values[0]!);
  });
}

/** Stores the result in the output variables and returns. @param result NONE where there is none */
export function finishReturn(c: Context, result: Value): void {
  const fn = c.fn!;
  fn.outputs.forEach((output, i) => {
    let variable = c.outputs[i];
    if (variable === undefined) {
      variable = ioVariable(c, STORAGE.Output, c.lower.type(output.type), output);
      c.outputs[i] = variable;
    }
    const part = output.member === NONE ? result : c.extract(result, output.member);
    c.emit("Store", c.module.types.void, variable, part);
  });
  c.terminate("Return");
}

function ioVariable(c: Context, storage: typeof STORAGE.Input | typeof STORAGE.Output, type: IrType, io: StageIo): Value {
  if (c.stage !== null) return c.stage.variable(storage === STORAGE.Input ? "in" : "out", type, io);
  return c.module.addGlobal(c.module.types.pointer(storage, type), {
    name: io.name,
    group: NONE,
    binding: NONE,
    writable: storage === STORAGE.Output,
    builtin: io.builtin ?? "",
    location: io.location,
  });
}
