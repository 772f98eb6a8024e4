/** The name that was probably meant, for a name that does not exist. */
import type { Fix, Span } from "../../support/diagnostic.ts";

/** Longer names are not compared, and no more candidates than this: what hostile sources can make us do stays small. */
const MAX_LENGTH = 32;
const MAX_CANDIDATES = 4000;

/** The candidate closest to `name`, if it is close enough to be a slip; undefined otherwise. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length < 3 || name.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let least = Math.min(2, Math.floor(name.length / 3)) + 1;
  let seen = 0;
  for (const candidate of candidates) {
    if (++seen > MAX_CANDIDATES) break;
    if (candidate === name || Math.abs(candidate.length - name.length) >= least) continue;
    const d = distance(name, candidate, least);
    if (d >= least) continue;
    least = d;
    best = candidate;
  }
  return best;
}

/** Edits (insert, delete, replace, swap neighbours) from a to b, or `limit` if there are at least as many. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let d = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1);
      row.push(d);
    }
    if (Math.min(...row) >= limit) return limit;
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

/** Names of other shading languages, and what they are here. */
export const ELSEWHERE: ReadonlyMap<string, string> = new Map(
  `int i32, uint u32, float f32, half f16, double f32, int2 vec2i, int3 vec3i, int4 vec4i, uint2 vec2u, uint3 vec3u, uint4 vec4u,
  float2 vec2f, float3 vec3f, float4 vec4f, ivec2 vec2i, ivec3 vec3i, ivec4 vec4i, uvec2 vec2u, uvec3 vec3u, uvec4 vec4u, mat2 mat2x2f,
  mat3 mat3x3f, mat4 mat4x4f, float2x2 mat2x2f, float3x3 mat3x3f, float4x4 mat4x4f, frac fract, lerp mix, rsqrt inverseSqrt,
  inversesqrt inverseSqrt, ddx dpdx, ddy dpdy, dFdx dpdx, dFdy dpdy, countbits countOneBits, bitCount countOneBits,
  sampler2D texture_2d, texture2D texture_2d, texture2d texture_2d, texelFetch textureLoad, imageLoad textureLoad, imageStore textureStore,
  barrier workgroupBarrier, GroupMemoryBarrierWithGroupSync workgroupBarrier`
    .split(",")
    .map((pair) => pair.trim().split(" ") as [string, string]),
);

/** A fix for a name that is not among `candidates`, if one of them was probably meant. */
export function didYouMean(span: Span, name: string, candidates: Iterable<string>): Fix | undefined {
  const meant = closest(name, candidates);
  return meant === undefined ? undefined : { message: "did you mean", span, replacement: meant };
}

/** As didYouMean, of names that are looked up by scope: what another language calls it comes first. */
export function declarationMeant(span: Span, name: string, candidates: Iterable<string>): Fix | undefined {
  const here = ELSEWHERE.get(name);
  return here === undefined ? didYouMean(span, name, candidates) : { message: "WGSL calls it", span, replacement: here };
}
