/** What the uniformity analysis knows of builtin functions and builtin values. @see https://www.w3.org/TR/WGSL/#uniformity-function-calls */
import { builtinGroup, builtinId, builtinNames } from "./builtins-notation.ts";
import type { BuiltinId, StageIo, StageName } from "./sema.ts";
import { Taint } from "./uniformity-graph.ts";

/** How a builtin function behaves. */
export const Behaves = {
  /** the result follows from the arguments, and it may be called anywhere */
  PLAIN: 0,
  BARRIER: 1,
  /** a barrier whose pointer must be uniform too */
  UNIFORM_LOAD: 2,
  DERIVATIVE: 3,
  SUBGROUP: 4,
  /** a subgroup function with one result for the subgroup */
  SUBGROUP_UNIFORM: 5,
  /** a subgroup function whose second argument must be uniform */
  SUBGROUP_SHIFT: 6,
  ATOMIC: 7,
  /** non-uniform if the texture may be written */
  TEXTURE_LOAD: 8,
} as const;
export type Behaves = (typeof Behaves)[keyof typeof Behaves];

const NAMES: readonly (readonly [Behaves, string])[] = [
  [Behaves.BARRIER, "storageBarrier textureBarrier workgroupBarrier"],
  [Behaves.UNIFORM_LOAD, "workgroupUniformLoad"],
  [Behaves.DERIVATIVE, "dpdx dpdxCoarse dpdxFine dpdy dpdyCoarse dpdyFine fwidth fwidthCoarse fwidthFine"],
  [Behaves.DERIVATIVE, "textureSample textureSampleBias textureSampleCompare"],
  [Behaves.SUBGROUP_UNIFORM, "subgroupAdd subgroupAll subgroupAnd subgroupAny subgroupBallot subgroupBroadcast"],
  [Behaves.SUBGROUP_UNIFORM, "subgroupBroadcastFirst subgroupMax subgroupMin subgroupMul subgroupOr subgroupXor"],
  [Behaves.SUBGROUP_SHIFT, "subgroupShuffleDown subgroupShuffleUp subgroupShuffleXor"],
  [Behaves.TEXTURE_LOAD, "textureLoad"],
];

/** by BuiltinId */
const BEHAVES = new Uint8Array(builtinNames().length);
for (const [id, name] of builtinNames().entries()) {
  if (builtinGroup(id as BuiltinId).extension === "subgroups") BEHAVES[id] = Behaves.SUBGROUP;
  else if (name.startsWith("atomic")) BEHAVES[id] = Behaves.ATOMIC;
}
for (const [behaves, names] of NAMES) for (const name of names.split(" ")) BEHAVES[builtinId(name)!] = behaves;

export const behavesOf = (id: number): Behaves => BEHAVES[id] as Behaves;
/** True if something must be uniform where the function is called. */
export function isCollective(behaves: Behaves): boolean {
  return behaves >= Behaves.BARRIER && behaves <= Behaves.SUBGROUP_SHIFT;
}

/** Uniform in a workgroup; of compute stages only. */
const UNIFORM_INPUTS: ReadonlySet<string> = new Set(["workgroup_id", "num_workgroups", "subgroup_size", "num_subgroups"]);

export function inputTaint(io: StageIo, stage: StageName): Taint {
  if (stage !== "compute" || io.builtin === undefined) return Taint.EVERYWHERE;
  if (io.builtin === "subgroup_id") return Taint.BETWEEN_SUBGROUPS;
  return UNIFORM_INPUTS.has(io.builtin) ? Taint.NOWHERE : Taint.EVERYWHERE;
}
