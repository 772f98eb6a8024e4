/**
 * compile: text to first result, by stage, over shaders that differ each time. Medians of wall milliseconds by stage (they run on one thread),
 * and of CPU milliseconds of all threads for the whole; the first shader of a process is its own line.
 * Run: npx tsx bench/compile.bench.ts [kind ...] [reps=N] [warm=N] [passes]
 */
import { loadavg } from "node:os";
import { compile } from "../backend/index.ts";
import { check } from "../frontend/wgsl/check.ts";
import { evalOverrides } from "../frontend/wgsl/overrides.ts";
import { parse } from "../frontend/wgsl/parser.ts";
import { toIr } from "../frontend/wgsl/to-ir.ts";
import { optimize } from "../ir/optimize.ts";
import { compileProgram } from "../sandbox/jit/index.ts";
import { verify } from "../sandbox/verifier/verify.ts";
import { Budget } from "../support/column.ts";
import { DiagnosticList } from "../support/diagnostic.ts";
import { findEntry } from "../webgpu/compile.ts";
import { chainShader, functionsShader, hashShader, longShader, smallShader } from "./compile/shaders.ts";

const KINDS: Record<string, (seed: number) => string> = {
  small: smallShader,
  hash: hashShader,
  fn40: (seed) => functionsShader(seed, 40),
  fn200: (seed) => functionsShader(seed, 200),
  calls200: (seed) => functionsShader(seed, 200, 2),
  chain: (seed) => chainShader(seed, 30),
  long: (seed) => longShader(seed, 100_000),
};
const REPS: Record<string, number> = { small: 60, hash: 30, fn40: 9, fn200: 3, calls200: 3, chain: 9, long: 5 };

type Times = Map<string, number>;

/** One shader through all stages. @param passes whether each pass gets a line */
function once(text: string, passes: boolean, times: Times): { words: number; wasm: number } {
  let at = performance.now();
  const lap = (stage: string) => {
    const now = performance.now();
    times.set(stage, (times.get(stage) ?? 0) + now - at);
    at = now;
  };
  const diagnostics = new DiagnosticList();
  const budget = new Budget();
  const ast = parse(text, diagnostics, budget);
  lap("parse");
  const checked = check(ast, diagnostics, { budget });
  lap("check");
  const entry = findEntry(checked, undefined, "compute");
  if (typeof entry === "string" || !checked.ok) throw new Error(`${entry} ${diagnostics.items[0]?.message ?? ""}`);
  const specialization = evalOverrides(checked, entry, {}, diagnostics)!;
  const ir = toIr(checked, entry, specialization, new Budget());
  lap("to-ir");
  optimize(ir, 2, passes ? { dump: (pass) => lap(`  ${pass}`) } : {});
  lap("passes");
  const { object } = compile(ir, passes ? { onStage: (stage) => lap(`  ${stage}`) } : {});
  lap("backend");
  const verdict = verify(object);
  lap("verify");
  if (!verdict.ok) throw new Error("rejected");
  const program = compileProgram(verdict.token, { shared: false, plainAtomics: true });
  lap("jit");
  const module = new WebAssembly.Module(program.wasm);
  lap("engine");
  void module;
  return { words: object.length >> 3, wasm: program.wasm.length };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function measure(kind: string, reps: number, warm: number, passes: boolean, seed: number): void {
  const rows: Times[] = [];
  const cpu: number[] = [];
  let sizes = { words: 0, wasm: 0 };
  let bytes = 0;
  for (let i = 0; i < warm + reps; i++) {
    const text = KINDS[kind]!(seed + i);
    const row: Times = new Map();
    const before = cpuMs();
    sizes = once(text, passes, row);
    if (i === 0) {
      console.log(`${kind}: first of its kind in this process, wall ${sum(row).toFixed(1)}, CPU ${(cpuMs() - before).toFixed(1)} ms`);
      show([row], passes);
    }
    if (i < warm) continue;
    cpu.push(cpuMs() - before);
    rows.push(row);
    bytes = text.length;
  }
  const total = median(rows.map(sum));
  console.log(
    `${kind}: ${bytes} bytes, ${sizes.words} words, ${sizes.wasm} bytes of wasm; wall ${total.toFixed(2)}, CPU ${median(cpu).toFixed(2)} ms (least ${Math.min(...cpu).toFixed(2)})`,
  );
  show(rows, passes);
  const verified = median(rows.map((row) => row.get("verify")!));
  console.log(
    `  verification: ${((sizes.words * 8) / verified / 1000).toFixed(0)} MB/s of code, ${((100 * verified) / total).toFixed(1)} % of the time`,
  );
}
const sum = (row: Times): number => [...row.values()].reduce((total, t) => total + t, 0);

function show(rows: readonly Times[], passes: boolean): void {
  const stages = [...rows[0]!.keys()];
  const cells = stages.map((s) => `${s} ${median(rows.map((row) => row.get(s) ?? 0)).toFixed(3)}`);
  console.log(passes ? cells.join("\n") : `  ${cells.join("  ")}`);
}

function main(): void {
  const args = process.argv.slice(2);
  const option = (name: string) => args.find((a) => a.startsWith(`${name}=`))?.slice(name.length + 1);
  const wanted = args.filter((a) => KINDS[a] !== undefined);
  console.log(`node ${process.version}, load ${loadavg()[0]!.toFixed(1)}`);
  for (const kind of wanted.length > 0 ? wanted : Object.keys(KINDS)) {
    const reps = Number(option("reps") ?? REPS[kind]);
    measure(kind, reps, Number(option("warm") ?? reps), args.includes("passes"), 1 + Math.floor(Math.random() * 1e6));
  }
}

main();
