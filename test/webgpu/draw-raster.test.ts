/** Vertex records to parts of tiles, beside slow and exact oracles: even-odd counting for coverage, the definition of clip space for planes. */
import { expect, test } from "vitest";
import { PRIMITIVE, partWords, pixelOf, SAMPLES, TILE, type VertexRecord } from "../../webgpu/draw/layout.ts";
import { type Rasterized, type RasterOptions, type RasterState, rasterize, type ViewState } from "../../webgpu/draw/raster.ts";

const STATE: RasterState = {
  topology: "triangle-list",
  frontFace: "ccw",
  cullMode: "none",
  unclippedDepth: false,
  depthBias: 0,
  depthBiasSlopeScale: 0,
  depthBiasClamp: 0,
  depthFormat: null,
  samples: 1,
  sampleMask: 0xffff_ffff,
};
const viewOf = (width: number, height = width): ViewState => ({
  viewport: { x: 0, y: 0, width, height, minDepth: 0, maxDepth: 1 },
  scissor: { x: 0, y: 0, width, height },
});

interface Scene {
  readonly state?: Partial<RasterState>;
  readonly view?: ViewState;
  readonly instances?: number;
  /** clip distances after the position, then a restart word if there is a column for it */
  readonly clipCount?: number;
  readonly restarts?: readonly number[];
  readonly options?: RasterOptions;
}

/** @param vertices x, y, z, w and clip distances of each */
function draw(vertices: readonly (readonly number[])[], scene: Scene = {}): Picture {
  const { clipCount = 0, restarts, instances = 1, state, view = viewOf(64), options } = scene;
  const restart = restarts === undefined ? -1 : 4;
  const clip = restart < 0 ? 4 : 5;
  const record: VertexRecord = { words: clip + clipCount, restart, clip, clipCount, varyings: [] };
  const words = new Uint32Array(vertices.length * record.words);
  const floats = new Float32Array(words.buffer);
  vertices.forEach((vertex, i) => {
    floats.set(vertex.slice(0, 4), i * record.words);
    floats.set(vertex.slice(4), i * record.words + clip);
    if (restarts?.includes(i)) words[i * record.words + restart] = 1;
  });
  const full = { ...STATE, ...state };
  return new Picture(rasterize(words, vertices.length / instances, instances, record, full, view, options), full.samples);
}

/** What a rasterization says, read back by the words of layout.ts. */
class Picture {
  readonly raw: Rasterized;
  readonly samples: number;
  /** numbers of primitive records that cover a sample, in drawing order */
  readonly covered = new Map<number, number[]>();
  readonly records: { vertices: number[]; front: boolean; index: number; planes: Plane[]; depth: Plane; w: number[] }[] = [];

  constructor(raw: Rasterized, samples: number) {
    this.raw = raw;
    this.samples = samples;
    const floats = new Float32Array(raw.primitives.buffer, raw.primitives.byteOffset);
    expect(raw.primitives.length).toBe(raw.primitiveCount * PRIMITIVE.words);
    for (let at = 0; at < raw.primitives.length; at += PRIMITIVE.words) {
      const reference = [floats[at + PRIMITIVE.reference]!, floats[at + PRIMITIVE.reference + 1]!] as const;
      const plane = (word: number): Plane => ({ reference, terms: [...floats.subarray(at + word, at + word + 3)] });
      this.records.push({
        vertices: [...raw.primitives.subarray(at, at + 3)],
        front: raw.primitives[at + PRIMITIVE.flags] === 1,
        index: raw.primitives[at + PRIMITIVE.index]!,
        planes: [0, 3, 6].map((i) => plane(PRIMITIVE.planes + i)),
        depth: plane(PRIMITIVE.depth),
        w: [...floats.subarray(at + PRIMITIVE.w, at + PRIMITIVE.w + 3)],
      });
    }
    const pixels = Array.from({ length: 64 }, (_, i) => pixelOf(i));
    for (let tile = 0; tile < raw.tileCount; tile++) {
      expect(this.readTile(pixels, raw.tiles.subarray(4 * tile, 4 * tile + 4)), `tile ${tile}`).toBe(true);
    }
  }

  /** @returns whether the tile is where tiles are, its parts are in order, and none is empty */
  private readTile(pixels: readonly (readonly [number, number])[], [left = 0, top = 0, first = 0, count = 0]: Uint32Array): boolean {
    let isRight = left % TILE === 0 && top % TILE === 0 && count > 0;
    let last = -1;
    for (let part = first; part < first + count; part++) {
      const words = this.raw.parts.subarray(part * partWords(this.samples), (part + 1) * partWords(this.samples));
      if (words[0]! <= last || !words.subarray(1).some((mask) => mask !== 0)) isRight = false;
      last = words[0]!;
      for (let bit = 0; bit < 64 * this.samples; bit++) {
        if (((words[1 + (bit >> 5)]! >>> (bit & 31)) & 1) === 0) continue;
        const [x, y] = pixels[bit & 63]!;
        const key = keyOf(left + x, top + y, bit >> 6);
        const list = this.covered.get(key);
        if (list === undefined) this.covered.set(key, [last]);
        else list.push(last);
      }
    }
    return isRight;
  }

  at(x: number, y: number, sample = 0): number[] {
    return this.covered.get(keyOf(x, y, sample)) ?? [];
  }

  /** what is covered, of sample 0 */
  pixels(): Point[] {
    return [...this.covered.keys()].filter((key) => key % 4 === 0).map(pixelOfKey);
  }
}

const keyOf = (x: number, y: number, sample: number): number => (y * 2 ** 14 + x) * 4 + sample;
const pixelOfKey = (key: number): Point => [Math.floor(key / 4) % 2 ** 14, Math.floor(key / 2 ** 16)];

interface Plane {
  readonly reference: readonly [number, number];
  readonly terms: number[];
}
const value = ({ reference, terms }: Plane, x: number, y: number) =>
  terms[0]! + (x - reference[0]) * terms[1]! + (y - reference[1]) * terms[2]!;

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

type Point = readonly [x: number, y: number];
/** A vertex at a place in 1/256 of a pixel, of a viewport of this size; exact in f32 if that is a power of two. */
const corner = ([x, y]: Point, size: number, z = 0.5): number[] => [x / (128 * size) - 1, 1 - y / (128 * size), z, 1];

/** Even-odd rule, exact as long as coordinates have 25 bits. Counting crossings with half-open spans is the top-left rule. */
function isInside(polygon: readonly Point[], x: number, y: number): boolean {
  let inside = false;
  polygon.forEach(([x0, y0], i) => {
    const [x1, y1] = polygon[(i + 1) % polygon.length]!;
    if (y0 > y === y1 > y) return;
    const side = (x - x0) * (y1 - y0) - (x1 - x0) * (y - y0);
    if (y1 > y0 ? side < 0 : side > 0) inside = !inside;
  });
  return inside;
}

/** Every sample of a square of pixels has just those triangles, in order, that the oracle says. */
function expectCoverage(triangles: readonly (readonly Point[])[], size: number, samples: 1 | 4): void {
  const picture = draw(
    triangles.flat().map((point) => corner(point, size)),
    { view: viewOf(size), state: { samples } },
  );
  let wrong = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      SAMPLES[samples]!.forEach(([sx, sy], s) => {
        const expected = triangles.flatMap((triangle, i) => (isInside(triangle, 256 * x + 16 * sx, 256 * y + 16 * sy) ? [i] : []));
        const got = picture.at(x, y, s).map((record) => picture.records[record]!.index);
        if (expected.join() !== got.join()) wrong++;
      });
    }
  }
  expect(wrong).toBe(0);
}

/** Triangles of all sorts: small, large, slivers, with corners on samples and in line with each other. */
function someTriangles(seed: number, count: number, size: number): Point[][] {
  const next = random(seed);
  const spans = [1, 2, 8, 24, size, 4 * size, 40 * size];
  return Array.from({ length: count }, (_, i) => {
    const span = 256 * spans[i % spans.length]!;
    const grid = [1, 16, 128, 256][Math.floor(next() * 4)]!;
    const x = next() * size * 256;
    const y = next() * size * 256;
    const near = (): Point =>
      [x + (next() - 0.5) * span, y + (next() - 0.5) * span].map((at) => Math.round(at / grid) * grid) as [number, number];
    const triangle = [near(), near(), near()];
    if (i % 5 === 0) triangle[2] = [triangle[1]![0] + Math.round(next() * 3), triangle[1]![1] + Math.round(next() * 3)];
    return triangle;
  });
}

test.each([1, 4] as const)("triangles cover what an exact oracle says, %i samples", (samples) => {
  for (let seed = 1; seed <= 6; seed++) expectCoverage(someTriangles(seed * samples, 60, 32), 32, samples);
});

test("huge triangles, far off the screen", () => {
  const next = random(5);
  const far = (): Point => [Math.round((next() - 0.5) * 2 ** 24), Math.round((next() - 0.5) * 2 ** 24)];
  expectCoverage(
    Array.from({ length: 200 }, () => [far(), far(), far()]),
    32,
    4,
  );
});

test.each([1, 4] as const)("a fan of triangles covers each sample around its middle once, %i samples", (samples) => {
  const next = random(9);
  for (let round = 0; round < 20; round++) {
    const grid = round % 2 === 0 ? 128 : 1;
    const middle: Point = [Math.round((next() * 16384) / grid) * grid, Math.round((next() * 16384) / grid) * grid];
    const angles = Array.from({ length: 5 + (round % 9) }, (_, i) => ((i + next() * 0.9) / (5 + (round % 9))) * 2 * Math.PI);
    const rim = angles.map((angle): Point => [Math.round(8192 + 60000 * Math.cos(angle)), Math.round(8192 + 60000 * Math.sin(angle))]);
    const fan = rim.map((at, i) => (next() < 0.5 ? [middle, at, rim[(i + 1) % rim.length]!] : [at, middle, rim[(i + 1) % rim.length]!]));
    const picture = draw(
      fan.flat().map((point) => corner(point, 64)),
      { state: { samples } },
    );
    expect(picture.covered.size).toBe(64 * 64 * samples);
    expect([...picture.covered.values()].every(({ length }) => length === 1)).toBe(true);
  }
});

/** Clip-space corners of a grid of ground seen from low above, reaching behind the eye: triangles cut by w, near, far and the guard band. */
function ground(): number[][] {
  const next = random(3);
  const at = new Map<string, number[]>();
  const vertex = (i: number, j: number): number[] => {
    const key = `${i},${j}`;
    const w = j * 1.37 - 2.1 + next() * 0.3;
    if (!at.has(key)) at.set(key, [i * 40 + next(), -0.4 + 0.1 * next(), 0.9 * w - 0.05, w]);
    return at.get(key)!;
  };
  const quads: number[][] = [];
  for (let i = -9; i < 9; i++) {
    for (let j = 0; j < 5; j++)
      quads.push(vertex(i, j), vertex(i + 1, j), vertex(i, j + 1), vertex(i + 1, j), vertex(i + 1, j + 1), vertex(i, j + 1));
  }
  return quads;
}

test("triangles that were clipped still meet at their edges", () => {
  const picture = draw(ground(), { view: viewOf(256), state: { samples: 4 } });
  const counts = [...picture.covered.values()].map(({ length }) => length);
  expect(counts.every((count) => count === 1)).toBe(true);
  // in each column what is covered has no hole
  for (let x = 0; x < 256; x++) {
    const rows = Array.from({ length: 256 }, (_, y) => y).filter((y) => picture.at(x, y, 3).length > 0);
    expect(rows.at(-1)! - rows[0]! + 1).toBe(rows.length);
  }
});

type Corners = readonly (readonly number[])[];

/** Weights b[i] / w where the ray through a point of the screen meets the triangle's plane: by elimination, unlike the planes. */
function raysOf(vertices: Corners, { viewport }: ViewState): (x: number, y: number) => number[] {
  const rows = [0, 1, 3].map((k, i) => [
    ...vertices.map((vertex) => Math.fround(vertex[k]!)),
    ...[0, 1, 2].map((unit) => (unit === i ? 1 : 0)),
  ]);
  for (let i = 0; i < 3; i++) {
    const pivot = rows.reduce((best, row, k) => (k >= i && Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? k : best), i);
    [rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!];
    for (let k = 0; k < 3; k++) {
      if (k === i) continue;
      const factor = rows[k]![i]! / rows[i]![i]!;
      rows[k] = rows[k]!.map((term, column) => term - factor * rows[i]![column]!);
    }
  }
  return (x, y) => {
    const ndcX = ((x - viewport.x) / viewport.width) * 2 - 1;
    const ndcY = 1 - ((y - viewport.y) / viewport.height) * 2;
    return rows.map((row, i) => (row[3]! * ndcX + row[4]! * ndcY + row[5]!) / row[i]!);
  };
}

const sum = (terms: readonly number[]) => terms.reduce((to, term) => to + term, 0);
const weighted = (weights: readonly number[], vertices: Corners, k: number) =>
  sum(weights.map((weight, i) => weight * Math.fround(vertices[i]![k]!)));

/** Of a point of the screen by the definition of the clip volume; null next to its sides, where snapping decides. */
function isInVolume(vertices: Corners, rays: ReturnType<typeof raysOf>, x: number, y: number, unclipped: boolean): boolean | null {
  const answers = [
    [-1, -1],
    [1, -1],
    [-1, 1],
    [1, 1],
  ].map(([dx, dy]) => {
    const weights = rays(x + dx! / 64, y + dy! / 64);
    const z = weighted(weights, vertices, 2);
    const distances = vertices[0]!.slice(4).map((_, k) => weighted(weights, vertices, 4 + k));
    return (
      weights.every((weight) => weight > 0) &&
      (unclipped || (z >= 0 && z <= weighted(weights, vertices, 3))) &&
      distances.every((d) => d >= 0)
    );
  });
  return answers.every((answer) => answer === answers[0]) ? answers[0]! : null;
}

/** One triangle, coverage and planes beside the definitions. @returns how many pixels it covers */
function compareClipped(vertices: Corners, view: ViewState, state: Partial<RasterState>): number {
  const picture = draw(vertices, { view, state, clipCount: vertices[0]!.length - 4 });
  const [record] = picture.records;
  const { x: left, y: top, width, height, minDepth, maxDepth } = view.viewport;
  const rays = raysOf(vertices, view);
  const wrong: string[] = [];
  let inside = 0;
  for (let y = top + 0.5; y < top + height; y++) {
    for (let x = left + 0.5; x < left + width; x++) {
      const expected = isInVolume(vertices, rays, x, y, state.unclippedDepth === true);
      if (expected === null) continue;
      if (picture.at(x - 0.5, y - 0.5).length !== (expected ? 1 : 0)) wrong.push(`coverage at ${x}, ${y}`);
      if (!expected || record === undefined) continue;
      inside++;
      const weights = rays(x, y);
      const isRight = record.planes.every((plane, i) => Math.abs(value(plane, x, y) - weights[i]!) < 0.01 * Math.max(...weights));
      if (!isRight) wrong.push(`planes at ${x}, ${y}`);
      const depth = minDepth + weighted(weights, vertices, 2) * (maxDepth - minDepth);
      if (!(Math.abs(value(record.depth, x, y) - depth) < 0.01)) wrong.push(`depth at ${x}, ${y}`);
    }
  }
  expect(wrong).toEqual([]);
  return inside;
}

test.each([
  ["in front and behind", false, 0],
  ["with clip distances", false, 2],
  ["not clipped in depth", true, 1],
] as const)("clipped triangles %s: coverage, perspective and depth by definition", (_, unclippedDepth, distances) => {
  const next = random(77 + distances);
  const view: ViewState = {
    viewport: { x: 5, y: 3, width: 24, height: 40, minDepth: 0.25, maxDepth: 0.75 },
    scissor: { x: 0, y: 0, width: 64, height: 64 },
  };
  let inside = 0;
  for (let round = 0; round < 60; round++) {
    const vertices = [0, 1, 2].map(() => {
      const w = next() * 5 - 1.5;
      const spread = () => (next() - 0.5) * 8;
      return [spread(), spread(), w * (next() * 1.6 - 0.3), w, ...Array.from({ length: distances }, () => next() * 3 - 1)];
    });
    inside += compareClipped(vertices, view, { unclippedDepth });
  }
  expect(inside).toBeGreaterThan(2000);
});

test("corners at infinity: w of 0 at any of them", () => {
  for (let infinite = 0; infinite < 3; infinite++) {
    const near = [
      [-0.8, -0.7, 0.2, 1],
      [0.9, -0.9, 0.9, 1.1],
      [0.1, 0.5, 0, 0],
    ];
    const vertices = [0, 1, 2].map((i) => near[(i + infinite) % 3]!);
    expect(compareClipped(vertices, viewOf(32), {})).toBeGreaterThan(100);
  }
});

test("planes of a triangle that was not clipped: perspective to the last bits", () => {
  const view = viewOf(64);
  // w of 1, 2 and 4 keeps the corners on whole pixels
  const vertices = [
    [-1, -1, 0, 1],
    [2, -2, 1, 2],
    [-4, 4, 4, 4],
  ];
  const picture = draw(vertices, { view });
  const [record] = picture.records;
  const rays = raysOf(vertices, view);
  expect(record!.w).toEqual([1, 2, 4]);
  for (const pixel of picture.pixels()) {
    const [x, y] = [pixel[0] + 0.5, pixel[1] + 0.5];
    const weights = rays(x, y);
    record!.planes.forEach((plane, i) => {
      expect(value(plane, x, y)).toBeCloseTo(weights[i]!, 6);
    });
    expect(1 / sum(record!.planes.map((plane) => value(plane, x, y)))).toBeCloseTo(1 / sum(weights), 5);
  }
  // the pixels on the diagonal have their centers on its right edge
  expect(picture.covered.size).toBe((64 * 63) / 2);
});

test("a depth that is the same everywhere is exact and has no slope", () => {
  for (const z of [0.5, 0.3, 1, 0]) {
    const next = random(11);
    for (let round = 0; round < 30; round++) {
      const w = round % 2 === 0 ? 1 : 4;
      const at = () => (next() * 3 - 1.5) * w;
      const picture = draw([0, 1, 2].map(() => [at(), at(), Math.fround(z) * w, w]));
      for (const { depth } of picture.records) expect(depth.terms).toEqual([Math.fround(z), 0, 0]);
    }
  }
});

test("the scissor changes nothing but coverage", () => {
  const vertices = someTriangles(4, 40, 64)
    .flat()
    .map((point) => corner(point, 64, 0.25));
  const all = draw(vertices, { state: { samples: 4 } });
  const scissor = { x: 13, y: 21, width: 18, height: 9 };
  const some = draw(vertices, { state: { samples: 4 }, view: { ...viewOf(64), scissor } });
  const byIndex = new Map(all.records.map((record) => [record.index, record]));
  for (const record of some.records) expect(record).toEqual(byIndex.get(record.index));
  for (const [key, list] of all.covered) {
    const [x, y] = pixelOfKey(key);
    const isIn = x >= 13 && x < 31 && y >= 21 && y < 30;
    const indices = (some.covered.get(key) ?? []).map((record) => some.records[record]!.index);
    expect(indices).toEqual(isIn ? list.map((record) => all.records[record]!.index) : []);
  }
  expect(some.covered.size).toBeGreaterThan(100);
});

const FULL = [
  [-1, -1, 0.5, 1],
  [3, -1, 0.5, 1],
  [-1, 3, 0.5, 1],
];

test("nothing is drawn outside the viewport, to the sample", () => {
  const view: ViewState = { ...viewOf(64), viewport: { x: 3.5, y: 8.75, width: 10.25, height: 20, minDepth: 0, maxDepth: 1 } };
  const wrong: number[][] = [];
  const big = FULL.map(([x, y, z, w]) => [x! * 4, y! * 4, z!, w!]);
  const picture = draw(big, { view, state: { samples: 4 } });
  for (let y = 0; y < 64; y++) {
    for (let x = 0; x < 64; x++) {
      SAMPLES[4]!.forEach(([sx, sy], s) => {
        const isIn = x + sx / 16 >= 3.5 && x + sx / 16 < 13.75 && y + sy / 16 >= 8.75 && y + sy / 16 < 28.75;
        if (picture.at(x, y, s).length !== (isIn ? 1 : 0)) wrong.push([x, y, s]);
      });
    }
  }
  expect(wrong).toEqual([]);
});

test("large attachments: every tile once, at any corner of a 16384 viewport", () => {
  const size = 16384;
  const view = (x: number, y: number): ViewState => ({ ...viewOf(size), scissor: { x, y, width: 20, height: 12 } });
  for (const [x, y] of [
    [0, 0],
    [size - 20, 0],
    [7777, size - 12],
  ] as const) {
    const picture = draw(FULL, { view: view(x, y) });
    expect([...picture.covered.values()].map(({ length }) => length)).toEqual(new Array(240).fill(1));
    expect(picture.at(x + 19, y + 11)).toEqual([0]);
  }
  const moved: ViewState = {
    viewport: { ...viewOf(size).viewport, x: -2 * size, y: 2 * size - 1 },
    scissor: { x: 0, y: 0, width: 64, height: 64 },
  };
  expect(draw(FULL, { view: moved }).raw.tileCount).toBe(0);
});

test("facing and culling by the winding on the screen", () => {
  const ccw = FULL;
  const cw = [FULL[0]!, FULL[2]!, FULL[1]!];
  const drawn = (vertices: number[][], state: Partial<RasterState>) => draw(vertices, { state }).records.map(({ front }) => front);
  expect(drawn(ccw, { frontFace: "ccw" })).toEqual([true]);
  expect(drawn(cw, { frontFace: "ccw" })).toEqual([false]);
  expect(drawn(ccw, { frontFace: "cw" })).toEqual([false]);
  expect(drawn(cw, { frontFace: "cw" })).toEqual([true]);
  expect(drawn(ccw, { cullMode: "back" })).toEqual([true]);
  expect(drawn(cw, { cullMode: "back" })).toEqual([]);
  expect(drawn(ccw, { cullMode: "front" })).toEqual([]);
  expect(drawn(cw, { cullMode: "front" })).toEqual([false]);
  // reaching behind the eye
  const behind = [
    [-1, -1, 0.5, 1],
    [1, -1, 0.5, 1],
    [0, 9, 0.1, -0.5],
  ];
  expect(drawn(behind, { cullMode: "back" })).toEqual([true]);
  expect(drawn([behind[1]!, behind[0]!, behind[2]!], { cullMode: "back" })).toEqual([]);
});

/** Corners of a strip of unit squares along the top, zigzag. */
const zigzag = (count: number): number[][] => Array.from({ length: count }, (_, i) => corner([(i >> 1) * 2048, (1 - (i & 1)) * 2048], 64));

test("triangle strips: provoking vertices, winding, restarts, instances", () => {
  const strip = draw(zigzag(6), { state: { topology: "triangle-strip" } });
  expect(strip.records.map(({ vertices }) => vertices)).toEqual([
    [0, 1, 2],
    [1, 3, 2],
    [2, 3, 4],
    [3, 5, 4],
  ]);
  expect(strip.records.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  expect(new Set(strip.records.map(({ front }) => front)).size).toBe(1);
  expect(strip.covered.size).toBe(16 * 8);

  const restarted = draw(zigzag(16), { state: { topology: "triangle-strip" }, restarts: [0, 4, 7, 8, 11] });
  expect(restarted.records.map(({ vertices }) => vertices)).toEqual([
    [1, 2, 3],
    [12, 13, 14],
    [13, 15, 14],
  ]);
  expect(restarted.records.map(({ index }) => index)).toEqual([0, 1, 2]);
  const words = { state: { topology: "triangle-strip" as const }, restarts: [3, 9] };
  const instanced = draw([...zigzag(6), ...zigzag(6)], { ...words, instances: 2, options: { firstPrimitive: 10 } });
  expect(instanced.records.map(({ vertices }) => vertices)).toEqual([
    [0, 1, 2],
    [6, 7, 8],
  ]);
  expect(instanced.records.map(({ index }) => index)).toEqual([10, 10]);
});

test("lists drop what is incomplete, in each instance", () => {
  const five = [...FULL, FULL[0]!, FULL[1]!];
  const picture = draw([...five, ...five], { instances: 2 });
  expect(picture.records.map(({ vertices, index }) => [vertices, index])).toEqual([
    [[0, 1, 2], 0],
    [[5, 6, 7], 0],
  ]);
  expect(draw(five.slice(0, 3), { state: { topology: "line-list" } }).records).toHaveLength(1);
});

test("points: the pixel that holds each, all its samples", () => {
  const at = ([x, y]: Point, z = 0.25) => corner([x, y], 64, z);
  const points = [
    at([128, 128]),
    at([255, 256]),
    at([16383, 16383]),
    at([16384, 20]),
    at([20, 16384]),
    at([300, 300], 1.5),
    [2, 0, 0.5, 1],
    [0, 0, 0, 0],
  ];
  const picture = draw(points, { state: { topology: "point-list", samples: 4, cullMode: "front" } });
  expect(picture.pixels()).toEqual([
    [0, 0],
    [0, 1],
    [63, 63],
  ]);
  expect(picture.covered.size).toBe(12);
  expect(picture.records.map(({ index, vertices, front }) => [index, vertices, front])).toEqual([
    [0, [0, 0, 0], true],
    [1, [1, 1, 1], true],
    [2, [2, 2, 2], true],
  ]);
  expect(picture.records[0]).toMatchObject({ depth: { terms: [0.25, 0, 0] } });
  expect(picture.records[0]!.planes.map(({ terms }) => terms)).toEqual([
    [1, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test("lines: a pixel a step along the longer axis, the start and not the end", () => {
  const next = random(21);
  for (let round = 0; round < 200; round++) {
    const place = (): Point => [Math.floor(next() * 60 + 2) * 256 + 128, Math.floor(next() * 60 + 2) * 256 + 128];
    const [from, to] = [place(), place()];
    const picture = draw([corner(from, 64), corner(to, 64)], { state: { topology: "line-list" } });
    const long = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])) / 256;
    const pixels = picture.pixels();
    expect(pixels).toHaveLength(long);
    if (long === 0) continue;
    expect(picture.at(from[0] >> 8, from[1] >> 8)).toEqual([0]);
    expect(picture.at(to[0] >> 8, to[1] >> 8)).toEqual([]);
    const across = pixels.map(([x, y]) => {
      const product = (256 * x + 128 - from[0]) * (to[1] - from[1]) - (256 * y + 128 - from[1]) * (to[0] - from[0]);
      return Math.abs(product) / (long * 256);
    });
    expect(Math.max(...across)).toBeLessThanOrEqual(128);
  }
});

test("a closed strip of lines covers each pixel once", () => {
  const loop: Point[] = [
    [10, 10],
    [40, 14],
    [50, 50],
    [12, 44],
    [10, 10],
  ].map(([x, y]) => [x! * 256 + 128, y! * 256 + 128]);
  const picture = draw(
    loop.map((at) => corner(at, 64)),
    { state: { topology: "line-strip" } },
  );
  expect(picture.covered.size).toBe(30 + 36 + 38 + 34);
  expect([...picture.covered.values()].every(({ length }) => length === 1)).toBe(true);
  const four = draw(
    loop.map((at) => corner(at, 64)),
    { state: { topology: "line-strip", samples: 4 } },
  );
  expect(four.covered.size).toBeGreaterThan(4 * 138 - 20);
  expect(four.covered.size).toBeLessThan(4 * 138 + 20);
  const broken = draw(
    loop.map((at) => corner(at, 64)),
    { state: { topology: "line-strip" }, restarts: [2] },
  );
  expect(broken.records.map(({ vertices, index }) => [vertices, index])).toEqual([
    [[0, 1, 1], 0],
    [[3, 4, 4], 1],
  ]);
});

test("lines interpolate from end to end, also when clipped", () => {
  // from pixel 10.5 at w = 1 to pixel 50.5 at w = 4
  const [start, end] = [corner([10 * 256 + 128, 5 * 256 + 128], 64), corner([50 * 256 + 128, 5 * 256 + 128], 64)];
  const whole = [start.map((at, i) => (i === 2 ? 0 : at)), end.map((at, i) => (i === 2 ? 4 : at * 4))];
  const { records } = draw(whole, { state: { topology: "line-list" } });
  expect(records[0]!.planes.map((plane) => value(plane, 30.5, 5.5))).toEqual([0.5, 0.125, 0]);
  expect(value(records[0]!.depth, 20.5, 5.5)).toBeCloseTo(0.25, 7);
  // behind the eye: what is left keeps the weights of the whole
  const cut = [
    [-0.5, 0.1, 0.5, 1],
    [4, 0.4, 0.2, -1],
  ];
  const clipped = draw(cut, { state: { topology: "line-list" } });
  expect(clipped.covered.size).toBeGreaterThan(30);
  for (const pixel of clipped.pixels()) {
    const [x, y] = [pixel[0] + 0.5, pixel[1] + 0.5];
    const planes = clipped.records[0]!.planes.map((plane) => value(plane, x, y));
    const scale = 1 / sum(planes);
    const clipX = scale * (planes[0]! * cut[0]![0]! + planes[1]! * cut[1]![0]!);
    const w = scale * (planes[0]! - planes[1]!);
    expect(Math.abs((clipX / w + 1) * 32 - x)).toBeLessThan(0.01);
    expect(w).toBeCloseTo(scale, 4);
  }
});

test("samples outside the mask are never covered", () => {
  const masked = draw(FULL, { state: { samples: 4, sampleMask: 0b1010 } });
  expect(masked.covered.size).toBe(2 * 64 * 64);
  expect([0, 1, 2, 3].map((sample) => masked.at(9, 9, sample).length)).toEqual([0, 1, 0, 1]);
  expect(draw(FULL, { state: { samples: 4, sampleMask: 0xffff_fff0 } }).raw).toMatchObject({ primitiveCount: 0, tileCount: 0, next: -1 });
  expect(draw(FULL, { state: { sampleMask: 2 } }).raw.tileCount).toBe(0);
  expect(draw(FULL, { state: { sampleMask: 1 } }).covered.size).toBe(64 * 64);
});

test("depth bias: units by format, slope, clamp", () => {
  const depthOf = (state: Partial<RasterState>, vertices = FULL) => draw(vertices, { state }).records[0]!.depth.terms[0]!;
  const at = (z: number) => FULL.map(([x, y, , w]) => [x!, y!, z, w!]);
  expect(depthOf({ depthFormat: "depth16unorm", depthBias: 3 })).toBe(0.5 + 3 / 65536);
  expect(depthOf({ depthFormat: "depth32float", depthBias: 8388608 }, at(0.25))).toBe(0.5);
  expect(depthOf({ depthFormat: "depth24plus-stencil8", depthBias: -8388608 }, at(0.25))).toBe(0);
  expect(depthOf({ depthFormat: "depth32float", depthBias: 8388608, depthBiasClamp: 0.125 }, at(0.25))).toBe(0.375);
  expect(depthOf({ depthFormat: "depth32float", depthBias: -8388608, depthBiasClamp: -0.125 }, at(0.25))).toBe(0.125);
  expect(depthOf({ depthFormat: null, depthBias: 8388608 }, at(0.25))).toBe(0.25);
  const tilted = [
    [-1, -1, 0, 1],
    [3, -1, 1, 1],
    [-1, 3, 0, 1],
  ];
  const plain = draw(tilted).records[0]!.depth;
  const sloped = draw(tilted, { state: { depthFormat: "depth32float", depthBiasSlopeScale: 2 } }).records[0]!.depth;
  expect(plain.terms.slice(1)).toEqual([1 / 128, 0]);
  expect(sloped.terms[0]! - plain.terms[0]!).toBe(2 / 128);
  const falling = tilted.map(([x, y, z, w]) => [x!, y!, 1 - z!, w!]);
  const down = draw(falling, { state: { depthFormat: "depth32float", depthBiasSlopeScale: 2 } }).records[0]!.depth;
  expect(down.terms[0]! - draw(falling).records[0]!.depth.terms[0]!).toBe(2 / 128);
  const lines = { topology: "line-list", depthFormat: "depth32float", depthBias: 8388608 } as const;
  expect(draw([corner([0, 900], 64), corner([9000, 900], 64)], { state: lines }).records[0]!.depth.terms).toEqual([0.5, 0, 0]);
});

test("what is no number, infinite, behind the eye or flat draws nothing", () => {
  const others = [
    [3, -1, 0.5, 1],
    [-1, 3, 0.5, 1],
  ];
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (let component = 0; component < 4; component++) {
      const vertex = [-1, -1, 0.5, 1].map((at, i) => (i === component ? bad : at));
      for (const topology of ["triangle-list", "line-list", "point-list"] as const) {
        const picture = draw([vertex, ...others], { state: { topology } });
        expect(picture.records.filter(({ vertices }) => vertices.includes(0))).toEqual([]);
      }
    }
  }
  expect(
    draw(
      [
        [-1, -1, 0.5, 1, Number.NaN],
        [3, -1, 0.5, 1, 1],
        [-1, 3, 0.5, 1, 1],
      ],
      { clipCount: 1 },
    ).covered.size,
  ).toBe(0);
  expect(
    draw(
      [
        [-1, -1, 0.5, 1, Number.NEGATIVE_INFINITY],
        [3, -1, 0.5, 1, 1],
        [-1, 3, 0.5, 1, 1],
      ],
      { clipCount: 1 },
    ).raw.tileCount,
  ).toBe(0);
  expect(draw(FULL.map((vertex) => vertex.map((at) => -at))).covered.size).toBe(0);
  expect(draw(FULL.map(() => [0, 0, 0, 0])).covered.size).toBe(0);
  expect(draw([FULL[0]!, FULL[1]!, FULL[1]!]).covered.size).toBe(0);
  expect(draw([[0, 0, 0, 0], FULL[1]!, FULL[2]!]).covered.size).toBe(0);
  const huge = [
    [-3e38, -3e38, 0, 3e38],
    [3e38, -3e38, 0, 3e38],
    [0, 3e38, 3e38, 3e38],
  ];
  expect(draw(huge).covered.size).toBeGreaterThan(1900);
  const tiny = huge.map((vertex) => vertex.map((at) => at * 1e-75));
  expect(draw(tiny).covered.size).toBeGreaterThan(1900);
});

test("nothing at all", () => {
  for (const topology of ["point-list", "line-list", "line-strip", "triangle-list", "triangle-strip"] as const) {
    expect(draw([], { state: { topology } }).raw).toMatchObject({ primitiveCount: 0, tileCount: 0, next: -1 });
    expect(draw(FULL, { state: { topology }, view: viewOf(0) }).raw).toMatchObject({ primitiveCount: 0, tileCount: 0, next: -1 });
    const flat: ViewState = { ...viewOf(64), viewport: { ...viewOf(64).viewport, height: 0 } };
    expect(draw(FULL, { state: { topology }, view: flat }).raw.tileCount).toBe(0);
    expect(draw(FULL, { state: { topology }, view: { ...viewOf(64), scissor: { x: 64, y: 0, width: 0, height: 64 } } }).raw.tileCount).toBe(
      0,
    );
  }
});

test("random floats never throw, and nothing that is drawn lies outside", () => {
  const next = random(99);
  let outside = 0;
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let round = 0; round < 400; round++) {
    const topology = (["point-list", "line-list", "line-strip", "triangle-list", "triangle-strip"] as const)[round % 5]!;
    const vertices = Array.from({ length: 12 }, () =>
      [0, 1, 2, 3, 4, 5].map(() => {
        bits[0] = Math.floor(next() * 2 ** 32);
        return next() < 0.5 ? float[0]! : next() * 4 - 2;
      }),
    );
    const picture = draw(vertices, { state: { topology, samples: round % 2 === 0 ? 1 : 4 }, clipCount: 2, view: viewOf(40, 24) });
    for (const key of picture.covered.keys()) {
      const [x, y] = pixelOfKey(key);
      if (x >= 40 || y >= 24) outside++;
    }
  }
  expect(outside).toBe(0);
});

test("a draw in pieces is the same draw", () => {
  const vertices = someTriangles(8, 80, 64)
    .flat()
    .map((point) => corner(point, 64));
  const whole = draw(vertices, { state: { samples: 4 } });
  const joined = new Map<number, number[]>();
  let from = 0;
  let calls = 0;
  for (; from >= 0; calls++) {
    const piece = draw(vertices, { state: { samples: 4 }, options: { from, limit: 200 } });
    for (const [key, list] of piece.covered)
      joined.set(key, [...(joined.get(key) ?? []), ...list.map((record) => piece.records[record]!.index)]);
    from = piece.raw.next;
  }
  expect(calls).toBeGreaterThan(5);
  expect(joined).toEqual(new Map([...whole.covered].map(([key, list]) => [key, list.map((record) => whole.records[record]!.index)])));
});
