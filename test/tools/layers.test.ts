/** Who may import whom (ARCHITECTURE.md). A folder that is not listed may import nothing. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  support: [],
  sandbox: [],
  ir: ["support", "sandbox/isa"],
  frontend: ["ir", "support", "sandbox/isa"],
  backend: ["ir", "support", "sandbox/isa"],
  webgpu: ["frontend", "ir", "backend", "sandbox", "support"],
  cli: ["webgpu", "frontend", "ir", "backend", "sandbox", "support"],
};
/** Modules from outside the repository, by folder. */
const MAY_USE: Readonly<Record<string, RegExp>> = {
  // vitest: its users have it, and the entry for it only
  webgpu: /^node:|^(fast-png|pixelmatch|vitest|vitest\/runtime)$/,
  // sarif is types only: `import type`
  cli: /^node:|^(picocolors|fast-png|sarif)$/,
};
const IMPORT = /^(?:import|export)\b[^;"'`]*?\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm;

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? sources(path) : name.endsWith(".ts") ? [path] : [];
  });
}

function forbidden(top: string, file: string, specifier: string): string | null {
  if (!specifier.startsWith(".")) return MAY_USE[top]?.test(specifier) ? null : `${relative(ROOT, file)} uses '${specifier}'`;
  const target = relative(ROOT, join(dirname(file), specifier));
  const allowed = [top, ...MAY_IMPORT[top]!];
  return allowed.some((prefix) => target.startsWith(`${prefix}/`)) ? null : `${relative(ROOT, file)} imports ${target}`;
}

test("folders import only what the table allows", () => {
  const wrong: string[] = [];
  let imports = 0;
  for (const top of Object.keys(MAY_IMPORT)) {
    for (const file of sources(join(ROOT, top))) {
      for (const match of readFileSync(file, "utf8").matchAll(IMPORT)) {
        imports++;
        const problem = forbidden(top, file, match[1] ?? match[2] ?? match[3]!);
        if (problem) wrong.push(problem);
      }
    }
  }
  expect(imports).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

test("no source file is past 800 lines", () => {
  const long = Object.keys(MAY_IMPORT)
    .flatMap((top) => sources(join(ROOT, top)))
    .filter((file) => readFileSync(file, "utf8").split("\n").length > 800)
    .map((file) => relative(ROOT, file));
  expect(long).toEqual([]);
});
