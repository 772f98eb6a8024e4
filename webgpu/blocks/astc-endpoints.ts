/** The two colours of a partition, from its numbers. @see https://registry.khronos.org/DataFormat/specs/1.4/dataformat.1.4.html#_endpoint_unquantization */

export const countOf = (mode: number): number => ((mode >> 2) + 1) * 2;

/** Colours out of the range 0 to 1, which these formats do not have. */
const HDR: readonly number[] = [2, 3, 7, 11, 14, 15];
export const isHdr = (mode: number): boolean => HDR.includes(mode);

const clamp = (n: number): number => Math.min(255, Math.max(0, n));

/** r, g, b, a of the first colour, then of the second */
type Ends = Int32Array;

function set(ends: Ends, which: 0 | 1, r: number, g: number, b: number, a: number): void {
  const at = which * 4;
  ends[at] = clamp(r);
  ends[at + 1] = clamp(g);
  ends[at + 2] = clamp(b);
  ends[at + 3] = clamp(a);
}

const contracted = (ends: Ends, which: 0 | 1, r: number, g: number, b: number, a: number): void =>
  set(ends, which, (r + b) >> 1, (g + b) >> 1, b, a);

/** A difference takes its sign and the base its highest bit from one byte. */
function difference(v: Int32Array, at: number): [base: number, difference: number] {
  const [base, given] = [v[at]!, v[at + 1]!];
  const size = (given >> 1) & 0x3f;
  return [(base >> 1) | (given & 0x80), size >= 0x20 ? size - 0x40 : size];
}

function rgbDirect(
  ends: Ends,
  [r0, r1, g0, g1, b0, b1]: readonly [number, number, number, number, number, number],
  a0: number,
  a1: number,
) {
  if (r1 + g1 + b1 >= r0 + g0 + b0) {
    set(ends, 0, r0, g0, b0, a0);
    set(ends, 1, r1, g1, b1, a1);
  } else {
    contracted(ends, 0, r1, g1, b1, a1);
    contracted(ends, 1, r0, g0, b0, a0);
  }
}

function rgbDifference(ends: Ends, v: Int32Array, at: number, hasAlpha: boolean): void {
  const [[r, dr], [g, dg], [b, db]] = [difference(v, at), difference(v, at + 2), difference(v, at + 4)];
  const [a, da] = hasAlpha ? difference(v, at + 6) : [255, 0];
  if (dr + dg + db >= 0) {
    set(ends, 0, r, g, b, a);
    set(ends, 1, r + dr, g + dg, b + db, a + da);
  } else {
    contracted(ends, 0, r + dr, g + dg, b + db, a + da);
    contracted(ends, 1, r, g, b, a);
  }
}

/** @param v numbers from 0 to 255 @param at the partition's first @param ends r, g, b, a of both colours */
export function readEnds(mode: number, v: Int32Array, at: number, ends: Ends): void {
  const n = (i: number): number => v[at + i]!;
  switch (mode) {
    case 0:
      set(ends, 0, n(0), n(0), n(0), 255);
      return set(ends, 1, n(1), n(1), n(1), 255);
    case 1: {
      const low = (n(0) >> 2) | (n(1) & 0xc0);
      const high = low + (n(1) & 0x3f);
      set(ends, 0, low, low, low, 255);
      return set(ends, 1, high, high, high, 255);
    }
    case 4:
      set(ends, 0, n(0), n(0), n(0), n(2));
      return set(ends, 1, n(1), n(1), n(1), n(3));
    case 5: {
      const [[l, dl], [a, da]] = [difference(v, at), difference(v, at + 2)];
      set(ends, 0, l, l, l, a);
      return set(ends, 1, l + dl, l + dl, l + dl, a + da);
    }
    case 6:
    case 10: {
      const [a0, a1] = mode === 10 ? [n(4), n(5)] : [255, 255];
      set(ends, 0, (n(0) * n(3)) >> 8, (n(1) * n(3)) >> 8, (n(2) * n(3)) >> 8, a0);
      return set(ends, 1, n(0), n(1), n(2), a1);
    }
    case 8:
      return rgbDirect(ends, [n(0), n(1), n(2), n(3), n(4), n(5)], 255, 255);
    case 12:
      return rgbDirect(ends, [n(0), n(1), n(2), n(3), n(4), n(5)], n(6), n(7));
    case 9:
      return rgbDifference(ends, v, at, false);
    case 13:
      return rgbDifference(ends, v, at, true);
  }
}
