/**
 * Tries the package as its users get it: packs `dist/`, unpacks it in an empty folder, and uses every entry from ES modules, from CommonJS
 * and from TypeScript; in threads, child processes and vm contexts; in every pool of vitest. Needs no network.
 * Usage: npm run build && npm run check:package
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const ROOT = join(import.meta.dirname, "..");

const ADD = `
@group(0) @binding(0) var<storage, read_write> v: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { v[id.x] = v[id.x] * 2u; }`;

/** Doubles four numbers, as any WebGPU program would. */
const RUN = `
async function run(gpu) {
  const device = await (await gpu.requestAdapter()).requestDevice();
  const module = device.createShaderModule({ code: ${JSON.stringify(ADD)} });
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module } });
  const v = device.createBuffer({ size: 16, usage: 128 | 4 | 8 });
  const back = device.createBuffer({ size: 16, usage: 1 | 8 });
  device.queue.writeBuffer(v, 0, new Uint32Array([1, 2, 3, 4]));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: v }] }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(v, back);
  device.queue.submit([encoder.finish()]);
  await back.mapAsync(1);
  return [...new Uint32Array(back.getMappedRange())].join();
}
function expect(what, got, wanted) { if (got !== wanted) throw new Error(what + ": got " + got + ", wanted " + wanted); }`;

const MODULE = `
import { create, globals } from "portcullis";
import { validate, compile } from "portcullis/shader";
import { reflect } from "portcullis/validate";
${RUN}
expect("run", await run(create()), "2,4,6,8");
expect("reference tier", await run(create(["tier=reference"])), "2,4,6,8");
expect("navigator", typeof globalThis.navigator?.gpu, "undefined");
await import("portcullis/register");
expect("registered", await run(navigator.gpu), "2,4,6,8");
expect("one set of classes", GPUBuffer, globals.GPUBuffer);
expect("not enumerable", Object.keys(globalThis).includes("GPUBuffer"), false);
expect("validate", validate("fn f() { let x = 1; x = 2; }").diagnostics.length, 1);
expect("reflect", reflect("@compute @workgroup_size(1) fn main() {}").entryPoints.length, 1);
expect("compile", compile(${JSON.stringify(ADD)}, {}).object instanceof Uint8Array, true);
`;

const COMMON = `
const { create, globals } = require("portcullis");
const shader = require("portcullis/shader");
${RUN}
(async () => {
  expect("run", await run(create()), "2,4,6,8");
  expect("validate", shader.validate("fn f( {}").diagnostics.length > 0, true);
  expect("checker by itself", require("portcullis/validate").validate("fn f( {}").diagnostics.length > 0, true);
  const cts = require("portcullis/cts");
  expect("provider", await run(cts.create(["tier=reference"])), "2,4,6,8");
  expect("globals", GPUDevice, globals.GPUDevice);
  expect("flags", Object.keys(GPUBufferUsage).length, 10);
})();
`;

const TYPES = `
import { createCanvas, create, globals, readTexture, savePNG, toPNG, type Picture } from "portcullis";
import { usePortcullis } from "portcullis/playwright";
import { expect } from "vitest";
import "portcullis/vitest";
import { type Reflection, reflect, type TypeLayout } from "portcullis/shader";
import { validate } from "portcullis/validate";
const gpu: GPU = create({ tier: "reference", throwOnError: true });
const reflection: Reflection | null = reflect("");
const layout: TypeLayout | undefined = reflection?.resources[0]?.layout;
const ok: boolean = validate("", { features: ["f16"] }).diagnostics.every((d) => d.severity !== "error");
const adapter: GPUAdapter | null = await gpu.requestAdapter();
const device: GPUDevice | undefined = await adapter?.requestDevice();
const buffer: GPUBuffer | undefined = device?.createBuffer({ size: 4, usage: globals.GPUBufferUsage.STORAGE });
const is: boolean = buffer instanceof globals.GPUBuffer;
const canvas = createCanvas(4, 4);
const context: GPUCanvasContext = canvas.getContext("webgpu");
context.configure({ device: device!, format: gpu.getPreferredCanvasFormat() });
const picture: Picture = await readTexture(context.getCurrentTexture());
await expect(picture).toMatchGPUImage({ threshold: 0.1 });
await savePNG("a.png", canvas);
const bytes: Uint8Array = await toPNG(picture);
await usePortcullis({ addInitScript: async (script: { content: string }) => bytes });
// @ts-expect-error the options are checked
create({ tier: "fast" });
export { buffer, is, layout, ok };
`;

/** The same in a thread, and in a child process. */
const THREAD = `
import { fork } from "node:child_process";
import { Worker, isMainThread } from "node:worker_threads";
import { create } from "portcullis";
${RUN}
expect("run", await run(create({ compile: "worker" })), "2,4,6,8");
if (isMainThread && process.argv[2] !== "child") {
  const ended = (thing) => new Promise((resolve) => thing.on("exit", resolve));
  expect("worker", await ended(new Worker(new URL(import.meta.url))), 0);
  expect("child", await ended(fork(new URL(import.meta.url), ["child"])), 0);
}
`;

/** A module evaluated in a context with globals of its own, as some test runners do it. */
const CONTEXT = `
const vm = require("node:vm");
const fs = require("node:fs");
const Module = require("node:module");
const names = ["console", "process", "performance", "queueMicrotask", "setTimeout", "clearTimeout", "setImmediate", "URL"];
const globals = Object.fromEntries([...names, "DOMException", "Event", "EventTarget", "TextEncoder", "TextDecoder"].map((n) => [n, globalThis[n]]));
const context = vm.createContext({ ...globals, structuredClone });
function load(file) {
  const module = { exports: {} };
  const inner = (name) => (name.startsWith(".") ? load(require("node:path").resolve(file, "..", name)) : require(name));
  vm.runInContext(Module.wrap(fs.readFileSync(file, "utf8")), context)(module.exports, inner, module, file, require("node:path").dirname(file));
  return module.exports;
}
const { create } = load(require.resolve("portcullis"));
const run = vm.runInContext(${JSON.stringify(`${RUN}; run`)}, context);
(async () => {
  for (const gpu of [create(), require("portcullis").create()]) {
    const got = await run(gpu);
    if (got !== "2,4,6,8") throw new Error("in a context: got " + got);
  }
})();
`;

const PAGE_TEST = `
import { createCanvas } from "portcullis";
import { expect, test } from "vitest";
${RUN.replace("function expect", "function unused")}
test("runs", async () => expect(await run(navigator.gpu)).toBe("2,4,6,8"));
test("pictures", async () => {
  const device = await (await navigator.gpu.requestAdapter()).requestDevice();
  const canvas = createCanvas(4, 4);
  const context = canvas.getContext("webgpu");
  context.configure({ device, format: "rgba8unorm" });
  const encoder = device.createCommandEncoder();
  const view = context.getCurrentTexture().createView();
  encoder.beginRenderPass({ colorAttachments: [{ view, clearValue: [0, 0, Number(process.env.BLUE), 1], loadOp: "clear", storeOp: "store" }] }).end();
  device.queue.submit([encoder.finish()]);
  await expect(canvas).toMatchGPUImage();
  await expect(canvas).toMatchGPUImage({ name: "named" });
});
`;
const ENVIRONMENT_TEST = `
import { expect, test } from "vitest";
${RUN.replace("function expect", "function unused")}
test("runs", async () => expect(await run(navigator.gpu)).toBe("2,4,6,8"));
`;

function sh(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** With the API's types from TypeScript's DOM library, and from @webgpu/types. */
const COMPILERS = [
  ["--module", "nodenext", "--lib", "es2023,dom"],
  ["--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2023,dom"],
  ["--module", "nodenext", "--lib", "es2023", "--types", "@webgpu/types", "--skipLibCheck"],
] as const;

function checkTypes(folder: string, options: readonly string[]): void {
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const args = ["--noEmit", "--strict", "--target", "es2022", ...options, "types.mts"];
  const { status, stdout } = spawnSync(tsc, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`types with ${options.join(" ")}:\n${stdout.slice(0, 2000)}`);
}

/** @returns whether all tests passed */
function runVitest(folder: string, env: Readonly<Record<string, string>>, ...args: readonly string[]): boolean {
  const command = [join(ROOT, "node_modules/vitest/vitest.mjs"), "run", "--reporter=dot", ...args];
  const { status, stdout, stderr } = spawnSync("node", command, { cwd: folder, encoding: "utf8", env: { ...process.env, CI: "", ...env } });
  if (status !== 0 && env.BLUE !== "1") console.error(`${stdout}${stderr}`.slice(-4000));
  return status === 0;
}

function checkVitest(folder: string): void {
  mkdirSync(join(folder, "vitest"));
  writeFileSync(join(folder, "vitest/setup.test.mjs"), PAGE_TEST);
  writeFileSync(join(folder, "vitest/environment.test.mjs"), ENVIRONMENT_TEST);
  const images = join(folder, "vitest/__images__/setup.test.mjs");
  const setup = ["--config", "setup.config.mjs", "setup.test"];
  writeFileSync(join(folder, "setup.config.mjs"), `export default { test: { setupFiles: ["portcullis/vitest"], include: ["vitest/*"] } };`);
  const environment = "./node_modules/portcullis/dist/vitest-environment.js";
  writeFileSync(join(folder, "env.config.mjs"), `export default { test: { environment: "${environment}", include: ["vitest/*"] } };`);
  const must = (what: string, ok: boolean) => {
    if (!ok) throw new Error(`vitest: ${what}`);
  };
  must("a missing image fails on CI", !runVitest(folder, { CI: "true", BLUE: "1" }, ...setup));
  must("the picture is left for a look", existsSync(join(images, "pictures.actual.png")));
  must("a missing image is written", runVitest(folder, { BLUE: "0" }, ...setup) && existsSync(join(images, "named.png")));
  for (const pool of ["forks", "threads", "vmThreads"]) {
    must(`setup in ${pool}`, runVitest(folder, { BLUE: "0", CI: "true" }, ...setup, "--pool", pool));
    must(`environment in ${pool}`, runVitest(folder, {}, "--config", "env.config.mjs", "environment.test", "--pool", pool));
  }
  must("another image fails", !runVitest(folder, { BLUE: "1" }, ...setup));
  must("the difference is written", existsSync(join(images, "pictures.difference.png")));
}

/** The code of docs/guide.md: blocks that begin with the name of a file. */
function checkGuide(folder: string): void {
  const blocks = readFileSync(join(ROOT, "docs/guide.md"), "utf8").matchAll(/```js\n\/\/ (\S+)\n([\s\S]*?)```/g);
  const files = new Map([...blocks].map(([, name = "", text = ""]) => [name, text]));
  mkdirSync(join(folder, "guide"));
  for (const [name, text] of files) writeFileSync(join(folder, "guide", name), text);
  const printed = sh("node", ["--import", "portcullis/register", "main.mjs"], join(folder, "guide"));
  if (!files.get("main.mjs")?.includes(`// ${printed.trim()}`)) throw new Error(`the guide's program prints ${printed}`);
  if (!runVitest(join(folder, "guide"), { BLUE: "0" })) throw new Error("the guide's tests fail");
  const image = "guide/__images__/picture.test.mjs/fills-the-canvas.png";
  if (!existsSync(join(folder, image))) throw new Error(`the guide's test does not write ${image}`);
}

/** What a bundler keeps of an import. */
async function bundled(folder: string, code: string): Promise<string> {
  const stdin = { contents: code, resolveDir: folder };
  const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false, platform: "browser", logLevel: "error" });
  return outputFiles[0]!.text;
}

async function checkTreeShaking(folder: string): Promise<void> {
  const nothing = await bundled(folder, `import { create } from "portcullis"; import { validate } from "portcullis/shader";`);
  if (nothing.length > 100) throw new Error(`imports that are not used leave ${nothing.length} characters`);
  const shader = await bundled(folder, `import { validate } from "portcullis/shader"; console.log(validate);`);
  if (shader.includes("GPUCommandEncoder")) throw new Error("portcullis/shader brings the API with it");
}

const MOST_BYTES = 2e6;

async function checkArchive(folder: string, target: string): Promise<void> {
  const archive = join(folder, sh("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], ROOT).trim());
  const { size } = statSync(archive);
  if (size > MOST_BYTES) throw new Error(`the package has ${size} bytes, over ${MOST_BYTES}`);
  mkdirSync(target, { recursive: true });
  sh("tar", ["-xzf", archive, "--strip-components=1", "-C", target], folder);
  const { messages, pkg } = await publint({ pkgDir: target, pack: false, strict: true });
  for (const message of messages) console.error(formatMessage(message, pkg));
  if (messages.length > 0) throw new Error("publint has something to say");
  console.log(`${(size / 1e6).toFixed(2)} MB packed`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-package-"));
  try {
    const target = join(folder, "node_modules/portcullis");
    await checkArchive(folder, target);
    cpSync(join(ROOT, "node_modules/@webgpu/types"), join(folder, "node_modules/@webgpu/types"), { recursive: true });
    symlinkSync(join(ROOT, "node_modules/vitest"), join(folder, "node_modules/vitest"));
    writeFileSync(join(folder, "package.json"), `{ "type": "commonjs" }`);
    writeFileSync(join(folder, "types.mts"), TYPES);
    const programs = { "esm.mjs": MODULE, "cjs.cjs": COMMON, "thread.mjs": THREAD, "context.cjs": CONTEXT };
    for (const [file, text] of Object.entries(programs)) {
      writeFileSync(join(folder, file), text);
      sh("node", [file], folder);
    }
    writeFileSync(join(folder, "shader.wgsl"), ADD);
    for (const args of [
      ["check", "shader.wgsl"],
      ["explain", "W0291"],
      ["reflect", "shader.wgsl"],
      ["dis", "shader.wgsl"],
    ])
      sh("node", [join(target, "dist/cli.cjs"), ...args], folder);
    for (const options of COMPILERS) checkTypes(folder, options);
    await checkTreeShaking(folder);
    checkVitest(folder);
    checkGuide(folder);
    console.log(
      "the package works from ES modules, CommonJS and TypeScript, in threads, contexts and vitest's pools, and its command runs",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
