/**
 * WGSL expressions that unpack and pack one texel, or one vertex attribute, of a format known when a pipeline is made.
 * @see https://www.w3.org/TR/WGSL/#channel-formats
 */
import type { Channel } from "../../support/texel.ts";

const LETTERS = "xyzw";

/** What the components of a texel are to the shader. */
export type TexelScalar = "f32" | "u32" | "i32";

export function scalarOf(channels: readonly Channel[]): TexelScalar {
  const kind = channels[0]?.kind;
  return kind === "uint" ? "u32" : kind === "sint" ? "i32" : "f32";
}

export const bitsOf = (channels: readonly Channel[]): number => channels.reduce((sum, { bits }) => sum + bits, 0);

/** WGSL's builtins for four channels of a byte. */
const BYTES: Readonly<Partial<Record<Channel["kind"], readonly [unpack: string, pack: string]>>> = {
  unorm: ["unpack4x8unorm", "pack4x8unorm"],
  snorm: ["unpack4x8snorm", "pack4x8snorm"],
  uint: ["unpack4xU8", "pack4xU8Clamp"],
  sint: ["unpack4xI8", "pack4xI8Clamp"],
};

function byteBuiltins(channels: readonly Channel[]): readonly [unpack: string, pack: string] | null {
  const [first] = channels;
  const alike = first?.shift === 0 && channels.length === 4 && channels.every(({ bits, kind }) => bits === 8 && kind === first.kind);
  return alike ? (BYTES[first.kind] ?? null) : null;
}

/** Where each component is among the channels, as a swizzle; "" if they are in order. The same both ways: red and blue change places. */
function swizzleOf(channels: readonly Channel[], count: number): string {
  const letters = channels.slice(0, count).map(({ component }) => LETTERS[component]);
  const swizzle = letters.join("");
  return swizzle === LETTERS ? "" : `.${swizzle}`;
}

export const vectorType = (scalar: string, count: number): string => (count === 1 ? scalar : `vec${count}<${scalar}>`);

/**
 * @param word WGSL for word i of the texel
 * @param count how many components are wanted, from the first on: those that the format lacks are 0, the fourth 1
 * @returns an expression of vectorType(scalarOf(channels), count)
 */
export function unpackCode(channels: readonly Channel[], word: (i: number) => string, count = 4): string {
  const builtins = byteBuiltins(channels);
  if (builtins !== null) return `${builtins[0]}(${word(0)})${swizzleOf(channels, count)}`;
  const scalar = scalarOf(channels);
  const parts = Array.from({ length: count }, (_, i) => {
    const channel = channels.find(({ component }) => component === i);
    if (channel !== undefined) return unpackChannel(channel, word(channel.shift >>> 5));
    return `${scalar}(${i === 3 ? 1 : 0})`;
  });
  return count === 1 ? parts[0]! : `${vectorType(scalar, count)}(${parts.join(", ")})`;
}

/** @param word the one that the channel is in */
function unpackChannel({ shift: place, bits, kind }: Channel, word: string): string {
  const shift = place & 31;
  const whole = bits === 32;
  const field = whole ? word : `extractBits(${word}, ${shift}u, ${bits}u)`;
  const signed = whole ? `bitcast<i32>(${word})` : `extractBits(bitcast<i32>(${word}), ${shift}u, ${bits}u)`;
  switch (kind) {
    case "uint":
      return field;
    case "sint":
      return signed;
    case "unorm":
      return `f32(${field}) / ${mostOf(bits)}`;
    case "snorm":
      return `max(f32(${signed}) / ${mostOf(bits - 1)}, -1.0)`;
    case "srgb":
      return `from_srgb(f32(${field}) / 255.0)`;
    case "float":
      if (whole) return `bitcast<f32>(${word})`;
      if (bits === 16) return `unpack2x16float(${word}).${shift === 0 ? "x" : "y"}`;
      // a half without its sign and its last bits
      return `unpack2x16float(${field} << ${15 - bits}u).x`;
  }
}

const mostOf = (bits: number): string => `${2 ** bits - 1}.0`;

/**
 * Values out of range become the nearest that the format has, integers too.
 * @param value name of a vec4 of scalarOf(channels)
 * @returns an expression for each word of the texel
 */
export function packCode(channels: readonly Channel[], value: string): string[] {
  const builtins = byteBuiltins(channels);
  if (builtins !== null) return [`${builtins[1]}(${value}${swizzleOf(channels, 4)})`];
  return Array.from({ length: Math.ceil(bitsOf(channels) / 32) }, (_, i) => {
    const inWord = channels.filter(({ shift }) => shift >>> 5 === i);
    return packWord(inWord, value);
  });
}

function packWord(channels: readonly Channel[], value: string): string {
  const of = ({ component }: Channel): string => `${value}.${LETTERS[component]}`;
  const [low, high] = channels;
  if (low?.kind === "float" && low.bits === 16) return `pack2x16float(vec2<f32>(${of(low)}, ${high ? of(high) : "0.0"}))`;
  const fields = channels.map((channel) => {
    const bits = packChannel(channel, of(channel));
    const shift = channel.shift & 31;
    return shift === 0 ? bits : `(${bits} << ${shift}u)`;
  });
  return fields.join(" | ");
}

function packChannel({ bits, kind }: Channel, value: string): string {
  const mask = `${2 ** bits - 1}u`;
  switch (kind) {
    case "uint":
      return bits === 32 ? value : `min(${value}, ${mask})`;
    case "sint":
      if (bits === 32) return `bitcast<u32>(${value})`;
      return `(bitcast<u32>(clamp(${value}, ${-(2 ** (bits - 1))}, ${2 ** (bits - 1) - 1})) & ${mask})`;
    case "unorm":
      return `u32(floor(0.5 + ${mostOf(bits)} * saturate(${value})))`;
    case "snorm":
      return `(bitcast<u32>(i32(floor(0.5 + ${mostOf(bits - 1)} * clamp(${value}, -1.0, 1.0)))) & ${mask})`;
    case "srgb":
      return `u32(floor(0.5 + 255.0 * to_srgb(saturate(${value}))))`;
    case "float":
      return bits === 32 ? `bitcast<u32>(${value})` : `small_float(${value}, ${15 - bits}u)`;
  }
}

/** Functions that the expressions above call. */
const HELPERS: Readonly<Record<string, string>> = {
  from_srgb: `fn from_srgb(v: f32) -> f32 {
  if v <= 0.04045 { return v / 12.92; }
  return pow((v + 0.055) / 1.055, 2.4);
}
`,
  to_srgb: `fn to_srgb(v: f32) -> f32 {
  if v <= 0.0031308 { return v * 12.92; }
  return 1.055 * pow(v, 1.0 / 2.4) - 0.055;
}
`,
  small_float: `// a half without its sign and its last bits, rounded to even
fn small_float(v: f32, drop: u32) -> u32 {
  let half = pack2x16float(vec2<f32>(max(v, 0.0), 0.0));
  return (half + (1u << (drop - 1u)) - 1u + ((half >> drop) & 1u)) >> drop;
}
`,
};

/** Declarations that `code` needs. */
export const texelHelpers = (code: string): string =>
  Object.entries(HELPERS)
    .filter(([name]) => code.includes(`${name}(`))
    .map(([, text]) => text)
    .join("");
