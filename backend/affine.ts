/**
 * How uniform a result is, from how uniform the operands are.
 *
 * A value is g (one per workgroup), w (one per wave), affine or v (one per lane). Affine: value = base + k * lane modulo 2^32 with a
 * base that is the same in all lanes of the wave and a constant k that is not 0; the base is computed in w registers. That the base of the
 * invocation index is a multiple of 4 shows that `index / 8` is w and `index % 8` affine: where base and lane part share no bits, masks,
 * shifts and division act on them apart. `zeros` counts the trailing zero bits known of the value, for affine ones of the base.
 */
import type { Module, Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";

export const UNSET = -1;
export const G = 0;
export const W = 1;
export const A = 2;
export const V = 3;

export interface Uniformity {
  cls: number;
  /** lane multiple, 0 unless affine */
  k: number;
  /** 0 to 32 */
  zeros: number;
}

export function trailingZeros(bits: number): number {
  const b = bits | 0;
  return b === 0 ? 32 : 31 - Math.clz32(b & -b);
}

/** Known trailing zeros of the value itself. */
export function valueZeros(u: Uniformity): number {
  return u.cls === A ? Math.min(u.zeros, trailingZeros(u.k)) : u.zeros;
}

/** For affine values: where the lane's two bits start, if they lie below all other bits; else -1. */
function laneShift(u: Uniformity): number {
  const j = trailingZeros(u.k);
  return u.k === 1 << j && j + 2 <= u.zeros ? j : -1;
}

const set = (out: Uniformity, cls: number, k: number, zeros: number) => {
  out.cls = cls;
  out.k = cls === A ? k | 0 : 0;
  out.zeros = zeros;
};
const scaled = (out: Uniformity, cls: number, k: number, zeros: number) => set(out, cls === A && (k | 0) === 0 ? W : cls, k, zeros);

/**
 * Integer operations that keep affine values affine, or make them w. Others give the greatest class of their operands, affine counting as v.
 * @param x, y states of the first two operands; `y` is `x` again for operations of one
 * @param constant bits of the second operand, or -1
 */
export function transfer(m: Module, v: Value, x: Uniformity, y: Uniformity, constant: number, out: Uniformity): void {
  const anyV = x.cls === V || y.cls === V;
  const scalar = Math.max(x.cls, y.cls);
  const zx = valueZeros(x);
  const zy = valueZeros(y);
  switch (m.op(v)) {
    case OP.IAdd:
    case OP.ISub: {
      const k = m.op(v) === OP.IAdd ? x.k + y.k : x.k - y.k;
      const zeros = Math.min(anyV ? zx : x.zeros, anyV ? zy : y.zeros);
      if (anyV) return set(out, V, 0, zeros);
      return scaled(out, scalar, k, zeros);
    }
    case OP.SNegate:
      return anyV ? set(out, V, 0, zx) : scaled(out, x.cls, -x.k, x.zeros);
    case OP.Bitcast:
      return set(out, x.cls, x.k, x.zeros);
    case OP.IMul: {
      const zeros = Math.min(32, x.zeros + y.zeros);
      if (!anyV && x.cls === A && constant >= 0) return scaled(out, A, Math.imul(x.k, constant), zeros);
      return set(out, scalar >= A ? V : scalar, 0, Math.min(32, zx + zy));
    }
    case OP.ShiftLeftLogical: {
      if (constant < 0) return set(out, scalar >= A ? V : scalar, 0, zx);
      const s = constant & 31;
      if (x.cls === A) return scaled(out, A, x.k << s, Math.min(32, x.zeros + s));
      return set(out, x.cls, 0, Math.min(32, zx + s));
    }
    case OP.ShiftRightLogical:
      return shiftRight(x, constant < 0 ? -1 : constant & 31, scalar, out);
    case OP.ShiftRightArithmetic:
      // where the lane's bits reach the sign, each lane brings in its own
      if (x.cls === A && laneShift(x) === 30) return set(out, V, 0, constant < 0 ? 0 : Math.max(0, valueZeros(x) - (constant & 31)));
      return shiftRight(x, constant < 0 ? -1 : constant & 31, scalar, out);
    case OP.BitwiseAnd:
    case OP.BitwiseOr:
    case OP.BitwiseXor:
      return bitwise(m.op(v), x, y, constant, out);
    case OP.UDiv:
      if (constant > 0 && (constant & (constant - 1)) === 0) return shiftRight(x, trailingZeros(constant), scalar, out);
      if (x.cls === A && constant > 0 && laneShift(x) >= 0 && trailingZeros(constant) >= laneShift(x) + 2) return set(out, W, 0, 0);
      return set(out, scalar >= A ? V : scalar, 0, 0);
    case OP.UMod: {
      const zeros = constant > 0 ? Math.min(x.cls === A ? x.zeros : zx, trailingZeros(constant)) : 0;
      const j = laneShift(x);
      if (x.cls === A && constant > 0 && j >= 0 && trailingZeros(constant) >= j + 2) return set(out, A, x.k, zeros);
      return set(out, scalar >= A ? V : scalar, 0, x.cls === A ? Math.min(zeros, zx) : zeros);
    }
    default:
      return set(out, scalar >= A ? V : scalar, 0, 0);
  }
}

function shiftRight(x: Uniformity, s: number, scalar: number, out: Uniformity): void {
  if (x.cls === A && s >= 0) {
    const j = laneShift(x);
    if (j >= 0 && s >= j + 2) return set(out, W, 0, Math.max(0, x.zeros - s));
    if (j >= 0 && s <= j) return set(out, A, x.k >>> s, x.zeros - s);
  }
  set(out, scalar >= A ? V : scalar, 0, s < 0 ? 0 : Math.max(0, valueZeros(x) - s));
}

function bitwise(op: number, x: Uniformity, y: Uniformity, constant: number, out: Uniformity): void {
  const zx = valueZeros(x);
  const zy = valueZeros(y);
  const isAnd = op === OP.BitwiseAnd;
  const scalar = Math.max(x.cls, y.cls);
  const j = x.cls === A && constant >= 0 ? laneShift(x) : -1;
  if (j >= 0) {
    const lanes = 3 << j;
    const kept = constant & lanes;
    if (isAnd && kept === 0) return set(out, W, 0, Math.max(x.zeros, zy));
    if (isAnd && kept === lanes) return set(out, A, x.k, Math.max(x.zeros, trailingZeros(constant & ~lanes)));
    if (!isAnd && kept === 0) return set(out, A, x.k, Math.min(x.zeros, zy));
  }
  set(out, scalar >= A ? V : scalar, 0, isAnd ? Math.max(zx, zy) : Math.min(zx, zy));
}

/** The state of a value that may be either of two. UNSET is neutral. */
export function join(out: Uniformity, x: Uniformity): void {
  if (x.cls === UNSET) return;
  if (out.cls === UNSET) return set(out, x.cls, x.k, x.zeros);
  const same = out.cls === x.cls && out.k === x.k;
  const cls = same ? out.cls : Math.max(out.cls, x.cls) >= A ? V : Math.max(out.cls, x.cls);
  const zeros = cls === A ? Math.min(out.zeros, x.zeros) : Math.min(valueZeros(out), valueZeros(x));
  set(out, cls, out.k, zeros);
}
