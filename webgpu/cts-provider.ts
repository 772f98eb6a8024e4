/** What the conformance test suite asks of a provider. */
import { create as createGpu } from "./index.ts";

/** @param flags of --gpu-provider-flag: "tier=reference", "validation-only" */
export function create(flags: readonly string[] = []): GPU {
  return createGpu(flags);
}
