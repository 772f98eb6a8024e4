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
class ImageBitmap {
  #image: ImageData | null;

  constructor(image: ImageData) {
    this.#image = image;
  }
  get width(): number {
    return this.#image?.width ?? 0;
  }
  get height(): number {
    return this.#image?.height ?? 0;
  }
  /** for copyExternalImageToTexture, which finds pixels here. @throws InvalidStateError after close() */
  get data(): Uint8ClampedArray {
    if (this.#image === null) throw new DOMException("the image is closed", "InvalidStateError");
    return this.#image.data;
  }
  close(): void {
    this.#image = null;
  }
}
const createImageBitmap = async ({ data, width, height }: ImageData): Promise<ImageBitmap> =>
  new ImageBitmap(new ImageData(data.slice(), width, height));

/** For canvases: there are no other elements. */
const document = { createElement: (): Canvas => new Canvas(300, 150) };

/** The suite asks of contexts whether they are of these classes. */
class WebGLRenderingContext {}
class WebGL2RenderingContext {}

const PAGE = {
  document,
  OffscreenCanvas: Canvas,
  HTMLCanvasElement: Canvas,
  ImageData,
  ImageBitmap,
  createImageBitmap,
  WebGLRenderingContext,
  WebGL2RenderingContext,
};

installGlobals();
for (const [name, value] of Object.entries(PAGE)) {
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
