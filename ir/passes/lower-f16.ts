/**
 * f16 becomes f32 that is rounded to what an f16 holds after each operation that may leave it. f32 has more than twice an f16's digits, so
 * +, -, *, / and sqrt rounded twice are rounded right. What stays of type f16: a SpanLoad, read by an FConvert to f32, and an FConvert from f32
 * that feeds a SpanStore; that one's operand has been rounded, so it changes nothing. Runs after lower-builtins.
 */
import { NONE } from "../../support/id.ts";
import { bodies, Replacements } from "../edit.ts";
import { type FunctionId, forEachOperand, type Module, type Value } from "../module.ts";
import { OP, type OpName } from "../ops.ts";
import type { Pass } from "../pass.ts";

/** Operations whose result is an f16 whenever their operands are. */
const EXACT = new Set<OpName>([
  ...(["Phi", "Select", "FNegate", "FAbs", "FMin", "FMax", "Floor", "Ceil", "Trunc", "RoundEven"] as const),
  ...(["GroupNonUniformBroadcastFirst", "GroupNonUniformShuffle", "GroupNonUniformQuadSwap"] as const),
]);

export const lowerF16: Pass = {
  name: "lower-f16",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) if (lower(m, f)) changed = true;
    return changed;
  },
};

function lower(m: Module, f: FunctionId): boolean {
  const { f16 } = m.types;
  const replacements = new Replacements(m);
  const gone: Value[] = [];
  /** values that were f16 and are f32 now */
  const widened = m.scratch.u8(m.valueCount);
  const narrow = (v: Value) => v < widened.length && (m.type(v) === f16 || widened[v] === 1);
  let isWidened = false;
  const stores: Value[] = [];
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      const name = m.opName(v);
      if (name === "SpanStore" && narrow(m.operand(v, 2))) stores.push(v);
      if (name === "SpanStore" || name === "SpanAtomic") continue;
      if (m.type(v) === f16) {
        widened[v] = 1;
        isWidened = true;
        widen(m, v, name);
      } else if (name === "FConvert" && narrow(m.operand(v, 0))) {
        replacements.set(v, wideConstant(m, m.operand(v, 0)));
        gone.push(v);
      }
    }
  }
  for (const v of stores) {
    const value = m.operand(v, 2);
    if (isConstant(m, value)) continue;
    m.setArg(v, 2, m.insertBefore(v, "FConvert", f16, [value]));
  }
  for (const v of gone) m.remove(v);
  replacements.apply(f);
  widenConstants(m, f);
  return gone.length > 0 || isWidened;
}

function isConstant(m: Module, v: Value): boolean {
  return m.op(v) <= OP.Undef;
}

/** Makes `v`, of type f16, an f32 in place. */
function widen(m: Module, v: Value, name: OpName): void {
  const { f32, f16, u32 } = m.types;
  const args: number[] = [];
  for (let i = 0; i < m.argCount(v); i++) args.push(m.arg(v, i));
  if (name === "SpanLoad") {
    m.rewrite(v, "FConvert", f32, [m.insertBefore(v, "SpanLoad", f16, args)]);
  } else if (EXACT.has(name)) {
    m.rewrite(v, name, f32, args);
  } else {
    const wide = name === "FConvert" || name === "Bitcast" ? (args[0] as Value) : m.insertBefore(v, name, f32, args);
    m.rewrite(v, "HalfBitsToFloat", f32, [m.insertBefore(v, "FloatToHalfBits", u32, [wide])]);
  }
}

/** An f16 constant has its f32's bits. Those that are stored stay. */
function widenConstants(m: Module, f: FunctionId): void {
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      if (m.op(v) === OP.SpanStore) continue;
      forEachOperand(m, v, (i, operand) => {
        if (m.type(operand) === m.types.f16) m.setArg(v, i, wideConstant(m, operand));
      });
    }
  }
}
/** The f32 of an f16 constant; anything else as it is. */
function wideConstant(m: Module, v: Value): Value {
  const { f16, f32 } = m.types;
  if (m.type(v) !== f16 || !isConstant(m, v)) return v;
  return m.op(v) === OP.Undef ? m.undef(f32) : m.constant(f32, m.constantBits(v));
}
