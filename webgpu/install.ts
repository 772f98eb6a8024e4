/** Installing WebGPU for scripts written for pages: `navigator.gpu` and the globals. */
import { installGlobals } from "./globals.ts";
import { create } from "./index.ts";

/** May be called again; what is there already stays. */
export function register(): void {
  installGlobals();
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) {
    Object.defineProperty(globalThis, "navigator", { value: {}, writable: true, configurable: true, enumerable: false });
  }
  const { navigator } = host;
  if (navigator === undefined || "gpu" in navigator) return;
  let gpu: GPU | undefined;
  const get = (): GPU => {
    gpu ??= create();
    return gpu;
  };
  Object.defineProperty(navigator, "gpu", { get, configurable: true, enumerable: false });
}
