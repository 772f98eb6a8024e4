/**
 * Tries the package as its users get it: packs `dist/`, unpacks it in an empty folder, and uses every entry from ES modules, from CommonJS
 * and from TypeScript. Needs no network. Usage: npm run build && npm run check:package
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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
${RUN}
expect("run", await run(create()), "2,4,6,8");
expect("reference tier", await run(create(["tier=reference"])), "2,4,6,8");
expect("navigator", typeof globalThis.navigator?.gpu, "undefined");
await import("portcullis/register");
expect("registered", await run(navigator.gpu), "2,4,6,8");
expect("one set of classes", GPUBuffer, globals.GPUBuffer);
expect("not enumerable", Object.keys(globalThis).includes("GPUBuffer"), false);
expect("validate", validate("fn f() { let x = 1; x = 2; }").diagnostics.length, 1);
expect("compile", compile(${JSON.stringify(ADD)}, {}).object instanceof Uint8Array, true);
`;

const COMMON = `
const { create, globals } = require("portcullis");
const shader = require("portcullis/shader");
${RUN}
(async () => {
  expect("run", await run(create()), "2,4,6,8");
  expect("validate", shader.validate("fn f( {}").diagnostics.length > 0, true);
  const cts = require("portcullis/cts");
  expect("provider", await run(cts.create(["tier=reference"])), "2,4,6,8");
  expect("globals", GPUDevice, globals.GPUDevice);
  expect("flags", Object.keys(GPUBufferUsage).length, 10);
})();
`;

const TYPES = `
import { create, globals } from "portcullis";
import { type Reflection, reflect, type TypeLayout, validate } from "portcullis/shader";
const gpu: GPU = create({ tier: "reference", throwOnError: true });
const reflection: Reflection | null = reflect("");
const layout: TypeLayout | undefined = reflection?.resources[0]?.layout;
const ok: boolean = validate("", { features: ["f16"] }).diagnostics.every((d) => d.severity !== "error");
const adapter: GPUAdapter | null = await gpu.requestAdapter();
const device: GPUDevice | undefined = await adapter?.requestDevice();
const buffer: GPUBuffer | undefined = device?.createBuffer({ size: 4, usage: globals.GPUBufferUsage.STORAGE });
const is: boolean = buffer instanceof globals.GPUBuffer;
// @ts-expect-error the options are checked
create({ tier: "fast" });
export { buffer, is, layout, ok };
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

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-package-"));
  try {
    const archive = sh("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], ROOT).trim();
    const target = join(folder, "node_modules/portcullis");
    mkdirSync(target, { recursive: true });
    sh("tar", ["-xzf", join(folder, archive), "--strip-components=1", "-C", target], folder);
    cpSync(join(ROOT, "node_modules/@webgpu/types"), join(folder, "node_modules/@webgpu/types"), { recursive: true });
    writeFileSync(join(folder, "esm.mjs"), MODULE);
    writeFileSync(join(folder, "cjs.cjs"), COMMON);
    writeFileSync(join(folder, "types.mts"), TYPES);
    for (const file of ["esm.mjs", "cjs.cjs"]) sh("node", [file], folder);
    writeFileSync(join(folder, "shader.wgsl"), ADD);
    sh("node", [join(target, "dist/cli.js"), "check", "shader.wgsl"], folder);
    for (const args of [
      ["explain", "W0291"],
      ["reflect", "shader.wgsl"],
      ["dis", "shader.wgsl"],
    ])
      sh("node", [join(target, "dist/cli.js"), ...args], folder);
    for (const options of COMPILERS) checkTypes(folder, options);
    console.log("the package works from ES modules, CommonJS and TypeScript, and its command runs");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
