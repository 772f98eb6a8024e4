/** Asks a list of rules about an object. `verify.ts` asks RULES; only tests ask others, to show that each rule is needed. */

import { clz32 } from "../memory/captured.ts";
import { decode, FORM, FORM_BITS, LAST_WORD, Word } from "./decode.ts";
import { newState, type State, step } from "./flow.ts";
import { readDraft } from "./read.ts";
import type { Rule } from "./rules.ts";
import type { Program } from "./token.ts";

export interface Reject {
  readonly ok: false;
  /** V01 to V32 */
  readonly rule: string;
  /** code word at fault, -1 where the fault is in the tables */
  readonly word: number;
  readonly message: string;
}
export type Checked = { readonly ok: true; readonly program: Program } | Reject;

const LAST = 32 - clz32(LAST_WORD);
type WordRule = Extract<Rule, { scope: "word" }>;

export type Checker = { check(input: unknown): Checked };

/** Sorts the rules by the form of word that they are about, once. */
export function newChecker(rules: readonly Rule[], move: (w: Word, s: State) => void = step): Checker {
  const unreadable = rules.find((r) => r.id === "V01")!;
  const objectRules = rules.filter((r) => r.scope === "object");
  const wordRules = rules.filter((r) => r.scope === "word");
  const byForm: WordRule[][] = [wordRules.filter((r) => r.on === FORM.none)];
  for (let bit = 0; bit < FORM_BITS; bit++) byForm.push(wordRules.filter((r) => (r.on & (1 << bit)) !== 0));
  const predicates = byForm.map((list) => list.map((r) => r.holds)); // a plain list of functions: half the time of rule records
  return {
    check(input) {
      const draft = readDraft(input);
      if (draft === undefined) return reject(unreadable, -1);
      for (let i = 0; i < objectRules.length; i++) if (!objectRules[i]!.holds(draft)) return reject(objectRules[i]!, -1);
      const s = newState(draft);
      const w = new Word();
      const { code, words } = draft;
      for (let pc = 0; pc < words; pc++) {
        decode(w, pc, code[pc * 2]!, code[pc * 2 + 1]!);
        const form = 32 - clz32(w.form);
        const broken = firstBroken(predicates[form]!, w, s);
        if (broken >= 0) return reject(byForm[form]![broken]!, pc);
        if (pc === s.last) {
          const left = firstBroken(predicates[LAST]!, w, s);
          if (left >= 0) return reject(byForm[LAST]![left]!, pc);
        }
        move(w, s);
      }
      return { ok: true, program: draft };
    },
  };
}

/** @returns the index of the first predicate that does not hold, or -1 */
function firstBroken(predicates: readonly WordRule["holds"][], w: Word, s: State): number {
  for (let i = 0; i < predicates.length; i++) if (!predicates[i]!(w, s)) return i;
  return -1;
}

function reject(rule: Rule, word: number): Reject {
  return { ok: false, rule: rule.id, word, message: rule.says };
}
