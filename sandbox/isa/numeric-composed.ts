/**
 * WGSL's f32 built-in functions that are no instructions, built on those that are. Lowering instantiates them with IR building, constant
 * evaluation with numbers (`SCALAR_MATH`), so that folding changes no bit. Where WGSL's bound is loose near zero (sinh, asinh) or for huge
 * arguments (asinh, acosh), these are better than it asks, because pictures and readbacks show it.
 * @see https://www.w3.org/TR/WGSL/#concrete-float-accuracy
 */
import { type Ops, oddPolynomial } from "./numeric.ts";

/** `Ops` and the special-function instructions. */
export interface MathOps<F, I, M> extends Ops<F, I, M> {
  /** round(1 / round(sqrt(a))), instruction frsq */
  rsqrt(a: F): F;
  sin(a: F): F;
  cos(a: F): F;
  exp2(a: F): F;
  log2(a: F): F;
  atan2(y: F, x: F): F;
}

const LOG2_E = 1.4426950216293335;
const LN_2 = 0.6931471824645996;
const HALF_PI = 1.5707963705062866;

/** e^x */
export function exp<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  return o.exp2(o.mul(x, o.f(LOG2_E)));
}

/** Natural logarithm. */
export function log<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  return o.mul(o.log2(x), o.f(LN_2));
}

/** x^y, as WGSL defines it: NaN for negative x. */
export function pow<F, I, M>(o: MathOps<F, I, M>, x: F, y: F): F {
  return o.exp2(o.mul(y, o.log2(x)));
}

export function tan<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  return o.div(o.sin(x), o.cos(x));
}

/** asin(z) / z in z^2 on [0, 1/2], from 1 on; relative error 8.9e-8 */
const ASIN = [0.1666557937860489, 0.07540549337863922, 0.04003355652093887, 0.04995642229914665];

/** NaN outside [-1, 1]. Above 1/2 it is pi/2 - 2 asin(sqrt((1 - |x|) / 2)). */
export function asin<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  const ax = o.abs(x);
  const isLarge = o.lt(o.f(0.5), ax);
  const halfRest = o.mul(o.sub(o.f(1), ax), o.f(0.5));
  const z = o.selectF(isLarge, o.sqrt(halfRest), ax);
  const angle = oddPolynomial(o, z, ASIN);
  const folded = o.selectF(isLarge, o.sub(o.f(HALF_PI), o.add(angle, angle)), angle);
  return copySign(o, folded, x);
}

export function acos<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  return o.sub(o.f(HALF_PI), asin(o, x));
}

export function atan<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  return o.atan2(x, o.f(1));
}

/** sinh(x) / x in x^2 on [0, 1], from 1 on; relative error 2.4e-8 */
const SINH = [0.1666671633720398, 0.008330270648002625, 0.00020373340521473438];

export function sinh<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  const e = exp(o, x);
  const large = o.mul(o.sub(e, o.div(o.f(1), e)), o.f(0.5));
  const small = oddPolynomial(o, x, SINH);
  return o.selectF(o.lt(o.abs(x), o.f(1)), small, large);
}

export function cosh<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  const e = exp(o, x);
  return o.mul(o.add(e, o.div(o.f(1), e)), o.f(0.5));
}

/** 1 - 2 / (e^2x + 1): absolute error below 2e-7, exact at 0 and where e^2x is infinite. */
export function tanh<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  const e = o.exp2(o.mul(x, o.f(2 * LOG2_E)));
  return o.sub(o.f(1), o.div(o.f(2), o.add(e, o.f(1))));
}

/** Above this sqrt(x^2 + 1) is x, so that the logarithm of their sum is log(x) + log(2): x * x would overflow. */
const SQUARE_IS_ALL = 1e9;

/** log(|x| + sqrt(x^2 + 1)) with the sign of x; below 1/2 it is 2 atanh(t), t = |x| / (1 + sqrt(x^2 + 1)). */
export function asinh<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  const ax = o.abs(x);
  const root = o.sqrt(o.add(o.mul(ax, ax), o.f(1)));
  const isHuge = o.lt(o.f(SQUARE_IS_ALL), ax);
  const large = o.add(log(o, o.selectF(isHuge, ax, o.add(ax, root))), o.selectF(isHuge, o.f(LN_2), o.f(0)));
  const half = oddPolynomial(o, o.div(ax, o.add(o.f(1), root)), ATANH);
  return copySign(o, o.selectF(o.lt(ax, o.f(0.5)), o.add(half, half), large), x);
}

/** atanh(t) / t in t^2 on [0, 1/4], from 1 on: the Taylor series; relative error 1.5e-7 */
const ATANH = [0.3333333432674408, 0.20000000298023224, 0.1428571492433548, 0.1111111119389534];

export function acosh<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  const root = o.sqrt(o.mul(o.sub(x, o.f(1)), o.add(x, o.f(1))));
  const isHuge = o.lt(o.f(SQUARE_IS_ALL), x);
  return o.add(log(o, o.selectF(isHuge, x, o.add(x, root))), o.selectF(isHuge, o.f(LN_2), o.f(0)));
}

/** Below 1/4 the series, above it WGSL's formula. */
export function atanh<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  const large = o.mul(log(o, o.div(o.add(o.f(1), x), o.sub(o.f(1), x))), o.f(0.5));
  return o.selectF(o.lt(o.abs(x), o.f(0.25)), oddPolynomial(o, x, ATANH), large);
}

export function inverseSqrt<F, I, M>(o: MathOps<F, I, M>, x: F): F {
  return o.rsqrt(x);
}

/** x - floor(x): 1 for negative x closer to 0 than an f32 below 1 can say. */
export function fract<F, I, M>(o: Ops<F, I, M>, x: F): F {
  return o.sub(x, o.floor(x));
}

/** -1, 0 or 1; 0 for NaN */
export function sign<F, I, M>(o: Ops<F, I, M>, x: F): F {
  const positive = o.selectF(o.lt(o.f(0), x), o.f(1), o.f(0));
  return o.selectF(o.lt(x, o.f(0)), o.f(-1), positive);
}

/** f32 `x % y`: x - y * trunc(x / y). @see https://www.w3.org/TR/WGSL/#arithmetic-expr */
export function rem<F, I, M>(o: Ops<F, I, M>, x: F, y: F): F {
  return o.sub(x, o.mul(y, o.trunc(o.div(x, y))));
}

export function degrees<F, I, M>(o: Ops<F, I, M>, x: F): F {
  return o.mul(x, o.f(57.295780181884766));
}

export function radians<F, I, M>(o: Ops<F, I, M>, x: F): F {
  return o.mul(x, o.f(0.01745329238474369));
}

/** The magnitude of `magnitude` (not negative) with the sign bit of `x`. */
function copySign<F, I, M>(o: Ops<F, I, M>, magnitude: F, x: F): F {
  return o.float(o.ior(o.bits(magnitude), o.iand(o.bits(x), o.i(0x80000000))));
}

/** 2^n for n in [-126, 127] */
function powerOf2<F, I, M>(o: Ops<F, I, M>, n: I): F {
  return o.float(o.shl(o.iadd(n, o.i(127)), 23));
}

/**
 * x * 2^e for any i32 e, rounded once. Small x is scaled up first, and the power is applied in three factors: whatever is not 0 or infinite
 * in the end stays a normal number up to the last of them.
 */
export function ldexp<F, I, M>(o: Ops<F, I, M>, x: F, e: I): F {
  const low = o.selectI(o.ilt(e, o.i(-300)), o.i(-300), e);
  const clamped = o.selectI(o.ilt(o.i(300), low), o.i(300), low);
  const isSmall = o.lt(o.abs(x), o.f(1));
  const scaled = o.selectF(isSmall, o.mul(x, o.f(2 ** 64)), x);
  const rest = o.selectI(isSmall, o.isub(clamped, o.i(64)), clamped);
  const half = o.sar(rest, 1);
  const quarter = o.sar(half, 1);
  const first = o.mul(scaled, powerOf2(o, quarter));
  const second = o.mul(first, powerOf2(o, o.isub(half, quarter)));
  const other = o.isub(rest, half);
  const otherHalf = o.sar(other, 1);
  return o.mul(o.mul(second, powerOf2(o, otherHalf)), powerOf2(o, o.isub(other, otherHalf)));
}

/** x = fraction * 2^exponent with |fraction| in [1/2, 1); zero, infinities and NaN have exponent 0 and are their own fraction. */
export function frexp<F, I, M>(o: Ops<F, I, M>, x: F): { fraction: F; exponent: I } {
  const ax = o.abs(x);
  const isSmall = o.lt(ax, o.f(2 ** -126));
  const normal = o.selectF(isSmall, o.mul(x, o.f(2 ** 24)), x);
  const bits = o.bits(normal);
  const biased = o.iand(o.shr(bits, 23), o.i(255));
  const exponent = o.isub(biased, o.selectI(isSmall, o.i(126 + 24), o.i(126)));
  const fraction = o.float(o.ior(o.iand(bits, o.i(0x807fffff)), o.i(126 << 23)));
  const isZero = o.eq(x, o.f(0));
  const hasFraction = o.lt(ax, o.f(Number.POSITIVE_INFINITY));
  return {
    fraction: o.selectF(isZero, x, o.selectF(hasFraction, fraction, x)),
    exponent: o.selectI(isZero, o.i(0), o.selectI(hasFraction, exponent, o.i(0))),
  };
}

/** x = whole + fraction, both with the sign of x. */
export function modf<F, I, M>(o: Ops<F, I, M>, x: F): { fraction: F; whole: F } {
  const whole = o.trunc(x);
  return { fraction: o.sub(x, whole), whole };
}
