/** Counting bindings against the limits of a pipeline layout. @see https://www.w3.org/TR/webgpu/#exceeds-the-binding-slot-limits */
import type { LayoutEntry } from "./bind-group-layout.ts";
import { GPUShaderStage } from "./flags.ts";
import type { LimitName, LimitValues } from "./limits.ts";

const STAGES = ["VERTEX", "FRAGMENT", "COMPUTE"] as const;
type Stage = (typeof STAGES)[number];

const STORAGE_BUFFERS: Record<Stage, LimitName> = {
  VERTEX: "maxStorageBuffersInVertexStage",
  FRAGMENT: "maxStorageBuffersInFragmentStage",
  COMPUTE: "maxStorageBuffersPerShaderStage",
};
const STORAGE_TEXTURES: Record<Stage, LimitName> = {
  VERTEX: "maxStorageTexturesInVertexStage",
  FRAGMENT: "maxStorageTexturesInFragmentStage",
  COMPUTE: "maxStorageTexturesPerShaderStage",
};

class Slots {
  readonly #used = new Map<LimitName, number>();
  readonly #limits: LimitValues;
  wrong: string | null = null;

  constructor(limits: LimitValues) {
    this.#limits = limits;
  }
  use(name: LimitName, where: string, count = 1): void {
    const used = (this.#used.get(name) ?? 0) + count;
    this.#used.set(name, used);
    if (used > this.#limits[name]) this.wrong ??= `${used} bindings${where} are over the limit ${name} of ${this.#limits[name]}`;
  }
}

/** @returns the first limit that is exceeded, in words, or null */
export function checkBindingSlots(entries: readonly LayoutEntry[], limits: LimitValues): string | null {
  const dynamic = new Slots(limits);
  for (const { buffer } of entries) {
    if (!buffer?.hasDynamicOffset) continue;
    dynamic.use(
      buffer.type === "uniform" ? "maxDynamicUniformBuffersPerPipelineLayout" : "maxDynamicStorageBuffersPerPipelineLayout",
      " with dynamic offset",
    );
  }
  if (dynamic.wrong !== null) return dynamic.wrong;
  for (const stage of STAGES) {
    const slots = new Slots(limits);
    for (const entry of entries) {
      if (entry.visibility & GPUShaderStage[stage]) useStage(slots, entry, stage);
    }
    if (slots.wrong !== null) return slots.wrong;
  }
  return null;
}

function useStage(slots: Slots, entry: LayoutEntry, stage: Stage): void {
  const where = ` visible to ${stage}`;
  if (entry.buffer?.type === "uniform") slots.use("maxUniformBuffersPerShaderStage", where);
  else if (entry.buffer) slots.use(STORAGE_BUFFERS[stage], where);
  if (entry.sampler) slots.use("maxSamplersPerShaderStage", where);
  if (entry.texture) slots.use("maxSampledTexturesPerShaderStage", where);
  if (entry.storageTexture) slots.use(STORAGE_TEXTURES[stage], where);
  if (entry.externalTexture) {
    slots.use("maxSampledTexturesPerShaderStage", where, 4);
    slots.use("maxSamplersPerShaderStage", where);
    slots.use("maxUniformBuffersPerShaderStage", where);
  }
}
