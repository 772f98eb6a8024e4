/**
 * What texture builtins that need no sampler do, in WGSL: lowered like any other code, into each module that calls them. A texture is two
 * buffers to the machine: its texels, in words, and an Info that the driver writes for each view bound.
 *
 * Coordinates out of range: loads take the nearest texel, stores do nothing. Nothing here is trusted: an access that went astray would end
 * at the bounds of the texture's own memory, which the machine checks as it does for buffers.
 * @see https://www.w3.org/TR/WGSL/#texture-builtin-functions
 */
import { DECODE } from "../../support/texel.ts";

export const TEXTURE_CODE = `
struct Format { bytes: u32, r: vec4<u32>, g: vec4<u32>, b: vec4<u32>, a: vec4<u32> }
struct Level { offset: u32, row: u32, image: u32, size: vec3<u32> }
struct Info { levels: u32, layers: u32, samples: u32, format: Format, level: array<Level, 16> }
alias InfoPtr = ptr<uniform, Info>;
alias Texels = ptr<storage, array<u32>, read_write>;
alias Parts = ptr<storage, array<atomic<u32>>, read_write>;

fn dimensions(info: InfoPtr, level: u32) -> vec3<u32> { return info.level[min(level, info.levels - 1)].size; }
fn layers(info: InfoPtr) -> u32 { return info.layers; }
fn levels(info: InfoPtr) -> u32 { return info.levels; }
fn samples(info: InfoPtr) -> u32 { return info.samples; }
fn format_of(info: InfoPtr) -> Format { return info.format; }

fn texel(t: Texels, info: InfoPtr, bytes: u32, at: vec3<u32>, level: u32, sample: u32) -> vec4<u32> {
  let l = min(level, info.levels - 1);
  let p = min(at, info.level[l].size - 1);
  let x = p.x * info.samples + min(sample, info.samples - 1);
  let offset = info.level[l].offset + p.z * info.level[l].image + p.y * info.level[l].row + x * bytes;
  let i = offset >> 2;
  var words = vec4<u32>(t[i], 0, 0, 0);
  if bytes < 4 { words.x = words.x >> ((offset & 3) * 8); }
  if bytes > 4 { words.y = t[i + 1]; }
  if bytes > 8 { words.z = t[i + 2]; words.w = t[i + 3]; }
  return words;
}

fn float_of(words: vec4<u32>, c: vec4<u32>) -> f32 {
  let top = words[c.x] << c.y;
  let bits = top >> c.z;
  switch c.w {
    case ${DECODE.one}: { return 1.0; }
    case ${DECODE.bits}: { return bitcast<f32>(bits); }
    case ${DECODE.unorm}: { return f32(bits) / f32(0xffffffffu >> c.z); }
    case ${DECODE.snorm}: { return max(f32(bitcast<i32>(top) >> c.z) / f32(0x7fffffffu >> c.z), -1.0); }
    case ${DECODE.half}: { return unpack2x16float(bits << select(c.z - 17, 0, c.z == 16)).x; }
    case ${DECODE.srgb}: {
      let v = f32(bits) / 255.0;
      if v <= 0.04045 { return v / 12.92; }
      return pow((v + 0.055) / 1.055, 2.4);
    }
    case ${DECODE.sharedExponent}: { return ldexp(f32(bits), i32(words.x >> 27) - 24); }
    default: { return 0.0; }
  }
}

fn int_of(words: vec4<u32>, c: vec4<u32>) -> u32 {
  let top = words[c.x] << c.y;
  switch c.w {
    case ${DECODE.zero}: { return 0; }
    case ${DECODE.one}: { return 1; }
    case ${DECODE.sint}: { return bitcast<u32>(bitcast<i32>(top) >> c.z); }
    default: { return top >> c.z; }
  }
}

fn load_f32(t: Texels, info: InfoPtr, f: Format, at: vec3<u32>, level: u32, sample: u32) -> vec4<f32> {
  let w = texel(t, info, f.bytes, at, level, sample);
  return vec4<f32>(float_of(w, f.r), float_of(w, f.g), float_of(w, f.b), float_of(w, f.a));
}

fn load_u32(t: Texels, info: InfoPtr, f: Format, at: vec3<u32>, level: u32, sample: u32) -> vec4<u32> {
  let w = texel(t, info, f.bytes, at, level, sample);
  return vec4<u32>(int_of(w, f.r), int_of(w, f.g), int_of(w, f.b), int_of(w, f.a));
}

fn load_i32(t: Texels, info: InfoPtr, f: Format, at: vec3<u32>, level: u32, sample: u32) -> vec4<i32> {
  return bitcast<vec4<i32>>(load_u32(t, info, f, at, level, sample));
}

fn bits_of_float(v: f32, c: vec4<u32>) -> u32 {
  switch c.w {
    case ${DECODE.bits}: { return bitcast<u32>(v); }
    case ${DECODE.unorm}: { return u32(floor(0.5 + f32(0xffffffffu >> c.z) * saturate(v))); }
    case ${DECODE.snorm}: { return bitcast<u32>(i32(floor(0.5 + f32(0x7fffffffu >> c.z) * clamp(v, -1.0, 1.0)))) & (0xffffffffu >> c.z); }
    case ${DECODE.half}: {
      if c.z == 16 { return pack2x16float(vec2<f32>(v, 0.0)); }
      let half = pack2x16float(vec2<f32>(max(v, 0.0), 0.0));
      let drop = c.z - 17;
      return (half + (1u << (drop - 1)) - 1 + ((half >> drop) & 1)) >> drop;
    }
    default: { return 0; }
  }
}

fn bits_of_u32(v: u32, c: vec4<u32>) -> u32 {
  if c.w < ${DECODE.bits} { return 0; }
  return min(v, 0xffffffffu >> c.z);
}

fn bits_of_i32(v: i32, c: vec4<u32>) -> u32 {
  if c.w < ${DECODE.bits} { return 0; }
  let most = bitcast<i32>(0x7fffffffu >> c.z);
  return bitcast<u32>(clamp(v, -most - 1, most)) & (0xffffffffu >> c.z);
}

fn placed(bits: u32, c: vec4<u32>) -> vec4<u32> {
  return select(vec4<u32>(), vec4<u32>(bits << (c.z - c.y)), vec4<u32>(0, 1, 2, 3) == c.xxxx);
}

fn words_of(bits: vec4<u32>, f: Format) -> vec4<u32> {
  return placed(bits.x, f.r) | placed(bits.y, f.g) | placed(bits.z, f.b) | placed(bits.w, f.a);
}
fn words_of_f32(v: vec4<f32>, f: Format) -> vec4<u32> {
  return words_of(vec4<u32>(bits_of_float(v.x, f.r), bits_of_float(v.y, f.g), bits_of_float(v.z, f.b), bits_of_float(v.w, f.a)), f);
}
fn words_of_u32(v: vec4<u32>, f: Format) -> vec4<u32> {
  return words_of(vec4<u32>(bits_of_u32(v.x, f.r), bits_of_u32(v.y, f.g), bits_of_u32(v.z, f.b), bits_of_u32(v.w, f.a)), f);
}
fn words_of_i32(v: vec4<i32>, f: Format) -> vec4<u32> {
  return words_of(vec4<u32>(bits_of_i32(v.x, f.r), bits_of_i32(v.y, f.g), bits_of_i32(v.z, f.b), bits_of_i32(v.w, f.a)), f);
}

fn offset_of(info: InfoPtr, bytes: u32, at: vec3<u32>) -> u32 {
  return info.level[0].offset + at.z * info.level[0].image + at.y * info.level[0].row + at.x * bytes;
}

fn store(t: Texels, info: InfoPtr, bytes: u32, at: vec3<u32>, words: vec4<u32>) {
  if any(at >= info.level[0].size) { return; }
  let i = offset_of(info, bytes, at) >> 2;
  t[i] = words.x;
  if bytes > 4 { t[i + 1] = words.y; }
  if bytes > 8 { t[i + 2] = words.z; t[i + 3] = words.w; }
}

// texels that share a word: other invocations may write the rest of it at the same time
fn store_part(t: Parts, info: InfoPtr, bytes: u32, at: vec3<u32>, words: vec4<u32>) {
  if any(at >= info.level[0].size) { return; }
  let offset = offset_of(info, bytes, at);
  let shift = (offset & 3) * 8;
  let i = offset >> 2;
  atomicAnd(&t[i], ~((0xffffffffu >> (32 - bytes * 8)) << shift));
  atomicOr(&t[i], words.x << shift);
}
`;
