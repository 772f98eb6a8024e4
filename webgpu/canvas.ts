/** A canvas without a page: what `createCanvas` makes. It has what OffscreenCanvas has for WebGPU. */
import { type GPUCanvasContext, makeContext } from "./canvas-context.ts";
import { contextOf } from "./canvas-contexts.ts";
import type { DomCanvasContext } from "./dom-types.ts";
import { uint32 } from "./idl/convert.ts";

/** What OffscreenCanvas has for WebGPU. A canvas whose size is set is blank; it has no 2D context. */
export class Canvas extends EventTarget {
  #width: number;
  #height: number;
  #context: GPUCanvasContext | undefined;

  constructor(width: number, height: number) {
    super();
    this.#width = uint32(width, "createCanvas: width");
    this.#height = uint32(height, "createCanvas: height");
  }
  get width(): number {
    return this.#width;
  }
  /** A canvas whose size is set is blank. */
  set width(width: number) {
    this.#width = uint32(width, "width");
    contextOf(this)?.replace();
  }
  get height(): number {
    return this.#height;
  }
  set height(height: number) {
    this.#height = uint32(height, "height");
    contextOf(this)?.replace();
  }
  /** @returns null for contexts of other kinds: there is no 2D here */
  getContext(kind: "webgpu"): DomCanvasContext;
  getContext(kind: string): DomCanvasContext | null;
  getContext(kind: string): unknown {
    if (kind !== "webgpu") return null;
    this.#context ??= makeContext(this);
    return this.#context;
  }
  /** for the context */
  get canvas(): this {
    return this;
  }
}

/** Makes a canvas, as a page has it: `getContext("webgpu")` gives a GPUCanvasContext. */
export function createCanvas(width: number, height: number): Canvas {
  return new Canvas(width, height);
}
