/**
 * An upper bound of each u32 value (i32 values as their bits), in one sweep in block order. Loop counters are bounded by the constant they are
 * compared with at the loop's header; what else a loop carries is unbounded. Bounds hold for every invocation of a dispatch within WebGPU's limits.
 */
import { NONE } from "../../support/id.ts";
import type { BlockId, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import { STORAGE } from "../types.ts";
import type { Cfg } from "./cfg.ts";

export const MAX_U32 = 0xffffffff;
/** maxComputeWorkgroupsPerDimension */
const MAX_WORKGROUPS = 65535;

export class Ranges {
  readonly #m: Module;
  readonly #cfg: Cfg;
  readonly #max: Float64Array;

  constructor(m: Module, cfg: Cfg) {
    this.#m = m;
    this.#cfg = cfg;
    m.budget.charge(m.valueCount * 8);
    this.#max = m.scratch.f64(m.valueCount, MAX_U32);
    for (const b of cfg.blocks) for (let v = m.first(b); v !== NONE; v = m.next(v)) this.#max[v] = this.#bound(v);
  }

  /** The greatest value `v` can have, as u32. */
  max(v: Value): number {
    const bits = this.#m.constantBits(v);
    if (bits >= 0) return bits;
    return v < this.#max.length ? this.#max[v]! : MAX_U32;
  }

  #bound(v: Value): number {
    const m = this.#m;
    const op = m.op(v);
    if (op === OP.Phi) return this.#phi(v);
    if (op === OP.SpanLoad) return this.#input(v);
    const a = m.argCount(v) > 0 ? m.operand(v, 0) : NONE;
    const b = m.argCount(v) > 1 ? m.operand(v, 1) : NONE;
    switch (op) {
      case OP.IAdd:
        return cap(this.max(a) + this.max(b));
      case OP.IMul:
        return cap(this.max(a) * this.max(b));
      case OP.ShiftLeftLogical:
        return m.constantBits(b) < 0 ? MAX_U32 : cap(this.max(a) * 2 ** (m.constantBits(b) & 31));
      case OP.ShiftRightLogical:
        return m.constantBits(b) < 0 ? this.max(a) : Math.floor(this.max(a) / 2 ** (m.constantBits(b) & 31));
      case OP.UDiv:
        return m.constantBits(b) > 0 ? Math.floor(this.max(a) / m.constantBits(b)) : this.max(a);
      case OP.UMod:
        return Math.min(this.max(a), Math.max(0, this.max(b) - 1));
      case OP.BitwiseAnd:
      case OP.UMin:
        return Math.min(this.max(a), this.max(b));
      case OP.UMax:
        return Math.max(this.max(a), this.max(b));
      case OP.BitwiseOr:
      case OP.BitwiseXor:
        return ones(Math.max(this.max(a), this.max(b)));
      case OP.Select:
        return Math.max(this.max(b), this.max(m.operand(v, 2)));
      case OP.UMulHigh:
        return Math.floor((this.max(a) * this.max(b)) / 2 ** 32);
      case OP.Bitcast:
        return m.types.isScalar(m.type(a)) && m.type(a) !== m.types.f32 ? this.max(a) : MAX_U32;
      case OP.BitCount:
      case OP.CountLeadingZeros:
      case OP.CountTrailingZeros:
        return 32;
      default:
        return MAX_U32;
    }
  }

  #phi(v: Value): number {
    const m = this.#m;
    const here = this.#cfg.indexOf(m.blockOf(v));
    let max = 0;
    for (let i = 0; i < m.argCount(v); i += 2) {
      const operand = m.operand(v, i);
      const isBack = this.#cfg.indexOf(m.arg(v, i + 1) as BlockId) >= here;
      max = Math.max(max, isBack ? this.#next(v, operand) : this.max(operand));
    }
    return max;
  }
  /** Bound of what the back edge brings: counter + step, where the header goes on only while counter < bound. */
  #next(counter: Value, next: Value): number {
    const m = this.#m;
    if (next === counter) return 0;
    const header = m.blockOf(counter);
    const t = m.last(header);
    if (m.op(next) !== OP.IAdd || m.operand(next, 0) !== counter || m.op(t) !== OP.BranchConditional) return MAX_U32;
    const step = this.max(m.operand(next, 1));
    const exitsOnFalse = m.arg(t, 2) === m.merge(header);
    const exitsOnTrue = m.arg(t, 1) === m.merge(header);
    const limit = this.#lessThan(m.operand(t, 0), counter, exitsOnFalse, exitsOnTrue);
    return limit < 0 ? MAX_U32 : cap(limit + step);
  }
  /** The greatest counter with which the loop goes on, or -1. */
  #lessThan(test: Value, counter: Value, exitsOnFalse: boolean, exitsOnTrue: boolean): number {
    const m = this.#m;
    if (m.argCount(test) !== 2 || m.operand(test, 0) !== counter || m.constantBits(m.operand(test, 1)) < 0) return -1;
    const bound = m.constantBits(m.operand(test, 1));
    const op = m.op(test);
    // a signed test bounds the bits only where the counter cannot be negative: it starts at 0 or above, and steps up to below 2^31
    const isSmall = bound < 0x40000000;
    if (exitsOnFalse && (op === OP.ULessThan || (op === OP.SLessThan && isSmall && this.#startsSmall(counter))))
      return Math.max(0, bound - 1);
    if (exitsOnFalse && (op === OP.ULessThanEqual || (op === OP.SLessThanEqual && isSmall && this.#startsSmall(counter)))) return bound;
    if (exitsOnTrue && (op === OP.UGreaterThanEqual || (op === OP.SGreaterThanEqual && isSmall && this.#startsSmall(counter))))
      return Math.max(0, bound - 1);
    return -1;
  }
  #startsSmall(counter: Value): boolean {
    const m = this.#m;
    for (let i = 0; i < m.argCount(counter); i += 2) {
      const v = m.operand(counter, i);
      if (m.op(v) === OP.IAdd && m.operand(v, 0) === counter) {
        if (this.max(m.operand(v, 1)) >= 0x40000000) return false;
      } else if (this.max(v) >= 0x40000000) return false;
    }
    return true;
  }

  /** Built-in inputs of a compute shader. */
  #input(v: Value): number {
    const m = this.#m;
    const variable = m.operand(v, 0);
    if (m.entry?.stage !== "compute" || m.types.storage(m.type(variable)) !== STORAGE.Input) return MAX_U32;
    const axis = (m.arg(v, 2) + m.constantBits(m.operand(v, 1))) >> 2;
    const size = m.entry.workgroupSize;
    switch (m.globalOf(variable)?.builtin) {
      case "local_invocation_id":
        return (size[axis] ?? 1) - 1;
      case "local_invocation_index":
        return size[0] * size[1] * size[2] - 1;
      case "workgroup_id":
        return MAX_WORKGROUPS - 1;
      case "num_workgroups":
        return MAX_WORKGROUPS;
      case "global_invocation_id":
        return MAX_WORKGROUPS * (size[axis] ?? 1) - 1;
      default:
        return MAX_U32;
    }
  }
}

function cap(sum: number): number {
  return Math.min(sum, MAX_U32);
}
/** All bits up to the highest of `x`. */
function ones(x: number): number {
  return x === 0 ? 0 : 2 ** (32 - Math.clz32(x)) - 1;
}
