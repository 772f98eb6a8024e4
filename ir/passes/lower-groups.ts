/**
 * Subgroup operations on scalars as votes, ballots and shuffles of four lanes, which the machine has. Reductions and scans go over the invocations in
 * ascending order, so that all of them see the same rounding; inactive ones count as the operation's identity.
 * @see https://www.w3.org/TR/WGSL/#subgroup-builtin-functions
 */
import { NONE } from "../../support/id.ts";
import type { Inserter } from "../edit.ts";
import type { Module, Value } from "../module.ts";
import { type OpName, REDUCTION, SWAP } from "../ops.ts";
import { STORAGE, type TypeId } from "../types.ts";

const LANES = 4;

interface Context {
  readonly m: Module;
  readonly at: Inserter;
}
/** @returns the value to use instead, or `v` itself, changed in place or not */
type Expand = (c: Context, v: Value) => Value;

/** Number of the invocation in its subgroup. */
function lane({ m, at }: Context): Value {
  const { u32 } = m.types;
  const builtin = "subgroup_invocation_id";
  let variable: Value = NONE;
  for (const g of m.globals) if (g.builtin === builtin && m.types.storage(m.type(g.value)) === STORAGE.Input) variable = g.value;
  if (variable === NONE) {
    const info = { name: builtin, group: NONE, binding: NONE, writable: false, builtin, location: NONE };
    variable = m.addGlobal(m.types.pointer(STORAGE.Input, u32), info);
  }
  return at.emit("SpanLoad", u32, variable, m.u32(0), 0, 4);
}
/** Bit i is set where lane i is active. */
const activeLanes = ({ m, at }: Context) => at.emit("GroupNonUniformBallot", m.types.u32, m.constant(m.types.bool, 1));

/** The value of lane f(own lane, operand 1). */
const shuffleBy =
  (op: OpName): Expand =>
  (c, v) => {
    const { m, at } = c;
    const by = m.operand(v, 1);
    const bits = m.constantBits(by);
    if (op === "BitwiseXor" && bits > 0 && bits < LANES) return at.emit("GroupNonUniformQuadSwap", m.type(v), m.operand(v, 0), bits - 1);
    return at.emit("GroupNonUniformShuffle", m.type(v), m.operand(v, 0), at.emit(op, m.types.u32, lane(c), by));
  };
const shuffleTo: Expand = ({ m, at }, v) => at.emit("GroupNonUniformShuffle", m.type(v), m.operand(v, 0), m.operand(v, 1));

/** @param identity bits; what 0 is where it is 0 needs no choosing, since inactive lanes read as 0 */
const reduce =
  (op: OpName, identity: number): Expand =>
  (c, v) => {
    const { m, at } = c;
    const type = m.type(v);
    const kind = m.arg(v, 1);
    const last = kind === REDUCTION.exclusive ? LANES - 1 : LANES;
    const neutral = m.constant(type, identity);
    const parts = partsOf(c, m.operand(v, 0), last, identity === 0 ? NONE : neutral);
    if (kind === REDUCTION.reduce) return parts.reduce((sum, part) => at.emit(op, type, sum, part));
    const own = lane(c);
    const after = (i: number) => at.emit("UGreaterThan", m.types.bool, own, m.u32(i));
    let sum = parts[0]!;
    let from = 1;
    if (kind === REDUCTION.exclusive) sum = at.emit("Select", type, after(0), sum, neutral);
    for (; from < last; from++) {
      const isIn = after(kind === REDUCTION.exclusive ? from : from - 1);
      sum = at.emit("Select", type, isIn, at.emit(op, type, sum, parts[from]!), sum);
    }
    return sum;
  };
/** The values of the first lanes, in all lanes. @param neutral what stands for inactive ones, or NONE: zero */
function partsOf(c: Context, x: Value, count: number, neutral: Value): Value[] {
  const { m, at } = c;
  const { u32, bool } = m.types;
  const type: TypeId = m.type(x);
  const active = neutral === NONE ? NONE : activeLanes(c);
  return Array.from({ length: count }, (_, i) => {
    const part = at.emit("GroupNonUniformShuffle", type, x, m.u32(i));
    if (neutral === NONE) return part;
    const isActive = at.emit("INotEqual", bool, at.emit("BitwiseAnd", u32, active, m.u32(1 << i)), m.u32(0));
    return at.emit("Select", type, isActive, part, neutral);
  });
}

const ONE = 0x3f800000;
const INFINITY = 0x7f800000;

/** What `lower-builtins` does with them. */
export const EXPAND_GROUP: Partial<Record<OpName, Expand>> = {
  GroupNonUniformElect: (c) => {
    const { m, at } = c;
    const first = at.emit("CountTrailingZeros", m.types.u32, activeLanes(c));
    return at.emit("IEqual", m.types.bool, lane(c), first);
  },
  GroupNonUniformBroadcast: shuffleTo,
  GroupNonUniformQuadBroadcast: shuffleTo,
  GroupNonUniformShuffleXor: shuffleBy("BitwiseXor"),
  GroupNonUniformShuffleUp: shuffleBy("ISub"),
  GroupNonUniformShuffleDown: shuffleBy("IAdd"),
  GroupNonUniformIAdd: reduce("IAdd", 0),
  GroupNonUniformFAdd: reduce("FAdd", 0),
  GroupNonUniformIMul: reduce("IMul", 1),
  GroupNonUniformFMul: reduce("FMul", ONE),
  GroupNonUniformSMin: reduce("SMin", 0x7fffffff),
  GroupNonUniformUMin: reduce("UMin", -1),
  GroupNonUniformFMin: reduce("FMin", INFINITY),
  GroupNonUniformSMax: reduce("SMax", -0x80000000),
  GroupNonUniformUMax: reduce("UMax", 0),
  GroupNonUniformFMax: reduce("FMax", INFINITY - 0x80000000),
  GroupNonUniformBitwiseAnd: reduce("BitwiseAnd", -1),
  GroupNonUniformBitwiseOr: reduce("BitwiseOr", 0),
  GroupNonUniformBitwiseXor: reduce("BitwiseXor", 0),
};

/** Lane that each lane reads, two bits each, lane 0 lowest. */
const SWAP_LANES: readonly number[] = (() => {
  const out: number[] = [];
  out[SWAP.x] = 0xb1;
  out[SWAP.y] = 0x4e;
  out[SWAP.diagonal] = 0x1b;
  return out;
})();
export const swapLanes = (swap: number): number => SWAP_LANES[swap]!;
