/** Packing, unpacking and bit casts of vectors, word by word. @see https://www.w3.org/TR/WGSL/#data-packing-builtin-functions */
import type { Value } from "../module.ts";
import type { OpName } from "../ops.ts";
import { bitsOfFloat } from "../print-type.ts";
import type { Scalarizer } from "./scalarize.ts";

/** Bits of a part, largest integer, lowest float. */
const NORMS: Partial<Record<OpName, readonly [bits: number, scale: number, low: number]>> = {
  PackSnorm4x8: [8, 127, -1],
  PackUnorm4x8: [8, 255, 0],
  PackSnorm2x16: [16, 32767, -1],
  PackUnorm2x16: [16, 65535, 0],
  UnpackSnorm4x8: [8, 127, -1],
  UnpackUnorm4x8: [8, 255, 0],
  UnpackSnorm2x16: [16, 32767, -1],
  UnpackUnorm2x16: [16, 65535, 0],
};

export function expandPacking(s: Scalarizer, v: Value): Value[] {
  const { m, at } = s;
  const { f32, u32 } = m.types;
  const name = m.opName(v);
  const parts = s.leavesOf(m.operand(v, 0));
  if (name === "PackHalf2x16")
    return [
      pack(
        s,
        parts.map((x) => at.emit("FloatToHalfBits", u32, x)),
        16,
      ),
    ];
  if (name === "UnpackHalf2x16") return [0, 16].map((shift) => at.emit("HalfBitsToFloat", f32, shifted(s, parts[0]!, shift)));
  const [bits, scale, low] = NORMS[name]!;
  if (name.startsWith("Unpack")) {
    return Array.from({ length: 32 / bits }, (_, i) => unpackNorm(s, parts[0]!, i * bits, bits, scale, low));
  }
  return [
    pack(
      s,
      parts.map((x) => packNorm(s, x, bits, scale, low)),
      bits,
    ),
  ];
}

function shifted(s: Scalarizer, x: Value, by: number): Value {
  return by === 0 ? x : s.at.emit("ShiftRightLogical", s.m.types.u32, x, s.m.u32(by));
}
/** Parts of `bits` bits, the first lowest. */
function pack(s: Scalarizer, parts: readonly Value[], bits: number): Value {
  const { u32 } = s.m.types;
  let word = parts[0]!;
  for (let i = 1; i < parts.length; i++) {
    word = s.at.emit("BitwiseOr", u32, word, s.at.emit("ShiftLeftLogical", u32, parts[i]!, s.m.u32(i * bits)));
  }
  return word;
}
/** floor(0.5 + scale * clamp(x, low, 1)) */
function packNorm(s: Scalarizer, x: Value, bits: number, scale: number, low: number): Value {
  const { m, at } = s;
  const { f32, i32, u32 } = m.types;
  const f = (value: number) => m.constant(f32, bitsOfFloat(value));
  const clamped = at.emit("FMin", f32, at.emit("FMax", f32, x, f(low)), f(1));
  const scaled = at.emit("Floor", f32, at.emit("FAdd", f32, f(0.5), at.emit("FMul", f32, f(scale), clamped)));
  const whole = at.emit("Bitcast", u32, at.emit("ConvertFToS", i32, scaled));
  return low === 0 ? whole : at.emit("BitwiseAnd", u32, whole, m.u32(2 ** bits - 1));
}
/** max(part / scale, low) */
function unpackNorm(s: Scalarizer, word: Value, offset: number, bits: number, scale: number, low: number): Value {
  const { m, at } = s;
  const { f32, i32, u32 } = m.types;
  const f = (value: number) => m.constant(f32, bitsOfFloat(value));
  if (low === 0) {
    const part = at.emit("BitwiseAnd", u32, shifted(s, word, offset), m.u32(2 ** bits - 1));
    return at.emit("FDiv", f32, at.emit("ConvertUToF", f32, part), f(scale));
  }
  const high = at.emit("ShiftLeftLogical", i32, at.emit("Bitcast", i32, word), m.u32(32 - bits - offset));
  const part = at.emit("ShiftRightArithmetic", i32, high, m.u32(32 - bits));
  return at.emit("FMax", f32, at.emit("FDiv", f32, at.emit("ConvertSToF", f32, part), f(scale)), f(-1));
}

/** Between scalars and vectors of one size: through words, two halves in one. */
export function expandBitcast(s: Scalarizer, v: Value): Value[] {
  const { m, at } = s;
  const { f16, f32, u32 } = m.types;
  const from = s.leavesOf(m.operand(v, 0));
  const type = m.types.element(m.type(v));
  const isHalf = m.type(from[0]!) === f16;
  if (isHalf === (type === f16)) return from.map((x) => (m.type(x) === type ? x : at.emit("Bitcast", type, x)));
  if (!isHalf) {
    return from.flatMap((x) => {
      const word = m.type(x) === u32 ? x : at.emit("Bitcast", u32, x);
      return [0, 16].map((by) => at.emit("FConvert", f16, at.emit("HalfBitsToFloat", f32, shifted(s, word, by))));
    });
  }
  const out: Value[] = [];
  for (let i = 0; i < from.length; i += 2) {
    const halves = [from[i]!, from[i + 1]!].map((x) => at.emit("FloatToHalfBits", u32, at.emit("FConvert", f32, x)));
    const word = pack(s, halves, 16);
    out.push(type === u32 ? word : at.emit("Bitcast", type, word));
  }
  return out;
}
