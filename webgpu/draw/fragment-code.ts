/**
 * The fragment program: a workgroup shades the pixels of a tile, one primitive that covers some of it after the other. Four neighbours in a wave
 * are a quad of 2 x 2 pixels, so that derivatives and quad operations are those of the machine. The linker puts the shader's entry point in the
 * place of `stage`; `alive` tells it whether the invocation is a fragment or only helps, and comes back false from a discard.
 *
 * Tests come before the shader where nobody can tell, what they write always after it. Texels of a pixel are touched by its invocation alone.
 * @see https://www.w3.org/TR/webgpu/#fragment-processing
 */
import { ioName } from "../../support/stage-io.ts";
import type { ShaderEntryPoint } from "../compiler.ts";
import type { DepthStencilState, MultisampleState, PrimitiveState } from "../depth-stencil-state.ts";
import type { ColorTarget } from "../fragment-state.ts";
import { shaderType } from "../shader-types.ts";
import { type DepthStencilPlan, depthStencilCode, depthStencilPlan } from "./depth-stencil-code.ts";
import { inputsCode, PLANE, runsPerSample, samplePosition } from "./fragment-inputs.ts";
import { bytesOfTexel, type Image } from "./image-code.ts";
import { BIND, FRAGMENT_DRAW, PART, PRIMITIVE, partWords, type VertexRecord } from "./layout.ts";
import { enablesOf, indented, ioVariables, uniformStruct } from "./program-code.ts";
import { colorOf, type Target, targetCode, targetsOf } from "./target-code.ts";
import { texelHelpers } from "./texel-code.ts";

export interface FragmentPlan {
  /** null: only depth and stencil are drawn to */
  readonly entry: ShaderEntryPoint | null;
  readonly record: VertexRecord;
  readonly targets: readonly (ColorTarget | null)[];
  readonly depthStencil: DepthStencilState | undefined;
  readonly primitive: PrimitiveState;
  readonly multisample: MultisampleState;
}

/** What is decided before any text is written. */
interface Facts {
  readonly plan: FragmentPlan;
  readonly samples: number;
  readonly perSample: boolean;
  readonly targets: readonly Target[];
  readonly depthStencil: DepthStencilPlan;
  readonly hasFragDepth: boolean;
  /** samples that are drawn to at all */
  readonly mask: number;
  /** fragments that fail a test need not run */
  readonly skips: boolean;
}

const writes = (entry: ShaderEntryPoint | null, name: string): boolean => !!entry?.outputs.some(({ builtin }) => builtin === name);

function writesStorage(entry: ShaderEntryPoint | null): boolean {
  return !!entry?.resources.some(
    (each) => (each.kind === "buffer" && each.type === "storage") || (each.kind === "storage-texture" && each.access !== "read-only"),
  );
}

function factsOf(plan: FragmentPlan): Facts {
  const { entry, multisample } = plan;
  const samples = multisample.count;
  const depthStencil = depthStencilPlan(plan.depthStencil, plan.primitive, samples);
  const hasFragDepth = writes(entry, "frag_depth");
  return {
    plan,
    samples,
    perSample: runsPerSample(entry, samples),
    targets: entry === null ? [] : targetsOf(entry, plan.targets, samples),
    depthStencil,
    hasFragDepth,
    mask: (multisample.mask & (2 ** samples - 1)) >>> 0,
    skips: !hasFragDepth && !writesStorage(entry) && !depthStencil.stencil?.writes,
  };
}

export function fragmentCode(plan: FragmentPlan): string {
  const facts = factsOf(plan);
  const { entry, record } = plan;
  const inputs = entry === null ? null : inputsCode(entry, record, facts.samples);
  const images = [...facts.targets.map(targetCode), depthStencilCode(facts.depthStencil)].join("");
  const body = partCode(facts, inputs);
  const functions = `${inputs?.functions ?? ""}${depthCode(facts)}`;
  const position = `${functions}${body}`.includes("sample_position(") ? samplePosition(facts.samples) : "";
  const planes = `${functions}${body}`.includes("plane(") ? PLANE : "";
  return `${enablesOf(entry === null ? [] : [...entry.inputs, ...entry.outputs], entry !== null)}
${drawStruct(facts)}
@group(0) @binding(${BIND.draw}) var<uniform> draw: Draw;
${record.varyings.length > 0 ? `@group(0) @binding(${BIND.vertices}) var<storage, read> vertices: array<u32>;\n` : ""}\
@group(0) @binding(${BIND.tiles}) var<storage, read> tiles: array<vec4<u32>>;
@group(0) @binding(${BIND.parts}) var<storage, read> parts: array<u32>;
@group(0) @binding(${BIND.primitives}) var<storage, read> primitives: array<u32>;
@group(0) @binding(${BIND.passed}) var<storage, read_write> passed: atomic<u32>;

${entry === null ? "" : `${ioVariables(entry)}var<private> alive: bool;\n\nfn stage() { }\n\n`}\
${texelHelpers(images)}${images}${position}${planes}${functions}${coverageCode(facts.samples)}\
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let number = group.x + group.y * groups.x;
  if number >= draw.tile_count { return; }
  let tile = tiles[number];
  let pixel = tile.xy + vec2<u32>(((lane >> 2u) & 3u) * 2u + (lane & 1u), (lane >> 4u) * 2u + ((lane >> 1u) & 1u));
${indented(addressCode(facts), 1)}\
  var drawn = 0u;
  for (var i = 0u; i < tile.w; i++) {
    let part = (tile.z + i) * ${partWords(facts.samples)}u;
    let record = parts[part] * ${PRIMITIVE.words}u;
    let covered = coverage(part + ${PART.masks}u + (lane >> 5u), lane & 31u);
${indented(body, 2)}\
  }
  if drawn != 0u && draw.counts != 0u { atomicStore(&passed, 1u); }
}
`;
}

function drawStruct({ targets, depthStencil: { depth, stencil } }: Facts): string {
  const words: (readonly [word: number, name: string, type: string])[] = [
    [FRAGMENT_DRAW.minDepth, "min_depth", "f32"],
    [FRAGMENT_DRAW.maxDepth, "max_depth", "f32"],
    [FRAGMENT_DRAW.tileCount, "tile_count", "u32"],
    [FRAGMENT_DRAW.counts, "counts", "u32"],
    [FRAGMENT_DRAW.blendConstant, "blend_constant", "vec4<f32>"],
    [FRAGMENT_DRAW.stencilReference, "stencil_reference", "u32"],
  ];
  if (depth) words.push([FRAGMENT_DRAW.depthRowBytes, "depth_row", "u32"]);
  if (stencil) words.push([FRAGMENT_DRAW.stencilRowBytes, "stencil_row", "u32"]);
  for (const { index, image } of targets) words.push([FRAGMENT_DRAW.colorRowBytes + index, `${image.name}_row`, "u32"]);
  return uniformStruct("Draw", words);
}

function coverageCode(samples: number): string {
  const bits = Array.from({ length: samples }, (_, s) => {
    const bit = `extractBits(parts[at${s === 0 ? "" : ` + ${2 * s}u`}], bit, 1u)`;
    return s === 0 ? bit : `(${bit} << ${s}u)`;
  });
  return `// samples of a pixel that a part covers
fn coverage(at: u32, bit: u32) -> u32 {
  return ${bits.join(" | ")};
}

`;
}

const imagesOf = ({ targets, depthStencil: { depth, stencil } }: Facts): Image[] => [
  ...targets.map(({ image }) => image),
  ...(depth ? [depth.image] : []),
  ...(stencil ? [stencil.image] : []),
];

/** Offsets of the pixel's first samples, in bytes. */
function addressCode(facts: Facts): string {
  return imagesOf(facts)
    .map((image) => `let ${image.name}_at = pixel.y * draw.${image.name}_row + pixel.x * ${bytesOfTexel(image) * facts.samples}u;\n`)
    .join("");
}

const addressOf = (image: Image, samples: number): string => `${image.name}_at${samples === 1 ? "" : ` + s * ${bytesOfTexel(image)}u`}`;

function depthCode({ hasFragDepth, depthStencil: { depth }, samples }: Facts): string {
  if (depth === null || hasFragDepth) return "";
  const [parameter, point] = samples === 1 ? ["", "vec2<f32>(0.5)"] : [", s: u32", "sample_position(s)"];
  return `fn depth_of(record: u32, corner: vec2<f32>${parameter}) -> f32 {
  return clamp(plane(record + ${PRIMITIVE.depth}u, corner + ${point}), draw.min_depth, draw.max_depth);
}

`;
}

/** Runs statements for each sample of a mask: `s` is the sample. A shader that runs for each has only one at a time. */
function forSamples({ samples, perSample }: Facts, mask: string, body: string, isRun = true): string {
  if (samples === 1 || (perSample && isRun)) return `if ${mask} != 0u {\n${indented(body, 1)}}\n`;
  return `for (var s = 0u; s < ${samples}u; s++) {
  if extractBits(${mask}, s, 1u) == 0u { continue; }
${indented(body, 1)}}
`;
}

/** What happens to a part: in scope are part, record, covered, pixel, lane and the offsets of texels. */
function partCode(facts: Facts, inputs: ReturnType<typeof inputsCode> | null): string {
  const { samples, perSample, hasFragDepth, skips, plan, mask } = facts;
  const all = 2 ** samples - 1;
  const masked = mask === all ? "covered" : `(covered & ${mask}u)`;
  const tests = hasFragDepth ? "" : testCode(facts, masked);
  const passing = skips ? passingOf(facts, masked) : "covered";
  if (inputs === null) return inUse(setup(facts, ""), `${tests}let samples = ${masked};\n${mergeCode(facts)}`, `${masked} != 0u`);
  const shaded = passing === "covered" ? passing : "shaded";
  const run = `alive = here != 0u;
stage();
var samples = select(0u, here, alive);
${outputMask(plan, mask === all || skips ? null : mask)}${hasFragDepth ? fragDepthCode(facts) : ""}${mergeCode(facts)}`;
  const each = perSample
    ? `for (var s = 0u; s < ${samples}u; s++) {
  let here = ${shaded} & (1u << s);
  if subgroupAny(here != 0u) {
${indented(inputs.ofSample + run, 2)}  }
}
`
    : `let here = ${shaded};\n${run}`;
  const inner = inputs.shared + each;
  const shade = passing === "covered" ? inner : `let shaded = ${passing};\nif subgroupAny(shaded != 0u) {\n${indented(inner, 1)}}\n`;
  return inUse(setup(facts, inputs.shared + inputs.ofSample), tests + shade, "subgroupAny(covered != 0u)");
}

const inUse = (first: string, body: string, condition: string): string => `if ${condition} {\n${indented(first + body, 1)}}\n`;

/** Values that several things need. */
function setup({ depthStencil: { depth, stencil }, hasFragDepth, samples }: Facts, inputs: string): string {
  const { reference, flags } = PRIMITIVE;
  const evaluates = (depth !== null && !hasFragDepth) || inputs.includes("corner");
  const corner = evaluates
    ? `let corner = vec2<f32>(pixel) - vec2<f32>(bitcast<f32>(primitives[record + ${reference}u]), bitcast<f32>(primitives[record + ${reference + 1}u]));\n`
    : "";
  const front = stencil !== null || inputs.includes("front") ? `let front = (primitives[record + ${flags}u] & 1u) != 0u;\n` : "";
  const z = depth !== null && !hasFragDepth && samples === 1 ? "let z = depth_of(record, corner);\n" : "";
  return `${corner}${front}${z}`;
}

const testsDepth = ({ depthStencil: { depth } }: Facts): boolean => depth !== null && depth.compare !== "always";
const testsStencil = ({ depthStencil: { stencil } }: Facts): boolean => stencil?.tests ?? false;

/** Masks of the samples that pass each test. */
function testCode(facts: Facts, tested: string): string {
  const { samples, hasFragDepth } = facts;
  const { depth, stencil } = facts.depthStencil;
  const bit = samples === 1 ? "1u" : "1u << s";
  const lines: string[] = [];
  let vars = "";
  if (testsStencil(facts)) {
    vars += "var stencil_ok = 0u;\n";
    lines.push(`if stencil_passes(front, ${addressOf(stencil!.image, samples)}) { stencil_ok |= ${bit}; }\n`);
  }
  if (testsDepth(facts)) {
    vars += "var depth_ok = 0u;\n";
    const z = hasFragDepth || samples === 1 ? "z" : "depth_of(record, corner, s)";
    lines.push(`if depth_passes(${z}, ${addressOf(depth!.image, samples)}) { depth_ok |= ${bit}; }\n`);
  }
  return lines.length === 0 ? "" : vars + forSamples(facts, tested, lines.join(""), hasFragDepth);
}

const passingOf = (facts: Facts, mask: string): string =>
  [mask, ...(testsStencil(facts) ? ["stencil_ok"] : []), ...(testsDepth(facts) ? ["depth_ok"] : [])].join(" & ");

/** @see https://www.w3.org/TR/webgpu/#sample-masking */
function outputMask({ entry, multisample }: FragmentPlan, mask: number | null): string {
  const lines = mask === null ? "" : `samples &= ${mask}u;\n`;
  if (writes(entry, "sample_mask")) return `${lines}samples &= out_sample_mask;\n`;
  const output = entry!.outputs.find(({ location, blendSrc }) => location === 0 && blendSrc !== 1);
  if (!multisample.alphaToCoverageEnabled || output === undefined || shaderType(output.type).components < 4) return lines;
  const alpha = `saturate(f32(${ioName("out", output)}.w))`;
  return `${lines}samples &= (1u << u32(round(${multisample.count}.0 * ${alpha}))) - 1u;\n`;
}

function fragDepthCode(facts: Facts): string {
  const z = facts.depthStencil.depth === null ? "" : "let z = clamp(out_frag_depth, draw.min_depth, draw.max_depth);\n";
  return z + testCode(facts, "samples");
}

/** What the fragment changes in the attachments; `samples` are those that it has. */
function mergeCode(facts: Facts): string {
  const { samples, hasFragDepth, targets, depthStencil } = facts;
  const { depth, stencil } = depthStencil;
  const isOk = (tested: boolean, name: string): string =>
    !tested ? "true" : samples === 1 ? `${name} != 0u` : `extractBits(${name}, s, 1u) != 0u`;
  let code = "";
  if (stencil?.writes) {
    const [first, second] = [isOk(testsStencil(facts), "stencil_ok"), isOk(testsDepth(facts), "depth_ok")];
    code += forSamples(facts, "samples", `update_stencil(front, ${first}, ${second}, ${addressOf(stencil.image, samples)});\n`);
  }
  code += `let passing = ${passingOf(facts, "samples")};\ndrawn |= passing;\n`;
  const stores: string[] = [];
  let values = "";
  for (const target of targets) {
    values += colorValue(target);
    stores.push(colorStore(target, samples));
  }
  if (depth?.writes) {
    const z = hasFragDepth || samples === 1 ? "z" : "depth_of(record, corner, s)";
    stores.push(`store_depth(${addressOf(depth.image, samples)}, pack_depth(${z}));\n`);
  }
  return stores.length === 0 ? code : code + values + forSamples(facts, "passing", stores.join(""));
}

/** What is the same for all samples. */
function colorValue({ index, blend, output, second }: Target): string {
  if (blend === null) return `let texel${index} = pack_color${index}(${colorOf(output)});\n`;
  return `let source${index} = ${colorOf(output)};\n${second ? `let second${index} = ${colorOf(second)};\n` : ""}`;
}

function colorStore({ index, blend, image, second }: Target, samples: number): string {
  const address = addressOf(image, samples);
  if (blend === null) return `store_color${index}(${address}, texel${index});\n`;
  const sources = `source${index}${second ? `, second${index}` : ""}`;
  return `store_color${index}(${address}, pack_color${index}(blend_color${index}(${sources}, unpack_color${index}(load_color${index}(${address})))));\n`;
}
