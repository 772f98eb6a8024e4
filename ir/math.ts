/** The numeric library over IR: `MathOps` whose operations build instructions. F is f32, I is i32 (bits are bits), M is bool. */
import type { MathOps } from "../sandbox/isa/numeric-composed.ts";
import type { Inserter } from "./edit.ts";
import type { Value } from "./module.ts";
import type { OpName } from "./ops.ts";
import { bitsOfFloat } from "./print-type.ts";

export type IrMath = MathOps<Value, Value, Value>;

/** Instructions go where `at` stands at the time. */
export function irMath(at: Inserter): IrMath {
  const { m } = at;
  const { f32, i32, bool } = m.types;
  const unary = (op: OpName, type: typeof f32) => (a: Value) => at.emit(op, type, a);
  const binary = (op: OpName, type: typeof f32) => (a: Value, b: Value) => at.emit(op, type, a, b);
  const shift = (op: OpName) => (a: Value, by: number) => at.emit(op, i32, a, m.u32(by));
  return {
    add: binary("FAdd", f32),
    sub: binary("FSub", f32),
    mul: binary("FMul", f32),
    div: binary("FDiv", f32),
    sqrt: unary("Sqrt", f32),
    floor: unary("Floor", f32),
    trunc: unary("Trunc", f32),
    nearest: unary("RoundEven", f32),
    abs: unary("FAbs", f32),
    neg: unary("FNegate", f32),
    min: binary("FMin", f32),
    max: binary("FMax", f32),
    lt: binary("FOrdLessThan", bool),
    le: binary("FOrdLessThanEqual", bool),
    eq: binary("FOrdEqual", bool),
    iadd: binary("IAdd", i32),
    isub: binary("ISub", i32),
    iand: binary("BitwiseAnd", i32),
    ior: binary("BitwiseOr", i32),
    ixor: binary("BitwiseXor", i32),
    shl: shift("ShiftLeftLogical"),
    shr: shift("ShiftRightLogical"),
    sar: shift("ShiftRightArithmetic"),
    ilt: binary("SLessThan", bool),
    ieq: binary("IEqual", bool),
    f2s: unary("ConvertFToS", i32),
    s2f: unary("ConvertSToF", f32),
    bits: unary("Bitcast", i32),
    float: unary("Bitcast", f32),
    selectF: (c, yes, no) => at.emit("Select", f32, c, yes, no),
    selectI: (c, yes, no) => at.emit("Select", i32, c, yes, no),
    f: (value) => m.constant(f32, bitsOfFloat(value)),
    i: (value) => m.constant(i32, value),
    rsqrt: unary("InverseSqrt", f32),
    sin: unary("Sin", f32),
    cos: unary("Cos", f32),
    exp2: unary("Exp2", f32),
    log2: unary("Log2", f32),
    atan2: binary("Atan2", f32),
  };
}
