/** Pieces that case files share. */

/** Fills of regions before a run: what no program writes. */
export const FILL = 0xcdcdcdcd;

export function fill(count: number, word = FILL): number[] {
  return new Array(count).fill(word);
}

/** A word per invocation. */
export function perLane(count: number, word: (invocation: number) => number): number[] {
  return Array.from({ length: count }, (_, i) => word(i) >>> 0);
}

/**
 * A program of one workgroup size whose entry function starts with: w0 = byte offset of the wave's first word in slot 0, v0 = local
 * invocation index, v1 = lane.
 */
export function withIndex(size: number, slots: string, body: string, functions = ""): string {
  return `.workgroup ${size} 1 1
${slots}
.func main
  sys w0, wave
  shl w0, w0, #2
  sys v1, lane
  iadd v0, v1, w0
  shl w0, w0, #2
${body}
  ret
.end
${functions}`;
}

/** Slot 0 as a word per invocation. */
export const OUT = ".slot 0 storage read write atomic min=4";
