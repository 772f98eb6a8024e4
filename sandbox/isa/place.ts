/** Where in the source a code word comes from, by an object's line table: ring-3 data, for messages only. */
import type { ObjectParts } from "./object.ts";

/** From 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/**
 * The place of code word `pc`, which is in function `fn`. Words that the compiler made for itself, such as the head of a loop, have none:
 * what comes next in the same function stands for them, which for a loop is its body.
 */
export function placeOf(parts: ObjectParts, fn: number, pc: number): Place | null {
  const lines = parts.debug?.lines ?? [];
  const info = parts.functions[fn];
  if (pc < 0 || !info) return null;
  for (let word = pc; word < info.first + info.count && word * 2 + 1 < lines.length; word++) {
    const line = lines[word * 2]!;
    if (line > 0) return { line, column: Math.max(lines[word * 2 + 1]!, 1) };
  }
  return null;
}
