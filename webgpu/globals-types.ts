/** The type of `globals`, in terms of the API's own types only: users have them from TypeScript's DOM library or from @webgpu/types. */
import type { GPUBufferUsage, GPUColorWrite, GPUMapMode, GPUShaderStage, GPUTextureUsage } from "./flags.ts";

/** For `instanceof`; calling it with `new` throws. */
export type InterfaceObject<T> = abstract new (...args: never) => T;

type ErrorClass<T> = new (message: string) => T;

export interface Globals {
  readonly GPU: InterfaceObject<GPU>;
  readonly GPUAdapter: InterfaceObject<GPUAdapter>;
  readonly GPUAdapterInfo: InterfaceObject<GPUAdapterInfo>;
  readonly GPUBindGroup: InterfaceObject<GPUBindGroup>;
  readonly GPUBindGroupLayout: InterfaceObject<GPUBindGroupLayout>;
  readonly GPUBuffer: InterfaceObject<GPUBuffer>;
  readonly GPUBufferUsage: typeof GPUBufferUsage;
  readonly GPUCanvasContext: InterfaceObject<object>;
  readonly GPUColorWrite: typeof GPUColorWrite;
  readonly GPUCommandBuffer: InterfaceObject<GPUCommandBuffer>;
  readonly GPUCommandEncoder: InterfaceObject<GPUCommandEncoder>;
  readonly GPUCompilationInfo: InterfaceObject<GPUCompilationInfo>;
  readonly GPUCompilationMessage: InterfaceObject<GPUCompilationMessage>;
  readonly GPUComputePassEncoder: InterfaceObject<GPUComputePassEncoder>;
  readonly GPUComputePipeline: InterfaceObject<GPUComputePipeline>;
  readonly GPUDevice: InterfaceObject<GPUDevice>;
  readonly GPUDeviceLostInfo: InterfaceObject<GPUDeviceLostInfo>;
  readonly GPUError: InterfaceObject<GPUError>;
  readonly GPUExternalTexture: InterfaceObject<GPUExternalTexture>;
  readonly GPUInternalError: ErrorClass<GPUInternalError>;
  readonly GPUMapMode: typeof GPUMapMode;
  readonly GPUOutOfMemoryError: ErrorClass<GPUOutOfMemoryError>;
  readonly GPUPipelineError: new (message: string | undefined, options: { reason: "validation" | "internal" }) => GPUPipelineError;
  readonly GPUPipelineLayout: InterfaceObject<GPUPipelineLayout>;
  readonly GPUQuerySet: InterfaceObject<GPUQuerySet>;
  readonly GPUQueue: InterfaceObject<GPUQueue>;
  readonly GPURenderBundle: InterfaceObject<GPURenderBundle>;
  readonly GPURenderBundleEncoder: InterfaceObject<GPURenderBundleEncoder>;
  readonly GPURenderPassEncoder: InterfaceObject<GPURenderPassEncoder>;
  readonly GPURenderPipeline: InterfaceObject<GPURenderPipeline>;
  readonly GPUSampler: InterfaceObject<GPUSampler>;
  readonly GPUShaderModule: InterfaceObject<GPUShaderModule>;
  readonly GPUShaderStage: typeof GPUShaderStage;
  readonly GPUSupportedFeatures: InterfaceObject<GPUSupportedFeatures>;
  readonly GPUSupportedLimits: InterfaceObject<GPUSupportedLimits>;
  readonly GPUTexture: InterfaceObject<GPUTexture>;
  readonly GPUTextureUsage: typeof GPUTextureUsage;
  readonly GPUTextureView: InterfaceObject<GPUTextureView>;
  readonly GPUUncapturedErrorEvent: new (type: string, init: { error: GPUError }) => GPUUncapturedErrorEvent;
  readonly GPUValidationError: ErrorClass<GPUValidationError>;
  readonly WGSLLanguageFeatures: InterfaceObject<WGSLLanguageFeatures>;
}
