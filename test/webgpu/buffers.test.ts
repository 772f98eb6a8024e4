import { describe, expect, test } from "vitest";
import { errorOf, readBack, testDevice, USAGE } from "./helpers.ts";

const { MAP_READ, MAP_WRITE, COPY_SRC, COPY_DST, STORAGE } = USAGE;
const READ = 1;
const resizable: (bytes: number, most: number) => ArrayBuffer = (bytes, maxByteLength) =>
  Reflect.construct(ArrayBuffer, [bytes, { maxByteLength }]);
const WRITE = 2;

describe("mapping", () => {
  test("a buffer mapped at creation holds what was written, and unmap detaches the ranges", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 32, usage: STORAGE | COPY_SRC, mappedAtCreation: true });
    const first = buffer.getMappedRange(0, 8);
    const second = buffer.getMappedRange(16);
    new Uint32Array(first).set([1, 2]);
    new Uint32Array(second).fill(7);
    buffer.unmap();
    expect([first.byteLength, second.byteLength, buffer.mapState]).toEqual([0, 0, "unmapped"]);
    expect([...new Uint32Array((await readBack(device, buffer)).buffer)]).toEqual([1, 2, 0, 0, 7, 7, 7, 7]);
  });

  test("ranges may touch but not overlap, and lie in the mapped range", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 64, usage: MAP_READ });
    await buffer.mapAsync(READ, 8, 40);
    buffer.getMappedRange(16, 8);
    expect(() => buffer.getMappedRange(16, 8)).toThrow(/overlaps an earlier one, 16 to 24/);
    expect(() => buffer.getMappedRange(0, 8)).toThrow(/not inside the mapped range 8 to 48/);
    expect(() => buffer.getMappedRange(12, 4)).toThrow(/not a multiple of 8/);
    expect(buffer.getMappedRange(24, 24).byteLength).toBe(24);
    buffer.unmap();
    expect(() => buffer.getMappedRange(16, 8)).toThrow(/is not mapped/);
  });

  test("what the script writes to a buffer mapped for reading is discarded", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 8, usage: MAP_READ | COPY_DST });
    device.queue.writeBuffer(buffer, 0, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));
    await buffer.mapAsync(READ);
    new Uint8Array(buffer.getMappedRange()).fill(99);
    buffer.unmap();
    await buffer.mapAsync(READ);
    expect([...new Uint8Array(buffer.getMappedRange())]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("a buffer mapped for writing shows what earlier mappings wrote", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 16, usage: MAP_WRITE | COPY_SRC });
    await buffer.mapAsync(WRITE);
    new Uint8Array(buffer.getMappedRange()).fill(5);
    buffer.unmap();
    await buffer.mapAsync(WRITE, 8, 8);
    const part = new Uint8Array(buffer.getMappedRange(8, 8));
    expect([...part]).toEqual(Array(8).fill(5));
    part.fill(6);
    buffer.unmap();
    expect([...(await readBack(device, buffer))]).toEqual([...Array(8).fill(5), ...Array(8).fill(6)]);
  });

  test("unmap and destroy cancel a pending map", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 8, usage: MAP_READ });
    const first = buffer.mapAsync(READ);
    expect(buffer.mapState).toBe("pending");
    buffer.unmap();
    await expect(first).rejects.toMatchObject({ name: "AbortError" });
    const second = buffer.mapAsync(READ);
    buffer.destroy();
    await expect(second).rejects.toMatchObject({ name: "AbortError" });
    expect(await errorOf(device, () => buffer.mapAsync(READ).catch(() => {}))).toMatch(/is destroyed/);
  });

  test("a script that transfers a range away loses its bytes and breaks nothing", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 8, usage: STORAGE | COPY_SRC, mappedAtCreation: true });
    const range = buffer.getMappedRange();
    structuredClone(range, { transfer: [range] });
    buffer.unmap();
    expect([...(await readBack(device, buffer))]).toEqual(Array(8).fill(0));
  });

  test("destroying the device unmaps its buffers", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 8, usage: MAP_READ });
    await buffer.mapAsync(READ);
    const range = buffer.getMappedRange();
    device.destroy();
    expect([range.byteLength, buffer.mapState]).toEqual([0, "unmapped"]);
    expect((await device.lost).reason).toBe("destroyed");
  });
});

describe("writing and copying", () => {
  test("every kind of source, with offsets and sizes in its elements", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 16, usage: STORAGE | COPY_SRC | COPY_DST });
    device.queue.writeBuffer(buffer, 0, new Uint16Array([9, 1, 2, 3, 4, 9]), 1, 2);
    device.queue.writeBuffer(buffer, 4, new Uint8Array([1, 2, 3, 4]).buffer);
    device.queue.writeBuffer(buffer, 8, new DataView(new ArrayBuffer(8), 4));
    const shared = new SharedArrayBuffer(4);
    new Uint32Array(shared)[0] = 0x04030201;
    device.queue.writeBuffer(buffer, 12, shared);
    expect([...(await readBack(device, buffer))]).toEqual([1, 0, 2, 0, 1, 2, 3, 4, 0, 0, 0, 0, 1, 2, 3, 4]);
  });

  test("ranges outside the data are an OperationError; outside the buffer, a validation error", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ label: "small", size: 8, usage: COPY_DST });
    const { queue } = device;
    expect(() => queue.writeBuffer(buffer, 0, new Uint32Array(2), 1, 2)).toThrow(/not all in the data/);
    expect(() => queue.writeBuffer(buffer, 0, new Uint8Array(3))).toThrow(/3 bytes are not a multiple of 4/);
    expect(() => queue.writeBuffer(buffer, 0, new Uint8Array(resizable(4, 8)))).toThrow(/resizable/);
    expect(await errorOf(device, () => queue.writeBuffer(buffer, 4, new Uint32Array(2)))).toMatch(/past the end of GPUBuffer "small" at 8/);
  });

  test("a source that is detached while arguments are converted is seen as it is then", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 8, usage: COPY_DST });
    const data = new Uint32Array(2);
    const size = {
      valueOf() {
        structuredClone(data.buffer, { transfer: [data.buffer] });
        return 2;
      },
    };
    expect(() => device.queue.writeBuffer(buffer, 0, data, 0, size as unknown as number)).toThrow(/not all in the data, which has 0/);
  });

  test("own properties of a typed array do not fool the driver", async () => {
    const device = await testDevice();
    const buffer = device.createBuffer({ size: 8, usage: COPY_DST | COPY_SRC | STORAGE });
    const data = new Uint8Array([1, 2, 3, 4]);
    Object.defineProperty(data, "byteLength", { value: 1 << 20 });
    Object.defineProperty(data, "length", { value: 1 << 20 });
    device.queue.writeBuffer(buffer, 4, data);
    expect([...(await readBack(device, buffer))]).toEqual([0, 0, 0, 0, 1, 2, 3, 4]);
  });

  test("copies among all homes of buffers, and clears", async () => {
    const device = await testDevice();
    const upload = device.createBuffer({ size: 16, usage: MAP_WRITE | COPY_SRC, mappedAtCreation: true });
    new Uint8Array(upload.getMappedRange()).set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    upload.unmap();
    const heap = device.createBuffer({ size: 16, usage: COPY_SRC | COPY_DST });
    const other = device.createBuffer({ size: 8, usage: COPY_SRC | COPY_DST });
    const download = device.createBuffer({ size: 16, usage: MAP_READ | COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(upload, heap);
    encoder.clearBuffer(heap, 4, 4);
    encoder.copyBufferToBuffer(heap, 4, other, 0, 8);
    encoder.copyBufferToBuffer(other, 0, download, 8, 8);
    encoder.copyBufferToBuffer(upload, 12, download, 0, 4);
    device.queue.submit([encoder.finish()]);
    await download.mapAsync(READ);
    expect([...new Uint8Array(download.getMappedRange())]).toEqual([13, 14, 15, 16, 0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 11, 12]);
  });

  test("submit refuses mapped and destroyed buffers, and a second submit", async () => {
    const device = await testDevice();
    const source = device.createBuffer({ label: "source", size: 8, usage: MAP_WRITE | COPY_SRC });
    const target = device.createBuffer({ label: "target", size: 8, usage: COPY_DST });
    const record = () => {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(source, target);
      return encoder.finish();
    };
    await source.mapAsync(WRITE);
    expect(await errorOf(device, () => device.queue.submit([record()]))).toMatch(/"source" is mapped; call unmap/);
    source.unmap();
    const commands = record();
    expect(await errorOf(device, () => device.queue.submit([commands]))).toBe("");
    expect(await errorOf(device, () => device.queue.submit([commands]))).toMatch(/was submitted before/);
    target.destroy();
    expect(await errorOf(device, () => device.queue.submit([record()]))).toMatch(/"target" is destroyed/);
  });

  test("more memory than the heap has is an out-of-memory error, and destroying gives it back", async () => {
    const device = await testDevice(undefined, undefined, { requiredLimits: { maxBufferSize: 1 << 30 } });
    const make = () => device.createBuffer({ size: 1 << 30, usage: COPY_DST });
    const buffers = [make(), make(), make()];
    expect(await errorOf(device, make, "out-of-memory")).toMatch(/has no room for the 1073741824 bytes/);
    buffers[0]!.destroy();
    expect(await errorOf(device, make, "out-of-memory")).toBe("");
  });
});
