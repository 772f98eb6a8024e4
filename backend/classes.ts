/**
 * Divergence analysis: the class of every value and the kind of every construct, as the machine's rules demand (docs/machine.md, "Uniform
 * flow"). Optimistic: everything starts as uniform as can be and only rises, along def-use chains and from conditions to constructs to
 * what stands in them or is merged at their end, until nothing changes. Each value and construct rises a few times at most.
 *
 * - A g register is written only under g constructs, and not where lanes may have returned: elsewhere a value is at least w.
 * - A phi at the end of a construct in which lanes part is v, unless it has one value only.
 * - Lanes that leave a loop at different times meet again at the end of the construct that they left last. A value of the loop that is used
 *   behind that ("escapes") is v there, whatever it is inside. Lanes that return meet nobody again.
 * - A construct that contains a barrier, and all it takes to leave one, must be g: `forced`. Where its condition is not g, `select` makes it
 *   so by g.bcast; WGSL's uniformity rules have shown that this changes nothing.
 */
import type { BlockId, Module, Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { STORAGE } from "../ir/types.ts";
import { SYS } from "../sandbox/isa/table.ts";
import { Ice } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { A, G, join, trailingZeros, transfer, UNSET, type Uniformity, V, W } from "./affine.ts";
import type { Callable } from "./calls.ts";
import { type ConditionId, TRUE } from "./conditions.ts";
import { Forced } from "./forced.ts";
import { Hoisting, MAX_HOISTED, mayHoist } from "./hoist.ts";
import { forEachValue } from "./operands.ts";
import { type Prepared, systemValue } from "./prepare.ts";
import type { Slots } from "./slots.ts";
import { ITEM, type Shape } from "./structure.ts";

/** Greater than any item. */
const NEVER = 2 ** 31 - 1;

export interface ClassOptions {
  /** all functions, entry point first, and which of them this is */
  readonly functions: readonly Callable[];
  readonly self: Callable;
  /** 0: compute what is workgroup-uniform early, too; 1: only where it stands; 2: use g registers only where the machine demands it */
  readonly thrift: 0 | 1 | 2;
}

export class Classes {
  readonly p: Prepared;
  readonly m: Module;
  readonly shape: Shape;
  readonly slots: Slots;
  readonly forced: Forced;
  readonly options: ClassOptions;
  /** by value */
  readonly cls: Int8Array;
  readonly k: Int32Array;
  readonly zeros: Uint8Array;
  /** by construct: G, W or V */
  readonly kind: Uint8Array;
  /** by item: not in uniform flow */
  readonly parted: Uint8Array;
  /** by loop: innermost construct at whose end lanes meet that left the loop at different times; NONE: they all leave together */
  readonly meet: Int32Array;
  /** by value: outermost such construct, of a loop around its definition, that does not contain all its uses, or NONE */
  readonly escapes: Int32Array;

  // users of each value: instructions, then items of conditions as -1 - item
  readonly #userStart: Int32Array;
  readonly #users: Int32Array;
  readonly #queued: Uint8Array;
  readonly #queue: Value[] = [];
  readonly #hoisted = new Set<Value>();
  readonly #callables: ReadonlyMap<number, Callable>;
  hoisting: Hoisting;
  readonly #conditionQueue: number[] = [];
  readonly #jumps: number[] = [];
  /** by part of a construct, first and second, behind the function's own: from where on lanes may have returned, if that is so */
  readonly #partedFrom: Int32Array;
  readonly #state: Uniformity = { cls: UNSET, k: 0, zeros: 0 };
  readonly #x: Uniformity = { cls: UNSET, k: 0, zeros: 0 };
  readonly #y: Uniformity = { cls: UNSET, k: 0, zeros: 0 };

  constructor(p: Prepared, shape: Shape, slots: Slots, options: ClassOptions) {
    const n = p.m.valueCount;
    const { scratch } = p.m;
    p.m.budget.charge(n * 19 + shape.itemCount);
    this.p = p;
    this.m = p.m;
    this.shape = shape;
    this.slots = slots;
    this.options = options;
    this.#callables = new Map(options.functions.map((c) => [c.f as number, c]));
    this.forced = new Forced(p.m, shape, (call) => this.calleeOf(call).sync);
    this.cls = scratch.i8(n, UNSET);
    this.k = scratch.i32(n);
    this.zeros = scratch.u8(n);
    this.kind = new Uint8Array(shape.constructCount);
    this.parted = new Uint8Array(shape.itemCount);
    this.meet = new Int32Array(shape.constructCount).fill(NONE);
    this.escapes = scratch.i32(n, NONE);
    this.#queued = scratch.u8(n);
    this.#partedFrom = new Int32Array(2 * shape.constructCount + 1).fill(NEVER);
    [this.#userStart, this.#users] = this.#findUsers();
    for (let i = 0; i < shape.itemCount; i++) {
      const kind = shape.kind.get(i);
      if (kind === ITEM.brk || kind === ITEM.ret) this.#jumps.push(i);
    }
    this.hoisting = new Hoisting(p.m, shape, this.parted, []);
    options.self.params.forEach((param, i) => {
      this.cls[param] = Math.max(W, options.self.classes[i]!);
    });
    this.#run();
    this.hoisting = new Hoisting(p.m, shape, this.parted, this.#inOrder(this.#hoisted));
    this.#broadcastLoads();
    this.#findEscapes();
  }

  resolve(v: Value): Value {
    return this.p.alias[v]! as Value;
  }
  calleeOf(call: Value): Callable {
    return this.#callables.get(this.m.arg(call, 0))!;
  }
  /** Tells the functions that are called here what their arguments are. */
  informCallees(): void {
    const { m, shape } = this;
    for (const b of shape.cfg.blocks) {
      const item = shape.codeOf[b]!;
      if (item === NONE) continue;
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        if (m.op(v) !== OP.FunctionCall) continue;
        const { classes } = this.calleeOf(v);
        for (let i = 0; i < classes.length; i++) {
          const operand = this.resolve(m.operand(v, i + 1));
          const cls = this.isConstant(operand) ? G : this.classAt(operand, item);
          classes[i] = Math.max(classes[i]!, cls === A ? V : cls);
        }
      }
    }
  }
  /** Item of the block that value `v` is computed in; NONE for constants. */
  itemOf(v: Value): number {
    const b = this.m.blockOf(v);
    return b === NONE ? NONE : (this.hoisting.itemOf.get(v) ?? this.shape.codeOf[b]!);
  }
  /** Values that are g after all, each after those it depends on. */
  #inOrder(values: ReadonlySet<Value>): Value[] {
    const { m, shape } = this;
    const out: Value[] = [];
    if (values.size === 0) return out;
    for (const b of shape.cfg.blocks) {
      if (shape.codeOf[b] === NONE || this.parted[shape.codeOf[b]!] === 0) continue;
      for (let v = m.first(b); v !== NONE; v = m.next(v)) if (values.has(v) && this.cls[v] === G) out.push(v);
    }
    return out;
  }
  isConstant(v: Value): boolean {
    return this.m.op(v) <= OP.Undef;
  }

  /** Class of resolved value `v` as an operand at `item`. */
  classAt(v: Value, item: number): number {
    const cls = this.cls[v]!;
    return cls > G && cls < V && this.hasLeft(v, item) ? V : cls;
  }
  /** Whether lanes of a loop that `v` is made in may have met between there and `item`. */
  hasLeft(v: Value, item: number): boolean {
    const def = this.itemOf(v);
    if (def === NONE) return false;
    const { shape, meet } = this;
    for (let loop = shape.loopAt(def); loop !== NONE && !shape.contains(loop, item); loop = shape.outerLoop(loop)) {
      if (meet[loop] !== NONE && !shape.contains(meet[loop]!, item)) return true;
    }
    return false;
  }
  /** Innermost loop around what `escapes` says of a value: its register lasts from one iteration of the loops inside to the next. */
  homeOfEscaping(v: Value): number {
    const around = this.shape.parent.get(this.escapes[v]!);
    return around === NONE ? NONE : this.shape.loop.get(around);
  }

  // ---- users

  #findUsers(): [Int32Array, Int32Array] {
    const { m, shape } = this;
    const count = m.scratch.i32(m.valueCount + 2);
    const each = (visit: (value: Value, user: number) => void) => {
      for (const b of shape.cfg.blocks) {
        if (shape.codeOf[b] === NONE) continue;
        for (let v = m.first(b); v !== NONE; v = m.next(v)) {
          if (m.op(v) === OP.BranchConditional || m.op(v) === OP.Switch) continue;
          forEachValue(m, v, (operand) => visit(this.resolve(operand), v));
        }
      }
      for (let i = 0; i < shape.itemCount; i++) {
        const kind = shape.kind.get(i);
        if (kind !== ITEM.if && kind !== ITEM.brk && kind !== ITEM.ret) continue;
        const condition = shape.b.get(i);
        if (condition !== TRUE) visit(shape.conditions.value.get(condition) as Value, -1 - i);
      }
    };
    each((v) => count[v + 2]!++);
    for (let i = 2; i < count.length; i++) count[i]! += count[i - 1]!;
    const users = new Int32Array(count[count.length - 1]!);
    each((v, user) => {
      users[count[v + 1]!++] = user;
    });
    return [count, users];
  }
  /** Calls `visit` for each user of `v`: an instruction, or -1 - item for a condition. */
  forEachUser(v: Value, visit: (user: number) => void): void {
    for (let i = this.#userStart[v]!; i < this.#userStart[v + 1]!; i++) visit(this.#users[i]!);
  }

  userCount(v: Value): number {
    return this.#userStart[v + 1]! - this.#userStart[v]!;
  }

  // ---- fixpoint

  #run(): void {
    const { m, shape } = this;
    for (const b of shape.cfg.blocks) {
      if (shape.codeOf[b] === NONE) continue;
      for (let v = m.first(b); v !== NONE; v = m.next(v)) this.#evaluate(v);
    }
    for (const i of this.#jumps) this.#jump(i);
    for (let i = 0; i < shape.itemCount; i++) if (shape.kind.get(i) === ITEM.if) this.#condition(i);
    while (this.#queue.length > 0 || this.#conditionQueue.length > 0) {
      for (let v = this.#queue.pop(); v !== undefined; v = this.#queue.pop()) {
        this.#queued[v] = 0;
        this.#evaluate(v);
      }
      const item = this.#conditionQueue.pop();
      if (item !== undefined) this.#condition(item);
    }
  }
  #enqueue(v: Value): void {
    if (this.#queued[v] === 1 || this.cls[v] === UNSET) return;
    this.#queued[v] = 1;
    this.#queue.push(v);
  }
  #wakeUsers(v: Value): void {
    this.forEachUser(v, (user) => {
      if (user >= 0) this.#enqueue(user as Value);
      else if (this.cls[v] !== UNSET) this.#condition(-1 - user);
    });
  }

  #evaluate(v: Value): void {
    if (this.resolve(v) !== v || !this.#hasClass(v)) return;
    const s = this.#state;
    s.cls = UNSET;
    this.#compute(v, s);
    if (s.cls === UNSET) return;
    const item = this.itemOf(v);
    if (s.cls === G && (this.options.thrift === 2 || (this.parted[item] === 1 && !this.#isHoisted(v)))) s.cls = W;
    const old = this.cls[v]!;
    if (old !== UNSET) {
      // only ever rise: an older, higher state stays
      this.#y.cls = old;
      this.#y.k = this.k[v]!;
      this.#y.zeros = this.zeros[v]!;
      if (old > s.cls || (old === A && s.cls === A && s.k !== this.#y.k)) {
        s.cls = old === A ? V : old;
        s.k = 0;
      }
      if (old === s.cls && this.k[v] === s.k && s.zeros >= this.#y.zeros) return;
      s.zeros = Math.min(s.zeros, this.#y.zeros);
    }
    this.cls[v] = s.cls;
    this.k[v] = s.k;
    this.zeros[v] = s.zeros;
    this.#wakeUsers(v);
  }
  #isHoisted(v: Value): boolean {
    if (this.#hoisted.has(v)) return true;
    if (this.options.thrift > 0 || this.#hoisted.size >= MAX_HOISTED || !mayHoist(this.m, this.slots, v)) return false;
    this.#hoisted.add(v);
    return true;
  }
  #hasClass(v: Value): boolean {
    const type = this.m.type(v);
    return type !== this.m.types.void && this.m.op(v) !== OP.Variable && this.m.op(v) !== OP.CompositeConstruct;
  }

  /** State of an operand at an item. */
  #operand(raw: Value, item: number, out: Uniformity): void {
    const v = this.resolve(raw);
    if (this.isConstant(v)) {
      out.cls = G;
      out.k = 0;
      out.zeros = this.m.op(v) === OP.Undef ? 32 : trailingZeros(this.m.constantBits(v));
      return;
    }
    out.cls = this.classAt(v, item);
    out.k = out.cls === A ? this.k[v]! : 0;
    out.zeros = out.cls === this.cls[v] ? this.zeros[v]! : 0;
  }

  #compute(v: Value, out: Uniformity): void {
    const { m } = this;
    switch (m.op(v)) {
      case OP.Phi:
        return this.#phi(v, out);
      case OP.Load:
      case OP.SpanLoad:
        return this.#load(v, out);
      case OP.SpanLength:
      case OP.SpanUniformLoad:
        return assign(out, G, 0, 0);
      case OP.SpanAtomic:
      case OP.FunctionCall:
      case OP.GroupNonUniformShuffle:
      case OP.GroupNonUniformQuadSwap:
        return assign(out, V, 0, 0);
      case OP.GroupNonUniformAll:
      case OP.GroupNonUniformAny:
      case OP.GroupNonUniformBallot:
      case OP.GroupNonUniformBroadcastFirst:
        return assign(out, W, 0, 0);
      case OP.CompositeExtract:
        return this.#operand(m.operand(v, 0), this.itemOf(v), out);
      case OP.Select:
        return this.#selection(v, out);
      default:
        return this.#pure(v, out);
    }
  }
  #pure(v: Value, out: Uniformity): void {
    const { m } = this;
    const item = this.itemOf(v);
    const count = m.argCount(v);
    this.#operand(m.operand(v, 0), item, this.#x);
    if (this.#x.cls === UNSET) return;
    if (count === 1) return transfer(m, v, this.#x, this.#x, -1, out);
    this.#operand(m.operand(v, 1), item, this.#y);
    if (this.#y.cls === UNSET) return;
    const first = m.constantBits(this.resolve(m.operand(v, 0)));
    const second = m.constantBits(this.resolve(m.operand(v, 1)));
    if (count === 2) {
      const commutes = m.op(v) === OP.IMul || m.op(v) === OP.BitwiseAnd || m.op(v) === OP.BitwiseOr || m.op(v) === OP.BitwiseXor;
      if (commutes && first >= 0 && second < 0) return transfer(m, v, this.#y, this.#x, first, out);
      return transfer(m, v, this.#x, this.#y, second, out);
    }
    let cls = Math.max(this.#x.cls, this.#y.cls);
    for (let i = 2; i < count; i++) {
      this.#operand(m.operand(v, i), item, this.#x);
      if (this.#x.cls === UNSET) return;
      cls = Math.max(cls, this.#x.cls);
    }
    assign(out, cls >= A ? V : cls, 0, 0);
  }
  #selection(v: Value, out: Uniformity): void {
    const { m } = this;
    const item = this.itemOf(v);
    this.#operand(m.operand(v, 0), item, this.#x);
    const condition = this.#x.cls;
    if (condition === UNSET) return;
    for (let i = 1; i < 3; i++) {
      this.#operand(m.operand(v, i), item, this.#x);
      if (this.#x.cls === UNSET) return;
      join(out, this.#x);
    }
    if (condition === V) assign(out, V, 0, 0);
    else if (out.cls < condition) out.cls = condition;
  }

  #load(v: Value, out: Uniformity): void {
    const { m } = this;
    const variable = m.operand(v, 0);
    const storage = m.types.storage(m.type(variable));
    if (storage === STORAGE.Input) return this.#input(v, out);
    const place = this.slots.places.get(variable);
    if (!place) throw new Ice("a load from a variable without a place");
    this.#operand(m.operand(v, 1), this.itemOf(v), this.#x);
    if (this.#x.cls === UNSET) return;
    if (this.#x.cls >= A || place.slot === this.slots.scratchSlot) return assign(out, V, 0, 0);
    assign(out, place.readOnly ? this.#x.cls : W, 0, 0);
  }
  #input(v: Value, out: Uniformity): void {
    const { m, p } = this;
    if (v === p.index) {
      const [x, y, z] = p.workgroupSize;
      return assign(out, A, 1, x * y * z <= 4 ? 32 : 2);
    }
    if (!m.types.isScalar(m.type(v))) return assign(out, V, 0, 0); // never used whole
    const name = p.globals.get(m.operand(v, 0))!.builtin;
    const { file } = SYS[systemValue(name, m.constantBits(m.operand(v, 1)) >>> 2).name];
    assign(out, file === "g" ? G : file === "w" ? W : V, 0, 0);
  }

  #phi(v: Value, out: Uniformity): void {
    const { m, shape } = this;
    const block = m.blockOf(v);
    let values = 0;
    let partly = false;
    let last: Value = NONE;
    let placed = true;
    for (let i = 0; i < m.argCount(v); i += 2) {
      const operand = this.resolve(m.operand(v, i));
      const from = shape.codeOf[m.arg(v, i + 1)]!;
      if (m.op(operand) === OP.Undef) partly = true;
      if (from === NONE || operand === v || m.op(operand) === OP.Undef) continue;
      if (from < shape.codeOf[block]! && operand !== last) values++;
      last = operand;
      if (this.parted[from] === 1) placed = false;
      this.#operand(operand, from, this.#x);
      join(out, this.#x);
    }
    if (out.cls === UNSET) {
      if (values === 0) assign(out, G, 0, 32);
      return;
    }
    const kind = this.joinKind(block);
    if (kind === V && (values > 1 || partly)) assign(out, V, 0, out.cls === A ? 0 : out.zeros);
    else if (out.cls === G && (kind > G || !placed)) out.cls = W;
  }
  /** How lanes may have parted that come together at the start of a block. */
  joinKind(block: BlockId): number {
    const { shape } = this;
    let kind = G;
    for (let c = shape.firstJoin[block]!; c !== NONE; c = shape.nextJoin.get(c)) kind = Math.max(kind, this.kind[c]!);
    return kind;
  }

  // ---- constructs

  /** Class of the condition of an if, brk or ret: that of its value, g where it is forced. */
  conditionClass(item: number): number {
    const condition = this.shape.b.get(item);
    if (condition === TRUE || this.forced.isForced(item)) return G;
    const { conditions } = this.shape;
    const v = conditions.value.get(condition) as Value;
    const least = this.isConstant(v) || conditions.isComputed(condition as ConditionId) ? this.scalarClass(item) : G;
    const cls = this.isConstant(v) ? G : this.classAt(v, item);
    return Math.max(least, cls === A ? V : cls === UNSET ? G : cls);
  }
  /** The least class that can be computed at an item. */
  scalarClass(item: number): number {
    return this.options.thrift === 2 || this.parted[item] === 1 ? W : G;
  }
  #condition(item: number): void {
    if (this.shape.kind.get(item) === ITEM.if) this.#raise(this.shape.a.get(item), this.conditionClass(item));
    else this.#leave(item, this.conditionClass(item));
  }
  /** First look at a brk or ret: what it is under already counts. */
  #jump(item: number): void {
    this.#leave(item, this.conditionClass(item));
    const { shape } = this;
    const target = shape.kind.get(item) === ITEM.brk ? shape.a.get(item) : NONE;
    for (let c = shape.around.get(item); c !== target; c = shape.parent.get(c)) if (this.kind[c]! > G) this.#leave(item, this.kind[c]!, c);
  }

  #raise(c: number, kind: number): void {
    if (kind <= this.kind[c]! || this.forced.construct[c] === 1) return;
    this.kind[c] = kind;
    const { shape, m } = this;
    const start = shape.start.get(c);
    const end = shape.end.get(c);
    this.#part(start, end);
    const close = shape.close.get(c);
    if (close !== NONE) for (let v = m.first(close as BlockId); v !== NONE && m.op(v) === OP.Phi; v = m.next(v)) this.#enqueue(v);
    for (let i = lowerBound(this.#jumps, start); i < this.#jumps.length && this.#jumps[i]! < end; i++) {
      const jump = this.#jumps[i]!;
      if (shape.kind.get(jump) === ITEM.ret || shape.a.get(jump) < c) this.#leave(jump, kind, c);
    }
  }
  /** The lanes that a brk or ret takes along have parted from others by `kind`, inside construct `below` (NONE: at the jump itself). */
  #leave(item: number, kind: number, below: number = NONE): void {
    if (kind === G) return;
    const { shape } = this;
    const isRet = shape.kind.get(item) === ITEM.ret;
    const target = isRet ? NONE : shape.a.get(item);
    if (kind === V && !isRet) {
      const first = below === NONE ? shape.around.get(item) : shape.parent.get(below);
      for (let c = first; c >= target; c = shape.parent.get(c)) if (shape.constructKind.get(c) === ITEM.loop) this.#meetAt(c, target);
    }
    if (isRet) this.#partAfter(item);
    else this.#raise(target, kind);
  }
  #meetAt(loop: number, construct: number): void {
    if (this.meet[loop]! >= construct) return;
    this.meet[loop] = construct;
    const { shape, m } = this;
    for (let i = shape.start.get(loop); i < shape.end.get(loop); i++) {
      if (shape.kind.get(i) !== ITEM.code) continue;
      for (let v = m.first(shape.a.get(i) as BlockId); v !== NONE; v = m.next(v))
        if (this.cls[v] === W || this.cls[v] === A) this.#wakeUsers(v);
    }
  }
  #partAfter(ret: number): void {
    for (const [construct, from, to] of this.shape.behind(ret)) {
      const part = construct === NONE ? 0 : from < this.shape.middle.get(construct) ? 2 * construct + 1 : 2 * construct + 2;
      const known = this.#partedFrom[part]!;
      if (from >= known) return;
      this.#partedFrom[part] = from;
      this.#part(from, Math.min(to, known));
      if (known < NEVER) return;
    }
  }
  #part(start: number, end: number): void {
    const { shape, m } = this;
    for (let i = start; i < end; i++) {
      if (this.parted[i] === 1) {
        // a nested stretch is marked whole: skip it
        if (shape.start.get(Math.max(0, shape.a.get(i))) !== i) continue;
        const kind = shape.kind.get(i);
        if ((kind === ITEM.if || kind === ITEM.block || kind === ITEM.loop) && this.kind[shape.a.get(i)]! > G)
          i = shape.end.get(shape.a.get(i)) - 1;
        continue;
      }
      this.parted[i] = 1;
      const kind = shape.kind.get(i);
      if ((kind === ITEM.if || kind === ITEM.brk) && shape.b.get(i) !== TRUE) this.#conditionQueue.push(i);
      if (kind !== ITEM.code) continue;
      const block = shape.a.get(i) as BlockId;
      for (let v = m.first(block); v !== NONE; v = m.next(v)) if (this.cls[v] === G) this.#enqueue(v);
      for (const target of m.successors(block)) {
        for (let v = m.first(target); v !== NONE && m.op(v) === OP.Phi; v = m.next(v)) if (this.cls[v] === G) this.#enqueue(v);
      }
    }
  }

  /** Loads of one value per wave that only v instructions use are loaded into all lanes at once. */
  #broadcastLoads(): void {
    const { m, shape } = this;
    for (const b of shape.cfg.blocks) {
      if (shape.codeOf[b] === NONE) continue;
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        if (m.op(v) !== OP.SpanLoad || this.cls[v] !== W) continue;
        const parts: Value[] = [];
        if (m.types.isScalar(m.type(v))) parts.push(v);
        else this.forEachUser(v, (user) => parts.push(user as Value));
        let good = true;
        for (const part of parts) {
          this.forEachUser(part, (user) => {
            good &&= user >= 0 && this.#readsLanes(user as Value, part);
          });
        }
        if (!good) continue;
        this.cls[v] = V;
        for (const part of parts) this.cls[part] = V;
      }
    }
  }
  #readsLanes(user: Value, v: Value): boolean {
    const { m } = this;
    if (this.resolve(user) !== user) return false;
    if (m.op(user) === OP.SpanLoad || m.op(user) === OP.SpanAtomic || m.op(user) === OP.SpanUniformLoad) return false;
    if (m.op(user) === OP.CompositeConstruct) {
      let good = true;
      this.forEachUser(user, (store) => {
        good &&= store >= 0 && this.#readsLanes(store as Value, user);
      });
      return good;
    }
    if (m.op(user) === OP.SpanStore)
      return this.resolve(m.operand(user, 1)) !== v && this.classAt(this.resolve(m.operand(user, 1)), this.itemOf(user)) >= A;
    return this.cls[user] === V;
  }

  #findEscapes(): void {
    const { m, shape } = this;
    const note = (v: Value, item: number) => {
      const def = this.itemOf(v);
      if (def === NONE) return;
      for (let loop = shape.loopAt(def); loop !== NONE && !shape.contains(loop, item); loop = shape.outerLoop(loop)) {
        const end = this.meet[loop]!;
        if (end === NONE || shape.contains(end, item)) continue;
        if (this.escapes[v] === NONE || end < this.escapes[v]!) this.escapes[v] = end;
      }
    };
    for (const b of shape.cfg.blocks) {
      if (shape.codeOf[b] === NONE) continue;
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        if (this.resolve(v) !== v) continue;
        if (m.op(v) === OP.Phi) {
          for (let k = 0; k < m.argCount(v); k += 2) {
            const from = shape.codeOf[m.arg(v, k + 1)]!;
            if (from !== NONE) note(this.resolve(m.operand(v, k)), from);
          }
        } else if (m.op(v) !== OP.BranchConditional && m.op(v) !== OP.Switch) {
          forEachValue(m, v, (operand) => note(this.resolve(operand), shape.codeOf[b]!));
        }
      }
    }
    for (let i = 0; i < shape.itemCount; i++) {
      const kind = shape.kind.get(i);
      if (kind !== ITEM.if && kind !== ITEM.brk && kind !== ITEM.ret) continue;
      const condition = shape.b.get(i);
      if (condition !== TRUE) note(shape.conditions.value.get(condition) as Value, i);
    }
  }
}

function assign(out: Uniformity, cls: number, k: number, zeros: number): void {
  out.cls = cls;
  out.k = k;
  out.zeros = zeros;
}

function lowerBound(sorted: readonly number[], least: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
