/**
 * The vertex program: one invocation for each vertex of each instance, which fetches the attributes, runs the shader's entry point and writes a
 * record of what it gave. The linker puts the entry point in the place of `stage`.
 * @see https://www.w3.org/TR/webgpu/#vertex-processing
 */
import { ioName } from "../../support/stage-io.ts";
import { type Channel, channelsOf } from "../../support/texel.ts";
import type { ShaderEntryPoint, ShaderIo } from "../compiler.ts";
import { shaderType } from "../shader-types.ts";
import type { VertexState } from "../vertex-state.ts";
import { BIND, VERTEX_DRAW, type VertexRecord } from "./layout.ts";
import { enablesOf, ioVariables, uniformStruct } from "./program-code.ts";
import { bitsOf, scalarOf, unpackCode, vectorType } from "./texel-code.ts";

export interface VertexPlan {
  readonly entry: ShaderEntryPoint;
  readonly record: VertexRecord;
  readonly buffers: VertexState["buffers"];
}

type Layout = NonNullable<VertexState["buffers"][number]>;
type Attribute = Layout["attributes"][number];

export function vertexCode(plan: VertexPlan): string {
  const { entry } = plan;
  const slots = plan.buffers.flatMap((layout, slot) => {
    const used = layout?.attributes.flatMap((attribute) => {
      const input = entry.inputs.find(({ location }) => location === attribute.shaderLocation);
      return input === undefined ? [] : [{ input, attribute }];
    });
    return used?.length ? [{ slot, layout: layout!, used }] : [];
  });
  const instances = slots.some(({ layout }) => layout.stepMode === "instance") || reads(entry, "instance_index");
  const fetches = slots.map(({ slot, layout, used }) => fetchCode(slot, layout, used)).join("");
  return `${enablesOf([...entry.inputs, ...entry.outputs])}
${drawStruct(slots.map(({ slot }) => slot))}
@group(0) @binding(${BIND.draw}) var<uniform> draw: Draw;
@group(0) @binding(${BIND.indices}) var<storage, read> indices: array<u32>;
@group(0) @binding(${BIND.vertices}) var<storage, read_write> vertices: array<u32>;
${slots.map(({ slot }) => `@group(0) @binding(${BIND.vertexBuffer + slot}) var<storage, read> buffer${slot}: array<u32>;\n`).join("")}
${ioVariables(entry)}
fn stage() { }

${INDEX_AT}\
${slots.length === 0 ? "" : FITS}\
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let n = (group.x + group.y * groups.x) * 64u + lane;
  if n >= draw.total { return; }
  var vertex = draw.first + n % draw.vertex_count;
  var restarts = false;
  if draw.index_bytes != 0u {
    let index = index_at(vertex);
    restarts = index == 0xffffffffu >> (32u - draw.index_bytes * 8u);
    vertex = index + bitcast<u32>(draw.base_vertex);
  }
${instances ? "  let instance = draw.first_instance + n / draw.vertex_count;\n" : ""}\
${reads(entry, "vertex_index") ? "  in_vertex_index = vertex;\n" : ""}\
${reads(entry, "instance_index") ? "  in_instance_index = instance;\n" : ""}\
${fetches}
  stage();

${recordCode(plan)}}
`;
}

const reads = ({ inputs }: ShaderEntryPoint, name: string): boolean => inputs.some(({ builtin }) => builtin === name);

function drawStruct(slots: readonly number[]): string {
  const words: (readonly [word: number, name: string, type: string])[] = [
    [VERTEX_DRAW.vertexCount, "vertex_count", "u32"],
    [VERTEX_DRAW.total, "total", "u32"],
    [VERTEX_DRAW.first, "first", "u32"],
    [VERTEX_DRAW.baseVertex, "base_vertex", "i32"],
    [VERTEX_DRAW.firstInstance, "first_instance", "u32"],
    [VERTEX_DRAW.indexOffset, "index_offset", "u32"],
    [VERTEX_DRAW.indexSize, "index_size", "u32"],
    [VERTEX_DRAW.indexBytes, "index_bytes", "u32"],
  ];
  for (const slot of slots) {
    words.push(
      [VERTEX_DRAW.vertexBuffer + 2 * slot, `offset${slot}`, "u32"],
      [VERTEX_DRAW.vertexBuffer + 2 * slot + 1, `size${slot}`, "u32"],
    );
  }
  return uniformStruct("Draw", words);
}

/** Indices past the part that is bound are 0. */
const INDEX_AT = `fn index_at(n: u32) -> u32 {
  if n >= draw.index_size / draw.index_bytes { return 0u; }
  let at = draw.index_offset + n * draw.index_bytes;
  let word = indices[at >> 2u];
  return select(word, extractBits(word, (at & 2u) * 8u, 16u), draw.index_bytes == 2u);
}

`;

/** Written so that nothing overflows: sizes are below 2^32, but not what a wild index asks for. */
const FITS = `fn fits(size: u32, element: u32, stride: u32, end: u32) -> bool {
  return size >= end && (stride == 0u || element <= (size - end) / max(stride, 1u));
}

`;

/** The texel format that has the same bits. */
function attributeChannels(format: Attribute["format"]): readonly Channel[] {
  if (format === "unorm8x4-bgra") return channelsOf("bgra8unorm");
  if (format === "unorm10-10-10-2") return channelsOf("rgb10a2unorm");
  if (format === "snorm10-10-10-2") return channelsOf("rgb10a2unorm").map((channel) => ({ ...channel, kind: "snorm" }));
  const [base = "", count = "1"] = format.split("x");
  const [, kind, bits] = /^([a-z]+)(\d+)$/.exec(base) ?? [];
  return channelsOf(`${"rgba".slice(0, Number(count))}${bits}${kind}`);
}

/** What one buffer gives: the words that are needed, each once, then the inputs made of them. */
function fetchCode(slot: number, layout: Layout, used: readonly { input: ShaderIo; attribute: Attribute }[]): string {
  const words = new Set<number>();
  let end = 0;
  const inputs = used.map(({ input, attribute: { format, offset } }) => {
    // strides and offsets of buffers are multiples of 4, so that the place within a word is known here
    const channels = attributeChannels(format).map((channel) => ({ ...channel, shift: channel.shift + (offset & 3) * 8 }));
    const bytes = bitsOf(channels) / 8;
    end = Math.max(end, offset + bytes);
    for (let word = offset >>> 2; word * 4 < offset + bytes; word++) words.add(word);
    return `  ${ioName("in", input)} = ${inputValue(input, channels, (i) => `b${slot}_${(offset >>> 2) + i}`)};\n`;
  });
  const names = [...words].sort((a, b) => a - b);
  const number = layout.stepMode === "instance" ? "instance" : "vertex";
  return `
${names.map((word) => `  var b${slot}_${word} = 0u;\n`).join("")}\
  if fits(draw.size${slot}, ${number}, ${layout.arrayStride}u, ${end}u) {
    let at = (draw.offset${slot} + ${number} * ${layout.arrayStride}u) >> 2u;
${names.map((word) => `    b${slot}_${word} = buffer${slot}[at + ${word}u];\n`).join("")}\
  }
${inputs.join("")}`;
}

function inputValue({ type }: ShaderIo, channels: readonly Channel[], word: (i: number) => string): string {
  const { scalar, components } = shaderType(type);
  const value = unpackCode(channels, word, components);
  return scalar === scalarOf(channels) ? value : `${vectorType(scalar, components)}(${value})`;
}

function recordCode({ entry, record }: VertexPlan): string {
  const words: string[] = [];
  for (const [i, letter] of [..."xyzw"].entries()) words[i] = `bitcast<u32>(out_position.${letter})`;
  if (record.restart >= 0) words[record.restart] = "select(0u, 1u, restarts)";
  for (let i = 0; i < record.clipCount; i++) words[record.clip + i] = `bitcast<u32>(out_clip_distances[${i}])`;
  for (const { location, at, scalar, components } of record.varyings) {
    const output = entry.outputs.find((each) => each.location === location);
    for (let i = 0; i < components; i++) words[at + i] = output === undefined ? "0u" : bitsOfComponent(output, scalar, i);
  }
  const lines = words.map((value, word) => `  vertices[at${word === 0 ? "" : ` + ${word}u`}] = ${value};\n`);
  return `  let at = n * ${record.words}u;\n${lines.join("")}`;
}

function bitsOfComponent(output: ShaderIo, scalar: string, i: number): string {
  const { components } = shaderType(output.type);
  if (i >= components) return "0u";
  const value = `${ioName("out", output)}${components === 1 ? "" : `.${"xyzw"[i]}`}`;
  if (scalar === "u32") return value;
  return scalar === "f16" ? `bitcast<u32>(f32(${value}))` : `bitcast<u32>(${value})`;
}
