/**
 * `portcullis/cts`: for --gpu-provider of the WebGPU conformance test suite. Loading it installs the globals, which the tests read, and, where
 * there is no page, what the tests need of one: without, they skip canvases and images.
 */
import { Canvas } from "./canvas.ts";
import { installGlobals } from "./globals.ts";

export { create } from "./cts-provider.ts";

/** @see https://html.spec.whatwg.org/#imagedata */
class ImageData {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly colorSpace = "srgb";

  constructor(widthOrData: number | Uint8ClampedArray, widthOrHeight: number, height?: number) {
    if (typeof widthOrData === "number") {
      this.data = new Uint8ClampedArray(widthOrData * widthOrHeight * 4);
      this.width = widthOrData;
      this.height = widthOrHeight;
    } else {
      this.data = widthOrData;
      this.width = widthOrHeight;
      this.height = height ?? widthOrData.length / 4 / widthOrHeight;
    }
  }
}

/** An image that is one already. @see https://html.spec.whatwg.org/#imagebitmap */
class ImageBitmap extends ImageData {}
const createImageBitmap = async ({ data, width, height }: ImageData): Promise<ImageBitmap> => new ImageBitmap(data.slice(), width, height);

installGlobals();
for (const [name, value] of Object.entries({ OffscreenCanvas: Canvas, ImageData, ImageBitmap, createImageBitmap })) {
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
