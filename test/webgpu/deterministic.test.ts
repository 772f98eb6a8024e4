/** The option `deterministic`: the same order of workgroups for the same seed, another for another; timestamps from a clock of its own. */
import { describe, expect, test } from "vitest";
import { type CreateOptions, create } from "../../webgpu/index.ts";
import { readBack, USAGE } from "./helpers.ts";

const { STORAGE, COPY_SRC, COPY_DST, QUERY_RESOLVE } = USAGE;

/** Each workgroup takes a ticket: the order of the tickets is the order in which they ran. */
const TICKETS = `
@group(0) @binding(0) var<storage, read_write> next: atomic<u32>;
@group(0) @binding(1) var<storage, read_write> tickets: array<u32>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u, @builtin(num_workgroups) n: vec3u) {
  tickets[(id.z * n.y + id.y) * n.x + id.x] = atomicAdd(&next, 1u);
}`;

async function order(options: CreateOptions, [x, y, z]: readonly [number, number, number], times = 1): Promise<number[]> {
  const device = await (await create(options).requestAdapter())!.requestDevice();
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module: device.createShaderModule({ code: TICKETS }) } });
  const next = device.createBuffer({ size: 4, usage: STORAGE });
  const tickets = device.createBuffer({ size: x * y * z * 4, usage: STORAGE | COPY_SRC });
  const entries = [next, tickets].map((buffer, binding) => ({ binding, resource: { buffer } }));
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  for (let i = 0; i < times; i++) {
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(x, y, z);
    pass.end();
    device.queue.submit([encoder.finish()]);
  }
  const found = [...new Uint32Array((await readBack(device, tickets)).buffer)];
  device.destroy();
  return found;
}
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("a seed", () => {
  test("says the order, and every workgroup runs once", async () => {
    const seeded = (seed: number) => order({ deterministic: { seed } }, [7, 3, 2]);
    const one = await seeded(1);
    expect(sorted(one)).toEqual(upTo(42));
    expect(one).not.toEqual(upTo(42));
    expect(await seeded(1)).toEqual(one);
    expect(await seeded(2)).not.toEqual(one);
    expect(await order({}, [7, 3, 2])).toEqual(upTo(42));
    expect(await order({ tier: "reference", deterministic: { seed: 1 } }, [7, 3, 2])).toEqual(upTo(42));
  });
  test("says another one for each dispatch", async () => {
    const first = await order({ deterministic: { seed: 3 } }, [64, 1, 1]);
    const second = await order({ deterministic: { seed: 3 } }, [64, 1, 1], 2);
    expect(second.map((ticket) => ticket - 64)).not.toEqual(first);
  });
});

test("large dispatches run whole", async () => {
  for (const count of [1, 4096, 4097, 20_000]) {
    expect(sorted(await order({ deterministic: { seed: 9 } }, [count, 1, 1]))).toEqual(upTo(count));
  }
});

test("timestamps count on from the clock", async () => {
  const adapter = await create({ deterministic: { clock: 5_000_000 } }).requestAdapter();
  const device = await adapter!.requestDevice({ requiredFeatures: ["timestamp-query"] });
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 });
  const resolved = device.createBuffer({ size: 16, usage: QUERY_RESOLVE | COPY_SRC | COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } }).end();
  encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
  device.queue.submit([encoder.finish()]);
  const bytes = await readBack(device, resolved);
  expect([...new BigUint64Array(bytes.buffer)]).toEqual([5_000_000n, 5_001_000n]);
  device.destroy();
});
