/** A reproducible stream of u32 with 128 bits of state, so that streams of different seeds do not meet: sfc32, as PractRand has it. */
export function randoms(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, Math.floor(seed / 2 ** 32) | 0, 0x9e3779b9 | 0, 1];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** An index below `n`, and one of a list. */
export const below = (next: () => number, n: number) => next() % n;
export const pick = <T>(next: () => number, from: readonly T[]): T => from[next() % from.length]!;
