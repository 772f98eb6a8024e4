/**
 * Names that exist without declaration: types, type generators, builtin functions and enumerants. Any of them may be shadowed.
 * @see https://www.w3.org/TR/WGSL/#predeclared
 */
import { TEMPLATED_BUILTINS } from "./builtins.ts";
import { builtinId, builtinNames } from "./builtins-notation.ts";
import type { BuiltinId } from "./sema.ts";
import {
  ACCESS,
  BOOL,
  F16,
  F32,
  FORMATS,
  I32,
  matOf,
  SAMPLER,
  SAMPLER_COMPARISON,
  SPACE,
  TEXTURES,
  type TypeId,
  U32,
  vecOf,
} from "./types.ts";

export type Predeclared =
  | { readonly kind: "type"; readonly type: TypeId }
  /** textures without parameters: their ids are the table's own */
  | { readonly kind: "texture"; readonly texture: number }
  /** vec2..4, mat2x2..4x4, array, atomic, ptr, buffer */
  | {
      readonly kind: "generator";
      readonly generator: "vec" | "mat" | "array" | "atomic" | "ptr" | "buffer";
      readonly a: number;
      readonly b: number;
    }
  /** textures with parameters */
  | { readonly kind: "texture-generator"; readonly texture: number }
  | { readonly kind: "function"; readonly id: BuiltinId }
  | { readonly kind: "templated-function"; readonly name: string }
  | { readonly kind: "enumerant"; readonly enumeration: "access mode" | "address space" | "texel format"; readonly value: number };

const types: Readonly<Record<string, TypeId>> = {
  bool: BOOL,
  i32: I32,
  u32: U32,
  f32: F32,
  f16: F16,
  sampler: SAMPLER,
  sampler_comparison: SAMPLER_COMPARISON,
};
const SUFFIXES: readonly (readonly [string, TypeId])[] = [
  ["i", I32],
  ["u", U32],
  ["f", F32],
  ["h", F16],
];

const table = new Map<string, Predeclared>();
function addTypes(): void {
  for (const [name, type] of Object.entries(types)) table.set(name, { kind: "type", type });
  for (let n = 2; n <= 4; n++) {
    table.set(`vec${n}`, { kind: "generator", generator: "vec", a: n, b: 0 });
    for (const [suffix, scalar] of SUFFIXES) table.set(`vec${n}${suffix}`, { kind: "type", type: vecOf(scalar, n) });
    for (let r = 2; r <= 4; r++) {
      table.set(`mat${n}x${r}`, { kind: "generator", generator: "mat", a: n, b: r });
      table.set(`mat${n}x${r}f`, { kind: "type", type: matOf(F32, n, r) });
      table.set(`mat${n}x${r}h`, { kind: "type", type: matOf(F16, n, r) });
    }
  }
  for (const generator of ["array", "atomic", "ptr", "buffer"] as const) table.set(generator, { kind: "generator", generator, a: 0, b: 0 });
  for (const [texture, shape] of TEXTURES.entries()) {
    const parameterised = shape.group === "sampled" || shape.group === "storage" || shape.name === "texture_multisampled_2d";
    table.set(shape.name, parameterised ? { kind: "texture-generator", texture } : { kind: "texture", texture });
  }
}
function addEnumerants(): void {
  for (const [name, value] of Object.entries(ACCESS)) table.set(name, { kind: "enumerant", enumeration: "access mode", value });
  for (const [name, value] of Object.entries(SPACE)) {
    if (name !== "handle") table.set(name, { kind: "enumerant", enumeration: "address space", value });
  }
  for (const [value, format] of FORMATS.entries()) table.set(format.name, { kind: "enumerant", enumeration: "texel format", value });
}
addTypes();
addEnumerants();
for (const name of TEMPLATED_BUILTINS) table.set(name, { kind: "templated-function", name });

export function predeclared(name: string): Predeclared | undefined {
  const known = table.get(name);
  if (known !== undefined) return known;
  const id = builtinId(name);
  return id === undefined || isOperatorName(name) ? undefined : { kind: "function", id };
}

const OPERATOR_NAMES = new Set("add sub mul div mod eq ne lt le gt ge and or xor shl shr logicalAnd logicalOr neg not compl".split(" "));
const isOperatorName = (name: string) => OPERATOR_NAMES.has(name) || name.endsWith("<>");

/** For suggestions. */
export const PREDECLARED_NAMES: readonly string[] = [...table.keys(), ...builtinNames().filter((name) => !isOperatorName(name))];
