/** Pictures of a buffer of pixels (r, g, b, a bytes in one u32 each): for the terminal, and as PNG. */
import { encode } from "fast-png";

/** Half blocks: two pixels in one character, in 24-bit colour. @param columns most characters a line may have */
export function colorBlocks(words: Uint32Array, width: number, height: number, columns: number): string {
  const scale = Math.max(1, Math.ceil(width / columns));
  let out = "";
  for (let y = 0; y < height; y += 2 * scale) {
    for (let x = 0; x < width; x += scale) {
      const top = words[y * width + x] ?? 0;
      const bottom = words[Math.min(height - 1, y + scale) * width + x] ?? 0;
      out += `\u001b[38;2;${rgb(top)}m\u001b[48;2;${rgb(bottom)}m\u2580`;
    }
    out += "\u001b[0m\n";
  }
  return out;
}

const SHADES = " .:-=+*#%@";

/** Brightness as characters, for output without colours. */
export function shadeBlocks(words: Uint32Array, width: number, height: number, columns: number): string {
  const scale = Math.max(1, Math.ceil(width / columns));
  let out = "";
  for (let y = 0; y < height; y += 2 * scale) {
    for (let x = 0; x < width; x += scale) {
      const pixel = words[y * width + x] ?? 0;
      const brightness = (0.299 * (pixel & 255) + 0.587 * ((pixel >>> 8) & 255) + 0.114 * ((pixel >>> 16) & 255)) / 255;
      out += SHADES[Math.min(SHADES.length - 1, Math.floor(brightness * SHADES.length))];
    }
    out += "\n";
  }
  return out;
}

export function png(words: Uint32Array, width: number, height: number): Uint8Array {
  const data = new Uint8Array(words.buffer, words.byteOffset, width * height * 4);
  return encode({ width, height, data, channels: 4, depth: 8 });
}

function rgb(pixel: number): string {
  return `${pixel & 255};${(pixel >>> 8) & 255};${(pixel >>> 16) & 255}`;
}
