/**
 * Columns by value or block of a whole module, lent to work on one function. To make them anew for each of hundreds of functions costs more
 * than the work itself: the engine asks the system for the pages of each, and gives them back.
 */

type Numbers = Int32Array | Uint8Array | Int8Array | Float64Array;

/** Columns of one kind: the first `#used` are lent. */
class Shelf<T extends Numbers> {
  readonly #make: (length: number) => T;
  readonly #whole: T[] = [];
  #used = 0;
  constructor(make: (length: number) => T) {
    this.#make = make;
  }
  take(length: number, fill: number): T {
    const at = this.#used++;
    let whole = this.#whole[at];
    if (whole === undefined || whole.length < length) {
      // modules grow while passes work on them
      whole = this.#make(length + (length >> 2));
      this.#whole[at] = whole;
    }
    const part = whole.subarray(0, length) as T;
    part.fill(fill);
    return part;
  }
  reuse(): void {
    this.#used = 0;
  }
}

export class Scratch {
  readonly #i32 = new Shelf((length) => new Int32Array(length));
  readonly #u8 = new Shelf((length) => new Uint8Array(length));
  readonly #i8 = new Shelf((length) => new Int8Array(length));
  readonly #f64 = new Shelf((length) => new Float64Array(length));

  i32(length: number, fill = 0): Int32Array {
    return this.#i32.take(length, fill);
  }
  u8(length: number): Uint8Array {
    return this.#u8.take(length, 0);
  }
  i8(length: number, fill: number): Int8Array {
    return this.#i8.take(length, fill);
  }
  f64(length: number, fill: number): Float64Array {
    return this.#f64.take(length, fill);
  }
  /** Nobody looks at what was lent so far any more. */
  reuse(): void {
    this.#i32.reuse();
    this.#u8.reuse();
    this.#i8.reuse();
    this.#f64.reuse();
  }
}
