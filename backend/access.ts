/**
 * How each access reaches memory: which of the machine's modes proves it, and in which form (per lane, contiguous, one offset for all). The
 * IR clamps an offset so that the access ends inside its extent; the modes chosen do exactly that.
 *
 * - constant offset: K, where the end lies within the slot's minimum
 * - extent open to the end of the buffer: C
 * - masked to an extent of a power of two (prepare.ts): M
 * - stated extent: N; where that does not fit an access word, an explicit umin and then C
 */
import type { Module, Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { accessC, accessK, accessM, accessN } from "../sandbox/isa/encode.ts";
import { SLOT_KIND } from "../sandbox/isa/modes.ts";
import { Ice } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { A, trailingZeros } from "./affine.ts";
import type { Classes } from "./classes.ts";
import type { Place } from "./slots.ts";

export interface Access {
  readonly place: Place;
  /** the access word */
  readonly word: number;
  /** offset value, or NONE in mode K */
  readonly offset: Value;
  /** constant offset that needs a register all the same, or -1 */
  readonly fixed: number;
  /** lane i at offset + width * i */
  readonly contiguous: boolean;
  /** the offset must first be bounded to this, or -1 */
  readonly atMost: number;
}

/** Constant offsets past this are left to the clamp. */
const MAX_CONSTANT = 1 << 27;
const N_LIMIT_BYTES = ((1 << 14) - 1) * 4;

/** A part of an access that is one instruction: bytes [at, at + width) of it. */
export interface Piece {
  readonly at: number;
  readonly width: number;
}

/**
 * @param v a SpanLoad, SpanStore, SpanAtomic or SpanUniformLoad
 * @param bytes of the whole access, per lane
 * @param piece the part of it meant here
 */
export function planAccess(classes: Classes, v: Value, bytes: number, piece: Piece = { at: 0, width: bytes }): Access {
  const { m, slots } = classes;
  const place = slots.places.get(m.operand(v, 0));
  if (!place) throw new Ice("an access to a variable without a place");
  const [start, extent] = m.op(v) === OP.SpanStore ? [m.arg(v, 3), m.arg(v, 4)] : [m.arg(v, 2), m.arg(v, 3)];
  const offset = classes.resolve(m.operand(v, 1));
  const base = place.base + start + piece.at;
  const min = slots.minOf(place);
  const aligned = piece.width < 4 ? ~1 : ~3;
  const bits = classes.isConstant(offset) ? Math.max(0, m.constantBits(offset)) : -1;
  if (bits >= 0) {
    const inside = extent === 0 ? bits : Math.min(bits, extent - bytes);
    const at = (base + inside) & aligned;
    if (inside < MAX_CONSTANT && at + piece.width <= min) return plan(place, accessK(at), NONE, -1, false, -1);
    return plan(place, accessC(base), NONE, inside, false, -1);
  }
  if (classes.p.masked.has(v) && base % 4 === 0) return plan(place, accessM(base, trailingZeros(extent)), offset, -1, false, -1);
  const contiguous = piece.width === bytes && isContiguous(classes, v, offset, place, bytes);
  if (extent === 0) return plan(place, accessC(base, contiguous), offset, -1, contiguous, -1);
  const limit = extent - bytes;
  if (limit < 0) throw new Ice("an access is longer than its extent");
  if (base % 4 === 0 && limit % 4 === 0 && base <= N_LIMIT_BYTES && limit <= N_LIMIT_BYTES)
    return plan(place, accessN(base, limit, contiguous), offset, -1, contiguous, -1);
  return plan(place, accessC(base), offset, -1, false, limit);
}

function plan(place: Place, word: number, offset: Value, fixed: number, contiguous: boolean, atMost: number): Access {
  return { place, word, offset, fixed, contiguous, atMost };
}

/** Whether lane i accesses the place `bytes` * i after lane 0's, in memory that lanes share. */
function isContiguous(classes: Classes, v: Value, offset: Value, place: Place, bytes: number): boolean {
  const op = classes.m.op(v);
  if (op !== OP.SpanLoad && op !== OP.SpanStore) return false;
  if (place.kind === SLOT_KIND.scratch) return false;
  return classes.classAt(offset, classes.itemOf(v)) === A && classes.k[offset] === bytes;
}

/** Whether all lanes access the same place, in memory that lanes share or not. */
export function isUniformAccess(classes: Classes, access: Access, item: number): boolean {
  return access.offset === NONE || classes.classAt(access.offset, item) < A;
}

/** Bytes per lane of a value that is loaded or stored whole. */
export function accessBytes(m: Module, value: Value): number {
  return m.types.sizeBytes(m.type(value));
}

const PIECES_OF_HALVES: readonly (readonly Piece[])[] = [
  [],
  [{ at: 0, width: 2 }],
  [{ at: 0, width: 4 }],
  [
    { at: 0, width: 4 },
    { at: 4, width: 2 },
  ],
  [{ at: 0, width: 8 }],
];

/** Instructions that an access to a value is split into: a vector of three halves is a word and a half. */
export function piecesOf(m: Module, value: Value): readonly Piece[] {
  const type = m.type(value);
  if (isHalf(m, value)) return PIECES_OF_HALVES[m.types.length(type)]!;
  return [{ at: 0, width: m.types.sizeBytes(type) }];
}
export function isHalf(m: Module, value: Value): boolean {
  return m.types.element(m.type(value)) === m.types.f16;
}
