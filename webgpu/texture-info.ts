/**
 * What a shader is told of a texture view: where the texels of each level are, and what their bits mean. It lies in the heap beside the
 * texels, as a buffer that only the driver writes.
 * @see docs/decisions/0008-textures-are-words.md
 */
import { TEXTURE_INFO, texelRecord } from "../support/texel.ts";
import { decodedFormat } from "./decoded-texture.ts";
import type { LevelLayout } from "./texture-layout.ts";
import { levelExtent } from "./texture-layout.ts";
import type { TextureViewCore } from "./texture-view.ts";

/** The least stretch of the texture's memory that holds what the view sees: for views of one level, exactly that. */
export function texelRange(view: TextureViewCore): { readonly offset: number; readonly size: number } {
  const levels = levelsOf(view);
  const [first, last] = [levels[0]!, levels.at(-1)!];
  const offset = first.offset + firstImage(view) * first.imageBytes;
  return { offset, size: last.offset + (firstImage(view) + imagesOf(view, last)) * last.imageBytes - offset };
}

function levelsOf(view: TextureViewCore): readonly LevelLayout[] {
  const plane = view.texture.readable.layout?.planes.get(view.aspects[0]!) ?? [];
  return plane.slice(view.baseMipLevel, view.baseMipLevel + view.mipLevelCount);
}

const firstImage = (view: TextureViewCore): number => (view.dimension === "3d" ? 0 : view.baseArrayLayer);
const imagesOf = (view: TextureViewCore, level: LevelLayout): number => (view.dimension === "3d" ? level.depth : view.arrayLayerCount);

/** @param view valid */
export function textureInfo(view: TextureViewCore): Uint8Array {
  const words = new Uint32Array(TEXTURE_INFO.words);
  const { texture, dimension, arrayLayerCount } = view;
  words[TEXTURE_INFO.levels] = view.mipLevelCount;
  words[TEXTURE_INFO.layers] = dimension === "cube-array" ? arrayLayerCount / 6 : arrayLayerCount;
  words[TEXTURE_INFO.samples] = texture.sampleCount;
  const { bytes, channels } = texelRecord(decodedFormat(view.format).name, view.swizzle);
  words[TEXTURE_INFO.texel] = bytes;
  words.set(channels.flat(), TEXTURE_INFO.channels);
  const start = texelRange(view).offset;
  for (const [i, level] of levelsOf(view).entries()) {
    const { width, height } = levelExtent(texture.size, texture.dimension, view.baseMipLevel + i);
    const offset = level.offset + firstImage(view) * level.imageBytes - start;
    const at = TEXTURE_INFO.level + i * TEXTURE_INFO.levelWords;
    words.set([offset, level.rowBytes, level.imageBytes, 0, width, height, imagesOf(view, level)], at);
  }
  return new Uint8Array(words.buffer);
}

export const INFO_BYTES = TEXTURE_INFO.words * 4;
