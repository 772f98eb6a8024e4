/** @see https://www.w3.org/TR/webgpu/#gpuprogrammablestage */
import type { BindGroupLayoutCore, LayoutEntry } from "./bind-group-layout.ts";
import type { ShaderEntryPoint, ShaderOverride, ShaderResource, StageName } from "./compiler.ts";
import { describe } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { flagNames, GPUShaderStage } from "./flags.ts";
import { double, usvString } from "./idl/convert.ts";
import { defaulted, dictionary, optional, record, required } from "./idl/dictionary.ts";
import { shaderModuleArgument } from "./shader-module.ts";

export const programmableStage = dictionary(null, {
  constants: defaulted(record(usvString, double), []),
  entryPoint: optional(usvString),
  module: required(shaderModuleArgument),
});
export type ProgrammableStage = ReturnType<typeof programmableStage>;

/**
 * The entry point that a stage asks for, or why there is none.
 * @see https://www.w3.org/TR/webgpu/#abstract-opdef-get-the-entry-point
 */
export function findEntryPoint(stage: ProgrammableStage, name: StageName): ShaderEntryPoint | string {
  const { module, entryPoint } = stage;
  const all = module.interface?.entryPoints ?? [];
  const candidates = all.filter((each) => each.stage === name && (entryPoint === undefined || each.name === entryPoint));
  const [found] = candidates;
  if (found !== undefined && candidates.length === 1) return found;
  const offered = all.map((each) => `'${each.name}' (${each.stage})`).join(", ") || "none";
  if (entryPoint !== undefined) return `${describe(module)} has no ${name} entry point '${entryPoint}'; it has ${offered}`;
  if (found === undefined) return `${describe(module)} has no ${name} entry point; it has ${offered}`;
  return `${describe(module)} has several ${name} entry points, so entryPoint must name one of ${candidates.map((each) => `'${each.name}'`).join(", ")}`;
}

/** What is wrong with a stage and a layout together, or null. @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gpuprogrammablestage */
export function wrongStage(
  stage: ProgrammableStage,
  entry: ShaderEntryPoint,
  groups: readonly (BindGroupLayoutCore | null)[],
): string | null {
  for (const resource of entry.resources) {
    const wrong = wrongResource(resource, entry, groups);
    if (wrong !== null) {
      return `the shader's '${resource.name}' at @group(${resource.group}) @binding(${resource.binding}) does not fit the layout: ${wrong}`;
    }
  }
  return wrongConstants(stage, entry) ?? wrongForCompatibility(entry, stage.module.device);
}

/** Compatibility devices have textures and samplers in pairs, and read depth only to compare it. */
function wrongForCompatibility({ resources, fineDerivatives }: ShaderEntryPoint, device: DeviceCore): string | null {
  if (device.features.has("core-features-and-limits")) return null;
  const needs = `needs the feature "core-features-and-limits"`;
  if (fineDerivatives) return `the shader calls dpdxFine, dpdyFine or fwidthFine, which ${needs}`;
  let pairs = 0;
  for (const resource of resources) {
    if (resource.kind === "external-texture") pairs += resource.combinations === 0 ? 0 : 1 + 3 * resource.combinations;
    if (resource.kind !== "texture") continue;
    pairs += resource.combinations;
    if (resource.sampled !== "depth") continue;
    if (resource.loaded) return `the shader calls textureLoad with the depth texture '${resource.name}', which ${needs}`;
    if (resource.samplers.length > 0)
      return `the shader uses the depth texture '${resource.name}' with a sampler, not a sampler_comparison, which ${needs}`;
  }
  const { maxSampledTexturesPerShaderStage, maxSamplersPerShaderStage } = device.limits;
  const most = Math.min(maxSampledTexturesPerShaderStage, maxSamplersPerShaderStage);
  return pairs <= most
    ? null
    : `the shader uses ${pairs} combinations of textures and samplers (an external texture counts 1, and 3 for each sampler), over the ${most} that maxSampledTexturesPerShaderStage and maxSamplersPerShaderStage allow without "core-features-and-limits"`;
}

function entryAt(groups: readonly (BindGroupLayoutCore | null)[], group: number, binding: number): LayoutEntry | undefined {
  return groups[group]?.entries.find((each) => each.binding === binding);
}

function wrongResource(resource: ShaderResource, entry: ShaderEntryPoint, groups: readonly (BindGroupLayoutCore | null)[]): string | null {
  const layout = entryAt(groups, resource.group, resource.binding);
  if (layout === undefined) return "the layout has no such entry";
  const stage = entry.stage === "compute" ? "COMPUTE" : entry.stage === "vertex" ? "VERTEX" : "FRAGMENT";
  if ((layout.visibility & GPUShaderStage[stage]) === 0) {
    return `its entry is visible to ${flagNames(GPUShaderStage, layout.visibility)}, but not to ${stage}`;
  }
  switch (resource.kind) {
    case "buffer":
      return wrongBuffer(resource, layout);
    case "sampler":
      if (layout.sampler === undefined) return "its entry is no sampler";
      return (layout.sampler.type === "comparison") === resource.comparison
        ? null
        : `its entry is a sampler of type "${layout.sampler.type}", but the shader has ${resource.comparison ? "sampler_comparison" : "sampler"}`;
    case "texture":
      return wrongTexture(resource, layout) ?? wrongFiltering(resource, layout, groups);
    case "storage-texture":
      return wrongStorageTexture(resource, layout);
    case "external-texture":
      return layout.externalTexture === undefined ? "its entry is no external texture" : null;
  }
}

function wrongBuffer(resource: ShaderResource & { kind: "buffer" }, layout: LayoutEntry): string | null {
  if (layout.buffer === undefined) return "its entry is no buffer";
  const { type, minBindingSize } = layout.buffer;
  if (type !== resource.type) return `its entry is a buffer of type "${type}", but the shader has "${resource.type}"`;
  if (minBindingSize !== 0 && minBindingSize < resource.minBindingSize) {
    return `its entry has minBindingSize ${minBindingSize}, but the shader needs ${resource.minBindingSize} bytes`;
  }
  return null;
}

const SAMPLED: Readonly<Record<string, readonly string[]>> = {
  f32: ["float", "unfilterable-float"],
  i32: ["sint"],
  u32: ["uint"],
  depth: ["depth"],
};

function wrongTexture(resource: ShaderResource & { kind: "texture" }, layout: LayoutEntry): string | null {
  if (layout.texture === undefined) return "its entry is no sampled texture";
  const { sampleType, viewDimension, multisampled } = layout.texture;
  if (multisampled !== resource.multisampled) return `its entry is ${multisampled ? "" : "not "}multisampled, other than in the shader`;
  if (viewDimension !== resource.dimension)
    return `its entry has viewDimension "${viewDimension}", but the shader has "${resource.dimension}"`;
  if (!SAMPLED[resource.sampled]?.includes(sampleType)) {
    return `its entry has sampleType "${sampleType}", but the shader's texture holds ${resource.sampled}`;
  }
  return null;
}

/** A filtering sampler needs a texture that can be filtered. */
function wrongFiltering(
  resource: ShaderResource & { kind: "texture" },
  layout: LayoutEntry,
  groups: readonly (BindGroupLayoutCore | null)[],
): string | null {
  for (const { group, binding } of resource.samplers) {
    const sampler = entryAt(groups, group, binding)?.sampler;
    if (sampler?.type === "filtering" && layout.texture?.sampleType !== "float") {
      return `its entry has sampleType "${layout.texture?.sampleType}", but the shader samples it with a filtering sampler (group ${group}, binding ${binding})`;
    }
  }
  return null;
}

function wrongStorageTexture(resource: ShaderResource & { kind: "storage-texture" }, layout: LayoutEntry): string | null {
  if (layout.storageTexture === undefined) return "its entry is no storage texture";
  const { access, format, viewDimension } = layout.storageTexture;
  if (viewDimension !== resource.dimension)
    return `its entry has viewDimension "${viewDimension}", but the shader has "${resource.dimension}"`;
  if (format !== resource.format) return `its entry has format "${format}", but the shader has "${resource.format}"`;
  const fits = access === resource.access || (access === "read-write" && resource.access === "write-only");
  return fits ? null : `its entry has access "${access}", but the shader has "${resource.access}"`;
}

/** @see https://www.w3.org/TR/webgpu/#dom-gpuprogrammablestage-constants */
function wrongConstants(stage: ProgrammableStage, entry: ShaderEntryPoint): string | null {
  const overrides = stage.module.interface?.overrides ?? [];
  const given = new Set<string>();
  for (const [key, value] of stage.constants) {
    const override = overrides.find((each) => each.key === key);
    if (override === undefined) {
      const known = overrides.map((each) => `"${each.key}"`).join(", ") || "none";
      return `constants: ${describe(stage.module)} has no override "${key}"; it has ${known}`;
    }
    const wrong = wrongValue(override, value);
    if (wrong !== null) return `constants: ${wrong}`;
    given.add(key);
  }
  const missing = entry.neededOverrides.find((key) => !given.has(key));
  return missing === undefined ? null : `constants: the override "${missing}" has no default value and is not given`;
}

const MAX_F16 = 65_504;
const RANGES: Readonly<Record<ShaderOverride["type"], readonly [number, number]>> = {
  bool: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  i32: [-0x8000_0000, 0x7fff_ffff],
  u32: [0, 0xffff_ffff],
  f32: [-3.4028234663852886e38, 3.4028234663852886e38],
  f16: [-MAX_F16, MAX_F16],
};

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-to-wgsl-type */
function wrongValue(override: ShaderOverride, value: number): string | null {
  const [low, high] = RANGES[override.type];
  const converted = override.type === "f32" ? Math.fround(value) : override.type === "f16" ? value : Math.trunc(value);
  if (override.type === "bool" || (converted >= low && converted <= high)) return null;
  return `${value} is not a value of '${override.name}', which is ${override.type}`;
}
