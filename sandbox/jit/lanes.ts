/**
 * Helper functions, one per operation, for what SIMD has no instruction for: integer division, shifts by a vector, bit counts, and the
 * special functions of isa/numeric.ts. Out of line, because code size is compile time, and the first runs are in baseline code.
 */
import { atan2, cos, exp2, f2h, h2f, log2, type Ops, sin } from "../isa/numeric.ts";
import type { Unit } from "./unit.ts";
import { type Code, I32, type OpName, type SimdName, V128 } from "./wasm.ts";

/** A helper that runs a scalar operation on each lane of its vector parameters. `scalar` leaves an i32; `arg` pushes an argument. */
function perLane(unit: Unit, key: string, args: number, scalar: (c: Code, arg: (k: number) => void) => void): number {
  return unit.helper(key, new Array(args).fill(V128), [V128], (c) => {
    c.splat(0);
    for (let lane = 0; lane < 4; lane++) {
      scalar(c, (k) => {
        c.get(k);
        c.extract(lane);
      });
      c.replace(lane);
    }
  });
}

/** Pushes an unsigned divisor that is never 0: 1 instead. */
export function pushDivisorU(c: Code, pushB: () => void): void {
  pushB();
  pushB();
  c.op("i32.eqz");
  c.op("i32.or");
}

/** Pushes i32 local a modulo i32 local b, 0 where b is 0: in no time where a is below 2 b, as it is where something wraps around. */
export function pushRemainder(c: Code, a: number, b: number): void {
  const less = () => {
    c.get(a);
    c.get(b);
    c.op("i32.sub");
  };
  c.get(a);
  c.get(b);
  c.op("i32.lt_u");
  c.if(I32);
  c.get(a);
  c.else();
  less();
  c.get(b);
  c.op("i32.lt_u");
  c.if(I32);
  less();
  c.else();
  c.get(a);
  pushDivisorU(c, () => c.get(b));
  c.op("i32.rem_u");
  c.end();
  c.end();
}

/** Pushes a signed divisor with which a / b neither traps nor overflows: 1 instead of 0, and of -1 where a is -2^31. */
export function pushDivisorS(c: Code, pushA: () => void, pushB: () => void): void {
  c.i32(1);
  pushB();
  pushB();
  c.op("i32.eqz");
  pushA();
  c.i32(-0x80000000);
  c.op("i32.eq");
  pushB();
  c.i32(-1);
  c.op("i32.eq");
  c.op("i32.and");
  c.op("i32.or");
  c.op("select");
}

export const DIVISION = { udiv: "i32.div_u", urem: "i32.rem_u", sdiv: "i32.div_s", srem: "i32.rem_s" } as const;
export type Division = keyof typeof DIVISION;

/**
 * Division of vectors of 32-bit integers, two lanes at a time as f64: for such operands, the quotient rounded to f64 and then towards zero
 * is exact, since a quotient that is no integer is further from one than rounding takes it.
 * @param pushA pushes the dividend, `pushB` the divisor; each is called several times
 * @param local scratch locals by number, 0 and 1
 */
export function pushDivision(c: Code, name: Division, pushA: () => void, pushB: () => void, local: (k: number) => number): void {
  const isSigned = name === "sdiv" || name === "srem";
  const divisor = local(0);
  const quotient = local(1);
  pushVectorDivisor(c, isSigned, pushA, pushB);
  c.set(divisor);
  const half = (isHigh: boolean) => {
    for (const push of [pushA, () => c.get(divisor)]) {
      push();
      if (isHigh) {
        push();
        c.shuffle(2, 3, 2, 3);
      }
      c.simd(isSigned ? "f64x2.convert_low_i32x4_s" : "f64x2.convert_low_i32x4_u");
    }
    c.simd("f64x2.div");
    c.simd(isSigned ? "i32x4.trunc_sat_f64x2_s_zero" : "i32x4.trunc_sat_f64x2_u_zero");
  };
  half(false);
  half(true);
  c.shuffle(0, 1, 4, 5);
  if (name === "udiv" || name === "sdiv") return;
  c.set(quotient);
  pushA();
  c.get(quotient);
  c.get(divisor);
  c.simd("i32x4.mul");
  c.simd("i32x4.sub");
}

/**
 * Unsigned division by a divisor that lanes share, as a multiplication with its reciprocal: that is worked out once where the divisor stays
 * the same. The reciprocal is made a little too great, by 2^-50 of it, so that multiples of the divisor come out no less than they are; all
 * other quotients are further below the next integer than that, for dividends below 2^49.
 */
export function pushDivisionByScalar(
  c: Code,
  isQuotient: boolean,
  pushA: () => void,
  pushB: () => void,
  local: (k: number) => number,
): void {
  const divisor = local(0);
  const reciprocal = local(1);
  const quotient = local(2);
  pushVectorDivisor(c, false, pushA, pushB);
  c.set(divisor);
  c.v128(4, 0x3ff00000, 4, 0x3ff00000); // 1 + 2^-50
  c.get(divisor);
  c.simd("f64x2.convert_low_i32x4_u");
  c.simd("f64x2.div");
  c.set(reciprocal);
  for (const isHigh of [false, true]) {
    pushA();
    if (isHigh) {
      pushA();
      c.shuffle(2, 3, 2, 3);
    }
    c.simd("f64x2.convert_low_i32x4_u");
    c.get(reciprocal);
    c.simd("f64x2.mul");
    c.simd("f64x2.trunc");
    // an integer below 2^32 and 2^52 make an f64 with the integer in its low word
    c.v128(0, 0x43300000, 0, 0x43300000);
    c.simd("f64x2.add");
  }
  c.shuffle(0, 2, 4, 6);
  if (isQuotient) return;
  c.set(quotient);
  pushA();
  c.get(quotient);
  c.get(divisor);
  c.simd("i32x4.mul");
  c.simd("i32x4.sub");
}

/** As pushDivisorU and pushDivisorS. */
function pushVectorDivisor(c: Code, isSigned: boolean, pushA: () => void, pushB: () => void): void {
  const isZero = () => {
    pushB();
    c.splat(0);
    c.simd("i32x4.eq");
  };
  if (!isSigned) {
    pushB();
    isZero();
    c.simd("i32x4.sub");
    return;
  }
  c.splat(1);
  pushB();
  isZero();
  pushA();
  c.splat(-0x80000000);
  c.simd("i32x4.eq");
  pushB();
  c.splat(-1);
  c.simd("i32x4.eq");
  c.simd("v128.and");
  c.simd("v128.or");
  c.simd("v128.bitselect");
}

export function divisionHelper(unit: Unit, name: Division): number {
  return unit.helper(name, [V128, V128], [V128], (c) => {
    const scratch = [c.local(V128), c.local(V128)];
    pushDivision(
      c,
      name,
      () => c.get(0),
      () => c.get(1),
      (k) => scratch[k]!,
    );
  });
}

/** A shift of each lane by its own amount. */
export function shiftHelper(unit: Unit, op: "i32.shl" | "i32.shr_u" | "i32.shr_s"): number {
  return perLane(unit, op, 2, (c, arg) => {
    arg(0);
    arg(1);
    c.op(op);
  });
}

export function countHelper(unit: Unit, op: "i32.clz" | "i32.ctz"): number {
  return perLane(unit, op, 1, (c, arg) => {
    arg(0);
    c.op(op);
  });
}

/** Reverses the bits of each lane: within bytes by three swaps, then the bytes. */
export function bitReverseHelper(unit: Unit): number {
  return unit.helper("bitrev", [V128], [V128], (c) => {
    const swap = (by: number, mask: number) => {
      c.get(0);
      c.i32(by);
      c.simd("i32x4.shr_u");
      c.splat(mask);
      c.simd("v128.and");
      c.get(0);
      c.splat(mask);
      c.simd("v128.and");
      c.i32(by);
      c.simd("i32x4.shl");
      c.simd("v128.or");
      c.set(0);
    };
    swap(1, 0x55555555);
    swap(2, 0x33333333);
    swap(4, 0x0f0f0f0f);
    c.get(0);
    c.get(0);
    c.shuffleBytes([3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12]);
  });
}

const floats = new Float32Array(1);
const words = new Int32Array(floats.buffer);

/** The numeric library's operations as instructions: a value is the local that holds it. */
class SimdOps implements Ops<number, number, number> {
  readonly #c: Code;
  constructor(code: Code) {
    this.#c = code;
  }
  #result(): number {
    const local = this.#c.local(V128);
    this.#c.set(local);
    return local;
  }
  #op(name: SimdName, ...args: readonly number[]): number {
    for (const a of args) this.#c.get(a);
    this.#c.simd(name);
    return this.#result();
  }
  #shift(name: SimdName, a: number, by: number): number {
    this.#c.get(a);
    this.#c.i32(by);
    this.#c.simd(name);
    return this.#result();
  }
  add = (a: number, b: number) => this.#op("f32x4.add", a, b);
  sub = (a: number, b: number) => this.#op("f32x4.sub", a, b);
  mul = (a: number, b: number) => this.#op("f32x4.mul", a, b);
  div = (a: number, b: number) => this.#op("f32x4.div", a, b);
  sqrt = (a: number) => this.#op("f32x4.sqrt", a);
  floor = (a: number) => this.#op("f32x4.floor", a);
  trunc = (a: number) => this.#op("f32x4.trunc", a);
  nearest = (a: number) => this.#op("f32x4.nearest", a);
  abs = (a: number) => this.#op("f32x4.abs", a);
  neg = (a: number) => this.#op("f32x4.neg", a);
  min = (a: number, b: number) => this.#op("f32x4.pmin", a, b);
  max = (a: number, b: number) => this.#op("f32x4.pmax", a, b);
  lt = (a: number, b: number) => this.#op("f32x4.lt", a, b);
  le = (a: number, b: number) => this.#op("f32x4.le", a, b);
  eq = (a: number, b: number) => this.#op("f32x4.eq", a, b);
  iadd = (a: number, b: number) => this.#op("i32x4.add", a, b);
  isub = (a: number, b: number) => this.#op("i32x4.sub", a, b);
  iand = (a: number, b: number) => this.#op("v128.and", a, b);
  ior = (a: number, b: number) => this.#op("v128.or", a, b);
  ixor = (a: number, b: number) => this.#op("v128.xor", a, b);
  shl = (a: number, by: number) => this.#shift("i32x4.shl", a, by);
  shr = (a: number, by: number) => this.#shift("i32x4.shr_u", a, by);
  sar = (a: number, by: number) => this.#shift("i32x4.shr_s", a, by);
  ilt = (a: number, b: number) => this.#op("i32x4.lt_s", a, b);
  ieq = (a: number, b: number) => this.#op("i32x4.eq", a, b);
  f2s = (a: number) => this.#op("i32x4.trunc_sat_f32x4_s", a);
  s2f = (a: number) => this.#op("f32x4.convert_i32x4_s", a);
  bits = (a: number) => a;
  float = (a: number) => a;
  selectF = (m: number, yes: number, no: number) => this.#op("v128.bitselect", yes, no, m);
  selectI = (m: number, yes: number, no: number) => this.#op("v128.bitselect", yes, no, m);
  f = (value: number) => {
    floats[0] = value;
    return this.i(words[0]!);
  };
  i = (value: number) => {
    this.#c.splat(value);
    return this.#result();
  };
}

const SPECIAL = {
  fsin: (o: SimdOps) => sin(o, 0),
  fcos: (o: SimdOps) => cos(o, 0),
  fexp2: (o: SimdOps) => exp2(o, 0),
  flog2: (o: SimdOps) => log2(o, 0),
  fatan2: (o: SimdOps) => atan2(o, 0, 1),
  f2h: (o: SimdOps) => f2h(o, 0),
  h2f: (o: SimdOps) => h2f(o, 0),
} as const;
export type Special = keyof typeof SPECIAL;

export function specialHelper(unit: Unit, name: Special): number {
  return unit.helper(name, name === "fatan2" ? [V128, V128] : [V128], [V128], (c) => {
    c.get(SPECIAL[name](new SimdOps(c)));
  });
}

export type { OpName };
