/** Which uncompressed format a compressed one is decoded to, and how. */
import { astc } from "./astc.ts";
import { bc1, bc2, bc3, bc4, bc4Signed, bc5, bc5Signed } from "./bc.ts";
import { bc6h, bc6hSigned } from "./bc6h.ts";
import { bc7 } from "./bc7.ts";
import type { BlockDecoder } from "./bits.ts";
import { eacR11, eacR11Signed, eacRg11, eacRg11Signed, etc2Rgb8, etc2Rgb8A1, etc2Rgba8 } from "./etc2.ts";

/** Formats of eight bits a channel are decoded to bytes; those that have more are decoded to halfwords. Without -srgb. */
const DECODERS: Readonly<Record<string, readonly [decode: BlockDecoder, format: string]>> = {
  "bc1-rgba-unorm": [bc1, "rgba8unorm"],
  "bc2-rgba-unorm": [bc2, "rgba8unorm"],
  "bc3-rgba-unorm": [bc3, "rgba8unorm"],
  "bc4-r-unorm": [bc4, "r16unorm"],
  "bc4-r-snorm": [bc4Signed, "r16snorm"],
  "bc5-rg-unorm": [bc5, "rg16unorm"],
  "bc5-rg-snorm": [bc5Signed, "rg16snorm"],
  "bc6h-rgb-ufloat": [bc6h, "rgba16float"],
  "bc6h-rgb-float": [bc6hSigned, "rgba16float"],
  "bc7-rgba-unorm": [bc7, "rgba8unorm"],
  "etc2-rgb8unorm": [etc2Rgb8, "rgba8unorm"],
  "etc2-rgb8a1unorm": [etc2Rgb8A1, "rgba8unorm"],
  "etc2-rgba8unorm": [etc2Rgba8, "rgba8unorm"],
  "eac-r11unorm": [eacR11, "r16unorm"],
  "eac-r11snorm": [eacR11Signed, "r16snorm"],
  "eac-rg11unorm": [eacRg11, "rg16unorm"],
  "eac-rg11snorm": [eacRg11Signed, "rg16snorm"],
};

export interface Decoding {
  readonly decode: BlockDecoder;
  /** of the texels that it makes */
  readonly format: string;
}

const blockOf = (name: string): [number, number] => {
  const [width = 0, height = 0] = name.slice("astc-".length, name.indexOf("-unorm")).split("x").map(Number);
  return [width, height];
};

/** @param name of a compressed format */
export function decodingOf(name: string): Decoding | null {
  const isSrgb = name.endsWith("-srgb");
  const suffix = isSrgb ? "-srgb" : "";
  if (name.startsWith("astc-")) return { decode: astc(...blockOf(name), isSrgb), format: `rgba8unorm${suffix}` };
  const found = DECODERS[isSrgb ? name.slice(0, -suffix.length) : name];
  return found === undefined ? null : { decode: found[0], format: `${found[1]}${suffix}` };
}
