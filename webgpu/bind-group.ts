/** @see https://www.w3.org/TR/webgpu/#bind-groups */
import { type BindGroupLayoutCore, bindGroupLayoutArgument, kindsOf, type LayoutEntry } from "./bind-group-layout.ts";
import { wrongSamplerBinding, wrongTextureBinding } from "./bind-texture-rules.ts";
import { type BufferCore, bufferArgument, bufferCoreOf } from "./buffer.ts";
import { Core, describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { flagNames, GPUBufferUsage } from "./flags.ts";
import { type Converter, isObject, size64, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, instance, optional, required, sequence } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { type SamplerCore, samplerCoreOf } from "./sampler.ts";
import { type TextureCore, textureCoreOf } from "./texture.ts";
import { defaultView, type TextureViewCore, textureViewCoreOf } from "./texture-view.ts";
import type { Usage } from "./usage-scope.ts";

const bufferBinding = dictionary(null, {
  buffer: required(bufferArgument),
  offset: defaulted(size64, 0),
  size: optional(size64),
});

export type BindingResource =
  | { readonly kind: "buffer"; readonly buffer: BufferCore; readonly offset: number; readonly size: number | undefined }
  | { readonly kind: "sampler"; readonly sampler: SamplerCore }
  | { readonly kind: "texture"; readonly texture: TextureCore | TextureViewCore };

/** The view itself, or that of a whole texture. */
const viewOf = ({ texture }: BindingResource & { kind: "texture" }): TextureViewCore =>
  texture.kind === "GPUTexture" ? defaultView(texture as TextureCore) : (texture as TextureViewCore);

/** GPUBindingResource: interface objects by brand, anything else is a GPUBufferBinding. */
const bindingResource: Converter<BindingResource> = (value, what) => {
  const buffer = bufferCoreOf(value);
  if (buffer !== undefined) return { kind: "buffer", buffer, offset: 0, size: undefined };
  const sampler = samplerCoreOf(value);
  if (sampler !== undefined) return { kind: "sampler", sampler };
  const texture = textureViewCoreOf(value) ?? textureCoreOf(value);
  if (texture !== undefined) return { kind: "texture", texture };
  return { kind: "buffer", ...bufferBinding(value, what) };
};

const bindGroupEntry = dictionary(null, { binding: required(uint32), resource: required(bindingResource) });
type BindGroupEntry = ReturnType<typeof bindGroupEntry>;

const bindGroupDescriptor = dictionary(objectDescriptor, {
  entries: required(sequence(bindGroupEntry)),
  layout: required(bindGroupLayoutArgument),
});

/** A buffer range as bound, before dynamic offsets. */
export interface BoundBuffer {
  readonly binding: number;
  readonly buffer: BufferCore;
  readonly offset: number;
  readonly size: number;
  /** false: the range goes to the end of the buffer, whatever the offset */
  readonly sized: boolean;
  readonly writable: boolean;
  readonly uniform: boolean;
  /** index into the dynamic offsets, or -1 */
  readonly dynamicIndex: number;
  readonly minBindingSize: number;
  readonly visibility: number;
}

/** A texture as bound. */
export interface BoundTexture {
  readonly binding: number;
  readonly view: TextureViewCore;
  readonly usage: Usage;
  readonly storage: boolean;
  readonly writable: boolean;
  readonly visibility: number;
}

export class BindGroupCore extends Core {
  readonly layout: BindGroupLayoutCore;
  /** by binding, ascending */
  buffers: readonly BoundBuffer[] = [];
  textures: readonly BoundTexture[] = [];
  samplers: readonly { readonly binding: number; readonly sampler: SamplerCore }[] = [];
  dynamicOffsetCount = 0;

  constructor(device: DeviceCore, label: string, layout: BindGroupLayoutCore) {
    super("GPUBindGroup", device, label);
    this.layout = layout;
  }
}

const effectiveSize = (r: { buffer: BufferCore; offset: number; size: number | undefined }): number =>
  r.size ?? Math.max(0, r.buffer.size - r.offset);

function wrongBuffer(resource: BindingResource & { kind: "buffer" }, layout: NonNullable<LayoutEntry["buffer"]>, device: DeviceCore) {
  const { buffer, offset } = resource;
  const size = effectiveSize(resource);
  const { limits } = device;
  const uniform = layout.type === "uniform";
  const why = unusable(buffer, device);
  if (why !== null) return why;
  const [usage, name] = uniform ? [GPUBufferUsage.UNIFORM, "UNIFORM"] : [GPUBufferUsage.STORAGE, "STORAGE"];
  if ((buffer.usage & usage) === 0) {
    return `${describe(buffer)} has usage ${flagNames(GPUBufferUsage, buffer.usage)}, but a binding of type "${layout.type}" needs ${name}`;
  }
  if (size === 0) return `the range bound of ${describe(buffer)} is empty`;
  if (offset + size > buffer.size) return `the range ends at ${offset + size}, past the end of ${describe(buffer)} at ${buffer.size}`;
  if (size < layout.minBindingSize) {
    return `the range is ${size} bytes, but the layout asks for a minBindingSize of ${layout.minBindingSize}`;
  }
  const align = uniform ? "minUniformBufferOffsetAlignment" : "minStorageBufferOffsetAlignment";
  if (offset % limits[align] !== 0) return `the offset ${offset} is not a multiple of ${align}, ${limits[align]}`;
  const most = uniform ? "maxUniformBufferBindingSize" : "maxStorageBufferBindingSize";
  if (size > limits[most]) return `the range is ${size} bytes, over the limit ${most} of ${limits[most]}`;
  if (!uniform && size % 4 !== 0) return `the range is ${size} bytes, but a storage binding must be a multiple of 4`;
  return null;
}

function wrongEntry(entry: BindGroupEntry, layout: LayoutEntry, device: DeviceCore): string | null {
  const { resource } = entry;
  const [kind = ""] = kindsOf(layout);
  if (layout.buffer && resource.kind === "buffer") return wrongBuffer(resource, layout.buffer, device);
  if (layout.sampler && resource.kind === "sampler") return wrongSamplerBinding(resource.sampler, layout.sampler, device);
  if (resource.kind === "texture" && (layout.texture || layout.storageTexture || layout.externalTexture)) {
    return wrongTextureBinding(viewOf(resource), layout, device);
  }
  return `the layout has a ${kind} there, but a ${resource.kind} was given${resource.kind === "sampler" ? `, ${describe(resource.sampler)}` : ""}`;
}

/** Says which bindings are missing or too many. */
function wrongCount(entries: readonly BindGroupEntry[], layout: BindGroupLayoutCore): string {
  const expected = layout.entries.map((each) => each.binding);
  const given = entries.map((each) => each.binding);
  const missing = expected.filter((binding) => !given.includes(binding));
  const unknown = given.filter((binding) => !expected.includes(binding));
  const facts = [
    ...(missing.length > 0 ? [`${missing.length === 1 ? "binding" : "bindings"} ${missing.join(", ")} missing`] : []),
    ...(unknown.length > 0 ? [`${unknown.length === 1 ? "binding" : "bindings"} ${unknown.join(", ")} not in the layout`] : []),
  ];
  const auto =
    unknown.length > 0 && layout.exclusivePipeline
      ? `; a default layout has only what the shader of ${describe(layout.exclusivePipeline)} uses`
      : "";
  return `${describe(layout)} has the bindings ${expected.join(", ") || "none"}, but ${given.join(", ") || "none"} ${given.length === 1 ? "was" : "were"} given${facts.length > 0 ? `: ${facts.join(", ")}` : ""}${auto}`;
}

function wrongGroup(layout: BindGroupLayoutCore, entries: readonly BindGroupEntry[], device: DeviceCore): string | null {
  const why = unusable(layout, device);
  if (why !== null) return why;
  if (entries.length !== layout.entries.length) {
    return wrongCount(entries, layout);
  }
  const seen = new Set<number>();
  for (const [i, entry] of entries.entries()) {
    const expected = layout.entries.find((each) => each.binding === entry.binding);
    if (expected === undefined) return `entries[${i}]: ${describe(layout)} has no binding ${entry.binding}`;
    if (seen.has(entry.binding)) return `entries[${i}]: binding ${entry.binding} occurs twice`;
    seen.add(entry.binding);
    const wrong = wrongEntry(entry, expected, device);
    if (wrong !== null) return `entries[${i}] (binding ${entry.binding}): ${wrong}`;
  }
  return null;
}

/** The buffer ranges of a valid group, in the order of dynamic offsets. */
function bindBuffers(core: BindGroupCore, entries: readonly BindGroupEntry[]): void {
  const buffers: BoundBuffer[] = [];
  let dynamic = 0;
  for (const layout of core.layout.entries) {
    const resource = entries.find((entry) => entry.binding === layout.binding)?.resource;
    if (resource?.kind !== "buffer" || layout.buffer === undefined) continue;
    buffers.push({
      binding: layout.binding,
      buffer: resource.buffer,
      offset: resource.offset,
      size: effectiveSize(resource),
      sized: resource.size !== undefined,
      writable: layout.buffer.type === "storage",
      uniform: layout.buffer.type === "uniform",
      dynamicIndex: layout.buffer.hasDynamicOffset ? dynamic++ : -1,
      minBindingSize: layout.buffer.minBindingSize,
      visibility: layout.visibility,
    });
  }
  core.buffers = buffers;
  core.dynamicOffsetCount = dynamic;
}

function bindTextures(core: BindGroupCore, entries: readonly BindGroupEntry[]): void {
  const textures: BoundTexture[] = [];
  for (const { binding, visibility, storageTexture } of core.layout.entries) {
    const resource = entries.find((entry) => entry.binding === binding)?.resource;
    if (resource?.kind !== "texture") continue;
    const storage = storageTexture !== undefined;
    const writable = storage && storageTexture.access !== "read-only";
    const usage = !writable ? "input" : storageTexture.access === "read-write" ? "storage" : "write-only";
    textures.push({ binding, view: viewOf(resource), usage, storage, writable, visibility });
  }
  if (textures.length > 0) core.textures = textures;
}

function bindSamplers(core: BindGroupCore, entries: readonly BindGroupEntry[]): void {
  const samplers = entries.flatMap(({ binding, resource }) =>
    resource.kind === "sampler" ? [{ binding, sampler: resource.sampler }] : [],
  );
  if (samplers.length > 0) core.samplers = samplers;
}

export function createBindGroup(device: DeviceCore, value: unknown): GPUBindGroup {
  const { label, layout, entries } = bindGroupDescriptor(value, "createBindGroup: descriptor");
  const core = new BindGroupCore(device, label, layout);
  device.timeline.run(() => {
    const wrong = wrongGroup(layout, entries, device);
    core.valid = wrong === null && !device.lost;
    if (core.valid) {
      bindBuffers(core, entries);
      bindTextures(core, entries);
      bindSamplers(core, entries);
    } else device.invalid(`createBindGroup: ${describe(core)}: ${wrong}`);
  });
  return new GPUBindGroup(MINT, core);
}

let coreOf: (value: unknown) => BindGroupCore | undefined;

export class GPUBindGroup {
  declare readonly __brand: "GPUBindGroup";
  declare label: string;
  readonly #core: BindGroupCore;
  constructor(...made: Made<BindGroupCore>) {
    this.#core = madeOf(made);
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUBindGroup", GPUBindGroup);
exposeLabel("GPUBindGroup", GPUBindGroup, coreOf!);

export const bindGroupArgument = instance("GPUBindGroup", (value) => coreOf(value));
