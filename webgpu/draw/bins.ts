/** Parts of tiles: which samples of a tile a primitive covers. Gathered in the order of primitives, handed out tile by tile. */
import type { Bounds } from "./coverage.ts";
import { partWords, TILE } from "./layout.ts";

/** Twice the length, with what was there. */
function doubled<T extends Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

export class Bins {
  /** parts so far, and words of them */
  count = 0;
  readonly partWords: number;
  private readonly left: number;
  private readonly top: number;
  private readonly columns: number;
  /** of a place in the grid: 1 + its tile's number, in the order in which tiles are first touched */
  private readonly grid: Int32Array;
  private tileCount = 0;
  private tilePlace = new Int32Array(64);
  private tileParts = new Int32Array(64);
  private tileLast = new Int32Array(64);
  private parts = new Uint32Array(1024);
  private partTile = new Int32Array(256);

  /** @param bounds pixels that parts can have */
  constructor({ x0, y0, x1, y1 }: Bounds, samples: number) {
    this.left = Math.floor(x0 / TILE);
    this.top = Math.floor(y0 / TILE);
    this.columns = Math.ceil(x1 / TILE) - this.left;
    this.grid = new Int32Array(this.columns * (Math.ceil(y1 / TILE) - this.top));
    this.partWords = partWords(samples);
  }

  /** @param masks two words a sample, not all zero. What the primitive has in this tile already is kept. */
  add(tileX: number, tileY: number, primitive: number, masks: Int32Array): void {
    const place = (tileY - this.top) * this.columns + tileX - this.left;
    let tile = this.grid[place]! - 1;
    if (tile < 0) tile = this.newTile(place);
    else {
      const last = this.tileLast[tile]! * this.partWords;
      if (this.parts[last] === primitive) {
        for (let i = 1; i < this.partWords; i++) this.parts[last + i]! |= masks[i - 1]!;
        return;
      }
    }
    const at = this.count * this.partWords;
    if (at + this.partWords > this.parts.length) this.parts = doubled(this.parts, new Uint32Array(2 * this.parts.length));
    if (this.count === this.partTile.length) this.partTile = doubled(this.partTile, new Int32Array(2 * this.count));
    this.parts[at] = primitive;
    for (let i = 1; i < this.partWords; i++) this.parts[at + i] = masks[i - 1]!;
    this.partTile[this.count] = tile;
    this.tileParts[tile]!++;
    this.tileLast[tile] = this.count++;
  }

  private newTile(place: number): number {
    const tile = this.tileCount++;
    if (tile === this.tilePlace.length) {
      this.tilePlace = doubled(this.tilePlace, new Int32Array(2 * tile));
      this.tileParts = doubled(this.tileParts, new Int32Array(2 * tile));
      this.tileLast = doubled(this.tileLast, new Int32Array(2 * tile));
    }
    this.tilePlace[tile] = place;
    this.grid[place] = tile + 1;
    return tile;
  }

  /** Tiles in the order in which they were first touched; four words each, as the fragment program reads them. */
  finish(): { tiles: Uint32Array; tileCount: number; parts: Uint32Array } {
    const tiles = new Uint32Array(4 * this.tileCount);
    const next = new Int32Array(this.tileCount);
    for (let tile = 0, first = 0; tile < this.tileCount; tile++) {
      const place = this.tilePlace[tile]!;
      const row = Math.floor(place / this.columns);
      tiles[4 * tile] = (this.left + place - row * this.columns) * TILE;
      tiles[4 * tile + 1] = (this.top + row) * TILE;
      tiles[4 * tile + 2] = next[tile] = first;
      tiles[4 * tile + 3] = this.tileParts[tile]!;
      first += this.tileParts[tile]!;
    }
    const parts = new Uint32Array(this.count * this.partWords);
    for (let part = 0; part < this.count; part++) {
      const to = next[this.partTile[part]!]!++ * this.partWords;
      for (let i = 0; i < this.partWords; i++) parts[to + i] = this.parts[part * this.partWords + i]!;
    }
    return { tiles, tileCount: this.tileCount, parts };
  }
}
