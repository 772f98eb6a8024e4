/** Canvases without a page, and pictures of what is drawn to them. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { create, createCanvas, globals, readTexture, savePNG, toPNG } from "../../webgpu/index.ts";
import { errorOf } from "./helpers.ts";

const { GPUTextureUsage: usage } = globals;
let device: GPUDevice;
beforeAll(async () => {
  device = await (await create().requestAdapter())!.requestDevice();
});
afterAll(() => device.destroy());

const turn = () => new Promise((resolve) => setTimeout(resolve, 1));

function clear(texture: GPUTexture, clearValue: GPUColor): void {
  const encoder = device.createCommandEncoder();
  encoder.beginRenderPass({ colorAttachments: [{ view: texture.createView(), clearValue, loadOp: "clear", storeOp: "store" }] }).end();
  device.queue.submit([encoder.finish()]);
}

const pixels = async (source: Parameters<typeof toPNG>[0]) => [...decode(await toPNG(source)).data];

describe("createCanvas", () => {
  test("shows what was drawn to its texture, in every format and alpha mode", async () => {
    const color = [0.2, 0.4, 0, 0.5]; // premultiplied
    for (const format of ["rgba8unorm", "bgra8unorm", "rgba16float"] as const) {
      const canvas = createCanvas(2, 1);
      const context = canvas.getContext("webgpu");
      context.configure({ device, format });
      clear(context.getCurrentTexture(), color);
      expect(await pixels(canvas), format).toEqual([51, 102, 0, 255, 51, 102, 0, 255]);
      context.configure({ device, format, alphaMode: "premultiplied" });
      expect(await pixels(canvas), "blank after configure").toEqual(Array(8).fill(0));
      clear(context.getCurrentTexture(), color);
      const [r, g, b, a] = await pixels(canvas);
      expect([b, a]).toEqual([0, 128]);
      expect(Math.abs(r! - 102) + Math.abs(g! - 203)).toBeLessThanOrEqual(2);
    }
  });

  test("gives one texture a turn, destroys it, and keeps what is in it until the next", async () => {
    const canvas = createCanvas(1, 1);
    const context = canvas.getContext("webgpu");
    expect(canvas.getContext("webgpu")).toBe(context);
    expect(canvas.getContext("2d")).toBe(null);
    expect(context.canvas).toBe(canvas);
    context.configure({ device, format: "rgba8unorm" });
    const first = context.getCurrentTexture();
    expect(context.getCurrentTexture()).toBe(first);
    clear(first, [1, 0, 0, 1]);
    await turn();
    expect(await pixels(canvas)).toEqual([255, 0, 0, 255]);
    expect(await errorOf(device, () => clear(first, [0, 1, 0, 1]))).toMatch(/destroyed/);
    const second = context.getCurrentTexture();
    expect(second).not.toBe(first);
    expect(await pixels(canvas)).toEqual([0, 0, 0, 255]);
  });

  test("keeps its picture when the script destroys the texture", async () => {
    const canvas = createCanvas(1, 1);
    const context = canvas.getContext("webgpu");
    context.configure({ device, format: "bgra8unorm" });
    const texture = context.getCurrentTexture();
    clear(texture, [0, 1, 0, 1]);
    texture.destroy();
    expect(context.getCurrentTexture()).toBe(texture);
    expect(await pixels(canvas)).toEqual([0, 255, 0, 255]);
  });

  test("is blank when it is unconfigured or gets another size", async () => {
    const canvas = createCanvas(1, 1);
    const context = canvas.getContext("webgpu");
    expect(() => context.getCurrentTexture()).toThrow(/not configured/);
    context.configure({ device, format: "rgba8unorm", alphaMode: "premultiplied" });
    const texture = context.getCurrentTexture();
    clear(texture, [0, 1, 0, 1]);
    canvas.width = 2;
    expect(await pixels(canvas)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(context.getCurrentTexture().width).toBe(2);
    clear(context.getCurrentTexture(), [0, 1, 0, 1]);
    context.unconfigure();
    expect(context.getConfiguration()).toBe(null);
    expect(await pixels(canvas)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  test("says what is wrong with a configuration", async () => {
    const canvas = createCanvas(4, 4);
    const context = canvas.getContext("webgpu");
    expect(() => context.configure({ device, format: "rgba8unorm-srgb" })).toThrow(/cannot have the format "rgba8unorm-srgb"/);
    expect(() => context.configure({ device: {} as GPUDevice, format: "rgba8unorm" })).toThrow(/not a GPUDevice/);
    expect(() => context.configure({ device, format: "rgba8unorm", usage: 0x20 })).toThrow(TypeError);
    expect(await errorOf(device, () => context.configure({ device, format: "rgba8unorm", viewFormats: ["r32float"] }))).toMatch(/r32float/);
    context.configure({ device, format: "rgba8unorm", viewFormats: ["rgba8unorm-srgb"] });
    expect(context.getConfiguration()).toEqual({
      device,
      format: "rgba8unorm",
      usage: usage.RENDER_ATTACHMENT,
      viewFormats: ["rgba8unorm-srgb"],
      colorSpace: "srgb",
      toneMapping: { mode: "standard" },
      alphaMode: "opaque",
    });
    canvas.width = 0;
    expect(await errorOf(device, () => context.getCurrentTexture())).toMatch(/getCurrentTexture/);
  });

  test("is a source of copyExternalImageToTexture", async () => {
    const canvas = createCanvas(2, 2);
    const context = canvas.getContext("webgpu");
    context.configure({ device, format: "bgra8unorm" });
    clear(context.getCurrentTexture(), [1, 0, 0.2, 1]);
    const texture = device.createTexture({ format: "rgba8unorm", size: [2, 2], usage: usage.COPY_DST | usage.RENDER_ATTACHMENT });
    device.queue.copyExternalImageToTexture({ source: canvas as unknown as OffscreenCanvas }, { texture }, [2, 2]);
    expect([...(await readTexture(texture)).data.slice(12)]).toEqual([255, 0, 51, 255]);
  });
});

describe("readTexture", () => {
  const write = (format: GPUTextureFormat, size: number[], data: GPUAllowSharedBufferSource, bytesPerRow: number) => {
    const texture = device.createTexture({ format, size, usage: usage.COPY_DST });
    device.queue.writeTexture({ texture }, data, { bytesPerRow, rowsPerImage: size[1] ?? 1 }, size);
    return texture;
  };

  test("gives four components, as shaders read them", async () => {
    const read = async (texture: GPUTexture) => (await readTexture(texture)).data;
    expect(await read(write("r32uint", [1], new Uint32Array([4_000_000_001]), 4))).toEqual(new Uint32Array([4_000_000_001, 0, 0, 1]));
    expect(await read(write("rg16sint", [1], new Int16Array([-5, 7]), 4))).toEqual(new Int32Array([-5, 7, 0, 1]));
    expect(await read(write("r32float", [1], new Float32Array([1.5]), 4))).toEqual(new Float32Array([1.5, 0, 0, 1]));
    expect(await read(write("rg8unorm", [1], new Uint8Array([3, 4]), 2))).toEqual(new Uint8ClampedArray([3, 4, 0, 255]));
    expect(await read(write("bgra8unorm-srgb", [1], new Uint8Array([1, 2, 3, 4]), 4))).toEqual(new Uint8ClampedArray([3, 2, 1, 4]));
    expect(await read(write("depth16unorm", [1], new Uint16Array([65535]), 2))).toEqual(new Float32Array([1, 0, 0, 1]));
  });

  test("reads a layer, a mip level, an aspect", async () => {
    const layers = write("r8uint", [1, 1, 3], new Uint8Array([7, 8, 9]), 1);
    expect((await readTexture(layers, { layer: 2 })).data[0]).toBe(9);
    const mips = device.createTexture({ format: "r8uint", size: [4, 4], mipLevelCount: 2, usage: usage.COPY_DST });
    device.queue.writeTexture({ texture: mips, mipLevel: 1 }, new Uint8Array([1, 2, 3, 4]), { bytesPerRow: 2 }, [2, 2]);
    const level = await readTexture(mips, { mipLevel: 1 });
    expect([level.width, level.height, level.data[12]]).toEqual([2, 2, 4]);
    const both = device.createTexture({ format: "depth24plus-stencil8", size: [1], usage: usage.COPY_DST });
    device.queue.writeTexture({ texture: both, aspect: "stencil-only" }, new Uint8Array([5]), {}, [1]);
    expect((await readTexture(both, { aspect: "stencil-only" })).data[0]).toBe(5);
  });

  test("rejects what has no texels, and says why", async () => {
    const texture = write("r8uint", [1], new Uint8Array([7]), 1);
    await expect(readTexture(texture, { layer: 1 })).rejects.toThrow(/1 layers, so there is no layer 1/);
    await expect(readTexture(texture, { mipLevel: 1 })).rejects.toThrow(/no level 1/);
    texture.destroy();
    await expect(readTexture(texture)).rejects.toThrow(/destroyed/);
    await expect(readTexture({} as GPUTexture)).rejects.toThrow(/not a GPUTexture/);
    const many = device.createTexture({ format: "rgba8unorm", size: [1, 1], sampleCount: 4, usage: usage.RENDER_ATTACHMENT });
    await expect(readTexture(many)).rejects.toThrow(/multisampled/);
  });
});

describe("PNG", () => {
  test("files have the pixels", async () => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-png-"));
    const path = join(folder, "made/too/a.png");
    await savePNG(path, { width: 1, height: 2, data: new Float32Array([0, 0.5, 2, 1, -1, 0, 0, 0]) });
    const { width, height, data } = decode(readFileSync(path));
    expect([width, height, ...data]).toEqual([1, 2, 0, 128, 255, 255, 0, 0, 0, 0]);
    rmSync(folder, { recursive: true });
  });

  test("what is no picture is refused", async () => {
    await expect(toPNG({ width: 1, height: 1, data: new Uint32Array(4) })).rejects.toThrow(/integers has no colours/);
    await expect(toPNG({ width: 2, height: 1, data: new Uint8ClampedArray(4) })).rejects.toThrow(/is no picture/);
    await expect(toPNG(null as unknown as GPUTexture)).rejects.toThrow(/is no picture/);
  });
});
