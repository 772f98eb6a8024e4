/** Parts of tiles: which samples of a tile a primitive covers. Gathered in the order of primitives, handed out tile by tile. */
import type { Bounds } from "./coverage.ts";
import { partWords, TILE } from "./layout.ts";

/** Words of a tile, as the fragment program reads them. While parts are gathered, `first` is the last of them. */
const WORDS = { x: 0, y: 1, first: 2, count: 3, words: 4 } as const;

function doubled(from: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(2 * from.length);
  to.set(from);
  return to;
}

// not within `finish`: V8 compiles a loop that runs long while it runs, and throws that away each time if code follows that never ran before
function addUp(tiles: Uint32Array): void {
  for (let at = 0, first = 0; at < tiles.length; at += WORDS.words) {
    tiles[at + WORDS.first] = first;
    first += tiles[at + WORDS.count]!;
  }
}

export class Bins {
  /** parts so far */
  count = 0;
  readonly partWords: number;
  private readonly left: number;
  private readonly top: number;
  private readonly columns: number;
  /** of a place in the grid: 1 + its tile's number, in the order in which tiles are first touched */
  private readonly grid: Uint32Array;
  private tileCount = 0;
  private tiles = new Uint32Array(64 * WORDS.words);
  private parts: Uint32Array<ArrayBuffer>;
  private partTile: Uint32Array<ArrayBuffer>;
  /** whether parts already lie tile by tile */
  private isSorted = true;

  /** @param bounds pixels that parts can have */
  constructor({ x0, y0, x1, y1 }: Bounds, samples: number) {
    this.left = Math.floor(x0 / TILE);
    this.top = Math.floor(y0 / TILE);
    this.columns = Math.ceil(x1 / TILE) - this.left;
    this.grid = new Uint32Array(this.columns * (Math.ceil(y1 / TILE) - this.top));
    this.partWords = partWords(samples);
    const likely = Math.max(256, Math.min(this.grid.length, 2 ** 16));
    this.parts = new Uint32Array(likely * this.partWords);
    this.partTile = new Uint32Array(likely);
  }

  /** @param masks two words a sample, not all zero. What the primitive has in this tile already is kept. */
  add(tileX: number, tileY: number, primitive: number, masks: Int32Array): void {
    const place = (tileY - this.top) * this.columns + tileX - this.left;
    let tile = this.grid[place]! - 1;
    if (tile < 0) tile = this.newTile(place, tileX, tileY);
    else {
      const last = this.tiles[tile * WORDS.words + WORDS.first]! * this.partWords;
      if (this.parts[last] === primitive) {
        for (let i = 1; i < this.partWords; i++) this.parts[last + i]! |= masks[i - 1]!;
        return;
      }
    }
    const at = this.count * this.partWords;
    if (at + this.partWords > this.parts.length) this.parts = doubled(this.parts);
    if (this.count === this.partTile.length) this.partTile = doubled(this.partTile);
    this.parts[at] = primitive;
    for (let i = 1; i < this.partWords; i++) this.parts[at + i] = masks[i - 1]!;
    this.partTile[this.count] = tile;
    if (tile + 1 < this.tileCount) this.isSorted = false;
    this.tiles[tile * WORDS.words + WORDS.first] = this.count++;
    this.tiles[tile * WORDS.words + WORDS.count]!++;
  }

  private newTile(place: number, tileX: number, tileY: number): number {
    const tile = this.tileCount++;
    const at = tile * WORDS.words;
    if (at === this.tiles.length) this.tiles = doubled(this.tiles);
    this.tiles[at + WORDS.x] = tileX * TILE;
    this.tiles[at + WORDS.y] = tileY * TILE;
    this.grid[place] = tile + 1;
    return tile;
  }

  /** Tiles in the order in which they were first touched. */
  finish(): { tiles: Uint32Array; tileCount: number; parts: Uint32Array } {
    const tiles = this.tiles.slice(0, this.tileCount * WORDS.words);
    addUp(tiles);
    const parts = this.isSorted ? this.parts.slice(0, this.count * this.partWords) : this.sorted(tiles);
    return { tiles, tileCount: this.tileCount, parts };
  }

  private sorted(tiles: Uint32Array): Uint32Array {
    const next = Uint32Array.from({ length: this.tileCount }, (_, tile) => tiles[tile * WORDS.words + WORDS.first]!);
    const parts = new Uint32Array(this.count * this.partWords);
    for (let part = 0; part < this.count; part++) {
      const to = next[this.partTile[part]!]!++ * this.partWords;
      for (let i = 0; i < this.partWords; i++) parts[to + i] = this.parts[part * this.partWords + i]!;
    }
    return parts;
  }
}
