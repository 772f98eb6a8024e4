/** WGSL functions that load and store texels of an attachment, as words. Samples of a pixel are side by side, and only its invocation touches them. */
import { type Channel, channelsOf } from "../../support/texel.ts";
import { bitsOf } from "./texel-code.ts";

export interface Image {
  /** of the variable; functions are load_NAME and store_NAME */
  readonly name: string;
  readonly binding: number;
  readonly channels: readonly Channel[];
  readonly samples: number;
  readonly loads: boolean;
  readonly stores: boolean;
  /** bit for each of r, g, b, a: what stores change */
  readonly writeMask: number;
}

export const image = (
  name: string,
  binding: number,
  format: string,
  samples: number,
  loads: boolean,
  stores: boolean,
  writeMask = 15,
): Image => ({
  name,
  binding,
  channels: channelsOf(format),
  samples,
  loads,
  stores,
  writeMask,
});

export const bytesOfTexel = ({ channels }: Image): number => bitsOf(channels) / 8;

/** Type of a texel in words. */
export function texelType(each: Image): string {
  const words = Math.ceil(bytesOfTexel(each) / 4);
  return words === 1 ? "u32" : `vec${words}<u32>`;
}

/** Pixels of neighbours share a word, which may be written by several invocations at the same time. */
const isShared = (each: Image): boolean => bytesOfTexel(each) * each.samples < 4;

export function imageCode(each: Image): string {
  const { name, binding, loads, stores } = each;
  const access = stores ? "read_write" : "read";
  const element = stores && isShared(each) ? "atomic<u32>" : "u32";
  return `@group(0) @binding(${binding}) var<storage, ${access}> ${name}: array<${element}>;

${loads || (stores && bytesOfTexel(each) < 4) ? loadCode(each) : ""}${stores ? storeCode(each) : ""}`;
}

function loadCode(each: Image): string {
  const { name, stores } = each;
  const bytes = bytesOfTexel(each);
  const word = (i: number): string => `${name}[i${i === 0 ? "" : ` + ${i}u`}]`;
  const head = `fn load_${name}(at: u32) -> ${texelType(each)} {\n  let i = at >> 2u;\n`;
  if (bytes < 4) {
    const loaded = stores && isShared(each) ? `atomicLoad(&${word(0)})` : word(0);
    return `${head}  return extractBits(${loaded}, (at & 3u) * 8u, ${bytes * 8}u);\n}\n\n`;
  }
  const words = Array.from({ length: bytes / 4 }, (_, i) => word(i)).join(", ");
  return `${head}  return ${bytes === 4 ? words : `${texelType(each)}(${words})`};\n}\n\n`;
}

/** Bits of word i that stores change. */
function storedBits({ channels, writeMask }: Image, i: number): number {
  let mask = 0;
  for (const { component, shift, bits } of channels) {
    if (shift >>> 5 === i && (writeMask >> component) & 1) mask |= (bits === 32 ? -1 : (1 << bits) - 1) << (shift & 31);
  }
  return mask >>> 0;
}

const hex = (n: number): string => `0x${n.toString(16)}u`;

function storeCode(each: Image): string {
  const { name } = each;
  const bytes = bytesOfTexel(each);
  const head = `fn store_${name}(at: u32, texel: ${texelType(each)}) {\n  let i = at >> 2u;\n`;
  if (bytes < 4) {
    // only this invocation changes these bits, so that the difference is what it was a moment ago
    const difference = `((load_${name}(at) ^ texel) & ${hex(storedBits(each, 0))}) << ((at & 3u) * 8u)`;
    const store = isShared(each) ? `atomicXor(&${name}[i], ${difference})` : `${name}[i] ^= ${difference}`;
    return `${head}  ${store};\n}\n\n`;
  }
  let lines = "";
  for (let i = 0; i < bytes / 4; i++) {
    const bits = storedBits(each, i);
    const word = `${name}[i${i === 0 ? "" : ` + ${i}u`}]`;
    const value = bytes === 4 ? "texel" : `texel.${"xyzw"[i]}`;
    if (bits === 0xffff_ffff) lines += `  ${word} = ${value};\n`;
    else if (bits !== 0) lines += `  ${word} = (${word} & ${hex(~bits >>> 0)}) | (${value} & ${hex(bits)});\n`;
  }
  return `${head}${lines}}\n\n`;
}
