/** What all pipelines share. @see https://www.w3.org/TR/webgpu/#gpupipelinebase */
import { BindGroupLayoutCore, GPUBindGroupLayout } from "./bind-group-layout.ts";
import type { ShaderEntryPoint } from "./compiler.ts";
import { type Core, describe } from "./core.ts";
import { MINT } from "./idl/interface.ts";
import type { PipelineLayoutCore } from "./pipeline-layout.ts";

/** A buffer that a shader uses, and how much of it. */
export interface BufferNeed {
  readonly group: number;
  readonly binding: number;
  readonly name: string;
  readonly minBindingSize: number;
}

/** What a pass needs to know of a pipeline to bind groups for it. */
export interface BoundPipeline extends Core {
  /** by group; null where the pipeline uses none */
  readonly groups: readonly (BindGroupLayoutCore | null)[];
  readonly buffers: readonly BufferNeed[];
  /** words of immediate data that its shaders see */
  readonly immediateSlots: readonly number[];
}

/** What is wrong with a layout for an entry point's immediate data, or null. */
export function wrongImmediateSize({ immediates }: ShaderEntryPoint, layout: PipelineLayoutCore | "auto", most: number): string | null {
  const { bytes } = immediates;
  if (layout !== "auto" && layout.immediateSize < bytes) {
    return `the shader has ${bytes} bytes of immediate data, but ${describe(layout)} has immediateSize ${layout.immediateSize}`;
  }
  return bytes > most ? `the shader has ${bytes} bytes of immediate data, over the limit maxImmediateSize of ${most}` : null;
}

export const bufferNeeds = (entry: ShaderEntryPoint): BufferNeed[] =>
  entry.resources.flatMap((resource) => (resource.kind === "buffer" ? [resource] : []));

/** @see https://www.w3.org/TR/webgpu/#dom-gpupipelinebase-getbindgrouplayout */
export function getBindGroupLayout(
  pipeline: Core & { readonly groups: readonly (BindGroupLayoutCore | null)[] },
  index: number,
): GPUBindGroupLayout {
  const { device } = pipeline;
  const core = new BindGroupLayoutCore(device, "");
  device.timeline.run(() => {
    const { maxBindGroups } = device.limits;
    const wrong = pipeline.valid
      ? index < maxBindGroups
        ? null
        : `the index ${index} is not below the limit maxBindGroups of ${maxBindGroups}`
      : `${describe(pipeline)} is invalid, because its creation failed`;
    core.valid = wrong === null;
    if (wrong !== null) device.invalid(`getBindGroupLayout: ${wrong}`);
    const layout = pipeline.groups[index];
    if (!layout) return;
    core.setEntries(layout.entries);
    core.exclusivePipeline = layout.exclusivePipeline;
    core.label = layout.label;
  });
  return new GPUBindGroupLayout(MINT, core);
}
