/** @see https://www.w3.org/TR/webgpu/#compute-passes */
import { bindGroupArgument } from "./bind-group.ts";
import { BindingState } from "./binding-state.ts";
import { type BufferCore, bufferArgument } from "./buffer.ts";
import { EncoderCore } from "./commands.ts";
import { type ComputePipelineCore, pipelineArgument } from "./compute-pipeline.ts";
import { describe, unusable } from "./core.ts";
import { dynamicOffsets } from "./dynamic-offsets.ts";
import { GPUBufferUsage, lacksUsage } from "./flags.ts";
import { isObject, size64, uint32, usvString } from "./idl/convert.ts";
import { nullable } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, madeOf } from "./idl/interface.ts";
import { immediateData } from "./immediates.ts";
import { type TimestampWrites, wrongTimestamps } from "./timestamp-writes.ts";

const bindGroupOrNull = nullable(bindGroupArgument);

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-indirect-dispatch-parameters */
const INDIRECT_BYTES = 12;

export class ComputePassCore extends EncoderCore {
  readonly parent: EncoderCore;
  readonly bindings: BindingState<ComputePipelineCore>;
  #timestamps: TimestampWrites | undefined;

  constructor(parent: EncoderCore, label: string) {
    super("GPUComputePassEncoder", parent.device, label);
    this.parent = parent;
    this.bindings = new BindingState(parent.device);
  }

  override canRecord(what: string): boolean {
    if (this.state === "open" && this.parent.state === "ended") {
      this.device.invalid(`${what}: ${describe(this.parent)} is finished, and so is its pass`);
      return false;
    }
    return super.canRecord(what);
  }

  dispatch(x: number, y: number, z: number): void {
    if (!this.canRecord("dispatchWorkgroups")) return;
    const most = this.device.limits.maxComputeWorkgroupsPerDimension;
    if (x > most || y > most || z > most) {
      this.invalidate(`dispatchWorkgroups: ${x} x ${y} x ${z} workgroups are over the limit maxComputeWorkgroupsPerDimension of ${most}`);
      return;
    }
    const { pipeline } = this.bindings;
    const bindings = this.bindings.bind(pipeline?.program.slots ?? [], null);
    if (typeof bindings === "string" || pipeline === null) this.invalidate(`dispatchWorkgroups: ${bindings}`);
    else this.commands.push({ does: "dispatch", pipeline, bindings, immediates: this.bindings.immediates(), x, y, z });
  }

  dispatchIndirect(buffer: BufferCore, offset: number): void {
    const what = "dispatchWorkgroupsIndirect";
    if (!this.canRecord(what)) return;
    const wrong = this.#wrongIndirect(buffer, offset);
    const { pipeline } = this.bindings;
    const bindings = wrong ?? this.bindings.bind(pipeline?.program.slots ?? [], buffer);
    if (typeof bindings === "string" || pipeline === null) this.invalidate(`${what}: ${bindings}`);
    else {
      this.used.buffers.add(buffer);
      this.commands.push({ does: "dispatchIndirect", pipeline, bindings, immediates: this.bindings.immediates(), buffer, offset });
    }
  }

  #wrongIndirect(buffer: BufferCore, offset: number): string | null {
    const why = unusable(buffer, this.device);
    if (why !== null) return why;
    if ((buffer.usage & GPUBufferUsage.INDIRECT) === 0) {
      return lacksUsage(buffer, "INDIRECT", "GPUBufferUsage");
    }
    if (offset % 4 !== 0) return `the offset ${offset} is not a multiple of 4`;
    if (offset + INDIRECT_BYTES > buffer.size) {
      return `the ${INDIRECT_BYTES} bytes at offset ${offset} reach past the end of ${describe(buffer)} at ${buffer.size}`;
    }
    return null;
  }

  begin(writes: TimestampWrites | undefined): void {
    if (!this.parent.beginPass(this, "beginComputePass") || writes === undefined) return;
    const wrong = wrongTimestamps(writes, this.device);
    if (wrong !== null) {
      this.invalidate(`beginComputePass: ${wrong}`);
      return;
    }
    this.#timestamps = writes;
    this.used.querySets.add(writes.querySet);
    this.#timestamp(writes.beginningOfPassWriteIndex);
  }

  #timestamp(index: number | undefined): void {
    if (this.#timestamps && index !== undefined) this.commands.push({ does: "timestamp", querySet: this.#timestamps.querySet, index });
  }

  end(): void {
    const { parent } = this;
    if (!this.endPass(parent)) return;
    this.#timestamp(this.#timestamps?.endOfPassWriteIndex);
    parent.used.addAll(this.used);
    if (!this.valid) parent.invalidate(this.reason ?? `${describe(this)} is invalid`, this.reasonAt);
    else if (this.debugGroups.length > 0) parent.invalidate(`end: ${describe(this)} has open debug groups: ${this.debugGroups.join(", ")}`);
    // one by one: a spread would overflow the stack with many commands
    else for (const command of this.commands) parent.commands.push(command);
  }
}

let coreOf: (value: unknown) => ComputePassCore | undefined;

export class GPUComputePassEncoder {
  declare readonly __brand: "GPUComputePassEncoder";
  declare label: string;
  readonly #core: ComputePassCore;
  constructor(...made: Made<ComputePassCore>) {
    this.#core = madeOf(made);
  }

  setPipeline(pipeline: GPUComputePipeline): undefined {
    const core = this.#core;
    const given = pipelineArgument(pipeline, "setPipeline: pipeline");
    core.device.timeline.run(() => {
      if (!core.canRecord("setPipeline")) return;
      const why = unusable(given, core.device);
      if (why === null) core.bindings.setPipeline(given);
      else core.invalidate(`setPipeline: ${why}`);
    });
  }

  setBindGroup(
    index: GPUIndex32,
    bindGroup: GPUBindGroup | null | undefined,
    ...offsetArguments: [
      dynamicOffsets?: Iterable<GPUBufferDynamicOffset> | Uint32Array,
      dynamicOffsetsDataStart?: GPUSize64,
      dynamicOffsetsDataLength?: GPUSize32,
    ]
  ): undefined {
    const core = this.#core;
    const at = uint32(index, "setBindGroup: index");
    const group = bindGroupOrNull(bindGroup, "setBindGroup: bindGroup");
    const offsets = dynamicOffsets(offsetArguments);
    core.device.timeline.run(() => {
      if (!core.canRecord("setBindGroup")) return;
      const wrong = core.bindings.setGroup(at, group, offsets);
      if (wrong !== null) core.invalidate(`setBindGroup: ${wrong}`);
      else if (group !== null) core.used.groups.add(group);
    });
  }

  setImmediates(rangeOffset: GPUSize32, data: GPUAllowSharedBufferSource, dataOffset: GPUSize64 = 0, dataSize?: GPUSize64): undefined {
    const core = this.#core;
    const given = immediateData(rangeOffset, data, dataOffset, dataSize);
    core.device.timeline.run(() => {
      if (!core.canRecord("setImmediates")) return;
      const wrong = core.bindings.setImmediates(given);
      if (wrong !== null) core.invalidate(`setImmediates: ${wrong}`);
    });
  }

  dispatchWorkgroups(workgroupCountX: GPUSize32, workgroupCountY: GPUSize32 = 1, workgroupCountZ: GPUSize32 = 1): undefined {
    const core = this.#core;
    const x = uint32(workgroupCountX, "dispatchWorkgroups: workgroupCountX");
    const y = uint32(workgroupCountY, "dispatchWorkgroups: workgroupCountY");
    const z = uint32(workgroupCountZ, "dispatchWorkgroups: workgroupCountZ");
    core.device.timeline.run(() => core.dispatch(x, y, z));
  }

  dispatchWorkgroupsIndirect(indirectBuffer: GPUBuffer, indirectOffset: GPUSize64): undefined {
    const core = this.#core;
    const buffer = bufferArgument(indirectBuffer, "dispatchWorkgroupsIndirect: indirectBuffer");
    const offset = size64(indirectOffset, "dispatchWorkgroupsIndirect: indirectOffset");
    core.device.timeline.run(() => core.dispatchIndirect(buffer, offset));
  }

  end(): undefined {
    const core = this.#core;
    core.device.timeline.run(() => core.end());
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
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUComputePassEncoder", GPUComputePassEncoder);
exposeLabel("GPUComputePassEncoder", GPUComputePassEncoder, coreOf!);
