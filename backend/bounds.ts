/**
 * Upper bounds of unsigned values, found in one sweep: what constants, ids, masks and remainders say. Workgroup counts are at most 65,535 in
 * each direction (maxComputeWorkgroupsPerDimension, which the driver checks).
 */
import type { Global, Module, Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";

export const ANY = 2 ** 32 - 1;
const MAX_GROUPS = 65_535;

export class Bounds {
  readonly #m: Module;
  readonly #size: readonly number[];
  readonly #known = new Map<Value, number>();
  readonly #inputOf: (load: Value) => Global | undefined;

  constructor(m: Module, size: readonly number[], inputOf: (load: Value) => Global | undefined) {
    this.#m = m;
    this.#size = size;
    this.#inputOf = inputOf;
  }

  /** The greatest value that `v` can have. Values it is made of must have been looked at: call it in block order. */
  note(v: Value): void {
    const most = this.#compute(v);
    if (most < ANY) this.#known.set(v, most);
  }
  of(v: Value): number {
    const bits = this.#m.constantBits(v);
    return bits >= 0 ? bits : (this.#known.get(v) ?? ANY);
  }

  #compute(v: Value): number {
    const m = this.#m;
    const a = () => this.of(m.operand(v, 0));
    const b = () => this.of(m.operand(v, 1));
    const fits = (x: number) => Math.min(x, ANY);
    switch (m.op(v)) {
      case OP.IAdd:
        return fits(a() + b());
      case OP.IMul:
        return fits(a() * b());
      case OP.ShiftLeftLogical: {
        const by = m.constantBits(m.operand(v, 1));
        return by < 0 ? ANY : fits(a() * 2 ** (by & 31));
      }
      case OP.ShiftRightLogical: {
        const by = m.constantBits(m.operand(v, 1));
        return by < 0 ? a() : Math.floor(a() / 2 ** (by & 31));
      }
      case OP.UDiv: {
        const by = m.constantBits(m.operand(v, 1));
        return by > 0 ? Math.floor(a() / by) : a();
      }
      case OP.UMod: {
        const by = m.constantBits(m.operand(v, 1));
        return by > 0 ? Math.min(a(), by - 1) : a();
      }
      case OP.BitwiseAnd:
      case OP.UMin:
        return Math.min(a(), b());
      case OP.UMax:
        return Math.max(a(), b());
      case OP.Select:
        return Math.max(b(), this.of(m.operand(v, 2)));
      case OP.SpanLoad:
      case OP.Load:
        return this.#input(v);
      case OP.CompositeExtract:
        return m.argCount(v) === 2 ? this.#input(m.operand(v, 0), m.arg(v, 1)) : ANY;
      default:
        return ANY;
    }
  }
  #input(load: Value, part = 0): number {
    const m = this.#m;
    const op = m.op(load);
    if (op !== OP.SpanLoad && op !== OP.Load) return ANY;
    const name = this.#inputOf(load)?.builtin;
    const axis = part + (op === OP.SpanLoad ? (Math.max(0, m.constantBits(m.operand(load, 1))) + m.arg(load, 2)) >>> 2 : 0);
    const size = this.#size[axis] ?? 1;
    switch (name) {
      case "local_invocation_index":
        return this.#size.reduce((x, y) => x * y, 1) - 1;
      case "local_invocation_id":
        return size - 1;
      case "workgroup_id":
        return MAX_GROUPS - 1;
      case "num_workgroups":
        return MAX_GROUPS;
      case "global_invocation_id":
        return MAX_GROUPS * size - 1;
      default:
        return ANY;
    }
  }
}
