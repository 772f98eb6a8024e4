/**
 * The reference machine: decode, control flow, fuel and barriers. Ring 0. It defines what code means; docs/machine.md says it in words.
 * Arithmetic is handed in (`Alu`): it works on one wave's registers and can reach nothing else.
 *
 * Waves run one after the other, each up to its next barrier. Each has its own copy of the g registers.
 */
import { SLOT_KIND } from "../isa/modes.ts";
import { FILE_BASE, ISA } from "../isa/table.ts";
import type { Program } from "../verifier/token.ts";
import { Access, DONE, NOT_PERMITTED } from "./access.ts";
import { callFuel, loopFuel, workgroupFuel } from "./fuel.ts";
import { CAUSE, type Launch, type Outcome } from "./launch.ts";
import { MachineAlarm, registerAt, Wave } from "./wave.ts";

/** Arithmetic of one op byte: reads and writes registers of one wave. `high` is the immediate or the third source. */
export type AluOp = (registers: Int32Array, d: number, a: number, b: number, high: number, exec: number) => void;
/** By op byte. */
export type Alu = readonly (AluOp | undefined)[];

/** What an observer sees. Absent hooks cost one comparison per word. */
export interface Hooks {
  /** before each word that a wave executes */
  word(wave: Wave, low: number, high: number): void;
  /** after an access is bounded, before memory is touched */
  access(wave: Wave, low: number, access: Access): void;
  /** all waves of a workgroup have arrived at the barrier, `g.bcast` or `ld.sync` at `pc` */
  barrier(pc: number): void;
  /** before the first wave of a workgroup runs */
  workgroup(index: number): void;
}

// How a wave's run ended.
const FINISHED = 0;
const AT_BARRIER = 1;
const TRAPPED = 2;

/** What a word is to the loop. */
const LOAD = 1;
const STORE = 2;
const ATOMIC = 3;
const OTHER = 4;
const CLASS = new Uint8Array(256);
for (const row of Object.values(ISA)) {
  if (row.effect === "load") CLASS[row.code] = LOAD;
  else if (row.effect === "store") CLASS[row.code] = STORE;
  else if (row.effect === "atomic") CLASS[row.code] = ATOMIC;
  else if (row.form !== "alu") CLASS[row.code] = OTHER;
}
CLASS[ISA.sys.imm] = OTHER;

/** Whether some word makes waves wait for each other. */
function hasBarrier(code: Uint32Array): boolean {
  for (let i = 0; i < code.length; i += 2) {
    const op = code[i]! & 255;
    if (op === ISA.barrier.code || op === ISA["g.bcast"].code || op === ISA["ld.sync"].code) return true;
  }
  return false;
}

export class Machine {
  readonly #program: Program;
  readonly #launch: Launch;
  readonly #alu: Alu;
  readonly #hooks: Hooks | undefined;
  readonly #access: Access;
  readonly #waves: Wave[];
  readonly #waveCount: number;
  /** lanes of the last wave */
  readonly #lastLanes: number;
  /** slots whose memory is zero when a workgroup starts */
  readonly #zeroed: readonly number[];
  #workgroup = 0;
  readonly #id = [0, 0, 0];
  #outcome: Outcome | undefined;

  /** @throws MachineAlarm when the launch does not fit the program */
  constructor(program: Program, launch: Launch, alu: Alu, hooks: Hooks | undefined, belt: boolean) {
    const [x, y, z] = program.workgroupSize;
    const invocations = x * y * z;
    this.#program = program;
    this.#launch = launch;
    this.#alu = alu;
    this.#hooks = hooks;
    this.#waveCount = Math.ceil(invocations / 4);
    this.#lastLanes = 15 >> (this.#waveCount * 4 - invocations);
    this.#access = new Access(program, launch.memory, launch.regions, this.#waveCount, belt);
    this.#zeroed = zeroedSlots(program);
    const kept = hasBarrier(program.code) ? this.#waveCount : 1;
    this.#waves = Array.from({ length: kept }, (_, i) => new Wave(i, program));
  }

  /** Runs the whole grid. */
  run(): Outcome {
    const [nx, ny, nz] = this.#launch.grid;
    for (let z = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) {
        for (let x = 0; x < nx; x++) {
          this.#id[0] = x;
          this.#id[1] = y;
          this.#id[2] = z;
          if (!this.#runWorkgroup()) return this.#outcome!;
          this.#workgroup++;
        }
      }
    }
    return { cause: CAUSE.end, pc: -1, workgroup: -1, wave: -1, lane: -1, slot: -1, offset: -1 };
  }

  #runWorkgroup(): boolean {
    if (!this.#charge(workgroupFuel(this.#program.functions[0]!, this.#waveCount), 0, -1)) return false;
    for (const slot of this.#zeroed) this.#access.clear(slot, this.#waveCount);
    this.#hooks?.workgroup(this.#workgroup);
    if (this.#waves.length < this.#waveCount) return this.#runWithoutBarriers();
    for (const wave of this.#waves) wave.start(this.#lanesOf(wave.index));
    for (;;) {
      let waiting = 0;
      for (const wave of this.#waves) {
        if (wave.isDone) continue;
        const how = this.#runWave(wave);
        if (how === TRAPPED) return false;
        if (how === AT_BARRIER) waiting++;
      }
      if (waiting === 0) return true;
      if (!this.#release(waiting)) return false;
    }
  }

  /** One wave's state serves all waves in turn. */
  #runWithoutBarriers(): boolean {
    const wave = this.#waves[0]!;
    for (let i = 0; i < this.#waveCount; i++) {
      wave.index = i;
      wave.start(this.#lanesOf(i));
      if (this.#runWave(wave) === TRAPPED) return false;
    }
    return true;
  }

  #lanesOf(wave: number): number {
    return wave === this.#waveCount - 1 ? this.#lastLanes : 15;
  }

  /** Takes fuel, or ends the launch. */
  #charge(units: number, pc: number, wave: number): boolean {
    if (units <= this.#launch.fuel) {
      this.#launch.fuel -= units;
      return true;
    }
    this.#launch.fuel = 0;
    this.#outcome = { cause: CAUSE.fuel, pc, workgroup: this.#workgroup, wave, lane: -1, slot: -1, offset: -1 };
    return false;
  }

  /** Runs a wave to its end, its next barrier or a trap. */
  #runWave(wave: Wave): number {
    const code = this.#program.code;
    const alu = this.#alu;
    const hooks = this.#hooks;
    while (!wave.isDone) {
      const low = code[wave.pc * 2];
      if (low === undefined) throw new MachineAlarm("no such word", wave.pc);
      const high = code[wave.pc * 2 + 1]!;
      const op = low & 255;
      if (hooks !== undefined) hooks.word(wave, low, high);
      const kind = CLASS[op]!;
      if (kind === 0) {
        const run = alu[op];
        if (run === undefined) throw new MachineAlarm("no such instruction", wave.pc);
        run(wave.registers, (low >>> 8) & 255, (low >>> 16) & 255, low >>> 24, high, wave.exec);
        wave.pc++;
      } else if (kind !== OTHER) {
        if (!this.#runAccess(wave, low, high, kind)) return TRAPPED;
        wave.pc++;
      } else {
        const how = this.#runOther(wave, op, low, high);
        if (how !== FINISHED) return how;
      }
    }
    return FINISHED;
  }

  #runAccess(wave: Wave, low: number, high: number, kind: number): boolean {
    const access = this.#access;
    const result = access.resolve(wave, low, high);
    if (this.#hooks !== undefined) this.#hooks.access(wave, low, access);
    if (result !== DONE) {
      const cause = result === NOT_PERMITTED ? CAUSE.permission : CAUSE.bounds;
      const { slot, lane } = access;
      const offset = access.offset[lane]!;
      this.#outcome = { cause, pc: wave.pc, workgroup: this.#workgroup, wave: wave.index, lane, slot, offset };
      return false;
    }
    if (kind === LOAD) access.load(wave, low);
    else if (kind === STORE) access.store(wave, low);
    else access.atomic(wave, low);
    return true;
  }

  /** Control, system values and barriers. @returns FINISHED where the wave goes on, or how it stops */
  #runOther(wave: Wave, op: number, low: number, high: number): number {
    const a = (low >>> 16) & 255;
    const exec = wave.exec;
    switch (op) {
      case ISA.sys.imm:
        this.#sys(wave, (low >>> 8) & 255, high);
        wave.pc++;
        return FINISHED;
      case ISA["slot.len"].code:
        setAll(wave.registers, (low >>> 8) & 255, this.#access.sizeOf(low >>> 24));
        wave.pc++;
        return FINISHED;
      case ISA.if.code:
        wave.open(exec & ~wave.lanesWhere(a), high);
        break;
      case ISA.else.code:
        wave.swap(high);
        break;
      case ISA.block.code:
      case ISA.loop.code:
        wave.open(0, high);
        break;
      case ISA.end.code:
        wave.close();
        break;
      case ISA.endloop.code:
        if (exec !== 0) {
          if (!this.#charge(loopFuel(high, wave.pc), high, wave.index)) return TRAPPED;
          wave.pc = high;
        } else {
          wave.close();
        }
        break;
      case ISA.brk.code:
        wave.leave(exec, high + 1);
        break;
      case ISA["brk.if"].code:
        wave.leave(exec & wave.lanesWhere(a), high + 1);
        break;
      case ISA.ret.code:
        wave.leaveFunction(exec);
        break;
      case ISA["ret.if"].code:
        wave.leaveFunction(exec & wave.lanesWhere(a));
        break;
      case ISA.call.code:
        return this.#call(wave, low, high);
      case ISA.discard.code:
        wave.live &= ~exec;
        break;
      case ISA.barrier.code:
      case ISA["g.bcast"].code:
      case ISA["ld.sync"].code:
        return AT_BARRIER;
      default:
        throw new MachineAlarm("no such instruction", wave.pc);
    }
    if (wave.exec === 0) wave.resume();
    else wave.pc++;
    return FINISHED;
  }

  #call(wave: Wave, low: number, high: number): number {
    const callee = this.#program.functions[high & 0xfff];
    if (callee === undefined) throw new MachineAlarm("no such function", wave.pc);
    if (!this.#charge(callFuel(callee), wave.pc, wave.index)) return TRAPPED;
    wave.call(callee, (low >>> 8) & 255, (low >>> 16) & 255, low >>> 24, high >>> 24);
    return FINISHED;
  }

  /** All waves have arrived: does what the word says for the workgroup, and lets them go on. */
  #release(waiting: number): boolean {
    const first = this.#waves[0]!;
    const { pc } = first;
    if (waiting !== this.#waves.length || !this.#waves.every((wave) => wave.pc === pc)) {
      throw new MachineAlarm("waves of a workgroup stand at different barriers", pc);
    }
    this.#hooks?.barrier(pc);
    const low = this.#program.code[pc * 2]!;
    const op = low & 255;
    const d = (low >>> 8) & 255;
    if (op === ISA["ld.sync"].code && !this.#runAccess(first, low, this.#program.code[pc * 2 + 1]!, LOAD)) return false;
    const from = op === ISA["g.bcast"].code ? registerAt((low >>> 16) & 255) : registerAt(d);
    const value = first.registers[from]!;
    for (const wave of this.#waves) {
      if (op !== ISA.barrier.code) wave.registers[registerAt(d)] = value;
      wave.pc++;
    }
    return true;
  }

  #sys(wave: Wave, d: number, index: number): void {
    if (index < 3) setAll(wave.registers, d, this.#id[index]!);
    else if (index < 6) setAll(wave.registers, d, this.#launch.grid[index - 3]!);
    else if (index === 6) setAll(wave.registers, d, wave.index);
    else for (let lane = 0; lane < 4; lane++) wave.registers[registerAt(d) + lane] = index === 7 ? lane : 0;
  }
}

/** Workgroup memory, and the lanes' scratch. */
function zeroedSlots(program: Program): number[] {
  const slots: number[] = [];
  for (let i = 0; i < program.slots.length; i++) {
    const { kind } = program.slots[i]!;
    if (kind === SLOT_KIND.workgroup || kind === SLOT_KIND.scratch) slots.push(i);
  }
  return slots;
}

/** One value in a scalar, or in all four lanes. */
function setAll(registers: Int32Array, d: number, value: number): void {
  const at = registerAt(d);
  registers[at] = value;
  if (d < FILE_BASE.w) {
    registers[at + 1] = value;
    registers[at + 2] = value;
    registers[at + 3] = value;
  }
}
