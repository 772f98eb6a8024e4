/**
 * `portcullis/shader`: the compiler and the verifier for tools. Every function is total: it never throws, whatever it is given.
 * `portcullis/validate` has `validate` and `reflect` alone, and loads in less than half of the time.
 */
import { type Reflection, reflect as reflectChecked } from "../frontend/wgsl/reflect.ts";
import { printSpirv } from "../ir/spirv/print.ts";
import { spirvBytes, writeSpirv } from "../ir/spirv/write.ts";
import { disassemble as printObject } from "../sandbox/isa/disassemble.ts";
import { readObject } from "../sandbox/isa/write-object.ts";
import { compileProgram } from "../sandbox/jit/index.ts";
import { printWat } from "../sandbox/jit/wat.ts";
import type { Token } from "../sandbox/verifier/token.ts";
import { verify as verifyObject } from "../sandbox/verifier/verify.ts";
import { checkShader, compileShader } from "./compile.ts";
import { atStart, type Diagnostic, notText, publicDiagnostics } from "./diagnostics.ts";

export type {
  BindingReflection,
  EntryPointReflection,
  IoReflection,
  OverrideReflection,
  Reflection,
  ResourceReflection,
  StructReflection,
  TypeLayout,
} from "../frontend/wgsl/reflect.ts";
export { type Diagnostic, publicDiagnostics } from "./diagnostics.ts";
export { reflect, type ValidateOptions, validate } from "./validate.ts";

export type TextEmit = "ir" | "isa" | "wat" | "lowered" | "spvasm" | "lowered-spvasm";
export type BinaryEmit = "spirv" | "lowered-spirv";
/** "lowered": as the front end makes it; without: after the passes */
export type Emit = TextEmit | BinaryEmit;

export interface CompileOptions {
  readonly entryPoint?: string;
  readonly overrides?: Readonly<Record<string, number>>;
  /** forms to print, beside the object */
  readonly emit?: readonly Emit[];
  /** optimization level, default 2 */
  readonly level?: 0 | 1 | 2;
}

export interface Compiled {
  /** a `.pco` object, or null when there are errors */
  readonly object: Uint8Array | null;
  readonly reflection: Reflection | null;
  readonly diagnostics: Diagnostic[];
  readonly text: { readonly [E in TextEmit]?: string };
  /** SPIR-V modules, little-endian */
  readonly binary: { readonly [E in BinaryEmit]?: Uint8Array };
}

/** Compiles one entry point. Errors that have no place in the source stand at its start. */
export function compile(source: unknown, options: CompileOptions = {}): Compiled {
  if (typeof source !== "string") return { object: null, reflection: null, diagnostics: [notText()], text: {}, binary: {} };
  const shader = checkShader(source);
  const diagnostics = publicDiagnostics(shader);
  const text: { [E in TextEmit]?: string } = {};
  const binary: { [E in BinaryEmit]?: Uint8Array } = {};
  const emit = new Set(options.emit ?? []);
  const reply = compileShader({
    shader,
    entryPoint: options.entryPoint,
    constants: options.overrides,
    level: options.level,
    onIr: (when, printed, module) => {
      const form = when === "lowered" ? "lowered" : "ir";
      if (emit.has(form)) text[form] = printed;
      const [spirv, spvasm] = when === "lowered" ? (["lowered-spirv", "lowered-spvasm"] as const) : (["spirv", "spvasm"] as const);
      if (!emit.has(spirv) && !emit.has(spvasm)) return;
      const words = writeSpirv(module);
      if (emit.has(spirv)) binary[spirv] = spirvBytes(words);
      if (emit.has(spvasm)) text[spvasm] = printSpirv(words);
    },
  });
  if (reply.status !== "ok") {
    const message = reply.status === "failed" ? reply.failure.message : reply.message;
    if (!diagnostics.some((d) => d.severity === "error")) diagnostics.push(atStart(reply.status === "failed" ? "W0001" : "W0002", message));
    return { object: null, reflection: null, diagnostics, text, binary };
  }
  if (emit.has("isa")) text.isa = disassemble(reply.object);
  if (emit.has("wat")) text.wat = wat(reply.object);
  return { object: reply.object, reflection: reflectChecked(shader.checked!), diagnostics, text, binary };
}

/** The verifier's verdict. A token runs; bytes never do. */
export function verify(object: unknown): { ok: true; token: Token } | { ok: false; rule: string; word: number; message: string } {
  return verifyObject(object as Uint8Array);
}

/** Text form of an object, or a line that says why it has none. */
export function disassemble(object: unknown): string {
  if (!(object instanceof Uint8Array)) return "; not an object: expected a Uint8Array";
  const read = readObject(object);
  return "parts" in read ? printObject(read.parts) : `; not an object: ${read.message}`;
}

/** The WebAssembly that the jit makes of an object, in text form, or a line that says why there is none. */
export function wat(object: unknown): string {
  const verdict = verify(object);
  if (!verdict.ok) return `;; rejected by ${verdict.rule} at word ${verdict.word}: ${verdict.message}`;
  try {
    return printWat(compileProgram(verdict.token, { shared: false, plainAtomics: true }).wasm);
  } catch (error) {
    return `;; ${error instanceof Error ? error.message : String(error)}`;
  }
}
