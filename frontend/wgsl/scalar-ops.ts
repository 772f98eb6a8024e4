/**
 * Arithmetic on one scalar at a time, as a shader would do it: i32 and u32 wrap, f32 and f16 round once per operation, AbstractInt is 64-bit
 * and must not overflow, no float operation may leave the finite range.
 * An Outcome that is a string is the reason why there is no value: one sentence without the place.
 * @see https://www.w3.org/TR/WGSL/#arithmetic-expr
 */
import { F16_MAX, remainder, roundF16 } from "./scalar-math.ts";
import { ABSTRACT_FLOAT, ABSTRACT_INT, BOOL, F16, F32, I32, type TypeId, U32 } from "./types.ts";
import type { Scalar } from "./value.ts";

export type Outcome = Scalar | string;
export const F32_MAX = 3.4028234663852886e38;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const INT32_MIN = -(2 ** 31);

const SCALAR_NAMES: Readonly<Record<number, string>> = {
  [BOOL]: "bool",
  [ABSTRACT_INT]: "abstract-int",
  [ABSTRACT_FLOAT]: "abstract-float",
  [I32]: "i32",
  [U32]: "u32",
  [F32]: "f32",
  [F16]: "f16",
};
export const scalarName = (type: TypeId): string => SCALAR_NAMES[type] ?? "?";

/** Rounds a real result to a float type; not finite is an error. */
export function rounded(type: TypeId, x: number): number | string {
  const y = type === F32 ? Math.fround(x) : type === F16 ? roundF16(x) : x;
  return Number.isFinite(y) ? y : `the result is not a finite '${scalarName(type)}'`;
}
function abstractInt(x: bigint): bigint | string {
  return x < INT64_MIN || x > INT64_MAX ? "the result overflows the 64-bit range of abstract integers" : x;
}

type Binary = (type: TypeId, a: Scalar, b: Scalar) => Outcome;

function arithmetic(
  big: (a: bigint, b: bigint) => bigint | string,
  signed: (a: number, b: number) => number | string,
  unsigned: (a: number, b: number) => number | string,
  float: (type: TypeId, a: number, b: number) => number | string,
): Binary {
  return (type, a, b) => {
    if (typeof a === "bigint" || typeof b === "bigint") {
      const x = big(BigInt(a), BigInt(b));
      return typeof x === "string" ? x : abstractInt(x);
    }
    if (type === I32) return signed(a, b);
    return type === U32 ? unsigned(a, b) : float(type, a, b);
  };
}

const BY_ZERO = "division by zero";
const DIVISION_OVERFLOW = "dividing the most negative integer by -1 overflows";

export const add = arithmetic(
  (a, b) => a + b,
  (a, b) => (a + b) | 0,
  (a, b) => (a + b) >>> 0,
  (type, a, b) => rounded(type, a + b),
);
export const sub = arithmetic(
  (a, b) => a - b,
  (a, b) => (a - b) | 0,
  (a, b) => (a - b) >>> 0,
  (type, a, b) => rounded(type, a - b),
);
export const mul = arithmetic(
  (a, b) => a * b,
  (a, b) => Math.imul(a, b),
  (a, b) => Math.imul(a, b) >>> 0,
  (type, a, b) => rounded(type, a * b),
);
export const div = arithmetic(
  (a, b) => (b === 0n ? BY_ZERO : a === INT64_MIN && b === -1n ? DIVISION_OVERFLOW : a / b),
  (a, b) => (b === 0 ? BY_ZERO : a === INT32_MIN && b === -1 ? DIVISION_OVERFLOW : (a / b) | 0),
  (a, b) => (b === 0 ? BY_ZERO : Math.floor(a / b)),
  (type, a, b) => (b === 0 ? BY_ZERO : rounded(type, a / b)),
);
export const mod = arithmetic(
  (a, b) => (b === 0n ? BY_ZERO : a === INT64_MIN && b === -1n ? DIVISION_OVERFLOW : a % b),
  (a, b) => (b === 0 ? BY_ZERO : a === INT32_MIN && b === -1 ? DIVISION_OVERFLOW : (a % b) | 0),
  (a, b) => (b === 0 ? BY_ZERO : a % b),
  floatRemainder,
);

/** As the run time computes it: f16 in f32, rounded once. */
function floatRemainder(type: TypeId, a: number, b: number): number | string {
  return b === 0 ? BY_ZERO : rounded(type, remainder(type, a, b));
}

export function neg(type: TypeId, a: Scalar): Outcome {
  if (typeof a === "bigint") return a === INT64_MIN ? a : -a;
  return type === I32 ? -a | 0 : -a;
}
export function compl(type: TypeId, a: Scalar): Outcome {
  if (typeof a === "bigint") return ~a;
  return type === U32 ? ~a >>> 0 : ~a;
}

function bitwise(big: (a: bigint, b: bigint) => bigint, int: (a: number, b: number) => number): Binary {
  return (type, a, b) => {
    if (typeof a === "bigint" || typeof b === "bigint") return big(BigInt(a), BigInt(b));
    return type === U32 ? int(a, b) >>> 0 : int(a, b);
  };
}
export const and = bitwise(
  (a, b) => a & b,
  (a, b) => a & b,
);
export const or = bitwise(
  (a, b) => a | b,
  (a, b) => a | b,
);
export const xor = bitwise(
  (a, b) => a ^ b,
  (a, b) => a ^ b,
);

/** Why shifting a 32-bit integer by `count` is an error whatever the value, or undefined. @see https://www.w3.org/TR/WGSL/#bit-expr */
export function shiftFault(type: TypeId, count: number): string | undefined {
  return type !== ABSTRACT_INT && count >= 32 ? `shifting a 32-bit integer by ${count}: the amount must be less than 32` : undefined;
}
export const shl: Binary = (type, a, b) => {
  const count = Number(b);
  const fault = shiftFault(type, count);
  if (fault !== undefined) return fault;
  if (typeof a === "bigint") return a === 0n ? a : count > 63 ? abstractInt(INT64_MAX + 1n) : abstractInt(a << BigInt(count));
  const exact = a * 2 ** count;
  if (type === I32) return exact === exact << 0 ? exact : "the shift changes the sign or loses bits of the value";
  return exact <= 0xffff_ffff ? exact : "the shift loses bits of the value";
};
export const shr: Binary = (type, a, b) => {
  const count = Number(b);
  const fault = shiftFault(type, count);
  if (fault !== undefined) return fault;
  if (typeof a === "bigint") return a >> BigInt(Math.min(count, 64));
  return type === U32 ? a >>> count : a >> count;
};

export const eq: Binary = (_type, a, b) => (a === b ? 1 : 0);
export const ne: Binary = (_type, a, b) => (a === b ? 0 : 1);
export const lt: Binary = (_type, a, b) => (a < b ? 1 : 0);
export const le: Binary = (_type, a, b) => (a <= b ? 1 : 0);
export const gt: Binary = (_type, a, b) => (a > b ? 1 : 0);
export const ge: Binary = (_type, a, b) => (a >= b ? 1 : 0);

/**
 * Converts a scalar, as a value constructor does: between concrete integers by bits, floats to integers by truncation and clamping.
 * Automatic conversions, whose source is abstract, are the subset that must be value-preserving.
 * @see https://www.w3.org/TR/WGSL/#floating-point-conversion
 */
export function convertScalar(from: TypeId, to: TypeId, value: Scalar): Outcome {
  if (from === to) return value;
  if (typeof value === "bigint") return convertAbstractInt(to, value);
  switch (to) {
    case BOOL:
      return value === 0 ? 0 : 1;
    case I32:
      return from === U32 ? value | 0 : floatToInt(value, INT32_MIN, from === F32 ? 2147483520 : 2147483647);
    case U32:
      return from === I32 ? value >>> 0 : floatToInt(value, 0, from === F32 ? 4294967040 : 4294967295);
    case F32:
      return Math.abs(value) > F32_MAX && !isInteger32(from) ? unrepresentable(value, to) : Math.fround(value);
    case F16:
      return Math.abs(value) > F16_MAX ? unrepresentable(value, to) : roundF16(value);
    default:
      return value;
  }
}

function convertAbstractInt(to: TypeId, value: bigint): Outcome {
  switch (to) {
    case BOOL:
      return value === 0n ? 0 : 1;
    case I32:
      return value === BigInt.asIntN(32, value) ? Number(value) : unrepresentable(value, to);
    case U32:
      return value === BigInt.asUintN(32, value) ? Number(value) : unrepresentable(value, to);
    default:
      return convertScalar(ABSTRACT_FLOAT, to, Number(value));
  }
}

/** Clamps, abstract floats too: no float converts to an integer by itself. @param high greatest integer that the float type has, too */
const floatToInt = (value: number, low: number, high: number): Outcome => Math.min(Math.max(Math.trunc(value) + 0, low), high);
const isInteger32 = (type: TypeId) => type === I32 || type === U32;
const unrepresentable = (value: Scalar, to: TypeId) => `value ${value} cannot be represented as '${scalarName(to)}'`;
