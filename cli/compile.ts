/** `compile`, `dis` and `verify`: from text to objects, and what is in them. */
import type { StageName } from "../frontend/wgsl/sema.ts";
import { printSpirv } from "../ir/spirv/print.ts";
import { spirvBytes, writeSpirv } from "../ir/spirv/write.ts";
import { unreachable } from "../support/failure.ts";
import { compileShader, type Shader } from "../webgpu/compile.ts";
import { disassemble, verify, wat } from "../webgpu/shader.ts";
import { expand, type Input, readInput, readOne, UsageError, writeOutput } from "./files.ts";
import { EXIT, good, note, PAINT, print } from "./output.ts";
import { printPretty, readShader } from "./source.ts";

export const FORMS = ["lowered", "ir", "isa", "wat", "spvasm", "lowered-spvasm", "object", "spirv", "lowered-spirv"] as const;
export type Form = (typeof FORMS)[number];
/** Forms that are bytes, for a file. */
const BINARY = ["object", "spirv", "lowered-spirv"] as const;
const isBinary = (form: Form): form is (typeof BINARY)[number] => (BINARY as readonly Form[]).includes(form);

export interface CompileFlags {
  readonly entry: string | undefined;
  readonly overrides: Readonly<Record<string, number>>;
  readonly level: 0 | 1 | 2;
}

export interface Output {
  readonly shader: Shader;
  readonly object: Uint8Array;
  /** the IR before and after the passes */
  readonly lowered: string;
  readonly ir: string;
  /** words of the SPIR-V modules that were asked for */
  readonly spirv: { readonly lowered?: Uint32Array; readonly optimized?: Uint32Array };
}

/** Compiles and prints what is wrong. @returns null when there were findings */
export function compileInput(input: Input, flags: CompileFlags, stage?: StageName, forms: readonly Form[] = []): Output | null {
  const shader = readShader(input);
  if (!printPretty(input, shader)) return null;
  const printed = { lowered: "", optimized: "" };
  const spirv: { lowered?: Uint32Array; optimized?: Uint32Array } = {};
  const asked = {
    lowered: forms.some((form) => form.startsWith("lowered-")),
    optimized: forms.includes("spirv") || forms.includes("spvasm"),
  };
  const reply = compileShader({
    shader,
    entryPoint: flags.entry,
    stage,
    constants: flags.overrides,
    level: flags.level,
    onIr: (when, text, module) => {
      printed[when] = text;
      if (asked[when]) spirv[when] = writeSpirv(module);
    },
  });
  if (reply.status === "ok") return { shader, object: reply.object, lowered: printed.lowered, ir: printed.optimized, spirv };
  const message = reply.status === "failed" ? reply.failure.message : reply.message;
  print(`${PAINT.error("error")}: ${message}\n --> ${input.name}`);
  return null;
}

export function compile(file: string, out: string | undefined, forms: readonly Form[], flags: CompileFlags): number {
  const binary = forms.filter(isBinary);
  if (out === undefined && binary.length > 0) throw new UsageError(`${named(binary[0]!)} is no text: name a file for it with -o`);
  if (binary.length > 1) throw new UsageError(`one file holds one form: ${binary.join(" or ")}`);
  const input = readOne(file);
  const output = compileInput(input, flags, undefined, forms);
  if (!output || !isAccepted(input.name, output.object)) return EXIT.findings;
  for (const form of forms) if (!isBinary(form)) print(formText(output, form));
  if (out !== undefined) {
    const bytes = formBytes(output, binary[0] ?? "object");
    writeOutput(out, bytes);
    note(`${out}: ${bytes.byteLength} bytes`);
  }
  return EXIT.clean;
}

const named = (form: (typeof BINARY)[number]) => (form === "object" ? "an object" : "a SPIR-V module");

/** Prints a shader, or an object, in the given forms one after the other. */
export function dis(file: string, forms: readonly Form[] | undefined, flags: CompileFlags): number {
  const binary = forms?.find(isBinary);
  if (binary !== undefined) {
    const instead = binary === "object" ? "'compile -o FILE' writes it" : `'compile --emit ${binary} -o FILE' writes it`;
    throw new UsageError(`${named(binary)} is no text: ${instead}`);
  }
  const input = readOne(file);
  const isShader = !isObject(input.bytes);
  const chosen = forms ?? (isShader ? ["ir", "isa", "wat"] : ["isa", "wat"]);
  const output = isShader ? compileInput(input, flags, undefined, chosen) : { object: input.bytes, lowered: "", ir: "", spirv: {} };
  if (!output) return EXIT.findings;
  const foreign = isShader ? undefined : chosen.find((form) => form !== "isa" && form !== "wat");
  if (foreign !== undefined) throw new UsageError(`${foreign.endsWith("spvasm") ? "SPIR-V" : "IR"} is of shaders; an object has none`);
  for (const form of chosen) if (!isBinary(form)) print(`${PAINT.bold(`== ${form} ==`)}\n${formText(output, form)}`);
  return isAccepted(input.name, output.object) ? EXIT.clean : EXIT.findings;
}

type Printable = Pick<Output, "object" | "lowered" | "ir" | "spirv">;
const NO_WORDS = new Uint32Array();

function formText(output: Printable, form: Exclude<Form, (typeof BINARY)[number]>): string {
  switch (form) {
    case "wat":
      return wat(output.object);
    case "isa":
      return disassemble(output.object);
    case "ir":
      return output.ir;
    case "lowered":
      return output.lowered;
    case "spvasm":
      return printSpirv(output.spirv.optimized ?? NO_WORDS);
    case "lowered-spvasm":
      return printSpirv(output.spirv.lowered ?? NO_WORDS);
    default:
      return unreachable(form, "form");
  }
}
function formBytes(output: Printable, form: (typeof BINARY)[number]): Uint8Array {
  if (form === "object") return output.object;
  return spirvBytes((form === "spirv" ? output.spirv.optimized : output.spirv.lowered) ?? NO_WORDS);
}

/** Whether the file is an object, by its magic word. */
export const isObject = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x43 && bytes[2] === 0x4f && bytes[3] === 0x31;

/** Asks the verifier, and prints why it says no. */
function isAccepted(name: string, object: Uint8Array): boolean {
  const verdict = verify(object);
  if (!verdict.ok) print(`${name}: ${describeReject(verdict)}`);
  return verdict.ok;
}

export function describeReject(reject: { readonly rule: string; readonly word: number; readonly message: string }): string {
  const place = reject.word >= 0 ? ` at word ${reject.word}` : "";
  return `${PAINT.error(`rejected by ${reject.rule}`)}${place}: ${reject.message}`;
}

/** The verifier's verdict on each object file. */
export function verifyFiles(patterns: readonly string[]): number {
  const inputs = expand(patterns).map((name) => readInput(name));
  let rejected = 0;
  for (const { name, bytes } of inputs) {
    if (isAccepted(name, bytes)) print(`${name}: ${good("accepted")}`);
    else rejected++;
  }
  return rejected > 0 ? EXIT.findings : EXIT.clean;
}
