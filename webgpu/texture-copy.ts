/**
 * Copies from and to textures: their arguments, what they must keep, and the boxes of memory that they copy.
 * @see https://www.w3.org/TR/webgpu/#image-copies
 */
import { type BufferCore, bufferArgument } from "./buffer.ts";
import { describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { type Extent3D, type Origin3D, origin3D } from "./extent.ts";
import { GPUBufferUsage, GPUTextureUsage, lacksUsage } from "./flags.ts";
import {
  type Aspect,
  areCopyCompatible,
  aspectBytes,
  aspectsOf,
  type Format,
  isCompressed,
  isCopyable,
  isDepthStencil,
} from "./formats.ts";
import { size64, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, optional, required } from "./idl/dictionary.ts";
import { type TextureCore, textureArgument } from "./texture.ts";
import { boxAt, type MemoryBox, physicalExtent } from "./texture-layout.ts";
import { type TextureAspect, textureAspect } from "./texture-view.ts";

export const texelCopyBufferLayout = dictionary(null, {
  bytesPerRow: optional(uint32),
  offset: defaulted(size64, 0),
  rowsPerImage: optional(uint32),
});
export type LinearLayout = ReturnType<typeof texelCopyBufferLayout>;
export const texelCopyBufferInfo = dictionary(texelCopyBufferLayout, { buffer: required(bufferArgument) });
export type BufferEnd = ReturnType<typeof texelCopyBufferInfo>;

export const texelCopyTextureInfo = dictionary(null, {
  aspect: defaulted(textureAspect, "all"),
  mipLevel: defaulted(uint32, 0),
  origin: defaulted(origin3D, { x: 0, y: 0, z: 0 }),
  texture: required(textureArgument),
});
export interface TextureEnd {
  readonly aspect: TextureAspect;
  readonly mipLevel: number;
  readonly origin: Origin3D;
  readonly texture: TextureCore;
}

/** Rows of texel blocks of one aspect, from one box of memory to another. */
export interface CopyShape {
  readonly rowBytes: number;
  readonly rows: number;
  readonly images: number;
}

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gputexelcopytextureinfo */
function wrongTextureEnd({ texture, mipLevel, origin }: TextureEnd, size: Extent3D, device: DeviceCore): string | null {
  const why = unusable(texture, device);
  if (why !== null) return why;
  const { format } = texture;
  if (mipLevel >= texture.mipLevelCount) {
    return `mipLevel ${mipLevel} is not below the ${texture.mipLevelCount} levels of ${describe(texture)}`;
  }
  if (origin.x % format.blockWidth !== 0 || origin.y % format.blockHeight !== 0) {
    return `the origin (${origin.x}, ${origin.y}) is not a multiple of the texel blocks of "${format.name}", ${format.blockWidth} x ${format.blockHeight}`;
  }
  if (!isDepthStencil(format) && texture.sampleCount === 1) return null;
  const whole = physicalExtent(texture.size, texture.dimension, mipLevel, format);
  const isWhole = origin.x === 0 && origin.y === 0 && size.width === whole.width && size.height === whole.height;
  if (isWhole) return null;
  const kind = texture.sampleCount > 1 ? "a multisampled texture" : `a texture of format "${format.name}"`;
  return `${kind} is copied in whole layers of ${whole.width} x ${whole.height} only, but this copies ${size.width} x ${size.height} from (${origin.x}, ${origin.y})`;
}

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-texture-copy-range */
function wrongRange({ texture, mipLevel, origin }: TextureEnd, size: Extent3D): string | null {
  const { format } = texture;
  const whole = physicalExtent(texture.size, texture.dimension, mipLevel, format);
  if (
    origin.x + size.width > whole.width ||
    origin.y + size.height > whole.height ||
    origin.z + size.depthOrArrayLayers > whole.depthOrArrayLayers
  ) {
    const box = `${size.width} x ${size.height} x ${size.depthOrArrayLayers} at (${origin.x}, ${origin.y}, ${origin.z})`;
    return `the copy of ${box} reaches past level ${mipLevel} of ${describe(texture)}, which is ${whole.width} x ${whole.height} x ${whole.depthOrArrayLayers}`;
  }
  if (size.width % format.blockWidth !== 0 || size.height % format.blockHeight !== 0) {
    return `the copy of ${size.width} x ${size.height} is not a multiple of the texel blocks of "${format.name}", ${format.blockWidth} x ${format.blockHeight}`;
  }
  return null;
}

export interface LinearShape extends CopyShape {
  readonly rowPitch: number;
  readonly imagePitch: number;
}

/** The rows of a copy, where the sizes are multiples of texel blocks. A pitch that is not given is not used. */
export function linearShape(layout: LinearLayout, format: Format, blockBytes: number, size: Extent3D): LinearShape {
  const rowBytes = (size.width / format.blockWidth) * blockBytes;
  const rows = size.height / format.blockHeight;
  const rowPitch = layout.bytesPerRow ?? rowBytes;
  return { rowBytes, rows, images: size.depthOrArrayLayers, rowPitch, imagePitch: rowPitch * (layout.rowsPerImage ?? rows) };
}

/** Bytes from the first to the last that a linear copy touches. @see https://www.w3.org/TR/webgpu/#abstract-opdef-required-bytes-in-copy */
function bytesInCopy({ rowBytes, rows, images, rowPitch, imagePitch }: LinearShape): number {
  if (images === 0) return 0;
  return imagePitch * (images - 1) + (rows === 0 ? 0 : rowPitch * (rows - 1) + rowBytes);
}

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-linear-texture-data */
export function wrongLinear(layout: LinearLayout, byteSize: number, format: Format, blockBytes: number, size: Extent3D): string | null {
  const shape = linearShape(layout, format, blockBytes, size);
  const { rowBytes, rows, images } = shape;
  const { bytesPerRow, rowsPerImage } = layout;
  if (rows > 1 && bytesPerRow === undefined) return `bytesPerRow must be given, as ${rows} rows are copied`;
  if (images > 1 && bytesPerRow === undefined) return `bytesPerRow must be given, as ${images} layers are copied`;
  if (images > 1 && rowsPerImage === undefined) return `rowsPerImage must be given, as ${images} layers are copied`;
  if (bytesPerRow !== undefined && bytesPerRow < rowBytes) return `bytesPerRow is ${bytesPerRow}, less than the ${rowBytes} bytes of a row`;
  if (rowsPerImage !== undefined && rowsPerImage < rows) return `rowsPerImage is ${rowsPerImage}, less than the ${rows} rows of a layer`;
  const end = layout.offset + bytesInCopy(shape);
  return end > byteSize ? `the copy ends at byte ${end} of the data, which has ${byteSize}` : null;
}

/** The aspect that a copy between linear data and a texture means. */
export function linearAspect({ texture, aspect }: TextureEnd, direction: "read" | "write"): Aspect | { readonly wrong: string } {
  const { format } = texture;
  const aspects = aspectsOf(format, aspect);
  const [only] = aspects;
  if (only === undefined) return { wrong: `format "${format.name}" of ${describe(texture)} has no aspect for "${aspect}"` };
  if (aspects.length > 1) return { wrong: `the aspect must be "depth-only" or "stencil-only" for a copy of format "${format.name}"` };
  if (isCopyable(format, only, direction)) return only;
  return {
    wrong: `the depth aspect of format "${format.name}" cannot be copied ${direction === "read" ? "to a buffer" : "from linear data"}`,
  };
}

export function wrongTextureUsage({ texture }: TextureEnd, usage: "COPY_SRC" | "COPY_DST"): string | null {
  if (texture.usage & GPUTextureUsage[usage]) return null;
  return lacksUsage(texture, usage, "GPUTextureUsage");
}

/** The rules that a texture has as one end of a copy whose other end is linear. */
export function wrongLinearTexture(end: TextureEnd, usage: "COPY_SRC" | "COPY_DST", size: Extent3D, device: DeviceCore): string | null {
  const wrong = wrongTextureEnd(end, size, device) ?? wrongTextureUsage(end, usage);
  if (wrong !== null) return wrong;
  if (end.texture.sampleCount !== 1) return `${describe(end.texture)} is multisampled; resolve it in a render pass`;
  return wrongRange(end, size);
}

const BYTES_PER_ROW_ALIGNMENT = 256;

/** @returns what is wrong with a copy between a buffer and a texture, or null */
export function wrongBufferTextureCopy(
  buffer: BufferEnd,
  texture: TextureEnd,
  size: Extent3D,
  direction: "read" | "write",
  device: DeviceCore,
): string | null {
  const why = unusable(buffer.buffer, device);
  if (why !== null) return why;
  const { bytesPerRow, offset } = buffer;
  if (bytesPerRow !== undefined && bytesPerRow % BYTES_PER_ROW_ALIGNMENT !== 0) {
    return `bytesPerRow is ${bytesPerRow}, but must be a multiple of ${BYTES_PER_ROW_ALIGNMENT} for a copy with a buffer`;
  }
  const usage = direction === "read" ? "COPY_DST" : "COPY_SRC";
  if ((buffer.buffer.usage & GPUBufferUsage[usage]) === 0) {
    return lacksUsage(buffer.buffer, usage, "GPUBufferUsage");
  }
  const wrong = wrongLinearTexture(texture, direction === "read" ? "COPY_SRC" : "COPY_DST", size, device);
  if (wrong !== null) return wrong;
  const aspect = linearAspect(texture, direction);
  if (typeof aspect === "object") return aspect.wrong;
  const { format } = texture.texture;
  if (direction === "read" && isCompressed(format) && !device.features.has("core-features-and-limits")) {
    return `copies of compressed textures to buffers need the feature "core-features-and-limits"`;
  }
  const blockBytes = aspectBytes(format, aspect);
  const multiple = isDepthStencil(format) ? 4 : blockBytes;
  if (offset % multiple !== 0) return `the offset ${offset} into ${describe(buffer.buffer)} is not a multiple of ${multiple}`;
  return wrongLinear(buffer, buffer.buffer.size, format, blockBytes, size);
}

/** @returns what is wrong with a copy between textures, or null. @see https://www.w3.org/TR/webgpu/#dom-gpucommandencoder-copytexturetotexture */
export function wrongTextureCopy(from: TextureEnd, to: TextureEnd, size: Extent3D, device: DeviceCore): string | null {
  const wrong =
    wrongTextureEnd(from, size, device) ??
    wrongTextureUsage(from, "COPY_SRC") ??
    wrongTextureEnd(to, size, device) ??
    wrongTextureUsage(to, "COPY_DST");
  if (wrong !== null) return wrong;
  const [source, target] = [from.texture, to.texture];
  if (source.sampleCount !== target.sampleCount) {
    return `${describe(source)} has ${source.sampleCount} samples, but ${describe(target)} has ${target.sampleCount}`;
  }
  if (!areCopyCompatible(source.format, target.format)) {
    return `texels of format "${source.format.name}" cannot be copied to "${target.format.name}": the formats may differ in "-srgb" only`;
  }
  for (const { texture, aspect } of [from, to]) {
    if (aspectsOf(texture.format, aspect).length !== texture.format.aspects.length) {
      return `the aspect "${aspect}" is not all of format "${texture.format.name}"; a copy between textures copies all aspects`;
    }
  }
  if (!device.features.has("core-features-and-limits")) {
    if (isCompressed(source.format)) return `copies between compressed textures need the feature "core-features-and-limits"`;
    if (source.sampleCount > 1) return `copies between multisampled textures need the feature "core-features-and-limits"`;
  }
  return wrongRange(from, size) ?? wrongRange(to, size) ?? wrongOverlap(from, to, size);
}

function wrongOverlap(from: TextureEnd, to: TextureEnd, { depthOrArrayLayers: layers }: Extent3D): string | null {
  if (from.texture !== to.texture || from.mipLevel !== to.mipLevel) return null;
  const apart = from.texture.dimension !== "3d" && (from.origin.z + layers <= to.origin.z || to.origin.z + layers <= from.origin.z);
  return apart
    ? null
    : `the copy is within one mip level of ${describe(from.texture)}; source and destination must have no layer in common`;
}

/** Where a copy touches an aspect of a texture. */
export function textureBox({ texture, mipLevel, origin }: TextureEnd, aspect: Aspect): MemoryBox {
  const level = texture.layout?.planes.get(aspect)?.[mipLevel];
  return level === undefined ? NOWHERE : boxAt(level, texture.format, origin.x, origin.y, origin.z);
}
const NOWHERE: MemoryBox = { offset: 0, rowPitch: 0, imagePitch: 0 };

/** One end of a box of memory. */
export interface BoxEnd extends MemoryBox {
  readonly of: BufferCore | TextureCore;
}

export interface BoxCopy extends CopyShape {
  readonly source: BoxEnd;
  readonly destination: BoxEnd;
}

/** @param direction "read": from the texture to the buffer */
export function bufferTextureBoxes(buffer: BufferEnd, end: TextureEnd, size: Extent3D, direction: "read" | "write"): BoxCopy[] {
  const { format } = end.texture;
  const aspect = linearAspect(end, direction);
  if (typeof aspect === "object") return [];
  const { rowBytes, rows, images, rowPitch, imagePitch } = linearShape(buffer, format, aspectBytes(format, aspect), size);
  const linear: BoxEnd = { of: buffer.buffer, offset: buffer.offset, rowPitch, imagePitch };
  const texels: BoxEnd = { of: end.texture, ...textureBox(end, aspect) };
  const [source, destination] = direction === "read" ? [texels, linear] : [linear, texels];
  return rowBytes * rows * images === 0 ? [] : [{ source, destination, rowBytes, rows, images }];
}

export function textureBoxes(from: TextureEnd, to: TextureEnd, size: Extent3D): BoxCopy[] {
  const { format, sampleCount } = from.texture;
  if (size.width * size.height * size.depthOrArrayLayers === 0) return [];
  return format.aspects.map((aspect) => ({
    source: { of: from.texture, ...textureBox(from, aspect) },
    destination: { of: to.texture, ...textureBox(to, aspect) },
    rowBytes: (size.width / format.blockWidth) * aspectBytes(format, aspect) * sampleCount,
    rows: size.height / format.blockHeight,
    images: size.depthOrArrayLayers,
  }));
}
