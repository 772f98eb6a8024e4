/** What callers change while it is read changes nothing else. */
import { type Campaign, inPieces, seedOfPiece } from "../campaign.ts";
import { Theatre, tryPolluted, tryShared } from "../hostile.ts";
import { randoms } from "../random.ts";

const PIECE = 1000;
/** In a piece, so many loads and submissions beside a thread that writes, and one call in so many beside a polluted prototype. */
const SHARED = 5;
const POLLUTED_EVERY = 20;

export const hostile: Campaign = {
  id: "P12",
  title: "bytes that change while they are read, callbacks in the middle, polluted prototypes",
  run: (effort) =>
    inPieces(effort, { quick: 1000, full: 20_000, nightly: 1_000_000 }, PIECE, async (piece, size) => {
      const next = randoms(seedOfPiece(effort, piece));
      const { figures, wrong: broken } = await tryShared(next, Math.ceil(size / SHARED));
      const theatre = new Theatre(next);
      let polluted = 0;
      for (let k = 0; k < size; k++) {
        const wrong = k % POLLUTED_EVERY === 0 ? tryPolluted(next) : await theatre.try();
        if (k % POLLUTED_EVERY === 0) polluted++;
        broken.push(...wrong.map((what) => `call ${k}: ${what}`));
      }
      broken.push(...(await theatre.changed()));
      const counts = { ...figures, "calls with callbacks": size - polluted, "kernels beside a polluted prototype": polluted };
      return { figures: counts, broken: broken.map((what) => `piece ${piece}, ${what}`) };
    }),
};
