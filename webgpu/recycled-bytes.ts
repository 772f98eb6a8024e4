/**
 * Large ArrayBuffers that are not needed any more, kept for the next one of the same size: the pages of a fresh one cost more than its copy
 * (16 MiB read back: about a third of the time).
 */

const LEAST_BYTES = 64 * 1024;
/** kept in all, over all devices */
const MOST_BYTES = 64 * 1024 * 1024;

const kept = new Map<number, ArrayBuffer[]>();
let keptBytes = 0;

/** Takes a buffer whose old contents nobody may see: the caller overwrites or clears it. */
export function takeBytes(size: number, zeroed: boolean): Uint8Array<ArrayBuffer> {
  const buffer = size < LEAST_BYTES ? undefined : kept.get(size)?.pop();
  if (buffer === undefined) return new Uint8Array(size);
  keptBytes -= size;
  const bytes = new Uint8Array(buffer);
  if (zeroed) bytes.fill(0);
  return bytes;
}

/** Gives back a buffer that nobody else holds. */
export function giveBytes(buffer: ArrayBuffer): void {
  const size = buffer.byteLength;
  if (size < LEAST_BYTES || keptBytes + size > MOST_BYTES) return;
  keptBytes += size;
  const same = kept.get(size);
  if (same) same.push(buffer);
  else kept.set(size, [buffer]);
}
