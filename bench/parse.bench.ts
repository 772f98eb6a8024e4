/**
 * frontend: lex and parse. MB per CPU second on a generated 100 KB shader that looks like what engines emit (compute kernels with index
 * arithmetic, material functions with vector maths, comments, long names).
 * Run: npx tsx bench/parse.bench.ts [FILE...]   (files: each parsed alone, after the same warm-up)
 */
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { basename } from "node:path";
import { Ast } from "../frontend/wgsl/ast.ts";
import { tokenize } from "../frontend/wgsl/lexer.ts";
import { parse } from "../frontend/wgsl/parser.ts";
import { Budget } from "../support/column.ts";
import { DiagnosticList } from "../support/diagnostic.ts";

const HEADER = `enable f16;
// Generated kernel. Bindings first, then helpers, then the entry points.
struct Uniforms { modelMatrix : mat4x4<f32>, viewProjection: mat4x4f, lightColor: vec4<f32>, params : vec4u, time: f32, }
struct VertexOutput { @builtin(position) position: vec4f, @location(0) uv: vec2<f32>, @location(1) @interpolate(flat) layer: u32, }
@group(0) @binding(0) var<uniform> uniforms: Uniforms;
@group(0) @binding(1) var<storage, read> inputValues: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> outputValues : array<vec4<f32>>;
@group(0) @binding(3) var colorTexture: texture_2d<f32>;
@group(0) @binding(4) var colorSampler: sampler;
var<workgroup> tile: array<array<f32, 16>, 16>;
const PI = 3.141592653589793;
override blockSize: u32 = 64u;
`;

function kernel(n: number): string {
  return `
/* Helper ${n}: distribution term, after the usual microfacet model. */
fn distribution_${n}(normal: vec3<f32>, halfway: vec3<f32>, roughness: f32) -> f32 {
  let alpha${n} = roughness * roughness;
  let nDotH = max(dot(normal, halfway), 0.0);
  let denominator = (nDotH * nDotH * (alpha${n} * alpha${n} - 1.0) + 1.0);
  return (alpha${n} * alpha${n}) / (PI * denominator * denominator + 1e-7);
}

fn sampleColor_${n}(uv: vec2<f32>, lod: f32) -> vec4<f32> {
  // Four taps around the texel centre.
  var color = textureSampleLevel(colorTexture, colorSampler, uv, lod);
  color += textureSampleLevel(colorTexture, colorSampler, uv + vec2<f32>(0.00${n % 10}5, -0.25), lod);
  if (color.a < 0.5 && lod > f32(${n}u)) { color = vec4<f32>(color.rgb * 0.5, 1.0f); } else if color.a == 1.0 { return color.bgra; }
  return select(color, vec4f(), vec4<bool>(color.xyz >= vec3f(0.1), true));
}

@compute @workgroup_size(8, 8, 1)
fn main_${n}(@builtin(global_invocation_id) globalId: vec3<u32>, @builtin(local_invocation_index) localIndex: u32) {
  let width = uniforms.params.x;
  let index${n} = i32(globalId.y * width + globalId.x);
  if (globalId.x >= width || globalId.y >= uniforms.params.y) { return; }
  var sum = vec4<f32>(0.0, 0.0, 0.0, 0.0);
  for (var k: u32 = 0u; k < uniforms.params.z; k = k + 1u) {
    let a = inputValues[globalId.y * uniforms.params.z + k];
    let b = inputValues[(k << 2u) + (globalId.x & 0xffu)];
    sum = fma(a, b, sum);
    tile[localIndex / 16u][localIndex % 16u] = sum.x;
  }
  workgroupBarrier();
  switch (index${n} % 4) { case 0, 1: { sum *= 2.0; } default: { sum.w = -sum.w; } }
  outputValues[index${n}] = (uniforms.modelMatrix * sum) + vec4f(distribution_${n}(sum.xyz, vec3f(0, 1, 0), 0.35));
}
`;
}

function generate(bytes: number): string {
  let text = HEADER;
  for (let n = 0; text.length < bytes; n++) text += kernel(n);
  return text;
}

/** CPU seconds of one run: the median of `rounds` timings. */
function cpuSeconds(rounds: number, run: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const before = process.cpuUsage();
    run();
    const used = process.cpuUsage(before);
    times.push((used.user + used.system) / 1e6);
  }
  return times.sort((a, b) => a - b)[rounds >> 1]!;
}

function report(name: string, text: string): void {
  const repeat = Math.max(1, Math.round(2e6 / text.length));
  const lexing = cpuSeconds(9, () => {
    for (let i = 0; i < repeat; i++) tokenize(text, new Ast(text, new Budget()).symbols, new DiagnosticList(), new Budget());
  });
  const parsing = cpuSeconds(9, () => {
    for (let i = 0; i < repeat; i++) parse(text, new DiagnosticList());
  });
  const megabytes = (text.length * repeat) / 1e6;
  const ast = parse(text, new DiagnosticList());
  console.log(
    `${name}: ${(text.length / 1e3).toFixed(0)} KB, ${ast.length} nodes: ` +
      `lex ${(megabytes / lexing).toFixed(1)}, lex + parse ${(megabytes / parsing).toFixed(1)} MB per CPU s`,
  );
}

const generated = generate(100_000);
const check = new DiagnosticList();
parse(generated, check);
if (check.errorCount > 0) throw new Error(`the generated shader does not parse: ${check.items[0]!.message}`);
for (let i = 0; i < 100; i++) parse(generated, new DiagnosticList());
console.log(`Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`);
report("generated", generated);
for (const file of process.argv.slice(2)) report(basename(file), readFileSync(file, "utf8"));
