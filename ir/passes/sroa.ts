/**
 * Splits Function and Private variables of aggregate type into variables of their parts, as long as every access names a part by a constant
 * or takes the whole. What is left are scalars and vectors, which mem2reg turns into values, and arrays that are really indexed.
 * A component of a vector that is the whole variable is read and written through the vector. Linear in the accesses times the depth of types.
 */
import { NONE } from "../../support/id.ts";
import { findVariables, type VariableUse } from "../analysis/variables.ts";
import { bodies, Replacements } from "../edit.ts";
import type { FunctionId, Module, Value } from "../module.ts";
import { OP } from "../ops.ts";
import type { Pass } from "../pass.ts";
import { STORAGE, TYPE_KIND, type TypeId } from "../types.ts";
import { partType } from "../typing.ts";

/** Parts that one variable is split into at most: whole loads and stores of it become as many. */
const MAX_PARTS = 256;
/** Rounds, one per level of nesting. */
const MAX_DEPTH = 16;

export const sroa: Pass = {
  name: "sroa",
  run: (m) => {
    let changed = false;
    for (const f of bodies(m)) {
      if (joinChains(m, f)) changed = true;
      for (let round = 0; round < MAX_DEPTH && split(m, f); round++) changed = true;
    }
    return changed;
  },
};

/** Makes each chain of a chain one chain from the variable. */
function joinChains(m: Module, f: FunctionId): boolean {
  let changed = false;
  for (let b = m.functions[f]!.first; b !== NONE; b = m.nextBlock(b)) {
    for (let v = m.first(b); v !== NONE; v = m.next(v)) {
      if (m.op(v) !== OP.AccessChain) continue;
      const base = m.operand(v, 0);
      if (m.op(base) !== OP.AccessChain) continue;
      const args: number[] = [];
      for (let i = 0; i < m.argCount(base); i++) args.push(m.arg(base, i));
      for (let i = 1; i < m.argCount(v); i++) args.push(m.arg(v, i));
      m.setArgs(v, args);
      changed = true;
    }
  }
  return changed;
}

function split(m: Module, f: FunctionId): boolean {
  let changed = false;
  const replacements = new Replacements(m);
  const gone: Value[] = [];
  for (const use of findVariables(m, f).values()) {
    const type = m.types.pointee(m.type(use.variable));
    // a table of constants stays together, and so does what is only ever indexed by variables
    if (use.isOther || m.argCount(use.variable) > 1) continue;
    if (m.types.kind(type) === TYPE_KIND.Vector) {
      if (use.chains.length > 0 && accessVector(m, use, gone)) changed = true;
    } else if (isSplittable(m, use, type)) {
      splitVariable(m, f, use, type, gone, replacements);
      changed = true;
    }
  }
  replacements.apply(f);
  for (const v of gone) m.remove(v);
  return changed;
}

function isSplittable(m: Module, use: VariableUse, type: TypeId): boolean {
  const kind = m.types.kind(type);
  if (kind < TYPE_KIND.Vector || kind > TYPE_KIND.Struct || kind === TYPE_KIND.RuntimeArray) return false;
  const count = m.types.length(type);
  if (count > MAX_PARTS) return false;
  return use.chains.every((chain) => {
    if (m.argCount(chain) < 2) return false;
    const index = m.constantBits(m.operand(chain, 1));
    return index >= 0 && index < count;
  });
}

function splitVariable(m: Module, f: FunctionId, use: VariableUse, type: TypeId, gone: Value[], replacements: Replacements): void {
  const storage = m.arg(use.variable, 0) as 0;
  const parts: Value[] = [];
  for (let i = 0; i < m.types.length(type); i++) {
    const pointer = m.types.pointer(storage, partType(m, type, i));
    // a Private variable's parts belong to the entry point: nothing else is left to use them
    parts.push(
      m.prepend(m.functions[f]!.first, "Variable", m.types.pointer(STORAGE.Function, m.types.pointee(pointer)), [STORAGE.Function]),
    );
  }
  for (const chain of use.chains) retargetChain(m, chain, parts, gone, replacements);
  for (const access of use.accesses) {
    if (m.op(access) === OP.Load) {
      const values = parts.map((p, i) => m.insertBefore(access, "Load", partType(m, type, i), [p]));
      m.rewrite(access, "CompositeConstruct", type, values);
    } else {
      const value = m.operand(access, 1);
      for (const [i, p] of parts.entries())
        m.insertBefore(access, "Store", m.types.void, [p, partOf(m, value, partType(m, type, i), i, access)]);
      gone.push(access);
    }
  }
  if (m.blockOf(use.variable) !== NONE) gone.push(use.variable);
}
/** Part i of a value that is stored: of a constant or a composite just built without an instruction. */
function partOf(m: Module, value: Value, type: TypeId, i: number, at: Value): Value {
  if (m.op(value) === OP.ConstantNull) return m.constantNull(type);
  if (m.op(value) === OP.Undef) return m.undef(type);
  const isWhole = m.types.kind(m.type(value)) !== TYPE_KIND.Vector;
  if (m.op(value) === OP.ConstantComposite || (m.op(value) === OP.CompositeConstruct && isWhole)) return m.operand(value, i);
  return m.insertBefore(at, "CompositeExtract", type, [value, i]);
}
/** A chain into part k becomes one from part k's variable, or that variable. */
function retargetChain(m: Module, chain: Value, parts: readonly Value[], gone: Value[], replacements: Replacements): void {
  const part = parts[m.constantBits(m.operand(chain, 1))]!;
  if (m.argCount(chain) === 2) {
    replacements.set(chain, part);
    gone.push(chain);
    return;
  }
  const args: number[] = [part];
  for (let i = 2; i < m.argCount(chain); i++) args.push(m.arg(chain, i));
  m.rewrite(chain, "AccessChain", m.types.pointer(STORAGE.Function, m.types.pointee(m.type(chain))), args);
}

/** Loads and stores of components become those of the vector. @returns whether all of them could */
function accessVector(m: Module, use: VariableUse, gone: Value[]): boolean {
  const vector = m.types.pointee(m.type(use.variable));
  const component = m.types.element(vector);
  for (const chain of use.chains) if (m.argCount(chain) !== 2) return false;
  for (const access of use.through) {
    const index = m.operand(m.operand(access, 0), 1);
    const known = m.constantBits(index);
    const isKnown = known >= 0 && known < m.types.length(vector);
    const old = m.insertBefore(access, "Load", vector, [use.variable]);
    if (m.op(access) === OP.Load) {
      if (isKnown) m.rewrite(access, "CompositeExtract", component, [old, known]);
      else m.rewrite(access, "VectorExtractDynamic", component, [old, index]);
    } else {
      const value = m.operand(access, 1);
      const fresh = isKnown
        ? m.insertBefore(access, "CompositeInsert", vector, [value, old, known])
        : m.insertBefore(access, "VectorInsertDynamic", vector, [old, value, index]);
      m.setArgs(access, [use.variable, fresh]);
    }
  }
  for (const chain of use.chains) gone.push(chain);
  return true;
}
