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
import { isScalar, parseBits, type Scalar } from "./numbers.ts";

export interface Bind {
  readonly group: number;
  readonly binding: number;
  /** how to print it; the bits are in `words` */
  readonly scalar: Scalar;
  readonly words: Uint32Array;
}

export interface Image {
  readonly group: number;
  readonly binding: number;
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

/** Most bytes that one `bind` may ask for. */
const MAX_BIND_BYTES = 1 << 28;

/** Never throws: what it cannot read is in `errors`, with the line from 1. */
export function parseDirectives(source: string): Directives {
  const d: Directives = {
    entry: null,
    dispatch: [1, 1, 1],
    binds: [],
    overrides: {},
    image: null,
    sections: [],
    expected: new Map(),
    errors: [],
  };
  let section: string[] | null = null;
  let name = "";
  source.split("\n").forEach((text, i) => {
    if (!text.startsWith("//!")) return;
    const line = text.slice(3).replace(/^ /, "").trimEnd();
    const header = /^== (\S+) ==$/.exec(line);
    if (header) {
      if (section) d.expected.set(name, section.join("\n"));
      name = header[1]!;
      section = [];
    } else if (section) {
      section.push(line);
    } else {
      for (const part of line.split(";")) directive(d, part.trim(), i + 1);
    }
  });
  if (section) d.expected.set(name, (section as string[]).join("\n"));
  return d;
}

function directive(d: Directives, text: string, line: number): void {
  if (text === "") return;
  const [verb, ...words] = text.split(/\s+/);
  const message = readDirective(d, verb!, words);
  if (message) d.errors.push({ line, message });
}

function readDirective(d: Directives, verb: string, words: readonly string[]): string | null {
  switch (verb) {
    case "test":
      d.sections.push(...words);
      return null;
    case "entry":
      d.entry = words[0] ?? null;
      return words.length === 1 ? null : "'entry' takes one name";
    case "dispatch": {
      const sizes = parseDispatch(words);
      if (sizes) d.dispatch = sizes;
      return sizes ? null : "'dispatch' takes one to three workgroup counts from 0 to 65535";
    }
    case "override":
      return readOverride(d.overrides, words.join(" "));
    case "bind": {
      const bind = parseBind(words[0] ?? "", words.slice(1));
      if (typeof bind === "string") return bind;
      d.binds.push(bind);
      return null;
    }
    case "image":
      return readImage(d, words);
    default:
      return `unknown directive '${verb}'`;
  }
}

export function parseDispatch(words: readonly string[]): [number, number, number] | null {
  const sizes = words.map(Number);
  if (sizes.length < 1 || sizes.length > 3 || words.includes("") || sizes.some((n) => !Number.isInteger(n) || n < 0 || n > 65_535))
    return null;
  return [sizes[0]!, sizes[1] ?? 1, sizes[2] ?? 1];
}

/** Reads `name=value` into `overrides`. @returns what is wrong, or null */
export function readOverride(overrides: Record<string, number>, text: string): string | null {
  const match = /^(\S+?)\s*=\s*(\S+)$/.exec(text);
  if (!match) return `'${text}' is not of the form name=value`;
  const value = match[2] === "true" ? 1 : match[2] === "false" ? 0 : Number(match[2]);
  if (Number.isNaN(value)) return `'${match[2]}' is no number`;
  overrides[match[1]!] = value;
  return null;
}

/**
 * @param place "group.binding"
 * @param words a scalar type and values, or `zero BYTES`, or a scalar type and `range COUNT`
 * @returns what is wrong, as text
 */
export function parseBind(place: string, words: readonly string[]): Bind | string {
  const at = /^(\d+)\.(\d+)$/.exec(place);
  if (!at) return `'${place}' is not of the form group.binding, such as 0.1`;
  const [group, binding] = [Number(at[1]), Number(at[2])];
  const [form, ...rest] = words;
  if (form === "zero") {
    const bytes = Number(rest[0]);
    if (rest.length !== 1 || !Number.isInteger(bytes) || bytes < 0 || bytes > MAX_BIND_BYTES)
      return `'zero' takes a byte count up to ${MAX_BIND_BYTES}`;
    return { group, binding, scalar: "u32", words: new Uint32Array(Math.ceil(bytes / 4)) };
  }
  if (form === undefined || !isScalar(form)) return `'${form ?? ""}' is none of u32, i32, f32, zero`;
  const contents = rest[0] === "zero" || rest[0] === "range" ? counted(rest, form) : listed(rest, form);
  return typeof contents === "string" ? contents : { group, binding, scalar: form, words: contents };
}

function counted([form, text]: readonly string[], scalar: Scalar): Uint32Array | string {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0 || count * 4 > MAX_BIND_BYTES)
    return `'${form}' takes an element count up to ${MAX_BIND_BYTES / 4}`;
  if (form === "zero") return new Uint32Array(count);
  return Uint32Array.from({ length: count }, (_, i) => parseBits(String(i), scalar)!);
}

function listed(values: readonly string[], scalar: Scalar): Uint32Array | string {
  const out = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const bits = parseBits(values[i]!, scalar);
    if (bits === null) return `'${values[i]}' is no ${scalar}`;
    out[i] = bits;
  }
  return out;
}

function readImage(d: Directives, [place, ...size]: readonly string[]): string | null {
  const at = /^(\d+)\.(\d+)$/.exec(place ?? "");
  const [width, height] = size.map(Number);
  if (!at || size.length !== 2 || !(width! > 0 && height! > 0 && width! * height! <= 1 << 26))
    return "'image' takes group.binding, width and height";
  d.image = { group: Number(at[1]), binding: Number(at[2]), width: width!, height: height! };
  return null;
}
