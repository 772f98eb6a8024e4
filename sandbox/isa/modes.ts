/**
 * The high word of an access: how its offset is bounded. An access names a slot, never an address, and the proof that it stays inside
 * the slot's declared minimum `min` (bytes, checked again at bind) is in the word itself; `width` is the row's bytes per lane.
 *
 * ```text
 * mode  bytes accessed start at                       payload                              the word proves
 * K 0   off (a is 0)                                  off[27:0] bytes                      off + width <= min
 * N 1   4*off + min(a, 4*lim)                         off[13:0], lim[27:14] words          4*off + 4*lim + width <= min
 * M 2   4*off + (a & (2^m - W))                       off[21:0] words, m[26:22], [27] = 0  4*off + 2^m <= min, W <= 2^m, 2 <= m
 * C 3   min(a + off, size - width)                    off[27:0] bytes                      width <= min
 * T 4   a + off, traps unless it ends in the region   off[27:0] bytes                      nothing
 * Z 5   a + off, else reads 0 and drops the write     off[27:0] bytes                      nothing
 * ```
 * W is the width rounded up to a power of two (16 for 12): an access that is aligned to words only would reach past 2^m.
 * `a + off` is a 33-bit sum that never wraps; `size` is the byte size of the region bound. Bounded first (T and Z check the sum as it is),
 * then the low bits of the bounded offset that would misalign it are cleared: two for widths of 4 and more, one for 2. `off` must be aligned likewise. In N and M the whole sum is inside
 * the variable whose extent the word states: [4*off, 4*off + 4*lim + width) and [4*off, 4*off + 2^m).
 *
 * Which lanes access what follows from the operands' files:
 * - `a` in v: each active lane at its own offset.
 * - `a` in g or w, not contiguous: one offset. The data of a load may be g (once per workgroup), w (once per wave) or v (all active
 *   lanes get the value). In a scratch slot each lane has its own memory, and the offset is the same in each; a load's data is v there,
 *   and `size` is the scratch bytes of one lane.
 * - `a` in g or w, contiguous (bit 28): in lane i, the offset register counts as (a + width * i) mod 2^32, as if a v register held the four
 *   sums (so that `a[i - 1]` of lanes 0, 1, 2 .. is -1, 0, 1 ..); then each lane is bounded as the mode says. Mode K:
 *   off + width * i, proof off + 4 * width <= min. Not for M, nor for scratch, atomics or scalar data.
 *
 * A g load reads only slots without write permission, with a in g (or mode K). Atomics have v data and width 4.
 */
export const MODE = { K: 0, N: 1, M: 2, C: 3, T: 4, Z: 5 } as const;
export type ModeName = keyof typeof MODE;

export const SLOT_KIND = {
  storage: 0,
  uniform: 1,
  workgroup: 2,
  scratch: 3,
  constant: 4,
  input: 5,
  output: 6,
  texture: 7,
  sampler: 8,
} as const;
export type SlotKindName = keyof typeof SLOT_KIND;

/** Permission bits of a slot. `atomic` implies read and write. */
export const PERM = { read: 1, write: 2, atomic: 4 } as const;

export const STAGE = { compute: 0, vertex: 1, fragment: 2 } as const;
