/** What a safety campaign is: something that is tried many times, and what must never come of it. */

export const LEVELS = ["quick", "full", "nightly"] as const;
export type Level = (typeof LEVELS)[number];

/** What was counted, by name. Shards add up. */
export type Figures = Readonly<Record<string, number>>;

/** How far a process has come in its shard. */
export interface Saved {
  readonly pieces: number;
  readonly figures: Figures;
  readonly broken: readonly string[];
}

export interface Effort {
  readonly level: Level;
  readonly seed: number;
  /** this process does part `index` (from 0) of `of` */
  readonly shard: { readonly index: number; readonly of: number };
  /** replaces the campaign's own count, which depends on the level */
  readonly count: number | undefined;
  /** what an earlier process did of this shard */
  readonly from?: Saved | undefined;
  /** file for what a later process needs besides `Saved`: hashes of mutants */
  readonly log?: string | undefined;
  /** says how far it is; cheap enough to call often */
  progress(done: number, of: number): void;
  /** notes how far it is, if it is time to. @param flush called before it is written */
  save?(saved: Saved, flush: () => void): void;
}

export interface Report {
  readonly figures: Figures;
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
  /** of the sums of all shards */
  rates?(figures: Figures): Figures;
  /** claims about the sums of all shards that do not hold */
  vacuous?(figures: Figures): string[];
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

/** A seed of its own for each piece of a campaign. */
export const seedOfPiece = ({ seed }: Effort, piece: number) => seed * 1_000_003 + piece;

/**
 * Does a campaign piece by piece. Pieces are numbered through all shards, and what a piece does depends on its number alone: so it can be
 * run again by itself, and shards add up to what one process would have done.
 * @param size tries in a piece; the last has fewer
 * @param run does `size` tries
 */
export async function inPieces(
  effort: Effort,
  counts: Readonly<Record<Level, number>>,
  size: number,
  run: (piece: number, size: number) => Report | Promise<Report>,
  flush: () => void = () => {},
): Promise<Report> {
  const { shard, from, progress, save } = effort;
  const whole = effort.count ?? counts[effort.level];
  const mine = Math.ceil((Math.ceil(whole / size) - shard.index) / shard.of);
  const figures: Record<string, number> = { ...from?.figures };
  const broken = [...(from?.broken ?? [])];
  for (let done = from?.pieces ?? 0; done < mine; ) {
    const piece = shard.index + shard.of * done;
    const report = await run(piece, Math.min(size, whole - piece * size));
    for (const [name, n] of Object.entries(report.figures)) figures[name] = (figures[name] ?? 0) + n;
    broken.push(...report.broken);
    done++;
    progress(done, mine);
    save?.({ pieces: done, figures, broken }, flush);
  }
  return { figures, broken };
}
