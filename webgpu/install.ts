/** Installing WebGPU for scripts written for pages: `navigator.gpu` and the globals. */
import { installGlobals } from "./globals.ts";
import { create } from "./index.ts";
import { installCanvases } from "./page-canvas.ts";

/** Names what was installed: the package's ES modules and its CommonJS files may both be asked to. */
const REGISTERED = Symbol.for("portcullis.registered");

/** Takes the place of a WebGPU that is there already, a browser's own. May be called again: the first installation stays. */
export function register(): void {
  if (REGISTERED in globalThis) return;
  Object.defineProperty(globalThis, REGISTERED, { value: true });
  installGlobals();
  installCanvases();
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, "navigator", { value: {}, writable: true, configurable: true, enumerable: false });
  }
  let gpu: GPU | undefined;
  const get = (): GPU => {
    gpu ??= create();
    return gpu;
  };
  Object.defineProperty(globalThis.navigator, "gpu", { get, configurable: true, enumerable: false });
}
