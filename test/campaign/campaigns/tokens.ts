/** What runs is what was checked, and whose it is. */
import { type Campaign, inPieces, seedOfPiece } from "../campaign.ts";
import { randoms } from "../random.ts";
import { Foreigners, tryForgery, tryReplay } from "../tokens.ts";

const PIECE = 10_000;
/** Forgeries take a compiler's run, replays a kernel: one in so many tries is one. */
const FORGE_EVERY = 50;
const REPLAY_EVERY = 10;

export const tokens: Campaign = {
  id: "P16",
  title: "forged tokens, edits after the check, handles of nobody and of other tenants",
  run: (effort) =>
    inPieces(effort, { quick: 5000, full: 100_000, nightly: 1_000_000 }, PIECE, (piece, size) => {
      const next = randoms(seedOfPiece(effort, piece));
      const foreigners = new Foreigners();
      const figures = { tries: size, forgeries: 0, "edited after the check": 0, handles: 0 };
      const broken: string[] = [];
      for (let k = 0; k < size; k++) {
        let wrong: string[];
        if (k % FORGE_EVERY === 0) {
          figures.forgeries++;
          wrong = tryForgery(next);
        } else if (k % REPLAY_EVERY === 1) {
          figures["edited after the check"]++;
          wrong = tryReplay(next);
        } else {
          figures.handles++;
          wrong = foreigners.try(next);
        }
        broken.push(...wrong.map((what) => `piece ${piece}, try ${k}: ${what}`));
      }
      broken.push(...foreigners.changed());
      return { figures, broken };
    }),
};
