/**
 * Constant values, in columns. A scalar is one 64-bit word; vectors and matrices are runs of scalars; arrays and structures refer to their
 * elements' values, so that a constant used many times inside others is stored once and values nested by doubling stay small.
 * A zero array or structure holds no elements at all.
 *
 * Scalars in and out: AbstractInt is a bigint, everything else a number; bool is 0 or 1, i32 and u32 integers in range, f32 and f16 numbers
 * exactly representable in them, floats always finite.
 */
import type { Budget } from "../../support/column.ts";
import { I32Column } from "../../support/column.ts";
import { type Id, NONE } from "../../support/id.ts";
import { ABSTRACT_INT, type TypeId, TypeKind, type TypeTable, vecOf } from "./types.ts";

export type ValueId = Id<"value">;
export type Scalar = number | bigint;

/** Scalars that print shows of one value. */
const MAX_PRINTED = 64;

export class ValueStore {
  readonly #types: TypeTable;
  readonly #budget: Budget;
  readonly #type: I32Column;
  /** scalars: first word; composites: first element, or NONE if zero */
  readonly #first: I32Column;
  readonly #elements: I32Column;
  #words: Float64Array;
  /** the same bytes, for AbstractInt */
  #bigs: BigInt64Array;
  #wordCount = 0;

  constructor(types: TypeTable, budget: Budget) {
    this.#types = types;
    this.#budget = budget;
    this.#type = new I32Column(budget);
    this.#first = new I32Column(budget);
    this.#elements = new I32Column(budget);
    budget.charge(64 * 8);
    this.#words = new Float64Array(64);
    this.#bigs = new BigInt64Array(this.#words.buffer);
  }

  get length(): number {
    return this.#type.length;
  }
  typeOf(v: ValueId): TypeId {
    return this.#type.data[v] as TypeId;
  }

  scalar(type: TypeId, value: Scalar): ValueId {
    const first = this.#pushWord(value);
    return this.#push(type, first);
  }
  /** A vector, or a matrix by columns. */
  scalars(type: TypeId, values: readonly Scalar[]): ValueId {
    const first = this.#wordCount;
    for (const value of values) this.#pushWord(value);
    return this.#push(type, first);
  }
  /** An array or structure. @param elements as many as `type` has */
  composite(type: TypeId, elements: readonly ValueId[]): ValueId {
    const first = this.#elements.length;
    for (const element of elements) this.#elements.push(element);
    return this.#push(type, first);
  }
  /** @param type constructible, or an abstract vector */
  zero(type: TypeId): ValueId {
    const kind = this.#types.kind(type);
    if (kind === TypeKind.array || kind === TypeKind.struct) return this.#push(type, NONE);
    const zero = this.#types.scalarOf(type) === ABSTRACT_INT ? 0n : 0;
    return this.scalars(type, Array(this.scalarCount(type)).fill(zero));
  }

  /** Scalars in a scalar, vector or matrix of this type. */
  scalarCount(type: TypeId): number {
    const types = this.#types;
    if (types.isVec(type)) return types.width(type);
    return types.isMat(type) ? types.width(type) * types.rows(type) : 1;
  }
  /** Scalar `i` of a scalar, vector or matrix. */
  at(v: ValueId, i: number): Scalar {
    const word = this.#first.data[v]! + i;
    return this.#types.scalarOf(this.typeOf(v)) === ABSTRACT_INT ? this.#bigs[word]! : this.#words[word]!;
  }
  /** Scalar `i` where it is known not to be an AbstractInt. */
  numberAt(v: ValueId, i: number): number {
    return this.#words[this.#first.data[v]! + i]!;
  }
  /** All scalars of a scalar, vector or matrix. */
  scalarsOf(v: ValueId): Scalar[] {
    const n = this.scalarCount(this.typeOf(v));
    const out: Scalar[] = [];
    for (let i = 0; i < n; i++) out.push(this.at(v, i));
    return out;
  }
  /** True for a zero array or structure stored without elements. */
  isZeroComposite(v: ValueId): boolean {
    const kind = this.#types.kind(this.typeOf(v));
    return (kind === TypeKind.array || kind === TypeKind.struct) && this.#first.data[v] === NONE;
  }
  /** Component of a vector, column of a matrix, element of an array, member of a structure. @param i in bounds */
  element(v: ValueId, i: number): ValueId {
    const types = this.#types;
    const type = this.typeOf(v);
    switch (types.kind(type)) {
      case TypeKind.vec:
        return this.scalar(types.element(type), this.at(v, i));
      case TypeKind.mat: {
        const rows = types.rows(type);
        const column: Scalar[] = [];
        for (let r = 0; r < rows; r++) column.push(this.at(v, i * rows + r));
        return this.scalars(vecOf(types.element(type), rows), column);
      }
      case TypeKind.struct:
        return this.isZeroComposite(v) ? this.zero(types.struct(type).members[i]!.type) : this.#elementAt(v, i);
      default:
        return this.isZeroComposite(v) ? this.zero(types.element(type)) : this.#elementAt(v, i);
    }
  }
  /** Elements of an array or members of a structure, components of a vector, columns of a matrix. */
  elementCount(v: ValueId): number {
    const types = this.#types;
    const type = this.typeOf(v);
    switch (types.kind(type)) {
      case TypeKind.vec:
      case TypeKind.mat:
        return types.width(type);
      case TypeKind.array:
        return types.count(type);
      case TypeKind.struct:
        return types.struct(type).members.length;
      default:
        return 0;
    }
  }

  /** The value as WGSL text, for people and tests; what is long is cut. */
  print(v: ValueId): string {
    return this.#print(v, { left: MAX_PRINTED });
  }

  /** @param room scalars that may still be printed: values shared by nesting can be far larger than what holds them */
  #print(v: ValueId, room: { left: number }): string {
    const types = this.#types;
    const type = this.typeOf(v);
    if (types.isScalar(type)) {
      room.left--;
      return printScalar(type, this.at(v, 0), types);
    }
    if (this.isZeroComposite(v)) return `${types.name(type)}()`;
    const parts: string[] = [];
    const isFlat = types.isVec(type) || types.isMat(type);
    const count = isFlat ? this.scalarCount(type) : this.elementCount(v);
    for (let i = 0; i < count && room.left > 0; i++) {
      if (!isFlat) parts.push(this.#print(this.element(v, i), room));
      else {
        room.left--;
        parts.push(printScalar(types.scalarOf(type), this.at(v, i), types));
      }
    }
    if (parts.length < count) parts.push("...");
    return `${types.name(type)}(${parts.join(", ")})`;
  }

  #elementAt(v: ValueId, i: number): ValueId {
    return this.#elements.data[this.#first.data[v]! + i] as ValueId;
  }
  #push(type: TypeId, first: number): ValueId {
    this.#first.push(first);
    return this.#type.push(type) as ValueId;
  }
  #pushWord(value: Scalar): number {
    if (this.#wordCount === this.#words.length) this.#growWords();
    if (typeof value === "bigint") this.#bigs[this.#wordCount] = value;
    else this.#words[this.#wordCount] = value;
    return this.#wordCount++;
  }
  #growWords(): void {
    this.#budget.charge(this.#words.byteLength);
    const next = new Float64Array(this.#words.length * 2);
    next.set(this.#words);
    this.#words = next;
    this.#bigs = new BigInt64Array(next.buffer);
  }
}

const SUFFIX: Readonly<Record<number, string>> = { [TypeKind.i32]: "i", [TypeKind.u32]: "u", [TypeKind.f32]: "f", [TypeKind.f16]: "h" };

function printScalar(type: TypeId, value: Scalar, types: TypeTable): string {
  const kind = types.kind(type);
  if (kind === TypeKind.bool) return value ? "true" : "false";
  if (kind === TypeKind.abstractFloat && Number.isInteger(value)) return Object.is(value, -0) ? "-0.0" : `${value}.0`;
  return `${Object.is(value, -0) ? "-0" : value}${SUFFIX[kind] ?? ""}`;
}
