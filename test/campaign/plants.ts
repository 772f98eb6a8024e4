/**
 * Planted verifier bugs: the shipped rules with one predicate (or one move of the control stack) made wrong, each modelled on a mistake
 * that a verifier has made or that a first draft of ours would have made. The campaign must find an escape through each.
 *
 * HARMLESS are bugs after which nothing bad happens in the reference machine. Each says why. The jit relies on those rules all the same, so
 * its campaign plants them too.
 */
import { PERM, SLOT_KIND } from "../../sandbox/isa/modes.ts";
import { type Checker, newChecker } from "../../sandbox/verifier/check.ts";
import { FORM, MODE_C, MODE_K, MODE_M, MODE_N, needsUniform, OP, type Word } from "../../sandbox/verifier/decode.ts";
import { flowKind, type State, step } from "../../sandbox/verifier/flow.ts";
import type { Draft } from "../../sandbox/verifier/read.ts";
import { RULES, type Rule } from "../../sandbox/verifier/rules.ts";

export interface Plant {
  readonly name: string;
  readonly checker: Checker;
  readonly rules: readonly Rule[];
  /** the rules that it makes wrong: only what one of them rejects can come through */
  readonly ids: readonly string[];
  /** what makes an escape of it needs many coordinated changes: looked for in the rule's files (test/files/verify) only */
  readonly rare?: boolean;
}

type WordHolds = (w: Word, s: State) => boolean;
type ObjectHolds = (d: Draft) => boolean;

function shippedWord(id: string): WordHolds {
  const rule = RULES.find((r) => r.id === id);
  if (rule?.scope !== "word") throw new Error(`${id} is no word rule`);
  return rule.holds;
}
function shippedObject(id: string): ObjectHolds {
  const rule = RULES.find((r) => r.id === id);
  if (rule?.scope !== "object") throw new Error(`${id} is no object rule`);
  return rule.holds;
}

type Change = { readonly word?: WordHolds; readonly object?: ObjectHolds };

/** The shipped rules with the predicates of some replaced. */
function replaced(changes: Readonly<Record<string, Change>>): readonly Rule[] {
  return RULES.map((rule) => {
    const change = changes[rule.id];
    if (change === undefined) return rule;
    if (rule.scope === "word" && change.word) return { ...rule, holds: change.word };
    if (rule.scope === "object" && change.object) return { ...rule, holds: change.object };
    throw new Error(`${rule.id} is of another scope`);
  });
}

function both(name: string, changes: Readonly<Record<string, Change>>): Plant {
  const rules = replaced(changes);
  return { name, ids: Object.keys(changes), rules, checker: newChecker(rules) };
}
const word = (name: string, id: string, holds: WordHolds): Plant => both(`${id}: ${name}`, { [id]: { word: holds } });
const object = (name: string, id: string, holds: ObjectHolds): Plant => both(`${id}: ${name}`, { [id]: { object: holds } });
/** Wrong in how it moves past words, which only V13 looks at. */
const moved = (name: string, move: (w: Word, s: State) => void): Plant => {
  return { name: `V13: ${name}`, ids: ["V13"], rules: RULES, checker: newChecker(RULES, move) };
};

const V05 = shippedWord("V05");
const V06 = shippedWord("V06");
const V07 = shippedWord("V07");
const V09 = shippedWord("V09");
const V12 = shippedWord("V12");
const V13 = shippedWord("V13");
const V16 = shippedWord("V16");
const V19 = shippedWord("V19");
const V20 = shippedWord("V20");
const V21 = shippedWord("V21");
const V23 = shippedObject("V23");
const minOf = (w: Word, s: State) => s.draft.slots[w.b]?.min ?? 0;
const reach = (w: Word) => w.is.width * (w.contiguous ? 4 : 1);
const isUniformHere = (s: State) => s.uniform[s.fn] === 1 && s.lastV[s.depth] === 0 && s.lastW[s.depth] === 0 && !s.parted;

export const MEMORY_PLANTS: readonly Plant[] = [
  word("constant offset, width forgotten", "V19", (w, s) => w.mode !== MODE_K || w.off <= minOf(w, s)),
  word("constant offset, one byte too far", "V19", (w, s) => w.mode !== MODE_K || w.off + reach(w) <= minOf(w, s) + 1),
  word("constant offset, contiguous counted as one lane", "V19", (w, s) => w.mode !== MODE_K || w.off + w.is.width <= minOf(w, s)),
  word(
    "constant offset, contiguous counted as three lanes",
    "V19",
    (w, s) => V19(w, s) || (w.contiguous && w.off + 3 * w.is.width <= minOf(w, s)),
  ),
  word("constant offset unchecked for atomics", "V19", (w, s) => w.form === FORM.atomic || V19(w, s)),
  word("constant offset, width of a word for all", "V19", (w, s) => w.mode !== MODE_K || w.off + (w.contiguous ? 16 : 4) <= minOf(w, s)),
  word(
    "constant offset compared with the next slot's minimum",
    "V19",
    (w, s) => V19(w, s) || w.off + reach(w) <= (s.draft.slots[w.b + 1]?.min ?? 0),
  ),
  word("mask, offset forgotten", "V20", (w, s) => w.mode !== MODE_M || (w.m >= 2 && 2 ** w.m >= w.is.width && 2 ** w.m <= minOf(w, s))),
  word("mask, variable one byte too long", "V20", (w, s) => V20(w, s) || (w.m >= 4 && 4 * w.off + 2 ** w.m <= minOf(w, s) + 1)),
  word(
    "mask, width may be longer than the variable",
    "V20",
    (w, s) => w.mode !== MODE_M || (w.m >= 2 && 4 * w.off + 2 ** w.m <= minOf(w, s)),
  ),
  word("mask unchecked", "V20", () => true),
  word("mask, off by width - 1", "V20", (w, s) => V20(w, s) || (w.m >= 4 && 4 * w.off + 2 ** w.m <= minOf(w, s) + w.is.width - 1)),
  word("limit, width forgotten", "V21", (w, s) => (w.mode === MODE_N ? 4 * (w.off + w.lim) <= minOf(w, s) : V21(w, s))),
  word("limit forgotten", "V21", (w, s) => (w.mode === MODE_N ? 4 * w.off + w.is.width <= minOf(w, s) : V21(w, s))),
  word("limit, offset forgotten", "V21", (w, s) => (w.mode === MODE_N ? 4 * w.lim + w.is.width <= minOf(w, s) : V21(w, s))),
  word("limit in bytes, offset in words", "V21", (w, s) => (w.mode === MODE_N ? 4 * w.off + w.lim + w.is.width <= minOf(w, s) : V21(w, s))),
  word("clamp in a slot that is too small", "V21", (w, s) => w.mode === MODE_C || V21(w, s)),
  word("clamp, width of a word for all", "V21", (w, s) => (w.mode === MODE_C ? minOf(w, s) >= 4 : V21(w, s))),
  word("write permission forgotten", "V16", (w, s) => w.form === FORM.store || V16(w, s)),
  word("read permission forgotten", "V16", (w, s) => w.form === FORM.load || V16(w, s)),
  word(
    "atomics need write only",
    "V16",
    (w, s) => V16(w, s) || (w.form === FORM.atomic && ((s.draft.slots[w.b]?.permissions ?? 0) & PERM.write) !== 0),
  ),
  word(
    "g load of writable memory",
    "V16",
    (w, s) => V16(w, s) || (w.form === FORM.load && ((s.draft.slots[w.b]?.permissions ?? 0) & PERM.read) !== 0),
  ),
  both("V14, V15, V16: slot number compared with <=", {
    V14: { word: (w, s) => w.b <= s.draft.slots.length },
    V15: { word: () => true },
    V16: { word: (w, s) => w.b === s.draft.slots.length || V16(w, s) },
  }),
  object("scratch minimum not compared with the bytes declared", "V23", (d) =>
    V23({ ...d, scratchBytes: d.slots.find((x) => x.kind === SLOT_KIND.scratch)?.min ?? d.scratchBytes }),
  ),
  object("workgroup minimum not compared with the bytes declared", "V23", (d) =>
    V23({ ...d, workgroupBytes: d.slots.find((x) => x.kind === SLOT_KIND.workgroup)?.min ?? d.workgroupBytes }),
  ),
  object("constant minimum not compared with the constants", "V23", (d) =>
    V23({ ...d, constants: new Uint8Array(d.slots.find((x) => x.kind === SLOT_KIND.constant)?.min ?? d.constants.length) }),
  ),
  both("V15, V28: uniforms may be written", {
    V28: { object: (d) => d.slots.every((x) => x.permissions <= 7) },
    V15: { word: (w, s) => (s.draft.slots[w.b]?.kind ?? 31) <= SLOT_KIND.constant },
  }),
];

/** V13 as a first draft had it: constructs count, early exits do not. */
const constructsOnly: WordHolds = (w, s) => !needsUniform(w) || (s.uniform[s.fn] === 1 && s.lastV[s.depth] === 0 && s.lastW[s.depth] === 0);

export const FLOW_PLANTS: readonly Plant[] = [
  word(
    "barrier in a callee of divergent flow",
    "V13",
    (w, s) => V13(w, s) || (s.fn > 0 && s.lastV[s.depth] === 0 && s.lastW[s.depth] === 0),
  ),
  word(
    "IF.v{ s = 1 } IF.s{ BARRIER }: g written under lanes",
    "V13",
    (w, s) => V13(w, s) || (w.form & (FORM.barrier | FORM.bcast | FORM.loadSync)) === 0,
  ),
  word("IF.v{ RET } BARRIER: early exits forgotten", "V13", constructsOnly),
  word("LOOP.g{ BARRIER RET.v }: the next iteration forgotten", "V13", (w, s) => (w.form === FORM.ret ? true : V13(w, s))),
  word("LOOP.g{ IF.v{ BRK } BARRIER }: flow kind of a break ignored", "V09", (w, s) => w.high < s.depth),
  word("flow kind of a break is its condition's only", "V09", (w, s) => V09(w, s) || (w.high < s.depth && w.op !== OP.brkIf)),
  word(
    "flow kind of a break stops one construct early",
    "V09",
    (w, s) => w.high < s.depth && flowKind(w, s, s.depth - w.high + 1) <= s.kind[s.depth - w.high]!,
  ),
  word(
    "waves taken for uniform",
    "V13",
    (w, s) => V13(w, s) || (needsUniform(w) && s.uniform[s.fn] === 1 && s.lastV[s.depth] === 0 && !s.parted),
  ),
  word(
    "only the innermost construct looked at",
    "V13",
    (w, s) => V13(w, s) || (needsUniform(w) && s.uniform[s.fn] === 1 && s.kind[s.depth] === 0 && !s.parted),
  ),
  word("g.bcast and ld.sync are no barriers", "V13", (w, s) => V13(w, s) || (w.form & (FORM.bcast | FORM.loadSync)) !== 0),
  word("barriers anywhere", "V13", () => true),
  moved("calls in a loop that lanes leave stay uniform", (w, s) => {
    const before = s.uniform.slice();
    step(w, s);
    if (w.form === FORM.ret) s.uniform.set(before);
  }),
  moved("only the last call of a function counts", (w, s) => {
    step(w, s);
    if (w.form === FORM.call) s.uniform[w.high & 0xfff] = isUniformHere(s) ? 1 : 0;
  }),
  moved("a return under w counts as uniform", (w, s) => {
    const { parted } = s;
    step(w, s);
    if (w.form === FORM.ret && w.pc !== s.last && s.lastV[s.depth] === 0 && (w.op === OP.ret || (w.a >= 128 && w.a < 192)))
      Object.assign(s, { parted });
  }),
  moved("a return in the first part of an if is forgotten behind it", (w, s) => {
    if (w.form === FORM.end) s.partedFirst[s.depth] = 0;
    step(w, s);
  }),
  word("g computed from w", "V06", (w, s) => V06(w, s) || (w.form === FORM.alu && w.d >= 192 && w.a >= 128)),
  word(
    "g computed from v in the second source",
    "V06",
    (w, s) => V06(w, s) || (w.form === FORM.alu && w.is.bFiles !== 0 && w.d >= 192 && w.a >= 192),
  ),
  word("system values of any class", "V06", (w, s) => V06(w, s) || (w.form === FORM.sys && w.high <= 7)),
  word("g load at a w offset", "V06", (w, s) => V06(w, s) || (w.form === FORM.load && w.a >= 128)),
];

export const STRUCTURE_PLANTS: readonly Plant[] = [
  word("else target not compared", "V07", (w, s) => (w.form === FORM.else ? s.depth > 0 && s.op[s.depth] === OP.if : V07(w, s))),
  word("end target not compared", "V07", (w, s) => (w.form === FORM.end ? s.depth > 0 && s.op[s.depth] !== OP.loop : V07(w, s))),
  word("end may close a loop", "V07", (w, s) => V07(w, s) || (w.form === FORM.end && s.depth > 0 && s.op[s.depth] === OP.loop)),
  word("end of nothing", "V07", (w, s) => V07(w, s) || s.depth === 0),
  word(
    "endloop names any loop around it",
    "V08",
    (w, s) => s.depth > 0 && s.op[s.depth] === OP.loop && s.target[s.depth] === w.pc && w.high < w.pc,
  ),
  word("loop target not compared", "V08", (w, s) => s.depth > 0 && s.op[s.depth] === OP.loop && w.high === s.at[s.depth]),
  word("break depth off by one", "V09", (w, s) => V09(w, s) || w.high === s.depth),
  word("a function may end without ret", "V11", (_, s) => s.depth === 0),
  word("a function may end in a construct", "V11", (w) => w.op === OP.ret),
  word("a function may end with ret.if", "V11", (w, s) => (w.op === OP.ret || w.op === OP.retIf) && s.depth === 0),
  word("recursion", "V12", (w, s) => V12(w, s) || (w.high & 0xfff) === s.fn),
  word("callee number unchecked", "V12", (w, s) => V12(w, s) || (w.high & 0xfff) >= s.draft.functions.length),
  { ...word("nesting one too deep", "V10", (_, s) => s.depth < 256), rare: true },
  {
    ...word(
      "calls any number deep",
      "V12",
      (w, s) => V12(w, s) || ((w.high & 0xfff) > s.fn && (w.high & 0xfff) < s.draft.functions.length),
    ),
    rare: true,
  },
  object("functions need not follow each other", "V02", (d) => d.functions.length > 0 && d.functions.every((f) => f.count > 0)),
  object(
    "functions need not reach the end",
    "V02",
    (d) => d.functions.length > 0 && d.functions.every((f) => f.count > 0 && f.first <= d.words),
  ),
  word("unclaimed op bytes", "V03", () => true),
];

/** Planted for the jit only; the sentence says why the reference machine does not mind. */
export const HARMLESS: readonly { readonly plant: Plant; readonly because: string }[] = [
  { plant: word("modes 6 and 7 accepted", "V22", () => true), because: "what is no K, N, M, C or T is checked as Z is" },
  {
    plant: word("endloop may close a block", "V08", (w, s) => s.depth > 0 && s.target[s.depth] === w.pc && w.high === s.at[s.depth]),
    because: "a block that endloop closes is a loop, and pays fuel as one",
  },
  {
    plant: word(
      "a second else",
      "V07",
      (w, s) => V07(w, s) || (w.form === FORM.else && s.depth > 0 && s.op[s.depth] === OP.else && s.target[s.depth] === w.pc),
    ),
    because: "no lanes wait for it",
  },
  {
    plant: word("registers one past the file", "V05", (w, s) => V05(w, s) || V05(w, { ...s, draft: onePast(s.draft) })),
    because: "every wave has all registers there can be",
  },
  { plant: word("unaligned offsets", "V18", () => true), because: "low bits are cleared after the offset was bounded" },
  { plant: word("contiguous forms anywhere", "V17", () => true), because: "every lane is bounded on its own, in its own memory" },
];

function onePast(d: Draft): Draft {
  return { ...d, vRegisters: d.vRegisters + 1, wRegisters: d.wRegisters + 1, gRegisters: d.gRegisters + 1 };
}

export const PLANTS: readonly Plant[] = [...MEMORY_PLANTS, ...FLOW_PLANTS, ...STRUCTURE_PLANTS];
