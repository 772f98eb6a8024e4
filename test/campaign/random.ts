/** A reproducible stream of u32: xorshift with a multiplication (xorshift32*, as read in Marsaglia's and Vigna's papers). */
export function randoms(seed: number): () => number {
  let x = (Math.imul(seed, 0x9e3779b9) ^ 0x5bf03635) | 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return Math.imul(x, 0x2c1b3c6d) >>> 0;
  };
}

/** An index below `n`, and one of a list. */
export const below = (next: () => number, n: number) => next() % n;
export const pick = <T>(next: () => number, from: readonly T[]): T => from[next() % from.length]!;
