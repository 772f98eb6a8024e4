/** The calls whose cost is measured. Works with any implementation of the API. */
import { pipeline, read, run, step, storage } from "../workloads/workload.ts";

export interface Given {
  readonly gpu: GPU;
  readonly device: GPUDevice;
}

export interface Prepared {
  /** what is timed: `count` calls */
  once(): unknown;
  /** before each, not timed: makes what the calls use up, and lets go of what the last ones made */
  between?(): unknown;
}

export interface Call {
  readonly name: string;
  /** calls in one batch: the reported times are of one */
  readonly count: number;
  prepare(given: Given): Prepared;
}

const [MAP_READ, COPY_SRC, COPY_DST, UNIFORM, STORAGE, VERTEX] = [1, 4, 8, 64, 128, 32] as const;
const [KIB, MIB] = [1024, 1 << 20] as const;
const [COMPUTE, TEXTURE_BINDING, RENDER_ATTACHMENT] = [4, 4, 16] as const;

/** Calls that each make something, which is let go after the batch. */
function makes<T>(name: string, count: number, make: (given: Given) => (i: number) => T, end: (made: T) => void = () => {}): Call {
  return {
    name,
    count,
    prepare(given) {
      const one = make(given);
      const made: T[] = [];
      return {
        once() {
          for (let i = 0; i < count; i++) made.push(one(i));
        },
        async between() {
          for (const each of made.splice(0)) end(each);
          await given.device.queue.onSubmittedWorkDone();
        },
      };
    },
  };
}

const size = (bytes: number) => (bytes >= MIB ? `${bytes / MIB} MiB` : bytes >= KIB ? `${bytes / KIB} KiB` : `${bytes} B`);
const destroy = (made: { destroy(): void }) => made.destroy();

const createBuffer = (bytes: number, count: number): Call =>
  makes(
    `createBuffer, ${size(bytes)}`,
    count,
    ({ device }) =>
      () =>
        device.createBuffer({ size: bytes, usage: STORAGE | COPY_SRC | COPY_DST }),
    destroy,
  );

/** Memory that is given lazily is asked for by the write. */
const createWritten = (bytes: number, count: number): Call => ({
  name: `createBuffer, writeBuffer, destroy, ${size(bytes)}`,
  count,
  prepare({ device }) {
    const data = new Uint32Array(bytes / 4).fill(0x7070707);
    return {
      async once() {
        for (let i = 0; i < count; i++) storage(device, data).destroy();
        await device.queue.onSubmittedWorkDone();
      },
    };
  },
});

const createMapped = (bytes: number, count: number): Call =>
  makes(
    `createBuffer mapped at creation, getMappedRange, unmap, ${size(bytes)}`,
    count,
    ({ device }) =>
      (i) => {
        const buffer = device.createBuffer({ size: bytes, usage: STORAGE | COPY_DST, mappedAtCreation: true });
        new Uint32Array(buffer.getMappedRange())[0] = i;
        buffer.unmap();
        return buffer;
      },
    destroy,
  );

const TINY = `@group(0) @binding(0) var<storage, read_write> data: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(local_invocation_index) i: u32) { data[i] += 1u; }`;

function tiny(device: GPUDevice) {
  const data = storage(device, 256);
  return { data, ...step(device, pipeline(device, TINY), [data], 1) };
}

/** Records one call many times into a compute pass. */
function records(name: string, count: number, into: (given: Given) => (pass: GPUComputePassEncoder) => void): Call {
  return {
    name,
    count,
    prepare(given) {
      const one = into(given);
      const { pipeline: made, group } = tiny(given.device);
      let encoder: GPUCommandEncoder;
      let pass: GPUComputePassEncoder;
      return {
        between() {
          encoder = given.device.createCommandEncoder();
          pass = encoder.beginComputePass();
          pass.setPipeline(made);
          pass.setBindGroup(0, group);
        },
        once() {
          for (let i = 0; i < count; i++) one(pass);
          pass.end();
          encoder.finish();
        },
      };
    },
  };
}

const DRAW = `struct V { @builtin(position) at: vec4f, @location(0) color: vec3f }
@group(0) @binding(0) var<uniform> tint: vec4f;
@vertex fn vs(@location(0) at: vec2f, @location(1) color: vec3f) -> V { return V(vec4f(at, 0.0, 1.0), color); }
@fragment fn fs(v: V) -> @location(0) vec4f { return vec4f(v.color, 1.0) * tint; }`;

function drawable(device: GPUDevice) {
  const module = device.createShaderModule({ code: DRAW });
  const attributes: GPUVertexAttribute[] = [
    { shaderLocation: 0, offset: 0, format: "float32x2" },
    { shaderLocation: 1, offset: 8, format: "float32x3" },
  ];
  const made = device.createRenderPipeline({
    layout: "auto",
    vertex: { module, buffers: [{ arrayStride: 20, attributes }] },
    fragment: { module, targets: [{ format: "rgba8unorm" }] },
  });
  const tint = device.createBuffer({ size: 16, usage: UNIFORM | COPY_DST });
  const vertices = device.createBuffer({ size: 60, usage: VERTEX | COPY_DST });
  const group = device.createBindGroup({ layout: made.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer: tint } }] });
  const target = device.createTexture({ size: [64, 64], format: "rgba8unorm", usage: RENDER_ATTACHMENT });
  const view = target.createView();
  const colorAttachments: GPURenderPassColorAttachment[] = [{ view, loadOp: "clear", storeOp: "store" }];
  return { made, group, vertices, colorAttachments };
}

/** Records one call many times into a render pass. Nothing of it is submitted. */
function draws(name: string, count: number, into: (parts: ReturnType<typeof drawable>) => (pass: GPURenderPassEncoder) => void): Call {
  return {
    name,
    count,
    prepare({ device }) {
      const parts = drawable(device);
      const one = into(parts);
      let encoder: GPUCommandEncoder;
      let pass: GPURenderPassEncoder;
      return {
        between() {
          encoder = device.createCommandEncoder();
          pass = encoder.beginRenderPass({ colorAttachments: parts.colorAttachments });
          pass.setPipeline(parts.made);
          pass.setBindGroup(0, parts.group);
          pass.setVertexBuffer(0, parts.vertices);
        },
        once() {
          for (let i = 0; i < count; i++) one(pass);
          pass.end();
          encoder.finish();
        },
      };
    },
  };
}

/** Submits command buffers that were recorded before. */
function submits(name: string, count: number, record: (given: Given) => (encoder: GPUCommandEncoder) => void): Call {
  return {
    name,
    count,
    prepare(given) {
      const { device } = given;
      const one = record(given);
      let buffers: GPUCommandBuffer[] = [];
      return {
        between() {
          buffers = Array.from({ length: count }, () => {
            const encoder = device.createCommandEncoder();
            one(encoder);
            return encoder.finish();
          });
        },
        async once() {
          for (const buffer of buffers) device.queue.submit([buffer]);
          await device.queue.onSubmittedWorkDone();
        },
      };
    },
  };
}

const writeBuffer = (bytes: number, count: number): Call => ({
  name: `writeBuffer, ${size(bytes)}`,
  count,
  prepare({ device }) {
    const data = new Uint32Array(bytes / 4).fill(0x7070707);
    const buffer = storage(device, bytes);
    return {
      async once() {
        for (let i = 0; i < count; i++) device.queue.writeBuffer(buffer, 0, data);
        await device.queue.onSubmittedWorkDone();
      },
    };
  },
});

const mapRead = (bytes: number, count: number): Call => ({
  name: `mapAsync, getMappedRange, unmap, ${size(bytes)}`,
  count,
  prepare({ device }) {
    const buffer = device.createBuffer({ size: bytes, usage: MAP_READ | COPY_DST });
    return {
      async once() {
        for (let i = 0; i < count; i++) {
          await buffer.mapAsync(1);
          buffer.getMappedRange();
          buffer.unmap();
        }
      },
    };
  },
});

/** Writes, copies to a buffer that is kept, and looks at the bytes where they are mapped. */
const transfer = (bytes: number, count: number): Call => ({
  name: `writeBuffer, copy, mapAsync, getMappedRange, ${size(bytes)}`,
  count,
  prepare({ device }) {
    const data = new Uint32Array(bytes / 4).fill(0x7070707);
    const buffer = storage(device, bytes);
    const target = device.createBuffer({ size: bytes, usage: MAP_READ | COPY_DST });
    return {
      async once() {
        for (let i = 0; i < count; i++) {
          device.queue.writeBuffer(buffer, 0, data);
          const encoder = device.createCommandEncoder();
          encoder.copyBufferToBuffer(buffer, 0, target, 0, bytes);
          device.queue.submit([encoder.finish()]);
          await target.mapAsync(1);
          if (new Uint32Array(target.getMappedRange()).at(-1) !== 0x7070707) throw new Error("the bytes did not arrive");
          target.unmap();
        }
      },
    };
  },
});

const ENTRIES: GPUBindGroupLayoutEntry[] = [
  { binding: 0, visibility: COMPUTE, buffer: { type: "storage" } },
  { binding: 1, visibility: COMPUTE, buffer: { type: "read-only-storage" } },
  { binding: 2, visibility: COMPUTE, buffer: { type: "uniform" } },
];

export const calls: readonly Call[] = [
  {
    name: "requestAdapter",
    count: 20,
    prepare: ({ gpu }) => ({
      async once() {
        for (let i = 0; i < 20; i++) await gpu.requestAdapter();
      },
    }),
  },
  {
    name: "requestDevice",
    count: 10,
    prepare({ gpu }) {
      let adapters: GPUAdapter[] = [];
      const devices: GPUDevice[] = [];
      return {
        async between() {
          for (const device of devices.splice(0)) device.destroy();
          adapters = [];
          for (let i = 0; i < 10; i++) adapters.push((await gpu.requestAdapter())!);
        },
        async once() {
          for (const adapter of adapters) devices.push(await adapter.requestDevice());
        },
      };
    },
  },
  createBuffer(4, 200),
  createBuffer(64 * KIB, 200),
  createBuffer(16 * MIB, 4),
  makes(
    "createBuffer, destroy, 4 B",
    200,
    ({ device }) =>
      () =>
        device.createBuffer({ size: 4, usage: STORAGE }).destroy(),
  ),
  createWritten(64 * KIB, 50),
  createWritten(16 * MIB, 2),
  createMapped(4, 100),
  createMapped(64 * KIB, 50),
  createMapped(16 * MIB, 2),
  makes(
    "createTexture, 64 x 64",
    100,
    ({ device }) =>
      () =>
        device.createTexture({ size: [64, 64], format: "rgba8unorm", usage: TEXTURE_BINDING | COPY_DST }),
    destroy,
  ),
  makes("createView", 200, ({ device }) => {
    const texture = device.createTexture({ size: [64, 64], format: "rgba8unorm", usage: TEXTURE_BINDING });
    return () => texture.createView();
  }),
  makes(
    "createSampler",
    200,
    ({ device }) =>
      () =>
        device.createSampler({ magFilter: "linear", minFilter: "linear" }),
  ),
  makes(
    "createBindGroupLayout, 3 entries",
    200,
    ({ device }) =>
      () =>
        device.createBindGroupLayout({ entries: ENTRIES }),
  ),
  makes("createBindGroup, 3 entries", 200, ({ device }) => {
    const layout = device.createBindGroupLayout({ entries: ENTRIES });
    const [a, b, c] = [storage(device, 256), storage(device, 256), device.createBuffer({ size: 256, usage: UNIFORM })];
    return () =>
      device.createBindGroup({
        layout,
        entries: [
          { binding: 0, resource: { buffer: a } },
          { binding: 1, resource: { buffer: b } },
          { binding: 2, resource: { buffer: c } },
        ],
      });
  }),
  makes("createPipelineLayout", 200, ({ device }) => {
    const layout = device.createBindGroupLayout({ entries: ENTRIES });
    return () => device.createPipelineLayout({ bindGroupLayouts: [layout] });
  }),
  makes(
    "createCommandEncoder, finish",
    200,
    ({ device }) =>
      () =>
        device.createCommandEncoder().finish(),
  ),
  makes("createCommandEncoder, beginComputePass, end, finish", 200, ({ device }) => () => {
    const encoder = device.createCommandEncoder();
    encoder.beginComputePass().end();
    return encoder.finish();
  }),
  makes("createCommandEncoder, beginRenderPass, end, finish", 200, ({ device }) => {
    const { colorAttachments } = drawable(device);
    return () => {
      const encoder = device.createCommandEncoder();
      encoder.beginRenderPass({ colorAttachments }).end();
      return encoder.finish();
    };
  }),
  makes("copyBufferToBuffer", 1000, ({ device }) => {
    const [from, to] = [storage(device, 256), storage(device, 256)];
    let encoder = device.createCommandEncoder();
    return (i) => {
      encoder.copyBufferToBuffer(from, 0, to, 0, 256);
      if (i < 999) return;
      encoder.finish();
      encoder = device.createCommandEncoder();
    };
  }),
  records("setPipeline (compute)", 1000, ({ device }) => {
    const [a, b] = [pipeline(device, TINY), pipeline(device, TINY)];
    let i = 0;
    return (pass) => pass.setPipeline(i++ % 2 === 0 ? a : b);
  }),
  records("setBindGroup", 1000, ({ device }) => {
    const { group } = tiny(device);
    return (pass) => pass.setBindGroup(0, group);
  }),
  records("setBindGroup, one dynamic offset", 1000, ({ device }) => {
    const buffer: GPUBufferBindingLayout = { type: "storage", hasDynamicOffset: true };
    const layout = device.createBindGroupLayout({ entries: [{ binding: 0, visibility: COMPUTE, buffer }] });
    const resource = { buffer: storage(device, 1024), size: 256 };
    const group = device.createBindGroup({ layout, entries: [{ binding: 0, resource }] });
    let i = 0;
    return (pass) => pass.setBindGroup(0, group, [256 * (i++ % 4)]);
  }),
  records("dispatchWorkgroups", 1000, () => (pass) => pass.dispatchWorkgroups(1)),
  records("setPipeline, setBindGroup, dispatchWorkgroups: two of each in turn", 1000, ({ device }) => {
    const steps = [tiny(device), tiny(device)];
    let i = 0;
    return (pass) => {
      const each = steps[i++ % 2]!;
      pass.setPipeline(each.pipeline);
      pass.setBindGroup(0, each.group);
      pass.dispatchWorkgroups(1);
    };
  }),
  draws(
    "setVertexBuffer",
    1000,
    ({ vertices }) =>
      (pass) =>
        pass.setVertexBuffer(0, vertices),
  ),
  draws("draw", 1000, () => (pass) => pass.draw(3)),
  draws("setPipeline, setBindGroup, setVertexBuffer, draw", 1000, ({ made, group, vertices }) => (pass) => {
    pass.setPipeline(made);
    pass.setBindGroup(0, group);
    pass.setVertexBuffer(0, vertices);
    pass.draw(3);
  }),
  submits("submit, an empty command buffer", 100, () => () => {}),
  submits("submit, one dispatch", 100, ({ device }) => {
    const { pipeline: made, group } = tiny(device);
    return (encoder) => {
      const pass = encoder.beginComputePass();
      pass.setPipeline(made);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(1);
      pass.end();
    };
  }),
  writeBuffer(4, 500),
  writeBuffer(64 * KIB, 50),
  writeBuffer(16 * MIB, 2),
  mapRead(4, 50),
  mapRead(16 * MIB, 2),
  transfer(16 * MIB, 1),
  {
    name: "onSubmittedWorkDone",
    count: 50,
    prepare: ({ device }) => ({
      async once() {
        for (let i = 0; i < 50; i++) await device.queue.onSubmittedWorkDone();
      },
    }),
  },
  {
    name: "tiny dispatch, read back",
    count: 10,
    prepare({ device }) {
      const each = tiny(device);
      return {
        async once() {
          for (let i = 0; i < 10; i++) {
            run(device, [each]);
            await read(device, each.data);
          }
        },
      };
    },
  },
  {
    name: "1,000 tiny dispatches in one pass",
    count: 1,
    prepare({ device }) {
      const steps = new Array(1000).fill(tiny(device));
      return {
        async once() {
          run(device, steps);
          await device.queue.onSubmittedWorkDone();
        },
      };
    },
  },
  {
    name: "1,000 tiny dispatches, each in a pass",
    count: 1,
    prepare({ device }) {
      const { pipeline: made, group } = tiny(device);
      return {
        async once() {
          const encoder = device.createCommandEncoder();
          for (let i = 0; i < 1000; i++) {
            const pass = encoder.beginComputePass();
            pass.setPipeline(made);
            pass.setBindGroup(0, group);
            pass.dispatchWorkgroups(1);
            pass.end();
          }
          device.queue.submit([encoder.finish()]);
          await device.queue.onSubmittedWorkDone();
        },
      };
    },
  },
  {
    name: "1,000 tiny dispatches, each submitted",
    count: 1,
    prepare({ device }) {
      const steps = [tiny(device)];
      return {
        async once() {
          for (let i = 0; i < 1000; i++) run(device, steps);
          await device.queue.onSubmittedWorkDone();
        },
      };
    },
  },
];
