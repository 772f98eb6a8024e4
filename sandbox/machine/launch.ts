/** What both tiers are given to run, and what they give back. */

/**
 * A stretch of a device's memory that one slot may touch. Written by the kernel only, latched at enter. Never in guest memory.
 */
export interface Region {
  /** byte address in the device's memory, a multiple of 16 */
  readonly base: number;
  /** bytes; what the bounds modes call `size` */
  readonly size: number;
  readonly stride: number;
  /** SLOT_KIND */
  readonly kind: number;
  /** PERM bits; code uses at most those that its slot declares */
  readonly permissions: number;
  readonly generation: number;
}

export interface Launch {
  readonly memory: WebAssembly.Memory;
  /**
   * One region per slot of the program. The workgroup slot's region holds one workgroup (`workgroupBytes`). The scratch slot's region holds
   * one workgroup's lanes: wave after wave, `scratchBytes * 4` bytes each, and in it word k of lane l at byte (k * 4 + l) * 4.
   * The constant slot's region holds the program's constants. The tiers zero the workgroup and scratch regions before each workgroup; the
   * kernel does not, and what it hands over may hold an earlier launch's data.
   */
  readonly regions: readonly Region[];
  /** kernel-owned memory of the jit: registers that live across barriers (jit only; `saveBytes` of its module) */
  readonly save: Region;
  /** workgroups in x, y, z */
  readonly grid: readonly [number, number, number];
  /** words of code, summed over waves, that may still run; both tiers charge by the same rule (fuel.ts) and leave what is left */
  fuel: number;
}

/** Why a launch ended. Values are the cause register's. */
export const CAUSE = { end: 1, bounds: 2, permission: 3, fuel: 6, killed: 8 } as const;

/** The cause register: readable outside only. Fields past `cause` are NONE (-1) where they mean nothing. */
export interface Outcome {
  readonly cause: number;
  /** word index in the code; for fuel: the loop, call or function charged */
  readonly pc: number;
  /** linear index of the workgroup, and lane 0-3 of wave `wave` */
  readonly workgroup: number;
  readonly wave: number;
  readonly lane: number;
  readonly slot: number;
  readonly offset: number;
}

/**
 * The kernel owner's say when an access of mode T ends outside its region, which a lane at a time does: a number stands for what the lane
 * would have read, and nothing is written; undefined ends the launch with this outcome. Reference tier only. Not asked for loads of g
 * registers, which all waves must find alike.
 */
export type TrapHandler = (trap: Outcome, width: number) => number | undefined;
