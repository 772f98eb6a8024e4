/** What pipelines need to know of a checked module, from its reflection. */

import { roundUp } from "../frontend/wgsl/layout.ts";
import { type BindingReflection, type EntryPointReflection, type Reflection, reflect } from "../frontend/wgsl/reflect.ts";
import type { CheckedModule } from "../frontend/wgsl/sema.ts";
import { SPACE, type TypeId, TypeKind, vecOf } from "../frontend/wgsl/types.ts";
import type { SampledType, ShaderEntryPoint, ShaderInterface, ShaderOverride, ShaderResource } from "./compiler.ts";

/** @param checked without errors */
export function shaderInterface(checked: CheckedModule): ShaderInterface {
  const reflection = reflect(checked);
  return {
    entryPoints: reflection.entryPoints.map((entry) => entryPointOf(entry, reflection, checked)),
    overrides: reflection.overrides.map(({ key, name, type }) => ({ key, name, type: type as ShaderOverride["type"] })),
  };
}

function entryPointOf(entry: EntryPointReflection, { overrides }: Reflection, checked: CheckedModule): ShaderEntryPoint {
  const withoutDefault = new Set(overrides.filter((each) => !each.hasDefault).map((each) => each.key));
  return {
    name: entry.name,
    stage: entry.stage,
    inputs: entry.inputs,
    outputs: entry.outputs,
    resources: entry.bindings.map((binding, index) => resourceOf(binding, index, entry)),
    immediates: { bytes: roundUp(4, entry.immediateBytes), slots: immediateSlots(entry.name, checked) },
    fineDerivatives: entry.fineDerivatives,
    neededOverrides: entry.overrides.filter((key) => withoutDefault.has(key)),
  };
}

/** Words of the immediate variable that some scalar of it is in. @see https://www.w3.org/TR/WGSL/#accessible-slots */
function immediateSlots(entry: string, { functions, globals, types }: CheckedModule): number[] {
  const fn = functions.find((each) => each.name === entry)!;
  const variable = fn.globals.map((g) => globals[g]!).find((g) => g.space === SPACE.immediate);
  const slots = new Set<number>();
  const add = (type: TypeId, at: number): void => {
    if (types.kind(type) === TypeKind.struct) for (const m of types.struct(type).members) add(m.type, at + m.offset);
    else if (types.isMat(type)) {
      const column = vecOf(types.element(type), types.rows(type));
      const stride = roundUp(types.alignOf(column), types.sizeOf(column));
      for (let i = 0; i < types.width(type); i++) add(column, at + i * stride);
    } else for (let byte = at; byte < at + types.sizeOf(type); byte += 2) slots.add(byte >>> 2);
  };
  // there are no arrays in this address space, and structs nest as deep as the parser lets them
  if (variable !== undefined) add(variable.storeType, 0);
  return [...slots];
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
      const samplers = samplersOf(index, entry);
      const loaded = entry.textureCalls.some((call) => call.texture === index && call.builtin === "textureLoad");
      return { ...place, kind: "texture", sampled, dimension, multisampled, samplers, loaded, combinations: combinations(index, entry) };
    }
    case "storage-texture":
      return { ...place, kind: "storage-texture", access: binding.access, format: binding.format, dimension: binding.viewDimension };
    case "external-texture":
      return { ...place, kind: "external-texture", combinations: combinations(index, entry) };
  }
}

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gpuprogrammablestage (compatibility mode: numPairs) */
function combinations(texture: number, { textureCalls, texturePairs }: EntryPointReflection): number {
  if (!textureCalls.some((call) => call.texture === texture)) return 0;
  return Math.max(1, texturePairs.filter((pair) => pair.texture === texture).length);
}

/** Samplers that do not compare and are used with a texture. */
function samplersOf(texture: number, entry: EntryPointReflection): { group: number; binding: number }[] {
  return entry.texturePairs
    .filter((pair) => pair.texture === texture)
    .map((pair) => entry.bindings[pair.sampler]!)
    .filter((sampler) => sampler.kind === "sampler" && sampler.samplerType !== "comparison")
    .map(({ group, binding }) => ({ group, binding }));
}
