/**
 * What the driver asks of the compiler and what it gets back: plain data, so that the compiler may stand in a worker. Replies are data from
 * an enemy: objects go to the kernel's verifier, everything else is only printed or compared.
 */
import type { DebugSite } from "../support/debug-log.ts";

export interface ShaderMessage {
  readonly type: "error" | "warning" | "info";
  readonly code: string;
  readonly message: string;
  /** from 1, in UTF-16 units; 0 where the message speaks of no place */
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly length: number;
}

export type StageName = "compute" | "vertex" | "fragment";

export type BufferResource = "uniform" | "storage" | "read-only-storage";
export type ViewDimension = "1d" | "2d" | "2d-array" | "cube" | "cube-array" | "3d";
/** Type of the texels of a sampled texture, as the shader says it. */
export type SampledType = "f32" | "i32" | "u32" | "depth";

/** A resource that an entry point uses, itself or by the functions that it calls. */
export type ShaderResource = { readonly name: string; readonly group: number; readonly binding: number } & (
  | { readonly kind: "buffer"; readonly type: BufferResource; readonly minBindingSize: number }
  | { readonly kind: "sampler"; readonly comparison: boolean }
  | {
      readonly kind: "texture";
      readonly sampled: SampledType;
      readonly dimension: ViewDimension;
      readonly multisampled: boolean;
      /** it is used together with a sampler that does not compare: by binding, the samplers */
      readonly samplers: readonly { readonly group: number; readonly binding: number }[];
      /** samplers that it is used with, of any kind, or 1 where it is used without; 0 where no builtin is called with it */
      readonly combinations: number;
      /** some textureLoad reads it */
      readonly loaded: boolean;
    }
  | {
      readonly kind: "storage-texture";
      readonly access: "read-only" | "write-only" | "read-write";
      readonly format: string;
      readonly dimension: ViewDimension;
    }
  | { readonly kind: "external-texture"; readonly combinations: number }
);

/** An input or output of an entry point: a builtin, or a location. */
export interface ShaderIo {
  readonly name: string;
  /** in WGSL notation: f32, vec4<u32> */
  readonly type: string;
  readonly builtin?: string;
  readonly location?: number;
  readonly blendSrc?: number;
  readonly interpolation?: string;
  readonly sampling?: string;
}

export interface ShaderEntryPoint {
  readonly name: string;
  readonly stage: StageName;
  readonly inputs: readonly ShaderIo[];
  readonly outputs: readonly ShaderIo[];
  readonly resources: readonly ShaderResource[];
  /** of its variable in the 'immediate' address space: bytes, and the words that are no padding */
  readonly immediates: { readonly bytes: number; readonly slots: readonly number[] };
  /** it calls dpdxFine, dpdyFine or fwidthFine */
  readonly fineDerivatives: boolean;
  /** keys of the overrides that it uses and that have no default value */
  readonly neededOverrides: readonly string[];
}

export interface ShaderOverride {
  /** how a pipeline names it: its @id in decimal, or its name */
  readonly key: string;
  readonly name: string;
  readonly type: "bool" | "i32" | "u32" | "f32" | "f16";
}

/** What a valid module offers. */
export interface ShaderInterface {
  readonly entryPoints: readonly ShaderEntryPoint[];
  readonly overrides: readonly ShaderOverride[];
}

export interface ModuleRequest {
  /** names the module in later requests */
  readonly module: number;
  readonly source: string;
  /** features of the device that WGSL's `enable` may ask for */
  readonly features: readonly string[];
}

export interface ModuleReply {
  readonly messages: readonly ShaderMessage[];
  /** null when there are errors, or a failure */
  readonly interface: ShaderInterface | null;
  /** what stopped the front end, though the text may be right: over a stated limit, or a bug of ours. Reported by the pipelines */
  readonly failure?: string;
}

/** Limits that a compute entry point must keep. */
export interface ComputeLimits {
  readonly maxComputeWorkgroupStorageSize: number;
  readonly maxComputeInvocationsPerWorkgroup: number;
  readonly maxComputeWorkgroupSizeX: number;
  readonly maxComputeWorkgroupSizeY: number;
  readonly maxComputeWorkgroupSizeZ: number;
}

export interface EntryRequest extends ModuleRequest {
  readonly entryPoint: string;
  readonly constants: readonly (readonly [key: string, value: number])[];
  readonly limits: ComputeLimits;
  /** optimization level; 2 where it is not stated */
  readonly level?: 0 | 2;
  /** with code that says what it does: `sites` of the reply */
  readonly debug?: boolean;
  /** generated WGSL that a vertex or fragment entry point becomes part of, to run as a compute program */
  readonly around?: string;
}

export type EntryReply =
  | {
      readonly status: "done";
      readonly object: Uint8Array;
      readonly workgroupSize: readonly [number, number, number];
      /** what the records of a debugged shader stand for: believed for printing only */
      readonly sites?: readonly DebugSite[];
    }
  /** the shader, with these constants, breaks a rule */
  | { readonly status: "wrong"; readonly messages: readonly ShaderMessage[] }
  /** the shader is right, but uses what the machine has not: its pipeline is valid, and only cannot run */
  | { readonly status: "unsupported"; readonly message: string }
  /** the shader is right, but cannot be compiled: over a stated limit, or a bug of ours */
  | { readonly status: "failed"; readonly message: string };

export interface Compiler {
  /** WGSL language features that it takes. @see https://www.w3.org/TR/WGSL/#language-extensions-sec */
  readonly languageFeatures: readonly string[];
  /** Asked for once an adapter is: shaders will come. */
  warm?(): void;
  check(request: ModuleRequest): ModuleReply | Promise<ModuleReply>;
  compile(request: EntryRequest): EntryReply | Promise<EntryReply>;
  /** The module is not asked for again. */
  forget(module: number): void;
}
