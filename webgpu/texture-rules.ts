/** What the descriptors of textures must keep. @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gputexturedescriptor */
import type { DeviceCore } from "./device-core.ts";
import type { Extent3D } from "./extent.ts";
import { ALL_TEXTURE_USAGES, flagNames, GPUTextureUsage } from "./flags.ts";
import {
  allowed,
  areViewCompatible,
  type Format,
  isCompressed,
  isDepthStencil,
  isRenderable,
  storageAccessOf,
  supports3d,
} from "./formats.ts";
import type { LimitName } from "./limits.ts";
import type { TextureDescriptor } from "./texture.ts";

const { RENDER_ATTACHMENT, STORAGE_BINDING, TRANSIENT_ATTACHMENT } = GPUTextureUsage;

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-maximum-miplevel-count */
function maxMipLevels(dimension: GPUTextureDimension, { width, height, depthOrArrayLayers }: Extent3D): number {
  if (dimension === "1d") return 1;
  return Math.floor(Math.log2(Math.max(width, height, dimension === "3d" ? depthOrArrayLayers : 1))) + 1;
}

const DIMENSION_LIMITS: Readonly<Record<GPUTextureDimension, readonly [LimitName, LimitName | null, LimitName | null]>> = {
  "1d": ["maxTextureDimension1D", null, null],
  "2d": ["maxTextureDimension2D", "maxTextureDimension2D", "maxTextureArrayLayers"],
  "3d": ["maxTextureDimension3D", "maxTextureDimension3D", "maxTextureDimension3D"],
};

function wrongSize({ size, dimension }: TextureDescriptor, format: Format, device: DeviceCore): string | null {
  const names = ["width", "height", "depthOrArrayLayers"] as const;
  for (const [i, name] of names.entries()) {
    if (size[name] === 0) return `size.${name} is 0`;
    const limit = DIMENSION_LIMITS[dimension][i] ?? null;
    if (limit === null) {
      if (size[name] !== 1) return `size.${name} is ${size[name]}, but must be 1 for a texture of dimension "${dimension}"`;
    } else if (size[name] > device.limits[limit]) {
      return `size.${name} is ${size[name]}, over the limit ${limit} of ${device.limits[limit]}; a higher limit can be asked for in requestDevice`;
    }
  }
  if (size.width % format.blockWidth !== 0 || size.height % format.blockHeight !== 0) {
    return `the size ${size.width} x ${size.height} is not a multiple of the texel blocks of "${format.name}", ${format.blockWidth} x ${format.blockHeight}`;
  }
  return null;
}

function wrongDimension(
  { dimension, textureBindingViewDimension, size }: TextureDescriptor,
  format: Format,
  device: DeviceCore,
): string | null {
  const { features } = device;
  if (dimension === "1d" && (isCompressed(format) || isDepthStencil(format))) {
    return `format "${format.name}" cannot have dimension "1d"`;
  }
  if (dimension === "3d" && !supports3d(format, features)) return `format "${format.name}" cannot have dimension "3d"`;
  if (features.has("core-features-and-limits")) return null;
  const layers = size.depthOrArrayLayers;
  if (textureBindingViewDimension === "2d" && layers !== 1) return `textureBindingViewDimension "2d" needs 1 layer, not ${layers}`;
  if (textureBindingViewDimension === "cube" && layers !== 6) return `textureBindingViewDimension "cube" needs 6 layers, not ${layers}`;
  return textureBindingViewDimension === "cube-array"
    ? `textureBindingViewDimension "cube-array" needs the feature "core-features-and-limits"`
    : null;
}

function wrongUsage({ usage, dimension }: TextureDescriptor, format: Format, device: DeviceCore): string | null {
  if (usage === 0) return "the usage is 0; say what the texture is for, such as GPUTextureUsage.TEXTURE_BINDING";
  if (usage & ~ALL_TEXTURE_USAGES) return `the usage ${flagNames(GPUTextureUsage, usage)} has bits that mean nothing`;
  if (usage & RENDER_ATTACHMENT) {
    if (!isRenderable(format, device.features)) return `format "${format.name}" cannot have usage RENDER_ATTACHMENT`;
    if (dimension === "1d") return `a texture of dimension "1d" cannot have usage RENDER_ATTACHMENT`;
  }
  if (usage & STORAGE_BINDING && storageAccessOf(format.name, device.features).length === 0) {
    return `format "${format.name}" cannot have usage STORAGE_BINDING`;
  }
  return null;
}

function wrongSamples(descriptor: TextureDescriptor, format: Format, device: DeviceCore): string | null {
  const { sampleCount, mipLevelCount, size, usage, dimension } = descriptor;
  if (sampleCount !== 1 && sampleCount !== 4) return `sampleCount is ${sampleCount}, but must be 1 or 4`;
  if (sampleCount === 1) return null;
  if (dimension !== "2d") return `a texture of dimension "${dimension}" cannot be multisampled`;
  if (mipLevelCount !== 1) return `a multisampled texture has one mip level, not ${mipLevelCount}`;
  if (size.depthOrArrayLayers !== 1) return `a multisampled texture has one layer, not ${size.depthOrArrayLayers}`;
  if (usage & STORAGE_BINDING) return "a multisampled texture cannot have usage STORAGE_BINDING";
  if ((usage & RENDER_ATTACHMENT) === 0) return "a multisampled texture needs the usage RENDER_ATTACHMENT";
  return allowed(format.multisample, device.features) ? null : `format "${format.name}" cannot be multisampled`;
}

function wrongTransient({ usage, viewFormats, dimension, mipLevelCount, size }: TextureDescriptor): string | null {
  if ((usage & TRANSIENT_ATTACHMENT) === 0) return null;
  if (usage !== (TRANSIENT_ATTACHMENT | RENDER_ATTACHMENT)) {
    return `the usage TRANSIENT_ATTACHMENT goes with RENDER_ATTACHMENT only, but the usage is ${flagNames(GPUTextureUsage, usage)}`;
  }
  if (viewFormats.length > 0) return "a texture with usage TRANSIENT_ATTACHMENT cannot have viewFormats";
  if (dimension !== "2d") return `a texture with usage TRANSIENT_ATTACHMENT must have dimension "2d", not "${dimension}"`;
  if (mipLevelCount !== 1) return "a texture with usage TRANSIENT_ATTACHMENT has one mip level";
  return size.depthOrArrayLayers === 1 ? null : "a texture with usage TRANSIENT_ATTACHMENT has one layer";
}

/** @returns what is wrong, or null */
export function wrongTexture(descriptor: TextureDescriptor, format: Format, device: DeviceCore): string | null {
  const { mipLevelCount, dimension, size, viewFormats } = descriptor;
  const wrong =
    wrongSize(descriptor, format, device) ??
    wrongDimension(descriptor, format, device) ??
    wrongUsage(descriptor, format, device) ??
    wrongSamples(descriptor, format, device) ??
    wrongTransient(descriptor);
  if (wrong !== null) return wrong;
  if (mipLevelCount === 0) return "mipLevelCount is 0";
  const most = maxMipLevels(dimension, size);
  if (mipLevelCount > most) return `mipLevelCount is ${mipLevelCount}, but a texture of this size has at most ${most} levels`;
  const other = viewFormats.find((name) => !areViewCompatible(format.name, name, device.features));
  return other === undefined
    ? null
    : `viewFormats has "${other}", but only formats that differ from "${format.name}" in "-srgb" can view its texels`;
}
