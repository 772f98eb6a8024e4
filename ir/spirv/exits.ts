/**
 * Makes the ways out of constructs those that SPIR-V has: a selection is left to its merge block, to the merge block of the switch around it,
 * or to the merge block or continue target of the loop around it; a loop, to its merge block only.
 *
 * One walk over the constructs, inner ones first, with the list of ways out of each:
 * - an `if` that is left early, or a selection whose header does not choose, becomes (stands in) a switch with one way, which may be left;
 * - a way that leaves a loop or a switch for somewhere further out goes to its merge block, with a number in a variable; in front of the merge block
 *   a new block asks for the number and goes on from there, which is a way out of the construct around. What phis take along goes through variables.
 *
 * Values that no longer dominate their uses are mended afterwards (`repair.ts`).
 */
import { Unsupported } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { Cfg } from "../analysis/cfg.ts";
import { CONSTRUCT, findStructure, type Structure } from "../analysis/structure.ts";
import { incoming, removePredecessor, renamePredecessor } from "../edit.ts";
import { type BlockId, type FunctionId, MERGE, type Module, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import { STORAGE, type TypeId } from "../types.ts";

/** A way out of a construct. `home`: the construct that `from` stands in. */
interface Exit {
  readonly from: BlockId;
  readonly to: BlockId;
  readonly home: number;
}

/** @returns whether anything changed: values may not dominate their uses then */
export function structureExits(m: Module, f: FunctionId): boolean {
  const cfg = new Cfg(m, f);
  const exits = new Exits(m, f, cfg, findStructure(m, cfg));
  exits.run();
  return exits.changed;
}

class Exits {
  readonly m: Module;
  readonly f: FunctionId;
  readonly cfg: Cfg;
  readonly s: Structure;
  readonly exits: Exit[][];
  changed = false;

  constructor(m: Module, f: FunctionId, cfg: Cfg, s: Structure) {
    this.m = m;
    this.f = f;
    this.cfg = cfg;
    this.s = s;
    this.exits = s.constructs.map(() => []);
  }

  run(): void {
    for (let i = 0; i < this.cfg.count; i++) this.#collect(i);
    // constructs are numbered in the order of their first blocks: inner ones after those around them
    for (let c = this.s.constructs.length - 1; c >= 0; c--) this.#construct(c);
  }

  /** Notes the ways out of the construct that block i stands in. */
  #collect(i: number): void {
    const { m, cfg, s } = this;
    const home = s.inner[i]!;
    if (home < 0) return;
    const from = cfg.blocks[i]!;
    const isSwitch = m.op(m.last(from)) === OP.Switch;
    for (let k = 0; k < cfg.succCount(i); k++) {
      const t = cfg.succ(i, k);
      if (this.#isInside(home, t)) continue;
      const to = cfg.blocks[t]!;
      // cases of a switch are blocks of its own
      const isCase = isSwitch && t !== s.constructs[home]!.end;
      this.exits[home]!.push({ from: isCase ? this.#between(from, to) : from, to, home });
    }
  }
  #isInside(c: number, t: number): boolean {
    const { first, end } = this.s.constructs[c]!;
    return t >= first && t < end;
  }
  #between(from: BlockId, to: BlockId): BlockId {
    const { m } = this;
    const b = m.createBlock();
    m.insertBlockAfter(this.f, b, from);
    m.append(b, "Branch", m.types.void, [to]);
    this.#retarget(from, to, b);
    renamePredecessor(m, to, from, b);
    this.changed = true;
    return b;
  }
  #retarget(from: BlockId, old: BlockId, to: BlockId): void {
    const { m } = this;
    const t = m.last(from);
    const op = m.op(t);
    if (op === OP.Branch) m.setArg(t, 0, to);
    else if (op === OP.BranchConditional) {
      for (let i = 1; i < 3; i++) if (m.arg(t, i) === old) m.setArg(t, i, to);
    } else for (let i = 1; i < m.argCount(t); i += 2) if (m.arg(t, i) === old) m.setArg(t, i, to);
  }

  #construct(c: number): void {
    const { m, cfg } = this;
    const { kind, parent, first, end } = this.s.constructs[c]!;
    const ways = this.exits[c]!;
    const merge = cfg.blocks[end]!;
    if (kind === CONSTRUCT.continuing) {
      // its ways out are the loop's, but for the way back
      for (const way of ways) this.#pass(parent, way);
      return;
    }
    const header = cfg.blocks[first]!;
    if (kind === CONSTRUCT.selection) this.#selection(c, header, merge, ways);
    const isBarrier = kind === CONSTRUCT.loop || m.op(m.last(header)) === OP.Switch;
    const allowed = kind === CONSTRUCT.selection ? this.#loopTargets(parent) : [];
    const routed = new Map<BlockId, Exit[]>();
    for (const way of ways) {
      if (way.to === merge) continue;
      if (isBarrier && !allowed.includes(way.to)) {
        const list = routed.get(way.to);
        if (list) list.push(way);
        else routed.set(way.to, [way]);
      } else this.#pass(parent, way);
    }
    if (routed.size > 0) this.#route(c, header, merge, routed, ways);
  }
  /** The way is one out of the construct around too, unless it ends there. */
  #pass(parent: number, way: Exit): void {
    const { m } = this;
    if (parent < 0 || this.#isInside(parent, this.cfg.indexOf(way.to))) {
      // not a merge block or continue target: a jump over blocks, which nothing makes
      const t = this.cfg.indexOf(way.to);
      const isLoop = m.mergeKind(way.to) === MERGE.loop;
      if (this.s.mergeOf[t]! < 0 && this.s.continueOf[t]! < 0 && !isLoop)
        throw new Unsupported("SPIR-V modules with jumps into the middle of a construct");
      return;
    }
    this.exits[parent]!.push(way);
  }
  /** Where constructs inside `c` may go for the loop around them. */
  #loopTargets(c: number): BlockId[] {
    const { constructs } = this.s;
    let at = c;
    while (at >= 0 && constructs[at]!.kind === CONSTRUCT.selection) at = constructs[at]!.parent;
    if (at < 0) return [];
    const loop = constructs[at]!;
    const merge = this.cfg.blocks[loop.end]!;
    if (loop.kind === CONSTRUCT.loop) return [merge, this.cfg.blocks[loop.continueAt]!];
    return [merge, this.cfg.blocks[constructs[loop.parent]!.first]!];
  }

  #selection(c: number, header: BlockId, merge: BlockId, ways: Exit[]): void {
    const { m } = this;
    const t = m.last(header);
    if (m.op(t) === OP.Branch) {
      const out = ways.findIndex((way) => way.from === header && way.to !== merge);
      if (out >= 0) ways[out] = { ...ways[out]!, from: this.#between(header, ways[out]!.to) };
      m.rewrite(t, "Switch", m.types.void, [m.u32(0), m.arg(t, 0)]);
      this.changed = true;
    } else if (m.op(t) === OP.BranchConditional && ways.some((way) => way.to === merge && way.home !== c)) this.#wrap(header, merge);
  }
  /** Puts an `if` into a switch with the same merge block; its own merge block is one that nothing reaches. */
  #wrap(header: BlockId, merge: BlockId): void {
    const { m } = this;
    const inner = m.createBlock();
    m.insertBlockAfter(this.f, inner, header);
    const never = m.createBlock();
    m.insertBlockAfter(this.f, never, m.prevBlock(merge));
    m.append(never, "Unreachable", m.types.void, []);
    m.moveToEnd(m.last(header), inner);
    m.setMerge(inner, never);
    m.append(header, "Switch", m.types.void, [m.u32(0), inner]);
    for (const to of m.successors(inner)) renamePredecessor(m, to, header, inner);
    this.#moved.set(header, inner);
    this.changed = true;
  }
  /** Headers whose branch now stands in another block. */
  readonly #moved = new Map<BlockId, BlockId>();
  #now(b: BlockId): BlockId {
    return this.#moved.get(b) ?? b;
  }

  // ---- ways that leave a loop or switch for further out
  #route(c: number, header: BlockId, merge: BlockId, routed: ReadonlyMap<BlockId, readonly Exit[]>, ways: readonly Exit[]): void {
    const { m, f } = this;
    const { parent } = this.s.constructs[c]!;
    const route = this.#variable(m.types.u32);
    this.#storeAtStart(header, route);
    // the block in front of the merge block, which takes its place
    const front = m.createBlock();
    m.insertBlockAfter(f, front, m.prevBlock(merge));
    const stays = new Set(ways.filter((way) => way.to === merge).map((way) => this.#now(way.from)));
    if (m.mergeKind(header) === MERGE.loop) m.setMerge(header, front, m.continueTarget(header));
    else m.setMerge(header, front);
    for (const from of stays) this.#retarget(from, merge, front);
    const phis = this.#splitPhis(merge, front, stays);
    const number = m.append(front, "Load", m.types.u32, [route]);
    let at = front;
    let n = 0;
    for (const [to, list] of routed) {
      n++;
      const carried = this.#carried(to);
      for (const way of list) {
        const block = this.#leave(way, to, front, route, n, carried);
        for (const phi of phis) if (incoming(m, phi, block) === NONE) m.setArgs(phi, [...this.#argsOf(phi), m.undef(m.type(phi)), block]);
      }
      const isChosen = m.append(at, "IEqual", m.types.bool, [number, m.u32(n)]);
      let next: BlockId = merge;
      if (n < routed.size) {
        next = m.createBlock();
        m.insertBlockAfter(f, next, at);
      }
      for (const { phi, variable } of carried)
        m.setArgs(phi, [...this.#argsOf(phi), m.insertBefore(isChosen, "Load", m.type(phi), [variable]), at]);
      m.append(at, "BranchConditional", m.types.void, [isChosen, to, next]);
      this.#pass(parent, { from: at, to, home: parent });
      if (next === merge) renamePredecessor(m, merge, front, at);
      at = next;
    }
    this.changed = true;
  }
  #argsOf(v: Value): number[] {
    const args: number[] = [];
    for (let i = 0; i < this.m.argCount(v); i++) args.push(this.m.arg(v, i));
    return args;
  }
  /** A variable for each phi of the block. */
  #carried(to: BlockId): { readonly phi: Value; readonly variable: Value }[] {
    const { m } = this;
    const out: { phi: Value; variable: Value }[] = [];
    for (let phi = m.first(to); phi !== NONE && m.op(phi) === OP.Phi; phi = m.next(phi))
      out.push({ phi, variable: this.#variable(m.type(phi)) });
    return out;
  }
  /** Sends one way to `front`, as number n. @returns the block it now comes from */
  #leave(way: Exit, to: BlockId, front: BlockId, route: Value, n: number, carried: readonly { phi: Value; variable: Value }[]): BlockId {
    const { m } = this;
    const from = this.#now(way.from);
    const t = m.last(from);
    let value = m.u32(n);
    if (m.op(t) === OP.BranchConditional && m.arg(t, 1) !== m.arg(t, 2)) {
      // the branch stays one of which a way leaves, which needs no construct: so no block on that way
      const other = m.insertBefore(t, "Load", m.types.u32, [route]);
      const args = m.arg(t, 1) === to ? [m.operand(t, 0), value, other] : [m.operand(t, 0), other, value];
      value = m.insertBefore(t, "Select", m.types.u32, args);
    }
    m.insertBefore(t, "Store", m.types.void, [route, value]);
    for (const { phi, variable } of carried) m.insertBefore(t, "Store", m.types.void, [variable, incoming(m, phi, from)]);
    this.#retarget(from, to, front);
    removePredecessor(m, to, from);
    return from;
  }
  /** The phis of `merge` take what the construct's own ways bring from phis in `front`. @returns those */
  #splitPhis(merge: BlockId, front: BlockId, stays: ReadonlySet<BlockId>): Value[] {
    const { m } = this;
    const made: Value[] = [];
    for (let phi = m.first(merge); phi !== NONE && m.op(phi) === OP.Phi; phi = m.next(phi)) {
      const inside: number[] = [];
      const outside: number[] = [];
      for (let i = 0; i < m.argCount(phi); i += 2) {
        const list = stays.has(m.arg(phi, i + 1) as BlockId) ? inside : outside;
        list.push(m.arg(phi, i), m.arg(phi, i + 1));
      }
      const split = m.append(front, "Phi", m.type(phi), inside);
      m.setArgs(phi, [...outside, split, front]);
      made.push(split);
    }
    return made;
  }
  #variable(type: TypeId): Value {
    const { m } = this;
    const pointer = m.types.pointer(STORAGE.Function, type);
    return m.prepend(m.functions[this.f]!.first, "Variable", pointer, [STORAGE.Function]);
  }
  #storeAtStart(b: BlockId, route: Value): void {
    const { m } = this;
    let at = m.first(b);
    while (m.op(at) === OP.Phi || m.op(at) === OP.Variable) at = m.next(at);
    m.insertBefore(at, "Store", m.types.void, [route, m.u32(0)]);
  }
}
