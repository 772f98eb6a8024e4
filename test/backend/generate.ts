/**
 * Random programs in backend form, in SSA with phis from the start: structured control flow with exits of many levels, conditions that
 * differ from lane to lane, from wave to wave, and not at all, loops with early exits and continues, switches, early returns, barriers with an exchange over
 * workgroup memory where control flow is uniform. Every loop ends and no two invocations race. The same seed gives the same program.
 */
import { type BlockId, Module, type Value } from "../../ir/module.ts";
import type { OpName } from "../../ir/ops.ts";
import { STORAGE, type TypeId } from "../../ir/types.ts";
import { NONE } from "../../support/id.ts";
import { rng } from "../ir/generate.ts";

export const VARIABLES = 6;
export const IN_WORDS = 8;
export const UNIFORM_WORDS = 8;

export interface Options {
  readonly size: readonly [number, number, number];
  readonly statements: number;
  /** barriers, and exchange over workgroup memory */
  readonly barriers: boolean;
}

/** Bytes of one invocation in `output`. */
export const OUT_BYTES = 4 * VARIABLES;

export function randomProgram(seed: number, options: Options): Module {
  return new Generator(seed, options).run();
}

type Env = readonly Value[];
interface Label {
  readonly block: BlockId;
  readonly from: { block: BlockId; env: Env }[];
  /** which branches here leave uniform flow uniform */
  readonly uniform: boolean;
}

class Generator {
  readonly m = new Module();
  readonly random: () => number;
  readonly options: Options;
  block: BlockId = NONE;
  env: Value[] = [];
  readonly labels: Label[] = [];
  /** values known to be the same in the whole workgroup, here */
  uniforms: Value[] = [];
  inUniform = true;
  depth = 0;
  budget: number;
  index: Value = NONE;
  row: Value = NONE;
  readonly input: Value;
  readonly fixed: Value;
  readonly output: Value;
  readonly tile: Value;
  readonly scratch: Value;
  readonly count: number;

  constructor(seed: number, options: Options) {
    this.random = rng(seed);
    this.options = options;
    this.budget = options.statements;
    const { m } = this;
    const { types } = m;
    const [x, y, z] = options.size;
    this.count = x * y * z;
    const words = types.runtimeArray(types.vector(types.u32, 4), 16);
    const buffer = (name: string, binding: number, writable: boolean) =>
      m.addGlobal(types.pointer(STORAGE.StorageBuffer, words), { name, group: 0, binding, writable, builtin: "", location: NONE });
    this.input = buffer("input", 0, false);
    this.fixed = buffer("fixed", 1, false);
    this.output = buffer("output", 2, true);
    const info = { group: NONE, binding: NONE, writable: true, builtin: "", location: NONE };
    this.tile = m.addGlobal(types.pointer(STORAGE.Workgroup, types.array(types.u32, this.count, 4)), { ...info, name: "tile" });
    this.scratch = m.addGlobal(types.pointer(STORAGE.Private, types.array(types.u32, 8, 4)), { ...info, name: "scratch" });
  }

  run(): Module {
    const { m } = this;
    const { types } = m;
    const f = m.addFunction("main", types.void, []);
    this.block = m.createBlock();
    m.appendBlock(f, this.block);
    this.f = f;
    this.ids();
    this.initial();
    this.body(this.budget);
    if (this.block !== NONE) this.finish();
    m.entry = { name: "main", stage: "compute", func: f, workgroupSize: this.options.size };
    return m;
  }
  f = 0 as ReturnType<Module["addFunction"]>;

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

  // ---- pieces
  emit(op: OpName, type: TypeId, ...args: number[]): Value {
    return this.m.append(this.block, op, type, args);
  }
  u32(op: OpName, ...args: number[]): Value {
    return this.emit(op, this.m.types.u32, ...args);
  }
  builtin(name: string): Value {
    const { m } = this;
    const type = m.types.vector(m.types.u32, 3);
    const info = { name, builtin: name, group: NONE, binding: NONE, writable: false, location: NONE };
    return m.addGlobal(m.types.pointer(STORAGE.Input, type), info);
  }
  ids(): void {
    const { m } = this;
    const gid = this.builtin("global_invocation_id");
    const groups = this.builtin("num_workgroups");
    const lid = this.builtin("local_invocation_id");
    const load = (v: Value, i: number) => this.u32("SpanLoad", v, m.u32(4 * i), 0, 12);
    const [x, y] = this.options.size;
    const width = this.u32("IMul", load(groups, 0), m.u32(x));
    const height = this.u32("IMul", load(groups, 1), m.u32(y));
    const row = this.u32("IAdd", this.u32("IMul", load(gid, 2), height), load(gid, 1));
    this.index = this.u32("IAdd", this.u32("IMul", row, width), load(gid, 0));
    const flat = this.u32("IAdd", this.u32("IMul", load(lid, 2), m.u32(y)), load(lid, 1));
    this.row = this.u32("IAdd", this.u32("IMul", flat, m.u32(x)), load(lid, 0));
    this.ids3 = [load(lid, 0), load(lid, 1), this.row, this.u32("ShiftRightLogical", this.row, m.u32(2)), this.index];
  }
  ids3: Value[] = [];
  at(index: Value, stride: number, add: number): Value {
    return this.u32("IAdd", this.u32("IMul", index, this.m.u32(stride)), this.m.u32(add));
  }
  initial(): void {
    const { m } = this;
    for (let i = 0; i < UNIFORM_WORDS; i++) this.uniforms.push(this.u32("SpanLoad", this.fixed, m.u32(4 * i), 0, 0));
    for (let i = 0; i < VARIABLES; i++) {
      const kind = this.int(4);
      if (kind === 0) this.env.push(m.u32(this.int(8)));
      else if (kind === 1) this.env.push(this.pick(this.uniforms));
      else if (kind === 2) this.env.push(this.pick(this.ids3));
      else this.env.push(this.u32("SpanLoad", this.input, this.at(this.index, 4 * IN_WORDS, 4 * this.int(IN_WORDS)), 0, 0));
    }
  }
  finish(): void {
    if (this.chance(0.5)) {
      for (let i = 0; i < VARIABLES; i++) this.storeOut(i, this.env[i]!);
    } else {
      const { types } = this.m;
      const vector = (first: number, n: number) => {
        const v = this.emit("CompositeConstruct", types.vector(types.u32, n), ...this.env.slice(first, first + n));
        this.emit("SpanStore", types.void, this.output, this.at(this.index, OUT_BYTES, 4 * first), v, 0, 0);
      };
      vector(0, 2);
      vector(2, 4);
    }
    this.m.append(this.block, "Return", this.m.types.void, []);
    this.block = NONE;
  }
  storeOut(i: number, v: Value): void {
    this.emit("SpanStore", this.m.types.void, this.output, this.at(this.index, OUT_BYTES, 4 * i), v, 0, 0);
  }

  // ---- values
  operand(): Value {
    const kind = this.int(12);
    if (kind < 7) return this.pick(this.env);
    if (kind === 7) return this.pick(this.uniforms);
    if (kind === 8) return this.pick(this.ids3);
    return this.m.u32(this.int(5));
  }
  expression(): Value {
    const { m } = this;
    switch (this.int(9)) {
      case 0:
        return this.u32("SpanLoad", this.input, this.at(this.index, 4 * IN_WORDS, 4 * this.int(IN_WORDS)), 0, 0);
      case 1:
        return this.u32("SpanLoad", this.fixed, this.u32("ShiftLeftLogical", this.operand(), m.u32(2)), 0, 0);
      case 2:
        return this.u32(
          "SpanLoad",
          this.scratch,
          this.u32("ShiftLeftLogical", this.u32("BitwiseAnd", this.operand(), m.u32(7)), m.u32(2)),
          0,
          32,
        );
      case 3:
        return this.u32("Select", this.condition(), this.operand(), this.operand());
      case 4: {
        const wide = this.emit(
          "SpanLoad",
          m.types.vector(m.types.u32, 4),
          this.fixed,
          this.u32("ShiftLeftLogical", this.operand(), m.u32(4)),
          0,
          0,
        );
        return this.u32("CompositeExtract", wide, this.int(4));
      }
      default: {
        const op = this.pick<OpName>([
          "IAdd",
          "ISub",
          "IMul",
          "BitwiseAnd",
          "BitwiseXor",
          "UMin",
          "UMod",
          "ShiftRightLogical",
          "UDiv",
          "SDiv",
          "SRem",
          "SMin",
          "BitwiseOr",
        ]);
        return this.u32(op, this.operand(), this.operand());
      }
    }
  }
  compare(a: Value, b: Value): Value {
    return this.emit(this.pick<OpName>(["ULessThan", "IEqual", "UGreaterThanEqual", "INotEqual", "SLessThan"]), this.m.types.bool, a, b);
  }
  condition(): Value {
    const { bool } = this.m.types;
    if (this.chance(0.15)) return this.emit(this.pick<OpName>(["LogicalAnd", "LogicalOr"]), bool, this.condition(), this.condition());
    if (this.chance(0.1)) return this.emit("LogicalNot", bool, this.condition());
    return this.compare(this.u32("BitwiseAnd", this.operand(), this.m.u32(this.pick([1, 3, 7]))), this.m.u32(this.int(4)));
  }
  /** The same in the workgroup, and known to be so by WGSL. */
  uniformCondition(): Value {
    let value = this.pick(this.uniforms);
    if (this.options.barriers && this.inUniform && this.chance(0.3)) {
      // through memory that hides it
      const at = this.m.u32(4 * this.int(8));
      this.emit("SpanStore", this.m.types.void, this.scratch, at, value, 0, 32);
      value = this.u32("SpanLoad", this.scratch, at, 0, 32);
    }
    return this.compare(this.u32("BitwiseAnd", value, this.m.u32(3)), this.m.u32(this.int(4)));
  }

  // ---- control
  start(block: BlockId, from: Label["from"]): void {
    const { m } = this;
    m.appendBlock(this.f, block);
    this.block = block;
    if (from.length === 0) {
      m.append(block, "Unreachable", m.types.void, []);
      this.block = NONE;
      return;
    }
    this.env = from[0]!.env.map((first, i) => {
      if (from.every((e) => e.env[i] === first)) return first;
      return m.append(
        block,
        "Phi",
        m.types.u32,
        from.flatMap((e) => [e.env[i]!, e.block]),
      );
    });
  }
  jump(to: Label): void {
    if (this.block === NONE) return;
    to.from.push({ block: this.block, env: [...this.env] });
    this.m.append(this.block, "Branch", this.m.types.void, [to.block]);
    this.block = NONE;
  }
  edge(to: Label): BlockId {
    to.from.push({ block: this.block, env: [...this.env] });
    return to.block;
  }
  label(uniform = false): Label {
    return { block: this.m.createBlock(), from: [], uniform };
  }
  within(label: Label, run: () => void): void {
    this.labels.push(label);
    this.depth++;
    run();
    this.depth--;
    this.labels.pop();
  }
  /** Runs with control flow that may differ between invocations. */
  parted(isParted: boolean, run: () => void): void {
    const before = this.inUniform;
    const known = this.uniforms.length;
    if (isParted) this.inUniform = false;
    run();
    this.inUniform = before;
    this.uniforms.length = known;
  }

  body(size: number): void {
    for (let i = 0; i < size && this.block !== NONE; i++) this.statement(size);
  }
  statement(size: number): void {
    if (--this.budget < 0) return;
    const inner = Math.max(1, size >> 1);
    const deep = this.depth >= 5;
    if (this.inUniform && this.options.barriers && this.chance(0.25)) return this.exchange();
    switch (this.int(14)) {
      case 0:
      case 1:
        if (!deep) return this.ifElse(inner);
        break;
      case 2:
      case 3:
        if (!deep) return this.loop(inner);
        break;
      case 4:
        if (!deep) return this.switchCase(inner);
        break;
      case 5:
        if (!deep) return this.early(inner);
        break;
      case 6:
      case 7:
        if (this.labels.length > 0) return this.exit();
        break;
      case 8:
        if (!this.inUniform && !this.options.barriers && this.chance(0.3)) return this.finish();
        if (this.inUniform && this.options.barriers && this.depth > 0 && this.chance(0.15)) return this.finish();
        if (this.inUniform && this.options.barriers) return this.exchange();
        break;
      case 9:
        this.emit(
          "SpanStore",
          this.m.types.void,
          this.scratch,
          this.u32("ShiftLeftLogical", this.u32("BitwiseAnd", this.operand(), this.m.u32(7)), this.m.u32(2)),
          this.operand(),
          0,
          32,
        );
        return;
    }
    this.env[this.int(VARIABLES)] = this.expression();
  }

  /** Leaves for any label around, maybe under a condition. */
  exit(): void {
    const { m } = this;
    const targets = this.inUniform && this.options.barriers ? this.labels : this.labels.filter((l) => !l.uniform);
    if (targets.length === 0) return;
    const to = this.pick(targets);
    if (this.chance(0.15)) return this.jump(to);
    const on = this.label();
    const condition = to.uniform ? this.uniformCondition() : this.condition();
    const yes = this.chance(0.5);
    const target = this.edge(to);
    const stay = this.edge(on);
    m.setMerge(this.block, on.block);
    m.append(this.block, "BranchConditional", m.types.void, yes ? [condition, target, stay] : [condition, stay, target]);
    this.start(on.block, on.from);
  }
  ifElse(size: number): void {
    const { m } = this;
    const uniform = this.inUniform && this.chance(this.options.barriers ? 0.7 : 0.4);
    const condition = uniform ? this.uniformCondition() : this.condition();
    const merge = this.label(uniform);
    const yes = this.label();
    const no = this.chance(0.5) ? this.label() : merge;
    m.setMerge(this.block, merge.block);
    const args = [condition, this.edge(yes), this.edge(no)];
    m.append(this.block, "BranchConditional", m.types.void, args);
    this.within(merge, () => {
      for (const arm of no === merge ? [yes] : [yes, no]) {
        this.start(arm.block, arm.from);
        this.parted(!uniform, () => this.body(size));
        this.jump(merge);
      }
    });
    this.start(merge.block, merge.from);
  }
  /** A construct that is only there to be left early. */
  early(size: number): void {
    const { m } = this;
    const merge = this.label(this.inUniform && this.chance(0.5));
    m.setMerge(this.block, merge.block);
    const first = this.label();
    this.jump(first);
    this.start(first.block, first.from);
    this.within(merge, () => {
      this.parted(!merge.uniform, () => this.body(size));
      this.jump(merge);
    });
    this.start(merge.block, merge.from);
  }
  switchCase(size: number): void {
    const { m } = this;
    const selector = this.u32("BitwiseAnd", this.operand(), m.u32(7));
    const merge = this.label();
    const count = 1 + this.int(5);
    const cases = Array.from({ length: count }, () => (this.chance(0.1) ? merge : this.label()));
    const fallback = this.chance(0.4) ? merge : this.label();
    m.setMerge(this.block, merge.block);
    const order: Label[] = cases.filter((c) => c !== merge);
    if (fallback !== merge) order.splice(this.int(order.length + 1), 0, fallback);
    for (const l of [...order, ...(cases.includes(merge) || fallback === merge ? [merge] : [])]) this.edge(l);
    const pairs: number[] = [];
    for (let literal = 0; literal < 8; literal++) if (this.chance(0.7)) pairs.push(literal, this.pick(cases).block);
    const used = new Set(pairs.filter((_, i) => i % 2 === 1));
    // targets without a literal would be unreachable, with phis that name this block
    const unused = order.filter((l) => l !== fallback && !used.has(l.block));
    for (const [i, l] of unused.entries()) pairs.push(100 + i, l.block);
    if (cases.includes(merge) && fallback !== merge && !used.has(merge.block)) pairs.push(200, merge.block);
    m.append(this.block, "Switch", m.types.void, [selector, fallback.block, ...pairs]);
    this.within(merge, () => {
      for (const arm of order) {
        this.start(arm.block, arm.from);
        this.parted(true, () => this.body(size));
        this.jump(merge);
      }
    });
    this.start(merge.block, merge.from);
  }
  loop(size: number): void {
    const { m } = this;
    const { u32, bool } = m.types;
    const uniform = this.inUniform && this.chance(this.options.barriers ? 0.8 : 0.5);
    const head = m.createBlock();
    const merge = this.label(uniform);
    const next = this.label(uniform);
    const entry = this.block;
    const before = [...this.env];
    m.append(this.block, "Branch", m.types.void, [head]);
    m.appendBlock(this.f, head);
    this.block = head;
    m.setMerge(head, merge.block, next.block);
    const counter = m.append(head, "Phi", u32, []);
    const phis = before.map(() => m.append(head, "Phi", u32, []));
    this.env = [...phis];
    const bound = uniform ? m.u32(1 + this.int(3)) : this.u32("BitwiseAnd", this.operand(), m.u32(3));
    const more = this.emit("ULessThan", bool, counter, bound);
    const go = this.label();
    const exits = this.edge(merge);
    m.append(
      this.block,
      "BranchConditional",
      m.types.void,
      this.chance(0.5) ? [more, this.edge(go), exits] : [this.emit("LogicalNot", bool, more), exits, this.edge(go)],
    );
    const known = this.uniforms.length;
    this.parted(!uniform, () => {
      this.within(merge, () =>
        this.within(next, () => {
          this.start(go.block, go.from);
          this.body(size);
          this.jump(next);
        }),
      );
      // what the body knows may not be known where it continues
      this.uniforms.length = known;
      this.backEdge(head, entry, counter, phis, before, merge, next, uniform);
    });
    this.start(merge.block, merge.from);
  }
  backEdge(
    head: BlockId,
    entry: BlockId,
    counter: Value,
    phis: Value[],
    before: Value[],
    merge: Label,
    next: Label,
    uniform: boolean,
  ): void {
    const { m } = this;
    const { u32 } = m.types;
    if (next.from.length === 0) {
      m.appendBlock(this.f, next.block);
      m.append(next.block, "Branch", m.types.void, [head]);
      m.setArgs(counter, [m.u32(0), entry, m.undef(u32), next.block]);
      phis.forEach((p, i) => {
        m.setArgs(p, [before[i]!, entry, m.undef(u32), next.block]);
      });
      this.block = NONE;
      return;
    }
    this.start(next.block, next.from);
    if (this.chance(0.4)) this.env[this.int(VARIABLES)] = this.expression();
    const stepped = this.u32("IAdd", counter, m.u32(1));
    const back = this.block;
    const ends = [...this.env];
    if (!uniform && this.chance(0.3)) {
      const exits = this.edge(merge);
      m.append(this.block, "BranchConditional", m.types.void, [this.condition(), exits, head]);
    } else m.append(this.block, "Branch", m.types.void, [head]);
    m.setArgs(counter, [m.u32(0), entry, stepped, back]);
    phis.forEach((p, i) => {
      m.setArgs(p, [before[i]!, entry, ends[i]!, back]);
    });
    this.block = NONE;
  }

  /** Every invocation reads what another wrote. */
  exchange(): void {
    const { m } = this;
    const { types } = m;
    const place = (v: Value) => this.u32("ShiftLeftLogical", v, m.u32(2));
    this.emit("SpanStore", types.void, this.tile, place(this.row), this.operand(), 0, 4 * this.count);
    this.emit("ControlBarrier", types.void, 1);
    const other = this.u32(
      "UMod",
      this.u32("IAdd", this.row, this.pick([m.u32(1), m.u32(3), this.pick(this.uniforms)])),
      m.u32(this.count),
    );
    this.env[this.int(VARIABLES)] = this.u32("SpanLoad", this.tile, place(other), 0, 4 * this.count);
    if (this.chance(0.4)) {
      const read = this.u32("SpanUniformLoad", this.tile, m.u32(4 * this.int(this.count)), 0, 4 * this.count);
      this.uniforms.push(read);
    }
    this.emit("ControlBarrier", types.void, 1);
  }
}
