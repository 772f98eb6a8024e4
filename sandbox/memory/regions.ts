/**
 * Regions: what each slot of a launch may touch. A region is cut from a block of the heap and can only get smaller. `latch` is the check
 * at enter: what it lets through is what the verifier's proofs assume of memory.
 */
import { PERM, SLOT_KIND } from "../isa/modes.ts";
import type { Region } from "../machine/launch.ts";
import type { Program } from "../verifier/token.ts";
import { byteLengthOf, ceil, freeze, isInteger, max, min } from "./captured.ts";

/** A live block of the heap: what regions are cut from. */
export interface Block {
  readonly base: number;
  readonly size: number;
}

export const REGION_ALIGNMENT = 16;

/** @returns whether `offset` and `size` are integers from 0 with offset + size <= limit */
export function isInside(offset: unknown, size: unknown, limit: number): boolean {
  if (typeof offset !== "number" || typeof size !== "number" || !isInteger(offset) || !isInteger(size)) return false;
  return offset >= 0 && size >= 0 && offset <= limit && size <= limit - offset;
}

/** @returns the region, or undefined when it is not inside the block or not aligned */
export function cut(block: Block, offset: number, size: number, kind: number, permissions: number): Region | undefined {
  if (!isInside(offset, size, block.size) || offset % REGION_ALIGNMENT !== 0) return undefined;
  return freeze({ base: block.base + offset, size, stride: 0, kind, permissions, generation: 0 });
}

/** A part of a region, for no more than the region may do: views only get smaller. @returns undefined like `cut` */
export function derive(from: Region, offset: number, size: number, permissions: number): Region | undefined {
  return cut(from, offset, size, from.kind, from.permissions & permissions);
}

/** Why a launch's regions were refused: at which slot, and which of the checks. */
export interface Refusal {
  readonly slot: number;
  readonly reason: "missing" | "kind" | "permission" | "minimum" | "size" | "overlap";
}

/** @returns bytes of the region that a slot needs that the kernel supplies, for one workgroup; -1 for the slots that callers bind */
export function suppliedBytes(program: Program, slot: number): number {
  const { kind } = program.slots[slot]!;
  if (kind === SLOT_KIND.workgroup) return program.workgroupBytes;
  if (kind === SLOT_KIND.constant) return byteLengthOf(program.constants);
  if (kind !== SLOT_KIND.scratch) return -1;
  const size = program.workgroupSize;
  return program.scratchBytes * 4 * ceil((size[0] * size[1] * size[2]) / 4);
}

/**
 * Checks one region per slot: kind, no more permission than declared and no less, at least the declared minimum (exactly what is needed
 * for the slots the kernel supplies), and no read-only region that a writable one overlaps: g loads are done once, for all waves.
 * @returns undefined when the launch may enter
 */
export function latch(program: Program, regions: readonly (Region | undefined)[]): Refusal | undefined {
  for (let slot = 0; slot < program.slots.length; slot++) {
    const { kind, permissions, min } = program.slots[slot]!;
    const region = regions[slot];
    if (region === undefined) return { slot, reason: "missing" };
    if (region.kind !== kind) return { slot, reason: "kind" };
    if (region.permissions !== permissions) return { slot, reason: "permission" };
    const supplied = suppliedBytes(program, slot);
    if (supplied >= 0 && region.size !== supplied) return { slot, reason: "size" };
    if (region.size < min && supplied < 0) return { slot, reason: "minimum" };
  }
  return findOverlap(regions);
}

const isOverlap = (a: Region, b: Region) => max(a.base, b.base) < min(a.base + a.size, b.base + b.size);

function findOverlap(regions: readonly (Region | undefined)[]): Refusal | undefined {
  for (let slot = 0; slot < regions.length; slot++) {
    const a = regions[slot]!;
    if ((a.permissions & PERM.write) !== 0) continue;
    for (let other = 0; other < regions.length; other++) {
      const b = regions[other]!;
      if ((b.permissions & PERM.write) !== 0 && isOverlap(a, b)) return { slot, reason: "overlap" };
    }
  }
  return undefined;
}
