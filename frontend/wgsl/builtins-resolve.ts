/**
 * Overload resolution for builtin functions, constructors and operators.
 *
 * The spec ranks candidates by the conversions they need. Every type variable here ranges over a set listed in the one order that is by
 * rank for either abstract type (AbstractInt, i32, u32, AbstractFloat, f32, f16), so the first member all its arguments convert to is the
 * preferred one, and no two rows of a name accept the same arguments. Resolution is therefore one pass.
 * @see https://www.w3.org/TR/WGSL/#overload-resolution-section
 */
import type { Pattern, Signature, Size } from "./builtins-notation.ts";
import { signaturesOf } from "./builtins-notation.ts";
import { commonType, isConvertible, scalarRank } from "./conversion.ts";
import { resultType } from "./result-types.ts";
import type { BuiltinId } from "./sema.ts";
import {
  ABSTRACT_FLOAT,
  ABSTRACT_INT,
  ERROR,
  F32,
  FORMATS,
  I32,
  matOf,
  NO_TYPE,
  type TypeId,
  TypeKind,
  type TypeTable,
  U32,
  VOID,
  vecOf,
} from "./types.ts";

const MAX_VARIABLES = 4;
const CACHED_ARGS = 4;
const CACHED_TYPES = 512;

/** A question as one exact number, or -1 if it is not worth keeping. Builtins, and the types that are written explicitly, are few. */
function cacheKey(id: BuiltinId, args: readonly TypeId[], allConst: boolean, explicit: TypeId): number {
  if (args.length > CACHED_ARGS) return -1;
  let key = (id * 2 + (allConst ? 1 : 0)) * 64 + explicit + 1;
  for (let i = 0; i < CACHED_ARGS; i++) {
    const arg = i < args.length ? args[i]! : ERROR;
    if (arg >= CACHED_TYPES) return -1;
    key = key * CACHED_TYPES + arg;
  }
  return key;
}

/** What was chosen. */
export interface Chosen {
  readonly signature: Signature;
  /** types the arguments convert to */
  readonly params: readonly TypeId[];
  /** VOID if there is none */
  readonly result: TypeId;
}

export class OverloadResolver {
  readonly #types: TypeTable;
  readonly #vars: TypeId[] = Array(MAX_VARIABLES).fill(NO_TYPE);
  readonly #sizes: number[] = [0, 0, 0, 0];
  #format = 0;
  #any: TypeId = NO_TYPE;
  /** answers by cacheKey: modules repeat the same few operations on the same few types */
  readonly #cache = new Map<number, Chosen>();

  constructor(types: TypeTable) {
    this.#types = types;
  }

  /**
   * @param args types after the load rule; none is ERROR
   * @param allConst whether every argument is a const-expression: else no candidate may convert to an abstract type
   * @param explicit type written as template argument, the first type variable; or NO_TYPE
   * @returns undefined when no overload accepts the arguments
   */
  resolve(id: BuiltinId, args: readonly TypeId[], allConst: boolean, explicit: TypeId = NO_TYPE): Chosen | undefined {
    const key = cacheKey(id, args, allConst, explicit);
    if (key >= 0) {
      const known = this.#cache.get(key);
      if (known !== undefined) return known;
    }
    const chosen = this.#search(id, args, allConst, explicit);
    if (key >= 0 && chosen !== undefined) this.#cache.set(key, chosen);
    return chosen;
  }

  #search(id: BuiltinId, args: readonly TypeId[], allConst: boolean, explicit: TypeId): Chosen | undefined {
    for (const signature of signaturesOf(id)) {
      if (signature.params.length !== args.length) continue;
      if (this.#matches(signature, args, allConst, explicit)) {
        return {
          signature,
          params: signature.params.map((param) => this.#substitute(param.type)),
          result: signature.result === undefined ? VOID : this.#substitute(signature.result),
        };
      }
    }
    return undefined;
  }

  /** How many arguments fit the parameter at their place, each by itself: to choose what to show when none accepts them all. */
  closeness(signature: Signature, args: readonly TypeId[]): number {
    let fits = signature.params.length === args.length ? 1 : 0;
    for (const [i, param] of signature.params.entries()) {
      this.#vars.fill(NO_TYPE);
      this.#sizes.fill(0);
      if (i < args.length && this.#unify(param.type, args[i]!, true)) fits += i === 0 ? 2 : 1;
    }
    return fits;
  }

  #matches(signature: Signature, args: readonly TypeId[], allConst: boolean, explicit: TypeId): boolean {
    this.#vars.fill(NO_TYPE);
    this.#sizes.fill(0);
    this.#any = NO_TYPE;
    for (let i = 0; i < args.length; i++) if (!this.#unify(signature.params[i]!.type, args[i]!, allConst)) return false;
    for (let v = 0; v < signature.classes.length; v++) {
      const chosen =
        v === 0 && explicit !== NO_TYPE
          ? this.#explicitVariable(signature.classes[0]!, explicit)
          : this.#choose(signature.classes[v]!, v, allConst);
      if (chosen === NO_TYPE) return false;
      this.#vars[v] = chosen;
    }
    return true;
  }

  #explicitVariable(candidates: readonly TypeId[], explicit: TypeId): TypeId {
    const joined = this.#vars[0]!;
    const fits = candidates.includes(explicit) && (joined === NO_TYPE || scalarRank(joined, explicit) !== Number.POSITIVE_INFINITY);
    return fits ? explicit : NO_TYPE;
  }

  #choose(candidates: readonly TypeId[], variable: number, allConst: boolean): TypeId {
    const joined = this.#vars[variable]!;
    for (const candidate of candidates) {
      if (!allConst && (candidate === ABSTRACT_INT || candidate === ABSTRACT_FLOAT)) continue;
      if (scalarRank(joined, candidate) !== Number.POSITIVE_INFINITY) return candidate;
    }
    return NO_TYPE;
  }

  /** Whether `arg` can be of the form of `pattern`; type variables gather the common type of what they are matched with. */
  #unify(pattern: Pattern, arg: TypeId, allConst: boolean): boolean {
    const types = this.#types;
    switch (pattern.k) {
      case "fixed":
        if (!allConst && types.isAbstract(pattern.type)) return false;
        return isConvertible(types, arg, pattern.type);
      case "var":
        return types.isScalar(arg) && this.#join(pattern.index, arg);
      case "any":
        this.#any = arg;
        return true;
      case "vec":
        return types.isVec(arg) && this.#unifySize(pattern.n, types.width(arg)) && this.#unify(pattern.of, types.element(arg), allConst);
      case "mat":
        if (!types.isMat(arg) || !this.#unifySize(pattern.c, types.width(arg)) || !this.#unifySize(pattern.r, types.rows(arg)))
          return false;
        return this.#unify(pattern.of, types.element(arg), allConst);
      case "atomic":
        return types.kind(arg) === TypeKind.atomic && this.#unify(pattern.of, types.element(arg), allConst);
      case "array":
        return types.kind(arg) === TypeKind.array && types.countKind(arg) === 0;
      case "buffer":
        return types.kind(arg) === TypeKind.buffer;
      case "ptr": {
        if (types.kind(arg) !== TypeKind.ptr || ((pattern.accesses >> types.access(arg)) & 1) === 0) return false;
        return (pattern.space < 0 || pattern.space === types.space(arg)) && this.#unify(pattern.of, types.element(arg), allConst);
      }
      case "texture":
        return this.#unifyTexture(pattern, arg, allConst);
      case "channel":
        return isConvertible(types, arg, this.#substitute(pattern));
      case "result":
        return false;
    }
  }

  #unifyTexture(pattern: Pattern & { k: "texture" }, arg: TypeId, allConst: boolean): boolean {
    const types = this.#types;
    if (types.kind(arg) !== TypeKind.texture || types.textureKind(arg) !== pattern.texture) return false;
    if (pattern.accesses === 0) return pattern.of === undefined || this.#unify(pattern.of, types.sampledType(arg), allConst);
    this.#format = types.texelFormat(arg);
    return ((pattern.accesses >> types.access(arg)) & 1) !== 0;
  }

  #join(variable: number, arg: TypeId): boolean {
    const before = this.#vars[variable]!;
    const joined = before === NO_TYPE ? arg : commonType(this.#types, before, arg);
    if (joined === undefined) return false;
    this.#vars[variable] = joined;
    return true;
  }

  #unifySize(size: Size, actual: number): boolean {
    if (size > 0) return size === actual;
    const variable = -1 - size;
    if (this.#sizes[variable] === 0) this.#sizes[variable] = actual;
    return this.#sizes[variable] === actual;
  }

  #sizeOf(size: Size): number {
    return size > 0 ? size : this.#sizes[-1 - size]!;
  }

  #substitute(pattern: Pattern): TypeId {
    switch (pattern.k) {
      case "fixed":
        return pattern.type;
      case "var":
        return this.#vars[pattern.index]!;
      case "any":
        return this.#any;
      case "vec":
        return vecOf(this.#substitute(pattern.of), this.#sizeOf(pattern.n));
      case "mat":
        return matOf(this.#substitute(pattern.of), this.#sizeOf(pattern.c), this.#sizeOf(pattern.r));
      case "channel": {
        const channel = FORMATS[this.#format]!.channel;
        return channel === "f32" ? F32 : channel === "i32" ? I32 : U32;
      }
      case "result":
        return resultType(this.#types, pattern.family, this.#substitute(pattern.of));
      default:
        // Pointers, textures and samplers convert to nothing: the argument's own type is the parameter's.
        return ERROR;
    }
  }
}
