/**
 * Every access word at every edge: all ops that touch memory, all modes, contiguous or not, data and offsets in each register file, all
 * kinds of slots and the number after the last, offsets and extents around the slot's minimum. What the verifier says of each is compared
 * with the meaning of the modes written down once more, in exact numbers, with all the indices at which a bound can go wrong.
 */
import { PERM, SLOT_KIND } from "../../sandbox/isa/modes.ts";
import type { SlotInfo } from "../../sandbox/isa/shapes.ts";
import { decode, FORM, MEMORY, Word } from "../../sandbox/verifier/decode.ts";
import { newState, type State } from "../../sandbox/verifier/flow.ts";
import { readDraft } from "../../sandbox/verifier/read.ts";
import { RULES, type Rule } from "../../sandbox/verifier/rules.ts";
import { objectOf } from "./files.ts";

/** Minimums of a slot: where things change. */
export const EDGE_MINIMUMS: readonly number[] = [
  0, 1, 2, 3, 4, 5, 7, 8, 11, 12, 15, 16, 17, 31, 41, 48, 63, 64, 255, 256, 1023, 1024, 4096, 65_535, 0x0fff_fffc, 0x8000_0000,
];
/** And all small ones besides. */
export const MINIMUMS: readonly number[] = [...Array(352).keys(), ...EDGE_MINIMUMS.filter((min) => min >= 352)];

const AROUND = [-20, -17, -16, -13, -12, -9, -8, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 8, 12, 16];
const OPS = Array.from({ length: 25 }, (_, i) => 0x60 + i);
/** A v, a w and a g register. */
const FILES = [1, 128, 192];
const SLOTS: readonly (readonly [kind: number, permissions: number])[] = [
  [SLOT_KIND.storage, 7],
  [SLOT_KIND.storage, 3],
  [SLOT_KIND.storage, PERM.read],
  [SLOT_KIND.storage, PERM.write],
  [SLOT_KIND.uniform, PERM.read],
  [SLOT_KIND.workgroup, 7],
  [SLOT_KIND.scratch, 3],
  [SLOT_KIND.constant, PERM.read],
];
const REACH_RULES = ["V19", "V20", "V21"];

export interface Exhausted {
  words: number;
  accepted: number;
  /** accepted, and some index reaches outside, or the slot is not to be touched so: must be empty */
  readonly escapes: string[];
  /** rejected by V19 to V21, though no index reaches outside */
  needless: number;
}

export interface Exhaust {
  readonly minimums: readonly number[];
  /** take every step-th word only */
  readonly step: number;
  /** of the verifier, or with one planted */
  readonly rules?: readonly Rule[];
  /** look no further than the first */
  readonly stopAtEscape?: boolean;
}

export function exhaust({ minimums, step, rules = RULES, stopAtEscape = false }: Exhaust): Exhausted {
  const tally: Exhausted = { words: 0, accepted: 0, escapes: [], needless: 0 };
  const asked = byForm(rules);
  let skip = 0;
  for (const min of minimums) {
    const state = stateFor(min);
    for (const payload of payloadsFor(min)) {
      reach.fill(UNKNOWN);
      for (const op of OPS) {
        if (stopAtEscape && tally.escapes.length > 0) return tally;
        skip = wordsOf(op, payload, min, state, asked, skip, step, tally);
      }
    }
  }
  return tally;
}

interface Asked {
  /** by rule, whether it is about how far an access reaches */
  readonly isReach: readonly boolean[];
  readonly holds: readonly ((w: Word, s: State) => boolean)[];
}

/** The rules on each form of word, as the checker sorts them. */
function byForm(rules: readonly Rule[]): ReadonlyMap<number, Asked> {
  const forms = [FORM.load, FORM.store, FORM.atomic, FORM.loadSync];
  return new Map(
    forms.map((form) => {
      const all = rules.filter((r) => r.scope === "word").filter((r) => (r.on & form) !== 0);
      return [form, { isReach: all.map((r) => REACH_RULES.includes(r.id)), holds: all.map((r) => r.holds) }];
    }),
  );
}

const word = new Word();
/** By width: an index with which an access of the last payload escapes, or why there is none. */
const UNKNOWN = -2;
const NONE = -1;
const reach = new Float64Array(17);

function escapes(w: Word, min: number): boolean {
  const { width } = w.is;
  if (reach[width] === UNKNOWN) reach[width] = escapingIndex(w, min) ?? NONE;
  return reach[width] !== NONE;
}

/** All words of an op with these last 32 bits. @returns how many to skip before the next */
function wordsOf(
  op: number,
  high: number,
  min: number,
  state: State,
  asked: ReadonlyMap<number, Asked>,
  skip: number,
  step: number,
  tally: Exhausted,
): number {
  decode(word, 0, op, high);
  const { isReach, holds } = asked.get(word.form & MEMORY)!;
  const offsets = word.aFiles === 0 ? [0] : FILES;
  for (const d of FILES) {
    for (const a of offsets) {
      for (let slot = 0; slot <= SLOTS.length; slot++) {
        if (skip > 0) {
          skip--;
          continue;
        }
        skip = step - 1;
        tally.words++;
        decode(word, 0, (op | (d << 8) | (a << 16) | (slot << 24)) >>> 0, high);
        let broken = 0;
        while (broken < holds.length && holds[broken]!(word, state)) broken++;
        if (broken === holds.length) {
          tally.accepted++;
          if (escapes(word, min)) tally.escapes.push(`${say(word, min)}: index ${reach[word.is.width]}`);
          else if (!mayTouch(word)) tally.escapes.push(`${say(word, min)}: slot ${slot}`);
        } else if (isReach[broken] && !isOddMask(word) && !escapes(word, min)) {
          tally.needless++;
        }
      }
    }
  }
  return skip;
}

/** Masks of less than an access have no meaning, and three words are masked as four are. */
function isOddMask({ mode, m, is }: Word): boolean {
  return mode === 2 && (m < 2 || 2 ** m < is.width || is.width === 12);
}

function say(w: Word, min: number): string {
  const form = w.contiguous ? " contiguous" : "";
  return `op ${w.op} d ${w.d} a ${w.a} mode ${w.mode} off ${w.off} lim ${w.lim} m ${w.m}${form}, minimum ${min}`;
}

/** Whether the slot is one that such a word may touch at all. By hand, not from the verifier. */
function mayTouch(w: Word): boolean {
  const slot = SLOTS[w.b];
  if (slot === undefined) return false;
  const [kind, permissions] = slot;
  const isLoad = w.op < 0x66;
  const isStore = !isLoad && w.op < 0x6c;
  if (w.op === 0x78) return kind === SLOT_KIND.workgroup && w.d >= 192;
  if (isLoad) return (permissions & PERM.read) !== 0 && (w.d < 192 || (permissions & PERM.write) === 0);
  return (permissions & (isStore ? PERM.write : PERM.atomic)) !== 0;
}

/** @returns an index register's value with which some lane of the access touches a byte outside of a region of `min` bytes or more */
function escapingIndex(w: Word, min: number): number | undefined {
  for (const size of [min, min + 1, min + 3, min + 64]) {
    for (const index of indicesFor(w, size)) {
      for (let lane = 0; lane < (w.contiguous ? 4 : 1); lane++) {
        const start = placeOf(w, (index + lane * w.is.width) % 2 ** 32, lane, size);
        if (start !== undefined && (start < 0 || start + w.is.width > size)) return index;
      }
    }
  }
  return undefined;
}

/** Where a lane's access starts, as `sandbox/isa/modes.ts` says; undefined where it does not happen. */
function placeOf(w: Word, index: number, lane: number, size: number): number | undefined {
  const width = w.is.width;
  const align = Math.min(width, 4);
  const low = (n: number, to: number) => n - (((n % to) + to) % to);
  const power = width === 12 ? 16 : width;
  switch (w.mode) {
    case 0:
      return low(w.off + lane * (w.contiguous ? width : 0), align);
    case 1:
      return low(4 * w.off + Math.min(index, 4 * w.lim), align);
    case 2:
      return 4 * w.off + low(index % 2 ** w.m, power);
    case 3:
      return low(Math.min(index + w.off, size - width), align);
    default:
      return index + w.off + width <= size ? low(index + w.off, align) : undefined;
  }
}

/** Offsets at which a bound can go wrong. */
export function indicesFor(w: Word, size: number): number[] {
  if (w.mode === 0) return [0];
  const own = w.mode === 1 ? [4 * w.lim] : w.mode === 2 ? [2 ** w.m] : [size, size - w.off];
  const indices: number[] = [];
  for (const edge of [0, 2 ** 31, 2 ** 32, ...own]) {
    for (const d of AROUND) if (edge + d >= 0 && edge + d < 2 ** 32) indices.push(edge + d);
  }
  return indices;
}

/** Second halves of access words that end a little before, at, or a little after the minimum: all modes, contiguous or not. */
export function payloadsFor(min: number): number[] {
  const inField = (n: number, bits: number) => n >= 0 && n < 2 ** bits && Number.isInteger(n);
  const near = [...new Set([0, min, min / 2].flatMap((edge) => AROUND.map((d) => Math.floor(edge) + d)))];
  const bytes = near.filter((n) => inField(n, 28));
  const wordsNear = [...new Set(near.map((n) => Math.floor(n / 4)))];
  const offs = wordsNear.filter((n) => inField(n, 14));
  const limits = offs.flatMap((off) => offs.map((lim) => off + lim * 2 ** 14));
  const masks = wordsNear.filter((n) => inField(n, 22)).flatMap((off) => Array.from({ length: 32 }, (_, m) => off + m * 2 ** 22));
  const byMode = [bytes, limits, masks, bytes, bytes, bytes, bytes, bytes];
  return byMode.flatMap((payloads, mode) => {
    return [0, 1].flatMap((form) => payloads.map((payload) => ((mode << 29) | (form << 28) | payload) >>> 0));
  });
}

/** Slots of all kinds with one minimum. */
function stateFor(min: number): State {
  const draft = readDraft(objectOf(".registers v=8 w=8 g=8\n.func main\n ret\n.end"));
  if (draft === undefined) throw new Error("the object is not what it should be");
  const slots: SlotInfo[] = SLOTS.map(([kind, permissions]) => ({ kind, permissions, min, stride: 0, group: 0, binding: 0 }));
  return newState({ ...draft, slots });
}
