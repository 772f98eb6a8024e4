/** Workloads of memory: streaming, stencils, and access that follows no order. */
import { differ, pipeline, randomFloats, randomWords, read, run, step, storage, uniform, type Workload } from "./workload.ts";

const saxpy: Workload = {
  name: "saxpy",
  kind: "streaming",
  sizes: { smoke: 4096, full: 2_097_152, large: 8_388_608 },
  setup(device, count) {
    const code = `
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> a: f32;
@compute @workgroup_size(128) fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = at.y * groups.x * 128u + at.x;
  if (i < arrayLength(&y)) { y[i] = a * x[i] + y[i]; }
}`;
    const [x, y] = [randomFloats(count, 1), randomFloats(count, 2)];
    const out = storage(device, y);
    const groups = count / 128;
    const rows = Math.ceil(groups / 32_768);
    const a = uniform(device, new Float32Array([0.25]));
    const steps = [step(device, pipeline(device, code), [storage(device, x), out, a], groups / rows, rows)];
    return {
      frame: () => run(device, steps),
      async check() {
        device.queue.writeBuffer(out, 0, y);
        run(device, steps);
        return differ(
          new Float32Array(await read(device, out)),
          y.map((each, i) => each + 0.25 * x[i]!),
          1e-6,
        );
      },
    };
  },
};

const life: Workload = {
  name: "life",
  kind: "streaming",
  sizes: { smoke: 64, full: 1024, large: 3072 },
  setup(device, side) {
    const code = `
@group(0) @binding(0) var<storage, read> before: array<u32>;
@group(0) @binding(1) var<storage, read_write> after: array<u32>;
fn cell(x: u32, y: u32) -> u32 { return before[(y % ${side}u) * ${side}u + x % ${side}u]; }
@compute @workgroup_size(16, 8) fn main(@builtin(global_invocation_id) at: vec3u) {
  var around = 0u;
  for (var dy = 0u; dy < 3u; dy++) {
    for (var dx = 0u; dx < 3u; dx++) {
      if (dx != 1u || dy != 1u) { around += cell(at.x + dx + ${side - 1}u, at.y + dy + ${side - 1}u); }
    }
  }
  let alive = cell(at.x, at.y);
  after[at.y * ${side}u + at.x] = select(0u, 1u, around == 3u || (around == 2u && alive == 1u));
}`;
    const cells = randomWords(side * side, 5, 2);
    const [a, b] = [storage(device, cells), storage(device, cells.byteLength)];
    const p = pipeline(device, code);
    const there = step(device, p, [a, b], side / 16, side / 8);
    const back = step(device, p, [b, a], side / 16, side / 8);
    return {
      frame: () => run(device, [there, back]),
      async check() {
        device.queue.writeBuffer(a, 0, cells);
        run(device, [there, back]);
        return differ(new Uint32Array(await read(device, a)), generation(generation(cells, side), side));
      },
    };
  },
};

function generation(cells: Uint32Array, side: number): Uint32Array {
  return cells.map((alive, i) => {
    const [x, y] = [i % side, Math.floor(i / side)];
    let around = -alive;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) around += cells[((y + dy + side) % side) * side + ((x + dx + side) % side)]!;
    }
    return around === 3 || (around === 2 && alive === 1) ? 1 : 0;
  });
}

const TAPS = 7;

const convolution: Workload = {
  name: "convolution",
  kind: "streaming",
  sizes: { smoke: 64, full: 768, large: 2048 },
  setup(device, side) {
    const code = `
@group(0) @binding(0) var<storage, read> image: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> weights: array<f32, ${TAPS * TAPS}>;
@compute @workgroup_size(16, 16) fn main(@builtin(global_invocation_id) at: vec3u) {
  let p = vec2i(at.xy);
  var sum = 0.0;
  for (var j = 0; j < ${TAPS}; j++) {
    let row = clamp(p.y + j - ${TAPS >> 1}, 0, ${side - 1}) * ${side};
    for (var i = 0; i < ${TAPS}; i++) {
      sum += image[row + clamp(p.x + i - ${TAPS >> 1}, 0, ${side - 1})] * weights[j * ${TAPS} + i];
    }
  }
  out[at.y * ${side}u + at.x] = sum;
}`;
    const image = randomFloats(side * side, 3);
    const weights = randomFloats(TAPS * TAPS, 4).map((w) => w / TAPS);
    const out = storage(device, image.byteLength);
    const steps = [step(device, pipeline(device, code), [storage(device, image), out, storage(device, weights)], side / 16, side / 16)];
    return {
      frame: () => run(device, steps),
      async check() {
        run(device, steps);
        return differ(
          new Float32Array(await read(device, out)),
          image.map((_, i) => filtered(image, weights, side, i)),
          1e-4,
        );
      },
    };
  },
};

function filtered(image: Float32Array, weights: Float32Array, side: number, at: number): number {
  const inside = (n: number) => Math.min(Math.max(n, 0), side - 1);
  let sum = 0;
  for (let j = 0; j < TAPS; j++) {
    const row = inside(Math.floor(at / side) + j - (TAPS >> 1)) * side;
    for (let i = 0; i < TAPS; i++) sum += image[row + inside((at % side) + i - (TAPS >> 1))]! * weights[j * TAPS + i]!;
  }
  return sum;
}

const gather: Workload = {
  name: "gather",
  kind: "irregular",
  sizes: { smoke: 4096, full: 1_048_576, large: 4_194_304 },
  setup(device, count) {
    const code = `
@group(0) @binding(0) var<storage, read> index: array<u32>;
@group(0) @binding(1) var<storage, read> source: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) {
  let found = source[index[at.x]];
  out[at.x] = found.x ^ (found.y << 3u);
}`;
    const [index, source] = [randomWords(count, 6, count), randomWords(count * 2, 7)];
    const out = storage(device, count * 4);
    // at the largest size the groups are 65,536: one more than the limit
    const steps = [
      step(device, pipeline(device, code), [storage(device, index), storage(device, source), out], Math.min(count / 64, 65_535)),
    ];
    const done = Math.min(count, 65_535 * 64);
    return {
      frame: () => run(device, steps),
      async check() {
        run(device, steps);
        const expected = index.map((at) => source[at * 2]! ^ (source[at * 2 + 1]! << 3));
        return differ(new Uint32Array(await read(device, out)).subarray(0, done), expected.subarray(0, done));
      },
    };
  },
};

export const memory: readonly Workload[] = [saxpy, life, convolution, gather];
