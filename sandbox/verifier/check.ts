/** Asks a list of rules about an object. `verify.ts` asks RULES; only tests ask others, to show that each rule is needed. */

import { decode, newWord, type Word } from "./decode.ts";
import { newState, type State, step } from "./flow.ts";
import { type Draft, readDraft } from "./read.ts";
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

type WordRule = Extract<Rule, { scope: "word" }>;

export interface Checker {
  check(input: unknown): Checked;
}

/** Sorts the rules by the form of word they are about, once. */
export function newChecker(rules: readonly Rule[], move: (w: Word, s: State) => void = step): Checker {
  const objectRules = rules.filter((r) => r.scope === "object");
  const byBit: (readonly WordRule[])[] = [];
  for (let bit = 0; bit < 32; bit++) byBit[bit] = rules.filter((r) => r.scope === "word" && (r.on & (1 << bit)) !== 0) as WordRule[];
  const unknown = rules.filter((r) => r.scope === "word" && r.id === "V03") as WordRule[];
  const rulesOf = (form: number) => (form === 0 ? unknown : byBit[31 - Math.clz32(form)]!);
  const wordsOk = (draft: Draft): Reject | undefined => {
    const s = newState(draft);
    const w = newWord();
    for (let pc = 0; pc < draft.words; pc++) {
      decode(w, pc, draft.code[pc * 2]!, draft.code[pc * 2 + 1]!);
      const applicable = rulesOf(w.form);
      for (let i = 0; i < applicable.length; i++) {
        if (!applicable[i]!.holds(w, s)) return reject(applicable[i]!, pc);
      }
      move(w, s);
    }
    return undefined;
  };
  return {
    check(input) {
      const draft = readDraft(input);
      if (draft === undefined) return reject(rules.find((r) => r.id === "V01")!, -1);
      for (const rule of objectRules) if (!rule.holds(draft)) return reject(rule, -1);
      return wordsOk(draft) ?? { ok: true, program: programOf(draft) };
    },
  };
}

function reject(rule: Rule, word: number): Reject {
  return { ok: false, rule: rule.id, word, message: rule.says };
}

function programOf(d: Draft): Program {
  return Object.freeze({
    stage: d.stage,
    workgroupSize: Object.freeze(d.size),
    vRegisters: d.vRegisters,
    wRegisters: d.wRegisters,
    gRegisters: d.gRegisters,
    scratchBytes: d.scratchBytes,
    workgroupBytes: d.workgroupBytes,
    functions: d.functions,
    slots: d.slots,
    io: d.io,
    constants: d.constants,
    code: d.code,
  });
}
