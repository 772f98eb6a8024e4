/**
 * A SPIR-V module while it is made: words by section, in the order that "Logical Layout of a Module" wants, and the tables that keep types,
 * constants and capabilities single. Ids are given in order of request. @see https://registry.khronos.org/SPIR-V/specs/unified1/SPIRV.html#_logical_layout_of_a_module
 */
import { type Budget, I32Column } from "../../support/column.ts";
import { Limit } from "../../support/failure.ts";
import { CAPABILITY, GLSL, type GlslName, MAGIC, SPV, type SpvName, VERSION } from "./grammar.ts";

const SECTIONS = [
  "capabilities",
  "extensions",
  "imports",
  "model",
  "entries",
  "modes",
  "names",
  "decorations",
  "globals",
  "functions",
] as const;
export type Section = (typeof SECTIONS)[number];

/** What an instruction of 65,535 words can hold, and a limit on ids that consumers have (the universal limits). */
const MAX_WORDS = 0xffff;
const MAX_BOUND = 0x3fffff;

export class Builder {
  readonly #sections: { readonly [S in Section]: I32Column };
  readonly #interned = new Map<string, number>();
  readonly #capabilities = new Set<number>();
  #bound = 1;
  #glsl = 0;

  constructor(budget: Budget) {
    // one column a section: an object literal would repeat the list
    this.#sections = Object.fromEntries(SECTIONS.map((name) => [name, new I32Column(budget)])) as { [S in Section]: I32Column };
  }

  /** A new id. @throws Limit past SPIR-V's universal limit */
  id(): number {
    if (this.#bound >= MAX_BOUND) throw new Limit("ids of a SPIR-V module", this.#bound, MAX_BOUND);
    return this.#bound++;
  }
  /** Appends an instruction; all words are given, result type and result too. */
  emit(section: Section, name: SpvName, words: readonly number[]): void {
    if (words.length + 1 > MAX_WORDS) throw new Limit(`words of a SPIR-V Op${name}`, words.length + 1, MAX_WORDS);
    const column = this.#sections[section];
    column.push(((words.length + 1) << 16) | SPV[name].code);
    for (const word of words) column.push(word);
  }
  /** Words in a section, and changing one: what phis take is known late. */
  position(section: Section): number {
    return this.#sections[section].length;
  }
  patch(section: Section, at: number, word: number): void {
    this.#sections[section].set(at, word);
  }
  /** The id of a type or constant: equal ones have one. `words` follow the result id; `type` is NONE for types. */
  intern(name: SpvName, type: number, words: readonly number[], distinct = ""): number {
    const key = `${name}:${type}:${words.join()}:${distinct}`;
    let id = this.#interned.get(key);
    if (id === undefined) {
      id = this.id();
      this.#interned.set(key, id);
      this.emit("globals", name, type < 0 ? [id, ...words] : [type, id, ...words]);
    }
    return id;
  }
  capability(name: keyof typeof CAPABILITY): void {
    const code = CAPABILITY[name];
    if (this.#capabilities.has(code)) return;
    this.#capabilities.add(code);
    this.emit("capabilities", "Capability", [code]);
  }
  /** Words of `OpExtInst` that name an instruction of GLSL.std.450. */
  glsl(name: GlslName): readonly [number, number] {
    if (this.#glsl === 0) {
      this.#glsl = this.id();
      this.emit("imports", "ExtInstImport", [this.#glsl, ...stringWords("GLSL.std.450")]);
    }
    return [this.#glsl, GLSL[name]];
  }
  name(id: number, name: string): void {
    if (name !== "") this.emit("names", "Name", [id, ...stringWords(name)]);
  }
  memberName(struct: number, member: number, name: string): void {
    this.emit("names", "MemberName", [struct, member, ...stringWords(name)]);
  }

  finish(): Uint32Array {
    let length = 5;
    for (const name of SECTIONS) length += this.#sections[name].length;
    const words = new Uint32Array(length);
    words.set([MAGIC, VERSION, 0, this.#bound, 0]);
    let at = 5;
    for (const name of SECTIONS) {
      const column = this.#sections[name];
      words.set(column.data.subarray(0, column.length), at);
      at += column.length;
    }
    return words;
  }
}

/** UTF-8 with a zero byte at the end, in little-endian words. Zero characters inside, which no name can have, end the text. */
export function stringWords(text: string): number[] {
  const end = text.indexOf("\0");
  const bytes = new TextEncoder().encode(end < 0 ? text : text.slice(0, end));
  const words = new Array<number>((bytes.length >> 2) + 1).fill(0);
  for (let i = 0; i < bytes.length; i++) words[i >> 2]! |= bytes[i]! << (8 * (i & 3));
  return words;
}
