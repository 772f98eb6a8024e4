/**
 * What a device keeps for its debugger. Debugging that hardware cannot give, for devices of `create({ debug: true })`: what shaders log, the steps of one invocation, and who touches
 * some bytes of a buffer. Shaders run on the reference tier, unoptimized, with records between their statements (`frontend/wgsl/to-ir-debug.ts`);
 * on other devices there is nothing of it.
 */
import { placeOf } from "../sandbox/isa/place.ts";
import { readObject } from "../sandbox/isa/write-object.ts";
import type { HitRecord } from "../sandbox/kernel/door.ts";
import { type DebugSite, type DebugValue, LOG, RECORD_HEADER } from "../support/debug-log.ts";
import { LineIndex } from "../support/source.ts";
import type { BufferCore } from "./buffer.ts";
import type { ComputePipelineCore } from "./compute-pipeline.ts";
import { describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { operationError } from "./errors.ts";
import { HeapStorage } from "./storage.ts";
import { InvocationTrace, type LoggedValue, type Step } from "./trace.ts";

export type Invocation = readonly [x: number, y: number, z: number];

/** A call of a function `printf…` without body. */
export interface LogEntry {
  /** the function called */
  readonly name: string;
  readonly values: readonly LoggedValue[];
  /** global id of the invocation */
  readonly invocation: Invocation;
  readonly pipeline: string;
  readonly line: number;
  readonly column: number;
  /** in one line, for people */
  readonly text: string;
}

/** An access to watched bytes. */
export interface WatchHit {
  readonly buffer: string;
  readonly kind: "read" | "write";
  readonly offset: number;
  readonly size: number;
  /** the 32-bit word at that place, before and after */
  readonly before: number;
  readonly after: number;
  readonly pipeline: string;
  readonly workgroup: number;
  /** local index in the workgroup */
  readonly invocation: number;
  /** 0 where the code has none */
  readonly line: number;
  readonly column: number;
}

const MOST_ENTRIES = 100_000;
const MOST_TRACES = 1000;

export class DebugState {
  readonly #device: DeviceCore;
  readonly #log: HeapStorage;
  #entries: LogEntry[] = [];
  #traces: InvocationTrace[] = [];
  #hits: WatchHit[] = [];
  #lost = 0;
  #followed: Invocation | null = null;
  readonly #watched = new Map<number, BufferCore>();

  constructor(device: DeviceCore) {
    this.#device = device;
    this.#log = new HeapStorage(device, (LOG.header + LOG.words) * 4);
  }

  /** The log, empty, for a dispatch. @returns its handle, or a FAULT */
  prepare(): number {
    const header = new Uint32Array(LOG.header);
    if (this.#followed !== null) header.set([1, ...this.#followed], LOG.follows);
    const status = this.#log.write(0, new Uint8Array(header.buffer));
    return status < 0 ? status : this.#log.handle();
  }
  get bytes(): number {
    return (LOG.header + LOG.words) * 4;
  }

  /** Takes what a dispatch left. */
  collect(pipeline: ComputePipelineCore): void {
    this.#collectHits(pipeline);
    if (this.#device.lost) return;
    const used = new Uint32Array(1);
    if (this.#log.readInto(0, new Uint8Array(used.buffer)) < 0) return;
    const words = new Uint32Array(Math.min(used[0]!, LOG.words));
    if (this.#log.readInto(LOG.header * 4, new Uint8Array(words.buffer)) < 0) return;
    const lines = new LineIndex(pipeline.source);
    const steps: Step[] = [];
    let at = 0;
    while (at < words.length) {
      const site = pipeline.sites[words[at]!];
      const length = site ? RECORD_HEADER + wordsOf(site.values) : 0;
      // the last ones did not fit
      if (site === undefined || at + length > words.length) break;
      const invocation: Invocation = [words[at + 1]!, words[at + 2]!, words[at + 3]!];
      const values = decode(site.values, words, at + RECORD_HEADER);
      const { line, column } = lines.position(site.offset);
      if (site.kind === "log") this.#addEntry(site, values, invocation, pipeline, line, column);
      else steps.push({ kind: site.kind, fn: site.fn, line, column, values });
      at += length;
    }
    if (used[0]! > at) this.#lost++;
    if (steps.length > 0 && this.#traces.length < MOST_TRACES) {
      this.#traces.push(new InvocationTrace(describe(pipeline), pipeline.source, steps, used[0]! > at));
    }
  }

  #addEntry(
    site: DebugSite,
    values: readonly LoggedValue[],
    invocation: Invocation,
    on: ComputePipelineCore,
    line: number,
    column: number,
  ) {
    if (this.#entries.length >= MOST_ENTRIES) this.#lost++;
    else {
      const shown = values.map(({ name, value }) => `${name} = ${show(value)}`).join(", ");
      const text = `${line}:${column} ${site.name}(${shown}) by invocation ${invocation.join(", ")}`;
      this.#entries.push({ name: site.name, values, invocation, pipeline: describe(on), line, column, text });
    }
  }

  #collectHits(pipeline: ComputePipelineCore): void {
    const hits = this.#watched.size > 0 ? this.#device.door.takeHits() : [];
    if (hits.length === 0) return;
    const { object } = pipeline.program;
    const read = object && readObject(object);
    const parts = read?.ok ? read.parts : null;
    for (const hit of hits) {
      const place = parts && placeOf(parts, hit.fn, hit.pc);
      const buffer = this.#watched.get(hit.watch);
      if (buffer && this.#hits.length < MOST_ENTRIES) this.#hits.push(hitOf(hit, buffer, pipeline, place?.line ?? 0, place?.column ?? 0));
    }
  }

  takeLog() {
    const taken = { entries: this.#entries, lost: this.#lost };
    this.#entries = [];
    this.#lost = 0;
    return taken;
  }
  follow(invocation: Invocation | null): void {
    this.#followed = invocation;
  }
  takeTraces(): readonly InvocationTrace[] {
    return this.#traces.splice(0);
  }
  takeHits(): readonly WatchHit[] {
    return this.#hits.splice(0);
  }
  watch(buffer: BufferCore, offset: number, size: number): () => void {
    const { storage } = buffer;
    if (!(storage instanceof HeapStorage)) throw operationError(`watch: ${describe(buffer)} can be mapped, and so no shader can bind it`);
    const handle = storage.handle();
    const watch = handle < 0 ? handle : this.#device.door.watch(handle, offset, size);
    if (watch < 0) throw operationError(`watch: the ${size} bytes at ${offset} of ${describe(buffer)} cannot be watched (fault ${watch})`);
    this.#watched.set(watch, buffer);
    return () => {
      this.#watched.delete(watch);
      if (!this.#device.lost) this.#device.door.unwatch(watch);
    };
  }
}

function hitOf(hit: HitRecord, buffer: BufferCore, on: ComputePipelineCore, line: number, column: number): WatchHit {
  const { kind, offset, width, before, after, workgroup, invocation } = hit;
  return {
    buffer: describe(buffer),
    kind,
    offset,
    size: width,
    before,
    after,
    pipeline: describe(on),
    workgroup,
    invocation,
    line,
    column,
  };
}

const wordsOf = (values: readonly DebugValue[]): number => values.reduce((sum, { scalars }) => sum + scalars.length, 0);

const show = (value: LoggedValue["value"]): string => (Array.isArray(value) ? `(${value.join(", ")})` : String(value));

function decode(values: readonly DebugValue[], words: Uint32Array, at: number): LoggedValue[] {
  let next = at;
  return values.map(({ name, type, scalars }) => {
    const parts = scalars.map((scalar) => scalarOf(scalar, words[next++]!));
    // a vector, matrix, array or struct is its scalars; what was too large has none
    return { name, type, value: parts.length === 1 ? parts[0]! : parts.length === 0 ? "…" : parts };
  });
}

function scalarOf(scalar: string, word: number): number | boolean {
  if (scalar === "bool") return word !== 0;
  if (scalar === "i32") return word | 0;
  return scalar === "u32" ? word : new Float32Array(Uint32Array.of(word).buffer)[0]!;
}
