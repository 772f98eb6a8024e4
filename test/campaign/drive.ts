/** The campaign: mutants of valid objects through a verifier, and what it accepts through a tier, under the oracle's eyes. */
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import type { Checker } from "../../sandbox/verifier/check.ts";
import { mint, type Program } from "../../sandbox/verifier/token.ts";
import { generate } from "./generate.ts";
import { Mutator } from "./mutate.ts";
import { type Escape, type Execute, Oracle } from "./oracle.ts";
import type { Plant } from "./plants.ts";
import { randoms } from "./random.ts";

export interface Campaign {
  readonly seed: number;
  /** distinct mutants to make */
  readonly mutants: number;
  /** stop when this many have been executed */
  readonly executions?: number;
  readonly execute: Execute;
  /** valid objects to mutate besides generated ones */
  readonly corpus?: readonly Uint8Array[];
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
const REFRESH = 40;

/** Distinct mutants, each with the code word that was changed first. */
class Stream {
  readonly #next: () => number;
  readonly #fixed: number;
  readonly #pool: Uint32Array[];
  readonly #mutator: Mutator;
  readonly #seen = new Set<number>();
  duplicates = 0;

  constructor(seed: number, corpus: readonly Uint8Array[]) {
    this.#next = randoms(seed);
    this.#fixed = corpus.length;
    this.#pool = [...corpus.map(wordsOf), ...Array.from({ length: POOL }, () => this.#generated())];
    this.#mutator = new Mutator(this.#next, this.#pool);
  }

  #generated(): Uint32Array {
    return wordsOf(encodeObject(generate(this.#next)));
  }

  get changed(): number {
    return this.#mutator.firstChanged;
  }

  take(): Uint32Array {
    for (;;) {
      if (this.#next() % REFRESH === 0) this.#pool[this.#fixed + (this.#next() % POOL)] = this.#generated();
      const words = this.#mutator.mutate(this.#pool[this.#next() % this.#pool.length]!);
      if (isNew(this.#seen, words)) return words;
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
  const stream = new Stream(campaign.seed, campaign.corpus ?? []);
  const oracle = new Oracle(campaign.execute);
  const alive = new Set(plants);
  const tally = newTally(oracle);
  const start = performance.now();
  while (tally.mutants < campaign.mutants && (runsAccepted || alive.size > 0)) {
    if (tally.executed >= (campaign.executions ?? Number.POSITIVE_INFINITY)) break;
    const words = stream.take();
    tally.mutants++;
    const bytes = new Uint8Array(words.buffer);
    const checked = checker.check(bytes);
    if (checked.ok) {
      tally.accepted++;
      const found = runsAccepted ? judge(oracle, checked.program, words, stream.changed, tally) : undefined;
      if (found !== undefined) tally.escapes.push({ mutant: tally.mutants, escape: found, words });
      continue;
    }
    tally.rejects.set(checked.rule, (tally.rejects.get(checked.rule) ?? 0) + 1);
    for (const plant of alive) {
      if (!plant.ids.includes(checked.rule)) continue;
      const through = plant.checker.check(bytes);
      const found = through.ok ? judge(oracle, through.program, words, stream.changed, tally) : undefined;
      if (found === undefined) continue;
      tally.kills.set(plant, { mutant: tally.mutants, escape: found, words });
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

/** By a 53-bit hash of its words. */
function isNew(seen: Set<number>, words: Uint32Array): boolean {
  let a = 0x811c9dc5;
  let b = 0x1b873593;
  for (let i = 0; i < words.length; i++) {
    a = Math.imul(a ^ words[i]!, 0x01000193);
    b = Math.imul(b ^ words[i]!, 0x85ebca6b);
    b ^= b >>> 13;
  }
  const key = (a >>> 0) * 2 ** 21 + ((b >>> 0) & 0x1fffff);
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
