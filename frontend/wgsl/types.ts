/**
 * The types of one WGSL module, hash-consed into columns: two types are the same exactly when their ids are equal.
 * Scalars, vectors, matrices, atomics and opaque leaf types have the same fixed id in every table, so that tables made once per process
 * (builtin overloads) can name them. Alignment and size are computed when a type is made, so asking is constant time and no type can be
 * made whose layout would need recursion.
 * @see https://www.w3.org/TR/WGSL/#types
 */
import { Budget, I32Column } from "../../support/column.ts";
import { type Id, NONE } from "../../support/id.ts";
import { MAX_ARRAY_COUNT, MAX_BYTE_SIZE, roundUp } from "./layout.ts";

export type TypeId = Id<"Type">;
export type StructId = Id<"Struct">;

/** What a type is. The columns `a`, `b`, `c` hold, by kind, what the comment says. */
export const TypeKind = {
  /** stands for a type that could not be determined because of an error already reported; whatever uses it stays silent */
  error: 0,
  /** a function without a return type, as the type of its call */
  void: 1,
  bool: 2,
  abstractInt: 3,
  abstractFloat: 4,
  i32: 5,
  u32: 6,
  f32: 7,
  f16: 8,
  /** a = component type, b = 2..4 */
  vec: 9,
  /** a = component type, b = columns, c = rows */
  mat: 10,
  /** a = i32 or u32 */
  atomic: 11,
  /** a = element type, b = COUNT.*, c = element count, or override key (see arrayOverride), or 0 */
  array: 12,
  /** a = StructId */
  struct: 13,
  /** a = store type, b = SPACE.*, c = ACCESS.* */
  ptr: 14,
  /** a memory view that the load rule may read: the type of a variable. a = store type, b = SPACE.*, c = ACCESS.* */
  ref: 15,
  sampler: 16,
  samplerComparison: 17,
  /** a = TEXTURE.*, b = sampled type or FORMATS index, c = ACCESS.* */
  texture: 18,
  /** opaque bytes (language feature buffer_view): b = COUNT.*, c = byte count or override key */
  buffer: 19,
} as const;
export type TypeKind = (typeof TypeKind)[keyof typeof TypeKind];

/** How the count of an array is known. */
export const COUNT = { runtime: 0, constant: 1, override: 2 } as const;

/** Address spaces, in the order of SPACE_NAMES. `handle` cannot be written in WGSL. */
export const SPACE = { function: 0, private: 1, workgroup: 2, uniform: 3, storage: 4, immediate: 5, handle: 6 } as const;
export type Space = (typeof SPACE)[keyof typeof SPACE];
export const SPACE_NAMES = ["function", "private", "workgroup", "uniform", "storage", "immediate", "handle"] as const;

export const ACCESS = { read: 1, write: 2, read_write: 3 } as const;
export type Access = (typeof ACCESS)[keyof typeof ACCESS];
export const ACCESS_NAMES = ["", "read", "write", "read_write"] as const;

/** Texture types. Shape facts are in TEXTURES. */
export const TEXTURE = {
  t1d: 0,
  t2d: 1,
  t2dArray: 2,
  t3d: 3,
  cube: 4,
  cubeArray: 5,
  multisampled2d: 6,
  storage1d: 7,
  storage2d: 8,
  storage2dArray: 9,
  storage3d: 10,
  depth2d: 11,
  depth2dArray: 12,
  depthCube: 13,
  depthCubeArray: 14,
  depthMultisampled2d: 15,
  external: 16,
} as const;
export type TextureKind = (typeof TEXTURE)[keyof typeof TEXTURE];

export interface TextureShape {
  readonly name: string;
  readonly group: "sampled" | "multisampled" | "storage" | "depth" | "external";
  readonly dim: "1d" | "2d" | "3d" | "cube";
  readonly arrayed: boolean;
}
/** Indexed by TEXTURE.*. */
export const TEXTURES: readonly TextureShape[] = [
  { name: "texture_1d", group: "sampled", dim: "1d", arrayed: false },
  { name: "texture_2d", group: "sampled", dim: "2d", arrayed: false },
  { name: "texture_2d_array", group: "sampled", dim: "2d", arrayed: true },
  { name: "texture_3d", group: "sampled", dim: "3d", arrayed: false },
  { name: "texture_cube", group: "sampled", dim: "cube", arrayed: false },
  { name: "texture_cube_array", group: "sampled", dim: "cube", arrayed: true },
  { name: "texture_multisampled_2d", group: "multisampled", dim: "2d", arrayed: false },
  { name: "texture_storage_1d", group: "storage", dim: "1d", arrayed: false },
  { name: "texture_storage_2d", group: "storage", dim: "2d", arrayed: false },
  { name: "texture_storage_2d_array", group: "storage", dim: "2d", arrayed: true },
  { name: "texture_storage_3d", group: "storage", dim: "3d", arrayed: false },
  { name: "texture_depth_2d", group: "depth", dim: "2d", arrayed: false },
  { name: "texture_depth_2d_array", group: "depth", dim: "2d", arrayed: true },
  { name: "texture_depth_cube", group: "depth", dim: "cube", arrayed: false },
  { name: "texture_depth_cube_array", group: "depth", dim: "cube", arrayed: true },
  { name: "texture_depth_multisampled_2d", group: "multisampled", dim: "2d", arrayed: false },
  { name: "texture_external", group: "external", dim: "2d", arrayed: false },
];

/** Storage texel formats and the type of one channel in the shader. @see https://www.w3.org/TR/WGSL/#storage-texel-formats */
export const FORMATS: readonly { readonly name: string; readonly channel: "f32" | "i32" | "u32" }[] = [
  ..."rgba8unorm rgba8snorm rgba16unorm rgba16snorm rgba16float rg8unorm rg8snorm rg16unorm rg16snorm rg16float r32float rg32float rgba32float bgra8unorm r8unorm r8snorm r16unorm r16snorm r16float rgb10a2unorm rg11b10ufloat"
    .split(" ")
    .map((name) => ({ name, channel: "f32" as const })),
  ..."rgba8uint rgba16uint rg8uint rg16uint r32uint rg32uint rgba32uint r8uint r16uint rgb10a2uint"
    .split(" ")
    .map((name) => ({ name, channel: "u32" as const })),
  ..."rgba8sint rgba16sint rg8sint rg16sint r32sint rg32sint rgba32sint r8sint r16sint"
    .split(" ")
    .map((name) => ({ name, channel: "i32" as const })),
];

const id = (n: number) => n as TypeId;

/** "No type", where ERROR would silence what follows. */
export const NO_TYPE = id(-1);
/** Fixed ids: the same in every TypeTable. */
export const ERROR = id(0);
export const VOID = id(1);
export const BOOL = id(2);
export const ABSTRACT_INT = id(3);
export const ABSTRACT_FLOAT = id(4);
export const I32 = id(5);
export const U32 = id(6);
export const F32 = id(7);
export const F16 = id(8);
const FIRST_VEC = 9;
const FIRST_MAT = FIRST_VEC + 7 * 3;
const FIRST_ATOMIC = FIRST_MAT + 3 * 9;
export const ATOMIC_I32 = id(FIRST_ATOMIC);
export const ATOMIC_U32 = id(FIRST_ATOMIC + 1);
export const SAMPLER = id(FIRST_ATOMIC + 2);
export const SAMPLER_COMPARISON = id(FIRST_ATOMIC + 3);
const FIRST_FREE = FIRST_ATOMIC + 4;

/** Fixed id of vecN<scalar>. @param scalar BOOL..F16 @param n 2..4 */
export const vecOf = (scalar: TypeId, n: number): TypeId => id(FIRST_VEC + (scalar - BOOL) * 3 + n - 2);
export const VEC2F = vecOf(F32, 2);
export const VEC3U = vecOf(U32, 3);
export const VEC4F = vecOf(F32, 4);

const MAT_SLOT: Readonly<Record<number, number>> = { [ABSTRACT_FLOAT]: 0, [F32]: 1, [F16]: 2 };
/** Fixed id of matCxR<scalar>. @param scalar ABSTRACT_FLOAT, F32 or F16 */
export const matOf = (scalar: TypeId, columns: number, rows: number): TypeId =>
  id(FIRST_MAT + MAT_SLOT[scalar]! * 9 + (columns - 2) * 3 + rows - 2);

/** A member of a structure, user-declared or of a builtin's result. */
export interface Member {
  readonly name: string;
  readonly type: TypeId;
  /** byte offset, and the size reserved, by the layout rules and attributes */
  readonly offset: number;
  readonly align: number;
  readonly size: number;
}

export interface Struct {
  readonly name: string;
  readonly type: TypeId;
  readonly members: readonly Member[];
  readonly memberByName: ReadonlyMap<string, number>;
  readonly align: number;
  /** 0 when the last member is a runtime-sized array: see `sizeOf` */
  readonly size: number;
}

/** Facts about a type that hold if they hold of every part, kept as bits so that asking is one load. */
const FLAG = {
  /** @see https://www.w3.org/TR/WGSL/#constructible-types */
  constructible: 1,
  hostShareable: 2,
  creationFixed: 4,
  fixed: 8,
  plain: 16,
  storable: 32,
  concrete: 64,
  hasAtomic: 128,
  hasF16: 256,
  hasArray: 512,
  hasHugeArray: 1024,
} as const;
/** Flags that hold if they hold of any part; the others need every part. */
const ANY_FLAGS = FLAG.hasAtomic | FLAG.hasF16 | FLAG.hasArray | FLAG.hasHugeArray;
const LEAF = FLAG.constructible | FLAG.creationFixed | FLAG.fixed | FLAG.plain;

export class TypeTable {
  readonly #kind: I32Column;
  readonly #a: I32Column;
  readonly #b: I32Column;
  readonly #c: I32Column;
  readonly #flags: I32Column;
  readonly #align: I32Column;
  readonly #size: I32Column;
  readonly #depth: I32Column;
  readonly #interned = new Map<string, TypeId>();
  /** by store type * 32 + space * 4 + access; references are made at every use of a variable */
  readonly #refs = new Map<number, TypeId>();
  readonly #ptrs = new Map<number, TypeId>();
  readonly structs: Struct[] = [];
  /** result types of builtin functions, made when first needed: see result-types.ts */
  readonly resultTypes = new Map<string, TypeId>();
  /** by override key, the name of the override or other words, for printing */
  readonly overrideNames: string[] = [];

  /** @param first a table whose types to start with */
  constructor(budget: Budget = new Budget(), first: TypeTable | null = FIXED) {
    this.#kind = first ? first.#kind.copy(budget) : new I32Column(budget, 128);
    this.#a = first ? first.#a.copy(budget) : new I32Column(budget, 128);
    this.#b = first ? first.#b.copy(budget) : new I32Column(budget, 128);
    this.#c = first ? first.#c.copy(budget) : new I32Column(budget, 128);
    this.#flags = first ? first.#flags.copy(budget) : new I32Column(budget, 128);
    this.#align = first ? first.#align.copy(budget) : new I32Column(budget, 128);
    this.#size = first ? first.#size.copy(budget) : new I32Column(budget, 128);
    this.#depth = first ? first.#depth.copy(budget) : new I32Column(budget, 128);
    if (first === null) this.#addFixed();
  }

  get length(): number {
    return this.#kind.length;
  }

  kind(t: TypeId): TypeKind {
    return this.#kind.data[t] as TypeKind;
  }
  /** Component type of a vector, matrix or atomic; element type of an array; store type of a reference or pointer. */
  element(t: TypeId): TypeId {
    return this.#a.data[t] as TypeId;
  }
  /** Components of a vector, columns of a matrix. */
  width(t: TypeId): number {
    return this.#b.data[t]!;
  }
  rows(t: TypeId): number {
    return this.#c.data[t]!;
  }
  space(t: TypeId): Space {
    return this.#b.data[t] as Space;
  }
  access(t: TypeId): Access {
    return this.#c.data[t] as Access;
  }
  textureKind(t: TypeId): TextureKind {
    return this.#a.data[t] as TextureKind;
  }
  /** Sampled type of a sampled or multisampled texture: I32, U32 or F32. */
  sampledType(t: TypeId): TypeId {
    return this.#b.data[t] as TypeId;
  }
  /** Index into FORMATS of a storage texture. */
  texelFormat(t: TypeId): number {
    return this.#b.data[t]!;
  }
  /** COUNT.* of an array or buffer. */
  countKind(t: TypeId): number {
    return this.#b.data[t]!;
  }
  /** Element count of an array with a constant count, byte count of such a buffer. */
  count(t: TypeId): number {
    return this.#c.data[t]! >>> 0;
  }
  /** Key given to arrayOverride. */
  overrideKey(t: TypeId): number {
    return this.#c.data[t]!;
  }
  struct(t: TypeId): Struct {
    return this.structs[this.#a.data[t]!]!;
  }

  array(element: TypeId, count: number): TypeId {
    return this.#arrayOf(element, COUNT.constant, count);
  }
  arrayRuntime(element: TypeId): TypeId {
    return this.#arrayOf(element, COUNT.runtime, 0);
  }
  /**
   * An array counted by an override-expression. Arrays with equal keys are the same type: an override named directly has its own key,
   * any other expression a fresh one. @see https://www.w3.org/TR/WGSL/#array-types
   */
  arrayOverride(element: TypeId, key: number): TypeId {
    return this.#arrayOf(element, COUNT.override, key);
  }
  buffer(countKind: number, count: number): TypeId {
    const flags = FLAG.storable | FLAG.concrete | FLAG.hostShareable;
    const fixed = countKind === COUNT.constant ? FLAG.fixed | FLAG.creationFixed : countKind === COUNT.override ? FLAG.fixed : 0;
    return this.#intern(TypeKind.buffer, 0, countKind, count | 0, flags | fixed, 4, countKind === COUNT.constant ? count : 0, 1);
  }
  atomic(scalar: TypeId): TypeId {
    return scalar === I32 ? ATOMIC_I32 : ATOMIC_U32;
  }
  texture(kind: TextureKind, b: number = 0, access: Access = ACCESS.read): TypeId {
    return this.#intern(TypeKind.texture, kind, b, access, FLAG.storable | FLAG.concrete, 0, 0, 0);
  }
  ref(store: TypeId, space: Space, access: Access): TypeId {
    return this.#view(this.#refs, TypeKind.ref, store, space, access);
  }
  ptr(store: TypeId, space: Space, access: Access): TypeId {
    return this.#view(this.#ptrs, TypeKind.ptr, store, space, access);
  }

  /** @param members laid out already, see layout.ts; at least one */
  addStruct(name: string, members: readonly Member[], align: number, size: number): TypeId {
    let flags = ~0;
    let any = 0;
    let depth = 0;
    for (const m of members) {
      const f = this.#flags.data[m.type]!;
      flags &= f;
      any |= f;
      depth = Math.max(depth, this.#depth.data[m.type]!);
    }
    const structId = this.structs.length;
    const type = this.#push(TypeKind.struct, structId, 0, 0, (flags & ~ANY_FLAGS) | (any & ANY_FLAGS), align, size, depth + 1);
    const memberByName = new Map(members.map((m, i) => [m.name, i]));
    this.structs.push({ name, type, members, memberByName, align, size });
    return type;
  }

  /** Bytes, a power of two; 0 for types without a layout. */
  alignOf(t: TypeId): number {
    return this.#align.data[t]!;
  }
  /** Bytes; for a runtime-sized array 0, for a structure that ends in one the offset of that array rounded up. At most 2^32 - 1. */
  sizeOf(t: TypeId): number {
    return this.#size.data[t]! >>> 0;
  }
  /** Bytes from one element of array `t` to the next. */
  strideOf(t: TypeId): number {
    const e = this.element(t);
    return roundUp(this.alignOf(e), this.sizeOf(e));
  }
  /** @see https://www.w3.org/TR/WGSL/#nesting-depth */
  nestingDepth(t: TypeId): number {
    return this.#depth.data[t]!;
  }

  isConstructible(t: TypeId): boolean {
    return this.#has(t, FLAG.constructible);
  }
  isHostShareable(t: TypeId): boolean {
    return this.#has(t, FLAG.hostShareable);
  }
  hasCreationFixedFootprint(t: TypeId): boolean {
    return this.#has(t, FLAG.creationFixed);
  }
  hasFixedFootprint(t: TypeId): boolean {
    return this.#has(t, FLAG.fixed);
  }
  isPlain(t: TypeId): boolean {
    return this.#has(t, FLAG.plain);
  }
  isStorable(t: TypeId): boolean {
    return this.#has(t, FLAG.storable);
  }
  isConcrete(t: TypeId): boolean {
    return this.#has(t, FLAG.concrete);
  }
  isAbstract(t: TypeId): boolean {
    return !this.#has(t, FLAG.concrete);
  }
  containsAtomic(t: TypeId): boolean {
    return this.#has(t, FLAG.hasAtomic);
  }
  containsF16(t: TypeId): boolean {
    return this.#has(t, FLAG.hasF16);
  }
  containsArray(t: TypeId): boolean {
    return this.#has(t, FLAG.hasArray);
  }
  /** Whether it is or has an array of more than MAX_ARRAY_COUNT elements: only storage buffers may. */
  containsHugeArray(t: TypeId): boolean {
    return this.#has(t, FLAG.hasHugeArray);
  }
  isScalar(t: TypeId): boolean {
    return t >= BOOL && t <= F16;
  }
  isNumericScalar(t: TypeId): boolean {
    return t > BOOL && t <= F16;
  }
  isIntegerScalar(t: TypeId): boolean {
    return t === ABSTRACT_INT || t === I32 || t === U32;
  }
  isFloatScalar(t: TypeId): boolean {
    return t === ABSTRACT_FLOAT || t === F32 || t === F16;
  }
  isVec(t: TypeId): boolean {
    return t >= FIRST_VEC && t < FIRST_MAT;
  }
  isMat(t: TypeId): boolean {
    return t >= FIRST_MAT && t < FIRST_ATOMIC;
  }
  isOpaque(t: TypeId): boolean {
    const k = this.kind(t);
    return k === TypeKind.texture || k === TypeKind.sampler || k === TypeKind.samplerComparison;
  }
  /** The type after the load rule: the store type of a reference, else the type itself. */
  loaded(t: TypeId): TypeId {
    return this.#kind.data[t] === TypeKind.ref ? (this.#a.data[t] as TypeId) : t;
  }
  /** Component type of a vector or matrix, else the type itself. */
  scalarOf(t: TypeId): TypeId {
    return t >= FIRST_VEC && t < FIRST_ATOMIC ? (this.#a.data[t] as TypeId) : t;
  }
  /** vec or scalar with the component type replaced: withScalar(vec3<f32>, BOOL) is vec3<bool>. */
  withScalar(t: TypeId, scalar: TypeId): TypeId {
    return this.isVec(t) ? vecOf(scalar, this.width(t)) : scalar;
  }

  /** The type in WGSL notation; abstract types and references, which cannot be written, in the notation of the spec. */
  name(t: TypeId): string {
    // Nesting is at most MAX_NESTING_DEPTH deep, so this recursion is bounded.
    const a = this.element(t);
    switch (this.kind(t)) {
      case TypeKind.vec:
        return `vec${this.width(t)}<${this.name(a)}>`;
      case TypeKind.mat:
        return `mat${this.width(t)}x${this.rows(t)}<${this.name(a)}>`;
      case TypeKind.atomic:
        return `atomic<${this.name(a)}>`;
      case TypeKind.array:
        return this.#arrayName(`array<${this.name(a)}`, t, ", ");
      case TypeKind.buffer:
        return this.countKind(t) === COUNT.runtime ? "buffer" : this.#arrayName("buffer<", t, "");
      case TypeKind.struct:
        return this.struct(t).name;
      case TypeKind.ptr:
      case TypeKind.ref:
        return this.#viewName(t);
      case TypeKind.texture:
        return this.#textureName(t);
      default:
        return LEAF_NAMES[this.kind(t)] ?? "?";
    }
  }

  #arrayName(prefix: string, t: TypeId, separator: string): string {
    if (this.countKind(t) === COUNT.runtime) return `${prefix}>`;
    if (this.countKind(t) === COUNT.constant) return `${prefix}${separator}${this.count(t)}>`;
    return `${prefix}${separator}${this.overrideNames[this.overrideKey(t)]}>`;
  }

  #viewName(t: TypeId): string {
    const word = this.kind(t) === TypeKind.ptr ? "ptr" : "ref";
    const access = this.space(t) === SPACE.storage || this.kind(t) === TypeKind.ref ? `, ${ACCESS_NAMES[this.access(t)]}` : "";
    return `${word}<${SPACE_NAMES[this.space(t)]}, ${this.name(this.element(t))}${access}>`;
  }

  #textureName(t: TypeId): string {
    const shape = TEXTURES[this.textureKind(t)]!;
    if (shape.group === "storage") return `${shape.name}<${FORMATS[this.texelFormat(t)]!.name}, ${ACCESS_NAMES[this.access(t)]}>`;
    return this.sampledType(t) === 0 ? shape.name : `${shape.name}<${this.name(this.sampledType(t))}>`;
  }

  #has(t: TypeId, flag: number): boolean {
    return (this.#flags.data[t]! & flag) !== 0;
  }

  #arrayOf(element: TypeId, countKind: number, count: number): TypeId {
    const inherit = FLAG.concrete | FLAG.plain | FLAG.hostShareable | FLAG.storable | ANY_FLAGS;
    let flags = (this.#flags.data[element]! & inherit) | FLAG.hasArray;
    if (countKind === COUNT.constant) flags |= this.#flags.data[element]! & (FLAG.constructible | FLAG.creationFixed | FLAG.fixed);
    if (countKind === COUNT.constant && count > MAX_ARRAY_COUNT) flags |= FLAG.hasHugeArray;
    if (countKind === COUNT.override) flags = (flags & ~FLAG.hostShareable) | FLAG.fixed;
    const stride = roundUp(this.alignOf(element), this.sizeOf(element));
    const size = countKind === COUNT.constant ? Math.min(stride * count, MAX_BYTE_SIZE) : 0;
    const depth = this.nestingDepth(element) + 1;
    return this.#intern(TypeKind.array, element, countKind, count, flags, this.alignOf(element), size, depth);
  }

  #view(cache: Map<number, TypeId>, kind: TypeKind, store: TypeId, space: Space, access: Access): TypeId {
    const key = store * 32 + space * 4 + access;
    let t = cache.get(key);
    if (t === undefined) {
      t = this.#push(kind, store, space, access, FLAG.concrete, 0, 0, 0);
      cache.set(key, t);
    }
    return t;
  }

  #intern(kind: TypeKind, a: number, b: number, c: number, flags: number, align: number, size: number, depth: number): TypeId {
    const key = `${kind},${a},${b},${c}`;
    let t = this.#interned.get(key);
    if (t === undefined) {
      t = this.#push(kind, a, b, c, flags, align, size, depth);
      this.#interned.set(key, t);
    }
    return t;
  }

  #push(kind: TypeKind, a: number, b: number, c: number, flags: number, align: number, size: number, depth: number): TypeId {
    this.#a.push(a);
    this.#b.push(b);
    this.#c.push(c);
    this.#flags.push(flags);
    this.#align.push(align);
    this.#size.push(size);
    this.#depth.push(depth);
    return this.#kind.push(kind) as TypeId;
  }

  #addFixed(): void {
    const none = NONE;
    this.#push(TypeKind.error, none, 0, 0, ~ANY_FLAGS, 4, 4, 0);
    this.#push(TypeKind.void, none, 0, 0, FLAG.concrete, 0, 0, 0);
    const scalars: readonly [TypeKind, number, number][] = [
      [TypeKind.bool, FLAG.storable | FLAG.concrete, 4],
      [TypeKind.abstractInt, 0, 4],
      [TypeKind.abstractFloat, 0, 4],
      [TypeKind.i32, FLAG.storable | FLAG.concrete | FLAG.hostShareable, 4],
      [TypeKind.u32, FLAG.storable | FLAG.concrete | FLAG.hostShareable, 4],
      [TypeKind.f32, FLAG.storable | FLAG.concrete | FLAG.hostShareable, 4],
      [TypeKind.f16, FLAG.storable | FLAG.concrete | FLAG.hostShareable | FLAG.hasF16, 2],
    ];
    for (const [kind, flags, size] of scalars) this.#push(kind, none, 0, 0, flags | LEAF, size, size, 0);
    for (const [kind, flags, size] of scalars) {
      for (let n = 2; n <= 4; n++) this.#push(TypeKind.vec, kind, n, 0, flags | LEAF, size * (n === 2 ? 2 : 4), size * n, 1);
    }
    for (const scalar of [ABSTRACT_FLOAT, F32, F16]) {
      for (let columns = 2; columns <= 4; columns++) {
        for (let rows = 2; rows <= 4; rows++) {
          const column = vecOf(scalar, rows);
          const align = this.alignOf(column);
          const size = columns * roundUp(align, this.sizeOf(column));
          this.#push(TypeKind.mat, scalar, columns, rows, this.#flags.data[column]!, align, size, 2);
        }
      }
    }
    const atomicFlags = FLAG.storable | FLAG.concrete | FLAG.hostShareable | FLAG.creationFixed | FLAG.fixed | FLAG.plain | FLAG.hasAtomic;
    this.#push(TypeKind.atomic, I32, 0, 0, atomicFlags, 4, 4, 0);
    this.#push(TypeKind.atomic, U32, 0, 0, atomicFlags, 4, 4, 0);
    this.#push(TypeKind.sampler, none, 0, 0, FLAG.storable | FLAG.concrete, 0, 0, 0);
    this.#push(TypeKind.samplerComparison, none, 0, 0, FLAG.storable | FLAG.concrete, 0, 0, 0);
    if (this.length !== FIRST_FREE) throw new Error("fixed type ids are out of step");
  }
}

/** Types whose ids are the same everywhere; each table starts as a copy. */
const FIXED = new TypeTable(new Budget(), null);

const LEAF_NAMES: Readonly<Record<number, string>> = {
  [TypeKind.error]: "<error>",
  [TypeKind.void]: "void",
  [TypeKind.bool]: "bool",
  [TypeKind.abstractInt]: "abstract-int",
  [TypeKind.abstractFloat]: "abstract-float",
  [TypeKind.i32]: "i32",
  [TypeKind.u32]: "u32",
  [TypeKind.f32]: "f32",
  [TypeKind.f16]: "f16",
  [TypeKind.sampler]: "sampler",
  [TypeKind.samplerComparison]: "sampler_comparison",
};
