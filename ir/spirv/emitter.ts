/** What the parts of the writer share while a module is written: ids of values and blocks, and short ways to emit instructions of a body. */
import { NONE } from "../../support/id.ts";
import type { BlockId, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { TypeId } from "../types.ts";
import { Builder } from "./builder.ts";
import type { GlslName, SpvName } from "./grammar.ts";
import { Types } from "./types.ts";

export class Emitter {
  readonly m: Module;
  readonly b: Builder;
  readonly types: Types;
  /** by IR function */
  readonly functions: number[] = [];
  /** by IR value: ids of what has been emitted, and of variables */
  readonly values: number[] = [];
  readonly #labels: number[] = [];

  constructor(m: Module) {
    this.m = m;
    this.b = new Builder(m.budget);
    this.types = new Types(m, this.b);
  }

  /** Id of a value. Code that cannot be reached may use one before it is made: any value will do there. */
  id(v: Value): number {
    const op = this.m.op(v);
    if (op < OP.Variable) return this.types.constant(v);
    return this.values[v] ?? this.b.intern("Undef", this.typeOf(v), []);
  }
  label(block: BlockId): number {
    this.#labels[block] ??= this.b.id();
    return this.#labels[block];
  }
  typeOf(v: Value): number {
    return this.types.id(this.m.type(v));
  }
  operandType(v: Value, i: number): TypeId {
    return this.m.type(this.m.operand(v, i));
  }
  arg(v: Value, i: number): number {
    return this.id(this.m.operand(v, i));
  }
  args(v: Value): number[] {
    const out: number[] = [];
    for (let i = 0; i < this.m.argCount(v); i++) out.push(this.arg(v, i));
    return out;
  }
  /** Bits of operand i when it is a scalar constant, else -1. */
  constantArg(v: Value, i: number): number {
    return this.m.constantBits(this.m.operand(v, i));
  }

  // ---- instructions
  /** Emits an instruction with a result. @param type id of its type */
  op(name: SpvName, type: number, ...operands: readonly number[]): number {
    const id = this.b.id();
    this.b.emit("functions", name, [type, id, ...operands]);
    return id;
  }
  /** The same, by the IR's type. */
  opT(name: SpvName, type: TypeId, ...operands: readonly number[]): number {
    return this.op(name, this.types.id(type), ...operands);
  }
  glsl(name: GlslName, type: TypeId, ...operands: readonly number[]): number {
    const [set, number] = this.b.glsl(name);
    return this.op("ExtInst", this.types.id(type), set, number, ...operands);
  }
  /** Emits an instruction without a result. */
  statement(name: SpvName, ...operands: readonly number[]): void {
    this.b.emit("functions", name, operands);
  }
  extract(type: TypeId, composite: number, ...path: readonly number[]): number {
    return this.opT("CompositeExtract", type, composite, ...path);
  }
  /** The same bits as another numeric type of the same size. */
  bitcast(id: number, from: TypeId, to: TypeId): number {
    return from === to || to === NONE ? id : this.opT("Bitcast", to, id);
  }
  /** Smaller of two unsigned integers. */
  umin(type: TypeId, a: number, b: number): number {
    return this.glsl("UMin", type, a, b);
  }
  /** A scalar (not constant) in every component of the type. */
  splat(type: TypeId, scalar: number): number {
    const { types } = this.m;
    if (types.isScalar(type)) return scalar;
    return this.opT("CompositeConstruct", type, ...new Array<number>(types.length(type)).fill(scalar));
  }
}
