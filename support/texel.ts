/**
 * What the bits of an uncompressed texel mean: one table for the driver, which copies and clears, and for the compiler, which loads and stores.
 * @see https://www.w3.org/TR/webgpu/#texture-format-caps
 */

export type ChannelKind = "unorm" | "snorm" | "uint" | "sint" | "float" | "srgb";

/** One component: its place in the texel's bits, and what they mean. */
export interface Channel {
  /** index in r, g, b, a */
  readonly component: number;
  readonly shift: number;
  readonly bits: number;
  readonly kind: ChannelKind;
}

const COMPONENTS = "rgba";

/** Formats whose names do not say it all. */
const SPECIAL: Readonly<Record<string, readonly (readonly [component: number, shift: number, bits: number, kind: ChannelKind])[]>> = {
  rg11b10ufloat: [0, 1, 2].map((c) => [c, c * 11, c === 2 ? 10 : 11, "float"]),
  rgb10a2unorm: [0, 1, 2, 3].map((c) => [c, c * 10, c === 3 ? 2 : 10, "unorm"]),
  rgb10a2uint: [0, 1, 2, 3].map((c) => [c, c * 10, c === 3 ? 2 : 10, "uint"]),
  stencil8: [[0, 0, 8, "uint"]],
  depth16unorm: [[0, 0, 16, "unorm"]],
  depth24plus: [[0, 0, 32, "float"]],
  depth32float: [[0, 0, 32, "float"]],
};

/** @param format a format of one aspect, not compressed, and not rgb9e5ufloat, whose channels share bits */
export function channelsOf(format: string): readonly Channel[] {
  const special = SPECIAL[format];
  if (special !== undefined) return special.map(([component, shift, bits, kind]) => ({ component, shift, bits, kind }));
  const [, letters = "", width = "8", word = "unorm", srgb] = /^([rgba]+)(\d+)([a-z]+)(-srgb)?$/.exec(format) ?? [];
  const bits = Number(width);
  return [...letters].map((letter, i) => {
    const component = COMPONENTS.indexOf(letter);
    return { component, shift: i * bits, bits, kind: srgb && component < 3 ? "srgb" : (word as ChannelKind) };
  });
}

/** How shader code decodes a component: `frontend/wgsl/texture-code.ts` reads these numbers. */
export const DECODE = { zero: 0, one: 1, bits: 2, sint: 3, unorm: 4, snorm: 5, half: 6, srgb: 7, sharedExponent: 8 } as const;

/** For one of r, g, b, a: word of the texel; shifts left, then right, that leave the component's bits alone; DECODE. */
export type ChannelRecord = readonly [word: number, left: number, right: number, decode: number];

export interface TexelRecord {
  readonly bytes: number;
  readonly channels: readonly [ChannelRecord, ChannelRecord, ChannelRecord, ChannelRecord];
}

const ZERO: ChannelRecord = [0, 0, 0, DECODE.zero];
const ONE: ChannelRecord = [0, 0, 0, DECODE.one];

const recordOf = (shift: number, bits: number, decode: number): ChannelRecord => [shift >>> 5, 32 - (shift & 31) - bits, 32 - bits, decode];

function decodeOf({ kind, bits }: Channel): number {
  if (kind === "float") return bits === 32 ? DECODE.bits : DECODE.half;
  return kind === "uint" ? DECODE.bits : DECODE[kind];
}

/**
 * @param format as for channelsOf, or rgb9e5ufloat
 * @param swizzle of a view: which component each of r, g, b, a is, or 0 or 1
 */
export function texelRecord(format: string, swizzle = "rgba"): TexelRecord {
  const records = [ZERO, ZERO, ZERO, ONE];
  let bits = 0;
  if (format === "rgb9e5ufloat") {
    for (let i = 0; i < 3; i++) records[i] = recordOf(i * 9, 9, DECODE.sharedExponent);
    bits = 32;
  } else {
    for (const channel of channelsOf(format)) {
      records[channel.component] = recordOf(channel.shift, channel.bits, decodeOf(channel));
      bits += channel.bits;
    }
  }
  const at = (i: number): ChannelRecord => {
    const letter = swizzle[i];
    return letter === "0" ? ZERO : letter === "1" ? ONE : records[COMPONENTS.indexOf(letter!)]!;
  };
  return { bytes: bits >>> 3, channels: [at(0), at(1), at(2), at(3)] };
}

/** Words of what a shader is told of a texture that it is bound: `Info` of `frontend/wgsl/texture-code.ts`. */
export const TEXTURE_INFO = {
  levels: 0,
  layers: 1,
  samples: 2,
  texel: 4,
  channels: 8,
  level: 24,
  levelWords: 8,
  mostLevels: 16,
  words: 152,
} as const;
