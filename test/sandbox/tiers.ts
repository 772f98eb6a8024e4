/**
 * One random program on both tiers. Differences that docs/machine.md allows are told apart by watching the reference run: a race between
 * waves has any outcome; of NaNs only that they are NaN is defined; after fuel runs out, or a trap among several waves, memory is not.
 */
import { MODE, PERM, SLOT_KIND } from "../../sandbox/isa/modes.ts";
import type { ObjectParts } from "../../sandbox/isa/object.ts";
import { BY_CODE, FILE_BASE, ISA, SYS } from "../../sandbox/isa/table.ts";
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import type { Hooks } from "../../sandbox/machine/execute.ts";
import { CAUSE } from "../../sandbox/machine/launch.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import { registerAt } from "../../sandbox/machine/wave.ts";
import type { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { place, type Tier } from "./harness.ts";

export interface Comparison {
  /** empty where the tiers agree */
  readonly differences: readonly string[];
  readonly cause: number;
  /** something was allowed to differ */
  readonly isLoose: boolean;
}

const isNaNBits = (word: number) => (word & 0x7fffffff) >>> 0 > 0x7f800000;

/** Appends stores of all v registers, so that what a program computed can be seen. Only where nothing lies behind the entry function. */
export function withDump(parts: ObjectParts): ObjectParts {
  const slot = parts.slots.findIndex((s) => s.kind === SLOT_KIND.storage && (s.permissions & PERM.write) !== 0);
  if (parts.functions.length !== 1 || slot < 0) return parts;
  const code = [...parts.code.slice(0, -2)];
  const w = FILE_BASE.w + parts.wRegisters - 1;
  code.push((ISA.sys.imm | (w << 8)) >>> 0, SYS.wave.index);
  code.push((ISA.shl.imm | (w << 8) | (w << 16)) >>> 0, 4);
  for (let v = 0; v < parts.vRegisters; v++) {
    code.push((ISA["st.32"].code | (v << 8) | (w << 16) | (slot << 24)) >>> 0, ((MODE.Z << 29) | (1 << 28) | (1024 + v * 64)) >>> 0);
  }
  code.push(...parts.code.slice(-2));
  const info = parts.functions[0]!;
  return { ...parts, code: Uint32Array.from(code), functions: [{ ...info, count: code.length / 2 }] };
}

/** Sees races between waves, and NaNs, in a reference run. */
class Watch implements Hooks {
  hasRace = false;
  hasNaN = false;
  #epoch = 0;
  readonly #writer = new Map<number, number>();
  readonly #reader = new Map<number, number>();
  #last: { low: number; registers: Int32Array } | undefined;

  /** A wave of an epoch as one number; readers of several waves count as NO_WAVE. */
  #who(wave: number): number {
    return this.#epoch * 4096 + wave;
  }
  word(wave: { readonly registers: Int32Array }, low: number): void {
    this.#sawResult();
    this.#last = { low, registers: wave.registers };
  }
  /** NaNs made by the instruction before. */
  #sawResult(): void {
    if (this.#last === undefined || this.hasNaN) return;
    const { low, registers } = this.#last;
    const m = BY_CODE[low & 255];
    if (m === undefined || ISA[m].form !== "alu" || !(m.startsWith("f") || m === "h2f")) return;
    const d = (low >>> 8) & 255;
    const at = registerAt(d);
    for (let k = 0; k < (d < FILE_BASE.w ? 4 : 1); k++) if (isNaNBits(registers[at + k]!)) this.hasNaN = true;
  }
  access(
    wave: { readonly index: number },
    low: number,
    access: { readonly slot: number; readonly width: number; readonly lanes: number; readonly offset: Float64Array },
  ): void {
    const { effect } = ISA[BY_CODE[low & 255]!];
    const me = this.#who(wave.index);
    for (let lane = 0; lane < 4; lane++) {
      if (((access.lanes >> lane) & 1) === 0) continue;
      for (let b = 0; b < access.width; b++) this.#touch(access.slot * 2 ** 32 + access.offset[lane]! + b, me, effect !== "load");
    }
  }
  #touch(byte: number, me: number, isWrite: boolean): void {
    const others = (who: number | undefined) => who !== undefined && who !== me && Math.floor(who / 4096) === this.#epoch;
    if (others(this.#writer.get(byte)) || (isWrite && others(this.#reader.get(byte)))) this.hasRace = true;
    if (isWrite) this.#writer.set(byte, me);
    else this.#reader.set(byte, others(this.#reader.get(byte)) ? this.#who(4095) : me);
  }
  barrier(): void {
    this.#epoch++;
  }
  workgroup(): void {
    this.#epoch++;
  }
}

export interface Setting {
  /** whether the tier's memory is shared */
  readonly shared?: boolean;
  readonly fuel?: number;
  /** bytes that a bound region has beyond its minimum, at most */
  readonly extraBytes?: number;
  /** by slot: what is bound, instead of something random */
  readonly bound?: Readonly<Record<number, { readonly words: readonly number[]; readonly size: number }>>;
}

/** @returns undefined where the verifier does not accept the program */
export function compareTiers(parts: ObjectParts, next: () => number, tier: Tier, setting: Setting = {}): Comparison | undefined {
  const verdict = verify(encodeObject(parts));
  if (!verdict.ok) return undefined;
  const { token } = verdict;
  const slots = Object.fromEntries(
    parts.slots.map((s, i) => {
      const bound = setting.bound?.[i];
      if (bound !== undefined) return [i, bound] as const;
      const size =
        s.min +
        (next() % 3) * (next() % (setting.extraBytes ?? 40)) +
        (s.kind === SLOT_KIND.storage && (s.permissions & 2) !== 0 ? 2048 : 0);
      const words = Array.from({ length: Math.ceil(size / 4) }, () => (next() % 4 === 0 ? next() : next() % 300));
      return [i, { words, size }] as const;
    }),
  );
  const c = { slots, grid: [1 + (next() % 3), 1 + (next() % 2), 1 + (next() % 2)] as const, fuel: setting.fuel ?? 3000 };
  const watch = new Watch();
  const expected = runOn(token, c, (t, launch) => runReference(t, launch, { hooks: watch }), false);
  const actual = runOn(token, c, tier, setting.shared ?? false);
  return judge(parts, watch, expected, actual);
}

type Run = ReturnType<typeof runOn>;
function runOn(token: Token, c: Parameters<typeof place>[1], tier: Tier, shared: boolean) {
  const placed = place(token, c, shared);
  // what is left there from before must not matter
  const { save } = placed.launch;
  new Uint8Array(placed.memory.buffer, save.base, save.size).fill(0xa5);
  return placed.result(tier(token, placed.launch));
}

function judge(parts: ObjectParts, watch: Watch, expected: Run, actual: Run): Comparison {
  const wrong: string[] = [];
  const [x, y, z] = parts.workgroupSize;
  const isOneWave = x * y * z <= 4;
  const { cause } = expected.outcome;
  const isTrap = cause === CAUSE.bounds;
  // Which trap comes first, or whether fuel runs out before one, depends on the order of waves.
  const isAnyOrder = !isOneWave && cause !== CAUSE.end && cause !== CAUSE.fuel;
  const isLoose = watch.hasRace || watch.hasNaN || isAnyOrder || cause === CAUSE.fuel;
  if (actual.dirty.length > 0) wrong.push(`bytes outside of regions changed: ${actual.dirty.slice(0, 5)}`);
  const canEndOtherwise = watch.hasRace || watch.hasNaN || (!isOneWave && hasTrap(parts));
  if (actual.outcome.cause !== cause && !canEndOtherwise) wrong.push(`cause ${actual.outcome.cause}, not ${cause}`);
  if (isTrap && isOneWave && !watch.hasNaN) {
    for (const key of ["pc", "workgroup", "wave", "lane", "slot", "offset"] as const)
      if (actual.outcome[key] !== expected.outcome[key]) wrong.push(`${key} ${actual.outcome[key]}, not ${expected.outcome[key]}`);
  }
  if (cause === CAUSE.end && !isLoose && actual.fuelUsed !== expected.fuelUsed)
    wrong.push(`fuel ${actual.fuelUsed}, not ${expected.fuelUsed}`);
  if (cause === CAUSE.fuel || isAnyOrder || watch.hasRace || watch.hasNaN) return { differences: wrong, cause, isLoose };
  for (const [slot, words] of Object.entries(expected.slots)) {
    if (parts.slots[Number(slot)]!.kind === SLOT_KIND.workgroup || parts.slots[Number(slot)]!.kind === SLOT_KIND.scratch) continue;
    words.forEach((word, i) => {
      const got = actual.slots[Number(slot)]![i]!;
      if (got !== word && wrong.length < 6) wrong.push(`slot ${slot} word ${i} is 0x${got.toString(16)}, not 0x${word.toString(16)}`);
    });
  }
  return { differences: wrong, cause, isLoose };
}

function hasTrap(parts: ObjectParts): boolean {
  for (let i = 0; i < parts.code.length; i += 2) {
    const m = BY_CODE[parts.code[i]! & 255];
    if (m !== undefined && ISA[m].form === "mem" && parts.code[i + 1]! >>> 29 === MODE.T) return true;
  }
  return false;
}
