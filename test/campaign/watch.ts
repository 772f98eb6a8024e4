/**
 * What a run claims while it goes: accesses land inside the oracle's own region sizes, uniform points are reached by all lanes of all
 * waves in the same order with the same g registers, and it ends. A broken claim is thrown, as a machine's alarm would be.
 */
import type { Access } from "../../sandbox/machine/access.ts";
import type { Hooks } from "../../sandbox/machine/execute.ts";
import { registerAt, type Wave } from "../../sandbox/machine/wave.ts";

/** Words that one run may execute for each unit of its fuel: far more than that pays for. */
const STEPS_PER_FUEL = 20;
const G0 = 192;

export class BrokenClaim extends Error {}

/** Which op bytes must stand in uniform flow whatever they write, and which can write a g register. By hand, not from the verifier. */
const BARRIERS: readonly number[] = [0xeb, 0xec, 0x78];
const writesD = (op: number) => op < 0x66 || op === 0x78 || op === 0x79 || (op >= 0x80 && op < 0xe0) || op === 0xec;
/** By op byte: the least destination operand with which it must stand in uniform flow. */
const UNIFORM_FROM = Uint16Array.from({ length: 256 }, (_, op) => (BARRIERS.includes(op) ? 0 : writesD(op) ? G0 : 256));

export class Watch implements Hooks {
  /** code words that ran */
  readonly executed: Uint8Array;
  readonly #invocations: number;
  readonly #gRegisters: number;
  /** bytes of each slot that one access may reach */
  readonly #sizes: readonly number[];
  readonly #trace: Int32Array;
  readonly #mostSteps: number;
  #steps = 0;

  constructor(words: number, invocations: number, gRegisters: number, sizes: readonly number[], fuel: number) {
    this.#mostSteps = STEPS_PER_FUEL * fuel;
    this.executed = new Uint8Array(words);
    this.#invocations = invocations;
    this.#gRegisters = gRegisters;
    this.#sizes = sizes;
    this.#trace = new Int32Array(Math.ceil(invocations / 4));
  }

  word(wave: Wave, low: number): void {
    if (++this.#steps > this.#mostSteps) throw new BrokenClaim("it does not end");
    this.executed[wave.pc] = 1;
    if (((low >>> 8) & 255) >= UNIFORM_FROM[low & 255]!) this.#uniform(wave);
  }

  #uniform(wave: Wave): void {
    const lanes = Math.min(4, this.#invocations - 4 * wave.index);
    if (wave.exec !== (1 << lanes) - 1)
      throw new BrokenClaim(`word ${wave.pc} needs uniform flow, and lanes ${wave.exec} of ${lanes} reach it`);
    let hash = Math.imul(this.#trace[wave.index]!, 31) + wave.pc;
    for (let i = 0; i < this.#gRegisters; i++) hash = Math.imul(hash, 31) + wave.registers[registerAt(G0 + i)]!;
    this.#trace[wave.index] = hash;
  }

  access(_wave: Wave, _low: number, access: Access): void {
    const size = this.#sizes[access.slot] ?? 0;
    const { lanes, width, offset: offsets } = access;
    for (let lane = 0; lane < 4; lane++) {
      if (((lanes >> lane) & 1) === 0) continue;
      const offset = offsets[lane]!;
      if (!(offset >= 0 && offset + width <= size) && access.mode !== 4) {
        throw new BrokenClaim(`an access of ${width} bytes at ${offset} of slot ${access.slot}, which has ${size}`);
      }
    }
  }

  barrier(): void {}

  workgroup(): void {
    this.finish();
    this.#trace.fill(0);
  }

  /** At the end of a workgroup: all waves have passed the same uniform points. */
  finish(): void {
    if (this.#trace.some((hash) => hash !== this.#trace[0]))
      throw new BrokenClaim("waves part at a uniform point, or differ in a g register");
  }
}
