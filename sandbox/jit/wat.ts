/**
 * Prints WebAssembly modules as text that a person can follow and that assemblers read: one instruction a line, indented by nesting, each
 * block with its depth (`@2`), so that a branch names what it leaves. It knows what wasm.ts writes; the names are the tables there.
 * @see https://webassembly.github.io/spec/core/text/ and .../core/binary/
 */

import { ATOMIC, MEM, MEM_ALIGN, MISC, OP, SIMD, VLANE, VMEM } from "./wasm.ts";
import { Malformed, Reader, readNames, readSections, type Section } from "./wat-reader.ts";

/** Value types, by their byte. */
const TYPES = new Map([
  [0x7f, "i32"],
  [0x7e, "i64"],
  [0x7d, "f32"],
  [0x7c, "f64"],
  [0x7b, "v128"],
]);

const byCode = <T>(table: Readonly<Record<string, T>>, code: (entry: T) => number) =>
  new Map(Object.entries(table).map(([name, entry]) => [code(entry), name]));
const whole = (code: number) => code;
const first = ([code]: readonly [number, number]) => code;
const PLAIN = byCode(OP, whole);
const MEMORY = byCode(MEM, whole);
const MISCELLANEOUS = byCode(MISC, whole);
const VECTOR = byCode(SIMD, whole);
const VECTOR_MEMORY = byCode(VMEM, first);
const VECTOR_LANE = byCode(VLANE, first);
const ATOMICS = byCode(ATOMIC, whole);
/** Exponents of natural alignments, which are not printed. */
const ALIGN = new Map<string, number>([
  ...Object.entries(MEM_ALIGN),
  ...[...Object.entries(VMEM), ...Object.entries(VLANE)].map(([name, [, align]]) => [name, align] as const),
  ...Object.keys(ATOMIC).map((name) => [name, 2] as const),
]);

const SECTIONS = ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data"];
const EXPORT_KINDS = ["func", "table", "memory", "global"];

/** Indentation deeper than this says nothing more to a reader, and would make a text of quadratic size. */
const MAX_INDENT = 40;
/** Engines' own limit. A module that declares more makes a text out of all proportion to its size. */
const MAX_LOCALS = 50_000;
const MAX_CHARACTERS = 1 << 27;

/**
 * The text of a module. Total: where the bytes are no module, or one that wasm.ts does not write, the text ends with a line
 * `;; byte N: ...` that says so.
 */
export function printWat(bytes: Uint8Array, maxCharacters = MAX_CHARACTERS): string {
  const printer = new Printer(maxCharacters);
  try {
    printer.module(bytes);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    printer.lines.push(`;; byte ${error.at}: ${error.message}`);
  }
  return `${printer.lines.join("\n")}\n`;
}

interface Signature {
  readonly parameters: readonly string[];
  readonly results: readonly string[];
}

class Printer {
  readonly lines: string[] = [];
  #characters = 0;
  #r = new Reader(new Uint8Array());
  readonly #types: Signature[] = [];
  readonly #functionTypes: number[] = [];
  readonly #exportedAs = new Map<number, string>();
  #functionNames = new Map<number, string>();
  #localNames = new Map<number, Map<number, string>>();
  /** of the function being printed */
  #locals = new Map<number, string>();
  #depth = 0;
  #bodies = 0;
  readonly #most: number;

  constructor(maxCharacters: number) {
    this.#most = maxCharacters;
  }

  module(bytes: Uint8Array): void {
    const sections = readSections(bytes);
    const names = readNames(sections);
    this.#functionNames = names.functions;
    this.#localNames = names.locals;
    this.#line("(module");
    for (const section of sections) this.#section(section);
    if (this.#bodies !== this.#functionTypes.length)
      throw new Malformed(bytes.length, `${this.#functionTypes.length} functions are declared, but ${this.#bodies} have code`);
    this.#line(")");
  }

  #line(text: string): void {
    this.#characters += text.length + 1;
    if (this.#characters > this.#most) throw new Malformed(this.#r.at, `the text ends here: it is over ${this.#most} characters`);
    this.lines.push(text);
  }

  #section({ id, reader }: Section): void {
    this.#r = reader;
    if (id === 0) return this.#line(`  ;; custom section ${quote(reader.text())}`);
    const item = ITEMS.get(id);
    if (item === undefined) throw new Malformed(reader.at, `a ${SECTIONS[id] ?? `section ${id}`} section is not what wasm.ts writes`);
    const count = reader.u32();
    for (let k = 0; k < count; k++) this[item](k);
    reader.finish(`the ${SECTIONS[id]} section`);
  }

  type(k: number): void {
    if (this.#r.byte() !== 0x60) throw this.#r.bad("a type that is not a function's");
    const signature = { parameters: this.#typeList(), results: this.#typeList() };
    this.#types.push(signature);
    this.#line(`  (type (;${k};) (func${part("param", signature.parameters)}${part("result", signature.results)}))`);
  }

  import(_: number): void {
    const names = `${quote(this.#r.text())} ${quote(this.#r.text())}`;
    if (this.#r.byte() !== 2) throw this.#r.bad("an import that is no memory");
    const flags = this.#r.byte();
    if (flags > 3) throw this.#r.bad(`memory flags ${flags}`);
    const least = this.#r.u32();
    const most = (flags & 1) === 0 ? "" : ` ${this.#r.u32()}`;
    this.#line(`  (import ${names} (memory ${least}${most}${(flags & 2) === 0 ? "" : " shared"}))`);
  }

  function(_: number): void {
    this.#functionTypes.push(this.#r.u32());
  }

  global(k: number): void {
    const type = this.#typeName();
    const isMutable = this.#r.byte() === 1;
    const init = this.#instruction();
    if (this.#r.byte() !== 0x0b) throw this.#r.bad("an initial value of several instructions");
    this.#line(`  (global (;${k};) ${isMutable ? `(mut ${type})` : type} (${init}))`);
  }

  export(_: number): void {
    const name = quote(this.#r.text());
    const kind = EXPORT_KINDS[this.#r.byte()];
    if (kind === undefined) throw this.#r.bad("an export of no known kind");
    const index = this.#r.u32();
    if (kind === "func") this.#exportedAs.set(index, name);
    this.#line(`  (export ${name} (${kind} ${kind === "func" ? this.#functionName(index) : index}))`);
  }

  code(k: number): void {
    const section = this.#r;
    this.#r = section.part(section.u32());
    const type = this.#functionTypes[k];
    const signature = type === undefined ? undefined : this.#types[type];
    if (signature === undefined) throw this.#r.bad(`function ${k} has no type`);
    this.#locals = this.#localNames.get(k) ?? new Map();
    const name = this.#functionNames.get(k);
    const also = this.#exportedAs.get(k);
    this.#line(
      `  (func ${name === undefined ? "" : `${name} `}(;${k};) (type ${type})${this.#parameters(signature)}` +
        `${part("result", signature.results)}${also === undefined ? "" : `  ;; ${also}`}`,
    );
    this.#declare(signature.parameters.length);
    this.#body();
    this.#r.finish(`function ${k}`);
    this.#line("  )");
    this.#r = section;
    this.#bodies++;
  }

  #parameters({ parameters }: Signature): string {
    if (this.#locals.size === 0) return part("param", parameters);
    return parameters.map((type, i) => ` (param${this.#declared(i)} ${type})`).join("");
  }

  #declared(local: number): string {
    const name = this.#locals.get(local);
    return name === undefined ? "" : ` ${name}`;
  }

  /** One line for each run of locals; named ones stand alone, as the text form wants it. */
  #declare(parameters: number): void {
    let local = parameters;
    const runs = this.#r.u32();
    for (let run = 0; run < runs; run++) {
      const count = this.#r.u32();
      const type = this.#typeName();
      if (local + count > MAX_LOCALS) throw this.#r.bad(`${local + count} locals`);
      let unnamed = 0;
      const flush = (end: number) => {
        if (unnamed > 0)
          this.#line(`    (local${` ${type}`.repeat(unnamed)})  ;; ${unnamed === 1 ? "" : `${end - unnamed} to `}${end - 1}`);
        unnamed = 0;
      };
      for (const end = local + count; local < end; local++) {
        const name = this.#locals.get(local);
        if (name === undefined) unnamed++;
        else {
          flush(local);
          this.#line(`    (local ${name} ${type})  ;; ${local}`);
        }
      }
      flush(local);
    }
  }

  /** Instructions up to the `end` of the function, which is not printed. */
  #body(): void {
    this.#depth = 0;
    for (;;) {
      const op = this.#r.peek();
      if (op === 0x0b && this.#depth === 0) break;
      const closes = op === 0x0b || op === 0x05;
      if (closes && this.#depth === 0) throw this.#r.bad("an else outside of any block");
      const indent = "  ".repeat(Math.min(this.#depth - (closes ? 1 : 0), MAX_INDENT));
      this.#line(`    ${indent}${this.#instruction()}`);
    }
    this.#r.byte();
  }

  #instruction(): string {
    const op = this.#r.byte();
    switch (op) {
      case 0x02:
        return this.#open("block");
      case 0x03:
        return this.#open("loop");
      case 0x04:
        return this.#open("if");
      case 0x05:
        return "else";
      case 0x0b:
        this.#depth--;
        return "end";
      case 0x0c:
        return this.#branch("br");
      case 0x0d:
        return this.#branch("br_if");
      case 0x10:
        return `call ${this.#functionName(this.#r.u32())}`;
      case 0x1c:
        return `select${part("result", this.#typeList())}`;
      case 0x20:
        return `local.get ${this.#localName()}`;
      case 0x21:
        return `local.set ${this.#localName()}`;
      case 0x22:
        return `local.tee ${this.#localName()}`;
      case 0x23:
        return `global.get ${this.#r.u32()}`;
      case 0x24:
        return `global.set ${this.#r.u32()}`;
      case 0x41:
        return `i32.const ${this.#r.signed(32)}`;
      case 0x42:
        return `i64.const ${this.#r.signed(64)}`;
      case 0x43:
        return `f32.const ${this.#r.f32()}`;
      case 0x44:
        return `f64.const ${this.#r.f64()}`;
      case 0xfc:
        return this.#misc();
      case 0xfd:
        return this.#simd();
      case 0xfe:
        return this.#place(this.#named(ATOMICS, this.#r.u32(), "atomic"));
      default: {
        const memory = MEMORY.get(op);
        return memory === undefined ? this.#named(PLAIN, op, "one-byte") : this.#place(memory);
      }
    }
  }

  #open(name: string): string {
    const type = this.#r.byte();
    const result = type === 0x40 ? "" : part("result", [this.#typeNamed(type)]);
    return `${name}${result}  ;; @${++this.#depth}`;
  }

  #branch(name: string): string {
    const levels = this.#r.u32();
    return `${name} ${levels} ${levels < this.#depth ? `(;@${this.#depth - levels};)` : "(;out;)"}`;
  }

  #misc(): string {
    const name = this.#named(MISCELLANEOUS, this.#r.u32(), "0xfc");
    if (name === "memory.fill") this.#r.zero("memory index");
    return name;
  }

  #simd(): string {
    const op = this.#r.u32();
    if (op === 12)
      return `v128.const i32x4${Array.from({ length: 4 }, () => ` 0x${this.#r.word().toString(16).padStart(8, "0")}`).join("")}`;
    if (op === 13) return `i8x16.shuffle${Array.from({ length: 16 }, () => ` ${this.#r.byte()}`).join("")}`;
    if (op === 27) return `i32x4.extract_lane ${this.#r.byte()}`;
    if (op === 28) return `i32x4.replace_lane ${this.#r.byte()}`;
    const lane = VECTOR_LANE.get(op);
    if (lane !== undefined) return `${this.#place(lane)} ${this.#r.byte()}`;
    const memory = VECTOR_MEMORY.get(op);
    return memory === undefined ? this.#named(VECTOR, op, "vector") : this.#place(memory);
  }

  /** A memory instruction with what its text says of alignment and offset: nothing where they are natural and zero. */
  #place(name: string): string {
    const align = this.#r.u32();
    if (align > 4) throw this.#r.bad(`an alignment of 2^${align}`);
    const offset = this.#r.u32();
    return `${name}${offset === 0 ? "" : ` offset=${offset}`}${align === ALIGN.get(name) ? "" : ` align=${1 << align}`}`;
  }

  #named(table: ReadonlyMap<number, string>, code: number, what: string): string {
    const name = table.get(code);
    if (name === undefined) throw this.#r.bad(`${what} instruction 0x${code.toString(16)} is not what wasm.ts writes`);
    return name;
  }

  #typeName(): string {
    return this.#typeNamed(this.#r.byte());
  }
  #typeNamed(byte: number): string {
    return TYPES.get(byte) ?? this.#r.fail(`0x${byte.toString(16)} is no value type`);
  }
  #typeList(): string[] {
    const list: string[] = [];
    for (let left = this.#r.u32(); left > 0; left--) list.push(this.#typeName());
    return list;
  }
  #functionName(index: number): string {
    return this.#functionNames.get(index) ?? String(index);
  }
  #localName(): string {
    const local = this.#r.u32();
    return this.#locals.get(local) ?? String(local);
  }
}

/** What prints one item of a section, by the section's number. */
const ITEMS = new Map<number, "type" | "import" | "function" | "global" | "export" | "code">([
  [1, "type"],
  [2, "import"],
  [3, "function"],
  [6, "global"],
  [7, "export"],
  [10, "code"],
]);

function part(word: string, types: readonly string[]): string {
  return types.length > 0 ? ` (${word} ${types.join(" ")})` : "";
}

/** A string literal of the text form. */
function quote(bytes: Uint8Array): string {
  let out = '"';
  for (const b of bytes) {
    const isPlain = b >= 0x20 && b < 0x7f && b !== 0x22 && b !== 0x5c;
    out += isPlain ? String.fromCharCode(b) : `\\${b.toString(16).padStart(2, "0")}`;
  }
  return `${out}"`;
}
