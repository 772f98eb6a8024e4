/** The types that random programs use. Equal types are one object. */
export type Scalar = "bool" | "i32" | "u32" | "f32" | "f16";
export type Ty =
  | { readonly kind: "scalar"; readonly name: string; readonly of: Scalar }
  | { readonly kind: "vec"; readonly name: string; readonly of: Scalar; readonly n: number }
  | { readonly kind: "mat"; readonly name: string; readonly of: Scalar; readonly n: number; readonly rows: number }
  | { readonly kind: "array"; readonly name: string; readonly element: Ty; readonly n: number }
  | { readonly kind: "struct"; readonly name: string; readonly members: readonly Ty[] };

const known = new Map<string, Ty>();
function intern(ty: Ty): Ty {
  const old = known.get(ty.name);
  if (old) return old;
  known.set(ty.name, ty);
  return ty;
}
export const scalar = (of: Scalar): Ty => intern({ kind: "scalar", name: of, of });
export const vec = (of: Scalar, n: number): Ty => intern({ kind: "vec", name: `vec${n}<${of}>`, of, n });
export const mat = (of: Scalar, n: number, rows: number): Ty => intern({ kind: "mat", name: `mat${n}x${rows}<${of}>`, of, n, rows });
export const array = (element: Ty, n: number): Ty => intern({ kind: "array", name: `array<${element.name}, ${n}>`, element, n });
/** A struct is its program's own: not interned. */
export const struct = (name: string, members: readonly Ty[]): Ty => ({ kind: "struct", name, members });

export const BOOL = scalar("bool");
export const I32 = scalar("i32");
export const U32 = scalar("u32");
export const F32 = scalar("f32");
export const F16 = scalar("f16");

export const isFloat = (s: Scalar) => s === "f32" || s === "f16";
export const isInt = (s: Scalar) => s === "i32" || s === "u32";
/** Same shape, other components. */
export function withScalar(ty: Ty, of: Scalar): Ty {
  return ty.kind === "vec" ? vec(of, ty.n) : scalar(of);
}
export const isNumeric = (ty: Ty) => (ty.kind === "scalar" || ty.kind === "vec") && ty.of !== "bool";
/** The type of component, column, element; NONE for others. */
export function elementOf(ty: Ty): Ty | null {
  if (ty.kind === "vec") return scalar(ty.of);
  if (ty.kind === "mat") return vec(ty.of, ty.rows);
  return ty.kind === "array" ? ty.element : null;
}
