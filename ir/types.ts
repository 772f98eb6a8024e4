/**
 * IR types: SPIR-V's, hash-consed into columns, so that equal types have equal ids. Host-shareable aggregates carry their explicit layout
 * (offsets, strides) in the type, as SPIR-V's decorations do.
 */
import { type Budget, I32Column } from "../support/column.ts";
import { Ice } from "../support/failure.ts";
import type { Id } from "../support/id.ts";

export type TypeId = Id<"type">;

export const TYPE_KIND = {
  Void: 0,
  Bool: 1,
  /** a: bits (32), b: 1 when signed */
  Int: 2,
  /** a: bits (32 or 16) */
  Float: 3,
  /** a: component type, b: count 2-4 */
  Vector: 4,
  /** a: column type (a vector), b: columns 2-4, c: column stride in bytes */
  Matrix: 5,
  /** a: element type, b: count, c: stride in bytes */
  Array: 6,
  /** a: element type, c: stride in bytes */
  RuntimeArray: 7,
  /** a: first entry in the member list, b: member count, c: size in bytes */
  Struct: 8,
  /** a: storage class, b: pointee type */
  Pointer: 9,
} as const;
export type TypeKind = (typeof TYPE_KIND)[keyof typeof TYPE_KIND];

export const STORAGE = { Function: 0, Private: 1, Workgroup: 2, StorageBuffer: 3, Uniform: 4, Input: 5, Output: 6 } as const;
export type StorageClass = (typeof STORAGE)[keyof typeof STORAGE];

export interface Member {
  readonly type: TypeId;
  /** bytes from the struct's start */
  readonly offset: number;
}

export class TypeTable {
  readonly #kind: I32Column;
  readonly #a: I32Column;
  readonly #b: I32Column;
  readonly #c: I32Column;
  readonly #members: I32Column;
  readonly #interned = new Map<string, TypeId>();
  readonly #names: string[] = [];

  readonly void: TypeId;
  readonly bool: TypeId;
  readonly i32: TypeId;
  readonly u32: TypeId;
  readonly f32: TypeId;
  readonly f16: TypeId;

  constructor(budget: Budget) {
    this.#kind = new I32Column(budget);
    this.#a = new I32Column(budget);
    this.#b = new I32Column(budget);
    this.#c = new I32Column(budget);
    this.#members = new I32Column(budget);
    this.void = this.#intern(TYPE_KIND.Void, 0, 0, 0);
    this.bool = this.#intern(TYPE_KIND.Bool, 0, 0, 0);
    this.i32 = this.#intern(TYPE_KIND.Int, 32, 1, 0);
    this.u32 = this.#intern(TYPE_KIND.Int, 32, 0, 0);
    this.f32 = this.#intern(TYPE_KIND.Float, 32, 0, 0);
    this.f16 = this.#intern(TYPE_KIND.Float, 16, 0, 0);
  }

  get count(): number {
    return this.#kind.length;
  }

  vector(component: TypeId, count: number): TypeId {
    return this.#intern(TYPE_KIND.Vector, component, count, 0);
  }
  matrix(column: TypeId, columns: number, strideBytes: number): TypeId {
    return this.#intern(TYPE_KIND.Matrix, column, columns, strideBytes);
  }
  array(element: TypeId, count: number, strideBytes: number): TypeId {
    return this.#intern(TYPE_KIND.Array, element, count, strideBytes);
  }
  runtimeArray(element: TypeId, strideBytes: number): TypeId {
    return this.#intern(TYPE_KIND.RuntimeArray, element, 0, strideBytes);
  }
  pointer(storage: StorageClass, pointee: TypeId): TypeId {
    return this.#intern(TYPE_KIND.Pointer, storage, pointee, 0);
  }
  /** Structs are equal when their members and size are; `name` is for printing, the first one given stays. */
  struct(name: string, members: readonly Member[], sizeBytes: number): TypeId {
    const key = `s${sizeBytes}:${members.map((m) => `${m.type}@${m.offset}`).join()}`;
    const known = this.#interned.get(key);
    if (known !== undefined) return known;
    const first = this.#members.length;
    for (const m of members) {
      this.#members.push(m.type);
      this.#members.push(m.offset);
    }
    const id = this.#add(TYPE_KIND.Struct, first, members.length, sizeBytes);
    this.#interned.set(key, id);
    this.#names[id] = name;
    return id;
  }

  kind(type: TypeId): TypeKind {
    return this.#kind.get(type) as TypeKind;
  }
  /** Component of a vector, column of a matrix, element of an array; itself for scalars. */
  element(type: TypeId): TypeId {
    const kind = this.kind(type);
    if (kind >= TYPE_KIND.Vector && kind <= TYPE_KIND.RuntimeArray) return this.#a.get(type) as TypeId;
    return type;
  }
  /** Components, columns, elements or members; 0 for a runtime array; 1 for a scalar. */
  length(type: TypeId): number {
    const kind = this.kind(type);
    if (kind === TYPE_KIND.RuntimeArray) return 0;
    return kind >= TYPE_KIND.Vector && kind <= TYPE_KIND.Struct ? this.#b.get(type) : 1;
  }
  /** Bytes between elements of an array or columns of a matrix. */
  stride(type: TypeId): number {
    return this.#c.get(type);
  }
  isSigned(type: TypeId): boolean {
    return this.kind(type) === TYPE_KIND.Int && this.#b.get(type) === 1;
  }
  /** Bits of an Int or Float. */
  bits(type: TypeId): number {
    return this.#a.get(type);
  }
  isScalar(type: TypeId): boolean {
    const kind = this.kind(type);
    return kind === TYPE_KIND.Bool || kind === TYPE_KIND.Int || kind === TYPE_KIND.Float;
  }
  memberType(struct: TypeId, index: number): TypeId {
    return this.#members.get(this.#a.get(struct) + 2 * index) as TypeId;
  }
  memberOffset(struct: TypeId, index: number): number {
    return this.#members.get(this.#a.get(struct) + 2 * index + 1);
  }
  structName(struct: TypeId): string {
    return this.#names[struct] ?? `S${struct}`;
  }
  storage(pointer: TypeId): StorageClass {
    return this.#a.get(pointer) as StorageClass;
  }
  pointee(pointer: TypeId): TypeId {
    return this.#b.get(pointer) as TypeId;
  }

  /**
   * Bytes a value of `type` takes in memory, without trailing padding of vec3: its last byte's offset + 1 for scalars, vectors and
   * matrices (by column stride), count * stride for arrays, the stated size for structs. A runtime array counts one element.
   */
  sizeBytes(type: TypeId): number {
    switch (this.kind(type)) {
      case TYPE_KIND.Void:
        return 0;
      case TYPE_KIND.Bool:
        return 4;
      case TYPE_KIND.Int:
      case TYPE_KIND.Float:
        return this.bits(type) >> 3;
      case TYPE_KIND.Vector:
        return this.sizeBytes(this.element(type)) * this.length(type);
      case TYPE_KIND.Matrix:
      case TYPE_KIND.Array:
        return this.stride(type) * this.length(type);
      case TYPE_KIND.RuntimeArray:
        return this.stride(type);
      case TYPE_KIND.Struct:
        return this.#c.get(type);
      default:
        throw new Ice("a pointer has no size");
    }
  }

  #intern(kind: TypeKind, a: number, b: number, c: number): TypeId {
    const key = `${kind},${a},${b},${c}`;
    let id = this.#interned.get(key);
    if (id === undefined) {
      id = this.#add(kind, a, b, c);
      this.#interned.set(key, id);
    }
    return id;
  }
  #add(kind: TypeKind, a: number, b: number, c: number): TypeId {
    const id = this.#kind.push(kind) as TypeId;
    this.#a.push(a);
    this.#b.push(b);
    this.#c.push(c);
    return id;
  }
}
