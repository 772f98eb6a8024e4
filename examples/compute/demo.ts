/** What the three demonstrations share: buffers of pixels that come back from the device. Nothing here knows of Portcullis. */

export interface Demo {
  /** Computes the next picture: RGBA, a byte each, row by row. */
  frame(): Promise<Uint8ClampedArray<ArrayBuffer>>;
}

export type StartDemo = (device: GPUDevice, width: number, height: number) => Demo;

export const WORKGROUP = 64;
export const groupsFor = (invocations: number) => Math.ceil(invocations / WORKGROUP);

export function pipelines<const Names extends readonly string[]>(
  device: GPUDevice,
  code: string,
  ...names: Names
): { [I in keyof Names]: GPUComputePipeline } {
  const module = device.createShaderModule({ code });
  const make = (entryPoint: string) => device.createComputePipeline({ label: entryPoint, layout: "auto", compute: { module, entryPoint } });
  return names.map(make) as { [I in keyof Names]: GPUComputePipeline };
}

/** Buffers by binding; a binding that a pipeline does not use is left out of its list. */
export function bindings(device: GPUDevice, pipeline: GPUComputePipeline, buffers: Readonly<Record<number, GPUBuffer>>): GPUBindGroup {
  const entries = Object.entries(buffers).map(([binding, buffer]) => ({ binding: Number(binding), resource: { buffer } }));
  return device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
}

export class Pixels {
  readonly buffer: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #back: GPUBuffer;

  constructor(device: GPUDevice, count: number) {
    const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    this.#device = device;
    this.buffer = device.createBuffer({ label: "pixels", size: count * 4, usage: STORAGE | COPY_SRC });
    this.#back = device.createBuffer({ label: "pixels to read", size: count * 4, usage: COPY_DST | MAP_READ });
  }

  /** Records what fills the buffer, submits it, and brings the pixels back. */
  async render(record: (pass: GPUComputePassEncoder) => void): Promise<Uint8ClampedArray<ArrayBuffer>> {
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    record(pass);
    pass.end();
    encoder.copyBufferToBuffer(this.buffer, this.#back);
    this.#device.queue.submit([encoder.finish()]);
    await this.#back.mapAsync(GPUMapMode.READ);
    const pixels = new Uint8ClampedArray(this.#back.getMappedRange().slice(0));
    this.#back.unmap();
    return pixels;
  }
}
