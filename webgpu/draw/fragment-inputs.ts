/** What a fragment gets: builtin values, and varyings interpolated over its primitive. @see https://www.w3.org/TR/WGSL/#interpolation */
import { ioName } from "../../support/stage-io.ts";
import type { ShaderEntryPoint } from "../compiler.ts";
import { PRIMITIVE, SAMPLES, type Varying, type VertexRecord } from "./layout.ts";
import { vectorType } from "./texel-code.ts";

/** A point of the pixel at which something is interpolated. */
type Place = "center" | "centroid" | "at_sample";
type Weights = "perspective" | "linear";

export interface InputsCode {
  readonly functions: string;
  /** statements that give the inputs that all samples of a pixel share. In scope: record, pixel, corner, lane, covered, front */
  readonly shared: string;
  /** those of sample s */
  readonly ofSample: string;
}

/** The shader runs for each sample. @see https://www.w3.org/TR/webgpu/#per-sample-shading */
export function runsPerSample(entry: ShaderEntryPoint | null, samples: number): boolean {
  return samples > 1 && !!entry?.inputs.some(({ builtin, sampling }) => builtin === "sample_index" || sampling === "sample");
}

function placeOf({ sampling }: Varying, samples: number): Place {
  if (samples === 1) return "center";
  return sampling === "sample" ? "at_sample" : sampling === "centroid" ? "centroid" : "center";
}

/** Where things are among the words of `primitives`. */
const at = (word: number): string => (word === 0 ? "record" : `record + ${word}u`);

export function inputsCode(entry: ShaderEntryPoint, { words, varyings }: VertexRecord, samples: number): InputsCode {
  const builtins = entry.inputs.flatMap(({ builtin }) => builtin ?? []);
  const flat = varyings.filter(({ interpolation }) => interpolation === "flat");
  const smooth = varyings.filter(({ interpolation }) => interpolation !== "flat");
  const first =
    smooth.length === 0
      ? `primitives[record] * ${words}u`
      : `vec3<u32>(primitives[record], primitives[record + 1u], primitives[record + 2u]) * ${words}u`;
  const vertex = varyings.length === 0 ? "" : `let vertex = ${first};\n`;
  const places = new Set<Place>(smooth.map((varying) => placeOf(varying, samples)));
  if (builtins.includes("position")) places.add("center");
  const here = (place: Place): string =>
    smooth
      .filter((varying) => placeOf(varying, samples) === place)
      .map(smoothCode(place))
      .join("");
  const shared = [
    vertex,
    places.has("center") ? "let center = corner + vec2<f32>(0.5);\n" : "",
    places.has("centroid") ? "let centroid = corner + centroid_of(covered);\n" : "",
    ...builtins.map((name) => BUILTINS[name]?.(samples) ?? ""),
    ...flat.map((varying) => flatCode(varying, smooth.length === 0 ? "vertex" : "vertex.x")),
    weightsCode(smooth, "center", samples),
    here("center"),
    weightsCode(smooth, "centroid", samples),
    here("centroid"),
  ];
  const ofSample = [
    builtins.includes("sample_index") && samples > 1 ? "in_sample_index = s;\n" : "",
    places.has("at_sample") ? "let at_sample = corner + sample_position(s);\n" : "",
    weightsCode(smooth, "at_sample", samples),
    here("at_sample"),
  ];
  return { functions: functionsFor(smooth, places, builtins, samples), shared: shared.join(""), ofSample: ofSample.join("") };
}

const BUILTINS: Readonly<Record<string, (samples: number) => string>> = {
  // at the centre of the pixel even where the shader runs for each sample
  position: () =>
    `in_position = vec4<f32>(vec2<f32>(pixel) + 0.5, plane(${at(PRIMITIVE.depth)}, center), dot(planes(record, center), vec3<f32>(1.0)));\n`,
  front_facing: () => "in_front_facing = front;\n",
  primitive_index: () => `in_primitive_index = primitives[${at(PRIMITIVE.index)}];\n`,
  sample_index: (samples) => (samples === 1 ? "in_sample_index = 0u;\n" : ""),
  sample_mask: () => "in_sample_mask = covered;\n",
  subgroup_invocation_id: () => "in_subgroup_invocation_id = lane & 3u;\n",
  subgroup_size: () => "in_subgroup_size = 4u;\n",
};

function weightsCode(varyings: readonly Varying[], place: Place, samples: number): string {
  const kinds = new Set(varyings.filter((each) => placeOf(each, samples) === place).map(({ interpolation }) => interpolation));
  return [...kinds].map((kind) => `let ${kind}_${place} = ${kind}_weights(record, ${place});\n`).join("");
}

const nameOf = ({ location }: Varying): string => ioName("in", { location });

const smoothCode =
  (place: Place) =>
  (varying: Varying): string => {
    const { scalar, components, interpolation, at: word } = varying;
    const parts = Array.from({ length: components }, (_, i) => `interpolate(vertex + ${word + i}u, ${interpolation}_${place})`);
    return `${nameOf(varying)} = ${assembled(scalar, components, scalar === "f16" ? parts.map((part) => `f16(${part})`) : parts)};\n`;
  };

function flatCode(varying: Varying, vertex: string): string {
  const { scalar, components, at: word } = varying;
  const parts = Array.from({ length: components }, (_, i) => {
    const bits = `vertices[${vertex} + ${word + i}u]`;
    if (scalar === "u32") return bits;
    return scalar === "f16" ? `f16(bitcast<f32>(${bits}))` : `bitcast<${scalar}>(${bits})`;
  });
  return `${nameOf(varying)} = ${assembled(scalar, components, parts)};\n`;
}

const assembled = (scalar: string, components: number, parts: readonly string[]): string =>
  components === 1 ? parts[0]! : `${vectorType(scalar, components)}(${parts.join(", ")})`;

export const PLANE = `// the value of a plane at a point, which is given from the primitive's reference point
fn plane(at: u32, point: vec2<f32>) -> f32 {
  return bitcast<f32>(primitives[at]) + bitcast<f32>(primitives[at + 1u]) * point.x + bitcast<f32>(primitives[at + 2u]) * point.y;
}

`;

const PLANES = `// barycentric coordinates, each divided by its vertex's w
fn planes(record: u32, point: vec2<f32>) -> vec3<f32> {
  return vec3<f32>(plane(${at(PRIMITIVE.planes)}, point), plane(${at(PRIMITIVE.planes + 3)}, point), plane(${at(PRIMITIVE.planes + 6)}, point));
}

`;

/** Of the second and third vertex: what is left is the first's, so that three equal values give the same value. */
const WEIGHTS: Readonly<Record<Weights, string>> = {
  perspective: `fn perspective_weights(record: u32, point: vec2<f32>) -> vec2<f32> {
  let p = planes(record, point);
  return p.yz / (p.x + p.y + p.z);
}

`,
  linear: `fn linear_weights(record: u32, point: vec2<f32>) -> vec2<f32> {
  let w = vec2<f32>(bitcast<f32>(primitives[${at(PRIMITIVE.w + 1)}]), bitcast<f32>(primitives[${at(PRIMITIVE.w + 2)}]));
  return planes(record, point).yz * w;
}

`,
};

const INTERPOLATE = `fn interpolate(at: vec3<u32>, weights: vec2<f32>) -> f32 {
  let v = vec3<f32>(bitcast<f32>(vertices[at.x]), bitcast<f32>(vertices[at.y]), bitcast<f32>(vertices[at.z]));
  return v.x + weights.x * (v.y - v.x) + weights.y * (v.z - v.x);
}

`;

/** Positions of samples, four bits each. */
export function samplePosition(samples: number): string {
  const packed = [0, 1].map((axis) => (SAMPLES[samples] ?? []).reduce((bits, each, s) => bits | (each[axis]! << (4 * s)), 0));
  const [x, y] = packed.map((bits) => `0x${(bits >>> 0).toString(16)}u`);
  return `fn sample_position(s: u32) -> vec2<f32> {
  return vec2<f32>((vec2<u32>(${x}, ${y}) >> vec2<u32>(4u * s)) & vec2<u32>(15u)) / 16.0;
}

`;
}

/** @see https://www.w3.org/TR/WGSL/#interpolation-sampling: a point that is both in the pixel and the primitive */
const centroidOf = (samples: number): string => `fn centroid_of(covered: u32) -> vec2<f32> {
  if covered == 0u || covered == ${2 ** samples - 1}u { return vec2<f32>(0.5); }
  return sample_position(firstTrailingBit(covered));
}

`;

function functionsFor(smooth: readonly Varying[], places: ReadonlySet<Place>, builtins: readonly string[], samples: number): string {
  const kinds = new Set(smooth.map(({ interpolation }) => interpolation));
  const usesPlanes = smooth.length > 0 || builtins.includes("position");
  return [
    usesPlanes ? PLANES : "",
    ...[...kinds].map((kind) => (kind === "flat" ? "" : WEIGHTS[kind])),
    smooth.length > 0 ? INTERPOLATE : "",
    places.has("centroid") ? centroidOf(samples) : "",
  ].join("");
}
