/** What textures and samplers bound in a group must keep. @see https://www.w3.org/TR/webgpu/#dom-gpudevice-createbindgroup */
import type { LayoutEntry } from "./bind-group-layout.ts";
import { describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { GPUTextureUsage, lacksUsage } from "./flags.ts";
import { sampleTypesOf } from "./formats.ts";
import type { SamplerCore } from "./sampler.ts";
import type { TextureViewCore } from "./texture-view.ts";

export function wrongSamplerBinding(sampler: SamplerCore, layout: NonNullable<LayoutEntry["sampler"]>, device: DeviceCore): string | null {
  const why = unusable(sampler, device);
  if (why !== null) return why;
  if ((layout.type === "comparison") !== sampler.isComparison) {
    return `${describe(sampler)} is ${sampler.isComparison ? "a comparison sampler" : "no comparison sampler"}, but the layout has type "${layout.type}"`;
  }
  if (layout.type === "non-filtering" && sampler.isFiltering) {
    return `${describe(sampler)} filters, but the layout has type "non-filtering"`;
  }
  return null;
}

function needsUsage(view: TextureViewCore, usage: "TEXTURE_BINDING" | "STORAGE_BINDING"): string | null {
  if (view.usage & GPUTextureUsage[usage]) return null;
  // a view without a name is known by its texture
  const named = view.label === "" && view.usage === view.texture.usage ? view.texture : view;
  return lacksUsage(named, usage, "GPUTextureUsage");
}

function needsDimension(view: TextureViewCore, dimension: GPUTextureViewDimension): string | null {
  if (view.dimension === dimension) return null;
  return `${describe(view)} of ${describe(view.texture)} has dimension "${view.dimension}", but the layout has viewDimension "${dimension}"`;
}

/** Compatibility devices bind whole layers, in one dimension. */
function wrongForCompatibility(view: TextureViewCore, device: DeviceCore): string | null {
  if (device.features.has("core-features-and-limits")) return null;
  const { texture } = view;
  if (view.baseArrayLayer !== 0 || view.arrayLayerCount !== texture.arrayLayerCount) {
    return `${describe(view)} shows only some array layers of ${describe(texture)}, which needs the feature "core-features-and-limits"`;
  }
  if (texture.bindingViewDimension === undefined || texture.bindingViewDimension === view.dimension) return null;
  return `${describe(view)} has dimension "${view.dimension}", but ${describe(texture)} has textureBindingViewDimension "${texture.bindingViewDimension}"`;
}

function wrongSampled(view: TextureViewCore, layout: NonNullable<LayoutEntry["texture"]>, device: DeviceCore): string | null {
  const { texture, format, aspects } = view;
  const wrong = needsUsage(view, "TEXTURE_BINDING") ?? needsDimension(view, layout.viewDimension);
  if (wrong !== null) return wrong;
  const multisampled = texture.sampleCount > 1;
  if (multisampled !== layout.multisampled) {
    return `${describe(texture)} is ${multisampled ? "" : "not "}multisampled, but the layout is${layout.multisampled ? "" : " not"}`;
  }
  if (aspects.length !== 1) {
    return `${describe(view)} shows both depth and stencil; make a view with aspect "depth-only" or "stencil-only"`;
  }
  const types = sampleTypesOf(format, aspects[0]!, device.features);
  if (types.includes(layout.sampleType)) return null;
  return `the format "${format.name}" of ${describe(view)} can be bound as ${types.map((t) => `"${t}"`).join(" or ")}, but the layout has sampleType "${layout.sampleType}"`;
}

function wrongStorage(view: TextureViewCore, layout: NonNullable<LayoutEntry["storageTexture"]>): string | null {
  const wrong = needsUsage(view, "STORAGE_BINDING") ?? needsDimension(view, layout.viewDimension);
  if (wrong !== null) return wrong;
  if (view.format.name !== layout.format)
    return `${describe(view)} has format "${view.format.name}", but the layout has "${layout.format}"`;
  if (view.mipLevelCount !== 1) return `${describe(view)} has ${view.mipLevelCount} mip levels, but a storage texture has one`;
  return view.swizzle === "rgba" ? null : `${describe(view)} has swizzle "${view.swizzle}", but a storage texture must have "rgba"`;
}

const EXTERNAL_FORMATS: readonly string[] = ["rgba8unorm", "bgra8unorm", "rgba16float"];

function wrongExternal(view: TextureViewCore): string | null {
  const wrong = needsUsage(view, "TEXTURE_BINDING") ?? needsDimension(view, "2d");
  if (wrong !== null) return wrong;
  if (view.mipLevelCount !== 1) return `${describe(view)} has ${view.mipLevelCount} mip levels, but an external texture has one`;
  if (view.texture.sampleCount !== 1) return `${describe(view.texture)} is multisampled, but an external texture is not`;
  return EXTERNAL_FORMATS.includes(view.format.name)
    ? null
    : `${describe(view)} has format "${view.format.name}", but an external texture has ${EXTERNAL_FORMATS.join(", ")}`;
}

/** @param layout an entry for a texture of any kind */
export function wrongTextureBinding(view: TextureViewCore, layout: LayoutEntry, device: DeviceCore): string | null {
  const why = unusable(view, device);
  if (why !== null) return why;
  const wrong = layout.texture
    ? wrongSampled(view, layout.texture, device)
    : layout.storageTexture
      ? wrongStorage(view, layout.storageTexture)
      : wrongExternal(view);
  return wrong ?? wrongForCompatibility(view, device);
}
