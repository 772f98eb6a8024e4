/** Writes and reads the object format. The reader is for tools (disassembler, tests); the verifier has its own, written apart. */
import {
  DEBUG_MAGIC,
  type DebugInfo,
  FUNCTION_WORDS,
  HEADER_WORDS,
  IO_WORDS,
  ISA_VERSION,
  MAGIC,
  type ObjectParts,
  SLOT_WORDS,
} from "./object.ts";
import type { FunctionInfo, SlotInfo } from "./shapes.ts";

/** Collects 32-bit words, each checked: a silently wrapped field would be a different object. */
class Words {
  readonly data: Uint32Array;
  at = 0;
  constructor(length: number) {
    this.data = new Uint32Array(length);
  }
  put(value: number, what: string): void {
    if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new RangeError(`${what} ${value} is no unsigned 32-bit number`);
    this.data[this.at++] = value;
  }
}

function packBytes(fields: readonly number[], what: string): number {
  let word = 0;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    if (!Number.isInteger(field) || field < 0 || field > 255) throw new RangeError(`${what} ${field} is not in 0 to 255`);
    word |= field << (8 * i);
  }
  return word >>> 0;
}

/**
 * The object's bytes, with its debug section when there is one.
 * @throws RangeError when a field does not fit its place
 */
export function encodeObject(parts: ObjectParts): Uint8Array {
  if (parts.constants.length % 4 !== 0) throw new RangeError(`${parts.constants.length} constant bytes are not whole words`);
  if (parts.code.length % 2 !== 0) throw new RangeError(`${parts.code.length} half words of code are not whole words`);
  const constantWords = parts.constants.length / 4;
  const out = new Words(
    HEADER_WORDS +
      parts.functions.length * FUNCTION_WORDS +
      parts.slots.length * SLOT_WORDS +
      parts.io.length * IO_WORDS +
      parts.code.length +
      constantWords,
  );
  putHeader(out, parts, constantWords);
  for (const f of parts.functions) {
    out.put(f.first, "first word");
    out.put(f.count, "word count");
    out.put(packBytes([f.vArgs, f.wArgs, f.gArgs, f.vResults], "argument count"), "arguments");
  }
  for (const s of parts.slots) {
    out.put(s.kind, "slot kind");
    out.put(s.permissions, "permissions");
    out.put(s.min, "min");
    out.put(s.stride, "stride");
    out.put(s.group, "group");
    out.put(s.binding, "binding");
  }
  for (const io of parts.io) {
    out.put(packBytes([io.location, io.components, io.kind, 0], "IO field"), "IO location");
    out.put(io.offset, "IO offset");
  }
  for (const word of parts.code) out.put(word, "code");
  for (let i = 0; i < parts.constants.length; i += 4) out.put(readWord(parts.constants, i), "constant");
  return finish(out.data, parts.debug);
}

function putHeader(out: Words, parts: ObjectParts, constantWords: number): void {
  const [x, y, z] = parts.workgroupSize;
  for (const value of [MAGIC, ISA_VERSION, parts.stage, x, y, z]) out.put(value, "header field");
  for (const value of [parts.vRegisters, parts.wRegisters, parts.gRegisters]) out.put(value, "register count");
  for (const value of [parts.scratchBytes, parts.workgroupBytes]) out.put(value, "memory size");
  for (const value of [parts.functions.length, parts.slots.length, parts.io.length, parts.code.length / 2, constantWords])
    out.put(value, "count");
}

function finish(words: Uint32Array, debug: DebugInfo | undefined): Uint8Array {
  const text = debug === undefined ? undefined : new TextEncoder().encode(JSON.stringify(debug));
  const bytes = new Uint8Array(words.length * 4 + (text === undefined ? 0 : 8 + text.length));
  for (let i = 0; i < words.length; i++) writeWord(bytes, i * 4, words[i]!);
  if (text !== undefined) {
    writeWord(bytes, words.length * 4, DEBUG_MAGIC);
    writeWord(bytes, words.length * 4 + 4, text.length);
    bytes.set(text, words.length * 4 + 8);
  }
  return bytes;
}

function readWord(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
function writeWord(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word & 255;
  bytes[at + 1] = (word >>> 8) & 255;
  bytes[at + 2] = (word >>> 16) & 255;
  bytes[at + 3] = word >>> 24;
}

export type ReadResult = { readonly ok: true; readonly parts: ObjectParts } | { readonly ok: false; readonly message: string };

/**
 * Takes an object apart. Total: any bytes give parts or a message. It checks only that the sections are there; whether the object may
 * run is the verifier's to say. A broken debug section is dropped.
 */
export function readObject(bytes: Uint8Array): ReadResult {
  if (bytes.length < HEADER_WORDS * 4)
    return { ok: false, message: `${bytes.length} bytes are too few for a header of ${HEADER_WORDS * 4}` };
  const at = (word: number) => readWord(bytes, word * 4);
  if (at(0) !== MAGIC) return { ok: false, message: "the magic word is not PCO1" };
  if (at(1) !== ISA_VERSION) return { ok: false, message: `ISA version ${at(1)} is not ${ISA_VERSION}` };
  const counts = { functions: at(11), slots: at(12), io: at(13), code: at(14), constants: at(15) };
  const functionsAt = HEADER_WORDS;
  const slotsAt = functionsAt + counts.functions * FUNCTION_WORDS;
  const ioAt = slotsAt + counts.slots * SLOT_WORDS;
  const codeAt = ioAt + counts.io * IO_WORDS;
  const constantsAt = codeAt + counts.code * 2;
  const end = (constantsAt + counts.constants) * 4;
  if (bytes.length < end) return { ok: false, message: `${bytes.length} bytes, but the counts in the header ask for ${end}` };
  const debug = bytes.length > end ? readDebug(bytes, end) : undefined;
  const parts: ObjectParts = {
    stage: at(2),
    workgroupSize: [at(3), at(4), at(5)],
    vRegisters: at(6),
    wRegisters: at(7),
    gRegisters: at(8),
    scratchBytes: at(9),
    workgroupBytes: at(10),
    functions: list(counts.functions, (i) => readFunction(at, functionsAt + i * FUNCTION_WORDS)),
    slots: list(counts.slots, (i) => readSlot(at, slotsAt + i * SLOT_WORDS)),
    io: list(counts.io, (i) => readIo(at, ioAt + i * IO_WORDS)),
    code: Uint32Array.from({ length: counts.code * 2 }, (_, i) => at(codeAt + i)),
    constants: bytes.slice(constantsAt * 4, end),
    ...(debug === undefined ? {} : { debug }),
  };
  return { ok: true, parts };
}

function list<T>(count: number, item: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => item(i));
}

function readFunction(at: (word: number) => number, k: number): FunctionInfo {
  const packed = at(k + 2);
  return {
    first: at(k),
    count: at(k + 1),
    vArgs: packed & 255,
    wArgs: (packed >>> 8) & 255,
    gArgs: (packed >>> 16) & 255,
    vResults: packed >>> 24,
  };
}

function readSlot(at: (word: number) => number, k: number): SlotInfo {
  return { kind: at(k), permissions: at(k + 1), min: at(k + 2), stride: at(k + 3), group: at(k + 4), binding: at(k + 5) };
}

function readIo(at: (word: number) => number, k: number) {
  const packed = at(k);
  return { location: packed & 255, components: (packed >>> 8) & 255, kind: (packed >>> 16) & 255, offset: at(k + 1) };
}

/** The debug section at `at`, or undefined where it is cut short or is not what `DebugInfo` says. */
function readDebug(bytes: Uint8Array, at: number): DebugInfo | undefined {
  if (bytes.length < at + 8 || readWord(bytes, at) !== DEBUG_MAGIC) return undefined;
  const length = readWord(bytes, at + 4);
  if (bytes.length < at + 8 + length) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes.subarray(at + 8, at + 8 + length)));
  } catch {
    return undefined;
  }
  if (!isRecord(value)) return undefined;
  const { source, functions, slots, lines } = value;
  if (typeof source !== "string" || !isArrayOf(functions, isString) || !isArrayOf(slots, isString) || !isArrayOf(lines, isIndex))
    return undefined;
  return { source, functions, slots, lines };
}

const isRecord = (x: unknown): x is Record<string, unknown> => typeof x === "object" && x !== null;
const isString = (x: unknown): x is string => typeof x === "string";
const isIndex = (x: unknown): x is number => typeof x === "number" && Number.isInteger(x) && x >= 0;
function isArrayOf<T>(value: unknown, is: (x: unknown) => x is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}
