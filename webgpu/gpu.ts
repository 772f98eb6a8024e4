/** @see https://www.w3.org/TR/webgpu/#gpu-interface */
import { type GPUAdapter, makeAdapter, type Platform } from "./adapter.ts";
import { withResolvers } from "./device-core.ts";
import { type WGSLLanguageFeatures, wgslLanguageFeatures } from "./features.ts";
import { boolean, domString } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, optional } from "./idl/dictionary.ts";
import { exposeInterface, type Made, MINT, madeOf, promised } from "./idl/interface.ts";

const requestAdapterOptions = dictionary(null, {
  featureLevel: defaulted(domString, "core"),
  forceFallbackAdapter: defaulted(boolean, false),
  powerPreference: optional(enumeration("GPUPowerPreference", ["low-power", "high-performance"])),
  xrCompatible: defaulted(boolean, false),
});

export class GPU {
  declare readonly __brand: "GPU";
  readonly #platform: Platform;
  readonly #languageFeatures: WGSLLanguageFeatures;
  constructor(...made: Made<Platform>) {
    this.#platform = madeOf(made);
    this.#languageFeatures = wgslLanguageFeatures(new Set(this.#platform.compiler.languageFeatures));
  }
  /** Every adapter is the same software, so it is a fallback adapter whether one was asked for or not. */
  requestAdapter(options?: GPURequestAdapterOptions): Promise<GPUAdapter | null> {
    return promised(() => {
      const platform = this.#platform;
      const { featureLevel } = requestAdapterOptions(options, "requestAdapter: options");
      const known = featureLevel === "core" || featureLevel === "compatibility";
      if (platform.options.warm) platform.compiler.warm?.();
      const adapter = known ? makeAdapter(platform, featureLevel) : null;
      const { promise, resolve } = withResolvers<GPUAdapter | null>();
      platform.tasks.post(() => resolve(adapter));
      return promise;
    });
  }
  getPreferredCanvasFormat(): "rgba8unorm" {
    void this.#platform;
    return "rgba8unorm";
  }
  get wgslLanguageFeatures(): WGSLLanguageFeatures {
    return this.#languageFeatures;
  }
}
exposeInterface("GPU", GPU);

export const makeGpu = (platform: Platform): GPU => new GPU(MINT, platform);
