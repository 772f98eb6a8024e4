/**
 * The reference machine: decode, control flow, fuel and barriers. Ring 0. It defines what code means; docs/machine.md says it in words.
 * Arithmetic is handed in (`Alu`): it works on one wave's registers and can reach nothing else.
 *
 * Waves run one after the other, each up to its next barrier. Each has its own copy of the g registers.
 */
import { PERM, SLOT_KIND } from "../isa/modes.ts";
import { ceil, fill, Ints, type List, newList } from "../memory/captured.ts";
import type { Program } from "../verifier/token.ts";
import { Access, type Combine, DONE, isAccess, NOT_PERMITTED, needsOf, OUT_OF_BOUNDS } from "./access.ts";
import { callFuel, loopFuel, workgroupFuel } from "./fuel.ts";
import { CAUSE, type Launch, type Outcome, type TrapHandler } from "./launch.ts";
import { FIRST_SCALAR, MachineAlarm, registerAt, Wave } from "./wave.ts";

/** Arithmetic of one op byte: reads and writes registers of one wave. `high` is the immediate or the third source. */
export type AluOp = (registers: Int32Array, d: number, a: number, b: number, high: number, exec: number) => void;
export interface Arithmetic {
  /** by op byte, immediate forms too */
  readonly alu: readonly (AluOp | undefined)[];
  readonly combine: Combine;
}

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

// Op bytes, of the machine's own decoder.
const SLOT_LEN = 0x79;
const LD_SYNC = 0x78;
const SYS = 0xce;
const BARRIER = 0xeb;
const BCAST = 0xec;
const FIRST_G = 192;

export class Machine {
  readonly #program: Program;
  readonly #launch: Launch;
  readonly #arithmetic: Arithmetic;
  readonly #hooks: Hooks | undefined;
  readonly #handler: TrapHandler | undefined;
  readonly #access: Access;
  readonly #waves: List<Wave> = newList();
  /** lanes of the last wave */
  readonly #lastLanes: number;
  #workgroup = 0;
  readonly #id = new Ints(3);
  #outcome: Outcome = { cause: CAUSE.end, pc: -1, workgroup: -1, wave: -1, lane: -1, slot: -1, offset: -1 };

  /** @throws MachineAlarm when the launch does not fit the program */
  constructor(program: Program, launch: Launch, arithmetic: Arithmetic, hooks: Hooks | undefined, belt: boolean, handler?: TrapHandler) {
    const size = program.workgroupSize;
    const lanes = size[0] * size[1] * size[2];
    const waves = ceil(lanes / 4);
    this.#program = program;
    this.#launch = launch;
    this.#arithmetic = arithmetic;
    this.#hooks = hooks;
    this.#handler = handler;
    this.#lastLanes = 15 >> (waves * 4 - lanes);
    this.#access = new Access(program, launch.memory, launch.regions, waves, belt, arithmetic.combine);
    for (let i = 0; i < waves; i++) this.#waves[i] = new Wave(i, program);
  }

  /** Runs the whole grid. */
  run(): Outcome {
    const { grid } = this.#launch;
    for (let z = 0; z < grid[2]; z++) {
      for (let y = 0; y < grid[1]; y++) {
        for (let x = 0; x < grid[0]; x++) {
          this.#id[0] = x;
          this.#id[1] = y;
          this.#id[2] = z;
          if (!this.#runWorkgroup()) return this.#outcome;
          this.#workgroup++;
        }
      }
    }
    return this.#outcome;
  }

  #runWorkgroup(): boolean {
    const waves = this.#waves;
    if (!this.#charge(workgroupFuel(this.#program.functions[0]!, waves.length), 0, -1)) return false;
    const { slots } = this.#program;
    for (let slot = 0; slot < slots.length; slot++) {
      const { kind } = slots[slot]!;
      if (kind === SLOT_KIND.workgroup || kind === SLOT_KIND.scratch) this.#access.clear(slot, waves.length);
    }
    this.#hooks?.workgroup(this.#workgroup);
    for (let i = 0; i < waves.length; i++) waves[i]!.start(i === waves.length - 1 ? this.#lastLanes : 15);
    for (;;) {
      let waiting = 0;
      for (let i = 0; i < waves.length; i++) {
        const how = this.#runWave(waves[i]!);
        if (how === TRAPPED) return false;
        if (how === AT_BARRIER) waiting++;
      }
      if (waiting === 0) return true;
      if (!this.#release(waiting)) return false;
    }
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
    const { code } = this.#program;
    const { alu } = this.#arithmetic;
    const hooks = this.#hooks;
    while (!wave.isDone) {
      const low = code[wave.pc * 2];
      if (low === undefined) throw new MachineAlarm("no such word", wave.pc);
      const high = code[wave.pc * 2 + 1]!;
      const op = low & 255;
      if (hooks !== undefined) hooks.word(wave, low, high);
      const run = alu[op];
      if (run !== undefined) {
        run(wave.registers, (low >>> 8) & 255, (low >>> 16) & 255, low >>> 24, high, wave.exec);
        wave.pc++;
      } else if (isAccess(op) && op !== LD_SYNC) {
        if (!this.#runAccess(wave, low, high)) return TRAPPED;
        wave.pc++;
      } else {
        const how = this.#runOther(wave, op, low, high);
        if (how !== FINISHED) return how;
      }
    }
    return FINISHED;
  }

  #runAccess(wave: Wave, low: number, high: number): boolean {
    const access = this.#access;
    let result = access.resolve(wave, low, high);
    while (result === OUT_OF_BOUNDS && this.#isAnswered(wave, low)) result = access.resolve(wave, low, high);
    if (this.#hooks !== undefined) this.#hooks.access(wave, low, access);
    if (result !== DONE) {
      this.#outcome = this.#trap(wave, result === NOT_PERMITTED ? CAUSE.permission : CAUSE.bounds);
      return false;
    }
    const needs = needsOf(low & 255);
    if (needs === PERM.read) access.load(wave, low);
    else if (needs === PERM.write) access.store(wave, low);
    else access.atomic(wave, low);
    if (access.answered !== 0) fill(access.answers, 0);
    access.answered = 0;
    return true;
  }

  #trap(wave: Wave, cause: number): Outcome {
    const { slot, lane, offset } = this.#access;
    return { cause, pc: wave.pc, workgroup: this.#workgroup, wave: wave.index, lane, slot, offset: offset[lane]! };
  }

  /** Asks the handler about the lane that is out of bounds. */
  #isAnswered(wave: Wave, low: number): boolean {
    const access = this.#access;
    if (this.#handler === undefined || (needsOf(low & 255) === PERM.read && ((low >>> 8) & 255) >= FIRST_G)) return false;
    const answer = this.#handler(this.#trap(wave, CAUSE.bounds), access.width);
    if (answer === undefined) return false;
    access.answers[access.lane] = answer;
    access.answered |= 1 << access.lane;
    return true;
  }

  /** Control, system values and barriers. @returns FINISHED where the wave goes on, or how it stops */
  #runOther(wave: Wave, op: number, low: number, high: number): number {
    const a = (low >>> 16) & 255;
    const exec = wave.exec;
    switch (op) {
      case SYS:
        this.#sys(wave, (low >>> 8) & 255, high);
        break;
      case SLOT_LEN:
        setAll(wave, (low >>> 8) & 255, this.#access.sizeOf(low >>> 24));
        break;
      case 0xe0: // if
        wave.open(exec & ~wave.lanesWhere(a), high);
        break;
      case 0xe1: // else
        wave.swap(high);
        break;
      case 0xe2: // block
      case 0xe3: // loop
        wave.open(0, high);
        break;
      case 0xe4: // end
        wave.close();
        break;
      case 0xe5: // endloop
        if (exec === 0) {
          wave.close();
          break;
        }
        if (!this.#charge(loopFuel(high, wave.pc), high, wave.index)) return TRAPPED;
        wave.pc = high;
        break;
      case 0xe6: // brk
        wave.leave(exec, high + 1);
        break;
      case 0xe7: // brk.if
        wave.leave(exec & wave.lanesWhere(a), high + 1);
        break;
      case 0xe8: // ret
        wave.leaveFunction(exec);
        break;
      case 0xe9: // ret.if
        wave.leaveFunction(exec & wave.lanesWhere(a));
        break;
      case 0xea: // call
        return this.#call(wave, low, high);
      case 0xed: // discard
        wave.live &= ~exec;
        break;
      case BARRIER:
      case BCAST:
      case LD_SYNC:
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
    let isTogether = waiting === this.#waves.length;
    for (let i = 0; i < this.#waves.length; i++) isTogether &&= this.#waves[i]!.pc === pc;
    if (!isTogether) throw new MachineAlarm("waves of a workgroup stand at different barriers", pc);
    this.#hooks?.barrier(pc);
    const low = this.#program.code[pc * 2]!;
    const op = low & 255;
    const d = (low >>> 8) & 255;
    if (op === LD_SYNC && !this.#runAccess(first, low, this.#program.code[pc * 2 + 1]!)) return false;
    const value = first.registers[registerAt(op === BCAST ? (low >>> 16) & 255 : d)]!;
    for (let i = 0; i < this.#waves.length; i++) {
      const wave = this.#waves[i]!;
      if (op !== BARRIER) wave.registers[registerAt(d)] = value;
      wave.pc++;
    }
    return true;
  }

  #sys(wave: Wave, d: number, index: number): void {
    if (index < 3) setAll(wave, d, this.#id[index]!);
    else if (index < 6) setAll(wave, d, this.#launch.grid[index - 3]!);
    else setAll(wave, d, index === 6 ? wave.index : 0);
    if (index === 7) for (let lane = 1; lane < 4; lane++) wave.registers[registerAt(d) + lane] = lane;
  }
}

/** One value in a scalar, or in all four lanes. */
function setAll(wave: Wave, d: number, value: number): void {
  const at = registerAt(d);
  fill(wave.registers, value, at, at + (d < FIRST_SCALAR ? 4 : 1));
}
