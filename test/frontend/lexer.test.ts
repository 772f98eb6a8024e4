import { describe, expect, test } from "vitest";
import { tokenize } from "../../frontend/wgsl/lexer.ts";
import { SymbolTable } from "../../frontend/wgsl/symbols.ts";
import type { Tokens } from "../../frontend/wgsl/token.ts";
import { FIRST_PUNCTUATION, KEYWORDS, RESERVED_WORDS, TOKEN_TEXT, Tok } from "../../frontend/wgsl/token.ts";
import { Budget } from "../../support/column.ts";
import { DiagnosticList } from "../../support/diagnostic.ts";

function lex(source: string): { tokens: Tokens; diagnostics: DiagnosticList; symbols: SymbolTable } {
  const diagnostics = new DiagnosticList();
  const symbols = new SymbolTable(new Budget());
  return { tokens: tokenize(source, symbols, diagnostics, new Budget()), diagnostics, symbols };
}

/** Texts of the tokens, without END. */
function texts(source: string): string[] {
  const { tokens } = lex(source);
  return Array.from({ length: tokens.count - 1 }, (_, i) => source.slice(tokens.starts[i], tokens.ends[i]));
}

/** `offset+length code` per error. */
function errors(source: string): string[] {
  return lex(source).diagnostics.items.map((item) => `${item.span.offset}+${item.span.length} ${item.code}`);
}

describe("tokens", () => {
  test("every token with one spelling", () => {
    for (const [index, text] of TOKEN_TEXT.entries()) {
      const kind = index + FIRST_PUNCTUATION;
      if (kind === Tok.TEMPLATE_START || kind === Tok.TEMPLATE_END) continue;
      const { tokens } = lex(text);
      expect([text, tokens.count, tokens.kinds[0]]).toEqual([text, 2, kind]);
    }
  });

  test("reserved words are identifiers that were reported", () => {
    for (const word of RESERVED_WORDS) {
      const { tokens, diagnostics } = lex(word);
      expect([word, tokens.kinds[0], diagnostics.items.map((d) => d.code)]).toEqual([word, Tok.IDENT, ["W0105"]]);
    }
    expect(RESERVED_WORDS.length).toBe(146);
    expect(KEYWORDS.length).toBe(26);
  });

  test("the longest token wins", () => {
    expect(texts("a+++b")).toEqual(["a", "++", "+", "b"]);
    expect(texts("a<<=b>>=c")).toEqual(["a", "<<=", "b", ">>=", "c"]);
    expect(texts("a===b!==c")).toEqual(["a", "==", "=", "b", "!=", "=", "c"]);
    expect(texts("a&&&b|||c")).toEqual(["a", "&&", "&", "b", "||", "|", "c"]);
    expect(texts("x--1")).toEqual(["x", "--", "1"]);
    expect(texts("a[0]-1")).toEqual(["a", "[", "0", "]", "-", "1"]);
    expect(texts("a->b-=c")).toEqual(["a", "->", "b", "-=", "c"]);
    expect(texts("a.b.5")).toEqual(["a", ".", "b", ".5"]);
    expect(texts("_ _a a_ __")).toEqual(["_", "_a", "a_", "__"]);
  });

  test("symbols: equal spelling, equal symbol", () => {
    const { tokens, symbols } = lex("foo bar foo Foo");
    const values = [...tokens.values.subarray(0, 4)];
    expect(values[0]).toBe(values[2]);
    expect(new Set(values).size).toBe(3);
    expect(values.map((v) => symbols.text(v as never))).toEqual(["foo", "bar", "foo", "Foo"]);
  });
});

describe("blankspace and comments", () => {
  test("all of Pattern_White_Space separates tokens", () => {
    for (const blank of "\t\n\v\f\r \u0085\u200e\u200f\u2028\u2029") {
      expect(texts(`a${blank}b`)).toEqual(["a", "b"]);
      expect(errors(`a${blank}b`)).toEqual([]);
    }
  });
  test("other white space does not", () => {
    expect(errors("a\u00a0b")).toEqual(["1+1 W0102"]);
    expect(errors("a\u3000b")).toEqual(["1+1 W0102"]);
    expect(errors("a\u200bb")).toEqual(["1+1 W0102"]);
  });
  test("line comments end at every line break", () => {
    for (const end of ["\n", "\v", "\f", "\r", "\r\n", "\u0085", "\u2028", "\u2029"])
      expect(texts(`a // b /* ${end}c`)).toEqual(["a", "c"]);
    expect(texts("a // b")).toEqual(["a"]);
    expect(texts("a//")).toEqual(["a"]);
  });
  test("block comments nest", () => {
    expect(texts("a/* /* b */ c */d")).toEqual(["a", "d"]);
    expect(texts("a/**/b/***/c/*/*/ */*/d")).toEqual(["a", "b", "c", "d"]);
    expect(texts("a/*//*/b*/c")).toEqual(["a"]);
    expect(texts("a/*//*/ b*/*/c")).toEqual(["a", "c"]);
    expect(errors("a /* b")).toEqual(["2+2 W0103"]);
    expect(errors("/* /* */")).toEqual(["0+2 W0103"]);
    expect(errors("/*/")).toEqual(["0+2 W0103"]);
  });
});

describe("what belongs to no token", () => {
  const cases: readonly (readonly [string, string, ...string[]])[] = [
    ["null code point", "a\0b", "1+1 W0101"],
    ["null code point in a line comment", "// \0\0", "3+1 W0101", "4+1 W0101"],
    ["null code point in a block comment", "/* \0 */", "3+1 W0101"],
    ["byte order mark", "\ufeffa", "0+1 W0102"],
    ["lone high surrogate", "a \ud800 b", "2+1 W0102"],
    ["lone low surrogate", "a \udc00 b", "2+1 W0102"],
    ["lone surrogate in a comment, which is text", "// \ud800"],
    ["bidirectional override", "a\u202eb", "1+1 W0102"],
    ["emoji, a run of which is one mistake", "a 😀😀 b", "2+4 W0102"],
    ["ASCII", "a # b $ c ` d ' e \" f \\", "2+1 W0102", "6+1 W0102", "10+1 W0102", "14+1 W0102", "18+1 W0102", "22+1 W0102"],
    ["replacement character", "\ufffd", "0+1 W0102"],
    ["control character", "a\u0001b", "1+1 W0102"],
  ];
  for (const [name, source, ...expected] of cases) test(name, () => expect(errors(source)).toEqual(expected));
});

describe("identifiers", () => {
  // the examples of the specification
  for (const name of ["Δέλτα", "réflexion", "Кызыл", "𐰓𐰏𐰇", "朝焼け", "سلام", "검정", "שָׁלוֹם", "गुलाबी", "փիրուզ", "_a1", "a__b"]) {
    test(name, () => {
      expect(texts(name)).toEqual([name]);
      expect(errors(name)).toEqual([]);
    });
  }
  test("no normalisation: composed and decomposed are different names", () => {
    const { tokens } = lex("\u00e9 e\u0301");
    expect(tokens.values[0]).not.toBe(tokens.values[1]);
  });
  test("a combining mark continues a name and starts none", () => {
    expect(errors("e\u0301")).toEqual([]);
    expect(errors("\u0301e")).toEqual(["0+1 W0102"]);
  });
  test("two underscores at the start, once per name", () => {
    expect(errors("__a _ __a __")).toEqual(["0+3 W0104", "10+2 W0104"]);
  });
});

describe("numbers", () => {
  for (const text of "0 7 10 0x0 0XaBcDeF 0i 12u 0x1i 0xfu 0f 0h 1f 12h .0 0. 01. 1.5 1.5f 1.e2 .5e-3h 1e5 1E+5f 00e1 0x.8 0x1. 0x1.8p3 0x1p+4f 0X1P-2h".split(
    " ",
  )) {
    test(text, () => {
      expect(texts(text)).toEqual([text]);
      expect(errors(text)).toEqual([]);
    });
  }
  for (const text of "01 00 00f 01u 1e 1e+ 1.e-f 0x 0x.p1 0x1p 0x1.8p- 1x 1fu 1uf 1.0i 1.0u 0x1.8f2h 0x1.0h 0x3h 1a2b 0b11 1_000".split(
    " ",
  )) {
    test(`not ${text}`, () => {
      expect(errors(text).length).toBe(1);
      expect(errors(text)[0]).toMatch(/^0\+\d+ W0106$/);
    });
  }
  test("a number ends where no letter goes on", () => {
    expect(texts("1.0.x")).toEqual(["1.0", ".", "x"]);
    expect(texts("1-2")).toEqual(["1", "-", "2"]);
    expect(texts("1..5")).toEqual(["1.", ".5"]);
    expect(texts("0x1e+2")).toEqual(["0x1e", "+", "2"]);
  });
});

describe("template lists", () => {
  /** The source with the delimiters of template lists as ⟨ and ⟩. */
  function delimiters(source: string): string {
    const { tokens } = lex(source);
    const units = source.split("");
    for (let i = 0; i < tokens.count; i++) {
      if (tokens.kinds[i] === Tok.TEMPLATE_START) units[tokens.starts[i]!] = "⟨";
      else if (tokens.kinds[i] === Tok.TEMPLATE_END) units[tokens.starts[i]!] = "⟩";
    }
    return units.join("");
  }
  const cases: readonly string[] = [
    // the notes and examples of the specification
    "A ( B ⟨ C, D ⟩ ( E ) )",
    "array⟨i32,select(2,3,a>b)⟩",
    "a[b<d]>()",
    "A⟨B<<C⟩",
    "A⟨B<=C⟩",
    "A⟨(B>=C)⟩",
    "A⟨(B!=C)⟩",
    "A⟨(B==C)⟩",
    "a<b || c>d",
    "a<b && c>d",
    "vec3⟨f32⟩",
    "array⟨f32,2⟩",
    "ptr⟨function,f32⟩",
    // nesting, and tokens split by it
    "array⟨vec2⟨f32⟩⟩",
    "array⟨array⟨vec2⟨f32⟩,2⟩,3⟩",
    "let a: vec2⟨f32⟩=b;",
    "a⟨b⟩>c",
    "a⟨b⟩>=c",
    "a⟨b⟩==c",
    "a⟨b⟩⟩=c".replace("⟩⟩", "⟩>"),
    "a⟨b<<c⟩",
    "var⟨storage, read_write⟩ a",
    "a /* b */ ⟨ // c\n d ⟩",
    // comparisons and shifts
    "a < b",
    "a < b; c > d",
    "a < b { c > d",
    "a < b : c > d",
    "a < b = c > d",
    "a < b += c > d",
    "a < b == c",
    "(a < b) > c",
    "(a < b, c) > d",
    "f(a < b, (c > d))",
    "f(a ⟨ b, c ⟩ d)",
    "a[i] < b > c",
    "(a) < b > c",
    "1 < b > c",
    "true < b > c",
    "1f < b > c",
    "a << b > c",
    "a <= b > c",
    "a <<= b > c",
    "a > b < c",
    "a>>b",
    "a>>=b",
    "a ⟨b, c⟩ (d)",
    "a ⟨b[c < d]⟩",
    "a ⟨b[c ⟨ d ⟩]⟩",
    "a < (b > c",
    "a < b) > c",
    "a ⟨ (b || c) ⟩",
    "a < b || c ⟨ d ⟩",
    "a ⟨ (b && c), d ⟩ e",
    "a ⟨ b != c ⟩",
    "a ⟨ !b ⟩",
    "a ⟨ b, (c) <= d ⟩",
    "if ⟨ a ⟩",
    "_ < a >",
    "_a ⟨ b ⟩",
    "é⟨b⟩",
    "a < b } c > d".replace("<", "⟨").replace(">", "⟩"),
  ];
  for (const expected of cases) {
    test(expected.replace("\n", "⏎"), () => expect(delimiters(expected.replaceAll("⟨", "<").replaceAll("⟩", ">"))).toBe(expected));
  }
});
