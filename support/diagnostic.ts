/**
 * What is wrong with a user's shader, as data. Codes are stable and documented one by one; messages are lower case, one sentence,
 * without a full stop, in words a web developer knows. Other places are notes.
 */
export type Severity = "error" | "warning" | "info";

/** A stretch of source, in UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

export interface Note {
  readonly message: string;
  /** absent when the note speaks of no place */
  readonly span?: Span;
}

export interface Fix {
  readonly message: string;
  readonly span: Span;
  readonly replacement: string;
}

export interface RawDiagnostic {
  readonly severity: Severity;
  /** "W" and four digits for WGSL */
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  readonly notes: readonly Note[];
  readonly fix?: Fix;
}

/** What one source may be told: the rest is counted, so that hostile sources cannot make the report grow. */
export const MAX_DIAGNOSTICS = 100;
const MAX_MESSAGE = 400;

/** Collects diagnostics in source order of discovery; keeps the first MAX_DIAGNOSTICS and counts the rest. */
export class DiagnosticList {
  readonly items: RawDiagnostic[] = [];
  /** found but not kept */
  dropped = 0;
  errorCount = 0;

  add(diagnostic: RawDiagnostic): void {
    if (diagnostic.severity === "error") this.errorCount++;
    if (this.items.length >= MAX_DIAGNOSTICS) {
      this.dropped++;
      return;
    }
    this.items.push({ ...diagnostic, message: clip(diagnostic.message) });
  }

  error(code: string, span: Span, message: string, notes: readonly Note[] = [], fix?: Fix): void {
    this.add({ severity: "error", code, message, span, notes, ...(fix ? { fix } : {}) });
  }

  warning(code: string, span: Span, message: string, notes: readonly Note[] = []): void {
    this.add({ severity: "warning", code, message, span, notes });
  }
}

function clip(message: string): string {
  return message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE - 1)}…`;
}
