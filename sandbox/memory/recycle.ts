/**
 * Memories of devices that are gone, for devices to come: engines give few of them, and the pages of a fresh one cost more than zeroing.
 * One is given out again only zeroed, and when no thread holds it any more.
 */
const MOST_BYTES = 1 << 27;
const MOST_MEMORIES = 16;
const Bytes = Uint8Array;
const zeros = new Bytes(1 << 16);

interface Kept {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  readonly maximum: number;
  /** bytes from here on were never written */
  readonly top: number;
  readonly isFree: () => boolean;
}

const kept: Kept[] = [];
let keptBytes = 0;

/** Fills bytes with zeros, or with what a block of 64 KiB holds. In shared memory `fill` is twenty times slower than a copy. */
export function stamp(bytes: Uint8Array, from: number, to: number, block = zeros): void {
  for (let at = from; at < to; at += block.length) bytes.set(to - at < block.length ? block.subarray(0, to - at) : block, at);
}

/** @returns a memory whose bytes are all zero, of just this kind, or undefined */
export function takeMemory(shared: boolean, maximum: number): WebAssembly.Memory | undefined {
  const at = kept.findIndex((each) => each.shared === shared && each.maximum === maximum && each.isFree());
  if (at < 0) return undefined;
  const [{ memory, top }] = kept.splice(at, 1) as [Kept];
  keptBytes -= memory.buffer.byteLength;
  stamp(new Bytes(memory.buffer), 0, top);
  return memory;
}

/** Keeps a memory that its device does not use any more, if it is not too large. */
export function keepMemory(memory: WebAssembly.Memory, shared: boolean, maximum: number, top: number, isFree: () => boolean): void {
  const size = memory.buffer.byteLength;
  if (kept.length >= MOST_MEMORIES || keptBytes + size > MOST_BYTES) return;
  kept.push({ memory, shared, maximum, top, isFree });
  keptBytes += size;
}
