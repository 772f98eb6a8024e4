/**
 * The IR as a SPIR-V 1.3 module for Vulkan 1.1. One entry point; pointers or spans, so any level of optimization. Names of variables,
 * functions and structs are kept; equal types and constants are one. The control flow must be SPIR-V's: `legalize.ts` sees to that first.
 * @see https://registry.khronos.org/SPIR-V/specs/unified1/SPIRV.html
 */
import { Ice, Unsupported } from "../../support/failure.ts";
import { NONE } from "../../support/id.ts";
import { type BlockId, type FunctionId, MERGE, type Module, type Value } from "../module.ts";
import { OP, OP_NAMES, type OpName } from "../ops.ts";
import { ARITHMETIC, type Emit } from "./arithmetic.ts";
import { stringWords } from "./builder.ts";
import { Emitter } from "./emitter.ts";
import { EXECUTION_MODE, EXECUTION_MODEL, type SpvName } from "./grammar.ts";
import { GROUPS } from "./groups.ts";
import { legalize } from "./legalize.ts";
import { Memory } from "./memory.ts";
import { Spans } from "./spans.ts";
import { findSpans, Variables } from "./variables.ts";

const MODEL = { compute: EXECUTION_MODEL.GLCompute, vertex: EXECUTION_MODEL.Vertex, fragment: EXECUTION_MODEL.Fragment } as const;
/** FunctionControl, LoopControl, SelectionControl, and Logical addressing. */
const NO_CONTROL = 0;
const GLSL450_MEMORY = 1;

/**
 * @param m a valid module with an entry point; it is not changed
 * @returns the words of a SPIR-V module
 * @throws Limit (or Unsupported) for what SPIR-V of this version cannot say or hold
 */
export function writeSpirv(m: Module): Uint32Array {
  if (!m.entry) throw new Unsupported("SPIR-V modules without an entry point");
  return new Writer(legalize(m)).module();
}

/** A module as little-endian bytes, whatever machine this is. */
export function spirvBytes(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < words.length; i++) view.setUint32(4 * i, words[i]!, true);
  return bytes;
}

type Handler = (w: Writer, v: Value) => number;

class Writer {
  readonly m: Module;
  readonly e: Emitter;
  readonly variables: Variables;
  readonly memory: Memory;
  readonly spans: Spans;

  constructor(m: Module) {
    this.m = m;
    const e = new Emitter(m);
    this.e = e;
    e.b.capability("Shader");
    for (let f = 0; f < m.functions.length; f++) e.functions.push(e.b.id());
    this.variables = new Variables(e, findSpans(m));
    this.memory = new Memory(e, this.variables);
    this.spans = new Spans(e, this.variables, this.memory);
  }

  module(): Uint32Array {
    this.#entry();
    for (let f = 0; f < this.m.functions.length; f++) if (this.m.functions[f]!.first !== NONE) this.#function(f as FunctionId);
    return this.e.b.finish();
  }

  #entry(): void {
    const { m, e } = this;
    const { stage, func, name, workgroupSize } = m.entry!;
    const id = e.functions[func]!;
    e.b.emit("model", "MemoryModel", [0, GLSL450_MEMORY]);
    e.b.emit("entries", "EntryPoint", [MODEL[stage], id, ...stringWords(name), ...this.variables.interface]);
    if (stage === "compute") e.b.emit("modes", "ExecutionMode", [id, EXECUTION_MODE.LocalSize, ...workgroupSize]);
    if (stage !== "fragment") return;
    e.b.emit("modes", "ExecutionMode", [id, EXECUTION_MODE.OriginUpperLeft]);
    if (m.globals.some((g) => g.builtin === "frag_depth")) e.b.emit("modes", "ExecutionMode", [id, EXECUTION_MODE.DepthReplacing]);
  }

  #function(f: FunctionId): void {
    const { m, e } = this;
    const fn = m.functions[f]!;
    // nobody calls an entry point: parameters have no value and a result goes nowhere (front ends make neither)
    const isEntry = f === m.entry?.func;
    this.#isEntry = isEntry;
    const result = e.types.id(isEntry ? m.types.void : fn.returnType);
    const params = isEntry ? [] : fn.params.map((p) => e.typeOf(p));
    const id = e.functions[f]!;
    e.b.name(id, fn.name);
    e.b.emit("functions", "Function", [result, id, NO_CONTROL, e.types.function(result, params)]);
    fn.params.forEach((p, i) => {
      if (!isEntry) e.values[p] = e.op("FunctionParameter", params[i]!);
    });
    this.#phis.length = 0;
    for (let b = fn.first; b !== NONE; b = m.nextBlock(b)) this.#block(b);
    for (const patch of this.#phis) patch();
    e.statement("FunctionEnd");
  }
  #isEntry = false;
  /** What phis take is known when the function is complete. */
  readonly #phis: (() => void)[] = [];

  #block(b: BlockId): void {
    const { m, e } = this;
    e.statement("Label", e.label(b));
    const last = m.last(b);
    for (let v = m.first(b); v !== last; v = m.next(v)) {
      if (m.op(v) === OP.Variable) this.variables.local(v);
      else if (m.op(v) === OP.Phi) this.#phi(v);
      else {
        const id = HANDLERS[m.op(v)]!(this, v);
        if (id !== 0) e.values[v] = id;
      }
    }
    if (m.mergeKind(b) === MERGE.loop) e.statement("LoopMerge", e.label(m.merge(b)), e.label(m.continueTarget(b)), NO_CONTROL);
    if (m.mergeKind(b) === MERGE.selection) e.statement("SelectionMerge", e.label(m.merge(b)), NO_CONTROL);
    this.#terminator(last);
  }
  #phi(v: Value): void {
    const { m, e } = this;
    const words: number[] = [];
    for (let i = 0; i < m.argCount(v); i += 2) words.push(0, e.label(m.arg(v, i + 1) as BlockId));
    e.values[v] = e.op("Phi", e.typeOf(v), ...words);
    const end = e.b.position("functions");
    const first = end - words.length;
    this.#phis.push(() => {
      for (let i = 0; i < words.length; i += 2) e.b.patch("functions", first + i, e.arg(v, i));
    });
  }
  #terminator(v: Value): void {
    const { m, e } = this;
    const label = (i: number) => e.label(m.arg(v, i) as BlockId);
    const name = m.opName(v);
    switch (name) {
      case "Branch":
        return e.statement("Branch", label(0));
      case "BranchConditional":
        return e.statement("BranchConditional", e.arg(v, 0), label(1), label(2));
      case "Switch": {
        const words = [e.arg(v, 0), label(1)];
        for (let i = 2; i < m.argCount(v); i += 2) words.push(m.arg(v, i), label(i + 1));
        return e.statement("Switch", ...words);
      }
      case "ReturnValue":
        return this.#isEntry ? e.statement("Return") : e.statement("ReturnValue", e.arg(v, 0));
      case "Return":
      case "Kill":
      case "Unreachable":
        return e.statement(name);
      default:
        throw new Ice(`a block ends in ${name}`);
    }
  }

  call(v: Value): number {
    const { m, e } = this;
    const f = m.arg(v, 0);
    const args: number[] = [];
    for (let i = 1; i < m.argCount(v); i++) args.push(e.arg(v, i));
    return e.op("FunctionCall", e.types.id(m.functions[f]!.returnType), e.functions[f]!, ...args);
  }
}

const none =
  (run: (w: Writer, v: Value) => void): Handler =>
  (w, v) => {
    run(w, v);
    return 0;
  };
const atomic =
  (name: SpvName): Handler =>
  (w, v) =>
    w.memory.atomicOn(name, v);
const outOfPlace: Handler = (w, v) => {
  throw new Ice(`${w.m.opName(v)} out of place`);
};

// biome-ignore format: a table, read by rows
const OTHERS: { readonly [N in Exclude<OpName, keyof typeof ARITHMETIC | keyof typeof GROUPS>]: Handler } = {
  Constant: outOfPlace, ConstantComposite: outOfPlace, ConstantNull: outOfPlace, Undef: outOfPlace, Variable: outOfPlace, FunctionParameter: outOfPlace,
  AccessChain: (w, v) => w.memory.accessChain(v), Load: (w, v) => w.memory.load(v), Store: none((w, v) => w.memory.store(v)),
  ArrayLength: (w, v) => w.memory.arrayLength(v),
  AtomicLoad: atomic("AtomicLoad"), AtomicStore: atomic("AtomicStore"), AtomicExchange: atomic("AtomicExchange"), AtomicCompareExchange: atomic("AtomicCompareExchange"),
  AtomicIAdd: atomic("AtomicIAdd"), AtomicISub: atomic("AtomicISub"), AtomicSMin: atomic("AtomicSMin"), AtomicUMin: atomic("AtomicUMin"),
  AtomicSMax: atomic("AtomicSMax"), AtomicUMax: atomic("AtomicUMax"), AtomicAnd: atomic("AtomicAnd"), AtomicOr: atomic("AtomicOr"), AtomicXor: atomic("AtomicXor"),
  WorkgroupUniformLoad: (w, v) => w.memory.uniformLoad(() => w.memory.load(v)), ControlBarrier: none((w, v) => w.memory.barrier(w.m.arg(v, 0))),
  SpanLoad: (w, v) => w.spans.load(v), SpanStore: none((w, v) => w.spans.store(v)), SpanAtomic: (w, v) => w.spans.atomic(v),
  SpanLength: (w, v) => w.spans.length(v), SpanUniformLoad: (w, v) => w.memory.uniformLoad(() => w.spans.load(v)),
  Phi: outOfPlace, Branch: outOfPlace, BranchConditional: outOfPlace, Switch: outOfPlace, Return: outOfPlace, ReturnValue: outOfPlace,
  Unreachable: outOfPlace, Kill: outOfPlace, FunctionCall: (w, v) => w.call(v),
};
const onEmitter =
  (emit: Emit): Handler =>
  (w, v) =>
    emit(w.e, v);
const SIMPLE = { ...ARITHMETIC, ...GROUPS };
const HANDLERS: readonly Handler[] = OP_NAMES.map((name) =>
  name in SIMPLE ? onEmitter(SIMPLE[name as keyof typeof SIMPLE]) : OTHERS[name as keyof typeof OTHERS],
);
