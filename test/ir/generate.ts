/**
 * Random structured programs, built as a front end builds them: variables for everything, loads and stores, selections, switches, bounded
 * loops with breaks and continues, functions that return early and take pointers. Every index is in range and every loop ends, so that each
 * program has one meaning. The same seed gives the same program.
 */

import { type BlockId, type FunctionId, Module, type Value } from "../../ir/module.ts";
import type { OpName } from "../../ir/ops.ts";
import { STORAGE, type StorageClass, TYPE_KIND, type TypeId } from "../../ir/types.ts";
import { NONE } from "../../support/id.ts";

export const OUT_WORDS = 256;
export const IN_WORDS = 16;

export function randomModule(seed: number, statements = 12): Module {
  return new Generator(seed, statements).module();
}

/** mulberry32 */
export function rng(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Local {
  readonly pointer: Value;
  readonly type: TypeId;
  readonly storage: StorageClass;
}
interface Exits {
  readonly breakTo: BlockId;
  readonly continueTo: BlockId;
}

class Generator {
  readonly m = new Module();
  readonly random: () => number;
  readonly types: TypeId[];
  readonly globals: Local[] = [];
  locals: Local[] = [];
  functions: FunctionId[] = [];
  entryBlock: BlockId = NONE;
  block: BlockId = NONE;
  f: FunctionId = NONE;
  budget: number;
  #loops = 0;
  /** of the loops around: read, never written, so that they end */
  #counters: Value[] = [];
  readonly input: Value;
  readonly output: Value;

  constructor(seed: number, statements: number) {
    this.random = rng(seed);
    this.budget = statements;
    const { types } = this.m;
    const { f32, u32, i32, bool, f16 } = types;
    const s = types.struct(
      "S",
      [
        { type: types.vector(f32, 3), offset: 0 },
        { type: u32, offset: 12 },
        { type: types.array(i32, 4, 4), offset: 16 },
      ],
      32,
    );
    this.types = [
      f32,
      u32,
      i32,
      bool,
      u32,
      f32,
      types.vector(f32, 2),
      types.vector(f32, 3),
      types.vector(f32, 4),
      types.vector(u32, 4),
      types.vector(i32, 2),
      types.vector(bool, 2),
      types.array(types.vector(f32, 2), 3, 8),
      types.array(u32, 4, 4),
      types.matrix(types.vector(f32, 3), 2, 16),
      s,
      f16,
      types.vector(f16, 2),
    ];
    const info = { group: 0, writable: true, builtin: "", location: NONE };
    const words = (n: number) => types.array(u32, n, 4);
    this.input = this.m.addGlobal(types.pointer(STORAGE.StorageBuffer, words(IN_WORDS)), {
      ...info,
      name: "input",
      binding: 0,
      writable: false,
    });
    this.output = this.m.addGlobal(types.pointer(STORAGE.StorageBuffer, words(OUT_WORDS)), { ...info, name: "output", binding: 1 });
    for (let i = 0; i < 3; i++) {
      const type = this.pick(this.types);
      const pointer = this.m.addGlobal(types.pointer(STORAGE.Private, type), { ...info, group: NONE, binding: NONE, name: `p${i}` });
      this.globals.push({ pointer, type, storage: STORAGE.Private });
    }
  }

  module(): Module {
    const { m } = this;
    const count = this.int(3);
    for (let i = 0; i < count; i++) this.helper(i);
    const f = this.open("main", m.types.void, []);
    this.body(this.budget);
    this.dump();
    this.terminate("Return");
    m.entry = { name: "main", stage: "compute", func: f, workgroupSize: [1, 1, 1] };
    return m;
  }

  // ---- chance
  int(n: number): number {
    return Math.floor(this.random() * n);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)]!;
  }
  chance(p: number): boolean {
    return this.random() < p;
  }

  // ---- instructions
  emit(op: OpName, type: TypeId, ...args: number[]): Value {
    return this.m.append(this.block, op, type, args);
  }
  terminate(op: OpName, ...args: number[]): void {
    if (this.block === NONE) return;
    this.m.append(this.block, op, this.m.types.void, args);
    this.block = NONE;
  }
  start(b: BlockId): void {
    this.m.appendBlock(this.f, b);
    this.block = b;
  }
  store(pointer: Value, value: Value): void {
    this.emit("Store", this.m.types.void, pointer, value);
  }

  // ---- functions
  open(name: string, returns: TypeId, params: readonly TypeId[]): FunctionId {
    this.f = this.m.addFunction(name, returns, params);
    this.#counters = [];
    this.locals = [];
    this.entryBlock = this.m.createBlock();
    this.start(this.entryBlock);
    return this.f;
  }
  helper(i: number): void {
    const { m } = this;
    const { types } = m;
    const returns = this.chance(0.2) ? types.void : this.pick(this.types);
    const params: TypeId[] = [];
    for (let k = this.int(3); k > 0; k--) {
      const type = this.pick(this.types);
      params.push(this.chance(0.4) ? types.pointer(this.chance(0.7) ? STORAGE.Function : STORAGE.Private, type) : type);
    }
    const f = this.open(`helper${i}`, returns, params);
    for (const p of m.functions[f]!.params) {
      const type = m.type(p);
      if (types.kind(type) === TYPE_KIND.Pointer) this.locals.push({ pointer: p, type: types.pointee(type), storage: types.storage(type) });
      else this.store(this.declare(type).pointer, p);
    }
    this.body(4);
    this.returnValue(returns);
    this.functions.push(f);
  }
  returnValue(returns: TypeId): void {
    if (this.block === NONE) return;
    if (returns === this.m.types.void) this.terminate("Return");
    else this.terminate("ReturnValue", this.value(returns, 1));
  }
  declare(type: TypeId): Local {
    const { m } = this;
    const pointer = m.prepend(this.entryBlock, "Variable", m.types.pointer(STORAGE.Function, type), [STORAGE.Function]);
    const local = { pointer, type, storage: STORAGE.Function };
    this.store(pointer, this.chance(0.5) ? m.constantNull(type) : this.value(type, 1));
    this.locals.push(local);
    return local;
  }
  /** Writes all scalars of all variables to the output. */
  dump(): void {
    let at = 0;
    for (const l of [...this.globals, ...this.locals]) {
      const stack = [{ type: l.type, v: this.emit("Load", l.type, l.pointer) }];
      for (let top = stack.pop(); top; top = stack.pop()) {
        if (at >= OUT_WORDS) return;
        const { type, v } = top;
        if (this.m.types.isScalar(type)) this.output1(at++, v);
        else
          for (let i = 0; i < this.m.types.length(type); i++)
            stack.push({ type: this.part(type, i), v: this.emit("CompositeExtract", this.part(type, i), v, i) });
      }
    }
  }
  output1(at: number, v: Value): void {
    const { types } = this.m;
    const type = this.m.type(v);
    let bits = v;
    if (type === types.bool) bits = this.emit("Select", types.u32, v, this.m.u32(1), this.m.u32(0));
    else if (type === types.f16) bits = this.emit("Bitcast", types.u32, this.emit("FConvert", types.f32, v));
    else if (type !== types.u32) bits = this.emit("Bitcast", types.u32, v);
    this.store(this.emit("AccessChain", types.pointer(STORAGE.StorageBuffer, types.u32), this.output, this.m.u32(at)), bits);
  }
  part(type: TypeId, i: number): TypeId {
    const { types } = this.m;
    return types.kind(type) === TYPE_KIND.Struct ? types.memberType(type, i) : types.element(type);
  }

  // ---- statements
  body(count: number, exits: Exits | null = null): void {
    const outer = this.locals.length;
    for (let i = 0; i < count && this.block !== NONE; i++) this.statement(exits, Math.min(count, 12));
    // names of an inner scope end with it
    if (exits || count < 4) this.locals.length = Math.min(this.locals.length, Math.max(outer, 0));
  }
  statement(exits: Exits | null, size: number): void {
    const inner = Math.max(1, Math.floor(size / 3));
    switch (this.int(12)) {
      case 0:
      case 1:
        this.declare(this.pick(this.types));
        return;
      case 2:
        return this.ifElse(exits, inner);
      case 3:
        if (this.#loops < 3) this.loop(inner);
        return;
      case 4:
        return this.switchCase(exits, inner);
      case 5:
        this.call();
        return;
      case 6:
        if (exits && this.chance(0.5)) this.terminate("Branch", this.chance(0.5) ? exits.breakTo : exits.continueTo);
        else if (this.chance(0.2) && this.m.functions[this.f]!.name !== "main") this.returnValue(this.m.functions[this.f]!.returnType);
        return;
      default:
        return this.assign();
    }
  }
  assign(): void {
    const all = [...this.locals, ...this.globals];
    if (all.length === 0) {
      this.declare(this.pick(this.types));
      return;
    }
    const target = this.walk(this.pick(all));
    this.store(target.pointer, this.value(target.type, 3));
  }
  ifElse(exits: Exits | null, size: number): void {
    const { m } = this;
    const condition = this.value(m.types.bool, 2);
    const [yes, merge] = [m.createBlock(), m.createBlock()];
    const no = this.chance(0.5) ? m.createBlock() : merge;
    m.setMerge(this.block, merge);
    this.terminate("BranchConditional", condition, yes, no);
    this.start(yes);
    this.scoped(() => this.body(size, exits));
    this.terminate("Branch", merge);
    if (no !== merge) {
      this.start(no);
      this.scoped(() => this.body(size, exits));
      this.terminate("Branch", merge);
    }
    this.start(merge);
  }
  scoped(run: () => void): void {
    const count = this.locals.length;
    run();
    this.locals.length = count;
  }
  switchCase(exits: Exits | null, size: number): void {
    const { m } = this;
    const selector = this.emit("BitwiseAnd", m.types.u32, this.value(m.types.u32, 2), m.u32(3));
    const merge = m.createBlock();
    const cases = Array.from({ length: 1 + this.int(3) }, () => m.createBlock());
    const byDefault = this.chance(0.5) ? merge : m.createBlock();
    m.setMerge(this.block, merge);
    this.terminate("Switch", selector, byDefault, ...cases.flatMap((b, i) => [i, b]));
    for (const b of byDefault === merge ? cases : [...cases, byDefault]) {
      this.start(b);
      this.scoped(() => this.body(size, { breakTo: merge, continueTo: exits ? exits.continueTo : merge }));
      this.terminate("Branch", merge);
    }
    this.start(merge);
  }
  loop(size: number): void {
    const { m } = this;
    const { u32, bool } = m.types;
    this.#loops++;
    this.scoped(() => {
      const counter = m.prepend(this.entryBlock, "Variable", m.types.pointer(STORAGE.Function, u32), [STORAGE.Function]);
      this.store(counter, m.u32(0));
      const [head, body, next, merge] = [m.createBlock(), m.createBlock(), m.createBlock(), m.createBlock()];
      this.terminate("Branch", head);
      this.start(head);
      m.setMerge(head, merge, next);
      this.terminate("Branch", body);
      this.start(body);
      const go = m.createBlock();
      const more = this.emit("ULessThan", bool, this.emit("Load", u32, counter), m.u32(1 + this.int(5)));
      m.setMerge(this.block, go);
      this.terminate("BranchConditional", more, go, merge);
      this.start(go);
      this.#counters.push(counter);
      this.body(size, { breakTo: merge, continueTo: next });
      this.#counters.pop();
      this.terminate("Branch", next);
      this.start(next);
      this.store(counter, this.emit("IAdd", u32, this.emit("Load", u32, counter), m.u32(1)));
      if (this.chance(0.2)) this.terminate("BranchConditional", this.value(bool, 2), merge, head);
      else this.terminate("Branch", head);
      this.start(merge);
    });
    this.#loops--;
  }
  call(): void {
    const { m } = this;
    if (this.functions.length === 0) return;
    const f = this.pick(this.functions);
    const fn = m.functions[f]!;
    const args: Value[] = [];
    for (const p of fn.params) {
      const type = m.type(p);
      if (m.types.kind(type) !== TYPE_KIND.Pointer) args.push(this.value(type, 2));
      else args.push(this.pointerTo(m.types.pointee(type), m.types.storage(type)));
    }
    if (args.some((a) => a === NONE)) return;
    const v = this.emit("FunctionCall", fn.returnType, f, ...args);
    if (fn.returnType === m.types.void) return;
    const to = this.pointerTo(fn.returnType, STORAGE.Function);
    if (to !== NONE) this.store(to, v);
  }
  /** A variable of exactly this type, made where there is none; NONE for other storage. */
  pointerTo(type: TypeId, storage: StorageClass): Value {
    const known = [...this.locals, ...this.globals].filter((l) => l.type === type && l.storage === storage);
    if (known.length > 0) return this.pick(known).pointer;
    return storage === STORAGE.Function ? this.declare(type).pointer : NONE;
  }
  /** Some part of a variable, through constant and dynamic indices. */
  walk(l: Local, want?: TypeId): { pointer: Value; type: TypeId } {
    const { m } = this;
    const indices: Value[] = [];
    let type = l.type;
    while (!m.types.isScalar(type) && (want === undefined ? this.chance(0.6) : type !== want)) {
      const count = m.types.length(type);
      const fixed = m.types.kind(type) === TYPE_KIND.Struct || this.chance(0.6);
      const i = this.int(count);
      indices.push(fixed ? m.u32(i) : this.emit("UMod", m.types.u32, this.value(m.types.u32, 1), m.u32(count)));
      type = this.part(type, i);
    }
    if (indices.length === 0) return { pointer: l.pointer, type };
    return { pointer: this.emit("AccessChain", m.types.pointer(l.storage, type), l.pointer, ...indices), type };
  }

  // ---- values
  value(type: TypeId, depth: number): Value {
    const { m } = this;
    if (type === m.types.u32 && this.#counters.length > 0 && this.chance(0.3)) return this.emit("Load", type, this.pick(this.#counters));
    const from = [...this.locals, ...this.globals].filter((l) => l.type === type);
    if (from.length > 0 && this.chance(0.4)) return this.emit("Load", type, this.pick(from).pointer);
    if (depth > 0 && this.chance(0.3)) {
      const any = [...this.locals, ...this.globals];
      if (any.length > 0) {
        const { pointer, type: found } = this.walk(this.pick(any));
        if (found === type) return this.emit("Load", type, pointer);
      }
    }
    if (depth <= 0 || this.chance(0.2)) return this.constant(type);
    if (m.types.isScalar(type) || m.types.kind(type) === TYPE_KIND.Vector) return this.operation(type, depth - 1);
    const parts = Array.from({ length: m.types.length(type) }, (_, i) => this.value(this.part(type, i), depth - 1));
    return this.emit("CompositeConstruct", type, ...parts);
  }
  constant(type: TypeId): Value {
    const { m } = this;
    if (!m.types.isScalar(type)) {
      if (this.chance(0.3)) return m.constantNull(type);
      return m.constantComposite(
        type,
        Array.from({ length: m.types.length(type) }, (_, i) => this.constant(this.part(type, i))),
      );
    }
    if (type === m.types.bool) return m.constant(type, this.int(2));
    if (m.types.kind(type) === TYPE_KIND.Float)
      return m.constant(type, this.pick([0, 0x3f800000, 0x40000000, 0xbf000000, 0x3e800000, 0x41200000]));
    return m.constant(type, this.pick([0, 1, 2, 3, 5, 8, 31, 255, -1, 0x7fffffff, -0x80000000]));
  }
  operation(type: TypeId, d: number): Value {
    const { m } = this;
    const { types } = m;
    const component = types.isScalar(type) ? type : types.element(type);
    const n = types.isScalar(type) ? 0 : types.length(type);
    const shaped = (c: TypeId) => (n === 0 ? c : types.vector(c, n));
    const v = (t: TypeId = type) => this.value(t, d);
    if (n > 0 && this.chance(0.3)) return this.vectorOperation(type, component, n, d);
    if (n === 0 && component !== types.bool && this.chance(0.2)) return this.fromVector(component, d);
    if (this.chance(0.1)) return this.emit("Select", type, this.value(this.chance(0.5) ? types.bool : shaped(types.bool), d), v(), v());
    if (component === types.bool) {
      const of = shaped(this.pick([types.f32, types.u32, types.i32]));
      const names: OpName[] =
        of === shaped(types.f32)
          ? ["FOrdLessThan", "FOrdEqual", "FUnordNotEqual", "FOrdGreaterThanEqual"]
          : ["ULessThan", "SLessThan", "IEqual", "UGreaterThanEqual", "SGreaterThan"];
      if (this.chance(0.3)) return this.emit(this.pick<OpName>(["LogicalAnd", "LogicalOr", "LogicalEqual"]), type, v(), v());
      return this.emit(this.pick(names), type, v(of), v(of));
    }
    if (types.kind(component) === TYPE_KIND.Float) {
      if (component === types.f16) {
        if (this.chance(0.2)) return this.emit("FConvert", type, v(shaped(types.f32)));
        return this.emit(this.pick<OpName>(["FAdd", "FSub", "FMul", "FMin", "FMax"]), type, v(), v());
      }
      if (this.chance(0.1)) return this.emit("FConvert", type, v(shaped(types.f16)));
      if (this.chance(0.15)) return this.emit(this.chance(0.5) ? "ConvertSToF" : "ConvertUToF", type, v(shaped(types.i32)));
      if (this.chance(0.3))
        return this.emit(
          this.pick<OpName>([
            "FNegate",
            "FAbs",
            "Floor",
            "Ceil",
            "Trunc",
            "RoundEven",
            "Sqrt",
            "Fract",
            "FSign",
            "Saturate",
            "QuantizeToF16",
          ]),
          type,
          v(),
        );
      if (this.chance(0.15)) return this.emit(this.pick<OpName>(["FClamp", "FMix", "Fma", "SmoothStep"]), type, v(), v(), v());
      return this.emit(this.pick<OpName>(["FAdd", "FSub", "FMul", "FDiv", "FMin", "FMax", "Step", "FAdd", "FMul"]), type, v(), v());
    }
    return this.integer(type, component, shaped, d);
  }
  integer(type: TypeId, component: TypeId, shaped: (c: TypeId) => TypeId, d: number): Value {
    const { types } = this.m;
    const v = (t: TypeId = type) => this.value(t, d);
    const other = shaped(component === types.u32 ? types.i32 : types.u32);
    if (this.chance(0.15)) return this.emit("Bitcast", type, v(other));
    if (this.chance(0.1)) return this.emit(component === types.u32 ? "ConvertFToU" : "ConvertFToS", type, v(shaped(types.f32)));
    if (this.chance(0.25))
      return this.emit(
        this.pick<OpName>([
          "Not",
          "SNegate",
          "BitCount",
          "BitReverse",
          "CountLeadingZeros",
          "CountTrailingZeros",
          "FindILsb",
          "FindUMsb",
          "FindSMsb",
          "SAbs",
          "SSign",
        ]),
        type,
        v(),
      );
    if (this.chance(0.1)) return this.emit("BitFieldInsert", type, v(), v(), this.value(types.u32, d), this.value(types.u32, d));
    if (this.chance(0.1))
      return this.emit(
        this.chance(0.5) ? "BitFieldUExtract" : "BitFieldSExtract",
        type,
        v(),
        this.value(types.u32, d),
        this.value(types.u32, d),
      );
    if (this.chance(0.1)) return this.emit(this.chance(0.5) ? "UClamp" : "SClamp", type, v(), v(), v());
    const names: OpName[] = [
      "IAdd",
      "ISub",
      "IMul",
      "UDiv",
      "SDiv",
      "UMod",
      "SRem",
      "BitwiseAnd",
      "BitwiseOr",
      "BitwiseXor",
      "SMin",
      "UMax",
      "IAdd",
      "ShiftLeftLogical",
      "ShiftRightLogical",
      "ShiftRightArithmetic",
    ];
    return this.emit(this.pick(names), type, v(), v());
  }
  vectorOperation(type: TypeId, component: TypeId, n: number, d: number): Value {
    const { types } = this.m;
    switch (this.int(5)) {
      case 0:
        return this.emit("CompositeConstruct", type, ...Array.from({ length: n }, () => this.value(component, d)));
      case 1: {
        const from = this.value(type, d);
        return this.emit("VectorShuffle", type, from, this.value(type, d), ...Array.from({ length: n }, () => this.int(2 * n)));
      }
      case 2:
        return this.emit("CompositeInsert", type, this.value(component, d), this.value(type, d), this.int(n));
      case 3:
        return this.emit(
          "VectorInsertDynamic",
          type,
          this.value(type, d),
          this.value(component, d),
          this.emit("UMod", types.u32, this.value(types.u32, d), this.m.u32(n)),
        );
      default:
        if (component !== types.f32) return this.value(type, d);
        if (n === 3) return this.emit("MatrixTimesVector", type, this.value(this.types[14]!, d), this.value(types.vector(types.f32, 2), d));
        if (n === 2) return this.emit("VectorTimesMatrix", type, this.value(types.vector(types.f32, 3), d), this.value(this.types[14]!, d));
        return this.emit("VectorTimesScalar", type, this.value(type, d), this.value(component, d));
    }
  }
  fromVector(component: TypeId, d: number): Value {
    const { types } = this.m;
    const n = 2 + this.int(3);
    const vector = this.value(types.vector(component, n), d);
    if (this.chance(0.4))
      return this.emit("VectorExtractDynamic", component, vector, this.emit("UMod", types.u32, this.value(types.u32, d), this.m.u32(n)));
    if (component !== types.f16 && this.chance(0.5)) return this.emit("Dot", component, vector, this.value(types.vector(component, n), d));
    return this.emit("CompositeExtract", component, vector, this.int(n));
  }
}
