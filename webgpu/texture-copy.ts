/** Copies between buffers and textures: their arguments are converted, and the command says that it is not supported yet. */
import { bufferArgument } from "./buffer.ts";
import { extent3D, origin3D } from "./extent.ts";
import { size64, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, instance, optional, required } from "./idl/dictionary.ts";
import { NOT_YET, textureCoreOf } from "./texture.ts";

export const texelCopyBufferLayout = dictionary(null, {
  bytesPerRow: optional(uint32),
  offset: defaulted(size64, 0),
  rowsPerImage: optional(uint32),
});
const texelCopyBufferInfo = dictionary(texelCopyBufferLayout, { buffer: required(bufferArgument) });

export const texelCopyTextureInfo = dictionary(null, {
  aspect: defaulted(enumeration("GPUTextureAspect", ["all", "stencil-only", "depth-only"]), "all"),
  mipLevel: defaulted(uint32, 0),
  origin: defaulted(origin3D, { x: 0, y: 0, z: 0 }),
  texture: required(instance("GPUTexture", textureCoreOf)),
});

type End = readonly [kind: "buffer" | "texture", value: unknown];

function convertEnd([kind, value]: End, what: string): void {
  if (kind === "buffer") texelCopyBufferInfo(value, what);
  else texelCopyTextureInfo(value, what);
}

/** Converts the arguments of a copy. @returns why it cannot be recorded */
export function copyArguments(what: string, source: End, destination: End, copySize: unknown): string {
  convertEnd(source, `${what}: source`);
  convertEnd(destination, `${what}: destination`);
  extent3D(copySize, `${what}: copySize`);
  return `${what}: a copy from or to a texture ${NOT_YET}`;
}
