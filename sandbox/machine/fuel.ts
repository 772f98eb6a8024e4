/** What fuel is charged for, shared by both tiers. One unit is one code word of one wave. @see docs/machine.md, Fuel */
import type { FunctionInfo } from "../isa/shapes.ts";

/** Fuel of starting one workgroup: the words of the entry function, for each wave. */
export function workgroupFuel(entry: FunctionInfo, waves: number): number {
  return entry.count * waves;
}

/** Fuel of one wave that repeats the loop whose `loop` and `endloop` are the words at these indices. */
export function loopFuel(loop: number, endloop: number): number {
  return endloop - loop;
}

/** Fuel of one wave that calls. */
export function callFuel(callee: FunctionInfo): number {
  return callee.count;
}
