/** `compile`, `dis` and `verify`: from text to objects, and what is in them. */
import type { StageName } from "../frontend/wgsl/sema.ts";
import { compileShader, type Shader } from "../webgpu/compile.ts";
import { disassemble, verify, wat } from "../webgpu/shader.ts";
import { expand, type Input, readInput, readOne, UsageError, writeOutput } from "./files.ts";
import { EXIT, good, note, PAINT, print } from "./output.ts";
import { printPretty, readShader } from "./source.ts";

export const FORMS = ["lowered", "ir", "isa", "wat", "object"] as const;
export type Form = (typeof FORMS)[number];

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
}

/** Compiles and prints what is wrong. @returns null when there were findings */
export function compileInput(input: Input, flags: CompileFlags, stage?: StageName): Output | null {
  const shader = readShader(input);
  if (!printPretty(input, shader)) return null;
  const printed = { lowered: "", optimized: "" };
  const reply = compileShader({
    shader,
    entryPoint: flags.entry,
    stage,
    constants: flags.overrides,
    level: flags.level,
    onIr: (when, text) => {
      printed[when] = text;
    },
  });
  if (reply.status === "ok") return { shader, object: reply.object, lowered: printed.lowered, ir: printed.optimized };
  const message = reply.status === "failed" ? reply.failure.message : reply.message;
  print(`${PAINT.error("error")}: ${message}\n --> ${input.name}`);
  return null;
}

export function compile(file: string, out: string | undefined, forms: readonly Form[], flags: CompileFlags): number {
  if (out === undefined && forms.includes("object")) throw new UsageError("an object is no text: name a file for it with -o");
  const input = readOne(file);
  const output = compileInput(input, flags);
  if (!output || !isAccepted(input.name, output.object)) return EXIT.findings;
  for (const form of forms) if (form !== "object") print(formText(output, form));
  if (out !== undefined) {
    writeOutput(out, output.object);
    note(`${out}: ${output.object.byteLength} bytes`);
  }
  return EXIT.clean;
}

/** Prints a shader, or an object, in the given forms one after the other. */
export function dis(file: string, forms: readonly Form[] | undefined, flags: CompileFlags): number {
  if (forms?.includes("object")) throw new UsageError("an object is no text: 'compile -o FILE' writes it");
  const input = readOne(file);
  const isShader = !isObject(input.bytes);
  const chosen = forms ?? (isShader ? ["ir", "isa", "wat"] : ["isa", "wat"]);
  const output = isShader ? compileInput(input, flags) : { object: input.bytes, lowered: "", ir: "" };
  if (!output) return EXIT.findings;
  if (!isShader && (chosen.includes("ir") || chosen.includes("lowered"))) throw new UsageError("IR is of shaders; an object has none");
  for (const form of chosen) print(`${PAINT.bold(`== ${form} ==`)}\n${formText(output, form)}`);
  return isAccepted(input.name, output.object) ? EXIT.clean : EXIT.findings;
}

function formText(output: Pick<Output, "object" | "lowered" | "ir">, form: Form): string {
  if (form === "wat") return wat(output.object);
  if (form === "isa") return disassemble(output.object);
  return form === "ir" ? output.ir : output.lowered;
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
