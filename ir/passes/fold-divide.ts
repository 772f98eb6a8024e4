/**
 * Unsigned division by a constant without a division: shifts for powers of two, else the high half of a product with a rounded reciprocal.
 * @see Granlund, Montgomery: Division by Invariant Integers using Multiplication (1994), figure 4.2
 */
import { NONE } from "../../support/id.ts";
import type { Module, Value } from "../module.ts";
import type { OpName } from "../ops.ts";

type Before = (m: Module, v: Value, op: OpName, ...args: Value[]) => Value;

function log2(bits: number): number {
  return bits > 0 && (bits & (bits - 1)) === 0 ? 31 - Math.clz32(bits) : -1;
}

/** `x / d` as instructions before `v`; only ops that are cheap on the machine. */
function quotient(m: Module, v: Value, x: Value, d: number, before: Before): Value {
  const shift = log2(d);
  if (shift === 0) return x;
  if (shift > 0) return before(m, v, "ShiftRightLogical", x, m.u32(shift));
  const { magic, more, isWide } = reciprocal(d);
  const high = before(m, v, "UMulHigh", x, m.constant(m.type(v), magic));
  if (!isWide) return more === 0 ? high : before(m, v, "ShiftRightLogical", high, m.u32(more));
  // the reciprocal has 33 bits: add x for the top one, in halves so as not to overflow
  const rest = before(m, v, "ShiftRightLogical", before(m, v, "ISub", x, high), m.u32(1));
  return before(m, v, "ShiftRightLogical", before(m, v, "IAdd", rest, high), m.u32(more - 1));
}

/** @param d 3 or more, no power of two. x / d = (x * (isWide ? 2^32 : 0 + magic)) >> (32 + more) for every u32 x */
export function reciprocal(d: number): { magic: number; more: number; isWide: boolean } {
  const bits = 32 - Math.clz32(d - 1);
  const divisor = BigInt(d);
  let low = (1n << BigInt(32 + bits)) / divisor;
  let high = ((1n << BigInt(32 + bits)) + (1n << BigInt(bits))) / divisor;
  let more = bits;
  while (low >> 1n < high >> 1n && more > 0) {
    low >>= 1n;
    high >>= 1n;
    more--;
  }
  const isWide = high >= 1n << 32n;
  return { magic: Number(BigInt.asIntN(32, high)), more, isWide };
}

export function divideUnsigned(m: Module, v: Value, before: Before): Value {
  const d = m.constantBits(m.operand(v, 1));
  if (d < 0) return NONE;
  if (d === 0) return m.operand(v, 0); // as the machine divides
  return quotient(m, v, m.operand(v, 0), d, before);
}

export function moduloUnsigned(m: Module, v: Value, before: Before): Value {
  const d = m.constantBits(m.operand(v, 1));
  if (d < 0) return NONE;
  const x = m.operand(v, 0);
  if (d <= 1) return m.constant(m.type(v), 0);
  if (log2(d) > 0) return before(m, v, "BitwiseAnd", x, m.constant(m.type(v), d - 1));
  const product = before(m, v, "IMul", quotient(m, v, x, d, before), m.constant(m.type(v), d));
  return before(m, v, "ISub", x, product);
}
