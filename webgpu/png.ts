/** Pictures as PNG files. */
import { Canvas } from "./canvas.ts";
import { contextOf } from "./canvas-contexts.ts";
import { nodeModule } from "./host.ts";
import { isObject, show } from "./idl/convert.ts";
import { type Picture, pictureBytes } from "./picture.ts";
import { readTexture } from "./read-texture.ts";
import { textureCoreOf } from "./texture.ts";

/** What a picture can be made of: a texture, a canvas with a WebGPU context of ours, ImageData, or what `readTexture` gave. */
export type PictureSource = GPUTexture | Canvas | Pick<Picture, "width" | "height" | "data">;

/** The picture in a source, as bytes. A canvas gives what it would show. @throws TypeError for other things, and for integer formats */
export async function pictureFrom(
  source: PictureSource | object,
): Promise<{ width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> }> {
  const picture = await readAny(source);
  const { width, height } = picture;
  const data = pictureBytes(picture);
  if (data === undefined) throw new TypeError("a texture of integers has no colours; readTexture gives its numbers");
  return { width, height, data };
}

async function readAny(source: unknown): Promise<Picture> {
  if (textureCoreOf(source) !== undefined) return readTexture(source as GPUTexture);
  const context = contextOf(source);
  if (context !== undefined) return context.image();
  if (source instanceof Canvas)
    return { width: source.width, height: source.height, data: new Uint8ClampedArray(source.width * source.height * 4) };
  if (isObject(source) && "data" in source) {
    const { width, height, data } = source as unknown as Picture;
    if (Number.isInteger(width) && Number.isInteger(height) && data?.length === width * height * 4) return { width, height, data };
  }
  throw new TypeError(`${show(source)} is no picture: give a texture, a canvas with a WebGPU context, or what readTexture gave`);
}

/** The bytes of a PNG file. */
export async function toPNG(source: PictureSource): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, data } = await pictureFrom(source);
  const { encode } = await import("fast-png"); // half of the time that loading all of this would take
  return new Uint8Array(encode({ width, height, data, channels: 4, depth: 8 }));
}

/** Writes a PNG file; in Node. Folders that are missing are made. */
export async function savePNG(path: string, source: PictureSource): Promise<void> {
  const fs = nodeModule<{ mkdirSync(path: string, options: object): void; writeFileSync(path: string, bytes: Uint8Array): void }>("fs");
  const { dirname } = nodeModule<{ dirname(path: string): string }>("path") ?? { dirname: String };
  if (fs === undefined) throw new TypeError("savePNG: there are no files here; use toPNG");
  const bytes = await toPNG(source);
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, bytes);
}
