/**
 * The IR: one module holds one entry point and all it reaches. SSA over basic blocks with SPIR-V's structured control flow, in columns of
 * integers: a value is the id of the instruction that makes it; instructions of a block and blocks of a function are linked lists, so that
 * passes insert and remove in constant time; operands are a stretch of one pool.
 *
 * Structure (as in SPIR-V, two relaxations): a block that ends in a divergent branch of a construct carries `merge` (selection), or `merge`
 * and `continue` (loop header). Blocks of a function are in structured order: a header before its construct's blocks, those before its
 * merge block, the continue target after the loop's body, the one back edge at its end. Relaxed: (1) a branch may go to the merge block of any enclosing
 * construct, or the continue target of any enclosing loop, not just the innermost; (2) a selection header may end in a plain Branch: a
 * construct to be left early. Both come from inlining functions that return early.
 */
import { Budget, I32Column } from "../support/column.ts";
import { type Id, NONE } from "../support/id.ts";
import { OP, OP_NAMES, OPS, type OpEffect, type OpName } from "./ops.ts";
import { Scratch } from "./scratch.ts";
import { type TypeId, TypeTable } from "./types.ts";

export type Value = Id<"value">;
export type BlockId = Id<"block">;
export type FunctionId = Id<"function">;

export const MERGE = { none: 0, selection: 1, loop: 2 } as const;

/** A variable of module scope. */
export interface Global {
  readonly value: Value;
  readonly name: string;
  /** bind group and binding, or NONE */
  readonly group: number;
  readonly binding: number;
  /** for StorageBuffer: whether shaders may write it */
  readonly writable: boolean;
  /** WGSL name of the built-in input or output, or "" */
  readonly builtin: string;
  /** IO location, or NONE */
  readonly location: number;
}

export interface IrFunction {
  readonly name: string;
  readonly returnType: TypeId;
  readonly params: readonly Value[];
  first: BlockId;
  last: BlockId;
}

export interface EntryPoint {
  readonly name: string;
  readonly stage: "compute" | "vertex" | "fragment";
  readonly func: FunctionId;
  readonly workgroupSize: readonly [number, number, number];
}

export class Module {
  readonly budget: Budget;
  readonly types: TypeTable;
  readonly globals: Global[] = [];
  readonly functions: IrFunction[] = [];
  entry: EntryPoint | null = null;

  // instruction columns, by Value
  readonly #op: I32Column;
  readonly #type: I32Column;
  readonly #block: I32Column;
  readonly #next: I32Column;
  readonly #prev: I32Column;
  readonly #argStart: I32Column;
  readonly #argCount: I32Column;
  /** source offset in UTF-16 units, or NONE */
  readonly #offset: I32Column;
  readonly #pool: I32Column;

  // block columns, by BlockId
  readonly #blockFirst: I32Column;
  readonly #blockLast: I32Column;
  readonly #blockNext: I32Column;
  readonly #blockPrev: I32Column;
  readonly #blockFunction: I32Column;
  readonly #mergeKind: I32Column;
  readonly #merge: I32Column;
  readonly #continue: I32Column;

  readonly #constants = new Map<string, Value>();
  /** scalar constants, by type and bits in one number */
  readonly #scalars = new Map<number, Value>();

  /** lent for the time of one function: `bodies` takes it all back before the next */
  readonly scratch = new Scratch();

  constructor(budget: Budget = new Budget()) {
    this.budget = budget;
    this.types = new TypeTable(budget);
    // a small shader has a few hundred instructions: growing to that is many copies
    const column = (capacity = 512) => new I32Column(budget, capacity);
    this.#op = column();
    this.#type = column();
    this.#block = column();
    this.#next = column();
    this.#prev = column();
    this.#argStart = column();
    this.#argCount = column();
    this.#offset = column();
    this.#pool = column();
    this.#blockFirst = column(64);
    this.#blockLast = column(64);
    this.#blockNext = column(64);
    this.#blockPrev = column(64);
    this.#blockFunction = column(64);
    this.#mergeKind = column(64);
    this.#merge = column(64);
    this.#continue = column(64);
  }

  /** Bytes of the columns, as they are charged to the budget. What else a pass charges is gone when it ends. */
  get heldBytes(): number {
    const perValue = [this.#op, this.#type, this.#block, this.#next, this.#prev, this.#argStart, this.#argCount, this.#offset, this.#pool];
    const perBlock = [this.#blockFirst, this.#blockLast, this.#blockNext, this.#blockPrev, this.#blockFunction];
    const columns = [...perValue, ...perBlock, this.#mergeKind, this.#merge, this.#continue];
    return columns.reduce((sum, column) => sum + 4 * column.data.length, 0);
  }
  /** Ids below this are values (some may be removed). */
  get valueCount(): number {
    return this.#op.length;
  }
  get blockCount(): number {
    return this.#blockFirst.length;
  }

  // ---- reading instructions
  op(v: Value): number {
    return this.#op.data[v]!;
  }
  opName(v: Value): OpName {
    return OP_NAMES[this.#op.data[v]!]!;
  }
  type(v: Value): TypeId {
    return this.#type.data[v]! as TypeId;
  }
  /** Block the instruction stands in; NONE for constants, globals, parameters and removed ones. */
  blockOf(v: Value): BlockId {
    return this.#block.data[v]! as BlockId;
  }
  argCount(v: Value): number {
    return this.#argCount.data[v]!;
  }
  /** Operand i, raw: a value, block, function or literal as OPS says. */
  arg(v: Value, i: number): number {
    return this.#pool.data[this.#argStart.data[v]! + i]!;
  }
  operand(v: Value, i: number): Value {
    return this.arg(v, i) as Value;
  }
  setArg(v: Value, i: number, raw: number): void {
    this.#pool.set(this.#argStart.data[v]! + i, raw);
  }
  /** Replaces all operands; the old stretch of the pool is reused where the new list is not longer. */
  setArgs(v: Value, args: readonly number[]): void {
    if (args.length > this.#argCount.data[v]!) this.#argStart.set(v, this.#pool.length);
    const start = this.#argStart.data[v]!;
    for (let i = 0; i < args.length; i++) {
      if (start + i < this.#pool.length) this.#pool.set(start + i, args[i]!);
      else this.#pool.push(args[i]!);
    }
    this.#argCount.set(v, args.length);
  }
  sourceOffset(v: Value): number {
    return this.#offset.data[v]!;
  }
  next(v: Value): Value {
    return this.#next.data[v]! as Value;
  }
  prev(v: Value): Value {
    return this.#prev.data[v]! as Value;
  }

  // ---- constants and globals
  /** @param bits u32 pattern: 0 or 1 for bool; an f16's f32 bits */
  constant(type: TypeId, bits: number): Value {
    const key = type * 2 ** 32 + (bits >>> 0);
    let v = this.#scalars.get(key);
    if (v === undefined) {
      v = this.#create("Constant", type, [bits | 0], NONE);
      this.#scalars.set(key, v);
    }
    return v;
  }
  constantComposite(type: TypeId, parts: readonly Value[]): Value {
    return this.#constant("ConstantComposite", type, parts);
  }
  /** Zero; of a scalar type the Constant 0, so that equal scalars have equal ids. */
  constantNull(type: TypeId): Value {
    if (this.types.isScalar(type)) return this.constant(type, 0);
    return this.#constant("ConstantNull", type, []);
  }
  undef(type: TypeId): Value {
    return this.#constant("Undef", type, []);
  }
  u32(value: number): Value {
    return this.constant(this.types.u32, value);
  }
  /** Bits of a Constant as u32, or -1 when `v` is none. */
  constantBits(v: Value): number {
    return this.op(v) === OP.Constant ? this.arg(v, 0) >>> 0 : -1;
  }
  /** Adds a module-scope Variable. `info.value` is filled in. */
  addGlobal(pointerType: TypeId, info: Omit<Global, "value">, initializer: Value = NONE): Value {
    const storage = this.types.storage(pointerType);
    const value = this.#create("Variable", pointerType, initializer === NONE ? [storage] : [storage, initializer], NONE);
    this.globals.push({ value, ...info });
    return value;
  }
  globalOf(v: Value): Global | undefined {
    return this.globals.find((g) => g.value === v);
  }
  #constant(op: OpName, type: TypeId, args: readonly number[]): Value {
    const key = `${op}:${type}:${args.join()}`;
    let v = this.#constants.get(key);
    if (v === undefined) {
      v = this.#create(op, type, args, NONE);
      this.#constants.set(key, v);
    }
    return v;
  }

  // ---- functions and blocks
  addFunction(name: string, returnType: TypeId, paramTypes: readonly TypeId[]): FunctionId {
    const params = paramTypes.map((t) => this.#create("FunctionParameter", t, [], NONE));
    this.functions.push({ name, returnType, params, first: NONE, last: NONE });
    return (this.functions.length - 1) as FunctionId;
  }
  /** A new empty block, in no function yet: place it with `appendBlock` or `insertBlockAfter`. */
  createBlock(): BlockId {
    const b = this.#blockFirst.push(NONE) as BlockId;
    this.#blockLast.push(NONE);
    this.#blockNext.push(NONE);
    this.#blockPrev.push(NONE);
    this.#blockFunction.push(NONE);
    this.#mergeKind.push(MERGE.none);
    this.#merge.push(NONE);
    this.#continue.push(NONE);
    return b;
  }
  appendBlock(f: FunctionId, b: BlockId): void {
    this.insertBlockAfter(f, b, this.functions[f]!.last);
  }
  /** @param after block of `f`, or NONE to put it first */
  insertBlockAfter(f: FunctionId, b: BlockId, after: BlockId): void {
    const fn = this.functions[f]!;
    const next = after === NONE ? fn.first : this.nextBlock(after);
    this.#blockFunction.set(b, f);
    this.#blockPrev.set(b, after);
    this.#blockNext.set(b, next);
    if (after === NONE) fn.first = b;
    else this.#blockNext.set(after, b);
    if (next === NONE) fn.last = b;
    else this.#blockPrev.set(next, b);
  }
  /** Takes a block out of its function; its instructions stay linked to it. */
  removeBlock(b: BlockId): void {
    const fn = this.functions[this.#blockFunction.data[b]!]!;
    const prev = this.prevBlock(b);
    const next = this.nextBlock(b);
    if (prev === NONE) fn.first = next;
    else this.#blockNext.set(prev, next);
    if (next === NONE) fn.last = prev;
    else this.#blockPrev.set(next, prev);
    this.#blockFunction.set(b, NONE);
  }
  nextBlock(b: BlockId): BlockId {
    return this.#blockNext.data[b]! as BlockId;
  }
  prevBlock(b: BlockId): BlockId {
    return this.#blockPrev.data[b]! as BlockId;
  }
  functionOf(b: BlockId): FunctionId {
    return this.#blockFunction.data[b]! as FunctionId;
  }
  first(b: BlockId): Value {
    return this.#blockFirst.data[b]! as Value;
  }
  /** The terminator of a complete block. */
  last(b: BlockId): Value {
    return this.#blockLast.data[b]! as Value;
  }
  mergeKind(b: BlockId): number {
    return this.#mergeKind.data[b]!;
  }
  merge(b: BlockId): BlockId {
    return this.#merge.data[b]! as BlockId;
  }
  continueTarget(b: BlockId): BlockId {
    return this.#continue.data[b]! as BlockId;
  }
  /** Makes `b` the header of a construct. `continueTarget` NONE: a selection; `merge` NONE: no construct. */
  setMerge(b: BlockId, merge: BlockId, continueTarget: BlockId = NONE): void {
    this.#mergeKind.set(b, merge === NONE ? MERGE.none : continueTarget === NONE ? MERGE.selection : MERGE.loop);
    this.#merge.set(b, merge);
    this.#continue.set(b, continueTarget);
  }
  /** Target blocks of `b`'s terminator, duplicates kept; empty when it returns. */
  successors(b: BlockId): BlockId[] {
    const t = this.last(b);
    if (t === NONE) return [];
    const op = this.op(t);
    if (op === OP.Branch) return [this.arg(t, 0) as BlockId];
    if (op === OP.BranchConditional) return [this.arg(t, 1) as BlockId, this.arg(t, 2) as BlockId];
    if (op !== OP.Switch) return [];
    const out = [this.arg(t, 1) as BlockId];
    for (let i = 3; i < this.argCount(t); i += 2) out.push(this.arg(t, i) as BlockId);
    return out;
  }

  // ---- inserting and removing instructions
  append(b: BlockId, op: OpName, type: TypeId, args: readonly number[], sourceOffset: number = NONE): Value {
    const v = this.#create(op, type, args, sourceOffset);
    this.#link(v, b, this.last(b), NONE);
    return v;
  }
  insertBefore(at: Value, op: OpName, type: TypeId, args: readonly number[], sourceOffset: number = this.sourceOffset(at)): Value {
    const v = this.#create(op, type, args, sourceOffset);
    this.#link(v, this.blockOf(at), this.prev(at), at);
    return v;
  }
  /** First in block `b`: where Phis go. */
  prepend(b: BlockId, op: OpName, type: TypeId, args: readonly number[], sourceOffset: number = NONE): Value {
    const v = this.#create(op, type, args, sourceOffset);
    this.#link(v, b, NONE, this.first(b));
    return v;
  }
  /** Unlinks `v` from its block and links it before `at`. */
  moveBefore(v: Value, at: Value): void {
    this.remove(v);
    this.#link(v, this.blockOf(at), this.prev(at), at);
  }
  /** Unlinks `v` from its block and links it at the end of block `b`. */
  moveToEnd(v: Value, b: BlockId): void {
    this.remove(v);
    this.#link(v, b, this.last(b), NONE);
  }
  remove(v: Value): void {
    const b = this.blockOf(v);
    const prev = this.prev(v);
    const next = this.next(v);
    if (prev === NONE) this.#blockFirst.set(b, next);
    else this.#next.set(prev, next);
    if (next === NONE) this.#blockLast.set(b, prev);
    else this.#prev.set(next, prev);
    this.#block.set(v, NONE);
    this.#next.set(v, NONE);
    this.#prev.set(v, NONE);
  }
  /** Turns `v` into another instruction in place: same id, same place. */
  rewrite(v: Value, op: OpName, type: TypeId, args: readonly number[]): void {
    this.#op.set(v, OP[op]);
    this.#type.set(v, type);
    this.setArgs(v, args);
  }
  #link(v: Value, b: BlockId, prev: Value, next: Value): void {
    this.#block.set(v, b);
    this.#prev.set(v, prev);
    this.#next.set(v, next);
    if (prev === NONE) this.#blockFirst.set(b, v);
    else this.#next.set(prev, v);
    if (next === NONE) this.#blockLast.set(b, v);
    else this.#prev.set(next, v);
  }
  #create(op: OpName, type: TypeId, args: readonly number[], sourceOffset: number): Value {
    const v = this.#op.push(OP[op]) as Value;
    this.#type.push(type);
    this.#block.push(NONE);
    this.#next.push(NONE);
    this.#prev.push(NONE);
    this.#argStart.push(this.#pool.length);
    this.#argCount.push(args.length);
    for (const a of args) this.#pool.push(a);
    this.#offset.push(sourceOffset);
    return v;
  }
}

/** Letters of each op's operands: those before the repeated ones, and the repeated ones. */
const FIXED: string[] = [];
const REPEATED: string[] = [];
for (const name of OP_NAMES) {
  const { args } = OPS[name];
  const open = args.indexOf("(");
  const isOpen = args.endsWith("*");
  FIXED.push(open >= 0 ? args.slice(0, open) : isOpen ? args.slice(0, -2) : args);
  REPEATED.push(open >= 0 ? args.slice(open + 1, args.indexOf(")")) : isOpen ? args.slice(-2, -1) : "");
}

/** By op number. */
export const EFFECTS: readonly OpEffect[] = OP_NAMES.map((name) => OPS[name].effect);
/** By op number: 1 where all operands are values, 0 where some are, or none. */
const ALL_VALUES = Uint8Array.from(OP_NAMES, (_, op) =>
  `${FIXED[op]}${REPEATED[op]}`.split("").every((letter) => letter === "v") ? 1 : 0,
);
const LETTER_V = 0x76;

/** Whether operand i of an instruction with op number `op` is a value. */
export function isValueOperand(op: number, i: number): boolean {
  if (ALL_VALUES[op] === 1) return true;
  const fixed = FIXED[op]!;
  if (i < fixed.length) return fixed.charCodeAt(i) === LETTER_V;
  const repeated = REPEATED[op]!;
  return repeated.length > 0 && repeated.charCodeAt((i - fixed.length) % repeated.length) === LETTER_V;
}

/** What operand i of an instruction with op number `op` is: "v", "b", "l" or "f"; undefined past the last. */
export function operandLetter(op: number, i: number): string | undefined {
  const fixed = FIXED[op]!;
  if (i < fixed.length) return fixed[i];
  const repeated = REPEATED[op]!;
  return repeated.length > 0 ? repeated[(i - fixed.length) % repeated.length] : undefined;
}

/** Calls `visit(index, value)` for each operand of `v` that is a value (blocks, literals and functions are skipped). */
export function forEachOperand(m: Module, v: Value, visit: (index: number, value: Value) => void): void {
  const op = m.op(v);
  const count = m.argCount(v);
  const all = ALL_VALUES[op] === 1;
  for (let i = 0; i < count; i++) if (all || isValueOperand(op, i)) visit(i, m.operand(v, i));
}
