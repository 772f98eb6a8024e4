/**
 * Where the bytes of a buffer are. Buffers that shaders can bind live in the device's heap, behind the kernel's door. Buffers that can be
 * mapped cannot be bound, so they live in ArrayBuffers outside, which the script may be handed without a copy.
 */
import { type Door, FAULT, type Handle, MAX_BUFFER_BYTES } from "../sandbox/kernel/door.ts";
import { giveBytes, takeBytes } from "./recycled-bytes.ts";

/** 0, or a FAULT of the door. */
export type Status = number;

export interface Storage {
  /** Copies bytes out, to fill `target`. */
  readInto(offset: number, target: Uint8Array): Status;
  /** Copies `bytes` in. */
  write(offset: number, bytes: Uint8Array): Status;
  /** Like write, for bytes that are nobody else's: they are kept, or their memory is. */
  adopt(offset: number, bytes: Uint8Array<ArrayBuffer>): Status;
  free(): void;
}

/** bytes of heap that the buffers of a device may reserve: one WebAssembly memory, less what the kernel keeps */
const MAX_RESERVED_BYTES = 2 ** 32 - 2 ** 26;

/** Most bytes of one storage in the heap. */
export const MAX_HEAP_STORAGE_BYTES = MAX_BUFFER_BYTES;

/** Bytes of immediate data that the dispatches of one stream may have. */
export const IMMEDIATE_ROOM = 65_536;

/**
 * What storage needs of its device, and no more: the registries that free what the script dropped hold on to storage, and must not reach
 * through it the device, and from there the things that they wait for.
 */
export class DeviceHeap {
  /** bytes that live storage may come to need */
  reserved = 0;
  readonly #open: () => Door;
  #door: Door | null = null;
  #closed = false;

  /** @param open called at the first use: a device that does nothing costs no memory. It does not reach the device */
  constructor(open: () => Door) {
    this.#open = open;
  }
  get door(): Door {
    this.#door ??= this.#open();
    return this.#door;
  }
  get closed(): boolean {
    return this.#closed;
  }
  close(): void {
    this.#closed = true;
    this.#door?.destroy();
  }
}

/** Heap that is asked for at the first use. Until then the buffer is zero, and costs only its reservation. */
export class HeapStorage implements Storage {
  readonly #heap: DeviceHeap;
  readonly #size: number;
  #handle: Handle = 0;
  #reserved = false;
  #freed = false;

  constructor({ heap }: { readonly heap: DeviceHeap }, size: number) {
    this.#heap = heap;
    this.#size = size;
  }

  /** Sets heap aside for the buffer. @returns false when there is not enough */
  reserve(): boolean {
    this.#reserved = this.#heap.reserved + this.#size <= MAX_RESERVED_BYTES;
    if (this.#reserved) this.#heap.reserved += this.#size;
    return this.#reserved;
  }

  /** The kernel's name for the buffer, or a FAULT. */
  handle(): Handle {
    if (this.#freed) return FAULT.handle;
    if (this.#handle === 0) {
      const handle = this.#heap.door.createBuffer(this.#size);
      if (handle < 0) return handle;
      this.#handle = handle;
    }
    return this.#handle;
  }

  readInto(offset: number, target: Uint8Array): Status {
    const handle = this.handle();
    return handle < 0 ? handle : this.#heap.door.readInto(handle, offset, target);
  }

  write(offset: number, bytes: Uint8Array): Status {
    if (bytes.length === 0) return 0;
    const handle = this.handle();
    return handle < 0 ? handle : this.#heap.door.writeBuffer(handle, offset, bytes);
  }

  adopt(offset: number, bytes: Uint8Array<ArrayBuffer>): Status {
    const status = this.write(offset, bytes);
    giveBytes(bytes.buffer);
    return status;
  }

  free(): void {
    if (this.#freed) return;
    this.#freed = true;
    if (this.#reserved) this.#heap.reserved -= this.#size;
    if (this.#handle !== 0 && !this.#heap.closed) this.#heap.door.destroyBuffer(this.#handle);
  }
}

/** An ArrayBuffer of our own, made at the first use. */
export class HostStorage implements Storage {
  readonly #size: number;
  #bytes: Uint8Array<ArrayBuffer> | null = null;

  constructor(size: number) {
    this.#size = size;
  }

  get #all(): Uint8Array<ArrayBuffer> {
    this.#bytes ??= takeBytes(this.#size, true);
    return this.#bytes;
  }

  readInto(offset: number, target: Uint8Array): Status {
    target.set(this.view(offset, target.length));
    return 0;
  }

  /** Bytes that the caller overwrites at once: where they are all, they need not be zero before. */
  room(offset: number, size: number): Uint8Array {
    if (size === this.#size) this.#bytes ??= takeBytes(size, false);
    return this.view(offset, size);
  }

  /** The bytes themselves: read them at once, and keep nothing. */
  view(offset: number, size: number): Uint8Array {
    return this.#all.subarray(offset, offset + size);
  }

  write(offset: number, bytes: Uint8Array): Status {
    this.#all.set(bytes, offset);
    return 0;
  }

  /** The whole contents are not copied. */
  adopt(offset: number, bytes: Uint8Array<ArrayBuffer>): Status {
    if (bytes.length === this.#size) {
      this.free();
      this.#bytes = bytes;
    } else {
      this.#all.set(bytes, offset);
      giveBytes(bytes.buffer);
    }
    return 0;
  }

  clear(offset: number, size: number): void {
    this.#bytes?.fill(0, offset, offset + size);
  }

  /** Gives the bytes away: for a mapping of the whole buffer, whose unmap writes them back. */
  take(): ArrayBuffer {
    const bytes = this.#all;
    this.#bytes = null;
    return bytes.buffer;
  }

  free(): void {
    if (this.#bytes !== null) giveBytes(this.#bytes.buffer);
    this.#bytes = null;
  }
}
