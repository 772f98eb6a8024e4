/** Bits of a block, which are numbered from the lowest bit of its first byte on, and where its texels go. */

/** @param at first byte of the block @param count at most 31 */
export function bitsAt(source: Uint8Array, at: number, first: number, count: number): number {
  let value = 0;
  for (let done = 0; done < count; ) {
    const bit = first + done;
    const taken = Math.min(8 - (bit & 7), count - done);
    value |= ((source[at + (bit >>> 3)]! >>> (bit & 7)) & ((1 << taken) - 1)) << done;
    done += taken;
  }
  return value;
}

/** Room for the texels of a block, row by row: bytes, or halfwords, of the format that it is decoded to. */
export interface Texels {
  readonly bytes: Uint8Array;
  readonly halfwords: Uint16Array;
}

/** @param at first byte of the block */
export type BlockDecoder = (source: Uint8Array, at: number, out: Texels) => void;

export function texelsOf(count: number): Texels {
  const bytes = new Uint8Array(count * 8);
  return { bytes, halfwords: new Uint16Array(bytes.buffer) };
}
