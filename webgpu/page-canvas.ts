/** Canvases of pages: `getContext("webgpu")` gives a context of ours, whose pictures are put on the canvas's own 2D context. */
import { type GPUCanvasContext, makeContext } from "./canvas-context.ts";

interface PageCanvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: string, ...rest: readonly unknown[]): unknown;
}
interface Context2D {
  putImageData(image: ImageData, x: number, y: number): void;
}

/** Changes the classes of canvases that there are. */
export function installCanvases(target: object): void {
  const { HTMLCanvasElement, OffscreenCanvas } = target as Readonly<Record<string, { readonly prototype: PageCanvas } | undefined>>;
  for (const canvasClass of [HTMLCanvasElement, OffscreenCanvas]) if (canvasClass !== undefined) install(canvasClass.prototype);
}

function install(prototype: PageCanvas): void {
  const { getContext: native } = prototype;
  const contexts = new WeakMap<PageCanvas, GPUCanvasContext>();
  prototype.getContext = function getContext(this: PageCanvas, kind: string, ...rest: readonly unknown[]): unknown {
    const made = contexts.get(this);
    if (kind !== "webgpu") return made === undefined ? Reflect.apply(native, this, [kind, ...rest]) : null;
    if (made !== undefined) return made;
    // null where the canvas has a context of another kind
    const shown = Reflect.apply(native, this, ["2d"]) as Context2D | null;
    const context = shown && makeContext(surfaceOf(this, shown));
    if (context !== null) contexts.set(this, context);
    return context;
  };
}

function surfaceOf(canvas: PageCanvas, shown: Context2D): Parameters<typeof makeContext>[0] {
  return {
    canvas,
    get width() {
      return canvas.width;
    },
    get height() {
      return canvas.height;
    },
    present({ data, width, height }) {
      if (width > 0 && height > 0) shown.putImageData(new ImageData(data, width, height), 0, 0);
    },
  };
}
