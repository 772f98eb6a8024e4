/**
 * SPIR-V assembly: the text that `spirv-dis --raw-id` prints of the same words, which `spirv-as --preserve-numeric-ids` reads back to them.
 * Total: what is no module of ours gets a comment that says so.
 */
import { BUILT_IN, DECORATION, ENUMS, GLSL, MAGIC, SPV, type SpvName } from "./grammar.ts";
import { bitsToFloat } from "./types.ts";

const BY_CODE = new Map<number, SpvName>();
for (const name of Object.keys(SPV) as SpvName[]) BY_CODE.set(SPV[name].code, name);
const inverse = (table: Readonly<Record<string, number>>) => new Map(Object.entries(table).map(([name, code]) => [code, name]));
const ENUM_NAMES = new Map(Object.entries(ENUMS).map(([letter, table]) => [letter, inverse(table)]));
const GLSL_NAMES = inverse(GLSL);
const BUILT_IN_NAMES = inverse(BUILT_IN);
/** Where the opcode's name begins, when the result before it is not longer. */
const INDENT = 15;

/** One instruction of a module: its words from `at`, the first with count and opcode. */
export interface Instruction {
  readonly name: SpvName | undefined;
  readonly at: number;
  readonly count: number;
}

/** The instructions of a module in order; ends early at words that are none. */
export function* instructions(words: Uint32Array): Generator<Instruction> {
  for (let at = 5; at < words.length; ) {
    const count = words[at]! >>> 16;
    if (count === 0 || at + count > words.length) return;
    yield { name: BY_CODE.get(words[at]! & 0xffff), at, count };
    at += count;
  }
}

export function printSpirv(words: Uint32Array): string {
  if (words.length < 5 || words[0] !== MAGIC) return "; not a SPIR-V module\n";
  const version = words[1]!;
  const out = [
    "; SPIR-V",
    `; Version: ${(version >>> 16) & 0xff}.${(version >>> 8) & 0xff}`,
    `; Generator: Khronos; ${words[2]}`,
    `; Bound: ${words[3]}`,
    `; Schema: ${words[4]}`,
  ];
  const types = new Types();
  let end = 5;
  for (const i of instructions(words)) {
    out.push(printInstruction(words, i, types));
    end = i.at + i.count;
  }
  if (end < words.length) out.push(`; word ${end}: not an instruction`);
  return `${out.join("\n")}\n`;
}

/** Types of numbers and of values: how literals are read. */
class Types {
  /** "i32", "u32", "f32" or "f16" by id of a type */
  readonly scalars = new Map<number, string>();
  /** id of the type, by id of a value */
  readonly of = new Map<number, number>();
  note(name: SpvName, words: Uint32Array, at: number): void {
    if (name === "TypeInt") this.scalars.set(words[at + 1]!, words[at + 3] === 1 ? "i32" : "u32");
    else if (name === "TypeFloat") this.scalars.set(words[at + 1]!, words[at + 2] === 16 ? "f16" : "f32");
    else if (SPV[name].operands.startsWith("tr")) this.of.set(words[at + 2]!, words[at + 1]!);
  }
}

function printInstruction(words: Uint32Array, { name, at, count }: Instruction, types: Types): string {
  if (name === undefined) return `; word ${at}: opcode ${words[at]! & 0xffff}`;
  types.note(name, words, at);
  const reader = new Operands(words, at + 1, at + count, types);
  const letters = SPV[name].operands;
  const [fixed, repeated] = splitLetters(letters);
  let text = "";
  for (const letter of fixed) text += reader.operand(letter);
  for (let k = 0; reader.at < reader.end; k++) text += reader.operand(repeated === "" ? "n" : repeated[k % repeated.length]!);
  const head = reader.result === 0 ? "" : `%${reader.result} = `;
  return `${head.padStart(INDENT)}Op${name}${text}`;
}
function splitLetters(letters: string): readonly [string, string] {
  if (!letters.endsWith("*")) return [letters, ""];
  const open = letters.indexOf("(");
  return open < 0 ? [letters.slice(0, -2), letters.slice(-2, -1)] : [letters.slice(0, open), letters.slice(open + 1, -2)];
}

class Operands {
  readonly words: Uint32Array;
  at: number;
  readonly end: number;
  readonly types: Types;
  result = 0;
  #type = 0;
  #first = 0;
  #decoration = -1;

  constructor(words: Uint32Array, at: number, end: number, types: Types) {
    this.words = words;
    this.at = at;
    this.end = end;
    this.types = types;
  }

  /** The text of the next operand with a space in front; "" for one that stands elsewhere, or is missing. */
  operand(letter: string): string {
    if (this.at >= this.end) return "";
    if (letter === "s") return ` ${this.#string()}`;
    const word = this.words[this.at++]!;
    switch (letter) {
      case "r":
        this.result = word;
        return "";
      case "t":
        this.#type = word;
        return ` %${word}`;
      case "i":
        if (this.#first === 0) this.#first = word;
        return ` %${word}`;
      case "v":
        return ` ${literal(word, this.types.scalars.get(this.#type) ?? "u32")}`;
      case "c":
        return ` ${literal(word, this.types.scalars.get(this.types.of.get(this.#first) ?? 0) ?? "u32")}`;
      case "x":
        return ` ${GLSL_NAMES.get(word) ?? word}`;
      case "n":
        return ` ${(this.#decoration === DECORATION.BuiltIn && BUILT_IN_NAMES.get(word)) || word}`;
      default:
        if (letter === "D") this.#decoration = word;
        return ` ${ENUM_NAMES.get(letter)?.get(word) ?? word}`;
    }
  }
  #string(): string {
    const bytes: number[] = [];
    while (this.at < this.end) {
      const word = this.words[this.at++]!;
      for (let shift = 0; shift < 32; shift += 8) {
        const byte = (word >>> shift) & 0xff;
        if (byte === 0) return quote(bytes);
        bytes.push(byte);
      }
    }
    return quote(bytes);
  }
}
function quote(bytes: readonly number[]): string {
  let text = "";
  for (const c of new TextDecoder().decode(Uint8Array.from(bytes))) text += c === '"' || c === "\\" ? `\\${c}` : c;
  return `"${text}"`;
}

function literal(word: number, type: string): string {
  if (type === "i32") return String(word | 0);
  if (type === "f32") return float32(word);
  if (type === "f16") return hexFloat(word & 0xffff, 5, 10);
  return String(word);
}
/** Nine digits, as `%.9g`; what has an exponent of all zeros or ones, in hexadecimal. */
function float32(bits: number): string {
  const exponent = (bits >>> 23) & 0xff;
  const isZero = (bits & 0x7fffffff) === 0;
  if (exponent === 0xff || (exponent === 0 && !isZero)) return hexFloat(bits, 8, 23);
  const x = bitsToFloat(bits);
  if (isZero) return Object.is(x, -0) ? "-0" : "0";
  return general(x, 9);
}
/** C's `%.<digits>g`. */
function general(x: number, digits: number): string {
  const [mantissa, exponentText] = x.toExponential(digits - 1).split("e") as [string, string];
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < digits) return trimZeros(x.toFixed(digits - 1 - exponent));
  const size = String(Math.abs(exponent)).padStart(2, "0");
  return `${trimZeros(mantissa)}e${exponent < 0 ? "-" : "+"}${size}`;
}
function trimZeros(text: string): string {
  if (!text.includes(".")) return text;
  let end = text.length;
  while (text[end - 1] === "0") end--;
  return text.slice(0, text[end - 1] === "." ? end - 1 : end);
}
/** A float as sign, hexadecimal digits and binary exponent; infinities and NaNs have the exponent past the largest. */
function hexFloat(bits: number, exponentBits: number, fractionBits: number): string {
  const sign = (bits >>> (exponentBits + fractionBits)) & 1 ? "-" : "";
  const bias = 2 ** (exponentBits - 1) - 1;
  let exponent = ((bits >>> fractionBits) & (2 ** exponentBits - 1)) - bias;
  let fraction = bits & (2 ** fractionBits - 1);
  if (exponent === -bias && fraction === 0) return `${sign}0x0p+0`;
  if (exponent === -bias) {
    // denormal: shifted up until the leading one is the digit in front
    exponent++;
    while (fraction < 2 ** fractionBits) {
      fraction *= 2;
      exponent--;
    }
    fraction -= 2 ** fractionBits;
  }
  const padding = (4 - (fractionBits % 4)) % 4;
  let digits = (fraction * 2 ** padding).toString(16).padStart((fractionBits + padding) / 4, "0");
  while (digits.endsWith("0")) digits = digits.slice(0, -1);
  return `${sign}0x1${digits === "" ? "" : `.${digits}`}p${exponent < 0 ? "" : "+"}${exponent}`;
}
