/**
 * Types and constants of a module in SPIR-V. An aggregate has two forms: laid out (offsets and strides decorated) behind pointers to buffers,
 * plain everywhere else, since newer rules forbid the decorations there; scalars, vectors and matrices have one.
 * @see https://registry.khronos.org/SPIR-V/specs/unified1/SPIRV.html#_shader_validation (explicit layout)
 */
import { f32ToHalf } from "../../sandbox/isa/numeric-scalar.ts";
import { Ice, unreachable } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import type { Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import { STORAGE, type StorageClass, TYPE_KIND, type TypeId } from "../types.ts";
import type { Builder } from "./builder.ts";
import { DECORATION, STORAGE_CLASS } from "./grammar.ts";

const CLASS: { readonly [S in keyof typeof STORAGE]: number } = STORAGE_CLASS;
const CLASS_NAMES = Object.keys(STORAGE) as (keyof typeof STORAGE)[];
export const storageClass = (s: StorageClass): number => CLASS[CLASS_NAMES[s]!];
/** Whether memory of the class is laid out for others to see. */
export const isLaidOut = (s: StorageClass): boolean => s === STORAGE.StorageBuffer || s === STORAGE.Uniform;

const floatView = new DataView(new ArrayBuffer(4));
export function bitsToFloat(bits: number): number {
  floatView.setUint32(0, bits);
  return floatView.getFloat32(0);
}

export class Types {
  readonly m: Module;
  readonly b: Builder;
  readonly #plain: number[] = [];
  readonly #laidOut: number[] = [];
  readonly #constants: number[] = [];

  constructor(m: Module, b: Builder) {
    this.m = m;
    this.b = b;
  }

  /** Id of a type. Recursion is as deep as types nest, which the front end bounds. */
  id(type: TypeId, laidOut = false): number {
    const cache = laidOut ? this.#laidOut : this.#plain;
    cache[type] ??= this.#make(type, laidOut);
    return cache[type];
  }
  #make(type: TypeId, laidOut: boolean): number {
    const { b } = this;
    const { types } = this.m;
    const kind = types.kind(type);
    switch (kind) {
      case TYPE_KIND.Void:
        return b.intern("TypeVoid", NONE, []);
      case TYPE_KIND.Bool:
        return b.intern("TypeBool", NONE, []);
      case TYPE_KIND.Int:
        return b.intern("TypeInt", NONE, [32, types.isSigned(type) ? 1 : 0]);
      case TYPE_KIND.Float:
        if (types.bits(type) === 16) b.capability("Float16");
        return b.intern("TypeFloat", NONE, [types.bits(type)]);
      case TYPE_KIND.Vector:
        return b.intern("TypeVector", NONE, [this.id(types.element(type)), types.length(type)]);
      case TYPE_KIND.Matrix:
        return b.intern("TypeMatrix", NONE, [this.id(types.element(type)), types.length(type)]);
      case TYPE_KIND.Array:
        return this.array(this.id(types.element(type), laidOut), types.length(type), laidOut ? types.stride(type) : 0);
      case TYPE_KIND.RuntimeArray:
        return this.runtimeArray(this.id(types.element(type), laidOut), types.stride(type));
      case TYPE_KIND.Struct:
        return this.#struct(type, laidOut);
      case TYPE_KIND.Pointer:
        return this.pointer(types.storage(type), this.id(types.pointee(type), isLaidOut(types.storage(type))));
      default:
        return unreachable(kind, "type");
    }
  }
  /** @param stride bytes between elements, 0: not laid out */
  array(element: number, count: number, stride: number): number {
    // an array no longer than this holds; SPIR-V has no empty ones
    const id = this.b.intern("TypeArray", NONE, [element, this.u32(Math.max(1, count))], `${stride}`);
    this.#decorateOnce(id, stride);
    return id;
  }
  runtimeArray(element: number, stride: number): number {
    const id = this.b.intern("TypeRuntimeArray", NONE, [element], `${stride}`);
    this.#decorateOnce(id, stride);
    return id;
  }
  readonly #decorated = new Set<number>();
  #decorateOnce(id: number, stride: number): void {
    if (stride === 0 || this.#decorated.has(id)) return;
    this.#decorated.add(id);
    this.b.emit("decorations", "Decorate", [id, DECORATION.ArrayStride, stride]);
  }
  pointer(s: StorageClass, pointee: number): number {
    return this.b.intern("TypePointer", NONE, [storageClass(s), pointee]);
  }
  #struct(type: TypeId, laidOut: boolean): number {
    const { types } = this.m;
    const count = types.length(type);
    const members: number[] = [];
    for (let i = 0; i < count; i++) members.push(this.id(types.memberType(type, i), laidOut));
    const id = this.b.intern("TypeStruct", NONE, members, `${type},${laidOut}`);
    this.b.name(id, types.structName(type));
    for (let i = 0; i < count; i++) {
      if (!laidOut) continue;
      this.b.emit("decorations", "MemberDecorate", [id, i, DECORATION.Offset, types.memberOffset(type, i)]);
      this.matrixLayout(id, i, types.memberType(type, i));
    }
    if (laidOut && this.endsOpen(type)) this.b.emit("decorations", "Decorate", [id, DECORATION.Block]);
    return id;
  }
  /** Member `i` of `struct` has its matrix's layout, also when arrays are around it. */
  matrixLayout(struct: number, i: number, type: TypeId): void {
    const { types } = this.m;
    let at = type;
    while (types.kind(at) === TYPE_KIND.Array || types.kind(at) === TYPE_KIND.RuntimeArray) at = types.element(at);
    if (types.kind(at) !== TYPE_KIND.Matrix) return;
    this.b.emit("decorations", "MemberDecorate", [struct, i, DECORATION.ColMajor]);
    this.b.emit("decorations", "MemberDecorate", [struct, i, DECORATION.MatrixStride, types.stride(at)]);
  }
  /** Whether a struct's last member is a runtime array: such a struct is itself the block of its variable. */
  endsOpen(type: TypeId): boolean {
    const { types } = this.m;
    const n = types.length(type);
    return types.kind(type) === TYPE_KIND.Struct && n > 0 && types.kind(types.memberType(type, n - 1)) === TYPE_KIND.RuntimeArray;
  }
  function(result: number, params: readonly number[]): number {
    return this.b.intern("TypeFunction", NONE, [result, ...params]);
  }
  /** A struct without a name or layout: results of instructions that give two values. */
  pair(first: number, second: number): number {
    return this.b.intern("TypeStruct", NONE, [first, second], "pair");
  }

  /** Component of a vector, the type itself if scalar. */
  component(type: TypeId): TypeId {
    return this.m.types.kind(type) === TYPE_KIND.Vector ? this.m.types.element(type) : type;
  }
  /** The vector (or scalar) of another component, as wide as `type`. */
  as(component: TypeId, type: TypeId): TypeId {
    const { types } = this.m;
    return types.kind(type) === TYPE_KIND.Vector ? types.vector(component, types.length(type)) : component;
  }

  // ---- constants
  u32(value: number): number {
    return this.scalar(this.m.types.u32, value);
  }
  /** @param bits as the IR holds them: an f16 as f32 bits */
  scalar(type: TypeId, bits: number): number {
    const id = this.id(type);
    if (type === this.m.types.bool) return this.b.intern((bits & 1) === 1 ? "ConstantTrue" : "ConstantFalse", id, []);
    return this.b.intern("Constant", id, [type === this.m.types.f16 ? f32ToHalf(bitsToFloat(bits)) : bits >>> 0]);
  }
  null(type: number): number {
    return this.b.intern("ConstantNull", type, []);
  }
  composite(type: number, parts: readonly number[]): number {
    return this.b.intern("ConstantComposite", type, parts);
  }
  /** A scalar constant in every component. */
  splat(type: TypeId, bits: number): number {
    const { types } = this.m;
    if (types.kind(type) !== TYPE_KIND.Vector) return this.scalar(type, bits);
    return this.composite(this.id(type), new Array<number>(types.length(type)).fill(this.scalar(types.element(type), bits)));
  }
  /** Id of one of the IR's constants. Parts have smaller ids than wholes, so this ends. */
  constant(v: Value): number {
    this.#constants[v] ??= this.#constant(v);
    return this.#constants[v];
  }
  #constant(v: Value): number {
    const { m } = this;
    const op = m.op(v);
    const type = m.type(v);
    if (op === OP.Constant) return this.scalar(type, m.arg(v, 0));
    if (op === OP.ConstantNull) return this.null(this.id(type));
    if (op === OP.Undef) return this.b.intern("Undef", this.id(type), []);
    if (op !== OP.ConstantComposite) throw new Ice(`${m.opName(v)} is no constant`);
    const parts: number[] = [];
    for (let i = 0; i < m.argCount(v); i++) parts.push(this.constant(m.operand(v, i)));
    return this.composite(this.id(type), parts);
  }
}
