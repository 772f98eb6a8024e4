/** Every interface object and namespace of WebGPU, by name. */
import { GPUAdapter } from "./adapter.ts";
import { GPUAdapterInfo } from "./adapter-info.ts";
import { GPUBindGroup } from "./bind-group.ts";
import { GPUBindGroupLayout } from "./bind-group-layout.ts";
import { GPUBuffer } from "./buffer.ts";
import { GPUCanvasContext } from "./canvas-context.ts";
import { GPUCommandBuffer, GPUCommandEncoder } from "./command-encoder.ts";
import { GPUCompilationInfo, GPUCompilationMessage } from "./compilation-info.ts";
import { GPUComputePassEncoder } from "./compute-pass.ts";
import { GPUComputePipeline } from "./compute-pipeline.ts";
import { GPUDevice } from "./device.ts";
import { GPUDeviceLostInfo } from "./device-lost.ts";
import { GPUError, GPUInternalError, GPUOutOfMemoryError, GPUPipelineError, GPUValidationError } from "./errors.ts";
import { GPUExternalTexture } from "./external-texture.ts";
import { GPUSupportedFeatures, WGSLLanguageFeatures } from "./features.ts";
import { GPUBufferUsage, GPUColorWrite, GPUMapMode, GPUShaderStage, GPUTextureUsage } from "./flags.ts";
import type { Globals } from "./globals-types.ts";
import { GPU } from "./gpu.ts";
import { GPUSupportedLimits } from "./limits.ts";
import { GPUPipelineLayout } from "./pipeline-layout.ts";
import { GPUQuerySet } from "./query-set.ts";
import { GPUQueue } from "./queue.ts";
import { GPURenderBundle, GPURenderBundleEncoder } from "./render-bundle.ts";
import { GPURenderPassEncoder } from "./render-pass.ts";
import { GPURenderPipeline } from "./render-pipeline.ts";
import { GPUSampler } from "./sampler.ts";
import { GPUShaderModule } from "./shader-module.ts";
import { GPUTexture } from "./texture.ts";
import { GPUTextureView } from "./texture-view.ts";
import { GPUUncapturedErrorEvent } from "./uncaptured-error.ts";

export const globals: Globals = {
  GPU,
  GPUAdapter,
  GPUAdapterInfo,
  GPUBindGroup,
  GPUBindGroupLayout,
  GPUBuffer,
  GPUBufferUsage,
  GPUCanvasContext,
  GPUColorWrite,
  GPUCommandBuffer,
  GPUCommandEncoder,
  GPUCompilationInfo,
  GPUCompilationMessage,
  GPUComputePassEncoder,
  GPUComputePipeline,
  GPUDevice,
  GPUDeviceLostInfo,
  GPUError,
  GPUExternalTexture,
  GPUInternalError,
  GPUMapMode,
  GPUOutOfMemoryError,
  GPUPipelineError,
  GPUPipelineLayout,
  GPUQuerySet,
  GPUQueue,
  GPURenderBundle,
  GPURenderBundleEncoder,
  GPURenderPassEncoder,
  GPURenderPipeline,
  GPUSampler,
  GPUShaderModule,
  GPUShaderStage,
  GPUSupportedFeatures,
  GPUSupportedLimits,
  GPUTexture,
  GPUTextureUsage,
  GPUTextureView,
  GPUUncapturedErrorEvent,
  GPUValidationError,
  WGSLLanguageFeatures,
};

/** Puts them on the global object, as a page has them: not enumerable, and replaceable. They take the place of a browser's own. */
export function installGlobals(target: object = globalThis): void {
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
