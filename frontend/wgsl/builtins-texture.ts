/** Texture builtin functions, in the notation of `builtins.ts`. @see https://www.w3.org/TR/WGSL/#texture-builtin-functions */
import type { BuiltinGroup } from "./builtins.ts";

const FRAGMENT = 4;
/** Offsets of texture coordinates are const-expressions in this range. */
const OFFSET = "offset: const(-8,7)";

const QUERIES = `
textureDimensions<ST: fiu32>(t: texture_1d<ST>) -> u32
textureDimensions<ST: fiu32, L: iu32>(t: texture_1d<ST>, level: L) -> u32
textureDimensions(t: texture_storage_1d<F, AM>) -> u32
${sampledAndDepth((t, st) => `textureDimensions<${st}>(t: ${t}) -> vec2<u32>\ntextureDimensions<${st}L: iu32>(t: ${t}, level: L) -> vec2<u32>`)}
textureDimensions<ST: fiu32>(t: texture_multisampled_2d<ST>) -> vec2<u32>
textureDimensions(t: texture_depth_multisampled_2d) -> vec2<u32>
textureDimensions(t: texture_storage_2d<F, AM>) -> vec2<u32>
textureDimensions(t: texture_storage_2d_array<F, AM>) -> vec2<u32>
textureDimensions(t: texture_external) -> vec2<u32>
textureDimensions<ST: fiu32>(t: texture_3d<ST>) -> vec3<u32>
textureDimensions<ST: fiu32, L: iu32>(t: texture_3d<ST>, level: L) -> vec3<u32>
textureDimensions(t: texture_storage_3d<F, AM>) -> vec3<u32>
textureNumLayers<ST: fiu32>(t: texture_2d_array<ST>) -> u32
textureNumLayers<ST: fiu32>(t: texture_cube_array<ST>) -> u32
textureNumLayers(t: texture_depth_2d_array) -> u32
textureNumLayers(t: texture_depth_cube_array) -> u32
textureNumLayers(t: texture_storage_2d_array<F, AM>) -> u32
textureNumLevels<ST: fiu32>(t: texture_1d<ST>) -> u32
textureNumLevels<ST: fiu32>(t: texture_3d<ST>) -> u32
${sampledAndDepth((t, st) => `textureNumLevels<${st}>(t: ${t}) -> u32`)}
textureNumSamples<ST: fiu32>(t: texture_multisampled_2d<ST>) -> u32
textureNumSamples(t: texture_depth_multisampled_2d) -> u32
`;

/** @param row makes the row for a type and the declaration of its type variable, which ends in a comma */
function sampledAndDepth(row: (type: string, variable: string) => string): string {
  const shapes = ["2d", "2d_array", "cube", "cube_array"];
  const sampled = shapes.map((s) => row(`texture_${s}<ST>`, "ST: fiu32, "));
  const depth = shapes.map((s) => row(`texture_depth_${s}`, "").replace("<>", ""));
  return [...sampled, ...depth].join("\n");
}

const GATHER = `
textureGather<C: iu32, ST: fiu32>(component: const(0,3) C, t: texture_2d<ST>, s: sampler, coords: vec2<f32>) -> vec4<ST>
textureGather<C: iu32, ST: fiu32>(component: const(0,3) C, t: texture_2d<ST>, s: sampler, coords: vec2<f32>, ${OFFSET} vec2<i32>) -> vec4<ST>
textureGather<C: iu32, ST: fiu32, A: iu32>(component: const(0,3) C, t: texture_2d_array<ST>, s: sampler, coords: vec2<f32>, array_index: A) -> vec4<ST>
textureGather<C: iu32, ST: fiu32, A: iu32>(component: const(0,3) C, t: texture_2d_array<ST>, s: sampler, coords: vec2<f32>, array_index: A, ${OFFSET} vec2<i32>) -> vec4<ST>
textureGather<C: iu32, ST: fiu32>(component: const(0,3) C, t: texture_cube<ST>, s: sampler, coords: vec3<f32>) -> vec4<ST>
textureGather<C: iu32, ST: fiu32, A: iu32>(component: const(0,3) C, t: texture_cube_array<ST>, s: sampler, coords: vec3<f32>, array_index: A) -> vec4<ST>
textureGather(t: texture_depth_2d, s: sampler, coords: vec2<f32>) -> vec4<f32>
textureGather(t: texture_depth_2d, s: sampler, coords: vec2<f32>, ${OFFSET} vec2<i32>) -> vec4<f32>
textureGather(t: texture_depth_cube, s: sampler, coords: vec3<f32>) -> vec4<f32>
textureGather<A: iu32>(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A) -> vec4<f32>
textureGather<A: iu32>(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A, ${OFFSET} vec2<i32>) -> vec4<f32>
textureGather<A: iu32>(t: texture_depth_cube_array, s: sampler, coords: vec3<f32>, array_index: A) -> vec4<f32>
${compare("textureGatherCompare", "vec4<f32>")}
`;

function compare(name: string, result: string): string {
  return `
${name}(t: texture_depth_2d, s: sampler_comparison, coords: vec2<f32>, depth_ref: f32) -> ${result}
${name}(t: texture_depth_2d, s: sampler_comparison, coords: vec2<f32>, depth_ref: f32, ${OFFSET} vec2<i32>) -> ${result}
${name}<A: iu32>(t: texture_depth_2d_array, s: sampler_comparison, coords: vec2<f32>, array_index: A, depth_ref: f32) -> ${result}
${name}<A: iu32>(t: texture_depth_2d_array, s: sampler_comparison, coords: vec2<f32>, array_index: A, depth_ref: f32, ${OFFSET} vec2<i32>) -> ${result}
${name}(t: texture_depth_cube, s: sampler_comparison, coords: vec3<f32>, depth_ref: f32) -> ${result}
${name}<A: iu32>(t: texture_depth_cube_array, s: sampler_comparison, coords: vec3<f32>, array_index: A, depth_ref: f32) -> ${result}`;
}

const LOADS = `
textureLoad<ST: fiu32, C: iu32, L: iu32>(t: texture_1d<ST>, coords: C, level: L) -> vec4<ST>
textureLoad<ST: fiu32, C: iu32, L: iu32>(t: texture_2d<ST>, coords: vec2<C>, level: L) -> vec4<ST>
textureLoad<ST: fiu32, C: iu32, A: iu32, L: iu32>(t: texture_2d_array<ST>, coords: vec2<C>, array_index: A, level: L) -> vec4<ST>
textureLoad<ST: fiu32, C: iu32, L: iu32>(t: texture_3d<ST>, coords: vec3<C>, level: L) -> vec4<ST>
textureLoad<ST: fiu32, C: iu32, S: iu32>(t: texture_multisampled_2d<ST>, coords: vec2<C>, sample_index: S) -> vec4<ST>
textureLoad<C: iu32, L: iu32>(t: texture_depth_2d, coords: vec2<C>, level: L) -> f32
textureLoad<C: iu32, A: iu32, L: iu32>(t: texture_depth_2d_array, coords: vec2<C>, array_index: A, level: L) -> f32
textureLoad<C: iu32, S: iu32>(t: texture_depth_multisampled_2d, coords: vec2<C>, sample_index: S) -> f32
textureLoad<C: iu32>(t: texture_external, coords: vec2<C>) -> vec4<f32>
textureLoad<C: iu32>(t: texture_storage_1d<F, readable>, coords: C) -> vec4<CF>
textureLoad<C: iu32>(t: texture_storage_2d<F, readable>, coords: vec2<C>) -> vec4<CF>
textureLoad<C: iu32, A: iu32>(t: texture_storage_2d_array<F, readable>, coords: vec2<C>, array_index: A) -> vec4<CF>
textureLoad<C: iu32>(t: texture_storage_3d<F, readable>, coords: vec3<C>) -> vec4<CF>
`;

const STORES = `
textureStore<C: iu32>(t: texture_storage_1d<F, writable>, coords: C, value: vec4<CF>)
textureStore<C: iu32>(t: texture_storage_2d<F, writable>, coords: vec2<C>, value: vec4<CF>)
textureStore<C: iu32, A: iu32>(t: texture_storage_2d_array<F, writable>, coords: vec2<C>, array_index: A, value: vec4<CF>)
textureStore<C: iu32>(t: texture_storage_3d<F, writable>, coords: vec3<C>, value: vec4<CF>)
`;

/** The sampled-texture rows of a sampling function; `extra(n)` is its extra parameters for n coordinates. */
function sampled(name: string, extra: (n: number) => string): string {
  const head = (t: string, n: number) => `(t: texture_${t}<f32>, s: sampler, coords: vec${n}<f32>`;
  return `
${name}${head("2d", 2)}${extra(2)}) -> vec4<f32>
${name}${head("2d", 2)}${extra(2)}, ${OFFSET} vec2<i32>) -> vec4<f32>
${name}<A: iu32>${head("2d_array", 2)}, array_index: A${extra(2)}) -> vec4<f32>
${name}<A: iu32>${head("2d_array", 2)}, array_index: A${extra(2)}, ${OFFSET} vec2<i32>) -> vec4<f32>
${name}${head("3d", 3)}${extra(3)}) -> vec4<f32>
${name}${head("3d", 3)}${extra(3)}, ${OFFSET} vec3<i32>) -> vec4<f32>
${name}${head("cube", 3)}${extra(3)}) -> vec4<f32>
${name}<A: iu32>${head("cube_array", 3)}, array_index: A${extra(3)}) -> vec4<f32>`;
}

/** The depth-texture rows of textureSample and textureSampleLevel. */
function sampledDepth(name: string, variables: string, extra: string): string {
  const one = variables === "" ? "" : `<${variables}>`;
  const array = variables === "" ? "<A: iu32>" : `<A: iu32, ${variables}>`;
  return `
${name}${one}(t: texture_depth_2d, s: sampler, coords: vec2<f32>${extra}) -> f32
${name}${one}(t: texture_depth_2d, s: sampler, coords: vec2<f32>${extra}, ${OFFSET} vec2<i32>) -> f32
${name}${array}(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A${extra}) -> f32
${name}${array}(t: texture_depth_2d_array, s: sampler, coords: vec2<f32>, array_index: A${extra}, ${OFFSET} vec2<i32>) -> f32
${name}${one}(t: texture_depth_cube, s: sampler, coords: vec3<f32>${extra}) -> f32
${name}${array}(t: texture_depth_cube_array, s: sampler, coords: vec3<f32>, array_index: A${extra}) -> f32`;
}

const SAMPLES_IN_FRAGMENT = `
textureSample(t: texture_1d<f32>, s: sampler, coords: f32) -> vec4<f32>
${sampled("textureSample", () => "")}
${sampledDepth("textureSample", "", "")}
${sampled("textureSampleBias", () => ", bias: f32")}
${compare("textureSampleCompare", "f32")}
`;

const SAMPLES = `
${compare("textureSampleCompareLevel", "f32")}
${sampled("textureSampleGrad", (n) => `, ddx: vec${n}<f32>, ddy: vec${n}<f32>`)}
textureSampleLevel(t: texture_1d<f32>, s: sampler, coords: f32, level: f32) -> vec4<f32>
${sampled("textureSampleLevel", () => ", level: f32")}
${sampledDepth("textureSampleLevel", "L: iu32", ", level: L")}
textureSampleBaseClampToEdge(t: texture_2d<f32>, s: sampler, coords: vec2<f32>) -> vec4<f32>
textureSampleBaseClampToEdge(t: texture_external, s: sampler, coords: vec2<f32>) -> vec4<f32>
`;

export const TEXTURE_BUILTINS: readonly BuiltinGroup[] = [
  { mustUse: true, rows: QUERIES },
  { mustUse: true, rows: GATHER },
  { mustUse: true, rows: LOADS },
  { rows: STORES },
  { mustUse: true, stages: FRAGMENT, rows: SAMPLES_IN_FRAGMENT },
  { mustUse: true, rows: SAMPLES },
];
