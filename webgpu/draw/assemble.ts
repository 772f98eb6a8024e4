/** Primitives from vertices in order. @see https://www.w3.org/TR/webgpu/#primitive-assembly */
import type { VertexRecord } from "./layout.ts";

/** Columns: primitive i has vertices[3 * i ...] (lines and points repeat their last) and primitive_index index[i]. */
export interface Assembled {
  readonly count: number;
  /** numbers of vertex records; the first is the provoking vertex */
  readonly vertices: Uint32Array;
  readonly index: Uint32Array;
}

const CORNERS: Readonly<Record<GPUPrimitiveTopology, number>> = {
  "point-list": 1,
  "line-list": 2,
  "line-strip": 2,
  "triangle-list": 3,
  "triangle-strip": 3,
};

/**
 * @param words vertex records: instance i has vertices i * vertexCount ...
 * @param firstPrimitive primitive_index of each instance's first primitive
 */
export function assemble(
  words: Uint32Array,
  vertexCount: number,
  instances: number,
  record: VertexRecord,
  topology: GPUPrimitiveTopology,
  firstPrimitive: number,
): Assembled {
  const corners = CORNERS[topology];
  const isStrip = topology.endsWith("strip");
  const perInstance = isStrip ? Math.max(0, vertexCount - corners + 1) : Math.floor(vertexCount / corners);
  const out = { count: 0, vertices: new Uint32Array(3 * perInstance * instances), index: new Uint32Array(perInstance * instances) };
  for (let instance = 0; instance < instances; instance++) {
    const first = instance * vertexCount;
    const begin = out.count;
    if (isStrip) splitStrip(out, words, record, first, first + vertexCount, corners);
    else for (let i = 0; i < perInstance; i++) add(out, first + i * corners, corners, false);
    for (let i = begin; i < out.count; i++) out.index[i] = firstPrimitive + i - begin;
  }
  return out;
}

type Growing = { count: number } & Assembled;

/** An index of all ones ends a strip and is no vertex of the next one. */
function splitStrip(
  out: Growing,
  words: Uint32Array,
  { restart, words: stride }: VertexRecord,
  first: number,
  end: number,
  corners: number,
): void {
  let begin = first;
  for (let at = first; at < end; at++) {
    const inStrip = at - begin - corners + 1;
    if (restart >= 0 && words[at * stride + restart] === 1) begin = at + 1;
    else if (inStrip >= 0) add(out, at - corners + 1, corners, (inStrip & 1) === 1);
  }
}

/** @param swapped every other triangle of a strip: in this order it winds as the others do, and keeps its first vertex */
function add(out: Growing, first: number, corners: number, swapped: boolean): void {
  const at = 3 * out.count++;
  out.vertices[at] = first;
  out.vertices[at + 1] = corners === 3 && swapped ? first + 2 : first + Math.min(1, corners - 1);
  out.vertices[at + 2] = corners === 3 && swapped ? first + 1 : first + corners - 1;
}
