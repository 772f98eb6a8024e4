/** @see https://www.w3.org/TR/webgpu/#buffers */

import { Mapping } from "./buffer-mapping.ts";
import { Core, describe, unusable } from "./core.ts";
import { type DeviceCore, type Resolvers, withResolvers } from "./device-core.ts";
import { abortError, operationError } from "./errors.ts";
import { ALL_BUFFER_USAGES, flagNames, GPUBufferUsage, GPUMapMode } from "./flags.ts";
import { boolean, isObject, size64, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, instance, required } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf, promised } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { HeapStorage, HostStorage } from "./storage.ts";

const bufferDescriptor = dictionary(objectDescriptor, {
  mappedAtCreation: defaulted(boolean, false),
  size: required(size64),
  usage: required(uint32),
});

const { MAP_READ, MAP_WRITE, COPY_SRC, COPY_DST } = GPUBufferUsage;

/** Frees heap memory of buffers that the script dropped without destroying them. */
const dropped = new FinalizationRegistry<HeapStorage>((storage) => storage.free());

export class BufferCore extends Core {
  readonly size: number;
  readonly usage: number;
  /** device timeline. @see https://www.w3.org/TR/webgpu/#dom-gpubuffer-internal-state-slot */
  state: "available" | "unavailable" | "destroyed" = "available";
  readonly storage: HeapStorage | HostStorage;
  /** content timeline */
  mapping: Mapping | null = null;
  /** content timeline: the promise of mapAsync */
  pending: Resolvers<undefined> | null = null;

  constructor(device: DeviceCore, label: string, size: number, usage: number) {
    super("GPUBuffer", device, label);
    this.size = size;
    this.usage = usage;
    if (usage & (MAP_READ | MAP_WRITE)) this.storage = new HostStorage(size);
    else {
      this.storage = new HeapStorage(device, size);
      dropped.register(this, this.storage);
    }
  }

  get sizeBytes(): number {
    return this.size;
  }

  /** Why the queue may not use it now, or null. */
  busy(): string | null {
    if (this.state === "available") return null;
    if (this.state === "destroyed") return `${describe(this)} is destroyed`;
    return `${describe(this)} is mapped; call unmap() first`;
  }

  /** @see https://www.w3.org/TR/webgpu/#dom-gpubuffer-unmap */
  unmap(): void {
    const { pending, mapping } = this;
    if (pending === null && mapping === null) return;
    this.pending = null;
    this.mapping = null;
    this.device.mapped.delete(this);
    pending?.reject(abortError(`mapAsync: ${describe(this)} was unmapped before it was mapped`));
    const written = mapping?.close() ?? [];
    this.device.timeline.run(() => {
      if (!this.valid || this.state !== "unavailable") return;
      for (const { offset, bytes } of written) {
        if (this.storage.adopt(offset, bytes) < 0) outOfHeap(this, "unmap");
      }
      this.state = "available";
    });
  }

  destroy(): void {
    this.unmap();
    this.device.timeline.run(() => {
      this.state = "destroyed";
      this.storage.free();
    });
  }
}

export function outOfHeap(buffer: BufferCore, what: string): void {
  buffer.device.error("out-of-memory", `${what}: the device's heap has no room for the ${buffer.size} bytes of ${describe(buffer)}`);
}

/** What is wrong with the descriptor of a buffer, or null. @see https://www.w3.org/TR/webgpu/#dom-gpudevice-createbuffer */
function wrongBuffer(device: DeviceCore, size: number, usage: number): string | null {
  if (usage === 0) return "the usage is 0; say what the buffer is for, such as GPUBufferUsage.STORAGE";
  if (usage & ~ALL_BUFFER_USAGES) return `the usage ${flagNames(GPUBufferUsage, usage)} has bits that mean nothing`;
  if (usage & MAP_READ && usage & ~(MAP_READ | COPY_DST)) return onlyWith("MAP_READ", "COPY_DST", usage);
  if (usage & MAP_WRITE && usage & ~(MAP_WRITE | COPY_SRC)) return onlyWith("MAP_WRITE", "COPY_SRC", usage);
  if (size > device.limits.maxBufferSize) {
    return `the size ${size} is over the limit maxBufferSize of ${device.limits.maxBufferSize}; a higher limit can be asked for in requestDevice`;
  }
  return null;
}

function onlyWith(one: string, other: string, usage: number): string {
  return (
    `usage ${one} may be combined with ${other} only, but is ${flagNames(GPUBufferUsage, usage)}; ` +
    `use a second buffer with ${one} | ${other}, and copyBufferToBuffer`
  );
}

/** Larger mapped ranges are refused at once, as `new ArrayBuffer` would. */
const MAX_MAPPED_BYTES = 2 ** 33;
export function createBuffer(device: DeviceCore, value: unknown): GPUBuffer {
  const { label, mappedAtCreation, size, usage } = bufferDescriptor(value, "createBuffer: descriptor");
  if (mappedAtCreation && size % 4 !== 0) {
    throw new RangeError(`createBuffer: with mappedAtCreation the size must be a multiple of 4, but is ${size}`);
  }
  if (mappedAtCreation && size > MAX_MAPPED_BYTES) throw new RangeError(`createBuffer: ${size} bytes are too many to map`);
  const core = new BufferCore(device, label, size, usage);
  if (mappedAtCreation) {
    core.mapping = new Mapping(0, size, true, null, size);
    device.mapped.add(core);
  }
  device.timeline.run(() => {
    core.state = mappedAtCreation ? "unavailable" : "available";
    core.valid = false;
    const wrong = wrongBuffer(device, size, usage);
    if (wrong !== null) device.invalid(`createBuffer: ${describe(core)}: ${wrong}`);
    else if (core.storage instanceof HeapStorage && !core.storage.reserve()) outOfHeap(core, "createBuffer");
    else core.valid = !device.lost;
  });
  return new GPUBuffer(MINT, core);
}

/** What is wrong with the range or mode of mapAsync, or null. */
function wrongMap(core: BufferCore, mode: number, offset: number, size: number): string | null {
  const busy = unusable(core, core.device) ?? core.busy();
  if (busy !== null) return busy;
  if (offset % 8 !== 0) return `the offset ${offset} is not a multiple of 8`;
  if (size % 4 !== 0) return `the size ${size} is not a multiple of 4`;
  if (offset + size > core.size) return `the range ends at ${offset + size}, past the end of ${describe(core)} at ${core.size}`;
  if (mode !== GPUMapMode.READ && mode !== GPUMapMode.WRITE) {
    return `the mode is ${flagNames(GPUMapMode, mode)}, but must be GPUMapMode.READ or GPUMapMode.WRITE`;
  }
  const [needed, name] = mode === GPUMapMode.READ ? [MAP_READ, "MAP_READ"] : [MAP_WRITE, "MAP_WRITE"];
  if ((core.usage & needed) === 0) {
    return `${describe(core)} has usage ${flagNames(GPUBufferUsage, core.usage)}, but this mode needs ${name}; add it to the usage in createBuffer`;
  }
  return null;
}

/**
 * A call while another is pending is refused at once, without an error for the scopes. A buffer that is mapped, or invalid, is found out on
 * the device timeline: so do browsers, and so the conformance tests expect, where the text of the specification is older or newer.
 * @see https://www.w3.org/TR/webgpu/#dom-gpubuffer-mapasync
 */
function mapAsync(core: BufferCore, mode: number, offset: number, size: number | undefined): Promise<undefined> {
  const { device } = core;
  if (core.pending !== null) return Promise.reject(operationError(`mapAsync: ${describe(core)} is already waiting to be mapped`));
  const pending = withResolvers<undefined>();
  core.pending = pending;
  device.mapped.add(core);
  device.timeline.run(() => {
    const length = size ?? Math.max(0, core.size - offset);
    const { lost } = device;
    const wrong = lost ? `the device of ${describe(core)} is lost` : wrongMap(core, mode, offset, length);
    if (wrong === null) core.state = "unavailable";
    else device.invalid(`mapAsync: ${wrong}`);
    device.tasks.post(() => settleMap(core, pending, mode, offset, offset + length, wrong, lost));
  });
  return pending.promise;
}

function settleMap(
  core: BufferCore,
  pending: Resolvers<undefined>,
  mode: number,
  start: number,
  end: number,
  wrong: string | null,
  lost: boolean,
): void {
  if (core.pending !== pending) return;
  core.pending = null;
  if (wrong !== null) {
    if (core.mapping === null) core.device.mapped.delete(core);
    pending.reject(lost ? abortError(`mapAsync: ${wrong}`) : operationError(`mapAsync: ${wrong}`));
    return;
  }
  const source = core.storage instanceof HostStorage ? core.storage : null;
  core.mapping = new Mapping(start, end, mode === GPUMapMode.WRITE, source, core.size);
  pending.resolve(undefined);
}

let coreOf: (value: unknown) => BufferCore | undefined;

export class GPUBuffer {
  declare readonly __brand: "GPUBuffer";
  declare label: string;
  readonly #core: BufferCore;
  constructor(...made: Made<BufferCore>) {
    this.#core = madeOf(made);
  }
  get size(): number {
    return this.#core.size;
  }
  get usage(): number {
    return this.#core.usage;
  }
  get mapState(): GPUBufferMapState {
    const { pending, mapping } = this.#core;
    if (mapping !== null) return "mapped";
    return pending === null ? "unmapped" : "pending";
  }
  mapAsync(mode: GPUMapModeFlags, offset: number = 0, size?: number): Promise<undefined> {
    return promised(() => {
      const core = this.#core;
      const flags = uint32(mode, "mapAsync: mode");
      const start = size64(offset, "mapAsync: offset");
      return mapAsync(core, flags, start, size === undefined ? undefined : size64(size, "mapAsync: size"));
    });
  }
  getMappedRange(offset: number = 0, size?: number): ArrayBuffer {
    const core = this.#core;
    const start = size64(offset, "getMappedRange: offset");
    const length = size === undefined ? Math.max(0, core.size - start) : size64(size, "getMappedRange: size");
    if (core.mapping === null) throw operationError(`getMappedRange: ${describe(core)} is not mapped; await mapAsync() first`);
    return core.mapping.range(start, length, `getMappedRange: ${describe(core)}`);
  }
  unmap(): undefined {
    this.#core.unmap();
  }
  destroy(): undefined {
    this.#core.destroy();
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUBuffer", GPUBuffer);
exposeLabel("GPUBuffer", GPUBuffer, coreOf!);

export const bufferCoreOf = (value: unknown): BufferCore | undefined => coreOf(value);
export const bufferArgument = instance("GPUBuffer", bufferCoreOf);
