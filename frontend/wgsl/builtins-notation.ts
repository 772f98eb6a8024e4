/** Reads the rows of `builtins.ts` into patterns, each name when it is first asked for. */
import { ALL_STAGES, type BuiltinGroup, CLASSES, GROUPS } from "./builtins.ts";
import type { ResultFamily } from "./result-types.ts";
import type { BuiltinId } from "./sema.ts";
import {
  ABSTRACT_FLOAT,
  ABSTRACT_INT,
  ACCESS,
  BOOL,
  F16,
  F32,
  I32,
  SAMPLER,
  SAMPLER_COMPARISON,
  SPACE,
  TEXTURES,
  type TypeId,
  U32,
} from "./types.ts";

/** Sizes 2 to 4, or -1 - i for size variable i. */
export type Size = number;

export type Pattern =
  | { readonly k: "fixed"; readonly type: TypeId }
  /** scalar type variable */
  | { readonly k: "var"; readonly index: number }
  /** any type */
  | { readonly k: "any" }
  | { readonly k: "vec"; readonly n: Size; readonly of: Pattern }
  | { readonly k: "mat"; readonly c: Size; readonly r: Size; readonly of: Pattern }
  | { readonly k: "atomic"; readonly of: Pattern }
  /** a runtime-sized array */
  | { readonly k: "array" }
  | { readonly k: "buffer" }
  /** space -1: any. accesses: bits 1 << ACCESS.* */
  | { readonly k: "ptr"; readonly space: number; readonly accesses: number; readonly of: Pattern }
  | { readonly k: "texture"; readonly texture: number; readonly of: Pattern | undefined; readonly accesses: number }
  /** channel type of the storage texture matched before */
  | { readonly k: "channel" }
  | { readonly k: "result"; readonly family: ResultFamily; readonly of: Pattern };

export interface ParamPattern {
  readonly name: string;
  readonly type: Pattern;
  /** the argument must be a const-expression */
  readonly isConst: boolean;
  /** bounds of each component where its value is known early */
  readonly range: readonly [number, number] | undefined;
}

export interface Signature {
  readonly group: BuiltinGroup;
  readonly params: readonly ParamPattern[];
  /** undefined: no result */
  readonly result: Pattern | undefined;
  /** candidates of each type variable, most preferred first */
  readonly classes: readonly (readonly TypeId[])[];
  /** the row, for messages */
  readonly text: string;
}

const SCALARS: Readonly<Record<string, TypeId>> = {
  bool: BOOL,
  ai: ABSTRACT_INT,
  i32: I32,
  u32: U32,
  af: ABSTRACT_FLOAT,
  f32: F32,
  f16: F16,
};
const SIZE_NAMES = "NCRK";
const ACCESS_SETS: Readonly<Record<string, number>> = {
  read_write: 1 << ACCESS.read_write,
  readable: (1 << ACCESS.read) | (1 << ACCESS.read_write),
  writable: (1 << ACCESS.write) | (1 << ACCESS.read_write),
  AM: (1 << ACCESS.read) | (1 << ACCESS.write) | (1 << ACCESS.read_write),
};

interface Entry {
  readonly id: BuiltinId;
  readonly rows: { readonly text: string; readonly group: BuiltinGroup }[];
  signatures: Signature[] | undefined;
}

const entries = new Map<string, Entry>();
const names: string[] = [];
for (const group of GROUPS) {
  for (const line of group.rows.split("\n")) {
    if (line === "") continue;
    const name = rowName(line);
    let entry = entries.get(name);
    if (entry === undefined) {
      entry = { id: names.length as BuiltinId, rows: [], signatures: undefined };
      names.push(name);
      entries.set(name, entry);
    }
    entry.rows.push({ text: line, group });
  }
}

function rowName(row: string): string {
  let end = 0;
  while (row[end] !== "(" && row[end] !== "<") end++;
  return row.startsWith("<>", end) ? row.slice(0, end + 2) : row.slice(0, end);
}

/** Id of a builtin function, constructor or operator of the table, or undefined. */
export function builtinId(name: string): BuiltinId | undefined {
  return entries.get(name)?.id;
}
export function builtinName(id: BuiltinId): string {
  return names[id]!;
}
export const builtinNames = (): readonly string[] => names;
/** Group of a builtin function: the same for all its rows. */
export function builtinGroup(id: BuiltinId): BuiltinGroup {
  return entries.get(names[id]!)!.rows[0]!.group;
}
export function builtinStages(id: BuiltinId): number {
  return builtinGroup(id).stages ?? ALL_STAGES;
}

export function signaturesOf(id: BuiltinId): readonly Signature[] {
  const entry = entries.get(names[id]!)!;
  if (entry.signatures === undefined) {
    entry.signatures = entry.rows.flatMap(({ text, group }) =>
      text.includes("~")
        ? [new RowReader(text, names[id]!, group, false).read(), new RowReader(text, names[id]!, group, true).read()]
        : [new RowReader(text, names[id]!, group, false).read()],
    );
  }
  return entry.signatures;
}

/** A signature for people: `clamp(e: T, low: T, high: T) -> T, where T is a numeric scalar or a vector of them`. */
export function describe(signature: Signature): string {
  const { text } = signature;
  const open = text.indexOf("(");
  const variables = text.slice(0, open).split("<").slice(-1)[0]!;
  const name = rowName(text);
  const call = text
    .slice(open)
    .replaceAll("~", "")
    .replaceAll("const", "const-expression")
    .replace(/range\([^)]*\) /g, "")
    .replace(/const-expression\([^)]*\)/g, "const-expression of type");
  const where: string[] = [];
  for (const variable of variables.includes(":") ? variables.slice(0, -1).split(", ") : []) {
    const [letter, set] = variable.split(": ");
    const scalars = CLASS_WORDS[set!] ?? (CLASSES[set!] ?? "").split(" ").join(" or ");
    where.push(`${letter} is ${scalars}${text.includes(`~${letter}`) ? " or a vector of it" : ""}`);
  }
  return `${name}${call}${where.length > 0 ? `, where ${where.join(", ")}` : ""}`;
}
const CLASS_WORDS: Readonly<Record<string, string>> = {
  scalar: "a scalar",
  concrete: "a scalar",
  numeric: "a number",
  signed: "a signed number",
  float: "a float",
  int: "an integer",
  boolint: "a 'bool' or integer",
  gpu: "a number",
  exponent: "i32",
};

/** A reader of one row. Rows are ours, so it checks little. */
class RowReader {
  readonly #text: string;
  readonly #group: BuiltinGroup;
  /** whether `~T` stands for vecN<T> */
  readonly #vector: boolean;
  #at: number;
  readonly #variables: string[] = [];
  readonly #classes: TypeId[][] = [];

  constructor(text: string, name: string, group: BuiltinGroup, vector: boolean) {
    this.#text = text;
    this.#group = group;
    this.#vector = vector;
    this.#at = name.length;
  }

  read(): Signature {
    if (this.#eat("<")) this.#readVariables();
    this.#eat("(");
    const params: ParamPattern[] = [];
    while (!this.#eat(")")) {
      params.push(this.#param());
      this.#eat(",");
    }
    const result = this.#eat("->") ? this.#type() : undefined;
    return { group: this.#group, params, result, classes: this.#classes, text: this.#text };
  }

  #readVariables(): void {
    while (!this.#eat(">")) {
      this.#variables.push(this.#word());
      this.#eat(":");
      const words = CLASSES[this.#word()] ?? "";
      this.#classes.push(words.split(" ").map((word) => SCALARS[word]!));
      this.#eat(",");
    }
  }

  #param(): ParamPattern {
    const start = this.#at;
    let name = this.#word();
    if (!this.#eat(":")) {
      name = "";
      this.#at = start;
    }
    const isConst = this.#eat("const(");
    const hasRange = isConst || this.#eat("range(");
    let range: [number, number] | undefined;
    if (hasRange) {
      const close = this.#text.indexOf(")", this.#at);
      const [low, high] = this.#text.slice(this.#at, close).split(",");
      range = [Number(low), Number(high)];
      this.#at = close + 1;
    }
    return { name, type: this.#type(), isConst, range };
  }

  #type(): Pattern {
    if (this.#eat("~")) {
      const of = this.#type();
      return this.#vector ? { k: "vec", n: this.#size("N"), of } : of;
    }
    const word = this.#word();
    const scalar = SCALARS[word];
    if (scalar !== undefined) return { k: "fixed", type: scalar };
    const variable = this.#variables.indexOf(word);
    if (variable >= 0) return { k: "var", index: variable };
    if (word.startsWith("vec")) return this.#templated((of) => ({ k: "vec", n: this.#size(word[3]!), of }));
    if (word.startsWith("mat"))
      return this.#templated((of) => ({ k: "mat", c: this.#size(word[3]!), r: this.#size(word[5] ?? word[4]!), of }));
    if (word.startsWith("texture_")) return this.#texture(word);
    if (word.startsWith("__")) return this.#templated((of) => ({ k: "result", family: word as ResultFamily, of }));
    return this.#special(word);
  }

  #special(word: string): Pattern {
    switch (word) {
      case "sampler":
        return { k: "fixed", type: SAMPLER };
      case "sampler_comparison":
        return { k: "fixed", type: SAMPLER_COMPARISON };
      case "CF":
        return { k: "channel" };
      case "E":
        return { k: "any" };
      case "buffer":
        return { k: "buffer" };
      case "atomic":
        return this.#templated((of) => ({ k: "atomic", of }));
      case "array":
        return this.#templated(() => ({ k: "array" }));
      case "ptr":
        return this.#pointer();
      default:
        throw new Error(`unreadable builtin row: ${this.#text}`);
    }
  }

  #pointer(): Pattern {
    this.#eat("<");
    const space = this.#word();
    this.#eat(",");
    const of = this.#type();
    this.#eat(",");
    const accesses = ACCESS_SETS[this.#word()]!;
    this.#eat(">");
    return { k: "ptr", space: space === "workgroup" ? SPACE.workgroup : -1, accesses, of };
  }

  #texture(word: string): Pattern {
    const texture = TEXTURES.findIndex((shape) => shape.name === word);
    if (TEXTURES[texture]!.group !== "storage") {
      return this.#text[this.#at] === "<"
        ? this.#templated((of) => ({ k: "texture", texture, of, accesses: 0 }))
        : { k: "texture", texture, of: undefined, accesses: 0 };
    }
    this.#eat("<");
    this.#word();
    this.#eat(",");
    const accesses = ACCESS_SETS[this.#word()]!;
    this.#eat(">");
    return { k: "texture", texture, of: undefined, accesses };
  }

  #templated(make: (of: Pattern) => Pattern): Pattern {
    this.#eat("<");
    const pattern = make(this.#type());
    this.#eat(">");
    return pattern;
  }

  /** "2" to "4", or a size variable. */
  #size(letter: string): Size {
    const variable = SIZE_NAMES.indexOf(letter);
    return variable >= 0 ? -1 - variable : Number(letter);
  }

  #word(): string {
    this.#skipBlanks();
    const start = this.#at;
    while (isWordUnit(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#text.slice(start, this.#at);
  }
  #eat(token: string): boolean {
    this.#skipBlanks();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }
  #skipBlanks(): void {
    while (this.#text[this.#at] === " ") this.#at++;
  }
}

function isWordUnit(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
}
