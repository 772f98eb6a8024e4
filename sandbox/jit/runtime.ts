/** Runs compiled modules: binds regions, calls "run" in chunks of workgroups, and reads why a launch ended. */
import { PERM } from "../isa/modes.ts";
import type { SlotInfo } from "../isa/shapes.ts";
import { CAUSE, type Launch, type Outcome } from "../machine/launch.ts";
import type { Program } from "../verifier/token.ts";
import { isPerLane } from "./emitter.ts";
import { JitLimit } from "./limit.ts";
import { CAUSE_PROOF, TRAP_GLOBALS, type TrapGlobal } from "./unit.ts";

/** Something that must not happen with verified code and regions of the kernel's: a fault of ours. */
export class JitAlarm extends Error {
  constructor(what: string) {
    super(`alarm: ${what}`);
    this.name = "JitAlarm";
  }
}

/**
 * Fuel of one call of "run": 0.2 to 1 ms of work. The engine replaces no running function by a better one, so the first calls are shorter
 * still.
 */
const CHUNK_FUEL = 4_000_000;
const FIRST_CHUNK_FUEL = 250_000;

/** Some of a launch's workgroups, by linear index, for one of several threads. */
export interface WorkgroupRange {
  readonly first: number;
  readonly count: number;
}

/** What running needs to know of a program beside its module: plain data, which another thread of the kernel is given. */
export interface RunFacts {
  readonly slots: readonly Pick<SlotInfo, "kind" | "min" | "permissions">[];
  readonly waves: number;
  /** fuel of one workgroup that neither loops nor calls */
  readonly firstFuel: number;
  readonly saveBytes: number;
}

interface Instance {
  /** what `bind` was last called with */
  bound: readonly number[];
  readonly bind: (...regions: number[]) => void;
  readonly run: (x: number, y: number, z: number, count: number, fuel: number) => number;
  readonly fuel: { readonly value: bigint };
  readonly trap: { readonly [N in TrapGlobal]: { value: number } };
}

export class Runtime {
  readonly facts: RunFacts;
  readonly module: WebAssembly.Module;
  /** grows to CHUNK_FUEL with what has run */
  #chunkFuel = FIRST_CHUNK_FUEL;
  readonly #instances = new WeakMap<WebAssembly.Memory, Instance>();

  constructor(facts: RunFacts, module: WebAssembly.Module) {
    this.facts = facts;
    this.module = module;
  }

  run(launch: Launch, range?: WorkgroupRange): Outcome {
    const refused = this.#check(launch);
    if (refused !== undefined) return refused;
    const { grid } = launch; // no pattern: engines that have not compiled this yet take an iterator for one
    const end = Math.min(grid[0] * grid[1] * grid[2], range === undefined ? Number.POSITIVE_INFINITY : range.first + range.count);
    let first = range?.first ?? 0;
    if (!(first < end)) return DONE;
    const instance = this.#instance(launch.memory);
    bind(instance, launch);
    let fuelEach = this.facts.firstFuel;
    while (first < end) {
      const count = Math.max(1, Math.min(end - first, 0x7fffffff, Math.floor(this.#chunkFuel / fuelEach)));
      const before = launch.fuel;
      const trapped = this.#chunk(instance, launch, first, count);
      if (trapped !== undefined) return trapped;
      first += count;
      fuelEach = Math.max(1, before - launch.fuel) / count;
      this.#chunkFuel = Math.min(CHUNK_FUEL, this.#chunkFuel * 2);
    }
    return DONE;
  }

  /** @returns the outcome, if the launch ended in this chunk */
  #chunk(instance: Instance, launch: Launch, first: number, count: number): Outcome | undefined {
    const gx = launch.grid[0];
    const gy = launch.grid[1];
    const row = Math.floor(first / gx);
    instance.trap.cause.value = 0;
    try {
      launch.fuel = instance.run(first % gx, row % gy, Math.floor(row / gy), count, launch.fuel);
      return undefined;
    } catch (error) {
      const { trap } = instance;
      if (trap.cause.value === 0) throw new JitAlarm(error instanceof Error ? error.message : "the engine stopped the code");
      if (trap.cause.value === CAUSE_PROOF)
        throw new JitAlarm(`word ${trap.pc.value}: what was proved of an access to slot ${trap.slot.value} does not hold`);
      const workgroup = first + count - (trap.remaining.value >>> 0);
      if (trap.cause.value === CAUSE.fuel) {
        launch.fuel = 0;
        return { ...ended(CAUSE.fuel), pc: trap.pc.value, workgroup, wave: trap.wave.value };
      }
      launch.fuel = Number(instance.fuel.value);
      return {
        cause: trap.cause.value,
        pc: trap.pc.value,
        workgroup,
        wave: trap.wave.value,
        lane: trap.lane.value,
        slot: trap.slot.value,
        offset: (trap.offset.value >>> 0) + (trap.beyond.value >>> 0),
      };
    }
  }

  #check(launch: Launch): Outcome | undefined {
    const { memory, regions, save } = launch;
    const bytes = memory.buffer.byteLength;
    const { slots, waves, saveBytes } = this.facts;
    for (let i = 0; i < slots.length; i++) {
      const region = regions[i];
      const slot = slots[i]!;
      if (region === undefined || region.kind !== slot.kind) throw new JitAlarm(`slot ${i} has no region of its kind`);
      const least = isPerLane(slot.kind) ? slot.min * 4 * waves : slot.min;
      if (!fits(region.base, region.size, bytes) || region.size < least)
        throw new JitAlarm(`the region of slot ${i} is too small or outside of memory`);
    }
    if (!fits(save.base, save.size, bytes) || save.size < saveBytes) throw new JitAlarm("the save area is too small or outside of memory");
    return this.#permitted(launch);
  }

  /** Code uses the permissions its slots declare; it has no checks of them, so a region with fewer is not run on at all. */
  #permitted(launch: Launch): Outcome | undefined {
    const { slots } = this.facts;
    for (let i = 0; i < slots.length; i++) {
      const need = slots[i]!.permissions & (PERM.read | PERM.write | PERM.atomic);
      if ((launch.regions[i]!.permissions & need) !== need) return { ...ended(CAUSE.permission), slot: i };
    }
    return undefined;
  }

  #instance(memory: WebAssembly.Memory): Instance {
    let instance = this.#instances.get(memory);
    if (instance === undefined) {
      const { exports } = new WebAssembly.Instance(this.module, { e: { m: memory } });
      instance = bindInstance(exports);
      this.#instances.set(memory, instance);
    }
    return instance;
  }
}

const fits = (base: number, size: number, bytes: number): boolean =>
  base >= 0 && base % 16 === 0 && base + size <= bytes && size <= 0xffffffff;

/** How engines word that something is too much. */
const TOO_MUCH = ["too large", "too many", "maximum", "exceed", "limit", "memory"];

/** Launches in a row often differ in nothing: then what is bound stays. Regions were checked before. */
function bind(instance: Instance, launch: Launch): void {
  if (isBound(instance.bound, launch)) return;
  const { regions, save, grid } = launch;
  const bound = [...regions.flatMap(({ base, size }) => [base | 0, size | 0]), save.base | 0, grid[0] | 0, grid[1] | 0, grid[2] | 0];
  instance.bound = bound;
  instance.bind(...bound);
}

function isBound(bound: readonly number[], { regions, save, grid }: Launch): boolean {
  let at = 0;
  for (let i = 0; i < regions.length; i++) {
    const { base, size } = regions[i]!;
    if (bound[at++] !== (base | 0) || bound[at++] !== (size | 0)) return false;
  }
  return (
    bound[at] === (save.base | 0) && bound[at + 1] === (grid[0] | 0) && bound[at + 2] === (grid[1] | 0) && bound[at + 3] === (grid[2] | 0)
  );
}

/** What running a verified program needs to know. @param saveBytes of its module */
export function runFacts(program: Program, saveBytes: number): RunFacts {
  const [x, y, z] = program.workgroupSize;
  const waves = Math.ceil((x * y * z) / 4);
  const slots = program.slots.map(({ kind, min, permissions }) => ({ kind, min, permissions }));
  return { slots, waves, firstFuel: program.functions[0]!.count * waves, saveBytes };
}

/** @throws JitLimit when the engine says that it is too much, JitAlarm when it finds anything else wrong */
export function engineModule(wasm: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(wasm);
  } catch (error) {
    const why = error instanceof Error ? error.message : "no reason given";
    if (!(error instanceof RangeError) && !TOO_MUCH.some((words) => why.includes(words)))
      throw new JitAlarm(`the engine refuses a module: ${why}`);
    throw new JitLimit(`bytes of a module, of which this engine takes less (${why})`, wasm.length, wasm.length - 1);
  }
}

function bindInstance(exports: WebAssembly.Exports): Instance {
  const trap = Object.fromEntries(TRAP_GLOBALS.map((name) => [name, exports[name]]));
  return { bound: [], bind: exports.bind, run: exports.run, fuel: exports.fuel, trap } as unknown as Instance;
}

function ended(cause: number): Outcome {
  return { cause, pc: -1, workgroup: -1, wave: -1, lane: -1, slot: -1, offset: -1 };
}
const DONE: Outcome = Object.freeze(ended(CAUSE.end));
