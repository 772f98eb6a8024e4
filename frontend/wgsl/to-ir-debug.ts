/**
 * Code for debugging, between that of the program: records that say what an invocation does, appended to a log. Two uses of one mechanism:
 * every call of a function `printf…` that has no body is a record of its arguments; and of one invocation, which the driver names in the log's
 * header, every statement is, with the value that it gives a variable. Nothing of it is in a module that is not compiled for debugging.
 */
import type { Value } from "../../ir/module.ts";
import { type TypeId as IrType, STORAGE, TYPE_KIND } from "../../ir/types.ts";
import { type DebugSite, type DebugValue, LOG } from "../../support/debug-log.ts";
import { LOG_BINDING } from "../../support/hidden-bindings.ts";
import { NONE } from "../../support/id.ts";
import { Kind, type NodeId } from "./ast.ts";
import type { DeclId, FunctionId, FunctionInfo } from "./sema.ts";
import type { Context } from "./to-ir-context.ts";
import { value } from "./to-ir-expr.ts";
import { type TypeId, TypeKind } from "./types.ts";

/** Scalars of a value that is recorded. */
const MOST_SCALARS = 64;

interface Recorded extends DebugValue {
  readonly words: readonly Value[];
}

export class DebugCode {
  readonly #c: Context;
  readonly #sites: DebugSite[];
  readonly #log: Value;
  /** private variables: the invocation's global id; 1 where it is followed */
  readonly #id: Value;
  readonly #follows: Value;

  /** @param sites filled with what the records' numbers stand for */
  constructor(c: Context, sites: DebugSite[]) {
    const { types } = c.module;
    const info = { group: NONE, binding: NONE, writable: true, builtin: "", location: NONE };
    const words = types.pointer(STORAGE.StorageBuffer, types.runtimeArray(types.u32, 4));
    this.#c = c;
    this.#sites = sites;
    this.#log = c.module.addGlobal(words, { ...info, name: "log", group: 0, binding: LOG_BINDING });
    this.#id = c.module.addGlobal(types.pointer(STORAGE.Private, types.vector(types.u32, 3)), { ...info, name: "log.id" });
    this.#follows = c.module.addGlobal(types.pointer(STORAGE.Private, types.u32), { ...info, name: "log.follows" });
  }

  /** At the start of the entry point. */
  start(): void {
    const c = this.#c;
    const { types } = c.module;
    const vec3u = types.vector(types.u32, 3);
    const builtin = { name: "log.global_id", group: NONE, binding: NONE, writable: false, builtin: "global_invocation_id", location: NONE };
    const id = c.emit("Load", vec3u, c.module.addGlobal(types.pointer(STORAGE.Input, vec3u), builtin));
    c.emit("Store", types.void, this.#id, id);
    let follows = c.emit("INotEqual", types.bool, this.#word(c.module.u32(LOG.follows)), c.module.u32(0));
    for (let i = 0; i < 3; i++) {
      const same = c.emit("IEqual", types.bool, c.extract(id, i), this.#word(c.module.u32(LOG.followed + i)));
      follows = c.emit("LogicalAnd", types.bool, follows, same);
    }
    c.emit("Store", types.void, this.#follows, c.emit("Select", types.u32, follows, c.module.u32(1), c.module.u32(0)));
  }

  step(node: NodeId): void {
    this.#record("step", this.#c.ast.start(node), "", []);
  }
  enter(fn: FunctionInfo): void {
    const values = fn.params.flatMap(({ decl, type }) => this.#variable(decl, type));
    this.#record("enter", this.#c.ast.start(fn.node), fn.name, values);
  }
  leave(node: NodeId): void {
    this.#record("leave", this.#c.ast.start(node), "", []);
  }
  /** A declaration or assignment is done. @param node the declaration, or the left side */
  set(node: NodeId): void {
    const c = this.#c;
    let at = node;
    while (c.ast.kind(at) === Kind.MEMBER || c.ast.kind(at) === Kind.INDEX) at = c.ast.objectOf(at);
    const kind = c.ast.kind(at);
    if (kind !== Kind.IDENT && kind !== Kind.VAR && kind !== Kind.LET) return;
    const decl = c.checked.targetOf[at] as DeclId;
    const declared = c.checked.declarations[decl];
    if (declared === undefined) return;
    const values = this.#variable(decl, c.wgsl.loaded(declared.type));
    if (values.length > 0) this.#record("set", c.ast.start(node), "", values);
  }

  /** @returns whether a call of the function is a record */
  isLog(fn: FunctionId): boolean {
    const { name, node } = this.#c.checked.functions[fn]!;
    return name.startsWith("printf") && this.#c.ast.listLength(this.#c.ast.statementsOf(this.#c.ast.bodyOf(node))) === 0;
  }
  log(node: NodeId, fn: FunctionId, args: readonly NodeId[]): void {
    const c = this.#c;
    const { name, params } = c.checked.functions[fn]!;
    const values = args.flatMap((arg, i) => this.#recorded(params[i]!.name, params[i]!.type, () => value(c, arg)));
    this.#record("log", c.ast.start(node), name, values);
  }

  /** The value that a name of the function has now; none where it is memory that others share, or a pointer. */
  #variable(decl: DeclId, type: TypeId): Recorded[] {
    const c = this.#c;
    const v = c.names.get(decl);
    const { types } = c.module;
    if (v === undefined) return [];
    const { name } = c.checked.declarations[decl]!;
    if (types.kind(c.module.type(v)) !== TYPE_KIND.Pointer) return this.#recorded(name, type, () => v);
    const storage = types.storage(c.module.type(v));
    if (c.wgsl.kind(type) === TypeKind.ptr || (storage !== STORAGE.Function && storage !== STORAGE.Private)) return [];
    return this.#recorded(name, type, () => c.emit("Load", types.pointee(c.module.type(v)), v));
  }

  #recorded(name: string, type: TypeId, get: () => Value): Recorded[] {
    const c = this.#c;
    const kind = c.wgsl.kind(type);
    if (kind === TypeKind.ptr || kind === TypeKind.texture || kind === TypeKind.sampler || kind === TypeKind.samplerComparison) return [];
    const scalars = this.#scalars(c.lower.type(type));
    const words: Value[] = [];
    if (scalars.length > 0) this.#flatten(get(), words);
    return [{ name, type: c.wgsl.name(type), scalars, words }];
  }

  /** Names of the scalars of a type; none where they are too many. */
  #scalars(type: IrType): string[] {
    const out: string[] = [];
    const { types } = this.#c.module;
    const add = (t: IrType): boolean => {
      if (types.isScalar(t))
        return out.push(t === types.bool ? "bool" : t === types.i32 ? "i32" : t === types.u32 ? "u32" : "f32") <= MOST_SCALARS;
      const isStruct = types.kind(t) === TYPE_KIND.Struct;
      for (let i = 0; i < types.length(t); i++) if (!add(isStruct ? types.memberType(t, i) : types.element(t))) return false;
      return true;
    };
    return add(type) ? out : [];
  }

  #flatten(v: Value, words: Value[]): void {
    const c = this.#c;
    const { types } = c.module;
    const type = c.module.type(v);
    if (!types.isScalar(type)) {
      for (let i = 0; i < types.length(type); i++) this.#flatten(c.extract(v, i), words);
    } else if (type === types.bool) words.push(c.emit("Select", types.u32, v, c.module.u32(1), c.module.u32(0)));
    else if (type === types.u32) words.push(v);
    else words.push(c.emit("Bitcast", types.u32, type === types.f16 ? c.emit("FConvert", types.f32, v) : v));
  }

  #pointer(index: Value): Value {
    const { types } = this.#c.module;
    return this.#c.emit("AccessChain", types.pointer(STORAGE.StorageBuffer, types.u32), this.#log, index);
  }
  #word(index: Value): Value {
    return this.#c.emit("Load", this.#c.module.types.u32, this.#pointer(index));
  }

  #record(kind: DebugSite["kind"], offset: number, name: string, values: readonly Recorded[]): void {
    const c = this.#c;
    const { module } = c;
    const { types } = module;
    const site = this.#sites.length;
    const shown = values.map((each) => ({ name: each.name, type: each.type, scalars: each.scalars }));
    this.#sites.push({ kind, fn: c.fn?.name ?? "", offset, name, values: shown });
    const words = [module.u32(site), ...[0, 1, 2].map((i) => c.extract(c.emit("Load", types.vector(types.u32, 3), this.#id), i))];
    for (const each of values) words.push(...each.words);
    const append = () => this.#append(words);
    if (kind === "log") return append();
    const follows = c.emit("INotEqual", types.bool, c.emit("Load", types.u32, this.#follows), module.u32(0));
    this.#when(follows, append);
  }

  /** What does not fit is only counted. */
  #append(words: readonly Value[]): void {
    const c = this.#c;
    const { u32, bool } = c.module.types;
    const at = c.emit("AtomicIAdd", u32, this.#pointer(c.module.u32(LOG.used)), c.module.u32(words.length));
    const most = c.module.u32(LOG.words - words.length);
    this.#when(c.emit("ULessThanEqual", bool, at, most), () => {
      words.forEach((word, i) => {
        const index = c.emit("IAdd", u32, at, c.module.u32(LOG.header + i));
        c.emit("Store", c.module.types.void, this.#pointer(index), word);
      });
    });
  }

  #when(condition: Value, then: () => void): void {
    const c = this.#c;
    const body = c.module.createBlock();
    const merge = c.module.createBlock();
    c.module.setMerge(c.block, merge);
    c.terminate("BranchConditional", condition, body, merge);
    c.start(body);
    then();
    c.branch(merge);
    c.start(merge);
  }
}
