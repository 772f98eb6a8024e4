/** The vertex stage of a render pipeline. @see https://www.w3.org/TR/webgpu/#vertex-state */
import type { ShaderEntryPoint } from "./compiler.ts";
import type { DeviceCore } from "./device-core.ts";
import { size64, uint32 } from "./idl/convert.ts";
import { defaulted, dictionary, enumeration, nullable, required, sequence } from "./idl/dictionary.ts";
import { programmableStage } from "./programmable-stage.ts";
import { shaderType } from "./shader-types.ts";

/** Bytes, and what the shader reads: f f32, u u32, i i32. */
const FORMATS = {
  uint8: [1, "u"],
  uint8x2: [2, "u"],
  uint8x4: [4, "u"],
  sint8: [1, "i"],
  sint8x2: [2, "i"],
  sint8x4: [4, "i"],
  unorm8: [1, "f"],
  unorm8x2: [2, "f"],
  unorm8x4: [4, "f"],
  snorm8: [1, "f"],
  snorm8x2: [2, "f"],
  snorm8x4: [4, "f"],
  uint16: [2, "u"],
  uint16x2: [4, "u"],
  uint16x4: [8, "u"],
  sint16: [2, "i"],
  sint16x2: [4, "i"],
  sint16x4: [8, "i"],
  unorm16: [2, "f"],
  unorm16x2: [4, "f"],
  unorm16x4: [8, "f"],
  snorm16: [2, "f"],
  snorm16x2: [4, "f"],
  snorm16x4: [8, "f"],
  float16: [2, "f"],
  float16x2: [4, "f"],
  float16x4: [8, "f"],
  float32: [4, "f"],
  float32x2: [8, "f"],
  float32x3: [12, "f"],
  float32x4: [16, "f"],
  uint32: [4, "u"],
  uint32x2: [8, "u"],
  uint32x3: [12, "u"],
  uint32x4: [16, "u"],
  sint32: [4, "i"],
  sint32x2: [8, "i"],
  sint32x3: [12, "i"],
  sint32x4: [16, "i"],
  "unorm10-10-10-2": [4, "f"],
  "unorm8x4-bgra": [4, "f"],
  "snorm10-10-10-2": [4, "f"],
} as const;
type VertexFormat = keyof typeof FORMATS;

const vertexFormat = enumeration("GPUVertexFormat", Object.keys(FORMATS) as VertexFormat[]);
const SCALAR = { f: "f32", u: "u32", i: "i32" } as const;

const vertexAttribute = dictionary(null, { format: required(vertexFormat), offset: required(size64), shaderLocation: required(uint32) });
const vertexBufferLayout = dictionary(null, {
  arrayStride: required(size64),
  attributes: required(sequence(vertexAttribute)),
  stepMode: defaulted(enumeration("GPUVertexStepMode", ["vertex", "instance"]), "vertex"),
});
type VertexBufferLayout = ReturnType<typeof vertexBufferLayout>;

export const vertexState = dictionary(programmableStage, { buffers: defaulted(sequence(nullable(vertexBufferLayout)), []) });
export type VertexState = ReturnType<typeof vertexState>;

/** What a draw needs of a vertex buffer. */
export interface VertexBufferNeed {
  readonly slot: number;
  readonly stride: number;
  readonly perInstance: boolean;
  /** bytes of the last element that are read */
  readonly lastStride: number;
}

export function vertexBufferNeeds({ buffers }: VertexState): VertexBufferNeed[] {
  return buffers.flatMap((layout, slot) => {
    if (layout === null) return [];
    const lastStride = layout.attributes.reduce((most, { offset, format }) => Math.max(most, offset + FORMATS[format][0]), 0);
    return [{ slot, stride: layout.arrayStride, perInstance: layout.stepMode === "instance", lastStride }];
  });
}

function wrongLayout({ arrayStride, attributes }: VertexBufferLayout, device: DeviceCore): string | null {
  const { maxVertexBufferArrayStride, maxVertexAttributes } = device.limits;
  if (arrayStride > maxVertexBufferArrayStride) {
    return `arrayStride is ${arrayStride}, over the limit maxVertexBufferArrayStride of ${maxVertexBufferArrayStride}`;
  }
  if (arrayStride % 4 !== 0) return `arrayStride is ${arrayStride}, which is not a multiple of 4`;
  for (const [i, { format, offset, shaderLocation }] of attributes.entries()) {
    const [bytes] = FORMATS[format];
    const most = arrayStride === 0 ? maxVertexBufferArrayStride : arrayStride;
    if (offset + bytes > most) return `attributes[${i}] ends at ${offset + bytes}, past the stride of ${most}`;
    const multiple = Math.min(4, bytes);
    if (offset % multiple !== 0) return `attributes[${i}].offset is ${offset}, which is not a multiple of ${multiple}`;
    if (shaderLocation >= maxVertexAttributes) {
      return `attributes[${i}].shaderLocation is ${shaderLocation}, not below the limit maxVertexAttributes of ${maxVertexAttributes}`;
    }
  }
  return null;
}

/** Without the programmable stage's own rules. @see https://www.w3.org/TR/webgpu/#abstract-opdef-validating-gpuvertexstate */
export function wrongVertexState({ buffers }: VertexState, entry: ShaderEntryPoint, device: DeviceCore): string | null {
  const { maxVertexBuffers, maxVertexAttributes } = device.limits;
  if (buffers.length > maxVertexBuffers)
    return `${buffers.length} vertex buffers are over the limit maxVertexBuffers of ${maxVertexBuffers}`;
  const formats = new Map<number, VertexFormat>();
  let count = 0;
  for (const [i, layout] of buffers.entries()) {
    if (layout === null) continue;
    const wrong = wrongLayout(layout, device);
    if (wrong !== null) return `vertex.buffers[${i}]: ${wrong}`;
    count += layout.attributes.length;
    for (const { shaderLocation, format } of layout.attributes) {
      if (formats.has(shaderLocation)) return `two vertex attributes have shaderLocation ${shaderLocation}`;
      formats.set(shaderLocation, format);
    }
  }
  if (!device.features.has("core-features-and-limits")) {
    count += entry.inputs.filter(({ builtin }) => builtin === "vertex_index" || builtin === "instance_index").length;
  }
  if (count > maxVertexAttributes) return `${count} vertex attributes are over the limit maxVertexAttributes of ${maxVertexAttributes}`;
  return wrongInputs(entry, formats);
}

function wrongInputs(entry: ShaderEntryPoint, formats: ReadonlyMap<number, VertexFormat>): string | null {
  for (const { location, name, type } of entry.inputs) {
    if (location === undefined) continue;
    const format = formats.get(location);
    if (format === undefined)
      return `the shader's input '${name}' at @location(${location}) has no vertex attribute with that shaderLocation`;
    const { scalar } = shaderType(type);
    const given = SCALAR[FORMATS[format][1]];
    if (scalar !== given && !(scalar === "f16" && given === "f32")) {
      return `the vertex attribute for @location(${location}) has format "${format}", which gives ${given}, but the shader's '${name}' is ${type}`;
    }
  }
  return null;
}
