/** @see https://www.w3.org/TR/webgpu/#bind-group-layouts */
import { checkBindingSlots } from "./binding-slots.ts";
import { Core, describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { ALL_SHADER_STAGES, flagNames, GPUShaderStage } from "./flags.ts";
import { requireFormatFeature, storageAccessOf, textureFormat } from "./formats.ts";
import { boolean, isObject, size64, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, instance, optional, required, sequence } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";

export const viewDimension = enumeration("GPUTextureViewDimension", ["1d", "2d", "2d-array", "cube", "cube-array", "3d"]);

const bufferLayout = dictionary(null, {
  hasDynamicOffset: defaulted(boolean, false),
  minBindingSize: defaulted(size64, 0),
  type: defaulted(enumeration("GPUBufferBindingType", ["uniform", "storage", "read-only-storage"]), "uniform"),
});
const samplerLayout = dictionary(null, {
  type: defaulted(enumeration("GPUSamplerBindingType", ["filtering", "non-filtering", "comparison"]), "filtering"),
});
const textureLayout = dictionary(null, {
  multisampled: defaulted(boolean, false),
  sampleType: defaulted(enumeration("GPUTextureSampleType", ["float", "unfilterable-float", "depth", "sint", "uint"]), "float"),
  viewDimension: defaulted(viewDimension, "2d"),
});
const storageTextureLayout = dictionary(null, {
  access: defaulted(enumeration("GPUStorageTextureAccess", ["write-only", "read-only", "read-write"]), "write-only"),
  format: required(textureFormat),
  viewDimension: defaulted(viewDimension, "2d"),
});
const externalTextureLayout = dictionary(null, {});

const layoutEntry = dictionary(null, {
  binding: required(uint32),
  buffer: optional(bufferLayout),
  externalTexture: optional(externalTextureLayout),
  sampler: optional(samplerLayout),
  storageTexture: optional(storageTextureLayout),
  texture: optional(textureLayout),
  visibility: required(uint32),
});
export type LayoutEntry = ReturnType<typeof layoutEntry>;

const bindGroupLayoutDescriptor = dictionary(objectDescriptor, { entries: required(sequence(layoutEntry)) });

export class BindGroupLayoutCore extends Core {
  /** by binding number, ascending; the same entries under one key */
  entries: readonly LayoutEntry[] = [];
  /** pipeline whose default layout it is part of */
  exclusivePipeline: Core | null = null;
  /** equal for layouts with equal entries */
  #key: string | null = null;

  constructor(device: DeviceCore, label: string) {
    super("GPUBindGroupLayout", device, label);
  }
  setEntries(entries: readonly LayoutEntry[]): void {
    this.entries = [...entries].sort((a, b) => a.binding - b.binding);
    this.#key = null;
  }
  get key(): string {
    this.#key ??= JSON.stringify(this.entries);
    return this.#key;
  }
  get dynamicOffsetCount(): number {
    return this.entries.reduce((count, entry) => count + (entry.buffer?.hasDynamicOffset ? 1 : 0), 0);
  }
}

/** @see https://www.w3.org/TR/webgpu/#group-equivalent */
export function groupEquivalent(a: BindGroupLayoutCore, b: BindGroupLayoutCore): boolean {
  return a === b || (a.exclusivePipeline === b.exclusivePipeline && a.key === b.key);
}

/** Which of the five kinds an entry is; empty or several names when it is not exactly one. */
export function kindsOf(entry: LayoutEntry): readonly string[] {
  return (["buffer", "sampler", "texture", "storageTexture", "externalTexture"] as const).filter((kind) => entry[kind] !== undefined);
}

/** What is wrong with one entry, or null. */
function wrongEntry(entry: LayoutEntry, device: DeviceCore): string | null {
  const kinds = kindsOf(entry);
  if (kinds.length !== 1) {
    return `exactly one of buffer, sampler, texture, storageTexture and externalTexture must be given, but ${kinds.length === 0 ? "none is" : `${kinds.join(" and ")} are`}`;
  }
  if (entry.visibility & ~ALL_SHADER_STAGES)
    return `the visibility ${flagNames(GPUShaderStage, entry.visibility)} has bits that mean nothing`;
  const { buffer, texture, storageTexture } = entry;
  const inVertex = (entry.visibility & GPUShaderStage.VERTEX) !== 0;
  if (inVertex && buffer?.type === "storage") return `a buffer of type "storage" cannot be visible to VERTEX; use "read-only-storage"`;
  if (inVertex && storageTexture !== undefined && storageTexture.access !== "read-only") {
    return `a storage texture with access "${storageTexture.access}" cannot be visible to VERTEX`;
  }
  if (texture?.multisampled) {
    if (texture.viewDimension !== "2d") return `a multisampled texture must have viewDimension "2d", not "${texture.viewDimension}"`;
    if (texture.sampleType === "float") return `a multisampled texture cannot have sampleType "float"; use "unfilterable-float"`;
  }
  if (storageTexture !== undefined) {
    if (storageTexture.viewDimension.startsWith("cube"))
      return `a storage texture cannot have viewDimension "${storageTexture.viewDimension}"`;
    if (!storageAccessOf(storageTexture.format, device.features).includes(storageTexture.access)) {
      return `format "${storageTexture.format}" cannot be a storage texture with access "${storageTexture.access}"`;
    }
  }
  return null;
}

function wrongLayout(entries: readonly LayoutEntry[], device: DeviceCore): string | null {
  const seen = new Set<number>();
  const { maxBindingsPerBindGroup } = device.limits;
  for (const [i, entry] of entries.entries()) {
    if (seen.has(entry.binding)) return `entries[${i}]: binding ${entry.binding} occurs twice`;
    seen.add(entry.binding);
    if (entry.binding >= maxBindingsPerBindGroup) {
      return `entries[${i}]: binding ${entry.binding} is not below the limit maxBindingsPerBindGroup of ${maxBindingsPerBindGroup}`;
    }
    const wrong = wrongEntry(entry, device);
    if (wrong !== null) return `entries[${i}] (binding ${entry.binding}): ${wrong}`;
  }
  return checkBindingSlots(entries, device.limits);
}

export function createBindGroupLayout(device: DeviceCore, value: unknown): GPUBindGroupLayout {
  const { label, entries } = bindGroupLayoutDescriptor(value, "createBindGroupLayout: descriptor");
  for (const entry of entries) {
    if (entry.storageTexture) requireFormatFeature(entry.storageTexture.format, device, "createBindGroupLayout");
  }
  const core = new BindGroupLayoutCore(device, label);
  device.timeline.run(() => initializeLayout(core, entries, "createBindGroupLayout"));
  return new GPUBindGroupLayout(MINT, core);
}

/** The device timeline's part of createBindGroupLayout. */
export function initializeLayout(core: BindGroupLayoutCore, entries: readonly LayoutEntry[], what: string): void {
  const { device } = core;
  const wrong = wrongLayout(entries, device);
  core.setEntries(entries);
  core.valid = wrong === null && !device.lost;
  if (wrong !== null) device.invalid(`${what}: ${describe(core)}: ${wrong}`);
}

let coreOf: (value: unknown) => BindGroupLayoutCore | undefined;

export class GPUBindGroupLayout {
  declare readonly __brand: "GPUBindGroupLayout";
  declare label: string;
  readonly #core: BindGroupLayoutCore;
  constructor(...made: Made<BindGroupLayoutCore>) {
    this.#core = madeOf(made);
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUBindGroupLayout", GPUBindGroupLayout);
exposeLabel("GPUBindGroupLayout", GPUBindGroupLayout, coreOf!);

export const bindGroupLayoutArgument = instance("GPUBindGroupLayout", (value) => coreOf(value));
