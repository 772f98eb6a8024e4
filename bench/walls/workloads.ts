/** What the walls are measured on: the kinds of the yardstick, and what suffers most from checks for each lane and each workgroup. */
import { workloads } from "../workloads/index.ts";
import { differ, pipeline, randomWords, read, run, step, storage, type Workload } from "../workloads/workload.ts";

const YARDSTICK = ["saxpy", "mandelbrot", "nbody", "matmul_tiled", "matmul_blocked", "reduce", "histogram", "sha256", "life"];

/** A permutation of numbers below `count`. */
function shuffled(count: number, seed: number): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  const random = randomWords(count, seed);
  for (let i = count - 1; i > 0; i--) {
    const k = random[i]! % (i + 1);
    [order[i], order[k]] = [order[k]!, order[i]!];
  }
  return order;
}

/** Four words from anywhere, in a table that fits the cache at size full, so that what is measured is not memory. */
const randomGather: Workload = {
  name: "random gather",
  kind: "irregular",
  sizes: { smoke: 4096, full: 262_144, large: 4_194_240 },
  setup(device, count) {
    const entries = Math.min(count, 65_536);
    const code = `
@group(0) @binding(0) var<storage, read> places: array<u32>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) {
  let place = places[at.x];
  out[at.x] = (source[place] ^ source[place ^ 1u]) + (source[place ^ 3u] ^ source[place ^ 12u]);
}`;
    const [places, source] = [randomWords(count, 21, entries), randomWords(entries, 22)];
    const out = storage(device, count * 4);
    const steps = [step(device, pipeline(device, code), [storage(device, places), storage(device, source), out], count / 64)];
    return {
      frame: () => run(device, steps),
      async check() {
        run(device, steps);
        const expected = places.map((p) => (source[p]! ^ source[p ^ 1]!) + (source[p ^ 3]! ^ source[p ^ 12]!));
        return differ(new Uint32Array(await read(device, out)), expected);
      },
    };
  },
};

/** Each word goes somewhere else; no two to one place. */
const randomScatter: Workload = {
  name: "random scatter",
  kind: "irregular",
  sizes: { smoke: 4096, full: 262_144, large: 4_194_240 },
  setup(device, count) {
    const code = `
@group(0) @binding(0) var<storage, read> places: array<u32>;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) { out[places[at.x]] = source[at.x]; }`;
    const [places, source] = [shuffled(count, 23), randomWords(count, 24)];
    const out = storage(device, count * 4);
    const steps = [step(device, pipeline(device, code), [storage(device, places), storage(device, source), out], count / 64)];
    return {
      frame: () => run(device, steps),
      async check() {
        run(device, steps);
        const expected = new Uint32Array(count);
        for (let i = 0; i < count; i++) expected[places[i]!] = source[i]!;
        return differ(new Uint32Array(await read(device, out)), expected);
      },
    };
  },
};

/** Many workgroups of next to nothing: what a workgroup costs by itself. */
function tiny(name: string, invocations: number, shared: number): Workload {
  return {
    name,
    kind: "streaming",
    sizes: { smoke: 16, full: 320, large: 1024 },
    setup(device, side) {
      const body =
        shared === 0
          ? "out[place] = source[place] * 3u + 1u;"
          : `part[here] = source[place]; workgroupBarrier(); out[place] = part[${invocations - 1}u - here] * 3u + 1u;`;
      const code = `
@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
${shared === 0 ? "" : `var<workgroup> part: array<u32, ${shared}>;`}
@compute @workgroup_size(${invocations})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) here: u32) {
  let place = (group.y * groups.x + group.x) * ${invocations}u + here;
  ${body}
}`;
      const count = side * side * invocations;
      const source = randomWords(count, 25);
      const out = storage(device, count * 4);
      const steps = [step(device, pipeline(device, code), [storage(device, source), out], side, side)];
      return {
        frame: () => run(device, steps),
        async check() {
          run(device, steps);
          const from = (i: number) => (shared === 0 ? i : i - (i % invocations) + invocations - 1 - (i % invocations));
          return differ(
            new Uint32Array(await read(device, out)),
            source.map((_, i) => Math.imul(source[from(i)]!, 3) + 1),
          );
        },
      };
    },
  };
}

export const walled: readonly Workload[] = [
  ...YARDSTICK.map((name) => workloads.find((each) => each.name === name)!),
  randomGather,
  randomScatter,
  tiny("workgroups of 4", 4, 0),
  tiny("workgroups of 1", 1, 0),
  tiny("workgroups of 4, shared memory", 4, 4),
];
