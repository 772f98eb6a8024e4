/** How a fragment's colour gets into a target: conversion and blending. @see https://www.w3.org/TR/webgpu/#blend-state */
import { ioName } from "../../support/stage-io.ts";
import type { ShaderEntryPoint, ShaderIo } from "../compiler.ts";
import type { ColorTarget } from "../fragment-state.ts";
import { shaderType } from "../shader-types.ts";
import { type Image, image, imageCode, texelType } from "./image-code.ts";
import { BIND } from "./layout.ts";
import { packCode, scalarOf, unpackCode } from "./texel-code.ts";

type Blend = NonNullable<ColorTarget["blend"]>;
type Component = Blend["color"];

/** A target that the pipeline writes. */
export interface Target {
  readonly index: number;
  readonly image: Image;
  readonly output: ShaderIo;
  readonly second: ShaderIo | undefined;
  /** null: what is there does not matter */
  readonly blend: Blend | null;
}

const REPLACES = ({ operation, srcFactor, dstFactor }: Component): boolean =>
  operation === "add" && srcFactor === "one" && dstFactor === "zero";

export function targetsOf(entry: ShaderEntryPoint, targets: readonly (ColorTarget | null)[], samples: number): Target[] {
  return targets.flatMap((target, index) => {
    const outputs = entry.outputs.filter(({ location }) => location === index);
    const output = outputs.find(({ blendSrc }) => blendSrc !== 1);
    if (target === null || target.writeMask === 0 || output === undefined) return [];
    const { blend: given, format, writeMask } = target;
    const blend = given && !(REPLACES(given.color) && REPLACES(given.alpha)) ? given : null;
    const picture = image(`color${index}`, BIND.color + index, format, samples, blend !== null, true, writeMask);
    return [{ index, image: picture, output, second: outputs.find(({ blendSrc }) => blendSrc === 1), blend }];
  });
}

/** An output as four components of what the target's are. */
export function colorOf(output: ShaderIo): string {
  const { scalar, components } = shaderType(output.type);
  const name = ioName("out", output);
  const wide = scalar === "f16" ? "f32" : scalar;
  if (components === 4) return wide === scalar ? name : `vec4<${wide}>(${name})`;
  const given = wide === scalar ? name : components === 1 ? `${wide}(${name})` : `vec${components}<${wide}>(${name})`;
  const missing = [0, 0, 1].slice(components - 1).map((n) => `${wide}(${n})`);
  return `vec4<${wide}>(${[given, ...missing].join(", ")})`;
}

export function targetCode(target: Target): string {
  const { index, image: picture, blend, second } = target;
  const { channels } = picture;
  const type = texelType(picture);
  const words = packCode(channels, "color");
  const packed = words.length === 1 ? words[0]! : `${type}(${words.join(", ")})`;
  const pack = `fn pack_color${index}(color: vec4<${scalarOf(channels)}>) -> ${type} {\n  return ${packed};\n}\n\n`;
  if (blend === null) return imageCode(picture) + pack;
  const unpacked = unpackCode(channels, (i) => (words.length === 1 ? "texel" : `texel.${"xyzw"[i]}`));
  return `${imageCode(picture)}${pack}fn unpack_color${index}(texel: ${type}) -> vec4<f32> {
  return ${unpacked};
}

${blendCode(index, blend, second, channels[0]!.kind)}`;
}

/**
 * Of formats with a range, what goes into the equation is clamped to it, factors too.
 * @see https://registry.khronos.org/vulkan/specs/latest/html/vkspec.html#framebuffer-blending
 */
function blendCode(index: number, { color, alpha }: Blend, second: ShaderIo | undefined, kind: string): string {
  const low = kind === "snorm" ? "vec4<f32>(-1.0)" : "vec4<f32>(0.0)";
  const ranged = (value: string): string => (kind === "float" ? value : `clamp(${value}, ${low}, vec4<f32>(1.0))`);
  const uses = [color, alpha].flatMap(({ srcFactor, dstFactor }) => [srcFactor, dstFactor]);
  const constant = uses.some((factor) => factor.endsWith("constant")) ? `  let constant = ${ranged("draw.blend_constant")};\n` : "";
  const other = second === undefined ? "" : `  let src1 = ${ranged("given1")};\n`;
  const rgb = equation(color, "rgb", kind === "snorm");
  const a = equation(alpha, "a", kind === "snorm");
  return `fn blend_color${index}(given: vec4<f32>${second === undefined ? "" : ", given1: vec4<f32>"}, dst: vec4<f32>) -> vec4<f32> {
  let src = ${ranged("given")};
${other}${constant}\
  let rgb = ${rgb};
  let a = ${a};
  return vec4<f32>(rgb, a);
}

`;
}

function equation({ operation, srcFactor, dstFactor }: Component, part: "rgb" | "a", signed: boolean): string {
  if (operation === "min" || operation === "max") return `${operation}(src.${part}, dst.${part})`;
  const src = product(`src.${part}`, srcFactor, part, signed);
  const dst = product(`dst.${part}`, dstFactor, part, signed);
  switch (operation) {
    case "add":
      return `${src} + ${dst}`;
    case "subtract":
      return `${src} - ${dst}`;
    case "reverse-subtract":
      return `${dst} - ${src}`;
  }
}

function product(value: string, factor: Component["srcFactor"], part: "rgb" | "a", signed: boolean): string {
  if (factor === "one") return value;
  if (factor === "zero") return part === "a" ? "0.0" : "vec3<f32>(0.0)";
  return `${value} * ${factorCode(factor, part, signed)}`;
}

function factorCode(factor: Exclude<Component["srcFactor"], "one" | "zero">, part: "rgb" | "a", signed: boolean): string {
  if (factor === "src-alpha-saturated") return part === "a" ? "1.0" : "min(src.a, 1.0 - dst.a)";
  const inverted = factor.startsWith("one-minus-");
  const name = inverted ? factor.slice("one-minus-".length) : factor;
  const value = name.endsWith("-alpha") ? `${name.slice(0, -"-alpha".length)}.a` : `${name}.${part}`;
  if (!inverted) return value;
  if (!signed) return `(1.0 - ${value})`;
  return part === "a" || name.endsWith("-alpha") ? `min(1.0 - ${value}, 1.0)` : `min(1.0 - ${value}, vec3<f32>(1.0))`;
}
