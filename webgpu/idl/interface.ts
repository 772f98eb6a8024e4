/**
 * What makes a class look like a WebIDL interface: enumerable members on the prototype, a string tag, and one error for `new`.
 * @see https://webidl.spec.whatwg.org/#es-interfaces
 */
import { usvString } from "./convert.ts";

type Class = { readonly prototype: object };

/** Finishes an interface object. Call it right after the class. */
export function exposeInterface(name: string, target: Class): void {
  const prototype = target.prototype;
  Object.defineProperty(target, "name", { value: name, configurable: true });
  for (const key of Object.getOwnPropertyNames(prototype)) {
    if (key !== "constructor") Object.defineProperty(prototype, key, { enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

/**
 * Gives a class the attribute of GPUObjectBase. Each interface has its own property: scripts look for it on the prototype.
 * @param ownerOf finds what holds the label; undefined for objects of other kinds
 * @see https://www.w3.org/TR/webgpu/#gpuobjectbase
 */
export function exposeLabel(name: string, target: Class, ownerOf: (value: unknown) => { label: string } | undefined): void {
  const owner = (self: unknown) => {
    const found = ownerOf(self);
    if (found === undefined) throw new TypeError(`'label' was read or set on something that is not a ${name}`);
    return found;
  };
  const { get, set } = Object.getOwnPropertyDescriptor(
    {
      get label(): string {
        return owner(this).label;
      },
      set label(value: string) {
        owner(this).label = usvString(value, `${name}.label`);
      },
    },
    "label",
  ) as { get: () => string; set: (value: string) => void };
  Object.defineProperty(target.prototype, "label", { get, set, enumerable: true, configurable: true });
}

/** Known to the driver only: what `new GPUBuffer(MINT, core)` is called with. Scripts cannot make such objects. */
export const MINT: unique symbol = Symbol("mint");
/** Arguments of an interface's constructor. Optional, so that `GPUBuffer.length` is 0. */
export type Made<T> = [mint?: typeof MINT, made?: T];

/** @throws TypeError "Illegal constructor" when the script called `new` */
export function madeOf<T>(args: Made<T>): T {
  if (args[0] !== MINT || args[1] === undefined) throw illegalConstructor();
  return args[1];
}
export const illegalConstructor = (): TypeError => new TypeError("Illegal constructor");

/** Freezes numbers under names, as a WebIDL namespace holds constants. */
export function namespace<const T extends Readonly<Record<string, number>>>(name: string, constants: T): T {
  const target = Object.create(Object.prototype) as object;
  for (const [key, value] of Object.entries(constants)) Object.defineProperty(target, key, { value, enumerable: true });
  Object.defineProperty(target, Symbol.toStringTag, { value: name, configurable: true });
  return target as T;
}

/** The number of arguments that WebIDL demands. @throws TypeError */
export function needArguments(given: number, needed: number, what: string): void {
  if (given < needed) throw new TypeError(`${what}: ${needed} argument${needed === 1 ? "" : "s"} required, but only ${given} present`);
}

/** An operation that returns a promise never throws: what goes wrong rejects. */
export function promised<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return operation();
  } catch (error) {
    return Promise.reject(error);
  }
}
