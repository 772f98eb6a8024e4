/**
 * WGSL in scripts: template literals with a block comment `wgsl` right before them, or tagged `wgsl`. Each is checked as a module of its own.
 *
 * Substitutions: `${name}` of a constant that the same file declares once, as a string, a number or a template literal, is put in, and
 * places inside it are those of where it is declared. So is a literal, `${64}`. A template with any other substitution is not checked, which
 * W0004 says: what is put in may declare names, and any error could be its absence. A template that is put into another one is checked as a
 * part of it, and not by itself.
 */
import type { RawDiagnostic, Span } from "../../support/diagnostic.ts";
import { type Constant, type Script, scanScript, type Template } from "./scan-script.ts";

const EXTENSIONS: readonly string[] = [".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx"];
export const isScript = (file: string) => EXTENSIONS.some((extension) => file.endsWith(extension));

/** Constants in constants, and UTF-16 units of one text: a file can ask for more than it has. */
const MAX_DEPTH = 16;
const MAX_LENGTH = 1 << 22;

export interface Embedded {
  readonly text: string;
  /** offset in the script of each UTF-16 unit of the text, and of its end */
  readonly origin: Int32Array;
}

export interface Skipped {
  /** the literal, and the substitution that is not known */
  readonly span: Span;
  readonly what: string;
}

export interface Shaders {
  readonly shaders: readonly Embedded[];
  readonly skipped: readonly Skipped[];
}

export function shadersIn(source: string): Shaders {
  // most scripts have none
  if (!/wgsl/i.test(source)) return { shaders: [], skipped: [] };
  return new Extractor(source, scanScript(source)).extract();
}

class Extractor {
  readonly #source: string;
  readonly #script: Script;
  readonly #constants = new Map<string, Constant | null>();
  /** templates that are parts of others */
  readonly #included = new Set<Template>();
  #units: number[] = [];
  #text = "";

  constructor(source: string, script: Script) {
    this.#source = source;
    this.#script = script;
    // declared twice, in different scopes: which one is meant is not known
    for (const constant of script.constants) this.#constants.set(constant.name, this.#constants.has(constant.name) ? null : constant);
  }

  extract(): Shaders {
    const made: { template: Template; shader: Embedded }[] = [];
    const skipped: { template: Template; skipped: Skipped }[] = [];
    for (const template of this.#script.templates) {
      if (!template.isWgsl) continue;
      this.#units = [];
      this.#text = "";
      const problem = this.#append(template, 0);
      if (problem) skipped.push({ template, skipped: problem });
      else {
        this.#units.push(template.end);
        made.push({ template, shader: { text: this.#text, origin: Int32Array.from(this.#units) } });
      }
    }
    return {
      shaders: made.filter(({ template }) => !this.#included.has(template)).map(({ shader }) => shader),
      skipped: skipped.filter(({ template }) => !this.#included.has(template)).map((each) => each.skipped),
    };
  }

  /** Adds the text of a template. @returns what keeps it from being known, or null */
  #append(template: Template, depth: number): Skipped | null {
    let at = template.start;
    for (const { start, end } of template.substitutions) {
      if (!this.#cooked(at, start)) return this.#bad(template, "has an escape that is not valid");
      const problem = this.#substitute(start, end, depth);
      if (problem !== null) return { span: { offset: start, length: end - start }, what: problem };
      at = end;
    }
    if (!this.#cooked(at, template.end)) return this.#bad(template, "has an escape that is not valid");
    return null;
  }

  #bad({ start, end }: Template, what: string): Skipped {
    return { span: { offset: start, length: end - start }, what: `the template literal ${what}` };
  }

  #substitute(start: number, end: number, depth: number): string | null {
    const written = this.#source.slice(start + 2, end - 1);
    const expression = written.trim();
    if (depth >= MAX_DEPTH || this.#text.length > MAX_LENGTH) return "the substitution leads to too much text";
    if (/^(?:\d[\w.]*|"[^"\\\n]*"|'[^'\\\n]*')$/.test(expression)) return this.#value(start + 2 + written.indexOf(expression), expression);
    const constant = this.#constants.get(expression);
    if (constant === undefined || constant === null) {
      const why = constant === null ? "is declared more than once in this file" : "is not known here: only constants of this file are";
      return `the value of '\${${expression.length > 40 ? `${expression.slice(0, 40)}…` : expression}}' ${why}`;
    }
    if (constant.template < 0) return this.#value(constant.start, this.#source.slice(constant.start, constant.end));
    const template = this.#script.templates[constant.template]!;
    if (template.isTagged) return `the value of '${expression}' is made by a function`;
    this.#included.add(template);
    return this.#append(template, depth + 1)?.what ?? null;
  }

  /** Adds a number or a string as its text. */
  #value(start: number, literal: string): string | null {
    const quote = literal[0] === '"' || literal[0] === "'" ? 1 : 0;
    if (quote === 1) return this.#cooked(start + 1, start + literal.length - 1) ? null : "the string has an escape that is not valid";
    const value = Number(literal.replaceAll("_", ""));
    if (Number.isNaN(value)) return `'${literal}' is no number`;
    for (const c of String(value)) this.#put(c, start);
    return null;
  }

  #put(text: string, at: number): void {
    this.#text += text;
    for (let i = 0; i < text.length; i++) this.#units.push(at);
  }

  /** Adds the text between two offsets with its escapes resolved and line breaks as LF. @see https://tc39.es/ecma262/#sec-static-semantics-tv */
  #cooked(from: number, to: number): boolean {
    const source = this.#source;
    let plain = from;
    const flush = (end: number) => {
      this.#text += source.slice(plain, end);
      for (let i = plain; i < end; i++) this.#units.push(i);
    };
    for (let at = from; at < to; ) {
      const c = source[at]!;
      if (c === "\r") {
        flush(at);
        this.#put("\n", at);
        at += source[at + 1] === "\n" ? 2 : 1;
      } else if (c === "\\") {
        flush(at);
        const escaped = escapeAt(source, at);
        if (escaped === null || escaped.end > to) return false;
        this.#put(escaped.text, at);
        at = escaped.end;
      } else {
        at++;
        continue;
      }
      plain = at;
    }
    flush(to);
    return true;
  }
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  v: "\v",
  "0": "\0",
  "\n": "",
  "\u2028": "",
  "\u2029": "",
};

function escapeAt(source: string, at: number): { text: string; end: number } | null {
  const c = source[at + 1] ?? "";
  if (c === "u" || c === "x") {
    const digits = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/y;
    digits.lastIndex = at;
    const found = digits.exec(source);
    const code = found ? Number.parseInt(found[1] ?? found[2] ?? found[3]!, 16) : Number.NaN;
    return found && code <= 0x10ffff ? { text: String.fromCodePoint(code), end: at + found[0].length } : null;
  }
  if (c === "\r") return { text: "", end: at + (source[at + 2] === "\n" ? 3 : 2) };
  const isDigit = c >= "0" && c <= "9";
  const next = source[at + 2] ?? "";
  if (c === "" || (isDigit && (c !== "0" || (next >= "0" && next <= "9")))) return null;
  return { text: SIMPLE[c] ?? c, end: at + 2 };
}

/** A diagnostic of an embedded text, in the offsets of its script. */
export function toHost(d: RawDiagnostic, origin: Int32Array): RawDiagnostic {
  const map = ({ offset, length }: Span): Span => {
    const start = origin[offset] ?? origin[origin.length - 1]!;
    const end = length === 0 ? start : Math.max(start, origin[offset + length - 1]! + 1);
    return { offset: start, length: end - start };
  };
  const notes = d.notes.map((note) => (note.span ? { ...note, span: map(note.span) } : note));
  return { ...d, span: map(d.span), notes, ...(d.fix ? { fix: { ...d.fix, span: map(d.fix.span) } } : {}) };
}
