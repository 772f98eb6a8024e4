/**
 * Copies of what callers hand over. Nothing is checked before it was copied: the caller's bytes may sit in shared memory, be resized,
 * or come from a subclass whose properties run code. So sizes and contents are read once, with the built-ins captured at load.
 */
import { Buffer, Bytes, bufferOf, byteLengthOf, byteOffsetOf, ceil, copyFrom, tagOf } from "./captured.ts";

/** @returns the byte length of a genuine typed array named `tag`, else -1; 0 when it is detached. Runs no code of the caller. */
export function lengthOf(input: unknown, tag: "Uint8Array" | "Float64Array"): number {
  if (typeof input !== "object" || input === null) return -1;
  return tagOf(input) === tag ? byteLengthOf(input) : -1;
}

/**
 * @param length what `lengthOf` said, once
 * @returns a private copy of exactly `length` bytes in a buffer padded to whole 8-byte words, or undefined when `input` has changed its
 * length meanwhile or there is no memory
 */
export function copyOf(input: unknown, length: number): ArrayBuffer | undefined {
  try {
    const copy = new Buffer(ceil(length / 8) * 8);
    return copyInto(new Bytes(copy, 0, length), input) ? copy : undefined;
  } catch {
    return undefined;
  }
}

/** Copies the bytes of a genuine typed array to all of `target`. @returns false when it is no longer as long: then nothing is promised */
export function copyInto(target: Uint8Array, input: unknown): boolean {
  try {
    copyFrom(target, new Bytes(bufferOf(input), byteOffsetOf(input), byteLengthOf(target)));
    return true;
  } catch {
    return false;
  }
}
