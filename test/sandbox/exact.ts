/** Exact arithmetic on f32 and binary16 bits by rationals of BigInts: the independent judge of the float instructions. */

export interface Format {
  /** bits of the fraction field and of the exponent field */
  readonly fraction: number;
  readonly exponent: number;
}
export const F32: Format = { fraction: 23, exponent: 8 };
export const F16: Format = { fraction: 10, exponent: 5 };

/** NaN, or a sign with an infinity or a rational n / d, n >= 0, d > 0. */
export type Real = { readonly kind: "nan" } | { readonly kind: "inf"; readonly negative: boolean } | Finite;
export interface Finite {
  readonly kind: "finite";
  readonly negative: boolean;
  readonly n: bigint;
  readonly d: bigint;
}

export const NAN: Real = { kind: "nan" };
export const infinity = (negative: boolean): Real => ({ kind: "inf", negative });
export const rational = (negative: boolean, n: bigint, d = 1n): Finite => ({ kind: "finite", negative, n, d });

const biasOf = (f: Format) => 2 ** (f.exponent - 1) - 1;

/** The value that bits stand for. */
export function decode(bits: number, f: Format = F32): Real {
  const fraction = BigInt(bits % 2 ** f.fraction);
  const exponent = Math.floor(bits / 2 ** f.fraction) % 2 ** f.exponent;
  const negative = Math.floor(bits / 2 ** (f.fraction + f.exponent)) % 2 === 1;
  if (exponent === 2 ** f.exponent - 1) return fraction === 0n ? infinity(negative) : NAN;
  const significand = exponent === 0 ? fraction : fraction + (1n << BigInt(f.fraction));
  const power = (exponent === 0 ? 1 : exponent) - biasOf(f) - f.fraction;
  return power >= 0 ? rational(negative, significand << BigInt(power)) : rational(negative, significand, 1n << BigInt(-power));
}

/** A canonical quiet NaN, where any would do. */
export const nanBits = (f: Format) => (2 ** f.exponent - 1) * 2 ** f.fraction + 2 ** (f.fraction - 1);

/** The bits of the nearest value, ties to even. */
export function encode(x: Real, f: Format = F32): number {
  if (x.kind === "nan") return nanBits(f);
  const sign = x.negative ? 2 ** (f.fraction + f.exponent) : 0;
  const top = (2 ** f.exponent - 1) * 2 ** f.fraction;
  if (x.kind === "inf") return sign + top;
  if (x.n === 0n) return sign;
  // The power of the unit in the last place: floor(log2(n / d)) - fraction, but not below the denormals'.
  let power = x.n.toString(2).length - x.d.toString(2).length;
  if (power >= 0 ? x.n < x.d << BigInt(power) : x.n << BigInt(-power) < x.d) power--;
  const unit = Math.max(power, 1 - biasOf(f)) - f.fraction;
  const n = unit < 0 ? x.n << BigInt(-unit) : x.n;
  const d = unit > 0 ? x.d << BigInt(unit) : x.d;
  let significand = n / d;
  const twice = (n % d) * 2n;
  if (twice > d || (twice === d && significand % 2n === 1n)) significand++;
  // A significand that rounded up to the next power of two carries into the exponent by plain addition.
  const exponent = unit + f.fraction + biasOf(f);
  const magnitude = Number(significand) + (exponent - 1) * 2 ** f.fraction;
  return sign + Math.min(magnitude, top);
}

export function negate(x: Real): Real {
  return x.kind === "nan" ? x : { ...x, negative: !x.negative };
}

export function add(a: Real, b: Real): Real {
  if (a.kind === "nan" || b.kind === "nan") return NAN;
  if (a.kind === "inf") return b.kind === "inf" && a.negative !== b.negative ? NAN : a;
  if (b.kind === "inf") return b;
  const n = signed(a) * b.d + signed(b) * a.d;
  const negative = n === 0n ? a.negative && b.negative : n < 0n;
  return rational(negative, n < 0n ? -n : n, a.d * b.d);
}

const signed = (x: Finite) => (x.negative ? -x.n : x.n);
const isZero = (x: Real) => x.kind === "finite" && x.n === 0n;

export function multiply(a: Real, b: Real): Real {
  if (a.kind === "nan" || b.kind === "nan") return NAN;
  const negative = a.negative !== b.negative;
  if (a.kind === "inf" || b.kind === "inf") return isZero(a) || isZero(b) ? NAN : infinity(negative);
  return rational(negative, a.n * b.n, a.d * b.d);
}

export function divide(a: Real, b: Real): Real {
  if (a.kind === "nan" || b.kind === "nan") return NAN;
  const negative = a.negative !== b.negative;
  if (a.kind === "inf") return b.kind === "inf" ? NAN : infinity(negative);
  if (b.kind === "inf") return rational(negative, 0n);
  if (b.n === 0n) return a.n === 0n ? NAN : infinity(negative);
  return rational(negative, a.n * b.d, a.d * b.n);
}

/** The root to 80 bits and a sticky bit below them: rounds as the exact root does. */
export function squareRoot(x: Real): Real {
  if (x.kind === "nan" || isZero(x)) return x;
  if (x.negative) return NAN;
  if (x.kind === "inf") return x;
  const shift = 400n;
  const scaled = (x.n << (2n * shift)) / x.d;
  const root = integerRoot(scaled);
  const isExact = root * root === scaled && (x.n << (2n * shift)) % x.d === 0n;
  return rational(false, root * 2n + (isExact ? 0n : 1n), 1n << (shift + 1n));
}

function integerRoot(n: bigint): bigint {
  if (n < 2n) return n;
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const y = (x + n / x) >> 1n;
    if (y >= x) return x;
    x = y;
  }
}

/** -1, 0 or 1, or undefined where one is NaN. */
export function compare(a: Real, b: Real): number | undefined {
  if (a.kind === "nan" || b.kind === "nan") return undefined;
  if (a.kind === "inf") return b.kind === "inf" && a.negative === b.negative ? 0 : a.negative ? -1 : 1;
  if (b.kind === "inf") return b.negative ? 1 : -1;
  const difference = signed(a) * b.d - signed(b) * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export type Rounding = "down" | "up" | "zero" | "even";

/** Rounds to an integer; zeros keep the sign. */
export function toInteger(x: Real, how: Rounding): Real {
  if (x.kind !== "finite") return x;
  const whole = x.n / x.d;
  const rest = x.n % x.d;
  const away =
    how === "even"
      ? rest * 2n > x.d || (rest * 2n === x.d && whole % 2n === 1n)
      : rest !== 0n && ((how === "down" && x.negative) || (how === "up" && !x.negative));
  return rational(x.negative, away ? whole + 1n : whole);
}

/** Towards zero into [low, high]; NaN gives 0. */
export function saturate(x: Real, low: bigint, high: bigint): bigint {
  if (x.kind === "nan") return 0n;
  if (x.kind === "inf") return x.negative ? low : high;
  const whole = (x.negative ? -1n : 1n) * (x.n / x.d);
  return whole < low ? low : whole > high ? high : whole;
}
