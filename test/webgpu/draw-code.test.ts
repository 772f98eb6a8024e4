/** The vertex program: fetching attributes and indices, and what it writes, against the specification's words. */
import { expect, test } from "vitest";
import { BIND, VERTEX_DRAW, type VertexRecord, vertexRecord } from "../../webgpu/draw/layout.ts";
import { vertexCode } from "../../webgpu/draw/vertex-code.ts";
import type { VertexState } from "../../webgpu/vertex-state.ts";
import { entryPoint, type IoText, programDevice, randomWords, runProgram } from "./draw-programs.ts";

const device = await programDevice();

type Buffers = VertexState["buffers"];
type Attribute = NonNullable<Buffers[number]>["attributes"][number];

const FORMATS =
  `uint8 uint8x2 uint8x4 sint8 sint8x2 sint8x4 unorm8 unorm8x2 unorm8x4 snorm8 snorm8x2 snorm8x4 uint16 uint16x2 uint16x4 sint16
  sint16x2 sint16x4 unorm16 unorm16x2 unorm16x4 snorm16 snorm16x2 snorm16x4 float16 float16x2 float16x4 float32 float32x2 float32x3 float32x4
  uint32 uint32x2 uint32x3 uint32x4 sint32 sint32x2 sint32x3 sint32x4 unorm10-10-10-2 unorm8x4-bgra snorm10-10-10-2`.split(
    /\s+/,
  ) as Attribute["format"][];

const halfOf = (bits: number): number => {
  const [sign, exponent, fraction] = [bits >>> 15 ? -1 : 1, (bits >>> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
};

/** @see https://www.w3.org/TR/webgpu/#vertex-formats */
function componentsOf(format: string, view: DataView, at: number): number[] {
  if (format.endsWith("10-10-10-2")) {
    const word = view.getUint32(at, true);
    const signed = format.startsWith("s");
    return [10, 10, 10, 2].map((bits, i) => {
      const raw = Math.floor(word / 2 ** (10 * i)) % 2 ** bits;
      const value = signed && raw >= 2 ** (bits - 1) ? raw - 2 ** bits : raw;
      return signed ? Math.max(-1, value / (2 ** (bits - 1) - 1)) : value / (2 ** bits - 1);
    });
  }
  if (format.endsWith("-bgra")) return [2, 1, 0, 3].map((i) => view.getUint8(at + i) / 255);
  const [, kind = "", bits = "", count = "1"] = /^([a-z]+)(\d+)(?:x(\d))?$/.exec(format) ?? [];
  return Array.from({ length: Number(count) }, (_, i) => {
    const place = at + (i * Number(bits)) / 8;
    const unsigned = { 8: () => view.getUint8(place), 16: () => view.getUint16(place, true), 32: () => view.getUint32(place, true) };
    const raw = unsigned[Number(bits) as 8 | 16 | 32]();
    const signed = raw >= 2 ** (Number(bits) - 1) ? raw - 2 ** Number(bits) : raw;
    if (kind === "float") return bits === "16" ? halfOf(raw) : view.getFloat32(place, true);
    if (kind === "unorm") return raw / (2 ** Number(bits) - 1);
    if (kind === "snorm") return Math.max(-1, signed / (2 ** (Number(bits) - 1) - 1));
    return kind === "sint" ? signed : raw;
  });
}

const bytesOf = (format: string): number => {
  if (format.includes("10-10") || format.endsWith("bgra")) return 4;
  const [, bits = "", count = "1"] = /(\d+)(?:x(\d))?$/.exec(format) ?? [];
  return (Number(bits) / 8) * Number(count);
};

function drawWords(words: Readonly<Record<number, number>>): Uint32Array {
  const out = new Uint32Array(32);
  for (const [word, value] of Object.entries(words)) out[Number(word)] = value;
  return out;
}

const vector = (scalar: string, n: number): string => (n === 1 ? scalar : `vec${n}<${scalar}>`);

/** Types with one to four components, each at its own location and copied to an output. */
function copies(scalars: readonly string[]): { inputs: IoText[]; body: string } {
  const inputs = scalars.flatMap((scalar, i) => [1, 2, 3, 4].map((n): IoText => [vector(scalar, n), i * 4 + n - 1]));
  return { inputs, body: inputs.map(([, at]) => `out_${at} = in_${at};`).join("\n") };
}

function record(inputs: readonly IoText[]): { vertex: ReturnType<typeof entryPoint>; layout: VertexRecord } {
  const vertex = entryPoint("vertex", inputs, [["vec4<f32>", "position"], ...inputs]);
  const fragment = entryPoint(
    "fragment",
    inputs.map(([type, at]): IoText => [type, at, { interpolation: "flat" }]),
    [],
  );
  return { vertex, layout: vertexRecord(vertex, fragment, false) };
}

test.each(FORMATS)("attributes of format %s", async (format) => {
  const kind = format.startsWith("uint") ? "u32" : format.startsWith("sint") ? "i32" : "f32";
  const { inputs, body } = copies(kind === "f32" ? ["f32", "f16"] : [kind]);
  const bytes = bytesOf(format);
  const offset = bytes === 1 ? 7 : bytes === 2 ? 6 : 4;
  const attributes = inputs.map(([, at]): Attribute => ({ format, offset, shaderLocation: Number(at) }));
  const { vertex, layout } = record(inputs);
  const code = vertexCode({
    entry: vertex,
    record: layout,
    buffers: [null, { arrayStride: 20, stepMode: "vertex", attributes }],
  });
  const next = randomWords(bytes + format.length);
  const contents = Uint8Array.from({ length: 512 }, next);
  const view = new DataView(contents.buffer);
  // floats of a middling size, so that halves have them too
  for (let at = 0; format.startsWith("float32") && at < 512; at += 4) view.setFloat32(at, (next() / 2 ** 32) * 100 - 50, true);
  // one vertex past the part that is bound
  const count = 20;
  const first = 3;
  const size = (first + count - 2) * 20 + offset + bytes;
  const draw = drawWords({ [VERTEX_DRAW.vertexCount]: count, [VERTEX_DRAW.total]: count, [VERTEX_DRAW.first]: first, 10: 8, 11: size });
  const data = new Map<number, ArrayBufferView>([
    [BIND.draw, draw],
    [BIND.vertexBuffer + 1, contents],
    [BIND.vertices, new Uint8Array(count * layout.words * 4)],
  ]);
  const result = new DataView((await (await runProgram(device, code, body, data))(BIND.vertices)).buffer);
  for (let n = 0; n < count; n++) {
    const isOut = n === count - 1;
    const given = componentsOf(format, isOut ? new DataView(new ArrayBuffer(16)) : view, isOut ? 0 : 8 + (first + n) * 20 + offset);
    for (const { location, scalar, components, at } of layout.varyings) {
      for (let i = 0; i < components; i++) {
        const place = (n * layout.words + at + i) * 4;
        const want = given[i] ?? (i === 3 ? 1 : 0);
        const what = `${format} vertex ${n} location ${location} component ${i}`;
        if (scalar === "u32") expect(result.getUint32(place, true), what).toBe(want);
        else if (scalar === "i32") expect(result.getInt32(place, true), what).toBe(want);
        else if (Number.isNaN(want)) expect(result.getFloat32(place, true), what).toBeNaN();
        else if (!Number.isFinite(want)) expect(result.getFloat32(place, true), what).toBe(want);
        else {
          const error = Math.abs(result.getFloat32(place, true) - want);
          expect(error, what).toBeLessThanOrEqual(Math.max(Math.abs(want), 2 ** -14) * 2 ** (scalar === "f16" ? -10 : -23));
        }
      }
    }
  }
});

const INDEXED = entryPoint(
  "vertex",
  [
    ["u32", "vertex_index"],
    ["u32", "instance_index"],
    ["u32", 0],
    ["u32", 1],
  ],
  [
    ["vec4<f32>", "position"],
    ["array<f32, 3>", "clip_distances"],
    ["vec4<u32>", 2],
  ],
);
const READER = entryPoint(
  "fragment",
  [
    ["vec4<u32>", 2, { interpolation: "flat" }],
    ["vec3<f32>", 5],
  ],
  [],
);
const BODY = `out_2 = vec4<u32>(in_vertex_index, in_instance_index, in_0, in_1);
out_position = vec4<f32>(1.5, 2.5, 3.5, 4.5);
out_clip_distances = array<f32, 3>(-1.0, 0.0, 7.0);`;
const STEPPED: Buffers = [
  { arrayStride: 8, stepMode: "vertex", attributes: [{ format: "uint32", offset: 4, shaderLocation: 0 }] },
  { arrayStride: 4, stepMode: "instance", attributes: [{ format: "uint32", offset: 0, shaderLocation: 1 }] },
];

test.each(["jit", "reference"] as const)("indices, instances and the record, by the %s tier", async (tier) => {
  const runner = await programDevice(tier);
  const layout = vertexRecord(INDEXED, READER, true);
  expect(layout).toMatchObject({ words: 15, restart: 4, clip: 5, clipCount: 3 });
  const code = vertexCode({ entry: INDEXED, record: layout, buffers: STEPPED });
  for (const wide of [false, true]) {
    const list = [9, 9, 9, 12, 5, wide ? 0xffff_ffff : 0xffff, 5, 20, 400];
    const indices = wide ? Uint32Array.from(list) : Uint16Array.from(list);
    const bytes = wide ? 4 : 2;
    // the first index that is bound is number 1; two are asked for that are not bound
    const draw = drawWords({
      [VERTEX_DRAW.vertexCount]: 9,
      [VERTEX_DRAW.total]: 27,
      [VERTEX_DRAW.first]: 1,
      [VERTEX_DRAW.baseVertex]: -5,
      [VERTEX_DRAW.firstInstance]: 2,
      [VERTEX_DRAW.indexOffset]: bytes,
      [VERTEX_DRAW.indexSize]: 8 * bytes,
      [VERTEX_DRAW.indexBytes]: bytes,
      8: 16,
      9: 8 * 16,
      10: 4,
      11: 16,
    });
    const data = new Map<number, ArrayBufferView>([
      [BIND.draw, draw],
      [BIND.indices, indices],
      [BIND.vertices, new Uint32Array(27 * 15)],
      [BIND.vertexBuffer, Uint32Array.from({ length: 64 }, (_, i) => i + 1000)],
      [BIND.vertexBuffer + 1, Uint32Array.from({ length: 8 }, (_, i) => i + 500)],
    ]);
    const bound = list.slice(1);
    const out = (await runProgram(runner, code, BODY, data))(BIND.vertices);
    const words = new Uint32Array((await out).buffer);
    const floats = new Float32Array(words.buffer);
    for (let n = 0; n < 27; n++) {
      const index = bound[1 + (n % 9)] ?? 0;
      const vertex = (index - 5) >>> 0;
      const instance = 2 + Math.floor(n / 9);
      expect([...floats.subarray(n * 15, n * 15 + 4)]).toEqual([1.5, 2.5, 3.5, 4.5]);
      expect(words[n * 15 + 4], `restart ${n}`).toBe(index === (wide ? 0xffff_ffff : 0xffff) ? 1 : 0);
      expect([...floats.subarray(n * 15 + 5, n * 15 + 8)]).toEqual([-1, 0, 7]);
      const attribute = vertex < 16 ? 1000 + 4 + vertex * 2 + 1 : 0;
      // 16 bytes from the second word on: four instances
      const perInstance = instance < 4 ? 501 + instance : 0;
      expect([...words.subarray(n * 15 + 8, n * 15 + 12)], `vertex ${n}`).toEqual([vertex, instance, attribute, perInstance]);
      expect([...words.subarray(n * 15 + 12, n * 15 + 15)], "not written by the vertex stage").toEqual([0, 0, 0]);
    }
  }
});

test("more workgroups than one dimension has, and none past the last vertex", async () => {
  const layout = vertexRecord(INDEXED, READER, false);
  const code = vertexCode({ entry: INDEXED, record: layout, buffers: STEPPED });
  const draw = drawWords({
    [VERTEX_DRAW.vertexCount]: 150,
    [VERTEX_DRAW.total]: 300,
    [VERTEX_DRAW.first]: 7,
    [VERTEX_DRAW.firstInstance]: 40,
  });
  const data = new Map<number, ArrayBufferView>([
    [BIND.draw, draw],
    [BIND.vertices, new Uint32Array(320 * layout.words).fill(99)],
  ]);
  const words = new Uint32Array((await (await runProgram(device, code, BODY, data, [2, 3]))(BIND.vertices)).buffer);
  for (let n = 0; n < 320; n++) {
    const at = n * layout.words + layout.varyings[0]!.at;
    const want = n < 300 ? [7 + (n % 150), 40 + Math.floor(n / 150)] : [99, 99];
    expect([...words.subarray(at, at + 2)], `vertex ${n}`).toEqual(want);
  }
});

test("a stride of zero gives every vertex the same", async () => {
  const { vertex, layout } = record([["u32", 0]]);
  const buffers: Buffers = [{ arrayStride: 0, stepMode: "vertex", attributes: [{ format: "uint32", offset: 4, shaderLocation: 0 }] }];
  const code = vertexCode({ entry: vertex, record: layout, buffers });
  const draw = drawWords({ [VERTEX_DRAW.vertexCount]: 4, [VERTEX_DRAW.total]: 4, 8: 4, 9: 8 });
  const data = new Map<number, ArrayBufferView>([
    [BIND.draw, draw],
    [BIND.vertices, new Uint32Array(4 * layout.words)],
    [BIND.vertexBuffer, Uint32Array.of(1, 2, 3, 4)],
  ]);
  const words = new Uint32Array((await (await runProgram(device, code, "out_0 = in_0;", data))(BIND.vertices)).buffer);
  expect([0, 1, 2, 3].map((n) => words[n * layout.words + 4])).toEqual([3, 3, 3, 3]);
});
