/**
 * Values that waves work out again after a barrier instead of keeping them: indices, mostly, which are a few integer operations away from
 * the wave's number. That saves memory traffic, and lets ranges.ts see in each stretch where its offsets come from.
 */
import type { Step } from "./fission.ts";
import { type Flat, G, isOpener, MNEMONIC, NONE, OPCODE, ROW } from "./flat.ts";

/** Operations that are as cheap as a load. */
const CHEAP: ReadonlySet<string> = new Set(["mov", "iadd", "isub", "shl", "shr", "and", "or", "xor", "sys"]);
/** Operations that may be repeated for one value. */
const MAX_OPERATIONS = 6;

/**
 * How to get a value again: an instruction, and how to get its sources. A source that is a register of the workgroup, or no register, is
 * itself.
 */
interface Recipe {
  readonly i: number;
  readonly sources: readonly (Recipe | number)[];
  readonly operations: number;
}

/** @returns flat code in which stretches but the first begin with what they recompute, or `flat` itself if there is nothing */
export function recompute(flat: Flat, steps: readonly Step[]): Flat {
  const first = steps[0];
  if (first?.kind !== "stretch" || steps.length < 3) return flat;
  const recipes = recipesOf(flat, first.from, first.to);
  if (recipes.size === 0) return flat;
  const inserted = new Map<number, Recipe[]>();
  for (const step of steps) {
    if (step.kind !== "stretch" || step === first) continue;
    const wanted = new Set<number>();
    for (let i = step.from; i < step.to; i++) for (const reg of readBy(flat, i)) if (recipes.has(reg)) wanted.add(reg);
    if (wanted.size > 0)
      inserted.set(
        step.from,
        [...wanted].map((reg) => recipes.get(reg)!),
      );
  }
  return inserted.size === 0 ? flat : rebuild(flat, inserted);
}

/** Recipes of v and w registers that only [from, to) writes, outside of constructs. */
function recipesOf(flat: Flat, from: number, to: number): Map<number, Recipe> {
  const lastWrite = new Int32Array(flat.registers).fill(NONE);
  const isElsewhere = new Uint8Array(flat.registers);
  let depth = 0;
  for (let i = 0; i < flat.length; i++) {
    const op = flat.op[i]!;
    if (isOpener(op)) depth++;
    else if (op === OPCODE.end || op === OPCODE.endloop) depth--;
    for (const reg of writtenBy(flat, i)) {
      lastWrite[reg] = i;
      if (depth > 0 || i < from || i >= to) isElsewhere[reg] = 1;
    }
  }
  const recipes = new Map<number, Recipe>();
  depth = 0;
  for (let i = from; i < to; i++) {
    const op = flat.op[i]!;
    if (isOpener(op)) depth++;
    else if (op === OPCODE.end || op === OPCODE.endloop) depth--;
    // what a construct writes is not a source either: it may have been written never, or several times
    const made = depth > 0 ? undefined : recipeOf(flat, i, recipes, lastWrite);
    for (const reg of writtenBy(flat, i)) recipes.delete(reg);
    if (made !== undefined && flat.files[flat.d[i]!] !== G) recipes.set(flat.d[i]!, made);
  }
  for (const reg of [...recipes.keys()]) if (isElsewhere[reg] === 1) recipes.delete(reg);
  return recipes;
}

function recipeOf(flat: Flat, i: number, recipes: ReadonlyMap<number, Recipe>, lastWrite: Int32Array): Recipe | undefined {
  const mnemonic = MNEMONIC[flat.op[i]!];
  if (mnemonic === undefined || !CHEAP.has(mnemonic)) return undefined;
  const sources: (Recipe | number)[] = [];
  let operations = 1;
  for (const reg of [flat.a[i]!, flat.b[i]!]) {
    if (reg === NONE) sources.push(NONE);
    else if (flat.files[reg] === G) {
      if (lastWrite[reg]! > i) return undefined; // it will be another value
      sources.push(reg);
    } else {
      const recipe = recipes.get(reg);
      if (recipe === undefined) return undefined;
      operations += recipe.operations;
      sources.push(recipe);
    }
  }
  return operations <= MAX_OPERATIONS ? { i, sources, operations } : undefined;
}

function writtenBy(flat: Flat, i: number): number[] {
  const row = ROW[flat.op[i]!];
  if (flat.op[i] === OPCODE.call) return [...flat.calls[flat.hi[i]!]!.results];
  if (row === undefined || row.dst.length === 0 || flat.d[i] === NONE) return [];
  if (row.form !== "mem" || row.effect === "atomic") return [flat.d[i]!];
  return [flat.d[i]!, flat.b[i]!, flat.c[i]!, flat.e[i]!].filter((reg) => reg !== NONE);
}

function readBy(flat: Flat, i: number): number[] {
  if (flat.op[i] === OPCODE.call) {
    const site = flat.calls[flat.hi[i]!]!;
    return [...site.v, ...site.w];
  }
  return [flat.d[i]!, flat.a[i]!, flat.b[i]!, flat.c[i]!, flat.e[i]!].filter((reg) => reg !== NONE);
}

/** Copies flat code, with the instructions of recipes before those they are `inserted` at. */
function rebuild(flat: Flat, inserted: ReadonlyMap<number, readonly Recipe[]>): Flat {
  const out = flat.emptyCopy();
  const moved = new Int32Array(flat.length);
  for (let i = 0; i < flat.length; i++) {
    for (const recipe of inserted.get(i) ?? []) insert(out, flat, recipe, flat.d[recipe.i]!);
    moved[i] = out.length;
    out.pushFrom(flat, i);
  }
  for (let i = 0; i < flat.length; i++) {
    const target = flat.match[i]!;
    if (target !== NONE) out.match[moved[i]!] = moved[target]!;
  }
  return out;
}

/** Appends the instructions of a recipe, which leave the value in `d`. */
function insert(out: Flat, flat: Flat, recipe: Recipe, d: number): void {
  const sources = recipe.sources.map((source) => {
    if (typeof source === "number") return source;
    const temporary = out.files.push(flat.files[flat.d[source.i]!]!) - 1;
    insert(out, flat, source, temporary);
    return temporary;
  });
  const i = out.pushFrom(flat, recipe.i);
  out.d[i] = d;
  out.a[i] = sources[0]!;
  out.b[i] = sources[1]!;
}
