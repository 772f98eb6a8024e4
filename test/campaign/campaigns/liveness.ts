/** Everything ends, within its fuel; and whoever does not end is alone in it. */
import { type Campaign, inPieces, seedOfPiece } from "../campaign.ts";
import { tryFuel, tryNeighbours } from "../liveness.ts";
import { randoms } from "../random.ts";

const PIECE = 200;

export const liveness: Campaign = {
  id: "P17",
  title: "programs that do not end, and fuel that ends at every place",
  run: (effort) =>
    inPieces(effort, { quick: 200, full: 20_000, nightly: 200_000 }, PIECE, (piece, size) => {
      const next = randoms(seedOfPiece(effort, piece));
      const broken: string[] = [];
      const figures = { programs: 0, "that never end": 0, "beside another tenant": 0 };
      for (let k = 0; k < size; k++) {
        const isEndless = k % 3 === 0;
        figures.programs++;
        if (isEndless) figures["that never end"]++;
        const wrong = tryFuel(next, isEndless, k % 2 === 1);
        if (k % 5 === 0) {
          figures["beside another tenant"]++;
          wrong.push(...tryNeighbours(next, k % 2 === 0 ? "jit" : "reference"));
        }
        broken.push(...wrong.map((what) => `piece ${piece}, program ${k}: ${what}`));
      }
      return { figures, broken };
    }),
};
