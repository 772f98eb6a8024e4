/**
 * From clip space to the screen. Primitives that leave the clip volume are cut against one plane after another; a corner of what is left is
 * kept as its weights in the vertices of the primitive, so that two primitives with an edge in common cut it at the very same points.
 * x and y are not cut at the viewport (pixels outside are not drawn to) but only where fixed point would overflow.
 * @see https://www.w3.org/TR/webgpu/#primitive-clipping
 */
import { REACH, UNIT } from "./coverage.ts";
import type { VertexRecord } from "./layout.ts";

export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly minDepth: number;
  readonly maxDepth: number;
}

/** How far from the screen's origin a corner may lie, in pixels. */
const GUARD = REACH / UNIT;
/** The smallest w: no f32 that is normal is less. */
const LEAST_W = 2 ** -126;

/** Planes of the clip volume; then, from CLIP on, up to eight clip distances. */
const PLANE = { w: 0, near: 1, far: 2, left: 3, right: 4, top: 5, bottom: 6, clip: 7 } as const;
const PLANES = 15;
/** Bit of a vertex's code that makes all its primitives vanish: something is no number, or infinite. */
const BROKEN = 1 << PLANES;

/** What a clip distance is at most: an infinite one has no point in between. */
const MOST = 3.4028234663852886e38;

/** Snaps a coordinate in pixels. */
const snap = (at: number): number => Math.max(-REACH, Math.min(REACH, Math.floor(at * UNIT + 0.5)));

/** Vertices in screen space: columns. */
export class Vertices {
  readonly floats: Float32Array;
  readonly stride: number;
  /** on the screen, in units; means something only if the code is 0 */
  readonly x: Int32Array;
  readonly y: Int32Array;
  /** bit i: outside plane i; BROKEN */
  readonly code: Uint16Array;
  private readonly clip: number;
  private readonly clipCount: number;
  private readonly centerX: number;
  private readonly centerY: number;
  private readonly halfWidth: number;
  private readonly halfHeight: number;

  constructor(words: Uint32Array, count: number, record: VertexRecord, viewport: Viewport, unclippedDepth: boolean) {
    this.floats = new Float32Array(words.buffer, words.byteOffset, words.length);
    this.stride = record.words;
    this.clip = record.clip;
    this.clipCount = record.clipCount;
    this.halfWidth = viewport.width / 2;
    this.halfHeight = viewport.height / 2;
    this.centerX = viewport.x + this.halfWidth;
    this.centerY = viewport.y + this.halfHeight;
    this.x = new Int32Array(count);
    this.y = new Int32Array(count);
    this.code = new Uint16Array(count);
    const depthPlanes = unclippedDepth ? 0 : (1 << PLANE.near) | (1 << PLANE.far);
    for (let vertex = 0; vertex < count; vertex++) this.project(vertex, depthPlanes);
  }

  private project(vertex: number, depthPlanes: number): void {
    const at = vertex * this.stride;
    const clipX = this.floats[at]!;
    const clipY = this.floats[at + 1]!;
    const z = this.floats[at + 2]!;
    const w = this.floats[at + 3]!;
    const x = this.centerX * w + this.halfWidth * clipX;
    const y = this.centerY * w - this.halfHeight * clipY;
    const limit = GUARD * w;
    let code = (z < 0 ? 1 << PLANE.near : 0) | (z > w ? 1 << PLANE.far : 0);
    code &= depthPlanes;
    if (w < LEAST_W) code |= 1 << PLANE.w;
    if (x < -limit) code |= 1 << PLANE.left;
    if (x > limit) code |= 1 << PLANE.right;
    if (y < -limit) code |= 1 << PLANE.top;
    if (y > limit) code |= 1 << PLANE.bottom;
    // a sum of f32 does not leave f64, and infinite or no number times 0 is no number
    if ((clipX + clipY + z + w) * 0 !== 0) code |= BROKEN;
    for (let i = 0; i < this.clipCount; i++) {
      const distance = this.floats[at + this.clip + i]!;
      if (distance < 0) code |= 1 << (PLANE.clip + i);
      else if (!(distance >= 0)) code |= BROKEN;
    }
    this.code[vertex] = code;
    if (code !== 0) return;
    this.x[vertex] = snap(x / w);
    this.y[vertex] = snap(y / w);
  }

  z(vertex: number): number {
    return this.floats[vertex * this.stride + 2]!;
  }

  w(vertex: number): number {
    return this.floats[vertex * this.stride + 3]!;
  }

  /** x on the screen, times w */
  screenX(vertex: number): number {
    return this.centerX * this.w(vertex) + this.halfWidth * this.floats[vertex * this.stride]!;
  }

  screenY(vertex: number): number {
    return this.centerY * this.w(vertex) - this.halfHeight * this.floats[vertex * this.stride + 1]!;
  }

  /** Not less than 0 inside. */
  distance(plane: number, vertex: number): number {
    switch (plane) {
      case PLANE.w:
        return this.w(vertex) - LEAST_W;
      case PLANE.near:
        return this.z(vertex);
      case PLANE.far:
        return this.w(vertex) - this.z(vertex);
      case PLANE.left:
        return GUARD * this.w(vertex) + this.screenX(vertex);
      case PLANE.right:
        return GUARD * this.w(vertex) - this.screenX(vertex);
      case PLANE.top:
        return GUARD * this.w(vertex) + this.screenY(vertex);
      case PLANE.bottom:
        return GUARD * this.w(vertex) - this.screenY(vertex);
      default:
        return Math.max(-MOST, Math.min(MOST, this.floats[vertex * this.stride + this.clip + plane - PLANE.clip]!));
    }
  }

  /** Whether a point lies in the clip volume, its sides included. */
  contains(vertex: number): boolean {
    const at = vertex * this.stride;
    const w = this.w(vertex);
    return this.code[vertex] === 0 && Math.abs(this.floats[at]!) <= w && Math.abs(this.floats[at + 1]!) <= w;
  }
}

/** Whether a primitive with these codes has something to draw: no vertex is broken, and no plane has all of them outside. */
export const isVisible = (every: number, some: number): boolean => every === 0 && (some & BROKEN) === 0;

/** What is left of a primitive: a convex polygon, or the two ends of a line. */
export class Clipper {
  /** corners, in order */
  count = 0;
  /** three weights a corner */
  weights = new Float64Array(3 * (PLANES + 3));
  /** on the screen, in units */
  readonly x = new Int32Array(PLANES + 3);
  readonly y = new Int32Array(PLANES + 3);
  /** z / w */
  readonly depth = new Float64Array(PLANES + 3);
  readonly w = new Float64Array(PLANES + 3);
  private other = new Float64Array(3 * (PLANES + 3));
  private readonly values = new Float64Array(3);

  /** @param codes of all three vertices, or'ed */
  triangle(vertices: Vertices, v0: number, v1: number, v2: number, codes: number): void {
    this.start(3);
    for (let plane = 0; plane < PLANES && this.count > 0; plane++) {
      if (((codes >> plane) & 1) === 0) continue;
      this.values[0] = vertices.distance(plane, v0);
      this.values[1] = vertices.distance(plane, v1);
      this.values[2] = vertices.distance(plane, v2);
      this.cut();
    }
    if (this.count < 3) this.count = 0;
    this.finish(vertices, v0, v1, v2);
  }

  /** The third vertex of a line counts nothing. @param codes of both vertices, or'ed */
  line(vertices: Vertices, v0: number, v1: number, codes: number): void {
    this.start(2);
    for (let plane = 0; plane < PLANES && this.count > 0; plane++) {
      if (((codes >> plane) & 1) === 0) continue;
      this.values[0] = vertices.distance(plane, v0);
      this.values[1] = vertices.distance(plane, v1);
      this.cutLine();
    }
    this.finish(vertices, v0, v1, v1);
  }

  /** Twice the signed area on the screen, positive if it winds clockwise as one sees it. */
  area(): number {
    const { x, y } = this;
    let area = 0;
    for (let i = 2; i < this.count; i++) area += (x[i - 1]! - x[0]!) * (y[i]! - y[0]!) - (x[i]! - x[0]!) * (y[i - 1]! - y[0]!);
    return area;
  }

  private start(corners: number): void {
    this.count = corners;
    this.weights.fill(0, 0, 3 * corners);
    for (let i = 0; i < corners; i++) this.weights[3 * i + i] = 1;
  }

  /** A sum with the weights of a corner. That of a vertex without weight adds 0, so the sum does not depend on which vertex that is. */
  private at(weights: Float64Array, corner: number): number {
    const { values } = this;
    return weights[3 * corner]! * values[0]! + weights[3 * corner + 1]! * values[1]! + weights[3 * corner + 2]! * values[2]!;
  }

  /** Sutherland and Hodgman's step: keeps corners inside, and adds one where an edge crosses the plane. */
  private cut(): void {
    const from = this.weights;
    const to = this.other;
    let count = 0;
    for (let i = 0; i < this.count; i++) {
      const next = i + 1 < this.count ? i + 1 : 0;
      const here = this.at(from, i);
      const there = this.at(from, next);
      if (here >= 0) for (let k = 0, at = 3 * count++; k < 3; k++) to[at + k] = from[3 * i + k]!;
      if (here >= 0 === there >= 0) continue;
      // always from the corner inside, whichever way round the edge is
      const inside = 3 * (here >= 0 ? i : next);
      const outside = 3 * (here >= 0 ? next : i);
      const share = here >= 0 ? here / (here - there) : there / (there - here);
      for (let k = 0, at = 3 * count++; k < 3; k++) to[at + k] = from[inside + k]! + share * (from[outside + k]! - from[inside + k]!);
    }
    this.count = count;
    this.weights = to;
    this.other = from;
  }

  private cutLine(): void {
    const { weights } = this;
    const here = this.at(weights, 0);
    const there = this.at(weights, 1);
    if (here < 0 && there < 0) this.count = 0;
    if (here < 0 === there < 0) return;
    const outside = here < 0 ? 0 : 3;
    const inside = 3 - outside;
    const share = here < 0 ? there / (there - here) : here / (here - there);
    for (let k = 0; k < 2; k++) weights[outside + k] = weights[inside + k]! + share * (weights[outside + k]! - weights[inside + k]!);
  }

  /** Puts the corners on the screen. */
  private finish(vertices: Vertices, v0: number, v1: number, v2: number): void {
    const { values, weights } = this;
    const sums = (of: (vertex: number) => number, corner: number) => {
      values[0] = of(v0);
      values[1] = of(v1);
      values[2] = of(v2);
      return this.at(weights, corner);
    };
    for (let i = 0; i < this.count; i++) {
      const w = Math.max(
        LEAST_W,
        sums((v) => vertices.w(v), i),
      );
      this.w[i] = w;
      this.depth[i] = sums((v) => vertices.z(v), i) / w;
      this.x[i] = snap(sums((v) => vertices.screenX(v), i) / w);
      this.y[i] = snap(sums((v) => vertices.screenY(v), i) / w);
    }
  }
}
