/**
 * A device's memory: one WebAssembly.Memory, made at the first allocation and grown in steps. What is where is kept in JS, outside the
 * memory, so that no shader can reach it. Bytes are zero when they are given out; freed bytes are poisoned and not given out again
 * before `idle` is called.
 */
import {
  Bytes,
  bufferOf,
  byteLengthOf,
  ceil,
  fill,
  floor,
  growMemory,
  type List,
  Memory,
  max,
  memoryOf,
  min,
  newList,
} from "./captured.ts";
import { keepMemory, stamp, takeMemory } from "./recycle.ts";

const PAGE = 65_536;
const STEP_PAGES = 16;
export const HEAP_ALIGNMENT = 256;
/** Longer blocks are poisoned at both ends only: to poison is to get pages for memory that may never have been touched. */
const POISON_BYTES = 1 << 20;
const poison = new Bytes(PAGE);
fill(poison, 0xef);

export interface HeapOptions {
  readonly shared: boolean;
  /** a multiple of 65536, at most 2^32 */
  readonly maxBytes: number;
  /** unused bytes after each block, a multiple of 16 */
  readonly guardBytes: number;
}

const roundUp = (n: number, to: number) => ceil(n / to) * to;

export class Heap {
  readonly #options: HeapOptions;
  #memory: WebAssembly.Memory | undefined;
  #bytes = new Bytes(0);
  /** bytes in use or freed are below this; above it nothing was ever written */
  #top = HEAP_ALIGNMENT;
  /** free stretches below #top, by address, no two adjacent */
  readonly #freeAt: List<number> = newList();
  readonly #freeSize: List<number> = newList();
  /** sizes of live blocks, guard included, by address / HEAP_ALIGNMENT; 0 where none starts */
  readonly #live: List<number> = newList();
  readonly #quarantine: List<number> = newList();
  liveBytes = 0;

  constructor(options: HeapOptions) {
    this.#options = options;
  }

  /** The memory that programs run on. Made here if nothing was allocated yet. @throws RangeError when the engine has no memory left */
  get memory(): WebAssembly.Memory {
    if (this.#memory === undefined) {
      const { shared } = this.#options;
      const maximum = this.#maximum;
      this.#memory = takeMemory(shared, maximum) ?? new Memory({ initial: 1, maximum, shared });
    }
    return this.#memory;
  }

  get #maximum(): number {
    return max(1, floor(this.#options.maxBytes / PAGE));
  }

  /** Gives the memory up, for other devices once `isFree` says that no thread holds it. The heap is of no use any more. */
  release(isFree: () => boolean): void {
    if (this.#memory !== undefined) keepMemory(this.#memory, this.#options.shared, this.#maximum, this.#top, isFree);
    this.#memory = undefined;
    this.#bytes = new Bytes(0);
  }

  /** All bytes, for the kernel's own copies. Only good until the next allocation. */
  get bytes(): Uint8Array {
    const buffer = memoryOf(this.memory);
    if (bufferOf(this.#bytes) !== buffer) this.#bytes = new Bytes(buffer);
    return this.#bytes;
  }

  /**
   * @param sizeBytes any integer from 0
   * @returns the address of that many zero bytes, a multiple of HEAP_ALIGNMENT; or -1 when the heap is full
   */
  allocate(sizeBytes: number): number {
    const size = roundUp(sizeBytes + this.#options.guardBytes, HEAP_ALIGNMENT) || HEAP_ALIGNMENT;
    let base = this.#takeFree(size);
    if (base >= 0) {
      stamp(this.bytes, base, base + size);
    } else {
      if (!this.#growTo(this.#top + size)) return -1;
      base = this.#top; // never written, so still zero
      this.#top += size;
    }
    this.#live[base / HEAP_ALIGNMENT] = size;
    this.liveBytes += size;
    return base;
  }

  /** Ends a block's life. Its bytes stay untouchable until `idle`. @returns false when no live block starts here */
  free(base: number): boolean {
    const size = this.#live[base / HEAP_ALIGNMENT] ?? 0;
    if (size === 0) return false;
    this.#live[base / HEAP_ALIGNMENT] = 0;
    this.liveBytes -= size;
    if (size <= POISON_BYTES) {
      stamp(this.bytes, base, base + size, poison);
    } else {
      stamp(this.bytes, base, base + POISON_BYTES / 2, poison);
      stamp(this.bytes, base + size - POISON_BYTES / 2, base + size, poison);
    }
    const end = this.#quarantine.length;
    this.#quarantine[end] = base;
    this.#quarantine[end + 1] = size;
    return true;
  }

  /** Says that nothing runs on this memory: freed blocks may be used again. */
  idle(): void {
    for (let i = 0; i < this.#quarantine.length; i += 2) this.#release(this.#quarantine[i]!, this.#quarantine[i + 1]!);
    this.#quarantine.length = 0;
  }

  /** First fit. @returns an address or -1 */
  #takeFree(size: number): number {
    for (let i = 0; i < this.#freeAt.length; i++) {
      const have = this.#freeSize[i]!;
      if (have < size) continue;
      const base = this.#freeAt[i]!;
      if (have === size) this.#drop(i);
      else {
        this.#freeAt[i] = base + size;
        this.#freeSize[i] = have - size;
      }
      return base;
    }
    return -1;
  }

  #release(base: number, size: number): void {
    let low = 0;
    let high = this.#freeAt.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#freeAt[middle]! < base) low = middle + 1;
      else high = middle;
    }
    const joinsPrevious = low > 0 && this.#freeAt[low - 1]! + this.#freeSize[low - 1]! === base;
    const joinsNext = low < this.#freeAt.length && base + size === this.#freeAt[low]!;
    if (joinsPrevious) {
      this.#freeSize[low - 1]! += size + (joinsNext ? this.#freeSize[low]! : 0);
      if (joinsNext) this.#drop(low);
    } else if (joinsNext) {
      this.#freeAt[low] = base;
      this.#freeSize[low]! += size;
    } else {
      for (let i = this.#freeAt.length; i > low; i--) {
        this.#freeAt[i] = this.#freeAt[i - 1]!;
        this.#freeSize[i] = this.#freeSize[i - 1]!;
      }
      this.#freeAt[low] = base;
      this.#freeSize[low] = size;
    }
  }

  #drop(i: number): void {
    const last = this.#freeAt.length - 1;
    for (let k = i; k < last; k++) {
      this.#freeAt[k] = this.#freeAt[k + 1]!;
      this.#freeSize[k] = this.#freeSize[k + 1]!;
    }
    this.#freeAt.length = last;
    this.#freeSize.length = last;
  }

  /** @returns false when `end` bytes are more than the heap may have or the engine gives */
  #growTo(end: number): boolean {
    if (end > this.#options.maxBytes) return false;
    try {
      const have = byteLengthOf(this.bytes);
      if (end <= have) return true;
      const need = ceil((end - have) / PAGE);
      const most = floor(this.#options.maxBytes / PAGE) - have / PAGE;
      growMemory(this.memory, min(most, max(need, STEP_PAGES, floor(have / PAGE / 4))));
      return true;
    } catch {
      return false;
    }
  }
}
