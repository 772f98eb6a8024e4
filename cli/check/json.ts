/** `--format json`: one document, a line per file; `--format ndjson`: those lines by themselves. */
import { type Diagnostic, publicDiagnostic } from "../../webgpu/diagnostics.ts";
import type { FileResult, Reporter, Write } from "./result.ts";

export interface FileJson {
  readonly file: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly dropped?: number;
}

function fileJson({ file, diagnostics, dropped, lines }: FileResult): string {
  const json: FileJson = { file, diagnostics: diagnostics.map((d) => publicDiagnostic(d, lines)), ...(dropped > 0 ? { dropped } : {}) };
  return JSON.stringify(json);
}

export function jsonReporter(write: Write): Reporter {
  let separator = '{"version":1,"files":[\n';
  return {
    file: (result) => {
      write(separator + fileJson(result));
      separator = ",\n";
    },
    unreadable: () => {},
    end: ({ files }) => write(files === 0 ? '{"version":1,"files":[]}\n' : "\n]}\n"),
  };
}

export function ndjsonReporter(write: Write): Reporter {
  return { file: (result) => write(`${fileJson(result)}\n`), unreadable: () => {}, end: () => {} };
}
