/** `portcullis check FILE...`: validates WGSL. */
import { renderDiagnostic } from "../support/render.ts";
import { checkShader, type Shader } from "../webgpu/compile.ts";
import { publicDiagnostics } from "../webgpu/shader.ts";
import { type Input, readInputs, textOf } from "./files.ts";
import { EXIT, note, PAINT, print } from "./output.ts";

export interface CheckOptions {
  readonly format: "pretty" | "json";
  readonly stdinName: string;
  readonly maxWarnings: number;
}

export function check(patterns: readonly string[], options: CheckOptions): number {
  const checked = readInputs(patterns, options.stdinName).map((input) => ({ input, shader: checkShader(textOf(input)) }));
  let errors = 0;
  let warnings = 0;
  for (const { shader } of checked) {
    errors += shader.diagnostics.errorCount + (shader.failure ? 1 : 0);
    warnings += shader.diagnostics.items.filter((d) => d.severity === "warning").length;
  }
  if (options.format === "json") {
    print(
      JSON.stringify(
        { version: 1, files: checked.map(({ input, shader }) => ({ file: input.name, diagnostics: publicDiagnostics(shader) })) },
        null,
        2,
      ),
    );
  } else {
    for (const { input, shader } of checked) printPretty(input, shader);
    note(
      `${checked.length} ${plural(checked.length, "file")}, ${errors} ${plural(errors, "error")}, ${warnings} ${plural(warnings, "warning")}`,
    );
  }
  return errors > 0 || warnings > options.maxWarnings ? EXIT.findings : EXIT.clean;
}

/** @returns whether the shader is usable */
export function printPretty(input: Input, shader: Shader): boolean {
  const blocks = shader.diagnostics.items.map((d) => renderDiagnostic(d, shader.lines, input.name, PAINT));
  if (shader.diagnostics.dropped > 0) blocks.push(`and ${shader.diagnostics.dropped} more\n`);
  if (shader.failure) blocks.push(`${PAINT.error("error")}: ${shader.failure.message}\n --> ${input.name}\n`);
  if (blocks.length > 0) print(blocks.join("\n"));
  return shader.diagnostics.errorCount === 0 && shader.failure === null;
}

const plural = (n: number, word: string) => (n === 1 ? word : `${word}s`);
