/** Whether two waves of a stretch are emitted together, instruction by instruction. */
import type { Emitter } from "./emitter.ts";

export function pairsIn(_e: Emitter, _from: number, _to: number): boolean {
  return false;
}
