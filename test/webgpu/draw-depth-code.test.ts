/** Depth, stencil, sample masks, discard and occlusion of the fragment program: random states, against a simulation of the specification's steps. */
import { expect, test } from "vitest";
import type { DepthStencilState } from "../../webgpu/depth-stencil-state.ts";
import { fragmentCode } from "../../webgpu/draw/fragment-code.ts";
import { BIND, FRAGMENT_DRAW, vertexRecord } from "../../webgpu/draw/layout.ts";
import type { ColorTarget } from "../../webgpu/fragment-state.ts";
import { entryPoint, type IoText, programDevice, randomWords, runProgram } from "./draw-programs.ts";
import { depthStencil, fragmentDraw, multisample, PRIMITIVE_STATE, type Primitive, sceneBuffers } from "./draw-scene.ts";

const tiers = { jit: await programDevice("jit"), reference: await programDevice("reference") };
const POSITION = entryPoint("vertex", [], [["vec4<f32>", "position"]]);
const [WIDTH, HEIGHT, X, Y] = [13, 9, 4, 1];
const [NEAR, FAR] = [0.25, 0.75];
const SAMPLE_AT = [
  [0.375, 0.125],
  [0.875, 0.375],
  [0.125, 0.625],
  [0.625, 0.875],
] as const;

type Face = DepthStencilState["stencilFront"];
const COMPARES = ["never", "less", "equal", "less-equal", "greater", "not-equal", "greater-equal", "always"] as const;
const OPERATIONS = ["keep", "zero", "replace", "invert", "increment-clamp", "decrement-clamp", "increment-wrap", "decrement-wrap"] as const;
const FORMATS = [
  "depth16unorm",
  "depth24plus-stencil8",
  "depth32float-stencil8",
  "stencil8",
  "depth32float",
  "depth24plus",
  "none",
] as const;

interface Case {
  readonly format: (typeof FORMATS)[number];
  readonly samples: number;
  readonly state: DepthStencilState;
  readonly mask: number;
  readonly alphaToCoverage: boolean;
  readonly hasShader: boolean;
  readonly fragDepth: boolean;
  readonly sampleMask: boolean;
  readonly perSample: boolean;
  readonly storage: boolean;
  readonly counts: boolean;
  readonly reference: number;
}

const compare = (how: string, a: number, b: number): boolean =>
  ({
    never: false,
    less: a < b,
    equal: a === b,
    "less-equal": a <= b,
    greater: a > b,
    "not-equal": a !== b,
    "greater-equal": a >= b,
    always: true,
  })[how]!;

const operate = (how: string, old: number, reference: number): number =>
  ({
    keep: old,
    zero: 0,
    replace: reference & 255,
    invert: ~old & 255,
    "increment-clamp": Math.min(old + 1, 255),
    "decrement-clamp": Math.max(old - 1, 0),
    "increment-wrap": (old + 1) & 255,
    "decrement-wrap": (old - 1) & 255,
  })[how]!;

function randomCase(seed: number): Case {
  const next = randomWords(seed);
  const one = <T>(list: readonly T[]): T => list[next() % list.length]!;
  const format = FORMATS[seed % FORMATS.length]!;
  const samples = one([1, 4]);
  const hasDepth = format.startsWith("depth");
  const hasStencil = format.includes("stencil8");
  const face = (): Face => ({ compare: one(COMPARES), failOp: one(OPERATIONS), depthFailOp: one(OPERATIONS), passOp: one(OPERATIONS) });
  const front = face();
  const state = depthStencil({
    format: format === "none" ? "stencil8" : format,
    ...(hasDepth ? { depthCompare: one(COMPARES), depthWriteEnabled: next() % 3 !== 0 } : {}),
    ...(hasStencil
      ? { stencilFront: front, stencilBack: next() % 4 === 0 ? front : face(), stencilReadMask: one([0xff, 0x3f, 0xffff_fff0]) }
      : {}),
    stencilWriteMask: one([0xff, 0xffff_ffff, 0x0f, 0]),
  });
  const hasShader = next() % 6 !== 0;
  const sampleMask = hasShader && next() % 3 === 0;
  return {
    format,
    samples,
    state,
    mask: one([0xffff_ffff, 0xffff_ffff, 0xb, 0]),
    alphaToCoverage: hasShader && samples === 4 && !sampleMask && next() % 3 === 0,
    hasShader,
    fragDepth: hasShader && next() % 3 === 0,
    sampleMask,
    perSample: hasShader && next() % 3 === 0,
    storage: hasShader && next() % 4 === 0,
    counts: next() % 3 !== 0,
    reference: next() % 256,
  };
}

/** What the primitive's first vertex says: its number, columns that discard, the depth that the shader gives, a mask. */
interface Drawn extends Primitive {
  readonly number: number;
  readonly discards: number;
  readonly given: number;
  readonly bits: number;
}

function randomPrimitives(seed: number, samples: number): Drawn[] {
  const next = randomWords(seed + 1000);
  return Array.from({ length: 12 }, (_, number): Drawn => {
    const pattern = Uint32Array.from({ length: 64 }, () => (next() & next() ? next() : next() & next()) & (2 ** samples - 1));
    const plane = (): number => ((next() % 65) - 32) / 128;
    return {
      vertices: [number, 0, 0],
      front: next() % 2 === 0,
      reference: [X + 4, Y + 4],
      depth: [(next() % 257) / 256, plane() / 4, plane() / 4],
      covers: (x, y) => pattern[y * 8 + x]!,
      number,
      discards: next() & next() & 0xff,
      given: (next() % 65) / 64,
      bits: next() % 16,
    };
  });
}

interface Images {
  readonly color: Uint32Array;
  readonly depth: Float32Array | Uint16Array;
  readonly stencil: Uint8Array;
}

const quantized = (format: string, z: number): number =>
  format === "depth16unorm" ? Math.floor(Math.fround(0.5 + Math.fround(65535 * z))) : Math.fround(z);

/** @see https://www.w3.org/TR/webgpu/#fragment-processing and #output-merging; changes the images. @returns whether a sample passed */
function simulate(c: Case, primitives: readonly Drawn[], { color, depth, stencil }: Images): boolean {
  let passed = false;
  const hasDepth = c.format.startsWith("depth");
  const hasStencil = c.format.includes("stencil8");
  for (const p of primitives) {
    const face = p.front ? c.state.stencilFront : c.state.stencilBack;
    for (let i = 0; i < 64 * c.samples; i++) {
      const [s, px, py] = [i % c.samples, Math.floor(i / c.samples) % 8, Math.floor(i / c.samples / 8)];
      if (!(((p.covers(px, py) & c.mask) >> s) & 1)) continue;
      if (c.hasShader && (p.discards >> ((X + px) & 7)) & 1) continue;
      const mask = c.sampleMask ? p.bits | ((Y + py) & 3) : c.alphaToCoverage ? 2 ** Math.min(p.bits, 4) - 1 : 15;
      if (!((mask >> s) & 1)) continue;
      const at = ((Y + py) * WIDTH + X + px) * c.samples + s;
      const [sx, sy] = c.samples === 1 ? [0.5, 0.5] : SAMPLE_AT[s]!;
      const raw = p.depth![0] + p.depth![1] * (px - 4 + sx) + p.depth![2] * (py - 4 + sy);
      const z = quantized(c.format, Math.min(Math.max(c.fragDepth ? p.given : raw, NEAR), FAR));
      const old = stencil[at]!;
      const read = c.state.stencilReadMask & 255;
      const stencilOk = !hasStencil || compare(face.compare, c.reference & read, old & read);
      const depthOk = !hasDepth || compare(c.state.depthCompare ?? "always", z, depth[at]!);
      if (hasStencil) {
        const write = c.state.stencilWriteMask & 255;
        const how = stencilOk ? (depthOk ? face.passOp : face.depthFailOp) : face.failOp;
        stencil[at] = (old & ~write) | (operate(how, old, c.reference) & write);
      }
      if (!stencilOk || !depthOk) continue;
      passed = true;
      if (hasDepth && c.state.depthWriteEnabled) depth[at] = z;
      if (c.hasShader) color[at] = 0x100 * (p.number + 1) + (c.perSample ? s : 9);
    }
  }
  return passed;
}

function entryOf(c: Case): ReturnType<typeof entryPoint> | null {
  if (!c.hasShader) return null;
  const inputs: IoText[] = [
    ["vec4<f32>", "position"],
    ["vec4<u32>", 0, { interpolation: "flat" }],
  ];
  if (c.perSample) inputs.push(["u32", "sample_index"]);
  const outputs: IoText[] = [
    ["u32", 1],
    ["vec4<f32>", 0],
  ];
  if (c.fragDepth) outputs.push(["f32", "frag_depth"]);
  if (c.sampleMask) outputs.push(["u32", "sample_mask"]);
  const resources = c.storage ? [{ kind: "buffer", type: "storage", name: "b", group: 0, binding: 0, minBindingSize: 4 } as const] : [];
  return entryPoint("fragment", inputs, outputs, { resources });
}

const bodyOf = (c: Case): string => `out_1 = 0x100u * (in_0.x + 1u) + ${c.perSample ? "in_sample_index" : "9u"};
out_0 = vec4<f32>(0.0, 0.0, 0.0, f32(in_0.w) / 4.0);
${c.fragDepth ? "out_frag_depth = f32(in_0.z) / 64.0;" : ""}
${c.sampleMask ? "out_sample_mask = in_0.w | (u32(in_position.y) & 3u);" : ""}
if ((in_0.y >> (u32(in_position.x) & 7u)) & 1u) != 0u { alive = false; }`;

async function expectAsSimulated(c: Case, seed: number, device: GPUDevice): Promise<void> {
  const { samples, format } = c;
  const primitives = randomPrimitives(seed, samples);
  const entry = entryOf(c);
  const record = vertexRecord(POSITION, entry, false);
  const targets = [null, { format: "r32uint", writeMask: 15 } as ColorTarget];
  const state = format === "none" ? undefined : c.state;
  const sampling = multisample({ count: samples, mask: c.mask, alphaToCoverageEnabled: c.alphaToCoverage });
  const code = fragmentCode({ entry, record, targets, depthStencil: state, primitive: PRIMITIVE_STATE, multisample: sampling });

  const texels = WIDTH * HEIGHT * samples;
  const next = randomWords(seed + 2000);
  const depths = Array.from({ length: texels + 1 }, () => quantized(format, (next() % 65) / 64));
  const images = (): Images => ({
    color: new Uint32Array(texels).fill(5),
    depth: format === "depth16unorm" ? Uint16Array.from(depths) : Float32Array.from(depths.slice(0, texels)),
    stencil: Uint8Array.from({ length: Math.ceil(texels / 4) * 4 }, (_, i) => (i * 37 + 11) & 0xff),
  });
  const [before, want] = [images(), images()];
  const didPass = simulate(c, primitives, want);

  const vertices = new Uint32Array(primitives.length * record.words);
  if (entry) for (const p of primitives) vertices.set([p.number, p.discards, p.given * 64, p.bits], p.number * record.words + 4);
  const data = sceneBuffers({ x: X, y: Y, samples, primitives });
  const draw = fragmentDraw((words, floats) => {
    words[FRAGMENT_DRAW.stencilReference] = c.reference;
    floats[FRAGMENT_DRAW.minDepth] = NEAR;
    floats[FRAGMENT_DRAW.maxDepth] = FAR;
    words[FRAGMENT_DRAW.counts] = c.counts ? 1 : 0;
    words[FRAGMENT_DRAW.depthRowBytes] = WIDTH * samples * (format === "depth16unorm" ? 2 : 4);
    words[FRAGMENT_DRAW.stencilRowBytes] = WIDTH * samples;
    words[FRAGMENT_DRAW.colorRowBytes + 1] = WIDTH * samples * 4;
  });
  data.set(BIND.draw, draw).set(BIND.vertices, vertices);
  data
    .set(BIND.color + 1, before.color)
    .set(BIND.depth, before.depth)
    .set(BIND.stencil, before.stencil);
  const run = await runProgram(device, code, bodyOf(c), data, [2]);
  const what = JSON.stringify(c);
  expect(new Uint32Array((await run(BIND.passed)).buffer)[0] !== 0, `passed: ${what}`).toBe(c.counts && didPass);
  const same = async (name: "color" | "depth" | "stencil", binding: number): Promise<void> => {
    const held = want[name];
    // what is not declared cannot have changed
    const got = code.includes(`@binding(${binding})`) ? await run(binding) : new Uint8Array(before[name].buffer);
    const bytes = new Uint8Array(held.buffer);
    const wrong = bytes.findIndex((byte, i) => byte !== got[i]);
    expect(wrong, `${name} byte ${wrong} is ${got[wrong]}, not ${bytes[wrong]}: ${what}\n${code}`).toBe(-1);
  };
  if (entry) await same("color", BIND.color + 1);
  await same("depth", BIND.depth);
  await same("stencil", BIND.stencil);
}

test.each(Array.from({ length: 12 }, (_, i) => i))("random states, round %i", async (round) => {
  for (let i = 0; i < FORMATS.length; i++) {
    const seed = round * FORMATS.length + i;
    await expectAsSimulated(randomCase(seed), seed, round === 0 ? tiers.reference : tiers.jit);
  }
});
