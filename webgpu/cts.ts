/** `portcullis/cts`: what the command line of the WebGPU conformance test suite takes as --gpu-provider. Loading it installs the globals. */
import { installGlobals } from "./globals.ts";
import { create as createGpu } from "./index.ts";

installGlobals();

/** @param flags of --gpu-provider-flag: "tier=reference", "validation-only" */
export function create(flags: readonly string[]): GPU {
  return createGpu(flags);
}
