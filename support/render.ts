/** Prints diagnostics for people: code frame, caret, notes. Colours come from the caller, so that this stays a leaf. */
import type { RawDiagnostic } from "./diagnostic.ts";
import type { LineIndex, Position } from "./source.ts";

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
  let out = `${color(`${diagnostic.severity}[${diagnostic.code}]`)}${paint.bold(`: ${visible(diagnostic.message)}`)}\n`;
  out += renderFrame(lines.position(diagnostic.span.offset), diagnostic.span.length, lines, file, paint, color);
  for (const note of diagnostic.notes) {
    out += `${paint.bold("note")}: ${visible(note.message)}\n`;
    if (note.span) out += renderFrame(lines.position(note.span.offset), note.span.length, lines, file, paint, paint.dim);
  }
  if (diagnostic.fix) out += `${paint.bold("help")}: ${diagnostic.fix.message}: '${visible(diagnostic.fix.replacement)}'\n`;
  return out;
}

/** A place, its line, and a caret under `length` UTF-16 units of it. */
export function renderFrame(
  { line, column }: Position,
  length: number,
  lines: LineIndex,
  file: string,
  paint: Paint,
  color: Paint["error"],
): string {
  const text = lines.lineText(line);
  const first = Math.max(0, column - 1 - FRAME_WIDTH / 2);
  const shown = visible(text.slice(first, first + FRAME_WIDTH));
  const at = column - 1 - first;
  const width = Math.max(1, Math.min(length, shown.length - at));
  const gutter = String(line);
  const blank = " ".repeat(gutter.length);
  return (
    `${blank}${paint.dim("-->")} ${file}:${line}:${column}\n` +
    `${paint.dim(`${gutter} |`)} ${shown}\n` +
    `${paint.dim(`${blank} |`)} ${" ".repeat(at)}${color("^".repeat(width))}\n`
  );
}

const SPACES = /[\t\n\v\f\r]/g;
/** Control characters could rewrite a terminal, bidirectional ones the order of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g;

/** Text of a source, as long as it was, that is safe to print. */
export function visible(text: string): string {
  return text.replace(SPACES, " ").replace(UNPRINTABLE, "\ufffd");
}
