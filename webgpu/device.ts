/** @see https://www.w3.org/TR/webgpu/#gpudevice */
import type { GPUAdapterInfo } from "./adapter-info.ts";
import { createBindGroup, type GPUBindGroup } from "./bind-group.ts";
import { createBindGroupLayout, type GPUBindGroupLayout } from "./bind-group-layout.ts";
import { createBuffer, type GPUBuffer } from "./buffer.ts";
import { createCommandEncoder, type GPUCommandEncoder } from "./command-encoder.ts";
import { createComputePipeline, createComputePipelineAsync, type GPUComputePipeline } from "./compute-pipeline.ts";
import { type DeviceCore, withResolvers } from "./device-core.ts";
import type { GPUDeviceLostInfo } from "./device-lost.ts";
import type { DomErrorHandler, DomRenderBundleEncoder } from "./dom-types.ts";
import { errorFilter, type GPUError, operationError } from "./errors.ts";
import type { GPUExternalTexture } from "./external-texture.ts";
import { type GPUSupportedFeatures, supportedFeatures } from "./features.ts";
import { dictionary, instance, required } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf, promised } from "./idl/interface.ts";
import { supportedLimits } from "./limits.ts";
import { createPipelineLayout, type GPUPipelineLayout } from "./pipeline-layout.ts";
import { createQuerySet, type GPUQuerySet } from "./query-set.ts";
import { type GPUQueue, makeQueue } from "./queue.ts";
import { createRenderBundleEncoder } from "./render-bundle.ts";
import { createRenderPipeline, createRenderPipelineAsync, type GPURenderPipeline } from "./render-pipeline.ts";
import { createSampler, type GPUSampler } from "./sampler.ts";
import { createShaderModule, type GPUShaderModule } from "./shader-module.ts";
import { createTexture, type GPUTexture } from "./texture.ts";
import { UncapturedErrors } from "./uncaptured-error.ts";

/** What a device is made of. */
export interface DeviceMaking {
  readonly core: DeviceCore;
  readonly info: GPUAdapterInfo;
  readonly queueLabel: string;
}

const externalTextureDescriptor = dictionary(null, {
  source: required<never>((_value, what) => {
    throw new TypeError(`${what} is not an HTMLVideoElement or a VideoFrame`);
  }),
});

let coreOf: (value: unknown) => DeviceCore | undefined;

export class GPUDevice extends EventTarget {
  declare readonly __brand: "GPUDevice";
  declare label: string;
  readonly #core: DeviceCore;
  readonly #info: GPUAdapterInfo;
  readonly #queue: GPUQueue;
  readonly #features: GPUSupportedFeatures;
  readonly #limits: ReturnType<typeof supportedLimits>;
  /** Called at the place among the listeners where it was first set. @see https://html.spec.whatwg.org/#event-handler-attributes */
  #handler: DomErrorHandler = null;
  readonly #listener = (event: Event): void => {
    if (typeof this.#handler !== "function") return;
    // a handler that returns false prevents the default
    if (Reflect.apply(this.#handler, this, [event]) === false) event.preventDefault();
  };

  constructor(...made: Made<DeviceMaking>) {
    const { core, info, queueLabel } = madeOf(made);
    super();
    this.#core = core;
    this.#info = info;
    this.#queue = makeQueue(core, queueLabel);
    this.#features = supportedFeatures(core.features);
    this.#limits = supportedLimits(core.limits);
    const uncaptured = new UncapturedErrors(this, core.tasks, core.options.throwOnError);
    core.onUncaptured = (error, at) => uncaptured.report(error, at);
  }

  get features(): GPUSupportedFeatures {
    return this.#features;
  }
  get limits(): ReturnType<typeof supportedLimits> {
    return this.#limits;
  }
  get adapterInfo(): GPUAdapterInfo {
    return this.#info;
  }
  get queue(): GPUQueue {
    return this.#queue;
  }
  get lost(): Promise<GPUDeviceLostInfo> {
    return this.#core.whenLost;
  }
  get onuncapturederror(): DomErrorHandler {
    return this.#handler;
  }
  set onuncapturederror(handler: DomErrorHandler) {
    const next = typeof handler === "function" || (typeof handler === "object" && handler !== null) ? handler : null;
    if (this.#handler === null && next !== null) this.addEventListener("uncapturederror", this.#listener);
    else if (this.#handler !== null && next === null) this.removeEventListener("uncapturederror", this.#listener);
    this.#handler = next;
  }

  destroy(): undefined {
    const core = this.#core;
    for (const buffer of [...core.mapped]) buffer.unmap();
    core.timeline.run(() => core.lose("destroyed", "the device was destroyed by a call of destroy()"));
  }

  createBuffer(descriptor: GPUBufferDescriptor): GPUBuffer {
    return createBuffer(this.#core, descriptor);
  }
  createTexture(descriptor: GPUTextureDescriptor): GPUTexture {
    return createTexture(this.#core, descriptor);
  }
  createSampler(descriptor?: GPUSamplerDescriptor): GPUSampler {
    return createSampler(this.#core, descriptor);
  }
  importExternalTexture(descriptor: GPUExternalTextureDescriptor): GPUExternalTexture {
    void this.#core;
    return externalTextureDescriptor(descriptor, "importExternalTexture: descriptor").source;
  }
  createBindGroupLayout(descriptor: GPUBindGroupLayoutDescriptor): GPUBindGroupLayout {
    return createBindGroupLayout(this.#core, descriptor);
  }
  createPipelineLayout(descriptor: GPUPipelineLayoutDescriptor): GPUPipelineLayout {
    return createPipelineLayout(this.#core, descriptor);
  }
  createBindGroup(descriptor: GPUBindGroupDescriptor): GPUBindGroup {
    return createBindGroup(this.#core, descriptor);
  }
  createShaderModule(descriptor: GPUShaderModuleDescriptor): GPUShaderModule {
    return createShaderModule(this.#core, descriptor);
  }
  createComputePipeline(descriptor: GPUComputePipelineDescriptor): GPUComputePipeline {
    return createComputePipeline(this.#core, descriptor);
  }
  createRenderPipeline(descriptor: GPURenderPipelineDescriptor): GPURenderPipeline {
    return createRenderPipeline(this.#core, descriptor);
  }
  createComputePipelineAsync(descriptor: GPUComputePipelineDescriptor): Promise<GPUComputePipeline> {
    return promised(() => createComputePipelineAsync(this.#core, descriptor));
  }
  createRenderPipelineAsync(descriptor: GPURenderPipelineDescriptor): Promise<GPURenderPipeline> {
    return promised(() => createRenderPipelineAsync(this.#core, descriptor));
  }
  createCommandEncoder(descriptor?: GPUCommandEncoderDescriptor): GPUCommandEncoder {
    return createCommandEncoder(this.#core, descriptor);
  }
  createRenderBundleEncoder(descriptor: GPURenderBundleEncoderDescriptor): DomRenderBundleEncoder {
    return createRenderBundleEncoder(this.#core, descriptor);
  }
  createQuerySet(descriptor: GPUQuerySetDescriptor): GPUQuerySet {
    return createQuerySet(this.#core, descriptor);
  }

  pushErrorScope(filter: GPUErrorFilter): undefined {
    const core = this.#core;
    const kind = errorFilter(filter, "pushErrorScope: filter");
    core.timeline.run(() => core.scopes.push(kind));
  }

  popErrorScope(): Promise<GPUError | null> {
    return promised(() => {
      const core = this.#core;
      const { promise, resolve, reject } = withResolvers<GPUError | null>();
      core.timeline.run(() => {
        const error = core.lost ? null : core.scopes.pop();
        core.tasks.post(() => {
          if (error === undefined) reject(operationError("popErrorScope: no error scope is open; pushErrorScope was called fewer times"));
          else resolve(error);
        });
      });
      return promise;
    });
  }
  static {
    coreOf = (value) => (typeof value === "object" && value !== null && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUDevice", GPUDevice);
exposeLabel("GPUDevice", GPUDevice, (value) => coreOf(value));

export const deviceArgument = instance("GPUDevice", (value) => coreOf(value));
export const makeDevice = (making: DeviceMaking): GPUDevice => new GPUDevice(MINT, making);
