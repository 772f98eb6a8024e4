/**
 * Entry points against the limits of a device: what pipeline creation would say of the shader alone.
 * @see https://www.w3.org/TR/webgpu/#limits
 */
import type { BindingReflection, EntryPointReflection } from "../../frontend/wgsl/reflect.ts";
import type { LimitName, LimitValues } from "../../webgpu/limits.ts";

/** @returns what is over a limit, in words */
export function overLimits(entry: EntryPointReflection, limits: LimitValues): string[] {
  const problems: string[] = [];
  const check = (limit: LimitName, value: number, what: string) => {
    if (value > limits[limit]) problems.push(`${what} over the limit ${limit} of ${limits[limit]}`);
  };
  bindings(entry, check);
  stageIo(entry, check);
  return problems;
}

type Check = (limit: LimitName, value: number, what: string) => void;

function bindings({ bindings: all, stage }: EntryPointReflection, check: Check): void {
  for (const b of all) {
    check("maxBindGroups", b.group + 1, `group ${b.group} of '${b.name}' is`);
    check("maxBindingsPerBindGroup", b.binding + 1, `binding ${b.binding} of '${b.name}' is`);
    if (b.kind !== "buffer") continue;
    const limit = b.bufferType === "uniform" ? "maxUniformBufferBindingSize" : "maxStorageBufferBindingSize";
    check(limit, b.minBindingSize, `the ${b.minBindingSize} bytes of '${b.name}' are`);
  }
  const n = (kind: (b: BindingReflection) => boolean) => all.filter(kind).length;
  const buffers = n((b) => b.kind === "buffer" && b.bufferType !== "uniform");
  const storageTextures = n((b) => b.kind === "storage-texture");
  check("maxStorageBuffersPerShaderStage", buffers, `${buffers} storage buffers are`);
  check("maxStorageTexturesPerShaderStage", storageTextures, `${storageTextures} storage textures are`);
  if (stage === "vertex") {
    check("maxStorageBuffersInVertexStage", buffers, `${buffers} storage buffers are`);
    check("maxStorageTexturesInVertexStage", storageTextures, `${storageTextures} storage textures are`);
  } else if (stage === "fragment") {
    check("maxStorageBuffersInFragmentStage", buffers, `${buffers} storage buffers are`);
    check("maxStorageTexturesInFragmentStage", storageTextures, `${storageTextures} storage textures are`);
  }
  const uniforms = n((b) => b.kind === "buffer" && b.bufferType === "uniform");
  check("maxUniformBuffersPerShaderStage", uniforms, `${uniforms} uniform buffers are`);
  // an external texture counts as four textures, a sampler and a uniform buffer at most
  const external = n((b) => b.kind === "external-texture");
  const textures = n((b) => b.kind === "texture") + 4 * external;
  check("maxSampledTexturesPerShaderStage", textures, `${textures} sampled textures are`);
  const samplers = n((b) => b.kind === "sampler") + external;
  check("maxSamplersPerShaderStage", samplers, `${samplers} samplers are`);
}

/** Builtin values of a fragment shader that take the place of a variable between the stages. */
const COUNTED: ReadonlySet<string> = new Set([
  "front_facing",
  "sample_index",
  "sample_mask",
  "primitive_index",
  "subgroup_size",
  "subgroup_invocation_id",
]);

function stageIo({ stage, inputs, outputs }: EntryPointReflection, check: Check): void {
  const between = stage === "vertex" ? outputs : stage === "fragment" ? inputs : [];
  const last = "maxInterStageShaderVariables";
  const taken = stage === "fragment" && inputs.some((io) => io.builtin !== undefined && COUNTED.has(io.builtin)) ? 1 : 0;
  const user = between.filter((io) => io.location !== undefined);
  check(last, user.length + taken, `${user.length + taken} variables between the stages are`);
  for (const io of user) check(last, io.location! + 1, `location ${io.location} of '${io.name}' is`);
  const ends = stage === "vertex" ? inputs : stage === "fragment" ? outputs : [];
  const limit = stage === "vertex" ? "maxVertexAttributes" : "maxColorAttachments";
  for (const io of ends) if (io.location !== undefined) check(limit, io.location + 1, `location ${io.location} of '${io.name}' is`);
}
