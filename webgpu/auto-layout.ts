/** Layouts made from what the shaders use. @see https://www.w3.org/TR/webgpu/#default-pipeline-layout */
import { BindGroupLayoutCore, type LayoutEntry } from "./bind-group-layout.ts";
import { checkBindingSlots } from "./binding-slots.ts";
import type { ShaderEntryPoint, ShaderResource } from "./compiler.ts";
import type { Core } from "./core.ts";
import { GPUShaderStage } from "./flags.ts";
import { storageAccessOf } from "./formats.ts";

export interface AutoStage {
  readonly stage: keyof typeof GPUShaderStage;
  readonly entry: ShaderEntryPoint;
}

const ABSENT = { buffer: undefined, sampler: undefined, texture: undefined, storageTexture: undefined, externalTexture: undefined };

function entryOf(resource: ShaderResource, visibility: number): LayoutEntry {
  const base = { ...ABSENT, binding: resource.binding, visibility };
  switch (resource.kind) {
    case "buffer":
      return { ...base, buffer: { type: resource.type, hasDynamicOffset: false, minBindingSize: resource.minBindingSize } };
    case "sampler":
      return { ...base, sampler: { type: resource.comparison ? "comparison" : "filtering" } };
    case "texture":
      return {
        ...base,
        texture: { sampleType: sampleTypeOf(resource), viewDimension: resource.dimension, multisampled: resource.multisampled },
      };
    case "storage-texture":
      return { ...base, storageTexture: { access: resource.access, format: resource.format, viewDimension: resource.dimension } };
    case "external-texture":
      return { ...base, externalTexture: {} };
  }
}

function sampleTypeOf(resource: ShaderResource & { kind: "texture" }) {
  if (resource.sampled === "depth") return "depth";
  if (resource.sampled === "i32") return "sint";
  if (resource.sampled === "u32") return "uint";
  return resource.samplers.length > 0 ? "float" : "unfilterable-float";
}

/** One entry for a binding that two stages use, or null when they disagree. */
function merge(a: LayoutEntry, b: LayoutEntry): LayoutEntry | null {
  const visibility = a.visibility | b.visibility;
  if (a.buffer && b.buffer) {
    if (a.buffer.type !== b.buffer.type) return null;
    const minBindingSize = Math.max(a.buffer.minBindingSize, b.buffer.minBindingSize);
    return { ...a, visibility, buffer: { ...a.buffer, minBindingSize } };
  }
  if (a.sampler && b.sampler) return a.sampler.type === b.sampler.type ? { ...a, visibility } : null;
  if (a.texture && b.texture) return mergeTextures({ ...a, visibility }, a.texture, b.texture);
  if (a.storageTexture && b.storageTexture) return mergeStorage({ ...a, visibility }, a.storageTexture, b.storageTexture);
  return a.externalTexture && b.externalTexture ? { ...a, visibility } : null;
}

type Texture = NonNullable<LayoutEntry["texture"]>;
function mergeTextures(entry: LayoutEntry, a: Texture, b: Texture): LayoutEntry | null {
  if (a.viewDimension !== b.viewDimension || a.multisampled !== b.multisampled) return null;
  if (a.sampleType === b.sampleType) return entry;
  const floats = ["float", "unfilterable-float"];
  return floats.includes(a.sampleType) && floats.includes(b.sampleType) ? { ...entry, texture: { ...a, sampleType: "float" } } : null;
}

type StorageTexture = NonNullable<LayoutEntry["storageTexture"]>;
function mergeStorage(entry: LayoutEntry, a: StorageTexture, b: StorageTexture): LayoutEntry | null {
  if (a.viewDimension !== b.viewDimension || a.format !== b.format) return null;
  if (a.access === b.access) return entry;
  const both = [a.access, b.access];
  return both.includes("write-only") && both.includes("read-write") ? { ...entry, storageTexture: { ...a, access: "read-write" } } : null;
}

/** @returns layouts by group, made for this pipeline only; or why there are none */
export function autoLayout(pipeline: Core, stages: readonly AutoStage[]): readonly (BindGroupLayoutCore | null)[] | string {
  const { device } = pipeline;
  const groups: Map<number, LayoutEntry>[] = [];
  for (const { stage, entry } of stages) {
    for (const resource of entry.resources) {
      const wrong = addResource(groups, resource, GPUShaderStage[stage], device.limits);
      if (wrong !== null) return wrong;
    }
  }
  const entries = groups.map((group) => (group ? [...group.values()] : []));
  for (const { binding, storageTexture } of entries.flat()) {
    if (storageTexture && !storageAccessOf(storageTexture.format, device.features).includes(storageTexture.access)) {
      return `the shader's storage texture at @binding(${binding}) has format "${storageTexture.format}", which does not allow access "${storageTexture.access}"`;
    }
  }
  const wrong = checkBindingSlots(entries.flat(), device.limits);
  if (wrong !== null) return `the layout made for the shader: ${wrong}`;
  return entries.map((each) => (each.length === 0 ? null : makeLayout(pipeline, each)));
}

function addResource(
  groups: Map<number, LayoutEntry>[],
  resource: ShaderResource,
  visibility: number,
  limits: { readonly maxBindGroups: number; readonly maxBindingsPerBindGroup: number },
): string | null {
  const { group, binding, name } = resource;
  if (group >= limits.maxBindGroups)
    return `the shader's '${name}' is in @group(${group}), but the limit maxBindGroups is ${limits.maxBindGroups}`;
  if (binding >= limits.maxBindingsPerBindGroup) {
    return `the shader's '${name}' is at @binding(${binding}), but the limit maxBindingsPerBindGroup is ${limits.maxBindingsPerBindGroup}`;
  }
  for (let i = groups.length; i <= group; i++) groups.push(new Map());
  const entries = groups[group]!;
  const entry = entryOf(resource, visibility);
  const old = entries.get(binding);
  const merged = old === undefined ? entry : merge(old, entry);
  if (merged === null) return `the stages disagree about '${name}' at @group(${group}) @binding(${binding}); use an explicit layout`;
  entries.set(binding, merged);
  return null;
}

function makeLayout(pipeline: Core, entries: readonly LayoutEntry[]): BindGroupLayoutCore {
  const layout = new BindGroupLayoutCore(pipeline.device, "");
  layout.setEntries(entries);
  layout.exclusivePipeline = pipeline;
  return layout;
}
