/** Prints modules that wasm.ts wrote as WebAssembly text, for people: one instruction a line, indented by nesting. */
import { ATOMIC, MEM, MISC, OP, SIMD, VLANE, VMEM } from "./wasm.ts";

const TYPES: { readonly [K in number]?: string } = { 0x7f: "i32", 0x7e: "i64", 0x7d: "f32", 0x7c: "f64", 0x7b: "v128" };

function inverse(table: { readonly [K in string]: number | readonly [number, number] }): Map<number, string> {
  return new Map(Object.entries(table).map(([name, code]) => [typeof code === "number" ? code : code[0], name]));
}
const PLAIN = inverse(OP);
const MEMORY = inverse(MEM);
const VECTOR = inverse(SIMD);
const VECTOR_MEMORY = inverse(VMEM);
const VECTOR_LANE = inverse(VLANE);
const ATOMICS = inverse(ATOMIC);
const MISCELLANEOUS = inverse(MISC);

/** @param wasm a module of `compileProgram`; anything else prints up to where it is not understood */
export function printWat(wasm: Uint8Array): string {
  const printer = new Printer(wasm);
  try {
    printer.module();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    printer.lines.push(`;; ${error.message}`);
  }
  return `${printer.lines.join("\n")}\n`;
}

class Printer {
  readonly lines: string[] = [];
  readonly #bytes: Uint8Array;
  #at = 8;
  readonly #types: string[] = [];
  readonly #parameters: number[] = [];
  readonly #functionTypes: number[] = [];
  readonly #exports: string[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  #byte(): number {
    const b = this.#bytes[this.#at++];
    if (b === undefined) throw new RangeError("the module ends here");
    return b;
  }
  /** Unsigned LEB128. */
  #u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const b = this.#byte();
      value += (b & 0x7f) * 2 ** shift;
      if (b < 0x80) return value;
    }
    throw new RangeError(`a number is too long at byte ${this.#at}`);
  }
  #s32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const b = this.#byte();
      value |= (b & 0x7f) << shift;
      if (b < 0x80) return shift < 25 ? (value << (25 - shift)) >> (25 - shift) : value;
      if (shift > 28) throw new RangeError(`a number is too long at byte ${this.#at}`);
    }
  }
  #text(): string {
    const length = this.#u32();
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.#byte());
    return text;
  }
  #typeName(): string {
    return TYPES[this.#byte()] ?? "?";
  }
  #typeList(): string[] {
    return Array.from({ length: this.#u32() }, () => this.#typeName());
  }

  module(): void {
    this.lines.push("(module");
    while (this.#at < this.#bytes.length) {
      const id = this.#byte();
      const end = this.#u32() + this.#at;
      this.#section(id);
      this.#at = end;
    }
    this.lines.push(")");
  }

  #section(id: number): void {
    const count = this.#u32();
    for (let k = 0; k < count; k++) {
      if (id === 1) this.#type();
      else if (id === 2) this.#import();
      else if (id === 3) this.#functionTypes.push(this.#u32());
      else if (id === 6) this.#global(k);
      else if (id === 7) this.#export();
      else if (id === 10) this.#function(k);
      else throw new RangeError(`section ${id} is not one of ours`);
    }
    if (id === 7) this.lines.push(...this.#exports);
  }

  #type(): void {
    this.#byte();
    const parameters = this.#typeList();
    const results = this.#typeList();
    this.#parameters.push(parameters.length);
    const part = (word: string, types: string[]) => (types.length > 0 ? ` (${word} ${types.join(" ")})` : "");
    this.#types.push(`${part("param", parameters)}${part("result", results)}`);
  }

  #import(): void {
    const [module, name] = [this.#text(), this.#text()];
    this.#byte();
    const isShared = this.#byte() === 3;
    const least = this.#u32();
    this.lines.push(`  (import "${module}" "${name}" (memory ${least}${isShared ? ` ${this.#u32()} shared` : ""}))`);
  }

  #global(k: number): void {
    const type = this.#typeName();
    this.#byte();
    const init: string[] = [];
    while (this.#bytes[this.#at] !== 0x0b) init.push(this.#instruction());
    this.#byte();
    this.lines.push(`  (global (;${k};) (mut ${type}) (${init.join(" ")}))`);
  }

  #export(): void {
    const name = this.#text();
    const kind = this.#byte() === 3 ? "global" : "func";
    this.#exports.push(`  (export "${name}" (${kind} ${this.#u32()}))`);
  }

  #function(k: number): void {
    const end = this.#u32() + this.#at;
    const type = this.#functionTypes[k] ?? 0;
    this.lines.push(`  (func (;${k};)${this.#types[type] ?? ""}`);
    let local = this.#parameters[type] ?? 0;
    const runs = this.#u32();
    for (let r = 0; r < runs; r++) {
      const n = this.#u32();
      const name = this.#typeName();
      this.lines.push(`    (local${` ${name}`.repeat(n)}) ;; ${local} to ${local + n - 1}`);
      local += n;
    }
    let depth = 2;
    while (this.#at < end - 1) {
      const op = this.#bytes[this.#at];
      if (op === 0x0b || op === 0x05) depth--;
      this.lines.push("  ".repeat(Math.min(depth, 40)) + this.#instruction());
      if (op === 0x02 || op === 0x03 || op === 0x04 || op === 0x05) depth++;
    }
    this.#byte();
    this.lines.push("  )");
  }

  #block(name: string): string {
    const type = this.#byte();
    return type === 0x40 ? name : `${name} (result ${TYPES[type] ?? "?"})`;
  }

  #instruction(): string {
    const op = this.#byte();
    switch (op) {
      case 0x02:
        return this.#block("block");
      case 0x03:
        return this.#block("loop");
      case 0x04:
        return this.#block("if");
      case 0x05:
        return "else";
      case 0x0b:
        return "end";
      case 0x0c:
        return `br ${this.#u32()}`;
      case 0x0d:
        return `br_if ${this.#u32()}`;
      case 0x10:
        return `call ${this.#u32()}`;
      case 0x1c:
        return `select (result ${this.#typeList().join(" ")})`;
      case 0x20:
      case 0x21:
      case 0x22:
        return `local.${["get", "set", "tee"][op - 0x20]} ${this.#u32()}`;
      case 0x23:
      case 0x24:
        return `global.${["get", "set"][op - 0x23]} ${this.#u32()}`;
      case 0x41:
        return `i32.const ${this.#s32()}`;
      case 0x42:
        return `i64.const ${this.#s32()}`;
      case 0x43:
        return `f32.const ${floatText(this.#words(1)[0]!)}`;
      case 0x44:
        return `f64.const ${this.#words(2).every((w) => w === 0) ? 0 : "?"}`;
      case 0xfc:
        return this.#misc();
      case 0xfd:
        return this.#simd();
      case 0xfe:
        return `${ATOMICS.get(this.#byte()) ?? "?"}${this.#place()}`;
      default: {
        const memory = MEMORY.get(op);
        if (memory !== undefined) return memory + this.#place();
        const plain = PLAIN.get(op);
        if (plain === undefined) throw new RangeError(`op byte 0x${op.toString(16)} at ${this.#at - 1} is not one of ours`);
        return plain;
      }
    }
  }

  /** The alignment, left out since it is always the natural one, and the offset of a memory instruction. */
  #place(): string {
    this.#u32();
    const offset = this.#u32();
    return offset === 0 ? "" : ` offset=${offset}`;
  }

  #misc(): string {
    const name = MISCELLANEOUS.get(this.#u32());
    if (name === "memory.fill") this.#byte();
    return name ?? "?";
  }

  #words(n: number): number[] {
    return Array.from({ length: n }, () => this.#byte() | (this.#byte() << 8) | (this.#byte() << 16) | (this.#byte() << 24));
  }

  #simd(): string {
    const op = this.#u32();
    if (op === 12) return `v128.const i32x4 ${this.#words(4).join(" ")}`;
    if (op === 13) return `i8x16.shuffle ${Array.from({ length: 16 }, () => this.#byte()).join(" ")}`;
    if (op === 27 || op === 28) return `i32x4.${op === 27 ? "extract" : "replace"}_lane ${this.#byte()}`;
    const lane = VECTOR_LANE.get(op);
    if (lane !== undefined) return `${lane}${this.#place()} ${this.#byte()}`;
    const memory = VECTOR_MEMORY.get(op);
    if (memory !== undefined) return memory + this.#place();
    const name = VECTOR.get(op);
    if (name === undefined) throw new RangeError(`vector op ${op} at ${this.#at} is not one of ours`);
    return name;
  }
}

const words = new Int32Array(1);
const floats = new Float32Array(words.buffer);
function floatText(bits: number): string {
  words[0] = bits;
  const value = floats[0]!;
  if (Number.isNaN(value)) return `nan:0x${(bits & 0x7fffff).toString(16)}`;
  return Number.isFinite(value) ? String(value) : value > 0 ? "inf" : "-inf";
}
