/**
 * How a draw is made of dispatches: a vertex program writes a record for each vertex, the driver assembles, clips and rasterizes primitives into
 * parts of tiles, a fragment program shades the tiles. This file says where everything lies; both programs are WGSL that the driver generates
 * around the shader's entry point.
 * @see docs/decisions/0010-draws-are-dispatches.md
 */
import { STAGE_BINDING } from "../../support/hidden-bindings.ts";
import type { ShaderEntryPoint, ShaderIo } from "../compiler.ts";
import { shaderType } from "../shader-types.ts";

/** Binding numbers in group 0 of what the driver binds to the two programs. */
export const BIND = {
  /** uniform: VERTEX_DRAW or FRAGMENT_DRAW words */
  draw: STAGE_BINDING,
  /** vertex program: the index buffer, whole */
  indices: STAGE_BINDING + 1,
  /** both: vertex records */
  vertices: STAGE_BINDING + 2,
  /** fragment program: vec4<u32> each: x and y of the tile's first pixel, its first part, how many */
  tiles: STAGE_BINDING + 3,
  /** fragment program: words of parts */
  parts: STAGE_BINDING + 4,
  /** fragment program: words of primitive records */
  primitives: STAGE_BINDING + 5,
  /** fragment program: one word, not 0 once a sample passed while an occlusion query was open */
  passed: STAGE_BINDING + 6,
  depth: STAGE_BINDING + 8,
  stencil: STAGE_BINDING + 9,
  /** + index of the color target: the image that is drawn to, from its first texel on */
  color: STAGE_BINDING + 0x10,
  /** + slot: a vertex buffer, whole */
  vertexBuffer: STAGE_BINDING + 0x40,
} as const;

/** Words of the vertex program's uniform. Offsets and sizes are in bytes. */
export const VERTEX_DRAW = {
  /** vertices of an instance in this dispatch */
  vertexCount: 0,
  /** vertices in all: vertexCount times instances */
  total: 1,
  /** firstVertex of a draw without indices, else the first index; in both cases that of this dispatch */
  first: 2,
  /** added to indices, an i32 */
  baseVertex: 3,
  firstInstance: 4,
  /** the index buffer's part that is bound */
  indexOffset: 5,
  indexSize: 6,
  /** of an index: 2 or 4, or 0 for a draw without */
  indexBytes: 7,
  /** + 2 * slot: offset and size of the part that is bound */
  vertexBuffer: 8,
} as const;

/** Words of the fragment program's uniform. */
export const FRAGMENT_DRAW = {
  /** four f32 */
  blendConstant: 0,
  stencilReference: 4,
  /** f32: the viewport's */
  minDepth: 5,
  maxDepth: 6,
  tileCount: 7,
  /** 1 while an occlusion query is open */
  counts: 8,
  depthRowBytes: 9,
  stencilRowBytes: 10,
  /** + index of the color target */
  colorRowBytes: 16,
  words: 24,
} as const;

/** Pixels on a side of a tile: a workgroup of the fragment program. */
export const TILE = 8;

/**
 * Pixel of an invocation of a tile: each wave is a quad of 2 x 2 pixels.
 * Bit i of a coverage mask, in word i / 32 of it, is the pixel of invocation i.
 */
export function pixelOf(invocation: number): readonly [x: number, y: number] {
  const quad = invocation >> 2;
  return [(quad & 3) * 2 + (invocation & 1), (quad >> 2) * 2 + ((invocation >> 1) & 1)];
}

/** Words of a part: the number of a primitive record, then for each sample a coverage mask of two words. Parts of a tile are in the order of primitives. */
export const PART = { primitive: 0, masks: 1 } as const;
export const partWords = (samples: number): number => 1 + 2 * samples;

/** Positions of samples within a pixel, in 1/16. @see https://www.w3.org/TR/webgpu/#multisample-state (the table of standard positions) */
export const SAMPLES: Readonly<Record<number, readonly (readonly [x: number, y: number])[]>> = {
  1: [[8, 8]],
  4: [
    [6, 2],
    [14, 6],
    [2, 10],
    [10, 14],
  ],
};

/**
 * Words of a primitive record. Planes are f32 triples: the value at the reference point, and its steps in x and y per pixel.
 * With b the barycentric coordinates of a point of the primitive on the screen and w those of its vertices in clip space, plane i is b[i] / w[i];
 * so the perspective weights are plane[i] / sum of planes, the linear ones plane[i] * w[i], and the sum is 1 / w at the point. Lines have
 * plane[2] = 0, points have planes 1 and 2 = 0; weights that a primitive lacks count nothing.
 */
export const PRIMITIVE = {
  /** numbers of the vertex records; the first is the provoking vertex. Lines and points repeat the last */
  vertices: 0,
  /** bit 0: front-facing */
  flags: 3,
  /** primitive_index: within its instance */
  index: 4,
  /** x, y in pixels (f32) of the reference point */
  reference: 5,
  /** three planes */
  planes: 7,
  /** plane of the depth after viewport and bias, before the clamp to the viewport's range */
  depth: 16,
  /** w of the three vertices */
  w: 19,
  words: 22,
} as const;

/** A user-defined value between the stages. */
export interface Varying {
  readonly location: number;
  /** WGSL notation */
  readonly type: string;
  readonly scalar: string;
  readonly components: number;
  /** first word in the vertex record; f16 is widened to f32 there */
  readonly at: number;
  readonly interpolation: "perspective" | "linear" | "flat";
  readonly sampling: "center" | "centroid" | "sample" | "first" | "either";
}

/** Words of a vertex record: the clip-space position first. */
export interface VertexRecord {
  readonly words: number;
  /** word that is 1 where the index restarts the strip, or -1 */
  readonly restart: number;
  /** first of the clip distances (f32) */
  readonly clip: number;
  readonly clipCount: number;
  readonly varyings: readonly Varying[];
}

function clipDistances(vertex: ShaderEntryPoint): number {
  const type = vertex.outputs.find(({ builtin }) => builtin === "clip_distances")?.type ?? "";
  const count = type.slice(type.lastIndexOf(",") + 1, -1);
  return type === "" ? 0 : Number.parseInt(count, 10);
}

/**
 * @param fragment what it does not read is not kept
 * @param restarts the topology is a strip: an index of all ones ends it
 */
export function vertexRecord(vertex: ShaderEntryPoint, fragment: ShaderEntryPoint | null, restarts: boolean): VertexRecord {
  let at = 4;
  const restart = restarts ? at++ : -1;
  const clip = at;
  const clipCount = clipDistances(vertex);
  at += clipCount;
  const varyings: Varying[] = [];
  for (const input of fragment?.inputs ?? []) {
    if (input.location === undefined) continue;
    varyings.push({ ...varying(input), at });
    at += varyings.at(-1)!.components;
  }
  return { words: at, restart, clip, clipCount, varyings };
}

/** @see https://www.w3.org/TR/WGSL/#interpolation (defaults) */
function varying({ location = 0, type, interpolation, sampling }: ShaderIo): Omit<Varying, "at"> {
  const { scalar, components } = shaderType(type);
  const isFlat = interpolation === "flat" || (scalar !== "f32" && scalar !== "f16");
  if (isFlat) return { location, type, scalar, components, interpolation: "flat", sampling: sampling === "either" ? "either" : "first" };
  const where = sampling === "centroid" || sampling === "sample" ? sampling : "center";
  return { location, type, scalar, components, interpolation: interpolation === "linear" ? "linear" : "perspective", sampling: where };
}
