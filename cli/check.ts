/** `portcullis check FILE...`: validates WGSL. */
import type { Shader } from "../webgpu/compile.ts";
import { type Diagnostic, publicDiagnostics } from "../webgpu/shader.ts";
import { expand, type Input, readInput, UsageError } from "./files.ts";
import { complain, EXIT, note, print } from "./output.ts";
import { printPretty, readShader } from "./source.ts";

export interface CheckOptions {
  readonly format: "pretty" | "json";
  readonly stdinName: string;
  readonly maxWarnings: number;
}

interface FileReport {
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
  /** diagnostics found and not listed, since there were too many */
  readonly dropped?: number;
}

/** Checks all files there are, and says at the end if some could not be read. */
export function check(patterns: readonly string[], options: CheckOptions): number {
  const names = expand(patterns);
  const reports: FileReport[] = [];
  let [errors, warnings, unreadable] = [0, 0, 0];
  let hasPrinted = false;
  for (const name of names) {
    const input = tryRead(name, options.stdinName);
    if (!input) {
      unreadable++;
      continue;
    }
    const shader = readShader(input);
    errors += shader.diagnostics.errorCount + (shader.failure ? 1 : 0);
    warnings += shader.diagnostics.items.filter((d) => d.severity === "warning").length;
    if (options.format === "json") reports.push(fileReport(input, shader));
    else {
      if (hasPrinted && shader.diagnostics.items.length > 0) print("\n");
      printPretty(input, shader);
      hasPrinted ||= shader.diagnostics.items.length > 0;
    }
  }
  if (options.format === "json") print(JSON.stringify({ version: 1, files: reports }, null, 2));
  else {
    const missing = unreadable > 0 ? `, ${unreadable} unreadable` : "";
    note(`${counted(names.length - unreadable, "file")}, ${counted(errors, "error")}, ${counted(warnings, "warning")}${missing}`);
  }
  if (unreadable > 0) return EXIT.usage;
  return errors > 0 || warnings > options.maxWarnings ? EXIT.findings : EXIT.clean;
}

function tryRead(name: string, stdinName: string): Input | null {
  try {
    return readInput(name, stdinName);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    complain(error.message);
    return null;
  }
}

function fileReport(input: Input, shader: Shader): FileReport {
  const { dropped } = shader.diagnostics;
  return { file: input.name, diagnostics: publicDiagnostics(shader), ...(dropped > 0 ? { dropped } : {}) };
}

const counted = (n: number, word: string) => `${n} ${n === 1 ? word : `${word}s`}`;
