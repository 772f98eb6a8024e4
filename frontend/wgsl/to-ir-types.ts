/** WGSL types and constant values as IR types and constants. */
import type * as ir from "../../ir/module.ts";
import { type TypeId as IrType, STORAGE, type StorageClass } from "../../ir/types.ts";
import { Ice, Unsupported } from "../../support/failure.ts";
import { roundUp } from "./layout.ts";
import type { CheckedModule } from "./sema.ts";
import { BOOL, COUNT, F16, F32, I32, SPACE, type Space, type TypeId, TypeKind, U32, vecOf } from "./types.ts";
import type { ValueId } from "./value.ts";

const STORAGE_OF: { readonly [S in Space]: StorageClass | undefined } = {
  [SPACE.function]: STORAGE.Function,
  [SPACE.private]: STORAGE.Private,
  [SPACE.workgroup]: STORAGE.Workgroup,
  [SPACE.uniform]: STORAGE.Uniform,
  [SPACE.storage]: STORAGE.StorageBuffer,
  [SPACE.immediate]: STORAGE.Uniform,
  [SPACE.handle]: undefined,
};

const floatBits = new Float32Array(1);
const intBits = new Uint32Array(floatBits.buffer);

export class TypeLowering {
  readonly #checked: CheckedModule;
  readonly #module: ir.Module;
  readonly #counts: ReadonlyMap<number, number>;
  readonly #known = new Map<TypeId, IrType>();
  readonly #constants = new Map<ValueId, ir.Value>();

  /** @param counts element count of each override-sized array, by TypeTable.overrideKey */
  constructor(checked: CheckedModule, module: ir.Module, counts: ReadonlyMap<number, number>) {
    this.#checked = checked;
    this.#module = module;
    this.#counts = counts;
  }

  /** @param type concrete; references and pointers become pointers, atomics their component */
  type(type: TypeId): IrType {
    let known = this.#known.get(type);
    if (known === undefined) {
      known = this.#make(type);
      this.#known.set(type, known);
    }
    return known;
  }

  pointer(store: TypeId, space: Space): IrType {
    const storage = STORAGE_OF[space];
    if (storage === undefined) throw new Unsupported("samplers and textures as values");
    return this.#module.types.pointer(storage, this.type(store));
  }

  /** A constant of the module's value store. Nesting is at most MAX_NESTING_DEPTH, so the recursion is bounded. */
  constant(id: ValueId): ir.Value {
    let known = this.#constants.get(id);
    if (known === undefined) {
      known = this.#makeConstant(id);
      this.#constants.set(id, known);
    }
    return known;
  }

  /** @param type a scalar @param value as ValueStore keeps it */
  scalarConstant(type: TypeId, value: number): ir.Value {
    return this.#module.constant(this.type(type), bitsOf(type, value));
  }

  #make(type: TypeId): IrType {
    const wgsl = this.#checked.types;
    const types = this.#module.types;
    switch (wgsl.kind(type)) {
      case TypeKind.void:
        return types.void;
      case TypeKind.bool:
        return types.bool;
      case TypeKind.i32:
        return types.i32;
      case TypeKind.u32:
        return types.u32;
      case TypeKind.f32:
        return types.f32;
      case TypeKind.f16:
        return types.f16;
      case TypeKind.vec:
        return types.vector(this.type(wgsl.element(type)), wgsl.width(type));
      case TypeKind.mat: {
        const column = vecOf(wgsl.element(type), wgsl.rows(type));
        return types.matrix(this.type(column), wgsl.width(type), roundUp(wgsl.alignOf(column), wgsl.sizeOf(column)));
      }
      case TypeKind.atomic:
        return this.type(wgsl.element(type));
      case TypeKind.array:
        return this.#array(type);
      case TypeKind.struct: {
        const struct = wgsl.struct(type);
        const members = struct.members.map((m) => ({ type: this.type(m.type), offset: m.offset }));
        return types.struct(struct.name, members, wgsl.sizeOf(type));
      }
      case TypeKind.ptr:
      case TypeKind.ref:
        return this.pointer(wgsl.element(type), wgsl.space(type));
      default:
        throw new Unsupported(`variables of type ${wgsl.name(type)}`);
    }
  }

  #array(type: TypeId): IrType {
    const wgsl = this.#checked.types;
    const element = this.type(wgsl.element(type));
    const stride = wgsl.strideOf(type);
    if (wgsl.countKind(type) === COUNT.runtime) return this.#module.types.runtimeArray(element, stride);
    if (wgsl.countKind(type) === COUNT.constant) return this.#module.types.array(element, wgsl.count(type), stride);
    const count = this.#counts.get(wgsl.overrideKey(type));
    if (count === undefined) throw new Ice("an override-sized array has no count");
    return this.#module.types.array(element, count, stride);
  }

  #makeConstant(id: ValueId): ir.Value {
    const { types: wgsl, values } = this.#checked;
    const type = values.typeOf(id);
    if (wgsl.isScalar(type)) return this.scalarConstant(type, values.numberAt(id, 0));
    if (values.isZeroComposite(id)) return this.#module.constantNull(this.type(type));
    const parts: ir.Value[] = [];
    const count = values.elementCount(id);
    for (let i = 0; i < count; i++) parts.push(this.#makeConstant(values.element(id, i)));
    return this.#module.constantComposite(this.type(type), parts);
  }
}

function bitsOf(type: TypeId, value: number): number {
  switch (type) {
    case F32:
    case F16:
      floatBits[0] = value;
      return intBits[0]!;
    case BOOL:
      return value ? 1 : 0;
    case I32:
    case U32:
      return value | 0;
    default:
      throw new Ice("an abstract value reached run time");
  }
}
