/**
 * Memories of devices that are gone, for devices to come: engines give few of them, and the pages of a fresh one cost more than zeroing.
 * One is given out again only zeroed, and when no thread holds it any more.
 */
import { Bytes, bufferOf, byteLengthOf, copyFrom, type List, memoryOf, newList } from "./captured.ts";

const MOST_BYTES = 1 << 27;
const MOST_MEMORIES = 16;
const PAGE = 1 << 16;
const zeros = new Bytes(PAGE);

interface Kept {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  readonly maximum: number;
  /** bytes from here on were never written */
  readonly top: number;
  readonly isFree: () => boolean;
}

const kept: List<Kept> = newList();
let keptBytes = 0;

/** Fills bytes with zeros, or with what a buffer of 64 KiB holds. In shared memory `fill` is twenty times slower than a copy. */
export function stamp(bytes: Uint8Array, from: number, to: number, block = zeros): void {
  for (let at = from; at < to; at += PAGE) copyFrom(bytes, to - at < PAGE ? new Bytes(bufferOf(block), 0, to - at) : block, at);
}

/** @returns a memory whose bytes are all zero, of just this kind, or undefined */
export function takeMemory(shared: boolean, maximum: number): WebAssembly.Memory | undefined {
  for (let at = 0; at < kept.length; at++) {
    const each = kept[at]!;
    if (each.shared !== shared || each.maximum !== maximum || !each.isFree()) continue;
    kept[at] = kept[kept.length - 1]!;
    kept.length--;
    const bytes = new Bytes(memoryOf(each.memory));
    keptBytes -= byteLengthOf(bytes);
    stamp(bytes, 0, each.top);
    return each.memory;
  }
  return undefined;
}

/** Keeps a memory that its device does not use any more, if it is not too large. */
export function keepMemory(memory: WebAssembly.Memory, shared: boolean, maximum: number, top: number, isFree: () => boolean): void {
  const size = byteLengthOf(new Bytes(memoryOf(memory)));
  if (kept.length >= MOST_MEMORIES || keptBytes + size > MOST_BYTES) return;
  kept[kept.length] = { memory, shared, maximum, top, isFree };
  keptBytes += size;
}
