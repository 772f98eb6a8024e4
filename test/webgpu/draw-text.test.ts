/** Texts of both programs, over a wide product of what pipelines can be: each must be a module without errors or warnings. */
import { expect, test } from "vitest";
import { checkShader } from "../../webgpu/check-shader.ts";
import { fragmentCode } from "../../webgpu/draw/fragment-code.ts";
import { vertexRecord } from "../../webgpu/draw/layout.ts";
import { vertexCode } from "../../webgpu/draw/vertex-code.ts";
import { FORMATS } from "../../webgpu/formats.ts";
import type { ColorTarget } from "../../webgpu/fragment-state.ts";
import { entryPoint, type IoText } from "./draw-programs.ts";
import { depthStencil, multisample, PRIMITIVE_STATE } from "./draw-scene.ts";

const seen = new Set<string>();

function expectValid(code: string, what: string): void {
  if (seen.has(code)) return;
  seen.add(code);
  const { failure, diagnostics } = checkShader(code);
  expect(failure, what).toBeNull();
  expect(
    diagnostics.items.map(({ message }) => message),
    `${what}\n${code}`,
  ).toEqual([]);
}

const vector = (scalar: string, n: number): string => (n === 1 ? scalar : `vec${n}<${scalar}>`);
const SCALARS = ["f32", "f16", "i32", "u32"];
const INTERPOLATIONS = [
  ...["perspective", "linear"].flatMap((interpolation) =>
    ["center", "centroid", "sample"].map((sampling) => ({ interpolation, sampling })),
  ),
  ...["first", "either"].map((sampling) => ({ interpolation: "flat", sampling })),
];
const BUILTINS = `position front_facing primitive_index sample_index sample_mask subgroup_invocation_id subgroup_size`.split(" ");
const typeOf = (builtin: string): string => (builtin === "position" ? "vec4<f32>" : builtin === "front_facing" ? "bool" : "u32");

/** Names of the builtin inputs whose bits are set, and varyings of all types that can be interpolated so. */
function inputsOf(bits: number, how: (typeof INTERPOLATIONS)[number]): IoText[] {
  const builtins = BUILTINS.filter((_, i) => (bits >> i) & 1).map((name): IoText => [typeOf(name), name]);
  const scalars = how.interpolation === "flat" ? SCALARS : SCALARS.slice(0, 2);
  const varyings = scalars.flatMap((scalar, i) => [1, 2, 3, 4].map((n): IoText => [vector(scalar, n), i * 4 + n - 1, how]));
  return [...builtins, ...(bits === 0 ? [] : varyings)];
}

test("inputs of every type, interpolated in every way", () => {
  const targets = [{ format: "rgba8unorm", writeMask: 15 } as ColorTarget];
  for (const count of [1, 4]) {
    for (const how of INTERPOLATIONS) {
      for (const bits of [0, 1, 2, 8, 127, 126, 119]) {
        const fragment = entryPoint("fragment", inputsOf(bits, how), [["vec4<f32>", 0]]);
        const varyings = fragment.inputs.filter(({ location }) => location !== undefined);
        const outputs = varyings.map(({ type, location }): IoText => [type, location!]);
        const vertex = entryPoint("vertex", [], [["vec4<f32>", "position"], ...outputs]);
        for (const restarts of [false, true]) {
          const record = vertexRecord(vertex, fragment, restarts);
          const plan = { targets, depthStencil: undefined, primitive: PRIMITIVE_STATE, multisample: multisample({ count }) };
          if (!restarts) expectValid(fragmentCode({ entry: fragment, record, ...plan }), JSON.stringify([count, how, bits]));
          if (count === 1) expectValid(vertexCode({ entry: vertex, record, buffers: [] }), JSON.stringify([how, bits]));
        }
      }
    }
  }
});

const COMPONENT = { operation: "add", srcFactor: "src-alpha-saturated", dstFactor: "one-minus-constant" } as const;
const OTHER = { operation: "reverse-subtract", srcFactor: "src1-alpha", dstFactor: "one-minus-dst" } as const;

test("targets of every format, with every mask, blended and not", () => {
  for (const { name, sampleType, render, blend } of FORMATS.values()) {
    if (render === "-" || sampleType === "depth" || name === "stencil8") continue;
    const scalar = sampleType === "uint" ? "u32" : sampleType === "sint" ? "i32" : "f32";
    for (const count of [1, 4]) {
      for (const blended of blend === "-" ? [false] : [false, true]) {
        for (const writeMask of [0, 6, 8, 15]) {
          const outputs: IoText[] = [[`vec4<${scalar}>`, 0]];
          if (blended) outputs.push([`vec4<${scalar}>`, 0, { blendSrc: 1 }]);
          const entry = entryPoint("fragment", [], outputs);
          const record = vertexRecord(entryPoint("vertex", [], [["vec4<f32>", "position"]]), entry, false);
          const target = { format: name, writeMask, ...(blended ? { blend: { color: COMPONENT, alpha: OTHER } } : {}) } as ColorTarget;
          const code = fragmentCode({
            entry,
            record,
            targets: [target],
            depthStencil: undefined,
            primitive: PRIMITIVE_STATE,
            multisample: multisample({ count, mask: writeMask, alphaToCoverageEnabled: count === 4 && blended }),
          });
          expectValid(code, `${name} ${count} ${blended} ${writeMask}`);
        }
      }
    }
  }
});

const COMPARES = ["never", "less", "always"] as const;
const OPERATIONS = ["keep", "zero", "replace", "invert", "increment-clamp", "decrement-clamp", "increment-wrap", "decrement-wrap"] as const;

test("depth and stencil of every format, with and without a shader", () => {
  const outputs: readonly (readonly IoText[] | null)[] = [null, [], [["f32", "frag_depth"]], [["u32", "sample_mask"]]];
  for (const format of [...FORMATS.values()].filter(({ aspects }) => aspects[0] !== "color").map(({ name }) => name)) {
    for (const depthCompare of COMPARES) {
      for (const stencilCompare of ["greater", "always"]) {
        for (const [i, passOp] of OPERATIONS.entries()) {
          for (const output of outputs) {
            const hasDepth = format.startsWith("depth");
            const state = depthStencil({
              format,
              ...(hasDepth ? { depthCompare, depthWriteEnabled: i % 2 === 0 } : {}),
              ...(format.includes("stencil8") ? { stencilFront: { compare: stencilCompare, passOp, failOp: OPERATIONS[7 - i] } } : {}),
              stencilWriteMask: i % 3 === 0 ? 0 : 0xf,
            });
            const entry = output === null ? null : entryPoint("fragment", i % 2 ? [["u32", "sample_index"]] : [], output);
            const record = vertexRecord(entryPoint("vertex", [], [["vec4<f32>", "position"]]), entry, false);
            const sampling = multisample({ count: i < 4 ? 1 : 4 });
            const code = fragmentCode({
              entry,
              record,
              targets: [],
              depthStencil: state,
              primitive: PRIMITIVE_STATE,
              multisample: sampling,
            });
            expectValid(code, JSON.stringify([format, depthCompare, stencilCompare, passOp, output]));
          }
        }
      }
    }
  }
});
