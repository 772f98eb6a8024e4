/**
 * Every access word at every edge: all ops that touch memory, all modes, contiguous or not, offsets and extents around the slot's minimum,
 * against the meaning of the modes written down once more, in exact numbers, with all the indices at which a bound can go wrong.
 */
import { SLOT_KIND } from "../../sandbox/isa/modes.ts";
import { decode, MEMORY, Word } from "../../sandbox/verifier/decode.ts";
import { newState, type State } from "../../sandbox/verifier/flow.ts";
import { type Draft, readDraft } from "../../sandbox/verifier/read.ts";
import { RULES, type Rule } from "../../sandbox/verifier/rules.ts";
import { objectOf } from "./files.ts";

const MINIMUMS = [
  0, 1, 2, 3, 4, 5, 7, 8, 11, 12, 15, 16, 17, 31, 41, 48, 63, 64, 255, 256, 1023, 1024, 4096, 65_535, 0x0fff_fffc, 0x8000_0000,
];
const AROUND = [-20, -17, -16, -13, -12, -9, -8, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 8, 12, 16];

export interface Exhausted {
  words: number;
  accepted: number;
  /** accepted, and some index reaches outside: must be empty */
  readonly escapes: string[];
  /** rejected by V18 to V22, though no index reaches outside and nothing else is wrong with the offset */
  needless: number;
}

/**
 * @param step take every step-th word only
 * @param rules of the verifier, or with one planted
 * @param stopAtEscape look no further than the first
 */
export function exhaust(step: number, rules: readonly Rule[] = RULES, stopAtEscape = false): Exhausted {
  const tally: Exhausted = { words: 0, accepted: 0, escapes: [], needless: 0 };
  const asked = rules.filter((r) => r.scope === "word" && (r.on & MEMORY) !== 0);
  const word = new Word();
  let n = 0;
  for (const min of MINIMUMS) {
    const state = stateFor(min);
    const payloads = payloadsFor(min);
    for (let op = 0x60; op <= 0x77; op++) {
      for (const mode of [0, 1, 2, 3, 4, 5, 6, 7]) {
        for (const payload of payloads[mode]!) {
          for (const contiguous of [0, 1]) {
            if (n++ % step !== 0 || (stopAtEscape && tally.escapes.length > 0)) continue;
            const a = mode === 0 ? 0 : contiguous === 1 ? 128 : 1;
            decode(word, 0, (op | (a << 16)) >>> 0, ((mode << 29) | (contiguous << 28) | payload) >>> 0);
            judge(word, min, state, asked, tally);
          }
        }
      }
    }
  }
  return tally;
}

function judge(word: Word, min: number, state: State, rules: readonly Rule[], tally: Exhausted): void {
  tally.words++;
  const broken = rules.find((r) => r.scope === "word" && (r.on & word.form) !== 0 && !r.holds(word, state));
  const says = `op ${word.op} mode ${word.mode} off ${word.off} lim ${word.lim} m ${word.m}${word.contiguous ? " contiguous" : ""}, minimum ${min}`;
  if (broken === undefined) {
    tally.accepted++;
    const index = escapingIndex(word, min);
    if (index !== undefined) tally.escapes.push(`${says}: index ${index}`);
  } else if (broken.id >= "V19" && broken.id <= "V21" && word.mode !== 2 && escapingIndex(word, min) === undefined) {
    tally.needless++;
  }
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

function indicesFor(w: Word, size: number): number[] {
  if (w.mode === 0) return [0];
  const own = w.mode === 1 ? [4 * w.lim] : w.mode === 2 ? [2 ** w.m] : [size, size - w.off];
  const indices: number[] = [];
  for (const edge of [0, 2 ** 31, 2 ** 32, ...own]) {
    for (const d of AROUND) if (edge + d >= 0 && edge + d < 2 ** 32) indices.push(edge + d);
  }
  return indices;
}

/** By mode, the payloads that end a little before, at, or a little after the minimum. */
function payloadsFor(min: number): readonly (readonly number[])[] {
  const inField = (n: number, bits: number) => n >= 0 && n < 2 ** bits && Number.isInteger(n);
  const near = [...new Set([0, min, min / 2].flatMap((edge) => AROUND.map((d) => Math.floor(edge) + d)))];
  const bytes = near.filter((n) => inField(n, 28));
  const wordsNear = [...new Set(near.map((n) => Math.floor(n / 4)))];
  const offs = wordsNear.filter((n) => inField(n, 14));
  const limits = offs.flatMap((off) => offs.map((lim) => off + lim * 2 ** 14));
  const masks = wordsNear.filter((n) => inField(n, 22)).flatMap((off) => Array.from({ length: 32 }, (_, m) => off + m * 2 ** 22));
  return [bytes, limits, masks, bytes, bytes, bytes, bytes, bytes];
}

/** One storage slot that may be read, written and used atomically. */
function stateFor(min: number): State {
  const text = `.registers v=8 w=8 g=8\n.slot 0 storage read write atomic min=${min}\n.func main\n ret\n.end`;
  const draft: Draft | undefined = readDraft(objectOf(text));
  if (draft === undefined || draft.slots[0]?.kind !== SLOT_KIND.storage) throw new Error("the object is not what it should be");
  return newState(draft);
}
