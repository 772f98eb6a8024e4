/** The campaign: mutants of valid objects through a verifier, and what it accepts through a tier, under the oracle's eyes. */
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import type { Checker } from "../../sandbox/verifier/check.ts";
import { mint, type Program } from "../../sandbox/verifier/token.ts";
import { generate } from "./generate.ts";
import { Mutator } from "./mutate.ts";
import { type Escape, type Execute, Oracle } from "./oracle.ts";
import type { Plant } from "./plants.ts";
import { randoms } from "./random.ts";
import { Seen } from "./seen.ts";

export interface Campaign {
  readonly seed: number;
  /** distinct mutants to make */
  readonly mutants: number;
  /** stop when this many have been executed */
  readonly executions?: number;
  readonly execute: Execute;
  /** valid objects to mutate besides generated ones */
  readonly corpus?: readonly Uint8Array[];
  /** mutants that do not count any more */
  readonly seen?: Seen;
}

export interface Found {
  /** how many mutants had been made, this one counted */
  readonly mutant: number;
  readonly escape: Escape;
  readonly words: Uint32Array;
}

export interface Tally {
  mutants: number;
  duplicates: number;
  accepted: number;
  /** accepted, but over a limit of the tier, or with regions that the oracle's memory cannot hold */
  unrunnable: number;
  executed: number;
  /** runs in which the first changed code word ran, and runs in which there was one */
  hit: number;
  aimed: number;
  readonly rejects: Map<string, number>;
  readonly causes: ReadonlyMap<number, number>;
  readonly escapes: Found[];
  /** first escape through each planted bug */
  readonly kills: Map<Plant, Found>;
  ms: number;
}

/** Generated objects in the pool at a time; about one in REFRESH mutants replaces one. */
const POOL = 300;
const REFRESH = 60;
/** One in so many mutants is of a given object: there are few of them, and soon all their near mutants have been seen. */
const OF_CORPUS = 8;

/** An object to mutate: its words before and after, and the latter as bytes. Nothing is allocated for a mutant. */
class Base {
  readonly original: Uint32Array;
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
  constructor(object: Uint8Array) {
    this.original = wordsOf(object);
    this.words = this.original.slice();
    this.bytes = new Uint8Array(this.words.buffer);
  }
}

/** Distinct mutants, each with the code word that was changed first. */
class Stream {
  readonly #next: () => number;
  readonly #fixed: number;
  readonly #pool: Base[];
  readonly #mutator: Mutator;
  readonly #seen: Seen;
  #taken: Base;
  duplicates = 0;

  constructor(seed: number, corpus: readonly Uint8Array[], seen: Seen) {
    this.#next = randoms(seed);
    this.#fixed = corpus.length;
    this.#pool = [...corpus.map((object) => new Base(object)), ...Array.from({ length: POOL }, () => this.#generated())];
    this.#mutator = new Mutator(this.#next, this.#pool);
    this.#seen = seen;
    this.#taken = this.#pool[0]!;
  }

  #generated(): Base {
    return new Base(encodeObject(generate(this.#next)));
  }

  get changed(): number {
    return this.#mutator.firstChanged;
  }

  /** @returns a mutant that stays as it is until the next is taken */
  take(): Base {
    for (;;) {
      this.#taken.words.set(this.#taken.original);
      if (this.#next() % REFRESH === 0) this.#pool[this.#fixed + (this.#next() % POOL)] = this.#generated();
      const isGiven = this.#fixed > 0 && this.#next() % OF_CORPUS === 0;
      const base = this.#pool[isGiven ? this.#next() % this.#fixed : this.#fixed + (this.#next() % POOL)]!;
      this.#taken = base;
      this.#mutator.mutate(base.words);
      if (this.#seen.add(base.words)) return base;
      this.duplicates++;
    }
  }
}

/** Runs every mutant that `checker` accepts. */
export function run(campaign: Campaign, checker: Checker): Tally {
  return campaignOf(campaign, checker, [], true);
}

/**
 * Runs what planted bugs let through that the shipped verifier rejects, until an escape through each is found or there are no more
 * mutants. What the shipped verifier accepts is not run.
 */
export function runPlants(campaign: Campaign, shipped: Checker, plants: readonly Plant[]): Tally {
  return campaignOf(campaign, shipped, plants, false);
}

function campaignOf(campaign: Campaign, checker: Checker, plants: readonly Plant[], runsAccepted: boolean): Tally {
  const stream = new Stream(campaign.seed, campaign.corpus ?? [], campaign.seen ?? new Seen(campaign.mutants));
  const oracle = new Oracle(campaign.execute);
  const alive = new Set(plants);
  const tally = newTally(oracle);
  const start = performance.now();
  while (tally.mutants < campaign.mutants && (runsAccepted || alive.size > 0)) {
    if (tally.executed >= (campaign.executions ?? Number.POSITIVE_INFINITY)) break;
    const { words, bytes } = stream.take();
    tally.mutants++;
    const checked = checker.check(bytes);
    if (checked.ok) {
      tally.accepted++;
      const found = runsAccepted ? judge(oracle, checked.program, words, stream.changed, tally) : undefined;
      if (found !== undefined) tally.escapes.push({ mutant: tally.mutants, escape: found, words: words.slice() });
      continue;
    }
    tally.rejects.set(checked.rule, (tally.rejects.get(checked.rule) ?? 0) + 1);
    for (const plant of alive) {
      if (!plant.ids.includes(checked.rule)) continue;
      const through = plant.checker.check(bytes);
      const found = through.ok ? judge(oracle, through.program, words, stream.changed, tally) : undefined;
      if (found === undefined) continue;
      tally.kills.set(plant, { mutant: tally.mutants, escape: found, words: words.slice() });
      alive.delete(plant);
    }
  }
  tally.duplicates = stream.duplicates;
  tally.ms = performance.now() - start;
  return tally;
}

function newTally(oracle: Oracle): Tally {
  const counts = { mutants: 0, duplicates: 0, accepted: 0, unrunnable: 0, executed: 0, hit: 0, aimed: 0, ms: 0 };
  return { ...counts, rejects: new Map(), causes: oracle.causes, escapes: [], kills: new Map() };
}

function judge(oracle: Oracle, program: Program, words: Uint32Array, changed: number, tally: Tally): Escape | undefined {
  const found = oracle.judge(mint(program), words);
  if (found === null) {
    tally.unrunnable++;
    return undefined;
  }
  tally.executed++;
  if (changed >= 0) tally.aimed++;
  if (changed >= 0 && oracle.watch.executed[changed] === 1) tally.hit++;
  return found;
}

export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.slice().buffer, 0, bytes.length >>> 2);
}
