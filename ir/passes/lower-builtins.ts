/**
 * Expands scalar operations that no machine instruction does into those that one does, with the algorithms of `numeric-composed.ts`, so
 * that folding and running agree bit for bit. What stays maps one to one: arithmetic, comparisons, conversions, Sqrt, InverseSqrt, Sin, Cos, Exp2,
 * Log2, Atan2. Runs after scalarize; f16 becomes f32 with rounding in `lower-f16`, after this.
 */
import * as composed from "../../sandbox/isa/numeric-composed.ts";
import { NONE } from "../../support/id.ts";
import { MAX_I32_AS_F32, MAX_U32_AS_F32 } from "../conversion.ts";
import { bodies, Inserter, Replacements } from "../edit.ts";
import { type IrMath, irMath } from "../math.ts";
import type { Module, Value } from "../module.ts";
import type { OpName } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { bitsOfFloat } from "../print-type.ts";
import { EXPAND_GROUP } from "./lower-groups.ts";

export const lowerBuiltins: Pass = {
  name: "lower-builtins",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) {
      const at = new Inserter(m);
      const context: Context = { m, at, o: irMath(at) };
      const replacements = new Replacements(m);
      const gone: Value[] = [];
      for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
        for (let v = m.first(b); v !== NONE; v = m.next(v)) {
          const expand = EXPAND[m.opName(v)];
          if (!expand || !m.types.isScalar(m.type(v))) continue;
          at.at = v;
          const to = expand(context, v);
          if (to === v) continue;
          replacements.set(v, to);
          gone.push(v);
        }
      }
      for (const v of gone) m.remove(v);
      replacements.apply(f);
      if (replacements.count > 0) changed = true;
    }
    return changed;
  },
};

interface Context {
  readonly m: Module;
  readonly at: Inserter;
  readonly o: IrMath;
}
/** @returns the value to use instead, or `v` itself, changed in place or not */
type Expand = (c: Context, v: Value) => Value;

const arg = (c: Context, v: Value, i: number) => c.m.operand(v, i);
/** Built from operations on the instruction's own type: f16 keeps its rounding after each. */
const build = (c: Context, v: Value) => {
  const type = c.m.type(v);
  return {
    op: (name: OpName, ...args: Value[]) => c.at.emit(name, type, ...args),
    test: (name: OpName, ...args: Value[]) => c.at.emit(name, c.m.types.bool, ...args),
    f: (value: number) => c.m.constant(type, bitsOfFloat(value)),
    i: (value: number) => c.m.constant(type, value),
    u: (value: number) => c.m.u32(value),
  };
};

/** An algorithm of the library, of f32 operands; f16 ones are widened, and the result rounded. */
const library =
  (algorithm: (o: IrMath, ...args: Value[]) => Value): Expand =>
  (c, v) => {
    const { m, at } = c;
    const { f16, f32 } = m.types;
    const args: Value[] = [];
    for (let i = 0; i < m.argCount(v); i++) {
      const a = arg(c, v, i);
      args.push(m.type(a) === f16 ? at.emit("FConvert", f32, a) : a);
    }
    const result = algorithm(c.o, ...args);
    return m.type(v) === f16 ? at.emit("FConvert", f16, result) : result;
  };

/** min(max(x, low), high) */
const clamp =
  (min: OpName, max: OpName): Expand =>
  (c, v) => {
    const { op } = build(c, v);
    return op(min, op(max, arg(c, v, 0), arg(c, v, 1)), arg(c, v, 2));
  };

/** 31 - leading zeros of `x`, which is -1 for 0 */
const highestBit = (c: Context, v: Value, x: Value) => {
  const { op, i } = build(c, v);
  return op("ISub", i(31), op("CountLeadingZeros", x));
};

/** offset and count within 32 bits, as WGSL bounds them */
function field(c: Context, offset: Value, count: Value): { o: Value; n: Value; isEmpty: Value } {
  const { m, at } = c;
  const { u32, bool } = m.types;
  const o = at.emit("UMin", u32, offset, m.u32(32));
  const n = at.emit("UMin", u32, count, at.emit("ISub", u32, m.u32(32), o));
  return { o, n, isEmpty: at.emit("IEqual", bool, n, m.u32(0)) };
}
/** The field shifted to the top and back down; an empty one would shift by 32, so it is chosen away. */
const extractBits =
  (down: OpName): Expand =>
  (c, v) => {
    const { m, at } = c;
    const { u32 } = m.types;
    const { op, i } = build(c, v);
    const { o, n, isEmpty } = field(c, arg(c, v, 1), arg(c, v, 2));
    const rest = at.emit("ISub", u32, m.u32(32), n);
    const top = op("ShiftLeftLogical", arg(c, v, 0), at.emit("ISub", u32, rest, o));
    return op("Select", isEmpty, i(0), op(down, top, rest));
  };
const insertBits: Expand = (c, v) => {
  const { m, at } = c;
  const { u32 } = m.types;
  const { op, i } = build(c, v);
  const { o, n, isEmpty } = field(c, arg(c, v, 2), arg(c, v, 3));
  const ones = op("ShiftRightLogical", i(-1), at.emit("ISub", u32, m.u32(32), n));
  const mask = op("ShiftLeftLogical", op("Select", isEmpty, i(0), ones), o);
  const fresh = op("BitwiseAnd", op("ShiftLeftLogical", arg(c, v, 1), o), mask);
  return op("BitwiseOr", op("BitwiseAnd", arg(c, v, 0), op("Not", mask)), fresh);
};
/** Sum of the products of the four bytes. */
const dot4 =
  (signed: boolean): Expand =>
  (c, v) => {
    const { m, at } = c;
    const type = m.type(v);
    const { op, u } = build(c, v);
    const words = [arg(c, v, 0), arg(c, v, 1)].map((w) => (m.type(w) === type ? w : at.emit("Bitcast", type, w)));
    const byte = (word: Value, i: number): Value => {
      if (signed) {
        const high = i === 3 ? word : op("ShiftLeftLogical", word, u(24 - 8 * i));
        return op("ShiftRightArithmetic", high, u(24));
      }
      const low = i === 0 ? word : op("ShiftRightLogical", word, u(8 * i));
      return i === 3 ? low : op("BitwiseAnd", low, u(255));
    };
    let sum = op("IMul", byte(words[0]!, 0), byte(words[1]!, 0));
    for (let i = 1; i < 4; i++) sum = op("IAdd", sum, op("IMul", byte(words[0]!, i), byte(words[1]!, i)));
    return sum;
  };
/** Bounded to the greatest float that the integer type holds; the conversion saturates below. */
const toInteger =
  (max: number): Expand =>
  (c, v) => {
    const { m, at } = c;
    const { f16, f32 } = m.types;
    const x = arg(c, v, 0);
    // an f16 may be infinite, too
    const wide = m.type(x) === f16 ? at.emit("FConvert", f32, x) : x;
    if (!isBounded(m, wide, max)) m.setArg(v, 0, at.emit("FMin", f32, wide, m.constant(f32, bitsOfFloat(max))));
    return v;
  };
/** Whether `x` is the bounding that `toInteger` made: running the pass again adds no other. */
function isBounded(m: Module, x: Value, max: number): boolean {
  return m.opName(x) === "FMin" && m.constantBits(m.operand(x, 1)) === bitsOfFloat(max) >>> 0;
}
const quantize = (c: Context, x: Value) => c.at.emit("HalfBitsToFloat", c.m.types.f32, c.at.emit("FloatToHalfBits", c.m.types.u32, x));

const EXPAND: Partial<Record<OpName, Expand>> = {
  // integers
  SAbs: (c, v) => {
    const { op } = build(c, v);
    return op("SMax", arg(c, v, 0), op("SNegate", arg(c, v, 0)));
  },
  SSign: (c, v) => {
    const { op, i } = build(c, v);
    return op("SMin", op("SMax", arg(c, v, 0), i(-1)), i(1));
  },
  SClamp: clamp("SMin", "SMax"),
  UClamp: clamp("UMin", "UMax"),
  FindILsb: (c, v) => {
    const { op, test, i } = build(c, v);
    return op("Select", test("IEqual", arg(c, v, 0), i(0)), i(-1), op("CountTrailingZeros", arg(c, v, 0)));
  },
  FindUMsb: (c, v) => highestBit(c, v, arg(c, v, 0)),
  FindSMsb: (c, v) => {
    const { op, u } = build(c, v);
    return highestBit(c, v, op("BitwiseXor", arg(c, v, 0), op("ShiftRightArithmetic", arg(c, v, 0), u(31))));
  },
  BitFieldSExtract: extractBits("ShiftRightArithmetic"),
  BitFieldUExtract: extractBits("ShiftRightLogical"),
  BitFieldInsert: insertBits,
  Dot4I8Packed: dot4(true),
  Dot4U8Packed: dot4(false),
  // floats, on their own type
  FRem: library(composed.rem),
  FSign: library(composed.sign),
  Fract: (c, v) => {
    const { op } = build(c, v);
    return op("FSub", arg(c, v, 0), op("Floor", arg(c, v, 0)));
  },
  FClamp: clamp("FMin", "FMax"),
  Saturate: (c, v) => {
    const { op, f } = build(c, v);
    return op("FMin", op("FMax", arg(c, v, 0), f(0)), f(1));
  },
  /** x (1 - t) + y t */
  FMix: (c, v) => {
    const { op, f } = build(c, v);
    const rest = op("FSub", f(1), arg(c, v, 2));
    return op("FAdd", op("FMul", arg(c, v, 0), rest), op("FMul", arg(c, v, 1), arg(c, v, 2)));
  },
  Step: (c, v) => {
    const { op, test, f } = build(c, v);
    return op("Select", test("FOrdLessThanEqual", arg(c, v, 0), arg(c, v, 1)), f(1), f(0));
  },
  SmoothStep: (c, v) => {
    const { op, f } = build(c, v);
    const [low, high, x] = [arg(c, v, 0), arg(c, v, 1), arg(c, v, 2)];
    const t = op("FMin", op("FMax", op("FDiv", op("FSub", x, low), op("FSub", high, low)), f(0)), f(1));
    return op("FMul", op("FMul", t, t), op("FSub", f(3), op("FMul", f(2), t)));
  },
  Fma: (c, v) => {
    const { op } = build(c, v);
    return op("FAdd", op("FMul", arg(c, v, 0), arg(c, v, 1)), arg(c, v, 2));
  },
  Length: (c, v) => build(c, v).op("FAbs", arg(c, v, 0)),
  Distance: (c, v) => {
    const { op } = build(c, v);
    return op("FAbs", op("FSub", arg(c, v, 0), arg(c, v, 1)));
  },
  // the library's
  Tan: library(composed.tan),
  Asin: library(composed.asin),
  Acos: library(composed.acos),
  Atan: library(composed.atan),
  Sinh: library(composed.sinh),
  Cosh: library(composed.cosh),
  Tanh: library(composed.tanh),
  Asinh: library(composed.asinh),
  Acosh: library(composed.acosh),
  Atanh: library(composed.atanh),
  Exp: library(composed.exp),
  Log: library(composed.log),
  Pow: library(composed.pow),
  Ldexp: library((o, x, e) => composed.ldexp(o, x, e)),
  Radians: library(composed.radians),
  Degrees: library(composed.degrees),
  QuantizeToF16: (c, v) => quantize(c, arg(c, v, 0)),
  ConvertFToS: toInteger(MAX_I32_AS_F32),
  ConvertFToU: toInteger(MAX_U32_AS_F32),
  ...EXPAND_GROUP,
};
