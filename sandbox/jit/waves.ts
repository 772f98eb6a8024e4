/** Stretches: what of them is done once, and the loop over their waves. */
import { emitAccess } from "./access.ts";
import { TWICE_WORDS, Walk } from "./control.ts";
import { type Emitter, FULL } from "./emitter.ts";
import { hoist, type Plan } from "./fission.ts";
import { G, NONE, OPCODE, ROW, V } from "./flat.ts";
import { keptIn } from "./keep.ts";
import { has, type RegSet } from "./liveness.ts";
import { pairsIn } from "./pairs.ts";
import { pushChecks, type Ranges, rangesOf } from "./ranges.ts";
import type { SaveArea } from "./save-area.ts";
import { I32, type Label, V128 } from "./wasm.ts";
import { zeroScratchOfWave } from "./zero.ts";

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

export class Waves {
  readonly #e: Emitter;
  readonly #plan: Plan;
  readonly #save: SaveArea;

  constructor(e: Emitter, plan: Plan, save: SaveArea) {
    this.#e = e;
    this.#plan = plan;
    this.#save = save;
  }
  /** There is more than one stretch, so that registers live in between. */
  get #isSplit(): boolean {
    return this.#plan.steps.length > 1;
  }

  /** Emits stretch [from, to). @param inLoop whether a loop of the workgroup is around it */
  stretch(from: number, to: number, isFirst: boolean, inLoop: boolean): void {
    const e = this.#e;
    const h = hoist(e.flat, from, to, e.live.dead);
    e.hoisted = { from, once: h.once, lastWrite: h.lastWrite };
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
    const ranges = frames.length === 0 ? rangesOf(e, from, to, h.rewritten, inLoop) : undefined;
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
    e.kept = new Map([...keptIn(e.flat, e.live, from, to)].map((reg) => [reg, this.#save.slotOf(reg)]));
    e.keptAt = this.#save.at16;
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
    if (!this.#isSplit) zeroScratchOfWave(e);
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
    if (this.#isSplit || e.kept.size > 0) this.#save.start();
  }
  #nextWave(top: Label): void {
    const e = this.#e;
    const c = e.code;
    if (this.#isSplit || e.kept.size > 0) this.#save.step();
    if (this.#e.unit.waves === e.copies) return;
    c.get(e.wave);
    c.i32(e.copies);
    c.op("i32.add");
    c.tee(e.wave);
    c.i32(this.#e.unit.waves);
    c.op("i32.lt_u");
    c.brIf(top);
  }

  /** Lanes past the workgroup's end are never active. */
  #startMask(): void {
    const e = this.#e;
    const c = e.code;
    const rest = this.#e.unit.lanes % 4;
    e.mask = FULL;
    if (rest === 0) return;
    const mask = e.newMask();
    e.each(() => {
      c.v128(-1, rest > 1 ? -1 : 0, rest > 2 ? -1 : 0, 0);
      c.splat(-1);
      e.pushWave();
      c.i32(this.#e.unit.waves - 1);
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
          c.get(this.#save.at16);
          c.vmem("v128.load", this.#save.slotOf(reg) + 16 * e.copy);
        } else {
          c.get(this.#save.at4);
          c.mem("i32.load", this.#save.slotOf(reg) + 4 * e.copy);
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
    for (const reg of this.written(from, to)) {
      if (!has(after, reg) || e.kept.has(reg)) continue;
      const isV = e.flat.files[reg] === V;
      e.each(() => {
        c.get(isV ? this.#save.at16 : this.#save.at4);
        e.push(reg);
        if (isV) c.vmem("v128.store", this.#save.slotOf(reg) + 16 * e.copy);
        else c.mem("i32.store", this.#save.slotOf(reg) + 4 * e.copy);
      });
    }
    for (const frame of frames) {
      c.get(this.#save.at16);
      c.get(e.left.get(frame)!);
      c.vmem("v128.store", this.#save.leftSlot(frame));
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
      c.get(this.#save.at16);
      c.vmem("v128.load", this.#save.leftSlot(frame));
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
  written(from: number, to: number): Set<number> {
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
}
