/**
 * Queue submission: checks command buffers, then turns their commands into streams for the kernel. Copies to and from buffers that live
 * outside the heap are done here, between streams.
 * @see https://www.w3.org/TR/webgpu/#dom-gpuqueue-submit
 */
import { placeOf } from "../sandbox/isa/place.ts";
import { readObject } from "../sandbox/isa/write-object.ts";
import { CAUSE_ALARM, COMMAND, FAULT, type Submitted, type TrapRecord } from "../sandbox/kernel/door.ts";
import { CAUSE } from "../sandbox/machine/launch.ts";
import { Ice } from "../support/failure.ts";
import { IMMEDIATE_BINDING, LOG_BINDING } from "../support/hidden-bindings.ts";
import type { BufferCore } from "./buffer.ts";
import type { Bindings, Command, CommandBufferCore, MemoryRange } from "./commands.ts";
import type { ComputePipelineCore } from "./compute-pipeline.ts";
import { describe, unusable } from "./core.ts";
import { DecodedTexture } from "./decoded-texture.ts";
import type { DeviceCore } from "./device-core.ts";
import { Drawing, type Host } from "./draw/draw.ts";
import { findingFacts, findingText } from "./findings.ts";
import type { Program } from "./program.ts";
import { timestamp } from "./query-set.ts";
import { HeapStorage, HostStorage, IMMEDIATE_ROOM } from "./storage.ts";
import { resolveTexels } from "./texel-codec.ts";
import { TextureCore } from "./texture.ts";
import type { BoxCopy } from "./texture-copy.ts";
import type { TextureViewCore } from "./texture-view.ts";
import { readBox, writeBox } from "./texture-write.ts";

/** What is wrong with a submission, or null. */
function wrongSubmit(buffers: readonly CommandBufferCore[], device: DeviceCore): string | null {
  for (const [i, each] of buffers.entries()) {
    if (buffers.indexOf(each) !== i) return `${describe(each)} is given twice`;
    const wrong = unusableCommandBuffer(each, device) ?? wrongResources(each);
    if (wrong !== null) return wrong;
  }
  return null;
}

function unusableCommandBuffer(buffer: CommandBufferCore, device: DeviceCore): string | null {
  if (buffer.submitted) return `${describe(buffer)} was submitted before; record a new one for each submit`;
  return unusable(buffer, device);
}

function wrongResources({ used }: CommandBufferCore): string | null {
  for (const buffer of used.buffers) {
    const busy = buffer.busy();
    if (busy !== null) return busy;
  }
  for (const group of used.groups) {
    for (const { buffer } of group.buffers) {
      const busy = buffer.busy();
      if (busy !== null) return `${busy}, and is in ${describe(group)}`;
    }
    for (const { view } of group.textures) {
      if (view.texture.destroyed) return `${describe(view.texture)} is destroyed, and is in ${describe(group)}`;
    }
  }
  for (const texture of used.textures) if (texture.destroyed) return `${describe(texture)} is destroyed`;
  for (const querySet of used.querySets) if (querySet.destroyed) return `${describe(querySet)} is destroyed`;
  return null;
}

export function submit(device: DeviceCore, buffers: readonly CommandBufferCore[]): void {
  const wrong = wrongSubmit(buffers, device);
  for (const buffer of buffers) {
    buffer.submitted = true;
    buffer.valid = false;
  }
  if (wrong !== null) device.invalid(`submit: ${wrong}`);
  else if (!device.lost) new Submission(device).run(buffers);
  // commands hold on to buffers and pipelines
  for (const buffer of buffers) buffer.commands = [];
}

type Stored = MemoryRange["of"];

/** Only of what was found usable. */
function storageOf(thing: Stored): HeapStorage | HostStorage {
  const { storage } = thing;
  if (storage === null) throw new Ice(`${describe(thing)} has no memory`);
  return storage;
}

/** The caller knows that not both ends of a copy are in the heap. */
function viewOf(storage: HeapStorage | HostStorage, offset: number, size: number): Uint8Array {
  if (storage instanceof HeapStorage) throw new Ice("a copy within the heap is the kernel's");
  return storage.view(offset, size);
}

/** Immediate data of one dispatch, at most maxImmediateSize. */
const IMMEDIATE_STEP = 64;

/** Why a submission stopped: the error is reported already. */
class Stopped {}

class Submission {
  readonly #device: DeviceCore;
  /** the stream being built */
  #words: number[] = [];
  /** the words of the bindings written last: dispatches in a row often bind the same */
  #boundWords: readonly number[] = [];
  #bound: Bindings | null = null;
  /** bytes of the device's immediate data that the stream uses */
  #immediateBytes = 0;
  #drawing: Drawing | null = null;
  /** program of each command in it; null for copies */
  #programs: (Program | null)[] = [];

  constructor(device: DeviceCore) {
    this.#device = device;
  }

  run(buffers: readonly CommandBufferCore[]): void {
    try {
      for (const { commands } of buffers) for (const command of commands) this.#add(command);
      this.#flush();
    } catch (stopped) {
      if (!(stopped instanceof Stopped)) throw stopped;
    }
  }

  #add(command: Command): void {
    switch (command.does) {
      case "copy":
        return this.#copy(command);
      case "copyBox":
        return this.#copyBox(command.box);
      case "clearTexture":
        return this.#clearTexture(command);
      case "resolve":
        return this.#resolve(command.source, command.destination);
      case "timestamp":
        this.#flush();
        return command.querySet.write(command.index, timestamp(this.#device));
      case "resolveQueries":
        return this.#resolveQueries(command);
      case "clear":
        return this.#clear(command.buffer, command.offset, command.size);
      case "dispatch":
        if (command.x === 0 || command.y === 0 || command.z === 0) return;
        this.#program(COMMAND.dispatch, command);
        this.#words.push(command.x, command.y, command.z);
        return this.#debugged(command.pipeline);
      case "dispatchIndirect":
        this.#program(COMMAND.dispatchIndirect, command);
        this.#words.push(this.#handle(command.buffer), command.offset);
        return this.#debugged(command.pipeline);
      default:
        if (this.#device.options.validationOnly) return;
        this.#drawing ??= new Drawing(this.#device, this.#hostOfDraws());
        return this.#drawing.command(command);
    }
  }

  #hostOfDraws(): Host {
    return {
      handle: (of) => this.#handle(of),
      bound: (program, bindings, immediates) => {
        this.#checkRunnable(program);
        const words = this.#wordsOf(bindings);
        return immediates === null ? words : this.#withImmediates(program, words, immediates);
      },
      run: (program, words) => {
        for (const word of words) this.#words.push(word);
        this.#programs.push(program);
        this.#flush();
      },
      flush: () => this.#flush(),
      check: (status, what, bytes) => (status < 0 ? this.#stop(status, { kind: what, label: "", sizeBytes: bytes }) : status),
    };
  }

  #wordsOf(bindings: Bindings): number[] {
    for (const range of bindings) if (range?.of instanceof DecodedTexture) this.#decode(range.of);
    return bindings.flatMap((range) => (range === null ? [0, 0, 0] : [this.#handle(range.of), range.offset, range.size]));
  }

  #debugged(pipeline: ComputePipelineCore): void {
    const { debug } = this.#device;
    if (debug === null) return;
    try {
      this.#flush();
    } finally {
      debug.collect(pipeline);
    }
  }

  #program(code: number, { pipeline, bindings, immediates }: Extract<Command, { does: "dispatch" | "dispatchIndirect" }>): void {
    const { program } = pipeline;
    this.#checkRunnable(program);
    if (bindings !== this.#bound) {
      this.#boundWords = this.#wordsOf(bindings);
      this.#bound = bindings;
    }
    let words = immediates === null ? this.#boundWords : this.#withImmediates(program, this.#boundWords, immediates);
    if (pipeline.sites.length > 0) words = this.#withLog(pipeline, words);
    this.#words.push(code, program.handle, bindings.length);
    for (const word of words) this.#words.push(word); // a spread would take five times as long
    this.#programs.push(program);
  }

  #checkRunnable(program: Program): void {
    if (program.handle !== 0) return;
    const { pipeline, unrunnable } = program;
    this.#device.error("internal", `submit: ${describe(pipeline)} cannot run: ${unrunnable}`);
    throw new Stopped();
  }

  /** Each dispatch of a stream has a place of its own, in a buffer of the device; when that is full, the stream runs first. */
  #withImmediates(program: Program, bound: readonly number[], bytes: Uint8Array): number[] {
    const slot = program.slots.findIndex((each) => each.group === 0 && each.binding === IMMEDIATE_BINDING);
    if (slot < 0) return [...bound];
    if (this.#immediateBytes + IMMEDIATE_STEP > IMMEDIATE_ROOM) this.#flush();
    const at = this.#immediateBytes;
    this.#immediateBytes += IMMEDIATE_STEP;
    const { immediates } = this.#device;
    const status = immediates.write(at, bytes);
    if (status < 0) this.#stop(status, { kind: "immediate data", label: "", sizeBytes: IMMEDIATE_ROOM });
    return bound
      .with(slot * 3, immediates.handle())
      .with(slot * 3 + 1, at)
      .with(slot * 3 + 2, bytes.length);
  }

  /** A debugged dispatch is alone in its stream, so that the log is its own. */
  #withLog(pipeline: ComputePipelineCore, bound: readonly number[]): readonly number[] {
    const { debug } = this.#device;
    const slot = pipeline.program.slots.findIndex((each) => each.group === 0 && each.binding === LOG_BINDING);
    if (debug === null || slot < 0) return bound;
    this.#flush();
    const handle = debug.prepare();
    if (handle < 0) this.#stop(handle, { kind: "the log", label: "", sizeBytes: debug.bytes });
    return bound
      .with(slot * 3, handle)
      .with(slot * 3 + 1, 0)
      .with(slot * 3 + 2, debug.bytes);
  }

  /** What was written before has to be there first. */
  #decode(decoded: DecodedTexture): void {
    if (!decoded.isStale) return;
    this.#flush();
    if (!decoded.decode()) this.#stop(FAULT.memory, decoded);
  }

  #copy({ source, sourceOffset, destination, destinationOffset, size }: Extract<Command, { does: "copy" }>): void {
    if (size === 0) return;
    const from = source.storage;
    const to = destination.storage;
    if (from instanceof HeapStorage && to instanceof HeapStorage) {
      this.#words.push(COMMAND.copy, this.#handle(source), sourceOffset, this.#handle(destination), destinationOffset, size);
      this.#programs.push(null);
      return;
    }
    this.#flush();
    const status =
      to instanceof HeapStorage
        ? to.write(destinationOffset, viewOf(from, sourceOffset, size))
        : from.readInto(sourceOffset, to.room(destinationOffset, size));
    if (status >= 0) return;
    if (to instanceof HostStorage) to.clear(destinationOffset, size); // what was not overwritten is not ours to show
    this.#stop(status, from instanceof HeapStorage ? source : destination);
  }

  #copyBox({ source, destination, rowBytes, rows, images }: BoxCopy): void {
    // dispatches that bind the same as before have to decode it again
    if (destination.of instanceof TextureCore && destination.of.written()) this.#bound = null;
    const from = storageOf(source.of);
    const to = storageOf(destination.of);
    if (from instanceof HeapStorage && to instanceof HeapStorage) {
      this.#words.push(COMMAND.copyBox, this.#handle(source.of), source.offset, source.rowPitch, source.imagePitch);
      this.#words.push(this.#handle(destination.of), destination.offset, destination.rowPitch, destination.imagePitch);
      this.#words.push(rowBytes, rows, images);
      this.#programs.push(null);
      return;
    }
    this.#flush();
    const shape = { rowBytes, rows, images };
    const status =
      from instanceof HostStorage && to instanceof HeapStorage
        ? writeBox(from.view(0, source.of.sizeBytes), source, to, destination, shape)
        : from instanceof HeapStorage && to instanceof HostStorage
          ? readBox(from, source, to.view(0, destination.of.sizeBytes), destination, shape)
          : 0;
    if (status < 0) this.#stop(status, from instanceof HeapStorage ? source.of : destination.of);
  }

  #clearTexture({ texture, aspect, level, image, texel }: Extract<Command, { does: "clearTexture" }>): void {
    const layout = texture.layout?.planes.get(aspect)?.[level];
    if (layout === undefined) throw new Ice(`${describe(texture)} has no such level`);
    const pattern = new Uint8Array(16);
    pattern.set(texel);
    const bytes = new DataView(pattern.buffer);
    const words = [0, 4, 8, 12].map((at) => bytes.getUint32(at, true));
    const offset = layout.offset + image * layout.imageBytes;
    this.#words.push(COMMAND.fill, this.#handle(texture), offset, layout.imageBytes, texel.length || 1, ...words);
    this.#programs.push(null);
  }

  #resolve(source: TextureViewCore, destination: TextureViewCore): void {
    this.#flush();
    const from = source.texture.layout?.planes.get("color")?.[source.baseMipLevel];
    const to = destination.texture.layout?.planes.get("color")?.[destination.baseMipLevel];
    const [samples, target] = [source.texture.storage, destination.texture.storage];
    if (!from || !to || !samples || !target) throw new Ice(`${describe(source)} or ${describe(destination)} has no memory`);
    const bytes = new Uint8Array(from.imageBytes);
    const read = samples.readInto(from.offset + source.baseArrayLayer * from.imageBytes, bytes);
    if (read < 0) this.#stop(read, source.texture);
    const resolved = resolveTexels(source.format, bytes, source.texture.sampleCount);
    const written = target.write(to.offset + destination.baseArrayLayer * to.imageBytes, resolved);
    if (written < 0) this.#stop(written, destination.texture);
  }

  #resolveQueries({ querySet, first, count, buffer, offset }: Extract<Command, { does: "resolveQueries" }>): void {
    if (count === 0) return;
    this.#flush();
    const status = buffer.storage.write(offset, querySet.read(first, count));
    if (status < 0) this.#stop(status, buffer);
  }

  #clear(buffer: BufferCore, offset: number, size: number): void {
    if (size === 0) return;
    if (buffer.storage instanceof HeapStorage) {
      this.#words.push(COMMAND.clear, this.#handle(buffer), offset, size);
      this.#programs.push(null);
    } else {
      this.#flush();
      buffer.storage.clear(offset, size);
    }
  }

  #handle(thing: Stored): number {
    const storage = storageOf(thing);
    if (!(storage instanceof HeapStorage)) throw new Ice(`${describe(thing)} can be mapped, and so cannot be bound`);
    const handle = storage.handle();
    return handle < 0 ? this.#stop(handle, thing) : handle;
  }

  #stop(fault: number, buffer: Pick<Stored, "kind" | "label" | "sizeBytes">): never {
    if (fault === FAULT.memory) {
      this.#device.error("out-of-memory", `submit: the device's heap has no room for the ${buffer.sizeBytes} bytes of ${describe(buffer)}`);
    } else if (fault !== FAULT.lost) this.#device.error("internal", `submit: the kernel refused ${describe(buffer)} (fault ${fault})`);
    throw new Stopped();
  }

  /** Runs what is in the stream. */
  #flush(): void {
    if (this.#words.length === 0) return;
    const stream = new Float64Array(this.#words);
    const programs = this.#programs;
    this.#immediateBytes = 0;
    this.#words = [];
    this.#programs = [];
    const result = this.#device.door.submit(stream);
    if (this.#device.options.sanitize) reportFindings(this.#device, programs);
    if (result.status === "done") return;
    reportSubmit(this.#device, result, programs);
    throw new Stopped();
  }
}

/** What the sanitizer saw of a submission: an internal error for each, so that a test that looks at errors sees it. */
function reportFindings(device: DeviceCore, programs: readonly (Program | null)[]): void {
  for (const finding of device.door.takeFindings()) {
    const program = programs.find((p) => p?.handle === finding.program);
    const read = program?.object && readObject(program.object);
    const parts = read?.ok ? read.parts : null;
    const place = parts && placeOf(parts, finding.fn, finding.pc);
    const { kind, says } = findingText(finding);
    const where = place ? ` at line ${place.line}, column ${place.column} of its shader` : "";
    const whose = program ? `, in ${describe(program.pipeline)}${where}` : "";
    device.error("internal", `sanitizer[${kind}]: ${says}${whose}; ${findingFacts(finding, parts).join("; ")}`);
  }
}

function reportSubmit(device: DeviceCore, result: Submitted, programs: readonly (Program | null)[]): void {
  if (result.status === "lost") {
    const program = programs[result.trap.command];
    device.lose("unknown", trapText(result.trap) + (program ? trapPlace(result.trap, program) : ""));
  } else if (result.status === "refused") {
    if (result.fault === FAULT.memory)
      device.error("out-of-memory", "submit: the device's heap has no room for the memory that its shaders need");
    else if (result.fault === FAULT.lost) device.lose("unknown", "the kernel lost the device");
    else {
      device.error(
        "internal",
        `submit: the kernel refused command ${result.command}, slot ${result.slot} (fault ${result.fault}); nothing ran`,
      );
    }
  }
}

const CAUSES: Readonly<Record<number, string>> = {
  [CAUSE.bounds]: "a shader reached outside a buffer",
  [CAUSE.permission]: "a shader wrote where it may only read",
  [CAUSE.fuel]: "a shader ran for too long; raise the option 'fuel' if that was meant",
  [CAUSE.killed]: "a shader was stopped at its deadline",
  [CAUSE_ALARM]: "a shader broke the machine's rules, which is a bug of Portcullis; please report it",
};

/** The pipeline, the line of its shader, and what was known there. */
function trapPlace(trap: TrapRecord, { object, pipeline }: Program): string {
  const read = object && readObject(object);
  const place = read?.ok ? placeOf(read.parts, trap.fn, trap.pc) : null;
  const line = place ? `, at line ${place.line}, column ${place.column} of its shader` : "";
  const { pc, workgroup, wave, lane } = trap;
  const facts = Object.entries({ "code word": pc, workgroup, wave, lane }).filter(([, value]) => value >= 0);
  const more = facts.map(([name, value]) => `${name} ${value}`).join(", ");
  return `, in ${describe(pipeline)}${line}${more === "" ? "" : ` (${more})`}`;
}

function trapText(trap: TrapRecord): string {
  return CAUSES[trap.cause] ?? `a shader was stopped (cause ${trap.cause})`;
}
