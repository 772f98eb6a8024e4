/**
 * Golden shader files: `//!` directives say what to make of the shader (cli/directives.ts), `//! == name ==` sections what is expected.
 * A `run` section is always executed by both tiers, with functions inlined and with calls of them, and what the buffers hold must be equal bit
 * for bit (any NaN equals any NaN).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { type Bind, type Directives, parseDirectives } from "../cli/directives.ts";
import { type LaunchResult, launch, type Tier } from "../cli/launch.ts";
import { printBits } from "../cli/numbers.ts";
import { renderDiagnostic } from "../support/render.ts";
import { type CompileRequest, checkShader, compileShader, type Shader } from "../webgpu/compile.ts";
import { disassemble, verify } from "../webgpu/shader.ts";

/** Fuel that a golden file may burn: an endless loop ends quickly. */
const FUEL = 20_000_000;

/** Makes every section that the file's `test` directive names. */
export function makeSections(source: string): Map<string, string> {
  const directives = parseDirectives(source);
  if (directives.errors.length > 0) throw new Error(directives.errors.map((e) => `line ${e.line}: ${e.message}`).join("\n"));
  const shader = checkShader(source);
  const made = new Map<string, string>();
  for (const name of directives.sections) made.set(name, section(name, shader, directives));
  return made;
}

function section(name: string, shader: Shader, directives: Directives): string {
  if (name === "check") return diagnosticsText(shader);
  const printed = new Map<string, string>();
  const request: CompileRequest = { shader, entryPoint: directives.entry ?? undefined, constants: directives.overrides };
  const reply = compileShader({ ...request, onIr: (when, text) => printed.set(when === "lowered" ? "lowered" : "ir", text) });
  if (reply.status !== "ok")
    return `${reply.status}: ${reply.status === "failed" ? reply.failure.message : reply.message}\n${diagnosticsText(shader)}`.trim();
  const verdict = verify(reply.object);
  if (!verdict.ok) return `rejected by ${verdict.rule} at word ${verdict.word}: ${verdict.message}\n${disassemble(reply.object)}`;
  if (name === "isa") return disassemble(reply.object).trimEnd();
  if (name !== "run") return (printed.get(name) ?? `unknown section '${name}'`).trimEnd();
  const run = (object: Uint8Array, tier: Tier) =>
    resultText(launch({ object, binds: directives.binds, dispatch: directives.dispatch, tier, fuel: FUEL }));
  const jit = run(reply.object, "jit");
  const reference = run(reply.object, "reference");
  if (jit !== reference) return `the tiers differ\njit:\n${jit}\nreference:\n${reference}`;
  const calling = compileShader({ ...request, inlineBudget: 0 });
  if (calling.status !== "ok") return "with calls that stay it does not compile";
  for (const tier of ["jit", "reference"] as const) {
    const other = reply.parts.functions.length === calling.parts.functions.length ? jit : run(calling.object, tier);
    if (other !== jit) return `calls that stay make a difference\n${tier}:\n${other}\ninlined:\n${jit}`;
  }
  return reference;
}

function diagnosticsText(shader: Shader): string {
  const items = shader.diagnostics.items.map((d) => renderDiagnostic(d, shader.lines, "shader.wgsl").trimEnd());
  if (shader.failure) items.push(shader.failure.message);
  return items.length === 0 ? "valid" : items.join("\n\n");
}

function resultText(result: LaunchResult): string {
  switch (result.status) {
    case "done":
      return result.outputs.map(bufferText).join("\n");
    case "trapped":
      return `trap: cause ${result.trap.cause}`;
    case "rejected":
      return `rejected by ${result.rule}`;
    default:
      return `refused: ${result.message}`;
  }
}

const bufferText = (b: Bind) => `${b.group}.${b.binding} ${b.scalar} ${Array.from(b.words, (word) => printBits(word, b.scalar)).join(" ")}`;

/** The file with its sections replaced. */
export function withSections(source: string, sections: ReadonlyMap<string, string>): string {
  const lines = source.split("\n");
  const at = lines.findIndex((line) => /^\/\/! == \S+ ==$/.test(line));
  const head = (at < 0 ? lines : lines.slice(0, at)).join("\n").trimEnd();
  const tail = [...sections].map(([name, text]) =>
    [`//! == ${name} ==`, ...text.split("\n").map((line) => `//! ${line}`.trimEnd())].join("\n"),
  );
  return `${head}\n\n${tail.join("\n")}\n`;
}

/** Rewrites a golden file's sections. @returns whether it changed */
export function bless(file: string): boolean {
  const source = readFileSync(file, "utf8");
  const blessed = withSections(source, makeSections(source));
  if (blessed !== source) writeFileSync(file, blessed);
  return blessed !== source;
}
