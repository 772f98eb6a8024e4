/** Texels as numbers that a script can look at: four components each, as shaders read them. */
import { channelsOf } from "../support/texel.ts";
import { formatOf } from "./formats.ts";
import { unpackTexel } from "./texel-codec.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /**
   * Red, green, blue and alpha of each texel, row by row. Bytes for formats of 8-bit unorm, in the order of `ImageData` whatever the format's;
   * integers for integer formats; floats for all others. sRGB formats give the bytes that are stored
   */
  readonly data: Uint8ClampedArray<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
}

function emptyData(format: string, count: number): Picture["data"] {
  const [{ kind, bits } = { kind: "float", bits: 32 }] = channelsOf(format);
  if (kind === "unorm" && bits === 8) return new Uint8ClampedArray(count);
  if (kind === "uint") return new Uint32Array(count);
  return kind === "sint" ? new Int32Array(count) : new Float32Array(count);
}

/** @param name of a format of one aspect that is not compressed. @param texels row by row, without gaps */
export function pictureOf(name: string, width: number, height: number, texels: Uint8Array): Picture {
  const stored = name.replace("-srgb", "");
  const count = width * height;
  if (stored === "rgba8unorm") return { width, height, data: new Uint8ClampedArray(texels) };
  const data = emptyData(stored, count * 4);
  if (stored === "bgra8unorm") {
    for (let i = 0; i < count * 4; i += 4) {
      data[i] = texels[i + 2]!;
      data[i + 1] = texels[i + 1]!;
      data[i + 2] = texels[i]!;
      data[i + 3] = texels[i + 3]!;
    }
    return { width, height, data };
  }
  const format = { ...formatOf(name), name: stored, blockBytes: texels.length / count };
  const scale = data instanceof Uint8ClampedArray ? 255 : 1;
  for (let i = 0; i < count; i++) {
    const color = unpackTexel(format, texels, i * format.blockBytes);
    for (let c = 0; c < 4; c++) data[i * 4 + c] = color[c]! * scale;
  }
  return { width, height, data };
}

/** The same as bytes, for PNG. @returns undefined for integers, which are no colours */
export function pictureBytes({ data }: Picture): Uint8ClampedArray<ArrayBuffer> | undefined {
  if (data instanceof Uint8ClampedArray) return data;
  if (!(data instanceof Float32Array)) return undefined;
  return Uint8ClampedArray.from(data, (value) => value * 255);
}
