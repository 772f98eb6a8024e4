/**
 * One wave's state: registers, masks, control stack and call frames. Ring 0. Nothing here reads code or memory.
 *
 * The control stack has one entry per open construct: the lanes that rejoin at its end (`join`), those that wait for its else (`other`),
 * and the word of structure it runs to next (`target`). Lanes that leave a construct through an outer one are struck from its `join`.
 */
import type { FunctionInfo } from "../isa/shapes.ts";
import { fill, Ints, type List, newList } from "../memory/captured.ts";
import type { Program } from "../verifier/token.ts";

const MAX_NESTING = 255;
const MAX_CALLS = 64;

/** What must not happen in verified code: a fault of ours, in the verifier or in this machine. */
export class MachineAlarm extends Error {
  override readonly name = "MachineAlarm";
  readonly pc: number;
  constructor(what: string, pc: number) {
    super(`alarm at word ${pc}: ${what}`);
    this.pc = pc;
  }
}

/** Operand bytes from this on name scalars: w registers, then, from 192 on, g registers. */
export const FIRST_SCALAR = 128;
/** Words of a register file: v registers take four each (lane 0 first), then w and g registers one each. */
const SCALARS_AT = 128 * 4;
const G_AT = SCALARS_AT + 64;
const REGISTER_WORDS = G_AT + 64;

/** Index of the first word of the register that an operand byte names. */
export function registerAt(operand: number): number {
  return operand < FIRST_SCALAR ? operand * 4 : operand + SCALARS_AT - FIRST_SCALAR;
}

export class Wave {
  /** which wave of the workgroup it is */
  readonly index: number;
  /** lanes running here, bit i for lane i */
  exec = 0;
  /** lanes whose stores count */
  live = 0;
  pc = 0;
  isDone = false;
  /** registers of the running call */
  registers: Int32Array = new Ints(REGISTER_WORDS);

  readonly #program: Program;
  /** open constructs of all calls */
  #depth = 0;
  readonly #join: List<number> = newList();
  readonly #other: List<number> = newList();
  readonly #target: List<number> = newList();
  /** calls above the entry function */
  #calls = 0;
  readonly #windows: List<Int32Array> = newList(this.registers);
  readonly #returnTo: List<number> = newList();
  readonly #exec: List<number> = newList();
  readonly #resultAt: List<number> = newList();
  readonly #results: List<number> = newList();
  /** `#depth` at the start of each call, the entry function's first */
  readonly #base: List<number> = newList(0);

  constructor(index: number, program: Program) {
    this.index = index;
    this.#program = program;
  }

  /** Makes it ready to run the entry function with the lanes of `exec`. */
  start(exec: number): void {
    this.exec = exec;
    this.live = exec;
    this.pc = 0;
    this.isDone = false;
    this.#depth = 0;
    this.#calls = 0;
    this.registers = this.#windows[0]!;
    this.#zero(this.registers);
  }

  #zero(window: Int32Array): void {
    const { vRegisters, wRegisters, gRegisters } = this.#program;
    fill(window, 0, 0, vRegisters * 4);
    fill(window, 0, SCALARS_AT, SCALARS_AT + wRegisters);
    fill(window, 0, G_AT, G_AT + gRegisters);
  }

  /** Lanes, active or not, for which the register is not 0; all or none for a scalar. */
  lanesWhere(operand: number): number {
    const r = this.registers;
    const at = registerAt(operand);
    if (operand >= FIRST_SCALAR) return r[at] === 0 ? 0 : 15;
    return (r[at] === 0 ? 0 : 1) | (r[at + 1] === 0 ? 0 : 2) | (r[at + 2] === 0 ? 0 : 4) | (r[at + 3] === 0 ? 0 : 8);
  }

  /** Opens a construct that continues at `target`, with `other` waiting for its else. */
  open(other: number, target: number): void {
    const d = this.#depth++;
    if (d - this.#base[this.#calls]! >= MAX_NESTING) throw new MachineAlarm("constructs nest too deep", this.pc);
    this.#join[d] = this.exec;
    this.#other[d] = other;
    this.#target[d] = target;
    this.exec &= ~other;
  }

  /** At an else: the lanes that waited for it run, up to `target`. */
  swap(target: number): void {
    const d = this.#top();
    this.exec = this.#other[d]!;
    this.#other[d] = 0;
    this.#target[d] = target;
  }

  /** At an end, or an endloop that does not repeat. */
  close(): void {
    const d = this.#top();
    this.exec = this.#join[d]!;
    this.#depth = d;
  }

  #top(): number {
    const d = this.#depth - 1;
    if (d < this.#base[this.#calls]!) throw new MachineAlarm("no construct is open", this.pc);
    return d;
  }

  /** The given active lanes leave `count` constructs and rejoin after the end of the last of them. */
  leave(lanes: number, count: number): void {
    const last = this.#depth - count;
    if (last < this.#base[this.#calls]! || count < 1) throw new MachineAlarm("a break out of nothing", this.pc);
    for (let d = this.#depth - 1; d > last; d--) this.#join[d]! &= ~lanes;
    this.exec &= ~lanes;
  }

  /** The given active lanes leave the function. */
  leaveFunction(lanes: number): void {
    for (let d = this.#depth - 1; d >= this.#base[this.#calls]!; d--) this.#join[d]! &= ~lanes;
    this.exec &= ~lanes;
  }

  /**
   * Calls: arguments are copied into the callee's zeroed registers.
   * @param operands of the call word: first result, first v, w and g argument
   */
  call(callee: FunctionInfo, result: number, vArg: number, wArg: number, gArg: number): void {
    if (this.#calls >= MAX_CALLS) throw new MachineAlarm("calls are too deep", this.pc);
    const caller = this.registers;
    const c = this.#calls++;
    this.#returnTo[c] = this.pc + 1;
    this.#exec[c] = this.exec;
    this.#resultAt[c] = registerAt(result);
    this.#results[c] = callee.vResults * 4;
    this.#base[c + 1] = this.#depth;
    this.#windows[c + 1] ??= new Ints(REGISTER_WORDS);
    const window = this.#windows[c + 1]!;
    this.#zero(window);
    copy(caller, registerAt(vArg), window, 0, callee.vArgs * 4);
    copy(caller, registerAt(wArg), window, SCALARS_AT, callee.wArgs);
    copy(caller, registerAt(gArg), window, G_AT, callee.gArgs);
    this.registers = window;
    this.pc = callee.first;
  }

  #return(): void {
    const c = --this.#calls;
    const caller = this.#windows[c]!;
    copy(this.registers, 0, caller, this.#resultAt[c]!, this.#results[c]!);
    this.registers = caller;
    this.exec = this.#exec[c]!;
    this.pc = this.#returnTo[c]!;
  }

  /** With no lane active: goes on where one can be again, which may be after the call, or nowhere (`isDone`). */
  resume(): void {
    if (this.#depth > this.#base[this.#calls]!) this.pc = this.#target[this.#depth - 1]!;
    else if (this.#calls > 0) this.#return();
    else this.isDone = true;
  }
}

function copy(from: Int32Array, at: number, to: Int32Array, start: number, count: number): void {
  for (let i = 0; i < count; i++) to[start + i] = from[at + i]!;
}
