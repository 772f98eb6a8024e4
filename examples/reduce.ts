/**
 * Adds a million numbers: each workgroup sums a tile in shared memory, then the tile sums are summed the same way.
 * Usage: npx tsx examples/reduce.ts [count]
 */
import { create, globals } from "../webgpu/index.ts";

const { GPUBufferUsage: usage, GPUMapMode } = globals;
const WIDTH = 256;

const SUM = `
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
var<workgroup> tile: array<u32, ${WIDTH}>;

@compute @workgroup_size(${WIDTH})
fn sum(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) i: u32) {
  let at = group.x * ${WIDTH} + i;
  tile[i] = select(0u, input[at], at < arrayLength(&input));
  for (var half = ${WIDTH / 2}u; half > 0; half /= 2) {
    workgroupBarrier();
    if (i < half) { tile[i] += tile[i + half]; }
  }
  if (i == 0) { output[group.x] = tile[0]; }
}`;

/** The sum of the numbers, modulo 2^32. */
export async function sumOnGpu(device: GPUDevice, numbers: Uint32Array): Promise<number> {
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module: device.createShaderModule({ code: SUM }) } });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);

  let count = numbers.length;
  let input = device.createBuffer({ label: "numbers", size: count * 4, usage: usage.STORAGE | usage.COPY_DST | usage.COPY_SRC });
  device.queue.writeBuffer(input, 0, numbers);
  while (count > 1) {
    const groups = Math.ceil(count / WIDTH);
    const output = device.createBuffer({ label: `${groups} sums`, size: groups * 4, usage: usage.STORAGE | usage.COPY_SRC });
    const entries = [input, output].map((resource, binding) => ({ binding, resource }));
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(groups);
    input = output;
    count = groups;
  }
  pass.end();

  const result = device.createBuffer({ size: 4, usage: usage.MAP_READ | usage.COPY_DST });
  encoder.copyBufferToBuffer(input, 0, result, 0, 4);
  device.queue.submit([encoder.finish()]);
  await result.mapAsync(GPUMapMode.READ);
  return new Uint32Array(result.getMappedRange())[0] ?? 0;
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 1_000_000);
  const numbers = Uint32Array.from({ length: count }, (_, i) => i);
  const adapter = await create().requestAdapter();
  const device = await adapter!.requestDevice();
  const start = performance.now();
  const sum = await sumOnGpu(device, numbers);
  const expected = numbers.reduce((a, b) => (a + b) >>> 0, 0);
  console.log(
    `sum of ${count} numbers: ${sum} (${sum === expected ? "right" : `wrong: ${expected}`}), ${(performance.now() - start).toFixed(1)} ms`,
  );
  device.destroy();
}

if (process.argv[1]?.endsWith("reduce.ts")) await main();
