/** The methods of GPURenderPassEncoder and GPURenderBundleEncoder that both have. @see https://www.w3.org/TR/webgpu/#gpurendercommandsmixin */
import { bindGroupArgument } from "./bind-group.ts";
import { bufferArgument } from "./buffer.ts";
import { indexFormat } from "./depth-stencil-state.ts";
import { dynamicOffsets } from "./dynamic-offsets.ts";
import { int32, size64, uint32, usvString } from "./idl/convert.ts";
import { nullable } from "./idl/dictionary.ts";
import { immediateData } from "./immediates.ts";
import type { RenderCommandsCore } from "./render-commands.ts";
import { renderPipelineArgument } from "./render-pipeline.ts";

const bindGroupOrNull = nullable(bindGroupArgument);
const bufferOrNull = nullable(bufferArgument);
const optionalSize = (value: unknown, what: string): number | undefined => (value === undefined ? undefined : size64(value, what));
const orElse = <T>(value: T | undefined, fallback: T): T => (value === undefined ? fallback : value);

type CoreOf = (value: unknown) => RenderCommandsCore;

function stateMethods(coreOf: CoreOf) {
  return {
    setPipeline(pipeline: unknown): undefined {
      const core = coreOf(this);
      const given = renderPipelineArgument(pipeline, "setPipeline: pipeline");
      core.device.timeline.run(() => core.setPipeline(given));
    },
    setBindGroup(index: unknown, bindGroup: unknown, ...offsets: unknown[]): undefined {
      const core = coreOf(this);
      const at = uint32(index, "setBindGroup: index");
      const group = bindGroupOrNull(bindGroup, "setBindGroup: bindGroup");
      const list = dynamicOffsets(offsets);
      core.device.timeline.run(() => core.setBindGroup(at, group, list));
    },
    setImmediates(rangeOffset: unknown, data: unknown, dataOffset?: unknown, dataSize?: unknown): undefined {
      const core = coreOf(this);
      const given = immediateData(rangeOffset, data, dataOffset, dataSize);
      core.device.timeline.run(() => core.setImmediates(given));
    },
    setIndexBuffer(buffer: unknown, format: unknown, offset?: unknown, size?: unknown): undefined {
      const core = coreOf(this);
      const given = bufferArgument(buffer, "setIndexBuffer: buffer");
      const kind = indexFormat(format, "setIndexBuffer: indexFormat");
      const start = size64(orElse(offset, 0), "setIndexBuffer: offset");
      const length = optionalSize(size, "setIndexBuffer: size");
      core.device.timeline.run(() => core.setIndexBuffer(given, kind, start, length));
    },
    setVertexBuffer(slot: unknown, buffer: unknown, offset?: unknown, size?: unknown): undefined {
      const core = coreOf(this);
      const at = uint32(slot, "setVertexBuffer: slot");
      const given = bufferOrNull(buffer, "setVertexBuffer: buffer");
      const start = size64(orElse(offset, 0), "setVertexBuffer: offset");
      const length = optionalSize(size, "setVertexBuffer: size");
      core.device.timeline.run(() => core.setVertexBuffer(at, given, start, length));
    },
  };
}

function drawMethods(coreOf: CoreOf) {
  return {
    draw(vertexCount: unknown, instanceCount?: unknown, firstVertex?: unknown, firstInstance?: unknown): undefined {
      const core = coreOf(this);
      const count = uint32(vertexCount, "draw: vertexCount");
      const instances = uint32(orElse(instanceCount, 1), "draw: instanceCount");
      const first = uint32(orElse(firstVertex, 0), "draw: firstVertex");
      const counts = { count, instances, first, baseVertex: 0, firstInstance: uint32(orElse(firstInstance, 0), "draw: firstInstance") };
      core.device.timeline.run(() => core.draw(counts));
    },
    drawIndexed(
      indexCount: unknown,
      instanceCount?: unknown,
      firstIndex?: unknown,
      baseVertex?: unknown,
      firstInstance?: unknown,
    ): undefined {
      const core = coreOf(this);
      const count = uint32(indexCount, "drawIndexed: indexCount");
      const instances = uint32(orElse(instanceCount, 1), "drawIndexed: instanceCount");
      const first = uint32(orElse(firstIndex, 0), "drawIndexed: firstIndex");
      const base = int32(orElse(baseVertex, 0), "drawIndexed: baseVertex");
      const firstOfAll = uint32(orElse(firstInstance, 0), "drawIndexed: firstInstance");
      const counts = { count, instances, first, baseVertex: base, firstInstance: firstOfAll };
      core.device.timeline.run(() => core.drawIndexed(counts));
    },
    drawIndirect(indirectBuffer: unknown, indirectOffset: unknown): undefined {
      const core = coreOf(this);
      const buffer = bufferArgument(indirectBuffer, "drawIndirect: indirectBuffer");
      const offset = size64(indirectOffset, "drawIndirect: indirectOffset");
      core.device.timeline.run(() => core.drawIndirect("drawIndirect", buffer, offset));
    },
    drawIndexedIndirect(indirectBuffer: unknown, indirectOffset: unknown): undefined {
      const core = coreOf(this);
      const buffer = bufferArgument(indirectBuffer, "drawIndexedIndirect: indirectBuffer");
      const offset = size64(indirectOffset, "drawIndexedIndirect: indirectOffset");
      core.device.timeline.run(() => core.drawIndirect("drawIndexedIndirect", buffer, offset));
    },
  };
}

function debugMethods(coreOf: CoreOf) {
  return {
    pushDebugGroup(groupLabel: unknown): undefined {
      const core = coreOf(this);
      const label = usvString(groupLabel, "pushDebugGroup: groupLabel");
      core.device.timeline.run(() => core.pushDebugGroup(label));
    },
    popDebugGroup(): undefined {
      const core = coreOf(this);
      core.device.timeline.run(() => core.popDebugGroup());
    },
    insertDebugMarker(markerLabel: unknown): undefined {
      const core = coreOf(this);
      usvString(markerLabel, "insertDebugMarker: markerLabel");
      core.device.timeline.run(() => core.insertDebugMarker());
    },
  };
}

/** Gives a class the methods. @param coreOf throws where `this` is none of the class */
export function exposeRenderMethods(target: { readonly prototype: object }, coreOf: CoreOf): void {
  for (const methods of [stateMethods(coreOf), drawMethods(coreOf), debugMethods(coreOf)]) {
    Object.defineProperties(target.prototype, Object.getOwnPropertyDescriptors(methods));
  }
}
