/**
 * Special functions in f64 for AbstractFloat. They use only + - * / and square root, which every engine rounds alike, where Math.sin and
 * its like may differ between engines; errors are a few units in the last place.
 * @see https://www.w3.org/TR/WGSL/#abstract-float-accuracy
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const LN2 = Math.LN2;
const HALF_PI = Math.PI / 2;
/** |x| from which e^x is infinite or 0 in f64 */
const EXP_LIMIT = 746;
const EXP2_LIMIT = 1100;

const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);

/** 2^n, exact; 0 and Infinity past the range. */
export function powerOf2(n: number): number {
  if (n > 1023) return Number.POSITIVE_INFINITY;
  // Subnormal powers are normal ones times 2^-64, which is exact.
  if (n < -1022) return n < -1074 ? 0 : powerOf2(n + 64) * SMALL;
  words[0] = 0;
  words[1] = (n + 1023) << 20;
  return double[0]!;
}
/** 2^-64 */
const SMALL = 5.421010862427522e-20;
/** Exponent of a positive finite number; of subnormal ones -1023. */
export function floorLog2(x: number): number {
  double[0] = x;
  return ((words[1]! >>> 20) & 0x7ff) - 1023;
}
/** x * 2^e without an intermediate overflow or early underflow. */
export function scaleByPowerOf2(x: number, e: number): number {
  const clamped = Math.min(Math.max(e, -2200), 2200);
  const third = Math.trunc(clamped / 3);
  return x * powerOf2(third) * powerOf2(third) * powerOf2(clamped - 2 * third);
}

/** c[0] + c[1] x + c[2] x^2 + ... */
function polynomial(x: number, c: readonly number[]): number {
  let y = 0;
  for (let i = c.length - 1; i >= 0; i--) y = y * x + c[i]!;
  return y;
}
function inverseFactorials(from: number, step: number, count: number, alternate: boolean): number[] {
  const out: number[] = [];
  let factorial = 1;
  for (let n = 1; n <= from; n++) factorial *= n;
  for (let i = 0, n = from; i < count; i++) {
    out.push((alternate && i % 2 === 1 ? -1 : 1) / factorial);
    for (let k = 0; k < step; k++) factorial *= ++n;
  }
  return out;
}
const EXP_SERIES = inverseFactorials(0, 1, 15, false);
const SINH_SERIES = inverseFactorials(1, 2, 10, false);
const SIN_SERIES = inverseFactorials(1, 2, 10, true);
const COS_SERIES = inverseFactorials(0, 2, 11, true);
/** 1, 1/3, 1/5, ...: atanh(f) / f in f^2 */
const ODD_INVERSES = Array.from({ length: 16 }, (_, i) => 1 / (2 * i + 1));

export function exp(x: number): number {
  if (Math.abs(x) >= EXP_LIMIT) return x > 0 ? Number.POSITIVE_INFINITY : 0;
  const n = Math.round(x / LN2);
  const rest = x - n * LN2_HIGH - n * LN2_LOW;
  return scaleByPowerOf2(polynomial(rest, EXP_SERIES), n);
}
export function exp2(x: number): number {
  if (Math.abs(x) >= EXP2_LIMIT) return x > 0 ? Number.POSITIVE_INFINITY : 0;
  const n = Math.round(x);
  return scaleByPowerOf2(polynomial((x - n) * LN2, EXP_SERIES), n);
}

/** x = m * 2^e with m in [sqrt(1/2), sqrt(2)): the exponent and ln(m). */
function logParts(x: number): { exponent: number; ln: number } {
  const isSubnormal = x < powerOf2(-1022);
  const normal = isSubnormal ? x * powerOf2(64) : x;
  let exponent = floorLog2(normal);
  let m = scaleByPowerOf2(normal, -exponent);
  if (m >= Math.SQRT2) {
    m /= 2;
    exponent++;
  }
  const f = (m - 1) / (m + 1);
  return { exponent: exponent - (isSubnormal ? 64 : 0), ln: 2 * f * polynomial(f * f, ODD_INVERSES) };
}
/** -Infinity for 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  const { exponent, ln } = logParts(x);
  return exponent * LN2_HIGH + (exponent * LN2_LOW + ln);
}
export function log2(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  const { exponent, ln } = logParts(x);
  return exponent + ln * Math.LOG2E;
}
function log1p(x: number): number {
  if (Math.abs(x) > 0.4) return log(1 + x);
  const f = x / (2 + x);
  return 2 * f * polynomial(f * f, ODD_INVERSES);
}

// Trigonometric functions.

/** pi / 2 in three parts of 33 bits and the rest. */
const HALF_PI_PARTS = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32];
/** up to here the parts times the quotient are exact */
const SMALL_ANGLE = 2 ** 19 * 1.5;
const PI_BITS = 1200n;
let halfPiBig: bigint | undefined;

/** floor(pi / 2 * 2^PI_BITS), by Machin's formula, once. */
function halfPi(): bigint {
  if (halfPiBig !== undefined) return halfPiBig;
  const guard = 32n;
  const one = 1n << (PI_BITS + guard);
  const arctanInverse = (n: bigint): bigint => {
    let term = one / n;
    let sum = term;
    for (let k = 3n; term !== 0n; k += 2n) {
      term = -term / (n * n);
      sum += term / k;
    }
    return sum;
  };
  halfPiBig = (2n * (4n * arctanInverse(5n) - arctanInverse(239n))) >> guard;
  return halfPiBig;
}

/** x = quadrant * pi / 2 + rest with |rest| <= pi / 4; the quadrant modulo 4. */
function reduce(x: number): { quadrant: number; rest: number } {
  if (Math.abs(x) <= SMALL_ANGLE) {
    const n = Math.round(x / HALF_PI);
    let rest = x;
    for (const part of HALF_PI_PARTS) rest -= n * part;
    return { quadrant: ((n % 4) + 4) % 4, rest };
  }
  const exponent = floorLog2(Math.abs(x)) - 52;
  const mantissa = BigInt(scaleByPowerOf2(x, -exponent));
  const scaled = exponent >= 0 ? (mantissa << BigInt(exponent)) << PI_BITS : (mantissa << PI_BITS) >> BigInt(-exponent);
  const unit = halfPi();
  let n = scaled / unit;
  let rest = scaled - n * unit;
  if (2n * (rest < 0n ? -rest : rest) > unit) {
    const step = rest < 0n ? -1n : 1n;
    n += step;
    rest -= step * unit;
  }
  return { quadrant: Number(((n % 4n) + 4n) % 4n), rest: fromFixed(rest, Number(PI_BITS)) };
}
/** n / 2^bits */
function fromFixed(n: bigint, bits: number): number {
  const excess = Math.max(0, n.toString(16).length * 4 - 128);
  return scaleByPowerOf2(Number(n >> BigInt(excess)), excess - bits);
}

const sinSeries = (x: number) => x * polynomial(x * x, SIN_SERIES);
const cosSeries = (x: number) => polynomial(x * x, COS_SERIES);

export function sin(x: number): number {
  const { quadrant, rest } = reduce(x);
  const y = quadrant % 2 === 0 ? sinSeries(rest) : cosSeries(rest);
  return quadrant < 2 ? y : -y;
}
export function cos(x: number): number {
  const { quadrant, rest } = reduce(x);
  const y = quadrant % 2 === 0 ? cosSeries(rest) : sinSeries(rest);
  return quadrant === 0 || quadrant === 3 ? y : -y;
}
export function tan(x: number): number {
  const { quadrant, rest } = reduce(x);
  return quadrant % 2 === 0 ? sinSeries(rest) / cosSeries(rest) : -cosSeries(rest) / sinSeries(rest);
}

const ATAN_SERIES = Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? 1 : -1) / (2 * i + 1));
const SQRT3 = 1.7320508075688772;
const TAN_PI_12 = 0.2679491924311227;

export function atan(x: number): number {
  const a = Math.abs(x);
  const t = a > 1 ? 1 / a : a;
  const isFar = t > TAN_PI_12;
  const u = isFar ? (t * SQRT3 - 1) / (SQRT3 + t) : t;
  let angle = u * polynomial(u * u, ATAN_SERIES);
  if (isFar) angle += Math.PI / 6;
  if (a > 1) angle = HALF_PI - angle;
  return x < 0 || Object.is(x, -0) ? -angle : angle;
}
export function atan2(y: number, x: number): number {
  const isNegative = y < 0 || Object.is(y, -0);
  let angle: number;
  if (y === 0) angle = x < 0 || Object.is(x, -0) ? Math.PI : 0;
  else if (x === 0) angle = HALF_PI;
  else {
    angle = atan(Math.abs(y / x));
    if (x < 0) angle = Math.PI - angle;
  }
  return isNegative ? -angle : angle;
}
export function asin(x: number): number {
  return atan2(x, Math.sqrt((1 - x) * (1 + x)));
}
export function acos(x: number): number {
  return atan2(Math.sqrt((1 - x) * (1 + x)), x);
}

export function inverseSqrt(x: number): number {
  return 1 / Math.sqrt(x);
}
export function degrees(x: number): number {
  return x * (180 / Math.PI);
}
export function radians(x: number): number {
  return x * (Math.PI / 180);
}

// Hyperbolic functions.

export function sinh(x: number): number {
  const a = Math.abs(x);
  if (a < 0.5) return x * polynomial(x * x, SINH_SERIES);
  return x < 0 ? -sinhPositive(a) : sinhPositive(a);
}
function sinhPositive(a: number): number {
  if (a > 20) return halfExp(a);
  const e = exp(a);
  return (e - 1 / e) / 2;
}
/** e^a / 2, which may be finite where e^a is not. */
function halfExp(a: number): number {
  const root = exp(a / 2);
  return (root / 2) * root;
}
export function cosh(x: number): number {
  const a = Math.abs(x);
  if (a > 20) return halfExp(a);
  const e = exp(a);
  return (e + 1 / e) / 2;
}
export function tanh(x: number): number {
  if (Math.abs(x) < 0.5) return sinh(x) / cosh(x);
  return 1 - 2 / (exp(2 * x) + 1);
}
export function asinh(x: number): number {
  const a = Math.abs(x);
  const y = a > 1e9 ? log(a) + LN2 : log1p(a + (a * a) / (1 + Math.sqrt(1 + a * a)));
  return x < 0 || Object.is(x, -0) ? -y : y;
}
export function acosh(x: number): number {
  if (x > 1e9) return log(x) + LN2;
  const t = x - 1;
  return log1p(t + Math.sqrt(2 * t + t * t));
}
export function atanh(x: number): number {
  const a = Math.abs(x);
  const y = log1p((2 * a) / (1 - a)) / 2;
  return x < 0 || Object.is(x, -0) ? -y : y;
}

const MAX_EXACT_POWER = 64;

/** x^y for x >= 0; small whole powers by multiplication, so that squares and the like are as exact as written out. */
export function pow(x: number, y: number): number {
  if (y === 0) return 1;
  if (x === 0) return y > 0 ? 0 : Number.POSITIVE_INFINITY;
  if (Number.isInteger(y) && Math.abs(y) <= MAX_EXACT_POWER) {
    const power = wholePower(x, Math.abs(y));
    return y > 0 ? power : 1 / power;
  }
  const { exponent, ln } = logParts(x);
  const log2Result = (exponent + ln * Math.LOG2E) * y;
  if (Math.abs(log2Result) >= EXP2_LIMIT) return log2Result > 0 ? Number.POSITIVE_INFINITY : 0;
  const whole = Math.round(exponent * y);
  // The exponent's share is split so that its rounding error does not grow with it.
  return scaleByPowerOf2(exp((exponent * y - whole) * LN2 + ln * y), whole);
}
function wholePower(x: number, n: number): number {
  let result = 1;
  let square = x;
  for (let bits = n; bits > 0; bits >>= 1) {
    if (bits & 1) result *= square;
    square *= square;
  }
  return result;
}
