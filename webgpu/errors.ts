/**
 * The error objects of WebGPU.
 * @see https://www.w3.org/TR/webgpu/#errors-and-debugging
 */
import { domString } from "./idl/convert.ts";
import { dictionary, enumeration, required } from "./idl/dictionary.ts";
import { exposeInterface, illegalConstructor, needArguments } from "./idl/interface.ts";

export type ErrorFilter = "validation" | "out-of-memory" | "internal";
export const errorFilter = enumeration("GPUErrorFilter", ["validation", "out-of-memory", "internal"]);

export let isGpuError: (value: unknown) => value is GPUError;

export class GPUError {
  readonly #message: string;
  constructor(message: string) {
    if (new.target === GPUError) throw illegalConstructor();
    this.#message = domString(message, "GPUError: message");
  }
  get message(): string {
    return this.#message;
  }
  static {
    isGpuError = (value): value is GPUError => typeof value === "object" && value !== null && #message in value;
  }
}
exposeInterface("GPUError", GPUError);

export class GPUValidationError extends GPUError {
  declare readonly __brand: "GPUValidationError";
  constructor(...message: [message: string]) {
    needArguments(message.length, 1, "GPUValidationError");
    super(message[0]);
  }
}
exposeInterface("GPUValidationError", GPUValidationError);

export class GPUOutOfMemoryError extends GPUError {
  declare readonly __brand: "GPUOutOfMemoryError";
  constructor(...message: [message: string]) {
    needArguments(message.length, 1, "GPUOutOfMemoryError");
    super(message[0]);
  }
}
exposeInterface("GPUOutOfMemoryError", GPUOutOfMemoryError);

export class GPUInternalError extends GPUError {
  declare readonly __brand: "GPUInternalError";
  constructor(...message: [message: string]) {
    needArguments(message.length, 1, "GPUInternalError");
    super(message[0]);
  }
}
exposeInterface("GPUInternalError", GPUInternalError);

export function makeError(kind: ErrorFilter, message: string): GPUError {
  if (kind === "validation") return new GPUValidationError(message);
  return kind === "internal" ? new GPUInternalError(message) : new GPUOutOfMemoryError(message);
}

export type PipelineErrorReason = "validation" | "internal";
const pipelineErrorInit = dictionary(null, { reason: required(enumeration("GPUPipelineErrorReason", ["validation", "internal"])) });

/** @see https://www.w3.org/TR/webgpu/#gpupipelineerror */
export class GPUPipelineError extends DOMException {
  declare readonly __brand: "GPUPipelineError";
  readonly #reason: PipelineErrorReason;
  constructor(message: string | undefined, options: { reason: PipelineErrorReason }) {
    super(message === undefined ? "" : domString(message, "GPUPipelineError: message"), "GPUPipelineError");
    this.#reason = pipelineErrorInit(options, "GPUPipelineError: options").reason;
  }
  get reason(): PipelineErrorReason {
    return this.#reason;
  }
}
exposeInterface("GPUPipelineError", GPUPipelineError);

export const operationError = (message: string): DOMException => new DOMException(message, "OperationError");
export const abortError = (message: string): DOMException => new DOMException(message, "AbortError");
