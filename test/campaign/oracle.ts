/**
 * The byte-owner oracle. It reads the object's tables with its own code, lays the regions of a launch out in a memory of its own, each in
 * wide bands of canaries, and knows of every byte whether the program may write it. It shares no address code with the sandbox: it looks
 * at memory before and after. Each program runs twice, in a memory with other canaries: what a program must not read must not show in what
 * it does. The memories are kept, and only what a program may write is put back after it.
 */
import { MODE, PERM, SLOT_KIND } from "../../sandbox/isa/modes.ts";
import { CAUSE, type Launch, type Outcome, type Region } from "../../sandbox/machine/launch.ts";
import type { Token } from "../../sandbox/verifier/token.ts";
import { sectionsOf } from "./mutate.ts";
import { Watch } from "./watch.ts";

/** A tier. Only the reference machine can be watched; `watch` is undefined in the second run. */
export type Execute = ((token: Token, launch: Launch, watch: Watch | undefined) => Outcome) & {
  /** it uses the save area, which then holds garbage */
  readonly saves?: boolean;
};

/** Thrown by a tier that does not take a program: over one of its limits. Not an escape. */
export class Unrunnable extends Error {}

/** A claim that did not hold, in words. */
export type Escape = string;

/** Regions and canaries lie below; the tier's own save area above. */
export const MEMORY_BYTES = 256 * 1024;
const SAVE_BYTES = 128 * 1024;
const PAGES = (MEMORY_BYTES + SAVE_BYTES) / 65_536;
const BAND = 4096;
/** Programs after which all of memory is looked at, not only what is near to their regions. */
const WHOLE_EVERY = 64;
/** enough for generated programs; what runs longer ends there */
const DEFAULT_FUEL = 3000;
const ALLOWED: readonly number[] = [CAUSE.end, CAUSE.bounds, CAUSE.fuel];

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Memory in which everything outside of a program's regions is a pattern. */
interface Field {
  readonly memory: WebAssembly.Memory;
  readonly now: Buffer;
  readonly pattern: Buffer;
  /** what is put where the program will find nothing of its own */
  readonly garbage: number;
}

interface Layout {
  readonly invocations: number;
  readonly regions: readonly Region[];
  /** by slot, what one lane's access may reach */
  readonly sizes: readonly number[];
  /** by address: all that the program may write */
  readonly writable: readonly Stretch[];
  /** of it, what others can see after the launch */
  readonly seen: readonly Stretch[];
  /** bound, but not to be read: it holds other bytes in each run, and what is written to it must be the same */
  readonly unreadable: readonly Stretch[];
  /** memory of the launch alone, which programs find zeroed by the tier; it holds other garbage in each run */
  readonly stale: readonly Stretch[];
  readonly end: number;
}

/** What a launch finds, besides the program. */
export interface Input {
  /** what regions hold, by address; the same in both runs */
  readonly contents: Buffer;
  /** bytes that a bound region has beyond its slot's minimum */
  slack(slot: number): number;
  /** bytes between regions, besides the bands: a multiple of 16 */
  readonly gap: number;
  readonly grid: readonly [number, number, number];
  readonly fuel: number;
  /** one run, in one memory: what the program reads outside shows only where the run is watched */
  readonly isOnce?: boolean;
}

export class Oracle {
  readonly #execute: Execute;
  readonly #fuel: number;
  readonly #fields: readonly [Field, Field] = [newField(1), newField(2)];
  readonly #plain = contents();
  #judged = 0;
  /** how often each cause ended a run */
  readonly causes = new Map<number, number>();
  /** of the last program judged */
  watch = new Watch(0, 0, 0, [], 0);

  constructor(execute: Execute, fuel = DEFAULT_FUEL) {
    this.#execute = execute;
    this.#fuel = fuel;
  }

  /**
   * Runs an accepted object.
   * @param words the object the token was made from
   * @param input what it finds; the same for every object, where it is not given
   * @returns what escaped, undefined when nothing did, or null when it cannot run here: its regions do not fit, or it is over a limit of the tier
   */
  judge(token: Token, words: Uint32Array, input: Input = this.#usual(words)): Escape | undefined | null {
    const layout = layOut(words, input);
    if (layout === null) return null;
    this.watch = new Watch(words[14]!, layout.invocations, words[8]!, layout.sizes, input.fuel);
    const found = this.#judge(token, words, layout, input);
    for (const { now, pattern } of this.#fields) {
      for (const { base, size } of layout.regions) pattern.copy(now, base, base, base + size);
    }
    if (typeof found !== "string" && ++this.#judged % WHOLE_EVERY !== 0) return found;
    const far = this.#restored();
    return found === undefined ? far : found;
  }

  #usual(words: Uint32Array): Input {
    const grid = [1 + (words.length % 2), 1, 1] as const;
    return { contents: this.#plain, slack: (slot) => (slot * 5) % 4, gap: 0, grid, fuel: this.#fuel };
  }

  #judge(token: Token, words: Uint32Array, layout: Layout, input: Input): Escape | undefined | null {
    const [a, b] = this.#fields;
    const one = this.#run(token, words, layout, a, this.watch, input);
    if (one === null || typeof one === "string") return one;
    if (input.isOnce) return undefined;
    const two = this.#run(token, words, layout, b, undefined, input);
    if (two === null || typeof two === "string") return two;
    if (!isSame(one, two)) return `outcomes ${JSON.stringify(one)} and ${JSON.stringify(two)} depend on bytes outside of the regions`;
    for (const { start, end } of layout.seen) {
      if (a.now.compare(b.now, start, end, start, end) !== 0 && !this.#isSameWritten(layout, start, end))
        return `contents of ${start} to ${end} depend on bytes outside of the regions`;
    }
    return undefined;
  }

  #run(
    token: Token,
    words: Uint32Array,
    layout: Layout,
    field: Field,
    watch: Watch | undefined,
    { contents, grid, fuel }: Input,
  ): Outcome | Escape | null {
    const { now, garbage } = field;
    for (const { base, size } of layout.regions) contents.copy(now, base, base, base + size);
    for (const { start, end } of layout.unreadable) field.pattern.copy(now, start, start, end);
    for (const { start, end } of layout.stale) now.fill(garbage, start, end);
    if (this.#execute.saves) now.fill(garbage, MEMORY_BYTES);
    const save: Region = { base: MEMORY_BYTES, size: SAVE_BYTES, stride: 0, kind: -1, permissions: 3, generation: 0 };
    const launch: Launch = { memory: field.memory, regions: layout.regions, save, grid, fuel };
    let outcome: Outcome;
    try {
      outcome = this.#execute(token, launch, watch);
      if (watch !== undefined && outcome.cause === CAUSE.end) watch.finish();
    } catch (error) {
      if (error instanceof Unrunnable) return null;
      return `alarm: ${error instanceof Error ? error.message : String(error)}`;
    }
    this.causes.set(outcome.cause, (this.causes.get(outcome.cause) ?? 0) + 1);
    return judgeOutcome(outcome, words, launch.fuel, fuel) ?? this.#changedOutside(layout, field, contents) ?? outcome;
  }

  /** For memory that must not be read: whatever changed became the same in both runs, as far as one can tell by bytes. */
  #isSameWritten({ unreadable }: Layout, start: number, end: number): boolean {
    if (!unreadable.some((stretch) => stretch.start === start)) return false;
    const [a, b] = this.#fields;
    for (let i = start; i < end; i++) {
      if (a.now[i] !== b.now[i] && (a.now[i] !== a.pattern[i] || b.now[i] !== b.pattern[i])) return false;
    }
    return true;
  }

  /** Bands are as they were, and so are regions that the program may not write. */
  #changedOutside({ regions, writable, end }: Layout, { now, pattern }: Field, contents: Buffer): Escape | undefined {
    const changed = (is: Buffer, from: number, to: number) => now.compare(is, from, to, from, to) !== 0;
    let at = 0;
    let next = 0;
    for (const { base, size } of regions) {
      if (changed(pattern, at, base)) return `bytes between ${at} and ${base} changed`;
      at = base + size;
      if (writable[next]?.start === base) next++;
      else if (changed(contents, base, at)) return `bytes between ${base} and ${at} changed`;
    }
    return changed(pattern, at, end) ? `bytes between ${at} and ${end} changed` : undefined;
  }

  /** All of memory, made as it was: a write far away is one of the last programs'. */
  #restored(): Escape | undefined {
    if (this.#fields.every(({ now, pattern }) => now.compare(pattern, 0, MEMORY_BYTES, 0, MEMORY_BYTES) === 0)) return undefined;
    for (const { now, pattern } of this.#fields) pattern.copy(now);
    return `bytes far from the regions of one of the last ${WHOLE_EVERY} programs changed`;
  }
}

function newField(seed: number): Field {
  const memory = new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
  const pattern = canaries(seed);
  const now = Buffer.from(memory.buffer);
  pattern.copy(now);
  return { memory, now, pattern, garbage: 0xa0 + seed };
}

function judgeOutcome(outcome: Outcome, words: Uint32Array, fuelLeft: number, given: number): Escape | undefined {
  if (!ALLOWED.includes(outcome.cause)) return `cause ${outcome.cause} cannot happen in verified code`;
  if (!(fuelLeft >= 0 && fuelLeft <= given)) return `${fuelLeft} fuel left`;
  if (outcome.cause !== CAUSE.bounds) return undefined;
  const high = words[sectionsOf(words).code + outcome.pc * 2 + 1];
  return high !== undefined && high >>> 29 === MODE.T ? undefined : `a bounds trap at word ${outcome.pc}, which does not trap`;
}

function isSame(a: Outcome, b: Outcome): boolean {
  const { cause, pc, workgroup, wave, lane, slot, offset } = a;
  return (
    cause === b.cause &&
    pc === b.pc &&
    workgroup === b.workgroup &&
    wave === b.wave &&
    lane === b.lane &&
    slot === b.slot &&
    offset === b.offset
  );
}

/** Which regions a launch of this object has, by the words of its tables alone. */
function layOut(words: Uint32Array, input: Input): Layout | null {
  const { slots, slotCount } = sectionsOf(words);
  const lanes = words[3]! * words[4]! * words[5]!;
  const regions: Region[] = [];
  const sizes: number[] = [];
  const writable: Stretch[] = [];
  const seen: Stretch[] = [];
  const unreadable: Stretch[] = [];
  const stale: Stretch[] = [];
  let base = BAND;
  for (let i = 0; i < slotCount; i++) {
    const [kind, permissions, min] = [words[slots + i * 6]!, words[slots + i * 6 + 1]!, words[slots + i * 6 + 2]!];
    const bound = kind === SLOT_KIND.storage || kind === SLOT_KIND.uniform;
    let size = min + (bound ? input.slack(i) : 0); // what is bound may be larger than the minimum
    if (kind === SLOT_KIND.scratch) size = words[9]! * 4 * Math.ceil(lanes / 4);
    if (kind === SLOT_KIND.workgroup) size = words[10]!;
    if (kind === SLOT_KIND.constant) size = words[15]! * 4;
    const end = base + size;
    if (kind > SLOT_KIND.constant || end + BAND > MEMORY_BYTES) return null;
    sizes.push(kind === SLOT_KIND.scratch ? words[9]! : size);
    regions.push(Object.freeze({ base, size, stride: 0, kind, permissions, generation: 0 }));
    const canWrite = kind === SLOT_KIND.storage && (permissions & PERM.write) !== 0;
    const isOwn = kind === SLOT_KIND.scratch || kind === SLOT_KIND.workgroup;
    if (canWrite || isOwn) writable.push({ start: base, end });
    if (canWrite) seen.push({ start: base, end });
    if (canWrite && (permissions & PERM.read) === 0) unreadable.push({ start: base, end });
    if (isOwn) stale.push({ start: base, end });
    base = Math.ceil((end + BAND + input.gap) / 16) * 16;
  }
  return { invocations: lanes, regions, sizes, writable, seen, unreadable, stale, end: Math.min(MEMORY_BYTES, base + BAND) };
}

/** A pattern in which no two near stretches are equal. */
function canaries(seed: number): Buffer {
  const bytes = Buffer.alloc(MEMORY_BYTES);
  for (let i = 0; i < MEMORY_BYTES; i += 4) bytes.writeUInt32LE((Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed, 0x85ebca6b)) >>> 0, i);
  return bytes;
}

/** Numbers of all sizes: small ones so that they index, floats, and noise. */
function contents(): Buffer {
  const bytes = Buffer.alloc(MEMORY_BYTES);
  for (let i = 0; i < MEMORY_BYTES; i += 4) {
    const n = Math.imul(i, 0x2545f491) >>> 3;
    const word = i % 16 === 0 ? n % 8 : i % 16 === 4 ? n % 300 : i % 16 === 8 ? 0x3f800000 + (n % 0xffff) : n;
    bytes.writeUInt32LE(word >>> 0, i);
  }
  return bytes;
}
