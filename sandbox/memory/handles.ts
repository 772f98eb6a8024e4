/**
 * Names for things that live outside guest memory: index, generation, tenant and kind in one number below 2^52. A table belongs to one
 * device, so a foreign or made-up handle can at most name a thing of the same device; the tenant bits only tell mistakes apart.
 */
import { floor, isInteger, type List, newList } from "./captured.ts";

const INDEX = 2 ** 20;
const GENERATION = 2 ** 20;
const TENANT = 2 ** 8;
const KIND = 2 ** 4;

export class HandleTable<T> {
  readonly #tenant: number;
  readonly #lastGeneration: number;
  readonly #things: List<T | undefined> = newList();
  readonly #kinds: List<number> = newList();
  readonly #generations: List<number> = newList();
  readonly #free: List<number> = newList();
  /** live handles */
  size = 0;

  /**
   * @param tenant any integer; taken modulo 256
   * @param lastGeneration tests make it small to see a slot's names run out
   */
  constructor(tenant: number, lastGeneration = GENERATION - 1) {
    this.#tenant = tenant % TENANT;
    this.#lastGeneration = lastGeneration;
  }

  /** @param kind 1 to 15. @returns a handle never given out before, or -1 when the table is full */
  add(kind: number, thing: T): number {
    let index = this.#things.length;
    if (this.#free.length > 0) {
      index = this.#free[this.#free.length - 1]!;
      this.#free.length--;
    } else {
      if (index >= INDEX) return -1;
      this.#generations[index] = 0;
    }
    const generation = ++this.#generations[index]!;
    this.#things[index] = thing;
    this.#kinds[index] = kind;
    this.size++;
    return ((kind * TENANT + this.#tenant) * GENERATION + generation) * INDEX + index;
  }

  /** @returns the live thing of this kind, or undefined for any other value */
  get(handle: unknown, kind: number): T | undefined {
    const index = this.#indexOf(handle, kind);
    return index < 0 ? undefined : this.#things[index];
  }

  /** Ends a handle. A slot whose generations are used up is never used again. @returns the thing, or undefined if there was none */
  remove(handle: unknown, kind: number): T | undefined {
    const index = this.#indexOf(handle, kind);
    if (index < 0) return undefined;
    const thing = this.#things[index];
    this.#things[index] = undefined;
    this.#kinds[index] = 0;
    this.size--;
    if (this.#generations[index]! < this.#lastGeneration) this.#free[this.#free.length] = index;
    return thing;
  }

  #indexOf(handle: unknown, kind: number): number {
    if (typeof handle !== "number" || !isInteger(handle) || handle < 0 || handle >= INDEX * GENERATION * TENANT * KIND) return -1;
    const index = handle % INDEX;
    const rest = floor(handle / INDEX);
    const top = floor(rest / GENERATION);
    if (index >= this.#things.length || this.#kinds[index] !== kind || this.#generations[index] !== rest % GENERATION) return -1;
    return top % TENANT === this.#tenant && floor(top / TENANT) === kind ? index : -1;
  }
}
