/** `portcullis/register`: installs `navigator.gpu` and WebGPU's globals, for scripts written for pages. */
import { installGlobals } from "./globals.ts";
import { create } from "./index.ts";

installGlobals();

const host = globalThis as { navigator?: object };
if (host.navigator === undefined) {
  Object.defineProperty(globalThis, "navigator", { value: {}, writable: true, configurable: true, enumerable: false });
}
const navigator = host.navigator;
if (navigator !== undefined && !("gpu" in navigator)) {
  let gpu: GPU | undefined;
  const get = (): GPU => {
    gpu ??= create();
    return gpu;
  };
  Object.defineProperty(navigator, "gpu", { get, configurable: true, enumerable: false });
}
