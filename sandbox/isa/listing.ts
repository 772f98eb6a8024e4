/** The printed listing of an object: word index, hex, text, and the source lines each stretch of words came from. */
import { disassembleLines } from "./disassemble.ts";
import type { ObjectParts } from "./object.ts";

export interface ListingOptions {
  /** print the lines of the debug section's source above the words made from them */
  readonly source?: boolean;
}

/**
 * ```text
 *                              | 3  v[i] = v[i] * 3u;
 *    2  00010062 60000000      ld.32 v0, s0[v1], C
 * ```
 */
export function printListing(parts: ObjectParts, options: ListingOptions = {}): string {
  const source = options.source === true ? parts.debug?.source.split("\n") : undefined;
  const lineOf = (word: number) => parts.debug?.lines[word * 2] ?? 0;
  const hex = (word: number) => word.toString(16).padStart(8, "0");
  let out = "";
  let shown = 0;
  for (const line of disassembleLines(parts)) {
    const text = `${"  ".repeat(line.depth)}${line.text}\n`;
    if (line.word < 0) {
      out += text;
      continue;
    }
    const number = lineOf(line.word);
    if (source !== undefined && number > 0 && number !== shown) {
      const here = source[number - 1];
      if (here !== undefined) out += `${" ".repeat(28)}| ${number}  ${here.trim()}\n`;
      shown = number;
    }
    const low = parts.code[line.word * 2]!;
    const high = parts.code[line.word * 2 + 1]!;
    out += `${String(line.word).padStart(7)}  ${hex(low)} ${hex(high)} ${text}`;
  }
  return out;
}
