/**
 * The command from outside, as a process of its own: what only a process has. `verbs.test.ts` has everything else. Most runs are of the
 * bundled command, as the package ships it, which starts in a quarter of the time that the sources take.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
/** how the sources are run */
const SOURCES = ["--import", import.meta.resolve("tsx"), join(ROOT, "cli/main.ts")];
const TIMEOUT = 60_000;

let folder = "";
let bundle = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-command-"));
  bundle = join(folder, "portcullis.mjs");
  await build({
    entryPoints: [join(ROOT, "cli/main.ts")],
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: bundle,
    logLevel: "error",
  });
  writeFileSync(join(folder, "wrong.wgsl"), "fn f() {\n  let x = 1u;\n  x = 2u;\n}\n");
  writeFileSync(
    join(folder, "scale.wgsl"),
    `//! bind 0.0 u32 zero 16
@group(0) @binding(0) var<storage, read_write> v: array<u32>;
override K: u32 = 3;
@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { v[id.x] = v[id.x] * K; }
`,
  );
}, TIMEOUT);
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param stopAfter characters of stdout, after which its reader goes away */
function portcullis(args: readonly string[], { input = "", node = [bundle], stopAfter = Number.POSITIVE_INFINITY } = {}): Promise<Ran> {
  const child = spawn(process.execPath, [...node, ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "" },
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (text) => {
    out += text;
    if (out.length > stopAfter) child.stdout.destroy();
  });
  child.stderr.on("data", (text) => {
    err += text;
  });
  child.stdin.on("error", () => {}); // a command that reads no input may be gone already
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, out, err }));
  });
}

test("a wrong shader: code, place and caret on stdout, exit 1", { timeout: TIMEOUT }, async () => {
  const { code, out, err } = await portcullis(["check", "wrong.wgsl", "*.wgsl"]);
  expect({ code, err }).toEqual({ code: 1, err: "3 files, 2 errors, 0 warnings\n" });
  expect(out).toContain("error[W0291]: cannot assign to 'x', declared with 'let'\n --> wrong.wgsl:3:3\n3 |   x = 2u;\n  |   ^\n");
});

test("a clean shader from a pipe, as JSON, exit 0", { timeout: TIMEOUT }, async () => {
  const input = `fn f() {}\n${"// \u00e9\n".repeat(50_000)}`;
  const { code, out } = await portcullis(["check", "-", "--stdin-filename", "piped.wgsl", "--format", "json"], { input });
  expect({ code, out: JSON.parse(out) }).toEqual({ code: 0, out: { version: 1, files: [{ file: "piped.wgsl", diagnostics: [] }] } });
});

test.each([
  [["check", "none*.wgsl"], "error: no file matches 'none*.wgsl'\n"],
  [["check", "missing.wgsl"], "error: cannot read 'missing.wgsl': no such file or folder\n"],
  [["frobnicate"], "error: unknown verb 'frobnicate'\n"],
])("%j: a complaint on stderr, exit 2", { timeout: TIMEOUT }, async (args, complaint) => {
  const { code, out, err } = await portcullis(args);
  expect({ code, out, err }).toEqual({ code: 2, out: "", err: expect.stringContaining(complaint) });
});

test("run: buffers on stdout, exit 0", { timeout: TIMEOUT }, async () => {
  const args = ["--bind", "0.0=u32:1,2,3,4,5,6,7,8", "--dispatch", "2", "--override", "K=5", "--tier", "reference"];
  const { code, out, err } = await portcullis(["run", "scale.wgsl", ...args]);
  expect({ code, out }).toEqual({ code: 0, out: "0.0 u32 5 10 15 20 25 30 35 40\n" });
  expect(err).toContain("reference: 2 x 1 x 1 workgroups");
});

test("compile -o, then verify, also of a changed copy", { timeout: 2 * TIMEOUT }, async () => {
  expect(await portcullis(["compile", "scale.wgsl", "-o", "scale.pco"])).toMatchObject({ code: 0, out: "" });
  const object = new Uint8Array(readFileSync(join(folder, "scale.pco")));
  writeFileSync(join(folder, "changed.pco"), object.with(4 * (16 + 3 + 6), 0xff));
  const { code, out } = await portcullis(["verify", "scale.pco", "changed.pco"]);
  expect(code).toBe(1);
  expect(out).toMatch(/^scale\.pco: accepted\nchanged\.pco: rejected by V03 at word 0: .+\n$/);
});

test("dis prints three forms, also when its reader stops early", { timeout: 2 * TIMEOUT }, async () => {
  const { code, out } = await portcullis(["dis", "scale.wgsl"]);
  expect(code).toBe(0);
  expect(out).toMatch(/^== ir ==\n.*\n== isa ==\n\.stage compute\n.*\n== wat ==\n\(module\n.*\n\)\n$/s);
  expect(await portcullis(["dis", "scale.wgsl"], { stopAfter: 1 })).toMatchObject({ code: 0, err: "" });
});

test("it runs through a link, as in node_modules/.bin", { timeout: TIMEOUT }, async () => {
  const link = join(folder, "portcullis");
  symlinkSync(bundle, link);
  expect(await portcullis(["--help"], { node: [link] })).toMatchObject({ code: 0, out: expect.stringMatching(/^portcullis: /) });
});

test("the sources run as they are", { timeout: TIMEOUT }, async () => {
  const { code, out } = await portcullis(["run", "scale.wgsl", "--bind", "0.0=u32:1,2,3,4"], { node: SOURCES });
  expect({ code, out }).toEqual({ code: 0, out: "0.0 u32 3 6 9 12\n" });
});
