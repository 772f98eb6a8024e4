/**
 * What a program computes must not depend on the tier, on how much was optimised, on whether calls stay calls, or on when it is evaluated.
 * All NaNs count as equal.
 */
import type { Bind } from "../../cli/directives.ts";
import { type LaunchResult, launch, type Tier } from "../../cli/launch.ts";
import { checkShader, compileShader, type Shader } from "../../webgpu/compile.ts";
import { generate, type Program, SLOTS, text } from "./statements.ts";
import { type Node, print, Random } from "./tree.ts";

const FUEL = 4_000_000;

export interface Config {
  readonly name: string;
  readonly tier: Tier;
  readonly level: 0 | 2;
  readonly calls: boolean;
}
const config = (tier: Tier, level: 0 | 2, calls: boolean): Config => ({
  name: `${tier} -O${level}${calls ? " with calls" : ""}`,
  tier,
  level,
  calls,
});
export const CONFIGS: readonly Config[] = [
  config("jit", 2, false),
  config("reference", 2, false),
  config("jit", 0, false),
  config("jit", 2, true),
];

export interface Launchable {
  readonly source: string;
  readonly invocations: number;
  readonly groups: number;
}
export const launchable = (p: Program): Launchable => ({ source: text(p), invocations: p.workgroupSize * p.groups, groups: p.groups });

/** Contents of the inputs: small numbers, all bits, and in between. */
function inputs(invocations: number): Bind[] {
  const r = new Random(7);
  const u = Uint32Array.from({ length: 64 }, (_, i) => (i % 3 === 0 ? r.below(9) : i % 3 === 1 ? r.next() : r.next() >>> r.below(32)));
  const f = Float32Array.from({ length: 64 }, (_, i) =>
    i % 4 === 0 ? r.below(7) - 3 : (r.next() - 2 ** 31) / 2 ** (i % 4 === 1 ? 31 : 20 + r.below(12)),
  );
  const bind = (binding: number, scalar: Bind["scalar"], words: Uint32Array): Bind => ({ group: 0, binding, scalar, words });
  const out = invocations * SLOTS;
  return [
    bind(0, "u32", u),
    bind(1, "f32", new Uint32Array(f.buffer)),
    bind(2, "u32", new Uint32Array(out)),
    bind(3, "f32", new Uint32Array(out)),
    bind(4, "u32", new Uint32Array(8)),
  ];
}

export type Verdict =
  | { readonly kind: "same" }
  /** not a valid program, or one that runs too long: says nothing */
  | { readonly kind: "invalid"; readonly message: string }
  | { readonly kind: "differs"; readonly message: string };

export function judge(program: Launchable, configs: readonly Config[] = CONFIGS): Verdict {
  const shader = checkShader(program.source);
  const wrong = shader.failure?.message ?? shader.diagnostics.items.find((d) => d.severity === "error")?.message;
  if (wrong !== undefined) return { kind: "invalid", message: wrong };
  let first: { readonly name: string; readonly out: string[] } | null = null;
  for (const c of configs) {
    const out = runOne(shader, program, c);
    if (typeof out === "string") {
      if (out.startsWith("limit")) return { kind: "invalid", message: out };
      return { kind: "differs", message: `${c.name}: ${out}` };
    }
    if (first === null) first = { name: c.name, out };
    const at = out.findIndex((word, i) => word !== first!.out[i]);
    if (at >= 0) return { kind: "differs", message: `word ${at}: ${first.name} ${first.out[at]}, ${c.name} ${out[at]}` };
  }
  return { kind: "same" };
}

/** What the buffers hold, or what went wrong. */
function runOne(shader: Shader, program: Launchable, c: Config): string[] | string {
  const reply = compileShader({ shader, level: c.level, inlineBudget: c.calls ? 0 : undefined });
  if (reply.status === "invalid") return `limit: ${reply.message}`;
  if (reply.status === "failed")
    return reply.failure.kind === "limit" ? `limit: ${reply.failure.message}` : `fails: ${reply.failure.message}`;
  const binds = inputs(program.invocations);
  let result: LaunchResult;
  try {
    result = launch({ object: reply.object, binds, dispatch: [program.groups, 1, 1], tier: c.tier, fuel: FUEL });
  } catch (error) {
    return `throws: ${String(error)}`;
  }
  if (result.status === "trapped") return result.trap.cause === 1 ? "limit: fuel" : `trap ${result.trap.cause}`;
  if (result.status !== "done") return `${result.status}: ${"message" in result ? result.message : ""}`;
  // a buffer that is not written, or not used any more, is as it was
  const { outputs } = result;
  return binds.slice(2).flatMap((b) => {
    const { words } = outputs.find((o) => o.binding === b.binding) ?? b;
    return Array.from(words, (word) => show(word, b.scalar));
  });
}
const view = new DataView(new ArrayBuffer(4));
function show(word: number, scalar: string): string {
  if (scalar !== "f32") return String(word);
  view.setUint32(0, word);
  const value = view.getFloat32(0);
  return Number.isNaN(value) ? "NaN" : `${value === 0 && 1 / value < 0 ? "-0" : value} (${word.toString(16)})`;
}

// ---- constants

/** The same expressions, as constants and with their literals not constant, side by side. */
export function constantProgram(p: Program): Launchable | null {
  const uses = print({ kind: "item", ty: null, parts: p.constants.map((c) => c.constant) });
  const half = uses.includes("f16") ? "enable f16;\n" : "";
  const lines: string[] = [];
  const declarations: string[] = [];
  p.constants.forEach(({ constant }, i) => {
    const ty = constant.ty!;
    const declaration = `const C${i}: ${ty.name} = ${print(constant)};`;
    const alone = checkShader(`${half}${declaration}`);
    if (alone.failure || alone.diagnostics.items.some((d) => d.severity === "error")) return;
    declarations.push(declaration);
    lines.push(`let r${i}: ${ty.name} = ${print(unfolded(constant))};`);
    const n = ty.kind === "vec" ? ty.n : 1;
    for (let k = 0; k < n; k++) {
      const part = ty.kind === "vec" ? `[${k}]` : "";
      const of = ty.kind === "vec" || ty.kind === "scalar" ? ty.of : "u32";
      const as = (name: string) => (of === "f32" || of === "f16" ? `bitcast<u32>(f32(${name}${part}))` : `u32(${name}${part})`);
      lines.push(`out_u[at] = ${as(`C${i}`)}; out_u[at + 1u] = ${as(`r${i}`)}; at += 2u;`);
    }
  });
  if (lines.length === 0) return null;
  const source = `${half}@group(0) @binding(2) var<storage, read_write> out_u: array<u32>;
var<private> zero_i32: i32;
var<private> zero_bool: bool;
${declarations.join("\n")}
@compute @workgroup_size(1) fn main() {
var at = 0u;
${lines.join("\n")}
}
`;
  return { source, invocations: 8, groups: 1 };
}
/** Literals and indexes with a zero added that no compiler knows before it runs. */
function unfolded(node: Node): Node {
  if (node.kind === "expr" && node.ty?.kind === "scalar" && node.parts.length === 1 && typeof node.parts[0] === "string") {
    const { of } = node.ty;
    return { ...node, parts: [of === "bool" ? `(${node.parts[0]} != zero_bool)` : `(${node.parts[0]} + ${of}(zero_i32))`] };
  }
  return { ...node, parts: node.parts.map((part) => (typeof part === "string" ? part : unfolded(part))) };
}

/** Each pair of words is equal. */
export function judgeConstants(program: Launchable): Verdict {
  const shader = checkShader(program.source);
  const wrong = shader.failure?.message ?? shader.diagnostics.items.find((d) => d.severity === "error")?.message;
  if (wrong !== undefined) return { kind: "invalid", message: wrong };
  for (const c of CONFIGS.slice(0, 3)) {
    const out = runOne(shader, program, c);
    if (typeof out === "string") return { kind: out.startsWith("limit") ? "invalid" : "differs", message: out };
    for (let i = 0; i < out.length; i += 2)
      if (out[i] !== out[i + 1]) return { kind: "differs", message: `${c.name}: pair ${i / 2}: constant ${out[i]}, run ${out[i + 1]}` };
  }
  return { kind: "same" };
}

// ---- one seed

export interface Find {
  readonly seed: number;
  readonly kind: "program" | "constants";
  readonly message: string;
  readonly program: Program;
}
export interface Tally {
  same: number;
  invalid: number;
  readonly finds: Find[];
}

/** Half of the programs have literals that are folded early, half none. */
export const programOf = (seed: number) => generate(seed, seed % 2 === 0 ? 0 : 15);

export function trySeed(seed: number, tally: Tally): void {
  const program = programOf(seed);
  const note = (kind: Find["kind"], verdict: Verdict) => {
    if (verdict.kind === "differs") tally.finds.push({ seed, kind, message: verdict.message, program });
    else tally[verdict.kind]++;
  };
  note("program", judge(launchable(program)));
  const constants = constantProgram(program);
  if (constants) note("constants", judgeConstants(constants));
}
