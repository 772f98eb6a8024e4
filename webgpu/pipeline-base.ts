/** What all pipelines share. @see https://www.w3.org/TR/webgpu/#gpupipelinebase */
import { BindGroupLayoutCore, GPUBindGroupLayout } from "./bind-group-layout.ts";
import { type Core, describe } from "./core.ts";
import { MINT } from "./idl/interface.ts";

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
