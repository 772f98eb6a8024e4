/**
 * The `//!` lines of a shader file: how to run it, and what a test expects. One format for `portcullis run` and the golden tests.
 *
 * ```wgsl
 * //! test isa run                       sections that the golden test makes and compares
 * //! dispatch 4 1 1; entry main         several directives on one line are parted by ';'
 * //! override SCALE=2
 * //! bind 0.0 u32 1 2 3 4               contents of a buffer; also: i32, f32, `zero BYTES`, `u32 range COUNT` (0, 1, 2 ...)
 * //! image 0.1 64 48                    binding 0.1 holds 64 x 48 pixels, 8 bits each of r, g, b, a from the lowest byte up
 * //! == run ==                          from here to the next such line: the section, rewritten by `npm run bless`
 * //! 0.0 u32 3 6 9 12
 * ```
 */
import { floatBits, isScalar, parseBits, parseCount, parseDecimal, type Scalar } from "./numbers.ts";

export interface Place {
  readonly group: number;
  readonly binding: number;
}

export interface Bind extends Place {
  /** how to print it; the bits are in `words` */
  readonly scalar: Scalar;
  readonly words: Uint32Array;
}

export interface Image extends Place {
  readonly width: number;
  readonly height: number;
}

export interface Directives {
  entry: string | null;
  dispatch: [number, number, number];
  readonly binds: Bind[];
  readonly overrides: Record<string, number>;
  image: Image | null;
  /** sections a golden test makes */
  readonly sections: string[];
  /** text of each section in the file, lines without their `//! ` */
  readonly expected: Map<string, string>;
  readonly errors: { readonly line: number; readonly message: string }[];
}

/** Most bytes that all `bind`s together may ask for. */
export const MAX_BIND_BYTES = 1 << 28;
const MAX_WORKGROUPS = 65_535;
const MAX_PIXELS = 1 << 26;
/** Errors kept: a file may consist of nothing else. */
const MAX_ERRORS = 100;

/** Never throws: what it cannot read is in `errors`, with the line from 1. */
export function parseDirectives(source: string): Directives {
  const d: Directives = {
    entry: null,
    dispatch: [1, 1, 1],
    binds: [],
    // no prototype: a shader may well name a constant "constructor"
    overrides: Object.create(null),
    image: null,
    sections: [],
    expected: new Map(),
    errors: [],
  };
  let section: string[] | null = null;
  let name = "";
  const end = () => {
    if (section) d.expected.set(name, section.join("\n"));
  };
  source.split("\n").forEach((text, i) => {
    if (!text.startsWith("//!")) return;
    const line = text.slice(text[3] === " " ? 4 : 3).trimEnd();
    const header = /^== (\S+) ==$/.exec(line);
    if (header) {
      end();
      name = header[1]!;
      section = [];
    } else if (section) section.push(line);
    else for (const part of line.split(";")) directive(d, part.trim(), i + 1);
  });
  end();
  return d;
}

function directive(d: Directives, text: string, line: number): void {
  if (text === "") return;
  const [verb, ...words] = text.split(/\s+/);
  const message = readDirective(d, verb!, words);
  if (message && d.errors.length < MAX_ERRORS) d.errors.push({ line, message });
}

/** @returns what is wrong, or null */
function readDirective(d: Directives, verb: string, words: readonly string[]): string | null {
  switch (verb) {
    case "test":
      d.sections.push(...words);
      return words.length > 0 ? null : "'test' takes the sections to make";
    case "entry":
      d.entry = words[0] ?? null;
      return words.length === 1 ? null : "'entry' takes one name";
    case "dispatch": {
      const sizes = parseDispatch(words);
      if (sizes) d.dispatch = sizes;
      return sizes ? null : `'dispatch' takes one to three workgroup counts from 0 to ${MAX_WORKGROUPS}`;
    }
    case "override":
      return readOverride(d.overrides, words.join(" "));
    case "bind":
      return readBind(d, words);
    case "image":
      return readImage(d, words);
    default:
      return `unknown directive '${clip(verb)}'`;
  }
}

function readBind(d: Directives, [place, ...contents]: readonly string[]): string | null {
  const bind = parseBind(place ?? "", contents);
  if (typeof bind === "string") return bind;
  if (d.binds.some((b) => isSamePlace(b, bind))) return `binding ${bind.group}.${bind.binding} is bound twice`;
  const bytes = d.binds.reduce((sum, b) => sum + b.words.byteLength, bind.words.byteLength);
  if (bytes > MAX_BIND_BYTES) return `all buffers together have more than ${MAX_BIND_BYTES} bytes`;
  d.binds.push(bind);
  return null;
}

export function isSamePlace(a: Place, b: Place): boolean {
  return a.group === b.group && a.binding === b.binding;
}

export function parseDispatch(words: readonly string[]): [number, number, number] | null {
  const sizes = words.map((word) => parseCount(word, MAX_WORKGROUPS));
  if (sizes.length < 1 || sizes.length > 3 || sizes.includes(null)) return null;
  return [sizes[0]!, sizes[1] ?? 1, sizes[2] ?? 1];
}

/** Reads `name=value` into `overrides`. @returns what is wrong, or null */
export function readOverride(overrides: Record<string, number>, text: string): string | null {
  const equals = text.indexOf("=");
  const name = text.slice(0, equals).trim();
  const written = text.slice(equals + 1).trim();
  if (equals < 0 || name === "" || written === "") return `'${clip(text)}' is not of the form name=value`;
  const value = written === "true" ? 1 : written === "false" ? 0 : (parseDecimal(written) ?? parseBits(written, "u32"));
  if (value === null) return `'${clip(written)}' is no number`;
  overrides[name] = value;
  return null;
}

/**
 * @param place "group.binding"
 * @param words a scalar type and values, or `zero BYTES`, or a scalar type and `range COUNT`
 * @returns what is wrong, as text
 */
export function parseBind(place: string, words: readonly string[]): Bind | string {
  const at = parsePlace(place);
  if (!at) return `'${clip(place)}' is not of the form group.binding, such as 0.1`;
  const [form, ...rest] = words;
  if (form === "zero") {
    const bytes = parseCount(rest[0], MAX_BIND_BYTES);
    if (rest.length !== 1 || bytes === null) return `'zero' takes a byte count up to ${MAX_BIND_BYTES}`;
    return { ...at, scalar: "u32", words: new Uint32Array(Math.ceil(bytes / 4)) };
  }
  if (form === undefined || !isScalar(form)) return `'${clip(form ?? "")}' is none of u32, i32, f32, zero`;
  const contents = rest[0] === "zero" || rest[0] === "range" ? counted(rest, form) : listed(rest, form);
  return typeof contents === "string" ? contents : { ...at, scalar: form, words: contents };
}

/** "group.binding" */
function parsePlace(text: string): Place | null {
  const dot = text.indexOf(".");
  const group = parseCount(text.slice(0, Math.max(dot, 0)), 0xffffffff);
  const binding = parseCount(text.slice(dot + 1), 0xffffffff);
  return group === null || binding === null ? null : { group, binding };
}

function counted([form, text, ...rest]: readonly string[], scalar: Scalar): Uint32Array | string {
  const count = parseCount(text, MAX_BIND_BYTES / 4);
  if (count === null || rest.length > 0) return `'${form}' takes an element count up to ${MAX_BIND_BYTES / 4}`;
  const out = new Uint32Array(count);
  if (form === "range") for (let i = 0; i < count; i++) out[i] = scalar === "f32" ? floatBits(i) : i;
  return out;
}

function listed(values: readonly string[], scalar: Scalar): Uint32Array | string {
  const out = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const bits = parseBits(values[i]!, scalar);
    if (bits === null) return `'${clip(values[i]!)}' is no ${scalar}`;
    out[i] = bits;
  }
  return out;
}

function readImage(d: Directives, [place, ...size]: readonly string[]): string | null {
  const at = parsePlace(place ?? "");
  const [width, height] = size.map((text) => parseCount(text, MAX_PIXELS));
  const isSize = size.length === 2 && width && height && width * height <= MAX_PIXELS;
  if (!at || !isSize) return `'image' takes group.binding, width and height, for up to ${MAX_PIXELS} pixels`;
  d.image = { ...at, width, height };
  return null;
}

/** What a message repeats of a word. */
const clip = (text: string) => (text.length <= 40 ? text : `${text.slice(0, 39)}…`);
