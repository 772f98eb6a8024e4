/**
 * Access to the caller's buffers without running the caller's code: the built-in getters are captured at load, so own properties and patched
 * prototypes are not seen.
 * @see https://webidl.spec.whatwg.org/#idl-buffer-source-types
 */
import { operationError } from "../errors.ts";
import { show } from "./convert.ts";

type Getter = (this: unknown) => unknown;

function getterOf(prototype: object, name: PropertyKey): Getter {
  return Object.getOwnPropertyDescriptor(prototype, name)!.get as Getter;
}

const { isView } = ArrayBuffer;
const typedArray: object = Object.getPrototypeOf(Uint8Array.prototype);
const typedArrayTag = getterOf(typedArray, Symbol.toStringTag);
const typedArrayBuffer = getterOf(typedArray, "buffer");
const typedArrayOffset = getterOf(typedArray, "byteOffset");
const typedArrayBytes = getterOf(typedArray, "byteLength");
const typedArrayLength = getterOf(typedArray, "length");
const viewBuffer = getterOf(DataView.prototype, "buffer");
const viewOffset = getterOf(DataView.prototype, "byteOffset");
const viewBytes = getterOf(DataView.prototype, "byteLength");
const arrayBufferBytes = getterOf(ArrayBuffer.prototype, "byteLength");
const resizable = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "resizable")?.get as Getter | undefined;
const shared = typeof SharedArrayBuffer === "undefined" ? null : SharedArrayBuffer.prototype;
const sharedBytes = shared && getterOf(shared, "byteLength");
const growable = shared ? (Object.getOwnPropertyDescriptor(shared, "growable")?.get as Getter | undefined) : undefined;

const get = (getter: Getter, target: unknown): unknown => Reflect.apply(getter, target, []);
const number = (getter: Getter, target: unknown): number => get(getter, target) as number;

function succeeds(getter: Getter | null | undefined, target: unknown): boolean {
  if (!getter) return false;
  try {
    get(getter, target);
    return true;
  } catch {
    return false;
  }
}

const isArrayBuffer = (value: unknown): value is ArrayBuffer => succeeds(arrayBufferBytes, value);
const isSharedBuffer = (value: unknown): value is SharedArrayBuffer => succeeds(sharedBytes, value);

/** A stretch of the caller's memory. It may be shared, and so change at any time: copy once, then use the copy. */
export interface BufferSource {
  readonly buffer: ArrayBuffer | SharedArrayBuffer;
  readonly offset: number;
  readonly byteLength: number;
  /** bytes of one element: 1 unless it is a typed array */
  readonly elementSize: number;
}

function checkFixed(buffer: ArrayBuffer | SharedArrayBuffer, what: string): void {
  // the usual kind first: a getter that refuses is slow
  const isResizable = isArrayBuffer(buffer) ? resizable && get(resizable, buffer) : growable && get(growable, buffer);
  if (isResizable) throw new TypeError(`${what}: resizable buffers are not allowed`);
}

/** AllowSharedBufferSource. @throws TypeError for what is no buffer, and for resizable ones */
export function bufferSource(value: unknown, what: string): BufferSource {
  if (isView(value)) {
    const isTyped = get(typedArrayTag, value) !== undefined;
    const buffer = get(isTyped ? typedArrayBuffer : viewBuffer, value) as ArrayBuffer | SharedArrayBuffer;
    checkFixed(buffer, what);
    if (!isTyped) {
      // a DataView of a detached buffer throws here, as it should
      return { buffer, offset: number(viewOffset, value), byteLength: number(viewBytes, value), elementSize: 1 };
    }
    const byteLength = number(typedArrayBytes, value);
    const length = number(typedArrayLength, value);
    return { buffer, offset: number(typedArrayOffset, value), byteLength, elementSize: elementSizeOf(value, byteLength, length) };
  }
  const unshared = isArrayBuffer(value);
  if (!unshared && !isSharedBuffer(value)) throw new TypeError(`${what}: ${show(value)} is not an ArrayBuffer or a view of one`);
  checkFixed(value, what);
  const byteLength = unshared ? number(arrayBufferBytes, value) : number(sharedBytes!, value);
  return { buffer: value, offset: 0, byteLength, elementSize: 1 };
}

const ELEMENT_SIZE: Readonly<Record<string, number>> = {
  Int8Array: 1,
  Uint8Array: 1,
  Uint8ClampedArray: 1,
  Int16Array: 2,
  Uint16Array: 2,
  Float16Array: 2,
  Int32Array: 4,
  Uint32Array: 4,
  Float32Array: 4,
  Float64Array: 8,
  BigInt64Array: 8,
  BigUint64Array: 8,
};

function elementSizeOf(value: unknown, byteLength: number, length: number): number {
  return ELEMENT_SIZE[get(typedArrayTag, value) as string] ?? (length > 0 ? byteLength / length : 1);
}

/** The elements of a Uint32Array. @returns undefined when the value is none */
export function uint32ArrayLength(value: unknown): number | undefined {
  return isView(value) && get(typedArrayTag, value) === "Uint32Array" ? number(typedArrayLength, value) : undefined;
}

/** A copy of `length` elements of a Uint32Array, whose range is already checked. */
export function copyUint32(value: unknown, start: number, length: number): number[] {
  const source = bufferSource(value, "dynamicOffsetsData");
  return Array.from(new Uint32Array(source.buffer, source.offset + start * 4, length));
}

/** A view of `byteLength` bytes of a source; shared memory stays shared. The range is already checked. */
export function bytesOf(source: BufferSource, byteOffset: number, byteLength: number): Uint8Array {
  return new Uint8Array(source.buffer, source.offset + byteOffset, byteLength);
}

/** How large an ArrayBuffer is now; 0 once detached. */
export const arrayBufferLength = (buffer: ArrayBuffer): number => number(arrayBufferBytes, buffer);

type Transfer = (this: ArrayBuffer) => ArrayBuffer;
const transfer: Transfer | undefined = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "transfer")?.value;
const clone = globalThis.structuredClone;

/** Detaches a buffer and gives its bytes to a new one, without a copy. @throws DataCloneError or TypeError when it is detached already */
export function transferBuffer(buffer: ArrayBuffer): ArrayBuffer {
  return transfer ? Reflect.apply(transfer, buffer, []) : clone(buffer, { transfer: [buffer] });
}

/**
 * The bytes of a source that a call means.
 * @param fail makes what is thrown when they are not all there
 */
export function contentsOf(
  source: BufferSource,
  dataOffset: number,
  size: number | undefined,
  what: string,
  fail: (message: string) => Error = operationError,
): Uint8Array {
  const { elementSize } = source;
  const elements = source.byteLength / elementSize;
  const count = size ?? elements - dataOffset;
  if (count < 0 || dataOffset + count > elements) {
    throw fail(`${what}: the ${count} elements from ${dataOffset} on are not all in the data, which has ${elements}`);
  }
  const bytes = count * elementSize;
  if (bytes % 4 !== 0) throw fail(`${what}: ${bytes} bytes are not a multiple of 4; pad the data`);
  return bytesOf(source, dataOffset * elementSize, bytes);
}
