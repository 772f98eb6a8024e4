/** The compiler in the thread of the caller. It keeps the checked module of each shader module, so that pipelines do not check it again. */
import { LANGUAGE_FEATURES } from "../frontend/wgsl/check.ts";
import { Budget } from "../support/column.ts";
import { checkShader, compileShader, type Shader } from "./compile.ts";
import type { Compiler, EntryReply, EntryRequest, ModuleReply, ModuleRequest, ShaderMessage } from "./compiler.ts";
import { type Diagnostic, publicDiagnostics } from "./diagnostics.ts";
import { shaderInterface } from "./shader-interface.ts";
import { warmUp } from "./warm-up.ts";

/** The device feature that each `enable` extension of WGSL needs. @see https://www.w3.org/TR/WGSL/#enable-extensions-sec */
const EXTENSION_FEATURE: Readonly<Record<string, string>> = {
  f16: "shader-f16",
  clip_distances: "clip-distances",
  dual_source_blending: "dual-source-blending",
  subgroups: "subgroups",
  primitive_index: "primitive-index",
  subgroup_size_control: "subgroup-size-control",
};

/** Code of the front end for an extension that the device has not. */
const EXTENSION_IS_OFF = "W0251";

const extensionsOf = (features: readonly string[]): ReadonlySet<string> =>
  new Set(Object.keys(EXTENSION_FEATURE).filter((extension) => features.includes(EXTENSION_FEATURE[extension]!)));

interface Kept {
  readonly shader: Shader;
  /** of its typed columns */
  readonly bytes: number;
}

export class InlineCompiler implements Compiler {
  readonly languageFeatures = LANGUAGE_FEATURES;
  /** the first was made longest ago */
  readonly #shaders = new Map<number, Kept>();
  #keptBytes = 0;
  /** most bytes of typed columns that one check or one compilation may hold; undefined: as the compiler itself has it */
  readonly #columnBytes: number | undefined;

  constructor(columnBytes?: number) {
    this.#columnBytes = columnBytes;
  }

  warm(): void {
    warmUp();
  }

  check(request: ModuleRequest): ModuleReply {
    const shader = this.#check(request);
    const messages = publicDiagnostics({ ...shader, failure: null }).map(messageOf);
    if (shader.failure) return { messages, interface: null, failure: shader.failure.message };
    return { messages, interface: shader.checked?.ok ? shaderInterface(shader.checked) : null };
  }

  compile(request: EntryRequest): EntryReply {
    const shader = this.#shaders.get(request.module)?.shader ?? this.#check(request);
    const { entryPoint, limits, level, debug, around } = request;
    const constants = Object.fromEntries(request.constants);
    const reply = compileShader({ shader, entryPoint, constants, limits, level, debug, around, budget: new Budget(this.#columnBytes) });
    if (reply.status === "failed") {
      const { kind, message } = reply.failure;
      return { status: kind === "unsupported" ? kind : "failed", message };
    }
    if (reply.status === "invalid") {
      const messages = publicDiagnostics({ ...shader, diagnostics: reply.diagnostics, failure: null }).map(messageOf);
      return { status: "wrong", messages: messages.length > 0 ? messages : [messageAt(reply.message)] };
    }
    const { object, workgroupSize, sites } = reply;
    return { status: "done", object, workgroupSize, ...(debug === true ? { sites } : {}) };
  }

  forget(module: number): void {
    this.#keptBytes -= this.#shaders.get(module)?.bytes ?? 0;
    this.#shaders.delete(module);
  }

  /** All that is kept is within the budget of one: what is dropped is checked again when it is asked for. */
  #check({ module, source, features }: ModuleRequest): Shader {
    const budget = new Budget(this.#columnBytes);
    const shader = checkShader(source, extensionsOf(features), undefined, budget);
    this.forget(module);
    this.#shaders.set(module, { shader, bytes: budget.usedBytes });
    this.#keptBytes += budget.usedBytes;
    for (const oldest of this.#shaders.keys()) {
      if (this.#keptBytes <= budget.maxBytes || oldest === module) break;
      this.forget(oldest);
    }
    return shader;
  }
}

function messageOf(diagnostic: Diagnostic): ShaderMessage {
  const { severity, code, message, line, column, offset, length } = diagnostic;
  const feature = code === EXTENSION_IS_OFF ? EXTENSION_FEATURE[/'(\w+)'/.exec(message)?.[1] ?? ""] : undefined;
  const hint = feature === undefined ? "" : `; list "${feature}" in requiredFeatures of requestDevice`;
  return { type: severity, code, message: message + hint, line, column, offset, length };
}

function messageAt(message: string): ShaderMessage {
  return { type: "error", code: "W0002", message, line: 0, column: 0, offset: 0, length: 0 };
}
