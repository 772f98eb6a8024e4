/** The name that was probably meant, for a name that does not exist. */

/** Longer names are not compared, and no more candidates than this: what hostile sources can make us do stays small. */
const MAX_LENGTH = 32;
const MAX_CANDIDATES = 4000;

/** The candidate closest to `name`, if it is close enough to be a slip; undefined otherwise. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length < 3 || name.length > MAX_LENGTH) return undefined;
  let best: string | undefined;
  let least = Math.min(2, Math.floor(name.length / 3)) + 1;
  let seen = 0;
  for (const candidate of candidates) {
    if (++seen > MAX_CANDIDATES) break;
    if (candidate === name || Math.abs(candidate.length - name.length) >= least) continue;
    const d = distance(name, candidate, least);
    if (d >= least) continue;
    least = d;
    best = candidate;
  }
  return best;
}

/** Edits (insert, delete, replace, swap neighbours) from a to b, or `limit` if there are at least as many. */
function distance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let d = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, before[j - 2]! + 1);
      row.push(d);
    }
    if (Math.min(...row) >= limit) return limit;
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}
