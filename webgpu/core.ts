/**
 * What the device timeline knows of an object. Each GPU* class holds one core in a #private field: the class converts and checks what the
 * script passes, the core is what the driver works with.
 * @see https://www.w3.org/TR/webgpu/#webgpu-internal-objects
 */
import type { DeviceCore } from "./device-core.ts";

/** Fields are only declared, and assigned in the constructor: V8 takes 1 us to define a field of objects of more than four classes. */
export class Core {
  /** name of the interface, for messages */
  declare readonly kind: string;
  declare readonly device: DeviceCore;
  declare label: string;
  /** false once creation failed. @see https://www.w3.org/TR/webgpu/#invalid-internal-objects */
  declare valid: boolean;

  constructor(kind: string, device: DeviceCore, label: string) {
    this.kind = kind;
    this.device = device;
    this.label = label;
    this.valid = true;
  }
}

const MAX_LABEL = 100;

/** GPUBuffer "vertices", or: GPUBuffer without label. */
export function describe({ kind, label }: { readonly kind: string; readonly label: string }): string {
  if (label === "") return `${kind} without label`;
  return `${kind} "${label.length > MAX_LABEL ? `${label.slice(0, MAX_LABEL)}…` : label}"`;
}

/**
 * Why an object may not be used with a device, or null if it may.
 * @see https://www.w3.org/TR/webgpu/#abstract-opdef-valid-to-use-with
 */
export function unusable(core: Core, device: DeviceCore): string | null {
  if (core.device !== device) return `${describe(core)} belongs to another device (${describe(core.device)}), not to ${describe(device)}`;
  return core.valid ? null : `${describe(core)} is invalid, because an earlier call that made it failed`;
}
