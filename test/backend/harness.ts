/** Compiles IR, has the verifier look at the object, runs it on both tiers, and compares memory with what the oracle says. */
import { type CompileOptions, compile } from "../../backend/index.ts";
import type { Module } from "../../ir/module.ts";
import { parse } from "../../ir/parse.ts";
import { formatErrors, validate } from "../../ir/validate.ts";
import { disassemble } from "../../sandbox/isa/disassemble.ts";
import { SLOT_KIND } from "../../sandbox/isa/modes.ts";
import { compileProgram } from "../../sandbox/jit/index.ts";
import { CAUSE, type Outcome as End, type Launch } from "../../sandbox/machine/launch.ts";
import { runReference } from "../../sandbox/machine/reference.ts";
import type { Token } from "../../sandbox/verifier/token.ts";
import { verify } from "../../sandbox/verifier/verify.ts";
import { place } from "../sandbox/harness.ts";
import { runDispatch } from "./oracle.ts";

export interface Outcome {
  readonly isa: string;
  /** what is wrong, in words */
  readonly wrong: readonly string[];
}

export function parseIr(text: string): Module {
  const read = parse(text);
  if (!read.ok) throw new Error(read.errors.map((e) => `${e.line}:${e.column} ${e.message}`).join("\n"));
  const errors = validate(read.module);
  if (errors.length > 0) throw new Error(formatErrors(read.module, errors));
  return read.module;
}

/**
 * @param make gives the module anew: compiling changes it
 * @param buffers contents by variable name
 */
export function check(
  make: () => Module,
  buffers: ReadonlyMap<string, Uint8Array>,
  grid: readonly [number, number, number] = [1, 1, 1],
  options: CompileOptions = {},
): Outcome {
  const m = make();
  const names = new Map(m.globals.map((g) => [`${g.group}.${g.binding}`, g.name]));
  const { parts, object } = compile(m, options);
  const isa = disassemble(parts);
  const verdict = verify(object);
  if (!verdict.ok) return { isa, wrong: [`rejected by ${verdict.rule} at word ${verdict.word}: ${verdict.message}`] };
  const nameOf = (i: number) => names.get(`${parts.slots[i]!.group}.${parts.slots[i]!.binding}`)!;
  const slots: Record<number, { words: readonly number[]; size: number }> = {};
  parts.slots.forEach((slot, i) => {
    if (slot.kind !== SLOT_KIND.storage && slot.kind !== SLOT_KIND.uniform) return;
    const bytes = buffers.get(nameOf(i))!;
    slots[i] = { words: Array.from(new Uint32Array(bytes.slice().buffer)), size: bytes.length };
  });
  const expected = new Map([...buffers].map(([name, bytes]) => [name, bytes.slice()]));
  runDispatch(make(), { buffers: expected, grid });
  const wrong: string[] = [];
  for (const tier of TIERS) {
    const placed = place(verdict.token, { slots, grid, fuel: 3_000_000 });
    const result = placed.result(tier.run(verdict.token, placed.launch));
    const found: string[] = [];
    if (result.outcome.cause !== CAUSE.end) found.push(`it ended with cause ${result.outcome.cause} at word ${result.outcome.pc}`);
    if (result.dirty.length > 0) found.push("bytes outside of regions changed");
    for (const i of Object.keys(slots)) compare(nameOf(Number(i)), result.slots[Number(i)]!, expected.get(nameOf(Number(i)))!, found);
    wrong.push(...found.map((text) => `${tier.name}: ${text}`));
  }
  return { isa, wrong };
}

const TIERS: readonly { readonly name: string; run(token: Token, launch: Launch): End }[] = [
  { name: "reference", run: (token, launch) => runReference(token, launch, { belt: true }) },
  { name: "jit", run: (token, launch) => compileProgram(token, { shared: false, plainAtomics: true }).run(launch) },
];

const isNaNBits = (word: number) => (word & 0x7fffffff) >>> 0 > 0x7f800000;

function compare(name: string, actual: readonly number[], bytes: Uint8Array, wrong: string[]): void {
  const expected = new Uint32Array(bytes.slice().buffer);
  expected.forEach((word, i) => {
    if (actual[i] === word || (isNaNBits(word) && isNaNBits(actual[i]!)) || wrong.length >= 8) return;
    wrong.push(`${name}[${i}] is 0x${actual[i]?.toString(16)}, not 0x${word.toString(16)}`);
  });
}
