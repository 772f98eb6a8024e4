/** What a workload is, and the few WebGPU calls that they share. Works with any implementation of the API. */

export type Size = "smoke" | "full" | "large";

export interface Job {
  /** Submits the work once. */
  frame(): void;
  /** Compares with plain JavaScript. @returns what is wrong, or null */
  check(): Promise<string | null>;
}

export interface Workload {
  readonly name: string;
  readonly kind: "streaming" | "arithmetic" | "barriers" | "atomics" | "irregular";
  /** items at each size: elements, or the side of a square */
  readonly sizes: { readonly [S in Size]: number };
  setup(device: GPUDevice, size: number): Job;
}

const [MAP_READ, COPY_SRC, COPY_DST, UNIFORM, STORAGE] = [1, 4, 8, 64, 128] as const;

type Data = Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

export function storage(device: GPUDevice, contents: Data | number): GPUBuffer {
  const size = typeof contents === "number" ? contents : contents.byteLength;
  const buffer = device.createBuffer({ size, usage: STORAGE | COPY_SRC | COPY_DST });
  if (typeof contents !== "number") device.queue.writeBuffer(buffer, 0, contents);
  return buffer;
}

export function uniform(device: GPUDevice, contents: Data): GPUBuffer {
  const buffer = device.createBuffer({ size: Math.max(16, contents.byteLength), usage: UNIFORM | COPY_DST });
  device.queue.writeBuffer(buffer, 0, contents);
  return buffer;
}

export function pipeline(device: GPUDevice, code: string, entryPoint = "main"): GPUComputePipeline {
  return device.createComputePipeline({ layout: "auto", compute: { module: device.createShaderModule({ code }), entryPoint } });
}

export interface Step {
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  readonly groups: readonly [number, number?, number?];
}

export function step(device: GPUDevice, p: GPUComputePipeline, buffers: readonly GPUBuffer[], ...groups: [number, number?, number?]): Step {
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  return { pipeline: p, group: device.createBindGroup({ layout: p.getBindGroupLayout(0), entries }), groups };
}

/** Submits steps in one pass. */
export function run(device: GPUDevice, steps: readonly Step[]): void {
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  for (const each of steps) {
    pass.setPipeline(each.pipeline);
    pass.setBindGroup(0, each.group);
    pass.dispatchWorkgroups(...each.groups);
  }
  pass.end();
  device.queue.submit([encoder.finish()]);
}

export async function read(device: GPUDevice, source: GPUBuffer): Promise<ArrayBuffer> {
  const target = device.createBuffer({ size: source.size, usage: MAP_READ | COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, target, 0, source.size);
  device.queue.submit([encoder.finish()]);
  await target.mapAsync(1);
  const bytes = target.getMappedRange().slice(0);
  target.destroy();
  return bytes;
}

/** A source of numbers that is the same everywhere. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // the low bits of such a sequence are poor
    return (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) ^ (state >>> 12)) >>> 0;
  };
}

export function randomWords(count: number, seed: number, below = 2 ** 32): Uint32Array<ArrayBuffer> {
  const next = random(seed);
  return Uint32Array.from({ length: count }, () => next() % below);
}

export function randomFloats(count: number, seed: number): Float32Array<ArrayBuffer> {
  const next = random(seed);
  return Float32Array.from({ length: count }, () => next() / 2 ** 31 - 1);
}

/** @returns the first difference of two results, or null; `tolerance` is relative to the larger of 1 and the expected value */
export function differ(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 0): string | null {
  if (got.length !== expected.length) return `${got.length} values, not ${expected.length}`;
  for (let i = 0; i < got.length; i++) {
    const [a, b] = [got[i]!, expected[i]!];
    if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)))) return `value ${i} is ${a}, not ${b}`;
  }
  return null;
}
