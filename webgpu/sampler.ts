/** @see https://www.w3.org/TR/webgpu/#samplers */
import { Core, describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { float, isObject, uint16Clamp } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, optional } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { HeapStorage } from "./storage.ts";

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

/** Bytes of what shaders are told of a sampler: `Sampler` of `frontend/wgsl/sampling-code.ts`, and padding. */
export const SAMPLER_BYTES = 48;

const ADDRESS_MODES = ["clamp-to-edge", "repeat", "mirror-repeat"];
const COMPARE_FUNCTIONS = ["never", "less", "equal", "less-equal", "greater", "not-equal", "greater-equal", "always"];

function samplerInfo(d: SamplerDescriptor): Uint8Array {
  const words = new Uint32Array(SAMPLER_BYTES / 4);
  words.set([d.addressModeU, d.addressModeV, d.addressModeW].map((mode) => ADDRESS_MODES.indexOf(mode)));
  words.set(
    [d.magFilter, d.minFilter, d.mipmapFilter].map((filter) => (filter === "linear" ? 1 : 0)),
    3,
  );
  words[6] = d.compare === undefined ? 0 : COMPARE_FUNCTIONS.indexOf(d.compare) + 1;
  words[7] = d.maxAnisotropy;
  new Float32Array(words.buffer).set([d.lodMinClamp, d.lodMaxClamp], 8);
  return new Uint8Array(words.buffer);
}

/** Frees what shaders were told of samplers that the script dropped. */
const dropped = new FinalizationRegistry<HeapStorage>((storage) => storage.free());

export class SamplerCore extends Core {
  readonly descriptor: SamplerDescriptor;
  readonly sizeBytes = SAMPLER_BYTES;
  #info: HeapStorage | null = null;
  constructor(device: DeviceCore, descriptor: SamplerDescriptor) {
    super("GPUSampler", device, descriptor.label);
    this.descriptor = descriptor;
  }
  /** What shaders are told of the sampler, made when one first is. */
  get storage(): HeapStorage {
    if (this.#info === null) {
      this.#info = new HeapStorage(this.device, SAMPLER_BYTES);
      dropped.register(this, this.#info);
      // where the heap has no room, the next use of the handle says so
      this.#info.write(0, samplerInfo(this.descriptor));
    }
    return this.#info;
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
