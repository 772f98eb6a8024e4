/** @see https://www.w3.org/TR/webgpu/#samplers */
import { Core, describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { float, isObject, uint16Clamp } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, optional } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";

export const compareFunction = enumeration("GPUCompareFunction", [
  "never",
  "less",
  "equal",
  "less-equal",
  "greater",
  "not-equal",
  "greater-equal",
  "always",
]);
const addressMode = enumeration("GPUAddressMode", ["clamp-to-edge", "repeat", "mirror-repeat"]);
const filterMode = enumeration("GPUFilterMode", ["nearest", "linear"]);
const mipmapFilterMode = enumeration("GPUMipmapFilterMode", ["nearest", "linear"]);

const samplerDescriptor = dictionary(objectDescriptor, {
  addressModeU: defaulted(addressMode, "clamp-to-edge"),
  addressModeV: defaulted(addressMode, "clamp-to-edge"),
  addressModeW: defaulted(addressMode, "clamp-to-edge"),
  compare: optional(compareFunction),
  lodMaxClamp: defaulted(float, 32),
  lodMinClamp: defaulted(float, 0),
  magFilter: defaulted(filterMode, "nearest"),
  maxAnisotropy: defaulted(uint16Clamp, 1),
  minFilter: defaulted(filterMode, "nearest"),
  mipmapFilter: defaulted(mipmapFilterMode, "nearest"),
});
export type SamplerDescriptor = ReturnType<typeof samplerDescriptor>;

export class SamplerCore extends Core {
  readonly descriptor: SamplerDescriptor;
  constructor(device: DeviceCore, descriptor: SamplerDescriptor) {
    super("GPUSampler", device, descriptor.label);
    this.descriptor = descriptor;
  }
  get isComparison(): boolean {
    return this.descriptor.compare !== undefined;
  }
  get isFiltering(): boolean {
    const { magFilter, minFilter, mipmapFilter } = this.descriptor;
    return magFilter === "linear" || minFilter === "linear" || mipmapFilter === "linear";
  }
}

function wrongSampler(descriptor: SamplerDescriptor): string | null {
  const { lodMinClamp, lodMaxClamp, maxAnisotropy, magFilter, minFilter, mipmapFilter } = descriptor;
  if (lodMinClamp < 0) return `lodMinClamp is ${lodMinClamp}, but must not be negative`;
  if (lodMaxClamp < lodMinClamp) return `lodMaxClamp ${lodMaxClamp} is less than lodMinClamp ${lodMinClamp}`;
  if (maxAnisotropy < 1) return "maxAnisotropy is 0, but must be at least 1";
  if (maxAnisotropy > 1 && (magFilter !== "linear" || minFilter !== "linear" || mipmapFilter !== "linear")) {
    return `maxAnisotropy is ${maxAnisotropy}, which needs magFilter, minFilter and mipmapFilter to be "linear"`;
  }
  return null;
}

export function createSampler(device: DeviceCore, value: unknown): GPUSampler {
  const core = new SamplerCore(device, samplerDescriptor(value, "createSampler: descriptor"));
  device.timeline.run(() => {
    const wrong = wrongSampler(core.descriptor);
    core.valid = wrong === null && !device.lost;
    if (wrong !== null) device.invalid(`createSampler: ${describe(core)}: ${wrong}`);
  });
  return new GPUSampler(MINT, core);
}

let coreOf: (value: unknown) => SamplerCore | undefined;

export class GPUSampler {
  declare readonly __brand: "GPUSampler";
  declare label: string;
  readonly #core: SamplerCore;
  constructor(...made: Made<SamplerCore>) {
    this.#core = madeOf(made);
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUSampler", GPUSampler);
exposeLabel("GPUSampler", GPUSampler, coreOf!);

export const samplerCoreOf = (value: unknown): SamplerCore | undefined => coreOf(value);
