/**
 * What each arithmetic instruction is in WebAssembly, per lane (`v`) and for scalars (`s`). Both leave one value: a v128, or an i32. A
 * scalar comparison also has `c`, which leaves 0 or 1 for a branch to take directly.
 */
import type { AluMnemonic } from "../isa/table.ts";
import {
  bitReverseHelper,
  countHelper,
  DIVISION,
  type Division,
  divisionHelper,
  pushDivision,
  pushDivisionByScalar,
  pushDivisorS,
  pushDivisorU,
  pushRemainder,
  type Special,
  shiftHelper,
  specialHelper,
} from "./lanes.ts";
import type { Unit } from "./unit.ts";
import type { Code, OpName, SimdName } from "./wasm.ts";

/** The instruction being emitted, for one wave. Source k is a register or the immediate. */
export interface Operands {
  readonly code: Code;
  readonly unit: Unit;
  /** pushes source k as v128; scalars are splatted */
  v(k: number): void;
  /** pushes source k, which is no v register, as i32 */
  s(k: number): void;
  /** the same as f32 */
  f(k: number): void;
  isV(k: number): boolean;
  /** source k if it is the immediate */
  imm(k: number): number | undefined;
  /** pushes the destination as it is before the instruction */
  old(): void;
  /** pushes the mask of active lanes */
  exec(): void;
  /** a v128 local to use within the instruction, by number from 0 */
  scratch(k: number): number;
  /** an i32 local, likewise */
  scratchS(k: number): number;
  /** whether all lanes are known to be active */
  readonly full: boolean;
  /** pushes system value #index as the destination's file needs it */
  sys(index: number, isV: boolean): void;
}

export interface Rule {
  v(x: Operands): void;
  s(x: Operands): void;
  c?(x: Operands): void;
  /** 1 where the result is 0 or all ones in each lane whatever the sources are, 2 where it is if the sources are */
  readonly bool?: 1 | 2;
}

const scalarOnly = (): void => {
  throw new Error("this instruction writes no v register");
};
const vectorOnly = (): void => {
  throw new Error("this instruction writes v registers only");
};

function binary(simd: SimdName, op: OpName, bool?: 2): Rule {
  return {
    v: (x) => {
      x.v(0);
      x.v(1);
      x.code.simd(simd);
    },
    s: (x) => {
      x.s(0);
      x.s(1);
      x.code.op(op);
    },
    ...(bool === undefined ? {} : { bool }),
  };
}

function float2(simd: SimdName, op: OpName): Rule {
  return {
    v: binary(simd, op).v,
    s: (x) => {
      x.f(0);
      x.f(1);
      x.code.op(op);
      x.code.op("i32.reinterpret_f32");
    },
  };
}

function float1(simd: SimdName, op: OpName): Rule {
  return {
    v: (x) => {
      x.v(0);
      x.code.simd(simd);
    },
    s: (x) => {
      x.f(0);
      x.code.op(op);
      x.code.op("i32.reinterpret_f32");
    },
  };
}

/** A comparison; scalar truth is 0 or -1, the condition negated. */
function compare(simd: SimdName, op: OpName, isFloat: boolean): Rule {
  const c = (x: Operands) => {
    if (isFloat) {
      x.f(0);
      x.f(1);
    } else {
      x.s(0);
      x.s(1);
    }
    x.code.op(op);
  };
  return {
    v: binary(simd, op).v,
    s: (x) => {
      x.code.i32(0);
      c(x);
      x.code.op("i32.sub");
    },
    c,
    bool: 1,
  };
}

/** min and max: `op` holds where a is the result. */
function choose(simd: SimdName, op: OpName): Rule {
  return {
    v: binary(simd, op).v,
    s: (x) => {
      x.s(0);
      x.s(1);
      x.s(0);
      x.s(1);
      x.code.op(op);
      x.code.op("select");
    },
  };
}

/** fmin and fmax: b where `op` holds of its f32 operands in the order given, else a. */
function floatChoose(simd: SimdName, op: OpName, first: 0 | 1): Rule {
  return {
    v: binary(simd, op).v,
    s: (x) => {
      x.s(1);
      x.s(0);
      x.f(first);
      x.f(1 - first);
      x.code.op(op);
      x.code.op("select");
    },
  };
}

function shift(simd: SimdName, op: "i32.shl" | "i32.shr_u" | "i32.shr_s"): Rule {
  return {
    v: (x) => {
      x.v(0);
      if (x.isV(1)) {
        x.v(1);
        x.code.call(shiftHelper(x.unit, op));
      } else {
        x.s(1);
        x.code.simd(simd);
      }
    },
    s: binary(simd, op).s,
  };
}

function division(name: Division): Rule {
  const isSigned = name === "sdiv" || name === "srem";
  return {
    v: (x) => {
      const imm = x.imm(1);
      if (imm !== undefined && !isSigned && isPowerOfTwo(imm)) {
        x.v(0);
        if (name === "urem") {
          x.code.splat(imm - 1);
          x.code.simd("v128.and");
        } else {
          x.code.i32(31 - Math.clz32(imm));
          x.code.simd("i32x4.shr_u");
        }
        return;
      }
      const a = () => x.v(0);
      const b = () => x.v(1);
      const local = (k: number) => x.scratch(k);
      // a divisor that lanes share is mostly the same for many waves: what is made of it can leave their loop
      if (!x.isV(1) && !isSigned) return pushDivisionByScalar(x.code, name === "udiv", a, b, local);
      if (!x.isV(1)) return pushDivision(x.code, name, a, b, local);
      a();
      b();
      x.code.call(divisionHelper(x.unit, name));
    },
    s: (x) => {
      const imm = x.imm(1);
      if (name === "urem" && imm === undefined) {
        const [a, b] = [x.scratchS(0), x.scratchS(1)];
        x.s(0);
        x.code.set(a);
        x.s(1);
        x.code.set(b);
        return pushRemainder(x.code, a, b);
      }
      x.s(0);
      if (imm !== undefined && imm !== 0 && imm !== -1) x.s(1);
      else if (!isSigned) pushDivisorU(x.code, () => x.s(1));
      else
        pushDivisorS(
          x.code,
          () => x.s(0),
          () => x.s(1),
        );
      x.code.op(DIVISION[name]);
    },
  };
}

function isPowerOfTwo(n: number): boolean {
  return n !== 0 && (n & (n - 1)) === 0;
}

/** An instruction whose vector form is a helper, and whose scalar form is a plain instruction. */
function counted(op: "i32.clz" | "i32.ctz"): Rule {
  return {
    v: (x) => {
      x.v(0);
      x.code.call(countHelper(x.unit, op));
    },
    s: (x) => {
      x.s(0);
      x.code.op(op);
    },
  };
}

/** An instruction that is a helper on vectors; scalars use lane 0. */
function helped(helper: (unit: Unit) => number, args: number): Rule {
  const v = (x: Operands) => {
    for (let k = 0; k < args; k++) x.v(k);
    x.code.call(helper(x.unit));
  };
  return {
    v,
    s: (x) => {
      v(x);
      x.code.extract(0);
    },
  };
}
const special = (name: Special) => helped((unit) => specialHelper(unit, name), name === "fatan2" ? 2 : 1);

/** Pushes source 0 with inactive lanes as 0. */
function pushActive(x: Operands): void {
  x.v(0);
  if (x.full) return;
  x.exec();
  x.code.simd("v128.and");
}
/** Pushes the lanes that are active and not 0, as a mask. */
function pushActiveTruth(x: Operands): void {
  x.v(0);
  x.code.splat(0);
  x.code.simd("i32x4.ne");
  if (x.full) return;
  x.exec();
  x.code.simd("v128.and");
}

const BYTES_OF_LANE = 0x03020100;

const movRule: Rule = { v: (x) => x.v(0), s: (x) => x.s(0), bool: 2 };

export const ALU: { readonly [M in AluMnemonic]: Rule } = {
  mov: movRule,
  "mov.m": {
    v: (x) => {
      x.v(0);
      if (x.full) return;
      x.old();
      x.exec();
      x.code.simd("v128.bitselect");
    },
    s: vectorOnly,
  },
  sel: {
    v: (x) => {
      x.v(1);
      x.v(2);
      x.v(0);
      x.code.simd("v128.bitselect");
    },
    s: (x) => {
      // c ^ ((b ^ c) & a)
      x.s(1);
      x.s(2);
      x.code.op("i32.xor");
      x.s(0);
      x.code.op("i32.and");
      x.s(2);
      x.code.op("i32.xor");
    },
    bool: 2,
  },
  iadd: binary("i32x4.add", "i32.add"),
  isub: binary("i32x4.sub", "i32.sub"),
  imul: {
    v: (x) => {
      const imm = x.imm(1);
      x.v(0);
      if (imm !== undefined && isPowerOfTwo(imm)) {
        x.code.i32(31 - Math.clz32(imm));
        x.code.simd("i32x4.shl");
        return;
      }
      x.v(1);
      x.code.simd("i32x4.mul");
    },
    s: binary("i32x4.mul", "i32.mul").s,
  },
  umulh: {
    v: (x) => {
      for (const half of ["i64x2.extmul_low_i32x4_u", "i64x2.extmul_high_i32x4_u"] as const) {
        x.v(0);
        x.v(1);
        x.code.simd(half);
      }
      x.code.shuffle(1, 3, 5, 7);
    },
    s: (x) => {
      for (const k of [0, 1]) {
        x.s(k);
        x.code.op("i64.extend_i32_u");
      }
      x.code.op("i64.mul");
      x.code.i64(32);
      x.code.op("i64.shr_u");
      x.code.op("i32.wrap_i64");
    },
  },
  udiv: division("udiv"),
  urem: division("urem"),
  sdiv: division("sdiv"),
  srem: division("srem"),
  and: binary("v128.and", "i32.and", 2),
  or: binary("v128.or", "i32.or", 2),
  xor: binary("v128.xor", "i32.xor", 2),
  not: {
    v: (x) => {
      x.v(0);
      x.code.simd("v128.not");
    },
    s: (x) => {
      x.s(0);
      x.code.i32(-1);
      x.code.op("i32.xor");
    },
    bool: 2,
  },
  ineg: {
    v: (x) => {
      x.v(0);
      x.code.simd("i32x4.neg");
    },
    s: (x) => {
      x.code.i32(0);
      x.s(0);
      x.code.op("i32.sub");
    },
  },
  shl: shift("i32x4.shl", "i32.shl"),
  shr: shift("i32x4.shr_u", "i32.shr_u"),
  sar: shift("i32x4.shr_s", "i32.shr_s"),
  umin: choose("i32x4.min_u", "i32.lt_u"),
  umax: choose("i32x4.max_u", "i32.gt_u"),
  smin: choose("i32x4.min_s", "i32.lt_s"),
  smax: choose("i32x4.max_s", "i32.gt_s"),
  clz: counted("i32.clz"),
  ctz: counted("i32.ctz"),
  popcnt: {
    v: (x) => {
      x.v(0);
      x.code.simd("i8x16.popcnt");
      x.code.simd("i16x8.extadd_pairwise_i8x16_u");
      x.code.simd("i32x4.extadd_pairwise_i16x8_u");
    },
    s: (x) => {
      x.s(0);
      x.code.op("i32.popcnt");
    },
  },
  bitrev: helped(bitReverseHelper, 1),
  ieq: compare("i32x4.eq", "i32.eq", false),
  ine: compare("i32x4.ne", "i32.ne", false),
  ult: compare("i32x4.lt_u", "i32.lt_u", false),
  ule: compare("i32x4.le_u", "i32.le_u", false),
  ugt: compare("i32x4.gt_u", "i32.gt_u", false),
  uge: compare("i32x4.ge_u", "i32.ge_u", false),
  slt: compare("i32x4.lt_s", "i32.lt_s", false),
  sle: compare("i32x4.le_s", "i32.le_s", false),
  sgt: compare("i32x4.gt_s", "i32.gt_s", false),
  sge: compare("i32x4.ge_s", "i32.ge_s", false),
  fadd: float2("f32x4.add", "f32.add"),
  fsub: float2("f32x4.sub", "f32.sub"),
  fmul: float2("f32x4.mul", "f32.mul"),
  fdiv: float2("f32x4.div", "f32.div"),
  ffma: {
    v: (x) => {
      x.v(0);
      x.v(1);
      x.code.simd("f32x4.mul");
      x.v(2);
      x.code.simd("f32x4.add");
    },
    s: (x) => {
      x.f(0);
      x.f(1);
      x.code.op("f32.mul");
      x.f(2);
      x.code.op("f32.add");
      x.code.op("i32.reinterpret_f32");
    },
  },
  fmin: floatChoose("f32x4.pmin", "f32.lt", 1),
  fmax: floatChoose("f32x4.pmax", "f32.lt", 0),
  fabs: {
    v: (x) => {
      x.v(0);
      x.code.simd("f32x4.abs");
    },
    s: (x) => {
      x.s(0);
      x.code.i32(0x7fffffff);
      x.code.op("i32.and");
    },
  },
  fneg: {
    v: (x) => {
      x.v(0);
      x.code.simd("f32x4.neg");
    },
    s: (x) => {
      x.s(0);
      x.code.i32(-0x80000000);
      x.code.op("i32.xor");
    },
  },
  fsqrt: float1("f32x4.sqrt", "f32.sqrt"),
  frsq: {
    v: (x) => {
      x.code.splat(0x3f800000);
      x.v(0);
      x.code.simd("f32x4.sqrt");
      x.code.simd("f32x4.div");
    },
    s: (x) => {
      x.code.f32(0x3f800000);
      x.f(0);
      x.code.op("f32.sqrt");
      x.code.op("f32.div");
      x.code.op("i32.reinterpret_f32");
    },
  },
  ffloor: float1("f32x4.floor", "f32.floor"),
  fceil: float1("f32x4.ceil", "f32.ceil"),
  ftrunc: float1("f32x4.trunc", "f32.trunc"),
  fnear: float1("f32x4.nearest", "f32.nearest"),
  feq: compare("f32x4.eq", "f32.eq", true),
  fne: compare("f32x4.ne", "f32.ne", true),
  flt: compare("f32x4.lt", "f32.lt", true),
  fle: compare("f32x4.le", "f32.le", true),
  fgt: compare("f32x4.gt", "f32.gt", true),
  fge: compare("f32x4.ge", "f32.ge", true),
  f2s: {
    v: float1("i32x4.trunc_sat_f32x4_s", "f32.abs").v,
    s: (x) => {
      x.f(0);
      x.code.misc("i32.trunc_sat_f32_s");
    },
  },
  f2u: {
    v: float1("i32x4.trunc_sat_f32x4_u", "f32.abs").v,
    s: (x) => {
      x.f(0);
      x.code.misc("i32.trunc_sat_f32_u");
    },
  },
  s2f: {
    v: float1("f32x4.convert_i32x4_s", "f32.abs").v,
    s: (x) => {
      x.s(0);
      x.code.op("f32.convert_i32_s");
      x.code.op("i32.reinterpret_f32");
    },
  },
  u2f: {
    v: float1("f32x4.convert_i32x4_u", "f32.abs").v,
    s: (x) => {
      x.s(0);
      x.code.op("f32.convert_i32_u");
      x.code.op("i32.reinterpret_f32");
    },
  },
  f2h: special("f2h"),
  h2f: special("h2f"),
  fsin: special("fsin"),
  fcos: special("fcos"),
  fexp2: special("fexp2"),
  flog2: special("flog2"),
  fatan2: special("fatan2"),
  "vote.any": {
    v: scalarOnly,
    s: (x) => {
      x.code.i32(0);
      pushActive(x);
      x.code.simd("v128.any_true");
      x.code.op("i32.sub");
    },
    c: (x) => {
      pushActive(x);
      x.code.simd("v128.any_true");
    },
    bool: 1,
  },
  "vote.all": {
    v: scalarOnly,
    s: (x) => {
      x.code.i32(0);
      pushAll(x);
      x.code.op("i32.sub");
    },
    c: pushAll,
    bool: 1,
  },
  ballot: {
    v: scalarOnly,
    s: (x) => {
      pushActiveTruth(x);
      x.code.simd("i32x4.bitmask");
    },
  },
  first: {
    v: scalarOnly,
    s: pushFirst,
  },
  shfl: { v: pushShuffle, s: vectorOnly },
  quad: { v: pushQuad, s: vectorOnly },
  sys: {
    v: (x) => x.sys(x.imm(0)!, true),
    s: (x) => x.sys(x.imm(0)!, false),
  },
};

/** 0 or 1: source 0 is not 0 in each active lane. */
function pushAll(x: Operands): void {
  x.v(0);
  if (!x.full) {
    // an inactive lane counts as true
    x.exec();
    x.code.simd("v128.not");
    x.code.simd("v128.or");
  }
  x.code.simd("i32x4.all_true");
}

/** Source 0 of the lowest active lane. */
function pushFirst(x: Operands): void {
  if (x.full) {
    x.v(0);
    x.code.extract(0);
    return;
  }
  // move the lowest active lane to lane 0
  x.v(0);
  pushLaneIndex(x, () => {
    x.exec();
    x.code.simd("i32x4.bitmask");
    x.code.op("i32.ctz");
    x.code.simd("i32x4.splat");
  });
  x.code.simd("i8x16.swizzle");
  x.code.extract(0);
}

/** Turns lane numbers 0 to 4, pushed by `lanes`, into byte indices for a swizzle: lane 4 gives 0. */
function pushLaneIndex(x: Operands, lanes: () => void): void {
  lanes();
  x.code.splat(0x04040404);
  x.code.simd("i32x4.mul");
  x.code.splat(BYTES_OF_LANE);
  x.code.simd("i32x4.add");
}

function pushShuffle(x: Operands): void {
  const imm = x.imm(1);
  if (imm !== undefined && imm >>> 0 < 4) {
    pushActive(x);
    pushActive(x);
    x.code.shuffle(imm, imm, imm, imm);
    return;
  }
  pushActive(x);
  pushLaneIndex(x, () => {
    x.v(1);
    x.code.splat(4);
    x.code.simd("i32x4.min_u");
  });
  x.code.simd("i8x16.swizzle");
}

function pushQuad(x: Operands): void {
  const imm = x.imm(1);
  if (imm !== undefined) {
    pushActive(x);
    pushActive(x);
    x.code.shuffle(imm & 3, (imm >>> 2) & 3, (imm >>> 4) & 3, (imm >>> 6) & 3);
    return;
  }
  // lane i wants bits 2i+1:2i of its own b: bring them to bits 7:6 by a multiplication with 64, 16, 4, 1
  pushActive(x);
  pushLaneIndex(x, () => {
    x.v(1);
    x.code.v128(64, 16, 4, 1);
    x.code.simd("i32x4.mul");
    x.code.i32(6);
    x.code.simd("i32x4.shr_u");
    x.code.splat(3);
    x.code.simd("v128.and");
  });
  x.code.simd("i8x16.swizzle");
}
