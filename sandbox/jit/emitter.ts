/**
 * One wasm function in the making: locals of registers, the mask of active lanes as it stands, what is known of values, slot addresses.
 * The files that emit (alu.ts through here, access.ts, control.ts, fission.ts) share this state and nothing else.
 */
import { SLOT_KIND } from "../isa/modes.ts";
import { type AluMnemonic, ISA } from "../isa/table.ts";
import { Affine } from "./affine.ts";
import { ALU, type Operands, type Rule } from "./alu.ts";
import { type Flat, G, isSync, MNEMONIC, NONE, OPCODE, ROW, V } from "./flat.ts";
import { JitLimit } from "./limit.ts";
import type { Liveness } from "./liveness.ts";
import { mostOf, mostUnless, UNKNOWN } from "./most.ts";
import type { Unit } from "./unit.ts";
import { Code, I32, I64, type Label, type SimdName, V128 } from "./wasm.ts";

/** The lanes that are active: all four, or those of one local per wave. */
export interface Mask {
  readonly full: boolean;
  readonly locals: readonly number[];
}
export const FULL: Mask = { full: true, locals: [] };

/** What is known of registers. */
export interface Facts {
  readonly zeros: Uint8Array;
  readonly truth: Uint8Array;
  readonly indices: Uint8Array;
  readonly most: Float64Array;
  readonly restoreAffine: () => void;
}

export function isPerLane(kind: number): boolean {
  return kind === SLOT_KIND.scratch || kind === SLOT_KIND.input || kind === SLOT_KIND.output;
}

/**
 * V8's limits of one function's bytes (with room for its locals) and of its locals, and a limit of ours: its compilers keep what all locals
 * are at each block, in memory that no limit counts.
 */
const MAX_BYTES = 7_000_000;
const MAX_LOCALS = 50_000;
const MAX_CELLS = 1 << 24;

/** Trailing zero bits are not counted further than this. */
const MAX_ZEROS = 5;

/** ALU rules by op byte. */
const RULES: (Rule | undefined)[] = MNEMONIC.map((m) => (m !== undefined && m in ALU ? ALU[m as AluMnemonic] : undefined));

export function ruleOf(op: number): Rule {
  return RULES[op]!;
}

/** Operations that move values between lanes. */
const ACROSS: ReadonlySet<number> = new Set([ISA.shfl.code, ISA.quad.code]);

/** Operations of which 0 as second source changes nothing. */
const ADD = ISA.iadd.code;
const ADDING: ReadonlyMap<number, SimdName> = new Map<number, SimdName>([
  [ADD, "i32x4.add"],
  [ISA.isub.code, "i32x4.sub"],
  [ISA.or.code, "v128.or"],
  [ISA.xor.code, "v128.xor"],
]);

export class Emitter implements Operands {
  readonly unit: Unit;
  readonly flat: Flat;
  readonly live: Liveness;
  readonly code: Code;
  /** runs before `code`: loads slot addresses and the like into locals */
  readonly prologue = new Code(0);
  /** waves emitted at once, and the one being emitted */
  copies = 1;
  copy = 0;
  mask: Mask = FULL;
  /** local of the wave number (of the first of two) */
  wave = NONE;
  /** i64 local */
  readonly fuel: number;
  /** local of the workgroups that are not done, where traps say so themselves; NONE where a global does */
  workgroupsLeft = NONE;
  /** v registers that are kept in the save area, by offset, in the stretch being emitted; and the local of the wave's part of it */
  kept: ReadonlyMap<number, number> = new Map();
  keptAt = NONE;
  /** where a wave goes that has no active lane and is in no v construct */
  landing: Label = 0;
  /** register of the lanes that were discarded, where there can be any */
  killed = NONE;
  /** in a version of a stretch without checks: which accesses and returns need none; see ranges.ts */
  free: { readonly from: number; readonly flags: Uint8Array } | undefined;
  /** registers that both waves of a pair share beside g: w registers with equal values */
  shared: Uint8Array;
  /** known low zero bits, and whether each lane is 0 or all ones, per register */
  readonly zeros: Uint8Array;
  readonly truth: Uint8Array;
  /** the greatest value in any lane (most.ts) */
  readonly most: Float64Array;
  /**
   * The same of registers that one instruction alone writes: true wherever they are read, also where control comes from elsewhere, since
   * they hold what it gave, or 0.
   */
  readonly #only: Uint8Array;
  readonly #onlyMost: Float64Array;
  readonly #onlyZeros: Uint8Array;
  /** 1 where a v register holds something worked out of lane numbers and scalars, not of what was loaded: neighbours may be adjacent */
  readonly indices: Uint8Array;
  /** v registers that rise from lane to lane */
  readonly affine: Affine;
  /** by first of four registers: locals that hold what they hold, lane by lane, for each wave (see access.ts) */
  readonly rows = new Map<number, { readonly regs: readonly number[]; readonly locals: readonly (readonly number[])[] }>();
  readonly #locals: Int32Array[];
  readonly #derived = new Map<string, number>();
  readonly #freeMasks: number[] = [];
  readonly #temps: number[][] = [[], []];
  readonly #waveLocals = new Map<number, number>();
  #at = 0;

  constructor(unit: Unit, flat: Flat, live: Liveness, parameters: number) {
    this.unit = unit;
    this.flat = flat;
    this.live = live;
    this.code = new Code(parameters);
    this.fuel = this.code.local(I64);
    const n = flat.registers;
    this.#locals = [new Int32Array(n).fill(NONE), new Int32Array(n).fill(NONE)];
    this.zeros = new Uint8Array(n);
    this.truth = new Uint8Array(n);
    this.most = new Float64Array(n).fill(UNKNOWN);
    this.#only = writtenOnce(flat);
    this.#onlyMost = new Float64Array(n).fill(-1);
    this.#onlyZeros = new Uint8Array(n).fill(MAX_ZEROS);
    this.affine = new Affine(n);
    this.indices = new Uint8Array(n);
    this.shared = new Uint8Array(n);
    this.code.prefix = this.prologue;
  }

  // registers

  typeOf(reg: number): number {
    return this.flat.files[reg] === V ? V128 : I32;
  }
  /** The local of a register, for the wave being emitted. */
  local(reg: number): number {
    const isShared = this.copy === 0 || this.flat.files[reg] === G || this.shared[reg] === 1;
    const locals = this.#locals[isShared ? 0 : 1]!;
    if (locals[reg] === NONE) locals[reg] = this.code.local(this.typeOf(reg));
    return locals[reg]!;
  }
  /** Makes a parameter a register's local. */
  place(reg: number, local: number): void {
    this.#locals[0]![reg] = local;
  }
  /** Pushes a register as it is. */
  push(reg: number): void {
    const offset = this.kept.get(reg);
    if (offset === undefined) {
      this.code.get(this.local(reg));
      return;
    }
    this.code.get(this.keptAt);
    this.code.vmem("v128.load", offset + 16 * this.copy);
  }
  /** Pushes a register as v128. */
  pushV(reg: number): void {
    this.push(reg);
    if (this.flat.files[reg] !== V) this.code.simd("i32x4.splat");
  }
  /** Sets a register to the value on the stack. */
  setReg(reg: number): void {
    const offset = this.kept.get(reg);
    if (offset === undefined) {
      this.code.set(this.local(reg));
      return;
    }
    const value = this.temp(V128, 15);
    this.code.set(value);
    this.code.get(this.keptAt);
    this.code.get(value);
    this.code.vmem("v128.store", offset + 16 * this.copy);
  }
  /** A scratch local, free again at the next instruction. */
  temp(type: number, k: number): number {
    const list = this.#temps[type === V128 ? 1 : 0]!;
    list[k] ??= this.code.local(type);
    return list[k];
  }
  /** Runs `emit` for each wave that is emitted at once. */
  each(emit: () => void): void {
    for (this.copy = 0; this.copy < this.copies; this.copy++) emit();
    this.copy = 0;
  }

  // masks

  /** Pushes the mask of active lanes. */
  exec(): void {
    if (this.mask.full) this.code.splat(-1);
    else this.code.get(this.mask.locals[this.copy]!);
  }
  /** The mask of lanes whose stores and atomics act, or undefined where that is all: pushes it otherwise. */
  get actsFull(): boolean {
    return this.mask.full && this.killed === NONE;
  }
  pushActing(): void {
    this.exec();
    if (this.killed === NONE) return;
    this.push(this.killed);
    this.code.simd("v128.andnot");
  }
  /** Pushes what is not 0 where a lane of the mask is set, of either wave. The sign bits do, and are cheaper to get at than any_true. */
  pushAny(mask: Mask): void {
    mask.locals.forEach((local, k) => {
      this.code.get(local);
      if (k > 0) this.code.simd("v128.or");
    });
    this.code.simd("i32x4.bitmask");
  }
  newMask(): Mask {
    return { full: false, locals: Array.from({ length: this.copies }, () => this.#freeMasks.pop() ?? this.code.local(V128)) };
  }
  /** A mask from newMask that nobody will look at again. */
  freeMask(mask: Mask): void {
    this.#freeMasks.push(...mask.locals);
  }
  /** Pushes a v register as a mask: all ones where it is not 0. */
  pushTruth(reg: number): void {
    this.push(reg);
    if (this.truth[reg] === 1) return;
    this.code.splat(0);
    this.code.simd("i32x4.ne");
  }

  // facts

  /** Nothing is known of any value: control comes from elsewhere. */
  forget(): void {
    this.truth.fill(0);
    for (let reg = 0; reg < this.most.length; reg++) {
      const isKnown = this.#onlyMost[reg]! >= 0;
      this.most[reg] = isKnown ? this.#onlyMost[reg]! : UNKNOWN;
      this.zeros[reg] = isKnown ? this.#onlyZeros[reg]! : 0;
    }
    this.affine.clear();
    this.indices.fill(0);
    this.rows.clear();
  }
  /** Forgets what is known of registers written in [from, to), or everything where looking takes too long. */
  forgetWritten(from: number, to: number): void {
    if (to - from > 4096) {
      this.forget();
      return;
    }
    this.rows.clear();
    const { flat } = this;
    for (let i = from; i < to; i++) {
      const op = flat.op[i]!;
      if (op === OPCODE.call) for (const reg of flat.calls[flat.hi[i]!]!.results) this.learn(reg, 0, 0);
      if (flat.d[i] === NONE) continue;
      this.learn(flat.d[i]!, 0, 0);
      for (const reg of [flat.b[i]!, flat.c[i]!, flat.e[i]!]) if (reg !== NONE) this.learn(reg, 0, 0);
    }
  }
  learn(reg: number, zeros: number, truth: number, index = 0, most = UNKNOWN): void {
    this.most[reg] = most;
    this.affine.drop(reg);
    this.zeros[reg] = zeros;
    this.truth[reg] = truth;
    this.indices[reg] = index;
    if (this.rows.size > 0) this.#dropRows(reg);
  }
  #dropRows(reg: number): void {
    for (const [first, row] of this.rows) if (row.regs.includes(reg)) this.rows.delete(first);
  }

  saveFacts(): Facts {
    return {
      zeros: this.zeros.slice(),
      truth: this.truth.slice(),
      indices: this.indices.slice(),
      most: this.most.slice(),
      restoreAffine: this.affine.save(),
    };
  }
  restoreFacts(facts: Facts): void {
    this.zeros.set(facts.zeros);
    this.truth.set(facts.truth);
    this.indices.set(facts.indices);
    this.most.set(facts.most);
    facts.restoreAffine();
    this.rows.clear();
  }
  /**
   * Control goes on past exit i, so that the comparison it looks at is false. Only for scalars: lanes that are not active may have left.
   * @returns the register that this bounds, or NONE
   */
  learnStayed(i: number): number {
    const { flat } = this;
    const test = this.comparison(i, flat.a[i]!);
    const most = test === NONE ? -1 : mostUnless(flat, test);
    if (most < 0) return NONE;
    const reg = flat.a[test]!;
    if (flat.files[reg] === V) return NONE;
    this.most[reg] = Math.min(this.most[reg]!, most);
    return reg;
  }
  /** what the stretch at hand does once, before its waves */
  hoisted: { readonly from: number; readonly once: Uint8Array; readonly lastWrite: ReadonlyMap<number, number> } | undefined;
  /** Whether instruction i was done before its waves, and registers that it read were written after it, also before them. */
  #isOvertaken(i: number, sources: readonly number[]): boolean {
    const h = this.hoisted;
    return h !== undefined && h.once[i - h.from] === 1 && sources.some((reg) => h.lastWrite.get(reg)! >= i);
  }
  /** The comparison right before i that gave scalar `reg`, if its sources still hold what they held. */
  comparison(i: number, reg: number): number {
    const { flat } = this;
    for (let j = i - 1; j >= 0 && j > i - 6; j--) {
      const op = flat.op[j]!;
      if (op >= OPCODE.if || isSync(op)) return NONE;
      if (flat.d[j] !== reg) continue;
      if (ROW[op]!.form !== "alu" || ruleOf(op).c === undefined) return NONE;
      const sources = [flat.a[j]!, flat.b[j]!];
      if (this.#isOvertaken(j, sources)) return NONE;
      for (let k = j; k < i; k++) {
        if (sources.includes(flat.d[k]!)) return NONE;
        if (ROW[flat.op[k]!]!.form === "mem")
          for (const r of [flat.b[k]!, flat.c[k]!, flat.e[k]!]) if (sources.includes(r) && r !== NONE) return NONE;
      }
      return j;
    }
    return NONE;
  }

  // leaving

  /** by frame (a block's index, NONE for the whole function): local of the lanes that left it, where code after a barrier has to know */
  readonly left = new Map<number, number>();
  leftOf(frame: number): number {
    return this.left.get(frame) ?? NONE;
  }
  /** Active lanes store nothing from here on. */
  discard(): void {
    this.each(() => {
      this.exec();
      this.push(this.killed);
      this.code.simd("v128.or");
      this.setReg(this.killed);
    });
  }

  // the arithmetic instruction being emitted

  #source(k: number): number {
    return k === 0 ? this.flat.a[this.#at]! : k === 1 ? this.flat.b[this.#at]! : this.flat.c[this.#at]!;
  }
  v(k: number): void {
    const reg = this.#source(k);
    if (reg === NONE) this.code.splat(this.flat.hi[this.#at]!);
    else this.pushV(reg);
  }
  s(k: number): void {
    const reg = this.#source(k);
    if (reg === NONE) this.code.i32(this.flat.hi[this.#at]!);
    else this.push(reg);
  }
  f(k: number): void {
    const reg = this.#source(k);
    if (reg === NONE) {
      this.code.f32(this.flat.hi[this.#at]!);
      return;
    }
    this.push(reg);
    this.code.op("f32.reinterpret_i32");
  }
  isV(k: number): boolean {
    const reg = this.#source(k);
    return reg !== NONE && this.flat.files[reg] === V;
  }
  imm(k: number): number | undefined {
    return this.#source(k) === NONE ? this.flat.hi[this.#at]! : undefined;
  }
  old(): void {
    this.push(this.flat.d[this.#at]!);
  }
  scratch(k: number): number {
    return this.temp(V128, k);
  }
  scratchS(k: number): number {
    return this.temp(I32, 4 + k);
  }
  get full(): boolean {
    return this.mask.full;
  }

  /** Emits arithmetic instruction i. */
  alu(i: number): void {
    const { flat } = this;
    const d = flat.d[i]!;
    const rule = ruleOf(flat.op[i]!);
    this.#at = i;
    const isV = flat.files[d] === V;
    const once = flat.files[d] === G || this.shared[d] === 1;
    const copies = this.copies;
    if (once) this.copies = 1;
    const sum = flat.op[i] === OPCODE.movm && !this.mask.full ? this.#maskedSum(i) : NONE;
    let rising = isV && copies === 1 ? this.affine.step(this, i) : undefined;
    this.each(() => {
      if (sum !== NONE) this.#pushMaskedSum(i, sum);
      else if (!isV) rule.s(this);
      else {
        const fact = copies === 1 ? this.affine.remainder(this, i, () => rule.v(this)) : undefined;
        if (fact === undefined) rule.v(this);
        else rising = fact;
      }
      this.setReg(d);
    });
    this.copies = copies;
    this.#learnAlu(i, rule);
    this.affine.learn(d, rising);
  }

  /** The instruction right before mov.m i that gives what it moves, if that is the old value and something added. */
  #maskedSum(i: number): number {
    const { flat } = this;
    const j = i - 1;
    if (j < 0 || !ADDING.has(flat.op[j]!) || flat.d[j] !== flat.a[i] || flat.a[j] !== flat.d[i] || flat.d[j] === flat.d[i]) return NONE;
    return flat.b[j] === flat.d[j] ? NONE : j;
  }
  /** Adds nothing in inactive lanes, which is less work than to choose. */
  #pushMaskedSum(i: number, j: number): void {
    const { flat, code } = this;
    this.push(flat.d[i]!);
    if (flat.imm[j] === 1 && flat.hi[j] === 1 && flat.op[j] === ADD) {
      this.exec();
      code.simd("i32x4.sub"); // an active lane's mask is -1
      return;
    }
    this.#at = j;
    this.v(1);
    this.exec();
    code.simd("v128.and");
    code.simd(ADDING.get(flat.op[j]!)!);
  }

  /** Pushes the scalar truth of instruction i, a comparison or vote, as 0 or 1. */
  condition(i: number): void {
    this.#at = i;
    ruleOf(this.flat.op[i]!).c!(this);
  }

  #learnAlu(i: number, rule: Rule): void {
    const { flat } = this;
    const sources = [flat.a[i]!, flat.b[i]!, flat.c[i]!].filter((r) => r !== NONE);
    const imm = flat.imm[i] === 1 ? flat.hi[i]! : undefined;
    const d = flat.d[i]!;
    let truth = rule.bool === 1 ? 1 : 0;
    if (rule.bool === 2) truth = sources.every((r) => this.truth[r] === 1) && (imm === undefined || imm === 0 || imm === -1) ? 1 : 0;
    let zeros = this.#zerosOf(i, imm);
    if (flat.op[i] === OPCODE.movm) {
      // other lanes keep what they have
      zeros = Math.min(zeros, this.zeros[d]!);
      truth = imm === undefined && this.truth[d] === 1 && this.truth[sources[0]!] === 1 ? 1 : 0;
    }
    const isIndex = flat.op[i] === OPCODE.sys || (sources.length > 0 && sources.every((r) => flat.files[r] !== V || this.indices[r] === 1));
    const most = mostOf(flat, i, (reg) => this.most[reg]!, this.unit.waves);
    const atMost = most - (most % 2 ** zeros);
    this.learn(d, zeros, truth, isIndex && !ACROSS.has(flat.op[i]!) ? 1 : 0, atMost);
    if (this.#only[d] === 0) return;
    // code may be emitted more than once
    this.#onlyMost[d] = Math.max(this.#onlyMost[d]!, atMost);
    this.#onlyZeros[d] = Math.min(this.#onlyZeros[d]!, zeros);
  }

  #zerosOf(i: number, imm: number | undefined): number {
    const { flat, zeros } = this;
    const of = (reg: number) => (reg === NONE ? zerosOfNumber(imm ?? 0) : zeros[reg]!);
    const a = of(flat.a[i]!);
    switch (MNEMONIC[flat.op[i]!]) {
      case "mov":
      case "mov.m":
      case "ineg":
        return a;
      case "iadd":
      case "isub":
      case "or":
      case "xor":
      case "umin":
      case "umax":
      case "smin":
      case "smax":
        return Math.min(a, of(flat.b[i]!));
      case "sel":
        return Math.min(of(flat.b[i]!), of(flat.c[i]!));
      case "and":
        return Math.max(a, of(flat.b[i]!));
      case "imul":
        return Math.min(MAX_ZEROS, a + of(flat.b[i]!));
      case "shl":
        return imm === undefined ? a : Math.min(MAX_ZEROS, a + (imm & 31));
      default:
        return 0;
    }
  }

  /** Pushes system value `index`. Those of other stages than compute are 0 until a stage supplies them. */
  sys(index: number, isV: boolean): void {
    const { code } = this;
    if (index === 7) {
      code.v128(0, 1, 2, 3);
      return;
    }
    if (index < 6) code.get(this.derive(`sys${index}`, I32, (c) => c.globalGet(this.unit.sys(index)), index < 3));
    else if (index === 6) this.pushWave();
    else code.i32(0);
    if (isV) code.simd("i32x4.splat");
  }
  /** Pushes the wave number; outside of waves, 0. */
  pushWave(): void {
    if (this.wave === NONE) {
      this.code.i32(0);
      return;
    }
    this.code.get(this.wave);
    if (this.copy === 0) return;
    this.code.i32(1);
    this.code.op("i32.add");
  }

  /**
   * A local computed once, before everything else.
   * @param perWorkgroup it changes from workgroup to workgroup, so that the entry function supplies it under this key
   */
  derive(key: string, type: number, compute: (c: Code) => void, perWorkgroup = false): number {
    let local = this.#derived.get(key);
    if (local === undefined) {
      local = this.code.local(type);
      this.#derived.set(key, local);
      if (perWorkgroup && this.suppliesWorkgroup) return local;
      compute(this.prologue);
      this.prologue.set(local);
    }
    return local;
  }
  /** the entry function keeps workgroup ids in locals of its own */
  suppliesWorkgroup = false;
  supply(key: string, local: number): void {
    this.#derived.set(key, local);
  }

  // slots

  base(slot: number): number {
    return this.derive(`base${slot}`, I32, (c) => c.globalGet(this.unit.baseOf(slot)));
  }
  /** Of memory that each lane has of its own: the bytes of one lane. */
  size(slot: number): number {
    return this.derive(`size${slot}`, I32, (c) => {
      const { kind, min } = this.unit.program.slots[slot]!;
      if (isPerLane(kind)) c.i32(min);
      else c.globalGet(this.unit.sizeOf(slot));
    });
  }
  /** Where the wave's part of memory that each lane has of its own begins, and the same for each lane. Set by `enterWave`. */
  waveBase(slot: number): number {
    return this.#waveLocal(slot, 0, I32);
  }
  waveBaseV(slot: number): number {
    return this.#waveLocal(slot, 1, V128);
  }
  #waveLocal(slot: number, kind: number, type: number): number {
    const key = (slot * 2 + kind) * 2 + this.copy;
    let local = this.#waveLocals.get(key);
    if (local === undefined) {
      local = this.code.local(type);
      this.#waveLocals.set(key, local);
    }
    return local;
  }
  /** Sets what depends on the wave's number, in slots that flat code [from, to) accesses. */
  enterWave(from: number, to: number): void {
    const { code, flat, unit } = this;
    const seen = new Set<number>();
    for (let i = from; i < to; i++) {
      if (ROW[flat.op[i]!]?.form !== "mem" || seen.has(flat.slot[i]!)) continue;
      const slot = flat.slot[i]!;
      const { kind, min } = unit.program.slots[slot]!;
      if (!isPerLane(kind)) continue;
      seen.add(slot);
      this.each(() => {
        code.get(this.base(slot));
        this.pushWave();
        code.i32(min * 4);
        code.op("i32.mul");
        code.op("i32.add");
        code.tee(this.waveBase(slot));
        code.simd("i32x4.splat");
        code.v128(0, 4, 8, 12);
        code.simd("i32x4.add");
        code.set(this.waveBaseV(slot));
      });
    }
  }
  splatted(key: string, local: number): number {
    return this.derive(`v:${key}`, V128, (c) => {
      c.get(local);
      c.simd("i32x4.splat");
    });
  }
  baseV(slot: number): number {
    return this.splatted(`base${slot}`, this.base(slot));
  }
  /** Offsets below this leave room for `bytes` in the slot: size - bytes + 1, or 0 where not even one fits. */
  limit(slot: number, bytes: number): number {
    const size = this.size(slot);
    return this.derive(`limit${slot}:${bytes}`, I32, (c) => {
      c.i32(0);
      c.get(size);
      c.i32(bytes - 1);
      c.op("i32.sub");
      c.get(size);
      c.i32(bytes);
      c.op("i32.lt_u");
      c.op("select");
    });
  }
  limitV(slot: number, bytes: number): number {
    return this.splatted(`limit${slot}:${bytes}`, this.limit(slot, bytes));
  }

  /** @throws JitLimit when the function is over what engines take */
  finish(fn: number): void {
    this.checkSize();
    this.unit.module.body(fn, this.code);
  }
  checkSize(): void {
    const bytes = this.code.length + this.prologue.length;
    if (bytes > MAX_BYTES) throw new JitLimit("bytes of one function", bytes, MAX_BYTES);
    if (this.code.localCount > MAX_LOCALS) throw new JitLimit("locals of one function", this.code.localCount, MAX_LOCALS);
    const cells = this.code.localCount * this.code.blockCount;
    if (cells > MAX_CELLS) throw new JitLimit("locals times blocks of one function", cells, MAX_CELLS);
  }
  /** Brings fuel to the global, for a callee. */
  saveFuel(): void {
    this.code.get(this.fuel);
    this.code.globalSet(this.unit.fuel);
  }
  /** What whoever looks after a trap wants to know beside its parameters. */
  saveForTrap(): void {
    this.saveFuel();
    if (this.workgroupsLeft === NONE) return;
    this.code.get(this.workgroupsLeft);
    this.code.globalSet(this.unit.trap.remaining);
  }
  loadFuel(): void {
    this.code.globalGet(this.unit.fuel);
    this.code.set(this.fuel);
  }
}

/** 1 for registers that one instruction writes, and that is arithmetic: not an argument, nor what a call gives. */
function writtenOnce(flat: Flat): Uint8Array {
  const writes = new Uint8Array(flat.registers);
  const note = (reg: number, by: number) => {
    if (reg !== NONE) writes[reg] = Math.min(2, writes[reg]! + by);
  };
  for (let i = 0; i < flat.length; i++) {
    const by = ROW[flat.op[i]!]?.form === "alu" && flat.op[i] !== OPCODE.movm ? 1 : 2;
    for (const reg of by === 1 ? [flat.d[i]!] : [flat.d[i]!, flat.b[i]!, flat.c[i]!, flat.e[i]!]) note(reg, by);
    if (flat.op[i] === OPCODE.call) for (const reg of flat.calls[flat.hi[i]!]!.results) note(reg, 2);
  }
  for (const list of [flat.args.v, flat.args.w, flat.args.g, [flat.killed]]) for (const reg of list) note(reg, 2);
  return writes.map((n) => (n === 1 ? 1 : 0));
}

export function zerosOfNumber(n: number): number {
  return n === 0 ? MAX_ZEROS : Math.min(MAX_ZEROS, 31 - Math.clz32(n & -n));
}
