/**
 * What shaders read of a compressed texture: its texels, decoded into memory beside it before the first dispatch that reads them after a copy
 * wrote it. Shaders never see blocks.
 * @see docs/decisions/0008-textures-are-words.md
 */
import { texelsOf } from "./blocks/bits.ts";
import { decodingOf } from "./blocks/decoder.ts";
import { type Format, formatOf } from "./formats.ts";
import { HeapStorage, MAX_HEAP_STORAGE_BYTES } from "./storage.ts";
import type { TextureCore } from "./texture.ts";
import { type LevelLayout, levelExtent, textureLayout } from "./texture-layout.ts";

/** Frees the texels of textures that the script dropped. */
const dropped = new FinalizationRegistry<HeapStorage>((storage) => storage.free());

/** The uncompressed format whose texels stand for those of a compressed one. */
export const decodedFormat = (format: Format): Format => formatOf(decodingOf(format.name)?.format ?? format.name);

export class DecodedTexture {
  readonly texture: TextureCore;
  readonly layout;
  readonly storage: HeapStorage;
  #isStale = true;
  #reserved = false;

  constructor(texture: TextureCore) {
    this.texture = texture;
    this.layout = textureLayout(texture, decodedFormat(texture.format));
    this.storage = new HeapStorage(texture.device, this.layout.sizeBytes);
    dropped.register(texture, this.storage);
  }
  get kind(): string {
    return "the decoded texels of";
  }
  get label(): string {
    return this.texture.label;
  }
  get sizeBytes(): number {
    return this.layout.sizeBytes;
  }

  /** whether the texture was written since it was decoded */
  get isStale(): boolean {
    return this.#isStale;
  }
  /** The texture was written. */
  spoil(): void {
    this.#isStale = true;
  }

  /** Only when nothing that writes the texture is under way. @returns false where the heap has no room */
  decode(): boolean {
    if (this.sizeBytes > MAX_HEAP_STORAGE_BYTES) return false;
    this.#reserved ||= this.storage.reserve();
    if (!this.#reserved) return false;
    const from = this.texture.layout?.planes.get("color") ?? [];
    const to = this.layout.planes.get("color") ?? [];
    for (const [level, blocks] of from.entries()) {
      for (let image = 0; image < blocks.depth; image++) if (!this.#image(blocks, to[level]!, level, image)) return false;
    }
    this.#isStale = false;
    return true;
  }

  /** One layer or slice of a level. */
  #image(from: LevelLayout, to: LevelLayout, level: number, image: number): boolean {
    const { texture } = this;
    const { format, storage } = texture;
    const decoding = decodingOf(format.name);
    if (storage === null || decoding === null) return false;
    const source = new Uint8Array(from.imageBytes);
    if (storage.readInto(from.offset + image * from.imageBytes, source) < 0) return false;
    const target = new Uint8Array(to.imageBytes);
    const { blockWidth, blockHeight } = format;
    const texels = texelsOf(blockWidth * blockHeight);
    const { width, height } = levelExtent(texture.size, texture.dimension, level);
    for (let y = 0; y < height; y += blockHeight) {
      for (let x = 0; x < width; x += blockWidth) {
        decoding.decode(source, (y / blockHeight) * from.rowBytes + (x / blockWidth) * from.blockBytes, texels);
        // blocks at the edges reach past the level
        const rows = Math.min(blockHeight, height - y);
        const bytes = Math.min(blockWidth, width - x) * to.blockBytes;
        for (let row = 0; row < rows; row++) {
          const first = row * blockWidth * to.blockBytes;
          target.set(texels.bytes.subarray(first, first + bytes), (y + row) * to.rowBytes + x * to.blockBytes);
        }
      }
    }
    return this.storage.write(to.offset + image * to.imageBytes, target) >= 0;
  }
}
