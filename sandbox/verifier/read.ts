/**
 * Takes the verified part of an object apart, with its own reading of the layout that `sandbox/isa/object.ts` states. It decides only
 * where things are; whether they may be so is for the rules.
 */
import type { FunctionInfo, IoInfo, SlotInfo } from "../isa/shapes.ts";
import { copyOf, lengthOf } from "../memory/bytes.ts";

/** Longest object, debug section included. */
export const MAX_OBJECT_BYTES = 64 * 1024 * 1024;
export const MAX_CODE_WORDS = 1 << 20;
export const MAX_FUNCTIONS = 4096;
export const MAX_SLOTS = 256;
export const MAX_IO = 64;
export const MAX_CONSTANT_WORDS = 1 << 18;
const HEADER = 16;
const DEBUG_MAGIC = 0x31474244; // "DBG1"

/** An object whose sections have been found, and nothing else checked. */
export interface Draft {
  readonly magic: number;
  readonly version: number;
  readonly stage: number;
  readonly size: readonly [number, number, number];
  readonly vRegisters: number;
  readonly wRegisters: number;
  readonly gRegisters: number;
  readonly scratchBytes: number;
  readonly workgroupBytes: number;
  readonly functions: readonly FunctionInfo[];
  readonly slots: readonly SlotInfo[];
  readonly io: readonly IoInfo[];
  /** code words, and their halves */
  readonly words: number;
  readonly code: Uint32Array;
  readonly constants: Uint8Array;
}

/** @returns the object's parts out of a private copy, or undefined: rule V01 */
export function readDraft(input: unknown): Draft | undefined {
  const length = lengthOf(input, "Uint8Array");
  if (length < HEADER * 4 || length > MAX_OBJECT_BYTES) return undefined;
  const copy = copyOf(input, length);
  if (copy === undefined) return undefined;
  const u = new Uint32Array(copy, 0, Math.floor(length / 4));
  const counts = { functions: u[11]!, slots: u[12]!, io: u[13]!, words: u[14]!, constants: u[15]! };
  if (counts.functions > MAX_FUNCTIONS || counts.slots > MAX_SLOTS || counts.io > MAX_IO) return undefined;
  if (counts.words < 1 || counts.words > MAX_CODE_WORDS || counts.constants > MAX_CONSTANT_WORDS) return undefined;
  const slotsAt = HEADER + counts.functions * 3;
  const ioAt = slotsAt + counts.slots * 6;
  const codeAt = ioAt + counts.io * 2;
  const constantsAt = codeAt + counts.words * 2;
  const end = constantsAt + counts.constants;
  if (!endsAt(u, end, length)) return undefined;
  return {
    magic: u[0]!,
    version: u[1]!,
    stage: u[2]!,
    size: [u[3]!, u[4]!, u[5]!],
    vRegisters: u[6]!,
    wRegisters: u[7]!,
    gRegisters: u[8]!,
    scratchBytes: u[9]!,
    workgroupBytes: u[10]!,
    functions: readFunctions(u, HEADER, counts.functions),
    slots: readSlots(u, slotsAt, counts.slots),
    io: readIo(u, ioAt, counts.io),
    words: counts.words,
    code: u.slice(codeAt, constantsAt),
    constants: new Uint8Array(copy.slice(constantsAt * 4, end * 4)),
  };
}

/** The verified part ends the object, or a debug section of the length it says does. */
function endsAt(u: Uint32Array, end: number, length: number): boolean {
  if (length === end * 4) return true;
  return length >= (end + 2) * 4 && u[end] === DEBUG_MAGIC && u[end + 1] === length - (end + 2) * 4;
}

function readFunctions(u: Uint32Array, at: number, count: number): readonly FunctionInfo[] {
  const all: FunctionInfo[] = [];
  for (let i = 0; i < count; i++) {
    const k = at + i * 3;
    const packed = u[k + 2]!;
    const args = { vArgs: packed & 255, wArgs: (packed >>> 8) & 255, gArgs: (packed >>> 16) & 255, vResults: packed >>> 24 };
    all[i] = Object.freeze({ first: u[k]!, count: u[k + 1]!, ...args });
  }
  return Object.freeze(all);
}

function readSlots(u: Uint32Array, at: number, count: number): readonly SlotInfo[] {
  const all: SlotInfo[] = [];
  for (let i = 0; i < count; i++) {
    const k = at + i * 6;
    const where = { stride: u[k + 3]!, group: u[k + 4]!, binding: u[k + 5]! };
    all[i] = Object.freeze({ kind: u[k]!, permissions: u[k + 1]!, min: u[k + 2]!, ...where });
  }
  return Object.freeze(all);
}

function readIo(u: Uint32Array, at: number, count: number): readonly IoInfo[] {
  const all: IoInfo[] = [];
  for (let i = 0; i < count; i++) {
    const packed = u[at + i * 2]!;
    const what = { location: packed & 255, components: (packed >>> 8) & 255, kind: packed >>> 16 };
    all[i] = Object.freeze({ ...what, offset: u[at + i * 2 + 1]! });
  }
  return Object.freeze(all);
}
