/** Which types may be stored in which address space. @see https://www.w3.org/TR/WGSL/#var-decls */
import { MAX_ARRAY_COUNT } from "./layout.ts";
import { ACCESS, type Access, COUNT, SPACE, SPACE_NAMES, type Space, type TypeId, TypeKind, type TypeTable } from "./types.ts";

export const HUGE_ARRAY = `only the 'storage' address space can hold arrays of more than ${MAX_ARRAY_COUNT} elements`;

/** Why memory of `space` and `access` cannot hold `type`, as the end of a sentence; undefined if it can. @param isView a pointer into a
 * variable rather than the variable itself: then an atomic or a runtime-sized array may stand alone */
export function storeTypeFault(types: TypeTable, type: TypeId, space: Space, access: Access, isView: boolean): string | undefined {
  const name = `'${types.name(type)}'`;
  if (types.isAbstract(type) || !types.isStorable(type)) return `${name} cannot be stored in memory`;
  if (types.isOpaque(type)) {
    return space === SPACE.handle ? undefined : `textures and samplers are not stored in the '${SPACE_NAMES[space]}' address space`;
  }
  if (space === SPACE.handle) return `only textures and samplers are declared without an address space, not ${name}`;
  if (space !== SPACE.storage && types.containsHugeArray(type)) return HUGE_ARRAY;
  const isBuffer = types.kind(type) === TypeKind.buffer;
  switch (space) {
    case SPACE.function:
    case SPACE.private:
      return types.isConstructible(type) ? undefined : `${name} is not constructible, as the '${SPACE_NAMES[space]}' address space needs`;
    case SPACE.workgroup:
      if (types.isPlain(type) && types.hasFixedFootprint(type)) return undefined;
      if (isBuffer && types.countKind(type) !== COUNT.runtime) return undefined;
      return isView && isRuntimeView(types, type) ? undefined : `the size of ${name} is not fixed, as the 'workgroup' address space needs`;
    case SPACE.uniform:
      if (!types.isHostShareable(type)) return `${name} cannot be shared with the host`;
      if (types.isConstructible(type) || (isBuffer && types.countKind(type) === COUNT.constant)) return undefined;
      return isView && isRuntimeView(types, type) ? undefined : `${name} is not constructible, as the 'uniform' address space needs`;
    case SPACE.storage:
      if (!types.isHostShareable(type)) return `${name} cannot be shared with the host`;
      if (isBuffer && types.countKind(type) === COUNT.override)
        return "the size of a buffer in the 'storage' address space must be a const-expression";
      if (types.containsAtomic(type) && access !== ACCESS.read_write)
        return "atomics in the 'storage' address space need access mode 'read_write'";
      return undefined;
    case SPACE.immediate:
      if (!types.isHostShareable(type) || !types.isConstructible(type))
        return `${name} is not constructible and host-shareable, as the 'immediate' address space needs`;
      return types.containsArray(type) ? "the 'immediate' address space holds no arrays" : undefined;
  }
}

/** What bufferView and bufferArrayView can make of a buffer: sized at run time, in any address space of buffers. */
function isRuntimeView(types: TypeTable, type: TypeId): boolean {
  return types.isHostShareable(type) && !types.hasFixedFootprint(type) && !types.containsAtomic(type);
}
