/** Attachments of render passes. @see https://www.w3.org/TR/webgpu/#color-attachments */
import { color, wrongColor } from "./color.ts";
import { describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { GPUTextureUsage, lacksUsage } from "./flags.ts";
import { allowed, bytesPerSample, type Format, hasAspect, isColorRenderable, isDepthStencil } from "./formats.ts";
import { boolean, type Converter, float, show, size64, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, nullable, optional, required, sequence } from "./idl/dictionary.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { querySetArgument } from "./query-set.ts";
import { type TextureCore, textureCoreOf } from "./texture.ts";
import { levelExtent } from "./texture-layout.ts";
import { defaultView, type TextureViewCore, textureViewCoreOf } from "./texture-view.ts";
import { timestampWrites } from "./timestamp-writes.ts";
import { rangesOverlap } from "./usage-scope.ts";

/** (GPUTexture or GPUTextureView): the view is made on the device timeline, where it is known whether the texture is valid. */
const viewOrTexture: Converter<() => TextureViewCore> = (value, what) => {
  const view = textureViewCoreOf(value);
  if (view !== undefined) return () => view;
  const texture: TextureCore | undefined = textureCoreOf(value);
  if (texture === undefined) throw new TypeError(`${what}: ${show(value)} is not a GPUTextureView or a GPUTexture`);
  return () => defaultView(texture);
};

const loadOp = enumeration("GPULoadOp", ["load", "clear"]);
const storeOp = enumeration("GPUStoreOp", ["store", "discard"]);

const colorAttachment = dictionary(null, {
  clearValue: optional(color),
  depthSlice: optional(uint32),
  loadOp: required(loadOp),
  resolveTarget: optional(viewOrTexture),
  storeOp: required(storeOp),
  view: required(viewOrTexture),
});
const depthStencilAttachment = dictionary(null, {
  depthClearValue: optional(float),
  depthLoadOp: optional(loadOp),
  depthReadOnly: defaulted(boolean, false),
  depthStoreOp: optional(storeOp),
  stencilClearValue: defaulted(uint32, 0),
  stencilLoadOp: optional(loadOp),
  stencilReadOnly: defaulted(boolean, false),
  stencilStoreOp: optional(storeOp),
  view: required(viewOrTexture),
});
export const renderPassDescriptor = dictionary(objectDescriptor, {
  colorAttachments: required(sequence(nullable(colorAttachment))),
  depthStencilAttachment: optional(depthStencilAttachment),
  maxDrawCount: defaulted(size64, 50_000_000),
  occlusionQuerySet: optional(querySetArgument),
  timestampWrites: optional(timestampWrites),
});
export type RenderPassDescriptor = ReturnType<typeof renderPassDescriptor>;
type GivenColor = ReturnType<typeof colorAttachment>;
type GivenDepthStencil = ReturnType<typeof depthStencilAttachment>;

export interface ColorAttachment extends Omit<GivenColor, "view" | "resolveTarget"> {
  readonly view: TextureViewCore;
  readonly resolveTarget: TextureViewCore | undefined;
}
export interface DepthStencilAttachment extends Omit<GivenDepthStencil, "view"> {
  readonly view: TextureViewCore;
}
export interface Attachments {
  readonly colors: readonly (ColorAttachment | null)[];
  readonly depthStencil: DepthStencilAttachment | null;
}

export function attachmentsOf({ colorAttachments, depthStencilAttachment: depthStencil }: RenderPassDescriptor): Attachments {
  return {
    colors: colorAttachments.map((each) => each && { ...each, view: each.view(), resolveTarget: each.resolveTarget?.() }),
    depthStencil: depthStencil ? { ...depthStencil, view: depthStencil.view() } : null,
  };
}

const { RENDER_ATTACHMENT, TRANSIENT_ATTACHMENT } = GPUTextureUsage;

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-renderable-texture-view */
function notRenderable(view: TextureViewCore): string | null {
  if ((view.usage & RENDER_ATTACHMENT) === 0) {
    return lacksUsage(view, "RENDER_ATTACHMENT", "GPUTextureUsage");
  }
  if (view.dimension !== "2d" && view.dimension !== "2d-array" && view.dimension !== "3d") {
    return `${describe(view)} has dimension "${view.dimension}", which cannot be rendered to`;
  }
  if (view.mipLevelCount !== 1) return `${describe(view)} has ${view.mipLevelCount} mip levels; an attachment has one`;
  if (view.arrayLayerCount !== 1) return `${describe(view)} has ${view.arrayLayerCount} array layers; an attachment has one`;
  if (view.aspects.length !== view.texture.format.aspects.length) return `${describe(view)} does not show all aspects of its format`;
  return view.swizzle === "rgba" ? null : `${describe(view)} has swizzle "${view.swizzle}"; an attachment has "rgba"`;
}

function wrongDepthSlice({ view, depthSlice }: ColorAttachment): string | null {
  if (view.dimension !== "3d") return depthSlice === undefined ? null : `depthSlice is for views of dimension "3d" only`;
  if (depthSlice === undefined) return `depthSlice must be given for a view of dimension "3d"`;
  const { depthOrArrayLayers } = levelExtent(view.texture.size, "3d", view.baseMipLevel);
  return depthSlice < depthOrArrayLayers ? null : `depthSlice ${depthSlice} is not below the ${depthOrArrayLayers} slices of the mip level`;
}

function wrongResolve({ view }: ColorAttachment, target: TextureViewCore, device: DeviceCore): string | null {
  const wrong = unusable(target, device);
  if (wrong !== null) return wrong;
  if (view.texture.sampleCount === 1) return `the view must be multisampled where there is a resolveTarget`;
  if (target.texture.sampleCount !== 1) return `${describe(target)} is multisampled`;
  const notView = notRenderable(target);
  if (notView !== null) return notView;
  if (target.dimension === "3d") return `${describe(target)} has dimension "3d"`;
  if (!sameExtent(target, view)) return `${describe(target)} has another size than the view`;
  if (target.format.name !== view.format.name)
    return `${describe(target)} has format "${target.format.name}", but the view "${view.format.name}"`;
  if (target.texture.format.name !== view.texture.format.name) {
    return `${describe(target.texture)} has format "${target.texture.format.name}", but ${describe(view.texture)} "${view.texture.format.name}"`;
  }
  if (!allowed(target.format.resolve, device.features)) return `format "${target.format.name}" cannot be resolved`;
  return target.usage & TRANSIENT_ATTACHMENT ? `${describe(target)} has usage TRANSIENT_ATTACHMENT` : null;
}

function sameExtent(a: TextureViewCore, b: TextureViewCore): boolean {
  const [x, y] = [a.renderExtent, b.renderExtent];
  return x.width === y.width && x.height === y.height;
}

function wrongColorAttachment(attachment: ColorAttachment, device: DeviceCore): string | null {
  const { view, loadOp: load, storeOp: store, clearValue, resolveTarget } = attachment;
  const wrong = unusable(view, device);
  if (wrong !== null) return wrong;
  if (!isColorRenderable(view.format, device.features)) return `format "${view.format.name}" cannot be a color attachment`;
  const notView = notRenderable(view) ?? wrongDepthSlice(attachment);
  if (notView !== null) return notView;
  if (view.usage & TRANSIENT_ATTACHMENT && (load !== "clear" || store !== "discard")) {
    return `a view with usage TRANSIENT_ATTACHMENT needs loadOp "clear" and storeOp "discard"`;
  }
  if (load === "clear" && clearValue !== undefined) {
    const why = wrongColor(clearValue, view.format);
    if (why !== null) return why;
  }
  if (resolveTarget === undefined) return null;
  const why = wrongResolve(attachment, resolveTarget, device);
  return why === null ? null : `resolveTarget: ${why}`;
}

function wrongOps(attachment: DepthStencilAttachment, aspect: "depth" | "stencil", format: Format): string | null {
  const [load, store] = [attachment[`${aspect}LoadOp`], attachment[`${aspect}StoreOp`]];
  const isTransient = (attachment.view.usage & TRANSIENT_ATTACHMENT) !== 0;
  if (isTransient && hasAspect(format, aspect) && (load !== "clear" || store !== "discard")) {
    return `a view with usage TRANSIENT_ATTACHMENT needs ${aspect}LoadOp "clear" and ${aspect}StoreOp "discard"`;
  }
  if (hasAspect(format, aspect) && !attachment[`${aspect}ReadOnly`]) {
    if (load === undefined || store === undefined) {
      return `${aspect}LoadOp and ${aspect}StoreOp must be given, as format "${format.name}" has ${aspect} and ${aspect}ReadOnly is false`;
    }
    return null;
  }
  if (load === undefined && store === undefined) return null;
  const why = attachment[`${aspect}ReadOnly`] ? `${aspect}ReadOnly is true` : `format "${format.name}" has no ${aspect}`;
  return `${aspect}LoadOp and ${aspect}StoreOp must not be given, as ${why}`;
}

function wrongDepthStencil(attachment: DepthStencilAttachment, device: DeviceCore): string | null {
  const { view, depthLoadOp, depthClearValue } = attachment;
  const wrong = unusable(view, device);
  if (wrong !== null) return wrong;
  const { format } = view;
  if (!isDepthStencil(format)) return `format "${format.name}" cannot be a depth or stencil attachment`;
  const notView = notRenderable(view);
  if (notView !== null) return notView;
  if (depthLoadOp === "clear") {
    if (depthClearValue === undefined) return `depthClearValue must be given with depthLoadOp "clear"`;
    if (!(depthClearValue >= 0 && depthClearValue <= 1)) return `depthClearValue is ${depthClearValue}, but must be from 0 to 1`;
  }
  return wrongOps(attachment, "depth", format) ?? wrongOps(attachment, "stencil", format);
}

interface Region {
  readonly name: string;
  readonly view: TextureViewCore;
  readonly depthSlice: number | undefined;
}

function wrongOverlap(regions: readonly Region[]): string | null {
  for (const [i, a] of regions.entries()) {
    for (const b of regions.slice(i + 1)) {
      if (a.view.texture !== b.view.texture || !rangesOverlap(a.view, b.view) || a.depthSlice !== b.depthSlice) continue;
      return `${a.name} and ${b.name} are the same part of ${describe(a.view.texture)}`;
    }
  }
  return null;
}

function wrongTogether({ colors, depthStencil }: Attachments, device: DeviceCore): string | null {
  const regions = colors.flatMap((each, i): Region[] => {
    if (each === null) return [];
    const view = { name: `colorAttachments[${i}].view`, view: each.view, depthSlice: each.depthSlice };
    const target = each.resolveTarget;
    return target ? [view, { name: `colorAttachments[${i}].resolveTarget`, view: target, depthSlice: undefined }] : [view];
  });
  const views = colors.flatMap((each, i) => (each ? [{ name: `colorAttachments[${i}].view`, view: each.view }] : []));
  if (depthStencil) views.push({ name: "depthStencilAttachment.view", view: depthStencil.view });
  const [first, ...others] = views;
  if (first === undefined) return "there is no attachment; give at least one";
  for (const { name, view } of others) {
    if (view.texture.sampleCount !== first.view.texture.sampleCount) {
      return `${name} has ${view.texture.sampleCount} samples, but ${first.name} has ${first.view.texture.sampleCount}`;
    }
    if (!sameExtent(view, first.view)) {
      const [a, b] = [view.renderExtent, first.view.renderExtent];
      return `${name} is ${a.width} x ${a.height}, but ${first.name} is ${b.width} x ${b.height}`;
    }
  }
  const bytes = bytesPerSample(colors.flatMap((each) => (each ? [each.view.format] : [])));
  const most = device.limits.maxColorAttachmentBytesPerSample;
  if (bytes > most) return `the color attachments take ${bytes} bytes a sample, over the limit maxColorAttachmentBytesPerSample of ${most}`;
  return wrongOverlap(regions);
}

/** @returns what is wrong with the attachments of a pass, or null */
export function wrongAttachments(attachments: Attachments, device: DeviceCore): string | null {
  const { colors, depthStencil } = attachments;
  const { maxColorAttachments } = device.limits;
  if (colors.length > maxColorAttachments) {
    return `${colors.length} color attachments are over the limit maxColorAttachments of ${maxColorAttachments}`;
  }
  for (const [i, each] of colors.entries()) {
    const wrong = each && wrongColorAttachment(each, device);
    if (wrong !== null) return `colorAttachments[${i}]: ${wrong}`;
  }
  const wrong = depthStencil && wrongDepthStencil(depthStencil, device);
  return wrong !== null ? `depthStencilAttachment: ${wrong}` : wrongTogether(attachments, device);
}
