/** What a module shows to the outside, as plain versioned data: entry points with their bindings, overrides, layouts of structures. */
import { NONE } from "../../support/id.ts";
import { builtinName } from "./builtins-notation.ts";
import { minTypeSize } from "./check-buffer-view.ts";
import { fineDerivatives } from "./fine-derivatives.ts";
import { type TypeLayout, typeLayout } from "./reflect-layout.ts";
import type { CheckedModule, FunctionId, FunctionInfo, GlobalId, StageIo, StageName } from "./sema.ts";
import { type TextureUse, TextureUses } from "./texture-uses.ts";
import { ACCESS, BOOL, COUNT, F32, FORMATS, I32, SPACE, TEXTURES, type TypeId, TypeKind } from "./types.ts";

export type { TypeLayout } from "./reflect-layout.ts";
export const REFLECTION_VERSION = 1;

export interface Reflection {
  readonly version: typeof REFLECTION_VERSION;
  /** extensions that the module enables */
  readonly enables: readonly string[];
  /** every resource of the module, also those that no entry point uses, in the order in which they are declared */
  readonly resources: readonly ResourceReflection[];
  readonly entryPoints: readonly EntryPointReflection[];
  readonly overrides: readonly OverrideReflection[];
  readonly structs: readonly StructReflection[];
}

export interface EntryPointReflection {
  readonly name: string;
  readonly stage: StageName;
  /** null where it depends on an override; undefined for other stages than compute */
  readonly workgroupSize?: readonly [number | null, number | null, number | null];
  /** resources that it or anything it calls uses, by group and binding */
  readonly bindings: readonly BindingReflection[];
  /** textures used with a sampler in one call, as indices into `bindings` */
  readonly texturePairs: readonly { readonly texture: number; readonly sampler: number }[];
  /** builtin functions called with a texture, as an index into `bindings`, and a sampler or null, each combination once */
  readonly textureCalls: readonly { readonly builtin: string; readonly texture: number; readonly sampler: number | null }[];
  /** whether it or anything it calls calls dpdxFine, dpdyFine or fwidthFine */
  readonly fineDerivatives: boolean;
  /** keys of the overrides that it or anything it calls uses */
  readonly overrides: readonly string[];
  readonly inputs: readonly IoReflection[];
  readonly outputs: readonly IoReflection[];
  /** bytes of workgroup variables with a size known now */
  readonly workgroupBytes: number;
  /** bytes of the variable in the 'immediate' address space, or 0 */
  readonly immediateBytes: number;
}

interface BindingBase {
  readonly name: string;
  readonly group: number;
  readonly binding: number;
  /** in WGSL notation */
  readonly type: string;
}
export type ViewDimension = "1d" | "2d" | "2d-array" | "cube" | "cube-array" | "3d";
export type BindingReflection = BindingBase &
  (
    | { readonly kind: "buffer"; readonly bufferType: "uniform" | "storage" | "read-only-storage"; readonly minBindingSize: number }
    | { readonly kind: "sampler"; readonly samplerType: "filtering" | "comparison" }
    | {
        readonly kind: "texture";
        /** "float" if used with a sampler by this entry point, else "unfilterable-float" */
        readonly sampleType: "float" | "unfilterable-float" | "depth" | "sint" | "uint";
        readonly viewDimension: ViewDimension;
        readonly multisampled: boolean;
      }
    | {
        readonly kind: "storage-texture";
        readonly access: "read-only" | "write-only" | "read-write";
        readonly format: string;
        readonly viewDimension: ViewDimension;
      }
    | { readonly kind: "external-texture" }
  );

export type ResourceReflection = BindingReflection & {
  /** names of the entry points that use it, themselves or by what they call */
  readonly usedBy: readonly string[];
  /** of buffers */
  readonly layout?: TypeLayout;
};

export interface IoReflection {
  readonly name: string;
  readonly type: string;
  readonly builtin?: string;
  readonly location?: number;
  readonly blendSrc?: number;
  readonly interpolation?: string;
  readonly sampling?: string;
  readonly invariant?: boolean;
}

export interface OverrideReflection {
  readonly name: string;
  readonly id: number | null;
  /** how pipeline creation names it */
  readonly key: string;
  readonly type: string;
  /** whether pipeline creation may leave it out */
  readonly hasDefault: boolean;
  /** the default if it is a const-expression, else null */
  readonly default: number | boolean | null;
}

export interface StructReflection {
  readonly name: string;
  readonly align: number;
  /** bytes; with one element of a runtime-sized array, if it ends in one, rounded up to `align` */
  readonly size: number;
  readonly runtimeSized: boolean;
  readonly members: readonly {
    readonly name: string;
    readonly type: string;
    readonly offset: number;
    readonly align: number;
    /** bytes, with those that @size adds */
    readonly size: number;
    readonly layout: TypeLayout;
  }[];
}

/** @param module without errors */
export function reflect(module: CheckedModule): Reflection {
  const uses = new TextureUses(module);
  const fine = fineDerivatives(module);
  const entryPoints: EntryPointReflection[] = [];
  for (const [id, fn] of module.functions.entries())
    if (fn.stage !== undefined) {
      entryPoints.push(entryPoint(module, fn, fn.stage, uses.of(id as FunctionId), fine[id]!));
    }
  return {
    version: REFLECTION_VERSION,
    enables: [...module.enables],
    resources: resources(module, uses),
    entryPoints,
    overrides: module.overrides.map((_, id) => override(module, id)),
    structs: structs(module),
  };
}

function resources(module: CheckedModule, uses: TextureUses): ResourceReflection[] {
  const entries = [...module.functions.entries()].filter(([, fn]) => fn.stage !== undefined);
  const sampled = new Set(entries.flatMap(([id]) => sampledBy(uses.of(id as FunctionId))));
  const usedBy = module.globals.map((): string[] => []);
  for (const [, fn] of entries) for (const g of fn.globals) usedBy[g]!.push(fn.name);
  return module.globals.flatMap((g, i) => {
    if (g.group === NONE || g.binding === NONE) return [];
    const each = binding(module, i as GlobalId, sampled.has(i as GlobalId));
    const layout = each.kind === "buffer" ? { layout: typeLayout(module.types, g.storeType) } : {};
    return [{ ...each, usedBy: usedBy[i]!, ...layout }];
  });
}

const sampledBy = (uses: readonly TextureUse[]): GlobalId[] => uses.filter(({ sampler }) => sampler !== NONE).map(({ texture }) => texture);

function entryPoint(
  module: CheckedModule,
  fn: FunctionInfo,
  stage: StageName,
  uses: readonly TextureUse[],
  fine: boolean,
): EntryPointReflection {
  const sampled = new Set<GlobalId>(sampledBy(uses));
  const resources = fn.globals.filter((g) => module.globals[g]!.group !== NONE && module.globals[g]!.binding !== NONE);
  const key = (g: GlobalId) => [module.globals[g]!.group, module.globals[g]!.binding] as const;
  resources.sort((a, b) => key(a)[0] - key(b)[0] || key(a)[1] - key(b)[1]);
  const calls = uses.map(({ builtin, texture, sampler }) => ({
    builtin: builtinName(builtin),
    texture: resources.indexOf(texture),
    sampler: sampler === NONE ? null : resources.indexOf(sampler),
  }));
  return {
    name: fn.name,
    stage,
    ...(stage === "compute" ? { workgroupSize: workgroupSize(module, fn) } : {}),
    bindings: resources.map((g) => binding(module, g, sampled.has(g))),
    texturePairs: texturePairs(calls),
    textureCalls: calls,
    fineDerivatives: fine,
    overrides: fn.overrides.map((o) => module.overrides[o]!.key),
    inputs: fn.inputs.map((io) => ioReflection(module, io)),
    outputs: fn.outputs.map((io) => ioReflection(module, io)),
    workgroupBytes: bytesIn(module, fn, SPACE.workgroup),
    immediateBytes: bytesIn(module, fn, SPACE.immediate),
  };
}

function texturePairs(calls: EntryPointReflection["textureCalls"]): EntryPointReflection["texturePairs"][number][] {
  const pairs = new Map<string, { texture: number; sampler: number }>();
  for (const { texture, sampler } of calls) if (sampler !== null) pairs.set(`${texture},${sampler}`, { texture, sampler });
  return [...pairs.values()];
}

function workgroupSize(module: CheckedModule, fn: FunctionInfo): [number | null, number | null, number | null] {
  const size = (i: 0 | 1 | 2): number | null => {
    const node = fn.workgroupSize[i];
    if (node === NONE) return 1;
    const value = module.valueOf[node]!;
    return value === NONE ? null : module.values.numberAt(value as never, 0);
  };
  return [size(0), size(1), size(2)];
}

function bytesIn(module: CheckedModule, fn: FunctionInfo, space: number): number {
  let bytes = 0;
  for (const g of fn.globals) if (module.globals[g]!.space === space) bytes += module.types.sizeOf(module.globals[g]!.storeType);
  return bytes;
}

function binding(module: CheckedModule, id: GlobalId, isSampled: boolean): BindingReflection {
  const { types } = module;
  const g = module.globals[id]!;
  const base = { name: g.name, group: g.group, binding: g.binding, type: types.name(g.storeType) };
  switch (types.kind(g.storeType)) {
    case TypeKind.sampler:
      return { ...base, kind: "sampler", samplerType: "filtering" };
    case TypeKind.samplerComparison:
      return { ...base, kind: "sampler", samplerType: "comparison" };
    case TypeKind.texture:
      return { ...base, ...texture(module, g.storeType, isSampled) };
    default: {
      const bufferType = g.space === SPACE.uniform ? "uniform" : g.access === ACCESS.read ? "read-only-storage" : "storage";
      return { ...base, kind: "buffer", bufferType, minBindingSize: minBindingSize(module, g.storeType) };
    }
  }
}

/** @see https://www.w3.org/TR/webgpu/#minimum-buffer-binding-size */
function minBindingSize(module: CheckedModule, t: TypeId): number {
  const { types } = module;
  if (types.kind(t) !== TypeKind.struct) return minTypeSize(types, t);
  const { align } = types.struct(t);
  return Math.ceil(minTypeSize(types, t) / align) * align;
}

function texture(module: CheckedModule, t: TypeId, isSampled: boolean) {
  const { types } = module;
  const shape = TEXTURES[types.textureKind(t)]!;
  if (shape.group === "external") return { kind: "external-texture" as const };
  const viewDimension = `${shape.dim}${shape.arrayed ? "-array" : ""}` as ViewDimension;
  if (shape.group === "storage") {
    const access = ({ [ACCESS.read]: "read-only", [ACCESS.write]: "write-only", [ACCESS.read_write]: "read-write" } as const)[
      types.access(t)
    ];
    return { kind: "storage-texture" as const, access, format: FORMATS[types.texelFormat(t)]!.name, viewDimension };
  }
  const multisampled = shape.group === "multisampled";
  return { kind: "texture" as const, sampleType: sampleType(types.sampledType(t), shape.name, isSampled), viewDimension, multisampled };
}

function sampleType(sampled: TypeId, name: string, isSampled: boolean): "float" | "unfilterable-float" | "depth" | "sint" | "uint" {
  if (name.startsWith("texture_depth")) return "depth";
  if (sampled === F32) return isSampled ? "float" : "unfilterable-float";
  return sampled === I32 ? "sint" : "uint";
}

function ioReflection(module: CheckedModule, io: StageIo): IoReflection {
  const type = module.types.name(io.type);
  if (io.builtin !== undefined) return { name: io.name, type, builtin: io.builtin, ...(io.invariant ? { invariant: true } : {}) };
  return {
    name: io.name,
    type,
    location: io.location,
    ...(io.blendSrc === NONE ? {} : { blendSrc: io.blendSrc }),
    interpolation: io.interpolation,
    sampling: io.sampling,
  };
}

function override(module: CheckedModule, id: number): OverrideReflection {
  const o = module.overrides[id]!;
  const value = o.initializer === NONE ? NONE : module.valueOf[o.initializer]!;
  const number = value === NONE ? null : module.values.numberAt(value as never, 0);
  return {
    name: o.name,
    id: o.id === NONE ? null : o.id,
    key: o.key,
    type: module.types.name(o.type),
    hasDefault: o.initializer !== NONE,
    default: o.type === BOOL && number !== null ? number !== 0 : number,
  };
}

/** User-declared structures, in the order in which they were checked. */
function structs(module: CheckedModule): StructReflection[] {
  const { types } = module;
  return types.structs
    .filter((s) => types.resultTypes.get(s.name) !== s.type)
    .map((s) => {
      const last = s.members[s.members.length - 1]!.type;
      return {
        name: s.name,
        align: s.align,
        size: minBindingSize(module, s.type),
        runtimeSized: types.kind(last) === TypeKind.array && types.countKind(last) === COUNT.runtime,
        members: s.members.map(({ name, type, offset, align, size }) => {
          return { name, type: types.name(type), offset, align, size, layout: typeLayout(types, type) };
        }),
      };
    });
}
