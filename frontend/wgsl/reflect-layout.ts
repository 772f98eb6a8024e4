/** How values of a type lie in memory, as plain data: enough to fill a buffer from JavaScript without knowing WGSL. */
import { COUNT, type TypeId, TypeKind, type TypeTable } from "./types.ts";

/** Structures are named, not repeated: their members are in `structs`, by name. */
export type TypeLayout =
  | { readonly kind: "scalar"; readonly scalar: string }
  | { readonly kind: "atomic"; readonly scalar: string }
  | { readonly kind: "vector"; readonly scalar: string; readonly components: number }
  /** columns follow each other; each is a vector of `rows` components */
  | { readonly kind: "matrix"; readonly scalar: string; readonly columns: number; readonly rows: number; readonly columnStride: number }
  | {
      readonly kind: "array";
      /** null for a runtime-sized array, and where it depends on an override */
      readonly count: number | null;
      /** bytes from one element to the next */
      readonly stride: number;
      readonly element: TypeLayout;
    }
  | { readonly kind: "struct"; readonly name: string }
  /** bytes that the shader views as other types; null as for arrays */
  | { readonly kind: "bytes"; readonly count: number | null };

/** @param t a plain or buffer type; types nest at most MAX_NESTING_DEPTH deep, which bounds the recursion */
export function typeLayout(types: TypeTable, t: TypeId): TypeLayout {
  const scalar = () => types.name(types.scalarOf(t));
  switch (types.kind(t)) {
    case TypeKind.vec:
      return { kind: "vector", scalar: scalar(), components: types.width(t) };
    case TypeKind.mat: {
      const columnStride = types.sizeOf(t) / types.width(t);
      return { kind: "matrix", scalar: scalar(), columns: types.width(t), rows: types.rows(t), columnStride };
    }
    case TypeKind.atomic:
      return { kind: "atomic", scalar: types.name(types.element(t)) };
    case TypeKind.array:
      return { kind: "array", count: countOf(types, t), stride: types.strideOf(t), element: typeLayout(types, types.element(t)) };
    case TypeKind.struct:
      return { kind: "struct", name: types.name(t) };
    case TypeKind.buffer:
      return { kind: "bytes", count: countOf(types, t) };
    default:
      return { kind: "scalar", scalar: types.name(t) };
  }
}

const countOf = (types: TypeTable, t: TypeId) => (types.countKind(t) === COUNT.constant ? types.count(t) : null);
