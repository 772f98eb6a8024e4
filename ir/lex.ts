/** Tokens of the IR's text form. Total: whatever is no token is one of kind `bad`. */
import { isDigit, isNamePart } from "./print-type.ts";

export const TOKEN = {
  end: 0,
  name: 1,
  value: 2,
  global: 3,
  hash: 4,
  number: 5,
  punct: 6,
  string: 7,
  newline: 8,
  offset: 9,
  bad: 10,
} as const;
export type TokenKind = (typeof TOKEN)[keyof typeof TOKEN];

export interface Token {
  readonly kind: TokenKind;
  /** without the sigil of values, globals, hashes and offsets */
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** All tokens of `text`, the last of kind `end`. Commas are blank; `//` and `;` begin comments. */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;
  const push = (kind: TokenKind, from: number, to: number) =>
    tokens.push({ kind, text: text.slice(from, to), line, column: at - lineStart + 1 });
  const nameEnd = (from: number) => {
    let end = from;
    while (end < text.length && isNamePart(text.charCodeAt(end))) end++;
    return end;
  };
  while (at < text.length) {
    const c = text.charCodeAt(at);
    if (c === 0x0a) {
      push(TOKEN.newline, at, at + 1);
      at++;
      line++;
      lineStart = at;
    } else if (c === 0x20 || c === 0x09 || c === 0x0d || c === 0x2c) {
      at++;
    } else if (c === 0x3b || (c === 0x2f && text.charCodeAt(at + 1) === 0x2f)) {
      while (at < text.length && text.charCodeAt(at) !== 0x0a) at++;
    } else if (c === 0x22) {
      let end = at + 1;
      while (end < text.length && text.charCodeAt(end) !== 0x22 && text.charCodeAt(end) !== 0x0a)
        end += text.charCodeAt(end) === 0x5c ? 2 : 1;
      push(TOKEN.string, at, Math.min(end + 1, text.length));
      at = Math.min(end + 1, text.length);
    } else if (isDigit(c) || (c === 0x2d && isDigit(text.charCodeAt(at + 1)))) {
      const end = numberEnd(text, at);
      push(TOKEN.number, at, end);
      at = end;
    } else if (c === 0x25 || c === 0x40 || c === 0x23 || c === 0x21) {
      const end = nameEnd(at + 1);
      push(c === 0x25 ? TOKEN.value : c === 0x40 ? TOKEN.global : c === 0x23 ? TOKEN.hash : TOKEN.offset, at + 1, end);
      at = end;
    } else if (isNamePart(c)) {
      const end = nameEnd(at);
      push(TOKEN.name, at, end);
      at = end;
    } else if (c === 0x2d && text.charCodeAt(at + 1) === 0x3e) {
      push(TOKEN.punct, at, at + 2);
      at += 2;
    } else {
      push("(){}<>:=".includes(text[at]!) ? TOKEN.punct : TOKEN.bad, at, at + 1);
      at++;
    }
  }
  push(TOKEN.end, at, at);
  return tokens;
}

/** Past a decimal number with fraction and exponent, or a hexadecimal one; names glued to it are part, and fail later. */
function numberEnd(text: string, from: number): number {
  let end = from + 1;
  while (end < text.length) {
    const c = text.charCodeAt(end);
    const before = text.charCodeAt(end - 1) | 0x20;
    const exponentSign = (c === 0x2d || c === 0x2b) && before === 0x65 && text.charCodeAt(from + 1) !== 0x78;
    if (!isNamePart(c) && !exponentSign) break;
    end++;
  }
  return end;
}
