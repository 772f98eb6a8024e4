/**
 * Accuracy of the f32 library against f64, over each function's range: within WGSL's bounds, and within the errors that its comments state.
 * @see https://www.w3.org/TR/WGSL/#concrete-float-accuracy
 */
import { describe, expect, test } from "vitest";
import * as composed from "../../sandbox/isa/numeric-composed.ts";
import {
  f32Atan2,
  f32Cos,
  f32Exp2,
  f32Log2,
  f32Sin,
  f32ToHalf,
  halfToF32,
  SCALAR_MATH as M,
  nearestEven,
  saturateS32,
} from "../../sandbox/isa/numeric-scalar.ts";
import * as exact from "./exact.ts";
import { randoms } from "./oracle.ts";

/** The distance between f32 numbers at |x|, as WGSL's ULP. */
function ulp(x: number): number {
  const a = Math.abs(x);
  return a < 2 ** -126 ? 2 ** -149 : 2 ** (Math.floor(Math.log2(a)) - 23);
}

/** f32 samples from low to high: evenly spread, or evenly in their logarithms; ends included. */
function* samples(low: number, high: number, spread: "even" | "log", count = 20_000): Generator<number> {
  for (let i = 0; i <= count; i++) {
    const t = i / count;
    yield Math.fround(spread === "even" ? low + (high - low) * t : Math.exp(Math.log(low) + (Math.log(high) - Math.log(low)) * t));
  }
}

interface Errors {
  absolute: number;
  ulps: number;
}

/** The greatest errors; NaN where the function gives one. */
function errors(f: (x: number) => number, truth: (x: number) => number, xs: Iterable<number>): Errors {
  const worst = { absolute: 0, ulps: 0 };
  for (const x of xs) {
    const expected = truth(x);
    const error = Math.abs(f(x) - expected);
    if (!(error <= worst.absolute)) worst.absolute = error;
    if (!(error / ulp(expected) <= worst.ulps)) worst.ulps = error / ulp(expected);
  }
  return worst;
}

interface Bound {
  readonly name: string;
  readonly f: (x: number) => number;
  readonly truth: (x: number) => number;
  readonly range: readonly [number, number, "even" | "log"];
  readonly absolute?: number;
  readonly ulps?: number;
}

const both = (
  name: string,
  f: (x: number) => number,
  truth: (x: number) => number,
  low: number,
  high: number,
  bound: Partial<Bound>,
): Bound[] => [
  { name, f, truth, range: [low, high, "log"], ...bound },
  { name: `${name} of negatives`, f: (x) => f(-x), truth: (x) => truth(-x), range: [low, high, "log"], ...bound },
];

const BOUNDS: readonly Bound[] = [
  // WGSL: 2^-11 on [-pi, pi]
  { name: "sin", f: f32Sin, truth: Math.sin, range: [-Math.PI, Math.PI, "even"], absolute: 2 ** -22 },
  { name: "cos", f: f32Cos, truth: Math.cos, range: [-Math.PI, Math.PI, "even"], absolute: 2 ** -22 },
  ...both("sin of little", f32Sin, Math.sin, 1e-30, 1.5, { ulps: 4 }),
  { name: "sin of thousands", f: f32Sin, truth: Math.sin, range: [-4096, 4096, "even"], absolute: 5e-7 },
  { name: "cos of thousands", f: f32Cos, truth: Math.cos, range: [-4096, 4096, "even"], absolute: 5e-7 },
  { name: "sin of more", f: f32Sin, truth: Math.sin, range: [-2e5, 2e5, "even"], absolute: 6e-6 },
  // 3 + 2|x| ULP
  { name: "exp2", f: f32Exp2, truth: (x) => 2 ** x, range: [-126, 127.999, "even"], ulps: 2.5 },
  { name: "exp2 near 0", f: f32Exp2, truth: (x) => 2 ** x, range: [-1, 1, "even"], ulps: 2.5 },
  // 2^-21 on [0.5, 2], 3 ULP elsewhere
  { name: "log2 about 1", f: f32Log2, truth: Math.log2, range: [0.5, 2, "even"], absolute: 2 ** -22 },
  { name: "log2 above 2", f: f32Log2, truth: Math.log2, range: [2, 3.4e38, "log"], ulps: 2 },
  { name: "log2 below 1/2, denormals too", f: f32Log2, truth: Math.log2, range: [1.5e-45, 0.5, "log"], ulps: 2 },
  { name: "log about 1", f: (x) => composed.log(M, x), truth: Math.log, range: [0.5, 2, "even"], absolute: 2 ** -21 },
  { name: "log above 2", f: (x) => composed.log(M, x), truth: Math.log, range: [2, 3.4e38, "log"], ulps: 3 },
  { name: "log below 1/2", f: (x) => composed.log(M, x), truth: Math.log, range: [1.5e-45, 0.5, "log"], ulps: 3 },
  // 4096 ULP
  ...both("atan", (x) => composed.atan(M, x), Math.atan, 1e-37, 1e37, { ulps: 100 }),
  { name: "atan2 around the circle", f: circle(f32Atan2), truth: circle(Math.atan2), range: [-3.1415925, 3.1415925, "even"], ulps: 120 },
  // 6.77e-5 and 6.81e-5
  { name: "asin", f: (x) => composed.asin(M, x), truth: Math.asin, range: [-1, 1, "even"], absolute: 4e-7, ulps: 6 },
  { name: "acos", f: (x) => composed.acos(M, x), truth: Math.acos, range: [-1, 1, "even"], absolute: 5e-7 },
  ...both("sinh", (x) => composed.sinh(M, x), Math.sinh, 1e-30, 80, { ulps: 90 }),
  ...both("sinh of little", (x) => composed.sinh(M, x), Math.sinh, 1e-30, 2, { ulps: 6 }),
  ...both("cosh", (x) => composed.cosh(M, x), Math.cosh, 1e-30, 80, { ulps: 90 }),
  // 1e-5
  ...both("tanh", (x) => composed.tanh(M, x), Math.tanh, 1e-30, 100, { absolute: 3e-7 }),
  ...both("asinh", (x) => composed.asinh(M, x), Math.asinh, 1e-30, 3.4e38, { ulps: 6 }),
  { name: "acosh", f: (x) => composed.acosh(M, x), truth: Math.acosh, range: [1.5, 3.4e38, "log"], ulps: 8 },
  ...both("atanh", (x) => composed.atanh(M, x), Math.atanh, 1e-30, 0.999, { ulps: 6 }),
  { name: "tan", f: (x) => composed.tan(M, x), truth: Math.tan, range: [-1.5, 1.5, "even"], ulps: 6 },
  { name: "inverseSqrt", f: (x) => composed.inverseSqrt(M, x), truth: (x) => 1 / Math.sqrt(x), range: [1e-37, 1e38, "log"], ulps: 2 },
];

/** y and x of a point at the angle, through f32. */
function circle(f: (y: number, x: number) => number): (angle: number) => number {
  return (angle) => f(Math.fround(Math.sin(angle) * 3), Math.fround(Math.cos(angle) * 3));
}

describe("accuracy", () => {
  test.each(BOUNDS.map((b) => [b.name, b] as const))("%s", (_, { f, truth, range, absolute, ulps }) => {
    const worst = errors(f, truth, samples(...range));
    if (absolute !== undefined) expect(worst.absolute).toBeLessThanOrEqual(absolute);
    if (ulps !== undefined) expect(worst.ulps).toBeLessThanOrEqual(ulps);
    // A bound that is far too wide would test nothing.
    if (absolute !== undefined) expect(worst.absolute).toBeGreaterThan(absolute / 20);
    if (ulps !== undefined) expect(worst.ulps).toBeGreaterThan(ulps / 20);
  });

  test("exp, within 3 + 2|x| ULP", () => {
    const isFar = (x: number) => !(Math.abs(composed.exp(M, x) - Math.exp(x)) / ulp(Math.exp(x)) <= 3 + 2 * Math.abs(x));
    expect([...samples(-87, 88.7, "even")].filter(isFar)).toEqual([]);
  });

  test("pow, within what exp2(y * log2(x)) allows", () => {
    let worst = 0;
    for (const x of samples(0.01, 100, "log", 200)) {
      for (const y of samples(-8, 8, "even", 200)) worst = Math.max(worst, Math.abs(composed.pow(M, x, y) / x ** y - 1));
    }
    expect(worst).toBeLessThan(4e-6);
  });
});

describe("special values", () => {
  const same = (pairs: readonly (readonly [number, number])[]) => {
    for (const [actual, expected] of pairs) expect(actual).toBe(expected);
  };
  const inf = Number.POSITIVE_INFINITY;
  test("exact where the answer is short", () => {
    for (let n = -126; n <= 127; n++) {
      expect(f32Exp2(n)).toBe(2 ** n);
      expect(f32Log2(2 ** n)).toBe(n);
    }
    for (let n = -149; n < -126; n++) expect(f32Log2(2 ** n)).toBe(n);
    same([
      [f32Sin(0), 0],
      [f32Cos(0), 1],
      [composed.asin(M, 0), 0],
      [composed.acos(M, 1), 0],
      [composed.atan(M, 0), 0],
      [composed.tanh(M, 0), 0],
      [composed.tanh(M, 90), 1],
      [composed.tanh(M, -90), -1],
      [composed.exp(M, 0), 1],
      [composed.log(M, 1), 0],
      [composed.pow(M, 2, 10), 1024],
      [composed.pow(M, 0, 2), 0],
      [composed.asinh(M, 0), 0],
      [composed.acosh(M, 1), 0],
    ]);
  });
  test("overflow, underflow, infinities and NaN", () => {
    same([
      [f32Exp2(128), inf],
      [f32Exp2(1e30), inf],
      [f32Exp2(inf), inf],
      [f32Exp2(-126.00001), 0],
      [f32Exp2(-1e30), 0],
      [f32Exp2(-inf), 0],
      [f32Exp2(Number.NaN), Number.NaN],
      [f32Log2(0), -inf],
      [f32Log2(-0), -inf],
      [f32Log2(-1), Number.NaN],
      [f32Log2(-(2 ** -149)), Number.NaN],
      [f32Log2(-inf), Number.NaN],
      [f32Log2(inf), inf],
      [f32Log2(Number.NaN), Number.NaN],
      [f32Sin(inf), Number.NaN],
      [f32Cos(Number.NaN), Number.NaN],
      [composed.asin(M, 1.001), Number.NaN],
      [composed.acos(M, -1.001), Number.NaN],
      [composed.sinh(M, 100), inf],
      [composed.cosh(M, -100), inf],
      [composed.atanh(M, 1), inf],
      [composed.sign(M, -2), -1],
      [composed.sign(M, 0), 0],
      [composed.sign(M, inf), 1],
      [composed.fract(M, -0.25), 0.75],
      [composed.rem(M, -7.5, 2), -1.5],
      [composed.rem(M, 7.5, -2), 1.5],
      [composed.degrees(M, Math.fround(Math.PI)), 180],
      [composed.radians(M, 180), Math.fround(Math.PI)],
    ]);
  });
  test("atan2 in all quadrants and on the axes", () => {
    for (const y of [-2, -0, 0, 2]) {
      for (const x of [-3, -0, 0, 3]) expect(f32Atan2(y, x)).toBeCloseTo(Math.atan2(y, x), 5);
    }
    expect(f32Atan2(2 ** -149, 0)).toBeCloseTo(Math.PI / 2, 6);
    expect(f32Atan2(1, inf)).toBe(0);
    expect(f32Atan2(-inf, 1)).toBeCloseTo(-Math.PI / 2, 6);
  });
  test("sines stay within [-1, 1] for every argument", () => {
    const next = randoms(3);
    const view = new DataView(new ArrayBuffer(4));
    const isOutside = (x: number) => Math.abs(f32Sin(x)) > 1 || Math.abs(f32Cos(x)) > 1;
    const any = Array.from({ length: 100_000 }, () => {
      view.setUint32(0, next());
      return view.getFloat32(0);
    });
    expect(any.filter(isOutside)).toEqual([]);
    expect([...samples(1.4, 1.75, "even", 100_000)].filter(isOutside)).toEqual([]);
  });
});

describe("halves", () => {
  test("every binary16 to f32 and back", () => {
    const wrong: number[] = [];
    for (let h = 0; h < 65_536; h++) {
      const value = exact.decode(h, exact.F16);
      const f = halfToF32(h);
      const isRight =
        value.kind === "nan" ? Number.isNaN(f) && (f32ToHalf(f) & 0x7fff) === 0x7e00 : Object.is(f, asNumber(value)) && f32ToHalf(f) === h;
      if (!isRight) wrong.push(h);
    }
    expect(wrong).toEqual([]);
  });
  test("rounding at and beside every midpoint", () => {
    const view = new DataView(new ArrayBuffer(4));
    const wrong: number[] = [];
    for (let h = 0; h < 0x7c00; h += 3) {
      const next = h === 0x7bff ? 65_536 : halfToF32(h + 1);
      const middle = (halfToF32(h) + next) / 2;
      view.setFloat32(0, middle);
      const bits = view.getUint32(0);
      for (const b of [bits - 1, bits, bits + 1]) {
        view.setUint32(0, b);
        if (f32ToHalf(view.getFloat32(0)) !== exact.encode(exact.decode(b), exact.F16)) wrong.push(b);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function asNumber(x: exact.Real): number {
  if (x.kind === "nan") return Number.NaN;
  const magnitude = x.kind === "inf" ? Number.POSITIVE_INFINITY : Number(x.n) / Number(x.d);
  return x.negative ? -magnitude : magnitude;
}

describe("parts of numbers", () => {
  const view = new DataView(new ArrayBuffer(4));
  const floats = (count: number, seed: number) => {
    const next = randoms(seed);
    return Array.from({ length: count }, () => {
      view.setUint32(0, next());
      return view.getFloat32(0);
    }).filter(Number.isFinite);
  };
  const EDGES = [0, -0, 1, -1, 0.5, 2 ** -126, 2 ** -127, 2 ** -149, -(2 ** -149), 3.4028234663852886e38, 1.5 * 2 ** -140, 16_777_215];

  test("ldexp rounds once, for every exponent", () => {
    const next = randoms(11);
    const wrong: [number, number][] = [];
    for (const x of [...EDGES, ...floats(300, 5)]) {
      for (const e of [
        -2147483648,
        -1000,
        -300,
        -280,
        -150,
        -149,
        -126,
        -25,
        -1,
        0,
        1,
        23,
        127,
        128,
        254,
        280,
        1000,
        2147483647,
        (next() % 600) - 300,
      ]) {
        view.setFloat32(0, x);
        const value = exact.decode(view.getUint32(0));
        const power = BigInt(Math.max(-1000, Math.min(1000, e)));
        const factor = power >= 0n ? exact.rational(false, 1n << power) : exact.rational(false, 1n, 1n << -power);
        view.setUint32(0, exact.encode(exact.multiply(value, factor)));
        if (!Object.is(composed.ldexp(M, x, e), view.getFloat32(0))) wrong.push([x, e]);
      }
    }
    expect(wrong).toEqual([]);
  });
  test("frexp and ldexp are inverse; fractions are in [1/2, 1)", () => {
    for (const x of [...EDGES, ...floats(3000, 6)]) {
      const { fraction, exponent } = composed.frexp(M, x);
      if (x !== 0) expect(Math.abs(fraction) >= 0.5 && Math.abs(fraction) < 1).toBe(true);
      expect(fraction * 2 ** exponent).toBe(x);
    }
    expect(composed.frexp(M, Number.POSITIVE_INFINITY)).toEqual({ fraction: Number.POSITIVE_INFINITY, exponent: 0 });
  });
  test("modf", () => {
    for (const x of [...EDGES, 2.75, -2.75, ...floats(3000, 7)]) {
      const { fraction, whole } = composed.modf(M, x);
      expect(fraction + whole === x && Number.isInteger(whole) && Math.abs(fraction) < 1).toBe(true);
    }
  });
  test("roundings of the scalar instance", () => {
    for (const [x, expected] of [
      [0.5, 0],
      [1.5, 2],
      [2.5, 2],
      [-0.5, -0],
      [-1.5, -2],
      [-2.5, -2],
      [0.49999997, 0],
      [8388609, 8388609],
      [-0, -0],
    ] as const) {
      expect(nearestEven(x)).toBe(expected);
    }
    for (const [x, expected] of [
      [2147483648, 2147483647],
      [-2147483648, -2147483648],
      [-1e30, -2147483648],
      [Number.NaN, 0],
      [-1.9, -1],
    ] as const) {
      expect(saturateS32(x)).toBe(expected);
    }
  });
});
