/**
 * Primitive records: what is linear on the screen, as values at a reference pixel and steps. The reference depends on the primitive and the
 * viewport only, not on the scissor or how a draw is cut into pieces: the same primitive has the same depth everywhere, to the bit.
 */
import type { Clipper, Vertices, Viewport } from "./clip.ts";
import { UNIT } from "./coverage.ts";
import { PRIMITIVE } from "./layout.ts";

export interface DepthBias {
  readonly depthBias: number;
  readonly depthBiasSlopeScale: number;
  readonly depthBiasClamp: number;
  readonly depthFormat: string | null;
}

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The unit of depthBias. @see https://www.w3.org/TR/webgpu/#biased-fragment-depth; depth24plus is kept as depth32float here */
function biasUnit(format: string, depth: number): number {
  if (format === "depth16unorm") return 2 ** -16;
  float[0] = Math.abs(depth);
  const exponent = Math.max(1, Math.min(254, bits[0]! >>> 23)) - 127;
  return 2 ** (exponent - 23);
}

export class Records {
  count = 0;
  private words = new Uint32Array(PRIMITIVE.words * 64);
  private floats = new Float32Array(this.words.buffer);
  /** planes of the current primitive: value, step in x, step in y */
  private readonly planes = new Float64Array(9);
  private readonly depth = new Float64Array(3);
  /** the pixel that holds the reference: its corner. The reference is its center */
  private pixelX = 0;
  private pixelY = 0;
  private readonly viewport: Viewport;
  private readonly bias: DepthBias;

  constructor(viewport: Viewport, bias: DepthBias) {
    this.viewport = viewport;
    this.bias = bias;
  }

  finish(): Uint32Array {
    return this.words.slice(0, this.count * PRIMITIVE.words);
  }

  /** The pixel in the middle of what of this box (in units) lies in the viewport. */
  refer(minX: number, minY: number, maxX: number, maxY: number): void {
    const { x, y, width, height } = this.viewport;
    this.pixelX = Math.floor((Math.max(minX / UNIT, x) + Math.min(maxX / UNIT, x + width)) / 2);
    this.pixelY = Math.floor((Math.max(minY / UNIT, y) + Math.min(maxY / UNIT, y + height)) / 2);
  }

  /** Planes of a triangle with corners on the screen. @param area twice its signed area, in square units */
  affine(vertices: Vertices, v0: number, v1: number, v2: number, area: number): void {
    const x = (this.pixelX + 0.5) * UNIT;
    const y = (this.pixelY + 0.5) * UNIT;
    const x0 = vertices.x[v0]! - x;
    const y0 = vertices.y[v0]! - y;
    const x1 = vertices.x[v1]! - x;
    const y1 = vertices.y[v1]! - y;
    const x2 = vertices.x[v2]! - x;
    const y2 = vertices.y[v2]! - y;
    this.plane(0, x1, y1, x2, y2, area * vertices.w(v0));
    this.plane(1, x2, y2, x0, y0, area * vertices.w(v1));
    this.plane(2, x0, y0, x1, y1, area * vertices.w(v2));
  }

  /** The plane that is 0 on an edge. All but the quotients is exact. */
  private plane(i: number, x1: number, y1: number, x2: number, y2: number, scale: number): void {
    this.planes[3 * i] = (x1 * y2 - x2 * y1) / scale;
    this.planes[3 * i + 1] = ((y1 - y2) * UNIT) / scale;
    this.planes[3 * i + 2] = ((x2 - x1) * UNIT) / scale;
  }

  /**
   * Planes of a triangle that had to be clipped: rows of the inverse of its corners' (x, y, w), so that where it was cut does not matter.
   * @returns whether there are any: seen from the side, it has none
   */
  homogeneous(vertices: Vertices, v0: number, v1: number, v2: number): boolean {
    const { planes } = this;
    const x = this.pixelX + 0.5;
    const y = this.pixelY + 0.5;
    const w0 = vertices.w(v0);
    const w1 = vertices.w(v1);
    const w2 = vertices.w(v2);
    const x0 = vertices.screenX(v0) - x * w0;
    const y0 = vertices.screenY(v0) - y * w0;
    const x1 = vertices.screenX(v1) - x * w1;
    const y1 = vertices.screenY(v1) - y * w1;
    const x2 = vertices.screenX(v2) - x * w2;
    const y2 = vertices.screenY(v2) - y * w2;
    planes[0] = x1 * y2 - x2 * y1;
    planes[1] = y1 * w2 - y2 * w1;
    planes[2] = w1 * x2 - w2 * x1;
    planes[3] = x2 * y0 - x0 * y2;
    planes[4] = y2 * w0 - y0 * w2;
    planes[5] = w2 * x0 - w0 * x2;
    planes[6] = x0 * y1 - x1 * y0;
    planes[7] = y0 * w1 - y1 * w0;
    planes[8] = w0 * x1 - w1 * x0;
    const determinant = w0 * planes[0]! + w1 * planes[3]! + w2 * planes[6]!;
    for (let i = 0; i < 9; i++) planes[i]! /= determinant;
    return planes.every(Number.isFinite);
  }

  /** Planes of a line: linear along the axis that it mostly follows. */
  line({ weights, w, x, y }: Clipper): void {
    const dx = (x[1]! - x[0]!) / UNIT;
    const dy = (y[1]! - y[0]!) / UNIT;
    const isSteep = Math.abs(dy) > Math.abs(dx);
    const start = isSteep ? this.pixelY + 0.5 - y[0]! / UNIT : this.pixelX + 0.5 - x[0]! / UNIT;
    const step = 1 / (isSteep ? dy : dx);
    this.planes.fill(0);
    for (let i = 0; i < 2; i++) {
      const from = weights[i]! / w[0]!;
      const slope = (weights[3 + i]! / w[1]! - from) * step;
      this.planes[3 * i] = from + start * slope;
      this.planes[3 * i + (isSteep ? 2 : 1)] = slope;
    }
  }

  point(vertices: Vertices, vertex: number): void {
    this.planes.fill(0);
    this.planes[0] = 1 / vertices.w(vertex);
  }

  /**
   * Writes the record of the primitive whose planes were last computed.
   * @param greatest greatest z / w within the clip volume, for the unit of depthBias; NaN for primitives without a bias
   */
  add(vertices: Vertices, v0: number, v1: number, v2: number, isFront: boolean, index: number, greatest: number): void {
    if ((this.count + 1) * PRIMITIVE.words > this.words.length) this.grow();
    const { words, floats } = this;
    const at = PRIMITIVE.words * this.count++;
    words[at + PRIMITIVE.vertices] = v0;
    words[at + PRIMITIVE.vertices + 1] = v1;
    words[at + PRIMITIVE.vertices + 2] = v2;
    words[at + PRIMITIVE.flags] = isFront ? 1 : 0;
    words[at + PRIMITIVE.index] = index;
    floats[at + PRIMITIVE.reference] = this.pixelX + 0.5;
    floats[at + PRIMITIVE.reference + 1] = this.pixelY + 0.5;
    for (let i = 0; i < 9; i++) floats[at + PRIMITIVE.planes + i] = this.planes[i]!;
    this.windowDepth(vertices, v0, v1, v2, greatest);
    for (let i = 0; i < 3; i++) floats[at + PRIMITIVE.depth + i] = this.depth[i]!;
    floats[at + PRIMITIVE.w] = vertices.w(v0);
    floats[at + PRIMITIVE.w + 1] = vertices.w(v1);
    floats[at + PRIMITIVE.w + 2] = vertices.w(v2);
  }

  private grow(): void {
    const words = new Uint32Array(2 * this.words.length);
    words.set(this.words);
    this.words = words;
    this.floats = new Float32Array(words.buffer);
  }

  /**
   * The sum of plane i times z[i], mapped to the viewport's range. Written as differences from one vertex, so that a depth that is the same at
   * all vertices is so everywhere. That vertex is the one with the greatest w: others may have none.
   */
  private windowDepth(vertices: Vertices, v0: number, v1: number, v2: number, greatest: number): void {
    const { depth, viewport, bias } = this;
    const range = viewport.maxDepth - viewport.minDepth;
    let base = v0;
    if (vertices.w(v1) > vertices.w(base)) base = v1;
    if (vertices.w(v2) > vertices.w(base)) base = v2;
    const from = vertices.z(base) / vertices.w(base);
    depth.fill(0);
    this.addDifference(0, vertices, v0, from, range);
    this.addDifference(1, vertices, v1, from, range);
    this.addDifference(2, vertices, v2, from, range);
    depth[0]! += viewport.minDepth + from * range;
    if (bias.depthFormat === null || Number.isNaN(greatest)) return;
    const slope = Math.max(Math.abs(depth[1]!), Math.abs(depth[2]!));
    const offset = bias.depthBias * biasUnit(bias.depthFormat, viewport.minDepth + greatest * range) + bias.depthBiasSlopeScale * slope;
    const { depthBiasClamp: clamp } = bias;
    depth[0]! += clamp > 0 ? Math.min(offset, clamp) : clamp < 0 ? Math.max(offset, clamp) : offset;
  }

  private addDifference(i: number, vertices: Vertices, vertex: number, from: number, range: number): void {
    const w = vertices.w(vertex);
    const difference = range * (w === 0 ? vertices.z(vertex) : w * (vertices.z(vertex) / w - from));
    for (let k = 0; k < 3; k++) this.depth[k]! += this.planes[3 * i + k]! * difference;
  }
}
