/** @see https://www.w3.org/TR/webgpu/#pipeline-layout */
import { type BindGroupLayoutCore, bindGroupLayoutArgument } from "./bind-group-layout.ts";
import { checkBindingSlots } from "./binding-slots.ts";
import { Core, describe, unusable } from "./core.ts";
import type { DeviceCore } from "./device-core.ts";
import { type Converter, isObject, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, nullable, required, sequence } from "./idl/dictionary.ts";
import { exposeInterface, exposeLabel, type Made, MINT, madeOf } from "./idl/interface.ts";
import { objectDescriptor } from "./object-descriptor.ts";

const pipelineLayoutDescriptor = dictionary(objectDescriptor, {
  bindGroupLayouts: required(sequence(nullable(bindGroupLayoutArgument))),
  immediateSize: defaulted(uint32, 0),
});

export class PipelineLayoutCore extends Core {
  /** by group; null where there is none, or one without entries */
  groups: readonly (BindGroupLayoutCore | null)[] = [];
  immediateSize = 0;

  constructor(device: DeviceCore, label: string) {
    super("GPUPipelineLayout", device, label);
  }
}

function wrongLayout(device: DeviceCore, groups: readonly (BindGroupLayoutCore | null)[], immediateSize: number): string | null {
  const { maxBindGroups } = device.limits;
  for (const [i, group] of groups.entries()) {
    if (group === null) continue;
    const why = unusable(group, device);
    if (why !== null) return `bindGroupLayouts[${i}]: ${why}`;
    if (group.exclusivePipeline !== null) {
      return `bindGroupLayouts[${i}]: ${describe(group)} is part of the default layout of ${describe(group.exclusivePipeline)} and cannot be used elsewhere; make layouts with createBindGroupLayout`;
    }
  }
  if (groups.length > maxBindGroups) return `${groups.length} bind group layouts are over the limit maxBindGroups of ${maxBindGroups}`;
  const { maxImmediateSize } = device.limits;
  if (immediateSize % 4 !== 0) return `immediateSize is ${immediateSize}, which is not a multiple of 4`;
  if (immediateSize > maxImmediateSize) return `immediateSize is ${immediateSize}, over the limit maxImmediateSize of ${maxImmediateSize}`;
  return checkBindingSlots(
    groups.flatMap((group) => group?.entries ?? []),
    device.limits,
  );
}

export function createPipelineLayout(device: DeviceCore, value: unknown): GPUPipelineLayout {
  const { label, bindGroupLayouts, immediateSize } = pipelineLayoutDescriptor(value, "createPipelineLayout: descriptor");
  const core = new PipelineLayoutCore(device, label);
  device.timeline.run(() => {
    const wrong = wrongLayout(device, bindGroupLayouts, immediateSize);
    core.groups = bindGroupLayouts.map((group) => (group !== null && group.entries.length > 0 ? group : null));
    core.immediateSize = immediateSize;
    core.valid = wrong === null && !device.lost;
    if (wrong !== null) device.invalid(`createPipelineLayout: ${describe(core)}: ${wrong}`);
  });
  return new GPUPipelineLayout(MINT, core);
}

let coreOf: (value: unknown) => PipelineLayoutCore | undefined;

export class GPUPipelineLayout {
  declare readonly __brand: "GPUPipelineLayout";
  declare label: string;
  readonly #core: PipelineLayoutCore;
  constructor(...made: Made<PipelineLayoutCore>) {
    this.#core = madeOf(made);
  }
  static {
    coreOf = (value) => (isObject(value) && #core in value ? value.#core : undefined);
  }
}
exposeInterface("GPUPipelineLayout", GPUPipelineLayout);
exposeLabel("GPUPipelineLayout", GPUPipelineLayout, coreOf!);

const autoLayout = enumeration("GPUAutoLayoutMode", ["auto"]);

/** (GPUPipelineLayout or GPUAutoLayoutMode) */
export const layoutOrAuto: Converter<PipelineLayoutCore | "auto"> = (value, what) => coreOf(value) ?? autoLayout(value, what);
