/** Takes WebAssembly binaries apart for wat.ts: numbers, sections, names. What is wrong is thrown as `Malformed`, with its place. */

export class Malformed extends Error {
  /** byte of the module */
  readonly at: number;
  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Reads a stretch of the module and nothing behind it. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** of the next byte */
  at: number;
  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.at === this.#end;
  }
  bad(message: string): Malformed {
    return new Malformed(this.at, message);
  }
  fail(message: string): never {
    throw this.bad(message);
  }
  finish(what: string): void {
    if (!this.isAtEnd) this.fail(`${what} has ${this.#end - this.at} bytes too many`);
  }

  peek(): number {
    if (this.at >= this.#end) throw this.bad("the bytes end too early");
    return this.#bytes[this.at]!;
  }
  byte(): number {
    const b = this.peek();
    this.at++;
    return b;
  }
  zero(what: string): void {
    const b = this.byte();
    if (b !== 0) this.fail(`${what} ${b}, expected 0`);
  }
  /** unsigned LEB128 */
  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const b = this.byte();
      value += (b & 0x7f) * 2 ** shift;
      if (value > 0xffffffff) break;
      if (b < 0x80) return value;
    }
    return this.fail("a number of more than 32 bits");
  }
  /** signed LEB128, as text */
  signed(bits: 32 | 64): string {
    let value = 0n;
    for (let shift = 0n; shift < bits; shift += 7n) {
      const b = this.byte();
      value |= BigInt(b & 0x7f) << shift;
      if (b >= 0x80) continue;
      const signed = BigInt.asIntN(Number(shift) + 7, value);
      return signed === BigInt.asIntN(bits, signed) ? String(signed) : this.fail(`a number of more than ${bits} bits`);
    }
    return this.fail(`a number of more than ${bits} bits`);
  }
  /** 32 bits, little-endian */
  word(): number {
    return (this.byte() | (this.byte() << 8) | (this.byte() << 16) | (this.byte() << 24)) >>> 0;
  }
  f32(): string {
    const word = this.word();
    const bits = new DataView(new ArrayBuffer(4));
    bits.setUint32(0, word);
    return floatText(bits.getFloat32(0), word >>> 31 === 1, (word & 0x7fffff).toString(16));
  }
  f64(): string {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setUint32(4, this.word());
    bits.setUint32(0, this.word());
    const payload = bits.getBigUint64(0) & ((1n << 52n) - 1n);
    return floatText(bits.getFloat64(0), bits.getUint8(0) >= 0x80, payload.toString(16));
  }
  /** a string's bytes */
  text(): Uint8Array {
    const length = this.u32();
    if (length > this.#end - this.at) throw this.bad(`a string of ${length} bytes does not fit`);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
  /** the next `length` bytes, as a reader of their own; this one goes on after them */
  part(length: number): Reader {
    if (length > this.#end - this.at) throw this.bad(`${length} bytes are announced, ${this.#end - this.at} are left`);
    this.at += length;
    return new Reader(this.#bytes, this.at - length, this.at);
  }
}

/** @param payload hexadecimal digits of a NaN's fraction */
function floatText(value: number, isNegative: boolean, payload: string): string {
  const sign = isNegative ? "-" : "";
  if (Number.isNaN(value)) return `${sign}nan:0x${payload}`;
  return sign + (Number.isFinite(value) ? String(Math.abs(value)) : "inf");
}

export interface Section {
  readonly id: number;
  readonly reader: Reader;
}

export function readSections(bytes: Uint8Array): Section[] {
  const r = new Reader(bytes);
  if (bytes.length < 8 || r.word() !== 0x6d736100) throw new Malformed(0, "not a WebAssembly module: it does not start with '\\0asm'");
  const version = r.word();
  if (version !== 1) throw new Malformed(4, `version ${version} is not 1`);
  const sections: Section[] = [];
  while (!r.isAtEnd) {
    const id = r.byte();
    sections.push({ id, reader: r.part(r.u32()) });
  }
  return sections;
}

/** Longer names are not worth repeating at each use. */
const MAX_NAME = 80;

export interface Names {
  /** `$name` by function */
  readonly functions: Map<number, string>;
  /** `$name` by local, by function */
  readonly locals: Map<number, Map<number, string>>;
}

/**
 * What the "name" section says, as far as it can be used: names that are identifiers of the text form, none of them twice.
 * @see https://webassembly.github.io/spec/core/appendix/custom.html#name-section
 */
export function readNames(sections: readonly Section[]): Names {
  const names: Names = { functions: new Map(), locals: new Map() };
  for (const { id, reader } of sections) {
    const start = reader.at;
    try {
      if (id === 0 && latin(reader.text()) === "name") readNameSection(reader, names);
    } catch (error) {
      // a broken name section names nothing more; the printer reads the section's own name again, and complains if that is broken
      if (!(error instanceof Malformed)) throw error;
    }
    reader.at = start;
  }
  return names;
}

function readNameSection(r: Reader, names: Names): void {
  while (!r.isAtEnd) {
    const kind = r.byte();
    const part = r.part(r.u32());
    if (kind === 1) readNameMap(part, names.functions);
    else if (kind === 2) {
      for (let left = part.u32(); left > 0; left--) {
        const map = new Map<number, string>();
        names.locals.set(part.u32(), map);
        readNameMap(part, map);
      }
    }
  }
}

function readNameMap(r: Reader, into: Map<number, string>): void {
  const taken = new Set(into.values());
  for (let left = r.u32(); left > 0; left--) {
    const index = r.u32();
    const name = `$${latin(r.text())}`;
    if (!isIdentifier(name) || taken.has(name) || into.has(index)) continue;
    taken.add(name);
    into.set(index, name);
  }
}

const latin = (bytes: Uint8Array) => String.fromCharCode(...bytes.subarray(0, MAX_NAME + 1));

const SYMBOLS = "!#$%&'*+-./:<=>?@\\^_`|~";
function isIdentifier(name: string): boolean {
  if (name.length < 2 || name.length > MAX_NAME) return false;
  for (const c of name) {
    const isLetter = (c >= "a" && c <= "z") || (c >= "A" && c <= "Z");
    if (!isLetter && !(c >= "0" && c <= "9") && !SYMBOLS.includes(c)) return false;
  }
  return true;
}
