/** Types and floats in the notation of the text form. */
import type { Module } from "./module.ts";
import { STORAGE, TYPE_KIND, type TypeId, type TypeTable } from "./types.ts";

export const STORAGE_NAMES = Object.keys(STORAGE) as (keyof typeof STORAGE)[];
/** Words that begin a type or constant, and so cannot name a struct in the text form. */
const RESERVED = new Set(["void", "bool", "i32", "u32", "f32", "f16", "array", "ptr", "struct", "null", "undef", "true", "false"]);
/** Nesting of types that print shows; WGSL's composite depth is at most 15, and the reader takes no more than this. */
export const MAX_TYPE_DEPTH = 64;

/** `name`, or the first of `name_2`, `name_3` ... that is free; characters that names cannot hold become `_`. */
export function uniqueName(taken: Set<string>, name: string): string {
  let base = "";
  for (const c of name) base += isNamePart(c.codePointAt(0)!) ? c : "_";
  if (base === "" || isDigit(base.charCodeAt(0))) base = `_${base}`;
  let unique = base;
  for (let n = 2; taken.has(unique); n++) unique = `${base}_${n}`;
  taken.add(unique);
  return unique;
}

export function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}
/** Letters, digits, `_`, `.`, `$`, and all beyond ASCII. */
export function isNamePart(c: number): boolean {
  return isDigit(c) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x5f || c === 0x2e || c === 0x24 || c >= 0x80;
}

/** Names of the structs a module uses, in the order of their ids, which puts parts before wholes. */
export class TypeNames {
  readonly #types: TypeTable;
  readonly #used: Uint8Array;
  #names: Map<number, string> | null = null;

  constructor(types: TypeTable) {
    this.#types = types;
    this.#used = new Uint8Array(types.count);
  }
  use(type: TypeId): void {
    if (type >= 0 && type < this.#used.length) this.#used[type] = 1;
  }
  name(struct: TypeId): string {
    return this.#all().get(struct) ?? `?${struct}`;
  }
  declarations(): string[] {
    const out: string[] = [];
    for (const [id, name] of this.#all()) {
      const struct = id as TypeId;
      const members: string[] = [];
      for (let i = 0; i < this.#types.length(struct); i++) {
        members.push(`${printType(this.#types, this, this.#types.memberType(struct, i))} @${this.#types.memberOffset(struct, i)}`);
      }
      out.push(`struct ${name} { ${members.join(", ")} } size ${this.#types.sizeBytes(struct)}`);
    }
    return out;
  }

  #all(): Map<number, string> {
    if (this.#names) return this.#names;
    const types = this.#types;
    // parts have smaller ids than wholes: one sweep down marks everything reachable
    for (let t = (this.#used.length - 1) as TypeId; t >= 0; t = (t - 1) as TypeId) {
      if (this.#used[t] !== 1) continue;
      const kind = types.kind(t);
      if (kind === TYPE_KIND.Pointer) this.use(types.pointee(t));
      else if (kind === TYPE_KIND.Struct) for (let i = 0; i < types.length(t); i++) this.use(types.memberType(t, i));
      else if (kind >= TYPE_KIND.Vector) this.use(types.element(t));
    }
    const taken = new Set(RESERVED);
    this.#names = new Map();
    for (let t = 0; t < this.#used.length; t++) {
      if (this.#used[t] === 1 && types.kind(t as TypeId) === TYPE_KIND.Struct)
        this.#names.set(t, uniqueName(taken, types.structName(t as TypeId)));
    }
    return this.#names;
  }
}

export function printType(types: TypeTable, names: { name(struct: TypeId): string }, type: TypeId, depth = 0): string {
  if (type < 0 || type >= types.count) return `?${type}`;
  if (depth > MAX_TYPE_DEPTH) return "...";
  const element = () => printType(types, names, types.element(type), depth + 1);
  switch (types.kind(type)) {
    case TYPE_KIND.Void:
      return "void";
    case TYPE_KIND.Bool:
      return "bool";
    case TYPE_KIND.Int:
      return types.isSigned(type) ? "i32" : "u32";
    case TYPE_KIND.Float:
      return types.bits(type) === 16 ? "f16" : "f32";
    case TYPE_KIND.Vector:
      return `vec${types.length(type)}<${element()}>`;
    case TYPE_KIND.Matrix: {
      const column = types.element(type);
      const scalar = printType(types, names, types.element(column), depth + 1);
      return `mat${types.length(type)}x${types.length(column)}<${scalar}, stride ${types.stride(type)}>`;
    }
    case TYPE_KIND.Array:
      return `array<${element()}, ${types.length(type)}, stride ${types.stride(type)}>`;
    case TYPE_KIND.RuntimeArray:
      return `array<${element()}, stride ${types.stride(type)}>`;
    case TYPE_KIND.Struct:
      return names.name(type);
    case TYPE_KIND.Pointer:
      return `ptr<${STORAGE_NAMES[types.storage(type)]}, ${printType(types, names, types.pointee(type), depth + 1)}>`;
  }
}

/** A type of `m` for messages, structs by their own names. */
export function typeText(m: Module, type: TypeId): string {
  return printType(m.types, { name: (s) => m.types.structName(s) }, type);
}

const floatBits = new DataView(new ArrayBuffer(4));

/** The shortest decimal that reads back to these f32 bits; bits in hex for infinities and NaNs. */
export function printFloat(bits: number): string {
  floatBits.setInt32(0, bits);
  const value = floatBits.getFloat32(0);
  if (!Number.isFinite(value)) return `0x${(bits >>> 0).toString(16)}`;
  if (value === 0) return bits === 0 ? "0" : "-0";
  for (let digits = 1; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}

/** Bits of the f32 nearest to `value`. */
export function bitsOfFloat(value: number): number {
  floatBits.setFloat32(0, value);
  return floatBits.getInt32(0);
}
export function floatOfBits(bits: number): number {
  floatBits.setInt32(0, bits);
  return floatBits.getFloat32(0);
}
