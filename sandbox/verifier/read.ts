/**
 * Takes the verified part of an object apart, with its own reading of the layout that `sandbox/isa/object.ts` states. It decides only
 * where things are; whether they may be so is for the rules.
 */
import type { FunctionInfo, IoInfo, SlotInfo } from "../isa/shapes.ts";
import { copyOf, lengthOf } from "../memory/bytes.ts";
import { Bytes, copyFrom, floor, freeze, frozen, type List, newList, Words } from "../memory/captured.ts";
import type { Program } from "./token.ts";

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
export interface Draft extends Program {
  readonly magic: number;
  readonly version: number;
  /** code words */
  readonly words: number;
}

/** @returns the object's parts out of a private copy, or undefined: rule V01 */
export function readDraft(input: unknown): Draft | undefined {
  const length = lengthOf(input, "Uint8Array");
  if (length < HEADER * 4 || length > MAX_OBJECT_BYTES) return undefined;
  const copy = copyOf(input, length);
  if (copy === undefined) return undefined;
  const u = new Words(copy, 0, floor(length / 4));
  const counts = { functions: u[11]!, slots: u[12]!, io: u[13]!, words: u[14]!, constants: u[15]! };
  if (counts.functions > MAX_FUNCTIONS || counts.slots > MAX_SLOTS || counts.io > MAX_IO) return undefined;
  if (counts.words < 1 || counts.words > MAX_CODE_WORDS || counts.constants > MAX_CONSTANT_WORDS) return undefined;
  const slotsAt = HEADER + counts.functions * 3;
  const ioAt = slotsAt + counts.slots * 6;
  const codeAt = ioAt + counts.io * 2;
  const constantsAt = codeAt + counts.words * 2;
  const end = constantsAt + counts.constants;
  if (!endsAt(u, end, length)) return undefined;
  const code = new Words(counts.words * 2);
  copyFrom(code, new Words(copy, codeAt * 4, counts.words * 2));
  const constants = new Bytes(counts.constants * 4);
  copyFrom(constants, new Bytes(copy, constantsAt * 4, counts.constants * 4));
  return freeze({
    magic: u[0]!,
    version: u[1]!,
    stage: u[2]!,
    workgroupSize: freeze([u[3]!, u[4]!, u[5]!] as const),
    vRegisters: u[6]!,
    wRegisters: u[7]!,
    gRegisters: u[8]!,
    scratchBytes: u[9]!,
    workgroupBytes: u[10]!,
    functions: readFunctions(u, HEADER, counts.functions),
    slots: readSlots(u, slotsAt, counts.slots),
    io: readIo(u, ioAt, counts.io),
    words: counts.words,
    code,
    constants,
  });
}

/** The verified part ends the object, or a debug section of the length it says does. */
function endsAt(u: Uint32Array, end: number, length: number): boolean {
  if (length === end * 4) return true;
  return length >= (end + 2) * 4 && u[end] === DEBUG_MAGIC && u[end + 1] === length - (end + 2) * 4;
}

function readFunctions(u: Uint32Array, at: number, count: number): readonly FunctionInfo[] {
  const all: List<FunctionInfo> = newList();
  for (let i = 0; i < count; i++) {
    const k = at + i * 3;
    const packed = u[k + 2]!;
    const args = { vArgs: packed & 255, wArgs: (packed >>> 8) & 255, gArgs: (packed >>> 16) & 255, vResults: packed >>> 24 };
    all[i] = freeze({ first: u[k]!, count: u[k + 1]!, ...args });
  }
  return frozen(all);
}

function readSlots(u: Uint32Array, at: number, count: number): readonly SlotInfo[] {
  const all: List<SlotInfo> = newList();
  for (let i = 0; i < count; i++) {
    const k = at + i * 6;
    const where = { stride: u[k + 3]!, group: u[k + 4]!, binding: u[k + 5]! };
    all[i] = freeze({ kind: u[k]!, permissions: u[k + 1]!, min: u[k + 2]!, ...where });
  }
  return frozen(all);
}

function readIo(u: Uint32Array, at: number, count: number): readonly IoInfo[] {
  const all: List<IoInfo> = newList();
  for (let i = 0; i < count; i++) {
    const packed = u[at + i * 2]!;
    const what = { location: packed & 255, components: (packed >>> 8) & 255, kind: packed >>> 16 };
    all[i] = freeze({ ...what, offset: u[at + i * 2 + 1]! });
  }
  return frozen(all);
}
