/** Ring 0 stays small, imports only itself, and only the verifier makes tokens. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { codeLines, ringLines, ringZero, statedLines } from "../../scripts/gen-rings.ts";

const ROOT = join(import.meta.dirname, "../..");
const SANDBOX = join(ROOT, "sandbox");
const MAX_LINES = 1800;
const IMPORT = /^(?:import|export)\b[^;"'`]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;

const files = ringZero();

test("counts code lines only", () => {
  expect(codeLines('a; // b\n\n/* c\n d */ e;\n/** f */\n"// g"; `\n// h`;\n  // i\n')).toBe(4);
});

test(`ring 0 has at most ${MAX_LINES} code lines`, () => {
  const counts = files.map((file) => ({ file, lines: codeLines(readFileSync(join(SANDBOX, file), "utf8")) }));
  const total = counts.reduce((sum, { lines }) => sum + lines, 0);
  console.log(`ring 0: ${total} of ${MAX_LINES} code lines in ${files.length} files`);
  expect(files.length).toBeGreaterThan(10);
  expect(total, JSON.stringify(counts)).toBeLessThanOrEqual(MAX_LINES);
});

test("docs/security.md says how large the rings are, to a twentieth (npm run gen)", () => {
  const stated = statedLines();
  expect(stated.map((row) => row.folder)).toEqual(ringLines().map((row) => row.folder));
  for (const [i, { folder, zero, one }] of ringLines().entries()) {
    expect(Math.abs(stated[i]!.zero - zero), folder).toBeLessThanOrEqual(Math.max(20, zero / 20));
    expect(Math.abs(stated[i]!.one - one), folder).toBeLessThanOrEqual(Math.max(20, one / 20));
  }
});

test("ring 0 is formatted, so that lines mean something", () => {
  const paths = files.map((file) => join(SANDBOX, file));
  execFileSync(join(ROOT, "node_modules/.bin/biome"), ["format", ...paths], { cwd: ROOT, stdio: "pipe" });
});

test("ring 0 imports only ring 0", () => {
  const wrong: string[] = [];
  for (const file of files) {
    for (const match of readFileSync(join(SANDBOX, file), "utf8").matchAll(IMPORT)) {
      const target = relative(SANDBOX, join(SANDBOX, dirname(file), match[1] ?? match[2] ?? match[3]!));
      if (!files.includes(target)) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("only verify.ts, and what switches it off for demonstrations, imports mint, and nothing outside the sandbox but the kernel's door opens a token", () => {
  const sources = ["sandbox", "ir", "frontend", "backend", "webgpu", "cli", "support"].flatMap((top) => {
    return readdirSync(join(ROOT, top), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(top, name));
  });
  const text = (file: string) => readFileSync(join(ROOT, file), "utf8");
  const importers = sources.filter((file) => /import\s*\{[^}]*\bmint\b[^}]*\}/.test(text(file)));
  expect(importers.sort()).toEqual(["sandbox/unsafe/unverified.ts", "sandbox/verifier/verify.ts"]);
  const unsafe = sources.filter((file) => /from "[^"]*unsafe\//.test(text(file)));
  expect(unsafe).toEqual(["cli/attack/scene.ts"]);
  const openers = sources.filter((file) => !file.startsWith("sandbox/") && /\bToken\.program\b/.test(text(file)));
  expect(openers).toEqual([]);
});
