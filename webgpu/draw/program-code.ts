/** What the texts of both programs of a draw share. */
import { ioName } from "../../support/stage-io.ts";
import type { ShaderEntryPoint, ShaderIo } from "../compiler.ts";

/** Directives at the top. Whoever wrote the entry point was told of its own uniformity. */
export function enablesOf(io: readonly ShaderIo[], subgroups = false): string {
  const extensions = [...(io.some(({ type }) => type.includes("f16")) ? ["f16"] : []), ...(subgroups ? ["subgroups"] : [])];
  return `${extensions.map((name) => `enable ${name};\n`).join("")}\
diagnostic(off, derivative_uniformity);
diagnostic(off, subgroup_uniformity);
`;
}

/** Variables by which the entry point gets its inputs and gives its outputs. */
export function ioVariables({ inputs, outputs }: ShaderEntryPoint): string {
  const line = (direction: "in" | "out", io: ShaderIo): string => `var<private> ${ioName(direction, io)}: ${io.type};\n`;
  return [...inputs.map((io) => line("in", io)), ...outputs.map((io) => line("out", io))].join("");
}

/** A structure whose members are at given words, in any order. */
export function uniformStruct(name: string, members: readonly (readonly [word: number, name: string, type: string])[]): string {
  const sorted = [...members].sort(([a], [b]) => a - b);
  const lines = sorted.map(([word, member, type], i) => {
    const next = sorted[i + 1]?.[0];
    const words = type === "vec4<f32>" ? 4 : 1;
    const gap = next === undefined || next === word + words ? "" : `@size(${(next - word) * 4}) `;
    return `  ${gap}${member}: ${type},\n`;
  });
  return `struct ${name} {\n${lines.join("")}}\n`;
}

/** Lines, `depth` steps further to the right. */
export const indented = (text: string, depth: number): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : "  ".repeat(depth) + line))
    .join("\n");
