/**
 * Mapping of buffers: the content timeline's side. A range handed to the script is an ArrayBuffer of its own, never a view of the heap;
 * unmapping detaches it and takes its bytes back without a copy.
 * @see https://www.w3.org/TR/webgpu/#buffer-mapping
 */
import { operationError } from "./errors.ts";
import { arrayBufferLength, transferBuffer } from "./idl/bytes.ts";
import { giveBytes, takeBytes } from "./recycled-bytes.ts";
import type { HostStorage } from "./storage.ts";

interface View {
  readonly start: number;
  readonly end: number;
  readonly buffer: ArrayBuffer;
}

/** A stretch of a buffer that the script wrote. */
export interface MappedBytes {
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An active buffer mapping. */
export class Mapping {
  readonly start: number;
  readonly end: number;
  /** false: what the script writes is discarded */
  readonly writable: boolean;
  /** contents before the mapping; null for zeros */
  readonly #source: HostStorage | null;
  readonly #size: number;
  readonly #views: View[] = [];

  /** @param size of the buffer, in bytes */
  constructor(start: number, end: number, writable: boolean, source: HostStorage | null, size: number) {
    this.start = start;
    this.end = end;
    this.writable = writable;
    this.#source = source;
    this.#size = size;
  }

  /** @throws OperationError as getMappedRange does; RangeError when memory is short */
  range(offset: number, size: number, what: string): ArrayBuffer {
    const end = offset + size;
    if (offset % 8 !== 0) throw operationError(`${what}: the offset ${offset} is not a multiple of 8`);
    if (size % 4 !== 0) throw operationError(`${what}: the size ${size} is not a multiple of 4`);
    if (offset < this.start || end > this.end) {
      throw operationError(`${what}: the range ${offset} to ${end} is not inside the mapped range ${this.start} to ${this.end}`);
    }
    const other = this.#views.find((view) => overlaps(view, offset, end));
    if (other)
      throw operationError(
        `${what}: the range ${offset} to ${end} overlaps an earlier one, ${other.start} to ${other.end}; keep what the earlier call returned`,
      );
    const buffer = this.#contents(offset, size);
    this.#views.push({ start: offset, end, buffer });
    return buffer;
  }

  #contents(offset: number, size: number): ArrayBuffer {
    if (this.#source === null) return takeBytes(size, true).buffer;
    if (this.writable && size === this.#size) return this.#source.take();
    const copy = takeBytes(size, false);
    this.#source.readInto(offset, copy);
    return copy.buffer;
  }

  /** Detaches what the script holds. @returns what it wrote; nothing for mappings that are not writable */
  close(): readonly MappedBytes[] {
    const written: MappedBytes[] = [];
    for (const view of this.#views) {
      // the script may have transferred it away, which no engine lets us forbid: its bytes are gone
      if (view.end > view.start && arrayBufferLength(view.buffer) === 0) continue;
      const buffer = transferBuffer(view.buffer);
      if (this.writable) written.push({ offset: view.start, bytes: new Uint8Array(buffer) });
      else giveBytes(buffer);
    }
    return written;
  }
}

/** Empty ranges overlap when they are inside another range; two at one place do not. */
function overlaps(view: View, start: number, end: number): boolean {
  return start < view.end && view.start < end;
}
