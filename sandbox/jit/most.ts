/**
 * The greatest value that a register can hold, in any lane, active or not: worked out instruction by instruction as code is emitted. What
 * it shows to be inside needs no check (bounds.ts). Sums are exact: what may wrap is not bounded.
 */
import { type Flat, MNEMONIC, NONE } from "./flat.ts";

export const UNKNOWN = 0xffffffff;

const known = (n: number) => Math.min(n, UNKNOWN);

/**
 * @param of the greatest value of a register before the instruction
 * @param waves of a workgroup
 */
export function mostOf(flat: Flat, i: number, of: (reg: number) => number, waves: number): number {
  const imm = flat.hi[i]! >>> 0;
  const hasImm = flat.imm[i] === 1;
  const a = flat.a[i] === NONE ? imm : of(flat.a[i]!);
  const b = flat.b[i] === NONE ? imm : of(flat.b[i]!);
  switch (MNEMONIC[flat.op[i]!]) {
    case "sys":
      return imm === 6 ? waves - 1 : imm === 7 ? 3 : UNKNOWN;
    case "mov":
      return a;
    case "mov.m":
      return Math.max(a, of(flat.d[i]!));
    case "iadd":
      return known(a + b);
    case "imul":
      return known(a * b);
    case "shl":
      return hasImm ? known(a * 2 ** (imm & 31)) : UNKNOWN;
    case "shr":
      return hasImm ? Math.floor(a / 2 ** (imm & 31)) : a;
    case "and":
    case "umin":
      return Math.min(a, b);
    case "or":
    case "xor":
      return ones(Math.max(a, b));
    case "umax":
      return Math.max(a, b);
    case "sel":
      return ones(Math.max(b, flat.c[i] === NONE ? imm : of(flat.c[i]!)));
    case "udiv":
      return hasImm && imm > 0 ? Math.floor(a / imm) : UNKNOWN;
    case "urem":
      return Math.min(a, Math.max(b, 1) - 1);
    default:
      return UNKNOWN;
  }
}

/** All bits up to the highest of `n`. */
function ones(n: number): number {
  return n === 0 ? 0 : 2 ** (32 - Math.clz32(n)) - 1;
}

/**
 * What the register that comparison i looks at first is at most where the comparison is false; -1 where that says nothing. Lanes that are
 * not active have values of their own, so only scalars are bounded like this.
 */
export function mostUnless(flat: Flat, i: number): number {
  if (flat.imm[i] !== 1 || flat.a[i] === NONE) return -1;
  const imm = flat.hi[i]! >>> 0;
  if (flat.op[i] === UGE) return imm - 1;
  return flat.op[i] === UGT ? imm : -1;
}
const UGE = MNEMONIC.indexOf("uge");
const UGT = MNEMONIC.indexOf("ugt");
