/**
 * Automatic conversions between types. @see https://www.w3.org/TR/WGSL/#conversion-rank
 * Types nest at most MAX_NESTING_DEPTH deep, which bounds the recursions here.
 */
import { concreteResult } from "./result-types.ts";
import {
  ABSTRACT_FLOAT,
  ABSTRACT_INT,
  COUNT,
  ERROR,
  F16,
  F32,
  I32,
  matOf,
  type TypeId,
  TypeKind,
  type TypeTable,
  U32,
  vecOf,
} from "./types.ts";

/** Rank of converting `from` to `to`; lower is preferred, 0 is the identity, Infinity not allowed. The load rule is the caller's. */
export function conversionRank(types: TypeTable, from: TypeId, to: TypeId): number {
  if (from === to || from === ERROR || to === ERROR) return 0;
  if (types.isConcrete(from)) return Number.POSITIVE_INFINITY;
  if (types.isScalar(from)) return types.isScalar(to) ? scalarRank(from, to) : Number.POSITIVE_INFINITY;
  const kind = types.kind(from);
  if (kind !== types.kind(to)) return Number.POSITIVE_INFINITY;
  switch (kind) {
    case TypeKind.vec:
      return types.width(from) === types.width(to)
        ? conversionRank(types, types.element(from), types.element(to))
        : Number.POSITIVE_INFINITY;
    case TypeKind.mat: {
      const same = types.width(from) === types.width(to) && types.rows(from) === types.rows(to);
      return same ? conversionRank(types, types.element(from), types.element(to)) : Number.POSITIVE_INFINITY;
    }
    case TypeKind.array: {
      const same = types.countKind(to) === COUNT.constant && types.count(from) === types.count(to);
      return same ? conversionRank(types, types.element(from), types.element(to)) : Number.POSITIVE_INFINITY;
    }
    case TypeKind.struct:
      if (concreteResult(types, from, F32) === to) return 1;
      return concreteResult(types, from, F16) === to ? 2 : Number.POSITIVE_INFINITY;
    default:
      return Number.POSITIVE_INFINITY;
  }
}

export function scalarRank(from: TypeId, to: TypeId): number {
  if (from === to) return 0;
  if (from === ABSTRACT_INT) {
    switch (to) {
      case I32:
        return 3;
      case U32:
        return 4;
      case ABSTRACT_FLOAT:
        return 5;
      case F32:
        return 6;
      case F16:
        return 7;
    }
  } else if (from === ABSTRACT_FLOAT) {
    if (to === F32) return 1;
    if (to === F16) return 2;
  }
  return Number.POSITIVE_INFINITY;
}

export function isConvertible(types: TypeTable, from: TypeId, to: TypeId): boolean {
  return conversionRank(types, from, to) !== Number.POSITIVE_INFINITY;
}

/** The concrete type that `t` becomes where a concrete one is needed: AbstractInt to i32, AbstractFloat to f32. */
export function concretize(types: TypeTable, t: TypeId): TypeId {
  if (types.isConcrete(t)) return t;
  if (t === ABSTRACT_INT) return I32;
  if (t === ABSTRACT_FLOAT) return F32;
  switch (types.kind(t)) {
    case TypeKind.vec:
      return vecOf(concretize(types, types.element(t)), types.width(t));
    case TypeKind.mat:
      return matOf(F32, types.width(t), types.rows(t));
    case TypeKind.array:
      return types.array(concretize(types, types.element(t)), types.count(t));
    case TypeKind.struct:
      return concreteResult(types, t, F32) ?? t;
    default:
      return t;
  }
}

/** The type both convert to with the least ranks, or undefined. */
export function commonType(types: TypeTable, a: TypeId, b: TypeId): TypeId | undefined {
  if (isConvertible(types, a, b)) return b === ERROR ? a : b;
  return isConvertible(types, b, a) ? a : undefined;
}
