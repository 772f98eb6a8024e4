/** @see https://www.w3.org/TR/webgpu/#textures */
import { viewDimension } from "./bind-group-layout.ts";
import { Core, describe } from "./core.ts";
import { DecodedTexture } from "./decoded-texture.ts";
import type { DeviceCore } from "./device-core.ts";
import { type Extent3D, extent3D } from "./extent.ts";
import { type Format, formatOf, isCompressed, requireFormatFeature, textureFormat } from "./formats.ts";
import { isObject, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, instance, optional, required, sequence } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { HeapStorage, MAX_HEAP_STORAGE_BYTES } from "./storage.ts";
import { type TextureLayout, textureLayout } from "./texture-layout.ts";
import { wrongTexture } from "./texture-rules.ts";
import { createView, type GPUTextureView } from "./texture-view.ts";

const textureDescriptor = dictionary(objectDescriptor, {
  dimension: defaulted(enumeration("GPUTextureDimension", ["1d", "2d", "3d"]), "2d"),
  format: required(textureFormat),
  mipLevelCount: defaulted(uint32, 1),
  sampleCount: defaulted(uint32, 1),
  size: required(extent3D),
  textureBindingViewDimension: optional(viewDimension),
  usage: required(uint32),
  viewFormats: defaulted(sequence(textureFormat), []),
});
export type TextureDescriptor = ReturnType<typeof textureDescriptor>;

/** Frees heap memory of textures that the script dropped without destroying them. */
const dropped = new FinalizationRegistry<HeapStorage>((storage) => storage.free());

export class TextureCore extends Core {
  readonly size: Extent3D;
  readonly dimension: GPUTextureDimension;
  readonly format: Format;
  readonly mipLevelCount: number;
  readonly sampleCount: number;
  readonly usage: number;
  readonly viewFormats: readonly string[];
  readonly bindingViewDimension: GPUTextureViewDimension | undefined;
  destroyed = false;
  #memory: { readonly layout: TextureLayout; readonly storage: HeapStorage } | null = null;
  #decoded: DecodedTexture | null = null;

  constructor(device: DeviceCore, descriptor: TextureDescriptor) {
    super("GPUTexture", device, descriptor.label);
    this.size = descriptor.size;
    this.dimension = descriptor.dimension;
    this.format = formatOf(descriptor.format);
    this.mipLevelCount = descriptor.mipLevelCount;
    this.sampleCount = descriptor.sampleCount;
    this.usage = descriptor.usage;
    this.viewFormats = descriptor.viewFormats;
    this.bindingViewDimension = device.features.has("core-features-and-limits") ? undefined : bindingDimension(descriptor);
  }

  get arrayLayerCount(): number {
    return this.dimension === "2d" ? this.size.depthOrArrayLayers : 1;
  }

  /** Sets heap aside. Only for valid descriptors. @returns false when there is not enough */
  reserve(): boolean {
    const layout = textureLayout(this, this.format);
    if (layout.sizeBytes > MAX_HEAP_STORAGE_BYTES) return false;
    const storage = new HeapStorage(this.device, layout.sizeBytes);
    if (!storage.reserve()) return false;
    dropped.register(this, storage);
    this.#memory = { layout, storage };
    return true;
  }

  /** null for invalid textures */
  get layout(): TextureLayout | null {
    return this.#memory?.layout ?? null;
  }

  /** null for invalid textures */
  get storage(): HeapStorage | null {
    return this.#memory?.storage ?? null;
  }
  get sizeBytes(): number {
    return this.#memory?.layout.sizeBytes ?? 0;
  }

  /** What has the texels as shaders read them: the texture itself, but for compressed ones. */
  get readable(): TextureCore | DecodedTexture {
    if (!isCompressed(this.format)) return this;
    this.#decoded ??= new DecodedTexture(this);
    return this.#decoded;
  }

  /** To be called after each write. @returns whether shaders now read a copy that is out of date */
  written(): boolean {
    this.#decoded?.spoil();
    return this.#decoded !== null;
  }

  destroy(): void {
    this.destroyed = true;
    this.#decoded?.storage.free();
    this.#memory?.storage.free();
  }
}

/** What compatibility devices bind the texture as. @see https://www.w3.org/TR/webgpu/#dom-gputexture-texturebindingviewdimension */
function bindingDimension({ textureBindingViewDimension, dimension, size }: TextureDescriptor): GPUTextureViewDimension {
  return textureBindingViewDimension ?? (dimension === "2d" && size.depthOrArrayLayers > 1 ? "2d-array" : dimension);
}

export function createTexture(device: DeviceCore, value: unknown): GPUTexture {
  const descriptor = textureDescriptor(value, "createTexture: descriptor");
  requireFormatFeature(descriptor.format, device, "createTexture");
  for (const format of descriptor.viewFormats) requireFormatFeature(format, device, "createTexture");
  return makeTexture(new TextureCore(device, descriptor), descriptor, "createTexture");
}

/** Validates a texture on the device timeline, and gives it memory. @param what the call, for messages */
export function makeTexture(core: TextureCore, descriptor: TextureDescriptor, what: string): GPUTexture {
  const { device } = core;
  device.timeline.run(() => {
    const wrong = device.lost ? null : wrongTexture(descriptor, core.format, device);
    core.valid = wrong === null && !device.lost && core.reserve();
    if (core.valid || device.lost) return;
    if (wrong !== null) device.invalid(`${what}: ${describe(core)}: ${wrong}`);
    else device.error("out-of-memory", `${what}: the device's heap has no room for ${describe(core)}`);
  });
  return new GPUTexture(MINT, core);
}

let coreOf: (value: unknown) => TextureCore | undefined;

export class GPUTexture {
  declare readonly __brand: "GPUTexture";
  declare label: string;
  readonly #core: TextureCore;
  constructor(...made: Made<TextureCore>) {
    this.#core = madeOf(made);
  }
  createView(descriptor?: GPUTextureViewDescriptor): GPUTextureView {
    return createView(this.#core, descriptor);
  }
  destroy(): undefined {
    const core = this.#core;
    core.device.timeline.run(() => core.destroy());
  }
  get width(): number {
    return this.#core.size.width;
  }
  get height(): number {
    return this.#core.size.height;
  }
  get depthOrArrayLayers(): number {
    return this.#core.size.depthOrArrayLayers;
  }
  get mipLevelCount(): number {
    return this.#core.mipLevelCount;
  }
  get sampleCount(): number {
    return this.#core.sampleCount;
  }
  get dimension(): GPUTextureDimension {
    return this.#core.dimension;
  }
  get format(): GPUTextureFormat {
    return this.#core.format.name as GPUTextureFormat;
  }
  get usage(): number {
    return this.#core.usage;
  }
  get textureBindingViewDimension(): GPUTextureViewDimension | undefined {
    return this.#core.bindingViewDimension;
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUTexture", GPUTexture);
exposeLabel("GPUTexture", GPUTexture, coreOf!);

export const textureCoreOf = (value: unknown): TextureCore | undefined => coreOf(value);
export const textureArgument = instance("GPUTexture", textureCoreOf);
