/** Structures that builtin functions return and that WGSL text cannot name. @see https://www.w3.org/TR/WGSL/#frexp-builtin */
import { layoutStruct } from "./layout.ts";
import { ABSTRACT_FLOAT, ABSTRACT_INT, BOOL, F16, F32, I32, type TypeId, type TypeTable } from "./types.ts";

export type ResultFamily = "__frexp_result" | "__modf_result" | "__atomic_compare_exchange_result";

/** @param of the argument's type: a float scalar or vector; for the atomic, i32 or u32 */
export function resultType(types: TypeTable, family: ResultFamily, of: TypeId): TypeId {
  const name = resultName(types, family, of);
  const known = types.resultTypes.get(name);
  if (known !== undefined) return known;
  const members = resultMembers(types, family, of);
  const layout = layoutStruct(members.map(([, type]) => ({ typeAlign: types.alignOf(type), typeSize: types.sizeOf(type) })));
  const laidOut = members.map(([memberName, type], i) => ({
    name: memberName,
    type,
    offset: layout.offsets[i]!,
    align: layout.aligns[i]!,
    size: layout.sizes[i]!,
  }));
  const type = types.addStruct(name, laidOut, layout.align, layout.size);
  types.resultTypes.set(name, type);
  return type;
}

/** The concrete form of an abstract result type with `scalar` in place of AbstractFloat; undefined if `t` is no abstract result type. */
export function concreteResult(types: TypeTable, t: TypeId, scalar: TypeId): TypeId | undefined {
  if (types.resultTypes.get(types.struct(t).name) !== t) return undefined;
  const fract = types.struct(t).members[0]!.type;
  if (types.scalarOf(fract) !== ABSTRACT_FLOAT) return undefined;
  const family = types.struct(t).name.startsWith("__frexp") ? "__frexp_result" : "__modf_result";
  return resultType(types, family, types.withScalar(fract, scalar));
}

function resultName(types: TypeTable, family: ResultFamily, of: TypeId): string {
  if (family === "__atomic_compare_exchange_result") return `${family}<${types.name(of)}>`;
  const scalar = types.scalarOf(of);
  const suffix = scalar === F32 ? "f32" : scalar === F16 ? "f16" : "abstract";
  return types.isVec(of) ? `${family}_vec${types.width(of)}_${suffix}` : `${family}_${suffix}`;
}

function resultMembers(types: TypeTable, family: ResultFamily, of: TypeId): [string, TypeId][] {
  if (family === "__atomic_compare_exchange_result") {
    return [
      ["old_value", of],
      ["exchanged", BOOL],
    ];
  }
  const int = types.scalarOf(of) === ABSTRACT_FLOAT ? ABSTRACT_INT : I32;
  return [["fract", of], family === "__frexp_result" ? ["exp", types.withScalar(of, int)] : ["whole", of]];
}
