/**
 * Copies of images to textures: of ImageData, and of what has its shape; of canvases, by their contexts; in pages of whatever a canvas can
 * draw.
 * @see https://www.w3.org/TR/webgpu/#dom-gpuqueue-copyexternalimagetotexture
 */
import { contextOf } from "./canvas-contexts.ts";
import type { Color } from "./color.ts";
import { describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { operationError } from "./errors.ts";
import { type Extent3D, origin2D } from "./extent.ts";
import { GPUTextureUsage, lacksUsage } from "./flags.ts";
import { type Format, formatOf, isColorRenderable } from "./formats.ts";
import { bufferSource, bytesOf } from "./idl/bytes.ts";
import { boolean, type Converter, isObject, show, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, required } from "./idl/dictionary.ts";
import { packTexel } from "./texel-codec.ts";
import { type TextureEnd, texelCopyTextureInfo, textureBox, wrongLinearTexture } from "./texture-copy.ts";
import { writeBox } from "./texture-write.ts";

/** Pixels of four bytes, not premultiplied, in sRGB; a copy of our own. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

interface ImageLike {
  readonly width?: unknown;
  readonly height?: unknown;
  readonly data?: unknown;
  readonly getContext?: unknown;
}
type Context2D = {
  getImageData(x: number, y: number, width: number, height: number): ImageLike;
  drawImage(image: unknown, x: number, y: number): void;
};
type Canvas = { getContext(kind: "2d"): Context2D | null };

function fromImageData(source: ImageLike, what: string): Image {
  const width = uint32(source.width, `${what}.width`);
  const height = uint32(source.height, `${what}.height`);
  const data = bufferSource(source.data, `${what}.data`);
  if (data.byteLength !== width * height * 4) {
    throw new TypeError(
      `${what}.data has ${data.byteLength} bytes, but ${width} x ${height} pixels of four bytes are ${width * height * 4}`,
    );
  }
  return { width, height, pixels: bytesOf(data, 0, data.byteLength).slice() };
}

function fromCanvas(canvas: Canvas, size: ImageLike, what: string): Image {
  const context = canvas.getContext("2d");
  if (context === null) throw operationError(`${what}: the canvas has no 2D context, so its pixels cannot be read`);
  const width = uint32(size.width, `${what}.width`);
  const height = uint32(size.height, `${what}.height`);
  if (width === 0 || height === 0) return { width, height, pixels: new Uint8Array(0) };
  return fromImageData(context.getImageData(0, 0, width, height), what);
}

const image: Converter<Image> = (value, what) => {
  if (!isObject(value)) throw new TypeError(`${what}: ${show(value)} is no image`);
  const drawn = contextOf(value)?.image();
  if (drawn !== undefined) return { ...drawn, pixels: new Uint8Array(drawn.data.buffer) };
  const source: ImageLike = value;
  if (source.data !== undefined) return fromImageData(source, what);
  if (typeof source.getContext === "function") return fromCanvas(value as unknown as Canvas, source, what);
  const { OffscreenCanvas } = globalThis;
  if (typeof OffscreenCanvas !== "function") throw new TypeError(`${what}: ${show(value)} is neither image data nor a canvas`);
  const width = uint32(source.width, `${what}.width`);
  const height = uint32(source.height, `${what}.height`);
  const canvas = new OffscreenCanvas(width, height) as unknown as Canvas;
  canvas.getContext("2d")?.drawImage(value, 0, 0);
  return fromCanvas(canvas, { width, height }, what);
};

export const imageSource = dictionary(null, {
  flipY: defaulted(boolean, false),
  origin: defaulted(origin2D, { x: 0, y: 0 }),
  source: required(image),
});
export type ImageSource = ReturnType<typeof imageSource>;

export const imageDestination = dictionary(texelCopyTextureInfo, {
  colorSpace: defaulted(enumeration("PredefinedColorSpace", ["srgb", "display-p3"]), "srgb"),
  premultipliedAlpha: defaulted(boolean, false),
});
export type ImageDestination = ReturnType<typeof imageDestination>;

/** @throws OperationError where the box is not inside the image */
export function requireInside({ source, origin }: ImageSource, { width, height, depthOrArrayLayers }: Extent3D, what: string): void {
  if (origin.x + width > source.width || origin.y + height > source.height) {
    const box = `${width} x ${height} at (${origin.x}, ${origin.y})`;
    throw operationError(`${what}: the copy of ${box} reaches past the source, which is ${source.width} x ${source.height}`);
  }
  if (depthOrArrayLayers > 1) throw operationError(`${what}: copySize has ${depthOrArrayLayers} layers, but an image has one`);
}

const toLinear = (n: number): number => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
const fromLinear = (n: number): number => (n <= 0.0031308 ? n * 12.92 : 1.055 * n ** (1 / 2.4) - 0.055);

/** Linear sRGB to linear Display P3. @see https://www.w3.org/TR/css-color-4/#color-conversion-code */
function toDisplayP3([r, g, b, a]: Color): Color {
  const [x, y, z] = [toLinear(r), toLinear(g), toLinear(b)];
  return [
    fromLinear(0.8224619687 * x + 0.1775380313 * y),
    fromLinear(0.0331941989 * x + 0.9668058011 * y),
    fromLinear(0.0170826307 * x + 0.0723974407 * y + 0.9105199286 * z),
    a,
  ];
}

/** The texels of a copy, row by row without padding. */
function texelsOf({ source, origin, flipY }: ImageSource, to: ImageDestination, format: Format, { width, height }: Extent3D): Uint8Array {
  const texels = new Uint8Array(width * height * format.blockBytes);
  for (let y = 0; y < height; y++) {
    const row = (origin.y + (flipY ? height - 1 - y : y)) * source.width + origin.x;
    for (let x = 0; x < width; x++) {
      const at = (row + x) * 4;
      const { pixels } = source;
      const given: Color = [pixels[at]! / 255, pixels[at + 1]! / 255, pixels[at + 2]! / 255, pixels[at + 3]! / 255];
      const [r, g, b, a] = to.colorSpace === "srgb" ? given : toDisplayP3(given);
      const scale = to.premultipliedAlpha ? a : 1;
      packTexel(format, [r * scale, g * scale, b * scale, a], texels, (y * width + x) * format.blockBytes);
    }
  }
  return texels;
}

function wrongDestination(end: TextureEnd, size: Extent3D, device: DeviceCore): string | null {
  const { texture } = end;
  const wrong = wrongLinearTexture(end, "COPY_DST", size, device);
  if (wrong !== null) return wrong;
  if ((texture.usage & GPUTextureUsage.RENDER_ATTACHMENT) === 0) {
    return lacksUsage(texture, "COPY_DST | RENDER_ATTACHMENT", "GPUTextureUsage");
  }
  if (texture.destroyed) return `${describe(texture)} is destroyed`;
  if (texture.dimension !== "2d") return `${describe(texture)} has dimension "${texture.dimension}", but must have "2d"`;
  const { format } = texture;
  const isFit = format.sampleType === "float" || format.sampleType === "unfilterable-float";
  return isFit && isColorRenderable(format, device.features) && !format.name.endsWith("snorm")
    ? null
    : `images cannot be copied to format "${format.name}"; use one with unorm or float that can be rendered to`;
}

/** The device timeline's part. */
export function copyImage(device: DeviceCore, from: ImageSource, to: ImageDestination, size: Extent3D): void {
  const what = "copyExternalImageToTexture";
  const { texture } = to;
  const wrong = wrongDestination(to, size, device);
  if (wrong !== null) device.invalid(`${what}: ${wrong}`);
  if (wrong !== null || device.lost || texture.storage === null || size.width * size.height * size.depthOrArrayLayers === 0) return;
  // the bytes are those that the format without -srgb would get
  const format = formatOf(texture.format.name.replace("-srgb", ""));
  const rowBytes = size.width * format.blockBytes;
  const box = { offset: 0, rowPitch: rowBytes, imagePitch: rowBytes * size.height };
  const shape = { rowBytes, rows: size.height, images: 1 };
  if (writeBox(texelsOf(from, to, format, size), box, texture.storage, textureBox(to, "color"), shape) < 0) {
    device.error("out-of-memory", `${what}: the device's heap has no room for ${describe(texture)}`);
  }
}
