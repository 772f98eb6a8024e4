/** textureLoad, textureStore and the queries, in both tiers, against the driver's own reading and writing of texels. */
import { describe, expect, test } from "vitest";
import { channelsOf } from "../../support/texel.ts";
import { create } from "../../webgpu/index.ts";
import { readBack } from "./helpers.ts";

const USAGE = { copySrc: 1, copyDst: 2, texture: 4, storage: 8 };

async function deviceOf(tier: "jit" | "reference"): Promise<GPUDevice> {
  const adapter = (await create({ tier, compile: "inline", threads: 1 }).requestAdapter())!;
  const requiredFeatures = [...adapter.features] as GPUFeatureName[];
  const device = await adapter.requestDevice({ requiredFeatures });
  device.addEventListener("uncapturederror", ({ error }) => expect.soft(error.message).toBe(""));
  return device;
}

function dispatch(d: GPUDevice, code: string, resources: readonly GPUBindingResource[], groups: readonly [number, number?, number?]): void {
  const pipeline = d.createComputePipeline({ layout: "auto", compute: { module: d.createShaderModule({ code }) } });
  const entries = resources.map((resource, binding) => ({ binding, resource }));
  const encoder = d.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, d.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
  pass.dispatchWorkgroups(...groups);
  pass.end();
  d.queue.submit([encoder.finish()]);
}

const storageBuffer = (d: GPUDevice, size: number) => d.createBuffer({ size, usage: 128 | 4 | 8 });

/** Bytes of a texture, rows packed. */
async function texels(d: GPUDevice, texture: GPUTexture, bytesPerTexel: number): Promise<Uint8Array> {
  const { width, height, depthOrArrayLayers } = texture;
  const buffer = d.createBuffer({ size: 256 * height * depthOrArrayLayers, usage: 4 | 8 });
  const encoder = d.createCommandEncoder();
  encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow: 256, rowsPerImage: height }, [width, height, depthOrArrayLayers]);
  d.queue.submit([encoder.finish()]);
  const all = await readBack(d, buffer);
  const rows = Array.from({ length: height * depthOrArrayLayers }, (_, i) => all.subarray(i * 256, i * 256 + width * bytesPerTexel));
  return Uint8Array.from(rows.flatMap((row) => [...row]));
}

const WRITABLE =
  `rgba8unorm rgba8snorm rgba16unorm rgba16snorm rgba16float rg8unorm rg8snorm rg16unorm rg16snorm rg16float r32float rg32float rgba32float
  bgra8unorm r8unorm r8snorm r16unorm r16snorm r16float rgb10a2unorm rg11b10ufloat rgba8uint rgba16uint rg8uint rg16uint r32uint rg32uint rgba32uint r8uint
  r16uint rgb10a2uint rgba8sint rgba16sint rg8sint rg16sint r32sint rg32sint rgba32sint r8sint r16sint`.split(/\s+/) as GPUTextureFormat[];
const READABLE = [...WRITABLE, "rgba8unorm-srgb", "bgra8unorm-srgb", "rgb9e5ufloat"] as GPUTextureFormat[];

const bytesOf = (format: string) => (format === "rgb9e5ufloat" ? 4 : channelsOf(format).reduce((sum, { bits }) => sum + bits, 0) / 8);
const componentOf = (format: string) => (/uint$/.test(format) ? "u32" : /sint$/.test(format) ? "i32" : "f32");

/** Bytes whose floats are neither NaN nor infinite in any format. */
const contents = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37 + 11) & 0x3b);

/** What a component's bits mean, from the specification's words. */
function decoded(format: string, bytes: Uint8Array): number[] {
  const value = [...bytes].reduceRight((n, byte) => (n << 8n) | BigInt(byte), 0n);
  const field = (shift: number, bits: number) => Number((value >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n));
  if (format === "rgb9e5ufloat") return [0, 9, 18].map((shift) => field(shift, 9) * 2 ** (field(27, 5) - 24)).concat(1);
  const out = [0, 0, 0, 1];
  for (const { component, shift, bits, kind } of channelsOf(format)) {
    const raw = field(shift, bits);
    const signed = raw >= 2 ** (bits - 1) ? raw - 2 ** bits : raw;
    const [exponent, mantissa] = [bits === 16 ? (raw >> 10) & 31 : raw >> (bits - 5), bits === 16 ? 10 : bits - 5];
    const fraction = (raw & (2 ** mantissa - 1)) / 2 ** mantissa;
    const small = (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15)) * (bits === 16 && raw >= 0x8000 ? -1 : 1);
    const unit = raw / (2 ** bits - 1);
    out[component] = {
      unorm: unit,
      snorm: Math.max(-1, signed / (2 ** (bits - 1) - 1)),
      uint: raw,
      sint: signed,
      float: bits === 32 ? new Float32Array(Uint32Array.of(raw).buffer)[0]! : small,
      srgb: unit <= 0.04045 ? unit / 12.92 : ((unit + 0.055) / 1.055) ** 2.4,
    }[kind];
  }
  return out;
}

for (const tier of ["reference", "jit"] as const) {
  describe(`textures in shaders, ${tier}`, () => {
    test("every uncompressed format is loaded as the specification says", async () => {
      const d = await deviceOf(tier);
      for (const format of READABLE) {
        const bytes = bytesOf(format);
        const texture = d.createTexture({ size: [5, 3], format, usage: USAGE.copyDst | USAGE.texture });
        const data = contents(15 * bytes);
        d.queue.writeTexture({ texture }, data, { bytesPerRow: 5 * bytes }, [5, 3]);
        const out = storageBuffer(d, 15 * 16);
        const type = componentOf(format);
        const code = `
          @group(0) @binding(0) var t: texture_2d<${type}>;
          @group(0) @binding(1) var<storage, read_write> out: array<vec4<${type}>>;
          @compute @workgroup_size(5) fn main(@builtin(global_invocation_id) i: vec3u) { out[i.y * 5 + i.x] = textureLoad(t, i.xy, 0); }`;
        dispatch(d, code, [texture.createView(), out], [1, 3]);
        const { buffer } = await readBack(d, out);
        const got = [...(type === "f32" ? new Float32Array(buffer) : type === "u32" ? new Uint32Array(buffer) : new Int32Array(buffer))];
        const wanted = Array.from({ length: 15 }, (_, i) => decoded(format, data.subarray(i * bytes, i * bytes + bytes))).flat();
        const far = got.findIndex((n, i) => Math.abs(n - wanted[i]!) > Math.abs(wanted[i]!) * (format.endsWith("srgb") ? 1e-5 : 1e-6));
        expect.soft(far < 0 ? "" : `component ${far} is ${got[far]}, not ${wanted[far]}`, format).toBe("");
      }
    }, 60_000);

    test("what is loaded from a storage texture and stored again is the same", async () => {
      const d = await deviceOf(tier);
      for (const format of WRITABLE) {
        const bytes = bytesOf(format);
        const source = d.createTexture({ size: [5, 3], format, usage: USAGE.copyDst | USAGE.texture });
        const target = d.createTexture({ size: [5, 3], format, usage: USAGE.copySrc | USAGE.copyDst | USAGE.storage });
        const data = contents(15 * bytes);
        d.queue.writeTexture({ texture: source }, data, { bytesPerRow: 5 * bytes }, [5, 3]);
        d.queue.writeTexture({ texture: target }, new Uint8Array(15 * bytes).fill(0x55), { bytesPerRow: 5 * bytes }, [5, 3]);
        const code = `
          @group(0) @binding(0) var s: texture_2d<${componentOf(format)}>;
          @group(0) @binding(1) var t: texture_storage_2d<${format}, write>;
          @compute @workgroup_size(4, 4) fn main(@builtin(global_invocation_id) i: vec3u) { textureStore(t, i.xy, textureLoad(s, i.xy, 0)); }`;
        dispatch(d, code, [source.createView(), target.createView()], [2]);
        expect.soft([...(await texels(d, target, bytes))], format).toEqual([...data]);
      }
    }, 60_000);

    test("mip levels, layers, slices, swizzles, views and functions; out of range does no harm", async () => {
      const d = await deviceOf(tier);
      const texture = d.createTexture({
        size: [8, 4, 3],
        format: "r32uint",
        mipLevelCount: 3,
        usage: USAGE.copyDst | USAGE.copySrc | USAGE.texture | USAGE.storage,
      });
      for (let mipLevel = 0; mipLevel < 3; mipLevel++) {
        const [w, h] = [8 >> mipLevel, 4 >> mipLevel];
        const data = Uint32Array.from({ length: w * h * 3 }, (_, i) => mipLevel * 1000 + i);
        d.queue.writeTexture({ texture, mipLevel }, data, { bytesPerRow: w * 4, rowsPerImage: h }, [w, h, 3]);
      }
      const out = storageBuffer(d, 64);
      const code = `
        @group(0) @binding(0) var t: texture_2d_array<u32>;
        @group(0) @binding(1) var w: texture_storage_2d<r32uint, read_write>;
        @group(0) @binding(2) var<storage, read_write> out: array<u32>;
        fn third(x: texture_2d_array<u32>, y: texture_storage_2d<r32uint, read_write>) -> u32 {
          textureStore(y, vec2u(1, 0), textureLoad(y, vec2i(0)) + 7);
          textureStore(y, vec2i(-1, 0), vec4u(99)); textureStore(y, vec2u(0, 4), vec4u(99)); textureStore(y, vec2u(8, 0), vec4u(99));
          return textureLoad(x, vec2u(1, 1), 1u, 1).r;
        }
        @compute @workgroup_size(1) fn main() {
          out[0] = third(t, w);
          let d = textureDimensions(t, 1); out[1] = d.x; out[2] = d.y;
          out[3] = textureNumLayers(t); out[4] = textureNumLevels(t);
          out[5] = textureLoad(t, vec2i(100, -3), 77, 9).r;
          let v = textureLoad(t, vec2u(), 0, 0); out[6] = v.r; out[7] = v.g; out[8] = v.a;
          out[9] = textureDimensions(w).x;
        }`;
      const view = texture.createView({
        baseMipLevel: 1,
        baseArrayLayer: 1,
        arrayLayerCount: 2,
        swizzle: "1rrr",
      } as GPUTextureViewDescriptor);
      const layer = texture.createView({ dimension: "2d", mipLevelCount: 1, baseArrayLayer: 2, arrayLayerCount: 1 });
      dispatch(d, code, [view, layer, out], [1]);
      const got = [...new Uint32Array((await readBack(d, out)).buffer)].slice(0, 10);
      // level 1 is 4 x 2: its layer 1 starts at 1008, and out of range is the nearest texel, with r and the rest swizzled
      expect(got).toEqual([1, 2, 1, 2, 2, 1, 1, 1008, 1008, 8]);
      const whole = new Uint32Array((await texels(d, texture, 4)).buffer);
      const wanted = Uint32Array.from({ length: 96 }, (_, i) => i);
      wanted[65] = 64 + 7;
      expect([...whole]).toEqual([...wanted]);
    });

    test("invocations write their own texels of a word", async () => {
      const d = await deviceOf(tier);
      const texture = d.createTexture({ size: [64, 2], format: "r8uint", usage: USAGE.copySrc | USAGE.storage });
      const code = `
        @group(0) @binding(0) var t: texture_storage_2d<r8uint, write>;
        @group(0) @binding(1) var s: sampler;
        fn put(x: texture_storage_2d<r8uint, write>, unused: sampler, at: vec2u) { textureStore(x, at, vec4u(at.x + at.y * 64)); }
        @compute @workgroup_size(16) fn main(@builtin(global_invocation_id) i: vec3u) { _ = t; _ = s; put(t, s, i.xy); }`;
      dispatch(d, code, [texture.createView(), d.createSampler()], [4, 2]);
      expect([...(await texels(d, texture, 1))]).toEqual(Array.from({ length: 128 }, (_, i) => i));
    });
  });
}
