/** @see https://www.w3.org/TR/webgpu/#command-encoders */
import { type BufferCore, bufferArgument } from "./buffer.ts";
import { CommandBufferCore, EncoderCore } from "./commands.ts";
import { ComputePassCore, GPUComputePassEncoder } from "./compute-pass.ts";
import { describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import type { DomRenderPassEncoder } from "./dom-types.ts";
import { type Extent3D, extent3D } from "./extent.ts";
import { flagNames, GPUBufferUsage, lacksUsage } from "./flags.ts";
import { isObject, size64, uint32, usvString } from "./idl/convert.ts";
import { dictionary, instance, optional } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf, needArguments } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";
import { type QuerySetCore, querySetArgument } from "./query-set.ts";
import { beginRenderPass } from "./render-pass.ts";
import {
  type BufferEnd,
  bufferTextureBoxes,
  type TextureEnd,
  texelCopyBufferInfo,
  texelCopyTextureInfo,
  textureBoxes,
  wrongBufferTextureCopy,
  wrongTextureCopy,
} from "./texture-copy.ts";
import { timestampWrites } from "./timestamp-writes.ts";

const computePassDescriptor = dictionary(objectDescriptor, { timestampWrites: optional(timestampWrites) });
class CommandEncoderCore extends EncoderCore {
  constructor(device: DeviceCore, label: string) {
    super("GPUCommandEncoder", device, label);
  }

  copy(source: BufferCore, sourceOffset: number, destination: BufferCore, destinationOffset: number, given: number | undefined): void {
    if (!this.canRecord("copyBufferToBuffer")) return;
    const size = given ?? source.size - sourceOffset;
    const wrong =
      wrongRange(source, sourceOffset, size, GPUBufferUsage.COPY_SRC, this.device) ??
      wrongRange(destination, destinationOffset, size, GPUBufferUsage.COPY_DST, this.device) ??
      (source === destination ? `${describe(source)} is source and destination` : null);
    if (wrong !== null) {
      this.invalidate(`copyBufferToBuffer: ${wrong}`);
      return;
    }
    this.used.buffers.add(source).add(destination);
    this.commands.push({ does: "copy", source, sourceOffset, destination, destinationOffset, size });
  }

  clear(buffer: BufferCore, offset: number, given: number | undefined): void {
    if (!this.canRecord("clearBuffer")) return;
    const size = given ?? Math.max(0, buffer.size - offset);
    const wrong = wrongRange(buffer, offset, size, GPUBufferUsage.COPY_DST, this.device);
    if (wrong !== null) this.invalidate(`clearBuffer: ${wrong}`);
    else {
      this.used.buffers.add(buffer);
      this.commands.push({ does: "clear", buffer, offset, size });
    }
  }

  copyBufferTexture(what: string, buffer: BufferEnd, texture: TextureEnd, size: Extent3D, direction: "read" | "write"): void {
    if (!this.canRecord(what)) return;
    const wrong = wrongBufferTextureCopy(buffer, texture, size, direction, this.device);
    if (wrong !== null) {
      this.invalidate(`${what}: ${wrong}`);
      return;
    }
    this.used.buffers.add(buffer.buffer);
    this.used.textures.add(texture.texture);
    for (const box of bufferTextureBoxes(buffer, texture, size, direction)) this.commands.push({ does: "copyBox", box });
  }

  copyTextures(source: TextureEnd, destination: TextureEnd, size: Extent3D): void {
    const what = "copyTextureToTexture";
    if (!this.canRecord(what)) return;
    const wrong = wrongTextureCopy(source, destination, size, this.device);
    if (wrong !== null) {
      this.invalidate(`${what}: ${wrong}`);
      return;
    }
    this.used.textures.add(source.texture).add(destination.texture);
    for (const box of textureBoxes(source, destination, size)) this.commands.push({ does: "copyBox", box });
  }

  resolve(querySet: QuerySetCore, first: number, count: number, buffer: BufferCore, offset: number): void {
    if (!this.canRecord("resolveQuerySet")) return;
    const wrong = wrongResolve(querySet, first, count, buffer, offset, this.device);
    if (wrong !== null) {
      this.invalidate(`resolveQuerySet: ${wrong}`);
      return;
    }
    this.used.querySets.add(querySet);
    this.used.buffers.add(buffer);
    this.commands.push({ does: "resolveQueries", querySet, first, count, buffer, offset });
  }

  finish(buffer: CommandBufferCore): void {
    const open = this.state === "open";
    const wasEnded = this.state === "ended";
    this.state = "ended";
    const wrong = this.#wrongFinish(open, wasEnded);
    buffer.valid = wrong === null && !this.device.lost;
    if (wrong !== null) {
      this.device.invalid(`finish: ${describe(this)}: ${wrong}`, this.reasonAt);
      return;
    }
    buffer.commands = this.commands;
    buffer.used = this.used;
  }

  #wrongFinish(open: boolean, wasEnded: boolean): string | null {
    if (wasEnded) return "it is finished already";
    if (!this.valid) return this.reason ?? "it is invalid";
    if (!open) return `${this.openPass ? describe(this.openPass) : "a pass"} is still open; call end() on it first`;
    return this.debugGroups.length > 0 ? `debug groups are still open: ${this.debugGroups.join(", ")}` : null;
  }
}

function wrongRange(buffer: BufferCore, offset: number, size: number, usage: number, device: DeviceCore): string | null {
  const why = unusable(buffer, device);
  if (why !== null) return why;
  if ((buffer.usage & usage) === 0) {
    return lacksUsage(buffer, flagNames(GPUBufferUsage, usage), "GPUBufferUsage");
  }
  if (size % 4 !== 0) return `the size ${size} is not a multiple of 4`;
  if (offset % 4 !== 0) return `the offset ${offset} into ${describe(buffer)} is not a multiple of 4`;
  if (size < 0 || offset + size > buffer.size) {
    return `the ${size} bytes at offset ${offset} reach past the end of ${describe(buffer)} at ${buffer.size}`;
  }
  return null;
}

function wrongResolve(
  querySet: QuerySetCore,
  first: number,
  count: number,
  buffer: BufferCore,
  offset: number,
  device: DeviceCore,
): string | null {
  const why = unusable(querySet, device) ?? unusable(buffer, device);
  if (why !== null) return why;
  if ((buffer.usage & GPUBufferUsage.QUERY_RESOLVE) === 0) {
    return lacksUsage(buffer, "QUERY_RESOLVE", "GPUBufferUsage");
  }
  if (first >= querySet.count || first + count > querySet.count) {
    return `queries ${first} to ${first + count} are not all among the ${querySet.count} of ${describe(querySet)}`;
  }
  if (offset % 256 !== 0) return `the offset ${offset} is not a multiple of 256`;
  return offset + 8 * count > buffer.size ? `the results reach past the end of ${describe(buffer)} at ${buffer.size}` : null;
}

export function createCommandEncoder(device: DeviceCore, value: unknown): GPUCommandEncoder {
  const { label } = objectDescriptor(value, "createCommandEncoder: descriptor");
  const core = new CommandEncoderCore(device, label);
  device.timeline.run(() => {
    if (device.lost) core.invalidate("the device is lost");
  });
  return new GPUCommandEncoder(MINT, core);
}

let coreOf: (value: unknown) => CommandEncoderCore | undefined;

export class GPUCommandEncoder {
  declare readonly __brand: "GPUCommandEncoder";
  declare label: string;
  readonly #core: CommandEncoderCore;
  constructor(...made: Made<CommandEncoderCore>) {
    this.#core = madeOf(made);
  }

  beginComputePass(descriptor?: GPUComputePassDescriptor): GPUComputePassEncoder {
    const core = this.#core;
    const { label, timestampWrites: writes } = computePassDescriptor(descriptor, "beginComputePass: descriptor");
    const pass = new ComputePassCore(core, label);
    core.device.timeline.run(() => pass.begin(writes));
    return new GPUComputePassEncoder(MINT, pass);
  }

  beginRenderPass(descriptor: GPURenderPassDescriptor): DomRenderPassEncoder {
    return beginRenderPass(this.#core, descriptor);
  }

  copyBufferToBuffer(source: GPUBuffer, destination: GPUBuffer, size?: GPUSize64): undefined;
  copyBufferToBuffer(
    source: GPUBuffer,
    sourceOffset: GPUSize64,
    destination: GPUBuffer,
    destinationOffset: GPUSize64,
    size?: GPUSize64,
  ): undefined;
  copyBufferToBuffer(...args: unknown[]): undefined {
    const what = "copyBufferToBuffer";
    const core = this.#core;
    needArguments(args.length, 2, what);
    const from = bufferArgument(args[0], `${what}: source`);
    // the overloads differ in their second argument: a buffer, or a number
    const short = isObject(args[1]) && args.length < 4;
    if (!short) needArguments(args.length, 4, what);
    const fromOffset = short ? 0 : size64(args[1], `${what}: sourceOffset`);
    const to = bufferArgument(args[short ? 1 : 2], `${what}: destination`);
    const toOffset = short ? 0 : size64(args[3], `${what}: destinationOffset`);
    const last = args[short ? 2 : 4];
    const size = last === undefined ? undefined : size64(last, `${what}: size`);
    core.device.timeline.run(() => core.copy(from, fromOffset, to, toOffset, size));
  }

  copyBufferToTexture(source: GPUTexelCopyBufferInfo, destination: GPUTexelCopyTextureInfo, copySize: GPUExtent3DStrict): undefined {
    const what = "copyBufferToTexture";
    const core = this.#core;
    const from = texelCopyBufferInfo(source, `${what}: source`);
    const to = texelCopyTextureInfo(destination, `${what}: destination`);
    const size = extent3D(copySize, `${what}: copySize`);
    core.device.timeline.run(() => core.copyBufferTexture(what, from, to, size, "write"));
  }
  copyTextureToBuffer(source: GPUTexelCopyTextureInfo, destination: GPUTexelCopyBufferInfo, copySize: GPUExtent3DStrict): undefined {
    const what = "copyTextureToBuffer";
    const core = this.#core;
    const from = texelCopyTextureInfo(source, `${what}: source`);
    const to = texelCopyBufferInfo(destination, `${what}: destination`);
    const size = extent3D(copySize, `${what}: copySize`);
    core.device.timeline.run(() => core.copyBufferTexture(what, to, from, size, "read"));
  }
  copyTextureToTexture(source: GPUTexelCopyTextureInfo, destination: GPUTexelCopyTextureInfo, copySize: GPUExtent3DStrict): undefined {
    const what = "copyTextureToTexture";
    const core = this.#core;
    const from = texelCopyTextureInfo(source, `${what}: source`);
    const to = texelCopyTextureInfo(destination, `${what}: destination`);
    const size = extent3D(copySize, `${what}: copySize`);
    core.device.timeline.run(() => core.copyTextures(from, to, size));
  }

  clearBuffer(buffer: GPUBuffer, offset: GPUSize64 = 0, size?: GPUSize64): undefined {
    const core = this.#core;
    const target = bufferArgument(buffer, "clearBuffer: buffer");
    const start = size64(offset, "clearBuffer: offset");
    const length = size === undefined ? undefined : size64(size, "clearBuffer: size");
    core.device.timeline.run(() => core.clear(target, start, length));
  }

  resolveQuerySet(
    querySet: GPUQuerySet,
    firstQuery: GPUSize32,
    queryCount: GPUSize32,
    destination: GPUBuffer,
    destinationOffset: GPUSize64,
  ): undefined {
    const core = this.#core;
    const set = querySetArgument(querySet, "resolveQuerySet: querySet");
    const first = uint32(firstQuery, "resolveQuerySet: firstQuery");
    const count = uint32(queryCount, "resolveQuerySet: queryCount");
    const buffer = bufferArgument(destination, "resolveQuerySet: destination");
    const offset = size64(destinationOffset, "resolveQuerySet: destinationOffset");
    core.device.timeline.run(() => core.resolve(set, first, count, buffer, offset));
  }

  pushDebugGroup(groupLabel: string): undefined {
    const core = this.#core;
    const label = usvString(groupLabel, "pushDebugGroup: groupLabel");
    core.device.timeline.run(() => core.pushDebugGroup(label));
  }
  popDebugGroup(): undefined {
    const core = this.#core;
    core.device.timeline.run(() => core.popDebugGroup());
  }
  insertDebugMarker(markerLabel: string): undefined {
    const core = this.#core;
    usvString(markerLabel, "insertDebugMarker: markerLabel");
    core.device.timeline.run(() => core.insertDebugMarker());
  }

  finish(descriptor?: GPUCommandBufferDescriptor): GPUCommandBuffer {
    const core = this.#core;
    const { label } = objectDescriptor(descriptor, "finish: descriptor");
    const buffer = new CommandBufferCore(core.device, label);
    core.device.timeline.run(() => core.finish(buffer));
    return new GPUCommandBuffer(MINT, buffer);
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUCommandEncoder", GPUCommandEncoder);
exposeLabel("GPUCommandEncoder", GPUCommandEncoder, coreOf!);

let bufferOf: (value: unknown) => CommandBufferCore | undefined;

export class GPUCommandBuffer {
  declare readonly __brand: "GPUCommandBuffer";
  declare label: string;
  readonly #core: CommandBufferCore;
  constructor(...made: Made<CommandBufferCore>) {
    this.#core = madeOf(made);
  }
  static {
    bufferOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUCommandBuffer", GPUCommandBuffer);
exposeLabel("GPUCommandBuffer", GPUCommandBuffer, bufferOf!);

export const commandBufferArgument = instance("GPUCommandBuffer", (value) => bufferOf(value));
