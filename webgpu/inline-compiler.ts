/** The compiler in the thread of the caller. It keeps the checked module of each shader module, so that pipelines do not check it again. */
import { LANGUAGE_FEATURES } from "../frontend/wgsl/check.ts";
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

export class InlineCompiler implements Compiler {
  readonly languageFeatures = LANGUAGE_FEATURES;
  readonly #shaders = new Map<number, Shader>();

  warm(): void {
    warmUp();
  }

  check(request: ModuleRequest): ModuleReply {
    const shader = checkShader(request.source, extensionsOf(request.features));
    this.#shaders.set(request.module, shader);
    const messages = publicDiagnostics({ ...shader, failure: null }).map(messageOf);
    if (shader.failure) return { messages, interface: null, failure: shader.failure.message };
    return { messages, interface: shader.checked?.ok ? shaderInterface(shader.checked) : null };
  }

  compile(request: EntryRequest): EntryReply {
    const shader = this.#shaders.get(request.module) ?? checkShader(request.source, extensionsOf(request.features));
    const { entryPoint, limits, level, debug, around } = request;
    const constants = Object.fromEntries(request.constants);
    const reply = compileShader({ shader, entryPoint, constants, limits, level, debug, around });
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
    this.#shaders.delete(module);
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
