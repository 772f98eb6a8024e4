/** Types of @webgpu/types under names that our classes do not shadow. */
export type DomDevice = GPUDevice;
export type DomErrorHandler = DomDevice["onuncapturederror"];
export type DomComputePassEncoder = GPUComputePassEncoder;
export type DomRenderPassEncoder = GPURenderPassEncoder;
export type DomRenderBundleEncoder = GPURenderBundleEncoder;
export type DomError = GPUError;
export type DomCanvasContext = GPUCanvasContext;
