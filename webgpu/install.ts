/** Installing WebGPU for scripts written for pages: `navigator.gpu` and the globals. */
import { installGlobals } from "./globals.ts";
import { create } from "./index.ts";
import type { CreateOptions } from "./options.ts";
import { installCanvases } from "./page-canvas.ts";

/** Names what was installed: the package's ES modules and its CommonJS files may both be asked to. */
const REGISTERED = Symbol.for("portcullis.registered");

/**
 * Takes the place of a WebGPU that is there already, a browser's own. May be called again: the first installation stays.
 * @param options for the GPU object that is made when a script first asks for it
 * @param target another global object than this one: that of a vm context
 */
export function register(options: CreateOptions = {}, target: object = globalThis): void {
  if (REGISTERED in target) return;
  Object.defineProperty(target, REGISTERED, { value: true, configurable: true });
  installGlobals(target);
  installCanvases(target);
  const host = target as { navigator?: object };
  if (host.navigator === undefined) {
    Object.defineProperty(target, "navigator", { value: {}, writable: true, configurable: true, enumerable: false });
  }
  let gpu: GPU | undefined;
  const get = (): GPU => {
    gpu ??= create(options);
    return gpu;
  };
  Object.defineProperty(host.navigator ?? {}, "gpu", { get, configurable: true, enumerable: false });
}
