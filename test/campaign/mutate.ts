/**
 * Mutants of an object: its 32-bit words, changed in place in one to three places. Half of the changes know the fields of a word and aim at
 * the edges where checks go wrong; the rest are blind.
 */
import { below, pick } from "./random.ts";

/** Where an object's sections are, in 32-bit words. */
export interface Sections {
  readonly functions: number;
  readonly slots: number;
  readonly code: number;
  readonly end: number;
  readonly slotCount: number;
  readonly functionCount: number;
}

export function sectionsOf(words: Uint32Array): Sections {
  const [functionCount, slotCount, io, code] = [words[11]!, words[12]!, words[13]!, words[14]!];
  const slots = 16 + functionCount * 3;
  const codeAt = slots + slotCount * 6 + io * 2;
  return { functions: 16, slots, code: codeAt, end: codeAt + code * 2, slotCount, functionCount };
}

const OPS = [...span(0x00, 0x24), ...span(0x28, 0x4d), ...span(0x60, 0x79), ...span(0x80, 0x96), 0xce, ...span(0xe0, 0xed)];
function span(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
const isAccess = (low: number) => (low & 255) >= 0x60 && (low & 255) <= 0x78;
const WIDTHS = [1, 2, 4, 8, 12, 16];
const widthOf = (low: number) => ((low & 255) < 0x66 ? WIDTHS[(low & 255) - 0x60]! : (low & 255) < 0x6c ? WIDTHS[(low & 255) - 0x66]! : 4);

export class Mutator {
  readonly #next: () => number;
  /** other objects, to take words from */
  readonly #pool: readonly { readonly original: Uint32Array }[];
  #words: Uint32Array = new Uint32Array(0);
  #at: Sections = sectionsOf(new Uint32Array(16));
  /** code word that was changed first, or -1 */
  firstChanged = -1;

  constructor(next: () => number, pool: readonly { readonly original: Uint32Array }[]) {
    this.#next = next;
    this.#pool = pool;
  }

  /** Changes an object's words. */
  mutate(words: Uint32Array): void {
    this.#words = words;
    this.#at = sectionsOf(words);
    this.firstChanged = -1;
    const changes = pick(this.#next, [1, 1, 1, 2, 3]);
    for (let i = 0; i < changes; i++) this.#change();
  }

  #change(): void {
    const roll = below(this.#next, 100);
    if (roll < 10) this.#table();
    else if (roll < 24) this.#flip();
    else if (roll < 30) this.#step();
    else if (roll < 38) this.#swap();
    else if (roll < 46) this.#splice();
    else if (roll < 64) this.#control();
    else this.#field();
  }

  /** Index of a code word's low half. */
  #word(): number {
    const { code, end } = this.#at;
    const at = code + 2 * below(this.#next, Math.max(1, (end - code) / 2));
    if (this.firstChanged < 0) this.firstChanged = (at - code) / 2;
    return at;
  }

  #flip(): void {
    const at = this.#word() + below(this.#next, 2);
    this.#words[at]! ^= 1 << below(this.#next, 32);
  }

  #step(): void {
    const at = this.#word() + below(this.#next, 2);
    this.#words[at]! += pick(this.#next, [1, -1, 4, -4, 256, -256]);
  }

  #swap(): void {
    const [a, b] = [this.#word(), this.#word()];
    for (const half of [0, 1]) {
      const kept = this.#words[a + half]!;
      this.#words[a + half] = this.#words[b + half]!;
      this.#words[b + half] = kept;
    }
  }

  #splice(): void {
    const other = pick(this.#next, this.#pool).original;
    const sections = sectionsOf(other);
    const from = sections.code + 2 * below(this.#next, Math.max(1, (sections.end - sections.code) / 2));
    const at = this.#word();
    this.#words[at] = other[from] ?? 0;
    this.#words[at + 1] = other[from + 1] ?? 0;
  }

  /** A word that parts lanes, waits for them, calls or writes for all of them, in place of another. */
  #control(): void {
    const at = this.#word();
    const register = (base: number) => base + below(this.#next, 3);
    const v = register(0);
    const scalar = register(pick(this.#next, [128, 192]));
    const any = pick(this.#next, [v, v, scalar]);
    const [low, high] = pick(this.#next, [
      [0xeb, 1], // barrier
      [0xec | (register(192) << 8) | (v << 16), 0], // g.bcast
      [0x80 | (register(192) << 8), 1], // mov g, #1
      [0x00 | (register(192) << 8) | (scalar << 16), 0], // mov g, w or g
      [0xce | (register(192) << 8), below(this.#next, 8)], // sys g
      [0xe8, 0], // ret
      [0xe9 | (any << 16), 0], // ret.if
      [0xe6, below(this.#next, 3)], // brk
      [0xe7 | (any << 16), below(this.#next, 3)], // brk.if
      [0xea, below(this.#next, this.#at.functionCount + 1)], // call
      [0xce | (v << 8), 7], // sys v, lane
      [0xe4, 0], // end
      [0xe5, below(this.#next, (at - this.#at.code) / 2 + 1)], // endloop
    ]);
    this.#words[at] = low!;
    this.#words[at + 1] = high!;
  }

  /** A count, size or permission of the header or a table. */
  #table(): void {
    const { functions, slots, slotCount, functionCount } = this.#at;
    const roll = below(this.#next, 10);
    if (roll < 2) this.#words[2 + below(this.#next, 14)]! += pick(this.#next, [1, -1, 4, -4]);
    else if (roll < 4) this.#words[functions + below(this.#next, functionCount * 3)]! += pick(this.#next, [1, -1, 256, 1 << 16, 1 << 24]);
    else if (slotCount > 0) {
      const at = slots + 6 * below(this.#next, slotCount);
      const field = pick(this.#next, [0, 1, 1, 2, 2, 2, 3, 5]);
      if (field < 2) this.#words[at + field] = below(this.#next, 9);
      else this.#words[at + field]! += pick(this.#next, [1, -1, 2, 4, -4, 16]);
    }
  }

  #field(): void {
    const at = this.#word();
    const low = this.#words[at]!;
    const op = low & 255;
    if (isAccess(low) && this.#next() % 4 !== 0) this.#access(at, low);
    else if (op >= 0xe0 && op <= 0xe5 && this.#next() % 3 !== 0) this.#words[at + 1] = this.#target(at);
    else if ((op === 0xe6 || op === 0xe7) && this.#next() % 3 !== 0) this.#words[at + 1]! += pick(this.#next, [1, -1, 2]);
    else if (op === 0xea && this.#next() % 2 !== 0) this.#words[at + 1]! += pick(this.#next, [1, -1, 1 << 24]);
    else this.#operand(at, low);
  }

  /** Another op, or another register: near by, at the ends of files, or of another file. */
  #operand(at: number, low: number): void {
    const field = below(this.#next, 4);
    const now = (low >>> (8 * field)) & 255;
    const value =
      field === 0
        ? pick(this.#next, OPS)
        : pick(this.#next, [now + 1, now - 1, now ^ 0x80, now ^ 0xc0, now ^ 0x40, 0, 127, 128, 191, 192, 255]);
    this.#words[at] = (low & ~(255 << (8 * field))) | ((value & 255) << (8 * field));
  }

  #target(at: number): number {
    const now = this.#words[at + 1]!;
    const words = (this.#at.end - this.#at.code) / 2;
    return pick(this.#next, [now + 1, now - 1, now + 2, now - 2, below(this.#next, words + 1), (at - this.#at.code) / 2, 0, words]);
  }

  /** Another slot, mode, offset or extent, most often just where the access stops or starts to fit. */
  #access(at: number, low: number): void {
    const { slots, slotCount } = this.#at;
    const high = this.#words[at + 1]!;
    const slot = low >>> 24;
    const roll = below(this.#next, 10);
    if (roll === 0)
      this.#words[at] = (low & 0xffffff) | (pick(this.#next, [slot + 1, slot - 1, below(this.#next, slotCount + 1), slotCount]) << 24);
    else if (roll === 1) this.#words[at + 1] = high ^ (1 << 28);
    else if (roll === 2) this.#words[at + 1] = (high & 0x1fffffff) | (below(this.#next, 8) << 29);
    else {
      const min = slot < slotCount ? this.#words[slots + slot * 6 + 2]! : 0;
      const width = widthOf(low);
      const mode = roll < 8 ? high >>> 29 : below(this.#next, 6);
      if (mode !== high >>> 29 && mode === 0) this.#words[at] = low & 0xff00ffff;
      this.#words[at + 1] =
        ((mode << 29) | (high & (1 << 28)) | this.#payload(mode, min, (high & (1 << 28)) !== 0 && mode === 0 ? 4 * width : width)) >>> 0;
    }
  }

  /** A payload whose access ends at, a little before or a little after the slot's minimum. */
  #payload(mode: number, min: number, width: number): number {
    const slack = pick(this.#next, [0, 0, 1, 2, 3, 4, 8, 12, 16, -1, -4, -16]);
    const aligned = (n: number) => Math.max(0, Math.floor(n / 4) * 4);
    const off = width < 4 && this.#next() % 2 === 0 ? Math.max(0, min - width + slack) : aligned(min - width + slack);
    if (mode === 1) {
      const whole = aligned(min - width + slack) / 4;
      const first = below(this.#next, whole + 1);
      return (first & 0x3fff) | (((whole - first) & 0x3fff) << 14);
    }
    if (mode === 2) {
      const m = below(this.#next, Math.ceil(Math.log2(min + 2)) + 2);
      return ((aligned(min - 2 ** m + slack) / 4) & 0x3fffff) | (m << 22);
    }
    return off & 0xfffffff;
  }
}
