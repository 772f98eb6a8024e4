/** Nothing of an earlier program, resource or device shows in a later one. */
import { type Campaign, inPieces, seedOfPiece } from "../campaign.ts";
import { tryDevices, tryPrograms } from "../leftovers.ts";
import { randoms } from "../random.ts";

const PIECE = 50;

export const leftovers: Campaign = {
  id: "P14",
  title: "leftovers in registers, scratch, workgroup memory, buffers, textures and queries",
  run: (effort) =>
    inPieces(effort, { quick: 50, full: 2000, nightly: 20_000 }, PIECE, async (piece, size) => {
      const next = randoms(seedOfPiece(effort, piece));
      const broken: string[] = [];
      const figures = { tries: size, "of programs": 0, "of devices": 0 };
      for (let k = 0; k < size; k++) {
        const isProgram = k % 2 === 0;
        figures[isProgram ? "of programs" : "of devices"]++;
        const wrong = isProgram ? tryPrograms(next) : await tryDevices(next);
        broken.push(...wrong.map((what) => `piece ${piece}, try ${k}: ${what}`));
      }
      return { figures, broken };
    }),
};
