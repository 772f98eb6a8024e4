/**
 * Textures: the interface objects and their attributes. There is no texture memory yet, so making one is an error that says so, unless the
 * option validationOnly asks for objects that only validation looks at.
 * @see https://www.w3.org/TR/webgpu/#textures
 */
import { viewDimension } from "./bind-group-layout.ts";
import { Core, describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { type Extent3D, extent3D } from "./extent.ts";
import { requireFormatFeature, textureFormat } from "./formats.ts";
import { domString, isObject, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, optional, required, sequence } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";

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
type TextureDescriptor = ReturnType<typeof textureDescriptor>;

const viewDescriptor = dictionary(objectDescriptor, {
  arrayLayerCount: optional(uint32),
  aspect: defaulted(enumeration("GPUTextureAspect", ["all", "stencil-only", "depth-only"]), "all"),
  baseArrayLayer: defaulted(uint32, 0),
  baseMipLevel: defaulted(uint32, 0),
  dimension: optional(viewDimension),
  format: optional(textureFormat),
  mipLevelCount: optional(uint32),
  swizzle: defaulted(domString, "rgba"),
  usage: defaulted(uint32, 0),
});

export class TextureCore extends Core {
  readonly descriptor: TextureDescriptor;
  destroyed = false;
  constructor(device: DeviceCore, descriptor: TextureDescriptor) {
    super("GPUTexture", device, descriptor.label);
    this.descriptor = descriptor;
  }
  get size(): Extent3D {
    return this.descriptor.size;
  }
}

export class TextureViewCore extends Core {
  readonly texture: TextureCore;
  constructor(texture: TextureCore, label: string) {
    super("GPUTextureView", texture.device, label);
    this.texture = texture;
  }
}

/** The end of what an unsupported call says. */
export const NOT_YET = "is not supported by Portcullis yet: this version runs compute shaders on buffers";

export function createTexture(device: DeviceCore, value: unknown): GPUTexture {
  const descriptor = textureDescriptor(value, "createTexture: descriptor");
  for (const format of [descriptor.format, ...descriptor.viewFormats]) requireFormatFeature(format, device, "createTexture");
  const core = new TextureCore(device, descriptor);
  device.timeline.run(() => {
    core.valid = device.options.validationOnly && !device.lost;
    if (!core.valid) device.error("internal", `createTexture: ${describe(core)}: a texture ${NOT_YET}`);
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
    const texture = this.#core;
    const { device } = texture;
    const { label, format } = viewDescriptor(descriptor, "createView: descriptor");
    if (format !== undefined) requireFormatFeature(format, device, "createView");
    const core = new TextureViewCore(texture, label);
    device.timeline.run(() => {
      const why = unusable(texture, device);
      core.valid = why === null && !device.lost;
      if (why !== null) device.invalid(`createView: ${why}`);
    });
    return new GPUTextureView(MINT, core);
  }
  destroy(): undefined {
    const core = this.#core;
    core.device.timeline.run(() => {
      core.destroyed = true;
    });
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
    return this.#core.descriptor.mipLevelCount;
  }
  get sampleCount(): number {
    return this.#core.descriptor.sampleCount;
  }
  get dimension(): GPUTextureDimension {
    return this.#core.descriptor.dimension;
  }
  get format(): GPUTextureFormat {
    return this.#core.descriptor.format as GPUTextureFormat;
  }
  get usage(): number {
    return this.#core.descriptor.usage;
  }
  get textureBindingViewDimension(): GPUTextureViewDimension | undefined {
    const { device, descriptor, size } = this.#core;
    if (device.features.has("core-features-and-limits")) return undefined;
    if (descriptor.textureBindingViewDimension !== undefined) return descriptor.textureBindingViewDimension;
    return descriptor.dimension === "2d" && size.depthOrArrayLayers > 1 ? "2d-array" : descriptor.dimension;
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUTexture", GPUTexture);
exposeLabel("GPUTexture", GPUTexture, coreOf!);

let viewCoreOf: (value: unknown) => TextureViewCore | undefined;

export class GPUTextureView {
  declare readonly __brand: "GPUTextureView";
  declare label: string;
  readonly #core: TextureViewCore;
  constructor(...made: Made<TextureViewCore>) {
    this.#core = madeOf(made);
  }
  static {
    viewCoreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUTextureView", GPUTextureView);
exposeLabel("GPUTextureView", GPUTextureView, viewCoreOf!);

export const textureCoreOf = (value: unknown): TextureCore | undefined => coreOf(value);
export const textureViewCoreOf = (value: unknown): TextureViewCore | undefined => viewCoreOf(value);
