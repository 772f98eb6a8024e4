/**
 * The driver's part of a draw between the two programs: vertex records in, primitive records and parts of tiles out.
 * @see https://www.w3.org/TR/webgpu/#rasterization
 */
import { type Assembled, assemble } from "./assemble.ts";
import { Bins } from "./bins.ts";
import { Clipper, isVisible, Vertices, type Viewport } from "./clip.ts";
import { type Bounds, Coverage, isEmpty, unionOf } from "./coverage.ts";
import { SAMPLES, type VertexRecord } from "./layout.ts";
import { type DepthBias, Records } from "./planes.ts";

export interface RasterState extends DepthBias {
  readonly topology: GPUPrimitiveTopology;
  readonly frontFace: GPUFrontFace;
  readonly cullMode: GPUCullMode;
  readonly unclippedDepth: boolean;
  readonly samples: 1 | 4;
  /** samples that are not in it are never covered */
  readonly sampleMask: number;
}

export interface ViewState {
  readonly viewport: Viewport;
  /** within the attachments */
  readonly scissor: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

export interface Rasterized {
  /** records as PRIMITIVE has them, of those that cover something */
  readonly primitives: Uint32Array;
  readonly primitiveCount: number;
  /** four words each; see BIND.tiles */
  readonly tiles: Uint32Array;
  readonly tileCount: number;
  /** see PART; none is empty, and a tile's are in the order of primitives */
  readonly parts: Uint32Array;
  /** where to go on if the parts reached the limit, or -1 if this was all */
  readonly next: number;
}

/** Words of parts after which a call ends: what one dispatch of the fragment program gets. One primitive may be more. */
const LIMIT = 2 ** 22;

export interface RasterOptions {
  /** primitive_index of each instance's first primitive */
  readonly firstPrimitive?: number;
  /** `next` of the call before */
  readonly from?: number;
  /** words of parts after which to stop, at the end of a primitive */
  readonly limit?: number;
}

/**
 * Objects of each class, for good. When none lives V8 forgets what they look like, and throws away the code compiled for them: a screen full
 * of tiles took 2 ms and, after a garbage collection, 40.
 */
const KEPT: object[] = [];

/** @param words vertex records of one or several instances: instance i has vertices i * vertexCount ... */
export function rasterize(
  words: Uint32Array,
  vertexCount: number,
  instances: number,
  record: VertexRecord,
  state: RasterState,
  view: ViewState,
  { firstPrimitive = 0, from = 0, limit = LIMIT }: RasterOptions = {},
): Rasterized {
  if (KEPT.length === 0) KEPT.push(example());
  const allowed = allowedPixels(state, view);
  if (allowed.every(isEmpty)) return NOTHING;
  const vertices = new Vertices(words, vertexCount * instances, record, view.viewport, state.unclippedDepth);
  const { bins, records, draw } = setUp(vertices, allowed, state, view);
  const assembled = assemble(words, vertexCount, instances, record, state.topology, firstPrimitive);
  let primitive = from;
  while (primitive < assembled.count && bins.count * bins.partWords < limit) draw.add(assembled, primitive++);
  return {
    primitives: records.finish(),
    primitiveCount: records.count,
    ...bins.finish(),
    next: primitive < assembled.count ? primitive : -1,
  };
}

const NOTHING: Rasterized = {
  primitives: new Uint32Array(),
  primitiveCount: 0,
  tiles: new Uint32Array(),
  tileCount: 0,
  parts: new Uint32Array(),
  next: -1,
};

function setUp(vertices: Vertices, allowed: readonly Bounds[], state: RasterState, view: ViewState) {
  const bins = new Bins(unionOf(allowed), state.samples);
  const records = new Records(view.viewport, state);
  return { bins, records, draw: new Primitives(state, vertices, new Coverage(bins, allowed), records) };
}

const NO_PIXELS: Bounds = { x0: 0, y0: 0, x1: 0, y1: 0 };

/** For each sample the pixels within the scissor in which it lies in the viewport; none if it is masked out. */
function allowedPixels({ samples, sampleMask }: RasterState, { viewport, scissor }: ViewState): Bounds[] {
  return (SAMPLES[samples] ?? []).map(([x, y], sample) => {
    if (((sampleMask >>> sample) & 1) === 0) return NO_PIXELS;
    const bounds = {
      x0: Math.max(scissor.x, Math.ceil(viewport.x - x / 16)),
      y0: Math.max(scissor.y, Math.ceil(viewport.y - y / 16)),
      x1: Math.min(scissor.x + scissor.width, Math.ceil(viewport.x + viewport.width - x / 16)),
      y1: Math.min(scissor.y + scissor.height, Math.ceil(viewport.y + viewport.height - y / 16)),
    };
    return isEmpty(bounds) ? NO_PIXELS : bounds;
  });
}

/** Takes assembled primitives one by one: clips and culls them, finds what they cover, and records those that cover something. */
class Primitives {
  private readonly vertices: Vertices;
  private readonly coverage: Coverage;
  private readonly records: Records;
  private readonly clipper = new Clipper();
  private readonly corners: 1 | 2 | 3;
  private readonly culled: GPUCullMode;
  private readonly isFrontClockwise: boolean;

  constructor(state: RasterState, vertices: Vertices, coverage: Coverage, records: Records) {
    this.vertices = vertices;
    this.coverage = coverage;
    this.records = records;
    this.corners = state.topology === "point-list" ? 1 : state.topology.startsWith("line") ? 2 : 3;
    this.culled = state.cullMode;
    this.isFrontClockwise = state.frontFace === "cw";
  }

  add(assembled: Assembled, primitive: number): void {
    const { code } = this.vertices;
    const index = assembled.index[primitive]!;
    const v0 = assembled.vertices[3 * primitive]!;
    const v1 = assembled.vertices[3 * primitive + 1]!;
    const v2 = assembled.vertices[3 * primitive + 2]!;
    const some = code[v0]! | code[v1]! | code[v2]!;
    if (!isVisible(code[v0]! & code[v1]! & code[v2]!, some)) return;
    if (this.corners === 1) this.point(v0, index);
    else if (this.corners === 2) this.line(v0, v1, some, index);
    else if (some === 0) this.triangle(v0, v1, v2, index);
    else this.clippedTriangle(v0, v1, v2, some, index);
  }

  /** @param area twice the signed area, positive if it winds clockwise as one sees it */
  private isCulled(area: number): boolean {
    return area === 0 || this.culled === (this.isFront(area) ? "front" : "back");
  }

  private isFront(area: number): boolean {
    return area > 0 === this.isFrontClockwise;
  }

  private triangle(v0: number, v1: number, v2: number, index: number): void {
    const { x, y } = this.vertices;
    const x0 = x[v0]!;
    const y0 = y[v0]!;
    const x1 = x[v1]!;
    const y1 = y[v1]!;
    const x2 = x[v2]!;
    const y2 = y[v2]!;
    const area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
    if (this.isCulled(area)) return;
    const { records } = this;
    const isCovering =
      area > 0
        ? this.coverage.triangle(records.count, x0, y0, x1, y1, x2, y2)
        : this.coverage.triangle(records.count, x0, y0, x2, y2, x1, y1);
    if (!isCovering) return;
    records.refer(Math.min(x0, x1, x2), Math.min(y0, y1, y2), Math.max(x0, x1, x2), Math.max(y0, y1, y2));
    records.affine(this.vertices, v0, v1, v2, area);
    const greatest = Math.max(this.depth(v0), this.depth(v1), this.depth(v2));
    records.add(this.vertices, v0, v1, v2, this.isFront(area), index, greatest);
  }

  private depth(vertex: number): number {
    return this.vertices.z(vertex) / this.vertices.w(vertex);
  }

  /** What is left is drawn as a fan. After snapping it may be a little less than convex, so it is no intersection of half-planes. */
  private clippedTriangle(v0: number, v1: number, v2: number, codes: number, index: number): void {
    const { clipper, records, vertices } = this;
    clipper.triangle(vertices, v0, v1, v2, codes);
    const area = clipper.area();
    if (this.isCulled(area)) return;
    const { x, y, count } = clipper;
    records.refer(least(x, count), least(y, count), greatest(x, count), greatest(y, count));
    if (!records.homogeneous(vertices, v0, v1, v2)) return;
    let isCovering = false;
    for (let i = 2; i < count; i++) if (this.fanTriangle(i, area > 0)) isCovering = true;
    if (!isCovering) return;
    records.add(vertices, v0, v1, v2, this.isFront(area), index, greatest(clipper.depth, count));
  }

  private fanTriangle(i: number, isClockwise: boolean): boolean {
    const { x, y } = this.clipper;
    const second = isClockwise ? i - 1 : i;
    const third = isClockwise ? i : i - 1;
    const area = (x[second]! - x[0]!) * (y[third]! - y[0]!) - (x[third]! - x[0]!) * (y[second]! - y[0]!);
    return area > 0 && this.coverage.triangle(this.records.count, x[0]!, y[0]!, x[second]!, y[second]!, x[third]!, y[third]!);
  }

  private line(v0: number, v1: number, codes: number, index: number): void {
    const { clipper, records, vertices } = this;
    clipper.line(vertices, v0, v1, codes);
    if (clipper.count < 2) return;
    const { x, y } = clipper;
    if (!this.coverage.line(records.count, x[0]!, y[0]!, x[1]!, y[1]!)) return;
    records.refer(Math.min(x[0]!, x[1]!), Math.min(y[0]!, y[1]!), Math.max(x[0]!, x[1]!), Math.max(y[0]!, y[1]!));
    records.line(clipper);
    records.add(vertices, v0, v1, v1, true, index, Number.NaN);
  }

  private point(vertex: number, index: number): void {
    const { records, vertices } = this;
    const x = vertices.x[vertex]!;
    const y = vertices.y[vertex]!;
    if (!vertices.contains(vertex) || !this.coverage.pixel(records.count, x >> 8, y >> 8)) return;
    records.refer(x, y, x, y);
    records.point(vertices, vertex);
    records.add(vertices, vertex, vertex, vertex, true, index, Number.NaN);
  }
}

function least(column: Int32Array, count: number): number {
  let least = column[0]!;
  for (let i = 1; i < count; i++) least = Math.min(least, column[i]!);
  return least;
}

function greatest(column: Int32Array | Float64Array, count: number): number {
  let greatest = column[0]!;
  for (let i = 1; i < count; i++) greatest = Math.max(greatest, column[i]!);
  return greatest;
}

function example(): ReturnType<typeof setUp> {
  const state: RasterState = {
    topology: "triangle-list",
    frontFace: "ccw",
    cullMode: "none",
    unclippedDepth: false,
    depthBias: 0,
    depthBiasSlopeScale: 0,
    depthBiasClamp: 0,
    depthFormat: null,
    samples: 1,
    sampleMask: 1,
  };
  const rectangle = { x: 0, y: 0, width: 1, height: 1 };
  const view = { viewport: { ...rectangle, minDepth: 0, maxDepth: 1 }, scissor: rectangle };
  const record = { words: 4, restart: -1, clip: 4, clipCount: 0, varyings: [] };
  return setUp(new Vertices(new Uint32Array(), 0, record, view.viewport, false), allowedPixels(state, view), state, view);
}
