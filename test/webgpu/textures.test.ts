/** Textures from outside: what copies, writes, clears and resolves leave in them, and what is refused. */
import { describe, expect, test } from "vitest";
import { FORMATS } from "../../webgpu/formats.ts";
import { packTexel, unpackTexel } from "../../webgpu/texel-codec.ts";
import { errorOf, testDevice, USAGE } from "./helpers.ts";

const { COPY_SRC, COPY_DST, TEXTURE_BINDING, STORAGE_BINDING, RENDER_ATTACHMENT } = {
  COPY_SRC: 1,
  COPY_DST: 2,
  TEXTURE_BINDING: 4,
  STORAGE_BINDING: 8,
  RENDER_ATTACHMENT: 16,
};
const COPIES = COPY_SRC | COPY_DST;

type Box = [width: number, height: number, layers: number];

/** The bytes of a box of a texture, rows without padding. */
async function texelsOf(
  device: GPUDevice,
  from: GPUTexelCopyTextureInfo,
  [width, height, layers]: Box,
  rowBytes: number,
  blockHeight = 1,
): Promise<Uint8Array> {
  const rows = height / blockHeight;
  const bytesPerRow = Math.ceil(rowBytes / 256) * 256;
  const buffer = device.createBuffer({ size: bytesPerRow * rows * layers, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  const encoder = device.createCommandEncoder();
  encoder.copyTextureToBuffer(from, { buffer, bytesPerRow, rowsPerImage: rows }, [width, height, layers]);
  device.queue.submit([encoder.finish()]);
  await buffer.mapAsync(1);
  const padded = new Uint8Array(buffer.getMappedRange());
  const texels = new Uint8Array(rowBytes * rows * layers);
  for (let row = 0; row < rows * layers; row++) {
    texels.set(padded.subarray(row * bytesPerRow, row * bytesPerRow + rowBytes), row * rowBytes);
  }
  buffer.destroy();
  return texels;
}

const counting = (length: number, from = 1) => Uint8Array.from({ length }, (_, i) => i + from);

describe("contents", () => {
  test("are zero until they are written, and are what was written, level by level and layer by layer", async () => {
    const device = await testDevice();
    const texture = device.createTexture({ size: [8, 4, 3], mipLevelCount: 3, format: "rgba8unorm", usage: COPIES });
    device.queue.writeTexture({ texture, mipLevel: 1, origin: [1, 1, 1] }, counting(16), { bytesPerRow: 12, rowsPerImage: 1 }, [1, 1, 2]);
    expect([...(await texelsOf(device, { texture }, [8, 4, 3], 32))].every((byte) => byte === 0)).toBe(true);
    const level = await texelsOf(device, { texture, mipLevel: 1 }, [4, 2, 3], 16);
    const expected = new Uint8Array(96);
    expected.set([1, 2, 3, 4], 32 + 16 + 4);
    expected.set([13, 14, 15, 16], 64 + 16 + 4);
    expect(level).toEqual(expected);
  });

  test("go from buffers to textures to textures to buffers, in boxes", async () => {
    const device = await testDevice();
    const make = () => device.createTexture({ size: [6, 5, 4], dimension: "3d", format: "rg16uint", usage: COPIES });
    const [a, b] = [make(), make()];
    const buffer = device.createBuffer({ size: 2048, usage: USAGE.COPY_SRC | USAGE.COPY_DST });
    const bytes = new Uint8Array(2048);
    for (let z = 0; z < 2; z++) for (let y = 0; y < 3; y++) bytes.set(counting(8, 1 + z * 40 + y * 10), 4 + z * 1024 + y * 256);
    device.queue.writeBuffer(buffer, 0, bytes);
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToTexture({ buffer, offset: 4, bytesPerRow: 256, rowsPerImage: 4 }, { texture: a, origin: [1, 1, 1] }, [2, 3, 2]);
    encoder.copyTextureToTexture({ texture: a, origin: [1, 1, 1] }, { texture: b, origin: [4, 2, 2] }, [2, 3, 2]);
    device.queue.submit([encoder.finish()]);
    const box = await texelsOf(device, { texture: b, origin: [4, 2, 2] }, [2, 3, 2], 8);
    expect([...box.subarray(0, 8)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect([...box.subarray(40, 48)]).toEqual([61, 62, 63, 64, 65, 66, 67, 68]);
    const around = await texelsOf(device, { texture: b }, [6, 5, 4], 24);
    expect(around.reduce((sum, byte) => sum + byte, 0)).toBe(box.reduce((sum, byte) => sum + byte, 0));
  });

  test("of compressed formats are copied by blocks, also where a level is smaller than its blocks", async () => {
    const descriptor = { requiredFeatures: ["texture-compression-bc" as const] };
    const device = await testDevice(undefined, undefined, descriptor);
    const texture = device.createTexture({ size: [12, 8], mipLevelCount: 3, format: "bc1-rgba-unorm", usage: COPIES });
    device.queue.writeTexture({ texture, mipLevel: 1 }, counting(16), { bytesPerRow: 16 }, [8, 4]);
    device.queue.writeTexture({ texture, mipLevel: 2 }, counting(8, 100), {}, [4, 4]);
    expect(await texelsOf(device, { texture, mipLevel: 1 }, [8, 4, 1], 16, 4)).toEqual(counting(16));
    expect(await texelsOf(device, { texture, mipLevel: 2 }, [4, 4, 1], 8, 4)).toEqual(counting(8, 100));
    const half = () => device.queue.writeTexture({ texture }, counting(16), {}, [2, 4]);
    expect(await errorOf(device, half)).toMatch(/not a multiple of the texel blocks of "bc1-rgba-unorm", 4 x 4/);
  });

  test("of depth and stencil are separate planes", async () => {
    const device = await testDevice();
    const texture = device.createTexture({ size: [4, 2], format: "depth24plus-stencil8", usage: COPIES | RENDER_ATTACHMENT });
    device.queue.writeTexture({ texture, aspect: "stencil-only" }, counting(8), { bytesPerRow: 4 }, [4, 2]);
    const encoder = device.createCommandEncoder();
    const attachment = { view: texture.createView(), depthClearValue: 0.5, depthLoadOp: "clear", depthStoreOp: "store" } as const;
    encoder
      .beginRenderPass({ colorAttachments: [], depthStencilAttachment: { ...attachment, stencilLoadOp: "load", stencilStoreOp: "store" } })
      .end();
    device.queue.submit([encoder.finish()]);
    expect(await texelsOf(device, { texture, aspect: "stencil-only" }, [4, 2, 1], 4)).toEqual(counting(8));
    const depth = () => device.queue.writeTexture({ texture, aspect: "depth-only" }, counting(32), { bytesPerRow: 16 }, [4, 2]);
    expect(await errorOf(device, depth)).toMatch(/the depth aspect of format "depth24plus-stencil8" cannot be copied from linear data/);
  });

  test("of images are converted, flipped and premultiplied", async () => {
    const device = await testDevice();
    const image = { width: 2, height: 2, data: Uint8ClampedArray.of(255, 0, 0, 255, 0, 255, 0, 255, 10, 20, 30, 255, 200, 100, 50, 128) };
    const make = (format: GPUTextureFormat) => device.createTexture({ size: [2, 2], format, usage: COPIES | RENDER_ATTACHMENT });
    const source = { source: image as unknown as ImageData, flipY: true };
    const bgra = make("bgra8unorm-srgb");
    device.queue.copyExternalImageToTexture(source, { texture: bgra, premultipliedAlpha: true }, [2, 2]);
    const bytes = await texelsOf(device, { texture: bgra }, [2, 2, 1], 8);
    expect([...bytes]).toEqual([30, 20, 10, 255, 25, 50, 100, 128, 0, 0, 255, 255, 0, 255, 0, 255]);
    const half = make("rgba16float");
    device.queue.copyExternalImageToTexture({ source: image as unknown as ImageData }, { texture: half, colorSpace: "display-p3" }, [1, 1]);
    const [red, green] = new Uint16Array((await texelsOf(device, { texture: half }, [1, 1, 1], 8)).buffer);
    // sRGB's red in Display P3: 0.9175, 0.2003, 0.1386
    expect(unpackTexel(FORMATS.get("r16float")!, Uint8Array.of(red! & 255, red! >> 8), 0)[0]).toBeCloseTo(0.9175, 3);
    expect(unpackTexel(FORMATS.get("r16float")!, Uint8Array.of(green! & 255, green! >> 8), 0)[0]).toBeCloseTo(0.2003, 3);
    const past = () => device.queue.copyExternalImageToTexture(source, { texture: bgra }, [3, 1]);
    expect(past).toThrow(/reaches past the source, which is 2 x 2/);
  });
});

describe("render passes without draws", () => {
  function clear(device: GPUDevice, attachment: Omit<GPURenderPassColorAttachment, "loadOp" | "storeOp">, storeOp: GPUStoreOp = "store") {
    const encoder = device.createCommandEncoder();
    encoder.beginRenderPass({ colorAttachments: [{ ...attachment, loadOp: "clear", storeOp }] }).end();
    device.queue.submit([encoder.finish()]);
  }

  test("clear one level and layer, and nothing around it", async () => {
    const device = await testDevice();
    const texture = device.createTexture({
      size: [8, 8, 3],
      mipLevelCount: 2,
      format: "rgba16float",
      usage: COPIES | RENDER_ATTACHMENT,
    });
    const view = texture.createView({ dimension: "2d", baseMipLevel: 1, mipLevelCount: 1, baseArrayLayer: 1, arrayLayerCount: 1 });
    clear(device, { view, clearValue: [1, 0.5, -2, 65536] });
    const texels = new Uint16Array((await texelsOf(device, { texture, mipLevel: 1 }, [4, 4, 3], 32)).buffer);
    expect([...texels.subarray(64, 68)]).toEqual([0x3c00, 0x3800, 0xc000, 0x7c00]);
    expect([...texels.subarray(124, 132)]).toEqual([0x3c00, 0x3800, 0xc000, 0x7c00, 0, 0, 0, 0]);
    expect([...texels.subarray(0, 64)].every((word) => word === 0)).toBe(true);
    clear(device, { view, clearValue: [1, 1, 1, 1] }, "discard");
    const after = await texelsOf(device, { texture, mipLevel: 1 }, [4, 4, 3], 32);
    expect(after.every((byte) => byte === 0)).toBe(true);
  });

  test("clear one slice of a 3D texture", async () => {
    const device = await testDevice();
    const texture = device.createTexture({ size: [2, 2, 4], dimension: "3d", format: "r32sint", usage: COPIES | RENDER_ATTACHMENT });
    clear(device, { view: texture.createView(), depthSlice: 2, clearValue: [-7.9, 0, 0, 0] });
    const texels = new Int32Array((await texelsOf(device, { texture }, [2, 2, 4], 8)).buffer);
    expect([...texels]).toEqual([0, 0, 0, 0, 0, 0, 0, 0, -7, -7, -7, -7, 0, 0, 0, 0]);
    const without = () => {
      const encoder = device.createCommandEncoder();
      encoder.beginRenderPass({ colorAttachments: [{ view: texture.createView(), loadOp: "load", storeOp: "store" }] }).end();
      encoder.finish();
    };
    expect(await errorOf(device, without)).toMatch(/colorAttachments\[0\]: depthSlice must be given/);
  });

  test("resolve", async () => {
    const device = await testDevice();
    const size = [3, 2];
    const view = device.createTexture({ size, sampleCount: 4, format: "rgb10a2unorm", usage: RENDER_ATTACHMENT }).createView();
    const target = device.createTexture({ size, format: "rgb10a2unorm", usage: COPIES | RENDER_ATTACHMENT });
    clear(device, { view, clearValue: [1, 0, 0.5, 1], resolveTarget: target.createView() }, "discard");
    const texels = new Uint32Array((await texelsOf(device, { texture: target }, [3, 2, 1], 12)).buffer);
    // 0.5 * 1023 = 511.5 rounds to the even 512
    expect([...texels]).toEqual(Array(6).fill((3 * 2 ** 30 + 512 * 2 ** 20 + 1023) >>> 0));
  });

  test("write timestamps that a later pass does not undo", async () => {
    const device = await testDevice(undefined, undefined, { requiredFeatures: ["timestamp-query"] });
    const querySet = device.createQuerySet({ type: "timestamp", count: 3 });
    const buffer = device.createBuffer({ size: 24, usage: USAGE.QUERY_RESOLVE | USAGE.COPY_SRC });
    const read = device.createBuffer({ size: 24, usage: USAGE.MAP_READ | USAGE.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.beginComputePass({ timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 2 } }).end();
    encoder.resolveQuerySet(querySet, 0, 3, buffer, 0);
    encoder.copyBufferToBuffer(buffer, read);
    device.queue.submit([encoder.finish()]);
    await read.mapAsync(1);
    const [begin, never, end] = new BigUint64Array(read.getMappedRange());
    expect(begin! > 0n && end! >= begin!).toBe(true);
    expect(never).toBe(0n);
  });
});

describe("texels", () => {
  const color = [...FORMATS.values()].filter(
    ({ aspects, blockWidth, renderBytes }) => aspects[0] === "color" && blockWidth === 1 && renderBytes,
  );
  test.each(color.map((format) => [format.name, format] as const))("of %s keep what the format can hold", (_, format) => {
    const bytes = new Uint8Array(format.blockBytes + 2).fill(0xaa);
    const given = format.sampleType === "uint" || format.sampleType === "sint" ? ([3, 2, 1, 2] as const) : ([1, 0, 1, 1] as const);
    packTexel(format, given, bytes, 1);
    const back = unpackTexel(format, bytes, 1);
    expect([bytes[0], bytes[format.blockBytes + 1]]).toEqual([0xaa, 0xaa]);
    expect(back[0]).toBe(given[0]);
    const again = new Uint8Array(format.blockBytes);
    packTexel(format, back, again, 0);
    expect(again).toEqual(bytes.subarray(1, 1 + format.blockBytes));
  });

  test("small floats round to even and reach infinity", () => {
    const half = FORMATS.get("r16float")!;
    const pack = (value: number) => {
      const bytes = new Uint8Array(2);
      packTexel(half, [value, 0, 0, 0], bytes, 0);
      return bytes[0]! + bytes[1]! * 256;
    };
    expect([1, -0, 2 ** -24, 2 ** -25, 2 ** -25 * 1.5, 65504, 65519, 65520, 1 + 2 ** -11, 1 + 3 * 2 ** -11].map(pack)).toEqual([
      0x3c00, 0x8000, 1, 0, 1, 0x7bff, 0x7bff, 0x7c00, 0x3c00, 0x3c02,
    ]);
  });
});

describe("refusals", () => {
  test.each<[Partial<GPUTextureDescriptor>, RegExp]>([
    [{ size: [0, 1] }, /size\.width is 0/],
    [{ size: [8193, 1] }, /size\.width is 8193, over the limit maxTextureDimension2D of 8192/],
    [{ mipLevelCount: 4 }, /mipLevelCount is 4, but a texture of this size has at most 3 levels/],
    [{ sampleCount: 2 }, /sampleCount is 2, but must be 1 or 4/],
    [{ usage: 0 }, /the usage is 0/],
    [{ format: "rgb9e5ufloat", usage: RENDER_ATTACHMENT }, /format "rgb9e5ufloat" cannot have usage RENDER_ATTACHMENT/],
    [{ format: "rgba8unorm-srgb", usage: STORAGE_BINDING }, /format "rgba8unorm-srgb" cannot have usage STORAGE_BINDING/],
    [{ viewFormats: ["bgra8unorm"] }, /viewFormats has "bgra8unorm", but only formats that differ from "rgba8unorm" in "-srgb"/],
    [{ dimension: "1d", size: [4, 2] }, /size\.height is 2, but must be 1 for a texture of dimension "1d"/],
  ])("createTexture %j", async (wrong, message) => {
    const device = await testDevice();
    const make = () => device.createTexture({ size: [4, 4], format: "rgba8unorm", usage: TEXTURE_BINDING, label: "t", ...wrong });
    const error = await errorOf(device, make);
    expect(error).toMatch(/createTexture: GPUTexture "t"/);
    expect(error).toMatch(message);
  });

  test("formats whose feature is not enabled are unknown names", async () => {
    const device = await testDevice();
    const make = () => device.createTexture({ size: [4, 4], format: "bc1-rgba-unorm", usage: TEXTURE_BINDING });
    expect(make).toThrow(/needs the feature "texture-compression-bc"; list it in requiredFeatures/);
  });

  test("textures that no heap can hold are out of memory, not exceptions", async () => {
    const device = await testDevice();
    const make = () => device.createTexture({ size: [8192, 8192, 256], format: "rgba32float", usage: TEXTURE_BINDING });
    expect(await errorOf(device, make, "out-of-memory")).toMatch(/the device's heap has no room for GPUTexture/);
  });

  test("views", async () => {
    const device = await testDevice();
    const texture = device.createTexture({ size: [4, 4, 6], format: "rgba8unorm", usage: TEXTURE_BINDING, label: "t" });
    expect(await errorOf(device, () => texture.createView({ format: "rgba8unorm-srgb" }))).toMatch(
      /createView: GPUTexture "t": .* list "rgba8unorm-srgb" in the texture's viewFormats/,
    );
    expect(await errorOf(device, () => texture.createView({ dimension: "cube", arrayLayerCount: 5 }))).toMatch(/has 6 array layers, not 5/);
    expect(await errorOf(device, () => texture.createView({ dimension: "cube" }))).toBe("");
    expect(() => texture.createView({ swizzle: "rgbx" } as GPUTextureViewDescriptor)).toThrow(TypeError);
  });

  test("a destroyed texture, when it is submitted", async () => {
    const device = await testDevice();
    const texture = device.createTexture({ size: [4, 4], format: "r8unorm", usage: COPIES, label: "gone" });
    const buffer = device.createBuffer({ size: 1024, usage: USAGE.COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyTextureToBuffer({ texture }, { buffer, bytesPerRow: 256 }, [4, 4]);
    const commands = encoder.finish();
    texture.destroy();
    expect(await errorOf(device, () => device.queue.submit([commands]))).toMatch(/submit: GPUTexture "gone" is destroyed/);
  });

  test("copies within one level of a texture", async () => {
    const device = await testDevice();
    const texture = device.createTexture({ size: [4, 4, 4], format: "r8unorm", usage: COPIES });
    const copy = (from: number, to: number, layers: number) => () => {
      const encoder = device.createCommandEncoder();
      encoder.copyTextureToTexture({ texture, origin: [0, 0, from] }, { texture, origin: [0, 0, to] }, [4, 4, layers]);
      device.queue.submit([encoder.finish()]);
    };
    expect(await errorOf(device, copy(0, 1, 2))).toMatch(/source and destination must have no layer in common/);
    expect(await errorOf(device, copy(0, 2, 2))).toBe("");
  });
});
