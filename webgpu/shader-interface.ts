/** What pipelines need to know of a checked module, from its reflection. */
import { type BindingReflection, type EntryPointReflection, type Reflection, reflect } from "../frontend/wgsl/reflect.ts";
import type { CheckedModule } from "../frontend/wgsl/sema.ts";
import type { SampledType, ShaderEntryPoint, ShaderInterface, ShaderOverride, ShaderResource } from "./compiler.ts";

/** @param checked without errors */
export function shaderInterface(checked: CheckedModule): ShaderInterface {
  const reflection = reflect(checked);
  return {
    entryPoints: reflection.entryPoints.map((entry) => entryPointOf(entry, reflection)),
    overrides: reflection.overrides.map(({ key, name, type }) => ({ key, name, type: type as ShaderOverride["type"] })),
  };
}

function entryPointOf(entry: EntryPointReflection, { overrides }: Reflection): ShaderEntryPoint {
  const withoutDefault = new Set(overrides.filter((each) => !each.hasDefault).map((each) => each.key));
  return {
    name: entry.name,
    stage: entry.stage,
    inputs: entry.inputs,
    outputs: entry.outputs,
    resources: entry.bindings.map((binding, index) => resourceOf(binding, index, entry)),
    neededOverrides: entry.overrides.filter((key) => withoutDefault.has(key)),
  };
}

const SAMPLED: Readonly<Record<string, SampledType>> = { depth: "depth", sint: "i32", uint: "u32" };

function resourceOf(binding: BindingReflection, index: number, entry: EntryPointReflection): ShaderResource {
  const place = { name: binding.name, group: binding.group, binding: binding.binding };
  switch (binding.kind) {
    case "buffer":
      return { ...place, kind: "buffer", type: binding.bufferType, minBindingSize: binding.minBindingSize };
    case "sampler":
      return { ...place, kind: "sampler", comparison: binding.samplerType === "comparison" };
    case "texture": {
      const { sampleType, viewDimension: dimension, multisampled } = binding;
      const sampled = SAMPLED[sampleType] ?? "f32";
      return { ...place, kind: "texture", sampled, dimension, multisampled, samplers: samplersOf(index, entry) };
    }
    case "storage-texture":
      return { ...place, kind: "storage-texture", access: binding.access, format: binding.format, dimension: binding.viewDimension };
    case "external-texture":
      return { ...place, kind: "external-texture" };
  }
}

/** Samplers that do not compare and are used with a texture. */
function samplersOf(texture: number, entry: EntryPointReflection): { group: number; binding: number }[] {
  return entry.texturePairs
    .filter((pair) => pair.texture === texture)
    .map((pair) => entry.bindings[pair.sampler]!)
    .filter((sampler) => sampler.kind === "sampler" && sampler.samplerType !== "comparison")
    .map(({ group, binding }) => ({ group, binding }));
}
