/**
 * Which samples lie in a convex polygon of at most four half-planes, tile by tile. Coordinates are integers, in 1/256 of a pixel, of at most
 * REACH: then no product of two differences leaves the 53 bits of an f64, and all decisions are exact. On an edge the top-left rule decides,
 * so polygons that share an edge cover each sample once.
 * @see https://www.w3.org/TR/webgpu/#polygon-rasterization
 */
import type { Bins } from "./bins.ts";
import { SAMPLES, TILE } from "./layout.ts";

/** Fractions of a pixel, and the largest coordinate in them. */
export const UNIT = 256;
export const REACH = 2 ** 24;

const HALF = UNIT / 2;
const PLANES = 4;
const LAST = TILE - 1;

/** The pixels that may be drawn to, as far as a sample is concerned: from x0, y0 up to but without x1, y1. */
export interface Bounds {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** For eight pixels of a row their bits in a mask, as `pixelOf` has them: 0, 1, 4, 5, 8, ... */
const SPREAD = Int32Array.from({ length: 256 }, (_, row) => {
  let bits = 0;
  for (let x = 0; x < TILE; x++) bits |= ((row >> x) & 1) << (x + (x & 6));
  return bits;
});

const rowShift = (y: number): number => ((y & 1) << 1) | ((y & 2) << 3);

export class Coverage {
  /** what is drawn to, of any sample */
  readonly bounds: Bounds;
  private readonly bins: Bins;
  /** x and y of each sample, in units, and the pixels allowed to each; samples outside the mask have none */
  private readonly sampleX: number[];
  private readonly sampleY: number[];
  private readonly allowed: readonly Bounds[];
  private readonly active: readonly number[];
  /** pixels allowed to all active samples */
  private readonly inner: Bounds;
  /** the box around the samples of a pixel, in units */
  private readonly reach: Bounds;
  /** half-planes a * x + b * y + c >= 0, in pixels; c for each sample */
  private readonly a = new Float64Array(PLANES);
  private readonly b = new Float64Array(PLANES);
  private readonly c: Float64Array;
  /** of c, over all samples */
  private readonly most = new Float64Array(PLANES);
  private readonly least = new Float64Array(PLANES);
  private planes = 0;
  /** of the half-planes that a tile's pixels are on both sides of: the value at the first pixel, the steps */
  private readonly split = new Int32Array(3 * PLANES);
  private readonly masks: Int32Array;
  private readonly full: Int32Array;
  /** rows of the tile that can be covered */
  private firstRow = 0;
  private lastRow = 0;

  /** @param allowed for each sample; nothing for samples that are masked out */
  constructor(bins: Bins, allowed: readonly Bounds[]) {
    this.bins = bins;
    this.allowed = allowed;
    const samples = SAMPLES[allowed.length] ?? [];
    this.sampleX = samples.map(([x]) => (x * UNIT) / 16);
    this.sampleY = samples.map(([, y]) => (y * UNIT) / 16);
    this.active = allowed.flatMap((bounds, s) => (isEmpty(bounds) ? [] : [s]));
    this.bounds = unionOf(allowed);
    this.inner = intersection(this.active.map((s) => allowed[s]!));
    const x = this.active.map((s) => this.sampleX[s]!);
    const y = this.active.map((s) => this.sampleY[s]!);
    this.reach = { x0: Math.min(...x), y0: Math.min(...y), x1: Math.max(...x), y1: Math.max(...y) };
    this.c = new Float64Array(PLANES * samples.length);
    this.masks = new Int32Array(2 * samples.length);
    this.full = new Int32Array(2 * samples.length);
    for (const s of this.active) this.full.fill(-1, 2 * s, 2 * s + 2);
  }

  /**
   * A triangle that winds clockwise as one sees it, y going down.
   * @returns whether it covers anything
   */
  triangle(primitive: number, x0: number, y0: number, x1: number, y1: number, x2: number, y2: number): boolean {
    this.planes = 0;
    this.edge(x0, y0, x1, y1);
    this.edge(x1, y1, x2, y2);
    this.edge(x2, y2, x0, y0);
    return this.scan(primitive, Math.min(x0, x1, x2), Math.min(y0, y1, y2), Math.max(x0, x1, x2), Math.max(y0, y1, y2));
  }

  /**
   * One pixel in each column that a line passes the middle of, or in each row if it is steep: a parallelogram as wide as that. It has its
   * start but not its end, so that the lines of a strip do not cover a pixel twice where they meet.
   */
  line(primitive: number, x0: number, y0: number, x1: number, y1: number): boolean {
    const dx = x1 - x0;
    const dy = y1 - y0;
    if (dx === 0 && dy === 0) return false;
    const isSteep = Math.abs(dy) > Math.abs(dx);
    const sign = Math.sign(isSteep ? dy : dx);
    const acrossX = isSteep ? HALF : 0;
    const acrossY = isSteep ? 0 : HALF;
    // the side to the left or above is inclusive
    const a = isSteep ? sign * dy : -sign * dy;
    const b = isSteep ? -sign * dx : sign * dx;
    this.planes = 0;
    this.halfPlane(a, b, x0 - acrossX, y0 - acrossY, true);
    this.halfPlane(-a, -b, x0 + acrossX, y0 + acrossY, false);
    this.halfPlane(isSteep ? 0 : sign, isSteep ? sign : 0, x0, y0, true);
    this.halfPlane(isSteep ? 0 : -sign, isSteep ? -sign : 0, x1, y1, false);
    const minX = Math.min(x0, x1) - acrossX;
    const minY = Math.min(y0, y1) - acrossY;
    return this.scan(primitive, minX, minY, Math.max(x0, x1) + acrossX, Math.max(y0, y1) + acrossY);
  }

  /** All samples of a pixel. */
  pixel(primitive: number, x: number, y: number): boolean {
    this.planes = 0;
    this.halfPlane(1, 0, x * UNIT, 0, true);
    this.halfPlane(-1, 0, x * UNIT + UNIT, 0, false);
    this.halfPlane(0, 1, 0, y * UNIT, true);
    this.halfPlane(0, -1, 0, y * UNIT + UNIT, false);
    return this.scan(primitive, x * UNIT, y * UNIT, x * UNIT + UNIT, y * UNIT + UNIT);
  }

  /** To the right of the edge, as one looks from its start to its end. Left edges and level ones above the polygon belong to it. */
  private edge(x0: number, y0: number, x1: number, y1: number): void {
    const a = y0 - y1;
    const b = x1 - x0;
    this.halfPlane(a, b, x0, y0, a > 0 || (a === 0 && b > 0));
  }

  /** a * (x - x0) + b * (y - y0) > 0, or >= 0 if it is inclusive. */
  private halfPlane(a: number, b: number, x0: number, y0: number, isInclusive: boolean): void {
    const plane = this.planes++;
    this.a[plane] = a;
    this.b[plane] = b;
    let most = Number.NEGATIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (const s of this.active) {
      const c = Math.floor((a * (this.sampleX[s]! - x0) + b * (this.sampleY[s]! - y0) - (isInclusive ? 0 : 1)) / UNIT);
      this.c[PLANES * s + plane] = c;
      most = Math.max(most, c);
      least = Math.min(least, c);
    }
    this.most[plane] = most;
    this.least[plane] = least;
  }

  /** Adds the parts of all tiles that the half-planes leave within this box (in units). */
  private scan(primitive: number, minX: number, minY: number, maxX: number, maxY: number): boolean {
    const { bounds, reach } = this;
    const before = this.bins.count;
    const x0 = Math.max(bounds.x0, (minX - reach.x1 + UNIT - 1) >> 8);
    const x1 = Math.min(bounds.x1 - 1, (maxX - reach.x0) >> 8);
    const y0 = Math.max(bounds.y0, (minY - reach.y1 + UNIT - 1) >> 8);
    const y1 = Math.min(bounds.y1 - 1, (maxY - reach.y0) >> 8);
    if (x0 > x1 || y0 > y1) return false;
    for (let tileY = y0 >> 3; tileY <= y1 >> 3; tileY++) {
      this.firstRow = Math.max(0, y0 - tileY * TILE);
      this.lastRow = Math.min(LAST, y1 - tileY * TILE);
      this.scanRow(primitive, tileY, x0 >> 3, x1 >> 3);
    }
    return this.bins.count > before;
  }

  /** Finds the tiles of the row that no half-plane leaves out, and those in the middle that all of them cover; looks closely at the others. */
  private scanRow(primitive: number, tileY: number, from: number, to: number): void {
    const { inner } = this;
    const y = tileY * TILE;
    let first = from;
    let last = to;
    let fullFirst = Math.max(from, Math.ceil(inner.x0 / TILE));
    let fullLast = y >= inner.y0 && y + TILE <= inner.y1 ? Math.min(to, Math.floor(inner.x1 / TILE) - 1) : -1;
    for (let plane = 0; plane < this.planes && from < to; plane++) {
      const a = this.a[plane]!;
      const b = this.b[plane]!;
      const step = a * TILE;
      const best = this.most[plane]! + b * y + LAST * (Math.max(a, 0) + Math.max(b, 0));
      const worst = this.least[plane]! + b * y + LAST * (Math.min(a, 0) + Math.min(b, 0));
      if (a > 0) {
        first = Math.max(first, Math.ceil(-best / step));
        fullFirst = Math.max(fullFirst, Math.ceil(-worst / step));
      } else if (a < 0) {
        last = Math.min(last, Math.floor(best / -step));
        fullLast = Math.min(fullLast, Math.floor(worst / -step));
      } else if (worst < 0) fullLast = -1;
    }
    if (from === to || fullFirst > fullLast) fullFirst = last + 1;
    for (let tileX = first; tileX < fullFirst; tileX++) this.tile(primitive, tileX, tileY);
    if (fullFirst > last) return;
    for (let tileX = fullFirst; tileX <= fullLast; tileX++) this.bins.add(tileX, tileY, primitive, this.full);
    for (let tileX = fullLast + 1; tileX <= last; tileX++) this.tile(primitive, tileX, tileY);
  }

  private tile(primitive: number, tileX: number, tileY: number): void {
    const { masks, inner } = this;
    const x = tileX * TILE;
    const y = tileY * TILE;
    let isFull = x >= inner.x0 && y >= inner.y0 && x + TILE <= inner.x1 && y + TILE <= inner.y1;
    const isInner = isFull;
    let any = 0;
    for (const s of this.active) {
      const split = this.classify(s, x, y);
      if (split === 0) {
        masks[2 * s] = masks[2 * s + 1] = -1;
        if (!isInner) this.cut(s, x, y);
      } else {
        isFull = false;
        masks[2 * s] = masks[2 * s + 1] = 0;
        if (split < 0) continue;
        this.fill(s);
        if (!isInner) this.cut(s, x, y);
      }
      any |= masks[2 * s]! | masks[2 * s + 1]!;
    }
    if (any !== 0) this.bins.add(tileX, tileY, primitive, isFull ? this.full : masks);
  }

  /** How many half-planes part the tile's pixels (they go to `split`), or -1 if one leaves none of them. */
  private classify(sample: number, x: number, y: number): number {
    let count = 0;
    for (let plane = 0; plane < this.planes; plane++) {
      const a = this.a[plane]!;
      const b = this.b[plane]!;
      const at = this.c[PLANES * sample + plane]! + a * x + b * y;
      if (at + LAST * (Math.max(a, 0) + Math.max(b, 0)) < 0) return -1;
      if (at + LAST * (Math.min(a, 0) + Math.min(b, 0)) >= 0) continue;
      // no more than LAST * (|a| + |b|) from 0, so 32 bits hold it everywhere in the tile
      this.split[3 * count] = at;
      this.split[3 * count + 1] = a;
      this.split[3 * count + 2] = b;
      count++;
    }
    for (let i = count; i < PLANES; i++) this.split[3 * i] = this.split[3 * i + 1] = this.split[3 * i + 2] = 0;
    return count;
  }

  private fill(sample: number): void {
    const { split, firstRow, lastRow } = this;
    const a0 = split[1]!;
    const a1 = split[4]!;
    const a2 = split[7]!;
    const a3 = split[10]!;
    let low = 0;
    let high = 0;
    for (let y = firstRow; y <= lastRow; y++) {
      let e0 = (split[0]! + y * split[2]!) | 0;
      let e1 = (split[3]! + y * split[5]!) | 0;
      let e2 = (split[6]! + y * split[8]!) | 0;
      let e3 = (split[9]! + y * split[11]!) | 0;
      let row = 0;
      for (let x = 0; x < TILE; x++) {
        row |= (~(e0 | e1 | e2 | e3) >>> 31) << (x + (x & 6));
        e0 = (e0 + a0) | 0;
        e1 = (e1 + a1) | 0;
        e2 = (e2 + a2) | 0;
        e3 = (e3 + a3) | 0;
      }
      if (y < 4) low |= row << rowShift(y);
      else high |= row << rowShift(y);
    }
    this.masks[2 * sample] = low;
    this.masks[2 * sample + 1] = high;
  }

  /** Takes from a sample's mask what is not allowed to it. */
  private cut(sample: number, x: number, y: number): void {
    const { x0, y0, x1, y1 } = this.allowed[sample]!;
    const from = Math.max(0, x0 - x);
    const to = Math.min(TILE, x1 - x);
    const row = to > from ? SPREAD[((1 << to) - 1) & -(1 << from)]! : 0;
    let low = 0;
    let high = 0;
    for (let at = Math.max(0, y0 - y); at < Math.min(TILE, y1 - y); at++) {
      if (at < 4) low |= row << rowShift(at);
      else high |= row << rowShift(at);
    }
    this.masks[2 * sample]! &= low;
    this.masks[2 * sample + 1]! &= high;
  }
}

export const isEmpty = ({ x0, y0, x1, y1 }: Bounds): boolean => !(x1 > x0 && y1 > y0);

/** The box around all that are not empty. */
export function unionOf(all: readonly Bounds[]): Bounds {
  const some = all.filter((bounds) => !isEmpty(bounds));
  if (some.length === 0) return { x0: 0, y0: 0, x1: 0, y1: 0 };
  return {
    x0: Math.min(...some.map(({ x0 }) => x0)),
    y0: Math.min(...some.map(({ y0 }) => y0)),
    x1: Math.max(...some.map(({ x1 }) => x1)),
    y1: Math.max(...some.map(({ y1 }) => y1)),
  };
}

function intersection(all: readonly Bounds[]): Bounds {
  return {
    x0: Math.max(...all.map(({ x0 }) => x0)),
    y0: Math.max(...all.map(({ y0 }) => y0)),
    x1: Math.min(...all.map(({ x1 }) => x1)),
    y1: Math.min(...all.map(({ y1 }) => y1)),
  };
}
