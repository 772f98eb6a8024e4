/** The runner from its command line to its exit code, on a small suite of our own. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Outcome } from "../../scripts/cts/messages.ts";
import { prepareSuite } from "../../scripts/cts/prepare.ts";
import { command } from "../../scripts/cts/run.ts";
import { smallSuite } from "./small-suite.ts";

let checkout: string;
beforeAll(() => {
  checkout = smallSuite();
});
afterAll(async () => {
  for (const folder of [await prepareSuite(checkout), checkout]) rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly code: number;
  readonly printed: string;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

/** @param expectations text of the file of known failures */
async function run(words: readonly string[], expectations = ""): Promise<Run> {
  const out = join(checkout, "out.jsonl");
  const known = join(checkout, "known.txt");
  writeFileSync(known, expectations);
  writeFileSync(out, "");
  const printed: string[] = [];
  const args = ["--cts", checkout, "--jobs", "2", "--timeout", "1", "--out", out, "--expectations", known, ...words];
  const code = await command(args, checkout, (text) => printed.push(text));
  const lines = readFileSync(out, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const outcomes = lines.map((line): Outcome => JSON.parse(line));
  return { code, printed: printed.join("\n"), outcomes: new Map(outcomes.map((each) => [each.query, each])) };
}
const statusOf = (result: Run, name: string) => result.outcomes.get(`webgpu:a,ways:${name}:`)?.status;

test("every case has an outcome, whatever the others do to their process", async () => {
  const result = await run(["a"]);
  const named = ["pass", "fail", "skip", "hang", "never", "crash", "exit", "gpu", "bytes", "last"];
  expect(named.map((name) => statusOf(result, name))).toEqual([
    "pass",
    "fail",
    "skip",
    "hang",
    "hang",
    "crash",
    "crash",
    "pass",
    "pass",
    "pass",
  ]);
  expect(result.outcomes.size).toBe(named.length + 450);
  expect(result.outcomes.get("webgpu:a,ways:many:n=250")?.message).toBe("EXPECTATION FAILED: number 250");
  expect(result.outcomes.get("webgpu:a,ways:pass:")?.subcases).toBe(3);
  expect(result.outcomes.get("webgpu:a,ways:exit:")?.message).toMatch(/exit code 3$/);
  expect(result.printed).toMatch(/^a +460 +453 +2 +1 +2 +2 /m);
  expect(result.printed).toContain("fail: webgpu:a,ways:fail:\n    EXPECTATION FAILED: first line\n");
  expect(result.printed).not.toContain("second line");
  expect(result.code).toBe(1);
}, 60_000);

test("known failures make a clean run; one that passes does not", async () => {
  const known = "webgpu:a,ways:fail:* fail not done yet\nwebgpu:a,ways:hang:* omit takes a second\n";
  const words = ["webgpu:a,ways:fail:*", "webgpu:a,ways:hang:*", "webgpu:a,ways:pass:*", "webgpu:a,ways:skip:*"];
  const clean = await run(words, known);
  expect(clean.printed).toContain("0 not as expected, 1 known failures");
  expect([...clean.outcomes.keys()].sort()).toEqual(["webgpu:a,ways:fail:", "webgpu:a,ways:pass:", "webgpu:a,ways:skip:"]);
  expect(clean.code).toBe(0);
  const better = await run(["webgpu:a,ways:pass:*"], "webgpu:a,ways:* crash all of it\n");
  expect(better.printed).toContain("pass, expected crash: webgpu:a,ways:pass:");
  expect(better.code).toBe(1);
  const excepted = await run(["webgpu:a,ways:pass:*"], "webgpu:a,ways:* crash all of it\nwebgpu:a,ways:pass:* pass but this\n");
  expect(excepted.code).toBe(0);
}, 60_000);

test("samples and shards are parts of the whole, the same each time", async () => {
  const list = async (...words: string[]) => (await run(["--list", ...words])).printed.split("\n");
  const all = await list("webgpu:a,ways:many:*");
  expect(all.length).toBe(450);
  const tenth = await list("webgpu:a,ways:many:*@0.1");
  expect(tenth).toEqual(await list("--sample", "0.1", "webgpu:a,ways:many:*"));
  expect(tenth).not.toEqual(await list("--sample", "0.1", "--seed", "2", "webgpu:a,ways:many:*"));
  expect(Math.abs(tenth.length - 45)).toBeLessThan(25);
  expect(all).toEqual(expect.arrayContaining(tenth));
  const shards = [await list("--shard", "1/2", "a/ways"), await list("--shard", "2/2", "a/ways")];
  expect(shards.flat().sort()).toEqual((await list("a")).sort());
  expect(Math.min(...shards.map((shard) => shard.length))).toBeGreaterThan(150);
}, 60_000);

test("a file that cannot be loaded is reported, and the others run", async () => {
  const result = await run(["b", "webgpu:a,ways:last:*"]);
  expect(result.printed).toMatch(/broken: b,broken: .*cannot be loaded/);
  expect(statusOf(result, "last")).toBe("pass");
  expect(result.code).toBe(1);
}, 60_000);

test("usage errors say what is wrong and exit with 2", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => {});
  const said = async (...args: string[]) => {
    error.mockClear();
    expect(await command(args, checkout)).toBe(2);
    return String(error.mock.calls[0]?.[0]).split("\n")[0];
  };
  const cts = ["--cts", checkout];
  writeFileSync(join(checkout, "bad.txt"), "webgpu:a,ways:fail:* fail\n");
  expect(await said("a")).toMatch(/^--cts DIR/);
  expect(await said(...cts)).toBe("say which cases to run");
  expect(await said(...cts, "no/such")).toBe("'no/such' is neither a query nor a file or folder of the suite");
  expect(await said(...cts, "webgpu:c,*")).toBe("'webgpu:c,*' names no file of the suite");
  expect(await said(...cts, "a@2")).toBe("'a@2': a fraction is at most 1");
  expect(await said(...cts, "@missing.txt")).toMatch(/missing\.txt/);
  expect(await said(...cts, "--jobs", "0", "a")).toBe("--jobs 0: not a number from 1 to 256");
  expect(await said(...cts, "--shard", "3/2", "a")).toBe("--shard 3/2: not such as 2/5");
  expect(await said(...cts, "--expectations", "bad.txt", "a")).toMatch(/bad\.txt:1: say why/);
  expect(await said("--cts", join(checkout, "src"), "webgpu:a,*")).toMatch(/is no checkout of the suite/);
  error.mockRestore();
});
