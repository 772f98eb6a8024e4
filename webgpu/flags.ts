/**
 * The constants of WebGPU's flag namespaces.
 * @see https://www.w3.org/TR/webgpu/#buffer-usage
 */
import { describe } from "./core.ts";
import { namespace } from "./idl/interface.ts";

export const GPUBufferUsage = namespace("GPUBufferUsage", {
  MAP_READ: 0x1,
  MAP_WRITE: 0x2,
  COPY_SRC: 0x4,
  COPY_DST: 0x8,
  INDEX: 0x10,
  VERTEX: 0x20,
  UNIFORM: 0x40,
  STORAGE: 0x80,
  INDIRECT: 0x100,
  QUERY_RESOLVE: 0x200,
});
export const ALL_BUFFER_USAGES = 0x3ff;

export const GPUMapMode = namespace("GPUMapMode", { READ: 0x1, WRITE: 0x2 });

export const GPUTextureUsage = namespace("GPUTextureUsage", {
  COPY_SRC: 0x1,
  COPY_DST: 0x2,
  TEXTURE_BINDING: 0x4,
  STORAGE_BINDING: 0x8,
  RENDER_ATTACHMENT: 0x10,
  TRANSIENT_ATTACHMENT: 0x20,
});

export const ALL_TEXTURE_USAGES = 0x3f;

export const GPUShaderStage = namespace("GPUShaderStage", { VERTEX: 0x1, FRAGMENT: 0x2, COMPUTE: 0x4 });
export const ALL_SHADER_STAGES = 0x7;

export const GPUColorWrite = namespace("GPUColorWrite", { RED: 0x1, GREEN: 0x2, BLUE: 0x4, ALPHA: 0x8, ALL: 0xf });

/** Names of the bits set, for messages: "COPY_DST | STORAGE". */
export function flagNames(constants: Readonly<Record<string, number>>, value: number): string {
  const names: string[] = [];
  let rest = value;
  for (const name of Object.keys(constants)) {
    const bit = constants[name]!;
    if ((bit & (bit - 1)) === 0 && (value & bit) !== 0) {
      names.push(name);
      rest &= ~bit;
    }
  }
  if (rest !== 0) names.push(`0x${(rest >>> 0).toString(16)}`);
  return names.length === 0 ? "nothing" : names.join(" | ");
}

/** What is wrong with a buffer, texture or view that lacks a usage, and where to give it. */
export function lacksUsage(
  thing: { readonly kind: string; readonly label: string; readonly usage: number },
  needed: string,
  of: "GPUBufferUsage" | "GPUTextureUsage",
): string {
  const constants = of === "GPUBufferUsage" ? GPUBufferUsage : GPUTextureUsage;
  const maker = of === "GPUBufferUsage" ? "createBuffer" : "createTexture";
  return `${describe(thing)} has usage ${flagNames(constants, thing.usage)}, but needs ${needed}; add it to the usage in ${maker}`;
}
