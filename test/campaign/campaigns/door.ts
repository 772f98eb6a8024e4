/** Random calls at the doors of two kernels: lifetimes, leftovers, forged and foreign handles, ranges, lost devices. */
import { type Campaign, countOf, seedOf } from "../campaign.ts";
import { knock } from "../door.ts";

const PIECE = 2000;

export const doors: Campaign = {
  id: "P13",
  title: "random calls at the doors of two tenants, against a model",
  run(effort) {
    const count = countOf(effort, { quick: 12_000, full: 1_000_000, nightly: 10_000_000 });
    const sum = { calls: 0, submissions: 0, refused: 0, lost: 0 };
    const broken: string[] = [];
    for (let piece = 0; piece * PIECE < count; piece++) {
      const seed = seedOf(effort) * 10_000 + piece;
      const tally = knock(seed, PIECE, piece % 2 === 0 ? "reference" : "jit");
      for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += tally[key];
      broken.push(...tally.escapes.map((what) => `seed ${seed}: ${what}`));
      effort.progress(piece * PIECE, count);
    }
    return { figures: sum, broken };
  },
};
