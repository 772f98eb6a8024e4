/** Immediate data: a few bytes of an encoder's state that a shader sees as a variable. @see https://www.w3.org/TR/webgpu/#programmable-passes-immediate-data */
import type { DeviceCore } from "./device-core.ts";
import { bufferSource, contentsOf } from "./idl/bytes.ts";
import { size64, uint32 } from "./idl/convert.ts";

export interface ImmediateData {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const rangeError = (message: string) => new RangeError(message);

/**
 * Converts what setImmediates is passed.
 * @throws RangeError when the bytes are not all there: so do browsers, and so the conformance suite expects, where the text says OperationError
 */
export function immediateData(rangeOffset: unknown, data: unknown, dataOffset: unknown, dataSize: unknown): ImmediateData {
  const what = "setImmediates";
  const offset = uint32(rangeOffset, `${what}: rangeOffset`);
  bufferSource(data, `${what}: data`);
  const first = dataOffset === undefined ? 0 : size64(dataOffset, `${what}: dataOffset`);
  const count = dataSize === undefined ? undefined : size64(dataSize, `${what}: dataSize`);
  // looked at again: the conversions above may have run code that detached it
  return { offset, bytes: contentsOf(bufferSource(data, `${what}: data`), first, count, what, rangeError).slice() };
}

/** The bytes, and which words of them have been set. */
export class Immediates {
  readonly #bytes: Uint8Array;
  readonly #isSet: boolean[];
  /** what `current` gave last; null when something changed since */
  #copy: Uint8Array | null = null;

  constructor(device: DeviceCore) {
    this.#bytes = new Uint8Array(device.limits.maxImmediateSize);
    this.#isSet = Array(this.#bytes.length / 4).fill(false);
  }

  /** @returns what is wrong, or null */
  set({ offset, bytes }: ImmediateData): string | null {
    if (offset % 4 !== 0) return `the rangeOffset ${offset} is not a multiple of 4`;
    if (offset + bytes.length > this.#bytes.length) {
      return `the ${bytes.length} bytes at rangeOffset ${offset} reach past the limit maxImmediateSize of ${this.#bytes.length}`;
    }
    this.#bytes.set(bytes, offset);
    this.#isSet.fill(true, offset / 4, (offset + bytes.length) / 4);
    this.#copy = null;
    return null;
  }

  /** The first word that a shader sees and nobody has set, or -1. */
  missing(slots: readonly number[]): number {
    return slots.find((slot) => !this.#isSet[slot]) ?? -1;
  }

  /** A copy that stays as it is; the same one until something is set. */
  current(): Uint8Array {
    this.#copy ??= this.#bytes.slice();
    return this.#copy;
  }
}
