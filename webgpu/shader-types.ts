/** Types of the inputs and outputs of entry points, as reflection prints them. */

export interface ShaderType {
  readonly scalar: string;
  readonly components: number;
}

/** @param text f32, vec3<u32> */
export function shaderType(text: string): ShaderType {
  if (!text.startsWith("vec")) return { scalar: text, components: 1 };
  return { scalar: text.slice(5, -1), components: Number(text[3]) };
}
