/** `compile`, `dis` and `verify`: from text to objects, and what is in them. */
import { writeFileSync } from "node:fs";
import { checkShader, compileShader } from "../webgpu/compile.ts";
import { disassemble, verify, wat } from "../webgpu/shader.ts";
import { printPretty } from "./check.ts";
import { type Input, readInput, readInputs, textOf, UsageError } from "./files.ts";
import { EXIT, good, note, PAINT, print } from "./output.ts";

export const FORMS = ["lowered", "ir", "isa", "wat", "object"] as const;
export type Form = (typeof FORMS)[number];

export interface CompileFlags {
  readonly entry: string | undefined;
  readonly overrides: Readonly<Record<string, number>>;
  readonly level: 0 | 1 | 2;
}

export interface Output {
  readonly object: Uint8Array;
  readonly text: ReadonlyMap<Form, string>;
}

/** Compiles and prints what is wrong. @returns null when there were findings */
export function compileInput(input: Input, flags: CompileFlags): Output | null {
  const shader = checkShader(textOf(input));
  if (!printPretty(input, shader)) return null;
  const text = new Map<Form, string>();
  const reply = compileShader({
    shader,
    entryPoint: flags.entry,
    constants: flags.overrides,
    level: flags.level,
    onIr: (when, printed) => text.set(when === "lowered" ? "lowered" : "ir", printed),
  });
  if (reply.status === "ok") {
    text.set("isa", disassemble(reply.object));
    return { object: reply.object, text };
  }
  const message = reply.status === "failed" ? reply.failure.message : reply.message;
  print(`${PAINT.error("error")}: ${message}\n --> ${input.name}`);
  return null;
}

export function compile(file: string, out: string | undefined, forms: readonly Form[], flags: CompileFlags): number {
  const [input] = readInputs([file]);
  const output = compileInput(input!, flags);
  if (!output) return EXIT.findings;
  for (const form of forms) if (form !== "object") print(formText(output, form));
  if (out !== undefined) {
    try {
      writeFileSync(out, output.object);
    } catch (error) {
      throw new UsageError(`cannot write '${out}': ${(error as NodeJS.ErrnoException).code ?? error}`);
    }
    note(`${out}: ${output.object.byteLength} bytes`);
  }
  return EXIT.clean;
}

/** Prints a shader, or an object, in the given forms one after the other. */
export function dis(file: string, forms: readonly Form[], flags: CompileFlags): number {
  const [input] = readInputs([file]);
  if (isObject(input!.bytes)) {
    print(disassemble(input!.bytes));
    if (forms.includes("wat")) print(wat(input!.bytes));
    return verify(input!.bytes).ok ? EXIT.clean : EXIT.findings;
  }
  const output = compileInput(input!, flags);
  if (!output) return EXIT.findings;
  for (const form of forms) print(`${PAINT.bold(`== ${form} ==`)}\n${formText(output, form)}`);
  return EXIT.clean;
}

function formText(output: Output, form: Form): string {
  if (form === "wat") return wat(output.object);
  return output.text.get(form) ?? "";
}

const isObject = (bytes: Uint8Array) => bytes[0] === 0x50 && bytes[1] === 0x43 && bytes[2] === 0x4f && bytes[3] === 0x31;

/** The verifier's verdict on each object file. */
export function verifyFiles(files: readonly string[]): number {
  if (files.length === 0) throw new UsageError("name at least one object file");
  let rejected = 0;
  for (const file of files) {
    const verdict = verify(readInput(file));
    if (verdict.ok) print(`${file}: ${good("accepted")}`);
    else {
      rejected++;
      print(`${file}: ${PAINT.error(`rejected by ${verdict.rule}`)} at word ${verdict.word}: ${verdict.message}`);
    }
  }
  return rejected > 0 ? EXIT.findings : EXIT.clean;
}
