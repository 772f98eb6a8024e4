/**
 * From the IR's blocks to the machine's constructs: a flat list of items in the order of the code, in which `if .. else .. end`, `block .. end`
 * and `loop .. endloop` nest like brackets and every other jump is a `brk` out of one of them. No value is looked at.
 *
 * One walk over the blocks in structured order with a stack of open constructs. A construct closes in front of its merge block (a
 * `block` that stands for `continue`, in front of the continue target). What no merge block covers, a forward branch into the middle of a construct
 * as SPIR-V allows, becomes a `block` opened at the construct's start; a switch becomes a balanced tree of ifs over its cases in block order.
 */
import type { Cfg } from "../ir/analysis/cfg.ts";
import { CONSTRUCT, findStructure, type Structure } from "../ir/analysis/structure.ts";
import { type BlockId, MERGE, type Module, type Value } from "../ir/module.ts";
import { OP } from "../ir/ops.ts";
import { MAX_NESTING } from "../sandbox/isa/table.ts";
import { I32Column } from "../support/column.ts";
import { Ice, Limit } from "../support/failure.ts";
import { NONE } from "../support/id.ts";
import { type ConditionId, Conditions, TRUE } from "./conditions.ts";
import { type SwitchLeaf, splitCases } from "./switch.ts";

export const ITEM = {
  /** a: block: its instructions, without phis and terminator */
  code: 0,
  /** a: from block, b: to block: the copies for b's phis */
  edge: 1,
  /** a: construct; of `if` b: condition */
  if: 2,
  else: 3,
  block: 4,
  loop: 5,
  end: 6,
  endloop: 7,
  /** a: construct left last, b: condition */
  brk: 8,
  /** b: condition */
  ret: 9,
} as const;

/** Open constructs, including blocks that will turn out to be unused: bounds the depth of all that recurses over them. */
const MAX_OPEN = 4 * MAX_NESTING;

/** The tree. Constructs are numbered in the order they open, so a construct's number is greater than its parent's. */
export class Shape {
  readonly cfg: Cfg;
  readonly conditions: Conditions;
  readonly kind: I32Column;
  readonly a: I32Column;
  readonly b: I32Column;
  /** construct around the item; of an opening or closing item its own */
  readonly around: I32Column;

  /** by construct: ITEM.if, block or loop; the construct around it or NONE; items that open it, divide it, close it */
  readonly constructKind: I32Column;
  readonly parent: I32Column;
  readonly start: I32Column;
  readonly middle: I32Column;
  readonly end: I32Column;
  /** innermost loop at or around it, or NONE */
  readonly loop: I32Column;
  /** how many brk name it: a block without any is not emitted */
  readonly uses: I32Column;
  readonly depth: I32Column;
  /** block in front of which it closes, or NONE */
  readonly close: I32Column;

  /** by block: its code item, or NONE */
  readonly codeOf: Int32Array;
  /** by block: constructs that close right before it, as a list linked by `nextJoin` */
  readonly firstJoin: Int32Array;
  readonly nextJoin: I32Column;

  constructor(m: Module, cfg: Cfg) {
    const column = () => new I32Column(m.budget);
    this.cfg = cfg;
    this.conditions = new Conditions(m.budget);
    this.kind = column();
    this.a = column();
    this.b = column();
    this.around = column();
    this.constructKind = column();
    this.parent = column();
    this.start = column();
    this.middle = column();
    this.end = column();
    this.loop = column();
    this.uses = column();
    this.depth = column();
    this.close = column();
    this.nextJoin = column();
    this.codeOf = new Int32Array(m.blockCount).fill(NONE);
    this.firstJoin = new Int32Array(m.blockCount).fill(NONE);
  }

  get itemCount(): number {
    return this.kind.length;
  }
  get constructCount(): number {
    return this.constructKind.length;
  }
  /** Innermost loop around an item, or NONE. */
  loopAt(item: number): number {
    const c = this.around.get(item);
    return c === NONE ? NONE : this.loop.get(c);
  }
  /** Loop around a loop, or NONE. */
  outerLoop(loop: number): number {
    const p = this.parent.get(loop);
    return p === NONE ? NONE : this.loop.get(p);
  }
  contains(construct: number, item: number): boolean {
    return this.start.get(construct) <= item && item <= this.end.get(construct);
  }
  /**
   * What the machine counts as code after an item of its function: from where to where, by the construct it is in from the inside out, and
   * NONE for the function. All that follows and, in loops, the whole of the outermost; not the second part of an if around the first.
   * @see docs/machine.md, uniform flow
   */
  *behind(item: number): Generator<readonly [construct: number, from: number, to: number]> {
    let from = item;
    let c = this.around.get(item);
    for (let loop = this.loopAt(item); loop !== NONE; loop = this.outerLoop(loop)) {
      from = this.start.get(loop);
      c = this.parent.get(loop);
    }
    for (; c !== NONE; c = this.parent.get(c)) {
      const middle = this.middle.get(c);
      yield [c, from, from < middle ? middle : this.end.get(c)];
      from = this.end.get(c);
    }
    yield [NONE, from, this.itemCount];
  }
}

/** @param alias what each value stands for: phis of one value resolve to it, and need no copies */
export function buildShape(m: Module, cfg: Cfg, alias: (v: Value) => Value): Shape {
  return new Builder(m, cfg, alias).run();
}

/** An if that waits for its first block. */
interface PendingIf {
  readonly condition: ConditionId;
  /** block of the else part, or NONE */
  readonly second: BlockId;
  readonly close: BlockId;
}

class Builder {
  readonly #m: Module;
  readonly #alias: (v: Value) => Value;
  readonly #cfg: Cfg;
  readonly #structure: Structure;
  readonly #shape: Shape;

  // open constructs
  readonly #open: number[] = [];
  readonly #close: number[] = [];
  /** else block of an if, until the else is open */
  readonly #second: number[] = [];
  /** loop header, of loops */
  readonly #header: number[] = [];
  /** what the construct's label was, and of which block */
  readonly #labelled: number[] = [];
  readonly #shadowed: number[] = [];

  /** by block: construct to leave for reaching it, or NONE */
  readonly #label: Int32Array;
  readonly #pending = new Map<BlockId, PendingIf[]>();
  /** by construct of the IR (+ 1, so that 0 is the function): blocks branched to from more than one place, latest first */
  readonly #joins: (BlockId[] | undefined)[];
  #next: BlockId = NONE;
  /** blocks that an edge with copies leads to, so far */
  readonly #entered = new Set<BlockId>();

  constructor(m: Module, cfg: Cfg, alias: (v: Value) => Value) {
    this.#m = m;
    this.#alias = alias;
    this.#cfg = cfg;
    this.#structure = findStructure(m, cfg);
    if (this.#structure.errors.length > 0) throw new Ice(`the function is not structured: ${this.#structure.errors[0]!.message}`);
    this.#shape = new Shape(m, this.#cfg);
    this.#label = new Int32Array(m.blockCount).fill(NONE);
    this.#joins = this.#findJoins();
  }

  run(): Shape {
    const { blocks } = this.#cfg;
    this.#openJoins(0);
    for (let i = 0; i < blocks.length; i++) {
      const b = blocks[i]!;
      this.#closeAt(b);
      this.#openContinuing(i);
      for (const p of this.#pending.get(b) ?? []) this.#openIf(p);
      this.#next = blocks[i + 1] ?? NONE;
      if (this.#m.mergeKind(b) === MERGE.loop) {
        this.#enterLoop(b, i);
        this.#openLoop(b, i);
      }
      if (this.#cfg.reachable[i] !== 1) continue;
      this.#shape.codeOf[b] = this.#item(ITEM.code, b, NONE);
      this.#terminator(b, i);
    }
    this.#closeAt(NONE);
    if (this.#open.length > 0) throw new Ice("a construct's merge block is missing");
    this.#item(ITEM.ret, NONE, TRUE);
    return this.#shape;
  }

  /** Blocks that need a label of their own: reached by more than one forward branch, without being a merge block or continue target. */
  #findJoins(): (BlockId[] | undefined)[] {
    const { constructs, inner, mergeOf, continueOf } = this.#structure;
    const joins: (BlockId[] | undefined)[] = new Array(constructs.length + 1).fill(undefined);
    for (let i = this.#cfg.count - 1; i > 0; i--) {
      if (mergeOf[i]! >= 0 || continueOf[i]! >= 0 || this.#cfg.predCount(i) < 2) continue;
      let forward = 0;
      for (let k = 0; k < this.#cfg.predCount(i); k++) if (this.#cfg.pred(i, k) < i) forward++;
      if (forward < 2) continue;
      let c = inner[i]!;
      while (c >= 0 && constructs[c]!.first === i) c = constructs[c]!.parent;
      const at = c + 1;
      const list = joins[at] ?? [];
      joins[at] = list;
      list.push(this.#cfg.blocks[i]!);
    }
    return joins;
  }
  /** The labels of a continue part, at its first block. */
  #openContinuing(i: number): void {
    const { constructs, inner, continueOf } = this.#structure;
    if (continueOf[i]! < 0) return;
    let c = inner[i]!;
    while (c >= 0 && !(constructs[c]!.kind === CONSTRUCT.continuing && constructs[c]!.first === i)) c = constructs[c]!.parent;
    this.#openJoins(c + 1);
  }
  #openJoins(at: number): void {
    for (const t of this.#joins[at] ?? []) this.#push(ITEM.block, t, t);
  }

  // ---- items and constructs

  #item(kind: number, a: number, b: number): number {
    const s = this.#shape;
    s.kind.push(kind);
    s.a.push(a);
    s.b.push(b);
    return s.around.push(this.#open[this.#open.length - 1] ?? NONE);
  }

  /** @param label block that a brk out of the construct reaches, or NONE */
  #push(kind: number, close: BlockId, label: BlockId, condition: ConditionId = TRUE, second: BlockId = NONE, header: BlockId = NONE): void {
    const s = this.#shape;
    if (this.#open.length >= MAX_OPEN) throw new Limit("nesting of control flow", this.#open.length + 1, MAX_NESTING);
    const parent = this.#open[this.#open.length - 1] ?? NONE;
    const c = s.constructKind.push(kind);
    s.parent.push(parent);
    s.middle.push(NONE);
    s.end.push(NONE);
    s.uses.push(0);
    s.depth.push(parent === NONE ? 1 : s.depth.get(parent) + 1);
    s.loop.push(kind === ITEM.loop ? c : parent === NONE ? NONE : s.loop.get(parent));
    s.close.push(close);
    s.nextJoin.push(NONE);
    this.#open.push(c);
    this.#close.push(close);
    this.#second.push(second);
    this.#header.push(header);
    this.#labelled.push(label);
    this.#shadowed.push(label === NONE ? NONE : this.#label[label]!);
    if (label !== NONE) this.#label[label] = c;
    s.start.push(this.#item(kind, c, kind === ITEM.if ? condition : NONE));
  }

  #pop(): void {
    const s = this.#shape;
    const c = this.#open[this.#open.length - 1]!;
    const close = this.#close.pop()!;
    s.end.set(c, this.#item(s.constructKind.get(c) === ITEM.loop ? ITEM.endloop : ITEM.end, c, NONE));
    const label = this.#labelled.pop()!;
    const shadowed = this.#shadowed.pop()!;
    if (label !== NONE) this.#label[label] = shadowed;
    if (close !== NONE) {
      s.nextJoin.set(c, s.firstJoin[close]!);
      s.firstJoin[close] = c;
    }
    this.#open.pop();
    this.#second.pop();
    this.#header.pop();
  }

  #closeAt(b: BlockId): void {
    for (let top = this.#open.length - 1; top >= 0; top = this.#open.length - 1) {
      if (b !== NONE && this.#second[top] === b) {
        this.#second[top] = NONE;
        const c = this.#open[top]!;
        this.#shape.middle.set(c, this.#item(ITEM.else, c, NONE));
        return;
      }
      if (this.#close[top] !== b) return;
      this.#pop();
    }
  }

  #openIf(p: PendingIf): void {
    // inner nodes of a switch's tree end in the middle of it, where no branch may go
    this.#push(ITEM.if, p.close, this.#isMerge(p.close) ? p.close : NONE, p.condition, p.second);
  }
  #isMerge(b: BlockId): boolean {
    return this.#structure.mergeOf[this.#cfg.indexOf(b)]! >= 0;
  }

  /** Copies for a loop that is itself a branch of a selection: nothing jumps to it, so its edge is not there yet. */
  #enterLoop(b: BlockId, i: number): void {
    if (this.#entered.has(b)) return;
    for (let k = 0; k < this.#cfg.predCount(i); k++) {
      const p = this.#cfg.pred(i, k);
      if (p < i) this.#edge(this.#cfg.blocks[p]!, b);
    }
  }
  #openLoop(b: BlockId, i: number): void {
    const merge = this.#m.merge(b);
    this.#push(ITEM.loop, merge, merge, TRUE, NONE, b);
    const target = this.#m.continueTarget(b);
    this.#push(ITEM.block, target, target);
    const { constructs, headOf } = this.#structure;
    const loop = headOf[i]!;
    if (constructs[loop]!.kind !== CONSTRUCT.loop) throw new Ice("a loop header heads no loop");
    this.#openJoins(loop + 1);
  }

  // ---- branches

  /** The block that control reaches from here without a jump: past the ends of the constructs that close in front of the next block. */
  #natural(): BlockId {
    let at = this.#next;
    for (let top = this.#open.length - 1; top >= 0; top--) {
      if (at !== NONE && this.#second[top] === at) at = this.#close[top] as BlockId;
      else if (this.#close[top] !== at) return at;
      else if (this.#header[top] !== NONE) return this.#header[top] as BlockId;
    }
    return at;
  }

  #edge(from: BlockId, to: BlockId): boolean {
    if (!this.#hasCopies(from, to)) return false;
    this.#entered.add(to);
    this.#item(ITEM.edge, from, to);
    return true;
  }
  #hasCopies(from: BlockId, to: BlockId): boolean {
    const m = this.#m;
    if (this.#cfg.predCount(this.#cfg.indexOf(to)) < 2) return false;
    for (let v = m.first(to); v !== NONE && m.op(v) === OP.Phi; v = m.next(v)) {
      if (this.#alias(v) !== v) continue;
      for (let k = 0; k < m.argCount(v); k += 2) {
        if (m.arg(v, k + 1) === from && this.#alias(m.operand(v, k)) !== v && m.op(m.operand(v, k)) !== OP.Undef) return true;
      }
    }
    return false;
  }

  /** Jumps to `to` where `condition` holds. */
  #jump(from: BlockId, to: BlockId, condition: ConditionId = TRUE): void {
    if (condition === TRUE) {
      this.#edge(from, to);
      if (to !== this.#natural()) this.#brk(to, TRUE);
      return;
    }
    if (!this.#hasCopies(from, to)) {
      this.#brk(to, condition);
      return;
    }
    this.#push(ITEM.if, NONE, NONE, condition);
    this.#edge(from, to);
    this.#brk(to, TRUE);
    this.#pop();
  }
  #brk(to: BlockId, condition: ConditionId): void {
    const c = this.#label[to]!;
    if (c === NONE) throw new Ice("a branch to a block that no construct ends at");
    this.#shape.uses.set(c, this.#shape.uses.get(c) + 1);
    this.#item(ITEM.brk, c, condition);
  }

  #terminator(b: BlockId, i: number): void {
    const m = this.#m;
    const t = m.last(b);
    const merge = m.mergeKind(b) === MERGE.selection ? m.merge(b) : NONE;
    switch (m.op(t)) {
      case OP.Branch:
        if (merge !== NONE) this.#openSelection(i, merge);
        return this.#jump(b, m.arg(t, 0) as BlockId);
      case OP.BranchConditional:
        return this.#conditional(b, i, t, merge);
      case OP.Switch:
        return this.#switch(b, i, t, merge);
      case OP.Return:
      case OP.ReturnValue:
        if (this.#open.length > 0 || this.#next !== NONE) this.#item(ITEM.ret, NONE, TRUE);
        return;
      case OP.Unreachable:
        return;
      default:
        throw new Ice(`${m.opName(t)} reached the backend`);
    }
  }
  /** A block that the selection's branches leave early, and the labels inside it. */
  #openSelection(i: number, merge: BlockId): void {
    this.#push(ITEM.block, merge, merge);
    this.#openJoins(this.#structure.headOf[i]! + 1);
  }
  #hasJoins(i: number): boolean {
    return this.#joins[this.#structure.headOf[i]! + 1] !== undefined;
  }
  #isExit(t: BlockId): boolean {
    return this.#label[t] !== NONE;
  }

  #conditional(b: BlockId, i: number, t: Value, merge: BlockId): void {
    const m = this.#m;
    const yes = m.arg(t, 1) as BlockId;
    const no = m.arg(t, 2) as BlockId;
    const holds = this.#shape.conditions.ofValue(this.#alias(m.operand(t, 0)), false);
    const fails = this.#shape.conditions.ofValue(this.#alias(m.operand(t, 0)), true);
    if (yes === no) {
      if (merge !== NONE && yes !== merge) this.#openSelection(i, merge);
      return this.#jump(b, yes);
    }
    if (merge === NONE) {
      const natural = this.#natural();
      if (yes === natural) return this.#both(b, no, fails, yes);
      return this.#both(b, yes, holds, no);
    }
    if (this.#hasJoins(i)) return this.#wedge(b, i, merge, [yes, no], [holds, TRUE]);
    const leaves = (x: BlockId) => x !== merge && this.#isExit(x);
    if (leaves(yes) || leaves(no)) {
      const [out, stay, condition] = leaves(yes) ? [yes, no, holds] : [no, yes, fails];
      this.#jump(b, out, condition);
      if (stay !== merge && !this.#isExit(stay)) this.#openSelection(i, merge);
      return this.#jump(b, stay);
    }
    const first = yes === merge || (no !== merge && this.#next === no) ? no : yes;
    const second = first === yes ? no : yes;
    if (second === merge) this.#edge(b, merge);
    this.#push(ITEM.if, merge, merge, first === yes ? holds : fails, second === merge ? NONE : second);
  }
  #both(b: BlockId, out: BlockId, condition: ConditionId, stay: BlockId): void {
    this.#jump(b, out, condition);
    this.#jump(b, stay);
  }

  /** Labels for all targets and inner joins, then one conditional jump after the other. */
  #wedge(b: BlockId, i: number, merge: BlockId, targets: readonly BlockId[], conditions: readonly ConditionId[]): void {
    this.#push(ITEM.block, merge, merge);
    const labels = new Set(this.#joins[this.#structure.headOf[i]! + 1]);
    for (const t of targets) if (t !== merge && !this.#isExit(t)) labels.add(t);
    const order = [...labels].sort((x, y) => this.#cfg.indexOf(y) - this.#cfg.indexOf(x));
    for (const t of order) this.#push(ITEM.block, t, t);
    for (let k = 0; k < targets.length; k++) this.#jump(b, targets[k]!, conditions[k]!);
  }

  // ---- switch

  #switch(b: BlockId, i: number, t: Value, merge: BlockId): void {
    if (merge === NONE) throw new Ice("a switch without a merge block");
    const m = this.#m;
    const { conditions } = this.#shape;
    const selector = this.#alias(m.operand(t, 0));
    const leaves = this.#leaves(t, merge);
    const literalsOf = (cases: readonly SwitchLeaf[]) => cases.flatMap((leaf) => leaf.literals);
    const conditionOf = (cases: readonly SwitchLeaf[], others: readonly SwitchLeaf[]): ConditionId =>
      cases.some((leaf) => leaf.isDefault)
        ? conditions.ofSet(selector, literalsOf(others), true)
        : conditions.ofSet(selector, literalsOf(cases), false);
    const only = (leaf: SwitchLeaf) =>
      conditionOf(
        [leaf],
        leaves.filter((other) => other !== leaf),
      );
    if (this.#hasJoins(i)) {
      const last = leaves.findIndex((leaf) => leaf.isDefault);
      const order = [...leaves.filter((_, k) => k !== last), leaves[last]!];
      return this.#wedge(
        b,
        i,
        merge,
        order.map((leaf) => leaf.block),
        order.map((leaf) => (leaf.isDefault ? TRUE : only(leaf))),
      );
    }
    for (const leaf of leaves) if (leaf.block !== merge && this.#isExit(leaf.block)) this.#jump(b, leaf.block, only(leaf));
    const inside = leaves.filter((leaf) => leaf.block === merge || !this.#isExit(leaf.block));
    if (inside.some((leaf) => leaf.block === merge)) this.#edge(b, merge);
    if (inside.length === 1 && inside[0]!.block !== merge) this.#openSelection(i, merge);
    for (const node of splitCases(inside, merge, conditionOf)) {
      const list = this.#pending.get(node.at) ?? [];
      list.push(node);
      this.#pending.set(node.at, list);
    }
  }
  /** The distinct targets in block order, the merge block last. */
  #leaves(t: Value, merge: BlockId): SwitchLeaf[] {
    const m = this.#m;
    const literals = new Map<BlockId, number[]>();
    const fallback = m.arg(t, 1) as BlockId;
    literals.set(fallback, []);
    const seen = new Set<number>();
    for (let k = 2; k + 1 < m.argCount(t); k += 2) {
      const literal = m.arg(t, k) >>> 0;
      if (seen.has(literal)) continue;
      seen.add(literal);
      const target = m.arg(t, k + 1) as BlockId;
      const list = literals.get(target);
      if (list) list.push(literal);
      else literals.set(target, [literal]);
    }
    const place = (x: BlockId) => (x === merge ? Number.MAX_SAFE_INTEGER : this.#cfg.indexOf(x));
    return [...literals]
      .map(([block, list]) => ({ block, literals: list, isDefault: block === fallback }))
      .sort((x, y) => place(x.block) - place(y.block));
  }
}
