/**
 * The entry function: loops over workgroups; in each, over the waves of each stretch (fission.ts). Registers that live across a barrier are
 * kept per wave in the save area: one v128 per wave and v register, one i32 per wave and w register.
 */
import { emitAccess } from "./access.ts";
import { TWICE_WORDS, Walk } from "./control.ts";
import { Emitter, FULL } from "./emitter.ts";
import { expand } from "./expand.ts";
import { hoist, type Plan, plan, type Step } from "./fission.ts";
import { type Flat, G, MNEMONIC, NONE, OPCODE, ROW, V } from "./flat.ts";
import { trapFuel } from "./fuel.ts";
import { keptIn } from "./keep.ts";
import { has, liveness, type RegSet } from "./liveness.ts";
import { pairsIn } from "./pairs.ts";
import { pushChecks, type Ranges, rangesOf } from "./ranges.ts";
import { recompute } from "./recompute.ts";
import { splitNames } from "./split.ts";
import type { Unit } from "./unit.ts";
import { EMPTY, F64, I32, type Label, V128 } from "./wasm.ts";

/** Scratch memory of one wave is zeroed by as many stores in a row at most, other memory by a loop of stores; beyond by memory.fill. */
const MAX_ZERO_STORES = 16;
const MAX_ZERO_BYTES = 4096;

/** Longer code does without what costs compile time: pairs of waves, values kept in memory. */
const MAX_DETAILED_WORDS = 20_000;

/** Parameters of "run": the first workgroup, how many, and fuel. It gives the fuel left. */
const PARAMETERS = [I32, I32, I32, I32, F64] as const;
const [X, Y, Z, COUNT, FUEL] = [0, 1, 2, 3, 4] as const;

/** Compiles function 0. @returns the bytes of save area it needs */
export function emitEntry(unit: Unit): number {
  const waits = unit.graph.sync[0] === 1;
  const expanded = expand(unit.program, unit.graph, 0);
  splitNames(expanded, false);
  const flat = recompute(expanded, plan(expanded, waits).steps);
  const p = plan(flat, waits);
  const keep = new Uint8Array(flat.length + 1);
  keep[0] = 1;
  for (const step of p.steps) if (step.kind === "stretch") keep[step.from] = keep[step.to] = 1;
  const live = liveness(flat, keep, flat.length <= MAX_DETAILED_WORDS, false);
  const e = new Emitter(unit, flat, live, PARAMETERS.length);
  const fn = unit.module.declare(PARAMETERS, [F64]);
  const entry = new Entry(e, p);
  entry.emit();
  e.finish(fn);
  unit.module.exportFunction("run", fn);
  return entry.saveBytes;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  /** it is the first thing a workgroup does */
  readonly isFirst: boolean;
  /** g registers that waves write */
  readonly rewritten: readonly number[];
  /** instructions that were done before the waves */
  readonly skip: (i: number) => boolean;
}

class Entry {
  readonly #e: Emitter;
  readonly #plan: Plan;
  readonly #flat: Flat;
  readonly #unit: Unit;
  saveBytes = 0;
  /** save area's offset by register, and of frames' left lanes */
  readonly #saved = new Map<number, number>();
  readonly #leftSaved = new Map<number, number>();
  /** bytes 16 and 4 per wave from the start of the save area: locals */
  readonly #at16: number;
  readonly #at4: number;
  #end: Label = 0;
  readonly #controls: { readonly opener: number; readonly exit: Label; readonly top: Label }[] = [];

  constructor(e: Emitter, p: Plan) {
    this.#e = e;
    this.#plan = p;
    this.#flat = e.flat;
    this.#unit = e.unit;
    this.#at16 = e.code.local(I32);
    this.#at4 = e.code.local(I32);
    e.suppliesWorkgroup = true;
    e.supply("sys0", X);
    e.supply("sys1", Y);
    e.supply("sys2", Z);
    e.killed = e.flat.killed;
  }
  get #isSplit(): boolean {
    return this.#plan.steps.length > 1;
  }

  emit(): void {
    const e = this.#e;
    const c = e.code;
    c.get(FUEL);
    c.op("i64.trunc_f64_s");
    c.set(e.fuel);
    const top = c.loop();
    this.#end = c.block();
    this.#startWorkgroup();
    this.#plan.steps.forEach((step, k) => {
      if (step.kind === "stretch") this.#stretch(step.from, step.to, k === 0);
      else if (step.kind === "sync") this.#sync(step.i);
      else this.#control(step);
    });
    c.end();
    this.#nextWorkgroup(top);
    c.end();
    c.get(e.fuel);
    c.op("f64.convert_i64_s");
  }

  #startWorkgroup(): void {
    const e = this.#e;
    const c = e.code;
    const { unit } = e;
    c.get(COUNT);
    c.globalSet(unit.trap.remaining);
    c.get(e.fuel);
    c.i64(unit.program.functions[0]!.count * unit.waves);
    c.op("i64.sub");
    c.tee(e.fuel);
    c.i64(0);
    c.op("i64.lt_s");
    c.if();
    trapFuel(e, 0);
    c.end();
    if (this.#flat.calls.length > 0) {
      [X, Y, Z].forEach((local, k) => {
        c.get(local);
        c.globalSet(unit.sys(k));
      });
    }
    if (unit.workgroupSlot >= 0) this.#zeroWorkgroup();
    const scratch = this.#scratchOfWave() * unit.waves;
    if (this.#zeroesScratchAtOnce()) this.#fill(() => c.get(e.base(unit.scratchSlot)), scratch);
    this.#zeroRegisters();
  }

  /** The region may be larger than what is declared. */
  #zeroWorkgroup(): void {
    const e = this.#e;
    const c = e.code;
    const slot = this.#unit.workgroupSlot;
    const { min } = this.#unit.program.slots[slot]!;
    const isSmall = min <= MAX_ZERO_BYTES && min % 16 === 0;
    if (isSmall) {
      c.get(e.size(slot));
      c.i32(min);
      c.op("i32.eq");
      c.if();
      this.#fillByStores(() => c.get(e.base(slot)), min);
      c.else();
    }
    c.get(e.base(slot));
    c.i32(0);
    c.get(e.size(slot));
    c.misc("memory.fill");
    if (isSmall) c.end();
  }

  /** Zeroes memory from the address that `base` pushes. */
  #fill(base: () => void, bytes: number): void {
    const c = this.#e.code;
    if (bytes <= MAX_ZERO_BYTES && bytes % 16 === 0) {
      this.#fillByStores(base, bytes);
      return;
    }
    base();
    c.i32(0);
    c.i32(bytes);
    c.misc("memory.fill");
  }

  /** A loop of stores: memory.fill is a call out of the module. */
  #fillByStores(base: () => void, bytes: number): void {
    const c = this.#e.code;
    const unroll = bytes % 64 === 0 ? 4 : 1;
    const at = c.local(I32);
    const end = c.local(I32);
    base();
    c.tee(at);
    c.i32(bytes);
    c.op("i32.add");
    c.set(end);
    const top = c.loop();
    for (let k = 0; k < unroll; k++) {
      c.get(at);
      c.splat(0);
      c.vmem("v128.store", k * 16);
    }
    c.get(at);
    c.i32(unroll * 16);
    c.op("i32.add");
    c.tee(at);
    c.get(end);
    c.op("i32.ne");
    c.brIf(top);
    c.end();
  }

  #nextWorkgroup(top: Label): void {
    const c = this.#e.code;
    const step = (local: number, k: number, carry: () => void) => {
      c.get(local);
      c.i32(1);
      c.op("i32.add");
      c.tee(local);
      c.globalGet(this.#unit.sys(3 + k));
      c.op("i32.eq");
      c.if();
      c.i32(0);
      c.set(local);
      carry();
      c.end();
    };
    step(X, 0, () =>
      step(Y, 1, () => {
        c.get(Z);
        c.i32(1);
        c.op("i32.add");
        c.set(Z);
      }),
    );
    c.get(COUNT);
    c.i32(1);
    c.op("i32.sub");
    c.tee(COUNT);
    c.brIf(top);
  }

  // scratch

  #scratchOfWave(): number {
    return this.#unit.scratchSlot < 0 ? 0 : this.#unit.program.slots[this.#unit.scratchSlot]!.min * 4;
  }
  #zeroesScratchAtOnce(): boolean {
    return this.#isSplit && this.#scratchOfWave() > 0;
  }
  #zeroScratchOfWave(): void {
    const e = this.#e;
    const c = e.code;
    const bytes = this.#scratchOfWave();
    const slot = this.#unit.scratchSlot;
    const uses =
      this.#flat.calls.length > 0 ||
      this.#flat.slot.subarray(0, this.#flat.length).some((s, i) => s === slot && ROW[this.#flat.op[i]!]?.form === "mem");
    if (bytes === 0 || this.#isSplit || !uses) return;
    e.each(() => {
      const pushWaveBase = () => {
        c.get(e.base(slot));
        e.pushWave();
        c.i32(bytes);
        c.op("i32.mul");
        c.op("i32.add");
      };
      if (bytes > MAX_ZERO_STORES * 16) {
        this.#fill(pushWaveBase, bytes);
        return;
      }
      const base = e.temp(I32, 1);
      pushWaveBase();
      c.set(base);
      for (let at = 0; at < bytes; at += 16) {
        c.get(base);
        c.splat(0);
        c.vmem("v128.store", at);
      }
    });
  }

  // registers between stretches

  /** At the start of a workgroup every register is zero: those that are read before they are written have to be. */
  #zeroRegisters(): void {
    const { flat } = this.#e;
    const atEntry = this.#e.live.before.get(0)!;
    const first = this.#plan.steps[0];
    const written = first?.kind === "stretch" ? this.#written(first.from, first.to) : new Set<number>();
    const after = first?.kind === "stretch" ? this.#e.live.before.get(first.to)! : atEntry;
    for (let reg = 0; reg < flat.registers; reg++) {
      if (!has(atEntry, reg)) continue;
      if (flat.files[reg] === G) {
        this.#e.code.i32(0);
        this.#e.setReg(reg);
      } else if (this.#isSplit && has(after, reg) && !written.has(reg)) this.#zeroSlot(this.#slotOf(reg), flat.files[reg] === V);
    }
    if (this.#plan.leftFrames.includes(NONE)) this.#zeroSlot(this.#leftSlot(NONE), true);
  }
  #zeroSlot(offset: number, isV: boolean): void {
    const c = this.#e.code;
    const base = () => {
      c.globalGet(this.#unit.saveBase);
      c.i32(offset);
      c.op("i32.add");
    };
    this.#fill(base, this.#unit.waves * (isV ? 16 : 4));
  }

  #allocate(isV: boolean): number {
    const at = this.saveBytes;
    this.saveBytes += isV ? this.#unit.waves * 16 : Math.ceil(this.#unit.waves / 4) * 16;
    return at;
  }
  #slotOf(reg: number): number {
    let at = this.#saved.get(reg);
    if (at === undefined) {
      at = this.#allocate(this.#flat.files[reg] === V);
      this.#saved.set(reg, at);
    }
    return at;
  }
  #leftSlot(frame: number): number {
    let at = this.#leftSaved.get(frame);
    if (at === undefined) {
      at = this.#allocate(true);
      this.#leftSaved.set(frame, at);
    }
    return at;
  }

  /** v and w registers that [from, to) names. */
  #touched(from: number, to: number): Set<number> {
    const { flat } = this.#e;
    const set = new Set<number>();
    for (let i = from; i < to; i++) {
      for (const reg of [flat.d[i]!, flat.a[i]!, flat.b[i]!, flat.c[i]!, flat.e[i]!]) if (reg !== NONE) set.add(reg);
      if (flat.op[i] !== OPCODE.call) continue;
      const site = flat.calls[flat.hi[i]!]!;
      for (const list of [site.v, site.w, site.g, site.results]) for (const reg of list) set.add(reg);
    }
    if (flat.killed !== NONE) set.add(flat.killed);
    for (const reg of set) if (flat.files[reg] === G) set.delete(reg);
    return set;
  }
  /** v and w registers that [from, to) may write. */
  #written(from: number, to: number): Set<number> {
    const { flat } = this.#e;
    const set = new Set<number>();
    const addWritten = (reg: number) => {
      if (reg !== NONE && flat.files[reg] !== G) set.add(reg);
    };
    for (let i = from; i < to; i++) {
      const op = flat.op[i]!;
      const row = ROW[op];
      if (op === OPCODE.discard || (op === OPCODE.call && flat.killed !== NONE)) addWritten(flat.killed);
      if (op === OPCODE.call) flat.calls[flat.hi[i]!]!.results.forEach(addWritten);
      if (row === undefined || row.dst.length === 0) continue;
      addWritten(flat.d[i]!);
      if (row.effect === "load") for (const reg of [flat.b[i]!, flat.c[i]!, flat.e[i]!]) addWritten(reg);
    }
    return set;
  }

  // stretches

  #stretch(from: number, to: number, isFirst: boolean): void {
    const e = this.#e;
    const h = hoist(e.flat, from, to, e.live.dead);
    e.forget();
    e.mask = FULL;
    e.wave = NONE;
    e.copies = 1;
    for (let i = from; i < to; i++) {
      if (h.once[i - from] === 0) continue;
      if (ROW[e.flat.op[i]!]!.form === "alu") e.alu(i);
      else emitAccess(e, i);
    }
    if (h.isEmpty) return;
    const s = { from, to, isFirst, rewritten: h.rewritten, skip: (i: number) => h.once[i - from] === 1 };
    const frames = this.#plan.leftFrames.filter((f) => this.#isInside(f, from));
    const ranges =
      frames.length === 0
        ? rangesOf(
            e,
            from,
            to,
            h.rewritten,
            this.#controls.some((k) => k.top !== 0),
          )
        : undefined;
    if (ranges === undefined) {
      this.#waves(s, frames, TWICE_WORDS);
      return;
    }
    const facts = e.saveFacts();
    pushChecks(e, ranges);
    e.code.if();
    this.#waves(s, frames, 0, ranges);
    e.code.else();
    e.restoreFacts(facts);
    this.#waves(s, frames, 0);
    e.code.end();
  }

  /** The loop over waves. `ranges`: what has been checked for all of them. */
  #waves(s: Stretch, frames: readonly number[], twice: number, ranges?: Ranges): void {
    const e = this.#e;
    const c = e.code;
    const { from, to, isFirst } = s;
    const before = e.live.before.get(from)!;
    const shadows = this.#shadow(before, s.rewritten);
    const facts = e.saveFacts();
    e.kept = new Map([...keptIn(e.flat, e.live, from, to)].map((reg) => [reg, this.#slotOf(reg)]));
    e.keptAt = this.#at16;
    e.free = ranges === undefined ? undefined : { from, flags: ranges.free };
    const pairs = frames.length === 0 && pairsIn(e, from, to, before);
    e.copies = pairs ? 2 : 1;
    e.wave = c.local(I32);
    this.#startWaves();
    const exit = ranges === undefined || ranges.stop === NONE ? 0 : c.block();
    const top = c.loop();
    const next = c.block();
    const done = c.block();
    e.landing = done;
    for (const { reg, copy } of shadows) {
      c.get(copy);
      e.setReg(reg);
    }
    this.#startMask();
    this.#loadRegisters(from, to, before, isFirst);
    this.#loadLeft(frames, next);
    this.#zeroScratchOfWave();
    e.enterWave(from, to);
    e.restoreFacts(facts);
    new Walk(e, to, twice, ranges && { at: ranges.stop, exit }).run(from, s.skip);
    c.end();
    this.#storeRegisters(from, to, frames);
    c.end();
    this.#nextWave(top);
    c.end();
    if (exit !== 0) c.end();
    e.free = undefined;
    e.kept = new Map();
    e.copies = 1;
    e.shared.fill(0);
    e.left.clear();
    e.wave = NONE;
    e.mask = FULL;
  }

  /** Waves that write a g register each start from what it was before. */
  #shadow(before: RegSet, rewritten: readonly number[]): { reg: number; copy: number }[] {
    const e = this.#e;
    const shadows = rewritten.filter((reg) => has(before, reg)).map((reg) => ({ reg, copy: e.code.local(I32) }));
    for (const { reg, copy } of shadows) {
      e.push(reg);
      e.code.set(copy);
    }
    return shadows;
  }

  #startWaves(): void {
    const e = this.#e;
    const c = e.code;
    c.i32(0);
    c.set(e.wave);
    if (!this.#isSplit && e.kept.size === 0) return;
    for (const at of [this.#at16, this.#at4]) {
      c.globalGet(this.#unit.saveBase);
      c.set(at);
    }
  }
  #nextWave(top: Label): void {
    const e = this.#e;
    const c = e.code;
    if (this.#isSplit || e.kept.size > 0) {
      for (const [at, bytes] of [
        [this.#at16, 16],
        [this.#at4, 4],
      ] as const) {
        c.get(at);
        c.i32(bytes * e.copies);
        c.op("i32.add");
        c.set(at);
      }
    }
    if (this.#unit.waves === e.copies) return;
    c.get(e.wave);
    c.i32(e.copies);
    c.op("i32.add");
    c.tee(e.wave);
    c.i32(this.#unit.waves);
    c.op("i32.lt_u");
    c.brIf(top);
  }

  /** Lanes past the workgroup's end are never active. */
  #startMask(): void {
    const e = this.#e;
    const c = e.code;
    const rest = this.#unit.lanes % 4;
    e.mask = FULL;
    if (rest === 0) return;
    const mask = e.newMask();
    e.each(() => {
      c.v128(-1, rest > 1 ? -1 : 0, rest > 2 ? -1 : 0, 0);
      c.splat(-1);
      e.pushWave();
      c.i32(this.#unit.waves - 1);
      c.op("i32.eq");
      c.selectOf(V128);
      c.set(mask.locals[e.copy]!);
    });
    e.mask = mask;
  }

  #loadRegisters(from: number, to: number, before: RegSet, isFirst: boolean): void {
    const e = this.#e;
    const c = e.code;
    for (const reg of this.#touched(from, to)) {
      if (!has(before, reg) || (e.kept.has(reg) && this.#isSplit && !isFirst)) continue;
      const isV = e.flat.files[reg] === V;
      e.each(() => {
        if (e.copy === 1 && e.shared[reg] === 1) return;
        if (!this.#isSplit || isFirst) {
          if (isV) c.splat(0);
          else c.i32(0);
        } else if (isV) {
          c.get(this.#at16);
          c.vmem("v128.load", this.#slotOf(reg) + 16 * e.copy);
        } else {
          c.get(this.#at4);
          c.mem("i32.load", this.#slotOf(reg) + 4 * e.copy);
        }
        e.setReg(reg);
      });
    }
  }

  #storeRegisters(from: number, to: number, frames: readonly number[]): void {
    const e = this.#e;
    const c = e.code;
    if (!this.#isSplit) return;
    const after = e.live.before.get(to)!;
    for (const reg of this.#written(from, to)) {
      if (!has(after, reg) || e.kept.has(reg)) continue;
      const isV = e.flat.files[reg] === V;
      e.each(() => {
        c.get(isV ? this.#at16 : this.#at4);
        e.push(reg);
        if (isV) c.vmem("v128.store", this.#slotOf(reg) + 16 * e.copy);
        else c.mem("i32.store", this.#slotOf(reg) + 4 * e.copy);
      });
    }
    for (const frame of frames) {
      c.get(this.#at16);
      c.get(e.left.get(frame)!);
      c.vmem("v128.store", this.#leftSlot(frame));
    }
  }

  // lanes that left a frame whose code goes on after a barrier

  #isInside(frame: number, i: number): boolean {
    if (frame === NONE) return true;
    const { flat } = this.#e;
    return frame < i && i <= flat.match[frame]!;
  }
  #loadLeft(frames: readonly number[], next: Label): void {
    const e = this.#e;
    const c = e.code;
    for (const frame of frames) {
      const left = c.local(V128);
      e.left.set(frame, left);
      c.get(this.#at16);
      c.vmem("v128.load", this.#leftSlot(frame));
      c.set(left);
      const mask = e.newMask();
      e.exec();
      c.get(left);
      c.simd("v128.andnot");
      c.set(mask.locals[0]!);
      e.mask = mask;
      e.pushAny(mask);
      c.op("i32.eqz");
      c.brIf(next);
    }
  }

  // the workgroup's own instructions

  #control(step: Step & { readonly kind: "control" | "sync" }): void {
    const e = this.#e;
    const { flat, code } = e;
    const { i } = step;
    switch (flat.op[i]) {
      case OPCODE.if:
        e.push(flat.a[i]!);
        this.#controls.push({ opener: i, exit: code.if(EMPTY), top: 0 });
        break;
      case OPCODE.else:
        code.else();
        break;
      case OPCODE.block:
        if (this.#plan.leftFrames.includes(i)) this.#zeroSlot(this.#leftSlot(i), true);
        this.#controls.push({ opener: i, exit: code.block(), top: 0 });
        break;
      case OPCODE.loop: {
        const exit = code.block();
        this.#controls.push({ opener: i, exit, top: code.loop() });
        break;
      }
      case OPCODE.end:
        this.#controls.pop();
        code.end();
        break;
      case OPCODE.endloop:
        this.#endLoop(i);
        break;
      case OPCODE.brk:
        code.br(this.#exitOf(flat.match[i]!));
        break;
      default: // brk.if
        e.push(flat.a[i]!);
        code.brIf(this.#exitOf(flat.match[i]!));
    }
  }
  #exitOf(target: number): Label {
    return this.#controls.find((k) => k.opener === target)?.exit ?? this.#end;
  }
  #endLoop(i: number): void {
    const e = this.#e;
    const { flat, code } = e;
    const { opener, top } = this.#controls.pop()!;
    code.get(e.fuel);
    code.i64((flat.pc[i]! - flat.pc[opener]!) * this.#unit.waves);
    code.op("i64.sub");
    code.tee(e.fuel);
    code.i64(0);
    code.op("i64.ge_s");
    code.brIf(top);
    trapFuel(e, flat.pc[opener]!);
    code.end();
    code.end();
  }

  #sync(i: number): void {
    const e = this.#e;
    const { flat, code } = e;
    e.forget();
    switch (MNEMONIC[flat.op[i]!]) {
      case "ld.sync":
        emitAccess(e, i);
        break;
      case "g.bcast":
        code.globalGet(this.#unit.saveBase);
        code.mem("i32.load", this.#slotOf(flat.a[i]!));
        e.setReg(flat.d[i]!);
        break;
      default: // a barrier orders what one thread does in order anyway
    }
  }
}
