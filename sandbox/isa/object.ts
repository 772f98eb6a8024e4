/**
 * The object format `.pco`: 32-bit little-endian words. This file writes it and states its layout; the verifier reads it with its own code.
 *
 * ```text
 * header    16 words: magic "PCO1", ISA version, stage, workgroup size x y z, registers v w g, scratch bytes per lane, workgroup bytes,
 *           counts: functions, slots, IO locations, code words (64-bit), constant words (32-bit)
 * functions 3 words each: first word, word count, vArgs | wArgs << 8 | gArgs << 16 | vResults << 24
 * slots     6 words each: kind, permissions, min, stride, group, binding
 * IO        2 words each: location | components << 8 | kind << 16, slot offset
 * code      2 words each: low, high
 * constants the constant slot's contents
 * ```
 * After this verified part, optionally: word "DBG1", byte length, and UTF-8 JSON of `DebugInfo`. It is ring-3 data, used for printing only.
 */
import type { FunctionInfo, SlotInfo } from "./shapes.ts";

export const MAGIC = 0x314f4350; // "PCO1"
export const DEBUG_MAGIC = 0x31474244; // "DBG1"
export const ISA_VERSION = 1;
export const HEADER_WORDS = 16;
export const FUNCTION_WORDS = 3;
export const SLOT_WORDS = 6;
export const IO_WORDS = 2;

export interface DebugInfo {
  readonly source: string;
  /** name per function, slot */
  readonly functions: readonly string[];
  readonly slots: readonly string[];
  /** per code word: source line (from 1) and column (from 1), 0 where unknown; flat pairs */
  readonly lines: readonly number[];
}

export interface ObjectParts {
  readonly stage: number;
  readonly workgroupSize: readonly [number, number, number];
  readonly vRegisters: number;
  readonly wRegisters: number;
  readonly gRegisters: number;
  readonly scratchBytes: number;
  readonly workgroupBytes: number;
  readonly functions: readonly FunctionInfo[];
  readonly slots: readonly SlotInfo[];
  readonly io: readonly { location: number; components: number; kind: number; offset: number }[];
  readonly code: Uint32Array;
  /** length a multiple of 4 */
  readonly constants: Uint8Array;
  readonly debug?: DebugInfo;
}
