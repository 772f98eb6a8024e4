/**
 * What the verifier remembers between words: the control stack of the function it is in, and two facts for each function, how deep and
 * from where it is called. Both are final when the function is reached, since calls go to higher numbers only. Nothing about memory or
 * register contents is remembered.
 */
import { Bytes, fill, type List, max, newList } from "../memory/captured.ts";
import { decode, FORM, fileOf, G, needsUniform, OP, V, Word } from "./decode.ts";
import type { Draft } from "./read.ts";

export const MAX_NESTING = 255;

/** Kinds of constructs, in order of how far they may part lanes. */
export const KIND_G = 0;
export const KIND_W = 1;
export const KIND_V = 2;

/**
 * All columns are indexed by nesting level, 1 for the outermost construct; level 0 is the function. They grow as constructs open: most
 * programs nest a few levels, and columns for all 255 took longer to make than the program to check.
 */
export interface State {
  readonly draft: Draft;
  fn: number;
  /** last word of function `fn` */
  last: number;
  depth: number;
  readonly op: List<number>;
  readonly kind: List<number>;
  /** where the construct's next word of structure must be */
  readonly target: List<number>;
  /** the construct's first word */
  readonly at: List<number>;
  /** highest level up to this one whose construct is of kind w, of kind v; 0 where there is none */
  readonly lastW: List<number>;
  readonly lastV: List<number>;
  /** first word of the outermost loop of kind g that has only constructs of kind g around it; -1 where there is none */
  readonly loopG: List<number>;
  /** a `ret` of another flow kind than g may have come before this word in the function */
  parted: boolean;
  /** of an if: `parted` at its start, and at the end of its first part; 0 or 1 */
  readonly partedBefore: List<number>;
  readonly partedFirst: List<number>;
  /** by function: no call of it stood outside uniform flow */
  readonly uniform: Uint8Array;
  /** by function: longest chain of calls to it */
  readonly callDepth: Uint8Array;
  readonly scan: Word;
}

export function newState(draft: Draft): State {
  const s: State = {
    draft,
    fn: 0,
    last: draft.functions.length > 0 ? draft.functions[0]!.count - 1 : -1,
    depth: 0,
    op: newList(0),
    kind: newList(0),
    target: newList(0),
    at: newList(0),
    lastW: newList(0),
    lastV: newList(0),
    loopG: newList(-1),
    parted: false,
    partedBefore: newList(0),
    partedFirst: newList(0),
    uniform: new Bytes(draft.functions.length),
    callDepth: new Bytes(draft.functions.length),
    scan: new Word(),
  };
  fill(s.uniform, 1);
  return s;
}

/** @returns whether this point is in uniform flow */
export function isUniform(s: State): boolean {
  return s.uniform[s.fn] === 1 && s.lastV[s.depth] === 0 && s.lastW[s.depth] === 0 && !s.parted;
}

/** @returns the kind that the file of condition `a` gives; g where the word has none */
export function conditionKind(w: Word): number {
  if (w.aFiles === 0) return KIND_G;
  const file = fileOf(w.a);
  return file === G ? KIND_G : file === V ? KIND_V : KIND_W;
}

/** @returns the flow kind of a word that leaves the constructs above `level`: the greatest of its condition's and theirs */
export function flowKind(w: Word, s: State, level: number): number {
  if (s.lastV[s.depth]! > level) return KIND_V;
  return max(s.lastW[s.depth]! > level ? KIND_W : KIND_G, conditionKind(w));
}

/** @returns whether a word between `first` and `end` must stand in uniform flow; only asked once per function, so the pass stays linear */
export function needsUniformBetween(s: State, first: number, end: number): boolean {
  for (let pc = first; pc < end; pc++) {
    decode(s.scan, pc, s.draft.code[pc * 2]!, s.draft.code[pc * 2 + 1]!);
    if (needsUniform(s.scan)) return true;
  }
  return false;
}

/** @returns whether lanes part at this `ret` for the first time in a function that was in uniform flow */
export function partsHere(w: Word, s: State): boolean {
  return w.form === FORM.ret && !s.parted && s.uniform[s.fn] === 1 && flowKind(w, s, 0) !== KIND_G;
}

/** Moves past a word that the rules accepted. */
export function step(w: Word, s: State): void {
  if (w.form === FORM.open) push(w, s);
  else if (w.form === FORM.else) otherwise(w, s);
  else if (w.form === FORM.end || w.form === FORM.endloop) pop(s);
  else if (w.form === FORM.call) noteCall(s, w.high & 0xfff, isUniform(s));
  else if (w.form === FORM.ret) leave(w, s);
  if (w.pc === s.last) nextFunction(s);
}

function push(w: Word, s: State): void {
  const level = ++s.depth;
  const kind = w.op === OP.if ? conditionKind(w) : w.d;
  s.op[level] = w.op;
  s.kind[level] = kind;
  s.target[level] = w.high;
  s.at[level] = w.pc;
  s.partedBefore[level] = s.parted ? 1 : 0;
  s.partedFirst[level] = 0;
  s.lastW[level] = kind === KIND_W ? level : s.lastW[level - 1]!;
  s.lastV[level] = kind === KIND_V ? level : s.lastV[level - 1]!;
  const opens = w.op === OP.loop && s.lastW[level] === 0 && s.lastV[level] === 0;
  s.loopG[level] = s.loopG[level - 1]! >= 0 || !opens ? s.loopG[level - 1]! : w.pc;
}

/** The second part of an if does not come after its first, unless in a loop around both. */
function otherwise(w: Word, s: State): void {
  const level = s.depth;
  s.op[level] = w.op;
  s.target[level] = w.high;
  if (s.loopG[level]! >= 0) return;
  s.partedFirst[level] = s.parted ? 1 : 0;
  s.parted = s.partedBefore[level] === 1;
}

function pop(s: State): void {
  if (s.partedFirst[s.depth] === 1) s.parted = true;
  s.depth--;
}

function noteCall(s: State, callee: number, uniform: boolean): void {
  if (!uniform) s.uniform[callee] = 0;
  s.callDepth[callee] = max(s.callDepth[callee]!, s.callDepth[s.fn]! + 1);
}

/** After lanes part, what follows in the function is not in uniform flow, nor is any iteration but the first of a loop around it. */
function leave(w: Word, s: State): void {
  if (partsHere(w, s) && s.loopG[s.depth]! >= 0) {
    for (let pc = s.loopG[s.depth]!; pc < w.pc; pc++) {
      decode(s.scan, pc, s.draft.code[pc * 2]!, s.draft.code[pc * 2 + 1]!);
      if (s.scan.form === FORM.call) noteCall(s, s.scan.high & 0xfff, false);
    }
  }
  if (flowKind(w, s, 0) !== KIND_G) s.parted = true;
}

function nextFunction(s: State): void {
  s.fn++;
  s.depth = 0;
  s.parted = false;
  if (s.fn < s.draft.functions.length) s.last += s.draft.functions[s.fn]!.count;
}
