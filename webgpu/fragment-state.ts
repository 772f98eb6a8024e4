/** The fragment stage of a render pipeline. @see https://www.w3.org/TR/webgpu/#fragment-state */
import type { ShaderEntryPoint, ShaderIo } from "./compiler.ts";
import type { DeviceCore } from "./device-core.ts";
import {
  allowed,
  bytesPerSample,
  componentsOf,
  type Format,
  formatOf,
  isColorRenderable,
  requireFormatFeature,
  textureFormat,
} from "./formats.ts";
import { uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, nullable, optional, required, sequence } from "./idl/dictionary.ts";
import { programmableStage } from "./programmable-stage.ts";
import { shaderType } from "./shader-types.ts";

const DUAL_FACTORS: readonly string[] = ["src1", "one-minus-src1", "src1-alpha", "one-minus-src1-alpha"];
const ALPHA_FACTORS: readonly string[] = ["src-alpha", "one-minus-src-alpha", "src-alpha-saturated", "src1-alpha", "one-minus-src1-alpha"];

const blendFactor = enumeration("GPUBlendFactor", [
  "zero",
  "one",
  "src",
  "one-minus-src",
  "src-alpha",
  "one-minus-src-alpha",
  "dst",
  "one-minus-dst",
  "dst-alpha",
  "one-minus-dst-alpha",
  "src-alpha-saturated",
  "constant",
  "one-minus-constant",
  "src1",
  "one-minus-src1",
  "src1-alpha",
  "one-minus-src1-alpha",
]);
const blendComponent = dictionary(null, {
  dstFactor: defaulted(blendFactor, "zero"),
  operation: defaulted(enumeration("GPUBlendOperation", ["add", "subtract", "reverse-subtract", "min", "max"]), "add"),
  srcFactor: defaulted(blendFactor, "one"),
});
type BlendComponent = ReturnType<typeof blendComponent>;
const blendState = dictionary(null, { alpha: required(blendComponent), color: required(blendComponent) });

const colorTargetState = dictionary(null, {
  blend: optional(blendState),
  format: required(textureFormat),
  writeMask: defaulted(uint32, 0xf),
});
export type ColorTarget = ReturnType<typeof colorTargetState>;

export const fragmentState = dictionary(programmableStage, { targets: required(sequence(nullable(colorTargetState))) });
export type FragmentState = ReturnType<typeof fragmentState>;

const factorsOf = ({ srcFactor, dstFactor }: BlendComponent): readonly string[] => [srcFactor, dstFactor];
const uses = (factors: readonly string[], which: readonly string[]): boolean => factors.some((factor) => which.includes(factor));

/** The content timeline's part. @throws TypeError where a format or a blend factor needs a feature that the device lacks */
export function requireTargetFeatures({ targets }: FragmentState, device: DeviceCore, what: string): void {
  for (const target of targets) {
    if (target === null) continue;
    requireFormatFeature(target.format, device, what);
    const factors = target.blend ? [...factorsOf(target.blend.color), ...factorsOf(target.blend.alpha)] : [];
    if (uses(factors, DUAL_FACTORS) && !device.features.has("dual-source-blending")) {
      throw new TypeError(`${what}: blend factors that start with "src1" need the feature "dual-source-blending"`);
    }
  }
}

function wrongComponent({ operation, srcFactor, dstFactor }: BlendComponent, name: string): string | null {
  const isExtreme = operation === "min" || operation === "max";
  return isExtreme && (srcFactor !== "one" || dstFactor !== "one")
    ? `blend.${name} has operation "${operation}", which needs srcFactor and dstFactor to be "one"`
    : null;
}

const SCALARS: Readonly<Record<string, readonly string[]>> = { sint: ["i32"], uint: ["u32"] };

function wrongOutput(output: ShaderIo, { blend }: ColorTarget, format: Format): string | null {
  const { scalar, components } = shaderType(output.type);
  const scalars = SCALARS[format.sampleType] ?? ["f32", "f16"];
  if (!scalars.includes(scalar))
    return `format "${format.name}" needs ${scalars[0]} components, but the shader's '${output.name}' is ${output.type}`;
  if (components < componentsOf(format)) {
    return `format "${format.name}" has ${componentsOf(format)} components, but the shader's '${output.name}' is ${output.type}`;
  }
  if (blend && uses(factorsOf(blend.color), ALPHA_FACTORS) && components < 4) {
    return `blend.color uses the source's alpha, but the shader's '${output.name}' is ${output.type}`;
  }
  return null;
}

function wrongTarget(target: ColorTarget, index: number, entry: ShaderEntryPoint, device: DeviceCore): string | null {
  const { writeMask, blend } = target;
  const format = formatOf(target.format);
  if (!isColorRenderable(format, device.features)) return `format "${format.name}" cannot be rendered to`;
  if (writeMask > 0xf) return `writeMask is 0x${writeMask.toString(16)}, but has four bits`;
  if (blend) {
    if (!allowed(format.blend, device.features)) return `format "${format.name}" cannot be blended`;
    const wrong = wrongComponent(blend.color, "color") ?? wrongComponent(blend.alpha, "alpha");
    if (wrong !== null) return wrong;
  }
  const outputs = entry.outputs.filter(({ location }) => location === index);
  for (const output of outputs) {
    const wrong = wrongOutput(output, target, format);
    if (wrong !== null) return wrong;
  }
  return writeMask !== 0 && !outputs.some(({ blendSrc }) => (blendSrc ?? 0) === 0)
    ? `the shader has no output at @location(${index}); write one, or set writeMask to 0`
    : null;
}

function usesDualSource({ blend }: ColorTarget): boolean {
  return blend !== undefined && uses([...factorsOf(blend.color), ...factorsOf(blend.alpha)], DUAL_FACTORS);
}

/** Compatibility devices blend all targets alike. */
function wrongForCompatibility(targets: readonly ColorTarget[], device: DeviceCore): string | null {
  if (device.features.has("core-features-and-limits")) return null;
  const keys = targets.map(({ blend, writeMask }) => JSON.stringify([blend?.color, blend?.alpha, writeMask]));
  return keys.some((key) => key !== keys[0])
    ? `targets that differ in blend or writeMask need the feature "core-features-and-limits"`
    : null;
}

/** Without the programmable stage's own rules. @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gpufragmentstate */
export function wrongFragmentState({ targets }: FragmentState, entry: ShaderEntryPoint, device: DeviceCore): string | null {
  const { maxColorAttachments, maxColorAttachmentBytesPerSample } = device.limits;
  if (targets.length > maxColorAttachments) {
    return `${targets.length} targets are over the limit maxColorAttachments of ${maxColorAttachments}`;
  }
  for (const { location, name } of entry.outputs) {
    if (location !== undefined && location >= maxColorAttachments) {
      return `the shader's output '${name}' is at @location(${location}), not below the limit maxColorAttachments of ${maxColorAttachments}`;
    }
  }
  const present = targets.filter((target) => target !== null);
  for (const [i, target] of targets.entries()) {
    const wrong = target && wrongTarget(target, i, entry, device);
    if (wrong !== null) return `fragment.targets[${i}]: ${wrong}`;
  }
  if (present.some(usesDualSource)) {
    if (targets.length !== 1) return `blend factors that start with "src1" need exactly one target, not ${targets.length}`;
    if (!entry.outputs.some(({ blendSrc }) => blendSrc === 1)) {
      return `blend factors that start with "src1" need the shader to write an output with @blend_src(1)`;
    }
  }
  const bytes = bytesPerSample(present.map(({ format }) => formatOf(format)));
  if (bytes > maxColorAttachmentBytesPerSample) {
    return `the targets take ${bytes} bytes a sample, over the limit maxColorAttachmentBytesPerSample of ${maxColorAttachmentBytesPerSample}`;
  }
  return wrongForCompatibility(present, device);
}
