/** `readTexture`: what is in a texture, in one call, whatever its usage. */
import { withResolvers } from "./device-core.ts";
import { operationError } from "./errors.ts";
import { aspectBytes, aspectFormat, isCompressed } from "./formats.ts";
import { uint32 } from "./idl/convert.ts";
import { defaulted, dictionary } from "./idl/dictionary.ts";
import { promised } from "./idl/interface.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { type TextureCore, textureArgument } from "./texture.ts";
import { linearAspect, linearShape, type TextureEnd, textureBox } from "./texture-copy.ts";
import { levelExtent } from "./texture-layout.ts";
import { textureAspect } from "./texture-view.ts";
import { readBox } from "./texture-write.ts";

export interface ReadTextureOptions {
  /** default 0 */
  readonly mipLevel?: number;
  /** array layer, or slice of a 3D texture; default 0 */
  readonly layer?: number;
  /** for textures with depth and stencil: which of the two */
  readonly aspect?: "all" | "depth-only" | "stencil-only";
}

const readOptions = dictionary(null, {
  aspect: defaulted(textureAspect, "all"),
  layer: defaulted(uint32, 0),
  mipLevel: defaulted(uint32, 0),
});

/** One layer of one mip level, as it is now on the device timeline. @returns a text that says why it cannot be read */
export function readLayer(texture: TextureCore, mipLevel: number, layer: number, aspect: TextureEnd["aspect"]): Picture | string {
  const { format, storage } = texture;
  if (texture.device.lost) return "the device is lost";
  if (!texture.valid) return "the texture is invalid, because the call that made it failed";
  if (texture.destroyed || storage === null) return "the texture is destroyed";
  if (texture.sampleCount > 1) return "the texture is multisampled; resolve it in a render pass";
  if (isCompressed(format) || format.name === "rgb9e5ufloat") return `the format "${format.name}" is compressed`;
  if (mipLevel >= texture.mipLevelCount) return `the texture has ${texture.mipLevelCount} mip levels, so there is no level ${mipLevel}`;
  const { width, height, depthOrArrayLayers } = levelExtent(texture.size, texture.dimension, mipLevel);
  if (layer >= depthOrArrayLayers) return `the texture has ${depthOrArrayLayers} layers, so there is no layer ${layer}`;
  const end = { texture, aspect, mipLevel, origin: { x: 0, y: 0, z: layer } };
  const plane = linearAspect(end, "read");
  if (typeof plane === "object") return plane.wrong;
  const size = { width, height, depthOrArrayLayers: 1 };
  const shape = linearShape({ offset: 0, bytesPerRow: undefined, rowsPerImage: undefined }, format, aspectBytes(format, plane), size);
  const texels = new Uint8Array(shape.rowBytes * shape.rows);
  const target = { offset: 0, rowPitch: shape.rowPitch, imagePitch: shape.imagePitch };
  const fault = readBox(storage, textureBox(end, plane), texels, target, shape);
  if (fault < 0) return `the kernel refused it (fault ${fault})`;
  const name = plane === "color" ? format.name : (aspectFormat(format, plane === "depth" ? "depth-only" : "stencil-only") ?? format.name);
  return pictureOf(name, width, height, texels);
}

/**
 * What is in a texture once all that was submitted before has run. The texture needs no COPY_SRC.
 * @returns rejects with an OperationError for textures that are destroyed, multisampled or compressed
 */
export function readTexture(texture: GPUTexture, options?: ReadTextureOptions): Promise<Picture> {
  return promised(() => {
    const core = textureArgument(texture, "readTexture: texture");
    const { mipLevel, layer, aspect } = readOptions(options, "readTexture: options");
    const { promise, resolve, reject } = withResolvers<Picture>();
    const { timeline, tasks } = core.device;
    timeline.run(() => {
      const picture = readLayer(core, mipLevel, layer, aspect);
      tasks.post(() => (typeof picture === "string" ? reject(operationError(`readTexture: ${picture}`)) : resolve(picture)));
    });
    return promise;
  });
}
