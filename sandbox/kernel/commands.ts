/**
 * From a command stream to jobs. The stream is the kernel's own copy. Every number in it is checked here, once, and what a job holds is
 * what was checked: addresses in the heap, regions, grids.
 */
import { STAGE } from "../isa/modes.ts";
import type { Region } from "../machine/launch.ts";
import type { HandleTable } from "../memory/handles.ts";
import { type Block, cut, isInside, REGION_ALIGNMENT, suppliedBytes } from "../memory/regions.ts";
import type { Program, Token } from "../verifier/token.ts";
import { COMMAND, FAULT, type Fault, type Handle, MAX_BUFFER_BYTES, MAX_GRID } from "./door.ts";
import type { Runner } from "./tiers.ts";

export const KIND_BUFFER = 1;
export const KIND_PROGRAM = 2;

export interface LoadedProgram {
  readonly token: Token;
  readonly program: Program;
  readonly runner: Runner;
  /** holds the constants, or undefined where there are none */
  readonly constants: Block | undefined;
}
export type Things = HandleTable<Block | LoadedProgram>;

/** Rows of bytes at addresses. Where there is one row or image, its pitch means nothing. */
export interface BoxJob {
  readonly does: "copyBox";
  readonly from: number;
  readonly fromRowPitch: number;
  readonly fromImagePitch: number;
  readonly to: number;
  readonly toRowPitch: number;
  readonly toImagePitch: number;
  readonly rowBytes: number;
  readonly rows: number;
  readonly images: number;
}

export type Job =
  | { readonly does: "copy"; readonly from: number; readonly to: number; readonly size: number }
  | BoxJob
  | { readonly does: "fill"; readonly from: number; readonly size: number; readonly pattern: Uint8Array }
  | { readonly does: "clear"; readonly from: number; readonly size: number }
  | {
      readonly does: "dispatch";
      readonly handle: Handle;
      readonly loaded: LoadedProgram;
      /** one per slot; undefined where the kernel supplies it */
      readonly bound: readonly (Region | undefined)[];
      readonly grid: readonly [number, number, number];
      /** address of three u32 that are the grid, or -1 */
      readonly indirect: number;
    };

export type DispatchJob = Extract<Job, { does: "dispatch" }>;

/** Where parsing stopped. */
export interface Refused {
  readonly fault: Fault;
  readonly command: number;
  readonly slot: number;
}

/** Looks buffers and programs up. `get` of the table tells kinds apart, so a program's handle is no buffer. */
export class Parser {
  readonly #things: Things;
  readonly #stream: Float64Array;
  #at = 0;
  #fault: Fault = FAULT.argument;
  #slot = -1;
  /** the last dispatch, and where its program and bindings begin: many in a row bind the same, which is looked up once */
  #last: DispatchJob | undefined;
  #lastAt = 0;

  constructor(things: Things, stream: Float64Array) {
    this.#things = things;
    this.#stream = stream;
  }

  /** @returns all jobs, or the first fault */
  parse(): { readonly ok: true; readonly jobs: readonly Job[] } | ({ readonly ok: false } & Refused) {
    const jobs: Job[] = [];
    while (this.#at < this.#stream.length) {
      this.#fault = FAULT.argument;
      this.#slot = -1;
      const job = this.#job(this.#next());
      if (job === undefined) return { ok: false, fault: this.#fault, command: jobs.length, slot: this.#slot };
      jobs.push(job);
    }
    return { ok: true, jobs };
  }

  /** The next number; NaN past the end, which every check refuses. */
  #next(): number {
    return this.#stream[this.#at++] ?? Number.NaN;
  }

  #refuse(fault: Fault): undefined {
    this.#fault = fault;
    return undefined;
  }

  #job(code: number): Job | undefined {
    switch (code) {
      case COMMAND.copy:
        return this.#copy();
      case COMMAND.clear:
        return this.#clear();
      case COMMAND.copyBox:
        return this.#copyBox();
      case COMMAND.fill:
        return this.#fill();
      case COMMAND.dispatch:
      case COMMAND.dispatchIndirect:
        return this.#dispatch(code === COMMAND.dispatchIndirect);
      default:
        return undefined;
    }
  }

  /** @returns the address of a stretch of a buffer, all in whole words */
  #stretch(handle: number, offset: number, size: number): number | undefined {
    const block = this.#things.get(handle, KIND_BUFFER) as Block | undefined;
    if (block === undefined) return this.#refuse(FAULT.handle);
    if (!isInside(offset, size, block.size)) return this.#refuse(FAULT.range);
    return offset % 4 === 0 && size % 4 === 0 ? block.base + offset : this.#refuse(FAULT.alignment);
  }

  #copy(): Job | undefined {
    const [source, sourceOffset, destination, destinationOffset] = [this.#next(), this.#next(), this.#next(), this.#next()];
    const size = this.#next();
    const from = this.#stretch(source, sourceOffset, size);
    if (from === undefined) return undefined;
    const to = this.#stretch(destination, destinationOffset, size);
    if (to === undefined) return undefined;
    return from < to + size && to < from + size ? this.#refuse(FAULT.overlap) : { does: "copy", from, to, size };
  }

  #clear(): Job | undefined {
    const [buffer, offset, size] = [this.#next(), this.#next(), this.#next()];
    const from = this.#stretch(buffer, offset, size);
    return from === undefined ? undefined : { does: "clear", from, size };
  }

  #copyBox(): Job | undefined {
    const source = [this.#next(), this.#next(), this.#next(), this.#next()] as const;
    const destination = [this.#next(), this.#next(), this.#next(), this.#next()] as const;
    const shape = [this.#next(), this.#next(), this.#next()] as const;
    if (!isInside(0, shape[0], MAX_BUFFER_BYTES) || !isInside(0, shape[1], MAX_BUFFER_BYTES) || !isInside(0, shape[2], MAX_BUFFER_BYTES)) {
      return this.#refuse(FAULT.range);
    }
    const from = this.#boxEnd(source, shape);
    if (from === undefined) return undefined;
    const to = this.#boxEnd(destination, shape);
    if (to === undefined) return undefined;
    if (from.base < to.end && to.base < from.end) return this.#refuse(FAULT.overlap);
    const [, , fromRowPitch, fromImagePitch] = source;
    const [, , toRowPitch, toImagePitch] = destination;
    const [rowBytes, rows, images] = shape;
    const strides = { from: from.base, fromRowPitch, fromImagePitch, to: to.base, toRowPitch, toImagePitch };
    return { does: "copyBox", ...strides, rowBytes, rows, images };
  }

  /** @returns the addresses of the first byte of a box and after the last */
  #boxEnd(
    [handle, offset, rowPitch, imagePitch]: readonly [number, number, number, number],
    [rowBytes, rows, images]: readonly [number, number, number],
  ): { readonly base: number; readonly end: number } | undefined {
    const block = this.#things.get(handle, KIND_BUFFER) as Block | undefined;
    if (block === undefined) return this.#refuse(FAULT.handle);
    if (rowBytes === 0 || rows === 0 || images === 0) {
      return isInside(offset, 0, block.size) ? { base: block.base + offset, end: block.base + offset } : this.#refuse(FAULT.range);
    }
    const isPitch = (pitch: number, least: number) => isInside(0, pitch, MAX_BUFFER_BYTES) && pitch >= least;
    if (rows > 1 && !isPitch(rowPitch, rowBytes)) return this.#refuse(FAULT.range);
    // products beyond exact integers are far beyond every block, and so refused below
    const imageBytes = rows > 1 ? (rows - 1) * rowPitch + rowBytes : rowBytes;
    if (images > 1 && !isPitch(imagePitch, imageBytes)) return this.#refuse(FAULT.range);
    const size = images > 1 ? (images - 1) * imagePitch + imageBytes : imageBytes;
    if (!isInside(offset, size, block.size)) return this.#refuse(FAULT.range);
    return { base: block.base + offset, end: block.base + offset + size };
  }

  #fill(): Job | undefined {
    const [handle, offset, size, patternBytes] = [this.#next(), this.#next(), this.#next(), this.#next()];
    const words = [this.#next(), this.#next(), this.#next(), this.#next()];
    const block = this.#things.get(handle, KIND_BUFFER) as Block | undefined;
    if (block === undefined) return this.#refuse(FAULT.handle);
    if (!isInside(offset, size, block.size)) return this.#refuse(FAULT.range);
    if (!isInside(1, patternBytes, 17) || patternBytes > 16 || size % patternBytes !== 0) return this.#refuse(FAULT.alignment);
    if (words.some((word) => !isInside(0, word, 0xffff_ffff))) return this.#refuse(FAULT.argument);
    const pattern = new Uint8Array(Uint32Array.from(words).buffer, 0, patternBytes);
    return { does: "fill", from: block.base + offset, size, pattern };
  }

  #dispatch(isIndirect: boolean): Job | undefined {
    const at = this.#at;
    const known = this.#sameAsLast() ?? this.#bound();
    if (known === undefined) return undefined;
    const { handle, loaded, bound } = known;
    const job = isIndirect ? this.#indirect(handle, loaded, bound) : this.#direct(handle, loaded, bound);
    this.#last = job;
    this.#lastAt = at;
    return job;
  }

  #direct(handle: Handle, loaded: LoadedProgram, bound: DispatchJob["bound"]): DispatchJob | undefined {
    const grid = [this.#next(), this.#next(), this.#next()] as const;
    return isGrid(grid) ? { does: "dispatch", handle, loaded, bound, grid, indirect: -1 } : this.#refuse(FAULT.grid);
  }

  #indirect(handle: Handle, loaded: LoadedProgram, bound: DispatchJob["bound"]): DispatchJob | undefined {
    const indirect = this.#stretch(this.#next(), this.#next(), 12);
    return indirect === undefined ? undefined : { does: "dispatch", handle, loaded, bound, grid: [0, 0, 0], indirect };
  }

  /** @returns the last dispatch, with its program and bindings skipped, when they are the same numbers here */
  #sameAsLast(): DispatchJob | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    const words = 2 + 3 * last.bound.length;
    for (let i = 0; i < words; i++) if (this.#stream[this.#at + i] !== this.#stream[this.#lastAt + i]) return undefined;
    this.#at += words;
    return last;
  }

  #bound(): Pick<DispatchJob, "handle" | "loaded" | "bound"> | undefined {
    const handle = this.#next();
    const loaded = this.#things.get(handle, KIND_PROGRAM) as LoadedProgram | undefined;
    if (loaded === undefined) return this.#refuse(FAULT.handle);
    if (loaded.program.stage !== STAGE.compute) return this.#refuse(FAULT.stage);
    const bound = this.#bindings(loaded.program);
    return bound === undefined ? undefined : { handle, loaded, bound };
  }

  #bindings(program: Program): (Region | undefined)[] | undefined {
    if (this.#next() !== program.slots.length) return this.#refuse(FAULT.slot);
    const bound: (Region | undefined)[] = [];
    for (let slot = 0; slot < program.slots.length; slot++) {
      this.#slot = slot;
      const [buffer, offset, size] = [this.#next(), this.#next(), this.#next()];
      if (suppliedBytes(program, slot) >= 0) {
        if (buffer !== 0 || offset !== 0 || size !== 0) return this.#refuse(FAULT.slot);
        bound.push(undefined);
        continue;
      }
      const region = this.#region(program, slot, buffer, offset, size);
      if (region === undefined) return undefined;
      bound.push(region);
    }
    this.#slot = -1;
    return bound;
  }

  #region(program: Program, slot: number, buffer: number, offset: number, size: number): Region | undefined {
    const block = this.#things.get(buffer, KIND_BUFFER) as Block | undefined;
    if (block === undefined) return this.#refuse(FAULT.handle);
    const { kind, permissions, min } = program.slots[slot]!;
    if (offset % REGION_ALIGNMENT !== 0) return this.#refuse(FAULT.alignment);
    const region = cut(block, offset, size, kind, permissions);
    if (region === undefined) return this.#refuse(FAULT.range);
    return region.size < min ? this.#refuse(FAULT.minimum) : region;
  }
}

/** @returns whether these are three workgroup counts */
export function isGrid(grid: readonly [number, number, number]): boolean {
  return isCount(grid[0]) && isCount(grid[1]) && isCount(grid[2]);
}
const isCount = (n: number) => Number.isInteger(n) && n >= 0 && n <= MAX_GRID;
