/**
 * The one library of f32 algorithms behind fsin, fcos, fexp2, flog2, fatan2, f2h and h2f. Each is written once over `Ops`, and every tier
 * instantiates it: the reference machine and constant evaluation with numbers (`numeric-scalar.ts`), the jit with SIMD instructions. So
 * all agree bit for bit by construction. What is built on top of these instructions is in `numeric-composed.ts`.
 *
 * No tables, no branches, no fused operations. Bounds are those of WGSL; test/sandbox/isa-numeric.test.ts measures the errors stated here.
 * Coefficients are minimax fits rounded to f32, most significant first, the rest refitted after each rounding.
 * @see https://www.w3.org/TR/WGSL/#concrete-float-accuracy
 */

/**
 * Operations on f32 values F, 32-bit integers I and truth values M (all one type in a SIMD instance). Each float result is rounded once,
 * to nearest even, denormals kept.
 */
export interface Ops<F, I, M> {
  add(a: F, b: F): F;
  sub(a: F, b: F): F;
  mul(a: F, b: F): F;
  div(a: F, b: F): F;
  sqrt(a: F): F;
  floor(a: F): F;
  trunc(a: F): F;
  /** to nearest, ties to even */
  nearest(a: F): F;
  abs(a: F): F;
  neg(a: F): F;
  /** b < a ? b : a */
  min(a: F, b: F): F;
  /** a < b ? b : a */
  max(a: F, b: F): F;
  /** false for NaN, as `le` and `eq` are */
  lt(a: F, b: F): M;
  le(a: F, b: F): M;
  eq(a: F, b: F): M;

  iadd(a: I, b: I): I;
  isub(a: I, b: I): I;
  iand(a: I, b: I): I;
  ior(a: I, b: I): I;
  ixor(a: I, b: I): I;
  /** shifts by a constant */
  shl(a: I, by: number): I;
  shr(a: I, by: number): I;
  sar(a: I, by: number): I;
  /** signed */
  ilt(a: I, b: I): M;
  ieq(a: I, b: I): M;

  /** towards zero, saturated, NaN gives 0 */
  f2s(a: F): I;
  s2f(a: I): F;
  bits(a: F): I;
  float(a: I): F;
  selectF(m: M, yes: F, no: F): F;
  selectI(m: M, yes: I, no: I): I;
  /** a constant; `value` is an f32 exactly, an infinity or NaN */
  f(value: number): F;
  /** a constant; `value` is 32 bits, signed or not */
  i(value: number): I;
}

/** c[0] + x * (c[1] + x * (...)) by Horner's rule. */
export function polynomial<F, I, M>(o: Ops<F, I, M>, x: F, c: readonly number[]): F {
  let sum = o.f(c[c.length - 1]!);
  for (let k = c.length - 2; k >= 0; k--) sum = o.add(o.mul(sum, x), o.f(c[k]!));
  return sum;
}

/** x + x^3 * (c[0] + x^2 * (c[1] + ...)): as many operations as x times a polynomial, and x itself is added unrounded. */
export function oddPolynomial<F, I, M>(o: Ops<F, I, M>, x: F, c: readonly number[]): F {
  const square = o.mul(x, x);
  return o.add(x, o.mul(o.mul(x, square), polynomial(o, square, c)));
}

const INV_PI = 0.31830987334251404;
const HALF_PI = 1.5707963705062866;
/** pi = PI_HIGH + PI_LOW: eight bits, so that n * PI_HIGH is exact for |n| < 2^16, and the rest rounded. */
const PI_HIGH = 3.140625;
const PI_LOW = 0.0009676536428742111;
/** sin(r) / r in r^2 on [-pi/2, pi/2], from 1 on; relative error 6.2e-9 */
const SIN = [-0.16666659712791443, 0.008333069272339344, -0.00019809776858892292, 0.000002606095677037956];
/** Rests go a little past pi/2 where x / pi is rounded. */
const REST_LIMIT = 1.75;

/**
 * Sine. Absolute error below 2^-22 on [-pi, pi] (WGSL: 2^-11), growing with |x| to 6e-6 at 2e5; beyond that no digit is right, but the
 * result stays in [-1, 1]. Infinities give NaN.
 */
export function sin<F, I, M>(o: Ops<F, I, M>, x: F): F {
  const n = o.nearest(o.mul(x, o.f(INV_PI)));
  return sinOfRest(o, reduce(o, x, n), o.f2s(n));
}

/** Cosine, as a sine about the nearest odd multiple of pi/2: cos(x) = -(-1)^n sin(x - (n + 1/2) pi). Errors as for `sin`. */
export function cos<F, I, M>(o: Ops<F, I, M>, x: F): F {
  const n = o.floor(o.mul(x, o.f(INV_PI)));
  return sinOfRest(o, reduce(o, x, o.add(n, o.f(0.5))), o.iadd(o.f2s(n), o.i(1)));
}

/** x - n * pi, clamped so that a huge x gives no huge rest. */
function reduce<F, I, M>(o: Ops<F, I, M>, x: F, n: F): F {
  const r = o.sub(o.sub(x, o.mul(n, o.f(PI_HIGH))), o.mul(n, o.f(PI_LOW)));
  return o.max(o.min(r, o.f(REST_LIMIT)), o.f(-REST_LIMIT));
}

/** (-1)^parity * sin(r) for r in [-pi/2, pi/2]; exactly 1 at pi/2, and nowhere more */
function sinOfRest<F, I, M>(o: Ops<F, I, M>, r: F, parity: I): F {
  const s = oddPolynomial(o, r, SIN);
  return o.float(o.ixor(o.bits(s), o.shl(parity, 31)));
}

/** 2^f on [0, 1); absolute error 1.2e-7, exact at 0 */
const EXP2 = [1, 0.6931524872779846, 0.24015262722969055, 0.055836550891399384, 0.008972542360424995, 0.0018856787355616689];

/** 2^x. Error below 2 ULP (WGSL: 3 + 2|x|), exact for integers; infinite from 128 on, 0 below -126 (results that are no normal numbers). */
export function exp2<F, I, M>(o: Ops<F, I, M>, x: F): F {
  const capped = o.min(x, o.f(128));
  const n = o.floor(capped);
  const p = polynomial(o, o.sub(capped, n), EXP2);
  const scaled = o.float(o.iadd(o.bits(p), o.shl(o.f2s(n), 23)));
  return o.selectF(o.lt(x, o.f(-126)), o.f(0), scaled);
}

/** log2((1 + s) / (1 - s)) / s in s^2, for numbers in [sqrt(1/2), sqrt(2)]; relative error 1.5e-7 */
const LOG2 = [2.885390520095825, 0.9615508913993835, 0.5974054932594299];
const SQRT_HALF_BITS = 0x3f3504f3;
const SMALLEST_NORMAL = 2 ** -126;

/** Base-2 logarithm, of denormals too. Error below 2 ULP (WGSL: 2^-21 on [0.5, 2], else 3 ULP), exact for powers of 2; 0 gives -infinity. */
export function log2<F, I, M>(o: Ops<F, I, M>, x: F): F {
  const isSmall = o.lt(x, o.f(SMALLEST_NORMAL));
  const normal = o.selectF(isSmall, o.mul(x, o.f(2 ** 23)), x);
  const bits = o.bits(normal);
  const exponent = o.sar(o.isub(bits, o.i(SQRT_HALF_BITS)), 23);
  const m = o.float(o.isub(bits, o.shl(exponent, 23)));
  const s = o.div(o.sub(m, o.f(1)), o.add(m, o.f(1)));
  const whole = o.s2f(o.isub(exponent, o.selectI(isSmall, o.i(23), o.i(0))));
  const log = o.add(whole, o.mul(s, polynomial(o, o.mul(s, s), LOG2)));
  const finite = o.selectF(o.lt(x, o.f(Number.POSITIVE_INFINITY)), log, x);
  const outside = o.selectF(o.lt(x, o.f(0)), o.f(Number.NaN), o.f(Number.NEGATIVE_INFINITY));
  return o.selectF(o.le(x, o.f(0)), outside, finite);
}

/** atan(q) / q in q^2 on [0, 1], from 1 on; relative error 5.2e-6 */
const ATAN = [-0.3330889940261841, 0.19618302583694458, -0.12251480668783188, 0.058770012110471725, -0.013954855501651764];
const PI = 3.1415927410125732;

/**
 * The angle of the point (x, y). Relative error below 6e-6, which is 90 ULP (WGSL: 4096 ULP). atan2(0, x) is 0 or pi with the signs of IEEE;
 * two infinities give NaN.
 */
export function atan2<F, I, M>(o: Ops<F, I, M>, y: F, x: F): F {
  const ax = o.abs(x);
  const ay = o.abs(y);
  const isSteep = o.lt(ax, ay);
  const long = o.max(o.selectF(isSteep, ay, ax), o.f(2 ** -149));
  const q = o.div(o.selectF(isSteep, ax, ay), long);
  const flat = oddPolynomial(o, q, ATAN);
  const upper = o.selectF(isSteep, o.sub(o.f(HALF_PI), flat), flat);
  const isLeft = o.ilt(o.bits(x), o.i(0));
  const angle = o.selectF(isLeft, o.sub(o.f(PI), upper), upper);
  return o.float(o.ior(o.bits(angle), o.iand(o.bits(y), o.i(0x80000000))));
}

const SIGN = 0x80000000;

/** f32 to binary16 in the low half, round to nearest even, overflow to infinity, any NaN to 0x7e00 and its sign. */
export function f2h<F, I, M>(o: Ops<F, I, M>, x: F): I {
  const bits = o.bits(x);
  const sign = o.iand(bits, o.i(SIGN));
  const magnitude = o.ixor(bits, sign);
  // Below 2^-14: adding 0.5 makes the adder round at the denormals' spacing of 2^-24, and leaves the result in the low bits.
  const tiny = o.isub(o.bits(o.add(o.float(magnitude), o.f(0.5))), o.i(0x3f000000));
  // Else re-bias the exponent by -112 and round the 13 bits away: 0xfff, plus 1 where the kept part is odd.
  const odd = o.iand(o.shr(magnitude, 13), o.i(1));
  const rounded = o.shr(o.iadd(o.iadd(magnitude, o.i((-112 << 23) + 0xfff)), odd), 13);
  const finite = o.selectI(o.ilt(magnitude, o.i(113 << 23)), tiny, rounded);
  const special = o.selectI(o.ilt(o.i(0x7f800000), magnitude), o.i(0x7e00), o.i(0x7c00));
  const half = o.selectI(o.ilt(magnitude, o.i(143 << 23)), finite, special);
  return o.ior(half, o.shr(sign, 16));
}

/** Binary16 in the low half to f32, exact. */
export function h2f<F, I, M>(o: Ops<F, I, M>, h: I): F {
  const magnitude = o.float(o.shl(o.iand(h, o.i(0x7fff)), 13));
  // The multiplication re-biases the exponent, of denormals too; what lands at 2^16 or above was an infinity or NaN.
  const scaled = o.mul(magnitude, o.f(2 ** 112));
  const isSpecial = o.le(o.f(65536), scaled);
  const bits = o.ior(o.bits(scaled), o.selectI(isSpecial, o.i(0x7f800000), o.i(0)));
  return o.float(o.ior(bits, o.shl(o.iand(h, o.i(0x8000)), 16)));
}
