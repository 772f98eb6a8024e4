/**
 * Makes `dist/`: ES modules that share their chunks, workers among them, CommonJS entries around one file (so that they share their classes),
 * one script for pages, the command, and declarations.
 * Usage: npm run build
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, transform } from "esbuild";

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

/**
 * Entries by name, with what each CommonJS entry does with the whole; null where it does nothing: vitest has ES modules only, and `validate`
 * needs none of the classes, so it is a file by itself.
 */
const ENTRIES: Readonly<Record<string, string | null>> = {
  index: "const { createForCts, installGlobals, register, shader, playwright, ...index } = all;\nmodule.exports = index;",
  register: "all.register();",
  cts: "all.installGlobals();\nmodule.exports = { create: all.createForCts };",
  shader: "module.exports = all.shader;",
  validate: null,
  playwright: "module.exports = all.playwright;",
  vitest: null,
  "vitest-environment": null,
};

/** Files that run in a thread of their own; found by their names from beside index.js. */
const WORKERS = ["runner-worker", "compile-worker", "kernel-worker", "warden-worker"];

/** Names this compiler in caches of compiled objects: a hash of all that makes objects. */
function buildName(): string {
  const hash = createHash("sha256");
  for (const folder of ["support", "sandbox", "ir", "frontend", "backend", "webgpu"]) {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    for (const file of files.sort()) hash.update(file).update(readFileSync(join(ROOT, folder, file)));
  }
  return hash.digest("hex");
}

const define = { PORTCULLIS_BUILD: JSON.stringify(buildName()) };
const common: BuildOptions = {
  bundle: true,
  platform: "neutral",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: ROOT,
  external: ["node:*", "vitest", "vitest/*"],
  define,
};

async function buildModules(): Promise<void> {
  const entryPoints = [...Object.keys(ENTRIES), ...WORKERS].map((name) => `webgpu/${name}.ts`);
  await build({
    ...common,
    entryPoints,
    format: "esm",
    splitting: true,
    outdir: DIST,
    chunkNames: "chunk-[hash]",
    minifyWhitespace: true,
    minifySyntax: true,
  });
}

async function buildCommonJs(): Promise<void> {
  // CommonJS has no import.meta.url: files are looked for from where index.js is
  const banner = { js: `const fromIndex = require("node:url").pathToFileURL(require("node:path").join(__dirname, "../index.js")).href;` };
  const options = { ...common, define: { ...define, "import.meta.url": "fromIndex" }, banner, minifyWhitespace: true, minifySyntax: true };
  await build({
    ...options,
    entryPoints: ["webgpu/all.ts", "webgpu/validate.ts"],
    format: "cjs",
    outdir: join(DIST, "cjs"),
    outExtension: { ".js": ".cjs" },
  });
  for (const [name, body] of Object.entries(ENTRIES)) {
    if (body !== null) writeFileSync(join(DIST, `cjs/${name}.cjs`), `"use strict";\nconst all = require("./all.cjs");\n${body}\n`);
  }
}

/** One script for pages without modules, and for `portcullis/playwright`. It has no files beside it, so it carries the runner of its threads. */
async function buildPageScript(): Promise<void> {
  const one = { ...common, minify: true, format: "iife" } as const;
  const runner = await build({ ...one, entryPoints: ["webgpu/runner-worker.ts"], write: false });
  const known = { ...define, "import.meta.url": '""', PORTCULLIS_RUNNER: JSON.stringify(runner.outputFiles[0]!.text) };
  const outfile = join(DIST, "portcullis.min.js");
  await build({ ...one, entryPoints: ["webgpu/browser.ts"], define: known, globalName: "portcullis", outfile });
}

/**
 * The command: verbs are loaded when they are named. CommonJS, since a process that loads ES modules starts later; esbuild shares chunks between
 * ES modules only, so they are made first. They lose their spaces, which is what reading them takes.
 */
async function buildCommand(): Promise<void> {
  const { outputFiles } = await build({
    ...common,
    platform: "node",
    entryPoints: { cli: "cli/bin.ts" },
    format: "esm",
    splitting: true,
    outdir: DIST,
    outExtension: { ".js": ".cjs" },
    chunkNames: "cli-[hash]",
    minifyWhitespace: true,
    minifySyntax: true,
    define: { PORTCULLIS_BUILD: JSON.stringify(sourceHash()) },
    write: false,
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: "cjs",
      platform: "node",
      target: "es2022",
      minifyWhitespace: true,
      supported: { "dynamic-import": false },
      define: { "import.meta.dirname": "__dirname", "import.meta.filename": "__filename" },
      logOverride: { "empty-import-meta": "error" },
    });
    writeFileSync(path, code, { mode: 0o755 });
  }
  mkdirSync(join(DIST, "codes"));
  const pages = readdirSync(join(ROOT, "docs/codes")).filter((name) => name !== "README.md");
  for (const name of pages) copyFileSync(join(ROOT, "docs/codes", name), join(DIST, "codes", name));
}

/** Of everything that decides what `check` finds: results that it keeps are those of one build. */
function sourceHash(): string {
  const hash = createHash("sha256");
  for (const folder of ["support", "sandbox/isa", "ir", "frontend", "webgpu", "cli"]) {
    const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
    for (const name of names.sort()) hash.update(`${folder}/${name}\0`).update(readFileSync(join(ROOT, folder, name)));
  }
  return hash.digest("hex");
}

/** Declarations: our files, whose imports say `.ts`, renamed to what they are in the package. */
function buildTypes(): void {
  const types = join(DIST, "types");
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  execFileSync(tsc, ["-p", join(ROOT, "scripts/tsconfig.build.json"), "--outDir", types], { stdio: "inherit", cwd: ROOT });
  for (const [name, body] of Object.entries(ENTRIES)) {
    const what = name === "vitest-environment" ? "{ default }" : "*";
    const esm = `export ${what} from "./types/webgpu/${name}.ts";\n`;
    writeFileSync(join(DIST, `${name}.d.ts`), esm);
    if (body !== null || name === "validate") writeFileSync(join(DIST, `cjs/${name}.d.cts`), esm.replace("./types", "../types"));
  }
}

rmSync(DIST, { recursive: true, force: true });
mkdirSync(join(DIST, "cjs"), { recursive: true });
await buildModules();
await buildCommonJs();
await buildPageScript();
await buildCommand();
buildTypes();
const size = readFileSync(join(DIST, "cjs/all.cjs")).length;
console.log(`dist/ is built; the whole is ${Math.round(size / 1024)} KiB of JavaScript`);
