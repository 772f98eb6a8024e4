/** What pipelines need to know of a checked module, as plain data. @see https://www.w3.org/TR/WGSL/#interface-of-a-shader */
import { roundUp } from "../frontend/wgsl/layout.ts";
import type { CheckedModule, FunctionInfo, GlobalId, GlobalVariable } from "../frontend/wgsl/sema.ts";
import {
  ACCESS,
  COUNT,
  FORMATS,
  I32,
  SPACE,
  TEXTURE,
  TEXTURES,
  type TypeId,
  TypeKind,
  type TypeTable,
  U32,
} from "../frontend/wgsl/types.ts";
import { NONE } from "../support/id.ts";
import type { SampledType, ShaderEntryPoint, ShaderInterface, ShaderOverride, ShaderResource, ViewDimension } from "./compiler.ts";

export function shaderInterface(checked: CheckedModule): ShaderInterface {
  const entryPoints = checked.functions.filter((fn) => fn.stage !== undefined).map((fn) => entryPointOf(checked, fn));
  const overrides = checked.overrides.map((each): ShaderOverride => {
    return { key: each.key, name: each.name, type: overrideType(checked.types.kind(each.type)) };
  });
  return { entryPoints, overrides };
}

function overrideType(kind: TypeKind): ShaderOverride["type"] {
  if (kind === TypeKind.bool) return "bool";
  if (kind === TypeKind.u32) return "u32";
  if (kind === TypeKind.f32) return "f32";
  return kind === TypeKind.f16 ? "f16" : "i32";
}

function entryPointOf(checked: CheckedModule, fn: FunctionInfo): ShaderEntryPoint {
  const resources: ShaderResource[] = [];
  for (const id of fn.globals) {
    const resource = resourceOf(checked, fn, id);
    if (resource !== null) resources.push(resource);
  }
  const needed = fn.overrides.map((id) => checked.overrides[id]!).filter((each) => each.initializer === NONE);
  return { name: fn.name, stage: fn.stage ?? "compute", resources, neededOverrides: needed.map((each) => each.key) };
}

function resourceOf(checked: CheckedModule, fn: FunctionInfo, id: GlobalId): ShaderResource | null {
  const global = checked.globals[id]!;
  const { name, group, binding, space, storeType } = global;
  if (group === NONE) return null;
  const place = { name, group, binding };
  const { types } = checked;
  if (space === SPACE.uniform || space === SPACE.storage) {
    const type = space === SPACE.uniform ? "uniform" : global.access === ACCESS.read ? "read-only-storage" : "storage";
    return { ...place, kind: "buffer", type, minBindingSize: minBindingSize(types, storeType) };
  }
  const kind = types.kind(storeType);
  if (kind === TypeKind.sampler || kind === TypeKind.samplerComparison) {
    return { ...place, kind: "sampler", comparison: kind === TypeKind.samplerComparison };
  }
  return kind === TypeKind.texture ? textureOf(checked, fn, id, global) : null;
}

/** @see https://www.w3.org/TR/webgpu/#minimum-buffer-binding-size */
function minBindingSize(types: TypeTable, type: TypeId): number {
  const kind = types.kind(type);
  if (isRuntimeArray(types, type)) return types.strideOf(type);
  if (kind !== TypeKind.struct) return types.sizeOf(type);
  const { members, align, size } = types.struct(type);
  const last = members[members.length - 1];
  if (last === undefined || !isRuntimeArray(types, last.type)) return size;
  return roundUp(align, last.offset + types.strideOf(last.type));
}

const isRuntimeArray = (types: TypeTable, type: TypeId): boolean =>
  types.kind(type) === TypeKind.array && types.countKind(type) === COUNT.runtime;

const STORAGE_ACCESS = { [ACCESS.read]: "read-only", [ACCESS.write]: "write-only", [ACCESS.read_write]: "read-write" } as const;

function textureOf(checked: CheckedModule, fn: FunctionInfo, id: GlobalId, global: GlobalVariable): ShaderResource {
  const { types } = checked;
  const { name, group, binding, storeType } = global;
  const place = { name, group, binding };
  const textureKind = types.textureKind(storeType);
  const shape = TEXTURES[textureKind]!;
  if (shape.group === "external") return { ...place, kind: "external-texture" };
  const dimension = viewDimensionOf(shape.dim, shape.arrayed);
  if (shape.group === "storage") {
    const access = STORAGE_ACCESS[types.access(storeType)];
    return { ...place, kind: "storage-texture", access, format: FORMATS[types.texelFormat(storeType)]!.name, dimension };
  }
  const isDepth = shape.group === "depth" || textureKind === TEXTURE.depthMultisampled2d;
  const sampled: SampledType = isDepth ? "depth" : sampledOf(types.sampledType(storeType));
  return {
    ...place,
    kind: "texture",
    sampled,
    dimension,
    multisampled: shape.group === "multisampled",
    samplers: samplersOf(checked, fn, id),
  };
}

function viewDimensionOf(dim: "1d" | "2d" | "3d" | "cube", arrayed: boolean): ViewDimension {
  if (!arrayed) return dim;
  return dim === "cube" ? "cube-array" : "2d-array";
}

function sampledOf(type: TypeId): SampledType {
  if (type === I32) return "i32";
  return type === U32 ? "u32" : "f32";
}

/** Samplers that do not compare and are used with a texture. */
function samplersOf(checked: CheckedModule, fn: FunctionInfo, texture: GlobalId): { group: number; binding: number }[] {
  return fn.texturePairs
    .filter((pair) => pair.texture === texture)
    .map((pair) => checked.globals[pair.sampler]!)
    .filter((sampler) => checked.types.kind(sampler.storeType) === TypeKind.sampler)
    .map(({ group, binding }) => ({ group, binding }));
}
