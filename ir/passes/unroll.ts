/**
 * Unrolls small innermost loops whose trip count is known and small, and which index a variable by the counter. With every index a constant,
 * sroa and mem2reg can keep an array of the invocation's own in registers; with other memory, offsets become constants of the access, and
 * only very small loops are worth it. No other loop: code size is compile time and cache.
 *
 * The copies stand in one selection construct whose merge block is the loop's, so that breaks go there; each copy is a construct of its own
 * whose merge block is its copy of the continue target. `cfg` removes those that turn out not to be needed.
 */
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { findLoops, type Loop } from "../analysis/loops.ts";
import { bodies } from "../edit.ts";
import { canEvaluate, evaluate } from "../evaluate.ts";
import { type BlockId, type FunctionId, forEachOperand, MERGE, type Module, operandLetter, type Value } from "../module.ts";
import { OP, OPS } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { STORAGE } from "../types.ts";

const MAX_TRIPS = 16;
/** Instructions that one loop may become: one that indexes the invocation's own memory, and another. */
const MAX_SIZE = 1024;
const MAX_SIZE_SHARED = 256;
/** Nests of loops that go, one level a round. */
const MAX_ROUNDS = 3;

export const unroll: Pass = {
  name: "unroll",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) for (let round = 0; round < MAX_ROUNDS && unrollAll(m, f); round++) changed = true;
    return changed;
  },
};

interface Candidate {
  readonly loop: Loop;
  readonly trips: number;
  /** instructions outside that use values made inside: user and operand */
  readonly outside: { readonly user: Value; readonly index: number }[];
}

function unrollAll(m: Module, f: FunctionId): boolean {
  const cfg = new Cfg(m, f);
  const { loops, loopOf } = findLoops(m, cfg);
  const candidates = new Map<number, Candidate>();
  const hasInner = new Set(loops.map((l) => l.parent));
  for (const [n, loop] of loops.entries()) {
    if (hasInner.has(n)) continue;
    const trips = tripCount(m, cfg, loop);
    if (trips >= 0 && isWorthIt(m, cfg, loop, trips)) candidates.set(n, { loop, trips, outside: [] });
  }
  if (candidates.size === 0) return false;
  findOutsideUses(m, cfg, loopOf, candidates);
  let changed = false;
  for (const c of candidates.values()) {
    const targets = exitTargets(m, cfg, c.loop);
    // values that reach code past several exits would need phis at all of them
    if (c.outside.length > 0 && targets.length > 1) continue;
    new Unrolling(m, cfg, c, targets).run();
    changed = true;
  }
  return changed;
}

/** How often the body runs, by trying; -1: not known, or too often. The test must be at the header, of a counter from a constant by a constant. */
function tripCount(m: Module, cfg: Cfg, loop: Loop): number {
  const header = cfg.blocks[loop.header]!;
  const t = m.last(header);
  if (m.op(t) !== OP.BranchConditional || cfg.predCount(loop.header) !== 2) return -1;
  const merge = cfg.blocks[loop.merge]!;
  const exitsOn = m.arg(t, 1) === merge ? 1 : m.arg(t, 2) === merge ? 0 : -1;
  if (exitsOn < 0) return -1;
  const test = m.operand(t, 0);
  if (!canEvaluate(m.op(test)) || m.argCount(test) !== 2 || m.blockOf(test) !== header) return -1;
  const counter = m.operand(test, 0);
  const bound = m.constantBits(m.operand(test, 1));
  const steps = counterOf(m, cfg, loop, counter);
  if (!steps || bound < 0) return -1;
  let value = steps.init;
  for (let trips = 0; trips <= MAX_TRIPS; trips++) {
    if (evaluate(m.op(test), value, bound, 0) === exitsOn) return trips;
    value = evaluate(OP.IAdd, value, steps.step, 0);
  }
  return -1;
}
function counterOf(m: Module, cfg: Cfg, loop: Loop, counter: Value): { init: number; step: number } | null {
  if (m.op(counter) !== OP.Phi || m.blockOf(counter) !== cfg.blocks[loop.header]) return null;
  let init = -1;
  let step = -1;
  for (let i = 0; i < m.argCount(counter); i += 2) {
    const v = m.operand(counter, i);
    if (cfg.indexOf(m.arg(counter, i + 1) as BlockId) < loop.header) init = m.constantBits(v);
    else if (m.op(v) === OP.IAdd && m.operand(v, 0) === counter) step = m.constantBits(m.operand(v, 1));
    else if (m.op(v) === OP.ISub && m.operand(v, 0) === counter && m.constantBits(m.operand(v, 1)) >= 0)
      step = -m.constantBits(m.operand(v, 1)) >>> 0;
  }
  return init >= 0 && step >= 0 ? { init, step } : null;
}

/** Whether an access chain has an index that the counters decide; and the size is small. */
function isWorthIt(m: Module, cfg: Cfg, loop: Loop, trips: number): boolean {
  const known = new Set<Value>();
  let size = 0;
  let isOwn = false;
  let isShared = false;
  for (let i = loop.header; i < loop.merge; i++) {
    for (let v = m.first(cfg.blocks[i]!); v !== NONE; v = m.next(v)) {
      if (++size * Math.max(1, trips) > MAX_SIZE) return false;
      if (m.op(v) === OP.Phi) {
        if (counterOf(m, cfg, loop, v)) known.add(v);
      } else if (m.op(v) === OP.AccessChain) {
        if (!isIndexed(m, v, known)) continue;
        const storage = m.types.storage(m.type(v));
        if (storage === STORAGE.Function || storage === STORAGE.Private) isOwn = true;
        else isShared = true;
      } else if (OPS[m.opName(v)].effect === "pure" && dependsOnly(m, v, known)) known.add(v);
    }
  }
  return isOwn || (isShared && size * trips <= MAX_SIZE_SHARED);
}
function dependsOnly(m: Module, v: Value, known: ReadonlySet<Value>): boolean {
  let good = true;
  forEachOperand(m, v, (_, operand) => {
    if (!known.has(operand) && m.constantBits(operand) < 0) good = false;
  });
  return good;
}
function isIndexed(m: Module, chain: Value, known: ReadonlySet<Value>): boolean {
  for (let i = 1; i < m.argCount(chain); i++) if (known.has(m.operand(chain, i))) return true;
  return false;
}

/** Blocks outside that the loop branches to: its merge block, and those of constructs around it. */
function exitTargets(m: Module, cfg: Cfg, loop: Loop): BlockId[] {
  const out = new Set<BlockId>();
  for (let i = loop.header; i < loop.merge; i++) {
    for (const s of m.successors(cfg.blocks[i]!)) if (cfg.indexOf(s) >= loop.merge || cfg.indexOf(s) < loop.header) out.add(s);
  }
  return [...out];
}

/** One sweep for all candidates. A phi uses its operand at the end of the predecessor. */
function findOutsideUses(m: Module, cfg: Cfg, loopOf: Int32Array, candidates: ReadonlyMap<number, Candidate>): void {
  for (let i = 0; i < cfg.count; i++) {
    for (let v = m.first(cfg.blocks[i]!); v !== NONE; v = m.next(v)) {
      forEachOperand(m, v, (index, operand) => {
        const b = m.blockOf(operand);
        if (b === NONE) return;
        const made = loopOf[cfg.indexOf(b)]!;
        const used = m.op(v) === OP.Phi ? loopOf[cfg.indexOf(m.arg(v, index + 1) as BlockId)]! : loopOf[i]!;
        if (made !== used && made >= 0) candidates.get(made)?.outside.push({ user: v, index });
      });
    }
  }
}

class Unrolling {
  readonly m: Module;
  readonly cfg: Cfg;
  readonly c: Candidate;
  readonly f: FunctionId;
  /** block before which copies go: the loop's merge block */
  readonly merge: BlockId;
  readonly header: BlockId;
  readonly targets: readonly BlockId[];
  readonly blocks: readonly BlockId[];
  values = new Map<Value, Value>();
  copies = new Map<BlockId, BlockId>();

  constructor(m: Module, cfg: Cfg, c: Candidate, targets: readonly BlockId[]) {
    this.m = m;
    this.cfg = cfg;
    this.c = c;
    this.f = cfg.f;
    this.targets = targets;
    this.merge = cfg.blocks[c.loop.merge]!;
    this.header = cfg.blocks[c.loop.header]!;
    this.blocks = cfg.blocks.slice(c.loop.header, c.loop.merge);
  }

  run(): void {
    const { m, header, merge } = this;
    this.#closeOutsideUses();
    const before = this.#predecessor();
    const outer = m.createBlock();
    this.#place(outer);
    m.setMerge(outer, merge);
    this.#redirect(before, outer);
    const joins = new Map<Value, number[]>();
    for (const b of this.targets) {
      for (let v = m.first(b); v !== NONE && m.op(v) === OP.Phi; v = m.next(v)) joins.set(v, this.#otherArgs(v));
    }
    let from = outer;
    const carried = this.#phis();
    let current = carried.map((p) => p.init);
    for (let k = 0; k <= this.c.trips; k++) {
      this.values = new Map(carried.map((p, i) => [p.phi, current[i]!]));
      this.copies = new Map();
      const isLast = k === this.c.trips;
      this.#copy(isLast ? [header] : this.blocks);
      const first = this.copies.get(header)!;
      if (from === outer) m.append(outer, "Branch", m.types.void, [first]);
      else this.#redirect(from, first);
      if (isLast) m.rewrite(m.last(first), "Branch", m.types.void, [merge]);
      else this.#enter(first);
      for (const [phi, args] of joins) this.#joinArgs(phi, args, isLast);
      current = carried.map((p) => this.#mapped(p.next));
      from = isLast ? from : this.copies.get(this.blocks.at(-1)!)!;
    }
    for (const [phi, args] of joins) m.setArgs(phi, args);
    this.#removeLoop();
  }

  #place(b: BlockId): void {
    this.m.insertBlockAfter(this.f, b, this.m.prevBlock(this.merge));
  }
  #predecessor(): BlockId {
    const { cfg, c } = this;
    for (let k = 0; ; k++) if (cfg.pred(c.loop.header, k) < c.loop.header) return cfg.blocks[cfg.pred(c.loop.header, k)]!;
  }
  #phis(): { phi: Value; init: Value; next: Value }[] {
    const { m, cfg, c } = this;
    const out: { phi: Value; init: Value; next: Value }[] = [];
    for (let v = m.first(this.header); v !== NONE && m.op(v) === OP.Phi; v = m.next(v)) {
      const firstIsInit = cfg.indexOf(m.arg(v, 1) as BlockId) < c.loop.header;
      out.push({ phi: v, init: m.operand(v, firstIsInit ? 0 : 2), next: m.operand(v, firstIsInit ? 2 : 0) });
    }
    return out;
  }

  /** Values of the loop reach the code after it through phis of the merge block only. */
  #closeOutsideUses(): void {
    const { m, cfg, c, merge } = this;
    const phis = new Map<Value, Value>();
    for (const { user, index } of c.outside) {
      const v = m.operand(user, index);
      let phi = phis.get(v);
      if (phi === undefined) {
        const args: number[] = [];
        for (let k = 0; k < cfg.predCount(c.loop.merge); k++) args.push(v, cfg.blocks[cfg.pred(c.loop.merge, k)]!);
        phi = m.prepend(merge, "Phi", m.type(v), args);
        phis.set(v, phi);
      }
      m.setArg(user, index, phi);
    }
  }

  #mapped(v: Value): Value {
    return this.values.get(v) ?? v;
  }
  #copy(blocks: readonly BlockId[]): void {
    const { m } = this;
    for (const b of blocks) {
      const copy = m.createBlock();
      this.#place(copy);
      this.copies.set(b, copy);
    }
    for (const b of blocks) {
      const copy = this.copies.get(b)!;
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        if (b === this.header && m.op(v) === OP.Phi) continue;
        const args: number[] = [];
        for (let i = 0; i < m.argCount(v); i++) args.push(m.arg(v, i));
        this.values.set(v, m.append(copy, m.opName(v), m.type(v), args, m.sourceOffset(v)));
      }
      if (b !== this.header && m.mergeKind(b) !== MERGE.none) m.setMerge(copy, this.copies.get(m.merge(b))!);
    }
    for (const b of blocks) {
      for (let v = m.first(this.copies.get(b)!); v !== NONE; v = m.next(v)) this.#mapOperands(v);
    }
  }
  #mapOperands(copy: Value): void {
    const { m } = this;
    for (let i = 0; i < m.argCount(copy); i++) {
      const letter = operandLetter(m.op(copy), i);
      if (letter === "v") m.setArg(copy, i, this.#mapped(m.operand(copy, i)));
      // the loop's own header stays as it is: the back edge, redirected when the next copy stands
      else if (letter === "b" && m.arg(copy, i) !== this.header)
        m.setArg(copy, i, this.copies.get(m.arg(copy, i) as BlockId) ?? m.arg(copy, i));
      else if (letter === "b" && m.op(copy) === OP.Phi) m.setArg(copy, i, this.copies.get(this.header)!);
    }
  }
  /** The copy of the header goes on into the body; what was the continue target is its merge block. */
  #enter(first: BlockId): void {
    const { m } = this;
    const t = m.last(first);
    const body = m.arg(t, 1) === this.merge ? m.arg(t, 2) : m.arg(t, 1);
    m.rewrite(t, "Branch", m.types.void, [body]);
    m.setMerge(first, this.copies.get(m.continueTarget(this.header))!);
  }
  #redirect(from: BlockId, to: BlockId): void {
    const { m } = this;
    const t = m.last(from);
    for (let i = 0; i < m.argCount(t); i++) if (operandLetter(m.op(t), i) === "b" && m.arg(t, i) === this.header) m.setArg(t, i, to);
  }
  /** What a phi of an exit's target takes from elsewhere. */
  #otherArgs(phi: Value): number[] {
    const { m } = this;
    const out: number[] = [];
    for (let i = 0; i < m.argCount(phi); i += 2) {
      if (!this.blocks.includes(m.arg(phi, i + 1) as BlockId)) out.push(m.arg(phi, i), m.arg(phi, i + 1));
    }
    return out;
  }
  /** What this copy's exits give to a phi of the merge block: the header's only when it is the last. */
  #joinArgs(phi: Value, args: number[], isLast: boolean): void {
    const { m } = this;
    for (let i = 0; i < m.argCount(phi); i += 2) {
      const from = m.arg(phi, i + 1) as BlockId;
      if (!this.copies.has(from) || (from === this.header) !== isLast) continue;
      args.push(this.#mapped(m.operand(phi, i)), this.copies.get(from)!);
    }
  }
  #removeLoop(): void {
    const { m } = this;
    for (const b of this.blocks) {
      for (let v = m.last(b); v !== NONE; v = m.last(b)) m.remove(v);
      m.setMerge(b, NONE);
      m.removeBlock(b);
    }
  }
}
