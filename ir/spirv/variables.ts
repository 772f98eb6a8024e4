/**
 * The variables of a module and how each is declared. One that is reached through pointers has its type (a buffer's inside a block); one
 * reached by spans, which are byte offsets, is an array of words: of its one 32-bit component type if it has one, else of u32.
 */
import { f32ToHalf } from "../../sandbox/isa/numeric-scalar.ts";
import { Ice, Limit, Unsupported } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import type { Global, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import { STORAGE, type StorageClass, TYPE_KIND, type TypeId } from "../types.ts";
import type { Emitter } from "./emitter.ts";
import { BUILT_IN, DECORATION } from "./grammar.ts";
import { bitsToFloat, isLaidOut, storageClass } from "./types.ts";

/** Words of an initial value, all of which are constants of their own. */
const MAX_TABLE_WORDS = 1 << 16;

export interface Place {
  readonly storage: StorageClass;
  /** id of the variable */
  readonly id: number;
  /** indices in front of those of an access: [0] into the block around a buffer's type */
  readonly prefix: readonly number[];
  /** of a variable in words: their type; else NONE */
  readonly word: TypeId;
  /** words stand in vectors of four: uniform buffers, whose arrays have strides of 16 bytes */
  readonly isQuads: boolean;
  /** second variable over a storage buffer, as an array of f16; 0 if none is needed */
  readonly halves: number;
}

/** How a variable's spans see it. */
export interface SpanUse {
  word: TypeId;
  hasHalves: boolean;
  hasAtomics: boolean;
}

/** Variables that spans reach. */
export function findSpans(m: Module): Map<Value, SpanUse> {
  const uses = new Map<Value, SpanUse>();
  for (const f of m.functions) {
    for (let b = f.first; b !== NONE; b = m.nextBlock(b)) {
      for (let v = m.first(b); v !== NONE; v = m.next(v)) noteSpan(m, v, uses);
    }
  }
  return uses;
}
function noteSpan(m: Module, v: Value, uses: Map<Value, SpanUse>): void {
  const op = m.op(v);
  if (op < OP.SpanLoad || op > OP.SpanUniformLoad) return;
  const variable = m.operand(v, 0);
  let use = uses.get(variable);
  if (use === undefined) {
    use = { word: NONE, hasHalves: false, hasAtomics: false };
    uses.set(variable, use);
  }
  if (op === OP.SpanLength) return;
  const { types } = m;
  let type = m.type(v);
  if (op === OP.SpanStore) type = m.type(m.operand(v, 2));
  if (op === OP.SpanAtomic) {
    use.hasAtomics = true;
    if (m.argCount(v) > 5) type = m.type(m.operand(v, 5));
  }
  if (types.kind(type) === TYPE_KIND.Vector) type = types.element(type);
  if (type === types.f16) use.hasHalves = true;
  else use.word = use.word === NONE || use.word === type ? type : types.u32;
}
/** The type of words: atomics, and halves in shared memory, which are written by atomics, need integers. */
function wordType(m: Module, use: SpanUse): TypeId {
  const { u32, f32 } = m.types;
  if (use.word === NONE || use.hasHalves || (use.hasAtomics && use.word === f32)) return u32;
  return use.word;
}

export class Variables {
  readonly e: Emitter;
  readonly spans: ReadonlyMap<Value, SpanUse>;
  readonly #places: Place[] = [];
  /** ids of inputs and outputs */
  readonly interface: number[] = [];

  constructor(e: Emitter, spans: ReadonlyMap<Value, SpanUse>) {
    this.e = e;
    this.spans = spans;
    for (const g of e.m.globals) this.#global(g);
  }

  of(v: Value): Place {
    const place = this.#places[v];
    if (!place) throw new Ice("an access of no variable");
    return place;
  }

  /** Declares a variable of a function; all of them stand first in its first block. */
  local(v: Value): void {
    this.#declare(v, STORAGE.Function, "functions");
  }

  #global(g: Global): void {
    const { e } = this;
    const { m, b } = e;
    const storage = m.types.storage(m.type(g.value));
    const isBuffer = isLaidOut(storage);
    if (isBuffer) this.#buffer(g, storage);
    else this.#declare(g.value, storage, "globals");
    const { id, halves } = this.of(g.value);
    for (const variable of halves === 0 ? [id] : [id, halves]) {
      b.name(variable, g.name);
      if (g.group !== NONE) b.emit("decorations", "Decorate", [variable, DECORATION.DescriptorSet, g.group]);
      if (g.binding !== NONE) b.emit("decorations", "Decorate", [variable, DECORATION.Binding, g.binding]);
      if (storage === STORAGE.StorageBuffer && !g.writable) b.emit("decorations", "Decorate", [variable, DECORATION.NonWritable]);
      if (halves !== 0) b.emit("decorations", "Decorate", [variable, DECORATION.Aliased]);
    }
    if (storage === STORAGE.Input || storage === STORAGE.Output) this.#io(g, storage, id);
  }
  #io(g: Global, storage: StorageClass, id: number): void {
    const { m, b } = this.e;
    this.interface.push(id);
    if (g.builtin !== "") {
      b.emit("decorations", "Decorate", [id, DECORATION.BuiltIn, builtIn(this.e, g.builtin, storage)]);
      return;
    }
    b.emit("decorations", "Decorate", [id, DECORATION.Location, g.location]);
    const component = this.e.types.component(m.types.pointee(m.type(g.value)));
    if (component === m.types.f16) b.capability("StorageInputOutput16");
    if (m.types.kind(component) === TYPE_KIND.Int && m.entry?.stage === "fragment" && storage === STORAGE.Input)
      b.emit("decorations", "Decorate", [id, DECORATION.Flat]);
  }

  #buffer(g: Global, storage: StorageClass): void {
    const { e } = this;
    const { m, b, types } = e;
    const type = m.types.pointee(m.type(g.value));
    const use = this.spans.get(g.value);
    if (!use) {
      if (holdsHalves(m, type))
        b.capability(storage === STORAGE.Uniform ? "UniformAndStorageBuffer16BitAccess" : "StorageBuffer16BitAccess");
      const isBlock = types.endsOpen(type);
      const inner = types.id(type, true);
      const block = isBlock ? inner : this.#block(inner, type);
      const id = this.#variable(storage, block);
      this.#places[g.value] = { storage, id, prefix: isBlock ? [] : [types.u32(0)], word: NONE, isQuads: false, halves: 0 };
      return;
    }
    const word = wordType(m, use);
    const isQuads = storage === STORAGE.Uniform;
    const inner = isQuads
      ? types.array(types.id(m.types.vector(word, 4)), Math.ceil(m.types.sizeBytes(type) / 16), 16)
      : types.runtimeArray(types.id(word), 4);
    let halves = 0;
    if (use.hasHalves && storage === STORAGE.StorageBuffer) {
      b.capability("StorageBuffer16BitAccess");
      halves = this.#variable(storage, this.#block(types.runtimeArray(types.id(m.types.f16), 2), NONE));
    }
    const id = this.#variable(storage, this.#block(inner, NONE));
    this.#places[g.value] = { storage, id, prefix: [types.u32(0)], word, isQuads, halves };
  }
  /** A struct around a buffer's type. @param type of the matrices inside, or NONE */
  readonly #blocks = new Map<number, number>();
  #block(inner: number, type: TypeId): number {
    const { b, types } = this.e;
    let id = this.#blocks.get(inner);
    if (id !== undefined) return id;
    id = b.intern("TypeStruct", NONE, [inner], "block");
    this.#blocks.set(inner, id);
    b.emit("decorations", "Decorate", [id, DECORATION.Block]);
    b.emit("decorations", "MemberDecorate", [id, 0, DECORATION.Offset, 0]);
    if (type !== NONE) types.matrixLayout(id, 0, type);
    return id;
  }
  #variable(storage: StorageClass, type: number): number {
    const { b, types } = this.e;
    const id = b.id();
    b.emit("globals", "Variable", [types.pointer(storage, type), id, storageClass(storage)]);
    return id;
  }

  /** All but buffers. What has no initial value begins as zeros, which is what WGSL says of each. */
  #declare(v: Value, storage: StorageClass, section: "globals" | "functions"): void {
    const { e } = this;
    const { m, b, types } = e;
    const type = m.types.pointee(m.type(v));
    const isIo = storage === STORAGE.Input || storage === STORAGE.Output;
    const use = isIo ? undefined : this.spans.get(v);
    const word = use ? wordType(m, use) : NONE;
    const count = Math.max(1, Math.ceil(m.types.sizeBytes(type) / 4));
    const inner = use ? types.array(types.id(word), count, 0) : types.id(type);
    const words = [types.pointer(storage, inner), b.id(), storageClass(storage)];
    if (m.argCount(v) > 1) words.push(use ? this.#table(m.operand(v, 1), type, word, inner) : e.id(m.operand(v, 1)));
    else if (!isIo) words.push(types.null(inner));
    b.emit(section, "Variable", words);
    const id = words[1]!;
    this.#places[v] = { storage, id, prefix: [], word, isQuads: false, halves: 0 };
    e.values[v] = id;
  }
  /** An initial value as an array of words. */
  #table(value: Value, type: TypeId, word: TypeId, array: number): number {
    const { m, types } = this.e;
    const bytes = Math.ceil(m.types.sizeBytes(type) / 4) * 4;
    if (bytes > 4 * MAX_TABLE_WORDS) throw new Limit("words of an initial value in SPIR-V", bytes / 4, MAX_TABLE_WORDS);
    const view = new DataView(new ArrayBuffer(bytes));
    writeConstant(m, view, 0, value);
    const words: number[] = [];
    for (let i = 0; i < bytes; i += 4) words.push(types.scalar(word, view.getUint32(i, true)));
    return types.composite(array, words);
  }
}

/** The bytes of a constant in memory. Nesting is as deep as its type's. */
function writeConstant(m: Module, view: DataView, at: number, v: Value): void {
  const { types } = m;
  const op = m.op(v);
  const type = m.type(v);
  if (op === OP.Constant) {
    if (type === types.f16) view.setUint16(at, f32ToHalf(bitsToFloat(m.arg(v, 0))), true);
    else view.setUint32(at, m.arg(v, 0), true);
    return;
  }
  if (op !== OP.ConstantComposite) return; // zeros
  const kind = types.kind(type);
  const stride = kind === TYPE_KIND.Vector ? types.sizeBytes(types.element(type)) : types.stride(type);
  for (let i = 0; i < m.argCount(v); i++)
    writeConstant(m, view, at + (kind === TYPE_KIND.Struct ? types.memberOffset(type, i) : i * stride), m.operand(v, i));
}

export function holdsHalves(m: Module, type: TypeId): boolean {
  const { types } = m;
  if (types.kind(type) === TYPE_KIND.Struct) {
    for (let i = 0; i < types.length(type); i++) if (holdsHalves(m, types.memberType(type, i))) return true;
    return false;
  }
  return type === types.f16 || (types.element(type) !== type && holdsHalves(m, types.element(type)));
}

/** Built-in values by WGSL's names; `position` is two. */
const BUILT_IN_NAMES: Readonly<Record<string, keyof typeof BUILT_IN>> = {
  vertex_index: "VertexIndex",
  instance_index: "InstanceIndex",
  front_facing: "FrontFacing",
  frag_depth: "FragDepth",
  sample_index: "SampleId",
  local_invocation_id: "LocalInvocationId",
  local_invocation_index: "LocalInvocationIndex",
  global_invocation_id: "GlobalInvocationId",
  workgroup_id: "WorkgroupId",
  num_workgroups: "NumWorkgroups",
  subgroup_size: "SubgroupSize",
  subgroup_invocation_id: "SubgroupLocalInvocationId",
  subgroup_id: "SubgroupId",
  num_subgroups: "NumSubgroups",
};
function builtIn(e: Emitter, name: string, storage: StorageClass): number {
  if (name === "position") return storage === STORAGE.Input ? BUILT_IN.FragCoord : BUILT_IN.Position;
  const known = Object.hasOwn(BUILT_IN_NAMES, name) ? BUILT_IN_NAMES[name] : undefined;
  if (known === undefined) throw new Unsupported(`SPIR-V modules with the built-in value '${name}'`);
  if (name.includes("subgroup")) e.b.capability("GroupNonUniform");
  if (name === "sample_index") e.b.capability("SampleRateShading");
  return BUILT_IN[known];
}
