/**
 * Which mutants have been tried, by 60 bits of hash: a table of 32-bit tags, so that 10^8 of them take 1 GiB. Two mutants with one hash
 * count as one that was repeated, which happens less than once in 10^8.
 */
import { closeSync, existsSync, openSync, readSync, truncateSync, writeSync } from "node:fs";

const MIN_BITS = 12;
const MAX_BITS = 30;
/** hashes of 8 bytes that are written, or read, at a time */
const BATCH = 65_536;

export class Seen {
  /** hashes in the table */
  count = 0;
  readonly #tags: Uint32Array;
  readonly #mask: number;
  readonly #log: string | undefined;
  readonly #batch = new Uint32Array(2 * BATCH);
  #batched = 0;

  /**
   * @param expected how many there will be, at most
   * @param log file to which hashes are appended as pairs of u32, so that another process can go on or add shards up
   */
  constructor(expected: number, log?: string) {
    const bits = Math.min(MAX_BITS, Math.max(MIN_BITS, Math.ceil(Math.log2(expected * 1.8 + 1))));
    this.#tags = new Uint32Array(2 ** bits);
    this.#mask = 2 ** bits - 1;
    this.#log = log;
  }

  /** @returns false when these words have been seen before */
  add(words: Uint32Array): boolean {
    let a = 0x811c9dc5;
    let b = 0x1b873593;
    for (let i = 0; i < words.length; i++) {
      a = Math.imul(a ^ words[i]!, 0x01000193);
      a ^= a >>> 15;
      b = Math.imul(b ^ words[i]!, 0x85ebca6b);
      b ^= b >>> 13;
    }
    return this.addHash(mixed(a ^ words.length), mixed(b));
  }

  addHash(a: number, b: number): boolean {
    const isNew = this.#put(a, b);
    if (isNew && this.#log !== undefined) this.#note(a, b);
    return isNew;
  }

  #put(a: number, b: number): boolean {
    const tag = b >>> 0 === 0 ? 1 : b >>> 0;
    let at = a & this.#mask;
    for (let found = this.#tags[at]!; found !== 0; found = this.#tags[at]!) {
      if (found === tag) return false;
      at = (at + 1) & this.#mask;
    }
    this.#tags[at] = tag;
    this.count++;
    return true;
  }

  #note(a: number, b: number): void {
    this.#batch[this.#batched++] = a;
    this.#batch[this.#batched++] = b;
    if (this.#batched === this.#batch.length) this.flush();
  }

  /** Puts what is not in the file yet there. */
  flush(): void {
    if (this.#log === undefined || this.#batched === 0) return;
    const file = openSync(this.#log, "a");
    writeSync(file, new Uint8Array(this.#batch.buffer, 0, this.#batched * 4));
    closeSync(file);
    this.#batched = 0;
  }

  /**
   * Reads the first `count` hashes of a file, all if there is no such number, and cuts the file there if it is this table's own.
   * @throws Error when there are fewer
   */
  load(path: string, count = Number.POSITIVE_INFINITY): void {
    if (count === 0 && !existsSync(path)) return;
    const file = openSync(path, "r");
    const batch = new Uint32Array(2 * BATCH);
    const bytes = new Uint8Array(batch.buffer);
    let read = 0;
    while (read < count) {
      const got = Math.floor(readSync(file, bytes) / 8);
      if (got === 0) break;
      for (let i = 0; i < got && read < count; i++, read++) this.#put(batch[2 * i]!, batch[2 * i + 1]!);
    }
    closeSync(file);
    if (Number.isFinite(count) && read < count) throw new Error(`${path} holds ${read} hashes, not ${count}`);
    if (path === this.#log) truncateSync(path, read * 8);
  }
}

/** The last step of MurmurHash3: every bit of the argument changes every bit of the result. */
function mixed(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
