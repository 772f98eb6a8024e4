/**
 * Where the texels of a texture are: one stretch of memory, laid out here and nowhere else. The planes of its aspects follow one another; in a
 * plane the mip levels, in a level the array layers or depth slices, in those the rows of texel blocks, which have no padding. The samples of
 * a texel are side by side.
 * @see https://www.w3.org/TR/webgpu/#texture-layout-and-data
 */
import type { Extent3D } from "./extent.ts";
import { type Aspect, aspectBytes, type Format } from "./formats.ts";

/** One mip level of one aspect. Sizes are in texel blocks; `z` counts layers or slices. */
export interface LevelLayout {
  readonly offset: number;
  readonly blockBytes: number;
  readonly blocksWide: number;
  readonly blocksHigh: number;
  readonly depth: number;
  readonly rowBytes: number;
  readonly imageBytes: number;
}

export interface TextureLayout {
  readonly sizeBytes: number;
  /** per aspect, by mip level */
  readonly planes: ReadonlyMap<Aspect, readonly LevelLayout[]>;
}

/** Starts of levels and images are multiples of this, so that each can be a region of its own (FAULT.alignment in the kernel). */
const ALIGNMENT = 16;

const alignUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/** Texels of a mip level, as the script counts them. @see https://www.w3.org/TR/webgpu/#logical-miplevel-specific-texture-extent */
export function levelExtent(size: Extent3D, dimension: GPUTextureDimension, level: number): Extent3D {
  const at = (n: number) => Math.max(1, Math.floor(n / 2 ** level));
  return {
    width: at(size.width),
    height: dimension === "1d" ? 1 : at(size.height),
    depthOrArrayLayers: dimension === "3d" ? at(size.depthOrArrayLayers) : size.depthOrArrayLayers,
  };
}

/** The same in whole texel blocks. @see https://www.w3.org/TR/webgpu/#physical-miplevel-specific-texture-extent */
export function physicalExtent(size: Extent3D, dimension: GPUTextureDimension, level: number, format: Format): Extent3D {
  const { width, height, depthOrArrayLayers } = levelExtent(size, dimension, level);
  return { width: alignUp(width, format.blockWidth), height: alignUp(height, format.blockHeight), depthOrArrayLayers };
}

export interface TextureShape {
  readonly size: Extent3D;
  readonly dimension: GPUTextureDimension;
  readonly mipLevelCount: number;
  readonly sampleCount: number;
}

export function textureLayout(shape: TextureShape, format: Format): TextureLayout {
  let at = 0;
  const planes = new Map<Aspect, readonly LevelLayout[]>();
  for (const aspect of format.aspects) {
    const blockBytes = aspectBytes(format, aspect) * shape.sampleCount;
    const levels: LevelLayout[] = [];
    for (let level = 0; level < shape.mipLevelCount; level++) {
      const extent = physicalExtent(shape.size, shape.dimension, level, format);
      const blocksWide = extent.width / format.blockWidth;
      const blocksHigh = extent.height / format.blockHeight;
      const rowBytes = blocksWide * blockBytes;
      const imageBytes = alignUp(blocksHigh * rowBytes, ALIGNMENT);
      const depth = extent.depthOrArrayLayers;
      levels.push({ offset: at, blockBytes, blocksWide, blocksHigh, depth, rowBytes, imageBytes });
      at = alignUp(at + depth * imageBytes, ALIGNMENT);
    }
    planes.set(aspect, levels);
  }
  return { sizeBytes: at, planes };
}

/** A box of texels in memory: `images` pictures of `rows` rows of `rowBytes` bytes each. */
export interface MemoryBox {
  readonly offset: number;
  readonly rowPitch: number;
  readonly imagePitch: number;
}

/** Where a box starts whose origin is in texels. */
export function boxAt(level: LevelLayout, format: Format, x: number, y: number, z: number): MemoryBox {
  return {
    offset: level.offset + z * level.imageBytes + (y / format.blockHeight) * level.rowBytes + (x / format.blockWidth) * level.blockBytes,
    rowPitch: level.rowBytes,
    imagePitch: level.imageBytes,
  };
}
