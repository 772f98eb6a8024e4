/** Lines of a source text. WGSL line breaks: LF, VT, FF, CR, CRLF, NEL, LS, PS. @see https://www.w3.org/TR/WGSL/#line-break */

export interface Position {
  /** from 1 */
  readonly line: number;
  /** from 1, in UTF-16 units */
  readonly column: number;
}

/** Maps offsets in UTF-16 units to lines. Built lazily: a valid shader never pays for it. */
export class LineIndex {
  readonly text: string;
  #starts: number[] | null = null;
  constructor(text: string) {
    this.text = text;
  }

  position(offset: number): Position {
    const starts = this.#lineStarts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  /** Text of line `line` (from 1) without its line break; "" past the end. */
  lineText(line: number): string {
    const starts = this.#lineStarts();
    const start = starts[line - 1];
    if (start === undefined) return "";
    const next = starts[line];
    if (next === undefined) return this.text.slice(start);
    // one character, or CRLF
    const isPair = this.text.charCodeAt(next - 1) === 0x0a && next - 2 >= start && this.text.charCodeAt(next - 2) === 0x0d;
    return this.text.slice(start, next - (isPair ? 2 : 1));
  }

  #lineStarts(): number[] {
    if (this.#starts) return this.#starts;
    const starts = [0];
    for (let i = 0; i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (!isLineBreak(c)) continue;
      if (c === 0x0d && this.text.charCodeAt(i + 1) === 0x0a) i++;
      starts.push(i + 1);
    }
    this.#starts = starts;
    return starts;
  }
}

export function isLineBreak(c: number): boolean {
  return (c >= 0x0a && c <= 0x0d) || c === 0x85 || c === 0x2028 || c === 0x2029;
}
