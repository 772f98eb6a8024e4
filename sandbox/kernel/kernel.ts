/**
 * The kernel of one device: the only code that holds its heap, makes regions and starts programs. Callers are enemies in data: arguments
 * are read once, copied before they are checked, and looked up by handle every time. Implements `Door`; what each method promises is there.
 */

import { SLOT_KIND } from "../isa/modes.ts";
import { CAUSE, type Launch, type Outcome, type Region } from "../machine/launch.ts";
import type { Profile } from "../machine/profile.ts";
import { Watches } from "../machine/watch.ts";
import { copyInto, copyOf, lengthOf } from "../memory/bytes.ts";
import { HandleTable } from "../memory/handles.ts";
import { Heap } from "../memory/heap.ts";
import { stamp } from "../memory/recycle.ts";
import { type Block, cut, isInside, latch, suppliedBytes } from "../memory/regions.ts";
import { type Program, Token } from "../verifier/token.ts";
import { verify } from "../verifier/verify.ts";
import {
  type BoxJob,
  type DispatchJob,
  isGrid,
  type Job,
  KIND_BUFFER,
  KIND_PROGRAM,
  type LoadedProgram,
  Parser,
  type Refused,
  type Things,
} from "./commands.ts";
import { Dispatcher } from "./dispatch.ts";
import {
  type Door,
  FAULT,
  type Fault,
  type FindingRecord,
  type Handle,
  type HitRecord,
  type KernelOptions,
  type Loaded,
  MAX_BUFFER_BYTES,
  MAX_HEAP_BYTES,
  type Submitted,
  type TrapRecord,
} from "./door.ts";
import type { Places } from "./pool.ts";
import { profiled, type Runner, TIERS, type Tier, watching } from "./tiers.ts";

const DEFAULT_FUEL = 2 ** 40;
/** findings that wait to be taken */
const MOST_FINDINGS = 1000;
/** Hits kept until they are taken. */
const MOST_HITS = 10_000;
const MAX_THREADS = 64;
const MAX_STREAM_BYTES = 1 << 28;
/** Longer streams are rare enough to get memory of their own. */
const KEPT_STREAM_BYTES = 1 << 13;
let nextTenant = 1;
/** captured at load: writes to a genuine typed array only, and runs no code of the caller */
const setBytes = Uint8Array.prototype.set;

/** Memory that the kernel gives to programs for a launch; kept between launches and made larger when one needs more. */
class Arena {
  block: Block = { base: 0, size: 0 };
  readonly #heap: Heap;
  constructor(heap: Heap) {
    this.#heap = heap;
  }
  /** @returns false when the heap is full */
  ensure(size: number): boolean {
    if (size <= this.block.size) return true;
    const base = this.#heap.allocate(size);
    if (base < 0) return false;
    if (this.block.size > 0) this.#heap.free(this.block.base);
    this.block = { base, size };
    return true;
  }
}

type Regions = readonly Region[];

export class Kernel implements Door {
  readonly #stream = new Float64Array(KEPT_STREAM_BYTES / 8);
  #heap: Heap;
  #things: Things;
  readonly #tier: Tier;
  readonly #dispatcher: Dispatcher;
  readonly #shared: boolean;
  readonly #fuelPerSubmit: number;
  readonly #workgroup: Arena;
  readonly #scratch: Arena;
  readonly #save: Arena;
  /** the memory, once other threads hold it too */
  #lent: WebAssembly.Memory | undefined;
  #findings: FindingRecord[] = [];
  readonly #watches: Watches | undefined;
  #hits: HitRecord[] = [];
  #isLost = false;
  #trap: TrapRecord | null = null;

  /**
   * @param profile where the reference tier, which runs then, counts what it does: for tools in this thread, so no part of the door
   * @throws RangeError on options that make no sense: they are the driver's, not a caller's
   */
  constructor(options: KernelOptions, profile?: Profile) {
    const { threads = 1, deadlineMs = 0, fuelPerSubmit = DEFAULT_FUEL, maxHeapBytes = MAX_HEAP_BYTES, guardBytes = 0 } = options;
    if (!isInside(1, threads, MAX_THREADS + 1)) throw new RangeError(`threads ${threads} is not in 1 to ${MAX_THREADS}`);
    if (!isInside(0, deadlineMs, 2 ** 31)) throw new RangeError(`deadlineMs ${deadlineMs}`);
    const { seed } = options;
    if (seed !== undefined && !isInside(seed, 1, 2 ** 32)) throw new RangeError(`seed ${seed} is not in 0 to 2^32 - 1`);
    if (!isInside(0, fuelPerSubmit, 2 ** 50)) throw new RangeError(`fuelPerSubmit ${fuelPerSubmit} is not in 0 to 2^50`);
    if (!isInside(65_536, maxHeapBytes, 2 ** 33) || maxHeapBytes > MAX_HEAP_BYTES) throw new RangeError(`maxHeapBytes ${maxHeapBytes}`);
    if (!isInside(0, guardBytes, 1 << 20) || guardBytes % 16 !== 0) throw new RangeError(`guardBytes ${guardBytes}`);
    const onReference = profile !== undefined || options.watch === true;
    const tier = options.sanitize === true ? "sanitizer" : onReference ? "reference" : options.tier;
    this.#watches = options.watch === true && tier === "reference" ? new Watches() : undefined;
    this.#tier = this.#watches ? watching(this.#watches) : profile && tier === "reference" ? profiled(profile) : TIERS[tier];
    this.#dispatcher = new Dispatcher({ threads: tier === "jit" ? threads : 1, deadlineMs, seed });
    const shared = options.shared ?? this.#dispatcher.threads > 1;
    this.#shared = shared;
    this.#fuelPerSubmit = fuelPerSubmit;
    this.#heap = new Heap({ shared, maxBytes: maxHeapBytes, guardBytes });
    this.#things = new HandleTable(nextTenant++);
    this.#workgroup = new Arena(this.#heap);
    this.#scratch = new Arena(this.#heap);
    this.#save = new Arena(this.#heap);
  }

  get trap(): TrapRecord | null {
    return this.#trap;
  }

  watch(handle: Handle, offset: number, size: number): number {
    if (this.#isLost) return FAULT.lost;
    if (this.#watches === undefined) return FAULT.unsupported;
    const block = this.#buffer(handle);
    if (block === undefined) return FAULT.handle;
    return isInside(offset, size, block.size) ? this.#watches.add(block.base, offset, size) : FAULT.range;
  }

  unwatch(watch: number): number {
    return this.#watches?.remove(watch) === true ? 0 : FAULT.handle;
  }

  takeHits(): readonly HitRecord[] {
    return this.#hits.splice(0);
  }

  takeFindings(): readonly FindingRecord[] {
    return this.#findings.splice(0);
  }

  createBuffer(sizeBytes: number): Handle | Fault {
    if (this.#isLost) return FAULT.lost;
    if (!isInside(0, sizeBytes, MAX_BUFFER_BYTES)) return FAULT.range;
    const base = this.#heap.allocate(sizeBytes);
    if (base < 0) return FAULT.memory;
    const handle = this.#things.add(KIND_BUFFER, Object.freeze({ base, size: sizeBytes }));
    if (handle >= 0) return handle;
    this.#heap.free(base);
    return FAULT.memory;
  }

  destroyBuffer(handle: Handle): number {
    if (this.#isLost) return FAULT.lost;
    const block = this.#things.remove(handle, KIND_BUFFER) as Block | undefined;
    if (block === undefined) return FAULT.handle;
    this.#watches?.forget(block.base);
    this.#heap.free(block.base);
    this.#heap.idle(); // submit runs to its end before it returns: nothing is in flight here
    return 0;
  }

  writeBuffer(handle: Handle, offset: number, bytes: Uint8Array): number {
    if (this.#isLost) return FAULT.lost;
    const size = lengthOf(bytes, "Uint8Array");
    if (size < 0) return FAULT.argument;
    const block = this.#buffer(handle);
    if (block === undefined) return FAULT.handle;
    if (!isInside(offset, size, block.size)) return FAULT.range;
    const start = block.base + offset;
    return copyInto(this.#heap.bytes.subarray(start, start + size), bytes) ? 0 : FAULT.argument;
  }

  readBuffer(handle: Handle, offset: number, size: number): Uint8Array | Fault {
    if (this.#isLost) return FAULT.lost;
    const block = this.#buffer(handle);
    if (block === undefined) return FAULT.handle;
    if (!isInside(offset, size, block.size)) return FAULT.range;
    try {
      const copy = new Uint8Array(size);
      copy.set(this.#heap.bytes.subarray(block.base + offset, block.base + offset + size));
      return copy;
    } catch {
      return FAULT.memory;
    }
  }

  readInto(handle: Handle, offset: number, target: Uint8Array): number {
    if (this.#isLost) return FAULT.lost;
    const size = lengthOf(target, "Uint8Array");
    if (size < 0) return FAULT.argument;
    const block = this.#buffer(handle);
    if (block === undefined) return FAULT.handle;
    if (!isInside(offset, size, block.size)) return FAULT.range;
    const start = block.base + offset;
    try {
      Reflect.apply(setBytes, target, [this.#heap.bytes.subarray(start, start + size)]);
      return 0;
    } catch {
      return FAULT.argument; // detached or shrunk meanwhile
    }
  }

  loadProgram(object: Uint8Array): Loaded {
    if (this.#isLost) return fault(FAULT.lost, "the device is lost");
    const verdict = verify(object);
    if (!verdict.ok) return verdict;
    const program = Token.program(verdict.token);
    const made = this.#tier.load(verdict.token, this.#shared);
    if (!made.ok) return fault(FAULT.unsupported, made.message);
    const constants = this.#keepConstants(program);
    if (constants === FAULT.memory) return fault(FAULT.memory, "the device's memory is full");
    const handle = this.#things.add(KIND_PROGRAM, { token: verdict.token, program, runner: made.runner, constants });
    if (handle >= 0) return { ok: true, handle, slots: program.slots };
    if (constants !== undefined) this.#heap.free(constants.base);
    return fault(FAULT.memory, "too many programs and buffers");
  }

  unloadProgram(handle: Handle): number {
    if (this.#isLost) return FAULT.lost;
    const loaded = this.#things.remove(handle, KIND_PROGRAM) as LoadedProgram | undefined;
    if (loaded === undefined) return FAULT.handle;
    if (loaded.constants !== undefined) this.#heap.free(loaded.constants.base);
    return 0;
  }

  submit(stream: Float64Array): Submitted {
    if (this.#isLost) return refused({ fault: FAULT.lost, command: -1, slot: -1 });
    const copy = this.#copyOf(stream);
    if (copy === undefined) return refused({ fault: FAULT.argument, command: -1, slot: -1 });
    const parsed = new Parser(this.#things, copy).parse();
    if (!parsed.ok) return refused(parsed);
    const entered = this.#enter(parsed.jobs);
    return "status" in entered ? entered : this.#runAll(parsed.jobs, entered.regions);
  }

  /** In memory that is used again: what the parser makes of a stream keeps none of it. */
  #copyOf(stream: Float64Array): Float64Array | undefined {
    const length = lengthOf(stream, "Float64Array");
    if (length < 0 || length > MAX_STREAM_BYTES) return undefined;
    if (length > KEPT_STREAM_BYTES) {
      const copy = copyOf(stream, length);
      return copy && new Float64Array(copy);
    }
    return copyInto(new Uint8Array(this.#stream.buffer, 0, length), stream) ? this.#stream.subarray(0, length / 8) : undefined;
  }

  destroy(): void {
    this.#isLost = true;
    const isFree = this.#lent === undefined ? () => true : this.#dispatcher.forget(this.#lent);
    this.#lent = undefined;
    this.#heap.release(isFree);
    this.#things = new HandleTable(0);
    this.#heap = new Heap({ shared: false, maxBytes: 0, guardBytes: 0 });
  }

  #buffer(handle: Handle): Block | undefined {
    return this.#things.get(handle, KIND_BUFFER) as Block | undefined;
  }

  #keepConstants(program: Program): Block | undefined | typeof FAULT.memory {
    const size = program.constants.length;
    if (size === 0) return undefined;
    const base = this.#heap.allocate(size);
    if (base < 0) return FAULT.memory;
    this.#heap.bytes.set(program.constants, base);
    return Object.freeze({ base, size });
  }

  /**
   * Gets the memory that the jobs need and checks every dispatch's regions, before anything runs.
   * @returns by command the regions of its slots; or why nothing runs
   */
  #enter(jobs: readonly Job[]): { readonly regions: readonly Regions[] } | Submitted {
    let last: DispatchJob | undefined;
    for (let command = 0; command < jobs.length; command++) {
      const job = jobs[command]!;
      if (job.does !== "dispatch" || job.bound === last?.bound) continue;
      last = job;
      const { program, runner } = job.loaded;
      const { threads } = this.#dispatcher;
      let enough = this.#save.ensure(stride(runner.saveBytes) * threads);
      for (let slot = 0; slot < program.slots.length; slot++) {
        const arena = this.#arenaOf(program.slots[slot]!.kind);
        enough &&= arena === undefined || arena.ensure(stride(suppliedBytes(program, slot)) * threads);
      }
      if (!enough) return refused({ fault: FAULT.memory, command, slot: -1 });
    }
    this.#heap.idle();
    return this.#latchAll(jobs);
  }

  /** Dispatches in a row that bind the same have one `bound`, and so one array of regions. */
  #latchAll(jobs: readonly Job[]): { readonly regions: readonly Regions[] } | Submitted {
    const all: Regions[] = [];
    let last: DispatchJob | undefined;
    let regions: Regions = [];
    for (let command = 0; command < jobs.length; command++) {
      const job = jobs[command]!;
      if (job.does === "dispatch" && job.bound !== last?.bound) {
        last = job;
        const cuts = this.#regionsOf(job);
        const refusal = latch(job.loaded.program, cuts);
        if (refusal !== undefined) {
          const fault = refusal.reason === "overlap" ? FAULT.overlap : refusal.reason === "minimum" ? FAULT.minimum : FAULT.slot;
          return refused({ fault, command, slot: refusal.slot });
        }
        regions = cuts as Region[]; // latched: there is one for each slot
      }
      all.push(regions);
    }
    return { regions: all };
  }

  #arenaOf(kind: number): Arena | undefined {
    return kind === SLOT_KIND.workgroup ? this.#workgroup : kind === SLOT_KIND.scratch ? this.#scratch : undefined;
  }

  /** @param thread each has workgroup and scratch memory of its own */
  #regionsOf(job: DispatchJob, thread = 0): (Region | undefined)[] {
    const { program, constants } = job.loaded;
    return job.bound.map((region, slot) => {
      if (region !== undefined) return region;
      const { kind, permissions } = program.slots[slot]!;
      const size = suppliedBytes(program, slot);
      const arena = this.#arenaOf(kind)?.block;
      if (arena !== undefined) return cut(arena, thread * stride(size), size, kind, permissions);
      return constants && cut(constants, 0, size, kind, permissions);
    });
  }

  #saveOf({ saveBytes }: Runner, thread: number): Region {
    const base = this.#save.block.base + thread * stride(saveBytes);
    return { base, size: saveBytes, stride: 0, kind: -1, permissions: 3, generation: 0 };
  }

  /** What the pool's threads run on. */
  #placesOf(job: DispatchJob): Places[] {
    const { program, runner } = job.loaded;
    const places: Places[] = [];
    this.#lent = this.#heap.memory;
    for (let thread = 1; thread < this.#dispatcher.threads; thread++) {
      const regions = this.#regionsOf(job, thread);
      if (latch(program, regions) !== undefined) break;
      places.push({ regions: regions as Region[], save: this.#saveOf(runner, thread) });
    }
    return places;
  }

  #runAll(jobs: readonly Job[], regions: readonly Regions[]): Submitted {
    let fuel = this.#fuelPerSubmit;
    for (let command = 0; command < jobs.length; command++) {
      const job = jobs[command]!;
      if (job.does === "copy") this.#heap.bytes.copyWithin(job.to, job.from, job.from + job.size);
      else if (job.does === "clear") stamp(this.#heap.bytes, job.from, job.from + job.size);
      else if (job.does === "copyBox") copyBox(this.#heap.bytes, job);
      else if (job.does === "fill") fillPattern(this.#heap.bytes.subarray(job.from, job.from + job.size), job.pattern);
      else {
        const left = this.#dispatch(job, regions[command]!, fuel, command);
        if (left < 0) return { status: "lost", trap: this.#trap! };
        fuel = left;
      }
    }
    return { status: "done", fuelUsed: this.#fuelPerSubmit - fuel };
  }

  /** @returns the fuel left, or -1 when the device was lost */
  #dispatch(job: DispatchJob, regions: Regions, fuel: number, command: number): number {
    const grid = job.indirect < 0 ? job.grid : this.#readGrid(job.indirect);
    if (!isGrid(grid) || grid[0] * grid[1] * grid[2] === 0) return fuel; // over the limit: nothing runs, as WebGPU says
    const { runner } = job.loaded;
    const launch: Launch = { memory: this.#heap.memory, regions, save: this.#saveOf(runner, 0), grid, fuel };
    const outcome = this.#dispatcher.run(runner, launch, () => this.#placesOf(job));
    if (this.#watches !== undefined || runner.takeFindings !== undefined) this.#keepFindings(job);
    if (outcome.cause === CAUSE.end) return Math.max(0, Math.min(fuel, launch.fuel));
    this.#lose(job, outcome, command);
    return -1;
  }

  #keepFindings({ handle, loaded: { program, runner } }: DispatchJob): void {
    for (const hit of this.#watches?.take() ?? []) {
      if (this.#hits.length < MOST_HITS) this.#hits.push(Object.freeze({ ...hit, program: handle, fn: functionAt(program, hit.pc) }));
    }
    const left = MOST_FINDINGS - this.#findings.length;
    const seen = runner.takeFindings?.() ?? [];
    for (const finding of seen.slice(0, left)) {
      const fn = functionAt(program, finding.pc);
      this.#findings.push(Object.freeze({ ...finding, program: handle, fn }));
    }
  }

  /** Each word is read once. */
  #readGrid(address: number): readonly [number, number, number] {
    const [x, y, z] = new Uint32Array(this.#heap.memory.buffer, address, 3);
    return [x!, y!, z!];
  }

  #lose(job: DispatchJob, outcome: Outcome, command: number): void {
    const { cause, pc, workgroup, wave, lane, slot, offset } = outcome;
    const fn = functionAt(job.loaded.program, pc);
    this.#trap = Object.freeze({ cause, command, program: job.handle, pc, fn, workgroup, wave, lane, slot, offset });
    this.#isLost = true;
  }
}

function functionAt(program: Program, pc: number): number {
  return program.functions.findIndex((f) => pc >= f.first && pc < f.first + f.count);
}

function copyBox(bytes: Uint8Array, job: BoxJob): void {
  let { rowBytes, rows, images, fromImagePitch, toImagePitch } = job;
  const { fromRowPitch, toRowPitch } = job;
  if (rowBytes === 0 || rows === 0) return;
  if (rows === 1 || (fromRowPitch === rowBytes && toRowPitch === rowBytes)) {
    // rows without gaps are one long row, and so are images without gaps
    rowBytes *= rows;
    rows = 1;
    if (fromImagePitch === rowBytes && toImagePitch === rowBytes) {
      rowBytes *= images;
      images = 1;
      fromImagePitch = toImagePitch = 0;
    }
  }
  for (let image = 0; image < images; image++) {
    let from = job.from + image * fromImagePitch;
    let to = job.to + image * toImagePitch;
    for (let row = 0; row < rows; row++) {
      bytes.copyWithin(to, from, from + rowBytes);
      from += fromRowPitch;
      to += toRowPitch;
    }
  }
}

/** @param target as long as a whole number of patterns */
function fillPattern(target: Uint8Array, pattern: Uint8Array): void {
  const size = target.length;
  target.set(pattern.subarray(0, size));
  // what is filled doubles
  for (let filled = pattern.length; filled < size; filled *= 2) target.copyWithin(filled, 0, Math.min(filled, size - filled));
}

/** Bytes from one thread's memory to the next one's: a multiple of what hardware keeps together. */
const stride = (size: number): number => Math.ceil(size / 256) * 256;

function refused({ fault: why, command, slot }: Refused): Submitted {
  return { status: "refused", fault: why, command, slot };
}

function fault(word: Fault, message: string): Loaded {
  return { ok: false, rule: "FAULT", word, message };
}
