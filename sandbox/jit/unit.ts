/** What all functions of one module share: options, sizes, globals, and helper functions made on demand. */
import { SLOT_KIND } from "../isa/modes.ts";
import type { Program } from "../verifier/token.ts";
import type { CallGraph } from "./expand.ts";
import { Code, I32, I64, ModuleWriter } from "./wasm.ts";

export interface Options {
  /** whether the memory is a shared one */
  readonly shared: boolean;
  /** storage atomics may be plain operations: one thread runs */
  readonly plainAtomics: boolean;
  /** two waves at once where registers allow; on unless a test turns it off */
  readonly pairs?: boolean;
  /** check what has been proved, too (belt.ts); results are the same, and a wrong proof is a JitAlarm */
  readonly belt?: boolean;
}

/** Mutable globals that say why and where a launch ended. Exported under these names. */
export const TRAP_GLOBALS = ["cause", "pc", "wave", "lane", "slot", "offset", "beyond", "remaining"] as const;
export type TrapGlobal = (typeof TRAP_GLOBALS)[number];

/** Ends a launch of the belt build where a proof does not hold: an alarm, never an outcome. */
export const CAUSE_PROOF = 22;

/** Workgroup coordinates and grid: SYS values 0 to 5. */
const SYS_GLOBALS = 6;

export class Unit {
  readonly program: Program;
  readonly options: Options;
  readonly graph: CallGraph;
  readonly module: ModuleWriter;
  readonly lanes: number;
  readonly waves: number;
  /** functions kept as functions: index in the module, NONE until one is called */
  readonly functions: Int32Array;
  /** of functions that are called and have no code yet */
  readonly wanted: number[] = [];
  readonly fuel: number;
  readonly saveBase: number;
  readonly trap: { readonly [N in TrapGlobal]: number };
  readonly #sys: number;
  readonly #slots: number;
  readonly #helpers = new Map<string, number>();
  get hasDiscard(): boolean {
    return this.graph.hasDiscard;
  }
  /** slot of the given kind, or -1 */
  readonly scratchSlot: number;
  readonly workgroupSlot: number;

  constructor(program: Program, graph: CallGraph, options: Options) {
    this.program = program;
    this.options = options;
    this.graph = graph;
    const [x, y, z] = program.workgroupSize;
    this.lanes = x * y * z;
    this.waves = Math.ceil(this.lanes / 4);
    this.functions = new Int32Array(program.functions.length).fill(-1);
    const m = new ModuleWriter(options.shared);
    this.module = m;
    this.fuel = m.global(I64);
    m.exportGlobal("fuel", this.fuel);
    this.saveBase = m.global(I32);
    this.#sys = m.global(I32);
    for (let k = 1; k < SYS_GLOBALS; k++) m.global(I32);
    this.#slots = this.#sys + SYS_GLOBALS;
    for (let k = 0; k < program.slots.length * 2; k++) m.global(I32);
    const trap = (name: TrapGlobal) => {
      const g = m.global(I32);
      m.exportGlobal(name, g);
      return g;
    };
    this.trap = {
      cause: trap("cause"),
      pc: trap("pc"),
      wave: trap("wave"),
      lane: trap("lane"),
      slot: trap("slot"),
      offset: trap("offset"),
      beyond: trap("beyond"),
      remaining: trap("remaining"),
    };
    this.scratchSlot = program.slots.findIndex((s) => s.kind === SLOT_KIND.scratch);
    this.workgroupSlot = program.slots.findIndex((s) => s.kind === SLOT_KIND.workgroup);
  }

  /** Global of a per-workgroup system value, 0 to 5. */
  sys(index: number): number {
    return this.#sys + index;
  }
  baseOf(slot: number): number {
    return this.#slots + slot * 2;
  }
  sizeOf(slot: number): number {
    return this.#slots + slot * 2 + 1;
  }

  /** The function called `key`, made by `build` when first asked for. Its parameters are locals 0 and up. */
  helper(key: string, parameters: readonly number[], results: readonly number[], build: (code: Code) => void): number {
    let fn = this.#helpers.get(key);
    if (fn === undefined) {
      fn = this.module.declare(parameters, results);
      this.#helpers.set(key, fn);
      const code = new Code(parameters.length);
      build(code);
      this.module.body(fn, code);
    }
    return fn;
  }

  /** The module function of a callee that is not inlined. */
  callee(f: number, declare: () => number): number {
    if (this.functions[f] === -1) {
      this.functions[f] = declare();
      this.wanted.push(f);
    }
    return this.functions[f]!;
  }

  /** Exports "bind": (base, size) of each slot, the save area, the grid. */
  bindFunction(): void {
    const m = this.module;
    const slots = this.program.slots.length;
    const fn = m.declare(new Array(slots * 2 + 4).fill(I32), []);
    const code = new Code(slots * 2 + 4);
    for (let k = 0; k < slots * 2; k++) {
      code.get(k);
      code.globalSet(this.#slots + k);
    }
    code.get(slots * 2);
    code.globalSet(this.saveBase);
    for (let k = 0; k < 3; k++) {
      code.get(slots * 2 + 1 + k);
      code.globalSet(this.sys(3 + k));
    }
    m.body(fn, code);
    m.exportFunction("bind", fn);
  }

  /**
   * Ends the launch: (cause, pc, wave, lane, slot, offset, beyond). `offset` and `beyond` are added up outside, where sums do not wrap.
   */
  trapFunction(): number {
    const order: TrapGlobal[] = ["cause", "pc", "wave", "lane", "slot", "offset", "beyond"];
    return this.helper("trap", new Array(order.length).fill(I32), [], (code) => {
      order.forEach((name, k) => {
        code.get(k);
        code.globalSet(this.trap[name]);
      });
      code.op("unreachable");
    });
  }
}
