/**
 * Texels of uncompressed colour formats, to and from four numbers. For clears, resolves and copies of images; exact, not fast.
 * @see https://www.w3.org/TR/webgpu/#texture-formats
 */
import { type Channel, type ChannelKind, channelsOf } from "../support/texel.ts";
import type { Color } from "./color.ts";
import type { Format } from "./formats.ts";

const clamp = (n: number, low: number, high: number): number => Math.min(Math.max(n, low), high);
/** Halves to even, as hardware rounds. NaN is 0. */
function round(n: number): number {
  const floor = Math.floor(n);
  const rest = n - floor;
  if (Number.isNaN(n)) return 0;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

const toSrgb = (n: number): number => (n <= 0.0031308 ? n * 12.92 : 1.055 * n ** (1 / 2.4) - 0.055);
const fromSrgb = (n: number): number => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);

/** A small float without sign: 5 bits of exponent, `mantissa` bits of fraction. */
function packUnsignedFloat(value: number, mantissa: number): number {
  if (Number.isNaN(value)) return (31 << mantissa) | 1;
  if (value <= 0) return 0;
  if (value === Number.POSITIVE_INFINITY) return 31 << mantissa;
  const exponent = Math.max(-14, Math.floor(Math.log2(value)));
  const scaled = round(value / 2 ** (exponent - mantissa));
  // scaled is in 2^mantissa to 2^(mantissa + 1), or below for denormals: the sum carries where it rounded up
  const code = exponent === -14 && scaled < 2 ** mantissa ? scaled : scaled + (exponent + 14) * 2 ** mantissa;
  return Math.min(code, 31 << mantissa);
}

function unpackUnsignedFloat(code: number, mantissa: number): number {
  const exponent = code >>> mantissa;
  const fraction = code & (2 ** mantissa - 1);
  if (exponent === 31) return fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? fraction * 2 ** (-14 - mantissa) : (1 + fraction / 2 ** mantissa) * 2 ** (exponent - 15);
}

const floatBits = new DataView(new ArrayBuffer(4));

function packFloat(value: number, bits: number): number {
  if (bits === 32) {
    floatBits.setFloat32(0, value);
    return floatBits.getUint32(0);
  }
  if (bits < 16) return packUnsignedFloat(value, bits - 5);
  const negative = value < 0 || Object.is(value, -0);
  return packUnsignedFloat(Math.abs(value), 10) | (negative ? 0x8000 : 0);
}

function unpackFloat(code: number, bits: number): number {
  if (bits === 32) {
    floatBits.setUint32(0, code);
    return floatBits.getFloat32(0);
  }
  if (bits < 16) return unpackUnsignedFloat(code, bits - 5);
  const magnitude = unpackUnsignedFloat(code & 0x7fff, 10);
  return code & 0x8000 ? -magnitude : magnitude;
}

/** @returns the channel's bits, as an unsigned number */
function packChannel(value: number, bits: number, kind: ChannelKind): number {
  const most = 2 ** bits - 1;
  switch (kind) {
    case "unorm":
      return round(clamp(value, 0, 1) * most);
    case "srgb":
      return round(toSrgb(clamp(value, 0, 1)) * most);
    case "snorm": {
      const signed = round(clamp(value, -1, 1) * (2 ** (bits - 1) - 1));
      return signed < 0 ? signed + 2 ** bits : signed;
    }
    case "uint":
      return clamp(Math.trunc(value), 0, most);
    case "sint": {
      const signed = clamp(Math.trunc(value), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1);
      return signed < 0 ? signed + 2 ** bits : signed;
    }
    case "float":
      return packFloat(value, bits);
  }
}

function unpackChannel(code: number, bits: number, kind: ChannelKind): number {
  const signed = code >= 2 ** (bits - 1) ? code - 2 ** bits : code;
  switch (kind) {
    case "unorm":
      return code / (2 ** bits - 1);
    case "srgb":
      return fromSrgb(code / (2 ** bits - 1));
    case "snorm":
      return Math.max(-1, signed / (2 ** (bits - 1) - 1));
    case "uint":
      return code;
    case "sint":
      return signed;
    case "float":
      return unpackFloat(code, bits);
  }
}

const cache = new Map<string, readonly Channel[]>();
function channels(format: Format): readonly Channel[] {
  let found = cache.get(format.name);
  if (found === undefined) {
    found = channelsOf(format.name);
    cache.set(format.name, found);
  }
  return found;
}

/** Writes one texel. Not for compressed formats and rgb9e5ufloat, which are never rendered to. */
export function packTexel(format: Format, color: Color, target: Uint8Array, offset: number): void {
  target.fill(0, offset, offset + format.blockBytes);
  for (const { component, shift, bits, kind } of channels(format)) {
    const code = packChannel(color[component]!, bits, kind);
    // in bytes: shifts past 32 bits do not fit JavaScript's integers
    let rest = code * 2 ** (shift % 8);
    for (let at = offset + (shift >>> 3); rest > 0; at++) {
      target[at]! |= rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
}

export function unpackTexel(format: Format, source: Uint8Array, offset: number): Color {
  const color: [number, number, number, number] = [0, 0, 0, 1];
  for (const { component, shift, bits, kind } of channels(format)) {
    const first = shift >>> 3;
    const last = (shift + bits - 1) >>> 3;
    let code = 0;
    for (let i = last; i >= first; i--) code = code * 256 + source[offset + i]!;
    color[component] = unpackChannel(Math.floor(code / 2 ** (shift % 8)) % 2 ** bits, bits, kind);
  }
  return color;
}

/** Averages texels of one place. @see https://www.w3.org/TR/webgpu/#dom-gpurenderpasscolorattachment-resolvetarget */
export function resolveTexels(format: Format, samples: Uint8Array, sampleCount: number): Uint8Array {
  const { blockBytes } = format;
  const texels = samples.length / (blockBytes * sampleCount);
  const resolved = new Uint8Array(texels * blockBytes);
  for (let texel = 0; texel < texels; texel++) {
    const sum: [number, number, number, number] = [0, 0, 0, 0];
    for (let sample = 0; sample < sampleCount; sample++) {
      const color = unpackTexel(format, samples, (texel * sampleCount + sample) * blockBytes);
      for (let i = 0; i < 4; i++) sum[i]! += color[i]! / sampleCount;
    }
    packTexel(format, sum, resolved, texel * blockBytes);
  }
  return resolved;
}
