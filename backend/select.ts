/** From items and classes to machine code on virtual registers, in one walk over the items. */
import type { BlockId, Module, Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { swapLanes } from "../ir/passes/lower-groups.ts";
import { STORAGE, TYPE_KIND } from "../ir/types.ts";
import { KIND } from "../sandbox/isa/table.ts";
import { Ice } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { A, G, V } from "./affine.ts";
import { ACROSS, aluOf, type Expander, expansionOf, invertedCompare } from "./alu-rows.ts";
import type { Classes } from "./classes.ts";
import { type ConditionId, TRUE } from "./conditions.ts";
import { bitsOf, constant, Emitter, isConstantOperand } from "./emit.ts";
import { FILE_G, FILE_V, FILE_W, FLAG, Lir, MN, PARAMETERS, RESULT, type Reg } from "./lir.ts";
import { findNeeds, fusedProduct, invertedAt, KEPT, LANES, lanesByOperation, NATIVE, operandForm, testsOf } from "./needs.ts";
import { copyEdge } from "./phis.ts";
import { systemValue } from "./prepare.ts";
import { MemorySelector } from "./select-memory.ts";
import { ITEM, type Shape } from "./structure.ts";

export interface Selected {
  readonly lir: Lir;
  /** native registers of phis of loop headers, with the loop: they live to its end */
  readonly loopPhis: readonly { readonly reg: Reg; readonly loop: number }[];
  /** registers that must not go to memory */
  readonly pinned: ReadonlySet<number>;
}

export function select(classes: Classes): Selected {
  return new Selector(classes).run();
}

const FILE_OF_CLASS = [FILE_G, FILE_W, FILE_W, FILE_V] as const;
const KIND_OF_CLASS = [KIND.g, KIND.w, NONE, KIND.v] as const;

export class Selector {
  readonly classes: Classes;
  readonly m: Module;
  readonly shape: Shape;
  readonly lir: Lir;
  readonly e: Emitter;
  readonly needs: Uint8Array;
  readonly loopPhis: { reg: Reg; loop: number }[] = [];
  /** by block: item of its first edge, or NONE */
  readonly firstEdge: Int32Array;
  readonly #native: Int32Array;
  readonly #lanes: Int32Array;
  readonly #kept: Int32Array;
  readonly #memory: MemorySelector;
  readonly #pinned = new Set<number>();
  /** what the caller reads, in a function with a result */
  #result: Reg | typeof NONE = NONE;

  constructor(classes: Classes) {
    const { m, shape } = classes;
    m.budget.charge(m.valueCount * 13);
    this.classes = classes;
    this.m = m;
    this.shape = shape;
    this.lir = new Lir(m.budget);
    this.e = new Emitter(this.lir);
    this.needs = findNeeds(classes);
    this.#native = m.scratch.i32(m.valueCount, NONE);
    this.#lanes = m.scratch.i32(m.valueCount, NONE);
    this.#kept = m.scratch.i32(m.valueCount, NONE);
    this.#memory = new MemorySelector(this);
    this.firstEdge = m.scratch.i32(m.blockCount, NONE);
    for (let i = shape.itemCount - 1; i >= 0; i--) if (shape.kind.get(i) === ITEM.edge) this.firstEdge[shape.b.get(i)] = i;
  }

  run(): Selected {
    const { shape, e, classes } = this;
    this.#takeParameters();
    if (classes.options.self.number === 0) this.#memory.initialize();
    for (let item = 0; item < shape.itemCount; item++) {
      const kind = shape.kind.get(item);
      if (kind === ITEM.edge) copyEdge(this, item);
      else {
        e.newStretch(shape.loopAt(item));
        if (kind === ITEM.code) this.#block(shape.a.get(item) as BlockId, item);
        else this.#control(kind, item);
      }
    }
    if (this.#result !== NONE) this.lir.push(RESULT, 0, this.#result, 1, NONE, NONE, NONE, 0, NONE, NONE);
    return { lir: this.lir, loopPhis: this.loopPhis, pinned: this.#pinned };
  }

  // ---- calls

  /** Parameters stand side by side from v0 on: the first registers that are given out. The result takes v0, too. */
  #takeParameters(): void {
    const { lir, e, classes } = this;
    const { params, hasResult } = classes.options.self;
    const registers = Array.from({ length: Math.max(params.length, hasResult ? 1 : 0) }, () => e.temp(FILE_V));
    if (registers.length === 0) return;
    const d = registers.length === 1 ? registers[0]! : lir.stretch(registers);
    lir.push(PARAMETERS, 0, d, registers.length, NONE, NONE, NONE, 0, NONE, NONE);
    this.#pinned.add(registers[0]!);
    if (hasResult) this.#result = registers[0]!;
    params.forEach((p, i) => {
      if (this.needs[p] === 0) return;
      const isW = classes.cls[p] !== V;
      const r = lir.reg(isW ? FILE_W : FILE_V, NONE);
      lir.push(isW ? MN.first : MN.mov, FLAG.keep, r, 1, registers[i]!, NONE, NONE, 0, NONE, NONE);
      this.setNative(p, r);
    });
  }
  #call(v: Value, item: number): void {
    const { m, lir, e, classes } = this;
    const callee = classes.calleeOf(v);
    const registers = Array.from({ length: Math.max(callee.params.length, callee.hasResult ? 1 : 0) }, () => e.temp(FILE_V));
    registers.forEach((r, i) => {
      e.alu("mov", FILE_V, [i < callee.params.length ? this.operand(m.operand(v, i + 1), item, true) : constant(0)], r);
    });
    const d = registers.length > 1 ? lir.stretch(registers) : (registers[0] ?? NONE);
    if (registers.length > 1) this.#memory.join(registers);
    lir.push(MN.call, 0, d, registers.length, NONE, NONE, NONE, callee.number, NONE, e.where);
    if (callee.hasResult && this.needs[v] !== 0) this.settle(v, registers[0]!);
  }

  // ---- registers of values

  #homeOf(v: Value): number {
    return this.isEscaping(v) ? this.classes.homeOfEscaping(v) : this.shape.loopAt(this.classes.itemOf(v));
  }
  /** The register of the value's class. A value of class v that escapes a loop is kept in it from one iteration to the next. */
  native(v: Value): Reg {
    if (this.#native[v] === NONE) {
      const cls = this.classes.cls[v]!;
      const home = cls === V ? this.#homeOf(v) : this.shape.loopAt(this.classes.itemOf(v));
      this.#native[v] = this.lir.reg(FILE_OF_CLASS[cls]!, home);
    }
    return this.#native[v] as Reg;
  }
  setNative(v: Value, r: Reg): void {
    this.#native[v] = r;
  }
  isEscaping(v: Value): boolean {
    return this.classes.escapes[v] !== NONE;
  }

  /** An operand as it is read at `item`: a register of any file, or a constant. @param lanes whether an affine value is read lane by lane */
  operand(raw: Value, item: number, lanes: boolean): number {
    const { classes, m } = this;
    const v = classes.resolve(raw);
    if (classes.isConstant(v)) return this.#constant(v);
    const form = operandForm(classes, v, item, lanes);
    const r = form === KEPT ? this.#kept[v]! : form === LANES ? this.#lanes[v]! : this.native(v);
    if (r === NONE) throw new Ice(`${m.opName(v)} is used before it is computed`);
    return r;
  }
  #constant(v: Value): number {
    const bits = Math.max(0, this.m.constantBits(v));
    return constant(this.m.types.kind(this.m.type(v)) === TYPE_KIND.Bool && bits !== 0 ? 0xffffffff : bits);
  }

  // ---- blocks

  #block(b: BlockId, item: number): void {
    const { m, classes } = this;
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      const op = m.op(v);
      if (op === OP.BranchConditional || op === OP.Switch || op === OP.Branch || op === OP.Return) continue;
      this.e.where = m.sourceOffset(v);
      if (op === OP.SpanStore) this.#memory.store(v, item);
      else if (op === OP.ControlBarrier) {
        this.lir.ctl("barrier", NONE, m.arg(v, 0), this.e.where);
      } else if (op === OP.FunctionCall) this.#call(v, item);
      else if (op === OP.ReturnValue) {
        const source = this.operand(m.operand(v, 0), item, true);
        this.e.alu("mov.m", FILE_V, [source], this.#result as Reg);
      } else if (this.needs[v] !== 0 && classes.resolve(v) === v && !classes.hoisting.itemOf.has(v)) this.#value(v, item);
    }
    for (const v of classes.hoisting.at.get(item) ?? []) {
      this.e.where = m.sourceOffset(v);
      if (this.needs[v] !== 0) this.#value(v, item);
    }
  }
  #value(v: Value, item: number): void {
    const needs = this.needs[v]!;
    if (needs & NATIVE) this.#compute(v, item);
    if (needs & LANES) this.#lanes[v] = this.#computeLanes(v, item);
    if (needs & KEPT && this.classes.cls[v] !== V) {
      const r = this.lir.reg(FILE_V, this.#homeOf(v));
      this.#kept[v] = r;
      this.e.alu("mov.m", FILE_V, [this.classes.cls[v] === A ? this.#lanes[v]! : this.native(v)], r);
    }
  }

  #compute(v: Value, item: number): void {
    const { m, classes } = this;
    const op = m.op(v);
    if (op === OP.Phi) return this.#phi(v, item);
    if (op === OP.CompositeExtract) return this.#memory.extract(v, item);
    if (op === OP.SpanLoad && m.types.storage(m.type(m.operand(v, 0))) !== STORAGE.Input) return this.#memory.load(v, item);
    if (op === OP.SpanAtomic) return this.#memory.atomic(v, item);
    if (op === OP.SpanUniformLoad) return this.#memory.uniformLoad(v, item);
    const masked = classes.cls[v] === V && this.isEscaping(v);
    const file = FILE_OF_CLASS[classes.cls[v]!]!;
    const d = masked ? this.e.temp(file) : this.native(v);
    if (v === classes.p.index) this.#invocationIndex(d);
    else if (op === OP.SpanLoad) this.#input(v, d);
    else if (op === OP.SpanLength) this.#memory.length(v, d);
    else this.#operation(v, item, file, classes.cls[v] === V, d);
    if (masked) this.e.alu("mov.m", file, [d], this.native(v));
  }
  /** Gives an escaping value its register, masked; others take the register as it is. */
  settle(v: Value, r: Reg): void {
    if (this.classes.cls[v] === V && this.isEscaping(v)) this.e.alu("mov.m", FILE_V, [r], this.native(v));
    else this.setNative(v, r);
  }

  #phi(v: Value, item: number): void {
    const { m, shape } = this;
    const r = this.native(v);
    const loop = shape.loopAt(item);
    for (let i = 0; loop !== NONE && i < m.argCount(v); i += 2) {
      if (shape.codeOf[m.arg(v, i + 1)]! >= item) {
        this.loopPhis.push({ reg: r, loop });
        break;
      }
    }
  }

  #invocationIndex(d: Reg): void {
    const { e, classes } = this;
    const [x, y, z] = classes.p.workgroupSize;
    if (x * y * z <= 4) {
      e.alu("mov", FILE_W, [constant(0)], d);
      return;
    }
    const wave = e.temp(FILE_W);
    e.sys("wave", wave);
    e.alu("shl", FILE_W, [wave, constant(2)], d);
  }
  #input(v: Value, d: Reg): void {
    const { m, classes } = this;
    const g = classes.p.globals.get(m.operand(v, 0))!;
    this.e.sys(systemValue(g.builtin, m.constantBits(m.operand(v, 1)) >>> 2).name, d);
  }

  #computeLanes(v: Value, item: number): Reg {
    const { e, classes } = this;
    const d = e.temp(FILE_V);
    if (lanesByOperation(classes, v)) this.#operation(v, item, FILE_V, true, d);
    else e.alu("iadd", FILE_V, [e.laneTimes(classes.k[v]!), this.native(v)], d);
    return d;
  }

  #operation(v: Value, item: number, file: number, lanes: boolean, d: Reg): void {
    const { m, e } = this;
    const op = m.op(v);
    const product = fusedProduct(this.classes, v);
    if (product !== NONE) {
      const addend = this.classes.resolve(m.operand(v, 0)) === product ? m.operand(v, 1) : m.operand(v, 0);
      const factors = [0, 1].map((i) => this.operand(m.operand(product, i), item, lanes));
      e.alu("ffma", file, [...factors, this.operand(addend, item, lanes)], d);
      return;
    }
    const across = ACROSS.get(op);
    if (across !== undefined) {
      this.#across(across, v, item, d);
      return;
    }
    const sources: number[] = [];
    for (let i = 0; i < m.argCount(v); i++) sources.push(this.operand(m.operand(v, i), item, lanes));
    const row = aluOf(op);
    if (row !== undefined) {
      e.alu(row, file, sources, d);
      return;
    }
    const expand = expansionOf(op);
    if (!expand) throw new Ice(`${m.opName(v)} reached the backend`);
    const expander: Expander = { op: (name, ...operands) => e.alu(name, file, operands), bits: constant };
    e.alu("mov", file, [expand(expander, ...sources)], d);
  }

  /** A shuffle by a constant is one of the quad's. */
  #across(row: NonNullable<ReturnType<typeof aluOf>>, v: Value, item: number, d: Reg): void {
    const { e, m } = this;
    const x = e.inFile(this.operand(m.operand(v, 0), item, true), FILE_V);
    if (row === "quad") e.alu(row, FILE_V, [x, constant(swapLanes(m.arg(v, 1)))], d);
    else if (row !== "shfl") e.alu(row, FILE_W, [x], d);
    else {
      const from = this.operand(m.operand(v, 1), item, true);
      if (!isConstantOperand(from)) e.alu(row, FILE_V, [x, from], d);
      else if (bitsOf(from) < 4) e.alu("quad", FILE_V, [x, constant(bitsOf(from) * 0x55)], d);
      else e.alu("mov", FILE_V, [constant(0)], d);
    }
  }

  // ---- control

  #control(kind: number, item: number): void {
    const { shape, lir, classes } = this;
    const c = shape.a.get(item);
    switch (kind) {
      case ITEM.if: {
        const r = this.#condition(item, classes.kind[c]!);
        lir.ctl("if", r, c, this.e.where);
        return;
      }
      case ITEM.else:
        lir.ctl("else", NONE, c, this.e.where);
        return;
      case ITEM.block:
      case ITEM.loop: {
        if (kind === ITEM.block && shape.uses.get(c) === 0) return;
        const at = lir.ctl(kind === ITEM.block ? "block" : "loop", NONE, c, this.e.where);
        lir.slot.set(at, KIND_OF_CLASS[classes.kind[c]!]!);
        return;
      }
      case ITEM.end:
        if (shape.constructKind.get(c) !== ITEM.block || shape.uses.get(c) > 0) lir.ctl("end", NONE, c, this.e.where);
        return;
      case ITEM.endloop:
        lir.ctl("endloop", NONE, c, this.e.where);
        return;
      case ITEM.brk:
        if (shape.b.get(item) === TRUE) lir.ctl("brk", NONE, c, this.e.where);
        else this.#break(item, c);
        return;
      case ITEM.ret:
        if (shape.b.get(item) === TRUE) lir.ctl("ret", NONE, 0, this.e.where);
        else lir.ctl("ret.if", this.#condition(item, G), 0, this.e.where);
        return;
    }
  }

  #break(item: number, c: number): void {
    const condition = this.shape.b.get(item) as ConditionId;
    const { conditions } = this.shape;
    const tests = conditions.isSet(condition) ? [] : testsOf(this.classes, condition, item);
    if (tests.length < 2) this.lir.ctl("brk.if", this.#condition(item, G), c, this.e.where);
    else for (const { v, negated } of tests) this.lir.ctl("brk.if", this.#test(v, negated, item), c, this.e.where);
  }
  /** The condition of an if, brk or ret in a register whose file is at least that of class `least`. */
  #condition(item: number, least: number): Reg {
    const { e } = this;
    const { conditions } = this.shape;
    const condition = this.shape.b.get(item) as ConditionId;
    const v = conditions.value.get(condition) as Value;
    const r = conditions.isSet(condition)
      ? this.#setTest(condition, item, this.#testFile(v, true, item))
      : this.#test(v, conditions.negated.get(condition) === 1, item);
    const file = this.lir.file.get(r);
    if (this.classes.forced.isForced(item)) {
      if (file === FILE_G) return r;
      const g = e.temp(FILE_G);
      this.lir.bcast(g, e.inFile(r, FILE_V), e.where);
      return g;
    }
    // files are numbered from v down: a lower number is less uniform
    return file > FILE_OF_CLASS[least]! ? e.inFile(r, FILE_OF_CLASS[least]!) : r;
  }
  /** The file that a test of `v` is computed in. @param computed whether it takes an instruction */
  #testFile(v: Value, computed: boolean, item: number): number {
    const { classes } = this;
    const scalar = classes.scalarClass(item);
    const cls = classes.isConstant(v) ? scalar : classes.classAt(v, item);
    return FILE_OF_CLASS[cls === A ? V : computed ? Math.max(cls, scalar) : cls]!;
  }
  #test(v: Value, negated: boolean, item: number): Reg {
    const { e, classes, m } = this;
    const file = this.#testFile(v, negated, item);
    if (invertedAt(classes, v, negated, item) !== NONE) {
      const sources = [0, 1].map((i) => this.operand(m.operand(v, i), item, true));
      return e.alu(invertedCompare(m.op(v))!, file, sources);
    }
    const r = this.operand(v, item, true);
    return negated ? e.alu("not", file, [r]) : e.reg(r, file);
  }
  /** Whether the selector is one of the literals. */
  #setTest(condition: number, item: number, file: number): Reg {
    const { e } = this;
    const { conditions } = this.shape;
    const selector = this.operand(conditions.value.get(condition) as Value, item, true);
    const first = conditions.first.get(condition);
    const count = conditions.count.get(condition);
    const negated = conditions.negated.get(condition) === 1;
    let any: number = constant(0);
    for (let i = 0; i < count; i++) {
      const low = conditions.ranges.get(first + 2 * i);
      const high = conditions.ranges.get(first + 2 * i + 1);
      const single = count === 1 && negated;
      let hit: number;
      if (low === high) hit = e.alu(single ? "ine" : "ieq", file, [selector, constant(low)]);
      else hit = e.alu(single ? "ugt" : "ule", file, [e.alu("isub", file, [selector, constant(low)]), constant((high - low) >>> 0)]);
      if (single) return hit as Reg;
      any = i === 0 ? hit : e.alu("or", file, [any, hit]);
    }
    return negated ? e.alu("not", file, [any]) : e.reg(any, file);
  }
}

/** The file of a value's native register. */
export function fileOfClass(cls: number): number {
  return FILE_OF_CLASS[cls]!;
}
