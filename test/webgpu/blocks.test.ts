/**
 * Decoders of compressed blocks, against another implementation: `blocks.txt` has random blocks of each format and mode, with the texels that
 * Mesa's decoders make of them, in the format that ours decode to.
 */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { texelsOf } from "../../webgpu/blocks/bits.ts";
import { decodingOf } from "../../webgpu/blocks/decoder.ts";
import { FORMATS, isCompressed } from "../../webgpu/formats.ts";
import { create } from "../../webgpu/index.ts";
import { readBack } from "./helpers.ts";

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

interface Sample {
  readonly format: string;
  readonly block: Uint8Array;
  readonly texels: Uint8Array;
}
const SAMPLES: Sample[] = readFileSync(new URL("blocks.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(" "))
  .map(([format = "", block = "", texels = ""]) => ({ format, block: bytesOf(block), texels: bytesOf(texels) }));
const NAMES = [...new Set(SAMPLES.map(({ format }) => format))];

/** Mesa interpolates BC4 and BC5 in integers of eight bits, and rounds those of BC1 to BC3 down. */
const SLACK: Readonly<Record<string, number>> = { bc1: 1, bc2: 1, bc3: 1, bc4: 520, bc5: 520 };

function decode(format: string, block: Uint8Array): Uint8Array {
  const { blockWidth, blockHeight } = FORMATS.get(format)!;
  const decoding = decodingOf(format)!;
  const texels = texelsOf(blockWidth * blockHeight);
  decoding.decode(block, 0, texels);
  return texels.bytes.slice(0, blockWidth * blockHeight * FORMATS.get(decoding.format)!.blockBytes);
}

/** Numbers to compare: bytes, or signed halfwords. */
function numbers(format: string, bytes: Uint8Array): readonly number[] {
  const { format: name } = decodingOf(format)!;
  if (name.startsWith("rgba8")) return [...bytes];
  const buffer = bytes.slice().buffer;
  return [...(name.endsWith("snorm") ? new Int16Array(buffer) : new Uint16Array(buffer))];
}

test.each(NAMES)("%s", (name) => {
  for (const { format, block, texels } of SAMPLES) {
    if (format !== name) continue;
    const [ours, theirs] = [numbers(format, decode(format, block)), numbers(format, texels)];
    expect(ours).toHaveLength(theirs.length);
    const furthest = Math.max(...ours.map((n, i) => Math.abs(n - theirs[i]!)));
    expect({ block, furthest }).toEqual({ block, furthest: expect.toSatisfy((n) => n <= (SLACK[name.slice(0, 3)] ?? 0)) });
  }
});

test("every compressed format has a decoder, and is decoded to one that keeps the colour space", () => {
  for (const [name, format] of FORMATS) {
    if (!isCompressed(format)) continue;
    const { format: decoded } = decodingOf(name)!;
    expect(FORMATS.has(decoded)).toBe(true);
    expect(decoded.endsWith("-srgb")).toBe(name.endsWith("-srgb"));
  }
});

test("reserved blocks are black", () => {
  const zero = new Uint8Array(16);
  expect(decode("bc7-rgba-unorm", zero)).toEqual(new Uint8Array(64));
  const reserved = Uint8Array.of(0b10011, ...new Uint8Array(15).fill(0xff));
  expect(numbers("bc6h-rgb-float", decode("bc6h-rgb-float", reserved)).slice(0, 4)).toEqual([0, 0, 0, 0x3c00]);
});

/** All texels of a level, as r, g, b, a. */
const LOAD = `
  @group(0) @binding(0) var t: texture_2d_array<f32>;
  @group(0) @binding(1) var<storage, read_write> out: array<vec4f>;
  @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) i: vec3u) {
    let size = textureDimensions(t, 0);
    out[(i.z * size.y + i.y) * size.x + i.x] = textureLoad(t, i.xy, i.z, 0);
  }`;

async function setup() {
  const adapter = (await create({ tier: "reference", compile: "inline", threads: 1 }).requestAdapter())!;
  const device = await adapter.requestDevice({ requiredFeatures: [...adapter.features] as GPUFeatureName[] });
  device.addEventListener("uncapturederror", ({ error }) => expect.soft(error.message).toBe(""));
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module: device.createShaderModule({ code: LOAD }) } });
  const load = (encoder: GPUCommandEncoder, view: GPUTextureView, [x, y, z]: readonly [number, number, number]) => {
    const out = device.createBuffer({ size: x * y * z * 16, usage: 128 | 4 });
    const entries = [
      { binding: 0, resource: view },
      { binding: 1, resource: { buffer: out } },
    ];
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(x, y, z);
    pass.end();
    return out;
  };
  const floats = async (buffer: GPUBuffer) => [...new Float32Array((await readBack(device, buffer)).buffer)];
  return { device, load, floats };
}

const of = (format: string) => SAMPLES.filter((each) => each.format === format);
/** Texels of a sample as the shader sees them. */
const seen = ({ format, block }: Sample) => [...decode(format, block)].map((byte) => Math.fround(byte / 255));

test("shaders read a level and a layer of a texture, whose edge blocks reach past it", async () => {
  const { device, load, floats } = await setup();
  const format = "etc2-rgba8unorm";
  const [a, b] = of(format);
  const size = [12, 12, 2];
  const texture = device.createTexture({ size, format, mipLevelCount: 2, usage: 4 | 2 });
  const data = new Uint8Array(16 * 8);
  data.set(a!.block, 16 * 4);
  data.set(b!.block, 16 * 7);
  device.queue.writeTexture({ texture, mipLevel: 1 }, data, { bytesPerRow: 32, rowsPerImage: 2 }, [8, 8, 2]);
  const encoder = device.createCommandEncoder();
  const view = texture.createView({ dimension: "2d-array", baseMipLevel: 1, mipLevelCount: 1, baseArrayLayer: 1, arrayLayerCount: 1 });
  const out = load(encoder, view, [6, 6, 1]);
  device.queue.submit([encoder.finish()]);
  const all = await floats(out);
  const rows = (sample: Sample, count: number, wide: number) =>
    Array.from({ length: count }, (_, y) => seen(sample).slice(y * 16, y * 16 + wide * 4));
  const at = (x: number, y: number, wide: number) => all.slice((y * 6 + x) * 4, (y * 6 + x + wide) * 4);
  expect([0, 1, 2, 3].map((y) => at(0, y, 4))).toEqual(rows(a!, 4, 4));
  expect([4, 5].map((y) => at(4, y, 2))).toEqual(rows(b!, 2, 2));
});

test("what copies write is what the next dispatch reads, in one submission", async () => {
  const { device, load, floats } = await setup();
  const format = "bc7-rgba-unorm";
  const [a, b, c] = of(format);
  const texture = device.createTexture({ size: [4, 4], format, usage: 4 | 2 | 1 });
  const view = texture.createView({ dimension: "2d-array" });
  const blocks = device.createBuffer({ size: 512, usage: 4 | 8 });
  for (const [i, sample] of [a!, b!].entries()) device.queue.writeBuffer(blocks, i * 256, sample.block);
  const encoder = device.createCommandEncoder();
  const outs = [load(encoder, view, [4, 4, 1])];
  for (const offset of [0, 256]) {
    encoder.copyBufferToTexture({ buffer: blocks, offset }, { texture }, [4, 4]);
    outs.push(load(encoder, view, [4, 4, 1]));
  }
  device.queue.submit([encoder.finish()]);
  expect(await floats(outs[0]!)).toEqual(new Array(64).fill(0));
  expect(await floats(outs[1]!)).toEqual(seen(a!));
  expect(await floats(outs[2]!)).toEqual(seen(b!));
  device.queue.writeTexture({ texture }, c!.block, {}, [4, 4]);
  const next = device.createCommandEncoder();
  const out = load(next, view, [4, 4, 1]);
  device.queue.submit([next.finish()]);
  expect(await floats(out)).toEqual(seen(c!));
});
