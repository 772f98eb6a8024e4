/**
 * Calls as the machine has them: scalars in, at most one scalar out. Every function that is left after inlining is copied, once for each set of
 * places that its pointer parameters stand for (a variable and the constant indices into it; indices that vary become parameters), so that
 * no pointer is passed. A variable of a caller that is pointed at becomes a Private one: there is no recursion, so one is enough, and all copies
 * of that caller share it, which keeps the number of copies small.
 *
 * Composite parameters are passed scalar by scalar up to `MAX_SCALARS` of them, else through a Private variable of the copy; so is a composite
 * result. An f16 is passed as the f32 of the same value.
 */
import { I32Column } from "../../support/column.ts";
import { Ice, Limit } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { bodies, Replacements } from "../edit.ts";
import { type BlockId, type FunctionId, MERGE, type Module, operandLetter, type Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { STORAGE, TYPE_KIND, type TypeId } from "../types.ts";
import { partType } from "../typing.ts";

/** Scalars that a call passes in registers. */
const MAX_SCALARS = 24;
/** Instructions in copies. */
const MAX_COPIED = 1 << 19;

export const lowerCalls: Pass = { name: "lower-calls", run: (m) => new CallLowering(m).run() };

/** Whether a value of this type can be a parameter of a call that stays one. */
export function isPassable(m: Module, type: TypeId): boolean {
  const kind = m.types.kind(type);
  return kind >= TYPE_KIND.Bool && kind <= TYPE_KIND.Pointer && kind !== TYPE_KIND.RuntimeArray;
}

/** How a parameter comes into a copy. */
interface Passing {
  /** scalars it is passed as: their types, and for those of a composite where they are in it */
  readonly scalars: readonly { readonly type: TypeId; readonly path: readonly number[] }[];
  /** variable that it comes through, or NONE */
  readonly memory: Value;
}
interface Copy {
  readonly func: FunctionId;
  readonly params: readonly Passing[];
  /** variable that the result comes through, or NONE */
  readonly result: Value;
}
/** What a pointer argument stands for. */
interface Place {
  readonly root: Value;
  readonly indices: readonly Value[];
}

class CallLowering {
  readonly m: Module;
  readonly copies = new Map<string, Copy>();
  readonly work: FunctionId[] = [];
  /** of the function being copied: value or block to its copy */
  readonly values: I32Column;
  readonly blocks: I32Column;
  copied = 0;
  made = 0;

  constructor(m: Module) {
    this.m = m;
    this.values = new I32Column(m.budget);
    this.blocks = new I32Column(m.budget);
  }

  run(): boolean {
    const { m } = this;
    const old = [...bodies(m)];
    if (!m.entry || old.length < 2) return false;
    for (const f of old) this.publish(f);
    this.work.push(m.entry.func);
    for (let f = this.work.pop(); f !== undefined; f = this.work.pop()) this.callsOf(f);
    for (const f of old) {
      if (f === m.entry.func) continue;
      m.functions[f]!.first = NONE;
      m.functions[f]!.last = NONE;
    }
    return true;
  }

  // ---- variables that are pointed at

  /** Variables of `f` that a call gets a pointer to become Private ones. */
  publish(f: FunctionId): void {
    const { m } = this;
    const roots = this.findPublished(f);
    if (roots.size === 0) return;
    const replacements = new Replacements(m);
    const globals = new Map<Value, Value>();
    for (const v of roots) globals.set(v, this.global(`${m.functions[f]!.name}_var${v}`, m.types.pointee(m.type(v))));
    for (const [v, g] of globals) replacements.set(v, g);
    const changed = new Set<Value>(roots);
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        if (m.op(v) !== OP.AccessChain || !changed.has(m.operand(v, 0))) continue;
        changed.add(v);
        this.setStorage(v, STORAGE.Private);
      }
    }
    const entry = m.functions[f]!.first;
    let at = m.first(entry);
    while (m.op(at) === OP.Variable) at = m.next(at);
    for (const [v, g] of globals) {
      if (m.argCount(v) > 1) m.insertBefore(at, "Store", m.types.void, [g, m.operand(v, 1)]);
      m.remove(v);
    }
    replacements.apply(f);
  }
  findPublished(f: FunctionId): Set<Value> {
    const { m } = this;
    const rootOf = new Map<Value, Value>();
    const published = new Set<Value>();
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        const op = m.op(v);
        if (op === OP.Variable) rootOf.set(v, v);
        else if (op === OP.AccessChain) {
          const root = rootOf.get(m.operand(v, 0));
          if (root !== undefined) rootOf.set(v, root);
        } else if (op === OP.FunctionCall) {
          for (let i = 1; i < m.argCount(v); i++) {
            const root = rootOf.get(m.operand(v, i));
            if (root !== undefined) published.add(root);
          }
        }
      }
    }
    return published;
  }
  global(name: string, type: TypeId): Value {
    const { m } = this;
    const info = { name, group: NONE, binding: NONE, writable: true, builtin: "", location: NONE };
    return m.addGlobal(m.types.pointer(STORAGE.Private, type), info);
  }
  setStorage(chain: Value, storage: 0 | 1 | 2 | 3 | 4 | 5 | 6): void {
    const { m } = this;
    const args: number[] = [];
    for (let i = 0; i < m.argCount(chain); i++) args.push(m.arg(chain, i));
    m.rewrite(chain, "AccessChain", m.types.pointer(storage, m.types.pointee(m.type(chain))), args);
  }

  // ---- calls

  callsOf(f: FunctionId): void {
    const { m } = this;
    const calls: Value[] = [];
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b))
      for (let v = m.first(b); v !== NONE; v = m.next(v)) if (m.op(v) === OP.FunctionCall) calls.push(v);
    if (calls.length === 0) return;
    const replacements = new Replacements(m);
    for (const call of calls) this.rewriteCall(call, replacements);
    replacements.apply(f);
  }
  rewriteCall(call: Value, replacements: Replacements): void {
    const { m } = this;
    const callee = m.arg(call, 0) as FunctionId;
    const params = m.functions[callee]!.params;
    const operands = params.map((_, i) => replacements.get(m.operand(call, i + 1)));
    const places = operands.map((v) => (m.types.kind(m.type(v)) === TYPE_KIND.Pointer ? this.placeOf(v) : undefined));
    const copy = this.copyOf(callee, places);
    const args: number[] = [copy.func];
    copy.params.forEach((passing, i) => {
      const place = places[i];
      if (place) args.push(...place.indices.filter((v) => m.constantBits(v) < 0));
      else this.pass(call, operands[i]!, passing, args);
    });
    const type = m.type(call);
    const made = m.insertBefore(call, "FunctionCall", m.functions[copy.func]!.returnType, args);
    if (copy.result !== NONE) replacements.set(call, m.insertBefore(call, "Load", type, [copy.result]));
    else if (type === m.types.f16) replacements.set(call, m.insertBefore(call, "FConvert", type, [made]));
    else if (type !== m.types.void) replacements.set(call, made);
    m.remove(call);
  }
  pass(at: Value, v: Value, passing: Passing, args: number[]): void {
    const { m } = this;
    if (passing.memory !== NONE) {
      m.insertBefore(at, "Store", m.types.void, [passing.memory, v]);
      return;
    }
    for (const { type, path } of passing.scalars) {
      const part = path.length === 0 ? v : m.insertBefore(at, "CompositeExtract", type, [v, ...path]);
      args.push(type === m.types.f16 ? m.insertBefore(at, "FConvert", m.types.f32, [part]) : part);
    }
  }
  placeOf(pointer: Value): Place {
    const { m } = this;
    const chains: Value[] = [];
    let root = pointer;
    for (; m.op(root) === OP.AccessChain; root = m.operand(root, 0)) chains.push(root);
    if (m.op(root) !== OP.Variable) throw new Ice(`a pointer to ${m.opName(root)} is passed`);
    const indices: Value[] = [];
    for (const chain of chains.reverse()) for (let i = 1; i < m.argCount(chain); i++) indices.push(m.operand(chain, i));
    return { root, indices };
  }

  // ---- copies

  copyOf(f: FunctionId, places: readonly (Place | undefined)[]): Copy {
    const { m } = this;
    const index = (v: Value) => (m.constantBits(v) < 0 ? `t${m.type(v)}` : `${v}`);
    const key = [f, ...places.map((p) => (p ? [p.root, ...p.indices.map(index)].join() : ""))].join(";");
    let copy = this.copies.get(key);
    if (!copy) {
      copy = this.makeCopy(f, places);
      this.copies.set(key, copy);
      this.work.push(copy.func);
    }
    return copy;
  }
  makeCopy(f: FunctionId, places: readonly (Place | undefined)[]): Copy {
    const { m } = this;
    const { params: old, returnType } = m.functions[f]!;
    const name = `${m.functions[f]!.name}_call${this.made++}`;
    let used = 0;
    const params = old.map((p, i): Passing => {
      const place = places[i];
      const scalars = place
        ? place.indices.filter((v) => m.constantBits(v) < 0).map((v) => ({ type: m.type(v), path: [] }))
        : this.scalarsOf(m.type(p));
      if (used + scalars.length <= MAX_SCALARS || place) {
        used += scalars.length;
        return { scalars, memory: NONE };
      }
      return { scalars: [], memory: this.global(`${name}_param${i}`, m.type(p)) };
    });
    const isWhole = returnType === m.types.void || m.types.isScalar(returnType);
    const result = isWhole ? NONE : this.global(`${name}_result`, returnType);
    const wide = (t: TypeId) => (t === m.types.f16 ? m.types.f32 : t);
    const types = params.flatMap((p) => p.scalars.map((s) => wide(s.type)));
    const func = m.addFunction(name, isWhole ? wide(returnType) : m.types.void, types);
    const copy = { func, params, result };
    this.copyBody(f, copy, places);
    return copy;
  }
  /** The scalars of a value, or one too many. */
  scalarsOf(type: TypeId): { type: TypeId; path: number[] }[] {
    const { m } = this;
    const out: { type: TypeId; path: number[] }[] = [];
    const stack: { type: TypeId; path: number[] }[] = [{ type, path: [] }];
    for (let top = stack.pop(); top && out.length <= MAX_SCALARS; top = stack.pop()) {
      if (m.types.isScalar(top.type)) {
        out.push(top);
        continue;
      }
      const count = Math.min(m.types.length(top.type), MAX_SCALARS + 1);
      for (let i = count - 1; i >= 0; i--) stack.push({ type: partType(m, top.type, i), path: [...top.path, i] });
    }
    return out;
  }

  copyBody(f: FunctionId, copy: Copy, places: readonly (Place | undefined)[]): void {
    const { m } = this;
    const copies: BlockId[] = [];
    this.values.extend(m.valueCount);
    this.blocks.extend(m.blockCount);
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      const c = m.createBlock();
      m.appendBlock(copy.func, c);
      this.blocks.set(b, c);
      copies.push(c);
      for (let v = m.first(b); v !== NONE; v = m.next(v)) {
        const args: number[] = [];
        for (let i = 0; i < m.argCount(v); i++) args.push(m.arg(v, i));
        this.values.set(v, m.append(c, m.opName(v), m.type(v), args, m.sourceOffset(v)));
        if (++this.copied > MAX_COPIED) throw new Limit("instructions of functions for each place they point at", this.copied, MAX_COPIED);
      }
    }
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
      if (m.mergeKind(b) === MERGE.none) continue;
      const target = m.continueTarget(b);
      m.setMerge(
        this.blocks.get(b) as BlockId,
        this.blocks.get(m.merge(b)) as BlockId,
        target === NONE ? NONE : (this.blocks.get(target) as BlockId),
      );
    }
    let at = m.first(copies[0]!);
    while (m.op(at) === OP.Variable) at = m.next(at);
    this.takeParameters(f, copy, places, at);
    for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b))
      for (let v = m.first(b); v !== NONE; v = m.next(v)) this.mapOperands(this.values.get(v) as Value);
    for (const c of copies) this.giveResult(m.last(c), copy);
  }
  /** What the parameters stand for, made before `at`. */
  takeParameters(f: FunctionId, copy: Copy, places: readonly (Place | undefined)[], at: Value): void {
    const { m } = this;
    const { params } = m.functions[copy.func]!;
    let next = 0;
    m.functions[f]!.params.forEach((old, i) => {
      const place = places[i];
      const { scalars, memory } = copy.params[i]!;
      if (place) {
        const indices = place.indices.map((v) => (m.constantBits(v) < 0 ? params[next++]! : v));
        this.values.set(old, indices.length === 0 ? place.root : this.chain(at, place.root, indices));
      } else if (memory !== NONE) this.values.set(old, m.insertBefore(at, "Load", m.type(old), [memory]));
      else {
        const parts = scalars.map(({ type }) => {
          const p = params[next++]!;
          return type === m.types.f16 ? m.insertBefore(at, "FConvert", type, [p]) : p;
        });
        this.values.set(old, this.compose(at, m.type(old), parts));
      }
    });
  }
  chain(at: Value, root: Value, indices: readonly Value[]): Value {
    const { m } = this;
    let type = m.types.pointee(m.type(root));
    for (const v of indices) {
      const isStruct = m.types.kind(type) === TYPE_KIND.Struct;
      type = isStruct ? m.types.memberType(type, m.constantBits(v)) : m.types.element(type);
    }
    return m.insertBefore(at, "AccessChain", m.types.pointer(m.types.storage(m.type(root)), type), [root, ...indices]);
  }
  /** A value of `type` from its scalars, taken from the front of the list. Recursion is as deep as types nest. */
  compose(at: Value, type: TypeId, scalars: Value[]): Value {
    const { m } = this;
    if (m.types.isScalar(type)) return scalars.shift()!;
    const parts: Value[] = [];
    for (let i = 0; i < m.types.length(type); i++) parts.push(this.compose(at, partType(m, type, i), scalars));
    return m.insertBefore(at, "CompositeConstruct", type, parts);
  }
  mapOperands(copy: Value): void {
    const { m } = this;
    for (let i = 0; i < m.argCount(copy); i++) {
      const letter = operandLetter(m.op(copy), i);
      if (letter === "v") m.setArg(copy, i, this.mapped(m.operand(copy, i)));
      else if (letter === "b") m.setArg(copy, i, this.blocks.get(m.arg(copy, i)));
    }
    if (m.op(copy) !== OP.AccessChain) return;
    const storage = m.types.storage(m.type(m.operand(copy, 0)));
    if (storage !== m.types.storage(m.type(copy))) this.setStorage(copy, storage);
  }
  /** Constants and globals are themselves. */
  mapped(v: Value): Value {
    const { m } = this;
    return m.blockOf(v) === NONE && m.op(v) !== OP.FunctionParameter ? v : (this.values.get(v) as Value);
  }
  giveResult(terminator: Value, copy: Copy): void {
    const { m } = this;
    if (m.op(terminator) !== OP.ReturnValue) return;
    const value = m.operand(terminator, 0);
    if (copy.result !== NONE) {
      m.insertBefore(terminator, "Store", m.types.void, [copy.result, value]);
      m.rewrite(terminator, "Return", m.types.void, []);
    } else if (m.type(value) === m.types.f16) m.setArg(terminator, 0, m.insertBefore(terminator, "FConvert", m.types.f32, [value]));
  }
}
