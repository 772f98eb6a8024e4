/**
 * A copy of a module that keeps what SPIR-V asks and our IR does not:
 * - no pointer is a parameter (SPIR-V takes whole variables only): such functions are inlined;
 * - the arrays of uniform buffers have strides of 16 bytes, else the module is taken to spans, which are words;
 * - control flow is structured without the two relaxations of `module.ts`: see `exits.ts`.
 */
import { Ice } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { bodies } from "../edit.ts";
import type { Module } from "../module.ts";
import { OP } from "../ops.ts";
import { parse } from "../parse.ts";
import { runPasses } from "../pass.ts";
import { print } from "../print.ts";
import { STORAGE, TYPE_KIND, type TypeId } from "../types.ts";
import { structureExits } from "./exits.ts";
import { repairDominance } from "./repair.ts";

export function legalize(original: Module): Module {
  const parsed = parse(print(original));
  if (!parsed.ok) throw new Ice(`the printed module does not parse: ${parsed.errors[0]?.message ?? ""}`);
  const m = parsed.module;
  const loose = m.globals.some(
    (g) => m.types.storage(m.type(g.value)) === STORAGE.Uniform && !isStd140(m, m.types.pointee(m.type(g.value))),
  );
  const toSpans = loose && usesPointers(m);
  if (toSpans) runPasses(m, ["inline", "zero-init", "lower-access"]);
  else if (m.functions.some((f) => f.params.some((p) => m.types.kind(m.type(p)) === TYPE_KIND.Pointer))) runPasses(m, ["inline"]);
  for (const f of bodies(m)) if (structureExits(m, f)) repairDominance(m, f);
  return m;
}

function usesPointers(m: Module): boolean {
  for (const f of bodies(m)) {
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b))
      for (let v = m.first(b); v !== NONE; v = m.next(v)) if (m.op(v) === OP.Load || m.op(v) === OP.AccessChain) return true;
  }
  return false;
}

/**
 * Whether a type is laid out as uniform buffers must be without the extension for others.
 * @see https://registry.khronos.org/vulkan/specs/latest/html/vkspec.html#interfaces-resources-layout
 */
function isStd140(m: Module, type: TypeId): boolean {
  const { types } = m;
  switch (types.kind(type)) {
    case TYPE_KIND.Matrix:
      return types.stride(type) % 16 === 0;
    case TYPE_KIND.Array:
      return types.stride(type) % 16 === 0 && isStd140(m, types.element(type));
    case TYPE_KIND.RuntimeArray:
      return false;
    case TYPE_KIND.Struct:
      for (let i = 0; i < types.length(type); i++) {
        const part = types.memberType(type, i);
        const kind = types.kind(part);
        if ((kind === TYPE_KIND.Array || kind === TYPE_KIND.Struct) && types.memberOffset(type, i) % 16 !== 0) return false;
        if (!isStd140(m, part)) return false;
        if (kind !== TYPE_KIND.Struct || i + 1 === types.length(type)) continue;
        // what follows a struct begins at a multiple of 16 bytes after it
        const end = types.memberOffset(type, i) + Math.ceil(types.sizeBytes(part) / 16) * 16;
        if (types.memberOffset(type, i + 1) < end) return false;
      }
      return true;
    default:
      return true;
  }
}
