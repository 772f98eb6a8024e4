/**
 * Memory layout arithmetic: offsets of structure members and the extra constraints of address spaces. All sums stay below 2^53, so plain
 * numbers are exact; whatever passes 2^32 - 1 bytes is reported by the caller and never wraps.
 * @see https://www.w3.org/TR/WGSL/#memory-layouts
 */

/** No type or variable may be larger: offsets are u32 everywhere below the front end. */
export const MAX_BYTE_SIZE = 0xffff_ffff;
/** Composite types nest at most this deep: Dawn's limit, WGSL asks for 15. @see https://www.w3.org/TR/WGSL/#limits */
export const MAX_NESTING_DEPTH = 255;
/** Elements of an array anywhere but in storage buffers: Dawn's limit. Values are built, copied and zeroed element by element. */
export const MAX_ARRAY_COUNT = 65_535;
/** Arguments of an array constructor: Dawn's limit, WGSL asks for 2047. */
export const MAX_ARRAY_ARGUMENTS = 32_767;

/** The least multiple of `align` that is at least `n`. @param align a power of two, or 0 for types without a layout */
export function roundUp(align: number, n: number): number {
  return align === 0 ? n : Math.ceil(n / align) * align;
}

/** What layout needs to know of a member: its type's own alignment and size, and the attributes if present. */
export interface MemberShape {
  readonly typeAlign: number;
  readonly typeSize: number;
  /** value of @align, already checked to be a power of two that is a multiple of typeAlign */
  readonly alignAttribute?: number;
  /** value of @size, already checked to be at least typeSize */
  readonly sizeAttribute?: number;
}

export interface StructLayout {
  readonly offsets: readonly number[];
  readonly aligns: readonly number[];
  readonly sizes: readonly number[];
  readonly align: number;
  /** may exceed MAX_BYTE_SIZE: the caller reports that */
  readonly size: number;
}

/** Offsets, alignment and size of a structure. @see https://www.w3.org/TR/WGSL/#structure-member-layout */
export function layoutStruct(members: readonly MemberShape[]): StructLayout {
  const offsets: number[] = [];
  const aligns: number[] = [];
  const sizes: number[] = [];
  let align = 1;
  let end = 0;
  for (const m of members) {
    const memberAlign = m.alignAttribute ?? m.typeAlign;
    const memberSize = m.sizeAttribute ?? m.typeSize;
    const offset = roundUp(memberAlign, end);
    offsets.push(offset);
    aligns.push(memberAlign);
    sizes.push(memberSize);
    align = Math.max(align, memberAlign);
    end = offset + memberSize;
  }
  return { offsets, aligns, sizes, align, size: roundUp(align, end) };
}
