/** Lists, expectations and the report, apart from running anything. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isExpected, parseExpectations, readExpectations } from "../../scripts/cts/expectations.ts";
import type { Outcome } from "../../scripts/cts/messages.ts";
import { folderOf, Report } from "../../scripts/cts/report.ts";
import { hashFraction, readSelections } from "../../scripts/cts/select.ts";

test("a list has files, folders, queries, fractions and comments", () => {
  const checkout = mkdtempSync(join(tmpdir(), "portcullis-lists-"));
  try {
    mkdirSync(join(checkout, "src/webgpu/x/y"), { recursive: true });
    writeFileSync(join(checkout, "src/webgpu/x/z.spec.ts"), "");
    const list = join(checkout, "list.txt");
    writeFileSync(list, "# all of it\nx/y@0.05 x/z\n webgpu:x,z:t:a=1;*@.5 # half\n\n");
    expect(readSelections(`@${list}`, checkout)).toEqual([
      { query: "webgpu:x,y,*", fraction: 0.05 },
      { query: "webgpu:x,z:*", fraction: 1 },
      { query: "webgpu:x,z:t:a=1;*", fraction: 0.5 },
    ]);
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
});

test("hashes spread evenly, by name and by seed", () => {
  const buckets = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) buckets[Math.floor(hashFraction(`case:i=${i}`, 1) * 10)]!++;
  expect(Math.min(...buckets)).toBeGreaterThan(850);
  expect(Math.max(...buckets)).toBeLessThan(1150);
  expect(hashFraction("a", 1)).not.toBe(hashFraction("a", 2));
});

test("an expectation needs a status and a reason", () => {
  expect(parseExpectations("# why\n\nwebgpu:a,*  hang  it never ends\n", "known")).toEqual([
    { query: "webgpu:a,*", status: "hang", reason: "it never ends" },
  ]);
  expect(() => parseExpectations("\nwebgpu:a,* broken so it is", "known")).toThrow("known:2: 'broken' is none of");
  expect(() => parseExpectations("webgpu:a,* fail", "known")).toThrow("known:1: say why 'webgpu:a,*' is expected to fail");
  expect(isExpected("skip", "pass")).toBe(true);
  expect(isExpected("skip", "fail")).toBe(true);
  expect(isExpected("warn", "fail")).toBe(false);
  expect(isExpected("hang", "fail")).toBe(false);
});

test("the known failures of this repository can be read", () => {
  const known = readExpectations(join(import.meta.dirname, "expectations.txt"));
  expect(known.filter(({ query }) => !query.startsWith("webgpu:"))).toEqual([]);
});

test("the report adds up by folder and lists what was not expected", () => {
  const report = new Report();
  const add = (query: string, status: Outcome["status"], expected: Outcome["expected"] = "pass") =>
    report.add({ query, status, expected, ms: 1, cpuMs: 1500, subcases: 1, message: status === "pass" ? "" : `${status} it did\nmore` });
  add("webgpu:a,b,c,d,e:t:", "pass");
  add("webgpu:a,b,c,f:t:", "crash");
  add("webgpu:a:t:", "fail", "fail");
  add("webgpu:a:u:", "skip", "fail");
  expect(report.ok).toBe(false);
  const lines = report.print(10).split("\n");
  expect(lines[0]).toBe("folder  cases  pass  fail  skip  hang  crash  CPU s");
  expect(lines[1]).toBe("a           2     0     1     1     0      0    3.0");
  expect(lines[2]).toBe("a,b,c       2     1     0     0     0      1    3.0");
  expect(lines.slice(5)).toEqual(["crash: webgpu:a,b,c,f:t:", "    crash it did", "1 not as expected, 1 known failures"]);
  expect(report.print(0)).toContain("... and 1 more");
  expect(folderOf("webgpu:a,b,c,d,e:t:x=1")).toBe("a,b,c");
  expect(folderOf("webgpu:one:t:")).toBe("one");
});
