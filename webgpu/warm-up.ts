/**
 * Runs the compiler on shaders of its own before the first shader of the script is there. An engine translates each function when it is first
 * called: of the time that the first shader of a process takes, two thirds are the engine compiling our compiler (docs/bench.md). Warming
 * happens in slices, in turns of the event loop where nothing else waits, and ends early where the script compiles by itself.
 */
import { compile } from "../backend/index.ts";
import { evalOverrides } from "../frontend/wgsl/overrides.ts";
import { toIr } from "../frontend/wgsl/to-ir.ts";
import { optimize } from "../ir/optimize.ts";
import { compileProgram } from "../sandbox/jit/index.ts";
import { verify } from "../sandbox/verifier/verify.ts";
import { Budget } from "../support/column.ts";
import { checkShader, findEntry } from "./compile.ts";
import { idle, now } from "./host.ts";

/** Milliseconds of one slice; a single stage may take longer while it is cold. */
const SLICE_MS = 2;
/** Milliseconds of all slices. */
const MOST_MS = 400;

/** What shaders are made of, spread over a few: types, control flow, calls, memory of every kind, barriers, atomics, constants. */
export const TEXTS: readonly string[] = [
  `@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read_write> b: array<f32>;
@compute @workgroup_size(64) fn map(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= arrayLength(&b)) { return; }
  b[i] = a[i] * 2.0 + 1.0;
}`,
  `struct Params { count: u32, scale: f32, offset: vec2f }
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> items: array<vec4f>;
const WEIGHTS = array<f32, 4>(0.1, 0.2, 0.3, 0.4);
fn bend(v: vec4f, k: f32) -> vec4f {
  var r = normalize(v) * k;
  if (r.x > 0.5) { r = r.wzyx; } else { r += vec4f(params.offset, sin(k), cos(k)); }
  return clamp(r, vec4f(-1.0), vec4f(1.0));
}
@compute @workgroup_size(8, 8) fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = vec4f();
  for (var i = 0u; i < params.count; i++) {
    sum += bend(items[i], WEIGHTS[i & 3u] * params.scale);
    if (any(sum > vec4f(9.0))) { break; }
  }
  let m = mat2x2f(sum.xy, sum.zw);
  items[id.x + id.y * 8u] = vec4f(m * params.offset, dot(sum, sum), length(sum.xyz));
}`,
  `@group(0) @binding(0) var<storage, read_write> bins: array<atomic<u32>>;
@group(0) @binding(1) var<storage, read> words: array<u32>;
var<workgroup> tile: array<u32, 128>;
fn turn(x: u32, n: u32) -> u32 { return (x << n) | (x >> (32u - n)); }
@compute @workgroup_size(128) fn main(@builtin(local_invocation_index) l: u32, @builtin(workgroup_id) w: vec3u) {
  var state: array<u32, 8>;
  for (var i = 0; i < 8; i++) { state[i] = words[w.x * 8u + u32(i)]; }
  for (var r = 0u; r < 16u; r++) { state[r & 7u] ^= turn(state[(r + 3u) & 7u] + r * 0x9e3779b9u, (r % 31u) + 1u); }
  tile[l] = state[l & 7u];
  for (var s = 64u; s > 0u; s /= 2u) {
    workgroupBarrier();
    if (l < s) { tile[l] += tile[l + s]; }
  }
  switch tile[0] % 3u {
    case 0u: { atomicAdd(&bins[l & 15u], 1u); }
    case 1u, 2u: { atomicMax(&bins[16], tile[0]); }
    default: {}
  }
}`,
];

/** The steps of warming, over each text once: two, three and six times cost as much each and gained nothing (docs/decisions/0007). */
function* steps(): Generator<void> {
  for (const text of TEXTS) yield* compileOnce(text);
}
function* compileOnce(text: string): Generator<void> {
  const { checked, diagnostics } = checkShader(text);
  yield;
  const entry = checked?.ok ? findEntry(checked, undefined, "compute") : "";
  const specialization = checked && typeof entry !== "string" ? evalOverrides(checked, entry, {}, diagnostics) : null;
  if (!checked || typeof entry === "string" || !specialization) return;
  const module = toIr(checked, entry, specialization, new Budget());
  yield;
  optimize(module);
  yield;
  const { object } = compile(module);
  yield;
  const verdict = verify(object);
  if (verdict.ok) compileProgram(verdict.token, { shared: false, plainAtomics: true });
  yield;
}

/** When slices run, and what time it is. */
export interface Turns {
  idle(task: () => void): void;
  now(): number;
}

/** Works in slices until all is done or has taken too long. */
export function warmInTurns(turns: Turns): void {
  const rest = steps();
  let spent = 0;
  const slice = () => {
    const start = turns.now();
    let now = start;
    try {
      while (now - start < SLICE_MS) {
        if (rest.next().done) return;
        now = turns.now();
      }
    } catch {
      return; // what fails here (a page that allows no WebAssembly, say) is reported where the script compiles
    }
    spent += now - start;
    if (spent < MOST_MS) turns.idle(slice);
  };
  turns.idle(slice);
}

let started = false;

/** Begins to warm this thread's compiler, once. Returns at once; what it starts keeps no process alive. */
export function warmUp(): void {
  if (started) return;
  started = true;
  warmInTurns({ idle, now });
}
