/** One line of assembly as tokens, with a cursor that knows where it is. Faults carry a column and are caught per line. */

export type TokenKind = "name" | "number" | "punct";

export interface AsmToken {
  readonly kind: TokenKind;
  readonly text: string;
  /** of a number: its 32 bits, floats as f32 bits */
  readonly bits: number;
  /** from 1 */
  readonly column: number;
}

/** The column that stands for a line's first token. */
export const HEAD = 0;

/** Something wrong at a column of the line being read. */
export class AsmFault extends Error {
  readonly column: number;
  constructor(column: number, message: string) {
    super(message);
    this.column = column;
  }
}

const scratch = new DataView(new ArrayBuffer(4));
/** The bits of `value` rounded to f32. */
export function floatBits(value: number): number {
  scratch.setFloat32(0, value);
  return scratch.getUint32(0);
}
/** The f32 whose bits these are. */
export function bitsFloat(bits: number): number {
  scratch.setUint32(0, bits >>> 0);
  return scratch.getFloat32(0);
}

const isDigit = (c: string) => c >= "0" && c <= "9";
const isLetter = (c: string) => (c >= "a" && c <= "z") || (c >= "A" && c <= "Z") || c === "_";
const isNamePart = (c: string) => isLetter(c) || isDigit(c) || c === ".";

/** Splits a line. A comment starts at ';' or '//'. */
export function tokenize(line: string): AsmToken[] {
  const tokens: AsmToken[] = [];
  let i = 0;
  while (i < line.length) {
    const c = line[i]!;
    const start = i;
    if (c === ";" || line.startsWith("//", i)) break;
    if (c === " " || c === "\t" || c === "\r") {
      i++;
    } else if (isLetter(c) || (c === "." && isLetter(line[i + 1] ?? ""))) {
      while (i < line.length && isNamePart(line[i]!)) i++;
      tokens.push({ kind: "name", text: line.slice(start, i), bits: 0, column: start + 1 });
    } else if (isDigit(c) || (c === "-" && isDigit(line[i + 1] ?? ""))) {
      i = endOfNumber(line, start);
      const text = line.slice(start, i);
      tokens.push({ kind: "number", text, bits: numberBits(text, start + 1), column: start + 1 });
    } else {
      const text = line.startsWith("->", i) ? "->" : c;
      i += text.length;
      tokens.push({ kind: "punct", text, bits: 0, column: start + 1 });
    }
  }
  return tokens;
}

/** A number runs over letters, digits and dots, and over a sign after the e of a decimal exponent. */
function endOfNumber(line: string, start: number): number {
  let i = start + 1;
  const digits = line[start] === "-" ? start + 1 : start;
  const isHex = line[digits] === "0" && (line[digits + 1] === "x" || line[digits + 1] === "X");
  while (i < line.length) {
    const c = line[i]!;
    const isExponentSign = (c === "-" || c === "+") && !isHex && line[i - 1] === "e" && isDigit(line[i + 1] ?? "");
    if (!isNamePart(c) && !isExponentSign) break;
    i++;
  }
  return i;
}

/** The 32 bits of `5`, `-1`, `0xff`, `5u`, `1.5f`. */
function numberBits(text: string, column: number): number {
  const isHex = text.includes("x") || text.includes("X");
  if (!isHex && text.endsWith("f")) {
    const value = Number(text.slice(0, -1));
    if (Number.isNaN(value)) throw new AsmFault(column, `'${text}' is no number`);
    return floatBits(value);
  }
  const digits = text.endsWith("u") ? text.slice(0, -1) : text;
  const value = digits.startsWith("-") ? -Number(digits.slice(1)) : Number(digits);
  if (!Number.isInteger(value)) throw new AsmFault(column, `'${text}' is no integer; a float ends in f`);
  if (value < -0x80000000 || value > 0xffffffff) throw new AsmFault(column, `${text} does not fit 32 bits`);
  return value >>> 0;
}

/** A cursor over a line's tokens. */
export class AsmLine {
  readonly #tokens: readonly AsmToken[];
  readonly #endColumn: number;
  #at = 0;
  constructor(text: string) {
    this.#tokens = tokenize(text);
    this.#endColumn = text.length + 1;
  }

  peek(): AsmToken | undefined {
    return this.#tokens[this.#at];
  }
  /** Column of the next token, or of the line's end. */
  get column(): number {
    return this.peek()?.column ?? this.#endColumn;
  }
  next(what: string): AsmToken {
    const token = this.peek();
    if (token === undefined) throw new AsmFault(this.#endColumn, `expected ${what}`);
    this.#at++;
    return token;
  }
  /** Takes the next token if it is this one. */
  accept(text: string): boolean {
    if (this.peek()?.text !== text) return false;
    this.#at++;
    return true;
  }
  expect(text: string): void {
    if (!this.accept(text)) this.fail(`expected '${text}'`);
  }
  name(what: string): string {
    const token = this.next(what);
    if (token.kind !== "name") throw new AsmFault(token.column, `expected ${what}, not '${token.text}'`);
    return token.text;
  }
  number(what: string): number {
    const token = this.next(what);
    if (token.kind !== "number") throw new AsmFault(token.column, `expected ${what}, not '${token.text}'`);
    return token.bits;
  }
  /** `#number` */
  immediate(): number {
    this.expect("#");
    return this.number("a number");
  }
  done(): void {
    if (this.peek() !== undefined) this.fail(`unexpected '${this.peek()?.text}'`);
  }
  fail(message: string): never {
    throw new AsmFault(this.column, message);
  }
}
