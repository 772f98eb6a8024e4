/** Diagnostics as the outside sees them: with lines and columns. */
import type { RawDiagnostic, Severity } from "../support/diagnostic.ts";
import type { LineIndex } from "../support/source.ts";
import type { Shader } from "./check-shader.ts";

export interface Diagnostic {
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  /** from 1, in UTF-16 units */
  readonly line: number;
  readonly column: number;
  /** UTF-16 units from the start of the source */
  readonly offset: number;
  readonly length: number;
  readonly notes: readonly {
    readonly message: string;
    readonly line: number;
    readonly column: number;
    readonly offset: number;
    readonly length: number;
  }[];
  readonly fix?: { readonly message: string; readonly offset: number; readonly length: number; readonly replacement: string };
}

export function publicDiagnostics(shader: Shader): Diagnostic[] {
  const out = shader.diagnostics.items.map((d) => publicDiagnostic(d, shader.lines));
  if (shader.failure) out.push(atStart("W0001", shader.failure.message));
  return out;
}

export function publicDiagnostic(d: RawDiagnostic, lines: LineIndex): Diagnostic {
  const notes = d.notes.map((n) => {
    const span = n.span ?? d.span;
    return { message: n.message, ...lines.position(span.offset), offset: span.offset, length: span.length };
  });
  const fix = d.fix ? { fix: { message: d.fix.message, ...d.fix.span, replacement: d.fix.replacement } } : {};
  return { severity: d.severity, code: d.code, message: d.message, ...lines.position(d.span.offset), ...d.span, notes, ...fix };
}

/** For what has no place in the source. */
export function atStart(code: string, message: string): Diagnostic {
  return { severity: "error", code, message, line: 1, column: 1, offset: 0, length: 0, notes: [] };
}

/** For a source that is not even a string. */
export function notText(): Diagnostic {
  return atStart("W0003", "the source is no text");
}
