/** @see https://www.w3.org/TR/webgpu/#queues */
import { type BufferCore, bufferArgument, outOfHeap } from "./buffer.ts";
import { commandBufferArgument } from "./command-encoder.ts";
import { Core, describe, unusable } from "./core.ts";
import { type DeviceCore, withResolvers } from "./device-core.ts";
import { extent3D } from "./extent.ts";
import { copyImage, imageDestination, imageSource, requireInside } from "./external-image.ts";
import { GPUBufferUsage, lacksUsage } from "./flags.ts";
import { bufferSource, bytesOf, contentsOf } from "./idl/bytes.ts";
import { isObject, size64 } from "./idl/convert.ts";
import { sequence } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf, promised } from "./idl/interface.ts";
import { submit } from "./submit.ts";
import { texelCopyBufferLayout, texelCopyTextureInfo } from "./texture-copy.ts";
import { writeTexture } from "./texture-write.ts";

export class QueueCore extends Core {
  constructor(device: DeviceCore, label: string) {
    super("GPUQueue", device, label);
  }
}

const commandBuffers = sequence(commandBufferArgument);

function wrongWrite(buffer: BufferCore, offset: number, size: number, device: DeviceCore): string | null {
  const why = unusable(buffer, device) ?? buffer.busy();
  if (why !== null) return why;
  if ((buffer.usage & GPUBufferUsage.COPY_DST) === 0) {
    return lacksUsage(buffer, "COPY_DST", "GPUBufferUsage");
  }
  if (offset % 4 !== 0) return `the offset ${offset} is not a multiple of 4`;
  return offset + size > buffer.size
    ? `the ${size} bytes at offset ${offset} reach past the end of ${describe(buffer)} at ${buffer.size}`
    : null;
}

function writeBuffer(device: DeviceCore, buffer: BufferCore, offset: number, bytes: Uint8Array): void {
  const wrong = wrongWrite(buffer, offset, bytes.length, device);
  if (wrong !== null) device.invalid(`writeBuffer: ${wrong}`);
  else if (!device.lost && buffer.storage.write(offset, bytes) < 0) outOfHeap(buffer, "writeBuffer");
}

let coreOf: (value: unknown) => QueueCore | undefined;

export class GPUQueue {
  declare readonly __brand: "GPUQueue";
  declare label: string;
  readonly #core: QueueCore;
  constructor(...made: Made<QueueCore>) {
    this.#core = madeOf(made);
  }

  submit(buffers: Iterable<GPUCommandBuffer>): undefined {
    const { device } = this.#core;
    const given = commandBuffers(buffers, "submit: commandBuffers");
    device.timeline.run(() => submit(device, given));
  }

  onSubmittedWorkDone(): Promise<undefined> {
    return promised(() => {
      const { device } = this.#core;
      const { promise, resolve } = withResolvers<undefined>();
      device.timeline.run(() => device.tasks.post(() => resolve(undefined)));
      return promise;
    });
  }

  writeBuffer(
    buffer: GPUBuffer,
    bufferOffset: GPUSize64,
    data: GPUAllowSharedBufferSource,
    dataOffset: GPUSize64 = 0,
    size?: GPUSize64,
  ): undefined {
    const { device } = this.#core;
    const target = bufferArgument(buffer, "writeBuffer: buffer");
    const offset = size64(bufferOffset, "writeBuffer: bufferOffset");
    bufferSource(data, "writeBuffer: data");
    const first = size64(dataOffset, "writeBuffer: dataOffset");
    const count = size === undefined ? undefined : size64(size, "writeBuffer: size");
    // looked at again: the conversions above may have run code that detached it
    const bytes = contentsOf(bufferSource(data, "writeBuffer: data"), first, count, `writeBuffer: ${describe(target)}`);
    if (device.timeline.idle) device.timeline.run(() => writeBuffer(device, target, offset, bytes));
    else {
      const copy = bytes.slice();
      device.timeline.run(() => writeBuffer(device, target, offset, copy));
    }
  }

  writeTexture(
    destination: GPUTexelCopyTextureInfo,
    data: GPUAllowSharedBufferSource,
    dataLayout: GPUTexelCopyBufferLayout,
    size: GPUExtent3DStrict,
  ): undefined {
    const { device } = this.#core;
    const to = texelCopyTextureInfo(destination, "writeTexture: destination");
    bufferSource(data, "writeTexture: data");
    const layout = texelCopyBufferLayout(dataLayout, "writeTexture: dataLayout");
    const extent = extent3D(size, "writeTexture: size");
    // looked at again: the conversions above may have run code that detached it
    const source = bufferSource(data, "writeTexture: data");
    const bytes = bytesOf(source, 0, source.byteLength);
    if (device.timeline.idle) device.timeline.run(() => writeTexture(device, to, bytes, layout, extent));
    else {
      const copy = bytes.slice();
      device.timeline.run(() => writeTexture(device, to, copy, layout, extent));
    }
  }

  copyExternalImageToTexture(
    source: GPUCopyExternalImageSourceInfo,
    destination: GPUCopyExternalImageDestInfo,
    copySize: GPUExtent3DStrict,
  ): undefined {
    const what = "copyExternalImageToTexture";
    const { device } = this.#core;
    const from = imageSource(source, `${what}: source`);
    const to = imageDestination(destination, `${what}: destination`);
    const size = extent3D(copySize, `${what}: copySize`);
    requireInside(from, size, what);
    device.timeline.run(() => copyImage(device, from, to, size));
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUQueue", GPUQueue);
exposeLabel("GPUQueue", GPUQueue, coreOf!);

export const makeQueue = (device: DeviceCore, label: string): GPUQueue => new GPUQueue(MINT, new QueueCore(device, label));
