/** What goes from the vertex to the fragment stage. @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-inter-stage-interfaces */
import type { ShaderEntryPoint, ShaderIo } from "./compiler.ts";
import type { PrimitiveState } from "./depth-stencil-state.ts";
import type { DeviceCore } from "./device-core.ts";

/** Builtin inputs of fragment shaders that count towards maxInterStageShaderVariables. */
const COUNTED: readonly string[] = [
  "front_facing",
  "sample_index",
  "sample_mask",
  "primitive_index",
  "subgroup_invocation_id",
  "subgroup_size",
];

const userDefined = (list: readonly ShaderIo[]): readonly ShaderIo[] => list.filter(({ location }) => location !== undefined);

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-compatibility-mode-shader-binding */
function wrongForCompatibility({ interpolation, sampling, name }: ShaderIo): string | null {
  const needs = `needs the feature "core-features-and-limits"`;
  if (interpolation === "linear") return `'${name}' has @interpolate(linear), which ${needs}`;
  if (interpolation === "flat" && sampling !== "either") return `'${name}' has @interpolate(flat) without either, which ${needs}`;
  return sampling === "sample" ? `'${name}' is interpolated per sample, which ${needs}` : null;
}

function clipDistances(vertex: ShaderEntryPoint): number {
  const type = vertex.outputs.find(({ builtin }) => builtin === "clip_distances")?.type;
  return type === undefined ? 0 : Number(/, *(\d+)/.exec(type)?.[1] ?? 0);
}

function wrongOutputs(vertex: ShaderEntryPoint, { topology }: PrimitiveState, device: DeviceCore): string | null {
  const { maxInterStageShaderVariables: limit } = device.limits;
  const clip = Math.ceil(clipDistances(vertex) / 4);
  const most = limit - clip - (topology === "point-list" ? 1 : 0);
  const outputs = userDefined(vertex.outputs);
  if (outputs.length > most) {
    return `the vertex shader has ${outputs.length} outputs, over the ${most} that the limit maxInterStageShaderVariables of ${limit} leaves`;
  }
  const far = outputs.find(({ location = 0 }) => location > limit - 1 - clip);
  return far === undefined
    ? null
    : `the vertex shader's output '${far.name}' is at @location(${far.location}), over the ${limit - 1 - clip} that the limit maxInterStageShaderVariables of ${limit} leaves`;
}

function wrongInput(input: ShaderIo, outputs: readonly ShaderIo[]): string | null {
  const output = outputs.find(({ location }) => location === input.location);
  if (output === undefined)
    return `the fragment shader's input '${input.name}' at @location(${input.location}) is not written by the vertex shader`;
  const where = `'${input.name}' at @location(${input.location})`;
  if (output.type !== input.type) return `${where} is ${output.type} in the vertex shader, but ${input.type} in the fragment shader`;
  if (output.interpolation !== input.interpolation || output.sampling !== input.sampling) {
    const text = ({ interpolation, sampling }: ShaderIo) => `${interpolation ?? ""}, ${sampling ?? ""}`;
    return `${where} is interpolated as (${text(output)}) in the vertex shader, but as (${text(input)}) in the fragment shader`;
  }
  return null;
}

export function wrongInterStage(
  vertex: ShaderEntryPoint,
  fragment: ShaderEntryPoint | null,
  primitive: PrimitiveState,
  device: DeviceCore,
): string | null {
  const outputs = userDefined(vertex.outputs);
  const inputs = userDefined(fragment?.inputs ?? []);
  const wrong = wrongOutputs(vertex, primitive, device);
  if (wrong !== null) return wrong;
  if (!device.features.has("core-features-and-limits")) {
    for (const each of [...outputs, ...inputs]) {
      const why = wrongForCompatibility(each);
      if (why !== null) return why;
    }
  }
  if (fragment === null) return null;
  for (const input of inputs) {
    const why = wrongInput(input, outputs);
    if (why !== null) return why;
  }
  const { maxInterStageShaderVariables: limit } = device.limits;
  const counted = fragment.inputs.filter(({ builtin }) => builtin !== undefined && COUNTED.includes(builtin)).length;
  return inputs.length + counted > limit
    ? `the fragment shader has ${inputs.length} inputs and ${counted} builtins that count, over the limit maxInterStageShaderVariables of ${limit}`
    : null;
}
