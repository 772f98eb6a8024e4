/** `portcullis/cts`: for --gpu-provider of the WebGPU conformance test suite. Loading it installs the globals, which the tests read. */
import { installGlobals } from "./globals.ts";

export { create } from "./cts-provider.ts";

installGlobals();
