/**
 * GPUCanvasContext, over anything that has a size: our own canvas (canvas.ts), or a page's (page-canvas.ts). The drawing buffer is the current
 * texture while there is one, and a picture of it afterwards.
 * @see https://www.w3.org/TR/webgpu/#canvas-context
 */
import { setContext } from "./canvas-contexts.ts";
import { deviceArgument } from "./device.ts";
import type { DeviceCore } from "./device-core.ts";
import { GPUTextureUsage } from "./flags.ts";
import { requireFormatFeature, textureFormat } from "./formats.ts";
import { macrotask } from "./host.ts";
import { show, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, required, sequence } from "./idl/dictionary.ts";
import { exposeInterface, type Made, MINT, madeOf } from "./idl/interface.ts";
import { type Picture, pictureBytes } from "./picture.ts";
import { readLayer } from "./read-texture.ts";
import { type GPUTexture, makeTexture, TextureCore, type TextureDescriptor } from "./texture.ts";
import { wrongTexture } from "./texture-rules.ts";

/** The device, and the object that the script gave for it. */
const device = (value: unknown, what: string): { readonly core: DeviceCore; readonly object: unknown } => ({
  core: deviceArgument(value, what),
  object: value,
});

const toneMapping = dictionary(null, { mode: defaulted(enumeration("GPUCanvasToneMappingMode", ["standard", "extended"]), "standard") });

const canvasConfiguration = dictionary(null, {
  alphaMode: defaulted(enumeration("GPUCanvasAlphaMode", ["opaque", "premultiplied"]), "opaque"),
  colorSpace: defaulted(enumeration("PredefinedColorSpace", ["srgb", "display-p3"]), "srgb"),
  device: required(device),
  format: required(textureFormat),
  toneMapping: defaulted(toneMapping, { mode: "standard" }),
  usage: defaulted(uint32, GPUTextureUsage.RENDER_ATTACHMENT),
  viewFormats: defaulted(sequence(textureFormat), []),
});
type Configuration = ReturnType<typeof canvasConfiguration>;

/** @see https://www.w3.org/TR/webgpu/#supported-context-formats */
const CONTEXT_FORMATS: readonly string[] = ["bgra8unorm", "rgba8unorm", "rgba16float"];

/** Pixels with straight alpha, as PNG and ImageData have them. */
export interface CanvasImage {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** What a context is made on. */
export interface Surface {
  /** the object that the script knows */
  readonly canvas: object;
  readonly width: number;
  readonly height: number;
  /** the picture is finished: for surfaces that show it */
  present?(image: CanvasImage): void;
}

/** Its contents stay when it is destroyed: they are the canvas's. */
class DrawingTexture extends TextureCore {
  #kept: Picture | null = null;

  /** null for textures that never were valid, and those of lost devices */
  get picture(): Picture | null {
    if (this.destroyed) return this.#kept;
    const picture = readLayer(this, 0, 0, "all");
    return typeof picture === "string" ? null : picture;
  }

  override destroy(): void {
    if (!this.destroyed) this.#kept = this.picture;
    super.destroy();
  }
}

export class ContextCore {
  readonly surface: Surface;
  #configuration: Configuration | null = null;
  #drawing: DrawingTexture | null = null;
  #current: GPUTexture | null = null;

  constructor(surface: Surface) {
    this.surface = surface;
  }

  configure(configuration: Configuration): void {
    const { format, viewFormats, usage } = configuration;
    const { core } = configuration.device;
    const what = "configure";
    for (const name of [format, ...viewFormats]) requireFormatFeature(name, core, what);
    if (!CONTEXT_FORMATS.includes(format)) {
      throw new TypeError(`${what}: a canvas cannot have the format ${show(format)}; use one of ${CONTEXT_FORMATS.join(", ")}`);
    }
    if ((usage & GPUTextureUsage.TRANSIENT_ATTACHMENT) !== 0) throw new TypeError(`${what}: a canvas cannot be TRANSIENT_ATTACHMENT`);
    this.#configuration = configuration;
    this.replace();
    const descriptor = this.#descriptor(configuration);
    core.timeline.run(() => {
      const texture = new TextureCore(core, descriptor);
      const wrong = core.lost ? null : wrongTexture(descriptor, texture.format, core);
      if (wrong !== null) core.invalid(`${what}: the textures of this canvas would be invalid: ${wrong}`);
    });
  }

  unconfigure(): void {
    this.#configuration = null;
    this.replace();
  }

  getConfiguration(): object | null {
    if (this.#configuration === null) return null;
    const { device: given, viewFormats, toneMapping: mapping, ...rest } = this.#configuration;
    return { ...rest, device: given.object, viewFormats: [...viewFormats], toneMapping: { ...mapping } };
  }

  currentTexture(): GPUTexture {
    const configuration = this.#configuration;
    if (configuration === null) {
      throw new DOMException("getCurrentTexture: the context is not configured; call configure() first", "InvalidStateError");
    }
    this.#resized();
    if (this.#current === null) {
      this.#drawing = new DrawingTexture(configuration.device.core, this.#descriptor(configuration));
      const current = makeTexture(this.#drawing, this.#descriptor(configuration), "getCurrentTexture");
      this.#current = current;
      // "queue an automatic expiry task"
      macrotask(() => {
        if (this.#current === current) this.expire();
      });
    }
    return this.#current;
  }

  /** "Expire the current texture", and show what is in it. */
  expire(): void {
    const drawing = this.#drawing;
    const { surface } = this;
    if (this.#current === null || drawing === null) return;
    this.#current = null;
    drawing.device.timeline.run(() => {
      drawing.destroy();
      // what is shown may be a script's canvas: not from within a step
      if (surface.present && drawing === this.#drawing) drawing.device.tasks.post(() => surface.present?.(this.image()));
    });
  }

  /** "Replace the drawing buffer" */
  replace(): void {
    const drawing = this.#drawing;
    this.#current = null;
    this.#drawing = null;
    drawing?.device.timeline.run(() => drawing.destroy());
  }

  /** "Get a copy of the image contents of a context". @see https://www.w3.org/TR/webgpu/#abstract-opdef-get-a-copy-of-the-image-contents-of-a-context */
  image(): CanvasImage {
    this.#resized();
    const { width, height } = this.surface;
    const picture = this.#drawing?.picture ?? null;
    const data = picture && pictureBytes(picture);
    if (!data || !this.#configuration) return { width, height, data: new Uint8ClampedArray(width * height * 4) };
    const pixels = new Uint8ClampedArray(data);
    if (this.#configuration.alphaMode === "opaque") for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
    else unpremultiply(pixels);
    return { width, height, data: pixels };
  }

  /** A canvas that changed its size is blank. @see https://www.w3.org/TR/webgpu/#abstract-opdef-update-the-canvas-size */
  #resized(): void {
    const size = this.#drawing?.size;
    if (size && (size.width !== this.surface.width || size.height !== this.surface.height)) this.replace();
  }

  /** @see https://www.w3.org/TR/webgpu/#abstract-opdef-gputexturedescriptor-for-the-canvas-and-configuration */
  #descriptor({ format, usage, viewFormats }: Configuration): TextureDescriptor {
    const { width, height } = this.surface;
    return {
      label: "current texture of a canvas",
      size: { width, height, depthOrArrayLayers: 1 },
      format,
      usage,
      viewFormats,
      dimension: "2d",
      mipLevelCount: 1,
      sampleCount: 1,
      textureBindingViewDimension: undefined,
    };
  }
}

function unpremultiply(pixels: Uint8ClampedArray): void {
  for (let i = 0; i < pixels.length; i += 4) {
    const alpha = pixels[i + 3]!;
    if (alpha > 0 && alpha < 255) for (let c = i; c < i + 3; c++) pixels[c] = (pixels[c]! * 255) / alpha;
  }
}

export class GPUCanvasContext {
  declare readonly __brand: "GPUCanvasContext";
  readonly #core: ContextCore;
  constructor(...made: Made<ContextCore>) {
    this.#core = madeOf(made);
  }
  get canvas(): object {
    return this.#core.surface.canvas;
  }
  configure(configuration: GPUCanvasConfiguration): undefined {
    this.#core.configure(canvasConfiguration(configuration, "configure: configuration"));
  }
  unconfigure(): undefined {
    this.#core.unconfigure();
  }
  getConfiguration(): object | null {
    return this.#core.getConfiguration();
  }
  getCurrentTexture(): GPUTexture {
    return this.#core.currentTexture();
  }
}
exposeInterface("GPUCanvasContext", GPUCanvasContext);

export function makeContext(surface: Surface): GPUCanvasContext {
  const core = new ContextCore(surface);
  setContext(surface.canvas, core);
  return new GPUCanvasContext(MINT, core);
}
