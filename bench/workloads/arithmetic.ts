/** Workloads of arithmetic: mandelbrot, n-body, sha-256. */
import { createHash } from "node:crypto";
import { differ, pipeline, randomFloats, read, run, step, storage, type Workload } from "./workload.ts";

const ITERATIONS = 160;

const mandelbrot: Workload = {
  name: "mandelbrot",
  kind: "arithmetic",
  sizes: { smoke: 64, full: 768, large: 2048 },
  setup(device, side) {
    const code = `
@group(0) @binding(0) var<storage, read_write> escaped: array<u32>;
@compute @workgroup_size(8, 8) fn main(@builtin(global_invocation_id) at: vec3u) {
  let c = vec2f(at.xy) * ${3 / side} + vec2f(-2.25, -1.5);
  var z = vec2f();
  var n = 0u;
  while (n < ${ITERATIONS}u) {
    let squares = z * z;
    if (squares.x + squares.y > 4.0) { break; }
    z = vec2f(squares.x - squares.y, 2.0 * z.x * z.y) + c;
    n++;
  }
  escaped[at.y * ${side}u + at.x] = n;
}`;
    const out = storage(device, side * side * 4);
    const steps = [step(device, pipeline(device, code), [out], side / 8, side / 8)];
    return {
      frame: () => run(device, steps),
      async check() {
        run(device, steps);
        const got = new Uint32Array(await read(device, out));
        let different = 0;
        for (let i = 0; i < got.length; i++) if (got[i] !== escapeTime(i % side, Math.floor(i / side), side)) different++;
        // contraction of products and sums is free to differ; a few points near the border then do
        return different <= got.length / 200 ? null : `${different} of ${got.length} points differ`;
      },
    };
  },
};

function escapeTime(px: number, py: number, side: number): number {
  const f = Math.fround;
  const scale = f(3 / side);
  const [cx, cy] = [f(f(px * scale) - 2.25), f(f(py * scale) - 1.5)];
  let [x, y, n] = [0, 0, 0];
  while (n < ITERATIONS) {
    const [xx, yy] = [f(x * x), f(y * y)];
    if (f(xx + yy) > 4) break;
    y = f(f(f(2 * x) * y) + cy);
    x = f(f(xx - yy) + cx);
    n++;
  }
  return n;
}

const nbody: Workload = {
  name: "nbody",
  kind: "arithmetic",
  sizes: { smoke: 256, full: 4096, large: 12_288 },
  setup(device, count) {
    const code = `
struct Body { position: vec3f, mass: f32 }
@group(0) @binding(0) var<storage, read> bodies: array<Body>;
@group(0) @binding(1) var<storage, read_write> pull: array<vec4f>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) {
  let here = bodies[at.x].position;
  var sum = vec3f();
  for (var i = 0u; i < ${count}u; i++) {
    let other = bodies[i];
    let way = other.position - here;
    let squared = dot(way, way) + 0.01;
    let inverse = inverseSqrt(squared);
    sum += way * (other.mass * inverse * inverse * inverse);
  }
  pull[at.x] = vec4f(sum, 0.0);
}`;
    const bodies = randomFloats(count * 4, 11);
    const out = storage(device, count * 16);
    const steps = [step(device, pipeline(device, code), [storage(device, bodies), out], count / 64)];
    return {
      frame: () => run(device, steps),
      async check() {
        run(device, steps);
        const got = new Float32Array(await read(device, out));
        for (let i = 0; i < count; i += Math.ceil(count / 50)) {
          const wrong = differ(got.subarray(i * 4, i * 4 + 3), pullOn(bodies, i), 2e-3);
          if (wrong !== null) return `body ${i}: ${wrong}`;
        }
        return null;
      },
    };
  },
};

function pullOn(bodies: Float32Array, at: number): number[] {
  const sum = [0, 0, 0];
  for (let i = 0; i < bodies.length; i += 4) {
    const way = [0, 1, 2].map((k) => bodies[i + k]! - bodies[at * 4 + k]!);
    const squared = way.reduce((all, w) => all + w * w, 0.01);
    for (let k = 0; k < 3; k++) sum[k]! += (way[k]! * bodies[i + 3]!) / squared ** 1.5;
  }
  return sum;
}

const primes: number[] = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);
const fraction = (x: number) => Math.floor((x - Math.floor(x)) * 2 ** 32) >>> 0;
const ROUNDS = primes.map((p) => fraction(Math.cbrt(p)));
const START = primes.slice(0, 8).map((p) => fraction(Math.sqrt(p)));
const words = (values: readonly number[]) => values.map((v) => `${v}u`).join(", ");

/** Hashes of messages of four words: the number of the message, then three more. */
const sha256: Workload = {
  name: "sha256",
  kind: "arithmetic",
  sizes: { smoke: 256, full: 65_536, large: 524_288 },
  setup(device, count) {
    const code = `
const rounds = array<u32, 64>(${words(ROUNDS)});
@group(0) @binding(0) var<storage, read_write> digests: array<u32>;
fn turn(x: u32, by: u32) -> u32 { return (x >> by) | (x << (32u - by)); }
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) at: vec3u) {
  var schedule: array<u32, 64>;
  schedule[0] = at.x;
  schedule[1] = at.x ^ 0x5bd1e995u;
  schedule[2] = at.x * 31u;
  schedule[3] = 7u;
  schedule[4] = 0x80000000u;
  schedule[15] = 128u;
  for (var i = 16; i < 64; i++) {
    let early = schedule[i - 15];
    let late = schedule[i - 2];
    let a = turn(early, 7u) ^ turn(early, 18u) ^ (early >> 3u);
    let b = turn(late, 17u) ^ turn(late, 19u) ^ (late >> 10u);
    schedule[i] = schedule[i - 16] + a + schedule[i - 7] + b;
  }
  const start = array<u32, 8>(${words(START)});
  var s = start;
  for (var i = 0; i < 64; i++) {
    let choose = (s[4] & s[5]) ^ (~s[4] & s[6]);
    let first = s[7] + (turn(s[4], 6u) ^ turn(s[4], 11u) ^ turn(s[4], 25u)) + choose + rounds[i] + schedule[i];
    let majority = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
    let second = (turn(s[0], 2u) ^ turn(s[0], 13u) ^ turn(s[0], 22u)) + majority;
    s = array<u32, 8>(first + second, s[0], s[1], s[2], s[3] + first, s[4], s[5], s[6]);
  }
  for (var i = 0u; i < 8u; i++) { digests[at.x * 8u + i] = s[i] + start[i]; }
}`;
    const out = storage(device, count * 32);
    const steps = [step(device, pipeline(device, code), [out], count / 64)];
    return {
      frame: () => run(device, steps),
      async check() {
        run(device, steps);
        const got = new DataView(await read(device, out));
        for (let i = 0; i < count; i += Math.ceil(count / 200)) {
          const message = Buffer.alloc(16);
          for (const [k, word] of [i, (i ^ 0x5bd1e995) >>> 0, Math.imul(i, 31) >>> 0, 7].entries()) message.writeUInt32BE(word, k * 4);
          const expected = createHash("sha256").update(message).digest();
          for (let k = 0; k < 8; k++) {
            if (got.getUint32(i * 32 + k * 4, true) !== expected.readUInt32BE(k * 4)) return `message ${i}, word ${k}`;
          }
        }
        return null;
      },
    };
  },
};

export const arithmetic: readonly Workload[] = [mandelbrot, nbody, sha256];
