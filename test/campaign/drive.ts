/** The campaign: mutants of valid objects through a verifier, and what it accepts through a tier, under the oracle's eyes. */
import { encodeObject } from "../../sandbox/isa/write-object.ts";
import type { Checker } from "../../sandbox/verifier/check.ts";
import { mint } from "../../sandbox/verifier/token.ts";
import { generate } from "./generate.ts";
import { Mutator } from "./mutate.ts";
import { type Escape, type Execute, Oracle } from "./oracle.ts";
import { randoms } from "./random.ts";

export interface Campaign {
  readonly seed: number;
  /** distinct mutants to make */
  readonly mutants: number;
  readonly checker: Checker;
  /** when given, mutants that this one accepts too are not run: only what a planted bug lets through is */
  readonly shipped?: Checker;
  readonly execute: Execute;
  readonly stopAtEscape?: boolean;
  /** valid objects to mutate besides generated ones */
  readonly corpus?: readonly Uint8Array[];
  /** stop after this time even if fewer mutants were made */
  readonly maxMs?: number;
}

export interface Found {
  readonly mutant: number;
  readonly escape: Escape;
  readonly words: Uint32Array;
}

export interface Tally {
  mutants: number;
  duplicates: number;
  accepted: number;
  /** accepted, but with regions that the oracle's memory cannot hold */
  unbindable: number;
  executed: number;
  /** runs in which the first changed code word ran, and runs in which there was one */
  hit: number;
  aimed: number;
  readonly rejects: Map<string, number>;
  readonly causes: ReadonlyMap<number, number>;
  readonly escapes: Found[];
  ms: number;
}

/** Generated objects in the pool at a time; one is replaced every REFRESH mutants. */
const POOL = 300;
const REFRESH = 40;

export function run(campaign: Campaign): Tally {
  const next = randoms(campaign.seed);
  const oracle = new Oracle(campaign.execute);
  const fixed = (campaign.corpus ?? []).map(wordsOf);
  const pool = [...fixed, ...Array.from({ length: POOL }, () => wordsOf(encodeObject(generate(next))))];
  const mutator = new Mutator(next, pool);
  const seen = new Set<number>();
  const tally: Tally = {
    mutants: 0,
    duplicates: 0,
    accepted: 0,
    unbindable: 0,
    executed: 0,
    hit: 0,
    aimed: 0,
    rejects: new Map(),
    causes: oracle.causes,
    escapes: [],
    ms: 0,
  };
  const start = performance.now();
  while (tally.mutants < campaign.mutants) {
    if (tally.mutants % 256 === 0 && performance.now() - start > (campaign.maxMs ?? Number.POSITIVE_INFINITY)) break;
    if (next() % REFRESH === 0) pool[fixed.length + (next() % POOL)] = wordsOf(encodeObject(generate(next)));
    const words = mutator.mutate(pool[next() % pool.length]!);
    if (!isNew(seen, words)) {
      tally.duplicates++;
      continue;
    }
    tally.mutants++;
    const found = judge(campaign, oracle, words, mutator.firstChanged, tally);
    if (found === undefined) continue;
    tally.escapes.push({ mutant: tally.mutants, escape: found, words });
    if (campaign.stopAtEscape === true) break;
  }
  tally.ms = performance.now() - start;
  return tally;
}

function judge(campaign: Campaign, oracle: Oracle, words: Uint32Array, changed: number, tally: Tally): Escape | undefined {
  const bytes = new Uint8Array(words.buffer);
  const checked = campaign.checker.check(bytes);
  if (!checked.ok) {
    tally.rejects.set(checked.rule, (tally.rejects.get(checked.rule) ?? 0) + 1);
    return undefined;
  }
  tally.accepted++;
  if (campaign.shipped?.check(bytes).ok) return undefined;
  const found = oracle.judge(mint(checked.program), words);
  if (found === null) {
    tally.unbindable++;
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
