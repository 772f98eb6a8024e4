/**
 * Built-ins as they were at load. Ring 0 uses no others, so that callers who replace them later change nothing here. Methods and accessors
 * become functions of their receivers. test/tools/ring0.test.ts holds ring 0 to it.
 */
const { apply, getPrototypeOf, setPrototypeOf } = Reflect;

function method<T, A extends unknown[], R>(own: (this: T, ...args: A) => R): (self: T, ...args: A) => R {
  return (self, ...args) => apply(own, self, args);
}

function getter<T, R>(of: object | null, name: string | symbol): (self: T) => R {
  const get = Object.getOwnPropertyDescriptor(of, name)?.get as ((this: T) => R) | undefined;
  if (get === undefined) throw new TypeError(`this engine has no ${String(name)}`);
  return (self) => apply(get, self, []);
}

export const { ceil, clz32, floor, max, min } = Math;
export const { isInteger } = Number;
export const { freeze } = Object;
export const WrongType = TypeError;

export const Buffer = ArrayBuffer;
export const Bytes = Uint8Array;
export const Words = Uint32Array;
export const Ints = Int32Array;
export const Doubles = Float64Array;
type Typed = Uint8Array | Uint32Array | Int32Array;
const typedArray = getPrototypeOf(Bytes.prototype);
/** Of typed arrays. Any other receiver throws, but for `tagOf`, which says undefined then; no code of the receiver runs. */
export const tagOf = getter<unknown, unknown>(typedArray, Symbol.toStringTag);
export const byteLengthOf = getter<unknown, number>(typedArray, "byteLength");
export const byteOffsetOf = getter<unknown, number>(typedArray, "byteOffset");
export const bufferOf = getter<unknown, ArrayBufferLike>(typedArray, "buffer");
/** Both of one type: then bytes are copied. */
export const copyFrom = method<Typed, [from: Typed, at?: number], void>(Bytes.prototype.set);
export const fill = method<Typed, [value: number, from?: number, to?: number], Typed>(Bytes.prototype.fill);

export const Memory = WebAssembly.Memory;
export const memoryOf = getter<WebAssembly.Memory, ArrayBuffer>(Memory.prototype, "buffer");
export const growMemory = method(Memory.prototype.grow);

/** An array that inherits nothing: where it has no element yet, no setter or getter of Array.prototype is asked. */
export interface List<T> {
  length: number;
  [index: number]: T;
}

export function newList<T>(...list: T[]): List<T> {
  setPrototypeOf(list, null);
  return list;
}

const arrayPrototype = Array.prototype;
/** The list as a frozen array, for readers outside of ring 0. */
export function frozen<T>(list: List<T>): readonly T[] {
  setPrototypeOf(list, arrayPrototype);
  return freeze(list) as unknown as readonly T[];
}
