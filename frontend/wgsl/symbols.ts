/**
 * Identifiers as integers: equal spelling (the same code points, no normalisation), equal id. Every table starts with the keywords, the
 * reserved words and the attribute names, whose ids are the same everywhere; the others follow in order of first appearance.
 * @see https://www.w3.org/TR/WGSL/#identifier-comparison
 */
import { Budget } from "../../support/column.ts";
import type { Id } from "../../support/id.ts";
import { ATTRIBUTE_NAMES, KEYWORDS, RESERVED_WORDS } from "./token.ts";

export type SymbolId = Id<"symbol">;

/** Slots looked at before a name goes to the overflow map: keeps a source made of colliding names linear. */
const MAX_PROBES = 16;
const NO_SLOT = -1;
const INITIAL_SYMBOLS = 512;
/** what a name costs beside the columns: string header and array element */
const BYTES_PER_SYMBOL = 48;

/** FNV-1a, so that the lexer can hash a name while it scans it. */
export const HASH_START = 0x811c9dc5 | 0;
export function hashNext(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

export class SymbolTable {
  readonly #texts: string[];
  /** symbol + 1 by open addressing, 0 when free; a power of two long and at most half full */
  #slots: Int32Array;
  #hashes: Int32Array;
  readonly #overflow: Map<string, SymbolId>;
  readonly #budget: Budget;
  /** @param first a table whose symbols to start with */
  constructor(budget: Budget, first: SymbolTable | null = WORDS) {
    this.#budget = budget;
    this.#texts = first ? first.#texts.slice() : [];
    this.#slots = first ? first.#slots.slice() : new Int32Array(INITIAL_SYMBOLS * 2);
    this.#hashes = first ? first.#hashes.slice() : new Int32Array(INITIAL_SYMBOLS);
    this.#overflow = new Map(first ? first.#overflow : []);
    budget.charge(this.#hashes.length * 12);
  }

  /** number of symbols */
  get length(): number {
    return this.#texts.length;
  }
  text(symbol: SymbolId): string {
    return this.#texts[symbol]!;
  }

  /** Symbol of `text`, added if new. */
  intern(text: string): SymbolId {
    let hash = HASH_START;
    for (let i = 0; i < text.length; i++) hash = hashNext(hash, text.charCodeAt(i));
    return this.internRange(text, 0, text.length, hash);
  }

  /** Symbol of source[start..end), added if new. @param hash hashNext over its units, from HASH_START */
  internRange(source: string, start: number, end: number, hash: number): SymbolId {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const symbol = slots[slot]! - 1;
      if (symbol < 0) return this.#add(source.slice(start, end), hash, slot);
      if (this.#hashes[symbol] === hash && matches(this.#texts[symbol]!, source, start, end)) return symbol as SymbolId;
      slot = (slot + 1) & mask;
    }
    const text = source.slice(start, end);
    return this.#overflow.get(text) ?? this.#add(text, hash, NO_SLOT);
  }

  #add(text: string, hash: number, slot: number): SymbolId {
    const symbol = this.#texts.length as SymbolId;
    this.#budget.charge(BYTES_PER_SYMBOL);
    this.#texts.push(text);
    if (symbol < this.#hashes.length) {
      this.#hashes[symbol] = hash;
      this.#place(symbol, slot);
    } else {
      this.#grow(symbol, hash);
    }
    return symbol;
  }

  #place(symbol: SymbolId, slot: number): void {
    if (slot === NO_SLOT) this.#overflow.set(this.#texts[symbol]!, symbol);
    else this.#slots[slot] = symbol + 1;
  }

  #grow(added: SymbolId, hash: number): void {
    const hashes = new Int32Array(this.#hashes.length * 2);
    this.#budget.charge(this.#hashes.length * 12);
    hashes.set(this.#hashes);
    hashes[added] = hash;
    this.#hashes = hashes;
    this.#slots = new Int32Array(hashes.length * 2);
    this.#overflow.clear();
    for (let symbol = 0; symbol <= added; symbol++) this.#place(symbol as SymbolId, this.#freeSlot(hashes[symbol]!));
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (hash + probe) & mask;
      if (this.#slots[slot] === 0) return slot;
    }
    return NO_SLOT;
  }
}

function matches(text: string, source: string, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== source.charCodeAt(start + i)) return false;
  return true;
}

/** The words of the language itself. */
const WORDS = new SymbolTable(new Budget(), null);
for (const word of [...KEYWORDS, ...RESERVED_WORDS, ...ATTRIBUTE_NAMES]) WORDS.intern(word);
/** Symbols from here on are names the source chose. */
export const WORD_COUNT = WORDS.length;

/** Attribute code by symbol, for symbols below WORD_COUNT; -1 when it names no attribute. */
export const ATTRIBUTE_OF_WORD = new Int8Array(WORD_COUNT).fill(-1);
for (const [code, name] of ATTRIBUTE_NAMES.entries()) ATTRIBUTE_OF_WORD[WORDS.intern(name)] = code;
