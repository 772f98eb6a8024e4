/**
 * Runs machine code from its text on any tier and says what it did. Every region stands between bands of address-dependent bytes, which
 * must come back as they were.
 */
import { assemble } from "../../sandbox/isa/assemble.ts";
import { SLOT_KIND } from "../../sandbox/isa/modes.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import { CAUSE, type Launch, type Outcome, type Region } from "../../sandbox/machine/launch.ts";
import { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";

/** A tier: what a case is run on. `saveBytes` of the token's module must fit `launch.save`, which has `SAVE_BYTES`. */
export type Tier = (token: Token, launch: Launch) => Outcome;
export const SAVE_BYTES = 1 << 18;

/** What a slot's region holds: 32-bit words, in a region of as many bytes unless `size` says otherwise. */
export interface Contents {
  readonly words: readonly number[];
  readonly size?: number;
}

export interface Case {
  readonly name: string;
  readonly asm: string;
  readonly grid?: readonly [number, number, number];
  readonly fuel?: number;
  /** by slot, those that callers bind */
  readonly slots?: Readonly<Record<number, Contents | readonly number[]>>;
  /** by slot: words afterwards, all of them; a NaN matches any NaN where `floats` is set */
  readonly expect?: Readonly<Record<number, readonly number[]>>;
  readonly floats?: boolean;
  /** fields of the outcome; by default its cause is `end` */
  readonly outcome?: Partial<Outcome>;
  /** fuel used up to the end */
  readonly fuelUsed?: number;
}

export interface Result {
  readonly outcome: Outcome;
  readonly fuelUsed: number;
  /** by slot: the region's words afterwards (a last part of a word is filled up with zeros) */
  readonly slots: Readonly<Record<number, number[]>>;
  /** addresses outside of all regions that changed */
  readonly dirty: readonly number[];
}

const BAND = 256;
const bandByte = (address: number) => (address * 167 + (address >>> 8) * 31 + 7) & 255;
const round = (n: number, to: number) => Math.ceil(n / to) * to;

export function assembleOrThrow(asm: string): ObjectParts {
  const result = assemble(asm);
  if (!result.ok) throw new Error(result.errors.map((e) => `${e.line}:${e.column} ${e.message}`).join("\n"));
  return result.parts;
}

const tokens = new Map<string, Token>();

/** The verified token of some text; kept, since cases run on several tiers. */
export function tokenOf(asm: string): Token {
  const known = tokens.get(asm);
  if (known !== undefined) return known;
  const verdict = verify(encodeObject(assembleOrThrow(asm)));
  if (!verdict.ok) throw new Error(`rejected: ${verdict.rule} at word ${verdict.word}: ${verdict.message}`);
  tokens.set(asm, verdict.token);
  return verdict.token;
}

export interface Placed {
  readonly launch: Launch;
  readonly memory: WebAssembly.Memory;
  /** reads back */
  result(outcome: Outcome): Result;
}

/** One memory for all cases, because making one takes milliseconds: what `place` gave is over at the next `place`. */
const memories: { plain?: WebAssembly.Memory; shared?: WebAssembly.Memory } = {};
function memoryOf(sizeBytes: number, shared: boolean): WebAssembly.Memory {
  const which = shared ? "shared" : "plain";
  const old = memories[which];
  if (old !== undefined && old.buffer.byteLength >= sizeBytes) return old;
  const pages = Math.max(16, Math.ceil(sizeBytes / 65_536));
  const memory = new WebAssembly.Memory(shared ? { initial: pages, maximum: pages, shared: true } : { initial: pages });
  memories[which] = memory;
  return memory;
}

/** Lays the regions of a launch out in a memory of their own. */
export function place(token: Token, c: Pick<Case, "slots" | "grid" | "fuel">, shared = false): Placed {
  const program = Token.program(token);
  const [x, y, z] = program.workgroupSize;
  const waves = Math.ceil((x * y * z) / 4);
  const sizes = program.slots.map((slot, i) => {
    if (slot.kind === SLOT_KIND.workgroup) return program.workgroupBytes;
    if (slot.kind === SLOT_KIND.scratch) return program.scratchBytes * 4 * waves;
    if (slot.kind === SLOT_KIND.constant) return program.constants.length;
    const contents = contentsOf(c, i);
    return contents.size ?? contents.words.length * 4;
  });
  let at = BAND;
  const regions: Region[] = program.slots.map((slot, i) => {
    const base = at;
    at = round(base + sizes[i]!, 16) + BAND;
    return { base, size: sizes[i]!, stride: 0, kind: slot.kind, permissions: slot.permissions, generation: 1 };
  });
  const save: Region = { base: round(at, 65_536), size: SAVE_BYTES, stride: 0, kind: 0, permissions: 3, generation: 1 };
  const memory = memoryOf(save.base + SAVE_BYTES, shared);
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0);
  const isInside = new Uint8Array(save.base);
  for (const region of regions) isInside.fill(1, region.base, region.base + region.size);
  for (let i = 0; i < save.base; i++) if (isInside[i] === 0) bytes[i] = bandByte(i);
  regions.forEach((region, i) => {
    if (region.kind === SLOT_KIND.constant) bytes.set(program.constants, region.base);
    else if (!isSupplied(region.kind)) writeWords(bytes, region, contentsOf(c, i).words);
  });
  const fuel = c.fuel ?? 1e9;
  const launch: Launch = { memory, regions, save, grid: c.grid ?? [1, 1, 1], fuel };
  return {
    launch,
    memory,
    result(outcome) {
      const dirty: number[] = [];
      for (let i = 0; i < save.base; i++) if (isInside[i] === 0 && bytes[i] !== bandByte(i)) dirty.push(i);
      const slots = Object.fromEntries(regions.map((region, i) => [i, readWords(bytes, region)]));
      return { outcome, fuelUsed: fuel - launch.fuel, slots, dirty };
    },
  };
}

const isSupplied = (kind: number) => kind === SLOT_KIND.workgroup || kind === SLOT_KIND.scratch || kind === SLOT_KIND.constant;

function contentsOf(c: Pick<Case, "slots">, slot: number): Contents {
  const contents = c.slots?.[slot];
  if (contents === undefined) throw new Error(`the case says nothing about slot ${slot}`);
  return "words" in contents ? contents : { words: contents };
}

function writeWords(bytes: Uint8Array, region: Region, words: readonly number[]): void {
  for (let i = 0; i < region.size; i++) bytes[region.base + i] = ((words[i >> 2] ?? 0) >>> ((i & 3) * 8)) & 255;
}

function readWords(bytes: Uint8Array, region: Region): number[] {
  const words: number[] = new Array(Math.ceil(region.size / 4)).fill(0);
  for (let i = 0; i < region.size; i++) words[i >> 2] = (words[i >> 2]! | (bytes[region.base + i]! << ((i & 3) * 8))) >>> 0;
  return words;
}

/** Verifies and runs a case. */
export function runCase(c: Case, tier: Tier, shared = false): Result {
  const token = tokenOf(c.asm);
  const placed = place(token, c, shared);
  return placed.result(tier(token, placed.launch));
}

const isNaNBits = (word: number) => (word & 0x7fffffff) >>> 0 > 0x7f800000;

/** What is wrong with a result, in words; empty when it is as the case says. */
export function differences(c: Case, result: Result): string[] {
  const wrong: string[] = [];
  const expected: Partial<Outcome> = { cause: CAUSE.end, ...c.outcome };
  for (const [key, value] of Object.entries(expected)) {
    const actual = result.outcome[key as keyof Outcome];
    if (actual !== value) wrong.push(`outcome.${key} is ${actual}, not ${value}`);
  }
  if (c.fuelUsed !== undefined && result.fuelUsed !== c.fuelUsed) wrong.push(`fuel used is ${result.fuelUsed}, not ${c.fuelUsed}`);
  if (result.dirty.length > 0) wrong.push(`bytes outside of regions changed: ${result.dirty.slice(0, 8).join(", ")}`);
  for (const [slot, words] of Object.entries(c.expect ?? {})) {
    const actual = result.slots[Number(slot)]!;
    if (actual.length !== words.length) wrong.push(`slot ${slot} has ${actual.length} words, not ${words.length}`);
    words.forEach((word, i) => {
      const same = actual[i] === word >>> 0 || (c.floats === true && isNaNBits(word) && isNaNBits(actual[i]!));
      if (!same && wrong.length < 20)
        wrong.push(`slot ${slot} word ${i} is 0x${actual[i]?.toString(16)}, not 0x${(word >>> 0).toString(16)}`);
    });
  }
  return wrong;
}
