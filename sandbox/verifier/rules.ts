/**
 * The rules, as data: an id that never changes its meaning, one sentence, and a predicate. Object rules look at the tables once; word rules
 * look at one word, the tables, and (V07 to V13 only) the control stack. docs/verifier.md is printed from this file.
 * @see docs/security.md for what they hold off
 */
import { PERM, SLOT_KIND, STAGE } from "../isa/modes.ts";
import type { SlotInfo } from "../isa/shapes.ts";
import { byteLengthOf, min, Words } from "../memory/captured.ts";
import { FORM, fileOf, G, LAST_WORD, MEMORY, MODE_C, MODE_K, MODE_M, MODE_N, MODE_Z, needsUniform, OP, V, W, type Word } from "./decode.ts";
import { flowKind, isUniform, MAX_NESTING, needsUniformBetween, partsHere, type State } from "./flow.ts";
import type { Draft } from "./read.ts";

export const MAX_CALL_DEPTH = 64;
export const MAX_WORKGROUP_INVOCATIONS = 1024;
/** per lane, and per workgroup */
export const MAX_SCRATCH_BYTES = 65_536;
export const MAX_WORKGROUP_BYTES = 65_536;
const MAGIC = 0x314f4350; // "PCO1"
const VERSION = 1;

export type Rule =
  | { readonly id: string; readonly says: string; readonly scope: "object"; readonly holds: (d: Draft) => boolean }
  | {
      readonly id: string;
      readonly says: string;
      readonly scope: "word";
      /** FORM bits of the words it is asked for */
      readonly on: number;
      readonly holds: (w: Word, s: State) => boolean;
    }
  /** holds by the encoding or is held elsewhere: no predicate */
  | { readonly id: string; readonly says: string; readonly scope: "reserved" };

const INSTRUCTION = LAST_WORD - 1;
const LEAVES = FORM.brk | FORM.ret;
const CLOSES = FORM.else | FORM.end;
/** Forms with destination or source registers in d, a, b, c. */
const REGISTERS = FORM.alu | FORM.sys | MEMORY | FORM.slotLen | FORM.open | LEAVES | FORM.bcast;
const ON_SLOT = MEMORY | FORM.slotLen;
/** Forms that may write g, are barriers or part lanes for good. */
const UNIFORM = FORM.alu | FORM.sys | FORM.load | FORM.loadSync | FORM.slotLen | FORM.barrier | FORM.bcast | FORM.ret;

type Holds<S extends Rule["scope"]> = Extract<Rule, { scope: S }> extends { holds: infer H } ? H : never;
const object = (id: string, says: string, holds: Holds<"object">): Rule => ({ id, says, scope: "object", holds });
const word = (id: string, on: number, says: string, holds: Holds<"word">): Rule => ({ id, says, scope: "word", on, holds });
const reserved = (id: string, says: string): Rule => ({ id, says, scope: "reserved" });

export const RULES: readonly Rule[] = Object.freeze([
  reserved(
    "V01",
    "the input is a Uint8Array of at most 64 MiB whose private copy has the sections its header counts, within limits, and ends there or with a debug section",
  ),
  object("V02", "the header is of this version and the functions partition the code exactly, in order", isPartition),
  word("V03", FORM.none, "the op byte is an instruction", (w) => w.form !== FORM.none),
  word("V04", INSTRUCTION, "unused and reserved fields are zero, enumerations in range", isCanonical),
  word(
    "V05",
    REGISTERS,
    "each register operand, to the end of its range, exists in the object's files and is of a file that the op takes",
    areRegisters,
  ),
  word(
    "V06",
    FORM.alu | FORM.sys | FORM.load,
    "g is computed from g alone, w from g and w; a system value exists in this stage and is as uniform as what it is written to",
    isAsUniform,
  ),
  word("V07", CLOSES, "else closes the if, and end the if, else or block, whose target is this word", closesConstruct),
  word("V08", FORM.endloop, "endloop closes the loop whose target is this word, and names it: the only backward edge", closesLoop),
  word(
    "V09",
    FORM.brk,
    "brk leaves constructs of this function, and its flow kind is at most the kind of the construct it leaves last",
    isBreak,
  ),
  word("V10", FORM.open, "constructs nest at most 255 deep", (_, s) => s.depth < MAX_NESTING),
  word("V11", LAST_WORD, "a function ends with ret, outside every construct", (w, s) => w.op === OP.ret && s.depth === 0),
  word(
    "V12",
    FORM.call,
    "a call names a function with a higher number, at most 64 calls deep, and its argument and result registers exist",
    isCall,
  ),
  word(
    "V13",
    UNIFORM,
    "barriers and writes of g registers stand in uniform flow, barriers in compute programs; no loop of kind g with one of them is left by a ret of another flow kind",
    keepsUniform,
  ),
  word("V14", ON_SLOT, "the slot exists", (w, s) => w.b < s.draft.slots.length),
  word("V15", ON_SLOT, "the slot's kind fits the op", (w, s) => (kindsFor(w) & (1 << slotOf(w, s).kind)) !== 0),
  word(
    "V16",
    MEMORY,
    "loads need the slot's read permission, stores write, atomics atomic; a g load needs a slot without write permission",
    isPermitted,
  ),
  word(
    "V17",
    MEMORY,
    "contiguous accesses are loads and stores of v registers at scalar offsets, not in mode M; they and loads of scalars do not reach memory that each lane has of its own",
    isAccessForm,
  ),
  word("V18", MEMORY, "the immediate offset is a multiple of the width, or of 4 where that is less", isAligned),
  word("V19", MEMORY, "in mode K the access, or all four of a contiguous one, ends inside the slot's minimum", isConstantInside),
  word(
    "V20",
    MEMORY,
    "in mode M the masked variable is at least a word and an access long, and ends inside the slot's minimum",
    isMaskInside,
  ),
  word("V21", MEMORY, "in mode N the last element ends inside the slot's minimum; in mode C one access fits in it", isClampInside),
  word("V22", MEMORY, "the mode is one of K, N, M, C, T, Z", (w) => w.mode <= MODE_Z),
  object(
    "V23",
    "slot kinds exist in the stage; workgroup, scratch and constant slots are at most one each, and their minimum is exactly what the object declares",
    areSlots,
  ),
  object(
    "V24",
    "the stage exists; workgroup size, scratch and workgroup memory are whole and within limits; only stages with IO declare some",
    areSizes,
  ),
  reserved("V25", "texture operations: no instruction of this version reaches a texture or sampler slot (held by V15)"),
  reserved("V26", "operations across lanes read inactive lanes as 0: there is no other form to encode"),
  reserved("V27", "no host call, clock, system or privileged op exists (held by V03)"),
  object(
    "V28",
    "a slot's permissions are some that its kind can have: constants, uniforms and inputs are never written, atomics are in storage and workgroup memory",
    arePermissions,
  ),
  object("V29", "registers are at most 128 v, 64 w and 64 g, and hold every function's arguments and results", areCounts),
  reserved("V30", "only an accepted copy becomes a token, and any error while verifying means none"),
  reserved("V31", "an access reads and writes only bytes of active lanes (held by the tiers' tests)"),
  reserved("V32", "the kernel and the tiers read each guest word once (held by the tiers' tests)"),
]);

// object rules

function isPartition(d: Draft): boolean {
  if (d.magic !== MAGIC || d.version !== VERSION || d.functions.length < 1) return false;
  let next = 0;
  for (let i = 0; i < d.functions.length; i++) {
    const f = d.functions[i]!;
    if (f.first !== next || f.count < 1) return false;
    next += f.count;
  }
  return next === d.words;
}

const isWhole = (bytes: number, max: number) => bytes % 4 === 0 && bytes <= max;

function areSizes(d: Draft): boolean {
  const size = d.workgroupSize;
  const x = size[0];
  const y = size[1];
  const z = size[2];
  const compute = d.stage === STAGE.compute;
  if (d.stage > STAGE.fragment || x < 1 || y < 1 || z < 1 || x * y * z > MAX_WORKGROUP_INVOCATIONS) return false;
  if (!isWhole(d.scratchBytes, MAX_SCRATCH_BYTES) || !isWhole(d.workgroupBytes, MAX_WORKGROUP_BYTES)) return false;
  if (compute ? d.io.length > 0 : d.workgroupBytes > 0) return false;
  for (let i = 0; i < d.io.length; i++) {
    const io = d.io[i]!;
    if (io.components < 1 || io.components > 4 || io.kind > 255 || !isWhole(io.offset, MAX_SCRATCH_BYTES)) return false;
  }
  return true;
}

function areSlots(d: Draft): boolean {
  const least = new Words(9); // by SLOT_KIND
  least[SLOT_KIND.workgroup] = d.workgroupBytes;
  least[SLOT_KIND.scratch] = d.scratchBytes;
  least[SLOT_KIND.constant] = byteLengthOf(d.constants);
  for (let i = 0; i < d.slots.length; i++) {
    const { kind, min, stride, group, binding } = d.slots[i]!;
    if (kind > SLOT_KIND.sampler || (stride !== 0 && kind !== SLOT_KIND.input)) return false;
    if ((kind === SLOT_KIND.input || kind === SLOT_KIND.output) && d.stage === STAGE.compute) return false;
    if (isSupplied(kind)) {
      if (min !== least[kind] || min === 0 || group !== 0 || binding !== 0) return false;
      least[kind] = 0; // a second slot of the kind would need min = 0
    }
  }
  return least[SLOT_KIND.workgroup] === 0 && least[SLOT_KIND.scratch] === 0 && least[SLOT_KIND.constant] === 0;
}

const isSupplied = (kind: number) => kind === SLOT_KIND.workgroup || kind === SLOT_KIND.scratch || kind === SLOT_KIND.constant;

const R = PERM.read;
const RW = PERM.read | PERM.write;
const RWA = RW | PERM.atomic;
/** By slot kind, the permission sets it may declare, one bit each. */
const PERMISSIONS: readonly number[] = [
  (1 << R) | (1 << PERM.write) | (1 << RW) | (1 << RWA), // storage
  1 << R, // uniform
  (1 << R) | (1 << PERM.write) | (1 << RW) | (1 << RWA), // workgroup
  (1 << R) | (1 << PERM.write) | (1 << RW), // scratch
  1 << R, // constant
  1 << R, // input
  1 << PERM.write, // output
  (1 << R) | (1 << PERM.write) | (1 << RW), // texture
  1 << R, // sampler
];

function arePermissions(d: Draft): boolean {
  for (let i = 0; i < d.slots.length; i++) {
    const { kind, permissions } = d.slots[i]!;
    if (permissions > RWA || (PERMISSIONS[kind]! & (1 << permissions)) === 0) return false;
  }
  return true;
}

function areCounts(d: Draft): boolean {
  if (d.vRegisters > 128 || d.wRegisters > 64 || d.gRegisters > 64) return false;
  for (let i = 0; i < d.functions.length; i++) {
    const f = d.functions[i]!;
    if (f.vArgs > d.vRegisters || f.wArgs > d.wRegisters || f.gArgs > d.gRegisters || f.vResults > d.vRegisters) return false;
    if (i === 0 && f.vArgs + f.wArgs + f.gArgs + f.vResults !== 0) return false; // nobody calls the entry
  }
  return true;
}

// word rules

function isCanonical(w: Word): boolean {
  switch (w.form) {
    case FORM.open:
      return w.b === 0 && (w.op === OP.if ? w.d === 0 : w.a === 0 && w.d <= 2);
    case FORM.brk:
    case FORM.else:
    case FORM.endloop:
      return isUnusedZero(w); // the high half is a depth or a target
    case FORM.barrier:
      return isUnusedZero(w) && w.high <= 7;
    case FORM.call:
      return (w.high & 0xfff000) === 0;
    case FORM.slotLen:
      return w.a === 0 && w.high === 0;
    case FORM.load:
    case FORM.store:
    case FORM.atomic:
    case FORM.loadSync:
      return (w.aFiles !== 0 || w.a === 0) && (w.mode !== MODE_M || ((w.high >>> 27) & 1) === 0); // the slot is b
    default:
      return isUnusedZero(w) && (w.is.immediate || (w.is.cFiles === 0 ? w.high === 0 : w.high <= 255));
  }
}

const isUnusedZero = (w: Word) => (w.is.dFiles !== 0 || w.d === 0) && (w.aFiles !== 0 || w.a === 0) && (w.is.bFiles !== 0 || w.b === 0);

function areRegisters(w: Word, s: State): boolean {
  return (
    isRegister(w.d, w.is.regs, w.is.dFiles, s.draft) &&
    isRegister(w.a, 1, w.aFiles, s.draft) &&
    isRegister(w.b, 1, w.is.bFiles, s.draft) &&
    isRegister(w.c, 1, w.is.cFiles, s.draft)
  );
}

function isRegister(operand: number, count: number, files: number, d: Draft): boolean {
  if (files === 0) return true;
  const file = fileOf(operand);
  return (file & files) !== 0 && (file === V ? operand : operand & 63) + count <= registersOf(file, d);
}

const registersOf = (file: number, d: Draft) => (file === V ? d.vRegisters : file === W ? d.wRegisters : d.gRegisters);

/** Last system value each file may read: 0-5 are per workgroup, 6 per wave, the rest per lane. */
const LAST_SYS = [0, 17, 6, 0, 5]; // by V, W, G

function isAsUniform(w: Word, s: State): boolean {
  const file = fileOf(w.d);
  if (w.form === FORM.sys) return w.high <= LAST_SYS[file]! && (w.high <= 7 || stageOfSys(w.high) === s.draft.stage);
  if (w.form === FORM.alu && w.aFiles === V && file === W) return true; // votes turn lanes into one value
  return isReadable(file, w.a, w.aFiles) && isReadable(file, w.b, w.is.bFiles) && isReadable(file, w.c, w.is.cFiles);
}

const stageOfSys = (index: number) => (index <= 9 ? STAGE.vertex : STAGE.fragment);

function isReadable(file: number, operand: number, files: number): boolean {
  return files === 0 || file === V || fileOf(operand) === G || (file === W && fileOf(operand) === W);
}

function closesConstruct(w: Word, s: State): boolean {
  const op = s.op[s.depth];
  if (s.depth === 0 || s.target[s.depth] !== w.pc) return false;
  return w.form === FORM.else ? op === OP.if : op === OP.if || op === OP.else || op === OP.block;
}

function closesLoop(w: Word, s: State): boolean {
  return s.depth > 0 && s.op[s.depth] === OP.loop && s.target[s.depth] === w.pc && w.high === s.at[s.depth];
}

function isBreak(w: Word, s: State): boolean {
  return w.high < s.depth && flowKind(w, s, s.depth - w.high) <= s.kind[s.depth - w.high]!;
}

function isCall(w: Word, s: State): boolean {
  const callee = w.high & 0xfff;
  if (callee <= s.fn || callee >= s.draft.functions.length || s.callDepth[s.fn]! >= MAX_CALL_DEPTH) return false;
  const f = s.draft.functions[callee]!;
  return (
    isWindow(w.d, f.vResults, V, s.draft) &&
    isWindow(w.a, f.vArgs, V, s.draft) &&
    isWindow(w.b, f.wArgs, W, s.draft) &&
    isWindow(w.high >>> 24, f.gArgs, G, s.draft)
  );
}

const isWindow = (operand: number, count: number, file: number, d: Draft) =>
  count === 0 ? operand === 0 : isRegister(operand, count, file, d);

function keepsUniform(w: Word, s: State): boolean {
  if (partsHere(w, s)) return s.loopG[s.depth]! < 0 || !needsUniformBetween(s, s.loopG[s.depth]!, w.pc);
  if (!needsUniform(w)) return true;
  const barrier = (w.form & (FORM.barrier | FORM.bcast | FORM.loadSync)) !== 0;
  return isUniform(s) && (!barrier || s.draft.stage === STAGE.compute);
}

const NO_SLOT: SlotInfo = Object.freeze({ kind: 31, permissions: 0, min: 0, stride: 0, group: 0, binding: 0 });
const slotOf = (w: Word, s: State) => s.draft.slots[w.b] ?? NO_SLOT;

function bit(...kinds: number[]): number {
  return kinds.reduce((bits, kind) => bits | (1 << kind), 0);
}
const { storage, uniform, workgroup, scratch, constant, input, output } = SLOT_KIND;
const LOADABLE = bit(storage, uniform, workgroup, scratch, constant, input);
const STORABLE = bit(storage, workgroup, scratch, output);
const ATOMIC = bit(storage, workgroup);
const MEASURABLE = bit(storage, uniform, workgroup, constant);
/** Memory in which each lane has its own bytes at an offset. */
const PER_LANE = bit(scratch, input, output);

function kindsFor(w: Word): number {
  if (w.form === FORM.load) return LOADABLE;
  if (w.form === FORM.store) return STORABLE;
  if (w.form === FORM.atomic) return ATOMIC;
  return w.form === FORM.loadSync ? 1 << workgroup : MEASURABLE;
}

function isPermitted(w: Word, s: State): boolean {
  const { permissions } = slotOf(w, s);
  if (w.form === FORM.store) return (permissions & PERM.write) !== 0;
  if (w.form === FORM.atomic) return (permissions & PERM.atomic) !== 0;
  const shared = w.form === FORM.load && fileOf(w.d) === G && (permissions & PERM.write) !== 0;
  return (permissions & PERM.read) !== 0 && !shared;
}

function isAccessForm(w: Word, s: State): boolean {
  const perLane = (PER_LANE & (1 << slotOf(w, s).kind)) !== 0;
  const data = fileOf(w.d);
  if (w.form === FORM.load && data !== V && perLane) return false;
  if (!w.contiguous) return true;
  if (perLane || data !== V || w.mode === MODE_M || (w.form & (FORM.load | FORM.store)) === 0) return false;
  return w.aFiles === 0 || fileOf(w.a) !== V;
}

function isAligned(w: Word): boolean {
  return w.mode === MODE_N || w.mode === MODE_M || w.off % min(w.is.width, 4) === 0;
}

function isConstantInside(w: Word, s: State): boolean {
  return w.mode !== MODE_K || w.off + w.is.width * (w.contiguous ? 4 : 1) <= slotOf(w, s).min;
}

function isMaskInside(w: Word, s: State): boolean {
  if (w.mode !== MODE_M) return true;
  return w.m >= 2 && 2 ** w.m >= w.is.width && 4 * w.off + 2 ** w.m <= slotOf(w, s).min;
}

function isClampInside(w: Word, s: State): boolean {
  if (w.mode === MODE_N) return 4 * (w.off + w.lim) + w.is.width <= slotOf(w, s).min;
  return w.mode !== MODE_C || w.is.width <= slotOf(w, s).min;
}
