/** State of one lowering: the module being built, the place instructions go, and what the names of the current function stand for. */
import type { BlockId, FunctionId as IrFunctionId, Module, Value } from "../../ir/module.ts";
import type { OpName } from "../../ir/ops.ts";
import { type TypeId as IrType, TYPE_KIND } from "../../ir/types.ts";
import { Ice } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import type { Ast, NodeId } from "./ast.ts";
import type { CheckedModule, DeclId, FunctionId, FunctionInfo, OverrideId } from "./sema.ts";
import type { DebugCode } from "./to-ir-debug.ts";
import type { StageCode } from "./to-ir-stage.ts";
import type { Texture, TextureFunctions } from "./to-ir-textures.ts";
import type { TypeLowering } from "./to-ir-types.ts";
import { Waits } from "./to-ir-waits.ts";
import type { TypeId, TypeTable } from "./types.ts";
import type { ValueId } from "./value.ts";

/** What pipeline creation decided. See evalOverrides. */
export interface Specialization {
  /** value of each override that the entry point reaches */
  readonly overrides: ReadonlyMap<OverrideId, ValueId>;
  /** element count of override-sized arrays, by TypeTable.overrideKey */
  readonly counts: ReadonlyMap<number, number>;
  readonly workgroupSize: readonly [number, number, number];
}

/** Where `break` and `continue` go. */
export interface Exits {
  readonly breakTo: BlockId;
  readonly continueTo: BlockId;
  /** variable that a `break` sets */
  readonly left?: Value;
  /** the same, of the statement lists of a switch that waits at a barrier: see partedStatements */
  readonly parting?: Value | undefined;
}

export class Context {
  readonly checked: CheckedModule;
  readonly ast: Ast;
  readonly wgsl: TypeTable;
  readonly module: Module;
  readonly lower: TypeLowering;
  readonly specialization: Specialization;
  readonly waits: Waits;
  /** pointer of a variable, value of a let, parameter or override */
  readonly names = new Map<DeclId, Value>();
  readonly functions = new Map<FunctionId, IrFunctionId>();
  /** what texture variables and parameters stand for */
  readonly handles = new Map<DeclId, Texture>();
  /** pointers to what stands for sampler variables and parameters */
  readonly samplers = new Map<DeclId, Value>();
  /** there is one where the module has textures */
  textureFunctions: TextureFunctions | null = null;
  /** there is one where the entry point becomes part of a generated program */
  stage: StageCode | null = null;
  /** there is one where the module is compiled for debugging */
  debug: DebugCode | null = null;
  /** lowers code of our own: its offsets are no places in the user's source */
  isSynthetic = false;
  /** variables that hold constants indexed at run time */
  readonly tables = new Map<Value, Value>();
  /** entry point being lowered, for its outputs */
  fn: FunctionInfo | null = null;
  irFunction: IrFunctionId = NONE;
  /** block where Function variables are declared, and the last of them */
  entryBlock: BlockId = NONE;
  /** block that instructions go to; NONE after a terminator */
  block: BlockId = NONE;
  /** source offset that new instructions get */
  offset: number = NONE;
  readonly outputs: Value[] = [];

  constructor(checked: CheckedModule, module: Module, lower: TypeLowering, specialization: Specialization) {
    this.checked = checked;
    this.ast = checked.ast;
    this.wgsl = checked.types;
    this.module = module;
    this.lower = lower;
    this.specialization = specialization;
    this.waits = new Waits(checked);
  }

  get textures(): TextureFunctions {
    if (this.textureFunctions === null) throw new Ice("a texture in a module without textures");
    return this.textureFunctions;
  }

  typeOf(node: NodeId): TypeId {
    return this.checked.typeOf[node] as TypeId;
  }
  usedAs(node: NodeId): TypeId {
    return this.checked.usedAs[node] as TypeId;
  }
  /** IR type of the expression's value. */
  irType(node: NodeId): IrType {
    return this.lower.type(this.usedAs(node));
  }

  get #place(): number {
    return this.isSynthetic ? NONE : this.offset;
  }

  emit(op: OpName, type: IrType, ...args: number[]): Value {
    if (this.block === NONE) throw new Ice("an instruction was emitted after a terminator");
    return this.module.append(this.block, op, type, args, this.#place);
  }
  emitList(op: OpName, type: IrType, args: readonly number[]): Value {
    if (this.block === NONE) throw new Ice("an instruction was emitted after a terminator");
    return this.module.append(this.block, op, type, args, this.#place);
  }
  /** Ends the current block; nothing can be emitted before `start`. */
  terminate(op: OpName, ...args: number[]): void {
    if (this.block === NONE) return;
    this.module.append(this.block, op, this.module.types.void, args, this.#place);
    this.block = NONE;
  }
  branch(to: BlockId): void {
    this.terminate("Branch", to);
  }
  /** Appends `block` to the function and goes on in it. */
  start(block: BlockId): void {
    this.module.appendBlock(this.irFunction, block);
    this.block = block;
  }

  /** A Function-storage variable, declared in the entry block. */
  variable(pointerType: IrType): Value {
    const { module } = this;
    const storage = module.types.storage(pointerType);
    return module.prepend(this.entryBlock, "Variable", pointerType, [storage], this.#place);
  }

  splat(scalar: Value, vector: IrType): Value {
    return this.emitList("CompositeConstruct", vector, Array(this.module.types.length(vector)).fill(scalar));
  }
  extract(composite: Value, ...path: number[]): Value {
    const { types } = this.module;
    let type = this.module.type(composite);
    for (const i of path) type = types.kind(type) === TYPE_KIND.Struct ? types.memberType(type, i) : types.element(type);
    return this.emit("CompositeExtract", type, composite, ...path);
  }
}
