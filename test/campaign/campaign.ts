/** What a safety campaign is: something that is tried many times, and what must never come of it. */

export const LEVELS = ["quick", "full", "nightly"] as const;
export type Level = (typeof LEVELS)[number];

export interface Effort {
  readonly level: Level;
  readonly seed: number;
  /** this process does part `index` (from 0) of `of` */
  readonly shard: { readonly index: number; readonly of: number };
  /** replaces the campaign's own count, which depends on the level */
  readonly count: number | undefined;
  /** says how far it is; cheap enough to call often */
  progress(done: number, of: number): void;
}

export interface Report {
  /** what was tried and counted, by name */
  readonly figures: Readonly<Record<string, number>>;
  /** claims that did not hold: empty, or the campaign failed */
  readonly broken: readonly string[];
  /** worth knowing, and no failure */
  readonly notes?: readonly string[];
}

export interface Campaign {
  /** as docs/security.md names it */
  readonly id: string;
  readonly title: string;
  run(effort: Effort): Report | Promise<Report>;
}

/** @returns the count for this level and shard; shards of one run add up to the whole */
export function countOf({ level, count, shard }: Effort, counts: Readonly<Record<Level, number>>): number {
  const whole = count ?? counts[level];
  return Math.floor((whole * (shard.index + 1)) / shard.of) - Math.floor((whole * shard.index) / shard.of);
}

/** A seed of its own for each shard. */
export function seedOf({ seed, shard }: Effort): number {
  return seed + 1_000_003 * shard.index;
}

/** Ratio in percent, one digit. */
export const percent = (n: number, of: number) => Math.round((1000 * n) / Math.max(1, of)) / 10;
