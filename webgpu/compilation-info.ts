/** @see https://www.w3.org/TR/webgpu/#gpucompilationinfo */
import type { ShaderMessage } from "./compiler.ts";
import { exposeInterface, type Made, MINT, madeOf } from "./idl/interface.ts";

export class GPUCompilationMessage {
  declare readonly __brand: "GPUCompilationMessage";
  readonly #message: ShaderMessage;
  constructor(...made: Made<ShaderMessage>) {
    this.#message = madeOf(made);
  }
  get message(): string {
    return this.#message.message;
  }
  get type(): "error" | "warning" | "info" {
    return this.#message.type;
  }
  get lineNum(): number {
    return this.#message.line;
  }
  get linePos(): number {
    return this.#message.column;
  }
  get offset(): number {
    return this.#message.offset;
  }
  get length(): number {
    return this.#message.length;
  }
}
exposeInterface("GPUCompilationMessage", GPUCompilationMessage);

export class GPUCompilationInfo {
  declare readonly __brand: "GPUCompilationInfo";
  readonly #messages: readonly GPUCompilationMessage[];
  constructor(...made: Made<readonly GPUCompilationMessage[]>) {
    this.#messages = madeOf(made);
  }
  /** a frozen array */
  get messages(): readonly GPUCompilationMessage[] {
    return this.#messages;
  }
}
exposeInterface("GPUCompilationInfo", GPUCompilationInfo);

export function compilationInfo(messages: readonly ShaderMessage[]): GPUCompilationInfo {
  return new GPUCompilationInfo(MINT, Object.freeze(messages.map((message) => new GPUCompilationMessage(MINT, message))));
}
