/** The fragment program: colours in every format that can be drawn to, blending, interpolation, against oracles in double precision. */
import { expect, test } from "vitest";
import { channelsOf } from "../../support/texel.ts";
import type { Color } from "../../webgpu/color.ts";
import { fragmentCode } from "../../webgpu/draw/fragment-code.ts";
import { BIND, FRAGMENT_DRAW, vertexRecord } from "../../webgpu/draw/layout.ts";
import { FORMATS, formatOf } from "../../webgpu/formats.ts";
import type { ColorTarget } from "../../webgpu/fragment-state.ts";
import { packTexel, unpackTexel } from "../../webgpu/texel-codec.ts";
import { entryPoint, programDevice, randomWords, runProgram } from "./draw-programs.ts";
import { fragmentDraw, multisample, ONE_SAMPLE, PRIMITIVE_STATE, type Scene, sceneBuffers } from "./draw-scene.ts";

const device = await programDevice();
const POSITION = entryPoint("vertex", [], [["vec4<f32>", "position"]]);
const [WIDTH, HEIGHT, X, Y] = [13, 9, 4, 1];

const drawable = [...FORMATS.values()].filter(({ render, aspects }) => render !== "-" && aspects[0] === "color");
const scalarOf = ({ sampleType }: { sampleType: string }) => (sampleType === "uint" ? "u32" : sampleType === "sint" ? "i32" : "f32");

/** Primitive n covers pixel n of the tile alone, in rows. */
const onePixelEach = (vertices: number): Scene => ({
  x: X,
  y: Y,
  samples: 1,
  primitives: Array.from({ length: 64 }, (_, n) => ({
    vertices: [n % vertices, 0, 0],
    covers: (x, y) => (y * 8 + x === n ? 1 : 0),
  })),
});

interface Colors {
  readonly target: ColorTarget;
  /** what the shader gives: colours for the pixels of the tile */
  readonly colors: readonly Color[];
  readonly seconds?: readonly Color[];
  readonly constant?: Color;
  readonly before: Uint8Array;
  /** of the output */
  readonly type?: string;
}

/** Draws a pixel in each colour. @returns the image */
async function drawColors({ target, colors, seconds, constant, before, type }: Colors): Promise<Uint8Array> {
  const format = formatOf(target.format);
  const scalar = scalarOf(format);
  const vec4 = `vec4<${scalar}>`;
  const entry = entryPoint(
    "fragment",
    [
      [vec4, 0, { interpolation: "flat" }],
      [vec4, 1, { interpolation: "flat" }],
    ],
    [[type ?? vec4, 0], ...(seconds ? [[vec4, 0, { blendSrc: 1 }] as const] : [])],
  );
  const record = vertexRecord(POSITION, entry, false);
  const plan = { entry, record, targets: [target], depthStencil: undefined, primitive: PRIMITIVE_STATE, multisample: ONE_SAMPLE };
  const vertices = new ArrayBuffer(64 * record.words * 4);
  const view = scalar === "f32" ? new Float32Array(vertices) : scalar === "u32" ? new Uint32Array(vertices) : new Int32Array(vertices);
  for (let n = 0; n < 64; n++) {
    view.set(colors[n]!, n * record.words + record.varyings[0]!.at);
    if (seconds) view.set(seconds[n]!, n * record.words + record.varyings[1]!.at);
  }
  const data = sceneBuffers(onePixelEach(64));
  const draw = fragmentDraw((words, floats) => {
    words[FRAGMENT_DRAW.colorRowBytes] = WIDTH * format.blockBytes;
    if (constant) floats.set(constant, FRAGMENT_DRAW.blendConstant);
  });
  data.set(BIND.draw, draw).set(BIND.vertices, new Uint8Array(vertices)).set(BIND.color, before);
  const given = /^vec4/.test(type ?? vec4) ? "in_0" : type!.startsWith("vec") ? `in_0.${"xyzw".slice(0, Number(type![3]))}` : "in_0.x";
  const body = `out_0 = ${type ?? vec4}(${given});\n${seconds ? "out_0_1 = in_1;" : ""}`;
  return (await runProgram(device, fragmentCode(plan), body, data, [2]))(BIND.color);
}

const imageBytes = (format: { blockBytes: number }): number => Math.ceil((WIDTH * HEIGHT * format.blockBytes) / 4) * 4;
const at = (n: number): number => (Y + (n >> 3)) * WIDTH + X + (n & 7);

function randomColors(seed: number, kind: string, low: number, high: number): Color[] {
  const next = randomWords(seed);
  const one = (): number => {
    const value = low + (next() / 2 ** 32) * (high - low);
    return kind === "f32" ? Math.fround(value) : Math.trunc(value);
  };
  return Array.from({ length: 64 }, (): Color => [one(), one(), one(), one()]);
}

/** Bits of the channels of a texel. */
function codes(format: string, bytes: Uint8Array, offset: number): number[] {
  const size = channelsOf(format).reduce((sum, { bits }) => sum + bits, 0) / 8;
  const word = [...bytes.subarray(offset, offset + size)].reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n);
  return channelsOf(format).map(({ shift, bits }) => Number((word >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n)));
}

/** How far two codes may be apart: rounding of what is only as precise as f32. */
function expectTexels(name: string, got: Uint8Array, want: Uint8Array, within: (kind: string, bits: number) => number): void {
  const format = formatOf(name);
  const channels = channelsOf(name);
  for (let texel = 0; texel < WIDTH * HEIGHT; texel++) {
    const [mine, theirs] = [got, want].map((bytes) => codes(name, bytes, texel * format.blockBytes));
    for (const [i, { bits, kind }] of channels.entries()) {
      const most = within(kind, bits);
      // near zero, the signed codes of snorm and of floats are far apart
      const signed = (code: number): number => {
        if (code < 2 ** (bits - 1) || kind === "unorm" || kind === "srgb" || kind === "uint" || (kind === "float" && bits < 16))
          return code;
        return kind === "float" ? -(code - 2 ** (bits - 1)) : code - 2 ** bits;
      };
      const distance = Math.abs(signed(mine![i]!) - signed(theirs![i]!));
      expect(distance, `${name} texel ${texel} channel ${i}: ${mine} for ${theirs}`).toBeLessThanOrEqual(most);
    }
  }
}

const WIDE: Readonly<Record<string, readonly [number, number]>> = {
  f32: [-0.4, 1.4],
  u32: [0, 2 ** 32 - 1],
  i32: [-(2 ** 31), 2 ** 31 - 1],
};

test.each(drawable.map(({ name }) => name))("format %s takes colours, clamped", async (name) => {
  const format = formatOf(name);
  const scalar = scalarOf(format);
  const [low, high] = WIDE[scalar]!;
  const colors = [
    ...randomColors(1, scalar, low, high).slice(0, 32),
    ...randomColors(2, scalar, scalar === "i32" ? -200 : 0, scalar === "f32" ? 0.1 : 200).slice(0, 32),
  ];
  const before = Uint8Array.from({ length: imageBytes(format) }, randomWords(3));
  const want = before.slice();
  for (let n = 0; n < 64; n++) packTexel(format, colors[n]!, want, at(n) * format.blockBytes);
  const target = { format: format.name as GPUTextureFormat, writeMask: 15 } as ColorTarget;
  const got = await drawColors({ target, colors, before });
  // floats of 11 and 10 bits are rounded by way of 16
  expectTexels(name, got, want, (kind, bits) => (kind === "srgb" || (kind === "float" && bits < 16) ? 1 : 0));
});

test.each(["r8unorm", "rgba8unorm", "bgra8unorm", "rgba16float", "rgba32uint", "rg16uint", "rgb10a2unorm"])(
  "format %s: masks of channels leave the other bits as they were",
  async (name) => {
    const format = formatOf(name);
    const scalar = scalarOf(format);
    const before = Uint8Array.from({ length: imageBytes(format) }, randomWords(4));
    const colors = randomColors(5, scalar, 0, scalar === "f32" ? 1 : 60000);
    for (const writeMask of [1, 2, 4, 8, 5, 14]) {
      const channels = channelsOf(name);
      if (!channels.some(({ component }) => (writeMask >> component) & 1)) continue;
      const got = await drawColors({ target: { format: name, writeMask } as ColorTarget, colors, before });
      const full = before.slice();
      for (let n = 0; n < 64; n++) packTexel(format, colors[n]!, full, at(n) * format.blockBytes);
      for (let texel = 0; texel < WIDTH * HEIGHT; texel++) {
        const [mine, old, drawn] = [got, before, full].map((bytes) => codes(name, bytes, texel * format.blockBytes));
        const want = channels.map(({ component }, i) => ((writeMask >> component) & 1 ? drawn! : old!)[i]);
        expect(mine, `${name} mask ${writeMask} texel ${texel}`).toEqual(want);
      }
    }
  },
);

test.each(["f32", "vec2<f32>", "vec3<f32>", "f16", "vec2<f16>", "vec3<f16>", "vec4<f16>"])("an output of type %s", async (type) => {
  const name = /^vec4/.test(type) ? "rgba8unorm" : /^vec3/.test(type) ? "rg11b10ufloat" : /^vec2/.test(type) ? "rg8unorm" : "r8unorm";
  const format = formatOf(name);
  const before = new Uint8Array(imageBytes(format));
  const want = before.slice();
  const colors = randomColors(6, "f32", 0, 1).map(
    (color): Color => color.map((v) => Math.fround(Math.round(v * 64) / 64)) as unknown as Color,
  );
  for (let n = 0; n < 64; n++) packTexel(format, colors[n]!, want, at(n) * format.blockBytes);
  const got = await drawColors({ target: { format: name, writeMask: 15 } as ColorTarget, colors, before, type });
  // multiples of 1/64 are halves to a unorm8
  expectTexels(name, got, want, () => 1);
});

const FACTORS =
  `zero one src one-minus-src src-alpha one-minus-src-alpha dst one-minus-dst dst-alpha one-minus-dst-alpha src-alpha-saturated
  constant one-minus-constant src1 one-minus-src1 src1-alpha one-minus-src1-alpha`.split(/\s+/) as GPUBlendFactor[];
type Component = Required<GPUBlendComponent>;

/** @see https://www.w3.org/TR/webgpu/#blend-state */
function blended({ operation, srcFactor, dstFactor }: Component, i: number, src: Color, src1: Color, dst: Color, constant: Color): number {
  const factor = (name: GPUBlendFactor): number => {
    if (name === "zero" || name === "one") return name === "one" ? 1 : 0;
    if (name === "src-alpha-saturated") return i === 3 ? 1 : Math.min(src[3], 1 - dst[3]);
    const base = name.replace("one-minus-", "");
    const from = { src, src1, dst, constant }[base.replace("-alpha", "") as "src"];
    const value = from[base.endsWith("-alpha") ? 3 : i]!;
    return base === name ? value : 1 - value;
  };
  const [a, b] = [src[i]! * factor(srcFactor), dst[i]! * factor(dstFactor)];
  switch (operation) {
    case "add":
      return a + b;
    case "subtract":
      return a - b;
    case "reverse-subtract":
      return b - a;
    case "min":
      return Math.min(src[i]!, dst[i]!);
    case "max":
      return Math.max(src[i]!, dst[i]!);
  }
}

interface Blending {
  readonly name: string;
  readonly color: Component;
  readonly alpha: Component;
  readonly seed: number;
  readonly range: readonly [number, number];
}

async function expectBlended({ name, color, alpha, seed, range }: Blending): Promise<void> {
  const format = formatOf(name);
  const [low, high] = range;
  const [colors, seconds, held] = [0, 1, 2].map((i) => randomColors(seed + i, "f32", low, high));
  const constant: Color = [0.25, 0.5, 0.875, 0.625];
  const before = new Uint8Array(imageBytes(format));
  for (let texel = 0; texel < WIDTH * HEIGHT; texel++) packTexel(format, held![texel % 64]!, before, texel * format.blockBytes);
  const kind = channelsOf(name)[0]!.kind;
  const ranged = (c: Color): Color =>
    kind === "float" ? c : (c.map((v) => Math.min(Math.max(v, kind === "snorm" ? -1 : 0), 1)) as unknown as Color);
  const want = before.slice();
  for (let n = 0; n < 64; n++) {
    const dst = unpackTexel(format, before, at(n) * format.blockBytes);
    const [src, src1] = [ranged(colors![n]!), ranged(seconds![n]!)];
    const result = [0, 1, 2, 3].map((i) => blended(i === 3 ? alpha : color, i, src, src1, dst, constant)) as unknown as Color;
    packTexel(format, result, want, at(n) * format.blockBytes);
  }
  const target = { format: name, writeMask: 15, blend: { color, alpha } } as ColorTarget;
  const got = await drawColors({ target, colors: colors!, seconds: seconds!, constant, before });
  if (name.endsWith("32float")) {
    const [mine, theirs] = [got, want].map((bytes) => new Float32Array(bytes.buffer, 0, bytes.length / 4));
    for (const [i, value] of theirs!.entries()) expect(Math.abs(mine![i]! - value), `${name} ${i}`).toBeLessThan(1e-6);
  } else {
    expectTexels(name, got, want, (_, bits) => (bits === 16 ? 2 : 1));
  }
}

const component = (operation: GPUBlendOperation, srcFactor: GPUBlendFactor, dstFactor: GPUBlendFactor): Component => ({
  operation,
  srcFactor,
  dstFactor,
});

test.each(FACTORS)("blend factor %s", async (factor) => {
  const other = FACTORS[(FACTORS.indexOf(factor) + 5) % FACTORS.length]!;
  const range = [0, 1] as const;
  await expectBlended({
    name: "rgba32float",
    color: component("add", factor, other),
    alpha: component("subtract", other, factor),
    seed: 10,
    range,
  });
  await expectBlended({
    name: "rgba8unorm",
    color: component("reverse-subtract", other, factor),
    alpha: component("add", factor, "one"),
    seed: 20,
    range: [-0.3, 1.3],
  });
});

test("blend operations min and max", async () => {
  const range = [0, 1] as const;
  await expectBlended({
    name: "rgba8unorm",
    color: component("min", "one", "one"),
    alpha: component("max", "one", "one"),
    seed: 30,
    range,
  });
  await expectBlended({
    name: "rgba16float",
    color: component("max", "one", "one"),
    alpha: component("min", "one", "one"),
    seed: 31,
    range: [-5, 5],
  });
});

test.each(drawable.filter(({ blend }) => blend !== "-").map(({ name }) => name))("format %s is blended", async (name) => {
  const color = component("add", "src-alpha", "one-minus-src-alpha");
  await expectBlended({ name, color, alpha: component("add", "one", "one-minus-src-alpha"), seed: 40, range: [0.1, 1] });
});

test("a colour that is only added to nothing leaves what is there", async () => {
  for (const { name, blockBytes } of drawable.filter(({ blend }) => blend !== "-")) {
    const next = randomWords(blockBytes);
    // no infinities and NaN
    const before = Uint8Array.from({ length: imageBytes({ blockBytes }) }, () => next() & 0x3b);
    const color = component("add", "zero", "one");
    const got = await drawColors({
      target: { format: name, writeMask: 15, blend: { color, alpha: color } } as ColorTarget,
      colors: randomColors(7, "f32", 0, 1),
      before,
    });
    expect(got, name).toEqual(before);
  }
});

/** Where the samples of a pixel are. @see https://www.w3.org/TR/webgpu/#rasterization */
const SAMPLE_AT = [
  [0.375, 0.125],
  [0.875, 0.375],
  [0.125, 0.625],
  [0.625, 0.875],
] as const;

const INTERPOLATED = entryPoint(
  "fragment",
  [
    ["vec4<f32>", "position"],
    ["bool", "front_facing"],
    ["u32", "primitive_index"],
    ["u32", "sample_mask"],
    ["u32", "subgroup_invocation_id"],
    ["u32", "subgroup_size"],
    ["vec2<f32>", 0],
    ["f16", 1, { interpolation: "linear" }],
    ["vec3<i32>", 2, { interpolation: "flat" }],
    ["f32", 3, { sampling: "centroid" }],
    ["f32", 4, { interpolation: "linear", sampling: "sample" }],
    ["vec2<f16>", 5, { interpolation: "flat", sampling: "either" }],
  ],
  [
    ["vec4<f32>", 0],
    ["vec4<f32>", 1],
    ["vec4<f32>", 2],
    ["vec4<u32>", 3],
    ["vec4<i32>", 4],
  ],
);
const SHOW = `out_0 = in_position;
out_1 = vec4<f32>(in_0, f32(in_1), in_3);
out_2 = vec4<f32>(in_4, vec2<f32>(in_5), f32(in_front_facing));
out_3 = vec4<u32>(in_primitive_index, in_sample_mask, in_subgroup_invocation_id, in_subgroup_size);
out_4 = vec4<i32>(in_2, i32(alive));`;

test.each([1, 4])("what a fragment is given, with %i samples", async (samples) => {
  const record = vertexRecord(POSITION, INTERPOLATED, false);
  const formats = ["rgba32float", "rgba32float", "rgba32float", "rgba32uint", "rgba32sint"];
  const targets = formats.map((format) => ({ format, writeMask: 15 }) as ColorTarget);
  const plan = {
    entry: INTERPOLATED,
    record,
    targets,
    depthStencil: undefined,
    primitive: PRIMITIVE_STATE,
    multisample: multisample({ count: samples }),
  };
  // barycentric coordinates on the screen, as planes from the reference point, over w
  const w = [1, 2, 4] as const;
  const b = [
    [0.75, -0.0625, 0],
    [0.125, 0.0625, -0.03125],
    [0.125, 0, 0.03125],
  ] as const;
  const planes = b.flatMap((plane, i) => plane.map((v) => v / w[i]!));
  const reference = [X + 0.5, Y + 1.5] as const;
  const depth = [0.25, 0.125, -0.0625] as const;
  const values = new Float32Array(3 * record.words).map((_, i) => Math.fround(Math.sin(i * 12.9898) * 4));
  const words = new Int32Array(values.buffer);
  const varying = (location: number) => record.varyings.find((each) => each.location === location)!.at;
  for (let v = 0; v < 3; v++) {
    for (let i = 0; i < 3; i++) words[v * record.words + varying(2) + i] = v * 100 - i - 7;
    for (const i of [0, 1]) values[v * record.words + varying(5) + i] = v + i / 2;
    values[v * record.words + varying(0) + 1] = 0.1;
  }
  const all = 2 ** samples - 1;
  const covers = (x: number, y: number): number => (x * 5 + y * 3 + ((x * y) & 1) * 7) & all;
  const scene: Scene = {
    x: X,
    y: Y,
    samples,
    primitives: [{ vertices: [2, 0, 1], front: true, index: 77, reference, planes, depth, w, covers }],
  };
  const data = sceneBuffers(scene);
  data.set(BIND.vertices, values);
  data.set(
    BIND.draw,
    fragmentDraw((draw) => draw.fill(WIDTH * samples * 16, FRAGMENT_DRAW.colorRowBytes, FRAGMENT_DRAW.words)),
  );
  for (let i = 0; i < 5; i++) data.set(BIND.color + i, new Uint8Array(WIDTH * HEIGHT * samples * 16));
  const run = await runProgram(device, fragmentCode(plan), SHOW, data, [2]);
  const images = await Promise.all([0, 1, 2, 3, 4].map(async (i) => (await run(BIND.color + i)).buffer));
  const floats = images.slice(0, 3).map((image) => new Float32Array(image!));
  const [uints, ints] = [new Uint32Array(images[3]!), new Int32Array(images[4]!)];

  const value = (location: number, i: number, vertex: number) => values[[2, 0, 1][vertex]! * record.words + varying(location) + i]!;
  const weights = (x: number, y: number) => {
    const screen = b.map(([c, dx, dy]) => c + dx * (x - reference[0]) + dy * (y - reference[1]));
    const over = screen.map((v, i) => v / w[i]!);
    const sum = over.reduce((a, c) => a + c);
    return { linear: screen, perspective: over.map((v) => v / sum), sum };
  };
  const mix = (location: number, i: number, weight: readonly number[]) =>
    weight.reduce((sum, v, vertex) => sum + v * value(location, i, vertex), 0);
  for (let pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
    const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
    const isIn = x >= X && x < X + 8 && y >= Y && y < Y + 8;
    const covered = isIn ? covers(x - X, y - Y) : 0;
    for (let s = 0; s < samples; s++) {
      const place = (pixel * samples + s) * 4;
      if (!((covered >> s) & 1)) {
        for (const image of [...floats, uints, ints])
          expect([...image.subarray(place, place + 4)], `pixel ${x},${y} sample ${s}`).toEqual([0, 0, 0, 0]);
        continue;
      }
      const center = weights(x + 0.5, y + 0.5);
      const first = SAMPLE_AT[31 - Math.clz32(covered & -covered)]!;
      const centroid = covered === all ? center : weights(x + first[0], y + first[1]);
      const sample = samples === 1 ? center : weights(x + SAMPLE_AT[s]![0], y + SAMPLE_AT[s]![1]);
      const z = depth[0] + depth[1] * (x + 0.5 - reference[0]) + depth[2] * (y + 0.5 - reference[1]);
      const want = [
        [x + 0.5, y + 0.5, z, center.sum],
        [mix(0, 0, center.perspective), 0.1, mix(1, 0, center.linear), mix(3, 0, centroid.perspective)],
        [mix(4, 0, sample.linear), 2, 2.5, 1],
      ];
      for (const [i, row] of want.entries()) {
        for (const [j, v] of row.entries()) {
          expect(Math.abs(floats[i]![place + j]! - v), `pixel ${x},${y} sample ${s} output ${i}.${j}`).toBeLessThan(
            i === 1 && j === 2 ? 8e-3 : 1e-5,
          );
        }
      }
      expect(floats[1]![place + 1], "equal values stay what they are").toBe(Math.fround(0.1));
      expect([...uints.subarray(place, place + 4)]).toEqual([77, covered, ((y - Y) & 1) * 2 + ((x - X) & 1), 4]);
      expect([...ints.subarray(place, place + 4)]).toEqual([193, 192, 191, 1]);
    }
  }
});
