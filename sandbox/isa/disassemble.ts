/**
 * Objects to text: `assemble(disassemble(x))` is x, bit for bit, for any object within the limits (debug section aside). A word that the text form cannot say
 * exactly is printed as `.word`.
 */
import { parseInstruction } from "./asm-instruction.ts";
import { AsmLine } from "./asm-line.ts";
import { PERM, SLOT_KIND, STAGE } from "./modes.ts";
import type { ObjectParts } from "./object.ts";
import { printWord } from "./print-word.ts";
import type { FunctionInfo } from "./shapes.ts";
import { countRegisters, matchConstructs } from "./word-fields.ts";

/** The text form. */
export function disassemble(parts: ObjectParts): string {
  return new Disassembly(parts).text();
}

/** One line of a listing. */
export interface ListingLine {
  /** word index in the code, or -1 for directives */
  readonly word: number;
  /** nesting, 0 outside functions */
  readonly depth: number;
  readonly text: string;
}

/** The lines of the text form, each with the word it stands for. */
export function disassembleLines(parts: ObjectParts): ListingLine[] {
  return new Disassembly(parts).lines();
}

const hex = (word: number) => `0x${word.toString(16).padStart(8, "0")}`;

class Disassembly {
  readonly #parts: ObjectParts;
  readonly #names: readonly string[];
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #lines: ListingLine[] = [];
  constructor(parts: ObjectParts) {
    this.#parts = parts;
    this.#names = functionNames(parts);
    this.#indexOf = new Map(this.#names.map((name, i) => [name, i]));
  }

  text(): string {
    return this.lines()
      .map((line) => `${"  ".repeat(line.depth)}${line.text}\n`)
      .join("");
  }

  lines(): ListingLine[] {
    this.#lines.length = 0;
    const functions = inOrder(this.#parts) ? this.#parts.functions : undefined;
    this.#head(functions === undefined);
    if (functions === undefined) {
      for (const f of this.#parts.functions) this.#directive(`.table${fields({ first: f.first, count: f.count })}${fields(signature(f))}`);
      this.#words(0, this.#parts.code.length / 2, -1);
      return this.#lines;
    }
    let at = 0;
    functions.forEach((f, index) => {
      this.#words(at, f.first, -1);
      this.#directive(`.func ${this.#names[index]}${fields(signature(f))}`);
      this.#words(f.first, f.first + f.count, index);
      this.#directive(".end");
      at = f.first + f.count;
    });
    this.#words(at, this.#parts.code.length / 2, -1);
    return this.#lines;
  }

  #directive(text: string): void {
    this.#lines.push({ word: -1, depth: 0, text });
  }

  /** Everything but functions and code. */
  #head(isTable: boolean): void {
    const p = this.#parts;
    this.#directive(`.stage ${nameOf(STAGE, p.stage)}`);
    this.#directive(`.workgroup ${p.workgroupSize.join(" ")}`);
    const counted = countRegisters(p.code, p.functions);
    if (counted.v !== p.vRegisters || counted.w !== p.wRegisters || counted.g !== p.gRegisters) {
      this.#directive(`.registers v=${p.vRegisters} w=${p.wRegisters} g=${p.gRegisters}`);
    }
    p.slots.forEach((s, i) => {
      this.#directive(`.slot ${i} ${nameOf(SLOT_KIND, s.kind)}${permissions(s.permissions)} min=${s.min}${fields(slotFields(s))}`);
    });
    const bytesOf = (kind: number) => p.slots.find((s) => s.kind === kind)?.min ?? 0;
    if (bytesOf(SLOT_KIND.scratch) !== p.scratchBytes || bytesOf(SLOT_KIND.workgroup) !== p.workgroupBytes) {
      this.#directive(`.bytes scratch=${p.scratchBytes} workgroup=${p.workgroupBytes}`);
    }
    for (const io of p.io) this.#directive(`.io location=${io.location} components=${io.components} kind=${io.kind} offset=${io.offset}`);
    this.#constants();
    const isLoose = !isTable && p.functions.some((f) => matchConstructs(this.#wordsOf(f), f.first).faults.length > 0);
    if (isLoose) this.#directive(".loose");
  }

  #constants(): void {
    const bytes = this.#parts.constants;
    const words: string[] = [];
    for (let i = 0; i + 3 < bytes.length; i += 4) {
      words.push(hex((bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)) >>> 0));
    }
    for (let i = 0; i < words.length; i += 8) this.#directive(`.const ${words.slice(i, i + 8).join(" ")}`);
  }

  #wordsOf(f: FunctionInfo): Uint32Array {
    return this.#parts.code.subarray(f.first * 2, (f.first + f.count) * 2);
  }

  /** @param index the function these words are, or -1 for words outside of functions, which have only their raw form */
  #words(first: number, end: number, index: number): void {
    const code = this.#parts.code;
    const targets = index < 0 ? undefined : matchConstructs(this.#wordsOf(this.#parts.functions[index]!), first).targets;
    let depth = 1;
    for (let word = first; word < end; word++) {
      const low = code[word * 2]!;
      const high = code[word * 2 + 1]!;
      const printed = targets === undefined ? undefined : this.#instruction(low, high, targets[word - first]!);
      const step = printed === undefined ? NO_STEP : stepOf(printed);
      depth = Math.max(1, depth + step.before);
      this.#lines.push({ word, depth, text: printed ?? `.word ${hex(low)} ${hex(high)}` });
      depth += step.after;
    }
  }

  /** The word's text if reading it gives the word again. @param target what the assembler will compute, or -1 */
  #instruction(low: number, high: number, target: number): string | undefined {
    const printed = printWord(low, high, this.#parts.functions, this.#names);
    if (printed === undefined) return undefined;
    const text = target >= 0 && target !== high ? `${printed} ->${high}` : printed;
    const line = new AsmLine(text);
    let again: ReturnType<typeof parseInstruction>;
    try {
      again = parseInstruction(line.name("an instruction"), line);
    } catch {
      return undefined;
    }
    if (again.callee !== undefined) again.high = (again.high | (this.#indexOf.get(again.callee) ?? 0)) >>> 0;
    if (target >= 0 && !again.hasTarget) again.high = high;
    return again.low === low && again.high === high ? text : undefined;
  }
}

const NO_STEP = { before: 0, after: 0 };
/** How a line's text changes the nesting, before and after itself. */
function stepOf(text: string): { before: number; after: number } {
  if (text.startsWith("if ") || text.startsWith("block.") || text.startsWith("loop.")) return { before: 0, after: 1 };
  if (text.startsWith("else")) return { before: -1, after: 1 };
  if (text.startsWith("end")) return { before: -1, after: 0 };
  return NO_STEP;
}

function nameOf(table: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(table).find((name) => table[name] === value) ?? `#${value}`;
}

function permissions(bits: number): string {
  if (bits >= 8) return ` permissions=${bits}`;
  return Object.entries(PERM)
    .filter(([, bit]) => (bits & bit) !== 0)
    .map(([name]) => ` ${name}`)
    .join("");
}

/** ` key=value` for each that is not zero. */
function fields(record: Readonly<Record<string, number>>): string {
  return Object.entries(record)
    .filter(([, value]) => value !== 0)
    .map(([key, value]) => ` ${key}=${value}`)
    .join("");
}

function signature(f: FunctionInfo) {
  return { vargs: f.vArgs, wargs: f.wArgs, gargs: f.gArgs, vresults: f.vResults };
}
function slotFields(s: ObjectParts["slots"][number]) {
  return { stride: s.stride, group: s.group, binding: s.binding };
}

/** Whether the functions follow each other in the code, so that each can stand around its own words. */
function inOrder(parts: ObjectParts): boolean {
  let at = 0;
  for (const f of parts.functions) {
    if (f.first < at) return false;
    at = f.first + f.count;
  }
  return at <= parts.code.length / 2;
}

/** The debug names where they can be written and told apart, else f0, f1 ... */
function functionNames(parts: ObjectParts): string[] {
  const numbered = parts.functions.map((_, i) => `f${i}`);
  const names = parts.debug?.functions.slice(0, numbered.length);
  const isUsable =
    names !== undefined && names.length === numbered.length && names.every(isPlainName) && new Set(names).size === names.length;
  return isUsable ? names : numbered;
}

function isPlainName(name: string): boolean {
  if (name.length === 0 || name.length > 200 || name === "_" || (name[0]! >= "0" && name[0]! <= "9")) return false;
  return [...name].every((c) => (c >= "a" && c <= "z") || (c >= "A" && c <= "Z") || (c >= "0" && c <= "9") || c === "_");
}
