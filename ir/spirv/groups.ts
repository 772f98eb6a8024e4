/** Subgroup operations. Before and after they are lowered they are SPIR-V's own, but for a ballot of one word. */
import type { Value } from "../module.ts";
import type { OPS, OpName } from "../ops.ts";
import type { Emit } from "./arithmetic.ts";
import type { Emitter } from "./emitter.ts";
import type { CAPABILITY, SpvName } from "./grammar.ts";

const SUBGROUP_SCOPE = 3;

type GroupName = { [N in OpName]: (typeof OPS)[N]["effect"] extends "group" ? N : never }[OpName];
type Capability = keyof typeof CAPABILITY;

const scopeOf = (e: Emitter) => e.types.splat(e.m.types.u32, SUBGROUP_SCOPE);
const use = (e: Emitter, ...needs: readonly Capability[]) => {
  for (const capability of needs) e.b.capability(capability);
};

/** The invocation, where there is one, is an unsigned number. */
const plain =
  (name: SpvName & GroupName, ...needs: readonly Capability[]): Emit =>
  (e, v) => {
    use(e, "GroupNonUniform", ...needs);
    const args = e.args(v);
    if (args.length > 1) args[1] = e.bitcast(args[1]!, e.operandType(v, 1), e.m.types.u32);
    return e.op(name, e.typeOf(v), scopeOf(e), ...args);
  };
const ballot: Emit = (e, v) => {
  use(e, "GroupNonUniform", "GroupNonUniformBallot");
  const { u32 } = e.m.types;
  const all = e.opT("GroupNonUniformBallot", e.m.types.vector(u32, 4), scopeOf(e), e.arg(v, 0));
  return e.m.type(v) === u32 ? e.extract(u32, all, 0) : all;
};
const reduction =
  (name: SpvName & GroupName): Emit =>
  (e, v) => {
    use(e, "GroupNonUniform", "GroupNonUniformArithmetic");
    return e.op(name, e.typeOf(v), scopeOf(e), e.m.arg(v, 1), e.arg(v, 0));
  };
const swap = (e: Emitter, v: Value): number => {
  use(e, "GroupNonUniform", "GroupNonUniformQuad");
  return e.op("GroupNonUniformQuadSwap", e.typeOf(v), scopeOf(e), e.arg(v, 0), e.types.splat(e.m.types.u32, e.m.arg(v, 1)));
};

// biome-ignore format: a table, read by rows
export const GROUPS: { readonly [N in GroupName]: Emit } = {
  GroupNonUniformElect: plain("GroupNonUniformElect"), GroupNonUniformAll: plain("GroupNonUniformAll", "GroupNonUniformVote"),
  GroupNonUniformAny: plain("GroupNonUniformAny", "GroupNonUniformVote"), GroupNonUniformBallot: ballot,
  GroupNonUniformBroadcast: plain("GroupNonUniformBroadcast", "GroupNonUniformBallot"),
  GroupNonUniformBroadcastFirst: plain("GroupNonUniformBroadcastFirst", "GroupNonUniformBallot"),
  GroupNonUniformShuffle: plain("GroupNonUniformShuffle", "GroupNonUniformShuffle"),
  GroupNonUniformShuffleXor: plain("GroupNonUniformShuffleXor", "GroupNonUniformShuffle"),
  GroupNonUniformShuffleUp: plain("GroupNonUniformShuffleUp", "GroupNonUniformShuffleRelative"),
  GroupNonUniformShuffleDown: plain("GroupNonUniformShuffleDown", "GroupNonUniformShuffleRelative"),
  GroupNonUniformQuadBroadcast: plain("GroupNonUniformQuadBroadcast", "GroupNonUniformQuad"), GroupNonUniformQuadSwap: swap,
  GroupNonUniformIAdd: reduction("GroupNonUniformIAdd"), GroupNonUniformFAdd: reduction("GroupNonUniformFAdd"),
  GroupNonUniformIMul: reduction("GroupNonUniformIMul"), GroupNonUniformFMul: reduction("GroupNonUniformFMul"),
  GroupNonUniformSMin: reduction("GroupNonUniformSMin"), GroupNonUniformUMin: reduction("GroupNonUniformUMin"), GroupNonUniformFMin: reduction("GroupNonUniformFMin"),
  GroupNonUniformSMax: reduction("GroupNonUniformSMax"), GroupNonUniformUMax: reduction("GroupNonUniformUMax"), GroupNonUniformFMax: reduction("GroupNonUniformFMax"),
  GroupNonUniformBitwiseAnd: reduction("GroupNonUniformBitwiseAnd"), GroupNonUniformBitwiseOr: reduction("GroupNonUniformBitwiseOr"),
  GroupNonUniformBitwiseXor: reduction("GroupNonUniformBitwiseXor"),
};
