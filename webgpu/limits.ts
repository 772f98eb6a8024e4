/**
 * Supported limits: one row per limit.
 * @see https://www.w3.org/TR/webgpu/#limits
 */
import { exposeInterface, type Made, MINT, madeOf } from "./idl/interface.ts";

interface LimitRow {
  readonly core: number;
  /** default of the compatibility feature level */
  readonly compatibility: number;
  /** "alignment": lower is better, and it is a power of two */
  readonly kind: "maximum" | "alignment";
}
const max = (core: number, compatibility = core): LimitRow => ({ core, compatibility, kind: "maximum" });
const alignment = (core: number): LimitRow => ({ core, compatibility: core, kind: "alignment" });

export const LIMITS = {
  maxTextureDimension1D: max(8192, 4096),
  maxTextureDimension2D: max(8192, 4096),
  maxTextureDimension3D: max(2048, 1024),
  maxTextureArrayLayers: max(256),
  maxBindGroups: max(4),
  maxBindGroupsPlusVertexBuffers: max(24),
  maxImmediateSize: max(64),
  maxBindingsPerBindGroup: max(1000),
  maxDynamicUniformBuffersPerPipelineLayout: max(8),
  maxDynamicStorageBuffersPerPipelineLayout: max(4),
  maxSampledTexturesPerShaderStage: max(16),
  maxSamplersPerShaderStage: max(16),
  maxStorageBuffersPerShaderStage: max(8),
  maxStorageBuffersInVertexStage: max(8, 0),
  maxStorageBuffersInFragmentStage: max(8, 4),
  maxStorageTexturesPerShaderStage: max(4),
  maxStorageTexturesInVertexStage: max(4, 0),
  maxStorageTexturesInFragmentStage: max(4),
  maxUniformBuffersPerShaderStage: max(12),
  maxUniformBufferBindingSize: max(65_536, 16_384),
  maxStorageBufferBindingSize: max(134_217_728),
  minUniformBufferOffsetAlignment: alignment(256),
  minStorageBufferOffsetAlignment: alignment(256),
  maxVertexBuffers: max(8),
  maxBufferSize: max(268_435_456),
  maxVertexAttributes: max(16),
  maxVertexBufferArrayStride: max(2048),
  maxInterStageShaderVariables: max(16, 15),
  maxColorAttachments: max(8, 4),
  maxColorAttachmentBytesPerSample: max(32),
  maxComputeWorkgroupStorageSize: max(16_384),
  maxComputeInvocationsPerWorkgroup: max(256, 128),
  maxComputeWorkgroupSizeX: max(256, 128),
  maxComputeWorkgroupSizeY: max(256, 128),
  maxComputeWorkgroupSizeZ: max(64),
  maxComputeWorkgroupsPerDimension: max(65_535),
} as const;

export type LimitName = keyof typeof LIMITS;
export type LimitValues = Readonly<Record<LimitName, number>>;
export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];

export type FeatureLevel = "core" | "compatibility";

/** What this adapter has over the defaults: the heap allows larger buffers, under the largest of the kernel, and there are slots for more of them. */
const ADAPTER: Partial<LimitValues> = {
  maxStorageBufferBindingSize: 1_073_741_824,
  maxBufferSize: 1_073_741_824,
  maxStorageBuffersPerShaderStage: 16,
  maxStorageBuffersInVertexStage: 16,
  maxStorageBuffersInFragmentStage: 16,
};

const DEFAULTS: { [L in FeatureLevel]?: LimitValues } = {};

export function defaultLimits(level: FeatureLevel): LimitValues {
  DEFAULTS[level] ??= Object.freeze(Object.fromEntries(LIMIT_NAMES.map((name) => [name, LIMITS[name][level]])) as LimitValues);
  return DEFAULTS[level];
}

export const adapterLimits = (level: FeatureLevel): LimitValues => ({ ...defaultLimits(level), ...ADAPTER });

/** A limit must be a whole number that the attribute's type can hold. */
function better(name: LimitName, a: number, b: number): boolean {
  return LIMITS[name].kind === "maximum" ? a > b : a < b;
}

/**
 * Limits of a new device: the defaults, improved where asked.
 * @returns the limits, or what is wrong with the request
 * @see https://www.w3.org/TR/webgpu/#dom-gpuadapter-requestdevice
 */
export function requestLimits(
  requested: readonly (readonly [string, number | undefined])[],
  adapter: LimitValues,
  level: FeatureLevel,
): LimitValues | string {
  if (requested.length === 0) return defaultLimits(level); // nearly always: the first device of a process waits for every function that it calls
  const limits: Record<LimitName, number> = { ...defaultLimits(level) };
  for (const [key, value] of requested) {
    if (value === undefined) continue;
    const name = LIMIT_NAMES.find((known) => known === key);
    if (name === undefined) return `requiredLimits: "${key}" is not a limit of this implementation`;
    if (better(name, value, adapter[name])) {
      return `requiredLimits.${name} is ${value}, but this adapter offers ${LIMITS[name].kind === "maximum" ? "at most" : "at least"} ${adapter[name]}; see adapter.limits`;
    }
    if (LIMITS[name].kind === "alignment" && (value >= 2 ** 32 || value === 0 || !Number.isInteger(Math.log2(value)))) {
      return `requiredLimits.${name} is ${value}, but must be a power of two below 2^32`;
    }
    if (better(name, value, limits[name])) limits[name] = value;
  }
  return normalize(limits, level);
}

const PER_STAGE = [
  ["maxStorageBuffersPerShaderStage", "maxStorageBuffersInVertexStage", "maxStorageBuffersInFragmentStage"],
  ["maxStorageTexturesPerShaderStage", "maxStorageTexturesInVertexStage", "maxStorageTexturesInFragmentStage"],
] as const;

/** In core, the limits for one stage follow the limit for all; a higher one raises the limit for all. */
function normalize(limits: Record<LimitName, number>, level: FeatureLevel): LimitValues {
  for (const [all, vertex, fragment] of PER_STAGE) {
    limits[all] = Math.max(limits[all], limits[vertex], limits[fragment]);
    if (level === "core") {
      limits[vertex] = limits[all];
      limits[fragment] = limits[all];
    }
  }
  return limits;
}

let valuesOf: (limits: unknown) => LimitValues;

class Limits {
  readonly #values: LimitValues;
  constructor(...made: Made<LimitValues>) {
    this.#values = madeOf(made);
  }
  static {
    valuesOf = (limits) => (limits as Limits).#values;
  }
}
for (const name of LIMIT_NAMES) {
  // a getter made by syntax: it cannot be called with new, and has the right name
  const members = {
    get [name](): number {
      return valuesOf(this)[name];
    },
  };
  Object.defineProperties(Limits.prototype, Object.getOwnPropertyDescriptors(members));
}
exposeInterface("GPUSupportedLimits", Limits);

export interface LimitsObject extends LimitValues {
  readonly __brand: "GPUSupportedLimits";
}
/** with the getters that the loop made */
export const GPUSupportedLimits = Limits as unknown as { new (...made: Made<LimitValues>): LimitsObject; readonly prototype: LimitsObject };

export const supportedLimits = (values: LimitValues): LimitsObject => new GPUSupportedLimits(MINT, values);
