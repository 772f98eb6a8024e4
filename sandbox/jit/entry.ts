/**
 * The entry function: loops over workgroups, and control around barriers, which is scalar. What waves do between barriers is in waves.ts.
 */
import { emitAccess } from "./access.ts";
import { coversWorkgroup } from "./cover.ts";
import { Emitter } from "./emitter.ts";
import { expand } from "./expand.ts";
import { type Plan, plan, type Step } from "./fission.ts";
import { CHARGE, type Flat, G, isTrapping, MNEMONIC, NONE, OPCODE } from "./flat.ts";
import { chargeWorkgroup, chargeWorkgroups, trapFuel } from "./fuel.ts";
import { has, liveness } from "./liveness.ts";
import { recompute } from "./recompute.ts";
import { SaveArea } from "./save-area.ts";
import { splitNames } from "./split.ts";
import type { Unit } from "./unit.ts";
import { EMPTY, F64, I32, type Label } from "./wasm.ts";
import { Waves } from "./waves.ts";
import { zeroScratch, zeroWorkgroup } from "./zero.ts";

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
  return entry.save.bytes;
}

class Entry {
  readonly #e: Emitter;
  readonly #plan: Plan;
  readonly #flat: Flat;
  readonly #unit: Unit;
  readonly save: SaveArea;
  readonly #waves: Waves;
  #end: Label = 0;
  readonly #controls: { readonly opener: number; readonly exit: Label; readonly top: Label }[] = [];

  constructor(e: Emitter, p: Plan) {
    this.#e = e;
    this.#plan = p;
    this.#flat = e.flat;
    this.#unit = e.unit;
    this.save = new SaveArea(e);
    this.#waves = new Waves(e, p, this.save);
    e.suppliesWorkgroup = true;
    e.supply("sys0", X);
    e.supply("sys1", Y);
    e.supply("sys2", Z);
    e.killed = e.flat.killed;
  }
  get #isSplit(): boolean {
    return this.#plan.steps.length > 1;
  }

  get #isInLoop(): boolean {
    return this.#controls.some((k) => k.top !== 0);
  }

  emit(): void {
    const e = this.#e;
    const c = e.code;
    c.get(FUEL);
    c.op("i64.trunc_f64_s");
    c.set(e.fuel);
    if (this.#flat.calls.length === 0) e.workgroupsLeft = COUNT;
    const isStatic = this.#isStatic();
    if (isStatic) chargeWorkgroups(e, COUNT, this.#firstFuel);
    const top = c.loop();
    this.#end = c.block();
    this.#startWorkgroup(isStatic);
    this.#plan.steps.forEach((step, k) => {
      if (step.kind === "stretch") this.#waves.stretch(step.from, step.to, k === 0, this.#isInLoop);
      else if (step.kind === "sync") this.#sync(step.i);
      else this.#control(step);
    });
    c.end();
    this.#nextWorkgroup(top);
    c.end();
    c.get(e.fuel);
    c.op("f64.convert_i64_s");
  }

  get #firstFuel(): number {
    return this.#unit.program.functions[0]!.count * this.#unit.waves;
  }
  /** Every workgroup costs the same, and none can end the launch: all that one call runs are paid for at its start. */
  #isStatic(): boolean {
    const flat = this.#flat;
    for (let i = 0; i < flat.length; i++) {
      const op = flat.op[i]!;
      if (op === OPCODE.loop || op === OPCODE.call || op === CHARGE || isTrapping(flat, i)) return false;
    }
    return true;
  }

  #startWorkgroup(isPaid: boolean): void {
    const e = this.#e;
    const c = e.code;
    const { unit } = e;
    if (!isPaid) chargeWorkgroup(e, this.#firstFuel);
    if (this.#flat.calls.length > 0) {
      c.get(COUNT);
      c.globalSet(unit.trap.remaining);
      [X, Y, Z].forEach((local, k) => {
        c.get(local);
        c.globalSet(unit.sys(k));
      });
    }
    const first = this.#plan.steps[0];
    zeroWorkgroup(e, unit.workgroupSlot >= 0 && first?.kind === "stretch" && coversWorkgroup(e, first.to));
    if (this.#isSplit) zeroScratch(e);
    this.#zeroRegisters();
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

  // registers between stretches

  /** At the start of a workgroup every register is zero: those that are read before they are written have to be. */
  #zeroRegisters(): void {
    const { flat } = this.#e;
    const atEntry = this.#e.live.before.get(0)!;
    const first = this.#plan.steps[0];
    const written = first?.kind === "stretch" ? this.#waves.written(first.from, first.to) : new Set<number>();
    const after = first?.kind === "stretch" ? this.#e.live.before.get(first.to)! : atEntry;
    for (let reg = 0; reg < flat.registers; reg++) {
      if (!has(atEntry, reg)) continue;
      if (flat.files[reg] === G) {
        this.#e.code.i32(0);
        this.#e.setReg(reg);
      } else if (this.#isSplit && has(after, reg) && !written.has(reg)) this.save.zeroRegister(reg);
    }
    if (this.#plan.leftFrames.includes(NONE)) this.save.zeroLeft(NONE);
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
        if (this.#plan.leftFrames.includes(i)) this.save.zeroLeft(i);
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
        code.mem("i32.load", this.save.slotOf(flat.a[i]!));
        e.setReg(flat.d[i]!);
        break;
      default: // a barrier orders what one thread does in order anyway
    }
  }
}
