/** Which loads are values: memory that nothing writes while a shader runs. */
import type { FunctionId, Global, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import { STORAGE } from "../types.ts";
import { findVariables } from "./variables.ts";

export class ReadOnlyMemory {
  readonly #variables = new Set<Value>();

  /**
   * Uniforms, inputs, storage buffers without write permission (a dispatch in which one overlaps a writable region is refused), and tables:
   * variables of the invocation that are never stored to.
   */
  constructor(m: Module, f: FunctionId) {
    for (const g of m.globals) if (isReadOnly(m, g)) this.#variables.add(g.value);
    for (const use of findVariables(m, f).values()) if (!use.isStored && !use.isOther) this.#variables.add(use.variable);
  }

  has(variable: Value): boolean {
    return this.#variables.has(variable);
  }
  /** Whether `v` is a span load that gives the same wherever it stands. */
  isPureLoad(m: Module, v: Value): boolean {
    return m.op(v) === OP.SpanLoad && this.#variables.has(m.operand(v, 0));
  }
}

function isReadOnly(m: Module, g: Global): boolean {
  const storage = m.types.storage(m.type(g.value));
  return storage === STORAGE.Uniform || storage === STORAGE.Input || (storage === STORAGE.StorageBuffer && !g.writable);
}
