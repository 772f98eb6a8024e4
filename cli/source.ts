/** Shaders from files: text, or what keeps the bytes from being text. */
import { DiagnosticList } from "../support/diagnostic.ts";
import { renderDiagnostic } from "../support/render.ts";
import { LineIndex } from "../support/source.ts";
import { checkShader, type Shader } from "../webgpu/check-shader.ts";
import type { Input } from "./files.ts";
import { PAINT, print } from "./output.ts";

/**
 * The shader in a file, checked. Bytes that are not UTF-8 are an error of the shader.
 * @see https://www.w3.org/TR/WGSL/#textual-structure
 */
export function readShader(input: Input): Shader {
  const { text, firstBad } = decodeUtf8(input.bytes);
  if (firstBad < 0) return checkShader(text);
  return { source: text, lines: new LineIndex(text), diagnostics: notUtf8(input.bytes, firstBad), checked: null, failure: null };
}

/** A byte order mark stays in the text: WGSL does not allow it, and the lexer says so. @returns also where it stops being UTF-8, or -1 */
export function decodeUtf8(bytes: Uint8Array): { readonly text: string; readonly firstBad: number } {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return { text, firstBad: text.includes("\ufffd") ? firstBadByte(bytes) : -1 };
}

export function notUtf8(bytes: Uint8Array, at: number): DiagnosticList {
  const diagnostics = new DiagnosticList();
  const offset = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, at)).length;
  const byte = bytes[at]!.toString(16).padStart(2, "0");
  diagnostics.error("W0003", { offset, length: 1 }, `the source is not UTF-8: byte 0x${byte} at offset ${at}`);
  return diagnostics;
}

/** Start of the first sequence that is not UTF-8, or -1. */
function firstBadByte(bytes: Uint8Array): number {
  if (isUtf8(bytes, false)) return -1;
  // the longest prefix that can go on as UTF-8, by halving
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isUtf8(bytes.subarray(0, middle), true)) good = middle;
    else bad = middle;
  }
  // back to the start of a sequence that is cut short by what follows, or by the end
  while (good > 0 && !isUtf8(bytes.subarray(0, good), false)) good--;
  return good;
}

/** @param mayGoOn whether a sequence may be cut off by the end */
function isUtf8(bytes: Uint8Array, mayGoOn: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: mayGoOn });
    return true;
  } catch {
    return false;
  }
}

/** Prints what there is to say about a shader. @returns whether it is usable */
export function printPretty(input: Input, shader: Shader, write: (text: string) => void = print): boolean {
  const blocks = shader.diagnostics.items.map((d) => renderDiagnostic(d, shader.lines, input.name, PAINT));
  if (shader.diagnostics.dropped > 0) blocks.push(`and ${shader.diagnostics.dropped} more\n`);
  if (shader.failure) blocks.push(`${PAINT.error("error")}: ${shader.failure.message}\n --> ${input.name}\n`);
  if (blocks.length > 0) write(blocks.join("\n"));
  return shader.diagnostics.errorCount === 0 && shader.failure === null;
}
