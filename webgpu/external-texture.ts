/** An interface of pages, made by no call yet: a page's video frames. */
import type { Core } from "./core.ts";
import { exposeInterface, exposeLabel, type Made, madeOf } from "./idl/interface.ts";

export class GPUExternalTexture {
  declare readonly __brand: "GPUExternalTexture";
  declare label: string;
  constructor(...made: Made<Core>) {
    madeOf(made);
  }
}
exposeInterface("GPUExternalTexture", GPUExternalTexture);
exposeLabel("GPUExternalTexture", GPUExternalTexture, () => undefined);
