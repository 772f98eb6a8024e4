/** Workloads that work together: workgroup memory with barriers, and atomics. */
import { differ, pipeline, randomFloats, randomWords, read, run, type Step, step, storage, uniform, type Workload } from "./workload.ts";

const matmulTiled: Workload = {
  name: "matmul_tiled",
  kind: "barriers",
  sizes: { smoke: 64, full: 384, large: 1024 },
  setup(device, n) {
    const code = `
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> c: array<f32>;
var<workgroup> left: array<array<f32, 16>, 16>;
var<workgroup> right: array<array<f32, 16>, 16>;
@compute @workgroup_size(16, 16)
fn main(@builtin(local_invocation_id) here: vec3u, @builtin(global_invocation_id) at: vec3u) {
  var sum = 0.0;
  for (var tile = 0u; tile < ${n / 16}u; tile++) {
    left[here.y][here.x] = a[at.y * ${n}u + tile * 16u + here.x];
    right[here.y][here.x] = b[(tile * 16u + here.y) * ${n}u + at.x];
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) { sum += left[here.y][k] * right[k][here.x]; }
    workgroupBarrier();
  }
  c[at.y * ${n}u + at.x] = sum;
}`;
    return product(device, n, code, 16);
  },
};

/** Each invocation has a block of 4 x 4 of the result in registers, each workgroup one of 64 x 64. */
const matmulBlocked: Workload = {
  name: "matmul_blocked",
  kind: "barriers",
  sizes: { smoke: 64, full: 512, large: 1024 },
  setup(device, n) {
    const code = `
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
var<workgroup> left: array<f32, ${64 * 8}>;
var<workgroup> right: array<vec4f, ${16 * 8}>;
@compute @workgroup_size(16, 16)
fn main(@builtin(local_invocation_id) here: vec3u, @builtin(workgroup_id) block: vec3u, @builtin(local_invocation_index) flat: u32) {
  var rows: array<vec4f, 4>;
  for (var k = 0u; k < ${n}u; k += 8u) {
    for (var i = flat; i < ${64 * 8}u; i += 256u) { left[i] = a[(block.y * 64u + i / 8u) * ${n}u + k + i % 8u]; }
    if (flat < ${16 * 8}u) { right[flat] = b[(k + flat / 16u) * ${n / 4}u + block.x * 16u + flat % 16u]; }
    workgroupBarrier();
    for (var i = 0u; i < 8u; i++) {
      let across = right[i * 16u + here.x];
      for (var r = 0u; r < 4u; r++) { rows[r] += across * left[(here.y * 4u + r) * 8u + i]; }
    }
    workgroupBarrier();
  }
  for (var r = 0u; r < 4u; r++) { c[(block.y * 64u + here.y * 4u + r) * ${n / 4}u + block.x * 16u + here.x] = rows[r]; }
}`;
    return product(device, n, code, 64);
  },
};

function product(device: GPUDevice, n: number, code: string, block: number) {
  const [a, b] = [randomFloats(n * n, 8), randomFloats(n * n, 9)];
  const out = storage(device, n * n * 4);
  const steps = [step(device, pipeline(device, code), [storage(device, a), storage(device, b), out], n / block, n / block)];
  return {
    frame: () => run(device, steps),
    async check() {
      run(device, steps);
      const got = new Float32Array(await read(device, out));
      for (let at = 0; at < n * n; at += Math.ceil((n * n) / 997)) {
        let expected = 0;
        for (let k = 0; k < n; k++) expected += a[Math.floor(at / n) * n + k]! * b[k * n + (at % n)]!;
        const wrong = differ([got[at]!], [expected], 1e-3);
        if (wrong !== null) return `element ${at}: ${wrong}`;
      }
      return null;
    },
  };
}

/** Sums in two steps: workgroups of 256 by halves, then what is left. */
const reduce: Workload = {
  name: "reduce",
  kind: "barriers",
  sizes: { smoke: 65_536, full: 4_194_304, large: 16_777_216 },
  setup(device, count) {
    const code = `
@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;
var<workgroup> part: array<u32, 256>;
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) here: u32, @builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u) {
  var sum = 0u;
  for (var i = group.x * 256u + here; i < arrayLength(&values); i += groups.x * 256u) { sum += values[i]; }
  part[here] = sum;
  for (var half = 128u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (here < half) { part[here] += part[here + half]; }
  }
  if (here == 0u) { sums[group.x] = part[0]; }
}`;
    const values = randomWords(count, 10);
    const groups = Math.min(4096, count / 256);
    const [sums, total] = [storage(device, groups * 4), storage(device, 4)];
    const p = pipeline(device, code);
    const steps = [step(device, p, [storage(device, values), sums], groups), step(device, p, [sums, total], 1)];
    return {
      frame: () => run(device, steps),
      async check() {
        run(device, steps);
        return differ(new Uint32Array(await read(device, total)), [values.reduce((sum, value) => (sum + value) >>> 0, 0)]);
      },
    };
  },
};

const histogram: Workload = {
  name: "histogram",
  kind: "atomics",
  sizes: { smoke: 65_536, full: 2_097_152, large: 8_388_608 },
  setup(device, count) {
    const code = `
@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> bins: array<atomic<u32>, 256>;
var<workgroup> own: array<atomic<u32>, 256>;
@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) here: u32, @builtin(workgroup_id) group: vec3u) {
  atomicStore(&own[here], 0u);
  workgroupBarrier();
  for (var i = 0u; i < 16u; i++) {
    let value = values[(group.x * 16u + i) * 256u + here];
    atomicAdd(&own[(value >> 8u) & 255u], 1u);
  }
  workgroupBarrier();
  let seen = atomicLoad(&own[here]);
  if (seen > 0u) { atomicAdd(&bins[here], seen); }
}`;
    const values = randomWords(count, 12);
    const bins = storage(device, 1024);
    const steps = [step(device, pipeline(device, code), [storage(device, values), bins], count / 4096)];
    return {
      frame: () => run(device, steps),
      async check() {
        device.queue.writeBuffer(bins, 0, new Uint32Array(256));
        run(device, steps);
        const expected = new Uint32Array(256);
        for (const value of values) expected[(value >>> 8) & 255]!++;
        return differ(new Uint32Array(await read(device, bins)), expected);
      },
    };
  },
};

const BINS = 65_536;

const scatter: Workload = {
  name: "scatter",
  kind: "atomics",
  sizes: { smoke: 4096, full: 1_048_576, large: 4_194_240 },
  setup(device, count) {
    const code = `
@group(0) @binding(0) var<storage, read> keys: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> most: array<atomic<u32>>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) {
  let key = keys[at.x];
  atomicAdd(&sums[key % ${BINS}u], key >> 16u);
  atomicMax(&most[key % ${BINS}u], key);
}`;
    const keys = randomWords(count, 13);
    const [sums, most] = [storage(device, BINS * 4), storage(device, BINS * 4)];
    const steps = [step(device, pipeline(device, code), [storage(device, keys), sums, most], count / 64)];
    return {
      frame: () => run(device, steps),
      async check() {
        device.queue.writeBuffer(sums, 0, new Uint32Array(BINS));
        run(device, steps);
        const [sum, max] = [new Uint32Array(BINS), new Uint32Array(BINS)];
        for (const key of keys) {
          sum[key % BINS]! += key >>> 16;
          max[key % BINS] = Math.max(max[key % BINS]!, key);
        }
        return differ(new Uint32Array(await read(device, sums)), sum) ?? differ(new Uint32Array(await read(device, most)), max);
      },
    };
  },
};

/** Sums of all that comes before: within blocks of 512, over their totals (by the same code), then both together. */
const scan: Workload = {
  name: "scan",
  kind: "barriers",
  sizes: { smoke: 262_144, full: 1_048_576, large: 8_388_608 },
  setup(device, count) {
    const code = `
@group(0) @binding(0) var<storage, read> values: array<u32>;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>;
@group(0) @binding(2) var<storage, read_write> totals: array<u32>;
var<workgroup> tree: array<u32, 512>;
@compute @workgroup_size(256) fn blocks(@builtin(local_invocation_index) here: u32, @builtin(workgroup_id) group: vec3u) {
  let base = group.x * 512u;
  tree[here] = values[base + here];
  tree[here + 256u] = values[base + here + 256u];
  var apart = 1u;
  for (var pairs = 256u; pairs > 0u; pairs >>= 1u) {
    workgroupBarrier();
    if (here < pairs) { tree[apart * (2u * here + 2u) - 1u] += tree[apart * (2u * here + 1u) - 1u]; }
    apart *= 2u;
  }
  workgroupBarrier();
  if (here == 0u) { totals[group.x] = tree[511]; tree[511] = 0u; }
  for (var pairs = 1u; pairs <= 256u; pairs *= 2u) {
    apart >>= 1u;
    workgroupBarrier();
    if (here < pairs) {
      let low = apart * (2u * here + 1u) - 1u;
      let high = apart * (2u * here + 2u) - 1u;
      let kept = tree[low];
      tree[low] = tree[high];
      tree[high] += kept;
    }
  }
  workgroupBarrier();
  sums[base + here] = tree[here];
  sums[base + here + 256u] = tree[here + 256u];
}
@group(0) @binding(0) var<storage, read> offsets: array<u32>;
@compute @workgroup_size(256) fn together(@builtin(local_invocation_index) here: u32, @builtin(workgroup_id) group: vec3u) {
  sums[group.x * 512u + here] += offsets[group.x];
  sums[group.x * 512u + here + 256u] += offsets[group.x];
}`;
    const [blocks, together] = [pipeline(device, code, "blocks"), pipeline(device, code, "together")];
    const values = randomWords(count, 14, 1000);
    const steps: Step[] = [];
    const sumsOf = (input: GPUBuffer, length: number): GPUBuffer => {
      const groups = length / 512;
      const padded = Math.ceil(groups / 512) * 512;
      const [sums, totals] = [storage(device, length * 4), storage(device, padded * 4)];
      steps.push(step(device, blocks, [input, sums, totals], groups));
      if (groups > 1) steps.push(step(device, together, [sumsOf(totals, padded), sums], groups));
      return sums;
    };
    const sums = sumsOf(storage(device, values), count);
    return {
      frame: () => run(device, steps),
      async check() {
        run(device, steps);
        let sum = 0;
        const expected = values.map((value) => {
          sum = (sum + value) >>> 0;
          return sum - value;
        });
        return differ(new Uint32Array(await read(device, sums)), expected);
      },
    };
  },
};

/** A bitonic network: a dispatch for each step, all in one pass. */
const sort: Workload = {
  name: "sort",
  kind: "irregular",
  sizes: { smoke: 1024, full: 65_536, large: 524_288 },
  setup(device, count) {
    const code = `
struct Stage { size: u32, apart: u32 }
@group(0) @binding(0) var<storage, read_write> keys: array<u32>;
@group(0) @binding(1) var<uniform> stage: Stage;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) {
  let low = (at.x / stage.apart) * stage.apart * 2u + at.x % stage.apart;
  let high = low + stage.apart;
  let a = keys[low];
  let b = keys[high];
  let falls = (low & stage.size) != 0u;
  if ((a > b) != falls) {
    keys[low] = b;
    keys[high] = a;
  }
}`;
    const keys = randomWords(count, 15);
    const buffer = storage(device, keys);
    const p = pipeline(device, code);
    const steps: Step[] = [];
    for (let size = 2; size <= count; size *= 2) {
      for (let apart = size / 2; apart >= 1; apart /= 2) {
        steps.push(step(device, p, [buffer, uniform(device, new Uint32Array([size, apart]))], count / 128));
      }
    }
    const frame = () => {
      device.queue.writeBuffer(buffer, 0, keys);
      run(device, steps);
    };
    return {
      frame,
      async check() {
        frame();
        return differ(new Uint32Array(await read(device, buffer)), keys.slice().sort());
      },
    };
  },
};

export const shared: readonly Workload[] = [matmulTiled, matmulBlocked, reduce, histogram, scatter, scan, sort];
