/** @see https://www.w3.org/TR/webgpu/#texture-view-creation */
import { viewDimension } from "./bind-group-layout.ts";
import { Core, describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import type { Extent3D } from "./extent.ts";
import { flagNames, GPUTextureUsage } from "./flags.ts";
import {
  type Aspect,
  aspectFormat,
  aspectsOf,
  type Format,
  formatOf,
  hasAspect,
  isRenderable,
  requireFormatFeature,
  storageAccessOf,
  textureFormat,
} from "./formats.ts";
import { domString, isObject, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, optional } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { HeapStorage } from "./storage.ts";
import type { TextureCore } from "./texture.ts";
import { INFO_BYTES, textureInfo } from "./texture-info.ts";
import { levelExtent } from "./texture-layout.ts";

export const textureAspect = enumeration("GPUTextureAspect", ["all", "stencil-only", "depth-only"]);
export type TextureAspect = ReturnType<typeof textureAspect>;

const viewDescriptor = dictionary(objectDescriptor, {
  arrayLayerCount: optional(uint32),
  aspect: defaulted(textureAspect, "all"),
  baseArrayLayer: defaulted(uint32, 0),
  baseMipLevel: defaulted(uint32, 0),
  dimension: optional(viewDimension),
  format: optional(textureFormat),
  mipLevelCount: optional(uint32),
  swizzle: defaulted(domString, "rgba"),
  usage: defaulted(uint32, 0),
});
type ViewDescriptor = ReturnType<typeof viewDescriptor>;

/** Part of a texture: mip levels, array layers, aspects. Depth slices are no subresources of their own. */
export interface SubresourceRange {
  readonly baseMipLevel: number;
  readonly mipLevelCount: number;
  readonly baseArrayLayer: number;
  readonly arrayLayerCount: number;
  readonly aspects: readonly Aspect[];
}

interface ResolvedView extends Omit<SubresourceRange, "aspects"> {
  readonly aspect: TextureAspect;
  readonly dimension: GPUTextureViewDimension;
  readonly format: string;
  readonly usage: number;
  readonly swizzle: string;
}

/** Frees what shaders were told of views that the script dropped. */
const dropped = new FinalizationRegistry<HeapStorage>((storage) => storage.free());

export class TextureViewCore extends Core implements SubresourceRange {
  readonly texture: TextureCore;
  readonly aspect: TextureAspect;
  readonly aspects: readonly Aspect[];
  readonly dimension: GPUTextureViewDimension;
  readonly format: Format;
  readonly usage: number;
  readonly swizzle: string;
  readonly baseMipLevel: number;
  readonly mipLevelCount: number;
  readonly baseArrayLayer: number;
  readonly arrayLayerCount: number;

  constructor(texture: TextureCore, label: string, view: ResolvedView) {
    super("GPUTextureView", texture.device, label);
    this.texture = texture;
    this.aspect = view.aspect;
    this.aspects = aspectsOf(texture.format, view.aspect);
    this.dimension = view.dimension;
    this.format = formatOf(view.format);
    this.usage = view.usage;
    this.swizzle = view.swizzle;
    this.baseMipLevel = view.baseMipLevel;
    this.mipLevelCount = view.mipLevelCount;
    this.baseArrayLayer = view.baseArrayLayer;
    this.arrayLayerCount = view.arrayLayerCount;
  }

  #info: HeapStorage | null = null;

  /** What shaders are told of the view, made when one first is. */
  get storage(): HeapStorage {
    if (this.#info === null) {
      this.#info = new HeapStorage(this.device, INFO_BYTES);
      dropped.register(this, this.#info);
      // where the heap has no room, the next use of the handle says so
      this.#info.write(0, textureInfo(this));
    }
    return this.#info;
  }
  get sizeBytes(): number {
    return INFO_BYTES;
  }

  /** @see https://www.w3.org/TR/webgpu/#abstract-opdef-compute-render-extent */
  get renderExtent(): Extent3D {
    return levelExtent(this.texture.size, this.texture.dimension, this.baseMipLevel);
  }
}

const ALL: ViewDescriptor = viewDescriptor(undefined, "");

/** The view that a binding has which was given a texture. */
export function defaultView(texture: TextureCore): TextureViewCore {
  const view = new TextureViewCore(texture, "", resolveView(texture, ALL));
  view.valid = texture.valid;
  return view;
}

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-resolving-gputextureviewdescriptor-defaults */
function resolveView(texture: TextureCore, given: ViewDescriptor): ResolvedView {
  const layers = texture.arrayLayerCount;
  const dimension = given.dimension ?? (texture.dimension === "2d" && layers > 1 ? "2d-array" : texture.dimension);
  const isArray = dimension === "2d-array" || dimension === "cube-array";
  const rest = Math.max(0, layers - given.baseArrayLayer);
  return {
    aspect: given.aspect,
    dimension,
    format: given.format ?? aspectFormat(texture.format, given.aspect) ?? texture.format.name,
    usage: given.usage === 0 ? texture.usage : given.usage,
    swizzle: given.swizzle,
    baseMipLevel: given.baseMipLevel,
    mipLevelCount: given.mipLevelCount ?? Math.max(0, texture.mipLevelCount - given.baseMipLevel),
    baseArrayLayer: given.baseArrayLayer,
    arrayLayerCount: given.arrayLayerCount ?? (isArray ? rest : dimension === "cube" ? 6 : 1),
  };
}

function wrongFormat(view: ResolvedView, texture: TextureCore): string | null {
  const { aspect, format } = view;
  if (aspect !== "all" && !hasAspect(texture.format, aspect === "depth-only" ? "depth" : "stencil")) {
    return `the format "${texture.format.name}" has no aspect for "${aspect}"`;
  }
  if (aspect !== "all") {
    const wanted = aspectFormat(texture.format, aspect);
    return format === wanted ? null : `a view of aspect "${aspect}" has format "${wanted}", not "${format}"`;
  }
  if (format === texture.format.name || texture.viewFormats.includes(format)) return null;
  return `a view cannot have format "${format}", as the texture has "${texture.format.name}"; list "${format}" in the texture's viewFormats`;
}

function wrongUsage(view: ResolvedView, texture: TextureCore, device: DeviceCore): string | null {
  const { usage, format } = view;
  if (usage & ~texture.usage) {
    return `the usage ${flagNames(GPUTextureUsage, usage)} is not part of the texture's, ${flagNames(GPUTextureUsage, texture.usage)}`;
  }
  if (texture.usage & GPUTextureUsage.TRANSIENT_ATTACHMENT && usage !== texture.usage) {
    return "a view of a texture with usage TRANSIENT_ATTACHMENT must have the same usage";
  }
  if (usage & GPUTextureUsage.RENDER_ATTACHMENT && !isRenderable(formatOf(format), device.features)) {
    return `the view's format "${format}" cannot have the usage RENDER_ATTACHMENT that the view has; give it a smaller usage`;
  }
  if (usage & GPUTextureUsage.STORAGE_BINDING && storageAccessOf(format, device.features).length === 0) {
    return `the view's format "${format}" cannot have the usage STORAGE_BINDING that the view has; give it a smaller usage`;
  }
  return null;
}

function wrongRange(view: ResolvedView, texture: TextureCore): string | null {
  const { baseMipLevel, mipLevelCount, baseArrayLayer, arrayLayerCount } = view;
  if (mipLevelCount === 0) return "the view has no mip level";
  if (baseMipLevel + mipLevelCount > texture.mipLevelCount) {
    return `mip levels ${baseMipLevel} to ${baseMipLevel + mipLevelCount} are not all among the ${texture.mipLevelCount} of the texture`;
  }
  if (arrayLayerCount === 0) return "the view has no array layer";
  if (baseArrayLayer + arrayLayerCount > texture.arrayLayerCount) {
    return `array layers ${baseArrayLayer} to ${baseArrayLayer + arrayLayerCount} are not all among the ${texture.arrayLayerCount} of the texture`;
  }
  return null;
}

const TEXTURE_DIMENSION: Readonly<Record<GPUTextureViewDimension, GPUTextureDimension>> = {
  "1d": "1d",
  "2d": "2d",
  "2d-array": "2d",
  cube: "2d",
  "cube-array": "2d",
  "3d": "3d",
};

function wrongDimension(view: ResolvedView, texture: TextureCore, device: DeviceCore): string | null {
  const { dimension, arrayLayerCount: layers } = view;
  if (texture.sampleCount > 1 && dimension !== "2d") return `a view of a multisampled texture has dimension "2d", not "${dimension}"`;
  if (texture.dimension !== TEXTURE_DIMENSION[dimension]) {
    return `a view cannot have dimension "${dimension}" where the texture has "${texture.dimension}"`;
  }
  switch (dimension) {
    case "1d":
    case "2d":
    case "3d":
      return layers === 1 ? null : `a view of dimension "${dimension}" has one array layer, not ${layers}; give it arrayLayerCount 1`;
    case "2d-array":
      return null;
    case "cube":
    case "cube-array":
      if (dimension === "cube" ? layers !== 6 : layers % 6 !== 0) {
        return `a view of dimension "${dimension}" has ${dimension === "cube" ? "6 array layers" : "a multiple of 6 array layers"}, not ${layers}`;
      }
      if (texture.size.width !== texture.size.height) {
        return `a view of dimension "${dimension}" needs a square texture, not ${texture.size.width} x ${texture.size.height}`;
      }
      return dimension === "cube-array" && !device.features.has("core-features-and-limits")
        ? `dimension "cube-array" needs the feature "core-features-and-limits"`
        : null;
  }
}

function wrongView(view: ResolvedView, texture: TextureCore, device: DeviceCore): string | null {
  const wrong =
    unusable(texture, device) ??
    wrongFormat(view, texture) ??
    wrongUsage(view, texture, device) ??
    wrongRange(view, texture) ??
    wrongDimension(view, texture, device);
  if (wrong !== null || view.swizzle === "rgba" || device.features.has("texture-component-swizzle")) return wrong;
  return `the swizzle "${view.swizzle}" needs the feature "texture-component-swizzle"`;
}

const SWIZZLE = /^[rgba01]{4}$/;

export function createView(texture: TextureCore, value: unknown): GPUTextureView {
  const { device } = texture;
  const given = viewDescriptor(value, "createView: descriptor");
  if (given.format !== undefined) requireFormatFeature(given.format, device, "createView");
  if (!SWIZZLE.test(given.swizzle)) throw new TypeError(`createView: the swizzle must be four of r, g, b, a, 0 and 1`);
  const resolved = resolveView(texture, given);
  const core = new TextureViewCore(texture, given.label, resolved);
  device.timeline.run(() => {
    const wrong = wrongView(resolved, texture, device);
    core.valid = wrong === null && !device.lost;
    if (wrong !== null) device.invalid(`createView: ${describe(texture)}: ${wrong}`);
  });
  return new GPUTextureView(MINT, core);
}

let coreOf: (value: unknown) => TextureViewCore | undefined;

export class GPUTextureView {
  declare readonly __brand: "GPUTextureView";
  declare label: string;
  readonly #core: TextureViewCore;
  constructor(...made: Made<TextureViewCore>) {
    this.#core = madeOf(made);
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUTextureView", GPUTextureView);
exposeLabel("GPUTextureView", GPUTextureView, coreOf!);

export const textureViewCoreOf = (value: unknown): TextureViewCore | undefined => coreOf(value);
