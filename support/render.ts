/** Prints diagnostics for people: code frame, caret, notes. Colours come from the caller, so that this stays a leaf. */
import type { RawDiagnostic, Span } from "./diagnostic.ts";
import type { LineIndex } from "./source.ts";

export interface Paint {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const plain = (text: string) => text;
export const NO_COLORS: Paint = { error: plain, warning: plain, dim: plain, bold: plain };

/** Columns of source shown around the caret, so that a shader on one line stays readable. */
const FRAME_WIDTH = 120;

/**
 * One diagnostic as text:
 * ```text
 * error[W0412]: cannot assign to 'x', declared with 'let'
 *  --> shader.wgsl:3:3
 * 3 |   x = 2u;
 *   |   ^
 * note: 'x' declared here; use 'var' to make it assignable
 * ```
 * @param file name to print; it is not opened
 */
export function renderDiagnostic(diagnostic: RawDiagnostic, lines: LineIndex, file: string, paint: Paint = NO_COLORS): string {
  const color = diagnostic.severity === "error" ? paint.error : paint.warning;
  let out = `${color(`${diagnostic.severity}[${diagnostic.code}]`)}${paint.bold(`: ${diagnostic.message}`)}\n`;
  out += frame(diagnostic.span, lines, file, paint, color);
  for (const note of diagnostic.notes) {
    out += `${paint.bold("note")}: ${note.message}\n`;
    if (note.span) out += frame(note.span, lines, file, paint, paint.dim);
  }
  if (diagnostic.fix) out += `${paint.bold("help")}: ${diagnostic.fix.message}: '${diagnostic.fix.replacement}'\n`;
  return out;
}

function frame(span: Span, lines: LineIndex, file: string, paint: Paint, color: Paint["error"]): string {
  const { line, column } = lines.position(span.offset);
  const text = lines.lineText(line);
  const first = Math.max(0, column - 1 - FRAME_WIDTH / 2);
  const shown = text.slice(first, first + FRAME_WIDTH).replace(/\t/g, " ");
  const at = column - 1 - first;
  const width = Math.max(1, Math.min(span.length, shown.length - at));
  const gutter = String(line);
  const blank = " ".repeat(gutter.length);
  return (
    `${blank}${paint.dim("-->")} ${file}:${line}:${column}\n` +
    `${paint.dim(`${gutter} |`)} ${shown}\n` +
    `${paint.dim(`${blank} |`)} ${" ".repeat(at)}${color("^".repeat(width))}\n`
  );
}
