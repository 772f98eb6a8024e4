/** Fixed-function state of render pipelines: primitives, depth and stencil, multisampling. @see https://www.w3.org/TR/webgpu/#primitive-state */
import type { DeviceCore } from "./device-core.ts";
import { formatOf, hasAspect, isDepthStencil, textureFormat } from "./formats.ts";
import { boolean, float, int32, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, optional, required } from "./idl/dictionary.ts";
import { compareFunction } from "./sampler.ts";

export const indexFormat = enumeration("GPUIndexFormat", ["uint16", "uint32"]);

export const primitiveState = dictionary(null, {
  cullMode: defaulted(enumeration("GPUCullMode", ["none", "front", "back"]), "none"),
  frontFace: defaulted(enumeration("GPUFrontFace", ["ccw", "cw"]), "ccw"),
  stripIndexFormat: optional(indexFormat),
  topology: defaulted(
    enumeration("GPUPrimitiveTopology", ["point-list", "line-list", "line-strip", "triangle-list", "triangle-strip"]),
    "triangle-list",
  ),
  unclippedDepth: defaulted(boolean, false),
});
export type PrimitiveState = ReturnType<typeof primitiveState>;

export const isStrip = ({ topology }: PrimitiveState): boolean => topology === "line-strip" || topology === "triangle-strip";

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gpuprimitivestate */
export function wrongPrimitive(state: PrimitiveState, device: DeviceCore): string | null {
  if (state.stripIndexFormat !== undefined && !isStrip(state)) {
    return `primitive.stripIndexFormat is given, but the topology "${state.topology}" is no strip`;
  }
  return state.unclippedDepth && !device.features.has("depth-clip-control")
    ? `primitive.unclippedDepth needs the feature "depth-clip-control"`
    : null;
}

const stencilOperation = enumeration("GPUStencilOperation", [
  "keep",
  "zero",
  "replace",
  "invert",
  "increment-clamp",
  "decrement-clamp",
  "increment-wrap",
  "decrement-wrap",
]);
const stencilFace = dictionary(null, {
  compare: defaulted(compareFunction, "always"),
  depthFailOp: defaulted(stencilOperation, "keep"),
  failOp: defaulted(stencilOperation, "keep"),
  passOp: defaulted(stencilOperation, "keep"),
});
type StencilFace = ReturnType<typeof stencilFace>;
const DEFAULT_FACE: StencilFace = stencilFace(undefined, "");

export const depthStencilState = dictionary(null, {
  depthBias: defaulted(int32, 0),
  depthBiasClamp: defaulted(float, 0),
  depthBiasSlopeScale: defaulted(float, 0),
  depthCompare: optional(compareFunction),
  depthWriteEnabled: optional(boolean),
  format: required(textureFormat),
  stencilBack: defaulted(stencilFace, DEFAULT_FACE),
  stencilFront: defaulted(stencilFace, DEFAULT_FACE),
  stencilReadMask: defaulted(uint32, 0xffff_ffff),
  stencilWriteMask: defaulted(uint32, 0xffff_ffff),
});
export type DepthStencilState = ReturnType<typeof depthStencilState>;

const keeps = ({ failOp, depthFailOp, passOp }: StencilFace) => failOp === "keep" && depthFailOp === "keep" && passOp === "keep";
const isDefault = (face: StencilFace) => face.compare === "always" && keeps(face);

/** Whether draws with this state write stencil values. @see https://www.w3.org/TR/webgpu/#dom-gpurenderpipeline-writesstencil-slot */
export function writesStencil({ stencilWriteMask, stencilFront, stencilBack }: DepthStencilState, { cullMode }: PrimitiveState): boolean {
  if (stencilWriteMask === 0) return false;
  return (cullMode !== "front" && !keeps(stencilFront)) || (cullMode !== "back" && !keeps(stencilBack));
}

function wrongDepth(state: DepthStencilState): string | null {
  const { depthWriteEnabled, depthCompare, stencilFront, stencilBack } = state;
  if (!hasAspect(formatOf(state.format), "depth")) {
    if (depthWriteEnabled) return `depthStencil.depthWriteEnabled is true, but format "${state.format}" has no depth`;
    return depthCompare !== undefined && depthCompare !== "always"
      ? `depthStencil.depthCompare is "${depthCompare}", but format "${state.format}" has no depth`
      : null;
  }
  if (depthWriteEnabled === undefined) return `depthStencil.depthWriteEnabled must be given, as format "${state.format}" has depth`;
  const needsCompare = depthWriteEnabled || stencilFront.depthFailOp !== "keep" || stencilBack.depthFailOp !== "keep";
  return needsCompare && depthCompare === undefined
    ? "depthStencil.depthCompare must be given, as depth is written or depthFailOp used"
    : null;
}

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gpudepthstencilstate */
export function wrongDepthStencil(state: DepthStencilState, { topology }: PrimitiveState, device: DeviceCore): string | null {
  const format = formatOf(state.format);
  if (!isDepthStencil(format)) return `depthStencil.format "${state.format}" is no depth or stencil format`;
  if (!hasAspect(format, "stencil") && !(isDefault(state.stencilFront) && isDefault(state.stencilBack))) {
    return `depthStencil.stencilFront or stencilBack is set, but format "${state.format}" has no stencil`;
  }
  const wrong = wrongDepth(state);
  if (wrong !== null) return wrong;
  const biased = state.depthBias !== 0 || state.depthBiasSlopeScale !== 0 || state.depthBiasClamp !== 0;
  if (biased && !topology.startsWith("triangle")) return `depthStencil has a depth bias, which the topology "${topology}" does not allow`;
  return state.depthBiasClamp !== 0 && !device.features.has("core-features-and-limits")
    ? `depthStencil.depthBiasClamp needs the feature "core-features-and-limits"`
    : null;
}

export const multisampleState = dictionary(null, {
  alphaToCoverageEnabled: defaulted(boolean, false),
  count: defaulted(uint32, 1),
  mask: defaulted(uint32, 0xffff_ffff),
});
export type MultisampleState = ReturnType<typeof multisampleState>;

/** @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gpumultisamplestate */
export function wrongMultisample({ count, alphaToCoverageEnabled }: MultisampleState): string | null {
  if (count !== 1 && count !== 4) return `multisample.count is ${count}, but must be 1 or 4`;
  return alphaToCoverageEnabled && count === 1 ? "multisample.alphaToCoverageEnabled needs multisample.count 4" : null;
}
