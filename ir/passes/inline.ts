/**
 * Replaces calls by copies of the functions called: of all of them while that stays small, else of those that are small or called from one place
 * only, and of others while a budget lasts (`inline-plan.ts`). Functions that no call is left of lose their bodies. A function that returns once,
 * at its end, is spliced in; one that returns early becomes a selection construct with a plain Branch, its returns branches to the merge
 * block, its result a Phi there (module.ts, relaxed rules). Pointer arguments stand in for the parameters, and so become plain access chains.
 *
 * Copies are made of the functions as they were, and their calls expanded in place, so that the work is the size of the result. That is
 * bounded, too: where calls must not nest too deep, functions that call the next twice would double it at each link.
 */
import { I32Column } from "../../support/column.ts";
import { Ice, Limit } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { Replacements, renamePredecessor } from "../edit.ts";
import { type BlockId, type FunctionId, MERGE, type Module, operandLetter, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { TYPE_KIND } from "../types.ts";
import { planCalls } from "./inline-plan.ts";

/** Instructions that one module may grow to. An object holds 2^20 words, and an instruction becomes one or more. */
export const MAX_INLINED = 1 << 19;

export const inline: Pass = { name: "inline", run: (m, options) => new Inliner(m).run(options?.inlineBudget) };

interface Return {
  readonly block: BlockId;
  /** NONE in void functions */
  readonly value: Value;
}

class Inliner {
  readonly m: Module;
  /** old value or block to its copy in the call being expanded; entries of other functions are left over and not read */
  readonly values: I32Column;
  readonly blocks: I32Column;
  /** calls still to expand, in block order */
  readonly calls: Value[] = [];
  /** instructions of each function as it was; counted when first called */
  readonly sizes: number[] = [];
  made = 0;
  /** by function: 1 where calls of it stay */
  kept: Uint8Array = new Uint8Array(0);

  constructor(m: Module) {
    this.m = m;
    this.values = new I32Column(m.budget);
    this.blocks = new I32Column(m.budget);
  }

  run(budget: number | undefined): boolean {
    const { m } = this;
    if (!m.entry) return false;
    this.kept = planCalls(m, budget);
    let changed = this.expandCalls(m.entry.func);
    for (let f = 0; f < m.functions.length; f++) if (this.kept[f] === 1 && this.expandCalls(f as FunctionId)) changed = true;
    for (let f = 0; f < m.functions.length; f++) {
      const fn = m.functions[f]!;
      if (f === m.entry.func || this.kept[f] === 1 || fn.first === NONE) continue;
      fn.first = NONE;
      fn.last = NONE;
      changed = true;
    }
    return changed;
  }

  expandCalls(f: FunctionId): boolean {
    const { m } = this;
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) if (this.isExpanded(v)) this.calls.push(v);
    }
    if (this.calls.length === 0) return false;
    const replacements = new Replacements(m);
    // the last call first, those that a copy brings before the ones ahead of it: each instruction of a block then moves once, into the
    // block after the call before it
    for (let call = this.calls.pop(); call !== undefined; call = this.calls.pop()) this.expand(call, f, replacements);
    replacements.apply(f);
    return true;
  }
  isExpanded(v: Value): boolean {
    return this.m.op(v) === OP.FunctionCall && this.kept[this.m.arg(v, 0)] !== 1;
  }
  sizeOf(f: FunctionId): number {
    const { m } = this;
    let size = this.sizes[f];
    if (size === undefined) {
      size = 0;
      for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) for (let v = m.first(b); v !== NONE; v = m.next(v)) size++;
      this.sizes[f] = size;
    }
    return size;
  }

  expand(call: Value, f: FunctionId, replacements: Replacements): void {
    const { m } = this;
    const callee = m.arg(call, 0) as FunctionId;
    if (callee === f) throw new Ice("a function calls itself");
    this.made += this.sizeOf(callee);
    if (this.made > MAX_INLINED) throw new Limit("instructions after inlining", this.made, MAX_INLINED);
    const fn = m.functions[callee]!;
    this.values.extend(m.valueCount);
    this.blocks.extend(m.blockCount);
    for (let i = 0; i < fn.params.length; i++) this.values.set(fn.params[i]!, m.operand(call, i + 1));
    if (fn.first === fn.last && this.returns(m.last(fn.first))) this.splice(call, fn.first, f, replacements);
    else this.expandBlocks(call, callee, f, replacements);
  }
  returns(terminator: Value): boolean {
    return this.m.op(terminator) === OP.Return || this.m.op(terminator) === OP.ReturnValue;
  }

  /** A callee of one block: its instructions take the place of the call. */
  splice(call: Value, body: BlockId, f: FunctionId, replacements: Replacements): void {
    const { m } = this;
    const terminator = m.last(body);
    const copies: Value[] = [];
    for (let v = m.first(body); v !== terminator; v = m.next(v)) copies.push(this.copy(v, call, f));
    for (const c of copies) this.mapOperands(c);
    if (m.op(terminator) === OP.ReturnValue) replacements.set(call, this.mapped(m.operand(terminator, 0)));
    m.remove(call);
  }

  expandBlocks(call: Value, callee: FunctionId, f: FunctionId, replacements: Replacements): void {
    const { m } = this;
    const fn = m.functions[callee]!;
    const head = m.blockOf(call);
    const tail = this.split(call, f);
    const copies = this.copyBlocks(callee, head, f);
    const entry = this.blocks.get(fn.first) as BlockId;
    const returns = this.takeReturns(copies, tail);
    const plain = returns.length === 1 && returns[0]!.block === this.blocks.get(fn.last);
    if (plain) {
      m.append(head, "Branch", m.types.void, [entry]);
      if (returns[0]!.value !== NONE) replacements.set(call, returns[0]!.value);
      m.remove(call);
      return;
    }
    let header = head;
    if (m.mergeKind(head) !== MERGE.none) {
      header = m.createBlock();
      m.insertBlockAfter(f, header, head);
      m.append(head, "Branch", m.types.void, [header]);
    }
    m.setMerge(header, tail);
    m.append(header, "Branch", m.types.void, [entry]);
    const type = m.type(call);
    m.remove(call);
    if (m.types.kind(type) === TYPE_KIND.Void) return;
    if (returns.length === 0) replacements.set(call, m.undef(type));
    else
      replacements.set(
        call,
        m.prepend(
          tail,
          "Phi",
          type,
          returns.flatMap((r) => [r.value, r.block]),
        ),
      );
  }

  /** Moves what follows `call` to a new block after its own, with the terminator and the annotation that belongs to it. The call ends its block. */
  split(call: Value, f: FunctionId): BlockId {
    const { m } = this;
    const head = m.blockOf(call);
    const tail = m.createBlock();
    m.insertBlockAfter(f, tail, head);
    for (const s of new Set(m.successors(head))) renamePredecessor(m, s, head, tail);
    for (let v = m.next(call); v !== NONE; v = m.next(call)) m.moveToEnd(v, tail);
    if (m.mergeKind(head) === MERGE.selection) {
      m.setMerge(tail, m.merge(head));
      m.setMerge(head, NONE);
    }
    return tail;
  }

  /** Copies all blocks of `callee` to stand after `after`. Function variables go to the caller's entry block. */
  copyBlocks(callee: FunctionId, after: BlockId, f: FunctionId): BlockId[] {
    const { m } = this;
    const copies: BlockId[] = [];
    for (let b = m.functions[callee]!.first; b !== NONE; b = m.nextBlock(b)) {
      const c = m.createBlock();
      this.blocks.set(b, c);
      copies.push(c);
    }
    let last = after;
    for (let b = m.functions[callee]!.first; b !== NONE; b = m.nextBlock(b)) {
      const c = this.blocks.get(b) as BlockId;
      m.insertBlockAfter(f, c, last);
      last = c;
      const target = m.continueTarget(b);
      if (m.mergeKind(b) !== MERGE.none)
        m.setMerge(c, this.blocks.get(m.merge(b)) as BlockId, target === NONE ? NONE : (this.blocks.get(target) as BlockId));
      const end = m.append(c, "Unreachable", m.types.void, []);
      for (let v = m.first(b); v !== NONE; v = m.next(v)) this.copy(v, end, f);
      m.remove(end);
    }
    for (const c of copies) for (let v = m.first(c); v !== NONE; v = m.next(v)) this.mapOperands(v);
    return copies;
  }

  /** Turns the returns in `copies` into branches to `tail`. */
  takeReturns(copies: readonly BlockId[], tail: BlockId): Return[] {
    const { m } = this;
    const out: Return[] = [];
    for (const block of copies) {
      const terminator = m.last(block);
      if (!this.returns(terminator)) continue;
      out.push({ block, value: m.op(terminator) === OP.ReturnValue ? m.operand(terminator, 0) : NONE });
      m.rewrite(terminator, "Branch", m.types.void, [tail]);
    }
    return out;
  }

  /** Copies instruction `v` before `at`, its operands as they are: `mapOperands` follows when all are copied. */
  copy(v: Value, at: Value, f: FunctionId): Value {
    const { m } = this;
    const args: number[] = [];
    for (let i = 0; i < m.argCount(v); i++) args.push(m.arg(v, i));
    if (m.op(v) !== OP.Variable) {
      const c = m.insertBefore(at, m.opName(v), m.type(v), args, m.sourceOffset(v));
      this.values.set(v, c);
      if (this.isExpanded(v)) this.calls.push(c);
      return c;
    }
    // an initialiser holds at every call
    const variable = m.prepend(m.functions[f]!.first, "Variable", m.type(v), [args[0]!], m.sourceOffset(v));
    this.values.set(v, variable);
    if (args.length < 2) return variable;
    return m.insertBefore(at, "Store", m.types.void, [v, args[1]!], m.sourceOffset(v));
  }
  mapOperands(copy: Value): void {
    const { m } = this;
    for (let i = 0; i < m.argCount(copy); i++) {
      const letter = operandLetter(m.op(copy), i);
      if (letter === "v") m.setArg(copy, i, this.mapped(m.operand(copy, i)));
      else if (letter === "b") m.setArg(copy, i, this.blocks.get(m.arg(copy, i)));
    }
  }
  /** Constants and globals are themselves. */
  mapped(v: Value): Value {
    const { m } = this;
    return m.blockOf(v) === NONE && m.op(v) !== OP.FunctionParameter ? v : (this.values.get(v) as Value);
  }
}
