/** Ring 0 uses nothing that a caller can replace, and nothing that hides what it does. `ring0-lint.ts` says what it looks for. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundlePatched } from "../../scripts/patched.ts";
import { type Fault, lint, type ValueCalls } from "./ring0-lint.ts";

const ROOT = join(import.meta.dirname, "../..");
const CAPTURED = "sandbox/memory/captured.ts";
const files = readFileSync(join(ROOT, "sandbox/RING0"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .map((file) => `sandbox/${file}`);

type Report = { readonly [what in "differences" | "calls" | "replaced" | "control" | "accepted" | "rejected" | "runs"]: number };

const AT_LOAD = {
  "sandbox/verifier/check.ts: newChecker": "verify.ts calls it once, at load; what tests make with it cannot make tokens",
};
const RULES = ["sandbox/verifier/rules.ts"];
const OUTSIDE =
  "belongs to ring 1, which made the machine: it gets one wave's registers or an outcome, and holds no function of ring 0 that runs";
const VALUE_CALLS: ValueCalls = {
  "sandbox/verifier/check.ts: objectRules[i]!.holds": { reason: "the rules' own predicates", to: RULES },
  "sandbox/verifier/check.ts: predicates[i]": { reason: "the rules' own predicates", to: RULES },
  "sandbox/verifier/check.ts: move": { reason: "flow.ts: step, but where a test plants another", to: ["sandbox/verifier/flow.ts"] },
  "sandbox/verifier/verify.ts: shipped.check": { reason: "the one checker, made at load", to: ["sandbox/verifier/check.ts"] },
  "sandbox/memory/recycle.ts: each.isFree": { reason: "the kernel's word that no thread holds the memory", to: [] },
  "sandbox/machine/access.ts: this.#combine": { reason: OUTSIDE, to: [] },
  "sandbox/machine/execute.ts: run": { reason: OUTSIDE, to: [] },
  "sandbox/machine/execute.ts: this.#handler": { reason: OUTSIDE, to: [] },
  "sandbox/machine/execute.ts: this.#hooks?.workgroup": { reason: OUTSIDE, to: [] },
  "sandbox/machine/execute.ts: this.#hooks?.barrier": { reason: OUTSIDE, to: [] },
  "sandbox/machine/execute.ts: this.#hooks.access": { reason: OUTSIDE, to: [] },
  "sandbox/machine/execute.ts: hooks.word": { reason: OUTSIDE, to: [] },
};

test("ring 0 holds to its rules", () => {
  expect(lint({ root: ROOT, files, captured: CAPTURED, valueCalls: VALUE_CALLS, atLoad: AT_LOAD })).toEqual([]);
}, 60_000);

test("every excuse is needed", () => {
  const found = new Set(lint({ root: ROOT, files, captured: CAPTURED }).map(({ fault, file }) => `${fault} ${file}`));
  expect([...found].sort()).toEqual(
    [
      "builtin sandbox/verifier/check.ts",
      ...new Set(Object.keys(VALUE_CALLS).map((call) => `value call ${call.slice(0, call.indexOf(":"))}`)),
    ].sort(),
  );
}, 60_000);

/** A file each. What must be found in it, or nothing. */
const PLANTED: readonly (readonly [Fault | undefined, string])[] = [
  ["any", "export function f(a: any): number { return a; }"],
  ["any", "export const f = (a: string): unknown => JSON.parse(a);"],
  [
    "any",
    "export function f(a: { b: number }[]): number { let n; for (let i = 0; i < a.length; i++) n = (a as never as any)[i]; return n; }",
  ],
  ["regex", "const ok = /a+/; export const g = ok;"],
  ["regex", "export function f(): unknown { return new RegExp('a'); }"],
  ["recursion", "export function f(n: number): number { return n < 1 ? 0 : f(n - 1); }"],
  [
    "recursion",
    "export function f(n: number): number { return g(n); } function g(n: number): number { return h(n); } const h = (n: number): number => (n < 1 ? 0 : f(n - 1));",
  ],
  ["recursion", "export class A { get x(): number { return this.y(); } y(): number { return this.x; } }"],
  [
    "recursion",
    "export class A { readonly #b: A; constructor(n: number) { this.#b = n > 0 ? make(n) : this; } } function make(n: number): A { return new A(n - 1); }",
  ],
  ["recursion", "export function f(n: number): number { const again = f; return n + (again === undefined ? 0 : 1); }"],
  ["builtin", "export function f(a: number): number { return Math.floor(a); }"],
  ["builtin", "export function f(a: number[]): void { a.push(1); }"],
  ["builtin", "export function f(a: Uint8Array, b: Uint8Array): void { a.set(b); }"],
  ["builtin", "export function f(a: Uint8Array): number { return a.length; }"],
  ["builtin", "export function f(a: Uint8Array): unknown { const { buffer } = a; return buffer; }"],
  ["builtin", "export function f(n: number): Uint8Array { return new Uint8Array(n); }"],
  ["builtin", "export function f(m: Map<number, number>): number | undefined { return m.get(1); }"],
  ["builtin", "export function f(): unknown { return globalThis; }"],
  ["builtin", "export function f(s: string): unknown { return eval(s); }"],
  ["builtin", "const floor = Math.floor; export const f = () => Math.ceil(floor(1));"],
  ["iterator", "export function f(a: number[]): number { let n = 0; for (const x of a) n += x; return n; }"],
  ["iterator", "export function f(a: [number, number]): number { const [x, y] = a; return x + y; }"],
  ["iterator", "export function f(a: number[]): number[] { return [...a]; }"],
  ["conversion", `export function f(a: { b: number }): string { return \`\${a}\`; }`],
  ["conversion", "export function f(a: object): boolean { return a instanceof Function; }"],
  ["conversion", "export function f(a: unknown, b: number): boolean { return (a as Date) > (b as never as Date); }"],
  ["name", "export function f(a: Record<string, number>, k: string): number | undefined { return a[k]; }"],
  ["name", "export function f(a: { x: number; y: number }, k: 'x' | 'y'): number { return a[k]; }"],
  ["name", "export function f(a: object): number { let n = 0; for (const _ in a) n++; return n; }"],
  ["name", "export function f(a: number[], k: 'length'): number { return a[k]; }"],
  ["element", "export function f(a: number[]): void { a[a.length] = 1; }"],
  ["element", "export function f(a: number[]): void { a[0]!++; }"],
  ["value call", "export function f(g: () => number): number { return g(); }"],
  ["value call", "export function f(a: { g(): number }): number { return a.g(); }"],
  ["value call", "const table: (() => number)[] = []; export function f(i: number): number { return table[i]!(); }"],
  ["async", "export async function f(): Promise<void> {}"],
  // and what is right
  [undefined, "import { floor } from './memory/captured.ts'; export function f(a: number): number { return floor(a); }"],
  [undefined, "const all = [1, 2].map((n) => n * 2); export function f(i: number): number { return all[i] ?? all.length; }"],
  [undefined, "function twice(n: number): number { return Math.max(n, 2 * n); } const four = twice(2); export const f = () => four;"],
  [undefined, "export function f(a: Uint8Array, i: number): void { a[i] = a[i + 1]! & 3; }"],
  [
    undefined,
    "import { newList } from './memory/captured.ts'; export function f(n: number): unknown { const l = newList<number>(); l[0] = n; l.length = 0; return l; }",
  ],
  [
    undefined,
    `export class A { #n = 0; static is(a: object): boolean { return #n in a; } add(n: number): string { this.#n += n; return \`\${this.#n}\`; } }`,
  ],
];

test("planted faults are found, each by its name, and what is right is let through", () => {
  const names = PLANTED.map((_, i) => `sandbox/planted${i}.ts`);
  const texts = Object.fromEntries(names.map((name, i) => [name, PLANTED[i]![1]]));
  const found = lint({ root: ROOT, files: [CAPTURED, ...names], texts, captured: CAPTURED });
  for (const [i, [fault, text]] of PLANTED.entries()) {
    const faults = found.filter(({ file }) => file === names[i]).map((finding) => finding.fault);
    if (fault === undefined) expect(faults, text).toEqual([]);
    else expect(faults, text).toContain(fault);
  }
}, 60_000);

test("callers who replace every built-in after load change no verdict, no run and no name, and are not called once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-realm-"));
  const file = join(folder, "realm.mjs");
  await bundlePatched("test/tools/ring0-realm.ts", [], file);
  const report = JSON.parse(execFileSync(process.execPath, [file], { cwd: ROOT, encoding: "utf8" })) as Report;
  rmSync(folder, { recursive: true });
  console.log("built-ins replaced after load", report);
  expect(report).toMatchObject({ differences: 0, calls: 0 });
  expect(report.replaced).toBeGreaterThan(700);
  expect(report.rejected).toBeGreaterThan(150);
  expect(report.accepted).toBeGreaterThan(150);
  expect(report.runs).toBe(3);
  expect(report.control).toBeGreaterThan(5); // the replacements are there: code that uses them is seen
}, 60_000);
